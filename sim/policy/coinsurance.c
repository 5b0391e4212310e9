/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coinsurance (科技保险共保体): insurers share each policy of tech insurance by quota.  Instrument 11.
 *
 * The participants beside the leading insurer are one agent with the capital of all: equal quotas make their fates the same.
 * They get their quota of premiums, less the leader's commission, and pay their quota of each loss directly.  As no insurer
 * may bear more of one risk, nor of all, than its funds allow, policies may be larger and more the more take part
 * (tech_insurance.c). */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct coinsurance_params *q = POLICY(r, k, coinsurance);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    bearer_invest(r, p, q->enabled, money_scale(q->capital, r->scale * q->participants), q->dividend);
}

static void after(struct region *r, int32_t k)
{
    struct bearer *p = &r->bearer[r->line[k].bearer];
    money cost = money_min(money_scale(p->fees, POLICY(r, k, coinsurance)->expenses), p->balance);
    market_flow(r, FLOW_INSURER_COST, cost);
    p->balance = money_sub(p->balance, cost);
}

const struct instrument coinsurance = {
    .name = "coinsurance",
    .number = 11,
    .group = GROUP_coinsurance,
    .who_en = "insurers, enterprises",
    .who_zh = "保险公司、企业",
    .flow = FLOW_DAMAGES_INSURED,
    .claim_every = 1,
    .begin = begin,
    .after = after,
};
