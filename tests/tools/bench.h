/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - the minimal kernel against which the month is measured. */
#ifndef BENCH_H
#define BENCH_H
#include <stdint.h>

/* Nanoseconds per enterprise-month of the kernel over n enterprises on so many threads: the best of a few goes; < 0: no
 * memory. */
double kernel_time(uint32_t n, int32_t threads);
double bench_clock(void);
#endif
