/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places - places of instruments that cannot take all go to the lowest draws of those who want one.
 *
 * In January there are more candidates than enterprises: each box is looked through by one of the threads, and which of them
 * finds a key does not matter, since those that may be low enough are sorted.  Whose draw is too high for all places is passed
 * over once for all instruments. */
#include <liandong/credit.h>
#include <liandong/places.h>
#include <string.h>

struct deal {
    struct world *w;
    const struct region *r;
    size_t (*count)[MAX_LINES]; /* [box] candidates in it, by the queue of what they want */
    /* [box] those of the region who draw at most `low`: their places, how many they are, and room for so many */
    uint32_t low, **few;
    size_t *n_few, *few_room;
    /* of the instance whose places are dealt: */
    int32_t k;
    uint32_t most; /* highest draw that is looked for */
    uint64_t *key;
    size_t room, *found; /* keys that a box may have; [box] that it has, those without room included */
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

static size_t room_of(const struct deal *d, size_t nth)
{
    size_t all = d->count[nth][d->r->line[d->k].queue];
    return all < d->room ? all : d->room;
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

/* A key of draw, then row, of those in a box who draw at most `most`. */
static void search_box(void *context, size_t nth, int32_t by)
{
    const struct deal *d = context;
    const struct outbox *box = &d->w->team.member[nth].box[BOX_CANDIDATE];
    const bool low = d->most <= d->low && d->n_few[nth] <= d->few_room[nth];
    const uint32_t *few = d->few[nth];
    const int32_t queue = d->r->line[d->k].queue;
    const uint16_t word = candidate_word(d->r->index, queue);
    uint64_t *key = d->key;
    size_t n = 0, room = room_of(d, nth), all = low ? d->n_few[nth] : box->n;
    (void)by;
    for (size_t t = 0; t < nth; t++)
        key += room_of(d, t);
    for (size_t j = 0; j < all; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, low ? few[j] : j);
        if (c->word != word || (c->bits >> (queue % MEMBER_BITS) & 1) == 0 || c->key > d->most)
            continue;
        if (n < room)
            key[n] = (uint64_t)c->key << 32 | c->row;
        n++;
    }
    d->found[nth] = n;
}

/* Keys of those who draw at most `most`, as far as there is room for them; *fit: there was for all. */
static enum status search(struct deal *d, uint32_t most, size_t room, size_t *n, bool *fit)
{
    size_t boxes = (size_t)team_members(&d->w->team), rooms = 0;
    d->most = most;
    d->room = room;
    for (size_t t = 0; t < boxes; t++)
        rooms += room_of(d, t);
    d->key = arena_take(&d->w->market, rooms, sizeof *d->key);
    if (d->key == NULL)
        return NO_MEMORY;
    team_run_loose(team_width(d->w->team.n, d->w->n_tiles), boxes, search_box, d);
    *n = 0;
    *fit = true;
    for (size_t t = 0, from = 0; t < boxes; from += room_of(d, t++)) {
        size_t kept = d->found[t] < room_of(d, t) ? d->found[t] : room_of(d, t);
        memmove(d->key + *n, d->key + from, kept * sizeof *d->key);
        *n += kept;
        *fit = *fit && kept == d->found[t];
    }
    return OK;
}

/* Draws are even, so the places of many candidates are found below a low bound, eight standard deviations above the mean; *enough
 * is how many may be.  False: of so many all are looked at. */
static bool low_draws(size_t left, size_t all, double *enough, uint32_t *most)
{
    *enough = (double)left + 8.0 * __builtin_sqrt((double)left) + 64.0;
    bool bounded = 2.0 * *enough < (double)all;
    *most = bounded ? (uint32_t)(*enough / (double)all * 4294967296.0) : UINT32_MAX;
    return bounded;
}

static enum status find_lowest(struct deal *d, size_t left, size_t all, size_t *n)
{
    double enough;
    uint32_t most;
    bool fit;
    if (low_draws(left, all, &enough, &most)) {
        TRY(search(d, most, (size_t)(2.0 * enough), n, &fit));
        if (fit && *n >= left)
            return OK;
    }
    return search(d, UINT32_MAX, all, n, &fit);
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

/* Whoever draws low enough for the places of some instrument, but of those for which all are looked at. */
static enum status list_low(struct deal *d)
{
    double enough;
    uint32_t most;
    size_t boxes = (size_t)team_members(&d->w->team);
    d->low = 0;
    for (int32_t k = 0; k < d->r->n_instances; k++) {
        size_t all = instrument_of(d->r, k)->places != NULL ? candidates_of(d, k) : 0;
        int64_t left = all > 0 ? places_left(d, k) : 0;
        if (left > 0 && low_draws((size_t)left, all, &enough, &most) && most > d->low)
            d->low = most;
    }
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

static enum status deal_places(struct deal *d, struct region *r, int32_t k)
{
    const struct instrument *in = instrument_of(r, k);
    size_t all = candidates_of(d, k), found, given = 0;
    int64_t left = places_left(d, k);
    if (places_anew(in, d->w->month))
        r->line[k].members = 0;
    if (left <= 0 || all == 0)
        return OK;
    d->k = k;
    TRY(find_lowest(d, (size_t)left < all ? (size_t)left : all, all, &found));
    sort_least(d->key, found, (size_t)left);
    for (; given < found && (int64_t)given < left; given++) {
        enterprise_join(&r->enterprises, (uint32_t)(d->key[given] & UINT32_MAX), k, true);
        r->line[k].members++;
    }
    return in->dealt != NULL ? in->dealt(d->w, r, k, d->key, given) : OK;
}

enum status places_deal(struct world *w, struct region *r)
{
    size_t boxes = (size_t)team_members(&w->team);
    struct deal d = {.w = w, .r = r};
    d.count = arena_take(&w->market, boxes, sizeof *d.count);
    d.found = arena_take(&w->market, boxes, sizeof *d.found);
    d.few = arena_take(&w->market, boxes, sizeof *d.few);
    d.n_few = arena_take(&w->market, boxes, sizeof *d.n_few);
    d.few_room = arena_take(&w->market, boxes, sizeof *d.few_room);
    if (d.count == NULL || d.found == NULL || d.few == NULL || d.n_few == NULL || d.few_room == NULL)
        return NO_MEMORY;
    team_run_loose(team_width(w->team.n, w->n_tiles), boxes, count_box, &d);
    TRY(list_low(&d));
    for (int32_t k = 0; k < r->n_instances; k++)
        if (instrument_of(r, k)->places != NULL)
            TRY(deal_places(&d, r, k));
    return OK;
}
