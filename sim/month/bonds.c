/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bonds - enterprises raise money together: who applies, what an enterprise sets aside, what the dead leave, and the month of the
 * market of issues (instruments.md 23-27, 44, 60; docs/model/bonds.md).  What an issue costs: bond_pricing; how it is gathered and
 * sold: bond_issuing; how it pays: bond_paying. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>
#include <liandong/misuse.h>

/* -- one enterprise ------------------------------------------------------------------------------------------------------------- */
size_t bonds_first(const struct region *r, uint32_t row)
{
    size_t from = 0, to = r->bonds.n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (r->bonds.row[middle].row < row)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

money bonds_owed(const struct region *r, uint32_t i)
{
    money sum = FEN(0);
    EACH_BOND_OF(r, i, k)
    sum = money_add(sum, r->bonds.row[k].principal);
    return sum;
}

money bonds_coupons(const struct region *r, uint32_t i)
{
    money sum = FEN(0);
    EACH_BOND_OF(r, i, k)
    sum = money_add(sum, r->bonds.row[k].coupon_year);
    return sum;
}

/* Place of an issue in the list; n: it has left it. */
static size_t place_of(const struct region *r, uint32_t number)
{
    size_t from = 0, to = r->issues.n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (r->issues.row[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from < r->issues.n && r->issues.row[from].number == number ? from : r->issues.n;
}

static const struct issue *issue_of(const struct region *r, uint32_t number)
{
    size_t s = place_of(r, number);
    return s < r->issues.n ? &r->issues.row[s] : NULL;
}

/* Of a bond that is to be repaid at once, the part that its issuer wants to have by now: in even steps over the months that it looks
 * ahead, all of it a quarter before. */
static double wanted_by_now(const struct region *r, const struct bond *q)
{
    enum { QUARTER = 3 };
    const struct issue *s = issue_of(r, q->issue);
    int32_t foresight = P(r, bond_market)->foresight;
    if (s == NULL || q->principal.fen == 0 || q->defaulted != 0 || s->amortises)
        return 0.0;
    int32_t left = s->matures - r->month;
    double all = money_to_yuan(q->principal) * (1.0 + (s->rate + s->guarantee_fee) * s->every / 12.0);
    return left > foresight ? 0.0 : all * ld_min((foresight - left + QUARTER) / (foresight + 1.0), 1.0);
}

double bonds_reserve(const struct region *r, uint32_t i)
{
    double sum = 0.0;
    EACH_BOND_OF(r, i, k)
    sum += wanted_by_now(r, &r->bonds.row[k]);
    return sum;
}

void bonds_lock(const struct rows *t, double *cash, double *locked)
{
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        locked[k] = 0.0;
    for (size_t k = bonds_first(t->r, t->lo); k < t->r->bonds.n && t->r->bonds.row[k].row < t->hi; k++) {
        uint32_t j = t->r->bonds.row[k].row - t->lo;
        double part = ld_min((double)from_yuan(wanted_by_now(t->r, &t->r->bonds.row[k])).fen, ld_max(cash[j], 0.0));
        cash[j] -= part;
        locked[j] += part;
    }
}

/* What a bond asks of its issuer in this month. */
static money due_now(const struct issue *s, const struct bond *q, int32_t month)
{
    int32_t age = month - s->sold;
    if (q->principal.fen == 0 || age <= 0 || (month < s->matures && age % s->every != 0))
        return FEN(0);
    money due = money_scale(q->principal, (s->rate + s->guarantee_fee) * s->every / 12.0);
    int32_t left = (s->matures - month) / s->every + 1;
    if (month >= s->matures || q->defaulted != 0)
        return money_add(money_add(due, q->coupon), q->principal);
    return s->amortises ? money_add(due, money_scale(q->principal, 1.0 / left)) : due;
}

/* -- planning ------------------------------------------------------------------------------------------------------------------- */
void bonds_expect(const struct rows *t, double *target)
{
    for (size_t k = bonds_first(t->r, t->lo); k < t->r->bonds.n && t->r->bonds.row[k].row < t->hi; k++)
        target[t->r->bonds.row[k].row - t->lo] += wanted_by_now(t->r, &t->r->bonds.row[k]);
}

void bonds_urge(const struct rows *t, double *missing)
{
    for (size_t k = bonds_first(t->r, t->lo); k < t->r->bonds.n && t->r->bonds.row[k].row < t->hi; k++) {
        double *lacks = &missing[t->r->bonds.row[k].row - t->lo], wanted = wanted_by_now(t->r, &t->r->bonds.row[k]);
        if (wanted > 0.0 && *lacks > 0.0)
            *lacks = 1e300;
    }
}

void bonds_wish(const struct rows *t)
{
    for (size_t k = bonds_first(t->r, t->lo); k < t->r->bonds.n && t->r->bonds.row[k].row < t->hi; k++) {
        const struct bond *q = &t->r->bonds.row[k];
        const struct issue *s = issue_of(t->r, q->issue);
        if (s != NULL && q->sold)
            t->e->wish[q->row] += (float)money_to_yuan(due_now(s, q, t->w->month));
    }
}

/* What falls due next month is kept back before purchases and research; pledged patents are marked, as those of loans are. */
void bonds_mark(const struct rows *t)
{
    for (size_t k = bonds_first(t->r, t->lo); k < t->r->bonds.n && t->r->bonds.row[k].row < t->hi; k++) {
        const struct bond *q = &t->r->bonds.row[k];
        const struct issue *s = issue_of(t->r, q->issue);
        if (s == NULL || q->principal.fen == 0)
            continue;
        if (t->e->status[q->row] == ACTIVE)
            t->e->due[q->row] += (float)money_to_yuan(due_now(s, q, t->w->month + 1));
        if (q->appraised > 0.0f)
            t->e->flags[q->row] |= PLEDGED_IP;
    }
}

/* One application at a time, and none by who has not paid. */
static bool may_apply(const struct region *r, uint32_t i)
{
    EACH_BOND_OF(r, i, k)
    if (!r->bonds.row[k].sold || r->bonds.row[k].defaulted != 0)
        return false;
    return true;
}

/* Of its bonds, those that a new one need not repay. */
static money standing(const struct region *r, uint32_t i)
{
    money sum = FEN(0);
    EACH_BOND_OF(r, i, k)
    {
        const struct issue *s = issue_of(r, r->bonds.row[k].issue);
        if (s != NULL && s->matures - r->month > P(r, bond_market)->foresight)
            sum = money_add(sum, r->bonds.row[k].principal);
    }
    return sum;
}

/* What it would issue: what it needs, or the least that is issued; 0: not here. */
static money ticket_of(const struct rows *t, uint32_t i, const struct issue_terms *o, double needs, double *appraised)
{
    const struct enterprises *e = t->e;
    *appraised = 0.0;
    if (e->stage[i] < o->stage_min || e->worst[i] > 0 || o->amount_max.fen <= 0)
        return FEN(0);
    money room = from_yuan(ld_min(o->of_sales * (double)e->sales[i], 1e12));
    room = money_sub(room, money_add(e->debt[i], standing(t->r, i)));
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

/* Surplus of an issue over its cost, as M3 has it for loans: what is beyond the need lies in the bank; money that comes late serves
 * for less of the time; and not every application ends in an issue. */
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
    double chance = (m->sold + 0.5 * c->news_prior) / (m->asked + c->news_prior);
    double gain = share * (need->value - need->needs) * in_time;
    double pays = (used * cost + (amount - used) * ld_max(cost - c->deposit_rate, 0.0)) * need->years;
    return chance * (gain - pays) - money_to_yuan(c->application_cost);
}

int32_t bonds_choose(const struct rows *t, uint32_t i, const struct bond_need *need, double *surplus)
{
    int32_t best = -1;
    if (!may_apply(t->r, i))
        return -1;
    EACH_HOOKED(t->r, HOOK_ISSUE, k)
    {
        struct issue_terms o = {0};
        double appraised;
        instrument_of(t->r, k)->issue(t->r, k, &o);
        money ask = ticket_of(t, i, &o, need->needs, &appraised);
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
    struct issue_aid aid = bonds_aid(t->r);
    double appraised;
    instrument_of(t->r, k)->issue(t->r, k, &o);
    money ask = ticket_of(t, i, &o, needs, &appraised);
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

/* -- the dead ---------------------------------------------------------------------------------------------------------------------- */
void bonds_take_share(const struct rows *t, uint32_t i)
{
    money owed = bonds_owed(t->r, i), all = money_add(owed, t->e->debt[i]);
    if (owed.fen == 0)
        return;
    money part = money_min(owed, money_part(t->e->cash[i], owed, all));
    EACH_BOND_OF(t->r, i, k)
    {
        const struct bond *q = &t->r->bonds.row[k];
        money gets = money_part(part, q->principal, owed);
        if (gets.fen == 0)
            continue;
        pay_out(t->t, FLOW_BOND_RECOVERED, &t->e->cash[i], gets);
        t->t->purse[q->instance] += gets.fen;
        struct bond_share *s = outbox_push(&t->me->box[BOX_BOND_SHARE]);
        if (s == NULL)
            t->me->status = NO_MEMORY;
        else
            *s = (struct bond_share){t->r->index, (uint32_t)k, gets};
    }
}

/* Money that was got for a bond, and has been booked. */
static void recovered(struct region *r, struct bond *q, money amount)
{
    size_t s = place_of(r, q->issue);
    BUG_ON(s == r->issues.n);
    r->issues.row[s].account = money_add(r->issues.row[s].account, amount);
    q->principal = money_sub(q->principal, amount);
    market_flow(r, FLOW_BOND_ENDED, amount);
}

void bonds_take_pledge(struct region *r, uint32_t i, money *left)
{
    EACH_BOND_OF(r, i, k)
    {
        struct bond *q = &r->bonds.row[k];
        money gets = money_min(q->principal, *left);
        if (q->appraised <= 0.0f || q->principal.fen == 0)
            continue;
        *left = money_sub(*left, gets);
        r->enterprises.cash[i] = money_sub(r->enterprises.cash[i], gets);
        market_flow(r, FLOW_BOND_RECOVERED, gets);
        recovered(r, q, gets);
        r->ip.appraised = money_add(r->ip.appraised, from_yuan((double)q->appraised));
    }
}

/* -- the month ---------------------------------------------------------------------------------------------------------------------- */
static enum status reserve(void **row, size_t *capacity, size_t n, size_t size)
{
    if (n <= *capacity)
        return OK;
    size_t more = n + n / 2 + 64;
    void *bigger = realloc(*row, more * size);
    if (bigger == NULL)
        return NO_MEMORY;
    *row = bigger;
    *capacity = more;
    return OK;
}

/* What the dead left, to the accounts of the issues. */
static void take_shares(struct world *w, struct region *r)
{
    for (int32_t m = 0; m < w->team.n; m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_BOND_SHARE];
        for (size_t j = 0; j < box->n; j++) {
            const struct bond_share *a = OUTBOX(box, struct bond_share, j);
            if (a->region != r->index)
                continue;
            struct bond *q = &r->bonds.row[a->bond];
            r->line[q->instance].escrow = money_sub(r->line[q->instance].escrow, a->amount);
            recovered(r, q, a->amount);
        }
    }
}

/* The issue of an instance that collects; made when there is none. */
static struct issue *collecting(struct world *w, struct region *r, int32_t k)
{
    for (size_t s = 0; s < r->issues.n; s++)
        if (r->issues.row[s].instance == k && r->issues.row[s].state == ISSUE_COLLECTS)
            return &r->issues.row[s];
    if (reserve((void **)(void *)&r->issues.row, &r->issues.capacity, r->issues.n + 1, sizeof *r->issues.row) != OK)
        return NULL;
    struct issue *s = &r->issues.row[r->issues.n++];
    *s = (struct issue){.number = (uint32_t)r->issues.next_number++,
                        .instance = (uint16_t)k,
                        .state = ISSUE_COLLECTS,
                        .opened = w->month};
    return s;
}

static bool full(const struct issue *s, const struct issue_terms *o, money more)
{
    return s->members >= o->members_max || money_add(s->principal, more).fen > o->amount_max.fen;
}

/* In order of rows, as the outboxes are.  An issue that is full goes to review, the next one collects. */
static enum status take_asks(struct world *w, struct region *r)
{
    for (int32_t m = 0; m < w->team.n; m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_BOND];
        for (size_t j = 0; j < box->n; j++) {
            const struct bond_ask *a = OUTBOX(box, struct bond_ask, j);
            if (a->region != r->index || r->enterprises.status[a->row] != ACTIVE)
                continue;
            struct issue_terms o = {0};
            instrument_of(r, a->instance)->issue(r, a->instance, &o);
            struct issue *s = collecting(w, r, a->instance);
            if (s != NULL && s->members > 0 && full(s, &o, a->asked)) {
                s->state = ISSUE_FULL;
                s = collecting(w, r, a->instance);
            }
            if (s == NULL ||
                reserve((void **)(void *)&r->bonds.row, &r->bonds.capacity, r->bonds.n + 1, sizeof *r->bonds.row) != OK)
                return NO_MEMORY;
            r->bonds.row[r->bonds.n++] = (struct bond){.row = a->row,
                                                       .issue = s->number,
                                                       .instance = a->instance,
                                                       .overstated = a->overstated,
                                                       .asked = a->asked,
                                                       .weighted = a->weighted,
                                                       .precision = a->precision,
                                                       .reservation = a->reservation,
                                                       .appraised = a->appraised};
            s->members++;
            s->principal = money_add(s->principal, a->asked);
            r->bond_record.asked += 1.0;
        }
    }
    return OK;
}

/* New ones stand behind: they are put where their rows are. */
static enum status sort_bonds(struct world *w, struct region *r, size_t sorted)
{
    size_t n = r->bonds.n;
    if (sorted == n)
        return OK;
    uint64_t *key = arena_take(&w->market, n, sizeof *key);
    struct bond *copy = arena_take(&w->market, n, sizeof *copy);
    if (key == NULL || copy == NULL)
        return NO_MEMORY;
    for (size_t k = 0; k < n; k++) {
        key[k] = (uint64_t)r->bonds.row[k].row << 32 | k;
        copy[k] = r->bonds.row[k];
    }
    sort_keys(key, n);
    for (size_t k = 0; k < n; k++)
        r->bonds.row[k] = copy[key[k] & UINT32_MAX];
    return OK;
}

static enum status open_book(struct bond_book *b)
{
    struct region *r = b->r;
    b->start = arena_take(&b->w->market, r->issues.n + 2, sizeof *b->start);
    b->bond = arena_take(&b->w->market, r->bonds.n + 1, sizeof *b->bond);
    if (b->start == NULL || b->bond == NULL)
        return NO_MEMORY;
    for (size_t s = 0; s < r->issues.n + 2; s++)
        b->start[s] = 0;
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct issue *s = issue_of(r, r->bonds.row[k].issue);
        if (s != NULL)
            b->start[s - r->issues.row + 2]++;
    }
    for (size_t s = 2; s < r->issues.n + 2; s++)
        b->start[s] += b->start[s - 1];
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct issue *s = issue_of(r, r->bonds.row[k].issue);
        if (s != NULL)
            b->bond[b->start[s - r->issues.row + 1]++] = (uint32_t)k;
    }
    return OK;
}

/* Issues that are over leave the list, and bonds of which nothing is to be told any more. */
static void close_lists(struct region *r, const bool *over)
{
    size_t n = 0;
    for (size_t s = 0; s < r->issues.n; s++)
        if (!over[s])
            r->issues.row[n++] = r->issues.row[s];
    r->issues.n = n;
    n = 0;
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct bond *q = &r->bonds.row[k];
        if (issue_of(r, q->issue) != NULL || q->coupon_year.fen > 0)
            r->bonds.row[n++] = *q;
    }
    r->bonds.n = n;
}

static void begin_month(struct region *r)
{
    struct bond_record *m = &r->bond_record;
    m->issues = m->dissolved = m->issuers = m->left = m->bad = 0;
    m->issued = m->senior_lost = m->junior_lost = FEN(0);
    for (size_t k = 0; r->month % 12 == 0 && k < r->bonds.n; k++)
        r->bonds.row[k].coupon_year = FEN(0);
}

static enum status settle(struct world *w, struct region *r)
{
    begin_month(r);
    if (r->hooked[HOOK_ISSUE].n == 0 && r->issues.n == 0 && r->bonds.n == 0)
        return OK;
    size_t sorted = r->bonds.n;
    take_shares(w, r);
    TRY(take_asks(w, r));
    TRY(sort_bonds(w, r, sorted));
    struct bond_book b = {.w = w, .r = r};
    TRY(open_book(&b));
    bool *over = arena_take(&w->market, r->issues.n + 1, sizeof *over);
    if (over == NULL)
        return NO_MEMORY;
    for (size_t s = 0; s < r->issues.n; s++)
        over[s] = !(r->issues.row[s].state == ISSUE_SOLD ? issue_pays(&b, s) : issue_grows(&b, s));
    bonds_learn(r);
    close_lists(r, over);
    return OK;
}

enum status bonds_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(settle(w, &w->region[k]));
    return OK;
}

void body_fund(struct region *r, int32_t k, bool stands, money plan)
{
    struct body *body = &r->line[k].body;
    if (stands) {
        money more = money_positive(money_sub(plan, body->planned));
        market_flow(r, FLOW_BOND_BODY_CAPITAL, more);
        body->cash = money_add(body->cash, more);
        body->planned = money_add(body->planned, more);
    } else {
        money free = money_positive(money_sub(body->cash, body->bound)); /* what it is bound for it keeps ready */
        market_flow(r, FLOW_BOND_BODY_RETURNED, free);
        body->cash = money_sub(body->cash, free);
        body->planned = FEN(0);
    }
}
