/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - figures and their gates, the minimal kernel against which the month is measured, the program in a process of its own. */
#ifndef BENCH_H
#define BENCH_H
#include <stdbool.h>
#include <stdint.h>

struct figure {
    char name[96];
    const char *unit;
    double value, gate, bar, ratio; /* NAN: none; ratio: to the kernel */
    bool judged, least;             /* least: the figure must be at least the gate */
};
struct figure plain(double value, const char *unit);
struct figure at_most(double value, const char *unit, double gate, double bar);
struct figure at_least(double value, const char *unit, double gate, double bar);
void report(struct figure f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_as_then(struct figure f, double kernel, int two);
bool figures_write(const char *path); /* all that were reported */

/* Nanoseconds per enterprise-month of the kernel over n enterprises on so many threads: the best of a few goes; < 0: no
 * memory. */
double kernel_time(uint32_t n, int32_t threads);
double bench_clock(void);

/* An ensemble of guangzhou with seasons from the cache: seconds by the clock, processor seconds, bytes of the largest process at
 * its peak; 0: it was not done. */
struct bench_run {
    double clock, work, memory;
};
enum ensemble_way { ONE_THREAD, TWO_THREADS, TWO_SHARDS, TWO_RANKS, N_ENSEMBLE_WAYS };
const char *ensemble_way(enum ensemble_way way);
void ensemble_time(struct bench_run best[N_ENSEMBLE_WAYS]);
#endif
