/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scratch of the markets: pieces of their own, kept for the next time. */
#include "lab.h"
#include <criterion/criterion.h>
#include <stdalign.h>
#include <string.h>

Test(arena, gives_pieces_that_do_not_overlap_whether_or_not_they_fit)
{
    struct arena a = {0};
    enum { PIECES = 20 };
    for (int time = 0; time < 3; time++) {
        unsigned char *piece[PIECES];
        for (size_t k = 0; k < PIECES; k++) {
            piece[k] = arena_take(&a, k, 7);
            cr_assert_not_null(piece[k]);
            cr_assert_eq((uintptr_t)piece[k] % alignof(max_align_t), 0);
            memset(piece[k], (int)k, 7 * k);
        }
        for (size_t k = 0; k < PIECES; k++)
            for (size_t b = 0; b < 7 * k; b++)
                cr_assert_eq(piece[k][b], k);
        cr_expect(time == 0 ? a.spill != NULL : a.spill == NULL, "what fitted the last time fits again");
        arena_reset(&a);
    }
    arena_free(&a);
}

/* What is needed in one phase of two hundred is given back, what is needed in one of fifty is kept. */
Test(arena, keeps_what_is_needed_every_quarter_and_not_what_is_needed_once_a_year)
{
    enum { OFTEN = 1000, SELDOM = 100000 };
    for (int year = 0; year < 2; year++) {
        struct arena a = {0};
        for (int phase = 1; phase <= 1000; phase++) {
            bool more = phase % (year ? 204 : 51) == 0;
            cr_assert_not_null(arena_take(&a, more ? SELDOM : OFTEN, 1));
            arena_reset(&a);
        }
        cr_expect(year ? a.size < SELDOM : a.size >= SELDOM, "%zu bytes are kept", a.size);
        arena_free(&a);
    }
}

static void watch_scratch(struct world *w, void *context)
{
    size_t *grown = context, size = w->market.size;
    static size_t before;
    *grown += w->month >= 2022 * 12 && size != before;
    before = size;
}

Test(arena, of_a_steady_world_does_not_grow_any_more)
{
    struct lab lab;
    struct lab_run run;
    size_t grown = 0;
    lab_town(&lab);
    lab_policies(&lab);
    lab_set(&lab, "founders.trend", "0");
    lab_go(&run, &lab,
           (struct lab_options){.months = 48, .compact_every = -1, .hook = watch_scratch, .context = &grown});
    cr_expect_gt(run.world.market.size, 0);
    cr_expect_leq(grown, 1, "it grew %zu times in two years", grown);
    lab_end(&run);
}
