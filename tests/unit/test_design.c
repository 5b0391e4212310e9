/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Designs of sweeps: what makes them what they are called. */
#include <criterion/criterion.h>
#include <liandong/design.h>
#include <math.h>
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

/* Of a base point a b of twice the axes: a, a with each coordinate of b, [b with each of a,] b. */
Test(design, saltellis_points_come_in_the_order_of_the_paper_and_of_the_usual_software)
{
    enum { N = 5, AXES = 3, SHORT = AXES + 2, LONG = 2 * AXES + 2 };
    double plain[N * SHORT * AXES], pairs[N * LONG * AXES], fewer[2 * SHORT * AXES];
    cr_assert_eq(design_saltelli(N, AXES, false, 9, NULL), (size_t)N * SHORT);
    cr_assert_eq(design_saltelli(N, AXES, false, 9, plain), (size_t)N * SHORT);
    cr_assert_eq(design_saltelli(2, AXES, false, 9, fewer), (size_t)2 * SHORT);
    cr_assert_eq(memcmp(plain, fewer, sizeof fewer), 0);
    cr_assert_eq(design_saltelli(N, AXES, true, 9, pairs), (size_t)N * LONG);
    for (size_t k = 0; k < N; k++)
        for (size_t a = 0; a < AXES; a++) {
            const double *p = plain + k * SHORT * AXES, *q = pairs + k * LONG * AXES;
            double one = p[a], other = p[(SHORT - 1) * AXES + a];
            cr_assert(one >= 0.0 && one < 1.0 && fabs(one - other) > 1e-6);
            cr_assert(q[a] == one && q[(LONG - 1) * AXES + a] == other);
            for (size_t s = 0; s < AXES; s++) {
                cr_assert_eq(p[(1 + s) * AXES + a], a == s ? other : one);
                cr_assert_eq(q[(1 + s) * AXES + a], a == s ? other : one);
                cr_assert_eq(q[(1 + AXES + s) * AXES + a], a == s ? one : other);
            }
        }
    cr_assert_eq(design_saltelli((size_t)1 << 31, AXES, true, 9, NULL), 0u);
}

Test(design, saltellis_base_points_are_sobols_sequence_moved_by_one_amount_in_each_coordinate)
{
    enum { N = 16, AXES = 2, EACH = AXES + 2 };
    double both[N * 2 * AXES], unit[N * EACH * AXES], other[N * EACH * AXES];
    cr_assert(design_sobol(N, 2 * AXES, both));
    cr_assert(design_saltelli(N, AXES, false, 1, unit) > 0 && design_saltelli(N, AXES, false, 2, other) > 0);
    cr_assert_neq(memcmp(unit, other, sizeof unit), 0);
    for (size_t a = 0; a < AXES; a++)
        for (size_t k = 1; k < N; k++) {
            double moved = unit[k * EACH * AXES + a] - both[k * 2 * AXES + a];
            double first = unit[a] - both[a], off = fabs(moved - first);
            cr_assert(off < 1e-12 || fabs(off - 1.0) < 1e-12);
        }
}

/* Ishigami and Homma: y = sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on [-pi, pi]^3; S = 0.3139 0.4424 0, total 0.5576 0.4424 0.2437. */
static double ishigami(const double *unit)
{
    const double pi = 3.14159265358979323846;
    double x[3];
    for (int a = 0; a < 3; a++)
        x[a] = pi * (2.0 * unit[a] - 1.0);
    return sin(x[0]) + 7.0 * sin(x[1]) * sin(x[1]) + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0]);
}

Test(design, saltellis_points_give_the_indices_of_a_function_whose_indices_are_known)
{
    enum { N = 4096, AXES = 3, EACH = AXES + 2 };
    static double unit[N * EACH * AXES], y[N * EACH];
    const double first[] = {0.3139, 0.4424, 0.0}, total[] = {0.5576, 0.4424, 0.2437};
    double mean = 0.0, variance = 0.0;
    cr_assert(design_saltelli(N, AXES, false, 42, unit) > 0);
    for (size_t k = 0; k < (size_t)N * EACH; k++)
        y[k] = ishigami(unit + k * AXES);
    for (size_t k = 0; k < N; k++)
        mean += (y[k * EACH] + y[k * EACH + AXES + 1]) / (2.0 * N);
    for (size_t k = 0; k < N; k++)
        variance += (pow(y[k * EACH] - mean, 2.0) + pow(y[k * EACH + AXES + 1] - mean, 2.0)) / (2.0 * N);
    for (size_t a = 0; a < AXES; a++) {
        double main_effect = 0.0, whole = 0.0;
        for (size_t k = 0; k < N; k++) {
            double from = y[k * EACH], swapped = y[k * EACH + 1 + a], other = y[k * EACH + AXES + 1];
            main_effect += other * (swapped - from) / (N * variance);
            whole += 0.5 * (from - swapped) * (from - swapped) / (N * variance);
        }
        cr_expect(fabs(main_effect - first[a]) < 0.02, "first order of %zu: %g", a, main_effect);
        cr_expect(fabs(whole - total[a]) < 0.02, "total of %zu: %g", a, whole);
    }
}
