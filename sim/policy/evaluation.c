/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evaluation - marks, points and signals that bureaus make of an enterprise's books.
 *
 * Marks for the register: the bands of 国科发政〔2017〕115号, article 7.  Points: five dimensions (Suzhou has five, with forty
 * indicators); growth from year to year is not among them, as no bureau's record of last year's sales is kept. */
#include <liandong/evaluation.h>
#include <liandong/mathx.h>

/* Before the product the whole team does research, and its wages are research cost as accountants count it; afterwards
 * `research` includes them. */
struct books evaluation_books(const struct rows *t, uint32_t i)
{
    const struct enterprises *e = t->e;
    bool product = (e->flags[i] & HAS_PRODUCT) != 0;
    double sales = (double)e->sales[i], wage = money_to_yuan(P(t->r, enterprise)->wage), staff = e->staff[i];
    double fixed = 12.0 * fixed_cost(t->r, e, i), spent = 12.0 * (double)e->research[i];
    double research = product ? spent : spent + staff * wage;
    double cost = fixed + purchases_share(t->r, e, i) * sales + (product ? 0.0 : spent);
    double heads = product ? spent / wage : staff;
    struct books b = {.patents = e->patents[i]};
    b.research_sales = sales > 0.0 ? research / sales : 0.0;
    b.research_cost = cost > 0.0 ? research / cost : 0.0;
    b.technical = staff > 0.0 ? (heads < staff ? heads / staff : 1.0) : 0.0;
    b.per_head = staff > 0.0 ? sales / (staff * money_to_yuan(P(t->r, enterprise)->sales_per_head)) : 0.0;
    b.assets = money_to_yuan(money_add(e->cash[i], e->receivable[i])) + (double)e->assets[i];
    b.profit = e->profit_last[i] > 0.0f;
    b.clean = e->overdue[i].fen == 0 && e->worst[i] == 0;
    return b;
}

/* How many of the five band edges, `step` apart from `first` on, are reached. */
static double band(double value, double first, double step)
{
    double n = 0.0;
    for (int k = 0; k < 5; k++)
        n += value >= first + k * step - 1e-9;
    return n;
}

double evaluation_register(const struct books *b, bool first_class)
{
    double people = 4.0 * band(b->technical, 0.10, 0.05);
    double sales = 10.0 * band(b->research_sales, 0.02, 0.01), cost = 10.0 * band(b->research_cost, 0.10, 0.05);
    double counted = b->patents < 4.0 ? b->patents : 4.0;
    double property = first_class && b->patents >= 1.0 ? 30.0 : 6.0 * counted;
    if (people <= 0.0)
        return 0.0;
    return people + (sales > cost ? sales : cost) + property;
}

/* Full at `full` and above. */
static double part(double value, double full)
{
    return full > 0.0 && value < full ? value / full : 1.0;
}

double evaluation_points(const struct innovation_points_params *q, const struct books *b)
{
    double intensity = b->research_sales > 0.0 ? b->research_sales : b->research_cost;
    return q->research * part(intensity, q->research_full) + q->property * part(b->patents, q->property_full) +
           q->people * part(b->technical, q->people_full) + q->operations * 0.5 * (part(b->per_head, 1.0) + b->profit) +
           q->credit * b->clean;
}

double evaluation_best_points(const struct rows *t, uint32_t i)
{
    struct books b = evaluation_books(t, i);
    double best = 0.0;
    for (int32_t k = 0; k < t->r->n_instances; k++) {
        if (instrument_of(t->r, k) != &innovation_points || !LINE_COMMON(t->r, k)->enabled)
            continue;
        double p = evaluation_points(POLICY(t->r, k, innovation_points), &b);
        best = p > best ? p : best;
    }
    return best;
}

/* Errors of a purpose, by calendar year, of eight whose books are read. */
static void draw_errors(const struct rows *t, const struct identity who[BLOCKS], enum draw purpose,
                        double error[BLOCKS])
{
    struct luck luck = t->w->luck;
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    luck.month = t->w->month / 12;
    luck_blocks(luck, who, draw_block(purpose), word);
    luck_uniforms(word[purpose % 4], u);
    ld_normal_quantile_each(error, u, BLOCKS);
}

/* The error that all signals from public data share. */
static double shared_error(const struct rows *t, uint32_t i)
{
    struct reading_list *g = &t->s->reading;
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    if (g->n == 0 || g->row[g->at] != i)
        return ld_normal_quantile(draw(luck, enterprise_identity(t->e, i), DRAW_SHARED_ERROR));
    if (!g->shares)
        draw_errors(t, g->who, DRAW_SHARED_ERROR, g->shared);
    g->shares = true;
    return g->shared[g->at];
}

/* The error of the source of this name. */
static double own_error(const struct rows *t, uint32_t i, const char *name, enum draw own)
{
    struct reading_list *g = &t->s->reading;
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    uint32_t k = 0;
    while (k < g->sources && (g->source[k].name != name || g->source[k].draw != own))
        k++;
    if (g->n == 0 || g->row[g->at] != i || k == sizeof g->source / sizeof g->source[0]) {
        struct identity who = enterprise_identity(t->e, i);
        who.origin = ld_mix(who.origin, ld_hash(name));
        return ld_normal_quantile(draw(luck, who, own));
    }
    if (k == g->sources) {
        struct identity who[BLOCKS];
        uint64_t source = ld_hash(name);
        for (int j = 0; j < BLOCKS; j++)
            who[j] = (struct identity){ld_mix(g->who[j].origin, source), g->who[j].index};
        g->source[k].name = name;
        g->source[k].draw = own;
        draw_errors(t, who, own, g->source[k].error);
        g->sources++;
    }
    return g->source[k].error[g->at];
}

void evaluation_signal(const struct rows *t, uint32_t i, const char *name, double root, double rho, enum draw own,
                       struct signals *s)
{
    if (root <= 0.0)
        return;
    if (s->n <= 0.0)
        s->common = shared_error(t, i);
    double error = own_error(t, i, name, own);
    double y = root * (double)t->e->quality[i] + __builtin_sqrt(rho) * s->common + __builtin_sqrt(1.0 - rho) * error;
    s->n += 1.0;
    s->a += root;
    s->aa += root * root;
    s->y += y;
    s->ay += root * y;
    s->rho = rho > s->rho ? rho : s->rho;
}
