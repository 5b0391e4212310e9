/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accidents, tech insurance, the subsidy of its premiums, co-insurance: who pays what, to the fen, and who lives. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <math.h>

static const int32_t start = 2020 * 12;

static void insured_town(struct lab *lab)
{
    lab_town(lab);
    lab_policy(lab, GROUP_tech_insurance);
}

static struct bearer *bearer_of(struct region *r, enum group g)
{
    return &r->bearer[r->line[lab_line(r, g)].bearer];
}

/* -- accidents ------------------------------------------------------------------------------------------------------------------ */
Test(accidents, come_at_their_hazard_and_cost_what_nature_says)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "enterprise.accident_hazard", "0.6");
    lab_set(&lab, "enterprise.accident_size", "0.0001"); /* kills nobody */
    lab_set(&lab, "enterprise.accident_spread", "0");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    double n = 0.0, cost = (double)lab_sum(&run, "accident_losses", -1);
    for (int32_t m = 0; m < 36; m++)
        n += (double)lab_int(&run, "enterprises_all", m, -1) * (1.0 - exp(-0.6 / 12.0));
    double seen = (double)lab_sum(&run, "accidents", -1);
    cr_expect_lt(fabs(seen - n), 5.0 * sqrt(n), "%g accidents, not %g", seen, n);
    cr_expect_gt(cost, 0.0);
    int64_t paid = 0;
    for (int32_t m = 0; m < 36; m++)
        paid += run.cell[(size_t)m * run.layout.n + run.layout.flows + FLOW_DAMAGES].i;
    cr_expect_leq(paid, (int64_t)cost);
    cr_expect_gt((double)paid, 0.9 * cost, "what is not paid is late");
    lab_end(&run);
}

/* Three copies of one world: without an accident, with one that most cannot pay, and that with everybody insured in full. */
enum { NOTHING, UNINSURED, INSURED, WORLDS };
static void set_accidents(struct world *w)
{
    struct enterprise_params *p =
        (struct enterprise_params *)(void *)(w->region->now + w->region->layout->offset[GROUP_enterprise]);
    p->accident_hazard = 12.0;
    p->accident_size = 2.0;
    p->accident_spread = 0.0;
}

static void insure_all(struct region *r)
{
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        if (r->enterprises.status[i] == ACTIVE)
            enterprise_join(&r->enterprises, i, lab_line(r, GROUP_tech_insurance), true);
}

Test(tech_insurance, lets_those_live_whom_a_loss_would_kill)
{
    struct lab lab;
    struct lab_run run;
    struct world w[WORLDS];
    struct diag diag;
    insured_town(&lab);
    lab_set(&lab, "enterprise.accident_hazard", "0");
    lab_set(&lab, "founders.literacy", "1"); /* everybody knows of it and stays */
    lab_set(&lab, "founders.literacy_spread", "0");
    lab_set_of(&lab, "tech_insurance", "capital", "10000 亿");
    lab_set_of(&lab, "tech_insurance", "limit", "100 亿");
    lab_set_of(&lab, "tech_insurance", "share", "1");
    lab_set_of(&lab, "tech_insurance", "deductible", "0");
    lab_set_of(&lab, "tech_insurance", "premium", "0"); /* so that paying it makes no difference */
    lab_go(&run, &lab, (struct lab_options){.months = 5, .compact_every = 0});
    diag_init(&diag);
    for (int k = 0; k < WORLDS; k++)
        cr_assert_eq(world_copy(&w[k], &run.world, &diag), OK);
    set_accidents(&w[UNINSURED]);
    set_accidents(&w[INSURED]);
    insure_all(w[INSURED].region);
    for (int k = 0; k < WORLDS; k++)
        cr_assert_eq(world_step(&w[k], &diag), OK);
    int64_t killed = 0, saved = 0;
    const struct enterprises *e[WORLDS];
    for (int k = 0; k < WORLDS; k++)
        e[k] = &w[k].region->enterprises;
    for (uint32_t i = 0; i < run.world.region->enterprises.n; i++) {
        bool dies = e[NOTHING]->status[i] == ACTIVE && e[UNINSURED]->status[i] == DEAD;
        killed += dies;
        saved += dies && e[INSURED]->status[i] == ACTIVE;
        cr_expect(e[NOTHING]->status[i] != ACTIVE || e[NOTHING]->cash[i].fen == e[INSURED]->cash[i].fen,
                  "an insured loss costs nothing here");
    }
    cr_expect_gt(killed, 50);
    cr_expect_eq(saved, killed);
    for (int k = 0; k < WORLDS; k++)
        world_free(&w[k]);
    diag_free(&diag);
    lab_end(&run);
}

/* -- buying --------------------------------------------------------------------------------------------------------------------- */
static int64_t buyers(const char *hazard, const char *subsidy, const char *premium)
{
    struct lab lab;
    struct lab_run run;
    insured_town(&lab);
    lab_set(&lab, "enterprise.accident_hazard", hazard);
    lab_set_of(&lab, "tech_insurance", "subsidy", subsidy);
    lab_set_of(&lab, "tech_insurance", "premium", premium);
    lab_set_of(&lab, "tech_insurance", "credibility", "1000000 亿"); /* the premium stays */
    lab_go(&run, &lab, (struct lab_options){.months = 6, .compact_every = -1});
    int64_t n = lab_int(&run, "members", 5, lab_line(run.world.region, GROUP_tech_insurance));
    lab_end(&run);
    return n;
}

Test(tech_insurance, is_bought_where_it_is_worth_its_price_net_of_the_subsidy)
{
    cr_expect_eq(buyers("0", "0", "0.001"), 0, "without risk nobody buys");
    cr_expect_eq(buyers("0.05", "0", "0.5"), 0, "at any price nobody buys");
    int64_t alone = buyers("0.05", "0", "0.008"), helped = buyers("0.05", "0.5", "0.008");
    cr_expect_gt(helped, alone);
    cr_expect_gt(alone, 0, "what ruin would cost makes some buy above the mean loss");
}

/* -- the subsidy -------------------------------------------------------------------------------------------------------------------- */
struct refunds {
    int64_t due, paid, n, capped;
};

static void watch_refunds(struct world *w, void *context)
{
    struct refunds *s = context;
    struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_tech_insurance);
    if (w->month < start)
        return;
    if (w->month % 12 == 0) {
        if (s->due > 0) {
            cr_expect_eq(r->line[k].spent.fen, s->due, "%lld, not %lld", (long long)r->line[k].spent.fen,
                         (long long)s->due);
            s->paid += r->line[k].spent.fen;
        }
    } else {
        cr_expect_eq(r->line[k].spent.fen, 0, "it is repaid once a year");
    }
    s->due = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        if (r->enterprises.status[i] != ACTIVE || !enterprise_member(&r->enterprises, i, k))
            continue;
        int64_t part = money_scale(FEN((int64_t)r->enterprises.insured_year[i]), 0.5).fen;
        s->capped += part > 3000000;
        s->due += part > 3000000 ? 3000000 : part;
        s->n += w->month % 12 == 11;
    }
}

Test(tech_insurance, has_its_premiums_repaid_to_the_fen_in_the_new_year)
{
    struct lab lab;
    struct lab_run run;
    struct refunds s = {0};
    insured_town(&lab);
    lab_set_of(&lab, "tech_insurance", "cap_firm", "3 万");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_refunds, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.n, 100);
    cr_expect_gt(s.paid, 0);
    cr_expect_gt(s.capped, 0);
}

/* All premiums of a year are counted: the members' counters are what the insurer got. */
static void watch_premiums(struct world *w, void *context)
{
    int64_t *year = context, counted = 0;
    const struct region *r = w->region;
    *year = (w->month % 12 == 0 ? 0 : *year) + r->total.flow[FLOW_TECH_PREMIUM];
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        counted += r->enterprises.insured_year[i];
    cr_expect_eq(counted, *year);
}

Test(tech_insurance, counts_what_each_enterprise_paid_for_it)
{
    struct lab lab;
    struct lab_run run;
    int64_t year = 0;
    insured_town(&lab);
    lab_go(&run, &lab,
           (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_premiums, .context = &year});
    cr_expect_gt(year, 0);
    cr_expect_gt(lab_sum(&run, "insurance_premiums", -1), year, "that of two years");
    cr_expect_eq(lab_sum(&run, "insurance_premiums", -1), lab_sum(&run, "cover_fees", -1), "nobody else takes a fee");
    lab_end(&run);
}

/* -- experience --------------------------------------------------------------------------------------------------------------------- */
struct tariff {
    double incurred, exposure;
    int32_t checked, moved;
};

static void watch_tariff(struct world *w, void *context)
{
    struct tariff *s = context;
    struct region *r = w->region;
    const struct bearer *p = bearer_of(r, GROUP_tech_insurance);
    const double keep = 1.0 - 1.0 / 60.0, weight = 2e9, prior = 0.006 * 0.75;
    if (w->month < w->first_month)
        return;
    if (w->month % 12 == 0 && s->exposure > 0.0) {
        double premium = (s->incurred + weight * prior) / (s->exposure + weight) / 0.75;
        cr_expect_float_eq(p->premium, premium, 1e-6 * premium, "%g, not %g", p->premium, premium);
        s->checked++;
        s->moved += fabs(premium / 0.006 - 1.0) > 0.05;
    }
    double base = 0.0; /* what members' sales and research of a twelfth of a year were when they paid */
    if (p->premium > 0.0)
        base = money_to_yuan(FEN(r->total.flow[FLOW_TECH_PREMIUM])) / p->premium;
    s->exposure = keep * s->exposure + base;
    s->incurred = keep * s->incurred + money_to_yuan(FEN(r->total.flow[FLOW_DAMAGES_INSURED]));
}

Test(tech_insurance, asks_a_premium_that_follows_what_accidents_have_cost)
{
    struct lab lab;
    struct lab_run run;
    struct tariff s = {0};
    insured_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_tariff, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.checked, 8);
    cr_expect_gt(s.moved, 4);
}

/* -- co-insurance --------------------------------------------------------------------------------------------------------------------- */
struct quotas {
    int64_t n, lead, pool, most;
};

static void watch_quotas(struct world *w, void *context)
{
    struct quotas *s = context;
    struct region *r = w->region;
    const struct bearer *lead = bearer_of(r, GROUP_tech_insurance), *pool = bearer_of(r, GROUP_coinsurance);
    s->lead += lead->compensated.fen;
    s->pool += pool->compensated.fen;
    if (lead->filed == 1) {
        int64_t loss = lead->compensated.fen + pool->compensated.fen;
        cr_expect_eq(pool->compensated.fen, money_scale(FEN(loss), 0.6).fen);
        s->most = lead->compensated.fen > s->most ? lead->compensated.fen : s->most;
        s->n++;
    }
    int64_t fees = r->total.flow[FLOW_TECH_PREMIUM];
    cr_expect_eq(lead->fees.fen + pool->fees.fen, fees);
    cr_expect_leq(llabs(pool->fees.fen - money_scale(FEN(fees), 0.54).fen), 2000, "their quota less the commission");
}

static void pooled_town(struct lab *lab, const char *participants)
{
    lab_town(lab);
    lab_policy(lab, GROUP_coinsurance);
    lab_set_of(lab, "tech_insurance", "limit", "1 亿");
    lab_set_of(lab, "coinsurance", "participants", participants);
}

Test(coinsurance, bears_its_quota_of_each_loss_and_caps_what_one_insurer_loses)
{
    struct lab lab;
    struct lab_run run;
    struct quotas s = {0};
    pooled_town(&lab, "5");
    lab_set(&lab, "enterprise.accident_hazard", "0.05");
    lab_set(&lab, "enterprise.accident_size", "0.5");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_quotas, .context = &s});
    cr_expect_gt(s.n, 20);
    cr_expect_gt(s.pool, s.lead);
    int64_t funds = 100 * (int64_t)2 * 50000000; /* capital and what may have been earned on it */
    cr_expect_leq(s.most, funds / 10, "one loss is at most a tenth of the leader's funds");
    lab_end(&run);
}

static void most_of_one_loss(struct world *w, void *context)
{
    int64_t *most = context;
    const struct bearer *lead = bearer_of(w->region, GROUP_tech_insurance),
                        *pool = bearer_of(w->region, GROUP_coinsurance);
    int64_t paid = lead->compensated.fen + pool->compensated.fen;
    if (lead->filed == 1 && w->month >= start)
        *most = paid > *most ? paid : *most;
}

/* Policies are larger the more insurers share them. */
Test(coinsurance, insures_larger_losses_the_more_take_part)
{
    int64_t most[2] = {0};
    for (int k = 0; k < 2; k++) {
        struct lab lab;
        struct lab_run run;
        pooled_town(&lab, k == 0 ? "0" : "4");
        lab_set_of(&lab, "coinsurance", "quota", k == 0 ? "0" : "0.8"); /* five insurers, a fifth each */
        lab_set(&lab, "enterprise.accident_hazard", "0.05");
        lab_set(&lab, "enterprise.accident_size", "2");
        lab_go(&run, &lab,
               (struct lab_options){.months = 48, .compact_every = -1, .hook = most_of_one_loss, .context = &most[k]});
        lab_end(&run);
    }
    cr_expect_gt(most[0], 0);
    cr_expect_gt(most[1], 2 * most[0], "%lld fen alone, %lld together", (long long)most[0], (long long)most[1]);
}
