/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parting - see include/liandong/parting.h. */
#include <liandong/parting.h>
#include <liandong/triggers.h>
#include <stdlib.h>
#include <string.h>

/* The values in force, month after month. */
struct follow {
    const struct setup *s;
    unsigned char *values; /* of all regions */
    size_t next;           /* change */
};

static bool follow_begin(struct follow *f, const struct setup *s)
{
    size_t bytes = (size_t)s->n_regions * s->layout.size;
    *f = (struct follow){.s = s, .values = malloc(bytes)};
    if (f->values != NULL)
        memcpy(f->values, s->initial, bytes);
    return f->values != NULL;
}

static void follow_to(struct follow *f, int32_t month)
{
    for (; f->next < f->s->n_changes && f->s->change[f->next].month <= month; f->next++) {
        const struct change *c = &f->s->change[f->next];
        memcpy(f->values + (size_t)c->region * f->s->layout.size + c->offset, f->s->bytes + c->value, c->size);
    }
}

static int32_t next_month(const struct follow *f)
{
    return f->next < f->s->n_changes ? f->s->change[f->next].month : INT32_MAX;
}

/* One instance in one region; instance -1: there is none. */
struct place_of {
    const struct follow *f;
    int32_t region, instance;
    enum group group;
};

static const unsigned char *values_of(const struct place_of *p)
{
    const struct layout *l = &p->f->s->layout;
    return values_at(p->f->values + (size_t)p->region * l->size, l, p->group, p->instance);
}

/* Whether a rule of monitoring may switch it on, nobody knows when. */
static bool may_be_triggered(const struct place_of *p)
{
    const struct setup *s = p->f->s;
    const unsigned char *block = s->initial + (size_t)p->region * s->layout.size,
                        *values = values_at(block, &s->layout, p->group, p->instance);
    size_t at = (size_t)(values - block);
    for (size_t k = 0; k < s->n_triggers; k++) {
        const struct trigger *t = &s->trigger[k];
        const struct param_desc *d = &param_table[t->param];
        if (t->changed == p->region && t->offset == at + d->offset && strcmp(d->name, "enabled") == 0)
            return true;
    }
    return false;
}

/* Has a policy stood by a month, or may it have? */
static bool has_stood(const struct place_of *p, int32_t month)
{
    const struct setup *s = p->f->s;
    struct policy_common common;
    if (p->instance < 0)
        return false;
    if (may_be_triggered(p))
        return true;
    memcpy(&common, values_at(s->initial + (size_t)p->region * s->layout.size, &s->layout, p->group, p->instance),
           sizeof common);
    for (size_t k = 0; k < s->n_changes && s->change[k].month <= month && common.enabled == 0; k++) {
        const struct change *c = &s->change[k];
        if (c->region == p->region && c->group == p->group && c->instance == p->instance &&
            strcmp(param_table[c->param].name, "enabled") == 0)
            memcpy(&common.enabled, s->bytes + c->value, sizeof common.enabled);
    }
    return common.enabled != 0;
}

static bool same_values(const struct place_of *a, const struct place_of *b)
{
    const struct group_desc *g = &group_table[a->group];
    const unsigned char *x = values_of(a), *y = values_of(b);
    for (size_t p = g->first; p < g->first + g->n; p++)
        if (memcmp(x + param_table[p].offset, y + param_table[p].offset, param_table[p].size) != 0)
            return false;
    return true;
}

/* The instance of that name, or of a single group the one there is. */
static int32_t namesake(const struct setup *s, const struct setup *other, enum group g, int32_t instance)
{
    if (s->layout.name[g] == NULL || other->layout.name[g] == NULL)
        return instance < other->layout.count[g] ? instance : -1;
    for (int32_t k = 0; k < other->layout.count[g]; k++)
        if (strcmp(other->layout.name[g][k], s->layout.name[g][instance]) == 0)
            return k;
    return -1;
}

static bool group_parts(const struct follow *a, const struct follow *b, int32_t region, enum group g, int32_t month)
{
    for (int32_t k = 0; k < a->s->layout.count[g]; k++) {
        struct place_of x = {a, region, k, g}, y = {b, region, namesake(a->s, b->s, g, k), g};
        if (y.instance >= 0 && same_values(&x, &y))
            continue;
        if (group_table[g].scope != SCOPE_POLICY || has_stood(&x, month) || has_stood(&y, month))
            return true;
    }
    return false;
}

static bool parted(const struct follow *a, const struct follow *b, int32_t month)
{
    for (int32_t r = 0; r < a->s->n_regions; r++)
        for (int g = 0; g < N_GROUPS; g++) /* both ways: either may have instances that the other lacks */
            if (group_parts(a, b, r, (enum group)g, month) || group_parts(b, a, r, (enum group)g, month))
                return true;
    return false;
}

static bool same_triggers(const struct setup *a, const struct setup *b)
{
    bool same = a->n_triggers == b->n_triggers;
    for (size_t k = 0; same && k < a->n_triggers; k++)
        same = strcmp(a->trigger[k].text, b->trigger[k].text) == 0 && a->trigger[k].watched == b->trigger[k].watched &&
               a->trigger[k].changed == b->trigger[k].changed;
    return same;
}

enum status setups_part(const struct setup *a, const struct setup *b, int32_t *month)
{
    struct follow x = {.s = a}, y = {.s = b};
    *month = a->world.start;
    if (!same_triggers(a, b))
        return OK;
    enum status status = follow_begin(&x, a) && follow_begin(&y, b) ? OK : NO_MEMORY;
    while (status == OK && *month < INT32_MAX) {
        follow_to(&x, *month);
        follow_to(&y, *month);
        if (parted(&x, &y, *month))
            break;
        *month = next_month(&x) < next_month(&y) ? next_month(&x) : next_month(&y);
    }
    free(x.values);
    free(y.values);
    return status;
}
