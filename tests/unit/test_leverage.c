/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What public funds bring of private money: leverage by their share, and whether it would have come anyway. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <math.h>

static const int32_t start = 2020 * 12;

/* -- leverage -------------------------------------------------------------------------------------------------------------- */
static int32_t joined(const struct region *r, double share)
{
    int32_t n = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        money public = f->committed[PARTNER_PUBLIC];
        if (f->state == FUND_RAISING || f->manager < 0 || public.fen == 0)
            continue;
        n++;
        cr_expect_leq(public.fen, money_scale(f->target, share).fen + 1);
        if (public.fen == money_scale(f->target, share).fen)
            cr_expect(fabs((double)money_sub(fund_committed(f), public).fen / (double)public.fen -
                           (1.0 - share) / share) < 1e-6);
    }
    return n;
}

Test(public_funds, have_a_leverage_that_follows_from_their_share)
{
    struct lab lab;
    struct lab_run run;
    lab_managers(&lab, "120 万", "5000 万"); /* scarce: funds still raise when the guide decides */
    lab_guide(&lab, "20 亿", "0.25", "2");
    lab_watch(&run, &lab, 48, NULL, NULL);
    cr_expect_gt(joined(&run.world.region[0], 0.25), 2);
    double leverage = lab_real(&run, "guide_leverage", 47, 0);
    cr_expect(fabs(leverage - 3.0) < 0.5, "%g", leverage);
    lab_end(&run);
    lab_set_of(&lab, "lower_public_share", "enabled", "true");
    lab_set_of(&lab, "lower_public_share", "cut", "0.6");
    lab_watch(&run, &lab, 48, NULL, NULL);
    cr_expect_gt(joined(&run.world.region[0], 0.1), 1);
    cr_expect_gt(lab_real(&run, "guide_leverage", 47, 0), 8.0);
    lab_end(&run);
}

Test(public_funds, enlarge_funds_that_closed_before_they_decided)
{
    struct lab lab;
    struct lab_run run;
    int32_t later = 0;
    lab_managers(&lab, "3000 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.25", "4");
    lab_watch(&run, &lab, 48, NULL, NULL);
    const struct funds *funds = &run.world.region[0].funds;
    for (size_t k = 0; k < funds->n; k++) {
        const struct fund *f = &funds->row[k];
        if (f->committed[PARTNER_PUBLIC].fen == 0 || f->opened >= f->begun + 4)
            continue;
        cr_expect_eq(fund_committed(f).fen, f->target.fen);
        /* a quarter of the whole but for what the manager adds to keep his stake */
        double share = (double)f->committed[PARTNER_PUBLIC].fen / (double)f->target.fen;
        cr_expect(share < 0.25 + 1e-6 && share > 0.248, "%g", share);
        later++;
    }
    cr_expect_gt(later, 2);
    lab_end(&run);
}

/* Private money in funds that closed within eight years. */
static double private_raised(const struct lab *lab, uint32_t run_number)
{
    struct lab_run run;
    double yuan = 0.0;
    lab_go(&run, lab, (struct lab_options){.run = run_number, .compact_every = -1, .months = 96});
    const struct funds *funds = &run.world.region[0].funds;
    for (size_t k = 0; k < funds->n; k++)
        if (funds->row[k].opened >= start)
            yuan += money_to_yuan(funds->row[k].committed[PARTNER_PRIVATE]);
    lab_end(&run);
    return yuan;
}

/* Sixteen managers, who stay, and no others, who look for 30 m each, and private partners with so much a year. */
static void town_of_managers(struct lab *lab, const char *capacity)
{
    lab_managers(lab, capacity, "3000 万");
    lab_set(lab, "regions.town.partners.state.capacity", "0");
    lab_set(lab, "regions.town.funds.seed.count", "0");
    lab_set(lab, "regions.town.funds.venture.count", "16");
    lab_same_managers(lab);
}

/* What a guide fund that decides at once, and one that decides late, add to private money, over the public money's share of it all
 * (0.3 : 0.7), in parts of what private money was without them. */
struct added {
    double now, now_error, late, late_error;
};

/* Mean of pairs of worlds with the same luck, and its standard error. */
static double mean_of(const double *more, int n, double before, double *error)
{
    double sum = 0.0, squares = 0.0;
    for (int k = 0; k < n; k++) {
        sum += more[k] / n;
        squares += more[k] * more[k] / n;
    }
    *error = sqrt(fmax(squares - sum * sum, 0.0) / (n - 1)) / fmax(before, 1.0);
    return sum / fmax(before, 1.0);
}

static struct added added(const char *capacity)
{
    enum { PAIRS = 6 };
    double now[PAIRS], late[PAIRS], before = 0.0;
    for (uint32_t k = 0; k < PAIRS; k++) {
        struct lab lab;
        town_of_managers(&lab, capacity);
        double base = private_raised(&lab, k);
        before += base / PAIRS;
        lab_guide(&lab, "20 亿", "0.3", "0");
        now[k] = private_raised(&lab, k) - base;
        lab_guide(&lab, "20 亿", "0.3", "3");
        late[k] = private_raised(&lab, k) - base;
    }
    struct added a;
    a.now = mean_of(now, PAIRS, before, &a.now_error);
    a.late = mean_of(late, PAIRS, before, &a.late_error);
    return a;
}

/* Where partners' money is too little for the funds that look for it, public money makes more of them come about. */
Test(public_funds, bring_private_money_where_few_funds_come_about)
{
    static const char *const few[] = {"30 万", "40 万", "50 万"};
    for (size_t k = 0; k < sizeof few / sizeof *few; k++) {
        struct added a = added(few[k]);
        cr_expect_gt(a.now, 2.0 * a.now_error, "%s: %g (%g)", few[k], a.now, a.now_error);
        cr_expect_gt(a.late, 2.0 * a.late_error, "%s, late: %g (%g)", few[k], a.late, a.late_error);
    }
}

/* Where all come about without it, it takes the place of private money, nearly one for one, the more the longer it has been
 * there; money that comes after they have closed makes them larger instead, and brings none. */
Test(public_funds, displace_private_money_where_all_funds_come_about)
{
    static const char *const many[] = {"180 万", "250 万", "400 万", "1600 万"};
    for (size_t k = 0; k < sizeof many / sizeof *many; k++) {
        struct added a = added(many[k]);
        cr_expect_lt(a.now, -0.2 + 2.0 * a.now_error, "%s: %g (%g)", many[k], a.now, a.now_error);
        cr_expect_lt(a.now, -4.0 * a.now_error);
        cr_expect_leq(a.late, 2.0 * a.late_error, "%s, late: %g (%g)", many[k], a.late, a.late_error);
    }
}
