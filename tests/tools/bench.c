/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - the figures of docs/performance against their gates and bars.   bench [--ensemble] [--json FILE]
 * --ensemble: only what is said of many runs.  FULL=1: 1e7 enterprises, too.
 *
 * The world is that of tests/tools/bench.yml: guangzhou-2024 with agents and markets of every kind and a dozen instruments, scaled;
 * that with every instrument is tests/tools/every.yml.  It is lived through its burn-in (printed, not judged), then timed over four
 * years, month by month with one thread or two, several times.  Machines are shared and noisy: of each month the fastest go counts,
 * and beside each figure stands its ratio to the minimal kernel, timed between the goes. */
#include "bench.h"
#include <liandong/assemble.h>
#include <liandong/engine.h>
#include <liandong/heap.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/registry.h>
#include <liandong/results.h>
#include <liandong/scenario.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMED = 48, CITY_MONTHS = 120, CITY_RUNS = 2, GOES = 5, WRITTEN_RUNS = 20, MAX_SETS = 8 };
#define UNIT \
    30000.0 /* enterprises at scale 1, on average over the months that are timed; only aims, what lives is counted */

/* -- the world --------------------------------------------------------------------------------------------------------- */
struct bench_world {
    struct scenario scenario;
    struct record_layout layout;
    struct world world;
    double season; /* seconds of the burn-in */
    double *seconds;
};

static void fail(const struct diag *d)
{
    diag_print(d, stderr);
    exit(1);
}

/* Settings as on a command line. */
struct sets {
    char *text[MAX_SETS];
    size_t n;
};

static void set(struct sets *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void set(struct sets *s, const char *format, ...)
{
    char text[160];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    s->text[s->n] = strdup(text);
    if (s->text[s->n++] == NULL)
        exit(1);
}

/* Guangzhou from 2024 on, scaled, with a dozen instruments or with every one. */
static void build(struct bench_world *b, double enterprises, int32_t threads, bool every)
{
    struct sets sets = {.n = 0};
    struct diag d;
    diag_init(&d);
    if (enterprises < UNIT)
        set(&sets, "scale=1/%.0f", UNIT / enterprises);
    else
        set(&sets, "scale=%.4f", enterprises / UNIT);
    if (scenario_read(&b->scenario, every ? "tests/tools/every.yml" : "tests/tools/bench.yml",
                      (const char *const *)sets.text, sets.n, &d) != OK)
        fail(&d);
    const struct setup *s = &b->scenario.setup;
    if (record_layout_init(&b->layout, s) != OK || world_init(&b->world, s, 1, 0, threads, &d) != OK ||
        world_measure(&b->world, &b->layout, &d) != OK)
        fail(&d);
    b->seconds = calloc(n_phases + 2, sizeof *b->seconds);
    for (size_t k = 0; k < sets.n; k++)
        free(sets.text[k]);
}

static void step(struct world *w)
{
    struct diag d;
    diag_init(&d);
    if (world_step(w, &d) != OK)
        fail(&d);
}

static void season(struct bench_world *b)
{
    double begun = bench_clock();
    for (int m = 0; m < b->scenario.setup.world.burn_in; m++)
        step(&b->world);
    b->season = bench_clock() - begun;
}

static void release(struct bench_world *b)
{
    world_free(&b->world);
    record_layout_free(&b->layout);
    scenario_free(&b->scenario);
    free(b->seconds);
    malloc_trim(0); /* what one world leaves behind is not the next one's */
}

/* -- one size ------------------------------------------------------------------------------------------------------------ */
/* Nanoseconds per enterprise-month on one thread and on two, of the world and of the kernel. */
struct timing {
    double each[2], kernel[2], alive;
};

static void time_kernel(double best[2], double size)
{
    for (int two = 0; two < 2; two++)
        best[two] = ld_min(best[two], kernel_time((uint32_t)size, two + 1));
}

/* One go.  Each calendar month is stepped with one thread and with two in as many years.  Returns how many live on average. */
static double time_months(struct world *w, double *phase_seconds, double best[2][12])
{
    double alive = 0.0;
    w->clock = bench_clock;
    for (int m = 0; m < TIMED; m++) {
        int two = (m + m / 12) % 2; /* no tally holds anything between months, so threads may change there */
        w->team.n = two + 1;
        w->phase_seconds = two ? NULL : phase_seconds;
        double begun = bench_clock();
        step(w);
        double seconds = bench_clock() - begun, living = (double)world_alive(w, 0);
        alive += living / TIMED;
        best[two][m % 12] = ld_min(best[two][m % 12], seconds / living);
    }
    w->phase_seconds = NULL;
    w->team.n = 2; /* as it was made: what belongs to the second is freed with the world */
    return alive;
}

/* From here on the peak is counted anew, so that none of an earlier world is taken for this one's.  False: it cannot be. */
static bool forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    bool told = file != NULL && fputs("5", file) >= 0;
    return file != NULL && fclose(file) == 0 && told;
}

/* Bytes; where it cannot be counted anew, of the whole life of the process. */
static double peak_memory(void)
{
    char line[256];
    double kilobytes = 0.0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kilobytes = atof(line + 6);
    if (file != NULL)
        fclose(file);
    return 1024.0 * kilobytes;
}

/* What a living enterprise takes at the peak of a world that two threads live through, season included: one that both one and two
 * threads stepped keeps room for what either leaves in its outboxes. */
static double memory_of(double size)
{
    struct bench_world b = {0};
    if (!forget_peak())
        printf("peak memory: of the whole process\n");
    build(&b, size, 2, false);
    season(&b);
    for (int m = 0; m < TIMED; m++)
        step(&b.world);
    double each = peak_memory() / (double)world_alive(&b.world, 0);
    release(&b);
    return each;
}

/* Of each month the fastest counts, since whoever else uses the machine can only slow it.  Each go has a world of its own, and the last
 * is left to be looked at. */
static struct timing time_world(struct bench_world *b, double size, bool every)
{
    struct timing t = {
        .kernel = {1e300, 1e300}
    };
    double best[2][12];
    for (int k = 0; k < 24; k++)
        best[k / 12][k % 12] = 1e300;
    for (int go = 0; go < GOES; go++) {
        if (go > 0)
            release(b);
        build(b, size, 2, every);
        season(b);
        t.alive = time_months(&b->world, b->seconds, best);
        time_kernel(t.kernel, size);
    }
    for (int k = 0; k < 24; k++)
        t.each[k / 12] += 1e9 / 12.0 * best[k / 12][k % 12];
    return t;
}

static void profile(const struct bench_world *b)
{
    double all = 0.0;
    for (size_t p = 0; p < n_phases + 2; p++)
        all += b->seconds[p];
    for (size_t p = 0; p < n_phases + 2; p++) {
        bool audit = p == n_phases;
        const char *name = p < n_phases ? schedule[p].name : audit ? "audit" : "folding of what threads counted";
        struct figure f =
            audit ? at_most(100.0 * b->seconds[p] / all, "%", 5.0, 3.0) : plain(100.0 * b->seconds[p] / all, "%");
        if (b->seconds[p] > 0.0)
            report(f, "  share of the month: %s", name);
    }
}

static void throughput(const struct timing *t, double size)
{
    bool judged = size >= 1e5 && size < 1e7;
    for (int two = 0; two < 2; two++) {
        struct figure f = two ? at_least(1e3 / t->each[1], "M/s", 8.0, 16.0) : plain(1e3 / t->each[0], "M/s");
        f.judged = f.judged && judged;
        f.ratio = t->each[two] / t->kernel[two];
        report(f, "enterprise-months a second at %.0e, %d thread%s", size, two + 1, two ? "s" : "");
        if (two)
            report_as_then(f, t->kernel[two], two);
    }
    struct figure f = at_least(t->each[0] / t->each[1], "", 1.7, 1.85);
    f.judged = judged;
    report(f, "speed-up of two threads at %.0e", size);
}

/* Times a world of this size; returns the time of one thread. */
static double one_size(double size)
{
    struct bench_world b = {0};
    const bool a_million = size >= 9e5 && size < 1e7;
    double peak = a_million ? memory_of(size) : 0.0;
    struct timing t = time_world(&b, size, false);
    report(plain(t.alive, ""), "living enterprises at %.0e", size);
    report(plain(b.season, "s"), "  seasoning of %d months, two threads", (int)b.scenario.setup.world.burn_in);
    report(plain(t.kernel[0], "ns"), "  minimal kernel, one thread");
    report(plain(t.kernel[1], "ns"), "  minimal kernel, two threads");
    throughput(&t, size);
    if (a_million)
        report(at_most(peak, "B", 300.0, 240.0), "peak memory per enterprise at %.0e", size);
    if (size >= 9e4 && size < 1e7)
        profile(&b);
    struct figure whole = at_most(t.each[1] * 1e-9 * 1e7 * 120.0, "s", 150.0, 90.0);
    if (size >= 9e5)
        report(whole, "1e7 enterprises x 120 months, from the pace at %.0e", size);
    if (size >= 9e5)
        report_as_then(whole, t.kernel[1], 1);
    release(&b);
    return t.each[0];
}

/* The pace with every instrument on. */
static void every_instrument(double size)
{
    struct bench_world b = {0};
    struct timing t = time_world(&b, size, true);
    struct figure pace = at_least(1e3 / t.each[1], "M/s", 4.0, 8.0);
    report(plain(t.alive, ""), "living enterprises at %.0e, every instrument on (%d)", size, (int)N_INSTRUMENTS);
    report(pace, "enterprise-months a second at %.0e, every instrument on, 2 threads", size);
    report_as_then(pace, t.kernel[1], 1);
    report(plain(t.each[0] / t.each[1], ""), "  speed-up of two threads");
    release(&b);
}

/* -- a city, many times -------------------------------------------------------------------------------------------------- */
#define CITY 21000.0 /* enterprises on average; the time is scaled to them from what lived */

struct city {
    struct world world[CITY_RUNS];
    union cell *cell; /* [month][layout.n] of run 0 */
    int64_t *start;
    size_t n;
    double lived[CITY_RUNS];
    double seconds[CITY_RUNS][CITY_MONTHS]; /* of each month, of the fastest go */
};

static void live_city(void *context, size_t run, int32_t thread)
{
    struct city *c = context;
    (void)thread;
    c->lived[run] = 0.0;
    for (int m = 0; m < CITY_MONTHS; m++) {
        double begun = bench_clock();
        step(&c->world[run]);
        c->seconds[run][m] = ld_min(c->seconds[run][m], bench_clock() - begun);
        c->lived[run] += (double)world_alive(&c->world[run], 0);
        if (run == 0)
            memcpy(c->cell + (size_t)m * c->n, c->world[0].record, c->n * sizeof *c->cell);
    }
}

/* Every run packed and appended, and the journal synced. */
static void fill_journal(struct journal *j, const struct bench_world *b, const struct city *c, struct diag *d)
{
    char *bytes = malloc(j->key.record_bytes);
    struct run_record record = {.cell = c->cell, .balances_start = c->start, .months = CITY_MONTHS, .balanced = 1};
    if (bytes == NULL)
        exit(1);
    for (uint32_t run = 0; run < WRITTEN_RUNS; run++) {
        const struct journal_piece part[N_PARTS] = {
            [PART_RECORD] = {bytes, record_pack(&record, &b->layout, bytes)}
        };
        if (journal_append(j, run, part, d) != OK)
            fail(d);
    }
    free(bytes);
}

/* Seconds to journal one run of many, and to assemble the result from the journal. */
static double write_city(struct bench_world *b, struct city *c)
{
    const char *path = "bench.h5";
    struct result_about about = {&b->scenario.setup, &b->layout,   series_table, n_series,
                                 "bench: 1\n",       WRITTEN_RUNS, false};
    struct journal_key key = {.scenario = about.scenario,
                              .build = "bench",
                              .settings = "",
                              .seed = b->scenario.setup.world.seed,
                              .runs = WRITTEN_RUNS,
                              .months = CITY_MONTHS,
                              .record_bytes = record_bytes(&b->layout, CITY_MONTHS),
                              .shard = 1,
                              .shards = 1};
    struct journal journal;
    struct shards shards = {&journal, 1};
    struct result_summary summary;
    struct diag d;
    diag_init(&d);
    b->scenario.setup.world.months = CITY_MONTHS;
    unlink("bench.h5.journal"); /* of a bench that was stopped */
    double begun = bench_clock();
    if (journal_open(&journal, "bench.h5.journal", &key, &d) != OK)
        fail(&d);
    fill_journal(&journal, b, c, &d);
    if (assemble_result(path, &about, &shards, CITY_RUNS, &summary, &d) != OK)
        fail(&d);
    journal_remove(&journal);
    double each = (bench_clock() - begun) / WRITTEN_RUNS;
    unlink(path);
    unlink("bench.h5.sha256");
    return each;
}

static void copy(struct world *to, const struct bench_world *b)
{
    struct diag d;
    diag_init(&d);
    if (world_copy(to, &b->world, &d) != OK)
        fail(&d);
}

/* Several cities at a time, each with one thread. */
static void live_cities(struct city *c, const struct bench_world *b)
{
    for (uint32_t k = 0; k < CITY_RUNS; k++) {
        copy(&c->world[k], b);
        c->world[k].luck.run = k;
    }
    team_run(CITY_RUNS, CITY_RUNS, live_city, c);
    for (int k = 0; k < CITY_RUNS; k++)
        world_free(&c->world[k]);
}

/* Seconds for one city, where so many are lived at a time. */
static double city_seconds(const struct city *c)
{
    double all = 0.0;
    for (int k = 0; k < CITY_RUNS; k++)
        for (int m = 0; m < CITY_MONTHS; m++)
            all += c->seconds[k][m];
    return all / (CITY_RUNS * CITY_RUNS);
}

static void city(void)
{
    struct bench_world b = {0};
    struct city c = {0};
    build(&b, CITY, 1, false);
    season(&b);
    c.n = b.layout.n;
    c.cell = calloc((size_t)CITY_MONTHS * c.n, sizeof *c.cell);
    c.start = calloc(N_ACCOUNTS, sizeof *c.start);
    world_balances(&b.world, c.start);
    for (int k = 0; k < CITY_RUNS * CITY_MONTHS; k++)
        c.seconds[k / CITY_MONTHS][k % CITY_MONTHS] = 1e300;
    double kernel = 1e300, lived = 0.0;
    for (int go = 0; go < GOES; go++) {
        kernel = ld_min(kernel, kernel_time(100000, 2));
        live_cities(&c, &b);
    }
    double each = city_seconds(&c);
    for (int k = 0; k < CITY_RUNS; k++)
        lived += c.lived[k] / (CITY_MONTHS * CITY_RUNS);
    report(plain(lived, ""), "living enterprises of a city, on average");
    struct figure f = at_most(1000.0 * each * CITY / lived, "s", 260.0, 140.0);
    report(f, "1,000 runs of a city of %.0f x %d months, from %d", CITY, CITY_MONTHS, CITY_RUNS);
    report_as_then(f, kernel, 1);
    report(at_most(100.0 * write_city(&b, &c) / each, "%", 5.0, 5.0), "journal and results, share of a run");
    free(c.cell);
    free(c.start);
    release(&b);
}

/* Efficiency by the clock is that of a machine that nobody else uses; that by work (processor seconds) leaves out who waited for
 * whom, and holds on a busy machine, too. */
static void ensemble(void)
{
    struct bench_run run[N_ENSEMBLE_WAYS];
    double load = 0.0;
    ensemble_time(run);
    bool alone = getloadavg(&load, 1) == 1 && load < 2.5; /* ours is up to two of it */
    for (int way = 0; way < N_ENSEMBLE_WAYS; way++) {
        const char *name = ensemble_way((enum ensemble_way)way);
        if (!(run[way].clock > 0.0)) {
            printf("ensemble by %s: not measured\n", name);
            continue;
        }
        report(plain(run[way].clock, "s"), "ensemble by %s: 24 runs of guangzhou", name);
        if (way == ONE_THREAD)
            continue;
        struct figure f = at_least(run[ONE_THREAD].clock / (2.0 * run[way].clock), "", 0.9, 0.95);
        f.judged = alone && way == TWO_THREADS;
        report(f, "  its efficiency by the clock");
        f = at_least(run[ONE_THREAD].work / run[way].work, "", 0.9, 0.95);
        f.judged = way != TWO_RANKS; /* the work of mpirun before and after is in it */
        report(f, "  its efficiency by work");
        report(at_most(run[way].memory / (1 << 20), "MiB", 1024.0, 256.0), "  its peak memory, of the largest process");
    }
}

static void sizes(void)
{
    bool full = getenv("FULL") != NULL;
    double small = one_size(1e4), large;
    one_size(1e5);
    large = one_size(1e6);
    every_instrument(1e5);
    every_instrument(1e6);
    double ratio = 100.0;
    if (full) {
        large = one_size(1e7);
        ratio = 1000.0;
    }
    report(at_most(1.0 + log(large / small) / log(ratio), "", 1.05, 1.05),
           "exponent of time in enterprises, one thread, 1e4 to %.0e", 1e4 * ratio);
}

int main(int argc, char **argv)
{
    heap_begin(); /* as the program does */
    const char *json = NULL;
    double load = 0.0;
    bool ensembles = false;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--ensemble") == 0)
            ensembles = true;
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            json = argv[++i];
        else {
            fprintf(stderr, "usage: bench [--ensemble] [--json FILE]\n");
            return 2;
        }
    printf("%-58s %10s %-9s %8s %8s %8s\n", "", "figure", "", "gate", "bar", "/kernel");
    if (getloadavg(&load, 1) == 1)
        report(plain(load, ""), "load of the machine before (more than 0: times are too long)");
    if (!ensembles)
        sizes();
    city();
    ensemble();
    if (json != NULL && !figures_write(json)) {
        fprintf(stderr, "bench: %s cannot be written\n", json);
        return 1;
    }
    return 0;
}
