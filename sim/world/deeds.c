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

static bool is_owing(const struct deed *d)
{
    return d->owed.fen != 0;
}

static struct owing_deed owing_at(const struct deed *d, size_t place)
{
    return (struct owing_deed){(uint32_t)place, d->instance};
}

static bool is_open(const struct deed *d)
{
    return d->lent == 0 && d->noted == 0;
}

static struct open_deed open_deed(const struct deed *d)
{
    return (struct open_deed){d->row, d->month, d->instance};
}

enum status deeds_list(struct deeds *d)
{
    struct owing *o = &d->owing;
    struct open_deeds *open = &d->open;
    o->n = open->n = 0;
    for (size_t k = 0; k < d->n; k++) {
        if (is_owing(&d->row[k])) {
            TRY(LIST_RESERVE(o, o->n + 1));
            o->row[o->n++] = owing_at(&d->row[k], k);
        }
        if (is_open(&d->row[k])) {
            TRY(LIST_RESERVE(open, open->n + 1));
            open->row[open->n++] = open_deed(&d->row[k]);
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

/* In front of what the new ones go. */
static void find_places(const struct deeds *d, const struct deed *more, size_t *at, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        at[k] = LIST_FIND(d, more[k].row);
        while (at[k] < d->n && !stands_after(&d->row[at[k]], &more[k]))
            at[k]++;
    }
}

/* What is listed of all moves along, from behind, and the new ones join it. */
static enum status list_fresh(struct deeds *d, const struct deed *more, const size_t *at, size_t n)
{
    struct owing *o = &d->owing;
    struct open_deeds *open = &d->open;
    size_t owe = 0, opened = 0, a = o->n, b = open->n;
    for (size_t k = 0; k < n; k++) {
        owe += is_owing(&more[k]);
        opened += is_open(&more[k]);
    }
    TRY(LIST_RESERVE(o, a + owe));
    TRY(LIST_RESERVE(open, b + opened));
    o->n += owe;
    open->n += opened;
    for (size_t k = n; k-- > 0;) {
        for (; a > 0 && o->row[a - 1].place >= at[k]; a--) {
            o->row[a - 1 + owe] = o->row[a - 1];
            o->row[a - 1 + owe].place += (uint32_t)k + 1;
        }
        for (; b > 0 && open->row[b - 1].row > more[k].row; b--)
            open->row[b - 1 + opened] = open->row[b - 1];
        if (is_owing(&more[k]))
            o->row[a + --owe] = owing_at(&more[k], at[k] + k);
        if (is_open(&more[k]))
            open->row[b + --opened] = open_deed(&more[k]);
    }
    return OK;
}

/* Behind the new ones there is room for them in order, and then for their places. */
enum status deeds_merge(struct deeds *d)
{
    size_t n = d->fresh;
    struct list_join j;
    if (n == 0)
        return OK;
    TRY(LIST_RESERVE(d, d->n + 2 * n + n * sizeof(size_t) / sizeof *d->row + 1));
    struct deed *more = d->row + d->n + n;
    size_t *at = (size_t *)(void *)(more + n);
    sort_fresh(d->row + d->n, more, n);
    find_places(d, more, at, n);
    TRY(list_fresh(d, more, at, n));
    TRY(tables_join_begin(&j, LIST_INDEXED(d), n, more[n - 1].row));
    while (n-- > 0)
        tables_join_next(&j, at[n], &more[n]);
    d->fresh = 0;
    return OK;
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

struct deed *deeds_newest(const struct deeds *d, uint32_t row, int32_t instance)
{
    for (size_t k = d->n + d->fresh; k > d->n && d->row[k - 1].row == row; k--)
        if (d->row[k - 1].instance == instance)
            return &d->row[k - 1];
    return NULL;
}

struct deed *deeds_last(const struct deeds *d, uint32_t row, int32_t instance)
{
    struct deed *last = deeds_newest(d, row, instance);
    if (last != NULL)
        return last;
    for (size_t k = LIST_FIND(d, row); LIST_IS_OF(d, k, row); k++)
        if (d->row[k].instance == instance)
            last = &d->row[k];
    return last;
}
