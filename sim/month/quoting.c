/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quoting - the price of a loan, the value of cover (mechanisms M5, M7).
 *
 *   pi(r) = (1 - PD(r)) r - f - oc - capital charge - PD(r) LGD (1 - kappa) - penalty PD(r)
 * with PD(r) rising in r, as those who stay are riskier, and a chance to lose the borrower that rises as r passes what a
 * rival who knows as much would ask without cover (the fair rate): the best rate is inside, and where it brings nothing the
 * bank refuses at any rate (Stiglitz and Weiss 1981).  kappa is cover as experienced.
 *
 * All ways to lend to many applications are priced in columns: which of them is the best, and where its best rate lies, is what a
 * processor guesses worst. */
#include <liandong/mathx.h>
#include <liandong/quoting.h>
#include <string.h>

/* Rates are tried at places of one grid (world.h), whatever the ceiling, so that an option without cover can never win by
 * where its quotes lie. */
struct grid {
    const struct cells *cells;
    double base, step, most; /* rate at place 0; over the benchmark at the last */
    double selection, leaving, leaving_from;
};

static struct grid grid_of(const struct region *r)
{
    const struct credit_params *p = P(r, credit);
    return (struct grid){.cells = &r->cells,
                         .base = p->base_rate,
                         .step = p->spread_max / (PLACES - 1),
                         .most = p->spread_max,
                         .selection = p->rate_selection,
                         .leaving = p->rate_leaving,
                         .leaving_from = p->leaving_from};
}

/* -- applications ------------------------------------------------------------------------------------------------------- */
/* What holds of an application whatever way it is, and how the borrower answers each rate as long as he pays no fee for cover; of a
 * place p,
 *   PD of those who stay      pd exp(selection (r(p) - fair))
 *   odds of losing him        exp(leaving (r(p) - fair - from)),   r(p) = base + step p + what he bears of the fee;
 * the exponentials in p are the same for all and folded once a month (cells.riskier, cells.leaving). */
enum { TOGETHER = 32 };
struct bases {
    size_t n;
    double amount[TOGETHER], lgd[TOGETHER]; /* yuan, and one more; after security */
    double running[TOGETHER];               /* funding, running, capital */
    double penalty[TOGETHER];               /* per unit of PD */
    double pd[TOGETHER], contested[TOGETHER];
    double riskier[TOGETHER], leaves[TOGETHER], log_leaves[TOGETHER]; /* at place 0 */
    double near[TOGETHER]; /* a place near to which the best one often lies */
};

/* Share of the loss that security takes away: what fixed assets carry of the loan as far as they are full security, then of the
 * rest what else is pledged saves, at most what the best of it would. */
static double saved_by_security(const struct region *r, const struct application *a, double secured)
{
    double full = ld_min((double)a->by_assets * secured, 1.0);
    double others = ld_min((double)a->saves * secured, (double)a->most * (1.0 - full));
    return P(r, credit)->secured_lgd * full + others;
}

static void basis_add(struct bases *all, const struct region *r, const struct quest *q)
{
    const struct credit_params *c = P(r, credit);
    const struct application *a = q->a;
    const struct bank *b = &r->bank[a->bank];
    size_t j = all->n++;
    double amount = money_to_yuan(a->granted) + 1.0, secured = money_to_yuan(application_collateral(a)) / amount;
    double lgd = b->lgd, capital = c->risk_weight * c->capital_ratio * c->capital_cost;
    if (a->link != 0)
        lgd = ld_max(1.0 - (1.0 - lgd) * (double)a->recovers, 0.0);
    all->amount[j] = amount;
    all->lgd[j] = lgd * (1.0 - saved_by_security(r, a, secured));
    all->running[j] =
        b->funding + NAMED(r, banks, b->kind)->operating_cost + capital - (double)a->cheaper - (double)a->upside;
    all->penalty[j] = b->penalty * (1.0 - (double)a->tolerated);
    all->pd[j] = q->pd;
    all->contested[j] = (double)a->contested;
}

/* The last one again until vectors are full; returns how many they are then. */
static size_t bases_fill(struct bases *all)
{
    size_t n = all->n;
    for (; n % BLOCKS != 0; n++) {
        all->running[n] = all->running[n - 1];
        all->pd[n] = all->pd[n - 1];
        all->lgd[n] = all->lgd[n - 1];
        all->contested[n] = all->contested[n - 1];
    }
    return n;
}

/* fair: what a rival who knows as much would ask without cover. */
static void bases_answer(struct bases *all, const struct grid *grid)
{
    const struct grid g = *grid;
    double under[TOGETHER], from[TOGETHER];
    size_t n = bases_fill(all);
    for (size_t j = 0; j < n; j++) {
        double fair = (all->running[j] + all->pd[j] * all->lgd[j]) / (1.0 - all->pd[j]);
        under[j] = g.base - fair;
        from[j] = g.leaving_from * (1.0 - all->contested[j]);
    }
    for (size_t j = 0; j < n; j++)
        all->riskier[j] = all->pd[j] * ld_exp(g.selection * under[j]);
    for (size_t j = 0; j < n; j++) {
        all->log_leaves[j] = g.leaving * (under[j] - from[j]);
        all->leaves[j] = ld_exp(all->log_leaves[j]);
        all->near[j] = (from[j] - under[j]) / (g.step + 1e-300);
    }
}

/* -- ways: under a cover or none, with refinancing by the central bank or without ----------------------------------------- */
/* What a way costs, per yuan a year: funding, running, capital, work; and per unit of PD: LGD after cover, penalty. */
enum { WAYS = 128 };
struct ways {
    size_t n;
    double running[WAYS], hours[WAYS], amount[WAYS]; /* funding, running, capital; work; on so much */
    double fixed[WAYS], loss[WAYS];
    double fee[WAYS];  /* that he bears */
    double most[WAYS]; /* over the benchmark: its ceiling */
    double riskier[WAYS], leaves[WAYS], log_leaves[WAYS], near[WAYS];
    int32_t last[WAYS]; /* place under its ceiling; below 0: none is */
    /* the best place, -1: none; what it brings, and that times the chance that the borrower stays; known to be the best */
    int32_t at[WAYS];
    double profit[WAYS], value[WAYS];
    int32_t found[WAYS];
};

static void way_add(struct ways *w, const struct bases *b, size_t j, const struct application *a,
                    const struct lending *o, bool refinanced)
{
    size_t i = w->n++;
    w->running[i] = b->running[j] - (refinanced ? (double)a->refinanced : 0.0);
    w->hours[i] = (double)a->hours + o->paperwork;
    w->amount[i] = b->amount[j];
    w->loss[i] = b->lgd[j] * (1.0 - o->cover) + b->penalty[j];
    w->fee[i] = ld_max(o->fee, 0.0) * (double)a->fee_borne;
    w->most[i] = refinanced ? ld_min(o->rate_max, (double)a->ceiling) : o->rate_max;
    w->riskier[i] = b->riskier[j];
    w->leaves[i] = b->leaves[j];
    w->log_leaves[i] = b->log_leaves[j];
    w->near[i] = b->near[j];
}

static void ways_cost(struct ways *w, const struct grid *grid, double hour)
{
    const struct grid g = *grid;
    for (size_t i = 0; i < w->n; i++)
        w->fixed[i] = w->running[i] + w->hours[i] * hour / w->amount[i];
    for (size_t i = 0; i < w->n; i++)
        w->last[i] = (int32_t)(w->most[i] < g.most ? w->most[i] / g.step * (1.0 + 1e-12) : PLACES - 1);
}

/* Who bears a fee looks at all that he pays. */
static void ways_answer(struct ways *w, const struct grid *grid)
{
    const struct grid g = *grid;
    double dearest = 0.0;
    for (size_t i = 0; i < w->n; i++)
        dearest = ld_max(w->fee[i], dearest);
    if (dearest <= 0.0)
        return;
    for (size_t i = 0; i < w->n; i++)
        w->riskier[i] *= ld_exp(g.selection * w->fee[i]);
    for (size_t i = 0; i < w->n; i++)
        w->leaves[i] = ld_min(w->leaves[i] * ld_exp(g.leaving * w->fee[i]), 1e300);
    for (size_t i = 0; i < w->n; i++) {
        w->log_leaves[i] += g.leaving * w->fee[i];
        w->near[i] -= w->fee[i] / (g.step + 1e-300);
    }
}

/* -- one rate ------------------------------------------------------------------------------------------------------------- */
/* What a place brings; a loss is a loss, whether or not the borrower stays. */
static inline double profit_at(const struct grid *g, double riskier, double place, double fixed, double loss,
                               double more_riskier)
{
    double defaults = ld_min(riskier * more_riskier, 1.0);
    return (1.0 - defaults) * (g->base + g->step * place) - fixed - defaults * loss;
}
static inline double value_at(double profit, double leaves, double more_leaving)
{
    double kept = profit / (1.0 + ld_min(leaves * more_leaving, 1e300));
    return profit > 0.0 ? kept : profit;
}

/* What is not tried.  With D(p) who defaults, convex and rising, profit P(p) = (1 - D) r - fixed - D loss is concave, and so is,
 * where it is a gain, log (P / (1 + odds)), as log (1 + exp) is convex: what a place brings rises up to one top and falls from
 * there on, nowhere more slowly than next to it, and a search finds that top.  So a place that is better than both beside it, by
 * more than rounding, is what a search would find.  tests/unit/test_pricing.c compares with a search of all places. */
#define BY_MORE_THAN_ROUNDING 1e-12

/* Where the top may be: with D as near the place `near`, P = slope (p - zero), and P / (1 + odds) is largest where
 *   steep (p - zero) = 1 + W,   W + log W = - steep zero - 1 - log odds(0),   steep = leaving step;
 * where all places lose, where a little more rate just pays for those who default then, D (1 + selection (r + loss)) = 1.
 * Only whether the top is found at once depends on it. */
static void guess_tops(struct ways *restrict w, const struct grid *grid)
{
    const struct grid g = *grid;
    const double steep = ld_max(g.leaving * g.step, 1e-300), *restrict riskier = g.cells->riskier,
                 *restrict lambert = g.cells->lambert;
    double zero[WAYS], place[WAYS], rises[WAYS];
    int32_t near[WAYS], entry[WAYS];
    for (size_t i = 0; i < w->n; i++)
        near[i] = (int32_t)ld_min(ld_max(w->near[i], 0.0), ld_max((double)w->last[i], 0.0));
    for (size_t i = 0; i < w->n; i++) {
        double rate = g.base + g.step * near[i], defaults = ld_min(w->riskier[i] * riskier[near[i]], 1.0),
               slope = g.step * (1.0 - defaults - defaults * g.selection * (rate + w->loss[i]));
        zero[i] = near[i] - ((1.0 - defaults) * rate - w->fixed[i] - defaults * w->loss[i]) / slope;
        place[i] = (-steep * zero[i] - 1.0 - w->log_leaves[i] - LAMBERT_FROM) * LAMBERT_STEPS;
        rises[i] = slope > 0.0 ? 1.0 : 0.0;
    }
    for (size_t i = 0; i < w->n; i++)
        entry[i] = (int32_t)ld_min(ld_max(place[i], 0.0), LAMBERTS - 2.0);
    for (size_t i = 0; i < w->n; i++) {
        double from = lambert[entry[i]], to = lambert[entry[i] + 1],
               part = ld_min(ld_max(place[i], 0.0), LAMBERTS - 2.0) - entry[i],
               top = zero[i] + (1.0 + from + part * (to - from)) / steep + 0.5;
        int32_t at = (int32_t)ld_min(ld_max(rises[i] * top, 0.0), ld_max((double)w->last[i], 0.0));
        w->at[i] = w->found[i] != 0 ? w->at[i] : at;
    }
}

static void guess_least_losses(struct ways *w, const struct grid *grid)
{
    const struct grid g = *grid;
    const double steep = g.selection * g.step + 1e-300;
    for (size_t i = 0; i < w->n; i++) {
        double last = w->last[i] > 0 ? w->last[i] : 0, rate = g.base + g.step * w->near[i],
               defaults = w->riskier[i] * (1.0 + g.selection * (rate + w->loss[i])),
               place = ld_min(ld_max(-ld_log(defaults + 1e-300) / steep + 0.5, 0.0), last);
        w->at[i] = ((w->found[i] != 0) | (w->value[i] > 0.0)) ? w->at[i] : (int32_t)place;
    }
}

/* Each goes to the best of its place and the two beside it; whether that is the top. */
static void climb(struct ways *restrict w, const struct grid *grid)
{
    const struct grid g = *grid;
    const double *restrict riskier = g.cells->riskier, *restrict leaving = g.cells->leaving;
    for (size_t i = 0; i < w->n; i++) {
        int32_t last = w->last[i] > 0 ? w->last[i] : 0, at = w->at[i], low = at > 0 ? at - 1 : 0,
                high = at < last ? at + 1 : last;
        double risk = w->riskier[i], fixed = w->fixed[i], loss = w->loss[i], leaves = w->leaves[i];
        double profit = profit_at(&g, risk, at, fixed, loss, riskier[at]),
               profit_low = profit_at(&g, risk, low, fixed, loss, riskier[low]),
               profit_high = profit_at(&g, risk, high, fixed, loss, riskier[high]);
        double value = value_at(profit, leaves, leaving[at]), value_low = value_at(profit_low, leaves, leaving[low]),
               value_high = value_at(profit_high, leaves, leaving[high]);
        double more_low = at > 0 ? value_low - value : -1e300, more_high = at < last ? value_high - value : -1e300,
               more = loss >= 0.0 ? ld_max(more_low, more_high) : 0.0;
        more = w->last[i] >= 0 ? more : 0.0;
        w->found[i] = more < -BY_MORE_THAN_ROUNDING ? 1 : 0;
        w->at[i] = more < -BY_MORE_THAN_ROUNDING ? at : more_high >= more_low ? high : low;
        w->value[i] = more < -BY_MORE_THAN_ROUNDING ? value : more_high >= more_low ? value_high : value_low;
        w->profit[i] = more < -BY_MORE_THAN_ROUNDING ? profit : more_high >= more_low ? profit_high : profit_low;
    }
}

static void try_place(struct ways *w, size_t i, const struct grid *g, int32_t p)
{
    if (p < 0 || p > w->last[i])
        return;
    double profit = profit_at(g, w->riskier[i], p, w->fixed[i], w->loss[i], g->cells->riskier[p]);
    double value = value_at(profit, w->leaves[i], g->cells->leaving[p]);
    if (value <= w->value[i])
        return;
    w->at[i] = p;
    w->profit[i] = profit;
    w->value[i] = value;
}

/* The best place by trying: each FINE-th, then around the best one in halved steps. */
static void search(struct ways *w, size_t i, const struct grid *g)
{
    w->at[i] = -1;
    w->profit[i] = 0.0;
    w->value[i] = -1e300;
    for (int32_t p = 0; p <= w->last[i]; p += FINE)
        try_place(w, i, g, p);
    for (int32_t half = FINE / 2; half > 0 && w->last[i] >= 0; half /= 2) {
        int32_t at = w->at[i];
        try_place(w, i, g, at - half);
        try_place(w, i, g, at + half);
    }
}

/* A way as it is priced, again at another place. */
static inline void way_copy(struct ways *to, size_t k, const struct ways *w, size_t i)
{
    to->fixed[k] = w->fixed[i];
    to->loss[k] = w->loss[i];
    to->riskier[k] = w->riskier[i];
    to->leaves[k] = w->leaves[i];
    to->log_leaves[k] = w->log_leaves[i];
    to->last[k] = w->last[i];
    to->at[k] = w->at[i];
}

/* Those whose top is not known yet, and the last of them again until vectors are full; returns how many they are. */
static size_t list_open(const struct ways *w, struct ways *open, uint8_t of[WAYS])
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        of[n] = (uint8_t)i;
        n += w->found[i] == 0;
    }
    for (size_t k = 0; k < n; k++)
        way_copy(open, k, w, of[k]);
    for (open->n = n; open->n % BLOCKS != 0; open->n++)
        way_copy(open, open->n, open, n - 1);
    return n;
}

/* A guess hits the top of most ways or the place beside it, a second one from there that of most others; a search of all places
 * remains for the few that rounding might decide, and for ways without a place. */
static void price(struct ways *w, const struct grid *g)
{
    struct ways open;
    uint8_t of[WAYS];
    memset(w->at, 0, w->n * sizeof *w->at);
    memset(w->found, 0, w->n * sizeof *w->found);
    guess_tops(w, g);
    climb(w, g);
    size_t n = list_open(w, &open, of);
    climb(&open, g);
    for (size_t k = 0; k < open.n; k++)
        open.near[k] = open.at[k];
    guess_tops(&open, g);
    guess_least_losses(&open, g);
    climb(&open, g);
    climb(&open, g);
    for (size_t k = 0; k < n; k++) {
        if (!open.found[k])
            search(&open, k, g);
        w->at[of[k]] = open.at[k];
        w->profit[of[k]] = open.profit[k];
        w->value[of[k]] = open.value[k];
    }
}

/* -- which way ------------------------------------------------------------------------------------------------------------ */
/* The better of an option with and without refinancing; ties go to none. */
static size_t better_of(const struct ways *w, size_t i, bool refinanced)
{
    return refinanced && w->value[i + 1] > w->value[i] ? i + 1 : i;
}

/* Enrolment: value of cover, less the rate given up under the ceiling and the paperwork; ties go to no cover, then to the first.
 * From the first option on that is compulsory there is one with cover. */
static struct offer choose(const struct quest *q, const struct ways *w, size_t i, const struct grid *g)
{
    const struct application *a = q->a;
    bool two = a->refinanced > 0.0f, compulsory = false;
    size_t best = better_of(w, i, two), first = i;
    int32_t taken = 0;
    double alone = w->value[best];
    for (int32_t k = 1; k < q->n; k++) {
        i = better_of(w, first + (size_t)k * (two ? 2 : 1), two);
        compulsory = compulsory || q->option[k].compulsory;
        if (w->value[i] > w->value[best] || (compulsory && taken == 0)) {
            best = i;
            taken = k;
        }
    }
    const struct lending *o = &q->option[taken];
    bool need_not = alone < 0.0 && a->replaced.fen == 0; /* what it owes already is owed with or without cover */
    return (struct offer){.rate = w->at[best] < 0 ? 0.0 : g->base + g->step * w->at[best],
                          .margin = w->profit[best],
                          .value = w->value[best],
                          .covers = o->covers,
                          .cover = o->cover,
                          .paperwork = o->paperwork,
                          .fee = o->fee,
                          .refinanced = two && (best - first) % 2 == 1,
                          .gain = w->value[best] - (need_not ? 0.0 : alone)};
}

/* The ways of as many applications as there is room for, and the last one again until vectors are full; returns how many
 * applications they are. */
static size_t list_ways(struct ways *w, const struct bases *b, const struct quest *quest, size_t first[TOGETHER])
{
    size_t j = 0;
    const struct application *a = quest->a;
    const struct lending *o = quest->option;
    w->n = 0;
    for (; j < b->n && w->n + 2 * MAX_OPTIONS <= WAYS; j++) {
        a = quest[j].a;
        first[j] = w->n;
        for (int32_t k = 0; k < quest[j].n; k++) {
            o = &quest[j].option[k];
            way_add(w, b, j, a, o, false);
            if (a->refinanced > 0.0f)
                way_add(w, b, j, a, o, true);
        }
    }
    while (w->n % BLOCKS != 0)
        way_add(w, b, j - 1, a, o, false);
    return j;
}

/* As many of them as there is room for. */
static size_t offer_some(const struct region *r, const struct quest *quest, size_t n, struct offer *offer)
{
    struct grid g = grid_of(r);
    struct bases bases;
    bases.n = 0;
    struct ways w;
    size_t first[TOGETHER];
    for (size_t j = 0; j < n && j < TOGETHER; j++)
        basis_add(&bases, r, &quest[j]);
    bases_answer(&bases, &g);
    n = list_ways(&w, &bases, quest, first);
    ways_cost(&w, &g, money_to_yuan(P(r, credit)->hour_cost));
    ways_answer(&w, &g);
    price(&w, &g);
    for (size_t j = 0; j < n; j++)
        offer[j] = choose(&quest[j], &w, first[j], &g);
    return n;
}

void best_offers(const struct region *r, const struct quest *quest, size_t n, struct offer *offer)
{
    for (size_t done = 0; done < n;)
        done += offer_some(r, quest + done, n - done, offer + done);
}

struct offer best_offer(const struct region *r, const struct application *a, double pd, const struct lending *option,
                        int32_t n)
{
    struct offer offer;
    best_offers(r, &(struct quest){a, pd, option, n}, 1, &offer);
    return offer;
}
