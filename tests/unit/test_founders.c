/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many might found: before and after the start. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/prepare.h>

static const int32_t start = 2020 * 12;

static void founders_of(const char *before, const int32_t *months, size_t n, double *founders)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "100");
    lab_set(&lab, "regions.town.founders.trend", "0.1");
    if (before != NULL)
        lab_set(&lab, "regions.town.founders.trend_before", before);
    lab_watch(&run, &lab, 1, NULL, NULL);
    for (size_t k = 0; k < n; k++)
        founders[k] = potential_founders(&run.world, &run.world.region[0], start + months[k]);
    lab_end(&run);
}

static const int32_t months[] = {-24, -12, 0, 12, 24};
enum { N = 5 };

Test(founders, of_a_place_grow_by_one_trend_where_no_other_is_given)
{
    static const double expected[N] = {100.0 / 1.21, 100.0 / 1.1, 100.0, 110.0, 121.0};
    double given[N], minus_one[N];
    founders_of(NULL, months, N, given);
    founders_of("-1", months, N, minus_one);
    for (int k = 0; k < N; k++) {
        cr_expect_float_eq(given[k], expected[k], 1e-9);
        cr_expect_eq(given[k], minus_one[k]);
    }
}

/* A place that has come from fast years into slow ones: its past is that of the fast. */
Test(founders, of_the_past_grew_by_the_trend_before_the_start)
{
    static const double expected[N] = {100.0 / 1.69, 100.0 / 1.3, 100.0, 110.0, 121.0};
    double given[N];
    founders_of("0.3", months, N, given);
    for (int k = 0; k < N; k++)
        cr_expect_float_eq(given[k], expected[k], 1e-9);
}
