/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend - see include/liandong/trend.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/trend.h>
#include <math.h>
#include <stdlib.h>

/* Each tied group is counted at its first member. */
static double ties(const double *y, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double t = 1.0;
        bool first = true;
        for (size_t j = 0; j < i; j++)
            first = first && y[j] != y[i];
        for (size_t j = i + 1; j < n; j++)
            t += y[j] == y[i];
        sum += first ? t * (t - 1.0) * (2.0 * t + 5.0) : 0.0;
    }
    return sum;
}

bool trend_test(const double *t, const double *y, size_t n, struct trend *trend)
{
    double m = (double)n, *slope = n < 3 ? NULL : malloc(n * (n - 1) / 2 * sizeof *slope);
    size_t pairs = 0;
    *trend = (struct trend){.s = 0.0};
    if (slope == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            trend->s += (y[j] > y[i]) - (y[j] < y[i]);
            slope[pairs++] = (y[j] - y[i]) / (t[j] - t[i]);
        }
    trend->variance = (m * (m - 1.0) * (2.0 * m + 5.0) - ties(y, n)) / 18.0;
    double nearer = trend->s > 0.0 ? trend->s - 1.0 : trend->s < 0.0 ? trend->s + 1.0 : 0.0;
    trend->z = trend->variance > 0.0 ? nearer / sqrt(trend->variance) : 0.0;
    trend->p = 2.0 * gsl_cdf_ugaussian_Q(fabs(trend->z));
    gsl_sort(slope, 1, pairs);
    trend->slope = gsl_stats_median_from_sorted_data(slope, 1, pairs);
    free(slope);
    return true;
}
