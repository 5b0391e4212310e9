/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The direct effect of a policy, next to what it does as a regime and to what the others' taking part adds; see
 * include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 9 };

/* From one world to another, of the same enterprises. */
static const struct effect {
    int from, to;
    const char *en, *zh;
} effects[] = {
    {IN_BASE,  IN_ALONE,   "direct",    "直接效应"},
    {IN_ALONE, IN_VARIANT, "spillover", "溢出效应"},
    {IN_BASE,  IN_VARIANT, "regime",    "总体效应"},
};

/* The outcome of one enterprise; false: it does not count (patents of those who live in all three worlds only). */
static bool outcome_of(const struct direct_sample *s, int h, int outcome, double value[N_DIRECT_WORLDS])
{
    bool all = true;
    for (int w = 0; w < N_DIRECT_WORLDS; w++) {
        const struct fate_state *x = &s->in[w][h];
        all = all && x->alive;
        value[w] = outcome == FATE_CREDIT     ? 0.01 * (double)x->credit
                   : outcome == FATE_SURVIVAL ? x->alive
                   : outcome == FATE_PATENTS  ? x->patents
                                              : x->board > 0;
    }
    return outcome != FATE_PATENTS || all;
}

/* Where there are no boards nobody is listed, and nothing is said of it. */
static bool anybody(const struct compare_task *t, int outcome)
{
    bool any = outcome != FATE_LISTING;
    for (size_t k = 0; k < t->n_sample && !any; k++)
        for (int w = 0; w < N_DIRECT_WORLDS; w++)
            for (int h = 0; h < FATE_HORIZONS; h++)
                any = any || t->sample[k].in[w][h].board > 0;
    return any;
}

/* Means of each run in which anybody counts, [world][runs]; returns how many runs these are, and how many enterprises. */
static size_t run_means(const struct compare_task *t, size_t variant, int h, int outcome, double *mean, size_t *heads)
{
    size_t runs = (size_t)t->o->runs, n = 0;
    *heads = 0;
    for (size_t k = 0; k < t->n_sample;) { /* the sample of one variant in one run after another */
        size_t first = k, counted = 0;
        double value[N_DIRECT_WORLDS], sum[N_DIRECT_WORLDS] = {0.0, 0.0, 0.0};
        for (; k < t->n_sample && t->sample[k].run == t->sample[first].run &&
               t->sample[k].variant == t->sample[first].variant;
             k++)
            if (t->sample[k].variant == variant && outcome_of(&t->sample[k], h, outcome, value)) {
                for (int w = 0; w < N_DIRECT_WORLDS; w++)
                    sum[w] += value[w];
                counted++;
            }
        for (int w = 0; w < N_DIRECT_WORLDS && counted > 0; w++)
            mean[(size_t)w * runs + n] = sum[w] / (double)counted;
        n += counted > 0;
        *heads += counted;
    }
    return n;
}

static void add_rows(struct table *table, const struct compare_task *t, size_t variant, int h, int outcome,
                     double *mean)
{
    static const char *const names_en[] = {"credit", "survival", "patents", "listing"};
    static const char *const names_zh[] = {"信贷", "存续", "专利", "上市挂牌"};
    size_t heads, runs = (size_t)t->o->runs, n = run_means(t, variant, h, outcome, mean, &heads);
    for (size_t k = 0; k < sizeof effects / sizeof effects[0] && n > 0; k++) {
        char text[N_COLUMNS][NUMBER_ROOM];
        const struct effect *e = &effects[k];
        struct paired d = paired_of(mean + (size_t)e->from * runs, mean + (size_t)e->to * runs, n, t->o->confidence);
        double rounding = 1e-12 * (fabs(d.base) + fabs(d.variant)); /* differences of means that cancel */
        const char *cells[N_COLUMNS] = {
            t->name[variant],
            task_number(t->horizon[h], text[1]),
            tr(names_en[outcome], names_zh[outcome]),
            tr(e->en, e->zh),
            task_number((double)heads, text[4]),
            task_number(d.base, text[5]),
            task_number(fabs(d.difference) < rounding ? 0.0 : d.difference, text[6]),
            task_number(d.low, text[7]),
            task_number(d.high, text[8]),
        };
        table_add(table, cells);
    }
}

enum status task_print_direct(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"variant",    "variant",     "方案",    COLUMN_TEXT  },
        {"horizon",    "months",      "月数",    COLUMN_NUMBER},
        {"outcome",    "outcome",     "结果",    COLUMN_TEXT  },
        {"effect",     "effect",      "效应",    COLUMN_TEXT  },
        {"heads",      "enterprises", "企业数", COLUMN_NUMBER},
        {"base",       "without",     "之前",    COLUMN_NUMBER},
        {"difference", "value",       "效应值", COLUMN_NUMBER},
        {"low",        "from",        "下限",    COLUMN_NUMBER},
        {"high",       "to",          "上限",    COLUMN_NUMBER}
    };
    struct table table;
    double *mean = calloc((size_t)N_DIRECT_WORLDS * (size_t)t->o->runs + 1, sizeof *mean);
    bool text = t->c->format == FORMAT_TEXT;
    int horizons = 0;
    while (horizons < FATE_HORIZONS && t->horizon[horizons] != 0)
        horizons++;
    if (mean == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    if (text)
        printf(
            "%s",
            tr("\nEffects a head on the same sample of enterprises that the variant reaches.  direct: it alone is admitted, in the market of\n"
               "the base; spillover: the others are, too; regime: both.\n",
               "\n对方案覆盖的同一企业样本的每户效应。直接：在基准市场中仅该企业准入；溢出：其他企业也准入；总体：两者之和。\n"));
    table_init(&table, columns, N_COLUMNS);
    for (size_t v = 1; v < t->n_worlds; v++)
        for (int h = text ? horizons - 1 : 0; h < horizons; h++)
            for (int outcome = 0; outcome < N_FATE_OUTCOMES && anybody(t, outcome); outcome++)
                add_rows(&table, t, v, h, outcome, mean);
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    free(mean);
    return status;
}
