/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reviewing - who takes part in which instrument.
 *
 * Rows are reviewed at a registration, a move of stage, and with everybody each January and when an instrument begins or ends.
 * Sixty-four at a time are asked by each instrument that reviews some of them, one instrument after the other; of all that stand
 * in a word of membership it is then settled by bits who joins, who leaves and who wants a place.  What others hang on is settled
 * at once: whether a row is on the register, and what it knows, which what it has joined may change. */
#include <liandong/members.h>
#include <liandong/places.h>
#include <string.h>

/* -- the agenda ----------------------------------------------------------------------------------------------------------- */
static bool has_room(const struct rows *t, int32_t k, const struct instrument *in, bool all)
{
    if (in->places == NULL)
        return true;
    if (in->yearly)
        return all;
    return places_anew(in, t->w->month) || in->places(t->r, k) > t->r->line[k].members;
}

static bool claims_now(const struct rows *t, int32_t k, const struct instrument *in, bool all)
{
    return in->claim != NULL && !in->claim_past && t->w->month % in->claim_every == 0 && (all || !in->deals) &&
           (in->claims == NULL || in->claims(t->r, k));
}

static void set_bit(member_word *word, int32_t k, bool on)
{
    *word = (member_word)(*word | (unsigned)on << (k % MEMBER_BITS));
}

/* Others hang on who takes part. */
static bool settles_first(const struct instrument *in)
{
    return in->inform != NULL || in->registers;
}

static void set_standing(const struct rows *t, struct agenda *a, int32_t k, bool all)
{
    const struct instrument *in = instrument_of(t->r, k);
    const bool enabled = LINE_COMMON(t->r, k)->enabled, dealt = in->yearly || in->quarterly,
               anew = places_anew(in, t->w->month) || t->r->line[k].changed;
    struct reviewed *word = &a->reviewed[k / MEMBER_BITS];
    set_bit(&a->claims[k / MEMBER_BITS], k, enabled && claims_now(t, k, in, all));
    set_bit(&word->at_all, k, true);
    set_bit(&word->places, k, in->places != NULL);
    set_bit(&word->by_all, k, all);
    set_bit(&word->room, k, has_room(t, k, in, all));
    set_bit(&word->shut, k, !line_open_to_all(t->r, k));
    set_bit(&word->dealt, k, dealt);
    set_bit(&word->anew, k, dealt && anew);
    set_bit(&word->kept, k, in->keeps && !anew);
    set_bit(&word->first, k, settles_first(in));
    a->some = a->some || all;
    a->each = a->each && all;
    a->standing[a->n++] = (struct standing){in, k, enabled, enabled && in->serve != NULL};
}

const struct agenda *agenda_of(const struct rows *t)
{
    struct agenda *a = &t->s->agenda;
    if (a->region == t->r->index + 1)
        return a;
    a->region = t->r->index + 1;
    a->n = 0;
    a->some = false;
    a->each = true;
    memset(a->claims, 0, sizeof a->claims);
    memset(a->reviewed, 0, sizeof a->reviewed);
    for (int32_t k = 0; k < t->r->n_instances; k++) {
        const struct instrument *in = instrument_of(t->r, k);
        bool changed = t->r->line[k].changed;
        if (in->eligible != NULL && (LINE_COMMON(t->r, k)->enabled || changed))
            set_standing(t, a, k, changed || t->w->month % 12 == 0 || places_anew(in, t->w->month));
    }
    return a;
}

/* -- the review ----------------------------------------------------------------------------------------------------------- */
/* Of rows that are reviewed together: which instances review them, in which they would take part, and want a place. */
struct review {
    const struct rows *t;
    const struct agenda *a;
    bool rest;  /* those to whom something has happened have been reviewed */
    uint32_t n; /* as in struct asked */
    size_t first;
    const uint16_t *row;
    member_word any[MEMBER_WORDS]; /* that review some of them; of a word without, nothing below is laid out */
    member_word asked[MEMBER_WORDS][ASKED_TOGETHER], wants[MEMBER_WORDS][ASKED_TOGETHER],
        place[MEMBER_WORDS][ASKED_TOGETHER];
};

static uint32_t row_of(const struct review *v, uint32_t j)
{
    return (uint32_t)(v->first + (v->row != NULL ? v->row[j] : j));
}

/* At registration, each January, on a move of stage, when the instrument starts or ends; at founding where places are few.  With
 * room for nobody else, only members are asked. */
static void lay_asked(struct review *v)
{
    const struct enterprises *e = v->t->e;
    const uint16_t *founded = e->founded;
    const int32_t month = v->t->w->month;
    const uint8_t *registration = e->registration, *flags = e->flags, *owned = e->owned, *status = e->status;
    const member_word rest = (member_word)-v->rest;
    member_word event[ASKED_TOGETHER], young[ASKED_TOGETHER], born[ASKED_TOGETHER]; /* all bits or none */
    member_word lives[ASKED_TOGETHER];
    ASKED_ALL(v, j, i, young[j] = (member_word) - (month - founded[i] < registration[i]));
    ASKED_ALL(v, j, i, born[j] = (member_word) - (month == founded[i]));
    ASKED_ALL(v, j, i,
              event[j] = (member_word) - ((month - founded[i] == registration[i]) | ((flags[i] & JUST_MOVED) != 0) |
                                          ((owned[i] & OWNED_NEWS) != 0)));
    ASKED_ALL(v, j, i,
              lives[j] = (member_word)((member_word) - (status[i] == ACTIVE) & ~(rest & (event[j] | born[j]))));
    for (size_t word = 0; word < e->words; word++) {
        const struct reviewed q = v->a->reviewed[word];
        const member_word *member = e->member + word * e->capacity;
        member_word *asked = v->asked[word];
        v->any[word] = 0;
        if ((v->rest ? q.by_all : q.at_all) == 0) /* nothing has happened to the rest */
            continue;
        memset(v->wants[word], 0, sizeof v->wants[word]);
        memset(v->place[word], 0, sizeof v->place[word]);
        memset(asked, 0, sizeof v->asked[word]);
        ASKED_ALL(v, j, i,
                  asked[j] = (member_word)(lives[j] & (member[i] | q.room) &
                                           ((q.by_all & (member[i] | ~young[j])) | (q.at_all & event[j]) |
                                            (q.places & born[j]))));
        for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
            v->any[word] |= asked[j];
    }
}

/* Asks them whether they would take part in this instance; false: it reviews none of them. */
static bool ask_instance(struct review *v, const struct standing *s)
{
    size_t word = (size_t)s->k / MEMBER_BITS;
    const unsigned bit = (unsigned)s->k % MEMBER_BITS;
    const member_word *asked = v->asked[word];
    member_word *wants = v->wants[word];
    uint8_t mark[ASKED_TOGETHER];
    if ((v->any[word] >> bit & 1) == 0)
        return false;
    for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
        mark[j] = (uint8_t)(asked[j] >> bit & 1);
    s->in->eligible(&(struct asked){.t = v->t, .k = s->k, .n = v->n, .first = v->first, .row = v->row, .mark = mark});
    for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
        wants[j] = (member_word)(wants[j] | (unsigned)mark[j] << bit);
    return true;
}

/* Takes away of what rows would take part in what is not open to them. */
static void shut_out(const struct review *v, size_t word, member_word shut, member_word would[ASKED_TOGETHER])
{
    for (uint32_t j = 0; j < v->n; j++)
        for (unsigned bits = would[j] & shut; bits != 0; bits &= bits - 1) {
            int32_t bit = __builtin_ctz(bits);
            if (!line_open(v->t->r, (int32_t)word * MEMBER_BITS + bit, row_of(v, j)))
                would[j] = (member_word)(would[j] & ~(1u << bit));
        }
}

/* Who takes part from now on in these instances of a word, and who wants a place. */
static void settle(struct review *v, size_t word, member_word these)
{
    const struct reviewed q = v->a->reviewed[word];
    const member_word few = (member_word)(q.dealt | q.places), *asked = v->asked[word], *wants = v->wants[word];
    member_word *member = v->t->e->member + word * v->t->e->capacity, *place = v->place[word];
    member_word was[ASKED_TOGETHER], would[ASKED_TOGETHER], is[ASKED_TOGETHER];
    ASKED_ALL(v, j, i, was[j] = member[i]);
    for (uint32_t j = 0; j < v->n; j++)
        would[j] = (member_word)(asked[j] & these & (wants[j] | (q.kept & was[j])));
    if ((q.shut & these) != 0)
        shut_out(v, word, q.shut, would);
    for (uint32_t j = 0; j < v->n; j++) {
        place[j] = (member_word)(place[j] | (would[j] & few & (q.anew | ~(q.dealt | was[j]))));
        is[j] = (member_word)((was[j] & ~(asked[j] & these)) | (would[j] & ~q.anew & (was[j] | ~few)));
    }
    ASKED_ALL(v, j, i, member[i] = is[j]);
}

static void ask_all(struct review *v)
{
    asked_begins(&(struct asked){.t = v->t, .n = v->n, .first = v->first, .row = v->row});
    for (int32_t nth = 0; nth < v->a->n; nth++) {
        const struct standing *s = &v->a->standing[nth];
        if (!ask_instance(v, s) || !settles_first(s->in))
            continue;
        settle(v, (size_t)s->k / MEMBER_BITS, (member_word)(1u << s->k % MEMBER_BITS));
        asked_informed(v->t);
    }
    for (size_t word = 0; word < v->t->e->words; word++)
        if (v->any[word] != 0)
            settle(v, word, (member_word)~v->a->reviewed[word].first);
}

/* -- places --------------------------------------------------------------------------------------------------------------- */
/* The key of each of the listed, by which places are dealt. */
static void draw_keys(const struct review *v, const uint16_t *list, uint32_t n, uint32_t key[ASKED_TOGETHER])
{
    struct crowd who;
    uint32_t word[4][CROWD];
    for (uint32_t from = 0; from < n; from += CROWD) {
        uint32_t some = n - from < CROWD ? n - from : CROWD;
        who.n = (some + 2 * BLOCKS - 1) / (2 * BLOCKS) * 2 * BLOCKS;
        for (uint32_t j = 0; j < who.n; j++) { /* what follows the last one is not used */
            struct identity name =
                matching_identity(v->t->r, enterprise_identity(v->t->e, row_of(v, list[from + (j < some ? j : 0)])));
            who.origin[j] = name.origin;
            who.index[j] = name.index;
            who.month[j] = v->t->w->month;
        }
        luck_crowd(v->t->w->luck, &who, draw_block(DRAW_PLACE), word);
        memcpy(key + from, word[DRAW_PLACE % 4], some * sizeof *key);
    }
}

/* What rows want of the instances with places, in words of those alone: most that want one want several, and are one candidate as far
 * as these stand in one word.  Returns how many words there are. */
static size_t lay_wishes(const struct review *v, member_word wish[MEMBER_WORDS][ASKED_TOGETHER])
{
    size_t words = 0;
    for (int32_t nth = 0; nth < v->a->n; nth++) {
        const struct standing *s = &v->a->standing[nth];
        if (s->in->places == NULL || v->any[s->k / MEMBER_BITS] == 0)
            continue;
        const size_t queue = (size_t)v->t->r->line[s->k].queue;
        const unsigned bit = (unsigned)s->k % MEMBER_BITS, as = queue % MEMBER_BITS;
        const member_word *place = v->place[s->k / MEMBER_BITS];
        for (; words <= queue / MEMBER_BITS; words++)
            memset(wish[words], 0, sizeof wish[words]);
        member_word *to = wish[queue / MEMBER_BITS];
        for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
            to[j] = (member_word)(to[j] | (unsigned)(place[j] >> bit & 1) << as);
    }
    return words;
}

static void push_candidates(const struct review *v, const uint16_t *list, uint32_t n, const uint32_t *key, size_t word,
                            const member_word *wish)
{
    _Static_assert(MAX_REGIONS * CANDIDATE_WORDS <= UINT16_MAX + 1 && MAX_LINES <= CANDIDATE_WORDS * MEMBER_BITS, "");
    struct outbox *box = &v->t->me->box[BOX_CANDIDATE];
    struct candidate *c = outbox_room(box, n);
    size_t many = 0;
    if (c == NULL) {
        v->t->me->status = NO_MEMORY;
        return;
    }
    for (uint32_t j = 0; j < n; j++) {
        c[many] = (struct candidate){.row = row_of(v, list[j]),
                                     .key = key[j],
                                     .word = candidate_word(v->t->r->index, (int32_t)word * MEMBER_BITS),
                                     .bits = wish[list[j]]};
        many += wish[list[j]] != 0;
    }
    box->n += many;
}

static void seek_places(const struct review *v)
{
    member_word wish[MEMBER_WORDS][ASKED_TOGETHER], any[ASKED_TOGETHER] = {0};
    uint8_t mark[ASKED_TOGETHER];
    uint16_t list[ASKED_TOGETHER];
    uint32_t key[ASKED_TOGETHER];
    size_t words = lay_wishes(v, wish);
    for (size_t word = 0; word < words; word++)
        for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
            any[j] |= wish[word][j];
    for (uint32_t j = 0; j < ASKED_TOGETHER; j++)
        mark[j] = any[j] != 0;
    uint32_t n = marks_list(mark, v->n, list);
    draw_keys(v, list, n, key);
    for (size_t word = 0; word < words && n > 0; word++)
        push_candidates(v, list, n, key, word, wish[word]);
}

/* -- a tile --------------------------------------------------------------------------------------------------------------- */
/* So many rows of a tile, those of `list`, NULL: all of them. */
static void review_rows(const struct rows *t, const struct agenda *a, const uint16_t *list, uint32_t n, bool rest)
{
    for (uint32_t from = 0; from < n; from += ASKED_TOGETHER) {
        struct review v; /* large: what nobody is asked of is not cleared */
        v.t = t;
        v.a = a;
        v.rest = rest;
        v.n = n - from < ASKED_TOGETHER ? n - from : ASKED_TOGETHER;
        v.first = list != NULL ? t->lo : (size_t)t->lo + from;
        v.row = list != NULL ? list + from : NULL;
        lay_asked(&v);
        ask_all(&v);
        seek_places(&v);
    }
}

/* Most months most rows are none of their business: those that are are marked many at a time. */
static uint32_t list_events(const struct rows *t)
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
                                           ((owned[k] & OWNED_NEWS) != 0));
    }
    return list_marked(t);
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

/* Where everybody is reviewed of a few instruments, those to whom something has happened are apart: all ask them. */
void agenda_review(const struct rows *t, const struct agenda *a)
{
    uint32_t rows = t->hi - t->lo, n = a->n > 0 && !a->each ? list_events(t) : 0;
    if (a->n > 0 && (a->each || n > rows / 2)) {
        review_rows(t, a, NULL, rows, false);
    } else if (a->n > 0) {
        review_rows(t, a, t->s->list, n, false);
        if (a->some)
            review_rows(t, a, NULL, rows, true);
    }
    forget_news(t);
}
