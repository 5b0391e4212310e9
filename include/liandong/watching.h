/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watching - what exits.c and watching.c share: the enterprises that funds hold, and in whose month something may happen. */
#ifndef LIANDONG_WATCHING_H
#define LIANDONG_WATCHING_H
#include <liandong/world.h>

/* The positions of one enterprise: first .. last - 1 of those held. */
struct held {
    uint32_t row;
    size_t first, last;
    double bought; /* this month, of its own shares, yuan */
};
struct held held_from(const struct holdings *p, size_t first);

/* Chance of a month that somebody bids for an enterprise of a sector. */
double bid_odds(const struct region *r, int32_t sector);

/* Lists the first holdings of the enterprises whose month is not quiet, and how many there are.  Counts who is held.  Errors:
 * NO_MEMORY. */
enum status exits_watch(struct world *w, struct region *r, uint32_t *busy, size_t *n) MUST_CHECK;
#endif
