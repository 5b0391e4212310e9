/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fates - see include/liandong/fates.h. */
#include <liandong/fates.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

const char fate_outcomes[] = "credit survival patents";
const char fate_strata[] = "never additional displaced deadweight sooner later switched more less";
const char fate_stages[] = "seed startup growth expansion maturity";

const struct sample_column fate_columns[FATE_COLUMNS] = {
    {"run",            "1",           SAMPLE_INT32, NAMES_NONE, "run of the ensemble",                           "模拟序号"                     },
    {"variant",        "1",           SAMPLE_CODE,  NAMES_NONE, "the world compared with the base",              "对照方案"                     },
    {"horizon",        "months",      SAMPLE_INT32, NAMES_NONE, "months after the start",                        "距起始月数"                  },
    {"outcome",        "1",           SAMPLE_CODE,  NAMES_NONE, "what is looked at",                             "结果"                           },
    {"stratum",        "1",           SAMPLE_CODE,  NAMES_NONE, "what happened in the variant against the base", "分层"                           },
    {"stage",          "1",           SAMPLE_CODE,  NAMES_NONE, "stage at the start",                            "起始阶段"                     },
    {"heads",          "enterprises", SAMPLE_INT64, NAMES_NONE, "enterprises",                                   "企业数"                        },
    {"amount_base",    "1",           SAMPLE_INT64, NAMES_NONE, "credit in fen, or patents, in the base",        "基准金额（分）或专利数"},
    {"amount_variant", "1",           SAMPLE_INT64, NAMES_NONE, "the same in the variant",                       "方案金额（分）或专利数"},
    {"supported",      "enterprises", SAMPLE_INT64, NAMES_NONE,
     "of them, members of a policy or under a cover in the variant",                                             "其中受政策支持企业数"   },
};

const struct sample_column fate_row_columns[FATE_ROW_COLUMNS] = {
    {"run",             "1",       SAMPLE_INT32, NAMES_NONE,   "run of the ensemble",                                   "模拟序号"      },
    {"variant",         "1",       SAMPLE_CODE,  NAMES_NONE,   "the world compared with the base",                      "对照方案"      },
    {"horizon",         "months",  SAMPLE_INT32, NAMES_NONE,   "months after the start",                                "距起始月数"   },
    {"origin",          "1",       SAMPLE_INT64, NAMES_NONE,   "enterprise: hash of region and month of the idea",      "企业来源标识"},
    {"index",           "1",       SAMPLE_INT64, NAMES_NONE,   "enterprise: number within its origin",                  "企业序号"      },
    {"region",          "1",       SAMPLE_INT32, NAMES_REGION, "region",                                                "区域"            },
    {"sector",          "1",       SAMPLE_INT32, NAMES_SECTOR, "sector",                                                "行业"            },
    {"stage",           "1",       SAMPLE_CODE,  NAMES_STAGE,  "stage at the start",                                    "起始阶段"      },
    {"quality",         "sd",      SAMPLE_REAL,  NAMES_NONE,   "latent quality; nobody in the world sees it",           "潜在质量"      },
    {"stratum",         "1",       SAMPLE_CODE,  NAMES_NONE,   "what happened to its credit",                           "信贷分层"      },
    {"supported",       "1",       SAMPLE_INT32, NAMES_NONE,   "member of a policy or under a cover in the variant",
     "方案中受政策支持"                                                                                                             },
    {"alive_base",      "1",       SAMPLE_INT32, NAMES_NONE,   "alive in the base",                                     "基准中存续"   },
    {"alive_variant",   "1",       SAMPLE_INT32, NAMES_NONE,   "alive in the variant",                                  "方案中存续"   },
    {"credit_base",     "fen",     SAMPLE_INT64, NAMES_NONE,   "facilities granted in the base",                        "基准授信额"   },
    {"credit_variant",  "fen",     SAMPLE_INT64, NAMES_NONE,   "facilities granted in the variant",                     "方案授信额"   },
    {"first_base",      "YYYYMM",  SAMPLE_INT32, NAMES_NONE,   "month of the first grant in the base; 0: none",
     "基准首次授信月份"                                                                                                             },
    {"first_variant",   "YYYYMM",  SAMPLE_INT32, NAMES_NONE,   "month of the first grant in the variant; 0: none",
     "方案首次授信月份"                                                                                                             },
    {"patents_base",    "patents", SAMPLE_INT32, NAMES_NONE,   "patents since the start in the base, of the living",
     "基准专利数"                                                                                                                      },
    {"patents_variant", "patents", SAMPLE_INT32, NAMES_NONE,   "patents since the start in the variant, of the living",
     "方案专利数"                                                                                                                      },
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
        for (uint32_t i = 0; i < e->n; i++) {
            if (e->status[i] != ACTIVE)
                continue;
            f->fate[f->n] = (struct fate){.who = enterprise_identity(e, i),
                                          .region = (uint16_t)r,
                                          .sector = e->sector[i],
                                          .quality = e->quality[i],
                                          .stage = e->stage[i],
                                          .patents = e->patents[i]};
            f->place[place_of(f, f->fate[f->n].who)] = (uint32_t)f->n + 1;
            f->n++;
        }
    }
    return OK;
}

/* -- month by month ---------------------------------------------------------------------------------------------------- */
static void take_loans(const struct fates *f, const struct region *r)
{
    const struct loans *l = &r->loans;
    for (size_t k = 0; k < l->n; k++) {
        if (l->granted[k] != r->month)
            continue;
        struct fate *one = find(f, enterprise_identity(&r->enterprises, l->row[k]));
        if (one == NULL)
            continue;
        one->credit += l->limit[k].fen;
        one->supported = one->supported || l->chain[k] != 0;
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
        any = any || (r->line[k].members > 0 && LINE_COMMON(r, k)->enabled);
    for (uint32_t i = 0; i < e->n && any; i++) {
        bool member = false;
        for (int32_t k = 0; k < r->n_instances && !member; k++)
            member = LINE_COMMON(r, k)->enabled && enterprise_member(e, i, k);
        struct fate *one = member ? find(f, enterprise_identity(e, i)) : NULL;
        if (one != NULL)
            one->supported = true;
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
    }
    for (int h = 0; h < FATE_HORIZONS; h++) {
        if (horizon[h] == 0 || w->month - f->month != horizon[h])
            continue;
        for (int32_t r = 0; r < w->n_regions; r++)
            take_horizon(f, &w->region[r], h);
        for (size_t k = 0; k < f->n; k++)
            f->fate[k].at[h].credit = f->fate[k].credit;
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

struct cell_sum {
    int64_t heads, base, variant, supported;
};

static void add(struct cell_sum *to, const struct fate *b, int64_t base, int64_t variant)
{
    to->heads++;
    to->base += base;
    to->variant += variant;
    to->supported += b->supported;
}

static void join_one(struct cell_sum sum[N_FATE_OUTCOMES][N_FATE_STRATA][N_STAGES], const struct fate *a,
                     const struct fate *b, int h)
{
    const struct fate_state *x = &a->at[h], *y = &b->at[h];
    uint8_t stage = a->stage;
    add(&sum[FATE_CREDIT][by_credit(a, b, h)][stage], b, x->credit, y->credit);
    add(&sum[FATE_SURVIVAL][by_amount(x->alive, y->alive)][stage], b, 0, 0);
    if (x->alive && y->alive)
        add(&sum[FATE_PATENTS][by_amount(x->patents, y->patents)][stage], b, x->patents, y->patents);
}

static void put_rows(struct sample *to, struct cell_sum sum[N_FATE_OUTCOMES][N_FATE_STRATA][N_STAGES], uint32_t run,
                     uint32_t number, int32_t horizon)
{
    for (int64_t o = 0; o < N_FATE_OUTCOMES; o++)
        for (int64_t s = 0; s < N_FATE_STRATA; s++)
            for (int64_t stage = 0; stage < N_STAGES; stage++) {
                const struct cell_sum *c = &sum[o][s][stage];
                const int64_t row[FATE_COLUMNS] = {run,   number,   horizon, o,          s,
                                                   stage, c->heads, c->base, c->variant, c->supported};
                for (int k = 0; k < FATE_COLUMNS && c->heads > 0; k++)
                    sample_add(to, row[k]);
            }
}

enum status fates_join(struct sample *to, const struct fates *base, const struct fates *variant, uint32_t run,
                       uint32_t number, const int32_t horizon[FATE_HORIZONS])
{
    for (int h = 0; h < FATE_HORIZONS && horizon[h] != 0; h++) {
        struct cell_sum sum[N_FATE_OUTCOMES][N_FATE_STRATA][N_STAGES] = {0};
        for (size_t k = 0; k < base->n; k++) {
            const struct fate *other = find(variant, base->fate[k].who);
            if (other != NULL)
                join_one(sum, &base->fate[k], other, h);
        }
        put_rows(to, sum, run, number, horizon[h]);
    }
    return to->no_memory ? NO_MEMORY : OK;
}

/* A first grant behind the horizon has not happened yet. */
static int64_t first_by(const struct fate *f, int32_t start, int32_t horizon)
{
    bool yet = f->first != 0 && f->first <= start + horizon;
    return yet ? (int64_t)(f->first / 12) * 100 + f->first % 12 + 1 : 0;
}

static void put_enterprise(struct sample *to, const struct fate *a, const struct fate *b, int h, const int64_t *head,
                           int32_t start)
{
    const struct fate_state *x = &a->at[h], *y = &b->at[h];
    union cell quality = {.d = (double)a->quality};
    int32_t months = (int32_t)head[2];
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
                                           x->alive,
                                           y->alive,
                                           x->credit,
                                           y->credit,
                                           first_by(a, start, months),
                                           first_by(b, start, months),
                                           x->patents,
                                           y->patents};
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
