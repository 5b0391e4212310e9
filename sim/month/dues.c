/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dues - the list of claims on budget lines: what falls due is paid while there is money, by the line's rule (mechanisms M12).
 *
 * Where budgets are used up, several claims wait for each enterprise, and nothing happens to one before its line gets money, it
 * lapses, or who claims dies.  So a claim that waits in the queue of a line without money *rests*: it stays where it is, in the
 * order of filing, what rests is summed by line, and a page of the list is passed over until the first of its claims falls due
 * or lapses.  Where money comes to a line in which claims rest, all pages are looked at. */
#include <liandong/claiming.h>
#include <liandong/fetch.h>
#include <liandong/misuse.h>
#include <string.h>

enum { RULE_QUEUE, RULE_PRO_RATA, RULE_NEXT_YEAR };
/* What the claims of a month meet: money at hand, claims that fall due now, and whether an earlier claim waits for money. */
struct counter {
    money cash, due;
    money rest, begins; /* of claims that rest on, and of those that begin to */
    int32_t rule;
    int32_t life, months, next; /* that a claim may wait, and waits at a time; month in which it is looked at again */
    bool deals, sums;           /* what falls due has to be summed, claims that wait included */
    bool blocked;
};
enum { PAGE = 256, BATCH = 64 };
/* Those of a page that are looked at: their places in it, and what becomes of each place. */
struct looked {
    size_t page, n;
    uint8_t at[PAGE], course[PAGE];
};
_Static_assert(PAGE <= UINT8_MAX + 1, "places of a page fit into a byte");
/* A settlement of the list. */
struct settlement {
    const struct world *w;
    struct region *r;
    struct counter *counter; /* [line] */
    bool all;                /* pages are looked at; then the list closes up */
    uint64_t roused;         /* bits of the lines that have money for claims that rest */
    size_t kept, files;      /* so many stand at the places that they keep */
    struct looked *looked;   /* [BATCH] */
};

/* Only the living are reimbursed. */
static bool can_be_paid(const struct region *r, const struct due *d)
{
    return d->payee != PAYEE_ENTERPRISE || r->enterprises.status[d->row] == ACTIVE;
}

/* -- pages -------------------------------------------------------------------------------------------------------------------- */
static size_t pages_of(size_t dues)
{
    return (dues + PAGE - 1) / PAGE;
}

static size_t page_end(const struct region *r, size_t page)
{
    return (page + 1) * PAGE < r->dues.n ? (page + 1) * PAGE : r->dues.n;
}

/* Nothing happens to any of it this month, but that who claims may have died. */
static bool sleeps(const struct settlement *s, size_t page)
{
    const struct due_pages *p = &s->r->pages;
    return !s->all && (p->row[page].lines & s->roused) == 0 && (page + 1) * PAGE <= p->settled &&
           p->row[page].wakes > s->w->month;
}

/* First month in which one that stays has to be looked at again. */
static int32_t wakes(const struct due *d, const struct counter *c, int32_t month)
{
    int32_t next = d->rests ? d->month + c->life - d->waited + 1 : d->payee == PAYEE_CLAWBACK ? 0 : d->month;
    return next > month ? next : month + 1;
}

/* Lines 64 apart share a bit. */
static uint64_t line_bit(int32_t k)
{
    return 1ull << (k & 63);
}

static void mark_page(struct due_page *page, const struct due *d, int32_t next)
{
    page->wakes = next < page->wakes ? next : page->wakes;
    page->lines |= d->rests ? line_bit(d->instance) : 0;
    page->owed |= d->payee == PAYEE_CLAWBACK;
}

/* Sums of what rests, and numbers of what is listed, where they are not known. */
static void count_listed(struct region *r)
{
    memset(r->pages.rest, 0, sizeof r->pages.rest);
    for (int32_t k = 0; k < r->n_instances; k++)
        r->line[k].listed = 0;
    for (size_t j = 0; j < r->dues.n; j++) {
        const struct due *d = &r->dues.row[j];
        struct resting *at = &r->pages.rest[d->instance];
        at->sum = d->rests ? money_add(at->sum, d->amount) : at->sum;
        r->line[d->instance].listed += d->payee != PAYEE_NOBODY;
    }
    r->pages.settled = r->pages.gaps = 0;
}

/* Whether a line has money for one that rests. */
static uint64_t roused_bit(const struct counter *c, int32_t k)
{
    return c->rest.fen > 0 && c->cash.fen > 0 && !c->blocked ? line_bit(k) : 0;
}

static uint64_t roused_lines(const struct settlement *s)
{
    uint64_t bits = 0;
    for (int32_t k = 0; k < s->r->n_instances; k++)
        bits |= roused_bit(&s->counter[k], k);
    return bits;
}

/* Whether who rests is treated by another rule from now on, or lapses at another month than was thought. */
static bool other_rule(const struct region *r, const struct counter *c, int32_t k)
{
    return c->rest.fen > 0 && (c->rule != RULE_QUEUE || c->life != r->pages.rest[k].life);
}

/* -- before the first is paid -------------------------------------------------------------------------------------------------- */
/* Whether what falls due anywhere has to be summed: seldom, and it is a second look at a long list. */
static bool open_counters(struct settlement *s)
{
    struct region *r = s->r;
    bool sums = false;
    r->pages.settled = r->pages.settled < r->dues.n ? r->pages.settled : r->dues.n;
    s->all = !r->pages.known;
    if (!r->pages.known)
        count_listed(r);
    for (int32_t k = 0; k < r->n_instances; k++) {
        struct counter *c = &s->counter[k];
        *c = (struct counter){.cash = r->line[k].cash,
                              .rest = r->pages.rest[k].sum,
                              .rule = LINE_COMMON(r, k)->budget_rule,
                              .life = LINE_COMMON(r, k)->claim_life,
                              .deals = instrument_of(r, k)->deals};
        c->sums = c->deals || c->rule == RULE_PRO_RATA;
        c->months = c->rule == RULE_NEXT_YEAR ? 12 - s->w->month % 12 : 1;
        c->next = s->w->month + (c->months > 1 ? c->months : 0);
        sums = sums || (c->sums && r->line[k].listed > 0);
        s->all = s->all || other_rule(r, c, k);
    }
    s->roused = roused_lines(s);
    return sums;
}

/* Nothing of a page has to be known beforehand. */
static bool passes_over(const struct settlement *s, size_t page, bool sums)
{
    const struct due_pages *p = &s->r->pages;
    return sums ? sleeps(s, page) : !s->all && (page + 1) * PAGE <= p->settled && !p->row[page].owed;
}

/* Ends bars, and sums what falls due where that has to be known before the first is paid.  Where nothing is summed, only who has to
 * give something back is looked for. */
static void look_ahead(struct settlement *s, bool sums)
{
    struct region *r = s->r;
    for (size_t page = 0; page < pages_of(r->dues.n); page++)
        for (size_t j = page * PAGE, to = passes_over(s, page, sums) ? j : page_end(r, page); j < to; j++) {
            const struct due *d = &r->dues.row[j];
            struct counter *c = &s->counter[d->instance];
            if (d->payee >= PAYEE_AUDIT)
                misuse_release(s->w, r, d);
            else if (c->sums && d->month <= s->w->month && can_be_paid(r, d))
                /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): open_counters set those of all lines */
                c->due = money_add(c->due, d->amount);
        }
}

static void miss(struct region *r, int32_t k, money amount)
{
    r->line[k].short_of = money_add(r->line[k].short_of, amount);
}

/* -- paying ------------------------------------------------------------------------------------------------------------------- */
/* Room for the month's payments, if anybody wants their list: no claim is paid twice in a month. */
static enum status begin_paid(const struct world *w, struct region *r)
{
    r->paid.n = 0;
    if (!w->paid_kept || r->dues.n <= r->paid.capacity)
        return OK;
    size_t rows = r->dues.n + r->dues.n / 4 + 64; /* so that it grows seldom */
    struct due *bigger = realloc(r->paid.row, rows * sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    r->paid.row = bigger;
    r->paid.capacity = rows;
    return OK;
}

/* Its part of what the line holds: all of it is dealt, but for the residue of the split. */
static void deal(struct region *r, struct due *d, const struct counter *c)
{
    money pays = money_part(c->cash, d->amount, c->due);
    r->line[d->instance].asked = money_add(r->line[d->instance].asked, pays);
    due_pays(r, d, pays);
}

/* What the line cannot meet waits, now or until the new year's money, and lapses in the end. */
static bool waits(struct region *r, struct due *d, struct counter *c)
{
    miss(r, d->instance, d->amount);
    d->waited = (uint16_t)(d->waited + c->months);
    d->month = c->next;
    d->rests = c->rule == RULE_QUEUE && d->waited <= c->life;
    c->begins = d->rests ? money_add(c->begins, d->amount) : c->begins;
    return d->waited <= c->life;
}

/* Pays one claim by the rule of its line; true: it waits, or what is left of it.  Nobody overtakes a claim that waits. */
static bool pay_due(struct region *r, struct due *d, struct counter *c)
{
    int32_t k = d->instance;
    if (d->waited == 0 && !c->deals) /* one that waits was counted when it fell due */
        r->line[k].asked = money_add(r->line[k].asked, d->amount);
    if (c->deals) {
        deal(r, d, c);
        return false;
    }
    if (c->rule == RULE_PRO_RATA) {
        money pays = c->due.fen > c->cash.fen ? money_part(d->amount, c->cash, c->due) : d->amount;
        miss(r, k, money_sub(d->amount, pays));
        due_pays(r, d, pays);
        return false;
    }
    if (c->blocked)
        return waits(r, d, c);
    money pays = money_min(d->amount, r->line[k].cash);
    due_pays(r, d, pays);
    d->amount = money_sub(d->amount, pays);
    c->blocked = d->amount.fen > 0;
    return c->blocked && waits(r, d, c);
}

/* It is not paid, and does not lapse: what it misses is in the line's sum. */
static bool rests_on(const struct due *d, const struct counter *c, int32_t month)
{
    return c->rule == RULE_QUEUE && (c->blocked || c->cash.fen <= 0) && due_waited(d, month) <= c->life;
}

/* One that rests is looked at, or leaves: it has waited each month since. */
static void rouse(struct due *d, struct counter *c, int32_t month)
{
    d->waited = due_waited(d, month - 1);
    d->rests = 0;
    c->rest = money_sub(c->rest, d->amount);
}

/* What becomes of one that stands on the list. */
enum course { LEAVES, STAYS, BEGINS /* to rest */, SETTLED /* it leaves, if it is not picked for an audit */ };
static enum course settle_due(struct settlement *s, struct due *d)
{
    struct counter *c = &s->counter[d->instance];
    int32_t month = s->w->month;
    if (d->payee == PAYEE_NOBODY)
        return LEAVES;
    if (d->payee != PAYEE_CLAWBACK && d->month > month) /* needs no look at its row */
        return STAYS;
    if (d->payee >= PAYEE_AUDIT)
        return misuse_follow(s->w, s->r, d) ? STAYS : LEAVES;
    bool pays = can_be_paid(s->r, d);
    if (pays && d->rests && rests_on(d, c, month))
        return STAYS;
    if (d->rests)
        rouse(d, c, month);
    if (!pays)
        return LEAVES;
    if (!pay_due(s->r, d, c))
        return SETTLED;
    return d->rests ? BEGINS : STAYS;
}

/* -- the list ------------------------------------------------------------------------------------------------------------------ */
/* All but gaps, who waits for a later month, and who rests on, as far as that is known before the page is settled; the dead of those
 * who rest have been buried.  Which these are no processor guesses, so they are told without a branch. */
static void look_for(const struct settlement *s, struct looked *l)
{
    enum { AHEAD = PAGE / 2 }; /* mostly the next page is looked at, too */
    const struct due *due = &s->r->dues.row[l->page * PAGE];
    const int32_t month = s->w->month;
    int32_t wakes = INT32_MAX;
    uint64_t lines = 0;
    l->n = 0;
    for (size_t j = 0; j < PAGE; j++) {
        const struct due *d = &due[j];
        const struct counter *c = &s->counter[d->instance];
        __builtin_prefetch(&due[j + AHEAD]);
        bool gap = d->payee == PAYEE_NOBODY, later = (d->month > month) & (d->payee != PAYEE_CLAWBACK);
        bool idle = (c->rule == RULE_QUEUE) & (c->blocked | (c->cash.fen <= 0));
        int32_t lapses = d->month + (idle ? c->life : -1) - d->waited + 1;
        bool rests = (d->rests != 0) & (lapses > month), quiet = gap | later | rests;
        int32_t next = rests ? lapses : d->month;
        l->at[l->n] = (uint8_t)j;
        l->n += !quiet;
        wakes = (quiet & !gap) && next < wakes ? next : wakes;
        lines |= rests ? line_bit(d->instance) : 0;
    }
    s->r->pages.row[l->page] = (struct due_page){.wakes = wakes, .lines = lines};
}

static void look_at_all(const struct settlement *s, struct looked *l)
{
    l->n = page_end(s->r, l->page) - l->page * PAGE;
    for (size_t j = 0; j < l->n; j++)
        l->at[j] = (uint8_t)j;
    s->r->pages.row[l->page] = (struct due_page){.wakes = INT32_MAX};
}

/* Those of a page that have been paid and are picked for an audit stay. */
static void pick(void *context, size_t nth, int32_t by)
{
    const struct settlement *s = context;
    struct looked *l = &s->looked[nth];
    struct due *due = &s->r->dues.row[l->page * PAGE];
    uint8_t at[PAGE], *course = l->course;
    (void)by;
    size_t many = 0;
    for (size_t j = 0; j < l->n; j++) {
        const struct due *d = &due[l->at[j]];
        if (course[l->at[j]] == SETTLED && d->payee == PAYEE_ENTERPRISE && d->paid)
            at[many++] = l->at[j];
    }
    for (size_t from = 0; from < many; from += BLOCKS) {
        struct paid_claim paid[BLOCKS];
        uint8_t auditor[BLOCKS];
        size_t some = many - from < BLOCKS ? many - from : BLOCKS;
        for (size_t j = 0; j < some; j++)
            paid[j] = (struct paid_claim){due[at[from + j]].row, due[at[from + j]].instance};
        misuse_picked(s->w, s->r, paid, some, auditor);
        for (size_t j = 0; j < some; j++)
            if (auditor[j] > 0) {
                misuse_await(s->w, s->r, &due[at[from + j]], auditor[j] - 1);
                course[at[from + j]] = STAYS;
            }
    }
}

/* A gap in the list. */
static void leave(struct region *r, struct due *d)
{
    *d = (struct due){.instance = d->instance, .payee = PAYEE_NOBODY};
    r->pages.gaps++;
}

static enum status note_rest(struct settlement *s, const struct due *d, bool begins)
{
    struct resters *l = &s->r->resters;
    if (!d->rests || d->payee != PAYEE_ENTERPRISE || !(begins || s->all))
        return OK;
    TRY(LIST_RESERVE(l, l->n + 1));
    l->row[l->n++] = (struct rester){.row = d->row, .place = (uint32_t)(d - s->r->dues.row)};
    return OK;
}

/* Those that stay close up, or keep their places where others of their page were settled in an earlier month. */
static enum status keep(struct settlement *s, const struct looked *l)
{
    struct region *r = s->r;
    for (size_t k = 0; k < l->n; k++) {
        size_t j = l->page * PAGE + l->at[k];
        struct due *d = &r->dues.row[j];
        enum course course = l->course[l->at[k]];
        bool stays = course == STAYS || course == BEGINS;
        if (!s->all && j < r->pages.settled) {
            if (!stays && d->payee != PAYEE_NOBODY)
                leave(r, d);
        } else if (stays) {
            if (s->kept != j)
                r->dues.row[s->kept] = *d;
            d = &r->dues.row[s->kept++];
            if (s->all)
                misuse_keep(r, d, &s->files);
        }
        if (!stays)
            continue;
        TRY(note_rest(s, d, course == BEGINS));
        mark_page(&r->pages.row[(size_t)(d - r->dues.row) / PAGE], d, wakes(d, &s->counter[d->instance], s->w->month));
        r->line[d->instance].listed++;
    }
    return OK;
}

/* Payees lie far apart. */
FETCHES void fetch_payee(const struct region *r, const struct due *d)
{
    __builtin_prefetch(&r->enterprises.status[d->row]);
    __builtin_prefetch(&r->enterprises.cash[d->row], 1);
}

static void settle_page(struct settlement *s, struct looked *l)
{
    enum { AHEAD = 12 };
    struct region *r = s->r;
    struct due *due = &r->dues.row[l->page * PAGE];
    if (!s->all && (l->page + 1) * PAGE <= r->pages.settled)
        look_for(s, l);
    else
        look_at_all(s, l);
    for (size_t k = 0; k < l->n; k++) {
        struct due *d = &due[l->at[k]];
        if (k + AHEAD < l->n)
            fetch_payee(r, &due[l->at[k + AHEAD]]);
        r->line[d->instance].listed -= d->payee != PAYEE_NOBODY;
        l->course[l->at[k]] = (uint8_t)settle_due(s, d);
    }
    s->roused = s->roused != 0 ? roused_lines(s) : 0;
}

/* Some pages at a time: one after the other what is paid, who is picked for an audit by all threads. */
static enum status settle_pages(struct settlement *s)
{
    struct looked *looked = s->looked;
    size_t n = 0;
    for (size_t page = 0, pages = pages_of(s->r->dues.n); page < pages; page++) {
        if (!sleeps(s, page)) {
            looked[n].page = page;
            settle_page(s, &looked[n++]);
        }
        if (n < BATCH && page + 1 < pages)
            continue;
        if (s->r->hooked[HOOK_OVERSEE].n > 0)
            team_run_loose(team_width(s->w->team.n, s->w->n_tiles), n, pick, s);
        for (size_t k = 0; k < n; k++)
            TRY(keep(s, &looked[k]));
        n = 0;
    }
    return OK;
}

/* It may have left since it was listed. */
static void bury_one(struct settlement *s, struct rester one)
{
    struct region *r = s->r;
    struct due *d = one.place < r->dues.n ? &r->dues.row[one.place] : NULL;
    if (d == NULL || !d->rests || d->payee != PAYEE_ENTERPRISE || d->row != one.row)
        return;
    rouse(d, &s->counter[d->instance], s->w->month);
    r->line[d->instance].listed--;
    leave(r, d);
}

/* Resters are looked at in parts; of each, those who have died come to stand at its end. */
enum { PARTS = 16 };
struct burial {
    const struct enterprises *e;
    struct resters *l;
    size_t living[PARTS]; /* ends of the living of each part */
};

static size_t part_begin(const struct resters *l, size_t part)
{
    return l->n * part / PARTS;
}

static void find_dead(void *context, size_t part, int32_t by)
{
    struct burial *b = context;
    const uint8_t *status = b->e->status;
    struct rester *one = b->l->row;
    size_t j = part_begin(b->l, part), end = part_begin(b->l, part + 1);
    (void)by;
    while (j < end)
        if (status[one[j].row] == ACTIVE) {
            j++;
        } else {
            struct rester dead = one[j];
            one[j] = one[--end];
            one[end] = dead;
        }
    b->living[part] = end;
}

/* The last of the list take the places of those who have died: its order does not matter. */
static void close_resters(struct burial *b)
{
    size_t n = 0, last = PARTS - 1;
    for (size_t part = 0; part < PARTS; part++)
        n += b->living[part] - part_begin(b->l, part);
    for (size_t part = 0; part < PARTS; part++)
        for (size_t j = b->living[part], end = part_begin(b->l, part + 1); j < end && j < n; j++) {
            while (b->living[last] == part_begin(b->l, last))
                last--;
            b->l->row[j] = b->l->row[--b->living[last]];
        }
    b->l->n = n;
}

/* Who rests is looked for when he has died, wherever he stands.  The dead lie far apart: they are asked for some time before. */
static void bury(struct settlement *s)
{
    enum { AHEAD = 16 };
    struct resters *l = &s->r->resters;
    struct burial b = {.e = &s->r->enterprises, .l = l};
    team_run_loose(team_width(s->w->team.n, s->w->n_tiles), PARTS, find_dead, &b);
    for (size_t part = 0; part < PARTS; part++)
        for (size_t j = b.living[part], end = part_begin(l, part + 1); j < end; j++) {
            if (j + AHEAD < end)
                __builtin_prefetch(&s->r->dues.row[l->row[j + AHEAD].place]);
            bury_one(s, l->row[j]);
        }
    close_resters(&b);
}

static void close_counters(struct settlement *s)
{
    struct region *r = s->r;
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct counter *c = &s->counter[k];
        miss(r, k, c->rest);
        r->pages.rest[k] = (struct resting){.sum = money_add(c->rest, c->begins), .life = c->life};
    }
    while (s->kept > 0 && r->dues.row[s->kept - 1].payee == PAYEE_NOBODY) {
        s->kept--;
        r->pages.gaps--;
    }
    r->dues.n = r->pages.settled = s->kept;
    r->pages.known = true;
}

/* -- gaps ------------------------------------------------------------------------------------------------------------------------- */
/* Whom it names by a row that moves; who is owed a clawback is told in time that nobody stands there any more. */
static bool names_row(const struct due *d)
{
    return d->row != UINT32_MAX &&
           (d->payee == PAYEE_ENTERPRISE || d->payee == PAYEE_AUDIT || d->payee == PAYEE_CLAWBACK);
}

/* A page wakes when the first of those wakes that its claims come from. */
static void move_due(struct region *r, size_t from, size_t to)
{
    struct due_pages *p = &r->pages;
    const struct due *d = &r->dues.row[to];
    if (!p->known || from >= p->settled)
        return;
    struct due_page *page = &p->row[to / PAGE];
    int32_t next = p->row[from / PAGE].wakes;
    if (to % PAGE == 0)
        *page = (struct due_page){.wakes = INT32_MAX};
    mark_page(page, d, next);
    if (d->rests && d->payee == PAYEE_ENTERPRISE) /* there is room: each of them has been listed */
        r->resters.row[r->resters.n++] = (struct rester){.row = d->row, .place = (uint32_t)to};
}

void dues_compact(struct region *r, const uint32_t *place)
{
    size_t n = 0, files = 0, settled = 0;
    r->resters.n = 0;
    for (size_t k = 0; k < r->dues.n; k++) {
        const struct due *d = &r->dues.row[k];
        struct due *to = &r->dues.row[n];
        if (d->payee == PAYEE_NOBODY)
            continue;
        uint32_t row = place != NULL && names_row(d) ? place[d->row] : d->row;
        if (row == UINT32_MAX && d->payee != PAYEE_CLAWBACK) { /* that debt is ended later */
            struct resting *at = &r->pages.rest[d->instance];
            at->sum = d->rests ? money_sub(at->sum, d->amount) : at->sum;
            r->line[d->instance].listed--;
            continue;
        }
        *to = *d; /* before it is changed: copying waits for what was just written in parts */
        to->row = row;
        misuse_keep(r, to, &files);
        move_due(r, k, n++);
        settled = k < r->pages.settled ? n : settled;
    }
    r->dues.n = n;
    r->files.n = files;
    r->pages.settled = settled;
    r->pages.gaps = 0;
}

/* -- a month ------------------------------------------------------------------------------------------------------------------- */
enum status dues_pay(const struct world *w, struct region *r)
{
    struct counter counter[MAX_LINES];
    struct looked looked[BATCH];
    struct settlement s = {.w = w, .r = r, .counter = counter, .looked = looked};
    TRY(begin_paid(w, r));
    TRY(LIST_RESERVE(&r->pages, pages_of(r->dues.n)));
    bool sums = open_counters(&s);
    if (sums || r->files.n > 0) /* who is barred has a file */
        look_ahead(&s, sums);
    if (s.all)
        r->resters.n = 0;
    else
        bury(&s);
    s.kept = s.all ? 0 : r->pages.settled;
    TRY(settle_pages(&s));
    if (s.all) {
        r->files.n = s.files;
        r->pages.gaps = 0;
    }
    close_counters(&s);
    if (r->pages.gaps > r->dues.n / 2) /* a compaction closes up others, beside the columns */
        dues_compact(r, NULL);
    dues_trim(&r->dues);
    return OK;
}
