/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `scale`: a smaller or a larger world is the same world, in which as much happens a head. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/rounds.h>

static const char *const scales[] = {"1/3", "4"};

static void town(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "240");
}

/* A public fund that invests itself, and no manager. */
static void town_without_managers(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "regions.town.founders.per_month", "240");
    lab_set_of(lab, "direct_seed_fund", "enabled", "true");
    lab_set_of(lab, "direct_seed_fund", "capital", "10 亿");
    lab_set_of(lab, "direct_seed_fund", "looks", "3");
}

/* What funds invest in 60 months of RUNS runs, in yuan per enterprise-month. */
enum { RUNS = 4 };
static double invested(void (*make)(struct lab *), const char *scale)
{
    struct lab lab;
    double living = 0.0, paid = 0.0;
    make(&lab);
    lab_set(&lab, "scale", scale);
    for (uint32_t n = 0; n < RUNS; n++) {
        struct lab_run run;
        lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 60, .run = n});
        for (int32_t m = 0; m < 60; m++) {
            living += (double)lab_int(&run, "enterprises", m, -1);
            paid += (double)lab_int(&run, "equity_invested", m, -1);
        }
        lab_end(&run);
    }
    return paid / living / 100.0;
}

/* Single runs at scale 1 scatter by 5 % about their mean, those of public funds alone by 13 %: means of four by half of that,
 * and of a third of the enterprises by less than twice as much. */
static void expect_as_much(void (*make)(struct lab *), double most)
{
    double as_it_is = invested(make, "1");
    for (size_t k = 0; k < LD_COUNT(scales); k++) {
        double times = invested(make, scales[k]) / as_it_is;
        cr_expect(times > 1.0 / most && times < most, "at %s funds invest %g times as much a head", scales[k], times);
    }
}

Test(scale, changes_little_of_what_funds_invest_a_head)
{
    expect_as_much(town, 1.2);
}

Test(scale, changes_little_of_what_public_funds_alone_invest_a_head)
{
    expect_as_much(town_without_managers, 1.5);
}

Test(scale, brings_managers_and_branches_in_number)
{
    struct lab lab;
    int32_t managers[2], branches[2], banks[2];
    for (int k = 0; k < 2; k++) {
        struct lab_run run;
        town(&lab);
        lab_set(&lab, "scale", k == 0 ? "1" : "4");
        lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 1});
        const struct region *r = &run.world.region[0];
        managers[k] = r->n_managers;
        branches[k] = r->n_branches;
        banks[k] = r->n_banks;
        lab_end(&run);
    }
    cr_expect_eq(managers[1], 4 * managers[0]);
    cr_expect_eq(branches[1], 4 * branches[0]);
    cr_expect_eq(banks[1], banks[0], "a bank is one however large the region");
}

/* Of the managers of a kind at the beginning the first quarter are one circle, the next quarter the next; others are dealt. */
static int64_t circle_of(const struct region *r, const struct manager *m, int64_t circles)
{
    int64_t first = (int64_t)(4 * NAMED(r, funds, m->kind)->count);
    return m->nth < first ? m->nth * circles / first : m->nth % circles;
}

Test(scale, lets_an_enterprise_meet_as_many_managers_as_before)
{
    struct lab lab;
    struct lab_run run;
    int64_t held[4] = {0};
    town(&lab);
    lab_set(&lab, "scale", "4");
    lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 60});
    const struct region *r = &run.world.region[0];
    struct luck luck = r->luck;
    luck.month = 0;
    cr_assert_eq(fund_circles(r), 4);
    for (size_t k = 0; k < r->positions.held.n; k++) {
        const struct position *p = position_at(r, k);
        int64_t circle = circle_of(r, &r->manager[r->funds.row[p->fund].manager], 4);
        struct identity who = enterprise_identity(&r->enterprises, p->row);
        cr_expect_eq(circle, (int64_t)(4.0 * draw(luck, who, DRAW_CIRCLE)), "row %u", p->row);
        held[circle]++;
    }
    for (int c = 0; c < 4; c++)
        cr_expect_gt(held[c], 0, "nobody meets circle %d", c);
    lab_end(&run);
}
