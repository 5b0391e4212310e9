/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup - from assignments to what a world is made from; see setup.h.
 *
 * Three steps: what each name means (assign.c), which regions and instances there are (regions.c), and the values of
 * each region (merge.c).  The order of assignments within a layer shows nowhere: everything is sorted. */
#include <inttypes.h>
#include <liandong/assign.h>
#include <liandong/triggers.h>
#include <string.h>

const struct world_desc world_table[N_WORLD_KEYS] = {
    {"start",    KIND_CHOICE, "month",          "2024-01",  0, 0,            "first measured month",                                "起始月份"},
    {"months",   KIND_MONTHS, "months",         "120",      1, 12000,        "months simulated from `start`",                       "模拟月数"},
    {"burn_in",  KIND_MONTHS, "months",         "240",      0, 6000,         "months lived before `start`, unmeasured",             "预热月数"},
    {"initial",  KIND_CHOICE, "seasoned|empty", "seasoned", 0, 1,
     "seasoned: grown during burn_in; empty: founded in the first month, for closed forms",                                         "初始状态"},
    {"scale",    KIND_NUMBER, "",               "1",        0, 1000,         "1/k keeps every k-th enterprise; above 1 multiplies", "规模"      },
    {"seed",     KIND_NUMBER, "",               "1",        0, 4294967295.0, "seed of all draws",                                   "随机种子"},
    {"title",    KIND_CHOICE, "",               "",         0, 0,            "what the scenario is called, in both languages",      "标题"      },
    {"title.en", KIND_CHOICE, "",               "",         0, 0,            "what it is called in English",                        "英文标题"},
    {"title.zh", KIND_CHOICE, "",               "",         0, 0,            "what it is called in Chinese",                        "中文标题"},
};

enum { FIRST_YEAR = 1600, LAST_YEAR = 5000 };
_Static_assert(12 * LAST_YEAR <= UINT16_MAX, "a month fits into two bytes of an enterprise and of a loan");

int32_t setup_first_month(const struct setup *s)
{
    return s->world.initial_empty ? s->world.start : s->world.start - s->world.burn_in;
}

size_t setup_slot(const struct setup *s, int32_t param, int32_t instance)
{
    const struct param_desc *d = &param_table[param];
    size_t slot = 0;
    for (int g = 0; g < (int)d->group; g++)
        slot += (size_t)s->layout.count[g] * group_table[g].n;
    return slot + (size_t)instance * group_table[d->group].n + ((size_t)param - group_table[d->group].first);
}

void setup_name(const struct setup *s, int32_t region, int32_t param, int32_t instance, char *text, size_t size)
{
    const struct param_desc *d = &param_table[param];
    const struct group_desc *g = &group_table[d->group];
    const char *name = s->layout.name[d->group] == NULL ? g->name : s->layout.name[d->group][instance];
    bool policy = g->scope == SCOPE_POLICY;
    bool named = g->scope == SCOPE_NAMED || strcmp(name, g->name) != 0;
    snprintf(text, size, "regions.%s.%s%s.%s%s%s", s->region[region], policy ? "policies." : "", g->name,
             named ? name : "", named ? "." : "", d->name);
}

void world_text(const struct world_values *w, enum world_key key, char *text, size_t size)
{
    char month[8], number[NUMBER_SIZE];
    switch (key) {
    case WORLD_START:
        month_text(w->start, month);
        snprintf(text, size, "%s", month);
        return;
    case WORLD_MONTHS:
        snprintf(text, size, "%" PRId32, w->months);
        return;
    case WORLD_BURN_IN:
        snprintf(text, size, "%" PRId32, w->burn_in);
        return;
    case WORLD_INITIAL:
        snprintf(text, size, "%s", w->initial_empty ? "empty" : "seasoned");
        return;
    case WORLD_SCALE:
        number_text(w->scale, number);
        snprintf(text, size, "%s", number);
        return;
    case WORLD_SEED:
        snprintf(text, size, "%" PRId64, w->seed);
        return;
    case WORLD_TITLE_ZH:
        snprintf(text, size, "%s", w->title_zh);
        return;
    default:
        snprintf(text, size, "%s", w->title_en);
        return;
    }
}

/* Number of an origin, each kept once. */
static enum status origin_add(struct setup *s, const char *text, int32_t *number)
{
    for (size_t i = s->n_origins; i-- > 0 && i + 8 > s->n_origins;) /* neighbours often share a line */
        if (strcmp(s->origin[i], text) == 0) {
            *number = (int32_t)i;
            return OK;
        }
    if ((s->n_origins & (s->n_origins - 1)) == 0) { /* full at powers of two */
        char **grown = realloc(s->origin, (s->n_origins == 0 ? 1 : 2 * s->n_origins) * sizeof *grown);
        if (grown == NULL)
            return NO_MEMORY;
        s->origin = grown;
    }
    size_t length = strlen(text) + 1;
    char *copy = malloc(length);
    if (copy == NULL)
        return NO_MEMORY;
    memcpy(copy, text, length);
    *number = (int32_t)s->n_origins;
    s->origin[s->n_origins++] = copy;
    return OK;
}

static enum status start_read(struct world_values *w, const struct assignment *a, struct diag *diag)
{
    int32_t month;
    if (!month_read(a->value, &month))
        return diag_fail(diag, a->at, "%s: '%s' is not a month; write YYYY-MM", a->key, a->value);
    if (month < FIRST_YEAR * 12)
        return diag_fail(diag, a->at, "%s: %s is before the year %d", a->key, a->value, FIRST_YEAR);
    w->start = month;
    return OK;
}

static enum status number_of_world(struct world_values *w, enum world_key key, const struct assignment *a,
                                   struct diag *diag)
{
    const struct world_desc *d = &world_table[key];
    struct param_desc desc = {.name = d->name, .kind = d->kind, .unit = d->unit, .min = d->min, .max = d->max};
    _Alignas(8) unsigned char value[VALUE_SIZE] = {0};
    TRY(value_read(&desc, a->value, value, a->at, a->key, diag));
    int32_t whole;
    double number;
    memcpy(&whole, value, sizeof whole);
    memcpy(&number, value, sizeof number);
    switch (key) {
    case WORLD_MONTHS:
        w->months = whole;
        return OK;
    case WORLD_BURN_IN:
        w->burn_in = whole;
        return OK;
    case WORLD_INITIAL:
        w->initial_empty = whole;
        return OK;
    case WORLD_SCALE:
        w->scale = number;
        return number > 0.0 ? OK : diag_fail(diag, a->at, "%s: must be above 0", a->key);
    default:
        w->seed = (int64_t)number;
        if ((double)w->seed < number)
            return diag_fail(diag, a->at, "%s: '%s' is not a whole number", a->key, a->value);
        return OK;
    }
}

static enum status title_read(struct world_values *w, enum world_key key, const struct assignment *a, struct diag *diag)
{
    if (strlen(a->value) >= sizeof w->title_en)
        return diag_fail(diag, a->at, "%s: the value is longer than %d bytes", a->key, (int)sizeof w->title_en - 1);
    if (key != WORLD_TITLE_ZH)
        memcpy(w->title_en, a->value, strlen(a->value) + 1);
    if (key != WORLD_TITLE_EN)
        memcpy(w->title_zh, a->value, strlen(a->value) + 1);
    return OK;
}

static enum status world_set(struct world_values *w, enum world_key key, const struct assignment *a, struct diag *diag)
{
    if (key == WORLD_START)
        return start_read(w, a, diag);
    return key >= WORLD_TITLE ? title_read(w, key, a, diag) : number_of_world(w, key, a, diag);
}

static int by_layer(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->target.param > y->target.param) - (x->target.param < y->target.param);
}

static void world_check(struct build *b)
{
    const struct world_values *w = &b->setup->world;
    if (w->start + w->months >= LAST_YEAR * 12)
        b->status = diag_stop(b->diag, FAILED, "start and months: the world ends after the year %d", LAST_YEAR - 1);
}

/* The world's own values, by layer. */
static enum status world_merge(struct build *b)
{
    struct setup *s = b->setup;
    const struct entry **list = calloc(b->n + 1, sizeof *list);
    if (list == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->entry[i].target.kind == TARGET_WORLD)
            list[n++] = &b->entry[i];
    qsort(list, n, sizeof *list, by_layer);
    for (size_t i = 0; i < n; i++) {
        enum world_key key = (enum world_key)list[i]->target.param;
        struct assignment a = *list[i]->from;
        int32_t origin = list[i]->origin;
        if (a.value == NULL) {
            a.value = world_table[key].def;
            origin = 0;
        }
        if (world_set(&s->world, key, &a, b->diag) != OK)
            b->status = FAILED;
        s->world_origin[key > WORLD_TITLE ? WORLD_TITLE : key] = origin;
    }
    free(list);
    world_check(b);
    return OK;
}

static void world_defaults(struct setup *s)
{
    for (int k = 0; k < WORLD_TITLE; k++) {
        struct assignment a = {.key = world_table[k].name, .value = world_table[k].def, .date = NO_DATE};
        BUG_ON(world_set(&s->world, (enum world_key)k, &a, NULL) != OK);
    }
}

/* A value of a policy's `from` or `until`. */
static enum status bound_read(struct entry *e, struct diag *diag)
{
    const struct assignment *a = e->from;
    if (a->date != NO_DATE)
        return diag_fail(diag, a->at, "%s: cannot change in time", a->key);
    if (!month_read(a->value, &e->date))
        return diag_fail(diag, a->at, "%s: '%s' is not a month; write YYYY-MM", a->key, a->value);
    return OK;
}

/* The value of one entry; those of the world are read when merged. */
static enum status entry_value(struct entry *e, struct diag *diag)
{
    const struct assignment *a = e->from;
    if (a->date != NO_DATE && (e->target.kind != TARGET_PARAM || (param_table[e->target.param].flags & PARAM_AGENT)))
        return diag_fail(diag, a->at, "%s: cannot change in time", a->key);
    if (a->value == NULL)
        return OK;
    if (e->target.kind == TARGET_FROM || e->target.kind == TARGET_UNTIL)
        return bound_read(e, diag);
    if (e->target.kind == TARGET_PARAM)
        return value_read(&param_table[e->target.param], a->value, e->value, a->at, a->key, diag);
    return OK;
}

static enum status entry_origin(struct build *b, struct entry *e)
{
    char text[512];
    const struct assignment *a = e->from;
    const char *name = a->layer_name != NULL ? a->layer_name : a->at.file != NULL ? a->at.file : "given";
    snprintf(text, sizeof text, "%s:%d", name, a->at.line);
    return origin_add(b->setup, text, &e->origin);
}

static enum status entries_read(struct build *b, const struct assignment *assignment, size_t n)
{
    b->entry = calloc(n + 1, sizeof *b->entry);
    b->removal = calloc(n + 1, sizeof *b->removal);
    if (b->entry == NULL || b->removal == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct entry *e = &b->entry[b->n];
        *e = (struct entry){.from = &assignment[i], .date = assignment[i].date, .instance = -1};
        if (target_find(&e->target, e->from, b->diag) != OK || entry_value(e, b->diag) != OK) {
            b->status = FAILED;
            continue; /* noted; the others still say where they are wrong */
        }
        e->order = 2 * e->from->layer + (e->target.region[0] != '*');
        if (entry_origin(b, e) != OK)
            return diag_stop(b->diag, NO_MEMORY, "out of memory");
        b->n += e->target.kind != TARGET_NOTHING;
    }
    for (size_t i = 0; i < b->n; i++) {
        enum target_kind kind = b->entry[i].target.kind;
        if (b->entry[i].from->value == NULL &&
            (kind == TARGET_INSTANCE || kind == TARGET_GROUP || kind == TARGET_REGION))
            b->removal[b->n_removals++] = &b->entry[i];
    }
    return OK;
}

static int by_target(const struct entry *x, const struct entry *y)
{
    const struct target *s = &x->target, *t = &y->target;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (s->kind != t->kind)
        return s->kind < t->kind ? -1 : 1;
    if (s->group != t->group)
        return s->group < t->group ? -1 : 1;
    if (s->param != t->param)
        return s->param < t->param ? -1 : 1;
    if (x->from->date != y->from->date)
        return x->from->date < y->from->date ? -1 : 1;
    int instance = strcmp(s->instance, t->instance);
    return instance != 0 ? instance : strcmp(s->region, t->region);
}

static int by_target_and_place(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
    int target = by_target(x, y);
    if (target != 0)
        return target;
    if (x->from->at.line != y->from->at.line)
        return x->from->at.line < y->from->at.line ? -1 : 1;
    return (x->from->at.column > y->from->at.column) - (x->from->at.column < y->from->at.column);
}

/* One name twice in a layer, perhaps spelt in two ways, has no order that could decide. */
static enum status check_twice(struct build *b)
{
    const struct entry **list = calloc(b->n + 1, sizeof *list);
    if (list == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    for (size_t i = 0; i < b->n; i++)
        list[i] = &b->entry[i];
    qsort(list, b->n, sizeof *list, by_target_and_place);
    for (size_t i = 1; i < b->n; i++)
        if (by_target(list[i - 1], list[i]) == 0 && list[i]->target.kind != TARGET_REGION &&
            list[i]->target.kind != TARGET_INSTANCE)
            b->status = diag_fail(b->diag, list[i]->from->at, "'%s' is given twice; it stands in line %d, too",
                                  list[i]->from->key, list[i - 1]->from->at.line);
    free(list);
    return OK;
}

static void entries_number(struct build *b)
{
    const struct layout *layout = &b->setup->layout;
    for (size_t i = 0; i < b->n; i++) {
        struct entry *e = &b->entry[i];
        if (e->target.kind == TARGET_WORLD || e->target.kind == TARGET_TRIGGER)
            continue;
        if (group_table[e->target.group].scope == SCOPE_SINGLE)
            e->instance = 0;
        for (int32_t k = 0; e->instance < 0 && k < layout->count[e->target.group]; k++)
            if (strcmp(layout->name[e->target.group][k], e->target.instance) == 0)
                e->instance = k;
    }
}

/* The highest layer that gives a parameter of a SINGLE group for a region, or -1. */
static int32_t given_at(const struct build *b, int32_t param, const char *region)
{
    int32_t layer = -1;
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        if (e->target.kind == TARGET_PARAM && e->target.param == param && e->from->value != NULL &&
            e->from->layer > layer && entry_alive(b, e, region))
            layer = e->from->layer;
    }
    return layer;
}

/* Founders are solved from the stock of enterprises unless a layer at or above the stock's gives them. */
static void founders_check(struct build *b)
{
    struct setup *s = b->setup;
    int32_t founders = param_find(GROUP_founders, "per_month"), stock = param_find(GROUP_enterprises, "initial");
    BUG_ON(founders < 0 || stock < 0);
    s->founders_given = 1;
    for (int32_t r = 0; r < s->n_regions; r++) {
        const unsigned char *block = s->initial + (size_t)r * s->layout.size;
        const struct founders_params *f = (const void *)(block + s->layout.offset[GROUP_founders]);
        if (!(f->per_month > 0.0) || given_at(b, founders, s->region[r]) < given_at(b, stock, s->region[r]))
            s->founders_given = 0;
    }
}

static int by_month(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    if (x->region != y->region)
        return x->region < y->region ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static enum status values_fill(struct build *b)
{
    struct setup *s = b->setup;
    s->initial = calloc((size_t)s->n_regions, s->layout.size);
    s->initial_origin = calloc((size_t)s->n_regions * s->n_slots, sizeof *s->initial_origin);
    if (s->initial == NULL || s->initial_origin == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    entries_number(b);
    for (int32_t r = 0; r < s->n_regions; r++)
        TRY(region_merge(b, r));
    if (s->n_changes > 0)
        qsort(s->change, s->n_changes, sizeof *s->change, by_month);
    founders_check(b);
    return OK;
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
    int name = strcmp(x->target.instance, y->target.instance);
    return name != 0 ? name : (x->order > y->order) - (x->order < y->order);
}

/* The rules, of each name that of the highest layer. */
static enum status triggers_read(struct build *b, const struct entry **list, size_t n,
                                 const struct record_layout *layout)
{
    struct setup *s = b->setup;
    size_t most = n * (size_t)s->n_regions;
    s->trigger = calloc(most + 1, sizeof *s->trigger);
    if (s->trigger == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    int32_t removed = -1; /* the highest layer that takes all rules below it away; it sorts first, as it has no name */
    for (size_t i = 0; i < n && list[i]->target.instance[0] == '\0'; i++)
        removed = list[i]->order;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->target.instance[0] == '\0' || list[i]->order < removed)
            continue;
        bool last = i + 1 == n || strcmp(list[i]->target.instance, list[i + 1]->target.instance) != 0;
        size_t before = s->n_triggers;
        if (last && list[i]->from->value != NULL &&
            trigger_read(s, layout, list[i]->from, s->trigger, &s->n_triggers, b->diag) != OK)
            b->status = FAILED;
        for (size_t k = before; k < s->n_triggers; k++)
            s->trigger[k].origin = list[i]->origin;
    }
    return OK;
}

static enum status triggers_fill(struct build *b)
{
    struct record_layout layout;
    const struct entry **list = calloc(b->n + 1, sizeof *list);
    size_t n = 0;
    if (list == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    for (size_t i = 0; i < b->n; i++)
        if (b->entry[i].target.kind == TARGET_TRIGGER)
            list[n++] = &b->entry[i];
    enum status status = OK;
    if (n > 0 && b->status == OK) {
        qsort(list, n, sizeof *list, by_name);
        status = record_layout_init(&layout, b->setup);
        if (status == OK)
            status = triggers_read(b, list, n, &layout);
        record_layout_free(&layout);
    }
    free(list);
    return status;
}

static enum status build(struct build *b, const struct assignment *assignment, size_t n)
{
    int32_t number;
    if (origin_add(b->setup, "default", &number) != OK || origin_add(b->setup, "shipped", &number) != OK ||
        origin_add(b->setup, "solved", &number) != OK)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    world_defaults(b->setup);
    TRY(entries_read(b, assignment, n));
    TRY(check_twice(b));
    TRY(world_merge(b));
    TRY(regions_name(b));
    TRY(instances_name(b));
    if (b->status != OK)
        return b->status;
    TRY(values_fill(b));
    return triggers_fill(b);
}

enum status setup_build(struct setup *s, const struct assignment *assignment, size_t n, struct diag *diag)
{
    *s = (struct setup){0};
    struct build b = {.setup = s, .diag = diag};
    enum status status = build(&b, assignment, n);
    if (status == OK)
        status = b.status;
    free(b.entry);
    free(b.removal);
    if (status != OK)
        setup_free(s);
    return status;
}

void setup_free(struct setup *s)
{
    for (int g = 0; g < N_GROUPS; g++)
        free(s->layout.name[g]);
    for (size_t i = 0; i < s->n_origins; i++)
        free(s->origin[i]);
    free(s->origin);
    free(s->region);
    free(s->initial);
    free(s->initial_origin);
    free(s->change);
    free(s->bytes);
    free(s->trigger);
    *s = (struct setup){0};
}

/* A copy of n * size bytes at *to; n = 0 gives NULL. */
static enum status copy_bytes(void *to, const void *from, size_t n, size_t size)
{
    void *copy = n == 0 ? NULL : malloc(n * size);
    if (copy != NULL)
        memcpy(copy, from, n * size);
    memcpy(to, &copy, sizeof copy);
    return n > 0 && copy == NULL ? NO_MEMORY : OK;
}

static enum status copy_parts(struct setup *to, const struct setup *from)
{
    size_t regions = (size_t)from->n_regions;
    TRY(copy_bytes(&to->region, from->region, regions, NAME_SIZE));
    TRY(copy_bytes(&to->initial, from->initial, regions, from->layout.size));
    TRY(copy_bytes(&to->initial_origin, from->initial_origin, regions * from->n_slots, sizeof *to->initial_origin));
    TRY(copy_bytes(&to->change, from->change, from->n_changes, sizeof *to->change));
    TRY(copy_bytes(&to->bytes, from->bytes, from->n_bytes, 1));
    TRY(copy_bytes(&to->trigger, from->trigger, from->n_triggers, sizeof *to->trigger));
    for (int g = 0; g < N_GROUPS; g++)
        if (from->layout.name[g] != NULL)
            TRY(copy_bytes(&to->layout.name[g], from->layout.name[g], (size_t)from->layout.count[g], NAME_SIZE));
    to->origin = calloc(from->n_origins + 1, sizeof *to->origin);
    if (to->origin == NULL)
        return NO_MEMORY;
    for (; to->n_origins < from->n_origins; to->n_origins++)
        TRY(copy_bytes(&to->origin[to->n_origins], from->origin[to->n_origins], strlen(from->origin[to->n_origins]) + 1,
                       1));
    return OK;
}

enum status setup_copy(struct setup *to, const struct setup *from)
{
    *to = *from;
    to->region = NULL;
    to->initial = to->bytes = NULL;
    to->initial_origin = NULL;
    to->change = NULL;
    to->trigger = NULL;
    to->origin = NULL;
    to->n_origins = 0;
    for (int g = 0; g < N_GROUPS; g++)
        to->layout.name[g] = NULL;
    enum status status = copy_parts(to, from);
    if (status != OK)
        setup_free(to);
    return status;
}

/* "group.param" -> index into param_table */
static int32_t param_of(const char *group_param)
{
    char group[NAME_SIZE];
    const char *dot = strchr(group_param, '.');
    BUG_ON(dot == NULL || dot - group_param >= NAME_SIZE);
    snprintf(group, sizeof group, "%.*s", (int)(dot - group_param), group_param);
    enum group g = group_find(group);
    int32_t param = g == N_GROUPS ? -1 : param_find(g, dot + 1);
    if (param < 0)
        BUG("no parameter %s", group_param);
    return param;
}

enum { ORIGIN_SOLVED = 2 };

void setup_set_number(struct setup *s, int32_t region, const char *group_param, int32_t instance, double value)
{
    int32_t param = param_of(group_param);
    const struct param_desc *d = &param_table[param];
    unsigned char *to = s->initial + (size_t)region * s->layout.size + s->layout.offset[d->group] +
                        (size_t)instance * group_table[d->group].size + d->offset;
    struct param_desc as = *d;
    BUG_ON(d->kind == KIND_TIERS);
    as.def = value;
    param_default(&as, to);
    s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, param, instance)] = ORIGIN_SOLVED;
}
