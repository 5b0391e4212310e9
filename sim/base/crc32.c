/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32 - the reflected CRC-32 with polynomial 0xEDB88320, eight bytes at a time.
 *
 * The step of a byte is linear over its bits, and so is that of a byte with zeros behind it: each table follows from its eight
 * single bits.  ahead[k] is of a byte behind which k more follow; what eight bytes do is the sum of what each does. */
#include <liandong/sha256.h>

#define BYTE(i, a, b, c, d, e, f, g, h)                                                                  \
    (((i)&1 ? 0x##a##u : 0) ^ ((i)&2 ? 0x##b##u : 0) ^ ((i)&4 ? 0x##c##u : 0) ^ ((i)&8 ? 0x##d##u : 0) ^ \
     ((i)&16 ? 0x##e##u : 0) ^ ((i)&32 ? 0x##f##u : 0) ^ ((i)&64 ? 0x##g##u : 0) ^ ((i)&128 ? 0x##h##u : 0))
#define FOUR(i, ...) \
    BYTE(i, __VA_ARGS__), BYTE((i) + 1, __VA_ARGS__), BYTE((i) + 2, __VA_ARGS__), BYTE((i) + 3, __VA_ARGS__)
#define SIXTEEN(i, ...) \
    FOUR(i, __VA_ARGS__), FOUR((i) + 4, __VA_ARGS__), FOUR((i) + 8, __VA_ARGS__), FOUR((i) + 12, __VA_ARGS__)
#define QUARTER(i, ...)                                                                      \
    SIXTEEN(i, __VA_ARGS__), SIXTEEN((i) + 16, __VA_ARGS__), SIXTEEN((i) + 32, __VA_ARGS__), \
        SIXTEEN((i) + 48, __VA_ARGS__)
#define TABLE(...)                                                                                              \
    {                                                                                                           \
        QUARTER(0, __VA_ARGS__), QUARTER(64, __VA_ARGS__), QUARTER(128, __VA_ARGS__), QUARTER(192, __VA_ARGS__) \
    }

enum { AT_ONCE = 8 };
static const uint32_t ahead[AT_ONCE][256] = {
    TABLE(77073096, ee0e612c, 076dc419, 0edb8832, 1db71064, 3b6e20c8, 76dc4190, edb88320),
    TABLE(191b3141, 32366282, 646cc504, c8d98a08, 4ac21251, 958424a2, f0794f05, 3b83984b),
    TABLE(01c26a37, 0384d46e, 0709a8dc, 0e1351b8, 1c26a370, 384d46e0, 709a8dc0, e1351b80),
    TABLE(b8bc6765, aa09c88b, 8f629757, c5b428ef, 5019579f, a032af3e, 9b14583d, ed59b63b),
    TABLE(3d6029b0, 7ac05360, f580a6c0, 30704bc1, 60e09782, c1c12f04, 58f35849, b1e6b092),
    TABLE(cb5cd3a5, 4dc8a10b, 9b914216, ec53826d, 03d6029b, 07ac0536, 0f580a6c, 1eb014d8),
    TABLE(a6770bb4, 979f1129, f44f2413, 33ef4e67, 67de9cce, cfbd399c, 440b7579, 8816eaf2),
    TABLE(ccaa009e, 4225077d, 844a0efa, d3e51bb5, 7cbb312b, f9766256, 299dc2ed, 533b85da),
};

static uint32_t little_endian(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    crc = ~crc;
    for (; n >= AT_ONCE; n -= AT_ONCE, from += AT_ONCE) {
        uint32_t low = crc ^ little_endian(from);
        crc = ahead[7][low & 255] ^ ahead[6][low >> 8 & 255] ^ ahead[5][low >> 16 & 255] ^ ahead[4][low >> 24] ^
              ahead[3][from[4]] ^ ahead[2][from[5]] ^ ahead[1][from[6]] ^ ahead[0][from[7]];
    }
    for (; n > 0; n--, from++)
        crc = crc >> 8 ^ ahead[0][(crc ^ *from) & 255];
    return ~crc;
}
