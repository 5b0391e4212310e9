/* SPDX-License-Identifier: GPL-3.0-or-later */
/* moments - mean, standard deviation and quantiles over the runs of an ensemble, for every cell of a series.
 *
 * A variable is read in blocks of runs, in order of runs, as often as it takes to hold at most `room` bytes: so memory does
 * not grow with the number of runs (but for the eight bytes a run of one cell), quantiles are exact and not estimates of a
 * sketch, and nothing depends on threads. */
#ifndef LIANDONG_MOMENTS_H
#define LIANDONG_MOMENTS_H
#include <liandong/reading.h>

enum { MOMENTS_QUANTILES = 5, MOMENTS_ROOM = 64 << 20 };
extern const double moments_probability[MOMENTS_QUANTILES]; /* 0.05 0.25 0.5 0.75 0.95 */

struct moments {
    double mean, sd; /* sd: of the population the runs are a sample of (n - 1); NAN for one run */
    double quantile[MOMENTS_QUANTILES];
};

/* Of n > 0 numbers, which are sorted by it.  Quantiles by linear interpolation of order statistics (Hyndman and Fan,
 * The American Statistician 50 (1996) 361, type 7), as GSL, R and NumPy have them. */
struct moments moments_of(double *value, size_t n);

/* Calls `take` for every cell of a numeric variable whose first axis is `run`: cell 0 ... v->width - 1. */
typedef void (*moments_fn)(void *to, uint64_t cell, const struct moments *m);
enum status moments_read(const struct result *r, const struct result_variable *v, size_t room, moments_fn take,
                         void *to, struct diag *diag) MUST_CHECK;
#endif
