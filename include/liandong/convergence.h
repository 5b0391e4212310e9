/* SPDX-License-Identifier: GPL-3.0-or-later */
/* convergence - do units become alike (sigma) and do those behind grow faster (beta).
 *
 * Source: Barro and Sala-i-Martin 1992, J. Polit. Econ. 100: 223. */
#ifndef LIANDONG_CONVERGENCE_H
#define LIANDONG_CONVERGENCE_H
#include <stdbool.h>
#include <stddef.h>

struct convergence_sigma {
    double mean, sd, cv, log_sd; /* population sd of y; sd / mean; population sd of ln y (NAN if some y is 0) */
};
struct convergence_sigma convergence_sigma(const double *y, size_t n);

/* growth = a + b start by least squares, growth = ln(y_end / y_start) / years a row, start = ln y_start. */
struct convergence_beta {
    size_t n;
    double a, b, se_a, se_b, t, p, r2; /* t = b / se_b; p two-sided with n - 2 degrees of freedom */
    double speed, half_life;           /* -ln(1 + b T) / T a year; ln 2 / speed; NAN where b >= 0 or b T <= -1 */
};
/* years: T.  False: fewer than 3 rows or all starts equal. */
bool convergence_beta(const double *start, const double *growth, size_t n, double years, struct convergence_beta *beta);
#endif
