/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lump_sum (等额一次性补助): the reference use of public money, against which every policy is compared (mechanisms M12).
 * Number 0: the reference, none of the 62.  In January, and in the month in which it first stands, the budget line is dealt in equal
 * parts among the registered enterprises, in cash, without a condition on what they do with it. */
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    const struct lump_sum_params *q = POLICY(a->t->r, a->k, lump_sum);
    asked_age_to(a, q->age_max);
    asked_sales_to(a, q->sales_max);
}

/* One part each. */
static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    (void)t;
    (void)i;
    (void)k;
    return FEN(1);
}

const struct instrument lump_sum = {
    .name = "lump_sum",
    .number = 0,
    .group = GROUP_lump_sum,
    .who_en = "government, enterprises",
    .who_zh = "政府、企业",
    .flow = FLOW_LUMP_SUM,
    .claim_every = 1,
    .eligible = eligible,
    .claim = claim,
    .deals = true,
};
