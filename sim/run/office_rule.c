/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which instances make the policy of a variant, and where their eligibility ends; see include/liandong/office.h. */
#include <liandong/office.h>
#include <liandong/registry.h>
#include <string.h>

/* The values of one instance in one region, month by month. */
struct follow {
    const struct setup *setup;
    int32_t region, instance;
    enum group group;
    size_t next; /* change */
    unsigned char *value;
};

static bool follow_begin(struct follow *f, const struct setup *s, int32_t region, enum group group, int32_t instance)
{
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    *f = (struct follow){s, region, instance, group, 0, malloc(group_table[group].size)};
    if (f->value != NULL)
        memcpy(f->value, values_at(block, &s->layout, group, instance), group_table[group].size);
    return f->value != NULL;
}

/* The month of the next change of this instance; INT32_MAX: none. */
static int32_t follow_month(struct follow *f)
{
    for (; f->next < f->setup->n_changes; f->next++) {
        const struct change *c = &f->setup->change[f->next];
        if (c->region == f->region && c->group == f->group && c->instance == f->instance)
            return c->month;
    }
    return INT32_MAX;
}

static void follow_to(struct follow *f, int32_t month)
{
    while (follow_month(f) <= month && f->next < f->setup->n_changes) {
        const struct change *c = &f->setup->change[f->next++];
        memcpy(f->value + param_table[c->param].offset, f->setup->bytes + c->value, c->size);
    }
}

static bool enabled(const struct follow *f)
{
    struct policy_common common;
    memcpy(&common, f->value, sizeof common);
    return common.enabled != 0;
}

static bool same(const struct follow *a, const struct follow *b)
{
    const struct group_desc *g = &group_table[a->group];
    for (size_t p = g->first; p < g->first + g->n; p++)
        if (memcmp(a->value + param_table[p].offset, b->value + param_table[p].offset, param_table[p].size) != 0)
            return false;
    return true;
}

/* What an instance is over all months. */
struct history {
    bool stands, in_base, apart;
    int32_t first; /* month in which it first stands, since the cohort is followed */
};

static void note(struct history *h, const struct follow *variant, const struct follow *base, int32_t month)
{
    if (enabled(variant) && !h->stands)
        h->first = month;
    h->stands = h->stands || enabled(variant);
    h->in_base = h->in_base || (base->value != NULL && enabled(base));
    h->apart = h->apart || base->value == NULL || !same(variant, base);
}

/* base->value NULL: the base has no such instance.  What was over before `month` counts for nothing. */
static void follow_both(struct follow *variant, struct follow *base, int32_t month, struct history *h)
{
    while (month < INT32_MAX) {
        follow_to(variant, month);
        if (base->value != NULL)
            follow_to(base, month);
        note(h, variant, base, month);
        int32_t next = follow_month(variant), other = base->value == NULL ? INT32_MAX : follow_month(base);
        month = next < other ? next : other;
    }
}

/* The instance of the same name, or -1. */
static int32_t counterpart(const struct setup *base, const struct setup *variant, enum group g, int32_t instance)
{
    for (int32_t k = 0; k < base->layout.count[g]; k++)
        if (strcmp(base->layout.name[g][k], variant->layout.name[g][instance]) == 0)
            return k;
    return -1;
}

static double number_of(const struct param_desc *d, const unsigned char *value)
{
    int32_t count;
    money amount;
    if (d->kind == KIND_MONEY) {
        memcpy(&amount, value + d->offset, sizeof amount);
        return money_to_yuan(amount);
    }
    memcpy(&count, value + d->offset, sizeof count);
    return (double)count;
}

static void add_threshold(struct office_rule *rule, const struct follow *f, const char *param, enum office_score score)
{
    int32_t p = param_find(f->group, param);
    const char *group = group_table[f->group].name, *name = f->setup->layout.name[f->group][f->instance];
    struct office_threshold new = {.score = score};
    if (p < 0)
        return;
    new.value = number_of(&param_table[p], f->value);
    snprintf(new.name, sizeof new.name, strcmp(group, name) == 0 ? "%s.%s" : "%s.%s.%s", group,
             strcmp(group, name) == 0 ? param : name, param);
    for (size_t k = 0; k < rule->n_thresholds; k++) {
        struct office_threshold *old = &rule->threshold[k];
        if (strcmp(old->name, new.name) == 0) {
            old->differs = old->differs || old->value < new.value || old->value > new.value;
            return;
        }
    }
    if (new.value < param_table[p].max && rule->n_thresholds < OFFICE_THRESHOLDS)
        rule->threshold[rule->n_thresholds++] = new;
}

/* The thresholds in force when it first stands. */
static void add_thresholds(struct office_rule *rule, const struct follow *at)
{
    add_threshold(rule, at, "sales_max", OFFICE_SALES);
    add_threshold(rule, at, "age_max", OFFICE_AGE);
    add_threshold(rule, at, "loan_max", OFFICE_FACILITY);
}

static enum status look_at(struct office_rule *rule, const struct setup *base, const struct setup *variant,
                           int32_t from, int32_t region, enum group g, int32_t instance, int32_t line)
{
    struct follow v = {.value = NULL}, b = {.value = NULL};
    struct history h = {.stands = false};
    int32_t other = counterpart(base, variant, g, instance);
    bool good =
        follow_begin(&v, variant, region, g, instance) && (other < 0 || follow_begin(&b, base, region, g, other));
    if (good)
        follow_both(&v, &b, from, &h);
    free(v.value);
    free(b.value);
    if (good && h.stands && h.apart) {
        rule->concerned[line / 64] |= (uint64_t)1 << (line % 64);
        rule->any = true;
        rule->in_base = rule->in_base || h.in_base;
        good = follow_begin(&v, variant, region, g, instance);
        if (good) {
            follow_to(&v, h.first);
            add_thresholds(rule, &v);
        }
        free(v.value);
    }
    return good ? OK : NO_MEMORY;
}

enum status office_rule_of(struct office_rule *rule, const struct setup *base, const struct setup *variant,
                           int32_t from)
{
    *rule = (struct office_rule){.lag = rule->lag, .floor = rule->floor};
    for (int32_t region = 0; region < variant->n_regions; region++) {
        int32_t line = 0;
        for (int32_t n = 0; n < N_INSTRUMENTS; n++)
            for (int32_t k = 0; k < variant->layout.count[registry_groups[n]]; k++, line++)
                TRY(look_at(rule, base, variant, from, region, registry_groups[n], k, line));
    }
    return OK;
}
