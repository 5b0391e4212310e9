/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public money that is limited as a whole: what each line is appropriated, to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>

enum { YEARS = 2 };

/* By calendar year from 2020 on, of lines interest_subsidy, incubators, platform and lump_sum. */
struct appropriated {
    int64_t fen[YEARS][4], flow[YEARS];
};
static const enum group lines[4] = {GROUP_interest_subsidy, GROUP_incubators, GROUP_platform, GROUP_lump_sum};

static void watch(struct world *w, void *context)
{
    struct appropriated *a = context;
    const struct region *r = w->region;
    int32_t month = w->month - 2020 * 12;
    if (month < 0 || month >= 12 * YEARS)
        return;
    for (int k = 0; k < 4; k++) {
        const struct line *line = &r->line[lab_line(r, lines[k])];
        a->fen[month / 12][k] = line->cash.fen + line->spent_year.fen;
    }
    a->flow[month / 12] += lab_flow(r, FLOW_APPROPRIATION);
}

static void town(struct lab *lab)
{
    lab_town(lab);
    lab_set_of(lab, "interest_subsidy", "share", "0.5");
    lab_set_of(lab, "interest_subsidy", "budget", "300 万");
    lab_set_of(lab, "interest_subsidy", "enabled", "true");
    lab_set_of(lab, "incubators", "capacity", "40");
    lab_set_of(lab, "incubators", "budget", "200 万");
    lab_set_of(lab, "incubators", "enabled", "true");
    lab_set_of(lab, "platform", "auc", "0.1");
    lab_set_of(lab, "platform", "budget", "100 万");
    lab_set_of(lab, "platform", "from", "2020-07"); /* within the year */
    lab_set_of(lab, "lump_sum", "budget", "400 万");
}

static void expect_appropriated(const struct lab *lab, const int64_t yuan[YEARS][4])
{
    struct lab_run run;
    struct appropriated a = {0};
    lab_watch(&run, lab, 12 * YEARS, watch, &a);
    lab_end(&run);
    for (int year = 0; year < YEARS; year++) {
        int64_t all = 0;
        for (int k = 0; k < 4; k++) {
            cr_expect_eq(a.fen[year][k], yuan[year][k] * 100, "year %d line %d: %lld fen", year, k,
                         (long long)a.fen[year][k]);
            all += yuan[year][k] * 100;
        }
        cr_expect_eq(a.flow[year], all, "%lld fen in all", (long long)a.flow[year]);
    }
}

Test(envelope, that_is_none_gives_each_line_its_budget)
{
    static struct lab lab;
    town(&lab);
    const int64_t yuan[YEARS][4] = {
        {3000000, 2000000, 1000000, 0},
        {3000000, 2000000, 1000000, 0}
    };
    expect_appropriated(&lab, yuan);
}

Test(envelope, that_is_fixed_cuts_januarys_lines_alike_and_leaves_the_rest_to_who_begins_later)
{
    static struct lab lab;
    town(&lab);
    lab_set(&lab, "budget.mode", "fixed_envelope");
    lab_set(&lab, "budget.envelope", "540 万");
    const int64_t some[YEARS][4] = {
        {3000000, 2000000, 400000, 0},
        {2700000, 1800000, 900000, 0}
    };
    expect_appropriated(&lab, some);
    lab_set(&lab, "budget.envelope", "300 万");
    const int64_t few[YEARS][4] = {
        {1800000, 1200000, 0,      0},
        {1500000, 1000000, 500000, 0}
    };
    expect_appropriated(&lab, few);
}

Test(envelope, that_is_reallocated_takes_from_lump_sums_what_others_get)
{
    static struct lab lab;
    town(&lab);
    lab_set(&lab, "budget.mode", "reallocated");
    const int64_t nothing[YEARS][4] = {{0}};
    expect_appropriated(&lab, nothing); /* nothing to take it from */
    lab_set_of(&lab, "lump_sum", "enabled", "true");
    lab_set_of(&lab, "lump_sum", "budget", "900 万");
    const int64_t plenty[YEARS][4] = {
        {3000000, 2000000, 0,       4000000},
        {3000000, 2000000, 1000000, 3000000}
    };
    expect_appropriated(&lab, plenty);
    lab_set_of(&lab, "lump_sum", "budget", "480 万");
    const int64_t short_of[YEARS][4] = {
        {2880000, 1920000, 0,      0},
        {2400000, 1600000, 800000, 0}
    };
    expect_appropriated(&lab, short_of);
}

Test(envelope, that_is_wide_enough_changes_nothing)
{
    static struct lab lab;
    struct lab_shown extra, wide;
    town(&lab);
    lab_show(&lab, 24, 6, 1, &extra);
    lab_set(&lab, "budget.mode", "fixed_envelope");
    lab_set(&lab, "budget.envelope", "600 万");
    lab_show(&lab, 24, 6, 1, &wide);
    cr_expect(lab_same(&extra, &wide));
    lab_set(&lab, "budget.envelope", "599 万");
    lab_show(&lab, 24, 6, 1, &wide);
    cr_expect_not(lab_same(&extra, &wide));
}
