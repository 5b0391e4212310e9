/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grey - forecast GM(1,1) of a short positive series, with its checks.  Source: Deng 1982, Syst. Control Lett. 1: 288.
 *
 * x1 = running sums of x; z(k) = (x1(k) + x1(k - 1)) / 2; x(k) + a z(k) = b by least squares over k = 2 ... n;
 * forecast x(k) = (1 - e^a) (x(1) - b / a) e^(-a (k - 1)). */
#ifndef LIANDONG_GREY_H
#define LIANDONG_GREY_H
#include <stdbool.h>
#include <stddef.h>

struct grey_model {
    double a, b, first;
    double mean_error; /* of |x - forecast| / x over k = 2 ... n */
    double ratio;      /* posterior ratio C: sd of the residuals / sd of x */
    double small;      /* small error probability P: share with |residual - mean| < 0.6745 sd of x */
    bool ratios_good;  /* all x(k - 1) / x(k) within (e^(-2/(n+1)), e^(2/(n+1))) */
    int grade;         /* 1 good (C < .35, P > .95), 2 qualified (.5, .8), 3 just so (.65, .7), 4 not */
};
/* x[n] > 0, n >= 4.  False: too short, not positive, or no solution. */
bool grey_fit(const double *x, size_t n, struct grey_model *model);
/* Value at k = 1, 2, ...; beyond n it is a forecast. */
double grey_at(const struct grey_model *model, size_t k);
#endif
