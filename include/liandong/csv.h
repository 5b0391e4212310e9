/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv - series of a result as one long table in UTF-8: a line a value, ready for Excel, R and pandas.
 *
 *     series,label,unit,run,month,region,dimension,member,value
 *
 * Whole numbers are written as they stand (fen stay fen), others with the fewest digits that give the same double back. */
#ifndef LIANDONG_CSV_H
#define LIANDONG_CSV_H
#include <liandong/reading.h>
#include <stdio.h>

/* A file of rows is written as csv_table.h says, `series` are its columns then.  Else series (axes run, time, region and at most one more) by name; NULL: all but flows and balances.
 * zh: header, labels and members in Chinese.  With a byte-order mark, which Excel needs. */
enum status csv_write(FILE *to, const struct result *r, char *const *series, size_t n, bool zh,
                      struct diag *diag) MUST_CHECK;
#endif
