/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joint - see include/liandong/joint.h.  All is reckoned in standard deviations from the mean, so that no unit matters. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/diag.h>
#include <liandong/joint.h>
#include <math.h>
#include <stdbool.h>

struct cloud {
    int32_t p;
    double mean[MAX_JOINT], sd[MAX_JOINT];
    double inverse[MAX_JOINT * MAX_JOINT]; /* of the correlations */
    double low[MAX_JOINT], high[MAX_JOINT];
};

/* By eigenvectors: an eigenvalue of (nearly) nothing is a sum of figures that is the same in all worlds. */
static bool invert(const struct cloud *c, double *correlation, double *inverse)
{
    size_t p = (size_t)c->p;
    double values[MAX_JOINT], vectors[MAX_JOINT * MAX_JOINT];
    gsl_matrix_view a = gsl_matrix_view_array(correlation, p, p), v = gsl_matrix_view_array(vectors, p, p);
    gsl_vector_view lambda = gsl_vector_view_array(values, p);
    gsl_eigen_symmv_workspace *room = gsl_eigen_symmv_alloc(p);
    gsl_eigen_symmv(&a.matrix, &lambda.vector, &v.matrix, room);
    gsl_eigen_symmv_free(room);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            inverse[i * p + j] = 0.0;
            for (size_t k = 0; k < p; k++)
                inverse[i * p + j] += vectors[i * p + k] * vectors[j * p + k] / values[k];
        }
    return gsl_vector_min(&lambda.vector) > 1e-9;
}

static bool describe(const double *value, size_t n, struct cloud *c)
{
    size_t p = (size_t)c->p;
    double correlation[MAX_JOINT * MAX_JOINT];
    for (size_t i = 0; i < p; i++) {
        c->mean[i] = gsl_stats_mean(value + i, p, n);
        c->sd[i] = gsl_stats_sd_m(value + i, p, n, c->mean[i]);
        if (!(c->sd[i] > 1e-12 * fabs(c->mean[i])))
            return false;
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            correlation[i * p + j] = i == j ? 1.0 : gsl_stats_correlation(value + i, p, value + j, p, n);
    return invert(c, correlation, c->inverse);
}

/* The point of the box that is nearest, figure `free` anywhere: one figure after the other to where it is best.  The square is
 * convex, so that this ends at its least.  off: in sd from the mean; returns the distance. */
static double nearest(const struct cloud *c, int32_t free, double *off)
{
    size_t p = (size_t)c->p;
    double moved = 1.0, square = 0.0;
    for (size_t i = 0; i < p; i++)
        off[i] = 0.0;
    for (int turn = 0; turn < 100000 && moved > 1e-13; turn++) {
        moved = 0.0;
        for (size_t i = 0; i < p; i++) {
            double pull = 0.0, old = off[i];
            for (size_t j = 0; j < p; j++)
                pull += j == i ? 0.0 : c->inverse[i * p + j] * off[j];
            off[i] = -pull / c->inverse[i * p + i];
            if ((int32_t)i != free)
                off[i] = fmin(fmax(off[i], c->low[i]), c->high[i]);
            moved = fmax(moved, fabs(off[i] - old) / fmax(fabs(old), 1.0));
        }
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            square += off[i] * c->inverse[i * p + j] * off[j];
    return sqrt(fmax(square, 0.0));
}

static void judge(struct joint *j)
{
    double n = j->worlds, p = j->figures, scale = n * (n - p) / (p * (n * n - 1.0));
    j->limit = sqrt(gsl_cdf_fdist_Pinv(0.95, p, n - p) / scale);
    j->p = gsl_cdf_fdist_Q(scale * j->distance * j->distance, p, n - p);
}

void joint_of(const double *value, int32_t worlds, int32_t figures, const double *low, const double *high,
              struct joint *joint)
{
    struct cloud c = {.p = figures};
    double off[MAX_JOINT] = {0.0};
    BUG_ON(figures < 2 || figures > MAX_JOINT);
    *joint = (struct joint){.state = JOINT_FEW, .worlds = worlds, .figures = figures};
    if (worlds <= figures)
        return;
    joint->state = describe(value, (size_t)worlds, &c) ? JOINT_JUDGED : JOINT_DEPENDENT;
    if (joint->state != JOINT_JUDGED)
        return;
    for (int32_t i = 0; i < figures; i++) {
        c.low[i] = (low[i] - c.mean[i]) / c.sd[i];
        c.high[i] = (high[i] - c.mean[i]) / c.sd[i];
    }
    joint->distance = nearest(&c, -1, off);
    judge(joint);
    for (int32_t i = 0; i < figures; i++) {
        joint->without[i] = nearest(&c, i, off);
        joint->given[i] = joint->without[i] < joint->limit ? c.mean[i] + c.sd[i] * off[i] : (double)NAN;
        if (joint->without[i] < joint->without[joint->carries])
            joint->carries = i;
    }
}
