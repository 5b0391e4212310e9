/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_follow - what papers report of D: inequality, convergence, density, forecasts, trends as tables.  Years and units with
 * values missing are taken as they are: each statistic says how many it stands on. */
#include <liandong/convergence.h>
#include <liandong/coupling_follow.h>
#include <liandong/density.h>
#include <liandong/grey.h>
#include <liandong/inequality.h>
#include <liandong/trend.h>
#include <math.h>
#include <stdint.h>

enum { GRID = 101 };

/* D of the units of a year, or of the years of a unit; `key` gets the unit or year of each. */
static size_t gather(const struct coupling_case *of, size_t unit, size_t year, double *d, size_t *key)
{
    const struct coupling_panel *p = &of->panel;
    bool by_year = unit == SIZE_MAX;
    size_t n = 0, last = by_year ? p->of.n_units : p->of.n_years;
    for (size_t k = 0; k < last; k++) {
        size_t row = p->grid[(by_year ? k : unit) * p->of.n_years + (by_year ? year : k)];
        if (row == SIZE_MAX)
            continue;
        d[n] = of->result.d[row];
        key[n++] = k;
    }
    return n;
}

size_t follow_year(const struct coupling_case *of, size_t year, double *d, size_t *unit)
{
    return gather(of, SIZE_MAX, year, d, unit);
}

size_t follow_unit(const struct coupling_case *of, size_t unit, double *d, size_t *year)
{
    return gather(of, unit, 0, d, year);
}

/* Room for one year or one unit, whichever is longer. */
static enum status room(const struct coupling_case *of, double **d, size_t **key, struct diag *diag)
{
    size_t n = of->panel.of.n_units + of->panel.of.n_years + 1;
    *d = calloc(3 * n, sizeof **d);
    *key = calloc(2 * n, sizeof **key);
    return *d != NULL && *key != NULL ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

/* -- inequality ------------------------------------------------------------------------------------------------------- */
static void inequality_columns(struct coupling_table *t)
{
    static const char *const name[] = {"theil",        "theil_within",  "theil_between", "gini",
                                       "dagum_within", "dagum_between", "dagum_overlap"},
                             *const en[] = {"Theil", "within", "between", "Gini", "within", "between", "overlap"},
                             *const zh[] = {"泰尔指数", "组内", "组间", "基尼系数", "组内", "组间", "超变密度"};
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "n", "n", "样本数");
    coupling_table_column(t, COLUMN_NUMBER, "mean", "mean D", "D均值");
    for (size_t k = 0; k < 7; k++)
        coupling_table_column(t, COLUMN_NUMBER, name[k], en[k], zh[k]);
}

static enum status inequality_row(struct coupling_table *t, const struct coupling_case *of,
                                  const struct coupling_groups *g, size_t year, double *pair, struct diag *diag)
{
    double *d;
    size_t *unit, n;
    struct inequality_theil_parts theil = {(double)NAN, (double)NAN, (double)NAN};
    struct inequality_dagum dagum = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    enum status status = room(of, &d, &unit, diag);
    bool good = status == OK;
    if (good) {
        n = follow_year(of, year, d, unit);
        for (size_t i = 0; i < n && g->n > 0; i++)
            unit[i] = g->of[unit[i]];
        if (g->n > 0)
            good = inequality_theil_split(d, unit, n, g->n, &theil, NULL) &&
                   inequality_dagum_split(d, unit, n, g->n, &dagum, pair);
        const double value[] = {convergence_sigma(d, n).mean, inequality_theil(d, n), theil.within,  theil.between,
                                inequality_gini(d, n),        dagum.within,           dagum.between, dagum.overlap};
        coupling_table_count(t, of->panel.year[year]);
        coupling_table_count(t, (long)n);
        for (size_t k = 0; k < sizeof value / sizeof value[0]; k++)
            coupling_table_number(t, value[k]);
    }
    free(d);
    free(unit);
    return good || status != OK ? status : diag_stop(diag, NO_MEMORY, "out of memory");
}

/* Room for a table of pairs of groups. */
static enum status pair_room(const struct coupling_case *of, double **pair, struct diag *diag)
{
    *pair = calloc(of->groups.n * of->groups.n + 1, sizeof **pair);
    return *pair != NULL ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

enum status follow_inequality(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    double *pair;
    enum status status = pair_room(of, &pair, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(
               t,
               "Theil: (1/n) sum (D/mean) ln (D/mean) = within + between; Gini: sum |Di - Dj| / (2 n^2 mean) = "
               "within + between + overlap (Dagum 1997)",
               "泰尔指数：(1/n) sum (D/均值) ln (D/均值) = 组内 + 组间；基尼系数：sum |Di - Dj| / (2 n^2 均值) = "
               "组内 + 组间 + 超变密度（Dagum 1997）"));
    inequality_columns(t);
    for (size_t y = 0; y < of->panel.of.n_years && status == OK; y++)
        status = inequality_row(t, of, &of->groups, y, pair, diag);
    free(pair);
    return status;
}

/* Gini within and between each two groups, Theil within, by year. */
enum status follow_groups(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    const struct coupling_groups *g = &of->groups;
    double *pair, *d = NULL;
    size_t *unit = NULL;
    struct inequality_dagum dagum;
    enum status status = pair_room(of, &pair, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(t, "Gini of two groups: sum |Di - Dj| / (nj nh (mean j + mean h)) (Dagum 1997)",
                                "两组之间的基尼系数：sum |Di - Dj| / (nj nh (均值 j + 均值 h))（Dagum 1997）"));
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_TEXT, "group", "group", "组");
    coupling_table_column(t, COLUMN_TEXT, "other", "against", "对照组");
    coupling_table_column(t, COLUMN_NUMBER, "gini", "Gini", "基尼系数");
    if (status == OK)
        status = room(of, &d, &unit, diag);
    for (size_t y = 0; y < of->panel.of.n_years && status == OK; y++) {
        size_t n = follow_year(of, y, d, unit);
        for (size_t i = 0; i < n && g->n > 0; i++)
            unit[i] = g->of[unit[i]];
        if (g->n > 0 && !inequality_dagum_split(d, unit, n, g->n, &dagum, pair))
            status = diag_stop(diag, NO_MEMORY, "out of memory");
        for (size_t a = 0; a < g->n && status == OK; a++)
            for (size_t b = 0; b <= a; b++) {
                coupling_table_count(t, of->panel.year[y]);
                coupling_table_text(t, g->name[a]);
                coupling_table_text(t, g->name[b]);
                coupling_table_number(t, pair[a * g->n + b]);
            }
    }
    free(pair);
    free(d);
    free(unit);
    return status;
}

/* -- convergence ------------------------------------------------------------------------------------------------------ */
enum status follow_sigma(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    double *d;
    size_t *unit;
    enum status status = room(of, &d, &unit, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(t, "sigma convergence: sd (population), cv = sd / mean, sd of ln D fall in time",
                                "σ收敛：总体标准差、变异系数（标准差/均值）、ln D 的标准差随时间下降"));
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "n", "n", "样本数");
    coupling_table_column(t, COLUMN_NUMBER, "mean", "mean D", "D均值");
    coupling_table_column(t, COLUMN_NUMBER, "sd", "sd", "标准差");
    coupling_table_column(t, COLUMN_NUMBER, "cv", "cv", "变异系数");
    coupling_table_column(t, COLUMN_NUMBER, "log_sd", "sd of ln D", "对数标准差");
    for (size_t y = 0; y < of->panel.of.n_years && status == OK; y++) {
        size_t n = follow_year(of, y, d, unit);
        struct convergence_sigma s = convergence_sigma(d, n);
        coupling_table_count(t, of->panel.year[y]);
        coupling_table_count(t, (long)n);
        coupling_table_number(t, s.mean);
        coupling_table_number(t, s.sd);
        coupling_table_number(t, s.cv);
        coupling_table_number(t, s.log_sd);
    }
    free(d);
    free(unit);
    return status;
}

/* Pairs (ln D at the start, yearly growth): first to last year of the panel, or each year to the next. */
static size_t growths(const struct coupling_case *of, bool yearly, double *start, double *growth)
{
    const struct coupling_panel *p = &of->panel;
    size_t n = 0, years = p->of.n_years, step = yearly ? 1 : years - 1;
    for (size_t u = 0; u < p->of.n_units; u++)
        for (size_t a = 0; step > 0 && a + step < years; a += step) {
            size_t from = p->grid[u * years + a], to = p->grid[u * years + a + step];
            if (from == SIZE_MAX || to == SIZE_MAX || !(of->result.d[from] > 0.0) || !(of->result.d[to] > 0.0))
                continue;
            start[n] = log(of->result.d[from]);
            growth[n++] = log(of->result.d[to] / of->result.d[from]) / (double)(p->year[a + step] - p->year[a]);
        }
    return n;
}

static void beta_row(struct coupling_table *t, const struct coupling_case *of, bool yearly, double *start,
                     double *growth)
{
    const struct coupling_panel *p = &of->panel;
    struct convergence_beta b;
    size_t n = growths(of, yearly, start, growth), last = p->of.n_years - 1;
    double years =
        yearly && last > 0 ? (double)(p->year[last] - p->year[0]) / (double)last : (double)(p->year[last] - p->year[0]);
    bool good = convergence_beta(start, growth, n, years, &b);
    const double value[] = {b.a, b.se_a, b.b, b.se_b, b.t, b.p, b.r2, b.speed, b.half_life};
    coupling_table_text(t, yearly ? "yearly, pooled" : "first to last year");
    coupling_table_count(t, (long)n);
    for (size_t k = 0; k < sizeof value / sizeof value[0]; k++)
        coupling_table_number(t, good ? value[k] : (double)NAN);
}

enum status follow_beta(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    static const char *const name[] = {"a", "se_a", "b", "se_b", "t", "p", "r2", "speed", "half_life"},
                             *const en[] = {"a", "se(a)", "b", "se(b)", "t", "p", "R2", "speed", "half-life"},
                             *const zh[] = {"常数项", "标准误", "β",        "标准误",    "t值",
                                            "p值",    "R2",     "收敛速度", "半生命周期"};
    double *start = calloc(2 * of->panel.of.n + 1, sizeof *start);
    if (start == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(
               t, "beta convergence (absolute): ln(D1 / D0) / years = a + b ln D0 by least squares; b < 0 converges",
               "绝对β收敛：ln(D1 / D0) / 年数 = a + b ln D0，最小二乘；b < 0 为收敛"));
    coupling_table_column(t, COLUMN_TEXT, "growth", "growth", "增长区间");
    coupling_table_column(t, COLUMN_NUMBER, "n", "n", "样本数");
    for (size_t k = 0; k < 9; k++)
        coupling_table_column(t, COLUMN_NUMBER, name[k], en[k], zh[k]);
    beta_row(t, of, false, start, start + of->panel.of.n);
    beta_row(t, of, true, start, start + of->panel.of.n);
    free(start);
    return OK;
}

/* -- density ---------------------------------------------------------------------------------------------------------- */
enum status follow_density(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    double *d;
    size_t *unit;
    enum status status = room(of, &d, &unit, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t, coupling_table_words(t, "Gaussian kernel, bandwidth 0.9 min(sd, IQR / 1.34) n^(-1/5) (Silverman 1986)",
                                "高斯核，带宽 0.9 min(标准差, 四分位距 / 1.34) n^(-1/5)（Silverman 1986）"));
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "bandwidth", "bandwidth", "带宽");
    coupling_table_column(t, COLUMN_NUMBER, "D", NULL, NULL);
    coupling_table_column(t, COLUMN_NUMBER, "density", "density", "密度");
    for (size_t y = 0; y < of->panel.of.n_years && status == OK; y++) {
        size_t n = follow_year(of, y, d, unit);
        double h = density_bandwidth(d, n);
        for (size_t k = 0; k < GRID; k++) {
            double x = (double)k / (GRID - 1);
            coupling_table_count(t, of->panel.year[y]);
            coupling_table_number(t, h);
            coupling_table_number(t, x);
            coupling_table_number(t, h > 0.0 ? density_at(d, n, h, x) : (double)NAN);
        }
    }
    free(d);
    free(unit);
    return status;
}

/* -- forecast --------------------------------------------------------------------------------------------------------- */
/* A grey model needs equal steps and positive values. */
static bool fitted(const struct coupling_case *of, size_t unit, double *d, size_t *year, size_t *n,
                   struct grey_model *m)
{
    *n = follow_unit(of, unit, d, year);
    for (size_t k = 1; k < *n; k++)
        if (of->panel.year[year[k]] - of->panel.year[year[k - 1]] != 1)
            return false;
    return grey_fit(d, *n, m);
}

enum status follow_forecast(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    double *d;
    size_t *year, left_out = 0, n;
    struct grey_model m;
    enum status status = room(of, &d, &year, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t,
        coupling_table_words(
            t,
            "GM(1,1): D(k) + a z(k) = b; forecast (1 - e^a)(D(1) - b/a) e^(-a(k-1)); for its checks see forecast_checks",
            "GM(1,1)：D(k) + a z(k) = b；预测值 (1 - e^a)(D(1) - b/a) e^(-a(k-1))；检验见 forecast_checks"));
    coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "地区");
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "D", NULL, NULL);
    coupling_table_column(t, COLUMN_NUMBER, "forecast", "forecast", "预测值");
    for (size_t u = 0; u < of->panel.of.n_units && status == OK; u++) {
        bool good = fitted(of, u, d, year, &n, &m);
        left_out += !good;
        for (size_t k = 0; good && k < n + of->spec.steps; k++) {
            coupling_table_text(t, of->panel.unit[u]);
            coupling_table_count(t, of->panel.year[year[0]] + (long)k);
            coupling_table_number(t, k < n ? d[k] : (double)NAN);
            coupling_table_number(t, grey_at(&m, k + 1));
        }
    }
    if (left_out > 0)
        coupling_table_note(t,
                            coupling_table_words(t,
                                                 "%zu units have no forecast: fewer than 4 years, a gap, or a D of 0",
                                                 "%zu 个单元没有预测：不足4年、有缺年或 D 为 0"),
                            left_out);
    free(d);
    free(year);
    return status;
}

enum status follow_checks(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    static const char *const grade_en[] = {"good", "qualified", "just qualified", "not qualified"},
                             *const grade_zh[] = {"好", "合格", "勉强", "不合格"};
    double *d;
    size_t *year, n;
    struct grey_model m;
    enum status status = room(of, &d, &year, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t,
        coupling_table_words(
            t,
            "class ratios within e^(+-2/(n+1)); C = sd of residuals / sd of D; P = share of |e - mean e| < 0.6745 sd",
            "级比落在 e^(±2/(n+1)) 内；C = 残差标准差 / D 标准差；P = |e - e均值| < 0.6745 标准差 的比例"));
    coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "地区");
    coupling_table_column(t, COLUMN_NUMBER, "a", "a", "发展系数a");
    coupling_table_column(t, COLUMN_NUMBER, "b", "b", "灰作用量b");
    coupling_table_column(t, COLUMN_TEXT, "class_ratios", "class ratios", "级比检验");
    coupling_table_column(t, COLUMN_NUMBER, "mean_error", "mean error", "平均相对误差");
    coupling_table_column(t, COLUMN_NUMBER, "C", "C", "后验差比C");
    coupling_table_column(t, COLUMN_NUMBER, "P", "P", "小误差概率P");
    coupling_table_column(t, COLUMN_TEXT, "grade", "grade", "精度等级");
    for (size_t u = 0; u < of->panel.of.n_units && status == OK; u++) {
        if (!fitted(of, u, d, year, &n, &m))
            continue;
        coupling_table_text(t, of->panel.unit[u]);
        coupling_table_number(t, m.a);
        coupling_table_number(t, m.b);
        coupling_table_text(t, m.ratios_good ? coupling_table_words(t, "pass", "通过")
                                             : coupling_table_words(t, "fail", "未通过"));
        coupling_table_number(t, m.mean_error);
        coupling_table_number(t, m.ratio);
        coupling_table_number(t, m.small);
        coupling_table_text(t, coupling_table_words(t, grade_en[m.grade - 1], grade_zh[m.grade - 1]));
    }
    free(d);
    free(year);
    return status;
}

/* -- trend ------------------------------------------------------------------------------------------------------------ */
enum status follow_trend(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    static const char *const name[] = {"S", "variance", "Z", "p", "slope"},
                             *const en[] = {"S", "variance", "Z", "p", "Sen's slope"},
                             *const zh[] = {"S", "方差", "Z", "p值", "Sen斜率"};
    double *d;
    size_t *year;
    enum status status = room(of, &d, &year, diag);
    coupling_table_formulas(t, of);
    coupling_table_note(
        t,
        coupling_table_words(t, "Mann-Kendall, variance with ties, Z with continuity, p two-sided; Sen's slope a year",
                             "Mann-Kendall 检验：方差含同值修正，Z 含连续性修正，双侧 p 值；Sen 斜率（每年）"));
    coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "地区");
    coupling_table_column(t, COLUMN_NUMBER, "n", "n", "年数");
    for (size_t k = 0; k < 5; k++)
        coupling_table_column(t, COLUMN_NUMBER, name[k], en[k], zh[k]);
    for (size_t u = 0; u < of->panel.of.n_units && status == OK; u++) {
        struct trend trend;
        size_t n = follow_unit(of, u, d, year);
        double *time = d + n;
        for (size_t k = 0; k < n; k++)
            time[k] = of->panel.year[year[k]];
        bool good = trend_test(time, d, n, &trend);
        const double value[] = {trend.s, trend.variance, trend.z, trend.p, trend.slope};
        coupling_table_text(t, of->panel.unit[u]);
        coupling_table_count(t, (long)n);
        for (size_t k = 0; k < 5; k++)
            coupling_table_number(t, good ? value[k] : (double)NAN);
    }
    free(d);
    free(year);
    return status;
}
