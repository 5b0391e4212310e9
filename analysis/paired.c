/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paired - see include/liandong/paired.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/paired.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

double paired_quantile(size_t n, double confidence, size_t comparisons)
{
    return gsl_cdf_tdist_Qinv((1.0 - confidence) / 2.0 / (double)comparisons, (double)n - 1.0);
}

/* Var(a - b) = Var(a) + Var(b) - 2 Cov(a, b); exactly 0 where all differences are equal. */
static double variance_of_difference(const double *a, const double *b, size_t n, double *mean)
{
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += b[i] - a[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double off = b[i] - a[i] - *mean;
        square += off * off;
    }
    return square / ((double)n - 1.0);
}

struct paired paired_of(const double *base, const double *variant, size_t n, double confidence)
{
    const double none = (double)NAN;
    struct paired d = {.se = none, .low = none, .high = none, .p = none, .gain = none};
    d.base = gsl_stats_mean(base, 1, n);
    d.variant = gsl_stats_mean(variant, 1, n);
    double variance = variance_of_difference(base, variant, n, &d.difference);
    if (n < 2)
        return d;
    double apart = gsl_stats_variance(base, 1, n) + gsl_stats_variance(variant, 1, n);
    d.se = sqrt(variance / (double)n);
    double half = paired_quantile(n, confidence, 1) * d.se;
    d.low = d.difference - half;
    d.high = d.difference + half;
    if (d.se > 0.0)
        d.p = 2.0 * gsl_cdf_tdist_Q(fabs(d.difference) / d.se, (double)n - 1.0);
    else
        d.p = d.difference == 0.0 ? 1.0 : 0.0;
    if (apart > 0.0)
        d.gain = variance > 0.0 ? apart / variance : (double)INFINITY;
    return d;
}

void paired_holm(const double *p, size_t n, double *adjusted)
{
    for (size_t k = 0; k < n; k++) {
        double most = 0.0;
        for (size_t j = 0; j < n; j++) { /* the running maximum over all that come before k in rising order */
            size_t larger = 0;
            if (!(p[j] <= p[k]))
                continue;
            for (size_t i = 0; i < n; i++)
                larger += p[i] < p[j] ? 0U : 1U; /* a NAN counts */
            double scaled = (double)larger * p[j];
            most = scaled > most ? scaled : most;
        }
        adjusted[k] = isnan(p[k]) ? p[k] : most < 1.0 ? most : 1.0;
    }
}

void paired_told_apart(const double *value, size_t variants, size_t n, double confidence, bool *apart)
{
    size_t pairs = variants * (variants - 1) / 2;
    for (size_t a = 0; a < variants; a++)
        for (size_t b = 0; b < variants; b++) {
            struct paired d = paired_of(value + a * n, value + b * n, n, confidence);
            double half = n > 1 && a != b ? paired_quantile(n, confidence, pairs) * d.se : 0.0;
            apart[a * variants + b] = a != b && n > 1 && (d.difference > half || d.difference < -half);
        }
}

/* Ratios r with (a - r b)^2 <= q^2 (va - 2 r vab + r^2 vb), means a and b with their variances: A r^2 - 2 B r + C <= 0. */
static struct ratio solve(struct ratio r, double squares, double products, double constant)
{
    double inside = products * products - squares * constant;
    if (squares > 0.0) {
        double root = sqrt(inside > 0.0 ? inside : 0.0);
        r.low = (products - root) / squares;
        r.high = (products + root) / squares;
        r.set = RATIO_INTERVAL;
    } else if (squares < 0.0 && inside > 0.0) {
        r.low = (products + sqrt(inside)) / squares;
        r.high = (products - sqrt(inside)) / squares;
        r.set = RATIO_OUTSIDE;
    } else {
        r.low = -(double)INFINITY;
        r.high = (double)INFINITY;
        r.set = RATIO_ALL;
    }
    return r;
}

static bool all_zero(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0.0)
            return false;
    return true;
}

static struct ratio no_ratio(void)
{
    return (struct ratio){(double)NAN, (double)NAN, (double)NAN, RATIO_NONE};
}

struct ratio paired_ratio(const double *numerator, const double *denominator, size_t n, double confidence)
{
    if (n < 2 || all_zero(denominator, n))
        return no_ratio();
    double a = gsl_stats_mean(numerator, 1, n), b = gsl_stats_mean(denominator, 1, n), runs = (double)n;
    double q = paired_quantile(n, confidence, 1), square = q * q;
    double va = gsl_stats_variance_m(numerator, 1, n, a) / runs, vb = gsl_stats_variance_m(denominator, 1, n, b) / runs;
    double vab = gsl_stats_covariance_m(numerator, 1, denominator, 1, n, a, b) / runs;
    struct ratio r = {.value = a / b};
    return solve(r, b * b - square * vb, a * b - square * vab, a * a - square * va);
}

static void resample(const double *a, const double *b, size_t n, gsl_rng *luck, double *ratio, size_t *below)
{
    double x = 0.0, y = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t k = gsl_rng_uniform_int(luck, n);
        x += a[k];
        y += b[k];
    }
    *ratio = x / y;
    *below += y <= 0.0;
}

struct ratio paired_bootstrap(const double *numerator, const double *denominator, size_t n, double confidence,
                              size_t resamples, unsigned long seed)
{
    double *ratio = calloc(resamples + 1, sizeof *ratio), tail = (1.0 - confidence) / 2.0;
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    struct ratio r = no_ratio();
    size_t below = 0;
    if (ratio != NULL && luck != NULL && n >= 2 && !all_zero(denominator, n)) {
        gsl_rng_set(luck, seed);
        for (size_t k = 0; k < resamples; k++)
            resample(numerator, denominator, n, luck, &ratio[k], &below);
        double share = (double)below / (double)resamples;
        r = (struct ratio){gsl_stats_mean(numerator, 1, n) / gsl_stats_mean(denominator, 1, n), -(double)INFINITY,
                           (double)INFINITY, RATIO_ALL};
        if (share < tail || share > 1.0 - tail) {
            gsl_sort(ratio, 1, resamples);
            r.low = gsl_stats_quantile_from_sorted_data(ratio, 1, resamples, tail);
            r.high = gsl_stats_quantile_from_sorted_data(ratio, 1, resamples, 1.0 - tail);
            r.set = RATIO_INTERVAL;
        }
    }
    if (luck != NULL)
        gsl_rng_free(luck);
    free(ratio);
    return r;
}
