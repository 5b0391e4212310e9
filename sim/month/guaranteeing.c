/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guaranteeing - the business of those who cover loans for a fee and live by their capital (mechanisms M8).
 *
 *   K' = K + fees + yield + recoveries + refills - payouts
 * What a guarantor may bear follows from K as it is: at most leverage_max times; and, once payouts passed fees, at most what
 * loses no more than `erosion` of K a year.  Where the fee is below the expected loss K drifts down and business with it. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <string.h>

money bearer_net_worth(const struct bearer *p)
{
    return money_positive(money_sub(p->balance, p->unpaid));
}

double bearer_payout_rate(const struct bearer *p)
{
    money paid = FEN(0), borne = FEN(0);
    for (int32_t k = 0; k < 12; k++) {
        paid = money_add(paid, p->recent[k]);
        borne = money_add(borne, p->borne[k]);
    }
    return borne.fen > 0 ? 12.0 * (double)paid.fen / (double)borne.fen : 0.0;
}

/* -- capital ---------------------------------------------------------------------------------------------------------- */
static void raise_capital(struct region *r, struct bearer *p, const struct business *q, money amount)
{
    int32_t banks = q->partners < r->n_banks ? q->partners : r->n_banks;
    money part = banks > 0 ? money_scale(amount, q->bank_share / banks) : FEN(0);
    for (int32_t b = 0; b < banks && part.fen > 0; b++) {
        bank_pays(r, &r->bank[b], part);
        bearer_fund(r, p, q->by_banks, part);
        amount = money_sub(amount, part);
    }
    bearer_fund(r, p, q->paid_in, amount);
}

static void pay_in_plan(struct region *r, struct bearer *p, const struct business *q)
{
    money more = money_sub(q->capital, p->planned);
    if (more.fen <= 0)
        return;
    p->planned = q->capital;
    raise_capital(r, p, q, more);
}

static void refill(struct region *r, struct bearer *p, const struct business *q)
{
    money amount = q->refill, has = money_add(bearer_net_worth(p), bearer_on_way(p));
    if (q->refilled == REFILLED_TO_PLAN)
        amount = money_min(amount, money_positive(money_sub(p->planned, has)));
    else if (q->refilled == REFILLED_NEVER || r->month % 12 != 0)
        amount = FEN(0);
    bearer_promise(r, p, q->paid_in, amount);
}

static void take_capital(struct region *r, struct bearer *p, const struct business *q)
{
    money *arrives = &p->due_capital[r->month % 24];
    bearer_fund(r, p, q->paid_in, *arrives);
    *arrives = FEN(0);
    p->interest = money_scale(p->balance, q->yield / 12.0);
    p->balance = money_add(p->balance, p->interest);
    market_flow(r, q->earned, p->interest);
    if (!q->open)
        return;
    pay_in_plan(r, p, q);
    refill(r, p, q);
}

/* -- limits ----------------------------------------------------------------------------------------------------------- */
/* What it is ready to bear, yuan.  Each yuan borne for a year lost it d = (payouts - fees) / exposure so far; before there is
 * experience it trusts its fee, with the weight of one year's business as large as its own money. */
static double appetite(const struct bearer *p, const struct business *q)
{
    double worth = money_to_yuan(bearer_net_worth(p)), most = q->leverage_max * worth;
    double lost = (p->paid_seen - p->fees_seen) / (worth + p->exposure_seen + 1.0);
    double bears = lost > 0.0 ? (q->yield + q->erosion) / lost * worth : most;
    return bears < most ? bears : most;
}

/* Suspended above one payout rate, resumed below another. */
static void look_at_payouts(struct bearer *p, const struct business *q)
{
    double rate = bearer_payout_rate(p);
    if (rate > q->payout_max)
        p->suspended = 1;
    else if (rate < q->payout_resume || rate == 0.0)
        p->suspended = 0;
}

void bearer_do_business(struct region *r, struct bearer *p, const struct business *q)
{
    if (r->month % 12 == 0)
        p->paid_year = FEN(0);
    take_capital(r, p, q);
    look_at_payouts(p, q);
    p->cap_year = NO_CAP;
    p->breaker = q->breaker;
    p->partners = q->partners;
    p->agreement = q->agreement;
    double may = appetite(p, q) - money_to_yuan(p->liable);
    bool takes = q->open && p->suspended == 0 && q->share > 0.0 && may > 0.0;
    double principal = takes ? may / q->share : 0.0;
    p->room = from_yuan(principal < 1e13 ? principal : 1e13);
}

/* -- one client --------------------------------------------------------------------------------------------------------- */
static bool replaced(const struct loans *l, uint32_t k, const struct application *a)
{
    return (a->flags & APPLY_RENEWAL) != 0 && l->product[k] == PRODUCT_LINE && l->months_left[k] <= 2;
}

/* What it bears of one facility: of a line all that may be drawn. */
static money borne_of(const struct region *r, int32_t bearer, uint32_t k)
{
    const struct loans *l = &r->loans;
    const struct cover_chain *chain = &r->chain[l->chain[k]];
    money owed = l->product[k] == PRODUCT_LINE && l->months_left[k] > 0 ? l->limit[k] : l->balance[k];
    for (int32_t c = 0; c < chain->n; c++)
        if (chain->cover[c].bearer == bearer)
            return money_scale(owed, cover_part(chain, c, l->limit[k]));
    return FEN(0);
}

bool anybody_guarantees(const struct region *r)
{
    EACH_HOOKED(r, HOOK_TERMS, k)
    if (r->line[k].bearer >= 0 && r->bearer[r->line[k].bearer].kind == BEARER_GUARANTOR)
        return true;
    return false;
}

/* And of whom there are deeds: of most there are none, and a search in a long list waits for memory at each step. */
static void deeds_note(const struct rows *t)
{
    const struct deeds *d = &t->r->deeds;
    memset(t->s->deeded, 0, t->hi - t->lo);
    const uint32_t *row = d->starts.of;
    for (size_t k = LIST_FIND(d, t->lo); k < d->n && row[k] < t->hi; k++)
        t->s->deeded[row[k] - t->lo] = 1;
}

void clients_note(const struct rows *t)
{
    deeds_note(t);
    uint32_t *blocks = t->s->blocks, from, to;
    bool any = anybody_guarantees(t->r);
    memset(blocks, any ? 0 : UINT8_MAX, (t->hi - t->lo) * sizeof *blocks);
    memset(t->s->first, UINT8_MAX, (t->hi - t->lo) * sizeof *t->s->first);
    for (size_t block = 0; any && block < t->l->n_blocks; block++) {
        uint32_t bit = 1u << (block < 31 ? block : 31);
        loans_of_tile(t->l, block, t->nth, &from, &to);
        for (uint32_t k = from; k < to; k++)
            blocks[t->l->row[k] - t->lo] |= t->l->flags[k] & LOAN_ENDED ? 0 : bit;
        for (uint32_t k = to; block == 0 && k > from; k--) /* the first is noted last */
            t->s->first[t->l->row[k - 1] - t->lo] = k - 1;
    }
}

void client_fetch(const struct region *r, const struct application *a)
{
    const struct loans *l = &r->loans;
    if ((a->blocks & 1) == 0 || a->first == NO_LOAN)
        return;
    __builtin_prefetch(&l->row[a->first]);
    __builtin_prefetch(&l->flags[a->first]);
    __builtin_prefetch(&l->product[a->first]);
    __builtin_prefetch(&l->months_left[a->first]);
    __builtin_prefetch(&l->chain[a->first]);
    __builtin_prefetch(&l->limit[a->first]);
    __builtin_prefetch(&l->balance[a->first]);
}

static money borne_for(const struct region *r, int32_t bearer, const struct application *a)
{
    const struct loans *l = &r->loans;
    money borne = FEN(0);
    for (size_t block = 0; block < l->n_blocks; block++) {
        uint32_t from, to;
        if ((a->blocks >> (block < 31 ? block : 31) & 1) == 0) /* most hold nothing of it */
            continue;
        loans_of_tile(l, block, a->row / TILE, &from, &to);
        bool known = block == 0 && a->first != NO_LOAN;
        for (uint32_t k = known ? a->first : loans_first(l, from, to, a->row); k < to && l->row[k] == a->row; k++)
            if ((l->flags[k] & LOAN_ENDED) == 0 && !replaced(l, k, a))
                borne = money_add(borne, borne_of(r, bearer, k));
    }
    return borne;
}

money bearer_client_room(const struct region *r, int32_t bearer, const struct application *a, double of_worth)
{
    money most = money_scale(bearer_net_worth(&r->bearer[bearer]), of_worth);
    if (application_other_debt(a).fen == 0 && (a->flags & APPLY_FIRST)) /* never borrowed: nothing to look for */
        return most;
    return money_positive(money_sub(most, borne_for(r, bearer, a)));
}

/* Of a principal of one, kappa is covered, R comes back, and f = min(counter R, kappa) of it goes to the bearer first.  The
 * rest is shared pro rata to who still misses it, so that the bank loses (1 - kappa) (1 - R) / (1 - f). */
double cover_after_counter_security(const struct region *r, const struct application *a, double cover, double counter)
{
    double back = counter * (1.0 - r->bank[a->bank].lgd), first = back < cover ? back : cover;
    return first > 0.0 && first < 1.0 ? 1.0 - (1.0 - cover) / (1.0 - first) : cover;
}
