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
    const uint32_t *place; /* of rows */
    struct region *r;
    const struct squeeze *rows;
    const uint32_t *from_loan;
    size_t loans;
    unsigned char *spare; /* for each thread a column of loans; memory that a thread never writes to is not taken */
    size_t threads;
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

/* The list of dues, which may be longer than any column, one column of enterprises, one word of membership, or one column of
 * loans. */
static void move_column(void *context, size_t task, int32_t thread)
{
    const struct moves *m = context;
    struct enterprises *e = &m->r->enterprises;
    size_t k = task - 1;
    if (task == 0) {
        dues_compact(m->r, m->place);
    } else if (k < n_enterprise_columns) {
        void *column = *(void **)(void *)((char *)e + enterprise_columns[k].pointer);
        close_gaps(m->rows, column, enterprise_columns[k].size);
    } else if ((k -= n_enterprise_columns) < e->words) {
        member_word *word = e->member + k * e->capacity;
        close_gaps(m->rows, word, sizeof *word);
    } else if ((k -= e->words) < n_loan_columns && m->loans > 0) { /* a table without rows has no column yet */
        void *column = *(void **)(void *)((char *)&m->r->loans + loan_columns[k].pointer);
        unsigned char *spare = m->spare + (m->threads - 1 - (size_t)thread) * m->loans * 8;
        gather(spare, column, loan_columns[k].size, m->from_loan, m->loans);
        memcpy(column, spare, m->loans * loan_columns[k].size);
    }
}

/* Loans in the new order: by row, then by block, then as they stood.  order[new] = old; returns how many stay. */
static size_t loan_order(struct loans *l, uint32_t *order, uint32_t *first, uint32_t rows)
{
    memset(first, 0, ((size_t)rows + 1) * sizeof *first);
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0)
            first[l->row[k] + 1]++;
    for (uint32_t i = 0; i < rows; i++)
        first[i + 1] += first[i];
    size_t n = first[rows];
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0)
            order[first[l->row[k]]++] = (uint32_t)k;
    return n;
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

/* claim: where claims come to stand. */
static void renumber_loans(struct loans *l, const uint32_t *place, const uint32_t *claim)
{
    for (size_t k = 0; k < l->n; k++)
        if ((l->flags[k] & LOAN_ENDED) == 0) {
            l->row[k] = place[l->row[k]];
            if (l->claim[k] != NO_CLAIM) {
                l->claim[k] = claim[l->claim[k]];
                BUG_ON(l->claim[k] == NO_CLAIM);
            }
        }
}

/* A bridge outlives the row of who has nothing left, until it is written off. */
static void compact_bridges(struct bridges *b, const uint32_t *place)
{
    for (size_t k = 0; k < b->n; k++)
        if (b->row[k].row != GONE_ROW)
            b->row[k].row = place[b->row[k].row];
}

/* What the dead had leased was taken back in the month of their failure; the order of rows stays. */
static void compact_leases(struct leases *l, const uint32_t *place)
{
    for (size_t k = 0; k < l->n; k++) {
        l->row[k].row = place[l->row[k].row];
        BUG_ON(l->row[k].row == GONE_ROW);
    }
}

/* A buyer that has left the table has fallen all the same. */
static void compact_buyers(struct buyers *b, const uint32_t *place)
{
    for (size_t k = 0; k < b->n; k++) {
        uint32_t row = (uint32_t)b->row[k] & BUYER_LEFT, to = row == BUYER_LEFT ? GONE_ROW : place[row];
        b->row[k] = (b->row[k] & ~(uint64_t)BUYER_LEFT) | (to == GONE_ROW ? BUYER_LEFT : to);
    }
}

/* Bills of who has left, and on who has, were settled then. */
static void compact_bills(struct bills *b, const uint32_t *place)
{
    for (size_t k = 0; k < b->n; k++) {
        b->row[k].row = place[b->row[k].row];
        b->row[k].buyer = place[b->row[k].buyer];
        BUG_ON(b->row[k].row == GONE_ROW || b->row[k].buyer == GONE_ROW);
    }
}

/* Positions in the dead were written off when they were wound up. */
static void compact_positions(struct positions *p, const uint32_t *place)
{
    size_t n = 0;
    for (size_t k = 0; k < p->n; k++)
        if (place[p->row[k].row] != GONE_ROW) {
            p->row[n] = p->row[k];
            p->row[n++].row = place[p->row[k].row];
        }
    p->n = n;
}

/* Warrants of the dead have ended, too. */
static void compact_warrants(struct warrants *p, const uint32_t *place)
{
    size_t n = 0;
    for (size_t k = 0; k < p->n; k++)
        if (place[p->row[k].row] != GONE_ROW) {
            p->row[n] = p->row[k];
            p->row[n++].row = place[p->row[k].row];
        }
    p->n = p->sorted = n;
}

/* Who is in it lived at the end of the last month; the order of rows stays. */
static void compact_issuers(struct region *r, const uint32_t *place)
{
    for (size_t k = 0; k < r->issuers.n; k++)
        r->issuers.row[k].row = place[r->issuers.row[k].row];
    for (size_t k = 0; k < r->traded.n; k++)
        r->traded.row[k].row = place[r->traded.row[k].row];
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

static void compact_deeds(struct deeds *d, const uint32_t *place)
{
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
static void compact_bonds(struct bonds *b, const uint32_t *place)
{
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

static void compact_waiting(struct applications *a, const uint32_t *place)
{
    size_t n = 0;
    for (size_t k = 0; k < a->n; k++)
        if (place[a->row[k].row] != GONE_ROW) {
            a->row[n] = a->row[k];
            a->row[n++].row = place[a->row[k].row];
        }
    a->n = n;
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
    uint32_t *place, *order, *claim;
    uint8_t *stays;
    void *spare; /* to order loans, then to move them */
};

static bool scrap_take(struct scrap *s, const struct region *r, size_t threads)
{
    size_t rows = r->enterprises.n + 8, loans = r->loans.n + 1;
    size_t first = rows * sizeof(uint32_t), spare = threads * loans * 8;
    size_t files = r->issuer_files.n * sizeof(struct issuer_file);
    spare = spare > first ? spare : first;
    s->place = calloc(rows, sizeof *s->place);
    s->order = malloc(loans * sizeof *s->order);
    s->stays = malloc(rows / 8);
    s->claim = malloc((r->claims.n + 1) * sizeof *s->claim);
    s->spare = malloc(spare > files ? spare : files);
    return s->place != NULL && s->order != NULL && s->stays != NULL && s->claim != NULL && s->spare != NULL;
}

static void scrap_free(struct scrap *s)
{
    free(s->place);
    free(s->order);
    free(s->stays);
    free(s->claim);
    free(s->spare);
}

static enum status move_all(const struct world *w, struct region *r, struct scrap *s, uint32_t rows)
{
    struct loans *l = &r->loans;
    struct squeeze staying;
    size_t tasks = 1 + n_enterprise_columns + r->enterprises.words + n_loan_columns;
    struct moves m = {.r = r,
                      .place = s->place,
                      .rows = &staying,
                      .from_loan = s->order,
                      .spare = s->spare,
                      .threads = (size_t)w->team.n};
    m.loans = loan_order(l, s->order, s->spare, rows);
    mark_staying(s->place, s->stays, r->enterprises.n);
    squeeze_init(&staying, s->stays, r->enterprises.n);
    team_run_loose(team_width(w->team.n, (r->enterprises.n + TILE - 1) / TILE), tasks, move_column, &m);
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
        renumber_loans(&r->loans, s.place, s.claim);
        compact_bridges(&r->bridges, s.place);
        compact_leases(&r->leases, s.place);
        compact_buyers(&r->buyers, s.place);
        compact_bills(&r->bills, s.place);
        compact_positions(&r->positions, s.place);
        compact_warrants(&r->warrants, s.place);
        compact_issuers(r, s.place);
        order_files(r, s.spare);
        compact_deeds(&r->deeds, s.place);
        compact_bonds(&r->bonds, s.place);
        compact_waiting(&r->waiting, s.place);
        status = move_all(w, r, &s, rows);
        status = status == OK ? region_list_starts(r) : status;
    }
    scrap_free(&s);
    return status;
}
