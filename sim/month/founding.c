/* SPDX-License-Identifier: GPL-3.0-or-later */
/* founding - potential founders found in the month of their idea, in one of the eleven after, or never.
 *
 * Nothing of a potential founder is stored: quality, money, sector and threshold are draws of (region, month of the idea,
 * index).  He founds in the first month in which the region's attraction of his sector reaches his threshold, so the history
 * of attractions is all the state there is (docs/model/odd.md 7.2). */
#include <liandong/home_bank.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/prepare.h>
#include <string.h>

enum { CHUNK = 1024, KIND_IDEA = 1, KIND_INITIAL = 2 };

static uint64_t origin_of(const struct region *r, int32_t kind, int32_t month)
{
    return ld_mix(ld_mix(r->id, (uint64_t)kind), (uint64_t)(uint32_t)month);
}

/* Cohort 0 is founded with the world, the others have their idea month by month from the first on. */
static uint16_t cohort_of(const struct world *w, int32_t idea)
{
    int32_t cohort = idea - w->first_month + 1;
    BUG_ON(cohort > UINT16_MAX);
    return (uint16_t)cohort;
}

static enum status name_cohorts(const struct world *w, struct region *r)
{
    struct enterprises *e = &r->enterprises;
    if (e->n_origins == 0)
        TRY(enterprises_name(e, origin_of(r, KIND_INITIAL, w->first_month)));
    while (e->n_origins <= cohort_of(w, w->month))
        TRY(enterprises_name(e, origin_of(r, KIND_IDEA, w->first_month + (int32_t)e->n_origins - 1)));
    return OK;
}

/* Shares of the sectors of a region, added up. */
struct shares {
    int32_t n;
    double sum, upto[MAX_SECTORS];
};

static struct shares shares_of(const struct region *r)
{
    struct shares s = {.n = r->layout->count[GROUP_sectors]};
    for (int32_t k = 0; k < s.n; k++)
        s.upto[k] = s.sum += NAMED(r, sectors, k)->share;
    return s;
}

static uint8_t sector_at(const struct shares *s, double u)
{
    for (int32_t k = 0; k < s->n; k++)
        if (u * s->sum < s->upto[k])
            return (uint8_t)k;
    return (uint8_t)(s->n - 1);
}

/* Chunks of one cohort of one region: what a task works on.  Bounds of what those ask who found now: more than the attraction that
 * put them off in the months before, no more than that of this month, each of the sector of all that suits best. */
struct chunk {
    int32_t region, idea, ago; /* months since the idea */
    uint32_t from, to, step;
    double beyond, most;
};

/* Quantiles of the normal distribution at each of so many steps of a word that is drawn: between two of them lie those of the
 * words between, since the quantile rises with the word. */
enum { STEPS = 256, STEP_BITS = 24 };

struct search {
    struct world *w;
    struct chunk *chunk;
    struct shares *shares; /* [region] */
    double edge[STEPS + 1];
};

/* Columns of scratch: quality of those of a chunk whom the market may attract, and what they ask of it. */
enum { QUALITY, ASKS, N_WORDS = 4 };
_Static_assert((int)CHUNK <= (int)TILE && CHUNK % BLOCKS == 0,
               "a chunk fits into the columns of scratch, drawn by eight");

static void lay_edges(struct search *s)
{
    for (uint32_t k = 0; k <= STEPS; k++)
        s->edge[k] = luck_uniform(k < STEPS ? k << STEP_BITS : UINT32_MAX);
    for (uint32_t k = 0; k <= STEPS; k++)
        s->edge[k] = ld_normal_quantile(s->edge[k]);
}

static void draw_chunk(const struct search *s, const struct chunk *c, uint32_t n, uint32_t (*word)[CHUNK])
{
    const uint64_t *origin = &s->w->region[c->region].enterprises.origin[cohort_of(s->w, c->idea)];
    struct luck luck = s->w->luck;
    luck.month = c->idea;
    uint32_t index[CHUNK];
    for (uint32_t k = 0; k < CHUNK; k++)
        index[k] = c->from + k * c->step;
    luck_rows(luck, origin, NULL, index, draw_block(DRAW_FOUNDER_QUALITY), n, word[0], CHUNK);
}

static inline double asks_of(const struct founders_params *p, double threshold, double quality)
{
    return p->threshold + p->threshold_spread * threshold - p->quality_weight * quality;
}

/* Of a chunk those who may ask no more than c->most, as a list: by the least that anybody asks whose words begin alike, which is
 * exact, since rounding keeps an order, too.  Four of five are put off by it. */
static uint32_t list_attracted(const struct search *s, const struct chunk *c, const struct founders_params *p,
                               uint32_t n, uint32_t (*word)[CHUNK], struct scratch *scratch)
{
    const uint32_t *quality = word[DRAW_FOUNDER_QUALITY % N_WORDS], *asks = word[DRAW_FOUNDER_THRESHOLD % N_WORDS];
    const double *edge = s->edge, most = c->most;
    double *least = scratch->real[ASKS];
    struct founders_params here = *p; /* what the loop writes cannot be these */
    for (uint32_t k = 0; k < n; k++)
        least[k] = asks_of(&here, edge[asks[k] >> STEP_BITS], edge[(quality[k] >> STEP_BITS) + 1]);
    for (uint32_t k = 0; k < n; k++)
        scratch->mark[k] = least[k] <= most;
    return marks_list(scratch->mark, n, scratch->list);
}

/* Of those listed nearly all of an older cohort have founded before: of them stay who may ask more than c->beyond, by the most that
 * anybody asks whose words begin alike. */
static uint32_t list_waiting(const struct search *s, const struct chunk *c, const struct founders_params *p, uint32_t n,
                             uint32_t (*word)[CHUNK], struct scratch *scratch)
{
    const uint32_t *quality = word[DRAW_FOUNDER_QUALITY % N_WORDS], *asks = word[DRAW_FOUNDER_THRESHOLD % N_WORDS];
    uint32_t kept = 0;
    for (uint32_t j = 0; j < n; j++) {
        uint16_t k = scratch->list[j];
        double greatest = asks_of(p, s->edge[(asks[k] >> STEP_BITS) + 1], s->edge[quality[k] >> STEP_BITS]);
        scratch->list[kept] = k;
        kept += greatest > c->beyond;
    }
    return kept;
}

/* What those of the list ask: in two loops, which vectorise. */
static void ask_listed(const struct founders_params *p, uint32_t n, uint32_t (*word)[CHUNK], struct scratch *scratch)
{
    double(*x)[TILE] = scratch->real;
    for (uint32_t j = 0; j < n; j++) {
        x[QUALITY][j] = luck_uniform(word[DRAW_FOUNDER_QUALITY % N_WORDS][scratch->list[j]]);
        x[ASKS][j] = luck_uniform(word[DRAW_FOUNDER_THRESHOLD % N_WORDS][scratch->list[j]]);
    }
    for (uint32_t j = 0; j < n; j++)
        x[QUALITY][j] = ld_normal_quantile(x[QUALITY][j]);
    for (uint32_t j = 0; j < n; j++)
        x[ASKS][j] = asks_of(p, ld_normal_quantile(x[ASKS][j]), x[QUALITY][j]);
}

/* The highest attraction of a sector in the months since the idea, before this one. */
static double put_off_by(const struct region *r, int32_t sector, int32_t ago)
{
    return ago == 0 ? -1e9 : r->history[sector][ago - 1];
}

/* One whom the market of the most attractive sector would not put off. */
static void look(const struct search *s, const struct chunk *c, struct identity who, struct words u, double quality,
                 double asks, struct member *me)
{
    const struct region *r = &s->w->region[c->region];
    uint8_t sector = sector_at(&s->shares[c->region], draw_from(&u, DRAW_FOUNDER_SECTOR));
    if (asks > r->cells.attraction[sector] || asks <= put_off_by(r, sector, c->ago))
        return;
    struct founder *f = outbox_push(&me->box[BOX_FOUNDER]);
    if (f == NULL) {
        me->status = NO_MEMORY;
        return;
    }
    *f = (struct founder){
        who, c->region, c->idea, cohort_of(s->w, c->idea), sector, (float)quality, u.w[DRAW_FOUNDER_WEALTH % N_WORDS]};
}

static void search_chunk(void *context, size_t task, int32_t thread)
{
    const struct search *s = context;
    const struct chunk *c = &s->chunk[task];
    const struct region *r = &s->w->region[c->region];
    struct member *me = &s->w->team.member[thread];
    const struct founders_params *p = P(r, founders);
    struct scratch *scratch = me->hand->scratch;
    const double *asks = scratch->real[ASKS], *quality = scratch->real[QUALITY];
    uint32_t n = (c->to - c->from + c->step - 1) / c->step, word[N_WORDS][CHUNK];
    draw_chunk(s, c, n, word);
    n = list_attracted(s, c, p, n, word, scratch);
    if (c->ago > 0)
        n = list_waiting(s, c, p, n, word, scratch);
    ask_listed(p, n, word, scratch);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t k = scratch->list[j];
        struct words u = {
            {word[0][k], word[1][k], word[2][k], word[3][k]}
        };
        struct identity who = {r->enterprises.origin[cohort_of(s->w, c->idea)], c->from + k * c->step};
        if (asks[j] <= c->most)
            look(s, c, who, u, quality[j], asks[j], me);
    }
}

/* With `initial: empty` the first month founds enterprises.initial of them, whatever the market says. */
static void found_initial(struct world *w, struct region *r, struct member *me)
{
    uint32_t step = r->scale < 1.0 ? (uint32_t)(1.0 / r->scale + 0.5) : 1;
    struct shares shares = shares_of(r);
    double many = P(r, enterprises)->initial * (r->scale > 1.0 ? r->scale : 1.0);
    for (uint32_t index = 0; index < (uint32_t)many; index += step) {
        struct identity who = {r->enterprises.origin[0], index};
        struct words u = luck_block(w->luck, who, draw_block(DRAW_FOUNDER_QUALITY));
        struct founder *f = outbox_push(&me->box[BOX_FOUNDER]);
        if (f == NULL) {
            me->status = NO_MEMORY;
            return;
        }
        *f = (struct founder){who,
                              r->index,
                              w->month,
                              0,
                              sector_at(&shares, draw_from(&u, DRAW_FOUNDER_SECTOR)),
                              (float)ld_normal_quantile(draw_from(&u, DRAW_FOUNDER_QUALITY)),
                              u.w[DRAW_FOUNDER_WEALTH % N_WORDS]};
    }
}

/* What those ask who found now: nobody of a sector that was as attractive before. */
static struct chunk bounds_of(const struct region *r, int32_t ago)
{
    struct chunk c = {.region = r->index, .idea = r->month - ago, .ago = ago, .beyond = 1e300, .most = -1e300};
    for (int32_t s = 0; s < r->layout->count[GROUP_sectors]; s++) {
        double now = r->cells.attraction[s], before = put_off_by(r, s, ago);
        if (now <= before)
            continue;
        c.beyond = before < c.beyond ? before : c.beyond;
        c.most = now > c.most ? now : c.most;
    }
    return c;
}

/* Cohorts of the last twelve months, oldest first.  An old one can only found where attraction is higher than ever since.  More of
 * those who have just had their idea are looked at closely: of them half as many are a task. */
static size_t list_chunks(const struct world *w, struct chunk *chunk)
{
    size_t n = 0;
    for (int32_t k = 0; k < w->n_regions; k++)
        for (int32_t ago = HISTORY - 1; ago >= 0; ago--) {
            struct chunk c = bounds_of(&w->region[k], ago);
            uint32_t size = 0, many = ago == 0 ? CHUNK / 2 : CHUNK;
            if (c.idea >= w->first_month && c.most > c.beyond)
                cohort_size(w, &w->region[k], c.idea, &size, &c.step);
            for (; c.from < size; c.from = c.to, n++) {
                c.to = size - c.from < many * c.step ? size : c.from + many * c.step;
                if (chunk != NULL)
                    chunk[n] = c;
            }
        }
    return n;
}

/* history[s][h]: the highest attraction of the last h + 1 months. */
static void remember(struct region *r)
{
    for (int32_t s = 0; s < r->layout->count[GROUP_sectors]; s++)
        for (int32_t h = HISTORY - 1; h >= 0; h--) {
            double older = h > 0 ? r->history[s][h - 1] : -1e9;
            r->history[s][h] = r->cells.attraction[s] > older ? r->cells.attraction[s] : older;
        }
}

/* -- filling the rows ------------------------------------------------------------------------------------------------ */
/* Founders of all regions, and the rows that become theirs. */
struct placing {
    struct world *w;
    struct seat {
        const struct founder *founder;
        uint32_t row;
    } * seat;
    size_t n;
    struct home_banks *home; /* [region] */
};

/* Founders of one region, and what is drawn for them together. */
struct batch {
    uint32_t n;
    const struct seat *seat;
    double technology[CROWD]; /* needed, yuan */
    float wealth[CROWD];      /* yuan */
    double literacy[CROWD];   /* a uniform draw */
    uint16_t branch[CROWD];
};

/* By whose luck they are drawn, and by whose they choose banks; the first stands in for who is missing. */
static void gather(struct region *r, const struct batch *b, struct crowd *who, struct crowd *as)
{
    who->n = as->n = (b->n + 2 * BLOCKS - 1) / (2 * BLOCKS) * 2 * BLOCKS;
    for (uint32_t j = 0; j < who->n; j++) {
        const struct founder *f = b->seat[j < b->n ? j : 0].founder;
        struct identity name = matching_identity(r, f->who);
        who->origin[j] = f->who.origin;
        as->origin[j] = name.origin;
        who->index[j] = as->index[j] = f->who.index;
        who->month[j] = as->month[j] = f->idea;
    }
}

/* The luck of a founder is that of his idea, whenever he founds. */
static void draw_batch(const struct placing *g, struct region *r, struct batch *b)
{
    struct crowd who, as;
    uint32_t word[4][CROWD];
    double had[CROWD], spread[CROWD], needed[CROWD];
    const struct founders_params p = *P(r, founders);
    gather(r, b, &who, &as);
    luck_crowd(g->w->luck, &who, draw_block(DRAW_TECHNOLOGY_NEEDED), word);
    for (uint32_t j = 0; j < who.n; j++) {
        const struct founder *f = b->seat[j < b->n ? j : 0].founder;
        spread[j] = NAMED(r, sectors, f->sector)->needed_spread;
        needed[j] = money_to_yuan(NAMED(r, sectors, f->sector)->needed);
        had[j] = luck_uniform(f->wealth);
        b->literacy[j] = luck_uniform(word[DRAW_LITERACY % N_WORDS][j]);
    }
    for (uint32_t j = 0; j < who.n; j++)
        b->technology[j] = ld_normal_quantile(luck_uniform(word[DRAW_TECHNOLOGY_NEEDED % N_WORDS][j]));
    for (uint32_t j = 0; j < who.n; j++)
        /* cppcheck-suppress uninitvar ; filled up to n */
        b->technology[j] = needed[j] * ld_exp(spread[j] * b->technology[j]);
    for (uint32_t j = 0; j < who.n; j++)
        had[j] = ld_normal_quantile(had[j]);
    for (uint32_t j = 0; j < who.n; j++)
        b->wealth[j] = (float)(money_to_yuan(p.wealth) * ld_exp(p.wealth_spread * had[j]));
    home_branches(&g->home[r->index], g->w->luck, &as, b->branch);
}

static void fill_traits(const struct placing *g, struct region *r, const struct batch *b, uint32_t j)
{
    struct enterprises *e = &r->enterprises;
    const struct founder *f = b->seat[j].founder;
    uint32_t i = b->seat[j].row;
    e->cohort[i] = f->cohort;
    e->index[i] = f->who.index;
    e->founded[i] = (uint16_t)g->w->month;
    e->quality[i] = f->quality;
    e->sector[i] = f->sector;
    e->needed[i] = (float)b->technology[j];
    e->technology[i] = (float)P(r, enterprise)->technology_start * e->needed[i];
    double literacy = P(r, founders)->literacy + P(r, founders)->literacy_spread * (b->literacy[j] - 0.5);
    e->literacy[i] = (float)(literacy < 0.0 ? 0.0 : literacy > 1.0 ? 1.0 : literacy);
    e->branch[i] = b->branch[j];
}

static void fill_row(struct region *r, uint32_t i, double had)
{
    struct enterprises *e = &r->enterprises;
    e->stage[i] = SEED;
    e->status[i] = ACTIVE;
    e->staff[i] = (uint16_t)P(r, enterprise)->staff_start;
    e->founder_share[i] = 1.0f;
    e->sigma[i] = (float)P(r, enterprise)->sigma;
    e->registration[i] = (uint8_t)P(r, founders)->registration;
    /* part of the founder's money goes in at once, the rest when it is needed */
    e->cash[i] = from_yuan(P(r, founders)->first_payment * had);
    e->wealth[i] = (float)(had - money_to_yuan(e->cash[i]));
}

/* Rows of those who are dealt one after the other follow each other. */
static void fill_batch(const struct placing *g, struct region *r, struct batch *b)
{
    uint32_t from = b->seat[0].row, to = from + b->n;
    enterprises_fetch(&r->enterprises, from, to); /* untouched since the last compaction */
    draw_batch(g, r, b);
    enterprises_clear(&r->enterprises, from, to);
    for (uint32_t j = 0; j < b->n; j++) {
        fill_traits(g, r, b, j);
        fill_row(r, b->seat[j].row, (double)b->wealth[j]);
    }
}

static void fill_some(void *context, size_t task, int32_t thread)
{
    const struct placing *g = context;
    size_t to = (task + 1) * CROWD < g->n ? (task + 1) * CROWD : g->n;
    (void)thread;
    for (size_t k = task * CROWD; k < to;) {
        int32_t region = g->seat[k].founder->region;
        struct batch b = {.seat = &g->seat[k]};
        for (; k < to && g->seat[k].founder->region == region; k++)
            b.n++;
        fill_batch(g, &g->w->region[region], &b);
    }
}

/* What a region has of founders in the outboxes of all threads. */
static size_t founders_of(const struct world *w, int32_t region)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_FOUNDER];
        for (size_t j = 0; j < box->n; j++)
            n += OUTBOX(box, struct founder, j)->region == region;
    }
    return n;
}

static enum status make_room(struct region *r, size_t founders)
{
    size_t n = r->enterprises.n + founders, loans = r->loans.n + n / 16 + TILE; /* more than a month opens */
    if (n > r->enterprises.capacity)
        TRY(enterprises_reserve(&r->enterprises, n + n / 4 + TILE));
    if (loans > r->loans.capacity)
        TRY(loans_reserve(&r->loans, loans + loans / 4));
    TRY(loans_reserve_block(&r->loans, (n + TILE - 1) / TILE));
    return OK;
}

/* Rows are dealt in the order of the outboxes. */
static void deal_rows(struct placing *g)
{
    struct world *w = g->w;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_FOUNDER];
        for (size_t j = 0; j < box->n; j++) {
            const struct founder *f = OUTBOX(box, struct founder, j);
            g->seat[g->n++] = (struct seat){f, (uint32_t)w->region[f->region].enterprises.n++};
        }
    }
}

static enum status placing_init(struct placing *g, struct world *w)
{
    size_t founders = 0;
    for (int32_t k = 0; k < w->n_regions; k++) {
        size_t n = founders_of(w, k);
        TRY(make_room(&w->region[k], n));
        founders += n;
    }
    *g = (struct placing){.w = w,
                          .seat = arena_take(&w->market, founders, sizeof *g->seat),
                          .home = arena_take(&w->market, (size_t)w->n_regions, sizeof *g->home)};
    if (g->seat == NULL || g->home == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < w->n_regions; k++) {
        uint64_t origin[HISTORY] = {0};
        for (int32_t ago = 0; ago < HISTORY && w->month - ago >= w->first_month; ago++)
            origin[ago] = w->region[k].enterprises.origin[cohort_of(w, w->month - ago)];
        TRY(home_banks_lay(&g->home[k], &w->market, &w->region[k], origin));
    }
    return OK;
}

static enum status place_founders(struct world *w)
{
    struct placing g;
    TRY(placing_init(&g, w));
    deal_rows(&g);
    team_run(team_width(w->team.n, w->n_tiles), (g.n + CROWD - 1) / CROWD, fill_some, &g);
    for (size_t k = 0; k < g.n; k++) {
        struct region *r = &w->region[g.seat[k].founder->region];
        market_flow(r, FLOW_FOUNDING_MONEY, r->enterprises.cash[g.seat[k].row]);
        count(&r->total, cell_of(&r->enterprises, g.seat[k].row), ITEM_FOUNDED, 1);
    }
    return OK;
}

static enum status search_all(struct world *w)
{
    size_t n = list_chunks(w, NULL);
    struct search s = {.w = w,
                       .chunk = arena_take(&w->market, n, sizeof *s.chunk),
                       .shares = arena_take(&w->market, (size_t)w->n_regions, sizeof *s.shares)};
    if (s.chunk == NULL || s.shares == NULL)
        return NO_MEMORY;
    list_chunks(w, s.chunk);
    for (int32_t k = 0; k < w->n_regions; k++)
        s.shares[k] = shares_of(&w->region[k]);
    lay_edges(&s);
    team_run(team_width(w->team.n, n), n, search_chunk, &s);
    for (int32_t t = 0; t < team_members(&w->team); t++)
        if (w->team.member[t].status != OK)
            return NO_MEMORY;
    return OK;
}

enum status founding_found(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(name_cohorts(w, &w->region[k]));
    TRY(search_all(w));
    if (w->setup->world.initial_empty && w->month == w->first_month)
        for (int32_t k = 0; k < w->n_regions; k++)
            found_initial(w, &w->region[k], &w->team.member[w->team.n - 1]);
    TRY(place_founders(w));
    for (int32_t k = 0; k < w->n_regions; k++)
        remember(&w->region[k]);
    return tiles_lay(w);
}
