/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_places - see include/liandong/coupling_places.h. */
#include <liandong/coupling_places.h>
#include <liandong/spatial.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static enum status no_memory(struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "out of memory");
}

static size_t unit_named(const struct coupling_panel *p, const char *name)
{
    size_t u = 0;
    while (u < p->of.n_units && strcmp(p->unit[u], name) != 0)
        u++;
    return u;
}

static enum status unknown_unit(const struct coupling_panel *p, const char *name, struct place at, struct diag *diag)
{
    const char *near = nearest_name(name, p->unit, p->of.n_units);
    if (near != NULL)
        return diag_fail(diag, at, "the panel has no unit '%s'; did you mean '%s'?", name, near);
    return diag_fail(diag, at, "the panel has no unit '%s'", name);
}

/* -- groups ----------------------------------------------------------------------------------------------------------- */
static enum status group_put(struct coupling_groups *g, const struct coupling_panel *p, size_t unit, size_t group,
                             struct place at, struct diag *diag)
{
    if (g->of[unit] != SIZE_MAX && g->of[unit] != group)
        return diag_fail(diag, at, "'%s' is in two groups, '%s' and '%s'", p->unit[unit], g->name[g->of[unit]],
                         g->name[group]);
    g->of[unit] = group;
    return OK;
}

static enum status from_map(struct coupling_groups *g, const struct node *map, const struct coupling_panel *p,
                            struct diag *diag)
{
    enum status status = OK;
    for (const struct node *group = map->child; group != NULL; group = group->next) {
        g->name[g->n++] = group->key;
        for (const struct node *member = group->child; member != NULL; member = member->next) {
            const char *name = member->kind == NODE_SCALAR ? member->text : "";
            size_t unit = unit_named(p, name);
            enum status one = unit < p->of.n_units ? group_put(g, p, unit, g->n - 1, member->at, diag)
                                                   : unknown_unit(p, name, member->at, diag);
            status = one == OK ? status : one;
        }
    }
    return status;
}

/* A unit is of one group in all its rows. */
static enum status from_column(struct coupling_groups *g, const struct node *node, const struct coupling_panel *p,
                               struct diag *diag)
{
    size_t column = sheet_find(&p->sheet, node->text);
    enum status status = OK;
    if (column == p->sheet.n_columns)
        return diag_fail(diag, node->at, "%s has no column '%s'", p->sheet.file, node->text);
    for (size_t i = 0; i < p->of.n; i++) {
        const char *name = panel_text(p, i, column);
        size_t group = 0;
        if (name == NULL)
            continue;
        while (group < g->n && strcmp(g->name[group], name) != 0)
            group++;
        if (group == g->n)
            g->name[g->n++] = name;
        if (group_put(g, p, p->of.unit[i], group, sheet_place(&p->sheet, p->line[i] + column), diag) != OK)
            status = FAILED;
    }
    return status;
}

enum status groups_read(struct coupling_groups *g, const struct coupling_spec *spec, const struct coupling_panel *p,
                        struct diag *diag)
{
    size_t most = spec->groups->kind == NODE_MAP ? spec->groups->n : p->of.n;
    *g = (struct coupling_groups){0, calloc(most + 1, sizeof *g->name), calloc(p->of.n_units + 1, sizeof *g->of)};
    if (g->name == NULL || g->of == NULL)
        return no_memory(diag);
    for (size_t u = 0; u < p->of.n_units; u++)
        g->of[u] = SIZE_MAX;
    enum status status =
        spec->groups->kind == NODE_MAP ? from_map(g, spec->groups, p, diag) : from_column(g, spec->groups, p, diag);
    for (size_t u = 0; u < p->of.n_units && status == OK; u++)
        if (g->of[u] == SIZE_MAX)
            status = diag_fail(diag, spec->groups->at, "'%s' is in no group", p->unit[u]);
    return status;
}

void groups_free(struct coupling_groups *g)
{
    free(g->name);
    free(g->of);
    *g = (struct coupling_groups){.n = 0};
}

/* -- neighbours ------------------------------------------------------------------------------------------------------- */
struct places {
    struct sheet sheet;
    const struct coupling_panel *p;
    struct diag *diag;
    enum status status;
};

/* The column of one of these names, or n_columns. */
static size_t column_named(const struct sheet *s, const char *const *names, size_t n)
{
    for (size_t c = 0; c < s->n_columns; c++)
        for (size_t k = 0; k < n; k++)
            if (strcasecmp(s->header[c].text, names[k]) == 0)
                return c;
    return s->n_columns;
}

/* One number for each unit out of a column; places that are no units are passed over. */
static void by_unit(struct places *f, size_t column, double *value)
{
    const struct sheet *s = &f->sheet;
    for (size_t u = 0; u < f->p->of.n_units; u++)
        value[u] = (double)NAN;
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct sheet_cell *cell = s->row + i * s->n_columns;
        size_t u = unit_named(f->p, cell->text);
        int decimals;
        if (u < f->p->of.n_units && sheet_number(cell + column, &value[u], &decimals) != SHEET_NUMBER)
            f->status = diag_fail(f->diag, sheet_place(s, cell + column), "column '%s': '%s' is not a number",
                                  s->header[column].text, cell[column].text);
    }
    for (size_t u = 0; u < f->p->of.n_units && f->status == OK; u++)
        if (isnan(value[u]))
            f->status = diag_fail(f->diag, (struct place){s->file, 0, 0}, "'%s' is missing", f->p->unit[u]);
}

static void distances(struct places *f, double power, double *w)
{
    static const char *const east[] = {"lon", "longitude", "lng", "经度"}, *const north[] = {"lat", "latitude", "纬度"},
                             *const abscissa[] = {"x"}, *const ordinate[] = {"y"};
    const struct sheet *s = &f->sheet;
    size_t n = f->p->of.n_units, x = column_named(s, east, 4), y = column_named(s, north, 3);
    bool sphere = x < s->n_columns && y < s->n_columns;
    if (!sphere) {
        x = column_named(s, abscissa, 1);
        y = column_named(s, ordinate, 1);
    }
    if (x == s->n_columns || y == s->n_columns) {
        f->status = diag_fail(f->diag, sheet_place(s, s->header), "columns lon and lat, or x and y, are needed");
        return;
    }
    double *at = calloc(2 * n + 1, sizeof *at);
    if (at == NULL) {
        f->status = no_memory(f->diag);
        return;
    }
    by_unit(f, x, at);
    by_unit(f, y, at + n);
    struct spatial_places places = {n, at, at + n, sphere};
    size_t same = f->status == OK ? spatial_inverse_distance(&places, power, w) : 0;
    if (same > 0)
        diag_warn(f->diag, (struct place){s->file, 0, 0},
                  "%zu pairs lie at the same place; they get the largest weight", same);
    free(at);
}

static void economic(struct places *f, const char *by, double *w)
{
    const struct sheet *s = &f->sheet;
    size_t n = f->p->of.n_units, column = sheet_find(s, by);
    double *level = calloc(n + 1, sizeof *level);
    if (column == s->n_columns)
        f->status = diag_fail(f->diag, sheet_place(s, s->header), "there is no column '%s'", by);
    else if (level == NULL)
        f->status = no_memory(f->diag);
    else
        by_unit(f, column, level);
    size_t same = f->status == OK ? spatial_economic(level, n, w) : 0;
    if (same > 0)
        diag_warn(f->diag, (struct place){s->file, 0, 0}, "%zu pairs have the same level; they get the largest weight",
                  same);
    free(level);
}

/* Two columns of units; a pair holds both ways. */
static void pairs(struct places *f, double *w)
{
    const struct sheet *s = &f->sheet;
    size_t n = f->p->of.n_units;
    if (s->n_columns < 2) {
        f->status = diag_fail(f->diag, sheet_place(s, s->header), "two columns of units are needed");
        return;
    }
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct sheet_cell *cell = s->row + i * s->n_columns;
        size_t a = unit_named(f->p, cell[0].text), b = unit_named(f->p, cell[1].text);
        for (size_t k = 0; k < 2; k++)
            if ((k == 0 ? a : b) == n)
                f->status = unknown_unit(f->p, cell[k].text, sheet_place(s, cell + k), f->diag);
        if (a < n && b < n && a != b)
            w[a * n + b] = w[b * n + a] = 1.0;
    }
}

/* Units in the first column and in the header; weights from row to column. */
static void matrix(struct places *f, double *w)
{
    const struct sheet *s = &f->sheet;
    size_t n = f->p->of.n_units, seen = 0;
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct sheet_cell *cell = s->row + i * s->n_columns;
        size_t a = unit_named(f->p, cell->text);
        seen += a < n;
        for (size_t c = 1; c < s->n_columns && a < n; c++) {
            size_t b = unit_named(f->p, s->header[c].text);
            double weight = 0.0;
            int decimals;
            if (sheet_number(cell + c, &weight, &decimals) == SHEET_TEXT || weight < 0.0)
                f->status = diag_fail(f->diag, sheet_place(s, cell + c), "'%s' is no weight", cell[c].text);
            if (b < n && b != a)
                w[a * n + b] = weight;
        }
    }
    for (size_t u = 0; u < n && f->status == OK; u++)
        if (sheet_find(s, f->p->unit[u]) == s->n_columns || seen < n)
            f->status = diag_fail(f->diag, (struct place){s->file, 0, 0}, "'%s' is missing", f->p->unit[u]);
}

enum status neighbours_read(const struct coupling_spec *spec, const struct coupling_panel *p, double **w,
                            struct diag *diag)
{
    struct places f = {.p = p, .diag = diag};
    size_t n = p->of.n_units;
    char *path = spec_path(spec, spec->spatial.file->text);
    *w = calloc(n * n + 1, sizeof **w);
    if (path == NULL || *w == NULL) {
        free(path);
        return no_memory(diag);
    }
    f.status = sheet_read(&f.sheet, path, diag);
    if (f.status == OK && spec->spatial.kind == NEIGHBOURS_CONTIGUITY)
        pairs(&f, *w);
    else if (f.status == OK && spec->spatial.kind == NEIGHBOURS_ECONOMIC)
        economic(&f, spec->spatial.by, *w);
    else if (f.status == OK && spec->spatial.kind == NEIGHBOURS_MATRIX)
        matrix(&f, *w);
    else if (f.status == OK)
        distances(&f, spec->spatial.power, *w);
    sheet_free(&f.sheet);
    free(path);
    return f.status;
}
