/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds beside a policy: a placebo, the same money in equal parts, by its years; and which policies two worlds differ in. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/spending.h>
#include <liandong/switched.h>
#include <string.h>

enum { FEBRUARY = 13, MONTHS = 30 }; /* of the second year; all measured months */

/* -- placebo ----------------------------------------------------------------------------------------------------------------- */
Test(placebo, of_share_zero_is_none_whatever_its_salt)
{
    struct lab lab, salted;
    struct lab_shown a, b;
    lab_young_town(&lab);
    salted = lab;
    lab_set(&salted, "placebo.salt", "7");
    lab_show(&lab, MONTHS, FEBRUARY, 1, &a);
    lab_show(&salted, MONTHS, FEBRUARY, 1, &b);
    cr_assert(lab_same(&a, &b));
}

Test(placebo, is_not_felt_before_its_month_and_differs_from_then_on_by_salt_but_not_by_threads)
{
    struct lab lab, placebo, other;
    struct lab_shown none, some, again, salted;
    lab_young_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    placebo = lab;
    lab_set(&placebo, "placebo.share @ 2021-02", "0.3");
    other = placebo;
    lab_set(&other, "placebo.salt", "2");
    lab_show(&lab, MONTHS, FEBRUARY, 1, &none);
    lab_show(&placebo, MONTHS, FEBRUARY, 1, &some);
    lab_show(&other, MONTHS, FEBRUARY, 1, &salted);
    cr_expect_str_eq(none.before, some.before);
    cr_expect_str_neq(none.after, some.after);
    cr_expect_str_neq(some.after, salted.after);
    lab_show(&placebo, MONTHS, FEBRUARY, 3, &again);
    cr_expect_str_eq(some.after, again.after);
}

Test(placebo, rekeys_the_enterprises_that_it_draws_and_leaves_the_others_their_luck)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "placebo.share", "0.3");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    const struct region *r = &run.world.region[0];
    int64_t n = 0, rekeyed = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++, n++) {
        struct identity who = enterprise_identity(&r->enterprises, i), as = matching_identity(r, who);
        cr_expect_eq(as.index, who.index);
        rekeyed += as.origin != who.origin;
    }
    double off = (double)rekeyed - 0.3 * (double)n;
    cr_expect(n > 500 && off * off < 16.0 * 0.21 * (double)n, "%lld of %lld", (long long)rekeyed, (long long)n);
    lab_end(&run);
}

/* -- the same money as grants --------------------------------------------------------------------------------------------------- */
static void grants(struct lab *lab, const char *budget)
{
    lab_young_town(lab);
    lab_set_of(lab, "lump_sum", "enabled", "true");
    lab_set_of(lab, "lump_sum", "from", "2020-04");
    lab_set_of(lab, "lump_sum", "budget", budget);
}

static int32_t line_of_grants(const struct region *r)
{
    int32_t k = 0;
    while (r->line[k].group != GROUP_lump_sum)
        k++;
    return k;
}

Test(lump_sum, of_no_money_is_none)
{
    struct lab lab, off;
    struct lab_shown without, with, again;
    grants(&lab, "0");
    lab_young_town(&off);
    lab_show(&lab, MONTHS, 3, 1, &with);
    lab_show(&off, MONTHS, 3, 1, &without);
    cr_expect(lab_same(&with, &without));
    grants(&lab, "1000 万");
    lab_show(&lab, MONTHS, 3, 1, &with);
    cr_expect_str_eq(with.before, without.before);
    cr_expect_str_neq(with.after, without.after);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    lab_show(&lab, MONTHS, 3, 1, &with);
    lab_show(&lab, MONTHS, 3, 3, &again);
    cr_expect(lab_same(&with, &again));
}

/* In the first month and each January: what the line holds, in equal parts, but for less than a fen each. */
Test(lump_sum, deals_its_budget_in_equal_parts_in_its_first_month_and_each_january)
{
    struct lab lab;
    struct lab_run run;
    grants(&lab, "1000 万");
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    int32_t k = line_of_grants(run.world.region);
    for (int32_t m = 0; m < MONTHS; m++) {
        bool pays = m == 3 || m == 12 || m == 24;
        int64_t n = lab_int(&run, "beneficiaries", m, k), spent = lab_int(&run, "budget_spent", m, k);
        if (!pays) {
            cr_expect_eq(spent, 0, "month %d", (int)m);
            continue;
        }
        cr_expect_gt(n, 300);
        cr_expect_eq(spent, n * (1000000000 / n), "month %d: %lld to %lld", (int)m, (long long)spent, (long long)n);
        cr_expect_eq(lab_int(&run, "budget_asked", m, k), spent);
        cr_expect_eq(lab_int(&run, "budget_left", m, k), 1000000000 - spent);
    }
    lab_end(&run);
}

/* Cash before and after the month in which grants are paid, with and without them: the first month is the same but for them. */
struct purse {
    size_t n;
    int64_t cash[4000];
};

static void look_into_purses(struct world *w, void *context)
{
    struct purse *p = context;
    const struct enterprises *e = &w->region[0].enterprises;
    if (w->month != 2020 * 12 + 3)
        return;
    p->n = e->n;
    cr_assert_lt(p->n, 4000);
    for (size_t i = 0; i < p->n; i++)
        p->cash[i] = e->status[i] == ACTIVE ? e->cash[i].fen - e->overdue[i].fen : 0;
}

Test(lump_sum, ends_in_the_cash_of_registered_enterprises)
{
    static struct purse with, without;
    struct lab lab, off;
    struct lab_run run;
    grants(&lab, "100 万");
    lab_young_town(&off);
    lab_go(&run, &off, (struct lab_options){.months = 4, .hook = look_into_purses, .context = &without});
    lab_end(&run);
    lab_go(&run, &lab, (struct lab_options){.months = 4, .hook = look_into_purses, .context = &with});
    int64_t n = lab_int(&run, "beneficiaries", 3, line_of_grants(run.world.region)), got = 0, same = 0;
    cr_assert_eq(with.n, without.n);
    for (size_t i = 0; i < with.n; i++) {
        got += with.cash[i] - without.cash[i] == 100000000 / n;
        same += with.cash[i] == without.cash[i];
    }
    cr_expect(got > n * 8 / 10, "%lld of %lld", (long long)got, (long long)n); /* the others chose otherwise with it */
    cr_expect(same > 0);
    lab_end(&run);
}

/* -- years of spending ----------------------------------------------------------------------------------------------------------- */
static void expect_years(const double *path, int32_t months, int32_t from, size_t years, const double *want)
{
    double year[8];
    cr_assert_eq(spending_years(path, 1, months, from, year), years);
    for (size_t y = 0; y < years; y++)
        cr_expect_float_eq(year[y], want[y], 1e-12, "year %zu: %g, not %g", y, year[y], want[y]);
}

Test(spending, of_a_year_is_what_it_spends_for_good_and_sums_to_all_of_it)
{
    double path[30];
    for (int t = 0; t < 30; t++) /* one a month, from October 2019 */
        path[t] = t + 1.0;
    expect_years(path, 30, 2019 * 12 + 9, 4, (const double[]){3.0, 12.0, 12.0, 3.0});
    expect_years(path, 24, 2020 * 12, 2, (const double[]){12.0, 12.0});
    expect_years(path, 1, 2020 * 12 + 11, 1, (const double[]){1.0});
    for (int t = 12; t < 30; t++) /* in the second year 8 of the 12 come back, then nothing happens */
        path[t] = 4.0;
    expect_years(path, 24, 2020 * 12, 2, (const double[]){4.0, 0.0});
    path[23] = 9.0; /* and 5 more are spent in its last month */
    expect_years(path, 24, 2020 * 12, 2, (const double[]){9.0, 0.0});
    for (int t = 0; t < 24; t++) /* a policy that brings money in has none to give away */
        path[t] = 1.0 - t;
    expect_years(path, 24, 2020 * 12, 2, (const double[]){0.0, 0.0});
}

/* -- what is switched ------------------------------------------------------------------------------------------------------------- */
static size_t switched_between(const struct lab *base, const struct lab *variant, struct switched *list)
{
    struct lab_run a, b;
    lab_go(&a, base, (struct lab_options){.months = 1});
    lab_go(&b, variant, (struct lab_options){.months = 1});
    size_t n = switched_list(&a.setup, &b.setup, N_GROUPS, list);
    cr_expect(switched_only(&a.setup, &b.setup));
    lab_end(&a);
    lab_end(&b);
    return n;
}

Test(switched, are_the_instances_that_stand_only_in_the_variant_or_with_other_values)
{
    static struct switched list[SWITCHED_MOST];
    struct lab base, variant;
    lab_young_town(&base);
    lab_set_of(&base, "platform", "enabled", "false");
    lab_set(&base, "burn_in", "1");
    variant = base;
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "incubators", "until", "2019-06"); /* ends before the start: nothing is switched on */
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "platform", "from", "2020-08");
    cr_assert_eq(switched_between(&base, &variant, list), 1);
    cr_expect(list[0].group == GROUP_platform && !list[0].in_base);
    lab_set_of(&variant, "risk_pool", "share @ 2020-09", "0.7");
    cr_assert_eq(switched_between(&base, &variant, list), 2);
    cr_expect(list[0].group == GROUP_risk_pool && list[0].in_base && list[1].group == GROUP_platform);
    cr_expect_eq(switched_between(&variant, &base, list), 2); /* incubators and the old share */
    base = variant;
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "risk_pool", "share @ 2020-10", "0.9");
    cr_expect_eq(switched_between(&base, &variant, list), 1);
    lab_set_of(&base, "risk_pool", "share @ 2020-10", "0.8");
    cr_expect_eq(switched_between(&base, &variant, list), 1);
    lab_set_of(&base, "risk_pool", "share @ 2020-10", "0.9");
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&base, "platform", "from", "2020-09"); /* a month later than in the variant */
    cr_expect_eq(switched_between(&base, &variant, list), 1);
}
