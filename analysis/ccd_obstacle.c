/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_obstacle - what keeps a unit from its best: obstacle degree; formulas in ccd.def (OBSTACLE). */
#include <liandong/ccd.h>
#include <math.h>

void ccd_obstruct(enum ccd_obstacle how, const double *normal, const double *f, size_t m, double *o)
{
    double sum = 0.0;
    for (size_t j = 0; j < m; j++) {
        o[j] = f[j] * (1.0 - normal[j]);
        sum += o[j];
    }
    for (size_t j = 0; j < m && how == CCD_OBSTACLE_SHARES; j++)
        o[j] = sum > 0.0 ? o[j] / sum : (double)NAN;
}
