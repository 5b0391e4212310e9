/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evaluation - marks, points and signals that bureaus make of an enterprise's books.
 *
 * Marks for the register: the bands of 国科发政〔2017〕115号, article 7.  Points: five dimensions (Suzhou has five, with forty
 * indicators); growth from year to year is not among them, as no bureau's record of last year's sales is kept. */
#include <liandong/evaluation.h>
#include <liandong/mathx.h>
#include <liandong/planning.h>
#include <string.h>

/* Each figure of all rows, so that it vectorises.  Before the product the whole team does research, and its wages are research cost
 * as accountants count it; afterwards `research` includes them. */
void evaluation_books(const struct asked *a, struct asked_books *b)
{
    const struct enterprises *e = a->t->e;
    const struct enterprise_params *p = P(a->t->r, enterprise);
    const float *sold = e->sales, *done = e->research, *quality = e->quality, *fixed_assets = e->assets,
                *last = e->profit_last;
    const uint16_t *heads_of = e->staff, *patents = e->patents;
    const uint8_t *flags = e->flags, *worst = e->worst;
    const money *cash = e->cash, *receivable = e->receivable, *overdue = e->overdue;
    const double wage = money_to_yuan(p->wage), a_head = wage / 12.0 + money_to_yuan(p->rent),
                 carries = money_to_yuan(p->sales_per_head), mean = p->purchases, saved = p->quality_cost;
    double spent[ASKED_TOGETHER], research[ASKED_TOGETHER], heads[ASKED_TOGETHER], cost[ASKED_TOGETHER];
    ASKED_ALL(a, j, i, spent[j] = 12.0 * (double)done[i]);
    ASKED_ALL(a, j, i, research[j] = (flags[i] & HAS_PRODUCT) != 0 ? spent[j] : spent[j] + heads_of[i] * wage);
    ASKED_ALL(a, j, i, heads[j] = (flags[i] & HAS_PRODUCT) != 0 ? spent[j] / wage : heads_of[i]);
    ASKED_ALL(a, j, i,
              cost[j] = 12.0 * (heads_of[i] * a_head) +
                        purchases_of(mean, saved, (double)quality[i]) * (double)sold[i] +
                        ((flags[i] & HAS_PRODUCT) != 0 ? 0.0 : spent[j]));
    ASKED_ALL(a, j, i, b->research_sales[j] = sold[i] > 0.0f ? research[j] / (double)sold[i] : 0.0);
    ASKED_ALL(a, j, i, b->research_cost[j] = cost[j] > 0.0 ? research[j] / cost[j] : 0.0);
    ASKED_ALL(a, j, i,
              b->technical[j] = heads_of[i] > 0 ? (heads[j] < heads_of[i] ? heads[j] / heads_of[i] : 1.0) : 0.0);
    ASKED_ALL(a, j, i, b->per_head[j] = heads_of[i] > 0 ? (double)sold[i] / (heads_of[i] * carries) : 0.0);
    ASKED_ALL(a, j, i, b->assets[j] = money_whole(money_add(cash[i], receivable[i])) / 100.0 + (double)fixed_assets[i]);
    ASKED_ALL(a, j, i, b->patents[j] = patents[i]);
    ASKED_ALL(a, j, i, b->profit[j] = last[i] > 0.0f ? 1.0 : 0.0);
    ASKED_ALL(a, j, i, b->clean[j] = ((overdue[i].fen == 0) & (worst[i] == 0)) ? 1.0 : 0.0);
}

const struct asked_books *evaluation_asked(const struct asked *a)
{
    struct scratch *s = a->t->s;
    if (!s->books_read)
        evaluation_books(a, &s->books);
    s->books_read = true;
    return &s->books;
}

/* How many of the five band edges, `step` apart from `first` on, are reached. */
static inline double band(double value, double first, double step)
{
    double n = 0.0;
    for (int k = 0; k < 5; k++)
        n += value >= first + k * step - 1e-9 ? 1.0 : 0.0;
    return n;
}

void evaluation_register(const struct asked_books *b, uint32_t n, bool first_class, double marks[ASKED_TOGETHER])
{
    double property[ASKED_TOGETHER];
    for (uint32_t j = 0; j < n; j++) {
        double counted = b->patents[j] < 4.0 ? b->patents[j] : 4.0;
        property[j] = first_class && b->patents[j] >= 1.0 ? 30.0 : 6.0 * counted;
    }
    for (uint32_t j = 0; j < n; j++) {
        double people = 4.0 * band(b->technical[j], 0.10, 0.05);
        double sales = 10.0 * band(b->research_sales[j], 0.02, 0.01),
               cost = 10.0 * band(b->research_cost[j], 0.10, 0.05);
        marks[j] = people <= 0.0 ? 0.0 : people + (sales > cost ? sales : cost) + property[j];
    }
}

/* Full at `full` and above. */
static inline double part(double value, double full)
{
    return full > 0.0 && value < full ? value / full : 1.0;
}

void evaluation_points(const struct innovation_points_params *q, const struct asked_books *b, uint32_t n,
                       double points[ASKED_TOGETHER])
{
    const struct innovation_points_params p = *q;
    for (uint32_t j = 0; j < n; j++) {
        double intensity = b->research_sales[j] > 0.0 ? b->research_sales[j] : b->research_cost[j];
        points[j] = p.research * part(intensity, p.research_full) + p.property * part(b->patents[j], p.property_full) +
                    p.people * part(b->technical[j], p.people_full) +
                    p.operations * 0.5 * (part(b->per_head[j], 1.0) + b->profit[j]) + p.credit * b->clean[j];
    }
}

void evaluation_best_points(const struct region *r, const struct asked_books *b, uint32_t n,
                            double best[ASKED_TOGETHER])
{
    double points[ASKED_TOGETHER];
    memset(best, 0, n * sizeof *best);
    for (int32_t k = 0; k < r->n_instances; k++) {
        if (instrument_of(r, k) != &innovation_points || !LINE_COMMON(r, k)->enabled)
            continue;
        evaluation_points(POLICY(r, k, innovation_points), b, n, points);
        for (uint32_t j = 0; j < n; j++)
            best[j] = points[j] > best[j] ? points[j] : best[j];
    }
}

/* The error that all signals from public data share. */
static double shared_error(const struct rows *t, uint32_t i)
{
    const enum draw purpose = DRAW_SHARED_ERROR;
    struct reading_list *g = &t->s->reading;
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    if (!reading_is_at(g, i))
        return ld_normal_quantile(draw(luck, enterprise_identity(t->e, i), purpose));
    if ((g->shares >> g->at & 1) == 0)
        reading_errors(t, g->asked & ~g->shares, 0, luck.month, &purpose, 1, &g->shared);
    g->shares |= g->asked;
    return g->shared[g->at];
}

double evaluation_error(const struct rows *t, uint32_t i, const char *name, enum draw own, int32_t month)
{
    struct reading_list *g = &t->s->reading;
    struct luck luck = t->w->luck;
    luck.month = month;
    if (!reading_is_at(g, i)) {
        struct identity who = enterprise_identity(t->e, i);
        who.origin = ld_mix(who.origin, ld_hash(name));
        return ld_normal_quantile(draw(luck, who, own));
    }
    bool same = g->source.name == name && g->source.draw == own && g->source.month == month;
    g->told = same ? g->told : 0;
    if ((g->told >> g->at & 1) == 0) {
        g->source.name = name;
        g->source.draw = own;
        g->source.month = month;
        reading_errors(t, g->asked & ~g->told, ld_hash(name), month, &own, 1, &g->source.error);
        g->told |= g->asked;
    }
    return g->source.error[g->at];
}

void evaluation_signal(const struct rows *t, uint32_t i, const char *name, double root, double rho, enum draw own,
                       struct signals *s)
{
    if (root <= 0.0)
        return;
    if (s->n <= 0.0)
        s->common = shared_error(t, i);
    double error = evaluation_error(t, i, name, own, t->w->month / 12);
    double y = root * (double)t->e->quality[i] + __builtin_sqrt(rho) * s->common + __builtin_sqrt(1.0 - rho) * error;
    s->n += 1.0;
    s->a += root;
    s->aa += root * root;
    s->y += y;
    s->ay += root * y;
    s->rho = rho > s->rho ? rho : s->rho;
}
