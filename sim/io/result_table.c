/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_table - rows of cells into one HDF5 variable a column, along `row`: the panel of enterprises, the table of claims. */
#include <liandong/plan.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_ROWS = 16384 };

struct result_table {
    char *path, *temporary;
    hid_t file;
    struct hdf_axis row;
    const struct result_column *column;
    size_t n_columns;
    struct hdf_variable *variable; /* the columns, then `row` itself */
    uint64_t rows, written, held;  /* expected, in the file, in `cells` */
    union cell *cells;             /* [CHUNK_ROWS][n_columns] */
    int64_t *values;               /* one column of a chunk, in its own type */
};

static enum status fail(const struct result_table *t, struct diag *diag)
{
    return hdf_failed(t->path, diag);
}

static void result_table_free(struct result_table *t)
{
    free(t->path);
    free(t->temporary);
    free(t->variable);
    free(t->cells);
    free(t->values);
    free(t);
}

void result_table_abandon(struct result_table *t)
{
    if (t == NULL)
        return;
    if (t->temporary != NULL)
        unlink(t->temporary); /* after it was published there is none */
    result_table_free(t);
}

static int count_words(const char *text)
{
    int n = 0;
    for (bool inside = false; *text != '\0'; text++) {
        n += *text != ' ' && !inside;
        inside = *text != ' ';
    }
    return n;
}

static enum hdf_type column_hdf_type(const struct result_column *c)
{
    static const enum hdf_type hdf[] = {
        [RESULT_CODE] = HDF_INT8, [RESULT_INT32] = HDF_INT32, [RESULT_INT64] = HDF_INT64, [RESULT_REAL] = HDF_FLOAT64};
    return c->type == RESULT_CODE && c->meanings != NULL ? hdf_code_type(count_words(c->meanings)) : hdf[c->type];
}

/* The axis comes first: its variable is the scale of all others. */
static bool create_columns(struct result_table *t)
{
    uint64_t chunk = t->rows < CHUNK_ROWS ? t->rows : CHUNK_ROWS;
    struct hdf_variable *row = &t->variable[t->n_columns];
    *row = (struct hdf_variable){.name = "row",
                                 .unit = "1",
                                 .en = "row of the table",
                                 .zh = "行号",
                                 .type = HDF_INT64,
                                 .rank = 1,
                                 .axis = {&t->row},
                                 .chunk = {chunk}};
    if (!hdf_create_variable(t->file, row))
        return false;
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct result_column *d = &t->column[c];
        struct hdf_variable *v = &t->variable[c];
        *v = (struct hdf_variable){.name = d->name,
                                   .unit = d->unit,
                                   .en = d->en,
                                   .zh = d->zh,
                                   .type = column_hdf_type(d),
                                   .rank = 1,
                                   .axis = {&t->row},
                                   .chunk = {chunk}};
        if (!hdf_create_variable(t->file, v))
            return false;
        if (d->type == RESULT_CODE && d->meanings != NULL &&
            !hdf_put_flags(v->set, count_words(d->meanings), d->meanings))
            return false;
    }
    return true;
}

static enum status result_table_begin(struct result_table *t, const struct result_table_about *about, struct diag *diag)
{
    TRY(file_may_be_written(t->path, FILE_DATA, diag));
    t->temporary = path_with(t->path, ".tmp");
    t->variable = calloc(t->n_columns + 1, sizeof *t->variable);
    t->cells = calloc(CHUNK_ROWS * t->n_columns, sizeof *t->cells);
    t->values = calloc(CHUNK_ROWS, sizeof *t->values);
    if (t->temporary == NULL || t->variable == NULL || t->cells == NULL || t->values == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for %zu columns", t->path, t->n_columns);
    hdf_begin();
    t->file = hdf_create(t->temporary);
    if (t->file < 0 || !provenance_put(t->file, about->result, about->title_en, about->title_zh) || !create_columns(t))
        return fail(t, diag);
    return OK;
}

enum status result_table_create(struct result_table **table, const char *path, const struct result_table_about *about,
                                const struct result_column *column, size_t n_columns, uint64_t rows, struct diag *diag)
{
    struct result_table *t = calloc(1, sizeof *t);
    *table = t;
    if (t == NULL || (t->path = path_with(path, "")) == NULL) {
        free(t);
        *table = NULL;
        return diag_stop(diag, NO_MEMORY, "%s: no memory to write it", path);
    }
    t->column = column;
    t->n_columns = n_columns;
    t->rows = rows;
    t->row = (struct hdf_axis){.name = "row", .length = rows, .scale = -1};
    return result_table_begin(t, about, diag);
}

/* One column of the rows held, in the type it has in the file. */
static const void *column_values(const struct result_table *t, size_t c)
{
    int8_t *code = (int8_t *)t->values;
    int16_t *wide = (int16_t *)t->values;
    int32_t *number = (int32_t *)t->values;
    for (uint64_t i = 0; i < t->held; i++) {
        union cell cell = t->cells[i * t->n_columns + c];
        switch (t->column[c].type) {
        case RESULT_CODE:
            if (t->variable[c].type == HDF_INT16)
                wide[i] = (int16_t)cell.i;
            else
                code[i] = (int8_t)cell.i;
            break;
        case RESULT_INT32:
            number[i] = (int32_t)cell.i;
            break;
        default:
            memcpy(&t->values[i], &cell, sizeof cell);
        }
    }
    return t->values;
}

static enum status write_held(struct result_table *t, struct diag *diag)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (!hdf_write(&t->variable[c], t->written, t->held, column_values(t, c)))
            return fail(t, diag);
    for (uint64_t i = 0; i < t->held; i++)
        t->values[i] = (int64_t)(t->written + i);
    if (!hdf_write(&t->variable[t->n_columns], t->written, t->held, t->values))
        return fail(t, diag);
    t->written += t->held;
    t->held = 0;
    return OK;
}

enum status result_table_append(struct result_table *t, const union cell *cells, uint64_t rows, struct diag *diag)
{
    BUG_ON(rows > t->rows - t->written - t->held);
    while (rows > 0) {
        uint64_t take = CHUNK_ROWS - t->held < rows ? CHUNK_ROWS - t->held : rows;
        memcpy(t->cells + t->held * t->n_columns, cells, take * t->n_columns * sizeof *cells);
        t->held += take;
        cells += take * t->n_columns;
        rows -= take;
        if (t->held == CHUNK_ROWS)
            TRY(write_held(t, diag));
    }
    return OK;
}

static enum status close_columns(struct result_table *t, struct diag *diag)
{
    TRY(write_held(t, diag));
    BUG_ON(t->written != t->rows);
    for (size_t c = 0; c <= t->n_columns; c++)
        if (!hdf_close_variable(&t->variable[c]))
            return fail(t, diag);
    return OK;
}

static enum status close_all(struct result_table *t, struct diag *diag)
{
    TRY(close_columns(t, diag));
    return hdf_close(t->file) ? OK : fail(t, diag);
}

/* A table whose file is a group. */
static enum status write_group(struct result_table *g, const union cell *cells, struct diag *diag)
{
    g->variable = calloc(g->n_columns + 1, sizeof *g->variable);
    g->cells = calloc(CHUNK_ROWS * g->n_columns, sizeof *g->cells);
    g->values = calloc(CHUNK_ROWS, sizeof *g->values);
    if (g->variable == NULL || g->cells == NULL || g->values == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for %zu columns", g->path, g->n_columns);
    if (g->file < 0 || !create_columns(g))
        return fail(g, diag);
    TRY(result_table_append(g, cells, g->rows, diag));
    TRY(close_columns(g, diag));
    return hdf_close_group(g->file) ? OK : fail(g, diag);
}

enum status result_table_group(struct result_table *t, const char *name, const struct result_column *column,
                               size_t n_columns, const union cell *cells, uint64_t rows, struct diag *diag)
{
    struct result_table g = {
        .path = t->path,
        .file = hdf_create_group(t->file, name),
        .column = column,
        .n_columns = n_columns,
        .rows = rows,
        .row = {.name = "row", .length = rows, .scale = -1}
    };
    enum status status = write_group(&g, cells, diag);
    free(g.variable);
    free(g.cells);
    free(g.values);
    return status;
}

enum status result_table_finish(struct result_table *t, struct diag *diag)
{
    enum status status = close_all(t, diag);
    if (status == OK)
        status = file_publish(t->path, true, diag);
    result_table_abandon(t);
    return status;
}
