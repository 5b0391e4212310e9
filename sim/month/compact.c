/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compact - the dead leave the table, ended loans the book.  A row is a place, an identity is a name: whatever refers to a
 * row is renumbered here, the order of rows and of loans within an enterprise stays, and no result shows when it happened. */
#include <liandong/claiming.h>
#include <liandong/prepare.h>
#include <liandong/squeeze.h>
#include <string.h>

#define GONE_ROW UINT32_MAX

/* Who is wound up owns and owes nothing; when he leaves the register is kept without a row. */
static bool row_leaves(const struct enterprises *e, uint32_t i)
{
    return e->status[i] == GONE;
}

/* A compaction stands before the month that would count `winding` down. */
static void keep_register(struct region *r, int32_t month)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t i = 0; i < e->n; i++)
        if (row_leaves(e, i) && e->winding[i] > 0)
            r->leaving[(month + e->winding[i] - 1) % REGISTER_MONTHS][cell_of(e, i)]++;
}

/* place[i]: new number of row i, or GONE_ROW. */
static uint32_t new_places(const struct enterprises *e, uint32_t *place)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        place[i] = row_leaves(e, i) ? GONE_ROW : n++;
    return n;
}

/* Who stays of the rows, and where loans come from: loan k was loan from_loan[k]. */
struct moves {
    const uint32_t *place, *claim; /* where rows and claims come to stand */
    struct region *r;
    struct squeeze rows;
    uint32_t *from_loan, *first; /* first: of a tile, then how many there are */
    struct issuer_file *files;   /* room for a copy of them */
    unsigned char *spare; /* for each thread a column of loans; memory that a thread never writes to is not taken */
    size_t loans, threads;
};

/* Without a branch, since nobody can foretell who leaves; inlined with a known size, so that a move is one instruction. */
static inline void gather_by(unsigned char *to, const unsigned char *bytes, size_t size, const uint32_t *from, size_t n)
{
#pragma GCC unroll 4
    for (size_t k = 0; k < n; k++)
        memmove(to + k * size, bytes + from[k] * size, size);
}

static void gather(void *to, const void *column, size_t size, const uint32_t *from, size_t n)
{
    if (size == 1)
        gather_by(to, column, 1, from, n);
    else if (size == 2)
        gather_by(to, column, 2, from, n);
    else if (size == 4)
        gather_by(to, column, 4, from, n);
    else
        gather_by(to, column, 8, from, n);
    BUG_ON(size > 8);
}

/* Of zeros there is nothing to move, and memory that nobody ever wrote to is not taken now. */
static void close_gaps(const struct squeeze *rows, void *column, size_t size)
{
    BUG_ON(size > 8);
    if (rows->n > 0 && !tables_all_zero(column, rows->n * size))
        squeeze_column(rows, column, size);
}

/* How many loans of a tile stay. */
static void count_loans(void *context, size_t tile, int32_t thread)
{
    const struct moves *m = context;
    const struct loans *l = &m->r->loans;
    uint32_t n = 0, from, to;
    (void)thread;
    for (size_t block = 0; block < l->n_blocks; block++)
        for (loans_of_tile(l, block, (uint32_t)tile, &from, &to); from < to; from++)
            n += (l->flags[from] & LOAN_ENDED) == 0;
    m->first[tile + 1] = n;
}

static void renumber_loan(const struct moves *m, uint32_t k)
{
    struct loans *l = &m->r->loans;
    l->row[k] = m->place[l->row[k]];
    if ((l->flags[k] & LOAN_CLAIMED) != 0) {
        l->claim[k] = m->claim[l->claim[k]];
        BUG_ON(l->claim[k] == NO_CLAIM);
    }
}

/* The new order of a tile's loans: by row, then by block, then as they stood. */
static void order_loans(void *context, size_t tile, int32_t thread)
{
    const struct moves *m = context;
    const struct loans *l = &m->r->loans;
    uint32_t at[TILE + 1] = {0}, lo = (uint32_t)(tile * TILE), from, to; /* at: of a row, first how many it has */
    (void)thread;
    for (size_t block = 0; block < l->n_blocks; block++)
        for (loans_of_tile(l, block, (uint32_t)tile, &from, &to); from < to; from++)
            at[l->row[from] - lo + 1] += (l->flags[from] & LOAN_ENDED) == 0;
    at[0] = m->first[tile];
    for (size_t i = 0; i < TILE; i++)
        at[i + 1] += at[i];
    for (size_t block = 0; block < l->n_blocks; block++)
        for (loans_of_tile(l, block, (uint32_t)tile, &from, &to); from < to; from++)
            if ((l->flags[from] & LOAN_ENDED) == 0) {
                m->from_loan[at[l->row[from] - lo]++] = from;
                renumber_loan(m, from);
            }
}

/* Tile by tile, since the loans of a tile stand together in each block, and will. */
static void loan_order(struct moves *m, int32_t threads)
{
    size_t tiles = (m->r->enterprises.n + TILE - 1) / TILE;
    int32_t width = team_width(threads, tiles);
    team_run(width, tiles, count_loans, m);
    m->first[0] = 0;
    for (size_t tile = 0; tile < tiles; tile++)
        m->first[tile + 1] += m->first[tile];
    team_run(width, tiles, order_loans, m);
    m->loans = m->first[tiles];
}

/* All loans become block 0. */
static enum status one_block(struct loans *l, size_t rows)
{
    size_t tiles = (rows + TILE - 1) / TILE;
    l->n_blocks = 0;
    TRY(loans_reserve_block(l, tiles));
    struct loan_block *b = &l->block[0];
    uint32_t k = 0;
    for (size_t tile = 0; tile < tiles; tile++) {
        b->start[tile] = k;
        while (k < l->n && l->row[k] < (tile + 1) * TILE)
            k++;
    }
    b->start[tiles] = k;
    b->from = 0;
    b->to = l->n;
    l->n_blocks = 1;
    return OK;
}

/* A bridge outlives the row of who has nothing left, until it is written off. */
static void compact_bridges(struct moves *m)
{
    struct bridges *b = &m->r->bridges;
    const uint32_t *place = m->place;
    for (size_t k = 0; k < b->n; k++)
        if (b->row[k].row != GONE_ROW)
            b->row[k].row = place[b->row[k].row];
}

/* What the dead had leased was taken back in the month of their failure; the order of rows stays. */
static void compact_leases(struct moves *m)
{
    struct leases *l = &m->r->leases;
    const uint32_t *place = m->place;
    for (size_t k = 0; k < l->n; k++) {
        l->row[k].row = place[l->row[k].row];
        BUG_ON(l->row[k].row == GONE_ROW);
    }
}

/* A buyer that has left the table has fallen all the same. */
static void compact_buyers(struct moves *m)
{
    struct buyers *b = &m->r->buyers;
    const uint32_t *place = m->place;
    for (size_t k = 0; k < b->n; k++) {
        uint32_t row = (uint32_t)b->row[k] & BUYER_LEFT, to = row == BUYER_LEFT ? GONE_ROW : place[row];
        b->row[k] = (b->row[k] & ~(uint64_t)BUYER_LEFT) | (to == GONE_ROW ? BUYER_LEFT : to);
    }
}

/* Bills of who has left, and on who has, were settled then. */
static void compact_bills(struct moves *m)
{
    struct bills *b = &m->r->bills;
    const uint32_t *place = m->place;
    for (size_t k = 0; k < b->n; k++) {
        b->row[k].row = place[b->row[k].row];
        b->row[k].buyer = place[b->row[k].buyer];
        BUG_ON(b->row[k].row == GONE_ROW || b->row[k].buyer == GONE_ROW);
    }
}

/* Each changes its place with the one that stands where it belongs; which goes to where this one came from.  Positions in the dead
 * were written off when they were wound up. */
static void compact_positions(struct moves *m)
{
    struct positions *p = &m->r->positions;
    struct holding *h = p->held.row;
    for (size_t k = 0; k < p->held.n; k++) {
        size_t from = h[k].place;
        while (from < k)
            from = h[from].place;
        struct position here = p->row[from];
        p->row[from] = p->row[k];
        p->row[k] = here;
        p->row[k].row = h[k].row = m->place[h[k].row];
        BUG_ON(h[k].row == GONE_ROW);
    }
    for (size_t k = 0; k < p->held.n; k++)
        h[k].place = (uint32_t)k;
    p->n = p->held.n;
}

/* Warrants of the dead have ended, too. */
static void compact_warrants(struct moves *m)
{
    struct warrants *p = &m->r->warrants;
    const uint32_t *place = m->place;
    size_t n = 0;
    for (size_t k = 0; k < p->n; k++)
        if (place[p->row[k].row] != GONE_ROW) {
            p->row[n] = p->row[k];
            p->row[n++].row = place[p->row[k].row];
        }
    p->n = p->sorted = n;
}

/* Room for n, and some more, is kept of a list that has more than twice as much. */
static void give_back(void **row, size_t *capacity, size_t n, size_t size)
{
    size_t keeps = n + n / 4 + 64;
    void *smaller = keeps < *capacity / 2 ? realloc(*row, keeps * size) : NULL;
    if (smaller == NULL)
        return;
    *row = smaller;
    *capacity = keeps;
}

/* Files stand in the order of their issuers again, who are looked at one after the other.  In the year in which a board opens many
 * more are on their way than ever after. */
static void order_files(struct region *r, struct issuer_file *copy)
{
    uint32_t n = 0;
    for (size_t k = 0; k < r->issuers.n; k++) {
        struct issuer *s = &r->issuers.row[k];
        if (s->file == 0)
            continue;
        copy[n] = r->issuer_files.row[s->file - 1];
        s->file = ++n;
    }
    for (uint32_t k = 0; k < n; k++)
        r->issuer_files.row[k] = copy[k];
    r->issuer_files.n = n;
    r->free_files.n = 0;
    give_back((void **)(void *)&r->issuer_files.row, &r->issuer_files.capacity, n, sizeof *copy);
    give_back((void **)(void *)&r->free_files.row, &r->free_files.capacity, n, sizeof *r->free_files.row);
}

/* Who is in it lived at the end of the last month; the order of rows stays. */
static void compact_issuers(struct moves *m)
{
    struct region *r = m->r;
    const uint32_t *place = m->place;
    for (size_t k = 0; k < r->issuers.n; k++)
        r->issuers.row[k].row = place[r->issuers.row[k].row];
    for (size_t k = 0; k < r->traded.n; k++)
        r->traded.row[k].row = place[r->traded.row[k].row];
    order_files(r, m->files);
}

static void compact_deeds(struct moves *m)
{
    struct deeds *d = &m->r->deeds;
    const uint32_t *place = m->place;
    size_t n = 0;
    for (size_t k = 0; k < d->n; k++) {
        struct deed deed = d->row[k];
        deed.row = place[deed.row];
        if (deed.row != GONE_ROW)
            d->row[n++] = deed;
    }
    d->n = n;
}

/* What is owed for who has nothing left was written off when his winding up ended. */
static void compact_bonds(struct moves *m)
{
    struct bonds *b = &m->r->bonds;
    const uint32_t *place = m->place;
    size_t n = 0;
    for (size_t k = 0; k < b->n; k++) {
        struct bond q = b->row[k];
        BUG_ON(place[q.row] == GONE_ROW && q.principal.fen != 0);
        q.row = place[q.row];
        if (q.row != GONE_ROW)
            b->row[n++] = q;
    }
    b->n = n;
}

static void compact_waiting(struct moves *m)
{
    struct applications *a = &m->r->waiting;
    const uint32_t *place = m->place;
    size_t n = 0;
    for (size_t k = 0; k < a->n; k++)
        if (place[a->row[k].row] != GONE_ROW) {
            a->row[n] = a->row[k];
            a->row[n++].row = place[a->row[k].row];
        }
    a->n = n;
}

static void compact_dues(struct moves *m)
{
    dues_compact(m->r, m->place);
}

/* Lists of things that belong to rows, each a task; dues may be longer than any column. */
static void (*const lists[])(struct moves *m) = {
    compact_dues,      compact_bridges,  compact_leases,  compact_buyers, compact_bills,   compact_bonds,
    compact_positions, compact_warrants, compact_issuers, compact_deeds,  compact_waiting,
};
enum { N_LISTS = sizeof lists / sizeof lists[0] };

/* A list, a column of enterprises, a word of membership, or a column of loans. */
static void move_part(void *context, size_t task, int32_t thread)
{
    struct moves *m = context;
    struct enterprises *e = &m->r->enterprises;
    size_t k = task;
    if (k < N_LISTS) {
        lists[k](m);
    } else if ((k -= N_LISTS) < n_enterprise_columns) {
        void *column = *(void **)(void *)((char *)e + enterprise_columns[k].pointer);
        close_gaps(&m->rows, column, enterprise_columns[k].size);
    } else if ((k -= n_enterprise_columns) < e->words) {
        member_word *word = e->member + k * e->capacity;
        close_gaps(&m->rows, word, sizeof *word);
    } else if ((k -= e->words) < n_loan_columns && m->loans > 0) { /* a table without rows has no column yet */
        void *column = *(void **)(void *)((char *)&m->r->loans + loan_columns[k].pointer);
        unsigned char *spare = m->spare + (m->threads - 1 - (size_t)thread) * m->loans * 8;
        gather(spare, column, loan_columns[k].size, m->from_loan, m->loans);
        memcpy(column, spare, m->loans * loan_columns[k].size);
    }
}

/* Claims on loans that have ended leave the table once they are closed; place[k]: where claim k comes to stand, or NO_CLAIM. */
static void compact_claims(struct claims *c, bool keep, uint32_t *place)
{
    size_t n = 0, covers = 0;
    for (size_t k = 0; k < c->n; k++) {
        struct claim row = c->row[k];
        bool leaves = !keep && row.state == CLAIM_CLOSED && row.ended;
        place[k] = leaves ? NO_CLAIM : (uint32_t)n;
        if (leaves)
            continue;
        if (n < k) {
            memmove(&c->covers.row[covers], covers_of(c, &row), row.n_covers * sizeof *c->covers.row);
            row.covers = (uint32_t)covers;
            c->row[n] = row;
        }
        n++;
        covers += row.n_covers;
    }
    c->covers.n = covers;
    if (n < c->n) /* else its index still holds */
        c->first_open = c->listed = c->open.n = 0;
    c->n = n;
}

/* Bit i % 8 of stays[i / 8]: row i stays. */
static void mark_staying(const uint32_t *place, uint8_t *stays, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        unsigned bits = 0;
        for (size_t j = 0; j < 8; j++)
            bits |= (unsigned)(place[i + j] != GONE_ROW) << j;
        stays[i / 8] = (uint8_t)bits;
    }
}

/* Scratch of a compaction is not kept: it would lie idle while a month needs the most. */
struct scrap {
    uint32_t *place, *order, *claim, *first;
    struct issuer_file *files;
    uint8_t *stays;
    void *spare;
};

static bool scrap_take(struct scrap *s, const struct region *r, size_t threads)
{
    size_t rows = r->enterprises.n + 8, loans = r->loans.n + 1;
    s->place = calloc(rows, sizeof *s->place);
    s->order = malloc(loans * sizeof *s->order);
    s->stays = malloc(rows / 8);
    s->claim = malloc((r->claims.n + 1) * sizeof *s->claim);
    s->first = malloc((rows / TILE + 2) * sizeof *s->first);
    s->files = malloc((r->issuer_files.n + 1) * sizeof *s->files);
    s->spare = malloc(threads * loans * 8 + 1); /* a world without loans, too, gets a place */
    return s->place != NULL && s->order != NULL && s->stays != NULL && s->claim != NULL && s->first != NULL &&
           s->files != NULL && s->spare != NULL;
}

static void scrap_free(struct scrap *s)
{
    free(s->place);
    free(s->order);
    free(s->stays);
    free(s->claim);
    free(s->first);
    free(s->files);
    free(s->spare);
}

static enum status move_all(const struct world *w, struct region *r, struct scrap *s, uint32_t rows)
{
    struct loans *l = &r->loans;
    size_t tasks = N_LISTS + n_enterprise_columns + r->enterprises.words + n_loan_columns;
    struct moves m = {.r = r,
                      .place = s->place,
                      .claim = s->claim,
                      .from_loan = s->order,
                      .first = s->first,
                      .files = s->files,
                      .spare = s->spare,
                      .threads = (size_t)w->team.n};
    loan_order(&m, w->team.n);
    mark_staying(s->place, s->stays, r->enterprises.n);
    squeeze_init(&m.rows, s->stays, r->enterprises.n);
    team_run_loose(team_width(w->team.n, (r->enterprises.n + TILE - 1) / TILE), tasks, move_part, &m);
    r->enterprises.n = rows;
    l->n = m.loans;
    loans_trim(l);
    return one_block(l, rows);
}

enum status region_compact(const struct world *w, struct region *r)
{
    struct scrap s;
    enum status status = NO_MEMORY;
    if (scrap_take(&s, r, (size_t)w->team.n)) {
        keep_register(r, w->month);
        uint32_t rows = new_places(&r->enterprises, s.place);
        compact_claims(&r->claims, w->claims_kept != 0, s.claim);
        status = move_all(w, r, &s, rows);
        status = status == OK ? region_list_starts(r) : status;
    }
    scrap_free(&s);
    return status;
}
