/* SPDX-License-Identifier: GPL-3.0-or-later */
/* experts (科技专家参与贷前评审): experts of technology read applications before the bank decides and tell it what they think.
 * Instrument 32; mechanisms M4.
 *
 * Of the applications that arrive in a month (no renewals) they read as many as they have time for and as the budget line can
 * pay, in an order of identity and month; their errors are their own, one for an enterprise and calendar year.  Each review is
 * paid in the same month, at the end of it. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

enum { PRECISION };

static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[PRECISION] = precision_of_auc(0.5 + POLICY(r, k, experts)->auc);
}

/* Nobody reads who cannot be paid. */
static int64_t looks(const struct region *r, int32_t k)
{
    const struct experts_params *q = POLICY(r, k, experts);
    int64_t time = (int64_t)(q->capacity * r->scale + 0.5);
    int64_t paid = q->fee.fen > 0 ? r->line[k].cash.fen / q->fee.fen : time;
    return time < paid ? time : paid;
}

static double look(const struct world *w, const struct region *r, int32_t k, const struct identity who[BLOCKS],
                   double error[BLOCKS])
{
    struct luck luck = w->luck;
    luck.month = w->month / 12;
    struct identity drawn[BLOCKS];
    uint64_t name = ld_hash(r->layout->name[GROUP_experts][r->line[k].instance]);
    for (int j = 0; j < BLOCKS; j++)
        drawn[j] = (struct identity){ld_mix(who[j].origin, name), who[j].index};
    luck_normals(luck, drawn, DRAW_EXPERT_SIGNAL, error);
    return r->line[k].folded[PRECISION];
}

static void after(struct region *r, int32_t k)
{
    const struct experts_params *q = POLICY(r, k, experts);
    if (q->enabled && r->line[k].served > 0)
        line_spend(r, k, FLOW_EXPERT_FEES, FEN(q->fee.fen * r->line[k].served));
}

const struct instrument experts = {
    .name = "experts",
    .number = 32,
    .group = GROUP_experts,
    .who_en = "experts, banks, government",
    .who_zh = "科技专家、银行、政府",
    .flow = FLOW_EXPERT_FEES,
    .claim_every = 12,
    .fold = fold,
    .looks = looks,
    .look = look,
    .after = after,
};
