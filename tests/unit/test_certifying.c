/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Managers who bring more buyers, what a guide fund sees of it, and what others make of its joining. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <math.h>

#define NEAR(a, b) cr_expect(fabs((a) - (b)) <= 1e-9 * fabs(b), "%.12g is not %.12g", (double)(a), (double)(b))

/* Forty venture managers who differ, and stay. */
static void differing(struct lab *lab, const char *spread)
{
    lab_managers(lab, "400 万", "5000 万");
    lab_same_managers(lab);
    lab_set(lab, "regions.town.funds.venture.count", "40");
    lab_set(lab, "regions.town.founders.per_month", "150");
    lab_set(lab, "funds.venture.network_spread", spread);
}

/* A fund of manager nth of the venture kind, who are the second. */
static struct fund fund_of(const struct region *r, int32_t manager)
{
    return (struct fund){.rule = fund_rule_of(r, 1),
                         .kind = 1,
                         .manager = manager,
                         .line = -1,
                         .state = FUND_RAISING,
                         .target = YUAN(50000000)};
}

static bool venture(const struct region *r, int32_t manager)
{
    return r->manager[manager].kind == 1;
}

Test(certifying, tells_others_what_those_who_pass_bring_more_by_the_sales_that_all_have_seen)
{
    struct lab lab;
    struct lab_run run;
    differing(&lab, "1");
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct region *r = &run.world.region[0];
    struct fund f = fund_of(r, 0);
    r->equity.sold = r->equity.watched =
        0.0; /* first beliefs: offers at 12 % a year; a position has seven years, less two */
    /* offers exp(.3 + e) times what it is worth: N(.3) of them are more, and bring exp(.8) N(1.3)/N(.3); else 0.6 are left */
    double taken = 0.6179114221889526, best = exp(0.8) * 0.9031995154143897 / taken, all = 0.0, half = 0.0, left[15];
    for (int k = 0; k < 15; k++) {
        double z = ld_normal_quantile((k + 0.5) / 15.0), brings;
        left[k] = exp(-0.12 * taken * 5.0 * exp(z - 0.5));
        brings = best - (best - 0.6) * left[k];
        all += brings / 15.0;
        half += brings * (k > 7 ? 2.0 : k == 7) / 15.0; /* the middle one is on the edge */
    }
    struct sponsor o = {.examination = 1e4, .passes = 0.5};
    cr_expect_float_eq(1.0 + manager_certified(r, &f, &o), half / all, 1e-6);
    double sharp = manager_certified(r, &f, &o);
    o.passes = 0.2;
    cr_expect_gt(manager_certified(r, &f, &o), sharp); /* the fewer pass, the more it tells */
    o.passes = 0.5;
    o.examination = 1.0;
    double dim = manager_certified(r, &f, &o);
    cr_expect(0.0 < dim && dim < sharp);
    o.passes = 0.2; /* seen with an error as large as what differs: z + e of variance 2 */
    double some = 0.0, n = 0.0;
    for (int k = 0; k < 15; k++) {
        double z = ld_normal_quantile((k + 0.5) / 15.0),
               passes = 0.5 * erfc(-(z - 0.8416212335729143 * sqrt(2.0)) / sqrt(2.0));
        some += passes * (best - (best - 0.6) * left[k]);
        n += passes;
    }
    cr_expect_float_eq(1.0 + manager_certified(r, &f, &o), some / n / all, 1e-6);
    o.examination = 0.0;
    cr_expect_eq(manager_certified(r, &f, &o), 0.0);
    f.rule.certified = 0.25;
    f.manager = -1; /* no record of his own */
    double told = fund_multiple_expected(r, PARTNER_PRIVATE, &f);
    f.rule.certified = 0.0;
    NEAR(told, 1.25 * fund_multiple_expected(r, PARTNER_PRIVATE, &f));
    lab_end(&run);
}

Test(certifying, passes_as_many_as_it_is_to_and_the_better_ones_the_better_it_sees)
{
    struct lab lab;
    struct lab_run run;
    differing(&lab, "1");
    lab_set(&lab, "regions.town.funds.venture.count", "400");
    lab_watch(&run, &lab, 1, NULL, NULL);
    const struct region *r = &run.world.region[0];
    static const double sees[] = {0.0, 1.0, 1e4, 0.05};
    int n[4] = {0}, good[4] = {0};
    for (int32_t m = 0; m < r->n_managers; m++)
        for (int k = 0; k < 4 && venture(r, m); k++) {
            struct fund f = fund_of(r, m);
            struct sponsor o = {.examination = sees[k], .passes = 0.3};
            bool passes = manager_passes(r, &f, &o);
            n[k] += passes;
            good[k] += passes && fund_buyers(r, &f) > exp(-0.5); /* better than the median */
        }
    cr_expect_eq(n[0], 400);
    for (int k = 1; k < 4; k++)
        cr_expect(fabs(n[k] / 400.0 - 0.3) < 5.0 * sqrt(0.3 * 0.7 / 400.0), "%d", n[k]);
    cr_expect_eq(good[2], n[2]);
    cr_expect(good[1] < n[1] && good[1] > 0.6 * n[1], "%d of %d", good[1], n[1]);
    lab_end(&run);
}

/* Of what funds ever held, the part that was sold for its cost at least: of the managers above the median, and of the others. */
static void sold(const char *spread, double part[2])
{
    struct lab lab;
    struct lab_run run;
    double n[2] = {0}, all[2] = {0};
    differing(&lab, "1"); /* by whose sign they are told apart */
    lab_set(&lab, "burn_in", "240");
    if (atof(spread) == 0.0)
        lab_set(&lab, "funds.venture.network_spread", spread);
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = 0});
    const struct region *r = &run.world.region[0];
    for (size_t k = 0; k < r->positions.n; k++) {
        const struct position *p = &r->positions.row[k];
        const struct fund *f = &r->funds.row[p->fund];
        if (f->manager < 0 || f->kind != 1)
            continue;
        struct luck luck = r->luck;
        luck.month = 0;
        bool better = draw(luck, manager_identity(r, &r->manager[f->manager]), DRAW_MANAGER_NETWORK) > 0.5;
        all[better]++;
        n[better] += p->row == UINT32_MAX && p->brought.fen >= p->cost.fen;
    }
    for (int k = 0; k < 2; k++)
        part[k] = n[k] / all[k];
    cr_expect(all[0] > 100 && all[1] > 100, "%g, %g", all[0], all[1]);
    lab_end(&run);
}

Test(certifying, is_of_something_true_the_better_sell_more_of_what_they_hold)
{
    double same[2], differ[2];
    sold("0", same);
    sold("1", differ);
    cr_expect(differ[1] > same[1] && differ[0] < same[0], "%g, %g", differ[1] - same[1], differ[0] - same[0]);
    cr_expect(differ[1] > 1.3 * differ[0], "%g, %g", differ[1], differ[0]);
}

static void guided(struct lab *lab, const char *spread, const char *examination, const char *passes)
{
    differing(lab, spread);
    lab_guide(lab, "20 亿", "0.25", "2");
    lab_set_of(lab, "guide_fund", "examination", examination);
    lab_set_of(lab, "guide_fund", "passes", passes);
}

static void digest_of(const struct lab *lab, struct lab_options o, char *text)
{
    struct lab_run run;
    lab_go(&run, lab, o);
    lab_digest(&run, 0, o.months, text);
    lab_end(&run);
}

Test(certifying, without_an_examination_changes_nothing)
{
    struct lab lab;
    char none[SHA256_TEXT], other[SHA256_TEXT];
    const struct lab_options o = {.months = 24, .compact_every = -1};
    guided(&lab, "1", "0", "0.5");
    digest_of(&lab, o, none);
    guided(&lab, "1", "0", "0.1");
    digest_of(&lab, o, other);
    cr_expect_str_eq(none, other);
    guided(&lab, "1", "4", "0.5");
    digest_of(&lab, o, other);
    cr_expect_str_neq(none, other);
}

Test(certifying, is_what_a_guide_fund_does_before_it_joins)
{
    struct lab lab;
    struct lab_run run;
    int n = 0;
    guided(&lab, "1", "4", "0.5");
    lab_watch(&run, &lab, 48, NULL, NULL);
    const struct region *r = &run.world.region[0];
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        const struct sponsor o = {.examination = 4.0, .passes = 0.5};
        cr_expect(f->line < 0 || manager_passes(r, f, &o));
        cr_expect_eq(f->rule.certified > 0.0, f->line >= 0 && f->kind == 1); /* of the others nobody differs */
        n += f->line >= 0;
    }
    cr_expect_gt(n, 5);
    lab_end(&run);
}

Test(certifying, is_the_same_for_any_number_of_threads_and_compactions)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    guided(&lab, "0.7", "2", "0.5");
    digest_of(&lab, (struct lab_options){.threads = 1, .compact_every = 12, .months = 36}, one);
    for (int threads = 2; threads <= 3; threads++) {
        digest_of(&lab, (struct lab_options){.threads = threads, .compact_every = threads == 2 ? 0 : 5, .months = 36},
                  other);
        cr_expect_str_eq(one, other);
    }
}
