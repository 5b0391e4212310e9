/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_tables - degrees, weights, x', obstacles and relative development as tables; every one names its formulas. */
#include <liandong/coupling_follow.h>
#include <liandong/version.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* -- building --------------------------------------------------------------------------------------------------------- */
void coupling_table_init(struct coupling_table *t, const struct coupling_case *of, const char *name, const char *title)
{
    *t = (struct coupling_table){.name = name, .digits = of->digits};
    t->machine = format_for_programs(of->format);
    if (t->machine)
        t->digits = 0;
    t->table.title = title;
}

void coupling_table_free(struct coupling_table *t)
{
    table_free(&t->table);
    for (size_t k = 0; k < 3 * t->n_columns; k++)
        free(t->text[k]);
    for (size_t k = 0; k < t->at; k++)
        free(t->cell[k]);
    for (size_t k = 0; k < t->n_notes; k++)
        free(t->note[k]);
    free(t->text);
    free(t->column);
    free(t->cell);
    *t = (struct coupling_table){.name = NULL};
}

void coupling_table_column(struct coupling_table *t, enum column_kind kind, const char *name, const char *en,
                           const char *zh)
{
    size_t n = t->n_columns;
    struct column *column = realloc(t->column, (n + 1) * sizeof *column);
    if (column == NULL) {
        t->no_memory = true;
        return;
    }
    t->column = column;
    char **text = realloc(t->text, 3 * (n + 1) * sizeof *text);
    if (text == NULL) {
        t->no_memory = true;
        return;
    }
    t->text = text;
    bool same = t->machine || en == NULL;
    text[3 * n] = strdup(name);
    text[3 * n + 1] = strdup(same ? name : en);
    text[3 * n + 2] = strdup(same ? name : zh);
    t->no_memory = t->no_memory || text[3 * n] == NULL || text[3 * n + 1] == NULL || text[3 * n + 2] == NULL;
    column[n] = (struct column){text[3 * n], text[3 * n + 1], text[3 * n + 2], kind};
    t->n_columns++;
}

/* The first cell closes the list of columns, or, in a table without rows, its end. */
void coupling_table_close(struct coupling_table *t)
{
    if (t->cell != NULL)
        return;
    const char *title = t->table.title;
    t->cell = calloc(t->n_columns + 1, sizeof *t->cell);
    t->no_memory = t->no_memory || t->cell == NULL;
    table_init(&t->table, t->column, t->n_columns);
    t->table.title = title;
}

static void put(struct coupling_table *t, const char *text)
{
    coupling_table_close(t);
    if (t->no_memory)
        return;
    t->cell[t->at] = text == NULL ? NULL : strdup(text);
    t->no_memory = text != NULL && t->cell[t->at] == NULL;
    if (++t->at < t->n_columns)
        return;
    const char *const *cells = (const char *const *)t->cell;
    table_add(&t->table, cells);
    for (size_t k = 0; k < t->n_columns; k++) {
        free(t->cell[k]);
        t->cell[k] = NULL;
    }
    t->at = 0;
}

void coupling_table_text(struct coupling_table *t, const char *text)
{
    put(t, text);
}

void coupling_table_count(struct coupling_table *t, long number)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", number);
    put(t, text);
}

void coupling_table_number(struct coupling_table *t, double number)
{
    char text[48];
    if (!isfinite(number)) {
        put(t, NULL);
        return;
    }
    number = number == 0.0 ? 0.0 : number; /* no minus zero */
    if (t->digits > 0)
        snprintf(text, sizeof text, "%.*f", t->digits, fabs(number) < 0.5 * pow(10.0, -t->digits) ? 0.0 : number);
    for (int digits = 15; t->digits == 0 && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    put(t, text);
}

const char *coupling_table_words(const struct coupling_table *t, const char *en, const char *zh)
{
    return t->machine ? en : tr(en, zh);
}

void coupling_table_note(struct coupling_table *t, const char *format, ...)
{
    char text[4096];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    BUG_ON(t->n_notes == TABLE_NOTES);
    for (char *c = text; *c != '\0'; c++)
        *c = (unsigned char)*c < ' ' ? ' ' : *c; /* a note is one line, whatever names it holds */
    t->note[t->n_notes] = strdup(text);
    if (t->note[t->n_notes] == NULL)
        t->no_memory = true;
    else
        t->n_notes++;
}

/* -- what is said of the formulas ------------------------------------------------------------------------------------- */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void shares_text(char *text, size_t size, const struct coupling_case *of)
{
    const struct ccd_result *r = &of->result;
    size_t used = 0;
    text[0] = '\0';
    for (size_t s = 0; s < r->s && r->n_weights == 1 && used + 1 < size; s++) {
        int put_in = snprintf(text + used, size - used, "%s%s %.6g", s > 0 ? ", " : ": ", of->spec.subsystem[s].name,
                              r->share[s]);
        used += put_in > 0 ? (size_t)put_in : 0;
    }
}

static void note_normalisation(struct coupling_table *t, const struct coupling_case *of)
{
    const struct ccd_options *o = &of->spec.options;
    char formulas[512] = "", amount[32] = "";
    size_t used = 0;
    bool seen[CCD_DIRECTIONS] = {false};
    for (size_t j = 0; j < of->spec.n_indicators; j++)
        seen[of->spec.of[j].direction] = true;
    for (size_t k = 0; k < CCD_DIRECTIONS; k++)
        if (seen[k] && used + 1 < sizeof formulas) {
            int put_in = snprintf(formulas + used, sizeof formulas - used, "%s%s: %s", used > 0 ? "; " : "",
                                  ccd_directions[k].name, ccd_directions[k].formula);
            used += put_in > 0 ? (size_t)put_in : 0;
        }
    if (o->range.amount > 0.0)
        snprintf(amount, sizeof amount, coupling_table_words(t, ", amount %g", "，数额 %g"), o->range.amount);
    coupling_table_note(t, "x': %s", formulas);
    const struct ccd_choice *scope = &ccd_scopes[o->scope], *zeros = &ccd_zeros[o->range.zeros];
    coupling_table_note(t,
                        coupling_table_words(t, "%s; range [%g, %g]; zeros %s: %s%s",
                                             "标准化界限：%s；取值范围 [%g, %g]；零值处理 %s：%s%s"),
                        coupling_table_words(t, scope->formula, scope->zh), o->range.low, o->range.high, zeros->name,
                        coupling_table_words(t, zeros->formula, zeros->zh), amount);
}

static void note_index(struct coupling_table *t, const struct coupling_case *of)
{
    const struct ccd_options *o = &of->spec.options;
    char alpha[32] = "", rescaled[96] = "";
    bool any = o->rescale_index; /* a panel of indices has no weights to speak of */
    for (size_t j = 0; j < of->spec.n_indicators; j++)
        any = any || of->spec.of[j].direction != CCD_INDEX;
    if (!any)
        return;
    if (o->weighting == CCD_WEIGHTS_ENTROPY_CRITIC)
        snprintf(alpha, sizeof alpha, coupling_table_words(t, ", alpha %g", "，alpha %g"), o->alpha);
    if (o->rescale_index)
        snprintf(rescaled, sizeof rescaled,
                 coupling_table_words(t, ", then min-max of each U on [%g, %g]", "，各 U 再极差标准化到 [%g, %g]"),
                 o->rescale_to.least, o->rescale_to.most);
    coupling_table_note(
        t, coupling_table_words(t, "weights %s: %s%s; %s, %s; U = sum w x'%s", "权重 %s：%s%s；%s，%s；U = sum w x'%s"),
        ccd_weightings[o->weighting].name, ccd_weightings[o->weighting].formula, alpha,
        o->per_year ? coupling_table_words(t, "per year", "逐年")
                    : coupling_table_words(t, "pooled over all rows", "全样本合并"),
        o->over_all ? coupling_table_words(t, "over all indicators, then within each subsystem",
                                           "全部指标统一赋权后在各子系统内归一")
                    : coupling_table_words(t, "within each subsystem", "各子系统内"),
        rescaled);
}

void coupling_table_formulas(struct coupling_table *t, const struct coupling_case *of)
{
    const struct ccd_options *o = &of->spec.options;
    char shares[2048], power[32] = "";
    shares_text(shares, sizeof shares, of);
    if (o->coupling == CCD_LIAO)
        snprintf(power, sizeof power, ", k = %g", o->power);
    coupling_table_note(t, coupling_table_words(t, "liandong %s: %s by %s", "liandong %s：%s，设定 %s"), version_number,
                        base_name(of->panel_file), base_name(of->spec.file));
    coupling_table_note(t, coupling_table_words(t, "C, %s: %s%s", "耦合度 C（%s）：%s%s"),
                        ccd_couplings[o->coupling].name, ccd_couplings[o->coupling].formula, power);
    coupling_table_note(
        t, coupling_table_words(t, "T: %s, alpha %s%s; D: %s", "综合指数 T：%s，alpha %s%s；耦合协调度 D：%s"),
        ccd_combinations[CCD_T_SHARED].formula, ccd_shares[o->shares].name, shares, ccd_degrees[CCD_D_ROOT].formula);
    note_normalisation(t, of);
    note_index(t, of);
}

static void note_rows(struct coupling_table *t, const struct coupling_case *of)
{
    if (of->panel.dropped > 0)
        coupling_table_note(t,
                            coupling_table_words(t, "%zu rows with empty cells were left out", "有空值的 %zu 行未计入"),
                            of->panel.dropped);
    if (of->panel.interpolated > 0)
        coupling_table_note(t,
                            coupling_table_words(t, "%zu empty values were interpolated in time within their unit",
                                                 "%zu 个空值在本单元内按时间插值"),
                            of->panel.interpolated);
    if (of->result.outside > 0)
        coupling_table_note(t,
                            coupling_table_words(t, "%zu values lay outside the fixed bounds and count as the bound",
                                                 "%zu 个数值超出固定界限，按界限计"),
                            of->result.outside);
}

/* -- keys ------------------------------------------------------------------------------------------------------------- */
void coupling_table_keys(struct coupling_table *t, const struct coupling_case *of)
{
    if (of->panel.unit_name != NULL)
        coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "地区");
    if (of->panel.year_name != NULL)
        coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
}

void coupling_table_row_keys(struct coupling_table *t, const struct coupling_case *of, size_t row)
{
    if (of->panel.unit_name != NULL)
        coupling_table_text(t, of->panel.unit[of->panel.of.unit[row]]);
    if (of->panel.year_name != NULL)
        coupling_table_count(t, of->panel.year[of->panel.of.year[row]]);
}

/* -- the tables ------------------------------------------------------------------------------------------------------- */
static const char *class_name(const struct ccd_class_table *table, size_t k, bool zh)
{
    return k == table->n ? NULL : zh ? table->of[k].zh : table->of[k].en;
}

enum status coupling_degrees(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    const struct ccd_options *o = &of->spec.options;
    (void)diag;
    coupling_table_formulas(t, of);
    coupling_table_note(t, coupling_table_words(t, "classes: %s, %s", "等级划分：%s，%s"), o->classes->name,
                        o->closed_above ? "(a, b]" : "[a, b)");
    note_rows(t, of);
    coupling_table_keys(t, of);
    for (size_t s = 0; s < r->s; s++) {
        char name[256];
        snprintf(name, sizeof name, "U_%.200s", of->spec.subsystem[s].name);
        coupling_table_column(t, COLUMN_NUMBER, name, NULL, NULL);
    }
    coupling_table_column(t, COLUMN_NUMBER, "C", NULL, NULL);
    coupling_table_column(t, COLUMN_NUMBER, "T", NULL, NULL);
    coupling_table_column(t, COLUMN_NUMBER, "D", NULL, NULL);
    coupling_table_column(t, COLUMN_TEXT, "class_zh", "class (zh)", "等级");
    coupling_table_column(t, COLUMN_TEXT, "class_en", "class", "等级（英）");
    coupling_table_column(t, COLUMN_TEXT, "leader", "leader", "领先系统");
    for (size_t i = 0; i < r->n; i++) {
        coupling_table_row_keys(t, of, i);
        for (size_t s = 0; s < r->s; s++)
            coupling_table_number(t, r->u[i * r->s + s]);
        coupling_table_number(t, r->c[i]);
        coupling_table_number(t, r->t[i]);
        coupling_table_number(t, r->d[i]);
        coupling_table_text(t, class_name(o->classes, r->class_of[i], true));
        coupling_table_text(t, class_name(o->classes, r->class_of[i], false));
        coupling_table_text(t, r->leader[i] < r->s ? of->spec.subsystem[r->leader[i]].name : "none");
    }
    return OK;
}

static void direction_text(char *text, size_t size, const struct ccd_indicator *of)
{
    if (of->direction == CCD_CENTRED)
        snprintf(text, size, "centre %.10g", of->low);
    else if (of->direction == CCD_INTERVAL)
        snprintf(text, size, "interval %.10g-%.10g", of->low, of->high);
    else
        snprintf(text, size, "%s", ccd_directions[of->direction].name);
}

enum status coupling_weights(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    (void)diag;
    coupling_table_formulas(t, of);
    if (of->spec.options.per_year)
        coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_TEXT, "subsystem", "subsystem", "子系统");
    coupling_table_column(t, COLUMN_NUMBER, "subsystem_weight", "its weight", "子系统权重");
    coupling_table_column(t, COLUMN_TEXT, "indicator", "indicator", "指标");
    coupling_table_column(t, COLUMN_TEXT, "direction", "direction", "方向");
    coupling_table_column(t, COLUMN_NUMBER, "weight", "weight within", "子系统内权重");
    coupling_table_column(t, COLUMN_NUMBER, "total_weight", "weight in all", "综合权重");
    for (size_t set = 0; set < r->n_weights; set++)
        for (size_t j = 0; j < r->m; j++) {
            size_t s = of->spec.of[j].subsystem;
            double w = r->weight[set * r->m + j], share = r->share[set * r->s + s];
            char direction[80];
            direction_text(direction, sizeof direction, &of->spec.of[j]);
            if (of->spec.options.per_year)
                coupling_table_count(t, of->panel.year[set]);
            coupling_table_text(t, of->spec.subsystem[s].name);
            coupling_table_number(t, share);
            coupling_table_text(t, of->spec.indicator[j].column);
            coupling_table_text(t, direction);
            coupling_table_number(t, w);
            coupling_table_number(t, w * share);
        }
    return OK;
}

enum status coupling_normal(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    (void)diag;
    coupling_table_formulas(t, of);
    note_rows(t, of);
    coupling_table_keys(t, of);
    for (size_t j = 0; j < r->m; j++)
        coupling_table_column(t, COLUMN_NUMBER, of->spec.indicator[j].column, NULL, NULL);
    for (size_t i = 0; i < r->n; i++) {
        coupling_table_row_keys(t, of, i);
        for (size_t j = 0; j < r->m; j++)
            coupling_table_number(t, of->spec.of[j].dropped ? (double)NAN : r->normal[i * r->m + j]);
    }
    return OK;
}

enum status coupling_obstacles(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    const struct ccd_choice *how = &ccd_obstacles[of->spec.options.obstacle];
    (void)diag;
    coupling_table_formulas(t, of);
    coupling_table_note(t,
                        coupling_table_words(t, "obstacles %s: %s, F = weight x weight of the subsystem",
                                             "障碍度 %s：%s，F = 指标权重 × 子系统权重"),
                        how->name, how->formula);
    coupling_table_keys(t, of);
    for (size_t j = 0; j < r->m; j++)
        coupling_table_column(t, COLUMN_NUMBER, of->spec.indicator[j].column, NULL, NULL);
    for (size_t s = 0; s < r->s; s++) {
        char name[256];
        snprintf(name, sizeof name, "O_%.200s", of->spec.subsystem[s].name);
        coupling_table_column(t, COLUMN_NUMBER, name, NULL, NULL);
    }
    for (size_t i = 0; i < r->n; i++) {
        double sum[CCD_SUBSYSTEMS] = {0.0};
        coupling_table_row_keys(t, of, i);
        for (size_t j = 0; j < r->m; j++) {
            coupling_table_number(t, r->obstacle[i * r->m + j]);
            sum[of->spec.of[j].subsystem] += r->obstacle[i * r->m + j];
        }
        for (size_t s = 0; s < r->s; s++)
            coupling_table_number(t, sum[s]);
    }
    return OK;
}

enum status coupling_development(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    const struct ccd_class_table *table = of->spec.relative;
    (void)diag;
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(
               t, "E = U of subsystem / U of other; classes of subsystem against other, (a, b]: .3 .5 .8 1.2 2 3",
               "E = 子系统 U / 相对子系统 U；相对发展类型 (a, b]：.3 .5 .8 1.2 2 3"));
    coupling_table_keys(t, of);
    coupling_table_column(t, COLUMN_TEXT, "subsystem", "subsystem", "子系统");
    coupling_table_column(t, COLUMN_TEXT, "other", "against", "相对于");
    coupling_table_column(t, COLUMN_NUMBER, "E", NULL, NULL);
    coupling_table_column(t, COLUMN_TEXT, "class_zh", "class (zh)", "相对发展类型");
    coupling_table_column(t, COLUMN_TEXT, "class_en", "class", "相对发展类型（英）");
    for (size_t i = 0; i < r->n; i++)
        for (size_t a = 0; a < r->s; a++)
            for (size_t b = a + 1; b < r->s; b++) {
                double under = r->u[i * r->s + b], e = under > 0.0 ? r->u[i * r->s + a] / under : (double)NAN;
                size_t k = ccd_classify(table, true, e);
                coupling_table_row_keys(t, of, i);
                coupling_table_text(t, of->spec.subsystem[a].name);
                coupling_table_text(t, of->spec.subsystem[b].name);
                coupling_table_number(t, e);
                coupling_table_text(t, class_name(table, k, true));
                coupling_table_text(t, class_name(table, k, false));
            }
    return OK;
}

/* The stage of coupling: classes of C. */
enum status coupling_stages(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct ccd_class_table *table = of->spec.stages;
    (void)diag;
    coupling_table_formulas(t, of);
    coupling_table_note(t, coupling_table_words(t, "stages of C: %s, (a, b]", "耦合阶段（按 C）：%s，(a, b]"),
                        table->name);
    coupling_table_keys(t, of);
    coupling_table_column(t, COLUMN_NUMBER, "C", NULL, NULL);
    coupling_table_column(t, COLUMN_TEXT, "stage_zh", "stage (zh)", "耦合阶段");
    coupling_table_column(t, COLUMN_TEXT, "stage_en", "stage", "耦合阶段（英）");
    for (size_t i = 0; i < of->result.n; i++) {
        size_t k = ccd_classify(table, true, of->result.c[i]);
        coupling_table_row_keys(t, of, i);
        coupling_table_number(t, of->result.c[i]);
        coupling_table_text(t, class_name(table, k, true));
        coupling_table_text(t, class_name(table, k, false));
    }
    return OK;
}

static enum status diagnosis(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    if (of->diagnose == NULL)
        return diag_fail(diag, (struct place){0}, "--diagnose COLUMN is needed");
    return coupling_diagnose(t, of, of->diagnose, diag);
}

const struct coupling_table_desc coupling_tables[] = {
    {"degrees",         "Indices, coupling degree and coordination degree", "综合指数、耦合度与耦合协调度", coupling_degrees,
     -1                                                                                                                                                           },
    {"weights",         "Weights",                                          "指标权重",                               coupling_weights,     TABLE_ALWAYS      },
    {"normal",          "Normalised indicators",                            "标准化指标",                            coupling_normal,      TABLE_ALWAYS      },
    {"obstacles",       "Obstacle degrees",                                 "障碍度",                                  coupling_obstacles,   TABLE_ALWAYS      },
    {"development",     "Relative development",                             "相对发展度",                            coupling_development, TABLE_ALWAYS      },
    {"stages",          "Stages of coupling",                               "耦合阶段",                               coupling_stages,      TABLE_ALWAYS      },
    {"spatial",         "Moran's I",                                        "全局Moran指数",                          follow_moran,         FOLLOW_SPATIAL    },
    {"spatial_local",   "Local Moran's I",                                  "局部Moran指数",                          follow_local,         FOLLOW_SPATIAL    },
    {"inequality",      "Inequality of D",                                  "D的区域差异",                           follow_inequality,    FOLLOW_INEQUALITY },
    {"groups",          "Gini within and between groups",                   "组内与组间基尼系数",                follow_groups,        FOLLOW_INEQUALITY },
    {"sigma",           "Sigma convergence",                                "σ收敛",                                   follow_sigma,         FOLLOW_CONVERGENCE},
    {"beta",            "Beta convergence",                                 "β收敛",                                   follow_beta,          FOLLOW_CONVERGENCE},
    {"density",         "Kernel density of D",                              "D的核密度",                              follow_density,       FOLLOW_DENSITY    },
    {"markov",          "Transition matrices of D",                         "D的转移概率矩阵",                     follow_markov,        FOLLOW_MARKOV     },
    {"forecast",        "Grey forecast of D",                               "D的灰色预测",                           follow_forecast,      FOLLOW_FORECAST   },
    {"forecast_checks", "Checks of the grey forecast",                      "灰色预测检验",                         follow_checks,        FOLLOW_FORECAST   },
    {"trend",           "Trend of D",                                       "D的趋势检验",                           follow_trend,         FOLLOW_TREND      },
    {"diagnose",        "Which formula made the column",                    "公式诊断",                               diagnosis,            TABLE_OF_DIAGNOSIS},
};
const size_t n_coupling_tables = sizeof coupling_tables / sizeof coupling_tables[0];
