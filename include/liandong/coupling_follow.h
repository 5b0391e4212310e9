/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_follow - the tables of what papers report of D beside itself; follow_ups.def lists them. */
#ifndef LIANDONG_COUPLING_FOLLOW_H
#define LIANDONG_COUPLING_FOLLOW_H
#include <liandong/coupling_tables.h>

/* D of the units present in a year (with their numbers), of the years present of a unit; returns how many.  Room for all. */
size_t follow_year(const struct coupling_case *of, size_t year, double *d, size_t *unit);
size_t follow_unit(const struct coupling_case *of, size_t unit, double *d, size_t *year);

enum status follow_moran(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_local(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_inequality(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_groups(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_sigma(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_beta(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_density(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_markov(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_forecast(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_checks(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status follow_trend(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
#endif
