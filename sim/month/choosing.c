/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choosing - whom an enterprise that asks for a round turns to, and whom funds have time for (mechanisms M9).
 *
 * Who holds its shares already and can still pay is asked first.  Else it is a Gumbel choice among the funds for its stage that
 * have the money, with the log of their dry powder.  What is the same for all who ask is worked out once a month: the open funds,
 * by circle and stage. */
#include <liandong/instrument.h>
#include <liandong/rounds.h>

/* A fund that can make a first investment this month. */
struct open_fund {
    int32_t fund, line; /* line: the instance that lets enterprises in, -1: none (fund_line) */
    int32_t stage_from, stage_to;
    int32_t sector;  /* + 1; 0: any */
    int32_t age_max; /* months, 0: any */
    money least;     /* its smallest ticket */
    uint64_t name;
    double weight; /* log of its dry powder, yuan */
};

struct choosing {
    const struct world *w;
    const struct region *r;
    struct offer_made *made;
    uint64_t *key;
    size_t n;
    int32_t circles;
    struct open_fund *open; /* managers', then public ones, line by line, in order of funds */
    size_t n_managed, n_open;
    uint32_t *list, *first; /* of managers' funds, by circle and stage: list[first[j]] ... list[first[j + 1]] - 1 */
};

int32_t fund_circles(const struct region *r)
{
    return r->scale >= 2.0 ? (int32_t)r->scale : 1;
}

bool fund_open_to(const struct region *r, int32_t k, uint32_t row)
{
    return (!LINE_COMMON(r, k)->registered_only || tech_registered(r, row)) &&
           (line_admits_all(r, k) || policy_admits(r, k, enterprise_identity(&r->enterprises, row)));
}

/* -- the funds of a month ------------------------------------------------------------------------------------------------- */
static uint64_t name_of(const struct region *r, const struct fund *f)
{
    if (f->vehicle > 0)
        return r->vehicles.row[f->vehicle - 1].name;
    return f->manager >= 0
               ? ld_mix(manager_identity(r, &r->manager[f->manager]).origin, (uint64_t)r->manager[f->manager].nth)
               : ld_mix(r->id, (uint64_t)f->line);
}

static void list_open(struct choosing *c, const money *dry, bool managed)
{
    const struct region *r = c->r;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if ((f->manager >= 0 || f->vehicle > 0) != managed || f->state != FUND_INVESTING ||
            dry[k].fen < f->rule.ticket_min.fen)
            continue;
        c->open[c->n_open++] = (struct open_fund){.fund = (int32_t)k,
                                                  .line = fund_line(r, f),
                                                  .stage_from = f->rule.stage_from,
                                                  .stage_to = f->rule.stage_to,
                                                  .sector = f->rule.sector,
                                                  .age_max = f->rule.age_max,
                                                  .least = f->rule.ticket_min,
                                                  .name = name_of(r, f),
                                                  .weight = ld_log(money_to_yuan(dry[k]))};
    }
}

/* Those of one line, which follow each other year by year, have one name, and so the same taste. */
static void sort_by_line(struct open_fund *f, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        struct open_fund next = f[k];
        size_t at = k;
        for (; at > 0 && f[at - 1].line > next.line; at--)
            f[at] = f[at - 1];
        f[at] = next;
    }
}

static size_t slot(const struct choosing *c, const struct fund *f, int32_t stage)
{
    if (f->vehicle > 0)
        return (size_t)c->r->vehicles.row[f->vehicle - 1].circle * N_STAGES + (size_t)stage;
    int64_t circle = manager_circle(c->r, &c->r->manager[f->manager], c->circles);
    return (size_t)circle * N_STAGES + (size_t)stage;
}

/* Counts, then places. */
static void list_by_stage(struct choosing *c)
{
    size_t slots = (size_t)c->circles * N_STAGES;
    memset(c->first, 0, (slots + 2) * sizeof *c->first);
    for (int pass = 0; pass < 2; pass++) {
        uint32_t *at = c->first + (pass == 0 ? 2 : 1);
        for (size_t j = 0; j < c->n_managed; j++) {
            const struct fund *f = &c->r->funds.row[c->open[j].fund];
            for (int32_t s = 0; s < N_STAGES; s++)
                if (s >= f->rule.stage_from && s <= f->rule.stage_to) {
                    if (pass == 1)
                        c->list[at[slot(c, f, s)]] = (uint32_t)j;
                    at[slot(c, f, s)]++;
                }
        }
        for (size_t k = 2; k < slots + 2 && pass == 0; k++)
            c->first[k] += c->first[k - 1];
    }
}

static enum status list_funds(struct world *w, struct choosing *c, const money *dry)
{
    size_t n = c->r->funds.n, slots = (size_t)c->circles * N_STAGES;
    c->open = arena_take(&w->market, n, sizeof *c->open);
    c->list = arena_take(&w->market, n * N_STAGES, sizeof *c->list);
    c->first = arena_take(&w->market, slots + 2, sizeof *c->first);
    if (c->open == NULL || c->list == NULL || c->first == NULL)
        return NO_MEMORY;
    list_open(c, dry, true);
    c->n_managed = c->n_open;
    list_open(c, dry, false);
    sort_by_line(c->open + c->n_managed, c->n_open - c->n_managed);
    list_by_stage(c);
    return OK;
}

/* -- some of the asks -------------------------------------------------------------------------------------------------------- */
/* Asks are worked on in lots, whose tastes for funds are drawn eight at a time. */
enum { LOT = 64 };
struct lot {
    const struct choosing *c;
    size_t from, n;
    struct identity who[LOT];
    int32_t circle[LOT];
    double top[LOT];
    int pairs; /* of an ask and a name that wait for their draws */
    uint8_t ask[BLOCKS];
    const struct open_fund *fund[BLOCKS]; /* the first of the name, and which of it and those behind it */
    uint64_t which[BLOCKS];
    struct identity option[BLOCKS];
};

/* The best of the funds of pair j is its ask's choice, if nothing was better. */
static void prefer(struct lot *lot, int j, double u)
{
    struct offer_made *o = &lot->c->made[lot->from + lot->ask[j]];
    double *top = &lot->top[lot->ask[j]];
    for (uint64_t left = lot->which[j]; left != 0; left &= left - 1) {
        const struct open_fund *f = lot->fund[j] + __builtin_ctzll(left);
        double value = u + f->weight;
        if (value > *top || (value == *top && f->fund < o->fund)) {
            *top = value;
            o->fund = f->fund;
        }
    }
}

static void taste(struct lot *lot)
{
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    for (int j = lot->pairs; j < BLOCKS; j++)
        lot->option[j] = lot->option[0];
    luck_blocks(lot->c->w->luck, lot->option, 65, word);
    luck_uniforms(word[0], u);
    for (int j = 0; j < BLOCKS; j++)
        u[j] = ld_gumbel(u[j]);
    for (int j = 0; j < lot->pairs; j++)
        prefer(lot, j, u[j]);
    lot->pairs = 0;
}

static void weigh(struct lot *lot, size_t k, const struct open_fund *f, uint64_t which)
{
    int j = lot->pairs++;
    lot->ask[j] = (uint8_t)k;
    lot->fund[j] = f;
    lot->which[j] = which;
    lot->option[j] = (struct identity){ld_mix(lot->who[k].origin, f->name), lot->who[k].index};
    if (lot->pairs == BLOCKS)
        taste(lot);
}

/* A word of the luck of each who asks. */
static void words_of(const struct lot *lot, struct luck luck, enum draw purpose, uint32_t words[LOT])
{
    for (size_t k = 0; k < lot->n; k += BLOCKS) {
        struct identity who[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (size_t j = 0; j < BLOCKS; j++)
            who[j] = lot->who[k + j < lot->n ? k + j : lot->n - 1];
        luck_blocks(luck, who, draw_block(purpose), word);
        memcpy(words + k, word[(int)purpose % 4], sizeof word[0]);
    }
}

static void find_circles(struct lot *lot)
{
    uint32_t words[LOT];
    struct luck luck = lot->c->w->luck;
    luck.month = 0; /* for life */
    memset(lot->circle, 0, sizeof lot->circle);
    if (lot->c->circles == 1)
        return;
    words_of(lot, luck, DRAW_CIRCLE, words);
    for (size_t k = 0; k < lot->n; k++)
        lot->circle[k] = (int32_t)(luck_uniform(words[k]) * lot->c->circles);
}

static bool suits(const struct open_fund *f, const struct round_ask *a, int32_t age)
{
    return a->stage >= f->stage_from && a->stage <= f->stage_to && (f->sector == 0 || f->sector == a->sector + 1) &&
           a->asked.fen >= f->least.fen && (f->age_max == 0 || age <= f->age_max);
}

static void choose(struct lot *lot, size_t k)
{
    const struct choosing *c = lot->c;
    const struct round_ask *a = c->made[lot->from + k].ask;
    int32_t age = c->w->month - a->founded;
    size_t at = (size_t)lot->circle[k] * N_STAGES + (size_t)a->stage;
    for (uint32_t j = c->first[at]; j < c->first[at + 1]; j++) {
        const struct open_fund *f = &c->open[c->list[j]];
        if (suits(f, a, age) && (f->line < 0 || fund_open_to(c->r, f->line, a->row)))
            weigh(lot, k, f, 1);
    }
    for (size_t j = c->n_managed, end; j < c->n_open; j = end) {
        const struct open_fund *f = &c->open[j];
        uint64_t which = 0;
        for (end = j; end < c->n_open && end - j < 64 && c->open[end].line == f->line; end++)
            which |= (uint64_t)suits(&c->open[end], a, age) << (end - j);
        if (which != 0 && fund_open_to(c->r, f->line, a->row))
            weigh(lot, k, f, which);
    }
}

static bool can_follow_on(const struct world *w, const struct fund *f)
{
    bool may = f->state == FUND_INVESTING || (f->state == FUND_HARVESTING && w->month < f->ends - f->rule.last_deals);
    return may && fund_dry_powder(w, f, true).fen >= f->rule.ticket_min.fen;
}

/* The insider who can still pay, if there is one. */
static bool asks_insider(const struct choosing *c, struct offer_made *o)
{
    const struct region *r = c->r;
    size_t first, last;
    if (!o->ask->held)
        return false;
    positions_of(r, o->ask->row, &first, &last);
    for (size_t k = first; k < last; k++) {
        const struct position *p = position_at(r, k);
        if (p->refused == 0 && can_follow_on(c->w, &r->funds.row[p->fund])) {
            o->fund = (int32_t)p->fund;
            o->inside = (size_t)(p - r->positions.row);
            return true;
        }
    }
    return false;
}

/* The order in which investors' people have time, drawn anew each month. */
static void deal_time(const struct lot *lot)
{
    uint32_t words[LOT];
    words_of(lot, lot->c->w->luck, DRAW_DILIGENCE, words);
    for (size_t k = 0; k < lot->n; k++)
        lot->c->key[lot->from + k] = (uint64_t)words[k] << 32 | (lot->from + k);
}

static void choose_some(void *context, size_t nth, int32_t thread)
{
    const struct choosing *c = context;
    struct lot lot;
    (void)thread;
    lot.c = c;
    lot.from = nth * LOT;
    lot.pairs = 0;
    lot.n = c->n - lot.from < LOT ? c->n - lot.from : LOT;
    for (size_t k = 0; k < lot.n; k++) {
        struct offer_made *o = &c->made[lot.from + k];
        const struct round_ask *a = o->ask;
        *o = (struct offer_made){
            .ask = a, .fund = -1, .inside = SIZE_MAX, .stage = (uint8_t)a->stage, .spared = a->spared};
        lot.who[k] = matching_identity(c->r, a->who);
        size_t first = a->held ? LIST_FIND(&c->r->positions.held, a->row) : SIZE_MAX;
        if (LIST_IS_OF(&c->r->positions.held, first, a->row)) /* read soon, and far apart */
            __builtin_prefetch(position_at(c->r, first));
    }
    find_circles(&lot);
    for (size_t k = 0; k < lot.n; k++) {
        lot.top[k] = -1e300;
        if (!asks_insider(c, &c->made[lot.from + k]))
            choose(&lot, k);
    }
    if (lot.pairs > 0)
        taste(&lot);
    deal_time(&lot);
}

/* Of who found a fund some are examined: the first in an order drawn anew each month, as far as its people have time.  Leaves their
 * places in key, and how many there are.  Sorted are those of one fund, where it has not time for all. */
static enum status list_looked_at(struct world *w, const struct region *r, const struct offer_made *made, size_t *n,
                                  uint64_t *key)
{
    uint32_t *end = arena_take(&w->market, r->funds.n + 1, sizeof *end);
    uint64_t *of = arena_take(&w->market, *n, sizeof *of);
    size_t m = 0;
    if (end == NULL || of == NULL)
        return NO_MEMORY;
    memset(end, 0, (r->funds.n + 1) * sizeof *end);
    for (size_t k = 0; k < *n; k++)
        end[made[k].fund + 1] += made[k].fund >= 0 && !made[k].spared;
    for (size_t f = 1; f <= r->funds.n; f++)
        end[f] += end[f - 1];
    for (size_t k = 0; k < *n; k++) { /* then end[f] is where those of f end */
        if (made[k].fund >= 0 && !made[k].spared)
            of[end[made[k].fund]++] = key[k];
        else if (made[k].fund >= 0)
            key[m++] = k;
    }
    for (size_t k = 0, first = 0; k < r->funds.n; first = end[k++]) {
        size_t many = end[k] - first, looks = many > 0 ? (size_t)fund_looks(r, &r->funds.row[k]) : 0;
        if (many > looks)
            sort_least(of + first, many, looks);
        for (size_t j = first; j < first + (many < looks ? many : looks); j++)
            key[m++] = of[j] & UINT32_MAX;
    }
    *n = m;
    return OK;
}

enum status rounds_choose(struct world *w, const struct region *r, const money *dry, struct offer_made *made, size_t *n,
                          uint64_t *key)
{
    struct choosing c = {.w = w, .r = r, .made = made, .key = key, .n = *n, .circles = fund_circles(r)};
    TRY(list_funds(w, &c, dry));
    size_t lots = (*n + LOT - 1) / LOT;
    team_run_loose(team_width(w->team.n, lots), lots, choose_some, &c);
    return list_looked_at(w, r, made, n, key);
}
