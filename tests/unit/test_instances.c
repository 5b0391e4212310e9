/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named instances: whatever is removed, added or renamed, a world is one that the model means, or there is one clear error. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/boards.h>
#include <liandong/funds.h>
#include <string.h>

/* -- what a scenario may name ------------------------------------------------------------------------------------------------ */
static const char *value(const struct setup *s, int32_t region, const char *group, const char *instance,
                         const char *param)
{
    static char text[128];
    enum group g = group_find(group);
    int32_t k = 0, p = param_find(g, param);
    while (k < s->layout.count[g] && strcmp(s->layout.name[g][k], instance) != 0)
        k++;
    cr_assert(p >= 0 && k < s->layout.count[g], "%s.%s.%s", group, instance, param);
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    value_text(&param_table[p], (const char *)values_at(block, &s->layout, g, k) + param_table[p].offset, text,
               sizeof text);
    return text;
}

/* The first message of a scenario of one value, NULL: it stands. */
static const char *said(const char *key, const char *text)
{
    static char message[512];
    struct setup setup;
    struct diag diag;
    struct assignment one = {
        .key = key, .value = text, .date = NO_DATE, .at = {"x.yml", 1, 3}
    };
    diag_init(&diag);
    enum status status = setup_build(&setup, &one, 1, &diag);
    snprintf(message, sizeof message, "%s", diag.n > 0 ? diag.text[0] : "");
    cr_expect_eq(diag.n, status != OK);
    diag_free(&diag);
    if (status == OK)
        setup_free(&setup);
    return status == OK ? NULL : message;
}

Test(instances, of_partners_are_the_four_kinds_whoever_is_named)
{
    struct lab lab;
    struct setup s;
    lab_begin(&lab);
    lab_set(&lab, "regions.east.partners.state.capacity", "7 m");
    lab_set(&lab, "regions.west.partners.state.capacity", "7 m");
    lab_set(&lab, "partners.foreign.capacity", "5 m");
    lab_remove(&lab, "partners.foreign");
    lab_remove(&lab, "regions.west.partners");
    lab_setup(&s, &lab);
    cr_assert_eq(s.layout.count[GROUP_partners], PARTNER_MANAGER - PARTNER_PUBLIC - 1);
    for (int p = PARTNER_STATE; p < PARTNER_MANAGER; p++)
        cr_expect_str_eq(s.layout.name[GROUP_partners][p - 1], partner_table[p].en);
    cr_expect_str_eq(value(&s, 0, "partners", "foreign", "capacity"), "0");
    cr_expect_str_eq(value(&s, 0, "partners", "state", "capacity"), "7000000");
    cr_expect_str_eq(value(&s, 0, "partners", "state", "tax"), "0");
    cr_expect_str_eq(value(&s, 1, "partners", "state", "capacity"), "0");
    setup_free(&s);
}

Test(instances, that_cannot_be_are_refused_where_they_stand)
{
    cr_expect_str_eq(said("partners.privat.capacity", "5 m"),
                     "x.yml:1:3: error: unknown kind of partner 'privat'; did you mean 'private'?");
    cr_expect_str_eq(said("partners.pensions.capacity", "5 m"),
                     "x.yml:1:3: error: unknown kind of partner 'pensions': the four kinds are fixed");
    cr_expect_str_eq(said("policies.stage_fund.sector", "9"),
                     "x.yml:1:3: error: policies.stage_fund.sector: there are 8 sectors only");
    cr_expect_str_eq(said("sectors", NULL), "x.yml:1:3: error: sectors: none is left; a world needs one at least");
    cr_expect_str_eq(said("banks", NULL), "x.yml:1:3: error: banks: none is left; a world needs one at least");
    cr_expect_str_eq(said("stages", NULL),
                     "x.yml:1:3: error: 'stages': the five stages are fixed; none can be removed");
}

Test(instances, of_funds_and_boards_may_all_be_removed)
{
    struct lab lab;
    struct setup s;
    lab_begin(&lab);
    lab_remove(&lab, "funds");
    lab_remove(&lab, "boards");
    lab_setup(&s, &lab);
    cr_expect_str_eq(value(&s, 0, "funds", "funds", "count"), "0");
    cr_expect_str_eq(value(&s, 0, "boards", "boards", "opens"), "3000");
    setup_free(&s);
}

Test(instances, removed_in_one_region_stand_in_the_other)
{
    struct lab lab;
    struct setup s;
    lab_begin(&lab);
    lab_set(&lab, "regions.east.credit.line_months", "24");
    lab_set(&lab, "regions.west.credit.line_months", "24");
    lab_remove(&lab, "regions.west.boards.star");
    lab_setup(&s, &lab);
    cr_expect_str_eq(value(&s, 0, "boards", "star", "opens"), "2019.5");
    cr_expect_str_eq(value(&s, 1, "boards", "star", "opens"), "3000");
    setup_free(&s);
}

Test(instances, that_are_too_many_to_bear_losses_are_refused_where_they_stand)
{
    static char key[MAX_BEARERS + 1][64];
    struct assignment list[MAX_BEARERS + 1];
    struct setup s;
    struct diag diag;
    for (int k = 0; k <= MAX_BEARERS; k++) {
        snprintf(key[k], sizeof key[k], "policies.risk_pool.p%02d.capital", k);
        list[k] = (struct assignment){
            .key = key[k], .value = "1 m", .date = NO_DATE, .at = {"x.yml", k + 1, 3}
        };
    }
    diag_init(&diag);
    cr_assert_eq(setup_build(&s, list, MAX_BEARERS + 1, &diag), FAILED);
    cr_expect_eq(strncmp(diag.text[0], "x.yml:", 6), 0, "%s", diag.text[0]);
    cr_expect_neq(strstr(diag.text[0], "pools, guarantors and insurers are named, 32 at most are possible"), NULL, "%s",
                  diag.text[0]);
    diag_free(&diag);
}

/* -- worlds of them ---------------------------------------------------------------------------------------------------------- */
static void town_with_funds(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "100");
}

static void digest_of(const struct lab *lab, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_watch(&run, lab, 36, NULL, NULL);
    lab_digest(&run, 0, 36, text);
    lab_end(&run);
}

Test(instances, of_partners_without_money_are_as_if_removed)
{
    struct lab lab[2];
    char poor[SHA256_TEXT], removed[SHA256_TEXT];
    for (int k = 0; k < 2; k++)
        town_with_funds(&lab[k]);
    lab_set(&lab[0], "regions.town.partners.state.capacity", "0");
    lab_remove(&lab[1], "partners.state");
    digest_of(&lab[0], poor);
    digest_of(&lab[1], removed);
    cr_expect_str_eq(poor, removed);
}

/* A place in the list of kinds tells nothing: only names and identities do. */
Test(instances, that_do_nothing_change_nothing)
{
    static const char *const idle[][2] = {
        {"funds.angels.stage_from",                "seed"}, /* nobody may raise one */
        {"boards.county.age_min",                  "12"  }, /* never opens */
        {"banks.village.weight",                   "2"   },
        {"sectors.crafts.needed",                  "1 m" },
        {"policies.risk_pool.idle.capital",        "1 m" },
        {"policies.guarantee.idle.capital",        "1 m" },
        {"policies.direct_seed_fund.idle.capital", "9 m" },
    };
    struct lab lab;
    struct lab_run run[2];
    town_with_funds(&lab);
    lab_set(&lab, "policies.direct_seed_fund.enabled", "true");
    lab_set(&lab, "policies.direct_seed_fund.capital", "3000 万");
    lab_watch(&run[0], &lab, 24, NULL, NULL);
    for (size_t k = 0; k < sizeof idle / sizeof idle[0]; k++)
        lab_set(&lab, idle[k][0], idle[k][1]);
    lab_watch(&run[1], &lab, 24, NULL, NULL);
    for (int32_t m = 0; m < 24; m++)
        for (int f = 0; f < N_FLOWS; f++)
            cr_assert_eq(run[0].cell[(size_t)m * run[0].layout.n + run[0].layout.flows + (size_t)f].i,
                         run[1].cell[(size_t)m * run[1].layout.n + run[1].layout.flows + (size_t)f].i,
                         "month %d, flow %s", (int)m, flow_table[f].en);
    for (int k = 0; k < 2; k++)
        lab_end(&run[k]);
}

/* -- public funds without private ones ------------------------------------------------------------------------------------ */
static void direct_funds(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "policies.direct_seed_fund.enabled", "true");
    lab_set(lab, "policies.direct_seed_fund.capital", "6000 万");
}

Test(instances, of_funds_give_public_funds_the_beliefs_of_who_invests_in_their_stage)
{
    struct lab lab;
    struct lab_run run;
    direct_funds(&lab);
    lab_remove(&lab, "funds.seed");
    lab_set(&lab, "funds.angels.stage_from", "seed");
    lab_set(&lab, "funds.angels.years", "7.5");
    lab_watch(&run, &lab, 12, NULL, NULL);
    const struct region *r = run.world.region;
    cr_assert_gt(r->funds.n, 0);
    cr_expect_eq(fund_kind(r, &r->funds.row[0])->years, 7.5);
    lab_end(&run);
}

Test(instances, of_funds_are_not_needed_for_public_ones)
{
    struct lab lab;
    struct lab_run run;
    direct_funds(&lab);
    lab_remove(&lab, "funds");
    lab_remove(&lab, "boards");
    lab_set(&lab, "capital_market.enabled", "true");
    lab_watch(&run, &lab, 36, NULL, NULL);
    cr_expect_gt(run.world.region[0].positions.held.n, 0);
    cr_expect_eq(run.world.region[0].n_managers, 0);
    cr_expect_eq(lab_sum(&run, "listings", -1), 0);
    lab_end(&run);
}

/* -- two regions ------------------------------------------------------------------------------------------------------------ */
Test(instances, of_funds_and_boards_may_stand_in_one_region_only)
{
    struct lab lab;
    struct lab_run run;
    lab_begin(&lab);
    lab_policy(&lab, GROUP_listing_support);
    lab_policy(&lab, GROUP_linkage);
    lab_set(&lab, "burn_in", "60");
    for (int k = 0; k < 2; k++) {
        lab_set(&lab, k == 0 ? "regions.east.founders.per_month" : "regions.west.founders.per_month", "60");
    }
    lab_remove(&lab, "regions.east.funds");
    lab_remove(&lab, "regions.east.partners");
    lab_remove(&lab, "regions.east.boards");
    lab_watch(&run, &lab, 36, NULL, NULL);
    const struct region *east = &run.world.region[0], *west = &run.world.region[1];
    cr_expect_eq(east->funds.n, 0);
    cr_expect_eq(east->issuers.n, 0);
    cr_expect_gt(west->funds.n, 0);
    cr_expect_gt(west->issuers.n, 0);
    lab_end(&run);
}
