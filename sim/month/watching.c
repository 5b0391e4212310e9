/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watching - whose month is quiet: most months nobody bids, no clause can be exercised and no fund ends.  That is seen of all at
 * once, by all threads, from what no exit of another changes; the others are settled one by one (exits). */
#include <liandong/boards.h>
#include <liandong/funds.h>
#include <liandong/watching.h>
#include <string.h>

struct ending {     /* of a fund */
    int32_t last;   /* month from which it sells off */
    int32_t window; /* months after which the founders may buy, 0: none */
    double buyers;  /* offers, over those that others bring */
};
struct watching {
    const struct world *w;
    const struct region *r;
    const struct ending *ending; /* [fund] */
    uint8_t *busy;               /* [holding], the first of an enterprise: its month is not quiet */
    uint32_t *place;             /* of those, the places: of a lot from its first holding on */
    double odds[MAX_SECTORS];    /* of a bid */
    struct watched_lot *lot;
};
enum { LOT = 256, AHEAD = 12 /* positions asked for before they are read */ };
struct watched_lot {
    int64_t backed, held[N_CELLS], gone[N_CELLS]; /* enterprises: living, in all and by cell; dead */
    size_t busy;
    int waiting; /* for their draws */
    struct identity who[BLOCKS];
    struct held asked[BLOCKS];
};

/* The founder, or in January the enterprise, may have what a clause asks: its cost at least, but for rounding. */
static bool may_buy_back(const struct watching *c, const struct position *p)
{
    const struct enterprises *e = &c->r->enterprises;
    if (c->w->month - p->month < P(c->r, exits)->buyback_after)
        return false;
    double least = 0.999 * money_to_yuan(p->cost), earned = 0.0;
    if (c->w->month % 12 == 0)
        earned = (1.0 - P(c->r, government)->income_tax) * (double)e->profit_last[p->row];
    return (double)e->wealth[p->row] >= least || earned >= least;
}

static bool may_end(const struct watching *c, const struct position *p)
{
    const struct ending *f = &c->ending[p->fund];
    return c->w->month >= f->last || (f->window > 0 && c->w->month == p->month + f->window) || may_buy_back(c, p);
}

/* Who is bid for: draws of eight at a time. */
static void look_for_bids(const struct watching *c, struct watched_lot *lot)
{
    uint32_t word[4][BLOCKS];
    for (int j = lot->waiting; j < BLOCKS; j++)
        lot->who[j] = lot->who[0];
    luck_blocks(c->w->luck, lot->who, draw_block(DRAW_BUYER), word);
    for (int j = 0; j < lot->waiting; j++) {
        const struct held *h = &lot->asked[j];
        double u = luck_uniform(word[DRAW_BUYER % 4][j]);
        c->busy[h->first] =
            u < c->odds[c->r->enterprises.sector[h->row]] * c->ending[position_at(c->r, h->first)->fund].buyers;
    }
    lot->waiting = 0;
}

static void watch_held(const struct watching *c, struct watched_lot *lot, const struct held *h)
{
    const struct enterprises *e = &c->r->enterprises;
    int32_t cell = cell_of(e, h->row);
    bool gone = e->status[h->row] == GONE, busy = gone;
    lot->gone[cell] += gone;
    if (!gone && e->status[h->row] == ACTIVE) {
        lot->held[cell]++;
        lot->backed++;
        bool traded = enterprise_traded(c->r, h->row); /* nobody bids for it, no clause holds any more */
        busy = traded && shares_free(c->r, h->row);
        for (size_t k = h->first; k < h->last && !busy && !traded; k++)
            busy = may_end(c, position_at(c->r, k));
        if (!busy && !traded) {
            lot->who[lot->waiting] = enterprise_identity(e, h->row);
            lot->asked[lot->waiting++] = *h;
        }
    }
    c->busy[h->first] = busy;
    if (lot->waiting == BLOCKS)
        look_for_bids(c, lot);
}

struct held held_from(const struct holdings *p, size_t first)
{
    struct held h = {.row = p->row[first].row, .first = first, .last = first + 1};
    while (h.last < p->n && p->row[h.last].row == h.row)
        h.last++;
    return h;
}

/* Enterprises whose first position lies in the lot. */
static void watch_lot(void *context, size_t nth, int32_t thread)
{
    const struct watching *c = context;
    const struct holdings *p = &c->r->positions.held;
    size_t from = nth * LOT, k = from, end = p->n - k < LOT ? p->n : k + LOT;
    (void)thread;
    memset(&c->lot[nth], 0, sizeof c->lot[nth]);
    memset(c->busy + k, 0, end - k);
    while (k > 0 && k < end && p->row[k].row == p->row[k - 1].row)
        k++;
    while (k < end) {
        struct held h = held_from(p, k);
        __builtin_prefetch(position_at(c->r, k + AHEAD < p->n ? k + AHEAD : k));
        watch_held(c, &c->lot[nth], &h);
        k = h.last;
    }
    if (c->lot[nth].waiting > 0)
        look_for_bids(c, &c->lot[nth]);
    for (k = from; k < end; k++) { /* which ones nobody can guess */
        c->place[from + c->lot[nth].busy] = (uint32_t)k;
        c->lot[nth].busy += c->busy[k];
    }
}

/* What all of them are counted as. */
static void count_watched(struct region *r, const struct watched_lot *lot, size_t lots)
{
    int64_t backed = 0;
    for (size_t k = 0; k < lots; k++) {
        backed += lot[k].backed;
        for (int32_t c = 0; c < N_CELLS; c++) {
            count(&r->total, c, ITEM_BACKED, lot[k].held[c]);
            count(&r->total, c, ITEM_BACKED_FAILED, lot[k].gone[c]);
        }
    }
    while (backed-- > 0) /* one by one, as each was seen: a product has other bits */
        r->equity.watched += 1.0 / 12.0;
}

enum status exits_watch(struct world *w, struct region *r, uint32_t *busy, size_t *n)
{
    struct ending *ending = arena_take(&w->market, r->funds.n, sizeof *ending);
    size_t lots = (r->positions.held.n + LOT - 1) / LOT;
    struct watching c = {.w = w, .r = r, .ending = ending, .place = busy};
    c.busy = arena_take(&w->market, r->positions.held.n, sizeof *c.busy);
    c.lot = arena_take(&w->market, lots, sizeof *c.lot);
    if (ending == NULL || c.busy == NULL || c.lot == NULL)
        return NO_MEMORY;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        ending[k] = (struct ending){.last = f->ends + f->rule.extends,
                                    .window = f->manager < 0 ? f->rule.window : 0,
                                    .buyers = fund_buyers(r, f)};
    }
    for (int32_t s = 0; s < r->layout->count[GROUP_sectors]; s++)
        c.odds[s] = bid_odds(r, s);
    team_run_loose(team_width(w->team.n, lots), lots, watch_lot, &c);
    count_watched(r, c.lot, lots);
    *n = 0;
    for (size_t k = 0; k < lots; k++) {
        memmove(busy + *n, busy + k * LOT, c.lot[k].busy * sizeof *busy);
        *n += c.lot[k].busy;
    }
    return OK;
}
