/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - the minimal kernel against which the month is measured, and the program in a process of its own. */
#ifndef BENCH_H
#define BENCH_H
#include <stdint.h>

/* Nanoseconds per enterprise-month of the kernel over n enterprises on so many threads: the best of a few goes; < 0: no
 * memory. */
double kernel_time(uint32_t n, int32_t threads);
double bench_clock(void);

/* An ensemble of guangzhou with seasons from the cache: seconds by the clock, processor seconds, bytes at the peak. */
struct bench_run {
    double clock, work, memory;
};
/* With one thread and with two; gives the number of runs, 0: the program beside this one did not do it. */
int ensemble_time(struct bench_run best[2]);
#endif
