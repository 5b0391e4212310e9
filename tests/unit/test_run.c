/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs and ensembles: neither cache, threads nor the order of work show in a record; founders meet the stock stated. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <liandong/ensemble.h>
#include <liandong/founders.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUNS = 5, GIVEN_MOST = 16 };
static const struct place at = {"test.yml", 1, 1};
static const int32_t start = 2020 * 12;
static char folder[64], journal_path[96];
static struct diag diag;
static struct cache cache;
static struct simulation simulation;
static struct setup world;
static struct record_layout layout;

static struct assignment given(const char *key, const char *value)
{
    return (struct assignment){key, value, NO_DATE, 0, at, NULL};
}

static void fail_with_messages(void)
{
    diag_print(&diag, stderr);
    cr_assert_fail("see the messages");
}

#define MUST(step)                \
    do {                          \
        if ((step) != OK)         \
            fail_with_messages(); \
    } while (0)

/* A small region with every instrument; `more` comes on top. */
static void make(struct setup *s, const struct assignment *more, size_t n_more)
{
    struct assignment list[GIVEN_MOST] = {given("start", "2020-01"),
                                          given("months", "6"),
                                          given("burn_in", "40"),
                                          given("seed", "5"),
                                          given("founders.per_month", "80"),
                                          given("policies.risk_pool.enabled", "true"),
                                          given("policies.risk_pool.capital", "4000000"),
                                          given("policies.platform.enabled", "true"),
                                          given("policies.incubators.budget", "1000000")};
    size_t n = 9;
    for (size_t k = 0; k < n_more; k++)
        list[n++] = more[k];
    MUST(setup_build(s, list, n, &diag));
}

static void remove_folder(void)
{
    char path[512];
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

static void init(void)
{
    snprintf(folder, sizeof folder, "/tmp/liandong-run-%d", (int)getpid());
    snprintf(journal_path, sizeof journal_path, "%s/journal", folder);
    remove_folder();
    setenv("LIANDONG_CACHE", folder, 1);
    diag_init(&diag);
    make(&world, NULL, 0);
    cr_assert_eq(record_layout_init(&layout, &world), OK);
    cr_assert(cache_open(&cache, "test"));
    simulation = (struct simulation){.setup = &world, .layout = &layout};
}

static void end(void)
{
    cache_close(&cache);
    record_layout_free(&layout);
    setup_free(&world);
    diag_free(&diag);
    remove_folder();
}
TestSuite(run, .init = init, .fini = end);

/* The record of one run as bytes; the caller frees. */
static void *record_of(const struct simulation *s, uint32_t run, int32_t threads)
{
    struct run_output out;
    MUST(run_output_init(&out, s, &diag));
    MUST(simulate_run(s, run, threads, &out, &diag));
    void *bytes = calloc(1, record_bytes(s->layout, out.record.months));
    record_pack(&out.record, s->layout, bytes);
    run_output_free(&out);
    return bytes;
}

static void expect_same(const struct simulation *a, const struct simulation *b, uint32_t run)
{
    void *x = record_of(a, run, 1), *y = record_of(b, run, 1);
    cr_assert(memcmp(x, y, record_bytes(&layout, world.world.months)) == 0);
    free(x);
    free(y);
}

/* Number of files in the cache; *path: one of them. */
static int seasons(char *path, size_t size)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        if (strstr(entry->d_name, ".season") != NULL) {
            snprintf(path, size, "%s/%s", folder, entry->d_name);
            n++;
        }
    closedir(dir);
    return n;
}

Test(run, out_of_the_cache_is_the_run_without_it)
{
    char path[512];
    struct simulation cached = simulation;
    cached.cache = &cache;
    expect_same(&simulation, &cached, 0); /* fills the cache */
    cr_assert_eq(seasons(path, sizeof path), 1);
    expect_same(&simulation, &cached, 0); /* reads it */
    expect_same(&simulation, &cached, 1);
    cr_assert_eq(seasons(path, sizeof path), 2);
}

Test(run, is_the_same_with_claims_kept_and_a_panel_taken)
{
    struct simulation more = simulation;
    more.panel = 0.3;
    more.claims = true;
    expect_same(&simulation, &more, 0);
}

Test(run, ignores_and_replaces_a_damaged_season)
{
    char path[512];
    struct stat before, after;
    struct simulation cached = simulation;
    cached.cache = &cache;
    free(record_of(&cached, 0, 1));
    cr_assert_eq(seasons(path, sizeof path), 1);
    cr_assert_eq(stat(path, &before), 0);
    FILE *file = fopen(path, "r+b");
    for (long byte = 64; byte < before.st_size - 64; byte += 256) {
        fseek(file, byte, SEEK_SET);
        fputs("damaged", file);
    }
    fclose(file);
    expect_same(&simulation, &cached, 0);
    cr_assert_eq(truncate(path, before.st_size / 3), 0);
    expect_same(&simulation, &cached, 0);
    cr_assert_eq(stat(path, &after), 0);
    cr_assert_eq(before.st_size, after.st_size);
}

/* The names of the season under a setup with these values on top. */
static void key_with(const struct assignment *more, size_t n, char key[SHA256_TEXT])
{
    struct setup s;
    make(&s, more, n);
    cache_key(&s, "test", 5, 0, key);
    setup_free(&s);
}

Test(run, shares_its_season_with_what_differs_from_the_start_on)
{
    char plain[SHA256_TEXT], other[SHA256_TEXT];
    struct assignment dated = {"policies.risk_pool.share", "0.9", start, 0, at, NULL};
    struct assignment earlier = {"policies.risk_pool.share", "0.9", start - 1, 0, at, NULL};
    struct assignment from_start[] = {given("policies.interest_subsidy.share", "0.5"),
                                      given("policies.interest_subsidy.budget", "1000000"),
                                      given("policies.interest_subsidy.from", "2020-03")};
    struct assignment rate = given("credit.base_rate", "0.03");
    key_with(NULL, 0, plain);
    key_with(&dated, 1, other);
    cr_assert_str_eq(plain, other);
    key_with(from_start, 3, other);
    cr_assert_str_eq(plain, other);
    key_with(&earlier, 1, other);
    cr_assert_str_neq(plain, other);
    key_with(&rate, 1, other);
    cr_assert_str_neq(plain, other);
    cache_key(&world, "test", 5, 1, other);
    cr_assert_str_neq(plain, other);
    cache_key(&world, "another", 5, 0, other);
    cr_assert_str_neq(plain, other);
}

Test(run, of_a_variant_is_the_same_out_of_a_season_that_the_base_left)
{
    struct setup variant;
    struct assignment more[] = {
        given("policies.interest_subsidy.share", "0.5"),
        given("policies.interest_subsidy.budget", "10000000"),
        given("policies.interest_subsidy.from", "2020-02"),
        {"policies.risk_pool.share", "0.8", start + 1, 0, at, NULL}
    };
    char path[512];
    struct simulation base = simulation, own, shared;
    base.cache = &cache;
    free(record_of(&base, 0, 1));
    make(&variant, more, 4);
    own = shared = (struct simulation){.setup = &variant, .layout = &layout};
    shared.cache = &cache;
    expect_same(&own, &shared, 0);
    cr_assert_eq(seasons(path, sizeof path), 1);
    setup_free(&variant);
}

Test(run, is_the_same_for_any_number_of_threads)
{
    static const int32_t threads[] = {2, 3, 4, 7};
    struct setup big; /* enough rows that several threads have work */
    struct assignment many = {"founders.per_month", "2500", NO_DATE, 1, at, NULL};
    make(&big, &many, 1);
    big.world.burn_in = 30;
    struct simulation s = {.setup = &big, .layout = &layout};
    void *one = record_of(&s, 0, 1);
    for (size_t k = 0; k < 4; k++) {
        void *other = record_of(&s, 0, threads[k]);
        cr_assert(memcmp(one, other, record_bytes(&layout, big.world.months)) == 0, "%d threads", threads[k]);
        free(other);
    }
    free(one);
    setup_free(&big);
}

static void run_all(struct journal *j, int32_t threads)
{
    const struct journal_key key = {.scenario = "x",
                                    .build = "test",
                                    .settings = "",
                                    .seed = 5,
                                    .runs = RUNS,
                                    .months = world.world.months,
                                    .record_bytes = record_bytes(&layout, world.world.months),
                                    .shard = 1,
                                    .shards = 1};
    struct ensemble e = {.simulation = simulation, .journal = j, .threads = threads};
    MUST(journal_open(j, journal_path, &key, &diag));
    MUST(ensemble_run(&e, &diag));
    cr_assert_eq(j->finished, RUNS);
}

Test(run, of_an_ensemble_is_the_run_alone)
{
    static const int32_t threads[] = {1, 2, 3, 4, 7};
    uint64_t n = record_bytes(&layout, world.world.months);
    void *alone[RUNS], *bytes = malloc(n);
    for (uint32_t run = 0; run < RUNS; run++)
        alone[run] = record_of(&simulation, run, 1);
    for (size_t k = 0; k < 5; k++) {
        struct journal j;
        run_all(&j, threads[k]);
        for (uint32_t run = 0; run < RUNS; run++) {
            memset(bytes, 0, n);
            MUST(journal_read(&j, run, PART_RECORD, 0, bytes, j.entry[run].n[PART_RECORD], &diag));
            cr_assert(memcmp(bytes, alone[run], n) == 0, "run %u with %d threads", run, threads[k]);
        }
        journal_remove(&j);
    }
    for (uint32_t run = 0; run < RUNS; run++)
        free(alone[run]);
    free(bytes);
}

Test(run, told_to_stop_stops_and_leaves_nothing_half_done)
{
    volatile sig_atomic_t stop = 1;
    struct simulation told = simulation;
    struct run_output out;
    told.stop = &stop;
    MUST(run_output_init(&out, &told, &diag));
    cr_assert_eq(simulate_run(&told, 0, 1, &out, &diag), INTERRUPTED);
    cr_assert_eq(out.record.balanced, 0);
    run_output_free(&out);
}

Test(run, has_founders_that_make_the_stock_stated)
{
    struct setup s;
    struct founders_solved solved, again;
    double ratio;
    struct assignment stock[] = {
        {"enterprises.initial", "900", NO_DATE, 1, at, NULL}
    };
    make(&s, stock, 1);
    cr_assert(founders_wanted(&s, 0));
    cr_assert(!founders_wanted(&world, 0));
    MUST(founders_solve(&s, 0, &cache, 1, NULL, &solved, &diag));
    MUST(founders_stock(&s, 0, 2, NULL, &ratio, &diag));
    cr_assert(ratio > 0.99 && ratio < 1.01, "%g of the stock", ratio);
    MUST(founders_solve(&s, 0, NULL, 2, NULL, &again, &diag));
    cr_assert_eq(solved.per_month, again.per_month);
    MUST(founders_solve(&s, 0, &cache, 2, NULL, &again, &diag));
    cr_assert(again.known && solved.per_month == again.per_month);
    setup_free(&s);
}
