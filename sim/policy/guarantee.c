/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guarantee (融资担保、保贷联动): a guarantor with capital of its own covers loans for a fee.  Instrument 4; mechanisms M7, M8.
 *
 * Each instance is one guarantor; two of them behind a loan are a joint guarantee (联保).  The borrower pays `fee` a year on what
 * is covered, month by month with the interest.  When the loan goes bad the guarantor pays the bank its share (代偿), then gets
 * back what its counter-security brings, and its part of what else is recovered (追偿).  It takes new loans while leverage, its
 * own caution, the limit of one client and its payout rate allow (guaranteeing.c); what it has promised it keeps. */
#include <liandong/instrument.h>
#include <string.h>

static double largest_share(const struct tiers *tiers, double share)
{
    double most = tiers->n == 0 ? share : 0.0;
    for (int32_t k = 0; k < tiers->n; k++)
        most = tiers->share[k] > most ? tiers->share[k] : most;
    return most;
}

static void begin(struct region *r, int32_t k)
{
    const struct guarantee_params *q = POLICY(r, k, guarantee);
    bearer_do_business(r, &r->bearer[r->line[k].bearer],
                       &(struct business){GUARANTOR_BUSINESS(q), .capital = money_scale(q->capital, r->scale),
                                          .refill = money_scale(q->refill_amount, r->scale), .refilled = q->refill,
                                          .partners = q->partners, .agreement = q->agreement,
                                          .share = largest_share(&q->tiers, q->share), .bank_share = q->bank_share,
                                          .by_banks = FLOW_GUARANTOR_FROM_BANKS});
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct guarantee_params *q = POLICY(r, k, guarantee);
    int32_t bearer = r->line[k].bearer;
    double share = tiered_share(&q->tiers, q->share, a->granted), most = 1.0 - P(r, credit)->retained_min;
    if (r->bearer[bearer].room.fen <= 0 || a->granted.fen > q->loan_max.fen ||
        (double)a->sales > money_to_yuan(q->sales_max))
        return false;
    if (money_scale(a->granted, share).fen > bearer_client_room(r, bearer, a, q->client_share).fen)
        return false;
    double cover = cover_as_experienced(r, bearer, a, share, q->cap_loan);
    cover = cover_after_counter_security(r, a, cover < most ? cover : most, q->counter_security);
    *o = (struct lending){.covers = 1u << bearer,
                          .cover = cover,
                          .rate_max = q->rate_ceiling,
                          .paperwork = q->paperwork,
                          .fee = q->fee * share,
                          .on_covered = true,
                          .compulsory = q->enrolment == 1 && cover > 0.0};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct guarantee_params *q = POLICY(r, k, guarantee);
    c->base = q->base;
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    memcpy(&c->tiers, &q->tiers, sizeof c->tiers);
    c->cap_loan = q->cap_loan;
    c->fee = q->fee;
    c->fee_on_covered = 1;
    c->counter = q->counter_security;
}

const struct instrument guarantee = {
    .name = "guarantee",
    .number = 4,
    .group = GROUP_guarantee,
    .who_en = "guarantor, enterprises, banks, government",
    .who_zh = "担保机构、企业、银行、政府",
    .flow = FLOW_SUBROGATION,
    .claim_every = 1,
    .begin = begin,
    .terms = terms,
    .cover = cover,
};
