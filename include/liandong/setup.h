/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup - what a world is made from: regions, instances, values at the first month, dated changes, where each came from.
 *
 * Whoever reads a scenario (a YAML file, --set, a sweep, a test) hands over assignments: full names and texts.
 * setup_build resolves them against the table of parameters and reports every error at its place.  After that a setup is
 * constant.  A run is a function of (setup, seed, run). */
#ifndef LIANDONG_SETUP_H
#define LIANDONG_SETUP_H
#include <liandong/diag.h>
#include <liandong/params.h>

enum { NO_DATE = INT32_MIN, MAX_REGIONS = 1024 };

/* key: "regions.*.credit.base_rate", "credit.base_rate" (short for all regions), "regions.gz.policies.risk_pool.share",
 * "seed", "months" ...  value NULL: removed (back to what lies below it; an instance: gone).
 * date: month in which it starts to hold (months since 0000-01), or NO_DATE: from the beginning. */
struct assignment {
    const char *key, *value;
    int32_t date;
    int32_t layer; /* a later layer wins; within one a name beats '*' */
    struct place at;
    const char *layer_name; /* for origins ("guangzhou:12"); NULL: at.file */
};

/* The top-level values of a scenario. */
struct world_values {
    char title_en[256], title_zh[256];
    int32_t start; /* first measured month, months since 0000-01 */
    int32_t months, burn_in;
    int32_t initial_empty; /* initial: empty */
    double scale;          /* 1/k keeps every k-th identity; above 1 multiplies */
    int64_t seed;
};

/* The keys of the world, in the order of setup.world_origin. */
enum world_key {
    WORLD_START,
    WORLD_MONTHS,
    WORLD_BURN_IN,
    WORLD_INITIAL,
    WORLD_SCALE,
    WORLD_SEED,
    WORLD_TITLE,
    WORLD_TITLE_EN,
    WORLD_TITLE_ZH,
    N_WORLD_KEYS
};
struct world_desc {
    const char *name;
    enum kind kind; /* KIND_CHOICE for texts and months, too */
    const char *unit, *def;
    double min, max; /* of numbers */
    const char *en, *zh;
};
extern const struct world_desc world_table[N_WORLD_KEYS];

/* The text of one of them, as a scenario would write it. */
void world_text(const struct world_values *world, enum world_key key, char *text, size_t size);

struct change {
    int32_t month, region;
    enum group group;
    int32_t instance, param; /* param: index into param_table */
    size_t offset, size;     /* in the block of the region */
    size_t value;            /* offset in `bytes` */
    int32_t origin;
};

struct trigger;

struct setup {
    struct world_values world;
    int32_t world_origin[7]; /* of start months burn_in initial scale seed title, in this order */
    int32_t n_regions;
    char (*region)[NAME_SIZE];
    struct layout layout;
    unsigned char *initial;  /* n_regions blocks of layout.size */
    int32_t *initial_origin; /* [region][slot]; see setup_slot */
    size_t n_slots;          /* parameters x instances of one region */
    size_t n_changes;
    struct change *change; /* sorted by month, region, then order of assignment */
    unsigned char *bytes;
    size_t n_bytes;
    char **origin; /* "default", "guangzhou:12", "--set:1" */
    size_t n_origins;
    struct trigger *trigger; /* rules, by name, then by region (triggers.h) */
    size_t n_triggers;
    int32_t founders_given; /* every region has `enterprise.founders` from a layer at or above `enterprises.initial` */
};

/* The parameter that a full or short name means, or NULL: for readers, who must know what a map under it means. */
const struct param_desc *setup_param(const char *key);

/* The month before which no dated change comes: start - burn_in, or start of an empty world. */
int32_t setup_first_month(const struct setup *s);

/* Resolves all assignments.  On errors every one is in diag, FAILED is returned and `s` is freed. */
enum status setup_build(struct setup *s, const struct assignment *assignment, size_t n, struct diag *diag) MUST_CHECK;
void setup_free(struct setup *s);
enum status setup_copy(struct setup *to, const struct setup *from) MUST_CHECK;

/* The slot (index into initial_origin of a region) of a parameter of an instance. */
size_t setup_slot(const struct setup *s, int32_t param, int32_t instance);

/* Sets one number directly (for the search of `founders`, for tests): kind RATE, SHARE, NUMBER, COUNT or MONEY (yuan). */
void setup_set_number(struct setup *s, int32_t region, const char *group_param, int32_t instance, double value);

/* The full name of a value: "regions.guangzhou.policies.risk_pool.city.share"; the instance is left out where it is
 * called like its group. */
void setup_name(const struct setup *s, int32_t region, int32_t param, int32_t instance, char *text, size_t size);

/* The text of one value as a scenario would write it: "0.4", "true", "400000000" (yuan), "5000000: 0.4, 15000000: 0.3". */
void value_text(const struct param_desc *desc, const void *value, char *text, size_t size);

/* Reads one value: numbers, "400 m", "4 亿", "150 万", "1/3", true/false/yes/no, choices, tiers.  Money goes from decimal
 * text to fen without a double. */
enum status value_read(const struct param_desc *desc, const char *text, void *value, struct place at, const char *name,
                       struct diag *diag) MUST_CHECK;

/* "2024-07" to months since 0000-01; false if it is not such a text. */
bool month_read(const char *text, int32_t *month);
void month_text(int32_t month, char text[8]);
#endif
