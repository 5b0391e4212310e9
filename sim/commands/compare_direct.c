/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Direct effects: a sample of the enterprises that a variant reaches, each admitted alone; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/directs.h>
#include <liandong/mathx.h>
#include <liandong/results.h>
#include <string.h>

enum { BLOCK = 4096 };

/* The market of one enterprise alone is the base's only where the variant switches policies on, and does nothing else. */
enum status direct_check(const struct compare_task *t, struct diag *diag)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    const struct setup *base = &t->scenario[0].setup;
    for (size_t v = 1; v < t->n_worlds; v++) {
        const struct setup *s = &t->scenario[v].setup;
        size_t n = switched_list(base, s, N_GROUPS, list);
        bool only = n > 0 && switched_only(base, s);
        for (size_t k = 0; k < n; k++)
            only = only && !list[k].in_base;
        if (!only || switched_list(s, base, N_GROUPS, list) > 0)
            return diag_stop(diag, FAILED,
                             "--direct: %s must switch on policies that do not stand in %s, and differ in nothing else",
                             t->name[v], t->name[0]);
        const char *steers = task_steers(t, v, N_GROUPS);
        if (steers != NULL)
            return diag_stop(diag, FAILED, "--direct: %s switches %s, which acts on banks whomever it admits",
                             t->name[v], steers);
    }
    return OK;
}

/* -- the sample -------------------------------------------------------------------------------------------------------------- */
static const char *const columns[] = {"run",         "variant",        "horizon",      "origin",
                                      "index",       "supported",      "alive_base",   "alive_variant",
                                      "credit_base", "credit_variant", "patents_base", "patents_variant"};
enum {
    RUN,
    VARIANT,
    HORIZON,
    ORIGIN,
    INDEX,
    SUPPORTED,
    ALIVE,
    CREDIT = ALIVE + 2,
    PATENTS = CREDIT + 2,
    N_READ = PATENTS + 2
};

struct rows {
    const struct result *r;
    const struct result_variable *v[N_READ];
    union cell cell[N_READ][BLOCK];
};

typedef void (*row_fn)(struct compare_task *t, const int64_t row[N_READ]);

/* Calls for every row of an enterprise that the variant reaches. */
static enum status each_row(struct compare_task *t, struct rows *rows, row_fn take, struct diag *diag)
{
    uint64_t n = rows->v[0]->length[0];
    for (uint64_t first = 0; first < n; first += BLOCK) {
        uint64_t some = n - first < BLOCK ? n - first : BLOCK;
        for (int k = 0; k < N_READ; k++)
            TRY(result_read(rows->r, rows->v[k], first, some, rows->cell[k], diag));
        for (uint64_t i = 0; i < some; i++) {
            int64_t row[N_READ];
            for (int k = 0; k < N_READ; k++)
                row[k] = rows->cell[k][i].i;
            bool ours =
                row[VARIANT] >= 0 && row[VARIANT] + 1 < (int64_t)t->n_worlds && row[RUN] >= 0 && row[RUN] < t->o->runs;
            if (row[SUPPORTED] && ours)
                take(t, row);
        }
    }
    return OK;
}

/* The sample of one variant in one run: t->o->direct places, those that are free with the largest key. */
static struct direct_sample *places_of(const struct compare_task *t, int64_t variant, int64_t run)
{
    return t->sample + ((size_t)variant * (size_t)t->o->runs + (size_t)run) * (size_t)t->o->direct;
}

/* Keeps those with the smallest keys, so that a smaller sample is part of a larger one. */
static void draw_row(struct compare_task *t, const int64_t row[N_READ])
{
    struct identity who = {(uint64_t)row[ORIGIN], (uint32_t)row[INDEX]};
    struct direct_sample *place = places_of(t, row[VARIANT], row[RUN]), *worst = place;
    uint64_t key = ld_mix(ld_mix(who.origin, who.index), ld_hash("direct")) >> 1;
    if (row[HORIZON] != t->horizon[0])
        return;
    for (long k = 1; k < t->o->direct; k++)
        worst = place[k].key > worst->key ? &place[k] : worst;
    if (key < worst->key)
        *worst = (struct direct_sample){
            .variant = (size_t)row[VARIANT] + 1, .run = (uint32_t)row[RUN], .who = who, .key = key};
}

static void fill_row(struct compare_task *t, const int64_t row[N_READ])
{
    struct direct_sample *place = places_of(t, row[VARIANT], row[RUN]);
    int h = 0;
    while (h < FATE_HORIZONS && t->horizon[h] != row[HORIZON])
        h++;
    for (long k = 0; k < t->o->direct && h < FATE_HORIZONS; k++)
        if (place[k].variant > 0 && place[k].who.origin == (uint64_t)row[ORIGIN] &&
            place[k].who.index == (uint32_t)row[INDEX])
            for (int w = IN_BASE; w <= IN_VARIANT; w++)
                place[k].in[w][h] = (struct fate_state){
                    .alive = row[ALIVE + w] != 0, .patents = (uint16_t)row[PATENTS + w], .credit = row[CREDIT + w]};
}

static int by_place(const void *a, const void *b)
{
    const struct direct_sample *x = a, *y = b;
    if (x->variant != y->variant)
        return x->variant < y->variant ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Free places leave; the rest in order of variants, runs and keys. */
static void tidy(struct compare_task *t)
{
    size_t n = 0;
    for (size_t k = 0; k < t->n_sample; k++)
        if (t->sample[k].variant > 0)
            t->sample[n++] = t->sample[k];
    t->n_sample = n;
    qsort(t->sample, n, sizeof *t->sample, by_place);
}

static enum status read_rows(struct compare_task *t, struct rows *rows, const struct result *r, struct diag *diag)
{
    rows->r = r;
    for (int k = 0; k < N_READ; k++) {
        TRY(result_need(r, columns[k], &rows->v[k], diag));
        if (rows->v[k]->rank != 1 || rows->v[k]->text || rows->v[k]->length[0] != rows->v[0]->length[0])
            return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, columns[k]);
    }
    TRY(each_row(t, rows, draw_row, diag));
    return each_row(t, rows, fill_row, diag);
}

static enum status draw_sample(struct compare_task *t, struct diag *diag)
{
    struct result r;
    t->n_sample = (t->n_worlds - 1) * (size_t)t->o->runs * (size_t)t->o->direct;
    t->sample = calloc(t->n_sample + 1, sizeof *t->sample);
    struct rows *rows = calloc(1, sizeof *rows);
    for (size_t k = 0; t->sample != NULL && k < t->n_sample; k++)
        t->sample[k].key = UINT64_MAX;
    enum status status = t->sample == NULL || rows == NULL ? diag_stop(diag, NO_MEMORY, "out of memory")
                                                           : result_open(&r, t->rows, diag);
    if (status == OK) {
        status = read_rows(t, rows, &r, diag);
        result_close(&r);
    }
    free(rows);
    if (status == OK)
        tidy(t);
    return status;
}

/* -- worlds ------------------------------------------------------------------------------------------------------------------ */
/* The sample of one variant, from `first` on, n of them. */
static enum status live(struct compare_task *t, size_t variant, struct direct_sample *first, size_t n,
                        struct telling *telling, struct diag *diag)
{
    size_t runs = (size_t)t->o->runs, *start = calloc(runs + 2, sizeof *start);
    struct direct_one *one = calloc(n + 1, sizeof *one);
    enum status status = start == NULL || one == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    for (size_t k = 0; k < n && status == OK; k++) {
        one[k].who = first[k].who;
        for (size_t run = first[k].run; run < runs; run++)
            start[run + 1] = k + 1;
    }
    struct direct_request q = {.scenario = &t->scenario[variant],
                               .lines = t->of[variant].lines,
                               .horizon = t->horizon,
                               .one = one,
                               .start = start,
                               .runs = (uint32_t)runs,
                               .threads = (int32_t)t->o->threads,
                               .quiet = t->c->quiet,
                               .no_cache = t->o->no_cache,
                               .stop = telling_stop(),
                               .listener = &telling->listener};
    if (status == OK)
        status = direct_all(&q, diag);
    for (size_t k = 0; k < n && status == OK; k++)
        memcpy(first[k].in[IN_ALONE], one[k].at, sizeof one[k].at);
    free(start);
    free(one);
    return status;
}

/* -- the file ---------------------------------------------------------------------------------------------------------------- */
enum { N_COLUMNS = 14 };

static enum status put_rows(struct result_table *table, const struct compare_task *t, struct diag *diag)
{
    for (size_t k = 0; k < t->n_sample; k++)
        for (int h = 0; h < FATE_HORIZONS && t->horizon[h] != 0; h++) {
            const struct direct_sample *s = &t->sample[k];
            union cell row[N_COLUMNS] = {{.i = s->run},
                                         {.i = (int64_t)s->variant - 1},
                                         {.i = t->horizon[h]},
                                         {.i = (int64_t)s->who.origin},
                                         {.i = s->who.index}};
            for (int w = 0; w < N_DIRECT_WORLDS; w++) {
                row[5 + w].i = s->in[w][h].alive;
                row[8 + w].i = s->in[w][h].credit;
                row[11 + w].i = s->in[w][h].patents;
            }
            TRY(result_table_append(table, row, 1, diag));
        }
    return OK;
}

static void name_columns(struct result_column *column, const char *variants)
{
    const struct result_column list[N_COLUMNS] = {
        {"run",             "1",       RESULT_INT32, "run of the ensemble",                                               "模拟序号",             NULL    },
        {"variant",         "1",       RESULT_CODE,  "the world compared with the base",                                  "对照方案",             variants},
        {"horizon",         "months",  RESULT_INT32, "months after the start",                                            "距起始月数",          NULL    },
        {"origin",          "1",       RESULT_INT64, "enterprise: hash of region and month of the idea",                  "企业来源标识",       NULL    },
        {"index",           "1",       RESULT_INT64, "enterprise: number within its origin",                              "企业序号",             NULL    },
        {"alive_base",      "1",       RESULT_INT32, "alive in the base",                                                 "基准中存续",          NULL    },
        {"alive_variant",   "1",       RESULT_INT32, "alive in the variant",                                              "方案中存续",          NULL    },
        {"alive_alone",     "1",       RESULT_INT32, "alive where it alone is admitted",                                  "仅其准入时存续",    NULL    },
        {"credit_base",     "fen",     RESULT_INT64, "facilities granted in the base",                                    "基准授信额",          NULL    },
        {"credit_variant",  "fen",     RESULT_INT64, "facilities granted in the variant",                                 "方案授信额",          NULL    },
        {"credit_alone",    "fen",     RESULT_INT64, "facilities granted where it alone is admitted",                     "仅其准入时授信额",
         NULL                                                                                                                                                 },
        {"patents_base",    "patents", RESULT_INT32, "patents since the start in the base, of the living",                "基准专利数",
         NULL                                                                                                                                                 },
        {"patents_variant", "patents", RESULT_INT32, "patents since the start in the variant, of the living",
         "方案专利数",                                                                                                                           NULL    },
        {"patents_alone",   "patents", RESULT_INT32, "patents since the start where it alone is admitted, of the living",
         "仅其准入时专利数",                                                                                                                  NULL    },
    };
    memcpy(column, list, sizeof list);
}

static enum status write_table(const struct compare_task *t, const char *scenario, const char *variants,
                               struct diag *diag)
{
    struct result_column column[N_COLUMNS];
    struct result_about about = {.setup = &t->scenario[0].setup, .scenario = scenario, .runs = (uint32_t)t->o->runs};
    struct result_table_about title = {"direct effects: one enterprise admitted alone", "直接效应：仅一户准入", &about};
    struct result_table *table = NULL;
    uint64_t rows = 0;
    for (int h = 0; h < FATE_HORIZONS && t->horizon[h] != 0; h++)
        rows += t->n_sample;
    name_columns(column, variants);
    enum status status = result_table_create(&table, t->direct, &title, column, N_COLUMNS, rows, diag);
    if (status == OK)
        status = put_rows(table, t, diag);
    if (status == OK)
        return result_table_finish(table, diag);
    result_table_abandon(table);
    return status;
}

static enum status write_file(const struct compare_task *t, struct diag *diag)
{
    char variants[COMPARE_MOST * NAME_ROOM] = "";
    size_t size, used = 0;
    char *scenario = scenario_text(&t->scenario[0], &size);
    if (scenario == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t v = 1; v < t->n_worlds; v++)
        used += (size_t)snprintf(variants + used, sizeof variants - used, "%s%s", v > 1 ? " " : "", t->name[v]);
    enum status status = write_table(t, scenario, variants, diag);
    free(scenario);
    return status;
}

enum status direct_make(struct compare_task *t, struct telling *telling, struct diag *diag)
{
    TRY(draw_sample(t, diag));
    for (size_t k = 0, n; k < t->n_sample; k += n) {
        n = 1;
        while (k + n < t->n_sample && t->sample[k + n].variant == t->sample[k].variant)
            n++;
        TRY(live(t, t->sample[k].variant, t->sample + k, n, telling, diag));
    }
    return write_file(t, diag);
}
