/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Permuted indices, the split of a change of D and Shapley values: vectors worked by hand, and every order of the players. */
#include <criterion/criterion.h>
#include <liandong/ccd_worlds.h>
#include <math.h>

static const struct ccd_formula standard = {CCD_STANDARD, 0.0};
static const double half[2] = {0.5, 0.5};

static void near(double is, double due, const char *what)
{
    cr_assert(fabs(is - due) < 1e-12, "%s: %.15g, due %.15g", what, is, due);
}

Test(ccd_worlds, identical_units_and_subsystems_keep_a_coupling_of_1_when_permuted)
{
    const double u[] = {0.3, 0.3, 0.3, 0.3, 0.3, 0.3};
    double c[3];
    ccd_permuted(&standard, u, 3, 2, c);
    for (size_t i = 0; i < 3; i++)
        near(c[i], 1.0, "C");
}

Test(ccd_worlds, two_units_permuted_have_the_mean_of_their_own_and_the_other_pairing)
{
    const double u[] = {0.8, 0.2, 0.2, 0.8}; /* own pairing 0.8, the other 1 */
    double c[2];
    ccd_permuted(&standard, u, 2, 2, c);
    near(c[0], 0.9, "first");
    near(c[1], 0.9, "second");
}

Test(ccd_worlds, a_unit_alone_keeps_its_own_coupling)
{
    const double u[] = {0.9, 0.1};
    double c;
    ccd_permuted(&standard, u, 1, 2, &c);
    near(c, 0.6, "C");
}

Test(ccd_worlds, a_change_is_split_as_worked_by_hand)
{
    struct ccd_split s =
        ccd_split_change(0.64, 0.25, 1.0, 0.36); /* D 0.4, with the new T 0.48, with the new C 0.5, both 0.6 */
    near(s.change, 0.2, "change");
    near(s.from_t, 0.09, "from T");
    near(s.from_c, 0.11, "from C");
}

Test(ccd_worlds, the_two_parts_of_a_change_add_up_for_any_values)
{
    for (int k = 0; k < 200; k++) {
        double c0 = fmod(k * 0.377, 1.0), t0 = fmod(k * 0.611, 1.0), c1 = fmod(k * 0.173, 1.0),
               t1 = fmod(k * 0.919, 1.0);
        struct ccd_split s = ccd_split_change(c0, t0, c1, t1);
        near(s.from_t + s.from_c, s.change, "sum");
        near(s.change, sqrt(c1 * t1) - sqrt(c0 * t0), "change");
        near(ccd_split_change(c1, t1, c0, t0).from_t, -s.from_t, "the way back");
    }
}

Test(ccd_worlds, shapley_of_two_subsystems_is_as_worked_by_hand)
{
    const struct ccd_indicator of[] = {{.subsystem = 0}, {.subsystem = 1}};
    const struct ccd_system system = {2, 2, of, half};
    const double weight[] = {1.0, 1.0}, before[] = {1.0 / 16.0, 1.0}, after[] = {1.0, 1.0 / 16.0};
    const struct ccd_game game = {&system, weight, half, standard};
    double value[2];
    cr_assert(ccd_shapley(&game, before, after, value)); /* D = (U1 U2)^(1/4): 1/2, 1, 1/4, 1/2 */
    near(value[0], 0.375, "the one that rises");
    near(value[1], -0.375, "the one that falls");
}

/* Five indicators in two subsystems. */
static const struct ccd_indicator five[] = {
    {.subsystem = 0}, {.subsystem = 0}, {.subsystem = 0}, {.subsystem = 1}, {.subsystem = 1}};
static const double five_weight[] = {0.2, 0.5, 0.3, 0.6, 0.4}, five_share[] = {0.3, 0.7};
static const double five_before[] = {0.1, 0.7, 0.4, 0.3, 0.9}, five_after[] = {0.6, 0.2, 0.4, 0.8, 0.1};

static double degree(const double *x)
{
    double u[2] = {0.0, 0.0};
    for (size_t j = 0; j < 5; j++)
        u[five[j].subsystem] += five_weight[j] * x[j];
    return sqrt(2.0 * sqrt(u[0] * u[1]) / (u[0] + u[1]) * (five_share[0] * u[0] + five_share[1] * u[1]));
}

/* Adds what each adds when the players come in the order of `rest` after those of x. */
static double every_order(double *x, bool *in, size_t left, double *sum)
{
    double orders = 0.0;
    if (left == 0)
        return 1.0;
    for (size_t j = 0; j < 5; j++) {
        if (in[j])
            continue;
        double was = degree(x), old = x[j];
        in[j] = true;
        x[j] = five_after[j];
        double gain = degree(x) - was, n = every_order(x, in, left - 1, sum);
        sum[j] += gain * n;
        orders += n;
        x[j] = old;
        in[j] = false;
    }
    return orders;
}

Test(ccd_worlds, shapley_is_the_mean_over_all_120_orders_of_five_indicators)
{
    const struct ccd_system system = {2, 5, five, five_share};
    const struct ccd_game game = {&system, five_weight, five_share, standard};
    double value[5], sum[5] = {0.0}, x[5], total = 0.0;
    bool in[5] = {false};
    for (size_t j = 0; j < 5; j++)
        x[j] = five_before[j];
    double orders = every_order(x, in, 5, sum);
    cr_assert(ccd_shapley(&game, five_before, five_after, value));
    near(orders, 120.0, "orders");
    for (size_t j = 0; j < 5; j++) {
        near(value[j], sum[j] / orders, "value");
        total += value[j];
    }
    near(total, degree(five_after) - degree(five_before), "they sum to the change");
    cr_assert(value[2] == 0.0, "what does not change carries nothing");
}

/* Twenty alike, ten in each subsystem: by symmetry each carries a twentieth. */
Test(ccd_worlds, many_indicators_are_taken_in_some_orders_and_still_add_up)
{
    struct ccd_indicator of[20];
    double weight[20], before[20], after[20], value[20], total = 0.0;
    for (size_t j = 0; j < 20; j++) {
        of[j] = (struct ccd_indicator){.subsystem = j % 2};
        weight[j] = 0.1;
        before[j] = 0.2;
        after[j] = 0.7;
    }
    const struct ccd_system system = {2, 20, of, half};
    const struct ccd_game game = {&system, weight, half, standard};
    cr_assert(ccd_shapley(&game, before, after, value)); /* U1 = U2: D = sqrt(U) */
    for (size_t j = 0; j < 20; j++) {
        total += value[j];
        cr_assert(fabs(value[j] - (sqrt(0.7) - sqrt(0.2)) / 20.0) < 0.0005, "%zu: %g", j, value[j]);
    }
    near(total, sqrt(0.7) - sqrt(0.2), "they sum to the change");
}

Test(ccd_worlds, more_than_64_changing_indicators_are_refused)
{
    struct ccd_indicator of[CCD_MOST + 1];
    double weight[CCD_MOST + 1], before[CCD_MOST + 1], after[CCD_MOST + 1], value[CCD_MOST + 1];
    for (size_t j = 0; j <= CCD_MOST; j++) {
        of[j] = (struct ccd_indicator){.subsystem = j % 2};
        weight[j] = 0.03;
        before[j] = 0.2;
        after[j] = 0.4;
    }
    const struct ccd_system system = {2, CCD_MOST + 1, of, half};
    const struct ccd_game game = {&system, weight, half, standard};
    cr_assert_not(ccd_shapley(&game, before, after, value));
}

Test(ccd_worlds, a_spread_has_mean_percentiles_and_the_share_above_0)
{
    const double value[] = {3.0, -1.0, 0.0, 2.0, 1.0};
    struct ccd_spread s = ccd_spread_of(value, 5);
    near(s.mean, 1.0, "mean");
    near(s.low, -0.8, "5 %");
    near(s.high, 2.8, "95 %");
    near(s.above, 0.6, "above");
}
