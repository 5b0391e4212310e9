/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcomes - yearly indicators of the regions of a result, by the list outcomes.def, as arrays for coupling coordination. */
#ifndef LIANDONG_OUTCOMES_H
#define LIANDONG_OUTCOMES_H
#include <liandong/ccd.h>
#include <liandong/reading.h>

enum outcome_subsystem { OUTCOME_INNOVATION, OUTCOME_FINANCE, OUTCOME_SPENDING, OUTCOME_SUBSYSTEMS };
enum outcome_how {
    OUTCOME_SUM,
    OUTCOME_MEAN,
    OUTCOME_END
}; /* what 12 months make of a year: sum, mean, the last month */

struct outcome_part {
    const char *series; /* "a + b.member - c"; "": none */
    enum outcome_how how;
};
struct outcome_desc {
    const char *name;
    enum outcome_subsystem subsystem;
    enum ccd_direction direction;
    struct outcome_part above, below;
    double scale;
    const char *unit, *en, *zh;
};
extern const struct outcome_desc outcome_table[];
extern const size_t n_outcomes;

struct outcomes {
    size_t runs, regions, years, n; /* n: n_outcomes */
    int first_year;                 /* whole calendar years only */
    char **region;                  /* [regions] */
    double *x;                      /* [runs][regions][years][n]; 0 where it is not available, or where BELOW is 0 */
    char (*lacking)[READING_NAME];  /* [n] the first series that the result does not have; "": available */
};
/* FAILED: no whole calendar year.  Errors of reading as in reading.h.  The caller frees in any case. */
enum status outcomes_read(struct outcomes *o, const struct result *r, struct diag *diag) MUST_CHECK;
void outcomes_free(struct outcomes *o);
#endif
