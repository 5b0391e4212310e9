/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places - places of instruments that cannot take all go to the lowest draws of those who want one.
 *
 * In January there are more candidates than enterprises: each box is looked through by one of the threads, and which of them
 * finds a key does not matter, since those that may be low enough are sorted.  Whose draw is too high for all places is passed
 * over once for all instruments.  Who gets a place of one is found and sorted by one thread, while others do it for others: no
 * instrument has more or fewer places for what another does with its own. */
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/places.h>
#include <string.h>

/* Places of an instance that are dealt. */
struct seats {
    int32_t k;
    size_t left, all;   /* places, at most as many as there are candidates; candidates */
    uint32_t most;      /* highest draw that is looked for */
    size_t room, found; /* keys that there is room for; that draw so low: a key is a draw, then a row */
    uint64_t *key;
};
struct deal {
    struct world *w;
    struct region *r;
    size_t (*count)[MAX_LINES]; /* [box] candidates in it, by the queue of what they want */
    /* [box] those of the region who draw at most `low`: their places, how many they are, and room for so many */
    uint32_t low, **few;
    size_t *n_few, *few_room;
    size_t n;
    struct seats *seats;
};

static void count_box(void *context, size_t nth, int32_t by)
{
    const struct deal *d = context;
    const struct outbox *box = &d->w->team.member[nth].box[BOX_CANDIDATE];
    size_t *count = d->count[nth];
    (void)by;
    memset(count, 0, sizeof d->count[nth]);
    for (size_t j = 0; j < box->n; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, j);
        for (unsigned bits = c->word / CANDIDATE_WORDS == d->r->index ? c->bits : 0; bits != 0; bits &= bits - 1)
            count[c->word % CANDIDATE_WORDS * MEMBER_BITS + __builtin_ctz(bits)]++;
    }
}

/* Counts on beyond the room for them, too. */
static void keep_low(void *context, size_t nth, int32_t by)
{
    const struct deal *d = context;
    const struct outbox *box = &d->w->team.member[nth].box[BOX_CANDIDATE];
    const size_t room = d->few_room[nth], all = box->n;
    uint32_t *few = d->few[nth];
    size_t n = 0;
    (void)by;
    for (size_t j = 0; j < all; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, j);
        if (c->key > d->low || c->word / CANDIDATE_WORDS != d->r->index)
            continue;
        if (n < room)
            few[n] = (uint32_t)j;
        n++;
    }
    d->n_few[nth] = n;
}

/* Those of a box who draw at most `most`; counts on beyond the room for them. */
static void search_box(const struct deal *d, size_t nth, struct seats *s)
{
    const struct outbox *box = &d->w->team.member[nth].box[BOX_CANDIDATE];
    const bool low = s->most <= d->low && d->n_few[nth] <= d->few_room[nth];
    const uint32_t *few = d->few[nth], most = s->most;
    const int32_t queue = d->r->line[s->k].queue;
    const uint16_t word = candidate_word(d->r->index, queue);
    const unsigned bit = 1u << (queue % MEMBER_BITS);
    size_t n = s->found, all = low ? d->n_few[nth] : box->n;
    for (size_t j = 0; j < all; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, low ? few[j] : j);
        if (c->word != word || (c->bits & bit) == 0 || c->key > most)
            continue;
        if (n < s->room)
            s->key[n] = (uint64_t)c->key << 32 | c->row;
        n++;
    }
    s->found = n;
}

/* The lowest stand in front, if there is room for all that were looked for. */
static void find_lowest(void *context, size_t nth, int32_t by)
{
    const struct deal *d = context;
    struct seats *s = &d->seats[nth];
    (void)by;
    s->found = 0;
    for (int32_t t = 0; t < team_members(&d->w->team); t++)
        search_box(d, (size_t)t, s);
    if (s->found <= s->room)
        sort_least(s->key, s->found, s->left);
}

static size_t candidates_of(const struct deal *d, int32_t k)
{
    const int32_t queue = d->r->line[k].queue;
    size_t all = 0;
    for (int32_t t = 0; queue >= 0 && t < team_members(&d->w->team); t++)
        all += d->count[t][queue];
    return all;
}

static int64_t places_left(const struct deal *d, int32_t k)
{
    const struct instrument *in = instrument_of(d->r, k);
    return in->places(d->r, k) - (places_anew(in, d->w->month) ? 0 : d->r->line[k].members);
}

static enum status room_for_keys(const struct deal *d, struct seats *s, size_t room)
{
    s->room = room;
    s->key = arena_take(&d->w->market, room, sizeof *s->key);
    return s->key != NULL ? OK : NO_MEMORY;
}

/* Draws are even, so the places of many candidates are found below a low bound, eight standard deviations above the mean; of so
 * many places that this is half of all, all are looked at. */
static enum status bound_draws(struct deal *d, struct seats *s)
{
    double enough = (double)s->left + 8.0 * __builtin_sqrt((double)s->left) + 64.0;
    bool bounded = 2.0 * enough < (double)s->all;
    s->most = bounded ? (uint32_t)(enough / (double)s->all * 4294967296.0) : UINT32_MAX;
    d->low = bounded && s->most > d->low ? s->most : d->low;
    return room_for_keys(d, s, bounded ? (size_t)(2.0 * enough) : s->all);
}

/* Whose places are dealt, and how low one has to draw. */
static enum status lay_seats(struct deal *d)
{
    struct region *r = d->r;
    d->seats = arena_take(&d->w->market, (size_t)r->n_instances, sizeof *d->seats);
    if (d->seats == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        if (in->places == NULL)
            continue;
        size_t all = candidates_of(d, k);
        int64_t left = places_left(d, k);
        if (places_anew(in, d->w->month))
            r->line[k].members = 0;
        if (left <= 0 || all == 0)
            continue;
        struct seats *s = &d->seats[d->n++];
        *s = (struct seats){.k = k, .left = (size_t)left < all ? (size_t)left : all, .all = all};
        TRY(bound_draws(d, s));
    }
    return OK;
}

/* Whoever draws low enough for the places of some instrument, but of those for which all are looked at. */
static enum status list_low(struct deal *d)
{
    size_t boxes = (size_t)team_members(&d->w->team);
    for (size_t t = 0; t < boxes; t++) {
        size_t n = d->w->team.member[t].box[BOX_CANDIDATE].n;
        d->few_room[t] = (size_t)(2.0 * ((double)d->low * 0x1p-32) * (double)n) + 64;
        d->few[t] = arena_take(&d->w->market, d->few_room[t], sizeof *d->few[t]);
        if (d->few[t] == NULL)
            return NO_MEMORY;
    }
    team_run_loose(team_width(d->w->team.n, d->w->n_tiles), boxes, keep_low, d);
    return OK;
}

static enum status give_places(struct deal *d, size_t nth)
{
    enum { AHEAD = 16 };
    struct region *r = d->r;
    struct seats *s = &d->seats[nth];
    const struct instrument *in = instrument_of(r, s->k);
    const member_word *member = &r->enterprises.member[(size_t)(s->k / MEMBER_BITS) * r->enterprises.capacity];
    if (s->found > s->room || (s->found < s->left && s->most < UINT32_MAX)) {
        s->most = UINT32_MAX;
        TRY(room_for_keys(d, s, s->all));
        find_lowest(d, nth, 0);
    }
    size_t given = s->found < s->left ? s->found : s->left;
    for (size_t j = 0; j < given; j++) {
        if (j + AHEAD < given)
            /* cppcheck-suppress objectIndex ; an array of them */
            __builtin_prefetch(&member[s->key[j + AHEAD] & UINT32_MAX], 1);
        enterprise_join(&r->enterprises, (uint32_t)(s->key[j] & UINT32_MAX), s->k, true);
    }
    r->line[s->k].members += (int64_t)given;
    return in->dealt != NULL ? in->dealt(d->w, r, s->k, s->key, given) : OK;
}

enum status places_deal(struct world *w, struct region *r)
{
    size_t boxes = (size_t)team_members(&w->team);
    int32_t threads = team_width(w->team.n, w->n_tiles);
    struct deal d = {.w = w, .r = r};
    d.count = arena_take(&w->market, boxes, sizeof *d.count);
    d.few = arena_take(&w->market, boxes, sizeof *d.few);
    d.n_few = arena_take(&w->market, boxes, sizeof *d.n_few);
    d.few_room = arena_take(&w->market, boxes, sizeof *d.few_room);
    if (d.count == NULL || d.few == NULL || d.n_few == NULL || d.few_room == NULL)
        return NO_MEMORY;
    team_run_loose(threads, boxes, count_box, &d);
    TRY(lay_seats(&d));
    TRY(list_low(&d));
    team_run_loose(threads, d.n, find_lowest, &d);
    for (size_t k = 0; k < d.n; k++)
        TRY(give_places(&d, k));
    return OK;
}

/* -- what is drawn of them --------------------------------------------------------------------------------------------- */
struct ranking {
    const struct world *w;
    const struct region *r;
    int32_t k;
    uint64_t *key;
    size_t n;
    places_rank_fn rank;
};
enum { RANKED_TOGETHER = 16 * BLOCKS };

static void rank_lot(void *context, size_t nth, int32_t by)
{
    const struct ranking *o = context;
    size_t from = nth * RANKED_TOGETHER, to = from + RANKED_TOGETHER < o->n ? from + RANKED_TOGETHER : o->n;
    (void)by;
    for (size_t j = from; j < to; j += BLOCKS)
        o->rank(o->w, o->r, o->k, o->key + j, to - j < BLOCKS ? to - j : BLOCKS);
}

void places_rank(const struct world *w, const struct region *r, int32_t k, uint64_t *key, size_t n, places_rank_fn rank)
{
    struct ranking o = {w, r, k, key, n, rank};
    team_run_loose(team_width(w->team.n, w->n_tiles), (n + RANKED_TOGETHER - 1) / RANKED_TOGETHER, rank_lot, &o);
}
