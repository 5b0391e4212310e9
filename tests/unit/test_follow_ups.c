/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What papers report of D, against closed forms: no printed reference output is known for most of it. */
#include <criterion/criterion.h>
#include <liandong/convergence.h>
#include <liandong/density.h>
#include <liandong/grey.h>
#include <liandong/inequality.h>
#include <liandong/markov.h>
#include <liandong/mathx.h>
#include <liandong/spatial.h>
#include <liandong/trend.h>
#include <math.h>
#include <string.h>

#define NEAR(a, b, within) \
    cr_expect(fabs((a) - (b)) <= (within), "%s = %.12g, expected %.12g", #a, (double)(a), (double)(b))

static double uniform(uint64_t i)
{
    return ((double)(uint32_t)ld_mix(19500101, i) + 0.5) * 0x1p-32;
}

/* -- space -------------------------------------------------------------------------------------------------------------- */
enum { SIDE = 6, CELLS = SIDE * SIDE };

/* Rook neighbours on a torus. */
static void torus(double *w)
{
    memset(w, 0, CELLS * CELLS * sizeof *w);
    for (size_t i = 0; i < CELLS; i++) {
        size_t row = i / SIDE, column = i % SIDE;
        size_t right = row * SIDE + (column + 1) % SIDE, below = (row + 1) % SIDE * SIDE + column;
        w[i * CELLS + right] = w[right * CELLS + i] = w[i * CELLS + below] = w[below * CELLS + i] = 1.0;
    }
}

Test(spatial, a_checkerboard_on_a_rook_torus_has_moran_minus_1)
{
    static double w[CELLS * CELLS];
    double y[CELLS];
    struct spatial_moran g;
    struct spatial_local local[CELLS];
    torus(w);
    cr_assert(spatial_standardise(w, CELLS) == 0);
    for (size_t i = 0; i < CELLS; i++)
        y[i] = 0.4 + 0.2 * (double)((i / SIDE + i % SIDE) % 2);
    cr_assert(spatial_moran(y, w, CELLS, 999, &g, local));
    NEAR(g.i, -1.0, 1e-12);
    NEAR(g.expected, -1.0 / 35.0, 1e-15);
    NEAR(g.p_sim, 0.001, 1e-12);
    for (size_t i = 0; i < CELLS; i++) {
        NEAR(local[i].i, -1.0, 1e-12);
        cr_expect(local[i].quadrant == (y[i] > 0.5 ? SPATIAL_HL : SPATIAL_LH));
    }
}

/* Two halves of the torus: of its 72 links the 12 that cross the two borders join unlike cells. */
Test(spatial, two_halves_of_a_torus_have_the_moran_counted_by_hand)
{
    static double w[CELLS * CELLS];
    double y[CELLS];
    struct spatial_moran g;
    torus(w);
    for (size_t i = 0; i < CELLS; i++)
        y[i] = i / SIDE < SIDE / 2 ? 1.0 : 0.0;
    cr_assert(spatial_moran(y, w, CELLS, 199, &g, NULL));
    /* (60 - 12) / 72 */
    NEAR(g.i, 2.0 / 3.0, 1e-12);
    cr_expect(g.p_sim <= 0.005 && g.p < 1e-6 && g.z > 5.0);
}

static void next_order(size_t *order, size_t n)
{
    size_t i = n - 1, j = n - 1;
    while (i > 0 && order[i - 1] > order[i])
        i--;
    if (i == 0)
        return;
    while (order[j] < order[i - 1])
        j--;
    size_t keep = order[i - 1];
    order[i - 1] = order[j];
    order[j] = keep;
    for (size_t a = i, b = n - 1; a < b; a++, b--) {
        keep = order[a];
        order[a] = order[b];
        order[b] = keep;
    }
}

Test(spatial, expectation_and_variance_are_those_of_all_permutations)
{
    enum { N = 6, ALL = 720 };
    const double y[N] = {0.1, 0.4, 0.45, 0.9, 0.2, 0.65};
    double w[N * N] = {0}, moved[N], sum = 0.0, square = 0.0;
    size_t order[N] = {0, 1, 2, 3, 4, 5};
    struct spatial_moran g, first;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            w[i * N + j] = i == j ? 0.0 : floor(4.0 * uniform(i * N + j)); /* not symmetric */
    cr_assert(spatial_moran(y, w, N, 0, &first, NULL));
    for (int k = 0; k < ALL; k++, next_order(order, N)) {
        for (size_t i = 0; i < N; i++)
            moved[i] = y[order[i]];
        cr_assert(spatial_moran(moved, w, N, 0, &g, NULL));
        sum += g.i / ALL;
        square += g.i * g.i / ALL;
    }
    NEAR(first.expected, sum, 1e-12);
    NEAR(first.variance, square - sum * sum, 1e-12);
}

Test(spatial, local_statistics_of_standardised_rows_average_to_the_global_one)
{
    static double w[CELLS * CELLS];
    double y[CELLS], sum = 0.0;
    struct spatial_moran g;
    struct spatial_local local[CELLS];
    torus(w);
    w[7] = 3.0;
    (void)spatial_standardise(w, CELLS);
    for (size_t i = 0; i < CELLS; i++)
        y[i] = uniform(500 + i);
    cr_assert(spatial_moran(y, w, CELLS, 99, &g, local));
    for (size_t i = 0; i < CELLS; i++)
        sum += local[i].i / CELLS;
    NEAR(sum, g.i, 1e-12);
}

/* Unit 0 of a line of 5 has one neighbour: the share of the other four values above its neighbour's is known. */
Test(spatial, local_p_holds_the_unit_itself_in_its_place)
{
    enum { N = 5 };
    const double y[N] = {0.0, 10.0, 20.0, 30.0, 40.0};
    double w[N * N] = {0};
    struct spatial_moran g;
    struct spatial_local local[N];
    for (size_t i = 0; i + 1 < N; i++)
        w[i * N + i + 1] = w[(i + 1) * N + i] = 1.0;
    cr_assert(spatial_moran(y, w, N, 99999, &g, local));
    /* z0 < 0: as large a local I as the data's needs the smallest of the four others, chance 1/4 */
    NEAR(local[0].p_sim, 0.25, 0.006);
    NEAR(local[4].p_sim, 0.25, 0.006);
}

Test(spatial, distances_are_great_circles_or_straight)
{
    const double x[] = {113.26, 116.40, 113.26}, y[] = {23.13, 39.90, 23.13};
    struct spatial_places globe = {2, x, y, true}, plane = {2, x, y, false};
    double w[9];
    NEAR(spatial_distance(&globe, 0, 1), 1888.0, 5.0); /* Guangzhou - Beijing */
    NEAR(spatial_distance(&plane, 0, 1), hypot(3.14, 16.77), 1e-9);
    globe.n = 3;
    cr_expect(spatial_inverse_distance(&globe, 2.0, w) == 1);
    cr_expect(w[2] == w[1] && w[0] == 0.0 && w[1] > 0.0, "who stands at the same place gets the largest weight");
    cr_expect(spatial_economic((const double[]){1.0, 3.0, 3.0}, 3, w) == 1);
    cr_expect(w[1] == 0.5 && w[5] == 0.5);
}

/* -- inequality --------------------------------------------------------------------------------------------------------- */
Test(inequality, theil_and_gini_of_few_values_are_as_worked_out_by_hand)
{
    NEAR(inequality_theil((const double[]){1.0, 3.0}, 2), 0.5 * (0.5 * log(0.5) + 1.5 * log(1.5)), 1e-15);
    NEAR(inequality_gini((const double[]){3.0, 1.0}, 2), 0.25, 1e-15);
    NEAR(inequality_gini((const double[]){8, 1, 2, 4, 1}, 5), 0.425, 1e-15); /* (-4 - 2 + 8 + 32) / 80 */
    NEAR(inequality_theil((const double[]){0.0, 2.0}, 2), log(2.0), 1e-15);
    NEAR(inequality_gini((const double[]){2.0, 2.0, 2.0}, 3), 0.0, 1e-15);
    cr_expect(isnan(inequality_gini((const double[]){0.0, 0.0}, 2)));
}

Test(inequality, parts_sum_to_the_whole)
{
    enum { N = 40, K = 4 };
    for (uint64_t seed = 0; seed < 50; seed++) {
        double y[N], pair[K * K], of_group[K];
        size_t group[N];
        struct inequality_theil_parts theil;
        struct inequality_dagum dagum;
        for (size_t i = 0; i < N; i++) {
            group[i] = (size_t)ld_mix(seed, i) % (K - 1); /* the last group is empty */
            y[i] = uniform(seed * 100 + i) + 0.3 * (double)group[i];
        }
        cr_assert(inequality_theil_split(y, group, N, K, &theil, of_group));
        NEAR(theil.within + theil.between, theil.all, 1e-12);
        cr_assert(inequality_dagum_split(y, group, N, K, &dagum, pair));
        NEAR(dagum.within + dagum.between + dagum.overlap, dagum.all, 1e-12);
        cr_expect(dagum.within >= 0.0 && dagum.between >= 0.0 && dagum.overlap >= 0.0);
        cr_expect(isnan(pair[K * K - 1]));
    }
}

/* Groups (1, 2) and (5, 8): G11 = .5/3, G22 = 1.5/13, G12 = 5/8; they do not overlap. */
Test(inequality, groups_that_do_not_overlap_have_no_transvariation)
{
    const double y[] = {1.0, 2.0, 5.0, 8.0};
    const size_t group[] = {0, 0, 1, 1};
    double pair[4];
    struct inequality_dagum d;
    cr_assert(inequality_dagum_split(y, group, 4, 2, &d, pair));
    NEAR(pair[0], 0.5 / 3.0, 1e-15);
    NEAR(pair[3], 1.5 / 13.0, 1e-15);
    NEAR(pair[1], 5.0 / 8.0, 1e-15);
    NEAR(d.overlap, 0.0, 1e-15);
    /* p = 1/2; s = 3/16, 13/16 */
    NEAR(d.within, 0.5 * (0.5 / 3.0 * 3.0 / 16.0 + 1.5 / 13.0 * 13.0 / 16.0), 1e-15);
    NEAR(d.between, 5.0 / 8.0 * 0.5, 1e-15);
}

/* -- convergence -------------------------------------------------------------------------------------------------------- */
Test(convergence, beta_is_found_where_growth_is_a_line_of_the_start)
{
    enum { N = 20 };
    double start[N], growth[N];
    struct convergence_beta b;
    for (size_t i = 0; i < N; i++) {
        start[i] = log(0.2 + 0.03 * (double)i);
        growth[i] = 0.01 - 0.04 * start[i] + (i % 2 == 0 ? 1e-6 : -1e-6);
    }
    cr_assert(convergence_beta(start, growth, N, 10.0, &b));
    NEAR(b.b, -0.04, 1e-5);
    NEAR(b.a, 0.01, 1e-5);
    cr_expect(b.p < 1e-6 && b.r2 > 0.999);
    NEAR(b.speed, -log(0.6) / 10.0, 1e-5);
    NEAR(b.half_life, log(2.0) / b.speed, 1e-12);
    cr_expect(!convergence_beta(start, growth, 2, 10.0, &b));
}

Test(convergence, sigma_is_the_population_spread)
{
    struct convergence_sigma s = convergence_sigma((const double[]){1.0, 3.0}, 2);
    NEAR(s.sd, 1.0, 1e-15);
    NEAR(s.cv, 0.5, 1e-15);
    NEAR(s.log_sd, 0.5 * log(3.0), 1e-15);
}

/* -- density ------------------------------------------------------------------------------------------------------------ */
Test(density, integrates_to_1_and_has_silvermans_width)
{
    double y[50], sum = 0.0, sorted[] = {1, 2, 3, 4, 5};
    for (size_t i = 0; i < 50; i++)
        y[i] = uniform(900 + i);
    double h = density_bandwidth(y, 50);
    for (int k = -1000; k <= 2000; k++)
        sum += 0.001 * density_at(y, 50, h, 0.001 * k);
    NEAR(sum, 1.0, 1e-6);
    /* sd sqrt(2.5) = 1.58, quartiles 2 and 4: 2 / 1.34 = 1.49 is the smaller */
    NEAR(density_bandwidth(sorted, 5), 0.9 * 2.0 / 1.34 * pow(5.0, -0.2), 1e-12);
    NEAR(density_quantile((const double[]){4.0, 1.0, 3.0, 2.0}, 4, 0.5), 2.5, 1e-15);
}

/* -- markov ------------------------------------------------------------------------------------------------------------- */
Test(markov, a_chain_of_two_classes_ends_where_it_must)
{
    const double count[] = {90, 10, 25, 25};
    double p[4], share[2];
    markov_probabilities(count, 2, p);
    NEAR(p[1], 0.1, 1e-15);
    cr_assert(markov_stationary(p, 2, share));
    NEAR(share[0], 5.0 / 6.0, 1e-12);
    NEAR(share[1], 1.0 / 6.0, 1e-12);
    const double stuck[] = {1.0, 0.0, 0.0, 1.0}, unknown[] = {1.0, 0.0, (double)NAN, (double)NAN};
    cr_expect(!markov_stationary(stuck, 2, share) && !markov_stationary(unknown, 2, share));
}

Test(markov, the_neighbours_test_sees_what_is_there_and_nothing_else)
{
    const double same[] = {8, 2, 3, 7, 16, 4, 6, 14}, unlike[] = {10, 0, 10, 0, 0, 10, 0, 10};
    struct markov_test t = markov_neighbour_test(same, 2);
    NEAR(t.lr, 0.0, 1e-10);
    cr_expect(t.df == 2.0 && t.p > 0.999);
    t = markov_neighbour_test(unlike, 2);
    NEAR(t.lr, 80.0 * log(2.0), 1e-10); /* 40 cases, each twice as likely as pooled, times 2 */
    cr_expect(t.p < 1e-10);
}

/* -- grey --------------------------------------------------------------------------------------------------------------- */

/* x_k = q^(k-1): x_k = r z_k + s exactly, r = 2 (q - 1) / (q + 1), s = 2 / (q + 1). */
Test(grey, parameters_of_a_geometric_series_are_exact)
{
    const double q = 1.1;
    double x[8];
    struct grey_model m;
    for (size_t k = 0; k < 8; k++)
        x[k] = pow(q, (double)k);
    cr_assert(grey_fit(x, 8, &m));
    NEAR(m.a, -2.0 * (q - 1.0) / (q + 1.0), 1e-12);
    NEAR(m.b, 2.0 / (q + 1.0), 1e-12);
    cr_expect(m.ratios_good && m.grade == 1 && m.mean_error < 0.002);
    NEAR(grey_at(&m, 9), pow(q, 8.0), 0.01 * pow(q, 8.0));
    cr_expect(grey_at(&m, 1) == 1.0);
}

Test(grey, constant_and_hopeless_series_are_handled)
{
    const double flat[] = {0.5, 0.5, 0.5, 0.5, 0.5}, wild[] = {0.1, 0.9, 0.1, 0.9, 0.1}, zero[] = {0.1, 0.0, 0.2, 0.3};
    struct grey_model m;
    cr_assert(grey_fit(flat, 5, &m));
    NEAR(grey_at(&m, 7), 0.5, 1e-9);
    cr_assert(grey_fit(wild, 5, &m));
    cr_expect(!m.ratios_good && m.grade == 4);
    cr_expect(!grey_fit(zero, 4, &m) && !grey_fit(flat, 3, &m));
}

/* -- trend -------------------------------------------------------------------------------------------------------------- */
Test(trend, mann_kendall_is_as_worked_out_by_hand)
{
    const double t[] = {2011, 2012, 2013, 2014, 2016}, rising[] = {1, 2, 3, 4, 6}, tied[] = {1, 1, 2, 2, 2};
    struct trend trend;
    cr_assert(trend_test(t, rising, 5, &trend));
    cr_expect(trend.s == 10.0);
    NEAR(trend.variance, 5.0 * 4.0 * 15.0 / 18.0, 1e-12);
    NEAR(trend.z, 9.0 / sqrt(50.0 / 3.0), 1e-12);
    NEAR(trend.p, 0.0274864, 1e-6);
    NEAR(trend.slope, 1.0, 1e-12);
    cr_assert(trend_test(t, tied, 5, &trend));
    cr_expect(trend.s == 6.0);
    NEAR(trend.variance, (300.0 - 2.0 * 9.0 - 6.0 * 11.0) / 18.0, 1e-12);
    cr_expect(!trend_test(t, tied, 2, &trend));
}
