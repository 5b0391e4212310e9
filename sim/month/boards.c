/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boards - a month of all issuers, and of the boards: what passed is listed as the nation's capacity and the window allow
 * (mechanisms M9).
 *
 *   each        prepares, files, is reviewed, withdraws (filing.c); stays on its board, issues shares again, or leaves it
 *               (issuing.c); in lots, by all threads
 *   passed      all regions together, and those outside, are listed in the order of filing, then of precision, then by identity,
 *               as many as the board takes in a month of the nation. */
#include <liandong/boards.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

/* -- rewards ---------------------------------------------------------------------------------------------------------------------- */
static enum status reward(const struct world *w, struct region *r, uint32_t row, int32_t board, enum reward event)
{
    EACH_HOOKED(r, HOOK_LISTING, k)
    {
        struct listing_terms terms = {0};
        if (!enterprise_member(&r->enterprises, row, k))
            continue;
        instrument_of(r, k)->listing(r, k, board, &terms);
        struct due d = {
            .row = row, .instance = (uint8_t)k, .month = w->month + line_lag(r, k), .amount = terms.reward[event]};
        if (d.amount.fen > 0)
            TRY(due_add(r, &d));
    }
    return OK;
}

/* -- a region's month --------------------------------------------------------------------------------------------------------------- */
/* Issuers are dealt in lots to threads. */
enum { LOT = 1024 };
struct joining {      /* who asks to be prepared */
    uint32_t row, at; /* at: before which place of the list, or in it */
    uint16_t board;
    bool listed, prepares; /* stands in the list; wants a board already */
};
struct lot {
    struct tending tending;
    struct issuer_books books;
    size_t from, to;     /* of the region's issuers */
    struct joining *ask; /* in its stretch of rows */
    size_t n_asks;
    uint32_t *gone, *passed; /* their places: who is no issuer any more, whose file has passed */
    uint32_t *ended;         /* places of files of who wants to be on no board any more */
    size_t n_gone, n_passed, n_ended;
};

/* What the list of a region becomes. */
struct piece { /* places that move alike */
    size_t from, n, to;
};
struct month_of_issuers {
    struct lot *lot;
    size_t n_lots;
    struct joining *joining;
    size_t n_joining;
    struct issuer_books books; /* of what is settled afterwards */
    struct traded *traded;     /* who was listed on an exchange this month */
    size_t n_traded;
    struct quotes quotes;
};

/* Asks from rows before issuer j, and its own, as it stands before its month; a: how many have been placed. */
static size_t place_asks(const struct lot *lot, size_t a, size_t j, const struct issuer *s)
{
    for (; a < lot->n_asks && lot->ask[a].row < s->row; a++)
        lot->ask[a].at = (uint32_t)j;
    if (a < lot->n_asks && lot->ask[a].row == s->row) {
        lot->ask[a].at = (uint32_t)j;
        lot->ask[a].listed = true;
        lot->ask[a++].prepares = s->target != 0;
    }
    return a;
}

static void tend_lot(void *context, size_t k, int32_t thread)
{
    struct lot *lot = &((struct lot *)context)[k];
    struct region *r = lot->tending.r;
    uint8_t *board = r->enterprises.board;
    size_t asks = 0;
    (void)thread;
    for (size_t j = lot->from; j < lot->to; j++) {
        struct issuer *s = &r->issuers.row[j];
        asks = place_asks(lot, asks, j, s);
        if (r->enterprises.status[s->row] == ACTIVE)
            issuer_tended(&lot->tending, s);
        else
            s->board = s->target = 0;
        if (board[s->row] != s->board)
            board[s->row] = s->board;
        if (s->target == 0 && s->file != 0) {
            lot->ended[lot->n_ended++] = s->file - 1;
            s->file = 0;
        }
        if (s->board == 0 && s->target == 0) {
            lot->gone[lot->n_gone++] = (uint32_t)j;
            continue;
        }
        if (s->target != 0 && s->state == ISSUER_PASSED)
            lot->passed[lot->n_passed++] = (uint32_t)j;
        issuer_counted(r, &lot->tending.quotes, &lot->books, s, 1);
    }
    while (asks < lot->n_asks)
        lot->ask[asks++].at = (uint32_t)lot->to;
}

static size_t asks_of(const struct world *w, const struct region *r, struct joining *list)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_ISSUER];
        for (size_t k = 0; k < box->n; k++) {
            const struct issuer_ask *a = OUTBOX(box, struct issuer_ask, k);
            if (a->region != r->index)
                continue;
            if (list != NULL)
                list[n] = (struct joining){.row = a->row, .board = a->board};
            n++;
        }
    }
    return n;
}

/* In order of rows. */
static enum status hear_asks(struct world *w, struct region *r, struct month_of_issuers *m)
{
    m->n_joining = asks_of(w, r, NULL);
    m->joining = arena_take(&w->market, m->n_joining, sizeof *m->joining);
    if (m->joining == NULL || LIST_RESERVE(&r->issuers, r->issuers.n + m->n_joining) != OK ||
        LIST_RESERVE(&r->issuer_files, r->issuer_files.n + m->n_joining) != OK ||
        LIST_RESERVE(&r->free_files, r->issuer_files.n) != OK)
        return NO_MEMORY;
    asks_of(w, r, m->joining);
    return OK;
}

/* Those of a lot: up to its last issuer, of the last lot all. */
static void deal_asks(const struct region *r, const struct month_of_issuers *m)
{
    for (size_t k = 0, at = 0; k < m->n_lots; k++) {
        struct lot *lot = &m->lot[k];
        uint32_t last = r->issuers.row[lot->to - 1].row;
        lot->ask = m->joining + at;
        while (at < m->n_joining && (m->joining[at].row <= last || k + 1 == m->n_lots))
            at++;
        lot->n_asks = (size_t)(m->joining + at - lot->ask);
    }
}

/* Lots of a region, with room for all that may happen in them. */
static enum status lay_out(struct world *w, struct region *r, struct lot *lot, const struct quotes *quotes)
{
    size_t n = r->issuers.n;
    bool rewarded = r->hooked[HOOK_LISTING].n > 0;
    uint32_t *places = arena_take(&w->market, 3 * n, sizeof *places);
    struct listing_event *event = rewarded ? arena_take(&w->market, 2 * n, sizeof *event) : NULL;
    if (places == NULL || (rewarded && event == NULL))
        return NO_MEMORY;
    for (size_t from = 0; from < n; from += LOT, lot++) {
        *lot = (struct lot){.from = from, .to = n - from < LOT ? n : from + LOT};
        lot->gone = places + 3 * from;
        lot->passed = lot->gone + (lot->to - from);
        lot->ended = lot->passed + (lot->to - from);
        lot->tending = (struct tending){
            .w = w, .r = r, .books = &lot->books, .quotes = *quotes, .event = rewarded ? event + 2 * from : NULL};
    }
    return OK;
}

static enum status close_lots(const struct world *w, struct region *r, const struct month_of_issuers *m)
{
    for (size_t k = 0; k < m->n_lots; k++) {
        const struct tending *t = &m->lot[k].tending;
        books_close(r, &m->lot[k].books);
        for (size_t j = 0; j < m->lot[k].n_ended; j++)
            r->free_files.row[r->free_files.n++] = m->lot[k].ended[j];
        for (size_t j = 0; j < t->n_events; j++)
            TRY(reward(w, r, t->event[j].row, t->event[j].board, (enum reward)t->event[j].event));
    }
    return OK;
}

/* -- who joins and leaves the list --------------------------------------------------------------------------------------------------- */
/* Who does not prepare yet begins, who is listed where it stands; left are those who join the list. */
static void take_asks(const struct world *w, struct region *r, struct month_of_issuers *m)
{
    size_t fresh = 0;
    for (size_t k = 0; k < m->n_joining; k++) {
        const struct joining *a = &m->joining[k];
        struct issuer *s = a->listed ? &r->issuers.row[a->at] : NULL;
        if (a->prepares)
            continue;
        m->books.board[a->board].preparing++;
        if (s == NULL || s->board == 0) /* or has left its board this month */
            m->joining[fresh++] = *a;
        else
            issuer_begins(w, r, s, a->board + 1);
    }
    m->n_joining = fresh;
}

/* The places that leave, one by one in order; SIZE_MAX: no more. */
struct leaving {
    const struct month_of_issuers *m;
    size_t lot, nth;
};
static size_t next_gone(struct leaving *l)
{
    while (l->lot < l->m->n_lots && l->nth == l->m->lot[l->lot].n_gone) {
        l->lot++;
        l->nth = 0;
    }
    return l->lot < l->m->n_lots ? l->m->lot[l->lot].gone[l->nth++] : SIZE_MAX;
}

/* Between who leaves and who joins all move alike. */
static size_t pieces_of(const struct month_of_issuers *m, size_t n, struct piece *piece)
{
    struct leaving leaving = {m, 0, 0};
    size_t pieces = 0, gone = next_gone(&leaving), joined = 0, to = 0;
    for (size_t at = 0; at < n || joined < m->n_joining;) {
        size_t join = joined < m->n_joining ? m->joining[joined].at : SIZE_MAX, end = gone < join ? gone : join;
        end = end < n ? end : n;
        if (end > at) {
            piece[pieces++] = (struct piece){at, end - at, to};
            to += end - at;
            at = end;
        }
        if (join == at) {
            m->joining[joined++].at = (uint32_t)to++;
        } else if (gone == at && at < n) {
            at++;
            gone = next_gone(&leaving);
        }
    }
    return pieces;
}

/* First what moves to the front, from the front, then what moves to the back, from the back: nothing is overwritten that has not
 * moved yet. */
static void move_pieces(struct issuer *row, const struct piece *piece, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (piece[k].to < piece[k].from)
            memmove(row + piece[k].to, row + piece[k].from, piece[k].n * sizeof *row);
    for (size_t k = n; k-- > 0;)
        if (piece[k].to > piece[k].from)
            memmove(row + piece[k].to, row + piece[k].from, piece[k].n * sizeof *row);
}

/* The places of those that passed, after the list has moved. */
static void follow_passed(const struct month_of_issuers *m, const struct piece *piece)
{
    size_t p = 0;
    for (size_t k = 0; k < m->n_lots; k++)
        for (size_t j = 0; j < m->lot[k].n_passed; j++) {
            uint32_t *at = &m->lot[k].passed[j];
            while (*at >= piece[p].from + piece[p].n)
                p++;
            *at = (uint32_t)(*at - piece[p].from + piece[p].to);
        }
}

static enum status renew_list(struct world *w, struct region *r, struct month_of_issuers *m)
{
    size_t n = r->issuers.n, gone = 0;
    for (size_t k = 0; k < m->n_lots; k++)
        gone += m->lot[k].n_gone;
    if (gone == 0 && m->n_joining == 0)
        return OK;
    struct piece *piece = arena_take(&w->market, gone + m->n_joining + 1, sizeof *piece);
    if (piece == NULL)
        return NO_MEMORY;
    size_t pieces = pieces_of(m, n, piece);
    move_pieces(r->issuers.row, piece, pieces);
    r->issuers.n = n - gone + m->n_joining;
    for (size_t k = 0; k < m->n_joining; k++) {
        const struct joining *a = &m->joining[k];
        struct issuer *s = &r->issuers.row[a->at];
        *s = (struct issuer){.row = a->row};
        issuer_begins(w, r, s, a->board + 1);
    }
    follow_passed(m, piece);
    return OK;
}

/* All regions together, so that small ones need not wait for each other. */
static enum status tend_all(struct world *w, struct month_of_issuers *month)
{
    size_t lots = 0;
    for (int32_t k = 0; k < w->n_regions; k++)
        lots += (w->region[k].issuers.n + LOT - 1) / LOT;
    struct lot *lot = arena_take(&w->market, lots, sizeof *lot);
    if (lot == NULL)
        return NO_MEMORY;
    for (int32_t k = 0, at = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        size_t n = (r->issuers.n + LOT - 1) / LOT;
        memset(r->board, 0, sizeof r->board);
        month[k] = (struct month_of_issuers){.lot = lot + at, .n_lots = n, .quotes = quotes_of(r)};
        TRY(lay_out(w, r, lot + at, &month[k].quotes));
        TRY(hear_asks(w, r, &month[k]));
        deal_asks(r, &month[k]);
        at += (int32_t)n;
    }
    team_run_loose(team_width(w->team.n, lots), lots, tend_lot, lot);
    for (int32_t k = 0; k < w->n_regions; k++) {
        TRY(close_lots(w, &w->region[k], &month[k]));
        take_asks(w, &w->region[k], &month[k]);
        TRY(renew_list(w, &w->region[k], &month[k]));
    }
    return OK;
}

/* -- the nation ----------------------------------------------------------------------------------------------------------------------- */
struct passed {
    uint64_t key;            /* in the queue, its place left open */
    uint32_t nth;            /* of the issuers of its region */
    uint16_t region, target; /* target: board that it wants, plus 1 */
};
enum { PLACE_BITS = 22 };

/* Order of filing, then the better file, then identity. */
static uint64_t queue_key(const struct world *w, const struct region *r, const struct issuer *s)
{
    const struct issuer_file *f = file_of(r, s);
    int32_t waited = w->month - f->filed;
    double told = 4.0 * (double)f->precision;
    uint64_t quality = told < 1023.0 ? (uint64_t)told : 1023;
    struct identity who = enterprise_identity(&r->enterprises, s->row);
    uint64_t name = ld_mix(who.origin, who.index) >> 38;
    BUG_ON(waited < 0 || waited >= QUEUE_MONTHS);
    return (uint64_t)(QUEUE_MONTHS - 1 - waited) << 58 | (1023 - quality) << 48 | name << PLACE_BITS;
}

/* All that passed and wait, of whatever board: those of a region in order of rows. */
struct waiting {
    const struct world *w;
    struct passed *row;
    size_t n;
};

/* Their files lie all over: threads share the waiting for memory. */
enum { FILES = 64 };
static void read_files(void *context, size_t nth, int32_t thread)
{
    const struct waiting *all = context;
    size_t to = (nth + 1) * FILES < all->n ? (nth + 1) * FILES : all->n;
    (void)thread;
    for (size_t j = nth * FILES; j < to; j++) {
        struct passed *p = &all->row[j];
        const struct region *r = &all->w->region[p->region];
        const struct issuer *s = &r->issuers.row[p->nth];
        p->target = s->target;
        p->key = queue_key(all->w, r, s);
    }
}

static enum status passed_of(struct world *w, struct month_of_issuers *month, struct waiting *all)
{
    size_t most = 0;
    for (int32_t k = 0; k < w->n_regions; k++) {
        size_t here = 0;
        for (size_t j = 0; j < month[k].n_lots; j++)
            here += month[k].lot[j].n_passed;
        month[k].traded = arena_take(&w->market, here, sizeof *month[k].traded);
        if (month[k].traded == NULL)
            return NO_MEMORY;
        most += here;
    }
    *all = (struct waiting){.w = w, .row = arena_take(&w->market, most, sizeof *all->row)};
    if (all->row == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < month[k].n_lots && P(&w->region[k], capital_market)->enabled; j++)
            for (size_t p = 0; p < month[k].lot[j].n_passed; p++)
                all->row[all->n++] = (struct passed){.nth = month[k].lot[j].passed[p], .region = (uint16_t)k};
    size_t lots = (all->n + FILES - 1) / FILES;
    team_run_loose(team_width(w->team.n, lots), lots, read_files, all);
    return OK;
}

static size_t passed_for(const struct world *w, int32_t board, const struct waiting *all, uint64_t *key)
{
    size_t n = 0;
    BUG_ON(all->n >> PLACE_BITS != 0);
    for (size_t j = 0; j < all->n; j++) {
        const struct region *r = &w->region[all->row[j].region];
        if (all->row[j].target != board + 1 || !window_open(r, board))
            continue;
        key[n++] = all->row[j].key | j;
    }
    return n;
}

/* Whole numbers a month that come to so many in the long run. */
static int64_t of_month(int32_t month, double many)
{
    return (int64_t)(many * (month + 1)) - (int64_t)(many * month);
}

/* Files from outside arrive, and leave when their patience ends. */
static void outside_files(struct world *w, const struct region *lead, int32_t board)
{
    const struct capital_market_params *m = P(lead, capital_market);
    const struct boards_params *b = NAMED(lead, boards, board);
    double usual = (b->usual < 1e6 ? b->usual : b->capacity) * lead->scale;
    int32_t *ring = w->outside[board];
    bool open = usual > 0.0 && board_open(lead, board);
    ring[w->month % QUEUE_MONTHS] = open ? (int32_t)of_month(w->month, m->outside * usual) : 0;
    for (int32_t age = m->patience + 1; age < QUEUE_MONTHS; age++)
        ring[(w->month - age) % QUEUE_MONTHS] = 0;
}

static enum status list_passed(struct world *w, struct month_of_issuers *month, const struct passed *p)
{
    struct region *r = &w->region[p->region];
    struct month_of_issuers *m = &month[p->region];
    struct issuer *s = &r->issuers.row[p->nth];
    int32_t board = s->target - 1;
    bool traded = enterprise_traded(r, s->row);
    issuer_counted(r, &m->quotes, &m->books, s, -1);
    issuer_lists(w, r, &m->books, s);
    if (NAMED(r, boards, board)->exchange) {
        struct traded *t = traded ? &r->traded.row[LIST_FIRST(&r->traded, s->row)] : &m->traded[m->n_traded++];
        *t = (struct traded){.row = s->row, .home = issuer_home(s)};
    }
    issuer_counted(r, &m->quotes, &m->books, s, 1);
    return reward(w, r, s->row, board, REWARD_LISTED);
}

/* Files of one month, those from outside evenly among the others. */
static enum status list_month(struct world *w, struct month_of_issuers *month, const struct waiting *all,
                              const uint64_t *key, size_t n, int32_t *outside, int64_t *room)
{
    int64_t inside = (int64_t)n, j = 0, k = 0;
    for (; *room > 0 && (j < inside || k < *outside); (*room)--) {
        if (k == *outside || (j < inside && (2 * j + 1) * *outside <= (2 * k + 1) * inside))
            TRY(list_passed(w, month, &all->row[key[j++] & ((1u << PLACE_BITS) - 1)]));
        else
            k++;
    }
    *outside -= (int32_t)k;
    return OK;
}

static enum status settle_board(struct world *w, struct month_of_issuers *month, const struct region *lead,
                                int32_t board, const struct waiting *all)
{
    const struct boards_params *b = NAMED(lead, boards, board);
    bool limited = b->capacity < 1e6, open = window_open(lead, board);
    double capacity = b->capacity * lead->scale;
    if (limited)
        outside_files(w, lead, board);
    uint64_t *key = arena_take(&w->market, all->n, sizeof *key);
    if (key == NULL)
        return NO_MEMORY;
    size_t n = passed_for(w, board, all, key), at = 0, past;
    sort_keys(key, n);
    int64_t room = limited ? of_month(w->month, capacity) : (int64_t)n;
    for (int32_t age = QUEUE_MONTHS - 1; age >= 0; age--) {
        int32_t none = 0, *outside = &w->outside[board][(w->month - age) % QUEUE_MONTHS];
        for (past = at; past < n && (int32_t)(key[past] >> 58) == QUEUE_MONTHS - 1 - age; past++)
            ;
        TRY(list_month(w, month, all, key + at, past - at, limited && open && age >= b->review ? outside : &none,
                       &room));
        at = past;
    }
    return OK;
}

/* What holds for the nation is read in the first region that has a capital market, of those where the board is open if there are
 * any. */
static const struct region *lead_of(const struct world *w, int32_t board)
{
    const struct region *lead = NULL;
    for (int32_t k = w->n_regions - 1; k >= 0; k--) {
        const struct region *r = &w->region[k];
        if (P(r, capital_market)->enabled && (lead == NULL || board_open(r, board) || !board_open(lead, board)))
            lead = r;
    }
    return lead;
}

enum status boards_settle(struct world *w)
{
    struct month_of_issuers *month = arena_take(&w->market, (size_t)w->n_regions, sizeof *month);
    struct waiting all;
    if (month == NULL)
        return NO_MEMORY;
    TRY(tend_all(w, month));
    TRY(passed_of(w, month, &all));
    for (int32_t b = 0; b < w->region[0].layout->count[GROUP_boards]; b++) {
        const struct region *lead = lead_of(w, b);
        if (lead != NULL)
            TRY(settle_board(w, month, lead, b, &all));
    }
    for (int32_t k = 0; k < w->n_regions; k++) {
        books_close(&w->region[k], &month[k].books);
        TRY(traded_renew(w, &w->region[k], month[k].traded, month[k].n_traded));
    }
    return OK;
}
