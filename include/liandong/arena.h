/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena - scratch of a MARKET phase: taken piece by piece, given back as a whole, kept for the next.  In a steady month nothing
 * is allocated: what did not fit is allocated apart, and once that happens again within a few months the arena is as large the next
 * time.  What only January needs it does not keep for a year. */
#ifndef LIANDONG_ARENA_H
#define LIANDONG_ARENA_H
#include <stddef.h>

struct arena {
    unsigned char *bytes;
    size_t size, used, wanted; /* wanted: used, had everything fitted */
    struct arena_spill *spill; /* pieces that did not fit */
    unsigned calm;             /* phases since there were any */
};

/* Room for n things of so many bytes, not cleared, for any type; NULL without memory.  n may be 0. */
void *arena_take(struct arena *a, size_t n, size_t size);
/* Gives everything back. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);
#endif
