/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public loans, small loans, products for a stage: to the fen, while the money lasts, and as far as banks gain by them. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>

enum { START = 2020 * 12 };

/* -- public loans ------------------------------------------------------------------------------------------------------------ */
enum { LENT = 5000007, GRACE = 3, TERM = 18 }; /* fen; months */

static void town_that_lends(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.rd_funding.from", "2020-01");
    lab_set(lab, "policies.rd_funding.form", "loan");
    lab_set(lab, "policies.rd_funding.places", "40");
    lab_set(lab, "policies.rd_funding.amount", "50000.07");
    lab_number(lab, "policies.rd_funding.grace", GRACE);
    lab_number(lab, "policies.rd_funding.term", TERM);
    lab_set(lab, "policies.rd_funding.budget", "100 万"); /* for 19 projects */
}

struct loans_seen {
    int64_t lent, ended, lost, on_time, late;
};

static void watch_loans(struct world *w, void *context)
{
    struct loans_seen *s = context;
    const struct region *r = &w->region[0];
    int32_t k = lab_line(r, GROUP_rd_funding);
    if (w->month < START)
        return;
    cr_expect_eq(r->total.flow[FLOW_RD_LOAN], w->month % 12 == 0 ? 19 * (int64_t)LENT : 0);
    cr_expect_eq(r->total.flow[FLOW_RD_LOAN_REPAID], r->total.flow[FLOW_PUBLIC_LOAN_ENDED]);
    s->lent += r->total.flow[FLOW_RD_LOAN];
    s->ended += r->total.flow[FLOW_PUBLIC_LOAN_ENDED];
    s->lost += r->total.flow[FLOW_PUBLIC_LOAN_LOST];
    cr_expect_eq(s->lent - s->ended - s->lost, r->line[k].lender.out.fen);
    cr_expect_eq(r->balance[ACCOUNT_PUBLIC_LOANS], r->line[k].lender.out.fen);
    for (size_t j = 0; j < r->deeds.n; j++) {
        const struct deed *d = &r->deeds.row[j];
        int64_t months = w->month - d->month - GRACE, parts = TERM - GRACE;
        int64_t paid = months <= 0 ? 0 : money_part(FEN(LENT), FEN(months < parts ? months : parts), FEN(parts)).fen;
        cr_assert_eq(d->amount.fen, LENT);
        if (r->enterprises.status[d->row] == ACTIVE && d->noted == 0)
            cr_expect_eq(d->owed.fen, LENT - paid);
        s->on_time += r->enterprises.status[d->row] == ACTIVE && d->noted == 0;
        s->late += d->noted > 0;
        cr_expect(r->enterprises.status[d->row] == ACTIVE || d->owed.fen == 0, "the dead owe nothing any more");
    }
}

Test(public_money, lent_without_interest_comes_back_in_equal_parts_or_is_lost_with_its_borrower)
{
    struct loans_seen s = {0};
    struct lab lab;
    struct lab_run run;
    town_that_lends(&lab);
    lab_watch(&run, &lab, 60, watch_loans, &s);
    cr_expect(s.on_time > 300 && s.ended > 0 && s.lost > 0);
    lab_end(&run);
}

/* A fen that a deed owes without a flow stops the month, whether its list of who owes knows of it or not. */
static void find_fen(bool listed)
{
    struct lab lab;
    struct lab_run run;
    struct diag diag;
    town_that_lends(&lab);
    lab_watch(&run, &lab, 30, NULL, NULL);
    struct deeds *d = &run.world.region[0].deeds;
    int32_t line = lab_line(run.world.region, GROUP_rd_funding);
    uint16_t month = (uint16_t)run.world.month;
    cr_assert_gt(d->owing.n, 0);
    cr_assert_eq(
        deeds_add(d,
                  (struct deed){.row = 0, .month = month, .until = (uint16_t)(month + 9), .instance = (uint16_t)line}),
        OK);
    cr_assert_eq(deeds_merge(d), OK);
    size_t k = 0;
    while ((d->row[k].owed.fen != 0) != listed)
        k++;
    d->row[k].owed.fen++;
    diag_init(&diag);
    cr_assert_eq(world_step(&run.world, &diag), VERDICT_BAD);
    cr_assert_neq(strstr(diag.text[0], "account PUBLIC_LOAN"), NULL, "%s", diag.text[0]);
    diag_free(&diag);
    lab_end(&run);
}

Test(public_money, that_a_deed_owes_without_a_flow_is_found)
{
    find_fen(true);
    find_fen(false);
}

/* What 20 projects of 50,000.07 yuan get a year as a grant; as matching money no more than that. */
static int64_t given(const char *form, int64_t *most)
{
    struct lab lab;
    struct lab_run run;
    int64_t sum = 0;
    town_that_lends(&lab);
    lab_set(&lab, "policies.rd_funding.form", form);
    lab_set(&lab, "policies.rd_funding.places", "10");
    lab_watch(&run, &lab, 36, NULL, NULL);
    int32_t k = lab_line(run.world.region, GROUP_rd_funding);
    *most = 0;
    for (int32_t m = 0; m < 36; m++) {
        int64_t spent = lab_int(&run, "budget_spent", m, k);
        sum += spent;
        *most = spent > *most ? spent : *most;
    }
    lab_end(&run);
    return sum;
}

Test(public_money, is_given_at_once_or_as_research_is_paid_for)
{
    int64_t most;
    cr_expect_eq(given("grant", &most), 3 * 10 * (int64_t)LENT);
    cr_expect_eq(most, 10 * (int64_t)LENT);
    int64_t matched = given("match", &most);
    cr_expect(matched > 0 && matched < 3 * 10 * (int64_t)LENT);
    cr_expect_leq(most, 10 * (int64_t)LENT / 12 + 10);
}

/* -- small loans -------------------------------------------------------------------------------------------------------------- */
static void watch_small(struct world *w, void *context)
{
    struct loans_seen *s = context;
    const struct region *r = &w->region[0];
    const int64_t *flow = r->total.flow;
    int32_t k = lab_line(r, GROUP_small_loans);
    const struct lender *lender = &r->line[k].lender;
    if (w->month < START)
        return;
    s->lent += flow[FLOW_SMALL_LOAN];
    s->ended += flow[FLOW_SMALL_LOAN_REPAID];
    s->lost += flow[FLOW_PUBLIC_LOAN_LOST];
    s->late += flow[FLOW_SMALL_LOAN_INTEREST];
    cr_expect_eq(lender->cash.fen, lender->planned.fen - s->lent + s->ended + s->late);
    cr_expect_eq(lender->out.fen, s->lent - s->ended - s->lost);
    cr_expect_geq(lender->cash.fen, 0);
    for (size_t j = 0; j < r->deeds.n; j++) {
        const struct deed *d = &r->deeds.row[j];
        cr_expect_leq(d->amount.fen, 20000000);
        if (d->month != w->month || r->enterprises.status[d->row] != ACTIVE)
            continue;
        s->on_time++;
        cr_expect(r->enterprises.refusals[d->row] > 0, "its bank had refused");
    }
}

static int64_t small_loans_made(const char *late_max)
{
    struct loans_seen s = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "founders.literacy", "1");
    lab_set(&lab, "policies.small_loans.from", "2020-01");
    lab_set(&lab, "policies.small_loans.capital", "400 万");
    lab_set(&lab, "policies.small_loans.late_max", late_max);
    lab_watch(&run, &lab, 48, watch_small, &s);
    cr_expect(s.ended > 0 && s.late > 0 && s.lost > 0);
    lab_end(&run);
    return s.on_time;
}

Test(small_loans, go_to_who_was_refused_while_the_money_lasts_and_stop_while_too_much_is_late)
{
    int64_t many = small_loans_made("1"), few = small_loans_made("0");
    cr_expect(many > 30, "%lld", (long long)many);
    cr_expect_lt(few, many);
}

/* Whom the company may lend to behind a row; there are some in the town. */
static uint32_t next_client(const struct region *r, int32_t k, uint32_t row)
{
    const struct enterprises *e = &r->enterprises;
    while (row < e->n && (!enterprise_member(e, row, k) || e->status[row] != ACTIVE || e->worst[row] != 0 ||
                          e->overdue[row].fen != 0 || deeds_last(&r->deeds, row, k) != NULL))
        row++;
    cr_assert_lt(row, e->n);
    return row;
}

/* Of 250,000 yuan three want 100,000 each, the first by two applications. */
Test(small_loans, are_made_once_to_a_borrower_in_the_order_in_which_threads_noted_them)
{
    struct lab lab;
    struct lab_run run;
    struct notices t;
    lab_town(&lab);
    lab_set(&lab, "founders.literacy", "1");
    lab_set(&lab, "policies.small_loans.from", "2020-01");
    lab_set(&lab, "policies.small_loans.capital", "400 万");
    lab_set(&lab, "policies.small_loans.least", "1 万");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    struct region *r = run.world.region;
    int32_t k = lab_line(r, GROUP_small_loans);
    uint32_t client[3] = {next_client(r, k, 0)};
    client[1] = next_client(r, k, client[0] + 1);
    client[2] = next_client(r, k, client[1] + 1);
    r->line[k].lender.cash = FEN(25000000);
    r->line[k].lender.late = FEN(0);
    cr_assert_eq(notices_open(&run.world, r, &t, 1), OK);
    for (int j = 0; j < 4; j++)
        instrument_of(r, k)->refused(
            &t, k,
            &(struct application){.row = client[j > 0 ? j - 1 : 0], .asked = FEN(10000000), .reservation = 9.0f});
    cr_expect_eq(r->line[k].lender.cash.fen, 25000000, "only noted");
    cr_assert_eq(notices_settle(r, &t, 1), OK);
    cr_assert_eq(deeds_merge(&r->deeds), OK);
    cr_expect_eq(r->line[k].lender.cash.fen, 0);
    for (int j = 0; j < 3; j++)
        cr_expect_eq(deeds_last(&r->deeds, client[j], k)->owed.fen, j < 2 ? 10000000 : 5000000);
    lab_end(&run);
}

/* -- stage products ------------------------------------------------------------------------------------------------------------ */
struct products_seen {
    int64_t wide, usual;
    double spread;
};

/* Usual standards lend 300,000 yuan to anybody; the product for the young 1 m. */
static void watch_products(struct world *w, void *context)
{
    struct products_seen *s = context;
    const struct region *r = &w->region[0];
    for (size_t k = 0; w->month >= START && k < r->loans.n; k++) {
        if (r->loans.granted[k] != w->month)
            continue;
        int32_t stage = r->loans.cell[k] / (MAX_SECTORS * N_SCORES);
        bool wide = r->loans.limit[k].fen > 30000000;
        cr_expect_leq(r->loans.limit[k].fen, stage <= STARTUP ? 100000000 : 30000000);
        if (wide)
            cr_expect_leq((double)r->loans.rate[k], P(r, credit)->base_rate + s->spread + 1e-6);
        s->wide += wide;
        s->usual += !wide;
    }
}

static struct products_seen products_at(double spread)
{
    struct products_seen s = {.spread = spread};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "founders.literacy", "1");
    lab_set(&lab, "credit.limit_sales", "0");
    lab_set(&lab, "credit.limit_unsecured", "30 万");
    lab_set(&lab, "credit.advance", "0");
    lab_set(&lab, "credit.base_rate", "0.025"); /* below what money and work cost a bank */
    lab_set(&lab, "policies.stage_products.from", "2020-01");
    lab_set(&lab, "policies.stage_products.startup_limit", "100 万");
    lab_number(&lab, "policies.stage_products.startup_spread", spread);
    lab_set(&lab, "policies.stage_products.growth_share", "0");
    lab_set(&lab, "policies.stage_products.later_share", "0");
    lab_watch(&run, &lab, 36, watch_products, &s);
    lab_end(&run);
    return s;
}

Test(stage_products, lend_more_to_their_stage_under_their_ceiling_as_far_as_banks_gain_by_it)
{
    struct products_seen dear = products_at(0.06), fair = products_at(0.03), cheap = products_at(0.0);
    cr_expect(dear.wide > 30 && dear.usual > 30, "%lld", (long long)dear.wide);
    cr_expect_leq(fair.wide, dear.wide);
    cr_expect(cheap.wide < fair.wide || fair.wide == 0);
    cr_expect_eq(cheap.wide, 0, "%lld of %lld", (long long)cheap.wide, (long long)fair.wide);
}
