/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fates - see include/liandong/fates.h. */
#include <liandong/fates.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

const char fate_outcomes[] = "credit survival patents listing";
const char fate_strata[] = "never additional displaced deadweight sooner later switched more less";
const char fate_stages[] = "seed startup growth expansion maturity";

const struct sample_column fate_columns[FATE_COLUMNS] = {
    COLUMN_RUN,
    COLUMN_VARIANT,
    COLUMN_HORIZON,
    {"outcome",        "1",           SAMPLE_CODE,  NAMES_NONE, "what is looked at",                                              "结果"                           },
    {"stratum",        "1",           SAMPLE_CODE,  NAMES_NONE, "what happened in the variant against the base",                  "分层"                           },
    {"stage",          "1",           SAMPLE_CODE,  NAMES_NONE, "stage when the cohort was taken",                                "队列确定时阶段"            },
    {"heads",          "enterprises", SAMPLE_INT64, NAMES_NONE, "enterprises",                                                    "企业数"                        },
    {"amount_base",    "1",           SAMPLE_INT64, NAMES_NONE, "credit in fen, the living, patents, or the listed, in the base",
      "基准金额（分）、存续数、专利数或上市挂牌数"                                                                                               },
    {"amount_variant", "1",           SAMPLE_INT64, NAMES_NONE, "the same in the variant",
      "方案金额（分）、存续数、专利数或上市挂牌数"                                                                                               },
    {"supported",      "enterprises", SAMPLE_INT64, NAMES_NONE,
      "of them, members of a policy or under a cover in the variant",                                                              "其中受政策支持企业数"   },
    {"supported_base", "enterprises", SAMPLE_INT64, NAMES_NONE, "the same in the base",                                           "基准中受政策支持企业数"},
    {"excluded",       "1",           SAMPLE_INT32, NAMES_NONE, "a policy stands in the variant that does not admit them",
      "方案中有政策不准入"                                                                                                                                   },
};

const struct sample_column fate_row_columns[FATE_ROW_COLUMNS] = {
    COLUMN_RUN,
    COLUMN_VARIANT,
    COLUMN_HORIZON,
    COLUMN_ORIGIN,
    COLUMN_INDEX,
    {"region",         "1",      SAMPLE_INT32, NAMES_REGION, "region",                                                      "区域"                        },
    {"sector",         "1",      SAMPLE_INT32, NAMES_SECTOR, "sector",                                                      "行业"                        },
    {"stage",          "1",      SAMPLE_CODE,  NAMES_STAGE,  "stage when the cohort was taken",                             "队列确定时阶段"         },
    {"quality",        "sd",     SAMPLE_REAL,  NAMES_NONE,   "latent quality; nobody in the world sees it",                 "潜在质量"                  },
    {"stratum",        "1",      SAMPLE_CODE,  NAMES_NONE,   "what happened to its credit",                                 "信贷分层"                  },
    {"supported",      "1",      SAMPLE_INT32, NAMES_NONE,   "member of a policy or under a cover in the variant",
      "方案中受政策支持"                                                                                                                             },
    {"excluded",       "1",      SAMPLE_INT32, NAMES_NONE,   "a policy stands in the variant that does not admit it",
      "方案中有政策不准入"                                                                                                                          },
    COLUMN_ALIVE(base),
    COLUMN_ALIVE(variant),
    COLUMN_CREDIT(base),
    COLUMN_CREDIT(variant),
    {"first_base",     "YYYYMM", SAMPLE_INT32, NAMES_NONE,   "month of the first grant in the base; 0: none",
      "基准首次授信月份"                                                                                                                             },
    {"first_variant",  "YYYYMM", SAMPLE_INT32, NAMES_NONE,   "month of the first grant in the variant; 0: none",
      "方案首次授信月份"                                                                                                                             },
    COLUMN_PATENTS(base),
    COLUMN_PATENTS(variant),
    COLUMN_BOARD(base),
    COLUMN_BOARD(variant),
    {"listed_base",    "YYYYMM", SAMPLE_INT32, NAMES_NONE,   "month in which it was first on a board in the base; 0: none",
      "基准首次上市挂牌月份"                                                                                                                       },
    {"listed_variant", "YYYYMM", SAMPLE_INT32, NAMES_NONE,
      "month in which it was first on a board in the variant; 0: none",                                                      "方案首次上市挂牌月份"},
};

void fates_free(struct fates *f)
{
    free(f->fate);
    free(f->place);
    *f = (struct fates){0};
}

/* -- the cohort -------------------------------------------------------------------------------------------------------- */
static size_t place_of(const struct fates *f, struct identity who)
{
    size_t at = (size_t)ld_mix(who.origin, who.index) & (f->places - 1);
    while (f->place[at] != 0) {
        const struct identity *other = &f->fate[f->place[at] - 1].who;
        if (other->origin == who.origin && other->index == who.index)
            break;
        at = (at + 1) & (f->places - 1);
    }
    return at;
}

size_t fates_find(const struct fates *f, struct identity who)
{
    uint32_t place = f->place[place_of(f, who)];
    return place == 0 ? f->n : place - 1;
}

static struct fate *find(const struct fates *f, struct identity who)
{
    size_t k = fates_find(f, who);
    return k < f->n ? &f->fate[k] : NULL;
}

static enum status reserve(struct fates *f, size_t n)
{
    size_t places = 64;
    while (places < 2 * n)
        places *= 2;
    if (n > f->capacity) {
        struct fate *grown = realloc(f->fate, n * sizeof *grown);
        if (grown == NULL)
            return NO_MEMORY;
        f->fate = grown;
        f->capacity = n;
    }
    if (places > f->places) {
        free(f->place);
        f->place = malloc(places * sizeof *f->place);
        f->places = f->place == NULL ? 0 : places;
    }
    if (f->place == NULL)
        return NO_MEMORY;
    memset(f->place, 0, f->places * sizeof *f->place);
    return OK;
}

/* One more of the cohort. */
static void admit(struct fates *f, int32_t region, const struct enterprises *e, uint32_t i)
{
    f->fate[f->n] = (struct fate){.who = enterprise_identity(e, i),
                                  .region = (uint16_t)region,
                                  .sector = e->sector[i],
                                  .quality = e->quality[i],
                                  .stage = e->stage[i],
                                  .board = e->board[i],
                                  .listed = e->board[i] > 0 ? f->month : 0,
                                  .patents = e->patents[i]};
    f->place[place_of(f, f->fate[f->n].who)] = (uint32_t)f->n + 1;
    f->n++;
}

enum status fates_begin(struct fates *f, const struct world *w)
{
    size_t n = 0;
    for (int32_t r = 0; r < w->n_regions; r++)
        n += w->region[r].enterprises.n;
    TRY(reserve(f, n + 1));
    f->n = 0;
    f->month = w->month;
    for (int32_t r = 0; r < w->n_regions; r++) {
        const struct enterprises *e = &w->region[r].enterprises;
        for (uint32_t i = 0; i < e->n; i++)
            if (e->status[i] == ACTIVE)
                admit(f, r, e, i);
    }
    return OK;
}

enum status fates_begin_one(struct fates *f, const struct world *w, struct identity who)
{
    TRY(reserve(f, 1));
    f->n = 0;
    f->month = w->month;
    for (int32_t r = 0; r < w->n_regions; r++) {
        const struct enterprises *e = &w->region[r].enterprises;
        for (uint32_t i = 0; i < e->n && f->n == 0; i++) {
            struct identity it = enterprise_identity(e, i);
            if (e->status[i] == ACTIVE && it.origin == who.origin && it.index == who.index)
                admit(f, r, e, i);
        }
    }
    return OK;
}

/* -- month by month ---------------------------------------------------------------------------------------------------- */
/* Boards are numbered upwards.  Who leaves one has been on it. */
static void take_listed(const struct fates *f, const struct region *r)
{
    const struct enterprises *e = &r->enterprises;
    size_t n = P(r, capital_market)->enabled ? e->n : 0;
    for (uint32_t i = 0; i < n; i++) {
        struct fate *one = e->board[i] > 0 ? find(f, enterprise_identity(e, i)) : NULL;
        if (one == NULL)
            continue;
        one->board = e->board[i] > one->board ? e->board[i] : one->board;
        one->listed = one->listed == 0 ? r->month : one->listed;
    }
}

/* Does an instance stand whose support is looked for? */
static bool looked_at(const struct fates *f, const struct region *r, int32_t k)
{
    return LINE_COMMON(r, k)->enabled && (f->lines == NULL || (f->lines[k / 64] >> (k % 64) & 1));
}

/* May a cover be support that is looked for?  (A loan does not say which instance its terms were of.) */
static bool covers_count(const struct fates *f, const struct region *r)
{
    bool any = f->lines == NULL;
    for (int32_t k = 0; k < r->n_instances && !any; k++)
        any = looked_at(f, r, k) && instrument_of(r, k)->terms != NULL;
    return any;
}

static void take_loans(const struct fates *f, const struct region *r)
{
    const struct loans *l = &r->loans;
    bool covers = covers_count(f, r);
    for (size_t k = 0; k < l->n; k++) {
        if (l->granted[k] != r->month)
            continue;
        struct fate *one = find(f, enterprise_identity(&r->enterprises, l->row[k]));
        if (one == NULL)
            continue;
        one->credit += l->limit[k].fen;
        one->supported = one->supported || (covers && l->chain[k] != 0);
        if (one->first == 0) {
            one->first = r->month;
            one->bank = l->bank[k];
            one->product = l->product[k];
        }
    }
}

/* Whoever takes part in an instrument that stands.  Membership changes in January and with the instrument, mostly. */
static void take_members(const struct fates *f, const struct region *r)
{
    const struct enterprises *e = &r->enterprises;
    bool any = false;
    for (int32_t k = 0; k < r->n_instances; k++)
        any = any || (r->line[k].members > 0 && looked_at(f, r, k));
    for (uint32_t i = 0; i < e->n && any; i++) {
        bool member = false;
        for (int32_t k = 0; k < r->n_instances && !member; k++)
            member = looked_at(f, r, k) && enterprise_member(e, i, k);
        struct fate *one = member ? find(f, enterprise_identity(e, i)) : NULL;
        if (one != NULL)
            one->supported = true;
    }
}

/* Does an instrument stand in this region that does not admit everybody? */
static bool admits_some(const struct region *r, int32_t k)
{
    bool alone = r->alone->on && (r->alone->lines[k / 64] >> (k % 64) & 1);
    return LINE_COMMON(r, k)->enabled && (alone || LINE_COMMON(r, k)->saturation < 1.0);
}

static void take_excluded(const struct fates *f, const struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        size_t n = admits_some(r, k) ? f->n : 0;
        for (size_t j = 0; j < n; j++)
            if (f->fate[j].region == r->index && !f->fate[j].excluded)
                f->fate[j].excluded = !policy_admits(r, k, f->fate[j].who);
    }
}

static void take_horizon(const struct fates *f, const struct region *r, int h)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t i = 0; i < e->n; i++) {
        struct fate *one = e->status[i] == ACTIVE ? find(f, enterprise_identity(e, i)) : NULL;
        if (one == NULL)
            continue;
        one->at[h].alive = true;
        one->at[h].patents = (uint16_t)(e->patents[i] - one->patents);
    }
}

void fates_month(struct fates *f, const struct world *w, const int32_t horizon[FATE_HORIZONS])
{
    for (int32_t r = 0; r < w->n_regions; r++) {
        take_loans(f, &w->region[r]);
        take_members(f, &w->region[r]);
        take_listed(f, &w->region[r]);
        take_excluded(f, &w->region[r]);
    }
    for (int h = 0; h < FATE_HORIZONS; h++) {
        if (horizon[h] == 0 || w->month - f->month != horizon[h])
            continue;
        for (int32_t r = 0; r < w->n_regions; r++)
            take_horizon(f, &w->region[r], h);
        for (size_t k = 0; k < f->n; k++) {
            f->fate[k].at[h].credit = f->fate[k].credit;
            f->fate[k].at[h].board = f->fate[k].board;
        }
    }
}

/* -- two worlds -------------------------------------------------------------------------------------------------------- */
static enum fate_stratum by_amount(int64_t base, int64_t variant)
{
    if (base == 0 || variant == 0)
        return base == variant ? FATE_NEVER : base == 0 ? FATE_ADDITIONAL : FATE_DISPLACED;
    return variant > base ? FATE_MORE : variant < base ? FATE_LESS : FATE_DEADWEIGHT;
}

static enum fate_stratum by_credit(const struct fate *a, const struct fate *b, int h)
{
    enum { PER_CENT = 100 };
    int64_t x = a->at[h].credit, y = b->at[h].credit, off = x < y ? y - x : x - y;
    enum fate_stratum amount = by_amount(x, off <= x / PER_CENT ? x : y);
    if (amount <= FATE_DISPLACED)
        return amount;
    if (a->first != b->first)
        return b->first < a->first ? FATE_SOONER : FATE_LATER;
    return a->bank != b->bank || a->product != b->product ? FATE_SWITCHED : amount;
}

static enum fate_stratum by_listing(const struct fate *a, const struct fate *b, int h)
{
    int64_t x = a->at[h].board, y = b->at[h].board;
    if (x > 0 && y > 0 && a->listed != b->listed)
        return b->listed < a->listed ? FATE_SOONER : FATE_LATER;
    return by_amount(x, y);
}

struct cell_sum {
    int64_t heads, base, variant, supported, supported_base;
};
/* By outcome, stratum, stage, and whether a policy of the variant excludes them. */
typedef struct cell_sum fate_sums[N_FATE_OUTCOMES][N_FATE_STRATA][N_STAGES][2];

static void add(fate_sums sum, enum fate_outcome outcome, enum fate_stratum stratum, const struct fate *a,
                const struct fate *b, int64_t base, int64_t variant)
{
    struct cell_sum *to = &sum[outcome][stratum][a->stage][b->excluded];
    to->heads++;
    to->base += base;
    to->variant += variant;
    to->supported += b->supported;
    to->supported_base += a->supported;
}

static void join_one(fate_sums sum, const struct fate *a, const struct fate *b, int h)
{
    const struct fate_state *x = &a->at[h], *y = &b->at[h];
    add(sum, FATE_CREDIT, by_credit(a, b, h), a, b, x->credit, y->credit);
    add(sum, FATE_SURVIVAL, by_amount(x->alive, y->alive), a, b, x->alive, y->alive);
    add(sum, FATE_LISTING, by_listing(a, b, h), a, b, x->board > 0, y->board > 0);
    if (x->alive && y->alive)
        add(sum, FATE_PATENTS, by_amount(x->patents, y->patents), a, b, x->patents, y->patents);
}

static void put_rows(struct sample *to, fate_sums sum, uint32_t run, uint32_t number, int32_t horizon)
{
    for (int64_t o = 0; o < N_FATE_OUTCOMES; o++)
        for (int64_t s = 0; s < N_FATE_STRATA; s++)
            for (int64_t stage = 0; stage < N_STAGES; stage++)
                for (int64_t out = 0; out < 2; out++) {
                    const struct cell_sum *c = &sum[o][s][stage][out];
                    const int64_t row[FATE_COLUMNS] = {run,        number,       horizon,           o,
                                                       s,          stage,        c->heads,          c->base,
                                                       c->variant, c->supported, c->supported_base, out};
                    for (int k = 0; k < FATE_COLUMNS && c->heads > 0; k++)
                        sample_add(to, row[k]);
                }
}

enum status fates_join(struct sample *to, const struct fates *base, const struct fates *variant, uint32_t run,
                       uint32_t number, const int32_t horizon[FATE_HORIZONS])
{
    for (int h = 0; h < FATE_HORIZONS && horizon[h] != 0; h++) {
        fate_sums sum = {0};
        for (size_t k = 0; k < base->n; k++) {
            const struct fate *other = find(variant, base->fate[k].who);
            if (other != NULL)
                join_one(sum, &base->fate[k], other, h);
        }
        put_rows(to, sum, run, number, horizon[h]);
    }
    return to->no_memory ? NO_MEMORY : OK;
}

/* What comes behind the horizon has not happened yet. */
static int64_t first_by(int32_t first, int32_t last)
{
    return first != 0 && first <= last ? (int64_t)(first / 12) * 100 + first % 12 + 1 : 0;
}

static void put_enterprise(struct sample *to, const struct fate *a, const struct fate *b, int h, const int64_t *head,
                           int32_t start)
{
    const struct fate_state *x = &a->at[h], *y = &b->at[h];
    union cell quality = {.d = (double)a->quality};
    int32_t last = start + (int32_t)head[2];
    const int64_t row[FATE_ROW_COLUMNS] = {head[0],
                                           head[1],
                                           head[2],
                                           (int64_t)a->who.origin,
                                           a->who.index,
                                           a->region,
                                           a->sector,
                                           a->stage,
                                           quality.i,
                                           by_credit(a, b, h),
                                           b->supported,
                                           b->excluded,
                                           x->alive,
                                           y->alive,
                                           x->credit,
                                           y->credit,
                                           first_by(a->first, last),
                                           first_by(b->first, last),
                                           x->patents,
                                           y->patents,
                                           x->board,
                                           y->board,
                                           first_by(a->listed, last),
                                           first_by(b->listed, last)};
    for (int k = 0; k < FATE_ROW_COLUMNS; k++)
        sample_add(to, row[k]);
}

enum status fates_rows(struct sample *to, const struct fates *base, const struct fates *variant, uint32_t run,
                       uint32_t number, const int32_t horizon[FATE_HORIZONS])
{
    for (int h = 0; h < FATE_HORIZONS && horizon[h] != 0; h++) {
        const int64_t head[] = {run, number, horizon[h]};
        for (size_t k = 0; k < base->n; k++) {
            const struct fate *other = find(variant, base->fate[k].who);
            if (other != NULL)
                put_enterprise(to, &base->fate[k], other, h, head, base->month);
        }
    }
    return to->no_memory ? NO_MEMORY : OK;
}
