/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_panel - see include/liandong/coupling_panel.h. */
#include <liandong/coupling_panel.h>
#include <liandong/mathx.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { NO_YEAR = -100000 };

struct builder {
    struct coupling_panel *p;
    const struct coupling_spec *spec;
    size_t unit_column, year_column; /* n_columns: none */
    size_t *column;                  /* [n_indicators] */
    int *year_read;                  /* [rows] */
    bool keys_broken;                /* a unit or year could not be read: what is missing would only follow from that */
    struct diag *diag;
    enum status status;
};

static enum status no_memory(struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "out of memory");
}

/* -- which column is what --------------------------------------------------------------------------------------------- */
/* Usual names, the plainest first: of several columns that could be meant it is the one that is. */
static const char *const year_names[] = {"year", "years",  "年份", "年度", "年",
                                         "time", "period", "date", "时间", "时期"};
static const char *const unit_names[] = {"unit",  "units",   "region", "province", "city", "county", "area",
                                         "place", "country", "地区",   "省份",     "省",   "城市",   "市",
                                         "单元",  "单位",    "区域",   "区县",     "县域", "省市",   "地市",
                                         "国家",  "行政区",  "名称",   "样本",     "name", "sample", "id"};

static bool is_indicator(const struct coupling_spec *spec, const char *name)
{
    for (size_t j = 0; j < spec->n_indicators; j++)
        if (strcmp(spec->indicator[j].column, name) == 0)
            return true;
    return false;
}

static size_t find_named(struct builder *b, const char *name, const char *what)
{
    size_t c = sheet_find(&b->p->sheet, name);
    if (c == b->p->sheet.n_columns)
        b->status = diag_fail(b->diag, sheet_place(&b->p->sheet, b->p->sheet.header),
                              "there is no column '%s', which the specification names as %s", name, what);
    return c;
}

/* "2011", "2011.0", "2011年"; NO_YEAR if it is none. */
static int year_number(const char *text)
{
    char *end;
    double year = strtod(text, &end);
    if (end == text || (*end != '\0' && strcmp(end, "年") != 0) || year != floor(year) || fabs(year) > 99999.0)
        return NO_YEAR;
    return (int)year;
}

/* The column of the plainest such name that is no indicator, or n_columns. */
static size_t find_usual(const struct builder *b, const char *const *name, size_t n)
{
    const struct sheet *s = &b->p->sheet;
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < s->n_columns; c++)
            if (strcasecmp(s->header[c].text, name[k]) == 0 && !is_indicator(b->spec, s->header[c].text))
                return c;
    return s->n_columns;
}

/* A second column of another name is the year if it looks like one; a name, a code or an unused indicator may stand there. */
static bool looks_like_years(const struct sheet *s, size_t column)
{
    int year = s->n_rows == 0 ? NO_YEAR : year_number(s->row[column].text);
    return year > 0 && year < 3000;
}

/* By usual names, wherever they stand; else the first two columns, if they are no indicators. */
static void find_keys(struct builder *b)
{
    const struct sheet *s = &b->p->sheet;
    size_t none = s->n_columns;
    b->unit_column = find_usual(b, unit_names, sizeof unit_names / sizeof unit_names[0]);
    b->year_column = find_usual(b, year_names, sizeof year_names / sizeof year_names[0]);
    for (size_t c = 0; c < 2 && c < none; c++) {
        if (is_indicator(b->spec, s->header[c].text) || c == b->year_column || c == b->unit_column)
            continue;
        if (b->unit_column == none && !(c == 1 && b->year_column == none))
            b->unit_column = c;
        else if (b->year_column == none && looks_like_years(s, c))
            b->year_column = c;
    }
    if (b->spec->unit != NULL)
        b->unit_column = find_named(b, b->spec->unit, "unit");
    if (b->spec->year != NULL)
        b->year_column = find_named(b, b->spec->year, "year");
    if (b->unit_column == b->year_column)
        b->year_column = none;
    b->p->unit_name = b->unit_column == none ? NULL : s->header[b->unit_column].text;
    b->p->year_name = b->year_column == none ? NULL : s->header[b->year_column].text;
    if (b->p->unit_name == NULL && b->p->year_name == NULL)
        b->status =
            diag_fail(b->diag, sheet_place(s, s->header), "a column of units or years is due before the indicators");
}

static void find_indicators(struct builder *b)
{
    const struct sheet *s = &b->p->sheet;
    const char **name = calloc(s->n_columns, sizeof *name);
    for (size_t c = 0; name != NULL && c < s->n_columns; c++)
        name[c] = s->header[c].text;
    for (size_t j = 0; j < b->spec->n_indicators; j++) {
        const struct spec_indicator *of = &b->spec->indicator[j];
        b->column[j] = sheet_find(s, of->column);
        if (b->column[j] < s->n_columns)
            continue;
        const char *near = name == NULL ? NULL : nearest_name(of->column, name, s->n_columns);
        if (near != NULL)
            b->status =
                diag_fail(b->diag, of->at, "%s has no column '%s'; did you mean '%s'?", s->file, of->column, near);
        else
            b->status = diag_fail(b->diag, of->at, "%s has no column '%s'", s->file, of->column);
    }
    free(name);
}

/* -- units and years -------------------------------------------------------------------------------------------------- */
static const struct sheet_cell *row_of(const struct coupling_panel *p, size_t row)
{
    return p->sheet.row + row * p->sheet.n_columns;
}

/* Units by name: open addressing over a table at most half full. */
static enum status number_units(struct builder *b)
{
    struct coupling_panel *p = b->p;
    size_t n = p->sheet.n_rows, size = 16;
    while (size < 2 * n)
        size *= 2;
    size_t *slot = calloc(size, sizeof *slot); /* unit + 1 */
    p->unit = calloc(n + 1, sizeof *p->unit);
    if (slot == NULL || p->unit == NULL) {
        free(slot);
        return no_memory(b->diag);
    }
    for (size_t i = 0; i < n; i++) {
        const struct sheet_cell *cell = row_of(p, i) + (p->unit_name != NULL ? b->unit_column : 0);
        const char *name = p->unit_name != NULL ? cell->text : "";
        size_t at = (size_t)ld_hash(name) & (size - 1);
        b->keys_broken = b->keys_broken || (p->unit_name != NULL && name[0] == '\0');
        while (slot[at] != 0 && strcmp(p->unit[slot[at] - 1], name) != 0)
            at = (at + 1) & (size - 1);
        if (slot[at] == 0) {
            p->unit[p->of.n_units++] = name;
            slot[at] = p->of.n_units;
        }
        p->unit_of[i] = slot[at] - 1;
    }
    free(slot);
    return OK;
}

static int by_size(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static enum status number_years(struct builder *b)
{
    struct coupling_panel *p = b->p;
    size_t n = p->sheet.n_rows, kept = 0;
    p->year = calloc(n + 1, sizeof *p->year);
    b->year_read = calloc(n + 1, sizeof *b->year_read);
    if (p->year == NULL || b->year_read == NULL)
        return no_memory(b->diag);
    for (size_t i = 0; i < n; i++) {
        b->year_read[i] = p->year_name != NULL ? year_number(row_of(p, i)[b->year_column].text) : 0;
        p->year[i] = b->year_read[i];
        b->keys_broken = b->keys_broken || b->year_read[i] == NO_YEAR;
    }
    qsort(p->year, n, sizeof *p->year, by_size);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || p->year[kept - 1] != p->year[i])
            p->year[kept++] = p->year[i];
    p->of.n_years = kept;
    for (size_t i = 0; i < n; i++) {
        const int *at = bsearch(&b->year_read[i], p->year, kept, sizeof *p->year, by_size);
        p->year_of[i] = (size_t)(at - p->year);
    }
    return OK;
}

/* -- numbers ---------------------------------------------------------------------------------------------------------- */
static void read_cell(struct builder *b, size_t row, size_t j, bool *missing)
{
    struct coupling_panel *p = b->p;
    const struct sheet_cell *cell = row_of(p, row) + b->column[j];
    const char *name = b->spec->indicator[j].column;
    double *x = &p->x[p->of.n * b->spec->n_indicators + j];
    int decimals = 0;
    enum sheet_value kind = sheet_number(cell, x, &decimals);
    if (kind == SHEET_TEXT)
        b->status =
            diag_fail(b->diag, sheet_place(&p->sheet, cell), "column '%s': '%s' is not a number", name, cell->text);
    if (kind == SHEET_EMPTY && b->spec->missing == MISSING_ERROR)
        b->status = diag_fail(b->diag, sheet_place(&p->sheet, cell),
                              "column '%s' is empty here; `missing: drop` or `interpolate` would go on", name);
    if (kind != SHEET_NUMBER) {
        *missing = *missing || kind == SHEET_EMPTY;
        *x = (double)NAN;
        return;
    }
    p->decimals[j] = decimals > p->decimals[j] ? decimals : p->decimals[j];
    if (b->spec->of[j].direction == CCD_INDEX && (*x < 0.0 || *x > 1.0))
        b->status =
            diag_fail(b->diag, sheet_place(&p->sheet, cell), "index '%s': %s is outside [0, 1]", name, cell->text);
}

static void check_keys(struct builder *b, size_t row)
{
    const struct sheet *s = &b->p->sheet;
    const struct sheet_cell *cell = row_of(b->p, row);
    if (b->p->unit_name != NULL && cell[b->unit_column].text[0] == '\0')
        b->status = diag_fail(b->diag, sheet_place(s, cell + b->unit_column), "the name of the unit is empty");
    if (b->year_read[row] == NO_YEAR)
        b->status = diag_fail(b->diag, sheet_place(s, cell + b->year_column), "column '%s': '%s' is not a year",
                              b->p->year_name, cell[b->year_column].text);
}

/* The rows that are used, in their order; with `missing: drop` those that are whole. */
static void read_rows(struct builder *b)
{
    struct coupling_panel *p = b->p;
    for (size_t i = 0; i < p->sheet.n_rows; i++) {
        bool missing = false;
        check_keys(b, i);
        for (size_t j = 0; j < b->spec->n_indicators; j++)
            read_cell(b, i, j, &missing);
        if (missing && b->spec->missing == MISSING_DROP) {
            p->dropped++;
            continue;
        }
        if (b->keys_broken)
            continue;
        size_t *at = &p->grid[p->unit_of[i] * p->of.n_years + p->year_of[i]];
        if (*at != SIZE_MAX)
            b->status = diag_fail(b->diag, sheet_place(&p->sheet, row_of(p, i)),
                                  "'%s' in %d stands twice; it stands in line %d, too", p->unit[p->unit_of[i]],
                                  p->year[p->year_of[i]], p->line[*at]->line);
        else
            *at = p->of.n;
        p->unit_of[p->of.n] = p->unit_of[i]; /* of.n <= i */
        p->year_of[p->of.n] = p->year_of[i];
        p->line[p->of.n++] = row_of(p, i);
    }
    if (p->of.n == 0 && !b->keys_broken)
        b->status = diag_fail(b->diag, (struct place){p->sheet.file, 0, 0}, "no row is left");
}

/* -- what is missing -------------------------------------------------------------------------------------------------- */
static size_t first_row(const struct coupling_panel *p, size_t unit)
{
    for (size_t t = 0; t < p->of.n_years; t++)
        if (p->grid[unit * p->of.n_years + t] != SIZE_MAX)
            return p->grid[unit * p->of.n_years + t];
    return SIZE_MAX;
}

/* One error a unit, with all its missing years. */
static void check_balance(struct builder *b)
{
    struct coupling_panel *p = b->p;
    for (size_t u = 0; u < p->of.n_units; u++) {
        char years[128] = "";
        size_t used = 0, lacking = 0, first = first_row(p, u);
        for (size_t t = 0; t < p->of.n_years; t++) {
            if (p->grid[u * p->of.n_years + t] != SIZE_MAX)
                continue;
            lacking++;
            if (used + 16 < sizeof years)
                used += (size_t)snprintf(years + used, sizeof years - used, "%s%d", used > 0 ? ", " : "", p->year[t]);
            else if (strstr(years, "...") == NULL)
                snprintf(years + used, sizeof years - used, " ...");
        }
        if (lacking > 0 && first != SIZE_MAX)
            b->status =
                diag_fail(b->diag, sheet_place(&p->sheet, p->line[first]), "'%s' has %d of %d years; missing: %s",
                          p->unit[u], (int)(p->of.n_years - lacking), (int)p->of.n_years, years);
    }
}

/* Rows for the years a unit lacks, all NAN; room was made for the whole grid. */
static void add_rows(struct coupling_panel *p, size_t m)
{
    for (size_t u = 0; u < p->of.n_units; u++)
        for (size_t t = 0; t < p->of.n_years; t++) {
            size_t *at = &p->grid[u * p->of.n_years + t], row = p->of.n;
            if (*at != SIZE_MAX)
                continue;
            *at = row;
            p->unit_of[row] = u;
            p->year_of[row] = t;
            p->line[row] = NULL;
            for (size_t j = 0; j < m; j++)
                p->x[row * m + j] = (double)NAN;
            p->of.n++;
        }
}

/* Straight lines in time between the nearest known values of a unit. */
static bool fill_series(struct coupling_panel *p, size_t unit, size_t j, size_t m)
{
    const size_t *row = p->grid + unit * p->of.n_years;
    size_t last = SIZE_MAX, years = p->of.n_years;
    for (size_t t = 0; t < years; t++) {
        if (!isnan(p->x[row[t] * m + j])) {
            last = t;
            continue;
        }
        size_t next = t + 1;
        while (next < years && isnan(p->x[row[next] * m + j]))
            next++;
        if (last == SIZE_MAX || next == years)
            return false;
        double a = p->x[row[last] * m + j], c = p->x[row[next] * m + j];
        double part = (double)(p->year[t] - p->year[last]) / (double)(p->year[next] - p->year[last]);
        p->x[row[t] * m + j] = a + part * (c - a);
        p->interpolated++;
        last = t;
    }
    return true;
}

static void interpolate(struct builder *b)
{
    struct coupling_panel *p = b->p;
    size_t m = b->spec->n_indicators;
    add_rows(p, m);
    for (size_t u = 0; u < p->of.n_units; u++)
        for (size_t j = 0; j < m; j++) {
            size_t first = first_row(p, u);
            const struct sheet_cell *cell = p->line[first];
            for (size_t t = 0; cell == NULL && t < p->of.n_years; t++)
                cell = p->line[p->grid[u * p->of.n_years + t]];
            if (!fill_series(p, u, j, m) && cell != NULL)
                b->status = diag_fail(b->diag, sheet_place(&p->sheet, cell),
                                      "'%s': the first or last value of '%s' is missing; nothing is extrapolated",
                                      p->unit[u], b->spec->indicator[j].column);
        }
}

/* -- the panel -------------------------------------------------------------------------------------------------------- */
static enum status make_room(struct builder *b)
{
    struct coupling_panel *p = b->p;
    size_t cells = p->of.n_units * p->of.n_years, rows = p->sheet.n_rows, m = b->spec->n_indicators;
    if (b->spec->missing == MISSING_INTERPOLATE && cells > rows) {
        size_t *unit_of = realloc(p->unit_of, (cells + 1) * sizeof *unit_of);
        if (unit_of == NULL)
            return no_memory(b->diag);
        p->unit_of = unit_of;
        size_t *year_of = realloc(p->year_of, (cells + 1) * sizeof *year_of);
        if (year_of == NULL)
            return no_memory(b->diag);
        p->year_of = year_of;
        rows = cells;
    }
    p->grid = malloc((cells + 1) * sizeof *p->grid);
    p->x = calloc((rows + 1) * m, sizeof *p->x);
    p->line = calloc(rows + 1, sizeof *p->line);
    p->decimals = calloc(m + 1, sizeof *p->decimals);
    if (p->grid == NULL || p->x == NULL || p->line == NULL || p->decimals == NULL)
        return no_memory(b->diag);
    for (size_t k = 0; k < cells; k++)
        p->grid[k] = SIZE_MAX;
    return OK;
}

static enum status build(struct builder *b)
{
    struct coupling_panel *p = b->p;
    p->unit_of = calloc(p->sheet.n_rows + 1, sizeof *p->unit_of);
    p->year_of = calloc(p->sheet.n_rows + 1, sizeof *p->year_of);
    b->column = calloc(b->spec->n_indicators + 1, sizeof *b->column);
    if (p->unit_of == NULL || p->year_of == NULL || b->column == NULL)
        return no_memory(b->diag);
    find_keys(b);
    find_indicators(b);
    if (b->status != OK)
        return b->status;
    if (p->sheet.n_rows == 0)
        return diag_fail(b->diag, (struct place){p->sheet.file, 1, 1}, "no rows follow the header");
    TRY(number_units(b));
    TRY(number_years(b));
    TRY(make_room(b));
    read_rows(b);
    if (b->spec->missing == MISSING_ERROR && !b->keys_broken)
        check_balance(b);
    else if (b->spec->missing == MISSING_INTERPOLATE && b->status == OK)
        interpolate(b);
    p->of.unit = p->unit_of;
    p->of.year = p->year_of;
    p->of.x = p->x;
    return b->status;
}

enum status panel_read(struct coupling_panel *p, const char *file, const struct coupling_spec *spec, struct diag *diag)
{
    *p = (struct coupling_panel){.unit = NULL};
    struct builder b = {.p = p, .spec = spec, .diag = diag};
    TRY(sheet_read(&p->sheet, file, diag));
    enum status status = build(&b);
    free(b.column);
    free(b.year_read);
    return status;
}

static enum status constant_found(const struct coupling_panel *p, struct coupling_spec *spec, size_t j,
                                  const char *group, struct diag *diag)
{
    size_t c = sheet_find(&p->sheet, spec->indicator[j].column);
    struct place at = sheet_place(&p->sheet, &p->sheet.header[c]);
    const char *name = spec->indicator[j].column;
    if (spec->constant == CONSTANT_DROP) {
        spec->of[j].dropped = true;
        diag_warn(diag, at, "'%s' does not vary%s%s; it is left out", name, group[0] != '\0' ? ": " : "", group);
        return OK;
    }
    return diag_fail(diag, at, "'%s' does not vary%s%s; `constant: drop` would leave it out", name,
                     group[0] != '\0' ? ": " : "", group);
}

/* The first group in which indicator j does not vary, or the number of groups. */
static size_t constant_group(const struct coupling_panel *p, const struct coupling_spec *spec, size_t j,
                             const struct ccd_bounds *bounds, size_t groups)
{
    size_t g = 0;
    for (; g < groups; g++) {
        struct ccd_bounds b = bounds[g * spec->n_indicators + j];
        if (b.least <= b.most && ccd_is_constant(&spec->of[j], b))
            break;
    }
    (void)p;
    return g;
}

enum status panel_check_constant(const struct coupling_panel *p, struct coupling_spec *spec, struct diag *diag)
{
    enum ccd_scope scope = spec->options.scope;
    bool by_year = scope == CCD_SCOPE_YEAR, by_unit = scope == CCD_SCOPE_UNIT;
    struct ccd_rows rows = {p->of.n, spec->n_indicators, p->x,
                            by_year   ? p->year_of
                            : by_unit ? p->unit_of
                                      : NULL,
                            by_year   ? p->of.n_years
                            : by_unit ? p->of.n_units
                                      : 1};
    struct ccd_bounds *bounds = calloc(rows.n_groups * rows.m + 1, sizeof *bounds);
    enum status status = OK;
    if (bounds == NULL)
        return no_memory(diag);
    ccd_bounds_find(&rows, bounds);
    for (size_t j = 0; scope != CCD_SCOPE_FIXED && j < rows.m; j++) {
        size_t g = constant_group(p, spec, j, bounds, rows.n_groups);
        char year[32];
        snprintf(year, sizeof year, "%d", by_year && g < rows.n_groups ? p->year[g] : 0);
        const char *group = by_year ? year : by_unit && g < rows.n_groups ? p->unit[g] : "";
        if (g < rows.n_groups && constant_found(p, spec, j, group, diag) != OK)
            status = FAILED;
    }
    free(bounds);
    for (size_t s = 0; s < spec->n_subsystems && status == OK; s++) {
        size_t left = 0;
        for (size_t j = 0; j < rows.m; j++)
            left += spec->of[j].subsystem == s && !spec->of[j].dropped;
        if (left == 0)
            status =
                diag_fail(diag, spec->subsystem[s].at, "'%s': none of its indicators varies", spec->subsystem[s].name);
    }
    return status;
}

enum status panel_column(const struct coupling_panel *p, const char *name, double **value, int *decimals,
                         struct diag *diag)
{
    size_t c = sheet_find(&p->sheet, name);
    enum status status = OK;
    *value = NULL;
    *decimals = 0;
    if (c == p->sheet.n_columns)
        return diag_fail(diag, sheet_place(&p->sheet, p->sheet.header), "there is no column '%s'", name);
    *value = calloc(p->of.n + 1, sizeof **value);
    if (*value == NULL)
        return no_memory(diag);
    for (size_t i = 0; i < p->of.n; i++) {
        const struct sheet_cell *cell = p->line[i] == NULL ? NULL : p->line[i] + c;
        int own = 0;
        (*value)[i] = (double)NAN;
        if (cell != NULL && sheet_number(cell, &(*value)[i], &own) == SHEET_TEXT)
            status =
                diag_fail(diag, sheet_place(&p->sheet, cell), "column '%s': '%s' is not a number", name, cell->text);
        *decimals = own > *decimals ? own : *decimals;
    }
    return status;
}

const char *panel_text(const struct coupling_panel *p, size_t row, size_t column)
{
    return p->line[row] == NULL || column >= p->sheet.n_columns ? NULL : p->line[row][column].text;
}

void panel_free(struct coupling_panel *p)
{
    sheet_free(&p->sheet);
    free(p->line);
    free(p->unit);
    free(p->year);
    free(p->grid);
    free(p->unit_of);
    free(p->year_of);
    free(p->x);
    free(p->decimals);
    *p = (struct coupling_panel){.unit = NULL};
}
