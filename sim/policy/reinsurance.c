/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reinsurance (再担保、两层担保体系): a reinsurer stands behind the guarantors of the region.  Instrument 6; mechanisms M8.
 *
 * Each instance is one reinsurer (national fund, province); it pays its share of what guarantors pay out, for a part of their
 * fees and of their recoveries, and stops for a guarantor whose payout rate is too high.  The budget line makes good a part of
 * what a guarantor has lost in the end.  A financing fund lies in the banks, who lend it; its interest, less the charge for
 * it, is the reinsurer's (Japan: one basis, three pillars). */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct reinsurance_params *q = POLICY(r, k, reinsurance);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    bearer_do_business(r, p,
                       &(struct business){.open = q->enabled,
                                          .capital = money_scale(q->capital, r->scale),
                                          .refill = money_scale(q->refill_amount, r->scale),
                                          .refilled = q->refill,
                                          .yield = q->yield,
                                          .breaker = 1.0,
                                          .paid_in = FLOW_REINSURER_CAPITAL,
                                          .earned = FLOW_REINSURER_YIELD});
    bearer_places_fund(r, p, q->enabled ? money_scale(q->fund, r->scale) : FEN(0), q->fund_rate, q->fund_charge);
}

/* A guarantor's loss of the year before, after reinsurance and recoveries. */
static money claim_bearer(const struct region *r, int32_t k, int32_t bearer)
{
    const struct bearer *g = &r->bearer[bearer];
    if (g->kind != BEARER_GUARANTOR)
        return FEN(0);
    return money_scale(money_positive(g->loss_year), POLICY(r, k, reinsurance)->loss_grant);
}

static void after(struct region *r, int32_t k)
{
    const struct reinsurance_params *q = POLICY(r, k, reinsurance);
    for (int32_t g = 0; g < r->n_bearers; g++)
        if (r->bearer[g].kind == BEARER_GUARANTOR)
            bearer_reinsures(r, r->line[k].bearer, g,
                             &(struct treaty){.stands = q->enabled,
                                              .share = q->share,
                                              .fee_share = q->fee_share,
                                              .payout_max = q->payout_max,
                                              .payout_resume = q->payout_resume});
}

const struct instrument reinsurance = {
    .name = "reinsurance",
    .number = 6,
    .group = GROUP_reinsurance,
    .who_en = "reinsurer, guarantors, government, banks",
    .who_zh = "再担保机构、担保机构、政府、银行",
    .flow = FLOW_SUBSIDY_GUARANTOR,
    .claim_every = 12,
    .begin = begin,
    .claim_bearer = claim_bearer,
    .after = after,
};
