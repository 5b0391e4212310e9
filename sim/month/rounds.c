/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rounds - venture funds examine who asks them, price, and invest (mechanisms M9).
 *
 * An enterprise asks the fund that holds its shares already, else one that invests in its stage, by Gumbel choice.  A fund
 * examines as many a month as its people can, prices what it sees, and pays while it has dry powder.  A follow-on that an
 * insider refuses is known to all: what he has seen of quality is news to lenders and other funds. */
#include <liandong/fetch.h>
#include <liandong/instrument.h>
#include <liandong/linking.h>
#include <liandong/rounds.h>

/* -- positions ---------------------------------------------------------------------------------------------------------- */
void positions_of(const struct region *r, uint32_t row, size_t *first, size_t *last)
{
    *first = *last = LIST_FIND(&r->positions.held, row);
    while (LIST_IS_OF(&r->positions.held, *last, row))
        ++*last;
}

/* New positions, from that place on, join those held, so that rows stay in order and a row's positions in order of time.  At most
 * one is new a month and row. */
static enum status positions_keep(struct world *w, struct region *r, size_t from, uint64_t *key)
{
    const struct positions *p = &r->positions;
    struct holding *fresh = arena_take(&w->market, p->n - from, sizeof *fresh);
    if (fresh == NULL)
        return NO_MEMORY;
    for (size_t k = from; k < p->n; k++) {
        fresh[k - from] = (struct holding){p->row[k].row, (uint32_t)k};
        key[k - from] = (uint64_t)p->row[k].row << 32 | (k - from);
    }
    sort_keys(key, p->n - from);
    return tables_list_join(LIST_INDEXED(&r->positions.held), fresh, key, p->n - from);
}

/* -- what is believed ------------------------------------------------------------------------------------------------------ */
double equity_gain(const struct region *r, const struct fund *f, int32_t stage)
{
    const struct equity_market *m = &r->equity;
    const struct funds_params *p = fund_kind(r, f);
    double mean = m->ended[stage] > 0.0 ? m->entered[stage] / m->ended[stage] : 0.0;
    double weight = P(r, equity)->prior_ended * (mean > 0.0 ? mean : 1.0);
    return (weight * p->gain + m->left[stage]) / (weight + m->entered[stage]);
}

double equity_years(const struct region *r, const struct fund *f, int32_t stage)
{
    const struct equity_market *m = &r->equity;
    double prior = P(r, equity)->prior_ended;
    return (prior * fund_kind(r, f)->years + m->years[stage]) / (prior + m->ended[stage]);
}

/* x = q + e / sqrt(tau), where a part of e is the error of the statements of the year. */
double investor_signal(const struct world *w, const struct region *r, uint32_t row, double tau, bool within)
{
    const struct enterprises *e = &r->enterprises;
    struct luck luck = w->luck;
    luck.month = w->month / 12;
    struct identity who = enterprise_identity(e, row);
    double shared = ld_normal_quantile(draw(luck, who, DRAW_LOAN_SIGNAL)), rho = P(r, equity)->shared_error;
    double own = ld_normal_quantile(draw(luck, who, within ? DRAW_INSIDE_SIGNAL : DRAW_INVESTOR_SIGNAL));
    double error = __builtin_sqrt(rho) * shared + __builtin_sqrt(1.0 - rho) * own;
    return (double)e->quality[row] + (tau > 0.0 ? error / __builtin_sqrt(tau) : 0.0);
}

/* Of what they saw, a part of the error is that of the statements, which lenders have seen already. */
void insiders_told(const struct region *r, uint32_t row, double *weighted, double *precision)
{
    size_t first, last;
    double news = 1.0 - P(r, equity)->shared_error;
    if ((r->enterprises.owned[row] & OWNED_TOLD) == 0)
        return;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++) {
        const struct position *p = position_at(r, k);
        if (p->refused == 0)
            continue;
        *weighted += news * (double)(p->told_tau * p->told);
        *precision += news * (double)p->told_tau;
    }
}

double equity_price(const struct region *r, const struct fund *f, int32_t stage, double value)
{
    const struct equity_market *m = &r->equity;
    double crowd = m->deals[stage] > 0.5 && m->money[stage] > 0.0 ? m->money[stage] / m->deals[stage] : 0.0;
    double usual = money_to_yuan(money_add(f->rule.ticket_min, f->rule.ticket_max)) / 2.0;
    double chasing = crowd > 0.0 && usual > 0.0 ? ld_pow(crowd / usual, P(r, equity)->chasing) : 1.0;
    double years = equity_years(r, f, stage);
    return value * equity_gain(r, f, stage) * ld_exp(-ld_log(1.0 + f->rule.required) * years) * chasing;
}

/* -- a month of asks ---------------------------------------------------------------------------------------------------------- */
static size_t asks_of(const struct world *w, const struct region *r, struct offer_made *made)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_ROUND];
        for (size_t k = 0; k < box->n; k++) {
            const struct round_ask *a = OUTBOX(box, struct round_ask, k);
            if (w->n_regions > 1 && a->region != r->index)
                continue;
            if (made != NULL)
                made[n].ask = a;
            n++;
        }
    }
    return n;
}

static bool counts_for(const struct world *w, const struct region *r, const struct fund *f, uint32_t row)
{
    if (f->vehicle > 0)
        return vehicle_counts(w, r, f, row);
    return f->line >= 0 && mandate_counts(f, r->enterprises.stage[row], w->month - r->enterprises.founded[row]) &&
           fund_open_to(r, f->line, row);
}

static struct venture_round round_of(const struct region *r, const struct offer_made *o, money paid)
{
    return (struct venture_round){.fund = o->fund,
                                  .stage = r->enterprises.stage[o->ask->row],
                                  .row = o->ask->row,
                                  .follow_on = o->inside != SIZE_MAX,
                                  .paid = paid};
}

/* By how much its AUC is less than that of a fund which is here. */
static double auc_lost(const struct region *r, const struct fund *f, uint32_t row)
{
    return f->rule.linked && r->enterprises.board[row] != 0 ? 0.0 : f->rule.auc_lost;
}

/* What is known of quality: what the fund sees, what instruments show, what an insider let everybody know. */
static void examine(const struct world *w, const struct region *r, struct offer_made *o)
{
    const struct fund *f = &r->funds.row[o->fund];
    const struct funds_params *p = fund_kind(r, f);
    bool within = o->inside != SIZE_MAX;
    o->tau = precision_of_auc((within ? p->inside_auc : p->signal_auc) - auc_lost(r, f, o->ask->row));
    o->seen = investor_signal(w, r, o->ask->row, o->tau, within);
    double weighted = o->tau * o->seen + o->ask->weighted, precision = o->tau + o->ask->precision;
    if (!within && o->ask->held)
        insiders_told(r, o->ask->row, &weighted, &precision);
    if (o->ask->root > 0.0) {
        double root = __builtin_sqrt(o->tau), c = __builtin_sqrt(P(r, equity)->shared_error);
        news_of_signal(root, root * o->seen, o->ask->root, o->ask->statement, c, &weighted, &precision);
    }
    double mean = weighted / (1.0 + precision);
    double value = o->ask->value * ld_exp(P(r, founders)->quality_weight * mean);
    int32_t stage = r->enterprises.stage[o->ask->row];
    o->price = equity_price(r, f, stage, value);
    if (f->rule.at_market && r->equity.multiple[stage] > 0.0)
        o->price = r->equity.multiple[stage] * o->ask->value;
    if (f->rule.appraisal.checked)
        o->price = ld_min(o->price, price_dared(r, f, stage, value));
    /* s (P + I) = I (1 - b): what the budget is expected to pay back, b a yuan, the fund can offer for the same share */
    struct venture_round q = round_of(r, o, money_min(o->ask->asked, f->rule.ticket_max));
    double back = round_rewards(r, &q);
    o->price = (o->price + back * money_to_yuan(q.paid)) / (1.0 - back);
    o->expected = value * equity_gain(r, f, stage) / ld_max(o->price, 1.0);
    o->concedes = fund_concedes(r, f, stage, o->expected);
}

/* Best first: the smallest share for the money. */
static uint64_t rank(const struct offer_made *o, size_t k)
{
    double asked = money_to_yuan(o->ask->asked) + 1.0, share = asked / (o->price + asked);
    return (uint64_t)((share < 1.0 ? share : 1.0) * 4294967295.0) << 32 | k;
}

/* -- investing ---------------------------------------------------------------------------------------------------------------- */
/* Of the founders' shares a part becomes options of the staff, once. */
static void set_options_aside(struct region *r, uint32_t row)
{
    struct enterprises *e = &r->enterprises;
    if (e->owned[row] & OWNED_BY_STAFF)
        return;
    e->owned[row] |= OWNED_BY_STAFF;
    e->founder_share[row] *= (float)(1.0 - P(r, equity)->option_pool);
}

static struct position position_new(const struct world *w, const struct region *r, const struct offer_made *o)
{
    return (struct position){.row = o->ask->row,
                             .fund = (uint32_t)o->fund,
                             .month = w->month,
                             .stage = r->enterprises.stage[o->ask->row],
                             .entry = o->ask->value};
}

/* New shares are issued: all others' are diluted alike, so what others hold per share of the founders stays. */
static void issue(struct region *r, struct position *p, double share, money paid, double price)
{
    struct enterprises *e = &r->enterprises;
    double founders = (double)e->founder_share[p->row] * (1.0 - share);
    e->founder_share[p->row] = (float)founders;
    p->units += share / ld_max((double)e->founder_share[p->row], 1e-9);
    p->cost = money_add(p->cost, paid);
    p->price = price + money_to_yuan(paid);
    p->last = r->month;
    p->last_paid = paid;
}

static enum status invest(const struct world *w, struct region *r, const struct offer_made *o, money paid)
{
    struct fund *f = &r->funds.row[o->fund];
    struct enterprises *e = &r->enterprises;
    uint32_t row = o->ask->row;
    int32_t cell = cell_of(e, row), stage = e->stage[row];
    double share = money_to_yuan(paid) / (o->price + money_to_yuan(paid));
    bool inside = o->inside != SIZE_MAX;
    struct position *p = &r->positions.row[inside ? o->inside : r->positions.n++];
    if (!inside)
        *p = position_new(w, r, o);
    set_options_aside(r, row);
    issue(r, p, share, paid, o->price);
    if (!inside) {
        p->founders = (double)e->founder_share[row];
        position_file(r, p);
        count(&r->total, cell, ITEM_FIRST_ROUNDS, 1);
        count(&r->total, cell, ITEM_FIRST_QUALITY, ld_round_half_even(1e6 * (double)e->quality[row]));
    }
    fund_call(r, f, paid);
    f->cash = money_sub(f->cash, paid);
    f->cost = money_add(f->cost, paid);
    f->invested = money_add(f->invested, paid);
    f->deals++;
    f->held += !inside;
    f->backed += !inside;
    if (counts_for(w, r, f, row))
        f->counted = money_add(f->counted, paid);
    market_flow(r, FLOW_VENTURE_ROUND, paid);
    e->cash[row] = money_add(e->cash[row], paid);
    e->owned[row] |= OWNED_BY_FUND | OWNED_NEWS;
    double multiple = o->price / ld_max(o->ask->value, 1.0);
    r->equity.multiple[stage] =
        r->equity.multiple[stage] > 0.0 ? 0.95 * r->equity.multiple[stage] + 0.05 * multiple : multiple;
    r->equity.granted[stage] += 1.0;
    r->equity.invested = money_add(r->equity.invested, paid);
    r->equity.n_deals++;
    r->equity.follow_ons += inside;
    count(&r->total, cell, ITEM_EQUITY_DEALS, 1);
    count(&r->total, cell, ITEM_EQUITY_PAID, paid.fen);
    struct venture_round q = round_of(r, o, paid);
    return round_paid(r, &q);
}

/* A refusal from within is told to all. */
static void refuse(const struct world *w, struct region *r, const struct offer_made *o)
{
    r->equity.refused++;
    if (o->inside != SIZE_MAX) {
        struct position *p = &r->positions.row[o->inside];
        p->refused = w->month;
        p->told = (float)o->seen;
        p->told_tau = (float)o->tau;
        r->enterprises.owned[o->ask->row] |= OWNED_TOLD;
    }
    if (r->enterprises.refusals[o->ask->row] < 250)
        r->enterprises.refusals[o->ask->row]++;
}

/* What the fund would pay at its price, by its rule; 0: it is not worth a round. */
static money round_size(const struct fund *f, const struct offer_made *o)
{
    double most = o->price * f->rule.share_max / ld_max(1.0 - f->rule.share_max, 1e-9);
    money paid = money_min(o->ask->asked, money_min(f->rule.ticket_max, from_yuan(ld_min(most, 1e13))));
    return paid.fen >= f->rule.ticket_min.fen ? paid : FEN(0);
}

/* An offer that the fund cannot pay, or for which founders will not sell, comes to nothing, and is no news. */
static enum status offer(const struct world *w, struct region *r, const struct offer_made *o)
{
    const struct fund *f = &r->funds.row[o->fund];
    money paid = round_size(f, o), dry = fund_dry_powder(w, f, o->inside != SIZE_MAX);
    double share = money_to_yuan(paid) / (o->price + money_to_yuan(paid) + 1.0);
    uint32_t row = o->ask->row;
    if (paid.fen > 0 && !counts_for(w, r, f, row) && !mandate_left_for(w, r, f, money_min(paid, dry)))
        return OK;
    share *= 1.0 - o->concedes;
    if (paid.fen == 0)
        refuse(w, r, o);
    else if (money_min(paid, dry).fen >= f->rule.ticket_min.fen && share <= o->ask->share_most)
        return invest(w, r, o, money_min(paid, dry));
    return OK;
}

/* Offers come best first, from rows all over: what one reads and writes of its row is asked for before. */
FETCHES void fetch_row(const struct region *r, const struct offer_made *o)
{
    const struct enterprises *e = &r->enterprises;
    uint32_t i = o->ask->row;
    __builtin_prefetch(&e->stage[i]);
    __builtin_prefetch(&e->founded[i]);
    __builtin_prefetch(&e->refusals[i], 1);
    __builtin_prefetch(&e->sector[i]);
    __builtin_prefetch(&e->quality[i]);
    __builtin_prefetch(&e->owned[i], 1);
    __builtin_prefetch(&e->founder_share[i], 1);
    __builtin_prefetch(&e->cash[i], 1);
    if (o->inside != SIZE_MAX)
        __builtin_prefetch(&r->positions.row[o->inside], 1);
}

/* Some of those looked at, whose places in key become their ranks: what one is told of is no other's, so that threads share them. */
enum { LOT = 16, AHEAD = 6 /* offers */ };
struct examining {
    const struct world *w;
    const struct region *r;
    struct offer_made *made;
    uint64_t *key;
    size_t n;
};

/* What is read of its row and of its ask. */
FETCHES void fetch_examined(const struct region *r, const struct offer_made *o)
{
    const struct enterprises *e = &r->enterprises;
    __builtin_prefetch(&e->quality[o->ask->row]);
    __builtin_prefetch(&e->stage[o->ask->row]);
    __builtin_prefetch(&e->cohort[o->ask->row]);
    __builtin_prefetch(&e->index[o->ask->row]);
}

static void examine_some(void *context, size_t nth, int32_t thread)
{
    const struct examining *c = context;
    size_t to = (nth + 1) * LOT < c->n ? (nth + 1) * LOT : c->n;
    (void)thread;
    for (size_t j = nth * LOT; j < to; j++)
        fetch_examined(c->r, &c->made[c->key[j]]);
    for (size_t j = nth * LOT; j < to; j++) {
        struct offer_made *o = &c->made[c->key[j]];
        examine(c->w, c->r, o);
        c->key[j] = rank(o, c->key[j]);
    }
}

static void examine_all(const struct world *w, const struct region *r, struct offer_made *made, size_t n, uint64_t *key)
{
    struct examining c = {.w = w, .r = r, .made = made, .key = key, .n = n};
    size_t lots = (n + LOT - 1) / LOT;
    team_run_loose(team_width(w->team.n, lots), lots, examine_some, &c);
}

/* Rounds asked for, with the memory of news. */
static void count_asks(struct region *r, const struct offer_made *made, size_t n)
{
    struct equity_market *m = &r->equity;
    double news = 1.0 - P(r, credit)->news_memory;
    for (size_t k = 0; k < n; k++) {
        m->asked[made[k].stage] += 1.0;
        m->deals[made[k].stage] += news;
    }
}

static enum status settle_asks(struct world *w, struct region *r, const money *dry, struct offer_made *made, size_t n)
{
    uint64_t *key = arena_take(&w->market, n, sizeof *key);
    size_t m = n, before = r->positions.n;
    if (key == NULL)
        return NO_MEMORY;
    TRY(rounds_choose(w, r, dry, made, &m, key));
    count_asks(r, made, n);
    examine_all(w, r, made, m, key);
    sort_keys(key, m);
    TRY(LIST_RESERVE(&r->positions, before + m));
    for (size_t k = 0; k < m; k++) {
        fetch_row(r, &made[key[k + AHEAD < m ? k + AHEAD : k] & UINT32_MAX]);
        TRY(offer(w, r, &made[key[k] & UINT32_MAX]));
    }
    return positions_keep(w, r, before, key);
}

/* Whether a fund is listed already that is open to the same enterprises: those of one instrument follow each other year by year. */
static bool listed_alike(const struct region *r, const struct fund *f)
{
    for (int32_t k = 0; k < r->equity.n_direct && k < MAX_DIRECT; k++) {
        const struct fund *other = &r->funds.row[r->equity.direct[k]];
        const struct fund_rule *a = &other->rule, *b = &f->rule;
        if (fund_line(r, other) == fund_line(r, f) && a->stage_from == b->stage_from && a->stage_to == b->stage_to &&
            a->age_max == b->age_max)
            return true;
    }
    return false;
}

/* Whom an enterprise may ask from now on. */
static void list_open(struct region *r, const money *dry)
{
    struct equity_market *m = &r->equity;
    m->n_direct = 0;
    for (int s = 0; s < N_STAGES; s++) {
        m->open[s] = 0;
        m->ticket[s] = 0.0;
    }
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->state != FUND_INVESTING)
            continue;
        if (f->manager < 0 && m->n_direct <= MAX_DIRECT && !listed_alike(r, f)) {
            if (m->n_direct < MAX_DIRECT)
                m->direct[m->n_direct] = (int32_t)k;
            m->n_direct++;
        }
        double ticket = money_to_yuan(f->rule.ticket_min);
        bool pays = dry[k].fen >= f->rule.ticket_min.fen;
        for (int s = 0; s < N_STAGES; s++) {
            if (f->manager < 0 || !fund_takes(f, s, 0))
                continue;
            m->open[s]++;
            if (pays && (m->ticket[s] <= 0.0 || ticket < m->ticket[s]))
                m->ticket[s] = ticket;
        }
    }
}

bool equity_offered(const struct region *r, uint32_t row)
{
    const struct enterprises *e = &r->enterprises;
    bool offered = r->equity.open[e->stage[row]] > 0 || (e->owned[row] & OWNED_BY_FUND) != 0;
    bool all = r->equity.n_direct > MAX_DIRECT;
    size_t n = all ? r->funds.n : (size_t)r->equity.n_direct;
    for (size_t k = 0; k < n && !offered; k++) {
        const struct fund *f = &r->funds.row[all ? k : (size_t)r->equity.direct[k]];
        offered = f->manager < 0 && fund_takes(f, e->stage[row], r->month - e->founded[row]) &&
                  fund_open_to(r, fund_line(r, f), row);
    }
    return offered;
}

/* Money of funds for each stage, and what news of rounds are still remembered. */
static void see_crowd(const struct world *w, struct region *r, const money *dry)
{
    struct equity_market *m = &r->equity;
    double keep = P(r, credit)->news_memory, yuan[N_STAGES] = {0};
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        double months = f->opened + f->rule.invest - w->month + 1.0, wide = f->rule.stage_to - f->rule.stage_from + 1.0;
        if (f->state != FUND_INVESTING || months <= 0.0)
            continue;
        double reach = f->manager < 0 ? policy_reach(r, fund_line(r, f)) : 1.0,
               part = reach * money_to_yuan(dry[k]) / (months * ld_max(wide, 1.0));
        for (int s = 0; s < N_STAGES; s++)
            yuan[s] += fund_takes(f, s, 0) ? part : 0.0;
    }
    for (int s = 0; s < N_STAGES; s++) {
        m->money[s] = keep * m->money[s] + (1.0 - keep) * yuan[s];
        m->deals[s] *= keep;
        m->asked[s] *= keep;
        m->granted[s] *= keep;
    }
}

static enum status settle(struct world *w, struct region *r)
{
    funds_serve(r);
    size_t n = asks_of(w, r, NULL);
    struct offer_made *made = arena_take(&w->market, n + 1, sizeof *made);
    money *dry = arena_take(&w->market, r->funds.n + 1, sizeof *dry);
    if (made == NULL || dry == NULL)
        return NO_MEMORY;
    asks_of(w, r, made);
    for (size_t k = 0; k < r->funds.n; k++)
        dry[k] = r->funds.row[k].state == FUND_INVESTING ? fund_dry_powder(w, &r->funds.row[k], false) : FEN(0);
    list_open(r, dry);
    if (r->funds.n > 0)
        see_crowd(w, r, dry);
    return n > 0 ? settle_asks(w, r, dry, made, n) : OK;
}

enum status equity_settle(struct world *w)
{
    vehicles_settle(w);
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(funds_run(w, &w->region[k]));
    TRY(vehicles_send(w));
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(settle(w, &w->region[k]));
    vehicles_settle(w);
    return OK;
}
