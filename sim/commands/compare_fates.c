/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to each enterprise, as a table; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/strata.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 11 };

_Static_assert((int)STRATA_OUTCOMES == (int)N_FATE_OUTCOMES && (int)STRATA_STRATA == (int)N_FATE_STRATA &&
                   (int)STRATA_HORIZONS == (int)FATE_HORIZONS,
               "analysis reads files and does not see the world; the numbers are those of fates.h");

static const char *const outcomes_zh[] = {"信贷", "存续", "专利"};
static const char *const strata_zh[] = {"均无",         "新增", "挤出", "无谓（本来就有）", "提前", "推迟",
                                        "换银行或产品", "更多", "更少"};

/* Word k of names separated by blanks. */
static const char *word(const char *names, int k, char *text, size_t size)
{
    for (; k > 0; k--)
        names = strchr(names, ' ') + 1;
    snprintf(text, size, "%.*s", (int)strcspn(names, " "), names);
    return text;
}

static const char *number(double x, char text[NUMBER_ROOM])
{
    snprintf(text, NUMBER_ROOM, "%.5g", x);
    return isnan(x) ? NULL : text;
}

static void add_row(struct table *table, const struct compare_task *t, const struct strata *s, size_t variant, size_t h,
                    int outcome, int stratum)
{
    char text[N_COLUMNS][NUMBER_ROOM], name[2][32];
    size_t floor = t->n_all > t->n_worlds ? t->n_worlds - 1 : s->variants;
    struct stratum_found found = stratum_of(s, variant, floor, h, outcome, stratum, t->o->confidence);
    double unit = outcome == FATE_CREDIT ? 0.01 : 1.0;
    bool amounts = outcome != FATE_SURVIVAL;
    if (!(found.heads > 0.0) && !(found.floor > 0.0))
        return;
    const char *cells[N_COLUMNS] = {
        t->name[variant + 1],
        number(s->horizon[h], text[1]),
        lang_zh ? outcomes_zh[outcome] : word(fate_outcomes, outcome, name[0], sizeof name[0]),
        lang_zh ? strata_zh[stratum] : word(fate_strata, stratum, name[1], sizeof name[1]),
        number(found.heads, text[4]),
        amounts ? number(unit * found.base, text[5]) : NULL,
        amounts ? number(unit * found.variant, text[6]) : NULL,
        number(found.floor, text[7]),
        number(found.net, text[8]),
        number(found.low, text[9]),
        number(found.high, text[10]),
    };
    table_add(table, cells);
}

static void add_balance(struct table *table, const struct compare_task *t, const struct strata *s, size_t variant,
                        size_t h, int outcome)
{
    char text[N_COLUMNS][NUMBER_ROOM], name[32];
    struct stratum_found found =
        strata_balance(s, variant, h, outcome, FATE_ADDITIONAL, FATE_DISPLACED, t->o->confidence);
    const char *cells[N_COLUMNS] = {
        [0] = t->name[variant + 1],
        [1] = number(s->horizon[h], text[1]),
        [2] = lang_zh ? outcomes_zh[outcome] : word(fate_outcomes, outcome, name, sizeof name),
        [3] = tr("additional - displaced", "新增减挤出"),
        [8] = number(found.net, text[8]),
        [9] = number(found.low, text[9]),
        [10] = number(found.high, text[10]),
    };
    table_add(table, cells);
}

static enum status print_table(const struct compare_task *t, const struct strata *s, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"variant",        "variant",     "方案",    COLUMN_TEXT  },
        {"horizon",        "months",      "月数",    COLUMN_NUMBER},
        {"outcome",        "outcome",     "结果",    COLUMN_TEXT  },
        {"stratum",        "stratum",     "分层",    COLUMN_TEXT  },
        {"heads",          "enterprises", "企业数", COLUMN_NUMBER},
        {"amount_base",    "base",        "基准",    COLUMN_NUMBER},
        {"amount_variant", "variant",     "方案",    COLUMN_NUMBER},
        {"placebo",        "placebo",     "安慰剂", COLUMN_NUMBER},
        {"net",            "net",         "净值",    COLUMN_NUMBER},
        {"low",            "from",        "下限",    COLUMN_NUMBER},
        {"high",           "to",          "上限",    COLUMN_NUMBER},
    };
    struct table table;
    table_init(&table, columns, N_COLUMNS);
    for (size_t v = 0; v + 1 < t->n_worlds; v++)
        for (size_t h = t->c->format == FORMAT_TEXT ? s->horizons - 1 : 0; h < s->horizons; h++)
            for (int o = 0; o < N_FATE_OUTCOMES; o++) {
                for (int k = 0; k < N_FATE_STRATA; k++)
                    add_row(&table, t, s, v, h, o, k);
                add_balance(&table, t, s, v, h, o);
            }
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

enum status task_print_fates(const struct compare_task *t, struct diag *diag)
{
    struct result r;
    struct strata s = {.runs = 0};
    size_t horizons = 0;
    while (horizons < FATE_HORIZONS && t->horizon[horizons] != 0)
        horizons++;
    TRY(result_open(&r, t->fates, diag));
    enum status status = strata_read(&s, &r, (size_t)t->o->runs, t->n_all - 1, t->horizon, horizons, diag);
    result_close(&r);
    if (status == OK && t->c->format == FORMAT_TEXT)
        printf(tr("\nWhat happened to the enterprises of the start, heads a run and their credit in yuan or patents.  "
                  "placebo: %s.\n",
                  "\n起始企业的结果：每次模拟的企业数，及其信贷（元）或专利。安慰剂：%s。\n"),
               t->n_all == t->n_worlds ? tr("none, so churn is in it", "无，结果含扰动")
               : t->o->placebo != NULL
                   ? t->o->placebo
                   : tr("the base with its base rate a ten-thousandth higher", "基准利率提高万分之一"));
    if (status == OK)
        status = print_table(t, &s, diag);
    strata_free(&s);
    return status;
}
