/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guarantee_fund (政策性融资担保基金): a city's fund that stands behind whole batches of loans of its partner banks.
 * Instrument 5 (Shanghai); mechanisms M7, M8.
 *
 * It stands last in the chain and pays the difference: what insurers, guarantors and pools before it decided short of `share`
 * of the loss (差额担保); where nobody else stands, all of that share, if it covers alone at all.  Every eligible loan of a partner bank is in the batch,
 * nobody looks at it again, and what a bank may lose in a year is limited (breaker).  Capital, yield, leverage and fee are as
 * with a guarantor; it does not draw back from business that loses money, which is what the city has it for. */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct guarantee_fund_params *q = POLICY(r, k, guarantee_fund);
    bearer_do_business(r, &r->bearer[r->line[k].bearer],
                       &(struct business){.open = q->enabled,
                                          .capital = money_scale(q->capital, r->scale),
                                          .refill = money_scale(q->refill_amount, r->scale),
                                          .refilled = q->refill,
                                          .partners = q->partners,
                                          .agreement = q->agreement,
                                          .yield = q->yield,
                                          .share = q->share,
                                          .leverage_max = q->leverage_max,
                                          .erosion = 1e9,
                                          .payout_max = 1e9,
                                          .breaker = q->breaker,
                                          .paid_in = FLOW_GUARANTEE_FUND_CAPITAL,
                                          .earned = FLOW_GUARANTEE_FUND_YIELD});
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct guarantee_fund_params *q = POLICY(r, k, guarantee_fund);
    int32_t bearer = r->line[k].bearer;
    if (r->bearer[bearer].room.fen <= 0 || a->granted.fen > q->loan_max.fen ||
        (double)a->sales > money_to_yuan(q->sales_max))
        return false;
    double cover = cover_as_experienced(r, bearer, a, q->share, q->cap_loan), most = 1.0 - P(r, credit)->retained_min;
    *o = (struct lending){.covers = 1u << bearer,
                          .cover = cover < most ? cover : most,
                          .rate_max = q->rate_ceiling,
                          .paperwork = q->paperwork,
                          .fee = q->fee * q->share,
                          .compulsory = q->enrolment == 1 && cover > 0.0,
                          .difference = true,
                          .beside = !q->alone};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct guarantee_fund_params *q = POLICY(r, k, guarantee_fund);
    c->base = q->base;
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    c->cap_loan = q->cap_loan;
    c->fee = q->fee;
    c->fee_on_covered = 1;
    c->difference = 1;
}

static void after(struct region *r, int32_t k)
{
    const struct guarantee_fund_params *q = POLICY(r, k, guarantee_fund);
    bearer_breaks(r, r->line[k].bearer, q->enabled ? q->breaker : 1.0, q->breaker_base == 1);
}

const struct instrument guarantee_fund = {
    .name = "guarantee_fund",
    .number = 5,
    .group = GROUP_guarantee_fund,
    .who_en = "government, guarantors, banks, enterprises",
    .who_zh = "政府、担保机构、银行、企业",
    .flow = FLOW_GUARANTEE_FUND_PAID,
    .claim_every = 1,
    .begin = begin,
    .terms = terms,
    .cover = cover,
    .after = after,
};
