/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_file - arrays over named axes to a file that is HDF5 and netCDF-4 at once, whole or not at all, with its .sha256. */
#ifndef LIANDONG_PANEL_FILE_H
#define LIANDONG_PANEL_FILE_H
#include <liandong/diag.h>
#include <stdint.h>

enum { PANEL_FILE_AXES = 4 };

/* An axis by names or by whole numbers. */
struct panel_file_axis {
    const char *name, *en, *zh;
    size_t n;
    const char *const *label; /* [n], or NULL */
    const int *number;        /* [n] where there are no labels */
};
/* Reals, or codes with their meanings (0, 1, ... separated by blanks; -1: none). */
struct panel_file_variable {
    const char *name, *en, *zh;
    int rank;
    size_t axis[PANEL_FILE_AXES]; /* indices of axes */
    const double *value;
    const int8_t *code;
    const char *meanings; /* of codes */
    int n_meanings;
};
struct panel_file_attribute {
    const char *name, *value;
};
struct panel_file {
    size_t n_axes, n_variables, n_attributes;
    const struct panel_file_axis *axis;
    const struct panel_file_variable *variable;
    const struct panel_file_attribute *attribute;
};
/* IO_ERROR with one line that names the file; whatever stood under that name before still stands. */
enum status panel_file_write(const char *path, const struct panel_file *file, struct diag *diag) MUST_CHECK;
#endif
