/* SPDX-License-Identifier: GPL-3.0-or-later */
/* issues - where issues stand in their list, and bonds in theirs: tables beside the state. */
#include <liandong/world.h>

enum status issues_list_places(struct region *r)
{
    const struct issues *s = &r->issues;
    struct issue_places *p = &r->issue_places;
    p->first = s->n > 0 ? s->row[0].number : 0;
    p->n = 0;
    TRY(LIST_RESERVE(p, s->n > 0 ? s->row[s->n - 1].number - p->first + 1 : 0));
    for (size_t k = 0; k < s->n; k++) {
        while (p->n < s->row[k].number - p->first)
            p->row[p->n++] = UINT32_MAX;
        p->row[p->n++] = (uint32_t)k;
    }
    return OK;
}

/* The table of places knows nearly all, but not those of this month. */
size_t issue_place(const struct region *r, uint32_t number)
{
    uint32_t k = number - r->issue_places.first, guess = k < r->issue_places.n ? r->issue_places.row[k] : UINT32_MAX;
    if (guess < r->issues.n && r->issues.row[guess].number == number)
        return guess;
    size_t from = 0, to = r->issues.n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (r->issues.row[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from < r->issues.n && r->issues.row[from].number == number ? from : r->issues.n;
}

static struct issue_date dates_of(const struct issue *s, int32_t month)
{
    struct issue_date d = {.matures = s->amortises ? NEVER : s->matures};
    int32_t age = month - s->sold, since = age % s->every; /* months since the last date */
    for (int32_t ahead = 0; ahead < DATES_AHEAD; ahead++) {
        bool asks = since == 0 || month + ahead >= s->matures;
        d.asks |= (uint32_t)asks << (month + ahead) % 32;
        since = since + 1 == s->every ? 0 : since + 1;
    }
    return d;
}

static enum status list_dates(struct region *r)
{
    struct issue_dates *d = &r->bond_places.dates;
    const struct issue_date none = {.matures = NEVER};
    TRY(LIST_RESERVE(d, r->issues.n + 1));
    for (d->n = 0; d->n < r->issues.n; d->n++) {
        const struct issue *s = &r->issues.row[d->n];
        d->row[d->n] = s->state == ISSUE_SOLD ? dates_of(s, r->month) : none;
    }
    d->row[d->n++] = none;
    return OK;
}

enum status bond_places_begin(struct region *r)
{
    struct bond_places *p = &r->bond_places;
    size_t n = r->bonds.n;
    TRY(issues_list_places(r));
    TRY(list_dates(r));
    TRY(tables_reserve_starts(&p->starts, n, n > 0 ? r->bonds.row[n - 1].row : 0));
    return LIST_RESERVE(p, n);
}

void bond_places_end(struct region *r)
{
    r->bond_places.n = r->bonds.n;
    tables_lay_starts(&r->bond_places.starts, r->bonds.n);
}

enum status bonds_list_places(struct region *r)
{
    TRY(bond_places_begin(r));
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct bond *q = &r->bonds.row[k];
        bond_stands(&r->bond_places, k, q, (uint32_t)issue_place(r, q->issue));
    }
    bond_places_end(r);
    return OK;
}
