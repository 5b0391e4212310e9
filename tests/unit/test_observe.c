/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/observe.h>
#include <string.h>

static void make_town(struct setup *s, struct record_layout *layout, struct diag *diag)
{
    static const char *const given[][2] = {
        {"start",                      "2020-01"},
        {"months",                     "72"     },
        {"burn_in",                    "60"     },
        {"founders.per_month",         "12"     },
        {"policies.risk_pool.from",    "2020-01"},
        {"policies.risk_pool.capital", "20 m"   },
    };
    enum { N = sizeof given / sizeof given[0] };
    struct assignment a[N];
    for (size_t k = 0; k < N; k++)
        a[k] = (struct assignment){
            .key = given[k][0], .value = given[k][1], .date = NO_DATE, .layer = 1, .at = {"test", (int)k + 1, 1}
        };
    diag_init(diag);
    cr_assert_eq(setup_build(s, a, N, diag), OK);
    cr_assert_eq(record_layout_init(layout, s), OK);
}

Test(observe, sees_the_same_with_any_number_of_threads)
{
    struct setup s;
    struct record_layout layout;
    struct diag diag;
    struct observation one, two;
    make_town(&s, &layout, &diag);
    struct simulation simulation = {.setup = &s, .layout = &layout};
    cr_assert_eq(observe_run(&simulation, 0, 1, &one, &diag), OK);
    cr_assert_eq(observe_run(&simulation, 0, 2, &two, &diag), OK);
    cr_assert_eq(memcmp(one.defaults, two.defaults, sizeof one.defaults), 0);
    for (int k = 0; k < N_FACTS; k++)
        cr_assert(one.value[k] == two.value[k] || (isnan(one.value[k]) && isnan(two.value[k])), "%s: %g %g",
                  fact_table[k].name, one.value[k], two.value[k]);
    cr_assert_gt(one.value[FACT_share_with_loan], 0.0);
    cr_assert_lt(one.value[FACT_survival_5], 100.0);
    record_layout_free(&layout);
    setup_free(&s);
    diag_free(&diag);
}

Test(observe, leaves_what_it_did_not_see_unmeasured)
{
    struct setup s;
    struct record_layout layout;
    struct diag diag;
    struct observation o;
    make_town(&s, &layout, &diag);
    struct simulation simulation = {.setup = &s, .layout = &layout};
    cr_assert_eq(observe_run(&simulation, 0, 1, &o, &diag), OK);
    cr_assert(isnan(o.value[FACT_pool_firms_2020]), "the pool of a later start was counted from the beginning");
    cr_assert(!isnan(o.value[FACT_growth_2023]));
    record_layout_free(&layout);
    setup_free(&s);
    diag_free(&diag);
}

Test(observe, states_a_source_and_an_interval_for_every_prediction)
{
    for (int k = 0; k < N_FACTS; k++) {
        const struct fact_desc *d = &fact_table[k];
        cr_assert(*d->source != '\0' && *d->en != '\0' && *d->zh != '\0', "%s", d->name);
        if (d->kind == PREDICTED)
            cr_assert(d->low <= d->high && isfinite(d->high), "%s", d->name);
    }
}

/* 10 of 96 m are public, 48 m are in four enterprises, three of which it has sold; the other closed a month too early. */
Test(observe, tells_of_sub_funds_what_a_city_would_the_sold_included)
{
    static struct region r;
    double value[N_FACTS] = {0.0};
    struct fund fund[2] = {
        {.opened = 100, .held = 1, .backed = 4, .invested = YUAN(48000000)},
        {.opened = 99 }
    };
    for (int k = 0; k < 2; k++) {
        fund[k].committed[PARTNER_PUBLIC] = YUAN(20000000);
        fund[k].called[PARTNER_PUBLIC] = YUAN(10000000);
        fund[k].called[PARTNER_PRIVATE] = YUAN(86000000);
    }
    r.funds = (struct funds){.n = 2, .row = fund};
    sub_funds_say(&r, 100, value);
    cr_expect_eq(value[FACT_sub_funds], 1.0);
    cr_expect_eq(value[FACT_sub_fund_paid_in], 96.0);
    cr_expect_eq(value[FACT_mother_fund_paid_in], 10.0);
    cr_expect_eq(value[FACT_sub_fund_others], 86.0);
    cr_expect_eq(value[FACT_guide_leverage], 8.6);
    cr_expect_eq(value[FACT_sub_fund_projects], 4.0);
    cr_expect_eq(value[FACT_sub_fund_share], 50.0);
    cr_expect_eq(value[FACT_sub_fund_ticket], 12.0);
}

Test(observe, counts_issues_of_an_instrument_in_the_month_of_their_sale)
{
    static struct lab lab;
    struct lab_run run;
    struct sold_issues notes = {.n = 0.0}, ip = {.n = 0.0};
    lab_town(&lab);
    lab_set_of(&lab, "tech_notes", "enabled", "true");
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct region r = run.world.region[0];
    uint16_t k = (uint16_t)lab_line(&r, GROUP_tech_notes);
    struct issue issue[] = {
        {.instance = k, .state = ISSUE_SOLD,     .sold = r.month,     .principal = YUAN(30)},
        {.instance = k, .state = ISSUE_SOLD,     .sold = r.month - 1, .principal = YUAN(40)},
        {.instance = k, .state = ISSUE_PREPARED, .sold = r.month,     .principal = YUAN(50)}
    };
    r.issues = (struct issues){.n = 3, .row = issue};
    issues_watch(&notes, &r, GROUP_tech_notes);
    issues_watch(&ip, &r, GROUP_ip_securitisation);
    cr_expect(notes.stood && notes.n == 1.0 && notes.yuan == 30.0);
    cr_expect(!ip.stood && ip.n == 0.0);
    lab_end(&run);
}
