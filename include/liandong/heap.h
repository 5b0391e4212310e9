/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heap - where the arrays of worlds lie.  Those of a small world lie in the heap, side by side on large pages: it reaches all of its
 * columns every few microseconds, and with small pages waits for where they are.  Those of a large one are mapped, each for itself,
 * so that what grows moves no byte and leaves no hole. */
#ifndef LIANDONG_HEAP_H
#define LIANDONG_HEAP_H
#include <stddef.h>

/* Before the first thread is made: all of them share one heap, which keeps what a world leaves for the next. */
void heap_begin(void);
/* Before the arrays of a world that takes about so many bytes. */
void heap_fit(size_t bytes);
#endif
