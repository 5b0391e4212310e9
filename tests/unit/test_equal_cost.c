/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for a size of given cost: straight lines, curves, steps, and costs that are never reached. */
#include <criterion/criterion.h>
#include <liandong/equal_cost.h>
#include <math.h>

static struct diag diag;
static struct equal_cost found;

static enum status line(void *context, double size, double *cost, struct diag *unused)
{
    (void)unused;
    ++*(int *)context;
    *cost = 3.0 * size;
    return OK;
}

static enum status saturating(void *context, double size, double *cost, struct diag *unused)
{
    (void)unused;
    ++*(int *)context;
    *cost = 10.0 * size / (size + 1.0);
    return OK;
}

/* Whole loans of 7. */
static enum status stairs(void *context, double size, double *cost, struct diag *unused)
{
    (void)unused;
    ++*(int *)context;
    *cost = 7.0 * floor(size);
    return OK;
}

/* Falls before it rises, and costs something though there is nothing of it. */
static enum status valley(void *context, double size, double *cost, struct diag *unused)
{
    (void)unused;
    ++*(int *)context;
    *cost = 3.0 + (size - 4.0) * (size - 4.0) / 8.0;
    return OK;
}

/* Luck of other public money: much more than what the size changes. */
static enum status luck(void *context, double size, double *cost, struct diag *unused)
{
    (void)unused;
    *cost = *(const double *)context + 1e-9 * size;
    return OK;
}

static enum status broken(void *context, double size, double *cost, struct diag *to)
{
    (void)context;
    (void)size;
    *cost = 0.0;
    return diag_stop(to, IO_ERROR, "no");
}

Test(equal_cost, finds_the_size_on_a_line_a_curve_and_from_far_above)
{
    int calls = 0;
    cr_assert_eq(equal_cost_find(line, &calls, 12.0, 0.0, 1.0, 1e9, &found, &diag), OK);
    cr_assert_float_eq(found.size, 4.0, 0.04);
    cr_assert_eq(found.tries, calls);
    cr_assert(calls <= 6, "%d", calls);
    cr_assert_eq(equal_cost_find(saturating, &calls, 9.5, 0.0, 1.0, 1e9, &found, &diag), OK);
    cr_assert_float_eq(found.cost, 9.5, 0.095);
    cr_assert_float_eq(found.size, found.cost / (10.0 - found.cost), 1e-9);
    cr_assert_eq(equal_cost_find(line, &calls, 0.3, 0.0, 1e6, 1e9, &found, &diag), OK);
    cr_assert_float_eq(found.cost, 0.3, 0.003);
}

Test(equal_cost, is_not_what_a_step_jumps_over_and_both_sides_of_the_step_are_told)
{
    int calls = 0;
    cr_assert_eq(equal_cost_find(stairs, &calls, 14.5, 0.0, 1.5, 100.0, &found, &diag), OK);
    cr_assert(found.cost == 14.0, "%g", found.cost);
    cr_assert_eq(equal_cost_find(stairs, &calls, 17.0, 0.0, 1.5, 100.0, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.verdict, EQUAL_COST_STEP);
    cr_assert(found.cost == 14.0 && found.low.cost == 14.0 && found.high.cost == 21.0, "%g", found.cost);
    cr_assert(found.low.size < 3.0 && found.high.size >= 3.0 && found.high.size - found.low.size < 0.01);
    cr_assert(found.tries <= 24);
}

Test(equal_cost, is_not_taken_for_nothing_at_size_zero_nor_for_rising)
{
    int calls = 0;
    double other = 5.0;
    cr_assert_eq(equal_cost_find(valley, &calls, 4.0, 0.0, 1.0, 1e9, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.verdict, EQUAL_COST_DEAR);
    cr_assert(found.size == 0.0 && found.low.cost == 5.0);
    cr_assert_eq(equal_cost_find(valley, &calls, 10.0, 0.0, 1.0, 1e9, &found, &diag), OK);
    cr_assert_float_eq(found.cost, 10.0, 0.1);
    cr_assert_eq(equal_cost_find(luck, &other, 2.0, 0.0, 1.0, 1e9, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.verdict, EQUAL_COST_DEAR);
    other = -5.0;
    cr_assert_eq(equal_cost_find(luck, &other, 2.0, 0.0, 1.0, 1e9, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.verdict, EQUAL_COST_FLAT);
    cr_assert(found.low.cost == -5.0 && found.high.cost > -5.0 && found.high.cost < -4.9);
    cr_assert_eq(equal_cost_find(line, &calls, 12.0, 2.0, 1.0, 1e9, &found, &diag), OK); /* begins below the least */
    cr_assert_float_eq(found.size, 4.0, 0.04);
}

Test(equal_cost, says_what_cost_most_where_the_target_is_never_reached)
{
    int calls = 0;
    cr_assert_eq(equal_cost_find(saturating, &calls, 20.0, 0.0, 1.0, 1e9, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.verdict, EQUAL_COST_CHEAP);
    cr_assert_float_eq(found.cost, 10.0, 0.01);
    cr_assert_eq(equal_cost_find(line, &calls, 20.0, 0.0, 1.0, 5.0, &found, &diag), VERDICT_BAD);
    cr_assert_eq(found.size, 5.0);
    diag_init(&diag);
    cr_assert_eq(equal_cost_find(broken, NULL, 20.0, 0.0, 1.0, 5.0, &found, &diag), IO_ERROR);
    diag_free(&diag);
}
