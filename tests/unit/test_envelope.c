/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The government's envelope: what budget lines get together, to the fen. */
#include "lab.h"
#include <criterion/criterion.h>

static const enum group lines[] = {GROUP_interest_subsidy, GROUP_platform, GROUP_incubators};
enum { LINES = 3, MONTHS = 26 };

/* What each line got this year, and what all got this month. */
struct seen {
    int64_t line[MONTHS][LINES], all[MONTHS];
};

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = &w->region[0];
    int32_t month = w->month - w->setup->world.start;
    if (month < 0)
        return;
    s->all[month] = lab_flow(r, FLOW_APPROPRIATION);
    for (int k = 0; k < LINES; k++) {
        const struct line *line = &r->line[lab_line(r, lines[k])];
        s->line[month][k] = money_add(line->cash, line->spent_year).fen;
    }
}

static void live(struct lab *lab, struct seen *s)
{
    struct lab_run run;
    *s = (struct seen){.all = {0}};
    lab_watch(&run, lab, MONTHS, watch, s);
    lab_end(&run);
}

/* A town whose budget begins in 2020, of lines of 6, 2 and 4 m. */
static void town_with_lines(struct lab *lab, const char *first)
{
    static const char *const names[] = {"interest_subsidy", "platform", "incubators"};
    static const char *const budgets[] = {"600 万", "200 万", "400 万"};
    lab_town(lab);
    for (int k = 0; k < LINES; k++) {
        lab_set_of(lab, names[k], "from", k == 0 ? "2020-01" : first);
        lab_set_of(lab, names[k], "budget", budgets[k]);
    }
    lab_set_of(lab, "platform", "auc", "0.1");
    lab_set_of(lab, "incubators", "rent_share", "0.5");
}

Test(envelope, is_no_bound_by_default)
{
    struct lab lab;
    struct seen s;
    town_with_lines(&lab, "2020-07");
    lab_set(&lab, "budget.envelope", "1");
    live(&lab, &s);
    cr_expect_eq(s.all[0], 600000000);
    cr_expect_eq(s.all[6], 600000000);
    cr_expect_eq(s.all[12], 1200000000);
}

Test(envelope, that_is_fixed_is_dealt_in_proportion_each_january_to_the_fen)
{
    struct lab lab;
    struct seen s;
    town_with_lines(&lab, "2020-01");
    lab_set(&lab, "budget.mode", "fixed_envelope");
    lab_set(&lab, "budget.envelope", "1000000.01");
    live(&lab, &s);
    for (int january = 0; january < MONTHS; january += 12) {
        cr_expect_eq(s.all[january], 100000001);
        cr_expect_eq(s.line[january][0], 50000000); /* 6/12 of it; half a fen goes with the next */
        cr_expect_eq(s.line[january][1], 16666667);
        cr_expect_eq(s.line[january][0] + s.line[january][1] + s.line[january][2], 100000001);
    }
    lab_set(&lab, "budget.envelope", "2000 万"); /* more than is asked for */
    live(&lab, &s);
    cr_expect_eq(s.all[12], 1200000000);
}

Test(envelope, that_is_fixed_leaves_who_begins_amid_a_year_what_is_left)
{
    struct lab lab;
    struct seen s;
    town_with_lines(&lab, "2020-07");
    lab_set(&lab, "budget.mode", "fixed_envelope");
    lab_set(&lab, "budget.envelope", "700 万");
    live(&lab, &s);
    cr_expect_eq(s.all[0], 600000000);
    cr_expect_eq(s.all[6], 100000000);
    cr_expect_eq(s.all[12], 700000000);
}

Test(envelope, that_is_reallocated_gives_new_lines_what_others_lose)
{
    struct lab lab;
    struct seen s;
    town_with_lines(&lab, "2021-01");
    lab_set(&lab, "budget.mode", "reallocated");
    live(&lab, &s);
    cr_expect_eq(s.all[0], 600000000);
    cr_expect_eq(s.all[12], 600000000);
    cr_expect_eq(s.line[12][0], 300000000);
    cr_expect_eq(s.line[12][1], 100000000);
    cr_expect_eq(s.line[12][2], 200000000);
    cr_expect_eq(s.all[24], 600000000);
}

Test(envelope, is_remembered_by_a_copy)
{
    struct lab lab;
    struct lab_run run;
    struct world copy;
    struct diag diag;
    diag_init(&diag);
    town_with_lines(&lab, "2021-01");
    lab_set(&lab, "budget.mode", "reallocated");
    lab_watch(&run, &lab, 8, NULL, NULL);
    cr_assert_eq(world_copy(&copy, &run.world, &diag), OK);
    for (int month = 8; month <= 12; month++)
        cr_assert_eq(world_step(&copy, &diag), OK);
    cr_expect_eq(lab_flow(&copy.region[0], FLOW_APPROPRIATION), 600000000);
    world_free(&copy);
    lab_end(&run);
}

Test(envelope, shows_no_trace_of_threads)
{
    struct lab lab;
    struct lab_shown one, many;
    town_with_lines(&lab, "2020-07");
    lab_set(&lab, "budget.mode", "reallocated");
    lab_show(&lab, MONTHS, 12, 1, &one);
    lab_show(&lab, MONTHS, 12, 3, &many);
    cr_expect(lab_same(&one, &many));
}
