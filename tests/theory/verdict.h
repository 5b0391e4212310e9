/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict - what a test against theory says: statistic, expectation, z or chi-square, p, and what it would have found. */
#ifndef LIANDONG_TESTS_VERDICT_H
#define LIANDONG_TESTS_VERDICT_H
#include <stddef.h>

#define VERDICT_P 1e-6 /* red below */

/* Is `got` a draw of mean `expected` and standard error `error`?  Also says the smallest bias found with 99 %. */
void verdict_z(const char *what, double got, double expected, double error);

/* Did `hits` of `trials` independent trials of this chance succeed?  By the exact binomial. */
void verdict_share(const char *what, unsigned hits, unsigned trials, double chance);

/* Did `draws` independent draws fall into cells of these chances (that sum to one) as counted?  Neighbouring cells are put
 * together until each expects ten and a twentieth of the draws.  `biased`: the chances under a bias of `size`; the smallest
 * size found with 99 % is printed (biased NULL: the smallest distance, root of sum (q - p)^2 / p). */
typedef void (*biased_fn)(const void *model, double size, double *chance, size_t cells);
void verdict_cells(const char *what, const double *chance, const double *counted, size_t cells, double draws,
                   biased_fn biased, const void *model);
#endif
