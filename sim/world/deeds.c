/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <liandong/deeds.h>
#include <liandong/table.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* By row, instance, month; new ones come last among equals. */
static bool stands_after(const struct deed *a, const struct deed *b)
{
    if (a->row != b->row)
        return a->row > b->row;
    if (a->instance != b->instance)
        return a->instance > b->instance;
    return a->month > b->month;
}

enum status deeds_list(struct deeds *d)
{
    struct owing *o = &d->owing;
    struct open_deeds *open = &d->open;
    o->n = open->n = 0;
    for (size_t k = 0; k < d->n; k++) {
        const struct deed *q = &d->row[k];
        if (q->owed.fen != 0) {
            TRY(LIST_RESERVE(o, o->n + 1));
            o->row[o->n++] = (struct owing_deed){(uint32_t)k, q->instance};
        }
        if (q->lent == 0 && q->noted == 0) {
            TRY(LIST_RESERVE(open, open->n + 1));
            open->row[open->n++] = (struct open_deed){q->row, (uint16_t)q->month, q->instance};
        }
    }
    return LIST_STARTS(d);
}

void deeds_free(struct deeds *d)
{
    free(d->row);
    free(d->owing.row);
    free(d->open.row);
    tables_free_starts(&d->starts);
}

enum status deeds_add(struct deeds *d, struct deed deed)
{
    TRY(LIST_RESERVE(d, d->n + d->fresh + 1));
    d->row[d->n + d->fresh++] = deed;
    return OK;
}

static bool are_in_order(const struct deed *deed, size_t n)
{
    bool falls = false;
    for (size_t k = 1; k < n; k++)
        falls |= stands_after(&deed[k - 1], &deed[k]);
    return !falls;
}

/* Two runs, each in order, become one: begin .. middle - 1 and middle .. end - 1. */
static void merge_runs(const struct deed *from, struct deed *to, size_t begin, size_t middle, size_t end)
{
    size_t a = begin, b = middle;
    for (size_t k = begin; k < end; k++)
        to[k] = a < middle && (b == end || !stands_after(&from[a], &from[b])) ? from[a++] : from[b++];
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Some come in order of rows, others by lot: runs of doubling length, from one place to the other.  Ends in `more`. */
static void sort_fresh(struct deed *fresh, struct deed *more, size_t n)
{
    struct deed *from = fresh, *to = more;
    for (size_t run = 1; run < n && !are_in_order(from, n); run *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * run)
            merge_runs(from, to, begin, least(begin + run, n), least(begin + 2 * run, n));
        struct deed *last = from;
        from = to;
        to = last;
    }
    if (from != more)
        memcpy(more, from, n * sizeof *more);
}

/* From behind, so that nothing is overwritten before it has moved, what stands between two new ones at once; the new ones step aside
 * first. */
enum status deeds_merge(struct deeds *d)
{
    size_t n = d->fresh, old = d->n, to = d->n + n;
    if (n == 0)
        return OK;
    TRY(LIST_RESERVE(d, d->n + 2 * n));
    struct deed *row = d->row, *more = row + to;
    sort_fresh(row + old, more, n);
    while (n-- > 0) {
        size_t at = LIST_FIND(d, more[n].row);
        while (at < old && !stands_after(&row[at], &more[n]))
            at++;
        to -= old - at;
        memmove(row + to, row + at, (old - at) * sizeof *row);
        row[--to] = more[n];
        old = at;
    }
    d->n += d->fresh;
    d->fresh = 0;
    return deeds_list(d);
}

enum status deeds_forget(struct deeds *d, int32_t month)
{
    size_t kept = 0;
    for (size_t k = 0; k < d->n; k++)
        if (d->row[k].until >= month || d->row[k].owed.fen > 0)
            d->row[kept++] = d->row[k];
    d->n = kept;
    return deeds_list(d);
}

struct deed *deeds_last(const struct deeds *d, uint32_t row, int32_t instance)
{
    struct deed *last = NULL;
    for (size_t k = d->n + d->fresh; k > d->n && d->row[k - 1].row == row; k--)
        if (d->row[k - 1].instance == instance)
            return &d->row[k - 1];
    for (size_t k = LIST_FIND(d, row); LIST_IS_OF(d, k, row); k++)
        if (d->row[k].instance == instance)
            last = &d->row[k];
    return last;
}
