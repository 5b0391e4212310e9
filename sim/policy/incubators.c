/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incubators (孵化器、众创空间、园区): places with lower rent, shared equipment, counselling and help with registration.
 * Instrument 47.  Rent is refunded to tenants and equipment paid by the budget line, month by month; counselling raises
 * literacy (what an enterprise knows of), equipment adds to its technology; places are few. */
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    asked_age_to(a, POLICY(a->t->r, a->k, incubators)->stay - 1);
}

static int64_t places(const struct region *r, int32_t k)
{
    return (int64_t)(POLICY(r, k, incubators)->capacity * r->scale + 0.5);
}

/* Equipment used by last month's tenants. */
static void begin(struct region *r, int32_t k)
{
    const struct incubators_params *q = POLICY(r, k, incubators);
    money cost = money_scale(q->equipment, (double)r->line[k].members);
    r->line[k].served = q->enabled && cost.fen > 0 && line_spend(r, k, FLOW_SHARED_EQUIPMENT, cost);
}

static void serve(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n)
{
    const struct incubators_params *q = POLICY(t->r, k, incubators);
    const float equipment = (float)(money_to_yuan(q->equipment) / t->r->cells.rd_price);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + list[j];
        learn_finance(t->e, i, q->service_hours, q->literacy_hour);
        if (t->r->line[k].served)
            t->e->technology[i] += equipment;
        if (q->registration < t->e->registration[i])
            t->e->registration[i] = (uint8_t)q->registration;
    }
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    double rent = t->e->staff[i] * money_to_yuan(P(t->r, enterprise)->rent);
    return from_yuan(POLICY(t->r, k, incubators)->rent_share * rent);
}

const struct instrument incubators = {
    .name = "incubators",
    .number = 47,
    .group = GROUP_incubators,
    .who_en = "parks, enterprises, government",
    .who_zh = "园区、企业、政府",
    .flow = FLOW_SUBSIDY_RENT,
    .claim_every = 1,
    .begin = begin,
    .eligible = eligible,
    .places = places,
    .serve = serve,
    .claim = claim,
};
