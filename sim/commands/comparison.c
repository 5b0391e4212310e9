/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison - see include/liandong/comparison.h. */
#include <liandong/comparison.h>
#include <math.h>
#include <string.h>

enum { CODES_MOST = 4096, N_COLUMNS = 16, NO_MEMBER = -1 };

struct writer {
    const struct comparison *c;
    struct result_table *table;
    char **series; /* names, in order; figures behind them */
    size_t n_series, current;
    const struct result_variable *v; /* the series whose cells come */
    uint64_t members, regions;
};

static const char set_names[] = "interval outside all none";

/* Names separated by blanks; NULL: no memory, or more than a code holds. */
static char *join(char *const *name, size_t n)
{
    size_t room = 1, used = 0;
    for (size_t k = 0; k < n; k++)
        room += strlen(name[k]) + 1;
    char *text = n > CODES_MOST ? NULL : malloc(room);
    if (text != NULL)
        text[0] = '\0';
    for (size_t k = 0; k < n && text != NULL; k++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", k > 0 ? " " : "", name[k]);
    return text;
}

/* The series that all worlds have, in the order of the first file, then the figures. */
static enum status list_series(struct writer *w, uint64_t *rows, size_t *left_out, struct diag *diag)
{
    const struct comparison *c = w->c;
    const struct result *base = &c->result[0];
    size_t variants = c->n_worlds - 1;
    w->series = calloc(base->n + c->n_figures + 1, sizeof *w->series);
    if (w->series == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    *left_out = 0;
    *rows = variants * c->n_figures;
    for (size_t k = 0; k < base->n; k++) {
        struct result_variable *v = &base->variable[k];
        if (strcmp(v->name, "flows") == 0 || strcmp(v->name, "balances") == 0)
            continue;
        enum status status = compare_alike(c->result, c->n_worlds, v->name, diag);
        if (status == OK) {
            w->series[w->n_series++] = v->name;
            *rows += v->width * variants;
        } else if (status != FAILED) {
            return status;
        } else {
            *left_out += v->rank >= 3 && strcmp(v->axis[1], "time") == 0;
        }
    }
    for (size_t k = 0; k < c->n_figures; k++)
        w->series[w->n_series + k] = (char *)(uintptr_t)c->figure[k].name;
    return OK;
}

static int64_t month_number(const struct comparison *c, uint64_t t)
{
    int64_t month = c->start + (int64_t)t;
    return month / 12 * 100 + month % 12 + 1;
}

static enum status put_row(struct writer *w, size_t variant, const struct paired *d, double adjusted,
                           const int64_t *where, const struct compared *figure, struct diag *diag)
{
    const struct ratio none = {(double)NAN, (double)NAN, (double)NAN, RATIO_NONE};
    struct ratio r = figure == NULL ? none : figure->ratio;
    union cell row[N_COLUMNS] = {{.i = (int64_t)variant - 1},
                                 {.i = (int64_t)w->current},
                                 {.i = where[0]},
                                 {.i = where[1]},
                                 {.i = where[2]},
                                 {.d = d->base},
                                 {.d = d->variant},
                                 {.d = d->difference},
                                 {.d = d->se},
                                 {.d = d->low},
                                 {.d = d->high},
                                 {.d = d->p},
                                 {.d = adjusted},
                                 {.d = d->gain},
                                 {.d = r.value},
                                 {.i = r.set}};
    if (r.set != RATIO_NONE) { /* the interval is that of the ratio */
        row[9].d = r.low;
        row[10].d = r.high;
    }
    return result_table_append(w->table, row, 1, diag);
}

static enum status take_cell(void *to, const struct compare_cell *cell, struct diag *diag)
{
    struct writer *w = to;
    uint64_t per_month = w->members * w->regions;
    const int64_t where[] = {month_number(w->c, cell->cell / per_month),
                             (int64_t)(cell->cell / w->members % w->regions),
                             w->v->rank == 4 ? (int64_t)(cell->cell % w->members) : NO_MEMBER};
    return put_row(w, cell->variant, &cell->d, cell->adjusted, where, NULL, diag);
}

static enum status put_all(struct writer *w, struct diag *diag)
{
    const struct comparison *c = w->c;
    const int64_t whole[] = {0, (int64_t)w->regions, NO_MEMBER};
    for (w->current = 0; w->current < w->n_series; w->current++) {
        const char *name = w->series[w->current];
        w->v = result_find(&c->result[0], name);
        w->regions = w->v->length[2];
        w->members = w->v->rank == 4 ? w->v->length[3] : 1;
        TRY(compare_series(c->result, c->n_worlds, name, c->confidence, (size_t)64 << 20, take_cell, w, diag));
    }
    for (size_t f = 0; f < c->n_figures; f++, w->current++)
        for (size_t v = 1; v < c->n_worlds; v++) {
            const struct compared *one = &c->compared[f * (c->n_worlds - 1) + v - 1];
            const int64_t all[] = {whole[0], (int64_t)w->regions, whole[2]};
            TRY(put_row(w, v, &one->d, one->adjusted, all, one, diag));
        }
    return OK;
}

static void name_columns(struct result_column *column, const char *variants, const char *series, const char *regions)
{
    const struct result_column list[N_COLUMNS] = {
        {"variant",    "1",      RESULT_CODE,                                  "the world compared with the base",                           "对照方案",                     variants },
        {"series",     "1",      series != NULL ? RESULT_CODE : RESULT_INT32,  "series or figure",                                           "变量或指标",                  series   },
        {"month",      "YYYYMM", RESULT_INT32,                                 "month; 0: a figure of the whole time",                       "月份（0为全期指标）",     NULL     },
        {"region",     "1",      regions != NULL ? RESULT_CODE : RESULT_INT32, "region",                                                     "区域",                           regions  },
        {"member",     "1",      RESULT_INT32,                                 "member of the series' dimension; -1: it has none",           "成员序号（-1为无）",       NULL     },
        {"base",       "1",      RESULT_REAL,                                  "mean of the base, in the unit of the series",                "基准均值",                     NULL     },
        {"mean",       "1",      RESULT_REAL,                                  "mean of the variant",                                        "方案均值",                     NULL     },
        {"difference", "1",      RESULT_REAL,                                  "mean paired difference",                                     "配对差均值",                  NULL     },
        {"se",         "1",      RESULT_REAL,                                  "its standard error",                                         "标准误",                        NULL     },
        {"low",        "1",      RESULT_REAL,                                  "lower end of its interval, or of the ratio's",               "区间下限",                     NULL     },
        {"high",       "1",      RESULT_REAL,                                  "upper end of its interval, or of the ratio's",               "区间上限",                     NULL     },
        {"p",          "1",      RESULT_REAL,                                  "two-sided p of no difference",                               "双侧p值",                       NULL     },
        {"p_adjusted", "1",      RESULT_REAL,                                  "p over all variants (Holm)",                                 "多重比较校正p值（Holm）", NULL     },
        {"gain",       "1",      RESULT_REAL,                                  "so many times the runs would be needed without common luck", "方差缩减倍数",               NULL     },
        {"ratio",      "1",      RESULT_REAL,                                  "ratio of two differences, where the figure is one",          "差值之比",                     NULL     },
        {"set",        "1",      RESULT_CODE,
         "shape of the ratio's set: between low and high, up to low and from high on, every number, no ratio",                               "置信集形状",                  set_names},
    };
    memcpy(column, list, sizeof list);
}

/* Region names, and behind them "all". */
static enum status region_names(const struct comparison *c, char **text, struct diag *diag)
{
    char **name, **more;
    size_t n;
    char all[] = "all";
    TRY(result_texts(&c->result[0], "region", &name, &n, diag));
    more = calloc(n + 1, sizeof *more);
    for (size_t k = 0; k < n && more != NULL; k++)
        more[k] = name[k];
    if (more != NULL)
        more[n] = all;
    *text = more == NULL ? NULL : join(more, n + 1);
    bool room = more != NULL;
    free(more);
    texts_free(name, n);
    return room ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status write_table(struct writer *w, const char *path, uint64_t rows, struct diag *diag)
{
    const struct comparison *c = w->c;
    struct result_column column[N_COLUMNS];
    char *regions = NULL, *variants, *series, title[512];
    TRY(region_names(c, &regions, diag));
    variants = join((char *const *)(uintptr_t)(c->name + 1), c->n_worlds - 1);
    series = join(w->series, w->n_series + c->n_figures);
    name_columns(column, variants, series, regions);
    snprintf(title, sizeof title, "paired differences against %.100s, confidence %g", c->name[0], c->confidence);
    struct result_table_about about = {title, "与基准情景的配对差", c->base};
    enum status status = result_table_create(&w->table, path, &about, column, N_COLUMNS, rows, diag);
    if (status == OK)
        status = put_all(w, diag);
    if (status == OK && c->group.name != NULL)
        status = result_table_group(w->table, c->group.name, c->group.column, c->group.n_columns, c->group.cell,
                                    c->group.rows, diag);
    if (status == OK)
        status = result_table_finish(w->table, diag);
    else
        result_table_abandon(w->table);
    free(regions);
    free(variants);
    free(series);
    return status;
}

enum status comparison_write(const char *path, const struct comparison *c, size_t *left_out, struct diag *diag)
{
    struct writer w = {.c = c};
    uint64_t rows = 0;
    enum status status = list_series(&w, &rows, left_out, diag);
    if (status == OK)
        status = write_table(&w, path, rows, diag);
    free(w.series);
    return status;
}
