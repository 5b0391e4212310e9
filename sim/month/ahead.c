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

/* Of the largest block of the book, whose facilities of the next tile follow on those of this one. */
static void add_loans(struct ahead *a, const struct rows *t)
{
    const struct loans *l = t->l;
    uint32_t from = 0, to = 0;
    if (l->n_blocks > 0)
        loans_of_tile(l, 0, t->nth + 1, &from, &to);
#define COLUMN(type, name, unit, en, zh, how) add(a, l->name + from, (to - from) * sizeof(type));
#include <liandong/loan.def>
#undef COLUMN
}

void ahead_of(struct ahead *a, const struct rows *t, unsigned by)
{
    const struct enterprises *e = t->e;
    a->parts = a->at = 0;
#define AHEAD(column, of) \
    if (((of)&by) != 0)   \
        add(a, e->column + t->hi, TILE * sizeof *e->column);
#include <liandong/ahead.def>
#undef AHEAD
    for (size_t word = 0; word < e->words && (by & BY_PLANNING) != 0; word++)
        add(a, e->member + word * e->capacity + t->hi, TILE * sizeof *e->member);
    if (by & BY_SERVING)
        add_loans(a, t);
}
