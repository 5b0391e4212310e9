/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a policy starts: the first month from which two scenarios are not the same. */
#include <criterion/criterion.h>
#include <liandong/parting.h>
#include <liandong/triggers.h>
#include <stdlib.h>
#include <string.h>

enum { START = 2016 * 12, JULY_2018 = 2018 * 12 + 6, MOST = 12 };
struct line {
    const char *key, *value;
    int32_t date;
};

static void build(struct setup *s, const struct line *line)
{
    const struct place at = {"x.yml", 1, 1};
    struct assignment given[MOST] = {
        {"start",                                 "2016-01", NO_DATE, 0, at, NULL},
        {"months",                                "60",      NO_DATE, 0, at, NULL},
        {"regions.town.enterprises.initial",      "100",     NO_DATE, 0, at, NULL},
        {"regions.town.policies.risk_pool.share", "0.4",     NO_DATE, 0, at, NULL},
    };
    struct diag diag;
    size_t n = 4;
    for (; line->key != NULL; line++)
        given[n++] = (struct assignment){line->key, line->value, line->date, 1, at, NULL};
    diag_init(&diag);
    if (setup_build(s, given, n, &diag) != OK) {
        diag_print(&diag, stderr);
        abort();
    }
    diag_free(&diag);
}

/* Either way round. */
static int32_t parting(const struct line *base, const struct line *variant)
{
    struct setup a, b;
    int32_t month, other;
    build(&a, base);
    build(&b, variant);
    cr_assert_eq(setups_part(&a, &b, &month), OK);
    cr_assert_eq(setups_part(&b, &a, &other), OK);
    cr_assert_eq(month, other);
    setup_free(&a);
    setup_free(&b);
    return month;
}

static const struct line none[] = {{.key = NULL}};

Test(parting, of_equal_scenarios_never_comes)
{
    cr_expect_eq(parting(none, none), INT32_MAX);
}

Test(parting, is_the_month_of_a_dated_value)
{
    const struct line tax[] = {
        {"regions.town.government.income_tax", "0.2", JULY_2018},
        {.key = NULL                          }
    };
    cr_expect_eq(parting(none, tax), JULY_2018);
}

Test(parting, is_the_start_where_a_value_is_not_dated_or_was_before)
{
    const struct line always[] = {
        {"regions.town.government.income_tax", "0.2", NO_DATE},
        {.key = NULL                            }
    };
    const struct line before[] = {
        {"regions.town.government.income_tax", "0.2", START - 24},
        {.key = NULL                         }
    };
    cr_expect_eq(parting(none, always), START);
    cr_expect_eq(parting(none, before), START);
}

Test(parting, of_a_policy_is_when_it_stands_not_when_its_values_differ)
{
    const struct line pool[] = {
        {"regions.town.policies.risk_pool.capital", "1e8", NO_DATE},
        {"regions.town.policies.risk_pool.enabled",                                  "true", JULY_2018},
        {.key = NULL}
    };
    const struct line idle[] = {
        {"regions.town.policies.risk_pool.capital", "1e8", NO_DATE},
        {.key = NULL                                 }
    };
    cr_expect_eq(parting(none, pool), JULY_2018);
    cr_expect_eq(parting(none, idle), INT32_MAX);
}

Test(parting, of_a_policy_that_stood_and_was_ended_is_when_its_values_differ)
{
    const struct line ended[] = {
        {"regions.town.policies.risk_pool.enabled", "true", START},
        {"regions.town.policies.risk_pool.enabled",                                    "false", START + 12},
        {.key = NULL}
    };
    const struct line slower[] = {
        {"regions.town.policies.risk_pool.enabled", "true", START},
        {"regions.town.policies.risk_pool.enabled",                                    "false", START + 12},
        {"regions.town.policies.risk_pool.delay", "9", JULY_2018},
        {.key = NULL                              }
    };
    cr_expect_eq(parting(ended, slower), JULY_2018);
}

Test(parting, of_an_instance_that_one_lacks_is_when_it_stands)
{
    const struct line second[] = {
        {"regions.town.policies.risk_pool.district.capital", "1e8", NO_DATE},
        {"regions.town.policies.risk_pool.district.enabled",                                           "true", JULY_2018},
        {.key = NULL}
    };
    const struct line bank[] = {
        {"regions.town.banks.village.count", "2", NO_DATE},
        {.key = NULL                          }
    };
    cr_expect_eq(parting(none, second), JULY_2018);
    cr_expect_eq(parting(none, bank), START);
}

Test(parting, of_a_value_said_anew_is_none)
{
    const struct line again[] = {
        {"regions.town.policies.risk_pool.enabled", "true", START},
        {"regions.town.policies.risk_pool.share",                                    "0.4", JULY_2018},
        {.key = NULL  }
    };
    const struct line once[] = {
        {"regions.town.policies.risk_pool.enabled", "true", START},
        {.key = NULL                                   }
    };
    cr_expect_eq(parting(once, again), INT32_MAX);
}

Test(parting, of_rules_of_monitoring_is_the_start)
{
    const struct line rule[] = {
        {"triggers.one", "npl_ratio > 0.05: policies.risk_pool.share -= 0.1", NO_DATE},
        {.key = NULL      }
    };
    cr_expect_eq(parting(none, rule), START);
}

Test(parting, of_a_policy_that_a_rule_may_switch_on_is_when_its_values_differ)
{
    const struct line rule[] = {
        {"triggers.one",                "npl_ratio > 0.05: policies.risk_pool.enabled = true", NO_DATE},
        {"regions.town.government.vat",                      "0.05", JULY_2018},
        {.key = NULL}
    };
    const struct line other[] = {
        {"triggers.one",                "npl_ratio > 0.05: policies.risk_pool.enabled = true", NO_DATE},
        {"regions.town.government.vat",                      "0.05", JULY_2018},
        {"regions.town.policies.risk_pool.share", "0.5", NO_DATE},
        {.key = NULL                   }
    };
    cr_expect_eq(parting(rule, other), START);
}
