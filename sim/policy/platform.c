/* SPDX-License-Identifier: GPL-3.0-or-later */
/* platform (信息共享与综合服务平台): members share data that lenders see as a signal of its own precision, and are shown
 * products they did not know.  instruments.md 34; mechanisms M4.
 *
 * Joining is the enterprise's choice: when what it expects to gain exceeds fee and effort, or by mandate.  It expects to gain
 * from being told apart only if its record is good; anybody gains from knowing more products. */
#include <liandong/evaluation.h>

enum { PRECISION, ROOT, MONTH_FEN }; /* of the signal and its root; fee and effort of a month, whole fen */

static void fold(const struct region *r, int32_t k, double folded[4])
{
    const struct platform_params *q = POLICY(r, k, platform);
    folded[PRECISION] = precision_of_auc(0.5 + q->auc);
    folded[ROOT] = __builtin_sqrt(folded[PRECISION]);
    folded[MONTH_FEN] = (double)from_yuan((money_to_yuan(q->fee) + money_to_yuan(q->effort)) / 12.0).fen;
}

static double expected_gain(const struct rows *t, uint32_t i, int32_t k)
{
    const struct platform_params *q = POLICY(t->r, k, platform);
    const struct credit_params *c = P(t->r, credit);
    double tau = t->r->line[k].folded[PRECISION], target = cash_target(t->r, t->e, i),
           debt = money_to_yuan(t->e->debt[i]);
    double borrows = debt > target ? debt : target;
    bool good = t->e->profit_last[i] > 0.0f && t->e->overdue[i].fen == 0;
    double spread =
        good ? c->quality_loading * __builtin_sqrt(tau / (1.0 + tau)) * c->belief_prior * c->lgd_prior : 0.0;
    double learns = q->awareness * (1.0 - (double)t->e->literacy[i]);
    return spread * borrows +
           learns * P(t->r, enterprise)->liquidity_value * P(t->r, enterprise)->product_hope * target;
}

static bool eligible(const struct rows *t, uint32_t i, int32_t k)
{
    const struct platform_params *q = POLICY(t->r, k, platform);
    return q->mandate || expected_gain(t, i, k) > money_to_yuan(q->fee) + money_to_yuan(q->effort);
}

/* Fee and effort are paid month by month, by who can. */
static void serve(const struct rows *t, uint32_t i, int32_t k)
{
    money due = FEN((int64_t)t->r->line[k].folded[MONTH_FEN]);
    pay_out(t->t, FLOW_PLATFORM_FEE, &t->e->cash[i], money_min(due, t->e->cash[i]));
}

/* Built on government data. */
static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    evaluation_signal(t, i, t->r->layout->name[GROUP_platform][t->r->line[k].instance], t->r->line[k].folded[ROOT],
                      POLICY(t->r, k, platform)->shared_error, DRAW_PLATFORM_SIGNAL, s);
}

static double inform(const struct region *r, int32_t k)
{
    return POLICY(r, k, platform)->awareness;
}

/* The budget line pays the platform's running cost, a twelfth a month. */
static void begin(struct region *r, int32_t k)
{
    line_upkeep(r, k, FLOW_PLATFORM_COST);
}

const struct instrument platform = {
    .name = "platform",
    .number = 34,
    .group = GROUP_platform,
    .who_en = "platform, enterprises, banks, government",
    .who_zh = "平台、企业、银行、政府",
    .flow = FLOW_PLATFORM_COST,
    .claim_every = 12,
    .fold = fold,
    .begin = begin,
    .eligible = eligible,
    .serve = serve,
    .see = see,
    .inform = inform,
};
