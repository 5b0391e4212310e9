/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marks - sixty-four at once; their places are closed up thirty-two at a time where the processor can. */
#include <liandong/marks.h>

#ifdef __AVX512VBMI2__
#include <immintrin.h>

/* All thirty-two are written, those behind what is listed to be written over: a list is never ahead of its marks. */
static inline uint32_t list_half(uint32_t bits, __m512i place, uint16_t *list)
{
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi16(bits, place));
    return (uint32_t)__builtin_popcount(bits);
}

uint32_t marks_list(uint8_t *mark, uint32_t n, uint16_t *list)
{
    const __m512i half = _mm512_set1_epi16(32);
    __m512i place = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11,
                                     10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    uint32_t listed = 0;
    memset(mark + n, 0, -n % 64);
    for (uint32_t k = 0; k < n; k += 64) {
        __m512i marks = _mm512_loadu_si512(mark + k);
        uint64_t bits = _mm512_test_epi8_mask(marks, marks);
        listed += list_half((uint32_t)bits, place, list + listed);
        place = _mm512_add_epi16(place, half);
        listed += list_half((uint32_t)(bits >> 32), place, list + listed);
        place = _mm512_add_epi16(place, half);
    }
    return listed;
}
#else
uint32_t marks_list(uint8_t *mark, uint32_t n, uint16_t *list)
{
    uint32_t listed = 0;
    memset(mark + n, 0, -n % 64);
    for (uint32_t k = 0; k < n; k += 64) {
        uint64_t bits = 0;
        for (uint32_t j = 0; j < 64; j += 8)
            bits |= bits_of_marks(mark + k + j) << j;
        for (; bits != 0; bits &= bits - 1)
            list[listed++] = (uint16_t)(k + (uint32_t)__builtin_ctzll(bits));
    }
    return listed;
}
#endif
