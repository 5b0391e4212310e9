/* SPDX-License-Identifier: GPL-3.0-or-later */
/* density - see include/liandong/density.h. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/density.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double density_quantile(const double *y, size_t n, double p)
{
    double *sorted = malloc((n + 1) * sizeof *sorted), value = (double)NAN;
    if (sorted != NULL && n > 0) {
        memcpy(sorted, y, n * sizeof *sorted);
        gsl_sort(sorted, 1, n);
        value = gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
    }
    free(sorted);
    return value;
}

double density_bandwidth(const double *y, size_t n)
{
    if (n < 2)
        return 0.0;
    double sd = gsl_stats_sd(y, 1, n), range = density_quantile(y, n, 0.75) - density_quantile(y, n, 0.25);
    double spread = range > 0.0 ? fmin(sd, range / 1.34) : sd;
    return 0.9 * spread * pow((double)n, -0.2);
}

double density_at(const double *y, size_t n, double bandwidth, double x)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += gsl_ran_gaussian_pdf(x - y[i], bandwidth);
    return sum / (double)n;
}
