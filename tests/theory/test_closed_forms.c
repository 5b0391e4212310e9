/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mechanism on, everything else off: what the engine must then give is known exactly. */
#include "../unit/lab.h"
#include "verdict.h"
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <liandong/month.h>
#include <math.h>
#include <string.h>

static void closed_form(struct lab *lab, int enterprises)
{
    lab_begin(lab);
    lab_set(lab, "initial", "empty");
    lab_set(lab, "regions.town.closed_form.enabled", "true");
    lab_number(lab, "regions.town.enterprises.initial", enterprises);
    lab_set(lab, "regions.town.founders.per_month", "0");
}

/* -- lives ------------------------------------------------------------------------------------------------------------ */
Test(closed_forms, lives_under_a_constant_hazard_are_geometric)
{
    enum { N = 400000, MONTHS = 480 };
    static const int at[] = {12, 36, 60, 120};
    const double h = 0.02;
    struct lab lab;
    struct lab_run run;
    closed_form(&lab, N);
    lab_number(&lab, "regions.town.closed_form.hazard", h);
    lab_go(&run, &lab, (struct lab_options){.run = 1, .compact_every = -1, .months = MONTHS});
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        char what[64];
        double p = pow(1.0 - h, at[k]);
        snprintf(what, sizeof what, "P(alive after %d months)", at[k]);
        verdict_z(what, (double)lab_int(&run, "enterprises_all", at[k] - 1, -1) / N, p, sqrt(p * (1.0 - p) / N));
    }
    double q = 1.0 - h, mean = 1.0, square = 1.0,
           lived = 1.0; /* a life counts the month of its end, at most MONTHS + 1 */
    for (int t = 1; t <= MONTHS; t++) {
        mean += pow(q, t);
        square += (2.0 * t + 1.0) * pow(q, t);
        lived += (double)lab_int(&run, "enterprises_all", t - 1, -1) / N;
    }
    verdict_z("mean life in months", lived, mean, sqrt((square - mean * mean) / N));
    lab_end(&run);
}

/* Each month an enterprise may die and, if it does not, may move up. */
Test(closed_forms, stages_fill_as_powers_of_the_matrix_say)
{
    enum { N = 400000, STAGES = 5, MONTHS = 60 };
    static const char *const key[] = {"move_seed", "move_startup", "move_growth", "move_expansion"};
    const double h = 0.01, move[STAGES] = {0.05, 0.04, 0.03, 0.02, 0.0};
    struct lab lab;
    struct lab_run run;
    closed_form(&lab, N);
    lab_number(&lab, "regions.town.closed_form.hazard", h);
    for (size_t k = 0; k < sizeof key / sizeof key[0]; k++) {
        char name[80];
        snprintf(name, sizeof name, "regions.town.closed_form.%s", key[k]);
        lab_number(&lab, name, move[k]);
    }
    lab_go(&run, &lab, (struct lab_options){.run = 2, .compact_every = -1, .months = MONTHS});
    double p[STAGES] = {1.0, 0.0, 0.0, 0.0, 0.0};
    for (int t = 1; t <= MONTHS; t++) {
        for (int s = STAGES - 1; s >= 0; s--)
            p[s] = (1.0 - h) * (p[s] * (1.0 - move[s]) + (s > 0 ? p[s - 1] * move[s - 1] : 0.0));
        for (int s = 0; s < STAGES && (t == 12 || t == 36 || t == 60); s++) {
            char what[64];
            snprintf(what, sizeof what, "share in stage %d after %d months", s, t);
            verdict_z(what, (double)lab_int(&run, "enterprises_all", t - 1, s) / N, p[s],
                      sqrt(p[s] * (1.0 - p[s]) / N));
        }
    }
    lab_end(&run);
}

/* -- defaults --------------------------------------------------------------------------------------------------------- */
enum { LOANS = 1000, COUNTS = LOANS + 1 };

struct book {
    double pd, rho;
};

static void lend(struct lab *lab, struct book book)
{
    closed_form(lab, LOANS);
    lab_set(lab, "regions.town.banks.city.count", "2");
    lab_set(lab, "regions.town.closed_form.loan", "100 万");
    lab_set(lab, "regions.town.banks.city.funding_cost", "0"); /* nothing may compound over a thousand years */
    lab_set(lab, "regions.town.banks.city.operating_cost", "0");
    lab_set(lab, "regions.town.banks.city.deposit_growth", "0");
    lab_number(lab, "regions.town.closed_form.default_pd", book.pd);
    lab_number(lab, "regions.town.closed_form.rho", book.rho);
}

static void binomial(const void *model, double size, double *chance, size_t cells)
{
    const struct book *book = model;
    for (size_t k = 0; k < cells; k++)
        chance[k] = gsl_ran_binomial_pdf((unsigned)k, book->pd * (1.0 + size), LOANS);
}

Test(closed_forms, defaults_without_a_factor_are_binomial)
{
    enum { RUNS = 4, MONTHS = 5000 };
    const struct book book = {0.01, 0.0};
    const double p = book.pd, variance = LOANS * p * (1.0 - p), draws = (double)RUNS * MONTHS;
    double chance[COUNTS], counted[COUNTS] = {0.0}, sum = 0.0, square = 0.0;
    struct lab lab;
    lend(&lab, book);
    for (uint32_t r = 0; r < RUNS; r++) {
        struct lab_run run;
        lab_start(&run, &lab, (struct lab_options){.run = r, .compact_every = -1, .months = 1});
        for (int32_t m = 0; m < MONTHS; m++) {
            lab_month(&run, 0);
            int64_t n = lab_int(&run, "defaults", 0, -1);
            cr_assert(n >= 0 && n <= LOANS);
            counted[n]++;
            sum += (double)n;
            square += ((double)n - LOANS * p) * ((double)n - LOANS * p);
        }
        lab_end(&run);
    }
    binomial(&book, 0.0, chance, COUNTS);
    verdict_cells("defaults of a month, no factor", chance, counted, COUNTS, draws, binomial, &book);
    verdict_z("mean of defaults", sum / draws, LOANS * p, sqrt(variance / draws));
    double fourth = variance * (1.0 + 3.0 * (LOANS - 2.0) * p * (1.0 - p));
    verdict_z("variance over mean of defaults", square / draws / (LOANS * p), 1.0 - p,
              sqrt((fourth - variance * variance) / draws) / (LOANS * p));
}

/* Chances of a count under one Gaussian factor: a grid over the factor, which for a smooth function that vanishes at both
 * ends is exact to rounding.  A bias is one of the correlation. */
static void one_factor(const void *model, double size, double *chance, size_t cells)
{
    const struct book *book = model;
    const double step = 0.05, rho = book->rho * (1.0 + size), level = gsl_cdf_ugaussian_Pinv(book->pd);
    for (size_t k = 0; k < cells; k++)
        chance[k] = 0.0;
    for (int j = -160; j <= 160; j++) {
        double z = j * step, pd = gsl_cdf_ugaussian_P((level - sqrt(rho) * z) / sqrt(1.0 - rho));
        for (size_t k = 0; k < cells; k++)
            chance[k] += step * gsl_ran_ugaussian_pdf(z) * gsl_ran_binomial_pdf((unsigned)k, pd, LOANS);
    }
}

/* The book of reference/credit/vasicek-one-factor (expected.csv: finite_P(D=k), pd 0.03, rho 0.12, n 1,000): its table holds
 * the grid. */
static const double vasicek_table[] = {0.0044336963457629035, 0.009520715713437381, 0.014063305061578098,
                                       0.017776907523187866,  0.0206717646750671,   0.02284649480936675,
                                       0.024416862548813808};

Test(closed_forms, defaults_under_one_gaussian_factor_are_its_mixture)
{
    enum { RUNS = 8000 };
    const struct book book = {0.03, 0.12};
    double chance[COUNTS], counted[COUNTS] = {0.0};
    struct lab lab;
    lend(&lab, book);
    for (uint32_t r = 0; r < RUNS; r++) {
        struct lab_run run;
        lab_go(&run, &lab, (struct lab_options){.run = r, .compact_every = -1, .months = 1});
        int64_t n = lab_int(&run, "defaults", 0, -1);
        cr_assert(n >= 0 && n <= LOANS);
        counted[n]++;
        lab_end(&run);
    }
    one_factor(&book, 0.0, chance, COUNTS);
    for (size_t k = 0; k < sizeof vasicek_table / sizeof vasicek_table[0]; k++)
        cr_assert(fabs(chance[k] - vasicek_table[k]) < 1e-9, "P(%zu defaults) %.12g", k, chance[k]);
    verdict_cells("defaults of a month, one factor", chance, counted, COUNTS, RUNS, one_factor, &book);
}

/* -- loans ------------------------------------------------------------------------------------------------------------ */
/* The only enterprise gets so much money from households that it always pays. */
static void give_plenty(struct world *w)
{
    struct region *r = &w->region[0];
    const int64_t gift = INT64_C(100000000000);
    r->enterprises.cash[0].fen += gift;
    r->balance[ACCOUNT_ENTERPRISES] += gift;
    r->balance[ACCOUNT_HOUSEHOLDS] -= gift;
}

/* From here on the economy moves. */
static void wake(struct region *r)
{
    struct closed_form_params off = *P(r, closed_form);
    off.enabled = 0;
    memcpy(r->now + r->layout->offset[GROUP_closed_form], &off, sizeof off);
}

static void next_month(struct world *w)
{
    struct diag diag;
    diag_init(&diag);
    cr_assert(world_step(w, &diag) == OK);
    diag_free(&diag);
}

/* reference/credit/abm-closed-forms/expected.csv, amortisation_fen: 1,000,000 yuan, 36 months, 4.35 % a year; interest rounded
 * half-even each month, the last payment clears. */
Test(closed_forms, an_annuity_follows_the_integer_schedule_to_the_fen)
{
    static const struct {
        int month;
        int64_t balance;
    } after[] = {
        {1,  97394507},
        {12, 68103124},
        {24, 34790737},
        {35, 2957290 },
        {36, 0       }
    };
    enum { TERM = 36, LEVEL = 2967993, LAST = 2968010, INTEREST = 6847765 };
    struct lab lab;
    struct lab_run run;
    closed_form(&lab, 1);
    lab_set(&lab, "regions.town.banks.city.count", "1");
    lab_set(&lab, "regions.town.closed_form.loan", "100 万");
    lab_set(&lab, "regions.town.credit.base_rate", "0.0435");
    lab_number(&lab, "regions.town.credit.term_months", TERM);
    lab_go(&run, &lab, (struct lab_options){.run = 1, .compact_every = 0, .months = 1});
    struct world *w = &run.world;
    struct region *r = &w->region[0];
    cr_assert(r->loans.n == 1 && r->loans.balance[0].fen == 100000000);
    cr_expect(r->loans.instalment[0].fen == LEVEL, "level payment %lld", (long long)r->loans.instalment[0].fen);
    wake(r);
    int64_t interest = 0, balance[TERM + 1];
    for (int k = 1; k <= TERM; k++) {
        give_plenty(w);
        next_month(w);
        int64_t paid = r->total.flow[FLOW_INTEREST] + r->total.flow[FLOW_REPAYMENT];
        cr_assert(r->loans.n == 1 && paid == (k < TERM ? LEVEL : LAST), "payment %d: %lld", k, (long long)paid);
        interest += r->total.flow[FLOW_INTEREST];
        balance[k] = r->loans.balance[0].fen;
    }
    for (size_t k = 0; k < sizeof after / sizeof after[0]; k++)
        cr_expect(balance[after[k].month] == after[k].balance, "after %d: %lld", after[k].month,
                  (long long)balance[after[k].month]);
    cr_expect(interest == INTEREST && (r->loans.flags[0] & LOAN_ENDED) != 0, "interest %lld", (long long)interest);
    printf("annuity: level payment %d, last %d, interest %lld fen: equal; finds one fen\n", LEVEL, LAST,
           (long long)interest);
    lab_end(&run);
}

/* Facilities in use, and the months they have been counted in at the ends of months: the one of its grant and those since. */
static void in_use(const struct lab_run *run, int64_t *loans, int64_t *months)
{
    const struct loans *l = &run->world.region[0].loans;
    *loans = *months = 0;
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0) {
            ++*loans;
            *months += run->world.month - l->granted[k] + 1;
        }
}

/* Little: each facility is in the stock at the end of every month of its life. */
Test(closed_forms, facilities_in_use_add_up_to_the_months_they_lived)
{
    enum { MONTHS = 60 };
    struct lab lab;
    struct lab_run run;
    int64_t loans[2], months[2];
    lab_town(&lab);
    lab_policies(&lab);
    lab_go(&run, &lab, (struct lab_options){.run = 3, .compact_every = -1, .months = 0});
    in_use(&run, &loans[0], &months[0]);
    lab_end(&run);
    lab_go(&run, &lab, (struct lab_options){.run = 3, .compact_every = -1, .months = MONTHS});
    in_use(&run, &loans[1], &months[1]);
    int64_t started = lab_sum(&run, "facilities_started", -1), ended = lab_sum(&run, "facilities_ended", -1);
    int64_t stock = lab_sum(&run, "facilities", -1), lived = lab_sum(&run, "facility_months_ended", -1);
    printf("facilities: %lld + %lld started - %lld ended = %lld; %lld facility-months: equal; finds one\n",
           (long long)loans[0], (long long)started, (long long)ended, (long long)loans[1], (long long)stock);
    cr_assert(loans[0] > 50 && started > 500 && ended > 500);
    cr_expect(loans[0] + started - ended == loans[1]);
    cr_expect(stock == lived + months[1] - months[0], "%lld against %lld", (long long)stock,
              (long long)(lived + months[1] - months[0]));
    lab_end(&run);
}
