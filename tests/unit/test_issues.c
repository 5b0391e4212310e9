/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issues of bonds in a town: who gathers and who stays out, who guarantees, what is subsidised; all of them together.  Payments and
 * prices by hand: test_bonds. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/bonds.h>
#include <liandong/mathx.h>
#include <math.h>

static const int32_t start = 2020 * 12;

/* -- gathering --------------------------------------------------------------------------------------------------------------------- */
Test(issues, that_do_not_gather_dissolve)
{
    struct lab lab;
    struct lab_run run;
    lab_notes(&lab, "collective_notes");
    lab_set_of(&lab, "collective_notes", "amount_min", "9 亿");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    cr_expect_gt(lab_sum(&run, "bond_issues_dissolved", -1), 2);
    cr_expect_gt(lab_sum(&run, "bond_left", -1), 5);
    cr_expect_eq(lab_sum(&run, "bond_issued", -1), 0);
    cr_expect_eq(lab_sum(&run, "bond_outstanding", -1), 0);
    lab_end(&run);
}

Test(issues, find_no_window_in_bad_times)
{
    struct lab lab;
    struct lab_run run;
    lab_notes(&lab, "collective_notes");
    lab_set(&lab, "macro.stress @ 2020-01", "-10");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    cr_expect_eq(lab_sum(&run, "bond_issues", -1), 0);
    lab_end(&run);
}

Test(issues, of_a_vehicle_without_capital_for_its_tranche_are_not_sold)
{
    for (int rich = 0; rich < 2; rich++) {
        struct lab lab;
        struct lab_run run;
        lab_notes(&lab, "pcbo");
        lab_set_of(&lab, "pcbo", "members_min", "2");
        lab_set_of(&lab, "pcbo", "capital", rich ? "5000 万" : "5 万");
        lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
        cr_expect(rich ? lab_sum(&run, "bond_issues", -1) > 0 : lab_sum(&run, "bond_issues", -1) == 0);
        lab_end(&run);
    }
}

/* Every fen that a sale brings is owed, held back or paid as a fee; months pass between application and sale. */
struct sold {
    int64_t sales, sold;
    int32_t opened;
};
static void watch_sale(struct world *w, void *context)
{
    struct sold *s = context;
    const struct region *r = w->region;
    const int64_t *f = r->total.flow;
    if (f[FLOW_BOND_OWED] == 0)
        return;
    int64_t in = f[FLOW_BOND_SOLD] + f[FLOW_BOND_JUNIOR];
    cr_expect_eq(f[FLOW_BOND_OWED], r->bond_record.issued.fen);
    cr_expect_leq(f[FLOW_BOND_PROCEEDS] + f[FLOW_BOND_FEES], in);
    cr_expect_gt(f[FLOW_BOND_PROCEEDS] + f[FLOW_BOND_FEES], in - 200);
    cr_expect_lt(in - f[FLOW_BOND_OWED], 1);
    for (size_t k = 0; k < r->issues.n; k++)
        if (r->issues.row[k].sold == w->month && r->issues.row[k].state == ISSUE_SOLD) {
            s->sales++;
            cr_expect_eq(r->issues.row[k].members, 1);
            cr_expect_geq(w->month - r->issues.row[k].opened, 3);
        }
}

Test(issues, of_one_enterprise_bring_it_the_proceeds_after_the_review)
{
    struct sold s = {0};
    struct lab lab;
    struct lab_run run;
    lab_notes(&lab, "tech_notes");
    lab_set_of(&lab, "tech_notes", "review", "3");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_sale, .context = &s});
    cr_expect_gt(s.sales, 3);
    lab_end(&run);
}

/* Licensed guarantors stand behind notes as behind loans: fees in, payouts out, and what they bear is part of what they may. */
static void watch_guarantor(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = w->region;
    int64_t bound = 0, borne = 0;
    for (size_t k = 0; k < r->issues.n; k++)
        if (r->issues.row[k].state == ISSUE_SOLD) {
            cr_expect_geq(r->issues.row[k].guarantor, 0);
            bound += r->issues.row[k].senior.fen;
        }
    for (int32_t p = 0; p < r->n_bearers; p++)
        borne += r->bearer[p].liable.fen;
    cr_expect_geq(borne, bound);
    seen[0] += r->total.flow[FLOW_BOND_FEE_GUARANTOR];
    seen[1] += r->total.flow[FLOW_BOND_BY_GUARANTOR];
}

Test(issues, are_guaranteed_by_licensed_guarantors_as_far_as_those_have_room)
{
    for (int rich = 0; rich < 2; rich++) {
        int64_t seen[2] = {0, 0};
        struct lab lab;
        struct lab_run run;
        lab_notes(&lab, "collective_notes");
        lab_set_of(&lab, "collective_notes", "guarantor", "licensed");
        lab_set_of(&lab, "guarantee", "enabled", "true");
        lab_set_of(&lab, "guarantee", "rate_ceiling", "0");
        lab_set_of(&lab, "guarantee", "payout_max", "1");
        lab_set_of(&lab, "guarantee", "erosion", "10");
        lab_set_of(&lab, "guarantee", "capital", rich ? "2 亿" : "20 万");
        lab_go(&run, &lab,
               (struct lab_options){.months = 48, .compact_every = -1, .hook = watch_guarantor, .context = seen});
        cr_expect(rich ? lab_sum(&run, "bond_issues", -1) > 0 : lab_sum(&run, "bond_issues", -1) == 0);
        cr_expect(rich ? seen[0] > 0 && seen[1] > 0 : seen[0] == 0);
        lab_end(&run);
    }
}

/* -- who takes part ------------------------------------------------------------------------------------------------------------------ */
struct quality {
    double issuers, sum, error, overstated, all;
};
static void watch_quality(struct world *w, void *context)
{
    struct quality *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct bond *q = &r->bonds.row[k];
        const struct issue *issue = bonds_issue(r, q->issue);
        if (issue == NULL || !q->sold || issue->sold != w->month)
            continue;
        double true_q = (double)r->enterprises.quality[q->row], off = (double)q->expected - true_q;
        s->issuers += 1.0;
        s->sum += true_q;
        s->error += off * off;
        s->overstated += q->overstated;
    }
}

static struct quality qualities(struct lab *lab, uint32_t runs)
{
    struct quality s = {0};
    for (uint32_t k = 0; k < runs; k++) {
        struct lab_run run;
        lab_go(&run, lab,
               (struct lab_options){.run = k, .months = 36, .compact_every = -1, .hook = watch_quality, .context = &s});
        lab_end(&run);
    }
    cr_expect_gt(s.issuers, 20.0);
    return s;
}

/* Where issuers answer for each other they leave out the worst of those whom they know; where they do not, they need not know. */
Test(issuers, who_answer_for_each_other_are_better_the_more_they_know_of_each_other)
{
    double mean[3];
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        lab_notes(&lab, "collective_notes");
        lab_set_of(&lab, "collective_notes", "cost", "0");
        lab_set_of(&lab, "collective_notes", "cross", k == 0 ? "0" : "0.5");
        lab_set_of(&lab, "collective_notes", "peers", k == 2 ? "0.4" : "0");
        struct quality s = qualities(&lab, 6);
        mean[k] = s.sum / s.issuers;
    }
    cr_expect_gt(mean[2], mean[0] + 0.1, "%g, %g, %g", mean[0], mean[1], mean[2]);
    cr_expect_gt(mean[2], mean[1] + 0.1);
}

Test(issuers, are_seen_more_precisely_under_disclosure_liability)
{
    double error[2];
    for (int liable = 0; liable < 2; liable++) {
        struct lab lab;
        lab_notes(&lab, "collective_notes");
        lab_set_of(&lab, "disclosure", "enabled", liable ? "true" : "false");
        lab_set_of(&lab, "disclosure", "auc", "0.25");
        struct quality s = qualities(&lab, 4);
        error[liable] = s.error / s.issuers;
    }
    cr_expect_lt(error[1], 0.8 * error[0], "%g after %g", error[1], error[0]);
}

Test(issuers, without_scruples_tell_the_truth_only_where_it_pays)
{
    double false_papers[2];
    for (int liable = 0; liable < 2; liable++) {
        struct lab lab;
        lab_notes(&lab, "collective_notes");
        lab_set(&lab, "integrity.share", "1");
        lab_set_of(&lab, "disclosure", "enabled", "true");
        lab_set_of(&lab, "disclosure", "penalty", liable ? "3" : "0");
        struct quality s = qualities(&lab, 2);
        false_papers[liable] = s.overstated / s.issuers;
    }
    cr_expect_float_eq(false_papers[0], 1.0, 1e-9);
    cr_expect_float_eq(false_papers[1], 0.0, 1e-9);
}

/* -- subsidy -------------------------------------------------------------------------------------------------------------------------- */
static void watch_coupons(struct world *w, void *context)
{
    int64_t *checked = context;
    static int64_t paid[40000];
    const struct region *r = w->region;
    cr_assert_lt(r->enterprises.n, 40000);
    if (w->month % 12 == 0 && w->month > start)
        for (size_t k = 0; k < r->dues.n; k++) {
            const struct due *d = &r->dues.row[k];
            cr_expect_eq(d->amount.fen, ld_round_half_even((double)paid[d->row] * 0.4));
            cr_expect_eq(d->month, w->month + 3);
            *checked += 1;
        }
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        paid[i] = bonds_coupons(r, i).fen;
}

Test(subsidy, refunds_coupons_of_the_year_before_to_the_fen)
{
    int64_t checked = 0;
    struct lab lab;
    struct lab_run run;
    lab_notes(&lab, "collective_notes");
    lab_set_of(&lab, "bond_subsidy", "from", "2020-01");
    lab_set_of(&lab, "bond_subsidy", "share", "0.4");
    lab_set_of(&lab, "bond_subsidy", "cap_firm", "1 亿");
    lab_set_of(&lab, "bond_subsidy", "budget", "1 亿");
    lab_set_of(&lab, "bond_subsidy", "claim_lag", "3");
    lab_go(&run, &lab,
           (struct lab_options){.months = 40, .compact_every = 0, .hook = watch_coupons, .context = &checked});
    cr_expect_gt(checked, 5);
    cr_expect_gt(lab_sum(&run, "budget_spent", -1), 0);
    lab_end(&run);
}

Test(subsidy, of_buyers_lowers_what_issuers_pay)
{
    double rate[2];
    for (int paid = 0; paid < 2; paid++) {
        struct lab lab;
        struct lab_run run;
        lab_notes(&lab, "collective_notes");
        lab_set_of(&lab, "bond_subsidy", "enabled", paid ? "true" : "false");
        lab_set_of(&lab, "bond_subsidy", "reward", "0.02");
        lab_set_of(&lab, "bond_subsidy", "budget", "1 亿");
        lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
        rate[paid] = lab_real(&run, "bond_rate", 35, -1);
        lab_end(&run);
    }
    cr_expect_lt(rate[1], rate[0] - 0.002, "%g after %g", rate[1], rate[0]);
}

/* Surplus of an issue as a row sees it, where so much of coupons is refunded. */
static double surplus_with(struct rows *t, uint32_t i, double share)
{
    const struct bond_need need = {.needs = 1e12, .value = 3e12, .years = 2.0};
    double surplus = 0.0;
    int32_t k = lab_line(t->r, GROUP_bond_subsidy);
    struct bond_subsidy_params *q = (struct bond_subsidy_params *)(uintptr_t)POLICY(t->r, k, bond_subsidy);
    q->share = share;
    return bonds_choose(t, i, &need, &surplus) < 0 ? NAN : surplus;
}

Test(subsidy, is_counted_on_in_proportion_by_issuers_who_know_of_it)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen = 0;
    lab_notes(&lab, "collective_notes");
    lab_set_of(&lab, "bond_subsidy", "enabled", "true");
    lab_set_of(&lab, "bond_subsidy", "share", "0.1");
    lab_watch(&run, &lab, 12, NULL, NULL);
    static struct scratch scratch;
    struct rows t = lab_rows(&run.world);
    t.s = &scratch;
    for (uint32_t i = 0; i < t.e->n; i++) {
        scratch.asked_row = UINT32_MAX; /* nobody yet */
        t.lo = i / TILE * TILE;
        t.hi = t.lo + TILE < t.e->n ? t.lo + TILE : (uint32_t)t.e->n;
        bonds_note(&t);
        if (t.e->status[i] != ACTIVE)
            continue;
        double none = surplus_with(&t, i, 0.0), some = surplus_with(&t, i, 0.2), more = surplus_with(&t, i, 0.4);
        if (isnan(none))
            continue;
        bool knows = enterprise_knows(&t, i, 27);
        cr_expect(knows ? some > none : some == none);
        cr_expect_float_eq(more - none, 2.0 * (some - none), 1e-6 * fabs(none));
        seen += knows;
    }
    cr_expect_gt(seen, 20);
    lab_end(&run);
}

/* Needs of all sizes, as well worth meeting as not. */
Test(issues, are_never_worth_more_than_their_bound)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen = 0;
    lab_notes(&lab, "collective_notes");
    lab_watch(&run, &lab, 12, NULL, NULL);
    static struct scratch scratch;
    struct rows t = lab_rows(&run.world);
    t.s = &scratch;
    for (uint32_t i = 0; i < t.e->n; i++) {
        t.lo = i / TILE * TILE;
        t.hi = t.lo + TILE < t.e->n ? t.lo + TILE : (uint32_t)t.e->n;
        bonds_note(&t);
        for (int k = 0; k < 12 && t.e->status[i] == ACTIVE; k++) {
            double needs = 1e5 * (1 << k), surplus;
            const struct bond_need need = {
                .needs = needs, .value = needs * (0.5 + k % 4), .years = 1.0 + k % 3, .expires = k % 2 * 24};
            scratch.asked_row = UINT32_MAX;
            if (bonds_choose(&t, i, &need, &surplus) < 0)
                continue;
            cr_expect_leq(surplus, bonds_most(t.r, &need));
            seen++;
        }
    }
    cr_expect_gt(seen, 100);
    lab_end(&run);
}

/* A note of one enterprise costs 20 thousand, and 30 thousand more where its papers are looked into. */
static void watch_fees(struct world *w, void *context)
{
    int64_t *sold = context;
    const struct region *r = w->region;
    cr_expect_eq(r->total.flow[FLOW_BOND_FEES], r->bond_record.issues * 5000000);
    sold[0] += r->bond_record.issues;
}

Test(issuers, pay_for_the_liability_of_who_writes_their_papers)
{
    int64_t sold = 0;
    struct lab lab;
    struct lab_run run;
    lab_notes(&lab, "tech_notes");
    lab_set_of(&lab, "tech_notes", "underwriting", "0");
    lab_set_of(&lab, "disclosure", "enabled", "true");
    lab_set_of(&lab, "disclosure", "cost", "3 万");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_fees, .context = &sold});
    cr_expect_gt(sold, 3);
    lab_end(&run);
}

/* -- all of them ------------------------------------------------------------------------------------------------------------------------ */
static void all_bonds(struct lab *lab)
{
    static const enum group groups[] = {GROUP_collective_notes, GROUP_pcbo,         GROUP_ip_securitisation,
                                        GROUP_tech_notes,       GROUP_bond_subsidy, GROUP_repayment_fund,
                                        GROUP_disclosure};
    lab_town(lab);
    for (size_t k = 0; k < sizeof groups / sizeof groups[0]; k++)
        lab_policy(lab, groups[k]);
}

static int64_t digest_of(const struct lab *lab, struct lab_options options, char text[SHA256_TEXT])
{
    struct lab_run run;
    options.months = 48;
    lab_go(&run, lab, options);
    lab_digest(&run, 0, 48, text);
    int64_t issued = lab_sum(&run, "bond_issues", -1);
    lab_end(&run);
    return issued;
}

Test(bonds, show_no_trace_of_threads_or_compaction)
{
    struct lab lab;
    char a[SHA256_TEXT], b[SHA256_TEXT];
    all_bonds(&lab);
    cr_expect_gt(digest_of(&lab, (struct lab_options){.compact_every = -1}, a), 5);
    digest_of(&lab, (struct lab_options){.compact_every = 1, .threads = 2}, b);
    cr_expect_str_eq(a, b);
    digest_of(&lab, (struct lab_options){.compact_every = 0, .threads = 2}, b);
    cr_expect_str_eq(a, b);
}

/* Principal that was issued is repaid, recovered, lost, or still owed; what trustees took they have paid out or hold. */
struct sums {
    int64_t flow[N_FLOWS];
};
static void sum_flows(struct world *w, void *context)
{
    struct sums *s = context;
    for (int f = 0; w->month >= w->first_month && f < N_FLOWS; f++)
        s->flow[f] += w->region->total.flow[f];
}

Test(bonds, conserve_principal_and_money)
{
    static struct sums s;
    struct lab lab;
    struct lab_run run;
    all_bonds(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 60, .compact_every = -1, .hook = sum_flows, .context = &s});
    const int64_t *f = s.flow, *balance = run.world.region->balance;
    cr_expect_gt(f[FLOW_BOND_REPAID], 0);
    cr_expect_gt(f[FLOW_BOND_LOST], 0);
    cr_expect_eq(f[FLOW_BOND_OWED],
                 f[FLOW_BOND_REPAID] + f[FLOW_BOND_RECOVERED] + f[FLOW_BOND_LOST] + balance[ACCOUNT_BONDS]);
    int64_t in = f[FLOW_BOND_SOLD] + f[FLOW_BOND_JUNIOR] + f[FLOW_BOND_COUPON] + f[FLOW_BOND_REPAID] +
                 f[FLOW_BOND_RECOVERED] + f[FLOW_BOND_CROSS] + f[FLOW_BOND_GUARANTEED] + f[FLOW_BOND_FUND_PAID] +
                 f[FLOW_BOND_PENALTY];
    int64_t out =
        f[FLOW_BOND_PROCEEDS] + f[FLOW_BOND_FEES] + f[FLOW_BOND_SENIOR] + f[FLOW_BOND_BODY] + f[FLOW_BOND_RETURNED];
    cr_expect_eq(in - out, balance[ACCOUNT_BOND_TRUSTS]);
    lab_end(&run);
}

/* -- short cuts ----------------------------------------------------------------------------------------------------------------- */
static void look_both_ways(struct world *w, void *context)
{
    int32_t *found = context;
    struct region *r = &w->region[0];
    uint32_t last = r->issues.n > 0 ? r->issues.row[r->issues.n - 1].number + 2 : 0;
    for (uint32_t number = 0; number <= last; number++) {
        const struct issue *listed = bonds_issue(r, number), *searched = NULL;
        for (size_t k = 0; k < r->issues.n; k++)
            searched = r->issues.row[k].number == number ? &r->issues.row[k] : searched;
        cr_expect_eq(listed, searched, "issue %u", (unsigned)number);
        *found += listed != NULL;
        found[1] += listed == NULL && number + 2 < last;
    }
}

Test(issues, are_found_by_the_table_of_places_as_by_looking_at_all)
{
    struct lab lab;
    struct lab_run run;
    int32_t found[2] = {0};
    lab_notes(&lab, "collective_notes");
    lab_set_of(&lab, "collective_notes", "term", "12");
    lab_go(&run, &lab,
           (struct lab_options){.months = 48, .compact_every = 5, .hook = look_both_ways, .context = found});
    lab_end(&run);
    cr_expect_gt(found[0], 20);
    cr_expect_gt(found[1], 20, "some have left the list");
}
