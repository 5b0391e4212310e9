/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - the figures of docs/performance against their gates and bars.   bench [--ensemble] [--json FILE]
 * --ensemble: only what is said of many runs.  FULL=1: 1e7 enterprises, too.
 *
 * The world is that of tests/tools/bench.yml: guangzhou-2024 with agents and markets of every kind and a dozen
 * instruments, scaled; that with every instrument is tests/tools/every.yml.  It is lived through its burn-in (printed, not judged), then timed over four years, month by month with one
 * thread or two.  Machines are shared and noisy: beside each figure stands its ratio to the minimal kernel, timed in this run. */
#include "bench.h"
#include <liandong/assemble.h>
#include <liandong/engine.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/registry.h>
#include <liandong/results.h>
#include <liandong/scenario.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { TIMED = 48, CITY_MONTHS = 120, CITY_RUNS = 2, WRITTEN_RUNS = 20, MAX_FIGURES = 64, MAX_SETS = 8 };
#define UNIT \
    30000.0 /* enterprises at scale 1, on average over the months that are timed; only aims, what lives is counted */

/* -- figures ----------------------------------------------------------------------------------------------------------- */
struct figure {
    char name[96];
    const char *unit;
    double value, gate, bar, ratio; /* NAN: none; ratio: to the kernel */
    bool judged, least;             /* least: the figure must be at least the gate */
};
static struct figure figures[MAX_FIGURES];
static size_t n_figures;

static void print_figure(const struct figure *f)
{
    char gate[32] = "", bar[32] = "", ratio[32] = "";
    if (!isnan(f->gate))
        snprintf(gate, sizeof gate, "%.4g", f->gate);
    if (!isnan(f->bar))
        snprintf(bar, sizeof bar, "%.4g", f->bar);
    if (!isnan(f->ratio))
        snprintf(ratio, sizeof ratio, "%.1f", f->ratio);
    bool holds = f->least ? f->value >= f->gate : f->value <= f->gate;
    const char *verdict = isnan(f->gate) ? "" : !f->judged ? "(not judged)" : holds ? "holds" : "MISSED";
    printf("%-58s %10.4g %-9s %8s %8s %8s  %s\n", f->name, f->value, f->unit, gate, bar, ratio, verdict);
    fflush(stdout);
}

static void report(struct figure f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void report(struct figure f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(f.name, sizeof f.name, format, list);
    va_end(list);
    print_figure(&f);
    if (n_figures < MAX_FIGURES)
        figures[n_figures++] = f;
}

static struct figure plain(double value, const char *unit)
{
    return (struct figure){.unit = unit, .value = value, .gate = NAN, .bar = NAN, .ratio = NAN};
}

static struct figure at_most(double value, const char *unit, double gate, double bar)
{
    return (struct figure){.unit = unit, .value = value, .gate = gate, .bar = bar, .ratio = NAN, .judged = true};
}

static struct figure at_least(double value, const char *unit, double gate, double bar)
{
    struct figure f = at_most(value, unit, gate, bar);
    f.least = true;
    return f;
}

/* The same where the minimal kernel takes what it took when the gates were set, on a machine that nobody else used: what is slow
 * because the machine is, shows in both. */
static const double kernel_then[2] = {22.5, 11.5}; /* ns, one thread and two */

static void report_as_then(struct figure f, double kernel, int two)
{
    double slower = kernel / kernel_then[two];
    f.value = f.least ? f.value * slower : f.value / slower;
    f.ratio = NAN;
    report(f, "  were the kernel at its %.1f ns", kernel_then[two]);
}

static void put_number(FILE *file, const char *key, double value)
{
    if (isnan(value))
        fprintf(file, ", \"%s\": null", key);
    else
        fprintf(file, ", \"%s\": %.6g", key, value);
}

static bool write_json(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fprintf(file, "{\"figures\": [\n");
    for (size_t k = 0; k < n_figures; k++) {
        const struct figure *f = &figures[k];
        fprintf(file, "  {\"name\": \"%s\", \"unit\": \"%s\"", f->name, f->unit);
        put_number(file, "value", f->value);
        put_number(file, "gate", f->gate);
        put_number(file, "bar", f->bar);
        put_number(file, "ratio_to_kernel", f->ratio);
        fprintf(file, ", \"judged\": %s}%s\n", f->judged ? "true" : "false", k + 1 < n_figures ? "," : "");
    }
    fprintf(file, "]}\n");
    return fclose(file) == 0;
}

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
/* Nanoseconds per enterprise-month on one thread and on two. */
struct timing {
    double each[2], alive;
};

/* Each calendar month is stepped with one thread and with two in as many years; of each the fastest counts, since whoever
 * else uses the machine can only slow it. */
static struct timing time_world(struct bench_world *b)
{
    struct world *w = &b->world;
    double best[2][12], alive = 0.0;
    for (int k = 0; k < 24; k++)
        best[k / 12][k % 12] = 1e300;
    for (int m = 0; m < TIMED; m++) {
        int two = (m + m / 12) % 2; /* no tally holds anything between months, so threads may change there */
        w->team.n = two + 1;
        w->phase_seconds = two ? NULL : b->seconds;
        w->clock = bench_clock;
        double begun = bench_clock();
        step(w);
        double seconds = bench_clock() - begun, living = (double)world_alive(w, 0);
        alive += living / TIMED;
        best[two][m % 12] = seconds / living < best[two][m % 12] ? seconds / living : best[two][m % 12];
    }
    w->phase_seconds = NULL;
    struct timing t = {.alive = alive};
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

static void throughput(const struct timing *t, double size, const double kernel[2])
{
    bool judged = size >= 1e5 && size < 1e7;
    for (int two = 0; two < 2; two++) {
        struct figure f = two ? at_least(1e3 / t->each[1], "M/s", 8.0, 16.0) : plain(1e3 / t->each[0], "M/s");
        f.judged = f.judged && judged;
        f.ratio = t->each[two] / kernel[two];
        report(f, "enterprise-months a second at %.0e, %d thread%s", size, two + 1, two ? "s" : "");
        if (two)
            report_as_then(f, kernel[two], two);
    }
    struct figure f = at_least(t->each[0] / t->each[1], "", 1.7, 1.85);
    f.judged = judged;
    report(f, "speed-up of two threads at %.0e", size);
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

/* Times a world of this size; returns the time of one thread. */
static double one_size(double size)
{
    double kernel[2] = {kernel_time((uint32_t)size, 1), kernel_time((uint32_t)size, 2)};
    struct bench_world b = {0};
    if (!forget_peak())
        printf("peak memory: of the whole process\n");
    build(&b, size, 2, false);
    season(&b);
    struct timing t = time_world(&b);
    report(plain(t.alive, ""), "living enterprises at %.0e", size);
    report(plain(b.season, "s"), "  seasoning of %d months, two threads", (int)b.scenario.setup.world.burn_in);
    report(plain(kernel[0], "ns"), "  minimal kernel, one thread");
    report(plain(kernel[1], "ns"), "  minimal kernel, two threads");
    throughput(&t, size, kernel);
    if (size >= 9e5 && size < 1e7)
        report(at_most(peak_memory() / (double)world_alive(&b.world, 0), "B", 300.0, 240.0),
               "peak memory per enterprise at %.0e", size);
    if (size >= 9e4 && size < 1e7)
        profile(&b);
    struct figure whole = at_most(t.each[1] * 1e-9 * 1e7 * 120.0, "s", 150.0, 90.0);
    if (size >= 9e5)
        report(whole, "1e7 enterprises x 120 months, from the pace at %.0e", size);
    if (size >= 9e5)
        report_as_then(whole, kernel[1], 1);
    release(&b);
    return t.each[0];
}

/* The pace with every instrument on. */
static void every_instrument(double size)
{
    struct bench_world b = {0};
    double kernel = kernel_time((uint32_t)size, 2);
    build(&b, size, 2, true);
    season(&b);
    struct timing t = time_world(&b);
    struct figure pace = at_least(1e3 / t.each[1], "M/s", 4.0, 8.0);
    report(plain(t.alive, ""), "living enterprises at %.0e, every instrument on (%d)", size, (int)N_INSTRUMENTS);
    report(pace, "enterprise-months a second at %.0e, every instrument on, 2 threads", size);
    report_as_then(pace, kernel, 1);
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
};

static void live_city(void *context, size_t run, int32_t thread)
{
    struct city *c = context;
    (void)thread;
    for (int m = 0; m < CITY_MONTHS; m++) {
        step(&c->world[run]);
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

static void city(void)
{
    struct bench_world b = {0};
    struct city c = {0};
    struct diag d;
    diag_init(&d);
    build(&b, CITY, 1, false);
    season(&b);
    c.n = b.layout.n;
    c.cell = calloc((size_t)CITY_MONTHS * c.n, sizeof *c.cell);
    c.start = calloc(N_ACCOUNTS, sizeof *c.start);
    world_balances(&b.world, c.start);
    for (int k = 0; k < CITY_RUNS; k++) {
        if (world_copy(&c.world[k], &b.world, &d) != OK)
            fail(&d);
        c.world[k].luck.run = (uint32_t)k;
    }
    double kernel = kernel_time(100000, 2), begun = bench_clock();
    team_run(CITY_RUNS, CITY_RUNS, live_city, &c); /* two at a time, each with one thread */
    double each = (bench_clock() - begun) / CITY_RUNS;
    double lived = 0.0;
    for (int k = 0; k < CITY_RUNS; k++)
        lived += c.lived[k] / (CITY_MONTHS * CITY_RUNS);
    report(plain(lived, ""), "living enterprises of a city, on average");
    struct figure f = at_most(1000.0 * each * CITY / lived, "s", 260.0, 140.0);
    report(f, "1,000 runs of a city of %.0f x %d months, from %d", CITY, CITY_MONTHS, CITY_RUNS);
    report_as_then(f, kernel, 1);
    report(at_most(100.0 * write_city(&b, &c) / each, "%", 5.0, 5.0), "journal and results, share of a run");
    for (int k = 0; k < CITY_RUNS; k++)
        world_free(&c.world[k]);
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
    mallopt(M_MMAP_THRESHOLD, 1 << 17); /* as the program does */
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
    if (json != NULL && !write_json(json)) {
        fprintf(stderr, "bench: %s cannot be written\n", json);
        return 1;
    }
    return 0;
}
