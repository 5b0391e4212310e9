/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design - see include/liandong/design.h. */
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <liandong/design.h>
#include <stdlib.h>

size_t design_grid(const size_t *levels, size_t axes, size_t *level)
{
    size_t n = 1;
    for (size_t a = 0; a < axes; a++) {
        if (levels[a] == 0 || n > (size_t)INT32_MAX / levels[a])
            return 0;
        n *= levels[a];
    }
    for (size_t point = 0; point < n && level != NULL; point++)
        for (size_t a = axes, rest = point; a-- > 0; rest /= levels[a])
            level[point * axes + a] = rest % levels[a];
    return n;
}

bool design_latin(size_t n, size_t axes, unsigned long seed, double *unit)
{
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    size_t *slice = calloc(n + 1, sizeof *slice);
    bool good = luck != NULL && slice != NULL;
    if (good)
        gsl_rng_set(luck, seed);
    for (size_t a = 0; a < axes && good; a++) {
        for (size_t k = 0; k < n; k++)
            slice[k] = k;
        gsl_ran_shuffle(luck, slice, n, sizeof *slice);
        for (size_t k = 0; k < n; k++)
            unit[k * axes + a] = ((double)slice[k] + gsl_rng_uniform(luck)) / (double)n;
    }
    if (luck != NULL)
        gsl_rng_free(luck);
    free(slice);
    return good;
}

bool design_sobol(size_t n, size_t axes, double *unit)
{
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)axes);
    if (sequence == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        gsl_qrng_get(sequence, unit + k * axes);
    gsl_qrng_free(sequence);
    return true;
}

/* One of the points made of a and b: `from` but for coordinate `swapped`, which is of `other`. */
static void mix(const double *from, const double *other, size_t axes, size_t swapped, double *to)
{
    for (size_t a = 0; a < axes; a++)
        to[a] = a == swapped ? other[a] : from[a];
}

/* Each coordinate of all points moved by an amount of its own, around the end. */
static bool shift_points(size_t n, size_t axes, unsigned long seed, double *unit)
{
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    if (luck == NULL)
        return false;
    gsl_rng_set(luck, seed);
    for (size_t a = 0; a < axes; a++) {
        double by = gsl_rng_uniform(luck);
        for (size_t k = 0; k < n; k++) {
            double moved = unit[k * axes + a] + by;
            unit[k * axes + a] = moved < 1.0 ? moved : moved - 1.0;
        }
    }
    gsl_rng_free(luck);
    return true;
}

size_t design_saltelli(size_t n, size_t axes, bool pairs, unsigned long seed, double *unit)
{
    size_t each = pairs ? 2 * axes + 2 : axes + 2;
    if (n > (size_t)INT32_MAX / each)
        return 0;
    if (unit == NULL)
        return n * each;
    double *both = calloc(2 * n * axes + 1, sizeof *both);
    bool good = both != NULL && design_sobol(n, 2 * axes, both) && shift_points(n, 2 * axes, seed, both);
    for (size_t k = 0; k < n && good; k++) {
        const double *a = both + 2 * k * axes, *b = a + axes;
        mix(a, b, axes, axes, unit);
        unit += axes;
        for (size_t s = 0; s < axes; s++, unit += axes)
            mix(a, b, axes, s, unit);
        for (size_t s = 0; s < axes && pairs; s++, unit += axes)
            mix(b, a, axes, s, unit);
        mix(b, a, axes, axes, unit);
        unit += axes;
    }
    free(both);
    return good ? n * each : 0;
}
