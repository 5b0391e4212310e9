/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regions - which regions and named instances a world has, and where their values lie.
 *
 * Both are ordered by the layer that first names them, then by name, so that the order of keys in a file never shows;
 * shipped instances come first.  Instances are the union over regions; where a region does not name one, it has the
 * defaults there (no banks or funds of a kind, partners without money, a board that never opens, a policy switched off).
 * So it is with the partners that nobody names, whose kinds are fixed. */
#include <liandong/assign.h>
#include <liandong/registry.h>
#include <string.h>

enum { ORDER_NEVER = -2, LISTED_MOST = 4 * MAX_REGIONS };

bool entry_holds(const struct entry *e, const char *region)
{
    return e->target.region[0] == '*' || strcmp(e->target.region, region) == 0;
}

static bool removes_region(const struct entry *e)
{
    return e->target.kind == TARGET_REGION && e->from->value == NULL;
}

/* Whether a named entry survives the removals of its region by later layers. */
static bool region_alive(const struct build *b, const struct entry *e)
{
    if (e->target.region[0] == '*')
        return true;
    for (size_t i = 0; i < b->n_removals; i++)
        if (removes_region(b->removal[i]) && b->removal[i]->from->layer > e->from->layer &&
            strcmp(b->removal[i]->target.region, e->target.region) == 0)
            return false;
    return true;
}

int32_t removal_order(const struct build *b, enum group group, const char *instance, const char *region)
{
    int32_t last = ORDER_NEVER;
    for (size_t i = 0; i < b->n_removals; i++) {
        const struct entry *e = b->removal[i];
        bool whole = e->target.kind == TARGET_GROUP;
        if ((whole || e->target.kind == TARGET_INSTANCE) && e->target.group == group && e->order > last &&
            entry_holds(e, region) && (whole || strcmp(e->target.instance, instance) == 0))
            last = e->order;
    }
    return last;
}

/* Kinds of entry that call an instance into being. */
static bool declares(const struct entry *e)
{
    bool kind = e->target.kind == TARGET_PARAM || e->target.kind == TARGET_FROM || e->target.kind == TARGET_UNTIL ||
                e->target.kind == TARGET_INSTANCE;
    return kind && e->from->value != NULL && e->target.instance[0] != '\0';
}

bool entry_alive(const struct build *b, const struct entry *e, const char *region)
{
    BUG_ON(e == NULL);
    return entry_holds(e, region) && region_alive(b, e) &&
           (e->target.instance[0] == '\0' || e->order >= removal_order(b, e->target.group, e->target.instance, region));
}

/* A name with what decides its place. */
struct listed {
    const char *name;
    int32_t shipped, layer; /* shipped: its place among the shipped ones; those without come after all of them */
};

static int by_place(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->shipped != y->shipped)
        return x->shipped < y->shipped ? -1 : 1;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Adds a name, or moves it to an earlier layer.  What is far too many is not even listed. */
static void list_add(struct listed *list, size_t *n, struct listed item)
{
    size_t i = 0;
    while (i < *n && strcmp(list[i].name, item.name) != 0)
        i++;
    if (i == *n && i < LISTED_MOST)
        list[(*n)++] = item;
    else if (i < *n && item.layer < list[i].layer)
        list[i].layer = item.layer;
}

static char (*names_made(const struct listed *list, size_t n))[NAME_SIZE]
{
    char(*names)[NAME_SIZE] = calloc(n > 0 ? n : 1, NAME_SIZE);
    for (size_t i = 0; names != NULL && i < n; i++)
        snprintf(names[i], NAME_SIZE, "%s", list[i].name);
    return names;
}

/* Where a layer first says a name of this group; N_GROUPS: a region. */
static struct place first_said(const struct build *b, enum group group, const struct listed *item)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        const char *name = group == N_GROUPS ? e->target.region : e->target.instance;
        if (e->from->layer == item->layer && (group == N_GROUPS || e->target.group == group) &&
            strcmp(name, item->name) == 0)
            return e->from->at;
    }
    return (struct place){0};
}

/* A name that a later layer adds makes a further region or instance.  Next to one that is nearly the same below it, it is
 * most likely misspelt: no error, since it may be meant. */
static void warn_of_doubles(const struct build *b, enum group group, const struct listed *list, size_t n)
{
    const char **below = calloc(n + 1, sizeof *below);
    for (size_t i = 1; below != NULL && i < n; i++) {
        size_t found = 0;
        for (size_t k = 0; k < n; k++)
            if (list[k].layer < list[i].layer)
                below[found++] = list[k].name;
        const char *near = nearest_name(list[i].name, below, found);
        if (near != NULL)
            diag_warn(b->diag, first_said(b, group, &list[i]), "'%s' is a new name beside '%s'; did you mean that?",
                      list[i].name, near);
    }
    free(below);
}

enum status regions_name(struct build *b)
{
    struct setup *s = b->setup;
    size_t n = 0;
    struct listed *list = calloc(b->n + 1, sizeof *list);
    if (list == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        if (e->target.region[0] != '*' && !removes_region(e) && region_alive(b, e))
            list_add(list, &n, (struct listed){e->target.region, 0, e->from->layer});
    }
    if (n > MAX_REGIONS) {
        free(list);
        return diag_stop(b->diag, FAILED, "%d regions are named, %d at most are possible", (int)n, MAX_REGIONS);
    }
    if (n == 0) /* a world that names none has one */
        list[n++].name = "region";
    qsort(list, n, sizeof *list, by_place);
    warn_of_doubles(b, N_GROUPS, list, n);
    s->region = names_made(list, n);
    s->n_regions = (int32_t)n;
    free(list);
    return s->region == NULL ? diag_stop(b->diag, NO_MEMORY, "out of memory") : OK;
}

/* An instance stands if it does in any region. */
static bool stands(const struct build *b, enum group group, const char *shipped, const struct entry *e)
{
    for (int32_t r = 0; r < b->setup->n_regions; r++) {
        const char *region = b->setup->region[r];
        if (shipped != NULL ? removal_order(b, group, shipped, region) < ORDER_SHIPPED : entry_alive(b, e, region))
            return true;
    }
    return false;
}

/* Where no instance is left, one with the defaults, which do nothing, stands for the group. */
static bool may_be_empty(enum group group)
{
    return group_table[group].scope == SCOPE_POLICY || group == GROUP_funds || group == GROUP_boards;
}

static size_t instances_list(const struct build *b, enum group group, struct listed *list)
{
    size_t n = 0;
    for (size_t i = 0; i < n_shipped_instances; i++) {
        const struct shipped_instance *one = &shipped_instances[i];
        if (one->group == group && (group_fixed(group) || stands(b, group, one->name, NULL)))
            list_add(list, &n, (struct listed){one->name, (int32_t)i, -1});
    }
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        if (e->target.group == group && declares(e) && stands(b, group, NULL, e))
            list_add(list, &n, (struct listed){e->target.instance, INT32_MAX, e->from->layer});
    }
    if (n == 0 && may_be_empty(group))
        list[n++] = (struct listed){group_table[group].name, INT32_MAX, 0};
    qsort(list, n, sizeof *list, by_place);
    return n;
}

static size_t most_of(enum group group)
{
    switch (group) {
    case GROUP_sectors:
        return MAX_SECTORS;
    case GROUP_banks:
        return MAX_BANK_KINDS;
    case GROUP_boards:
        return MAX_BOARDS;
    case GROUP_relending: /* one central bank; a loan is refinanced once */
        return 1;
    default:
        return MAX_INSTANCES;
    }
}

/* Where an instance is named first, in the order of a file. */
static struct place place_of(const struct build *b, enum group group, const char *instance)
{
    for (size_t i = 0; i < b->n; i++)
        if (declares(&b->entry[i]) && b->entry[i].target.group == group &&
            strcmp(b->entry[i].target.instance, instance) == 0)
            return b->entry[i].from->at;
    return (struct place){0};
}

/* Room for n names of a group, with errors at the first entry that is one too many. */
static enum status check_number(const struct build *b, enum group group, const struct listed *list, size_t n)
{
    const char *name = group_table[group].name;
    struct place at = {0};
    if (n > most_of(group))
        return diag_fail(b->diag, place_of(b, group, list[most_of(group)].name),
                         "%s: %d are named, %d at most are possible", name, (int)n, (int)most_of(group));
    for (size_t i = 0; n == 0 && i < b->n; i++)
        if (b->entry[i].target.group == group && b->entry[i].from->value == NULL)
            at = b->entry[i].from->at;
    return n == 0 ? diag_fail(b->diag, at, "%s: none is left; a world needs one at least", name) : OK;
}

static enum status group_lay(struct build *b, enum group g, struct listed *list)
{
    struct layout *layout = &b->setup->layout;
    size_t n = 1;
    if (group_table[g].scope != SCOPE_SINGLE) {
        n = instances_list(b, g, list);
        if (check_number(b, g, list, n) != OK)
            b->status = FAILED;
        warn_of_doubles(b, g, list, n);
        layout->name[g] = names_made(list, n);
        if (layout->name[g] == NULL)
            return diag_stop(b->diag, NO_MEMORY, "out of memory");
    }
    layout->count[g] = (int32_t)n;
    layout->offset[g] = layout->size;
    layout->size += (n * group_table[g].size + 7) / 8 * 8;
    b->setup->n_slots += n * group_table[g].n;
    return OK;
}

/* Of all instruments together: how many instances, and how many that bear losses.  *nth: the first one too many, where there is. */
struct totals {
    int32_t lines, bearers;
    struct place nth_line, nth_bearer;
};
static struct totals totals_of(const struct build *b)
{
    const struct layout *l = &b->setup->layout;
    struct totals t = {0};
    for (int32_t k = 0; k < N_INSTRUMENTS; k++)
        for (int32_t j = 0; j < l->count[registry_groups[k]]; j++) {
            bool bears = registry_bearers[k] != BEARER_NONE;
            if (t.lines++ == MOST_LINES)
                t.nth_line = place_of(b, registry_groups[k], l->name[registry_groups[k]][j]);
            if (bears && t.bearers++ == MAX_BEARERS)
                t.nth_bearer = place_of(b, registry_groups[k], l->name[registry_groups[k]][j]);
        }
    return t;
}

static enum status check_totals(struct build *b)
{
    struct totals t = totals_of(b);
    if (t.lines > MOST_LINES)
        b->status = diag_fail(b->diag, t.nth_line, "%d instances of policies are named, %d at most are possible",
                              (int)t.lines, MOST_LINES);
    if (t.bearers > MAX_BEARERS)
        b->status =
            diag_fail(b->diag, t.nth_bearer, "%d pools, guarantors and insurers are named, %d at most are possible",
                      (int)t.bearers, MAX_BEARERS);
    return OK;
}

/* Sectors that instruments name by number. */
static enum status check_sectors(struct build *b)
{
    int32_t sectors = b->setup->layout.count[GROUP_sectors];
    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entry[i];
        int32_t number;
        if (e->target.kind != TARGET_PARAM || e->from->value == NULL ||
            strcmp(param_table[e->target.param].name, "sector") != 0)
            continue;
        memcpy(&number, e->value, sizeof number);
        if (number > sectors)
            b->status = diag_fail(b->diag, e->from->at, "%s: there are %d sectors only", e->from->key, (int)sectors);
    }
    return OK;
}

enum status instances_name(struct build *b)
{
    struct listed *list = calloc(b->n + n_shipped_instances + 1, sizeof *list);
    if (list == NULL)
        return diag_stop(b->diag, NO_MEMORY, "out of memory");
    enum status status = OK;
    for (int g = 0; g < N_GROUPS && status == OK; g++)
        status = group_lay(b, (enum group)g, list);
    free(list);
    if (status == OK)
        status = check_totals(b);
    return status == OK ? check_sectors(b) : status;
}
