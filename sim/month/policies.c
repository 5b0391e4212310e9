/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies - the frame of all instruments: who takes part, places, services, claims on budget lines and their payment.
 *
 * Budget line (mechanisms M12): appropriated in January (or when the instrument first stands), claims ex post with a lag, paid
 * while there is money by the line's rule; what is unspent in December goes back unless it is carried over. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/misuse.h>
#include <string.h>

const struct instrument *const instruments[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer) &name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

/* -- local: membership, services, claims --------------------------------------------------------------------------------- */
/* A row that wants several places is one candidate, as far as they are bits of one word. */
static void want_place(const struct rows *t, uint32_t i, int32_t k)
{
    struct outbox *box = &t->me->box[BOX_CANDIDATE];
    uint16_t region = (uint16_t)t->r->index, word = (uint16_t)(k / MEMBER_BITS);
    struct candidate *c = box->n > 0 ? OUTBOX(box, struct candidate, box->n - 1) : NULL;
    if (c == NULL || c->row != i || c->region != region || c->word != word) {
        c = outbox_push(box);
        if (c == NULL) {
            t->me->status = NO_MEMORY;
            return;
        }
        struct identity who = matching_identity(t->r, enterprise_identity(t->e, i));
        struct words u = luck_block(t->w->luck, who, draw_block(DRAW_PLACE));
        *c = (struct candidate){.row = i, .region = region, .word = word, .key = u.w[DRAW_PLACE % 4]};
    }
    c->bits = (member_word)(c->bits | 1u << (k % MEMBER_BITS));
}

/* Places of a year: who has one keeps it until January, as long as he is eligible; then all ask again. */
static void review_yearly(const struct rows *t, uint32_t i, int32_t k, bool wants)
{
    bool anew = t->w->month % 12 == 0 || t->r->line[k].changed;
    if (enterprise_member(t->e, i, k) && (anew || !wants)) {
        enterprise_join(t->e, i, k, false);
        t->s->aware = -1.0;
    }
    if (anew && wants)
        want_place(t, i, k);
}

/* With room for nobody else, only members are asked. */
static void review(const struct rows *t, uint32_t i, int32_t k, const struct instrument *in, bool room)
{
    bool in_now = enterprise_member(t->e, i, k);
    if (!in_now && !room)
        return;
    bool wants = line_open(t->r, k, i) && in->eligible(t, i, k);
    if (in->yearly) {
        review_yearly(t, i, k, wants);
    } else if (in->places == NULL || !wants || in_now) {
        enterprise_join(t->e, i, k, wants);
        if (wants != in_now && in->inform != NULL)
            t->s->aware = -1.0; /* what it knows of may have changed */
    } else {
        want_place(t, i, k);
    }
}

static void push_claim(const struct rows *t, struct claimed claimed)
{
    struct claimed *c = outbox_push(&t->me->box[BOX_DUE]);
    if (c == NULL)
        t->me->status = NO_MEMORY;
    else
        *c = claimed;
}

/* What of a claim is false follows it as a record of its own. */
static void file_claim(const struct rows *t, uint32_t i, int32_t k, money amount, money overstated)
{
    uint16_t region = (uint16_t)t->r->index;
    push_claim(t, (struct claimed){i, region, (uint16_t)k, amount});
    if (overstated.fen > 0)
        push_claim(t, (struct claimed){i, region, NOT_DUE, overstated});
}

static void claim_due(const struct rows *t, uint32_t i, int32_t k, const struct instrument *in)
{
    money amount = in->claim(t, i, k);
    if (amount.fen <= 0 || (t->r->hooked[HOOK_OVERSEE].n > 0 && misuse_barred(t, i)))
        return;
    if (P(t->r, integrity)->share <= 0.0) { /* all are honest */
        file_claim(t, i, k, amount, FEN(0));
        return;
    }
    money more = misuse_overstated(t, i, k, amount);
    file_claim(t, i, k, money_add(amount, more), more);
    int32_t twin = misuse_twin(t, i, k, &amount);
    if (twin >= 0)
        file_claim(t, i, twin, amount, amount);
}

/* An instrument in force, or one that ends this month, as a tile sees it. */
struct standing {
    const struct instrument *in;
    int32_t k;
    bool all;            /* everybody is reviewed: in January and when it starts or ends */
    bool room;           /* for who is no member yet, before the month's places are dealt */
    bool serves, claims; /* this month, for those who take part */
};
struct agenda {
    int32_t n;
    bool all; /* of some */
    struct standing standing[MAX_LINES];
    uint8_t nth[MAX_LINES];                           /* of instance k in standing */
    member_word serving[MAX_LINES / MEMBER_BITS + 1]; /* bits of those that serve or claim */
};

static bool has_room(const struct rows *t, int32_t k, const struct instrument *in, bool all)
{
    if (in->places == NULL)
        return true;
    return in->yearly ? all : in->places(t->r, k) > t->r->line[k].members;
}

static bool claims_now(const struct rows *t, const struct instrument *in, bool all)
{
    return in->claim != NULL && !in->claim_past && t->w->month % in->claim_every == 0 && (all || !in->deals);
}

static void set_agenda(const struct rows *t, struct agenda *a)
{
    a->n = 0;
    a->all = false;
    memset(a->serving, 0, sizeof a->serving);
    for (int32_t k = 0; k < t->r->n_instances; k++) {
        const struct instrument *in = instrument_of(t->r, k);
        bool enabled = LINE_COMMON(t->r, k)->enabled, all = t->r->line[k].changed || t->w->month % 12 == 0;
        if (in->eligible == NULL || (!enabled && !t->r->line[k].changed))
            continue;
        struct standing s = {
            in, k, all, has_room(t, k, in, all), enabled && in->serve != NULL, enabled && claims_now(t, in, all)};
        member_word *word = &a->serving[k / MEMBER_BITS];
        *word = (member_word)(*word | (unsigned)(s.serves || s.claims) << (k % MEMBER_BITS));
        a->all = a->all || all;
        a->nth[k] = (uint8_t)a->n;
        a->standing[a->n++] = s;
    }
}

/* At registration, each January, on a move of stage, when the instrument starts or ends; at founding where places are few. */
static void review_row(const struct rows *t, uint32_t i, const struct agenda *a)
{
    int32_t age = age_of(t, i), registered = t->e->registration[i];
    bool event = age == registered || (t->e->flags[i] & JUST_MOVED) != 0 || (t->e->owned[i] & OWNED_NEWS) != 0;
    for (int32_t j = 0; j < a->n; j++) {
        const struct standing *s = &a->standing[j];
        if (event || (s->in->places != NULL && age == 0) ||
            (s->all && (age >= registered || enterprise_member(t->e, i, s->k))))
            review(t, i, s->k, s->in, s->room);
    }
}

/* Most months most rows are none of their business: those that are are marked many at a time. */
static uint32_t list_events(const struct rows *t, bool all)
{
    uint32_t n = t->hi - t->lo;
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo,
                  *registration = t->e->registration + t->lo, *owned = t->e->owned + t->lo;
    const int32_t *founded = t->e->founded + t->lo, month = t->w->month;
    uint8_t *mark = t->s->mark;
    for (uint32_t k = 0; k < n; k++) {
        int32_t age = month - founded[k];
        mark[k] = (status[k] == ACTIVE) & ((age == 0) | (age == registration[k]) | ((flags[k] & JUST_MOVED) != 0) |
                                           ((owned[k] & OWNED_NEWS) != 0) | (all != 0));
    }
    return list_marked(t);
}

static uint32_t list_served(const struct rows *t, const struct agenda *a)
{
    uint32_t n = t->hi - t->lo;
    uint8_t *mark = t->s->mark;
    memset(mark, 0, n);
    for (size_t word = 0; word < t->e->words; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo, serving = a->serving[word];
        if (serving == 0)
            continue;
        for (uint32_t k = 0; k < n; k++)
            mark[k] = (mark[k] != 0) | ((member[k] & serving) != 0);
    }
    return list_marked(t);
}

/* Who takes part is served, and claims what is due. */
static void serve_row(const struct rows *t, uint32_t i, const struct agenda *a)
{
    if (t->e->status[i] != ACTIVE)
        return;
    for (size_t word = 0; word < t->e->words; word++) {
        unsigned bits = t->e->member[word * t->e->capacity + i] & a->serving[word];
        for (; bits != 0; bits &= bits - 1) {
            int32_t k = (int32_t)word * MEMBER_BITS + __builtin_ctz(bits);
            const struct standing *s = &a->standing[a->nth[k]];
            if (s->serves)
                s->in->serve(t, i, k);
            if (s->claims)
                claim_due(t, i, k, s->in);
        }
    }
}

/* January: who was a member to the end of the year claims for it.  Row by row: instance by instance a claim that is filed at two
 * lines would stand before or behind others by where a tile ends, which a compaction moves. */
static void claim_past(const struct rows *t)
{
    int32_t n = 0;
    uint8_t past[MAX_LINES];
    for (int32_t k = 0; k < t->r->n_instances; k++)
        if (instrument_of(t->r, k)->claim_past && LINE_COMMON(t->r, k)->enabled)
            past[n++] = (uint8_t)k;
    for (uint32_t i = t->lo; n > 0 && i < t->hi; i++)
        for (int32_t j = 0; t->e->status[i] == ACTIVE && j < n; j++)
            if (enterprise_member(t->e, i, past[j]))
                claim_due(t, i, past[j], instrument_of(t->r, past[j]));
    memset(t->e->insured_year + t->lo, 0, (t->hi - t->lo) * sizeof *t->e->insured_year);
}

/* That funds came or left since the last review has been looked at. */
static void forget_news(const struct rows *t)
{
    uint8_t *owned = t->e->owned + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        owned[k] &= (uint8_t)~OWNED_NEWS;
}

/* However many instruments there are: first all reviews of a tile, then all services. */
void members_review(const struct rows *t)
{
    struct agenda a;
    set_agenda(t, &a);
    if (t->w->month % 12 == 0)
        claim_past(t);
    uint32_t n = a.n > 0 ? list_events(t, a.all) : 0;
    for (uint32_t j = 0; j < n; j++)
        review_row(t, t->lo + t->s->list[j], &a);
    forget_news(t);
    n = a.n > 0 ? list_served(t, &a) : 0;
    for (uint32_t j = 0; j < n; j++)
        serve_row(t, t->lo + t->s->list[j], &a);
    if (t->w->month % 12 == 0)
        for (uint32_t i = t->lo; i < t->hi; i++)
            t->e->interest_year[i] = t->e->debt_year[i] = t->e->fee_year[i] = 0.0f;
}

/* -- budget lines ---------------------------------------------------------------------------------------------------------- */
static void appropriate(struct region *r, int32_t k, bool january)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    struct line *line = &r->line[k];
    if (january) {
        line->spent_year = FEN(0);
        if (!p->budget_carry || !p->enabled) {
            market_flow(r, FLOW_LAPSED, line->cash);
            line->cash = FEN(0);
        }
    }
    if (p->enabled && (january || line->changed)) {
        money budget = money_scale(p->budget, r->scale);
        market_flow(r, FLOW_APPROPRIATION, budget);
        line->cash = money_add(line->cash, budget);
    }
}

static void begin_lines(const struct world *w, struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        appropriate(r, k, w->month % 12 == 0);
        if (in->begin != NULL)
            in->begin(r, k);
    }
}

/* What leaves a budget line; the caller has checked that the money is there. */
static void spend(struct region *r, int32_t k, enum flow flow, money amount)
{
    struct line *line = &r->line[k];
    line->cash = money_sub(line->cash, amount);
    line->spent = money_add(line->spent, amount);
    line->spent_year = money_add(line->spent_year, amount);
    market_flow(r, flow, amount);
}

bool line_spend(struct region *r, int32_t k, enum flow flow, money amount)
{
    r->line[k].asked = money_add(r->line[k].asked, amount);
    if (amount.fen > r->line[k].cash.fen) {
        r->line[k].short_of = money_add(r->line[k].short_of, amount);
        return false;
    }
    spend(r, k, flow, amount);
    return true;
}

void line_upkeep(struct region *r, int32_t k, enum flow flow)
{
    money month = money_min(money_scale(LINE_COMMON(r, k)->budget, r->scale / 12.0), r->line[k].cash);
    if (LINE_COMMON(r, k)->enabled && month.fen > 0)
        line_spend(r, k, flow, month);
}

/* -- places ------------------------------------------------------------------------------------------------------------------ */
/* Candidates for instance k: a key of draw, then row, of those who draw at most `most`, as far as there is room for keys.
 * Returns how many there are. */
static size_t candidates_of(const struct world *w, const struct region *r, int32_t k, uint32_t most, uint64_t *key,
                            size_t room)
{
    size_t n = 0;
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_CANDIDATE];
        for (size_t j = 0; j < box->n; j++) {
            const struct candidate *c = OUTBOX(box, struct candidate, j);
            if (c->region != r->index || c->word != k / MEMBER_BITS || (c->bits >> (k % MEMBER_BITS) & 1) == 0)
                continue;
            if (c->key > most)
                continue;
            if (n < room)
                key[n] = (uint64_t)c->key << 32 | c->row;
            n++;
        }
    }
    return n;
}

/* Places go to the lowest keys.  Draws are even, so the places of many candidates are found below a low bound, eight standard
 * deviations above the mean; only if not, all are looked at. */
static enum status deal_places(struct world *w, struct region *r, int32_t k, const struct instrument *in)
{
    if (in->yearly && w->month % 12 == 0)
        r->line[k].members = 0;
    int64_t left = in->places(r, k) - r->line[k].members;
    size_t n = left > 0 ? candidates_of(w, r, k, UINT32_MAX, NULL, 0) : 0;
    if (n == 0)
        return OK;
    double enough = (double)left + 8.0 * __builtin_sqrt((double)left) + 64.0;
    size_t room = 2.0 * enough < (double)n ? (size_t)(2.0 * enough) : n;
    uint64_t *key = arena_take(&w->market, room, sizeof *key);
    if (key == NULL)
        return NO_MEMORY;
    size_t given = 0;
    size_t found =
        candidates_of(w, r, k, room < n ? (uint32_t)(enough / (double)n * 4294967296.0) : UINT32_MAX, key, room);
    if (room < n && ((int64_t)found < left || found > room)) {
        key = arena_take(&w->market, n, sizeof *key);
        if (key == NULL)
            return NO_MEMORY;
        found = candidates_of(w, r, k, UINT32_MAX, key, n);
    }
    sort_keys(key, found);
    for (; given < found && (int64_t)given < left; given++) {
        enterprise_join(&r->enterprises, (uint32_t)(key[given] & UINT32_MAX), k, true);
        r->line[k].members++;
    }
    if (in->dealt != NULL && given > 0)
        return in->dealt(w, r, k, key, given);
    return OK;
}

/* -- claims on budget lines ---------------------------------------------------------------------------------------------------- */
enum status due_add(struct region *r, const struct due *d)
{
    if (r->dues.n == r->dues.capacity) {
        size_t more = r->dues.capacity + r->dues.capacity / 4 + 256;
        struct due *bigger = realloc(r->dues.row, more * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        r->dues.row = bigger;
        r->dues.capacity = more;
    }
    r->dues.row[r->dues.n++] = *d;
    return OK;
}

/* How many there are of those who are no enterprise, and what an instrument owes one of them; NULL: nothing. */
typedef money (*claim_fn)(const struct region *r, int32_t k, int32_t agent);
static claim_fn claim_by(const struct region *r, const struct instrument *in, enum payee payee, int32_t *n)
{
    *n = payee == PAYEE_BANK ? r->n_banks : payee == PAYEE_BEARER ? r->n_bearers : (int32_t)r->funds.n;
    return payee == PAYEE_BANK ? in->claim_bank : payee == PAYEE_BEARER ? in->claim_bearer : in->claim_fund;
}

/* What banks, bearers of cover and funds claim, one by one. */
static enum status claim_of_agents(const struct world *w, struct region *r, int32_t k, enum payee payee)
{
    const struct instrument *in = instrument_of(r, k);
    int32_t n;
    claim_fn claim = claim_by(r, in, payee, &n);
    if (claim == NULL || !LINE_COMMON(r, k)->enabled || w->month % in->claim_every != 0)
        return OK;
    for (int32_t j = 0; j < n; j++) {
        struct due d = {.row = (uint32_t)j, .instance = (uint8_t)k};
        d.payee = payee & 15;
        d.month = w->month + LINE_COMMON(r, k)->claim_lag;
        d.amount = claim(r, k, j);
        if (d.amount.fen > 0)
            TRY(due_add(r, &d));
    }
    return OK;
}

/* Claims of a month for the past year, or those for itself. */
static enum status take_claims(const struct world *w, struct region *r, bool past)
{
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_DUE];
        bool mine = false; /* whether the claim before was one of these: what is not due of it follows it */
        for (size_t j = 0; j < box->n; j++) {
            const struct claimed *c = OUTBOX(box, struct claimed, j);
            if (c->region != r->index)
                continue;
            if (c->instance == NOT_DUE && mine)
                TRY(misuse_file(r, c->amount));
            if (c->instance == NOT_DUE)
                continue;
            mine = instrument_of(r, c->instance)->claim_past == past;
            if (!mine)
                continue;
            struct due d = {.row = c->row,
                            .month = w->month + LINE_COMMON(r, c->instance)->claim_lag,
                            .instance = (uint8_t)c->instance,
                            .amount = c->amount};
            TRY(due_add(r, &d));
        }
    }
    return OK;
}

/* A tile files first the claims for the past year, then all others, so that where it ends would show in who is audited while
 * the money lasts. */
static enum status take_dues(const struct world *w, struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        TRY(claim_of_agents(w, r, k, PAYEE_BANK));
        TRY(claim_of_agents(w, r, k, PAYEE_BEARER));
        TRY(claim_of_agents(w, r, k, PAYEE_FUND));
    }
    if (w->month % 12 == 0)
        TRY(take_claims(w, r, true));
    return take_claims(w, r, false);
}

enum { RULE_QUEUE, RULE_PRO_RATA, RULE_NEXT_YEAR };
/* What the claims of a month meet: money at hand, claims that fall due now, and whether an earlier claim waits for money. */
struct counter {
    money cash, due;
    int32_t rule, life; /* enum rule; months that a claim may wait */
    bool deals, sums;   /* what falls due has to be summed, claims that wait included */
    bool blocked;
};

/* Only the living are reimbursed. */
static bool can_be_paid(const struct region *r, const struct due *d)
{
    return d->payee != PAYEE_ENTERPRISE || r->enterprises.status[d->row] == ACTIVE;
}

static void sum_due(const struct world *w, struct region *r, struct counter *counter)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        counter[k] = (struct counter){.cash = r->line[k].cash,
                                      .rule = LINE_COMMON(r, k)->budget_rule,
                                      .life = LINE_COMMON(r, k)->claim_life,
                                      .deals = instrument_of(r, k)->deals};
    for (int32_t k = 0; k < r->n_instances; k++)
        counter[k].sums = counter[k].deals || counter[k].rule == RULE_PRO_RATA;
    for (size_t j = 0; j < r->dues.n; j++) {
        const struct due *d = &r->dues.row[j];
        struct counter *c = &counter[d->instance];
        if (d->payee >= PAYEE_AUDIT)
            misuse_release(w, r, d);
        else if (d->month <= w->month && (d->waited == 0 || c->sums) && can_be_paid(r, d)) {
            c->due = money_add(c->due, d->amount);
            if (d->waited == 0 && !c->deals) /* one that waits was counted when it fell due */
                r->line[d->instance].asked = money_add(r->line[d->instance].asked, d->amount);
        }
    }
}

static void miss(struct region *r, int32_t k, money amount)
{
    r->line[k].short_of = money_add(r->line[k].short_of, amount);
}

/* Room for the month's payments, if anybody wants their list: no claim is paid twice in a month. */
static enum status begin_paid(const struct world *w, struct region *r)
{
    r->paid.n = 0;
    if (!w->paid_kept || r->dues.n <= r->paid.capacity)
        return OK;
    size_t rows = r->dues.n + r->dues.n / 4 + 64; /* so that it grows seldom */
    struct due *bigger = realloc(r->paid.row, rows * sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    r->paid.row = bigger;
    r->paid.capacity = rows;
    return OK;
}

static void pay_enterprise(struct region *r, const struct due *d, money amount)
{
    if (r->paid.n < r->paid.capacity) {
        r->paid.row[r->paid.n] = *d;
        r->paid.row[r->paid.n++].amount = amount;
    }
    spend(r, d->instance, instrument_of(r, d->instance)->flow, amount);
    r->enterprises.cash[d->row] = money_add(r->enterprises.cash[d->row], amount);
}

/* A fund pays it out to its partners with what exits bring, and after its end; what is due to its manager is his own. */
static void pay_fund(struct region *r, const struct due *d, money amount)
{
    struct fund *f = &r->funds.row[d->row];
    bool own = instrument_of(r, d->instance)->to_manager || d->payee == PAYEE_MANAGER;
    spend(r, d->instance, own ? FLOW_SUBSIDY_MANAGER : FLOW_SUBSIDY_FUND, amount);
    f->cash = own ? f->cash : money_add(f->cash, amount);
    f->awarded = own ? f->awarded : money_add(f->awarded, amount);
}

static void pay_payee(struct region *r, struct due *d, money amount)
{
    if (amount.fen <= 0)
        return;
    misuse_note(r, d, amount);
    if (d->payee == PAYEE_BANK) {
        struct bank *b = &r->bank[d->row];
        spend(r, d->instance, FLOW_SUBSIDY_BANK, amount);
        b->cash = money_add(b->cash, amount);
    } else if (d->payee == PAYEE_BEARER) {
        struct bearer *p = &r->bearer[d->row];
        spend(r, d->instance, bearer_table[p->kind].subsidy, amount);
        p->balance = money_add(p->balance, amount);
        p->fees_seen += money_to_yuan(amount); /* it counts on it when it looks at what its business brings */
    } else if (d->payee == PAYEE_FUND || d->payee == PAYEE_MANAGER) {
        pay_fund(r, d, amount);
    } else {
        pay_enterprise(r, d, amount);
    }
    r->total.reached[d->instance]++;
}

/* Its part of what the line holds: all of it is dealt, but for the residue of the split. */
static void deal(struct region *r, struct due *d, const struct counter *c)
{
    money pays = money_part(c->cash, d->amount, c->due);
    r->line[d->instance].asked = money_add(r->line[d->instance].asked, pays);
    pay_payee(r, d, pays);
}

/* What the line cannot meet waits, now or until the new year's money, and lapses in the end. */
static bool waits(const struct world *w, struct region *r, struct due *d, const struct counter *c)
{
    int32_t months = c->rule == RULE_NEXT_YEAR ? 12 - w->month % 12 : 1;
    miss(r, d->instance, d->amount);
    d->waited = (uint16_t)(d->waited + months);
    d->month = w->month + (months > 1 ? months : 0);
    return d->waited <= c->life;
}

/* Pays one claim by the rule of its line; true: it waits, or what is left of it.  Nobody overtakes a claim that waits. */
static bool pay_due(const struct world *w, struct region *r, struct due *d, struct counter *c)
{
    int32_t k = d->instance;
    if (c->deals) {
        deal(r, d, c);
        return false;
    }
    if (c->rule == RULE_PRO_RATA) {
        money pays = c->due.fen > c->cash.fen ? money_part(d->amount, c->cash, c->due) : d->amount;
        miss(r, k, money_sub(d->amount, pays));
        pay_payee(r, d, pays);
        return false;
    }
    if (c->blocked)
        return waits(w, r, d, c);
    money pays = money_min(d->amount, r->line[k].cash);
    pay_payee(r, d, pays);
    d->amount = money_sub(d->amount, pays);
    c->blocked = d->amount.fen > 0;
    return c->blocked && waits(w, r, d, c);
}

static void pay_dues(const struct world *w, struct region *r)
{
    struct counter counter[MAX_LINES];
    sum_due(w, r, counter);
    size_t kept = 0, files = 0;
    for (size_t j = 0; j < r->dues.n; j++) {
        struct due *d = &r->dues.row[j];
        bool stays = d->month > w->month; /* those are the most, and need no look at their row */
        if (d->payee >= PAYEE_AUDIT)
            stays = misuse_follow(w, r, d);
        else if (!stays && can_be_paid(r, d))
            stays = pay_due(w, r, d, &counter[d->instance]) || misuse_picked(w, r, d);
        if (stays)
            misuse_keep(r, d, &files);
        if (stays && kept != j)
            r->dues.row[kept] = *d;
        kept += stays;
    }
    r->dues.n = kept;
    r->files.n = files;
    dues_trim(&r->dues);
}

/* What of the claims on a line was paid, half of it remembered at each settlement. */
static void learn_honour(struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        struct line *line = &r->line[k];
        double asked = money_to_yuan(line->asked), missing = money_to_yuan(line->short_of);
        if (asked > 0.0)
            line->honoured = 0.5 * line->honoured + 0.5 * (missing < asked ? 1.0 - missing / asked : 0.0);
    }
}

static void share_tax(struct region *r)
{
    money tax = FEN(r->total.flow[FLOW_VAT] + r->total.flow[FLOW_INCOME_TAX]);
    market_flow(r, FLOW_TAX_SHARED, money_scale(tax, P(r, government)->city_share));
}

enum status budget_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        share_tax(r);
        if (w->month % 12 == 0)
            deeds_forget(&r->deeds, w->month);
        begin_lines(w, r);
        for (int32_t j = 0; j < r->n_instances; j++)
            if (instrument_of(r, j)->places != NULL)
                TRY(deal_places(w, r, j, instrument_of(r, j)));
        TRY(take_dues(w, r));
        TRY(begin_paid(w, r));
        pay_dues(w, r);
        learn_honour(r);
    }
    for (int32_t t = 0; t < w->team.n; t++)
        outbox_hand_over(&w->team.member[t].box[BOX_DUE], &w->team.member[t].box[BOX_APPLICATION]);
    return OK;
}
