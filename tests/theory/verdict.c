/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { EXPECTED_LEAST = 10, CELLS_MOST = 20 };
static const double found = 0.99;

void verdict_z(const char *what, double got, double expected, double error)
{
    double z = (got - expected) / error, p = 2.0 * gsl_cdf_ugaussian_Q(fabs(z));
    double bias = (gsl_cdf_ugaussian_Qinv(VERDICT_P / 2.0) + gsl_cdf_ugaussian_Pinv(found)) * error;
    printf("%s: %.9g, expected %.9g, z %.2f, p %.3g; finds a bias of %.2g (%.2g %%)\n", what, got, expected, z, p, bias,
           100.0 * bias / fabs(expected));
    cr_assert(p >= VERDICT_P, "%s: %.9g, expected %.9g, z %.2f", what, got, expected, z);
}

/* The smallest chance above this one that is found with 99 %. */
static double found_share(unsigned trials, double chance)
{
    unsigned limit = 0;
    while (limit < trials && gsl_cdf_binomial_Q(limit, chance, trials) >= VERDICT_P / 2.0)
        limit++;
    double low = chance, high = 1.0;
    for (int k = 0; k < 50; k++) {
        double middle = 0.5 * (low + high);
        *(gsl_cdf_binomial_Q(limit, middle, trials) < found ? &low : &high) = middle;
    }
    return high;
}

void verdict_share(const char *what, unsigned hits, unsigned trials, double chance)
{
    double z = (hits - trials * chance) / sqrt(trials * chance * (1.0 - chance));
    double below = gsl_cdf_binomial_P(hits, chance, trials);
    double above = hits == 0 ? 1.0 : gsl_cdf_binomial_Q(hits - 1, chance, trials);
    double p = fmin(1.0, 2.0 * fmin(below, above));
    printf("%s: %u of %u = %.4f, expected %.6f, z %.2f, p %.3g; finds %.4f\n", what, hits, trials,
           (double)hits / trials, chance, z, p, found_share(trials, chance));
    cr_assert(p >= VERDICT_P, "%s: %u of %u, expected a share of %.6f", what, hits, trials, chance);
}

/* Chance that a chi-square of this noncentrality exceeds the limit. */
static double power_of(double limit, double freedom, double noncentral)
{
    double sum = 0.0, half = noncentral / 2.0, spread = 12.0 * sqrt(half) + 30.0;
    for (double j = floor(fmax(0.0, half - spread)); j < half + spread; j++)
        sum += gsl_ran_poisson_pdf((unsigned)j, half) * gsl_cdf_chisq_Q(limit, freedom + 2.0 * j);
    return sum;
}

/* Noncentrality found with 99 %. */
static double found_noncentral(double freedom)
{
    double limit = gsl_cdf_chisq_Qinv(VERDICT_P, freedom), low = 0.0, high = 100000.0;
    for (int k = 0; k < 60; k++) {
        double middle = 0.5 * (low + high);
        *(power_of(limit, freedom, middle) < found ? &low : &high) = middle;
    }
    return high;
}

/* Puts neighbouring cells together; returns their number. */
static size_t group(const double *chance, size_t cells, double draws, size_t *to)
{
    double have = 0.0, left = 0.0, least = fmax(EXPECTED_LEAST, draws / CELLS_MOST);
    size_t n = 0;
    for (size_t k = 0; k < cells; k++)
        left += chance[k];
    for (size_t k = 0; k < cells; k++) {
        to[k] = n;
        have += chance[k];
        left -= chance[k];
        if (have * draws >= least && left * draws >= EXPECTED_LEAST) {
            n++;
            have = 0.0;
        }
    }
    return n + 1;
}

static double distance2(const double *p, const double *q, const size_t *to, size_t cells, size_t groups)
{
    double *a = calloc(2 * groups, sizeof *a), *b = a + groups, sum = 0.0;
    cr_assert(a != NULL);
    for (size_t k = 0; k < cells; k++) {
        a[to[k]] += p[k];
        b[to[k]] += q[k];
    }
    for (size_t g = 0; g < groups; g++)
        sum += (b[g] - a[g]) * (b[g] - a[g]) / a[g];
    free(a);
    return sum;
}

static double found_bias(const double *chance, const size_t *to, size_t cells, size_t groups, double wanted,
                         biased_fn biased, const void *model)
{
    double low = 0.0, high = 1.0, *other = calloc(cells, sizeof *other);
    cr_assert(other != NULL);
    for (int k = 0; k < 30; k++) {
        double middle = 0.5 * (low + high);
        biased(model, middle, other, cells);
        *(distance2(chance, other, to, cells, groups) < wanted ? &low : &high) = middle;
    }
    free(other);
    return high;
}

void verdict_cells(const char *what, const double *chance, const double *counted, size_t cells, double draws,
                   biased_fn biased, const void *model)
{
    size_t *to = calloc(cells, sizeof *to), groups;
    double *share = calloc(cells, sizeof *share);
    cr_assert(to != NULL && share != NULL);
    groups = group(chance, cells, draws, to);
    cr_assert(groups > 1);
    for (size_t k = 0; k < cells; k++)
        share[k] = counted[k] / draws;
    double freedom = (double)groups - 1.0, chi2 = draws * distance2(chance, share, to, cells, groups);
    double p = gsl_cdf_chisq_Q(chi2, freedom), wanted = found_noncentral(freedom) / draws;
    printf("%s: chi-square %.2f, expected %.0f, p %.3g; finds ", what, chi2, freedom, p);
    if (biased != NULL)
        printf("a bias of %.2g %%\n", 100.0 * found_bias(chance, to, cells, groups, wanted, biased, model));
    else
        printf("a distance of %.2g\n", sqrt(wanted));
    free(to);
    free(share);
    cr_assert(p >= VERDICT_P, "%s: chi-square %.2f of %.0f", what, chi2, freedom);
}
