/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_space - Moran's I of D by year, and transitions between classes of D, also by the class of the neighbours. */
#include <liandong/coupling_follow.h>
#include <liandong/density.h>
#include <liandong/markov.h>
#include <liandong/spatial.h>
#include <math.h>
#include <stdint.h>

enum { CLASSES_MOST = SPEC_CLASSES };

/* The units of one year with the weights among them. */
struct year_space {
    size_t n, alone;
    double *d, *w;
    size_t *unit;
    struct spatial_local *local;
};

static enum status no_memory(struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status space_room(struct year_space *s, const struct coupling_case *of, struct diag *diag)
{
    size_t n = of->panel.of.n_units + 1;
    *s = (struct year_space){.d = calloc(n, sizeof *s->d),
                             .w = calloc(n * n, sizeof *s->w),
                             .unit = calloc(n, sizeof *s->unit),
                             .local = calloc(n, sizeof *s->local)};
    return s->d != NULL && s->w != NULL && s->unit != NULL && s->local != NULL ? OK : no_memory(diag);
}

static void space_free(struct year_space *s)
{
    free(s->d);
    free(s->w);
    free(s->unit);
    free(s->local);
}

static void space_of_year(struct year_space *s, const struct coupling_case *of, const double *w, size_t year)
{
    size_t all = of->panel.of.n_units;
    s->n = follow_year(of, year, s->d, s->unit);
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++)
            s->w[i * s->n + j] = w[s->unit[i] * all + s->unit[j]];
    s->alone = of->spec.spatial.as_given ? 0 : spatial_standardise(s->w, s->n);
}

static const char *neighbours_text(const struct coupling_table *t, const struct coupling_spec *spec)
{
    static const char *const en[] = {[NEIGHBOURS_CONTIGUITY] = "contiguity",
                                     [NEIGHBOURS_DISTANCE] = "inverse distance",
                                     [NEIGHBOURS_ECONOMIC] = "economic distance, 1 / |difference|",
                                     [NEIGHBOURS_MATRIX] = "given matrix"};
    static const char *const zh[] = {[NEIGHBOURS_CONTIGUITY] = "邻接",
                                     [NEIGHBOURS_DISTANCE] = "反距离",
                                     [NEIGHBOURS_ECONOMIC] = "经济距离 1 / |差|",
                                     [NEIGHBOURS_MATRIX] = "给定矩阵"};
    return coupling_table_words(t, en[spec->spatial.kind], zh[spec->spatial.kind]);
}

static void note_space(struct coupling_table *t, const struct coupling_case *of)
{
    coupling_table_formulas(t, of);
    coupling_table_note(t,
                        coupling_table_words(t, "weights of neighbours: %s, %s; %zu permutations, p_sim one-sided",
                                             "空间权重：%s，%s；置换 %zu 次，p_sim 为单侧"),
                        neighbours_text(t, &of->spec),
                        of->spec.spatial.as_given ? coupling_table_words(t, "as given", "按给定值")
                                                  : coupling_table_words(t, "rows sum to 1", "行标准化"),
                        of->spec.spatial.permutations);
}

static void moran_row(struct coupling_table *t, const struct coupling_case *of, const struct year_space *s, size_t year)
{
    struct spatial_moran g;
    bool good = spatial_moran(s->d, s->w, s->n, of->spec.spatial.permutations, &g, NULL);
    const double value[] = {g.i, g.expected, g.variance, g.z, g.p, g.p_sim};
    coupling_table_count(t, of->panel.year[year]);
    coupling_table_count(t, (long)s->n);
    coupling_table_count(t, (long)s->alone);
    for (size_t k = 0; k < sizeof value / sizeof value[0]; k++)
        coupling_table_number(t, good ? value[k] : (double)NAN);
}

static void local_rows(struct coupling_table *t, const struct coupling_case *of, struct year_space *s, size_t year)
{
    static const char *const quadrant[SPATIAL_QUADRANTS] = {"HH", "LH", "LL", "HL"};
    struct spatial_moran g;
    if (!spatial_moran(s->d, s->w, s->n, of->spec.spatial.permutations, &g, s->local))
        return;
    for (size_t i = 0; i < s->n; i++) {
        coupling_table_text(t, of->panel.unit[s->unit[i]]);
        coupling_table_count(t, of->panel.year[year]);
        coupling_table_number(t, s->d[i]);
        coupling_table_number(t, s->local[i].lag);
        coupling_table_number(t, s->local[i].i);
        coupling_table_number(t, s->local[i].p_sim);
        coupling_table_text(t, quadrant[s->local[i].quadrant]);
    }
}

static enum status each_year(struct coupling_table *t, const struct coupling_case *of, bool local, struct diag *diag)
{
    struct year_space s;
    enum status status = space_room(&s, of, diag);
    for (size_t y = 0; y < of->panel.of.n_years && status == OK; y++) {
        space_of_year(&s, of, of->neighbours, y);
        if (local)
            local_rows(t, of, &s, y);
        else
            moran_row(t, of, &s, y);
    }
    space_free(&s);
    return status;
}

enum status follow_moran(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    note_space(t, of);
    coupling_table_note(
        t,
        coupling_table_words(
            t,
            "I = n / S0 sum w zi zj / sum z^2; variance under randomisation (Cliff and Ord 1981); p two-sided, normal",
            "I = n / S0 sum w zi zj / sum z^2；方差按随机化假设（Cliff and Ord 1981）；p 为双侧、正态近似"));
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "n", "n", "样本数");
    coupling_table_column(t, COLUMN_NUMBER, "isolated", "isolated", "孤立单元");
    coupling_table_column(t, COLUMN_NUMBER, "I", "Moran's I", "Moran's I");
    coupling_table_column(t, COLUMN_NUMBER, "expected", "expected", "期望");
    coupling_table_column(t, COLUMN_NUMBER, "variance", "variance", "方差");
    coupling_table_column(t, COLUMN_NUMBER, "z", "z", "z值");
    coupling_table_column(t, COLUMN_NUMBER, "p", "p", "p值");
    coupling_table_column(t, COLUMN_NUMBER, "p_sim", "p (permutations)", "置换p值");
    return each_year(t, of, false, diag);
}

enum status follow_local(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    note_space(t, of);
    coupling_table_note(
        t, coupling_table_words(t, "Ii = zi sum w zj on standardised D; quadrants: own, then neighbours, high or low",
                                "Ii = zi sum w zj（标准化 D）；象限：本单元在前、邻域在后，H 高 L 低"));
    coupling_table_column(t, COLUMN_TEXT, "unit", "unit", "地区");
    coupling_table_column(t, COLUMN_NUMBER, "year", "year", "年份");
    coupling_table_column(t, COLUMN_NUMBER, "D", NULL, NULL);
    coupling_table_column(t, COLUMN_NUMBER, "lag", "neighbours", "空间滞后");
    coupling_table_column(t, COLUMN_NUMBER, "I", "local I", "局部I");
    coupling_table_column(t, COLUMN_NUMBER, "p_sim", "p (permutations)", "置换p值");
    coupling_table_column(t, COLUMN_TEXT, "quadrant", "quadrant", "象限");
    return each_year(t, of, true, diag);
}

/* -- transitions ------------------------------------------------------------------------------------------------------ */
struct chain {
    size_t k;
    struct ccd_class of[CLASSES_MOST];
    char name[CLASSES_MOST][16];
    struct ccd_class_table table;
    bool closed_above;
    double *count, *by_neighbours; /* [k][k]; [k][k][k] or NULL */
};

/* Classes of D: those of the specification, or quantiles of all D. */
static void chain_classes(struct chain *c, const struct coupling_case *of)
{
    size_t k = of->spec.markov_classes;
    c->table = *of->spec.options.classes;
    c->closed_above = of->spec.options.closed_above;
    for (size_t i = 0; i < k; i++) {
        snprintf(c->name[i], sizeof c->name[i], "%zu", i + 1);
        double cut = density_quantile(of->result.d, of->result.n, (double)i / (double)k);
        c->of[i] = (struct ccd_class){i == 0 ? 0.0 : cut, c->name[i], c->name[i]};
    }
    if (k > 0)
        c->table = (struct ccd_class_table){"quantiles", "quantiles of D", "D的分位数", 'D', 1.0, k, c->of};
    c->k = c->table.n;
}

/* Mean D of the neighbours of a unit in a year; NAN without neighbours. */
static double neighbours_mean(const struct coupling_case *of, const double *w, size_t unit, size_t year)
{
    const struct coupling_panel *p = &of->panel;
    double sum = 0.0, weights = 0.0;
    for (size_t v = 0; v < p->of.n_units; v++) {
        size_t row = p->grid[v * p->of.n_years + year];
        if (row == SIZE_MAX)
            continue;
        sum += w[unit * p->of.n_units + v] * of->result.d[row];
        weights += w[unit * p->of.n_units + v];
    }
    return sum / weights;
}

static void chain_count(struct chain *c, const struct coupling_case *of)
{
    const struct coupling_panel *p = &of->panel;
    for (size_t u = 0; u < p->of.n_units; u++)
        for (size_t y = 0; y + 1 < p->of.n_years; y++) {
            size_t a = p->grid[u * p->of.n_years + y], b = p->grid[u * p->of.n_years + y + 1];
            if (a == SIZE_MAX || b == SIZE_MAX)
                continue;
            size_t from = ccd_classify(&c->table, c->closed_above, of->result.d[a]);
            size_t to = ccd_classify(&c->table, c->closed_above, of->result.d[b]);
            c->count[from * c->k + to] += 1.0;
            if (c->by_neighbours == NULL)
                continue;
            size_t around = ccd_classify(&c->table, c->closed_above, neighbours_mean(of, of->neighbours, u, y));
            if (around < c->k)
                c->by_neighbours[(around * c->k + from) * c->k + to] += 1.0;
        }
}

static const char *chain_name(const struct coupling_table *t, const struct chain *c, size_t k)
{
    return coupling_table_words(t, c->table.of[k].en, c->table.of[k].zh);
}

static bool chain_rows(struct coupling_table *t, const struct chain *c, const char *neighbours, const double *count)
{
    double *p = calloc(c->k * c->k + c->k + 1, sizeof *p), *share = p == NULL ? NULL : p + c->k * c->k;
    if (p == NULL)
        return false;
    markov_probabilities(count, c->k, p);
    bool ends = markov_stationary(p, c->k, share);
    for (size_t i = 0; i < c->k; i++)
        for (size_t j = 0; j < c->k; j++) {
            coupling_table_text(t, neighbours);
            coupling_table_text(t, chain_name(t, c, i));
            coupling_table_text(t, chain_name(t, c, j));
            coupling_table_count(t, (long)count[i * c->k + j]);
            coupling_table_number(t, p[i * c->k + j]);
            coupling_table_number(t, ends ? share[j] : (double)NAN);
        }
    free(p);
    return true;
}

static void note_chain(struct coupling_table *t, const struct chain *c)
{
    char cuts[256] = "";
    size_t used = 0;
    for (size_t k = 1; k < c->k && used + 1 < sizeof cuts; k++) {
        int n = snprintf(cuts + used, sizeof cuts - used, " %.6g", c->table.of[k].from);
        used += n > 0 ? (size_t)n : 0;
    }
    coupling_table_note(t,
                        coupling_table_words(t, "transitions from a year to the next; classes: %s, cuts%s",
                                             "逐年转移；类型：%s，分界点%s"),
                        c->table.name, cuts);
    if (c->by_neighbours == NULL)
        return;
    struct markov_test test = markov_neighbour_test(c->by_neighbours, c->k);
    coupling_table_note(
        t,
        coupling_table_words(
            t, "do transitions hang on the neighbours' class? LR = %.4f, df = %g, p = %.4g (Bickenbach and Bode 2003)",
            "转移是否依赖邻域类型？LR = %.4f，自由度 = %g，p = %.4g（Bickenbach and Bode 2003）"),
        test.lr, test.df, test.p);
}

static void markov_columns(struct coupling_table *t)
{
    coupling_table_column(t, COLUMN_TEXT, "neighbours", "neighbours", "邻域类型");
    coupling_table_column(t, COLUMN_TEXT, "from", "from", "期初类型");
    coupling_table_column(t, COLUMN_TEXT, "to", "to", "期末类型");
    coupling_table_column(t, COLUMN_NUMBER, "count", "cases", "次数");
    coupling_table_column(t, COLUMN_NUMBER, "probability", "probability", "转移概率");
    coupling_table_column(t, COLUMN_NUMBER, "stationary", "in the long run", "稳态概率");
}

enum status follow_markov(struct coupling_table *t, const struct coupling_case *of, struct diag *diag)
{
    struct chain c = {.k = 0};
    bool space = of->neighbours != NULL;
    chain_classes(&c, of);
    c.count = calloc(c.k * c.k + 1, sizeof *c.count);
    c.by_neighbours = space ? calloc(c.k * c.k * c.k + 1, sizeof *c.by_neighbours) : NULL;
    bool good = c.count != NULL && (!space || c.by_neighbours != NULL);
    if (good) {
        chain_count(&c, of);
        coupling_table_formulas(t, of);
        note_chain(t, &c);
        markov_columns(t);
        good = chain_rows(t, &c, coupling_table_words(t, "all", "全部"), c.count);
        for (size_t l = 0; space && good && l < c.k; l++)
            good = chain_rows(t, &c, chain_name(t, &c, l), c.by_neighbours + l * c.k * c.k);
    }
    free(c.count);
    free(c.by_neighbours);
    return good ? OK : no_memory(diag);
}
