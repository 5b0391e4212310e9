/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paying_out - what banks and bearers of cover decided reaches the enterprises: facilities are opened, instalment loans paid out,
 * refusals remembered, files sent to head offices.  In order of rows, so that a month's loans form one block by tile.
 *
 * What banks and bearers share is booked first, one after the other; what is left is the business of each row alone. */
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/linking.h>
#include <liandong/mathx.h>
#include <liandong/notices.h>
#include <string.h>

void bank_pays(struct region *r, struct bank *b, money amount)
{
    if (b->cash.fen < amount.fen) {
        money lacks = money_sub(amount, b->cash);
        market_flow(r, FLOW_DEPOSITS_TAKEN, lacks);
        market_flow(r, FLOW_DEPOSITS_OWED, lacks);
        b->deposits = money_add(b->deposits, lacks);
        b->cash = money_add(b->cash, lacks);
    }
    b->cash = money_sub(b->cash, amount);
}

/* -- cover chains ---------------------------------------------------------------------------------------------------- */
static bool same_tiers(const struct tiers *a, const struct tiers *b)
{
    bool same = a->n == b->n;
    for (int32_t k = 0; same && k < a->n; k++)
        same = a->to[k].fen == b->to[k].fen && a->share[k] == b->share[k];
    return same;
}

static bool same_chain(const struct cover_chain *a, const struct cover_chain *b)
{
    bool same = a->n == b->n;
    for (int32_t k = 0; same && k < a->n; k++) {
        const struct cover *x = &a->cover[k], *y = &b->cover[k];
        same = x->bearer == y->bearer && x->base == y->base && x->trigger == y->trigger && x->delay == y->delay &&
               x->share == y->share && x->fee == y->fee && x->cap_loan.fen == y->cap_loan.fen &&
               x->deductible.fen == y->deductible.fen && x->fee_on_covered == y->fee_on_covered &&
               x->counter == y->counter && x->difference == y->difference && same_tiers(&x->tiers, &y->tiers);
    }
    return same;
}

/* Most contracts pay the same share of large and small loans: what follows from it is worked out once. */
static void lay_shares(struct cover_chain *chain)
{
    bool plain = true;
    for (int32_t k = 0; k < chain->n; k++) {
        plain = plain && chain->cover[k].tiers.n == 0;
        chain->part[k] = cover_part(chain, k, FEN(0));
        chain->charge[k] = cover_fee(chain, k, FEN(0));
    }
    chain->charges = cover_fees(chain, FEN(0));
    chain->plain = plain;
}

/* The contracts as they stand now, in the order in which they stand behind a loan. */
static struct cover_chain make_chain(const struct region *r, uint32_t covers)
{
    struct cover_chain chain;
    memset(&chain, 0, sizeof chain); /* padding too: it is written to the cache */
    for (int32_t kind = 0; kind < N_BEARER_KINDS; kind++)
        for (int32_t p = 0; p < r->n_bearers && chain.n < MAX_COVERS; p++)
            if ((covers >> p & 1) && r->bearer[p].kind == kind) {
                struct cover *c = &chain.cover[chain.n++];
                c->bearer = p;
                instrument_of(r, r->bearer[p].line)->cover(r, r->bearer[p].line, c);
                chain.fee += c->fee;
            }
    lay_shares(&chain);
    return chain;
}

int32_t chain_of(struct region *r, uint32_t covers)
{
    if (covers == 0)
        return 0;
    struct cover_chain chain = make_chain(r, covers);
    for (int32_t k = r->n_chains - 1; k > 0; k--)
        if (same_chain(&r->chain[k], &chain))
            return k;
    if (r->n_chains == r->chain_capacity) {
        struct cover_chain *bigger = realloc(r->chain, 2 * (size_t)r->chain_capacity * sizeof *bigger);
        if (bigger == NULL)
            return -1;
        r->chain = bigger;
        r->chain_capacity *= 2;
    }
    r->chain[r->n_chains] = chain;
    return r->n_chains++;
}

/* Contracts do not change while a month's loans are paid out, and most loans have one of a few. */
static int32_t known_chain_of(struct region *r, uint32_t covers)
{
    struct known_chain *known = &r->known[covers * 2654435769u >> 26];
    if (known->covers != covers)
        *known = (struct known_chain){covers, chain_of(r, covers)};
    return known->chain; /* of no covers: 0 */
}

/* -- one facility ------------------------------------------------------------------------------------------------------ */
/* The level payment that clears a loan in so many months: B i / (1 - (1 + i)^-n). */
static money annuity(money balance, double rate, int32_t months)
{
    double i = rate / 12.0;
    if (i <= 0.0)
        return money_scale(balance, 1.0 / months);
    return money_scale(balance, i / (1.0 - ld_pow(1.0 + i, -months)));
}

static uint16_t loan_flags(const struct application *a)
{
    return (uint16_t)((a->flags & APPLY_FIRST ? LOAN_FIRST : 0) | (a->link ? LOAN_LINKED : 0) |
                      (a->package ? LOAN_PACKAGE : 0) | (a->flags & APPLY_UNSECURED ? LOAN_UNSECURED : 0) |
                      (a->flags & APPLY_RENEWAL ? LOAN_RENEWAL : 0) |
                      (a->flags & APPLY_REFINANCED ? LOAN_REFINANCED : 0));
}

/* Some banks want to see the old line repaid before they pay out the new one. */
static bool is_held(const struct region *r, const struct application *a)
{
    return (a->flags & APPLY_RENEWAL) != 0 && a->replaced.fen > 0 &&
           NAMED(r, banks, r->bank[a->bank].kind)->renewal_repay;
}

static void open_facility(const struct world *w, struct region *r, const struct application *a, uint32_t k,
                          uint16_t chain)
{
    const struct credit_params *c = P(r, credit);
    struct loans *l = &r->loans;
#define COLUMN(type, name, unit, en, zh, how) l->name[k] = (type){0};
#include <liandong/loan.def>
#undef COLUMN
    l->row[k] = a->row;
    l->limit[k] = a->granted;
    l->rate[k] = a->rate;
    l->pd[k] = a->pd;
    l->expected[k] = a->expected;
    l->granted[k] = (uint16_t)w->month;
    l->claim[k] = NO_CLAIM;
    l->chain[k] = chain;
    l->bank[k] = a->bank;
    l->cell[k] = (uint16_t)(a->cell + a->lifted);
    l->product[k] = a->product;
    l->flags[k] = (uint16_t)(loan_flags(a) | (is_held(r, a) ? LOAN_HELD : 0));
    l->security[k] = a->security;
    l->appraised[k] = a->appraised;
    l->months_left[k] = (uint8_t)(a->product == PRODUCT_TERM ? c->term_months : c->line_months);
}

static void receive_term_loan(struct region *r, uint32_t k, const struct application *a)
{
    struct loans *l = &r->loans;
    struct enterprises *e = &r->enterprises;
    l->balance[k] = a->granted;
    l->instalment[k] = annuity(a->granted, (double)l->rate[k], l->months_left[k]);
    e->cash[a->row] = money_add(e->cash[a->row], a->granted);
    e->debt[a->row] = money_add(e->debt[a->row], a->granted);
}

static void count_granted(struct tally *t, const struct application *a)
{
    int32_t cell = a->stage * MAX_SECTORS + a->sector;
    bool line = a->product == PRODUCT_LINE;
    int64_t yuan = a->granted.fen / 100;
    count(t, cell, line ? ITEM_LINE_GRANTED : ITEM_TERM_GRANTED, 1);
    count(t, cell, line ? ITEM_LINE_GRANTED_FEN : ITEM_TERM_GRANTED_FEN, a->granted.fen);
    if (!line)
        count(t, cell, ITEM_TERM_PAID, a->granted.fen);
    if (a->flags & APPLY_RENEWAL)
        count(t, cell, ITEM_LINE_NET_RENEWED, a->granted.fen);
    count(t, cell, ITEM_GRANTED_YUAN, yuan);
    count(t, cell, ITEM_RATE_YUAN, ld_round_half_even((double)yuan * (double)a->rate * 1e5));
    count(t, cell, ITEM_COST_YUAN, ld_round_half_even((double)yuan * (double)application_all_in(a) * 1e5));
    count(t, cell, ITEM_LOANS_STARTED, 1);
    if (a->flags & APPLY_FIRST)
        count(t, cell, ITEM_FIRST_TIME, 1);
    if (a->flags & APPLY_UNSECURED)
        count(t, cell, ITEM_UNSECURED_FEN, a->granted.fen);
    if (a->security & SECURITY_IP)
        count(t, cell, ITEM_IP_GRANTED_FEN, a->granted.fen);
    if (a->link != 0) {
        count(t, cell, ITEM_LINKED_GRANTED, 1);
        count(t, cell, ITEM_LINKED_GRANTED_FEN, a->granted.fen);
    }
}

/* What linkage brought to a decision, whatever it was. */
static void count_linked(struct tally *t, const struct application *a)
{
    int32_t cell = a->stage * MAX_SECTORS + a->sector;
    if (a->outcome == OUTCOME_RUN)
        count(t, cell, ITEM_RUNS, 1);
    if (a->link != 0 && a->by_head && a->outcome == OUTCOME_SENT_UP)
        count(t, cell, ITEM_LINKED_SENT_UP, 1);
    if (a->outcome == OUTCOME_SENT_UP)
        return;
    if (a->package != 0 && a->outcome == OUTCOME_GRANTED)
        count(t, cell, ITEM_PACKAGES_CLOSED, 1);
    if (a->spared > 0.0f)
        count(t, cell, ITEM_HOURS_SPARED, ld_round_half_even(10.0 * (double)a->spared));
    if (a->counted > 0.0f)
        count(t, cell, ITEM_CASH_COUNTED, from_yuan((double)a->counted).fen);
}

/* Debt that weighs on a large part of sales at a high rate makes owners prefer the riskier project (M5). */
static bool shifts_risk(const struct region *r, const struct application *a)
{
    double debt = money_to_yuan(money_add(application_other_debt(a), a->granted)), base = P(r, credit)->base_rate;
    return debt * ((double)a->rate / base) > P(r, enterprise)->risk_shift * ((double)a->sales + 1.0);
}

static void accept(const struct world *w, struct region *r, struct tally *t, const struct application *a,
                   const struct ruling *q)
{
    struct enterprises *e = &r->enterprises;
    uint32_t k = q->key;
    open_facility(w, r, a, k, q->chain);
    if (a->product == PRODUCT_TERM)
        receive_term_loan(r, k, a);
    else if ((r->loans.flags[k] & LOAN_HELD) == 0)
        e->line_room[a->row] += (float)money_to_yuan(a->granted);
    e->flags[a->row] |= HAS_BORROWED;
    if (shifts_risk(r, a))
        e->flags[a->row] |= RISKY;
    else
        e->flags[a->row] &= (uint8_t)~RISKY;
    e->refusals[a->row] = 0;
    count_granted(t, a);
    t->vintage[vintage_of(w, w->month)][VINTAGE_ITEM_GRANTED] += a->granted.fen;
}

static void send_up(const struct world *w, struct region *r, const struct application *a, uint32_t place)
{
    int32_t delay = P(r, credit)->head_office_delay;
    struct application *up = &r->waiting.row[place];
    *up = *a;
    up->flags |= APPLY_HEAD_OFFICE;
    up->month = w->month + delay;
    up->blocks = UINT32_MAX; /* by then others may have been opened */
    up->first = NO_LOAN;
    up->undeeded = 0;
    r->enterprises.waiting[a->row] = (uint8_t)(delay > 0 ? delay : 1);
}

static void refuse(struct region *r, struct tally *t, const struct application *a)
{
    int32_t cell = a->stage * MAX_SECTORS + a->sector;
    struct enterprises *e = &r->enterprises;
    if (a->outcome == OUTCOME_FALLEN) { /* it asks alone */
        e->rest[a->row] = 0;
        return;
    }
    if (a->outcome == OUTCOME_RATIONED)
        count(t, cell, ITEM_RATIONED, 1);
    if (a->outcome == OUTCOME_DECLINED)
        count(t, cell, ITEM_DECLINED, 1);
    if (a->outcome != OUTCOME_DECLINED && e->refusals[a->row] < 250)
        e->refusals[a->row]++;
}

/* What becomes of the row of one application. */
static void reach(const struct world *w, struct region *r, struct tally *t, uint64_t k)
{
    struct application *a = r->market.row[k];
    const struct ruling *q = &r->market.ruling[k];
    a->outcome = q->outcome;
    r->enterprises.waiting[a->row] = 0;
    count_linked(t, a);
    if (a->outcome == OUTCOME_GRANTED)
        accept(w, r, t, a, q);
    else if (a->outcome == OUTCOME_SENT_UP)
        send_up(w, r, a, q->key);
    else
        refuse(r, t, a);
}

/* -- what is shared ------------------------------------------------------------------------------------------------------ */
static void book_covers(struct region *r, const struct ruling *q)
{
    for (uint32_t bits = q->covers; bits != 0; bits &= bits - 1) {
        int32_t p = __builtin_ctz(bits);
        struct experience *x = experience_of(r, q->bank, p);
        x->granted_year = money_add(x->granted_year, q->granted);
        x->gain +=
            (double)q->gain * money_to_yuan(q->granted) * product_years(r, q->product) / __builtin_popcount(q->covers);
        int64_t *item = r->total.cover[(size_t)q->bank * (size_t)r->n_bearers + (size_t)p];
        item[COVER_ITEM_GRANTED] += q->granted.fen;
        item[COVER_ITEM_LENT] += q->product == PRODUCT_TERM ? q->granted.fen : 0;
        r->bearer[p].enrolled = money_add(r->bearer[p].enrolled, q->product == PRODUCT_TERM ? q->granted : FEN(0));
    }
}

/* Numbers facilities and files for head offices in the order of rows, and moves what banks pay. */
static enum status book(struct region *r, size_t n)
{
    memset(r->known, 0, sizeof r->known);
    for (size_t j = 0; j < n; j++) {
        struct ruling *q = &r->market.ruling[r->order[j] & UINT32_MAX];
        if (q->outcome == OUTCOME_SENT_UP)
            q->key = (uint32_t)r->waiting.n++;
        if (q->outcome != OUTCOME_GRANTED)
            continue;
        int32_t chain = known_chain_of(r, q->covers);
        if (chain < 0)
            return NO_MEMORY;
        q->chain = (uint16_t)chain;
        q->key = (uint32_t)r->loans.n++;
        book_covers(r, q);
        if (q->product != PRODUCT_TERM)
            continue;
        bank_pays(r, &r->bank[q->bank], q->granted);
        market_flow(r, FLOW_LOAN, q->granted);
        market_flow(r, FLOW_LOAN_OWED, q->granted);
    }
    return OK;
}

/* -- a region ------------------------------------------------------------------------------------------------------------ */
static void lay_block(struct region *r, size_t from)
{
    struct loans *l = &r->loans;
    struct loan_block *b = &l->block[l->n_blocks++];
    size_t tiles = b->n_starts - 1, k = from;
    b->from = from;
    b->to = l->n;
    for (size_t tile = 0; tile < tiles; tile++) {
        b->start[tile] = (uint32_t)k;
        while (k < l->n && l->row[k] < (tile + 1) * TILE)
            k++;
    }
    b->start[tiles] = (uint32_t)k;
}

enum { AHEAD = 8, SOON = 3 };

FETCHES void fetch_application(const struct application *a)
{
    fetch_lines(a, sizeof *a);
}

/* Of what comes next it is known for some time where it lies, and what of its row will be written. */
FETCHES void fetch(const struct region *r, const uint64_t *order, size_t j, size_t n, bool told)
{
    if (j + AHEAD >= n)
        return;
    uint64_t k = order[j + AHEAD] & UINT32_MAX;
    const struct enterprises *e = &r->enterprises;
    uint32_t i = r->market.ruling[k].row;
    fetch_application(r->market.row[k]);
    __builtin_prefetch(&e->waiting[i], 1);
    __builtin_prefetch(&e->refusals[i], 1);
    for (size_t word = 0; told && word < e->words; word++)
        __builtin_prefetch(&e->member[word * e->capacity + i]);
    if (r->market.ruling[k].outcome != OUTCOME_GRANTED)
        return;
    __builtin_prefetch(&e->flags[i], 1);
    __builtin_prefetch(&e->cash[i], 1);
    __builtin_prefetch(&e->debt[i], 1);
    __builtin_prefetch(&e->line_room[i], 1);
}

/* The month's applications by their rows, then as they arrived.  What comes from head offices stands in front, and is, as what
 * follows, in order of rows: the two are merged from behind.  *up: how many are sent to head offices. */
static enum status order_by_row(struct world *w, struct region *r, size_t *up)
{
    size_t n = r->market.n, early = r->returned.n < n ? r->returned.n : n, late = n - early, to = n;
    uint64_t *first = arena_take(&w->market, early, sizeof *first);
    if (first == NULL && early > 0)
        return NO_MEMORY;
    *up = 0;
    for (size_t k = 0; k < n; k++) {
        *(k < early ? &first[k] : &r->order[k - early]) = (uint64_t)r->market.ruling[k].row << 32 | k;
        *up += r->market.ruling[k].outcome == OUTCOME_SENT_UP;
    }
    sort_keys(first, early);
    sort_keys(r->order, late);
    while (early > 0) {
        bool keeps = late > 0 && r->order[late - 1] > first[early - 1];
        r->order[--to] = keeps ? r->order[late - 1] : first[early - 1];
        late -= keeps;
        early -= !keeps;
    }
    return OK;
}

struct errand {
    struct world *w;
    struct region *r;
    size_t n;
    int32_t threads;
    struct notices *notices; /* [thread]; NULL: no instrument is told of it */
};

/* From which application on a thread has them: those of one row have one thread. */
static size_t share_from(const struct errand *o, size_t thread)
{
    size_t from = o->n * thread / (size_t)o->threads;
    while (from > 0 && from < o->n && o->r->order[from] >> 32 == o->r->order[from - 1] >> 32)
        from++;
    return from;
}

/* Of who gets a warrant, and of whom an agreement is looked for. */
FETCHES void fetch_told(const struct region *r, const struct application *a)
{
    size_t deed = a->agreed != 0 ? LIST_FIND(&r->deeds, a->row) : r->deeds.n;
    if (deed < r->deeds.n)
        fetch_lines(&r->deeds.row[deed], sizeof(struct deed));
    if (a->link == 0)
        return;
    fetch_backing(r, a->row);
    __builtin_prefetch(&r->enterprises.founder_share[a->row]);
}

static void reach_share(void *context, size_t task, int32_t thread)
{
    const struct errand *o = context;
    struct region *r = o->r;
    struct tally *t = &o->w->team.hand[thread].tally[r->index];
    size_t to = share_from(o, task + 1);
    for (size_t j = share_from(o, task); j < to; j++) {
        fetch(r, r->order, j, to, o->notices != NULL);
        if (o->notices != NULL && j + SOON < to)
            fetch_told(r, r->market.row[r->order[j + SOON] & UINT32_MAX]);
        reach(o->w, r, t, r->order[j] & UINT32_MAX);
        if (o->notices != NULL)
            notice_give(&o->notices[task], r->market.row[r->order[j] & UINT32_MAX]);
    }
}

static enum status reach_all(struct world *w, struct region *r, size_t n)
{
    struct errand o = {.w = w, .r = r, .n = n, .threads = team_width(w->team.n, r->enterprises.n / TILE)};
    if (r->hooked[HOOK_GRANTED].n > 0 || r->hooked[HOOK_REFUSED].n > 0) {
        o.notices = arena_take(&w->market, (size_t)o.threads, sizeof *o.notices);
        if (o.notices == NULL)
            return NO_MEMORY;
        TRY(notices_open(w, r, o.notices, o.threads));
    }
    team_run(o.threads, (size_t)o.threads, reach_share, &o);
    return o.notices != NULL ? notices_settle(r, o.notices, o.threads) : OK;
}

static enum status pay_region(struct world *w, struct region *r)
{
    size_t n = r->market.n, from = r->loans.n, up;
    TRY(order_by_row(w, r, &up));
    TRY(loans_reserve(&r->loans, from + n));
    TRY(applications_reserve(&r->waiting, r->waiting.n + up));
    TRY(book(r, n));
    TRY(reach_all(w, r, n));
    lay_block(r, from);
    return deeds_merge(&r->deeds);
}

enum status credit_pay_out(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(pay_region(w, &w->region[k]));
    return OK;
}
