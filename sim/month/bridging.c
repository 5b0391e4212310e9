/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bridging - where a bank wants its line repaid before it pays out the renewal, a small-loan company lends the money for it and
 * is repaid out of the renewed line (instrument 41).
 *
 *   month t    the renewal is granted, and waits (LOAN_HELD)
 *   month t+1  the enterprise lacks  due + a month's fixed cost - cash : it is lent, at most what is due; the old line is
 *              repaid; the bank releases the renewal (serving.c: release_renewals)
 *   month t+2  the renewed line is drawn for principal and fee
 * Where the renewal does not come the lender is owed, takes what cash there is, and loses the rest at the failure, with other
 * creditors in proportion, or when its patience ends.  A month is the model's step: money that comes back in days does so with
 * the next month's bridges. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

/* Facilities of a row: EACH_LOAN_OF (r, row, k) body */
static uint32_t loans_from(const struct region *r, size_t block, uint32_t row, uint32_t *end)
{
    uint32_t from;
    loans_of_tile(&r->loans, block, row / TILE, &from, end);
    return loans_first(&r->loans, from, *end, row);
}
#define EACH_LOAN_OF(r, i, k)                                                                                   \
    for (size_t block_ = 0; block_ < (r)->loans.n_blocks; block_++)                                             \
        for (uint32_t end_, k = loans_from((r), block_, (i), &end_); k < end_ && (r)->loans.row[k] == (i); k++) \
            if (((r)->loans.flags[k] & LOAN_ENDED) == 0)

/* -- asking ------------------------------------------------------------------------------------------------------------------- */
/* Lists those whose line ends this month, whose renewal may wait until it is repaid, and who have not the money for it. */
static uint32_t list_ending(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo, *renewal = t->e->renewal + t->lo, *worst = t->e->worst + t->lo;
    const float *due = t->e->due + t->lo;
    const money *cash = t->e->cash + t->lo;
    uint8_t *mark = t->s->mark;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (status[k] == ACTIVE) & (renewal[k] == 1) & (worst[k] == 0);
    for (uint32_t k = 0; k < n; k++)
        mark[k] &= (double)due[k] > ld_over(money_whole(cash[k]), 100.0);
    return list_marked(t);
}

bool bridges_stand(const struct region *r)
{
    return r->bridge_lender >= 0 && !P(r, closed_form)->enabled;
}

void bridges_ask(const struct rows *t)
{
    const int32_t product = instrument_of(t->r, t->r->bridge_lender)->number;
    for (uint32_t j = 0, n = list_ending(t); j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        if (!enterprise_knows(t, i, product))
            continue;
        struct bridge_ask *a = outbox_push(&t->me->box[BOX_BRIDGE]);
        if (a == NULL)
            t->me->status = NO_MEMORY;
        else
            *a = (struct bridge_ask){i, (uint16_t)t->r->index, (uint16_t)t->r->bridge_lender};
    }
}

/* -- lending ------------------------------------------------------------------------------------------------------------------ */
/* What the bank will lend again once it is repaid. */
static money renewal_of(const struct region *r, uint32_t i)
{
    money limit = FEN(0);
    EACH_LOAN_OF(r, i, k)
    if (r->loans.flags[k] & LOAN_HELD)
        limit = money_add(limit, r->loans.limit[k]);
    return limit;
}

static bool has_bridge(const struct region *r, uint32_t i)
{
    for (size_t k = 0; k < r->bridges.n; k++)
        if (r->bridges.row[k].row == i)
            return true;
    return false;
}

/* What is missing, with a month's fixed cost to live on; at most what is due, and the lender's most.  0: it would not do. */
static money bridge_amount(const struct region *r, uint32_t i, money most)
{
    const struct enterprises *e = &r->enterprises;
    money due = from_yuan((double)e->due[i]), keep = from_yuan(fixed_cost(r, e, i));
    money lacks = money_positive(money_sub(money_add(due, keep), e->cash[i]));
    money amount = money_min(money_min(lacks, due), most);
    return money_add(e->cash[i], amount).fen < due.fen ? FEN(0) : amount;
}

/* What lender k has for the row, whom its policy must admit. */
static money offered(const struct region *r, int32_t k, uint32_t i, money renewal)
{
    const struct enterprises *e = &r->enterprises;
    struct bridge_terms terms = {0};
    if (instrument_of(r, k)->bridge == NULL || !line_open(r, k, i))
        return FEN(0);
    instrument_of(r, k)->bridge(r, k, renewal, &terms);
    if (money_to_yuan(e->overdue[i]) > terms.bills_max * fixed_cost(r, e, i))
        return FEN(0);
    return bridge_amount(r, i, money_min(terms.most, r->line[k].lender.cash));
}

static enum status lend_from(const struct world *w, struct region *r, int32_t k, uint32_t i, money amount)
{
    struct lender *from = &r->line[k].lender;
    TRY(LIST_RESERVE(&r->bridges, r->bridges.n + 1));
    r->bridges.row[r->bridges.n++] =
        (struct bridge){.row = i, .granted = w->month, .instance = (uint16_t)k, .principal = amount};
    from->cash = money_sub(from->cash, amount);
    from->out = money_add(from->out, amount);
    r->enterprises.cash[i] = money_add(r->enterprises.cash[i], amount);
    market_flow(r, FLOW_BRIDGE, amount);
    market_flow(r, FLOW_BRIDGE_OWED, amount);
    return OK;
}

/* By the first lender of the list who has enough for it; there is one instrument that bridges, so who knows of one knows of
 * all. */
static enum status lend(const struct world *w, struct region *r, const struct bridge_ask *a)
{
    money renewal = renewal_of(r, a->row);
    if (renewal.fen == 0 || has_bridge(r, a->row))
        return OK;
    for (int32_t k = a->instance; k < r->n_instances; k++) {
        money amount = offered(r, k, a->row, renewal);
        if (amount.fen > 0)
            return lend_from(w, r, k, a->row, amount);
    }
    return OK;
}

/* -- collecting --------------------------------------------------------------------------------------------------------------- */
/* The renewed line pays what is owed, as far as it reaches. */
static void draw_on_renewal(struct region *r, uint32_t i, money want)
{
    struct loans *l = &r->loans;
    const uint16_t shut = LOAN_HELD | LOAN_NPL | LOAN_EXTENDED | LOAN_CLAIMED;
    EACH_LOAN_OF(r, i, k)
    {
        money room = money_sub(l->limit[k], l->balance[k]), draws = money_min(room, want);
        bool open = l->product[k] == PRODUCT_LINE && (l->flags[k] & LOAN_RENEWAL) != 0 && (l->flags[k] & shut) == 0 &&
                    l->overdue[k] == 0 && l->months_left[k] > 1;
        if (!open || draws.fen <= 0)
            continue;
        bank_pays(r, &r->bank[l->bank[k]], draws);
        market_flow(r, FLOW_LOAN, draws);
        market_flow(r, FLOW_LOAN_OWED, draws);
        l->balance[k] = money_add(l->balance[k], draws);
        r->enterprises.debt[i] = money_add(r->enterprises.debt[i], draws);
        r->enterprises.cash[i] = money_add(r->enterprises.cash[i], draws);
        r->enterprises.line_room[i] -= (float)money_to_yuan(draws);
        count(&r->total, cell_of(&r->enterprises, i), ITEM_LINE_PAID, draws.fen);
        want = money_sub(want, draws);
    }
}

static void end_principal(struct region *r, struct bridge *b, enum flow how, money amount)
{
    struct lender *from = &r->line[b->instance].lender;
    b->principal = money_sub(b->principal, amount);
    from->out = money_sub(from->out, amount);
    market_flow(r, how, amount);
}

/* Fee first, then principal. */
static void take_from(struct region *r, struct bridge *b, money available)
{
    struct lender *to = &r->line[b->instance].lender;
    money fee = money_min(b->fee, available), repaid = money_min(b->principal, money_sub(available, fee));
    money taken = money_add(fee, repaid);
    r->enterprises.cash[b->row] = money_sub(r->enterprises.cash[b->row], taken);
    r->enterprises.profit_year[b->row] -= (float)money_to_yuan(fee);
    to->cash = money_add(to->cash, taken);
    b->fee = money_sub(b->fee, fee);
    market_flow(r, FLOW_BRIDGE_FEE, fee);
    market_flow(r, FLOW_BRIDGE_REPAID, repaid);
    end_principal(r, b, FLOW_BRIDGE_ENDED, repaid);
}

static money part_of_the_dead(const struct region *r, const struct bridge *b)
{
    bool dead = b->row != UINT32_MAX && r->enterprises.status[b->row] == DEAD;
    return dead ? estate_part(r, b->row, money_add(b->principal, b->fee)) : FEN(0);
}

static bool alive(const struct region *r, const struct bridge *b)
{
    return b->row != UINT32_MAX && r->enterprises.status[b->row] == ACTIVE;
}

/* True: something is still owed. */
static bool collect(const struct world *w, struct region *r, struct bridge *b)
{
    struct bridge_terms terms = {0};
    int32_t age = w->month - b->granted;
    instrument_of(r, b->instance)->bridge(r, b->instance, FEN(0), &terms);
    b->fee = money_add(b->fee, money_scale(b->principal, age == 1 ? terms.fee : terms.late_fee));
    if (alive(r, b)) {
        draw_on_renewal(r, b->row, money_add(b->principal, b->fee));
        take_from(r, b, r->enterprises.cash[b->row]);
    } else {
        money part = part_of_the_dead(r, b);
        if (part.fen > 0)
            take_from(r, b, part);
    }
    if (!alive(r, b) || age >= terms.patience)
        end_principal(r, b, FLOW_BRIDGE_LOST, b->principal);
    return b->principal.fen > 0;
}

static void collect_all(const struct world *w, struct region *r)
{
    size_t kept = 0;
    for (int32_t k = 0; k < r->n_instances; k++)
        r->line[k].lender.late = FEN(0);
    for (size_t k = 0; k < r->bridges.n; k++) {
        struct bridge b = r->bridges.row[k];
        if (!collect(w, r, &b))
            continue;
        struct lender *from = &r->line[b.instance].lender;
        from->late = money_add(from->late, b.principal);
        r->bridges.row[kept++] = b;
    }
    r->bridges.n = kept;
}

/* Asks in order of rows, as the outboxes are, while the lender's money lasts. */
enum status bridges_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        collect_all(w, &w->region[k]);
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_BRIDGE];
        for (size_t j = 0; j < box->n; j++) {
            const struct bridge_ask *a = OUTBOX(box, struct bridge_ask, j);
            TRY(lend(w, &w->region[a->region], a));
        }
    }
    return OK;
}
