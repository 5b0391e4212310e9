/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds that tell a policy's effects apart: whom it admits, one enterprise alone, a placebo, the same money in equal parts. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/direct.h>
#include <liandong/instrument.h>
#include <liandong/spending.h>
#include <liandong/switched.h>
#include <string.h>

enum { FEBRUARY = 13, MONTHS = 30 }; /* of the second year; all measured months */

/* Every policy but lump-sum grants, which are a reference for the others; a young town, in which each of them acts already. */
static void town_with_policies(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "burn_in", "60");
    lab_policies(lab);
    lab_set_of(lab, "lump_sum", "enabled", "false");
}

/* The line of the one instance of an instrument, in the order of their list. */
static int32_t line_number(enum group g)
{
    int32_t k = 0;
    while (registry_groups[k] != g)
        k++;
    return k;
}

/* What a world shows before a month, and from then on. */
struct shown {
    char before[SHA256_TEXT], after[SHA256_TEXT];
};

static void show(const struct lab *lab, int32_t month, int threads, struct shown *shown)
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .threads = threads});
    lab_digest(&run, 0, month, shown->before);
    lab_digest(&run, month, MONTHS, shown->after);
    lab_end(&run);
}

static bool same(const struct shown *a, const struct shown *b)
{
    return strcmp(a->before, b->before) == 0 && strcmp(a->after, b->after) == 0;
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
static const char *policy_name(int k)
{
    return group_table[registry_groups[k]].name;
}

/* What an instrument does to banks, whomever it admits, is left out: saturation does not reach it. */
static void enterprises_only(struct lab *lab, enum group g)
{
    if (g == GROUP_tech_branches) {
        lab_set_of(lab, "tech_branches", "hours", "0");
        lab_set_of(lab, "tech_branches", "authority", "0");
        lab_set_of(lab, "tech_branches", "award", "0");
    }
    if (g == GROUP_npl_tolerance)
        lab_set_of(lab, "npl_tolerance", "extra", "0");
    if (g == GROUP_training)
        lab_set_of(lab, "training", "officer_hours", "0");
}

/* Those that act on others than enterprises alone: on guarantors, insurers, buyers of patents, on whoever has claimed, on banks'
 * funds, on venture funds and who manages them, on departments. */
static bool admits_enterprises(enum group g)
{
    static const enum group others[] = {GROUP_reinsurance,    GROUP_coinsurance,        GROUP_ip_market,
                                        GROUP_audit,          GROUP_turnover_reserve,   GROUP_guide_fund,
                                        GROUP_stage_fund,     GROUP_lower_public_share, GROUP_error_tolerance,
                                        GROUP_settling_award, GROUP_tax_relief,         GROUP_working_group};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (others[k] == g)
            return false;
    return true;
}

ParameterizedTestParameters(saturation, of_zero_is_the_world_without_the_policy)
{
    static int which[N_INSTRUMENTS];
    for (int k = 0; k < N_INSTRUMENTS; k++)
        which[k] = k;
    return cr_make_param_array(int, which, N_INSTRUMENTS);
}

ParameterizedTest(int *which, saturation, of_zero_is_the_world_without_the_policy)
{
    const char *name = policy_name(*which);
    struct lab lab, nobody, off;
    char a[SHA256_TEXT], b[SHA256_TEXT], c[SHA256_TEXT];
    if (!admits_enterprises(registry_groups[*which]))
        return;
    town_with_policies(&lab);
    lab_policy(&lab, registry_groups[*which]);
    lab_set_of(&lab, name, "enabled", "true");
    enterprises_only(&lab, registry_groups[*which]);
    off = nobody = lab;
    lab_set_of(&off, name, "enabled", "false");
    lab_set_of(&nobody, name, "saturation", "0");
    private_digest_of(&off, NULL, NULL, a);
    private_digest_of(&nobody, NULL, NULL, b);
    private_digest_of(&lab, NULL, NULL, c);
    cr_expect_str_eq(a, b, "%s admits nobody, and yet does something", name);
    if (registry_groups[*which] != GROUP_bridge) /* nobody here needs one; test_bridge has those who do */
        cr_expect_str_neq(a, c, "%s does nothing here", name);
}

Test(saturation, of_one_is_the_world_with_the_policy)
{
    struct lab lab, all;
    struct shown a, b;
    town_with_policies(&lab);
    all = lab;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        lab_set_of(&all, policy_name(k), "saturation", "1");
    show(&lab, FEBRUARY, 1, &a);
    show(&all, FEBRUARY, 3, &b);
    cr_assert(same(&a, &b));
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
            if (r->enterprises.status[i] == ACTIVE && enterprise_member(&r->enterprises, i, k) &&
                admits_enterprises((enum group)r->line[k].group)) { /* the others' members are no beneficiaries */
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
    for (int k = 0; k < N_INSTRUMENTS; k++)
        lab_set_of(&lab, policy_name(k), "saturation @ 2020-01", "0.4");
    lab_go(&run, &lab,
           (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = call_roll, .context = &roll});
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
    for (int k = 0; k < N_INSTRUMENTS; k++) {
        if (registry_groups[k] != GROUP_lump_sum)
            lab_set_of(lab, policy_name(k), "from", "2020-01");
        enterprises_only(lab, registry_groups[k]);
        if (!admits_enterprises(registry_groups[k]))
            lab_set_of(lab, policy_name(k), "enabled", "false");
    }
    lab_set(lab, "policies.platform.mandate", "true");
}

Test(alone, nobody_is_the_world_without_the_policies)
{
    struct lab lab, off;
    struct lonely nobody = {.mode = 1};
    char a[SHA256_TEXT], b[SHA256_TEXT];
    begin_in_2020(&lab);
    town_with_policies(&off);
    for (int k = 0; k < N_INSTRUMENTS; k++)
        lab_set_of(&off, policy_name(k), "enabled", "false");
    private_digest_of(&lab, only_one, &nobody, a);
    private_digest_of(&off, NULL, NULL, b);
    cr_assert_str_eq(a, b);
}

static bool takes_part(const struct region *r, uint32_t i)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (enterprise_member(&r->enterprises, i, k))
            return true;
    return false;
}

Test(alone, one_enterprise_is_a_member_and_nobody_else_is)
{
    struct lab lab;
    struct lab_run run;
    struct lonely one = {.mode = 0};
    begin_in_2020(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    const struct enterprises *e = &run.world.region[0].enterprises;
    uint32_t i =
        UINT32_MAX; /* the richest that lived before, still does, and takes part: it lives in its own world, too */
    for (uint32_t j = 0; j < e->n; j++)
        if (e->status[j] == ACTIVE && e->founded[j] < 2019 * 12 && takes_part(&run.world.region[0], j) &&
            (i == UINT32_MAX || e->cash[j].fen > e->cash[i].fen))
            i = j;
    cr_assert_neq(i, UINT32_MAX);
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
    cr_expect(members >= 1 && members <= N_INSTRUMENTS);
    lab_end(&run);
}

/* -- placebo ----------------------------------------------------------------------------------------------------------------- */
Test(placebo, of_share_zero_is_none_whatever_its_salt)
{
    struct lab lab, salted;
    struct shown a, b;
    town_with_policies(&lab);
    salted = lab;
    lab_set(&salted, "placebo.salt", "7");
    show(&lab, FEBRUARY, 1, &a);
    show(&salted, FEBRUARY, 1, &b);
    cr_assert(same(&a, &b));
}

Test(placebo, is_not_felt_before_its_month_and_differs_from_then_on_by_salt_but_not_by_threads)
{
    struct lab lab, placebo, other;
    struct shown none, some, again, salted;
    town_with_policies(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    placebo = lab;
    lab_set(&placebo, "placebo.share @ 2021-02", "0.3");
    other = placebo;
    lab_set(&other, "placebo.salt", "2");
    show(&lab, FEBRUARY, 1, &none);
    show(&placebo, FEBRUARY, 1, &some);
    show(&other, FEBRUARY, 1, &salted);
    cr_expect_str_eq(none.before, some.before);
    cr_expect_str_neq(none.after, some.after);
    cr_expect_str_neq(some.after, salted.after);
    show(&placebo, FEBRUARY, 3, &again);
    cr_expect_str_eq(some.after, again.after);
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
    lab_set_of(lab, "lump_sum", "enabled", "true");
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
    struct shown without, with, again;
    grants(&lab, "0");
    town_with_policies(&off);
    show(&lab, 3, 1, &with);
    show(&off, 3, 1, &without);
    cr_expect(same(&with, &without));
    grants(&lab, "1000 万");
    show(&lab, 3, 1, &with);
    cr_expect_str_eq(with.before, without.before);
    cr_expect_str_neq(with.after, without.after);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    show(&lab, 3, 1, &with);
    show(&lab, 3, 3, &again);
    cr_expect(same(&with, &again));
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

/* -- years of spending ----------------------------------------------------------------------------------------------------------- */
static void expect_years(const double *path, int32_t months, int32_t from, size_t years, const double *want)
{
    double year[8];
    cr_assert_eq(spending_years(path, 1, months, from, year), years);
    for (size_t y = 0; y < years; y++)
        cr_expect_float_eq(year[y], want[y], 1e-12, "year %zu: %g, not %g", y, year[y], want[y]);
}

Test(spending, of_a_year_is_what_it_spends_for_good_and_sums_to_all_of_it)
{
    double path[30];
    for (int t = 0; t < 30; t++) /* one a month, from October 2019 */
        path[t] = t + 1.0;
    expect_years(path, 30, 2019 * 12 + 9, 4, (const double[]){3.0, 12.0, 12.0, 3.0});
    expect_years(path, 24, 2020 * 12, 2, (const double[]){12.0, 12.0});
    expect_years(path, 1, 2020 * 12 + 11, 1, (const double[]){1.0});
    for (int t = 12; t < 30; t++) /* in the second year 8 of the 12 come back, then nothing happens */
        path[t] = 4.0;
    expect_years(path, 24, 2020 * 12, 2, (const double[]){4.0, 0.0});
    path[23] = 9.0; /* and 5 more are spent in its last month */
    expect_years(path, 24, 2020 * 12, 2, (const double[]){9.0, 0.0});
    for (int t = 0; t < 24; t++) /* a policy that brings money in has none to give away */
        path[t] = 1.0 - t;
    expect_years(path, 24, 2020 * 12, 2, (const double[]){0.0, 0.0});
}

/* -- what is switched ------------------------------------------------------------------------------------------------------------- */
static size_t switched_between(const struct lab *base, const struct lab *variant, struct switched *list)
{
    struct lab_run a, b;
    lab_go(&a, base, (struct lab_options){.months = 1});
    lab_go(&b, variant, (struct lab_options){.months = 1});
    size_t n = switched_list(&a.setup, &b.setup, N_GROUPS, list);
    cr_expect(switched_only(&a.setup, &b.setup));
    lab_end(&a);
    lab_end(&b);
    return n;
}

Test(switched, are_the_instances_that_stand_only_in_the_variant_or_with_other_values)
{
    static struct switched list[SWITCHED_MOST];
    struct lab base, variant;
    town_with_policies(&base);
    lab_set_of(&base, "platform", "enabled", "false");
    lab_set(&base, "burn_in", "1");
    variant = base;
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "incubators", "until", "2019-06"); /* ends before the start: nothing is switched on */
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "platform", "from", "2020-08");
    cr_assert_eq(switched_between(&base, &variant, list), 1);
    cr_expect(list[0].group == GROUP_platform && !list[0].in_base);
    lab_set_of(&variant, "risk_pool", "share @ 2020-09", "0.7");
    cr_assert_eq(switched_between(&base, &variant, list), 2);
    cr_expect(list[0].group == GROUP_risk_pool && list[0].in_base && list[1].group == GROUP_platform);
    cr_expect_eq(switched_between(&variant, &base, list), 2); /* incubators and the old share */
    base = variant;
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&variant, "risk_pool", "share @ 2020-10", "0.9");
    cr_expect_eq(switched_between(&base, &variant, list), 1);
    lab_set_of(&base, "risk_pool", "share @ 2020-10", "0.8");
    cr_expect_eq(switched_between(&base, &variant, list), 1);
    lab_set_of(&base, "risk_pool", "share @ 2020-10", "0.9");
    cr_expect_eq(switched_between(&base, &variant, list), 0);
    lab_set_of(&base, "platform", "from", "2020-09"); /* a month later than in the variant */
    cr_expect_eq(switched_between(&base, &variant, list), 1);
}

/* -- direct effects ----------------------------------------------------------------------------------------------------------------- */
static const int32_t horizon[FATE_HORIZONS] = {6, 12, 0};

struct watched {
    struct lonely lonely;
    struct fates fates;
};

static void watch_one(struct world *w, void *context)
{
    struct watched *x = context;
    only_one(w, &x->lonely);
    if (w->month + 1 == 2020 * 12)
        cr_assert_eq(fates_begin(&x->fates, w), OK);
    else if (w->month >= 2020 * 12)
        fates_month(&x->fates, w, horizon);
}

static const struct fate *fate_of(const struct fates *f, struct identity who)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->fate[k].who.origin == who.origin && f->fate[k].who.index == who.index)
            return &f->fate[k];
    return NULL;
}

/* Copies of the world at the start against whole lives in which it alone is admitted, and against everybody. */
Test(direct, is_what_a_world_shows_in_which_one_enterprise_alone_is_admitted)
{
    enum { SAMPLE = 6 };
    struct lab lab;
    struct lab_run run;
    struct diag diag;
    struct direct_one one[SAMPLE + 1] = {{.who = {1, 1}}}; /* nobody is called so */
    struct watched all = {.lonely = {.mode = 0}};
    uint64_t lines[MAX_LINES / 64];
    memset(lines, 0xff, sizeof lines);
    begin_in_2020(&lab);
    lab_set(&lab, "months", "12");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1, .hook = watch_one, .context = &all});
    int found = 0;
    for (size_t k = 0; k < all.fates.n && found < SAMPLE; k++) /* those with credit, which the others compete for */
        if (all.fates.fate[k].supported && all.fates.fate[k].at[1].credit > 0)
            one[++found].who = all.fates.fate[k].who;
    cr_assert_eq(found, SAMPLE);
    struct simulation s = {.setup = &run.setup, .layout = &run.layout, .horizon = horizon, .lines = lines};
    diag_init(&diag);
    run.setup.world.seed = 1; /* as the lab has it */
    cr_assert_eq(direct_run(&s, 0, 2, one, SAMPLE + 1, &diag), OK);
    cr_expect(!one[0].at[0].alive && one[0].at[1].credit == 0);
    int64_t other = 0;
    for (int k = 1; k <= SAMPLE; k++) {
        struct watched alone = {
            .lonely = {.mode = 2, .who = one[k].who}
        };
        struct lab_run life;
        lab_go(&life, &lab,
               (struct lab_options){.months = 12, .compact_every = -1, .hook = watch_one, .context = &alone});
        const struct fate *f = fate_of(&alone.fates, one[k].who), *g = fate_of(&all.fates, one[k].who);
        for (int h = 0; h < 2; h++) {
            cr_expect_eq(f->at[h].alive, one[k].at[h].alive);
            cr_expect_eq(f->at[h].credit, one[k].at[h].credit);
            cr_expect_eq(f->at[h].patents, one[k].at[h].patents);
        }
        cr_expect(!f->excluded && !g->excluded && alone.fates.fate[0].excluded == (f != alone.fates.fate));
        other += f->at[1].credit != g->at[1].credit;
        fates_free(&alone.fates);
        lab_end(&life);
    }
    cr_expect(other > 0, "with the others or without, all is the same");
    fates_free(&all.fates);
    diag_free(&diag);
    lab_end(&run);
}

/* -- who is reached, who is excluded ------------------------------------------------------------------------------------------------ */
static uint64_t looked_at[MAX_LINES / 64];

static void watch_support(struct world *w, void *context)
{
    struct fates *f = context;
    f->lines = looked_at;
    if (w->month + 1 == 2020 * 12)
        cr_assert_eq(fates_begin(f, w), OK);
    else if (w->month >= 2020 * 12)
        fates_month(f, w, horizon);
}

static int64_t supported_by(enum group g, int64_t *excluded)
{
    const char *name = group_table[g].name;
    int32_t line = line_number(g);
    struct lab lab;
    struct lab_run run;
    struct fates f = {.n = 0};
    int64_t n = 0;
    town_with_policies(&lab);
    lab_set_of(&lab, name, "saturation @ 2020-01", "0.5");
    memset(looked_at, 0, sizeof looked_at);
    looked_at[0] = (uint64_t)1 << line;
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1, .hook = watch_support, .context = &f});
    *excluded = 0;
    for (size_t k = 0; k < f.n; k++) {
        n += f.fate[k].supported;
        *excluded += f.fate[k].excluded;
        cr_expect(!(f.fate[k].supported && f.fate[k].excluded), "support of others was counted");
        if (k % 16 == 0) { /* by the lifelong draw of this policy, whatever the others do */
            cr_expect_eq(f.fate[k].excluded, !policy_admits(&run.world.region[0], line, f.fate[k].who));
        }
    }
    cr_expect(*excluded > (int64_t)f.n / 3 && *excluded < (int64_t)f.n * 2 / 3);
    fates_free(&f);
    lab_end(&run);
    return n;
}

Test(fates, count_as_reached_whom_the_policies_looked_at_reach_and_as_excluded_whom_one_does_not_admit)
{
    int64_t excluded[2], subsidy = supported_by(GROUP_interest_subsidy, &excluded[0]),
                         portal = supported_by(GROUP_platform, &excluded[1]);
    cr_expect_eq(excluded[0], excluded[1]); /* one draw for all policies */
    cr_expect(subsidy > 0 && portal > 0 && subsidy != portal, "%lld, %lld", (long long)subsidy, (long long)portal);
}

/* -- where enterprises do not meet -------------------------------------------------------------------------------------------------- */
/* No common demand, no common wages, no bank, no angel: what happens to one is no business of the others. */
static void hermits(struct lab *lab)
{
    lab_begin(lab);
    lab_set(lab, "burn_in", "60");
    lab_set(lab, "regions.town.founders.per_month", "40");
    lab_set(lab, "market.demand_per_founder", "1000 万"); /* so little that they would feel one another */
    lab_set(lab, "market.competition", "0");
    lab_set(lab, "market.rd_wage_elasticity", "0");
    lab_set(lab, "banks.bank.count", "0");
    lab_set(lab, "angels.founder_least", "1");
    lab_set_of(lab, "incubators", "from", "2020-01");
    lab_set_of(lab, "incubators", "capacity", "100000");
    lab_set_of(lab, "incubators", "budget", "100 亿");
    lab_set_of(lab, "incubators", "equipment", "20000");
}

/* Does an enterprise have the same money, technology and fate in both?  Rows of one cohort, by identity. */
static bool same_life(const struct region *a, uint32_t i, const struct region *b, bool *found)
{
    const struct enterprises *x = &a->enterprises, *y = &b->enterprises;
    struct identity who = enterprise_identity(x, i);
    for (uint32_t j = 0; j < y->n; j++) {
        struct identity other = enterprise_identity(y, j);
        if (who.origin == other.origin && who.index == other.index) {
            *found = true;
            return x->status[i] == y->status[j] && x->cash[i].fen == y->cash[j].fen &&
                   memcmp(&x->technology[i], &y->technology[j], sizeof x->technology[i]) == 0 &&
                   memcmp(&x->sales[i], &y->sales[j], sizeof x->sales[i]) == 0;
        }
    }
    *found = false;
    return false;
}

struct heads {
    int64_t as_without, as_with, both, other;
};

/* How many live as in the world without the policy, as in that with it: those who are admitted, or those who are not. */
static struct heads compare_lives(const struct region *r, const struct region *without, const struct region *with,
                                  int32_t line, bool admitted)
{
    struct heads n = {0};
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        bool in[2];
        if (policy_admits(r, line, enterprise_identity(&r->enterprises, i)) != admitted)
            continue;
        bool a = same_life(r, i, without, &in[0]), b = same_life(r, i, with, &in[1]);
        n.both += a && b;
        n.as_without += a;
        n.as_with += b;
        n.other += !a && !b;
    }
    return n;
}

Test(effects, where_enterprises_do_not_meet_are_direct_ones_and_nothing_spills_over)
{
    struct lab lab, part, none;
    struct lab_run all, some, off, one;
    struct lab_options options = {.months = 24, .compact_every = 0};
    hermits(&lab);
    part = none = lab;
    lab_set_of(&part, "incubators", "saturation", "0.4");
    lab_set_of(&none, "incubators", "saturation", "0");
    lab_go(&all, &lab, options);
    lab_go(&some, &part, options);
    lab_go(&off, &none, options);
    const struct region *r = &some.world.region[0], *with = &all.world.region[0], *without = &off.world.region[0];
    const int32_t incubators_line = line_number(GROUP_incubators);
    struct heads in = compare_lives(r, without, with, incubators_line, true);
    struct heads out = compare_lives(r, without, with, incubators_line, false);
    cr_expect(in.other == 0 && out.other == 0);
    cr_expect(in.as_with - in.both > 30 && in.as_without == in.both, "%lld, %lld, %lld", (long long)in.as_with,
              (long long)in.as_without, (long long)in.both);
    cr_expect(out.as_without - out.both > 30 && out.as_with == out.both);
    /* and one alone lives as if all were admitted, the others as if nobody were */
    uint32_t i = 0;
    while (r->enterprises.status[i] != ACTIVE || r->enterprises.founded[i] < 2019 * 12)
        i++;
    struct lonely lonely = {.mode = 2, .who = enterprise_identity(&r->enterprises, i)};
    options.hook = only_one;
    options.context = &lonely;
    lab_go(&one, &lab, options);
    in = compare_lives(&one.world.region[0], without, with, incubators_line, true);
    out = compare_lives(&one.world.region[0], without, with, incubators_line, false);
    cr_expect(in.as_with == 1 && in.as_without == 0 && in.other == 0);
    cr_expect(out.other == 0 && out.as_with == out.both);
    lab_end(&all);
    lab_end(&some);
    lab_end(&off);
    lab_end(&one);
}
