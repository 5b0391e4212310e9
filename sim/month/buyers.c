/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buyers - who buys from whom: each enterprise has one main buyer among the larger ones of its region, which owes `main_buyer` of
 * its receivables; when that one fails they are lost a month later (mechanisms M6: receivables are diluted when the buyer fails).
 *
 * Buyers stand on a circle by a hash of their identity, and an enterprise sells to the first behind its own: nothing is stored of
 * a link, and one buyer more or less moves only those beside it.  What buyers pay passes through the accounts of customers and
 * suppliers, as all trade does here. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>
#include <string.h>

static inline uint64_t place_of(struct identity who, uint64_t salt)
{
    return ld_mix(ld_mix(who.origin, who.index), salt) >> 32 << 32;
}
enum { AS_BUYER = 1, AS_SUPPLIER = 2 };

/* Who buys is marked by a loop over columns; returns how many do.  There is room behind for a multiple of eight. */
static size_t mark_buyers(const struct region *r, uint8_t *mark)
{
    const struct enterprises *e = &r->enterprises;
    const uint8_t *status = e->status, *stage = e->stage;
    const float *sales = e->sales;
    const int32_t least = P(r, market)->buyer_stage;
    size_t n = e->n, many = 0;
    for (size_t i = 0; i < n; i++)
        mark[i] = (status[i] == ACTIVE) & (stage[i] >= least) & (sales[i] > 0.0f);
    memset(mark + n, 0, -n % 8);
    for (size_t i = 0; i < n; i++)
        many += mark[i];
    return many;
}

/* Those that still buy stay where they stand, and lose their marks; those that fell since the last list was made stay in it once.
 * Who fell, or left the table, has another key than before: insertion keeps the order where hashes are equal. */
static void keep_listed(struct region *r, uint8_t *mark)
{
    struct buyers *b = &r->buyers;
    size_t kept = 0;
    b->fallen = 0;
    for (size_t k = 0; k < b->n; k++) {
        uint64_t key = b->row[k];
        uint32_t row = (uint32_t)key & BUYER_LEFT;
        if (((uint32_t)key & BUYER_FALLEN) != 0)
            continue;
        if (row != BUYER_LEFT && mark[row] != 0) {
            mark[row] = 0;
        } else if (row == BUYER_LEFT || r->enterprises.status[row] != ACTIVE) {
            key |= BUYER_FALLEN;
            b->fallen++;
        } else {
            continue;
        }
        size_t to = kept++;
        for (; to > 0 && b->row[to - 1] > key; to--)
            b->row[to] = b->row[to - 1];
        b->row[to] = key;
    }
    b->n = kept;
}

/* Who buys and is not listed yet, in the order of the list. */
static void list_fresh(const struct region *r, const uint8_t *mark, uint64_t *fresh, size_t n)
{
    const struct enterprises *e = &r->enterprises;
    size_t found = 0;
    for (size_t first = 0; found < n; first += 8)
        for (uint64_t bits = bits_of_marks(mark + first); bits != 0; bits &= bits - 1) {
            size_t i = first + (size_t)__builtin_ctzll(bits);
            fresh[found++] = place_of(enterprise_identity(e, (uint32_t)i), AS_BUYER) | i;
        }
    sort_keys(fresh, n);
}

/* From behind, so that nothing is overwritten before it has moved. */
static void join_fresh(struct buyers *b, const uint64_t *fresh, size_t n)
{
    size_t old = b->n, to = b->n + n;
    b->n = to;
    while (n > 0) {
        bool stays = old > 0 && b->row[old - 1] > fresh[n - 1];
        b->row[--to] = stays ? b->row[old - 1] : fresh[n - 1];
        old -= stays;
        n -= !stays;
    }
}

/* So many first bits that there are about `many` buyers for each beginning. */
static int first_bits(const struct buyers *b, double many)
{
    int bits = 5;
    while (bits < 24 && many * 2.0 * (double)((size_t)1 << bits) <= (double)b->n)
        bits++;
    return bits;
}

static enum status index_buyers(struct buyers *b)
{
    int bits = first_bits(b, 8.0);
    b->shift = 64 - bits;
    b->start.n = (size_t)1 << bits;
    TRY(LIST_RESERVE(&b->start, b->start.n + 1));
    uint32_t *start = b->start.row;
    const uint64_t *row = b->row;
    const int shift = b->shift;
    memset(start, 0, (b->start.n + 1) * sizeof *start);
    for (size_t i = 0; i < b->n; i++) /* the last of each beginning remains */
        start[(row[i] >> shift) + 1] = (uint32_t)(i + 1);
    for (size_t k = 1; k <= b->start.n; k++)
        start[k] = start[k] < start[k - 1] ? start[k - 1] : start[k];
    return OK;
}

static void mark_from_to(struct buyers *b, uint64_t from, uint64_t to)
{
    for (uint64_t k = from >> b->fell_shift; k <= to >> b->fell_shift; k++)
        b->fell.row[k / 32] |= 1u << k % 32;
}

/* To one that fell sells who stands before it, and behind the second before it, since nobody sells to himself. */
static enum status mark_fallen(struct buyers *b)
{
    int bits = first_bits(b, 0.5);
    b->fell_shift = 64 - bits;
    b->fell.n = (size_t)1 << (bits - 5);
    TRY(LIST_RESERVE(&b->fell, b->fell.n));
    memset(b->fell.row, b->n < 2 ? -1 : 0, b->fell.n * sizeof *b->fell.row);
    for (size_t i = 0; b->fallen > 0 && b->n >= 2 && i < b->n; i++) {
        if (((uint32_t)b->row[i] & BUYER_FALLEN) == 0)
            continue;
        mark_from_to(b, i < 2 ? 0 : b->row[i - 2], b->row[i]);
        if (i < 2)
            mark_from_to(b, b->row[b->n - 2 + i], UINT64_MAX);
    }
    return OK;
}

/* The list of last month goes on: of those that buy few are new, and only they are sorted. */
static enum status renew(struct world *w, struct region *r)
{
    struct buyers *b = &r->buyers;
    uint8_t *mark = arena_take(&w->market, r->enterprises.n + 8, sizeof *mark);
    if (mark == NULL)
        return NO_MEMORY;
    size_t all = mark_buyers(r, mark);
    keep_listed(r, mark);
    size_t n = all - (b->n - b->fallen);
    uint64_t *fresh = arena_take(&w->market, n, sizeof *fresh);
    if (fresh == NULL)
        return NO_MEMORY;
    list_fresh(r, mark, fresh, n);
    TRY(LIST_RESERVE(b, b->n + n));
    join_fresh(b, fresh, n);
    TRY(index_buyers(b));
    return mark_fallen(b);
}

enum status buyers_list(struct world *w, struct region *r)
{
    struct buyers *b = &r->buyers;
    if (P(r, market)->main_buyer <= 0.0) {
        b->n = b->fallen = 0;
        return OK;
    }
    enum status done = renew(w, r);
    arena_reset(&w->market);
    return done;
}

static uint64_t supplier_place(const struct region *r, uint32_t i)
{
    return place_of(enterprise_identity(&r->enterprises, i), AS_SUPPLIER);
}

/* The main buyer of the supplier in row i, who stands there. */
static uint32_t buyer_behind(const struct region *r, uint32_t i, uint64_t at, bool *fallen)
{
    const struct buyers *b = &r->buyers;
    size_t from = b->n > 0 ? b->start.row[at >> b->shift] : 0;
    *fallen = false;
    while (from < b->n && b->row[from] < at)
        from++;
    for (size_t k = 0; k < b->n && k < 2; k++) { /* nobody buys from himself */
        uint64_t key = b->row[(from + k) % b->n];
        uint32_t row = (uint32_t)key & BUYER_LEFT;
        *fallen = ((uint32_t)key & BUYER_FALLEN) != 0;
        if (row != i)
            return row;
    }
    *fallen = false;
    return BUYER_LEFT;
}

uint32_t main_buyer_of(const struct region *r, uint32_t i, bool *fallen)
{
    return buyer_behind(r, i, supplier_place(r, i), fallen);
}

bool buyers_fell(const struct region *r)
{
    return r->buyers.fallen > 0;
}

/* Lists those whose buyer may be one that fell: for most the beginning of a hash says that it is not. */
static uint32_t list_suppliers(const struct rows *t)
{
    const struct buyers *b = &t->r->buyers;
    const uint64_t *origin = t->e->origin;
    const uint16_t *cohort = t->e->cohort + t->lo;
    const uint32_t *index = t->e->index + t->lo, *fell = b->fell.row;
    const uint8_t *status = t->e->status + t->lo;
    const money *receivable = t->e->receivable + t->lo;
    const int shift = b->fell_shift;
    uint8_t *mark = t->s->mark;
    uint32_t first[TILE], n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        first[k] = (uint32_t)(place_of((struct identity){origin[cohort[k]], index[k]}, AS_SUPPLIER) >> shift);
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (uint8_t)(fell[first[k] / 32] >> first[k] % 32 & 1);
    for (uint32_t k = 0; k < n; k++)
        mark[k] &= (status[k] == ACTIVE) & (receivable[k].fen > 0);
    return list_marked(t);
}

/* Where the n listed stand, and what is read there asked for: all before the first is looked at, since it lies all over. */
static void find_places(const struct rows *t, uint32_t n, uint64_t at[TILE])
{
    const struct buyers *b = &t->r->buyers;
    for (uint32_t j = 0; j < n; j++) {
        at[j] = supplier_place(t->r, t->lo + t->s->list[j]);
        __builtin_prefetch(&b->start.row[at[j] >> b->shift]);
    }
    for (uint32_t j = 0; j < n; j++) {
        const uint64_t *from = &b->row[b->start.row[at[j] >> b->shift]];
        __builtin_prefetch(from);
        __builtin_prefetch(from + 8);
    }
}

void buyers_fall(const struct rows *t)
{
    double share = P(t->r, market)->main_buyer;
    uint64_t at[TILE];
    uint32_t n = list_suppliers(t);
    find_places(t, n, at);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        bool fallen;
        buyer_behind(t->r, i, at[j], &fallen);
        if (!fallen)
            continue;
        money lost = money_scale(t->e->receivable[i], share);
        t->e->receivable[i] = money_sub(t->e->receivable[i], lost);
        t->e->profit_year[i] -= (float)money_to_yuan(lost);
        flow_add(t->t, FLOW_BILL_UNPAID, lost);
    }
}
