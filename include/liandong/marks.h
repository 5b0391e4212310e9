/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marks - which rows something happens to is what a processor guesses worst: loops over columns mark them without a branch, and
 * only those that are marked are listed and visited. */
#ifndef LIANDONG_MARKS_H
#define LIANDONG_MARKS_H
#include <stdint.h>
#include <string.h>

/* Bits 0 to 7 of the answer: bytes 0 to 7, each 0 or 1. */
static inline uint64_t bits_of_marks(const uint8_t *mark)
{
    uint64_t eight;
    memcpy(&eight, mark, sizeof eight);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight * UINT64_C(0x0102040810204080) >> 56;
}

/* Places of the marks that are 1, not 0, among the first n < 65536; answers how many.  Marks and list have room for a multiple of
 * sixty-four, of which what lies behind is written over. */
uint32_t marks_list(uint8_t *mark, uint32_t n, uint16_t *list);
#endif
