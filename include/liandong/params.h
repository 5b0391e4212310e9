/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params - the one table of parameters (params.def), and the C structs that follow from it.
 *
 * A region's values in force are one block of bytes: every SINGLE group once, every NAMED or POLICY group once for each
 * instance.  The model reads them as plain structs: P(r, credit)->base_rate, NAMED(r, banks, k)->capital. */
#ifndef LIANDONG_PARAMS_H
#define LIANDONG_PARAMS_H
#include <liandong/money.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    N_STAGES = 5,
    MAX_SECTORS = 16,
    MAX_TIERS = 4,
    MAX_BANK_KINDS = 64,
    MAX_BOARDS = 12,
    MAX_INSTANCES = 64,
    MAX_BEARERS = 32,
    MAX_LINES = 256,
    MOST_LINES = MAX_LINES - 1, /* instances of policies: k + 1 fits into a byte */
    NAME_SIZE = 48
};

/* A share by loan size: loans up to `to[k]` get share[k]; n = 0 means "not by size". */
struct tiers {
    int32_t n, unused;
    money to[MAX_TIERS];
    double share[MAX_TIERS];
};

enum kind {
    KIND_SWITCH,
    KIND_CHOICE,
    KIND_COUNT,
    KIND_MONTHS,
    KIND_RATE,
    KIND_SHARE,
    KIND_NUMBER,
    KIND_MONEY,
    KIND_TIERS
};
enum scope { SCOPE_SINGLE, SCOPE_NAMED, SCOPE_POLICY };

/* What a parameter acts on: a closed list.  There is no "outcome" in it, and `make check` sees to that. */
/* clang-format off */
#define ACTS(X) \
    X(MONEY, "money", "资金") \
    X(ELIGIBILITY, "eligibility", "资格") \
    X(PRECISION, "precision", "信息精度") \
    X(HOURS, "hours", "工时") \
    X(COST, "cost", "成本") \
    X(DELAY, "delay", "时滞") \
    X(COVER, "cover", "分担") \
    X(CAPACITY, "capacity", "容量") \
    X(AWARENESS, "awareness", "知晓") \
    X(TOLERANCE, "tolerance", "容忍度") \
    X(PROFIT_SHARE, "profit share", "收益分成") \
    X(PREFERENCE, "preference", "偏好") \
    X(TECHNOLOGY, "technology", "技术") \
    X(NATURE, "nature", "自然") \
    X(NUMERICS, "numerics", "数值") \
    X(CLOSED_FORM, "closed form", "闭式检验")
/* clang-format on */
enum acts {
#define X(name, en, zh) ACTS_##name,
    ACTS(X)
#undef X
        N_ACTS
};

/* Flags of a parameter. */
enum {
    PARAM_SIZE = 1,        /* all SIZE parameters at 0 make the instrument of size zero */
    PARAM_RESETS_NEXT = 2, /* setting it empties the next parameter (share empties tiers) */
    PARAM_AGENT = 4,       /* fixed when the world is made: it cannot be dated */
};

/* C types of the kinds */
#define TYPE_SWITCH int32_t
#define TYPE_CHOICE int32_t
#define TYPE_COUNT  int32_t
#define TYPE_MONTHS int32_t
#define TYPE_RATE   double
#define TYPE_SHARE  double
#define TYPE_NUMBER double
#define TYPE_MONEY  money
#define TYPE_TIERS  struct tiers

/* struct credit_params { double base_rate; ... }; and so on for every group */
#define GROUP(group, scope, en, zh)                                                struct group##_params {
#define PARAM(group, name, kind, unit, def, min, max, acts, flags, source, en, zh) TYPE_##kind name;
#define END_GROUP(group) \
    }                    \
    ;
#include <liandong/params.def>
#undef GROUP
#undef PARAM
#undef END_GROUP

enum group {
#define GROUP(group, scope, en, zh) GROUP_##group,
#define PARAM(...)
#define END_GROUP(group)
#include <liandong/params.def>
#undef GROUP
#undef PARAM
#undef END_GROUP
    N_GROUPS
};

/* Every policy group starts with these (POLICY_COMMON in params.def), so the frame can read them of any instrument. */
struct policy_common {
    int32_t enabled;
    int32_t registered_only;
    money budget;
    int32_t budget_carry, budget_rule, claim_lag, claim_life;
    double saturation;
};

struct group_desc {
    const char *name, *label_en, *label_zh;
    enum scope scope;
    size_t size;     /* of its struct */
    size_t first, n; /* its parameters: param_table[first] ... [first + n - 1] */
};

struct param_desc {
    const char *name;
    enum group group;
    enum kind kind;
    const char *unit;     /* for a CHOICE the names, separated by | */
    double def, min, max; /* money in yuan, a switch or choice as its number */
    enum acts acts;
    int flags;
    const char *source; /* of the default: a citation, or "assumed" */
    const char *en, *zh;
    size_t offset, size; /* within the struct of its group */
};

extern const struct group_desc group_table[N_GROUPS];
extern const struct param_desc param_table[];
extern const size_t n_params;
extern const char *const acts_names_en[N_ACTS], *const acts_names_zh[N_ACTS];

/* A group of this name, or N_GROUPS; a parameter of a group (index into param_table), or -1. */
enum group group_find(const char *name);
/* The n-th further name under which scenarios may write a group (aliases.def), from 0; NULL: there are no more. */
const char *group_alias(enum group group, size_t n);
int32_t param_find(enum group group, const char *name);
/* Whether a group has the instances of instances.def and no others, since the model knows each of them: stages, partners. */
bool group_fixed(enum group group);

/* Length of entry k of a choice's unit ("sunk|yearly"), which starts at *start; 0: there is no such entry. */
size_t choice_name(const struct param_desc *desc, int32_t k, const char **start);

/* The number with the fewest digits that reads back as the same double; free of the locale. */
enum { NUMBER_SIZE = 32 };
void number_text(double number, char text[NUMBER_SIZE]);

/* The default of a parameter as the model holds it (desc->size bytes). */
void param_default(const struct param_desc *desc, void *value);

/* Instances that every scenario starts with (instances.def): sectors, stages, a bank. */
struct shipped_instance {
    enum group group;
    const char *name, *label_en, *label_zh;
};
struct shipped_value {
    enum group group;
    const char *instance, *param, *text; /* text as in a scenario file */
};
extern const struct shipped_instance shipped_instances[];
extern const size_t n_shipped_instances;
extern const struct shipped_value shipped_values[];
extern const size_t n_shipped_values;

/* Where each group's values lie in a region's block, and what its instances are called (the same in all regions). */
struct layout {
    size_t size; /* bytes of one region's block */
    size_t offset[N_GROUPS];
    int32_t count[N_GROUPS];           /* 1 for a SINGLE group */
    char (*name[N_GROUPS])[NAME_SIZE]; /* name[g][k]; NULL for a SINGLE group */
};

/* The struct of instance k of a group in a block of values. */
static inline const void *values_at(const unsigned char *block, const struct layout *layout, enum group g, int32_t k)
{
    return block + layout->offset[g] + (size_t)k * group_table[g].size;
}

#define P(r, group)        ((const struct group##_params *)(const void *)((r)->now + (r)->layout->offset[GROUP_##group]))
#define NAMED(r, group, k) (P(r, group) + (k))

/* The share that holds for a loan of this size: by tier, else the scalar; above the last tier nothing. */
static inline double tiered_share(const struct tiers *tiers, double scalar, money loan)
{
    if (tiers->n == 0)
        return scalar;
    for (int32_t k = 0; k < tiers->n; k++)
        if (loan.fen <= tiers->to[k].fen)
            return tiers->share[k];
    return 0.0;
}
#endif
