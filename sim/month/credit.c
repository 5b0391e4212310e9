/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit - banks screen, price, ration and enrol (mechanisms M5, M7).
 *
 * Each bank settles alone from its own hours and room, in an order of quantised keys and then of arrival; the room of covers,
 * which several banks share, is dealt afterwards over what was granted. */
#include <liandong/fetch.h>
#include <liandong/linking.h>
#include <liandong/mathx.h>
#include <liandong/quoting.h>
#include <string.h>

/* -- one application --------------------------------------------------------------------------------------------------- */
/* What lending standards allow: security, and so much of sales; before sales a small unsecured amount, or as much as an
 * instrument has it. */
static money lending_limit(const struct region *r, const struct application *a, double least)
{
    const struct credit_params *c = P(r, credit);
    if (a->offered > 0) /* promised, whatever its standards are */
        return a->asked;
    double unsecured = c->limit_sales * (double)a->sales;
    double limit = (unsecured > least ? unsecured : least) + money_to_yuan(a->pledge);
    limit -= money_to_yuan(application_other_debt(a));
    return money_min(a->asked, from_yuan(limit > 0.0 ? limit : 0.0));
}

static int32_t choose_effort(const struct region *r, const struct application *a, double hours, double *worth)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[a->bank];
    double amount = money_to_yuan(a->granted), precision = (double)a->precision, top = -1e300;
    *worth = (double)a->margin * amount;
    if (a->flags &
        (APPLY_HEAD_OFFICE | APPLY_PROMISED)) /* soft information does not travel (Stein 2002); or is of no use */
        return 0;
    double penalty = b->penalty * (1.0 - (double)a->tolerated);
    double slope = ((double)a->rate + b->lgd * (1.0 - (double)a->cover) + penalty) * amount;
    int32_t best = 0;
    for (int32_t e = 0; e <= 2; e++) {
        double gained = 1.0 / (1.0 + precision) - 1.0 / (1.0 + precision + e * b->tau_effort);
        double spread = slope * (double)a->pd * b->loading * __builtin_sqrt(gained),
               cost = e * c->effort_hours * money_to_yuan(c->hour_cost);
        if (e * c->effort_hours > hours || credit_screening_most(*worth, spread) - cost <= top)
            continue;
        double value = credit_screening_value(*worth, spread) - cost;
        if (value > top + 1e-9) {
            top = value;
            best = e;
        }
    }
    *worth = top;
    return best;
}

/* What it believes after so many blocks of screening: sets the expected quality, returns the probability of default. */
static double with_effort(const struct region *r, struct application *a, int32_t effort)
{
    double weighted = (double)a->signal, precision = (double)a->precision, tau = r->bank[a->bank].tau_effort, expected;
    for (int32_t e = 0; e < effort; e++) {
        double quality = (double)r->enterprises.quality[a->row]; /* only to make the signals that an effort buys */
        weighted += tau * quality + __builtin_sqrt(tau) * (double)a->effort[e];
        precision += tau;
    }
    double cell = believed_pd(r, a->bank, a->cell + a->lifted);
    double pd = posterior_pd(cell, r->bank[a->bank].loading, weighted, precision, &expected);
    a->expected = (float)expected;
    return pd;
}

static void take(struct application *a, double pd, const struct offer *best)
{
    a->pd = (float)pd;
    a->rate = (float)ld_max(best->rate + (double)a->change, 0.0);
    a->margin = (float)(best->margin + (1.0 - pd) * ((double)a->rate - best->rate) + (double)a->kept);
    a->covers = best->covers;
    a->cover = (float)best->cover;
    a->paperwork = (float)best->paperwork;
    a->fee = (float)best->fee;
    a->gain = (float)best->gain;
    a->flags = (uint8_t)((a->flags & ~APPLY_REFINANCED) | (best->refinanced ? APPLY_REFINANCED : 0));
}

void credit_offers(const struct region *r, struct application *const *a, const double *pd, size_t n)
{
    struct lending option[LOOKED_AT][MAX_OPTIONS];
    struct quest quest[LOOKED_AT] = {{.n = 0}};
    struct offer offer[LOOKED_AT];
    for (size_t j = 0; j < n; j++)
        quest[j] = (struct quest){a[j], pd[j], option[j], list_options(r, a[j], option[j])};
    best_offers(r, quest, n, offer);
    for (size_t j = 0; j < n; j++)
        take(a[j], pd[j], &offer[j]);
}

static void take_offer(const struct region *r, struct application *a, double pd)
{
    credit_offers(r, &a, &pd, 1);
}

/* -- what decides ---------------------------------------------------------------------------------------------------------- */
/* Larger margins first: an integer key, then the order of arrival. */
static uint32_t rank_of(double value)
{
    double q = 2147483648.0 - value * 1e6;
    return q < 0.0 ? 0 : q > 4294967295.0 ? UINT32_MAX : (uint32_t)q;
}

/* What refusing would cost, per yuan granted: of the line that cannot be repaid from its account, the bank would lose its
 * share (M5: rolling over is the lesser evil). */
static double refusal_cost(const struct region *r, const struct application *a)
{
    double gap = money_to_yuan(a->replaced) - (double)a->cash;
    return gap > 0.0 ? r->bank[a->bank].lgd * gap / (money_to_yuan(a->granted) + 1.0) : 0.0;
}

/* What lending brings over refusing. */
static double lending_gain(const struct region *r, const struct application *a)
{
    return (double)a->margin + refusal_cost(r, a);
}

/* A loss is taken only where the bank has promised to lend. */
static bool refuses(const struct region *r, const struct application *a)
{
    return lending_gain(r, a) <= 0.0 && (a->flags & APPLY_PROMISED) == 0;
}

static bool must_go_up(const struct region *r, const struct application *a)
{
    return (a->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL)) == 0 && a->package == 0 && /* decided on as a whole */
           (a->by_head || a->granted.fen > r->branch[a->branch].authority.fen);
}

double credit_size(const struct region *r, struct application *a, double more)
{
    a->granted = lending_limit(r, a, ld_max(more, money_to_yuan(P(r, credit)->limit_unsecured)));
    double pd = with_effort(r, a, 0);
    a->pd = (float)pd;
    return pd;
}

/* What an application is worth to its bank before any screening, yuan a year; what goes up is lent later. */
double credit_worth(const struct region *r, const struct application *a)
{
    struct application here = *a;
    double worth;
    here.flags |= must_go_up(r, a) ? APPLY_HEAD_OFFICE : 0;
    choose_effort(r, &here, 1e9, &worth);
    double late = must_go_up(r, a) ? P(r, credit)->head_office_delay / 12.0 / application_years(r, a) : 0.0;
    return a->granted.fen < P(r, credit)->ticket_min.fen || worth < 0.0 ? 0.0 : worth * ld_max(1.0 - late, 0.0);
}

/* What instruments bring banks for lending to these, beside interest and cover; f: what is known of them, and so far nothing. */
static void ask_favours(const struct region *r, struct application *const *a, size_t n, struct favour *f)
{
    EACH_HOOKED(r, HOOK_FAVOUR, k)
    {
        const struct policy_common *p = LINE_COMMON(r, k);
        bool all = p->enabled && !p->registered_only && line_admits_all(r, k);
        void (*favour)(const struct region *, int32_t, const struct application *, struct favour *) =
            instrument_of(r, k)->favour;
        for (size_t j = 0; j < n; j++)
            if (all || line_open(r, k, a[j]->row))
                favour(r, k, a[j], &f[j]);
    }
}

static void take_favours(struct application *a, const struct favour *f)
{
    a->cheaper = (float)f->bonus;
    a->refinanced = (float)f->refinanced;
    a->tolerated = (float)(f->tolerated < 1.0 ? f->tolerated : 1.0);
    a->spared = (float)(f->hours < (double)a->hours ? f->hours : (double)a->hours);
    a->hours -= a->spared;
    a->counts = (float)f->counts;
    a->ceiling = (float)f->ceiling;
    a->agreed = (uint8_t)f->agreed;
    a->change = (float)f->change;
    a->kept = (float)f->kept;
    a->flags = (uint8_t)((a->flags & ~APPLY_PROMISED) | (f->must_lend ? APPLY_PROMISED : 0));
}

/* A product that lends more under a ceiling; whether there is one. */
static bool widen(const struct application *a, const struct favour *f, struct application *wider)
{
    if (f->product == 0 || a->offered > 0)
        return false;
    money limit = from_yuan(ld_max(f->limit - money_to_yuan(application_other_debt(a)), 0.0));
    money granted = money_min(a->asked, limit);
    if (granted.fen <= a->granted.fen)
        return false;
    *wider = *a;
    wider->granted = granted;
    wider->staged = (uint8_t)f->product;
    wider->capped = (float)f->spread_max;
    return true;
}

/* It is taken where it brings the bank more than its usual standards. */
static void try_products(const struct region *r, struct application *const *a, const double *pd, const struct favour *f,
                         size_t n)
{
    struct application wider[LOOKED_AT], *row[LOOKED_AT], *usual[LOOKED_AT];
    double of[LOOKED_AT];
    size_t many = 0;
    for (size_t j = 0; j < n; j++) {
        row[many] = &wider[many];
        usual[many] = a[j];
        of[many] = pd[j];
        many += widen(a[j], &f[j], &wider[many]);
    }
    credit_offers(r, row, of, many);
    for (size_t j = 0; j < many; j++) {
        double least = ld_max(lending_gain(r, usual[j]), 0.0) * money_to_yuan(usual[j]->granted);
        if (lending_gain(r, &wider[j]) * money_to_yuan(wider[j].granted) > least)
            *usual[j] = wider[j];
    }
}

/* -- first looks --------------------------------------------------------------------------------------------------------- */
enum { AHEAD = 6 };
/* What the enterprise takes part in, and what its bank believes of its like. */
FETCHES void fetch_known(const struct region *r, const struct application *a)
{
    const struct enterprises *e = &r->enterprises;
    __builtin_prefetch(&r->belief[(size_t)a->bank * (N_BELIEFS + N_PARENTS) + a->cell]);
    for (size_t word = 0; word < e->words; word++)
        __builtin_prefetch(&e->member[word * e->capacity + a->row]);
    fetch_backing(r, a->row);
}

/* What lists remember of applicants: deeds of those who have any, and what funds hold of theirs.  A step reads what the one before it
 * has asked for, and asks for more. */
FETCHES void fetch_start(const struct starts *s, uint32_t row)
{
    if (s->n > 0)
        __builtin_prefetch(&s->row[row / ROWS_A_START]);
}

FETCHES void fetch_rows_of(const struct starts *s, uint32_t row)
{
    size_t nth = row / ROWS_A_START;
    if (nth + 1 < s->n)
        fetch_lines(&s->of[s->row[nth]], (s->row[nth + 1] - s->row[nth]) * sizeof *s->of);
}

FETCHES void fetch_thing(const struct starts *s, uint32_t row, const void *list, size_t size)
{
    size_t k = tables_find(s, s->things, row);
    if (tables_is_of(s, k, row))
        fetch_lines((const char *)list + k * size, size);
}

FETCHES void fetch_starts(const struct region *r, const struct application *a)
{
    __builtin_prefetch(&r->enterprises.owned[a->row]);
    fetch_start(&r->deeds.starts, a->row);
    fetch_start(&r->positions.held.starts, a->row);
    fetch_start(&r->warrants.starts, a->row);
}

FETCHES void fetch_remembered_rows(const struct region *r, const struct application *a)
{
    if (!a->undeeded)
        fetch_rows_of(&r->deeds.starts, a->row);
    if ((r->enterprises.owned[a->row] & OWNED_BY_FUND) == 0)
        return;
    fetch_rows_of(&r->positions.held.starts, a->row);
    fetch_rows_of(&r->warrants.starts, a->row);
}

FETCHES void fetch_remembered(const struct region *r, const struct application *a)
{
    if (!a->undeeded)
        fetch_thing(&r->deeds.starts, a->row, r->deeds.row, sizeof *r->deeds.row);
    if ((r->enterprises.owned[a->row] & OWNED_BY_FUND) == 0)
        return;
    fetch_backing(r, a->row);
    fetch_thing(&r->warrants.starts, a->row, r->warrants.row, sizeof *r->warrants.row);
}

/* Another branch of its bank may handle it. */
static void route(const struct region *r, struct application *a)
{
    EACH_HOOKED(r, HOOK_ROUTE, k)
    {
        int32_t branch = line_open(r, k, a->row) ? instrument_of(r, k)->route(r, k, a) : -1;
        if (branch >= 0)
            a->branch = (uint16_t)branch;
    }
}

static void begin_look(const struct region *r, struct application *a)
{
    const struct credit_params *c = P(r, credit);
    route(r, a);
    a->hours = (float)c->base_hours;
    a->link = a->lifted = a->by_head = 0;
    a->counted = a->upside = 0.0f;
    a->granted = lending_limit(r, a, money_to_yuan(c->limit_unsecured));
    a->staged = 0;
}

static void end_look(const struct region *r, struct application *a, const struct favour *f)
{
    a->outcome = f->runs ? OUTCOME_RUN : f->falls ? OUTCOME_FALLEN : OUTCOME_PENDING;
    if (a->outcome != OUTCOME_PENDING)
        return;
    if (a->granted.fen < P(r, credit)->ticket_min.fen && a->offered == 0)
        a->outcome = OUTCOME_REFUSED;
    else if (must_go_up(r, a))
        a->outcome = OUTCOME_SENT_UP;
}

/* What becomes of it if officers find nothing else. */
static unsigned heard(const struct region *r, const struct application *a)
{
    if (refuses(r, a))
        return OUTCOME_REFUSED;
    return application_all_in(a) > a->reservation ? OUTCOME_DECLINED : OUTCOME_PENDING;
}

/* Notes what is believed of one that is to be screened. */
static void docket(struct region *r, uint64_t k)
{
    struct application *a = r->market.row[k];
    a->key = rank_of(lending_gain(r, a));
    docket_rule(r, k);
    r->market.ruling[k].heard = heard(r, a) & 15u;
}

/* What each would bring without cover and favours, where an instrument asks for that. */
static void offer_plainly(const struct region *r, struct application *const *a, const double *pd, size_t n,
                          struct offer *plain)
{
    const struct lending alone = {.rate_max = 1.0};
    struct quest quest[LOOKED_AT] = {{.n = 0}};
    bool asked = false;
    EACH_HOOKED(r, HOOK_FAVOUR, k)
    asked = asked || (instrument_of(r, k)->asks_plain && LINE_COMMON(r, k)->enabled);
    if (!asked)
        return;
    for (size_t j = 0; j < n; j++)
        quest[j] = (struct quest){a[j], pd[j], &alone, 1};
    best_offers(r, quest, n, plain);
}

/* What would they bring before any screening?  They are priced together (quoting). */
static void first_looks(struct region *r, size_t from, size_t n, struct link_sight *seen)
{
    struct application *const *a = r->market.row + from;
    struct favour favour[LOOKED_AT];
    struct offer plain[LOOKED_AT];
    double pd[LOOKED_AT], worth;
    for (size_t j = 0; j < n; j++) {
        fetch_remembered_rows(r, a[j]);
        pd[j] = with_effort(r, a[j], 0);
    }
    for (size_t j = 0; j < n; j++)
        fetch_remembered(r, a[j]);
    offer_plainly(r, a, pd, n, plain);
    for (size_t j = 0; j < n; j++)
        favour[j] = (struct favour){.pd = pd[j], .plain = &plain[j], .ceiling = 1.0};
    ask_favours(r, a, n, favour);
    for (size_t j = 0; j < n; j++)
        take_favours(a[j], &favour[j]);
    credit_offers(r, a, pd, n);
    try_products(r, a, pd, favour, n);
    consider_links(r, a, n, seen);
    for (size_t j = 0; j < n; j++) {
        end_look(r, a[j], &favour[j]);
        docket(r, from + j);
        if (a[j]->outcome == OUTCOME_PENDING)
            r->market.ruling[from + j].effort = (unsigned)choose_effort(r, a[j], 1e300, &worth) & 3u;
    }
}

/* Each application is looked at by itself, whatever its bank has left: as they arrived, since so they lie. */
enum { LOT = 4 * LOOKED_AT };
static void look_at_lot(void *context, size_t nth, int32_t thread)
{
    struct region *r = context;
    size_t from = nth * LOT, to = r->market.n - from < LOT ? r->market.n : from + LOT;
    bool clients = anybody_guarantees(r);
    struct link_sight seen;
    (void)thread;
    seen.of = 0;
    for (size_t j = from; j < to; j++) {
        if (j + 2 * AHEAD < to)
            fetch_lines(r->market.row[j + 2 * AHEAD], sizeof(struct application));
        if (j + AHEAD < to) {
            fetch_known(r, r->market.row[j + AHEAD]);
            fetch_starts(r, r->market.row[j + AHEAD]);
        }
        if (clients)
            client_fetch(r, r->market.row[j]);
        begin_look(r, r->market.row[j]);
        size_t first = j - (j - from) % LOOKED_AT;
        if (j + 1 == to || j + 1 == first + LOOKED_AT)
            first_looks(r, first, j + 1 - first, &seen);
    }
}

static void look_at_all(const struct world *w, struct region *r)
{
    size_t lots = (r->market.n + LOT - 1) / LOT;
    team_run_loose(team_width(w->team.n, lots), lots, look_at_lot, r);
}

/* -- one bank ------------------------------------------------------------------------------------------------------------ */
/* Applications of one bank, and what stands of them in the docket, lie far apart: what is read is asked for some time before. */
enum { SOON = 16 };
FETCHES void fetch_ruling(const struct region *r, const uint64_t *order, size_t j, size_t n)
{
    if (j + 2 * SOON >= n)
        return;
    uint64_t k = order[j + 2 * SOON] & UINT32_MAX;
    __builtin_prefetch(&r->market.ruling[k], 1);
    __builtin_prefetch(&r->market.row[k]);
}

FETCHES void fetch_closer(const struct region *r, const uint64_t *order, size_t j, size_t n)
{
    uint64_t k = order[j + SOON < n ? j + SOON : j] & UINT32_MAX;
    if (r->market.ruling[k].effort == 0)
        return;
    fetch_lines(r->market.row[k], sizeof(struct application));
    __builtin_prefetch(&r->enterprises.quality[r->market.ruling[k].row]);
}

/* Officers look closer, with less effort where hours run short. */
static void look_closer(struct region *r, uint64_t k)
{
    struct application *a = r->market.row[k];
    struct branch *branch = &r->branch[a->branch];
    double worth, each = P(r, credit)->effort_hours;
    int32_t effort = r->market.ruling[k].effort;
    if (effort * each > branch->hours)
        effort = choose_effort(r, a, branch->hours, &worth);
    if (effort == 0)
        return;
    double hours = effort * each;
    a->effort_made = (uint8_t)effort;
    branch->hours -= hours;
    a->hours += (float)hours;
    take_offer(r, a, with_effort(r, a, effort));
    docket(r, k);
}

/* Files of covers are made once it is agreed, overtime if need be. */
static void screen(struct region *r, uint64_t k)
{
    struct ruling *q = &r->market.ruling[k];
    struct branch *branch = &r->branch[q->branch];
    if (branch->hours < (double)q->hours) {
        q->outcome = OUTCOME_RATIONED;
        return;
    }
    branch->hours -= (double)q->hours;
    if (q->effort > 0)
        look_closer(r, k);
    q->outcome = q->heard;
    branch->hours -= q->outcome == OUTCOME_PENDING ? (double)q->paperwork : 0.0;
}

/* Screens n of them; returns how many its room is to be dealt among, in their order. */
static size_t screen_all(struct region *r, uint64_t *order, size_t n)
{
    size_t pending = 0;
    for (size_t j = 0; j < n; j++) {
        uint64_t k = order[j] & UINT32_MAX;
        fetch_ruling(r, order, j, n);
        fetch_closer(r, order, j, n);
        screen(r, k);
        order[pending] = (uint64_t)r->market.ruling[k].key << 32 | k;
        pending += r->market.ruling[k].outcome == OUTCOME_PENDING;
    }
    sort_keys(order, pending);
    return pending;
}

/* Room; where its own funds do not reach for a linkage product, reserves stand by, as far as its capital allows. */
static void grant(const struct region *r, struct bank *b, uint64_t k)
{
    struct ruling *q = &r->market.ruling[k];
    const struct application *a = q->shares ? r->market.row[k] : NULL;
    money replaced = a != NULL ? a->replaced : FEN(0);
    money more = money_positive(money_sub(q->granted, replaced)); /* what it replaces is on the book already */
    money lacks = money_positive(money_sub(more, b->room));
    bool linked = a != NULL && (a->link != 0 || a->package != 0),
         helped = linked && lacks.fen <= b->standby.fen && more.fen <= b->capital_room.fen;
    if (lacks.fen > 0 && !helped) {
        q->outcome = OUTCOME_RATIONED;
        return;
    }
    b->room = money_sub(b->room, money_sub(more, lacks));
    b->capital_room = money_positive(money_sub(b->capital_room, more));
    b->standby = money_sub(b->standby, lacks);
    b->drawn = money_add(b->drawn, lacks);
    q->outcome = OUTCOME_GRANTED;
}

FETCHES void fetch_shares(const struct region *r, const uint64_t *order, size_t j, size_t n)
{
    uint64_t k = order[j + SOON < n ? j + SOON : j] & UINT32_MAX;
    if (!r->market.ruling[k].shares)
        return;
    __builtin_prefetch(&r->market.row[k]->replaced);
    __builtin_prefetch(&r->market.row[k]->link);
}

static void settle_bank(void *context, size_t task, int32_t thread)
{
    struct world *w = context;
    (void)thread;
    int32_t k = 0, b = (int32_t)task;
    while (b >= w->region[k].n_banks)
        b -= w->region[k++].n_banks;
    struct region *r = &w->region[k];
    uint64_t *order = r->order + r->bank_start[b];
    r->bank[b].drawn = FEN(0);
    size_t n = r->bank_start[b + 1] - r->bank_start[b];
    sort_keys(order, n); /* by what lending would bring */
    n = screen_all(r, order, n);
    for (size_t j = 0; j < n; j++) {
        fetch_ruling(r, order, j, n);
        fetch_shares(r, order, j, n);
        grant(r, &r->bank[b], order[j] & UINT32_MAX);
    }
}

/* -- what several banks share: the room of covers ----------------------------------------------------------------------- */
/* Bearers that cannot take so much more. */
static uint32_t full_covers(const struct region *r, const money *left, const int32_t *contracts, money amount)
{
    uint32_t full = 0;
    for (int32_t p = 0; p < r->n_bearers; p++)
        full |= (uint32_t)(left[p].fen < amount.fen || (r->bearer[p].counted && contracts[p] <= 0)) << p;
    return full;
}

/* The best offer without these covers: the others stand. */
static void offer_again(const struct region *r, struct application *a, uint32_t full)
{
    struct lending option[MAX_OPTIONS];
    int32_t n = list_options(r, a, option), kept = 1;
    for (int32_t k = 1; k < n; k++)
        if ((option[k].covers & full) == 0)
            option[kept++] = option[k];
    struct offer best = best_offer(r, a, (double)a->pd, option, kept);
    take(a, (double)a->pd, &best);
    a->outcome = OUTCOME_GRANTED;
    if (refuses(r, a))
        a->outcome = OUTCOME_REFUSED;
    else if (application_all_in(a) > a->reservation)
        a->outcome = OUTCOME_DECLINED;
}

/* What covers can still take. */
struct room {
    money left[MAX_BEARERS];
    int32_t contracts[MAX_BEARERS];
};

static void take_room(struct room *room, uint32_t covers, money granted)
{
    for (; covers != 0; covers &= covers - 1) {
        int32_t p = __builtin_ctz(covers);
        room->left[p] = money_sub(room->left[p], granted);
        room->contracts[p]--;
    }
}

/* Whether the room reaches for all, in whatever order it is dealt; n: how many want a part of it, listed by their keys. */
static bool reaches_for_all(struct region *r, const struct room *room, size_t *n)
{
    struct room after = *room;
    *n = 0;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct ruling *q = &r->market.ruling[k];
        if (q->outcome != OUTCOME_GRANTED || q->covers == 0)
            continue;
        r->order[(*n)++] = (uint64_t)q->key << 32 | k;
        take_room(&after, q->covers, q->granted);
    }
    bool reaches = true;
    for (int32_t p = 0; p < r->n_bearers; p++)
        reaches = reaches && after.left[p].fen >= 0 && (!r->bearer[p].counted || after.contracts[p] >= 0);
    return reaches;
}

static void deal_covers(struct region *r)
{
    struct room room = {.contracts = {0}};
    size_t n;
    for (int32_t p = 0; p < r->n_bearers; p++) {
        room.left[p] = r->bearer[p].room;
        room.contracts[p] = r->bearer[p].contracts;
    }
    if (reaches_for_all(r, &room, &n))
        return;
    sort_keys(r->order, n);
    for (size_t j = 0; j < n; j++) {
        uint64_t k = r->order[j] & UINT32_MAX;
        const struct ruling *q = &r->market.ruling[k];
        uint32_t full = full_covers(r, room.left, room.contracts, q->granted);
        if (q->covers & full) {
            offer_again(r, r->market.row[k], full);
            docket_rule(r, k);
        }
        if (q->outcome == OUTCOME_GRANTED)
            take_room(&room, q->covers, q->granted);
    }
}

/* What everybody sees of approvals and rates, with a memory. */
static void update_prices(struct region *r)
{
    struct market_prices *m = &r->prices;
    double amount = 0.0, interest = 0.0, keep = P(r, credit)->news_memory;
    for (int32_t s = 0; s < N_STAGES; s++) {
        m->granted[s] *= keep;
        m->asked[s] *= keep;
    }
    for (size_t k = 0; k < r->market.n; k++) {
        const struct ruling *q = &r->market.ruling[k];
        if (q->outcome == OUTCOME_SENT_UP)
            continue;
        m->asked[q->stage] += 1.0;
        m->granted[q->stage] += q->outcome == OUTCOME_GRANTED;
        if (q->outcome == OUTCOME_GRANTED) {
            amount += money_to_yuan(q->granted);
            interest += money_to_yuan(q->granted) * (double)q->all_in;
        }
    }
    if (amount > 0.0)
        m->rate = m->rate > 0.0 ? keep * m->rate + (1.0 - keep) * interest / amount : interest / amount;
}

enum status credit_settle(struct world *w)
{
    size_t banks = 0;
    for (int32_t k = 0; k < w->n_regions; k++) {
        TRY(docket_gather(w, &w->region[k]));
        TRY(looks_deal(w, &w->region[k]));
        if (P(&w->region[k], closed_form)->enabled) {
            TRY(docket_reserve(&w->region[k], w->region[k].enterprises.n));
            TRY(closed_form_loans(w, &w->region[k]));
            for (size_t j = 0; j < w->region[k].market.n; j++)
                docket_rule(&w->region[k], j);
        } else {
            look_at_all(w, &w->region[k]);
        }
        docket_sort(&w->region[k]);
        banks += (size_t)w->region[k].n_banks;
    }
    team_run_loose(team_width(w->team.n, w->n_tiles), banks, settle_bank, w);
    for (int32_t k = 0; k < w->n_regions; k++) {
        deal_covers(&w->region[k]);
        update_prices(&w->region[k]);
    }
    return OK;
}
