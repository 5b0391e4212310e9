/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Information: the register, experts, points, the platform and its banks, the credit base. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/evaluation.h>
#include <liandong/planning.h>
#include <math.h>
#include <string.h>

enum { START = 2020 * 12 };

/* Approvals of banks over so many months. */
static int64_t approvals(const struct lab *lab, int32_t months)
{
    struct lab_run run;
    lab_watch(&run, lab, months, NULL, NULL);
    int64_t n = lab_sum(&run, "approvals", 2) + lab_sum(&run, "approvals", 3);
    lab_end(&run);
    return n;
}

/* -- the register ---------------------------------------------------------------------------------------------------------- */
static double marks_of(const struct asked_books *b, bool first_class)
{
    double marks[ASKED_TOGETHER];
    evaluation_register(b, 1, first_class, marks);
    return marks[0];
}

/* Books of a row, asked alone. */
static struct asked_books books_of(const struct rows *t, uint32_t i)
{
    struct asked_books b;
    evaluation_books(&(struct asked){.t = t, .n = 1, .first = i}, &b);
    return b;
}

Test(information, the_register_marks_as_the_national_rule_does)
{
    struct asked_books b = {.technical = {0.30}, .research_sales = {0.06}, .patents = {1.0}};
    cr_expect_eq(marks_of(&b, true), 100.0);
    cr_expect_eq(marks_of(&b, false), 76.0);
    b = (struct asked_books){.technical = {0.17}, .research_sales = {0.035}, .research_cost = {0.22}, .patents = {3.0}};
    cr_expect_eq(marks_of(&b, false), 8.0 + 30.0 + 18.0);
    b.patents[0] = 9.0;
    cr_expect_eq(marks_of(&b, false), 8.0 + 30.0 + 24.0);
    b.technical[0] = 0.099; /* no marks for staff: no place, whatever the rest */
    cr_expect_eq(marks_of(&b, true), 0.0);
}

struct counts {
    int64_t in, out, claims;
};

/* In January, after the review: nothing that the rule looks at has changed since, but money. */
static void watch_register(struct world *w, void *context)
{
    struct counts *s = context;
    struct rows t = lab_rows(w);
    int32_t k = lab_line(t.r, GROUP_tech_register);
    for (size_t j = 0; j < t.r->dues.n && w->month >= START; j++)
        s->claims += t.r->enterprises.status[t.r->dues.row[j].row] == ACTIVE;
    if (w->month < START || w->month % 12 != 0)
        return;
    for (uint32_t i = 0; i < t.e->n; i++) {
        if (t.e->status[i] != ACTIVE || age_of(&t, i) < t.e->registration[i])
            continue;
        struct asked_books b = books_of(&t, i);
        bool fit = t.e->staff[i] <= 20 && marks_of(&b, true) >= 70.0;
        if (enterprise_member(t.e, i, k)) {
            cr_expect(fit, "%u on the register", i);
            s->in++;
        }
        s->out += !fit;
    }
    for (size_t j = 0; j < t.r->dues.n; j++)
        if (t.e->status[t.r->dues.row[j].row] == ACTIVE)
            cr_expect(tech_registered(t.r, t.r->dues.row[j].row), "a claim of one who is not on the register");
}

Test(information, those_on_the_register_meet_its_rule_and_nobody_else_claims)
{
    struct counts s = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.tech_register.enabled", "true");
    lab_set(&lab, "policies.tech_register.staff_max", "20");
    lab_set(&lab, "policies.tech_register.marks_min", "70");
    lab_set(&lab, "policies.interest_subsidy.from", "2020-01");
    lab_set(&lab, "policies.interest_subsidy.share", "0.5");
    lab_set(&lab, "policies.interest_subsidy.registered_only", "true");
    lab_set(&lab, "policies.interest_subsidy.budget", "1 亿");
    lab_set(&lab, "policies.interest_subsidy.claim_lag", "1");
    lab_watch(&run, &lab, 25, watch_register, &s);
    cr_expect(s.in > 100 && s.out > 100 && s.claims > 20, "%lld, %lld, %lld", (long long)s.in, (long long)s.out,
              (long long)s.claims);
    cr_expect_eq(lab_int(&run, "tech_register", 24, -1),
                 lab_int(&run, "members", 24, lab_line(run.world.region, GROUP_tech_register)));
    lab_end(&run);
}

static void watch_pool(struct world *w, void *context)
{
    struct counts *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->loans.n && w->month >= START; k++) {
        if (r->loans.granted[k] != w->month)
            continue;
        bool in = tech_registered(r, r->loans.row[k]), covered = r->loans.chain[k] != 0;
        cr_expect(in || !covered || r->enterprises.status[r->loans.row[k]] != ACTIVE);
        s->in += in && covered;
        s->out += !in;
    }
}

Test(information, a_pool_for_those_on_the_register_enrols_nobody_else)
{
    struct counts s = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set(&lab, "policies.tech_register.enabled", "true");
    lab_set(&lab, "policies.risk_pool.registered_only", "true");
    lab_set(&lab, "policies.risk_pool.rate_ceiling", "0.06");
    lab_watch(&run, &lab, 24, watch_pool, &s);
    cr_expect(s.in > 50 && s.out > 20, "%lld covered, %lld others", (long long)s.in, (long long)s.out);
    lab_end(&run);
}

/* -- experts --------------------------------------------------------------------------------------------------------------- */
enum { CAPACITY = 12, FEE = 2500 };
struct reading {
    int64_t cash, read, full, poor;
};

static void watch_experts(struct world *w, void *context)
{
    struct reading *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_experts)];
    int64_t came = 0, cash = w->month % 12 == 0 ? 29000000 : s->cash;
    for (size_t k = 0; k < r->market.n; k++)
        came += (r->market.row[k]->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL)) == 0;
    int64_t paid = cash / (FEE * 100), most = CAPACITY < paid ? CAPACITY : paid, reads = came < most ? came : most;
    if (w->month >= START) {
        cr_expect_eq(line->served, reads, "%d read, not %lld", (int)line->served, (long long)reads);
        cr_expect_eq(line->spent.fen, reads * FEE * 100);
        cr_expect_eq(r->total.flow[FLOW_EXPERT_FEES], reads * FEE * 100);
        cr_expect_eq(line->cash.fen, cash - reads * FEE * 100);
        s->read += reads;
        s->full += reads == CAPACITY;
        s->poor += reads == paid && reads < CAPACITY && reads < came;
    }
    s->cash = line->cash.fen;
}

Test(information, experts_read_as_many_as_time_and_money_allow_and_are_paid_to_the_fen)
{
    struct reading s = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.experts.enabled", "true");
    lab_number(&lab, "policies.experts.capacity", CAPACITY);
    lab_number(&lab, "policies.experts.fee", FEE);
    lab_set(&lab, "policies.experts.budget", "29 万");
    lab_watch(&run, &lab, 36, watch_experts, &s);
    cr_expect(s.read == 348 && s.full > 6 && s.poor > 0, "%lld read, %lld full months, %lld poor", (long long)s.read,
              (long long)s.full, (long long)s.poor);
    lab_end(&run);
}

static void town_of_belief(struct lab *lab, const char *prior, const char *capacity)
{
    lab_town(lab);
    lab_set(lab, "credit.belief_prior @ 2020-01", prior);
    lab_set(lab, "credit.belief_weight @ 2020-01", "1000000");
    lab_set(lab, "policies.experts.from", "2020-01");
    lab_set(lab, "policies.experts.capacity", capacity);
    lab_set(lab, "policies.experts.auc", "0.3");
    lab_set(lab, "policies.experts.fee", "0");
}

Test(information, precision_raises_approvals_only_where_the_mean_applicant_lies_below_the_cut_off)
{
    struct lab good, good_read, bad, bad_read;
    town_of_belief(&good, "0.005", "0");
    town_of_belief(&good_read, "0.005", "100000");
    town_of_belief(&bad, "0.16", "0");
    town_of_belief(&bad_read, "0.16", "100000");
    int64_t above[2] = {approvals(&good, 3), approvals(&good_read, 3)};
    int64_t below[2] = {approvals(&bad, 3), approvals(&bad_read, 3)};
    cr_expect_leq(above[1], above[0], "above the cut-off: %lld without, %lld with", (long long)above[0],
                  (long long)above[1]);
    cr_expect_gt(below[1], below[0], "below it: %lld without, %lld with", (long long)below[0], (long long)below[1]);
}

/* Brier score of the believed probability of default, over what a bank that knew quality would believe: E (p - pi)^2. */
struct brier {
    double sum, quality, n;
};

static void watch_beliefs(struct world *w, void *context)
{
    struct brier *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->market.n && w->month >= START; k++) {
        const struct application *a = r->market.row[k];
        if (a->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL))
            continue;
        double expected, q = (double)r->enterprises.quality[a->row], theta = r->bank[a->bank].loading;
        double knows = posterior_pd(believed_pd(r, a->bank, a->cell), theta, q * 1e12, 1e12, &expected);
        s->sum += ((double)a->pd - knows) * ((double)a->pd - knows);
        s->quality += ((double)a->expected - q) * ((double)a->expected - q);
        s->n += 1.0;
    }
}

Test(information, beliefs_err_less_with_experts)
{
    struct brier without = {0}, with = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.experts.from", "2020-01");
    lab_set(&lab, "policies.experts.auc", "0.2");
    lab_set(&lab, "policies.experts.fee", "0");
    lab_watch(&run, &lab, 24, watch_beliefs, &without);
    lab_end(&run);
    lab_set(&lab, "policies.experts.capacity", "100000");
    lab_watch(&run, &lab, 24, watch_beliefs, &with);
    lab_end(&run);
    cr_expect(without.n > 200.0 && with.n > 200.0);
    cr_expect_lt(with.sum / with.n, 0.9 * without.sum / without.n, "Brier %g with, %g without", with.sum / with.n,
                 without.sum / without.n);
    cr_expect_lt(with.quality / with.n, without.quality / without.n);
}

/* -- shared errors --------------------------------------------------------------------------------------------------------- */
static double precision_of(int n, double root, double rho)
{
    struct signals s = {.rho = rho};
    for (int k = 0; k < n; k++) {
        s.n += 1.0;
        s.a += root;
        s.aa += root * root;
    }
    signals_fold(&s);
    return s.precision;
}

Test(information, a_third_signal_from_the_same_data_adds_little)
{
    for (int n = 1; n <= 3; n++) /* n tau / (1 + (n - 1) rho) */
        cr_expect_float_eq(precision_of(n, 0.8, 0.6), n * 0.64 / (1.0 + (n - 1) * 0.6), 1e-12);
    double third = precision_of(3, 0.8, 0.6) - precision_of(2, 0.8, 0.6), alone = precision_of(1, 0.8, 0.0);
    cr_expect_lt(third, 0.15 * alone, "%g of %g", third, alone);
    cr_expect_float_eq(precision_of(3, 0.8, 0.0) - precision_of(2, 0.8, 0.0), alone, 1e-12);
}

/* Precisions of the applications of the first month, which are the same with any number of such signals. */
static void watch_precision(struct world *w, void *context)
{
    double *sum = context;
    for (size_t k = 0; k < w->region[0].market.n && w->month == START; k++)
        sum[0] += (double)w->region[0].market.row[k]->precision;
}

static double precision_with(int sources)
{
    static const char *const name[] = {"one", "two", "three"};
    struct lab lab;
    struct lab_run run;
    double sum = 0.0;
    lab_town(&lab);
    for (int k = 0; k < 3; k++) {
        char instance[64];
        snprintf(instance, sizeof instance, "innovation_points.%s", name[k]);
        lab_set_of(&lab, instance, "auc", "0.2");
        lab_set_of(&lab, instance, "listed_min", "0");
        if (k < sources)
            lab_set_of(&lab, instance, "from", "2020-01");
    }
    lab_watch(&run, &lab, 1, watch_precision, &sum);
    lab_end(&run);
    return sum;
}

Test(information, applications_carry_what_signals_of_the_same_data_tell_together)
{
    double none = precision_with(0), one = precision_with(1) - none, two = precision_with(2) - none,
           three = precision_with(3) - none;
    cr_expect_gt(one, 1.0);
    cr_expect_float_eq(two / one, 2.0 / 1.6, 1e-5);
    cr_expect_float_eq(three / one, 3.0 / 2.2, 1e-5);
}

Test(information, signals_of_two_sources_share_the_error_that_they_say)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_watch(&run, &lab, 12, NULL, NULL);
    struct rows t = lab_rows(&run.world);
    double n = 0.0, xy = 0.0, xx = 0.0, yy = 0.0;
    for (uint32_t i = 0; i < t.e->n; i++) {
        struct signals a = {0}, b = {0};
        evaluation_signal(&t, i, "platform", 1.0, 0.6, DRAW_PLATFORM_SIGNAL, &a);
        evaluation_signal(&t, i, "innovation_points", 1.0, 0.6, DRAW_POINTS_SIGNAL, &b);
        double x = a.y - (double)t.e->quality[i], y = b.y - (double)t.e->quality[i];
        n += 1.0;
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    cr_expect(n > 400.0);
    double correlation = xy / sqrt(xx * yy);
    cr_expect(fabs(correlation - 0.6) < 4.0 * 0.64 / sqrt(n), "correlation %g of %g", correlation, n);
    cr_expect(fabs(xx / n - 1.0) < 4.0 * sqrt(2.0 / n));
    lab_end(&run);
}

Test(information, books_read_beside_others_tell_what_they_tell_alone)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_watch(&run, &lab, 12, NULL, NULL);
    struct rows t = lab_rows(&run.world);
    struct reading_list *g = &t.s->reading;
    enum { N = CROWD + 5, APART = 7 };
    struct signals told[2][N], points[2][N] = {0};
    uint32_t row[N];
    for (uint32_t j = 0; j < N; j++)
        row[j] = 3 * j + 1;
    for (int alone = 0; alone < 2; alone++) {
        reading_begins(&t, row, alone ? 0 : N);
        for (uint32_t j = 0; j < N; j++) {
            g->asked = j < APART ? 0x7f : g->asked | UINT64_MAX << APART; /* some are asked, then all others */
            statements_tell(&t, row[j], &told[alone][j]);
            evaluation_signal(&t, row[j], "points", 1.0, 0.6, DRAW_POINTS_SIGNAL, &points[alone][j]);
            cr_expect_eq(reading_is_at(g, row[j]), alone == 0);
        }
        cr_expect_eq(g->told != 0, alone == 0);
    }
    for (uint32_t j = 0; j < N; j++) {
        cr_expect_eq(told[0][j].weighted, told[1][j].weighted);
        cr_expect_eq(points[0][j].y, points[1][j].y);
        cr_expect(points[0][j].y < 0.0 || points[0][j].y > 0.0);
    }
    g->n = 0;
    lab_end(&run);
}

Test(information, those_who_look_for_finance_side_by_side_are_worth_what_each_is_alone)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_watch(&run, &lab, 24, NULL, NULL);
    struct rows t = lab_rows(&run.world);
    struct seekers s = {.n = SEEKERS};
    double value[SEEKERS];
    for (uint32_t j = 0; j < SEEKERS; j++) {
        s.row[j] = t.lo + j * (t.hi - t.lo) / SEEKERS;
        t.e->flags[s.row[j]] = j % 2 == 0 ? HAS_PRODUCT : 0;
    }
    seekers_value(&t, &s, value);
    for (uint32_t j = 0; j < SEEKERS; j++)
        cr_expect_eq(value[j], firm_value(t.r, t.e, s.row[j]));
    lab_end(&run);
}

static double points_of(const struct innovation_points_params *q, const struct asked_books *b)
{
    double points[ASKED_TOGETHER];
    evaluation_points(q, b, 1, points);
    return points[0];
}

static void watch_points(struct world *w, void *context)
{
    struct counts *s = context;
    struct rows t = lab_rows(w);
    int32_t k = lab_line(t.r, GROUP_innovation_points);
    if (w->month < START || w->month % 12 != 0)
        return;
    for (uint32_t i = 0; i < t.e->n; i++) {
        if (t.e->status[i] != ACTIVE || age_of(&t, i) < t.e->registration[i])
            continue;
        struct asked_books b = books_of(&t, i);
        double p = points_of(POLICY(t.r, k, innovation_points), &b);
        bool listed = enterprise_member(t.e, i, k), clean = t.e->overdue[i].fen == 0;
        if (clean && b.clean[0] > 0.0) /* bills may have become overdue since, not so soon paid */
            cr_expect(listed == (p >= 70.0) || t.e->debt[i].fen > 0, "%g points", p);
        cr_expect(!listed || p + 20.0 >= 70.0);
        s->in += listed;
        s->out += !listed;
    }
}

Test(information, points_list_those_who_have_enough_of_them)
{
    struct counts s = {0};
    struct lab lab;
    struct lab_run run;
    struct asked_books b = {
        .research_sales = {0.05}, .patents = {10.0}, .technical = {0.25}, .per_head = {0.5}, .profit = {1.0}};
    lab_town(&lab);
    lab_policy(&lab, GROUP_innovation_points);
    lab_watch(&run, &lab, 25, watch_points, &s);
    const struct region *r = run.world.region;
    double points = points_of(POLICY(r, lab_line(r, GROUP_innovation_points), innovation_points), &b);
    cr_expect_float_eq(points, 10.0 + 20.0 + 10.0 + 10.0 * 1.5, 1e-12);
    cr_expect(s.in > 100 && s.out > 100, "%lld, %lld", (long long)s.in, (long long)s.out);
    lab_end(&run);
}

/* What angels believe of quality, from the value that they see: value = worth * exp(weight * belief). */
static void watch_angels(struct world *w, void *context)
{
    struct brier *s = context;
    const struct region *r = w->region;
    for (int32_t j = 0; j < team_members(&w->team) && w->month >= START; j++) {
        const struct outbox *box = &w->team.member[j].box[BOX_ANGEL];
        for (size_t k = 0; k < box->n; k++) {
            const struct angel_ask *a = OUTBOX(box, struct angel_ask, k);
            double worth = firm_value(r, &r->enterprises, a->row), q = (double)r->enterprises.quality[a->row];
            if (r->enterprises.status[a->row] != ACTIVE || worth <= 0.0 || a->value <= 0.0)
                continue;
            double error = log(a->value / worth) / P(r, founders)->quality_weight - q;
            s->quality += error * error;
            s->n += 1.0;
        }
    }
}

Test(information, angels_err_less_where_points_are_shown_to_investors)
{
    struct brier without = {0}, with = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "120");
    lab_set(&lab, "policies.innovation_points.from", "2020-01");
    lab_set(&lab, "policies.innovation_points.auc", "0.3");
    lab_set(&lab, "policies.innovation_points.listed_min", "0");
    lab_watch(&run, &lab, 24, watch_angels, &without);
    lab_end(&run);
    lab_set(&lab, "policies.innovation_points.investors", "true");
    lab_watch(&run, &lab, 24, watch_angels, &with);
    lab_end(&run);
    cr_expect(without.n > 50.0 && with.n > 50.0);
    cr_expect_lt(with.quality / with.n, 0.8 * without.quality / without.n, "%g with, %g without", with.quality / with.n,
                 without.quality / without.n);
}
