/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_worlds - reads results, fixes bounds and weights by the reference, and pairs worlds run by run. */
#include <liandong/coupling_output.h>
#include <liandong/coupling_worlds.h>
#include <liandong/results.h>
#include <math.h>
#include <string.h>

const char *worlds_subsystem(size_t s)
{
    static const char *const name[OUTCOME_SUBSYSTEMS] = {"innovation", "finance", "spending"};
    return name[s];
}

const char *worlds_subsystem_zh(size_t s)
{
    static const char *const name[OUTCOME_SUBSYSTEMS] = {"科技创新", "科技金融", "财政支出"};
    return name[s];
}

/* -- reading ---------------------------------------------------------------------------------------------------------- */
/* Whether a world is really cut: a file that is not would give a causal coupling of nothing. */
static void check_cut(const struct result *r, const struct outcomes *o, struct diag *diag)
{
    for (size_t k = 0; k < o->regions; k++) {
        char name[256], *text = NULL;
        struct diag own;
        diag_init(&own);
        snprintf(name, sizeof name, "regions.%s.enterprise.finance_limits_rd", o->region[k]);
        bool on = result_text(r, "parameters", name, &text, &own) == OK && strncmp(text, "false", 5) != 0;
        free(text);
        diag_free(&own);
        if (on) {
            diag_warn(diag, (struct place){r->path, 0, 0}, "enterprise.finance_limits_rd is on in %s: nothing is cut",
                      o->region[k]);
            return;
        }
    }
}

static enum status read_set(struct world_set *set, const char *path, bool cut, struct diag *diag)
{
    struct result r;
    set->path = path;
    TRY(result_open(&r, path, diag));
    enum status status = outcomes_read(&set->of, &r, diag);
    if (status == OK)
        status = result_text(&r, NULL, "digest", &set->digest, diag);
    if (status == OK)
        status = result_integer(&r, "seed", &set->seed, diag);
    if (status == OK && cut)
        check_cut(&r, &set->of, diag);
    result_close(&r);
    return status;
}

static enum status check_paired(const struct world_set *a, const struct world_set *b, struct diag *diag)
{
    const char *why = NULL;
    if (a->seed != b->seed)
        why = tr("another seed", "随机种子不同");
    else if (a->of.runs != b->of.runs)
        why = tr("another number of runs", "模拟次数不同");
    else if (a->of.years != b->of.years || a->of.first_year != b->of.first_year)
        why = tr("other years", "年份不同");
    else if (a->of.regions != b->of.regions)
        why = tr("other regions", "区域不同");
    for (size_t k = 0; why == NULL && k < a->of.regions; k++)
        if (strcmp(a->of.region[k], b->of.region[k]) != 0)
            why = tr("other regions", "区域不同");
    return why == NULL ? OK : diag_fail(diag, (struct place){b->path, 0, 0}, "is not paired with %s: %s", a->path, why);
}

static enum status read_sets(struct worlds *w, const struct worlds_options *o, struct diag *diag)
{
    const char *path[WORLD_ROLES] = {o->result, o->reference, o->cut, o->against};
    for (size_t k = 0; k < WORLD_ROLES; k++) {
        w->has[k] = path[k] != NULL;
        if (w->has[k])
            TRY(read_set(&w->set[k], path[k], k == WORLD_CUT, diag));
    }
    enum status status = OK;
    for (size_t k = WORLD_CUT; k < WORLD_ROLES; k++)
        if (w->has[k] && check_paired(&w->set[WORLD_RESULT], &w->set[k], diag) != OK)
            status = FAILED;
    const struct outcomes *of = &w->set[WORLD_RESULT].of;
    w->reference = w->has[WORLD_REFERENCE] ? &w->set[WORLD_REFERENCE] : &w->set[WORLD_RESULT];
    w->runs = of->runs;
    w->regions = of->regions;
    w->years = of->years;
    w->rows = w->runs * w->regions * w->years;
    return status;
}

/* -- the reference ---------------------------------------------------------------------------------------------------- */
/* Left out is what one of the results lacks, and what the reference cannot tell apart. */
static void choose_indicators(struct worlds *w)
{
    const struct outcomes *ref = &w->reference->of;
    for (size_t j = 0; j < w->m; j++) {
        const struct outcome_desc *d = &outcome_table[j];
        struct ccd_indicator *to = &w->indicator[j];
        *to = (struct ccd_indicator){
            .subsystem = d->subsystem, .direction = d->direction, .bounds = {HUGE_VAL, -HUGE_VAL}
        };
        for (size_t i = 0; i < ref->runs * ref->regions * ref->years; i++) {
            to->bounds.least = fmin(to->bounds.least, ref->x[i * ref->n + j]);
            to->bounds.most = fmax(to->bounds.most, ref->x[i * ref->n + j]);
        }
        w->state[j] = ccd_is_constant(to, to->bounds) ? INDICATOR_CONSTANT : INDICATOR_USED;
        for (size_t k = 0; k < WORLD_ROLES; k++)
            if (w->has[k] && w->set[k].of.lacking[j][0] != '\0')
                w->state[j] = INDICATOR_LACKING;
        to->dropped = w->state[j] != INDICATOR_USED;
    }
}

/* The first m outcomes as a panel of (run, region) x year. */
static enum status evaluate(struct worlds *w, const struct outcomes *of, struct ccd_result *result, struct diag *diag)
{
    size_t rows = of->runs * of->regions * of->years;
    struct ccd_system system = {w->s, w->m, w->indicator, w->share};
    double *x = calloc(rows * w->m + 1, sizeof *x);
    size_t *key = calloc(2 * rows + 1, sizeof *key);
    struct ccd_trouble trouble = {CCD_NO_MEMORY, 0, 0};
    struct ccd_panel panel = {rows, of->runs * of->regions, of->years, key, key + rows, x};
    for (size_t i = 0; x != NULL && key != NULL && i < rows; i++) {
        key[i] = i / of->years;
        key[rows + i] = i % of->years;
        memcpy(x + i * w->m, of->x + i * of->n, w->m * sizeof *x);
    }
    if (x != NULL && key != NULL)
        trouble = ccd_evaluate(&system, &panel, &w->options, result);
    if (trouble.fault == CCD_GOOD && w->options.scope == CCD_SCOPE_POOLED)
        ccd_fix(&panel, result, w->indicator, w->share);
    free(x);
    free(key);
    if (trouble.fault == CCD_NO_WEIGHTS)
        return diag_fail(diag, (struct place){w->reference->path, 0, 0},
                         "no indicator of '%s' varies in this reference", worlds_subsystem(trouble.where));
    return trouble.fault == CCD_GOOD ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status fix(struct worlds *w, struct diag *diag)
{
    struct ccd_result reference = {.n = 0};
    w->options = ccd_usual();
    w->options.shares = CCD_SHARES_EQUAL;
    w->options.weighting = w->weighting;
    choose_indicators(w);
    enum status status = evaluate(w, &w->reference->of, &reference, diag);
    ccd_result_free(&reference);
    w->options.scope = CCD_SCOPE_FIXED;
    w->options.weighting = CCD_WEIGHTS_GIVEN;
    w->options.shares = CCD_SHARES_GIVEN;
    return status;
}

/* Values beyond the bounds count as the bound: how many they are is said. */
static enum status count_outside(struct worlds *w, struct world_set *set, struct diag *diag)
{
    size_t rows = set->of.runs * set->of.regions * set->of.years, outside = 0, values = 0;
    set->below = calloc(2 * w->m + 1, sizeof *set->below);
    if (set->below == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    set->above = set->below + w->m;
    for (size_t k = 0; k < rows * w->m; k++) {
        size_t j = k % w->m;
        double x = set->of.x[k / w->m * set->of.n + j];
        struct ccd_bounds b = w->indicator[j].bounds;
        bool used = w->state[j] == INDICATOR_USED, below = used && x < b.least, above = used && x > b.most;
        set->below[j] += below;
        set->above[j] += above;
        outside += below || above;
        values += used;
    }
    if (outside > 0)
        diag_warn(diag, (struct place){set->path, 0, 0},
                  "%zu of %zu values lie outside the bounds of the reference and count as the bound", outside, values);
    return OK;
}

/* -- what is asked of the worlds -------------------------------------------------------------------------------------- */
/* One index permuted over the regions of a run and year; with one region over the runs of the year. */
static enum status permute(struct worlds *w, struct diag *diag)
{
    const struct ccd_result *r = &w->set[WORLD_RESULT].result;
    struct ccd_formula formula = {w->options.coupling, w->options.power};
    bool alone = w->regions == 1;
    size_t n = alone ? w->runs : w->regions, groups = w->rows / n;
    double *u = calloc(n * (w->s + 1) + 1, sizeof *u), *c = u == NULL ? NULL : u + n * w->s;
    if (u == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t g = 0; g < groups; g++) {
        size_t run = alone ? 0 : g / w->years, year = g % w->years;
        size_t first = run * w->regions * w->years + year;
        for (size_t i = 0; i < n; i++)
            memcpy(u + i * w->s, r->u + (first + i * w->years) * w->s, w->s * sizeof *u);
        ccd_permuted(&formula, u, n, w->s, c);
        for (size_t i = 0; i < n; i++)
            w->permuted[first + i * w->years] = c[i];
    }
    free(u);
    return OK;
}

static enum status pair(struct worlds *w, struct diag *diag)
{
    const struct ccd_result *r = &w->set[WORLD_RESULT].result, *cut = &w->set[WORLD_CUT].result;
    const struct ccd_result *base = &w->set[WORLD_AGAINST].result;
    struct ccd_system system = {w->s, w->m, w->indicator, w->share};
    struct ccd_game game = {
        &system, r->weight, r->share, {w->options.coupling, w->options.power}
    };
    for (size_t i = 0; i < w->rows && w->has[WORLD_CUT]; i++)
        w->causal[i] = r->d[i] - cut->d[i];
    for (size_t i = 0; i < w->rows && w->has[WORLD_AGAINST]; i++) {
        struct ccd_split split = ccd_split_change(base->c[i], base->t[i], r->c[i], r->t[i]);
        w->change[i] = split.change;
        w->from_t[i] = split.from_t;
        w->from_c[i] = split.from_c;
        if (!ccd_shapley(&game, base->normal + i * w->m, r->normal + i * w->m, w->carried + i * w->m))
            return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    return OK;
}

static bool room(struct worlds *w)
{
    w->permuted = calloc(5 * w->rows + 1, sizeof *w->permuted);
    w->carried = calloc(w->rows * w->m + 1, sizeof *w->carried);
    w->scratch = calloc(w->runs + 1, sizeof *w->scratch);
    if (w->permuted == NULL || w->carried == NULL || w->scratch == NULL)
        return false;
    w->causal = w->permuted + w->rows;
    w->change = w->causal + w->rows;
    w->from_t = w->change + w->rows;
    w->from_c = w->from_t + w->rows;
    return true;
}

enum status worlds_make(struct worlds *w, const struct worlds_options *o, struct diag *diag)
{
    w->s = o->spending ? OUTCOME_SUBSYSTEMS : OUTCOME_SPENDING;
    while (w->m < n_outcomes && outcome_table[w->m].subsystem < w->s)
        w->m++;
    w->state = calloc(w->m, sizeof *w->state);
    w->indicator = calloc(w->m, sizeof *w->indicator);
    TRY(read_sets(w, o, diag));
    if (w->state == NULL || w->indicator == NULL || !room(w))
        return diag_stop(diag, NO_MEMORY, "out of memory");
    TRY(fix(w, diag));
    for (size_t k = 0; k < WORLD_ROLES; k++)
        if (w->has[k] && k != WORLD_REFERENCE) {
            TRY(evaluate(w, &w->set[k].of, &w->set[k].result, diag));
            TRY(count_outside(w, &w->set[k], diag));
        }
    TRY(permute(w, diag));
    return pair(w, diag);
}

void worlds_free(struct worlds *w)
{
    for (size_t k = 0; k < WORLD_ROLES; k++) {
        free(w->set[k].digest);
        free(w->set[k].below);
        outcomes_free(&w->set[k].of);
        ccd_result_free(&w->set[k].result);
    }
    free(w->state);
    free(w->indicator);
    free(w->permuted);
    free(w->carried);
    free(w->scratch);
}

struct ccd_spread worlds_spread(const struct worlds *w, const double *value, size_t width, size_t k, size_t region,
                                size_t year)
{
    bool all = region == w->regions;
    size_t first = all ? 0 : region, last = all ? w->regions : region + 1;
    for (size_t run = 0; run < w->runs; run++) {
        double sum = 0.0;
        for (size_t r = first; r < last; r++)
            sum += value[((run * w->regions + r) * w->years + year) * width + k];
        w->scratch[run] = sum / (double)(last - first);
    }
    return ccd_spread_of(w->scratch, w->runs);
}

/* -- printing and writing --------------------------------------------------------------------------------------------- */
struct one {
    const struct worlds_table *d;
    const struct worlds *w;
};

static enum status print_one(const void *what, FILE *to, struct diag *diag)
{
    const struct one *one = what;
    struct coupling_table t;
    coupling_table_init(&t, &one->w->look, one->d->name, tr(one->d->en, one->d->zh));
    worlds_notes(&t, one->w);
    one->d->fill(&t, one->w);
    coupling_table_close(&t);
    t.table.note = (const char *const *)t.note;
    t.table.n_notes = t.n_notes;
    enum status status = t.no_memory ? diag_stop(diag, NO_MEMORY, "out of memory")
                                     : table_print(&t.table, one->w->look.format, to, diag);
    coupling_table_free(&t);
    return status;
}

static enum status choose_weighting(struct worlds *w, const char *name, struct diag *diag)
{
    const char *names[CCD_WEIGHTINGS];
    w->weighting = CCD_WEIGHTS_ENTROPY;
    for (size_t k = 0; k < CCD_WEIGHTINGS; k++) {
        names[k] = ccd_weightings[k].name;
        if (name != NULL && k != CCD_WEIGHTS_GIVEN && strcmp(name, names[k]) == 0) {
            w->weighting = (enum ccd_weighting)k;
            return OK;
        }
    }
    if (name == NULL)
        return OK;
    const char *near = nearest_name(name, names, CCD_WEIGHTS_GIVEN);
    if (near != NULL)
        return diag_fail(diag, (struct place){0}, "unknown weights '%s'; did you mean '%s'?", name, near);
    return diag_fail(diag, (struct place){0}, "unknown weights '%s'; `coupling --methods` lists them", name);
}

/* Before anything is calculated. */
static const struct worlds_table *table_named(const struct worlds_options *o, const char *name, struct diag *diag)
{
    const char *names[16];
    const char *given[WORLD_ROLES] = {o->result, o->reference, o->cut, o->against};
    static const char *const option[WORLD_ROLES] = {"", "--reference", "--cut", "--against"};
    for (size_t k = 0; k < n_worlds_tables; k++) {
        const struct worlds_table *d = &worlds_tables[k];
        names[k] = d->name;
        if (strcmp(d->name, name) != 0)
            continue;
        if (given[d->needs] != NULL)
            return d;
        (void)diag_fail(diag, (struct place){0}, "the table '%s' needs %s", name, option[d->needs]);
        return NULL;
    }
    const char *near = nearest_name(name, names, n_worlds_tables);
    if (near != NULL)
        (void)diag_fail(diag, (struct place){0}, "there is no table '%s'; did you mean '%s'?", name, near);
    else
        (void)diag_fail(diag, (struct place){0}, "there is no table '%s'", name);
    return NULL;
}

static enum status write_all(const struct common *c, const char *out, const struct worlds *w, struct diag *diag)
{
    bool file = output_ends_in(out, ".h5");
    if (file)
        TRY(worlds_file_write(out, w, diag));
    for (size_t k = 0; k < n_worlds_tables; k++) {
        struct one one = {&worlds_tables[k], w};
        if (!w->has[one.d->needs] || (file && one.d->in_file))
            continue;
        char *path = output_beside(out, one.d->name);
        if (path == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
        enum status status = output_write(path, print_one, &one, diag);
        if (status == OK)
            command_say(c, "%s: %s", path, tr(one.d->en, one.d->zh));
        free(path);
        TRY(status);
    }
    return OK;
}

enum status worlds_command(const struct common *c, const struct worlds_options *o, struct diag *diag)
{
    struct worlds w = {.s = 0};
    struct one one = {table_named(o, o->table != NULL ? o->table : "degrees", diag), &w};
    struct one then = {o->then != NULL ? table_named(o, o->then, diag) : NULL, &w};
    const char *read[] = {o->result, o->reference, o->cut, o->against};
    if (one.d == NULL || (o->then != NULL && then.d == NULL))
        return FAILED;
    for (size_t k = 0; k < WORLD_ROLES; k++)
        if (file_is_same(o->out, read[k]))
            return diag_fail(diag, (struct place){0}, "%s is read here; it is left as it is", o->out);
    TRY(choose_weighting(&w, o->weights, diag));
    w.look.format = output_format(o->out, c->format);
    w.look.digits = o->digits;
    enum status status = worlds_make(&w, o, diag);
    if (status == OK && (o->out == NULL || o->table != NULL))
        status = print_one(&one, stdout, diag);
    if (status == OK && then.d != NULL) {
        if (c->format == FORMAT_TEXT)
            putchar('\n');
        status = print_one(&then, stdout, diag);
    }
    if (status == OK && o->out != NULL)
        status = write_all(c, o->out, &w, diag);
    worlds_free(&w);
    return status;
}
