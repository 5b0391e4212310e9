/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marks - all that are marked are listed, and only those, in order. */
#include <criterion/criterion.h>
#include <liandong/marks.h>
#include <liandong/mathx.h>
#include <string.h>

enum { MOST = 1024, GUARD = 64 };

Test(marks, those_that_are_marked_are_listed_in_order_and_nothing_behind_is_written)
{
    static const uint32_t sizes[] = {0, 1, 31, 32, 33, 63, 64, 65, 200, 1000, 1023, MOST};
    for (size_t s = 0; s < LD_COUNT(sizes); s++)
        for (uint32_t one_in = 1; one_in < 40; one_in += one_in / 2 + 1) {
            uint32_t n = sizes[s], expected = 0, room = (n + 63) / 64 * 64;
            uint8_t mark[MOST + GUARD], was[MOST];
            uint16_t list[MOST + GUARD];
            memset(mark, 1, sizeof mark);
            memset(list, 0xab, sizeof list);
            for (uint32_t k = 0; k < n; k++)
                was[k] = mark[k] = ld_mix(n * 64 + one_in, k) % one_in == 0;
            uint32_t listed = marks_list(mark, n, list);
            for (uint32_t k = 0; k < n; k++)
                if (was[k])
                    cr_assert_eq(list[expected++], k, "%u of %u, one in %u", k, n, one_in);
            cr_assert_eq(listed, expected);
            for (uint32_t k = room; k < room + GUARD && k < MOST + GUARD; k++)
                cr_assert(list[k] == 0xabab && mark[k] == 1, "%u behind %u", k, n);
        }
}
