/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heap - what the C library and the system are asked for where they have it; where not, nothing changes but the pace. */
#define _DEFAULT_SOURCE
#include <liandong/heap.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(M_MMAP_THRESHOLD) && defined(MADV_HUGEPAGE)
enum { SMALL = 256 << 20, KEPT = 256 << 20, PIECE = 16 << 20, MAPPED_IN_LARGE = 1 << 17, MAPPED_IN_SMALL = 32 << 20 };

void heap_begin(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, MAPPED_IN_LARGE);
}

/* Pages of it that nobody has touched yet will be large. */
static void lay_on_large_pages(void *piece, size_t bytes)
{
    const uintptr_t page = 4096, from = ((uintptr_t)piece + page - 1) / page * page;
    madvise((void *)from, ((uintptr_t)piece + bytes - from) / page * page, MADV_HUGEPAGE);
}

/* The room is taken piece by piece, each holding the one before it, and given back. */
void heap_fit(size_t bytes)
{
    void **last = NULL;
    mallopt(M_MMAP_THRESHOLD, bytes < SMALL ? MAPPED_IN_SMALL : MAPPED_IN_LARGE);
    for (size_t taken = 0; bytes < SMALL && taken < bytes; taken += PIECE) {
        void **piece = malloc(PIECE);
        if (piece == NULL)
            break;
        lay_on_large_pages(piece, PIECE);
        *piece = (void *)last;
        last = piece;
    }
    while (last != NULL) {
        void **before = *last;
        free((void *)last);
        last = before;
    }
}
#else
void heap_begin(void)
{
}

void heap_fit(size_t bytes)
{
    (void)bytes;
}
#endif
