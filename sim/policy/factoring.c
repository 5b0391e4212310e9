/* SPDX-License-Identifier: GPL-3.0-or-later */
/* factoring (供应链票据、保理): a factor with capital of its own buys what core enterprises owe their suppliers.  Instrument 51;
 * links and losses: sim/month/buyers.c, bills: sim/month/factoring.c.
 *
 * Who knows of it and is short of cash sells the part of its receivables that its main buyer owes.  The factor looks at buyers, not
 * at suppliers: a supplier without a record is lent to on the credit of its buyer.  Without links (market.main_buyer 0) there is
 * nothing to sell. */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct factoring_params *q = POLICY(r, k, factoring);
    money owed = FEN(0);
    for (size_t j = 0; j < r->bills.n; j++)
        if (r->bills.row[j].instance == k)
            owed = money_add(owed, r->bills.row[j].advanced);
    company_begins(r, k, q->enabled, money_scale(q->capital, r->scale), owed, q->running, q->dividend);
}

static void eligible(struct asked *a)
{
    asked_registered(a);
    asked_knows(a, factoring.number);
}

static void factor(const struct region *r, int32_t k, struct factor_terms *o)
{
    const struct factoring_params *q = POLICY(r, k, factoring);
    *o = (struct factor_terms){.open = r->line[k].company.planned.fen > 0,
                               .recourse = q->recourse,
                               .advance = q->advance,
                               .asked = q->return_asked + q->running,
                               .rate_max = q->rate_max,
                               .tenor = q->tenor,
                               .least = q->least};
}

const struct instrument factoring = {
    .name = "factoring",
    .number = 51,
    .group = GROUP_factoring,
    .who_en = "enterprises, their buyers, factor",
    .who_zh = "企业、核心买方、保理公司",
    .flow = FLOW_BILL_ADVANCE,
    .claim_every = 12,
    .begin = begin,
    .eligible = eligible,
    .factor = factor,
};
