/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison - OUT.h5 of `compare`: one row for each cell of each series and each variant, then one for each figure. */
#ifndef LIANDONG_COMPARISON_H
#define LIANDONG_COMPARISON_H
#include <liandong/compare.h>
#include <liandong/results.h>

/* A further table of the file, in a group of its own. */
struct comparison_group {
    const char *name; /* NULL: there is none */
    const struct result_column *column;
    size_t n_columns;
    const union cell *cell; /* [rows][n_columns] */
    uint64_t rows;
};
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
    struct comparison_group group;
};

/* *left_out: series that the worlds do not have alike. */
enum status comparison_write(const char *path, const struct comparison *c, size_t *left_out,
                             struct diag *diag) MUST_CHECK;
#endif
