/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <liandong/deeds.h>
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

/* From behind, so that nothing is overwritten before it has moved. */
enum status deeds_add(struct deeds *d, const struct deed *more, size_t n)
{
    if (d->n + n > d->capacity) {
        size_t capacity = d->n + n + d->n / 2 + 64;
        struct deed *bigger = realloc(d->row, capacity * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        d->row = bigger;
        d->capacity = capacity;
    }
    size_t old = d->n, to = d->n + n;
    d->n = to;
    while (n > 0) {
        bool keeps = old > 0 && stands_after(&d->row[old - 1], &more[n - 1]);
        d->row[--to] = keeps ? d->row[old - 1] : more[n - 1];
        old -= keeps;
        n -= !keeps;
    }
    return OK;
}

void deeds_forget(struct deeds *d, int32_t month)
{
    size_t kept = 0;
    for (size_t k = 0; k < d->n; k++)
        if (d->row[k].until >= month || d->row[k].owed.fen > 0)
            d->row[kept++] = d->row[k];
    d->n = kept;
}

size_t deeds_from(const struct deeds *d, uint32_t row)
{
    size_t from = 0, to = d->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (d->row[middle].row < row)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct deed *deeds_last(const struct deeds *d, uint32_t row, int32_t instance)
{
    struct deed *last = NULL;
    for (size_t k = deeds_from(d, row); k < d->n && d->row[k].row == row; k++)
        if (d->row[k].instance == instance)
            last = &d->row[k];
    return last;
}
