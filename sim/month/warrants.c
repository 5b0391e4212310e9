/* SPDX-License-Identifier: GPL-3.0-or-later */
/* warrants - rights to buy shares that banks ask with loans: what lenders think that one is worth, who holds it, and what an
 * exit brings (mechanisms M11).
 *
 * A fund holds it for the bank, which may hold no shares.  Where a buyer pays more for the shares than the strike, the fund
 * pays the strike to the enterprise, sells the shares with its own, and passes a part of the gain on. */
#include <liandong/linking.h>
#include <liandong/notices.h>
#include <string.h>

/* -- what lenders believe -------------------------------------------------------------------------------------------------- */
struct outlook {
    double sales, growth, variance; /* a year */
};

/* Sales of enterprises, and prices at them over those of the last round, as everybody saw them, shrunk to what lenders begin
 * with.  A rise over y years has mean growth * y and variance `variance` * y. */
static struct outlook outlook_of(const struct region *r, const struct warrant_terms *o)
{
    const struct equity_market *m = &r->equity;
    double prior = o->weight_sales;
    struct outlook x = {.sales = (o->sales * o->weight_years + m->sold) / (o->weight_years + m->watched),
                        .growth = (prior * o->growth + m->rise) / (prior + m->rise_years)};
    double squares = m->rise_square - x.growth * (2.0 * m->rise - x.growth * m->rise_years);
    x.variance = (prior * o->spread * o->spread + ld_max(squares, 0.0)) / (prior + m->sold);
    return x;
}

void warrant_look(const struct region *r, const struct warrant_terms *o, double over_strike, struct warrant_sight *s)
{
    struct outlook x = outlook_of(r, o);
    s->sales = x.sales;
    s->years = o->months / 12;
    BUG_ON(s->years > MAX_WARRANT_YEARS);
    for (int32_t t = 1; t <= s->years; t++) {
        struct warrant_year *year = &s->year[t - 1];
        double growth = x.growth * t, variance = x.variance * t, sd = __builtin_sqrt(variance);
        double d = (ld_log(over_strike) + growth) / sd;
        year->certain = sd < 1e-9;
        year->mean = ld_exp(year->certain ? growth : growth + 0.5 * variance);
        year->above = ld_normal_cdf(d + sd);
        year->below = ld_normal_cdf(d);
        year->now = ld_exp(-o->discount * t);
    }
}

/* E[(X - K)+] of a lognormal X, median m = x exp(growth t), variance v of its log. */
static double expected_gain(const struct warrant_year *year, double x, double strike)
{
    if (year->certain)
        return ld_max(x * year->mean - strike, 0.0);
    return x * year->mean * year->above - strike * year->below;
}

double warrant_seen(const struct warrant_sight *s, double worth, double strike, double w, double pd)
{
    double ends = s->sales + pd, sum = 0.0;
    if (worth <= 0.0 || strike <= 0.0 || ends <= 0.0)
        return 0.0;
    double this_year = 1.0 - ld_exp(-ends);
    for (int32_t t = 0; t < s->years; t++) {
        double exits = ld_exp(-ends * t) * this_year * s->sales / ends;
        sum += exits * expected_gain(&s->year[t], worth, strike) * s->year[t].now;
    }
    return sum / (1.0 + w);
}

double warrant_value(const struct region *r, const struct warrant_terms *o, double worth, double strike, double w,
                     double pd)
{
    struct warrant_sight s;
    if (worth <= 0.0 || strike <= 0.0)
        return 0.0;
    warrant_look(r, o, worth / strike, &s);
    return warrant_seen(&s, worth, strike, w, pd);
}

/* -- the list --------------------------------------------------------------------------------------------------------------- */
/* The warrants on a row, of those in order: first .. last - 1. */
static void warrants_of(const struct region *r, uint32_t row, size_t *first, size_t *last)
{
    const struct warrants *p = &r->warrants;
    for (*first = *last = tables_find(&p->starts, p->sorted, row); LIST_IS_OF(p, *last, row); ++*last)
        ;
}

/* Share of all shares that those on a row buy, over the shares there are. */
static double shares_promised(const struct region *r, uint32_t row)
{
    size_t first, last;
    double units = 0.0;
    warrants_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        units += r->warrants.row[k].units;
    return units * (double)r->enterprises.founder_share[row];
}

double warrant_worth(const struct region *r, const struct warrant_terms *o, const struct application *a, double price)
{
    double free = ld_max(o->share_most - shares_promised(r, a->row), 0.0);
    return price > 0.0 ? ld_min(o->share * money_to_yuan(application_more(a)), free * price) : 0.0;
}

static enum status list_warrant(struct region *r, const struct told *note)
{
    struct warrants *p = &r->warrants;
    TRY(LIST_RESERVE(p, p->n + 1));
    p->row[p->n++] = (struct warrant){.row = note->row,
                                      .bank = note->bank,
                                      .part = note->part,
                                      .granted = r->month,
                                      .expires = r->month + note->months,
                                      .units = note->brings,
                                      .strike = note->amount};
    r->equity.warrants_granted++;
    return OK;
}

void warrant_grant(struct notices *t, const struct application *a, const struct warrant_terms *o)
{
    double price = backing_of(t->r, a->row).price;
    money strike = from_yuan(warrant_worth(t->r, o, a, price));
    if (strike.fen <= 0)
        return;
    double units = money_to_yuan(strike) / price / (double)t->r->enterprises.founder_share[a->row];
    notice_later(t, (struct told){.settle = list_warrant,
                                  .row = a->row,
                                  .bank = (uint16_t)a->bank,
                                  .amount = strike,
                                  .brings = units,
                                  .part = (uint16_t)(o->part * 10000.0 + 0.5),
                                  .months = (uint16_t)o->months});
}

/* -- an exit ---------------------------------------------------------------------------------------------------------------- */
/* The fund with shares that holds them; -1: none is left.  Positions that ended this month are still listed. */
static int32_t holder_of(const struct region *r, uint32_t row)
{
    size_t first, last;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        if (position_at(r, k)->row == row)
            return (int32_t)position_at(r, k)->fund;
    return -1;
}

static void exercise(struct region *r, struct warrant *p, int32_t holder, money brought)
{
    struct fund *f = &r->funds.row[holder];
    struct bank *b = &r->bank[p->bank];
    money gain = money_sub(brought, p->strike), part = money_part(gain, FEN(p->part), FEN(10000));
    market_flow(r, FLOW_WARRANT_SOLD, brought);
    market_flow(r, FLOW_WARRANT_STRIKE, p->strike);
    market_flow(r, FLOW_WARRANT_GAIN, part);
    f->cash = money_add(f->cash, money_sub(gain, part));
    r->enterprises.cash[p->row] = money_add(r->enterprises.cash[p->row], p->strike);
    b->cash = money_add(b->cash, part);
    r->equity.warrants_exercised++;
}

/* All shares, those of the warrants that are exercised among them, and what they are worth with their strikes. */
struct share_issue {
    size_t first, last;
    double founders, all, shares; /* shares over those that there were */
};

static bool lapsed(const struct region *r, const struct warrant *p)
{
    return p->expires < r->month;
}

static void add_warrant(struct share_issue *s, const struct warrant *p, double sign)
{
    s->all += sign * money_to_yuan(p->strike);
    s->shares += sign * p->units * s->founders;
}

static double worth_in(const struct share_issue *s, const struct warrant *p)
{
    return p->units * s->founders * s->all / s->shares;
}

/* Whom the price of a share does not bring his strike stays out, which is worth more to the others, so that it is asked again
 * until nobody leaves. */
static void leave(struct region *r, struct share_issue *s)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t k = s->first; k < s->last; k++) {
            struct warrant *p = &r->warrants.row[k];
            if (lapsed(r, p) || worth_in(s, p) > money_to_yuan(p->strike))
                continue;
            add_warrant(s, p, -1.0);
            p->expires = r->month - 1; /* it lapses with the sale */
            again = true;
        }
    }
}

double warrants_exercise(struct region *r, uint32_t row, double price, bool lives_on)
{
    int32_t holder = holder_of(r, row);
    struct share_issue s = {.founders = (double)r->enterprises.founder_share[row], .all = price, .shares = 1.0};
    warrants_of(r, row, &s.first, &s.last);
    if (s.first == s.last || holder < 0)
        return price;
    for (size_t k = s.first; k < s.last; k++)
        if (!lapsed(r, &r->warrants.row[k]))
            add_warrant(&s, &r->warrants.row[k], 1.0);
    leave(r, &s);
    double left = s.all;
    for (size_t k = s.first; k < s.last; k++) {
        struct warrant *p = &r->warrants.row[k];
        if (lapsed(r, p))
            continue;
        money brought = money_max(from_yuan(worth_in(&s, p)), p->strike);
        left -= money_to_yuan(brought);
        exercise(r, p, holder, brought);
        p->expires = r->month - 1;
    }
    if (!lives_on)
        return left;
    r->enterprises.founder_share[row] /= (float)s.shares;
    return s.all;
}

/* -- the end of a month ------------------------------------------------------------------------------------------------------- */
static bool has_ended(const struct region *r, const struct warrant *p)
{
    return p->expires <= r->month || r->enterprises.status[p->row] != ACTIVE ||
           (r->enterprises.owned[p->row] & OWNED_BY_BUYER) != 0;
}

/* Up to `sorted`. */
static struct indexed in_order(struct warrants *p)
{
    return (struct indexed){(void **)(void *)&p->row, &p->capacity, &p->sorted, sizeof *p->row, &p->starts};
}

/* Of those of this month, which are in order of rows, as loans are paid out, the ones that stay, and where they belong. */
static size_t take_fresh(const struct region *r, struct warrant *fresh, uint64_t *key)
{
    const struct warrants *p = &r->warrants;
    size_t n = 0;
    for (size_t k = p->sorted; k < p->n; k++) {
        if (has_ended(r, &p->row[k]))
            continue;
        key[n] = (uint64_t)p->row[k].row << 32 | n;
        fresh[n++] = p->row[k];
    }
    return n;
}

/* Which of those in order have ended is looked for in lots. */
enum { LOT = 512 };
struct ending {
    const struct region *r;
    uint32_t *place; /* of a lot from its first warrant on */
    size_t *ended;   /* [lot] */
};
static void list_lot(void *context, size_t nth, int32_t thread)
{
    const struct ending *c = context;
    const struct warrants *p = &c->r->warrants;
    size_t from = nth * LOT, to = p->sorted - from < LOT ? p->sorted : from + LOT, n = 0;
    (void)thread;
    for (size_t k = from; k < to; k++) { /* which ones nobody can guess */
        c->place[from + n] = (uint32_t)k;
        n += has_ended(c->r, &p->row[k]);
    }
    c->ended[nth] = n;
}

/* Leaves their places, and how many there are. */
static enum status list_ended(struct world *w, const struct region *r, uint32_t *place, size_t *n)
{
    size_t lots = (r->warrants.sorted + LOT - 1) / LOT;
    struct ending c = {.r = r, .place = place, .ended = arena_take(&w->market, lots, sizeof *c.ended)};
    if (c.ended == NULL)
        return NO_MEMORY;
    team_run_loose(team_width(w->team.n, lots), lots, list_lot, &c);
    for (size_t k = *n = 0; k < lots; *n += c.ended[k++])
        memmove(place + *n, place + k * LOT, c.ended[k] * sizeof *place);
    return OK;
}

enum status warrants_settle(struct world *w, struct region *r)
{
    struct warrants *p = &r->warrants;
    struct indexed sorted = in_order(p);
    size_t before = p->n, ended;
    struct warrant *fresh = arena_take(&w->market, p->n - p->sorted, sizeof *fresh);
    uint64_t *key = arena_take(&w->market, p->n - p->sorted, sizeof *key);
    uint32_t *place = arena_take(&w->market, p->sorted, sizeof *place);
    if (fresh == NULL || key == NULL || place == NULL)
        return NO_MEMORY;
    TRY(list_ended(w, r, place, &ended));
    size_t n = take_fresh(r, fresh, key);
    tables_list_drop(&sorted, place, ended);
    TRY(tables_list_join(&sorted, fresh, key, n));
    p->n = p->sorted;
    r->equity.warrants_ended += (int64_t)(before - p->n);
    return OK;
}

size_t warrants_list_ended(const struct region *r, uint32_t row, uint32_t *place)
{
    size_t first, last, n = 0;
    warrants_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        if (has_ended(r, &r->warrants.row[k]))
            place[n++] = (uint32_t)k;
    return n;
}

void warrants_drop(struct region *r, const uint32_t *place, size_t n)
{
    struct warrants *p = &r->warrants;
    struct indexed sorted = in_order(p);
    tables_list_drop(&sorted, place, n);
    p->n = p->sorted;
    r->equity.warrants_ended += (int64_t)n;
}
