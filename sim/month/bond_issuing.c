/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_issuing - an issue gathers issuers, is reviewed, and is sold in tranches when the market is open; or it dissolves.
 *
 *   gathers   until it is full, or for `gathering` months; with fewer issuers or less money than its least it dissolves
 *   chooses   issuers who answer for each other leave out whom they expect to cost them more than he bears of the cost
 *   reviewed  `review` months later; then it waits for the window, the money of the body behind it and buyers, at most window_wait
 *   sold      senior tranche to investors, junior to its holder; issuers get the proceeds less fees, and owe what they asked for */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>

/* -- who takes part -------------------------------------------------------------------------------------------------------------- */
static void leave(const struct bond_book *b, size_t s, struct bond *q)
{
    struct issue *issue = &b->r->issues.row[s];
    issue->members--;
    issue->principal = money_sub(issue->principal, q->asked);
    q->asked = FEN(0); /* nothing is to be told of it any more */
    q->issue = UINT32_MAX;
    b->r->bond_record.left++;
}

/* Still in it, in the book of this month. */
static bool stays(const struct bond *q)
{
    return q->asked.fen > 0;
}

static bool enough(const struct issue *s, const struct issue_terms *o)
{
    return s->members >= o->members_min && s->principal.fen >= o->amount_min.fen && s->members > 0;
}

/* Who has died since, or is behind with a bank. */
static void drop_the_failing(const struct bond_book *b, size_t s)
{
    const struct enterprises *e = &b->r->enterprises;
    EACH_BOND(b, s, q)
    if (stays(q) && (e->status[q->row] != ACTIVE || e->worst[q->row] > 0))
        leave(b, s, q);
}

/* What the others believe of one of them: papers, and what they know of each other. */
static double peers_believe(const struct bond_book *b, const struct bond *q, double precision)
{
    struct bond seen = *q;
    struct luck luck = b->w->luck;
    luck.month = b->w->month / 12;
    const struct enterprises *e = &b->r->enterprises;
    double error = ld_normal_quantile(draw(luck, enterprise_identity(e, q->row), DRAW_BOND_PEERS));
    double value = (double)e->quality[q->row] + error / __builtin_sqrt(precision);
    seen.weighted = (float)((double)q->weighted + precision * value);
    seen.precision = (float)((double)q->precision + precision);
    return bonds_believe(b->r, &seen);
}

/* Per yuan of his bond, what one costs the others beyond what he bears of the cost of the issue; the worst. */
static struct bond *worst_of(const struct bond_book *b, size_t s, const struct issue_terms *o, double precision)
{
    const struct issue *issue = &b->r->issues.row[s];
    double brings = money_to_yuan(o->cost) / (money_to_yuan(issue->principal) + 1.0), years = o->term / 12.0;
    double most = brings / (o->cross * bonds_lgd(b->r) * years);
    struct bond *worst = NULL;
    EACH_BOND(b, s, q)
    {
        double pd = stays(q) ? peers_believe(b, q, precision) : 0.0;
        if (pd > most) {
            most = pd;
            worst = q;
        }
    }
    return worst;
}

/* Nobody is left out whom the issue needs to come about. */
static void watch_each_other(const struct bond_book *b, size_t s, const struct issue_terms *o)
{
    const struct issue *issue = &b->r->issues.row[s];
    double precision = precision_of_auc(0.5 + o->peers);
    if (o->cross <= 0.0 || precision <= 0.0)
        return;
    for (;;) {
        struct bond *worst = worst_of(b, s, o, precision);
        if (worst == NULL || issue->members - 1 < o->members_min ||
            money_sub(issue->principal, worst->asked).fen < o->amount_min.fen)
            return;
        leave(b, s, worst);
    }
}

/* -- sale ---------------------------------------------------------------------------------------------------------------------------- */
bool bonds_window_open(const struct region *r)
{
    return r->macro + P(r, macro)->stress >= P(r, bond_market)->window_shut;
}

/* Instruments that give back coupons, and of what an issuer pays, as it knows, what it gets back. */
struct refunds {
    int n;
    int32_t by[MAX_LINES];
    double part[MAX_LINES];
};
static struct refunds refunds_of(const struct region *r)
{
    struct refunds all;
    all.n = 0;
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(r, k)->aid(r, k, &one);
        if (one.coupon <= 0.0)
            continue;
        all.by[all.n] = k;
        all.part[all.n++] = one.coupon;
    }
    return all;
}

static double refunded(const struct region *r, const struct refunds *all, uint32_t i)
{
    double back = 0.0;
    for (int j = 0; j < all->n; j++)
        back += enterprise_member(&r->enterprises, i, all->by[j]) ? all->part[j] : 0.0;
    return ld_min(back, 1.0);
}

/* The price, once all to whom it is too dear have left. */
static struct issue_price price_of(const struct bond_book *b, size_t s, const struct issue_terms *o)
{
    const struct refunds refunds = refunds_of(b->r);
    for (;;) {
        struct issue_price price = bonds_price(b, s, o);
        int32_t before = b->r->issues.row[s].members;
        EACH_BOND(b, s, q)
        {
            double all = price.rate * (1.0 - refunded(b->r, &refunds, q->row)) + o->guaranteed * o->guarantee_fee;
            if (stays(q) && all > (double)q->reservation)
                leave(b, s, q);
        }
        if (b->r->issues.row[s].members == before || before == 0)
            return price;
    }
}

/* The first licensed guarantor that has room for it, and may bear its largest issuer; -1: none. */
static int32_t guarantor_for(const struct bond_book *b, size_t s, const struct issue_terms *o)
{
    const struct region *r = b->r;
    money all = money_scale(r->issues.row[s].principal, (1.0 - o->junior) * o->guaranteed), largest = FEN(0);
    EACH_BOND(b, s, q)
    largest = money_max(largest, money_scale(q->asked, o->guaranteed));
    for (int32_t p = 0; p < r->n_bearers; p++) {
        const struct bearer *bearer = &r->bearer[p];
        if (r->line[bearer->line].group != GROUP_guarantee || !r->line[bearer->line].stood ||
            bearer->room.fen < all.fen)
            continue;
        double client = POLICY(r, bearer->line, guarantee)->client_share;
        if (largest.fen <= money_scale(bearer_net_worth(bearer), client).fen)
            return p;
    }
    return -1;
}

/* The body behind it has money for the junior tranche, and may be bound for what it guarantees. */
static bool body_bears(const struct region *r, const struct issue *s, const struct issue_terms *o, money senior,
                       money junior)
{
    const struct body *body = &r->line[s->instance].body;
    money keeps = o->holder == JUNIOR_BODY ? junior : FEN(0);
    money bound = money_add(body->bound, money_scale(senior, o->guaranteed));
    return keeps.fen <= body->cash.fen &&
           (o->guaranteed <= 0.0 || o->licensed ||
            money_to_yuan(bound) <= o->leverage * money_to_yuan(money_sub(body->cash, keeps)));
}

/* One part of what the issue brings and costs to each issuer; the residue of the split stays with the trustee. */
static void pay_issuers(const struct bond_book *b, size_t s, money proceeds)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    EACH_BOND(b, s, q)
    {
        if (!stays(q))
            continue;
        money part = money_part(proceeds, q->asked, issue->principal);
        trust_give(r, issue, FLOW_BOND_PROCEEDS, part);
        r->enterprises.cash[q->row] = money_add(r->enterprises.cash[q->row], part);
        market_flow(r, FLOW_BOND_OWED, q->asked);
        q->principal = q->asked;
        q->sold = 1;
        r->bond_record.issuers++;
        r->bond_record.sold += 1.0;
    }
}

static void reward_buyers(const struct bond_book *b, size_t s, money senior)
{
    struct region *r = b->r;
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(r, k)->aid(r, k, &one);
        if (one.reward <= 0.0)
            continue;
        money reward = money_scale(senior, one.reward * bonds_admitted(b, s, k));
        if (reward.fen > 0)
            line_spend(r, k, FLOW_BOND_REWARD, reward);
    }
}

/* Who guarantees it is bound for it from now on. */
static void bind_guarantor(struct region *r, struct issue *s)
{
    money all = money_scale(s->senior, s->guaranteed);
    if (s->guarantor >= 0)
        r->bearer[s->guarantor].room = money_positive(money_sub(r->bearer[s->guarantor].room, all));
    else
        r->line[s->instance].body.bound = money_add(r->line[s->instance].body.bound, all);
}

static void note_terms(struct issue *s, const struct issue_terms *o, const struct issue_price *price, int32_t month)
{
    s->state = ISSUE_SOLD;
    s->sold = month;
    s->matures = month + (o->term + o->every - 1) / o->every * o->every;
    s->every = o->every;
    s->amortises = o->amortises;
    s->holder = (uint8_t)o->holder;
    s->rate = price->rate;
    s->yield = price->yield;
    s->cross = o->cross;
    s->guaranteed = o->guaranteed;
    s->guarantee_fee = o->guaranteed * o->guarantee_fee;
}

/* What instruments have to do with its issuers: who funds it in a default, who is liable for papers; returns what that costs. */
static money note_aids(const struct bond_book *b, size_t s)
{
    struct issue *issue = &b->r->issues.row[s];
    money cost = FEN(0);
    EACH_HOOKED(b->r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(b->r, k)->aid(b->r, k, &one);
        issue->funded = one.fund > 0.0 ? ld_max(issue->funded, bonds_admitted(b, s, k)) : issue->funded;
    }
    EACH_BOND(b, s, q)
    {
        if (!stays(q))
            continue;
        struct issue_aid aid = bonds_aid(b->r, q->row);
        cost = money_add(cost, aid.cost);
        q->liable = aid.penalty > 0.0;
        issue->penalty = ld_max(issue->penalty, aid.penalty);
        issue->finds = ld_max(issue->finds, aid.finds);
    }
    return cost;
}

static void sell(const struct bond_book *b, size_t s, const struct issue_terms *o, const struct issue_price *price)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    struct body *body = &r->line[issue->instance].body;
    issue->junior = money_scale(issue->principal, o->junior);
    issue->senior = money_sub(issue->principal, issue->junior);
    note_terms(issue, o, price, b->w->month);
    trust_take(r, issue, FLOW_BOND_SOLD, issue->senior);
    if (o->holder == JUNIOR_BODY) {
        trust_take(r, issue, FLOW_BOND_JUNIOR, issue->junior);
        body->cash = money_sub(body->cash, issue->junior);
    }
    bind_guarantor(r, issue);
    money fees = money_add(money_scale(issue->principal, o->underwriting), o->cost);
    fees = money_add(fees, note_aids(b, s));
    fees = money_min(fees, issue->account);
    trust_give(r, issue, FLOW_BOND_FEES, fees);
    pay_issuers(b, s, issue->account);
    reward_buyers(b, s, issue->senior);
    double keep = P(r, credit)->news_memory, all = price->rate + o->guaranteed * o->guarantee_fee;
    struct bond_record *m = &r->bond_record;
    m->rate = m->rate > 0.0 ? keep * m->rate + (1.0 - keep) * all : all;
    m->wait =
        keep * (m->wait > 0.0 ? m->wait : b->w->month - issue->opened) + (1.0 - keep) * (b->w->month - issue->opened);
    m->issues++;
    m->issued = money_add(m->issued, issue->principal);
}

/* -- the month ------------------------------------------------------------------------------------------------------------------------- */
static bool dissolve(const struct bond_book *b, size_t s)
{
    EACH_BOND(b, s, q)
    if (stays(q))
        leave(b, s, q);
    b->r->bond_record.dissolved++;
    return false;
}

static bool gathered(const struct bond_book *b, const struct issue *s, const struct issue_terms *o)
{
    return s->members >= o->members_max || b->w->month - s->opened >= o->gathering ||
           money_add(s->principal, o->ticket_min).fen > o->amount_max.fen;
}

static bool try_to_sell(const struct bond_book *b, size_t s, struct issue_terms *o)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    bool waits = b->w->month < issue->ready + P(r, bond_market)->window_wait;
    if (!enough(issue, o))
        return dissolve(b, s);
    if (!bonds_window_open(r))
        return waits || dissolve(b, s);
    issue->guarantor = o->licensed ? guarantor_for(b, s, o) : -1;
    if (o->licensed && o->guaranteed > 0.0 && issue->guarantor < 0)
        return waits || dissolve(b, s);
    o->backed_by = issue->guarantor >= 0 ? r->bearer[issue->guarantor].line : issue->instance;
    struct issue_price price = price_of(b, s, o);
    if (!enough(issue, o))
        return dissolve(b, s);
    money junior = money_scale(issue->principal, o->junior), senior = money_sub(issue->principal, junior);
    if (price.loss > P(r, bond_market)->loss_max || !body_bears(r, issue, o, senior, junior))
        return waits || dissolve(b, s);
    sell(b, s, o, &price);
    return true;
}

bool issue_grows(const struct bond_book *b, size_t s)
{
    struct region *r = b->r;
    struct issue *issue = &r->issues.row[s];
    struct issue_terms o = {0};
    if (!LINE_COMMON(r, issue->instance)->enabled)
        return dissolve(b, s);
    instrument_of(r, issue->instance)->issue(r, issue->instance, &o);
    if (b->unsettled[s])
        drop_the_failing(b, s);
    if (issue->state != ISSUE_PREPARED) {
        if (issue->state != ISSUE_FULL && !gathered(b, issue, &o))
            return true;
        if (!enough(issue, &o))
            return dissolve(b, s);
        watch_each_other(b, s, &o);
        issue->state = ISSUE_PREPARED;
        issue->ready = b->w->month + o.review;
    }
    return b->w->month < issue->ready || try_to_sell(b, s, &o);
}
