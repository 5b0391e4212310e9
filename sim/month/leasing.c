/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leasing - a lessor buys the equipment that an opportunity needs, owns it, and is paid in instalments (instrument 29).
 *
 * Of the equipment's cost C the lessee pays a part down; the rest is principal, repaid in equal parts with interest on what is
 * owed.  With a hazard h a month, what is owed L(m), and what the equipment fetches V(m) = C (1 - decay / 12)^m recovery,
 *   rate = asked + 12 (1 - share) sum S(m) h [L(m) - V(m)]+ / sum S(m) L(m),   S(m) = (1 - h)^m,
 * what the lessor needs to earn what it asks.  A guarantor's share lowers the rate and costs a fee; the lessee takes it where it
 * pays less in all.  How it pays, and what comes after if it does not: rents.c. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/mathx.h>
#include <liandong/planning.h>
#include <liandong/rents.h>
#include <string.h>

/* -- asking, local ------------------------------------------------------------------------------------------------------ */
void leases_note(const struct rows *t, double *leased)
{
    const struct leases *l = &t->r->leases;
    memset(leased, 0, (t->hi - t->lo) * sizeof *leased);
    for (size_t k = LIST_FIRST(l, t->lo); k < l->n && l->row[k].row < t->hi; k++)
        leased[l->row[k].row - t->lo] = 1.0;
}

static money principal_of(const struct lease_terms *o, double cost)
{
    return from_yuan((1.0 - o->down) * cost);
}

/* The lessor takes such a size, and the part paid down leaves the cash that is kept whatever is invested in. */
static bool fits(const struct rows *t, uint32_t i, const struct lease_terms *o)
{
    double cost = (double)t->e->chance_cost[i], keep = P(t->r, enterprise)->chance_keep * cash_target(t->r, t->e, i);
    money principal = principal_of(o, cost);
    return o->open && principal.fen > 0 && principal.fen >= o->least.fen && principal.fen <= o->most.fen &&
           money_to_yuan(t->e->cash[i]) - keep >= o->down * cost;
}

/* As for bank credit (planning): what meeting the need brings, by the chance of a contract, less what it costs. */
static double surplus_of(const struct rows *t, uint32_t i, int32_t k, const struct lease_terms *o, double lacks)
{
    const struct credit_params *c = P(t->r, credit);
    const struct finance_company *m = &t->r->line[k].company;
    double cost = (double)t->e->chance_cost[i], principal = (1.0 - o->down) * cost;
    double rate = m->offered > 0.0 ? m->rates / m->offered : going_rate(t->r);
    double gain = chance_gain(t->r, i) * lacks / cost - lacks - principal * rate * (o->term + 1) / 24.0;
    return share_granted(c->news_prior, m->offered, m->asked) * gain - money_to_yuan(c->application_cost);
}

int32_t leases_choose(const struct rows *t, uint32_t i, double lacks, double *surplus)
{
    int32_t best = -1;
    if (t->e->worst[i] > 0)
        return -1;
    EACH_HOOKED(t->r, HOOK_LEASE, k)
    {
        struct lease_terms o = lease_terms_of(t->r, k);
        if (!fits(t, i, &o) || !line_open(t->r, k, i) || !enterprise_knows(t, i, instrument_of(t->r, k)->number))
            continue;
        double s = surplus_of(t, i, k, &o, lacks);
        if (best < 0 || s > *surplus) {
            best = k;
            *surplus = s;
        }
    }
    return best;
}

void leases_ask(const struct rows *t, uint32_t i, int32_t k, double reservation)
{
    struct signals s = {0};
    statements_tell(t, i, &s);
    struct lease_ask *a = outbox_push(&t->me->box[BOX_LEASE]);
    if (a == NULL)
        t->me->status = NO_MEMORY;
    else
        *a = (struct lease_ask){.row = i,
                                .region = (uint16_t)t->r->index,
                                .instance = (uint16_t)k,
                                .weighted = (float)s.weighted,
                                .precision = (float)s.precision,
                                .reservation = (float)reservation};
}

/* -- pricing --------------------------------------------------------------------------------------------------------------- */
/* Asks are priced in lots by all threads: what a lessor believes of one is no other's, and does not change while it signs. */
enum { LOT = 32 };
struct priced {
    const struct lease_ask *ask;
    double loses; /* what a yuan owed for a year loses on average, before any guarantee; below 0: not worked out yet */
};
struct pricing {
    const struct world *w;
    struct priced *row;
    size_t n;
};

/* The same of lessees with these default rates. */
static void loss_rates(const struct region *r, const struct lease_terms *o, const double pd[LOT], double loses[LOT])
{
    double h[LOT], stays[LOT], lost[LOT] = {0}, owed[LOT] = {0};
    double decay = 1.0 - P(r, enterprise)->assets_decay / 12.0, value = r->cells.recovery / (1.0 - o->down);
    for (int j = 0; j < LOT; j++) {
        h[j] = pd[j] / 12.0;
        stays[j] = 1.0;
    }
    for (int32_t m = 0; m < o->term; m++) {
        double left = 1.0 - (double)m / o->term;
        value *= decay;
        double falls = ld_max(left - value, 0.0);
        for (int j = 0; j < LOT; j++) {
            lost[j] += stays[j] * h[j] * falls;
            owed[j] += stays[j] * left;
            stays[j] *= 1.0 - h[j];
        }
    }
    for (int j = 0; j < LOT; j++)
        loses[j] = 12.0 * lost[j] / owed[j];
}

/* Default rate that a lessor believes: its own leases, shrunk to the prior of lenders; then what statements tell. */
static double lessor_pd(const struct region *r, int32_t k, const struct lease_ask *a)
{
    const struct credit_params *c = P(r, credit);
    const struct finance_company *m = &r->line[k].company;
    double hazard = (c->belief_prior / 12.0 * c->belief_weight + m->defaults) / (c->belief_weight + m->months), seen;
    return posterior_pd(12.0 * hazard, c->quality_loading, (double)a->weighted, (double)a->precision, &seen);
}

/* All up to `to` that ask the same lessor as the first of them. */
static void price_alike(const struct region *r, struct priced *first, const struct priced *to)
{
    int32_t k = first->ask->instance;
    struct lease_terms o = lease_terms_of(r, k);
    double pd[LOT] = {0}, loses[LOT];
    struct priced *alike[LOT];
    int n = 0;
    for (struct priced *q = first; q < to; q++)
        if (q->ask->instance == k && q->ask->region == r->index) {
            pd[n] = lessor_pd(r, k, q->ask);
            alike[n++] = q;
        }
    loss_rates(r, &o, pd, loses);
    for (int j = 0; j < n; j++)
        alike[j]->loses = loses[j];
}

static void price_lot(void *context, size_t nth, int32_t thread)
{
    const struct pricing *c = context;
    const struct priced *to = c->row + (c->n - nth * LOT < LOT ? c->n : (nth + 1) * LOT);
    (void)thread;
    for (struct priced *q = c->row + nth * LOT; q < to; q++)
        if (q->loses < 0.0)
            price_alike(&c->w->region[q->ask->region], q, to);
}

/* In order of rows, as the outboxes are. */
static enum status price_all(struct world *w, struct pricing *c)
{
    *c = (struct pricing){.w = w};
    for (int32_t m = 0; m < team_members(&w->team); m++)
        c->n += w->team.member[m].box[BOX_LEASE].n;
    c->row = arena_take(&w->market, c->n, sizeof *c->row);
    if (c->row == NULL)
        return NO_MEMORY;
    struct priced *q = c->row;
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_LEASE];
        for (size_t j = 0; j < box->n; j++)
            *q++ = (struct priced){OUTBOX(box, struct lease_ask, j), -1.0};
    }
    size_t lots = (c->n + LOT - 1) / LOT;
    team_run_loose(team_width(w->team.n, lots), lots, price_lot, c);
    return OK;
}

static bool guarantor_bears(const struct region *r, const struct lease_terms *o, money principal)
{
    const struct bearer *p = &r->bearer[o->guarantor];
    return o->share > 0.0 && p->room.fen >= principal.fen &&
           money_scale(principal, o->share).fen <= money_scale(bearer_net_worth(p), o->client_share).fen;
}

/* Sets rate, guarantee and fee of the contract that costs the lessee less; false: the lessor signs none. */
static bool price(const struct region *r, const struct lease_terms *o, double lost, struct lease *q)
{
    double alone = o->asked + lost, backed = o->asked + lost * (1.0 - o->share);
    bool guaranteed = guarantor_bears(r, o, q->principal) && backed <= o->rate_max &&
                      (alone > o->rate_max || backed + o->fee * o->share < alone);
    q->rate = guaranteed ? backed : alone;
    q->guaranteed = guaranteed ? o->share : 0.0;
    q->fee = o->fee;
    return q->rate <= o->rate_max;
}

/* -- signing --------------------------------------------------------------------------------------------------------------- */
/* The equipment is bought and the opportunity taken; the lessee pays its part. */
static enum status buy(struct region *r, struct lease *q)
{
    struct enterprises *e = &r->enterprises;
    uint32_t i = q->row;
    struct leases *l = &r->leases;
    money down = money_sub(from_yuan(q->cost), q->principal);
    e->cash[i] = money_sub(e->cash[i], down);
    market_flow(r, FLOW_INVESTMENT, down);
    r->line[q->instance].company.cash = money_sub(r->line[q->instance].company.cash, q->principal);
    market_flow(r, FLOW_LEASE_EQUIPMENT, q->principal);
    market_flow(r, FLOW_LEASE_OWED, q->principal);
    q->without = ld_exp((double)e->log_sales[i]);
    sales_grow(e, i, (double)e->chance_sales[i]);
    q->with = ld_exp((double)e->log_sales[i]);
    e->chance_left[i] = 0;
    e->chance_cost[i] = e->chance_sales[i] = 0.0f;
    count(&r->total, cell_of(e, i), ITEM_CHANCES_TAKEN, 1);
    TRY(LIST_RESERVE(l, l->n + l->fresh + 1));
    l->row[l->n + l->fresh++] = *q;
    return OK;
}

static enum status decide(const struct world *w, struct region *r, const struct priced *p)
{
    const struct lease_ask *a = p->ask;
    int32_t k = a->instance;
    struct lease_terms o = lease_terms_of(r, k);
    struct finance_company *m = &r->line[k].company;
    const struct enterprises *e = &r->enterprises;
    double cost = (double)e->chance_cost[a->row];
    struct lease q = {.row = a->row, .begun = w->month, .term = o.term, .instance = a->instance, .cost = cost};
    q.principal = q.owed = principal_of(&o, cost);
    bool able = e->status[a->row] == ACTIVE && e->chance_left[a->row] > 0 && q.principal.fen <= m->cash.fen &&
                from_yuan(cost).fen - q.principal.fen <= e->cash[a->row].fen;
    m->asked += 1.0;
    if (!able || !price(r, &o, p->loses, &q))
        return OK;
    m->offered += 1.0;
    double all_in = q.rate + q.guaranteed * q.fee;
    m->rates += all_in;
    if (all_in > (double)a->reservation)
        return OK;
    if (q.guaranteed > 0.0)
        r->bearer[o.guarantor].room = money_sub(r->bearer[o.guarantor].room, q.principal);
    return buy(r, &q);
}

/* -- the company ------------------------------------------------------------------------------------------------------------- */
static void pay_from(struct region *r, struct finance_company *m, enum flow flow, money amount)
{
    amount = money_positive(money_min(amount, m->cash));
    m->cash = money_sub(m->cash, amount);
    market_flow(r, flow, amount);
}

void company_begins(struct region *r, int32_t k, bool stands, money plan, money owed, double running, double dividend)
{
    struct finance_company *m = &r->line[k].company;
    pay_from(r, m, FLOW_FINANCE_COMPANY_COST, money_scale(owed, running / 12.0));
    money more = stands ? money_positive(money_sub(plan, m->planned)) : FEN(0);
    market_flow(r, FLOW_FINANCE_COMPANY_CAPITAL, more);
    m->cash = money_add(m->cash, more);
    m->planned = stands ? money_max(plan, m->planned) : FEN(0);
    if (!stands)
        pay_from(r, m, FLOW_FINANCE_COMPANY_DIVIDEND, m->cash);
    else if (r->month % 12 == 0)
        pay_from(r, m, FLOW_FINANCE_COMPANY_DIVIDEND,
                 money_scale(money_positive(money_sub(money_add(m->cash, owed), m->planned)), dividend));
}

/* -- the month ------------------------------------------------------------------------------------------------------------------------ */
enum { AHEAD = 8 };
/* What who asks for one reads and writes of its row, asked for before: they are far apart. */
FETCHES void fetch_asking(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    __builtin_prefetch(&e->status[i]);
    __builtin_prefetch(&e->cash[i], 1);
    __builtin_prefetch(&e->chance_left[i], 1);
    __builtin_prefetch(&e->chance_cost[i], 1);
    __builtin_prefetch(&e->chance_sales[i], 1);
    __builtin_prefetch(&e->log_sales[i], 1);
    __builtin_prefetch(&e->sales[i], 1);
}

/* Asks in order of rows while a lessor's money lasts. */
enum status leases_settle(struct world *w)
{
    struct pricing asks;
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(leases_collect(w, &w->region[k]));
    TRY(price_all(w, &asks));
    for (size_t j = 0; j < asks.n; j++) {
        const struct lease_ask *next = asks.row[j + AHEAD < asks.n ? j + AHEAD : j].ask;
        fetch_asking(&w->region[next->region], next->row);
        TRY(decide(w, &w->region[asks.row[j].ask->region], &asks.row[j]));
    }
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(LIST_MERGE(&w->region[k].leases));
    return OK;
}
