/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state - a world as bytes: one list of everything that is state, read and written by the same code, so that a cache, a copy
 * and a comparison cannot disagree about what a world is. */
#include <liandong/engine.h>
#include <string.h>

struct stream {
    world_put_fn put; /* one of the two */
    world_get_fn get;
    void *other;
};

static enum status piece(struct stream *s, void *bytes, size_t n)
{
    if (n == 0)
        return OK;
    return s->put != NULL ? s->put(s->other, bytes, n) : s->get(s->other, bytes, n);
}

#define PIECE(s, object) TRY(piece(s, &(object), sizeof(object)))

static enum status stream_origins(struct stream *s, struct enterprises *e)
{
    uint64_t n = e->n_origins;
    PIECE(s, n);
    while (s->get != NULL && e->n_origins < n)
        TRY(enterprises_name(e, 0));
    return piece(s, e->origin, (size_t)n * sizeof *e->origin);
}

static enum status stream_enterprises(struct stream *s, struct enterprises *e)
{
    uint64_t n = e->n;
    PIECE(s, n);
    if (s->get != NULL) {
        TRY(enterprises_reserve(e, (size_t)n));
        e->n = (size_t)n;
    }
    for (size_t k = 0; k < n_enterprise_columns; k++)
        TRY(piece(s, *(void **)(void *)((char *)e + enterprise_columns[k].pointer), e->n * enterprise_columns[k].size));
    for (size_t word = 0; word < e->words; word++)
        TRY(piece(s, e->member + word * e->capacity, e->n * sizeof *e->member));
    return stream_origins(s, e);
}

static enum status stream_blocks(struct stream *s, struct loans *l)
{
    uint64_t n = l->n_blocks;
    PIECE(s, n);
    if (s->get != NULL)
        l->n_blocks = 0;
    for (uint64_t k = 0; k < n; k++) {
        uint64_t from = 0, to = 0, starts = 0;
        if (s->put != NULL) {
            from = l->block[k].from;
            to = l->block[k].to;
            starts = l->block[k].n_starts;
        }
        PIECE(s, from);
        PIECE(s, to);
        PIECE(s, starts);
        if (s->get != NULL) {
            TRY(loans_reserve_block(l, (size_t)starts - 1));
            l->block[k].from = (size_t)from;
            l->block[k].to = (size_t)to;
            l->n_blocks++;
        }
        TRY(piece(s, l->block[k].start, (size_t)starts * sizeof *l->block[k].start));
    }
    return OK;
}

static enum status stream_loans(struct stream *s, struct loans *l)
{
    uint64_t n = l->n;
    PIECE(s, n);
    if (s->get != NULL) {
        TRY(loans_reserve(l, (size_t)n));
        l->n = (size_t)n;
    }
    for (size_t k = 0; k < n_loan_columns; k++)
        TRY(piece(s, *(void **)(void *)((char *)l + loan_columns[k].pointer), l->n * loan_columns[k].size));
    return stream_blocks(s, l);
}

/* A list {n, capacity, row}: n first, then the rows. */
static enum status stream_list(struct stream *s, size_t *n, size_t *capacity, void **row, size_t size)
{
    uint64_t many = *n;
    PIECE(s, many);
    if (s->get != NULL && many > *capacity) {
        void *bigger = realloc(*row, (size_t)many * size);
        if (bigger == NULL)
            return NO_MEMORY;
        *row = bigger;
        *capacity = (size_t)many;
    }
    *n = (size_t)many;
    return piece(s, *row, *n * size);
}
#define LIST(s, list) TRY(stream_list(s, &(list).n, &(list).capacity, (void **)(void *)&(list).row, sizeof *(list).row))

static enum status stream_chains(struct stream *s, struct region *r)
{
    PIECE(s, r->n_chains);
    if (s->get != NULL && r->n_chains > r->chain_capacity) {
        struct cover_chain *bigger = realloc(r->chain, (size_t)r->n_chains * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        r->chain = bigger;
        r->chain_capacity = r->n_chains;
    }
    return piece(s, r->chain, (size_t)r->n_chains * sizeof *r->chain);
}

/* What stands between agents. */
static enum status stream_markets(struct stream *s, struct region *r)
{
    LIST(s, r->claims);
    LIST(s, r->claims.covers);
    PIECE(s, r->claims.next_number);
    PIECE(s, r->claims.first_open);
    LIST(s, r->dues);
    r->pages.known = r->pages.known && s->get == NULL;
    LIST(s, r->files);
    LIST(s, r->bridges);
    LIST(s, r->leases);
    LIST(s, r->buyers);
    LIST(s, r->bills);
    LIST(s, r->funds);
    LIST(s, r->positions);
    LIST(s, r->positions.held);
    LIST(s, r->accounts);
    LIST(s, r->away);
    LIST(s, r->fund_notes);
    LIST(s, r->vehicles);
    LIST(s, r->warrants);
    PIECE(s, r->warrants.sorted);
    PIECE(s, r->equity);
    PIECE(s, r->n_managers);
    BUG_ON(r->n_managers > r->manager_room);
    TRY(piece(s, r->manager, (size_t)r->n_managers * sizeof *r->manager));
    LIST(s, r->issuers);
    LIST(s, r->issuer_files);
    LIST(s, r->free_files);
    LIST(s, r->traded);
    PIECE(s, r->traded.exchanges);
    LIST(s, r->deeds);
    LIST(s, r->bonds);
    LIST(s, r->issues);
    PIECE(s, r->issues.next_number);
    PIECE(s, r->bond_record);
    LIST(s, r->waiting);
    return OK;
}

static enum status stream_region(struct stream *s, struct region *r)
{
    size_t banks = (size_t)r->n_banks, pools = (size_t)r->n_bearers;
    TRY(piece(s, r->now, r->layout->size));
    PIECE(s, r->month);
    PIECE(s, r->cells);
    PIECE(s, r->macro);
    PIECE(s, r->sector_factor);
    PIECE(s, r->history);
    PIECE(s, r->prices);
    PIECE(s, r->ip);
    TRY(stream_enterprises(s, &r->enterprises));
    TRY(stream_loans(s, &r->loans));
    TRY(stream_markets(s, r));
    TRY(piece(s, r->bank, banks * sizeof *r->bank));
    TRY(piece(s, r->branch, (size_t)r->n_branches * sizeof *r->branch));
    TRY(piece(s, r->belief, banks * (N_BELIEFS + N_PARENTS) * sizeof *r->belief));
    TRY(piece(s, r->experience, banks * pools * sizeof *r->experience));
    TRY(piece(s, r->bearer, pools * sizeof *r->bearer));
    TRY(piece(s, r->line, (size_t)r->n_instances * sizeof *r->line));
    TRY(piece(s, r->dealing, (size_t)r->n_instances * banks * sizeof *r->dealing));
    TRY(stream_chains(s, r));
    PIECE(s, r->balance);
    PIECE(s, r->last_sales);
    PIECE(s, r->last_beyond);
    PIECE(s, r->last_rd_staff);
    PIECE(s, r->appropriated);
    PIECE(s, r->appropriated_before);
    PIECE(s, r->leaving);
    return s->get != NULL ? region_list_starts(r) : OK;
}

static enum status stream_world(struct stream *s, struct world *w)
{
    uint64_t next = w->next_change;
    PIECE(s, w->month);
    PIECE(s, next);
    PIECE(s, w->outside);
    w->next_change = (size_t)next;
    if (w->month >=
        w->setup->world.start) /* before, nothing is watched: a cached start serves worlds with other rules */
        TRY(piece(s, w->alert, w->setup->n_triggers * sizeof *w->alert));
    w->luck.month = w->month;
    for (int32_t r = 0; r < w->n_regions; r++)
        TRY(stream_region(s, &w->region[r]));
    return OK;
}

enum status world_put(const struct world *w, world_put_fn put, void *to)
{
    struct stream s = {.put = put, .other = to};
    struct world copy = *w; /* the stream only reads through it */
    return stream_world(&s, &copy);
}

enum status world_get(struct world *w, world_get_fn get, void *from, struct diag *diag)
{
    struct stream s = {.get = get, .other = from};
    enum status status = stream_world(&s, w);
    if (status == NO_MEMORY)
        return diag_stop(diag, NO_MEMORY, "no memory for the state of a world");
    return status;
}

/* A growing piece of memory that a world is written to and read from. */
struct memory {
    unsigned char *bytes;
    size_t n, capacity, at;
};

static enum status memory_put(void *to, const void *bytes, size_t n)
{
    struct memory *m = to;
    if (m->n + n > m->capacity) {
        size_t more = 2 * (m->n + n);
        unsigned char *bigger = realloc(m->bytes, more);
        if (bigger == NULL)
            return NO_MEMORY;
        m->bytes = bigger;
        m->capacity = more;
    }
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
    return OK;
}

static enum status memory_get(void *from, void *bytes, size_t n)
{
    struct memory *m = from;
    BUG_ON(n > m->n - m->at); /* what is read is what was written, piece by piece */
    memcpy(bytes, m->bytes + m->at, n);
    m->at += n;
    return OK;
}

enum status world_copy(struct world *to, const struct world *from, struct diag *diag)
{
    TRY(world_init(to, from->setup, from->luck.seed, from->luck.run, from->team.n, diag));
    struct memory m = {0};
    enum status status = world_put(from, memory_put, &m);
    if (status == NO_MEMORY)
        status = diag_stop(diag, NO_MEMORY, "no memory for the state of a world");
    if (status == OK)
        status = world_get(to, memory_get, &m, diag);
    free(m.bytes);
    to->compact_every = from->compact_every;
    to->claims_kept = from->claims_kept;
    to->alone = from->alone;
    if (status == OK && from->layout != NULL)
        status = world_measure(to, from->layout, diag);
    if (status != OK)
        world_free(to);
    return status;
}
