/* SPDX-License-Identifier: GPL-3.0-or-later */
/* matrix - the transactions-flow matrix of a result: what went from which account to which, summed over months and regions,
 * in yuan, as the mean over runs. */
#ifndef LIANDONG_MATRIX_H
#define LIANDONG_MATRIX_H
#include <liandong/reading.h>

struct matrix {
    size_t n; /* accounts */
    char **account;
    double *yuan; /* [from][to] */
    size_t n_kinds;
    char **kind, **from, **to;
    double *kind_yuan; /* [kind] */
};
enum status matrix_read(struct matrix *m, const struct result *r, struct diag *diag) MUST_CHECK;
void matrix_free(struct matrix *m);
#endif
