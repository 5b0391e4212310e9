/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Investment-loan linkage: five channels, each with a switch and a series; frictions; warrants to the fen; the
 * turnover reserve.  Batches: test_batches. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/linking.h>
#include <liandong/planning.h>
#include <math.h>
#include <string.h>

static const char *const channels[] = {"information", "diligence", "cash", "monitoring", "warrant"};
static const char *const frictions[] = {"head_office", "windows", "run"};
static const char *const channel_series[] = {"linkage_told", "linkage_hours", "linkage_cash", "linkage_frozen",
                                             "warrants_granted"};
enum { CHANNELS = 5, FRICTIONS = 3 };

static void town_with_funds(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "120");
}

/* All switches at one value. */
static void town_with_linkage(struct lab *lab, const char *channel, const char *friction)
{
    town_with_funds(lab);
    lab_set_of(lab, "linkage", "enabled", "true");
    for (int k = 0; k < CHANNELS; k++)
        lab_set_of(lab, "linkage", channels[k], channel);
    for (int k = 0; k < FRICTIONS; k++)
        lab_set_of(lab, "linkage", frictions[k], friction);
}

static void digest_of(const struct lab *lab, struct lab_options options, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, options);
    lab_digest(&run, 0, options.months, text);
    lab_end(&run);
}

static double total(const struct lab_run *run, const char *series)
{
    if (strcmp(series, "linkage_hours") != 0)
        return (double)lab_sum(run, series, -1);
    double sum = 0.0;
    for (int32_t m = 0; m < run->months; m++)
        sum += lab_real(run, series, m, -1);
    return sum;
}

/* -- switches ---------------------------------------------------------------------------------------------------------------- */
Test(linkage, with_every_channel_and_friction_off_is_none)
{
    struct lab lab, none;
    char a[SHA256_TEXT], b[SHA256_TEXT];
    town_with_linkage(&lab, "false", "false");
    none = lab;
    lab_set_of(&none, "linkage", "enabled", "false");
    digest_of(&lab, (struct lab_options){.months = 24, .compact_every = -1}, a);
    digest_of(&none, (struct lab_options){.months = 24, .compact_every = -1}, b);
    cr_expect_str_eq(a, b);
}

/* Funds without a look to spare examine who owes a partner bank, whose file serves them; and they are told what it says. */
Test(linkage, debt_first_spares_funds_a_look_and_tells_them_what_statements_say)
{
    static const char *const diligence[] = {"false", "true", "false"}, *const information[] = {"false", "false",
                                                                                               "true"};
    struct lab lab;
    struct lab_run run;
    for (int k = 0; k < 3; k++) {
        town_with_linkage(&lab, "false", "false");
        lab_set_of(&lab, "linkage", "order", "debt_first");
        lab_set_of(&lab, "linkage", "diligence", diligence[k]);
        lab_set_of(&lab, "linkage", "information", information[k]);
        for (int f = 0; k < 2 && f < 3; f++)
            lab_set(&lab, f == 0 ? "funds.seed.looks" : f == 1 ? "funds.venture.looks" : "funds.growth.looks", "0");
        lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
        if (k < 2)
            cr_expect((lab_sum(&run, "first_rounds", -1) > 5) == (k == 1), "%d: %lld", k,
                      (long long)lab_sum(&run, "first_rounds", -1));
        cr_expect((lab_sum(&run, "linkage_told", -1) > 5) == (k == 2), "%d: %lld", k,
                  (long long)lab_sum(&run, "linkage_told", -1));
        lab_end(&run);
    }
}

/* A package is graded when it is written, before all others are read. */
static void read_again(struct world *w, void *context)
{
    int64_t *read = context;
    struct outbox *box = &w->team.member[0].box[BOX_APPLICATION];
    struct rows t = lab_rows(w);
    t.t = &w->team.hand[0].tally[0];
    t.me = &w->team.member[0];
    for (size_t k = 0; k < box->n; k++) {
        struct application *a = OUTBOX(box, struct application, k), before = *a;
        applications_see(&t, k);
        cr_assert(memcmp(&before, a, sizeof before) == 0);
        *read += 1;
    }
    for (int cell = 0; cell < N_CELLS; cell++)
        cr_assert_eq(t.t->item[cell][ITEM_LINKAGE_TOLD], 0, "told again");
}

Test(linkage, tells_a_bank_once_of_an_application)
{
    struct lab lab;
    struct lab_run run;
    int64_t read = 0;
    town_with_linkage(&lab, "false", "false");
    lab_set_of(&lab, "linkage", "information", "true");
    lab_go(&run, &lab,
           (struct lab_options){.months = 24, .compact_every = -1, .threads = 1, .hook = read_again, .context = &read});
    cr_expect(read > 100 && lab_sum(&run, "linkage_told", -1) > 20);
    lab_end(&run);
}

/* Of a warrant counts what any rule of appraisal lets count: 31, and 17 where banks' managers are judged over more years. */
Test(linkage, is_worth_more_to_banks_whose_managers_are_judged_later)
{
    static const char *const rules[] = {"npl_tolerance", "error_tolerance"};
    char none[SHA256_TEXT], own[SHA256_TEXT], rule[SHA256_TEXT];
    struct lab lab, by_rule;
    struct lab_options options = {.months = 24, .compact_every = -1};
    town_with_linkage(&lab, "false", "false");
    lab_set_of(&lab, "linkage", "warrant", "true");
    by_rule = lab;
    lab_set_of(&lab, "linkage", "upside_counts", "0.25");
    lab_set_of(&by_rule, "linkage", "upside_counts", "0");
    digest_of(&lab, options, own);
    digest_of(&by_rule, options, none);
    cr_assert_str_neq(own, none);
    for (int k = 0; k < 2; k++) {
        struct lab with = by_rule;
        lab_set_of(&with, rules[k], "enabled", "true");
        lab_set_of(&with, rules[k], "upside", "0.25");
        digest_of(&with, options, rule);
        cr_expect_str_eq(rule, own, "%s", rules[k]);
    }
}

ParameterizedTestParameters(linkage, each_channel_alone_moves_its_own_series)
{
    static int which[CHANNELS] = {0, 1, 2, 3, 4};
    return cr_make_param_array(int, which, CHANNELS);
}

ParameterizedTest(int *channel, linkage, each_channel_alone_moves_its_own_series)
{
    struct lab lab;
    struct lab_run run;
    town_with_linkage(&lab, "false", "false");
    lab_set_of(&lab, "linkage", channels[*channel], "true");
    lab_watch(&run, &lab, 120, NULL, NULL);
    for (int k = 0; k < CHANNELS; k++)
        if (k == *channel)
            cr_expect_gt(total(&run, channel_series[k]), 0.0, "%s does nothing", channels[k]);
        else
            cr_expect_eq(total(&run, channel_series[k]), 0.0, "%s moves %s", channels[*channel], channel_series[k]);
    lab_end(&run);
}

Test(linkage, is_the_same_for_any_number_of_threads_and_compactions)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    town_with_linkage(&lab, "true", "true");
    lab_set(&lab, "regions.town.founders.per_month", "240");
    lab_set_of(&lab, "linkage", "windows", "false");
    lab_set_of(&lab, "batch_linkage", "enabled", "true");
    lab_set_of(&lab, "batch_linkage", "places", "60");
    digest_of(&lab, (struct lab_options){.threads = 1, .compact_every = 12, .months = 24}, one);
    digest_of(&lab, (struct lab_options){.threads = 3, .compact_every = 0, .months = 24}, other);
    cr_expect_str_eq(one, other);
    digest_of(&lab, (struct lab_options){.threads = 2, .compact_every = 1, .months = 24}, other);
    cr_expect_str_eq(one, other);
}

/* -- frictions --------------------------------------------------------------------------------------------------------------- */
static int64_t sum_with(const struct lab *lab, const char *series)
{
    struct lab_run run;
    lab_watch(&run, lab, 48, NULL, NULL);
    int64_t sum = lab_sum(&run, series, -1);
    lab_end(&run);
    return sum;
}

Test(linkage, is_decided_by_the_head_office_but_where_a_branch_has_authority)
{
    struct lab lab;
    town_with_linkage(&lab, "true", "false");
    cr_expect_eq(sum_with(&lab, "linked_sent_up"), 0);
    lab_set_of(&lab, "linkage", "head_office", "true");
    int64_t sent = sum_with(&lab, "linked_sent_up");
    cr_expect_gt(sent, 0);
    lab_set_of(&lab, "tech_branches", "enabled", "true");
    lab_set_of(&lab, "tech_branches", "units", "12");
    cr_expect_eq(sum_with(&lab, "linked_sent_up"), 0);
}

Test(linkage, has_fewer_products_where_both_windows_must_accept)
{
    struct lab lab;
    town_with_linkage(&lab, "true", "false");
    int64_t open = sum_with(&lab, "linked_loans");
    lab_set_of(&lab, "linkage", "windows", "true");
    int64_t both = sum_with(&lab, "linked_loans");
    cr_expect_lt(both, open);
    cr_expect_gt(both, 0);
}

/* From 2021 on all insiders have just refused, or none ever does. */
static void insiders_refuse(struct world *w, void *context)
{
    const bool *refuse = context;
    struct region *r = w->region;
    bool refused = *refuse && w->month >= 2021 * 12;
    for (size_t k = 0; k < r->positions.held.n; k++) {
        position_at(r, k)->refused = refused ? w->month : 0;
        r->enterprises.owned[position_at(r, k)->row] |= refused ? OWNED_TOLD : 0;
    }
}

Test(linkage, banks_run_only_after_an_insider_has_refused)
{
    for (int refuse = 0; refuse < 2; refuse++)
        for (int run_on = 0; run_on < 2; run_on++) {
            struct lab lab;
            struct lab_run run;
            bool refused = refuse != 0;
            town_with_linkage(&lab, "false", "false");
            lab_set_of(&lab, "linkage", "run", run_on ? "true" : "false");
            lab_watch(&run, &lab, 72, insiders_refuse, &refused);
            int64_t runs = lab_sum(&run, "linkage_runs", -1);
            cr_expect_eq(runs > 0, refuse && run_on, "%lld runs, %lld backed", (long long)runs,
                         (long long)lab_int(&run, "backed", 71, -1));
            for (int32_t m = 0; m < 12; m++)
                cr_expect_eq(lab_int(&run, "linkage_runs", m, -1), 0, "before anybody refused");
            lab_end(&run);
        }
}

/* -- signals ------------------------------------------------------------------------------------------------------------------ */
Test(linkage, what_two_signals_with_a_shared_error_tell_is_generalised_least_squares)
{
    double weighted = 0.0, precision = 0.0;
    news_of_signal(0.5, 0.7, 0.8, -0.3, 0.6, &weighted, &precision);
    cr_expect_float_eq(precision, 0.390625, 1e-12); /* by inverting the matrix of errors */
    cr_expect_float_eq(weighted, -0.5625, 1e-12);
    weighted = precision = 0.0;
    news_of_signal(0.0, 0.0, 0.8, -0.3, 0.6, &weighted, &precision);
    cr_expect_float_eq(precision, 0.64, 1e-12);
    cr_expect_float_eq(weighted, -0.24, 1e-12);
}

/* -- warrants ------------------------------------------------------------------------------------------------------------------ */
static const struct warrant_terms terms = {.share = 0.15,
                                           .share_most = 0.015,
                                           .months = 48,
                                           .part = 0.5,
                                           .discount = 0.25,
                                           .sales = 0.06,
                                           .growth = 0.15,
                                           .spread = 0.6,
                                           .weight_years = 100,
                                           .weight_sales = 10};

static void small_town(struct lab_run *run)
{
    struct lab lab;
    town_with_funds(&lab);
    lab_watch(run, &lab, 12, NULL, NULL);
}

/* 450,000 yuan of shares, 1.5 % of all, for as much; default 4 % a year; four years, summed in Python. */
Test(warrants, are_worth_the_sum_over_years_of_what_an_exit_brings)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    r->equity.sold = r->equity.watched = r->equity.rise = r->equity.rise_square = r->equity.rise_years = 0.0;
    double value = warrant_value(r, &terms, 450000.0, 450000.0, 0.015, 0.04);
    cr_expect_float_eq(value, 62990.1943498, 1e-4);
    r->equity.sold = 10.0; /* ten sales in 100 years: 16 in 200; each at twice the price of two years before */
    r->equity.watched = 100.0;
    r->equity.rise = 10.0 * log(2.0);
    r->equity.rise_years = 20.0;
    r->equity.rise_square = 10.0 * log(2.0) * log(2.0) / 2.0;
    cr_expect_gt(warrant_value(r, &terms, 450000.0, 450000.0, 0.015, 0.04), value);
    lab_end(&run);
}

/* A warrant on the first enterprise that a fund holds. */
static struct warrant *put_warrant(struct region *r, double of_all, money strike)
{
    static struct warrant row;
    uint32_t i = position_at(r, 0)->row;
    row = (struct warrant){.row = i,
                           .bank = 1,
                           .part = 5000,
                           .expires = r->month + 12,
                           .units = of_all / (double)r->enterprises.founder_share[i],
                           .strike = strike};
    free(r->warrants.row);
    tables_free_starts(&r->warrants.starts);
    r->warrants = (struct warrants){.n = 1, .capacity = 1, .sorted = 1, .row = malloc(sizeof row)};
    cr_assert(r->warrants.row != NULL);
    r->warrants.row[0] = row;
    cr_assert_eq(region_list_starts(r), OK);
    return r->warrants.row;
}

/* 2 % of the shares for 1 m; a buyer offers 102 m: one share of 1.02 is worth 103 m / 1.02. */
Test(warrants, exercised_at_a_sale_pay_enterprise_holder_and_bank_to_the_fen)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    cr_assert_gt(r->positions.held.n, 0);
    struct warrant *p = put_warrant(r, 0.02, YUAN(1000000));
    uint32_t row = p->row;
    struct fund *f = &r->funds.row[position_at(r, 0)->fund];
    int64_t enterprise = r->enterprises.cash[row].fen, bank = r->bank[1].cash.fen, fund = f->cash.fen;
    int64_t sold = r->total.flow[FLOW_WARRANT_SOLD];
    double left = warrants_exercise(r, row, 102e6, false);
    int64_t brought = 201960784, gain = brought - 100000000; /* fen: 0.02 * 103 m / 1.02 */
    cr_expect_eq(r->total.flow[FLOW_WARRANT_SOLD] - sold, brought);
    cr_expect_eq(r->enterprises.cash[row].fen - enterprise, 100000000);
    cr_expect_eq(r->bank[1].cash.fen - bank, gain / 2);
    cr_expect_eq(f->cash.fen - fund, gain - gain / 2);
    cr_expect_float_eq(left, 103e6 - 2019607.84, 1e-3);
    cr_expect_eq(r->warrants.row[0].expires, r->month - 1, "it is used up");
    lab_end(&run);
}

/* After a listing the enterprise lives on: its owners are diluted by the new shares. */
Test(warrants, exercised_at_a_listing_dilute_who_owns_it)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    struct warrant *p = put_warrant(r, 0.02, YUAN(1000000));
    uint32_t row = p->row;
    double founders = (double)r->enterprises.founder_share[row];
    double all = warrants_exercise(r, row, 102e6, true);
    cr_expect_float_eq(all, 103e6, 1e-3);
    cr_expect_float_eq((double)r->enterprises.founder_share[row], founders / 1.02, 1e-6);
    lab_end(&run);
}

/* Positions that ended before in the month are marked, and no longer in order of rows. */
Test(warrants, are_exercised_however_many_exits_came_before)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    put_warrant(r, 0.02, YUAN(1000000));
    uint32_t row = position_at(r, r->positions.held.n - 1)->row;
    cr_assert_neq(row, position_at(r, 0)->row);
    r->warrants.row[0].row = row;
    cr_assert_eq(region_list_starts(r), OK);
    for (size_t k = 0; k < r->positions.held.n; k++)
        if (position_at(r, k)->row != row)
            position_at(r, k)->row = UINT32_MAX;
    warrants_exercise(r, row, 102e6, false);
    cr_expect_eq(r->equity.warrants_exercised, 1);
    lab_end(&run);
}

Test(warrants, that_a_price_does_not_bring_back_lapse)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    struct warrant *p = put_warrant(r, 0.02, YUAN(1000000));
    int64_t bank = r->bank[1].cash.fen;
    double left = warrants_exercise(r, p->row, 49e6, false);
    cr_expect_float_eq(left, 49e6, 1e-6);
    cr_expect_eq(r->bank[1].cash.fen, bank);
    cr_expect_eq(r->warrants.row[0].expires, r->month - 1);
    lab_end(&run);
}

Test(warrants, buy_no_more_than_their_share_of_an_enterprise)
{
    struct lab_run run;
    small_town(&run);
    struct region *r = &run.world.region[0];
    struct warrant *p = put_warrant(r, 0.01, YUAN(1000000));
    struct application a = {.row = p->row, .granted = YUAN(10000000)};
    cr_expect_float_eq(warrant_worth(r, &terms, &a, 500e6), 1.5e6, 1.0, "15 %% of the loan");
    cr_expect_float_eq(warrant_worth(r, &terms, &a, 100e6), 0.5e6, 1.0, "what is left of 1.5 %% of the shares");
    lab_end(&run);
}

Test(warrants, of_a_living_town_are_granted_exercised_and_end)
{
    struct lab lab;
    struct lab_run run;
    town_with_linkage(&lab, "true", "false");
    lab_set(&lab, "exits.buyers", "1");
    lab_watch(&run, &lab, 60, NULL, NULL); /* audited each month */
    cr_expect_gt(lab_sum(&run, "warrants_exercised", -1), 0);
    cr_expect_gt(lab_sum(&run, "warrant_gain", -1), 0);
    const struct region *r = &run.world.region[0];
    for (size_t k = 0; k < r->warrants.n; k++) {
        cr_expect_gt(r->warrants.row[k].expires, r->month);
        cr_expect_eq(r->enterprises.status[r->warrants.row[k].row], ACTIVE);
        cr_expect(k == 0 || r->warrants.row[k - 1].row <= r->warrants.row[k].row);
    }
    lab_end(&run);
}

/* -- lists ----------------------------------------------------------------------------------------------------------------------- */
static void look_at_starts(struct world *w, void *context)
{
    const struct region *r = w->region;
    const struct warrants *p = &r->warrants;
    size_t *seen = context;
    for (uint32_t i = 0; i < r->enterprises.n + ROWS_A_START; i++) {
        cr_assert_eq(LIST_FIND(&r->positions.held, i), LIST_FIRST(&r->positions.held, i));
        cr_assert_eq(LIST_FIND(&r->deeds, i), LIST_FIRST(&r->deeds, i));
        cr_assert_eq(tables_find(&p->starts, p->sorted, i), tables_first(p->row, p->sorted, sizeof *p->row, i));
    }
    for (size_t k = 0; k < r->positions.held.n; k++)
        cr_assert(position_at(r, k)->refused == 0 || (r->enterprises.owned[position_at(r, k)->row] & OWNED_TOLD) != 0);
    size_t owing = 0, open = 0;
    for (size_t k = 0; k < r->deeds.n; k++) {
        const struct deed *d = &r->deeds.row[k];
        while (owing < r->deeds.owing.n && r->deeds.owing.row[owing].place < k)
            owing++;
        cr_assert(d->owed.fen == 0 || (owing < r->deeds.owing.n && r->deeds.owing.row[owing].place == k));
        while (open < r->deeds.open.n && r->deeds.open.row[open].row < d->row)
            open++;
        cr_assert(d->lent != 0 || d->noted != 0 || (open < r->deeds.open.n && r->deeds.open.row[open].row == d->row));
    }
    seen[0] += r->positions.held.n;
    seen[1] += r->deeds.n;
    seen[2] += p->n;
}

/* At the end of each month, compactions among them, and in a copy. */
Test(lists, are_searched_by_an_index_that_follows_each_change)
{
    struct lab lab;
    struct lab_run run;
    struct world copy;
    struct diag diag;
    size_t seen[3] = {0};
    town_with_linkage(&lab, "true", "false");
    lab_set(&lab, "exits.buyers", "1");
    lab_set_of(&lab, "shared_growth", "enabled", "true");
    lab_set_of(&lab, "shared_growth", "years", "5");
    lab_set_of(&lab, "contest", "enabled", "true");
    lab_set_of(&lab, "contest", "entrants", "120");
    lab_set_of(&lab, "contest", "winners_third", "20");
    lab_set_of(&lab, "contest", "budget", "1000 万");
    lab_watch(&run, &lab, 40, look_at_starts, seen);
    cr_expect(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
    diag_init(&diag);
    cr_assert_eq(world_copy(&copy, &run.world, &diag), OK);
    look_at_starts(&copy, seen);
    world_free(&copy);
    diag_free(&diag);
    lab_end(&run);
}

/* -- monitoring ------------------------------------------------------------------------------------------------------------------ */
Test(linkage, insiders_stop_a_line_when_bills_are_overdue_and_spare_cost_of_collecting)
{
    struct lab lab;
    struct lab_run run;
    town_with_linkage(&lab, "false", "false");
    lab_set_of(&lab, "linkage", "monitoring", "true");
    lab_set_of(&lab, "linkage", "collection", "0.75");
    lab_watch(&run, &lab, 12, NULL, NULL);
    struct region *r = &run.world.region[0];
    uint32_t row = position_at(r, 0)->row;
    double fixed = fixed_cost(r, &r->enterprises, row);
    r->enterprises.overdue[row] = FEN((int64_t)(49.0 * fixed)); /* half a month is the alarm */
    struct insider_watch o = watch_of(r, row, 0);
    cr_expect(!o.freezes);
    cr_expect_float_eq(o.collection, 0.25, 1e-12);
    cr_expect_eq(o.earlier, 2);
    r->enterprises.overdue[row] = FEN((int64_t)(51.0 * fixed));
    cr_expect(watch_of(r, row, 0).freezes);
    lab_end(&run);
}

/* -- turnover reserve ----------------------------------------------------------------------------------------------------------- */
/* Banks with few deposits of their own. */
static void town_short_of_funds(struct lab *lab)
{
    town_with_linkage(lab, "true", "false");
    lab_set(lab, "regions.town.banks.bank.count", "0");
    lab_set(lab, "regions.town.banks.city.deposits", "2000 万");
    lab_set(lab, "regions.town.banks.city.elasticity", "0");
    lab_set_of(lab, "turnover_reserve", "enabled", "true");
    lab_set_of(lab, "turnover_reserve", "capital", "5000 万");
}

struct lent_out {
    int64_t interest; /* ever */
    int64_t most, ordinary;
};

/* What it holds and what it has deposited is what was paid in and what banks have paid for it, to the fen. */
static void watch_reserve(struct world *w, void *context)
{
    struct lent_out *s = context;
    const struct region *r = w->region;
    if (r->line == NULL || r->n_instances == 0)
        return;
    const struct reserve *p = &r->line[lab_line(r, GROUP_turnover_reserve)].reserve;
    int64_t owed = 0;
    for (int32_t b = 0; b < r->n_banks; b++)
        owed += r->bank[b].turnover.fen;
    s->interest += r->total.flow[FLOW_RESERVE_INTEREST];
    cr_expect_eq(owed, p->placed.fen);
    cr_expect_eq(p->cash.fen + p->placed.fen, p->planned.fen + s->interest);
    s->most = owed > s->most ? owed : s->most;
}

Test(reserve, deposits_what_linked_lending_lacks_and_is_paid_for_it)
{
    struct lab lab;
    struct lab_run run;
    struct lent_out s = {0};
    town_short_of_funds(&lab);
    lab_watch(&run, &lab, 36, watch_reserve, &s);
    cr_expect_gt(s.most, 0);
    cr_expect_gt(s.interest, 0);
    int64_t with = lab_sum(&run, "linked_loans", -1);
    lab_end(&run);
    lab_set_of(&lab, "turnover_reserve", "enabled", "false");
    cr_expect_lt(sum_with(&lab, "linked_loans"), with * 48 / 36);
}

/* All that was paid in, and interest, ever; after the end nothing stands by a bank. */
static void watch_end(struct world *w, void *context)
{
    int64_t *sum = context;
    const struct region *r = w->region;
    if (r->line == NULL || r->n_instances == 0)
        return;
    const struct reserve *p = &r->line[lab_line(r, GROUP_turnover_reserve)].reserve;
    sum[0] += r->total.flow[FLOW_RESERVE_CAPITAL] + r->total.flow[FLOW_RESERVE_INTEREST];
    sum[1] += r->total.flow[FLOW_RESERVE_RETURNED];
    sum[2] = p->placed.fen > sum[2] ? p->placed.fen : sum[2];
    if (w->month < 2021 * 12 + 5)
        return;
    cr_expect(p->cash.fen == 0 && p->placed.fen == 0);
    for (int32_t b = 0; b < r->n_banks; b++)
        cr_expect(r->bank[b].standby.fen == 0 && r->bank[b].turnover.fen == 0);
}

Test(reserve, ends_with_its_money_back_in_the_treasury)
{
    struct lab lab;
    struct lab_run run;
    int64_t sum[3] = {0};
    town_short_of_funds(&lab);
    lab_set_of(&lab, "turnover_reserve", "until", "2021-03");
    lab_watch(&run, &lab, 24, watch_end, sum);
    cr_expect_gt(sum[2], 0);
    cr_expect_geq(sum[0], 5000000000);
    cr_expect_eq(sum[1], sum[0]);
    lab_end(&run);
}

static int64_t deposited_with(struct lab *lab)
{
    struct lab_run run;
    lab_watch(&run, lab, 36, NULL, NULL);
    int64_t sum = lab_sum(&run, "turnover_placed", -1);
    lab_end(&run);
    return sum;
}

Test(reserve, is_of_no_use_to_a_bank_short_of_capital_or_without_linkage_products)
{
    struct lab lab;
    town_short_of_funds(&lab);
    lab_set(&lab, "regions.town.banks.city.deposits", "20 亿");
    lab_set(&lab, "regions.town.banks.city.capital", "200 万");
    cr_expect_eq(deposited_with(&lab), 0);
    town_short_of_funds(&lab);
    lab_set_of(&lab, "linkage", "enabled", "false");
    cr_expect_eq(deposited_with(&lab), 0);
}
