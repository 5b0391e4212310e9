/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds that tell a policy's effects apart: whom it admits, one enterprise alone, a placebo, the same money in equal parts. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/instrument.h>
#include <string.h>

enum { FEBRUARY = 13, MONTHS = 30 }; /* of the second year; all measured months */

static void town_with_policies(struct lab *lab)
{
    lab_town(lab);
    lab_policies(lab);
}

static void digest_of(const struct lab *lab, int32_t from, int32_t to, int threads, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .threads = threads});
    lab_digest(&run, from, to, text);
    lab_end(&run);
}

/* Everything that enterprises and banks are: what a policy that admits nobody must leave as it was, whatever lies idle in its
 * pool or budget line.  A member of nothing counts as one without a policy. */
static void private_digest(const struct world *w, char text[SHA256_TEXT])
{
    struct sha256 sha;
    sha256_init(&sha);
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        const struct enterprises *e = &r->enterprises;
        for (size_t c = 0; c < n_enterprise_columns; c++)
            sha256_add(&sha, *(void **)(void *)((char *)(uintptr_t)e + enterprise_columns[c].pointer),
                       e->n * enterprise_columns[c].size);
        for (size_t c = 0; c < n_loan_columns; c++)
            sha256_add(&sha, *(void **)(void *)((char *)(uintptr_t)&r->loans + loan_columns[c].pointer),
                       r->loans.n * loan_columns[c].size);
        sha256_add(&sha, r->bank, (size_t)r->n_banks * sizeof *r->bank);
        sha256_add(&sha, &r->prices, sizeof r->prices);
    }
    sha256_end_text(&sha, text);
}

static void private_digest_of(const struct lab *lab, void (*hook)(struct world *, void *), void *context,
                              char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = hook, .context = context});
    private_digest(&run.world, text);
    lab_end(&run);
}

/* -- saturation ------------------------------------------------------------------------------------------------------------ */
static const char *const policies[] = {"risk_pool", "interest_subsidy", "platform", "incubators"};
enum { N_POLICIES = 4 };

ParameterizedTestParameters(saturation, of_zero_is_the_world_without_the_policy)
{
    static int which[N_POLICIES] = {0, 1, 2, 3};
    return cr_make_param_array(int, which, N_POLICIES);
}

ParameterizedTest(int *which, saturation, of_zero_is_the_world_without_the_policy)
{
    const char *name = policies[*which];
    struct lab lab, nobody, off;
    char a[SHA256_TEXT], b[SHA256_TEXT], c[SHA256_TEXT];
    town_with_policies(&lab);
    off = nobody = lab;
    lab_set_of(&off, name, "enabled", "false");
    lab_set_of(&nobody, name, "saturation", "0");
    private_digest_of(&off, NULL, NULL, a);
    private_digest_of(&nobody, NULL, NULL, b);
    private_digest_of(&lab, NULL, NULL, c);
    cr_expect_str_eq(a, b, "%s admits nobody, and yet does something", name);
    cr_expect_str_neq(a, c, "%s does nothing here", name);
}

Test(saturation, of_one_is_the_world_with_the_policy)
{
    struct lab lab, all;
    char a[SHA256_TEXT], b[SHA256_TEXT];
    town_with_policies(&lab);
    all = lab;
    for (int k = 0; k < N_POLICIES; k++)
        lab_set_of(&all, policies[k], "saturation", "1");
    digest_of(&lab, 0, MONTHS, 1, a);
    digest_of(&all, 0, MONTHS, 3, b);
    cr_assert_str_eq(a, b);
}

/* Who is admitted at each of these shares, of the living at the end. */
static const double shares[] = {0.25, 0.5, 0.75};

Test(saturation, admits_at_a_larger_share_whom_it_admits_at_a_smaller_one)
{
    struct lab lab;
    struct lab_run run;
    town_with_policies(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 6, .compact_every = -1});
    struct region *r = &run.world.region[0];
    struct platform_params *q = (struct platform_params *)(uintptr_t)NAMED(r, platform, 0);
    int64_t n = 0, admitted[3] = {0, 0, 0};
    int32_t k = 0;
    while (r->line[k].group != GROUP_platform)
        k++;
    for (uint32_t i = 0; i < r->enterprises.n; i++, n++) {
        bool before = false;
        for (int s = 0; s < 3; s++) {
            q->saturation = shares[s];
            bool now = policy_admits(r, k, enterprise_identity(&r->enterprises, i));
            cr_expect(now || !before);
            admitted[s] += now;
            before = now;
        }
    }
    for (int s = 0; s < 3; s++) { /* within four standard errors */
        double off = (double)admitted[s] - shares[s] * (double)n;
        cr_expect(off * off < 16.0 * (double)n * shares[s] * (1.0 - shares[s]), "%g: %lld of %lld", shares[s],
                  (long long)admitted[s], (long long)n);
    }
    cr_expect_gt(n, 500);
    lab_end(&run);
}

struct roll {
    int64_t members, covered, others;
};

/* Every member and every loan under a cover belongs to somebody who is admitted. */
static void call_roll(struct world *w, void *context)
{
    struct roll *roll = context;
    const struct region *r = &w->region[0];
    for (int32_t k = 0; k < r->n_instances && w->month >= 2020 * 12; k++)
        for (uint32_t i = 0; i < r->enterprises.n; i++)
            if (r->enterprises.status[i] == ACTIVE && enterprise_member(&r->enterprises, i, k)) {
                roll->members++;
                roll->others += !policy_admits(r, k, enterprise_identity(&r->enterprises, i));
            }
    for (size_t j = 0; j < r->loans.n && w->month >= 2020 * 12; j++)
        if (r->loans.granted[j] == w->month && r->loans.chain[j] != 0) {
            roll->covered++;
            roll->others += !policy_admits(r, 0, enterprise_identity(&r->enterprises, r->loans.row[j]));
        }
}

Test(saturation, keeps_out_of_membership_and_cover_whom_it_does_not_admit)
{
    struct lab lab;
    struct lab_run run;
    struct roll roll = {0};
    town_with_policies(&lab);
    for (int k = 0; k < N_POLICIES; k++)
        lab_set_of(&lab, policies[k], "saturation @ 2020-01", "0.4");
    lab_go(&run, &lab,
           (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = call_roll, .context = &roll});
    cr_expect_eq(run.world.region[0].line[0].group, (int32_t)GROUP_risk_pool);
    cr_expect_gt(roll.members, 100);
    cr_expect_gt(roll.covered, 5);
    cr_expect_eq(roll.others, 0);
    lab_end(&run);
}

/* -- one enterprise alone ---------------------------------------------------------------------------------------------------- */
/* Before the first measured month: the instances that begin then admit this enterprise, or nobody. */
struct lonely {
    int mode; /* 0: leave alone; 1: nobody; 2: `who` */
    struct identity who;
};

static void only_one(struct world *w, void *context)
{
    const struct lonely *x = context;
    if (w->month + 1 != 2020 * 12 || x->mode == 0)
        return;
    w->alone = (struct alone){.on = true, .who = x->who};
    memset(w->alone.lines, 0xff, sizeof w->alone.lines);
}

static void begin_in_2020(struct lab *lab)
{
    town_with_policies(lab);
    for (int k = 0; k < N_POLICIES; k++)
        lab_set_of(lab, policies[k], "from", "2020-01");
    lab_set(lab, "policies.platform.mandate", "true");
}

Test(alone, nobody_is_the_world_without_the_policies)
{
    struct lab lab, off;
    struct lonely nobody = {.mode = 1};
    char a[SHA256_TEXT], b[SHA256_TEXT];
    begin_in_2020(&lab);
    town_with_policies(&off);
    for (int k = 0; k < N_POLICIES; k++)
        lab_set_of(&off, policies[k], "enabled", "false");
    private_digest_of(&lab, only_one, &nobody, a);
    private_digest_of(&off, NULL, NULL, b);
    cr_assert_str_eq(a, b);
}

Test(alone, one_enterprise_is_a_member_and_nobody_else_is)
{
    struct lab lab;
    struct lab_run run;
    struct lonely one = {.mode = 0};
    begin_in_2020(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    const struct enterprises *e = &run.world.region[0].enterprises;
    uint32_t i = 0; /* one that lived before, and still does */
    while (e->status[i] != ACTIVE || e->founded[i] >= 2019 * 12)
        i++;
    one = (struct lonely){.mode = 2, .who = enterprise_identity(e, i)};
    lab_end(&run);
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = only_one, .context = &one});
    const struct region *r = &run.world.region[0];
    int64_t members = 0;
    for (int32_t k = 0; k < r->n_instances; k++)
        for (uint32_t j = 0; j < r->enterprises.n; j++)
            if (r->enterprises.status[j] == ACTIVE && enterprise_member(&r->enterprises, j, k)) {
                struct identity who = enterprise_identity(&r->enterprises, j);
                cr_expect(who.origin == one.who.origin && who.index == one.who.index);
                members++;
            }
    cr_expect(members >= 1 && members <= N_POLICIES);
    lab_end(&run);
}

/* -- placebo ----------------------------------------------------------------------------------------------------------------- */
Test(placebo, of_share_zero_is_none_whatever_its_salt)
{
    struct lab lab, salted;
    char a[SHA256_TEXT], b[SHA256_TEXT];
    town_with_policies(&lab);
    salted = lab;
    lab_set(&salted, "placebo.salt", "7");
    digest_of(&lab, 0, MONTHS, 1, a);
    digest_of(&salted, 0, MONTHS, 1, b);
    cr_assert_str_eq(a, b);
}

Test(placebo, is_not_felt_before_its_month_and_differs_from_then_on_by_salt_but_not_by_threads)
{
    struct lab lab, placebo, other;
    char a[SHA256_TEXT], b[SHA256_TEXT], c[SHA256_TEXT];
    town_with_policies(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    placebo = lab;
    lab_set(&placebo, "placebo.share @ 2021-02", "0.3");
    other = placebo;
    lab_set(&other, "placebo.salt", "2");
    digest_of(&lab, 0, FEBRUARY, 1, a);
    digest_of(&placebo, 0, FEBRUARY, 1, b);
    cr_expect_str_eq(a, b);
    digest_of(&lab, FEBRUARY, MONTHS, 1, a);
    digest_of(&placebo, FEBRUARY, MONTHS, 1, b);
    digest_of(&other, FEBRUARY, MONTHS, 1, c);
    cr_expect_str_neq(a, b);
    cr_expect_str_neq(b, c);
    digest_of(&placebo, FEBRUARY, MONTHS, 3, c);
    cr_expect_str_eq(b, c);
}

Test(placebo, rekeys_the_enterprises_that_it_draws_and_leaves_the_others_their_luck)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "placebo.share", "0.3");
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    const struct region *r = &run.world.region[0];
    int64_t n = 0, rekeyed = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++, n++) {
        struct identity who = enterprise_identity(&r->enterprises, i), as = matching_identity(r, who);
        cr_expect_eq(as.index, who.index);
        rekeyed += as.origin != who.origin;
    }
    double off = (double)rekeyed - 0.3 * (double)n;
    cr_expect(n > 500 && off * off < 16.0 * 0.21 * (double)n, "%lld of %lld", (long long)rekeyed, (long long)n);
    lab_end(&run);
}

/* -- the same money as grants --------------------------------------------------------------------------------------------------- */
static void grants(struct lab *lab, const char *budget)
{
    town_with_policies(lab);
    lab_set_of(lab, "lump_sum", "from", "2020-04");
    lab_set_of(lab, "lump_sum", "budget", budget);
}

static int32_t line_of_grants(const struct region *r)
{
    int32_t k = 0;
    while (r->line[k].group != GROUP_lump_sum)
        k++;
    return k;
}

Test(lump_sum, of_no_money_is_none)
{
    struct lab lab, off;
    char a[SHA256_TEXT], b[SHA256_TEXT], c[SHA256_TEXT];
    grants(&lab, "0");
    town_with_policies(&off);
    digest_of(&lab, 0, MONTHS, 1, a);
    digest_of(&off, 0, MONTHS, 1, b);
    cr_expect_str_eq(a, b);
    grants(&lab, "1000 万");
    digest_of(&lab, 0, 3, 1, a);
    digest_of(&off, 0, 3, 1, b);
    cr_expect_str_eq(a, b);
    digest_of(&lab, 0, MONTHS, 1, a);
    digest_of(&off, 0, MONTHS, 1, b);
    cr_expect_str_neq(a, b);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    digest_of(&lab, 0, MONTHS, 1, a);
    digest_of(&lab, 0, MONTHS, 3, c);
    cr_expect_str_eq(a, c);
}

/* In the first month and each January: what the line holds, in equal parts, but for less than a fen each. */
Test(lump_sum, deals_its_budget_in_equal_parts_in_its_first_month_and_each_january)
{
    struct lab lab;
    struct lab_run run;
    grants(&lab, "1000 万");
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    int32_t k = line_of_grants(run.world.region);
    for (int32_t m = 0; m < MONTHS; m++) {
        bool pays = m == 3 || m == 12 || m == 24;
        int64_t n = lab_int(&run, "beneficiaries", m, k), spent = lab_int(&run, "budget_spent", m, k);
        if (!pays) {
            cr_expect_eq(spent, 0, "month %d", (int)m);
            continue;
        }
        cr_expect_gt(n, 300);
        cr_expect_eq(spent, n * (1000000000 / n), "month %d: %lld to %lld", (int)m, (long long)spent, (long long)n);
        cr_expect_eq(lab_int(&run, "budget_asked", m, k), spent);
        cr_expect_eq(lab_int(&run, "budget_left", m, k), 1000000000 - spent);
    }
    lab_end(&run);
}

/* Cash before and after the month in which grants are paid, with and without them: the first month is the same but for them. */
struct purse {
    size_t n;
    int64_t cash[4000];
};

static void look_into_purses(struct world *w, void *context)
{
    struct purse *p = context;
    const struct enterprises *e = &w->region[0].enterprises;
    if (w->month != 2020 * 12 + 3)
        return;
    p->n = e->n;
    cr_assert_lt(p->n, 4000);
    for (size_t i = 0; i < p->n; i++)
        p->cash[i] = e->status[i] == ACTIVE ? e->cash[i].fen - e->overdue[i].fen : 0;
}

Test(lump_sum, ends_in_the_cash_of_registered_enterprises)
{
    static struct purse with, without;
    struct lab lab, off;
    struct lab_run run;
    grants(&lab, "100 万");
    town_with_policies(&off);
    lab_go(&run, &off, (struct lab_options){.months = 4, .hook = look_into_purses, .context = &without});
    lab_end(&run);
    lab_go(&run, &lab, (struct lab_options){.months = 4, .hook = look_into_purses, .context = &with});
    int64_t n = lab_int(&run, "beneficiaries", 3, line_of_grants(run.world.region)), got = 0, same = 0;
    cr_assert_eq(with.n, without.n);
    for (size_t i = 0; i < with.n; i++) {
        got += with.cash[i] - without.cash[i] == 100000000 / n;
        same += with.cash[i] == without.cash[i];
    }
    cr_expect(got > n * 8 / 10, "%lld of %lld", (long long)got, (long long)n); /* the others chose otherwise with it */
    cr_expect(same > 0);
    lab_end(&run);
}
