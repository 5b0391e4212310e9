/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spending - see include/liandong/spending.h. */
#include <liandong/spending.h>
#include <string.h>

static const char *const public_accounts[] = {PUBLIC_ACCOUNTS};
enum { N_PUBLIC = sizeof public_accounts / sizeof public_accounts[0], NOT_PUBLIC = -1 };

static enum status find_accounts(const struct result *r, size_t accounts, bool *public, struct diag *diag)
{
    char **text;
    size_t n;
    TRY(result_texts(r, "account", &text, &n, diag));
    for (size_t a = 0; a < n && a < accounts; a++)
        for (int k = 0; k < N_PUBLIC; k++)
    public[a] = public[a] || strcmp(text[a], public_accounts[k]) == 0;
    texts_free(text, n);
    return OK;
}

/* What the public accounts of a region hold. */
static int64_t holds(const union cell *balances, const bool *public, size_t accounts)
{
    uint64_t sum = 0;
    for (size_t a = 0; a < accounts; a++)
        sum += public[a] ? (uint64_t)balances[a].i : 0;
    return (int64_t)sum;
}

/* Adds what has been spent by the end of a month in one run and region. */
static void add_month(const struct result_shape *shape, uint32_t run, int32_t month, size_t region, double yuan,
                      struct spent *spent)
{
    spent->path[(size_t)month * shape->regions + region] += yuan / shape->runs;
    spent->end[run] += month + 1 == shape->months ? yuan : 0.0;
}

struct ways { /* of the public accounts */
    const struct result_variable *balances, *start, *tax;
    struct result_shape shape;
    size_t accounts;
    bool *public;
    union cell *cell; /* of one run: balances, start, tax */
};

static enum status add_run(const struct ways *w, const struct result *r, uint32_t run, struct spent *spent,
                           struct diag *diag)
{
    union cell *balances = w->cell, *start = balances + w->balances->width, *tax = start + w->start->width;
    TRY(result_read(r, w->balances, run, 1, balances, diag));
    TRY(result_read(r, w->start, run, 1, start, diag));
    TRY(result_read(r, w->tax, run, 1, tax, diag));
    for (size_t g = 0; g < w->shape.regions; g++) {
        int64_t began = holds(start + g * w->accounts, w->public, w->accounts), taxes = 0;
        for (int32_t t = 0; t < w->shape.months; t++) {
            size_t at = (size_t)t * w->shape.regions + g;
            taxes += tax[at].i;
            int64_t poorer = began - holds(balances + at * w->accounts, w->public, w->accounts) + taxes;
            add_month(&w->shape, run, t, g, 0.01 * (double)poorer, spent);
        }
    }
    return OK;
}

static enum status spent_init(const struct result *r, struct result_shape *shape, struct spent *spent,
                              struct diag *diag)
{
    *spent = (struct spent){.path = NULL};
    TRY(result_shape(r, shape, diag));
    spent->path = calloc((size_t)shape->months * shape->regions + 1, sizeof *spent->path);
    spent->end = calloc((size_t)shape->runs + 1, sizeof *spent->end);
    return spent->path != NULL && spent->end != NULL
               ? OK
               : diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, "balances");
}

void spent_free(struct spent *spent)
{
    free(spent->path);
    free(spent->end);
    *spent = (struct spent){.path = NULL};
}

enum status spending_path(const struct result *r, struct spent *spent, struct diag *diag)
{
    struct ways w = {.accounts = 0};
    TRY(spent_init(r, &w.shape, spent, diag));
    TRY(result_need(r, "balances", &w.balances, diag));
    TRY(result_need(r, "balances_start", &w.start, diag));
    TRY(result_need(r, "tax_city", &w.tax, diag));
    size_t cells = (size_t)w.shape.months * w.shape.regions;
    w.accounts = (size_t)w.start->width / w.shape.regions;
    if (w.tax->width != cells || w.balances->width != cells * w.accounts)
        return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, "balances");
    w.public = calloc(w.accounts + 1, sizeof *w.public);
    w.cell = calloc(w.balances->width + w.start->width + w.tax->width + 1, sizeof *w.cell);
    enum status status = NO_MEMORY;
    if (w.public != NULL && w.cell != NULL) {
        status = find_accounts(r, w.accounts, w.public, diag);
        for (uint32_t run = 0; run < w.shape.runs && status == OK; run++)
            status = add_run(&w, r, run, spent, diag);
    } else {
        diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, "balances");
    }
    free(w.public);
    free(w.cell);
    return status;
}

/* -- what single instruments pay ----------------------------------------------------------------------------------------- */
/* What a line pays; what a cover pays, gets back and earns, and what it came to owe since the first month. */
struct own_series {
    const char *name;
    bool cover;
    double sign;
    bool stock;
};
static const struct own_series own_series[] = {
    {"budget_spent",    false, 1.0,  false},
    {"cover_paid",      true,  1.0,  false},
    {"cover_recovered", true,  -1.0, false},
    {"cover_fees",      true,  -1.0, false},
    {"cover_yield",     true,  -1.0, false},
    {"cover_unpaid",    true,  1.0,  true },
};

/* One instance in one series: its place among the members. */
struct own_ways {
    const struct result_variable *v;
    const struct own_series *series;
    struct result_shape shape;
    size_t region, members, member;
};

static void add_own(const struct own_ways *w, const union cell *cells, uint32_t run, struct spent *spent)
{
    int64_t sum = 0, first = cells[w->region * w->members + w->member].i;
    for (int32_t t = 0; t < w->shape.months; t++) {
        int64_t here = cells[((size_t)t * w->shape.regions + w->region) * w->members + w->member].i;
        sum = w->series->stock ? here - first : sum + here;
        add_month(&w->shape, run, t, w->region, w->series->sign * 0.01 * (double)sum, spent);
    }
}

/* Adds those of the instances that this world has: what one has not, it does not pay. */
static void add_run_own(struct own_ways *w, char *const *names, const union cell *cells,
                        const struct spending_part *part, size_t n, uint32_t run, struct spent *spent)
{
    for (size_t k = 0; k < n; k++)
        for (w->member = 0; w->member < w->members; w->member++)
            if ((w->series->cover ? part[k].cover : part[k].line) && strcmp(names[w->member], part[k].member) == 0) {
                w->region = part[k].region;
                add_own(w, cells, run, spent);
            }
}

static enum status add_series(const struct result *r, const struct own_series *series, const struct spending_part *part,
                              size_t n, struct spent *spent, struct diag *diag)
{
    struct own_ways w = {.series = series};
    char **names;
    size_t members;
    w.v = result_find(r, series->name);
    if (w.v == NULL) /* nothing covers in this world */
        return OK;
    TRY(result_shape(r, &w.shape, diag));
    if (w.v->rank != 4 || w.v->width != (uint64_t)w.shape.months * w.shape.regions * w.v->length[3])
        return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, series->name);
    TRY(result_texts(r, w.v->axis[3], &names, &members, diag));
    w.members = members;
    union cell *cells = calloc(w.v->width + 1, sizeof *cells);
    enum status status =
        cells == NULL ? diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, series->name) : OK;
    for (uint32_t run = 0; run < w.shape.runs && status == OK; run++) {
        status = result_read(r, w.v, run, 1, cells, diag);
        if (status == OK)
            add_run_own(&w, names, cells, part, n, run, spent);
    }
    free(cells);
    texts_free(names, members);
    return status;
}

enum status spending_own(const struct result *r, const struct spending_part *part, size_t n, struct spent *spent,
                         struct diag *diag)
{
    struct result_shape shape;
    TRY(spent_init(r, &shape, spent, diag));
    for (size_t k = 0; k < sizeof own_series / sizeof own_series[0]; k++)
        TRY(add_series(r, &own_series[k], part, n, spent, diag));
    return OK;
}

size_t spending_years(const double *path, size_t stride, int32_t months, int32_t start, double *year)
{
    size_t years = (size_t)((start % 12 + months - 1) / 12) + 1;
    double kept = 0.0;
    for (size_t y = years; y > 0; y--) { /* the least that is spent by the end of this year or of any later one */
        int32_t last = (int32_t)(12 * y) - 1 - start % 12;
        double spent = path[(size_t)(last < months ? last : months - 1) * stride];
        kept = y == years || spent < kept ? spent : kept;
        year[y - 1] = kept > 0.0 ? kept : 0.0;
    }
    for (size_t y = years - 1; y > 0; y--)
        year[y] -= year[y - 1];
    return years;
}
