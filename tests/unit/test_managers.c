/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Managers of venture funds: who comes up, who settles, who gives the trade up. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <math.h>

/* Ten managers, and private partners with so much a year per founder a month. */
static void town(struct lab *lab, const char *capacity)
{
    lab_managers(lab, capacity, "5000 万");
    lab_set(lab, "regions.town.partners.state.capacity", "0");
}
#define SCARCE "25 万"
#define AMPLE  "3000 万"

/* -- what holds in every month ---------------------------------------------------------------------------------------------------- */
enum { MOST = 256 };
struct watched {
    int32_t state[MOST], seen, left, entered, away;
    bool was[MOST];
};

static int32_t funds_of(const struct region *r, int32_t m)
{
    int32_t n = 0;
    for (size_t k = 0; k < r->funds.n; k++)
        n += r->funds.row[k].manager == m && r->funds.row[k].state != FUND_CLOSED;
    return n;
}

/* Whoever was not there last month is the one whose turn it is. */
static void is_due(const struct world *w, const struct region *r, const struct manager *m)
{
    int32_t lived = w->month - w->first_month, j = m->nth - managers_at_start(r, m->kind);
    cr_expect(j >= managers_to_come(r, m->kind, lived) && j < managers_to_come(r, m->kind, lived + 1));
    cr_expect(m->state != MANAGER_OUT, "who does not settle is no manager");
}

static void watch(struct world *w, void *context)
{
    struct watched *s = context;
    const struct region *r = &w->region[0];
    int64_t inside = 0;
    cr_assert(r->n_managers <= r->manager_room && r->n_managers <= MOST);
    for (int32_t m = 0; m < r->n_managers; m++) {
        const struct manager *who = &r->manager[m];
        int32_t before = s->was[m] ? s->state[m] : MANAGER_OUT;
        cr_expect_eq(who->standing, funds_of(r, m));
        if (!s->was[m] && who->nth >= managers_at_start(r, who->kind) && s->seen > 0)
            is_due(w, r, who);
        cr_expect(before != MANAGER_LEFT || who->state == MANAGER_LEFT, "who left comes back");
        cr_expect(who->state != MANAGER_LEFT || (who->standing == 0 && who->fund < 0), "who left has a fund");
        cr_expect(who->state != MANAGER_OUT || who->raised + who->failed + who->standing == 0);
        s->left += before != MANAGER_LEFT && who->state == MANAGER_LEFT;
        s->entered += before == MANAGER_OUT && who->state != MANAGER_OUT;
        s->away += who->state == MANAGER_AWAY;
        inside += who->state == MANAGER_IN || who->state == MANAGER_AWAY;
        s->state[m] = who->state;
        s->was[m] = true;
    }
    cr_expect_eq(r->equity.managers, inside);
    s->seen++;
}

Test(managers, give_up_for_good_where_they_cannot_raise_and_others_come)
{
    struct lab lab;
    struct lab_run run;
    struct watched s = {.seen = 0};
    town(&lab, SCARCE);
    lab_watch(&run, &lab, 96, watch, &s);
    cr_expect_gt(lab_sum(&run, "managers_left", -1), 2);
    cr_expect_gt(lab_sum(&run, "managers_entered", -1), 0);
    for (int32_t month = 1; month < 96; month++)
        cr_expect_eq(lab_int(&run, "managers", month, 0) - lab_int(&run, "managers", month - 1, 0),
                     lab_int(&run, "managers_entered", month, 0) - lab_int(&run, "managers_left", month, 0));
    lab_end(&run);
}

Test(managers, stay_where_every_fund_closes_and_more_come_than_where_few_do)
{
    struct lab lab;
    struct lab_run run;
    int64_t inside[2], left[2];
    for (int k = 0; k < 2; k++) {
        struct watched s = {.seen = 0};
        town(&lab, k == 0 ? SCARCE : AMPLE);
        lab_watch(&run, &lab, 96, watch, &s);
        inside[k] = lab_int(&run, "managers", 95, 0);
        left[k] = lab_sum(&run, "managers_left", -1);
        lab_end(&run);
    }
    cr_expect_gt(left[0], 0);
    cr_expect_eq(left[1], 0);
    cr_expect_geq(inside[1], inside[0] + 5, "%d and %d", (int)inside[0], (int)inside[1]);
}

/* Who went elsewhere while he raised is not here to give up, and may raise again once he is back. */
Test(managers, who_raise_elsewhere_have_not_given_up)
{
    struct lab lab;
    struct lab_run run;
    struct watched s = {.seen = 0};
    town(&lab, SCARCE);
    lab_set(&lab, "equity.elsewhere_share", "0.9");
    lab_set(&lab, "equity.elsewhere_months", "2");
    lab_watch(&run, &lab, 60, watch, &s);
    cr_expect_gt(lab_sum(&run, "managers_moved", -1), 0);
    cr_expect_gt(s.away, 12);
    lab_end(&run);
}

Test(managers, neither_come_nor_go_where_none_comes_up_and_waiting_costs_nothing)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, SCARCE);
    lab_same_managers(&lab);
    lab_watch(&run, &lab, 60, NULL, NULL);
    const struct region *r = &run.world.region[0];
    cr_expect_eq(r->n_managers, 10);
    cr_expect_eq(r->manager_room, 10);
    cr_expect_eq(lab_sum(&run, "managers_left", -1), 0);
    cr_expect_gt(lab_sum(&run, "fund_dissolved", -1), 3, "though they fail");
    lab_end(&run);
}

Test(managers, who_fail_to_raise_their_first_fund_by_the_deadline_are_struck_off)
{
    static const char *const deadline[] = {"0", "6", "13"}; /* a raising takes 12 months */
    int64_t left[3], struck[3] = {0};
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        struct watched s = {.seen = 0};
        town(&lab, SCARCE);
        lab_set(&lab, "equity.waiting_cost", "0"); /* nobody gives up */
        lab_set(&lab, "equity.first_fund", deadline[k]);
        lab_watch(&run, &lab, 96, watch, &s);
        left[k] = lab_sum(&run, "managers_left", -1);
        for (int32_t m = 0; m < run.world.region[0].n_managers; m++) {
            const struct manager *who = &run.world.region[0].manager[m];
            struck[k] += who->state == MANAGER_LEFT;
            cr_expect(who->state != MANAGER_LEFT || (who->raised == 0 && who->tried > 0.0));
            cr_expect(k != 1 || who->state != MANAGER_IN || who->fund >= 0 || who->raised > 0);
        }
        lab_end(&run);
    }
    cr_expect(left[0] == 0 && left[2] == 0 && struck[0] + struck[2] == 0);
    cr_expect_gt(left[1], 2);
}

/* -- giving up, by hand ------------------------------------------------------------------------------------------------------------- */
/* One venture manager, who has raised a fund before, and has none; nobody else; no carry, no award; a fund for 50 m like the next. */
struct alone_here {
    struct lab_run run;
    struct region *r;
    struct manager *who;
};

static void by_hand(struct alone_here *h, struct lab *lab)
{
    lab_watch(&h->run, lab, 1, NULL, NULL);
    h->r = &h->run.world.region[0];
    struct region *r = h->r;
    int32_t m = 0;
    while (m < r->n_managers && (r->manager[m].kind != 1 || r->manager[m].nth != 0))
        m++;
    cr_assert_lt(m, r->n_managers);
    r->manager[0] = r->manager[m];
    r->n_managers = 1;
    r->funds.n = 0;
    h->who = &r->manager[0];
    *h->who = (struct manager){.kind = 1, .nth = 0, .fund = -1, .state = MANAGER_IN, .raised = 1};
    h->who->again = h->run.world.month + 1000; /* not to begin in this month */
    r->equity.managers = 1;
}

/* Months of fees that trying again is worth to him, half of which his team costs, less those that it costs until then. */
static double worth(const struct alone_here *h, double odds)
{
    int32_t wait = h->who->again - h->run.world.month, season = (h->who->nth + h->who->kind) % 12;
    while ((h->run.world.month + wait) % 12 != season)
        wait++;
    double months = wait + 12.0 * (1.0 - odds / 2.0);
    return odds * pow(1.25, -months / 12.0) * 48.0 * (1.0 - 0.06 - 0.5) - 0.5 * months;
}

static bool gives_up(struct alone_here *h)
{
    h->who->state = MANAGER_IN;
    h->r->equity.managers_left = 0;
    managers_run(&h->run.world, h->r);
    cr_expect_eq(h->r->equity.managers_left, h->who->state == MANAGER_LEFT);
    return h->who->state == MANAGER_LEFT;
}

static void a_manager_alone(struct lab *lab)
{
    town(lab, AMPLE);
    lab_set(lab, "regions.town.funds.venture.carry", "0");
    lab_set(lab, "regions.town.funds.venture.arrivals", "0");
    lab_set(lab, "regions.town.funds.seed.arrivals", "0");
}

Test(managers, give_up_when_keeping_a_team_costs_more_than_the_next_fund_would_bring)
{
    struct lab lab;
    struct alone_here h;
    int32_t left = 0, stayed = 0;
    a_manager_alone(&lab);
    by_hand(&h, &lab);
    for (int32_t wait = 1; wait <= 24; wait++)
        for (int32_t closed = 0; closed <= 20; closed++) {
            h.who->again = h.run.world.month + wait;
            h.who->tried = 2.0;
            h.who->closed = 0.1 * closed;
            h.r->equity.tried = 3.0; /* odds of all: (1 + 3)/(2 + 3) */
            h.r->equity.closed = 3.0;
            double odds = (2.0 * 0.8 + h.who->closed) / 4.0, is = worth(&h, odds);
            bool leaves = gives_up(&h);
            cr_expect_eq(leaves, is < 0.0, "wait %d, odds %g: %g", wait, odds, is);
            left += leaves;
            stayed += !leaves;
        }
    cr_expect(left > 50 && stayed > 50, "%d %d", left, stayed);
    lab_end(&h.run);
}

Test(managers, do_not_give_up_while_a_fund_of_theirs_lives)
{
    struct lab lab;
    struct alone_here h;
    a_manager_alone(&lab);
    by_hand(&h, &lab);
    h.who->tried = 100.0;
    h.who->standing = 1;
    cr_expect_not(gives_up(&h));
    h.who->standing = 0;
    cr_expect(gives_up(&h));
    lab_end(&h.run);
}

/* Carry, and partners who think better of him, weigh in: of two alike the one with the better record stays. */
Test(managers, with_a_good_record_stay_where_others_give_up)
{
    struct lab lab;
    struct alone_here h;
    a_manager_alone(&lab);
    lab_set(&lab, "regions.town.funds.venture.carry", "0.2");
    by_hand(&h, &lab);
    bool poor_left = false, good_stayed = false;
    for (int32_t closed = 0; closed <= 40; closed++) {
        h.who->again = h.run.world.month + 12;
        h.who->tried = 2.0;
        h.who->closed = 0.05 * closed;
        h.who->matured = 5e8;
        h.who->back = 1e8;
        bool poor = gives_up(&h);
        h.who->back = 4e9;
        bool good = gives_up(&h);
        cr_expect(!good || poor, "the better leaves, the worse stays");
        poor_left = poor_left || (poor && !good);
        good_stayed = good_stayed || !good;
    }
    cr_expect(poor_left && good_stayed);
    lab_end(&h.run);
}

/* -- what policies may change ------------------------------------------------------------------------------------------------------- */
/* Who has not closed a fund yet counts on an award as far as it is still to come; who has, on none for the first fund only. */
Test(managers, who_may_still_get_an_award_for_settling_stay_for_it)
{
    struct lab lab;
    struct alone_here h;
    a_manager_alone(&lab);
    lab_set_of(&lab, "settling_award", "enabled", "true");
    lab_set_of(&lab, "settling_award", "size_min", "0");
    lab_set_of(&lab, "settling_award", "award", "2000 万");
    lab_set_of(&lab, "settling_award", "first", "1");
    lab_set_of(&lab, "settling_award", "budget", "10 亿");
    by_hand(&h, &lab);
    h.who->again = h.run.world.month + 12;
    h.who->tried = 2.0;
    h.r->equity.tried = h.r->equity.closed = 0.0; /* odds (2 · 1/2)/4: less than nothing without an award */
    cr_expect_lt(worth(&h, 0.25), 0.0);
    cr_expect(gives_up(&h));
    h.who->raised = 0;
    cr_expect_not(gives_up(&h));
    lab_end(&h.run);
}

/* Where private money is too little for those who look for it, public money keeps more of them in the trade. */
Test(managers, stay_for_public_money_where_private_money_is_scarce)
{
    struct lab lab;
    struct lab_run run;
    double inside[2] = {0.0, 0.0};
    for (int k = 0; k < 2; k++)
        for (uint32_t n = 0; n < 4; n++) {
            town(&lab, SCARCE);
            if (k == 1)
                lab_guide(&lab, "20 亿", "0.5", "0");
            lab_go(&run, &lab, (struct lab_options){.run = n, .compact_every = -1, .months = 96});
            for (int32_t month = 48; month < 96; month++)
                inside[k] += (double)lab_int(&run, "managers", month, 0) / (4 * 48);
            lab_end(&run);
        }
    cr_expect_gt(inside[1], inside[0] + 1.0, "%g, with public money %g", inside[0], inside[1]);
}

/* -- exact -------------------------------------------------------------------------------------------------------------------------- */
static void in_a_copy(struct world *w, void *context)
{
    int32_t *months = context;
    if (++*months % 7 == 0)
        lab_go_on_in_a_copy(w);
}

Test(managers, are_the_same_for_any_number_of_threads_compactions_and_copies)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    town(&lab, SCARCE);
    lab_set(&lab, "burn_in", "36");
    for (int threads = 1; threads <= 3; threads++) {
        struct lab_run run;
        int32_t months = 0;
        lab_go(&run, &lab,
               (struct lab_options){.threads = threads,
                                    .compact_every = threads == 1 ? 12 : 5,
                                    .months = 48,
                                    .hook = threads == 3 ? in_a_copy : NULL,
                                    .context = &months});
        cr_expect_gt(lab_sum(&run, "managers_left", -1) + lab_sum(&run, "managers_entered", -1), 0);
        lab_digest(&run, 0, 48, threads == 1 ? one : other);
        lab_end(&run);
        if (threads > 1)
            cr_expect_str_eq(one, other);
    }
}
