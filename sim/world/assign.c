/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign - what a full name means.
 *
 *     regions.R.GROUP.PARAM                      a group of which there is one
 *     regions.R.GROUP.INSTANCE.PARAM             sectors, stages, banks
 *     regions.R.policies.GROUP[.INSTANCE].PARAM  without INSTANCE: the instance called like its group
 *     GROUP... , policies...                     short for regions.*
 *     triggers.NAME                              a rule (triggers.h)
 *     start, months, ...                         of the world
 *
 * Interface, section Scenario files. */
#include <liandong/assign.h>
#include <string.h>

enum { KEY_MOST = 511, PARTS_MOST = 8, NAMES_MOST = 256, SUGGESTION_MOST = KEY_MOST + 3 * NAME_SIZE };

/* A key cut at its dots; `at` counts the parts understood so far. */
struct path {
    char text[KEY_MOST + 1];
    const char *part[PARTS_MOST];
    size_t n, at;
};

static bool path_cut(struct path *path, const char *key)
{
    *path = (struct path){0};
    size_t length = strlen(key);
    if (length > KEY_MOST)
        return false;
    memcpy(path->text, key, length + 1);
    for (char *at = path->text; at != NULL;) {
        if (path->n == PARTS_MOST)
            return false;
        path->part[path->n++] = at;
        at = strchr(at, '.');
        if (at != NULL)
            *at++ = '\0';
    }
    return true;
}

static size_t parts_left(const struct path *path)
{
    return path->n - path->at;
}

/* "unknown parameter", with the key that results when the part at path->at is replaced. */
static enum status unknown_near(const struct path *path, const struct assignment *a, const char *near,
                                struct diag *diag)
{
    if (strcmp(path->part[path->at], "monitoring") == 0)
        return diag_fail(diag, a->at, "'%s': monitoring is written as rules, under `triggers` at the top", a->key);
    if (near == NULL || strcmp(near, path->part[path->at]) == 0)
        return diag_fail(diag, a->at, "unknown parameter '%s'", a->key);
    char whole[SUGGESTION_MOST] = "";
    size_t used = 0;
    for (size_t i = 0; i < path->n && used < sizeof whole; i++)
        used += (size_t)snprintf(whole + used, sizeof whole - used, "%s%s", i > 0 ? "." : "",
                                 i == path->at ? near : path->part[i]);
    return diag_fail(diag, a->at, "unknown parameter '%s'; did you mean '%s'?", a->key, whole);
}

static enum status unknown(const struct path *path, const struct assignment *a, const char *const *names, size_t n,
                           struct diag *diag)
{
    return unknown_near(path, a, path->at < path->n ? nearest_name(path->part[path->at], names, n) : NULL, diag);
}

/* The key names something that holds further names; only an empty map may stand there. */
static enum status holds_names(struct target *t, const struct assignment *a, struct diag *diag)
{
    t->kind = TARGET_NOTHING;
    if (a->value == NULL)
        return diag_fail(diag, a->at,
                         "'%s' is empty: leave the line out (null removes a parameter, an instance or a region)",
                         a->key);
    if (*a->value != '\0')
        return diag_fail(diag, a->at, "'%s' holds further names: a map is due here, not a value", a->key);
    return OK;
}

/* Names become parts of full names, members of dimensions and of file names. */
static enum status name_copy(char to[NAME_SIZE], const char *name, const struct assignment *a, struct diag *diag)
{
    size_t length = strlen(name);
    if (length == 0)
        return diag_fail(diag, a->at, "'%s': a name is missing between the dots", a->key);
    if (length >= NAME_SIZE)
        return diag_fail(diag, a->at, "the name '%s' is longer than %d bytes", name, NAME_SIZE - 1);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 127 || strchr("*/\\:;,=\"'`|<>{}[]#&", name[i]) != NULL)
            return diag_fail(diag, a->at, "the name '%s' may hold letters, digits, '-' and '_' only", name);
    memcpy(to, name, length + 1);
    return OK;
}

static enum status unknown_param(const struct path *path, const struct target *t, const struct assignment *a,
                                 struct diag *diag)
{
    const struct group_desc *g = &group_table[t->group];
    const char *names[NAMES_MOST];
    size_t n = 0;
    for (size_t p = g->first; p < g->first + g->n && n + 2 < NAMES_MOST; p++)
        names[n++] = param_table[p].name;
    if (g->scope == SCOPE_POLICY) {
        names[n++] = "from";
        names[n++] = "until";
    }
    return unknown(path, a, names, n, diag);
}

/* The last part of a key as a parameter of t->group, or from/until of a policy. */
static bool param_target(struct target *t, const char *name)
{
    bool policy = group_table[t->group].scope == SCOPE_POLICY;
    t->kind = TARGET_PARAM;
    t->param = param_find(t->group, name);
    if (t->param < 0 && policy && (strcmp(name, "from") == 0 || strcmp(name, "until") == 0)) {
        t->kind = *name == 'f' ? TARGET_FROM : TARGET_UNTIL;
        t->param = param_find(t->group, "enabled");
    }
    return t->param >= 0;
}

/* The name of an instance of a group whose instances are fixed. */
static enum status check_fixed(const struct path *path, enum group group, const struct assignment *a, struct diag *diag)
{
    enum { FIXED_MOST = 16 };
    const char *names[FIXED_MOST], *name = path->part[path->at];
    size_t n = 0;
    for (size_t i = 0; i < n_shipped_instances && n < FIXED_MOST; i++)
        if (shipped_instances[i].group == group) {
            if (strcmp(shipped_instances[i].name, name) == 0)
                return OK;
            names[n++] = shipped_instances[i].name;
        }
    const char *near = nearest_name(name, names, n);
    if (group == GROUP_stages)
        return near != NULL ? diag_fail(diag, a->at, "unknown stage '%s'; did you mean '%s'?", name, near)
                            : diag_fail(diag, a->at, "unknown stage '%s': the five stages are fixed", name);
    return near != NULL ? diag_fail(diag, a->at, "unknown kind of partner '%s'; did you mean '%s'?", name, near)
                        : diag_fail(diag, a->at, "unknown kind of partner '%s': the four kinds are fixed", name);
}

/* GROUP.INSTANCE and GROUP.INSTANCE.PARAM; path->at is at INSTANCE. */
static enum status instance_find(struct path *path, struct target *t, const struct assignment *a, struct diag *diag)
{
    const char *name = path->part[path->at];
    struct target probe = {.group = t->group};
    if (param_target(&probe, name))
        return diag_fail(diag, a->at, "'%s': say of which one, as in %s.NAME.%s", a->key, group_table[t->group].name,
                         name);
    if (group_fixed(t->group))
        TRY(check_fixed(path, t->group, a, diag));
    TRY(name_copy(t->instance, name, a, diag));
    path->at++;
    if (parts_left(path) == 0) {
        t->kind = TARGET_INSTANCE;
        if (a->value == NULL && t->group == GROUP_stages)
            return diag_fail(diag, a->at, "'%s': the five stages are fixed; none can be removed", a->key);
        if (a->value != NULL && *a->value != '\0')
            return diag_fail(diag, a->at, "'%s' holds further names: a map is due here, not a value", a->key);
        return OK;
    }
    if (parts_left(path) > 1 || !param_target(t, path->part[path->at]))
        return unknown_param(path, t, a, diag);
    return OK;
}

/* What follows a POLICY group: PARAM of the instance called like the group, INSTANCE, or INSTANCE.PARAM. */
static enum status policy_find(struct path *path, struct target *t, const struct assignment *a, struct diag *diag)
{
    if (parts_left(path) == 1 && param_target(t, path->part[path->at])) {
        snprintf(t->instance, sizeof t->instance, "%s", group_table[t->group].name);
        return OK;
    }
    /* a value where only a parameter can stand is a misspelt parameter, not an instance */
    if (parts_left(path) == 1 && a->value != NULL && *a->value != '\0')
        return unknown_param(path, t, a, diag);
    return instance_find(path, t, a, diag);
}

static enum status inside_group(struct path *path, struct target *t, const struct assignment *a, struct diag *diag)
{
    enum scope scope = group_table[t->group].scope;
    if (parts_left(path) == 0 && a->value == NULL && scope != SCOPE_SINGLE) {
        t->kind = TARGET_GROUP;
        if (t->group == GROUP_stages)
            return diag_fail(diag, a->at, "'%s': the five stages are fixed; none can be removed", a->key);
        return OK;
    }
    if (parts_left(path) == 0)
        return holds_names(t, a, diag);
    if (scope == SCOPE_POLICY)
        return policy_find(path, t, a, diag);
    if (scope == SCOPE_NAMED)
        return instance_find(path, t, a, diag);
    if (parts_left(path) > 1 || !param_target(t, path->part[path->at]))
        return unknown_param(path, t, a, diag);
    return OK;
}

/* Nothing of this name where a group may stand: the nearest of what could. */
static enum status unknown_group(const struct path *path, bool policy, bool top, const struct assignment *a,
                                 struct diag *diag)
{
    const char *names[N_GROUPS + N_WORLD_KEYS + 3], *name = path->part[path->at];
    size_t n = 0;
    enum group g = group_find(name);
    if (g != N_GROUPS && !policy) { /* a policy outside `policies` */
        char housed[NAME_SIZE + sizeof "policies."];
        snprintf(housed, sizeof housed, "policies.%s", group_table[g].name);
        return unknown_near(path, a, housed, diag);
    }
    for (int i = 0; i < N_GROUPS; i++)
        if ((group_table[i].scope == SCOPE_POLICY) == policy)
            names[n++] = group_table[i].name;
    if (!policy)
        names[n++] = "policies";
    for (int k = 0; top && k < WORLD_TITLE_EN; k++)
        names[n++] = world_table[k].name;
    if (top) {
        names[n++] = "regions";
        names[n++] = "triggers";
    }
    return unknown(path, a, names, n, diag);
}

static enum status group_target(struct path *path, struct target *t, const struct assignment *a, struct diag *diag)
{
    bool top = path->at == 0;
    bool policy = strcmp(path->part[path->at], "policies") == 0;
    if (policy && ++path->at == path->n)
        return holds_names(t, a, diag);
    t->group = group_find(path->part[path->at]);
    if (t->group == N_GROUPS || (group_table[t->group].scope == SCOPE_POLICY) != policy)
        return unknown_group(path, policy, top, a, diag);
    path->at++;
    return inside_group(path, t, a, diag);
}

/* After "regions": the region, and what of it. */
static enum status region_target(struct path *path, struct target *t, const struct assignment *a, struct diag *diag)
{
    if (++path->at == path->n)
        return holds_names(t, a, diag);
    const char *name = path->part[path->at];
    if (strcmp(name, "*") != 0)
        TRY(name_copy(t->region, name, a, diag));
    path->at++;
    if (parts_left(path) > 0)
        return group_target(path, t, a, diag);
    if (*t->region == '*' || (a->value != NULL && *a->value != '\0'))
        return holds_names(t, a, diag);
    t->kind = TARGET_REGION;
    return OK;
}

static int world_key(const char *key)
{
    int k = 0;
    while (k < N_WORLD_KEYS && strcmp(world_table[k].name, key) != 0)
        k++;
    return k;
}

/* triggers.NAME */
static enum status trigger_target(const struct path *path, struct target *t, const struct assignment *a,
                                  struct diag *diag)
{
    t->kind = TARGET_TRIGGER;
    if (path->n == 1 && a->value == NULL) /* takes all rules of the layers below away */
        return OK;
    if (path->n == 1)
        return holds_names(t, a, diag);
    if (path->n > 2)
        return diag_fail(diag, a->at, "'%s': a rule is one text: \"WATCHED > NUMBER for 6: CHANGED -= NUMBER\"",
                         a->key);
    return name_copy(t->instance, path->part[1], a, diag);
}

enum status target_find(struct target *t, const struct assignment *a, struct diag *diag)
{
    *t = (struct target){.region = "*"};
    struct path path;
    int k = world_key(a->key);
    if (k < N_WORLD_KEYS) {
        t->kind = TARGET_WORLD;
        t->param = k;
        return OK;
    }
    if (!path_cut(&path, a->key))
        return diag_fail(diag, a->at, "unknown parameter '%s'", a->key);
    if (strcmp(path.part[0], "regions") == 0)
        return region_target(&path, t, a, diag);
    if (strcmp(path.part[0], "triggers") == 0)
        return trigger_target(&path, t, a, diag);
    return group_target(&path, t, a, diag);
}

const struct param_desc *setup_param(const char *key)
{
    struct target t;
    struct assignment a = {.key = key, .value = "", .date = NO_DATE};
    if (target_find(&t, &a, NULL) != OK || t.kind != TARGET_PARAM)
        return NULL;
    return &param_table[t.param];
}
