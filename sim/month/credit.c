/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit - banks screen, price, ration and enrol (mechanisms M5, M7).
 *
 * Each bank settles alone from its own hours and room, in an order of quantised keys and then of arrival; the room of covers,
 * which several banks share, is dealt afterwards over what was granted. */
#include <liandong/fetch.h>
#include <liandong/mathx.h>
#include <liandong/screening.h>
#include <string.h>

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

FETCHES void fetch_closer(const struct region *r, uint64_t k)
{
    fetch_lines(r->market.row[k], sizeof(struct application));
    __builtin_prefetch(&r->enterprises.quality[r->market.ruling[k].row]);
}

/* Officers look closer at these, with so much effort each. */
static void look_with(const struct region *r, struct application *const *a, const uint8_t *effort, size_t n)
{
    double pd[LOOKED_AT];
    for (size_t j = 0; j < n; j++) {
        a[j]->effort_made = effort[j];
        a[j]->hours += (float)(effort[j] * P(r, credit)->effort_hours);
    }
    screening_beliefs(r, a, effort, n, pd);
    screening_offers(r, a, pd, n);
}

/* What they will find of those next in order, if there are hours for it: many are priced together (quoting). */
struct findings {
    size_t n, next, ahead;   /* how many; the next of them; place in the order as far as which they were looked for */
    size_t place[LOOKED_AT]; /* in the order */
    struct application as[LOOKED_AT];
};

static void find_ahead(const struct region *r, struct findings *f, const uint64_t *order, size_t from, size_t n)
{
    struct application *row[LOOKED_AT];
    uint8_t effort[LOOKED_AT];
    size_t j = from;
    f->n = f->next = 0;
    for (; j < n && f->n < LOOKED_AT; j++) {
        uint64_t k = order[j] & UINT32_MAX;
        const struct ruling *q = &r->market.ruling[k];
        fetch_ruling(r, order, j, n);
        if (q->effort == 0 || (double)q->hours + q->effort * P(r, credit)->effort_hours > r->branch[q->branch].hours)
            continue;
        fetch_closer(r, k);
        effort[f->n] = q->effort;
        f->place[f->n++] = j;
    }
    f->ahead = j;
    for (size_t m = 0; m < f->n; m++) {
        f->as[m] = *r->market.row[order[f->place[m]] & UINT32_MAX];
        row[m] = &f->as[m];
    }
    look_with(r, row, effort, f->n);
}

/* What was found of the one at this place; NULL: nobody has looked. */
static const struct application *found_at(struct findings *f, size_t place)
{
    while (f->next < f->n && f->place[f->next] < place)
        f->next++;
    return f->next < f->n && f->place[f->next] == place ? &f->as[f->next] : NULL;
}

/* Officers look closer, with less effort where hours run short. */
static void look_closer(struct region *r, uint64_t k, const struct application *found)
{
    struct application *a = r->market.row[k];
    struct branch *branch = &r->branch[a->branch];
    double each = P(r, credit)->effort_hours;
    uint8_t effort = r->market.ruling[k].effort;
    bool enough = effort * each <= branch->hours;
    if (!enough)
        screening_efforts(r, &a, 1, branch->hours, &effort);
    if (effort == 0)
        return;
    branch->hours -= effort * each;
    if (enough && found != NULL)
        *a = *found;
    else
        look_with(r, &a, &effort, 1);
    screening_note(r, k);
}

/* Files of covers are made once it is agreed, overtime if need be. */
static void screen(struct region *r, uint64_t k, const struct application *found)
{
    struct ruling *q = &r->market.ruling[k];
    struct branch *branch = &r->branch[q->branch];
    if (branch->hours < (double)q->hours) {
        q->outcome = OUTCOME_RATIONED;
        return;
    }
    branch->hours -= (double)q->hours;
    if (q->effort > 0)
        look_closer(r, k, found);
    q->outcome = q->heard;
    branch->hours -= q->outcome == OUTCOME_PENDING ? (double)q->paperwork : 0.0;
}

/* Screens n of them; returns how many its room is to be dealt among, in their order. */
static size_t screen_all(struct region *r, uint64_t *order, size_t n)
{
    struct findings f;
    size_t pending = 0;
    f.n = f.next = f.ahead = 0;
    for (size_t j = 0; j < n; j++) {
        uint64_t k = order[j] & UINT32_MAX;
        if (j == f.ahead)
            find_ahead(r, &f, order, j, n);
        screen(r, k, found_at(&f, j));
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
/* What covers can still take. */
struct room {
    money left[MAX_BEARERS];
    int32_t contracts[MAX_BEARERS];
};

static bool is_full(const struct region *r, const struct room *room, int32_t p, money amount)
{
    return room->left[p].fen < amount.fen || (r->bearer[p].counted && room->contracts[p] <= 0);
}

/* Bearers that cannot take so much more; nobody asks where none of these covers is among them. */
static uint32_t full_covers(const struct region *r, const struct room *room, uint32_t covers, money amount)
{
    uint32_t full = 0;
    for (uint32_t bits = covers; bits != 0; bits &= bits - 1)
        full |= (uint32_t)is_full(r, room, __builtin_ctz(bits), amount) << __builtin_ctz(bits);
    for (int32_t p = 0; full != 0 && p < r->n_bearers; p++)
        full |= (uint32_t)is_full(r, room, p, amount) << p;
    return full;
}

static void take_room(struct room *room, uint32_t covers, money granted)
{
    for (; covers != 0; covers &= covers - 1) {
        int32_t p = __builtin_ctz(covers);
        room->left[p] = money_sub(room->left[p], granted);
        room->contracts[p]--;
    }
}

/* The best offer without these covers. */
struct again {
    size_t place; /* in the order */
    uint32_t full;
    struct offer offer;
};

/* Those next in order to whom the bank will have to offer again, if it comes as it looks now: they are priced together, by all
 * threads, and again alone where it comes otherwise. */
enum { AGAIN = 32 * LOOKED_AT };
struct ahead {
    const struct region *r;
    size_t n, next, to; /* how many; the next of them; place in the order as far as which they were looked for */
    struct again *of;   /* [AGAIN] */
};

static int32_t options_without(const struct region *r, const struct application *a, uint32_t full,
                               struct lending *option)
{
    int32_t n = list_options(r, a, option), kept = 1;
    for (int32_t k = 1; k < n; k++)
        if ((option[k].covers & full) == 0)
            option[kept++] = option[k];
    return kept;
}

static void offer_again(const struct region *r, struct again *of, size_t n)
{
    struct lending option[LOOKED_AT][MAX_OPTIONS];
    struct quest quest[LOOKED_AT] = {{.n = 0}};
    struct offer offer[LOOKED_AT];
    for (size_t j = 0; j < n; j++) {
        const struct application *a = r->market.row[r->order[of[j].place] & UINT32_MAX];
        /* cppcheck-suppress legacyUninitvar ; filled up to n */
        quest[j] = (struct quest){a, (double)a->pd, option[j], options_without(r, a, of[j].full, option[j])};
    }
    best_offers(r, quest, n, offer);
    for (size_t j = 0; j < n; j++)
        of[j].offer = offer[j];
}

static void offer_lot(void *context, size_t lot, int32_t thread)
{
    const struct ahead *h = context;
    size_t from = lot * LOOKED_AT;
    (void)thread;
    offer_again(h->r, h->of + from, h->n - from < LOOKED_AT ? h->n - from : LOOKED_AT);
}

/* Who is offered again is taken to need no room. */
static void look_ahead(const struct world *w, struct ahead *h, const struct room *now, size_t n)
{
    const struct region *r = h->r;
    struct room room = *now;
    h->n = h->next = 0;
    for (; h->to < n && h->n < AGAIN; h->to++) {
        const struct ruling *q = &r->market.ruling[r->order[h->to] & UINT32_MAX];
        uint32_t full = full_covers(r, &room, q->covers, q->granted);
        if (full == 0)
            take_room(&room, q->covers, q->granted);
        else
            h->of[h->n++] = (struct again){.place = h->to, .full = full};
    }
    size_t lots = (h->n + LOOKED_AT - 1) / LOOKED_AT;
    team_run_loose(team_width(w->team.n, lots), lots, offer_lot, h);
}

/* The best offer without these covers to the one at this place. */
static struct offer offer_at(struct ahead *h, size_t place, uint32_t full)
{
    while (h->next < h->n && h->of[h->next].place < place)
        h->next++;
    if (h->next < h->n && h->of[h->next].place == place && h->of[h->next].full == full)
        return h->of[h->next].offer;
    struct again alone = {.place = place, .full = full};
    offer_again(h->r, &alone, 1);
    return alone.offer;
}

/* It is offered without these covers: the others stand. */
static void take_again(struct region *r, uint64_t k, const struct offer *offer)
{
    struct application *a = r->market.row[k];
    screening_take(a, (double)a->pd, offer);
    a->outcome = OUTCOME_GRANTED;
    if (screening_refuses(r, a))
        a->outcome = OUTCOME_REFUSED;
    else if (application_all_in(a) > a->reservation)
        a->outcome = OUTCOME_DECLINED;
    docket_rule(r, k);
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

static enum status deal_covers(struct world *w, struct region *r)
{
    struct room room = {.contracts = {0}};
    struct ahead h = {.r = r};
    size_t n;
    for (int32_t p = 0; p < r->n_bearers; p++) {
        room.left[p] = r->bearer[p].room;
        room.contracts[p] = r->bearer[p].contracts;
    }
    if (reaches_for_all(r, &room, &n))
        return OK;
    h.of = arena_take(&w->market, AGAIN, sizeof *h.of);
    if (h.of == NULL)
        return NO_MEMORY;
    sort_keys(r->order, n);
    for (size_t j = 0; j < n; j++) {
        uint64_t k = r->order[j] & UINT32_MAX;
        const struct ruling *q = &r->market.ruling[k];
        if (j == h.to)
            look_ahead(w, &h, &room, n);
        uint32_t full = full_covers(r, &room, q->covers, q->granted);
        if (full != 0) {
            struct offer offer = offer_at(&h, j, full);
            take_again(r, k, &offer);
        }
        if (q->outcome == OUTCOME_GRANTED)
            take_room(&room, q->covers, q->granted);
    }
    return OK;
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
        covers_see(&w->region[k]);
        TRY(docket_gather(w, &w->region[k]));
        TRY(looks_deal(w, &w->region[k]));
        if (P(&w->region[k], closed_form)->enabled) {
            TRY(docket_reserve(&w->region[k], w->region[k].enterprises.n));
            TRY(closed_form_loans(w, &w->region[k]));
            for (size_t j = 0; j < w->region[k].market.n; j++)
                docket_rule(&w->region[k], j);
        } else {
            first_looks(w, &w->region[k]);
        }
        docket_sort(&w->region[k]);
        banks += (size_t)w->region[k].n_banks;
    }
    team_run_loose(team_width(w->team.n, w->n_tiles), banks, settle_bank, w);
    for (int32_t k = 0; k < w->n_regions; k++) {
        TRY(deal_covers(w, &w->region[k]));
        update_prices(&w->region[k]);
    }
    return OK;
}
