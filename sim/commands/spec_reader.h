/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec_reader - values of a specification out of its YAML tree, each error with its place and the nearest name. */
#ifndef LIANDONG_SPEC_READER_H
#define LIANDONG_SPEC_READER_H
#include <liandong/coupling_spec.h>

struct spec_reader {
    struct coupling_spec *spec;
    struct diag *diag;
    enum status status;
    size_t subsystem; /* being read */
    size_t indicator;
};
struct spec_key {
    const char *name;
    void (*read)(struct spec_reader *r, const struct node *node);
};

/* A node as messages show it; the key it stands under. */
const char *spec_shown(const struct node *node);
const char *spec_label(const struct node *node);
/* Each notes what is wrong with the place of the node, and gives something to go on with. */
double spec_number_of(struct spec_reader *r, const struct node *node);
double spec_number_within(struct spec_reader *r, const struct node *node, double least, double most);
size_t spec_count_within(struct spec_reader *r, const struct node *node, size_t least, size_t most);
bool spec_flag_of(struct spec_reader *r, const struct node *node);
const char *spec_text_of(struct spec_reader *r, const struct node *node);
/* Which of a list a text names; n if none. */
size_t spec_choose(struct spec_reader *r, const struct node *node, const struct ccd_choice *choice, size_t n);
bool spec_is_map(struct spec_reader *r, const struct node *node);
/* [a, b] with a <= b (a < b if apart). */
bool spec_pair_of(struct spec_reader *r, const struct node *node, bool apart, double *a, double *b);
/* The member of that key, or NULL. */
const struct node *spec_child_of(const struct node *map, const char *key);
/* Calls the reader of each key of a map; an unknown one is named with the nearest. */
void spec_read_keys(struct spec_reader *r, const struct node *map, const struct spec_key *key, size_t n);
/* A key that is read apart, in its own order. */
void spec_read_nothing(struct spec_reader *r, const struct node *node);

/* Subsystems with their indicators; bounds of indicators by their columns (spec_indicators.c). */
void spec_read_subsystems(struct spec_reader *r, const struct node *node);
void spec_read_bounds(struct spec_reader *r, const struct node *node);
/* Classes of D; stages of C; kinds of E (spec_classes.c). */
void spec_read_classes(struct spec_reader *r, const struct node *node);
void spec_read_stages(struct spec_reader *r, const struct node *node);
void spec_read_relative(struct spec_reader *r, const struct node *node);

/* What must fit together, once all keys are read. */
void spec_check(struct spec_reader *r);
#endif
