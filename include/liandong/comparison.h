/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison - OUT.h5 of `compare`: one row for each cell of each series and each variant, then one for each figure. */
#ifndef LIANDONG_COMPARISON_H
#define LIANDONG_COMPARISON_H
#include <liandong/compare.h>
#include <liandong/results.h>

struct comparison {
    const struct result_about *base; /* whose text and seed the file carries */
    const struct result *result;     /* [n_worlds], the base first */
    const char *const *name;         /* [n_worlds] */
    size_t n_worlds;
    double confidence;
    int32_t start; /* months since 0000-01 */
    const struct expression *figure;
    const struct compared *compared; /* [n_figures][n_worlds - 1] */
    size_t n_figures;
};

/* *left_out: series that the worlds do not have alike. */
enum status comparison_write(const char *path, const struct comparison *c, size_t *left_out,
                             struct diag *diag) MUST_CHECK;
#endif
