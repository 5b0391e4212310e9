/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notes - see notes.h: lives through the dated values of each region and remembers what has stood. */
#include <liandong/notes.h>
#include <liandong/registry.h>
#include <liandong/triggers.h>
#include <string.h>

static const struct need {
    enum group group;
    const char *params;
    enum note_kind what;
} needs[] = {
#define IDLE                       NOTE_LACKS
#define UNPAID                     NOTE_UNPAID
#define BESIDE                     NOTE_ALONE
#define ELSEWHERE                  NOTE_ELSEWHERE
#define NEEDS(group, params, what) {GROUP_##group, params, what},
#include <liandong/needs.def>
#undef NEEDS
#undef ELSEWHERE
#undef BESIDE
#undef UNPAID
#undef IDLE
};
enum { N_NEEDS = sizeof needs / sizeof needs[0] };

/* An instance of a policy in a region. */
struct standing {
    enum group group;
    int32_t instance;
    bool changed_by_rule, stood;
    uint32_t met; /* bit j: its j-th need was met while it stood */
};

struct noting {
    const struct setup *s;
    struct note *list;
    size_t n, capacity;
    enum status status;
    struct standing standing[MAX_LINES];
    int32_t n_standing;
};

static void note(struct noting *x, struct note one)
{
    for (size_t k = 0; k < x->n; k++) { /* said of another region already */
        const struct note *o = &x->list[k];
        if (o->kind == one.kind && o->param == one.param && o->instance == one.instance && o->needs == one.needs &&
            strcmp(x->s->origin[o->origin], x->s->origin[one.origin]) == 0)
            return;
    }
    if (x->n == x->capacity) {
        size_t capacity = 2 * x->capacity + 8;
        struct note *grown = realloc(x->list, capacity * sizeof *grown);
        if (grown == NULL) {
            x->status = NO_MEMORY;
            return;
        }
        x->list = grown;
        x->capacity = capacity;
    }
    x->list[x->n++] = one;
}

/* ---- values ---------------------------------------------------------------------------------------------------------- */
static bool any(const struct tiers *tiers)
{
    for (int32_t k = 0; k < tiers->n; k++)
        if (tiers->share[k] > 0.0)
            return true;
    return false;
}

static bool nonzero(const struct param_desc *d, const unsigned char *value)
{
    double number;
    int32_t whole;
    money amount;
    if (d->kind == KIND_RATE || d->kind == KIND_SHARE || d->kind == KIND_NUMBER) {
        memcpy(&number, value, sizeof number);
        return number > 0.0 || number < 0.0;
    }
    if (d->kind == KIND_MONEY) {
        memcpy(&amount, value, sizeof amount);
        return amount.fen != 0;
    }
    memcpy(&whole, value, sizeof whole);
    return whole != 0;
}

/* Whether one of the parameters is not 0; tiers that are given decide alone. */
static bool need_met(const struct need *need, const unsigned char *values)
{
    bool met = false;
    for (const char *at = need->params; *at != '\0'; at += strspn(at, "|")) {
        char name[NAME_SIZE] = "";
        size_t n = strcspn(at, "|");
        memcpy(name, at, n < NAME_SIZE ? n : NAME_SIZE - 1);
        at += n;
        const struct param_desc *d = &param_table[param_find(need->group, name)];
        struct tiers tiers;
        if (d->kind != KIND_TIERS) {
            met = met || nonzero(d, values + d->offset);
            continue;
        }
        memcpy(&tiers, values + d->offset, sizeof tiers);
        if (tiers.n > 0)
            return any(&tiers);
    }
    return met;
}

static bool stands(const struct setup *s, const unsigned char *block, int g, int32_t instance)
{
    int32_t enabled;
    memcpy(&enabled, values_at(block, &s->layout, (enum group)g, instance),
           sizeof enabled); /* policy_common begins with it */
    return enabled != 0;
}

/* "guarantee|trial_guarantee": whether any of them stands. */
static bool company_met(const struct setup *s, const unsigned char *block, const char *names)
{
    for (const char *at = names; *at != '\0'; at += strspn(at, "|")) {
        size_t n = strcspn(at, "|");
        for (int g = 0; g < N_GROUPS; g++)
            for (int32_t k = 0;
                 strncmp(group_table[g].name, at, n) == 0 && group_table[g].name[n] == '\0' && k < s->layout.count[g];
                 k++)
                if (stands(s, block, g, k))
                    return true;
        at += n;
    }
    return false;
}

static bool is_on(const struct setup *s, const struct change *c)
{
    int32_t on;
    memcpy(&on, s->bytes + c->value, sizeof on);
    return on != 0;
}

/* What switches an instance on: its first value, or else its first dated one; -1: nothing does. */
static int32_t switched_on(const struct setup *s, int32_t region, const struct standing *one)
{
    int32_t param = (int32_t)group_table[one->group].first, enabled;
    memcpy(&enabled, values_at(s->initial + (size_t)region * s->layout.size, &s->layout, one->group, one->instance),
           sizeof enabled);
    if (enabled)
        return s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, param, one->instance)];
    for (size_t i = 0; i < s->n_changes; i++) {
        const struct change *c = &s->change[i];
        if (c->region == region && c->param == param && c->instance == one->instance && is_on(s, c))
            return c->origin;
    }
    return -1;
}

/* Whether anything switches it on in another region; what rules do nobody knows. */
static bool stands_elsewhere(const struct setup *s, int32_t region, const struct standing *one)
{
    bool somewhere = s->n_triggers > 0 && s->n_regions > 1;
    for (int32_t r = 0; r < s->n_regions; r++)
        somewhere = somewhere || (r != region && switched_on(s, r, one) >= 0);
    return somewhere;
}

/* ---- a region's time ------------------------------------------------------------------------------------------------- */
static void list_standing(struct noting *x, int32_t region)
{
    const struct setup *s = x->s;
    x->n_standing = 0;
    for (int g = 0; g < N_GROUPS; g++)
        for (int32_t k = 0; group_table[g].scope == SCOPE_POLICY && k < s->layout.count[g]; k++) {
            struct standing one = {.group = (enum group)g, .instance = k};
            size_t from = s->layout.offset[g] + (size_t)k * group_table[g].size, to = from + group_table[g].size;
            for (size_t t = 0; t < s->n_triggers; t++)
                one.changed_by_rule =
                    one.changed_by_rule ||
                    (s->trigger[t].changed == region && s->trigger[t].offset >= from && s->trigger[t].offset < to);
            x->standing[x->n_standing++] = one;
        }
}

static void look(struct noting *x, int32_t region, const unsigned char *block)
{
    for (int32_t i = 0; i < x->n_standing; i++) {
        struct standing *one = &x->standing[i];
        const unsigned char *values = values_at(block, &x->s->layout, one->group, one->instance);
        if (!stands(x->s, block, (int)one->group, one->instance))
            continue;
        one->stood = true;
        for (uint32_t k = 0, j = 0; k < N_NEEDS; k++)
            if (needs[k].group == one->group)
                one->met |= (uint32_t)(needs[k].what == NOTE_ALONE       ? company_met(x->s, block, needs[k].params)
                                       : needs[k].what == NOTE_ELSEWHERE ? stands_elsewhere(x->s, region, one)
                                                                         : need_met(&needs[k], values))
                            << j++;
    }
}

/* The values of each stretch of measured months in which nothing changes. */
static void live(struct noting *x, int32_t region, unsigned char *block)
{
    const struct setup *s = x->s;
    int32_t end = s->world.start + s->world.months;
    memcpy(block, s->initial + (size_t)region * s->layout.size, s->layout.size);
    for (size_t i = 0; i < s->n_changes && s->change[i].month < end; i++) {
        const struct change *c = &s->change[i];
        if (c->month > s->world.start && (i == 0 || s->change[i - 1].month < c->month))
            look(x, region, block);
        if (c->region == region)
            memcpy(block + c->offset, s->bytes + c->value, c->size);
    }
    look(x, region, block);
}

/* ---- what is said of it ---------------------------------------------------------------------------------------------- */
/* Where the first of these was set, or `else_` where no layer did. */
static int32_t set_at(const struct setup *s, int32_t region, const struct standing *one, const char *params,
                      int32_t else_)
{
    char name[NAME_SIZE] = "";
    memcpy(name, params, strcspn(params, "|"));
    size_t slot = setup_slot(s, param_find(one->group, name), one->instance);
    int32_t origin = s->initial_origin[(size_t)region * s->n_slots + slot];
    return strchr(s->origin[origin], ':') != NULL ? origin : else_; /* else "default" */
}

static void say_of_policy(struct noting *x, int32_t region, const struct standing *one)
{
    int32_t origin = one->changed_by_rule ? -1 : switched_on(x->s, region, one);
    struct note n = {NOTE_NEVER, region, (int32_t)group_table[one->group].first, one->instance, NULL, origin};
    if (origin < 0)
        return;
    if (!one->stood)
        note(x, n);
    for (uint32_t k = 0, j = 0; k < N_NEEDS && one->stood; k++)
        if (needs[k].group == one->group && (one->met >> j++ & 1) == 0) {
            n.kind = needs[k].what;
            n.needs = needs[k].params;
            n.origin =
                n.kind == NOTE_ALONE || n.kind == NOTE_ELSEWHERE ? origin : set_at(x->s, region, one, n.needs, origin);
            note(x, n);
        }
}

static bool is_default(const struct param_desc *d, const unsigned char *value)
{
    _Alignas(8) unsigned char def[sizeof(struct tiers)];
    param_default(d, def);
    return memcmp(def, value, d->size) == 0;
}

/* Parameters of an instance that are set and act on nothing: at once, or from a date on. */
static void say_of_idle(struct noting *x, int32_t region, const struct standing *one)
{
    const struct setup *s = x->s;
    const unsigned char *values =
        values_at(s->initial + (size_t)region * s->layout.size, &s->layout, one->group, one->instance);
    for (size_t p = group_table[one->group].first; p < group_table[one->group].first + group_table[one->group].n; p++) {
        if (registry_idle(p) == 0)
            continue;
        const struct param_desc *d = &param_table[p];
        struct note n = {NOTE_ACTS_NOT, region, (int32_t)p, one->instance, NULL, 0};
        bool set = !is_default(d, values + d->offset);
        n.origin = s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, (int32_t)p, one->instance)];
        for (size_t i = 0; i < s->n_changes && !set; i++) {
            const struct change *c = &s->change[i];
            set = c->region == region && c->param == (int32_t)p && c->instance == one->instance &&
                  !is_default(d, s->bytes + c->value);
            n.origin = set ? c->origin : n.origin;
        }
        if (set)
            note(x, n);
    }
}

/* Dated values, but of `enabled`, of which spoken already: one whose first date lies behind the end has no other. */
static void say_of_dates(struct noting *x, int32_t region)
{
    const struct setup *s = x->s;
    int32_t end = s->world.start + s->world.months;
    for (size_t i = s->n_changes; i-- > 0 && s->change[i].month >= end;) {
        const struct change *c = &s->change[i];
        bool first = c->region == region &&
                     !(group_table[c->group].scope == SCOPE_POLICY && (size_t)c->param == group_table[c->group].first);
        for (size_t j = 0; j < i && first; j++)
            first =
                s->change[j].region != region || s->change[j].param != c->param || s->change[j].instance != c->instance;
        if (first)
            note(x, (struct note){NOTE_OUTSIDE, region, c->param, c->instance, NULL, c->origin});
    }
}

/* Neither a stock to start from nor founders. */
static void say_of_enterprises(struct noting *x, int32_t region)
{
    const struct setup *s = x->s;
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    const struct enterprises_params *e = values_at(block, &s->layout, GROUP_enterprises, 0);
    const struct founders_params *f = values_at(block, &s->layout, GROUP_founders, 0);
    if (e->initial == 0 && f->per_month <= 0.0)
        note(x, (struct note){NOTE_EMPTY, region, param_find(GROUP_enterprises, "initial"), 0, NULL, 0});
}

enum status setup_notes(const struct setup *s, struct note **list, size_t *n)
{
    *list = NULL;
    *n = 0;
    struct noting *x = calloc(1, sizeof *x);
    unsigned char *block = malloc(s->layout.size);
    enum status status = NO_MEMORY;
    if (x != NULL && block != NULL) {
        x->s = s;
        for (int32_t r = 0; r < s->n_regions; r++) {
            list_standing(x, r);
            live(x, r, block);
            for (int32_t i = 0; i < x->n_standing; i++) {
                say_of_policy(x, r, &x->standing[i]);
                say_of_idle(x, r, &x->standing[i]);
            }
            say_of_dates(x, r);
            say_of_enterprises(x, r);
        }
        status = x->status;
    }
    if (status == OK) {
        *list = x->list;
        *n = x->n;
    } else if (x != NULL) {
        free(x->list);
    }
    free(block);
    free(x);
    return status;
}
