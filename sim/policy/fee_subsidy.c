/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fee_subsidy (担保费补助、保费补贴): the government pays a part of what covers of loans cost.  Instrument 9.
 *
 * Due in January for the year before, paid from the budget line with its lag: to the enterprise, share * fees and premiums that it
 * paid, up to cap_firm, so that it counts with the lower cost when it weighs an offer, as far as earlier claims were honoured; or
 * to the guarantor, fund or insurer, share * fees that it got, up to loan_share of the mean principal under its cover, so that it
 * can go on at the same fee. */
#include <liandong/instrument.h>

enum { TO_ENTERPRISE, TO_BEARER };

static void eligible(struct asked *a)
{
    const struct fee_subsidy_params *q = POLICY(a->t->r, a->k, fee_subsidy);
    if (q->payee != TO_ENTERPRISE)
        asked_none(a);
    asked_sales_to(a, q->sales_max);
    asked_knows(a, fee_subsidy.number);
}

static double fee_relief(const struct region *r, int32_t k)
{
    return POLICY(r, k, fee_subsidy)->share * r->line[k].honoured;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    const struct fee_subsidy_params *q = POLICY(t->r, k, fee_subsidy);
    return money_min(from_yuan(q->share * (double)t->e->fee_year[i]), q->cap_firm);
}

/* Pools and reinsurers sell no cover to enterprises. */
static money claim_bearer(const struct region *r, int32_t k, int32_t bearer)
{
    const struct fee_subsidy_params *q = POLICY(r, k, fee_subsidy);
    const struct bearer *p = &r->bearer[bearer];
    bool sells = p->kind == BEARER_GUARANTOR || p->kind == BEARER_GUARANTEE_FUND || p->kind == BEARER_INSURER;
    if (q->payee != TO_BEARER || !sells)
        return FEN(0);
    return money_min(money_scale(p->fees_year, q->share), money_scale(p->enrolled_year, q->loan_share / 12.0));
}

const struct instrument fee_subsidy = {
    .name = "fee_subsidy",
    .number = 9,
    .group = GROUP_fee_subsidy,
    .who_en = "government, enterprises, guarantors, insurers",
    .who_zh = "政府、企业、担保机构、保险公司",
    .flow = FLOW_SUBSIDY_FEE,
    .claim_every = 12,
    .eligible = eligible,
    .fee_relief = fee_relief,
    .claim = claim,
    .claim_bearer = claim_bearer,
};
