/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha256 - SHA-256 (FIPS 180-4), which names contents; what finds a torn record is crc32.h. */
#ifndef LIANDONG_SHA256_H
#define LIANDONG_SHA256_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_TEXT = 65 };

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
    bool fast; /* by the processor's instructions for it */
};

void sha256_init(struct sha256 *h);
/* The same sum without those instructions, as on a processor that has none. */
void sha256_init_slow(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t n);
/* Ends the message; `h` must be initialised again before further use. */
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE]);
void sha256_end_text(struct sha256 *h, char text[SHA256_TEXT]);
void sha256_text(const unsigned char digest[SHA256_SIZE], char text[SHA256_TEXT]);
#endif
