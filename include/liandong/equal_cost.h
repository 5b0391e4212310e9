/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equal_cost - the size at which something costs what it should.
 *
 * The cost is that of the same worlds at every size, so it is a function without noise, though not a smooth one: one loan more
 * or less makes steps, and it need not rise everywhere, nor be nothing at size 0.  What is sought is a size between one that costs too
 * little and one that costs too much: the least size is tried, then doubled from `start` until the cost is reached, then false
 * position with Illinois' halving (Dowell and Jarratt, BIT 11 (1971) 168) and bisection where that stalls. */
#ifndef LIANDONG_EQUAL_COST_H
#define LIANDONG_EQUAL_COST_H
#include <liandong/diag.h>

/* A cost this near to the target, as a share of it, is equal. */
#define EQUAL_COST_WITHIN 0.05

typedef enum status (*cost_fn)(void *context, double size, double *cost, struct diag *diag);

struct equal_cost_try {
    double size, cost;
};
struct equal_cost {
    double size, cost; /* the nearest found */
    int tries;
    enum equal_cost_verdict {
        EQUAL_COST_FOUND,
        EQUAL_COST_DEAR,  /* the least size costs more already */
        EQUAL_COST_CHEAP, /* even `most`, or twelve doublings, cost less */
        EQUAL_COST_FLAT, /* so they do, and the cost hardly depends on the size: by at most EQUAL_COST_WITHIN of itself */
        EQUAL_COST_STEP /* the cost jumps over the target between `low` and `high`, or 24 tries did not find it */
    } verdict;
    struct equal_cost_try low, high; /* costs less than the target, or least of all; costs more, or most */
};
/* target > 0, 0 <= least < most, 0 < start.  Aims at a hundredth of the target.  VERDICT_BAD, without a message: nothing within
 * EQUAL_COST_WITHIN of it; then `verdict` says why. */
enum status equal_cost_find(cost_fn cost, void *context, double target, double least, double start, double most,
                            struct equal_cost *found, struct diag *diag) MUST_CHECK;
#endif
