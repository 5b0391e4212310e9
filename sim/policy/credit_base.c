/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit_base (专家评议、信用库): third-party experts score enterprises on value, technology, market and credit; the best enter a
 * base that lenders are shown.  instruments.md 33; mechanisms M4.
 *
 * Each January those who know of it ask to be scored; the experts score as many as they have time for and the budget line can
 * pay, each review at its fee.  Of the four dimensions each tells of quality with a precision of its own,
 *     score = sum tau_d x_d / sum tau_d,   x_d = q + e_d / sqrt(tau_d),
 * in points: 50 and 10 more a standard deviation of quality.  Of the scored the `base` best enter, if they have `score_min`.
 * Lenders see the score of those inside.  Of those scored and left outside they know that their score is below the cut, of the
 * others nothing.  A member is who was scored this year; line->kept is the cut. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

enum { N_DIMENSIONS_SCORED = 4 };
enum { PRECISION }; /* of the score */

static void precisions(const struct credit_base_params *q, double tau[N_DIMENSIONS_SCORED])
{
    tau[0] = precision_of_auc(0.5 + q->auc_value);
    tau[1] = precision_of_auc(0.5 + q->auc_technology);
    tau[2] = precision_of_auc(0.5 + q->auc_market);
    tau[3] = precision_of_auc(0.5 + q->auc_credit);
}

static void fold(const struct region *r, int32_t k, double folded[4])
{
    double tau[N_DIMENSIONS_SCORED];
    precisions(POLICY(r, k, credit_base), tau);
    folded[PRECISION] = tau[0] + tau[1] + tau[2] + tau[3];
}

static bool eligible(const struct rows *t, uint32_t i, int32_t k)
{
    (void)k;
    return age_of(t, i) >= t->e->registration[i] && enterprise_knows(t, i, credit_base.number);
}

static int64_t places(const struct region *r, int32_t k)
{
    const struct credit_base_params *q = POLICY(r, k, credit_base);
    return places_paid(r, k, q->reviews, q->fee);
}

/* Score of a row in this calendar year, in standard deviations of quality. */
static double score_of(const struct world *w, const struct region *r, int32_t k, uint32_t i)
{
    static const enum draw purpose[N_DIMENSIONS_SCORED] = {DRAW_SCORE_VALUE, DRAW_SCORE_TECHNOLOGY, DRAW_SCORE_MARKET,
                                                           DRAW_SCORE_CREDIT};
    double tau[N_DIMENSIONS_SCORED], sum = 0.0, all = r->line[k].folded[PRECISION];
    precisions(POLICY(r, k, credit_base), tau);
    struct luck luck = w->luck;
    luck.month = w->month / 12;
    struct identity who = enterprise_identity(&r->enterprises, i);
    who.origin = ld_mix(who.origin, ld_hash(r->layout->name[GROUP_credit_base][r->line[k].instance]));
    struct words u = luck_block(luck, who, draw_block(DRAW_SCORE_VALUE));
    for (int d = 0; d < N_DIMENSIONS_SCORED; d++)
        sum += __builtin_sqrt(tau[d]) * ld_normal_quantile(draw_from(&u, purpose[d]));
    return (double)r->enterprises.quality[i] + (all > 0.0 ? sum / all : 0.0);
}

/* Monotone in the score, and of finer grain than it matters. */
static uint64_t rank_of(double score)
{
    double q = (16.0 - score) * 0x1p58;
    return q <= 0.0 ? 0 : q >= 0x1p63 ? UINT64_MAX >> 1 : (uint64_t)q;
}

/* The experts are paid; the cut is the score of the last who enters. */
static enum status dealt(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n)
{
    const struct credit_base_params *q = POLICY(r, k, credit_base);
    line_spend(r, k, FLOW_EXPERT_FEES, FEN(q->fee.fen * (int64_t)n));
    size_t base = (size_t)(q->base * r->scale + 0.5);
    for (size_t j = 0; j < n; j++)
        key[j] = rank_of(score_of(w, r, k, (uint32_t)(key[j] & UINT32_MAX)));
    sort_keys(key, n);
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
    double tau = t->r->line[k].folded[PRECISION], cut = t->r->line[k].kept;
    if (tau <= 0.0)
        return;
    double score = score_of(t->w, t->r, k, i);
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
