/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planning - who needs money (mechanisms M3); which channel it turns to: channels.c.
 *
 * need = what is missing to the runway target, and the cost of an opportunity that cash and lines cannot pay.  Decided only when
 * something happens: cash is short, an opportunity is at hand, a line ends, the rest after the last try is over. */
#include <liandong/ahead.h>
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>
#include <string.h>

/* What a month costs and brings, per head and per yuan of sales. */
struct outlook {
    double a_head, purchases, saved, vat, trusted, runway, least;
};

static struct outlook outlook_of(const struct region *r)
{
    const struct enterprise_params *p = P(r, enterprise);
    return (struct outlook){.a_head = money_to_yuan(p->wage) / 12.0 + money_to_yuan(p->rent),
                            .purchases = p->purchases,
                            .saved = p->quality_cost,
                            .vat = P(r, government)->vat,
                            .trusted = 1.0 - p->prudence,
                            .runway = p->runway_target,
                            .least = p->runway_least};
}

static inline double target_of(struct outlook o, int32_t staff, double research, double sales, double quality)
{
    double margin = 1.0 - purchases_of(o.purchases, o.saved, quality) - o.vat;
    double out = staff * o.a_head + research, in = ld_over(sales, 12.0) * margin * o.trusted;
    double burn = out - in, least = o.least * out;
    return o.runway * (burn > least ? burn : least);
}

double cash_target(const struct region *r, const struct enterprises *e, uint32_t i)
{
    return target_of(outlook_of(r), e->staff[i], (double)e->research[i], (double)e->sales[i], (double)e->quality[i]);
}

void asked_targets(const struct asked *a, double target[ASKED_TOGETHER])
{
    struct outlook o = outlook_of(a->t->r);
    const struct enterprises *e = a->t->e;
    const uint16_t *staff = e->staff;
    const float *research = e->research, *sales = e->sales, *quality = e->quality;
    ASKED_ALL(a, j, i, target[j] = target_of(o, staff[i], (double)research[i], (double)sales[i], (double)quality[i]));
}

/* The same for all rows of a tile at once; nothing of it changes while they plan. */
static void set_targets(const struct rows *t)
{
    struct outlook o = outlook_of(t->r);
    const uint16_t *staff = t->e->staff + t->lo;
    const float *research = t->e->research + t->lo, *sales = t->e->sales + t->lo;
    const float *quality = t->e->quality + t->lo;
    double *target = t->s->real[TARGET];
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        target[k] = target_of(o, staff[k], (double)research[k], (double)sales[k], (double)quality[k]);
}

/* Cash it would like to have this month: what lines are drawn for; and what is missing to the target. */
static void look_at_cash(const struct rows *t)
{
    double draw = P(t->r, enterprise)->draw_target, *missing = t->s->real[MISSING];
    const double *target = t->s->real[TARGET];
    const money *cash = t->e->cash + t->lo, *overdue = t->e->overdue + t->lo;
    const float *room = t->e->line_room + t->lo, *cost = t->e->chance_cost + t->lo;
    float *wish = t->e->wish + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double late = ld_over(money_whole(overdue[k]), 100.0);
        wish[k] = (float)(draw * target[k] + late + (double)cost[k]);
        missing[k] = target[k] - (ld_over(money_whole(cash[k]), 100.0) + (double)room[k] - late);
    }
}

/* Years of margin; before the product, what a product may bring, by its odds within two years. */
double firm_value(const struct region *r, const struct enterprises *e, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    if (e->flags[i] & HAS_PRODUCT)
        return value_of_sales(p, yearly_margin(r, e, i), (double)e->sales[i]);
    double ready = (double)e->technology[i] / (double)e->needed[i];
    double odds = 1.0 - ld_exp(-p->product_sight * p->product_hazard * ready);
    double outside = money_to_yuan(P(r, founders)->outside_wage) * p->horizon;
    return odds * outside * r->cells.attracts[e->sector[i]];
}

/* What the opportunity at hand is worth to its owners. */
double chance_gain(const struct region *r, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    double margin = p->chance_margin * (1.0 - purchases_share(r, &r->enterprises, i) - P(r, government)->vat);
    return margin * (double)r->enterprises.chance_sales[i] * p->horizon;
}

/* -- the need ------------------------------------------------------------------------------------------------------- */
static struct need need_of(const struct rows *t, uint32_t i, double target)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    struct enterprises *e = t->e;
    double have = money_to_yuan(e->cash[i]) + (double)e->line_room[i] - money_to_yuan(e->overdue[i]);
    double missing = target - have;
    struct need n = {.runway = missing > 0.0 ? missing : 0.0};
    if (e->chance_left[i] > 0) {
        double left = have - p->draw_target * target;
        double lacks = (double)e->chance_cost[i] - (left > 0.0 ? left : 0.0);
        n.chance = lacks > 0.0 ? lacks : 0.0;
        if (n.chance > 0.0 && e->chance_cost[i] > 0.0f)
            n.value += chance_gain(t->r, i) * n.chance / (double)e->chance_cost[i];
    }
    double dry = target > 0.0 ? n.runway / target : 0.0;
    if (n.runway > 0.0 && t->s->real[RESERVE][i - t->lo] > 0.0) { /* a bond that is not repaid may cost all */
        n.matures = dry = 1.0;
        n.value += firm_value(t->r, e, i);
    }
    n.value += n.runway * (1.0 + p->liquidity_value * (dry < 1.0 ? dry : 1.0));
    return n;
}

/* Where a subsidised rate is below what a deposit earns, an enterprise borrows without need and parks the money (M3). */
static void park(const struct rows *t, uint32_t i, struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    double gain = c->deposit_rate - net_rate(t, i), room = c->limit_sales * (double)t->e->sales[i];
    room -= money_to_yuan(t->e->debt[i]);
    if (gain <= 0.0 || room < money_to_yuan(c->ticket_min))
        return;
    n->runway += room;
    n->value += room * (1.0 + gain * c->line_months / 12.0);
    t->e->wish[i] += (float)(money_to_yuan(t->e->cash[i]) + (double)t->e->line_room[i]);
    count(t->t, cell_of(t->e, i), ITEM_PARKED, 1);
}

/* -- who looks for it ---------------------------------------------------------------------------------------------------- */
static void use_own(const struct rows *t, uint32_t i, const struct need *n)
{
    double ask = n->runway + n->chance, has = (double)t->e->wealth[i];
    money pays = from_yuan(ask < has ? ask : has);
    pay_in(t->t, FLOW_FOUNDING_MONEY, &t->e->cash[i], pays);
    double left = has - money_to_yuan(pays);
    t->e->wealth[i] = (float)(left > 0.0 ? left : 0.0);
    count(t->t, cell_of(t->e, i), ITEM_OWN_COUNT, 1);
    count(t->t, cell_of(t->e, i), ITEM_OWN_PAID, pays.fen);
}

/* A fund's part is no smaller than its smallest round; where not even the whole is, there is no package. */
static bool package_fits(const struct rows *t, uint32_t i, const struct need *n, struct package *p)
{
    if (p->lent <= 0.0)
        return true;
    double part = equity_part(t, i, n, p->lent);
    p->lent = 1.0 - part;
    return part > 0.0;
}

static void seek_finance(const struct rows *t, uint32_t i, const struct need *n)
{
    bool knew, open[N_CHANNELS];
    int32_t issuer = -1;
    channels_open(t, i, n->known, open);
    enum channel c = channels_choose(t, i, n, open, &knew, &issuer);
    int32_t cell = cell_of(t->e, i);
    struct package p;
    count(t->t, cell, ITEM_IN_NEED, 1);
    if ((c == CHANNEL_EQUITY || c == CHANNEL_BANK) && open[CHANNEL_BANK] && open[CHANNEL_EQUITY] &&
        package_of(t, i, &p) && (c == CHANNEL_EQUITY || p.whoever) && package_fits(t, i, n, &p))
        ask_package(t, i, n, c == CHANNEL_EQUITY, &p);
    else if (c == CHANNEL_NONE)
        count(t->t, cell, knew ? ITEM_DISCOURAGED : ITEM_IGNORANT, 1);
    else if (c == CHANNEL_OWN)
        use_own(t, i, n);
    else if (c == CHANNEL_ANGEL)
        ask_angel(t, i, n);
    else if (c == CHANNEL_EQUITY)
        ask_equity(t, i, n);
    else if (c == CHANNEL_BOND)
        bonds_ask(t, i, issuer, n->runway + n->chance, reservation_rate(t, i, n));
    else if (c == CHANNEL_LEASE)
        leases_ask(t, i, issuer, reservation_rate(t, i, n));
    else {
        matching_introduce(t, i);
        ask_bank(t, i, n, false);
    }
    t->e->rest[i] = (uint8_t)(c == CHANNEL_OWN ? 1 : P(t->r, enterprise)->rest);
}

/* Somebody might borrow to park the money. */
static bool parking(const struct region *r)
{
    return going_rate(r) - r->relief_most < P(r, credit)->deposit_rate;
}

/* A line is renewed once, before it ends, by who is not overdue: a need of its own. */
static bool renews(const struct enterprises *e, uint32_t i)
{
    return (e->renewal[i] == 2) & (e->worst[i] == 0);
}

/* Somebody may offer lines because of grants. */
static bool offers_stand(const struct region *r)
{
    return r->hooked[HOOK_OFFERS].n > 0 && r->n_banks > 0;
}

/* What it needs, and parks. */
static struct need need_in_all(const struct rows *t, uint32_t i)
{
    struct need n = need_of(t, i, t->s->real[TARGET][i - t->lo]);
    if (parking(t->r))
        park(t, i, &n);
    return n;
}

static void renew(const struct rows *t, uint32_t i)
{
    struct need n = need_in_all(t, i);
    ask_bank(t, i, &n, true);
    t->e->rest[i] = (uint8_t)P(t->r, enterprise)->rest;
}

static void plan(const struct rows *t, uint32_t i, uint32_t place, unsigned known)
{
    double least = P(t->r, enterprise)->need_least * t->s->real[TARGET][i - t->lo];
    struct need n = need_in_all(t, i);
    n.place = place;
    n.known = known;
    if (offers_stand(t->r) && t->s->real[OFFERED][i - t->lo] > 0.0 && takes_offer(t, i)) {
        t->e->rest[i] = (uint8_t)P(t->r, enterprise)->rest;
    } else if (n.chance > 0.0 || n.runway > least || n.matures > 0.0) {
        seek_finance(t, i, &n);
    }
}

/* Marks the living on the register, or all.  Written, as what follows, without branches, so that it vectorises: who looks for
 * finance is hard to guess. */
static void mark_planners(const struct rows *t, bool all)
{
    const uint8_t *status = t->e->status + t->lo, *registration = t->e->registration + t->lo;
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month;
    uint8_t *mark = t->s->mark, whoever = all;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (status[k] == ACTIVE) & ((whoever != 0) | (month - founded[k] >= registration[k]));
}

/* Of the marked, those who look for finance this month stay: they neither wait for an answer nor rest from the last try, and
 * have a reason. */
static void mark_lookers(const struct rows *t)
{
    uint32_t n = t->hi - t->lo;
    double least = P(t->r, enterprise)->need_least;
    const double *target = t->s->real[TARGET], *missing = t->s->real[MISSING];
    const uint8_t *chance = t->e->chance_left + t->lo, *renewal = t->e->renewal + t->lo, *worst = t->e->worst + t->lo,
                  *waiting = t->e->waiting + t->lo;
    uint8_t *rest = t->e->rest + t->lo, *mark = t->s->mark, reason[TILE], parks = parking(t->r);
    for (uint32_t k = 0; k < n; k++)
        reason[k] = (missing[k] > least * target[k]) | parks;
    for (uint32_t k = 0; k < n; k++) {
        bool renewal_now = (renewal[k] == 2) & (worst[k] == 0), free = renewal_now | (waiting[k] == 0);
        bool rests = (rest[k] > 0) & !renewal_now & free, looks = renewal_now | (chance[k] > 0) | (reason[k] != 0);
        uint8_t here = mark[k];
        mark[k] = (here != 0) & free & !rests & looks;
        rest[k] = (uint8_t)(rest[k] - ((here != 0) & rests));
    }
}

/* Those whom a grant brings an offer look, too: on the register, neither waiting for an answer nor resting. */
static void mark_offered(const struct rows *t)
{
    const struct open_deeds *d = &t->r->deeds.open;
    const struct enterprises *e = t->e;
    double *offered = t->s->real[OFFERED];
    bool grants[MAX_LINES];
    uint32_t asked = UINT32_MAX;
    memset(offered, 0, (t->hi - t->lo) * sizeof *offered);
    for (int32_t k = 0; k < t->r->n_instances; k++)
        grants[k] = instrument_of(t->r, k)->grants;
    for (size_t k = LIST_FIRST(d, t->lo); k < d->n && d->row[k].row < t->hi; k++) {
        uint32_t i = d->row[k].row;
        int32_t by;
        if (!grants[d->row[k].instance] || i == asked)
            continue;
        asked = i;
        bool may = e->status[i] == ACTIVE && age_of(t, i) >= e->registration[i] && e->waiting[i] == 0 &&
                   e->rest[i] == 0 && e->worst[i] == 0;
        if (!may || line_offered(t, i, &by).fen <= 0)
            continue;
        t->s->mark[i - t->lo] = 1;
        offered[i - t->lo] = 1.0;
    }
}

/* Of n of the list, those who renew a line have nothing to choose and stand apart, followed by a row that there is not; returns
 * how many are left. */
static uint32_t part_renewals(const struct rows *t, uint32_t n, uint16_t renewing[TILE + 1])
{
    uint16_t *list = t->s->list;
    uint32_t left = 0, apart = 0;
    for (uint32_t j = 0; j < n; j++) {
        uint16_t k = list[j];
        bool apart_now = renews(t->e, t->lo + k);
        renewing[apart] = list[left] = k;
        apart += apart_now;
        left += !apart_now;
    }
    renewing[apart] = UINT16_MAX;
    return left;
}

/* The n of the list choose and the others renew their lines, in the order of rows. */
static void plan_all(const struct rows *t, uint32_t n, const uint16_t *renewing)
{
    struct ahead next;
    uint8_t known[TILE];
    channels_known(t, n, known);
    ahead_of(&next, t, BY_PLANNING);
    uint32_t lines = ahead_a_step(&next, n);
    for (uint32_t j = 0; j <= n; j++) {
        uint32_t k = j < n ? t->s->list[j] : TILE;
        for (; *renewing < k; renewing++)
            renew(t, t->lo + *renewing);
        t->s->at = j;
        ahead_fetch(&next, lines);
        if (j < n)
            plan(t, t->lo + k, j, known[j]);
    }
}

void firms_plan(const struct rows *t)
{
    bool chances_only = P(t->r, closed_form)->enabled || P(t->r, enterprise)->unlimited_finance;
    set_targets(t);
    mark_planners(t, chances_only);
    chances_take(t, t->s->real[TARGET]);
    if (chances_only)
        return;
    bonds_note(t);
    bonds_expect(t, t->s->real[TARGET], t->s->real[RESERVE]);
    look_at_cash(t);
    bonds_wish(t);
    bonds_urge(t, t->s->real[RESERVE], t->s->real[MISSING]);
    mark_planners(t, false);
    mark_lookers(t);
    if (offers_stand(t->r))
        mark_offered(t);
    if (leases_stand(t->r))
        leases_note(t, t->s->real[LEASED]);
    uint16_t renewing[TILE + 1];
    uint32_t n = part_renewals(t, list_marked(t), renewing);
    channels_draw_tastes(t, n);
    clients_note(t);
    knowing_begins(t, n);
    size_t asked = t->me->box[BOX_APPLICATION].n;
    t->s->at = NOT_LISTED;
    plan_all(t, n, renewing);
    t->s->at = NOT_LISTED;
    applications_see(t, asked);
}
