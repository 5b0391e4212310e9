/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures judged together: worked by hand, by what the region promises, and by what it must refuse. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <liandong/joint.h>
#include <liandong/observe.h>
#include <math.h>

/* Mean 0, variances 10/3, covariance 8/3, correlation 0.8. */
static const double cloud[] = {2, 1, 1, 2, -2, -1, -1, -2};

static struct joint joint_at(const double *value, int32_t worlds, double x, double y)
{
    const double at[] = {x, y};
    struct joint j;
    joint_of(value, worlds, 2, at, at, &j);
    return j;
}

/* 2 a^2 / (variance (1 - r)) = 3 a^2 across the cloud, a^2 / 3 along it.  F(2, 2) beyond f has the chance 1 / (1 + f);
 * f = 4 (4 - 2) / (2 (16 - 1)) D^2. */
Test(joint, distance_across_and_along_four_worlds_is_that_worked_by_hand)
{
    struct joint across = joint_at(cloud, 4, 1, -1), along = joint_at(cloud, 4, 3, 3);
    cr_assert_eq(across.state, JOINT_JUDGED);
    cr_assert_float_eq(across.distance, sqrt(3.0), 1e-12);
    cr_assert_float_eq(across.p, 1.0 / (1.0 + 4.0 / 15.0 * 3.0), 1e-12);
    cr_assert_float_eq(across.limit, sqrt(19.0 * 15.0 / 4.0), 1e-9);
    cr_assert_float_eq(along.distance, sqrt(3.0), 1e-12);
    cr_assert_float_eq(along.without[0], 3.0 / sqrt(10.0 / 3.0), 1e-12);
}

/* Each alone is half a standard deviation off; together they are what no world shows. */
Test(joint, figures_that_hold_one_by_one_may_not_hold_together)
{
    struct joint j = joint_at(cloud, 4, 1, -1);
    cr_assert_float_eq(j.without[0], 1.0 / sqrt(10.0 / 3.0), 1e-12);
    cr_assert_float_eq(j.without[1], j.without[0], 1e-12);
    cr_assert_gt(j.distance, 3.0 * j.without[0]);
}

/* E[x | y] = 0.8 y. */
Test(joint, tells_what_a_figure_would_be_if_the_others_were_as_reported)
{
    struct joint j = joint_at(cloud, 4, 1, -2);
    cr_assert_float_eq(j.given[0], -1.6, 1e-12);
    cr_assert_float_eq(j.given[1], 0.8, 1e-12);
    cr_assert_eq(j.carries, 1); /* -2 is further off than 1 */
    j = joint_at(cloud, 4, 1, -1000);
    cr_assert(isnan(j.given[0]) && !isnan(j.given[1])); /* no world comes near -1000 */
}

Test(joint, a_range_is_met_within_it_and_missed_from_its_nearest_end)
{
    const double low[] = {-1, 0}, high[] = {3, 3}, above[] = {3, -(double)INFINITY}, open[] = {INFINITY, INFINITY};
    struct joint j;
    joint_of(cloud, 4, 2, low, high, &j);
    cr_assert(j.distance == 0.0 && j.p == 1.0);
    joint_of(cloud, 4, 2, above, open, &j);
    cr_assert_float_eq(j.distance, 3.0 / sqrt(10.0 / 3.0), 1e-12);
    cr_assert_eq(j.carries, 0);
    cr_assert_float_eq(j.without[0], 0.0, 1e-12);
}

Test(joint, units_change_nothing)
{
    double scaled[8];
    for (int k = 0; k < 8; k++)
        scaled[k] = k % 2 == 0 ? 1e9 * cloud[k] + 7e9 : 1e-6 * cloud[k];
    struct joint a = joint_at(cloud, 4, 1, -2), b = joint_at(scaled, 4, 8e9, -2e-6);
    cr_assert_float_eq(a.distance, b.distance, 1e-9);
    cr_assert_float_eq(b.given[0], 7e9 - 1.6e9, 1.0);
}

/* Shares that make a hundred, a figure that never moves, as many figures as worlds: no verdict. */
Test(joint, refuses_figures_that_follow_from_one_another_and_too_few_worlds)
{
    const double shares[] = {60, 30, 10, 50, 30, 20, 70, 10, 20, 40, 45, 15, 55, 15, 30}, at[] = {60, 20, 13};
    const double still[] = {1, 5, 2, 5, 3, 5, 4, 5};
    struct joint j;
    joint_of(shares, 5, 3, at, at, &j);
    cr_assert_eq(j.state, JOINT_DEPENDENT);
    cr_assert_eq(joint_at(still, 4, 1, 5).state, JOINT_DEPENDENT);
    cr_assert_eq(joint_at(cloud, 2, 1, 5).state, JOINT_FEW);
}

/* One further world in twenty lies outside: of 4,000 some 200 +- 6 sd of 14. */
Test(joint, one_further_world_in_twenty_lies_beyond_the_limit)
{
    enum { TRIALS = 4000, WORLDS = 12, FIGURES = 3 };
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    int beyond = 0;
    for (int t = 0; t < TRIALS; t++) {
        double value[(WORLDS + 1) * FIGURES];
        struct joint j;
        for (int w = 0; w <= WORLDS; w++) {
            double common = gsl_ran_gaussian(luck, 1.0);
            for (int i = 0; i < FIGURES; i++)
                value[w * FIGURES + i] = common + (i + 1) * gsl_ran_gaussian(luck, 1.0);
        }
        joint_of(value, WORLDS, FIGURES, value + WORLDS * FIGURES, value + WORLDS * FIGURES, &j);
        beyond += j.distance > j.limit;
        cr_assert((j.distance > j.limit) == (j.p < 0.05));
    }
    gsl_rng_free(luck);
    cr_assert(abs(beyond - TRIALS / 20) < 6 * 14, "%d", beyond);
}

Test(joint, groups_hold_predictions_alone_each_once)
{
    for (int g = 0; g < N_JOINTS; g++) {
        const struct joint_desc *d = &joint_table[g];
        cr_assert(d->n >= 2 && d->n <= MAX_JOINT && *d->en != '\0' && *d->zh != '\0', "%s", d->name);
        for (int32_t i = 0; i < d->n; i++) {
            cr_expect_eq(fact_table[d->fact[i]].kind, PREDICTED, "%s", fact_table[d->fact[i]].name);
            for (int32_t j = 0; j < i; j++)
                cr_expect_neq(d->fact[i], d->fact[j], "%s", d->name);
        }
    }
}
