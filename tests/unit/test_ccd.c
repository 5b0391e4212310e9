/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coupling coordination: vectors worked out by hand from the formulas, properties, every wrong variant recognised. */
#include <criterion/criterion.h>
#include <liandong/ccd.h>
#include <liandong/ccd_diagnose.h>
#include <liandong/mathx.h>
#include <math.h>
#include <string.h>

#define NEAR(a, b, within) \
    cr_expect(fabs((a) - (b)) <= (within), "%s = %.12g, expected %.12g", #a, (double)(a), (double)(b))

static double uniform(uint64_t i)
{
    return ((double)(uint32_t)ld_mix(20211103, i) + 0.5) * 0x1p-32;
}

/* -- coupling ----------------------------------------------------------------------------------------------------------- */

/* U1 = .8, U2 = .2: product .16, sum 1; U1 = .9, U2 = .1: .09, 1; U1 = .6, U2 = .4: .24, 1; .05, .05: .0025, .1. */
Test(ccd, two_indices_couple_as_worked_out_by_hand)
{
    static const struct {
        double u[2], standard, lost, no_square, square, wang, fan;
    } row[] = {
        {{0.5, 0.5},   1.0,          0.5,         1.0,           1.0,    1.0,          1.0},
        {{0.05, 0.05}, 1.0,          0.5,         0.31622776602, 1.0,    1.0,          1.0},
        {{0.6, 0.4},   0.9797958971, 0.489897949, 0.9797958971,  0.9216, 0.7302967433, 0.8},
        {{0.8, 0.2},   0.8,          0.4,         0.8,           0.4096, 0.316227766,  0.4},
        {{0.9, 0.1},   0.6,          0.3,         0.6,           0.1296, 0.1490711985, 0.2},
        {{1.0, 1.0},   1.0,          0.5,         1.41421356237, 1.0,    1.0,          1.0},
        {{1.0, 0.0},   0.0,          0.0,         0.0,           0.0,    0.0,          0.0},
    };
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        NEAR(ccd_couple(CCD_STANDARD, row[k].u, 2, 0), row[k].standard, 1e-10);
        NEAR(ccd_couple(CCD_LOST, row[k].u, 2, 0), row[k].lost, 1e-9);
        NEAR(ccd_couple(CCD_NO_SQUARE, row[k].u, 2, 0), row[k].no_square, 1e-10);
        NEAR(ccd_couple(CCD_LIAO, row[k].u, 2, 2), row[k].square, 1e-10);
        NEAR(ccd_couple(CCD_WANG, row[k].u, 2, 0), row[k].wang, 1e-10);
        NEAR(ccd_couple(CCD_FAN, row[k].u, 2, 0), row[k].fan, 1e-10);
    }
}

/* .8 .5 .2: product .08, mean .5, (.08 / .125)^(1/3); pairs 1.3 1.0 .7 = .91; sum 1.5. */
Test(ccd, three_indices_couple_as_worked_out_by_hand)
{
    const double a[] = {0.8, 0.5, 0.2}, b[] = {0.9, 0.1, 0.1};
    NEAR(ccd_couple(CCD_STANDARD, a, 3, 0), 0.861774, 5e-7);
    NEAR(ccd_couple(CCD_STANDARD, b, 3, 0), 0.567296, 5e-7);
    NEAR(ccd_couple(CCD_WANG, a, 3, 0), 0.487002, 5e-7);
    NEAR(ccd_couple(CCD_WANG, b, 3, 0), 0.227710, 5e-7);
    NEAR(ccd_couple(CCD_FAN, a, 3, 0), 0.510102, 5e-7);
    NEAR(ccd_couple(CCD_FAN, b, 3, 0), 0.245753, 5e-7);
    NEAR(ccd_couple(CCD_LOST, a, 3, 0), 0.861774 / 3.0, 5e-7);
    NEAR(ccd_couple(CCD_PAIRWISE, a, 3, 0), cbrt(0.08 / 0.91), 1e-12);
    NEAR(ccd_couple(CCD_PAIRWISE_N, a, 3, 0), 3.0 * cbrt(0.08 / 0.91), 1e-12);
    NEAR(ccd_couple(CCD_NO_SQUARE, a, 3, 0), 3.0 * cbrt(0.08 / 1.5), 1e-12);
    NEAR(ccd_couple(CCD_LIAO, a, 3, 2), 0.4096, 1e-12); /* .64 squared */
}

/* .8 .6 .4 .2: product .0384, mean .5: (.0384 / .0625)^(1/4). */
Test(ccd, four_indices_couple_as_worked_out_by_hand)
{
    const double u[] = {0.8, 0.6, 0.4, 0.2};
    NEAR(ccd_couple(CCD_STANDARD, u, 4, 0), sqrt(sqrt(0.6144)), 1e-12);
    /* mean difference (.2 + .4 + .6 + .2 + .4 + .2) / 6 = 1/3; product of ratios .75 * .5 * .25 */
    NEAR(ccd_couple(CCD_WANG, u, 4, 0), sqrt(2.0 / 3.0 * cbrt(0.09375)), 1e-12);
    NEAR(ccd_couple(CCD_FAN, u, 4, 0), 1.0 - 2.0 * sqrt(0.05), 1e-12);
}

Test(ccd, equal_indices_above_0_couple_exactly_and_zeros_give_0)
{
    static const enum ccd_coupling right[] = {CCD_STANDARD, CCD_WANG, CCD_FAN, CCD_LIAO};
    for (size_t f = 0; f < 4; f++)
        for (size_t n = 2; n <= 6; n++) {
            double zero[6] = {0.0}, equal[6], shares[6];
            for (int k = 1; k <= 1000; k++) {
                for (size_t i = 0; i < n; i++) {
                    equal[i] = 0.001 * k;
                    shares[i] = 1.0 / (double)n;
                }
                double c = ccd_couple(right[f], equal, n, 2.0);
                cr_assert(right[f] == CCD_FAN ? fabs(c - 1.0) < 1e-12 : c == 1.0, "formula %zu, n %zu, U %g: %.17g", f,
                          n, equal[0], c);
            }
            cr_assert(ccd_couple(right[f], zero, n, 2.0) == 0.0);
            cr_assert(ccd_degree_of(CCD_D_ROOT, 0.0, ccd_combine(CCD_T_SHARED, zero, shares, n)) == 0.0);
        }
}

Test(ccd, right_degrees_stay_within_0_and_1_and_do_not_hang_on_the_order_of_subsystems)
{
    static const enum ccd_coupling right[] = {CCD_STANDARD, CCD_WANG, CCD_FAN, CCD_LIAO};
    for (uint64_t k = 0; k < 20000; k++) {
        size_t n = 2 + k % 4;
        double u[5], back[5], share[5];
        for (size_t i = 0; i < n; i++) {
            double x = uniform(8 * k + i);
            u[i] = x < 0.05 ? 0.0 : x > 0.95 ? 1.0 : x;
            share[i] = 1.0 / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            back[i] = u[n - 1 - i];
        for (size_t f = 0; f < 4; f++) {
            double c = ccd_couple(right[f], u, n, 2.0);
            double d = ccd_degree_of(CCD_D_ROOT, c, ccd_combine(CCD_T_SHARED, u, share, n));
            cr_assert(c >= 0.0 && c <= 1.0 && d >= 0.0 && d <= 1.0, "C %g, D %g", c, d);
            cr_assert(fabs(ccd_couple(right[f], back, n, 2.0) - c) < 1e-12);
        }
    }
}

/* Doubling every index changes no right standard degree, but the pairwise product of two and of four. */
Test(ccd, the_standard_degree_has_no_scale_and_the_pairwise_product_has)
{
    const double u[] = {0.4, 0.3, 0.2, 0.1}, twice[] = {0.8, 0.6, 0.4, 0.2};
    for (size_t n = 2; n <= 4; n++)
        NEAR(ccd_couple(CCD_STANDARD, u, n, 0), ccd_couple(CCD_STANDARD, twice, n, 0), 1e-15);
    NEAR(ccd_couple(CCD_PAIRWISE, twice, 2, 0) / ccd_couple(CCD_PAIRWISE, u, 2, 0), sqrt(2.0), 1e-12);
    NEAR(ccd_couple(CCD_PAIRWISE, twice, 3, 0) / ccd_couple(CCD_PAIRWISE, u, 3, 0), 1.0, 1e-12);
    NEAR(ccd_couple(CCD_PAIRWISE, twice, 4, 0) / ccd_couple(CCD_PAIRWISE, u, 4, 0), sqrt(0.5), 1e-12);
}

Test(ccd, degrees_of_coordination_are_the_root_and_its_mistakes)
{
    const double u[] = {0.8, 0.2}, share[] = {0.25, 0.75};
    NEAR(ccd_combine(CCD_T_SHARED, u, share, 2), 0.35, 1e-15);
    NEAR(ccd_combine(CCD_T_EVEN, u, share, 2), 0.5, 1e-15);
    NEAR(ccd_combine(CCD_T_SUM, u, share, 2), 1.0, 1e-15);
    NEAR(ccd_degree_of(CCD_D_ROOT, 0.8, 0.5), 0.632455532, 1e-9);
    NEAR(ccd_degree_of(CCD_D_CUBE, 0.8, 0.27 / 0.8), 0.646330407, 1e-9);
    NEAR(ccd_degree_of(CCD_D_PRODUCT, 0.8, 0.5), 0.4, 1e-15);
}

Test(ccd, the_leader_is_the_greatest_index_and_nobody_leads_a_tie)
{
    cr_expect(ccd_leader((const double[]){0.2, 0.7, 0.3}, 3) == 1);
    cr_expect(ccd_leader((const double[]){0.7, 0.7, 0.3}, 3) == 3);
    cr_expect(ccd_leader((const double[]){0.3, 0.3, 0.7}, 3) == 2);
}

/* -- classes ------------------------------------------------------------------------------------------------------------ */
Test(ccd, one_half_is_barely_coordinated_or_near_disorder_by_the_rule_of_edges)
{
    const struct ccd_class_table *ten = ccd_class_table_find("ten");
    double half = ccd_degree_of(CCD_D_ROOT, ccd_couple(CCD_STANDARD, (const double[]){0.25, 0.25}, 2, 0), 0.25);
    cr_assert(ten != NULL && ten->n == 10);
    cr_expect_str_eq(ten->of[ccd_classify(ten, false, half)].zh, "勉强协调");
    cr_expect_str_eq(ten->of[ccd_classify(ten, true, half)].zh, "濒临失调");
    cr_expect(ccd_classify(ten, false, 0.0) == 0 && ccd_classify(ten, true, 0.0) == 0);
    cr_expect(ccd_classify(ten, false, 1.0) == 9 && ccd_classify(ten, true, 1.0) == 9);
    cr_expect(ccd_classify(ten, false, (double)NAN) == 10);
    /* 0.1 + 0.2 is above 0.3 by rounding only */
    cr_expect(ccd_classify(ten, true, 0.1 + 0.2) == 2 && ccd_classify(ten, false, 0.3 - 1e-16) == 3);
    cr_expect(ccd_classify(ten, false, 0.4999) == 4);
}

Test(ccd, tables_of_classes_rise_from_0_and_have_both_names)
{
    for (size_t t = 0; t < n_ccd_class_tables; t++) {
        const struct ccd_class_table *table = &ccd_class_tables[t];
        cr_expect(table->of[0].from == 0.0 && table->n > 2, "%s", table->name);
        for (size_t k = 0; k < table->n; k++) {
            cr_expect(table->of[k].en[0] != '\0' && table->of[k].zh[0] != '\0');
            cr_expect(k == 0 || table->of[k].from > table->of[k - 1].from, "%s", table->name);
            cr_expect(table->of[k].from < table->most);
        }
    }
}

/* -- normalisation and weights ------------------------------------------------------------------------------------------ */
static const struct ccd_range plain = {0.0, 1.0, CCD_ZEROS_EXACT, 0.0};

static double normal(struct ccd_indicator of, double least, double most, const struct ccd_range *range, double x)
{
    size_t outside = 0;
    double z = ccd_normal(&of, (struct ccd_bounds){least, most}, range, x, &outside);
    cr_expect(outside == 0);
    return z;
}

Test(ccd, four_kinds_of_indicator_are_normalised_by_their_formulas)
{
    struct ccd_indicator ph = {.direction = CCD_CENTRED, .low = 7.0, .high = 7.0};
    struct ccd_indicator food = {.direction = CCD_INTERVAL, .low = 10.0, .high = 20.0};
    NEAR(normal((struct ccd_indicator){.direction = CCD_POSITIVE}, 2, 10, &plain, 4), 0.25, 1e-15);
    NEAR(normal((struct ccd_indicator){.direction = CCD_NEGATIVE}, 2, 10, &plain, 4), 0.75, 1e-15);
    NEAR(normal(ph, 5.0, 8.0, &plain, 8.0), 0.5, 1e-15); /* 1 - 1 / 2 */
    NEAR(normal(ph, 5.0, 8.0, &plain, 7.0), 1.0, 1e-15);
    NEAR(normal(food, 6.0, 28.0, &plain, 6.0), 0.5, 1e-15); /* M = max(4, 8) */
    NEAR(normal(food, 6.0, 28.0, &plain, 15.0), 1.0, 1e-15);
    NEAR(normal(food, 6.0, 28.0, &plain, 22.0), 0.75, 1e-15);
}

Test(ccd, zeros_are_handled_in_six_ways)
{
    struct ccd_indicator up = {.direction = CCD_POSITIVE}, ph = {.direction = CCD_CENTRED, .low = 7.0, .high = 7.0};
    struct ccd_range r = {0.002, 0.998, CCD_ZEROS_EXACT, 0.0};
    cr_expect(normal(up, 0, 4, &r, 0) == 0.002 && normal(up, 0, 4, &r, 4) == 0.998);
    NEAR(normal(up, 0, 4, &r, 1), 0.251, 1e-15);
    r.zeros = CCD_ZEROS_CLAMP; /* min-max is mapped, a centred one only at its ends */
    NEAR(normal(up, 0, 4, &r, 1), 0.251, 1e-15);
    cr_expect(normal(ph, 5, 8, &r, 7) == 0.998 && normal(ph, 5, 8, &r, 5) == 0.002 && normal(ph, 5, 8, &r, 8) == 0.5);
    r.zeros = CCD_ZEROS_ENDS;
    cr_expect(normal(up, 0, 4, &r, 0) == 0.002 && normal(up, 0, 4, &r, 4) == 0.998 && normal(up, 0, 4, &r, 1) == 0.25);
    r = (struct ccd_range){0.0, 1.0, CCD_ZEROS_SHIFT, 0.001};
    NEAR(normal(up, 0, 4, &r, 1), 0.251, 1e-15);
    r = (struct ccd_range){0.0, 1.0, CCD_ZEROS_REPLACE, 1e-6};
    cr_expect(normal(up, 0, 4, &r, 0) == 1e-6 && normal(up, 0, 4, &r, 1) == 0.25);
}

Test(ccd, values_beyond_fixed_bounds_are_cut_off_and_counted)
{
    struct ccd_indicator up = {.direction = CCD_POSITIVE};
    size_t outside = 0;
    cr_expect(ccd_normal(&up, (struct ccd_bounds){0, 4}, &plain, 5.0, &outside) == 1.0 && outside == 1);
    cr_expect(ccd_normal(&up, (struct ccd_bounds){0, 4}, &plain, -1.0, &outside) == 0.0 && outside == 2);
    cr_expect(ccd_normal(&up, (struct ccd_bounds){0, 4}, &plain, 4.0, &outside) == 1.0 && outside == 2);
}

/* Columns (0, 1) and (1/2, 1/2) of two rows: e = 0 and e = 1; (1/4, 3/4): e = 2 - (3/4) log2 3. */
Test(ccd, entropy_weights_are_one_minus_entropy)
{
    const double two[] = {0.0, 0.5, 1.0, 0.5}, quarter[] = {0.0, 0.25, 1.0, 0.75};
    struct ccd_rows rows = {2, 2, two, NULL, 1};
    double w[2], e = 2.0 - 0.75 * log2(3.0);
    cr_assert(ccd_weights_entropy(&rows, 0.0, w));
    cr_expect(w[0] == 1.0 && w[1] == 0.0);
    rows.value = quarter;
    NEAR(ccd_entropy(&rows, 0, 0.0), 0.0, 1e-15);
    NEAR(ccd_entropy(&rows, 1, 0.0), e, 1e-14);
    cr_assert(ccd_weights_entropy(&rows, 0.0, w));
    NEAR(w[1], (1.0 - e) / (2.0 - e), 1e-14);
    /* an epsilon inside the entropy moves it by 1e-14 only */
    NEAR(ccd_entropy(&rows, 0, 0x1p-52), 0.0, 2e-14);
}

/* Three columns, the third minus the first: r12 = 0, r13 = -1, r23 = 0.  C1 = sd (1 + 2), C2 = sd (1 + 1), C3 = sd (2 + 1). */
Test(ccd, critic_weights_are_contrast_times_conflict)
{
    const double x[] = {0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0};
    struct ccd_rows rows = {4, 3, x, NULL, 1};
    double w[3];
    cr_assert(ccd_weights_critic(&rows, w));
    NEAR(w[0], 0.375, 1e-12);
    NEAR(w[1], 0.25, 1e-12);
    NEAR(w[2], 0.375, 1e-12);
}

Test(ccd, weights_that_do_not_exist_are_refused)
{
    const double same[] = {1.0, 1.0, 1.0, 1.0}, together[] = {0.0, 0.0, 1.0, 1.0, 0.5, 0.5};
    struct ccd_rows rows = {2, 2, same, NULL, 1};
    double w[2];
    cr_expect(!ccd_weights_entropy(&rows, 0.0, w) && !ccd_weights_cv(&rows, w));
    rows = (struct ccd_rows){3, 2, together, NULL, 1};
    cr_expect(!ccd_weights_critic(&rows, w));
    cr_expect(ccd_weights_cv(&rows, w));
    NEAR(w[0], 0.5, 1e-12);
}

/* -- the whole ---------------------------------------------------------------------------------------------------------- */
enum { UNITS = 7, YEARS = 4, ROWS = UNITS * YEARS, COLUMNS = 5 };
struct world {
    struct ccd_indicator of[COLUMNS];
    double x[ROWS * COLUMNS], share[2];
    size_t unit[ROWS], year[ROWS];
    struct ccd_system system;
    struct ccd_panel panel;
};

static void world_make(struct world *w)
{
    static const enum ccd_direction direction[] = {CCD_POSITIVE, CCD_NEGATIVE, CCD_CENTRED, CCD_POSITIVE, CCD_INTERVAL};
    *w = (struct world){
        .share = {0.4, 0.6}
    };
    for (size_t j = 0; j < COLUMNS; j++)
        w->of[j] = (struct ccd_indicator){
            .subsystem = j / 3, .direction = direction[j], .low = 4.0, .high = j == 4 ? 5.0 : 4.0};
    for (size_t i = 0; i < ROWS; i++) {
        w->unit[i] = i / YEARS;
        w->year[i] = i % YEARS;
        for (size_t j = 0; j < COLUMNS; j++)
            w->x[i * COLUMNS + j] = 10.0 * uniform(1000 + i * COLUMNS + j);
    }
    w->system = (struct ccd_system){2, COLUMNS, w->of, w->share};
    w->panel = (struct ccd_panel){ROWS, UNITS, YEARS, w->unit, w->year, w->x};
}

static struct ccd_result evaluated(const struct world *w, const struct ccd_options *o)
{
    struct ccd_result r;
    struct ccd_trouble trouble = ccd_evaluate(&w->system, &w->panel, o, &r);
    cr_assert(trouble.fault == CCD_GOOD, "fault %d", (int)trouble.fault);
    return r;
}

Test(ccd, scaling_an_indicator_with_its_bounds_or_centre_changes_nothing)
{
    for (int scope = 0; scope < CCD_SCOPES; scope++)
        for (int weights = 0; weights < CCD_WEIGHTS_GIVEN; weights++) {
            struct world w;
            struct ccd_options o = ccd_usual();
            o.scope = (enum ccd_scope)scope;
            o.weighting = (enum ccd_weighting)weights;
            world_make(&w);
            for (size_t j = 0; j < COLUMNS; j++)
                w.of[j].bounds = (struct ccd_bounds){-1.0, 12.0};
            struct ccd_result before = evaluated(&w, &o);
            for (size_t j = 0; j < COLUMNS; j++) {
                double by = 3.0 + (double)j, add = (double)j - 100.0;
                w.of[j].low = w.of[j].low * by + add;
                w.of[j].high = w.of[j].high * by + add;
                w.of[j].bounds = (struct ccd_bounds){-1.0 * by + add, 12.0 * by + add};
                for (size_t i = 0; i < ROWS; i++)
                    w.x[i * COLUMNS + j] = w.x[i * COLUMNS + j] * by + add;
            }
            struct ccd_result after = evaluated(&w, &o);
            for (size_t i = 0; i < ROWS; i++)
                NEAR(after.d[i], before.d[i], 1e-11);
            ccd_result_free(&before);
            ccd_result_free(&after);
        }
}

Test(ccd, the_order_of_units_changes_nothing)
{
    struct world w, v;
    struct ccd_options o = ccd_usual();
    o.shares = CCD_SHARES_ENTROPY;
    world_make(&w);
    world_make(&v);
    for (size_t i = 0; i < ROWS; i++) {
        size_t from = (i * 5 + 3) % ROWS; /* 5 and 28 have no common divisor */
        v.unit[i] = w.unit[from];
        v.year[i] = w.year[from];
        memcpy(v.x + i * COLUMNS, w.x + from * COLUMNS, COLUMNS * sizeof *v.x);
    }
    struct ccd_result a = evaluated(&w, &o), b = evaluated(&v, &o);
    for (size_t i = 0; i < ROWS; i++)
        NEAR(b.d[i], a.d[(i * 5 + 3) % ROWS], 1e-12);
    ccd_result_free(&a);
    ccd_result_free(&b);
}

Test(ccd, weights_and_shares_and_rows_of_obstacles_sum_to_1)
{
    for (int weights = 0; weights < CCD_WEIGHTS_GIVEN; weights++)
        for (int per_year = 0; per_year < 2; per_year++) {
            struct world w;
            struct ccd_options o = ccd_usual();
            o.weighting = (enum ccd_weighting)weights;
            o.per_year = per_year == 1;
            o.shares = CCD_SHARES_SUMMED;
            world_make(&w);
            struct ccd_result r = evaluated(&w, &o);
            for (size_t k = 0; k < r.n_weights; k++) {
                NEAR(r.weight[k * COLUMNS] + r.weight[k * COLUMNS + 1] + r.weight[k * COLUMNS + 2], 1.0, 1e-12);
                NEAR(r.weight[k * COLUMNS + 3] + r.weight[k * COLUMNS + 4], 1.0, 1e-12);
                NEAR(r.share[2 * k] + r.share[2 * k + 1], 1.0, 1e-12);
            }
            for (size_t i = 0; i < ROWS; i++) {
                double sum = 0.0;
                for (size_t j = 0; j < COLUMNS; j++)
                    sum += r.obstacle[i * COLUMNS + j];
                NEAR(sum, 1.0, 1e-12);
                cr_expect(r.d[i] >= 0.0 && r.d[i] <= 1.0);
            }
            ccd_result_free(&r);
        }
}

Test(ccd, a_reference_held_fixed_gives_its_own_degrees_again)
{
    struct world w, v;
    struct ccd_options o = ccd_usual(), fixed = ccd_usual();
    o.shares = CCD_SHARES_ENTROPY;
    world_make(&w);
    world_make(&v);
    struct ccd_result a = evaluated(&w, &o);
    ccd_fix(&w.panel, &a, v.of, v.share);
    fixed.scope = CCD_SCOPE_FIXED;
    fixed.weighting = CCD_WEIGHTS_GIVEN;
    v.panel.n = YEARS; /* the first unit alone */
    struct ccd_result b = evaluated(&v, &fixed);
    for (size_t i = 0; i < YEARS; i++)
        NEAR(b.d[i], a.d[i], 1e-12);
    cr_expect(b.outside == 0);
    v.x[0] = 20.0;
    ccd_result_free(&b);
    b = evaluated(&v, &fixed);
    cr_expect(b.outside == 1);
    ccd_result_free(&a);
    ccd_result_free(&b);
}

Test(ccd, a_constant_indicator_is_named)
{
    struct world w;
    struct ccd_options o = ccd_usual();
    struct ccd_result r;
    world_make(&w);
    for (size_t i = 0; i < ROWS; i++)
        w.x[i * COLUMNS + 3] = 7.0;
    struct ccd_trouble trouble = ccd_evaluate(&w.system, &w.panel, &o, &r);
    cr_expect(trouble.fault == CCD_CONSTANT && trouble.where == 3);
    ccd_result_free(&r);
    w.of[3].dropped = true;
    trouble = ccd_evaluate(&w.system, &w.panel, &o, &r);
    cr_assert(trouble.fault == CCD_GOOD);
    cr_expect(r.weight[3] == 0.0 && r.weight[4] == 1.0 && r.obstacle[3] == 0.0);
    ccd_result_free(&r);
}

Test(ccd, obstacles_are_shares_or_the_plain_products)
{
    const double z[] = {0.2, 0.6, 1.0}, f[] = {0.5, 0.3, 0.2}, best[] = {1.0, 1.0, 1.0};
    double o[3];
    ccd_obstruct(CCD_OBSTACLE_PLAIN, z, f, 3, o);
    NEAR(o[0], 0.4, 1e-15);
    NEAR(o[1], 0.12, 1e-15);
    ccd_obstruct(CCD_OBSTACLE_SHARES, z, f, 3, o);
    NEAR(o[0], 0.4 / 0.52, 1e-15);
    cr_expect(o[2] == 0.0);
    ccd_obstruct(CCD_OBSTACLE_SHARES, best, f, 3, o);
    cr_expect(isnan(o[0]));
}

/* Shares by the entropy of given indices: exact 0 and 1 are moved to the ends of the range before, as in x'. */
Test(ccd, zeros_of_indices_are_handled_in_the_entropy_of_subsystems)
{
    const double u[] = {0.0, 0.2, 0.5, 0.4, 1.0, 0.6}, moved[] = {0.002, 0.2, 0.5, 0.4, 0.998, 0.6};
    const size_t unit[] = {0, 1, 2}, year[] = {0, 0, 0};
    const struct ccd_indicator of[] = {
        {.subsystem = 0, .direction = CCD_INDEX},
        {.subsystem = 1, .direction = CCD_INDEX}
    };
    struct ccd_system system = {2, 2, of, NULL};
    struct ccd_panel panel = {3, 3, 1, unit, year, u};
    struct ccd_options o = ccd_usual();
    struct ccd_rows rows = {3, 2, moved, NULL, 1};
    struct ccd_result r;
    double w[2], exact[2];
    cr_assert(ccd_weights_entropy(&rows, 0.0, w));
    rows.value = u;
    cr_assert(ccd_weights_entropy(&rows, 0.0, exact));
    o.shares = CCD_SHARES_ENTROPY;
    o.range = (struct ccd_range){0.002, 0.998, CCD_ZEROS_CLAMP, 0.0};
    cr_assert(ccd_evaluate(&system, &panel, &o, &r).fault == CCD_GOOD);
    NEAR(r.share[0], w[0], 1e-14);
    cr_expect(fabs(w[0] - exact[0]) > 1e-4 && r.u[0] == 0.0, "the index itself stays as it is");
    ccd_result_free(&r);
}

/* -- recognition -------------------------------------------------------------------------------------------------------- */
enum { PRINTED = 40 };

/* The column that a candidate makes of the indices, rounded to four decimals. */
static struct ccd_candidate recognised(size_t s, enum ccd_coupling coupling, double power, bool is_c,
                                       enum ccd_combination t, enum ccd_degree d)
{
    static struct ccd_candidate found[CCD_CANDIDATES];
    double u[PRINTED * 4], value[PRINTED], share[PRINTED * 4];
    for (size_t i = 0; i < PRINTED; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < s; k++) {
            u[i * s + k] = uniform(5000 + i * s + k);
            share[i * s + k] = (double)(k + 1);
            sum += (double)(k + 1);
        }
        for (size_t k = 0; k < s; k++)
            share[i * s + k] /= sum;
        double c = ccd_couple(coupling, u + i * s, s, power), x = ccd_combine(t, u + i * s, share + i * s, s);
        value[i] = round(1e4 * (is_c ? c : ccd_degree_of(d, c, x))) / 1e4;
    }
    struct ccd_published p = {PRINTED, s, u, NULL, share, value, 0.0, 0.5e-4, false};
    cr_assert(ccd_diagnose(&p, found) > 0);
    cr_expect(found[0].fitting == PRINTED, "%s, n %zu: %zu of %d fit", ccd_couplings[coupling].name, s,
              found[0].fitting, PRINTED);
    return found[0];
}

Test(ccd_diagnose, recognises_every_coupling_degree)
{
    for (size_t s = 2; s <= 4; s++)
        for (int k = 0; k < CCD_COUPLINGS; k++) {
            if ((double)s < ccd_couplings[k].amount)
                continue;
            struct ccd_candidate c = recognised(s, (enum ccd_coupling)k, 2.0, true, CCD_T_SHARED, CCD_D_ROOT);
            cr_expect(c.is_c && c.coupling == (enum ccd_coupling)k, "%s, n %zu, taken for %s", ccd_couplings[k].name, s,
                      ccd_couplings[c.coupling].name);
            cr_expect(c.right == ccd_couplings[k].right);
        }
}

Test(ccd_diagnose, recognises_every_degree_of_coordination)
{
    for (int t = 0; t < CCD_COMBINATIONS; t++)
        for (int d = 0; d < CCD_DEGREES; d++) {
            struct ccd_candidate c =
                recognised(3, CCD_STANDARD, 1.0, false, (enum ccd_combination)t, (enum ccd_degree)d);
            cr_expect(!c.is_c && c.coupling == CCD_STANDARD && c.combination == (enum ccd_combination)t &&
                          c.degree == (enum ccd_degree)d,
                      "%s, %s: taken for %s, %s", ccd_combinations[t].name, ccd_degrees[d].name,
                      ccd_combinations[c.combination].name, ccd_degrees[c.degree].name);
            cr_expect(c.right == (ccd_combinations[t].right && ccd_degrees[d].right));
        }
}

/* A test on U1 + U2 = 1 alone would not tell the missing square from the standard degree. */
Test(ccd_diagnose, takes_the_right_formula_where_a_wrong_one_gives_the_same)
{
    const double u[] = {0.6, 0.4, 0.8, 0.2, 0.9, 0.1}, share[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    const double value[] = {0.9798, 0.8, 0.6};
    static struct ccd_candidate found[CCD_CANDIDATES];
    struct ccd_published p = {3, 2, u, NULL, share, value, 0.0, 0.5e-4, false};
    size_t n = ccd_diagnose(&p, found), fitting = 0;
    for (size_t k = 0; k < n; k++)
        fitting += found[k].fitting == 3;
    cr_expect(found[0].coupling == CCD_STANDARD && found[0].is_c && found[0].right && fitting >= 2);
}

Test(ccd_diagnose, allows_for_the_rounding_of_printed_indices)
{
    /* .0149 and .8 printed as .01 and .80: C moves from .268 to .222 */
    const double u[] = {0.01, 0.80}, share[] = {0.5, 0.5}, value[] = {0.268};
    static struct ccd_candidate found[CCD_CANDIDATES];
    struct ccd_published p = {1, 2, u, NULL, share, value, 0.005, 0.0005, false};
    cr_assert(ccd_diagnose(&p, found) > 0);
    cr_expect(found[0].is_c && found[0].coupling == CCD_STANDARD && found[0].fitting == 1);
    p.half_u = 0.0;
    cr_assert(ccd_diagnose(&p, found) > 0);
    cr_expect(!(found[0].fitting == 1 && found[0].is_c && found[0].coupling == CCD_STANDARD));
}
