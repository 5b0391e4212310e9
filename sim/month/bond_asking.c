/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_asking - whether an issue of bonds is worth its cost to an enterprise that needs money, and what it says of itself
 * (mechanisms M3, M4; docs/model/bonds.md).  Writes nothing but the application. */
#include <liandong/bonds.h>
#include <liandong/mathx.h>
#include <liandong/misuse.h>

/* One application at a time, and none by who has not paid. */
static bool may_apply(const struct rows *t, uint32_t i)
{
    const struct region *r = t->r;
    EACH_BOND_NOTED(t, i, k)
    if (!r->bonds.row[k].sold || r->bonds.row[k].defaulted != 0 || r->bonds.row[k].late != 0)
        return false;
    return true;
}

/* What it owes banks, and of its bonds those that a new one need not repay. */
static money stays_owed(const struct rows *t, uint32_t i)
{
    const struct region *r = t->r;
    money sum = r->enterprises.debt[i];
    EACH_BOND_NOTED(t, i, k)
    {
        const struct issue *s = bonds_issue(r, r->bonds.row[k].issue);
        if (s != NULL && s->matures - r->month > P(r, bond_market)->foresight)
            sum = money_add(sum, r->bonds.row[k].principal);
    }
    return sum;
}

/* What it would issue, beside what it will go on owing: what it needs, or the least that is issued; 0: not here. */
static money ticket_of(const struct rows *t, uint32_t i, const struct issue_terms *o, money owes, double needs,
                       double *appraised)
{
    const struct enterprises *e = t->e;
    *appraised = 0.0;
    if (e->stage[i] < o->stage_min || e->worst[i] > 0 || o->amount_max.fen <= 0)
        return FEN(0);
    money room = from_yuan(ld_min(o->of_sales * (double)e->sales[i], 1e12));
    room = money_sub(room, owes);
    room = money_min(room, money_min(o->ticket_max, o->amount_max));
    if (room.fen < o->ticket_min.fen || room.fen <= 0)
        return FEN(0);
    if (o->on_patents > 0.0) {
        if (e->patents[i] == 0 || (e->flags[i] & PLEDGED_IP) != 0)
            return FEN(0);
        *appraised = ip_appraisal(t->w, t->r, i);
        room = money_min(room, from_yuan(ld_min(o->on_patents * *appraised, 1e12)));
    }
    money ask = money_min(money_max(from_yuan(needs), o->ticket_min), room);
    return ask.fen < o->ticket_min.fen ? FEN(0) : ask;
}

/* What a yuan costs a year in all, as the last issues did. */
static double expected_cost(const struct rows *t, uint32_t i, const struct issue_terms *o)
{
    const struct bond_record *m = &t->r->bond_record;
    double back = 0.0;
    EACH_HOOKED(t->r, HOOK_AID, k)
    {
        struct issue_aid aid = {0};
        instrument_of(t->r, k)->aid(t->r, k, &aid);
        if (aid.coupon > 0.0 && line_open(t->r, k, i) && enterprise_knows(t, i, instrument_of(t->r, k)->number))
            back += aid.coupon;
    }
    double rate = m->rate > 0.0 ? m->rate : going_rate(t->r), years = o->term / 12.0;
    double amount = money_to_yuan(money_max(o->amount_min, o->ticket_min)) + 1.0;
    double once = o->underwriting + money_to_yuan(o->cost) / amount;
    return rate * (1.0 - ld_min(back, 1.0)) + o->guaranteed * o->guarantee_fee + once / years;
}

/* Not every application ends in an issue. */
static double chance_of_issue(const struct region *r)
{
    const struct bond_record *m = &r->bond_record;
    double prior = P(r, credit)->news_prior;
    return (m->sold + 0.5 * prior) / (m->asked + prior);
}

/* All that is needed is there at once, for nothing.  Each step of surplus_of is monotone, rounded or not, so this is a bound. */
double bonds_most(const struct region *r, const struct bond_need *need)
{
    return chance_of_issue(r) * ld_max(need->value - need->needs, 0.0) - money_to_yuan(P(r, credit)->application_cost);
}

/* Surplus of an issue over its cost, as M3 has it for loans: what is beyond the need lies in the bank; money that comes late serves
 * for less of the time. */
static double surplus_of(const struct rows *t, uint32_t i, const struct issue_terms *o, const struct bond_need *need,
                         money ask)
{
    const struct bond_record *m = &t->r->bond_record;
    const struct credit_params *c = P(t->r, credit);
    double wait = m->wait > 0.0 ? m->wait : 0.5 * o->gathering + o->review;
    if (need->expires > 0 && need->expires <= wait)
        return -1e300;
    double amount = money_to_yuan(ask), used = ld_min(amount, need->needs), share = used / (need->needs + 1.0);
    double cost = expected_cost(t, i, o), in_time = ld_max(1.0 - wait / (12.0 * need->years), 0.0);
    double gain = share * (need->value - need->needs) * in_time;
    double pays = (used * cost + (amount - used) * ld_max(cost - c->deposit_rate, 0.0)) * need->years;
    return chance_of_issue(t->r) * (gain - pays) - money_to_yuan(c->application_cost);
}

int32_t bonds_choose(const struct rows *t, uint32_t i, const struct bond_need *need, double *surplus)
{
    int32_t best = -1;
    if (!may_apply(t, i))
        return -1;
    money owes = stays_owed(t, i);
    EACH_HOOKED(t->r, HOOK_ISSUE, k)
    {
        struct issue_terms o = {0};
        double appraised;
        instrument_of(t->r, k)->issue(t->r, k, &o);
        money ask = ticket_of(t, i, &o, owes, need->needs, &appraised);
        if (ask.fen <= 0 || !line_open(t->r, k, i) || !enterprise_knows(t, i, instrument_of(t->r, k)->number))
            continue;
        double s = surplus_of(t, i, &o, need, ask);
        if (best < 0 || s > *surplus) {
            best = k;
            *surplus = s;
        }
    }
    return best;
}

/* Whether it says more than is true, where it has no scruples: what it saves of the price over what it expects to pay for it.
 * Only after a default are papers looked at. */
static bool overstates(const struct rows *t, uint32_t i, const struct issue_terms *o, const struct issue_aid *aid)
{
    if (misuse_has_scruples(t, i) || P(t->r, bond_market)->stretch <= 0.0)
        return false;
    double share = 1.0 / (o->members_min > 1 ? o->members_min : 1);
    double saved = share * (1.0 - ld_exp(-P(t->r, credit)->quality_loading * P(t->r, bond_market)->stretch));
    return saved > aid->penalty * aid->finds;
}

/* What papers tell: statements, what is shown to investors, and what those who are liable for it have looked at. */
static struct signals papers(const struct rows *t, uint32_t i, const struct issue_aid *aid, bool overstated)
{
    struct signals s = {0};
    statements_tell(t, i, &s);
    if (overstated)
        s.weighted += s.precision * P(t->r, bond_market)->stretch;
    EACH_ACTING(t, i, ACT_SHOW, k)
    instrument_of(t->r, k)->see(t, i, k, &s);
    if (aid->precision > 0.0) {
        struct luck luck = t->w->luck;
        luck.month = t->w->month / 12;
        double error = ld_normal_quantile(draw(luck, enterprise_identity(t->e, i), DRAW_BOND_DISCLOSED));
        s.precision += aid->precision;
        s.weighted += aid->precision * (double)t->e->quality[i] + __builtin_sqrt(aid->precision) * error;
    }
    signals_fold(&s);
    return s;
}

void bonds_ask(const struct rows *t, uint32_t i, int32_t k, double needs, double reservation)
{
    struct issue_terms o = {0};
    struct issue_aid aid = bonds_aid(t->r, i);
    double appraised;
    instrument_of(t->r, k)->issue(t->r, k, &o);
    money ask = ticket_of(t, i, &o, stays_owed(t, i), needs, &appraised);
    bool overstated = overstates(t, i, &o, &aid);
    struct signals s = papers(t, i, &aid, overstated);
    struct bond_ask *a = outbox_push(&t->me->box[BOX_BOND]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return;
    }
    *a = (struct bond_ask){.row = i,
                           .region = (uint16_t)t->r->index,
                           .instance = (uint16_t)k,
                           .asked = ask,
                           .weighted = (float)s.weighted,
                           .precision = (float)s.precision,
                           .reservation = (float)reservation,
                           .appraised = (float)appraised,
                           .overstated = overstated};
}
