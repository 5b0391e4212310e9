/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ahead - what a phase, or those that follow it at the same tile, will read of the next tile is asked for while this one is worked on:
 * a few lines of memory at a time, for which nobody has to wait beside the work.  No result depends on it. */
#ifndef LIANDONG_AHEAD_H
#define LIANDONG_AHEAD_H
#include <liandong/month.h>

struct ahead {
    uint32_t parts, at; /* parts of memory that lie together; the one that is asked for */
    struct {
        const char *from;
        size_t lines;
    } part[64];
};

static inline void ahead_add(struct ahead *a, const void *from, size_t bytes)
{
    if (bytes > 0 && a->parts < sizeof a->part / sizeof a->part[0]) {
        a->part[a->parts].from = from;
        a->part[a->parts++].lines = (bytes + 63) / 64;
    }
}
/* A column of the rows of the next tile. */
#define AHEAD_ROWS(a, t, column) ahead_add((a), (t)->e->column + (t)->hi, TILE * sizeof *(t)->e->column)

/* Lines for each of so many steps, so that all are asked for in the end; as many as can be on their way while a step is done. */
static inline uint32_t ahead_a_step(const struct ahead *a, uint32_t steps)
{
    enum { MOST = 24 };
    size_t lines = 0;
    for (uint32_t k = 0; k < a->parts; k++)
        lines += a->part[k].lines;
    size_t each = lines / (steps + 1) + 1;
    return each < MOST ? (uint32_t)each : MOST;
}

static inline void ahead_fetch(struct ahead *a, uint32_t lines)
{
    for (; lines > 0 && a->at < a->parts; lines--) {
        __builtin_prefetch(a->part[a->at].from, 0, 2);
        a->part[a->at].from += 64;
        a->at += --a->part[a->at].lines == 0;
    }
}
#endif
