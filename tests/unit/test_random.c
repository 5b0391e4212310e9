/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds at random, with every instrument, funds and boards at work: the audit finds every fen, and neither threads, nor compaction,
 * nor copies, nor the cache show in a record.  RANDOM_WORLDS=100 looks at so many more of them than `make test` does. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <liandong/cache.h>
#include <liandong/mathx.h>
#include <liandong/registry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MONTHS = 40, SEEDS_MOST = 1024 };

static double lot(uint64_t *state)
{
    *state = ld_mix(*state, 1);
    return (double)(*state >> 11) * 0x1p-53;
}

/* -- a scenario ---------------------------------------------------------------------------------------------------------------- */
/* A number somewhere around the default; where that is none, a small one. */
static double around(const struct param_desc *d, double u)
{
    double value = d->def != 0.0 ? d->def * ld_exp(3.0 * (u - 0.5)) : d->kind == KIND_COUNT ? 20.0 * u : 0.3 * u;
    value = value < d->min ? d->min : value > d->max ? d->max : value;
    return d->kind == KIND_COUNT || d->kind == KIND_MONTHS || d->kind == KIND_MONEY ? (double)(int64_t)(value + 0.5)
                                                                                    : value;
}

static void shake_one(struct lab *lab, uint64_t *state, const char *house, const struct param_desc *d)
{
    char key[160], text[96];
    double u = lot(state);
    snprintf(key, sizeof key, "%s.%s", house, d->name);
    if (d->kind == KIND_SWITCH)
        lab_set(lab, key, u < 0.5 ? "true" : "false");
    else if (strcmp(d->name, "sector") == 0)
        lab_number(lab, key, 1.0 + (double)(int)(5.0 * u));
    else if (d->kind == KIND_CHOICE) {
        const char *name;
        size_t length = choice_name(d, (int32_t)(u * (d->max + 1.0)), &name);
        snprintf(text, sizeof text, "%.*s", (int)length, name);
        lab_set(lab, key, text);
    } else if (d->kind != KIND_TIERS && (d->def != 0.0 || d->kind != KIND_MONEY))
        lab_number(lab, key, around(d, u));
}

/* What is not to be shaken: sizes of the world, whether an instrument stands, tests of theory. */
static bool stays(const struct param_desc *d)
{
    return (d->flags & PARAM_AGENT) != 0 || strcmp(d->name, "enabled") == 0 || d->acts == ACTS_CLOSED_FORM ||
           d->acts == ACTS_NUMERICS || d->group == GROUP_founders || strcmp(d->name, "unlimited_finance") == 0 ||
           strcmp(d->name, "saturation") == 0;
}

/* One parameter of ten is another, of every instance. */
static void shake(struct lab *lab, uint64_t *state)
{
    for (size_t k = 0; k < n_params; k++) {
        const struct param_desc *d = &param_table[k];
        const struct group_desc *g = &group_table[d->group];
        char house[96];
        snprintf(house, sizeof house, "%s%s", g->scope == SCOPE_POLICY ? "policies." : "", g->name);
        if (!stays(d) && g->scope != SCOPE_NAMED && lot(state) < 0.1)
            shake_one(lab, state, house, d);
        for (size_t j = 0; g->scope == SCOPE_NAMED && j < n_shipped_instances; j++) {
            if (shipped_instances[j].group != d->group || stays(d) || lot(state) > 0.1)
                continue;
            snprintf(house, sizeof house, "%s.%s", g->name, shipped_instances[j].name);
            shake_one(lab, state, house, d);
        }
    }
}

/* Boards that small enterprises reach, some over the one below. */
static void low_boards(struct lab *lab, uint64_t *state)
{
    static const char *const values[][2] = {
        {"opens",        "0"     },
        {"age_min",      "0"     },
        {"years",        "1"     },
        {"value_min",    "0"     },
        {"profit_min",   "20 万"},
        {"profit_last",  "0"     },
        {"prepare",      "4"     },
        {"prepare_cost", "3 万" },
        {"review",       "2"     },
        {"fee_fixed",    "1 万" },
        {"disclosure",   "1 万" }
    };
    for (size_t j = 0; j < n_shipped_instances; j++) {
        if (shipped_instances[j].group != GROUP_boards || lot(state) < 0.5)
            continue;
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            char key[96];
            snprintf(key, sizeof key, "boards.%s.%s", shipped_instances[j].name, values[k][0]);
            lab_set(lab, key, values[k][1]);
        }
    }
}

static void remove_some(struct lab *lab, uint64_t *state)
{
    static const char *const keys[] = {"funds.seed",
                                       "funds.venture",
                                       "funds",
                                       "boards.regional",
                                       "boards.neeq",
                                       "boards",
                                       "partners.state",
                                       "partners",
                                       "sectors.other",
                                       "sectors.software",
                                       "banks.bank",
                                       "regions.r1.funds",
                                       "regions.r1.boards",
                                       "regions.r0.partners",
                                       "policies.guarantee"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (lot(state) < 0.07)
            lab_remove(lab, keys[k]);
}

static void dates(struct lab *lab, uint64_t *state)
{
    for (int32_t k = 0; k < N_INSTRUMENTS; k++) {
        char date[32];
        if (lot(state) < 0.6)
            continue;
        snprintf(date, sizeof date, "%d-%02d", 2018 + (int)(lot(state) * 5.0), 1 + (int)(lot(state) * 12.0));
        lab_set_of(lab, group_table[registry_groups[k]].name, lot(state) < 0.5 ? "from" : "until", date);
    }
}

static void world_at_random(struct lab *lab, uint64_t seed)
{
    uint64_t state = ld_mix(seed, 4711);
    lab_begin(lab);
    lab_policies(lab);
    lab_set(lab, "burn_in", "40");
    lab_set(lab, "banks.bank.count", "3");
    lab_set(lab, "banks.village.count", "2");
    lab_set(lab, "funds.venture.away", "0.15");
    lab_set(lab, "equity.elsewhere_share", "0.2");
    for (int r = 0, n = 1 + (int)(3.0 * lot(&state)); r < n; r++) {
        char key[64];
        snprintf(key, sizeof key, "regions.r%d.founders.per_month", r);
        lab_number(lab, key, 20.0 + (double)(int)(60.0 * lot(&state)));
    }
    low_boards(lab, &state);
    shake(lab, &state);
    dates(lab, &state);
    remove_some(lab, &state);
    if (lot(&state) < 0.5)
        lab_set(lab, "macro.stress @ 2020-06", "-3");
}

/* -- other ways to the same world ------------------------------------------------------------------------------------------- */
static void must_be(enum status status, struct diag *diag)
{
    if (status != OK)
        diag_print(diag, stderr);
    cr_assert_eq(status, OK);
    diag_free(diag);
}

/* Now and then a copy goes on in the place of the world. */
static void through_copies(struct world *w, void *context)
{
    struct world copy;
    struct diag diag;
    (void)context;
    if (w->month % 5 != 0)
        return;
    diag_init(&diag);
    must_be(world_copy(&copy, w, &diag), &diag);
    if (w->record != NULL) /* of the month that is over */
        memcpy(copy.record, w->record, w->layout->n * sizeof *copy.record);
    world_free(w);
    *w = copy;
}

static void empty_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    char path[512];
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

/* What was seasoned is written to the cache and read from it. */
static void through_the_cache(struct world *w, void *context)
{
    struct cache cache;
    struct diag diag;
    char folder[128];
    const struct setup *setup = w->setup;
    int32_t every = w->compact_every, threads = w->team.n;
    uint32_t seed = w->luck.seed, run = w->luck.run;
    (void)context;
    if (w->month + 1 != setup->world.start)
        return;
    snprintf(folder, sizeof folder, "/tmp/liandong-random-%d", (int)getpid());
    setenv("LIANDONG_CACHE", folder, 1);
    empty_folder(folder);
    cr_assert(cache_open(&cache, "test"));
    cache_write(&cache, w);
    world_free(w);
    diag_init(&diag);
    must_be(world_init(w, setup, seed, run, threads, &diag), &diag);
    cr_assert_eq(cache_read(&cache, w), CACHE_READ);
    w->compact_every = every;
    cache_close(&cache);
    empty_folder(folder);
}

/* A month of a world at random may be refused (all banks removed, say); then there is nothing to compare. */
static bool can_be(const struct lab *lab)
{
    struct setup setup;
    bool can = lab_try(&setup, lab);
    if (can)
        setup_free(&setup);
    return can;
}

static void digest_of(const struct lab *lab, struct lab_options o, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, o);
    lab_digest(&run, 0, o.months, text);
    lab_end(&run);
}

ParameterizedTestParameters(worlds, at_random_balance_and_show_no_threads_compaction_copy_and_cache)
{
    static int seeds[SEEDS_MOST] = {3, 46, 60, 83}; /* in which something stands in every list */
    const char *more = getenv("RANDOM_WORLDS");
    int n = 4;
    for (int k = 0; more != NULL && k < atoi(more) && n < SEEDS_MOST; k++)
        seeds[n++] = k;
    return cr_make_param_array(int, seeds, (size_t)n);
}

ParameterizedTest(int *seed, worlds, at_random_balance_and_show_no_threads_compaction_copy_and_cache)
{
    static const struct lab_options ways[] = {
        {.threads = 2, .compact_every = 0, .hook = through_copies   },
        {.threads = 3, .compact_every = 1, .hook = through_the_cache}
    };
    struct lab lab;
    struct lab_options one = {.run = (uint32_t)*seed, .threads = 1, .compact_every = -1, .months = MONTHS};
    char alone[SHA256_TEXT], other[SHA256_TEXT];
    world_at_random(&lab, (uint64_t)*seed);
    if (!can_be(&lab))
        return;
    digest_of(&lab, one, alone);
    for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
        struct lab_options o = ways[k];
        o.run = one.run;
        o.months = one.months;
        digest_of(&lab, o, other);
        cr_expect_str_eq(alone, other, "seed %d, threads %d, compaction %d", *seed, o.threads, o.compact_every);
    }
}
