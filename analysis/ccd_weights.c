/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_weights - objective weights of the columns of a table: entropy, CRITIC (Diakoulaki, Mavrotas and Papayannakis 1995,
 * Comput. Oper. Res. 22: 763), coefficient of variation. */
#include <gsl/gsl_statistics_double.h>
#include <liandong/ccd.h>
#include <math.h>

double ccd_entropy(const struct ccd_rows *rows, size_t column, double floor)
{
    double sum = 0.0, e = 0.0;
    for (size_t i = 0; i < rows->n; i++)
        sum += rows->value[i * rows->m + column];
    if (!(sum > 0.0) || rows->n < 2)
        return 1.0; /* nothing to tell the rows apart */
    for (size_t i = 0; i < rows->n; i++) {
        double p = rows->value[i * rows->m + column] / sum;
        p = p > 0.0 ? p : floor;
        e -= p > 0.0 ? p * log(p) : 0.0;
    }
    return fmin(e / log((double)rows->n), 1.0);
}

/* Divides by the sum; false if there is none. */
static bool share_out(double *w, size_t m)
{
    double sum = 0.0;
    for (size_t j = 0; j < m; j++)
        sum += w[j];
    if (m == 1)
        w[0] = sum = 1.0;
    for (size_t j = 0; j < m && sum > 0.0; j++)
        w[j] /= sum;
    return sum > 0.0 && isfinite(sum);
}

bool ccd_weights_entropy(const struct ccd_rows *rows, double floor, double *w)
{
    for (size_t j = 0; j < rows->m; j++) {
        w[j] = 1.0 - ccd_entropy(rows, j, floor);
        w[j] = w[j] > 1e-14 ? w[j] : 0.0; /* what is left of equal shares is rounding */
    }
    return share_out(w, rows->m);
}

static double column_sd(const struct ccd_rows *rows, size_t j)
{
    return rows->n < 2 ? 0.0 : gsl_stats_sd(rows->value + j, rows->m, rows->n);
}

/* 1 - r of two columns; 0 for a column that does not vary, which then has sd 0 as well. */
static double conflict(const struct ccd_rows *rows, size_t j, size_t k, const double *sd)
{
    if (!(sd[j] > 0.0) || !(sd[k] > 0.0))
        return 0.0;
    double r = gsl_stats_correlation(rows->value + j, rows->m, rows->value + k, rows->m, rows->n);
    return 1.0 - r > 1e-14 ? 1.0 - r : 0.0;
}

bool ccd_weights_critic(const struct ccd_rows *rows, double *w)
{
    double *sd = calloc(rows->m, sizeof *sd);
    if (sd == NULL)
        return false;
    for (size_t j = 0; j < rows->m; j++) {
        sd[j] = column_sd(rows, j);
        w[j] = 0.0;
    }
    for (size_t j = 0; j < rows->m; j++)
        for (size_t k = j + 1; k < rows->m; k++) {
            double c = conflict(rows, j, k, sd);
            w[j] += c;
            w[k] += c;
        }
    for (size_t j = 0; j < rows->m; j++)
        w[j] *= sd[j];
    free(sd);
    return share_out(w, rows->m);
}

bool ccd_weights_cv(const struct ccd_rows *rows, double *w)
{
    for (size_t j = 0; j < rows->m; j++) {
        double mean = gsl_stats_mean(rows->value + j, rows->m, rows->n);
        w[j] = mean > 0.0 ? column_sd(rows, j) / mean : 0.0;
    }
    return share_out(w, rows->m);
}

static bool mixed(const struct ccd_rows *rows, const struct ccd_weigher *how, double *w)
{
    double *other = calloc(rows->m, sizeof *other);
    bool good = other != NULL && ccd_weights_entropy(rows, how->floor, w) && ccd_weights_critic(rows, other);
    for (size_t j = 0; good && j < rows->m; j++)
        w[j] = how->alpha * w[j] + (1.0 - how->alpha) * other[j];
    free(other);
    return good;
}

bool ccd_weights_find(const struct ccd_rows *rows, const struct ccd_weigher *how, double *w)
{
    switch (how->method) {
    case CCD_WEIGHTS_ENTROPY:
        return ccd_weights_entropy(rows, how->floor, w);
    case CCD_WEIGHTS_CRITIC:
        return ccd_weights_critic(rows, w);
    case CCD_WEIGHTS_ENTROPY_CRITIC:
        return mixed(rows, how, w);
    case CCD_WEIGHTS_CV:
        return ccd_weights_cv(rows, w);
    default:
        for (size_t j = 0; j < rows->m; j++)
            w[j] = 1.0;
        return share_out(w, rows->m);
    }
}
