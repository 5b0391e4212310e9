/* SPDX-License-Identifier: GPL-3.0-or-later */
/* looks - experts and others whose time is short look at some of the month's applications before the banks do (mechanisms
 * M4): which ones is decided by a key of identity and month, so that who else applies decides only whether there is time. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>

/* Keys of those that it may look at: what arrived now, of its members where it has members. */
static size_t candidates(const struct world *w, const struct region *r, int32_t k, uint64_t *key)
{
    const struct instrument *in = instrument_of(r, k);
    size_t n = 0;
    for (size_t j = 0; j < r->market.n; j++) {
        const struct application *a = r->market.row[j];
        if (a->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL))
            continue;
        if (in->eligible != NULL && !enterprise_member(&r->enterprises, a->row, k))
            continue;
        if (!line_open(r, k, a->row))
            continue;
        struct identity who = matching_identity(r, enterprise_identity(&r->enterprises, a->row));
        key[n++] = (uint64_t)(draw(w->luck, who, DRAW_LOOK) * 4294967296.0) << 32 | j;
    }
    return n;
}

static void look_at(const struct world *w, const struct region *r, int32_t k, struct application *a)
{
    struct signals s = {.weighted = (double)a->signal, .precision = (double)a->precision};
    instrument_of(r, k)->look(w, r, k, a, &s);
    signals_fold(&s);
    a->signal = (float)s.weighted;
    a->precision = (float)s.precision;
}

enum status looks_deal(struct world *w, struct region *r)
{
    EACH_HOOKED(r, HOOK_LOOK, k)
    {
        uint64_t *key = arena_take(&w->market, r->market.n, sizeof *key);
        if (key == NULL && r->market.n > 0)
            return NO_MEMORY;
        size_t n = key != NULL ? candidates(w, r, k, key) : 0;
        int64_t most = instrument_of(r, k)->looks(r, k);
        sort_keys(key, n);
        for (size_t j = 0; j < n && (int64_t)j < most; j++)
            look_at(w, r, k, r->market.row[key[j] & UINT32_MAX]);
        r->line[k].served = (int32_t)((int64_t)n < most ? (int64_t)n : most);
    }
    return OK;
}
