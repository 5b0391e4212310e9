/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bearing - what all who bear losses have in common: capital in and out, and what banks expect of their cover (mechanisms M5,
 * M8). */
#include <liandong/credit.h>
#include <liandong/instrument.h>

void bearer_fund(struct region *r, struct bearer *p, enum flow flow, money amount)
{
    market_flow(r, flow, amount);
    p->balance = money_add(p->balance, amount);
    p->paid_in = money_add(p->paid_in, amount);
    if (flow_table[flow].from == ACCOUNT_DISTRICTS)
        p->by_district = money_add(p->by_district, amount);
    if (flow_table[flow].from == ACCOUNT_TREASURY)
        p->by_city = money_add(p->by_city, amount);
}

void bearer_promise(struct region *r, struct bearer *p, enum flow flow, money amount)
{
    enum account from = flow_table[flow].from;
    enum matter matter = from == ACCOUNT_TREASURY ? MATTER_CAPITAL : MATTER_LEVELS;
    int32_t delay = coordinated(r, matter, r->month, P(r, government)->coordination_delay),
            month = (r->month + delay) % 24;
    money *due = flow_table[flow].from == ACCOUNT_DISTRICTS ? &p->due_district[month] : &p->due_capital[month];
    if (delay == 0)
        bearer_fund(r, p, flow, amount);
    else
        *due = money_add(*due, amount);
}

money bearer_on_way(const struct bearer *p)
{
    money sum = FEN(0);
    for (int32_t k = 0; k < 24; k++)
        sum = money_add(sum, p->due_capital[k]);
    return sum;
}

void bearer_invest(struct region *r, struct bearer *p, bool stands, money plan, double dividend)
{
    money more = money_sub(plan, p->planned);
    if (stands && more.fen > 0) {
        p->planned = plan;
        bearer_fund(r, p, FLOW_INSURER_CAPITAL, more);
    }
    if (r->month % 12 != 0)
        return;
    money above = money_positive(money_sub(bearer_net_worth(p), p->planned));
    money out = money_scale(above, dividend);
    market_flow(r, FLOW_INSURER_DIVIDEND, out);
    p->balance = money_sub(p->balance, out);
}

/* Paid over claimed as experienced; before any claim, the contract. */
static double honoured(const struct region *r, const struct experience *x)
{
    double prior = money_to_yuan(P(r, credit)->cover_weight);
    return (money_to_yuan(x->paid) + prior) / (money_to_yuan(x->claimed) + prior);
}

/* What is left before the breaker: near it, more cover is worth nothing (M8). */
static double before_breaker(const struct bearer *p, const struct experience *x)
{
    if (x->tripped)
        return 0.0;
    double limit = p->breaker * money_to_yuan(x->enrolled_base);
    if (p->breaker >= 1.0 || limit <= 0.0)
        return 1.0;
    double left = 1.0 - money_to_yuan(x->lost_year) / limit;
    return left > 0.0 ? left : 0.0;
}

static bool has_agreement(const struct region *r, int32_t bearer, int32_t bank)
{
    return bank < r->bearer[bearer].partners && experience_of(r, bank, bearer)->out == 0;
}

/* At the end of a year: what the agreement cost, and whether it was worth that.  A bank that lost by it leaves for a year,
 * and asks again when it has seen nothing for as long. */
static void renew_agreement(struct region *r, int32_t bearer, int32_t bank)
{
    struct bearer *p = &r->bearer[bearer];
    struct experience *x = experience_of(r, bank, bearer);
    bool away = x->out > 0; /* its year without one is no test of it */
    x->out = 0;
    x->gained = x->gain;
    x->gain = 0.0;
    if (away || !LINE_COMMON(r, p->line)->enabled || !has_agreement(r, bearer, bank) || p->agreement.fen == 0)
        return;
    money cost = money_scale(p->agreement, r->scale < 1.0 ? r->scale : 1.0);
    bank_pays(r, &r->bank[bank], cost);
    market_flow(r, FLOW_OFFICERS, cost);
    if (x->gained < money_to_yuan(cost))
        x->out = 12;
}

void agreements_renew(struct region *r)
{
    for (int32_t p = 0; p < r->n_bearers; p++)
        for (int32_t b = 0; b < r->n_banks; b++)
            renew_agreement(r, p, b);
}

int64_t agreements_count(const struct region *r, int32_t bearer, bool losing)
{
    int64_t n = 0;
    for (int32_t b = 0; b < r->n_banks && LINE_COMMON(r, r->bearer[bearer].line)->enabled; b++) {
        const struct experience *x = experience_of(r, b, bearer);
        if (losing)
            n += b < r->bearer[bearer].partners && x->gained < money_to_yuan(r->bearer[bearer].agreement);
        else
            n += has_agreement(r, bearer, b);
    }
    return n;
}

void covers_see(struct region *r)
{
    for (int32_t b = 0; b < r->n_banks; b++)
        for (int32_t p = 0; p < r->n_bearers; p++) {
            const struct experience *x = experience_of(r, b, p);
            double paid = honoured(r, x), left = has_agreement(r, p, b) ? before_breaker(&r->bearer[p], x) : 0.0;
            r->cover_seen[b * r->n_bearers + p] = (struct cover_seen){paid < 1.0 ? paid : 1.0, left};
        }
}

double cover_as_experienced(const struct region *r, int32_t bearer, const struct application *a, double share,
                            money cap_loan)
{
    const struct cover_seen *seen = &r->cover_seen[a->bank * r->n_bearers + bearer];
    double cover = share * seen->paid, capped = (double)cap_loan.fen / ((double)a->granted.fen + 1.0);
    return (cover < capped ? cover : capped) * seen->left;
}

/* Lost principal of the year over its base; the year begins anew in January. */
void bearer_breaks(struct region *r, int32_t bearer, double limit, bool of_granted)
{
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct experience *x = experience_of(r, b, bearer);
        double most = limit * money_to_yuan(x->enrolled_base);
        if (limit < 1.0 && most > 0.0)
            x->tripped = x->tripped || money_to_yuan(x->lost_year) > most;
        if (r->month % 12 == 11) {
            x->enrolled_base = of_granted ? x->granted_year : x->enrolled;
            x->granted_year = x->lost_year = FEN(0);
            x->tripped = 0;
        }
    }
}
