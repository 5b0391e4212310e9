/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure - the month's record is laid down by series.def, from what was counted. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/demand.h>
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/triggers.h>
#include <string.h>

/* -- the record ------------------------------------------------------------------------------------------------------------ */
/* Cell by cell, as they lie: a hundred figures of the record are of all of them. */
static void sum_cells(struct region *r)
{
    memset(r->counted, 0, sizeof r->counted);
    for (int32_t c = 0; c < N_CELLS; c++)
        for (int32_t k = 0; k < N_ITEMS; k++)
            r->counted[k] += r->total.item[c][k];
}

static int64_t all_cells(const struct region *r, enum item item)
{
    return r->counted[item];
}

static int64_t of_stage(const struct region *r, enum item item, int32_t stage)
{
    int64_t sum = 0;
    for (int32_t s = 0; s < MAX_SECTORS; s++)
        sum += r->total.item[stage * MAX_SECTORS + s][item];
    return sum;
}

static int64_t of_sector(const struct region *r, enum item item, int32_t sector)
{
    int64_t sum = 0;
    for (int32_t s = 0; s < N_STAGES; s++)
        sum += r->total.item[s * MAX_SECTORS + sector][item];
    return sum;
}

enum channel_figure {
    CHANNEL_COUNT_ASKED,
    CHANNEL_COUNT_GRANTED,
    CHANNEL_ASKED,
    CHANNEL_GRANTED,
    CHANNEL_PAID,
    N_CHANNEL_FIGURES
};
enum { N_CHANNELS = 5 }; /* own, angel, line, instalments, equity */

static int64_t channel_value(const struct region *r, int32_t channel, enum channel_figure figure)
{
    static const enum item items[N_CHANNELS][N_CHANNEL_FIGURES] = {
        {ITEM_OWN_COUNT,    ITEM_OWN_COUNT,    ITEM_OWN_PAID,         ITEM_OWN_PAID,         ITEM_OWN_PAID   },
        {ITEM_ANGEL_ASKED,  ITEM_ANGEL_DEALS,  ITEM_ANGEL_ASKED_FEN,  ITEM_ANGEL_PAID,       ITEM_ANGEL_PAID },
        {ITEM_LINE_ASKED,   ITEM_LINE_GRANTED, ITEM_LINE_ASKED_FEN,   ITEM_LINE_GRANTED_FEN, ITEM_LINE_PAID  },
        {ITEM_TERM_ASKED,   ITEM_TERM_GRANTED, ITEM_TERM_ASKED_FEN,   ITEM_TERM_GRANTED_FEN, ITEM_TERM_PAID  },
        {ITEM_EQUITY_ASKED, ITEM_EQUITY_DEALS, ITEM_EQUITY_ASKED_FEN, ITEM_EQUITY_PAID,      ITEM_EQUITY_PAID},
    };
    return all_cells(r, items[channel][figure]);
}

/* Of all funds of a region that are not closed. */
enum fund_figure { FUND_COMMITTED, FUND_UNCALLED, FUND_COST, FUND_COUNT };
static int64_t funds_sum(const struct region *r, enum fund_figure figure, int p)
{
    int64_t sum = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        bool stands = f->state == FUND_INVESTING || f->state == FUND_HARVESTING;
        if (!stands || (f->vehicle > 0 && figure != FUND_COST)) /* of vehicles others' funds tell */
            continue;
        sum += figure == FUND_COUNT       ? 1
               : figure == FUND_COST      ? f->cost.fen
               : figure == FUND_COMMITTED ? f->committed[p].fen
                                          : f->committed[p].fen - f->called[p].fen;
    }
    return sum;
}

/* Committed to funds that a guide fund has joined and that stand, over its part: by all others, or by others than the state, whose
 * firms and insurers count as its own, as in raised_private. */
static double guide_leverage(const struct region *r, bool private_only)
{
    double public = 0.0, others = 0.0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->committed[PARTNER_PUBLIC].fen <= 0 || f->state == FUND_RAISING || f->manager < 0)
            continue;
        public += (double)f->committed[PARTNER_PUBLIC].fen;
        for (int p = private_only ? PARTNER_PRIVATE : PARTNER_STATE; p < N_PARTNERS; p++)
            others += (double)f->committed[p].fen;
    }
    return public > 0.0 ? others / public : 0.0;
}

/* Of notes that stand: what they have committed to funds; their mean coupon. */
static int64_t notes_committed(const struct region *r)
{
    int64_t sum = 0;
    for (size_t k = 0; k < r->fund_notes.n; k++)
        sum += r->fund_notes.row[k].committed.fen;
    return sum;
}

static double notes_rate(const struct region *r)
{
    double sum = 0.0, all = 0.0;
    for (size_t k = 0; k < r->fund_notes.n; k++) {
        sum += r->fund_notes.row[k].rate * (double)r->fund_notes.row[k].asked.fen;
        all += (double)r->fund_notes.row[k].asked.fen;
    }
    return all > 0.0 ? sum / all : 0.0;
}

/* Committed this month by whom the state does not own; insurers and state firms are not among them. */
static int64_t raised_private(const struct region *r)
{
    int64_t sum = 0;
    for (int p = PARTNER_PRIVATE; p < N_PARTNERS; p++)
        sum += r->equity.raised[p].fen;
    return sum;
}

/* Of public funds that invest directly: yuan invested, or rounds. */
static int64_t direct_sum(const struct region *r, bool invested)
{
    int64_t sum = 0;
    for (size_t k = 0; k < r->funds.n; k++)
        if (r->funds.row[k].manager < 0 && r->funds.row[k].vehicle == 0)
            sum += invested ? r->funds.row[k].invested.fen : r->funds.row[k].deals;
    return sum;
}

/* Shares held, at the price of the last round: positions lie far apart, so that threads read them, and one sums in order. */
enum { LOT = 512, AHEAD = 12 /* positions asked for before they are read */ };
struct marking {
    const struct region *r;
    double *yuan; /* [holding] */
};
static void mark_lot(void *context, size_t nth, int32_t thread)
{
    const struct marking *c = context;
    size_t n = c->r->positions.held.n, to = n - nth * LOT < LOT ? n : (nth + 1) * LOT;
    (void)thread;
    for (size_t k = nth * LOT; k < to; k++) {
        const struct position *p = position_at(c->r, k);
        __builtin_prefetch(&position_at(c->r, k + AHEAD < n ? k + AHEAD : k)->price);
        c->yuan[k] = p->price * p->units * (double)c->r->enterprises.founder_share[p->row];
    }
}

static enum status mark_portfolio(struct world *w, struct region *r)
{
    size_t n = r->positions.held.n, lots = (n + LOT - 1) / LOT;
    struct marking c = {.r = r, .yuan = arena_take(&w->market, n, sizeof *c.yuan)};
    double yuan = 0.0;
    if (c.yuan == NULL)
        return NO_MEMORY;
    team_run_loose(team_width(w->team.n, lots), lots, mark_lot, &c);
    for (size_t k = 0; k < n; k++)
        yuan += c.yuan[k];
    r->marks = FEN(ld_round_half_even(ld_min(yuan, 4e13) * 100.0));
    return OK;
}

enum bank_figure { BANK_ENROLLED, BANK_DECIDED, BANK_COMPENSATED, BANK_TRIPPED };

static int64_t bank_pools(const struct region *r, int32_t bank, enum bank_figure figure)
{
    int64_t sum = 0;
    for (int32_t p = 0; p < r->n_bearers; p++) {
        const struct experience *x = experience_of(r, bank, p);
        sum += figure == BANK_ENROLLED      ? x->enrolled.fen
               : figure == BANK_DECIDED     ? x->decided.fen
               : figure == BANK_COMPENSATED ? x->compensated.fen
                                            : x->tripped;
    }
    return sum;
}

static int64_t pool_sum(const struct region *r, int32_t pool, enum cover_item item)
{
    int64_t sum = 0;
    for (int32_t b = 0; b < r->n_banks; b++)
        sum += r->total.cover[(size_t)b * (size_t)r->n_bearers + (size_t)pool][item];
    return sum;
}

static int64_t borne_by(const struct region *r, enum bearer_kind kind)
{
    int64_t sum = 0;
    for (int32_t k = 0; k < r->n_bearers; k++)
        sum += r->bearer[k].kind == (int32_t)kind ? r->bearer[k].liable.fen : 0;
    return sum;
}

static int64_t of_tier(const struct region *r, enum class_item item, int32_t tier)
{
    int64_t sum = 0;
    for (int32_t p = 0; p < MAX_PRODUCTS; p++)
        sum += r->total.covered[tier][p][item];
    return sum;
}

static int64_t of_product(const struct region *r, enum class_item item, int32_t product)
{
    int64_t sum = 0;
    for (int32_t k = 0; k < N_TIERS; k++)
        sum += r->total.covered[k][product][item];
    return sum;
}

/* Bearer 0: banks; k: the k-th kind of who covers, pools first (DIM_BEARER).  What a reinsurer pays spares the guarantor. */
static int64_t loss_borne(const struct region *r, int32_t k)
{
    static const enum bearer_kind kinds[] = {BEARER_NONE,    BEARER_POOL,      BEARER_GUARANTOR,
                                             BEARER_INSURER, BEARER_REINSURER, BEARER_GUARANTEE_FUND};
    int64_t covered = 0, all = 0, reinsured = 0;
    for (int32_t j = 1; j < N_BEARER_KINDS; j++) {
        const struct bearer_desc *d = &bearer_table[kinds[j]];
        int64_t net = r->total.flow[d->pays] - r->total.flow[d->shared];
        covered += k == j ? net : 0;
        all += kinds[j] == BEARER_REINSURER ? 0 : net;
        reinsured += kinds[j] == BEARER_REINSURER ? net : 0;
    }
    covered -= kinds[k] == BEARER_GUARANTOR ? reinsured : 0;
    return k == 0 ? all_cells(r, ITEM_WRITTEN_OFF) - all : covered;
}

/* Of loans granted in packages: month by month, the share of pairs that turn bad together over what chance alone would do. */
static double package_correlation(const struct equity_market *m)
{
    double p = m->package_months > 0.0 ? m->package_defaults / m->package_months : 0.0;
    return m->package_pairs > 0.0 && p > 0.0 ? (m->package_both / m->package_pairs - p * p) / (p - p * p) : 0.0;
}

static void see_packages(struct region *r)
{
    struct equity_market *m = &r->equity;
    double bad = (double)all_cells(r, ITEM_PACKAGE_DEFAULTS), n = bad + (double)all_cells(r, ITEM_PACKAGE_LOANS);
    m->package_months += n;
    m->package_defaults += bad;
    m->package_pairs += n * (n - 1.0);
    m->package_both += bad * (bad - 1.0);
}

static double ratio(double a, double b)
{
    return b == 0.0 ? 0.0 : a / b;
}

#define ALL(name)     all_cells(r, ITEM_##name)
#define STAGE(name)   of_stage(r, ITEM_##name, k)
#define SECTOR(name)  of_sector(r, ITEM_##name, k)
#define RATIO(a, b)   ratio((double)(a), (double)(b))
#define TIER(name)    of_tier(r, CLASS_ITEM_##name, k)
#define PRODUCT(name) of_product(r, CLASS_ITEM_##name, k)
#define VINTAGE(name) r->total.vintage[k][VINTAGE_ITEM_##name]
#define CELL_INT(value)       \
    (union cell)              \
    {                         \
        .i = (int64_t)(value) \
    }
#define CELL_REAL(value)     \
    (union cell)             \
    {                        \
        .d = (double)(value) \
    }

#define SERIES(name, dim, type, unit, flags, en, zh, value)            \
    static union cell series_##name(const struct region *r, int32_t k) \
    {                                                                  \
        (void)k;                                                       \
        return CELL_##type(value);                                     \
    }
#include <liandong/series.def>
#undef SERIES

static union cell (*const series_value[])(const struct region *r, int32_t k) = {
#define SERIES(name, dim, type, unit, flags, en, zh, value) series_##name,
#include <liandong/series.def>
#undef SERIES
};

const struct series_desc series_table[] = {
#define SERIES(name, dim, type, unit, flags, en, zh, value) {#name, DIM_##dim, SERIES_##type, unit, flags, en, zh},
#include <liandong/series.def>
#undef SERIES
};
const size_t n_series = sizeof series_table / sizeof series_table[0];

/* Banks of a region that are fewer than the dimension's members leave zeros. */
static int32_t members_in(const struct region *r, enum dimension dim, int32_t length)
{
    if (dim == DIM_BANK)
        return r->n_banks < length ? r->n_banks : length;
    return length;
}

static void record_region(const struct world *w, const struct region *r)
{
    const struct record_layout *l = w->layout;
    for (size_t s = 0; s < n_series; s++) {
        int32_t length = l->length[series_table[s].dim];
        union cell *to = w->record + l->series[s] + (size_t)r->index * (size_t)length;
        memset(to, 0, (size_t)length * sizeof *to);
        for (int32_t k = 0; k < members_in(r, series_table[s].dim, length); k++)
            to[k] = series_value[s](r, k);
    }
    for (int f = 0; f < N_FLOWS; f++)
        w->record[l->flows + (size_t)r->index * N_FLOWS + (size_t)f].i = r->total.flow[f];
    for (int a = 0; a < N_ACCOUNTS; a++)
        w->record[l->balances + (size_t)r->index * N_ACCOUNTS + (size_t)a].i = r->balance[a];
}

/* Those who leave the register and have no row any more. */
static void close_register(struct region *r, int32_t month)
{
    int32_t *leaving = r->leaving[month % REGISTER_MONTHS];
    for (int32_t cell = 0; cell < N_CELLS; cell++)
        count(&r->total, cell, ITEM_DEREGISTERED, leaving[cell]);
    memset(leaving, 0, sizeof r->leaving[0]);
}

static double watched_value(const struct region *r, const struct trigger *t)
{
    enum dimension dim = series_table[t->series].dim;
    bool real = series_table[t->series].type == SERIES_REAL;
    double sum = 0.0;
    for (int32_t k = 0; k < members_in(r, dim, t->members); k++) {
        if (t->member >= 0 && k != t->member)
            continue;
        union cell cell = series_value[t->series](r, k);
        sum += real ? cell.d : (double)cell.i;
    }
    return sum;
}

/* Monitoring: a rule whose test has held for its months acts after its delay, and counts anew. */
static void watch_triggers(struct world *w)
{
    for (size_t k = 0; k < w->setup->n_triggers && w->month >= w->setup->world.start; k++) {
        const struct trigger *t = &w->setup->trigger[k];
        struct alert *alert = &w->alert[k];
        bool holds = trigger_holds(t, watched_value(&w->region[t->watched], t));
        alert->stood = holds ? alert->stood + 1 : 0;
        if (alert->stood < t->months || alert->due > w->month)
            continue;
        alert->stood = 0;
        alert->due = w->month + t->delay;
    }
}

enum status record_month(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        close_register(&w->region[k], w->month);
        demand_remember(&w->region[k]);
        sum_cells(&w->region[k]);
        w->region[k].last_rd_staff = all_cells(&w->region[k], ITEM_RD_STAFF);
        see_packages(&w->region[k]);
        if (w->month < w->setup->world.start)
            continue;
        TRY(mark_portfolio(w, &w->region[k]));
        if (w->record != NULL)
            record_region(w, &w->region[k]);
    }
    watch_triggers(w);
    return OK;
}
