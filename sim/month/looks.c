/* SPDX-License-Identifier: GPL-3.0-or-later */
/* looks - experts and others whose time is short look at some of the month's applications before the banks do (mechanisms
 * M4): which ones is decided by a key of identity and month, so that who else applies decides only whether there is time. */
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

/* One instrument's month.  What it decides of an application, and what it tells of it, is that one's own business, so that threads
 * share them in lots. */
enum { LOT = 256 };
struct viewing {
    const struct world *w;
    struct region *r;
    int32_t k;
    uint64_t *
        key; /* [application]: candidates, then one behind the other; with keys above where there is not time for all */
    size_t *many; /* [lot] */
    size_t n;     /* that are looked at */
};

static bool may_look(const struct viewing *v, const struct application *a)
{
    const struct instrument *in = instrument_of(v->r, v->k);
    return (a->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL)) == 0 &&
           (in->eligible == NULL || enterprise_member(&v->r->enterprises, a->row, v->k)) &&
           line_open(v->r, v->k, a->row);
}

/* Applications lie apart, and what is asked of the enterprise somewhere else. */
FETCHES void fetch_candidate(const struct viewing *v, size_t j, size_t to)
{
    enum { AHEAD = 16, SOON = AHEAD / 2 };
    const struct enterprises *e = &v->r->enterprises;
    if (j + AHEAD < to)
        __builtin_prefetch(v->r->market.row[j + AHEAD]);
    if (j + SOON < to && instrument_of(v->r, v->k)->eligible != NULL)
        __builtin_prefetch(&e->member[(size_t)(v->k / MEMBER_BITS) * e->capacity + v->r->market.row[j + SOON]->row]);
}

/* Numbers of eight applications, or fewer, become keys. */
static void draw_keys(const struct viewing *v, uint64_t *key, size_t n)
{
    struct identity who[BLOCKS];
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    for (size_t j = 0; j < BLOCKS; j++) /* what follows the last one is not used */
        who[j] =
            matching_identity(v->r, enterprise_identity(&v->r->enterprises, v->r->market.row[key[j < n ? j : 0]]->row));
    luck_blocks(v->w->luck, who, draw_block(DRAW_LOOK), word);
    luck_uniforms(word[DRAW_LOOK % 4], u);
    for (size_t j = 0; j < n; j++)
        key[j] |= (uint64_t)(u[j] * 4294967296.0) << 32;
}

/* Those that it may look at: what arrived now, of its members where it has members. */
static void find_lot(void *context, size_t nth, int32_t thread)
{
    const struct viewing *v = context;
    size_t from = nth * LOT, to = v->r->market.n - from < LOT ? v->r->market.n : from + LOT, n = 0;
    (void)thread;
    for (size_t j = from; j < to; j++) {
        fetch_candidate(v, j, to);
        v->key[from + n] = j;
        n += may_look(v, v->r->market.row[j]);
    }
    v->many[nth] = n;
}

/* Who is looked at is asked for some time before, with his quality. */
FETCHES void fetch_row(const struct viewing *v, size_t j, size_t to)
{
    enum { AHEAD = 24, SOON = AHEAD / 2 };
    const struct enterprises *e = &v->r->enterprises;
    if (j + AHEAD < to)
        __builtin_prefetch(v->r->market.row[v->key[j + AHEAD] & UINT32_MAX]);
    if (j + SOON >= to)
        return;
    uint32_t row = v->r->market.row[v->key[j + SOON] & UINT32_MAX]->row;
    __builtin_prefetch(&e->cohort[row]);
    __builtin_prefetch(&e->index[row]);
    __builtin_prefetch(&e->quality[row]);
}

static void key_lot(void *context, size_t nth, int32_t thread)
{
    const struct viewing *v = context;
    size_t to = v->n - nth * LOT < LOT ? v->n : nth * LOT + LOT;
    (void)thread;
    for (size_t j = nth * LOT; j < to; j += BLOCKS)
        draw_keys(v, v->key + j, to - j < BLOCKS ? to - j : BLOCKS);
}

/* Eight, or fewer, are looked at. */
static void look_at(const struct viewing *v, struct application *const *a, size_t n)
{
    const struct enterprises *e = &v->r->enterprises;
    struct identity who[BLOCKS];
    double error[BLOCKS];
    for (size_t j = 0; j < BLOCKS; j++)
        who[j] = enterprise_identity(e, a[j < n ? j : 0]->row);
    double tau = instrument_of(v->r, v->k)->look(v->w, v->r, v->k, who, error), root = __builtin_sqrt(tau);
    for (size_t j = 0; j < n; j++) {
        a[j]->signal = (float)((double)a[j]->signal + (tau * (double)e->quality[a[j]->row] + root * error[j]));
        a[j]->precision = (float)((double)a[j]->precision + tau);
    }
}

static void look_at_lot(void *context, size_t nth, int32_t thread)
{
    const struct viewing *v = context;
    size_t to = v->n - nth * LOT < LOT ? v->n : nth * LOT + LOT, n = 0;
    struct application *a[BLOCKS];
    (void)thread;
    for (size_t j = nth * LOT; j < to; j++) {
        fetch_row(v, j, to);
        a[n++] = v->r->market.row[v->key[j] & UINT32_MAX];
        if (n == BLOCKS || j + 1 == to) {
            look_at(v, a, n);
            n = 0;
        }
    }
}

/* The first ones by their keys, where there is not time for all. */
static void view(struct viewing *v)
{
    size_t lots = (v->r->market.n + LOT - 1) / LOT, n = 0;
    int64_t most = instrument_of(v->r, v->k)->looks(v->r, v->k);
    team_run_loose(team_width(v->w->team.n, lots), lots, find_lot, v);
    for (size_t nth = 0; nth < lots; nth++) {
        memmove(v->key + n, v->key + nth * LOT, v->many[nth] * sizeof *v->key);
        n += v->many[nth];
    }
    v->n = n;
    if ((int64_t)n > most) {
        lots = (n + LOT - 1) / LOT;
        team_run_loose(team_width(v->w->team.n, lots), lots, key_lot, v);
        v->n = most > 0 ? (size_t)most : 0;
        sort_least(v->key, n, v->n);
    }
    lots = (v->n + LOT - 1) / LOT;
    team_run_loose(team_width(v->w->team.n, lots), lots, look_at_lot, v);
    v->r->line[v->k].served = (int32_t)((int64_t)n < most ? (int64_t)n : most);
}

enum status looks_deal(struct world *w, struct region *r)
{
    EACH_HOOKED(r, HOOK_LOOK, k)
    {
        size_t n = r->market.n;
        struct viewing v = {.w = w, .r = r, .k = k};
        v.key = arena_take(&w->market, n + 1, sizeof *v.key);
        v.many = arena_take(&w->market, n / LOT + 1, sizeof *v.many);
        if (v.key == NULL || v.many == NULL)
            return NO_MEMORY;
        view(&v);
    }
    return OK;
}
