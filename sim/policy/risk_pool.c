/* SPDX-License-Identifier: GPL-3.0-or-later */
/* risk_pool (风险补偿资金池): government money that pays banks a share of what they lose on enrolled loans.  Instrument 1.
 *
 * Funding: sunk, cash in an account whose interest rolls in; yearly, an appropriation, the unused goes back in January;
 * tiered, the city's share at once and the districts' a coordination delay later.  Cover of a loan of size L: share(L) of the
 * base, up to caps, while the bank's breaker has not tripped and enrolled principal is below leverage times capital. */
#include <liandong/instrument.h>
#include <string.h>

enum { SUNK, YEARLY, TIERED };
enum { REFILL_NONE, REFILL_YEARLY, REFILL_MONTHLY, REFILL_TOP_UP };

/* The plan of a sunk or tiered pool may be raised by a dated change; what it lacks is paid in. */
static void fund_plan(struct region *r, struct bearer *p, const struct risk_pool_params *q)
{
    money plan = money_scale(q->capital, r->scale), more = money_sub(plan, p->planned);
    if (more.fen <= 0)
        return;
    p->planned = plan;
    money district = q->funding == TIERED ? money_scale(more, q->district_share) : FEN(0);
    bearer_fund(r, p, FLOW_POOL_CAPITAL, money_sub(more, district));
    bearer_promise(r, p, FLOW_POOL_DISTRICT, district);
}

static void return_rest(struct region *r, struct bearer *p)
{
    market_flow(r, FLOW_POOL_RETURNED, p->balance);
    p->balance = p->paid_in = FEN(0);
}

static void fund_year(struct region *r, struct bearer *p, const struct risk_pool_params *q, bool starts)
{
    if (r->month % 12 != 0 && !starts)
        return;
    return_rest(r, p);
    p->planned = money_scale(q->capital, r->scale);
    bearer_fund(r, p, FLOW_POOL_CAPITAL, p->planned);
}

static void refill(struct region *r, struct bearer *p, const struct risk_pool_params *q)
{
    money amount = money_scale(q->refill_amount, r->scale);
    bool now = q->refill == REFILL_MONTHLY || (q->refill == REFILL_YEARLY && r->month % 12 == 0);
    if (q->refill == REFILL_TOP_UP) {
        money has = money_add(p->balance, bearer_on_way(p));
        amount = money_min(amount, money_positive(money_sub(p->planned, has)));
        now = amount.fen > 0;
    }
    if (now)
        bearer_promise(r, p, FLOW_POOL_CAPITAL, amount);
}

static void begin(struct region *r, int32_t k)
{
    const struct risk_pool_params *q = POLICY(r, k, risk_pool);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    if (r->month % 12 == 0)
        p->paid_year = FEN(0);
    money arrives = p->due_capital[r->month % 24];
    p->due_capital[r->month % 24] = FEN(0);
    bearer_fund(r, p, FLOW_POOL_CAPITAL, arrives);
    bearer_fund(r, p, FLOW_POOL_DISTRICT, p->due_district[r->month % 24]);
    p->due_district[r->month % 24] = FEN(0);
    if (q->funding != YEARLY) {
        money interest = money_scale(p->balance, q->interest / 12.0);
        market_flow(r, FLOW_POOL_INTEREST, interest);
        p->balance = money_add(p->balance, interest);
        p->interest = interest;
    }
    if (!q->enabled) {
        if (q->funding == YEARLY && r->month % 12 == 0)
            return_rest(r, p);
    } else if (q->funding == YEARLY) {
        fund_year(r, p, q, r->line[k].changed != 0);
    } else {
        fund_plan(r, p, q);
        refill(r, p, q);
    }
    double cap = money_to_yuan(q->cap_year) * r->scale;
    p->cap_year = from_yuan(cap < 1e13 ? cap : 1e13);
    p->breaker = q->breaker;
    p->partners = q->partners;
    p->agreement = q->agreement;
    p->room = money_sub(money_scale(money_min(p->paid_in, p->planned), q->leverage_max), p->enrolled);
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct risk_pool_params *q = POLICY(r, k, risk_pool);
    int32_t pool = r->line[k].bearer;
    if (a->granted.fen > q->loan_max.fen || (double)a->sales > money_to_yuan(q->sales_max))
        return false;
    double share = tiered_share(&q->tiers, q->share, a->granted);
    double cover = cover_as_experienced(r, pool, a, share, q->cap_loan);
    double most = 1.0 - P(r, credit)->retained_min;
    *o = (struct lending){.covers = 1u << pool,
                          .cover = cover < most ? cover : most,
                          .rate_max = q->rate_ceiling,
                          .paperwork = q->paperwork,
                          .compulsory = q->enrolment == 1 && cover > 0.0};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct risk_pool_params *q = POLICY(r, k, risk_pool);
    c->base = q->base;
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    memcpy(&c->tiers, &q->tiers, sizeof c->tiers);
    c->cap_loan = q->cap_loan;
}

static void after(struct region *r, int32_t k)
{
    const struct risk_pool_params *q = POLICY(r, k, risk_pool);
    bearer_breaks(r, r->line[k].bearer, q->enabled ? q->breaker : 1.0, q->breaker_base == 1);
}

const struct instrument risk_pool = {
    .name = "risk_pool",
    .number = 1,
    .group = GROUP_risk_pool,
    .who_en = "government (city, districts), banks, enterprises",
    .who_zh = "政府（市、区）、银行、企业",
    .flow = FLOW_COMPENSATION,
    .claim_every = 1,
    .begin = begin,
    .terms = terms,
    .cover = cover,
    .after = after,
};
