/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge - the values of one region: defaults, shipped values, then what layers say, in order.
 *
 *   a later layer wins; within a layer a name beats '*';
 *   a value without a date replaces everything below it, dated values too; a dated one joins what lies below;
 *   null puts the default (or the shipped value) back; dated null takes that date away;
 *   `from` and `until` bound `enabled`: out of force before `from` and after `until`;
 *   setting a PARAM_RESETS_NEXT parameter (share) empties the next one (tiers) of lower or equal order. */
#include <liandong/assign.h>
#include <string.h>

/* What happens to one slot, in the order of merging. */
enum rank { RANK_EMPTIED, RANK_VALUE, RANK_FROM, RANK_UNTIL, RANK_DATED_EMPTIED, RANK_DATED };
struct event {
    size_t slot;
    int32_t order, date;
    enum rank rank;
    const struct entry *entry;
    int32_t param, instance;
};

struct dated {
    int32_t month, origin;
    const void *value;
};

/* The course of one slot in time. */
struct course {
    const void *base; /* NULL: default or shipped */
    const struct entry *base_entry;
    int32_t base_origin, base_order;
    int32_t from, until, from_origin, until_origin;
    struct dated *dated;
    size_t n;
};

static const int32_t off = 0, on = 1;
static const struct tiers no_tiers = {0};

static int by_order(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    /* a reset and a value of the same date: the reset first, so that tiers of the same layer hold */
    if ((x->date == NO_DATE) != (y->date == NO_DATE))
        return x->date == NO_DATE ? -1 : 1;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static struct event event_of(const struct build *b, const struct entry *e)
{
    enum target_kind kind = e->target.kind;
    struct event event = {
        .order = e->order, .date = e->from->date, .entry = e, .param = e->target.param, .instance = e->instance};
    event.slot = setup_slot(b->setup, e->target.param, e->instance);
    event.rank = kind == TARGET_FROM     ? RANK_FROM
                 : kind == TARGET_UNTIL  ? RANK_UNTIL
                 : event.date == NO_DATE ? RANK_VALUE
                                         : RANK_DATED;
    return event;
}

/* The events of a region, sorted; the caller frees. */
static struct event *events_collect(const struct build *b, const char *region, size_t *n)
{
    struct event *list = calloc(2 * b->n + 1, sizeof *list);
    *n = 0;
    for (size_t i = 0; list != NULL && i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        bool valued = e->target.kind == TARGET_PARAM || e->target.kind == TARGET_FROM || e->target.kind == TARGET_UNTIL;
        if (!valued || e->instance < 0 || !entry_alive(b, e, region))
            continue;
        list[(*n)++] = event_of(b, e);
        if ((param_table[e->target.param].flags & PARAM_RESETS_NEXT) && e->from->value != NULL) {
            struct event reset = list[*n - 1];
            reset.slot++;
            reset.param++;
            reset.rank = reset.date == NO_DATE ? RANK_EMPTIED : RANK_DATED_EMPTIED;
            list[(*n)++] = reset;
        }
    }
    if (list != NULL)
        qsort(list, *n, sizeof *list, by_order);
    return list;
}

static void base_set(struct course *c, const struct event *event, const void *value, int32_t origin)
{
    c->base = value;
    c->base_entry = value == NULL ? NULL : event->entry;
    c->base_origin = value == NULL ? 0 : origin;
    c->base_order = event->order;
    c->n = 0;
}

static void bound_set(struct course *c, const struct event *event)
{
    const struct entry *e = event->entry;
    bool begins = event->rank == RANK_FROM, given = e->from->value != NULL;
    *(begins ? &c->from : &c->until) = given ? e->date : NO_DATE;
    *(begins ? &c->from_origin : &c->until_origin) = e->origin;
    /* a `from` newer than what is said of `enabled` means: on from then; so does `until` where nothing is said */
    if (given && (begins ? c->base_order < event->order : c->base == NULL && c->n == 0))
        base_set(c, event, &on, e->origin);
}

static void dated_set(struct course *c, const struct event *event, const void *value)
{
    size_t i = 0;
    while (i < c->n && c->dated[i].month < event->date)
        i++;
    bool there = i < c->n && c->dated[i].month == event->date;
    if (value == NULL) {
        if (there)
            memmove(&c->dated[i], &c->dated[i + 1], (--c->n - i) * sizeof *c->dated);
        return;
    }
    if (!there)
        memmove(&c->dated[i + 1], &c->dated[i], (c->n++ - i) * sizeof *c->dated);
    c->dated[i] = (struct dated){event->date, event->entry->origin, value};
}

static void course_take(struct course *c, const struct event *event)
{
    const struct entry *e = event->entry;
    const void *value = e->from->value == NULL ? NULL : e->value;
    switch (event->rank) {
    case RANK_EMPTIED:
        base_set(c, event, &no_tiers, e->origin);
        return;
    case RANK_DATED_EMPTIED:
        dated_set(c, event, &no_tiers);
        return;
    case RANK_DATED:
        dated_set(c, event, value);
        return;
    case RANK_FROM:
    case RANK_UNTIL:
        bound_set(c, event);
        return;
    case RANK_VALUE:
        base_set(c, event, value, e->origin);
        c->from = c->until = NO_DATE;
        return;
    }
}

/* Replaces `from` and `until` by dated values. */
static void course_bound(struct course *c)
{
    struct dated holds = {0, c->from_origin, c->base != NULL ? c->base : &off};
    size_t kept = 0;
    if (c->from != NO_DATE) {
        while (kept < c->n && c->dated[kept].month <= c->from)
            holds.value = c->dated[kept++].value;
        /* one free place at the front for `from` itself */
        memmove(&c->dated[1], &c->dated[kept], (c->n - kept) * sizeof *c->dated);
        c->dated[0] = (struct dated){c->from, c->from_origin, holds.value};
        c->n = c->n - kept + 1;
        c->base = &off;
        c->base_origin = c->from_origin;
    }
    if (c->until == NO_DATE)
        return;
    while (c->n > 0 && c->dated[c->n - 1].month > c->until)
        c->n--;
    c->dated[c->n++] = (struct dated){c->until + 1, c->until_origin, &off};
}

static enum status change_add(struct build *b, struct change change, const void *value)
{
    struct setup *s = b->setup;
    if (s->n_changes == b->change_capacity) {
        b->change_capacity = b->change_capacity == 0 ? 64 : 2 * b->change_capacity;
        struct change *grown = realloc(s->change, b->change_capacity * sizeof *grown);
        if (grown == NULL)
            return diag_stop(b->diag, NO_MEMORY, "out of memory");
        s->change = grown;
    }
    /* values stay aligned, so that they can be read in place */
    size_t room = (change.size + 7) / 8 * 8;
    if (s->n_bytes + room > b->bytes_capacity) {
        b->bytes_capacity = 2 * b->bytes_capacity + 1024;
        unsigned char *grown = realloc(s->bytes, b->bytes_capacity);
        if (grown == NULL)
            return diag_stop(b->diag, NO_MEMORY, "out of memory");
        s->bytes = grown;
    }
    change.value = s->n_bytes;
    memset(s->bytes + s->n_bytes, 0, room);
    memcpy(s->bytes + s->n_bytes, value, change.size);
    s->n_bytes += room;
    s->change[s->n_changes++] = change;
    return OK;
}

/* Puts the course into the region's block; what comes after the first month becomes a change. */
static enum status course_write(struct build *b, struct course *c, const struct event *event, int32_t region)
{
    struct setup *s = b->setup;
    const struct param_desc *d = &param_table[event->param];
    size_t offset = s->layout.offset[d->group] + (size_t)event->instance * group_table[d->group].size + d->offset;
    unsigned char *value = s->initial + (size_t)region * s->layout.size + offset;
    int32_t *origin = &s->initial_origin[(size_t)region * s->n_slots + event->slot];
    if (c->from != NO_DATE || c->until != NO_DATE)
        course_bound(c);
    if (c->base != NULL) {
        memcpy(value, c->base, d->size);
        *origin = c->base_origin;
    }
    const void *held = value;
    for (size_t i = 0; i < c->n; i++) {
        /* emptying what is empty is no change */
        bool idle = c->dated[i].value == &no_tiers && memcmp(held, &no_tiers, d->size) == 0;
        held = c->dated[i].value;
        if (idle)
            continue;
        if (c->dated[i].month <= setup_first_month(s)) {
            memcpy(value, c->dated[i].value, d->size);
            *origin = c->dated[i].origin;
            continue;
        }
        struct change change = {c->dated[i].month, region, d->group,          event->instance, event->param, offset,
                                d->size,           0,      c->dated[i].origin};
        TRY(change_add(b, change, c->dated[i].value));
    }
    return OK;
}

static enum status check_bounds(const struct build *b, const struct course *c, const struct event *last)
{
    if (c->from == NO_DATE || c->until == NO_DATE || c->from <= c->until)
        return OK;
    return diag_fail(b->diag, last->entry->from->at, "'%s': `until` lies before `from`", last->entry->from->key);
}

/* All events of one slot: event[0] ... event[n - 1]. */
static enum status slot_merge(struct build *b, const struct event *event, size_t n, int32_t region)
{
    struct course c = {.base_order = ORDER_SHIPPED, .from = NO_DATE, .until = NO_DATE};
    c.dated = calloc(n + 2, sizeof *c.dated);
    if (c.dated == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        course_take(&c, &event[i]);
    if (check_bounds(b, &c, &event[n - 1]) != OK) {
        b->status = FAILED;
        c.from = NO_DATE;
    }
    if (event->param == param_find(GROUP_closed_form, "enabled") && c.base != NULL &&
        memcmp(c.base, &on, sizeof on) == 0 && !b->setup->world.initial_empty)
        b->status = diag_fail(b->diag, c.base_entry->from->at, "%s: closed forms need 'initial: empty'",
                              c.base_entry->from->key);
    enum status status = course_write(b, &c, event, region);
    free(c.dated);
    return status;
}

/* Defaults, then shipped values of shipped instances that this region has not removed. */
static void region_defaults(struct build *b, int32_t region)
{
    struct setup *s = b->setup;
    unsigned char *block = s->initial + (size_t)region * s->layout.size;
    for (size_t p = 0; p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        for (int32_t k = 0; k < s->layout.count[d->group]; k++)
            param_default(d, block + s->layout.offset[d->group] + (size_t)k * group_table[d->group].size + d->offset);
    }
}

static int32_t instance_index(const struct setup *s, enum group group, const char *name)
{
    for (int32_t k = 0; k < s->layout.count[group]; k++)
        if (s->layout.name[group] == NULL || strcmp(s->layout.name[group][k], name) == 0)
            return k;
    return -1;
}

/* The shipped kind of bank stands in for those a scenario does not name: it has no banks where another kind is named. */
static bool stands_aside(const struct build *b, const struct shipped_value *v, const char *region)
{
    if (v->group != GROUP_banks || strcmp(v->param, "count") != 0)
        return false;
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        if (e->target.kind != TARGET_GROUP && e->target.group == GROUP_banks && e->target.instance[0] != '\0' &&
            e->from->value != NULL && strcmp(e->target.instance, v->instance) != 0 && entry_alive(b, e, region))
            return true;
    }
    return false;
}

static enum status region_shipped(struct build *b, int32_t region)
{
    struct setup *s = b->setup;
    unsigned char *block = s->initial + (size_t)region * s->layout.size;
    for (size_t i = 0; i < n_shipped_values; i++) {
        const struct shipped_value *v = &shipped_values[i];
        int32_t k = instance_index(s, v->group, v->instance), param = param_find(v->group, v->param);
        if (k < 0 || removal_order(b, v->group, v->instance, s->region[region]) >= ORDER_SHIPPED ||
            stands_aside(b, v, s->region[region]))
            continue;
        BUG_ON(param < 0);
        const struct param_desc *d = &param_table[param];
        unsigned char *to = block + s->layout.offset[v->group] + (size_t)k * group_table[v->group].size + d->offset;
        struct place at = {.file = "instances.def", .line = 0, .column = 0};
        TRY(value_read(d, v->text, to, at, v->param, b->diag));
        s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, param, k)] = 1;
    }
    return OK;
}

enum status region_merge(struct build *b, int32_t region)
{
    region_defaults(b, region);
    TRY(region_shipped(b, region));
    size_t n, past;
    struct event *event = events_collect(b, b->setup->region[region], &n);
    if (event == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    enum status status = OK;
    for (size_t i = 0; i < n && status == OK; i = past) {
        for (past = i; past < n && event[past].slot == event[i].slot; past++)
            ;
        status = slot_merge(b, &event[i], past - i, region);
    }
    free(event);
    return status;
}
