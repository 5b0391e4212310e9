/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_worlds - see include/liandong/ccd_worlds.h. */
#include <liandong/ccd_worlds.h>
#include <liandong/density.h>
#include <math.h>
#include <string.h>

void ccd_permuted(const struct ccd_formula *formula, const double *u, size_t n, size_t s, double *c)
{
    double row[CCD_SUBSYSTEMS];
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < s; k++) {
            memcpy(row, u + i * s, s * sizeof *row);
            for (size_t other = 0; other < n; other++) {
                row[k] = u[other * s + k];
                sum += ccd_couple(formula->coupling, row, s, formula->power);
            }
        }
        c[i] = sum / (double)(n * s);
    }
}

struct ccd_split ccd_split_change(double c0, double t0, double c1, double t1)
{
    double d00 = ccd_degree_of(CCD_D_ROOT, c0, t0), d11 = ccd_degree_of(CCD_D_ROOT, c1, t1);
    double d01 = ccd_degree_of(CCD_D_ROOT, c0, t1), d10 = ccd_degree_of(CCD_D_ROOT, c1, t0);
    double from_t = 0.5 * ((d01 - d00) + (d11 - d10));
    return (struct ccd_split){d11 - d00, from_t, d11 - d00 - from_t};
}

/* -- Shapley ---------------------------------------------------------------------------------------------------------- */
/* Indices of a set are those of the set without its last player, and that player's change. */
struct players {
    size_t n, s;
    size_t subsystem[CCD_PLAYERS], of[CCD_PLAYERS];
    double step[CCD_PLAYERS]; /* w (x' after - x' before) */
    double *u, *d;            /* [2^n][s], [2^n] */
};

static bool players_find(struct players *p, const struct ccd_game *g, const double *before, const double *after)
{
    const struct ccd_system *of = g->system;
    p->s = of->n_subsystems;
    for (size_t j = 0; j < of->n_indicators; j++) {
        double step = g->weight[j] * (after[j] - before[j]);
        if (step == 0.0)
            continue;
        if (p->n == CCD_PLAYERS)
            return false;
        p->of[p->n] = j;
        p->subsystem[p->n] = of->indicator[j].subsystem;
        p->step[p->n++] = step;
    }
    size_t sets = (size_t)1 << p->n;
    p->u = calloc(sets * p->s, sizeof *p->u);
    p->d = calloc(sets, sizeof *p->d);
    return p->u != NULL && p->d != NULL;
}

static void degree_each(struct players *p, const struct ccd_game *g, const double *before)
{
    const struct ccd_system *of = g->system;
    double row[CCD_SUBSYSTEMS];
    for (size_t j = 0; j < of->n_indicators; j++)
        p->u[of->indicator[j].subsystem] += g->weight[j] * before[j];
    for (size_t set = 0; set < (size_t)1 << p->n; set++) {
        size_t last = 0;
        while (set >> (last + 1) > 0)
            last++;
        if (set > 0) {
            memcpy(p->u + set * p->s, p->u + (set ^ ((size_t)1 << last)) * p->s, p->s * sizeof *p->u);
            p->u[set * p->s + p->subsystem[last]] += p->step[last];
        }
        for (size_t s = 0; s < p->s; s++) /* rounding leaves an index a hair below 0 */
            row[s] = fmin(fmax(p->u[set * p->s + s], 0.0), 1.0);
        double c = ccd_couple(g->formula.coupling, row, p->s, g->formula.power);
        p->d[set] = ccd_degree_of(CCD_D_ROOT, c, ccd_combine(CCD_T_SHARED, row, g->share, p->s));
    }
}

static size_t members_of(size_t set)
{
    size_t n = 0;
    for (; set > 0; set &= set - 1)
        n++;
    return n;
}

/* Of all orders of n players, the share in which exactly the given k come before one: k! (n - k - 1)! / n!. */
static void chances(size_t n, double *chance)
{
    for (size_t k = 0; k < n; k++) {
        double of = (double)n; /* n (n - 1 over k) */
        for (size_t i = 1; i <= k; i++)
            of *= (double)(n - i) / (double)i;
        chance[k] = 1.0 / of;
    }
}

bool ccd_shapley(const struct ccd_game *g, const double *before, const double *after, double *value)
{
    struct players p = {.n = 0};
    double chance[CCD_PLAYERS] = {0.0};
    memset(value, 0, g->system->n_indicators * sizeof *value);
    bool good = players_find(&p, g, before, after);
    if (good) {
        degree_each(&p, g, before);
        chances(p.n, chance);
    }
    for (size_t set = 0; good && set < (size_t)1 << p.n; set++) {
        double part = chance[members_of(set) % CCD_PLAYERS];
        for (size_t k = 0; k < p.n; k++)
            if ((set >> k & 1) == 0)
                value[p.of[k]] += part * (p.d[set | (size_t)1 << k] - p.d[set]);
    }
    free(p.u);
    free(p.d);
    return good;
}

/* -- runs ------------------------------------------------------------------------------------------------------------- */
struct ccd_spread ccd_spread_of(const double *value, size_t n)
{
    struct ccd_spread s = {0.0, 0.0, 0.0, 0.0};
    for (size_t k = 0; k < n; k++) {
        s.mean += value[k] / (double)n;
        s.above += value[k] > 0.0 ? 1.0 / (double)n : 0.0;
    }
    s.low = density_quantile(value, n, 0.05);
    s.high = density_quantile(value, n, 0.95);
    return s;
}
