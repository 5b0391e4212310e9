/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32 - the checksum of records of a journal and of kept worlds: zlib's, the reflected CRC-32 of polynomial 0xEDB88320. */
#ifndef LIANDONG_CRC32_H
#define LIANDONG_CRC32_H
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* Of a first piece: crc32_add(0, bytes, n); of what follows: crc32_add(crc so far, bytes, n). */
static inline uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n)
{
    return n > 0 ? (uint32_t)crc32_z(crc, bytes, n) : crc; /* where `bytes` is NULL zlib would begin anew */
}
#endif
