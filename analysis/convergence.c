/* SPDX-License-Identifier: GPL-3.0-or-later */
/* convergence - see include/liandong/convergence.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/convergence.h>
#include <math.h>

struct convergence_sigma convergence_sigma(const double *y, size_t n)
{
    struct convergence_sigma s = {.mean = gsl_stats_mean(y, 1, n)};
    double mean_log = 0.0, square = 0.0;
    s.sd = sqrt(gsl_stats_variance_with_fixed_mean(y, 1, n, s.mean));
    s.cv = s.mean > 0.0 ? s.sd / s.mean : (double)NAN;
    for (size_t i = 0; i < n; i++)
        mean_log += (y[i] > 0.0 ? log(y[i]) : (double)NAN) / (double)n;
    for (size_t i = 0; i < n; i++)
        square += pow((y[i] > 0.0 ? log(y[i]) : (double)NAN) - mean_log, 2.0);
    s.log_sd = sqrt(square / (double)n);
    return s;
}

bool convergence_beta(const double *start, const double *growth, size_t n, double years, struct convergence_beta *beta)
{
    double c00, c01, c11, sum = 0.0;
    *beta = (struct convergence_beta){.n = n};
    if (n < 3 || !(gsl_stats_variance(start, 1, n) > 0.0))
        return false;
    gsl_fit_linear(start, 1, growth, 1, n, &beta->a, &beta->b, &c00, &c01, &c11, &sum);
    beta->se_a = sqrt(c00);
    beta->se_b = sqrt(c11);
    beta->t = beta->b / beta->se_b;
    beta->p = 2.0 * gsl_cdf_tdist_Q(fabs(beta->t), (double)n - 2.0);
    beta->r2 = 1.0 - sum / gsl_stats_tss(growth, 1, n);
    double left = 1.0 + beta->b * years;
    bool converges = beta->b < 0.0 && left > 0.0;
    beta->speed = converges ? -log(left) / years : (double)NAN;
    beta->half_life = converges ? log(2.0) / beta->speed : (double)NAN;
    return true;
}
