/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold to the bit and to the fen, from the first day. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/registry.h>
#include <string.h>

static void digest_of(const struct lab *lab, struct lab_options options, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, options);
    lab_digest(&run, 0, options.months, text);
    lab_end(&run);
}

static void busy_town(struct lab *lab)
{
    lab_town(lab);
    lab_policies(lab);
    lab_set(lab, "policies.risk_pool.capital", "300 万"); /* short of money: the order of claims decides */
}

ParameterizedTestParameters(exact, is_the_same_for_any_number_of_threads)
{
    static int threads[] = {2, 3, 4, 7};
    return cr_make_param_array(int, threads, 4);
}

ParameterizedTest(int *threads, exact, is_the_same_for_any_number_of_threads)
{
    struct lab lab;
    char one[SHA256_TEXT], many[SHA256_TEXT];
    busy_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300"); /* several tiles */
    digest_of(&lab, (struct lab_options){.threads = 1, .compact_every = -1, .months = 24}, one);
    digest_of(&lab, (struct lab_options){.threads = *threads, .compact_every = -1, .months = 24}, many);
    cr_assert_str_eq(one, many);
}

ParameterizedTestParameters(exact, shows_no_trace_of_compaction)
{
    static int every[] = {0, 1, 5};
    return cr_make_param_array(int, every, 3);
}

ParameterizedTest(int *every, exact, shows_no_trace_of_compaction)
{
    struct lab lab;
    char yearly[SHA256_TEXT], other[SHA256_TEXT];
    busy_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "150");
    digest_of(&lab, (struct lab_options){.compact_every = 12, .months = 36}, yearly);
    digest_of(&lab, (struct lab_options){.compact_every = *every, .months = 36}, other);
    cr_assert_str_eq(yearly, other);
}

Test(exact, does_not_depend_on_the_order_of_keys)
{
    struct lab lab, turned = {0};
    char forwards[SHA256_TEXT], backwards[SHA256_TEXT];
    lab_town(&lab);
    lab_policies(&lab);
    for (size_t k = lab.n; k > 0; k--)
        lab_set(&turned, lab.key[k - 1], lab.text[k - 1]);
    digest_of(&lab, (struct lab_options){.compact_every = -1, .months = 12}, forwards);
    digest_of(&turned, (struct lab_options){.compact_every = -1, .months = 12}, backwards);
    cr_assert_str_eq(forwards, backwards);
}

Test(exact, differs_with_the_run_and_with_a_parameter)
{
    struct lab lab;
    char first[SHA256_TEXT], second[SHA256_TEXT], third[SHA256_TEXT];
    lab_town(&lab);
    digest_of(&lab, (struct lab_options){.compact_every = -1, .months = 6}, first);
    digest_of(&lab, (struct lab_options){.run = 1, .compact_every = -1, .months = 6}, second);
    lab_set(&lab, "credit.base_rate", "0.05");
    digest_of(&lab, (struct lab_options){.compact_every = -1, .months = 6}, third);
    cr_assert_str_neq(first, second);
    cr_assert_str_neq(first, third);
}

/* -- money -------------------------------------------------------------------------------------------------------- */
static double lot(uint64_t *state)
{
    *state = ld_mix(*state, 1);
    return (double)(*state >> 11) * 0x1p-53;
}

/* A number somewhere around the default, within the range. */
static double around(const struct param_desc *d, double u)
{
    double value = d->def * ld_exp(2.4 * (u - 0.5));
    value = value < d->min ? d->min : value > d->max ? d->max : value;
    return d->kind == KIND_COUNT || d->kind == KIND_MONTHS || d->kind == KIND_MONEY ? (double)(int64_t)(value + 0.5)
                                                                                    : value;
}

static void shake(struct lab *lab, uint64_t *state)
{
    for (size_t k = 0; k < n_params; k++) {
        const struct param_desc *d = &param_table[k];
        const struct group_desc *g = &group_table[d->group];
        char key[160];
        bool number = d->kind != KIND_SWITCH && d->kind != KIND_CHOICE && d->kind != KIND_TIERS && d->def > 0.0;
        if (g->scope != SCOPE_SINGLE || d->group == GROUP_closed_form || d->flags & PARAM_AGENT || !number ||
            lot(state) < 0.7)
            continue;
        snprintf(key, sizeof key, "%s.%s", g->name, d->name);
        lab_number(lab, key, around(d, lot(state)));
    }
}

static void random_world(struct lab *lab, uint64_t seed)
{
    uint64_t state = ld_mix(seed, 77);
    lab_begin(lab);
    lab_set(lab, "burn_in", "84");
    int regions = 1 + (int)(3.0 * lot(&state));
    for (int r = 0; r < regions; r++) {
        char key[64];
        snprintf(key, sizeof key, "regions.r%d.founders.per_month", r);
        lab_number(lab, key, 10.0 + (double)(int)(40.0 * lot(&state)));
    }
    lab_number(lab, "banks.b.count", 1.0 + (double)(int)(5.0 * lot(&state)));
    shake(lab, &state);
    if (lot(&state) < 0.8)
        lab_policies(lab);
    if (lot(&state) < 0.5) {
        lab_set(lab, "policies.risk_pool.second.enabled", "true");
        lab_set(lab, "policies.risk_pool.second.capital", "100 万");
        lab_set(lab, "policies.risk_pool.second.funding", lot(&state) < 0.5 ? "yearly" : "tiered");
        lab_set(lab, "policies.risk_pool.second.breaker", "0.05");
        lab_set(lab, "policies.risk_pool.second.enabled @ 2021-06", "false");
    }
    if (lot(&state) < 0.3)
        lab_set(lab, "macro.stress @ 2020-06", "-3");
    if (lot(&state) < 0.2)
        lab_set(lab, "enterprise.finance_limits_rd", "false");
    if (lot(&state) < 0.1)
        lab_set(lab, "enterprise.unlimited_finance", "true");
}

Test(money, is_conserved_to_the_fen_in_fifty_random_worlds_of_ten_years)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct lab lab;
        struct lab_run run;
        random_world(&lab, seed);
        lab_go(&run, &lab,
               (struct lab_options){.compact_every = -1, .months = 36}); /* the audit stops a month that loses one */
        for (int32_t r = 0; r < run.setup.n_regions; r++) {
            int64_t sum = 0;
            for (int a = 0; a < N_ACCOUNTS; a++)
                sum += run.world.region[r].balance[a];
            cr_assert_eq(sum, 0, "seed %d region %d", (int)seed, (int)r);
        }
        lab_end(&run);
    }
}

Test(money, that_appears_is_found_with_phase_region_and_tile)
{
    for (int32_t p = 0; p < (int32_t)n_phases; p++) {
        if (schedule[p].kind != LOCAL_PHASE)
            continue;
        struct lab lab;
        struct lab_run run;
        struct diag diag;
        char wanted[128];
        lab_town(&lab);
        lab_set(&lab, "burn_in", "24");
        lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 1});
        run.world.plant.phase = p;
        run.world.plant.month = run.world.month + 1;
        diag_init(&diag);
        cr_assert_eq(world_step(&run.world, &diag), VERDICT_BAD);
        snprintf(wanted, sizeof wanted, "phase %s, region town, tile 0, account ENTERPRISES: 1 fen", schedule[p].name);
        cr_assert_neq(strstr(diag.text[0], wanted), NULL, "%s", diag.text[0]);
        diag_free(&diag);
        lab_end(&run);
    }
}

Test(money, that_a_market_loses_is_found_too)
{
    struct lab lab;
    struct lab_run run;
    struct diag diag;
    lab_town(&lab);
    lab_set(&lab, "burn_in", "24");
    lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 1});
    run.world.region[0].bank[1].cash.fen += 1;
    diag_init(&diag);
    cr_assert_eq(world_step(&run.world, &diag), VERDICT_BAD);
    cr_assert_neq(strstr(diag.text[0], "account BANKS: 1 fen"), NULL, "%s", diag.text[0]);
    diag_free(&diag);
    lab_end(&run);
}

/* -- worlds --------------------------------------------------------------------------------------------------------- */
Test(world, can_be_copied_and_both_go_on_alike)
{
    struct lab lab;
    struct lab_run run;
    struct world copy;
    struct diag diag;
    busy_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.threads = 2, .compact_every = -1, .months = 7});
    diag_init(&diag);
    cr_assert_eq(world_copy(&copy, &run.world, &diag), OK);
    for (int m = 0; m < 14; m++) {
        cr_assert_eq(world_step(&run.world, &diag), OK);
        cr_assert_eq(world_step(&copy, &diag), OK);
        cr_assert_arr_eq(copy.record, run.world.record, run.layout.n * sizeof *copy.record);
    }
    world_free(&copy);
    diag_free(&diag);
    lab_end(&run);
}

/* -- every instrument at once --------------------------------------------------------------------------------------- */
enum { EVERY_MONTHS = 100, EVERY_SEEDS = 8 };

/* Does every instrument get what it asks for? */
Test(every, instrument_asks_for_nothing_that_contradicts_another)
{
    struct lab lab;
    lab_begin(&lab);
    size_t from = lab.n;
    lab_policies(&lab);
    for (size_t k = from; k < lab.n; k++)
        for (size_t j = from; j < k; j++)
            if (strcmp(lab.key[k], lab.key[j]) == 0)
                cr_expect_str_eq(lab.text[k], lab.text[j], "%s", lab.key[k]);
}

/* "policies.GROUP.NAME" again as "policies.GROUP.second.NAME", where there can be two; what of it, or NULL. */
static const char *of_second(const char *key, char *to, size_t size)
{
    char name[NAME_SIZE];
    int used = 0;
    if (sscanf(key, "policies.%31[a-z_].%n", name, &used) != 1 || used == 0 || strchr(key + used, '.') != NULL ||
        strcmp(name, "relending") == 0)
        return NULL;
    snprintf(to, size, "policies.%s.second.%s", name, key + used);
    return to;
}

/* Two regions, two lines of each instrument, the first of them with a date of its own. */
static void every_instrument_twice(struct lab *lab, uint64_t seed)
{
    uint64_t state = ld_mix(seed, 5);
    lab_town(lab);
    lab_policies(lab);
    lab_set(lab, "burn_in", "48");
    lab_set(lab, "policies.risk_pool.capital", "300 万"); /* short of money: the order of claims decides */
    lab_set(lab, "regions.west.founders.per_month", "40");
    for (size_t k = 0, n = lab->n; k < n; k++) {
        char key[160];
        if (of_second(lab->key[k], key, sizeof key) != NULL)
            lab_set(lab, key, lab->text[k]);
    }
    for (int32_t k = 0; k < N_INSTRUMENTS; k++) {
        char date[32];
        if (lot(&state) < 0.5)
            continue;
        snprintf(date, sizeof date, "%d-%02d", 2018 + (int)(lot(&state) * 8.0), 1 + (int)(lot(&state) * 12.0));
        lab_set_of(lab, group_table[registry_groups[k]].name, lot(&state) < 0.5 ? "from" : "until", date);
    }
    if (lot(&state) < 0.5)
        lab_set(lab, "macro.stress @ 2021-06", "-3");
}

/* Now and then a copy goes on in the place of the world. */
static void replace_by_copy(struct world *w, void *context)
{
    (void)context;
    if (w->month % 7 != 0)
        return;
    lab_go_on_in_a_copy(w);
}

ParameterizedTestParameters(every, instrument_twice_balances_and_shows_no_threads_no_compaction_and_no_copy)
{
    static int seeds[EVERY_SEEDS] = {1, 2, 3, 7, 10, 12, 15, 18};
    return cr_make_param_array(int, seeds, EVERY_SEEDS);
}

/* The audit stops a month that loses a fen. */
ParameterizedTest(int *seed, every, instrument_twice_balances_and_shows_no_threads_no_compaction_and_no_copy)
{
    static const struct lab_options ways[] = {
        {.threads = 2, .compact_every = 0,  .hook = replace_by_copy},
        {.threads = 7, .compact_every = 1,  .hook = NULL           },
        {.threads = 3, .compact_every = 0,  .hook = NULL           },
        {.threads = 4, .compact_every = -1, .hook = replace_by_copy}
    };
    struct lab lab;
    struct lab_options one = {.run = (uint32_t)*seed, .compact_every = -1, .months = EVERY_MONTHS};
    char alone[SHA256_TEXT], other[SHA256_TEXT];
    every_instrument_twice(&lab, (uint64_t)*seed);
    digest_of(&lab, one, alone);
    for (int half = 0; half < 2; half++) {
        struct lab_options o = ways[2 * half + *seed % 2];
        o.run = one.run;
        o.months = one.months;
        digest_of(&lab, o, other);
        cr_expect_str_eq(alone, other, "threads %d, compaction %d", o.threads, o.compact_every);
    }
}

static void region_town(struct lab *lab, const char *region)
{
    char key[64];
    snprintf(key, sizeof key, "regions.%s.founders.per_month", region);
    lab_set(lab, key, "40");
}

Test(world, of_two_regions_that_share_nothing_is_the_sum_of_two_worlds)
{
    struct lab lab[3];
    struct lab_run run[3];
    for (int k = 0; k < 3; k++) {
        lab_begin(&lab[k]);
        lab_set(&lab[k], "burn_in", "60");
        lab_policies(&lab[k]);
        lab_set_of(&lab[k], "community", "enabled", "false");
        lab_set(&lab[k], "boards.chinext.capacity", "1000000"); /* else it is the nation's */
        lab_set(&lab[k], "market.nation_demand", "0"); /* without limit; else it is shared by the listed of both */
        if (k != 1)
            region_town(&lab[k], "east");
        if (k != 0)
            region_town(&lab[k], "west");
        lab_go(&run[k], &lab[k], (struct lab_options){.threads = 2, .compact_every = -1, .months = 12});
    }
    for (int32_t m = 0; m < 12; m++)
        for (size_t s = 0; s < n_series; s++) {
            size_t n = (size_t)run[0].layout.length[series_table[s].dim];
            for (int k = 0; k < 2; k++) {
                const union cell *one = run[k].cell + (size_t)m * run[k].layout.n + run[k].layout.series[s];
                const union cell *two =
                    run[2].cell + (size_t)m * run[2].layout.n + run[2].layout.series[s] + (size_t)k * n;
                cr_assert_arr_eq(one, two, n * sizeof *one, "%s in month %d", series_table[s].name, (int)m);
            }
        }
    for (int k = 0; k < 3; k++)
        lab_end(&run[k]);
}

Test(world, at_half_the_scale_keeps_every_second_founder)
{
    struct lab lab;
    struct lab_run run[2];
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "200");
    for (int k = 0; k < 2; k++) {
        lab_set(&lab, "scale", k == 0 ? "1" : "1/2");
        lab_go(&run[k], &lab, (struct lab_options){.compact_every = -1, .months = 1});
    }
    const struct enterprises *e = &run[1].world.region[0].enterprises;
    for (size_t i = 0; i < e->n; i++)
        cr_assert_eq(e->index[i] % 2, 0);
    double ratio = (double)lab_int(&run[1], "enterprises", 0, -1) / (double)lab_int(&run[0], "enterprises", 0, -1);
    cr_assert(ratio > 0.42 && ratio < 0.58, "%g", ratio);
    for (int k = 0; k < 2; k++)
        lab_end(&run[k]);
}
