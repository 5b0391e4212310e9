/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interest_subsidy (贷款贴息): the government refunds part of the interest that eligible enterprises have paid.
 * Instrument 8.  Due in January for the year before: share * interest, counted up to a spread over the benchmark, up to
 * cap_firm; paid from the budget line with its lag, by its rule when money is short; who has died is not paid.  Borrowers count on
 * it as far as earlier claims were honoured. */
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    const struct interest_subsidy_params *q = POLICY(a->t->r, a->k, interest_subsidy);
    asked_age_to(a, q->age_max);
    asked_sales_to(a, q->sales_max);
    asked_knows(a, interest_subsidy.number);
}

static double relief(const struct region *r, int32_t k, double rate)
{
    const struct interest_subsidy_params *q = POLICY(r, k, interest_subsidy);
    double most = P(r, credit)->base_rate + q->rate_cap;
    return q->share * (rate < most ? rate : most) * r->line[k].honoured;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    const struct interest_subsidy_params *q = POLICY(t->r, k, interest_subsidy);
    double paid = (double)t->e->interest_year[i];
    double most = (P(t->r, credit)->base_rate + q->rate_cap) * (double)t->e->debt_year[i];
    return money_min(from_yuan(q->share * (paid < most ? paid : most)), q->cap_firm);
}

static money claim_most(const struct region *r, int32_t k)
{
    return POLICY(r, k, interest_subsidy)->cap_firm;
}

const struct instrument interest_subsidy = {
    .name = "interest_subsidy",
    .number = 8,
    .group = GROUP_interest_subsidy,
    .who_en = "government, enterprises, banks",
    .who_zh = "政府、企业、银行",
    .flow = FLOW_SUBSIDY_INTEREST,
    .claim_every = 12,
    .eligible = eligible,
    .relief = relief,
    .claim = claim,
    .claim_most = claim_most,
};
