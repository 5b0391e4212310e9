/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - see include/liandong/compare.h. */
#include <liandong/compare.h>
#include <string.h>

enum { BLOCK = 32, BOOTSTRAP_SEED = 20240701 };

/* -- series ------------------------------------------------------------------------------------------------------------ */
static bool is_series(const struct result_variable *v)
{
    return v != NULL && !v->text && (v->rank == 3 || v->rank == 4) && strcmp(v->axis[0], "run") == 0 &&
           strcmp(v->axis[1], "time") == 0 && strcmp(v->axis[2], "region") == 0;
}

static enum status same_members(const struct result *a, const struct result *b, const char *axis, bool *same,
                                struct diag *diag)
{
    char **x, **y = NULL;
    size_t n, m = 0;
    TRY(result_texts(a, axis, &x, &n, diag));
    enum status status = result_texts(b, axis, &y, &m, diag);
    *same = status == OK && n == m;
    for (size_t k = 0; k < n && *same; k++)
        *same = strcmp(x[k], y[k]) == 0;
    texts_free(x, n);
    texts_free(y, m);
    return status;
}

enum status compare_alike(const struct result *result, size_t n_worlds, const char *name, struct diag *diag)
{
    const struct result_variable *v = result_find(&result[0], name);
    if (!is_series(v))
        return FAILED;
    for (size_t k = 1; k < n_worlds; k++) {
        const struct result_variable *other = result_find(&result[k], name);
        bool same = is_series(other) && other->rank == v->rank && other->width == v->width && other->real == v->real &&
                    other->length[0] == v->length[0];
        if (same && v->rank == 4)
            TRY(same_members(&result[0], &result[k], v->axis[3], &same, diag));
        if (!same)
            return FAILED;
    }
    return OK;
}

struct pass {
    const struct result *result;
    size_t n_worlds;
    const char *name;
    uint64_t width, runs, first, n; /* cells of this pass */
    union cell *cells;              /* [BLOCK][width] */
    double *value;                  /* [world][cell][run] */
};

static enum status gather(const struct pass *p, size_t world, struct diag *diag)
{
    const struct result_variable *v = result_find(&p->result[world], p->name);
    BUG_ON(v == NULL || p->value == NULL || p->cells == NULL);
    double *value = p->value + world * p->n * p->runs;
    for (uint64_t run = 0; run < p->runs; run += BLOCK) {
        uint64_t n = p->runs - run < BLOCK ? p->runs - run : BLOCK;
        TRY(result_read(&p->result[world], v, run, n, p->cells, diag));
        for (uint64_t i = 0; i < n; i++) {
            const union cell *cell = p->cells + i * p->width + p->first;
            for (uint64_t k = 0; k < p->n; k++)
                value[k * p->runs + run + i] = v->real ? cell[k].d : (double)cell[k].i;
        }
    }
    return OK;
}

static enum status take_cell(const struct pass *p, uint64_t k, double confidence, double *scratch, compare_fn take,
                             void *to, struct diag *diag)
{
    size_t variants = p->n_worlds - 1;
    struct paired d[COMPARE_MOST];
    for (size_t v = 0; v < variants; v++) {
        d[v] = paired_of(p->value + k * p->runs, p->value + ((v + 1) * p->n + k) * p->runs, p->runs, confidence);
        scratch[v] = d[v].p;
    }
    paired_holm(scratch, variants, scratch + variants);
    for (size_t v = 0; v < variants; v++) {
        struct compare_cell cell = {p->first + k, v + 1, d[v], scratch[variants + v]};
        TRY(take(to, &cell, diag));
    }
    return OK;
}

static enum status take_pass(const struct pass *p, double confidence, compare_fn take, void *to, struct diag *diag)
{
    double scratch[2 * COMPARE_MOST];
    for (size_t w = 0; w < p->n_worlds; w++)
        TRY(gather(p, w, diag));
    for (uint64_t k = 0; k < p->n; k++)
        TRY(take_cell(p, k, confidence, scratch, take, to, diag));
    return OK;
}

enum status compare_series(const struct result *result, size_t n_worlds, const char *name, double confidence,
                           size_t room, compare_fn take, void *to, struct diag *diag)
{
    const struct result_variable *v = result_find(&result[0], name);
    BUG_ON(v == NULL || n_worlds < 2 || n_worlds > COMPARE_MOST);
    struct pass p = {.result = result, .n_worlds = n_worlds, .name = name, .width = v->width, .runs = v->length[0]};
    uint64_t fit = room / (p.runs * n_worlds * sizeof(double) + 1), step = fit < 1 ? 1 : fit < p.width ? fit : p.width;
    p.cells = calloc(BLOCK * p.width + 1, sizeof *p.cells);
    p.value = calloc(step * p.runs * n_worlds + 1, sizeof *p.value);
    enum status status = OK;
    if (p.cells == NULL || p.value == NULL)
        status = diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", result[0].path, name);
    for (; p.first < p.width && status == OK; p.first += step) {
        p.n = p.width - p.first < step ? p.width - p.first : step;
        status = take_pass(&p, confidence, take, to, diag);
    }
    free(p.cells);
    free(p.value);
    return status;
}

/* -- figures ----------------------------------------------------------------------------------------------------------- */
static void subtract(const double *base, double *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value[i] -= base[i];
}

static struct compared compare_one(const struct expression *e, const double *base, double *variant, size_t runs,
                                   size_t variants, double confidence, size_t resamples)
{
    struct compared c = {.d = paired_of(base, variant, runs, confidence), .ratio = {.set = RATIO_NONE}};
    double half = runs > 1 ? paired_quantile(runs, confidence, variants) * c.d.se : c.d.se;
    c.together_low = c.d.difference - half;
    c.together_high = c.d.difference + half;
    subtract(base, variant, runs);
    if (e->split == 0)
        return c;
    subtract(base + runs, variant + runs, runs);
    c.ratio = resamples == 0 ? paired_ratio(variant, variant + runs, runs, confidence)
                             : paired_bootstrap(variant, variant + runs, runs, confidence, resamples, BOOTSTRAP_SEED);
    return c;
}

enum status compare_figure(const struct expression *e, const struct result *result, size_t n_worlds, int32_t months,
                           double confidence, size_t resamples, struct compared *compared, double *difference,
                           struct diag *diag)
{
    struct result_shape shape;
    double p[COMPARE_MOST], adjusted[COMPARE_MOST];
    BUG_ON(n_worlds < 2 || n_worlds > COMPARE_MOST);
    TRY(result_shape(&result[0], &shape, diag));
    size_t runs = shape.runs, variants = n_worlds - 1;
    double *base = calloc(4 * runs + 1, sizeof *base);
    if (base == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the figure %s", result[0].path, e->name);
    double *value = base + 2 * runs;
    enum status status = expression_values(e, &result[0], months, base, base + runs, diag);
    for (size_t v = 0; v < variants && status == OK; v++) {
        status = expression_values(e, &result[v + 1], months, value, value + runs, diag);
        if (status != OK)
            break;
        compared[v] = compare_one(e, base, value, runs, variants, confidence, resamples);
        p[v] = compared[v].d.p;
        if (difference != NULL)
            memcpy(difference + v * runs, value, runs * sizeof *value);
    }
    free(base);
    TRY(status);
    paired_holm(p, variants, adjusted);
    for (size_t v = 0; v < variants; v++)
        compared[v].adjusted = adjusted[v];
    return OK;
}
