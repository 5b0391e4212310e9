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
    } part[192];
};

enum { BY_PLANNING = 1, BY_SERVING = 2 };
/* The columns of ahead.def of the next tile that are read by these; and as much of the book. */
void ahead_of(struct ahead *a, const struct rows *t, unsigned by);

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
