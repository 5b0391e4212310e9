/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct_seed_fund (国有股权直投种子基金): public money invests directly in seed projects, and may lose.  Instrument 15 (Hefei);
 * mechanisms M10.  Its officers pay no more for a project than leaves the chance of a loss within what is tolerated
 * (appraising.c): with none they pay nothing, and the money lies idle.  What is approved and funded comes out. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static struct fund_rule rule(const struct direct_seed_fund_params *q, double scale)
{
    struct fund_rule f = {DIRECT_RULE(q), .ticket_max = q->ticket_max, .looks = looks_scaled(q->looks, scale),
                          .age_max = q->age_max};
    f.appraisal = OFFICERS(q, q->tolerance);
    return f;
}

static void begin(struct region *r, int32_t k)
{
    const struct direct_seed_fund_params *q = POLICY(r, k, direct_seed_fund);
    guide_keep(r, k, &(struct guide_plan){GUIDE_PLAN(q)});
    direct_keep(r, k, &(struct direct_plan){.stands = q->enabled, .n = 1, .rule = {rule(q, r->scale)}, .part = {1.0}});
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
