/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fates - what happened to each enterprise that lived when a policy started, in one world and in another of the same luck.
 *
 * The cohort is whoever lives just before the month in which the worlds part; so it is the same in both, unless they part before
 * the first measured month.
 * At each horizon an enterprise falls, for each outcome, into one stratum:
 *
 *     never        it has nothing in either world         additional   it has in the variant what it lacks in the base
 *     displaced    the other way round                     deadweight   it has the same in both
 *     sooner later credit: first granted in an earlier or later month
 *     switched     credit: first granted in the same month, by another bank or as another product
 *     more less    it has more or less of it; credit within a hundredth of the base's is the same
 *
 * Outcomes: credit (facilities granted by banks, renewals too, in fen), survival (deadweight: it would have lived anyway),
 * patents granted since, among those alive in both worlds only, and listing: the highest board on which its shares have
 * been (sooner, later: of the first; more, less: a higher or lower one).  Their amounts are fen, heads, patents, heads. */
#ifndef LIANDONG_FATES_H
#define LIANDONG_FATES_H
#include <liandong/sample.h>
#include <liandong/world.h>

enum { FATE_HORIZONS = 3 };
enum fate_outcome { FATE_CREDIT, FATE_SURVIVAL, FATE_PATENTS, FATE_LISTING, N_FATE_OUTCOMES };
enum fate_stratum {
    FATE_NEVER,
    FATE_ADDITIONAL,
    FATE_DISPLACED,
    FATE_DEADWEIGHT,
    FATE_SOONER,
    FATE_LATER,
    FATE_SWITCHED,
    FATE_MORE,
    FATE_LESS,
    N_FATE_STRATA
};

/* What one enterprise has of the first kind by a horizon. */
struct fate_state {
    bool alive;
    uint8_t board;    /* the highest so far, 1 + its place; 0: none */
    uint16_t patents; /* since the cohort was taken */
    int64_t credit;   /* fen */
};
struct fate {
    struct identity who;
    uint16_t region;
    uint8_t sector;
    float quality;    /* latent; nobody in the world sees it */
    uint8_t stage;    /* when the cohort was taken */
    bool supported;   /* a member of a policy, or under a cover, at some time since */
    bool excluded;    /* a policy stood that does not admit it: it can only have felt the others' */
    uint16_t patents; /* when the cohort was taken */
    int32_t first;    /* month of the first grant; 0: none */
    uint16_t bank;    /* that granted it */
    uint8_t product;  /* of that grant */
    uint8_t board;    /* the highest so far */
    int32_t listed;   /* month in which it was first on a board, when the cohort was taken at the earliest; 0: never */
    int64_t credit;   /* so far */
    struct fate_state at[FATE_HORIZONS];
};
struct fates {
    struct fate *fate; /* [n], in order of regions and rows */
    size_t n, capacity;
    uint32_t *place;       /* open addressing by identity: index + 1, 0: free */
    size_t places;         /* a power of two */
    int32_t month;         /* after which the cohort was taken */
    const uint64_t *lines; /* instances whose support counts, one bit each; NULL: all */
};
void fates_free(struct fates *f);

/* Its place in fate[]; f->n: it is not of the cohort. */
size_t fates_find(const struct fates *f, struct identity who);

/* The cohort, and after each month since what happened in it.  horizon: months since, rising; 0: no more. */
enum status fates_begin(struct fates *f, const struct world *w) MUST_CHECK;
/* A cohort of this one enterprise, or of nobody if it does not live. */
enum status fates_begin_one(struct fates *f, const struct world *w, struct identity who) MUST_CHECK;
void fates_month(struct fates *f, const struct world *w, const int32_t horizon[FATE_HORIZONS]);

/* Columns that tables of worlds side by side have; world: base, variant, or alone (admitted alone; direct.h). */
/* clang-format off */
#define EN_base    "in the base"
#define EN_variant "in the variant"
#define EN_alone   "where it alone is admitted"
#define ZH_base    "基准"
#define ZH_variant "方案"
#define ZH_alone   "仅其准入时"
#define ZH_IN_base    ZH_base "中"
#define ZH_IN_variant ZH_variant "中"
#define ZH_IN_alone   ZH_alone
#define COLUMN_VARIANT {"variant", "1", SAMPLE_CODE, NAMES_NONE, "the world compared with the base", "对照方案"}
#define COLUMN_HORIZON {"horizon", "months", SAMPLE_INT32, NAMES_NONE, "months since the cohort was taken", "队列确定后月数"}
#define COLUMN_ALIVE(world) \
    {"alive_" #world, "1", SAMPLE_INT32, NAMES_NONE, "alive " EN_##world, ZH_IN_##world "存续"}
#define COLUMN_CREDIT(world) \
    {"credit_" #world, "fen", SAMPLE_INT64, NAMES_NONE, "facilities granted " EN_##world, ZH_##world "授信额"}
#define COLUMN_PATENTS(world) \
    {"patents_" #world, "patents", SAMPLE_INT32, NAMES_NONE, "patents since the cohort was taken " EN_##world ", of the living", \
     ZH_##world "专利数"}
#define COLUMN_BOARD(world) \
    {"board_" #world, "1", SAMPLE_INT32, NAMES_NONE, "highest board so far " EN_##world ", 1 + its place; 0: none", \
     ZH_IN_##world "到达的最高板块（0为无）"}
/* clang-format on */

/* Appends rows of fate_columns for a pair of worlds: one for each horizon, outcome, stratum and stage that anybody is in.
 * Enterprises of one cohort only are left out. */
enum status fates_join(struct sample *to, const struct fates *base, const struct fates *variant, uint32_t run,
                       uint32_t number, const int32_t horizon[FATE_HORIZONS]) MUST_CHECK;

/* The same, one row of fate_row_columns for each enterprise and horizon. */
enum status fates_rows(struct sample *to, const struct fates *base, const struct fates *variant, uint32_t run,
                       uint32_t number, const int32_t horizon[FATE_HORIZONS]) MUST_CHECK;
extern const struct sample_column fate_row_columns[];
enum { FATE_ROW_COLUMNS = 24 };

/* run variant horizon outcome stratum stage heads base variant_amount supported supported_base excluded; amounts: fen of
 * credit, the living, patents, the listed. */
extern const struct sample_column fate_columns[];
enum { FATE_COLUMNS = 12 };
extern const char fate_outcomes[], fate_strata[], fate_stages[]; /* names, separated by blanks */
#endif
