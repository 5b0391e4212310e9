/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare --office: what an office could estimate from what it sees, next to the truth; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/office.h>
#include <liandong/office_estimates.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 21, TEXT_COLUMNS = 14, CELL_ROOM = 192, CODES_MOST = 100, NAMES_ROOM = 16384 };

_Static_assert((int)ESTIMATES_HORIZONS == (int)FATE_HORIZONS && (int)ESTIMATES_THRESHOLDS == (int)OFFICE_THRESHOLDS &&
                   (int)SCORE_SALES == (int)OFFICE_SALES && (int)SCORE_AGE == (int)OFFICE_AGE &&
                   (int)SCORE_FACILITY == (int)OFFICE_FACILITY,
               "analysis reads files and does not see the world; the numbers are those of office.h");

/* What --office keeps of its own. */
struct compare_office {
    struct office_rule rule[COMPARE_MOST]; /* of each world; that of the base has no policy */
    struct estimates estimates;
    struct result_column column[N_COLUMNS]; /* of the group in the comparison's file */
    char variants[NAMES_ROOM], thresholds[NAMES_ROOM];
    union cell *cell; /* [row][column] */
};

void task_free_office(struct compare_task *t)
{
    if (t->office == NULL)
        return;
    estimates_free(&t->office->estimates);
    free(t->office->cell);
    free(t->office);
    t->office = NULL;
}

enum status task_office_rules(struct compare_task *t, struct worlds_request *request, struct diag *diag)
{
    if (!t->o->office)
        return OK;
    task_free_office(t);
    t->office = calloc(1, sizeof *t->office);
    if (t->office == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < t->n_all; k++) {
        struct office_rule *rule = &t->office->rule[k];
        rule->lag = (int32_t)t->o->office_lag;
        rule->floor = money_from_yuan(t->o->office_floor);
        if (k > 0 && k < t->n_worlds &&
            office_rule_of(rule, &t->scenario[0].setup, &t->scenario[k].setup,
                           t->scenario[0].setup.world.start + t->cohort) != OK)
            return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    request->office = t->office->rule;
    request->seen = t->seen;
    request->truth = t->truth;
    return OK;
}

/* -- estimates --------------------------------------------------------------------------------------------------------- */
static struct estimates_variant variant_of(const struct office_rule *rule)
{
    struct estimates_variant v = {.policy = rule->any, .n_thresholds = rule->n_thresholds};
    for (size_t k = 0; k < rule->n_thresholds; k++)
        v.threshold[k] = (struct estimates_threshold){(enum estimates_score)rule->threshold[k].score,
                                                      rule->threshold[k].value, rule->threshold[k].differs};
    return v;
}

static enum status estimate(struct compare_task *t, struct diag *diag)
{
    struct estimates_variant variant[COMPARE_MOST];
    struct estimates_asked asked = {
        .runs = (size_t)t->o->runs, .variants = t->n_worlds - 1, .variant = variant, .confidence = t->o->confidence};
    struct result seen, truth;
    while (asked.horizons < FATE_HORIZONS && t->horizon[asked.horizons] != 0) {
        asked.horizon[asked.horizons] = t->horizon[asked.horizons];
        asked.horizons++;
    }
    for (size_t k = 1; k < t->n_worlds; k++)
        variant[k - 1] = variant_of(&t->office->rule[k]);
    TRY(result_open(&seen, t->seen, diag));
    enum status status = result_open(&truth, t->truth, diag);
    if (status == OK) {
        status = estimates_make(&t->office->estimates, &seen, &truth, &asked, diag);
        result_close(&truth);
    }
    result_close(&seen);
    return status;
}

/* -- the group of the comparison's file ---------------------------------------------------------------------------------- */
/* The name of a row's threshold, or NULL. */
static const char *threshold_of(const struct compare_task *t, const struct estimates_row *row)
{
    const struct office_rule *rule = &t->office->rule[row->variant + 1];
    return row->design >= 2 && row->threshold < rule->n_thresholds ? rule->threshold[row->threshold].name : NULL;
}

/* Place of a word among words separated by blanks; appended if it is new.  -1: there is no room. */
static int64_t word_place(char *words, const char *word)
{
    int64_t place = 0;
    for (const char *at = words; *at != '\0'; place++) {
        size_t n = strcspn(at, " ");
        if (strncmp(at, word, n) == 0 && word[n] == '\0')
            return place;
        at += at[n] == ' ' ? n + 1 : n;
    }
    size_t used = strlen(words);
    if (place >= CODES_MOST || used + strlen(word) + 2 > NAMES_ROOM)
        return -1;
    snprintf(words + used, NAMES_ROOM - used, "%s%s", used > 0 ? " " : "", word);
    return place;
}

static void put_row(struct compare_task *t, const struct estimates_row *row, union cell *to)
{
    const char *threshold = threshold_of(t, row);
    const union cell cells[N_COLUMNS] = {
        {.i = (int64_t)row->variant},
        {.i = t->horizon[row->horizon]},
        {.i = (int64_t)row->outcome},
        {.i = row->design},
        {.i = word_place(t->office->thresholds, threshold == NULL ? "none" : threshold)},
        {.i = (int64_t)row->state},
        {.i = (int64_t)row->runs},
        {.d = row->estimate},
        {.d = row->se},
        {.d = row->truth},
        {.d = row->bias},
        {.d = row->low},
        {.d = row->high},
        {.d = row->incomparable},
        {.d = row->spillover},
        {.d = row->measurement},
        {.d = row->covers},
        {.d = row->bandwidth},
        {.d = row->plus},
        {.d = row->minus},
        {.d = row->jump},
    };
    memcpy(to, cells, sizeof cells);
}

static void name_columns(struct compare_office *o)
{
    const struct result_column list[N_COLUMNS] = {
        {"variant",           "1",           RESULT_CODE,  "the world that the office lives in",                           "方案",                   o->variants      },
        {"horizon",           "months",      RESULT_INT32, "months since the policy started",                              "政策开始后月数",    NULL             },
        {"outcome",           "1",           RESULT_CODE,  "what is looked at; yuan a year, persons, share, yuan",         "结果",
         estimates_outcomes                                                                                                                                             },
        {"estimator",         "1",           RESULT_CODE,
         "means, changes: effect on the treated; discontinuity: effect at the threshold, at the bandwidth, half, double",
         "估计方法",                                                                                                                               estimates_designs},
        {"threshold",         "1",           RESULT_CODE,  "parameter at which eligibility ends",                          "资格门槛",             o->thresholds    },
        {"state",             "1",           RESULT_CODE,  "estimated, or why not",                                        "是否可估计",          estimates_states },
        {"runs_estimated",    "1",           RESULT_INT32, "runs with an estimate",                                        "可估计的模拟次数", NULL             },
        {"estimate",          "1",           RESULT_REAL,  "what the office finds, mean over runs",                        "部门估计值",          NULL             },
        {"se",                "1",           RESULT_REAL,  "the standard error that it would state",                       "其标准误",             NULL             },
        {"truth",             "1",           RESULT_REAL,  "the true effect for this estimator's estimand",                "真实效应",             NULL             },
        {"bias",              "1",           RESULT_REAL,  "estimate less truth",                                          "偏误",                   NULL             },
        {"low",               "1",           RESULT_REAL,  "lower end of the bias's interval over runs",                   "偏误区间下限",       NULL             },
        {"high",              "1",           RESULT_REAL,  "upper end of the bias's interval over runs",                   "偏误区间上限",       NULL             },
        {"incomparable",      "1",           RESULT_REAL,  "of the bias: the two sides differ without the policy",         "不可比偏误",          NULL             },
        {"spillover",         "1",           RESULT_REAL,  "of the bias: the comparison side feels the policy",            "溢出偏误",             NULL             },
        {"measurement",       "1",           RESULT_REAL,  "of the bias: lag, floor of what is reported",                  "测量偏误",             NULL             },
        {"covers",            "1",           RESULT_REAL,  "share of runs in which the office's interval holds the truth", "覆盖率",                NULL             },
        {"bandwidth",         "1",           RESULT_REAL,  "of the score: log units, or months of age",                    "带宽",                   NULL             },
        {"enterprises_plus",  "enterprises", RESULT_REAL,  "treated; or at the threshold or below, within the bandwidth",
         "受益侧企业数",                                                                                                                         NULL             },
        {"enterprises_minus", "enterprises", RESULT_REAL,  "those that they are compared with",                            "对照侧企业数",       NULL             },
        {"treated_more",      "1",           RESULT_REAL,  "share of treated on that side less that on the other",         "受益率差",             NULL             },
    };
    memcpy(o->column, list, sizeof list);
}

enum status task_office(struct compare_task *t, struct comparison_group *group, struct diag *diag)
{
    struct compare_office *o = t->office;
    if (!t->o->office)
        return OK;
    TRY(estimate(t, diag));
    o->cell = calloc(o->estimates.n * N_COLUMNS + 1, sizeof *o->cell);
    if (o->cell == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 1; k < t->n_worlds; k++)
        if (word_place(o->variants, t->name[k]) < 0)
            return diag_stop(diag, FAILED, "--office: too many variants");
    for (size_t k = 0; k < o->estimates.n; k++)
        put_row(t, &o->estimates.row[k], o->cell + k * N_COLUMNS);
    name_columns(o);
    *group = (struct comparison_group){"office", o->column, N_COLUMNS, o->cell, o->estimates.n};
    return OK;
}

/* -- the table --------------------------------------------------------------------------------------------------------- */
static const char *const outcomes_zh[] = {"销售额（元/年）", "员工数", "存续（是否报送）", "贷款余额（元）"};
static const char *const outcomes_en[] = {"sales (yuan a year)", "staff", "survival (reports)", "loans (yuan)"};
static const char *const designs_zh[] = {"均值差", "双重差分", "断点回归", "断点回归（半带宽）",
                                         "断点回归（双倍带宽）"};
static const char *const designs_en[] = {"difference in means", "difference in differences", "discontinuity",
                                         "discontinuity, half", "discontinuity, double"};
static const char *const states_en[N_ESTIMATES_STATES] = {
    "",
    "not identified: it differs in no instrument that stands",
    "not identified: no report since the policy started is in",
    "not identified: fewer than two are treated",
    "not identified: fewer than two are not treated",
    "not identified: the policy has no threshold of eligibility",
    "not identified: its threshold differs among regions",
    "not identified: too few near the threshold",
};
static const char *const states_zh[N_ESTIMATES_STATES] = {
    "",
    "不可识别：方案没有不同且启用的政策工具",
    "不可识别：政策开始之后尚无报表",
    "不可识别：受益企业不足两家",
    "不可识别：未受益企业不足两家",
    "不可识别：政策没有资格门槛",
    "不可识别：各区域门槛不同",
    "不可识别：门槛附近企业过少",
};

static const char *number(double x, char text[CELL_ROOM])
{
    snprintf(text, CELL_ROOM, "%.5g", x);
    return isnan(x) ? NULL : text;
}

/* A discontinuity names its threshold and its bandwidth. */
static const char *estimator_text(const struct estimates_row *row, const char *threshold, char text[CELL_ROOM])
{
    const char *design = lang_zh ? designs_zh[row->design] : designs_en[row->design];
    if (threshold == NULL || row->state != ESTIMATED)
        return design;
    snprintf(text, CELL_ROOM, tr("%s at %s +-%.3g", "%s：%s ±%.3g"), design, threshold, row->bandwidth);
    return text;
}

static void add_row(struct table *table, const struct compare_task *t, const struct estimates_row *row)
{
    char text[N_COLUMNS][CELL_ROOM];
    const char *threshold = threshold_of(t, row), *state = lang_zh ? states_zh[row->state] : states_en[row->state];
    const char *cells[] = {
        t->name[row->variant + 1],
        number(t->horizon[row->horizon], text[1]),
        lang_zh ? outcomes_zh[row->outcome] : outcomes_en[row->outcome],
        estimator_text(row, threshold, text[3]),
        number(row->estimate, text[4]),
        number(row->se, text[5]),
        number(row->truth, text[6]),
        number(row->bias, text[7]),
        number(row->low, text[8]),
        number(row->high, text[9]),
        number(row->incomparable, text[10]),
        number(row->spillover, text[11]),
        number(row->measurement, text[12]),
        number(row->covers, text[13]),
        t->c->format == FORMAT_TEXT ? state : threshold,
        number(row->bandwidth, text[15]),
        number(row->plus, text[16]),
        number(row->minus, text[17]),
        number(row->jump, text[18]),
        state,
    };
    table_add(table, cells);
}

/* As text the first so many, and why there is no estimate; the rest is for programs. */
static const struct column columns[] = {
    {"variant",           "variant",      "方案",       COLUMN_TEXT  },
    {"horizon",           "months",       "月数",       COLUMN_NUMBER},
    {"outcome",           "outcome",      "结果",       COLUMN_TEXT  },
    {"estimator",         "estimator",    "估计方法", COLUMN_TEXT  },
    {"estimate",          "estimate",     "估计值",    COLUMN_NUMBER},
    {"se",                "its s.e.",     "标准误",    COLUMN_NUMBER},
    {"truth",             "truth",        "真值",       COLUMN_NUMBER},
    {"bias",              "bias",         "偏误",       COLUMN_NUMBER},
    {"low",               "from",         "下限",       COLUMN_NUMBER},
    {"high",              "to",           "上限",       COLUMN_NUMBER},
    {"incomparable",      "incomparable", "不可比",    COLUMN_NUMBER},
    {"spillover",         "spillover",    "溢出",       COLUMN_NUMBER},
    {"measurement",       "measurement",  "测量",       COLUMN_NUMBER},
    {"covers",            "covers",       "覆盖率",    COLUMN_NUMBER},
    {"threshold",         "threshold",    "资格门槛", COLUMN_TEXT  },
    {"bandwidth",         "bandwidth",    "带宽",       COLUMN_NUMBER},
    {"enterprises_plus",  "on its side",  "受益侧",    COLUMN_NUMBER},
    {"enterprises_minus", "on the other", "对照侧",    COLUMN_NUMBER},
    {"treated_more",      "treated more", "受益率差", COLUMN_NUMBER},
    {"state",             "state",        "状态",       COLUMN_TEXT  },
};
static const struct column state_column = {"state", "", "", COLUMN_TEXT};

static enum status print_table(const struct compare_task *t, struct diag *diag)
{
    struct table table;
    struct column shown[sizeof columns / sizeof columns[0]];
    const struct estimates *e = &t->office->estimates;
    bool text = t->c->format == FORMAT_TEXT;
    size_t last = 0;
    while (last + 1 < FATE_HORIZONS && t->horizon[last + 1] != 0)
        last++;
    memcpy(shown, columns, sizeof columns);
    if (text)
        shown[TEXT_COLUMNS] = state_column;
    table_init(&table, shown, text ? TEXT_COLUMNS + 1 : sizeof columns / sizeof columns[0]);
    for (size_t k = 0; k < e->n; k++)
        if (!text || e->row[k].horizon == last)
            add_row(&table, t, &e->row[k]);
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

static void print_threshold(const char *variant, const struct office_threshold *h)
{
    printf(tr("threshold of %s: %s = %.6g%s\n", "%s 的资格门槛：%s = %.6g%s\n"), variant, h->name, h->value,
           h->score == OFFICE_FACILITY ? tr("; a facility's size is chosen knowing it, so the sides may be sorted",
                                            "；授信额度在知晓门槛后选定，两侧企业可能自选")
                                       : "");
}

static void print_head(const struct compare_task *t)
{
    printf(
        tr("\nWhat an office could estimate in the world of each policy, next to the truth.  It sees a register %ld months "
           "old,\nreports of the last December that is in, loans of at least %.6g yuan, and the ledger of the policy.\n",
           "\n部门仅凭所见可得的估计与真值对照。所见：滞后%ld个月的登记册、已报送的最近十二月报表、\n不低于%.6g元的贷款、"
           "政策台账。\n"),
        t->o->office_lag, t->o->office_floor);
    for (size_t k = 1; k < t->n_worlds; k++)
        for (size_t j = 0; j < t->office->rule[k].n_thresholds; j++)
            print_threshold(t->name[k], &t->office->rule[k].threshold[j]);
    for (size_t k = 1; k < t->n_worlds; k++)
        if (t->office->rule[k].in_base)
            printf(
                tr("%s: the policy stands in the base, too: the truth is the effect of the change, what an office compares "
                   "is having it or not.\n",
                   "%s：基准中该政策也已实施；真值为变动的效应，而部门比较的是受益与否。\n"),
                t->name[k]);
}

static void print_foot(void)
{
    printf(
        "%s",
        tr("Truth: mean effect on the treated (difference in means, in differences), or on those at the threshold, treated or "
           "not\n(discontinuity), of the same runs with and without the policy.  s.e.: robust, what the office would state.\n"
           "Bias = incomparable + spillover + measurement: the sides differ without the policy; the comparison side feels it;\n"
           "reports are late, loans below the floor unseen.  From, to: of the bias, over runs.  Covers: share of runs whose\n"
           "stated interval holds the truth.  Discontinuity: local linear, triangular kernel, bandwidth 1.84 s n^(-1/5) of\n"
           "log (score / threshold), or of months of age, its half and its double.\n",
           "真值：同一随机数下有无政策之差，均值差与双重差分取受益企业的平均效应，断点回归取门槛处企业（不论是否受益）的效应。\n"
           "标准误：稳健，即部门会报告的。偏误＝不可比＋溢出＋测量：两侧在无政策时已不同；对照侧受政策影响；报表滞后、\n"
           "小额贷款不可见。上下限：偏误在各次模拟间的区间。覆盖率：部门区间含真值的模拟比例。断点回归：局部线性，三角核，\n"
           "带宽为1.84 s n^(-1/5)（得分除以门槛的对数，或企业月龄）及其一半与两倍。\n"));
}

enum status task_print_office(const struct compare_task *t, struct diag *diag)
{
    bool text = t->c->format == FORMAT_TEXT;
    if (text)
        print_head(t);
    TRY(print_table(t, diag));
    if (text) {
        print_foot();
        printf(tr("office:  %s\ntruth:   %s\n", "部门所见：%s\n真值：%s\n"), t->seen, t->truth);
    }
    return OK;
}
