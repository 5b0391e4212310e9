/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strata - the counts of OUT.fates.h5 over runs, and what is left of them net of a placebo.
 *
 * One approval that flips re-sorts a queue, so even worlds that differ by next to nothing have some enterprises that got what
 * they would not have got.  A placebo, a variant without a policy, says how many: the noise floor. */
#ifndef LIANDONG_STRATA_H
#define LIANDONG_STRATA_H
#include <liandong/reading.h>

enum { STRATA_OUTCOMES = 4, STRATA_STRATA = 9, STRATA_HORIZONS = 3, STRATA_STAGES = 5 }; /* see fates.h */
enum { STRATA_HEADS, STRATA_BASE, STRATA_VARIANT, STRATA_SUPPORTED, STRATA_SUPPORTED_BASE, STRATA_SUMS };
enum strata_group { STRATA_ALL, STRATA_ADMITTED, STRATA_EXCLUDED, N_STRATA_GROUPS };

struct strata {
    size_t runs, variants, horizons;
    int32_t horizon[STRATA_HORIZONS];
    double *value; /* [variant][horizon][outcome][stratum][sum][group][run], stages added */
    double *stage; /* [variant][horizon][outcome][stratum][stage], heads, runs added */
};

/* IO_ERROR: rows that belong to no run, variant or horizon of these. */
enum status strata_read(struct strata *s, const struct result *r, size_t runs, size_t variants, const int32_t *horizon,
                        size_t horizons, struct diag *diag) MUST_CHECK;
void strata_free(struct strata *s);

/* [runs]: heads (0), amount in the base (1) or in the variant (2). */
const double *strata_values(const struct strata *s, size_t variant, size_t horizon, int outcome, int stratum, int what);

/* Mean heads a run of one stage at the start. */
double strata_stage(const struct strata *s, size_t variant, size_t horizon, int outcome, int stratum, int stage);

/* The same over all strata of a group, to sum[runs]. */
void strata_sum(const struct strata *s, size_t variant, size_t horizon, int outcome, int what, enum strata_group group,
                double *sum);

/* The share of enterprises that a policy reaches (members, or under a cover) by the last horizon: in the variant, in the base, or
 * where it is more; all runs together. */
double strata_reach(const struct strata *s, size_t variant, bool in_variant, bool in_base);

/* Means over runs; floor: heads in the placebo, net: heads less those, run by run, with its interval; change: what the amounts of
 * these enterprises change from base to variant, less what those of the stratum change in the placebo, with its interval.
 * Without a placebo (NULL) these are NAN, and so is the change without memory. */
struct stratum_found {
    double heads, base, variant, floor, net, low, high, change, change_low, change_high;
};
/* A policy can only add to who changes sides, so a placebo that moves as many as the variant, or more, says nothing of the policy: it
 * shakes the world harder than the policy does.  `stays`: those of the stratum are who did not change sides (never, deadweight), so
 * that the fewer they are the more were moved.  False without a placebo. */
bool strata_is_noise(const struct stratum_found *found, bool stays);

/* Of additional less displaced the same (heads, floor, net and change), where churn, which makes as many of one as of the other, cancels
 * but for chance.  Without a placebo net and change are against nothing, floor is NAN. */
struct strata_pair {
    int additional, displaced;
};
struct stratum_found strata_balance(const struct strata *s, size_t variant, const struct strata *placebo, size_t floor,
                                    size_t horizon, int outcome, struct strata_pair pair, double confidence);

struct stratum_found stratum_of(const struct strata *s, size_t variant, const struct strata *placebo, size_t floor,
                                size_t horizon, int outcome, int stratum, double confidence);
#endif
