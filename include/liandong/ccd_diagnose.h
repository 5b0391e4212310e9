/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_diagnose - which formula made a published column of C or D: every formula of ccd.def, right and wrong, is tried on the
 * indices, and a printed value fits if it lies within what the rounding of indices and value allows. */
#ifndef LIANDONG_CCD_DIAGNOSE_H
#define LIANDONG_CCD_DIAGNOSE_H
#include <liandong/ccd.h>

enum ccd_rescaling { CCD_AS_GIVEN, CCD_ON_0_1, CCD_ON_CENT, CCD_BY_E, CCD_RESCALINGS };
extern const struct ccd_choice ccd_rescalings[CCD_RESCALINGS];

struct ccd_published {
    size_t n, s;
    const double *u;      /* [n][s] */
    const double *u_by_e; /* [n][s] of ccd_indices_by_e, or NULL */
    const double *share;  /* [n][s] weights of the subsystems in T */
    const double *value;  /* [n]; NAN: not printed */
    double half_u, half;  /* half a unit of the last digit printed; 0: exact */
    bool rescaled;        /* u is re-min-maxed already */
};
struct ccd_candidate {
    bool is_c; /* else D */
    enum ccd_coupling coupling;
    double power; /* of LIAO */
    enum ccd_combination combination;
    enum ccd_degree degree;
    enum ccd_rescaling rescaling;
    bool right;           /* no part of it is a known mistake */
    size_t rows, fitting; /* values compared; within rounding */
    double largest, mean; /* deviation beyond nothing: |printed - computed| */
};
/* The indices that weights proportional to the entropy e give, instead of to 1 - e, over all rows: u[n][s].  False: no memory, or
 * an indicator that is an index. */
bool ccd_indices_by_e(const struct ccd_system *system, const struct ccd_result *result, double *u);

enum { CCD_CANDIDATES = 1024 };
/* Tries all, best first: most values fitting; of those that fit all, fewest mistakes and parts; then the smallest mean deviation.  candidate[CCD_CANDIDATES];
 * returns how many, or 0 if there is no memory. */
size_t ccd_diagnose(const struct ccd_published *published, struct ccd_candidate *candidate);
#endif
