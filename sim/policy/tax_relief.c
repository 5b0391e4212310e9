/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tax_relief (税收返还与优惠): of the city's share of tax on venture funds a part is given back; research counts more than once
 * in the base of enterprises' income tax.  Instrument 61.
 *
 * Funds: tax is withheld from partners' profits and due on managers' fees and carry at effective rates (rewarding); the city
 * keeps city_share of it.  For `years` from a fund's closing fund_share of that is due to the fund, which shares it out, and
 * manager_share to its manager, from the budget line after its lag.  Partners and managers count on it, as honoured so far, in
 * what they expect after tax.
 *
 * Enterprises (研发费用加计扣除): research_extra * research of the year is taken off the profit that is taxed in January, as far as
 * there is any; nothing is carried forward (assumed).  The year's research is reckoned at the rate of the month of the return. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static enum status taxed(struct region *r, int32_t k, int32_t fund, money partners, money manager)
{
    const struct tax_relief_params *q = POLICY(r, k, tax_relief);
    double city = P(r, government)->city_share;
    if (r->month >= r->funds.row[fund].opened + q->months)
        return OK;
    TRY(fund_due(r, k, fund, PAYEE_FUND, money_scale(partners, city * q->fund_share)));
    return fund_due(r, k, fund, PAYEE_MANAGER, money_scale(manager, city * q->manager_share));
}

/* Fees come while the fund invests; profits, as all see it, evenly from then to its end. */
static double tax_back(const struct region *r, int32_t k, const struct fund *f, bool manager)
{
    const struct tax_relief_params *q = POLICY(r, k, tax_relief);
    double from = manager ? 0.0 : f->rule.invest, to = manager ? f->rule.invest : f->rule.life;
    double part = to > from ? (q->months - from) / (to - from) : 0.0;
    part = part > 0.0 ? ld_min(part, 1.0) : 0.0;
    return part * (manager ? q->manager_share : q->fund_share) * r->line[k].honoured;
}

static void eligible(struct asked *a)
{
    const struct tax_relief_params *q = POLICY(a->t->r, a->k, tax_relief);
    if (q->research_extra <= 0.0)
        asked_none(a);
    asked_sales_to(a, q->sales_max);
}

static double deduct(const struct rows *t, uint32_t i, int32_t k)
{
    int32_t age = age_of(t, i), months = age < 12 ? age : 12;
    return POLICY(t->r, k, tax_relief)->research_extra * (double)t->e->research[i] * months;
}

const struct instrument tax_relief = {
    .name = "tax_relief",
    .number = 61,
    .group = GROUP_tax_relief,
    .who_en = "government, venture funds, fund managers, enterprises",
    .who_zh = "政府、创投基金、基金管理人、企业",
    .flow = FLOW_SUBSIDY_FUND,
    .eligible = eligible,
    .deduct = deduct,
    .taxed = taxed,
    .tax_back = tax_back,
};
