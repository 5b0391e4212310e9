/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spatial - weights of neighbours and Moran's I, global and local, with permutation p.
 *
 * Sources: Moran 1950, Biometrika 37: 17; Cliff and Ord 1981, Spatial Processes (variance under randomisation); Anselin 1995,
 * Geogr. Anal. 27: 93 (local I).  w[n][n] is row-major with a zero diagonal. */
#ifndef LIANDONG_SPATIAL_H
#define LIANDONG_SPATIAL_H
#include <stdbool.h>
#include <stddef.h>

/* w_ij = 1 / distance^power; `sphere`: x, y are degrees of longitude and latitude, distances great circles in km.  Pairs at the same
 * place get the largest finite weight; returns how many. */
struct spatial_places {
    size_t n;
    const double *x, *y; /* [n] */
    bool sphere;
};
size_t spatial_inverse_distance(const struct spatial_places *places, double power, double *w);
double spatial_distance(const struct spatial_places *places, size_t i, size_t j);
/* w_ij = 1 / |level_i - level_j|; equal levels as above. */
size_t spatial_economic(const double *level, size_t n, double *w);
/* Divides each row by its sum; returns the number of rows without neighbours, which stay 0. */
size_t spatial_standardise(double *w, size_t n);

struct spatial_moran {
    double i;        /* n / S0 sum_ij w_ij z_i z_j / sum z^2, z = y - mean */
    double expected; /* -1 / (n - 1) */
    double variance; /* under randomisation */
    double z, p;     /* (i - expected) / sd; two-sided, normal */
    double p_sim;    /* (1 + permutations at least as far out on that side) / (1 + permutations): one-sided */
};
enum spatial_quadrant { SPATIAL_HH, SPATIAL_LH, SPATIAL_LL, SPATIAL_HL, SPATIAL_QUADRANTS };
struct spatial_local {
    double i;                       /* z_i sum_j w_ij z_j, z standardised by the population sd */
    double lag;                     /* sum_j w_ij z_j */
    double p_sim;                   /* the others permuted, unit i fixed; one-sided as above */
    enum spatial_quadrant quadrant; /* own and neighbours: high or low */
};
/* y[n]; local[n] or NULL.  The same seed gives the same permutations.  False: no memory, fewer than 4 units, y constant or no
 * neighbours at all. */
bool spatial_moran(const double *y, const double *w, size_t n, size_t permutations, struct spatial_moran *global,
                   struct spatial_local *local);
#endif
