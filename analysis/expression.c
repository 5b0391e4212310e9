/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression - see include/liandong/expression.h: a parser by recursive descent into postfix steps, and a stack of arrays. */
#include <ctype.h>
#include <liandong/expression.h>
#include <liandong/spending.h>
#include <stdarg.h>
#include <string.h>

enum { BLOCK = 32 };

/* -- reading ----------------------------------------------------------------------------------------------------------- */
struct parser {
    struct expression *e;
    const char *text, *at;
    struct place place;
    const char *const *series;
    size_t n;
    int depth;
    struct diag *diag;
};

static struct place here(const struct parser *p, const char *at)
{
    return (struct place){p->place.file, p->place.line, p->place.column + (int)(at - p->text)};
}

static void skip(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool taken(struct parser *p, char c)
{
    skip(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* A name, or "" where there is none. */
static enum status take_name(struct parser *p, char name[EXPRESSION_NAME])
{
    skip(p);
    const char *from = p->at;
    while (in_name(*p->at))
        p->at++;
    if ((size_t)(p->at - from) >= EXPRESSION_NAME)
        return diag_fail(p->diag, here(p, from), "this name is too long");
    snprintf(name, EXPRESSION_NAME, "%.*s", (int)(p->at - from), from);
    return OK;
}

static enum status add_step(struct parser *p, struct expression_step step)
{
    if (p->e->n_steps == EXPRESSION_STEPS)
        return diag_fail(p->diag, here(p, p->at), "this figure is too long");
    p->e->step[p->e->n_steps++] = step;
    return OK;
}

static enum status add_leaf(struct parser *p, struct expression_leaf leaf)
{
    if (p->e->n_leaves == EXPRESSION_LEAVES)
        return diag_fail(p->diag, here(p, p->at), "this figure is too long");
    p->e->leaf[p->e->n_leaves++] = leaf;
    return add_step(p, (struct expression_step){.what = STEP_LEAF, .leaf = p->e->n_leaves - 1});
}

static enum status check_series(const struct parser *p, const char *name, const char *at)
{
    for (size_t k = 0; k < p->n; k++)
        if (strcmp(p->series[k], name) == 0)
            return OK;
    const char *near = nearest_name(name, p->series, p->n);
    if (near != NULL)
        return diag_fail(p->diag, here(p, at), "unknown series '%s'; did you mean '%s'?", name, near);
    return diag_fail(p->diag, here(p, at), "unknown series '%s'", name);
}

static const char *const hows[] = {"total", "mean", "end", "last", "cost", "spending"};
enum { N_HOWS = sizeof hows / sizeof hows[0] };

/* What stands in the brackets behind `total`, `mean`, `end`, `last`. */
static enum status read_series(struct parser *p, struct expression_leaf *leaf)
{
    if (!taken(p, '('))
        return diag_fail(p->diag, here(p, p->at), "'(' is due here");
    skip(p);
    const char *at = p->at;
    TRY(take_name(p, leaf->series));
    TRY(check_series(p, leaf->series, at));
    if (taken(p, '.'))
        TRY(take_name(p, leaf->member));
    if (taken(p, '@'))
        TRY(take_name(p, leaf->region));
    if (!taken(p, ')'))
        return diag_fail(p->diag, here(p, p->at), "')' is due here");
    return OK;
}

static enum status read_named(struct parser *p)
{
    struct expression_leaf leaf = {.how = LEAF_TOTAL};
    char name[EXPRESSION_NAME];
    const char *at = p->at;
    int how = 0;
    TRY(take_name(p, name));
    while (how < N_HOWS && strcmp(hows[how], name) != 0)
        how++;
    if (how == N_HOWS) {
        const char *near = nearest_name(name, hows, N_HOWS);
        if (near != NULL)
            return diag_fail(p->diag, here(p, at), "'%s' is not one of: %s; did you mean '%s'?", name,
                             "total mean end last cost spending", near);
        return diag_fail(p->diag, here(p, at), "'%s' is not one of: %s", name, "total mean end last cost spending");
    }
    leaf.how = how == 0   ? LEAF_TOTAL
               : how == 1 ? LEAF_MEAN
               : how == 2 ? LEAF_END
               : how == 3 ? LEAF_LAST
               : how == 4 ? LEAF_COST
                          : LEAF_SPENDING;
    if (leaf.how != LEAF_COST && leaf.how != LEAF_SPENDING)
        TRY(read_series(p, &leaf));
    return add_leaf(p, leaf);
}

static enum status read_sum(struct parser *p);

static enum status read_bracket(struct parser *p)
{
    TRY(read_sum(p));
    return taken(p, ')') ? OK : diag_fail(p->diag, here(p, p->at), "')' is due here");
}

static enum status read_number(struct parser *p)
{
    char *end = NULL;
    double number = strtod(p->at, &end);
    p->at = end;
    return add_step(p, (struct expression_step){.what = STEP_NUMBER, .number = number});
}

static enum status read_part(struct parser *p)
{
    enum status status;
    if (++p->depth > EXPRESSION_DEPTH)
        return diag_fail(p->diag, here(p, p->at), "nested deeper than %d", EXPRESSION_DEPTH);
    if (taken(p, '-')) {
        status = read_part(p);
        if (status == OK)
            status = add_step(p, (struct expression_step){.what = STEP_MINUS});
    } else if (taken(p, '(')) {
        status = read_bracket(p);
    } else if (isdigit((unsigned char)*p->at)) {
        status = read_number(p);
    } else if (in_name(*p->at)) {
        status = read_named(p);
    } else {
        status = diag_fail(p->diag, here(p, p->at), "a number, a series or '(' is due here");
    }
    p->depth--;
    return status;
}

static enum status read_product(struct parser *p)
{
    TRY(read_part(p));
    for (;;) {
        bool times = taken(p, '*');
        if (!times && !taken(p, '/'))
            return OK;
        TRY(read_part(p));
        TRY(add_step(p, (struct expression_step){.what = times ? STEP_TIMES : STEP_OVER}));
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): at most EXPRESSION_DEPTH deep */
static enum status read_sum(struct parser *p)
{
    TRY(read_product(p));
    for (;;) {
        bool add = taken(p, '+');
        if (!add && !taken(p, '-'))
            return OK;
        TRY(read_product(p));
        TRY(add_step(p, (struct expression_step){.what = add ? STEP_ADD : STEP_TAKE}));
    }
}

/* "NAME =" in front; without it the text is its own name. */
static enum status read_title(struct parser *p)
{
    struct parser ahead = *p;
    char name[EXPRESSION_NAME] = "";
    TRY(take_name(&ahead, name));
    if (name[0] != '\0' && taken(&ahead, '=')) {
        memcpy(p->e->name, name, sizeof name);
        p->at = ahead.at;
        return OK;
    }
    for (size_t k = 0; k + 1 < EXPRESSION_NAME && p->text[k] != '\0'; k++) /* a name of one word */
        p->e->name[k] = isspace((unsigned char)p->text[k]) ? '_' : p->text[k];
    return OK;
}

enum status expression_read(struct expression *e, const char *text, struct place at, const char *const *series,
                            size_t n, struct diag *diag)
{
    *e = (struct expression){.n_steps = 0};
    struct parser p = {e, text, text, at, series, n, 0, diag};
    if (strlen(text) >= sizeof e->text)
        return diag_fail(diag, at, "this figure is too long");
    snprintf(e->text, sizeof e->text, "%s", text);
    TRY(read_title(&p));
    TRY(read_sum(&p));
    skip(&p);
    if (strncmp(p.at, "per", 3) == 0 && !in_name(p.at[3])) {
        e->split = e->n_steps;
        p.at += 3;
        TRY(read_sum(&p));
    }
    skip(&p);
    return *p.at == '\0' ? OK : diag_fail(diag, here(&p, p.at), "'%s' is not understood here", p.at);
}

/* -- values ------------------------------------------------------------------------------------------------------------ */
/* The place of a name in a variable of texts, or all of them where there is no name. */
static enum status find_text(const struct result *r, const char *variable, const char *name, size_t *from, size_t *to,
                             struct diag *diag)
{
    char **text;
    size_t n, k = 0;
    enum status status = OK;
    TRY(result_texts(r, variable, &text, &n, diag));
    *from = 0;
    *to = n;
    while (name[0] != '\0' && k < n && strcmp(text[k], name) != 0)
        k++;
    if (k == n && name[0] != '\0') {
        const char *near = nearest_name(name, (const char *const *)text, n);
        status = near != NULL
                     ? diag_stop(diag, FAILED, "%s: %s has no '%s'; did you mean '%s'?", r->path, variable, name, near)
                     : diag_stop(diag, FAILED, "%s: %s has no '%s'", r->path, variable, name);
    } else if (name[0] != '\0') {
        *from = k;
        *to = k + 1;
    }
    texts_free(text, n);
    return status;
}

struct window {
    int32_t first, last; /* months first ... last - 1 */
    size_t region[2], member[2], regions, members;
    bool average;
    double scale;
};

static enum status window_of(const struct expression_leaf *leaf, const struct result *r,
                             const struct result_variable *v, int32_t months, struct window *w, struct diag *diag)
{
    struct result_shape shape;
    TRY(result_shape(r, &shape, diag));
    if (v->text || v->rank < 3 || v->rank > 4 || v->length[0] != shape.runs || v->length[1] != (uint64_t)shape.months ||
        v->length[2] != shape.regions || months > shape.months)
        return diag_stop(diag, FAILED, "%s: '%s' is not a series by run, month and region", r->path, v->name);
    *w = (struct window){.first = 0, .last = shape.months, .regions = shape.regions, .members = 1};
    w->last = leaf->how == LEAF_MEAN || leaf->how == LEAF_END ? months : shape.months;
    w->first = leaf->how == LEAF_END || leaf->how == LEAF_LAST ? w->last - 1 : 0;
    w->average = v->real;
    w->scale = strcmp(v->unit, "fen") == 0 ? 0.01 : 1.0;
    TRY(find_text(r, "region", leaf->region, &w->region[0], &w->region[1], diag));
    w->member[1] = 1;
    if (v->rank == 3 && leaf->member[0] != '\0')
        return diag_stop(diag, FAILED, "%s: '%s' has no members", r->path, v->name);
    if (v->rank == 4) {
        w->members = (size_t)v->length[3];
        TRY(find_text(r, v->axis[3], leaf->member, &w->member[0], &w->member[1], diag));
    }
    return OK;
}

static double reduce(const struct window *w, bool real, const union cell *cells)
{
    double sum = 0.0, n = 0.0;
    for (int32_t t = w->first; t < w->last; t++)
        for (size_t g = w->region[0]; g < w->region[1]; g++)
            for (size_t k = w->member[0]; k < w->member[1]; k++) {
                union cell c = cells[((size_t)t * w->regions + g) * w->members + k];
                sum += real ? c.d : (double)c.i;
                n += 1.0;
            }
    return sum * w->scale / (w->average && n > 0.0 ? n : 1.0);
}

static enum status leaf_values(const struct expression_leaf *leaf, const struct result *r, int32_t months,
                               double *value, struct diag *diag)
{
    const struct result_variable *v;
    struct window w = {.first = 0};
    TRY(result_need(r, leaf->series, &v, diag));
    TRY(window_of(leaf, r, v, months, &w, diag));
    if (leaf->how == LEAF_MEAN && !v->real)
        w.scale /= (double)months;
    if (leaf->how == LEAF_TOTAL && v->real)
        w.average = false;
    union cell *cells = calloc(BLOCK * v->width + 1, sizeof *cells);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, v->name);
    for (uint64_t first = 0; first < v->length[0] && status == OK; first += BLOCK) {
        uint64_t n = v->length[0] - first < BLOCK ? v->length[0] - first : BLOCK;
        status = result_read(r, v, first, n, cells, diag);
        for (uint64_t i = 0; i < n && status == OK; i++)
            value[first + i] = reduce(&w, v->real, cells + i * v->width);
    }
    free(cells);
    return status;
}

/* Sum of some accounts over regions, of one run in one month. */
static int64_t public_money(const union cell *cells, size_t regions, size_t accounts, const size_t *which, size_t n)
{
    uint64_t sum = 0;
    for (size_t g = 0; g < regions; g++)
        for (size_t k = 0; k < n; k++)
            sum += (uint64_t)cells[g * accounts + which[k]].i;
    return (int64_t)sum;
}

/* What the public accounts lost since the start; integers to the end. */
static enum status public_loss(const struct result *r, double *value, struct diag *diag)
{
    static const char *const names[] = {PUBLIC_ACCOUNTS};
    enum { N = sizeof names / sizeof names[0] };
    const struct result_variable *v, *start;
    struct result_shape shape;
    size_t which[N], to, accounts, regions;
    TRY(result_shape(r, &shape, diag));
    TRY(result_need(r, "balances", &v, diag));
    TRY(result_need(r, "balances_start", &start, diag));
    for (size_t k = 0; k < N; k++)
        TRY(find_text(r, "account", names[k], &which[k], &to, diag));
    regions = shape.regions;
    accounts = start->width / regions;
    union cell *cells = calloc(v->width + start->width + 1, sizeof *cells);
    enum status status = cells == NULL ? diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, v->name) : OK;
    for (uint64_t run = 0; run < shape.runs && status == OK; run++) {
        status = result_read(r, v, run, 1, cells, diag);
        if (status == OK)
            status = result_read(r, start, run, 1, cells + v->width, diag);
        if (status == OK)
            value[run] = 0.01 * (double)(public_money(cells + v->width, regions, accounts, which, N) -
                                         public_money(cells + v->width - start->width, regions, accounts, which, N));
    }
    free(cells);
    return status;
}

static enum status cost_values(const struct expression_leaf *leaf, const struct result *r, int32_t months,
                               double *value, struct diag *diag)
{
    const struct expression_leaf tax = {.how = LEAF_TOTAL, .series = "tax_city"};
    struct result_shape shape;
    TRY(result_shape(r, &shape, diag));
    TRY(public_loss(r, value, diag));
    if (leaf->how == LEAF_COST)
        return OK;
    double *share = calloc(shape.runs + 1, sizeof *share);
    if (share == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, tax.series);
    enum status status = leaf_values(&tax, r, months, share, diag);
    for (uint32_t run = 0; run < shape.runs && status == OK; run++)
        value[run] += share[run];
    free(share);
    return status;
}

static void combine(const struct expression_step *step, double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (step->what) {
        case STEP_ADD:
            a[i] += b[i];
            break;
        case STEP_TAKE:
            a[i] -= b[i];
            break;
        case STEP_TIMES:
            a[i] *= b[i];
            break;
        default:
            a[i] /= b[i];
        }
    }
}

/* Steps from ... to - 1 over a stack of arrays; the result lies at its bottom. */
static enum status run_steps(const struct expression *e, size_t from, size_t to, const struct result *r, int32_t months,
                             size_t runs, double *stack, struct diag *diag)
{
    size_t height = 0;
    for (size_t s = from; s < to; s++) {
        const struct expression_step *step = &e->step[s];
        if (step->what == STEP_NUMBER || step->what == STEP_LEAF) {
            double *top = stack + height++ * runs;
            for (size_t i = 0; i < runs; i++)
                top[i] = step->number;
            const struct expression_leaf *leaf = &e->leaf[step->leaf];
            if (step->what == STEP_LEAF)
                TRY(leaf->how == LEAF_COST || leaf->how == LEAF_SPENDING ? cost_values(leaf, r, months, top, diag)
                                                                         : leaf_values(leaf, r, months, top, diag));
        } else if (step->what == STEP_MINUS) {
            for (size_t i = 0; i < runs; i++)
                stack[(height - 1) * runs + i] *= -1.0;
        } else {
            height--;
            combine(step, stack + (height - 1) * runs, stack + height * runs, runs);
        }
    }
    return OK;
}

enum status expression_values(const struct expression *e, const struct result *r, int32_t months, double *value,
                              double *below, struct diag *diag)
{
    struct result_shape shape;
    TRY(result_shape(r, &shape, diag));
    size_t runs = shape.runs, end = e->split > 0 ? e->split : e->n_steps;
    double *stack = calloc((e->n_steps + 1) * runs + 1, sizeof *stack);
    if (stack == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the figure %s", r->path, e->name);
    enum status status = run_steps(e, 0, end, r, months, runs, stack, diag);
    if (status == OK)
        memcpy(value, stack, runs * sizeof *value);
    if (status == OK && e->split > 0) {
        status = run_steps(e, end, e->n_steps, r, months, runs, stack, diag);
        memcpy(below, stack, runs * sizeof *below);
    }
    free(stack);
    return status;
}
