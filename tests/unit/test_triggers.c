/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of monitoring: they see what is measured, wait their months, act after their delay, and stay within ranges. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/triggers.h>
#include <string.h>

static const int32_t start = 2020 * 12;
enum { MONTHS = 30 };

/* What a rule of the lab did: the share in force in each month, and the series it watches at its end. */
struct course {
    double share[MONTHS];
    int64_t pool_loans[MONTHS];
};

static void note_share(struct world *w, void *context)
{
    struct course *c = context;
    if (w->month >= start)
        c->share[w->month - start] = NAMED(w->region, risk_pool, 0)->share;
}

static void town(struct lab *lab, const char *rule)
{
    lab_town(lab);
    lab_policy(lab, GROUP_risk_pool);
    if (rule != NULL)
        lab_set(lab, "triggers.rule", rule);
}

static void follow(const char *rule, struct course *c, char digest[SHA256_TEXT])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, rule);
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = note_share, .context = c});
    for (int32_t m = 0; m < MONTHS; m++)
        c->pool_loans[m] = lab_int(&run, "pool_loans", m, -1);
    lab_digest(&run, 0, MONTHS, digest);
    lab_end(&run);
}

Test(triggers, that_never_hold_change_nothing)
{
    struct course c;
    char with[SHA256_TEXT], without[SHA256_TEXT];
    follow("npl_ratio > 2 for 3: policies.risk_pool.share = 0", &c, with);
    follow(NULL, &c, without);
    cr_expect_str_eq(with, without);
}

Test(triggers, act_after_their_months_and_their_delay_and_again_while_it_holds)
{
    struct course c;
    char digest[SHA256_TEXT];
    follow("pool_loans >= 0 for 4 after 3: policies.risk_pool.share -= 0.125", &c, digest);
    /* held in months 0 to 3: acts in month 6; then counted anew, from the month in which it acts on */
    cr_expect_eq(c.share[5], 0.5);
    cr_expect_eq(c.share[6], 0.375);
    int32_t steps = 0;
    for (int32_t m = 1; m < MONTHS; m++) {
        double step = c.share[m - 1] - c.share[m];
        cr_expect(step == 0.0 || step == 0.125, "month %d", m);
        steps += step > 0.0;
    }
    cr_expect_eq(steps, 4, "%d", steps);
    cr_expect_eq(c.share[MONTHS - 1], 0.0, "it stays within the range of the parameter");
}

/* From the series that the run itself reports follows when the rule must have acted. */
Test(triggers, see_what_the_file_reports)
{
    struct course c;
    char digest[SHA256_TEXT];
    follow("pool_loans > 25 for 2: policies.risk_pool.share *= 0.5", &c, digest);
    double share = 0.5;
    int32_t stood = 0, due = -1, acted = 0;
    for (int32_t m = 0; m < MONTHS; m++) {
        if (m == due) {
            share *= 0.5;
            acted++;
        }
        cr_expect_eq(c.share[m], share, "month %d: %g, not %g", m, c.share[m], share);
        stood = c.pool_loans[m] > 25 ? stood + 1 : 0;
        if (stood >= 2) {
            stood = 0;
            due = m + 1;
        }
    }
    cr_expect_gt(acted, 0);
}

Test(triggers, read_amounts_names_and_both_kinds_of_region)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, "regions.town.pool_balance.risk_pool < 4 亿 for 2 after 12 : policies.risk_pool.loan_max *= 0.5");
    lab_set(&lab, "triggers.other", "in_need.growth>=1: regions.town.policies.risk_pool.enabled = no");
    lab_set(&lab, "triggers.percent", "npl_ratio > 3 % for 6: policies.risk_pool.share -= 10%");
    lab_set(&lab, "regions.town.credit.base_rate", "0.0345");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    const struct setup *s = &run.setup;
    cr_assert_eq(s->n_triggers, 3);
    cr_expect_str_eq(s->trigger[0].name, "other");
    cr_expect_eq(s->trigger[0].member, 2);
    cr_expect_eq(s->trigger[0].test, TRIGGER_AT_LEAST);
    cr_expect_eq(s->trigger[1].bound, 0.03);
    cr_expect_eq(s->trigger[1].value, 0.1);
    cr_expect_eq(s->trigger[2].bound, 4e10);
    cr_expect_eq(s->trigger[2].months, 2);
    cr_expect_eq(s->trigger[2].delay, 12);
    lab_end(&run);
}

static enum status refused(const char *rule, char text[512])
{
    struct setup s;
    struct diag diag;
    diag_init(&diag);
    struct assignment a = {
        .key = "triggers.rule", .value = rule, .date = NO_DATE, .at = {"s.yml", 3, 5}
    };
    enum status status = setup_build(&s, &a, 1, &diag);
    snprintf(text, 512, "%s", diag.n > 0 ? diag.text[0] : "");
    diag_free(&diag);
    if (status == OK)
        setup_free(&s);
    return status;
}

Test(triggers, say_what_is_wrong_with_a_rule)
{
    static const char *const wrong[][2] = {
        {"npl_ration > 1: credit.base_rate = 0",                "unknown series 'npl_ration'; did you mean 'npl_ratio'?"               },
        {"npl_ratio ~ 1: credit.base_rate = 0",                 "one of < <= > >= is due before '~ 1: credit.base_rat'"                },
        {"npl_ratio > x: credit.base_rate = 0",                 "'x' is not a number"                                                  },
        {"in_need > 3 %: credit.base_rate = 0",                 "'3 %' is not a number"                                                },
        {"npl_ratio > 1: credit.base_rate.2024-01 = 0",
         "a rule changes it when the test holds; write 'credit.base_rate' without a date"                                              },
        {"npl_ratio > 1: policies.risk_pool.share.2024-01 = 0",
         "a rule changes it when the test holds; write 'policies.risk_pool.share' without a date"                                      },
        {"npl_ratio > 1 for 0: credit.base_rate = 0",           "'for' is followed by months from 1 to 600"                            },
        {"npl_ratio > 1",                                       "a colon and the change are due before ''"                             },
        {"npl_ratio > 1: credit.base_rat = 0",                  "unknown parameter 'credit.base_rat'; did you mean 'credit.base_rate'?"},
        {"npl_ratio > 1: banks.bank.count -= 1",                "'banks.bank.count' cannot change in time"                             },
        {"npl_ratio > 1: policies.risk_pool.tiers = 0",
         "'policies.risk_pool.tiers' is a list; a rule changes single values"                                                          },
        {"npl_ratio > 1: policies.risk_pool.enabled -= 1",      "'enabled' can only be set"                                            },
        {"npl_ratio > 1: policies.risk_pool.park.share = 0",    "there is no 'park' of risk_pool in this world"                        },
        {"share_with_loan > 1: credit.base_rate = 0",           "of which member? 'share_with_loan' has several and no sum"            },
        {"npl.seeds > 1: credit.base_rate = 0",                 "'npl' has no member 'seeds'; did you mean 'seed'?"                    },
        {"regions.x.npl > 1: credit.base_rate = 0",             "unknown region 'x'"                                                   },
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        char text[512];
        cr_expect_eq(refused(wrong[k][0], text), FAILED, "%s", wrong[k][0]);
        cr_expect(strstr(text, "s.yml:3:5: error: ") == text, "%s", text);
        cr_expect(strstr(text, wrong[k][1]) != NULL, "%s: %s", wrong[k][0], text);
    }
}

Test(triggers, survive_a_copy_of_the_world)
{
    struct lab lab;
    struct lab_run run;
    struct world copy;
    struct diag diag;
    diag_init(&diag);
    town(&lab, "pool_loans >= 0 for 4 after 3: policies.risk_pool.share -= 0.125");
    lab_go(&run, &lab, (struct lab_options){.months = 5, .compact_every = -1});
    cr_assert_eq(world_copy(&copy, &run.world, &diag), OK);
    for (int m = 0; m < 4; m++) {
        cr_assert_eq(world_step(&copy, &diag), OK);
        cr_assert_eq(world_step(&run.world, &diag), OK);
        cr_expect_eq(NAMED(copy.region, risk_pool, 0)->share, NAMED(run.world.region, risk_pool, 0)->share);
        cr_expect_eq(copy.alert[0].due, run.world.alert[0].due);
    }
    cr_expect_eq(NAMED(copy.region, risk_pool, 0)->share, 0.375);
    world_free(&copy);
    lab_end(&run);
    diag_free(&diag);
}
