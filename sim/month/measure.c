/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure - what stands at the end of a month is counted, and the month's record is laid down by series.def. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/demand.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/triggers.h>
#include <string.h>

/* -- local: one pass over rows, one over loans -------------------------------------------------------------------------- */
/* Counts that every living row adds to, packed into one number: none exceeds TILE, so eleven bits each are enough. */
enum { PACKED_BITS = 12, PACKED = 5 };
static const enum item packed_items[PACKED] = {ITEM_ALIVE, ITEM_REGISTERED, ITEM_PROFITABLE, ITEM_WITH_LOAN,
                                               ITEM_RISKY_PROJECTS};

static uint64_t pack(bool registered, bool profitable, bool loan, bool risky)
{
    return 1 | (uint64_t)registered << PACKED_BITS | (uint64_t)profitable << 2 * PACKED_BITS |
           (uint64_t)(registered & loan) << 3 * PACKED_BITS | (uint64_t)(risky & loan) << 4 * PACKED_BITS;
}

static void unpack(struct tally *t, const uint64_t packed[N_CELLS])
{
    for (int32_t cell = 0; cell < N_CELLS; cell++)
        for (int k = 0; k < PACKED && packed[cell] != 0; k++)
            t->item[cell][packed_items[k]] += (int64_t)(packed[cell] >> k * PACKED_BITS & ((1 << PACKED_BITS) - 1));
}

static void measure_row(const struct rows *t, uint32_t i, double head, uint64_t packed[N_CELLS])
{
    const struct enterprises *e = t->e;
    int32_t cell = cell_of(e, i), age = age_of(t, i);
    int64_t *item = t->t->item[cell], sales = (int64_t)e->sales[i], staff = e->staff[i];
    double research = (double)e->research[i];
    int64_t researchers = (int64_t)(research / head);
    packed[cell] += pack(age >= e->registration[i], e->profit_last[i] > 0.0f, (e->flags[i] & HAS_LOAN) != 0,
                         (e->flags[i] & RISKY) != 0);
    item[ITEM_STAFF] += staff;
    item[ITEM_RD_STAFF] += e->flags[i] & HAS_PRODUCT ? researchers : staff;
    item[ITEM_SALES] += sales;
    item[ITEM_NEW_PRODUCT_SALES] += age < 36 ? sales : 0;
    item[ITEM_RESEARCH] += (int64_t)(research * 100.0);
    item[ITEM_TECHNOLOGY] += (int64_t)e->technology[i];
    item[ITEM_OVERDUE] += e->overdue[i].fen;
    item[ITEM_LINE_ROOM] += (int64_t)((double)e->line_room[i] * 100.0);
    t->t->alive_by_age[age / 12 < N_AGES ? age / 12 : N_AGES - 1]++;
}

/* Members bit by bit: bits 8 apart are counted at once, in the bytes of a number, as many rows as a byte can bear. */
enum { A_BYTE = 255, LANES = 0x0101 };
_Static_assert(MEMBER_BITS == 16, "two lanes");

static void count_some(const member_word *member, uint32_t n, int64_t *members)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        uint32_t sum = 0;
        for (uint32_t k = 0; k < n; k++)
            sum += (uint32_t)(member[k] >> bit) & LANES;
        members[bit] += sum & 255;
        members[bit + 8] += sum >> 8;
    }
}

static void count_members(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo;
    uint32_t n = t->hi - t->lo;
    member_word living[TILE];
    for (size_t word = 0; word < t->e->words; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo;
        for (uint32_t k = 0; k < n; k++)
            living[k] = (member_word)(member[k] & -(status[k] == ACTIVE));
        for (uint32_t lo = 0; lo < n; lo += A_BYTE)
            count_some(living + lo, n - lo < A_BYTE ? n - lo : A_BYTE, &t->t->members[word * MEMBER_BITS]);
    }
}

static void measure_cover(const struct rows *t, uint32_t k, bool bad)
{
    const struct loans *l = t->l;
    const struct cover_chain *chain = &t->r->chain[l->chain[k]];
    for (int32_t c = 0; c < chain->n; c++) {
        size_t pair = (size_t)l->bank[k] * (size_t)t->r->n_bearers + (size_t)chain->cover[c].bearer;
        int64_t *item = t->t->cover[pair];
        item[COVER_ITEM_ENROLLED] += l->balance[k].fen;
        item[COVER_ITEM_LIABLE] += money_scale(l->balance[k], cover_part(chain, c, l->limit[k])).fen;
        item[COVER_ITEM_LIMITS] += l->limit[k].fen;
        item[COVER_ITEM_LOANS]++;
        item[COVER_ITEM_BAD] += bad ? l->balance[k].fen : 0;
        item[COVER_ITEM_FIRST] += (l->flags[k] & LOAN_FIRST) != 0;
        item[COVER_ITEM_PLEDGED] += l->security[k] & SECURITY_IP ? l->balance[k].fen : 0;
        item[COVER_ITEM_UNSECURED] += l->flags[k] & LOAN_UNSECURED ? l->balance[k].fen : 0;
    }
}

/* The security that carries most of a loan, as registers class it. */
static enum item book_of(const struct loans *l, uint32_t k)
{
    uint8_t kinds = l->security[k];
    return kinds & SECURITY_IP                        ? ITEM_BOOK_IP
           : kinds & SECURITY_RECEIVABLES             ? ITEM_BOOK_RECEIVABLES
           : (kinds & (uint8_t)~SECURITY_ASSETS) != 0 ? ITEM_BOOK_OTHER
           : l->flags[k] & LOAN_UNSECURED             ? ITEM_BOOK_UNSECURED
                                                      : ITEM_BOOK_ASSETS;
}

/* Once for a loan, however many stand behind it. */
static void measure_class(const struct rows *t, uint32_t k, bool bad)
{
    const struct loans *l = t->l;
    int64_t *item = t->t->covered[size_class(l->limit[k])][l->product[k]];
    item[CLASS_ITEM_LOANS]++;
    item[CLASS_ITEM_LIMITS] += l->limit[k].fen;
    item[CLASS_ITEM_ENROLLED] += l->balance[k].fen;
    item[CLASS_ITEM_BAD] += bad ? l->balance[k].fen : 0;
    item[CLASS_ITEM_FIRST] += (l->flags[k] & LOAN_FIRST) != 0;
    item[CLASS_ITEM_PLEDGED] += l->security[k] & SECURITY_IP ? l->balance[k].fen : 0;
    item[CLASS_ITEM_UNSECURED] += l->flags[k] & LOAN_UNSECURED ? l->balance[k].fen : 0;
}

static void measure_loan(const struct rows *t, uint32_t k)
{
    const struct loans *l = t->l;
    if (l->flags[k] & LOAN_ENDED)
        return;
    int64_t *item = t->t->item[cell_of(t->e, l->row[k])], *bank = t->t->bank[l->bank[k]];
    bool bad = (l->flags[k] & LOAN_NPL) != 0, enrolled = l->chain[k] != 0;
    double yuan = money_to_yuan(l->balance[k]);
    item[ITEM_LOANS]++;
    item[ITEM_HELD] += (l->flags[k] & LOAN_HELD) != 0;
    item[ITEM_BOOK] += l->balance[k].fen;
    item[book_of(l, k)] += l->balance[k].fen;
    if (l->appraised[k] > 0.0f)
        item[ITEM_IP_APPRAISED] += from_yuan((double)l->appraised[k]).fen;
    item[ITEM_BOOK_LINE] += l->product[k] == PRODUCT_LINE ? l->balance[k].fen : 0;
    item[ITEM_BOOK_RATE] += ld_round_half_even(yuan * (double)l->rate[k] * 1e5);
    item[ITEM_BOOK_PD] += ld_round_half_even(yuan * (double)l->pd[k] * 1e6);
    item[ITEM_NPL] += bad ? l->balance[k].fen : 0;
    item[ITEM_LINKED_BOOK] += l->flags[k] & LOAN_LINKED ? l->balance[k].fen : 0;
    item[ITEM_LINKED_NPL] += bad && (l->flags[k] & LOAN_LINKED) != 0 ? l->balance[k].fen : 0;
    item[ITEM_PACKAGE_LOANS] += !bad && (l->flags[k] & LOAN_PACKAGE) != 0;
    item[enrolled ? ITEM_BASE_ENROLLED : ITEM_BASE_ALONE] += !bad;
    bank[BANK_ITEM_BOOK] += l->balance[k].fen;
    bank[BANK_ITEM_BAD] += bad ? l->balance[k].fen : 0;
    bank[BANK_ITEM_REFINANCED] += !bad && (l->flags[k] & LOAN_REFINANCED) != 0 ? l->balance[k].fen : 0;
    bank[BANK_ITEM_UNDRAWN] +=
        l->product[k] == PRODUCT_LINE && l->months_left[k] > 0 ? l->limit[k].fen - l->balance[k].fen : 0;
    if (enrolled) {
        measure_cover(t, k, bad);
        measure_class(t, k, bad);
    }
}

/* Enterprises with an enrolled loan, each once. */
static void count_borrowers(const struct rows *t)
{
    double *enrolled = t->s->real[0];
    if (t->r->n_chains <= 1)
        return;
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        enrolled[k] = 0.0;
    EACH_LOAN(t, k)
    if (t->l->chain[k] != 0 && (t->l->flags[k] & LOAN_ENDED) == 0)
        enrolled[t->l->row[k] - t->lo] = 1.0;
    for (uint32_t i = t->lo; i < t->hi; i++)
        if (enrolled[i - t->lo] > 0.0 && t->e->status[i] == ACTIVE)
            count(t->t, cell_of(t->e, i), ITEM_COVERED_BORROWERS, 1);
}

/* Those on a register of technology SMEs, where one stands. */
static void count_register(const struct rows *t)
{
    unsigned stands = 0;
    for (size_t word = 0; word < t->e->words; word++)
        stands |= t->r->acts[ACT_REGISTER][word];
    for (uint32_t i = t->lo; i < t->hi && stands != 0; i++) {
        if (t->e->status[i] != ACTIVE || !tech_registered(t->r, i))
            continue;
        count(t->t, cell_of(t->e, i), ITEM_ON_REGISTER, 1);
        count(t->t, cell_of(t->e, i), ITEM_ON_REGISTER_LOAN, (t->e->flags[i] & HAS_LOAN) != 0);
    }
}

void rows_measure(const struct rows *t)
{
    double head = money_to_yuan(P(t->r, enterprise)->wage) / 12.0 + 1.0;
    uint64_t packed[N_CELLS] = {0};
    for (uint32_t i = t->lo; i < t->hi; i++)
        if (t->e->status[i] == ACTIVE)
            measure_row(t, i, head, packed);
    unpack(t->t, packed);
    count_members(t);
    count_register(t);
    EACH_LOAN(t, k)
    measure_loan(t, k);
    count_borrowers(t);
}

/* -- the record ------------------------------------------------------------------------------------------------------------ */
static int64_t all_cells(const struct region *r, enum item item)
{
    int64_t sum = 0;
    for (int32_t c = 0; c < N_CELLS; c++)
        sum += r->total.item[c][item];
    return sum;
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
        if (f->state != FUND_INVESTING && f->state != FUND_HARVESTING)
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
        if (r->funds.row[k].manager < 0)
            sum += invested ? r->funds.row[k].invested.fen : r->funds.row[k].deals;
    return sum;
}

/* Shares held, at the price of the last round. */
static int64_t portfolio_marks(const struct region *r)
{
    double yuan = 0.0;
    for (size_t k = 0; k < r->positions.n; k++) {
        const struct position *p = &r->positions.row[k];
        yuan += p->price * p->units * (double)r->enterprises.founder_share[p->row];
    }
    return ld_round_half_even(ld_min(yuan, 4e13) * 100.0);
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
        w->region[k].last_rd_staff = all_cells(&w->region[k], ITEM_RD_STAFF);
        see_packages(&w->region[k]);
        if (w->record != NULL && w->month >= w->setup->world.start)
            record_region(w, &w->region[k]);
    }
    watch_triggers(w);
    return OK;
}
