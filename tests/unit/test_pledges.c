/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is lent on pledges, what is lost without them, and what the fund for loans on patents pays. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

static void town_that_pledges(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.ip_pledge.enabled", "true");
    lab_set(lab, "policies.ip_pledge.capital", "1 亿");
    lab_set(lab, "policies.ip_pledge.budget", "1000 万");
}

/* -- what is lent ---------------------------------------------------------------------------------------------------------- */
struct lent {
    double believed; /* recovery over appraisal, before the month */
    int64_t patents, bills, equity, fees;
};

/* Applications of the month lie where they were made until the next one begins. */
static void watch_pledges(struct world *w, void *context)
{
    struct lent *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->month != w->month || (a->flags & APPLY_HEAD_OFFICE) != 0 || r->enterprises.status[a->row] != ACTIVE)
            continue;
        if (a->security == SECURITY_IP) {
            double appraised = ip_appraisal(w, r, a->row);
            cr_expect_eq(a->appraised, (float)appraised);
            cr_expect_eq(a->pledge.fen, from_yuan(0.3 * appraised).fen);
            cr_expect_float_eq((double)a->saves, ld_min(s->believed / 0.3, 1.0), 1e-6);
            cr_expect_float_eq((double)a->most, ld_min(s->believed / 0.3, 1.0), 1e-6);
            s->patents++;
        } else if (a->security == SECURITY_RECEIVABLES) {
            cr_expect_eq(a->pledge.fen, from_yuan(0.7 * money_to_yuan(r->enterprises.receivable[a->row])).fen);
            cr_expect_float_eq((double)a->saves, 0.4 * 0.7 / 0.7, 1e-6); /* dilution * confirmed / advance */
            s->bills++;
        } else if (a->security == SECURITY_EQUITY) {
            cr_expect_gt(a->pledge.fen, 0);
            cr_expect_eq(a->saves + a->most, 0.0f, "shares are worth nothing when they are needed");
            s->equity++;
        }
    }
    s->believed = ip_recovery_believed(r);
}

Test(pledges, lends_a_share_of_the_appraisal_and_reckons_with_what_was_recovered)
{
    struct lent s = {.believed = 0.07};
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_set(&lab, "enterprise.assets_share", "0"); /* so that nothing else is pledged */
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = watch_pledges, .context = &s});
    cr_expect_gt(s.patents, 200, "only %lld applications", (long long)s.patents);
    cr_expect_gt(__builtin_fabs(s.believed - 0.07), 1e-4, "nothing was learnt");
    cr_expect_gt(lab_sum(&run, "ip_pledged", -1), 0);
    lab_end(&run);
}

static void town_with_pledges(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.pledges.enabled", "true");
    lab_set(lab, "enterprise.assets_share", "0");
    lab_set(lab, "security.cycle", "0");
}

Test(pledges, advances_on_receivables_what_customers_will_not_hold_back)
{
    struct lent s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_pledges(&lab);
    lab_set(&lab, "security.dilution", "0.4");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1, .hook = watch_pledges, .context = &s});
    cr_expect_gt(s.bills, 30, "only %lld applications", (long long)s.bills);
    lab_end(&run);
}

/* Loans are granted on shares, lenders know that they save nothing, and of the dead they bring nothing. */
Test(pledges, of_shares_is_worth_nothing_when_it_is_needed)
{
    struct lent s = {0};
    struct lab lab;
    struct lab_run run;
    town_with_pledges(&lab);
    lab_set(&lab, "policies.pledges.receivables", "0");
    lab_set(&lab, "policies.pledges.orders", "0");
    lab_set(&lab, "policies.pledges.income", "0");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = watch_pledges, .context = &s});
    cr_expect_gt(s.equity, 100, "only %lld applications", (long long)s.equity);
    cr_expect_gt(lab_int(&run, "loans_by_security", 23, 4), 0);
    cr_expect_gt(lab_sum(&run, "failures", -1), 0);
    int64_t paid = 0;
    for (size_t m = 0; m < 24; m++)
        paid += run.cell[m * run.layout.n + run.layout.flows + FLOW_PLEDGE_PAID].i;
    cr_expect_eq(paid, 0);
    lab_end(&run);
}

/* Profit of lending 2 m on 1.4 m of fixed assets, then on patents beside: by hand, of the loss given default that the bank has
 * learnt fixed assets take away half of 70 %, and patents 0.07 / 0.3 of the other 30 %, not of what is secured already. */
Test(pledges, take_away_of_the_loss_what_better_security_leaves)
{
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    struct region *r = run.world.region;
    struct lending alone = {.rate_max = 0.0};
    struct application none = {.granted = FEN(199999900)}; /* the bank reckons with a yuan more */
    struct application assets = none, both, shares;
    assets.pledge = FEN(140000000);
    assets.by_assets = 1.0f;
    both = shares = assets;
    both.pledge = shares.pledge = FEN(1140000000);
    both.by_assets = shares.by_assets = (float)(1.4 / 11.4);
    both.saves = (float)(10.0 / 11.4 * 0.07 / 0.3);
    both.most = (float)(0.07 / 0.3);
    double pd = 0.05, lgd = r->bank[0].lgd;
    double bare = best_offer(r, &none, pd, &alone, 1).margin;
    double by_assets = best_offer(r, &assets, pd, &alone, 1).margin - bare;
    double by_both = best_offer(r, &both, pd, &alone, 1).margin - bare;
    double by_shares = best_offer(r, &shares, pd, &alone, 1).margin - bare;
    cr_expect_gt(by_assets, 0.0);
    cr_expect_float_eq(by_both / by_assets, (0.35 + 0.3 * 0.07 / 0.3) / 0.35, 0.05, "%g", by_both / by_assets);
    cr_expect_float_eq(by_shares, by_assets, 1e-6);
    cr_expect_lt(by_both, pd * lgd);
    lab_end(&run);
}

/* With a second instance on the same terms nothing is appraised, lent on or paid for twice. */
Test(pledges, of_patents_are_pledged_once_whatever_instances_there_are)
{
    struct lent s = {.believed = 0.07};
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_set(&lab, "policies.ip_pledge.district.enabled", "true");
    lab_set(&lab, "enterprise.assets_share", "0");
    lab_go(&run, &lab, (struct lab_options){.months = 18, .compact_every = -1, .hook = watch_pledges, .context = &s});
    cr_expect_gt(s.patents, 100);
    double appraised = 0.0, fees = 0.0;
    const struct region *r = run.world.region;
    for (size_t k = 0; k < r->loans.n; k++)
        if (r->loans.granted[k] == run.world.month)
            appraised += (double)r->loans.appraised[k];
    fees = 0.01 * (double)r->total.flow[FLOW_APPRAISAL];
    cr_assert_gt(fees, 0.0);
    cr_expect_leq(fees, 0.025 * appraised + 1.0);
    lab_end(&run);
}

/* The market place is open in the months that its budget line pays for: 30,000 yuan a month, 100,000 a year. */
Test(pledges, market_is_closed_when_its_budget_is_spent)
{
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_set(&lab, "security.buyers", "0");
    lab_set(&lab, "policies.ip_market.from", "2020-01");
    lab_set(&lab, "policies.ip_market.buyers", "5 万");
    lab_set(&lab, "policies.ip_market.cost", "36 万");
    lab_set(&lab, "policies.ip_market.budget", "10 万");
    for (int32_t months = 1; months <= 5; months++) {
        lab_go(&run, &lab, (struct lab_options){.months = months, .compact_every = -1});
        int32_t line = lab_line(run.world.region, GROUP_ip_market);
        cr_expect_eq(run.world.region->ip.more.fen, months <= 3 ? 5000000 : 0);
        cr_expect_eq(lab_int(&run, "budget_spent", months - 1, line), months <= 3 ? 3000000 : 0);
        lab_end(&run);
    }
}

/* -- receivables of the failed ----------------------------------------------------------------------------------------------- */
enum { ROWS_MOST = 40000 };
struct failed {
    size_t n;
    uint8_t status[ROWS_MOST];
    int64_t lost, kept;
};

/* Customers hold back all, but from those who had pledged what they owe. */
static void watch_failed(struct world *w, void *context)
{
    struct failed *s = context;
    const struct enterprises *e = &w->region->enterprises;
    const struct region *r = w->region;
    cr_assert(e->n < ROWS_MOST);
    bool quits = false;
    for (int32_t c = 0; c < N_CELLS; c++)
        quits = quits || r->total.item[c][ITEM_QUIT] > 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->status[i] != ACTIVE || e->status[i] != DEAD || quits) /* who gives up is paid as ever */
            continue;
        if ((e->flags[i] & PLEDGED_BILLS) == 0) {
            cr_expect_eq(e->receivable[i].fen, 0);
            s->lost++;
        } else {
            s->kept += e->receivable[i].fen > 0;
        }
    }
    s->n = e->n;
    if (e->n > 0) /* there is no column before */
        memcpy(s->status, e->status, e->n);
}

Test(pledges, in_receivables_is_lost_at_failure_unless_customers_have_acknowledged_the_pledge)
{
    static struct failed s;
    struct lab lab;
    struct lab_run run;
    s = (struct failed){0};
    town_with_pledges(&lab);
    lab_set(&lab, "security.dilution", "1");
    lab_set(&lab, "security.confirmed", "1");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_failed, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.lost, 50);
    cr_expect_gt(s.kept, 5, "only %lld", (long long)s.kept);
}

/* -- compensation ------------------------------------------------------------------------------------------------------------- */
/* A claim of the first bank on a loan with patents pledged whose borrower has been wound up. */
static struct claim *make_claim(struct region *r, int32_t month, uint32_t covers, int64_t principal)
{
    struct claims *c = &r->claims;
    cr_assert_eq(LIST_RESERVE(c, c->n + 1), OK);
    cr_assert_eq(LIST_RESERVE(&c->covers, c->covers.n + MAX_COVERS), OK);
    int32_t chain = chain_of(r, covers);
    struct claim *row = &c->row[c->n++];
    *row = (struct claim){.number = c->next_number++, .filed = month, .granted = month, .chain = (uint16_t)chain};
    row->security = SECURITY_IP;
    row->ended = 1;
    row->loan = row->principal = FEN(principal);
    row->n_covers = (uint8_t)r->chain[chain].n;
    row->covers = (uint32_t)c->covers.n;
    c->covers.n += row->n_covers;
    for (int32_t k = 0; k < row->n_covers; k++)
        covers_of(c, row)[k] =
            (struct claim_cover){.bearer = (uint16_t)r->chain[chain].cover[k].bearer, .decide = month};
    return row;
}

struct planted {
    int32_t month;
    size_t at;
};
static void plant_claims(struct world *w, void *context)
{
    struct planted *p = context;
    struct region *r = w->region;
    if (w->month != p->month)
        return;
    uint32_t fund = 1u << r->line[lab_line(r, GROUP_ip_pledge)].bearer;
    p->at = (size_t)(make_claim(r, w->month, fund, 600000000) - r->claims.row);
    make_claim(r, w->month, fund, 333333333);
    w->claims_kept = 1;
}

/* 30 % of 6 m is 1.8 m: the cap of 1.5 m holds.  Of 3,333,333.33 yuan it is 1,000,000.00. */
Test(pledges, pays_thirty_percent_of_what_is_lost_and_no_more_than_a_million_and_a_half)
{
    struct planted p = {.month = 2020 * 12 + 2};
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 5, .compact_every = 0, .hook = plant_claims, .context = &p});
    const struct claims *c = &run.world.region->claims;
    cr_expect_eq(covers_of(c, &c->row[p.at])->paid.fen, 150000000);
    cr_expect_eq(covers_of(c, &c->row[p.at])->reason, REASON_CAP_LOAN);
    cr_expect_eq(covers_of(c, &c->row[p.at + 1])->paid.fen, 100000000);
    lab_end(&run);
}

/* At whichever bank: all have an agreement with it. */
Test(pledges, lets_the_fund_cover_loans_on_patents)
{
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_set(&lab, "enterprise.assets_share", "0"); /* so that nothing else is pledged */
    lab_set(&lab, "policies.ip_pledge.rate_ceiling", "10");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    const struct region *r = run.world.region;
    int32_t fund = r->line[lab_line(r, GROUP_ip_pledge)].bearer;
    cr_expect_gt(r->bearer[fund].enrolled.fen, 0, "the fund covers nothing");
    cr_expect_eq(lab_int(&run, "cover_enrolled", 23, fund), r->bearer[fund].enrolled.fen);
    cr_expect_eq(lab_int(&run, "cover_partners", 23, fund), r->n_banks);
    lab_end(&run);
}

/* A guarantor who has paid 4 m in full gets 30 % of it back, 1.2 m, but not more than what the cap of 1.5 m leaves. */
Test(pledges, compensates_a_guarantor_who_has_paid_in_full)
{
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_set(&lab, "policies.risk_pool.enabled", "true");
    lab_set(&lab, "policies.risk_pool.share", "0.8");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    struct region *r = run.world.region;
    int32_t k = lab_line(r, GROUP_ip_pledge), fund = r->line[k].bearer;
    int32_t guarantor = r->line[lab_line(r, GROUP_risk_pool)].bearer;
    r->bearer[guarantor].kind = BEARER_GUARANTOR; /* no month follows */
    r->bearer[guarantor].balance = FEN(0);
    r->bearer[fund].balance = FEN(1000000000);
    r->claims.first_open = r->claims.n;
    static const int64_t paid[4] = {400000000, 400000000, 510000000, 300000000}; /* the third: with interest */
    static const int64_t by_fund[4] = {0, 40000000, 0, 0};
    for (int j = 0; j < 4; j++) {
        struct claim *c = make_claim(r, r->month, 1u << guarantor | 1u << fund, 500000000);
        struct claim_cover *d = covers_of(&r->claims, c);
        c->paid_month = r->month;
        for (int n = 0; n < c->n_covers; n++, d++) {
            bool own = d->bearer == fund;
            d->is_decided = 1;
            d->decided = d->paid = FEN(own ? by_fund[j] : paid[j]);
            if (j == 3 && !own) /* not in full yet */
                d->decided = FEN(400000000);
        }
    }
    instrument_of(r, k)->after(r, k);
    int64_t expected = 120000000 + 110000000 + 150000000;
    cr_expect_eq(r->bearer[guarantor].balance.fen, expected);
    cr_expect_eq(r->bearer[fund].balance.fen, 1000000000 - expected);
    instrument_of(r, k)->after(r, k);
    cr_expect_eq(r->bearer[guarantor].balance.fen, expected, "paid twice");
    lab_end(&run);
}

/* The appraiser gets 2.5 % of his figure from the borrower; the budget line owes half of it to him, and 1 % of the loan to the
 * guarantor. */
Test(pledges, has_fees_paid_and_subsidised_when_a_loan_is_granted)
{
    struct lab lab;
    struct lab_run run;
    town_that_pledges(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    struct region *r = run.world.region;
    int32_t k = lab_line(r, GROUP_ip_pledge);
    uint32_t row = 0;
    while (r->enterprises.status[row] != ACTIVE || !enterprise_member(&r->enterprises, row, k))
        row++;
    int32_t guarantor = r->line[lab_line(r, GROUP_risk_pool)].bearer;
    r->bearer[guarantor].kind = BEARER_GUARANTOR;
    r->enterprises.cash[row] = FEN(10000000);
    struct application a = {.row = row, .security = SECURITY_IP, .appraised = 3000000.0f, .covers = 1u << guarantor};
    a.granted = FEN(90000000);
    size_t n = r->dues.n;
    int64_t before = r->total.flow[FLOW_APPRAISAL];
    struct notices t;
    cr_assert_eq(notices_open(&run.world, r, &t, 1), OK);
    instrument_of(r, k)->granted(&t, k, &a);
    cr_assert_eq(notices_settle(r, &t, 1), OK);
    cr_expect_eq(r->total.flow[FLOW_APPRAISAL] - before, 7500000);
    cr_expect_eq(r->enterprises.cash[row].fen, 2500000);
    cr_assert_eq(r->dues.n, n + 2);
    cr_expect(r->dues.row[n].payee == PAYEE_ENTERPRISE && r->dues.row[n].row == row);
    cr_expect_eq(r->dues.row[n].amount.fen, 3750000);
    cr_expect(r->dues.row[n + 1].payee == PAYEE_BEARER && r->dues.row[n + 1].row == (uint32_t)guarantor);
    cr_expect_eq(r->dues.row[n + 1].amount.fen, 900000);
    lab_end(&run);
}
