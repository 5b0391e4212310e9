/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_places - what the specification says of units beside the panel: groups, and neighbours from a file of places, of pairs
 * or of a matrix. */
#ifndef LIANDONG_COUPLING_PLACES_H
#define LIANDONG_COUPLING_PLACES_H
#include <liandong/coupling_panel.h>

struct coupling_groups {
    size_t n;
    const char **name; /* [n] */
    size_t *of;        /* [n_units] */
};
/* FAILED: a unit in no group or in two, a name that is no unit. */
enum status groups_read(struct coupling_groups *g, const struct coupling_spec *spec, const struct coupling_panel *p,
                        struct diag *diag) MUST_CHECK;
void groups_free(struct coupling_groups *g);

/* w[n_units][n_units], not yet divided by row sums; freed by the caller. */
enum status neighbours_read(const struct coupling_spec *spec, const struct coupling_panel *p, double **w,
                            struct diag *diag) MUST_CHECK;
#endif
