/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exits - how funds get their money back: a buyer takes the whole enterprise, shares are sold on the market after listing, the
 * enterprise buys them back, others take them at a discount, or nothing is left (mechanisms M9).
 *
 * Sellers weigh an offer against what they expect from waiting; in a fund's last years there is less to wait for.  Whoever
 * holds shares of the dead gets his cost back before the founders, as far as money is left. */
#include <liandong/boards.h>
#include <liandong/fetch.h>
#include <liandong/linking.h>
#include <liandong/watching.h>
#include <string.h>

enum { OWNED_FUNDS = OWNED_BY_FUND | OWNED_TOLD, AHEAD = 4 /* enterprises asked for before they are settled */ };

static double share_of(const struct region *r, const struct position *p)
{
    double share = position_share(r, p);
    return share < 1.0 ? share : 1.0;
}

/* A public fund that invests directly may leave a part of its profit to the founders. */
static void cede_profit(struct region *r, struct fund *f, enum exit how, money profit)
{
    if (f->manager >= 0 || how == EXIT_BUYBACK || profit.fen <= 0)
        return;
    money part = money_scale(profit, f->rule.ceded);
    f->cash = money_sub(f->cash, part);
    market_flow(r, FLOW_PROFIT_CEDED, part);
}

/* A position ends: what it brought goes to its fund, what it cost is gone. */
static void end_position(const struct world *w, struct region *r, struct position *p, enum exit how, enum flow flow,
                         money brought)
{
    struct fund *f = &r->funds.row[p->fund];
    f->cash = money_add(f->cash, brought);
    f->proceeds = money_add(f->proceeds, brought);
    f->cost = money_sub(f->cost, p->cost);
    f->held--;
    market_flow(r, flow, brought);
    cede_profit(r, f, how, money_sub(brought, p->cost));
    r->equity.exits[how] += brought.fen > 0;
    r->equity.written_off += brought.fen == 0;
    r->equity.proceeds[how] = money_add(r->equity.proceeds[how], brought);
    r->equity.cost_out[how] = money_add(r->equity.cost_out[how], p->cost);
    r->equity.multiples[multiple_class(brought, p->cost)]++;
    r->equity.multiple_cost[multiple_class(brought, p->cost)] =
        money_add(r->equity.multiple_cost[multiple_class(brought, p->cost)], p->cost);
    /* what all see: per yuan of value at entry, what those who owned all of it then have got */
    double entered = p->units * p->founders;
    int32_t stage = p->stage;
    r->equity.entered[stage] += p->entry;
    r->equity.left[stage] += entered > 1e-6 ? money_to_yuan(brought) / entered : 0.0;
    r->equity.ended[stage] += 1.0;
    r->equity.years[stage] += (w->month - p->month) / 12.0;
    p->brought = brought;
    p->row = UINT32_MAX;
}

/* What the enterprise is worth to its owners after its debts, yuan. */
static double net_value(const struct region *r, uint32_t row)
{
    const struct enterprises *e = &r->enterprises;
    double owed = money_to_yuan(money_add(e->debt[row], e->overdue[row]));
    double value = firm_value(r, e, row) + money_to_yuan(e->cash[row]) + money_to_yuan(e->receivable[row]) - owed;
    return value > 0.0 ? value : 0.0;
}

/* -- a buyer for the whole ------------------------------------------------------------------------------------------------- */
static double window(const struct region *r)
{
    return ld_exp(P(r, exits)->window * (r->macro + P(r, macro)->stress));
}

double bid_odds(const struct region *r, int32_t sector)
{
    return P(r, exits)->buyers * NAMED(r, sectors, sector)->buyers * window(r) / 12.0;
}

/* What a buyer offers for all shares, yuan; 0: nobody does.  Who came first brings him. */
static double bid(const struct world *w, const struct region *r, const struct held *h)
{
    const struct fund *lead = &r->funds.row[position_at(r, h->first)->fund];
    const struct exits_params *x = P(r, exits);
    struct words u = luck_block(w->luck, enterprise_identity(&r->enterprises, h->row), draw_block(DRAW_BUYER));
    if (draw_from(&u, DRAW_BUYER) >= bid_odds(r, r->enterprises.sector[h->row]) * fund_buyers(r, lead))
        return 0.0;
    double synergy = x->synergy + x->synergy_spread * ld_normal_quantile(draw_from(&u, DRAW_SYNERGY));
    return net_value(r, h->row) * ld_exp(synergy) * window(r);
}

/* What the fund with most shares expects from waiting, per yuan of today's value: the gain of its stage over the time that it
 * has, at its return; at its end what a sale to other investors brings. */
static double reservation(const struct world *w, const struct region *r, const struct held *h)
{
    const struct position *lead = position_at(r, h->first);
    const struct fund *f = &r->funds.row[lead->fund];
    int32_t stage = r->enterprises.stage[h->row];
    double years = equity_years(r, f, stage), left = (f->ends - w->month) / 12.0;
    double gain = equity_gain(r, f, stage), wait = left < years ? left : years;
    if (wait <= 0.0 || years <= 0.0)
        return 1.0 - P(r, exits)->discount;
    return ld_exp(wait / years * ld_log(ld_max(gain, 1e-6)) - ld_log(1.0 + f->rule.required) * wait);
}

/* What lenders see of a sale: the price over that of the last round, and the time between. */
static void see_sale(const struct world *w, struct region *r, const struct held *h, double price)
{
    struct equity_market *m = &r->equity;
    const struct position *last = position_at(r, h->first);
    for (size_t k = h->first + 1; k < h->last; k++)
        last = position_at(r, k)->last > last->last ? position_at(r, k) : last;
    double years = (w->month - last->last + 1) / 12.0, rise = ld_log(ld_max(price, 1.0) / ld_max(last->price, 1.0));
    m->sold += 1.0;
    m->rise += rise;
    m->rise_square += rise * rise / years;
    m->rise_years += years;
}

/* Funds have their cost back before others share, where that is more than their part (liquidation preference, not
 * participating); what of the price is left is the founders' and other investors'. */
static void sell_all(const struct world *w, struct region *r, struct held *h, double price)
{
    struct enterprises *e = &r->enterprises;
    see_sale(w, r, h, price);
    price = warrants_exercise(r, h->row, price, false);
    double founders = price * (double)e->founder_share[h->row], rest = price;
    for (size_t k = h->first; k < h->last; k++) {
        struct position *p = position_at(r, k);
        if (p->row == UINT32_MAX)
            continue;
        double part = ld_max(price * share_of(r, p), money_to_yuan(p->cost));
        part = ld_min(part, rest);
        rest -= part;
        end_position(w, r, p, EXIT_SALE, FLOW_EXIT_SALE, from_yuan(part));
    }
    market_flow(r, FLOW_SOLD_BY_FOUNDERS, from_yuan(ld_min(founders, rest)));
    e->owned[h->row] = (uint8_t)((e->owned[h->row] & ~OWNED_FUNDS) | OWNED_BY_BUYER | OWNED_NEWS);
}

/* -- other ways out ------------------------------------------------------------------------------------------------------------ */
/* Shares of what is listed, once the lock-up is over. */
static void sell_listed(const struct world *w, struct region *r, struct held *h, double price)
{
    for (size_t k = h->first; k < h->last; k++) {
        struct position *p = position_at(r, k);
        end_position(w, r, p, EXIT_LISTED, FLOW_EXIT_LISTED, from_yuan(price * share_of(r, p)));
    }
    r->enterprises.owned[h->row] &= (uint8_t)~OWNED_FUNDS;
}

/* The founders have the shares: those of others are now a smaller part of theirs. */
static void join_founders(struct region *r, const struct held *h, const struct position *p)
{
    double grown = 1.0 + p->units;
    for (size_t k = h->first; k < h->last; k++)
        if (position_at(r, k) != p && position_at(r, k)->row != UINT32_MAX)
            position_at(r, k)->units /= grown;
    r->enterprises.founder_share[h->row] = (float)((double)r->enterprises.founder_share[h->row] * grown);
}

/* What an enterprise may spend on its own shares: in January, of what it earned in the year before, and does not need.  What
 * funds have paid in is capital, and cannot go back to one of them. */
static double distributable(const struct world *w, const struct region *r, const struct held *h)
{
    const struct enterprises *e = &r->enterprises;
    if (w->month % 12 != 0 || e->overdue[h->row].fen != 0)
        return 0.0;
    double earned = (1.0 - P(r, government)->income_tax) * (double)e->profit_last[h->row] - h->bought;
    double free = money_to_yuan(e->cash[h->row]) - cash_target(r, e, h->row);
    return ld_min(earned, free);
}

/* The clause asks cost and interest of the founders: they pay from what they have themselves, or the enterprise does from its
 * profit (all others' shares grow alike).  Where neither can, it is not paid. */
static bool buy_back(const struct world *w, struct region *r, struct held *h, struct position *p)
{
    const struct exits_params *x = P(r, exits);
    struct enterprises *e = &r->enterprises;
    if (w->month - p->month < x->buyback_after)
        return false;
    double years = (w->month - p->month) / 12.0, had = (double)e->wealth[h->row], share = position_share(r, p);
    money asks = from_yuan(money_to_yuan(p->cost) * ld_pow(1.0 + x->buyback_rate, years));
    double price = money_to_yuan(asks);
    if (had >= price) {
        join_founders(r, h, p);
        e->wealth[h->row] = (float)(had - price);
        end_position(w, r, p, EXIT_BUYBACK, FLOW_SHARES_REPURCHASED, asks);
        return true;
    }
    if (distributable(w, r, h) < price || share >= 0.9)
        return false;
    h->bought += price;
    e->cash[h->row] = money_sub(e->cash[h->row], asks);
    end_position(w, r, p, EXIT_BUYBACK, FLOW_EXIT_BUYBACK, asks);
    e->founder_share[h->row] = (float)((double)e->founder_share[h->row] / (1.0 - share));
    return true;
}

/* What is unsold when a fund has to end goes to other investors at a discount. */
static bool sell_off(const struct world *w, struct region *r, struct position *p)
{
    const struct fund *f = &r->funds.row[p->fund];
    if (w->month < f->ends + f->rule.extends)
        return false;
    double price = net_value(r, p->row) * share_of(r, p) * (1.0 - P(r, exits)->discount);
    end_position(w, r, p, EXIT_SECONDARY, FLOW_EXIT_SECONDARY, from_yuan(price));
    return true;
}

/* Public shares are sold at cost and interest where they are worth more: when the window ends, or in it before a sale of the
 * whole (for so much, 0: there is none).  Who has not the money himself brings somebody who has. */
static void buy_agreed(const struct world *w, struct region *r, const struct held *h, struct position *p, double sold)
{
    const struct fund *f = &r->funds.row[p->fund];
    int32_t end = p->month + f->rule.window;
    bool sale = sold > 0.0;
    if (p->row == UINT32_MAX || f->manager >= 0 || f->rule.window <= 0 || w->month > end || (w->month < end && !sale))
        return;
    double worth = sale ? sold : net_value(r, h->row);
    double price = money_to_yuan(p->cost) * ld_pow(1.0 + f->rule.window_rate, (w->month - p->month) / 12.0);
    double shares = worth * share_of(r, p), had = (double)r->enterprises.wealth[h->row],
           entered = p->units * p->founders;
    int32_t stage = p->stage;
    bool own = sale || had >= price;
    if (shares <= price)
        return;
    if (own) {
        join_founders(r, h, p);
        r->enterprises.wealth[h->row] = sale ? (float)had : (float)(had - price);
    }
    end_position(w, r, p, EXIT_BUYBACK, own ? FLOW_SHARES_REPURCHASED : FLOW_SHARES_TAKEN_OVER, from_yuan(price));
    r->equity.left[stage] += entered > 1e-6 ? (shares - price) / entered : 0.0; /* all see what they are worth */
    r->equity.bought_out++;
    r->equity.bought = money_add(r->equity.bought, from_yuan(price));
}

static void hold_on(const struct world *w, struct region *r, struct held *h)
{
    size_t held = 0;
    for (size_t k = h->first; k < h->last; k++) {
        struct position *p = position_at(r, k);
        bool ended = p->row == UINT32_MAX || buy_back(w, r, h, p) || sell_off(w, r, p);
        held += !ended;
    }
    if (held == 0)
        r->enterprises.owned[h->row] = (uint8_t)((r->enterprises.owned[h->row] & ~OWNED_FUNDS) | OWNED_NEWS);
}

/* What is left of the dead: funds' cost first, then owners. */
static void liquidate(const struct world *w, struct region *r, struct held *h)
{
    struct enterprises *e = &r->enterprises;
    money left = e->cash[h->row], cost = FEN(0);
    for (size_t k = h->first; k < h->last; k++)
        cost = money_add(cost, position_at(r, k)->cost);
    money first = money_min(left, cost);
    for (size_t k = h->first; k < h->last; k++) {
        struct position *p = position_at(r, k);
        money part = money_part(first, p->cost, cost);
        e->cash[h->row] = money_sub(e->cash[h->row], part);
        end_position(w, r, p, EXIT_LIQUIDATED, FLOW_EXIT_LIQUIDATED, part);
    }
    market_flow(r, FLOW_LIQUIDATED, e->cash[h->row]);
    e->cash[h->row] = FEN(0);
    e->owned[h->row] &= (uint8_t)~OWNED_FUNDS;
}

/* Nobody bids for the whole of what is listed. */
static void settle_held(const struct world *w, struct region *r, struct held *h)
{
    const struct enterprises *e = &r->enterprises;
    if (e->status[h->row] == GONE) {
        liquidate(w, r, h);
        return;
    }
    if (enterprise_traded(r, h->row)) { /* and free to be sold (watching) */
        sell_listed(w, r, h, warrants_exercise(r, h->row, enterprise_price(r, h->row), true));
        return;
    }
    double offered = bid(w, r, h); /* mostly none: owners then ask for nothing */
    bool sold = offered > 0.0 && offered >= net_value(r, h->row) * reservation(w, r, h);
    for (size_t k = h->first; k < h->last; k++)
        buy_agreed(w, r, h, position_at(r, k), sold ? offered : 0.0);
    if (sold)
        sell_all(w, r, h, offered);
    else
        hold_on(w, r, h);
}

/* -- the month ----------------------------------------------------------------------------------------------------------------------- */
/* Places in the lists of positions held and of warrants that ended, in order. */
struct ended {
    uint32_t *position, *warrant;
    size_t positions, warrants;
};

/* Of what is settled soon, which lies far apart. */
FETCHES void fetch_held(const struct region *r, size_t k)
{
    const struct enterprises *e = &r->enterprises;
    uint32_t i = r->positions.held.row[k].row;
    fetch_lines(position_at(r, k), sizeof(struct position));
    __builtin_prefetch(&e->cash[i]);
    __builtin_prefetch(&e->debt[i]);
    __builtin_prefetch(&e->overdue[i]);
    __builtin_prefetch(&e->receivable[i]);
    __builtin_prefetch(&e->wealth[i]);
    __builtin_prefetch(&e->profit_last[i]);
    __builtin_prefetch(&e->founder_share[i]);
    __builtin_prefetch(&e->sales[i]);
}

static void settle_busy(const struct world *w, struct region *r, const uint32_t *busy, size_t n, struct ended *o)
{
    for (size_t k = 0; k < n; k++) {
        fetch_held(r, busy[k + AHEAD < n ? k + AHEAD : k]);
        struct held h = held_from(&r->positions.held, busy[k]);
        settle_held(w, r, &h);
        size_t before = o->positions;
        for (size_t j = h.first; j < h.last; j++)
            if (position_at(r, j)->row == UINT32_MAX)
                o->position[o->positions++] = (uint32_t)j;
        if (o->positions > before)
            o->warrants += warrants_list_ended(r, h.row, o->warrant + o->warrants);
    }
}

static enum status drop_ended(struct region *r, const struct ended *o)
{
    for (size_t j = 0; j < o->positions; j++)
        TRY(position_sold(r, position_at(r, o->position[j])));
    tables_list_drop(LIST_INDEXED(&r->positions.held), o->position, o->positions);
    warrants_drop(r, o->warrant, o->warrants);
    return OK;
}

static void forget_sales(struct region *r)
{
    struct equity_market *m = &r->equity;
    double keep = P(r, equity)->memory;
    m->watched *= keep;
    m->sold *= keep;
    m->rise *= keep;
    m->rise_square *= keep;
    m->rise_years *= keep;
}

static enum status settle(struct world *w, struct region *r)
{
    uint32_t *busy = arena_take(&w->market, r->positions.held.n, sizeof *busy);
    size_t n = 0;
    TRY(warrants_settle(w, r)); /* this month's take their place */
    struct ended ended = {.position = arena_take(&w->market, r->positions.held.n, sizeof *ended.position),
                          .warrant = arena_take(&w->market, r->warrants.n, sizeof *ended.warrant)};
    if (busy == NULL || ended.position == NULL || ended.warrant == NULL)
        return NO_MEMORY;
    TRY(exits_watch(w, r, busy, &n));
    settle_busy(w, r, busy, n, &ended);
    TRY(drop_ended(r, &ended));
    for (int s = 0; s < N_STAGES; s++) {
        double keep = P(r, equity)->memory;
        r->equity.entered[s] *= keep;
        r->equity.left[s] *= keep;
        r->equity.ended[s] *= keep;
        r->equity.years[s] *= keep;
        r->equity.placed[s] *= keep;
        r->equity.staked[s] *= keep;
        r->equity.lost[s] *= keep;
        r->equity.voided[s] *= keep;
    }
    forget_sales(r);
    return OK;
}

enum status exits_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(settle(w, &w->region[k]));
    return OK;
}
