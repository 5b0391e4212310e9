/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an office sees: the ledger to the fen, a world against itself, whose policy it is, and what lag and floor hide. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/office.h>
#include <string.h>

static const int32_t horizon[FATE_HORIZONS] = {12, 30, 0};
static struct fates fates[2];
static struct office office[2];
static struct sample seen, truth;

static void end(void)
{
    for (int k = 0; k < 2; k++) {
        fates_free(&fates[k]);
        office_free(&office[k]);
    }
    sample_free(&seen);
    sample_free(&truth);
}
TestSuite(office, .fini = end);

struct watching {
    int world;
    const struct office_rule *rule;
    int64_t listed, flowed; /* fen paid to enterprises */
};

/* By the flows of all instruments from budget lines to enterprises, each flow once. */
static int64_t claims_paid(const struct region *r)
{
    int64_t sum = 0;
    for (int f = 0; f < N_FLOWS; f++) {
        bool claims = false;
        for (int32_t k = 0; k < r->n_instances; k++)
            claims = claims || (int)instrument_of(r, k)->flow == f;
        claims = claims && flow_table[f].from == ACCOUNT_BUDGET && flow_table[f].to == ACCOUNT_ENTERPRISES;
        sum += claims ? r->total.flow[f] : 0;
    }
    return sum;
}

static void watch(struct world *w, void *context)
{
    struct watching *x = context;
    const int32_t start = 2020 * 12;
    if (w->month + 1 == start) {
        w->paid_kept = true;
        cr_assert_eq(fates_begin(&fates[x->world], w), OK);
        cr_assert_eq(office_begin(&office[x->world], &fates[x->world], w, x->rule), OK);
    }
    if (w->month + 1 <= start)
        return;
    fates_month(&fates[x->world], w, horizon);
    office_month(&office[x->world], &fates[x->world], w, x->rule, horizon);
    const struct region *r = &w->region[0];
    for (size_t k = 0; k < r->paid.n; k++)
        x->listed += r->paid.row[k].amount.fen;
    x->flowed += claims_paid(r);
}

static void live(struct watching *x, const char *share, int compact_every)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policies(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "150");
    lab_set(&lab, "regions.town.policies.interest_subsidy.share @ 2020-01", share);
    lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = compact_every, .hook = watch, .context = x});
    lab_end(&run);
}

/* All instances are the policy. */
static struct office_rule everything(int32_t lag, money floor)
{
    struct office_rule rule = {.lag = lag, .floor = floor, .any = true};
    memset(rule.concerned, 0xff, sizeof rule.concerned);
    return rule;
}

static int64_t at(const struct sample *table, size_t columns, size_t row, size_t column)
{
    return table->cell[row * columns + column].i;
}

Test(office, the_list_of_payments_adds_up_to_the_flows_to_the_fen)
{
    struct office_rule rule = everything(6, YUAN(0));
    struct watching x = {0, &rule, 0, 0};
    live(&x, "0.5", 12);
    cr_assert(x.flowed > 0, "nothing was paid, so nothing is shown");
    cr_assert_eq(x.listed, x.flowed);
    int64_t received = 0;
    for (size_t k = 0; k < office[0].n; k++)
        received += office[0].one[k].received;
    cr_assert(received > 0 && received < x.flowed, "those founded since are paid, too");
}

Test(office, in_a_world_against_itself_what_is_true_and_what_is_seen_are_the_same_and_no_compaction_shows)
{
    struct office_rule rule = everything(0, YUAN(0));
    struct watching a = {0, &rule, 0, 0}, b = {1, &rule, 0, 0};
    live(&a, "0.5", 12);
    live(&b, "0.5", 1);
    const struct office_world base = {&fates[0], &office[0]}, variant = {&fates[1], &office[1]};
    cr_assert_eq(office_rows(&seen, &truth, base, variant, 4, 2, horizon), OK);
    size_t rows = truth.n / TRUTH_COLUMNS, dead = 0, treated = 0;
    cr_assert(rows > 1000 && rows % 3 == 0 && seen.n == rows * OFFICE_COLUMNS);
    for (size_t k = 0; k < rows; k++) {
        for (size_t c = 7; c < 15; c += 2)
            cr_assert_eq(at(&truth, TRUTH_COLUMNS, k, c), at(&truth, TRUTH_COLUMNS, k, c + 1));
        for (size_t c = 0; c < 4; c++)
            cr_assert_eq(at(&truth, TRUTH_COLUMNS, k, c), at(&seen, OFFICE_COLUMNS, k, c));
        cr_assert_eq(at(&seen, OFFICE_COLUMNS, k, 9), at(&truth, TRUTH_COLUMNS, k, 16));
        if (at(&seen, OFFICE_COLUMNS, k, 3) != 30) /* Decembers: nothing is late, and nothing below the floor */
            for (size_t c = 9; c < 12; c++)
                cr_assert_eq(at(&seen, OFFICE_COLUMNS, k, c), at(&truth, TRUTH_COLUMNS, k, 10 + 2 * (c - 9)));
        dead += at(&truth, TRUTH_COLUMNS, k, 8) == 0;
        treated += at(&seen, OFFICE_COLUMNS, k, 14) == 1;
    }
    cr_assert(dead > 10 && treated > 10, "%zu %zu", dead, treated);
}

Test(office, a_lag_hides_the_young_and_the_last_report_and_a_floor_hides_small_loans)
{
    struct office_rule now = everything(0, YUAN(0)), late = everything(7, YUAN(1000000));
    struct watching a = {0, &now, 0, 0}, b = {1, &late, 0, 0};
    live(&a, "0.5", 12);
    live(&b, "0.5", 12);
    int64_t loans[2] = {0, 0};
    size_t listed[2] = {0, 0};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < office[k].n; i++) {
            const struct office_one *one = &office[k].one[i];
            listed[k] += one->listed;
            loans[k] += one->at[2].loans;
            cr_assert(!one->at[2].fresh || one->at[2].report == (k == 0 ? 2021 * 12 + 11 : 2020 * 12 + 11));
            cr_assert(k == 0 || (!one->at[1].fresh && one->at[1].report == one->at[0].report));
            cr_assert(one->at[2].reported || (one->at[2].staff == 0 && one->at[2].sales <= 0.0));
        }
    cr_assert(listed[1] + 50 < listed[0] && listed[1] > 100);
    cr_assert(loans[1] > 0 && loans[1] < loans[0]);
}

/* -- whose policy it is -------------------------------------------------------------------------------------------------- */
static void rule_of(struct office_rule *rule, struct lab *base, struct lab *variant)
{
    struct lab_run a, b;
    lab_go(&a, base, (struct lab_options){.months = 1, .compact_every = -1});
    lab_go(&b, variant, (struct lab_options){.months = 1, .compact_every = -1});
    *rule = (struct office_rule){.lag = 3};
    cr_assert_eq(office_rule_of(rule, &a.setup, &b.setup, a.setup.world.start), OK);
    lab_end(&a);
    lab_end(&b);
}

static int bits(const struct office_rule *rule)
{
    int n = 0;
    for (size_t k = 0; k < sizeof rule->concerned / sizeof rule->concerned[0]; k++)
        n += __builtin_popcountll(rule->concerned[k]);
    return n;
}

Test(office, the_policy_is_what_differs_and_stands_and_its_thresholds_are_those_of_its_first_month)
{
    struct lab base, variant;
    struct office_rule rule;
    lab_town(&base);
    lab_set(&base, "regions.town.policies.risk_pool.enabled", "true");
    variant = base;
    rule_of(&rule, &base, &variant);
    cr_assert(!rule.any && bits(&rule) == 0 && rule.n_thresholds == 0 && rule.lag == 3);
    lab_set(&variant, "regions.town.policies.interest_subsidy.sales_max", "1e7"); /* it never stands */
    rule_of(&rule, &base, &variant);
    cr_assert(!rule.any);
    lab_set(&variant, "regions.town.policies.interest_subsidy.enabled @ 2020-06", "true");
    lab_set(&variant, "regions.town.policies.interest_subsidy.sales_max @ 2020-03", "2e7");
    lab_set(&variant, "regions.town.policies.interest_subsidy.sales_max @ 2020-09", "3e7");
    rule_of(&rule, &base, &variant);
    cr_assert(rule.any && !rule.in_base && bits(&rule) == 1);
    cr_assert_eq(rule.n_thresholds, 1u); /* age_max stands at the end of its range */
    cr_assert_str_eq(rule.threshold[0].name, "interest_subsidy.sales_max");
    cr_assert(rule.threshold[0].score == OFFICE_SALES && rule.threshold[0].value > 1.99e7 &&
              rule.threshold[0].value < 2.01e7 && !rule.threshold[0].differs);
    lab_set(&variant, "regions.town.policies.risk_pool.share @ 2020-02", "0.7");
    rule_of(&rule, &base, &variant);
    cr_assert(rule.any && rule.in_base && bits(&rule) == 2 && rule.n_thresholds == 2);
    cr_assert_str_eq(rule.threshold[0].name, "risk_pool.loan_max");
}
