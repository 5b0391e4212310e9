/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params - the tables that follow from params.def and instances.def, and look-up in them.  value.c reads and writes
 * single values. */
#include <liandong/params.h>
#include <string.h>

/* Numbers the parameters in the order of the list: FIRST_g and PAST_g of each group.  The RESET entries only give
 * the count back that FIRST_ and PAST_ used up. */
enum {
#define GROUP(group, scope, en, zh)                                                FIRST_##group, RESET_FIRST_##group = FIRST_##group - 1,
#define PARAM(group, name, kind, unit, def, min, max, acts, flags, source, en, zh) INDEX_##group##_##name,
#define END_GROUP(group)                                                           PAST_##group, RESET_PAST_##group = PAST_##group - 1,
#include <liandong/params.def>
#undef GROUP
#undef PARAM
#undef END_GROUP
    PAST_ALL
};

const struct group_desc group_table[N_GROUPS] = {
#define GROUP(group, scope, en, zh) \
    [GROUP_##group] = {             \
        #group, en, zh, SCOPE_##scope, sizeof(struct group##_params), FIRST_##group, PAST_##group - FIRST_##group},
#define PARAM(group, name, kind, unit, def, min, max, acts, flags, source, en, zh)
#define END_GROUP(group)
#include <liandong/params.def>
#undef GROUP
#undef PARAM
#undef END_GROUP
};

const struct param_desc param_table[] = {
#define GROUP(group, scope, en, zh)
#define PARAM(group, name, kind, unit, def, min, max, acts, flags, source, en, zh) \
    {#name,                                                                        \
     GROUP_##group,                                                                \
     KIND_##kind,                                                                  \
     unit,                                                                         \
     def,                                                                          \
     min,                                                                          \
     max,                                                                          \
     ACTS_##acts,                                                                  \
     flags,                                                                        \
     source,                                                                       \
     en,                                                                           \
     zh,                                                                           \
     offsetof(struct group##_params, name),                                        \
     sizeof(((struct group##_params *)0)->name)},
#define END_GROUP(group)
#include <liandong/params.def>
#undef GROUP
#undef PARAM
#undef END_GROUP
};
const size_t n_params = sizeof param_table / sizeof param_table[0];

#define X(name, en, zh) en,
const char *const acts_names_en[N_ACTS] = {ACTS(X)};
#undef X
#define X(name, en, zh) zh,
const char *const acts_names_zh[N_ACTS] = {ACTS(X)};
#undef X

const struct shipped_instance shipped_instances[] = {
#define INSTANCE(group, name, en, zh) {GROUP_##group, #name, en, zh},
#define VALUE(group, name, param, text)
#include <liandong/instances.def>
#undef INSTANCE
#undef VALUE
};
const size_t n_shipped_instances = sizeof shipped_instances / sizeof shipped_instances[0];

const struct shipped_value shipped_values[] = {
#define INSTANCE(group, name, en, zh)
#define VALUE(group, name, param, text) {GROUP_##group, #name, #param, text},
#include <liandong/instances.def>
#undef INSTANCE
#undef VALUE
};
const size_t n_shipped_values = sizeof shipped_values / sizeof shipped_values[0];

static const struct alias {
    const char *name;
    enum group group;
} aliases[] = {
#define ALIAS(name, group) {#name, GROUP_##group},
#include <liandong/aliases.def>
#undef ALIAS
};

enum group group_find(const char *name)
{
    int g = 0;
    while (g < N_GROUPS && strcmp(group_table[g].name, name) != 0)
        g++;
    for (size_t k = 0; g == N_GROUPS && k < sizeof aliases / sizeof aliases[0]; k++)
        if (strcmp(aliases[k].name, name) == 0)
            return aliases[k].group;
    return (enum group)g;
}

const char *group_alias(enum group group, size_t n)
{
    for (size_t k = 0; k < sizeof aliases / sizeof aliases[0]; k++)
        if (aliases[k].group == group && n-- == 0)
            return aliases[k].name;
    return NULL;
}

bool group_fixed(enum group group)
{
    return group == GROUP_stages || group == GROUP_partners;
}

int32_t param_find(enum group group, const char *name)
{
    const struct group_desc *g = &group_table[group];
    for (size_t p = g->first; p < g->first + g->n; p++)
        if (strcmp(param_table[p].name, name) == 0)
            return (int32_t)p;
    return -1;
}

size_t choice_name(const struct param_desc *desc, int32_t k, const char **start)
{
    const char *at = desc->unit;
    for (int32_t i = 0; i < k; i++) {
        at = strchr(at, '|');
        if (at == NULL)
            return 0;
        at++;
    }
    *start = at;
    return strcspn(at, "|");
}

/* Yuan to fen; the table keeps both below 2^53, where they are exact in a double. */
static money fen_of(double yuan)
{
    double fen = yuan * 100.0;
    return FEN(fen < 0.0 ? fen - 0.5 : fen + 0.5);
}

void param_default(const struct param_desc *desc, void *value)
{
    int32_t whole;
    money amount;
    switch (desc->kind) {
    case KIND_SWITCH:
    case KIND_CHOICE:
    case KIND_COUNT:
    case KIND_MONTHS:
        whole = (int32_t)desc->def;
        memcpy(value, &whole, sizeof whole);
        return;
    case KIND_RATE:
    case KIND_SHARE:
    case KIND_NUMBER:
        memcpy(value, &desc->def, sizeof desc->def);
        return;
    case KIND_MONEY:
        amount = fen_of(desc->def);
        memcpy(value, &amount, sizeof amount);
        return;
    case KIND_TIERS:
        memset(value, 0, sizeof(struct tiers));
        return;
    }
}
