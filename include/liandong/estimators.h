/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimators - what an office can compute from one world that it sees: difference in means, difference in differences (the same
 * of changes), and regression discontinuity at a threshold.  Pure functions of arrays with one number a unit.
 *
 * Each of them is a contrast: a weighted mean of the outcome on one side less one on the other,
 *
 *     estimate = sum_i plus_i y_i - sum_i minus_i y_i,     sum plus = sum minus = 1,
 *
 * with weights that do not depend on the outcome.  So an estimate of a sum of outcomes is the sum of their estimates, and whoever
 * knows what would have been can take a bias apart exactly (see contrast_bias).
 *
 * Sources: G. W. Imbens and T. Lemieux, Regression discontinuity designs: a guide to practice, Journal of Econometrics 142 (2008)
 * 615, sections 4 and 6 (local linear regression on both sides, its robust variance); triangular kernel: J. Fan and I. Gijbels,
 * Local Polynomial Modelling and Its Applications (1996); bandwidth: G. Imbens and K. Kalyanaraman, Review of Economic Studies 79
 * (2012) 933, step 1 of their algorithm; HC1, HC2: J. G. MacKinnon and H. White, Journal of Econometrics 29 (1985) 305. */
#ifndef LIANDONG_ESTIMATORS_H
#define LIANDONG_ESTIMATORS_H
#include <stdbool.h>
#include <stddef.h>

enum contrast_status { CONTRAST_FOUND, CONTRAST_NO_PLUS, CONTRAST_NO_MINUS, CONTRAST_FEW };

/* Weights of n units.  n_plus, n_minus: how many have one (of a discontinuity: within the bandwidth). */
struct contrast {
    enum contrast_status status;
    bool lines; /* weights are those of a line's height at 0, not of a mean */
    size_t n, n_plus, n_minus;
    double *plus, *minus; /* [n] */
    const double *score;  /* of lines: the caller's */
    double bandwidth;
};
/* Room for n units; false: no memory.  A contrast may be filled again for as many units or fewer. */
bool contrast_init(struct contrast *c, size_t n);
void contrast_free(struct contrast *c);

/* Means of those with plus[i] against the others: NO_PLUS, NO_MINUS where fewer than two are on a side. */
void contrast_means(struct contrast *c, const bool *plus, size_t n);

/* Heights at 0 of two lines, fitted by least squares with weights 1 - |score| / bandwidth: one to the units with score <= 0
 * (plus), one to those beyond (minus).  A score that is NAN takes part in neither.  FEW: a side has fewer than `least` units
 * within the bandwidth, or fewer than two different scores.  `score` must live as long as the contrast is used. */
void contrast_threshold(struct contrast *c, const double *score, size_t n, double bandwidth, size_t least);

/* 1.84 s n^(-1/5), s the standard deviation of the n scores that are numbers; NAN for fewer than two. */
double contrast_bandwidth(const double *score, size_t n);

/* Weighted means of y on the two sides, and their difference; NAN unless CONTRAST_FOUND. */
double contrast_plus(const struct contrast *c, const double *y);
double contrast_minus(const struct contrast *c, const double *y);
double contrast_value(const struct contrast *c, const double *y);

/* Heteroskedasticity-robust standard error of contrast_value.  Of means HC2, sqrt(s1^2 / n1 + s0^2 / n0); of lines HC1 of the
 * regression with a line on each side, sqrt(N / (N - 4) sum_i w_i^2 e_i^2), N units within the bandwidth. */
double contrast_se(const struct contrast *c, const double *y);

/* What the estimate misses, for whoever knows what every unit reports without the policy and with it, and its true effect.
 * truth = mean effect on the plus side (of lines: its height at 0).
 *
 *     estimate - truth = incomparable + spillover + measurement,   to rounding, for
 *     incomparable = contrast of `without`                   the sides differ without the policy, too
 *     spillover    = - minus side of (with - without)        those that the office compares with feel the policy
 *     measurement  = plus side of (with - without) - truth   what is reported is not what is */
struct contrast_bias {
    double estimate, truth, incomparable, spillover, measurement;
};
struct contrast_bias contrast_bias(const struct contrast *c, const double *without, const double *with,
                                   const double *effect);
#endif
