/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs of sweeps: what makes them what they are called. */
#include <criterion/criterion.h>
#include <liandong/design.h>
#include <string.h>

Test(design, a_grid_holds_every_combination_once_the_last_axis_fastest)
{
    const size_t levels[] = {2, 1, 3};
    size_t level[18];
    const size_t want[18] = {0, 0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 0, 1, 0, 1, 1, 0, 2};
    cr_assert_eq(design_grid(levels, 3, NULL), 6u);
    cr_assert_eq(design_grid(levels, 3, level), 6u);
    cr_assert_eq(memcmp(level, want, sizeof want), 0);
    const size_t huge[] = {100000, 100000, 100000};
    cr_assert_eq(design_grid(huge, 3, NULL), 0u);
}

Test(design, a_latin_hypercube_has_one_point_in_every_slice_of_every_axis)
{
    enum { N = 37, AXES = 5 };
    double unit[N * AXES], again[N * AXES], other[N * AXES];
    cr_assert(design_latin(N, AXES, 11, unit) && design_latin(N, AXES, 11, again) && design_latin(N, AXES, 12, other));
    cr_assert_eq(memcmp(unit, again, sizeof unit), 0);
    cr_assert_neq(memcmp(unit, other, sizeof unit), 0);
    for (int a = 0; a < AXES; a++) {
        int hits[N] = {0};
        for (int k = 0; k < N; k++)
            hits[(int)(unit[k * AXES + a] * N)]++;
        for (int k = 0; k < N; k++)
            cr_assert_eq(hits[k], 1);
    }
    cr_assert(unit[0] != unit[1], "axes are shuffled apart");
}

/* Joe and Kuo's and Bratley and Fox's tables agree in these: 1/2; 3/4 1/4; 1/4 3/4; 3/8 3/8. */
Test(design, sobols_sequence_begins_as_it_does_in_the_books_and_goes_on_where_it_was)
{
    const double want[4][2] = {
        {0.5,   0.5  },
        {0.75,  0.25 },
        {0.25,  0.75 },
        {0.375, 0.375}
    };
    double unit[16 * 2], some[8 * 2];
    cr_assert(design_sobol(16, 2, unit) && design_sobol(8, 2, some));
    cr_assert_eq(memcmp(unit, want, sizeof want), 0);
    cr_assert_eq(memcmp(unit, some, sizeof some), 0);
}
