/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equal_cost - the size at which something costs what it should.
 *
 * The cost is that of the same worlds at every size, so it is a function without noise, though not a smooth one: one loan more
 * or less makes steps.  Searched by doubling from `start` until the cost is reached, then by false position with Illinois'
 * halving (Dowell and Jarratt, BIT 11 (1971) 168) and bisection where that stalls. */
#ifndef LIANDONG_EQUAL_COST_H
#define LIANDONG_EQUAL_COST_H
#include <liandong/diag.h>

typedef enum status (*cost_fn)(void *context, double size, double *cost, struct diag *diag);

struct equal_cost {
    double size, cost; /* the nearest found */
    int tries;
};
/* Size 0 is taken to cost less than the target; target > 0, 0 < start <= most.  Ends within a hundredth of the target, or where
 * the size is known to a thousandth or 24 tries came nearest (a step may hide the target).  VERDICT_BAD, without a message:
 * even `most`, or twelve doublings, cost less; then `found` is what came nearest. */
enum status equal_cost_find(cost_fn cost, void *context, double target, double start, double most,
                            struct equal_cost *found, struct diag *diag) MUST_CHECK;
#endif
