/* SPDX-License-Identifier: GPL-3.0-or-later */
/* squeeze - columns of all sizes lose any of their rows, and only those. */
#include <criterion/criterion.h>
#include <liandong/squeeze.h>
#include <string.h>

enum { MOST = 203, WIDEST = 8 };

/* Some numbers without order. */
static uint32_t next(uint32_t *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 8;
}

/* One row in `one_in` leaves; 0: none. */
static void try(size_t n, size_t size, uint32_t one_in, uint32_t *x)
{
    struct squeeze s;
    uint8_t stays[MOST / 8 + 1] = {0}, column[(MOST + 1) * WIDEST], expected[MOST * WIDEST];
    size_t left = 0;
    for (size_t k = 0; k < (n + 1) * size; k++)
        column[k] = (uint8_t)next(x);
    uint8_t behind[WIDEST];
    memcpy(behind, column + n * size, size);
    for (size_t k = 0; k < n; k++)
        if (one_in == 0 || next(x) % one_in != 0) {
            stays[k / 8] = (uint8_t)(stays[k / 8] | 1u << k % 8);
            memcpy(expected + left++ * size, column + k * size, size);
        }
    squeeze_init(&s, stays, n);
    cr_assert_eq(squeeze_column(&s, column, size), left);
    cr_assert_eq(memcmp(column, expected, left * size), 0, "%zu rows of %zu bytes", n, size);
    cr_assert_eq(memcmp(column + n * size, behind, size), 0, "wrote behind %zu rows of %zu bytes", n, size);
}

Test(squeeze, closes_the_gaps_of_those_who_leave)
{
    static const uint32_t one_in[] = {0, 1, 2, 3, 16};
    uint32_t x = 1;
    for (size_t n = 0; n <= MOST; n++)
        for (size_t size = 1; size <= WIDEST; size *= 2)
            for (size_t k = 0; k < sizeof one_in / sizeof one_in[0]; k++)
                try(n, size, one_in[k], &x);
}
