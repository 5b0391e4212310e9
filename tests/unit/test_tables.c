/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that were large give their room back, and go on; lists in order of rows are searched by row. */
#include <criterion/criterion.h>
#include <liandong/buyers.h>
#include <liandong/credit.h>
#include <liandong/deeds.h>
#include <liandong/equity.h>
#include <liandong/issues.h>
#include <liandong/loans.h>

enum { MANY = 200000 };

static struct dues claims(size_t n)
{
    struct dues d = {.capacity = MANY, .row = malloc(MANY * sizeof *d.row), .n = n};
    cr_assert(d.row != NULL);
    for (size_t k = 0; k < n; k++)
        d.row[k] = (struct due){.row = (uint32_t)k};
    return d;
}

Test(tables, a_list_of_claims_that_has_emptied_keeps_some_room)
{
    struct dues d = claims(0);
    dues_trim(&d);
    cr_assert(d.capacity > 0 && d.capacity < MANY);
    d.row[d.capacity - 1] = (struct due){.row = 7};
    cr_assert(d.row[d.capacity - 1].row == 7);
    free(d.row);
}

Test(tables, claims_stay_when_room_is_given_back)
{
    struct dues d = claims(1000);
    dues_trim(&d);
    cr_assert(d.capacity < MANY && d.capacity >= d.n);
    for (uint32_t k = 0; k < 1000; k++)
        cr_assert(d.row[k].row == k);
    free(d.row);
}

Test(tables, one_byte_that_is_not_zero_is_found_and_cleared_wherever_it_lies)
{
    enum { BYTES = 1500 };
    unsigned char bytes[BYTES] = {0};
    cr_assert(tables_all_zero(bytes, BYTES) && tables_all_zero(bytes, 0));
    for (size_t k = 0; k < BYTES; k++) {
        bytes[k] = 128;
        cr_assert(!tables_all_zero(bytes, k + 1) && tables_all_zero(bytes, k), "byte %zu", k);
        tables_clear(bytes, BYTES);
        cr_assert_eq(bytes[k], 0);
    }
}

Test(tables, a_book_without_loans_keeps_its_columns)
{
    struct loans l = {0};
    cr_assert(loans_reserve(&l, MANY) == OK);
    loans_trim(&l);
    cr_assert(l.capacity > 0 && l.capacity < MANY);
    l.row[l.capacity - 1] = 1;
    l.balance[l.capacity - 1] = FEN(1);
    cr_assert(loans_reserve(&l, MANY) == OK);
    loans_free(&l);
}

/* All lists of up to nine bonds over rows 1 .. 4, some of them none, several or last; and an empty list without memory. */
Test(tables, the_first_of_a_row_is_found_as_by_looking_at_all)
{
    struct bond b[9] = {0};
    for (uint32_t code = 0; code < 1U << 18; code++) {
        struct bonds list = {.row = b};
        for (uint32_t k = 0; k < 9; k++)
            b[k].row = 1 + (code >> 2 * k) % 4;
        while (list.n < 9 && (list.n == 0 || b[list.n - 1].row <= b[list.n].row))
            list.n++;
        for (uint32_t row = 0; row < 6; row++) {
            size_t first = 0;
            while (first < list.n && b[first].row < row)
                first++;
            cr_assert(LIST_FIRST(&list, row) == first);
        }
    }
    struct bonds none = {0};
    cr_assert(LIST_FIRST(&none, 1) == 0);
}

Test(tables, what_is_new_is_merged_into_the_order_of_rows)
{
    enum { OLD = 40, NEW = 25 };
    struct bills b = {0};
    cr_assert(LIST_RESERVE(&b, OLD + NEW) == OK);
    for (uint32_t k = 0; k < OLD; k++)
        b.row[b.n++] = (struct bill){.row = 3 * k};
    for (uint32_t k = 0; k < NEW; k++)
        b.row[b.n + b.fresh++] = (struct bill){.row = 5 * k + 1};
    cr_assert(LIST_MERGE(&b) == OK);
    cr_assert(b.n == OLD + NEW && b.fresh == 0);
    uint32_t old = 0, new = 0;
    for (size_t k = 0; k < b.n; k++) {
        cr_expect(k == 0 || b.row[k - 1].row <= b.row[k].row);
        old += b.row[k].row == 3 * old && old < OLD;
        new += b.row[k].row == 5 * new + 1 && new < NEW;
    }
    cr_expect(old == OLD && new == NEW);
    cr_assert(LIST_MERGE(&b) == OK && b.n == OLD + NEW);
    free(b.row);
}

/* Of lists with none, one or many in a group of rows, and gaps of several groups. */
Test(tables, an_index_finds_what_a_search_does)
{
    enum { ROWS = 400 };
    struct deed b[2 * ROWS];
    struct deeds list = {.row = b};
    for (uint32_t every = 1; every < 60; every++) {
        list.n = 0;
        for (uint32_t row = every / 2; row < ROWS; row += every)
            for (uint32_t k = 0; k < 1 + row % 2; k++)
                b[list.n++] = (struct deed){.row = row};
        cr_assert_eq(LIST_STARTS(&list), OK);
        for (uint32_t row = 0; row < ROWS + 2 * ROWS_A_START; row++)
            cr_assert_eq(LIST_FIND(&list, row), LIST_FIRST(&list, row), "row %u of each %u", row, every);
    }
    list.n = 0;
    cr_assert_eq(LIST_STARTS(&list), OK);
    cr_assert_eq(LIST_FIND(&list, 3), 0);
    tables_free_starts(&list.starts);
}

static void expect_order(const struct warrants *list, const uint32_t *row, const int32_t *granted, size_t n)
{
    cr_assert_eq(list->n, n);
    for (size_t k = 0; k < n; k++) {
        cr_assert(list->row[k].row == row[k] && list->row[k].granted == granted[k], "place %zu", k);
        cr_assert(list->starts.of[k] == row[k]);
    }
    for (uint32_t r = 0; r < 700; r++)
        cr_assert_eq(LIST_FIND(list, r), LIST_FIRST(list, r), "row %u", r);
}

/* Against inserting and removing one by one; rows that come again, before the first, behind the last, and an empty list. */
Test(tables, things_join_and_leave_a_list_with_their_rows_in_its_index)
{
    enum { MOST = 3000, ROUNDS = 60 };
    static uint32_t row[MOST];
    static int32_t granted[MOST];
    struct warrants list = {0};
    size_t n = 0;
    uint32_t state = 1;
    for (int32_t round = 0; round < ROUNDS; round++) {
        struct warrant fresh[40];
        uint64_t key[40];
        uint32_t place[MOST];
        size_t many = round % 7 == 3 ? 0 : 1 + (size_t)round % 40, left = 0;
        for (uint32_t j = 0; j < many; j++) {
            state = state * 1664525u + 1013904223u;
            fresh[j] = (struct warrant){.row = (state >> 16) % 600, .granted = 100 * round + (int32_t)j};
            key[j] = (uint64_t)fresh[j].row << 32 | j;
        }
        sort_keys(key, many);
        for (size_t j = 0; j < many; j++) {
            const struct warrant *x = &fresh[key[j] & UINT32_MAX];
            size_t at = n++;
            for (; at > 0 && row[at - 1] > x->row; at--) {
                row[at] = row[at - 1];
                granted[at] = granted[at - 1];
            }
            row[at] = x->row;
            granted[at] = x->granted;
        }
        cr_assert_eq(tables_list_join(LIST_INDEXED(&list), fresh, key, many), OK);
        expect_order(&list, row, granted, n);
        size_t before = n, every = 2 + (size_t)round % 9;
        n = 0;
        for (size_t k = 0; k < before; k++) {
            bool leaves = (k + (size_t)round) % every == 0 || round % 20 == 19;
            place[left] = (uint32_t)k;
            left += leaves;
            row[n] = row[k];
            granted[n] = granted[k];
            n += !leaves;
        }
        tables_list_drop(LIST_INDEXED(&list), place, left);
        expect_order(&list, row, granted, n);
    }
    tables_free_starts(&list.starts);
    free(list.row);
}
