/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spending - when and where the public side spends, out of a result file: so that the same money can be given away otherwise. */
#ifndef LIANDONG_SPENDING_H
#define LIANDONG_SPENDING_H
#include <liandong/reading.h>

/* Accounts of the public side, with what they owe: `cost` and `spending` of an expression and the path below are of these. */
/* clang-format off */
#define PUBLIC_ACCOUNTS \
    "treasury", "districts", "budget", "pools", "pool_claims", "guarantors", "guarantor_claims", "reinsurance_due", \
    "guarantee_funds", "guarantee_fund_claims", "lenders", "bridges", "public_loans", "bond_bodies", "guide_funds"
/* clang-format on */

/* Yuan since the start, for good or not: path[month][region] the mean over runs, end[run] all regions by the last month. */
struct spent {
    double *path, *end;
};
void spent_free(struct spent *spent);

/* What the public accounts are poorer by, the city's share of taxes left out.  The caller frees `spent` in any case. */
enum status spending_path(const struct result *r, struct spent *spent, struct diag *diag) MUST_CHECK;

/* One instance of an instrument in one region, by its name on the axes `instrument` and `cover`: counted are what its budget line
 * pays, and what it pays as a pool or fund behind loans, less what comes back and what it earns, with what it comes to owe. */
struct spending_part {
    char member[READING_NAME];
    uint32_t region;
    bool line, cover;
};
/* The same of these instances alone, whatever becomes of other public money meanwhile. */
enum status spending_own(const struct result *r, const struct spending_part *part, size_t n, struct spent *spent,
                         struct diag *diag) MUST_CHECK;

/* Money for each calendar year from a path of cumulated spending (path[t * stride], t < months, first month `start`): never more
 * by the end of a year than was spent for good by then, so that what flows back later is not given away, and in sum what was
 * spent at the end, or nothing where that is below 0.  Returns the number of years, of which the first may begin late. */
size_t spending_years(const double *path, size_t stride, int32_t months, int32_t start, double *year);
#endif
