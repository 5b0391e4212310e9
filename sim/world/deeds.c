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
    o->n = 0;
    for (size_t k = 0; k < d->n; k++) {
        if (d->row[k].owed.fen == 0)
            continue;
        TRY(LIST_RESERVE(o, o->n + 1));
        o->row[o->n++] = (uint32_t)k;
    }
    return LIST_STARTS(d);
}

void deeds_free(struct deeds *d)
{
    free(d->row);
    free(d->owing.row);
    tables_free_starts(&d->starts);
}

enum status deeds_add(struct deeds *d, struct deed deed)
{
    TRY(LIST_RESERVE(d, d->n + d->fresh + 1));
    d->row[d->n + d->fresh++] = deed;
    return OK;
}

/* They come nearly in order. */
static void sort_fresh(struct deed *deed, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct deed x = deed[i];
        size_t j = i;
        for (; j > 0 && stands_after(&deed[j - 1], &x); j--)
            deed[j] = deed[j - 1];
        deed[j] = x;
    }
}

/* From behind, so that nothing is overwritten before it has moved; the new ones step aside first. */
enum status deeds_merge(struct deeds *d)
{
    size_t n = d->fresh, old = d->n, to = d->n + n;
    if (n == 0)
        return OK;
    TRY(LIST_RESERVE(d, d->n + 2 * n));
    struct deed *more = d->row + to;
    memcpy(more, d->row + d->n, n * sizeof *more);
    sort_fresh(more, n);
    d->n = to;
    d->fresh = 0;
    while (n > 0) {
        bool keeps = old > 0 && stands_after(&d->row[old - 1], &more[n - 1]);
        d->row[--to] = keeps ? d->row[old - 1] : more[n - 1];
        old -= keeps;
        n -= !keeps;
    }
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
