/* SPDX-License-Identifier: GPL-3.0-or-later */
/* moments - what the runs of a result have in common: mean, spread and quantiles of every cell, a row a cell. */
#include <liandong/command.h>
#include <liandong/moments.h>
#include <liandong/setup.h>
#include <math.h>
#include <string.h>

enum { FIXED = 7, N_COLUMNS = FIXED + 2 + MOMENTS_QUANTILES, NUMBER_ROOM = 40 };

struct options {
    const char *series;
};

/* The series whose rows are being added. */
struct rows {
    struct table *table;
    const struct result_variable *v;
    struct result_shape shape;
    char **region, **member;
    size_t n_regions, n_members;
    bool last_only;
    enum format format;
};

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    (void)key;
    o->series = value;
    return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

static bool is_series(const struct result_variable *v)
{
    return !v->text && (v->rank == 3 || v->rank == 4) && strcmp(v->axis[0], "run") == 0 &&
           strcmp(v->axis[1], "time") == 0 && strcmp(v->axis[2], "region") == 0;
}

static void add_row(void *to, uint64_t cell, const struct moments *m)
{
    struct rows *rows = to;
    size_t members = rows->n_members > 0 ? rows->n_members : 1, region = cell / members % rows->n_regions;
    int32_t t = (int32_t)(cell / members / rows->n_regions);
    char month[8], number[2 + MOMENTS_QUANTILES][NUMBER_ROOM];
    const char *cells[N_COLUMNS] = {rows->v->name,
                                    tr(rows->v->en, rows->v->zh),
                                    unit_shown(rows->v->unit, rows->format),
                                    month,
                                    rows->region[region],
                                    rows->n_members > 0 ? rows->v->axis[3] : "",
                                    rows->n_members > 0 ? rows->member[cell % members] : ""};
    if (rows->last_only && t + 1 < rows->shape.months)
        return;
    month_text(rows->shape.start + t, month);
    for (int k = 0; k < 2 + MOMENTS_QUANTILES; k++) {
        double x = k == 0 ? m->mean : k == 1 ? m->sd : m->quantile[k - 2];
        snprintf(number[k], NUMBER_ROOM, "%.10g", x);
        cells[FIXED + k] = isnan(x) ? NULL : number[k];
    }
    table_add(rows->table, cells);
}

static enum status add_series(struct rows *rows, const struct result *r, const struct result_variable *v,
                              struct diag *diag)
{
    char label[READING_NAME + 16];
    rows->v = v;
    rows->member = NULL;
    rows->n_members = 0;
    if (v->rank == 4) {
        snprintf(label, sizeof label, "%s_label_zh", v->axis[3]);
        TRY(result_texts(r, lang_zh && result_find(r, label) != NULL ? label : v->axis[3], &rows->member,
                         &rows->n_members, diag));
    }
    enum status status = OK;
    if (v->length[0] != rows->shape.runs || v->length[1] != (uint64_t)rows->shape.months ||
        v->length[2] != rows->n_regions || (v->rank == 4 && rows->n_members != v->length[3]))
        status = diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, v->name);
    if (status == OK)
        status = moments_read(r, v, MOMENTS_ROOM, add_row, rows, diag);
    texts_free(rows->member, rows->n_members);
    return status;
}

/* Every name is checked before the first row. */
static enum status add_named(struct rows *rows, const struct result *r, const char *series, struct diag *diag)
{
    char *copy = strdup(series), *rest = NULL;
    enum status status = copy == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    for (char *w = copy == NULL ? NULL : strtok_r(copy, ", ", &rest); w != NULL && status == OK;
         w = strtok_r(NULL, ", ", &rest)) {
        const struct result_variable *v;
        status = result_need(r, w, &v, diag);
        if (status == OK && !is_series(v))
            status = diag_stop(diag, FAILED, "%s: '%s' is not a series by run, month and region", r->path, w);
        if (status == OK)
            status = add_series(rows, r, v, diag);
    }
    free(copy);
    return status;
}

static enum status add_all(struct rows *rows, const struct result *r, const char *series, struct diag *diag)
{
    TRY(result_shape(r, &rows->shape, diag));
    TRY(result_texts(r, "region", &rows->region, &rows->n_regions, diag));
    rows->last_only = series == NULL;
    enum status status = series != NULL ? add_named(rows, r, series, diag) : OK;
    for (size_t k = 0; k < r->n && status == OK && series == NULL; k++) {
        const struct result_variable *v = &r->variable[k];
        if (is_series(v) && strcmp(v->name, "flows") != 0 && strcmp(v->name, "balances") != 0)
            status = add_series(rows, r, v, diag);
    }
    texts_free(rows->region, rows->n_regions);
    return status;
}

static enum status print_moments(const char *path, const char *series, enum format format, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"series",    "series",    "变量",    COLUMN_TEXT  },
        {"label",     "label",     "名称",    COLUMN_TEXT  },
        {"unit",      "unit",      "单位",    COLUMN_TEXT  },
        {"month",     "month",     "月份",    COLUMN_TEXT  },
        {"region",    "region",    "区域",    COLUMN_TEXT  },
        {"dimension", "dimension", "维度",    COLUMN_TEXT  },
        {"member",    "member",    "成员",    COLUMN_TEXT  },
        {"mean",      "mean",      "均值",    COLUMN_NUMBER},
        {"sd",        "sd",        "标准差", COLUMN_NUMBER},
        {"q05",       "5 %",       "5 %",       COLUMN_NUMBER},
        {"q25",       "25 %",      "25 %",      COLUMN_NUMBER},
        {"q50",       "50 %",      "50 %",      COLUMN_NUMBER},
        {"q75",       "75 %",      "75 %",      COLUMN_NUMBER},
        {"q95",       "95 %",      "95 %",      COLUMN_NUMBER}
    };
    struct table table;
    struct rows rows = {.table = &table, .format = format};
    struct result r;
    TRY(result_open(&r, path, diag));
    table_init(&table, columns, N_COLUMNS);
    enum status status = add_all(&rows, &r, series, diag);
    result_close(&r);
    if (status == OK)
        status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

int command_moments(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"series", 's', "A,B", 0, "these series, all months; without it all series, the last month", 0},
        {0  }
    };
    struct options options = {.series = NULL};
    struct command_line line = {.words = "RESULT.h5",
                                .en = "Mean, standard deviation and quantiles over the runs of a result.",
                                .zh = "结果中各次模拟的均值、标准差与分位数。",
                                .least = 1,
                                .most = 1,
                                .formats = true,
                                .own = own,
                                .take = take,
                                .to = &options};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = print_moments(c.word[0], options.series, c.format, &diag);
    return command_end(&c, &diag, status);
}
