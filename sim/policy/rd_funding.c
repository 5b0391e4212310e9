/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rd_funding (应用技术研究与开发资金：定额补助、配套经费、无息借款): public money for research, given or lent.  Instrument 50.
 *
 * Each January, and when it begins, places of a year are dealt among those who know of it and do research, as many as are wanted
 * and the budget line can pay.  Who has one gets, by `form`,
 *   grant  `amount`, a claim on the budget line;
 *   match  `share` of the research that it pays, month by month, up to a twelfth of `amount`;
 *   loan   `amount` at once, without interest, repaid to the treasury in equal parts after `grace` months, `term` in all.
 * The fourth form that Guiyang names, an interest subsidy, is 8.  Nobody has two such loans at a time. */
#include <liandong/instrument.h>

enum { FORM_GRANT, FORM_MATCH, FORM_LOAN };
enum { REMEMBERED = 60 }; /* months */

static void eligible(struct asked *a)
{
    const float *research = a->t->e->research;
    asked_registered(a);
    asked_stage_to(a, POLICY(a->t->r, a->k, rd_funding)->stage_max);
    ASKED_KEEP(a, j, i, research[i] > 0.0f);
    asked_knows(a, rd_funding.number);
    ASKED_KEEP_EACH(a, i, !public_loan_open(a->t->r, a->k, i));
}

static int64_t places(const struct region *r, int32_t k)
{
    const struct rd_funding_params *q = POLICY(r, k, rd_funding);
    return places_paid(r, k, q->places, q->form == FORM_MATCH ? FEN(0) : q->amount);
}

static enum status give(struct region *r, int32_t k, uint32_t row, money amount)
{
    struct due d = {.row = row, .instance = (uint8_t)k};
    d.month = r->month + line_lag(r, k);
    d.amount = amount;
    TRY(due_add(r, &d));
    return deeds_add(&r->deeds, (struct deed){.row = row,
                                              .month = (uint16_t)r->month,
                                              .until = (uint16_t)(r->month + REMEMBERED),
                                              .instance = (uint16_t)k,
                                              .amount = amount});
}

static enum status dealt(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n)
{
    const struct rd_funding_params *q = POLICY(r, k, rd_funding);
    (void)w;
    for (size_t j = 0; j < n && q->amount.fen > 0 && q->form != FORM_MATCH; j++) {
        uint32_t row = (uint32_t)(key[j] & UINT32_MAX);
        if (q->form == FORM_GRANT)
            TRY(give(r, k, row, q->amount));
        else if (line_spend(r, k, FLOW_RD_LOAN, q->amount))
            TRY(public_loan_add(r, k, row, q->amount));
    }
    return deeds_merge(&r->deeds);
}

static bool claims(const struct region *r, int32_t k)
{
    return POLICY(r, k, rd_funding)->form == FORM_MATCH;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    const struct rd_funding_params *q = POLICY(t->r, k, rd_funding);
    money paid = from_yuan((double)t->e->research[i] * t->r->cells.rd_price);
    return money_min(money_scale(paid, q->share), money_scale(q->amount, 1.0 / 12.0));
}

/* What is lent is collected, whether or not the programme still stands. */
static void after(struct region *r, int32_t k)
{
    const struct rd_funding_params *q = POLICY(r, k, rd_funding);
    public_loans_collect(
        r, k,
        &(struct public_terms){
            .grace = q->grace, .term = q->term, .patience = q->patience, .repaid = FLOW_RD_LOAN_REPAID});
}

const struct instrument rd_funding = {
    .name = "rd_funding",
    .number = 50,
    .group = GROUP_rd_funding,
    .who_en = "government, enterprises",
    .who_zh = "政府、企业",
    .flow = FLOW_RD_GRANT,
    .claim_every = 1,
    .yearly = true,
    .keeps = true,
    .grants = true,
    .eligible = eligible,
    .places = places,
    .dealt = dealt,
    .claims = claims,
    .claim = claim,
    .after = after,
};
