/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The working group of departments: when it decides what, what its office costs, and what happens without. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>

static const int32_t start = 2020 * 12; /* a month of a meeting each quarter; six months after one each seven */

static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"policies.interest_subsidy.from",      "2020-01"},
        {"policies.interest_subsidy.share",     "0.5"    },
        {"policies.interest_subsidy.budget",    "1 亿"  },
        {"policies.interest_subsidy.claim_lag", "9"      },
        {"policies.risk_pool.enabled",          "true"   },
        {"policies.risk_pool.capital",          "1 亿"  },
        {"policies.risk_pool.share",            "0.5"    },
        {"policies.risk_pool.delay",            "8"      },
        {"policies.working_group.from",         "2020-01"},
        {"policies.working_group.cost",         "1 万"  },
        {"policies.working_group.budget",       "12 万" },
        {NULL,                                  NULL     },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

struct seen {
    int32_t meets, carries_out, office; /* months of the year in which the office is paid */
    int32_t lag, delay;
    bool claims, covers;
    int64_t dues, filed, hurried;
    uint32_t number; /* of the next claim */
};

static int32_t expected(const struct seen *s, const struct region *r, bool mine, int32_t months)
{
    int32_t month = r->month, wait = (s->meets - month % s->meets) % s->meets + s->carries_out;
    return mine && month >= start && month % 12 < s->office && wait < months ? wait : months;
}

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    w->claims_kept = 1;
    if (w->month >= start && w->month % 12 == 0)
        for (size_t k = 0; k < r->dues.n; k++, s->dues++)
            cr_expect_eq(r->dues.row[k].month, w->month + expected(s, r, s->claims, s->lag));
    for (size_t k = 0; k < r->claims.n; k++) {
        const struct claim *c = &r->claims.row[k];
        if (c->filed != w->month || w->month < start)
            continue;
        int32_t months = expected(s, r, s->covers, s->delay);
        cr_expect_eq(covers_of(&r->claims, c)->decide - c->filed, months);
        s->hurried += months < s->delay;
        s->filed++;
    }
}

static void go(struct seen *s, const struct lab_value values[])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch, .context = s});
    int32_t line = lab_line(run.world.region, GROUP_working_group);
    for (int32_t m = 0; m < 24; m++)
        cr_expect_eq(lab_int(&run, "budget_spent", m, line), m % 12 < s->office ? 1000000 : 0);
    cr_expect_gt(s->dues, 50);
    cr_expect_gt(s->filed, 30);
    lab_end(&run);
}

Test(working_group, decides_at_the_next_joint_meeting_what_was_filed)
{
    struct seen s = {.meets = 3, .carries_out = 1, .office = 12, .lag = 9, .delay = 8, .claims = true, .covers = true};
    go(&s, NULL);
    cr_expect_eq(s.hurried, s.filed);
}

Test(working_group, leaves_to_the_departments_what_would_wait_longer_for_it)
{
    struct seen s = {.meets = 7, .carries_out = 2, .office = 12, .lag = 2, .delay = 5, .claims = true, .covers = true};
    const struct lab_value values[] = {
        {"policies.working_group.meets",        "7" },
        {"policies.working_group.carries_out",  "2" },
        {"policies.interest_subsidy.claim_lag", "2" },
        {"policies.risk_pool.delay",            "5" },
        {NULL,                                  NULL}
    };
    go(&s, values);
    cr_expect(s.hurried > 0 && s.hurried < s.filed, "%lld of %lld", (long long)s.hurried, (long long)s.filed);
}

Test(working_group, decides_nothing_in_months_that_its_office_is_not_paid)
{
    struct seen s = {.meets = 3, .carries_out = 1, .office = 5, .lag = 9, .delay = 8, .claims = true, .covers = true};
    const struct lab_value values[] = {
        {"policies.working_group.budget", "59999"},
        {NULL,                            NULL   }
    };
    s.office = 5;
    go(&s, values);
    cr_expect(s.hurried > 0 && s.hurried < s.filed);
}

Test(working_group, decides_only_matters_that_come_before_it)
{
    struct seen s = {.meets = 3, .carries_out = 1, .office = 12, .lag = 9, .delay = 8, .claims = true};
    const struct lab_value values[] = {
        {"policies.working_group.covers", "false"},
        {NULL,                            NULL   }
    };
    go(&s, values);
    cr_expect_eq(s.hurried, 0);
}

/* Refills and the districts' part: 3 months by themselves, one after a meeting. */
static void watch_capital(struct world *w, void *context)
{
    int32_t *arrived = context;
    const struct region *r = w->region;
    if (r->total.flow[FLOW_POOL_DISTRICT] > 0 && *arrived == 0)
        *arrived = w->month - start;
}

static int32_t district_money_arrives(const char *levels)
{
    int32_t arrived = 0;
    struct lab lab;
    struct lab_run run;
    const struct lab_value values[] = {
        {"policies.risk_pool.enabled",    "false"  },
        {"policies.risk_pool.from",       "2020-01"},
        {"policies.risk_pool.funding",    "tiered" },
        {"policies.working_group.levels", levels   },
        {NULL,                            NULL     }
    };
    town(&lab, values);
    lab_go(&run, &lab,
           (struct lab_options){.months = 12, .compact_every = 0, .hook = watch_capital, .context = &arrived});
    lab_end(&run);
    return arrived;
}

Test(working_group, brings_money_of_other_levels_where_they_are_linked)
{
    cr_expect_eq(district_money_arrives("true"), 1);
    cr_expect_eq(district_money_arrives("false"), 3);
}

/* Only the living are reimbursed: what comes earlier reaches more of them. */
Test(working_group, delay_loses_those_who_die_meanwhile)
{
    int64_t paid[2];
    for (int k = 0; k < 2; k++) {
        struct lab lab;
        struct lab_run run;
        const struct lab_value values[] = {
            {"policies.working_group.claims", k > 0 ? "true" : "false"},
            {"policies.working_group.covers", "false"                 },
            {NULL,                            NULL                    }
        };
        town(&lab, values);
        lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1});
        paid[k] = 0;
        for (int32_t m = 0; m < 12; m++)
            paid[k] += lab_int(&run, "budget_spent", m, lab_line(run.world.region, GROUP_interest_subsidy));
        lab_end(&run);
    }
    cr_expect_gt(paid[1], paid[0]);
}
