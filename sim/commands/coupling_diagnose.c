/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_diagnose - which formula made a published column: the candidates that fit best, and what that means. */
#include <liandong/ccd_diagnose.h>
#include <liandong/coupling_tables.h>
#include <math.h>
#include <string.h>

enum { SHOWN = 12 };

/* Indices as printed are known to half a unit of their last digit; those calculated here are exact. */
static double half_of_indices(const struct coupling_case *of)
{
    int decimals = 17;
    for (size_t j = 0; j < of->spec.n_indicators; j++) {
        if (of->spec.of[j].direction != CCD_INDEX)
            return 0.0;
        decimals = of->panel.decimals[j] < decimals ? of->panel.decimals[j] : decimals;
    }
    return decimals > 12 ? 0.0 : 0.5 * pow(10.0, -decimals);
}

static double *shares_by_row(const struct coupling_case *of)
{
    const struct ccd_result *r = &of->result;
    double *share = calloc(r->n * r->s + 1, sizeof *share);
    for (size_t i = 0; share != NULL && i < r->n; i++)
        for (size_t s = 0; s < r->s; s++)
            share[i * r->s + s] = r->share[(r->n_weights > 1 ? of->panel.of.year[i] : 0) * r->s + s];
    return share;
}

static void formula_text(char *text, size_t size, const struct ccd_candidate *c)
{
    char power[32] = "";
    if (c->coupling == CCD_LIAO)
        snprintf(power, sizeof power, ", k = %g", c->power);
    if (c->is_c)
        snprintf(text, size, "%s%s", ccd_couplings[c->coupling].formula, power);
    else
        snprintf(text, size, "%s; %s; %s%s", ccd_degrees[c->degree].formula, ccd_combinations[c->combination].formula,
                 ccd_couplings[c->coupling].formula, power);
}

/* What is wrong with it, part by part. */
static void mistakes_text(char *text, size_t size, const struct ccd_candidate *c)
{
    const struct ccd_choice *part[] = {&ccd_couplings[c->coupling], &ccd_rescalings[c->rescaling],
                                       &ccd_combinations[c->combination], &ccd_degrees[c->degree]};
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < (c->is_c ? 2u : 4u); k++)
        if (!part[k]->right && used + 1 < size) {
            int n = snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", tr(part[k]->en, part[k]->zh));
            used += n > 0 ? (size_t)n : 0;
        }
}

static const char *fit_name(const struct ccd_candidate *c, double half)
{
    if (c->rows > 0 && c->fitting == c->rows)
        return tr("fits", "吻合");
    return c->largest <= 10.0 * half ? tr("near", "接近") : tr("no", "不符");
}

static void add_candidate(struct coupling_table *t, const struct ccd_candidate *c, double half)
{
    char formula[512], mistakes[512];
    formula_text(formula, sizeof formula, c);
    mistakes_text(mistakes, sizeof mistakes, c);
    coupling_table_text(t, c->is_c ? "C" : "D");
    coupling_table_text(t, ccd_couplings[c->coupling].name);
    coupling_table_text(t, c->is_c ? NULL : ccd_combinations[c->combination].name);
    coupling_table_text(t, c->is_c ? NULL : ccd_degrees[c->degree].name);
    coupling_table_text(t, ccd_rescalings[c->rescaling].name);
    coupling_table_text(t, c->right ? tr("right", "正确") : tr("wrong", "错误"));
    coupling_table_count(t, (long)c->fitting);
    coupling_table_count(t, (long)c->rows);
    coupling_table_number(t, c->largest);
    coupling_table_number(t, c->mean);
    coupling_table_text(t, fit_name(c, half));
    coupling_table_text(t, formula);
    coupling_table_text(t, mistakes);
}

static void columns(struct coupling_table *t)
{
    coupling_table_column(t, COLUMN_TEXT, "what", "is", "对象");
    coupling_table_column(t, COLUMN_TEXT, "coupling", "coupling degree", "耦合度公式");
    coupling_table_column(t, COLUMN_TEXT, "T", "T", "T");
    coupling_table_column(t, COLUMN_TEXT, "D", "D", "D");
    coupling_table_column(t, COLUMN_TEXT, "indices", "indices", "指数");
    coupling_table_column(t, COLUMN_TEXT, "verdict", "formula is", "判断");
    coupling_table_column(t, COLUMN_NUMBER, "fitting", "fitting", "吻合行");
    coupling_table_column(t, COLUMN_NUMBER, "rows", "of", "总行");
    coupling_table_column(t, COLUMN_NUMBER, "largest", "largest deviation", "最大偏差");
    coupling_table_column(t, COLUMN_NUMBER, "mean", "mean deviation", "平均偏差");
    coupling_table_column(t, COLUMN_TEXT, "fit", "fit", "吻合");
    coupling_table_column(t, COLUMN_TEXT, "formula", "formula", "公式");
    coupling_table_column(t, COLUMN_TEXT, "mistakes", "mistakes", "问题");
}

/* How far the published D is from the right one, which is that of the specification. */
static void note_damage(struct coupling_table *t, const struct coupling_case *of, const double *value)
{
    const struct ccd_options *o = &of->spec.options;
    size_t rows = 0, moved = 0;
    double sum = 0.0;
    for (size_t i = 0; i < of->result.n; i++)
        if (!isnan(value[i])) {
            rows++;
            moved += ccd_classify(o->classes, o->closed_above, value[i]) != of->result.class_of[i];
            sum += fabs(value[i] - of->result.d[i]);
        }
    coupling_table_note(t,
                        tr("against D by '%s': mean deviation %.4f; %zu of %zu rows are in another class",
                           "与“%s”公式的D相比：平均偏差 %.4f；%zu/%zu 行等级不同"),
                        ccd_couplings[o->coupling].name, sum / (double)rows, moved, rows);
}

static void note_verdict(struct coupling_table *t, const struct coupling_case *of, const struct ccd_candidate *c,
                         size_t n, const char *name, const double *value)
{
    char formula[512], mistakes[512];
    size_t fitting = 0, wrong = 0;
    for (size_t k = 0; k < n; k++) {
        bool fits = c[k].rows > 0 && c[k].fitting == c[k].rows;
        fitting += fits;
        wrong += fits && !c[k].right;
    }
    formula_text(formula, sizeof formula, &c[0]);
    mistakes_text(mistakes, sizeof mistakes, &c[0]);
    if (fitting == 0)
        coupling_table_note(t,
                            tr("'%s': no formula known here made it; the nearest is %s by %s (%zu of %zu rows)",
                               "“%s”：不符合任何已知公式；最接近的是 %s：%s（%zu/%zu 行）"),
                            name, c[0].is_c ? "C" : "D", formula, c[0].fitting, c[0].rows);
    else if (c[0].right)
        coupling_table_note(t, tr("'%s' is %s, rightly calculated: %s (indices %s)", "“%s”为%s，计算正确：%s（%s）"),
                            name, c[0].is_c ? "C" : "D", formula,
                            tr(ccd_rescalings[c[0].rescaling].name, ccd_rescalings[c[0].rescaling].zh));
    else
        coupling_table_note(t, tr("'%s' is %s by a WRONG formula: %s (%s)", "“%s”为%s，公式有误：%s（%s）"), name,
                            c[0].is_c ? "C" : "D", formula, mistakes);
    if (fitting > 1)
        coupling_table_note(t,
                            tr("%zu formulas give these values, %zu of them wrong; the first has the fewest mistakes",
                               "共有 %zu 个公式给出同样的数值，其中 %zu 个有误；首行为问题最少者"),
                            fitting, wrong);
    if (!c[0].is_c && (fitting == 0 || !c[0].right))
        note_damage(t, of, value);
}

/* What the search works on, and its room. */
struct search {
    struct ccd_published published;
    struct ccd_candidate *candidate;
    double *value, *share, *by_e;
    size_t n;
};

static enum status search_run(struct search *s, const struct coupling_case *of, const char *name, struct diag *diag)
{
    const struct ccd_result *r = &of->result;
    struct ccd_system system = {r->s, r->m, of->spec.of, of->spec.share};
    int decimals;
    *s = (struct search){.candidate = calloc(CCD_CANDIDATES, sizeof *s->candidate),
                         .share = shares_by_row(of),
                         .by_e = calloc(r->n * r->s + 1, sizeof *s->by_e)};
    TRY(panel_column(&of->panel, name, &s->value, &decimals, diag));
    if (s->candidate == NULL || s->share == NULL || s->by_e == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    bool by_e = ccd_indices_by_e(&system, r, s->by_e);
    s->published = (struct ccd_published){.n = r->n,
                                          .s = r->s,
                                          .u = r->u,
                                          .u_by_e = by_e ? s->by_e : NULL,
                                          .share = s->share,
                                          .value = s->value,
                                          .half_u = half_of_indices(of),
                                          .half = decimals > 12 ? 0.0 : 0.5 * pow(10.0, -decimals),
                                          .rescaled = of->spec.options.rescale_index};
    s->n = ccd_diagnose(&s->published, s->candidate);
    if (s->n == 0)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    if (s->candidate[0].rows == 0)
        return diag_fail(diag, (struct place){of->panel_file, 0, 0}, "column '%s' holds no number", name);
    return OK;
}

enum status coupling_diagnose(struct coupling_table *t, const struct coupling_case *of, const char *name,
                              struct diag *diag)
{
    struct search s;
    enum status status = search_run(&s, of, name, diag);
    if (status == OK) {
        note_verdict(t, of, s.candidate, s.n, name, s.value);
        columns(t);
        for (size_t k = 0; k < s.n && k < SHOWN; k++)
            add_candidate(t, &s.candidate[k], s.published.half);
    }
    free(s.candidate);
    free(s.value);
    free(s.share);
    free(s.by_e);
    return status;
}
