/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_output - where the tables of `liandong coupling` go. */
#ifndef LIANDONG_COUPLING_OUTPUT_H
#define LIANDONG_COUPLING_OUTPUT_H
#include <liandong/command.h>

bool output_ends_in(const char *text, const char *ending);
/* The format that the ending of `out` asks for, unless --format asked for another. */
enum format output_format(const char *out, enum format asked);
/* "OUT.csv" and "weights" -> "OUT.weights.csv"; "degrees" is OUT.csv itself.  What has no place in an HDF5 file stands beside
 * it as CSV.  Freed by the caller; NULL without memory. */
char *output_beside(const char *out, const char *table);

/* What print writes goes to `path`, whole or not at all. */
typedef enum status (*output_print_fn)(const void *what, FILE *to, struct diag *diag);
enum status output_write(const char *path, output_print_fn print, const void *what, struct diag *diag) MUST_CHECK;
#endif
