/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace - how long a month of any scenario takes, and where.   pace SCENARIO SCALE SEASON MONTHS THREADS [--phases] [KEY=VALUE ...]
 * Lives through SEASON months, then through MONTHS that are timed.  Prints nanoseconds of one enterprise-month by the clock and of
 * processor time, living enterprises, bytes a head at the peak and a number made of all records: two programs that print the same
 * number have made the same world.  --phases: the time of each phase, as the first thread sees it by the clock.  (The worlds of
 * `make bench` are tests/tools/bench.yml and every.yml at scale 3.4 and 34, season 240.) */
#include "bench.h"
#include <liandong/engine.h>
#include <liandong/heap.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/scenario.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_SETS = 64 };

static void fail(const struct diag *d)
{
    diag_print(d, stderr);
    exit(1);
}

static double processor(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* FNV-1a over the cells of a month. */
static uint64_t mixed(uint64_t hash, const struct world *w, size_t cells)
{
    for (size_t k = 0; k < cells * sizeof(union cell); k++)
        hash = (hash ^ ((const unsigned char *)w->record)[k]) * 1099511628211u;
    return hash;
}

struct measured {
    double clock, processor, lived;
    uint64_t hash;
};

static void live(struct world *w, int months, size_t cells, struct measured *sum)
{
    struct diag d;
    diag_init(&d);
    double clock = bench_clock(), work = processor();
    for (int m = 0; m < months; m++) {
        if (world_step(w, &d) != OK)
            fail(&d);
        for (int32_t r = 0; r < w->n_regions; r++)
            sum->lived += (double)world_alive(w, r);
        sum->hash = mixed(sum->hash, w, cells);
    }
    sum->clock += bench_clock() - clock;
    sum->processor += processor() - work;
}

static void print_phases(const struct world *w, double lived)
{
    for (size_t p = 0; p < n_phases + 2; p++) {
        const char *name = p < n_phases ? schedule[p].name : p == n_phases ? "audit" : "folding";
        if (w->phase_seconds[p] > 0.0)
            printf("%8.2f  %s\n", 1e9 * w->phase_seconds[p] / lived, name);
    }
}

int main(int argc, char **argv)
{
    static char *sets[MAX_SETS];
    static char scale[64];
    static double seconds[256];
    size_t n = 0;
    bool phases = false;
    struct scenario scenario;
    struct record_layout layout;
    struct world w;
    struct diag d;
    diag_init(&d);
    heap_begin(); /* as the program does */
    if (argc < 6) {
        fprintf(stderr, "usage: pace SCENARIO SCALE SEASON MONTHS THREADS [--phases] [KEY=VALUE ...]\n");
        return 2;
    }
    snprintf(scale, sizeof scale, "scale=%s", argv[2]);
    sets[n++] = scale;
    for (int i = 6; i < argc; i++)
        if (strcmp(argv[i], "--phases") == 0)
            phases = true;
        else if (n < MAX_SETS)
            sets[n++] = argv[i];
    if (scenario_read(&scenario, argv[1], (const char *const *)sets, n, &d) != OK ||
        record_layout_init(&layout, &scenario.setup) != OK ||
        world_init(&w, &scenario.setup, 1, 0, atoi(argv[5]), &d) != OK || world_measure(&w, &layout, &d) != OK)
        fail(&d);
    struct measured season = {.hash = 14695981039346656037u}, timed = season;
    live(&w, atoi(argv[3]), layout.n, &season);
    if (phases) {
        w.phase_seconds = seconds;
        w.clock = bench_clock;
    }
    live(&w, atoi(argv[4]), layout.n, &timed);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    double alive = timed.lived / atoi(argv[4]);
    printf("%.1f ns by the clock, %.1f of processor time; %.0f living; %.0f B at the peak; %016llx\n",
           1e9 * timed.clock / timed.lived, 1e9 * timed.processor / timed.lived, alive,
           1024.0 * (double)use.ru_maxrss / alive, (unsigned long long)timed.hash);
    if (phases)
        print_phases(&w, timed.lived);
    return 0;
}
