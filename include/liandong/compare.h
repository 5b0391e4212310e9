/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - result files of worlds that share their luck against the first of them: every cell of every series, and figures.
 *
 * result[0] is the base, the others are variants; all hold the same runs (worlds.h).  Memory does not grow with the number of
 * runs: see moments.h. */
#ifndef LIANDONG_COMPARE_H
#define LIANDONG_COMPARE_H
#include <liandong/expression.h>
#include <liandong/paired.h>

enum { COMPARE_MOST = 64 }; /* worlds */

/* One cell of a series under one variant (1 ... n_worlds - 1); adjusted: p over the variants (Holm). */
struct compare_cell {
    uint64_t cell;
    size_t variant;
    struct paired d;
    double adjusted;
};
typedef enum status (*compare_fn)(void *to, const struct compare_cell *cell, struct diag *diag);

/* Does every file have this series by run, month and region, with the same members?  FAILED, without a message: no. */
enum status compare_alike(const struct result *result, size_t n_worlds, const char *name, struct diag *diag) MUST_CHECK;

/* Calls `take` for every cell, variants within a cell.  The series must be alike. */
enum status compare_series(const struct result *result, size_t n_worlds, const char *name, double confidence,
                           size_t room, compare_fn take, void *to, struct diag *diag) MUST_CHECK;

/* A figure under one variant.  Of `A per B` the ratio of the differences; else the paired difference with p over the variants
 * (Holm) and an interval that holds for all variants at once (Bonferroni). */
struct compared {
    struct paired d;
    double adjusted, together_low, together_high;
    struct ratio ratio; /* set RATIO_NONE where the figure is no ratio */
};
/* months: those before the run-off.  resamples 0: ratios by Fieller, else by so many resamples of the runs.
 * difference: NULL or [variant - 1][runs], the differences (of A, where it is `A per B`). */
enum status compare_figure(const struct expression *e, const struct result *result, size_t n_worlds, int32_t months,
                           double confidence, size_t resamples, struct compared *compared, double *difference,
                           struct diag *diag) MUST_CHECK;
#endif
