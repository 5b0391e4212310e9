/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_diagnose - see include/liandong/ccd_diagnose.h. */
#include <liandong/ccd_diagnose.h>
#include <math.h>
#include <string.h>

enum { CORNERS_OF = 6 }; /* boxes of more indices than that are taken at their centre */

const struct ccd_choice ccd_rescalings[CCD_RESCALINGS] = {
    {"as given",     "U",                                   "indices as they are",                                 "指数原值",                true,  0.0},
    {"[0, 1]",       "(U - min) / (max - min)",             "indices re-min-maxed",                                "指数再极差标准化",    true,  0.0},
    {"[0.01, 0.99]", "0.01 + 0.98 (U - min) / (max - min)", "indices mapped on [0.01, 0.99]",                      "指数映射到[0.01, 0.99]",
     true,                                                                                                                                               0.0},
    {"weights ~ e",  "U = sum w x', w ~ e",                 "weights proportional to the entropy e, not to 1 - e",
     "权重与熵成正比，而不是与1减熵成正比",                                                                                      false, 0.0}
};

/* The indices of one rescaling, and how far rounding moves each of them. */
struct indices {
    double *u;                   /* [n][s] */
    double half[CCD_SUBSYSTEMS]; /* of each index */
};

static double value_of(const struct ccd_candidate *c, const double *u, const double *share, size_t s)
{
    double coupling = ccd_couple(c->coupling, u, s, c->power);
    return c->is_c ? coupling : ccd_degree_of(c->degree, coupling, ccd_combine(c->combination, u, share, s));
}

static void widen(double x, double *least, double *most)
{
    *least = fmin(*least, x);
    *most = fmax(*most, x);
}

/* Least and greatest value over the box of what the printed indices may have been: its corners, and its point where the indices
 * are most alike, at which C is greatest. */
static void range_over(const struct ccd_candidate *c, const struct indices *x, const double *u, const double *share,
                       size_t s, double *least, double *most)
{
    double v[CCD_SUBSYSTEMS], mean = 0.0;
    for (unsigned corner = 0; s <= CORNERS_OF && x->half[0] > 0.0 && corner < 1u << s; corner++) {
        for (size_t i = 0; i < s; i++)
            v[i] = fmax(0.0, u[i] + (corner >> i & 1u ? x->half[i] : -x->half[i]));
        widen(value_of(c, v, share, s), least, most);
    }
    for (size_t i = 0; i < s; i++)
        mean += u[i] / (double)s;
    for (size_t i = 0; i < s; i++)
        v[i] = fmin(fmax(mean, u[i] - x->half[i]), u[i] + x->half[i]);
    widen(value_of(c, v, share, s), least, most);
}

static void compare(const struct ccd_published *p, const struct indices *x, struct ccd_candidate *c)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        if (isnan(p->value[i]))
            continue;
        const double *u = x->u + i * p->s, *share = p->share + i * p->s;
        double at = value_of(c, u, share, p->s), least = at, most = at, room = p->half * (1.0 + 1e-9) + 1e-12;
        range_over(c, x, u, share, p->s, &least, &most);
        double away = fabs(p->value[i] - at);
        c->rows++;
        c->fitting += p->value[i] >= least - room && p->value[i] <= most + room;
        c->largest = fmax(c->largest, away);
        sum += away;
    }
    c->mean = c->rows > 0 ? sum / (double)c->rows : (double)NAN;
}

bool ccd_indices_by_e(const struct ccd_system *system, const struct ccd_result *r, double *u)
{
    struct ccd_rows rows = {r->n, r->m, r->normal, NULL, 1};
    double *e = calloc(r->m + 1, sizeof *e), sum[CCD_SUBSYSTEMS] = {0.0};
    bool good = e != NULL;
    for (size_t j = 0; good && j < r->m; j++) {
        const struct ccd_indicator *of = &system->indicator[j];
        good = of->direction != CCD_INDEX;
        e[j] = of->dropped ? 0.0 : ccd_entropy(&rows, j, 0.0);
        sum[of->subsystem] += e[j];
    }
    for (size_t i = 0; good && i < r->n * r->s; i++)
        u[i] = 0.0;
    for (size_t i = 0; good && i < r->n; i++)
        for (size_t j = 0; j < r->m; j++) {
            size_t s = system->indicator[j].subsystem;
            u[i * r->s + s] += e[j] / sum[s] * r->normal[i * r->m + j];
        }
    free(e);
    return good;
}

/* False where the rescaling does not exist (all values of an index are equal) or was done before. */
static bool rescale(const struct ccd_published *p, enum ccd_rescaling how, struct indices *x)
{
    struct ccd_bounds to = how == CCD_ON_CENT ? (struct ccd_bounds){0.01, 0.99} : (struct ccd_bounds){0.0, 1.0};
    memcpy(x->u, p->u, p->n * p->s * sizeof *x->u);
    for (size_t s = 0; s < p->s; s++)
        x->half[s] = p->half_u;
    if (how == CCD_BY_E && p->u_by_e != NULL)
        memcpy(x->u, p->u_by_e, p->n * p->s * sizeof *x->u);
    if (how == CCD_AS_GIVEN || how == CCD_BY_E)
        return how == CCD_AS_GIVEN || p->u_by_e != NULL;
    for (size_t s = 0; s < p->s; s++) {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (size_t i = 0; i < p->n; i++)
            widen(p->u[i * p->s + s], &least, &most);
        if (p->rescaled || !(most > least))
            return false;
        ccd_rescale(x->u + s, p->n, p->s, NULL, to);
        x->half[s] = 2.0 * p->half_u * (to.most - to.least) / (most - least); /* its bounds are rounded, too */
    }
    return true;
}

static bool shares_are_equal(const struct ccd_published *p)
{
    for (size_t i = 0; i < p->n * p->s; i++)
        if (fabs(p->share[i] - 1.0 / (double)p->s) > 1e-12)
            return false;
    return true;
}

/* Candidates of one coupling degree: itself, and the degrees of coordination made of it. */
static size_t add_degrees(const struct ccd_published *p, struct ccd_candidate of, struct ccd_candidate *to)
{
    size_t n = 0;
    bool right = ccd_couplings[of.coupling].right && ccd_rescalings[of.rescaling].right;
    of.right = right;
    of.is_c = true;
    to[n++] = of;
    of.is_c = false;
    for (int t = 0; t < CCD_COMBINATIONS; t++) {
        if (t == CCD_T_EVEN && shares_are_equal(p))
            continue;
        for (int d = 0; d < CCD_DEGREES; d++) {
            of.combination = (enum ccd_combination)t;
            of.degree = (enum ccd_degree)d;
            of.right = right && ccd_combinations[t].right && ccd_degrees[d].right;
            to[n++] = of;
        }
    }
    return n;
}

static size_t add_couplings(const struct ccd_published *p, enum ccd_rescaling rescaling, struct ccd_candidate *to)
{
    size_t n = 0;
    for (int k = 0; k < CCD_COUPLINGS; k++)
        for (int power = 1; power <= (k == CCD_LIAO ? 6 : 1); power++) {
            struct ccd_candidate of = {.coupling = (enum ccd_coupling)k, .power = power, .rescaling = rescaling};
            if ((double)p->s >= ccd_couplings[k].amount)
                n += add_degrees(p, of, to + n);
        }
    return n;
}

/* Of formulas that give the same values - C by the missing square is also sqrt(C T) of Liao's C, k = 1, with T = U1 + U2 - the
 * one with the fewest mistakes and parts comes first. */
static int cost(const struct ccd_candidate *c)
{
    int mistakes = !ccd_couplings[c->coupling].right + !ccd_rescalings[c->rescaling].right;
    if (!c->is_c)
        mistakes += !ccd_combinations[c->combination].right + !ccd_degrees[c->degree].right;
    return 8 * mistakes + 4 * (c->coupling == CCD_LIAO) + 2 * (c->rescaling != CCD_AS_GIVEN) + !c->is_c;
}

static int by_fit(const void *a, const void *b)
{
    const struct ccd_candidate *x = a, *y = b;
    if (x->fitting != y->fitting)
        return x->fitting > y->fitting ? -1 : 1;
    if (x->fitting == x->rows && cost(x) != cost(y))
        return cost(x) - cost(y);
    return (x->mean > y->mean) - (x->mean < y->mean);
}

size_t ccd_diagnose(const struct ccd_published *published, struct ccd_candidate *candidate)
{
    struct indices x = {.u = calloc(published->n * published->s + 1, sizeof *x.u)};
    size_t n = 0;
    for (int r = 0; x.u != NULL && r < CCD_RESCALINGS; r++) {
        if (!rescale(published, (enum ccd_rescaling)r, &x))
            continue;
        size_t first = n;
        n += add_couplings(published, (enum ccd_rescaling)r, candidate + n);
        BUG_ON(n > CCD_CANDIDATES);
        for (size_t k = first; k < n; k++)
            compare(published, &x, &candidate[k]);
    }
    free(x.u);
    if (n > 0)
        qsort(candidate, n, sizeof *candidate, by_fit);
    return n;
}
