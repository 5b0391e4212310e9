/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places - places of instruments that cannot take all go to the lowest draws of those who want one.
 *
 * In January there are more candidates than enterprises: each box is looked through by one of the threads, and which of them
 * finds a key does not matter, since those that may be low enough are sorted. */
#include <liandong/credit.h>
#include <liandong/places.h>
#include <string.h>

struct deal {
    struct world *w;
    const struct region *r;
    size_t (*count)[MAX_LINES]; /* [box] candidates in it */
    /* of the instance whose places are dealt: */
    int32_t k;
    uint32_t most; /* highest draw that is looked for */
    uint64_t *key;
    size_t room, *found; /* keys that a box may have; [box] that it has, those without room included */
};

static void count_box(void *context, size_t thread, int32_t by)
{
    const struct deal *d = context;
    const struct outbox *box = &d->w->team.member[thread].box[BOX_CANDIDATE];
    size_t *count = d->count[thread];
    (void)by;
    memset(count, 0, sizeof d->count[thread]);
    for (size_t j = 0; j < box->n; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, j);
        for (unsigned bits = c->word / CANDIDATE_WORDS == d->r->index ? c->bits : 0; bits != 0; bits &= bits - 1)
            count[c->word % CANDIDATE_WORDS * MEMBER_BITS + __builtin_ctz(bits)]++;
    }
}

static size_t room_of(const struct deal *d, size_t thread)
{
    size_t all = d->count[thread][d->k];
    return all < d->room ? all : d->room;
}

/* A key of draw, then row, of those in a box who draw at most `most`. */
static void search_box(void *context, size_t thread, int32_t by)
{
    const struct deal *d = context;
    const struct outbox *box = &d->w->team.member[thread].box[BOX_CANDIDATE];
    uint16_t word = candidate_word(d->r->index, d->k);
    uint64_t *key = d->key;
    size_t n = 0, room = room_of(d, thread), all = box->n;
    (void)by;
    for (size_t t = 0; t < thread; t++)
        key += room_of(d, t);
    for (size_t j = 0; j < all; j++) {
        const struct candidate *c = OUTBOX(box, struct candidate, j);
        if (c->word != word || (c->bits >> (d->k % MEMBER_BITS) & 1) == 0 || c->key > d->most)
            continue;
        if (n < room)
            key[n] = (uint64_t)c->key << 32 | c->row;
        n++;
    }
    d->found[thread] = n;
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

/* Draws are even, so the places of many candidates are found below a low bound, eight standard deviations above the mean; only if
 * not, all are looked at. */
static enum status find_lowest(struct deal *d, size_t left, size_t all, size_t *n)
{
    double enough = (double)left + 8.0 * __builtin_sqrt((double)left) + 64.0;
    bool bounded = 2.0 * enough < (double)all, fit;
    if (bounded) {
        TRY(search(d, (uint32_t)(enough / (double)all * 4294967296.0), (size_t)(2.0 * enough), n, &fit));
        if (fit && *n >= left)
            return OK;
    }
    return search(d, UINT32_MAX, all, n, &fit);
}

static enum status deal_places(struct deal *d, struct region *r, int32_t k)
{
    const struct instrument *in = instrument_of(r, k);
    size_t all = 0, found, given = 0;
    if (places_anew(in, d->w->month))
        r->line[k].members = 0;
    int64_t left = in->places(r, k) - r->line[k].members;
    for (int32_t t = 0; t < team_members(&d->w->team); t++)
        all += d->count[t][k];
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
    if (d.count == NULL || d.found == NULL)
        return NO_MEMORY;
    team_run_loose(team_width(w->team.n, w->n_tiles), boxes, count_box, &d);
    for (int32_t k = 0; k < r->n_instances; k++)
        if (instrument_of(r, k)->places != NULL)
            TRY(deal_places(&d, r, k));
    return OK;
}
