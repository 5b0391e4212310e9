/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turnover_reserve (股权投资周转准备金): a public reserve stands by banks that lend linkage products beyond their own funds.
 * Instrument 43; mechanisms M5.
 *
 * At the end of a month it offers partner banks equal parts of what it holds.  What a bank lends on it (credit.c: linkage
 * products only, and within its capital) is deposited with it at the end of that month at a fixed rate, and given back as soon
 * as the bank has room of its own.  A bank short of capital is not helped. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct turnover_reserve_params *q = POLICY(r, k, turnover_reserve);
    struct reserve *p = &r->line[k].reserve;
    if (!q->enabled) {
        market_flow(r, FLOW_RESERVE_RETURNED, p->cash);
        p->cash = p->planned = FEN(0);
        for (int32_t b = 0; b < r->n_banks && r->line[k].changed; b++)
            r->bank[b].standby = FEN(0);
        return;
    }
    money more = money_positive(money_sub(money_scale(q->capital, r->scale), p->planned));
    market_flow(r, FLOW_RESERVE_CAPITAL, more);
    p->cash = money_add(p->cash, more);
    p->planned = money_add(p->planned, more);
}

static void deposit(struct region *r, struct reserve *p, struct bank *b)
{
    money more = money_min(b->drawn, p->cash);
    market_flow(r, FLOW_RESERVE_PLACED, more);
    market_flow(r, FLOW_RESERVE_PLACED_OWED, more);
    p->cash = money_sub(p->cash, more);
    p->placed = money_add(p->placed, more);
    b->turnover = money_add(b->turnover, more);
    b->cash = money_add(b->cash, more);
    b->drawn = money_sub(b->drawn, more);
}

/* Of what all reserves have deposited in a bank, the part of this one. */
static money owed_to(const struct region *r, const struct reserve *p, const struct bank *b)
{
    money all = FEN(0);
    for (int32_t j = 0; j < r->n_banks; j++)
        all = money_add(all, r->bank[j].turnover);
    return money_part(b->turnover, p->placed, all);
}

static void give_back(struct region *r, struct reserve *p, struct bank *b, money less)
{
    bank_pays(r, b, less);
    market_flow(r, FLOW_RESERVE_WITHDRAWN, less);
    market_flow(r, FLOW_RESERVE_ENDED, less);
    p->cash = money_add(p->cash, less);
    p->placed = money_sub(p->placed, less);
    b->turnover = money_sub(b->turnover, less);
    b->room = money_positive(money_sub(b->room, less));
}

static void pay_interest(struct region *r, struct reserve *p, struct bank *b, double rate)
{
    money interest = money_scale(owed_to(r, p, b), rate / 12.0);
    bank_pays(r, b, interest);
    market_flow(r, FLOW_RESERVE_INTEREST, interest);
    p->cash = money_add(p->cash, interest);
}

/* Banks' rooms for the next month are set already. */
static void after(struct region *r, int32_t k)
{
    const struct turnover_reserve_params *q = POLICY(r, k, turnover_reserve);
    struct reserve *p = &r->line[k].reserve;
    int32_t partners = q->partners < r->n_banks ? q->partners : r->n_banks;
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct bank *bank = &r->bank[b];
        pay_interest(r, p, bank, q->rate);
        money owed = owed_to(r, p, bank);
        give_back(r, p, bank, q->enabled ? money_min(owed, bank->room) : owed);
        deposit(r, p, bank);
    }
    for (int32_t b = 0; b < partners && q->enabled; b++)
        r->bank[b].standby = money_add(r->bank[b].standby, money_part(p->cash, FEN(1), FEN(partners)));
}

const struct instrument turnover_reserve = {
    .name = "turnover_reserve",
    .number = 43,
    .group = GROUP_turnover_reserve,
    .who_en = "government, banks",
    .who_zh = "政府、银行",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .begin = begin,
    .after = after,
};
