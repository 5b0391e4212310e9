/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each variant against the same money as lump-sum grants, figure by figure; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/figures.h>
#include <liandong/results.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 11 };

/* What a figure is under a variant and under its grants. */
struct versus {
    size_t variant;
    struct compared policy, grants, against; /* against the base, both; the variant against the grants */
    double adjusted;                         /* p over the variants (Holm) */
};

static enum status compare_pair(const struct compare_task *t, const struct expression *e, size_t base, size_t other,
                                struct compared *found, struct diag *diag)
{
    const struct result pair[2] = {t->result[base], t->result[other]};
    return compare_figure(e, pair, 2, t->months, t->o->confidence, (size_t)t->o->resamples, found, NULL, diag);
}

/* One figure under every variant that has grants; returns in *n how many. */
static enum status compare_versus(const struct compare_task *t, const struct expression *e, struct versus *list,
                                  size_t *n, struct diag *diag)
{
    double p[COMPARE_MOST], adjusted[COMPARE_MOST];
    *n = 0;
    for (size_t v = 1; v < t->n_worlds; v++) {
        size_t grants = companion_of(t, ROLE_LUMP_SUM, v);
        if (grants == 0)
            continue;
        struct versus *one = &list[*n];
        one->variant = v;
        TRY(compare_pair(t, e, 0, v, &one->policy, diag));
        TRY(compare_pair(t, e, 0, grants, &one->grants, diag));
        TRY(compare_pair(t, e, grants, v, &one->against, diag));
        p[(*n)++] = one->against.d.p;
    }
    paired_holm(p, *n, adjusted);
    for (size_t k = 0; k < *n; k++)
        list[k].adjusted = adjusted[k];
    return OK;
}

/* Difference to the base per million yuan paid or granted beyond it; NULL: nothing was. */
static const char *per_million(double difference, double spent, char text[NUMBER_ROOM])
{
    return task_number(spent != 0.0 ? 1e6 * difference / spent : (double)NAN, text);
}

static void add_row(struct table *table, const struct compare_task *t, const struct expression *e,
                    const struct versus *x)
{
    bool ratio = e->split > 0;
    double granted = t->of[companion_of(t, ROLE_LUMP_SUM, x->variant)].share;
    char text[N_COLUMNS][NUMBER_ROOM];
    const char *cells[N_COLUMNS] = {
        figure_shown(e, t->c->format),
        t->name[x->variant],
        task_number(ratio ? x->policy.ratio.value : x->policy.d.difference, text[2]),
        task_number(ratio ? x->grants.ratio.value : x->grants.d.difference, text[3]),
        ratio ? NULL : task_number(x->against.d.difference, text[4]),
        ratio ? NULL : task_number(x->against.d.low, text[5]),
        ratio ? NULL : task_number(x->against.d.high, text[6]),
        ratio ? NULL : task_number(x->adjusted, text[7]),
        ratio ? NULL : per_million(x->policy.d.difference, t->money[x->variant].d.difference, text[8]),
        ratio ? NULL : per_million(x->grants.d.difference, granted, text[9]),
        task_number(granted, text[10]),
    };
    table_add(table, cells);
}

static enum status fill_table(struct table *table, const struct compare_task *t, struct diag *diag)
{
    static struct versus list[COMPARE_MOST];
    size_t n;
    for (size_t f = 0; f < t->n_figures; f++) {
        TRY(compare_versus(t, &t->figure[f], list, &n, diag));
        for (size_t k = 0; k < n; k++)
            add_row(table, t, &t->figure[f], &list[k]);
    }
    return OK;
}

static enum status print_table(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"figure",             "figure",          "指标",             COLUMN_TEXT  },
        {"variant",            "variant",         "方案",             COLUMN_TEXT  },
        {"policy",             "policy",          "方案效果",       COLUMN_NUMBER},
        {"lump_sum",           "lump sum",        "等额补助效果", COLUMN_NUMBER},
        {"difference",         "difference",      "差值",             COLUMN_NUMBER},
        {"low",                "from",            "下限",             COLUMN_NUMBER},
        {"high",               "to",              "上限",             COLUMN_NUMBER},
        {"p",                  "p",               "p值",               COLUMN_NUMBER},
        {"policy_per_million", "policy / m yuan", "方案每百万元", COLUMN_NUMBER},
        {"grants_per_million", "grants / m yuan", "补助每百万元", COLUMN_NUMBER},
        {"money",              "money granted",   "补助金额",       COLUMN_NUMBER}
    };
    struct table table;
    table_init(&table, columns, N_COLUMNS);
    enum status status = fill_table(&table, t, diag);
    if (status == OK)
        status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

void task_against_name(const struct compare_task *t, size_t variant, char name[NAME_ROOM + COMPANION_ROOM])
{
    snprintf(name, NAME_ROOM + COMPANION_ROOM, "%s-against-lump-sum", t->name[variant]);
}

/* Every cell of every series, the variant against its grants. */
static enum status write_against(const struct compare_task *t, size_t variant, const char *out, struct diag *diag)
{
    const size_t which[2] = {companion_of(t, ROLE_LUMP_SUM, variant), variant};
    struct compared compared[FIGURES_MOST];
    char name[NAME_ROOM + COMPANION_ROOM];
    for (size_t f = 0; f < t->n_figures; f++)
        TRY(compare_pair(t, &t->figure[f], which[0], which[1], &compared[f], diag));
    task_against_name(t, variant, name);
    char *path = path_beside(out, name);
    enum status status = path == NULL ? diag_stop(diag, NO_MEMORY, "out of memory")
                                      : task_write(t, path, which, 2, compared, NULL, diag);
    free(path);
    return status;
}

/* What is granted, and how well that is known: the mean of a few runs may be far from what the policy costs. */
static void print_money(const struct compare_task *t, size_t variant, size_t grants)
{
    bool told = task_money_told(&t->money[variant].d);
    task_money_print(t, variant);
    if (grants == 0 && told)
        printf(tr("  %s: there is nothing to grant.\n", "  %s：无可发放的补助。\n"), t->name[variant]);
    else if (grants == 0)
        printf(tr("  %s: its mean is not above 0, so nothing is granted; make more runs.\n",
                  "  %s：均值不高于0，未发放补助；请增加模拟次数。\n"),
               t->name[variant]);
    else if (!told)
        printf(tr("  %s: nor is what is granted, so take care with this as the same money; make more runs.\n",
                  "  %s：所发补助亦然，不宜视为等额比较；请增加模拟次数。\n"),
               t->name[variant]);
}

enum status task_lump_sum(struct compare_task *t, const char *out, struct diag *diag)
{
    bool text = t->c->format == FORMAT_TEXT;
    if (t->o->no_lump_sum)
        return OK;
    if (text)
        printf(
            "%s",
            tr("\nAgainst the same money as lump-sum grants: what the instruments that the variant switches pay and owe, less what comes\n"
               "back, beyond the base, year by year, dealt each January in equal parts among the registered enterprises.\n"
               "policy, lump sum: against the base.\n",
               "\n与等额一次性补助比较：方案所改变的工具比基准多支出的净额（含应付、扣除收回），逐年于一月平均发给已登记企业。\n"
               "方案效果、等额补助效果均相对基准。\n"));
    for (size_t v = 1; v < t->n_worlds; v++) {
        size_t grants = companion_of(t, ROLE_LUMP_SUM, v);
        if (text)
            print_money(t, v, grants);
        if (grants == 0)
            continue;
        TRY(task_open(t, grants, diag));
        TRY(write_against(t, v, out, diag));
    }
    return text || t->o->table == TABLE_LUMP_SUM ? print_table(t, diag) : OK;
}
