/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares on boards: lock-up, price, dilution, further issues, delisting; support that spares time. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/boards.h>
#include <math.h>

static const int32_t start = 2020 * 12;
enum { CHINEXT = 3 }; /* in the order of the list of boards */

/* -- money --------------------------------------------------------------------------------------------------------------------------------- */
struct sold {
    int64_t n, raised, fees;
};

/* Once the lock-up has ended earlier holders may sell. */
static void locked_up(struct world *w, void *context)
{
    int64_t *n = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        cr_expect_eq(shares_free(r, s->row), s->board != 0 && w->month - s->listed >= 7);
        n[0] += shares_free(r, s->row);
    }
}

Test(issues, lock_up_what_was_held_before_them)
{
    struct lab lab;
    struct lab_run run;
    int64_t n[1] = {0};
    lab_listing(&lab, "1000000");
    lab_set(&lab, "capital_market.lock_up", "7");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1, .hook = locked_up, .context = n});
    cr_expect_gt(n[0], 0);
    lab_end(&run);
}

/* In the month of the listing nothing moves the price after it. */
static void listed_at_the_price(struct world *w, void *context)
{
    struct sold *sum = context;
    const struct region *r = w->region;
    const struct boards_params *b = NAMED(r, boards, CHINEXT);
    int64_t raised = 0, fees = 0;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->board == 0 || s->listed != w->month)
            continue;
        int64_t fen = money_round(100.0 * (b->floated / (1.0 - b->floated) * enterprise_price(r, s->row))).fen;
        raised += fen;
        fees += money_scale(FEN(fen), b->fee).fen + b->fee_fixed.fen;
        cr_expect(enterprise_traded(r, s->row) && !shares_free(r, s->row));
        sum->n++;
    }
    cr_expect_eq(r->total.flow[FLOW_IPO_PROCEEDS], raised);
    cr_expect_eq(r->board[CHINEXT].raised, raised);
    if (r->board[CHINEXT].follow_ons == 0)
        cr_expect_eq(r->total.flow[FLOW_LISTING_COST], fees);
    sum->raised += raised;
}

Test(issues, raise_what_investors_pay_for_the_new_shares_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    struct sold sum = {0};
    lab_listing(&lab, "1000000");
    lab_set(&lab, "banks.bank.count", "0");
    lab_go(&run, &lab,
           (struct lab_options){.months = 24, .compact_every = 0, .hook = listed_at_the_price, .context = &sum});
    cr_expect_gt(sum.n, 20);
    lab_end(&run);
}

/* Shares of who is listed, before and after a month. */
struct shares {
    uint32_t row;
    float share;
    bool seen;
};
static void follow_a_listing(struct world *w, void *context)
{
    struct shares *one = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n && !one->seen; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->row == one->row && s->board != 0) {
            one->seen = true;
            cr_expect_lt(fabs((double)r->enterprises.founder_share[s->row] - 0.75 * (double)one->share), 1e-6);
        } else if (s->state == ISSUER_PASSED && s->target != 0) {
            one->row = s->row;
            one->share = r->enterprises.founder_share[s->row];
        }
    }
}

Test(issues, leave_holders_the_share_that_is_not_floated)
{
    struct lab lab;
    struct lab_run run;
    struct shares one = {.row = UINT32_MAX};
    lab_listing(&lab, "0");
    lab_set(&lab, "boards.chinext.capacity @ 2021-06", "1000000");
    lab_go(&run, &lab,
           (struct lab_options){.months = 24, .compact_every = 0, .hook = follow_a_listing, .context = &one});
    cr_expect(one.seen);
    lab_end(&run);
}

Test(issues, follow_where_an_opportunity_needs_money)
{
    struct lab lab;
    struct lab_run run;
    lab_listing(&lab, "1000000");
    lab_set(&lab, "capital_market.follow_gap", "3");
    lab_set(&lab, "boards.chinext.floated", "0.01"); /* little money from the listing */
    lab_set(&lab, "enterprise.opportunity_turnover", "3");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    cr_expect_gt(lab_sum(&run, "follow_ons", CHINEXT), 5);
    int64_t raised = 0;
    for (int32_t m = 0; m < 36; m++)
        raised += run.cell[(size_t)m * run.layout.n + run.layout.flows + FLOW_FOLLOW_ON].i;
    cr_expect_eq(raised, lab_sum(&run, "follow_ons_raised", CHINEXT));
    lab_end(&run);
}

Test(boards, drop_who_stays_below_their_criteria_for_two_years)
{
    struct lab lab;
    struct lab_run run;
    lab_listing(&lab, "1000000");
    lab_set(&lab, "boards.chinext.keep_value @ 2020-02", "10000 亿");
    lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = -1});
    cr_expect_eq(lab_sum(&run, "delisted", CHINEXT), lab_int(&run, "delisted", 24, CHINEXT),
                 "in the second January only");
    cr_expect_gt(lab_int(&run, "delisted", 24, CHINEXT), 20);
    cr_expect_lt(lab_int(&run, "listed", 24, CHINEXT), lab_int(&run, "listed", 23, CHINEXT));
    lab_end(&run);
}

/* -- support --------------------------------------------------------------------------------------------------------------------------------- */
static void supported_town(struct lab *lab)
{
    lab_listing(lab, "1000000");
    lab_set_of(lab, "listing_support", "enabled", "true");
    lab_set_of(lab, "listing_support", "places", "100000");
    lab_set_of(lab, "listing_support", "sales_min", "0");
    lab_set_of(lab, "listing_support", "profit", "false");
    lab_set_of(lab, "listing_support", "budget", "10 亿");
    lab_set_of(lab, "listing_support", "counselled", "0");
    lab_set_of(lab, "listing_support", "accepted", "0");
    lab_set_of(lab, "listing_support", "listed", "0");
    lab_set_of(lab, "listing_support", "precision", "0");
    lab_set_of(lab, "listing_support", "green", "0");
    lab_set_of(lab, "listing_support", "months", "0");
    lab_set_of(lab, "listing_support", "counselling", "0");
    lab_set(lab, "founders.literacy", "1");
    lab_set(lab, "founders.literacy_spread", "0");
}

/* Months of preparation that who files now has done, summed; and of how many. */
static void prepared(struct world *w, void *context)
{
    double *sum = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (w->month >= start && s->target != 0 && s->state == ISSUER_FILED && file_of(r, s)->filed == w->month) {
            sum[0] += (double)file_of(r, s)->progress;
            sum[1]++;
            sum[2] += (double)file_of(r, s)->precision;
        }
    }
}

Test(listing_support, spares_months_and_makes_files_tell_more_while_it_is_paid)
{
    static const char *const budget[3] = {"0", "10 亿", "10 亿"}, *const months[3] = {"4", "4", "0"};
    struct lab lab;
    struct lab_run run;
    double mean[3], precision[3];
    for (int k = 0; k < 3; k++) {
        double sum[3] = {0};
        supported_town(&lab);
        lab_set_of(&lab, "listing_support", "counselling", "1 万");
        lab_set_of(&lab, "listing_support", "budget", budget[k]);
        lab_set_of(&lab, "listing_support", "months", months[k]);
        lab_set_of(&lab, "listing_support", "precision", "7");
        lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = prepared, .context = sum});
        cr_assert_gt(sum[1], 20.0);
        mean[k] = sum[0] / sum[1];
        precision[k] = sum[2] / sum[1];
        lab_end(&run);
    }
    cr_expect_gt(mean[0], 5.9, "not paid, no counselling: %g", mean[0]);
    cr_expect_lt(mean[1], 3.0, "%g", mean[1]);
    cr_expect_geq(mean[2], 6.0, "%g", mean[2]);
    cr_expect_lt(precision[0], 11.0);
    cr_expect_gt(precision[1], 16.0);
}

/* Rewards that fell due by what happened on the way: half prepared, accepted, listed. */
static void rewards(struct world *w, void *context)
{
    int64_t *due = context;
    const struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_listing_support);
    if (w->month < start)
        return;
    for (size_t j = 0; j < r->issuers.n; j++) {
        const struct issuer *s = &r->issuers.row[j];
        if (!enterprise_member(&r->enterprises, s->row, k))
            continue;
        if (s->target != 0 && s->state == ISSUER_FILED && file_of(r, s)->filed == w->month)
            due[0] += 200;
        if (s->board != 0 && s->listed == w->month)
            due[0] += 3000;
    }
}

Test(listing_support, pays_its_rewards_stage_by_stage_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    int64_t due[1] = {0};
    supported_town(&lab);
    lab_set_of(&lab, "listing_support", "from", "2020-01");
    lab_set_of(&lab, "listing_support", "accepted", "2");
    lab_set_of(&lab, "listing_support", "listed", "30");
    lab_set(&lab, "boards.chinext.review", "4");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = rewards, .context = due});
    int32_t k = lab_line(run.world.region, GROUP_listing_support);
    int64_t waits = 0;
    for (size_t j = 0; j < run.world.region->dues.n; j++)
        waits += run.world.region->dues.row[j].instance == k ? run.world.region->dues.row[j].amount.fen : 0;
    cr_expect_gt(due[0], 10000);
    int64_t paid = lab_sum(&run, "budget_spent", k) + waits;
    cr_expect_leq(paid, due[0]);
    cr_expect_geq(paid, due[0] - due[0] / 50, "but to those who died before: %lld of %lld", (long long)paid,
                  (long long)due[0]);
    lab_end(&run);
}

/* What is left to do when reviewers ask, at most, of members and of others. */
static void asked(struct world *w, void *context)
{
    int32_t *most = context;
    const struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_listing_support);
    for (size_t j = 0; j < r->issuers.n; j++) {
        const struct issuer *s = &r->issuers.row[j];
        bool member = enterprise_member(&r->enterprises, s->row, k);
        if (w->month < start || s->target == 0 || s->state != ISSUER_FILED || file_of(r, s)->rounds == 0)
            continue;
        int32_t left = file_of(r, s)->ready - w->month;
        most[member] = left > most[member] ? left : most[member];
    }
}

Test(listing_support, spares_its_members_months_when_reviewers_ask)
{
    struct lab lab;
    struct lab_run run;
    int32_t most[2] = {0, 0};
    supported_town(&lab);
    lab_set(&lab, "capital_market.precision", "0.2");
    lab_set(&lab, "capital_market.rework", "5");
    lab_set_of(&lab, "listing_support", "from", "2020-01");
    lab_set_of(&lab, "listing_support", "saturation", "0.5");
    lab_set_of(&lab, "listing_support", "green", "3");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = asked, .context = most});
    cr_expect_eq(most[0], 5);
    cr_expect_eq(most[1], 2);
    lab_end(&run);
}

/* Who has done half of the preparation this month, and who comes on a board, among members. */
enum { ROWS = 20000 };
struct steps {
    float done[ROWS]; /* until last month, by row: no compaction */
    int64_t half, listed;
};

static void step(struct world *w, void *context)
{
    struct steps *x = context;
    const struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_listing_support);
    for (size_t j = 0; j < r->issuers.n; j++) {
        const struct issuer *s = &r->issuers.row[j];
        bool member = w->month >= start && enterprise_member(&r->enterprises, s->row, k);
        cr_assert_lt(s->row, ROWS);
        x->half += member && s->target != 0 && file_of(r, s)->progress >= 3 && x->done[s->row] < 3.0f;
        x->listed += member && s->board != 0 && s->listed == w->month;
        x->done[s->row] = s->target != 0 ? file_of(r, s)->progress : 0.0f;
    }
}

/* Yuan that were paid, or wait. */
static int64_t due_to(const struct lab_run *run)
{
    const struct region *r = run->world.region;
    int32_t k = lab_line(r, GROUP_listing_support);
    int64_t sum = lab_sum(run, "budget_spent", k);
    for (size_t j = 0; j < r->dues.n; j++)
        sum += r->dues.row[j].instance == k ? r->dues.row[j].amount.fen : 0;
    return sum / 100;
}

Test(listing_support, pays_for_half_of_the_way_and_less_where_no_exchange_is_at_its_end)
{
    static struct steps steps[2];
    struct lab lab;
    struct lab_run run;
    for (int k = 0; k < 2; k++) { /* an exchange, and none */
        supported_town(&lab);
        lab_set_of(&lab, "listing_support", "from", "2020-01");
        lab_set_of(&lab, "listing_support", "counselled", "7");
        lab_set_of(&lab, "listing_support", "stepped", "11");
        if (k == 1)
            lab_set(&lab, "boards.chinext.exchange", "false");
        lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = step, .context = &steps[k]});
        int64_t want = k == 0 ? 7 * steps[k].half : 11 * steps[k].listed, have = due_to(&run);
        cr_expect_gt(want, 200);
        cr_expect(have <= want && have >= want - want / 20, "but to those who died before: %lld of %lld",
                  (long long)have, (long long)want);
        lab_end(&run);
    }
}
