/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public funds: terms to the fen, waiting, drift, buying at cost, tolerance, three levels. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <math.h>

static const int32_t start = 2020 * 12;

/* -- terms ------------------------------------------------------------------------------------------------------------------ */
/* 4,000 yuan public, of which half bears first loss; 5,900 private, 100 of the manager; no hurdle. */
static struct fund on_terms(void)
{
    struct fund f = {
        .rule = {.carry = 0.2, .catch_up = 1.0, .first_loss = 0.5, .ceded = 0.5}
    };
    f.committed[PARTNER_PUBLIC] = f.called[PARTNER_PUBLIC] = FEN(400000);
    f.committed[PARTNER_PRIVATE] = f.called[PARTNER_PRIVATE] = FEN(590000);
    f.committed[PARTNER_MANAGER] = f.called[PARTNER_MANAGER] = FEN(10000);
    f.due[0] = FEN(200000);
    f.due[1] = FEN(800000);
    return f;
}

static void expect_split(const struct fund *f, int64_t amount, int64_t public, int64_t private, int64_t manager,
                         int64_t carry)
{
    struct split s;
    fund_split(f, FEN(amount), &s);
    cr_expect_eq(s.to[PARTNER_PUBLIC].fen, public, "public %lld", (long long)s.to[PARTNER_PUBLIC].fen);
    cr_expect_eq(s.to[PARTNER_PRIVATE].fen, private, "private %lld", (long long)s.to[PARTNER_PRIVATE].fen);
    cr_expect_eq(s.to[PARTNER_MANAGER].fen, manager, "manager %lld", (long long)s.to[PARTNER_MANAGER].fen);
    cr_expect_eq(s.carry.fen, carry);
    cr_expect_eq(public + private + manager + carry, amount);
}

Test(public_funds, bear_the_first_loss_and_cede_profit_to_the_fen)
{
    struct fund f = on_terms();
    expect_split(&f, 800000, 200000, 590000, 10000, 0); /* a loss of a fifth is all public */
    expect_split(&f, 900000, 300000, 590000, 10000, 0);
    /* profit 5,000: carry 1,000; of the public 1,600 half is ceded, 59 : 1, the residue to the last */
    expect_split(&f, 1500000, 400000 + 80000, 590000 + 236000 + 78666, 10000 + 4000 + 1334, 100000);
}

Test(public_funds, are_worth_more_to_others_by_each_concession)
{
    struct fund plain = on_terms(), ceded, junior, window, dear;
    plain.rule.ceded = plain.rule.first_loss = 0.0;
    plain.rule.hurdle = 0.08;
    plain.rule.life = 84;
    ceded = junior = window = plain;
    ceded.rule.ceded = 0.5;
    junior.rule.first_loss = 0.5;
    window.rule.window = 36;
    dear = window;
    dear.rule.window_rate = 10.0;
    double base = fund_expected_return(&plain, PARTNER_PRIVATE, 2.2, 0.9, 5.0);
    cr_expect_gt(fund_expected_return(&ceded, PARTNER_PRIVATE, 2.2, 0.9, 5.0), base + 0.001);
    cr_expect_gt(fund_expected_return(&junior, PARTNER_PRIVATE, 2.2, 0.9, 5.0), base + 0.001);
    cr_expect_gt(fund_expected_return(&window, PARTNER_PRIVATE, 2.2, 0.9, 5.0), base + 0.001);
    double nobody_buys = fund_expected_return(&dear, PARTNER_PRIVATE, 2.2, 0.9, 5.0);
    cr_expect(fabs(nobody_buys - base) < 0.01, "%g against %g", nobody_buys, base);
}

/* Managers of the funds that a guide fund joined, and the least that any of them put in, over the target. */
static int32_t least_stake(const struct lab *lab, double *least)
{
    struct lab_run run;
    int32_t n = 0;
    *least = 1.0;
    lab_watch(&run, lab, 48, NULL, NULL);
    const struct funds *funds = &run.world.region[0].funds;
    for (size_t k = 0; k < funds->n; k++) {
        const struct fund *f = &funds->row[k];
        if (f->opened < start || f->committed[PARTNER_PUBLIC].fen == 0)
            continue;
        *least = fmin(*least, money_to_yuan(f->committed[PARTNER_MANAGER]) / money_to_yuan(f->target));
        n++;
    }
    lab_end(&run);
    return n;
}

Test(public_funds, join_managers_who_own_enough_and_put_in_enough)
{
    struct lab lab;
    double least;
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.25", "2");
    lab_set_of(&lab, "guide_fund", "stake_min", "0.05");
    int32_t all = least_stake(&lab, &least);
    cr_expect(all > 2 && least > 0.05 - 1e-9, "%d funds, %g", (int)all, least);
    lab_set_of(&lab, "guide_fund", "manager_capital", "1500 万");
    cr_expect_lt(least_stake(&lab, &least), all);
    lab_set_of(&lab, "guide_fund", "manager_capital", "1000 亿");
    cr_expect_eq(least_stake(&lab, &least), 0);
}

Test(public_funds, of_a_stage_narrow_what_their_sub_funds_invest_in_first)
{
    struct lab lab;
    struct lab_run run;
    int32_t n = 0;
    lab_managers(&lab, "120 万", "5000 万"); /* scarce: funds still raise when the guide decides */
    lab_set(&lab, "policies.stage_fund.from", "2020-01");
    lab_set_of(&lab, "stage_fund", "capital", "20 亿");
    lab_set_of(&lab, "stage_fund", "stage_from", "growth");
    lab_set_of(&lab, "stage_fund", "stage_to", "growth");
    lab_set_of(&lab, "stage_fund", "age_max", "72");
    lab_set_of(&lab, "stage_fund", "delay", "2");
    lab_set_of(&lab, "stage_fund", "sector", "2");
    lab_watch(&run, &lab, 60, NULL, NULL);
    const struct region *r = &run.world.region[0];
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->committed[PARTNER_PUBLIC].fen == 0)
            continue;
        cr_expect(f->rule.stage_from == 2 && f->rule.stage_to == 2 && f->rule.age_max == 72);
        cr_expect_eq(f->kind, 1); /* a seed fund has nothing in common with it */
        n++;
    }
    for (size_t k = 0; k < r->positions.held.n; k++)
        if (r->funds.row[position_at(r, k)->fund].committed[PARTNER_PUBLIC].fen > 0)
            cr_expect(position_at(r, k)->stage == 2 && r->enterprises.sector[position_at(r, k)->row] == 1);
    cr_expect_gt(n, 0);
    lab_end(&run);
}

/* -- waiting --------------------------------------------------------------------------------------------------------------- */
static void waiting(const char *delay, int64_t *moved, int64_t *closings)
{
    struct lab lab;
    struct lab_run run;
    lab_managers(&lab, "80 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.3", delay);
    lab_set(&lab, "equity.elsewhere_share", "0.3");
    lab_set(&lab, "equity.elsewhere_months", "2");
    lab_watch(&run, &lab, 60, NULL, NULL);
    *moved = lab_sum(&run, "managers_moved", -1);
    *closings = lab_sum(&run, "fund_closings", -1);
    lab_end(&run);
}

Test(public_funds, that_decide_late_lose_managers_to_other_cities)
{
    int64_t moved[2], closings[2];
    waiting("2", &moved[0], &closings[0]);
    waiting("11", &moved[1], &closings[1]);
    cr_expect_gt(moved[1], moved[0]);
    cr_expect_lt(closings[1], closings[0]);
}

/* -- money of the treasury ------------------------------------------------------------------------------------------------------ */
static const int flows_seen[] = {FLOW_GUIDE_CAPITAL,       FLOW_GUIDE_RETURNED,    FLOW_PROFIT_CEDED,
                                 FLOW_SHARES_REPURCHASED,  FLOW_SHARES_TAKEN_OVER, FLOW_MANDATE_BREACH,
                                 FLOW_GUIDE_DISTRICT,      FLOW_GUIDE_UNIVERSITY,  FLOW_GUIDE_TO_DISTRICT,
                                 FLOW_GUIDE_TO_UNIVERSITY, FLOW_INVESTED_AWAY};
enum {
    CAPITAL,
    RETURNED,
    CEDED,
    REPURCHASED,
    TAKEN_OVER,
    BREACH,
    DISTRICT,
    UNIVERSITY,
    TO_DISTRICT,
    TO_UNIVERSITY,
    AWAY,
    N_SEEN
};
struct flows {
    int64_t sum[N_SEEN];
};

static void add_flows(struct world *w, void *context)
{
    struct flows *f = context;
    for (int k = 0; k < N_SEEN && w->month >= start; k++)
        f->sum[k] += w->region[0].total.flow[flows_seen[k]];
}

static struct flows flows_of(const struct lab *lab, int32_t months)
{
    struct lab_run run;
    struct flows f = {{0}};
    lab_watch(&run, lab, months, add_flows, &f);
    lab_end(&run);
    return f;
}

Test(public_funds, commit_again_what_comes_back_or_return_it)
{
    struct lab lab;
    lab_managers(&lab, "200 万", "3000 万");
    lab_guide(&lab, "1 亿", "0.3", "1");
    lab_set_of(&lab, "guide_fund", "pay_years", "4");
    lab_set(&lab, "funds.venture.life", "48");
    lab_set(&lab, "funds.venture.invest_months", "24");
    struct flows kept = flows_of(&lab, 84);
    lab_set_of(&lab, "guide_fund", "recycle", "false");
    struct flows given = flows_of(&lab, 84);
    cr_expect_eq(kept.sum[CAPITAL], 10000000000);
    cr_expect_eq(kept.sum[RETURNED], 0);
    cr_expect_eq(given.sum[CAPITAL], 10000000000);
    cr_expect_gt(given.sum[RETURNED], 0);
    lab_set_of(&lab, "guide_fund", "until", "2025-12"); /* the end: what is free goes back */
    struct flows ended = flows_of(&lab, 84);
    cr_expect_gt(ended.sum[RETURNED], given.sum[RETURNED] - 1);
}

/* -- drift ------------------------------------------------------------------------------------------------------------------- */
static struct flows drifting(const char *reinvest, const char *seat)
{
    struct lab lab;
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.3", "1");
    lab_set(&lab, "funds.venture.away", "0.5");
    lab_set(&lab, "funds.venture.invest_months", "36");
    lab_set_of(&lab, "guide_fund", "reinvest", reinvest);
    lab_set_of(&lab, "guide_fund", "seat", seat);
    lab_set_of(&lab, "guide_fund", "found_vote", "1");
    lab_set_of(&lab, "guide_fund", "found_observer", "0");
    lab_set_of(&lab, "guide_fund", "breach", "4");
    return flows_of(&lab, 72);
}

Test(public_funds, keep_money_in_town_only_if_who_breaks_the_mandate_is_found)
{
    struct flows none = drifting("0", "vote"), watched = drifting("3", "vote"), unwatched = drifting("3", "observer");
    cr_expect_gt(none.sum[AWAY], 0);
    cr_expect_lt(watched.sum[AWAY], none.sum[AWAY]);
    cr_expect_eq(unwatched.sum[AWAY], none.sum[AWAY]);
    cr_expect_eq(unwatched.sum[BREACH], 0);
}

Test(public_funds, are_paid_for_what_is_missing_where_it_is_found)
{
    struct lab lab;
    struct lab_run run;
    struct flows f = {{0}};
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.3", "1");
    lab_set(&lab, "funds.venture.away", "0.5");
    lab_set(&lab, "funds.seed.away", "0.5");
    lab_set(&lab, "funds.venture.invest_months", "30");
    lab_set(&lab, "funds.seed.invest_months", "30");
    lab_set_of(&lab, "guide_fund", "reinvest", "3");
    lab_set_of(&lab, "guide_fund", "found_observer", "1");
    lab_set_of(&lab, "guide_fund", "breach", "0.125");
    lab_watch(&run, &lab, 72, add_flows, &f);
    double missing = (double)lab_sum(&run, "mandate_missing", -1);
    cr_expect_gt(missing, 1e8);
    cr_expect(fabs((double)f.sum[BREACH] - 0.125 * missing) <= (double)lab_sum(&run, "mandate_breaches", -1));
    lab_end(&run);
}

/* -- public part bought at cost ------------------------------------------------------------------------------------------------- */
Test(public_funds, sell_their_part_at_cost_when_it_is_worth_more)
{
    struct lab lab;
    struct lab_run run;
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.3", "1");
    lab_watch(&run, &lab, 72, NULL, NULL);
    cr_expect_eq(lab_sum(&run, "public_bought", -1), 0);
    lab_end(&run);
    lab_set_of(&lab, "guide_fund", "buy_back", "24");
    lab_watch(&run, &lab, 72, NULL, NULL);
    int64_t cheap = lab_sum(&run, "public_bought", -1);
    cr_expect_gt(cheap, 0);
    lab_end(&run);
    lab_set_of(&lab, "guide_fund", "buy_back_rate", "1");
    struct lab_run dear;
    lab_watch(&dear, &lab, 72, NULL, NULL);
    cr_expect_lt(lab_sum(&dear, "public_bought", -1), cheap);
    lab_end(&dear);
}

/* -- tolerance ------------------------------------------------------------------------------------------------------------------- */
#define NEAR(a, b) cr_expect(fabs((a) - (b)) <= 1e-9 * fabs(b), "%.12g is not %.12g", (double)(a), (double)(b))

Test(public_funds, need_a_mean_by_which_the_chance_of_a_loss_is_what_is_tolerated)
{
    const double s = 1.6, years = 6.0;
    struct appraisal a = {.checked = true, .tolerance = 0.5};
    NEAR(appraisal_multiple(&a, s, years), exp(s * s / 2.0));
    a.tolerance = 0.3; /* N(s/2 - log(m)/s) = .3 */
    NEAR(ld_normal_cdf(s / 2.0 - log(appraisal_multiple(&a, s, years)) / s), 0.3);
    double alone = appraisal_multiple(&a, s, years);
    a.horizon = 3.0; /* after half the time */
    NEAR(ld_normal_cdf(sqrt(0.5) * (s / 2.0 - log(appraisal_multiple(&a, s, years)) / s)), 0.3);
    cr_expect_gt(appraisal_multiple(&a, s, years), alone);
    a.horizon = 0.0;
    a.together = 20.0;
    double together = sqrt(log(1.0 + (exp(s * s) - 1.0) / 20.0));
    NEAR(ld_normal_cdf(together / 2.0 - log(appraisal_multiple(&a, s, years)) / together), 0.3);
    cr_expect_lt(appraisal_multiple(&a, s, years), alone);
    a.tolerance = 0.0;
    cr_expect_geq(appraisal_multiple(&a, s, years), 1e11);
}

static void seed_town(struct lab *lab, const char *tolerance)
{
    lab_town(lab);
    lab_set(lab, "regions.town.founders.per_month", "150");
    lab_set(lab, "policies.direct_seed_fund.from", "2020-01");
    lab_set_of(lab, "direct_seed_fund", "capital", "6000 万");
    lab_set_of(lab, "direct_seed_fund", "tolerance", tolerance);
}

static int64_t direct_invested(const struct lab *lab)
{
    struct lab_run run;
    lab_watch(&run, lab, 48, NULL, NULL);
    int64_t fen = lab_int(&run, "direct_invested", 47, -1);
    lab_end(&run);
    return fen;
}

Test(public_funds, that_may_lose_nothing_lie_idle_and_dare_more_when_judged_late_and_together)
{
    struct lab lab;
    seed_town(&lab, "0");
    cr_expect_eq(direct_invested(&lab), 0);
    seed_town(&lab, "0.5");
    lab_set_of(&lab, "direct_seed_fund", "registered_only", "true"); /* there is no register */
    cr_expect_eq(direct_invested(&lab), 0);
    seed_town(&lab, "0.25");
    int64_t wary = direct_invested(&lab);
    lab_set_of(&lab, "error_tolerance", "enabled", "true");
    lab_set_of(&lab, "error_tolerance", "together", "20");
    int64_t together = direct_invested(&lab);
    lab_set_of(&lab, "error_tolerance", "together", "0");
    lab_set_of(&lab, "error_tolerance", "horizon", "60");
    int64_t late = direct_invested(&lab);
    seed_town(&lab, "0.5");
    int64_t bold = direct_invested(&lab);
    cr_expect_gt(bold, wary);
    cr_expect_gt(together, wary);
    cr_expect_gt(late, wary);
}

/* 16: 0.3 of which a quarter is not blamed; 17 adds a tenth and forgives a fifth of what is left. */
Test(public_funds, may_lose_more_by_what_is_tolerated_and_what_is_not_blamed)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set_of(&lab, "angel_fund", "enabled", "true");
    lab_set_of(&lab, "angel_fund", "capital", "1 亿");
    lab_set_of(&lab, "angel_fund", "tolerance", "0.3");
    lab_set_of(&lab, "angel_fund", "exempt", "0.25");
    lab_set_of(&lab, "error_tolerance", "enabled", "true");
    lab_set_of(&lab, "error_tolerance", "tolerance", "0.1");
    lab_set_of(&lab, "error_tolerance", "exempt", "0.2");
    lab_set_of(&lab, "error_tolerance", "horizon", "36");
    lab_set_of(&lab, "error_tolerance", "together", "20");
    lab_watch(&run, &lab, 1, NULL, NULL);
    const struct region *r = &run.world.region[0];
    cr_assert_gt(r->funds.n, 0u);
    for (size_t j = 0; j < r->funds.n; j++)
        cr_expect_float_eq(r->funds.row[j].rule.appraisal.tolerance, 0.4, 1e-12);
    struct appraisal own = {.checked = true, .tolerance = 0.4, .horizon = 5.0}, now = appraisal_now(r, &own);
    cr_expect_float_eq(now.tolerance, 0.5 / 0.8, 1e-12);
    cr_expect_float_eq(now.horizon, 8.0, 1e-12);
    cr_expect_float_eq(now.together, 20.0, 1e-12);
    own.horizon = 0.0; /* judged at the end, whatever is added */
    cr_expect_eq(appraisal_now(r, &own).horizon, 0.0);
    lab_end(&run);
}

Test(public_funds, join_only_funds_whose_chance_of_a_loss_they_may_take)
{
    struct lab lab;
    double least;
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.25", "2");
    int32_t any = least_stake(&lab, &least);
    lab_set_of(&lab, "guide_fund", "tolerance", "0.2");
    int32_t wary = least_stake(&lab, &least);
    lab_set_of(&lab, "error_tolerance", "enabled", "true");
    lab_set_of(&lab, "error_tolerance", "together", "50");
    int32_t together = least_stake(&lab, &least);
    cr_expect(any > 0 && wary < any && together > wary, "%d, %d, %d", (int)any, (int)wary, (int)together);
}

/* -- agreed exit ------------------------------------------------------------------------------------------------------------------ */
Test(public_funds, sell_shares_to_founders_at_cost_and_leave_them_a_part_of_the_profit)
{
    struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "150");
    lab_set(&lab, "policies.angel_fund.from", "2020-01");
    lab_set_of(&lab, "angel_fund", "capital", "1 亿");
    lab_set_of(&lab, "angel_fund", "buy_back", "36");
    lab_set_of(&lab, "angel_fund", "ceded", "0.3");
    lab_set(&lab, "exits.buyback_after", "600"); /* no other shares are bought back */
    struct lab_run run;
    struct flows agreed = {{0}};
    lab_watch(&run, &lab, 84, add_flows, &agreed);
    cr_expect_gt(agreed.sum[REPURCHASED] + agreed.sum[TAKEN_OVER], 0);
    cr_expect(llabs(agreed.sum[REPURCHASED] + agreed.sum[TAKEN_OVER] - lab_sum(&run, "exit_cost", EXIT_BUYBACK)) <=
              lab_sum(&run, "public_bought_out", -1)); /* at cost */
    lab_end(&run);
    lab_set_of(&lab, "angel_fund", "buy_back", "0");
    struct flows kept = flows_of(&lab, 84);
    cr_expect_eq(kept.sum[REPURCHASED] + kept.sum[TAKEN_OVER], 0);
    cr_expect_gt(kept.sum[CEDED], 0);
    lab_set_of(&lab, "angel_fund", "ceded", "0");
    cr_expect_eq(flows_of(&lab, 84).sum[CEDED], 0);
}

Test(public_funds, concede_to_founders_what_their_option_and_their_part_are_worth)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_watch(&run, &lab, 1, NULL, NULL);
    const struct region *r = &run.world.region[0];
    struct fund f = {.kind = -1, .manager = -1};
    cr_expect_eq(fund_concedes(r, &f, 0, 3.0), 0.0);
    f.rule.ceded = 1.0; /* all profit: 1/m E(X - 1)+ of a lognormal X of mean m */
    double s = 1.6, d = log(3.0) / s + 0.5 * s, exact = ld_normal_cdf(d) - ld_normal_cdf(d - s) / 3.0;
    double whole = fund_concedes(r, &f, 0, 3.0);
    cr_expect(fabs(whole - exact) < 0.03, "%g against %g", whole, exact);
    f.rule.ceded = 0.25;
    cr_expect(fabs(fund_concedes(r, &f, 0, 3.0) - 0.25 * whole) < 1e-12);
    f.rule.ceded = 0.0;
    f.rule.window = 12 * 40; /* beyond the end: the option is all profit, too */
    cr_expect(fabs(fund_concedes(r, &f, 0, 3.0) - whole) < 1e-12);
    f.rule.window = 24;
    f.rule.required = 0.2;
    double two_years = fund_concedes(r, &f, 0, 3.0);
    f.rule.window = 48;
    double four_years = fund_concedes(r, &f, 0, 3.0);
    f.rule.window_rate = 0.1;
    cr_expect(0.0 < two_years && two_years < four_years && fund_concedes(r, &f, 0, 3.0) < four_years);
    lab_end(&run);
}

/* -- books ------------------------------------------------------------------------------------------------------------------------- */
/* A guide fund's books are the sums of its sub-funds', a fund's cost that of what it holds; the terms are those of the guide fund. */
static void check_books(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = &w->region[0];
    if (w->month < 2020 * 12)
        return;
    int32_t k = lab_line(r, GROUP_guide_fund);
    int64_t uncalled = 0, called = 0;
    for (size_t j = 0; j < r->funds.n; j++) {
        const struct fund *f = &r->funds.row[j];
        int64_t cost = 0;
        for (size_t p = 0; p < r->positions.held.n; p++)
            cost +=
                position_at(r, p)->row != UINT32_MAX && position_at(r, p)->fund == j ? position_at(r, p)->cost.fen : 0;
        cr_expect_eq(cost, f->cost.fen);
        if (f->line != k || f->committed[PARTNER_PUBLIC].fen == 0)
            continue;
        uncalled += f->committed[PARTNER_PUBLIC].fen - f->called[PARTNER_PUBLIC].fen;
        called += f->called[PARTNER_PUBLIC].fen;
        cr_expect(f->rule.first_loss == 0.3 && f->rule.ceded == 0.2);
        seen[0]++;
        seen[1] += f->called[PARTNER_PUBLIC].fen;
    }
    cr_expect_eq(r->line[k].guide.committed.fen, uncalled);
    cr_expect_eq(r->line[k].guide.called.fen, called);
}

Test(public_funds, have_books_that_are_the_sums_of_their_sub_funds)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[2] = {0};
    lab_managers(&lab, "200 万", "5000 万");
    lab_guide(&lab, "20 亿", "0.25", "8"); /* late: it joins funds that have called already */
    lab_set_of(&lab, "guide_fund", "first_loss", "0.3");
    lab_set_of(&lab, "guide_fund", "ceded", "0.2");
    lab_set(&lab, "regions.town.founders.per_month", "150");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = check_books, .context = seen});
    cr_expect(seen[0] > 50 && seen[1] > 0);
    lab_end(&run);
}

/* -- three levels ------------------------------------------------------------------------------------------------------------------ */
Test(public_funds, of_three_levels_match_and_share_what_comes_back)
{
    struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "150");
    lab_set(&lab, "policies.three_level_seed_fund.from", "2020-01");
    lab_set(&lab, "policies.three_level_seed_fund.until", "2024-12");
    lab_set_of(&lab, "three_level_seed_fund", "match", "1.5");
    lab_set_of(&lab, "three_level_seed_fund", "years", "3");
    struct flows f = flows_of(&lab, 72);
    cr_expect_eq(f.sum[DISTRICT], 3000000000);
    cr_expect_eq(f.sum[UNIVERSITY], 1500000000);
    cr_expect_eq(f.sum[CAPITAL], 6750000000);
    cr_expect_gt(f.sum[RETURNED], 0);
    cr_expect(fabs((double)f.sum[TO_DISTRICT] / (double)f.sum[RETURNED] - 3000.0 / 6750.0) < 1e-6);
    cr_expect(fabs((double)f.sum[TO_UNIVERSITY] / (double)f.sum[RETURNED] - 1500.0 / 6750.0) < 1e-6);
}

/* Districts and universities put in 10 and 5 m, the city as much: three tenths, four tenths and the rest of 30 m. */
Test(public_funds, of_three_levels_have_their_part_of_the_money_their_rounds_and_their_offices)
{
    static const int64_t part[] = {900000000, 1200000000, 900000000};
    static const char *const ticket[] = {"100 万", "200 万", "300 万"};
    static const char *const level[] = {"station_ticket", "branch_ticket", "centre_ticket"};
    static const int32_t looks[] = {20, 12, 2};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.three_level_seed_fund.from", "2020-01");
    lab_set_of(&lab, "three_level_seed_fund", "match", "1");
    lab_set_of(&lab, "three_level_seed_fund", "stations", "10");
    lab_set_of(&lab, "three_level_seed_fund", "branches", "6");
    lab_set_of(&lab, "three_level_seed_fund", "station_looks", "2");
    lab_set_of(&lab, "three_level_seed_fund", "tolerance", "0.35");
    for (int k = 0; k < 3; k++)
        lab_set_of(&lab, "three_level_seed_fund", level[k], ticket[k]);
    lab_watch(&run, &lab, 1, NULL, NULL);
    const struct region *r = &run.world.region[0];
    int found = 0;
    for (size_t j = 0; j < r->funds.n; j++) {
        const struct fund *f = &r->funds.row[j];
        int64_t k = f->rule.ticket_max.fen / 100000000 - 1;
        cr_assert(f->manager < 0 && k >= 0 && k < 3);
        cr_expect_eq(f->committed[PARTNER_PUBLIC].fen, part[k]);
        cr_expect_eq(f->rule.looks, looks[k]);
        cr_expect(f->rule.appraisal.checked && f->rule.appraisal.tolerance == 0.35);
        found++;
    }
    cr_expect_eq(found, 3);
    lab_end(&run);
}

/* -- exactness --------------------------------------------------------------------------------------------------------------------- */
Test(public_funds, are_the_same_for_any_number_of_threads_and_compactions)
{
    static const char *const all[] = {"guide_fund", "stage_fund", "direct_seed_fund", "angel_fund"};
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    lab_managers(&lab, "200 万", "5000 万");
    lab_set(&lab, "funds.venture.away", "0.3");
    lab_set(&lab, "equity.elsewhere_share", "0.3");
    for (int k = 0; k < 4; k++) {
        lab_set_of(&lab, all[k], "enabled", "true");
        lab_set_of(&lab, all[k], "capital", "1 亿");
    }
    lab_set_of(&lab, "guide_fund", "buy_back", "24");
    lab_set_of(&lab, "three_level_seed_fund", "enabled", "true");
    lab_set_of(&lab, "three_level_seed_fund", "match", "1");
    lab_set(&lab, "regions.town.founders.per_month", "200");
    for (int threads = 1; threads <= 3; threads++) {
        struct lab_run run;
        lab_go(&run, &lab,
               (struct lab_options){.threads = threads,
                                    .compact_every = threads == 2   ? 0
                                                     : threads == 1 ? 12
                                                                    : 5,
                                    .months = 36});
        lab_digest(&run, 0, 36, threads == 1 ? one : other);
        lab_end(&run);
        if (threads > 1)
            cr_assert_str_eq(one, other);
    }
}
