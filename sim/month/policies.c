/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies - the frame of all instruments: who takes part, places, services, claims on budget lines and their payment.
 *
 * Budget line (mechanisms M12): appropriated in January (or when the instrument first stands), claims ex post with a lag, paid
 * while there is money by the line's rule; what is unspent in December goes back unless it is carried over. */
#include <liandong/claiming.h>
#include <liandong/credit.h>
#include <liandong/envelope.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/misuse.h>
#include <liandong/places.h>
#include <string.h>

const struct instrument *const instruments[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer, common) &name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

/* -- local: membership, services, claims --------------------------------------------------------------------------------- */
/* A row that wants several places is one candidate, as far as they are bits of one word. */
static void want_place(const struct rows *t, uint32_t i, int32_t k)
{
    _Static_assert(MAX_REGIONS * CANDIDATE_WORDS <= UINT16_MAX + 1 && MAX_LINES <= CANDIDATE_WORDS * MEMBER_BITS, "");
    struct outbox *box = &t->me->box[BOX_CANDIDATE];
    uint16_t word = candidate_word(t->r->index, k);
    struct candidate *c = box->n > 0 ? OUTBOX(box, struct candidate, box->n - 1) : NULL;
    if (c == NULL || c->row != i || c->word != word) {
        c = outbox_push(box);
        if (c == NULL) {
            t->me->status = NO_MEMORY;
            return;
        }
        *c = (struct candidate){.row = i, .word = word};
    }
    c->bits = (member_word)(c->bits | 1u << (k % MEMBER_BITS));
}

/* The draws of the candidates of a tile, who stand in the box from `first` on. */
static void draw_keys(const struct rows *t, size_t first)
{
    struct outbox *box = &t->me->box[BOX_CANDIDATE];
    for (size_t k = first; k < box->n; k += BLOCKS) {
        size_t n = box->n - k < BLOCKS ? box->n - k : BLOCKS;
        struct identity who[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (size_t j = 0; j < BLOCKS; j++) {
            const struct candidate *c = OUTBOX(box, struct candidate, k + (j < n ? j : 0));
            who[j] = matching_identity(t->r, enterprise_identity(t->e, c->row));
        }
        luck_blocks(t->w->luck, who, draw_block(DRAW_PLACE), word);
        for (size_t j = 0; j < n; j++)
            OUTBOX(box, struct candidate, k + j)->key = word[DRAW_PLACE % 4][j];
    }
}

/* Places of a year or a quarter: who has one keeps it to its end, as long as he is eligible; then all ask again. */
static void review_dealt(const struct rows *t, uint32_t i, int32_t k, bool wants)
{
    bool anew = places_anew(instrument_of(t->r, k), t->w->month) || t->r->line[k].changed;
    if (enterprise_member(t->e, i, k) && (anew || !wants)) {
        enterprise_join(t->e, i, k, false);
        t->s->aware = -1.0;
    }
    if (anew && wants)
        want_place(t, i, k);
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
    if (misuse_has_scruples(t, i)) {
        file_claim(t, i, k, amount, FEN(0));
        return;
    }
    money more = misuse_overstated(t, k, amount);
    file_claim(t, i, k, money_add(amount, more), more);
    int32_t twin = misuse_twin(t, i, k, &amount);
    if (twin >= 0)
        file_claim(t, i, twin, amount, amount);
}

/* An instrument in force, or one that ends this month, as a tile sees it. */
struct standing {
    const struct instrument *in;
    int32_t k;
    bool open;           /* to each that is eligible */
    bool serves, claims; /* this month, for those who take part */
    bool enabled;
};
/* Of a word of instances, those that are reviewed .. */
struct reviewed {
    member_word at_all; /* at a registration, a move of stage .. */
    member_word places; /* at founding */
    member_word by_all; /* each January, and when they start or end */
    member_word room;   /* for who is no member yet, before the month's places are dealt */
};
struct agenda {
    int32_t n;
    bool all; /* everybody is reviewed, of some instance */
    struct standing standing[MAX_LINES];
    uint8_t nth[MAX_LINES]; /* of instance k in standing */
    struct reviewed reviewed[MAX_LINES / MEMBER_BITS + 1];
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

static bool open_to_all(const struct region *r, int32_t k)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    return p->enabled && !p->registered_only && line_admits_all(r, k);
}

static void set_bit(member_word *word, int32_t k, bool on)
{
    *word = (member_word)(*word | (unsigned)on << (k % MEMBER_BITS));
}

static void set_agenda(const struct rows *t, struct agenda *a)
{
    a->n = 0;
    a->all = false;
    memset(a->serving, 0, sizeof a->serving);
    memset(a->reviewed, 0, sizeof a->reviewed);
    for (int32_t k = 0; k < t->r->n_instances; k++) {
        const struct instrument *in = instrument_of(t->r, k);
        bool enabled = LINE_COMMON(t->r, k)->enabled,
             all = t->r->line[k].changed || t->w->month % 12 == 0 || places_anew(in, t->w->month);
        if (in->eligible == NULL || (!enabled && !t->r->line[k].changed))
            continue;
        struct standing s = {
            in, k, open_to_all(t->r, k), enabled && in->serve != NULL, enabled && claims_now(t, in, all), enabled};
        struct reviewed *word = &a->reviewed[k / MEMBER_BITS];
        set_bit(&a->serving[k / MEMBER_BITS], k, s.serves || s.claims);
        set_bit(&word->at_all, k, true);
        set_bit(&word->places, k, in->places != NULL);
        set_bit(&word->by_all, k, all);
        set_bit(&word->room, k, has_room(t, k, in, all));
        a->all = a->all || all;
        a->nth[k] = (uint8_t)a->n;
        a->standing[a->n++] = s;
    }
}

static void review(const struct rows *t, uint32_t i, const struct standing *s)
{
    const struct instrument *in = s->in;
    int32_t k = s->k;
    bool in_now = enterprise_member(t->e, i, k);
    bool wants = (s->open || line_open(t->r, k, i)) && in->eligible(t, i, k);
    if (in->yearly || in->quarterly) {
        review_dealt(t, i, k, wants);
    } else if (in->places == NULL || !wants || in_now) {
        enterprise_join(t->e, i, k, wants);
        if (wants != in_now && in->inform != NULL)
            t->s->aware = -1.0; /* what it knows of may have changed */
    } else {
        want_place(t, i, k);
    }
}

/* At registration, each January, on a move of stage, when the instrument starts or ends; at founding where places are few.  With
 * room for nobody else, only members are asked. */
static void review_row(const struct rows *t, uint32_t i, const struct agenda *a)
{
    int32_t age = age_of(t, i), registered = t->e->registration[i];
    bool event = age == registered || (t->e->flags[i] & JUST_MOVED) != 0 || (t->e->owned[i] & OWNED_NEWS) != 0;
    for (size_t word = 0; word < t->e->words; word++) {
        const struct reviewed *q = &a->reviewed[word];
        unsigned member = q->at_all != 0 ? t->e->member[word * t->e->capacity + i] : 0;
        unsigned bits = event ? q->at_all : age < registered ? q->by_all & member : q->by_all;
        bits |= age == 0 ? q->places : 0;
        for (bits &= member | q->room; bits != 0; bits &= bits - 1)
            review(t, i, &a->standing[a->nth[word * MEMBER_BITS + (size_t)__builtin_ctz(bits)]]);
    }
}

/* Most months most rows are none of their business: those that are are marked many at a time. */
static uint32_t list_events(const struct rows *t, bool all)
{
    uint32_t n = t->hi - t->lo;
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo,
                  *registration = t->e->registration + t->lo, *owned = t->e->owned + t->lo;
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month;
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

/* Members pay what they owe for the month. */
static void pay_fee(const struct rows *t, const struct standing *s)
{
    const member_word *member = t->e->member + (size_t)(s->k / MEMBER_BITS) * t->e->capacity + t->lo;
    const uint8_t *status = t->e->status + t->lo;
    const unsigned bit = 1u << s->k % MEMBER_BITS;
    const money fee = s->in->fee(t->r, s->k);
    money *cash = t->e->cash + t->lo;
    int64_t sum = 0;
    uint8_t *pays = t->s->mark;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        pays[k] = ((member[k] & bit) != 0) & (status[k] == ACTIVE);
    for (uint32_t k = 0; k < n; k++) {
        int64_t paid = money_min(cash[k], fee).fen & -(int64_t)pays[k];
        cash[k].fen -= paid;
        sum += paid;
    }
    flow_add(t->t, s->in->fee_flow, FEN(sum));
}

/* Who takes part is served, and claims what is due. */
static void serve_row(const struct rows *t, uint32_t i, const struct agenda *a)
{
    if (t->e->status[i] != ACTIVE)
        return;
    for (size_t word = 0; word < t->e->words; word++) {
        unsigned bits = a->serving[word] != 0 ? t->e->member[word * t->e->capacity + i] & a->serving[word] : 0;
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
    tables_clear(t->e->insured_year + t->lo, (t->hi - t->lo) * sizeof *t->e->insured_year);
}

/* That funds came or left since the last review has been looked at. */
static void forget_news(const struct rows *t)
{
    uint8_t *owned = t->e->owned + t->lo, any = 0;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        any |= owned[k] & OWNED_NEWS;
    for (uint32_t k = 0; any != 0 && k < n; k++)
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
    size_t candidates = t->me->box[BOX_CANDIDATE].n;
    knowing_begins(t, n);
    for (uint32_t j = 0; j < n; j++) {
        t->s->at = j;
        review_row(t, t->lo + t->s->list[j], &a);
    }
    t->s->at = NOT_LISTED;
    draw_keys(t, candidates);
    forget_news(t);
    for (int32_t j = 0; j < a.n; j++)
        if (a.standing[j].in->fee != NULL && a.standing[j].enabled)
            pay_fee(t, &a.standing[j]);
    n = a.n > 0 ? list_served(t, &a) : 0;
    for (uint32_t j = 0; j < n; j++)
        serve_row(t, t->lo + t->s->list[j], &a);
    if (t->w->month % 12 != 0)
        return;
    float *const paid[] = {t->e->interest_year, t->e->debt_year, t->e->fee_year};
    for (size_t k = 0; k < LD_COUNT(paid); k++)
        tables_clear(paid[k] + t->lo, (t->hi - t->lo) * sizeof *paid[k]);
}

/* -- budget lines ---------------------------------------------------------------------------------------------------------- */
/* What falls due to a line this month. */
static money appropriation_due(const struct region *r, int32_t k, bool january)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    return p->enabled && (january || r->line[k].changed) ? money_scale(p->budget, r->scale) : FEN(0);
}

static void appropriate(struct region *r, int32_t k, bool january, struct envelope *envelope)
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
    money due = appropriation_due(r, k, january);
    if (due.fen > 0) {
        money budget = envelope_give(r, envelope, due);
        market_flow(r, FLOW_APPROPRIATION, budget);
        line->cash = money_add(line->cash, budget);
    }
}

static void begin_lines(const struct world *w, struct region *r)
{
    bool january = w->month % 12 == 0;
    money asked = FEN(0);
    for (int32_t k = 0; january && k < r->n_instances; k++)
        asked = money_add(asked, appropriation_due(r, k, january));
    struct envelope envelope = envelope_open(r, january, asked);
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        appropriate(r, k, january, &envelope);
        if (in->begin != NULL)
            in->begin(r, k);
    }
}

/* What leaves a budget line; the caller has checked that the money is there. */
void line_pays(struct region *r, int32_t k, enum flow flow, money amount)
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
    line_pays(r, k, flow, amount);
    return true;
}

void line_upkeep(struct region *r, int32_t k, enum flow flow)
{
    money month = money_min(money_scale(LINE_COMMON(r, k)->budget, r->scale / 12.0), r->line[k].cash);
    if (LINE_COMMON(r, k)->enabled && month.fen > 0)
        line_spend(r, k, flow, month);
}

/* -- the month's budget --------------------------------------------------------------------------------------------- */
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
            TRY(deeds_forget(&r->deeds, w->month));
        begin_lines(w, r);
        TRY(places_deal(w, r));
    }
    const bool *paid;
    TRY(dues_at_once(w, &paid));
    for (int32_t k = 0; k < w->n_regions; k++) {
        TRY(dues_take(w, &w->region[k], paid));
        TRY(dues_pay(w, &w->region[k]));
        learn_honour(&w->region[k]);
    }
    for (int32_t t = 0; t < w->team.n; t++) {
        struct outbox *box =
            w->team.member[t].box; /* both are full in January, and idle while applications are written */
        outbox_hand_over(&box[BOX_DUE], &box[BOX_APPLICATION]);
        outbox_hand_over(&box[BOX_CANDIDATE], &box[BOX_APPLICATION]);
    }
    return OK;
}
