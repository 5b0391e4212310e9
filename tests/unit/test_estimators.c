/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimators of an office: by hand on tables that fit on a page, exactly on lines, and on data whose truth is known. */
#include <criterion/criterion.h>
#include <liandong/estimators.h>
#include <math.h>
#include <stdint.h>

static struct contrast c;

static void end(void)
{
    contrast_free(&c);
}
TestSuite(estimators, .fini = end);

static void near(double have, double want, double within, const char *what)
{
    cr_assert(fabs(have - want) <= within, "%s: %.17g, not %.17g", what, have, want);
}

/* Treated 3 5 10, others 1 2 3 6: means 6 and 3; variances 13 and 14/3; 13/3 + 14/12 = 5.5. */
Test(estimators, a_difference_in_means_and_its_robust_error_are_those_done_by_hand)
{
    const double y[] = {3, 1, 5, 2, 3, 10, 6};
    const bool treated[] = {true, false, true, false, false, true, false};
    cr_assert(contrast_init(&c, 7));
    contrast_means(&c, treated, 7);
    cr_assert_eq(c.status, CONTRAST_FOUND);
    cr_assert(c.n_plus == 3 && c.n_minus == 4);
    near(contrast_plus(&c, y), 6.0, 1e-14, "treated");
    near(contrast_minus(&c, y), 3.0, 1e-14, "others");
    near(contrast_value(&c, y), 3.0, 1e-14, "difference");
    near(contrast_se(&c, y), sqrt(5.5), 1e-14, "standard error");
}

/* Changes of the treated 2 4 6, of the others 1 1 2 4: 4 - 2 = 2; variances 4 and 2; 4/3 + 2/4 = 11/6. */
Test(estimators, a_difference_in_differences_is_that_of_changes_whatever_the_levels)
{
    const double before[] = {100, -7, 3, 0, 50, 9, 1}, change[] = {2, 1, 4, 1, 2, 6, 4};
    const bool treated[] = {true, false, true, false, false, true, false};
    double off[7];
    cr_assert(contrast_init(&c, 7));
    contrast_means(&c, treated, 7);
    for (int i = 0; i < 7; i++)
        off[i] = before[i] + change[i] - before[i];
    near(contrast_value(&c, off), 2.0, 1e-13, "difference of differences");
    near(contrast_se(&c, off), sqrt(11.0 / 6.0), 1e-13, "standard error");
}

/* Bandwidth 4.  Left, scores -1 -2 -3 with weights 3/4 1/2 1/4 and outcomes 4 2 2: S0 3/2, S1 -5/2, S2 5, S0 S2 - S1^2 = 5/4;
 * sum k y = 9/2, sum k x y = -13/2; height (5 * 9/2 - (-5/2)(-13/2)) / (5/4) = 5, slope (3/2 * -13/2 + 5/2 * 9/2) / (5/4) = 6/5.
 * Right, scores 1 2 3, outcomes 1 1 3: sums 3/2 5/2 5; sum k y = 2, sum k x y = 4; height (5 * 2 - 5/2 * 4) / (5/4) = 0, slope
 * (3/2 * 4 - 5/2 * 2) / (5/4) = 4/5.  Weights of a height: k (S2 - S1 x) / (5/4) = 3/2 0 -1/2 on both sides.
 * Left off the line: 4 - 19/5 = 1/5, and at -3: 2 - 7/5 = 3/5; right: 1 - 4/5 = 1/5, and 3 - 12/5 = 3/5.
 * Sum of w^2 e^2: 2 (9/4 * 1/25 + 1/4 * 9/25) = 9/25; N = 6: times 6 / 2; root of 27/25. */
Test(estimators, a_discontinuity_and_its_robust_error_are_those_done_by_hand)
{
    const double score[] = {-1, 2, -3, 1, 3, -2, 7, (double)NAN}, y[] = {4, 1, 2, 1, 3, 2, 1e6, (double)NAN};
    cr_assert(contrast_init(&c, 8));
    contrast_threshold(&c, score, 8, 4.0, 3);
    cr_assert_eq(c.status, CONTRAST_FOUND);
    cr_assert(c.n_plus == 3 && c.n_minus == 3);
    near(c.plus[0], 1.5, 1e-14, "weight");
    near(c.plus[5], 0.0, 1e-14, "weight");
    near(c.plus[2], -0.5, 1e-14, "weight");
    near(contrast_plus(&c, y), 5.0, 1e-13, "left");
    near(contrast_minus(&c, y), 0.0, 1e-13, "right");
    near(contrast_se(&c, y), sqrt(27.0 / 25.0), 1e-13, "standard error");
}

Test(estimators, a_jump_between_two_lines_is_found_exactly_and_without_error_by_any_bandwidth)
{
    enum { N = 40 };
    double score[N], y[N];
    cr_assert(contrast_init(&c, N));
    for (int i = 0; i < N; i++) {
        score[i] = 0.1 * (i - 19.5);
        y[i] = score[i] <= 0.0 ? 7.0 + 3.0 * score[i] : 2.0 - 5.0 * score[i];
    }
    for (double h = 0.5; h < 10.0; h *= 2.0) {
        contrast_threshold(&c, score, N, h, 2);
        near(contrast_value(&c, y), 5.0, 1e-12, "jump");
        near(contrast_se(&c, y), 0.0, 1e-12, "standard error");
    }
}

Test(estimators, a_threshold_belongs_to_those_at_it_or_below)
{
    const double score[] = {-0.5, 0.0, 0.25, 0.5}, y[] = {1, 1, 9, 9};
    cr_assert(contrast_init(&c, 4));
    contrast_threshold(&c, score, 4, 1.0, 2);
    near(contrast_value(&c, y), -8.0, 1e-12, "jump");
}

Test(estimators, say_what_they_cannot_estimate)
{
    const bool none[] = {false, false, false, true}, all[] = {true, true, true, false};
    const double y[] = {1, 2, 3, 4}, score[] = {-1, -1, 1, 2}, far[] = {-9, -8, 1, 2};
    cr_assert(contrast_init(&c, 4));
    contrast_means(&c, none, 4);
    cr_assert_eq(c.status, CONTRAST_NO_PLUS);
    cr_assert(isnan(contrast_value(&c, y)) && isnan(contrast_se(&c, y)));
    contrast_means(&c, all, 4);
    cr_assert_eq(c.status, CONTRAST_NO_MINUS);
    contrast_threshold(&c, score, 4, 5.0, 2); /* one score has no line */
    cr_assert_eq(c.status, CONTRAST_FEW);
    contrast_threshold(&c, far, 4, 5.0, 2);
    cr_assert_eq(c.status, CONTRAST_FEW);
    cr_assert_eq(c.n_plus, 0u);
    contrast_threshold(&c, score, 4, (double)NAN, 2);
    cr_assert_eq(c.status, CONTRAST_FEW);
    cr_assert(isnan(contrast_value(&c, y)));
}

/* Scores 1 ... 5: s^2 = 2.5. */
Test(estimators, a_bandwidth_is_that_of_the_formula_and_skips_who_has_no_score)
{
    const double score[] = {1, 2, (double)NAN, 3, 4, 5};
    near(contrast_bandwidth(score, 6), 1.84 * sqrt(2.5) * pow(5.0, -0.2), 1e-14, "bandwidth");
    cr_assert(isnan(contrast_bandwidth(score, 1)));
}

/* -- data whose truth is known --------------------------------------------------------------------------------------------- */
/* Deterministic numbers between 0 and 1 (Knuth's multiplier modulo 2^64). */
static double luck(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (double)(*state >> 11) / 9007199254740992.0;
}

enum { MANY = 20000 };
static double without[MANY], with[MANY], effect[MANY], score[MANY];
static bool treated[MANY];

/* The better take part; effect 2 on them, 0.5 on the others; what is reported is 0.9 of what is. */
static void make_data(void)
{
    uint64_t state = 7;
    for (int i = 0; i < MANY; i++) {
        double good = luck(&state), noise = luck(&state) - 0.5;
        score[i] = luck(&state) * 2.0 - 1.0;
        treated[i] = good + luck(&state) > 1.0;
        effect[i] = treated[i] ? 2.0 : 0.5;
        without[i] = 0.9 * (10.0 + 3.0 * good + score[i] + noise);
        with[i] = without[i] + 0.9 * effect[i];
    }
}

Test(estimators, a_bias_is_taken_apart_to_the_last_digit)
{
    make_data();
    cr_assert(contrast_init(&c, MANY));
    for (int design = 0; design < 2; design++) {
        if (design == 0)
            contrast_means(&c, treated, MANY);
        else
            contrast_threshold(&c, score, MANY, 0.4, 10);
        struct contrast_bias b = contrast_bias(&c, without, with, effect);
        near(b.estimate - b.truth, b.incomparable + b.spillover + b.measurement, 1e-9, "parts of the bias");
        near(b.estimate, contrast_value(&c, with), 0.0, "estimate");
    }
}

/* good + luck > 1 has mean good 2/3 against 1/3: incomparable 0.9 * 3 * 1/3; spillover -0.9 * 0.5; measurement -0.1 * 2. */
Test(estimators, who_takes_part_by_merit_biases_a_mean_by_what_theory_says)
{
    make_data();
    cr_assert(contrast_init(&c, MANY));
    contrast_means(&c, treated, MANY);
    struct contrast_bias b = contrast_bias(&c, without, with, effect);
    near(b.truth, 2.0, 1e-12, "truth");
    near(b.spillover, -0.45, 1e-12, "spillover");
    near(b.measurement, -0.2, 1e-12, "measurement");
    near(b.incomparable, 0.9, 5.0 * contrast_se(&c, without), "selection");
}

/* A jump of 2 at 0 of a smooth curve: within 4 of its own standard errors, and the curve's own jump is 0. */
Test(estimators, a_discontinuity_finds_the_jump_of_noisy_data_within_its_error)
{
    make_data();
    for (int i = 0; i < MANY; i++) {
        effect[i] = score[i] <= 0.0 ? 2.0 : 0.0;
        with[i] = without[i] + effect[i];
    }
    cr_assert(contrast_init(&c, MANY));
    contrast_threshold(&c, score, MANY, 0.4, 10);
    double se = contrast_se(&c, with);
    cr_assert(se > 0.01 && se < 0.1, "%g", se);
    near(contrast_value(&c, with), 2.0, 4.0 * se, "jump");
    near(contrast_value(&c, with) - contrast_value(&c, without), 2.0, 1e-9, "jump of the effect");
}
