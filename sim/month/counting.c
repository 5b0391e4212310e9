/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counting - what stands at the end of a month is counted: one pass over rows, one over loans. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

/* Counts that every living row adds to, packed into one number: none exceeds TILE, which twelve bits hold. */
enum { PACKED_BITS = 12, PACKED = 5 };
_Static_assert((int)N_CELLS < 256, "a byte holds a cell");
_Static_assert(TILE < 1 << PACKED_BITS && PACKED * PACKED_BITS <= 64, "fields hold a tile");
static const enum item packed_items[PACKED] = {ITEM_ALIVE, ITEM_REGISTERED, ITEM_PROFITABLE, ITEM_WITH_LOAN,
                                               ITEM_RISKY_PROJECTS};

/* Which of these a row adds to, whether it lives or not: bit j is of item j. */
static void look_at_bits(const struct rows *t, uint8_t *bits)
{
    const uint8_t *flags = t->e->flags + t->lo, *registration = t->e->registration + t->lo;
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month;
    const float *profit = t->e->profit_last + t->lo;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++) {
        unsigned on = month - founded[k] >= registration[k], gains = profit[k] > 0.0f, loan = flags[k] / HAS_LOAN & 1,
                 risky = flags[k] / RISKY & 1;
        bits[k] = (uint8_t)(1 | on << 1 | gains << 2 | (on & loan) << 3 | (risky & loan) << 4);
    }
}

/* Bit j becomes the lowest of field j. */
static void lay_packs(int64_t pack[1 << PACKED])
{
    for (int64_t bits = 0; bits < 1 << PACKED; bits++) {
        pack[bits] = 0;
        for (int j = 0; j < PACKED; j++)
            pack[bits] |= (bits >> j & 1) << j * PACKED_BITS;
    }
}

static void unpack(struct tally *t, int32_t cell, int64_t packed)
{
    for (int k = 0; k < PACKED && packed != 0; k++)
        t->item[cell][packed_items[k]] += packed >> k * PACKED_BITS & ((1 << PACKED_BITS) - 1);
}

/* Sums of a tile by cell, side by side, so that what a row or a loan adds lies in one line of the cache, in the order of items.def;
 * the last cell is that of the dead. */
enum { SUMS = 8 };
struct sums {
    int64_t of[N_CELLS + 1][SUMS];
};

static inline void add_sums(int64_t *item, const int64_t *sum, int n)
{
    for (int k = 0; k < n; k++)
        item[k] += sum[k];
}

/* What rows add: items from ITEM_STAFF on, and the packed ones. */
enum { R_STAFF, R_RD_STAFF, R_SALES, R_NEW_SALES, R_RESEARCH, R_TECHNOLOGY, R_ROOM, R_COUNTS };
_Static_assert((int)ITEM_SALES - ITEM_STAFF == R_SALES && (int)ITEM_LINE_ROOM - ITEM_STAFF == R_ROOM,
               "as items.def has them");

/* Rows from .. to - 1 of the tile, whose sales are of that kind. */
static inline void add_rows(const struct rows *t, uint32_t from, uint32_t to, const uint8_t *cell, const uint8_t *bits,
                            int sold, struct sums *sums)
{
    const float *research = t->e->research + t->lo, *sales = t->e->sales + t->lo,
                *technology = t->e->technology + t->lo, *room = t->e->line_room + t->lo;
    const double *researchers = t->s->real[0];
    const uint16_t *staff = t->e->staff + t->lo;
    const uint8_t *flags = t->e->flags + t->lo;
    int64_t pack[1 << PACKED];
    lay_packs(pack);
    for (uint32_t k = from; k < to; k++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.ArraySubscript): the caller laid them for all rows of the tile */
        int64_t *sum = sums->of[cell[k]], persons = staff[k], heads = (int64_t)researchers[k];
        sum[R_COUNTS] += pack[bits[k]];
        sum[R_STAFF] += persons;
        sum[R_RD_STAFF] += flags[k] & HAS_PRODUCT ? heads : persons;
        sum[sold] += (int64_t)sales[k];
        sum[R_RESEARCH] += (int64_t)((double)research[k] * 100.0);
        sum[R_TECHNOLOGY] += (int64_t)technology[k];
        sum[R_ROOM] += (int64_t)((double)room[k] * 100.0);
    }
}

/* Few have overdue bills. */
static void measure_overdue(const struct rows *t)
{
    const money *overdue = t->e->overdue + t->lo;
    const uint8_t *status = t->e->status + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        t->s->mark[k] = overdue[k].fen != 0;
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t k = t->s->list[j];
        if (status[k] == ACTIVE)
            count(t->t, cell_of(t->e, t->lo + k), ITEM_OVERDUE, overdue[k].fen);
    }
}

/* Products of the last three years are those of rows founded in them, which stand behind all others. */
static void measure_rows(const struct rows *t, const uint8_t *of_row)
{
    const uint8_t *status = t->e->status + t->lo;
    const uint16_t *founded = t->e->founded + t->lo, by = (uint16_t)(t->w->month - 36);
    uint32_t n = t->hi - t->lo, old = 0;
    double head = money_to_yuan(P(t->r, enterprise)->wage) / 12.0 + 1.0, *researchers = t->s->real[0];
    const float *research = t->e->research + t->lo;
    uint8_t cell[TILE], bits[TILE];
    struct sums sums = {{{0}}};
    for (uint32_t k = 0; k < n; k++)
        old += founded[k] <= by;
    for (uint32_t k = 0; k < n; k++) {
        uint8_t lives = status[k] == ACTIVE ? UINT8_MAX : 0;
        cell[k] = (uint8_t)((of_row[k] & lives) | (N_CELLS & ~lives));
    }
    for (uint32_t k = 0; k < n; k++)
        researchers[k] = ld_over((double)research[k], head);
    look_at_bits(t, bits);
    add_rows(t, 0, old, cell, bits, R_SALES, &sums);
    add_rows(t, old, n, cell, bits, R_NEW_SALES, &sums);
    for (int32_t c = 0; c < N_CELLS; c++) {
        int64_t *sum = sums.of[c];
        if (sum[R_COUNTS] == 0) /* nobody lives there */
            continue;
        unpack(t->t, c, sum[R_COUNTS]);
        sum[R_SALES] += sum[R_NEW_SALES];
        add_sums(&t->t->item[c][ITEM_STAFF], sum, R_COUNTS);
    }
    measure_overdue(t);
}

/* The living by years of age: rows are in order of founding, so that those of a tile are of few. */
static void count_ages(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo;
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month;
    uint32_t n = t->hi - t->lo;
    int32_t first = (month - founded[n - 1]) / 12, last = (month - founded[0]) / 12;
    for (int32_t years = first < N_AGES ? first : N_AGES - 1; years <= last && years < N_AGES; years++) {
        uint16_t by = (uint16_t)(month - 12 * years), after = years == N_AGES - 1 ? 0 : (uint16_t)(by - 12), alive = 0;
        for (uint32_t k = 0; k < n; k++)
            alive = (uint16_t)(alive + ((status[k] == ACTIVE) & (founded[k] <= by) & (founded[k] > after)));
        t->t->alive_by_age[years] += alive;
    }
}

/* Members, instance by instance; of most nobody of a tile is one. */
static void count_members(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo;
    uint32_t n = t->hi - t->lo;
    member_word living[TILE];
    for (size_t word = 0; word < t->e->words; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo;
        member_word any = 0;
        for (uint32_t k = 0; k < n; k++) {
            living[k] = (member_word)(member[k] & -(status[k] == ACTIVE));
            any |= living[k];
        }
        for (unsigned bit = 0; any >> bit != 0; bit++) {
            member_word one = (member_word)(1u << bit);
            uint16_t members = 0;
            for (uint32_t k = 0; k < n && (any & one) != 0; k++)
                members = (uint16_t)(members + ((living[k] & one) != 0));
            t->t->members[word * MEMBER_BITS + bit] += members;
        }
    }
}

/* Under a cover: for each that stands behind it, and once by size and product. */
static void measure_covered(const struct rows *t, uint32_t k)
{
    const struct loans *l = t->l;
    const struct cover_chain *chain = &t->r->chain[l->chain[k]];
    unsigned flags = l->flags[k];
    int64_t balance = l->balance[k].fen, limit = l->limit[k].fen, first = flags / LOAN_FIRST & 1,
            bad = balance & -(int64_t)(flags / LOAN_NPL & 1),
            unsecured = balance & -(int64_t)(flags / LOAN_UNSECURED & 1),
            pledged = balance & -(int64_t)((l->security[k] & SECURITY_IP) != 0);
    int64_t *item = t->t->covered[size_class(l->limit[k])][l->product[k]];
    item[CLASS_ITEM_LOANS]++;
    item[CLASS_ITEM_LIMITS] += limit;
    item[CLASS_ITEM_ENROLLED] += balance;
    item[CLASS_ITEM_BAD] += bad;
    item[CLASS_ITEM_FIRST] += first;
    item[CLASS_ITEM_UNSECURED] += unsecured;
    item[CLASS_ITEM_PLEDGED] += pledged;
    for (int32_t c = 0; c < chain->n; c++) {
        size_t pair = (size_t)l->bank[k] * (size_t)t->r->n_bearers + (size_t)chain->cover[c].bearer;
        item = t->t->cover[pair];
        item[COVER_ITEM_ENROLLED] += balance;
        item[COVER_ITEM_LIABLE] += money_scale(FEN(balance), cover_part(chain, c, l->limit[k])).fen;
        item[COVER_ITEM_LIMITS] += limit;
        item[COVER_ITEM_LOANS]++;
        item[COVER_ITEM_BAD] += bad;
        item[COVER_ITEM_FIRST] += first;
        item[COVER_ITEM_UNSECURED] += unsecured;
        item[COVER_ITEM_PLEDGED] += pledged;
    }
}

/* The security that carries most of a loan, as registers class it, and what else every loan adds to its cell. */
enum { IN_UNSECURED, IN_ASSETS, IN_IP, IN_RECEIVABLES, IN_OTHER, IN_LINE, IN_RATE, IN_PD };
_Static_assert((int)ITEM_BOOK_OTHER - ITEM_BOOK_UNSECURED == IN_OTHER &&
                   (int)ITEM_BOOK_PD - ITEM_BOOK_UNSECURED == IN_PD,
               "as items.def has them");
enum { LOANS = 256 }; /* are looked at together */

/* Counts of loans by cell, packed: those that run, of them enrolled and not bad, enrolled or bad. */
enum { LOAN_BITS = 21 };
struct looked_at {
    int64_t balance[LOANS], line[LOANS], undrawn[LOANS], rate[LOANS], pd[LOANS], counts[LOANS];
    uint8_t runs[LOANS], lines[LOANS], book[LOANS]; /* 1: has not ended; is a line; enum above */
    uint8_t covered[LOANS], few[LOANS];             /* marks */
};

/* What of a loan is told by bits; few: what few loans have. */
static void classify(const struct loans *l, uint32_t from, uint32_t n, struct looked_at *x)
{
    enum { FEW = LOAN_NPL | LOAN_HELD | LOAN_LINKED | LOAN_PACKAGE | LOAN_REFINANCED };
    const uint16_t *flags = l->flags + from, *chain = l->chain + from;
    const uint8_t *kinds = l->security + from, *product = l->product + from;
    const float *appraised = l->appraised + from;
    uint8_t bad[LOANS];
    for (uint32_t k = 0; k < n; k++) {
        uint8_t plain = (flags[k] & LOAN_UNSECURED) != 0 ? IN_UNSECURED : IN_ASSETS;
        uint8_t pledged = (kinds[k] & ~SECURITY_ASSETS) != 0 ? IN_OTHER : plain;
        uint8_t billed = (kinds[k] & SECURITY_RECEIVABLES) != 0 ? IN_RECEIVABLES : pledged;
        x->book[k] = (kinds[k] & SECURITY_IP) != 0 ? IN_IP : billed;
    }
    for (uint32_t k = 0; k < n; k++) {
        x->runs[k] = (flags[k] & LOAN_ENDED) == 0;
        x->lines[k] = product[k] == PRODUCT_LINE;
        x->few[k] = (flags[k] & FEW) != 0;
    }
    for (uint32_t k = 0; k < n; k++) {
        x->covered[k] = (chain[k] != 0) & x->runs[k];
        bad[k] = ((flags[k] & LOAN_NPL) != 0) & x->runs[k];
    }
    for (uint32_t k = 0; k < n; k++)
        x->few[k] = (uint8_t)((x->few[k] | (appraised[k] > 0.0f)) & x->runs[k]);
    for (uint32_t k = 0; k < n; k++) {
        uint64_t good = x->covered[k] & (bad[k] ^ 1u), either = x->covered[k] | bad[k];
        x->counts[k] = (int64_t)(x->runs[k] | good << LOAN_BITS | either << 2 * LOAN_BITS);
    }
}

/* Sums of money of a loan, and of rates by it; one that has ended adds nothing. */
static void weigh(const struct loans *l, uint32_t from, uint32_t n, struct looked_at *x)
{
    const money *balance = l->balance + from, *limit = l->limit + from;
    const float *rate = l->rate + from, *pd = l->pd + from;
    const uint8_t *months_left = l->months_left + from;
    for (uint32_t k = 0; k < n; k++) {
        int64_t runs = x->runs[k] != 0 ? -1 : 0, line = x->lines[k] != 0 ? runs : 0;
        int64_t open = months_left[k] > 0 ? line : 0;
        x->balance[k] = balance[k].fen & runs;
        x->line[k] = balance[k].fen & line;
        x->undrawn[k] = (limit[k].fen - balance[k].fen) & open;
    }
    for (uint32_t k = 0; k < n; k++) {
        double yuan = ld_over(money_whole(FEN(x->balance[k])), 100.0);
        x->rate[k] = ld_round_half_even(yuan * (double)rate[k] * 1e5);
        x->pd[k] = ld_round_half_even(yuan * (double)pd[k] * 1e6);
    }
}

/* What few loans have: arrears, an appraisal, an investor or the central bank behind them. */
static void measure_special(const struct rows *t, uint32_t k)
{
    const struct loans *l = t->l;
    int64_t *item = t->t->item[cell_of(t->e, l->row[k])], *bank = t->t->bank[l->bank[k]];
    int64_t balance = l->balance[k].fen;
    bool bad = (l->flags[k] & LOAN_NPL) != 0, linked = (l->flags[k] & LOAN_LINKED) != 0;
    item[ITEM_HELD] += (l->flags[k] & LOAN_HELD) != 0;
    if (l->appraised[k] > 0.0f)
        item[ITEM_IP_APPRAISED] += from_yuan((double)l->appraised[k]).fen;
    item[ITEM_NPL] += bad ? balance : 0;
    item[ITEM_LINKED_BOOK] += linked ? balance : 0;
    item[ITEM_LINKED_NPL] += bad && linked ? balance : 0;
    item[ITEM_PACKAGE_LOANS] += !bad && (l->flags[k] & LOAN_PACKAGE) != 0;
    bank[BANK_ITEM_BAD] += bad ? balance : 0;
    bank[BANK_ITEM_REFINANCED] += !bad && (l->flags[k] & LOAN_REFINANCED) != 0 ? balance : 0;
}

static void measure_some(const struct rows *t, const uint8_t *of_row, uint32_t from, uint32_t n, struct sums *sums,
                         int64_t counts[N_CELLS])
{
    const struct loans *l = t->l;
    const uint32_t *row = l->row + from;
    struct looked_at x;
    uint16_t list[LOANS];
    classify(l, from, n, &x);
    weigh(l, from, n, &x);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t cell = of_row[row[k] - t->lo];
        int64_t *sum = sums->of[cell], *bank = t->t->bank[l->bank[from + k]];
        counts[cell] += x.counts[k];
        sum[x.book[k]] += x.balance[k];
        sum[IN_LINE] += x.line[k];
        sum[IN_RATE] += x.rate[k];
        sum[IN_PD] += x.pd[k];
        bank[BANK_ITEM_BOOK] += x.balance[k];
        bank[BANK_ITEM_UNDRAWN] += x.undrawn[k];
    }
    uint32_t listed = marks_list(x.covered, n, list);
    for (uint32_t j = 0; j < listed; j++) {
        t->s->mark[row[list[j]] - t->lo] = 1;
        measure_covered(t, from + list[j]);
    }
    listed = marks_list(x.few, n, list);
    for (uint32_t j = 0; j < listed; j++)
        measure_special(t, from + list[j]);
}

/* Enterprises with an enrolled loan are marked, and each is counted once. */
static void measure_loans(const struct rows *t, const uint8_t *of_row)
{
    const int64_t field = (1 << LOAN_BITS) - 1;
    struct sums sums = {{{0}}};
    int64_t counts[N_CELLS] = {0};
    memset(t->s->mark, 0, t->hi - t->lo);
    for (size_t block = 0; block < t->l->n_blocks; block++) {
        uint32_t from, to;
        loans_of_tile(t->l, block, t->nth, &from, &to);
        for (; from < to; from += LOANS)
            measure_some(t, of_row, from, to - from < LOANS ? to - from : LOANS, &sums, counts);
    }
    for (int32_t cell = 0; cell < N_CELLS; cell++) {
        int64_t *item = t->t->item[cell], *sum = sums.of[cell];
        if (counts[cell] == 0)
            continue;
        item[ITEM_LOANS] += counts[cell] & field;
        item[ITEM_BASE_ENROLLED] += counts[cell] >> LOAN_BITS & field;
        item[ITEM_BASE_ALONE] += (counts[cell] & field) - (counts[cell] >> 2 * LOAN_BITS);
        for (int k = IN_UNSECURED; k <= IN_OTHER; k++)
            item[ITEM_BOOK] += sum[k];
        add_sums(&item[ITEM_BOOK_UNSECURED], sum, SUMS);
    }
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        if (t->e->status[i] == ACTIVE)
            count(t->t, cell_of(t->e, i), ITEM_COVERED_BORROWERS, 1);
    }
}

/* Those on a register of technology SMEs, where one stands; counts of a cell are packed, with a loan above. */
static void count_register(const struct rows *t, const uint8_t *of_row)
{
    enum { WITH_LOAN = 16 };
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo;
    uint32_t n = t->hi - t->lo, counts[N_CELLS] = {0};
    member_word on[TILE] = {0}, stands = 0;
    for (size_t word = 0; word < t->e->words; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo, acts = t->r->acts[ACT_REGISTER][word];
        stands |= acts;
        for (uint32_t k = 0; k < n && acts != 0; k++)
            on[k] |= member[k] & acts;
    }
    if (stands == 0)
        return;
    for (uint32_t k = 0; k < n; k++)
        t->s->mark[k] = (on[k] != 0) & (status[k] == ACTIVE);
    uint32_t listed = list_marked(t);
    for (uint32_t j = 0; j < listed; j++) {
        uint32_t k = t->s->list[j];
        counts[of_row[k]] += 1u + ((flags[k] / HAS_LOAN & 1u) << WITH_LOAN);
    }
    for (int32_t cell = 0; cell < N_CELLS; cell++) {
        count(t->t, cell, ITEM_ON_REGISTER, counts[cell] & ((1u << WITH_LOAN) - 1));
        count(t->t, cell, ITEM_ON_REGISTER_LOAN, counts[cell] >> WITH_LOAN);
    }
}

void rows_measure(const struct rows *t)
{
    const uint8_t *stage = t->e->stage + t->lo, *sector = t->e->sector + t->lo;
    uint8_t of_row[TILE];
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        of_row[k] = (uint8_t)(stage[k] * MAX_SECTORS + sector[k]);
    measure_rows(t, of_row);
    count_ages(t);
    count_members(t);
    count_register(t, of_row);
    measure_loans(t, of_row);
}
