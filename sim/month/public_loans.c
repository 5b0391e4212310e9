/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_loans - loans from public money that are no bank's: interest-free R&D money (instrument 50), ordinary loans of a
 * policy small-loan company (42).  A loan is a deed of its instance, `owed` the principal, `noted` the months that it is late. */
#include <liandong/fetch.h>
#include <liandong/instrument.h>

void lender_begins(struct region *r, int32_t k, bool stands, money capital)
{
    struct lender *lender = &r->line[k].lender;
    if (!stands) {
        market_flow(r, FLOW_LENDER_RETURNED, lender->cash);
        lender->cash = lender->planned = FEN(0);
        return;
    }
    money more = money_positive(money_sub(capital, lender->planned));
    market_flow(r, FLOW_LENDER_CAPITAL, more);
    lender->cash = money_add(lender->cash, more);
    lender->planned = money_add(lender->planned, more);
}

money estate_part(const struct region *r, uint32_t row, money owed)
{
    const struct enterprises *e = &r->enterprises;
    money all = money_add(owed, money_add(e->debt[row], e->overdue[row]));
    return money_min(owed, money_part(e->cash[row], owed, all));
}

enum status public_loan_add(struct region *r, int32_t k, uint32_t row, money principal)
{
    struct enterprises *e = &r->enterprises;
    e->cash[row] = money_add(e->cash[row], principal);
    market_flow(r, FLOW_PUBLIC_LOAN_OWED, principal);
    return deeds_add(&r->deeds, (struct deed){.row = row,
                                              .month = (uint16_t)r->month,
                                              .until = (uint16_t)r->month,
                                              .instance = (uint16_t)k,
                                              .lent = 1,
                                              .amount = principal,
                                              .owed = principal});
}

/* Principal that should have been repaid by so many months from now. */
static money should_be_paid(const struct region *r, const struct public_terms *q, const struct deed *d, int32_t ahead)
{
    int32_t age = r->month + ahead - d->month, parts = q->term > q->grace ? q->term - q->grace : 1;
    if (age <= q->grace)
        return FEN(0);
    return age - q->grace >= parts ? d->amount : money_part(d->amount, FEN(age - q->grace), FEN(parts));
}

static void take(struct region *r, const struct public_terms *q, uint32_t row, enum flow flow, money amount)
{
    r->enterprises.cash[row] = money_sub(r->enterprises.cash[row], amount);
    market_flow(r, flow, amount);
    if (q->to != NULL)
        *q->to = money_add(*q->to, amount);
}

static void repay(struct region *r, const struct public_terms *q, struct deed *d, money amount)
{
    take(r, q, d->row, q->repaid, amount);
    d->owed = money_sub(d->owed, amount);
    market_flow(r, FLOW_PUBLIC_LOAN_ENDED, amount);
}

static void write_off(struct region *r, struct deed *d)
{
    market_flow(r, FLOW_PUBLIC_LOAN_LOST, d->owed);
    d->owed = FEN(0);
}

/* Interest first; the enterprise sets aside what comes due next month. */
static void serve(struct region *r, const struct public_terms *q, struct deed *d)
{
    struct enterprises *e = &r->enterprises;
    money interest = money_scale(d->owed, q->rate / 12.0), paid = money_min(interest, e->cash[d->row]);
    if (paid.fen > 0) {
        take(r, q, d->row, q->interest, paid);
        e->profit_year[d->row] -= (float)money_to_yuan(paid);
    }
    money done = money_sub(d->amount, d->owed), due = money_positive(money_sub(should_be_paid(r, q, d, 0), done));
    money principal = money_min(due, e->cash[d->row]);
    repay(r, q, d, principal);
    d->noted = principal.fen < due.fen || paid.fen < interest.fen ? (uint16_t)(d->noted + 1) : 0;
    done = money_sub(d->amount, d->owed);
    money next = money_positive(money_sub(should_be_paid(r, q, d, 1), done));
    e->due[d->row] += (float)(money_to_yuan(next) + money_to_yuan(d->owed) * q->rate / 12.0);
}

/* Loans and their borrowers lie far apart: they are asked for some time before they are read. */
FETCHES void fetch_loan(const struct region *r, size_t j)
{
    enum { AHEAD = 16, SOON = AHEAD / 2 };
    const struct enterprises *e = &r->enterprises;
    const struct owing *owing = &r->deeds.owing;
    if (j + AHEAD < owing->n)
        fetch_lines(&r->deeds.row[owing->row[j + AHEAD].place], sizeof(struct deed));
    if (j + SOON >= owing->n)
        return;
    uint32_t i = r->deeds.row[owing->row[j + SOON].place].row;
    __builtin_prefetch(&e->status[i]);
    __builtin_prefetch(&e->cash[i], 1);
    __builtin_prefetch(&e->due[i], 1);
    __builtin_prefetch(&e->profit_year[i], 1);
}

void public_loans_collect(struct region *r, int32_t k, const struct public_terms *q)
{
    struct lender *lender = &r->line[k].lender;
    const struct owing *owing = &r->deeds.owing;
    lender->out = lender->late = FEN(0);
    for (size_t j = 0; j < owing->n; j++) {
        if (owing->row[j].instance != (uint32_t)k)
            continue;
        fetch_loan(r, j);
        struct deed *d = &r->deeds.row[owing->row[j].place];
        if (d->owed.fen == 0)
            continue;
        uint8_t status = r->enterprises.status[d->row];
        if (d->month == r->month && status == ACTIVE) { /* the first payment is a month after the loan */
            lender->out = money_add(lender->out, d->owed);
            continue;
        }
        if (status == ACTIVE)
            serve(r, q, d);
        else if (status == DEAD)
            repay(r, q, d, estate_part(r, d->row, d->owed));
        if (status != ACTIVE || d->noted > q->patience)
            write_off(r, d);
        lender->late = money_add(lender->late, d->noted > 0 ? d->owed : FEN(0));
        lender->out = money_add(lender->out, d->owed);
    }
}
