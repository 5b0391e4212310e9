/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paired differences, ratios and several variants: worked by hand, and by what defines them. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/paired.h>
#include <math.h>

/* Differences 1 2 0 3: mean 3/2, variance 5/3; variances of the worlds 5/3 and 14/3.  The tail of Student's t with three degrees of
 * freedom is elementary: 1 - (2/pi) (atan x + x / (1 + x^2)), x = t / sqrt 3; here x^2 = 9/5. */
Test(paired, four_pairs_give_what_is_worked_by_hand)
{
    const double base[] = {1, 2, 3, 4}, variant[] = {2, 4, 3, 7}, x = sqrt(9.0 / 5.0), pi = acos(-1.0);
    struct paired d = paired_of(base, variant, 4, 0.95);
    cr_assert_float_eq(d.base, 2.5, 1e-15);
    cr_assert_float_eq(d.variant, 4.0, 1e-15);
    cr_assert_float_eq(d.difference, 1.5, 1e-15);
    cr_assert_float_eq(d.se, sqrt(5.0 / 12.0), 1e-15);
    cr_assert_float_eq(d.high - d.difference, 3.182446305284263 * d.se, 1e-10);
    cr_assert_float_eq(d.difference - d.low, d.high - d.difference, 1e-14);
    cr_assert_float_eq(d.p, 1.0 - 2.0 / pi * (atan(x) + x / (1.0 + x * x)), 1e-12, "%.15g", d.p);
    cr_assert_float_eq(d.gain, 19.0 / 5.0, 1e-14);
}

Test(paired, worlds_that_are_one_differ_by_exactly_nothing)
{
    const double base[] = {0.1, 0.7, 1e9, -3.3};
    struct paired d = paired_of(base, base, 4, 0.95);
    cr_assert(d.difference == 0.0 && d.se == 0.0 && d.low == 0.0 && d.high == 0.0);
    cr_assert_eq(d.p, 1.0);
    cr_assert(isinf(d.gain));
    d = paired_of(base, base, 1, 0.95);
    cr_assert(d.difference == 0.0 && isnan(d.se) && isnan(d.p) && isnan(d.low));
}

/* 0.005 x 4, 0.01 x 3, 0.03 x 2, and never less than the one before. */
Test(paired, holm_multiplies_the_smallest_most_and_never_turns_the_order)
{
    const double p[] = {0.01, 0.04, 0.03, 0.005}, want[] = {0.03, 0.06, 0.06, 0.02}, high[] = {0.6, 0.9};
    double adjusted[4];
    paired_holm(p, 4, adjusted);
    for (int k = 0; k < 4; k++)
        cr_assert_float_eq(adjusted[k], want[k], 1e-15, "%d: %g", k, adjusted[k]);
    paired_holm(high, 2, adjusted);
    cr_assert(adjusted[0] == 1.0 && adjusted[1] == 1.0);
    const double one[] = {0.03, (double)NAN};
    paired_holm(one, 2, adjusted);
    cr_assert_float_eq(adjusted[0], 0.06, 1e-15);
    cr_assert(isnan(adjusted[1]));
}

/* |t| of "mean numerator = r mean denominator": what the set is made of. */
static double student(const double *a, const double *b, size_t n, double r)
{
    double off[16];
    for (size_t i = 0; i < n; i++)
        off[i] = a[i] - r * b[i];
    return fabs(gsl_stats_mean(off, 1, n)) / (gsl_stats_sd(off, 1, n) / sqrt((double)n));
}

static const double many[] = {5.1, 3.9, 6.2, 4.8, 5.5, 4.1}, sure[] = {2.1, 1.8, 2.4, 2.2, 1.9, 2.3};

Test(paired, the_ends_of_a_ratio_are_where_students_t_stops_rejecting)
{
    double q = paired_quantile(6, 0.95, 1);
    struct ratio r = paired_ratio(many, sure, 6, 0.95);
    cr_assert_eq(r.set, RATIO_INTERVAL);
    cr_assert_float_eq(r.value, gsl_stats_mean(many, 1, 6) / gsl_stats_mean(sure, 1, 6), 1e-15);
    cr_assert(r.low < r.value && r.value < r.high);
    cr_assert_float_eq(student(many, sure, 6, r.low), q, 1e-9);
    cr_assert_float_eq(student(many, sure, 6, r.high), q, 1e-9);
}

/* A denominator about zero under a numerator that is not. */
Test(paired, a_ratio_over_what_may_be_nothing_is_unbounded_on_both_sides)
{
    const double doubtful[] = {0.5, -0.4, 0.6, -0.3, 0.2, -0.1};
    double q = paired_quantile(6, 0.95, 1);
    struct ratio r = paired_ratio(many, doubtful, 6, 0.95);
    cr_assert_eq(r.set, RATIO_OUTSIDE);
    cr_assert(r.low < r.high);
    cr_assert_float_eq(student(many, doubtful, 6, r.low), q, 1e-9);
    cr_assert_float_eq(student(many, doubtful, 6, r.high), q, 1e-9);
    cr_assert(student(many, doubtful, 6, (r.low + r.high) / 2.0) > q);
    cr_assert(student(many, doubtful, 6, r.low - 1e3) < q && student(many, doubtful, 6, r.high + 1e3) < q);
    cr_assert(r.value <= r.low || r.value >= r.high);
}

Test(paired, a_ratio_of_two_things_that_may_be_nothing_can_be_any_number)
{
    const double a[] = {0.3, -0.5, 0.4, -0.2, 0.1, -0.3}, b[] = {0.5, 0.4, -0.6, -0.3, 0.2, -0.1};
    double q = paired_quantile(6, 0.95, 1);
    struct ratio r = paired_ratio(a, b, 6, 0.95);
    cr_assert_eq(r.set, RATIO_ALL);
    for (double x = -100.0; x <= 100.0; x += 0.25)
        cr_assert(student(a, b, 6, x) < q);
    const double nothing[6] = {0};
    cr_assert_eq(paired_ratio(a, nothing, 6, 0.95).set, RATIO_NONE);
    cr_assert_eq(paired_ratio(a, b, 1, 0.95).set, RATIO_NONE);
}

Test(paired, the_bootstrap_repeats_itself_agrees_with_fieller_and_says_when_it_cannot)
{
    struct ratio one = paired_bootstrap(many, sure, 6, 0.95, 4000, 7),
                 again = paired_bootstrap(many, sure, 6, 0.95, 4000, 7);
    struct ratio fieller = paired_ratio(many, sure, 6, 0.95);
    const double doubtful[] = {0.5, -0.4, 0.6, -0.3, 0.2, -0.1};
    cr_assert(one.low == again.low && one.high == again.high && one.set == RATIO_INTERVAL);
    cr_assert(one.low > fieller.low && one.high < fieller.high, "six runs: percentiles are narrower than Student");
    cr_assert_float_eq(one.high - one.low, 0.6 * (fieller.high - fieller.low), 0.2 * (fieller.high - fieller.low));
    cr_assert_eq(paired_bootstrap(many, doubtful, 6, 0.95, 1000, 7).set, RATIO_ALL);
}

/* 1 and 2 differ by 10 with little noise; 2 and 3 by 0.1 with much. */
Test(paired, variants_are_told_apart_only_where_their_own_difference_says_so)
{
    const double value[3][5] = {
        {0.1, 0.2,  0.0,  -0.1, 0.1 },
        {10., 10.3, 9.9,  10.1, 9.8 },
        {12., 7.1,  11.9, 9.0,  10.6}
    };
    bool apart[9];
    paired_told_apart(value[0], 3, 5, 0.95, apart);
    cr_assert(apart[0 * 3 + 1] && apart[1 * 3 + 0] && apart[0 * 3 + 2]);
    cr_assert(!apart[1 * 3 + 2] && !apart[2 * 3 + 1]);
    cr_assert(!apart[0] && !apart[4] && !apart[8]);
}

enum { WORLDS = 4000, RUNS = 12 };

static bool holds(const struct ratio *r, double truth)
{
    bool inside = r->low <= truth && truth <= r->high;
    return r->set == RATIO_INTERVAL ? inside : r->set == RATIO_OUTSIDE ? truth <= r->low || truth >= r->high : true;
}

/* Normal differences of any correlation: both sets are exact, so of 4,000 at 90 % between 3,600 - 95 and 3,600 + 95 hold the
 * truth (five standard deviations, p < 1e-6).  The second denominator is so near 0 that most of its sets are unbounded. */
Test(paired, intervals_and_ratio_sets_hold_the_truth_as_often_as_they_say)
{
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_mt19937);
    const double mean[2] = {2.0, 0.2};
    for (int k = 0; k < 2; k++) {
        int interval = 0, set = 0, unbounded = 0;
        gsl_rng_set(luck, 5 + (unsigned long)k);
        for (int w = 0; w < WORLDS; w++) {
            double base[RUNS], variant[RUNS], a[RUNS], b[RUNS];
            for (int i = 0; i < RUNS; i++) {
                double shared = gsl_ran_gaussian(luck, 3.0);
                base[i] = shared;
                variant[i] = shared + 1.5 + gsl_ran_gaussian(luck, 0.8);
                a[i] = variant[i] - base[i];
                b[i] = mean[k] + 0.5 * (a[i] - 1.5) + gsl_ran_gaussian(luck, 0.6);
            }
            struct paired d = paired_of(base, variant, RUNS, 0.9);
            struct ratio r = paired_ratio(a, b, RUNS, 0.9);
            interval += d.low <= 1.5 && 1.5 <= d.high;
            set += holds(&r, 1.5 / mean[k]);
            unbounded += r.set != RATIO_INTERVAL;
        }
        cr_assert(interval > 3505 && interval < 3695, "%d", interval);
        cr_assert(set > 3505 && set < 3695, "%d", set);
        cr_assert(k == 0 ? unbounded < 40 : unbounded > 2000, "%d", unbounded);
    }
    gsl_rng_free(luck);
}
