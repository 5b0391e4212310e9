/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_worlds - what simulated worlds allow to ask of a degree of coupling coordination: how high C is without any coupling, and
 * what a change of D comes from.  Pure functions on arrays. */
#ifndef LIANDONG_CCD_WORLDS_H
#define LIANDONG_CCD_WORLDS_H
#include <liandong/ccd.h>

/* C by which formula. */
struct ccd_formula {
    enum ccd_coupling coupling;
    double power; /* of LIAO */
};

/* C that the same indices give when one of them is permuted over the units: c[n] from u[n][s].  For unit i the mean, over all
 * permutations of index k and over k = 0 ... s - 1, of C(u_i with u_k of the unit it got); since every unit is as likely, that
 * is a mean over units and no permutation is drawn.  n = 1: C itself. */
void ccd_permuted(const struct ccd_formula *formula, const double *u, size_t n, size_t s, double *c);

/* D1 - D0 = from_t + from_c: each the mean of its effect before and after the other has changed (Shapley's value of two). */
struct ccd_split {
    double change, from_t, from_c;
};
struct ccd_split ccd_split_change(double c0, double t0, double c1, double t1);

/* What each indicator adds to D(after) - D(before): Shapley's value (1953, Contrib. Theory Games II: 307) of the game whose
 * players are the indicators and whose gain is D with the x' after for those in, before for the others.  value[m]; they sum
 * to the change.  before, after: x'[m]; weight[m], share[s] as in ccd_result.  An indicator of weight 0, or whose x' does not
 * change, gets 0.  Of at most CCD_PLAYERS that change over all their orders (2^n values of D); of more over CCD_ORDERS orders,
 * always the same ones, and as many backwards: the sum is exact all the same.  False: no memory, or more than CCD_MOST change. */
enum { CCD_PLAYERS = 16, CCD_ORDERS = 500, CCD_MOST = 64 };
struct ccd_game {
    const struct ccd_system *system;
    const double *weight, *share;
    struct ccd_formula formula;
};
bool ccd_shapley(const struct ccd_game *game, const double *before, const double *after, double *value);

/* Of n values, one a run. */
struct ccd_spread {
    double mean, low, high; /* 5th and 95th percentile, linear between neighbours */
    double above;           /* share of values above 0 */
};
struct ccd_spread ccd_spread_of(const double *value, size_t n);
#endif
