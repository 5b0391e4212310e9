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

static uint32_t place_beside(const struct region *r, const struct bond *q)
{
    bool watched = q->late != 0 || q->defaulted != 0 || q->appraised > 0.0f;
    return (uint32_t)issue_place(r, q->issue) | (watched ? BOND_WATCHED : 0);
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

enum status bonds_list_places(struct region *r)
{
    struct bond_places *p = &r->bond_places;
    TRY(issues_list_places(r));
    TRY(list_dates(r));
    TRY(tables_list_starts(&p->starts, r->bonds.row, r->bonds.n, sizeof *r->bonds.row));
    TRY(LIST_RESERVE(p, r->bonds.n));
    for (p->n = 0; p->n < r->bonds.n; p->n++)
        p->row[p->n] = place_beside(r, &r->bonds.row[p->n]);
    return OK;
}
