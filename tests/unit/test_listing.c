/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boards: thresholds, the nation's capacity, windows, withdrawals, money raised to the fen; support that spares time. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/boards.h>
#include <liandong/fates.h>
#include <liandong/mathx.h>
#include <math.h>
#include <string.h>

static const int32_t start = 2020 * 12;
enum { REGIONAL, NEEQ, BEIJING, CHINEXT, STAR, MAIN };

/* One exchange whose rules most enterprises with some profit meet, of so many issues a month. */
static void easy_board(struct lab *lab, const char *capacity)
{
    static const char *const closed[] = {"regional", "neeq", "beijing", "star", "main"};
    static const char *const values[][2] = {
        {"opens",        "0"     },
        {"age_min",      "0"     },
        {"years",        "1"     },
        {"profit_min",   "20 万"},
        {"prepare",      "6"     },
        {"prepare_cost", "6 万" },
        {"review",       "2"     },
        {"fee_fixed",    "1 万" },
        {"disclosure",   "1 万" },
        {"keep_sales",   "0"     },
        {"keep_value",   "0"     }
    };
    char key[64];
    lab_set(lab, "capital_market.enabled", "true");
    lab_set(lab, "capital_market.outside", "0");
    lab_set(lab, "capital_market.window", "-20");
    lab_set(lab, "capital_market.reach", "0.5");
    for (size_t k = 0; k < sizeof closed / sizeof closed[0]; k++) {
        snprintf(key, sizeof key, "boards.%s.opens", closed[k]);
        lab_set(lab, key, "3000");
    }
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        snprintf(key, sizeof key, "boards.chinext.%s", values[k][0]);
        lab_set(lab, key, values[k][1]);
    }
    lab_set(lab, "boards.chinext.capacity", capacity);
}

static void listing_town(struct lab *lab, const char *capacity)
{
    lab_town(lab);
    easy_board(lab, capacity);
}

/* -- thresholds -------------------------------------------------------------------------------------------------------------------- */
struct case_of {
    int board;
    struct performance results; /* yuan */
    double headroom;
};

Test(boards, ask_for_the_results_that_their_rules_name)
{
    static const struct case_of cases[] = {
        {STAR,    {6e7, 4e7, 2e7, 1.5e8, 0.0, 1.2e9},  1.2      }, /* value 1.2 bn; 60 m in two years */
        {STAR,    {6e7, 4e7, 2e7, 1.5e8, 0.0, 0.9e9},  0.9      },
        {STAR,    {4e7, 4e7, 1e7, 1.5e8, 0.0, 2.0e9},  0.8      },
        {STAR,    {6e7, 7e7, -1e7, 1.5e8, 0.0, 2.0e9}, 0.0      }, /* a loss in one of the years */
        {STAR,    {-1e7, -1e7, -1e7, 4e8, 8e7, 3.0e9}, 4.0 / 3.0}, /* by growth: research of 20 % where 15 are asked */
        {STAR,    {-1e7, -1e7, -1e7, 4e8, 3e7, 3.0e9}, 0.5      },
        {CHINEXT, {6e7, 3e7, 3e7, 5e7, 0.0, 0.5e9},    1.2      }, /* by profit alone */
        {CHINEXT, {1e7, 5e6, 5e6, 3e8, 0.0, 1.5e9},    1.5      }, /* by growth: 1 bn, sales of 100 m and a profit */
        {CHINEXT, {1e7, -5e6, -5e6, 3e8, 0.0, 1.5e9},  0.0      },
        {BEIJING, {4e7, 2e7, 2e7, 1e8, 0.0, 3e8},      4.0 / 3.0},
        {BEIJING, {4e7, 1e7, 1e7, 1e8, 0.0, 3e8},      2.0 / 3.0}, /* 15 m in the last year */
        {MAIN,    {1.8e8, 9e7, 3e7, 9e8, 0.0, 1e10},   1.2      },
        {NEEQ,    {-1e7, -1e7, -1e7, 1e6, 0.0, 1e6},   1000000.0}  /* none */
    };
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "burn_in", "1");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        cr_expect_lt(fabs(board_headroom(run.world.region, cases[k].board, &cases[k].results) - cases[k].headroom),
                     1e-9, "case %zu: %g", k, board_headroom(run.world.region, cases[k].board, &cases[k].results));
    cr_expect(board_open(run.world.region, STAR), "since July 2019");
    cr_expect_not(board_open(run.world.region, BEIJING), "not before November 2021");
    lab_end(&run);
}

Test(boards, take_nobody_where_the_capital_market_is_off)
{
    struct lab lab;
    struct lab_run run;
    listing_town(&lab, "1000000");
    lab_set(&lab, "capital_market.enabled", "false");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    cr_expect_eq(run.world.region->issuers.n, 0);
    cr_expect_eq(lab_sum(&run, "listing_preparing", -1) + lab_sum(&run, "listings", -1), 0);
    lab_end(&run);
}

static void no_one_is_listed_before_its_rules_are_met(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        cr_expect(k == 0 || s[-1].row < s->row, "in order of rows");
        cr_expect_eq(r->enterprises.board[s->row], s->board);
        cr_expect_eq(r->enterprises.status[s->row], ACTIVE);
        if (s->board == 0 || s->listed != w->month)
            continue;
        seen[0]++;
        struct performance results = issuer_performance(r, s, s->board - 1);
        cr_expect_geq(board_headroom(r, s->board - 1, &results), 1.0);
        cr_expect_geq(w->month - s->filed, NAMED(r, boards, s->board - 1)->review);
        cr_expect_geq(s->years, NAMED(r, boards, s->board - 1)->years);
    }
}

Test(boards, list_who_meets_their_rules_on_the_day)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[1] = {0};
    listing_town(&lab, "1000000");
    lab_go(&run, &lab,
           (struct lab_options){
               .months = 36, .compact_every = -1, .hook = no_one_is_listed_before_its_rules_are_met, .context = seen});
    cr_expect_gt(seen[0], 20);
    lab_end(&run);
}

/* -- the ladder ---------------------------------------------------------------------------------------------------------------------- */
static void only_from_the_board_below(struct world *w, void *context)
{
    int64_t *n = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        n[0] += s->board == NEEQ + 1 && s->listed == w->month;
        if (s->target != BEIJING + 1 || s->state == ISSUER_PREPARING)
            continue;
        cr_expect_eq(s->board, NEEQ + 1);
        cr_expect_geq(s->filed - s->listed, 12);
        n[1]++;
    }
}

static void ladder_town(struct lab *lab)
{
    listing_town(lab, "1000000");
    lab_set(lab, "boards.chinext.opens", "3000");
    lab_set(lab, "boards.neeq.opens", "0");
    lab_set(lab, "boards.neeq.prepare_cost", "1 万");
    lab_set(lab, "boards.neeq.fee_fixed", "0");
    lab_set(lab, "boards.neeq.disclosure", "0");
    lab_set(lab, "boards.beijing.opens", "0");
    lab_set(lab, "boards.beijing.value_min", "0");
    lab_set(lab, "boards.beijing.profit_min", "20 万");
    lab_set(lab, "boards.beijing.profit_last", "0");
    lab_set(lab, "boards.beijing.prepare_cost", "6 万");
    lab_set(lab, "boards.beijing.fee_fixed", "0");
    lab_set(lab, "boards.beijing.disclosure", "0");
    lab_set(lab, "boards.beijing.keep_sales", "0");
    lab_set(lab, "boards.beijing.keep_value", "0");
}

Test(boards, are_reached_over_the_one_below_where_they_ask_for_it)
{
    struct lab lab;
    struct lab_run run;
    int64_t n[2] = {0, 0};
    ladder_town(&lab);
    lab_go(&run, &lab,
           (struct lab_options){.months = 36, .compact_every = -1, .hook = only_from_the_board_below, .context = n});
    cr_expect_gt(n[0], 10);
    cr_expect_gt(n[1], 10);
    cr_expect_gt(lab_sum(&run, "listings", BEIJING), 0);
    lab_end(&run);
}

/* Beside the world, the highest board of each enterprise by its row; rows stay, as nothing is compacted. */
struct climbed {
    struct fates fates;
    uint8_t top[65536];
    int64_t checked, higher;
};

static void watch_boards(struct world *w, void *context)
{
    static const int32_t horizon[FATE_HORIZONS] = {24, 0, 0};
    struct climbed *c = context;
    const struct enterprises *e = &w->region[0].enterprises;
    if (w->month + 1 == start)
        cr_assert_eq(fates_begin(&c->fates, w), OK);
    else if (w->month >= start)
        fates_month(&c->fates, w, horizon);
    for (uint32_t i = 0; i < e->n && i < 65536; i++)
        c->top[i] = e->board[i] > c->top[i] ? e->board[i] : c->top[i];
    for (uint32_t i = 0; i < e->n && w->month + 1 == start + 24; i++) {
        size_t k = fates_find(&c->fates, enterprise_identity(e, i));
        if (k == c->fates.n)
            continue;
        const struct fate *f = &c->fates.fate[k];
        cr_expect_eq(f->at[0].board, c->top[i]);
        cr_expect((f->listed > 0) == (f->at[0].board > 0) && f->listed <= w->month);
        c->checked++;
        c->higher += f->at[0].board > 2;
    }
}

Test(boards, that_enterprises_have_been_on_are_noted_with_what_happens_to_them)
{
    static struct climbed c;
    struct lab lab;
    struct lab_run run;
    ladder_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = 0, .hook = watch_boards, .context = &c});
    cr_expect_gt(c.checked, 200);
    cr_expect_gt(c.higher, 5);
    fates_free(&c.fates);
    lab_end(&run);
}

/* Months of preparation of those who come from NEEQ. */
static void prepared_from_below(struct world *w, void *context)
{
    double *sum = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->board != NEEQ + 1 || s->target == 0 || s->state != ISSUER_FILED || s->filed != w->month)
            continue;
        sum[0] += (double)s->progress;
        sum[1]++;
    }
}

Test(boards, spare_months_to_who_comes_by_a_fast_channel)
{
    static const char *const fast[2] = {"0", "4"};
    struct lab lab;
    struct lab_run run;
    double sum[2][2] = {{0}};
    for (int k = 0; k < 2; k++) {
        ladder_town(&lab);
        lab_set(&lab, "boards.beijing.fast", fast[k]);
        lab_go(&run, &lab,
               (struct lab_options){.months = 36, .compact_every = -1, .hook = prepared_from_below, .context = sum[k]});
        cr_assert_gt(sum[k][1], 10.0);
        lab_end(&run);
    }
    cr_expect_eq(sum[0][0] / sum[0][1], 9.0);
    cr_expect_eq(sum[1][0] / sum[1][1], 5.0);
}

/* -- capacity of the nation ---------------------------------------------------------------------------------------------------------- */
static void two_towns(struct lab *lab, const char *capacity)
{
    lab_begin(lab);
    lab_set(lab, "burn_in", "120");
    lab_set(lab, "regions.east.founders.per_month", "40");
    lab_set(lab, "regions.west.founders.per_month", "40");
    easy_board(lab, capacity);
}

static void first_filed_first_listed(struct world *w, void *context)
{
    int64_t *listed = context;
    int32_t last = 0, first = INT32_MAX;
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < w->region[k].issuers.n; j++) {
            const struct issuer *s = &w->region[k].issuers.row[j];
            bool now = s->board == CHINEXT + 1 && s->listed == w->month;
            if (now)
                listed[k]++;
            if (now && s->filed > last)
                last = s->filed;
            if (s->target == CHINEXT + 1 && s->state == ISSUER_PASSED && s->filed < first)
                first = s->filed;
        }
    cr_expect_leq(last, first, "one who filed later was listed before another of either region");
}

Test(capacity, is_shared_by_all_regions_in_the_order_of_filing)
{
    struct lab lab;
    struct lab_run run;
    int64_t listed[2] = {0, 0}, most = 0, all = 0;
    two_towns(&lab, "1.5");
    lab_go(
        &run, &lab,
        (struct lab_options){.months = 36, .compact_every = -1, .hook = first_filed_first_listed, .context = listed});
    const struct record_layout *l = &run.layout;
    size_t series = 0;
    while (strcmp(series_table[series].name, "listings") != 0)
        series++;
    for (int32_t m = 0; m < 36; m++) {
        int64_t month = 0;
        for (int32_t k = 0; k < 2 * l->length[DIM_BOARD]; k++)
            month += run.cell[(size_t)m * l->n + l->series[series] + (size_t)k].i;
        most = month > most ? month : most;
        all += month;
    }
    cr_expect_eq(most, 2, "%lld in a month", (long long)most);
    cr_expect_eq(all, 54, "1.5 a month, and more who wait: %lld", (long long)all);
    cr_expect_gt(listed[0], 10);
    cr_expect_gt(listed[1], 10);
    lab_end(&run);
}

Test(capacity, is_left_to_others_where_they_file_more)
{
    struct lab lab;
    struct lab_run run;
    int64_t listed[2];
    static const char *const outside[2] = {"0", "4"};
    for (int k = 0; k < 2; k++) {
        listing_town(&lab, "2");
        lab_set(&lab, "capital_market.outside", outside[k]);
        lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
        listed[k] = lab_sum(&run, "listings", -1);
        lab_end(&run);
    }
    cr_expect_eq(listed[0], 48);
    cr_expect_lt(listed[1], 24, "%lld", (long long)listed[1]);
}

Test(capacity, makes_nobody_wait_longer_than_his_patience)
{
    struct lab lab;
    struct lab_run run;
    listing_town(&lab, "0");
    lab_set(&lab, "capital_market.patience", "5");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    cr_expect_eq(lab_sum(&run, "listings", -1), 0);
    cr_expect_gt(lab_sum(&run, "listing_withdrawn", CHINEXT), 0);
    for (size_t k = 0; k < run.world.region->issuers.n; k++) {
        const struct issuer *s = &run.world.region->issuers.row[k];
        cr_expect(s->state == ISSUER_PREPARING || run.world.month - s->filed <= 5);
    }
    lab_end(&run);
}

/* -- windows and withdrawals ----------------------------------------------------------------------------------------------------------- */
Test(window, that_is_closed_lists_nobody_until_it_opens)
{
    struct lab lab;
    struct lab_run run;
    listing_town(&lab, "1000000");
    lab_set(&lab, "capital_market.window", "0");
    lab_set(&lab, "capital_market.cycle", "0"); /* so that prices do not fall with the factor */
    lab_set(&lab, "macro.stress", "-9");
    lab_set(&lab, "macro.loading", "0");
    lab_set(&lab, "macro.stress @ 2021-06", "9");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    for (int32_t m = 0; m < 17; m++)
        cr_expect_eq(lab_int(&run, "listings", m, -1) + lab_int(&run, "follow_ons", m, -1), 0);
    cr_expect_gt(lab_int(&run, "listing_queue", 16, CHINEXT), 20);
    cr_expect_gt(lab_int(&run, "listings", 17, CHINEXT), 20, "who waited is listed when it opens");
    lab_end(&run);
}

/* Half a year before the end the year that runs turns bad for all who have filed. */
static void results_fall(struct world *w, void *context)
{
    int64_t *filed = context;
    struct region *r = w->region;
    if (w->month != start + 8)
        return;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->target == 0 || s->state == ISSUER_PREPARING)
            continue;
        r->enterprises.profit_year[s->row] = -1e9f;
        filed[0]++;
    }
}

Test(files, are_withdrawn_when_results_fall_below_the_rules)
{
    struct lab lab;
    struct lab_run run;
    int64_t filed[1] = {0};
    listing_town(&lab, "0");
    lab_set(&lab, "capital_market.precision", "1000000");
    lab_go(&run, &lab, (struct lab_options){.months = 10, .compact_every = 0, .hook = results_fall, .context = filed});
    cr_assert_gt(filed[0], 10);
    cr_expect_geq(lab_int(&run, "listing_withdrawn", 9, CHINEXT), filed[0]);
    cr_expect_lt(lab_int(&run, "listing_withdrawn", 7, CHINEXT), filed[0] / 2);
    lab_end(&run);
}

/* Reviewers can only doubt what meets the rules: the more a file tells, the fewer come back. */
Test(files, that_tell_more_come_back_less)
{
    static const char *const precision[3] = {"0.2", "5", "1000000"};
    struct lab lab;
    struct lab_run run;
    double share[3];
    for (int k = 0; k < 3; k++) {
        listing_town(&lab, "1000000");
        lab_set(&lab, "capital_market.precision", precision[k]);
        lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
        share[k] =
            (double)lab_sum(&run, "listing_returned", CHINEXT) / (double)lab_sum(&run, "listing_applications", CHINEXT);
        lab_end(&run);
    }
    cr_expect_gt(share[0], share[1]);
    cr_expect_gt(share[1], 0.0);
    cr_expect_lt(share[2], 0.01);
}

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
    listing_town(&lab, "1000000");
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
    listing_town(&lab, "1000000");
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
    listing_town(&lab, "0");
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
    listing_town(&lab, "1000000");
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
    listing_town(&lab, "1000000");
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
    listing_town(lab, "1000000");
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
        if (w->month >= start && s->target != 0 && s->state == ISSUER_FILED && s->filed == w->month) {
            sum[0] += (double)s->progress;
            sum[1]++;
            sum[2] += (double)s->precision;
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
        if (s->target != 0 && s->state == ISSUER_FILED && s->filed == w->month)
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

/* -- exact -------------------------------------------------------------------------------------------------------------------------------------- */
Test(boards, are_the_same_for_any_threads_compaction_and_copy)
{
    struct lab lab;
    struct lab_run run[3];
    char text[3][SHA256_TEXT];
    static const int threads[3] = {1, 4, 2}, every[3] = {12, 1, 0};
    for (int k = 0; k < 3; k++) {
        two_towns(&lab, "3");
        lab_set(&lab, "regions.east.founders.per_month", "200");
        lab_set(&lab, "capital_market.outside", "0.5");
        lab_go(&run[k], &lab, (struct lab_options){.threads = threads[k], .compact_every = every[k], .months = 30});
        lab_digest(&run[k], 0, 30, text[k]);
    }
    cr_expect_str_eq(text[0], text[1]);
    cr_expect_str_eq(text[0], text[2]);
    struct world copy;
    struct diag diag;
    diag_init(&diag);
    cr_assert_eq(world_copy(&copy, &run[0].world, &diag), OK);
    for (int m = 0; m < 14; m++) {
        cr_assert_eq(world_step(&run[0].world, &diag), OK);
        cr_assert_eq(world_step(&copy, &diag), OK);
        cr_assert_arr_eq(copy.record, run[0].world.record, run[0].layout.n * sizeof *copy.record);
    }
    world_free(&copy);
    diag_free(&diag);
    for (int k = 0; k < 3; k++)
        lab_end(&run[k]);
}
