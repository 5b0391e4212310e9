/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mathx - what is too long, or called too rarely, to stand in the header.  See
 * include/liandong/mathx.h. */
#include <liandong/mathx.h>

const double ld_laplace_row[LD_LAPLACE_ROWS][4] = {
#define ROW(c0, c1, c2, c3) {c0, c1, c2, c3},
#include "laplace_year.def"
#undef ROW
};

/* Terms smaller than this part of the total cannot move a comparison with a uniform of 53 bits.
 */
static const double negligible = 0x1p-60;

/* From zero upwards; mean <= 30, so that e^-mean is far from underflow and few terms are added.
 */
int32_t ld_poisson_from(double mean, double none, double u)
{
    double chance = none, sum = none;
    int32_t k = 0;
    while (u >= sum && (k < mean || chance > negligible)) {
        k++;
        chance *= mean / k;
        sum += chance;
    }
    return k;
}

/* Sum of the weights on one side of the mode, whose own weight is 1: w(k - 1) = w(k) k/mean. */
static double poisson_below(double mean, int32_t mode)
{
    double weight = 1.0, sum = 0.0;
    for (int32_t k = mode; k > 0 && weight > negligible; k--) {
        weight *= k / mean;
        sum += weight;
    }
    return sum;
}

static double poisson_above(double mean, int32_t mode)
{
    double weight = 1.0, sum = 0.0;
    int32_t k = mode;
    while (weight > negligible) {
        weight *= mean / ++k;
        sum += weight;
    }
    return sum;
}

/* From the mode outwards.  Weights are relative to the mode's, so nothing underflows and no
 * factorial is needed; the bounds compared with u depend on the mean alone, so the walk is
 * monotone in u to the last bit. */
static int32_t poisson_from_mode(double mean, double u)
{
    int32_t mode = (int32_t)mean, k = mode;
    double below = poisson_below(mean, mode), sum = below;
    double sought = u * (below + 1.0 + poisson_above(mean, mode));
    double weight = 1.0;
    if (sought < below) {
        do { /* sum: all weights below k */
            weight *= k / mean;
            sum -= weight;
            k--;
        } while (sought < sum && k > 0 && weight > negligible);
        return k;
    }
    sum += weight; /* sum: all weights up to k */
    while (sought >= sum && weight > negligible) {
        k++;
        weight *= mean / k;
        sum += weight;
    }
    return k;
}

int32_t ld_poisson(double mean, double u)
{
    if (!(mean > 0.0))
        return 0;
    return mean <= 30.0 ? ld_poisson_from(mean, ld_exp(-mean), u) : poisson_from_mode(mean, u);
}

int32_t ld_geometric(double p, double u)
{
    if (p >= 1.0)
        return 0;
    if (!(p > 0.0))
        return INT32_MAX;
    double months = ld_log1p(-u) / ld_log1p(-p);
    return months >= INT32_MAX ? INT32_MAX : (int32_t)months;
}

/* FNV-1a with 64 bits: offset basis and prime of Fowler, Noll and Vo (RFC 9923). */
uint64_t ld_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return ld_finalise(hash);
}

void ld_exp_each(double *restrict out, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ld_exp(x[i]);
}

void ld_log_each(double *restrict out, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ld_log(x[i]);
}

void ld_laplace_month_each(double *restrict out, const double *restrict u, size_t n)
{
    enum { SOME = 128 }; /* that are still at hand */
    double place[SOME];
    uint32_t interval[SOME];
    for (size_t from = 0, some; from < n; from += some) {
        some = n - from < SOME ? n - from : SOME;
        for (size_t i = 0; i < some; i++)
            interval[i] = ld_laplace_interval(u[from + i], &place[i]);
        for (size_t i = 0; i < some; i++)
            out[from + i] = ld_laplace_root(ld_laplace_row[interval[i]], place[i]);
        for (size_t i = 0; i < some; i++)
            out[from + i] = ld_laplace_value(out[from + i], u[from + i]);
    }
}

void ld_normal_quantile_each(double *restrict out, const double *restrict u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ld_normal_quantile(u[i]);
}

void ld_normal_cdf_each(double *restrict out, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ld_normal_cdf(x[i]);
}
