/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_every - settings that switch every instrument on, as the tests do in a town of TOWN founders a month; sums of money of
 * its size or budget, and capacities, are those of GUANGZHOU, and grow with the world. */
#include "bench.h"
#include <liandong/mathx.h>
#include <liandong/registry.h>
#include <liandong/scenario.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOWN      60.0
#define GUANGZHOU 3328.0

static const struct {
    enum group group;
    const char *key, *text;
} values[] = {
#define VALUE(instrument, key, text) {GROUP_##instrument, key, text},
#define ALONE(...)
#include "../unit/policies.def"
#undef ALONE
#undef VALUE
};

/* The text of a value, grown from a town to a city where it is a sum of money or a capacity. */
static void grown(const struct param_desc *d, const char *text, char *to, size_t room)
{
    money amount = {0};
    bool sum = d->kind == KIND_MONEY && (d->flags & PARAM_SIZE || strcmp(d->name, "budget") == 0);
    bool places = d->kind == KIND_COUNT && d->acts == ACTS_CAPACITY;
    snprintf(to, room, "%s", text);
    if (places)
        snprintf(to, room, "%.0f", fmin(atof(text) * GUANGZHOU / TOWN, d->max));
    if (sum && value_read(d, text, &amount, (struct place){0}, d->name, NULL) == OK)
        snprintf(to, room, "%.0f", money_to_yuan(amount) * GUANGZHOU / TOWN);
}

static size_t keep(char *to[], size_t n, size_t room, const char *group, const char *key, const char *value)
{
    char text[160];
    snprintf(text, sizeof text, "policies.%s.%s=%s", group, key, value);
    if (n >= room || (to[n] = strdup(text)) == NULL) {
        fprintf(stderr, "bench: more settings than there is room for\n");
        exit(1);
    }
    return n + 1;
}

size_t every_policy(char *to[], size_t room)
{
    size_t n = 0;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        n = keep(to, n, room, group_table[registry_groups[k]].name, "enabled", "true");
    for (size_t v = 0; v < LD_COUNT(values); v++) {
        if (strchr(values[v].key, '.') != NULL)
            continue; /* what a test needs beside it */
        char text[32];
        grown(&param_table[param_find(values[v].group, values[v].key)], values[v].text, text, sizeof text);
        n = keep(to, n, room, group_table[values[v].group].name, values[v].key, text);
    }
    return n;
}
