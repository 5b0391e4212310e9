/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32 - the reflected CRC-32 with polynomial 0xEDB88320.
 *
 * The step of a byte is linear over its bits, so the table follows from the steps of the eight single bits. */
#include <liandong/sha256.h>

#define BYTE(i)                                                                                                      \
    (((i)&1 ? 0x77073096u : 0) ^ ((i)&2 ? 0xee0e612cu : 0) ^ ((i)&4 ? 0x076dc419u : 0) ^ ((i)&8 ? 0x0edb8832u : 0) ^ \
     ((i)&16 ? 0x1db71064u : 0) ^ ((i)&32 ? 0x3b6e20c8u : 0) ^ ((i)&64 ? 0x76dc4190u : 0) ^                          \
     ((i)&128 ? 0xedb88320u : 0))
#define FOUR(i)    BYTE(i), BYTE((i) + 1), BYTE((i) + 2), BYTE((i) + 3)
#define SIXTEEN(i) FOUR(i), FOUR((i) + 4), FOUR((i) + 8), FOUR((i) + 12)
#define QUARTER(i) SIXTEEN(i), SIXTEEN((i) + 16), SIXTEEN((i) + 32), SIXTEEN((i) + 48)

static const uint32_t step[256] = {QUARTER(0), QUARTER(64), QUARTER(128), QUARTER(192)};

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    crc = ~crc;
    for (size_t i = 0; i < n; i++)
        crc = crc >> 8 ^ step[(crc ^ from[i]) & 0xff];
    return ~crc;
}
