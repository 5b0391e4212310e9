/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds that tell a policy's effects apart: whom it admits, one enterprise alone, where enterprises do not meet. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/direct.h>
#include <liandong/instrument.h>
#include <string.h>

enum { FEBRUARY = 13, MONTHS = 30 }; /* of the second year; all measured months */

/* The line of the one instance of an instrument, in the order of their list. */
static int32_t line_number(enum group g)
{
    int32_t k = 0;
    while (registry_groups[k] != g)
        k++;
    return k;
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
    static const enum group others[] = {
        GROUP_reinsurance, GROUP_coinsurance,   GROUP_ip_market,          GROUP_audit,           GROUP_turnover_reserve,
        GROUP_guide_fund,  GROUP_stage_fund,    GROUP_lower_public_share, GROUP_error_tolerance, GROUP_settling_award,
        GROUP_tax_relief,  GROUP_working_group, GROUP_fund_notes};
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
    lab_young_town(&lab);
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
    cr_expect_str_neq(a, c, "%s does nothing here", name);
}

Test(saturation, of_one_is_the_world_with_the_policy)
{
    struct lab lab, all;
    struct lab_shown a, b;
    lab_young_town(&lab);
    all = lab;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        lab_set_of(&all, policy_name(k), "saturation", "1");
    lab_show(&lab, MONTHS, FEBRUARY, 1, &a);
    lab_show(&all, MONTHS, FEBRUARY, 3, &b);
    cr_assert(lab_same(&a, &b));
}

/* Who is admitted at each of these shares, of the living at the end. */
static const double shares[] = {0.25, 0.5, 0.75};

Test(saturation, admits_at_a_larger_share_whom_it_admits_at_a_smaller_one)
{
    struct lab lab;
    struct lab_run run;
    lab_young_town(&lab);
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
    lab_young_town(&lab);
    for (int k = 0; k < N_INSTRUMENTS; k++)
        lab_set_of(&lab, policy_name(k), "saturation @ 2020-01", "0.4");
    lab_watch(&run, &lab, MONTHS, call_roll, &roll);
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
    lab_young_town(lab);
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
    lab_young_town(&off);
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
        lab_watch(&life, &lab, 12, watch_one, &alone);
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
    lab_young_town(&lab);
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
