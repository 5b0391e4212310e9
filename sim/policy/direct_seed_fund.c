/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct_seed_fund (国有股权直投种子基金): public money invests directly in seed projects, and may lose.  instruments.md 15 (Hefei);
 * mechanisms M10.  Its officers pay no more for a project than leaves the chance of a loss within what is tolerated
 * (appraising.c): with none they pay nothing, and the money lies idle.  What is approved and funded comes out. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static struct fund_rule rule(const struct direct_seed_fund_params *q)
{
    struct fund_rule f = {.stage_to = q->stage_to,
                          .age_max = q->age_max,
                          .invest = q->invest_months,
                          .life = q->life,
                          .extends = 24,
                          .last_deals = 24,
                          .looks = q->looks,
                          .ticket_min = q->ticket_min,
                          .ticket_max = q->ticket_max,
                          .share_max = q->share_max,
                          .required = q->required,
                          .fee = q->fee};
    f.appraisal =
        (struct appraisal){.checked = true, .tolerance = q->tolerance, .horizon = q->horizon / 12.0, .together = 1.0};
    return f;
}

static void begin(struct region *r, int32_t k)
{
    const struct direct_seed_fund_params *q = POLICY(r, k, direct_seed_fund);
    guide_keep(r, k,
               &(struct guide_plan){
                   .stands = q->enabled, .recycles = q->recycle, .capital = q->capital, .years = q->pay_years});
    direct_keep(r, k, &(struct direct_plan){.stands = q->enabled, .n = 1, .rule = {rule(q)}, .part = {1.0}});
}

const struct instrument direct_seed_fund = {
    .name = "direct_seed_fund",
    .number = 15,
    .group = GROUP_direct_seed_fund,
    .who_en = "government fund, enterprises",
    .who_zh = "国有投资基金、企业",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .begin = begin,
};
