/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inequality - Theil, Gini and Dagum's decomposition of y[n] >= 0 by groups.
 *
 * Sources: Theil 1967, Economics and Information Theory; Dagum 1997, Empir. Econ. 22: 515.  NAN where the mean is 0. */
#ifndef LIANDONG_INEQUALITY_H
#define LIANDONG_INEQUALITY_H
#include <stdbool.h>
#include <stddef.h>

/* T = (1/n) sum (y/mean) ln (y/mean), 0 ln 0 = 0 */
double inequality_theil(const double *y, size_t n);
/* G = sum_ij |y_i - y_j| / (2 n^2 mean) */
double inequality_gini(const double *y, size_t n);

/* T = within + between; within = sum_g s_g T_g, between = sum_g s_g ln (mean_g / mean), s_g: group's share of the total. */
struct inequality_theil_parts {
    double all, within, between;
};
/* group[n] below k; of_group[k] gets T_g, or NULL. */
bool inequality_theil_split(const double *y, const size_t *group, size_t n, size_t k,
                            struct inequality_theil_parts *parts, double *of_group);

/* G = within + between + overlap (transvariation).  G_jh = sum |y_j - y_h| / (n_j n_h (mean_j + mean_h)). */
struct inequality_dagum {
    double all, within, between, overlap;
};
/* pair[k][k] gets G_jh (the diagonal G_j), NAN for an empty group.  False: no memory. */
bool inequality_dagum_split(const double *y, const size_t *group, size_t n, size_t k, struct inequality_dagum *parts,
                            double *pair);
#endif
