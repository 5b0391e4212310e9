/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compact - the dead leave the table, ended loans the book.  A row is a place, an identity is a name: whatever refers to a
 * row is renumbered here, the order of rows and of loans within an enterprise stays, and no result shows when it happened. */
#include <liandong/prepare.h>
#include <string.h>

#define GONE_ROW UINT32_MAX

/* Who is wound up owns and owes nothing; when he leaves the register is kept without a row. */
static bool row_leaves(const struct enterprises *e, uint32_t i)
{
    return e->status[i] == GONE;
}

/* A compaction stands before the month that would count `winding` down. */
static void keep_register(struct region *r, int32_t month)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t i = 0; i < e->n; i++)
        if (row_leaves(e, i) && e->winding[i] > 0)
            r->leaving[(month + e->winding[i] - 1) % REGISTER_MONTHS][cell_of(e, i)]++;
}

/* place[i]: new number of row i, or GONE_ROW. */
static uint32_t new_places(const struct enterprises *e, uint32_t *place)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        place[i] = row_leaves(e, i) ? GONE_ROW : n++;
    return n;
}

/* Inlined with a known size, so that a copy is one move. */
static inline void squeeze_by(unsigned char *bytes, size_t size, const uint32_t *place, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (place[i] != GONE_ROW && place[i] != i)
            memcpy(bytes + place[i] * size, bytes + i * size, size);
}

static void squeeze(void *column, size_t size, const uint32_t *place, size_t n)
{
    if (size == 1)
        squeeze_by(column, 1, place, n);
    else if (size == 2)
        squeeze_by(column, 2, place, n);
    else if (size == 4)
        squeeze_by(column, 4, place, n);
    else
        squeeze_by(column, 8, place, n);
    BUG_ON(size > 8);
}

static void squeeze_enterprises(struct enterprises *e, const uint32_t *place, uint32_t n)
{
    for (size_t k = 0; k < n_enterprise_columns; k++)
        squeeze(*(void **)(void *)((char *)e + enterprise_columns[k].pointer), enterprise_columns[k].size, place, e->n);
    for (size_t word = 0; word < e->words; word++)
        squeeze(e->member + word * e->capacity, sizeof *e->member, place, e->n);
    e->n = n;
}

/* Loans in the new order: by row, then by block, then as they stood.  order[new] = old; returns how many stay. */
static size_t loan_order(struct loans *l, uint32_t *order, uint32_t *first, uint32_t rows)
{
    memset(first, 0, ((size_t)rows + 1) * sizeof *first);
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0)
            first[l->row[k] + 1]++;
    for (uint32_t i = 0; i < rows; i++)
        first[i + 1] += first[i];
    size_t n = first[rows];
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0)
            order[first[l->row[k]]++] = (uint32_t)k;
    return n;
}

static inline void permute_by(unsigned char *bytes, size_t size, const uint32_t *order, size_t n, unsigned char *spare)
{
    for (size_t k = 0; k < n; k++)
        memcpy(spare + k * size, bytes + order[k] * size, size);
    if (n > 0) /* a table without rows has no column yet */
        memcpy(bytes, spare, n * size);
}

static void permute(void *column, size_t size, const uint32_t *order, size_t n, unsigned char *spare)
{
    if (size == 1)
        permute_by(column, 1, order, n, spare);
    else if (size == 2)
        permute_by(column, 2, order, n, spare);
    else if (size == 4)
        permute_by(column, 4, order, n, spare);
    else
        permute_by(column, 8, order, n, spare);
    BUG_ON(size > 8);
}

/* All loans become block 0. */
static enum status one_block(struct loans *l, size_t rows)
{
    size_t tiles = (rows + TILE - 1) / TILE;
    l->n_blocks = 0;
    TRY(loans_reserve_block(l, tiles));
    struct loan_block *b = &l->block[0];
    uint32_t k = 0;
    for (size_t tile = 0; tile < tiles; tile++) {
        b->start[tile] = k;
        while (k < l->n && l->row[k] < (tile + 1) * TILE)
            k++;
    }
    b->start[tiles] = k;
    b->from = 0;
    b->to = l->n;
    l->n_blocks = 1;
    return OK;
}

static enum status compact_loans(struct region *r, const uint32_t *place, uint32_t rows)
{
    struct loans *l = &r->loans;
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0)
            l->row[k] = place[l->row[k]];
    uint32_t *order = calloc(l->n + 1, sizeof *order), *first = malloc(((size_t)rows + 2) * sizeof *first);
    unsigned char *spare = malloc((l->n + 1) * 8);
    enum status status = NO_MEMORY;
    if (order != NULL && first != NULL && spare != NULL) {
        size_t n = loan_order(l, order, first, rows);
        for (size_t k = 0; k < n_loan_columns; k++)
            permute(*(void **)(void *)((char *)l + loan_columns[k].pointer), loan_columns[k].size, order, n, spare);
        l->n = n;
        status = one_block(l, rows);
    }
    free(order);
    free(first);
    free(spare);
    return status;
}

static void compact_dues(struct dues *d, const uint32_t *place)
{
    size_t n = 0;
    for (size_t k = 0; k < d->n; k++)
        if (d->row[k].payee == PAYEE_BANK || d->row[k].payee == PAYEE_BEARER || d->row[k].row == GONE_ROW) {
            d->row[n++] = d->row[k];
        } else if (d->row[k].payee == PAYEE_CLAWBACK ||
                   place[d->row[k].row] != GONE_ROW) { /* the debt is ended later */
            d->row[n] = d->row[k];
            d->row[n++].row = place[d->row[k].row];
        }
    d->n = n;
}

static void compact_waiting(struct applications *a, const uint32_t *place)
{
    size_t n = 0;
    for (size_t k = 0; k < a->n; k++)
        if (place[a->row[k].row] != GONE_ROW) {
            a->row[n] = a->row[k];
            a->row[n++].row = place[a->row[k].row];
        }
    a->n = n;
}

/* Claims closed for good at the head of the table leave it; loans refer to claims by number, so nothing is renumbered. */
static void compact_claims(struct claims *c)
{
    size_t n = 0;
    while (n < c->n && c->row[n].state == CLAIM_CLOSED)
        n++;
    if (n > 0)
        memmove(c->row, c->row + n, (c->n - n) * sizeof *c->row);
    c->n -= n;
    c->first_open = 0;
}

enum status region_compact(struct region *r, int32_t month, bool keep_claims)
{
    struct enterprises *e = &r->enterprises;
    uint32_t *place = calloc(e->n + 1, sizeof *place);
    if (place == NULL)
        return NO_MEMORY;
    keep_register(r, month);
    uint32_t rows = new_places(e, place);
    enum status status = compact_loans(r, place, rows);
    if (status == OK) {
        compact_dues(&r->dues, place);
        compact_waiting(&r->waiting, place);
        squeeze_enterprises(e, place, rows);
    }
    if (!keep_claims)
        compact_claims(&r->claims);
    free(place);
    return status;
}
