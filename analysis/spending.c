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

struct ways {
    const struct result_variable *balances, *start, *tax;
    struct result_shape shape;
    size_t accounts;
    bool *public;
    union cell *cell; /* of one run: balances, start, tax */
};

static enum status add_run(const struct ways *w, const struct result *r, uint32_t run, double *path, struct diag *diag)
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
            path[at] += 0.01 * (double)poorer / w->shape.runs;
        }
    }
    return OK;
}

enum status spending_path(const struct result *r, double *path, struct diag *diag)
{
    struct ways w = {.accounts = 0};
    TRY(result_shape(r, &w.shape, diag));
    TRY(result_need(r, "balances", &w.balances, diag));
    TRY(result_need(r, "balances_start", &w.start, diag));
    TRY(result_need(r, "tax_city", &w.tax, diag));
    size_t cells = (size_t)w.shape.months * w.shape.regions;
    w.accounts = (size_t)w.start->width / w.shape.regions;
    if (w.tax->width != cells || w.balances->width != cells * w.accounts)
        return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, "balances");
    w.public = calloc(w.accounts + 1, sizeof *w.public);
    w.cell = calloc(w.balances->width + w.start->width + w.tax->width + 1, sizeof *w.cell);
    for (size_t k = 0; k < cells; k++)
        path[k] = 0.0;
    enum status status = NO_MEMORY;
    if (w.public != NULL && w.cell != NULL) {
        status = find_accounts(r, w.accounts, w.public, diag);
        for (uint32_t run = 0; run < w.shape.runs && status == OK; run++)
            status = add_run(&w, r, run, path, diag);
    } else {
        diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, "balances");
    }
    free(w.public);
    free(w.cell);
    return status;
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
