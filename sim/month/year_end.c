/* SPDX-License-Identifier: GPL-3.0-or-later */
/* year_end - January: income tax and dividends of the last year, dues of bodies of members (mechanisms M1). */
#include <liandong/bonds.h>
#include <liandong/instrument.h>

/* Of a profit, what income tax is due on. */
static double taxable(const struct rows *t, uint32_t i, double profit)
{
    EACH_ACTING(t, i, ACT_DEDUCT, k)
    profit -= instrument_of(t->r, k)->deduct(t, i, k);
    return profit > 0.0 ? profit : 0.0;
}

/* January: income tax on the last year's profit, dividends of what is above the cash target; the year's counters
 * begin anew. */
static void close_year(const struct rows *t, uint32_t i)
{
    double profit = (double)t->e->profit_year[i];
    t->e->profit_last[i] = (float)profit;
    t->e->profit_year[i] = 0.0f;
    if (profit <= 0.0)
        return;
    money tax = from_yuan(P(t->r, government)->income_tax * taxable(t, i, profit)), cash = t->e->cash[i];
    money paid = money_min(tax, cash), late = money_sub(tax, paid);
    pay_out(t->t, FLOW_INCOME_TAX, &t->e->cash[i], paid);
    flow_add(t->t, FLOW_BILLS_OVERDUE, late);
    t->e->overdue[i] = money_add(t->e->overdue[i], late);
    double spare = money_to_yuan(t->e->cash[i]) - cash_target(t->r, t->e, i) - bonds_reserve(t->r, i);
    double dividend = P(t->r, enterprise)->dividend * profit;
    dividend = dividend < spare ? dividend : spare;
    uint8_t owned = t->e->owned[i]; /* funds want growth, and usually forbid dividends (assumed) */
    if (dividend > 0.0 && (owned & OWNED_BY_FUND) == 0)
        pay_out(t->t, owned & OWNED_BY_BUYER ? FLOW_DIVIDENDS_BUYER : FLOW_DIVIDENDS, &t->e->cash[i],
                from_yuan(dividend));
}

/* Dues of bodies of members, as far as there is money; what is missing of them is not chased. */
static void pay_dues(const struct rows *t, uint32_t i)
{
    EACH_ACTING(t, i, ACT_LEVY, k)
    {
        const struct instrument *in = instrument_of(t->r, k);
        money dues = money_min(in->levy(t, i, k), t->e->cash[i]);
        if (in->served != NULL)
            in->served(t, i, k);
        pay_out(t->t, in->flow, &t->e->cash[i], dues);
        t->t->purse[k] += dues.fen;
        t->e->profit_year[i] -= (float)money_to_yuan(dues);
    }
}

bool year_begins(const struct region *r)
{
    return r->month % 12 == 0 && !P(r, closed_form)->enabled;
}

void firms_tax(const struct rows *t)
{
    for (uint32_t i = t->lo; i < t->hi; i++) {
        if (t->e->status[i] != ACTIVE)
            continue;
        close_year(t, i);
        pay_dues(t, i);
    }
}
