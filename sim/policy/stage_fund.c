/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_fund (种子、天使、风险投资引导基金): a guide fund for one stage; a city has several, each an instance with money, stages
 * and age of its own.  Instrument 13 (Chongqing: three).  Unlike under a general guide fund nothing is counted: the sub-fund
 * that it joins makes first investments in these stages alone. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct stage_fund_params *q = POLICY(r, k, stage_fund);
    guide_keep(r, k, &(struct guide_plan){GUIDE_PLAN(q)});
}

/* A fund that means to invest in none of these stages is not joined. */
static bool sponsor(const struct region *r, int32_t k, const struct fund *f, struct sponsor *o)
{
    const struct stage_fund_params *q = POLICY(r, k, stage_fund);
    *o = (struct sponsor){.share = q->share,
                          .delay = q->delay,
                          .ceded = q->ceded,
                          .first_loss = q->first_loss,
                          .stake = q->stake_min,
                          .capital = q->manager_capital,
                          .narrows = true};
    o->mandate = (struct mandate){.from = q->stage_from, .to = q->stage_to, .age_max = q->age_max, .sector = q->sector};
    return f->rule.stage_from <= q->stage_to && f->rule.stage_to >= q->stage_from;
}

const struct instrument stage_fund = {
    .name = "stage_fund",
    .number = 13,
    .group = GROUP_stage_fund,
    .who_en = "government, fund managers, other partners, enterprises",
    .who_zh = "政府、基金管理人、社会出资人、企业",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .begin = begin,
    .sponsor = sponsor,
};
