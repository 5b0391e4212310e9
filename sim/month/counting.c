/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counting - what stands at the end of a month is counted: one pass over rows, one over loans. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

/* Counts that every living row adds to, packed into one number: none exceeds TILE, which twelve bits hold. */
enum { PACKED_BITS = 12, PACKED = 5 };
_Static_assert(TILE < 1 << PACKED_BITS && PACKED * PACKED_BITS <= 64, "fields hold a tile");
static const enum item packed_items[PACKED] = {ITEM_ALIVE, ITEM_REGISTERED, ITEM_PROFITABLE, ITEM_WITH_LOAN,
                                               ITEM_RISKY_PROJECTS};

/* What a row of these adds; the dead nothing. */
static void pack(const struct rows *t, uint64_t *packs)
{
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo,
                  *registration = t->e->registration + t->lo;
    const int32_t *founded = t->e->founded + t->lo, month = t->w->month;
    const float *profit = t->e->profit_last + t->lo;
    uint8_t bits[TILE];
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++) {
        unsigned lives = status[k] == ACTIVE, on = month - founded[k] >= registration[k], gains = profit[k] > 0.0f,
                 loan = flags[k] / HAS_LOAN & 1, risky = flags[k] / RISKY & 1;
        bits[k] = (uint8_t)(lives * (1 | on << 1 | gains << 2 | (on & loan) << 3 | (risky & loan) << 4));
    }
    for (uint32_t k = 0; k < n; k++) { /* bit j becomes the lowest of field j */
        uint64_t b = bits[k], sum = 0;
        for (int j = 0; j < PACKED; j++)
            sum |= (b >> j & 1) << j * PACKED_BITS;
        packs[k] = sum;
    }
}

static void unpack(struct tally *t, const uint64_t packed[N_CELLS])
{
    for (int32_t cell = 0; cell < N_CELLS; cell++)
        for (int k = 0; k < PACKED && packed[cell] != 0; k++)
            t->item[cell][packed_items[k]] += (int64_t)(packed[cell] >> k * PACKED_BITS & ((1 << PACKED_BITS) - 1));
}

/* Researchers of each row, and how much of its sales is of products of the last three years. */
static void look_at_research(const struct rows *t, double *researchers, double *news)
{
    const float *research = t->e->research + t->lo, *sales = t->e->sales + t->lo;
    const int32_t *founded = t->e->founded + t->lo, month = t->w->month;
    double head = money_to_yuan(P(t->r, enterprise)->wage) / 12.0 + 1.0;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++) {
        researchers[k] = (double)research[k] / head;
        news[k] = month - founded[k] < 36 ? (double)sales[k] : 0.0;
    }
}

static void measure_rows(const struct rows *t, uint64_t packed[N_CELLS])
{
    const struct enterprises *e = t->e;
    const double *researchers = t->s->real[0], *news = t->s->real[1];
    uint64_t packs[TILE];
    pack(t, packs);
    look_at_research(t, t->s->real[0], t->s->real[1]);
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        uint32_t i = t->lo + k;
        if (packs[k] == 0)
            continue;
        int32_t cell = cell_of(e, i);
        int64_t *item = t->t->item[cell], staff = e->staff[i];
        packed[cell] += packs[k];
        item[ITEM_STAFF] += staff;
        item[ITEM_RD_STAFF] += e->flags[i] & HAS_PRODUCT ? (int64_t)researchers[k] : staff;
        item[ITEM_SALES] += (int64_t)e->sales[i];
        item[ITEM_NEW_PRODUCT_SALES] += (int64_t)news[k];
        item[ITEM_RESEARCH] += (int64_t)((double)e->research[i] * 100.0);
        item[ITEM_TECHNOLOGY] += (int64_t)e->technology[i];
        item[ITEM_OVERDUE] += e->overdue[i].fen;
        item[ITEM_LINE_ROOM] += (int64_t)((double)e->line_room[i] * 100.0);
    }
}

/* The living by years of age: rows are in order of founding, so that those of a tile are of few. */
static void count_ages(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo;
    const int32_t *founded = t->e->founded + t->lo, month = t->w->month;
    int32_t oldest = 0, youngest = INT32_MAX;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++) {
        int32_t age = month - founded[k];
        oldest = age > oldest ? age : oldest;
        youngest = age < youngest ? age : youngest;
    }
    int32_t first = youngest / 12 < N_AGES ? youngest / 12 : N_AGES - 1;
    for (int32_t years = first; years <= oldest / 12 && years < N_AGES; years++) {
        int32_t from = 12 * years, to = years == N_AGES - 1 ? INT32_MAX : from + 12, alive = 0;
        for (uint32_t k = 0; k < n; k++) {
            int32_t age = month - founded[k];
            alive += (status[k] == ACTIVE) & (age >= from) & (age < to);
        }
        t->t->alive_by_age[years] += alive;
    }
}

/* Members bit by bit: bits 8 apart are counted at once, in the bytes of a number, as many rows as a byte can bear and vectors
 * have lanes for. */
enum { A_BYTE = 240, LANES = 0x0101 };
_Static_assert(MEMBER_BITS == 16, "two lanes");

static void count_some(member_word *member, uint32_t n, int64_t *members)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        member_word sum = 0;
        for (uint32_t k = 0; k < n; k++) {
            sum = (member_word)(sum + (member[k] & LANES));
            member[k] = (member_word)(member[k] >> 1);
        }
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
        member_word any = 0;
        for (uint32_t k = 0; k < n; k++) {
            living[k] = (member_word)(member[k] & -(status[k] == ACTIVE));
            any |= living[k];
        }
        if (any == 0) /* of most instruments nobody is a member */
            continue;
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
    uint64_t packed[N_CELLS] = {0};
    measure_rows(t, packed);
    unpack(t->t, packed);
    count_ages(t);
    count_members(t);
    count_register(t);
    EACH_LOAN(t, k)
    measure_loan(t, k);
    count_borrowers(t);
}
