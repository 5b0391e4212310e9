/* SPDX-License-Identifier: GPL-3.0-or-later */
/* first_looks - what each of the month's applications would bring its bank before officers look closer (mechanisms M4, M5, M11).
 *
 * Each is looked at by itself, whatever its bank has left, but many are priced together (quoting): with what instruments bring the
 * bank for it, under a product that lends more, with an investor behind it. */
#include <liandong/fetch.h>
#include <liandong/linking.h>
#include <liandong/mathx.h>
#include <liandong/screening.h>

/* -- ways to be lent to ------------------------------------------------------------------------------------------------- */
/* What those would bring without cover and favours of whom instance k weighs an agreement. */
static void offer_plainly(const struct region *r, int32_t k, struct application *const *a, size_t n, struct favour *f,
                          struct offer *plain)
{
    const struct lending alone = {.rate_max = 1.0};
    struct quest quest[LOOKED_AT] = {{.n = 0}};
    size_t many = 0;
    for (size_t j = 0; j < n; j++) {
        f[j].year = line_open(r, k, a[j]->row) ? instrument_of(r, k)->weighs(r, k, a[j]) : -1;
        f[j].plain = &plain[many];
        if (f[j].year >= 0)
            quest[many++] = (struct quest){a[j], f[j].pd, &alone, 1};
    }
    best_offers(r, quest, many, plain);
}

/* What instruments bring banks for lending to these, beside interest and cover; f: what is known of them, and so far nothing. */
static void ask_favours(const struct region *r, struct application *const *a, size_t n, struct favour *f)
{
    struct offer plain[LOOKED_AT];
    EACH_HOOKED(r, HOOK_FAVOUR, k)
    {
        const struct instrument *in = instrument_of(r, k);
        bool all = line_open_to_all(r, k);
        if (in->weighs != NULL)
            offer_plainly(r, k, a, n, f, plain);
        for (size_t j = 0; j < n; j++)
            if (all || line_open(r, k, a[j]->row))
                in->favour(r, k, a[j], &f[j]);
    }
}

static void take_favours(struct application *a, const struct favour *f)
{
    a->cheaper = (float)f->bonus;
    a->refinanced = (float)f->refinanced;
    a->tolerated = (float)(f->tolerated < 1.0 ? f->tolerated : 1.0);
    a->spared = (float)(f->hours < (double)a->hours ? f->hours : (double)a->hours);
    a->hours -= a->spared;
    a->counts = (float)f->counts;
    a->ceiling = (float)f->ceiling;
    a->agreed = (uint8_t)f->agreed;
    a->change = (float)f->change;
    a->kept = (float)f->kept;
    a->flags = (uint8_t)((a->flags & ~APPLY_PROMISED) | (f->must_lend ? APPLY_PROMISED : 0));
}

/* A product that lends more under a ceiling; whether there is one. */
static bool widen(const struct application *a, const struct favour *f, struct application *wider)
{
    if (f->product == 0 || a->offered > 0)
        return false;
    money limit = from_yuan(ld_max(f->limit - money_to_yuan(application_other_debt(a)), 0.0));
    money granted = money_min(a->asked, limit);
    if (granted.fen <= a->granted.fen)
        return false;
    *wider = *a;
    wider->granted = granted;
    wider->staged = (uint8_t)f->product;
    wider->capped = (float)f->spread_max;
    return true;
}

/* It is taken where it brings the bank more than its usual standards. */
static void try_products(const struct region *r, struct application *const *a, const double *pd, const struct favour *f,
                         size_t n)
{
    struct application wider[LOOKED_AT], *row[LOOKED_AT], *usual[LOOKED_AT];
    double of[LOOKED_AT];
    size_t many = 0;
    for (size_t j = 0; j < n; j++) {
        row[many] = &wider[many];
        usual[many] = a[j];
        of[many] = pd[j];
        many += widen(a[j], &f[j], &wider[many]);
    }
    screening_offers(r, row, of, many);
    for (size_t j = 0; j < many; j++) {
        double least = ld_max(screening_gain(r, usual[j]), 0.0) * money_to_yuan(usual[j]->granted);
        if (screening_gain(r, &wider[j]) * money_to_yuan(wider[j].granted) > least)
            *usual[j] = wider[j];
    }
}

/* -- first looks --------------------------------------------------------------------------------------------------------- */
enum { AHEAD = 6 };
/* What the enterprise takes part in, and what its bank believes of its like. */
FETCHES void fetch_known(const struct region *r, const struct application *a)
{
    const struct enterprises *e = &r->enterprises;
    __builtin_prefetch(&r->belief[(size_t)a->bank * (N_BELIEFS + N_PARENTS) + a->cell]);
    for (size_t word = 0; word < e->words; word++)
        __builtin_prefetch(&e->member[word * e->capacity + a->row]);
}

/* What lists remember of applicants: deeds of those who have any, and what funds hold of theirs.  A step reads what the one before it
 * has asked for, and asks for more. */
FETCHES void fetch_start(const struct starts *s, uint32_t row)
{
    if (s->n > 0)
        __builtin_prefetch(&s->row[row / ROWS_A_START]);
}

FETCHES void fetch_rows_of(const struct starts *s, uint32_t row)
{
    size_t nth = row / ROWS_A_START;
    if (nth + 1 < s->n)
        fetch_lines(&s->of[s->row[nth]], (s->row[nth + 1] - s->row[nth]) * sizeof *s->of);
}

FETCHES void fetch_things(const struct starts *s, uint32_t row, const void *list, size_t size)
{
    size_t k = tables_find(s, s->things, row);
    for (; tables_is_of(s, k, row); k++)
        fetch_lines((const char *)list + k * size, size);
}

FETCHES void fetch_starts(const struct region *r, const struct application *a)
{
    __builtin_prefetch(&r->enterprises.owned[a->row]);
    fetch_start(&r->deeds.starts, a->row);
    fetch_start(&r->positions.held.starts, a->row);
    fetch_start(&r->warrants.starts, a->row);
}

FETCHES void fetch_remembered_rows(const struct region *r, const struct application *a)
{
    if (!a->undeeded)
        fetch_rows_of(&r->deeds.starts, a->row);
    if ((r->enterprises.owned[a->row] & OWNED_BY_FUND) == 0)
        return;
    fetch_rows_of(&r->positions.held.starts, a->row);
    fetch_rows_of(&r->warrants.starts, a->row);
}

FETCHES void fetch_remembered(const struct region *r, const struct application *a)
{
    if (!a->undeeded)
        fetch_things(&r->deeds.starts, a->row, r->deeds.row, sizeof *r->deeds.row);
    if ((r->enterprises.owned[a->row] & OWNED_BY_FUND) == 0)
        return;
    fetch_backing(r, a->row);
    __builtin_prefetch(&r->enterprises.founder_share[a->row]);
    fetch_things(&r->warrants.starts, a->row, r->warrants.row, sizeof *r->warrants.row);
}

/* Another branch of its bank may handle it. */
static void route(const struct region *r, struct application *a)
{
    EACH_HOOKED(r, HOOK_ROUTE, k)
    {
        int32_t branch = line_open(r, k, a->row) ? instrument_of(r, k)->route(r, k, a) : -1;
        if (branch >= 0)
            a->branch = (uint16_t)branch;
    }
}

static void begin_look(const struct region *r, struct application *a)
{
    const struct credit_params *c = P(r, credit);
    route(r, a);
    a->hours = (float)c->base_hours;
    a->link = a->lifted = a->by_head = 0;
    a->counted = a->upside = 0.0f;
    a->granted = screening_limit(r, a, money_to_yuan(c->limit_unsecured));
    a->staged = 0;
}

static void end_look(const struct region *r, struct application *a, const struct favour *f)
{
    a->outcome = f->runs ? OUTCOME_RUN : f->falls ? OUTCOME_FALLEN : OUTCOME_PENDING;
    if (a->outcome != OUTCOME_PENDING)
        return;
    if (a->granted.fen < P(r, credit)->ticket_min.fen && a->offered == 0)
        a->outcome = OUTCOME_REFUSED;
    else if (screening_goes_up(r, a))
        a->outcome = OUTCOME_SENT_UP;
}

/* What would they bring before any screening?  They are priced together (quoting). */
static void look_together(struct region *r, size_t from, size_t n, struct link_sight *seen)
{
    struct application *const *a = r->market.row + from;
    struct favour favour[LOOKED_AT];
    double pd[LOOKED_AT];
    uint8_t effort[LOOKED_AT];
    for (size_t j = 0; j < n; j++)
        fetch_remembered_rows(r, a[j]);
    screening_beliefs(r, a, NULL, n, pd);
    for (size_t j = 0; j < n; j++)
        fetch_remembered(r, a[j]);
    for (size_t j = 0; j < n; j++)
        favour[j] = (struct favour){.pd = pd[j], .ceiling = 1.0};
    ask_favours(r, a, n, favour);
    for (size_t j = 0; j < n; j++)
        take_favours(a[j], &favour[j]);
    screening_offers(r, a, pd, n);
    try_products(r, a, pd, favour, n);
    consider_links(r, a, favour, n, seen);
    screening_efforts(r, a, n, 1e300, effort);
    for (size_t j = 0; j < n; j++) {
        end_look(r, a[j], &favour[j]);
        screening_note(r, from + j);
        if (a[j]->outcome == OUTCOME_PENDING)
            r->market.ruling[from + j].effort = effort[j] & 3u;
    }
}

/* Each application is looked at by itself, whatever its bank has left: as they arrived, since so they lie. */
enum { LOT = 4 * LOOKED_AT };
static void look_at_lot(void *context, size_t nth, int32_t thread)
{
    struct region *r = context;
    size_t from = nth * LOT, to = r->market.n - from < LOT ? r->market.n : from + LOT;
    bool clients = anybody_guarantees(r);
    struct link_sight seen;
    (void)thread;
    seen.of = 0;
    for (size_t j = from; j < to; j++) {
        if (j + 2 * AHEAD < to)
            fetch_lines(r->market.row[j + 2 * AHEAD], sizeof(struct application));
        if (j + AHEAD < to) {
            fetch_known(r, r->market.row[j + AHEAD]);
            fetch_starts(r, r->market.row[j + AHEAD]);
        }
        if (clients)
            client_fetch(r, r->market.row[j]);
        begin_look(r, r->market.row[j]);
        size_t first = j - (j - from) % LOOKED_AT;
        if (j + 1 == to || j + 1 == first + LOOKED_AT)
            look_together(r, first, j + 1 - first, &seen);
    }
}

void first_looks(const struct world *w, struct region *r)
{
    size_t lots = (r->market.n + LOT - 1) / LOT;
    team_run_loose(team_width(w->team.n, lots), lots, look_at_lot, r);
}
