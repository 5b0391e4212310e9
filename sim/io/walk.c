/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk - from a tree of YAML to assignments: nested maps and dotted names give the same full names.
 *
 *   a last part YYYY-MM is a date;
 *   a map under a parameter of kind TIERS is its value, "5 m: 0.4, 15 m: 0.3". */
#include <liandong/layers.h>
#include <string.h>

enum { KEY_ROOM = 1024, TIERS_ROOM = 256 };

void assignments_free(struct assignments *a)
{
    for (size_t i = 0; i < a->n_trees; i++)
        tree_free(&a->tree[i]);
    free(a->tree);
    free(a->list);
    *a = (struct assignments){0};
}

struct yaml_tree *assignments_tree(struct assignments *a)
{
    if (a->n_trees == a->tree_capacity) {
        size_t capacity = a->tree_capacity == 0 ? 8 : 2 * a->tree_capacity;
        struct yaml_tree *grown = realloc(a->tree, capacity * sizeof *grown);
        if (grown == NULL)
            return NULL;
        a->tree = grown;
        a->tree_capacity = capacity;
    }
    a->tree[a->n_trees] = (struct yaml_tree){0};
    return &a->tree[a->n_trees++];
}

static enum status add(struct assignments *a, struct assignment one, struct diag *diag)
{
    if (a->n == a->capacity) {
        size_t capacity = a->capacity == 0 ? 128 : 2 * a->capacity;
        struct assignment *grown = realloc(a->list, capacity * sizeof *grown);
        if (grown == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
        a->list = grown;
        a->capacity = capacity;
    }
    a->list[a->n++] = one;
    return OK;
}

static enum status keep(struct yaml_tree *tree, const char *text, const char **kept, struct diag *diag)
{
    size_t size = strlen(text) + 1;
    char *room = tree_room(tree, size);
    if (room == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    memcpy(room, text, size);
    *kept = room;
    return OK;
}

/* Takes a last part YYYY-MM off the key. */
static int32_t date_cut(char *key)
{
    int32_t month;
    char *dot = strrchr(key, '.');
    if (dot == NULL || !month_read(dot + 1, &month))
        return NO_DATE;
    *dot = '\0';
    return month;
}

/* {5 m: 0.4, 15 m: 0.3} as one text. */
static enum status tiers_text(const struct node *map, char *text, size_t size, const char *key, struct diag *diag)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (const struct node *tier = map->child; tier != NULL; tier = tier->next) {
        if (tier->kind != NODE_SCALAR)
            return diag_fail(diag, tier->at, "%s: each tier needs one share, as in {5 m: 0.4, 15 m: 0.3}", key);
        used += (size_t)snprintf(text + used, size - used, "%s%s: %s", used > 0 ? ", " : "", tier->key, tier->text);
        if (used >= size)
            return diag_fail(diag, tier->at, "%s: more than %d tiers", key, MAX_TIERS);
    }
    return OK;
}

/* Whether all keys of a map are months. */
static bool is_dated(const struct node *map)
{
    int32_t month;
    for (const struct node *child = map->child; child != NULL; child = child->next)
        if (!month_read(child->key, &month))
            return false;
    return map->n > 0;
}

/* A value: key with its date, text. */
static enum status leaf(struct assignments *a, struct yaml_tree *tree, const char *key, const char *text,
                        struct assignment like, struct diag *diag)
{
    char name[KEY_ROOM];
    snprintf(name, sizeof name, "%s", key);
    like.date = date_cut(name);
    like.value = NULL;
    TRY(keep(tree, name, &like.key, diag));
    if (text != NULL)
        TRY(keep(tree, text, &like.value, diag));
    return add(a, like, diag);
}

/* A map under a parameter is a value of tiers, or dated, or an error. */
static enum status map_leaf(struct assignments *a, struct yaml_tree *tree, const struct node *node, const char *key,
                            struct assignment like, struct diag *diag)
{
    char name[KEY_ROOM], text[TIERS_ROOM];
    snprintf(name, sizeof name, "%s", key);
    (void)date_cut(name);
    const struct param_desc *param = setup_param(name);
    if (param == NULL)
        return leaf(a, tree, key, "", like, diag);
    if (param->kind != KIND_TIERS)
        return diag_fail(diag, node->at, "%s: a single value is due here, not a map", name);
    TRY(tiers_text(node, text, sizeof text, name, diag));
    return leaf(a, tree, key, text, like, diag);
}

/* One rule.  In YAML the colon in it makes a map of one member, where it is not quoted. */
static enum status rule(struct assignments *a, struct yaml_tree *tree, const struct node *node, const char *name,
                        struct assignment like, struct diag *diag)
{
    char key[KEY_ROOM], text[2 * KEY_ROOM];
    if (snprintf(key, sizeof key, "triggers.%s", name) >= KEY_ROOM)
        return diag_fail(diag, node->at, "this key is too long");
    like.at = node->at;
    if (node->kind == NODE_NULL)
        return leaf(a, tree, key, NULL, like, diag);
    if (node->kind == NODE_SCALAR)
        return leaf(a, tree, key, node->text, like, diag);
    const struct node *only = node->child;
    if (node->kind != NODE_MAP || node->n != 1 || only->kind != NODE_SCALAR)
        return diag_fail(diag, node->at, "%s: a rule is due here: SERIES > NUMBER for 6: PARAMETER -= NUMBER", key);
    snprintf(text, sizeof text, "%s: %s", only->key, only->text);
    return leaf(a, tree, key, text, like, diag);
}

/* `triggers:` - a list, which replaces that of the layers below, or a map of named rules, which merges with theirs. */
static enum status rules(struct assignments *a, struct yaml_tree *tree, const struct node *node, struct assignment like,
                         struct diag *diag)
{
    enum status worst = OK;
    int nth = 0;
    like.at = node->at;
    if (node->kind == NODE_SCALAR)
        return diag_fail(diag, node->at, "triggers: a list of rules, or a map of named ones, is due here");
    if (node->kind == NODE_LIST)
        worst = leaf(a, tree, "triggers", NULL, like, diag);
    for (const struct node *child = node->child; child != NULL && worst != NO_MEMORY; child = child->next) {
        char number[16];
        snprintf(number, sizeof number, "%d", ++nth);
        enum status status = rule(a, tree, child, node->kind == NODE_LIST ? number : child->key, like, diag);
        worst = status != OK ? status : worst;
    }
    return worst;
}

static enum status members(struct assignments *a, struct yaml_tree *tree, const struct node *map, const char *key,
                           struct assignment like, struct diag *diag)
{
    enum status worst = OK;
    for (const struct node *child = map->child; child != NULL; child = child->next) {
        char name[KEY_ROOM];
        bool top = *key == '\0';
        like.at = child->at;
        if (top && strcmp(child->key, "base") == 0) /* read before, by scenario.c */
            continue;
        if (top && strcmp(child->key, "triggers") == 0 && child->kind != NODE_NULL) {
            enum status status = rules(a, tree, child, like, diag);
            worst = status != OK ? status : worst;
            continue;
        }
        int n = snprintf(name, sizeof name, "%s%s%s", key, top ? "" : ".", child->key);
        enum status status = n >= KEY_ROOM ? diag_fail(diag, child->at, "this key is too long")
                                           : assignments_walk(a, tree, child, name, like, diag);
        if (status == NO_MEMORY)
            return status;
        worst = status != OK ? status : worst;
    }
    return worst;
}

enum status assignments_walk(struct assignments *a, struct yaml_tree *tree, const struct node *node, const char *key,
                             struct assignment like, struct diag *diag)
{
    switch (node->kind) {
    case NODE_NULL:
        return leaf(a, tree, key, NULL, like, diag);
    case NODE_SCALAR:
        return leaf(a, tree, key, node->text, like, diag);
    case NODE_LIST:
        return diag_fail(diag, node->at, "%s: a list is not possible here", key);
    case NODE_MAP:
        break;
    }
    bool top = *key == '\0';
    if (!top && (node->n == 0 || (!is_dated(node) && setup_param(key) != NULL)))
        return map_leaf(a, tree, node, key, like, diag);
    /* {2024-01: {5 m: 0.4}}: tiers of a date */
    char name[KEY_ROOM];
    snprintf(name, sizeof name, "%s", key);
    if (!top && date_cut(name) != NO_DATE && setup_param(name) != NULL)
        return map_leaf(a, tree, node, key, like, diag);
    return members(a, tree, node, key, like, diag);
}
