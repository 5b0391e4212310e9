/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng - eight blocks of Philox at once where the processor can: its 32-bit multiplication works on four lanes of 64 bits, of
 * which the upper halves may hold anything; no compiler finds that by itself.  Same bits as one by one. */
#include <liandong/rng.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>

/* Counter words 0 to 3 of four blocks; of each lane the lower half counts. */
struct lanes {
    __m256i c[4];
};

static inline struct lanes lanes_of(const struct identity who[4], __m256i last)
{
    __m256i origin = _mm256_set_epi64x((int64_t)who[3].origin, (int64_t)who[2].origin, (int64_t)who[1].origin,
                                       (int64_t)who[0].origin);
    return (struct lanes){
        {origin, _mm256_srli_epi64(origin, 32),
         _mm256_set_epi64x(who[3].index, who[2].index, who[1].index, who[0].index), last}
    };
}

static inline void philox_round(struct lanes *l, __m256i key0, __m256i key1)
{
    __m256i p0 = _mm256_mul_epu32(l->c[0], _mm256_set1_epi64x(0xD2511F53));
    __m256i p1 = _mm256_mul_epu32(l->c[2], _mm256_set1_epi64x(0xCD9E8D57));
    l->c[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), l->c[1]), key0);
    l->c[1] = p1;
    l->c[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), l->c[3]), key1);
    l->c[3] = p0;
}

/* The lower halves of eight lanes, in order. */
static inline void store_halves(uint32_t to[BLOCKS], __m256i low, __m256i high)
{
    __m256 pairs = _mm256_shuffle_ps(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high), 0x88);
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_permute4x64_epi64(_mm256_castps_si256(pairs), 0xD8));
}

static inline void draw_all(struct luck luck, struct lanes low, struct lanes high, uint32_t words[4][BLOCKS])
{
    uint32_t key0 = luck.seed, key1 = luck.run;
    for (int round = 0; round < 10; round++, key0 += 0x9E3779B9, key1 += 0xBB67AE85) {
        __m256i k0 = _mm256_set1_epi64x(key0), k1 = _mm256_set1_epi64x(key1);
        philox_round(&low, k0, k1);
        philox_round(&high, k0, k1);
    }
    for (int w = 0; w < 4; w++)
        store_halves(words[w], low.c[w], high.c[w]);
}

void luck_blocks(struct luck luck, const struct identity who[BLOCKS], uint32_t block, uint32_t words[4][BLOCKS])
{
    __m256i last = _mm256_set1_epi64x((int64_t)(((uint32_t)luck.month & 0xffff) << 16 | block));
    draw_all(luck, lanes_of(who, last), lanes_of(who + 4, last), words);
}

static inline __m256i last_of(const int32_t month[4], uint32_t block)
{
    __m256i months = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)month));
    return _mm256_or_si256(_mm256_slli_epi64(months, 16), _mm256_set1_epi64x(block));
}

void luck_blocks_at(struct luck luck, const struct identity who[BLOCKS], const int32_t month[BLOCKS], uint32_t block,
                    uint32_t words[4][BLOCKS])
{
    draw_all(luck, lanes_of(who, last_of(month, block)), lanes_of(who + 4, last_of(month + 4, block)), words);
}
/* What is added to the key in each round, laid down once for all blocks of a column. */
struct round_keys {
    __m256i key[10][2];
};

static inline __m256i origins_of(const uint64_t *origin, const uint16_t *cohort)
{
    if (cohort == NULL)
        return _mm256_set1_epi64x((int64_t)*origin);
    return _mm256_set_epi64x((int64_t)origin[cohort[3]], (int64_t)origin[cohort[2]], (int64_t)origin[cohort[1]],
                             (int64_t)origin[cohort[0]]);
}

static inline struct lanes lanes_at(const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, __m256i last)
{
    __m256i origins = origins_of(origin, cohort);
    return (struct lanes){
        {origins, _mm256_srli_epi64(origins, 32),
         _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)index)), last}
    };
}

static inline void draw_eight(const struct round_keys *keys, const uint64_t *origin, const uint16_t *cohort,
                              const uint32_t *index, __m256i last, uint32_t *words, size_t stride)
{
    struct lanes low = lanes_at(origin, cohort, index, last),
                 high = lanes_at(origin, cohort != NULL ? cohort + 4 : NULL, index + 4, last);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        philox_round(&low, keys->key[round][0], keys->key[round][1]);
        philox_round(&high, keys->key[round][0], keys->key[round][1]);
    }
    for (size_t w = 0; w < 4; w++)
        store_halves(words + w * stride, low.c[w], high.c[w]);
}

void luck_rows(struct luck luck, const uint64_t *origin, const uint16_t *cohort, const uint32_t *index, uint32_t block,
               uint32_t n, uint32_t *words, size_t stride)
{
    __m256i last = _mm256_set1_epi64x((int64_t)(((uint32_t)luck.month & 0xffff) << 16 | block));
    struct round_keys keys;
    uint32_t key0 = luck.seed, key1 = luck.run, k = 0;
    for (int round = 0; round < 10; round++, key0 += 0x9E3779B9, key1 += 0xBB67AE85) {
        keys.key[round][0] = _mm256_set1_epi64x(key0);
        keys.key[round][1] = _mm256_set1_epi64x(key1);
    }
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
