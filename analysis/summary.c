/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary - see include/liandong/summary.h.
 *
 * Each figure is one number a run: a stock at the end of the last month, or a flow summed over months, over all regions.
 * Survival is that of a period table: what a founder would live through at the death rates by age of the months measured. */
#include <liandong/mathx.h>
#include <liandong/summary.h>
#include <string.h>

enum { BLOCK = 32 };
enum how { AT_END, SUMMED, MONTHS_ABOVE_ZERO };

/* One series, reduced: value[k * runs + run] of member k; k == n: all members together. */
struct reduced {
    size_t n;
    char **name, **zh; /* of the members; NULL for a series without a dimension */
    double *value;
};

struct maker {
    struct summary *s;
    const struct result *r;
    struct result_shape shape;
    struct diag *diag;
    enum status status; /* the first failure; later steps do nothing */
};

static void reduced_free(struct reduced *v)
{
    texts_free(v->name, v->n);
    texts_free(v->zh, v->n);
    free(v->value);
    *v = (struct reduced){0};
}

static double number_at(const struct result_variable *v, union cell cell)
{
    return v->real ? cell.d : (double)cell.i;
}

/* One run, one member. */
static double reduce(const struct maker *m, const struct result_variable *v, const union cell *cells, size_t member,
                     size_t members, enum how how)
{
    double sum = 0.0;
    for (int32_t t = how == AT_END ? m->shape.months - 1 : 0; t < m->shape.months; t++) {
        double month = 0.0;
        for (uint32_t g = 0; g < m->shape.regions; g++)
            month += number_at(v, cells[((size_t)t * m->shape.regions + g) * members + member]);
        sum += how == MONTHS_ABOVE_ZERO ? (double)(month > 0.0) : month;
    }
    return sum;
}

static enum status read_block(const struct maker *m, const struct result_variable *v, enum how how, uint64_t first,
                              union cell *cells, double *value)
{
    size_t runs = m->shape.runs, members = v->rank == 4 ? (size_t)v->length[3] : 1;
    uint64_t n = runs - first < BLOCK ? runs - first : BLOCK;
    TRY(result_read(m->r, v, first, n, cells, m->diag));
    for (uint64_t i = 0; i < n; i++)
        for (size_t k = 0; k < members; k++) {
            double number = reduce(m, v, cells + i * v->width, k, members, how);
            value[k * runs + first + i] = number;
            value[members * runs + first + i] += number;
        }
    return OK;
}

static enum status read_values(const struct maker *m, const struct result_variable *v, enum how how, double **value)
{
    size_t runs = m->shape.runs, members = v->rank == 4 ? (size_t)v->length[3] : 1;
    union cell *cells = calloc(BLOCK * v->width + 1, sizeof *cells);
    *value = calloc((members + 1) * runs + 1, sizeof **value);
    enum status status = OK;
    if (cells == NULL || *value == NULL) {
        free(cells);
        return diag_stop(m->diag, NO_MEMORY, "%s: no memory to read %s", m->r->path, v->name);
    }
    for (uint64_t first = 0; first < runs && status == OK; first += BLOCK)
        status = read_block(m, v, how, first, cells, *value);
    free(cells);
    return status;
}

static enum status damaged(const struct maker *m, const char *name)
{
    return diag_stop(m->diag, IO_ERROR, "%s: is damaged: '%s' has another shape than its runs", m->r->path, name);
}

static enum status read_reduced(const struct maker *m, const char *name, enum how how, struct reduced *to)
{
    const struct result_variable *v;
    char label[READING_NAME + 16];
    size_t n;
    *to = (struct reduced){.n = 1};
    TRY(result_need(m->r, name, &v, m->diag));
    if (v->text || v->rank < 3 || v->rank > 4 || v->length[0] != m->shape.runs ||
        v->length[1] != (uint64_t)m->shape.months || v->length[2] != m->shape.regions)
        return damaged(m, name);
    if (v->rank == 4) {
        to->n = (size_t)v->length[3];
        TRY(result_texts(m->r, v->axis[3], &to->name, &n, m->diag));
        snprintf(label, sizeof label, "%s_label_zh", v->axis[3]);
        if (result_find(m->r, label) != NULL)
            TRY(result_texts(m->r, label, &to->zh, &n, m->diag));
        if (n != to->n)
            return damaged(m, label);
    }
    return read_values(m, v, how, &to->value);
}

/* The series, or nothing after a failure.  One that the file lacks because its dimension is empty is nothing, too. */
static struct reduced take(struct maker *m, const char *name, enum how how)
{
    struct reduced v = {0};
    if (m->status != OK || result_find(m->r, name) == NULL)
        return v;
    m->status = read_reduced(m, name, how, &v);
    if (m->status != OK)
        reduced_free(&v);
    return v;
}

/* -- rows --------------------------------------------------------------------------------------------------- */
struct unit {
    const char *en, *zh;
    double scale, scale_zh; /* what a value is divided by */
    int decimals, decimals_zh;
};
static const struct unit unit_count = {"", "户", 1.0, 1.0, 0, 0}, unit_funds = {"", "只", 1.0, 1.0, 0, 0},
                         unit_percent = {"%", "%", 0.01, 0.01, 2, 2}, unit_fen = {"CNY m", "亿元", 1e8, 1e10, 1, 2},
                         unit_months = {"months", "个月", 1.0, 1.0, 1, 1},
                         unit_runs = {"% of runs", "%（占模拟次数）", 0.01, 0.01, 1, 1};

static struct summary_row *new_row(struct summary *s, const char *name, const char *en, const char *zh)
{
    if (s->n == s->capacity) {
        size_t capacity = 2 * s->capacity + 32;
        struct summary_row *grown = realloc(s->row, capacity * sizeof *grown);
        if (grown == NULL) {
            s->no_memory = true;
            return NULL;
        }
        s->row = grown;
        s->capacity = capacity;
    }
    struct summary_row *row = &s->row[s->n++];
    *row = (struct summary_row){.unit = ""};
    snprintf(row->name, sizeof row->name, "%s", name);
    snprintf(row->label, sizeof row->label, "%s", s->zh ? zh : en);
    return row;
}

static void head(struct maker *m, const char *en, const char *zh)
{
    struct summary_row *row = new_row(m->s, "", en, zh);
    if (row != NULL)
        row->head = true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted values; linear between neighbours. */
static double quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t k = (size_t)at;
    return k + 1 < n ? sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

/* value[run]; is left as it is. */
static void add(struct maker *m, const char *name, const char *en, const char *zh, const struct unit *unit,
                const double *value)
{
    size_t n = m->shape.runs;
    double sum = 0.0, scale = m->s->zh ? unit->scale_zh : unit->scale, *sorted = malloc((n + 1) * sizeof *sorted);
    struct summary_row *row = sorted == NULL ? NULL : new_row(m->s, name, en, zh);
    m->s->no_memory = m->s->no_memory || row == NULL;
    if (row != NULL) {
        for (size_t k = 0; k < n; k++) {
            sorted[k] = value[k] / scale;
            sum += sorted[k];
        }
        qsort(sorted, n, sizeof *sorted, by_size);
        row->unit = m->s->zh ? unit->zh : unit->en;
        row->decimals = m->s->zh ? unit->decimals_zh : unit->decimals;
        row->mean = sum / (double)n;
        row->low = quantile(sorted, n, 0.05);
        row->high = quantile(sorted, n, 0.95);
    }
    free(sorted);
}

static double *all_of(struct maker *m, const struct reduced *v)
{
    return v->value + v->n * m->shape.runs;
}

static bool has_any(struct maker *m, const struct reduced *v, size_t member)
{
    for (size_t run = 0; v->value != NULL && run < m->shape.runs; run++)
        if (v->value[member * m->shape.runs + run] != 0.0)
            return true;
    return false;
}

/* All members together. */
static void add_series(struct maker *m, const char *series, enum how how, const char *en, const char *zh,
                       const struct unit *unit)
{
    struct reduced v = take(m, series, how);
    if (v.value != NULL)
        add(m, series, en, zh, unit, all_of(m, &v));
    reduced_free(&v);
}

/* One row a member that is not always zero; `en` and `zh` come before its name.  Without them it is part of the row above. */
static void add_members(struct maker *m, const char *series, enum how how, const char *en, const char *zh,
                        const struct unit *unit)
{
    struct reduced v = take(m, series, how);
    for (size_t k = 0; v.value != NULL && v.name != NULL && k < v.n; k++) {
        char name[96], text_en[160], text_zh[160];
        if (!has_any(m, &v, k))
            continue;
        snprintf(name, sizeof name, "%.40s.%.50s", series, v.name[k]);
        snprintf(text_en, sizeof text_en, "%.60s%.80s", en, v.name[k]);
        snprintf(text_zh, sizeof text_zh, "%.60s%.80s", zh, v.zh != NULL ? v.zh[k] : v.name[k]);
        add(m, name, text_en, text_zh, unit, v.value + k * m->shape.runs);
        if (!m->s->no_memory)
            m->s->row[m->s->n - 1].part = en[0] == '\0';
    }
    reduced_free(&v);
}

/* Sum of one series over sum of another, run by run. */
static void add_ratio(struct maker *m, const char *name, const char *above, const char *below, const char *en,
                      const char *zh)
{
    struct reduced a = take(m, above, AT_END), b = take(m, below, AT_END);
    if (a.value != NULL && b.value != NULL) {
        double *x = all_of(m, &a), *y = all_of(m, &b);
        for (size_t run = 0; run < m->shape.runs; run++)
            x[run] = y[run] != 0.0 ? x[run] / y[run] : 0.0;
        add(m, name, en, zh, &unit_percent, x);
    }
    reduced_free(&a);
    reduced_free(&b);
}

enum part { PART_ENTERPRISES, PART_FINANCE, PART_REFINANCED, PART_FUNDS, PART_POOLS, PART_COVERS, PART_COST };
static const struct figure {
    enum part part;
    bool members; /* a row for each that is not always zero, not one of all together */
    enum how how;
    const char *series, *en, *zh;
    const struct unit *unit;
} figures[] = {
#define FIGURE(part, which, series, how, unit, en, zh) {PART_##part, which, how, #series, en, zh, &unit_##unit},
#define ALL                                            false
#define EACH_OF                                        true
#include <liandong/summary.def>
#undef FIGURE
#undef ALL
#undef EACH_OF
};

static void add_part(struct maker *m, enum part part)
{
    for (const struct figure *f = figures; f < figures + sizeof figures / sizeof *figures; f++)
        if (f->part == part)
            (f->members ? add_members : add_series)(m, f->series, f->how, f->en, f->zh, f->unit);
}

/* -- what the rows say -------------------------------------------------------------------------------------- */
static void add_survival(struct maker *m, const char *name, size_t years, const char *en, const char *zh)
{
    struct reduced deaths = take(m, "deaths_by_age", SUMMED), living = take(m, "alive_by_age", SUMMED);
    if (deaths.value != NULL && living.value != NULL && deaths.n == living.n && years <= deaths.n) {
        double *to = all_of(m, &deaths);
        for (size_t run = 0; run < m->shape.runs; run++) {
            double hazard = 0.0;
            for (size_t age = 0; age < years; age++) {
                size_t at = age * m->shape.runs + run;
                hazard += living.value[at] > 0.0 ? 12.0 * deaths.value[at] / living.value[at] : 0.0;
            }
            to[run] = ld_exp(-hazard);
        }
        add(m, name, en, zh, &unit_percent, to);
    }
    reduced_free(&deaths);
    reduced_free(&living);
}

static void add_enterprises(struct maker *m)
{
    head(m, "Where the enterprises are", "企业分布");
    add_part(m, PART_ENTERPRISES);
    add_survival(m, "survival_3", 3, "not failed after 3 years, at these death rates", "三年未失败率（时期表）");
    add_survival(m, "survival_5", 5, "not failed after 5 years, at these death rates", "五年未失败率（时期表）");
}

static void add_finance(struct maker *m)
{
    head(m, "Who financed them, all months", "融资来源（全期合计）");
    add_part(m, PART_FINANCE);
}

/* A rate of one run: mean over months and regions, weighted by what it was paid on. */
static enum status mean_rate(const struct maker *m, const struct result_variable *rate,
                             const struct result_variable *weight, uint32_t run, double *mean)
{
    size_t members = (size_t)(weight->width / rate->width);
    union cell *x = calloc(rate->width + 1, sizeof *x), *y = calloc(weight->width + 1, sizeof *y);
    enum status status = OK;
    double sum = 0.0, all = 0.0;
    if (x == NULL || y == NULL)
        status = diag_stop(m->diag, NO_MEMORY, "%s: no memory to read %s", m->r->path, rate->name);
    if (status == OK)
        status = result_read(m->r, rate, run, 1, x, m->diag);
    if (status == OK)
        status = result_read(m->r, weight, run, 1, y, m->diag);
    BUG_ON(status == OK && (x == NULL || y == NULL));
    for (size_t k = 0; k < weight->width && status == OK; k++) {
        sum += (double)y[k].i * x[k / members].d;
        all += (double)y[k].i;
    }
    *mean = all > 0.0 ? sum / all : 0.0;
    free(x);
    free(y);
    return status;
}

static void add_rate(struct maker *m, const char *rate, const char *weight, const char *en, const char *zh)
{
    const struct result_variable *v = result_find(m->r, rate), *w = result_find(m->r, weight);
    uint64_t cells = (uint64_t)m->shape.months * m->shape.regions;
    if (m->status != OK || v == NULL || w == NULL || !v->real || w->real || w->text || v->width != cells ||
        w->width % cells != 0 || v->length[0] != m->shape.runs || w->length[0] != m->shape.runs)
        return;
    double *mean = calloc(m->shape.runs, sizeof *mean);
    if (mean == NULL) {
        m->s->no_memory = true;
        return;
    }
    for (uint32_t run = 0; run < m->shape.runs && m->status == OK; run++)
        m->status = mean_rate(m, v, w, run, &mean[run]);
    if (m->status == OK)
        add(m, rate, en, zh, &unit_percent, mean);
    free(mean);
}

static void add_credit(struct maker *m)
{
    head(m, "Bank credit", "银行信贷");
    add_series(m, "loans_outstanding", AT_END, "outstanding at the end", "期末贷款余额", &unit_fen);
    add_ratio(m, "share_with_loan", "with_loan", "enterprises", "registered enterprises with a loan", "获贷率");
    add_ratio(m, "npl_ratio", "npl", "loans_outstanding", "non-performing at the end", "期末不良率");
    add_rate(m, "interest_rate", "loans_granted", "rate of new credit", "新发放贷款利率");
    add_rate(m, "credit_cost", "loans_granted", "with fees for covers that the borrower bears",
             "含企业负担的担保、保险费");
    add_rate(m, "interest_rate_stock", "loans_outstanding", "rate of outstanding loans", "存量贷款利率");
    add_series(m, "first_time", SUMMED, "first loan of their life", "首贷户", &unit_count);
    add_members(m, "losses", SUMMED, "losses borne by ", "损失承担：", &unit_fen);
}

/* The share of runs in which a claim was not met in full for lack of money, and how many months. */
static void add_depletion(struct maker *m)
{
    struct reduced v = take(m, "pool_unmet", MONTHS_ABOVE_ZERO);
    if (v.value != NULL && v.n > 0) {
        double *months = all_of(m, &v);
        add(m, "pool_depletion_months", "months with a claim unmet for lack of money", "因资金不足未足额代偿月数",
            &unit_months, months);
        for (size_t run = 0; run < m->shape.runs; run++)
            months[run] = months[run] > 0.0;
        add(m, "pool_depleted", "runs in which that happened", "发生穿底的模拟", &unit_runs, months);
    }
    reduced_free(&v);
}

/* Whether a series is ever above zero; *members, unless NULL: how many it has. */
static bool any_in(struct maker *m, const char *series, size_t *members)
{
    struct reduced v = take(m, series, SUMMED);
    bool any = v.value != NULL && has_any(m, &v, v.n);
    if (members != NULL)
        *members = v.n;
    reduced_free(&v);
    return any;
}

static void add_pools(struct maker *m)
{
    size_t pools;
    if (!any_in(m, "pool_paid_in", &pools))
        return;
    head(m, "What the risk-compensation pool did", "风险补偿资金池");
    add_part(m, PART_POOLS);
    if (pools > 1)
        add_members(m, "pool_balance", AT_END, "", "", &unit_fen);
    add_depletion(m);
}

static void add_funds(struct maker *m)
{
    if (!any_in(m, "equity_invested", NULL))
        return;
    head(m, "What venture funds did", "创投基金");
    add_part(m, PART_FUNDS);
}

/* Whoever covers loans beside the pools: guarantors, funds, insurers. */
static void add_covers(struct maker *m)
{
    struct reduced held = take(m, "cover_balance", SUMMED);
    bool any = false;
    for (size_t k = 0; held.value != NULL && held.name != NULL && k < held.n; k++)
        any = any || (strncmp(held.name[k], "risk_pool", strlen("risk_pool")) != 0 && has_any(m, &held, k));
    reduced_free(&held);
    if (!any)
        return;
    head(m, "Who covers loans", "贷款风险分担方");
    add_part(m, PART_COVERS);
}

static void add_refinanced(struct maker *m)
{
    if (!any_in(m, "relending_owed", NULL))
        return;
    add_part(m, PART_REFINANCED);
}

static void add_cost(struct maker *m)
{
    head(m, "What it cost, all months", "财政收支（全期合计）");
    add_part(m, PART_COST);
}

enum status summary_make(struct summary *s, const struct result *r, bool zh, struct diag *diag)
{
    struct maker m = {.s = s, .r = r, .diag = diag};
    *s = (struct summary){.zh = zh};
    TRY(result_shape(r, &m.shape, diag));
    s->runs = m.shape.runs;
    s->start = m.shape.start;
    s->months = m.shape.months;
    m.status = s->runs == 0 || s->months == 0 ? diag_stop(diag, FAILED, "%s: holds no runs", r->path) : OK;
    add_enterprises(&m);
    add_finance(&m);
    add_credit(&m);
    add_refinanced(&m);
    add_funds(&m);
    add_pools(&m);
    add_covers(&m);
    add_cost(&m);
    if (m.status == OK)
        m.status = result_text(r, NULL, "digest", &s->digest, diag);
    if (m.status == OK)
        m.status = result_text(r, NULL, "audit", &s->audit, diag);
    if (m.status == OK && s->no_memory)
        m.status = diag_stop(diag, NO_MEMORY, "out of memory");
    if (m.status != OK)
        summary_free(s);
    return m.status;
}

void summary_free(struct summary *s)
{
    free(s->row);
    free(s->digest);
    free(s->audit);
    *s = (struct summary){.n = 0};
}
