/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_worlds - see include/liandong/ccd_worlds.h. */
#include <liandong/ccd_worlds.h>
#include <liandong/density.h>
#include <math.h>
#include <stdint.h>
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
    size_t subsystem[CCD_MOST], of[CCD_MOST];
    double step[CCD_MOST]; /* w (x' after - x' before) */
    double *u, *d;         /* [2^n][s], [2^n] */
};

static bool players_find(struct players *p, const struct ccd_game *g, const double *before, const double *after)
{
    const struct ccd_system *of = g->system;
    p->s = of->n_subsystems;
    for (size_t j = 0; j < of->n_indicators; j++) {
        double step = g->weight[j] * (after[j] - before[j]);
        if (step == 0.0)
            continue;
        if (p->n == CCD_MOST)
            return false;
        p->of[p->n] = j;
        p->subsystem[p->n] = of->indicator[j].subsystem;
        p->step[p->n++] = step;
    }
    size_t sets = p->n <= CCD_PLAYERS ? (size_t)1 << p->n : 1;
    p->u = calloc(sets * p->s, sizeof *p->u);
    p->d = calloc(sets, sizeof *p->d);
    return p->u != NULL && p->d != NULL;
}

static void indices_before(struct players *p, const struct ccd_game *g, const double *before)
{
    for (size_t j = 0; j < g->system->n_indicators; j++)
        p->u[g->system->indicator[j].subsystem] += g->weight[j] * before[j];
}

static double degree_of(const struct ccd_game *g, const double *u, size_t s)
{
    double row[CCD_SUBSYSTEMS];
    for (size_t k = 0; k < s; k++) /* rounding leaves an index a hair outside */
        row[k] = fmin(fmax(u[k], 0.0), 1.0);
    double c = ccd_couple(g->formula.coupling, row, s, g->formula.power);
    return ccd_degree_of(CCD_D_ROOT, c, ccd_combine(CCD_T_SHARED, row, g->share, s));
}

static void degree_each(struct players *p, const struct ccd_game *g)
{
    for (size_t set = 0; set < (size_t)1 << p->n; set++) {
        size_t last = 0;
        while (set >> (last + 1) > 0)
            last++;
        if (set > 0) {
            memcpy(p->u + set * p->s, p->u + (set ^ ((size_t)1 << last)) * p->s, p->s * sizeof *p->u);
            p->u[set * p->s + p->subsystem[last]] += p->step[last];
        }
        p->d[set] = degree_of(g, p->u + set * p->s, p->s);
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

static void all_orders(struct players *p, const struct ccd_game *g, double *value)
{
    double chance[CCD_PLAYERS + 1] = {0.0};
    degree_each(p, g);
    chances(p->n, chance);
    for (size_t set = 0; set < (size_t)1 << p->n; set++) {
        double part = chance[members_of(set)];
        for (size_t k = 0; k < p->n; k++)
            if ((set >> k & 1) == 0)
                value[p->of[k]] += part * (p->d[set | (size_t)1 << k] - p->d[set]);
    }
}

/* What each adds when all come in one order, a part of the whole. */
static void one_order(const struct players *p, const struct ccd_game *g, const size_t *order, bool backwards,
                      double *value)
{
    double u[CCD_SUBSYSTEMS];
    memcpy(u, p->u, p->s * sizeof *u);
    double d = degree_of(g, u, p->s);
    for (size_t k = 0; k < p->n; k++) {
        size_t j = order[backwards ? p->n - 1 - k : k];
        u[p->subsystem[j]] += p->step[j];
        double then = degree_of(g, u, p->s);
        value[p->of[j]] += (then - d) / (2 * CCD_ORDERS);
        d = then;
    }
}

static void some_orders(const struct players *p, const struct ccd_game *g, double *value)
{
    size_t order[CCD_MOST];
    uint64_t luck = 1;
    for (size_t k = 0; k < p->n; k++)
        order[k] = k;
    for (size_t turn = 0; turn < CCD_ORDERS; turn++) {
        for (size_t k = p->n; k > 1; k--) {
            luck = luck * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
            size_t other = (size_t)((luck >> 33) % k), was = order[k - 1];
            order[k - 1] = order[other];
            order[other] = was;
        }
        one_order(p, g, order, false, value);
        one_order(p, g, order, true, value);
    }
}

bool ccd_shapley(const struct ccd_game *g, const double *before, const double *after, double *value)
{
    struct players p = {.n = 0};
    memset(value, 0, g->system->n_indicators * sizeof *value);
    bool good = players_find(&p, g, before, after);
    if (good)
        indices_before(&p, g, before);
    if (good && p.n <= CCD_PLAYERS)
        all_orders(&p, g, value);
    else if (good)
        some_orders(&p, g, value);
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
