/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members - who takes part in which instrument; what members are served, pay and claim.
 *
 * Rows are reviewed at a registration, a move of stage, and with everybody each January and when an instrument begins or ends.
 * Sixty-four at a time are asked by each instrument that reviews some of them; then only those are visited for whom something
 * changes.  What a row knows may change by what it has joined: from there on it is asked again. */
#include <liandong/instrument.h>
#include <liandong/misuse.h>
#include <liandong/places.h>
#include <string.h>

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
    push_claim(t, (struct claimed){.row = i, .region = region, .instance = (uint8_t)k, .amount = amount});
    if (overstated.fen > 0)
        push_claim(t, (struct claimed){.row = i, .region = region, .instance = NOT_DUE, .amount = overstated});
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
    member_word shut;   /* not open to each that is eligible */
    member_word dealt;  /* places of a year or a quarter .. */
    member_word anew;   /* .. for which all ask again */
    member_word kept;   /* whoever has one keeps it */
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
        set_bit(&word->shut, k, !s.open);
        bool dealt = in->yearly || in->quarterly, anew = places_anew(in, t->w->month) || t->r->line[k].changed;
        set_bit(&word->dealt, k, dealt);
        set_bit(&word->anew, k, dealt && anew);
        set_bit(&word->kept, k, in->keeps && !anew);
        a->all = a->all || all;
        a->nth[k] = (uint8_t)a->n;
        a->standing[a->n++] = s;
    }
}

/* -- the review ----------------------------------------------------------------------------------------------------------- */
/* Of rows that are reviewed together: which instances review them, and in which they would take part. */
struct review {
    const struct rows *t;
    uint32_t n; /* as in struct asked */
    size_t first;
    const uint16_t *row;
    member_word asked[MAX_LINES / MEMBER_BITS + 1][ASKED_TOGETHER], wants[MAX_LINES / MEMBER_BITS + 1][ASKED_TOGETHER];
    member_word knowing[MAX_LINES / MEMBER_BITS + 1]; /* where that hangs on what they know */
};

static uint32_t row_of(const struct review *v, uint32_t j)
{
    return (uint32_t)(v->first + (v->row != NULL ? v->row[j] : j));
}

/* At registration, each January, on a move of stage, when the instrument starts or ends; at founding where places are few.  With
 * room for nobody else, only members are asked. */
static void lay_asked(const struct agenda *a, struct review *v)
{
    const struct enterprises *e = v->t->e;
    const uint16_t *founded = e->founded;
    const int32_t month = v->t->w->month;
    const uint8_t *registration = e->registration, *flags = e->flags, *owned = e->owned, *status = e->status;
    member_word event[ASKED_TOGETHER], young[ASKED_TOGETHER], born[ASKED_TOGETHER]; /* all bits or none */
    member_word lives[ASKED_TOGETHER];
    ASKED_ALL(v, j, i, lives[j] = (member_word) - (status[i] == ACTIVE));
    ASKED_ALL(v, j, i, young[j] = (member_word) - (month - founded[i] < registration[i]));
    ASKED_ALL(v, j, i, born[j] = (member_word) - (month == founded[i]));
    ASKED_ALL(v, j, i,
              event[j] = (member_word) - ((month - founded[i] == registration[i]) | ((flags[i] & JUST_MOVED) != 0) |
                                          ((owned[i] & OWNED_NEWS) != 0)));
    for (size_t word = 0; word < e->words; word++) {
        const struct reviewed q = a->reviewed[word];
        const member_word *member = e->member + word * e->capacity;
        member_word *asked = v->asked[word];
        v->knowing[word] = 0;
        memset(v->wants[word], 0, sizeof v->wants[word]);
        memset(asked, 0, sizeof v->asked[word]);
        if (q.at_all != 0)
            ASKED_ALL(v, j, i,
                      asked[j] = (member_word)(lives[j] & (member[i] | q.room) &
                                               ((q.by_all & (member[i] | ~young[j])) | (q.at_all & event[j]) |
                                                (q.places & born[j]))));
    }
}

/* Asks so many of them, from `place` on, whether they would take part in this instance. */
static void ask_instance(struct review *v, const struct standing *s, uint32_t place, uint32_t n)
{
    size_t word = (size_t)s->k / MEMBER_BITS;
    const unsigned bit = (unsigned)s->k % MEMBER_BITS;
    const member_word *asked = v->asked[word] + place;
    member_word *wants = v->wants[word] + place, any = 0;
    uint8_t mark[ASKED_TOGETHER] = {0};
    for (uint32_t j = 0; j < n; j++)
        any |= asked[j];
    if ((any >> bit & 1) == 0)
        return;
    for (uint32_t j = 0; j < n; j++)
        mark[j] = (uint8_t)(asked[j] >> bit & 1);
    struct asked q = {.t = v->t, .k = s->k, .n = n, .place = place, .mark = mark};
    q.row = v->row != NULL ? v->row + place : NULL;
    q.first = v->row != NULL ? v->first : v->first + place;
    s->in->eligible(&q);
    for (uint32_t j = 0; j < n; j++)
        wants[j] = (member_word)((wants[j] & ~(1u << bit)) | (unsigned)mark[j] << bit);
    set_bit(&v->knowing[word], s->k, q.knowing);
}

/* Of the instances of a word, those for which something changes: it joins or leaves, or asks for a place. */
static inline unsigned changes_of(struct reviewed q, unsigned asked, unsigned wants, unsigned member)
{
    unsigned undealt = ~(unsigned)q.dealt & (member ^ wants), leaves = q.dealt & ~(unsigned)q.kept & member & ~wants;
    return asked & (undealt | leaves | ((unsigned)(q.anew | q.shut) & (member | wants)));
}

/* What it knows of may have changed: true. */
static bool review(const struct rows *t, uint32_t i, const struct standing *s, unsigned anew, bool wants)
{
    const struct instrument *in = s->in;
    int32_t k = s->k;
    bool in_now = enterprise_member(t->e, i, k), stays = wants;
    if (in->yearly || in->quarterly) {
        stays = in_now && wants && !anew;
        enterprise_join(t->e, i, k, stays);
        if (anew && wants)
            want_place(t, i, k);
    } else if (in->places == NULL || !wants || in_now) {
        enterprise_join(t->e, i, k, wants);
    } else {
        want_place(t, i, k);
        return false;
    }
    return in->inform != NULL && stays != in_now;
}

/* Once it knows of more or less than when it was asked: of all instances that stand behind this one. */
static void ask_again(const struct agenda *a, struct review *v, uint32_t j, int32_t after)
{
    asked_informed(v->t, row_of(v, j), j);
    for (int32_t nth = a->nth[after] + 1; nth < a->n; nth++)
        if (v->knowing[a->standing[nth].k / MEMBER_BITS] >> a->standing[nth].k % MEMBER_BITS & 1)
            ask_instance(v, &a->standing[nth], j, 1);
}

static void review_row(const struct agenda *a, struct review *v, uint32_t j)
{
    const struct rows *t = v->t;
    uint32_t i = row_of(v, j);
    for (size_t word = 0; word < t->e->words; word++) {
        const struct reviewed *q = &a->reviewed[word];
        const member_word *member = t->e->member + word * t->e->capacity + i;
        unsigned left = v->asked[word][j], bits;
        while (left != 0 && (bits = changes_of(*q, left, v->wants[word][j], *member)) != 0) {
            int32_t bit = __builtin_ctz(bits), k = (int32_t)word * MEMBER_BITS + bit;
            const struct standing *s = &a->standing[a->nth[k]];
            bool would = ((v->wants[word][j] | (q->kept & *member)) >> bit & 1) != 0;
            if (review(t, i, s, q->anew >> bit & 1, would && (s->open || line_open(t->r, k, i))))
                ask_again(a, v, j, k);
            left &= ~0u << bit << 1;
        }
    }
}

/* Marks those of them for whom something changes. */
static void mark_changes(const struct agenda *a, const struct review *v, uint8_t mark[ASKED_TOGETHER])
{
    const struct enterprises *e = v->t->e;
    member_word change[ASKED_TOGETHER] = {0};
    for (size_t word = 0; word < e->words; word++) {
        const struct reviewed q = a->reviewed[word];
        const member_word *member = e->member + word * e->capacity, *asked = v->asked[word], *wants = v->wants[word];
        if (q.at_all != 0)
            ASKED_ALL(v, j, i, change[j] = (member_word)(change[j] | changes_of(q, asked[j], wants[j], member[i])));
    }
    for (uint32_t j = 0; j < v->n; j++)
        mark[j] = change[j] != 0;
}

static void review_together(const struct agenda *a, struct review *v)
{
    uint8_t mark[ASKED_TOGETHER];
    uint16_t changed[ASKED_TOGETHER];
    lay_asked(a, v);
    asked_begins(&(struct asked){.t = v->t, .n = v->n, .first = v->first, .row = v->row});
    for (int32_t nth = 0; nth < a->n; nth++)
        ask_instance(v, &a->standing[nth], 0, v->n);
    mark_changes(a, v, mark);
    uint32_t n = list_marks(mark, v->n, changed);
    for (uint32_t j = 0; j < n; j++)
        review_row(a, v, changed[j]);
}

/* All of a tile where most are reviewed, else those of the list. */
static void review_tile(const struct rows *t, const struct agenda *a, uint32_t listed)
{
    uint32_t rows = t->hi - t->lo;
    bool most = listed > rows / 2;
    for (uint32_t from = 0, n = most ? rows : listed; from < n; from += ASKED_TOGETHER) {
        struct review v;
        v.t = t;
        v.n = n - from < ASKED_TOGETHER ? n - from : ASKED_TOGETHER;
        v.first = most ? (size_t)t->lo + from : t->lo;
        v.row = most ? NULL : t->s->list + from;
        review_together(a, &v);
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
    review_tile(t, &a, n);
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
