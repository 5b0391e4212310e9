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

/* Somebody may offer lines because of grants. */
static bool offers_stand(const struct region *r)
{
    return r->hooked[HOOK_OFFERS].n > 0 && r->n_banks > 0;
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

/* Whether enough is missing to look for it. */
static bool looks(const struct rows *t, const struct seekers *s, uint32_t j)
{
    double least = P(t->r, enterprise)->need_least * s->target[j];
    return s->chance[j] > 0.0 || s->runway[j] > least || s->matures[j] > 0.0;
}

/* Whether it asks for loan and round together. */
static bool packs(const struct rows *t, struct seekers *s, uint32_t j)
{
    const struct need n = seeker_need(s, j);
    enum channel c = s->channel[j];
    return s->packs[j] && (c == CHANNEL_EQUITY || (c == CHANNEL_BANK && s->package[j].whoever)) &&
           seeker_open(s, j, CHANNEL_BANK) && seeker_open(s, j, CHANNEL_EQUITY) &&
           package_fits(t, s->row[j], &n, &s->package[j]);
}

/* Whom a grant brings an offer. */
static bool is_offered(const struct rows *t, uint32_t i)
{
    return offers_stand(t->r) && t->s->real[OFFERED][i - t->lo] > 0.0;
}

/* What a bank believes of the like of a row, whatever its score. */
FETCHES void fetch_beliefs(const struct rows *t, uint32_t i, uint16_t bank)
{
    const struct belief *own = t->r->belief + (size_t)bank * (N_BELIEFS + N_PARENTS);
    fetch_lines(own + belief_cell(t->e->stage[i], t->e->sector[i], 0), N_SCORES * sizeof *own);
    fetch_lines(own + N_BELIEFS + t->e->stage[i] * N_SCORES, N_SCORES * sizeof *own);
}

/* Those of a list ask their banks for a package, once they are introduced to them: its grading cannot wait for all that is asked. */
static void grade(const struct rows *t, struct seekers *s, const uint32_t *list, uint32_t n)
{
    uint32_t row[SEEKERS];
    uint16_t bank[SEEKERS];
    struct sight sight[SEEKERS];
    for (uint32_t m = 0; m < n; m++) {
        row[m] = s->row[list[m]];
        matching_introduce(t, row[m]);
        bank[m] = (uint16_t)t->r->branch[t->e->branch[row[m]]].bank;
        fetch_backing(t->r, row[m]);
        fetch_beliefs(t, row[m], bank[m]);
    }
    banks_see(t, row, bank, n, sight);
    for (uint32_t m = 0; m < n; m++) {
        s->seen[list[m]] = true;
        s->sight[list[m]] = sight[m];
    }
}

/* All but those who may take an offer instead. */
static void grade_packages(const struct rows *t, struct seekers *s)
{
    uint32_t list[SEEKERS], n = 0;
    for (uint32_t j = 0; j < s->n; j++) {
        s->packs[j] = looks(t, s, j) && packs(t, s, j);
        s->seen[j] = false;
        list[n] = j;
        n += s->packs[j] && !is_offered(t, s->row[j]);
    }
    if (n > 0)
        grade(t, s, list, n);
}

static void seek_finance(const struct rows *t, struct seekers *s, uint32_t j)
{
    const struct need need = seeker_need(s, j), *n = &need;
    uint32_t i = s->row[j];
    int32_t cell = cell_of(t->e, i);
    enum channel c = s->channel[j];
    count(t->t, cell, ITEM_IN_NEED, 1);
    if (s->packs[j]) {
        if (!s->seen[j])
            grade(t, s, &j, 1);
        ask_package(t, i, n, c == CHANNEL_EQUITY, &s->package[j], &s->sight[j]);
    } else if (c == CHANNEL_NONE)
        count(t->t, cell, s->knew[j] ? ITEM_DISCOURAGED : ITEM_IGNORANT, 1);
    else if (c == CHANNEL_OWN)
        use_own(t, i, n);
    else if (c == CHANNEL_ANGEL)
        ask_angel(t, i, n);
    else if (c == CHANNEL_EQUITY)
        ask_equity(t, i, n);
    else if (c == CHANNEL_BOND)
        bonds_ask(t, i, s->issuer[j], n->runway + n->chance, reservation_rate(t, i, n));
    else if (c == CHANNEL_LEASE)
        leases_ask(t, i, s->issuer[j], reservation_rate(t, i, n));
    else {
        matching_introduce(t, i);
        ask_bank(t, i, n, false);
    }
    t->e->rest[i] = (uint8_t)(c == CHANNEL_OWN ? 1 : P(t->r, enterprise)->rest);
}

/* A line is renewed once, before it ends, by who is not overdue: a need of its own. */
static bool renews(const struct enterprises *e, uint32_t i)
{
    return (e->renewal[i] == 2) & (e->worst[i] == 0);
}

static void renew(const struct rows *t, const struct seekers *s, uint32_t j)
{
    const struct need n = seeker_need(s, j);
    ask_bank(t, s->row[j], &n, true);
    t->e->rest[s->row[j]] = (uint8_t)P(t->r, enterprise)->rest;
}

static void plan(const struct rows *t, struct seekers *s, uint32_t j)
{
    uint32_t i = s->row[j];
    if (is_offered(t, i) && takes_offer(t, i))
        t->e->rest[i] = (uint8_t)P(t->r, enterprise)->rest;
    else if (looks(t, s, j))
        seek_finance(t, s, j);
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
    uint8_t *rest = t->e->rest + t->lo, *mark = t->s->mark, reason[TILE], parks = anybody_parks(t->r);
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
        /* cppcheck-suppress uninitvar ; filled up to n */
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

static uint32_t seekers_at_once(uint32_t left)
{
    return left < SEEKERS ? left : SEEKERS;
}

/* The next of those who renew, and of those who choose. */
static void begin_renewals(const struct rows *t, const uint16_t *renewing, struct seekers *s)
{
    for (s->n = 0; s->n < SEEKERS && renewing[s->n] != UINT16_MAX;)
        s->n++;
    seekers_need(t, renewing, s);
}

static void begin_choices(const struct rows *t, uint32_t place, uint32_t n, const uint8_t *known, struct seekers *s)
{
    s->n = seekers_at_once(n - place);
    seekers_need(t, t->s->list + place, s);
    channels_choose(t, place, known + place, s);
    grade_packages(t, s);
}

/* The n of the list choose and the others renew their lines, in the order of rows. */
static void plan_all(const struct rows *t, uint32_t n, const uint16_t *renewing)
{
    struct ahead next;
    struct seekers renew_now, choose_now;
    uint8_t known[TILE];
    uint32_t renewed = 0;
    channels_known(t, n, known);
    ahead_of(&next, t, BY_PLANNING);
    uint32_t lines = ahead_a_step(&next, n);
    for (uint32_t j = 0; j <= n; j++) {
        uint32_t k = j < n ? t->s->list[j] : TILE;
        for (; renewing[renewed] < k; renewed++) {
            if (renewed % SEEKERS == 0)
                begin_renewals(t, renewing + renewed, &renew_now);
            renew(t, &renew_now, renewed % SEEKERS);
        }
        if (j < n && j % SEEKERS == 0)
            begin_choices(t, j, n, known, &choose_now);
        t->s->at = j;
        ahead_fetch(&next, lines);
        if (j < n)
            plan(t, &choose_now, j % SEEKERS);
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
    size_t loans = t->me->box[BOX_APPLICATION].n, rounds = t->me->box[BOX_ROUND].n;
    t->s->at = NOT_LISTED;
    plan_all(t, n, renewing);
    t->s->at = NOT_LISTED;
    applications_see(t, loans);
    rounds_see(t, rounds);
}
