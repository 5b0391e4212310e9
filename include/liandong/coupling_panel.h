/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_panel - a user's panel for a specification: which columns are meant, numbers, units, years, what is missing, what does
 * not vary.  Every error is noted with its line and column. */
#ifndef LIANDONG_COUPLING_PANEL_H
#define LIANDONG_COUPLING_PANEL_H
#include <liandong/coupling_spec.h>
#include <liandong/sheet.h>

struct coupling_panel {
    struct sheet sheet;
    struct ccd_panel of;            /* rows in the order of the file, interpolated ones at the end */
    const struct sheet_cell **line; /* [of.n] first cell of the row; NULL: interpolated */
    const char **unit;              /* [of.n_units], in order of appearance */
    int *year;                      /* [of.n_years], rising */
    size_t *grid;                   /* [of.n_units][of.n_years] row, or SIZE_MAX */
    size_t *unit_of, *year_of;      /* behind `of` */
    double *x;
    const char *unit_name, *year_name; /* headers; NULL: the panel has no such column */
    int *decimals;                     /* [n_indicators] most that a cell of the column has */
    size_t dropped, interpolated;      /* rows; values */
};

/* Columns are found by the spec's names, then by usual names of units and years, then by place. */
enum status panel_read(struct coupling_panel *p, const char *file, const struct coupling_spec *spec,
                       struct diag *diag) MUST_CHECK;
/* Constant indicators are errors, or are marked as dropped in the spec. */
enum status panel_check_constant(const struct coupling_panel *p, struct coupling_spec *spec,
                                 struct diag *diag) MUST_CHECK;
/* One more column of numbers by row; empty cells are NAN.  *value is freed by the caller. */
enum status panel_column(const struct coupling_panel *p, const char *name, double **value, int *decimals,
                         struct diag *diag) MUST_CHECK;
/* The text of a column in the row, or NULL (no such column, an interpolated row). */
const char *panel_text(const struct coupling_panel *p, size_t row, size_t column);
void panel_free(struct coupling_panel *p);
#endif
