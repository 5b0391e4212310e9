/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_normalise - from an indicator in its own unit to x' in [0, 1]; formulas in ccd.def (DIRECTION, SCOPE, ZEROS). */
#include <liandong/ccd.h>
#include <math.h>

void ccd_bounds_find(const struct ccd_rows *rows, struct ccd_bounds *bounds)
{
    size_t groups = rows->group == NULL ? 1 : rows->n_groups;
    for (size_t k = 0; k < groups * rows->m; k++)
        bounds[k] = (struct ccd_bounds){HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < rows->n; i++) {
        struct ccd_bounds *b = bounds + (rows->group == NULL ? 0 : rows->group[i]) * rows->m;
        for (size_t j = 0; j < rows->m; j++) {
            double x = rows->value[i * rows->m + j];
            b[j].least = fmin(b[j].least, x);
            b[j].most = fmax(b[j].most, x);
        }
    }
}

/* What the deviation is divided by: the largest that the bounds allow. */
static double span(const struct ccd_indicator *indicator, struct ccd_bounds bounds)
{
    switch (indicator->direction) {
    case CCD_CENTRED:
        return fmax(fabs(bounds.least - indicator->low), fabs(bounds.most - indicator->low));
    case CCD_INTERVAL:
        return fmax(indicator->low - bounds.least, bounds.most - indicator->high);
    case CCD_INDEX:
        return 1.0;
    default:
        return bounds.most - bounds.least;
    }
}

bool ccd_is_constant(const struct ccd_indicator *indicator, struct ccd_bounds bounds)
{
    return !(span(indicator, bounds) > 0.0) || (indicator->direction != CCD_INDEX && bounds.least == bounds.most);
}

static double deviation(const struct ccd_indicator *indicator, double x)
{
    if (indicator->direction == CCD_CENTRED)
        return fabs(x - indicator->low);
    return fmax(0.0, fmax(indicator->low - x, x - indicator->high));
}

static double unit_scale(const struct ccd_indicator *indicator, struct ccd_bounds bounds, double x)
{
    switch (indicator->direction) {
    case CCD_POSITIVE:
        return (x - bounds.least) / span(indicator, bounds);
    case CCD_NEGATIVE:
        return (bounds.most - x) / span(indicator, bounds);
    case CCD_INDEX:
        return x;
    default:
        return 1.0 - deviation(indicator, x) / span(indicator, bounds);
    }
}

double ccd_normal(const struct ccd_indicator *indicator, struct ccd_bounds bounds, const struct ccd_range *range,
                  double x, size_t *outside)
{
    double z = unit_scale(indicator, bounds, x);
    bool whole = indicator->direction == CCD_CENTRED || indicator->direction == CCD_INTERVAL;
    if (z < 0.0 || z > 1.0) {
        ++*outside;
        z = z < 0.0 ? 0.0 : 1.0;
    }
    if (indicator->direction == CCD_INDEX)
        return z;
    if (range->zeros == CCD_ZEROS_ENDS || (range->zeros == CCD_ZEROS_CLAMP && whole))
        return z <= 0.0 ? range->low : z >= 1.0 ? range->high : z;
    double mapped = (1.0 - z) * range->low + z * range->high; /* exact at both ends */
    if (range->zeros == CCD_ZEROS_SHIFT)
        return mapped + range->amount;
    return range->zeros == CCD_ZEROS_REPLACE && mapped <= 0.0 ? range->amount : mapped;
}

void ccd_rescale(double *u, size_t n, size_t stride, const size_t *group, struct ccd_bounds to)
{
    size_t groups = 1;
    for (size_t i = 0; group != NULL && i < n; i++)
        groups = group[i] + 1 > groups ? group[i] + 1 : groups;
    for (size_t g = 0; g < groups; g++) {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (size_t i = 0; i < n; i++)
            if (group == NULL || group[i] == g) {
                least = fmin(least, u[i * stride]);
                most = fmax(most, u[i * stride]);
            }
        for (size_t i = 0; i < n && most > least; i++)
            if (group == NULL || group[i] == g) {
                double z = (u[i * stride] - least) / (most - least);
                u[i * stride] = (1.0 - z) * to.least + z * to.most;
            }
    }
}
