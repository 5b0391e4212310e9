/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lenders and what they are shown: banks that join a platform, the credit base, officers who are trained. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <liandong/evaluation.h>
#include <math.h>
#include <string.h>

enum { START = 2020 * 12, BANKS = 4 };

/* -- the platform and its banks -------------------------------------------------------------------------------------------- */
static void town_with_platform(struct lab *lab, const char *contested)
{
    lab_town(lab);
    lab_set(lab, "policies.platform.from", "2020-01");
    lab_set(lab, "policies.platform.auc", "0.35");
    lab_set(lab, "policies.platform.mandate", "true");
    lab_set(lab, "policies.platform.effort", "0");
    lab_set(lab, "policies.platform.contest", contested);
}

static int64_t joined_in_the_end(const struct lab *lab)
{
    struct lab_run run;
    lab_watch(&run, lab, 13, NULL, NULL);
    int64_t n = lab_int(&run, "lenders", 12, lab_line(run.world.region, GROUP_platform));
    lab_end(&run);
    return n;
}

Test(lenders, join_where_what_they_learn_is_worth_more_than_the_rent)
{
    struct lab free_of_rivals, torn, alone, dear, made;
    town_with_platform(&free_of_rivals, "0");
    town_with_platform(&torn, "1");
    alone = torn;
    lab_set(&alone, "policies.platform.reciprocity", "false");
    dear = free_of_rivals;
    lab_set(&dear, "policies.platform.lender_fee", "1000 万");
    made = dear;
    lab_set(&made, "policies.platform.lender_mandate", "true");
    cr_expect_eq(joined_in_the_end(&free_of_rivals), BANKS);
    int64_t some = joined_in_the_end(&torn);
    cr_expect(some > 0 && some < BANKS, "%lld join", (long long)some); /* the first has no rival there */
    cr_expect_eq(joined_in_the_end(&alone), BANKS);
    cr_expect_eq(joined_in_the_end(&dear), 0);
    cr_expect_eq(joined_in_the_end(&made), BANKS);
}

struct shown {
    int64_t seen, unseen;
};

/* Each bank's decision follows from what the others did when it was made: at the end, nobody wants to change. */
static void check_contest(const struct region *r, int32_t k, const struct application *a)
{
    double rivals = (lenders_in(r, k) - 1) / (BANKS - 1.0);
    cr_expect_float_eq((double)a->contested, POLICY(r, k, platform)->contest * rivals, 1e-6);
}

static void watch_sight(struct world *w, void *context)
{
    struct shown *s = context;
    const struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_platform);
    double tau = r->line[k].folded[0];
    for (size_t j = 0; j < r->market.n && w->month > START && w->month < START + 11; j++) {
        const struct application *a = r->market.row[j];
        if (a->flags & APPLY_HEAD_OFFICE)
            continue;
        bool sees = bank_joined(r, a->bank, k) && enterprise_member(&r->enterprises, a->row, k);
        if (r->enterprises.status[a->row] != ACTIVE)
            continue;
        cr_expect_eq((double)a->precision >= tau * 0.999, sees, "precision %g", (double)a->precision);
        if (sees)
            check_contest(r, k, a);
        else
            cr_expect_eq((double)a->contested, 0.0);
        s->seen += sees;
        s->unseen += !sees;
    }
}

Test(lenders, see_only_where_they_joined_and_share_their_own)
{
    struct shown s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_platform(&lab, "1");
    lab_watch(&run, &lab, 12, watch_sight, &s);
    cr_expect(s.seen > 20 && s.unseen > 20, "%lld, %lld", (long long)s.seen, (long long)s.unseen);
    lab_end(&run);
}

Test(lenders, pay_their_fee_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    town_with_platform(&lab, "0");
    lab_set(&lab, "policies.platform.lender_fee", "10000");
    lab_set(&lab, "policies.platform.lender_mandate", "true");
    lab_watch(&run, &lab, 12, NULL, NULL);
    cr_expect_eq(run.world.region[0].total.flow[FLOW_PLATFORM_BANK_FEE], BANKS * 83333);
    lab_end(&run);
}

/* Rows do not move here: what a row was a month ago is at its place. */
enum { ROWS_MOST = 40000 };
struct homes {
    uint16_t branch[ROWS_MOST];
    bool refused[ROWS_MOST], owes[ROWS_MOST];
    size_t n;
    int64_t moved, stayed;
};

static void watch_moves(struct world *w, void *context)
{
    struct homes *s = context;
    const struct region *r = w->region;
    const struct enterprises *e = &r->enterprises;
    int32_t k = lab_line(r, GROUP_platform);
    int64_t moved = 0;
    cr_assert_lt(e->n, ROWS_MOST);
    for (uint32_t i = 0; i < s->n; i++) {
        int32_t was = r->branch[s->branch[i]].bank, is = r->branch[e->branch[i]].bank;
        if (s->branch[i] != e->branch[i]) {
            moved++;
            cr_expect(is != was && bank_joined(r, is, k), "to a bank that did not join");
            cr_expect(s->refused[i] && !s->owes[i], "had no reason, or no right, to go");
        }
        s->stayed += s->branch[i] == e->branch[i] && s->refused[i] && e->status[i] == ACTIVE;
    }
    int64_t told = 0;
    for (int cell = 0; cell < N_CELLS; cell++)
        told += r->total.item[cell][ITEM_MATCHED];
    cr_expect(s->n == 0 || told == moved);
    s->moved += moved;
    for (uint32_t i = 0; i < e->n; i++) {
        s->branch[i] = e->branch[i];
        s->refused[i] = e->refusals[i] > 0;
        s->owes[i] = e->debt[i].fen > 0 || e->line_room[i] > 0.0f;
    }
    s->n = e->n;
}

Test(lenders, are_introduced_to_members_whom_their_bank_refused_and_who_owe_nothing)
{
    static struct homes s;
    struct lab lab;
    struct lab_run run;
    town_with_platform(&lab, "0");
    lab_set(&lab, "policies.platform.matching", "true");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_moves, .context = &s});
    cr_expect(s.moved > 20 && s.stayed > 20, "%lld moved, %lld stayed", (long long)s.moved, (long long)s.stayed);
    lab_end(&run);
}

/* -- the credit base ------------------------------------------------------------------------------------------------------- */
enum { REVIEWS = 70, BASE = 20, REVIEW_FEE = 4000 };

struct base_seen {
    int64_t years, outside;
    double mean, variance, tau, cut; /* of the last outside */
};

static void look_at_base(struct rows *t, int32_t k, struct base_seen *s)
{
    const struct line *line = &t->r->line[k];
    double tau = line->folded[0] + line->folded[1] + line->folded[2] + line->folded[3]; /* of all dimensions */
    int64_t scored = 0, inside = 0;
    for (uint32_t i = 0; i < t->e->n; i++) {
        if (!enterprise_member(t->e, i, k))
            continue;
        struct signals v = {0};
        credit_base.see(t, i, k, &v);
        scored++;
        if (fabs(v.precision - tau) < 1e-9) {
            inside++;
            cr_expect_geq(v.weighted / v.precision, line->kept - 1e-9);
        } else {
            s->outside++;
            s->mean = v.weighted / (1.0 + v.precision);
            s->variance = 1.0 / (1.0 + v.precision);
        }
    }
    cr_expect_leq(inside, BASE);
    cr_expect_geq(inside, BASE - 4); /* some died within the month */
    cr_expect_leq(scored, REVIEWS);
    cr_expect_geq(scored, REVIEWS - 6);
    s->tau = tau;
    s->cut = line->kept;
    s->years++;
}

static void watch_base(struct world *w, void *context)
{
    struct rows t = lab_rows(w);
    int32_t k = lab_line(t.r, GROUP_credit_base);
    if (w->month < START)
        return;
    cr_expect_eq(t.r->line[k].spent.fen, w->month % 12 == 0 ? (int64_t)REVIEWS * REVIEW_FEE * 100 : 0);
    if (w->month % 12 == 0)
        look_at_base(&t, k, context);
}

static void town_with_base(struct lab *lab, const char *score_min)
{
    lab_town(lab);
    lab_set(lab, "policies.credit_base.enabled", "true");
    lab_number(lab, "policies.credit_base.reviews", REVIEWS);
    lab_number(lab, "policies.credit_base.base", BASE);
    lab_number(lab, "policies.credit_base.fee", REVIEW_FEE);
    lab_set(lab, "policies.credit_base.score_min", score_min);
    lab_set(lab, "policies.credit_base.budget", "100 万");
}

Test(lenders, are_shown_the_best_of_those_scored_and_no_more_than_there_is_room_for)
{
    struct base_seen s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_base(&lab, "-100");
    lab_watch(&run, &lab, 37, watch_base, &s);
    cr_expect(s.years == 4 && s.outside > 100);
    lab_end(&run);
}

/* By quadrature: quality given that quality and an error of precision tau together lie below the cut. */
static void given_below(double tau, double cut, double *mean, double *variance)
{
    double all = 0.0, sum = 0.0, square = 0.0;
    for (int k = -8000; k <= 8000; k++) {
        double q = k / 1000.0, weight = exp(-q * q / 2.0) * ld_normal_cdf((cut - q) * sqrt(tau));
        all += weight;
        sum += q * weight;
        square += q * q * weight;
    }
    *mean = sum / all;
    *variance = square / all - *mean * *mean;
}

Test(lenders, know_of_those_scored_and_left_outside_that_they_lie_below_the_cut)
{
    struct base_seen s = {0};
    struct lab lab;
    struct lab_run run;
    double mean, variance;
    town_with_base(&lab, "-100");
    lab_watch(&run, &lab, 1, watch_base, &s);
    given_below(s.tau, s.cut, &mean, &variance);
    cr_expect_lt(mean, 0.0);
    cr_expect_float_eq(s.mean, mean, 1e-4, "%g, by quadrature %g", s.mean, mean);
    cr_expect_float_eq(s.variance, variance, 1e-4, "%g, by quadrature %g", s.variance, variance);
    lab_end(&run);
}

/* A budget for eleven reviews scores eleven. */
Test(lenders, are_shown_no_scores_that_nobody_paid)
{
    struct lab lab;
    struct lab_run run;
    town_with_base(&lab, "50");
    lab_set(&lab, "policies.credit_base.budget", "46000");
    lab_watch(&run, &lab, 12, NULL, NULL);
    int32_t k = lab_line(run.world.region, GROUP_credit_base);
    cr_expect_leq(lab_int(&run, "members", 0, k), 11);
    cr_expect_geq(lab_int(&run, "members", 0, k), 10);
    cr_expect_eq(lab_int(&run, "budget_spent", 0, k), 4400000);
    cr_expect_eq(lab_int(&run, "budget_left", 11, k), 200000);
    lab_end(&run);
}

/* -- training -------------------------------------------------------------------------------------------------------------- */
struct school {
    double taught[BANKS];
    float literacy[ROWS_MOST];
    bool taken[ROWS_MOST];
    size_t n;
    int64_t raised;
};

/* Each bank gets a quarter of 400 hours, until all its officers are trained. */
static void check_officers(const struct region *r, struct school *s)
{
    int64_t fees = 0;
    for (int32_t b = 0; b < BANKS; b++) {
        double gained = r->bank[b].taught - s->taught[b] * (1.0 - 0.15 / 12.0), auc = 0.04, given = 0.0;
        for (int32_t j = 0; j < 3; j++)
            given += r->branch[3 * b + j].given;
        double part = gained / auc * 40.0 / 160.0, hours = given * part / (1.0 - part); /* of H, H = given + hours */
        cr_expect(gained > -1e-12 && hours < 100.0 + 1e-6 && r->bank[b].taught < auc + 1e-12);
        fees += (int64_t)llround(hours * 10000.0);
    }
    int32_t k = lab_line(r, GROUP_training);
    cr_expect(llabs(r->line[k].spent.fen - fees) <= 4, "%lld, not %lld", (long long)r->line[k].spent.fen,
              (long long)fees);
}

static void watch_officers(struct world *w, void *context)
{
    struct school *s = context;
    const struct region *r = w->region;
    if (w->month > START && w->month < START + 24)
        check_officers(r, s);
    for (int32_t b = 0; b < BANKS && w->month > START; b++) {
        if (w->month >= START + 24) /* over: what was learnt leaves with the officers */
            cr_expect_float_eq(r->bank[b].taught, s->taught[b] * (1.0 - 0.15 / 12.0), 1e-15);
        double block = precision_of_auc(P(r, credit)->effort_auc + s->taught[b]); /* of the month: taught before it */
        cr_expect_float_eq(r->bank[b].tau_effort, s->taught[b] > 0.0 ? block : r->tau_effort, 1e-12);
    }
    for (int32_t b = 0; b < BANKS; b++)
        s->taught[b] = r->bank[b].taught;
}

Test(lenders, learn_by_hours_of_class_and_forget_as_officers_leave)
{
    static struct school s;
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.training.from", "2020-01");
    lab_set(&lab, "policies.training.until", "2021-12");
    lab_set(&lab, "policies.training.officer_hours", "400");
    lab_set(&lab, "policies.training.officer_auc", "0.04");
    lab_set(&lab, "policies.training.budget", "100 万");
    lab_watch(&run, &lab, 36, watch_officers, &s);
    cr_expect_gt(s.taught[0], 0.0);
    lab_end(&run);
}

static void watch_courses(struct world *w, void *context)
{
    struct school *s = context;
    struct rows t = lab_rows(w);
    int32_t k = lab_line(t.r, GROUP_training);
    cr_assert_lt(t.e->n, ROWS_MOST);
    for (uint32_t i = 0; i < s->n && w->month > START && w->month % 12 != 0; i++) {
        if (t.e->status[i] != ACTIVE)
            continue;
        float was = s->literacy[i], is = s->taken[i] ? was + (float)(3 * 0.01 * (1.0 - (double)was)) : was;
        cr_expect_eq(t.e->literacy[i], is);
        s->raised += s->taken[i];
    }
    s->n = t.e->n;
    for (uint32_t i = 0; i < t.e->n; i++) {
        s->literacy[i] = t.e->literacy[i];
        s->taken[i] = enterprise_member(t.e, i, k);
    }
    if (w->month >= START)
        cr_expect_eq(t.r->line[k].spent.fen, w->month % 12 == 0 ? 40 * 250000 : 0);
}

Test(lenders, and_enterprises_learn_in_courses_that_the_line_has_paid)
{
    static struct school s;
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.training.enabled", "true");
    lab_set(&lab, "policies.training.places", "40");
    lab_set(&lab, "policies.training.course_fee", "2500");
    lab_set(&lab, "policies.training.hours", "3");
    lab_set(&lab, "policies.training.literacy_hour", "0.01");
    lab_set(&lab, "policies.training.budget", "20 万");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_courses, .context = &s});
    cr_expect_gt(s.raised, 500);
    for (int32_t m = 0; m < 24; m++)
        cr_expect_leq(lab_int(&run, "members", m, lab_line(run.world.region, GROUP_training)), 40);
    lab_end(&run);
}
