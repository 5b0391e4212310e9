/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng - random numbers that name their decision: a draw is a function of (seed, run, identity,
 * month, purpose).
 *
 * No state, no generator per thread: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, SC11;
 * Random123) with key (seed, run) and counter (identity, month, block).  A policy switched on
 * leaves every other draw as it was. Purposes are listed in draws.def. */
#ifndef LIANDONG_RNG_H
#define LIANDONG_RNG_H

#include <Random123/philox.h>
#include <stddef.h>
#include <stdint.h>

/* Who: origin is a hash of the region's name, the kind of founding and its month; index counts
 * within it. */
struct identity {
    uint64_t origin;
    uint32_t index;
};

/* When and in which world: the key (seed, run), and the month, of which the low 16 bits count.
 */
struct luck {
    uint32_t seed, run;
    int32_t month;
};

/* One Philox block: four purposes. */
struct words {
    uint32_t w[4];
};

/* A purpose: 4 block + lane. */
enum draw {
#define DRAW(name, block, lane, en, zh) DRAW_##name = (block)*4 + (lane),
#include <liandong/draws.def>
#undef DRAW
};

/* How many purposes there are. */
enum {
    N_DRAWS = 0
#define DRAW(name, block, lane, en, zh) +1
#include <liandong/draws.def>
#undef DRAW
};

#define DRAW(name, block, lane, en, zh) \
    _Static_assert((lane) >= 0 && (lane) < 4 && (block) >= 0 && (block) < 65536, #name);
#include <liandong/draws.def>
#undef DRAW

/* The name in the list, NULL if there is none.  Two purposes on one lane are two equal cases:
 * an error here. */
static inline const char *draw_name(enum draw purpose)
{
    switch (purpose) {
#define DRAW(name, block, lane, en, zh) \
    case DRAW_##name:                   \
        return #name;
#include <liandong/draws.def>
#undef DRAW
    }
    return NULL;
}

static inline uint32_t draw_block(enum draw purpose)
{
    return (uint32_t)purpose / 4;
}

/* block < 65536 */
static inline struct words luck_block(struct luck luck, struct identity who, uint32_t block)
{
    philox4x32_ctr_t counter = {
        {(uint32_t)who.origin, (uint32_t)(who.origin >> 32), who.index, ((uint32_t)luck.month & 0xffff) << 16 | block}
    };
    philox4x32_key_t key = {
        {luck.seed, luck.run}
    };
    philox4x32_ctr_t out = philox4x32_R(10, counter, key);
    return (struct words){
        {out.v[0], out.v[1], out.v[2], out.v[3]}
    };
}

/* The same of eight identities: words[l][j] is word l of who[j]. */
enum { BLOCKS = 8 };
void luck_blocks(struct luck luck, const struct identity who[BLOCKS], uint32_t block, uint32_t words[4][BLOCKS]);

/* Each in a month of its own. */
void luck_blocks_at(struct luck luck, const struct identity who[BLOCKS], const int32_t month[BLOCKS], uint32_t block,
                    uint32_t words[4][BLOCKS]);

/* The same of n identities (origin[cohort[k]], index[k]), or (*origin, index[k]) where cohort is NULL, as columns:
 * words[l * stride + k] is word l of the k-th; up to 7 behind the last may be overwritten, too. */
void luck_rows(struct luck luck, const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, uint32_t block,
               uint32_t n, uint32_t *words, size_t stride);

/* Identities that have nothing in common, each in a month of its own, as columns: what is drawn of one of them is drawn of all. */
enum { CROWD = 4 * BLOCKS };
struct crowd {
    uint32_t n; /* a multiple of eight */
    uint64_t origin[CROWD];
    uint32_t index[CROWD];
    int32_t month[CROWD];
};
void luck_crowd(struct luck luck, const struct crowd *who, uint32_t block, uint32_t words[4][CROWD]);

/* (w + 1/2) / 2^32: exact, within [2^-33, 1 - 2^-33]. */
static inline double luck_uniform(uint32_t w)
{
    return ((double)w + 0.5) * 0x1p-32;
}

/* The same of eight words: w + 2^52 as the bits of a double, so that it vectorises without a conversion. */
static inline void luck_uniforms(const uint32_t w[BLOCKS], double *u)
{
    for (int j = 0; j < BLOCKS; j++) {
        union {
            uint64_t bits;
            double real;
        } above = {.bits = UINT64_C(0x4330000000000000) | w[j]};
        u[j] = (above.real - 0x1p52 + 0.5) * 0x1p-32;
    }
}

/* Two lanes for where a tail beyond 1e-9 matters: (k + 1/2) / 2^52 with k the upper 52 bits;
 * exact, inside (0, 1). */
static inline double luck_uniform2(uint32_t high, uint32_t low)
{
    uint64_t k = ((uint64_t)high << 32 | low) >> 12;
    return ((double)k + 0.5) * 0x1p-52;
}

/* The uniform of a purpose from its block, drawn before with luck_block(luck, who,
 * draw_block(purpose)). */
static inline double draw_from(const struct words *words, enum draw purpose)
{
    return luck_uniform(words->w[(uint32_t)purpose % 4]);
}

/* The uniform of a purpose, 0 < u < 1. */
static inline double draw(struct luck luck, struct identity who, enum draw purpose)
{
    struct words words = luck_block(luck, who, draw_block(purpose));
    return draw_from(&words, purpose);
}

/* Standard normals of a purpose, of eight identities. */
void luck_normals(struct luck luck, const struct identity who[BLOCKS], enum draw purpose, double x[BLOCKS]);

#endif
