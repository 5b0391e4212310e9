/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leasing (融资租赁担保): a leasing company buys equipment for enterprises, and a guarantor stands behind what they owe it.
 * Instrument 29; contracts, rents and defaults: sim/month/leasing.c.
 *
 * The lessor is commercial: capital from investors, who take out each January a part of what it has above that.  The guarantor has
 * capital from the treasury and lives by its fees like any other (guaranteeing.c); reinsurance and fee subsidies count it among
 * guarantors.  What has been signed goes on when the programme ends. */
#include <liandong/instrument.h>

static money owed_to(const struct region *r, int32_t k)
{
    money sum = FEN(0);
    for (size_t j = 0; j < r->leases.n; j++)
        if (r->leases.row[j].instance == k)
            sum = money_add(sum, r->leases.row[j].owed);
    return sum;
}

static void begin(struct region *r, int32_t k)
{
    const struct leasing_params *q = POLICY(r, k, leasing);
    company_begins(r, k, q->enabled, money_scale(q->capital, r->scale), owed_to(r, k), q->running, q->dividend);
    bearer_do_business(
        r, &r->bearer[r->line[k].bearer],
        &(struct business){GUARANTOR_BUSINESS(q), .capital = money_scale(q->guarantor, r->scale), .share = q->share});
}

static void lease(const struct region *r, int32_t k, struct lease_terms *o)
{
    const struct leasing_params *q = POLICY(r, k, leasing);
    *o = (struct lease_terms){.open = r->line[k].company.planned.fen > 0,
                              .down = q->down,
                              .asked = q->return_asked + q->running,
                              .rate_max = q->rate_max,
                              .least = q->least,
                              .most = q->most,
                              .term = q->term,
                              .patience = q->patience,
                              .guarantor = r->line[k].bearer,
                              .share = q->share,
                              .fee = q->fee,
                              .client_share = q->client_share};
}

const struct instrument leasing = {
    .name = "leasing",
    .number = 29,
    .group = GROUP_leasing,
    .who_en = "guarantor, lessor, enterprises, government",
    .who_zh = "担保机构、融资租赁公司、企业、政府",
    .flow = FLOW_LEASE_GUARANTEED,
    .claim_every = 1,
    .begin = begin,
    .lease = lease,
};
