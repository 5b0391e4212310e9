/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paired - statistics of worlds that share their luck: differences run by run, ratios of differences, several variants.
 *
 * Pure functions of arrays with one number a run.  Student's t and its tail are those of GSL. */
#ifndef LIANDONG_PAIRED_H
#define LIANDONG_PAIRED_H
#include <stdbool.h>
#include <stddef.h>

/* Mean paired difference variant - base.  With one run everything but the means is NAN.  Where all differences are equal the
 * interval is that point and p is 1 (no difference) or 0. */
struct paired {
    double base, variant; /* means */
    double difference, se, low, high;
    double p; /* two-sided, of no difference */
    /* (variance of base + variance of variant) / variance of the differences: so many times more runs would be needed for the
     * same standard error without common luck.  NAN where neither varies. */
    double gain;
};
struct paired paired_of(const double *base, const double *variant, size_t n, double confidence);

/* Half-width of a Student interval of n runs that holds `comparisons` statements at once with this confidence (Bonferroni). */
double paired_quantile(size_t n, double confidence, size_t comparisons);

/* Holm's adjustment (Scandinavian Journal of Statistics 6 (1979) 65): adjusted[k] >= p[k] controls the chance of any false
 * rejection among the n, whatever their dependence.  A NAN stays one and counts. */
void paired_holm(const double *p, size_t n, double *adjusted);

/* apart[a * variants + b]: can a and b be told apart, all pairs at once (Bonferroni)?  value[variant][n]. */
void paired_told_apart(const double *value, size_t variants, size_t n, double confidence, bool *apart);

/* mean(numerator) / mean(denominator) with the set of all ratios that the runs do not reject: Fieller, Journal of the Royal
 * Statistical Society B 16 (1954) 175.  Where the denominator cannot be told from 0 the set is unbounded:
 *   RATIO_INTERVAL   low ... high
 *   RATIO_OUTSIDE    up to low, and from high on
 *   RATIO_ALL        every number; low and high are infinite
 * RATIO_NONE: fewer than two runs, or a denominator of 0 in all of them. */
enum ratio_set { RATIO_INTERVAL, RATIO_OUTSIDE, RATIO_ALL, RATIO_NONE };
struct ratio {
    double value, low, high;
    enum ratio_set set;
};
struct ratio paired_ratio(const double *numerator, const double *denominator, size_t n, double confidence);

/* The same by resampling runs (percentiles of the ratio of resampled means); says RATIO_ALL where the resampled denominators
 * are of both signs more often than the confidence leaves room for.  Equal seeds give equal sets.  RATIO_NONE without memory,
 * too. */
struct ratio paired_bootstrap(const double *numerator, const double *denominator, size_t n, double confidence,
                              size_t resamples, unsigned long seed);
#endif
