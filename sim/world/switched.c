/* SPDX-License-Identifier: GPL-3.0-or-later */
/* switched - see include/liandong/switched.h. */
#include <liandong/registry.h>
#include <liandong/switched.h>
#include <string.h>

/* One parameter of one instance, or of a single group. */
struct spot {
    const struct setup *s;
    int32_t region, instance, param;
};

/* The value in force in the first measured month. */
static const void *at_start(const struct spot *p)
{
    const struct param_desc *d = &param_table[p->param];
    const unsigned char *block = p->s->initial + (size_t)p->region * p->s->layout.size;
    const void *value = (const char *)values_at(block, &p->s->layout, d->group, p->instance) + d->offset;
    for (size_t k = 0; k < p->s->n_changes && p->s->change[k].month <= p->s->world.start; k++) {
        const struct change *c = &p->s->change[k];
        if (c->region == p->region && c->param == p->param && c->instance == p->instance)
            value = p->s->bytes + c->value;
    }
    return value;
}

/* The next change after the start, from change *k on; NULL: there is none. */
static const struct change *next_change(const struct spot *p, size_t *k)
{
    for (; *k < p->s->n_changes; (*k)++) {
        const struct change *c = &p->s->change[*k];
        if (c->month > p->s->world.start && c->region == p->region && c->param == p->param &&
            c->instance == p->instance)
            return &p->s->change[(*k)++];
    }
    return NULL;
}

static bool same(const struct spot *a, const struct spot *b)
{
    size_t size = param_table[a->param].size, i = 0, j = 0;
    if (memcmp(at_start(a), at_start(b), size) != 0)
        return false;
    for (;;) {
        const struct change *x = next_change(a, &i), *y = next_change(b, &j);
        if (x == NULL || y == NULL)
            return x == y;
        if (x->month != y->month || memcmp(a->s->bytes + x->value, b->s->bytes + y->value, size) != 0)
            return false;
    }
}

bool switched_stands(const struct setup *s, int32_t region, enum group g, int32_t instance)
{
    struct spot p = {s, region, instance, param_find(g, "enabled")};
    int32_t on;
    size_t k = 0;
    memcpy(&on, at_start(&p), sizeof on);
    for (const struct change *c = next_change(&p, &k); c != NULL && on == 0; c = next_change(&p, &k))
        memcpy(&on, s->bytes + c->value, sizeof on);
    return on != 0;
}

/* The instance of this name; -1: none. */
static int32_t namesake(const struct setup *s, enum group g, const char *name)
{
    for (int32_t k = 0; k < s->layout.count[g]; k++)
        if (strcmp(s->layout.name[g][k], name) == 0)
            return k;
    return -1;
}

static bool same_values(const struct setup *a, int32_t in_a, const struct setup *b, int32_t in_b, int32_t region,
                        enum group g)
{
    bool alike = true;
    for (size_t p = group_table[g].first; p < group_table[g].first + group_table[g].n && alike; p++)
        alike = same(&(struct spot){a, region, in_a, (int32_t)p}, &(struct spot){b, region, in_b, (int32_t)p});
    return alike;
}

size_t switched_list(const struct setup *base, const struct setup *variant, enum group group,
                     struct switched list[SWITCHED_MOST])
{
    size_t n = 0;
    for (int32_t r = 0; r < variant->n_regions; r++)
        for (int i = 0; i < N_INSTRUMENTS; i++) {
            enum group g = registry_groups[i];
            for (int32_t k = 0; k < variant->layout.count[g] && (group == N_GROUPS || group == g); k++) {
                int32_t other = namesake(base, g, variant->layout.name[g][k]);
                bool in_base = other >= 0 && switched_stands(base, r, g, other);
                if (switched_stands(variant, r, g, k) && !(in_base && same_values(base, other, variant, k, r, g)) &&
                    n < SWITCHED_MOST)
                    list[n++] = (struct switched){r, k, g, in_base};
            }
        }
    return n;
}

int32_t switched_line(const struct setup *setup, const struct switched *s)
{
    int32_t line = 0;
    for (int i = 0; i < N_INSTRUMENTS && registry_groups[i] != s->group; i++)
        line += setup->layout.count[registry_groups[i]];
    return line + s->instance;
}

bool switched_only(const struct setup *base, const struct setup *variant)
{
    for (int32_t r = 0; r < variant->n_regions; r++)
        for (int g = 0; g < N_GROUPS; g++) {
            if (group_table[g].scope == SCOPE_POLICY)
                continue;
            if (base->layout.count[g] != variant->layout.count[g])
                return false;
            for (int32_t k = 0; k < variant->layout.count[g]; k++)
                if (!same_values(base, k, variant, k, r, (enum group)g))
                    return false;
        }
    return true;
}
