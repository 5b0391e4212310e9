/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml_tree - a YAML text as a tree with places: maps, lists and scalars, nothing else of YAML.
 *
 * Anchors, aliases, tags, several documents, duplicate keys, nesting beyond 32, texts above 4 MiB and what is not UTF-8
 * are errors with their place.  (libyaml itself exports yaml_free: hence the names here.) */
#ifndef LIANDONG_YAML_TREE_H
#define LIANDONG_YAML_TREE_H
#include <liandong/diag.h>
#include <stdbool.h>

enum { YAML_DEPTH_MOST = 32, YAML_SIZE_MOST = 4 << 20 };
enum node_kind { NODE_NULL, NODE_SCALAR, NODE_MAP, NODE_LIST };
struct node {
    enum node_kind kind;
    const char *key;           /* within a map */
    const char *text;          /* of a scalar */
    struct place at;           /* of the key where there is one, else of the value */
    struct node *child, *next; /* members of a map or list, in their order */
    size_t n;
};
struct yaml_tree {
    struct node *root; /* NULL: the text is empty */
    struct chunk *chunk;
};

/* file: for messages, must outlive the tree.  On errors the tree is freed. */
enum status tree_read(struct yaml_tree *tree, const char *file, const char *text, size_t size,
                      struct diag *diag) MUST_CHECK;
void tree_free(struct yaml_tree *tree);

/* Memory that lives as long as the tree; NULL if there is none. */
void *tree_room(struct yaml_tree *tree, size_t size);
#endif
