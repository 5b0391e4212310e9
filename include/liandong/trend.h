/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend - Mann-Kendall test and Sen's slope.  Sources: Mann 1945, Econometrica 13: 245; Kendall 1975, Rank Correlation Methods (ties);
 * Sen 1968, J. Am. Stat. Assoc. 63: 1379. */
#ifndef LIANDONG_TREND_H
#define LIANDONG_TREND_H
#include <stdbool.h>
#include <stddef.h>

struct trend {
    double s;        /* sum over i < j of sign(y_j - y_i) */
    double variance; /* (n (n-1) (2n+5) - sum t (t-1) (2t+5)) / 18 over tied groups of t */
    double z, p;     /* (s -+ 1) / sd; two-sided */
    double slope;    /* median of (y_j - y_i) / (t_j - t_i) */
};
/* y[n] at rising times t[n].  False: fewer than 3 values, or no memory. */
bool trend_test(const double *t, const double *y, size_t n, struct trend *trend);
#endif
