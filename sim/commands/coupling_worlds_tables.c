/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_worlds_tables - what `liandong coupling RESULT.h5` prints. */
#include <liandong/coupling_worlds.h>
#include <liandong/mathx.h>
#include <liandong/units.h>
#include <liandong/version.h>
#include <math.h>
#include <string.h>

const char *worlds_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void note_set(struct coupling_table *t, const char *what, const struct world_set *set)
{
    coupling_table_note(t, coupling_table_words(t, "%s: %s, %zu runs, digest %s", "%s：%s，运行 %zu 次，摘要 %s"), what,
                        worlds_name(set->path), set->of.runs, set->digest);
}

void worlds_notes(struct coupling_table *t, const struct worlds *w)
{
    const struct ccd_options *o = &w->options;
    coupling_table_note(
        t,
        coupling_table_words(
            t, "liandong %s: outcomes of simulated worlds; mean over runs, low and high: 5th and 95th percentile",
            "liandong %s：模拟世界的结果；各次运行的均值，低值与高值为第5、第95百分位"),
        version_number);
    note_set(t, coupling_table_words(t, "result", "结果"), &w->set[WORLD_RESULT]);
    note_set(t, coupling_table_words(t, "reference of bounds and weights", "界限与权重的参照"), w->reference);
    if (w->has[WORLD_CUT])
        note_set(t,
                 coupling_table_words(t, "cut (causal = D - D of the cut world, run by run)",
                                      "切断反馈的世界（因果耦合 = D - 切断世界的 D，逐次运行）"),
                 &w->set[WORLD_CUT]);
    if (w->has[WORLD_AGAINST])
        note_set(t,
                 coupling_table_words(t, "against (change = D - D of it, run by run)",
                                      "对照世界（变化 = D - 对照世界的 D，逐次运行）"),
                 &w->set[WORLD_AGAINST]);
    coupling_table_note(t,
                        coupling_table_words(t, "C, %s: %s; T: %s, equal weights; D: %s",
                                             "耦合度 C（%s）：%s；综合指数 T：%s，等权；耦合协调度 D：%s"),
                        ccd_couplings[o->coupling].name, ccd_couplings[o->coupling].formula,
                        ccd_combinations[CCD_T_SHARED].formula, ccd_degrees[CCD_D_ROOT].formula);
    coupling_table_note(
        t,
        coupling_table_words(t, "C_permuted: mean of C when one index is permuted over the %s of the year",
                             "C（置换）：一个指数在同年各%s之间置换后 C 的均值"),
        w->regions == 1 ? coupling_table_words(t, "runs", "次运行") : coupling_table_words(t, "regions", "区域"));
    coupling_table_note(
        t,
        coupling_table_words(
            t, "x' by bounds of the reference; weights %s: %s, pooled over its rows, within each subsystem",
            "x' 按参照样本的上下界标准化；权重 %s：%s，合并参照各行，各子系统内"),
        ccd_weightings[w->weighting].name, ccd_weightings[w->weighting].formula);
    size_t lacking = 0, constant = 0, outside = 0;
    for (size_t j = 0; j < w->m; j++) {
        lacking += w->state[j] == INDICATOR_LACKING;
        constant += w->state[j] == INDICATOR_CONSTANT;
        outside += w->set[WORLD_RESULT].below[j] + w->set[WORLD_RESULT].above[j];
    }
    coupling_table_note(
        t,
        coupling_table_words(
            t,
            "%zu of %zu indicators used; %zu lack a series, %zu are constant in the reference; %zu values outside the bounds",
            "使用 %zu/%zu 个指标；%zu 个缺少序列，%zu 个在参照中为常数；%zu 个数值超出界限"),
        w->m - lacking - constant, w->m, lacking, constant, outside);
}

/* -- cells ------------------------------------------------------------------------------------------------------------ */
/* What stands above numbers; who writes English or for a program reads the name itself. */
static const char *column_zh(const char *name)
{
    static const struct {
        const char *name, *zh;
    } of[] = {
        {"C_permuted",       "C（置换）"     },
        {"D_low",            "D低值"           },
        {"D_high",           "D高值"           },
        {"causal",           "因果耦合"      },
        {"causal_low",       "因果耦合低值"},
        {"causal_high",      "因果耦合高值"},
        {"D_against",        "对照D"           },
        {"change",           "变化"            },
        {"change_low",       "变化低值"      },
        {"change_high",      "变化高值"      },
        {"rises_in",         "上升的比例"   },
        {"from_T",           "来自T"           },
        {"from_T_low",       "来自T低值"     },
        {"from_T_high",      "来自T高值"     },
        {"from_C",           "来自C"           },
        {"from_C_low",       "来自C低值"     },
        {"from_C_high",      "来自C高值"     },
        {"carried",          "贡献"            },
        {"carried_low",      "贡献低值"      },
        {"carried_high",     "贡献高值"      },
        {"obstacle",         "障碍度"         },
        {"obstacle_against", "对照障碍度"   },
    };
    for (size_t k = 0; k < LD_COUNT(of); k++)
        if (strcmp(of[k].name, name) == 0)
            return of[k].zh;
    return name; /* C, T, D */
}

static void number_column(struct coupling_table *t, const char *name)
{
    coupling_table_column(t, COLUMN_NUMBER, name, name, column_zh(name));
}

/* NAME, NAME_low, NAME_high */
static void spread_columns(struct coupling_table *t, const char *name)
{
    char text[64];
    number_column(t, name);
    snprintf(text, sizeof text, "%s_low", name);
    number_column(t, text);
    snprintf(text, sizeof text, "%s_high", name);
    number_column(t, text);
}

static void put_spread(struct coupling_table *t, struct ccd_spread s)
{
    coupling_table_number(t, s.mean);
    coupling_table_number(t, s.low);
    coupling_table_number(t, s.high);
}

static void index_columns(struct coupling_table *t, const struct worlds *w)
{
    char name[64], zh[64];
    for (size_t s = 0; s < w->s; s++) {
        snprintf(name, sizeof name, "U_%s", worlds_subsystem(s));
        snprintf(zh, sizeof zh, "U（%s）", worlds_subsystem_zh(s));
        coupling_table_column(t, COLUMN_NUMBER, name, name, zh);
    }
}

static void key_columns(struct coupling_table *t, bool all)
{
    if (!all)
        coupling_table_column(t, COLUMN_TEXT, "region", "region", "地区");
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
}

static void put_keys(struct coupling_table *t, const struct worlds *w, size_t region, size_t year)
{
    const struct outcomes *of = &w->set[WORLD_RESULT].of;
    if (region < w->regions)
        coupling_table_text(t, of->region[region]);
    coupling_table_count(t, of->first_year + (long)year);
}

static void class_columns(struct coupling_table *t)
{
    coupling_table_column(t, COLUMN_TEXT, "class_zh", "class (zh)", "协调等级");
    coupling_table_column(t, COLUMN_TEXT, "class_en", "class", "协调等级（英文）");
    coupling_table_column(t, COLUMN_TEXT, "leader", "leader", "领先系统");
}

static void put_subsystem(struct coupling_table *t, size_t s)
{
    coupling_table_text(t, coupling_table_words(t, worlds_subsystem(s), worlds_subsystem_zh(s)));
}

static void put_class(struct coupling_table *t, const struct worlds *w, double d, const double *u)
{
    const struct ccd_class *of = &w->options.classes->of[ccd_classify(w->options.classes, w->options.closed_above, d)];
    size_t leader = ccd_leader(u, w->s);
    coupling_table_text(t, of->zh);
    coupling_table_text(t, of->en);
    if (leader < w->s)
        put_subsystem(t, leader);
    else
        coupling_table_text(t, coupling_table_words(t, "none", "无"));
}

/* -- D by region and year, and of the mean of the regions ------------------------------------------------------------- */
static void degree_row(struct coupling_table *t, const struct worlds *w, size_t region, size_t year)
{
    const struct ccd_result *r = &w->set[WORLD_RESULT].result;
    double u[OUTCOME_SUBSYSTEMS];
    put_keys(t, w, region, year);
    for (size_t s = 0; s < w->s; s++) {
        u[s] = worlds_spread(w, r->u, w->s, s, region, year).mean;
        coupling_table_number(t, u[s]);
    }
    struct ccd_spread d = worlds_spread(w, r->d, 1, 0, region, year);
    coupling_table_number(t, worlds_spread(w, r->c, 1, 0, region, year).mean);
    coupling_table_number(t, worlds_spread(w, w->permuted, 1, 0, region, year).mean);
    coupling_table_number(t, worlds_spread(w, r->t, 1, 0, region, year).mean);
    put_spread(t, d);
    put_class(t, w, d.mean, u);
    if (w->has[WORLD_CUT])
        put_spread(t, worlds_spread(w, w->causal, 1, 0, region, year));
}

static void degree_columns(struct coupling_table *t, const struct worlds *w, bool all)
{
    key_columns(t, all);
    index_columns(t, w);
    number_column(t, "C");
    number_column(t, "C_permuted");
    number_column(t, "T");
    spread_columns(t, "D");
    class_columns(t);
    if (w->has[WORLD_CUT])
        spread_columns(t, "causal");
}

static void degrees(struct coupling_table *t, const struct worlds *w)
{
    degree_columns(t, w, false);
    for (size_t k = 0; k < w->regions * w->years; k++)
        degree_row(t, w, k / w->years, k % w->years);
}

static void years(struct coupling_table *t, const struct worlds *w)
{
    degree_columns(t, w, true);
    for (size_t year = 0; year < w->years; year++)
        degree_row(t, w, w->regions, year);
}

/* -- every run -------------------------------------------------------------------------------------------------------- */
static void run_row(struct coupling_table *t, const struct worlds *w, size_t row)
{
    const struct ccd_result *r = &w->set[WORLD_RESULT].result;
    coupling_table_count(t, (long)(row / (w->regions * w->years)));
    put_keys(t, w, row / w->years % w->regions, row % w->years);
    for (size_t s = 0; s < w->s; s++)
        coupling_table_number(t, r->u[row * w->s + s]);
    coupling_table_number(t, r->c[row]);
    coupling_table_number(t, w->permuted[row]);
    coupling_table_number(t, r->t[row]);
    coupling_table_number(t, r->d[row]);
    put_class(t, w, r->d[row], r->u + row * w->s);
    if (w->has[WORLD_CUT])
        coupling_table_number(t, w->causal[row]);
    if (w->has[WORLD_AGAINST]) {
        coupling_table_number(t, w->change[row]);
        coupling_table_number(t, w->from_t[row]);
        coupling_table_number(t, w->from_c[row]);
    }
}

static void runs(struct coupling_table *t, const struct worlds *w)
{
    coupling_table_column(t, COLUMN_NUMBER, "run", "run", "模拟序号");
    key_columns(t, false);
    index_columns(t, w);
    number_column(t, "C");
    number_column(t, "C_permuted");
    number_column(t, "T");
    number_column(t, "D");
    class_columns(t);
    if (w->has[WORLD_CUT])
        number_column(t, "causal");
    if (w->has[WORLD_AGAINST]) {
        number_column(t, "change");
        number_column(t, "from_T");
        number_column(t, "from_C");
    }
    for (size_t row = 0; row < w->rows; row++)
        run_row(t, w, row);
}

/* -- indicators ------------------------------------------------------------------------------------------------------- */
static void put_formula(struct coupling_table *t, const struct outcome_desc *d)
{
    static const char *const how[] = {"sum", "mean", "end"};
    char text[512];
    int n = snprintf(text, sizeof text, "%g %s(%s)", d->scale, how[d->above.how], d->above.series);
    if (d->below.series[0] != '\0' && n > 0)
        snprintf(text + n, sizeof text - (size_t)n, " / %s(%s)", how[d->below.how], d->below.series);
    coupling_table_text(t, text);
}

static void put_state(struct coupling_table *t, const struct worlds *w, size_t j)
{
    char text[READING_NAME + 64] = "";
    for (size_t k = 0; k < WORLD_ROLES && text[0] == '\0'; k++)
        if (w->has[k] && w->set[k].of.lacking[j][0] != '\0')
            snprintf(text, sizeof text, coupling_table_words(t, "no series '%s'", "没有序列“%s”"),
                     w->set[k].of.lacking[j]);
    if (w->state[j] == INDICATOR_CONSTANT)
        snprintf(text, sizeof text, "%s", coupling_table_words(t, "constant in the reference", "在参照结果中不变"));
    coupling_table_text(t, w->state[j] == INDICATOR_USED ? coupling_table_words(t, "used", "采用") : text);
}

static void indicators(struct coupling_table *t, const struct worlds *w)
{
    const struct world_set *set = &w->set[WORLD_RESULT];
    coupling_table_column(t, COLUMN_TEXT, "indicator", "indicator", "指标");
    coupling_table_column(t, COLUMN_TEXT, "subsystem", "subsystem", "子系统");
    coupling_table_column(t, COLUMN_TEXT, "meaning", "meaning", "含义");
    coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "单位");
    coupling_table_column(t, COLUMN_TEXT, "direction", "direction", "方向");
    coupling_table_column(t, COLUMN_TEXT, "formula", "formula", "算式");
    coupling_table_column(t, COLUMN_TEXT, "state", "state", "状态");
    coupling_table_column(t, COLUMN_NUMBER, "least", "least", "下界");
    coupling_table_column(t, COLUMN_NUMBER, "most", "most", "上界");
    coupling_table_column(t, COLUMN_NUMBER, "weight", "weight", "权重");
    coupling_table_column(t, COLUMN_NUMBER, "below", "below", "低于下界数");
    coupling_table_column(t, COLUMN_NUMBER, "above", "above", "高于上界数");
    for (size_t j = 0; j < w->m; j++) {
        const struct outcome_desc *d = &outcome_table[j];
        bool used = w->state[j] == INDICATOR_USED, known = w->state[j] != INDICATOR_LACKING;
        coupling_table_text(t, d->name);
        put_subsystem(t, d->subsystem);
        coupling_table_text(t, coupling_table_words(t, d->en, d->zh));
        coupling_table_text(t, coupling_table_words(t, d->unit, unit_zh(d->unit)));
        coupling_table_text(t, ccd_directions[d->direction].name);
        put_formula(t, d);
        put_state(t, w, j);
        coupling_table_number(t, known ? w->indicator[j].bounds.least : (double)NAN);
        coupling_table_number(t, known ? w->indicator[j].bounds.most : (double)NAN);
        coupling_table_number(t, used ? set->result.weight[j] : 0.0);
        coupling_table_count(t, (long)set->below[j]);
        coupling_table_count(t, (long)set->above[j]);
    }
}

static void obstacles(struct coupling_table *t, const struct worlds *w)
{
    const struct ccd_result *r = &w->set[WORLD_RESULT].result;
    key_columns(t, false);
    for (size_t j = 0; j < w->m; j++)
        if (w->state[j] == INDICATOR_USED)
            coupling_table_column(t, COLUMN_NUMBER, outcome_table[j].name, outcome_table[j].name, outcome_table[j].zh);
    for (size_t k = 0; k < w->regions * w->years; k++) {
        put_keys(t, w, k / w->years, k % w->years);
        for (size_t j = 0; j < w->m; j++)
            if (w->state[j] == INDICATOR_USED)
                coupling_table_number(t, worlds_spread(w, r->obstacle, w->m, j, k / w->years, k % w->years).mean);
    }
}

/* -- against another policy ------------------------------------------------------------------------------------------- */
static void change_rows(struct coupling_table *t, const struct worlds *w, size_t first, size_t last)
{
    key_columns(t, first == w->regions);
    number_column(t, "D_against");
    number_column(t, "D");
    spread_columns(t, "change");
    number_column(t, "rises_in");
    spread_columns(t, "from_T");
    spread_columns(t, "from_C");
    for (size_t region = first; region < last; region++)
        for (size_t year = 0; year < w->years; year++) {
            struct ccd_spread change = worlds_spread(w, w->change, 1, 0, region, year);
            put_keys(t, w, region, year);
            coupling_table_number(t, worlds_spread(w, w->set[WORLD_AGAINST].result.d, 1, 0, region, year).mean);
            coupling_table_number(t, worlds_spread(w, w->set[WORLD_RESULT].result.d, 1, 0, region, year).mean);
            put_spread(t, change);
            coupling_table_number(t, change.above);
            put_spread(t, worlds_spread(w, w->from_t, 1, 0, region, year));
            put_spread(t, worlds_spread(w, w->from_c, 1, 0, region, year));
        }
}

static void changes(struct coupling_table *t, const struct worlds *w)
{
    change_rows(t, w, 0, w->regions);
}

static void change_years(struct coupling_table *t, const struct worlds *w)
{
    change_rows(t, w, w->regions, w->regions + 1);
}

static void carrier_rows(struct coupling_table *t, const struct worlds *w, size_t first, size_t last)
{
    key_columns(t, first == w->regions);
    coupling_table_column(t, COLUMN_TEXT, "indicator", "indicator", "指标");
    coupling_table_column(t, COLUMN_TEXT, "subsystem", "subsystem", "子系统");
    spread_columns(t, "carried");
    number_column(t, "obstacle_against");
    number_column(t, "obstacle");
    for (size_t k = first * w->years * w->m; k < last * w->years * w->m; k++) {
        size_t region = k / (w->years * w->m), year = k / w->m % w->years, j = k % w->m;
        if (w->state[j] != INDICATOR_USED)
            continue;
        put_keys(t, w, region, year);
        coupling_table_text(t, coupling_table_words(t, outcome_table[j].name, outcome_table[j].zh));
        put_subsystem(t, outcome_table[j].subsystem);
        put_spread(t, worlds_spread(w, w->carried, w->m, j, region, year));
        coupling_table_number(t, worlds_spread(w, w->set[WORLD_AGAINST].result.obstacle, w->m, j, region, year).mean);
        coupling_table_number(t, worlds_spread(w, w->set[WORLD_RESULT].result.obstacle, w->m, j, region, year).mean);
    }
}

static void carriers(struct coupling_table *t, const struct worlds *w)
{
    carrier_rows(t, w, 0, w->regions);
}

static void carrier_years(struct coupling_table *t, const struct worlds *w)
{
    carrier_rows(t, w, w->regions, w->regions + 1);
}

const struct worlds_table worlds_tables[] = {
    {"degrees",       "coupling coordination by region and year",        "分地区分年份耦合协调度",          degrees,       WORLD_RESULT,  true },
    {"years",         "coupling coordination, mean of the regions",      "各地区平均耦合协调度",             years,         WORLD_RESULT,  false},
    {"runs",          "coupling coordination of every run",              "每次模拟的耦合协调度",             runs,          WORLD_RESULT,  true },
    {"indicators",    "indicators, bounds and weights",                  "指标、界限与权重",                   indicators,    WORLD_RESULT,  false},
    {"obstacles",     "obstacle degrees",                                "障碍度",                                  obstacles,     WORLD_RESULT,  true },
    {"change",        "change of D, from T and from C",                  "协调度变化及其分解",                changes,       WORLD_AGAINST, true },
    {"change_years",  "change of D, mean of the regions",                "各地区平均协调度变化",             change_years,  WORLD_AGAINST, false},
    {"carriers",      "which indicator carries the change (Shapley)",    "变化来自哪些指标（Shapley值）",   carriers,
     WORLD_AGAINST,                                                                                                                                  true },
    {"carrier_years", "which indicator carries it, mean of the regions", "各地区平均：变化来自哪些指标", carrier_years,
     WORLD_AGAINST,                                                                                                                                  false},
};
const size_t n_worlds_tables = sizeof worlds_tables / sizeof worlds_tables[0];
