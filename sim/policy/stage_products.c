/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_products (展翅、伴飞、领航；初创信用贷、成长接力贷): banks have a product for each stage, which lends more without security
 * than their usual standards, at most at a spread of its own.  Instrument 38; F134; mechanisms M5.
 *
 * The bank quotes an application both ways and lends under the product where that brings it more in all (credit.c: try_product).
 * Who has moved to the next stage is lent to under that stage's product when its line is renewed: small and short first, then
 * larger (梯度融资).  Nobody is promised anything, and no public money moves.  Loans for mergers are not in the model. */
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    asked_knows(a, stage_products.number);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct stage_products_params *q = POLICY(r, k, stage_products);
    if (a->bank >= q->partners || !applicant_member(r, k, a))
        return;
    bool young = a->stage <= STARTUP, grows = a->stage == GROWTH;
    double share = grows ? q->growth_share : q->later_share;
    double unsecured = young ? money_to_yuan(q->startup_limit) : share * (double)a->sales;
    double limit = unsecured + money_to_yuan(a->pledge);
    if (limit <= f->limit)
        return;
    f->product = k + 1;
    f->limit = limit;
    f->spread_max = young ? q->startup_spread : grows ? q->growth_spread : q->later_spread;
}

const struct instrument stage_products = {
    .name = "stage_products",
    .number = 38,
    .group = GROUP_stage_products,
    .who_en = "banks, enterprises",
    .who_zh = "银行、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .eligible = eligible,
    .favour = favour,
};
