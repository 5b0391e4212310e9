/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of `compare`, their ranking, and what stands around them; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/coupling_worlds.h>
#include <liandong/equal_cost.h>
#include <liandong/figures.h>
#include <math.h>
#include <string.h>

const char *task_number(double x, char text[NUMBER_ROOM])
{
    snprintf(text, NUMBER_ROOM, "%.5g", x);
    return isnan(x) ? NULL : text;
}

/* The set of a ratio in words, where it is no interval. */
static const char *set_text(const struct compared *c, char *text, size_t size)
{
    switch (c->ratio.set) {
    case RATIO_OUTSIDE:
        snprintf(text, size, tr("unbounded: up to %.5g, and from %.5g on", "无界：不大于%.5g或不小于%.5g"),
                 c->ratio.low, c->ratio.high);
        return text;
    case RATIO_ALL:
        return tr("unbounded: every number", "无界：任何数");
    default:
        return "";
    }
}

static void add_row(struct table *table, const struct compare_task *t, size_t figure, size_t variant)
{
    const struct compared *c = &t->compared[figure * (t->n_worlds - 1) + variant];
    bool ratio = t->figure[figure].split > 0, interval = !ratio || c->ratio.set == RATIO_INTERVAL;
    char text[8][NUMBER_ROOM], set[128];
    const char *cells[] = {
        figure_shown(&t->figure[figure], t->c->format),
        t->name[variant + 1],
        ratio ? NULL : task_number(c->d.base, text[0]),
        ratio ? NULL : task_number(c->d.variant, text[1]),
        task_number(ratio ? c->ratio.value : c->d.difference, text[2]),
        interval ? task_number(ratio ? c->ratio.low : c->d.low, text[3]) : NULL,
        interval ? task_number(ratio ? c->ratio.high : c->d.high, text[4]) : NULL,
        ratio ? NULL : task_number(c->adjusted, text[5]),
        ratio || isinf(c->d.gain) ? NULL : task_number(c->d.gain, text[6]),
        set_text(c, set, sizeof set),
    };
    table_add(table, cells);
}

static enum status print_figures(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[] = {
        {"figure",     "figure",        "指标",       COLUMN_TEXT  },
        {"variant",    "variant",       "方案",       COLUMN_TEXT  },
        {"base",       "base",          "基准",       COLUMN_NUMBER},
        {"mean",       "mean",          "方案均值", COLUMN_NUMBER},
        {"difference", "difference",    "差值",       COLUMN_NUMBER},
        {"low",        "from",          "下限",       COLUMN_NUMBER},
        {"high",       "to",            "上限",       COLUMN_NUMBER},
        {"p",          "p",             "p值",         COLUMN_NUMBER},
        {"gain",       "variance gain", "方差缩减", COLUMN_NUMBER},
        {"set",        "",              "",             COLUMN_TEXT  }
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t f = 0; f < t->n_figures; f++)
        for (size_t v = 0; v + 1 < t->n_worlds; v++)
            add_row(&table, t, f, v);
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

static void print_head(const struct compare_task *t)
{
    printf(tr("%s against %zu variant%s, runs: %ld, months: %d and %ld of run-off, confidence %g\n",
              "基准 %s，方案 %zu 个%s，模拟 %ld 次，%d 个月加 %ld 个月收尾期，置信水平 %g\n"),
           t->name[0], t->n_worlds - 1, lang_zh || t->n_worlds == 2 ? "" : "s", t->o->runs, (int)t->months,
           t->o->runoff, t->o->confidence);
    for (size_t k = 1; k < t->n_worlds && t->o->equal_cost > 0.0; k++)
        task_solved_print(t, k);
}

/* A ranking of variants that were sized says whether they cost the same. */
static void print_rank_head(const struct compare_task *t, size_t rank)
{
    printf(tr("\nBy %s, largest first; intervals and pairs hold all at once (Bonferroni).\n",
              "\n按 %s 从大到小；各区间与两两比较同时成立（Bonferroni）。\n"),
           figure_shown(&t->figure[rank], FORMAT_TEXT));
    if (t->o->equal_cost > 0.0 && task_solved_told(t))
        printf(tr("At equal cost: each costs %.6g more than the base, within %g %%, in the mean of these runs.\n",
                  "等成本：在这些模拟的均值上各方案均比基准多花 %.6g，误差 %g %% 以内。\n"),
               t->o->equal_cost, 100.0 * EQUAL_COST_WITHIN);
    else if (t->o->equal_cost > 0.0)
        printf("%s", tr("NOT at equal cost: what they cost is not told from 0 in so few runs (above).\n",
                        "并非等成本：模拟次数太少，成本与0无法区分（见上）。\n"));
}

/* Variants from largest to least. */
static void sort_variants(const struct compared *c, size_t n, size_t order[COMPARE_MOST])
{
    for (size_t k = 0; k < n; k++) {
        size_t at = k;
        for (; at > 0 && c[order[at - 1]].d.difference < c[k].d.difference; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
}

/* Variants from best to worst by one figure, each with those that it cannot be told apart from, and of sized ones their cost. */
static enum status print_rank(const struct compare_task *t, size_t rank, struct diag *diag)
{
    size_t n = t->n_worlds - 1, order[COMPARE_MOST];
    bool *apart = calloc(n * n + 1, sizeof *apart);
    const struct compared *c = t->compared + rank * n;
    if (apart == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    paired_told_apart(t->difference, n, (size_t)t->o->runs, t->o->confidence, apart);
    sort_variants(c, n, order);
    print_rank_head(t, rank);
    for (size_t k = 0; k < n; k++) {
        size_t v = order[k], near = 0;
        const struct paired *cost = &t->solved[v + 1];
        printf("  %zu  %s  %.5g [%.5g, %.5g]", k + 1, t->name[v + 1], c[v].d.difference, c[v].together_low,
               c[v].together_high);
        if (t->o->equal_cost > 0.0)
            printf(tr(", costs %.5g [%.5g, %.5g]", "，成本 %.5g [%.5g, %.5g]"), cost->difference, cost->low,
                   cost->high);
        for (size_t other = 0; other < n; other++)
            if (other != v && !apart[v * n + other])
                printf("%s%s", near++ == 0 ? tr(", not told apart from ", "，无法区分：") : ", ", t->name[other + 1]);
        putchar('\n');
    }
    free(apart);
    return OK;
}

/* Figures of all variants; as text with a head and, of several variants, a ranking. */
enum status task_print_figures(const struct compare_task *t, size_t rank, struct diag *diag)
{
    bool text = t->c->format == FORMAT_TEXT;
    if (text)
        print_head(t);
    TRY(print_figures(t, diag));
    return text && t->n_worlds > 2 ? print_rank(t, rank, diag) : OK;
}

void task_print_end(const struct compare_task *t, const char *out)
{
    printf(
        "%s",
        tr("Figures: yuan, or the unit of the series.  p: of no difference, over all variants (Holm).  Variance gain: so many\n"
           "times the runs would be needed for the same interval if the worlds did not share their luck.\n",
           "指标单位为元或序列单位。p值：无差异假设，经Holm法对全部方案校正。方差缩减：若各情景不共用随机数，\n"
           "达到同样区间所需模拟次数的倍数。\n"));
    if (t->o->no_lump_sum)
        printf("%s", tr("Not compared with the same money as lump-sum grants: --no-lump-sum.\n",
                        "未与等额一次性补助比较（--no-lump-sum）。\n"));
    if (t->plan != NULL)
        printf(tr("plan:    %s (companions still to be made)\n", "计划：%s（伴随情景尚待模拟）\n"), t->plan);
    printf(tr("file:    %s\n", "文件：%s\n"), out);
    printf(tr("fates:   %s\n", "分层：%s\n"), t->fates);
    if (t->n_all > t->n_first)
        printf(tr("fates:   %s\n", "分层：%s\n"), t->companions);
    if (t->o->direct > 0)
        printf(tr("direct:  %s\n", "直接效应：%s\n"), t->direct);
    for (size_t k = 0; k < t->n_all; k++)
        printf(tr("world:   %s\n", "情景：%s\n"), t->out[k]);
}

/* Of each variant against the base, with bounds and weights of the base. */
enum status task_print_coupling(const struct compare_task *t, struct diag *diag)
{
    for (size_t v = 1; v < t->n_worlds; v++) {
        struct worlds_options o = {.result = t->out[v],
                                   .reference = t->out[0],
                                   .against = t->out[0],
                                   .table = "change_years",
                                   .then = "carrier_years",
                                   .digits = 4};
        if (t->c->format == FORMAT_TEXT)
            putchar('\n');
        TRY(worlds_command(t->c, &o, diag));
    }
    return OK;
}
