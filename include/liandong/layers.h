/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layers - the texts of a scenario and the assignments in them.  Internal to sim/io: others use scenario.h. */
#ifndef LIANDONG_LAYERS_H
#define LIANDONG_LAYERS_H
#include <liandong/scenario.h>
#include <liandong/yaml_tree.h>

/* Assignments of all layers; keys and values live in the trees. */
struct assignments {
    struct assignment *list;
    size_t n, capacity;
    struct yaml_tree *tree; /* one a text */
    size_t n_trees, tree_capacity;
};
void assignments_free(struct assignments *a);

/* A tree to be freed with the assignments; NULL: no memory. */
struct yaml_tree *assignments_tree(struct assignments *a);

/* All values under a node that stands at `key`; the walk goes on after errors. */
enum status assignments_walk(struct assignments *a, struct yaml_tree *tree, const struct node *node, const char *key,
                             struct assignment like, struct diag *diag) MUST_CHECK;
#endif
