/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packed record of a run: it says what the run said, in few bytes, and nothing else passes for one. */
#include <criterion/criterion.h>
#include <liandong/record.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 30, CELLS = 200, REGIONS = 2, STARTS = REGIONS * N_ACCOUNTS };
static const struct record_layout layout = {.n_regions = REGIONS, .n = CELLS};
static union cell cell[MONTHS * CELLS];
static int64_t start[STARTS];
static uint64_t at[CELLS];
static unsigned char *bytes;
static uint64_t n;

/* The kinds of columns that there are, in turn: zero, steady, and numbers of 1 to 8 bytes at the edge of what fits and beyond. */
static int64_t number(size_t column, int32_t month)
{
    static const int64_t most[] = {INT8_MAX,     INT16_MAX,     INT32_MAX,      INT64_MAX,
                                   INT8_MAX + 1, INT16_MAX + 1, INT32_MAX + 1ll};
    int64_t edge = most[column / 5 % (sizeof most / sizeof most[0])];
    union cell real = {.d = month % 3 == 0 ? -0.0 : (double)month / (double)(column + 1)};
    switch (column % 5) {
    case 0:
        return 0;
    case 1:
        return column % 2 ? edge : -edge - 1;
    case 2:
        return month == MONTHS - 1 ? edge : -month;
    case 3:
        return month == (int32_t)(column % MONTHS) ? -edge - 1 : 0;
    default:
        return real.i;
    }
}

static void pack(void)
{
    struct run_record record = {.months = MONTHS, .cell = cell, .balances_start = start, .balanced = 1};
    for (size_t k = 0; k < (size_t)MONTHS * CELLS; k++)
        cell[k].i = number(k % CELLS, (int32_t)(k / CELLS));
    for (int64_t a = 0; a < STARTS; a++)
        start[a] = (a - 5) * 1234567890123;
    bytes = malloc(record_bytes(&layout, MONTHS));
    cr_assert_not_null(bytes);
    n = record_pack(&record, &layout, bytes);
    cr_assert_leq(n, record_bytes(&layout, MONTHS));
}

static void end(void)
{
    free(bytes);
}
TestSuite(record, .init = pack, .fini = end);

Test(record, says_again_what_the_run_said_for_any_months_and_cells)
{
    struct packed p = {bytes, &layout, MONTHS, at};
    union cell to[MONTHS * CELLS];
    int64_t balances[STARTS];
    cr_assert(packed_open(&p, n));
    cr_assert(packed_balanced(&p));
    packed_start(&p, balances);
    cr_assert_arr_eq(balances, start, sizeof start);
    for (size_t width = 1; width <= CELLS; width = width * 2 + 1)
        for (int32_t first = 0; first < MONTHS; first += 7) {
            size_t from = CELLS - width;
            packed_cells(&p, from, width, first, MONTHS - first, to);
            for (int32_t t = first; t < MONTHS; t++)
                cr_assert_arr_eq(to + (size_t)(t - first) * width, cell + (size_t)t * CELLS + from, width * sizeof *to,
                                 "%zu cells from month %d", width, first);
        }
}

Test(record, tells_what_is_always_zero)
{
    struct packed p = {bytes, &layout, MONTHS, at};
    union cell to[MONTHS * 2];
    cr_assert(packed_open(&p, n));
    cr_assert_not(packed_cells(&p, 5, 1, 0, MONTHS, to));
    cr_assert(packed_cells(&p, 5, 2, 0, MONTHS, to));
}

/* A fifth is zero and takes a byte, a fifth is steady; numbers take what they need. */
Test(record, takes_few_bytes)
{
    cr_assert_lt(n, record_bytes(&layout, MONTHS) * 6 / 10);
}

Test(record, of_another_length_or_kind_is_refused)
{
    struct packed p = {bytes, &layout, MONTHS, at};
    unsigned char *kind = bytes + 16 + sizeof start;
    cr_assert_not(packed_open(&p, n - 1));
    cr_assert_not(packed_open(&p, n + 1));
    cr_assert_not(packed_open(&p, 20));
    p.months = MONTHS - 1;
    cr_assert_not(packed_open(&p, n));
    p.months = MONTHS;
    for (int wrong = 0; wrong < 256; wrong++) {
        unsigned char right = kind[2];
        kind[2] = (unsigned char)wrong;
        cr_assert_eq(packed_open(&p, n), wrong == right, "kind %d", wrong);
        kind[2] = right;
    }
}
