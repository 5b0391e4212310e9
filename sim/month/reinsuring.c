/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reinsuring - what passes between reinsurers and guarantors, and the financing fund that lies in banks (mechanisms M8).
 *
 * A treaty is settled at the end of each month: the reinsurer owes its share of what the guarantor paid and pays it while its
 * money lasts; the guarantor passes on its fees' share and, of what was recovered, the same share as of the payouts, until
 * the reinsurer has back what it paid. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

/* -- treaties --------------------------------------------------------------------------------------------------------- */
/* A reinsurer stops when too much of what the guarantor bears was paid out, and comes back below another rate. */
static bool stands_behind(struct bearer *p, const struct bearer *g, int32_t guarantor, const struct treaty *q)
{
    double rate = bearer_payout_rate(g);
    uint32_t bit = 1u << guarantor;
    if (rate > q->payout_max)
        p->suspended |= bit;
    else if (rate < q->payout_resume || rate == 0.0)
        p->suspended &= ~bit;
    return q->stands && (p->suspended & bit) == 0;
}

static void owe(struct region *r, struct bearer *p, int32_t guarantor, money amount)
{
    p->owed[guarantor] = money_add(p->owed[guarantor], amount);
    p->unpaid = money_add(p->unpaid, amount);
    p->decided = money_add(p->decided, amount);
    r->bearer[guarantor].ceded = money_add(r->bearer[guarantor].ceded, amount);
    market_flow(r, FLOW_REINSURANCE_DECIDED, amount);
}

static money pay_owed(struct region *r, struct bearer *p, int32_t guarantor)
{
    struct bearer *g = &r->bearer[guarantor];
    money pays = money_min(p->owed[guarantor], p->balance);
    p->event[BEARER_UNPAID] += pays.fen < p->owed[guarantor].fen;
    p->owed[guarantor] = money_sub(p->owed[guarantor], pays);
    p->advanced[guarantor] = money_add(p->advanced[guarantor], pays);
    p->unpaid = money_sub(p->unpaid, pays);
    p->balance = money_sub(p->balance, pays);
    p->compensated = money_add(p->compensated, pays);
    g->balance = money_add(g->balance, pays);
    g->reinsured = money_add(g->reinsured, pays);
    market_flow(r, FLOW_REINSURANCE, pays);
    market_flow(r, FLOW_REINSURANCE_ENDED, pays);
    return pays;
}

/* What a guarantor hands over, as far as it has money. */
static money hand_over(struct region *r, struct bearer *g, struct bearer *p, enum flow flow, money amount)
{
    amount = money_min(amount, g->balance);
    g->balance = money_sub(g->balance, amount);
    p->balance = money_add(p->balance, amount);
    market_flow(r, flow, amount);
    return amount;
}

void bearer_reinsures(struct region *r, int32_t reinsurer, int32_t guarantor, const struct treaty *q)
{
    struct bearer *p = &r->bearer[reinsurer], *g = &r->bearer[guarantor];
    bool stands = stands_behind(p, g, guarantor, q);
    if (stands)
        owe(r, p, guarantor, money_min(money_scale(g->compensated, q->share), money_sub(g->compensated, g->ceded)));
    money pays = pay_owed(r, p, guarantor);
    money back = money_min(money_scale(g->shared, q->share), p->advanced[guarantor]);
    back = hand_over(r, g, p, FLOW_RECOVERY_REINSURED, back);
    p->advanced[guarantor] = money_sub(p->advanced[guarantor], back);
    p->shared = money_add(p->shared, back);
    money fee = hand_over(r, g, p, FLOW_REINSURANCE_FEE, stands ? money_scale(g->fees, q->fee_share) : FEN(0));
    p->fees = money_add(p->fees, fee);
    /* what the guarantor learns and may claim is net of this */
    money spared = money_sub(pays, back);
    g->paid_seen -= money_to_yuan(spared);
    g->fees_seen -= money_to_yuan(fee);
    g->loss_year = money_sub(g->loss_year, spared);
}

/* -- the financing fund ----------------------------------------------------------------------------------------------- */
/* The b-th bank's part of a fund: equal parts, the rest with the first. */
static money part_of_bank(const struct region *r, money fund, int32_t b)
{
    money part = FEN(fund.fen / r->n_banks);
    return b == 0 ? money_add(part, FEN(fund.fen % r->n_banks)) : part;
}

static void place(struct region *r, struct bank *b, money amount)
{
    b->cash = money_add(b->cash, amount);
    b->placed = money_add(b->placed, amount);
    market_flow(r, FLOW_FUND_PLACED, amount);
    market_flow(r, FLOW_FUND_PLACED_OWED, amount);
}

static void withdraw(struct region *r, struct bank *b, money amount)
{
    bank_pays(r, b, amount);
    b->placed = money_sub(b->placed, amount);
    market_flow(r, FLOW_FUND_WITHDRAWN, amount);
    market_flow(r, FLOW_FUND_ENDED, amount);
}

static void earn_interest(struct region *r, struct bearer *p, double rate, double charge)
{
    for (int32_t b = 0; b < r->n_banks; b++) {
        money interest = money_scale(part_of_bank(r, p->placed, b), rate / 12.0);
        bank_pays(r, &r->bank[b], interest);
        market_flow(r, FLOW_FUND_INTEREST, interest);
        p->balance = money_add(p->balance, interest);
        p->interest = money_add(p->interest, interest);
    }
    money costs = money_min(money_scale(p->placed, charge / 12.0), p->balance);
    p->balance = money_sub(p->balance, costs);
    market_flow(r, FLOW_FINANCING_CHARGE, costs);
}

void bearer_places_fund(struct region *r, struct bearer *p, money fund, double rate, double charge)
{
    if (r->n_banks == 0)
        return;
    earn_interest(r, p, rate, charge);
    market_flow(r, FLOW_FINANCING_FUND, money_positive(money_sub(fund, p->placed)));
    for (int32_t b = 0; b < r->n_banks; b++) {
        money more = money_sub(part_of_bank(r, fund, b), part_of_bank(r, p->placed, b));
        if (more.fen > 0)
            place(r, &r->bank[b], more);
        else
            withdraw(r, &r->bank[b], FEN(-more.fen));
    }
    market_flow(r, FLOW_FINANCING_RETURNED, money_positive(money_sub(p->placed, fund)));
    p->placed = fund;
}
