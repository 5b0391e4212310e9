/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claiming - claims on budget lines, and their payment, between the frame of instruments (policies) and its claims. */
#ifndef LIANDONG_CLAIMING_H
#define LIANDONG_CLAIMING_H
#include <liandong/instrument.h>

/* What leaves a budget line; the caller has checked that the money is there. */
void line_pays(struct region *r, int32_t k, enum flow flow, money amount);
/* Where all that is claimed of a line is due now, nobody waits, and the money reaches or is dealt, it is settled without a list, by
 * all threads at once; *all[region * MAX_LINES + instance]: so it was.  What there is of the market's scratch. */
enum status dues_at_once(struct world *w, const bool **all) MUST_CHECK;
/* The other claims of a month enter the list; those that are due are paid. */
enum status dues_take(struct world *w, struct region *r, const bool *all) MUST_CHECK;
/* What was settled at once arrives: after what is owed has been collected from those who claimed. */
void dues_arrive(struct world *w, const bool *all);
/* A payment on a claim from its line; before d->amount falls. */
void due_pays(struct region *r, struct due *d, money amount);
enum status dues_pay(const struct world *w, struct region *r) MUST_CHECK;
/* Gaps close up.  place[row]: where it has moved, UINT32_MAX: it has left; NULL: all rows stay. */
void dues_compact(struct region *r, const uint32_t *place);
#endif
