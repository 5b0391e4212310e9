/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv - see include/liandong/csv.h. */
#include <inttypes.h>
#include <liandong/csv.h>
#include <liandong/csv_table.h>
#include <string.h>

enum { BLOCK = 32 };

struct sheet {
    FILE *to;
    const struct result *r;
    struct result_shape shape;
    bool zh;
    char **region;
    size_t n_regions;
};

/* One series: its fixed columns, and the names of its members (n_members 0: it has no further axis). */
struct lines {
    const struct result_variable *v;
    char **member;
    size_t n_members;
};

static bool is_series(const struct result_variable *v)
{
    return !v->text && (v->rank == 3 || v->rank == 4) && strcmp(v->axis[0], "run") == 0 &&
           strcmp(v->axis[1], "time") == 0 && strcmp(v->axis[2], "region") == 0;
}

static void put_run(const struct sheet *s, const struct lines *l, uint64_t run, const union cell *cells)
{
    size_t members = l->n_members > 0 ? l->n_members : 1;
    for (int32_t t = 0; t < s->shape.months; t++) {
        char month[8];
        month_text(s->shape.start + t, month);
        for (size_t region = 0; region < s->n_regions; region++)
            for (size_t k = 0; k < members; k++, cells++) {
                csv_put_text(s->to, l->v->name, ",");
                csv_put_text(s->to, s->zh ? l->v->zh : l->v->en, ",");
                csv_put_text(s->to, l->v->unit, ",");
                fprintf(s->to, "%" PRIu64 ",%s,", run, month);
                csv_put_text(s->to, s->region[region], ",");
                csv_put_text(s->to, l->n_members > 0 ? l->v->axis[3] : "", ",");
                csv_put_text(s->to, l->n_members > 0 ? l->member[k] : "", ",");
                csv_put_number(s->to, l->v->real, *cells);
                fputc('\n', s->to);
            }
    }
}

static enum status put_runs(const struct sheet *s, const struct lines *l, struct diag *diag)
{
    union cell *cells = calloc(BLOCK * l->v->width + 1, sizeof *cells);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", s->r->path, l->v->name);
    for (uint64_t first = 0; first < l->v->length[0] && status == OK; first += BLOCK) {
        uint64_t n = l->v->length[0] - first < BLOCK ? l->v->length[0] - first : BLOCK;
        status = result_read(s->r, l->v, first, n, cells, diag);
        for (uint64_t i = 0; i < n && status == OK; i++)
            put_run(s, l, first + i, cells + i * l->v->width);
    }
    free(cells);
    return status;
}

static enum status put_series(const struct sheet *s, const struct result_variable *v, struct diag *diag)
{
    struct lines l = {.v = v};
    char label[2 * READING_NAME];
    if (v->rank == 4) {
        snprintf(label, sizeof label, "%s_label_zh", v->axis[3]);
        TRY(result_texts(s->r, s->zh && result_find(s->r, label) != NULL ? label : v->axis[3], &l.member, &l.n_members,
                         diag));
    }
    enum status status = OK;
    if (v->length[1] != (uint64_t)s->shape.months || v->length[2] != s->n_regions ||
        (v->rank == 4 && l.n_members != v->length[3]))
        status = diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", s->r->path, v->name);
    if (status == OK)
        status = put_runs(s, &l, diag);
    texts_free(l.member, l.n_members);
    return status;
}

/* Before the first line is written. */
static enum status check_names(const struct result *r, char *const *series, size_t n, struct diag *diag)
{
    for (size_t k = 0; k < n; k++) {
        const struct result_variable *v;
        TRY(result_need(r, series[k], &v, diag));
        if (!is_series(v))
            return diag_stop(diag, FAILED, "%s: '%s' is not a series by run, month and region", r->path, series[k]);
    }
    return OK;
}

static enum status put_named(const struct sheet *s, char *const *series, size_t n, struct diag *diag)
{
    for (size_t k = 0; k < n; k++)
        TRY(put_series(s, result_find(s->r, series[k]), diag));
    return OK;
}

static enum status put_all(const struct sheet *s, struct diag *diag)
{
    for (size_t k = 0; k < s->r->n; k++) {
        const struct result_variable *v = &s->r->variable[k];
        if (is_series(v) && strcmp(v->name, "flows") != 0 && strcmp(v->name, "balances") != 0)
            TRY(put_series(s, v, diag));
    }
    return OK;
}

enum status csv_write(FILE *to, const struct result *r, char *const *series, size_t n, bool zh, struct diag *diag)
{
    struct sheet s = {.to = to, .r = r, .zh = zh};
    if (csv_is_table(r))
        return csv_table_write(to, r, series, n, zh, diag);
    TRY(check_names(r, series, n, diag));
    TRY(result_shape(r, &s.shape, diag));
    TRY(result_texts(r, "region", &s.region, &s.n_regions, diag));
    fprintf(to, "\xef\xbb\xbf%s\n",
            zh ? "变量,名称,单位,模拟序号,月份,区域,维度,成员,数值"
               : "series,label,unit,run,month,region,dimension,member,value");
    enum status status = series == NULL ? put_all(&s, diag) : put_named(&s, series, n, diag);
    texts_free(s.region, s.n_regions);
    return status;
}
