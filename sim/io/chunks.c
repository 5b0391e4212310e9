/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunks - see include/liandong/chunks.h. */
#include <liandong/chunks.h>
#include <liandong/team.h>
#include <stdatomic.h>
#include <string.h>
#include <zlib.h>

enum { LEVEL = 4, WINDOW_BITS = 15, MEMORY = 8 /* zlib's own defaults but for the level */ };

struct presser {
    union cell *cells;       /* one chunk, or a variable of one run */
    unsigned char *shuffled; /* one chunk */
    unsigned char *out;
    size_t room; /* of out */
    z_stream stream;
    bool stream_begun;
};

/* How many entries a chunk of a variable FROM_CELLS has along runs and months, and cells a month. */
static size_t chunk_runs(const struct variable *v)
{
    return (size_t)v->hdf.chunk[0];
}

static size_t chunk_months(const struct variable *v)
{
    return (size_t)v->hdf.chunk[1];
}

static size_t chunk_cells(const struct variable *v)
{
    return chunk_runs(v) * chunk_months(v) * v->width;
}

static size_t chunks_of(const struct plan *plan, const struct variable *v)
{
    return v->from == FROM_CELLS ? ((size_t)plan->months + chunk_months(v) - 1) / chunk_months(v) : 0;
}

static bool presser_init(struct presser *p, size_t chunk, size_t run)
{
    size_t cells = chunk > run ? chunk : run;
    p->cells = malloc(cells * sizeof *p->cells);
    p->shuffled = malloc(chunk * sizeof *p->cells);
    p->stream_begun = deflateInit2(&p->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY, Z_RLE) == Z_OK;
    if (p->cells == NULL || p->shuffled == NULL || !p->stream_begun)
        return false;
    p->room = deflateBound(&p->stream, chunk * sizeof *p->cells);
    p->out = malloc(p->room);
    return p->out != NULL;
}

enum status chunks_init(struct chunks *c, struct plan *plan, int32_t threads)
{
    size_t chunk = 1, run = 1;
    *c = (struct chunks){.plan = plan, .threads = threads > 1 ? threads : 1};
    c->presser = calloc((size_t)c->threads, sizeof *c->presser);
    c->first = calloc(plan->n + 1, sizeof *c->first);
    if (c->presser == NULL || c->first == NULL)
        return NO_MEMORY;
    for (size_t k = 0; k < plan->n; k++) {
        const struct variable *v = &plan->variable[k];
        c->first[k + 1] = c->first[k] + chunks_of(plan, v);
        if (v->from != FROM_CELLS)
            continue;
        chunk = chunk_cells(v) > chunk ? chunk_cells(v) : chunk;
        run = v->width * (size_t)plan->months > run ? v->width * (size_t)plan->months : run;
    }
    c->chunk = calloc(c->first[plan->n] + 1, sizeof *c->chunk);
    bool good = c->chunk != NULL;
    for (int32_t t = 0; t < c->threads; t++)
        good = good && presser_init(&c->presser[t], chunk, run);
    return good ? OK : NO_MEMORY;
}

static void drop(struct chunk *chunk)
{
    free(chunk->bytes);
    *chunk = (struct chunk){NULL, 0};
}

void chunks_free(struct chunks *c)
{
    for (int32_t t = 0; c->presser != NULL && t < c->threads; t++) {
        struct presser *p = &c->presser[t];
        free(p->cells);
        free(p->shuffled);
        free(p->out);
        if (p->stream_begun)
            deflateEnd(&p->stream);
    }
    for (size_t k = 0; c->chunk != NULL && k < c->first[c->plan->n]; k++)
        drop(&c->chunk[k]);
    free(c->presser);
    free(c->first);
    free(c->chunk);
    *c = (struct chunks){.plan = NULL};
}

/* The lowest bytes of all numbers, then the next. */
static void shuffle(const union cell *cells, size_t n, unsigned char *to)
{
    for (size_t k = 0; k < n; k++) {
        uint64_t x = (uint64_t)cells[k].i;
        for (size_t byte = 0; byte < sizeof x; byte++)
            to[byte * n + k] = (unsigned char)(x >> 8 * byte);
    }
}

static bool compress_chunk(struct presser *p, size_t cells, struct chunk *chunk)
{
    shuffle(p->cells, cells, p->shuffled);
    BUG_ON(deflateReset(&p->stream) != Z_OK);
    p->stream.next_in = p->shuffled;
    p->stream.avail_in = (uInt)(cells * sizeof *p->cells);
    p->stream.next_out = p->out;
    p->stream.avail_out = (uInt)p->room;
    BUG_ON(deflate(&p->stream, Z_FINISH) != Z_STREAM_END);
    size_t n = p->room - p->stream.avail_out;
    chunk->bytes = malloc(n);
    if (chunk->bytes == NULL)
        return false;
    memcpy(chunk->bytes, p->out, n);
    chunk->n = n;
    return true;
}

struct work {
    struct chunks *c;
    const struct packed *run;
    uint32_t n;
    atomic_size_t next;
    atomic_bool no_memory;
};

/* In order of runs, whatever the chunks are. */
static void hash(const struct work *w, struct presser *p, struct variable *v)
{
    for (uint32_t i = 0; i < w->n; i++) {
        packed_cells(&w->run[i], v->offset, v->width, 0, w->c->plan->months, p->cells);
        sha256_add(&v->hash, p->cells, (size_t)w->c->plan->months * v->width * sizeof *p->cells);
    }
}

/* The chunk that begins with month `first`; what it has beyond runs and months is zero. */
static bool press_chunk(const struct work *w, struct presser *p, const struct variable *v, int32_t first,
                        struct chunk *chunk)
{
    int32_t months = w->c->plan->months - first;
    size_t stride = chunk_months(v) * v->width;
    bool some = false;
    if (months > (int32_t)chunk_months(v))
        months = (int32_t)chunk_months(v);
    if (w->n < chunk_runs(v) || months < (int32_t)chunk_months(v))
        memset(p->cells, 0, chunk_cells(v) * sizeof *p->cells);
    for (uint32_t i = 0; i < w->n; i++)
        some = packed_cells(&w->run[i], v->offset, v->width, first, months, p->cells + i * stride) || some;
    return !some || compress_chunk(p, chunk_cells(v), chunk);
}

static void press_variable(struct work *w, struct presser *p, size_t k)
{
    struct variable *v = &w->c->plan->variable[k];
    if (v->from != FROM_CELLS)
        return;
    hash(w, p, v);
    for (size_t first = w->c->first[k], j = first; j < w->c->first[k + 1]; j++)
        if (!press_chunk(w, p, v, (int32_t)((j - first) * chunk_months(v)), &w->c->chunk[j]))
            atomic_store(&w->no_memory, true);
}

/* The last variables first: they are the largest. */
static void press_some(void *context, size_t task, int32_t thread)
{
    struct work *w = context;
    size_t n = w->c->plan->n;
    (void)thread;
    for (size_t k = atomic_fetch_add(&w->next, 1); k < n; k = atomic_fetch_add(&w->next, 1))
        press_variable(w, &w->c->presser[task], n - 1 - k);
}

enum status chunks_press(struct chunks *c, const struct packed *run, uint32_t n)
{
    struct work w = {.c = c, .run = run, .n = n};
    BUG_ON(n > CHUNK_RUNS);
    for (size_t k = 0; k < c->first[c->plan->n]; k++)
        drop(&c->chunk[k]);
    team_run(c->threads, (size_t)c->threads, press_some, &w);
    return atomic_load(&w.no_memory) ? NO_MEMORY : OK;
}

bool chunks_write(struct chunks *c, size_t k, uint32_t run)
{
    const struct variable *v = &c->plan->variable[k];
    bool good = true;
    for (size_t j = c->first[k]; j < c->first[k + 1] && good; j++) {
        const uint64_t at[HDF_MOST_AXES] = {run, (j - c->first[k]) * chunk_months(v)};
        good = c->chunk[j].n == 0 || hdf_write_chunk(&v->hdf, at, c->chunk[j].bytes, c->chunk[j].n);
    }
    return good;
}
