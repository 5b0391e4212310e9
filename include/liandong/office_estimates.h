/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office_estimates - what an office concludes from OUT.office.h5, next to what OUT.truth.h5 knows, over all runs.
 *
 * estimator                      estimand: the mean true effect, variant less base, at the horizon, on
 *     means          the treated less the others                     the treated
 *     changes        the same of changes since the start             the treated
 *     discontinuity  eligible less not, at a threshold               those at the threshold, whether treated or not
 *
 * Scores in yuan are taken as log (score / threshold), ages as months beyond it; who has no score (no sales yet, no facility)
 * takes part in no discontinuity.  Discontinuities are estimated at the bandwidth of estimators.h, its half and its double.
 * Outcomes are of all enterprises; who does not report, or is dead, counts as 0. */
#ifndef LIANDONG_OFFICE_ESTIMATES_H
#define LIANDONG_OFFICE_ESTIMATES_H
#include <liandong/reading.h>

enum {
    ESTIMATES_HORIZONS = 3,
    ESTIMATES_THRESHOLDS = 8,
    ESTIMATES_VARIANTS = 64,
    ESTIMATES_WIDTHS = 3,
    LEAST_NEAR = 10
};
enum estimates_outcome { ESTIMATES_SALES, ESTIMATES_STAFF, ESTIMATES_SURVIVAL, ESTIMATES_LOANS, N_ESTIMATES_OUTCOMES };
enum estimates_score { SCORE_SALES, SCORE_AGE, SCORE_FACILITY };
extern const char estimates_outcomes[], estimates_designs[], estimates_states[]; /* names, separated by blanks */

struct estimates_threshold {
    enum estimates_score score;
    double value;
    bool differs; /* among regions */
};
struct estimates_variant {
    bool policy; /* it has one that the base has not */
    size_t n_thresholds;
    struct estimates_threshold threshold[ESTIMATES_THRESHOLDS];
};
struct estimates_asked {
    size_t runs, variants, horizons;
    int32_t horizon[ESTIMATES_HORIZONS];
    const struct estimates_variant *variant;
    double confidence; /* of intervals over runs, and of the office's own */
};

/* Why there is no number. */
enum estimates_state {
    ESTIMATED,
    NO_POLICY,       /* nothing is treated: the variant differs in no instrument that stands */
    NO_REPORT,       /* no report since the start is in at this horizon */
    NO_TREATED,      /* fewer than two in every run */
    NO_COMPARISON,   /* fewer than two are not treated */
    NO_THRESHOLD,    /* the policy has none */
    MANY_THRESHOLDS, /* it differs among regions */
    FEW_NEAR,        /* fewer than LEAST_NEAR on a side within the bandwidth, in every run */
    N_ESTIMATES_STATES
};
/* 0 means, 1 changes, then the discontinuities: 2 + width (1, 1/2, 2 of the bandwidth), at `threshold`. */
struct estimates_row {
    size_t variant, horizon, threshold;
    enum estimates_outcome outcome;
    int design;
    enum estimates_state state;
    size_t runs; /* in which there is an estimate; all that follows are means over these, NAN for none */
    double estimate, se, truth, bias, low, high; /* low, high: of the bias, Student over runs */
    double incomparable, spillover, measurement; /* whose sum the bias is; see estimators.h */
    double covers;                               /* share of runs in which the office's own interval holds the truth */
    double plus, minus;                          /* enterprises on the two sides */
    double jump;                                 /* how much larger the treated share is on the plus side */
    double bandwidth;
};
struct estimates {
    size_t n;
    struct estimates_row *row; /* by variant, horizon, outcome, design */
};
/* IO_ERROR: the two files do not have the same rows, or others than these runs, variants and horizons. */
enum status estimates_make(struct estimates *e, const struct result *seen, const struct result *truth,
                           const struct estimates_asked *asked, struct diag *diag) MUST_CHECK;
void estimates_free(struct estimates *e);
#endif
