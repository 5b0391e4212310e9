/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fund_notes - managers of venture funds borrow a part of the fund that they raise (instrument 26; docs/model/bonds.md).
 *
 *   planned while a fund is raised: its manager keeps so much of it for a note, where one would find buyers (note_pricing), an open
 *           window and a guarantor with room, and where he expects more of it than of going on without
 *   sold    when its papers are reviewed and partners have committed the rest, so that the fund closes
 *   called  its proceeds lie with a trustee, at the rate of deposits, until the fund calls that part of the manager's leg
 *   pays    coupons, fees for the guarantee, and principal when it matures or its fund has ended: out of what that part of the leg
 *           has brought, interest, and up to `pledged` of the manager's fees.  What is beyond all that it will ever pay is his
 *   missing `guaranteed` of it is paid once by the body behind it, as far as it has money; for the rest holders wait, until nothing
 *           more can come; what comes is theirs first, then the body's */
#include <liandong/bonds.h>
#include <liandong/funds.h>

static struct fund_note *note_of(const struct region *r, const struct fund *f)
{
    return f->note > 0 ? &r->fund_notes.row[f->note - 1] : NULL;
}

money fund_own_stake(const struct region *r, const struct fund *f)
{
    const struct fund_note *n = note_of(r, f);
    return money_sub(f->committed[PARTNER_MANAGER], n != NULL ? n->committed : FEN(0));
}

static void note_take(struct region *r, struct fund_note *n, enum flow flow, money amount)
{
    n->account = money_add(n->account, amount);
    market_flow(r, flow, amount);
}
static void note_give(struct region *r, struct fund_note *n, enum flow flow, money amount)
{
    n->account = money_sub(n->account, amount);
    market_flow(r, flow, amount);
}

/* Of its account, what is not kept for calls. */
static money free_money(const struct fund_note *n)
{
    return money_sub(n->account, money_sub(n->committed, n->called));
}

/* -- between the manager and his fund ---------------------------------------------------------------------------------------- */
void note_follows(struct region *r, const struct fund *f)
{
    struct fund_note *n = note_of(r, f);
    if (n == NULL)
        return;
    money called = money_part(f->called[PARTNER_MANAGER], n->committed, f->committed[PARTNER_MANAGER]);
    if (called.fen >= n->called.fen)
        note_give(r, n, FLOW_FUND_NOTE_DRAWN, money_sub(called, n->called));
    else /* given back after a later closing, to be called again */
        note_take(r, n, FLOW_FUND_NOTE_SAVED, money_sub(n->called, called));
    n->called = called;
}

void note_keeps(struct region *r, const struct fund *f, money amount)
{
    struct fund_note *n = note_of(r, f);
    if (n != NULL)
        note_take(r, n, FLOW_FUND_NOTE_SAVED, money_part(amount, n->committed, f->committed[PARTNER_MANAGER]));
}

/* Coupons and fees for the guarantee of so many years. */
static money costs_of(const struct fund_note *n, double years)
{
    return money_scale(n->principal, (n->rate + n->guarantee_fee) * years);
}

void note_takes_fee(const struct world *w, struct region *r, const struct fund *f, money fee)
{
    struct fund_note *n = note_of(r, f);
    if (n == NULL)
        return;
    money due = w->month >= n->matures ? n->principal : costs_of(n, n->every / 12.0);
    money lacks = money_positive(money_sub(money_add(due, money_add(n->coupon, n->by_body)), free_money(n)));
    note_take(r, n, FLOW_FUND_NOTE_FEES, money_min(money_scale(fee, n->pledged), lacks));
}

/* -- sale ------------------------------------------------------------------------------------------------------------------------ */
static bool has_defaulted(const struct region *r, int32_t manager)
{
    for (size_t k = 0; k < r->fund_notes.n; k++)
        if (r->fund_notes.row[k].defaulted != 0 && r->funds.row[r->fund_notes.row[k].fund].manager == manager)
            return true;
    return false;
}

/* Whether he may issue one, and the fund will have ended by the time that it matures. */
static bool may_issue(const struct region *r, const struct fund *f, const struct note_terms *o)
{
    const struct manager *m = &r->manager[f->manager];
    double size = r->scale < 1.0 ? r->scale : 1.0;
    return m->raised >= o->funds_before && manager_owns(r, m) * size >= money_to_yuan(o->capital) &&
           f->rule.life + f->rule.extends <= o->term && !has_defaulted(r, f->manager);
}

/* Who guarantees it may be bound for it. */
static bool body_may(const struct region *r, int32_t k, const struct note_terms *o, money amount)
{
    const struct body *body = &r->line[k].body;
    money bound = money_add(body->bound, money_scale(amount, o->guaranteed));
    return o->guaranteed <= 0.0 || money_to_yuan(bound) <= o->leverage * money_to_yuan(body->cash);
}

/* Of the instances whose note he could sell now, that which is worth most to him; -1: none. */
static int32_t choose(const struct world *w, const struct region *r, const struct fund *f, struct note_terms *best,
                      struct note_deal *most)
{
    int32_t by = -1;
    *most = (struct note_deal){.worth = 0.0};
    EACH_HOOKED(r, HOOK_NOTE, k)
    {
        struct note_terms o = {.term = 0};
        instrument_of(r, k)->note(r, k, &o);
        if (!may_issue(r, f, &o))
            continue;
        struct note_deal deal = note_deal_of(w, r, f, k, &o);
        if (deal.worth <= most->worth || deal.loss > P(r, bond_market)->loss_max ||
            deal.amount.fen < o.amount_min.fen || !body_may(r, k, &o, deal.amount))
            continue;
        *most = deal;
        *best = o;
        by = k;
    }
    return by;
}

static enum status sell(const struct world *w, struct region *r, struct fund *f, int32_t k, const struct note_terms *o,
                        const struct note_deal *deal)
{
    TRY(LIST_RESERVE(&r->fund_notes, r->fund_notes.n + 1));
    struct body *body = &r->line[k].body;
    struct fund_note *n = &r->fund_notes.row[r->fund_notes.n++];
    *n = (struct fund_note){.fund = (uint32_t)(f - r->funds.row),
                            .instance = k,
                            .sold = w->month,
                            .matures = w->month + o->term,
                            .every = o->every,
                            .asked = deal->amount,
                            .principal = deal->amount,
                            .committed = deal->pays,
                            .rate = deal->rate,
                            .guaranteed = o->guaranteed,
                            .guarantee_fee = o->guaranteed * o->guarantee_fee,
                            .pledged = o->pledged};
    f->note = (int32_t)r->fund_notes.n;
    note_take(r, n, FLOW_FUND_NOTE_SOLD, n->asked);
    market_flow(r, FLOW_FUND_NOTE_OWED, n->asked);
    note_give(r, n, FLOW_FUND_NOTE_COST, money_sub(n->asked, n->committed));
    fund_commit(r, f, PARTNER_MANAGER, n->committed);
    body->bound = money_add(body->bound, money_scale(n->asked, n->guaranteed));
    r->equity.notes_sold++;
    r->equity.notes_issued = money_add(r->equity.notes_issued, n->asked);
    return OK;
}

static bool is_raised(const struct fund *f)
{
    return f->state == FUND_RAISING && f->manager >= 0 && fund_committed(f).fen < f->target.fen;
}

void notes_plan(const struct world *w, struct region *r)
{
    struct note_terms o;
    struct note_deal deal;
    if (r->hooked[HOOK_NOTE].n == 0 || !bonds_window_open(r))
        return;
    for (size_t k = 0; k < r->funds.n; k++)
        if (is_raised(&r->funds.row[k]) && choose(w, r, &r->funds.row[k], &o, &deal) >= 0)
            r->funds.row[k].reserved = deal.pays;
}

enum status notes_sell(struct world *w, struct region *r)
{
    struct note_terms o = {.term = 0};
    struct note_deal deal;
    for (size_t k = 0; k < r->funds.n && r->hooked[HOOK_NOTE].n > 0; k++) {
        struct fund *f = &r->funds.row[k];
        money kept = f->reserved, missing = money_sub(f->target, fund_committed(f));
        f->reserved = FEN(0);
        if (kept.fen == 0 || missing.fen > kept.fen)
            continue;
        int32_t by = choose(w, r, f, &o, &deal);
        if (by >= 0 && w->month >= f->begun + o.review && deal.pays.fen == missing.fen)
            TRY(sell(w, r, f, by, &o, &deal));
    }
    return OK;
}

/* -- the month -------------------------------------------------------------------------------------------------------------------- */
/* On a day of payment, of what is missing for the first time: the body's part, as far as it has money. */
static void call_body(const struct world *w, struct region *r, struct fund_note *n, money due)
{
    struct body *body = &r->line[n->instance].body;
    money missing = money_positive(money_sub(money_sub(due, free_money(n)), n->waits));
    if (missing.fen == 0)
        return;
    if (n->defaulted == 0) {
        n->defaulted = w->month;
        r->equity.notes_bad++;
    }
    money asked = money_scale(missing, n->guaranteed), pays = money_min(asked, body->cash);
    body->asked += money_to_yuan(asked);
    body->paid += money_to_yuan(pays);
    body->cash = money_sub(body->cash, pays);
    n->by_body = money_add(n->by_body, pays);
    note_take(r, n, FLOW_FUND_NOTE_GUARANTEED, pays);
}

/* Coupons first; returns what holders still wait for. */
static money pay_holders(struct region *r, struct fund_note *n, money due)
{
    money pays = money_min(due, free_money(n)), coupon = money_min(pays, n->coupon);
    n->coupon = money_sub(n->coupon, coupon);
    n->principal = money_sub(n->principal, money_sub(pays, coupon));
    note_give(r, n, FLOW_FUND_NOTE_PAID, pays);
    market_flow(r, FLOW_FUND_NOTE_ENDED, money_sub(pays, coupon));
    return money_sub(due, pays);
}

static void pay_body(struct region *r, struct fund_note *n, enum flow flow, money amount)
{
    struct body *body = &r->line[n->instance].body;
    body->cash = money_add(body->cash, amount);
    note_give(r, n, flow, amount);
}

/* Years from its last day of payment to its end. */
static double years_to_come(const struct world *w, const struct fund_note *n)
{
    int32_t last = w->month - (w->month - n->sold) % n->every;
    return last < n->matures ? (n->matures - last) / 12.0 : 0.0;
}

/* Its fund has ended, or nobody is owed anything by it. */
static void end(struct region *r, struct fund_note *n)
{
    struct body *body = &r->line[n->instance].body;
    r->equity.notes_lost = money_add(r->equity.notes_lost, money_add(n->principal, n->coupon));
    market_flow(r, FLOW_FUND_NOTE_LOST, n->principal);
    note_give(r, n, FLOW_FUND_NOTE_LEFT, n->account);
    n->principal = FEN(0);
    body->bound = money_sub(body->bound, money_scale(n->asked, n->guaranteed));
    r->funds.row[n->fund].note = 0;
}

/* False: it has ended. */
static bool serve(const struct world *w, struct region *r, struct fund_note *n)
{
    const int32_t age = w->month - n->sold, since = age % n->every == 0 ? n->every : age % n->every;
    const bool over = r->funds.row[n->fund].state == FUND_CLOSED;
    const bool date = (over || since == n->every) && w->month <= n->matures;
    money fee = FEN(0);
    if (age == 0)
        return true;
    if (over) /* nothing more is called */
        n->committed = n->called;
    note_take(r, n, FLOW_FUND_NOTE_INTEREST, money_scale(n->account, P(r, credit)->deposit_rate / 12.0));
    if (date) {
        n->coupon = money_add(n->coupon, money_scale(n->principal, n->rate * since / 12.0));
        fee = money_scale(n->principal, n->guarantee_fee * since / 12.0);
    }
    money due = money_add(n->coupon, over || w->month >= n->matures ? n->principal : FEN(0));
    if (date)
        call_body(w, r, n, due);
    n->waits = pay_holders(r, n, due);
    pay_body(r, n, FLOW_FUND_NOTE_GUARANTEE_FEE, money_min(fee, free_money(n)));
    money back = n->waits.fen == 0 ? money_min(n->by_body, free_money(n)) : FEN(0);
    n->by_body = money_sub(n->by_body, back);
    pay_body(r, n, FLOW_FUND_NOTE_BACK, back);
    money owes = money_add(money_add(n->principal, n->coupon), n->by_body);
    if (over || owes.fen == 0) {
        end(r, n);
        return false;
    }
    money keeps = money_add(owes, costs_of(n, years_to_come(w, n)));
    note_give(r, n, FLOW_FUND_NOTE_LEFT, money_positive(money_sub(free_money(n), keeps)));
    return true;
}

void notes_serve(const struct world *w, struct region *r)
{
    size_t kept = 0;
    for (size_t k = 0; k < r->fund_notes.n; k++) {
        if (!serve(w, r, &r->fund_notes.row[k]))
            continue;
        r->fund_notes.row[kept] = r->fund_notes.row[k];
        kept++;
        r->funds.row[r->fund_notes.row[kept - 1].fund].note = (int32_t)kept;
    }
    r->fund_notes.n = kept;
}
