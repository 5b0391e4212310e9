/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sweep found, as a file and as a table; see include/liandong/sweep_task.h. */
#include <liandong/figures.h>
#include <liandong/sweep_task.h>
#include <string.h>

enum { COLUMNS_MOST = 2 + DESIGN_AXES + FIGURES_MOST };

static void name_columns(const struct sweep *s, struct result_column *column)
{
    size_t n = 0;
    column[n++] = (struct result_column){"point", "1", RESULT_INT32, "point of the design", "设计点", NULL};
    column[n++] = (struct result_column){"run", "1", RESULT_INT32, "run of the ensemble", "模拟序号", NULL};
    for (size_t a = 0; a < s->o->n_axes; a++)
        column[n++] =
            (struct result_column){s->axis[a].name, "1", RESULT_REAL, "value of the parameter", "参数取值", NULL};
    for (size_t f = 0; f < s->n_figures; f++)
        column[n++] =
            (struct result_column){s->figure[f].name, "1", RESULT_REAL, s->figure[f].text, s->figure[f].text, NULL};
}

static enum status put_point(const struct sweep *s, struct result_table *table, size_t point, struct diag *diag)
{
    size_t columns = 2 + s->o->n_axes + s->n_figures;
    for (uint32_t run = 0; run < (uint32_t)s->o->runs; run++) {
        union cell row[COLUMNS_MOST] = {{.i = (int64_t)point}, {.i = (int64_t)run}};
        double figure[FIGURES_MOST];
        TRY(sweep_figures(s, point, run, figure, diag));
        for (size_t a = 0; a < s->o->n_axes; a++)
            row[2 + a].d = sweep_number(s, point, a);
        for (size_t f = 0; f < s->n_figures; f++)
            row[columns - s->n_figures + f].d = figure[f];
        TRY(result_table_append(table, row, 1, diag));
    }
    return OK;
}

enum status sweep_write(const struct sweep *s, struct diag *diag)
{
    struct result_column column[COLUMNS_MOST];
    struct result_table *table;
    struct result_about about = {.setup = &s->base.setup, .scenario = s->text, .runs = (uint32_t)s->o->runs};
    struct result_table_about all = {s->title, "参数扫描", &about};
    name_columns(s, column);
    enum status status = result_table_create(&table, s->out, &all, column, 2 + s->o->n_axes + s->n_figures,
                                             (uint64_t)s->points * (uint64_t)s->o->runs, diag);
    for (size_t point = 0; point < s->points && status == OK; point++)
        status = put_point(s, table, point, diag);
    if (status == OK)
        return result_table_finish(table, diag);
    result_table_abandon(table);
    return status;
}

/* Means over the runs of a point. */
static enum status mean_figures(const struct sweep *s, size_t point, double *mean, struct diag *diag)
{
    double figure[FIGURES_MOST], runs = (double)s->o->runs;
    for (size_t f = 0; f < s->n_figures; f++)
        mean[f] = 0.0;
    for (uint32_t run = 0; run < (uint32_t)s->o->runs; run++) {
        TRY(sweep_figures(s, point, run, figure, diag));
        for (size_t f = 0; f < s->n_figures; f++)
            mean[f] += figure[f] / runs;
    }
    return OK;
}

static enum status add_point(const struct sweep *s, struct table *table, size_t point, struct diag *diag)
{
    char text[COLUMNS_MOST][64];
    const char *cells[COLUMNS_MOST];
    double mean[FIGURES_MOST];
    size_t k = 0;
    TRY(mean_figures(s, point, mean, diag));
    snprintf(text[k], sizeof text[k], "%zu", point);
    for (size_t a = 0; a < s->o->n_axes; a++)
        sweep_value(s, point, a, text[++k], sizeof text[0]);
    for (size_t f = 0; f < s->n_figures; f++)
        snprintf(text[++k], sizeof text[0], "%.10g", mean[f]);
    for (size_t c = 0; c <= k; c++)
        cells[c] = text[c];
    table_add(table, cells);
    return OK;
}

enum status sweep_print(const struct sweep *s, struct diag *diag)
{
    struct column column[COLUMNS_MOST] = {
        {"point", "point", "设计点", COLUMN_NUMBER}
    };
    size_t n = 1;
    struct table table;
    for (size_t a = 0; a < s->o->n_axes; a++)
        column[n++] = (struct column){s->axis[a].name, s->axis[a].name, s->axis[a].name, COLUMN_NUMBER};
    for (size_t f = 0; f < s->n_figures; f++)
        column[n++] = (struct column){s->figure[f].name, s->figure[f].name, figure_shown(&s->figure[f], FORMAT_TEXT),
                                      COLUMN_NUMBER};
    table_init(&table, column, n);
    enum status status = OK;
    for (size_t point = 0; point < s->points && status == OK; point++)
        status = add_point(s, &table, point, diag);
    if (status == OK)
        status = table_print(&table, s->c->format, stdout, diag);
    table_free(&table);
    return status;
}
