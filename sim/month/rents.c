/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rents - leases are served (instrument 29).  Who fails, or does not pay for some months, loses the equipment with the sales that it
 * carries; it is sold at the month's price of used assets, the guarantor pays its share of what is missing, and both have a claim
 * on the estate.
 *
 * Of one enterprise at most one lease runs, so that threads take the rents; what guarantors get, and what is taken back, which
 * asks what they have, is booked in order of rows. */
#include <liandong/fetch.h>
#include <liandong/mathx.h>
#include <liandong/rents.h>
#include <string.h>

/* -- rents ------------------------------------------------------------------------------------------------------------------ */
/* Principal that is to be paid by so many months from now, beyond what has been. */
static money principal_due(const struct region *r, const struct lease *q, int32_t ahead)
{
    int32_t age = r->month + ahead - q->begun;
    money by_now = age >= q->term ? q->principal : money_part(q->principal, FEN(age), FEN(q->term));
    return money_positive(money_sub(by_now, money_sub(q->principal, q->owed)));
}

static money take(struct region *r, uint32_t row, money due)
{
    money paid = money_min(due, r->enterprises.cash[row]);
    r->enterprises.cash[row] = money_sub(r->enterprises.cash[row], paid);
    return paid;
}

/* What lessees paid a lessor. */
struct rents {
    money interest, principal;
};

/* Interest, fee, principal, in this order; the lessee sets aside what is due next month.  Returns the fee: it is booked in order. */
static money serve(struct region *r, struct lease *q, struct rents *sum)
{
    struct enterprises *e = &r->enterprises;
    uint32_t i = q->row;
    money interest = money_scale(q->owed, q->rate / 12.0), due = principal_due(r, q, 0);
    money fee = money_scale(q->owed, q->guaranteed * q->fee / 12.0);
    money paid = take(r, i, interest), paid_fee = take(r, i, fee), principal = take(r, i, due);
    sum->interest = money_add(sum->interest, paid);
    sum->principal = money_add(sum->principal, principal);
    e->fee_year[i] += (float)money_to_yuan(paid_fee);
    q->owed = money_sub(q->owed, principal);
    e->profit_year[i] -= (float)money_to_yuan(money_add(paid, paid_fee));
    bool all = paid.fen == interest.fen && paid_fee.fen == fee.fen && principal.fen == due.fen;
    q->overdue = all ? 0 : q->overdue + 1;
    double a_year = q->rate + q->guaranteed * q->fee;
    e->due[i] += (float)(money_to_yuan(principal_due(r, q, 1)) + money_to_yuan(q->owed) * a_year / 12.0);
    return paid_fee;
}

/* -- taking back --------------------------------------------------------------------------------------------------------------- */
static void pay_lessor(struct region *r, const struct lease *q, enum flow flow, money amount)
{
    struct finance_company *m = &r->line[q->instance].company;
    m->cash = money_add(m->cash, amount);
    market_flow(r, flow, amount);
}

static void settle(struct region *r, struct lease *q, enum flow flow, money amount)
{
    pay_lessor(r, q, flow, amount);
    market_flow(r, FLOW_LEASE_ENDED, amount);
    q->owed = money_sub(q->owed, amount);
}

/* What used equipment fetches over its cost after so many months. */
static double fetches(const struct region *r, int32_t months)
{
    return ld_pow(1.0 - P(r, enterprise)->assets_decay / 12.0, months) * r->cells.recovery;
}

/* Sold for the lessor up to what it is owed; what is beyond is the lessee's. */
static void sell(struct region *r, struct lease *q)
{
    struct enterprises *e = &r->enterprises;
    money price = from_yuan(q->cost * fetches(r, r->month - q->begun)), kept = money_min(price, q->owed);
    money beyond = e->status[q->row] == GONE ? FEN(0) : money_sub(price, kept);
    settle(r, q, FLOW_LEASE_SOLD, kept);
    e->cash[q->row] = money_add(e->cash[q->row], beyond);
    market_flow(r, FLOW_ASSETS_SOLD, beyond);
}

static money call_guarantor(struct region *r, struct lease *q)
{
    struct bearer *p = &r->bearer[r->line[q->instance].bearer];
    money pays = money_min(money_scale(q->owed, q->guaranteed), bearer_net_worth(p));
    p->balance = money_sub(p->balance, pays);
    p->compensated = money_add(p->compensated, pays);
    settle(r, q, FLOW_LEASE_GUARANTEED, pays);
    return pays;
}

/* The part of the estate that their claim is due, in proportion to what lessor and guarantor miss. */
static void collect_estate(struct region *r, struct lease *q, money missing, money by_guarantor)
{
    struct bearer *p = &r->bearer[r->line[q->instance].bearer];
    if (r->enterprises.status[q->row] != DEAD || missing.fen <= 0)
        return;
    money got = take(r, q->row, estate_part(r, q->row, missing)), part = money_part(got, by_guarantor, missing);
    pay_lessor(r, q, FLOW_LEASE_RECOVERED, got);
    r->line[q->instance].company.cash = money_sub(r->line[q->instance].company.cash, part);
    market_flow(r, FLOW_LEASE_SHARED, part);
    p->balance = money_add(p->balance, part);
    p->shared = money_add(p->shared, part);
    market_flow(r, FLOW_LEASE_ENDED, money_sub(got, part));
    q->owed = money_sub(q->owed, money_sub(got, part));
}

/* The sales that go with the equipment: those that came with it, and where sales have fallen since, the same part of them. */
static double sales_carried(const struct lease *q, double sales)
{
    return (q->with - q->without) * ld_min(sales / q->with, 1.0);
}

static void take_back(struct region *r, struct lease *q)
{
    struct enterprises *e = &r->enterprises;
    r->line[q->instance].company.defaults += 1.0;
    if (e->status[q->row] == ACTIVE)
        sales_grow(e, q->row, -sales_carried(q, ld_exp((double)e->log_sales[q->row])));
    sell(r, q);
    money missing = q->owed, paid = call_guarantor(r, q);
    collect_estate(r, q, missing, paid);
    market_flow(r, FLOW_LEASE_LOST, q->owed);
    q->owed = FEN(0);
}

/* What a lease will read and write of its row, asked for before: leases are far apart. */
enum { AHEAD = 8 };
FETCHES void fetch_row(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    __builtin_prefetch(&e->status[i]);
    __builtin_prefetch(&e->cash[i], 1);
    __builtin_prefetch(&e->due[i], 1);
    __builtin_prefetch(&e->profit_year[i], 1);
    __builtin_prefetch(&e->fee_year[i], 1);
}

/* -- a region ---------------------------------------------------------------------------------------------------------------------- */
/* What has become of a lease, beside the list, whose things are long. */
struct lease_month {
    money fee;
    uint16_t instance;
    bool back, over; /* the equipment is to be taken back; nothing is owed any more */
};
/* Leases are served in parts, each by one thread, with sums of its own.  Nobody asks for a lease while one of his runs (channels.c), so
 * that no two parts reach one row. */
struct serving {
    struct region *r;
    struct lease_month *outcome; /* [lease] */
    struct rents *rents;         /* [part][instance] */
    size_t parts;
};

static void serve_part(void *context, size_t nth, int32_t thread)
{
    const struct serving *c = context;
    struct region *r = c->r;
    struct rents *rents = c->rents + nth * (size_t)r->n_instances;
    size_t n = r->leases.n, from = n * nth / c->parts, to = n * (nth + 1) / c->parts;
    (void)thread;
    memset(rents, 0, (size_t)r->n_instances * sizeof *rents);
    BUG_ON(from > 0 && from < to && r->leases.row[from - 1].row == r->leases.row[from].row);
    for (size_t j = from; j < to; j++) {
        struct lease *q = &r->leases.row[j];
        struct lease_month *o = &c->outcome[j];
        bool lives = r->enterprises.status[q->row] == ACTIVE;
        fetch_row(r, r->leases.row[j + AHEAD < to ? j + AHEAD : j].row);
        *o = (struct lease_month){.instance = q->instance};
        if (lives)
            o->fee = serve(r, q, &rents[q->instance]);
        o->back = !lives || (q->overdue > 0 && q->overdue > lease_terms_of(r, q->instance).patience);
        o->over = o->back || q->owed.fen <= 0;
    }
}

static void book_rents(struct region *r, const struct rents *rents, size_t parts)
{
    for (size_t k = 0; k < parts * (size_t)r->n_instances; k++) {
        struct finance_company *m = &r->line[k % (size_t)r->n_instances].company;
        m->cash = money_add(m->cash, money_add(rents[k].interest, rents[k].principal));
        market_flow(r, FLOW_LEASE_INTEREST, rents[k].interest);
        market_flow(r, FLOW_LEASE_PRINCIPAL, rents[k].principal);
        market_flow(r, FLOW_LEASE_ENDED, rents[k].principal);
    }
}

static void pay_guarantor(struct region *r, const struct lease_month *o)
{
    struct bearer *p = &r->bearer[r->line[o->instance].bearer];
    market_flow(r, FLOW_LEASE_GUARANTEE_FEE, o->fee);
    p->balance = money_add(p->balance, o->fee);
    p->fees = money_add(p->fees, o->fee);
}

/* In order; leases that are over leave the list, and all between two of them moves at once. */
static void settle_outcomes(struct region *r, const struct lease_month *outcome)
{
    struct leases *l = &r->leases;
    size_t n = l->n, kept = 0, from = 0;
    for (size_t j = 0; j <= n; j++) {
        if (j < n) {
            r->line[outcome[j].instance].company.months += 1.0;
            if (outcome[j].fee.fen != 0)
                pay_guarantor(r, &outcome[j]);
            if (outcome[j].back)
                take_back(r, &l->row[j]);
        }
        if (j < n && !outcome[j].over)
            continue;
        if (j > from)
            memmove(l->row + kept, l->row + from, (j - from) * sizeof *l->row);
        kept += j - from;
        from = j + 1;
    }
    l->n = kept;
}

static void forget(struct region *r)
{
    double keep = P(r, credit)->forgetting, news = P(r, credit)->news_memory;
    for (int32_t k = 0; k < r->n_instances; k++) {
        struct finance_company *m = &r->line[k].company;
        m->months *= keep;
        m->defaults *= keep;
        m->asked *= news;
        m->offered *= news;
        m->rates *= news;
    }
}

enum status leases_collect(struct world *w, struct region *r)
{
    enum { LEASES_A_TILE = 64 }; /* that are as much work */
    int32_t parts = team_width(w->team.n, r->leases.n / LEASES_A_TILE);
    struct serving c = {.r = r, .parts = (size_t)parts};
    c.outcome = arena_take(&w->market, r->leases.n, sizeof *c.outcome);
    c.rents = arena_take(&w->market, c.parts * (size_t)r->n_instances, sizeof *c.rents);
    if (c.outcome == NULL || c.rents == NULL)
        return NO_MEMORY;
    forget(r);
    team_run(parts, c.parts, serve_part, &c);
    book_rents(r, c.rents, c.parts);
    settle_outcomes(r, c.outcome);
    return OK;
}
