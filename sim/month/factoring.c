/* SPDX-License-Identifier: GPL-3.0-or-later */
/* factoring - suppliers sell what their main buyers owe them (instrument 51): credit of the buyer passes to its suppliers, and so
 * does its failure.
 *
 *   month t          bill X = main_buyer of the receivables: the factor pays advance X, and owns it
 *   month t + tenor  the buyer pays X; the supplier gets the rest, less the discount on what was advanced
 *   a failed buyer   X is lost; with recourse the supplier pays back the advance as far as it has money
 * The discount is what makes good the share of advances that the factor has seen fall, shrunk to the prior of lenders. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

static struct factor_terms terms_of(const struct region *r, int32_t k)
{
    struct factor_terms o = {0};
    instrument_of(r, k)->factor(r, k, &o);
    return o;
}

/* -- asking, local ---------------------------------------------------------------------------------------------------------- */
/* Most are not: a loop over columns marks those that are short of cash. */
static uint32_t list_short(const struct rows *t)
{
    uint32_t n = t->hi - t->lo;
    const uint8_t *status = t->e->status + t->lo, *worst = t->e->worst + t->lo;
    const money *receivable = t->e->receivable + t->lo, *cash = t->e->cash + t->lo;
    const float *room = t->e->line_room + t->lo, *wish = t->e->wish + t->lo;
    uint8_t *mark = t->s->mark;
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (status[k] == ACTIVE) & (worst[k] == 0) & (receivable[k].fen > 0) &
                  (ld_over(money_whole(cash[k]), 100.0) + (double)room[k] < (double)wish[k]);
    return list_marked(t);
}

static void ask(const struct rows *t, uint32_t i)
{
    struct bill_ask *a = outbox_push(&t->me->box[BOX_BILL]);
    if (a == NULL)
        t->me->status = NO_MEMORY;
    else
        *a = (struct bill_ask){i, (uint16_t)t->r->index};
}

bool factors_stand(const struct region *r)
{
    return r->hooked[HOOK_FACTOR].n > 0 && r->buyers.n > 0;
}

void bills_ask(const struct rows *t)
{
    const struct bills *b = &t->r->bills;
    size_t at = LIST_FIRST(b, t->lo);
    for (uint32_t j = 0, n = list_short(t); j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        while (at < b->n && b->row[at].row < i)
            at++;
        if (at < b->n && b->row[at].row == i)
            continue;
        EACH_HOOKED(t->r, HOOK_FACTOR, k)
        if (enterprise_member(t->e, i, k) && line_open(t->r, k, i)) {
            ask(t, i);
            break;
        }
    }
}

/* -- buying -------------------------------------------------------------------------------------------------------------------- */
/* What a yuan advanced for a year costs the factor in buyers that fail. */
static double loss_rate(const struct region *r, int32_t k)
{
    const struct credit_params *c = P(r, credit);
    const struct finance_company *m = &r->line[k].company;
    double prior = c->belief_prior / 12.0 * c->belief_weight;
    return 12.0 * (prior + m->defaults) / (c->belief_weight + m->months);
}

/* What the money is worth to the supplier, per yuan, until the buyer would have paid. */
static double worth_of(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    double wish = (double)e->wish[i] + 1.0, dry = 1.0 - money_to_yuan(e->cash[i]) / wish;
    return P(r, enterprise)->liquidity_value * ld_max(dry, 0.0);
}

static enum status buy(struct region *r, struct bill q)
{
    struct bills *b = &r->bills;
    struct enterprises *e = &r->enterprises;
    struct finance_company *m = &r->line[q.instance].company;
    e->receivable[q.row] = money_sub(e->receivable[q.row], q.amount);
    market_flow(r, FLOW_BILL_SOLD, q.amount);
    e->cash[q.row] = money_add(e->cash[q.row], q.advanced);
    m->cash = money_sub(m->cash, q.advanced);
    market_flow(r, FLOW_BILL_ADVANCE, q.advanced);
    TRY(LIST_RESERVE(b, b->n + b->fresh + 1));
    b->row[b->n + b->fresh++] = q;
    return OK;
}

/* A factor that may buy this month. */
struct factor {
    int32_t instance;
    struct factor_terms terms;
    double rate;
    money least; /* that it advances: with less money it buys nothing */
};
struct factors {
    struct factor *of;
    size_t n;
};

/* Those of a region whose price is not beyond what they may ask: it is the same for all bills of a month. */
static enum status factors_lay(struct factors *f, struct arena *arena, const struct region *r)
{
    *f = (struct factors){.of = arena_take(arena, (size_t)r->hooked[HOOK_FACTOR].n, sizeof *f->of)};
    if (f->of == NULL)
        return NO_MEMORY;
    EACH_HOOKED(r, HOOK_FACTOR, k)
    {
        struct factor q = {.instance = k, .terms = terms_of(r, k)};
        q.rate = q.terms.asked + loss_rate(r, k);
        q.least = money_scale(q.terms.least, q.terms.advance);
        if (q.terms.open && q.rate <= q.terms.rate_max)
            f->of[f->n++] = q;
    }
    return OK;
}

/* What a factor makes of a bill: amount 0: nothing. */
static struct bill offered(const struct region *r, const struct factor *f, uint32_t row)
{
    const struct enterprises *e = &r->enterprises;
    const struct factor_terms *o = &f->terms;
    int32_t k = f->instance;
    money amount = money_scale(e->receivable[row], P(r, market)->main_buyer),
          advanced = money_scale(amount, o->advance);
    bool buys = amount.fen >= o->least.fen && advanced.fen > 0 && advanced.fen <= r->line[k].company.cash.fen &&
                enterprise_member(e, row, k) && line_open(r, k, row) && f->rate * o->tenor / 12.0 <= worth_of(r, row);
    return (struct bill){.row = row,
                         .bought = r->month,
                         .due = r->month + o->tenor,
                         .instance = (uint16_t)k,
                         .recourse = o->recourse,
                         .amount = buys ? amount : FEN(0),
                         .advanced = advanced,
                         .rate = f->rate};
}

/* The first factor of the list that has the money, and terms that the supplier takes, buys.  Who the buyer is, and whether it
 * fell, is looked up for the few bills that one would take; and no bill is looked at where the money is gone. */
static enum status decide(struct region *r, const struct factors *f, const struct bill_ask *a)
{
    const struct enterprises *e = &r->enterprises;
    for (size_t j = 0; j < f->n; j++) {
        bool fallen = false;
        if (r->line[f->of[j].instance].company.cash.fen < f->of[j].least.fen || e->status[a->row] != ACTIVE)
            continue;
        struct bill q = offered(r, &f->of[j], a->row);
        if (q.amount.fen <= 0)
            continue;
        q.buyer = main_buyer_of(r, a->row, &fallen);
        return fallen || q.buyer == BUYER_LEFT || e->status[q.buyer] != ACTIVE ? OK : buy(r, q);
    }
    return OK;
}

/* -- bills that end -------------------------------------------------------------------------------------------------------------- */
static void end_paid(struct region *r, struct bill *q)
{
    struct finance_company *m = &r->line[q->instance].company;
    struct enterprises *e = &r->enterprises;
    money discount = money_scale(q->advanced, q->rate * (r->month - q->bought) / 12.0);
    money rest = money_positive(money_sub(money_sub(q->amount, q->advanced), discount));
    if (e->status[q->row] == GONE) /* wound up: nobody is there to be paid */
        rest = FEN(0);
    m->cash = money_add(m->cash, money_sub(q->amount, rest));
    market_flow(r, FLOW_BILL_PAID, q->amount);
    market_flow(r, FLOW_BILL_MATURED, q->amount);
    e->cash[q->row] = money_add(e->cash[q->row], rest);
    market_flow(r, FLOW_BILL_REST, rest);
    e->profit_year[q->row] -= (float)money_to_yuan(discount);
}

static void end_fallen(struct region *r, struct bill *q)
{
    struct finance_company *m = &r->line[q->instance].company;
    struct enterprises *e = &r->enterprises;
    money back = q->recourse && e->status[q->row] == ACTIVE ? money_min(q->advanced, e->cash[q->row]) : FEN(0);
    money own = money_add(money_sub(q->amount, q->advanced), back); /* the supplier's part of the loss */
    market_flow(r, FLOW_BILL_FALLEN, q->amount);
    e->cash[q->row] = money_sub(e->cash[q->row], back);
    m->cash = money_add(m->cash, back);
    market_flow(r, FLOW_BILL_RECOURSE, back);
    e->profit_year[q->row] -= (float)money_to_yuan(own);
    m->defaults += 1.0 - (double)back.fen / (double)q->advanced.fen;
}

/* True: it goes on.  Who is wound up before is settled with at once. */
static bool collect(struct region *r, struct bill *q)
{
    const struct enterprises *e = &r->enterprises;
    r->line[q->instance].company.months += 1.0;
    if (e->status[q->buyer] != ACTIVE)
        end_fallen(r, q);
    else if (r->month >= q->due || e->status[q->row] == GONE)
        end_paid(r, q);
    else
        return true;
    return false;
}

static void collect_all(struct region *r)
{
    size_t kept = 0;
    for (size_t j = 0; j < r->bills.n; j++) {
        struct bill q = r->bills.row[j];
        if (collect(r, &q))
            r->bills.row[kept++] = q;
    }
    r->bills.n = kept;
}

/* Asks in order of rows, as the outboxes are, while a factor's money lasts.  What factors remember fades with what lessors do
 * (leasing). */
enum status bills_settle(struct world *w)
{
    struct factors *factors = arena_take(&w->market, (size_t)w->n_regions, sizeof *factors);
    if (factors == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < w->n_regions; k++) {
        collect_all(&w->region[k]);
        TRY(factors_lay(&factors[k], &w->market, &w->region[k]));
    }
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_BILL];
        for (size_t j = 0; j < box->n; j++) {
            const struct bill_ask *a = OUTBOX(box, struct bill_ask, j);
            TRY(decide(&w->region[a->region], &factors[a->region], a));
        }
    }
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(LIST_MERGE(&w->region[k].bills));
    return OK;
}
