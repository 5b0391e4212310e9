/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heap - small worlds lie in it, large ones do not; who asks for room of it gets it all back. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <liandong/heap.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
enum { A_COLUMN = 1 << 20, LITTLE = 1 << 10 };

/* In the heap an array lies below its end. */
static bool lies_in_the_heap(size_t bytes)
{
    void *array = malloc(bytes);
    bool lies = (uintptr_t)array < (uintptr_t)sbrk(0);
    free(array);
    return lies;
}

Test(heap, holds_the_columns_of_a_small_world)
{
    heap_begin();
    heap_fit((size_t)24 << 20);
    cr_expect(lies_in_the_heap(A_COLUMN));
}

Test(heap, does_not_hold_those_of_a_large_one)
{
    heap_begin();
    heap_fit((size_t)1 << 30);
    cr_expect(!lies_in_the_heap(A_COLUMN));
    cr_expect(lies_in_the_heap(LITTLE));
}

Test(heap, keeps_nothing_of_the_room_that_it_is_asked_for)
{
    heap_begin();
    heap_fit((size_t)24 << 20);
    size_t before = mallinfo2().uordblks;
    for (int k = 0; k < 10; k++)
        heap_fit((size_t)24 << 20);
    cr_expect(mallinfo2().uordblks == before);
}
#else
Test(heap, is_asked_for_nothing_where_it_is_not_that_of_the_c_library)
{
    heap_begin();
    heap_fit((size_t)24 << 20);
}
#endif
