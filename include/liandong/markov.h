/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markov - transitions between k classes, also by the class of the neighbours.
 *
 * Sources: Quah 1993, Eur. Econ. Rev. 37: 426; Rey 2001, Geogr. Anal. 33: 195; Bickenbach and Bode 2003, Int. Reg. Sci. Rev. 26: 363
 * (test).  Matrices [k][k] are row-major: from, to. */
#ifndef LIANDONG_MARKOV_H
#define LIANDONG_MARKOV_H
#include <stdbool.h>
#include <stddef.h>

/* p[i][j] = count[i][j] / sum of row i; rows without cases are NAN. */
void markov_probabilities(const double *count, size_t k, double *p);
/* Where the chain ends up: share[k] with share P = share, sum 1.  False: no memory, rows without cases, or no single such share. */
bool markov_stationary(const double *p, size_t k, double *share);
/* Do transitions hang on the class of the neighbours?  count[k][k][k]: neighbours, from, to.
 * LR = 2 sum n_lij ln (p_lij / p_ij); p from chi-squared with df degrees of freedom, NAN for df = 0. */
struct markov_test {
    double lr, df, p;
};
struct markov_test markov_neighbour_test(const double *count, size_t k);
#endif
