/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcomes - see include/liandong/outcomes.h. */
#include <liandong/outcomes.h>
#include <string.h>

/* clang-format off */
const struct outcome_desc outcome_table[] = {
#define OUTCOME(name, subsystem, direction, above, how, below, how_below, scale, unit, en, zh) \
    {#name, OUTCOME_##subsystem, CCD_##direction, {above, OUTCOME_##how}, {below, OUTCOME_##how_below}, scale, unit, en, zh},
#include <liandong/outcomes.def>
#undef OUTCOME
};
/* clang-format on */
const size_t n_outcomes = sizeof outcome_table / sizeof outcome_table[0];

enum { BLOCK = 32, MONTHS = 12 }; /* runs read at a time: a chunk of the file */

struct reader {
    const struct result *r;
    struct diag *diag;
    struct outcomes *o;
    struct result_shape shape;
    size_t first_month; /* of the first whole calendar year */
};
struct term {
    char series[READING_NAME], member[READING_NAME]; /* member "": all */
    double sign;
};

static enum status damaged(const struct reader *k, const char *name)
{
    return diag_stop(k->diag, IO_ERROR, "%s: is damaged: '%s' has another shape than its runs", k->r->path, name);
}

/* The next term of "a + b.member - c" from *at on; false at the end. */
static bool next_term(const char **at, struct term *t)
{
    const char *c = *at;
    t->sign = 1.0;
    for (; *c == ' ' || *c == '+' || *c == '-'; c++)
        t->sign = *c == '-' ? -1.0 : t->sign;
    size_t n = strcspn(c, " "), name = strcspn(c, " .");
    snprintf(t->series, sizeof t->series, "%.*s", (int)name, c);
    snprintf(t->member, sizeof t->member, "%.*s", name < n ? (int)(n - name - 1) : 0, c + name + 1 - (name == n));
    *at = c + n;
    return n > 0;
}

/* Which members of the series count: from *first on, *n of them; n 0: there is no such member. */
static enum status members(const struct reader *k, const struct result_variable *v, const struct term *t, size_t *first,
                           size_t *n)
{
    char **name = NULL;
    size_t names = 0;
    *first = 0;
    *n = v->rank == 4 ? (size_t)v->length[3] : 1;
    if (t->member[0] == '\0')
        return OK;
    if (v->rank == 4)
        TRY(result_texts(k->r, v->axis[3], &name, &names, k->diag));
    *n = 0;
    for (size_t m = 0; m < names && v->rank == 4 && m < v->length[3]; m++)
        if (strcmp(name[m], t->member) == 0) {
            *first = m;
            *n = 1;
        }
    texts_free(name, names);
    return OK;
}

static bool has_shape(const struct reader *k, const struct result_variable *v)
{
    return !v->text && (v->rank == 3 || v->rank == 4) && v->length[0] == k->shape.runs &&
           v->length[1] == (uint64_t)k->shape.months && v->length[2] == k->shape.regions;
}

/* Of months first ... first + 11 of one run and region. */
static double of_year(const struct result_variable *v, const union cell *cells, size_t first, size_t n,
                      enum outcome_how how, size_t regions)
{
    size_t width = v->rank == 4 ? (size_t)v->length[3] : 1;
    double sum = 0.0;
    for (size_t month = how == OUTCOME_END ? MONTHS - 1 : 0; month < MONTHS; month++)
        for (size_t m = first; m < first + n; m++) {
            const union cell *c = &cells[month * regions * width + m];
            sum += v->real ? c->d : (double)c->i;
        }
    return how == OUTCOME_MEAN ? sum / MONTHS : sum;
}

/* Adds a term to value[runs][regions][years] of outcome j. */
static enum status add_term(const struct reader *k, const struct result_variable *v, const struct term *t,
                            enum outcome_how how, size_t j, double *value)
{
    const struct outcomes *o = k->o;
    size_t first, n, width = v->rank == 4 ? (size_t)v->length[3] : 1;
    TRY(members(k, v, t, &first, &n));
    if (n == 0) {
        snprintf(o->lacking[j], sizeof o->lacking[j], "%.60s.%.60s", t->series, t->member);
        return OK;
    }
    union cell *cells = calloc(BLOCK * v->width + 1, sizeof *cells);
    if (cells == NULL)
        return diag_stop(k->diag, NO_MEMORY, "out of memory");
    enum status status = OK;
    for (size_t from = 0; from < o->runs && status == OK; from += BLOCK) {
        size_t runs = o->runs - from < BLOCK ? o->runs - from : BLOCK;
        status = result_read(k->r, v, from, runs, cells, k->diag);
        for (size_t row = 0; status == OK && row < runs * o->regions * o->years; row++) {
            size_t run = row / (o->regions * o->years), region = row / o->years % o->regions;
            size_t month = k->first_month + MONTHS * (row % o->years);
            const union cell *at = cells + run * v->width + (month * o->regions + region) * width;
            value[from * o->regions * o->years + row] += t->sign * of_year(v, at, first, n, how, o->regions);
        }
    }
    free(cells);
    return status;
}

/* One side of a ratio; what is lacking is noted. */
static enum status read_part(const struct reader *k, const struct outcome_part *part, size_t j, double *value)
{
    const char *at = part->series;
    for (struct term t; k->o->lacking[j][0] == '\0' && next_term(&at, &t);) {
        const struct result_variable *v = result_find(k->r, t.series);
        if (v == NULL) {
            memcpy(k->o->lacking[j], t.series, sizeof t.series);
            return OK;
        }
        if (!has_shape(k, v))
            return damaged(k, t.series);
        TRY(add_term(k, v, &t, part->how, j, value));
    }
    return OK;
}

static enum status read_outcome(const struct reader *k, size_t j, double *above, double *below)
{
    const struct outcome_desc *d = &outcome_table[j];
    struct outcomes *o = k->o;
    size_t rows = o->runs * o->regions * o->years;
    memset(above, 0, rows * sizeof *above);
    memset(below, 0, rows * sizeof *below);
    TRY(read_part(k, &d->above, j, above));
    TRY(read_part(k, &d->below, j, below));
    for (size_t i = 0; i < rows && o->lacking[j][0] == '\0'; i++) {
        double under = d->below.series[0] == '\0' ? 1.0 : below[i];
        o->x[i * o->n + j] = under != 0.0 ? d->scale * above[i] / under : 0.0;
    }
    return OK;
}

static enum status read_all(const struct reader *k)
{
    struct outcomes *o = k->o;
    size_t rows = o->runs * o->regions * o->years;
    double *side = calloc(2 * rows + 1, sizeof *side);
    enum status status = OK;
    o->x = calloc(rows * o->n + 1, sizeof *o->x);
    o->lacking = calloc(o->n, sizeof *o->lacking);
    if (side != NULL && o->x != NULL && o->lacking != NULL)
        for (size_t j = 0; j < o->n && status == OK; j++)
            status = read_outcome(k, j, side, side + rows);
    else
        status = diag_stop(k->diag, NO_MEMORY, "out of memory");
    free(side);
    return status;
}

enum status outcomes_read(struct outcomes *o, const struct result *r, struct diag *diag)
{
    struct reader k = {.r = r, .diag = diag, .o = o};
    size_t names;
    *o = (struct outcomes){.n = n_outcomes};
    TRY(result_shape(r, &k.shape, diag));
    int32_t start = k.shape.start, end = start + k.shape.months;
    int32_t first = (start + MONTHS - 1) / MONTHS, last = end / MONTHS;
    if (k.shape.runs == 0 || last <= first)
        return diag_fail(diag, (struct place){r->path, 0, 0}, "holds no whole calendar year");
    o->runs = k.shape.runs;
    o->years = (size_t)(last - first);
    o->first_year = (int)first;
    k.first_month = (size_t)(first * MONTHS - start);
    TRY(result_texts(r, "region", &o->region, &names, diag));
    o->regions = names;
    if (names != k.shape.regions || names == 0)
        return damaged(&k, "region");
    return read_all(&k);
}

void outcomes_free(struct outcomes *o)
{
    texts_free(o->region, o->regions);
    free(o->x);
    free(o->lacking);
    *o = (struct outcomes){.n = 0};
}
