/* SPDX-License-Identifier: GPL-3.0-or-later */
/* note_pricing - what a note that pays a part of a fund costs, and what it is worth to the fund's manager (instrument 26;
 * docs/model/bonds.md).
 *
 * Holders are paid out of what the leg that the note pays brings, of interest on what is not called yet, and of a part of the
 * manager's fees: so they look at the outcomes that partners look at.  In outcome k, of all that is owed over the life of the note,
 *     missing(k) = (amount (1 + rate T) - leg(k) - interest - fees)+,   loss(k) = missing(k) (1 - guaranteed as honoured) / amount
 *     rate = base_rate + spread + mean loss / T + risk_price sd(loss) / T
 * which is solved by going round, since what is missing grows with the rate. */
#include <liandong/bonds.h>
#include <liandong/funds.h>

enum { ROUNDS = 24 };

/* What a note would stand on, fen. */
struct backing {
    struct fund_outcome of[FUND_OUTCOMES]; /* leg: of what the note has paid */
    double amount, interest, fees, years;  /* fees: most of them that go to it */
    double guarantee_fee, guarded;         /* a year, of the amount; of what is missing, as the body has honoured */
};

/* The fund when it is complete, as far as its partners are known, else private; and of its manager's leg the part that the note
 * pays. */
static struct backing backing_of(const struct region *r, const struct fund *f, const struct note_terms *o, money pays)
{
    const double invest = f->rule.invest / 12.0, life = f->rule.life / 12.0, net = (double)pays.fen;
    struct fund whole = *f;
    whole.committed[PARTNER_MANAGER] = money_add(f->committed[PARTNER_MANAGER], pays);
    money others = money_positive(money_sub(f->target, fund_committed(&whole)));
    whole.committed[PARTNER_PRIVATE] = money_add(f->committed[PARTNER_PRIVATE], others);
    whole.counts.bounty = fund_bounty(r, f);
    whole.counts.tax = P(r, government)->carry_tax; /* what is given back of taxes does not go to the trustee */
    struct backing b = {.amount = (net + (double)o->cost.fen) / (1.0 - o->underwriting), .years = life};
    fund_outcomes(&whole, fund_multiple_expected(r, PARTNER_PRIVATE, f), P(r, equity)->spread,
                  equity_years(r, f, f->rule.stage_from), b.of);
    for (int k = 0; k < FUND_OUTCOMES; k++)
        b.of[k].leg *= net / (double)whole.committed[PARTNER_MANAGER].fen;
    b.interest = net * P(r, credit)->deposit_rate * 0.5 * invest; /* called in even steps */
    double kept = 1.0 - P(r, government)->fund_fee_tax;
    b.fees = o->pledged * kept * f->rule.fee * (double)f->target.fen * (invest + 0.5 * ld_max(life - invest, 0.0));
    b.guarantee_fee = o->guaranteed * o->guarantee_fee;
    return b;
}

/* Coupons and fees for the guarantee over its life; the manager pays them, not principal, out of his fees. */
static double fees_used(const struct backing *b, double rate)
{
    return ld_min(b->fees, b->amount * (rate + b->guarantee_fee) * b->years);
}

/* What is left in outcome k of what the note stands on, once holders have had all of theirs; below 0: what they miss. */
static double left(const struct backing *b, double rate, int k)
{
    return b->of[k].leg + b->interest + fees_used(b, rate) - b->amount * (1.0 + rate * b->years);
}

/* Yearly loss that holders expect of a yuan, and what they ask for it. */
static double rate_asked(const struct region *r, const struct backing *b, double rate, double *expected)
{
    double mean = 0.0, square = 0.0;
    for (int k = 0; k < FUND_OUTCOMES; k++) {
        double loss = ld_max(-left(b, rate, k), 0.0) * (1.0 - b->guarded) / b->amount;
        mean += loss / FUND_OUTCOMES;
        square += loss * loss / FUND_OUTCOMES;
    }
    *expected = mean / b->years;
    return P(r, credit)->base_rate + P(r, bond_market)->spread +
           (mean + P(r, bond_market)->risk_price * __builtin_sqrt(ld_max(square - mean * mean, 0.0))) / b->years;
}

/* What it leaves him of the leg in the end, worth now, less what it takes of his fees half-way. */
static double leaves(const struct backing *b, double rate, double now, double half_way)
{
    double sum = 0.0;
    for (int k = 0; k < FUND_OUTCOMES; k++)
        sum += ld_max(left(b, rate, k) - b->amount * b->guarantee_fee * b->years, 0.0) / FUND_OUTCOMES;
    return now * sum - half_way * fees_used(b, rate);
}

static double carry_expected(const struct region *r, const struct fund *f, const struct backing *b)
{
    double sum = 0.0;
    for (int k = 0; k < FUND_OUTCOMES; k++)
        sum += b->of[k].carry / FUND_OUTCOMES;
    return sum * (1.0 - P(r, government)->carry_tax * tax_kept(r, f, true));
}

struct note_deal note_deal_of(const struct world *w, const struct region *r, const struct fund *f, int32_t k,
                              const struct note_terms *o)
{
    const double discount = ld_log(1.0 + f->rule.required), years = equity_years(r, f, f->rule.stage_from);
    const double now = ld_exp(-discount * years), half_way = ld_exp(-0.5 * discount * f->rule.life / 12.0);
    money most = money_min(money_scale(f->target, o->of_fund), money_scale(o->amount_max, 1.0 - o->underwriting));
    most = money_positive(money_sub(most, o->cost));
    struct note_deal deal = {.pays = money_min(most, money_sub(f->target, fund_committed(f))),
                             .rate = P(r, credit)->base_rate + P(r, bond_market)->spread};
    if (deal.pays.fen <= 0)
        return deal;
    struct backing b = backing_of(r, f, o, deal.pays);
    b.guarded = o->guaranteed * body_honoured(r, k);
    deal.amount = money_add(money_round(b.amount), FEN(1)); /* costs are paid of it in whole fen */
    for (int round = 0; round < ROUNDS; round++)
        deal.rate = rate_asked(r, &b, deal.rate, &deal.loss);
    double carry = now * carry_expected(r, f, &b), without = 100.0 * worth_of_waiting(w, r, f, 0.0, NO_NOTE);
    double with = 100.0 * worth_of_waiting(w, r, f, money_to_yuan(deal.pays), f->begun + o->review - w->month);
    with += with > 0.0 ? carry + leaves(&b, deal.rate, now, half_way) : 0.0;
    without += without > 0.0 ? carry : 0.0;
    deal.worth = (with - without) / 100.0;
    return deal;
}
