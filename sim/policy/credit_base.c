/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit_base (专家评议、信用库): third-party experts score enterprises on value, technology, market and credit; the best enter a
 * base that lenders are shown.  Instrument 33; mechanisms M4.
 *
 * Each January those who know of it ask to be scored; the experts score as many as they have time for and the budget line can
 * pay, each review at its fee.  Of the four dimensions each tells of quality with a precision of its own,
 *     score = sum tau_d x_d / sum tau_d,   x_d = q + e_d / sqrt(tau_d),
 * in points: 50 and 10 more a standard deviation of quality.  Of the scored the `base` best enter, if they have `score_min`.
 * Lenders see the score of those inside.  Of those scored and left outside they know that their score is below the cut, of the
 * others nothing.  A member is who was scored this year; line->kept is the cut. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/places.h>

enum { N_DIMENSIONS_SCORED = 4 }; /* the precision of each is folded */

static void fold(const struct region *r, int32_t k, double folded[N_DIMENSIONS_SCORED])
{
    const struct credit_base_params *q = POLICY(r, k, credit_base);
    folded[0] = precision_of_auc(0.5 + q->auc_value);
    folded[1] = precision_of_auc(0.5 + q->auc_technology);
    folded[2] = precision_of_auc(0.5 + q->auc_market);
    folded[3] = precision_of_auc(0.5 + q->auc_credit);
}

static double precision_of_score(const struct region *r, int32_t k)
{
    const double *tau = r->line[k].folded;
    return tau[0] + tau[1] + tau[2] + tau[3];
}

static void eligible(struct asked *a)
{
    asked_registered(a);
    asked_knows(a, credit_base.number);
}

static int64_t places(const struct region *r, int32_t k)
{
    const struct credit_base_params *q = POLICY(r, k, credit_base);
    return places_paid(r, k, q->reviews, q->fee);
}

static const enum draw drawn_for[N_DIMENSIONS_SCORED] = {DRAW_SCORE_VALUE, DRAW_SCORE_TECHNOLOGY, DRAW_SCORE_MARKET,
                                                         DRAW_SCORE_CREDIT};

static uint64_t name_of(const struct region *r, int32_t k)
{
    return ld_hash(r->layout->name[GROUP_credit_base][r->line[k].instance]);
}

/* What the errors of this calendar year add to the quality of eight, in standard deviations. */
static void draw_errors(const struct world *w, const struct region *r, int32_t k, const struct identity who[BLOCKS],
                        double error[BLOCKS])
{
    const double *tau = r->line[k].folded, all = precision_of_score(r, k);
    uint64_t name = name_of(r, k);
    struct luck luck = w->luck;
    struct identity drawn[BLOCKS];
    uint32_t word[4][BLOCKS];
    double u[BLOCKS], e[BLOCKS], sum[BLOCKS] = {0.0};
    luck.month = w->month / 12;
    for (int j = 0; j < BLOCKS; j++)
        drawn[j] = (struct identity){ld_mix(who[j].origin, name), who[j].index};
    luck_blocks(luck, drawn, draw_block(DRAW_SCORE_VALUE), word);
    for (int d = 0; d < N_DIMENSIONS_SCORED; d++) {
        luck_uniforms(word[drawn_for[d] % 4], u);
        ld_normal_quantile_each(e, u, BLOCKS);
        for (int j = 0; j < BLOCKS; j++)
            sum[j] += __builtin_sqrt(tau[d]) * e[j];
    }
    for (int j = 0; j < BLOCKS; j++)
        error[j] = all > 0.0 ? sum[j] / all : 0.0;
}

/* Score of a row in this calendar year, in standard deviations of quality.  Few of those whose books are read have one, so that it
 * is drawn of each by himself. */
static double score_of(const struct rows *t, int32_t k, uint32_t i)
{
    const double *tau = t->r->line[k].folded, all = precision_of_score(t->r, k);
    struct identity who = enterprise_identity(t->e, i);
    struct luck luck = t->w->luck;
    double u[N_DIMENSIONS_SCORED], e[N_DIMENSIONS_SCORED], sum = 0.0;
    luck.month = t->w->month / 12;
    who.origin = ld_mix(who.origin, name_of(t->r, k));
    struct words words = luck_block(luck, who, draw_block(DRAW_SCORE_VALUE));
    for (int d = 0; d < N_DIMENSIONS_SCORED; d++)
        u[d] = draw_from(&words, drawn_for[d]);
    ld_normal_quantile_each(e, u, N_DIMENSIONS_SCORED);
    for (int d = 0; d < N_DIMENSIONS_SCORED; d++)
        sum += __builtin_sqrt(tau[d]) * e[d];
    return (double)t->e->quality[i] + (all > 0.0 ? sum / all : 0.0);
}

/* Monotone in the score, and of finer grain than it matters. */
static uint64_t rank_of(double score)
{
    double q = (16.0 - score) * 0x1p58;
    return q <= 0.0 ? 0 : q >= 0x1p63 ? UINT64_MAX >> 1 : (uint64_t)q;
}

/* The rows in the low halves of so many keys, eight at most, become ranks. */
static void rank_some(const struct world *w, const struct region *r, int32_t k, uint64_t *key, size_t n)
{
    struct identity who[BLOCKS];
    double error[BLOCKS];
    for (size_t j = 0; j < BLOCKS; j++) /* what follows the last one is not used */
        who[j] = enterprise_identity(&r->enterprises, (uint32_t)(key[j < n ? j : 0] & UINT32_MAX));
    draw_errors(w, r, k, who, error);
    for (size_t j = 0; j < n; j++)
        key[j] = rank_of((double)r->enterprises.quality[key[j] & UINT32_MAX] + error[j]);
}

/* The experts are paid; the cut is the score of the last who enters. */
static enum status dealt(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n)
{
    const struct credit_base_params *q = POLICY(r, k, credit_base);
    line_spend(r, k, FLOW_EXPERT_FEES, FEN(q->fee.fen * (int64_t)n));
    size_t base = (size_t)(q->base * r->scale + 0.5);
    places_rank(w, r, k, key, n, rank_some);
    sort_least(key, n, base);
    double last = base == 0 ? 16.0 : 16.0 - (double)key[base < n ? base - 1 : n - 1] * 0x1p-58;
    double least = (q->score_min - 50.0) / 10.0;
    r->line[k].kept = base >= n || last < least ? least : last;
    return OK;
}

/* What a score below the cut tells: the moments of quality given that, as the signal that would leave the same belief.  With
 * z = cut / sd of the score, l = phi(z) / Phi(z) and c its correlation with quality: mean -c l, variance 1 - c^2 l (l + z). */
static void see_outside(double tau, double cut, struct signals *s)
{
    double c = __builtin_sqrt(tau / (1.0 + tau)), z = cut * c, below = ld_normal_cdf(z);
    if (below < 1e-9)
        return;
    double l = ld_normal_pdf(z) / below, variance = 1.0 - c * c * l * (l + z);
    s->precision += 1.0 / variance - 1.0;
    s->weighted += -c * l / variance;
}

static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    double tau = precision_of_score(t->r, k), cut = t->r->line[k].kept;
    if (tau <= 0.0)
        return;
    double score = score_of(t, k, i);
    if (rank_of(score) > rank_of(cut)) {
        see_outside(tau, cut, s);
        return;
    }
    s->weighted += tau * score;
    s->precision += tau;
}

static double inform(const struct region *r, int32_t k)
{
    return POLICY(r, k, credit_base)->awareness;
}

static bool investors(const struct region *r, int32_t k)
{
    return POLICY(r, k, credit_base)->investors != 0;
}

const struct instrument credit_base = {
    .name = "credit_base",
    .number = 33,
    .group = GROUP_credit_base,
    .who_en = "platform, experts, enterprises, banks",
    .who_zh = "平台、专家、企业、银行",
    .flow = FLOW_EXPERT_FEES,
    .claim_every = 12,
    .yearly = true,
    .fold = fold,
    .eligible = eligible,
    .places = places,
    .dealt = dealt,
    .see = see,
    .investors = investors,
    .inform = inform,
};
