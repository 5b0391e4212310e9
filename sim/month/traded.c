/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traded - the list of those whose shares are traded on an exchange: what only they do each month is not looked for among all
 * issuers. */
#include <liandong/boards.h>
#include <liandong/credit.h>

static uint32_t exchanges_of(const struct region *r)
{
    uint32_t bits = 0;
    _Static_assert(MAX_BOARDS <= 32, "a bit a board");
    for (int32_t b = 0; b < r->layout->count[GROUP_boards]; b++)
        bits |= (uint32_t)(NAMED(r, boards, b)->exchange != 0) << b;
    return bits;
}

/* A parameter may make an exchange of a board, or end one. */
enum status traded_list(struct region *r)
{
    struct traded_list *list = &r->traded;
    uint32_t exchanges = exchanges_of(r);
    if (exchanges == list->exchanges)
        return OK;
    TRY(LIST_RESERVE(list, r->issuers.n));
    list->n = 0;
    list->exchanges = exchanges;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->board > 0 && (exchanges >> (s->board - 1) & 1) != 0)
            list->row[list->n++] = (struct traded){.row = s->row, .home = issuer_home(s)};
    }
    return OK;
}

/* Drops who is traded no more. */
static void drop(struct region *r)
{
    struct traded_list *list = &r->traded;
    size_t kept = 0;
    for (size_t k = 0; k < list->n; k++)
        if (enterprise_traded(r, list->row[k].row))
            list->row[kept++] = list->row[k];
    list->n = kept;
}

enum status traded_renew(struct world *w, struct region *r, const struct traded *fresh, size_t n)
{
    struct traded_list *list = &r->traded;
    drop(r);
    uint64_t *key = arena_take(&w->market, n, sizeof *key);
    if (key == NULL || LIST_RESERVE(list, list->n + n) != OK)
        return NO_MEMORY;
    for (size_t k = 0; k < n; k++)
        key[k] = (uint64_t)fresh[k].row << 32 | k;
    sort_keys(key, n);
    size_t old = list->n, to = old + n;
    list->n = to;
    for (; n > 0; to--) { /* from the back: both are in order */
        const struct traded *next = &fresh[key[n - 1] & UINT32_MAX];
        bool first = old > 0 && list->row[old - 1].row > next->row;
        list->row[to - 1] = first ? list->row[--old] : *next;
        n -= !first;
    }
    return OK;
}
