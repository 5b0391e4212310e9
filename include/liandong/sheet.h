/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet - a table of a user's as a text file, cell by cell with its place: CSV by RFC 4180, as spreadsheets write it.
 *
 * UTF-8 with or without a byte-order mark; separated by commas, tabs or semicolons (whichever the header has most of); lines end
 * in LF, CRLF or CR; lines that begin with '#' and empty lines are passed over; blanks around a cell, also full-width ones,
 * are no part of it.  All errors of a file are noted at once. */
#ifndef LIANDONG_SHEET_H
#define LIANDONG_SHEET_H
#include <liandong/diag.h>

enum { SHEET_SIZE_MOST = 256 << 20 };

struct sheet_cell {
    const char *text; /* "": empty */
    int line, column; /* from 1; in characters */
};
struct sheet {
    const char *file;
    char *bytes;
    size_t n_columns, n_rows;
    const struct sheet_cell *header; /* [n_columns], no two the same, none empty */
    struct sheet_cell *cell;         /* header, then [n_rows][n_columns] */
    const struct sheet_cell *row;    /* [n_rows][n_columns] */
};

/* A file as it is, with a zero behind it; the caller frees *text.  FAILED: there is no such file; IO_ERROR: it cannot be read. */
enum status sheet_file_read(const char *path, size_t most, char **text, size_t *size, struct diag *diag) MUST_CHECK;

/* `file` must outlive the sheet.  On errors the sheet is freed. */
enum status sheet_read(struct sheet *s, const char *file, struct diag *diag) MUST_CHECK;
/* The same of a text; bytes are owned and changed by the sheet. */
enum status sheet_read_text(struct sheet *s, const char *file, char *bytes, size_t size, struct diag *diag) MUST_CHECK;
void sheet_free(struct sheet *s);

struct place sheet_place(const struct sheet *s, const struct sheet_cell *cell);
/* The column of that name, or n_columns. */
size_t sheet_find(const struct sheet *s, const char *name);

/* What a cell says. */
enum sheet_value { SHEET_NUMBER, SHEET_EMPTY, SHEET_TEXT };
/* A finite number, with its decimals as written ("0.410": 3).  Empty are also NA, N/A, NaN, null and dashes. */
enum sheet_value sheet_number(const struct sheet_cell *cell, double *number, int *decimals);
#endif
