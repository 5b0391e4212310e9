/* SPDX-License-Identifier: GPL-3.0-or-later */
/* innovation_points (创新积分制、科创指数): government computes points from what its bureaus know and shows lenders the best.
 * Instrument 35; mechanisms M4.
 *
 * Every registered enterprise is evaluated, without asking it; those with `listed_min` points are on the list (积分贷), and what
 * the points tell of their quality is a signal whose error is shared with other signals from the same data, so that a third
 * such signal adds little.  A register may ask for points (tech_register.points_min). */
#include <liandong/evaluation.h>

enum { ROOT }; /* of the precision of its signal */

static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[ROOT] = __builtin_sqrt(precision_of_auc(0.5 + POLICY(r, k, innovation_points)->auc));
}

static void eligible(struct asked *a)
{
    const struct innovation_points_params *q = POLICY(a->t->r, a->k, innovation_points);
    const double least = q->listed_min;
    double points[ASKED_TOGETHER];
    evaluation_points(q, evaluation_asked(a), a->n, points);
    ASKED_KEEP(a, j, i, points[j] >= least);
}

static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    evaluation_signal(t, i, t->r->layout->name[GROUP_innovation_points][t->r->line[k].instance],
                      t->r->line[k].folded[ROOT], POLICY(t->r, k, innovation_points)->shared_error, DRAW_POINTS_SIGNAL,
                      s);
}

/* The budget line pays for the system, a twelfth a month. */
static void begin(struct region *r, int32_t k)
{
    line_upkeep(r, k, FLOW_PLATFORM_COST);
}

static bool investors(const struct region *r, int32_t k)
{
    return POLICY(r, k, innovation_points)->investors != 0;
}

const struct instrument innovation_points = {
    .name = "innovation_points",
    .number = 35,
    .group = GROUP_innovation_points,
    .who_en = "government, enterprises, banks",
    .who_zh = "政府、企业、银行",
    .flow = FLOW_PLATFORM_COST,
    .claim_every = 12,
    .fold = fold,
    .begin = begin,
    .eligible = eligible,
    .see = see,
    .investors = investors,
};
