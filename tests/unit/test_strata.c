/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of strata net of a placebo, by hand: one outcome, one horizon, two runs. */
#include <criterion/criterion.h>
#include <liandong/strata.h>
#include <math.h>

enum { RUNS = 2, NEVER = 0, ADDITIONAL = 1, DISPLACED = 2, DEADWEIGHT = 3 };

static struct strata variant, placebo;

static struct strata make(void)
{
    struct strata s = {.runs = RUNS, .variants = 1, .horizons = 1, .horizon = {12}};
    s.value = calloc((size_t)STRATA_OUTCOMES * STRATA_STRATA * STRATA_SUMS * N_STRATA_GROUPS * RUNS, sizeof *s.value);
    s.stage = calloc((size_t)STRATA_OUTCOMES * STRATA_STRATA * STRATA_STAGES, sizeof *s.stage);
    return s;
}

static void init(void)
{
    variant = make();
    placebo = make();
}

static void end(void)
{
    strata_free(&variant);
    strata_free(&placebo);
}
TestSuite(strata, .init = init, .fini = end);

/* Heads of a stratum in both runs. */
static void put(struct strata *s, int stratum, double first, double second)
{
    double *heads = (double *)(uintptr_t)strata_values(s, 0, 0, 0, stratum, STRATA_HEADS);
    heads[0] = first;
    heads[1] = second;
}

static bool noise(int stratum)
{
    struct stratum_found found = stratum_of(&variant, 0, &placebo, 0, 0, 0, stratum, 0.95);
    return strata_is_noise(&found, stratum == NEVER || stratum == DEADWEIGHT);
}

Test(strata, are_noise_where_the_placebo_moves_as_many_or_more)
{
    put(&variant, ADDITIONAL, 5, 7);
    put(&placebo, ADDITIONAL, 13, 15);
    cr_expect(noise(ADDITIONAL));
    put(&placebo, ADDITIONAL, 7, 5);
    cr_expect(noise(ADDITIONAL));
    put(&placebo, ADDITIONAL, 2, 2);
    cr_expect(!noise(ADDITIONAL));
}

Test(strata, of_who_did_not_change_sides_are_noise_where_the_placebo_leaves_fewer)
{
    put(&variant, DEADWEIGHT, 90, 92);
    put(&placebo, DEADWEIGHT, 50, 60);
    cr_expect(noise(DEADWEIGHT));
    put(&placebo, DEADWEIGHT, 99, 98);
    cr_expect(!noise(DEADWEIGHT));
}

Test(strata, are_never_called_noise_without_a_placebo)
{
    put(&variant, ADDITIONAL, 0, 1);
    put(&variant, NEVER, 0, 1);
    struct stratum_found found = stratum_of(&variant, 0, NULL, 0, 0, 0, ADDITIONAL, 0.95);
    cr_expect(isnan(found.net) && !strata_is_noise(&found, false) && !strata_is_noise(&found, true));
}

Test(strata, balanced_are_net_of_the_placebo_run_by_run)
{
    const struct strata_pair pair = {ADDITIONAL, DISPLACED};
    put(&variant, ADDITIONAL, 9, 12);
    put(&variant, DISPLACED, 4, 6);
    put(&placebo, ADDITIONAL, 10, 11);
    put(&placebo, DISPLACED, 14, 13);
    struct stratum_found found = strata_balance(&variant, 0, &placebo, 0, 0, 0, pair, 0.95);
    cr_expect_float_eq(found.heads, 5.5, 1e-12);
    cr_expect_float_eq(found.floor, -3.0, 1e-12);
    cr_expect_float_eq(found.net, 8.5, 1e-12);
    cr_expect(found.low < 8.5 && found.high > 8.5);
    found = strata_balance(&variant, 0, NULL, 0, 0, 0, pair, 0.95);
    cr_expect(found.net == 5.5 && isnan(found.floor), "%g", found.net);
}
