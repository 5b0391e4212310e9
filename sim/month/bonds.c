/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bonds - enterprises raise money together: what an enterprise sets aside, what the dead leave, and the month of the
 * market of issues (instruments 23-27, 44, 60; docs/model/bonds.md).  What an issue costs: bond_pricing; how it is gathered and
 * sold: bond_issuing; how it pays: bond_paying; its lists: bond_book; who applies: bond_asking. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>
#include <string.h>

/* -- of a tile ---------------------------------------------------------------------------------------------------------------- */
void bonds_note(const struct rows *t)
{
    const struct region *r = t->r;
    memset(t->s->bond, UINT8_MAX, (t->hi - t->lo) * sizeof *t->s->bond);
    EACH_BOND_OF_TILE(t, k)
    if (!BOND_IS_OF(r, k - 1, BOND_ROW(r, k))) /* k 0: there is none before */
        t->s->bond[BOND_ROW(r, k) - t->lo] = (uint32_t)k;
}

money bonds_owed(const struct rows *t, uint32_t i)
{
    money sum = FEN(0);
    EACH_BOND_NOTED(t, i, k)
    sum = money_add(sum, t->r->bonds.row[k].principal);
    return sum;
}

money bonds_coupons(const struct region *r, uint32_t i)
{
    money sum = FEN(0);
    EACH_BOND_OF(r, i, k)
    sum = money_add(sum, r->bonds.row[k].coupon_year);
    return sum;
}

const struct issue *bonds_issue(const struct region *r, uint32_t number)
{
    size_t s = issue_place(r, number);
    return s < r->issues.n ? &r->issues.row[s] : NULL;
}

/* Place of the issue of a bond, and what is known of its dates. */
static uint32_t place_beside(const struct region *r, size_t k)
{
    return r->bond_places.row[k] & ~BOND_WATCHED;
}
static const struct issue_date *dates_beside(const struct region *r, size_t k)
{
    return &r->bond_places.dates.row[place_beside(r, k)];
}

/* Of a bond that is to be repaid at once, the part that its issuer wants to have by now: in even steps over the months that it looks
 * ahead, all of it a quarter before. */
static double wanted_by_now(const struct region *r, size_t k)
{
    enum { QUARTER = 3 };
    int32_t foresight = P(r, bond_market)->foresight, left = dates_beside(r, k)->matures - r->month;
    if (left > foresight)
        return 0.0;
    const struct issue *s = &r->issues.row[place_beside(r, k)];
    const struct bond *q = &r->bonds.row[k];
    if (q->principal.fen == 0 || q->defaulted != 0)
        return 0.0;
    double all = money_to_yuan(q->principal) * (1.0 + (s->rate + s->guarantee_fee) * s->every / 12.0);
    return all * ld_min((foresight - left + QUARTER) / (foresight + 1.0), 1.0);
}

double bonds_reserve(const struct region *r, uint32_t i)
{
    double sum = 0.0;
    EACH_BOND_OF(r, i, k)
    sum += wanted_by_now(r, k);
    return sum;
}

void bonds_lock(const struct rows *t, double *cash, double *locked)
{
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        locked[k] = 0.0;
    EACH_BOND_OF_TILE(t, k)
    {
        uint32_t j = BOND_ROW(t->r, k) - t->lo;
        double wanted = wanted_by_now(t->r, k);
        if (wanted == 0.0)
            continue;
        double part = ld_min((double)from_yuan(wanted).fen, ld_max(cash[j], 0.0));
        cash[j] -= part;
        locked[j] += part;
    }
}

/* What a bond asks of its issuer in this month. */
static money due_now(const struct issue *s, const struct bond *q, int32_t month)
{
    int32_t age = month - s->sold;
    if (q->late != 0)
        return money_add(q->coupon, month >= s->matures || q->defaulted != 0 ? q->principal : FEN(0));
    if (q->principal.fen == 0 || age <= 0 || (month < s->matures && age % s->every != 0))
        return FEN(0);
    money due = money_scale(q->principal, (s->rate + s->guarantee_fee) * s->every / 12.0);
    int32_t left = (s->matures - month) / s->every + 1;
    if (month >= s->matures || q->defaulted != 0)
        return money_add(money_add(due, q->coupon), q->principal);
    return s->amortises ? money_add(due, money_scale(q->principal, 1.0 / left)) : due;
}

/* -- planning ------------------------------------------------------------------------------------------------------------------- */
void bonds_expect(const struct rows *t, double *target, double *reserve)
{
    memset(reserve, 0, (t->hi - t->lo) * sizeof *reserve);
    EACH_BOND_OF_TILE(t, k)
    {
        uint32_t j = BOND_ROW(t->r, k) - t->lo;
        double wanted = wanted_by_now(t->r, k);
        target[j] += wanted;
        reserve[j] += wanted;
    }
}

void bonds_urge(const struct rows *t, const double *reserve, double *missing)
{
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        missing[k] = ((reserve[k] > 0.0) & (missing[k] > 0.0)) ? 1e300 : missing[k];
}

/* Else it asks nothing in this month, and is not read. */
static bool may_ask(const struct region *r, size_t k, int32_t month)
{
    bool watched = (r->bond_places.row[k] & BOND_WATCHED) != 0;
    return (dates_beside(r, k)->asks >> month % 32 & 1) != 0 || (watched && place_beside(r, k) < r->issues.n);
}

void bonds_wish(const struct rows *t)
{
    EACH_BOND_OF_TILE(t, k)
    {
        const struct bond *q = &t->r->bonds.row[k];
        if (may_ask(t->r, k, t->w->month) && q->sold)
            t->e->wish[q->row] +=
                (float)money_to_yuan(due_now(&t->r->issues.row[place_beside(t->r, k)], q, t->w->month));
    }
}

/* What falls due next month is kept back before purchases and research; pledged patents are marked, as those of loans are. */
void bonds_mark(const struct rows *t)
{
    EACH_BOND_OF_TILE(t, k)
    {
        const struct bond *q = &t->r->bonds.row[k];
        if (!may_ask(t->r, k, t->w->month + 1) || q->principal.fen == 0)
            continue;
        const struct issue *s = &t->r->issues.row[place_beside(t->r, k)];
        if (t->e->status[q->row] == ACTIVE)
            t->e->due[q->row] += (float)money_to_yuan(due_now(s, q, t->w->month + 1));
        if (q->appraised > 0.0f)
            t->e->flags[q->row] |= PLEDGED_IP;
    }
}

/* -- the dead ---------------------------------------------------------------------------------------------------------------------- */
void bonds_take_share(const struct rows *t, uint32_t i)
{
    money owed = FEN(0);
    EACH_BOND_OF(t->r, i, k)
    owed = money_add(owed, t->r->bonds.row[k].principal);
    money all = money_add(owed, t->e->debt[i]);
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
    size_t s = issue_place(r, q->issue);
    BUG_ON(s == r->issues.n);
    r->issues.row[s].account = money_add(r->issues.row[s].account, amount);
    q->principal = money_sub(q->principal, amount);
    market_flow(r, FLOW_BOND_ENDED, amount);
    if (q->principal.fen == 0)
        r->bond_record.lost_of += money_to_yuan(q->asked);
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
/* What the dead left, to the accounts of the issues. */
static void take_shares(struct world *w, struct region *r)
{
    for (int32_t m = 0; m < team_members(&w->team); m++) {
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

/* Places of the issues that collect, one at most of each instance; SIZE_MAX: none. */
static void list_collecting(const struct region *r, size_t collecting[MAX_LINES])
{
    for (int32_t k = 0; k < r->n_instances; k++)
        collecting[k] = SIZE_MAX;
    for (size_t s = 0; s < r->issues.n; s++)
        if (r->issues.row[s].state == ISSUE_COLLECTS)
            collecting[r->issues.row[s].instance] = s;
}

/* The issue of an instance that collects; made when there is none. */
static struct issue *collecting_of(struct world *w, struct region *r, size_t collecting[MAX_LINES], int32_t k)
{
    if (collecting[k] != SIZE_MAX)
        return &r->issues.row[collecting[k]];
    if (LIST_RESERVE(&r->issues, r->issues.n + 1) != OK)
        return NULL;
    collecting[k] = r->issues.n;
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
    size_t collecting[MAX_LINES];
    list_collecting(r, collecting);
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_BOND];
        for (size_t j = 0; j < box->n; j++) {
            const struct bond_ask *a = OUTBOX(box, struct bond_ask, j);
            if (a->region != r->index || r->enterprises.status[a->row] != ACTIVE)
                continue;
            struct issue_terms o = {0};
            instrument_of(r, a->instance)->issue(r, a->instance, &o);
            struct issue *s = collecting_of(w, r, collecting, a->instance);
            if (s != NULL && s->members > 0 && full(s, &o, a->asked)) {
                s->state = ISSUE_FULL;
                collecting[a->instance] = SIZE_MAX;
                s = collecting_of(w, r, collecting, a->instance);
            }
            if (s == NULL || LIST_RESERVE(&r->bonds, r->bonds.n + 1) != OK)
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
    struct bond_book b = {.w = w, .r = r};
    TRY(bond_book_open(&b, sorted));
    bool *over = arena_take(&w->market, r->issues.n + 1, sizeof *over);
    if (over == NULL)
        return NO_MEMORY;
    for (size_t s = 0; s < r->issues.n; s++)
        over[s] = !(r->issues.row[s].state == ISSUE_SOLD ? issue_pays(&b, s) : issue_grows(&b, s));
    return bond_book_close(&b, over);
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
