/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ahead - which memory is asked for before it is read. */
#include <liandong/ahead.h>

static void add(struct ahead *a, const void *from, size_t bytes)
{
    if (bytes == 0 || a->parts == sizeof a->part / sizeof a->part[0])
        return;
    a->part[a->parts].from = from;
    a->part[a->parts++].lines = (bytes + 63) / 64;
}

/* The facilities of the next tile follow on those of this one in each block of the book. */
static void add_loans(struct ahead *a, const struct rows *t)
{
    const struct loans *l = t->l;
    for (size_t block = 0; block < l->n_blocks; block++) {
        uint32_t from, to;
        loans_of_tile(l, block, t->nth + 1, &from, &to);
#define AHEAD(column, of)
#define AHEAD_LOAN(column) add(a, l->column + from, (to - from) * sizeof *l->column);
#include <liandong/ahead.def>
#undef AHEAD
#undef AHEAD_LOAN
    }
}

void ahead_of(struct ahead *a, const struct rows *t, unsigned by)
{
    const struct enterprises *e = t->e;
    a->parts = a->at = 0;
#define AHEAD(column, of) \
    if (((of)&by) != 0)   \
        add(a, e->column + t->hi, TILE * sizeof *e->column);
#define AHEAD_LOAN(column)
#include <liandong/ahead.def>
#undef AHEAD
#undef AHEAD_LOAN
    for (size_t word = 0; word < e->words && (by & BY_PLANNING) != 0; word++)
        add(a, e->member + word * e->capacity + t->hi, TILE * sizeof *e->member);
    if (by & BY_SERVING)
        add_loans(a, t);
}
