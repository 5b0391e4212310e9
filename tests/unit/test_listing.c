/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boards: thresholds, the ladder, the nation's capacity, windows, withdrawals. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/boards.h>
#include <liandong/fates.h>
#include <math.h>
#include <string.h>

static const int32_t start = 2020 * 12;
enum { REGIONAL, NEEQ, BEIJING, CHINEXT, STAR, MAIN };

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
    lab_listing(&lab, "1000000");
    lab_set(&lab, "capital_market.enabled", "false");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    cr_expect_eq(run.world.region->issuers.n, 0);
    cr_expect_eq(lab_sum(&run, "listing_preparing", -1) + lab_sum(&run, "listings", -1), 0);
    lab_end(&run);
}

/* The list of those traded on an exchange is what a look at all would find. */
static void traded_are_listed(struct world *w, void *context)
{
    const struct region *r = w->region;
    size_t n = 0, *most = context;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (!enterprise_traded(r, s->row))
            continue;
        cr_assert_lt(n, r->traded.n, "row %u is missing", s->row);
        cr_expect_eq(r->traded.row[n].row, s->row);
        cr_expect_eq(r->traded.row[n++].home, issuer_home(s));
    }
    cr_expect_eq(n, r->traded.n);
    *most = n > *most ? n : *most;
}

static void no_one_is_listed_before_its_rules_are_met(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = w->region;
    size_t files = r->free_files.n;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        files += s->file != 0;
        cr_expect(k == 0 || s[-1].row < s->row, "in order of rows");
        cr_expect(s->target == 0 || s->file != 0, "who is on its way has a file");
        cr_expect_eq(r->enterprises.board[s->row], s->board);
        cr_expect_eq(r->enterprises.status[s->row], ACTIVE);
        if (s->board == 0 || s->listed != w->month)
            continue;
        seen[0]++;
        struct performance results = issuer_performance(r, s, s->board - 1);
        cr_expect_geq(board_headroom(r, s->board - 1, &results), 1.0);
        cr_expect_geq(w->month - file_of(r, s)->filed, NAMED(r, boards, s->board - 1)->review);
        cr_expect_geq(file_of(r, s)->years, NAMED(r, boards, s->board - 1)->years);
    }
    cr_expect_eq(files, r->issuer_files.n, "each place of a file is an issuer's, or free");
}

Test(boards, list_who_meets_their_rules_on_the_day)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[1] = {0};
    lab_listing(&lab, "1000000");
    lab_go(&run, &lab,
           (struct lab_options){
               .months = 36, .compact_every = -1, .hook = no_one_is_listed_before_its_rules_are_met, .context = seen});
    cr_expect_gt(seen[0], 20);
    lab_end(&run);
}

/* Also when a board becomes an exchange, and when companies leave it or die. */
Test(boards, know_who_is_traded)
{
    struct lab lab;
    struct lab_run run;
    size_t most = 0;
    lab_listing(&lab, "1000000");
    lab_set(&lab, "boards.chinext.exchange", "false");
    lab_set(&lab, "boards.chinext.exchange @ 2021-07", "true");
    lab_set(&lab, "boards.chinext.keep_value", "1 亿");
    lab_set(&lab, "boards.chinext.keep_sales", "1 亿");
    lab_set(&lab, "capital_market.keep_years", "1");
    lab_go(&run, &lab,
           (struct lab_options){.months = 48, .compact_every = 5, .hook = traded_are_listed, .context = &most});
    cr_expect_gt(most, 20);
    cr_expect_gt(lab_sum(&run, "delisted", CHINEXT), 0);
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
        cr_expect_geq(file_of(r, s)->filed - s->listed, 12);
        n[1]++;
    }
}

static void ladder_town(struct lab *lab)
{
    lab_listing(lab, "1000000");
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
        if (s->board != NEEQ + 1 || s->target == 0 || s->state != ISSUER_FILED || file_of(r, s)->filed != w->month)
            continue;
        sum[0] += (double)file_of(r, s)->progress;
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
    lab_board(lab, capacity);
}

static void first_filed_first_listed(struct world *w, void *context)
{
    int64_t *listed = context;
    int32_t last = 0, first = INT32_MAX;
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < w->region[k].issuers.n; j++) {
            const struct issuer *s = &w->region[k].issuers.row[j];
            bool now = s->board == CHINEXT + 1 && s->listed == w->month,
                 waits = s->target == CHINEXT + 1 && s->state == ISSUER_PASSED;
            int32_t filed = now || waits ? file_of(&w->region[k], s)->filed : 0;
            listed[k] += now;
            last = now && filed > last ? filed : last;
            first = waits && filed < first ? filed : first;
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
        lab_listing(&lab, "2");
        lab_set(&lab, "capital_market.outside", outside[k]);
        lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
        listed[k] = lab_sum(&run, "listings", -1);
        lab_end(&run);
    }
    cr_expect_eq(listed[0], 48);
    cr_expect_lt(listed[1], 24, "%lld", (long long)listed[1]);
}

/* Nothing is listed for a year, then two a month.  Others who file by what is taken have filed nothing by then; who files by what is
 * usual has waited, too. */
Test(capacity, is_filed_for_by_others_by_what_is_usual_where_that_is_said)
{
    static const char *const usual[3] = {"1000000", "2", "4"};
    int64_t listed[3];
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        lab_listing(&lab, "0");
        lab_set(&lab, "boards.chinext.capacity @ 2021-01", "2");
        lab_set(&lab, "boards.chinext.usual", usual[k]);
        lab_set(&lab, "capital_market.outside", "1");
        lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = -1});
        cr_expect_eq(lab_int(&run, "listings", 11, CHINEXT), 0);
        listed[k] = lab_sum(&run, "listings", CHINEXT);
        lab_end(&run);
    }
    cr_expect_eq(listed[0], 36, "%lld", (long long)listed[0]);
    cr_expect_lt(listed[1], 30, "%lld", (long long)listed[1]);
    cr_expect_lt(listed[2], listed[1], "%lld of %lld", (long long)listed[2], (long long)listed[1]);
}

Test(capacity, is_filed_for_alike_where_what_is_usual_is_what_is_taken)
{
    struct lab_shown shown[2];
    for (int k = 0; k < 2; k++) {
        struct lab lab;
        lab_listing(&lab, "2");
        lab_set(&lab, "capital_market.outside", "0.9");
        if (k == 1)
            lab_set(&lab, "boards.chinext.usual", "2");
        lab_show(&lab, 24, 12, k + 1, &shown[k]);
    }
    cr_expect(lab_same(&shown[0], &shown[1]));
}

Test(capacity, makes_nobody_wait_longer_than_his_patience)
{
    struct lab lab;
    struct lab_run run;
    lab_listing(&lab, "0");
    lab_set(&lab, "capital_market.patience", "5");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    cr_expect_eq(lab_sum(&run, "listings", -1), 0);
    cr_expect_gt(lab_sum(&run, "listing_withdrawn", CHINEXT), 0);
    for (size_t k = 0; k < run.world.region->issuers.n; k++) {
        const struct issuer *s = &run.world.region->issuers.row[k];
        cr_expect(s->state == ISSUER_PREPARING || run.world.month - file_of(run.world.region, s)->filed <= 5);
    }
    lab_end(&run);
}

/* -- windows and withdrawals ----------------------------------------------------------------------------------------------------------- */
Test(window, that_is_closed_lists_nobody_until_it_opens)
{
    struct lab lab;
    struct lab_run run;
    lab_listing(&lab, "1000000");
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
    lab_listing(&lab, "0");
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
        lab_listing(&lab, "1000000");
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
