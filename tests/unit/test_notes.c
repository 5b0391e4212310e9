/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes: what is said of instruments that never stand or lack something is said where it is so, and is true (needs.def). */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/instrument.h>
#include <liandong/notes.h>
#include <liandong/registry.h>
#include <string.h>

/* -- what is said ------------------------------------------------------------------------------------------------------------ */
/* The notes on the town with these values, one a line: kind, region, instance's or parameter's name, what is lacking. */
static void expect_notes(const struct lab *lab, const char *expected)
{
    static const char *const kinds[] = {"never", "lacks", "unpaid", "alone", "elsewhere", "outside", "idle", "empty"};
    struct setup setup;
    struct note *list;
    size_t n, used = 0;
    char said[4096] = "", name[256];
    lab_setup(&setup, lab);
    cr_assert_eq(setup_notes(&setup, &list, &n), OK);
    for (size_t k = 0; k < n; k++) {
        setup_name(&setup, list[k].region, list[k].param, list[k].instance, name, sizeof name);
        used += (size_t)snprintf(said + used, sizeof said - used, "%s %s %s\n", kinds[list[k].kind], name,
                                 list[k].needs != NULL ? list[k].needs : "-");
    }
    cr_expect_str_eq(said, expected);
    free(list);
    setup_free(&setup);
}

static const char *region_name(void)
{
    static char name[NAME_SIZE];
    struct lab lab;
    struct setup setup;
    lab_town(&lab);
    lab_setup(&setup, &lab);
    memcpy(name, setup.region[0], NAME_SIZE);
    setup_free(&setup);
    return name;
}

static void expect_note(const struct lab *lab, const char *kind, const char *name, const char *needs)
{
    char line[512];
    snprintf(line, sizeof line, "%s regions.%s.%s %s\n", kind, region_name(), name, needs);
    expect_notes(lab, kind[0] == '\0' ? "" : line);
}

Test(notes, say_nothing_of_a_world_as_it_should_be)
{
    static struct lab lab;
    lab_town(&lab);
    expect_note(&lab, "", "", "");
    lab_policies(&lab);
    lab_set_of(&lab, "community", "enabled", "false"); /* of one region */
    expect_note(&lab, "", "", "");
}

Test(notes, tell_of_a_policy_that_stands_in_no_month_of_the_run)
{
    static struct lab lab;
    lab_town(&lab); /* 2020-01 on; ten years by default */
    lab_policy(&lab, GROUP_interest_subsidy);
    lab_set(&lab, "months", "24");
    lab_set_of(&lab, "interest_subsidy", "from", "2022-01");
    expect_note(&lab, "never", "policies.interest_subsidy.enabled", "-");
    lab_set_of(&lab, "interest_subsidy", "from", "2021-12");
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "interest_subsidy", "from", "2015-01");
    lab_set_of(&lab, "interest_subsidy", "until", "2020-01");
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "interest_subsidy", "until", "2019-12");
    expect_note(&lab, "never", "policies.interest_subsidy.enabled", "-");
}

Test(notes, tell_what_a_policy_lacks_in_every_month_in_which_it_stands)
{
    static struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set_of(&lab, "risk_pool", "share", "0");
    expect_note(&lab, "lacks", "policies.risk_pool.enabled", "share|tiers");
    lab_set_of(&lab, "risk_pool", "tiers", "5 m: 0, 15 m: 0.3");
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "risk_pool", "share", "0.4");
    lab_set_of(&lab, "risk_pool", "tiers", "5 m: 0, 15 m: 0"); /* tiers that are given decide */
    expect_note(&lab, "lacks", "policies.risk_pool.enabled", "share|tiers");
    lab_set(&lab, "policies.risk_pool.share @ 2021-01", "0.4");
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "risk_pool", "until", "2020-12"); /* from then on it does not stand */
    expect_note(&lab, "lacks", "policies.risk_pool.enabled", "share|tiers");
}

Test(notes, tell_of_a_subsidy_without_money_that_it_pays_nothing_not_that_it_does_nothing)
{
    static struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_interest_subsidy);
    lab_set_of(&lab, "interest_subsidy", "budget", "0");
    expect_note(&lab, "unpaid", "policies.interest_subsidy.enabled", "budget");
}

Test(notes, tell_of_a_policy_that_stands_without_what_it_stands_behind)
{
    static struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_coinsurance);
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "tech_insurance", "enabled", "false");
    expect_note(&lab, "alone", "policies.coinsurance.enabled", "tech_insurance");
}

Test(notes, do_not_speak_of_what_a_rule_may_change)
{
    static struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set_of(&lab, "risk_pool", "share", "0");
    lab_set(&lab, "triggers.more", "npl_ratio > 0.02: policies.risk_pool.share = 0.3");
    expect_note(&lab, "", "", "");
}

Test(notes, tell_of_a_region_in_which_nobody_founds)
{
    static struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "founders.per_month", "0");
    lab_set(&lab, "regions.town.founders.per_month", "0");
    lab_set(&lab, "regions.town.enterprises.initial", "0");
    expect_note(&lab, "empty", "enterprises.initial", "-");
    lab_set(&lab, "regions.town.enterprises.initial", "100");
    expect_note(&lab, "", "", "");
}

Test(notes, tell_of_a_community_of_one_region)
{
    static struct lab lab;
    lab_town(&lab);
    lab_set_of(&lab, "community", "enabled", "true");
    expect_note(&lab, "elsewhere", "policies.community.enabled", "community");
    lab_set(&lab, "regions.port.founders.per_month", "10");
    expect_note(&lab, "", "", "");
    lab_set(&lab, "regions.port.policies.community.enabled", "false");
    expect_note(&lab, "elsewhere", "policies.community.enabled", "community");
    lab_set(&lab, "regions.port.policies.community.from", "2021-01");
    expect_note(&lab, "", "", "");
}

Test(notes, tell_of_dates_that_all_lie_behind_the_end)
{
    static struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "months", "24");
    lab_set(&lab, "credit.base_rate @ 2022-01", "0.05");
    expect_note(&lab, "outside", "credit.base_rate", "-");
    lab_set(&lab, "credit.base_rate @ 2021-12", "0.05");
    expect_note(&lab, "", "", "");
}

Test(notes, tell_of_parameters_that_are_set_and_act_on_nothing)
{
    static struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_guarantee);
    lab_set_of(&lab, "guarantee", "claim_lag", "0"); /* as by default */
    lab_set_of(&lab, "guarantee", "saturation", "0.5");
    expect_note(&lab, "", "", "");
    lab_set_of(&lab, "guarantee", "claim_lag", "6");
    expect_note(&lab, "idle", "policies.guarantee.claim_lag", "-");
    lab_set_of(&lab, "guarantee", "claim_lag", "0");
    lab_set(&lab, "policies.guarantee.budget @ 2021-01", "100 万");
    expect_note(&lab, "idle", "policies.guarantee.budget", "-");
}

/* -- and is true --------------------------------------------------------------------------------------------------------------- */
enum need_kind { IDLE, UNPAID, BESIDE, ELSEWHERE };
static const struct {
    enum group group;
    const char *params;
    enum need_kind kind;
} needs[] = {
#define NEEDS(group, params, kind) {GROUP_##group, params, kind},
#include <liandong/needs.def>
#undef NEEDS
};
enum { N_NEEDS = sizeof needs / sizeof needs[0], MONTHS = 30 };

struct lived {
    char text[SHA256_TEXT]; /* lab_lives */
    int64_t spent;
};

static struct lived live(const struct lab *lab, enum group g)
{
    struct lab_run run;
    struct lived lived;
    lab_go(&run, lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .threads = 1});
    lab_lives(&run, lived.text);
    lived.spent = lab_sum(&run, "budget_spent", lab_line(run.world.region, g));
    lab_end(&run);
    return lived;
}

static void set_zero(struct lab *lab, enum group g, const char *params)
{
    for (const char *at = params; *at != '\0'; at += strspn(at, "|")) {
        char name[NAME_SIZE] = "";
        size_t n = strcspn(at, "|");
        memcpy(name, at, n);
        at += n;
        if (strcmp(name, "tiers") != 0) /* a share of 0 empties them */
            lab_set_of(lab, group_table[g].name, name, "0");
    }
}

static void end_all(struct lab *lab, const char *names)
{
    for (const char *at = names; *at != '\0'; at += strspn(at, "|")) {
        char name[NAME_SIZE] = "";
        size_t n = strcspn(at, "|");
        memcpy(name, at, n);
        at += n;
        lab_set_of(lab, name, "enabled", "false");
    }
}

ParameterizedTestParameters(notes, are_true_of_the_worlds_of_which_they_speak)
{
    static int which[N_GROUPS];
    size_t n = 0;
    for (int g = 0; g < N_GROUPS; g++)
        for (size_t k = 0; k < N_NEEDS && (n == 0 || which[n - 1] != g); k++)
            if ((int)needs[k].group == g)
                which[n++] = g;
    return cr_make_param_array(int, which, n);
}

ParameterizedTest(int *which, notes, are_true_of_the_worlds_of_which_they_speak)
{
    enum group g = (enum group) * which;
    static struct lab lab, off, lacking;
    lab_town(&lab);
    lab_policy(&lab, g);
    off = lab;
    lab_set_of(&off, group_table[g].name, "enabled", "false");
    struct lived on = live(&lab, g), without = live(&off, g);
    cr_expect_str_neq(on.text, without.text, "%s changes nothing here", group_table[g].name);
    for (size_t k = 0; k < N_NEEDS; k++) {
        if (needs[k].group != g)
            continue;
        lacking = lab;
        if (needs[k].kind == ELSEWHERE)
            lab_set(&lacking, "regions.port.policies.community.enabled", "false");
        else if (needs[k].kind == BESIDE)
            end_all(&lacking, needs[k].params);
        else
            set_zero(&lacking, g, needs[k].params);
        struct lived lived = live(&lacking, g);
        if (needs[k].kind == BESIDE) {
            struct lab neither = lacking;
            lab_set_of(&neither, group_table[g].name, "enabled", "false");
            struct lived out = live(&neither, g);
            cr_expect_str_eq(lived.text, out.text, "%s does something without %s", group_table[g].name,
                             needs[k].params);
        }
        if (needs[k].kind == IDLE || needs[k].kind == ELSEWHERE)
            cr_expect_str_eq(lived.text, without.text, "%s without %s does something", group_table[g].name,
                             needs[k].params);
        cr_expect(needs[k].kind != UNPAID || (lived.spent == 0 && on.spent > 0));
    }
}

/* -- which common parameters act (instruments.def) ------------------------------------------------------------------------------------- */
static void set_common(struct lab *lab, enum group g, int which)
{
    static const struct {
        int kind;
        const char *key, *text;
    } values[] = {
        {BY_WHOM,   "saturation",      "0"        },
        {BY_WHOM,   "registered_only", "true"     }, /* there is no register */
        {BY_BUDGET, "budget",          "100"      },
        {BY_BUDGET, "budget_carry",    "true"     },
        {BY_CLAIMS, "budget_rule",     "next_year"},
        {BY_CLAIMS, "claim_lag",       "9"        },
        {BY_CLAIMS, "claim_life",      "1"        },
    };
    for (size_t k = 0; k < LD_COUNT(values); k++)
        if (values[k].kind & which)
            lab_set_of(lab, group_table[g].name, values[k].key, values[k].text);
}

ParameterizedTestParameters(notes, say_of_common_parameters_what_is_so)
{
    static int which[N_INSTRUMENTS];
    for (int k = 0; k < N_INSTRUMENTS; k++)
        which[k] = k;
    return cr_make_param_array(int, which, N_INSTRUMENTS);
}

/* Those that are said not to act change nobody's life and no payment, all of them at once; each of the others does. */
ParameterizedTest(int *k, notes, say_of_common_parameters_what_is_so)
{
    enum group g = registry_groups[*k];
    static struct lab lab, set;
    lab_town(&lab);
    lab_funds(&lab);
    lab_policy(&lab, g);
    struct lived as_it_is = live(&lab, g);
    set = lab;
    set_common(&set, g, ~registry_common[*k]);
    struct lived idle = live(&set, g);
    cr_expect_str_eq(idle.text, as_it_is.text, "%s does not say that a parameter acts on it", group_table[g].name);
    cr_expect_eq(idle.spent, as_it_is.spent, "%s spends %lld instead of %lld", group_table[g].name,
                 (long long)idle.spent, (long long)as_it_is.spent);
    for (int kind = BY_WHOM; kind <= BY_CLAIMS; kind *= 2) {
        if ((registry_common[*k] & kind) == 0)
            continue;
        set = lab;
        set_common(&set, g, kind);
        struct lived acting = live(&set, g);
        cr_expect(strcmp(acting.text, as_it_is.text) != 0 || acting.spent != as_it_is.spent,
                  "parameters %d do not act on %s", kind, group_table[g].name);
    }
}
