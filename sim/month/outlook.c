/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook - what comes due next month, lines that end soon, rooms: what an enterprise plans with, once its loans were served. */
#include <liandong/linking.h>
#include <liandong/security.h>
#include <liandong/serving.h>
#include <string.h>

/* By facility: what of it follows from its columns alone.  Ended ones, which lie among the others, add nothing. */
struct outlook {
    double due[AT_ONCE], room[AT_ONCE]; /* next month; yuan */
    uint8_t late[AT_ONCE];              /* months overdue, as its bank acts on it */
    uint8_t runs[AT_ONCE], used[AT_ONCE], open[AT_ONCE], before[AT_ONCE], bits[AT_ONCE], mark[AT_ONCE];
    uint16_t list[AT_ONCE];
};

/* Insiders see trouble before a payment is missed: the line is frozen while it lasts, and called earlier.  Returns for how long
 * the loan counts as overdue. */
static uint8_t watch_loan(const struct rows *t, uint32_t k)
{
    struct loans *l = t->l;
    uint8_t overdue = l->overdue[k];
    if (t->e->status[l->row[k]] != ACTIVE)
        return overdue;
    struct insider_watch o = watch_of(t->r, l->row[k], l->bank[k]);
    bool was = (l->flags[k] & LOAN_FROZEN) != 0;
    count(t->t, cell_of(t->e, l->row[k]), ITEM_LOANS_FROZEN, o.freezes && !was && l->product[k] == PRODUCT_LINE);
    l->flags[k] = (uint16_t)((l->flags[k] & ~LOAN_FROZEN) | (o.freezes ? LOAN_FROZEN : 0));
    return overdue == 0 || overdue + o.earlier > 250 ? overdue : (uint8_t)(overdue + o.earlier);
}

static void watch_linked(const struct rows *t, uint32_t k, uint32_t n, struct outlook *x)
{
    const uint16_t *flags = t->l->flags + k;
    memcpy(x->late, t->l->overdue + k, n);
    if (!anybody_watches(t->r))
        return;
    for (uint32_t j = 0; j < n; j++)
        x->mark[j] = (flags[j] & (LOAN_LINKED | LOAN_ENDED)) == LOAN_LINKED;
    uint32_t linked = list_marks(x->mark, n, x->list);
    for (uint32_t j = 0; j < linked; j++)
        x->late[x->list[j]] = watch_loan(t, k + x->list[j]);
}

static void look_at_money(const struct rows *t, uint32_t k, uint32_t n, struct outlook *x)
{
    const struct loans *l = t->l;
    const money *balance = l->balance + k, *limit = l->limit + k, *arrears = l->arrears + k;
    const uint8_t *months_left = l->months_left + k;
    struct owed o;
    loans_owe(l, k, n, &o);
    loans_may_draw(l, k, n, x->open);
    for (uint32_t j = 0; j < n; j++)
        x->open[j] &= months_left[j] > 2;
    for (uint32_t j = 0; j < n; j++)
        x->used[j] = balance[j].fen > 0;
    for (uint32_t j = 0; j < n; j++) {
        int64_t room = (limit[j].fen - balance[j].fen) & -(int64_t)x->open[j];
        x->room[j] = ld_over(money_whole(FEN(room)), 100.0);
    }
    for (uint32_t j = 0; j < n; j++) {
        int64_t due = (o.principal[j].fen + o.interest[j].fen + arrears[j].fen) & -(int64_t)x->runs[j];
        x->due[j] = ld_over(money_whole(FEN(due)), 100.0);
    }
}

static void look_at_fees(const struct rows *t, uint32_t k, uint32_t n, struct outlook *x)
{
    const struct loans *l = t->l;
    const uint16_t *chains = l->chain + k;
    for (uint32_t j = 0; j < n; j++)
        x->mark[j] = (uint8_t)((chains[j] != 0) & x->used[j] & x->runs[j]);
    uint32_t covered = list_marks(x->mark, n, x->list);
    for (uint32_t j = 0; j < covered; j++) {
        uint32_t at = x->list[j];
        double fees = cover_fees(&t->r->chain[chains[at]], l->limit[k + at]);
        x->due[at] += fees / 12.0 * money_to_yuan(l->balance[k + at]);
    }
}

/* In how many months a line ends, less one (no line: 255); what its row has of it; rare ones are marked: late, or a line in debt
 * that ends. */
static void look_at_bytes(const struct loans *l, uint32_t k, uint32_t n, struct outlook *x)
{
    const uint8_t *months_left = l->months_left + k, *product = l->product + k, *security = l->security + k;
    const uint16_t *flags = l->flags + k;
    uint8_t extended[AT_ONCE];
    for (uint32_t j = 0; j < n; j++)
        extended[j] = (flags[j] & LOAN_EXTENDED) != 0;
    for (uint32_t j = 0; j < n; j++) {
        uint8_t runs = x->runs[j] != 0 ? UINT8_MAX : 0, line = product[j] == PRODUCT_LINE ? runs : 0,
                used = x->used[j] != 0 ? runs : 0;
        x->before[j] = (uint8_t)((months_left[j] & line) - 1);
        x->mark[j] = (((months_left[j] <= 2) | extended[j]) & line & used) | ((x->late[j] != 0) & runs);
        uint8_t ip = (security[j] & SECURITY_IP) != 0 ? PLEDGED_IP : 0,
                bills = (security[j] & SECURITY_RECEIVABLES) != 0 ? PLEDGED_BILLS : 0;
        x->bits[j] = (uint8_t)((HAS_LOAN & used) | ((ip | bills) & runs));
    }
}

/* Few are late, or lines in debt that end. */
static void note_rare(const struct rows *t, uint32_t k, uint8_t late)
{
    const struct loans *l = t->l;
    struct enterprises *e = t->e;
    uint32_t i = l->row[k];
    bool indebted = l->product[k] == PRODUCT_LINE && l->balance[k].fen > 0;
    e->worst[i] = late > e->worst[i] ? late : e->worst[i];
    if (indebted && (l->months_left[k] <= 1 || (l->flags[k] & LOAN_EXTENDED) != 0))
        t->s->mark[i - t->lo] = 1;
    if (indebted && l->months_left[k] == 2)
        e->ending[i] += (float)money_to_yuan(l->balance[k]);
}

bool outlook_add(const struct rows *t, uint32_t k, uint32_t n, struct ahead *next, uint32_t lines)
{
    struct outlook x;
    const uint16_t *flags = t->l->flags + k;
    const uint32_t *row = t->l->row + k;
    double *due = t->s->real[NEXT], *room = t->s->real[ROOM];
    uint8_t *renewal = t->e->renewal + t->lo, *has = t->e->flags + t->lo;
    unsigned any = 0;
    for (uint32_t j = 0; j < n; j++)
        any |= flags[j];
    for (uint32_t j = 0; j < n; j++)
        x.runs[j] = (flags[j] & LOAN_ENDED) == 0;
    watch_linked(t, k, n, &x);
    look_at_money(t, k, n, &x);
    look_at_fees(t, k, n, &x);
    look_at_bytes(t->l, k, n, &x);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = row[j] - t->lo;
        ahead_fetch(next, lines);
        due[i] += x.due[j];
        room[i] += x.room[j];
        renewal[i] = x.before[j] < renewal[i] ? x.before[j] : renewal[i];
        has[i] |= x.bits[j];
    }
    uint32_t rare = list_marks(x.mark, n, x.list);
    for (uint32_t j = 0; j < rare; j++)
        note_rare(t, k + x.list[j], x.late[x.list[j]]);
    return (any & LOAN_HELD) != 0;
}

/* scratch->mark: a line of the row has come to its end and is not repaid. */
void outlook_begins(const struct rows *t)
{
    size_t n = t->hi - t->lo;
    uint8_t *flags = t->e->flags + t->lo;
    memset(t->e->renewal + t->lo, UINT8_MAX, n * sizeof *t->e->renewal);
    memset(t->e->worst + t->lo, 0, n * sizeof *t->e->worst);
    memset(t->e->ending + t->lo, 0, n * sizeof *t->e->ending);
    memset(t->s->real[ROOM], 0, n * sizeof t->s->real[ROOM][0]);
    memset(t->s->real[NEXT], 0, n * sizeof t->s->real[NEXT][0]);
    memset(t->s->mark, 0, n * sizeof t->s->mark[0]);
    for (size_t k = 0; k < n; k++)
        flags[k] &= (uint8_t) ~(HAS_LOAN | PLEDGED_IP | PLEDGED_BILLS);
}

/* Renewals that waited for it are paid out once the lines that have come to their end are repaid: if nothing else is overdue,
 * and the bank, that has its money back, has room to lend it again. */
static void release_renewals(const struct rows *t)
{
    EACH_LOAN(t, k)
    {
        struct loans *l = t->l;
        uint32_t i = l->row[k], j = i - t->lo;
        if ((l->flags[k] & LOAN_HELD) == 0 || (l->flags[k] & LOAN_ENDED) != 0 || t->e->status[i] != ACTIVE ||
            t->s->mark[j] != 0 || t->e->worst[i] > 0 || t->r->bank[l->bank[k]].room.fen < l->limit[k].fen)
            continue;
        l->flags[k] &= (uint16_t)~LOAN_HELD;
        if (may_draw(l, k) && l->months_left[k] > 2)
            t->s->real[ROOM][j] += money_to_yuan(l->limit[k]);
    }
}

void outlook_ends(const struct rows *t, bool held)
{
    const double *room = t->s->real[ROOM], *next = t->s->real[NEXT];
    float *due = t->e->due + t->lo, *line_room = t->e->line_room + t->lo;
    uint8_t *renewal = t->e->renewal + t->lo;
    if (held)
        release_renewals(t);
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double lacks = next[k] - room[k]; /* what is due beyond what lines will pay */
        due[k] = (float)(lacks > 0.0 ? lacks : 0.0);
        line_room[k] = (float)room[k];
    }
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        renewal[k] = (uint8_t)(renewal[k] + 1);
}
