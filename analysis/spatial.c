/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spatial - see include/liandong/spatial.h.
 *
 * One permutation serves the global and all local statistics: for unit i the value that fell on its place is exchanged with its
 * own, which leaves a random order of the others on the other places. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <liandong/spatial.h>
#include <math.h>
#include <stdlib.h>

enum { SEED = 1950 };
static const double EARTH_KM = 6371.0088, DEGREE = 0.017453292519943295;

double spatial_distance(const struct spatial_places *p, size_t i, size_t j)
{
    double dx = p->x[j] - p->x[i], dy = p->y[j] - p->y[i];
    if (!p->sphere)
        return hypot(dx, dy);
    double a = sin(0.5 * DEGREE * dy), b = sin(0.5 * DEGREE * dx);
    double h = a * a + cos(DEGREE * p->y[i]) * cos(DEGREE * p->y[j]) * b * b;
    return 2.0 * EARTH_KM * asin(sqrt(fmin(h, 1.0)));
}

/* w holds distances; afterwards their inverse powers. */
static size_t invert(double *w, size_t n, double power)
{
    double nearest = HUGE_VAL;
    size_t same = 0;
    for (size_t k = 0; k < n * n; k++)
        if (w[k] > 0.0)
            nearest = fmin(nearest, w[k]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            bool equal = i != j && !(w[i * n + j] > 0.0);
            same += equal && i < j;
            double distance = equal ? nearest : w[i * n + j];
            w[i * n + j] = i == j || !isfinite(distance) ? 0.0 : pow(distance, -power);
        }
    return same;
}

size_t spatial_inverse_distance(const struct spatial_places *places, double power, double *w)
{
    for (size_t i = 0; i < places->n; i++)
        for (size_t j = 0; j < places->n; j++)
            w[i * places->n + j] = i == j ? 0.0 : spatial_distance(places, i, j);
    return invert(w, places->n, power);
}

size_t spatial_economic(const double *level, size_t n, double *w)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            w[i * n + j] = fabs(level[i] - level[j]);
    return invert(w, n, 1.0);
}

size_t spatial_standardise(double *w, size_t n)
{
    size_t alone = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += w[i * n + j];
        alone += sum > 0.0 ? 0 : 1;
        for (size_t j = 0; j < n && sum > 0.0; j++)
            w[i * n + j] /= sum;
    }
    return alone;
}

/* What one permutation test works on: z of mean 0 and population sd 1. */
struct test {
    size_t n;
    const double *w;
    double s0;
    double *z, *moved, *lag;
    size_t *order, *place; /* unit at a place, place of a unit */
    double *base;          /* local I_i of the data */
    size_t above, *above_i;
};

static void lags(const struct test *t, const double *z, double *lag)
{
    for (size_t i = 0; i < t->n; i++) {
        const double *w = t->w + i * t->n;
        double part[4] = {0.0, 0.0, 0.0, 0.0}; /* four sums at a time: one alone waits for each addition */
        size_t j = 0;
        for (; j + 4 <= t->n; j += 4)
            for (size_t k = 0; k < 4; k++)
                part[k] += w[j + k] * z[j + k];
        for (; j < t->n; j++)
            part[0] += w[j] * z[j];
        lag[i] = (part[0] + part[1]) + (part[2] + part[3]);
    }
}

static double total(const struct test *t, const double *z, const double *lag)
{
    double sum = 0.0;
    for (size_t i = 0; i < t->n; i++)
        sum += z[i] * lag[i];
    return sum / t->s0; /* sum z^2 = n */
}

static void permute(struct test *t, gsl_rng *luck, double observed, bool local)
{
    gsl_ran_shuffle(luck, t->order, t->n, sizeof *t->order);
    for (size_t i = 0; i < t->n; i++) {
        t->moved[i] = t->z[t->order[i]];
        t->place[t->order[i]] = i;
    }
    lags(t, t->moved, t->lag);
    t->above += total(t, t->moved, t->lag) >= observed;
    for (size_t i = 0; local && i < t->n; i++) {
        double lag = t->lag[i] + t->w[i * t->n + t->place[i]] * (t->moved[i] - t->z[i]);
        t->above_i[i] += t->z[i] * lag >= t->base[i];
    }
}

static double pseudo_p(size_t above, size_t permutations)
{
    size_t out = permutations - above < above ? permutations - above : above;
    return permutations == 0 ? (double)NAN : (double)(out + 1) / (double)(permutations + 1);
}

/* Cliff and Ord: S1, S2, and the kurtosis of y. */
static double variance(const struct test *t)
{
    double s1 = 0.0, s2 = 0.0, b2 = 0.0, n = (double)t->n, s0 = t->s0, e = -1.0 / (n - 1.0);
    for (size_t i = 0; i < t->n; i++) {
        double row = 0.0, column = 0.0;
        for (size_t j = 0; j < t->n; j++) {
            double both = t->w[i * t->n + j] + t->w[j * t->n + i];
            s1 += 0.5 * both * both;
            row += t->w[i * t->n + j];
            column += t->w[j * t->n + i];
        }
        s2 += (row + column) * (row + column);
        b2 += pow(t->z[i], 4.0) / n;
    }
    double above = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0) -
                   b2 * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    return above / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0) - e * e;
}

static bool standardised(const double *y, size_t n, double *z)
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (y[i] - mean) * (y[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        z[i] = (y[i] - mean) / sqrt(square);
    return sqrt(square) > 1e-14 * (1.0 + fabs(mean));
}

static void locals(const struct test *t, size_t permutations, struct spatial_local *local)
{
    lags(t, t->z, t->lag);
    for (size_t i = 0; i < t->n; i++) {
        bool high = t->z[i] >= 0.0, around = t->lag[i] >= 0.0;
        local[i] = (struct spatial_local){.i = t->base[i],
                                          .lag = t->lag[i],
                                          .p_sim = pseudo_p(t->above_i[i], permutations),
                                          .quadrant = high ? (around ? SPATIAL_HH : SPATIAL_HL)
                                                           : (around ? SPATIAL_LH : SPATIAL_LL)};
    }
}

static bool run(struct test *t, gsl_rng *luck, size_t permutations, struct spatial_moran *g,
                struct spatial_local *local)
{
    lags(t, t->z, t->lag);
    *g = (struct spatial_moran){.i = total(t, t->z, t->lag), .expected = -1.0 / ((double)t->n - 1.0)};
    for (size_t i = 0; i < t->n; i++) {
        t->base[i] = t->z[i] * t->lag[i];
        t->order[i] = i;
    }
    for (size_t k = 0; k < permutations; k++)
        permute(t, luck, g->i, local != NULL);
    g->variance = variance(t);
    g->z = (g->i - g->expected) / sqrt(g->variance);
    g->p = 2.0 * gsl_cdf_ugaussian_Q(fabs(g->z));
    g->p_sim = pseudo_p(t->above, permutations);
    if (local != NULL)
        locals(t, permutations, local);
    return isfinite(g->i);
}

bool spatial_moran(const double *y, const double *w, size_t n, size_t permutations, struct spatial_moran *global,
                   struct spatial_local *local)
{
    struct test t = {.n = n, .w = w};
    double *room = calloc(4 * n + 1, sizeof *room);
    size_t *places = calloc(3 * n + 1, sizeof *places);
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    bool good = room != NULL && places != NULL && luck != NULL && n >= 4;
    for (size_t k = 0; k < n * n; k++)
        t.s0 += w[k];
    if (good) {
        t.z = room;
        t.moved = room + n;
        t.lag = room + 2 * n;
        t.base = room + 3 * n;
        t.order = places;
        t.place = places + n;
        t.above_i = places + 2 * n;
        gsl_rng_set(luck, SEED);
        good = t.s0 > 0.0 && standardised(y, n, t.z) && run(&t, luck, permutations, global, local);
    }
    if (luck != NULL)
        gsl_rng_free(luck);
    free(room);
    free(places);
    return good;
}
