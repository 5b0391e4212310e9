/* SPDX-License-Identifier: GPL-3.0-or-later */
/* founders - how many potential founders a month make the stock of enterprises that a scenario states for `start`. */
#ifndef LIANDONG_FOUNDERS_H
#define LIANDONG_FOUNDERS_H
#include <liandong/simulate.h>

struct founders_solved {
    int32_t region;
    double per_month;
    double stock; /* mean of the fixed worlds, over the stock wanted */
    bool known;   /* from the cache */
};
enum { FOUNDERS_WORLDS = 6 };

/* Whether a region waits for its number: it has a stock to meet, and founders are not given. */
bool founders_wanted(const struct setup *s, int32_t region);

/* Sets founders.per_month of one region so that the mean stock of registered enterprises over a few fixed worlds meets
 * enterprises.initial at `start`.  The answer depends on the setup alone: not on its seed, scale, threads or cache. */
enum status founders_solve(struct setup *s, int32_t region, struct cache *cache, int32_t threads,
                           const volatile sig_atomic_t *stop, struct founders_solved *solved,
                           struct diag *diag) MUST_CHECK;

/* Mean stock of registered enterprises of a region at `start` over the fixed worlds of the search, over the stock wanted. */
enum status founders_stock(const struct setup *s, int32_t region, int32_t threads, const volatile sig_atomic_t *stop,
                           double *ratio, struct diag *diag) MUST_CHECK;
#endif
