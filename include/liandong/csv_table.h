/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_table - a file of rows (fates, rows, office, truth, sweep, panel, claims, comparison) as a wide table in UTF-8: one line a row,
 * one column a variable, codes by their names.  What pandas, statsmodels and R read. */
#ifndef LIANDONG_CSV_TABLE_H
#define LIANDONG_CSV_TABLE_H
#include <liandong/reading.h>
#include <stdio.h>

/* Do its variables lie along `row`? */
bool csv_is_table(const struct result *r);

/* Columns by name; NULL: all.  zh: their labels instead of their names in the header.  Whole numbers as they stand (fen stay fen),
 * others with the fewest digits that give the same double back, an undefined one as an empty cell.  With a byte-order mark. */
enum status csv_table_write(FILE *to, const struct result *r, char *const *column, size_t n, bool zh,
                            struct diag *diag) MUST_CHECK;

/* A text as a cell, quoted where it has to be, and what follows it. */
void csv_put_text(FILE *to, const char *text, const char *behind);
/* A number as a cell. */
void csv_put_number(FILE *to, bool real, union cell value);
#endif
