/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - the minimal kernel against which the month is measured, and the program in a process of its own. */
#ifndef BENCH_H
#define BENCH_H
#include <stdint.h>

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
