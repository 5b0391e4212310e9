/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruments: size zero is none, dates bound them, budgets hold, each does its sums to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/instrument.h>
#include <string.h>

static const enum group policy_groups[] = {GROUP_risk_pool, GROUP_interest_subsidy, GROUP_platform, GROUP_incubators};
enum { N_POLICIES = sizeof policy_groups / sizeof policy_groups[0] };

ParameterizedTestParameters(instruments, of_size_zero_are_none)
{
    static int which[N_POLICIES] = {0, 1, 2, 3};
    return cr_make_param_array(int, which, N_POLICIES);
}

/* policies.<instrument>[.<instance>].<name> */
static void set_of(struct lab *lab, const char *instance, const char *name, const char *text)
{
    char key[160];
    snprintf(key, sizeof key, "policies.%s.%s", instance, name);
    lab_set(lab, key, text);
}

static void size_zero(struct lab *lab, enum group g, const char *instance)
{
    const struct group_desc *group = &group_table[g];
    for (size_t k = group->first; k < group->first + group->n; k++)
        if (param_table[k].flags & PARAM_SIZE)
            set_of(lab, instance, param_table[k].name, param_table[k].kind == KIND_TIERS ? "5 m: 0" : "0");
}

static void digest_of(const struct lab *lab, int32_t months, int32_t from, int32_t to, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = months, .compact_every = -1});
    lab_digest(&run, from, to, text);
    lab_end(&run);
}

/* Enabled at size zero against disabled, whatever else the lab holds. */
static void expect_none_at_zero(const struct lab *lab, enum group g, const char *instance)
{
    struct lab zero = *lab, off = *lab;
    char a[SHA256_TEXT], b[SHA256_TEXT], c[SHA256_TEXT];
    size_zero(&zero, g, instance);
    set_of(&zero, instance, "enabled", "true");
    set_of(&off, instance, "enabled", "false");
    digest_of(&zero, 30, 0, 30, a);
    digest_of(&off, 30, 0, 30, b);
    cr_expect_str_eq(a, b, "%s of size zero is not none", instance);
    digest_of(lab, 30, 0, 30, c);
    cr_expect_str_neq(b, c, "%s does nothing here", instance);
}

ParameterizedTest(int *which, instruments, of_size_zero_are_none)
{
    struct lab lab;
    lab_town(&lab);
    lab_policies(&lab);
    expect_none_at_zero(&lab, policy_groups[*which], group_table[policy_groups[*which]].name);
}

/* A pool beside others: what it does not cover must not stand in the way of what they do. */
static void two_pools(struct lab *lab)
{
    static const char *const pools[] = {"risk_pool.city", "risk_pool.district"};
    lab_town(lab);
    for (int k = 0; k < 2; k++) {
        set_of(lab, pools[k], "enabled", "true");
        set_of(lab, pools[k], "capital", "3000 万");
        set_of(lab, pools[k], "rate_ceiling", "0.06");
        set_of(lab, pools[k], "share", "0.4");
    }
}

Test(instruments, a_pool_of_size_zero_beside_one_is_none)
{
    struct lab lab;
    two_pools(&lab);
    expect_none_at_zero(&lab, GROUP_risk_pool, "risk_pool.district");
}

Test(instruments, a_pool_of_size_zero_beside_two_is_none)
{
    struct lab lab;
    two_pools(&lab);
    set_of(&lab, "risk_pool.park", "enabled", "true");
    set_of(&lab, "risk_pool.park", "capital", "3000 万");
    set_of(&lab, "risk_pool.park", "tiers", "5 m: 0.3, 15 m: 0.2");
    expect_none_at_zero(&lab, GROUP_risk_pool, "risk_pool.park");
}
