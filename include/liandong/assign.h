/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign - what a full name means (sim/world/assign.c), and the table in which assignments are merged (merge.c,
 * setup.c).  Internal to setup: others use setup.h. */
#ifndef LIANDONG_ASSIGN_H
#define LIANDONG_ASSIGN_H
#include <liandong/setup.h>

enum target_kind {
    TARGET_WORLD, /* param: enum world_key */
    TARGET_PARAM,
    TARGET_FROM,     /* first month in force of a policy; param: its `enabled` */
    TARGET_UNTIL,    /* last month in force */
    TARGET_INSTANCE, /* declares, or with NULL removes, an instance */
    TARGET_GROUP,    /* with NULL removes all its instances */
    TARGET_REGION,   /* mentions, or with NULL removes, a region */
    TARGET_TRIGGER,  /* a rule, by its name in `instance` (triggers.h) */
    TARGET_NOTHING   /* an empty map */
};
struct target {
    enum target_kind kind;
    char region[NAME_SIZE]; /* "*": all */
    enum group group;
    char instance[NAME_SIZE]; /* "" in a SINGLE group */
    int32_t param;
};

/* Resolves the name of an assignment; an unknown one is an error with the nearest name. */
enum status target_find(struct target *t, const struct assignment *a, struct diag *diag) MUST_CHECK;

/* An assignment with its meaning.  `order` sorts by layer, then '*' before a name. */
enum { VALUE_SIZE = sizeof(struct tiers), ORDER_SHIPPED = -1 };
struct entry {
    struct target target;
    const struct assignment *from;
    int32_t order;
    int32_t origin;   /* index into setup.origin */
    int32_t instance; /* index in the layout, -1: gone in every region */
    int32_t date;     /* of the assignment, or the month of FROM and UNTIL */
    _Alignas(8) unsigned char value[VALUE_SIZE];
};

struct build {
    struct setup *setup;
    struct entry *entry;
    size_t n;
    const struct entry **removal; /* the entries among them that take something away */
    size_t n_removals;
    size_t change_capacity, bytes_capacity;
    struct diag *diag;
    enum status status; /* the worst so far */
};

/* Whether the entry speaks of this region. */
bool entry_holds(const struct entry *e, const char *region);

/* Whether it gives, in this region, something to an instance (a value, from/until, a mention) that is not removed later. */
bool entry_alive(const struct build *b, const struct entry *e, const char *region);

/* The order of the last removal of an instance in a region, or less than ORDER_SHIPPED. */
int32_t removal_order(const struct build *b, enum group group, const char *instance, const char *region);

/* Fills setup->region and setup->layout (regions.c). */
enum status regions_name(struct build *b) MUST_CHECK;
enum status instances_name(struct build *b) MUST_CHECK;

/* Fills the initial values and the dated changes of one region (merge.c). */
enum status region_merge(struct build *b, int32_t region) MUST_CHECK;
#endif
