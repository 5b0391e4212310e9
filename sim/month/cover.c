/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cover - who pays what after a loan went bad (mechanisms M7, M8).
 *
 * A filing becomes a claim; after its delay each cover of the chain decides in order, on what those before it left; what is
 * decided is owed by the pool, and paid by date and number while its money lasts.  The sum never exceeds the loss and the
 * bank keeps its statutory minimum.  Money recovered from the borrower goes back to those who paid, in proportion. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

static struct experience *experience_of(struct region *r, int32_t bank, int32_t pool)
{
    return &r->experience[(size_t)bank * (size_t)r->n_pools + (size_t)pool];
}

/* -- filing ----------------------------------------------------------------------------------------------------------- */
static enum status claims_reserve(struct claims *c, size_t n)
{
    if (n <= c->capacity)
        return OK;
    struct claim *bigger = realloc(c->row, (n + n / 2 + 64) * sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    c->row = bigger;
    c->capacity = n + n / 2 + 64;
    return OK;
}

static uint8_t size_tier(const struct cover *c, money loan)
{
    uint8_t k = 0;
    while (k < c->tiers.n && loan.fen > c->tiers.to[k].fen)
        k++;
    return k;
}

static enum status file_claim(struct world *w, struct region *r, uint32_t loan)
{
    struct claims *c = &r->claims;
    struct loans *l = &r->loans;
    TRY(claims_reserve(c, c->n + 1));
    const struct cover_chain *chain = &r->chain[l->chain[loan]];
    struct claim *row = &c->row[c->n++];
    *row = (struct claim){.who = enterprise_identity(&r->enterprises, l->row[loan]), .number = c->next_number++};
    row->granted = l->granted[loan];
    row->filed = w->month;
    row->decide = w->month + chain->cover[0].delay;
    row->bank = l->bank[loan];
    row->chain = l->chain[loan];
    row->product = l->product[loan];
    row->n_covers = (uint8_t)chain->n;
    row->tier = size_tier(&chain->cover[0], l->limit[loan]);
    row->loan = l->limit[loan];
    row->principal = l->balance[loan];
    row->arrears = l->arrears[loan];
    l->claim[loan] = row->number;
    for (int32_t k = 0; k < chain->n; k++) {
        struct experience *x = experience_of(r, row->bank, chain->cover[k].pool);
        row->cover[k].pool = (uint16_t)chain->cover[k].pool;
        x->lost_year = money_add(x->lost_year, row->principal);
        r->pool[chain->cover[k].pool].filed++;
        r->pool[chain->cover[k].pool].lost = money_add(r->pool[chain->cover[k].pool].lost, row->principal);
    }
    return OK;
}

static enum status file_all(struct world *w, struct region *r)
{
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_FILING];
        for (size_t k = 0; k < box->n; k++) {
            const struct filing *f = OUTBOX(box, struct filing, k);
            if (f->region == r->index)
                TRY(file_claim(w, r, f->loan));
        }
    }
    return OK;
}

/* -- deciding ----------------------------------------------------------------------------------------------------------- */
static const struct risk_pool_params *rules(const struct region *r, int32_t pool)
{
    return NAMED(r, risk_pool, r->pool[pool].instance);
}

/* What one cover owes of what the covers before it left; *reason: why less. */
static money cover_amount(const struct region *r, const struct claim *c, const struct cover *cover, money left,
                          uint8_t *reason)
{
    double share = tiered_share(&cover->tiers, cover->share, c->loan);
    money base = cover->base == 0 ? c->principal : money_add(c->principal, c->arrears);
    money amount = money_min(money_scale(money_min(base, left), share), left);
    *reason = REASON_FULL;
    if (amount.fen > cover->cap_loan.fen) {
        amount = cover->cap_loan;
        *reason = REASON_CAP_LOAN;
    }
    if (r->experience[(size_t)c->bank * (size_t)r->n_pools + (size_t)cover->pool].tripped) {
        amount = FEN(0);
        *reason = REASON_BREAKER;
    }
    return amount;
}

static void decide(struct region *r, struct claim *c)
{
    const struct cover_chain *chain = &r->chain[c->chain];
    money loss = money_sub(money_add(c->principal, c->arrears), c->recovered), paid = FEN(0);
    money most = money_sub(loss, money_scale(loss, P(r, credit)->retained_min));
    if (P(r, closed_form)->enabled)
        most = loss;
    loss = money_positive(loss);
    for (int32_t k = 0; k < c->n_covers; k++) {
        struct claim_cover *d = &c->cover[k];
        money amount = cover_amount(r, c, &chain->cover[k], money_sub(loss, paid), &d->reason);
        money room = money_positive(money_sub(most, paid));
        if (amount.fen > room.fen) {
            amount = room;
            d->reason = REASON_RETAINED;
        }
        d->decided = amount;
        paid = money_add(paid, amount);
        struct pool *p = &r->pool[d->pool];
        struct experience *x = experience_of(r, c->bank, d->pool);
        double share = tiered_share(&chain->cover[k].tiers, chain->cover[k].share, c->loan);
        p->unpaid = money_add(p->unpaid, amount);
        p->decided = money_add(p->decided, amount);
        x->decided = money_add(x->decided, amount);
        p->event[POOL_BREAKER] += d->reason == REASON_BREAKER && share > 0.0;
        x->claimed = money_add(x->claimed, money_scale(c->principal, share));
        market_flow(r, FLOW_CLAIM_DECIDED, amount);
        r->bank[c->bank].claims_due = money_add(r->bank[c->bank].claims_due, amount);
    }
    c->state = CLAIM_DECIDED;
}

/* -- paying --------------------------------------------------------------------------------------------------------------- */
static money may_pay(const struct region *r, struct pool *p, money owed, uint8_t *reason)
{
    money pays = money_min(owed, p->balance);
    money year = money_positive(money_sub(money_scale(rules(r, p->instance)->cap_year, r->scale), p->paid_year));
    if (pays.fen < owed.fen) {
        *reason = REASON_NO_MONEY;
        p->event[POOL_UNPAID]++;
    }
    if (pays.fen > year.fen) {
        pays = year;
        *reason = REASON_CAP_YEAR;
        p->event[POOL_CAP]++;
    }
    return pays;
}

static void pay_cover(const struct world *w, struct region *r, struct claim *c, struct claim_cover *d)
{
    struct pool *p = &r->pool[d->pool];
    struct bank *b = &r->bank[c->bank];
    money owed = money_sub(d->decided, d->paid);
    if (owed.fen <= 0)
        return;
    money pays = may_pay(r, p, owed, &d->reason);
    double wait = (w->month - c->filed) / 12.0, worth = 1.0 / (1.0 + b->funding * wait);
    struct experience *x = experience_of(r, c->bank, d->pool);
    p->balance = money_sub(p->balance, pays);
    p->unpaid = money_sub(p->unpaid, pays);
    p->paid_year = money_add(p->paid_year, pays);
    b->cash = money_add(b->cash, pays);
    b->claims_due = money_sub(b->claims_due, pays);
    d->paid = money_add(d->paid, pays);
    x->paid = money_add(x->paid, money_scale(pays, worth));
    x->compensated = money_add(x->compensated, pays);
    p->compensated = money_add(p->compensated, pays);
    if (d->paid.fen == d->decided.fen) {
        p->settled++;
        p->days += 30 * (w->month - c->filed);
    }
    market_flow(r, FLOW_COMPENSATION, pays);
    market_flow(r, FLOW_CLAIM_ENDED, pays);
    if (pays.fen > 0)
        c->paid_month = w->month;
}

static void settle_claims(const struct world *w, struct region *r)
{
    struct claims *c = &r->claims;
    while (c->first_open < c->n && c->row[c->first_open].state == CLAIM_CLOSED)
        c->first_open++;
    for (size_t k = c->first_open; k < c->n; k++) {
        struct claim *row = &c->row[k];
        if (row->state == CLAIM_FILED && row->decide <= w->month)
            decide(r, row);
        for (int32_t j = 0; row->state == CLAIM_DECIDED && j < row->n_covers; j++)
            pay_cover(w, r, row, &row->cover[j]);
        bool due = row->state == CLAIM_DECIDED;
        for (int32_t j = 0; j < row->n_covers; j++)
            due = due && row->cover[j].paid.fen == row->cover[j].decided.fen;
        if (due && (row->ended || P(r, closed_form)->enabled)) /* nothing is ever recovered in closed form */
            row->state = CLAIM_CLOSED;
    }
}

/* -- recoveries ------------------------------------------------------------------------------------------------------------- */
/* A pool's part of what came back: in proportion to what it paid of the principal. */
static void share_back(struct region *r, struct claim *c, money got)
{
    struct bank *b = &r->bank[c->bank];
    for (int32_t k = 0; k < c->n_covers; k++) {
        struct claim_cover *d = &c->cover[k];
        money part = money_min(money_part(got, d->paid, c->principal), d->paid);
        if (part.fen <= 0)
            continue;
        bank_pays(r, b, part);
        r->pool[d->pool].balance = money_add(r->pool[d->pool].balance, part);
        c->shared = money_add(c->shared, part);
        r->pool[d->pool].shared = money_add(r->pool[d->pool].shared, part);
        market_flow(r, FLOW_RECOVERY_SHARED, part);
    }
}

/* When a loan has ended, what a pool still owes on it beyond the loss is cancelled. */
static void end_claim(struct region *r, struct claim *c)
{
    for (int32_t k = 0; k < c->n_covers; k++) {
        struct claim_cover *d = &c->cover[k];
        money owed = money_sub(d->decided, d->paid), loss = money_positive(money_sub(c->principal, c->recovered));
        if (c->state != CLAIM_DECIDED || owed.fen <= 0 || loss.fen > 0)
            continue;
        r->pool[d->pool].unpaid = money_sub(r->pool[d->pool].unpaid, owed);
        r->bank[c->bank].claims_due = money_sub(r->bank[c->bank].claims_due, owed);
        d->decided = d->paid;
        market_flow(r, FLOW_CLAIM_ENDED, owed);
    }
}

static void take_recoveries(struct world *w, struct region *r)
{
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_RECOVERY];
        for (size_t k = 0; k < box->n; k++) {
            const struct recovery *g = OUTBOX(box, struct recovery, k);
            if (g->region != r->index)
                continue;
            struct claim *c = &r->claims.row[g->claim - r->claims.row[0].number];
            c->recovered = money_add(c->recovered, g->amount);
            share_back(r, c, g->amount);
            if (g->last) {
                c->ended = 1;
                end_claim(r, c);
            }
        }
    }
}

enum status claims_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        take_recoveries(w, r);
        TRY(file_all(w, r));
        settle_claims(w, r);
        for (int32_t p = 0; p < r->n_pools; p++)
            if (r->pool[p].paid_in.fen > 0 && r->pool[p].balance.fen == 0)
                r->pool[p].event[POOL_ZERO]++;
    }
    return OK;
}
