/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_subsidy (债券贴息、投资者补贴): the government refunds part of coupons, and rewards who buys.  Instrument 27.
 *
 * Due in January for the year before: share * coupons paid, up to cap_firm, from the budget line with its lag and rule.  Buyers get
 * `reward` of what they pay for a senior tranche when they buy, and ask that much less of a yield; where the line has not the money
 * they get nothing and count on nothing. */
#include <liandong/bonds.h>

static void eligible(struct asked *a)
{
    ASKED_KEEP_EACH(a, i, bonds_coupons(a->t->r, i).fen > 0);
    asked_knows(a, bond_subsidy.number);
}

static void aid(const struct region *r, int32_t k, struct issue_aid *o)
{
    const struct bond_subsidy_params *q = POLICY(r, k, bond_subsidy);
    o->coupon = q->share;
    o->reward = q->reward;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    const struct bond_subsidy_params *q = POLICY(t->r, k, bond_subsidy);
    return money_min(money_scale(bonds_coupons(t->r, i), q->share), q->cap_firm);
}

static money claim_most(const struct region *r, int32_t k)
{
    return POLICY(r, k, bond_subsidy)->cap_firm;
}

const struct instrument bond_subsidy = {
    .name = "bond_subsidy",
    .number = 27,
    .group = GROUP_bond_subsidy,
    .who_en = "government, enterprises, investors",
    .who_zh = "政府、企业、投资人",
    .flow = FLOW_SUBSIDY_COUPON,
    .claim_every = 12,
    .eligible = eligible,
    .aid = aid,
    .claim = claim,
    .claim_most = claim_most,
};
