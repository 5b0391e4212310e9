/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mandate costs a manager, and when he declines a guide fund's money. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <math.h>

#define NEAR(a, b) cr_expect(fabs((a) - (b)) <= 1e-9 * fabs(b), "%.12g is not %.12g", (double)(a), (double)(b))

/* -- by hand ---------------------------------------------------------------------------------------------------------------- */
/* A region that remembers no rounds: what is asked for is placed, at the return that funds price with, 25 % over five years. */
static struct lab_run quiet_town(const char *away, const char *spread)
{
    struct lab lab;
    struct lab_run run;
    lab_managers(&lab, "200 万", "5000 万");
    lab_set(&lab, "funds.venture.away", away);
    lab_set(&lab, "funds.venture.away_spread", spread);
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct equity_market *m = &run.world.region[0].equity;
    for (int s = 0; s < N_STAGES; s++)
        m->deals[s] = m->money[s] = m->ended[s] = m->entered[s] = m->left[s] = m->years[s] = 0.0;
    return run;
}

/* A venture fund of which 20 m are public; 30 m are to be invested by the mandate, three quarters of what is missing are found. */
static struct fund bound(const struct region *r)
{
    struct fund f = {.rule = fund_rule_of(r, 1), .kind = 1, .state = FUND_RAISING, .target = YUAN(100000000)};
    f.committed[PARTNER_PUBLIC] = YUAN(20000000);
    f.rule.mandate = (struct mandate){.from = 0, .to = 4, .reinvest = 1.5, .found = 0.75, .breach = 1.0};
    return f;
}

Test(mandate, costs_what_money_owed_to_it_would_bring_more_elsewhere_or_what_a_breach_costs)
{
    struct lab_run run = quiet_town("0.3", "0");
    const struct region *r = &run.world.region[0];
    struct fund f = bound(r);
    double there = pow(1.3, 5.0) - 1.0, here = pow(1.25, 5.0) - 1.0, carry = 0.2 * pow(1.25, -5.0),
           late = pow(1.25, -4.0);
    f.rule.mandate.reinvest = 0.0;
    NEAR(mandate_worth(r, &f, 50e6), carry * 50e6 * there); /* all of it leaves */
    f.rule.mandate.reinvest = 1.5;
    NEAR(mandate_worth(r, &f, 50e6), carry * (20e6 * there + 30e6 * here)); /* what is owed stays */
    f.rule.mandate.found = 0.1;
    NEAR(mandate_worth(r, &f, 50e6), carry * 50e6 * there - 0.1 * late * 30e6); /* a breach costs less: nothing stays */
    f.rule.mandate.found = 0.75;
    NEAR(mandate_worth(r, &f, 25e6), carry * 25e6 * here - 0.75 * late * 5e6); /* more is owed than there is */
    lab_end(&run);
}

Test(mandate, costs_nothing_where_nothing_better_is_offered_or_enough_stays_anyhow)
{
    struct lab_run run = quiet_town("0.3", "0.5");
    const struct region *r = &run.world.region[0];
    struct fund f = bound(r), free = f;
    free.rule.mandate.reinvest = 0.0;
    double all = mandate_worth(r, &free, 50e6);
    cr_expect_lt(mandate_worth(r, &f, 50e6), all);
    f.rule.mandate.reinvest = 0.5; /* of 50 m 10 are owed: of nine offers four are worse than what is here */
    NEAR(mandate_worth(r, &f, 50e6), all);
    f.rule.mandate.reinvest =
        1.5; /* of 36 m of 50 the five others take 20; of 14 m that are left they have to outweigh a breach */
    double here = pow(1.25, 5.0) - 1.0, free_profit = 0.0, kept = 0.0, lost = 0.0;
    for (int k = 0; k < 9; k++) {
        double there = pow(fmax(1.3 + 0.5 * ld_normal_quantile((k + 0.5) / 9.0), 1.0), 5.0) - 1.0;
        free_profit += fmax(there, here) / 9.0;
        kept += (there - here > 0.75 / 0.2 ? there : here) / 9.0;
        lost += (there - here > 0.75 / 0.2) / 9.0;
    }
    cr_expect(kept < free_profit && lost > 0.0);
    double carry = 0.2 * pow(1.25, -5.0), owed = carry * kept - 0.75 * pow(1.25, -4.0) * lost;
    NEAR(mandate_worth(r, &f, 50e6), carry * 36e6 * free_profit + 14e6 * owed);
    lab_end(&run);
    run = quiet_town("0", "0.5");
    f = bound(&run.world.region[0]);
    f.rule.mandate.reinvest = 2.5; /* all that there is */
    NEAR(mandate_worth(&run.world.region[0], &f, 50e6), 0.2 * pow(1.25, -5.0) * 50e6 * (pow(1.25, 5.0) - 1.0));
    f.rule.mandate.reinvest = 1.5;
    f.rule.mandate.from = 4; /* in none of its stages: it invests where it can, and pays for it */
    NEAR(mandate_worth(&run.world.region[0], &f, 50e6),
         0.2 * pow(1.25, -5.0) * 50e6 * (pow(1.25, 5.0) - 1.0) - 0.75 * pow(1.25, -4.0) * 30e6);
    lab_end(&run);
}

/* Rounds of 26 m on average: of those asked for in its stages a half, of those in one stage a quarter of what money looks for. */
Test(mandate, of_a_stage_costs_the_deals_of_the_others)
{
    struct lab_run run = quiet_town("0", "0");
    struct region *r = &run.world.region[0];
    struct fund f = bound(r), narrow = f;
    f.rule.mandate.reinvest = narrow.rule.mandate.reinvest = 0.0;
    f.rule.stage_from = 1;
    f.rule.stage_to = 2;
    narrow.rule.stage_from = narrow.rule.stage_to = 2;
    for (int s = 1; s <= 2; s++)
        r->equity.money[s] = 52e6;
    r->equity.deals[1] = 1.5;
    r->equity.deals[2] = 0.5;
    double wide = mandate_worth(r, &f, 50e6), less = mandate_worth(r, &narrow, 50e6);
    double of_one = fund_profit_here(r, &f, 1), of_other = fund_profit_here(r, &f, 2), carry = 0.2 * pow(1.25, -5.0);
    NEAR(wide, carry * 50e6 * 0.5 * (0.75 * of_one + 0.25 * of_other));
    NEAR(less, carry * 50e6 * 0.25 * of_other);
    cr_expect_lt(less, wide);
    narrow.rule.stage_from = 3; /* nothing in common */
    NEAR(1.0 + mandate_worth(r, &narrow, 50e6), 1.0);
    lab_end(&run);
}

/* 100 m, of which others have committed 65 in six months: 10 m a month, with what would do at first.  20 m of the city are two
 * months; what they cost grows with what is owed for them. */
Test(mandate, is_taken_as_long_as_closing_sooner_is_worth_what_it_costs)
{
    struct lab_run run = quiet_town("0.3", "0");
    struct region *r = &run.world.region[0];
    struct fund f = bound(r), joined = f;
    for (int p = 0; p < N_PARTNERS; p++)
        r->equity.partner[p].purse = FEN(0); /* nobody is drawn */
    f.begun = run.world.month - 6;
    f.committed[PARTNER_PUBLIC] = f.committed[PARTNER_MANAGER] = FEN(0);
    f.committed[PARTNER_PRIVATE] = YUAN(65000000);
    double pace = fund_pace(&run.world, r, &f), dear = 0.0, deals = 0.86 * 0.55 * 100e6;
    NEAR(pace, (65e6 + 3.0 * 100e6 / 12.0) / 9.0);
    double alone =
        fund_worth_of_raising(r, &f, 35e6 / pace) + pow(1.25, -35e6 / pace / 12.0) * mandate_worth(r, &f, deals);
    joined.begun = f.begun;
    joined.committed[PARTNER_PRIVATE] = f.committed[PARTNER_PRIVATE];
    for (int k = 0; k <= 60; k++) {
        joined.rule.mandate.reinvest = 0.05 * k;
        double carry = pow(1.25, -15e6 / pace / 12.0) * mandate_worth(r, &joined, deals);
        bool worth = fund_worth_of_raising(r, &joined, 15e6 / pace) + carry >= alone;
        cr_expect_eq(mandate_accepted(&run.world, r, &f, &joined), worth, "%d", k);
        dear += !worth;
    }
    cr_expect(dear > 5 && dear < 55, "%g", dear);
    f.begun -= 3; /* there is no time left: without it the fund would not come about */
    joined.begun = f.begun;
    cr_expect(mandate_accepted(&run.world, r, &f, &joined));
    lab_end(&run);
}

/* A year after it closed: 20 m more bring fees of 2 % over three years and a part to invest; all that is not invested is bound. */
Test(mandate, of_a_fund_that_has_closed_is_taken_for_what_it_grows_by)
{
    struct lab_run run = quiet_town("0.4", "0");
    struct region *r = &run.world.region[0];
    struct fund f = bound(r), joined;
    f.state = FUND_INVESTING;
    f.opened = run.world.month - 12;
    f.committed[PARTNER_PUBLIC] = FEN(0);
    f.committed[PARTNER_PRIVATE] = YUAN(100000000);
    double dry = money_to_yuan(fund_dry_powder(&run.world, &f, false)), dear = 0.0;
    joined = f;
    joined.committed[PARTNER_PUBLIC] = YUAN(20000000);
    double alone = mandate_worth(r, &f, dry);
    joined.rule.mandate.breach = 5.0;
    for (int k = 0; k <= 60; k++) {
        joined.rule.mandate.reinvest = 0.05 * k;
        bool worth = 0.02 * 3.0 * 20e6 + mandate_worth(r, &joined, dry + 0.86 * 0.55 * 20e6) >= alone;
        cr_expect_eq(mandate_accepted(&run.world, r, &f, &joined), worth, "%d", k);
        dear += !worth;
    }
    cr_expect(dear > 5 && dear < 55, "%g", dear);
    lab_end(&run);
}

/* -- in a town ---------------------------------------------------------------------------------------------------------------- */
struct answers {
    int64_t declined, joined;
};

/* Deals out of town tempt, a breach is found and dear. */
static void tempting(struct lab *lab, const char *private, const char *delay)
{
    lab_managers(lab, private, "5000 万");
    lab_same_managers(lab);
    lab_guide(lab, "20 亿", "0.3", delay);
    lab_set(lab, "funds.venture.away", "0.45");
    lab_set(lab, "funds.seed.away", "0.5");
    lab_set_of(lab, "guide_fund", "seat", "vote");
    lab_set_of(lab, "guide_fund", "found_vote", "1");
    lab_set_of(lab, "guide_fund", "reinvest", "3");
    lab_set_of(lab, "guide_fund", "breach", "2");
}

static struct answers answers_of(const struct lab *lab)
{
    struct lab_run run;
    lab_watch(&run, lab, 60, NULL, NULL);
    struct answers o = {.declined = lab_sum(&run, "guide_declined", -1)};
    for (size_t k = 0; k < run.world.region[0].funds.n; k++)
        o.joined += run.world.region[0].funds.row[k].line >= 0;
    lab_end(&run);
    return o;
}

Test(mandate, that_costs_nothing_is_declined_by_nobody)
{
    static const char *const harmless[][2] = {
        {"reinvest",   "0"},
        {"breach",     "0"},
        {"found_vote", "0"},
        {"capital",    "0"}
    };
    struct lab lab;
    for (int k = 0; k < 4; k++) {
        tempting(&lab, "200 万", "2");
        lab_set_of(&lab, "guide_fund", harmless[k][0], harmless[k][1]);
        struct answers o = answers_of(&lab);
        cr_expect(o.declined == 0 && (o.joined > 0) == (k < 3), "%s: %d, %d", harmless[k][0], (int)o.declined,
                  (int)o.joined);
    }
}

Test(mandate, is_declined_by_those_who_have_money_and_taken_by_those_who_lack_it)
{
    struct lab lab;
    tempting(&lab, "400 万", "2");
    struct answers rich = answers_of(&lab);
    tempting(&lab, "40 万", "2");
    struct answers poor = answers_of(&lab);
    cr_expect(rich.declined > 0 && poor.joined > 0);
    cr_expect_lt(poor.declined * rich.joined, rich.declined * poor.joined);
}

/* Of the funds that take it where a breach costs nothing, so many take it where it does. */
static double taken(const char *delay)
{
    struct lab lab;
    tempting(&lab, "150 万", delay);
    struct answers dear = answers_of(&lab);
    lab_set_of(&lab, "guide_fund", "breach", "0");
    struct answers cheap = answers_of(&lab);
    cr_assert_gt(cheap.joined, 4);
    return (double)dear.joined / (double)cheap.joined;
}

Test(mandate, is_taken_while_a_fund_lacks_money_rather_than_when_it_has_closed)
{
    double at_once = taken("0"), late = taken("8");
    cr_expect(late < 0.7 * at_once, "%g, %g", late, at_once);
}

Test(mandate, is_declined_the_same_for_any_number_of_threads_and_compactions)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    tempting(&lab, "120 万", "4");
    lab_set(&lab, "equity.elsewhere_share", "0.3");
    for (int threads = 1; threads <= 3; threads++) {
        struct lab_run run;
        lab_go(&run, &lab,
               (struct lab_options){.threads = threads, .compact_every = threads == 2 ? 0 : 7 * threads, .months = 48});
        lab_digest(&run, 0, 48, threads == 1 ? one : other);
        cr_expect_gt(lab_sum(&run, "guide_declined", -1), 0);
        lab_end(&run);
        if (threads > 1)
            cr_assert_str_eq(one, other);
    }
}
