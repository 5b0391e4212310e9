/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
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
