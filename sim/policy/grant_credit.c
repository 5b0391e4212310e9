/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant_credit (科技资助补助贷款): a partner bank gives who has won a public grant a credit line of so many times the grant.
 * Instrument 20.
 *
 * The line is asked for when the grant has been awarded, without a need; drawing on it is the enterprise's choice.  Who banks with
 * another bank and owes it nothing moves to a partner; who owes it something gets no line.  The bank prices the line as any other
 * and has promised not to refuse it; while such lines are on the whole a loss, as it reckons, it gives none.  A grant is good for
 * one line. */
#include <liandong/instrument.h>

/* Grants of a row that are young enough and have brought no line yet. */
static bool is_open(const struct region *r, int32_t k, const struct deed *d)
{
    return instrument_of(r, d->instance)->grants && !d->lent && d->noted == 0 &&
           r->month - d->month <= POLICY(r, k, grant_credit)->valid;
}

static money offers(const struct rows *t, uint32_t i, int32_t k)
{
    const struct grant_credit_params *q = POLICY(t->r, k, grant_credit);
    money won = FEN(0);
    size_t n;
    const struct deed *d = deeds_of(&t->r->deeds, i, &n);
    for (size_t j = 0; j < n; j++)
        if (is_open(t->r, k, &d[j]))
            won = money_add(won, d[j].amount);
    return money_min(money_min(money_scale(won, q->ratio), q->cap), P(t->r, credit)->ticket_max);
}

static bool promises(const struct region *r, int32_t k, int32_t bank)
{
    return bank < POLICY(r, k, grant_credit)->partners && promise_stands(r, bank, k);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    (void)r;
    f->must_lend = f->must_lend || a->offered == k + 1;
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    struct region *r = t->r;
    if (a->offered != k + 1)
        return;
    for (size_t j = LIST_FIND(&r->deeds, a->row); LIST_IS_OF(&r->deeds, j, a->row); j++)
        if (is_open(r, k, &r->deeds.row[j]))
            r->deeds.row[j].noted = (uint16_t)r->month;
    promise_note(t, k, a);
}

static void after(struct region *r, int32_t k)
{
    promises_review(r, k, POLICY(r, k, grant_credit)->patience);
}

const struct instrument grant_credit = {
    .name = "grant_credit",
    .number = 20,
    .group = GROUP_grant_credit,
    .who_en = "government, partner banks, enterprises",
    .who_zh = "政府、合作银行、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .offers = offers,
    .promises = promises,
    .favour = favour,
    .granted = granted,
    .after = after,
};
