/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inequality - see include/liandong/inequality.h. */
#include <liandong/inequality.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double mean_of(const double *y, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += y[i];
    return sum / (double)n;
}

double inequality_theil(const double *y, size_t n)
{
    double mean = mean_of(y, n), sum = 0.0;
    if (!(mean > 0.0))
        return (double)NAN;
    for (size_t i = 0; i < n; i++)
        sum += y[i] > 0.0 ? y[i] / mean * log(y[i] / mean) : 0.0;
    return sum / (double)n;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted values sum_ij |y_i - y_j| = 2 sum_i (2 i - n + 1) y_i, i from 0. */
double inequality_gini(const double *y, size_t n)
{
    double mean = mean_of(y, n), sum = 0.0, *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL || !(mean > 0.0)) {
        free(sorted);
        return (double)NAN;
    }
    memcpy(sorted, y, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_size);
    for (size_t i = 0; i < n; i++)
        sum += (2.0 * (double)i - (double)n + 1.0) * sorted[i];
    free(sorted);
    return sum / ((double)n * (double)n * mean);
}

/* The members of one group, in their order. */
static size_t members(const double *y, const size_t *group, size_t n, size_t of, double *to)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (group[i] == of)
            to[count++] = y[i];
    return count;
}

bool inequality_theil_split(const double *y, const size_t *group, size_t n, size_t k,
                            struct inequality_theil_parts *parts, double *of_group)
{
    double *own = malloc((n + 1) * sizeof *own), mean = mean_of(y, n);
    if (own == NULL)
        return false;
    *parts = (struct inequality_theil_parts){.all = inequality_theil(y, n)};
    for (size_t g = 0; g < k; g++) {
        size_t count = members(y, group, n, g, own);
        double theil = count > 0 ? inequality_theil(own, count) : (double)NAN;
        double ratio = count > 0 ? mean_of(own, count) / mean : 0.0, share = ratio * (double)count / (double)n;
        if (of_group != NULL)
            of_group[g] = theil;
        if (!(share > 0.0))
            continue; /* 0 ln 0 */
        parts->within += share * theil;
        parts->between += share * log(ratio);
    }
    if (isnan(parts->all))
        parts->within = parts->between = (double)NAN;
    free(own);
    return true;
}

/* Mean difference of two groups. */
static double apart(const double *a, size_t n_a, const double *b, size_t n_b)
{
    double sum = 0.0;
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++)
            sum += fabs(a[i] - b[j]);
    return sum / ((double)n_a * (double)n_b);
}

struct groups {
    double *value; /* group after group */
    size_t *start, *count;
    double *mean;
};

static bool groups_make(struct groups *s, const double *y, const size_t *group, size_t n, size_t k)
{
    *s = (struct groups){malloc((n + 1) * sizeof *s->value), calloc(k + 1, sizeof *s->start),
                         calloc(k + 1, sizeof *s->count), calloc(k + 1, sizeof *s->mean)};
    if (s->value == NULL || s->start == NULL || s->count == NULL || s->mean == NULL)
        return false;
    for (size_t g = 0, at = 0; g < k; g++) {
        s->start[g] = at;
        s->count[g] = members(y, group, n, g, s->value + at);
        s->mean[g] = s->count[g] > 0 ? mean_of(s->value + at, s->count[g]) : (double)NAN;
        at += s->count[g];
    }
    return true;
}

static void groups_free(struct groups *s)
{
    free(s->value);
    free(s->start);
    free(s->count);
    free(s->mean);
}

/* The pair's part: relative economic affluence D_jh = (d - p) / (d + p), where d - p is the difference of the means. */
static void add_pair(const struct groups *s, size_t j, size_t h, double n, double mean, struct inequality_dagum *parts,
                     double *pair)
{
    double difference = apart(s->value + s->start[j], s->count[j], s->value + s->start[h], s->count[h]);
    double g = s->mean[j] + s->mean[h] > 0.0 ? difference / (s->mean[j] + s->mean[h]) : 0.0;
    double p_j = (double)s->count[j] / n, p_h = (double)s->count[h] / n;
    double s_j = p_j * s->mean[j] / mean, s_h = p_h * s->mean[h] / mean;
    double affluence = difference > 0.0 ? fmin(fabs(s->mean[j] - s->mean[h]) / difference, 1.0) : 0.0;
    *pair = g;
    if (j == h) {
        parts->within += g * p_j * s_j;
        return;
    }
    parts->between += g * (p_j * s_h + p_h * s_j) * affluence;
    parts->overlap += g * (p_j * s_h + p_h * s_j) * (1.0 - affluence);
}

bool inequality_dagum_split(const double *y, const size_t *group, size_t n, size_t k, struct inequality_dagum *parts,
                            double *pair)
{
    struct groups s;
    double mean = mean_of(y, n);
    bool good = groups_make(&s, y, group, n, k);
    *parts = (struct inequality_dagum){.all = inequality_gini(y, n)};
    for (size_t j = 0; good && j < k; j++)
        for (size_t h = 0; h <= j; h++) {
            pair[j * k + h] = pair[h * k + j] = (double)NAN;
            if (s.count[j] > 0 && s.count[h] > 0 && mean > 0.0) {
                add_pair(&s, j, h, (double)n, mean, parts, &pair[j * k + h]);
                pair[h * k + j] = pair[j * k + h];
            }
        }
    if (isnan(parts->all))
        parts->within = parts->between = parts->overlap = (double)NAN;
    groups_free(&s);
    return good;
}
