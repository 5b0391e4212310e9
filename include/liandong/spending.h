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

/* path[month][region]: what these accounts are poorer by since the start, the
 * city's share of taxes left out, in yuan; mean over runs.  Room for shape.months * shape.regions. */
enum status spending_path(const struct result *r, double *path, struct diag *diag) MUST_CHECK;

/* Money for each calendar year from a path of cumulated spending (path[t * stride], t < months, first month `start`): never more
 * by the end of a year than was spent for good by then, so that what flows back later is not given away, and in sum what was
 * spent at the end, or nothing where that is below 0.  Returns the number of years, of which the first may begin late. */
size_t spending_years(const double *path, size_t stride, int32_t months, int32_t start, double *year);
#endif
