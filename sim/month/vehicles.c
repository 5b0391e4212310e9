/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vehicles - funds of the regions of a community invest in each other's enterprises (mechanisms M9, M10; Instrument 56).
 *
 * A fund does so by a vehicle of its own in the other region: a fund there, all of it its money, without fee or carry, that asks,
 * looks, prices, holds and sells as every fund there.  Each month a manager sends his people where an hour of theirs is expected to
 * bring most, and the money with them that they may need; what is not used is free again next month.
 * What a vehicle calls its fund calls of its partners; what it gets goes to the fund at once, and through its waterfall. */
#include <liandong/instrument.h>
#include <liandong/rounds.h>
#include <string.h>

/* -- money ------------------------------------------------------------------------------------------------------------------ */
money vehicle_call(struct region *r, struct fund *f, money amount)
{
    struct vehicle *v = &r->vehicles.row[f->vehicle - 1];
    amount = money_min(amount, fund_uncalled(f));
    f->called[PARTNER_MANAGER] = money_add(f->called[PARTNER_MANAGER], amount);
    f->cash = money_add(f->cash, amount);
    v->called = money_add(v->called, amount);
    market_flow(r, FLOW_VEHICLE_CALLED, amount);
    return amount;
}

/* The fund calls what its vehicle has called; it was set aside. */
static void call_for(struct region *home, struct fund *of, struct vehicle *v)
{
    money came = fund_call(home, of, v->called);
    BUG_ON(came.fen != v->called.fen);
    of->cash = money_sub(of->cash, came);
    of->sent = money_add(of->sent, came);
    market_flow(home, FLOW_TO_MEMBERS, came);
    v->called = FEN(0);
}

static money news(money now, money *told)
{
    money more = money_sub(now, *told);
    *told = now;
    return more;
}

static void settle(struct region *home, struct region *r, struct vehicle *v)
{
    struct fund *f = &r->funds.row[v->fund], *of = &home->funds.row[v->of];
    if (v->called.fen > 0)
        call_for(home, of, v);
    of->away = money_add(of->away, news(f->cost, &v->cost));
    of->proceeds = money_add(of->proceeds, news(f->proceeds, &v->proceeds));
    of->counted = money_add(of->counted, news(f->counted, &v->fulfilled));
    of->cash = money_add(of->cash, f->cash);
    market_flow(r, FLOW_VEHICLE_PAID, f->cash);
    market_flow(home, FLOW_MEMBERS_BACK, f->cash);
    f->cash = FEN(0);
}

void vehicles_settle(struct world *w)
{
    for (int32_t b = 0; b < w->n_regions; b++) {
        struct region *r = &w->region[b];
        for (size_t k = 0; k < r->vehicles.n; k++)
            settle(&w->region[r->vehicles.row[k].region], r, &r->vehicles.row[k]);
    }
}

bool vehicle_counts(const struct world *w, const struct region *r, const struct fund *f, uint32_t row)
{
    const struct vehicle *v = &r->vehicles.row[f->vehicle - 1];
    const struct region *home = &w->region[v->region];
    const struct fund *of = &home->funds.row[v->of];
    return v->counts && of->line >= 0 &&
           mandate_counts(of, r->enterprises.stage[row], w->month - r->enterprises.founded[row]) &&
           (!LINE_COMMON(home, of->line)->registered_only || tech_registered(r, row));
}

/* -- between months --------------------------------------------------------------------------------------------------------- */
/* Looks' worth of time that goes into what a fund holds. */
static int32_t serving(const struct region *r, const struct fund *f)
{
    double hours = fund_hours_wanted(r, f);
    return hours > 0.0 ? (int32_t)(hours / fund_kind(r, f)->look_hours + 0.999) : 0;
}

/* Nobody looks and nothing is set aside until somebody is sent; what is held has its people's time. */
static void idle(struct world *w, struct region *r)
{
    for (size_t k = 0; k < r->vehicles.n; k++) {
        struct fund *f = &r->funds.row[r->vehicles.row[k].fund];
        f->state = FUND_HARVESTING;
        f->committed[PARTNER_MANAGER] = f->called[PARTNER_MANAGER];
        f->rule.looks = serving(r, f);
        w->region[r->vehicles.row[k].region].funds.row[r->vehicles.row[k].of].travels += f->rule.looks;
    }
}

static void call_home(struct world *w)
{
    for (int32_t b = 0; b < w->n_regions; b++) {
        const struct vehicles *v = &w->region[b].vehicles;
        for (size_t k = 0; k < v->n; k++) {
            struct fund *of = &w->region[v->row[k].region].funds.row[v->row[k].of];
            of->set_aside = FEN(0);
            of->travels = 0;
        }
    }
    for (int32_t b = 0; b < w->n_regions; b++)
        idle(w, &w->region[b]);
}

/* -- where to look ---------------------------------------------------------------------------------------------------------- */
/* A region where a manager's people may look this month. */
struct trip {
    int32_t region;
    double worth;  /* of an hour, as others */
    double looks;  /* that one takes, over one at home */
    double asks;   /* expected by a fund like his */
    double profit; /* of a yuan */
};

/* Funds of one region that one community lets invest in others. */
struct sending {
    struct world *w;
    struct region *home;
    int32_t k, n;
    struct community_terms terms;
    const int32_t (*open)[N_STAGES]; /* [region]: funds that make first investments in a stage */
    struct trip *trip;               /* [n]; home among them */
    const int32_t *member;           /* [n]: regions, home among them */
    int32_t *vehicle;                /* [n][fund]: of the fund there, its place plus 1; 0: none */
};

static double looks_there(const struct sending *s, const struct fund *f, const struct region *r)
{
    struct identity who = manager_identity(s->home, &s->home->manager[f->manager]);
    struct luck luck = s->w->luck;
    luck.month = 0;
    double z = ld_normal_quantile(draw(luck, (struct identity){ld_mix(who.origin, r->id), who.index}, DRAW_DISTANCE));
    return ld_max(s->terms.distance * ld_exp(s->terms.spread * z), 1.0);
}

/* Rounds asked for there are shared by the funds that are there and this one; somebody may ask in any case. */
static struct trip weigh(const struct sending *s, const struct fund *f, int32_t member)
{
    const struct region *r = &s->w->region[member];
    const struct equity_market *m = &r->equity;
    const int32_t *open = s->open[member];
    bool home = r == s->home;
    double asks = 1.0 / (1.0 + open[f->rule.stage_from]), granted = 1.0, asked = 2.0;
    for (int32_t stage = f->rule.stage_from; stage <= f->rule.stage_to; stage++) {
        asks += m->deals[stage] / (1.0 + open[stage]);
        granted += m->granted[stage];
        asked += m->asked[stage];
    }
    struct trip p = {.region = member,
                     .looks = home ? 1.0 : looks_there(s, f, r),
                     .profit = fund_profit_here(r, f, f->rule.stage_from)};
    p.asks = home ? asks : asks * policy_reach(r, s->k);
    p.worth = granted / asked * p.profit / p.looks;
    return p;
}

/* Best first; of those alike the first in order of regions. */
static void weigh_all(struct sending *s, const struct fund *f)
{
    for (int32_t j = 0; j < s->n; j++) {
        struct trip p = weigh(s, f, s->member[j]);
        int32_t at = j;
        for (; at > 0 && s->trip[at - 1].worth < p.worth; at--)
            s->trip[at] = s->trip[at - 1];
        s->trip[at] = p;
    }
}

/* -- vehicles --------------------------------------------------------------------------------------------------------------- */
/* The fund's own rule, without what concerns partners. */
static struct fund_rule rule_of(const struct fund *f, const struct community_terms *o)
{
    struct fund_rule q = f->rule;
    q.reserves = q.fee = q.carry = q.hurdle = q.catch_up = q.stake = q.ceded = q.first_loss = 0.0;
    q.looks = q.window = 0;
    q.mandate = (struct mandate){0};
    q.auc_lost = o->auc_lost;
    q.linked = o->linked;
    return q;
}

static enum status make(const struct sending *s, struct region *r, size_t of, int32_t *place)
{
    const struct fund *f = &s->home->funds.row[of];
    const struct manager *m = &s->home->manager[f->manager];
    TRY(LIST_RESERVE(&r->funds, r->funds.n + 1));
    TRY(LIST_RESERVE(&r->vehicles, r->vehicles.n + 1));
    int32_t fund = fund_add(r, &(struct fund){.rule = rule_of(f, &s->terms),
                                              .kind = f->kind,
                                              .manager = -1,
                                              .line = -1,
                                              .state = FUND_HARVESTING,
                                              .begun = s->w->month,
                                              .opened = f->opened,
                                              .ends = f->ends,
                                              .vehicle = (int32_t)r->vehicles.n + 1});
    struct identity who = manager_identity(s->home, m);
    r->vehicles.row[r->vehicles.n++] = (struct vehicle){.fund = fund,
                                                        .line = s->k,
                                                        .region = s->home->index,
                                                        .of = (int32_t)of,
                                                        .circle = (int32_t)manager_circle(s->home, m, fund_circles(r)),
                                                        .counts = s->terms.counts,
                                                        .name = ld_mix(who.origin, (uint64_t)m->nth)};
    *place = (int32_t)r->vehicles.n;
    return OK;
}

/* For every region of the community, which vehicle a fund has there. */
static void find_vehicles(struct sending *s)
{
    size_t funds = s->home->funds.n;
    memset(s->vehicle, 0, (size_t)s->n * funds * sizeof *s->vehicle);
    for (int32_t j = 0; j < s->n; j++) {
        const struct vehicles *v = &s->w->region[s->member[j]].vehicles;
        for (size_t k = 0; k < v->n; k++)
            if (v->row[k].region == s->home->index && v->row[k].line == s->k)
                s->vehicle[(size_t)j * funds + (size_t)v->row[k].of] = (int32_t)k + 1;
    }
}

static int32_t *vehicle_in(const struct sending *s, int32_t region, size_t of)
{
    int32_t j = 0;
    while (s->member[j] != region)
        j++;
    return &s->vehicle[(size_t)j * s->home->funds.n + of];
}

/* -- a fund's month --------------------------------------------------------------------------------------------------------- */
/* What it may still send: of its share what it has not sent, as far as it has money for it. */
static money room_of(const struct sending *s, const struct fund *f)
{
    money most = from_yuan(ld_min(s->terms.share * fund_investable(f), 1e13));
    money left = money_positive(money_sub(most, money_add(f->sent, f->set_aside)));
    return money_min(left, fund_dry_powder(s->w, f, f->state == FUND_HARVESTING));
}

/* Sets money aside for so many looks of its people there. */
static void send(struct region *r, struct fund *of, int32_t vehicle, int32_t looks, money part, bool first)
{
    struct fund *f = &r->funds.row[r->vehicles.row[vehicle - 1].fund];
    f->state = first ? FUND_INVESTING : f->state;
    f->rule.looks += looks;
    f->committed[PARTNER_MANAGER] = money_add(f->committed[PARTNER_MANAGER], part);
    of->set_aside = money_add(of->set_aside, part);
}

/* Looks that people have time for in so much of a month; most of them. */
static int32_t looks_in(double time, const struct trip *p, double most)
{
    double whole = most < 1e6 ? most + 0.999999 : 1e6, room = time / p->looks;
    return (int32_t)(room < whole ? room : whole);
}

/* First investments: time goes where it is worth most, as far as anybody is expected to ask there, then to the next. */
static enum status send_to_look(struct sending *s, size_t of, double *time, money *room)
{
    weigh_all(s, &s->home->funds.row[of]);
    for (int32_t j = 0; j < s->n && *time >= 1.0; j++) {
        struct fund *f = &s->home->funds.row[of];
        const struct trip *p = &s->trip[j];
        struct region *r = &s->w->region[p->region];
        int32_t looks = p->worth > 0.0 && p->asks > 0.0 ? looks_in(*time, p, p->asks) : 0;
        money part = r == s->home ? FEN(0) : money_min(*room, fund_deal_size(s->w, f));
        bool goes = r == s->home || (part.fen >= f->rule.ticket_min.fen && part.fen > 0 &&
                                     fund_sends(s->w, s->home, f, part, p->profit, s->terms.counts));
        if (looks == 0 || !goes)
            continue;
        *time -= looks * p->looks;
        if (r == s->home)
            continue;
        int32_t *vehicle = vehicle_in(s, p->region, of);
        if (*vehicle == 0)
            TRY(make(s, r, of, vehicle));
        send(r, f, *vehicle, looks, part, true);
        f->travels += (int32_t)(looks * p->looks + 0.999999);
        *room = money_sub(*room, part);
    }
    return OK;
}

/* Follow-ons: where it holds something and sends nobody else, one look and the money for it. */
static void send_to_holdings(struct sending *s, size_t of, double *time, money *room)
{
    struct fund *f = &s->home->funds.row[of];
    for (int32_t j = 0; j < s->n; j++) {
        struct region *r = &s->w->region[s->member[j]];
        int32_t vehicle = s->vehicle[(size_t)j * s->home->funds.n + of];
        const struct fund *there = vehicle > 0 ? &r->funds.row[r->vehicles.row[vehicle - 1].fund] : NULL;
        if (there == NULL || there->held == 0 || there->state == FUND_INVESTING)
            continue;
        struct trip p = {.looks = looks_there(s, f, r)};
        money part = money_min(*room, f->state == FUND_INVESTING ? fund_deal_size(s->w, f) : f->rule.ticket_max);
        if (part.fen == 0 || part.fen < f->rule.ticket_min.fen || looks_in(*time, &p, 1.0) == 0)
            continue;
        send(r, f, vehicle, 1, part, false);
        *time -= p.looks;
        f->travels += (int32_t)(p.looks + 0.999999);
        *room = money_sub(*room, part);
    }
}

static enum status send_from(struct sending *s)
{
    size_t funds = s->home->funds.n; /* vehicles are made elsewhere */
    find_vehicles(s);
    for (size_t k = 0; k < funds; k++) {
        const struct fund *f = &s->home->funds.row[k];
        if (f->manager < 0 || (f->state != FUND_INVESTING && f->state != FUND_HARVESTING))
            continue;
        money room = room_of(s, f);
        double time = fund_looks(s->home, f);
        if (f->state == FUND_INVESTING)
            TRY(send_to_look(s, k, &time, &room));
        send_to_holdings(s, k, &time, &room);
    }
    return OK;
}

/* -- all -------------------------------------------------------------------------------------------------------------------- */
static bool anybody_united(const struct world *w)
{
    bool united = false;
    for (int32_t k = 0; k < w->n_regions && w->n_regions > 1; k++)
        united = united || w->region[k].hooked[HOOK_UNITE].n > 0 || w->region[k].vehicles.n > 0;
    return united;
}

/* Before anybody is called home: as all saw the market last. */
static void count_open(const struct world *w, int32_t (*open)[N_STAGES])
{
    memset(open, 0, (size_t)w->n_regions * sizeof *open);
    for (int32_t b = 0; b < w->n_regions; b++)
        for (size_t k = 0; k < w->region[b].funds.n; k++)
            for (int32_t stage = 0; stage < N_STAGES; stage++)
                open[b][stage] += fund_takes(&w->region[b].funds.row[k], stage, 0);
}

/* Members of a community, as seen from a region in which it stands. */
static int32_t list_members(const struct world *w, int32_t k, int32_t *member)
{
    int32_t n = 0;
    for (int32_t b = 0; b < w->n_regions; b++)
        if (LINE_COMMON(&w->region[b], k)->enabled)
            member[n++] = b;
    return n;
}

enum status vehicles_send(struct world *w)
{
    if (!anybody_united(w))
        return OK;
    size_t regions = (size_t)w->n_regions;
    int32_t(*open)[N_STAGES] = arena_take(&w->market, regions, sizeof *open);
    int32_t *member = arena_take(&w->market, regions, sizeof *member);
    struct trip *trip = arena_take(&w->market, regions, sizeof *trip);
    if (open == NULL || member == NULL || trip == NULL)
        return NO_MEMORY;
    count_open(w, open);
    call_home(w);
    for (int32_t b = 0; b < w->n_regions; b++) {
        struct region *r = &w->region[b];
        EACH_HOOKED(r, HOOK_UNITE, k)
        {
            struct sending s = {.w = w, .home = r, .k = k, .trip = trip, .member = member};
            s.open = (const int32_t(*)[N_STAGES])open;
            s.n = list_members(w, k, member);
            instrument_of(r, k)->unite(r, k, &s.terms);
            s.vehicle = arena_take(&w->market, (size_t)s.n * r->funds.n + 1, sizeof *s.vehicle);
            if (s.vehicle == NULL)
                return NO_MEMORY;
            TRY(send_from(&s));
        }
    }
    return OK;
}
