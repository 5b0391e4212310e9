/* SPDX-License-Identifier: GPL-3.0-or-later */
/* matrix - see include/liandong/matrix.h.  Within a run the fen are added as integers; only the mean is a double. */
#include <liandong/matrix.h>
#include <string.h>

enum { BLOCK = 32 };

static enum status add_runs(struct matrix *m, const struct result *r, const struct result_variable *v,
                            struct diag *diag)
{
    uint64_t rows = v->width / m->n_kinds;
    union cell *cells = calloc(BLOCK * v->width + 1, sizeof *cells);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read its flows", r->path);
    for (uint64_t first = 0; first < v->length[0] && status == OK; first += BLOCK) {
        uint64_t n = v->length[0] - first < BLOCK ? v->length[0] - first : BLOCK;
        status = result_read(r, v, first, n, cells, diag);
        for (uint64_t i = 0; i < n && status == OK; i++)
            for (size_t k = 0; k < m->n_kinds; k++) {
                uint64_t fen = 0;
                for (uint64_t row = 0; row < rows; row++)
                    fen += (uint64_t)cells[i * v->width + row * m->n_kinds + k].i;
                m->kind_yuan[k] += (double)(int64_t)fen / 100.0;
            }
    }
    free(cells);
    return status;
}

/* The account of this name, or m->n. */
static size_t find_account(const struct matrix *m, const char *name)
{
    size_t a = 0;
    while (a < m->n && strcmp(m->account[a], name) != 0)
        a++;
    return a;
}

static enum status spread(struct matrix *m, const struct result *r, uint64_t runs, struct diag *diag)
{
    BUG_ON(m->from == NULL || m->to == NULL);
    for (size_t k = 0; k < m->n_kinds; k++) {
        size_t from = find_account(m, m->from[k]), to = find_account(m, m->to[k]);
        if (from == m->n || to == m->n)
            return diag_stop(diag, IO_ERROR, "%s: is damaged: '%s' joins an account that it does not have", r->path,
                             m->kind[k]);
        m->kind_yuan[k] /= (double)runs;
        m->yuan[from * m->n + to] += m->kind_yuan[k];
    }
    return OK;
}

/* One text for each kind of flow. */
static enum status read_ends(const struct matrix *m, const struct result *r, const char *name, char ***end,
                             struct diag *diag)
{
    size_t n;
    TRY(result_texts(r, name, end, &n, diag));
    if (n == m->n_kinds && n > 0 && *end != NULL)
        return OK;
    texts_free(*end, n);
    *end = NULL;
    return diag_stop(diag, IO_ERROR, "%s: is damaged: its kinds of flow do not fit together", r->path);
}

static enum status read_names(struct matrix *m, const struct result *r, struct diag *diag)
{
    TRY(result_texts(r, "account", &m->account, &m->n, diag));
    TRY(result_texts(r, "kind", &m->kind, &m->n_kinds, diag));
    TRY(read_ends(m, r, "kind_from", &m->from, diag));
    TRY(read_ends(m, r, "kind_to", &m->to, diag));
    m->yuan = calloc(m->n * m->n + 1, sizeof *m->yuan);
    m->kind_yuan = calloc(m->n_kinds + 1, sizeof *m->kind_yuan);
    if (m->yuan == NULL || m->kind_yuan == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for its matrix of flows", r->path);
    return OK;
}

enum status matrix_read(struct matrix *m, const struct result *r, struct diag *diag)
{
    const struct result_variable *flows;
    *m = (struct matrix){.n = 0};
    TRY(result_need(r, "flows", &flows, diag));
    enum status status = read_names(m, r, diag);
    if (status == OK && (flows->text || flows->real || flows->rank != 4 || flows->length[3] != m->n_kinds))
        status = diag_stop(diag, IO_ERROR, "%s: is damaged: flows do not have the axes of a result", r->path);
    if (status == OK)
        status = add_runs(m, r, flows, diag);
    if (status == OK)
        status = spread(m, r, flows->length[0], diag);
    if (status != OK)
        matrix_free(m);
    return status;
}

void matrix_free(struct matrix *m)
{
    texts_free(m->account, m->n);
    texts_free(m->kind, m->n_kinds);
    texts_free(m->from, m->n_kinds);
    texts_free(m->to, m->n_kinds);
    free(m->yuan);
    free(m->kind_yuan);
    *m = (struct matrix){.n = 0};
}
