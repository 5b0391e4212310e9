/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published degrees of coupling coordination.
 *
 * Source: Mathematical Problems in Engineering 2022, article 2969206, Table 4 (Hindawi, CC BY): urban and rural logistics of a
 * province, 2011-2020.  Indices are printed with three decimals, so C, T and D are known to intervals only: each printed
 * figure must lie in what the rounding of both allows. */
#include <criterion/criterion.h>
#include <liandong/ccd.h>
#include <liandong/ccd_diagnose.h>
#include <math.h>

enum { YEARS = 10 };
static const double index_of[YEARS][2] = {
    {0.101, 0.280},
    {0.165, 0.406},
    {0.187, 0.427},
    {0.238, 0.511},
    {0.424, 0.421},
    {0.538, 0.407},
    {0.591, 0.466},
    {0.694, 0.581},
    {0.892, 0.662},
    {0.879, 0.637}
};
static const double printed[YEARS][3] = {
    {0.882, 0.190, 0.410},
    {0.906, 0.286, 0.509},
    {0.920, 0.307, 0.532},
    {0.931, 0.374, 0.590},
    {1.000, 0.422, 0.650},
    {0.990, 0.473, 0.684},
    {0.993, 0.528, 0.724},
    {0.996, 0.638, 0.797},
    {0.989, 0.777, 0.877},
    {0.987, 0.758, 0.865}
};
/* the paper's own classes, from below: it cuts at .3 .4 .5 .6 .7 .8 */
static const int class_of[YEARS] = {0, 1, 1, 1, 2, 2, 3, 3, 4, 4};

/* Least and greatest C, T, D over the box of what the indices may have been. */
static void ranges(const double u[2], double least[3], double most[3])
{
    const double share[2] = {0.5, 0.5}, half = 0.0005;
    for (int k = 0; k < 3; k++) {
        least[k] = HUGE_VAL;
        most[k] = -HUGE_VAL;
    }
    for (int a = -10; a <= 10; a++)
        for (int b = -10; b <= 10; b++) {
            double v[2] = {u[0] + half * a / 10.0, u[1] + half * b / 10.0};
            double c = ccd_couple(CCD_STANDARD, v, 2, 0.0), t = ccd_combine(CCD_T_SHARED, v, share, 2);
            double got[3] = {c, t, ccd_degree_of(CCD_D_ROOT, c, t)};
            for (int k = 0; k < 3; k++) {
                least[k] = fmin(least[k], got[k]);
                most[k] = fmax(most[k], got[k]);
            }
        }
}

Test(coupling, every_figure_of_the_published_table_lies_within_its_rounding)
{
    for (int y = 0; y < YEARS; y++) {
        double least[3], most[3];
        ranges(index_of[y], least, most);
        for (int k = 0; k < 3; k++)
            cr_expect(printed[y][k] >= least[k] - 0.000501 && printed[y][k] <= most[k] + 0.000501,
                      "%d, %c: printed %.3f, possible %.4f to %.4f", 2011 + y, "CTD"[k], printed[y][k], least[k],
                      most[k]);
    }
}

Test(coupling, classes_of_the_published_table_are_those_printed)
{
    static const struct ccd_class own[] = {
        {0.0, "Close to incongruity", "濒临失调"},
        {0.5, "Primary",              "初级"      },
        {0.6, "Intermediate",         "中级"      },
        {0.7, "Good",                 "良好"      },
        {0.8, "Extreme",              "优质"      }
    };
    static const struct ccd_class_table table = {"own", "own", "自定", 'D', 1.0, 5, own};
    for (int y = 0; y < YEARS; y++)
        for (int edges = 0; edges < 2; edges++)
            cr_expect(ccd_classify(&table, edges == 1, printed[y][2]) == (size_t)class_of[y], "%d", 2011 + y);
}

Test(coupling, the_published_columns_are_found_to_be_rightly_calculated)
{
    static struct ccd_candidate found[CCD_CANDIDATES];
    double share[2 * YEARS], value[YEARS];
    for (int column = 0; column < 3; column += 2) {
        for (int y = 0; y < YEARS; y++) {
            share[2 * y] = share[2 * y + 1] = 0.5;
            value[y] = printed[y][column];
        }
        struct ccd_published p = {YEARS, 2, &index_of[0][0], NULL, share, value, 0.0005, 0.0005, false};
        cr_assert(ccd_diagnose(&p, found) > 0);
        cr_expect(found[0].fitting == YEARS && found[0].right && found[0].coupling == CCD_STANDARD);
        cr_expect(found[0].is_c == (column == 0));
    }
}
