/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small_loans (政策性小额贷款公司普通贷款): a policy small-loan company lends to small enterprises that their bank has refused.
 * Instrument 42; its bridges are 41.
 *
 * It has capital from the treasury and no deposits, and looks at rules, not at prospects: sales up to `sales_max`, no loan of its
 * own outstanding, overdue bills up to `bills_max`.  It lends at one rate, at most `limit` and `client_share` of its capital to one,
 * as far as its money goes, in the order in which refusals come; who would bear that rate takes the loan.  Repaid in equal parts
 * each month with interest; what it loses is its capital's.  While too much of it is late it lends no more. */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct small_loans_params *q = POLICY(r, k, small_loans);
    lender_begins(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void eligible(struct asked *a)
{
    asked_sales_to(a, POLICY(a->t->r, a->k, small_loans)->sales_max);
    asked_knows(a, small_loans.number);
}

static bool passes(const struct region *r, const struct small_loans_params *q, int32_t k, const struct application *a)
{
    const struct enterprises *e = &r->enterprises;
    const struct lender *lender = &r->line[k].lender;
    double bills = money_to_yuan(e->overdue[a->row]);
    return enterprise_member(e, a->row, k) && e->status[a->row] == ACTIVE && e->worst[a->row] == 0 &&
           a->replaced.fen == 0 && !public_loan_open(r, k, a->row) &&
           bills <= q->bills_max * fixed_cost(r, e, a->row) && q->rate <= (double)a->reservation &&
           money_to_yuan(lender->late) <= q->late_max * money_to_yuan(lender->planned);
}

static bool is_loan(const struct small_loans_params *q, money lends)
{
    return lends.fen > 0 && lends.fen >= q->least.fen;
}

/* While there is money, and once to a borrower. */
static enum status lend(struct region *r, const struct told *note)
{
    int32_t k = note->instance;
    struct lender *lender = &r->line[k].lender;
    money lends = money_min(note->amount, lender->cash);
    if (!is_loan(POLICY(r, k, small_loans), lends) || deeds_newest(&r->deeds, note->row, k) != NULL)
        return OK;
    lender->cash = money_sub(lender->cash, lends);
    market_flow(r, FLOW_SMALL_LOAN, lends);
    return public_loan_add(r, k, note->row, lends);
}

static void refused(struct notices *t, int32_t k, const struct application *a)
{
    const struct small_loans_params *q = POLICY(t->r, k, small_loans);
    const struct lender *lender = &t->r->line[k].lender;
    money most = money_min(q->limit, money_scale(lender->planned, q->client_share)), asks = money_min(a->asked, most);
    if (is_loan(q, money_min(asks, lender->cash)) && passes(t->r, q, k, a))
        notice_later(t, (struct told){.settle = lend, .row = a->row, .instance = (uint16_t)k, .amount = asks});
}

static void after(struct region *r, int32_t k)
{
    const struct small_loans_params *q = POLICY(r, k, small_loans);
    public_loans_collect(r, k,
                         &(struct public_terms){.rate = q->rate,
                                                .term = q->term,
                                                .patience = q->patience,
                                                .repaid = FLOW_SMALL_LOAN_REPAID,
                                                .interest = FLOW_SMALL_LOAN_INTEREST,
                                                .to = &r->line[k].lender.cash});
}

const struct instrument small_loans = {
    .name = "small_loans",
    .number = 42,
    .group = GROUP_small_loans,
    .who_en = "policy small-loan company, enterprises, government",
    .who_zh = "政策性小额贷款公司、企业、政府",
    .flow = FLOW_SMALL_LOAN,
    .claim_every = 1,
    .begin = begin,
    .eligible = eligible,
    .refused = refused,
    .after = after,
};
