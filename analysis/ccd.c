/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd - the whole calculation in its order: x' by scope, weights, indices, shares, C, T, D, class, leader, obstacles. */
#include <liandong/ccd.h>
#include <math.h>
#include <string.h>

const struct ccd_choice ccd_directions[CCD_DIRECTIONS] = {
#define DIRECTION(id, name, formula, en, zh) {name, formula, en, zh, true, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_scopes[CCD_SCOPES] = {
#define SCOPE(id, name, formula, en, zh) {name, formula, en, zh, true, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_zeros[CCD_ZEROS] = {
#define ZEROS(id, name, amount, formula, en, zh) {name, formula, en, zh, true, amount},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_weightings[CCD_WEIGHTINGS] = {
#define WEIGHTING(id, name, formula, en, zh) {name, formula, en, zh, true, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_shares[CCD_SHARES] = {
#define SHARES(id, name, formula, en, zh) {name, formula, en, zh, true, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_couplings[CCD_COUPLINGS] = {
#define COUPLING(id, name, right, least, formula, en, zh) {name, formula, en, zh, right, least},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_combinations[CCD_COMBINATIONS] = {
#define COMBINATION(id, name, right, formula, en, zh) {name, formula, en, zh, right, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_degrees[CCD_DEGREES] = {
#define DEGREE(id, name, right, formula, en, zh) {name, formula, en, zh, right, 0.0},
#include <liandong/ccd.def>
};
const struct ccd_choice ccd_obstacles[CCD_OBSTACLES] = {
#define OBSTACLE(id, name, formula, en, zh) {name, formula, en, zh, true, 0.0},
#include <liandong/ccd.def>
};

/* What one calculation works on.  `cell` and `w` hold one table of x' at a time. */
struct work {
    const struct ccd_system *system;
    const struct ccd_panel *panel;
    const struct ccd_options *options;
    struct ccd_result *result;
    double *cell;   /* [n][m] */
    double *w;      /* [m] */
    size_t *column; /* [m] indicators in `cell` */
};

struct ccd_options ccd_usual(void)
{
    return (struct ccd_options){
        .scope = CCD_SCOPE_POOLED,
        .range = {0.0,  1.0, CCD_ZEROS_EXACT, 0.0},
        .rescale_to = {0.0, 1.0   },
        .weighting = CCD_WEIGHTS_ENTROPY,
        .alpha = 0.5,
        .shares = CCD_SHARES_GIVEN,
        .coupling = CCD_STANDARD,
        .power = 2.0,
        .classes = ccd_class_table_find("ten"),
        .obstacle = CCD_OBSTACLE_SHARES
    };
}

static struct ccd_trouble good(void)
{
    return (struct ccd_trouble){CCD_GOOD, 0, 0};
}

static const size_t *scope_group(const struct work *k, size_t *n)
{
    enum ccd_scope scope = k->options->scope;
    *n = scope == CCD_SCOPE_YEAR ? k->panel->n_years : scope == CCD_SCOPE_UNIT ? k->panel->n_units : 1;
    return scope == CCD_SCOPE_YEAR ? k->panel->year : scope == CCD_SCOPE_UNIT ? k->panel->unit : NULL;
}

static struct ccd_trouble constants(const struct work *k, const struct ccd_bounds *bounds, size_t groups)
{
    for (size_t g = 0; g < groups; g++)
        for (size_t j = 0; j < k->result->m; j++) {
            const struct ccd_indicator *of = &k->system->indicator[j];
            const struct ccd_bounds *b = &bounds[g * k->result->m + j];
            bool empty = b->least > b->most; /* no row in this group */
            if (!of->dropped && !empty && ccd_is_constant(of, *b))
                return (struct ccd_trouble){CCD_CONSTANT, j, g};
        }
    return good();
}

static struct ccd_trouble normalise(const struct work *k)
{
    size_t groups, m = k->result->m;
    const size_t *group = scope_group(k, &groups);
    struct ccd_rows rows = {k->panel->n, m, k->panel->x, group, groups};
    struct ccd_bounds *bounds = calloc(groups * m + 1, sizeof *bounds);
    if (bounds == NULL)
        return (struct ccd_trouble){CCD_NO_MEMORY, 0, 0};
    ccd_bounds_find(&rows, bounds);
    for (size_t j = 0; k->options->scope == CCD_SCOPE_FIXED && j < m; j++)
        bounds[j] = k->system->indicator[j].bounds;
    struct ccd_trouble trouble = constants(k, bounds, groups);
    for (size_t i = 0; i < rows.n && trouble.fault == CCD_GOOD; i++)
        for (size_t j = 0; j < m; j++) {
            const struct ccd_indicator *of = &k->system->indicator[j];
            struct ccd_bounds b = bounds[(group == NULL ? 0 : group[i]) * m + j];
            k->result->normal[i * m + j] =
                of->dropped ? 0.0 : ccd_normal(of, b, &k->options->range, rows.value[i * m + j], &k->result->outside);
        }
    free(bounds);
    return trouble;
}

/* The rows of one set of weights (a year, or all) under the columns noted. */
static struct ccd_rows gather(const struct work *k, size_t set, size_t columns)
{
    size_t n = 0, m = k->result->m;
    for (size_t i = 0; i < k->panel->n; i++) {
        if (k->options->per_year && k->panel->year[i] != set)
            continue;
        for (size_t c = 0; c < columns; c++)
            k->cell[n * columns + c] = k->result->normal[i * m + k->column[c]];
        n++;
    }
    return (struct ccd_rows){n, columns, k->cell, NULL, 1};
}

/* Columns of subsystem s, or of all for s == S, that take part in weighting. */
static size_t columns_of(const struct work *k, size_t s)
{
    size_t n = 0;
    for (size_t j = 0; j < k->result->m; j++) {
        const struct ccd_indicator *of = &k->system->indicator[j];
        bool index = of->direction == CCD_INDEX;
        if (!of->dropped && (s == k->result->s ? !index : of->subsystem == s))
            k->column[n++] = j;
    }
    return n;
}

static double entropy_floor(const struct ccd_range *range)
{
    return range->zeros == CCD_ZEROS_EPSILON ? range->amount : 0.0;
}

static bool given(const struct work *k, size_t columns)
{
    double sum = 0.0;
    for (size_t c = 0; c < columns; c++)
        sum += k->system->indicator[k->column[c]].weight;
    for (size_t c = 0; c < columns && sum > 0.0; c++)
        k->w[c] = k->system->indicator[k->column[c]].weight / sum;
    return sum > 0.0;
}

/* Weights of the columns of subsystem s (of all together for s == S) into `to`; the columns are left in k->column. */
static bool weigh(const struct work *k, size_t set, size_t s, double *to)
{
    size_t columns = columns_of(k, s);
    struct ccd_weigher how = {k->options->weighting, k->options->alpha, entropy_floor(&k->options->range)};
    bool index = columns == 1 && k->system->indicator[k->column[0]].direction == CCD_INDEX;
    if (columns == 0)
        return false;
    if (index) {
        k->w[0] = 1.0;
    } else if (how.method == CCD_WEIGHTS_GIVEN) {
        if (!given(k, columns))
            return false;
    } else {
        struct ccd_rows rows = gather(k, set, columns);
        if (!ccd_weights_find(&rows, &how, k->w))
            return false;
    }
    for (size_t c = 0; c < columns; c++)
        to[k->column[c]] = k->w[c];
    return true;
}

/* What the subsystems weigh in weights over all; 0 for one given as an index, which takes no part. */
static void sum_shares(const struct work *k, const double *w, double *sum)
{
    for (size_t s = 0; s < k->result->s; s++)
        sum[s] = 0.0;
    for (size_t j = 0; j < k->result->m; j++)
        sum[k->system->indicator[j].subsystem] += w[j];
}

/* Weights over all indicators: the shares they give the subsystems, and, where asked for, the weights within them. */
static bool weigh_all(const struct work *k, size_t set, double *w, double *share)
{
    double sum[CCD_SUBSYSTEMS];
    if (!weigh(k, set, k->result->s, w))
        return false;
    sum_shares(k, w, sum);
    for (size_t s = 0; s < k->result->s; s++) {
        if (k->options->shares == CCD_SHARES_SUMMED && !(sum[s] > 0.0))
            return false;
        share[s] = sum[s];
    }
    for (size_t j = 0; j < k->result->m; j++) {
        const struct ccd_indicator *of = &k->system->indicator[j];
        if (of->direction == CCD_INDEX)
            w[j] = 1.0;
        else if (sum[of->subsystem] > 0.0)
            w[j] /= sum[of->subsystem];
        else if (!of->dropped)
            return false;
    }
    return true;
}

static struct ccd_trouble weights(const struct work *k)
{
    size_t m = k->result->m, n = k->result->s;
    bool summed = k->options->shares == CCD_SHARES_SUMMED;
    for (size_t set = 0; set < k->result->n_weights; set++) {
        double *w = k->result->weight + set * m, *share = k->result->share + set * n;
        if ((summed || k->options->over_all) && !weigh_all(k, set, w, share))
            return (struct ccd_trouble){CCD_NO_WEIGHTS, n, set};
        for (size_t s = 0; s < n && !k->options->over_all; s++)
            if (!weigh(k, set, s, w))
                return (struct ccd_trouble){CCD_NO_WEIGHTS, s, set};
    }
    return good();
}

static size_t set_of(const struct work *k, size_t row)
{
    return k->options->per_year ? k->panel->year[row] : 0;
}

/* Weights sum to 1 but for rounding: the index of a unit that is best in all is 1. */
static double snapped(double u)
{
    return fabs(u - 1.0) < 1e-14 ? 1.0 : u;
}

static void indices(const struct work *k)
{
    size_t m = k->result->m, n = k->result->s, groups;
    for (size_t i = 0; i < k->panel->n; i++) {
        const double *w = k->result->weight + set_of(k, i) * m;
        for (size_t j = 0; j < m; j++)
            k->result->u[i * n + k->system->indicator[j].subsystem] += w[j] * k->result->normal[i * m + j];
    }
    for (size_t i = 0; i < k->panel->n * n; i++)
        k->result->u[i] = snapped(k->result->u[i]);
    const size_t *group = scope_group(k, &groups);
    for (size_t s = 0; s < n && k->options->rescale_index; s++)
        ccd_rescale(k->result->u + s, k->panel->n, n, group, k->options->rescale_to);
}

/* An index for the entropy of indices: zeros as in the indicators, except that the range is not mapped. */
static double index_cell(const struct ccd_range *range, double u)
{
    if (range->zeros == CCD_ZEROS_CLAMP || range->zeros == CCD_ZEROS_ENDS)
        return u <= 0.0 ? range->low : u >= 1.0 ? range->high : u;
    if (range->zeros == CCD_ZEROS_SHIFT)
        return u + range->amount;
    return range->zeros == CCD_ZEROS_REPLACE && u <= 0.0 ? range->amount : u;
}

static bool entropy_shares(const struct work *k, size_t set, double *share)
{
    size_t n = 0, s = k->result->s;
    double *cell = calloc(k->panel->n * s + 1, sizeof *cell);
    if (cell == NULL)
        return false;
    for (size_t i = 0; i < k->panel->n; i++) {
        if (set_of(k, i) != set)
            continue;
        for (size_t c = 0; c < s; c++)
            cell[n * s + c] = index_cell(&k->options->range, k->result->u[i * s + c]);
        n++;
    }
    struct ccd_rows rows = {n, s, cell, NULL, 1};
    bool found = ccd_weights_entropy(&rows, entropy_floor(&k->options->range), share);
    free(cell);
    return found;
}

static struct ccd_trouble shares(const struct work *k)
{
    size_t n = k->result->s;
    for (size_t set = 0; set < k->result->n_weights; set++) {
        double *share = k->result->share + set * n;
        if (k->options->shares == CCD_SHARES_ENTROPY && !entropy_shares(k, set, share))
            return (struct ccd_trouble){CCD_NO_SHARES, 0, set};
        for (size_t s = 0; s < n && k->options->shares == CCD_SHARES_EQUAL; s++)
            share[s] = 1.0 / (double)n;
        for (size_t s = 0; s < n && k->options->shares == CCD_SHARES_GIVEN; s++)
            share[s] = k->system->share[s];
    }
    return good();
}

static void degrees(const struct work *k)
{
    struct ccd_result *r = k->result;
    const struct ccd_options *o = k->options;
    for (size_t i = 0; i < r->n; i++) {
        const double *u = r->u + i * r->s;
        r->c[i] = ccd_couple(o->coupling, u, r->s, o->power);
        r->t[i] = ccd_combine(CCD_T_SHARED, u, r->share + set_of(k, i) * r->s, r->s);
        r->d[i] = ccd_degree_of(CCD_D_ROOT, r->c[i], r->t[i]);
        r->class_of[i] = ccd_classify(o->classes, o->closed_above, r->d[i]);
        r->leader[i] = ccd_leader(u, r->s);
    }
}

/* x' beyond 1 (a shift) is no negative obstacle. */
static void obstacles(const struct work *k)
{
    struct ccd_result *r = k->result;
    for (size_t i = 0; i < r->n; i++) {
        const double *w = r->weight + set_of(k, i) * r->m, *share = r->share + set_of(k, i) * r->s;
        for (size_t j = 0; j < r->m; j++) {
            k->w[j] = w[j] * share[k->system->indicator[j].subsystem];
            k->cell[j] = fmin(r->normal[i * r->m + j], 1.0);
        }
        ccd_obstruct(k->options->obstacle, k->cell, k->w, r->m, r->obstacle + i * r->m);
    }
}

static bool result_room(struct ccd_result *r)
{
    size_t n = r->n + 1;
    r->normal = calloc(n * r->m, sizeof *r->normal);
    r->obstacle = calloc(n * r->m, sizeof *r->obstacle);
    r->weight = calloc(r->n_weights * r->m + 1, sizeof *r->weight);
    r->share = calloc(r->n_weights * r->s + 1, sizeof *r->share);
    r->u = calloc(n * r->s, sizeof *r->u);
    r->c = calloc(3 * n, sizeof *r->c);
    r->class_of = calloc(2 * n, sizeof *r->class_of);
    if (r->normal == NULL || r->obstacle == NULL || r->weight == NULL || r->share == NULL || r->u == NULL ||
        r->c == NULL || r->class_of == NULL)
        return false;
    r->t = r->c + r->n;
    r->d = r->t + r->n;
    r->leader = r->class_of + r->n;
    return true;
}

static struct ccd_trouble work_through(const struct work *k)
{
    struct ccd_trouble (*const step[])(const struct work *) = {normalise, weights};
    for (size_t s = 0; s < sizeof step / sizeof step[0]; s++) {
        struct ccd_trouble trouble = step[s](k);
        if (trouble.fault != CCD_GOOD)
            return trouble;
    }
    indices(k);
    struct ccd_trouble trouble = shares(k);
    if (trouble.fault != CCD_GOOD)
        return trouble;
    degrees(k);
    obstacles(k);
    return trouble;
}

struct ccd_trouble ccd_evaluate(const struct ccd_system *system, const struct ccd_panel *panel,
                                const struct ccd_options *options, struct ccd_result *result)
{
    BUG_ON(system->n_subsystems < 2 || system->n_subsystems > CCD_SUBSYSTEMS || system->n_indicators == 0);
    *result = (struct ccd_result){.n = panel->n,
                                  .m = system->n_indicators,
                                  .s = system->n_subsystems,
                                  .n_weights = options->per_year ? panel->n_years : 1};
    struct work k = {.system = system, .panel = panel, .options = options, .result = result};
    k.cell = calloc((panel->n + 1) * result->m, sizeof *k.cell);
    k.w = calloc(result->m, sizeof *k.w);
    k.column = calloc(result->m, sizeof *k.column);
    struct ccd_trouble trouble = {CCD_NO_MEMORY, 0, 0};
    if (k.cell != NULL && k.w != NULL && k.column != NULL && result_room(result))
        trouble = work_through(&k);
    free(k.cell);
    free(k.w);
    free(k.column);
    return trouble;
}

void ccd_result_free(struct ccd_result *result)
{
    free(result->normal);
    free(result->obstacle);
    free(result->weight);
    free(result->share);
    free(result->u);
    free(result->c);
    free(result->class_of);
    *result = (struct ccd_result){.n = 0};
}

void ccd_fix(const struct ccd_panel *reference, const struct ccd_result *result, struct ccd_indicator *indicator,
             double *share)
{
    for (size_t j = 0; j < result->m; j++) {
        struct ccd_bounds b = {HUGE_VAL, -HUGE_VAL};
        for (size_t i = 0; i < reference->n; i++) {
            b.least = fmin(b.least, reference->x[i * result->m + j]);
            b.most = fmax(b.most, reference->x[i * result->m + j]);
        }
        indicator[j].bounds = b;
        indicator[j].weight = result->weight[j];
    }
    for (size_t s = 0; s < result->s; s++)
        share[s] = result->share[s];
}
