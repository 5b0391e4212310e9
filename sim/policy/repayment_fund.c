/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repayment_fund (偿债保障基金): a reserve that pays part of what holders of bonds miss.  Instrument 44.
 *
 * It has money of its own, from the treasury, and pays `share` of what guarantors leave unpaid on a day of payment, as far as it
 * goes; what is recovered later comes back to it after senior holders and guarantors.  Nothing is paid for it. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct repayment_fund_params *q = POLICY(r, k, repayment_fund);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void aid(const struct region *r, int32_t k, struct issue_aid *o)
{
    o->fund = POLICY(r, k, repayment_fund)->share;
}

const struct instrument repayment_fund = {
    .name = "repayment_fund",
    .number = 44,
    .group = GROUP_repayment_fund,
    .who_en = "government, investors",
    .who_zh = "政府、投资人",
    .flow = FLOW_BOND_FUND_PAID,
    .claim_every = 1,
    .begin = begin,
    .aid = aid,
};
