/* SPDX-License-Identifier: GPL-3.0-or-later */
/* moments - see include/liandong/moments.h. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/moments.h>
#include <math.h>

enum { BLOCK = 32 };
const double moments_probability[MOMENTS_QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

struct moments moments_of(double *value, size_t n)
{
    struct moments m = {.mean = gsl_stats_mean(value, 1, n)}; /* before sorting: in order of runs */
    m.sd = n > 1 ? gsl_stats_sd_m(value, 1, n, m.mean) : (double)NAN;
    gsl_sort(value, 1, n);
    for (int q = 0; q < MOMENTS_QUANTILES; q++)
        m.quantile[q] = gsl_stats_quantile_from_sorted_data(value, 1, n, moments_probability[q]);
    return m;
}

struct pass {
    const struct result *r;
    const struct result_variable *v;
    uint64_t first, n; /* cells of this pass */
    union cell *cells; /* [BLOCK][width] */
    double *value;     /* [n][runs] */
};

/* The cells of one pass of all runs. */
static enum status gather(const struct pass *p, struct diag *diag)
{
    uint64_t runs = p->v->length[0];
    BUG_ON(p->cells == NULL || p->value == NULL);
    for (uint64_t run = 0; run < runs; run += BLOCK) {
        uint64_t n = runs - run < BLOCK ? runs - run : BLOCK;
        TRY(result_read(p->r, p->v, run, n, p->cells, diag));
        for (uint64_t i = 0; i < n; i++) {
            const union cell *cell = p->cells + i * p->v->width + p->first;
            for (uint64_t k = 0; k < p->n; k++)
                p->value[k * runs + run + i] = p->v->real ? cell[k].d : (double)cell[k].i;
        }
    }
    return OK;
}

enum status moments_read(const struct result *r, const struct result_variable *v, size_t room, moments_fn take,
                         void *to, struct diag *diag)
{
    uint64_t runs = v->length[0], fit = runs == 0 ? 0 : room / (runs * sizeof(double));
    struct pass p = {.r = r, .v = v, .n = fit < 1 ? 1 : fit < v->width ? fit : v->width};
    if (runs == 0)
        return OK;
    p.cells = calloc(BLOCK * v->width + 1, sizeof *p.cells);
    p.value = calloc(p.n * runs + 1, sizeof *p.value);
    enum status status = OK;
    if (p.cells == NULL || p.value == NULL)
        status = diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, v->name);
    for (uint64_t step = p.n; p.first < v->width && status == OK; p.first += step) {
        p.n = v->width - p.first < step ? v->width - p.first : step;
        status = gather(&p, diag);
        for (uint64_t k = 0; k < p.n && status == OK; k++) {
            struct moments m = moments_of(p.value + k * runs, runs);
            take(to, p.first + k, &m);
        }
    }
    free(p.cells);
    free(p.value);
    return status;
}
