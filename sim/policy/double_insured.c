/* SPDX-License-Identifier: GPL-3.0-or-later */
/* double_insured (双保贷): a bank lends where the enterprise brings either credit insurance or a guarantee; here is the insurer.
 * Instrument 7.  The guarantee is an instrument of its own, and a bank weighs each alone, both, and neither.
 *
 * The insurer is commercial: capital from investors, premiums, claims.  Premium by experience, each January:
 *   burn = (claims seen + w premium0 (1 - expenses)) / (yuan-years seen + w),   premium = burn / (1 - expenses),
 * claims net of recoveries, both with a memory of some years, w the credibility of the first tariff (Buehlmann).  It writes no new
 * business where that exceeds the ceiling, beyond its solvency, or of a bank whose borrowers cost too much; what is insured
 * stays insured. */
#include <liandong/instrument.h>

static double rated(const struct double_insured_params *q, const struct bearer *p)
{
    double weight = money_to_yuan(q->credibility), prior = q->premium * (1.0 - q->expenses);
    double incurred = p->incurred + money_to_yuan(p->unpaid);
    double burn = (incurred + weight * prior) / (p->exposure + weight), premium = burn / (1.0 - q->expenses);
    return premium > q->premium_min ? premium : q->premium_min;
}

static void begin(struct region *r, int32_t k)
{
    const struct double_insured_params *q = POLICY(r, k, double_insured);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    bearer_invest(r, p, q->enabled, money_scale(q->capital, r->scale), q->dividend);
    if (r->month % 12 == 0)
        p->paid_year = FEN(0);
    if (r->month % 12 == 0 || r->line[k].changed)
        p->premium = rated(q, p);
    p->cap_year = NO_CAP;
    p->breaker = 1.0;
    p->partners = q->partners;
    p->agreement = q->agreement;
    double most = q->share > 0.0 ? q->leverage_max * money_to_yuan(bearer_net_worth(p)) / q->share : 0.0;
    p->room = money_sub(from_yuan(most < 1e13 ? most : 1e13), p->enrolled);
}

/* Claims of a bank's borrowers over their premiums, as remembered: credibility keeps one claim from deciding. */
static bool suspends(const struct double_insured_params *q, const struct experience *x)
{
    double premiums = money_to_yuan(x->fees) + q->premium * money_to_yuan(q->credibility);
    return money_to_yuan(x->paid) > q->loss_ratio_max * premiums;
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct double_insured_params *q = POLICY(r, k, double_insured);
    int32_t insurer = r->line[k].bearer;
    const struct bearer *p = &r->bearer[insurer];
    if (a->granted.fen > q->loan_max.fen || p->premium > q->premium_max ||
        suspends(q, experience_of(r, a->bank, insurer)))
        return false;
    double counted = 1.0 - (double)q->deductible.fen / ((double)a->granted.fen + 1.0);
    double cover = cover_as_experienced(r, insurer, a, q->share * (counted > 0.0 ? counted : 0.0), q->cap_loan);
    double most = 1.0 - P(r, credit)->retained_min;
    *o = (struct lending){.covers = 1u << insurer,
                          .cover = cover < most ? cover : most,
                          .rate_max = q->rate_ceiling,
                          .paperwork = q->paperwork,
                          .fee = p->premium};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct double_insured_params *q = POLICY(r, k, double_insured);
    c->base = q->base;
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    c->cap_loan = q->cap_loan;
    c->deductible = q->deductible;
    c->fee = r->bearer[r->line[k].bearer].premium;
}

/* What it cost to run, and what it covered. */
static void after(struct region *r, int32_t k)
{
    const struct double_insured_params *q = POLICY(r, k, double_insured);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    money cost = money_min(money_scale(p->fees, q->expenses), p->balance);
    market_flow(r, FLOW_INSURER_COST, cost);
    p->balance = money_sub(p->balance, cost);
    double keep = 1.0 - 1.0 / q->memory;
    p->exposure = keep * p->exposure + money_to_yuan(p->enrolled) / 12.0;
    p->incurred = keep * p->incurred + money_to_yuan(money_sub(p->compensated, p->shared));
}

const struct instrument double_insured = {
    .name = "double_insured",
    .number = 7,
    .group = GROUP_double_insured,
    .who_en = "banks, insurer, guarantor, enterprises",
    .who_zh = "银行、保险公司、担保机构、企业",
    .flow = FLOW_INSURANCE_PAID,
    .claim_every = 1,
    .begin = begin,
    .terms = terms,
    .cover = cover,
    .after = after,
};
