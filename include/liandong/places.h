/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places - instruments with places: whose places are dealt, and who gets them. */
#ifndef LIANDONG_PLACES_H
#define LIANDONG_PLACES_H
#include <liandong/instrument.h>

/* Whether all places of an instrument are dealt anew this month. */
static inline bool places_anew(const struct instrument *in, int32_t month)
{
    return (in->yearly && month % 12 == 0) || (in->quarterly && month % 3 == 0);
}
/* Deals the places of all instances, one after the other, to those who want one. */
enum status places_deal(struct world *w, struct region *r) MUST_CHECK;
/* Has what is drawn of those who got a place made by all threads: of at most BLOCKS keys, their rows in the low halves, at a time. */
typedef void (*places_rank_fn)(const struct world *w, const struct region *r, int32_t k, uint64_t *key, size_t n);
void places_rank(const struct world *w, const struct region *r, int32_t k, uint64_t *key, size_t n,
                 places_rank_fn rank);
#endif
