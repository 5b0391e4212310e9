/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_book - the lists of bonds and issues in their month: new bonds take their place, and are told issue by issue; on a date of
 * payment whoever has what it owes pays it where its bond lies, by all threads; what is over leaves the lists. */
#include <liandong/bonds.h>
#include <string.h>

/* New ones stand behind, in order of rows, too: from the last on, all are put where their rows are. */
static enum status sort_bonds(struct world *w, struct region *r, size_t sorted)
{
    size_t more = r->bonds.n - sorted, from = sorted;
    if (more == 0)
        return OK;
    struct bond *row = r->bonds.row, *copy = arena_take(&w->market, more, sizeof *copy);
    if (copy == NULL)
        return NO_MEMORY;
    memcpy(copy, row + sorted, more * sizeof *copy);
    while (more > 0) {
        const struct bond *last = &copy[--more];
        size_t at = tables_find(&r->bond_places.starts, sorted, last->row + 1);
        memmove(row + at + more + 1, row + at, (from - at) * sizeof *row);
        row[at + more] = *last;
        from = at;
    }
    return OK;
}

/* -- what is to be done ------------------------------------------------------------------------------------------------------------ */
/* Something happens to it between dates of payment, or before it is sold, too. */
static bool is_unsettled(const struct region *r, const struct bond *q)
{
    const struct enterprises *e = &r->enterprises;
    bool owes = q->principal.fen != 0 || q->coupon.fen != 0, dead = e->status[q->row] != ACTIVE;
    return q->sold ? owes && (q->defaulted != 0 || q->late != 0 || dead) : dead || e->worst[q->row] > 0;
}

/* Bonds are looked at in parts, each by one thread, with sums of its own: they are whole numbers. */
struct part {
    size_t from, to;
    uint32_t *at; /* [issue] how many there are; then where the next of it is listed */
    bool *unsettled;
    struct takings *taken;
};
struct looking {
    const struct bond_book *b;
    struct part *part;
};

/* Its issuer has no other bond: what happens to others leaves its cash as it is. */
static bool stands_alone(const struct region *r, size_t k)
{
    const struct bond *q = r->bonds.row;
    return (k == 0 || q[k - 1].row != q[k].row) && (k + 1 == r->bonds.n || q[k + 1].row != q[k].row);
}

static void look_at_part(void *context, size_t nth, int32_t thread)
{
    const struct looking *c = context;
    const struct bond_book *b = c->b;
    const struct issue_places *places = &b->r->issue_places;
    const struct part *part = &c->part[nth];
    (void)thread;
    for (size_t k = part->from; k < part->to; k++) {
        struct bond *q = &b->r->bonds.row[k];
        uint32_t number = q->issue - places->first, s = number < places->n ? places->row[number] : UINT32_MAX;
        b->place[k] = s;
        b->odd[k] = false;
        if (s == UINT32_MAX)
            continue;
        bool unsettled = is_unsettled(b->r, q), due = b->date[s] && q->principal.fen != 0 && !unsettled;
        part->at[s]++;
        part->unsettled[s] |= unsettled;
        b->odd[k] = unsettled || (due && !(stands_alone(b->r, k) && bond_pays_all(b, s, q, &part->taken[s])));
    }
}

static void list_part(void *context, size_t nth, int32_t thread)
{
    const struct looking *c = context;
    const struct part *part = &c->part[nth];
    (void)thread;
    for (size_t k = part->from; k < part->to; k++)
        if (c->b->place[k] != UINT32_MAX)
            c->b->bond[part->at[c->b->place[k]]++] = (uint32_t)k;
}

/* Of each issue those of the first part stand first. */
static void sum_parts(struct bond_book *b, struct part *part, size_t parts)
{
    uint32_t at = 0;
    for (size_t s = 0; s < b->r->issues.n; s++) {
        b->start[s] = at;
        for (size_t p = 0; p < parts; p++) {
            uint32_t many = part[p].at[s];
            part[p].at[s] = at;
            at += many;
            b->unsettled[s] |= part[p].unsettled[s];
            b->taken[s].coupon = money_add(b->taken[s].coupon, part[p].taken[s].coupon);
            b->taken[s].fee = money_add(b->taken[s].fee, part[p].taken[s].fee);
            b->taken[s].principal = money_add(b->taken[s].principal, part[p].taken[s].principal);
        }
    }
    b->start[b->r->issues.n] = at;
}

/* Cleared: what is summed over issues. */
static enum status lay_sums(struct arena *arena, size_t n, bool **unsettled, struct takings **taken)
{
    *unsettled = arena_take(arena, n, sizeof **unsettled);
    *taken = arena_take(arena, n, sizeof **taken);
    if (*unsettled == NULL || *taken == NULL)
        return NO_MEMORY;
    memset(*unsettled, 0, n * sizeof **unsettled);
    memset(*taken, 0, n * sizeof **taken);
    return OK;
}

static enum status lay_parts(const struct bond_book *b, struct part *part, size_t parts)
{
    size_t n = b->r->issues.n, bonds = b->r->bonds.n;
    for (size_t p = 0; p < parts; p++) {
        part[p] = (struct part){.from = bonds * p / parts, .to = bonds * (p + 1) / parts};
        part[p].at = arena_take(&b->w->market, n, sizeof *part[p].at);
        if (part[p].at == NULL)
            return NO_MEMORY;
        memset(part[p].at, 0, n * sizeof *part[p].at);
        TRY(lay_sums(&b->w->market, n, &part[p].unsettled, &part[p].taken));
    }
    return OK;
}

static enum status lay_book(struct bond_book *b)
{
    size_t n = b->r->issues.n, bonds = b->r->bonds.n;
    struct arena *arena = &b->w->market;
    b->date = arena_take(arena, n, sizeof *b->date);
    b->start = arena_take(arena, n + 1, sizeof *b->start);
    b->bond = arena_take(arena, bonds, sizeof *b->bond);
    b->place = arena_take(arena, bonds, sizeof *b->place);
    b->odd = arena_take(arena, bonds, sizeof *b->odd);
    if (b->date == NULL || b->start == NULL || b->bond == NULL || b->place == NULL || b->odd == NULL)
        return NO_MEMORY;
    for (size_t s = 0; s < n; s++)
        b->date[s] = issue_has_date(&b->r->issues.row[s], b->w->month);
    return lay_sums(arena, n, &b->unsettled, &b->taken);
}

enum status bond_book_open(struct bond_book *b, size_t sorted)
{
    enum { BONDS_A_TILE = 128 }; /* that are as much work */
    int32_t parts = team_width(b->w->team.n, b->r->bonds.n / BONDS_A_TILE);
    struct part *part = arena_take(&b->w->market, (size_t)parts, sizeof *part);
    if (part == NULL)
        return NO_MEMORY;
    TRY(sort_bonds(b->w, b->r, sorted));
    TRY(issues_list_places(b->r));
    TRY(lay_book(b));
    TRY(lay_parts(b, part, (size_t)parts));
    struct looking c = {.b = b, .part = part};
    team_run(parts, (size_t)parts, look_at_part, &c);
    sum_parts(b, part, (size_t)parts);
    team_run(parts, (size_t)parts, list_part, &c);
    return OK;
}

/* -- the end of the month ------------------------------------------------------------------------------------------------------------ */
/* Issues that are over leave the list; where the others stand then, behind them all: those that are over. */
static enum status close_issues(const struct bond_book *b, const bool *over, uint32_t **now)
{
    struct issues *issues = &b->r->issues;
    size_t before = issues->n, n = 0;
    *now = arena_take(&b->w->market, before, sizeof **now);
    if (*now == NULL)
        return NO_MEMORY;
    for (size_t s = 0; s < before; s++) {
        (*now)[s] = over[s] ? UINT32_MAX : (uint32_t)n;
        if (!over[s])
            issues->row[n++] = issues->row[s];
    }
    issues->n = n;
    for (size_t s = 0; s < before; s++)
        (*now)[s] = over[s] ? (uint32_t)n : (*now)[s];
    return OK;
}

/* And bonds of which nothing is to be told any more; what is seen of the others is learnt. */
enum status bond_book_close(const struct bond_book *b, const bool *over)
{
    struct region *r = b->r;
    struct bond_record seen;
    uint32_t *now;
    size_t n = 0;
    TRY(close_issues(b, over, &now));
    TRY(bond_places_begin(r));
    bonds_forget(r);
    seen = r->bond_record;
    for (size_t k = 0; k < r->bonds.n; k++) {
        const struct bond *q = &r->bonds.row[k];
        uint32_t place = q->issue == UINT32_MAX || b->place[k] == UINT32_MAX ? (uint32_t)r->issues.n : now[b->place[k]];
        bond_is_seen(&seen, q);
        if (place == r->issues.n && q->coupon_year.fen <= 0)
            continue;
        bond_stands(&r->bond_places, n, q, place);
        if (n++ != k)
            r->bonds.row[n - 1] = *q;
    }
    r->bond_record = seen;
    r->bonds.n = n;
    bond_places_end(r);
    bonds_look_back(r);
    return OK;
}
