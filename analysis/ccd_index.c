/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_index - coupling degree, development and coordination degree of one row of indices; formulas in ccd.def (COUPLING,
 * COMBINATION, DEGREE).  Standard: Illingworth's capacity coupling as it is used for n systems; Wang Shujia et al. 2021,
 * J. Nat. Resour. 36(3): 793; Fan, Ke and Cao 2024, Stat. Decis. 40: 41; Liao Chongbin 1999. */
#include <gsl/gsl_statistics_double.h>
#include <liandong/ccd.h>
#include <math.h>

static double greatest(const double *u, size_t n)
{
    double most = u[0];
    for (size_t i = 1; i < n; i++)
        most = fmax(most, u[i]);
    return most;
}

static double sum_of(const double *u, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i];
    return sum;
}

/* Product and mean of U / max U: for equal indices both are exactly 1, and nothing underflows. */
static void relative(const double *u, size_t n, double *product, double *mean)
{
    double most = greatest(u, n), sum = 0.0;
    *product = 1.0;
    for (size_t i = 0; i < n; i++) {
        *product *= u[i] / most;
        sum += u[i] / most;
    }
    *mean = sum / (double)n;
}

static double root(double x, size_t n)
{
    return n == 2 ? sqrt(x) : n == 3 ? cbrt(x) : pow(x, 1.0 / (double)n);
}

static double standard(const double *u, size_t n)
{
    double product, mean;
    relative(u, n, &product, &mean);
    return fmin(root(product, n) / mean, 1.0);
}

static double wang(const double *u, size_t n)
{
    double product, mean, apart = 0.0;
    relative(u, n, &product, &mean);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            apart += fabs(u[i] - u[j]);
    double near = 1.0 - apart / ((double)(n * (n - 1)) / 2.0);
    return sqrt(fmax(near, 0.0) * root(product, n - 1));
}

static double fan(const double *u, size_t n)
{
    double mean = sum_of(u, n) / (double)n, square = 0.0;
    for (size_t i = 0; i < n; i++)
        square += (u[i] - mean) * (u[i] - mean);
    return fmax(1.0 - 2.0 * sqrt(square / (double)n), 0.0);
}

/* Product of the sums of all pairs. */
static double pairs(const double *u, size_t n)
{
    double product = 1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            product *= u[i] + u[j];
    return product;
}

static double product_of(const double *u, size_t n)
{
    double product = 1.0;
    for (size_t i = 0; i < n; i++)
        product *= u[i];
    return product;
}

double ccd_couple(enum ccd_coupling formula, const double *u, size_t n, double power)
{
    if (!(greatest(u, n) > 0.0))
        return 0.0;
    if (!(product_of(u, n) > 0.0) && formula >= CCD_LOST)
        return 0.0; /* a pair of zeros would give 0 / 0 */
    switch (formula) {
    case CCD_WANG:
        return wang(u, n);
    case CCD_FAN:
        return fan(u, n);
    case CCD_LIAO:
        return pow(standard(u, n), (double)n * power);
    case CCD_LOST:
        return standard(u, n) / (double)n;
    case CCD_PAIRWISE:
        return root(product_of(u, n) / pairs(u, n), n);
    case CCD_PAIRWISE_N:
        return (double)n * root(product_of(u, n) / pairs(u, n), n);
    case CCD_NO_SQUARE:
        return (double)n * root(product_of(u, n) / sum_of(u, n), n);
    default:
        return standard(u, n);
    }
}

double ccd_combine(enum ccd_combination how, const double *u, const double *share, size_t n)
{
    double sum = 0.0;
    if (how != CCD_T_SHARED)
        return sum_of(u, n) / (how == CCD_T_EVEN ? (double)n : 1.0);
    for (size_t i = 0; i < n; i++)
        sum += share[i] * u[i];
    return sum;
}

double ccd_degree_of(enum ccd_degree how, double c, double t)
{
    double product = c * t;
    return how == CCD_D_ROOT ? sqrt(product) : how == CCD_D_CUBE ? cbrt(product) : product;
}

size_t ccd_leader(const double *u, size_t n)
{
    size_t first = 0;
    for (size_t i = 1; i < n; i++)
        first = u[i] > u[first] ? i : first;
    for (size_t i = 0; i < n; i++)
        if (i != first && u[first] - u[i] <= 1e-12)
            return n;
    return first;
}
