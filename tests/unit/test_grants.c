/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grants and what banks add: to the fen, by rank, by promise, by agreement. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <math.h>

enum { START = 2020 * 12, ENTRANTS = 60, FEE = 1000, LAG = 3, PRIZES = 9 };

/* -- contests -------------------------------------------------------------------------------------------------------------- */
static void town_with_contest(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.contest.enabled", "true");
    lab_number(lab, "policies.contest.entrants", ENTRANTS);
    lab_number(lab, "policies.contest.fee", FEE);
    lab_number(lab, "policies.contest.claim_lag", LAG);
    lab_set(lab, "policies.contest.winners_first", "2");
    lab_set(lab, "policies.contest.prize_first", "20 万");
    lab_set(lab, "policies.contest.winners_second", "3");
    lab_set(lab, "policies.contest.prize_second", "5 万");
    lab_set(lab, "policies.contest.winners_third", "4");
    lab_set(lab, "policies.contest.prize_third", "12345.67");
    lab_set(lab, "policies.contest.budget", "100 万");
}

/* As the file of the instrument says. */
static double score_of(const struct world *w, int32_t k, uint32_t i, int32_t month)
{
    const struct region *r = &w->region[0];
    struct luck luck = w->luck;
    luck.month = month;
    struct identity who = enterprise_identity(&r->enterprises, i);
    who.origin = ld_mix(who.origin, ld_hash(r->layout->name[GROUP_contest][r->line[k].instance]));
    return (double)r->enterprises.quality[i] +
           ld_normal_quantile(draw(w->luck.month == month ? w->luck : luck, who, DRAW_CONTEST)) /
               sqrt(precision_of_auc(0.5 + POLICY(r, k, contest)->auc));
}

static int64_t prize_at(int64_t place)
{
    return place < 2 ? 20000000 : place < 5 ? 5000000 : 1234567;
}

/* How many entrants alive are better than this one. */
static int64_t better_than(const struct world *w, int32_t k, double score)
{
    const struct enterprises *e = &w->region[0].enterprises;
    int64_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        n += enterprise_member(e, i, k) && score_of(w, k, i, w->month) > score + 1e-7;
    return n;
}

static void check_ranks(const struct world *w, int32_t k)
{
    const struct region *r = &w->region[0];
    int64_t entrants = 0, winners = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        const struct deed *d = deeds_last(&r->deeds, i, k);
        bool won = d != NULL && d->month == w->month;
        if (!enterprise_member(&r->enterprises, i, k))
            continue; /* who died within the month has no membership any more */
        int64_t place = better_than(w, k, score_of(w, k, i, w->month));
        entrants++;
        winners += won;
        if (won && d->amount.fen > 0) /* some who stood before it may have died since */
            cr_expect(d->amount.fen <= prize_at(place), "place %lld", (long long)place);
        if (!won)
            cr_expect_geq(place, PRIZES - 3);
    }
    cr_expect(entrants <= ENTRANTS && entrants >= ENTRANTS - 6);
    cr_expect(winners <= PRIZES && winners >= PRIZES - 3);
}

static void watch_contest(struct world *w, void *context)
{
    int64_t *paid = context;
    const struct region *r = &w->region[0];
    int32_t k = lab_line(r, GROUP_contest);
    if (w->month < START)
        return;
    if (w->month % 12 == 0)
        check_ranks(w, k);
    int64_t spent = r->line[k].spent.fen;
    if (w->month % 12 == 0)
        cr_expect_eq(spent, (int64_t)ENTRANTS * FEE * 100);
    else if (w->month % 12 != LAG)
        cr_expect_eq(spent, 0);
    else
        paid[w->month / 12 - START / 12] = spent;
}

Test(grants, of_a_contest_go_by_rank_to_the_living_when_they_are_due)
{
    int64_t paid[3] = {0}, all = 2 * 20000000 + 3 * 5000000 + 4 * 1234567;
    struct lab lab;
    struct lab_run run;
    town_with_contest(&lab);
    lab_watch(&run, &lab, 36, watch_contest, paid);
    for (int year = 0; year < 3; year++) {
        int64_t missing = all - paid[year]; /* prizes of those who died before */
        cr_expect(missing >= 0 && missing <= 20000000, "%lld", (long long)paid[year]);
        cr_expect(paid[year] == all || missing % 5000000 == 0 || missing % 1234567 == 0 || missing > 1234567);
    }
    cr_expect(paid[0] == all || paid[1] == all || paid[2] == all);
    lab_end(&run);
}

struct seen {
    int64_t winners, losers, late;
};

/* What lenders are shown of each entrant, in the months after. */
static void watch_shown(struct world *w, void *context)
{
    struct seen *s = context;
    struct rows t = lab_rows(w);
    int32_t k = lab_line(t.r, GROUP_contest), since = w->month % 12;
    if (w->month < START)
        return;
    for (uint32_t i = 0; i < t.e->n; i++) {
        const struct deed *d = deeds_last(&t.r->deeds, i, k);
        struct signals v = {0};
        if (!enterprise_member(t.e, i, k))
            continue;
        contest.see(&t, i, k, &v);
        if (d == NULL || d->month != w->month - since) {
            cr_expect(v.precision == 0.0 && v.weighted == 0.0);
            s->losers++;
        } else if (since >= 6) {
            cr_expect(v.precision == 0.0 && v.weighted == 0.0);
            s->late++;
        } else {
            cr_expect_float_eq(v.precision, precision_of_auc(0.62), 1e-12);
            cr_expect_float_eq(v.weighted / v.precision, score_of(w, k, i, d->month), 1e-9);
            s->winners++;
        }
    }
}

Test(grants, lenders_are_shown_what_the_jury_had_of_winners_and_for_some_months)
{
    struct seen s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_contest(&lab);
    lab_set(&lab, "policies.contest.auc", "0.12");
    lab_set(&lab, "policies.contest.shown", "6");
    lab_watch(&run, &lab, 24, watch_shown, &s);
    cr_expect(s.winners > 60 && s.late > 60 && s.losers > 600);
    lab_end(&run);
}

/* Mean quality of winners over that of entrants, sd. */
static double picked(const char *auc)
{
    struct lab lab;
    struct lab_run run;
    double won = 0.0, all = 0.0, n = 0.0, m = 0.0;
    town_with_contest(&lab);
    lab_set(&lab, "policies.contest.auc", auc);
    lab_set(&lab, "policies.contest.winners_third", "15");
    lab_watch(&run, &lab, 49, NULL, NULL);
    const struct region *r = run.world.region;
    int32_t k = lab_line(r, GROUP_contest);
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        const struct deed *d = deeds_last(&r->deeds, i, k);
        double q = (double)r->enterprises.quality[i];
        bool in = enterprise_member(&r->enterprises, i, k);
        bool wins = in && d != NULL && d->month == run.world.month;
        won += wins ? q : 0.0;
        n += wins;
        all += in ? q : 0.0;
        m += in;
    }
    lab_end(&run);
    return won / n - all / m;
}

Test(grants, go_to_the_better_only_as_far_as_the_jury_can_see)
{
    double blind = picked("0"), some = picked("0.15"), sharp = picked("0.45");
    cr_expect(fabs(blind) < 0.5, "%g", blind);
    cr_expect(some > blind && sharp > some && sharp > 0.5, "%g %g %g", blind, some, sharp);
}

/* -- grant-matched credit --------------------------------------------------------------------------------------------------- */
static void town_with_lines(struct lab *lab, const char *ratio)
{
    town_with_contest(lab);
    lab_set(lab, "policies.contest.prize_third", "20 万");
    lab_set(lab, "policies.grant_credit.enabled", "true");
    lab_set(lab, "policies.grant_credit.ratio", ratio);
    lab_set(lab, "policies.grant_credit.partners", "2");
}

struct lines {
    int64_t had, undrawn, drawn, foreign, open;
};

/* The line that a deed brought: of so much, in that month, from a partner. */
static bool found_line(const struct region *r, const struct deed *d, money limit, struct lines *s)
{
    for (size_t k = 0; k < r->loans.n; k++) {
        if (r->loans.row[k] != d->row || r->loans.granted[k] != d->noted || r->loans.limit[k].fen != limit.fen)
            continue;
        cr_expect_eq(r->loans.product[k], PRODUCT_LINE);
        s->foreign += r->loans.bank[k] >= 2;
        s->drawn += r->loans.balance[k].fen > 0;
        s->undrawn += r->loans.balance[k].fen == 0;
        return true;
    }
    return false;
}

static void watch_lines(struct world *w, void *context)
{
    struct lines *s = context;
    const struct region *r = &w->region[0];
    for (size_t k = 0; w->month >= START && k < r->deeds.n; k++) {
        const struct deed *d = &r->deeds.row[k];
        s->open += d->noted == 0;
        if (d->noted != w->month || r->enterprises.status[d->row] != ACTIVE)
            continue;
        s->had++;
        cr_expect(found_line(r, d, money_scale(d->amount, 0.75), s), "no line for row %u", d->row);
    }
}

Test(grants, bring_a_line_of_so_many_times_the_grant_from_a_partner_and_are_good_for_one)
{
    struct lines s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_lines(&lab, "0.75");
    lab_watch(&run, &lab, 36, watch_lines, &s);
    cr_expect(s.had > 10, "%lld lines", (long long)s.had);
    cr_expect_eq(s.foreign, 0);
    cr_expect(s.undrawn > 0, "drawing is a choice");
    lab_end(&run);
}

static void make_loss(struct world *w, void *context)
{
    (void)context;
    struct region *r = &w->region[0];
    int32_t k = lab_line(r, GROUP_grant_credit);
    for (int32_t b = 0; b < r->n_banks; b++)
        dealing_of(r, k, b)->mean = -1e6;
}

Test(grants, bring_no_line_while_their_banks_lose_by_such_lines)
{
    struct lines s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_lines(&lab, "0.75");
    lab_watch(&run, &lab, 14, make_loss, NULL); /* from December on */
    const struct region *r = run.world.region;
    int32_t k = lab_line(r, GROUP_grant_credit);
    cr_expect(!promise_stands(r, 0, k) && !promise_stands(r, 1, k));
    for (size_t j = 0; j < r->deeds.n; j++) {
        s.had += r->deeds.row[j].noted >= START + 12;
        s.open += r->deeds.row[j].noted == 0;
    }
    cr_expect_eq(s.had, 0);
    cr_expect_gt(s.open, 0);
    lab_end(&run);
}

/* -- shared growth ----------------------------------------------------------------------------------------------------------- */
static void town_with_plan(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.shared_growth.enabled", "true");
    lab_set(lab, "policies.shared_growth.years", "5");
    lab_set(lab, "policies.shared_growth.early", "2");
    lab_set(lab, "policies.shared_growth.lower", "0.004");
    lab_set(lab, "policies.shared_growth.higher", "0.006");
}

/* An application like many, of a member without an agreement. */
static struct application usual(const struct region *r, int32_t k, double reservation)
{
    struct application a = {.stage = STARTUP,
                            .granted = YUAN(1000000),
                            .sales = 5e6f,
                            .hours = 4.0f,
                            .fee_borne = 1.0f,
                            .reservation = (float)reservation};
    a.cell = (uint16_t)belief_cell(STARTUP, 0, 2);
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        if (enterprise_member(&r->enterprises, i, k) && deeds_last(&r->deeds, i, k) == NULL)
            a.row = i;
    return a;
}

/* The offer on which it is judged. */
static struct offer plain(const struct region *r, const struct application *a, double *pd)
{
    struct lending alone = {.rate_max = 1.0};
    double expected, cell = believed_pd(r, a->bank, a->cell);
    *pd = posterior_pd(cell, r->bank[a->bank].loading, 0.0, 0.0, &expected);
    return best_offer(r, a, *pd, &alone, 1);
}

static struct favour asked_of(const struct region *r, int32_t k, const struct application *a)
{
    double pd;
    struct offer o = plain(r, a, &pd);
    struct favour f = {.pd = pd, .year = shared_growth.weighs(r, k, a), .plain = &o, .ceiling = 1.0};
    shared_growth.favour(r, k, a, &f);
    return f;
}

/* The sum over the five years of the contract, by hand. */
static double worth(const struct region *r, const struct application *a)
{
    double pd;
    struct offer o = plain(r, a, &pd);
    double m = o.margin, s = o.value / o.margin;
    double b = (1.0 - pd) / (1.0 + r->bank[a->bank].funding + P(r, credit)->capital_cost);
    cr_assert(m > 0.0);
    return b * (m - 0.004 * (1.0 - pd) - m * s) + b * b * (m + 0.006 * (1.0 - pd) - m * s * s) +
           b * b * b * (m + 0.006 * (1.0 - pd) - m * s * s * s) +
           b * b * b * b * (m + 0.006 * (1.0 - pd) - m * s * s * s * s);
}

Test(growth, lowers_the_rate_first_and_raises_it_later_for_who_values_money_now)
{
    struct lab lab;
    struct lab_run run;
    town_with_plan(&lab);
    lab_watch(&run, &lab, 3, NULL, NULL);
    struct region *r = &run.world.region[0];
    int32_t k = lab_line(r, GROUP_shared_growth);
    struct application rich = usual(r, k, 0.03), dry = usual(r, k, 0.70);
    cr_expect_eq(asked_of(r, k, &rich).agreed, 0); /* 0.004 (1 + .97) < 0.006 (.94 + .92 + .89) */
    struct favour f = asked_of(r, k, &dry);        /* 0.004 (1 + .59) > 0.006 (.35 + .20 + .12) */
    cr_assert_eq(f.agreed, k + 1);
    cr_expect_float_eq(f.change, -0.004, 1e-12);
    cr_expect_float_eq(f.kept, worth(r, &dry), 1e-9);
    cr_assert_eq(deeds_add(&r->deeds, (struct deed){.row = dry.row, .instance = (uint16_t)k}), OK);
    cr_assert_eq(deeds_merge(&r->deeds), OK);
    static const double change[] = {-0.004, -0.004, 0.006, 0.006, 0.006};
    struct deed *d = deeds_last(&r->deeds, dry.row, k);
    for (int year = 0; year < 5; year++) {
        d->month = (uint16_t)(r->month - 12 * year - 11);
        d->until = (uint16_t)(d->month + 59);
        cr_expect_float_eq(asked_of(r, k, &rich).change, change[year], 1e-12, "year %d", year);
    }
    d->until = (uint16_t)(r->month - 1);
    cr_expect_eq(asked_of(r, k, &dry).agreed, 0); /* it has had its turn */
    lab_end(&run);
}

Test(growth, is_not_offered_where_the_borrower_does_not_stay)
{
    struct lab lab;
    struct lab_run run;
    town_with_plan(&lab);
    lab_set(&lab, "policies.shared_growth.years", "1");
    lab_watch(&run, &lab, 36, NULL, NULL);
    const struct region *r = run.world.region;
    cr_expect_eq(r->deeds.n, 0);
    lab_end(&run);
}

struct bound {
    int64_t signed_, moved;
};

static void watch_bound(struct world *w, void *context)
{
    struct bound *s = context;
    const struct region *r = &w->region[0];
    int32_t k = lab_line(r, GROUP_shared_growth);
    for (size_t j = 0; j < r->deeds.n; j++) {
        const struct deed *d = &r->deeds.row[j];
        s->signed_ += d->instance == k && d->month == w->month;
        if (d->until >= w->month && r->enterprises.status[d->row] == ACTIVE)
            s->moved += r->branch[r->enterprises.branch[d->row]].bank != d->bank;
    }
}

Test(growth, keeps_who_has_signed_with_his_bank_even_where_others_are_introduced)
{
    struct bound s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_plan(&lab);
    lab_set(&lab, "policies.platform.enabled", "true");
    lab_set(&lab, "policies.platform.auc", "0.2");
    lab_set(&lab, "policies.platform.lender_mandate", "true");
    lab_set(&lab, "policies.platform.matching", "true");
    lab_set(&lab, "policies.shared_growth.higher", "0.002");
    lab_watch(&run, &lab, 36, watch_bound, &s);
    cr_expect(s.signed_ > 30, "%lld", (long long)s.signed_);
    cr_expect_eq(s.moved, 0);
    lab_end(&run);
}

/* A deed is found by its row and instance whatever the order in which it came. */
Test(deeds, stand_in_the_order_of_rows_and_are_forgotten_in_time)
{
    struct deeds d = {0};
    for (uint32_t k = 0; k < 40; k++)
        cr_assert_eq(
            deeds_add(&d, (struct deed){.row = 3 * (k / 2), .instance = (uint16_t)(5 - k % 2), .until = (uint16_t)k}),
            OK);
    cr_expect_eq(deeds_last(&d, 57, 4)->until, 39);
    cr_assert_eq(deeds_merge(&d), OK);
    for (uint32_t k = 0; k < 40; k++)
        cr_assert_eq(deeds_add(&d, (struct deed){.row = k * 7 % 40,
                                                 .month = 1,
                                                 .instance = 4,
                                                 .owed = FEN(k % 2),
                                                 .noted = k % 5 == 0,
                                                 .lent = k % 7 == 0,
                                                 .until = 100}),
                     OK);
    cr_assert_eq(deeds_merge(&d), OK);
    cr_expect_eq(d.n, 80);
    for (size_t k = 1; k < d.n; k++)
        cr_expect(d.row[k - 1].row < d.row[k].row ||
                  (d.row[k - 1].row == d.row[k].row && d.row[k - 1].instance <= d.row[k].instance));
    cr_expect_eq(deeds_last(&d, 9, 4)->month, 1);
    cr_expect_eq(deeds_last(&d, 9, 5)->until, 6);
    cr_expect_null(deeds_last(&d, 10, 5));
    cr_assert_eq(deeds_forget(&d, 20), OK);
    cr_expect_eq(d.n, 60);
    cr_assert_eq(deeds_forget(&d, 101), OK);
    cr_expect_eq(d.n, 20);
    cr_assert_eq(d.owing.n, 20, "who owes is listed anew");
    for (size_t k = 0; k < d.owing.n; k++)
        cr_expect_gt(d.row[d.owing.row[k].place].owed.fen, 0);
    size_t open = 0;
    for (size_t k = 0; k < d.n; k++) {
        if (d.row[k].lent != 0 || d.row[k].noted != 0)
            continue;
        cr_assert_lt(open, d.open.n, "who is open is listed anew");
        cr_expect_eq(d.open.row[open].row, d.row[k].row);
        cr_expect_eq(d.open.row[open++].month, d.row[k].month);
    }
    cr_expect_eq(open, d.open.n);
    deeds_free(&d);
}
