/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena - scratch of a MARKET phase. */
#include <liandong/arena.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>

struct arena_spill {
    struct arena_spill *next;
    max_align_t bytes[];
};

static void *take_apart(struct arena *a, size_t bytes)
{
    struct arena_spill *piece = malloc(sizeof *piece + bytes);
    if (piece == NULL)
        return NULL;
    piece->next = a->spill;
    a->spill = piece;
    return piece->bytes;
}

void *arena_take(struct arena *a, size_t n, size_t size)
{
    size_t unit = alignof(max_align_t), bytes = (n * size + unit) / unit * unit;
    a->wanted += bytes;
    if (a->size - a->used < bytes)
        return take_apart(a, bytes);
    void *piece = a->bytes + a->used;
    a->used += bytes;
    return piece;
}

static void free_spill(struct arena *a)
{
    while (a->spill != NULL) {
        struct arena_spill *next = a->spill->next;
        free(a->spill);
        a->spill = next;
    }
}

void arena_reset(struct arena *a)
{
    enum { LONG = 100 }; /* phases; in a month there are seventeen */
    bool spilled = a->spill != NULL;
    if (spilled && a->calm < LONG) { /* the next time it fits, or spills again */
        size_t more = a->wanted + a->wanted / 4;
        unsigned char *bigger = malloc(more);
        if (bigger != NULL) {
            free(a->bytes);
            a->bytes = bigger;
            a->size = more;
        }
    }
    a->calm = spilled ? 0 : a->calm + (a->calm < LONG);
    free_spill(a);
    a->used = a->wanted = 0;
}

void arena_free(struct arena *a)
{
    free_spill(a);
    free(a->bytes);
    *a = (struct arena){0};
}
