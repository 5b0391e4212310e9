/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lenders - which banks take part in instruments that leave it to them, and what knowing more is worth to a bank (mechanisms
 * M4, M5).  Each December, and in the month in which an instrument begins, bank after bank decides, seeing who has joined
 * already: each answers best to the others as they stand, so that nobody hops in and out with the crowd. */
#include <liandong/instrument.h>
#include <liandong/screening.h>

double lenders_worth(const struct region *r, int32_t bank, double before, double after)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[bank];
    double prior = c->belief_prior / 12.0 * c->belief_weight;
    double pd = 12.0 * (prior + b->seen.defaults) / (c->belief_weight + b->seen.months), rate = going_rate(r);
    double running =
        b->funding + NAMED(r, banks, b->kind)->operating_cost + c->risk_weight * c->capital_ratio * c->capital_cost;
    double slope = rate + b->lgd + b->penalty, margin = rate - running - pd * slope, scale = slope * pd * b->loading;
    double spread[] = {scale * __builtin_sqrt(before / (1.0 + before)), scale * __builtin_sqrt(after / (1.0 + after))};
    double value[2];
    screening_values(value, (double[]){margin, margin}, spread, 2);
    return value[1] - value[0];
}

int32_t lenders_in(const struct region *r, int32_t k)
{
    int32_t n = 0;
    for (int32_t b = 0; b < r->n_banks; b++)
        n += bank_joined(r, b, k);
    return n;
}

static void join(struct region *r, int32_t bank, int32_t k, bool joins)
{
    uint64_t *word = &r->bank[bank].joined[k / 64], bit = (uint64_t)1 << (k % 64);
    *word = joins ? *word | bit : *word & ~bit;
}

void lenders_choose(struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        bool stands = LINE_COMMON(r, k)->enabled;
        if (in->lender == NULL || (stands && r->month % 12 != 11 && !r->line[k].changed))
            continue;
        for (int32_t b = 0; b < r->n_banks; b++)
            join(r, b, k, stands && in->lender(r, k, b));
    }
}

static enum status settle_promise(struct region *r, const struct told *note)
{
    struct dealing *d = dealing_of(r, note->instance, note->bank);
    d->month = money_add(d->month, note->amount);
    d->year = money_add(d->year, note->amount);
    d->mean += note->brings;
    return OK;
}

/* What the loan is expected to bring over its life, yuan: a sum that has an order. */
void promise_note(struct notices *t, int32_t k, const struct application *a)
{
    notice_later(t,
                 (struct told){.settle = settle_promise,
                               .row = a->row,
                               .instance = (uint16_t)k,
                               .bank = (uint16_t)a->bank,
                               .amount = application_more(a),
                               .brings = (double)a->margin * money_to_yuan(a->granted) * application_years(t->r, a)});
}

void promises_review(struct region *r, int32_t k, double patience)
{
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct dealing *d = dealing_of(r, k, b);
        if (d->out > 0 && --d->out == 0)
            d->mean = 0.0;
        if (d->out == 0 && d->mean < 0.0 && r->month % 12 == 11)
            d->out = (int32_t)patience;
        d->mean *= 1.0 - 1.0 / (patience > 1.0 ? patience : 1.0);
    }
}
