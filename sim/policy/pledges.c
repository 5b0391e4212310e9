/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pledges (应收账款、订单、收益权、股权质押): banks lend on claims and rights of a member that asks for more than may be lent to it
 * otherwise.  Instrument 28; mechanisms M6.
 *
 * Receivables save a lender what customers of the failed would hold back had they not acknowledged the pledge.  An order at hand
 * is not performed by the dead, income ends with the enterprise, and its shares are worth nothing when they are needed: lenders
 * advance on them while it lives, and know that they save nothing. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

static void eligible(struct asked *a)
{
    asked_knows(a, pledges.number);
}

/* What acknowledged receivables save, per yuan lent on them. */
static double saved_by_receivables(const struct region *r, double advance)
{
    return (r->cells.diluted[0] - r->cells.diluted[1]) / advance;
}

/* In the order in which banks like them, as far as needed. */
static void pledge(const struct rows *t, uint32_t i, int32_t k, struct security *s)
{
    const struct pledges_params *q = POLICY(t->r, k, pledges);
    const struct enterprises *e = t->e;
    if (s->gap > 0.0 && q->receivables > 0.0 && (s->kinds & SECURITY_RECEIVABLES) == 0)
        security_add(s, SECURITY_RECEIVABLES, q->receivables * money_to_yuan(e->receivable[i]),
                     saved_by_receivables(t->r, q->receivables));
    if (s->gap > 0.0 && (s->kinds & SECURITY_ORDERS) == 0)
        security_add(s, SECURITY_ORDERS, q->orders * (double)e->chance_sales[i], 0.0);
    if (s->gap > 0.0 && (s->kinds & SECURITY_INCOME) == 0)
        security_add(s, SECURITY_INCOME, q->income * yearly_margin(t->r, e, i), 0.0);
    if (s->gap > 0.0 && (s->kinds & SECURITY_EQUITY) == 0)
        security_add(s, SECURITY_EQUITY, q->equity * (double)e->founder_share[i] * firm_value(t->r, e, i), 0.0);
}

const struct instrument pledges = {
    .name = "pledges",
    .number = 28,
    .group = GROUP_pledges,
    .who_en = "enterprises, banks, customers",
    .who_zh = "企业、银行、客户",
    .flow = FLOW_PLEDGE_PAID,
    .claim_every = 12,
    .eligible = eligible,
    .pledge = pledge,
};
