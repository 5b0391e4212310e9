/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng - eight blocks of Philox at once where the processor can: its 32-bit multiplication works on lanes of 64 bits, of
 * which the upper halves may hold anything; no compiler finds that by itself.  Same bits as one by one. */
#include <liandong/mathx.h>
#include <liandong/rng.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>

/* Eight lanes of 64 bits, in one vector or two: what follows is written for both. */
#ifdef __AVX512F__
typedef __m512i eight;

static inline eight eight_of(uint64_t value)
{
    return _mm512_set1_epi64((int64_t)value);
}

static inline eight eight_words(const uint32_t word[BLOCKS])
{
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(const void *)word));
}

static inline eight eight_at(const uint64_t *value)
{
    return _mm512_loadu_si512(value);
}

static inline eight eight_longs(const uint64_t value[8])
{
    return _mm512_set_epi64((int64_t)value[7], (int64_t)value[6], (int64_t)value[5], (int64_t)value[4],
                            (int64_t)value[3], (int64_t)value[2], (int64_t)value[1], (int64_t)value[0]);
}

static inline eight plus(eight a, eight b)
{
    return _mm512_add_epi32(a, b);
}

static inline eight times(eight a, eight b)
{
    return _mm512_mul_epu32(a, b);
}

/* a, the upper half of b, and key. */
static inline eight mixed(eight a, eight b, eight key)
{
    __m512i upper = _mm512_shuffle_epi32(b, _MM_PERM_DDBB); /* shifts wait for the unit that multiplies */
    return _mm512_ternarylogic_epi64(a, upper, key, 0x96);
}

static inline eight upper_halves(eight a)
{
    return _mm512_srli_epi64(a, 32);
}

static inline eight shifted_or(eight a, eight b)
{
    return _mm512_or_si512(_mm512_slli_epi64(a, 16), b);
}

/* The lower halves, in order. */
static inline void store_halves(uint32_t to[BLOCKS], eight a)
{
    _mm256_storeu_si256((__m256i *)(void *)to, _mm512_cvtepi64_epi32(a));
}

static inline void store_both(uint32_t to[2 * BLOCKS], eight a, eight b)
{
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    _mm512_storeu_si512(to, _mm512_permutex2var_epi32(a, even, b));
}
#else
typedef struct {
    __m256i low, high;
} eight;

static inline eight eight_of(uint64_t value)
{
    return (eight){_mm256_set1_epi64x((int64_t)value), _mm256_set1_epi64x((int64_t)value)};
}

static inline __m256i four_words(const uint32_t word[4])
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)word));
}

static inline eight eight_words(const uint32_t word[BLOCKS])
{
    return (eight){four_words(word), four_words(word + 4)};
}

static inline eight eight_at(const uint64_t *value)
{
    return (eight){_mm256_loadu_si256((const __m256i *)(const void *)value),
                   _mm256_loadu_si256((const __m256i *)(const void *)(value + 4))};
}

static inline eight eight_longs(const uint64_t value[8])
{
    return (eight){_mm256_set_epi64x((int64_t)value[3], (int64_t)value[2], (int64_t)value[1], (int64_t)value[0]),
                   _mm256_set_epi64x((int64_t)value[7], (int64_t)value[6], (int64_t)value[5], (int64_t)value[4])};
}

static inline eight plus(eight a, eight b)
{
    return (eight){_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}

static inline eight times(eight a, eight b)
{
    return (eight){_mm256_mul_epu32(a.low, b.low), _mm256_mul_epu32(a.high, b.high)};
}

static inline eight upper_halves(eight a)
{
    return (eight){_mm256_srli_epi64(a.low, 32), _mm256_srli_epi64(a.high, 32)};
}

/* a, the upper half of b, and key. */
static inline eight mixed(eight a, eight b, eight key)
{
    eight upper = upper_halves(b);
    return (eight){_mm256_xor_si256(_mm256_xor_si256(upper.low, a.low), key.low),
                   _mm256_xor_si256(_mm256_xor_si256(upper.high, a.high), key.high)};
}

static inline eight shifted_or(eight a, eight b)
{
    return (eight){_mm256_or_si256(_mm256_slli_epi64(a.low, 16), b.low),
                   _mm256_or_si256(_mm256_slli_epi64(a.high, 16), b.high)};
}

/* The lower halves, in order. */
static inline void store_halves(uint32_t to[BLOCKS], eight a)
{
    __m256 pairs = _mm256_shuffle_ps(_mm256_castsi256_ps(a.low), _mm256_castsi256_ps(a.high), 0x88);
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_permute4x64_epi64(_mm256_castps_si256(pairs), 0xD8));
}

static inline void store_both(uint32_t to[2 * BLOCKS], eight a, eight b)
{
    store_halves(to, a);
    store_halves(to + BLOCKS, b);
}
#endif

/* Counter words 0 to 3 of eight blocks; of each lane the lower half counts. */
struct lanes {
    eight c[4];
};

/* What is added to the key in each round is worked out once for all blocks of a column. */
struct round_keys {
    eight key[10][2];
};

static inline void round_keys_of(struct round_keys *keys, struct luck luck)
{
    eight key0 = eight_of(luck.seed), key1 = eight_of(luck.run);
    for (int round = 0; round < 10; round++) {
        keys->key[round][0] = key0;
        keys->key[round][1] = key1;
        key0 = plus(key0, eight_of(0x9E3779B9));
        key1 = plus(key1, eight_of(0xBB67AE85));
    }
}

static inline void philox_round(struct lanes *l, const eight key[2])
{
    eight p0 = times(l->c[0], eight_of(0xD2511F53)), p1 = times(l->c[2], eight_of(0xCD9E8D57));
    l->c[0] = mixed(l->c[1], p1, key[0]);
    l->c[1] = p1;
    l->c[2] = mixed(l->c[3], p0, key[1]);
    l->c[3] = p0;
}

static inline void store_words(uint32_t *words, size_t stride, const struct lanes *l)
{
    for (size_t w = 0; w < 4; w++)
        store_halves(words + w * stride, l->c[w]);
}

static inline uint32_t last_of(struct luck luck, uint32_t block)
{
    return ((uint32_t)luck.month & 0xffff) << 16 | block;
}

static inline void draw_who(struct luck luck, const struct identity who[BLOCKS], eight last, uint32_t words[4][BLOCKS])
{
    uint64_t origin[BLOCKS], index[BLOCKS];
    for (int j = 0; j < BLOCKS; j++) {
        origin[j] = who[j].origin;
        index[j] = who[j].index;
    }
    eight origins = eight_longs(origin);
    struct lanes l = {
        {origins, upper_halves(origins), eight_longs(index), last}
    };
    struct round_keys keys;
    round_keys_of(&keys, luck);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++)
        philox_round(&l, keys.key[round]);
    store_words(words[0], BLOCKS, &l);
}

void luck_blocks(struct luck luck, const struct identity who[BLOCKS], uint32_t block, uint32_t words[4][BLOCKS])
{
    draw_who(luck, who, eight_of(last_of(luck, block)), words);
}

void luck_blocks_at(struct luck luck, const struct identity who[BLOCKS], const int32_t month[BLOCKS], uint32_t block,
                    uint32_t words[4][BLOCKS])
{
    uint32_t months[BLOCKS];
    memcpy(months, month, sizeof months);
    draw_who(luck, who, shifted_or(eight_words(months), eight_of(block)), words);
}

static inline eight origins_of(const uint64_t *origin, const uint16_t *cohort)
{
    if (cohort == NULL)
        return eight_of(*origin);
    uint64_t each[BLOCKS];
    for (int j = 0; j < BLOCKS; j++)
        each[j] = origin[cohort[j]];
    return eight_longs(each);
}

static inline struct lanes lanes_at(const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, eight last)
{
    eight origins = origins_of(origin, cohort);
    return (struct lanes){
        {origins, upper_halves(origins), eight_words(index), last}
    };
}

static inline void draw_lanes(const struct round_keys *keys, struct lanes l, uint32_t *words, size_t stride)
{
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++)
        philox_round(&l, keys->key[round]);
    store_words(words, stride, &l);
}

static inline void draw_eight(const struct round_keys *keys, const uint64_t *origin, const uint16_t *cohort,
                              const uint32_t *index, eight last, uint32_t *words, size_t stride)
{
    draw_lanes(keys, lanes_at(origin, cohort, index, last), words, stride);
}

/* Two times eight, of which one multiplies while the other waits. */
static inline void draw_both(const struct round_keys *keys, struct lanes l, struct lanes next, uint32_t *words,
                             size_t stride)
{
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        philox_round(&l, keys->key[round]);
        philox_round(&next, keys->key[round]);
    }
    for (size_t w = 0; w < 4; w++)
        store_both(words + w * stride, l.c[w], next.c[w]);
}

static inline void draw_sixteen(const struct round_keys *keys, const uint64_t *origin, const uint16_t *cohort,
                                const uint32_t *index, eight last, uint32_t *words, size_t stride)
{
    draw_both(keys, lanes_at(origin, cohort, index, last),
              lanes_at(origin, cohort != NULL ? cohort + BLOCKS : NULL, index + BLOCKS, last), words, stride);
}

void luck_rows(struct luck luck, const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, uint32_t block,
               uint32_t n, uint32_t *words, size_t stride)
{
    eight last = eight_of(last_of(luck, block));
    struct round_keys keys;
    round_keys_of(&keys, luck);
    uint32_t k = 0;
    for (; k + 2 * BLOCKS <= n; k += 2 * BLOCKS)
        draw_sixteen(&keys, origin, cohort != NULL ? cohort + k : NULL, index + k, last, words + k, stride);
    for (; k + BLOCKS <= n; k += BLOCKS)
        draw_eight(&keys, origin, cohort != NULL ? cohort + k : NULL, index + k, last, words + k, stride);
    if (k == n)
        return;
    uint16_t cohorts[BLOCKS] = {0}; /* what lies behind the last may not be read */
    uint32_t indices[BLOCKS] = {0};
    memcpy(indices, index + k, (n - k) * sizeof *index);
    if (cohort != NULL)
        memcpy(cohorts, cohort + k, (n - k) * sizeof *cohort);
    draw_eight(&keys, origin, cohort != NULL ? cohorts : NULL, indices, last, words + k, stride);
}

static inline struct lanes lanes_of(const struct crowd *who, uint32_t k, uint32_t block)
{
    uint32_t months[BLOCKS];
    memcpy(months, who->month + k, sizeof months);
    eight origins = eight_at(who->origin + k);
    return (struct lanes){
        {origins, upper_halves(origins), eight_words(who->index + k),
         shifted_or(eight_words(months), eight_of(block))}
    };
}

void luck_crowd(struct luck luck, const struct crowd *who, uint32_t block, uint32_t words[4][CROWD])
{
    struct round_keys keys;
    round_keys_of(&keys, luck);
    uint32_t k = 0;
    for (; k + 2 * BLOCKS <= who->n; k += 2 * BLOCKS)
        draw_both(&keys, lanes_of(who, k, block), lanes_of(who, k + BLOCKS, block), words[0] + k, CROWD);
    if (k < who->n)
        draw_lanes(&keys, lanes_of(who, k, block), words[0] + k, CROWD);
}
#else
void luck_rows(struct luck luck, const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, uint32_t block,
               uint32_t n, uint32_t *words, size_t stride)
{
    for (uint32_t k = 0; k < n; k++) {
        struct words one =
            luck_block(luck, (struct identity){cohort != NULL ? origin[cohort[k]] : *origin, index[k]}, block);
        for (size_t w = 0; w < 4; w++)
            words[w * stride + k] = one.w[w];
    }
}

void luck_crowd(struct luck luck, const struct crowd *who, uint32_t block, uint32_t words[4][CROWD])
{
    for (uint32_t k = 0; k < who->n; k++) {
        luck.month = who->month[k];
        struct words one = luck_block(luck, (struct identity){who->origin[k], who->index[k]}, block);
        for (size_t w = 0; w < 4; w++)
            words[w][k] = one.w[w];
    }
}

void luck_blocks_at(struct luck luck, const struct identity who[BLOCKS], const int32_t month[BLOCKS], uint32_t block,
                    uint32_t words[4][BLOCKS])
{
    for (int j = 0; j < BLOCKS; j++) {
        luck.month = month[j];
        struct words one = luck_block(luck, who[j], block);
        for (int w = 0; w < 4; w++)
            words[w][j] = one.w[w];
    }
}

void luck_blocks(struct luck luck, const struct identity who[BLOCKS], uint32_t block, uint32_t words[4][BLOCKS])
{
    int32_t month[BLOCKS];
    for (int j = 0; j < BLOCKS; j++)
        month[j] = luck.month;
    luck_blocks_at(luck, who, month, block, words);
}
#endif

void luck_normals(struct luck luck, const struct identity who[BLOCKS], enum draw purpose, double x[BLOCKS])
{
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    luck_blocks(luck, who, draw_block(purpose), word);
    luck_uniforms(word[purpose % 4], u);
    ld_normal_quantile_each(x, u, BLOCKS);
}
