/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_paying - what issuers pay, and who is paid when some of them do not.
 *
 * At each payment every issuer owes its coupon, and principal at maturity (or in equal parts).  Who cannot pay all of it pays what
 * it has, and after `grace` months is in default: all that it owes is due, and its trustee takes what money it has, month by month,
 * then its part of what the winding up brings.  The trustee pays the senior tranche; what is missing is borne in this order, each
 * of what the one before left:
 *   other issuers  `cross` of it, by size, out of money beyond a month's cost
 *   junior tranche it is paid only what the senior one leaves, and nothing before the end once an issuer has defaulted
 *   guarantor      `guaranteed` of it, as far as the body behind the issue has money
 *   repayment funds their share of the rest, as far as they have money
 *   senior tranche  the rest, until something is recovered
 * What is recovered later goes back the same way: senior tranche, guarantor, funds, junior tranche. */
#include <liandong/bonds.h>
#include <liandong/mathx.h>

/* -- issuers ---------------------------------------------------------------------------------------------------------------------- */
/* Whoever is liable for false papers pays a part of the loss, if it is found. */
static void look_into_papers(const struct bond_book *b, size_t s, struct bond *q)
{
    struct issue *issue = &b->r->issues.row[s];
    struct identity who = enterprise_identity(&b->r->enterprises, q->row);
    if (!q->overstated || !q->liable || issue->penalty <= 0.0 || draw(b->w->luck, who, DRAW_BOND_FOUND) >= issue->finds)
        return;
    trust_take(b->r, issue, FLOW_BOND_PENALTY, money_scale(q->principal, issue->penalty * bonds_lgd(b->r)));
}

static void default_on(const struct bond_book *b, size_t s, struct bond *q)
{
    if (q->defaulted != 0)
        return;
    q->defaulted = b->w->month;
    b->r->issues.row[s].defaults++;
    bonds_note_default(b->r, q);
    look_into_papers(b, s, q);
    q->asked = q->principal;
}

static void take_fee(struct region *r, const struct issue *s, money fee)
{
    struct bearer *guarantor = s->guarantor >= 0 ? &r->bearer[s->guarantor] : NULL;
    struct body *body = &r->line[s->instance].body;
    market_flow(r, guarantor != NULL ? FLOW_BOND_FEE_GUARANTOR : FLOW_BOND_GUARANTEE_FEE, fee);
    if (guarantor == NULL) {
        body->cash = money_add(body->cash, fee);
        return;
    }
    guarantor->balance = money_add(guarantor->balance, fee);
    guarantor->fees = money_add(guarantor->fees, fee);
}

/* One issuer pays. */
static void hand_over(struct region *r, struct bond *q, const struct takings *t)
{
    q->principal = money_sub(q->principal, t->principal);
    q->coupon_year = money_add(q->coupon_year, t->coupon);
    money costs = money_add(t->coupon, t->fee);
    r->enterprises.cash[q->row] = money_sub(r->enterprises.cash[q->row], money_add(costs, t->principal));
    r->enterprises.profit_year[q->row] -= (float)money_to_yuan(costs);
}

/* Coupons and principal go to the issue; fees for a guarantee to the body that gives it. */
static void take(const struct bond_book *b, size_t s, const struct takings *t)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    trust_take(r, issue, FLOW_BOND_COUPON, t->coupon);
    trust_take(r, issue, FLOW_BOND_REPAID, t->principal);
    take_fee(r, issue, t->fee);
    market_flow(r, FLOW_BOND_ENDED, t->principal);
}

/* What the dead leave was taken in their winding up; what is left of the debt then is lost. */
static void write_off(const struct bond_book *b, struct bond *q)
{
    if (q->principal.fen > 0) {
        market_flow(b->r, FLOW_BOND_LOST, q->principal);
        b->r->bond_record.lost += money_to_yuan(q->principal);
        b->r->bond_record.lost_of += money_to_yuan(q->asked);
    }
    q->principal = q->coupon = FEN(0);
}

/* What it has, of what it should have paid: coupon first, then principal. */
static void take_owed(const struct bond_book *b, size_t s, struct bond *q, money owed)
{
    money cash = b->r->enterprises.cash[q->row], coupon = money_min(q->coupon, cash);
    struct takings t = {.coupon = coupon, .principal = money_min(owed, money_sub(cash, coupon))};
    q->coupon = money_sub(q->coupon, coupon);
    hand_over(b->r, q, &t);
    take(b, s, &t);
}

/* Who is late has some time before it is in default. */
static void pay_late(const struct bond_book *b, size_t s, struct bond *q)
{
    bool matured = b->w->month >= b->r->issues.row[s].matures;
    take_owed(b, s, q, matured ? q->principal : FEN(0));
    if (q->coupon.fen == 0 && (!matured || q->principal.fen == 0))
        q->late = 0;
    else if (b->w->month - q->late >= P(b->r, bond_market)->grace)
        default_on(b, s, q);
}

/* From one in default: all that it has; when it is wound up the rest is lost. */
static void collect_late(const struct bond_book *b, size_t s, struct bond *q)
{
    const struct enterprises *e = &b->r->enterprises;
    if (e->status[q->row] == GONE) {
        write_off(b, q);
    } else if (e->status[q->row] == ACTIVE) {
        take_owed(b, s, q, q->principal);
        b->r->bond_record.lost_of += q->principal.fen == 0 ? money_to_yuan(q->asked) : 0.0;
    }
}

/* What an issuer in good standing owes now. */
static struct takings owed_in_time(const struct issue *issue, const struct bond *q, int32_t month)
{
    int32_t left = (issue->matures - month) / issue->every + 1;
    struct takings t = {.coupon = money_scale(q->principal, issue->rate * issue->every / 12.0),
                        .fee = money_scale(q->principal, issue->guarantee_fee * issue->every / 12.0)};
    if (month >= issue->matures)
        t.principal = q->principal;
    else if (issue->amortises)
        t.principal = money_scale(q->principal, 1.0 / left);
    return t;
}

static bool has(const struct region *r, const struct bond *q, const struct takings *t)
{
    return money_add(money_add(t->coupon, t->fee), t->principal).fen <= r->enterprises.cash[q->row].fen;
}

bool bond_pays_all(const struct bond_book *b, size_t s, struct bond *q, struct takings *t)
{
    struct takings owed = owed_in_time(&b->r->issues.row[s], q, b->w->month);
    if (!has(b->r, q, &owed))
        return false;
    hand_over(b->r, q, &owed);
    t->coupon = money_add(t->coupon, owed.coupon);
    t->fee = money_add(t->fee, owed.fee);
    t->principal = money_add(t->principal, owed.principal);
    return true;
}

static void pay_in_time(const struct bond_book *b, size_t s, struct bond *q)
{
    struct takings owed = owed_in_time(&b->r->issues.row[s], q, b->w->month);
    if (has(b->r, q, &owed)) {
        hand_over(b->r, q, &owed);
        take(b, s, &owed);
        return;
    }
    q->coupon = owed.coupon;
    q->late = b->w->month;
    pay_late(b, s, q);
}

static void collect(const struct bond_book *b, size_t s, bool date)
{
    take(b, s, &b->taken[s]);
    for (uint32_t at = b->start[s]; at < b->start[s + 1]; at++) {
        struct bond *q = &b->r->bonds.row[b->bond[at]];
        if (!b->odd[b->bond[at]])
            continue;
        if (b->r->enterprises.status[q->row] != ACTIVE)
            default_on(b, s, q);
        if (q->defaulted != 0) {
            collect_late(b, s, q);
        } else if (q->late != 0) {
            const struct issue *issue = &b->r->issues.row[s];
            money more = date ? money_scale(q->principal, issue->rate * issue->every / 12.0) : FEN(0);
            q->coupon = money_add(q->coupon, more);
            pay_late(b, s, q);
        } else if (date) {
            pay_in_time(b, s, q);
        }
    }
}

/* -- who bears what is missing ----------------------------------------------------------------------------------------------------- */
static void pay_senior(struct region *r, struct issue *s, money amount)
{
    money coupon = money_min(s->coupon, amount);
    s->coupon = money_sub(s->coupon, coupon);
    s->senior = money_sub(s->senior, money_sub(amount, coupon));
    trust_give(r, s, FLOW_BOND_SENIOR, amount);
}

static bool answers(const struct bond_book *b, const struct bond *q)
{
    return q->sold && q->defaulted == 0 && q->late == 0 && b->r->enterprises.status[q->row] == ACTIVE;
}

/* Other issuers, by size, out of what they have beyond a month's cost. */
static void call_issuers(const struct bond_book *b, size_t s, money missing)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    money share = money_scale(missing, issue->cross), sum = FEN(0);
    EACH_BOND(b, s, q)
    sum = answers(b, q) ? money_add(sum, q->asked) : sum;
    EACH_BOND(b, s, q)
    {
        if (!answers(b, q))
            continue;
        money *cash = &r->enterprises.cash[q->row];
        money spare = money_positive(money_sub(*cash, from_yuan(fixed_cost(r, &r->enterprises, q->row))));
        money pays = money_min(money_part(share, q->asked, sum), spare);
        *cash = money_sub(*cash, pays);
        trust_take(r, issue, FLOW_BOND_CROSS, pays);
    }
}

/* A body pays its share of what is missing, as far as it has money. */
static money call_body(struct region *r, struct issue *s, int32_t k, enum flow flow, double share, money missing)
{
    struct body *body = &r->line[k].body;
    money asked = money_scale(missing, share), pays = money_min(asked, body->cash);
    body->asked += money_to_yuan(asked);
    body->paid += money_to_yuan(pays);
    body->cash = money_sub(body->cash, pays);
    trust_take(r, s, flow, pays);
    return pays;
}

/* The same of a licensed guarantor, in whose books it is a payout like others. */
static money call_guarantor(struct region *r, struct issue *s, money missing)
{
    if (s->guarantor < 0)
        return call_body(r, s, s->instance, FLOW_BOND_GUARANTEED, s->guaranteed, missing);
    struct bearer *p = &r->bearer[s->guarantor];
    money asked = money_scale(missing, s->guaranteed), pays = money_min(asked, bearer_net_worth(p));
    r->line[p->line].body.asked += money_to_yuan(asked);
    r->line[p->line].body.paid += money_to_yuan(pays);
    p->balance = money_sub(p->balance, pays);
    p->compensated = money_add(p->compensated, pays);
    trust_take(r, s, FLOW_BOND_BY_GUARANTOR, pays);
    return pays;
}

static void call_funds(struct region *r, struct issue *s, money missing)
{
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(r, k)->aid(r, k, &one);
        if (one.fund <= 0.0)
            continue;
        money pays = call_body(r, s, k, FLOW_BOND_FUND_PAID, one.fund * s->funded, missing);
        s->by_fund = money_add(s->by_fund, pays);
        missing = money_sub(missing, pays);
    }
}

/* What falls due to the senior tranche now: in parts as the principal of issuers, or all at the end. */
static money senior_due(const struct bond_book *b, const struct issue *s, bool date)
{
    int32_t left = (s->matures - b->w->month) / s->every + 1;
    if (b->w->month >= s->matures)
        return money_add(s->coupon, s->senior);
    return date && s->amortises ? money_add(s->coupon, money_scale(s->senior, 1.0 / left)) : s->coupon;
}

static void pay_tranches(const struct bond_book *b, size_t s, bool date)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    if (date)
        issue->coupon = money_add(issue->coupon, money_scale(issue->senior, issue->yield * issue->every / 12.0));
    money due = senior_due(b, issue, date), missing = money_positive(money_sub(due, issue->account));
    if (date && missing.fen > 0) {
        call_issuers(b, s, missing);
        missing = money_positive(money_sub(due, issue->account));
        money pays = call_guarantor(r, issue, missing);
        issue->by_body = money_add(issue->by_body, pays);
        call_funds(r, issue, money_sub(missing, pays));
    }
    pay_senior(r, issue, money_min(due, issue->account));
    if (date && issue->defaults == 0 && issue->holder == JUNIOR_BODY && b->w->month < issue->matures) {
        struct body *body = &r->line[issue->instance].body; /* what the senior tranche leaves of the coupons */
        money kept = issue->amortises ? FEN(0) : issue->account;
        body->cash = money_add(body->cash, kept);
        trust_give(r, issue, FLOW_BOND_BODY, kept);
    }
}

/* -- the end ---------------------------------------------------------------------------------------------------------------------------- */
static money give_body(struct region *r, struct issue *s, int32_t k, money amount)
{
    amount = money_min(amount, s->account);
    r->line[k].body.cash = money_add(r->line[k].body.cash, amount);
    trust_give(r, s, FLOW_BOND_BODY, amount);
    return amount;
}

/* Who guaranteed it gets back what it paid, as far as that goes. */
static void give_guarantor(struct region *r, struct issue *s)
{
    if (s->guarantor < 0) {
        give_body(r, s, s->instance, s->by_body);
        return;
    }
    struct bearer *p = &r->bearer[s->guarantor];
    money amount = money_min(s->by_body, s->account);
    p->balance = money_add(p->balance, amount);
    p->shared = money_add(p->shared, amount);
    trust_give(r, s, FLOW_BOND_BACK_GUARANTOR, amount);
}

/* The first repayment fund that there is, or the body behind the issue. */
static int32_t fund_line(const struct region *r, const struct issue *s)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (instrument_of(r, k)->aid != NULL && r->line[k].body.planned.fen + r->line[k].body.cash.fen > 0)
            return k;
    return s->instance;
}

/* Issuers who held the junior tranche and did not default, by size; who has died since gets nothing, and what is nobody's goes to the
 * body that arranged the issue. */
static void give_issuers(const struct bond_book *b, size_t s)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    money sum = FEN(0), all = issue->account;
    EACH_BOND(b, s, q)
    sum = answers(b, q) ? money_add(sum, q->asked) : sum;
    EACH_BOND(b, s, q)
    {
        if (!answers(b, q))
            continue;
        money part = money_part(all, q->asked, sum);
        r->enterprises.cash[q->row] = money_add(r->enterprises.cash[q->row], part);
        trust_give(r, issue, FLOW_BOND_RETURNED, part);
    }
}

static void end_issue(const struct bond_book *b, size_t s)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    struct body *body = &r->line[issue->instance].body;
    money guarded = money_scale(money_sub(issue->principal, issue->junior), issue->guaranteed);
    if (issue->guarantor < 0)
        body->bound = money_sub(body->bound, guarded);
    r->bond_record.senior_lost = money_add(r->bond_record.senior_lost, money_add(issue->senior, issue->coupon));
    give_guarantor(r, issue);
    give_body(r, issue, fund_line(r, issue), issue->by_fund);
    money missed = money_positive(money_sub(issue->junior, issue->account));
    r->bond_record.junior_lost = money_add(r->bond_record.junior_lost, missed);
    if (issue->holder == JUNIOR_ISSUERS)
        give_issuers(b, s);
    give_body(r, issue, issue->instance, issue->account);
}

bool issue_has_date(const struct issue *s, int32_t month)
{
    int32_t age = month - s->sold;
    return s->state == ISSUE_SOLD && age > 0 && age % s->every == 0 && month <= s->matures;
}

bool issue_pays(const struct bond_book *b, size_t s)
{
    struct issue *issue = &b->r->issues.row[s];
    int32_t age = b->w->month - issue->sold;
    bool date = b->date[s], owes = false;
    if (age <= 0)
        return true;
    if (date || b->unsettled[s]) /* else nobody pays: bonds lie far apart */
        collect(b, s, date);
    pay_tranches(b, s, date);
    if (b->w->month < issue->matures)
        return true;
    EACH_BOND(b, s, q)
    owes = owes || q->principal.fen > 0;
    if (owes)
        return true;
    end_issue(b, s);
    return false;
}
