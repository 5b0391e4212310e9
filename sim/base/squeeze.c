/* SPDX-License-Identifier: GPL-3.0-or-later */
/* squeeze - a vector of values at once where the processor can close it up, else eight, where it can shuffle: the places of those
 * that stay are looked up by the eight bits that say so.  All are written, those behind what stays to be written over: the front
 * of a column is never ahead of what has been read. */
#include <liandong/squeeze.h>
#include <string.h>

void squeeze_init(struct squeeze *s, const uint8_t *stays, size_t n)
{
    *s = (struct squeeze){.stays = stays, .n = n};
    for (unsigned bits = 0; bits < 256; bits++)
        for (unsigned place = 0, to = 0; place < 8; place++)
            if ((bits >> place & 1) != 0)
                s->order[bits][to++] = (uint8_t)place;
}

/* Row by row from `from` on, where `to` rows stay of those before. */
static size_t squeeze_rest(const struct squeeze *s, unsigned char *column, size_t size, size_t from, size_t to)
{
    for (size_t k = from; k < s->n; k++)
        if ((s->stays[k / 8] >> k % 8 & 1) != 0)
            memmove(column + to++ * size, column + k * size, size);
    return to;
}

#ifdef __AVX512VBMI2__
#include <immintrin.h>

static inline __m512i closed_up(__m512i values, uint64_t stays, size_t size)
{
    return size == 1   ? _mm512_maskz_compress_epi8(stays, values)
           : size == 2 ? _mm512_maskz_compress_epi16((__mmask32)stays, values)
           : size == 4 ? _mm512_maskz_compress_epi32((__mmask16)stays, values)
                       : _mm512_maskz_compress_epi64((__mmask8)stays, values);
}

/* Inlined with a known size. */
static inline size_t squeeze_vectors(const struct squeeze *s, unsigned char *column, size_t size)
{
    size_t to = 0, k = 0, lanes = 64 / size;
    for (; k + lanes <= s->n; k += lanes) {
        uint64_t stays = 0;
        memcpy(&stays, s->stays + k / 8, lanes / 8);
        _mm512_storeu_si512(column + to * size, closed_up(_mm512_loadu_si512(column + k * size), stays, size));
        to += (size_t)__builtin_popcountll(stays);
    }
    return squeeze_rest(s, column, size, k, to);
}
#elif defined __AVX2__
#include <immintrin.h>

static inline __m128i load_8(const void *from)
{
    return _mm_loadl_epi64((const __m128i *)from);
}

static inline void eight_of_1(unsigned char *to, const unsigned char *from, const uint8_t order[8])
{
    _mm_storel_epi64((__m128i *)(void *)to, _mm_shuffle_epi8(load_8(from), load_8(order)));
}

static inline void eight_of_2(unsigned char *to, const unsigned char *from, const uint8_t order[8])
{
    __m128i place = _mm_cvtepu8_epi16(load_8(order)); /* of bytes: 2 place, 2 place + 1 */
    __m128i bytes = _mm_add_epi16(_mm_mullo_epi16(place, _mm_set1_epi16(0x0202)), _mm_set1_epi16(0x0100));
    __m128i values = _mm_loadu_si128((const __m128i *)(const void *)from);
    _mm_storeu_si128((__m128i *)(void *)to, _mm_shuffle_epi8(values, bytes));
}

static inline void eight_of_4(unsigned char *to, const unsigned char *from, const uint8_t order[8])
{
    __m256i values = _mm256_loadu_si256((const __m256i *)(const void *)from);
    _mm256_storeu_si256((__m256i *)(void *)to,
                        _mm256_permutevar8x32_epi32(values, _mm256_cvtepu8_epi32(load_8(order))));
}

/* order: of four bits. */
static inline void four_of_8(unsigned char *to, const unsigned char *from, const uint8_t order[8])
{
    __m256i twice = _mm256_slli_epi64(_mm256_cvtepu8_epi64(load_8(order)), 1); /* of halves: 2 place, 2 place + 1 */
    __m256i halves = _mm256_or_si256(twice, _mm256_slli_epi64(_mm256_add_epi64(twice, _mm256_set1_epi64x(1)), 32));
    __m256i values = _mm256_loadu_si256((const __m256i *)(const void *)from);
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_permutevar8x32_epi32(values, halves));
}

/* Inlined with a known size. */
static inline size_t squeeze_eights(const struct squeeze *s, unsigned char *column, size_t size)
{
    size_t to = 0;
    for (size_t k = 0; k < s->n / 8; k++) {
        unsigned bits = s->stays[k], first = bits & 15;
        const unsigned char *from = column + 8 * k * size;
        if (size == 1) {
            eight_of_1(column + to, from, s->order[bits]);
        } else if (size == 2) {
            eight_of_2(column + to * 2, from, s->order[bits]);
        } else if (size == 4) {
            eight_of_4(column + to * 4, from, s->order[bits]);
        } else {
            four_of_8(column + to * 8, from, s->order[first]);
            four_of_8(column + (to + (size_t)__builtin_popcount(first)) * 8, from + 32, s->order[bits >> 4]);
        }
        to += (size_t)__builtin_popcount(bits);
    }
    return to;
}

/* Inlined with a known size. */
static inline size_t squeeze_vectors(const struct squeeze *s, unsigned char *column, size_t size)
{
    return squeeze_rest(s, column, size, s->n / 8 * 8, squeeze_eights(s, column, size));
}
#else
static size_t squeeze_vectors(const struct squeeze *s, unsigned char *column, size_t size)
{
    return squeeze_rest(s, column, size, 0, 0);
}
#endif

size_t squeeze_column(const struct squeeze *s, void *column, size_t size)
{
    return size == 1   ? squeeze_vectors(s, column, 1)
           : size == 2 ? squeeze_vectors(s, column, 2)
           : size == 4 ? squeeze_vectors(s, column, 4)
                       : squeeze_vectors(s, column, 8);
}
