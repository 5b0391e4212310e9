/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha256 - from the description in FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2; by the processor's own instructions
 * where it has them (six times as fast: what the digest of a file costs is most of all this). */
#include <liandong/sha256.h>
#include <string.h>
#if defined __x86_64__ && __has_include(<sys/platform/x86.h>)
#include <immintrin.h>
#include <sys/platform/x86.h>
#define HARDWARE 1
#else
#define HARDWARE 0
#endif

/* 4.2.2: first 32 bits of the fractional parts of the cube roots of the first 64 primes */
static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* 6.2.2 step 1: the message schedule */
static void schedule_fill(uint32_t w[64], const unsigned char block[64])
{
    for (int t = 0; t < 16; t++)
        w[t] = big_endian(block + 4 * t);
    for (int t = 16; t < 64; t++) {
        uint32_t a = w[t - 15], b = w[t - 2];
        uint32_t small0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
        uint32_t small1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
        w[t] = small1 + w[t - 7] + small0 + w[t - 16];
    }
}

/* 6.2.2 step 3.  The names move instead of the values: h becomes the next round's a, and d its e. */
#define ROUND(a, b, c, d, e, f, g, h, t)                                                                              \
    do {                                                                                                              \
        (h) +=                                                                                                        \
            (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (((e) & (f)) ^ (~(e) & (g))) + round_constant[t] + w[t]; \
        (d) += (h);                                                                                                   \
        (h) += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));            \
    } while (0)

/* 6.2.2 steps 2-4 */
static void block_add(uint32_t state[8], const unsigned char block[64])
{
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    schedule_fill(w, block);
    for (int t = 0; t < 64; t += 8) {
        ROUND(a, b, c, d, e, f, g, h, t);
        ROUND(h, a, b, c, d, e, f, g, t + 1);
        ROUND(g, h, a, b, c, d, e, f, t + 2);
        ROUND(f, g, h, a, b, c, d, e, t + 3);
        ROUND(e, f, g, h, a, b, c, d, t + 4);
        ROUND(d, e, f, g, h, a, b, c, t + 5);
        ROUND(c, d, e, f, g, h, a, b, t + 6);
        ROUND(b, c, d, e, f, g, h, a, t + 7);
    }
    const uint32_t out[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++)
        state[i] += out[i];
}

#if HARDWARE
/* The instructions hold the state as (a b e f) and (c d g h), each from the highest word down, and take four words of the schedule
 * with their constants at a time: two rounds by its lower, two by its upper half. */
__attribute__((target("sha,sse4.1"))) static void blocks_add_fast(uint32_t state[8], const unsigned char *from,
                                                                  size_t n)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_loadu_si128((const __m128i *)state), hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    for (; n > 0; n--, from += 64) {
        __m128i w[4], abef_before = abef, cdgh_before = cdgh;
        for (int t = 0; t < 16; t++) {
            const __m128i *constant = (const __m128i *)(round_constant + 4 * t);
            __m128i *now = &w[t % 4];
            if (t < 4) {
                *now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)from + t), swap);
            } else { /* w[t - 16] and [t - 15], [t - 7], [t - 2] of four words at once */
                __m128i seventh = _mm_alignr_epi8(w[(t + 3) % 4], w[(t + 2) % 4], 4);
                *now = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(t + 1) % 4]), seventh);
                *now = _mm_sha256msg2_epu32(*now, w[(t + 3) % 4]);
            }
            __m128i sum = _mm_add_epi32(*now, _mm_loadu_si128(constant));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* The C library has asked once: in a virtual machine, the question takes microseconds. */
static bool has_instructions(void)
{
    return CPU_FEATURE_ACTIVE(SHA);
}
#else
static void blocks_add_fast(uint32_t state[8], const unsigned char *from, size_t n)
{
    for (; n > 0; n--, from += 64)
        block_add(state, from);
}

static bool has_instructions(void)
{
    return false;
}
#endif

static void blocks_add(struct sha256 *h, const unsigned char *from, size_t n)
{
    if (h->fast)
        blocks_add_fast(h->state, from, n);
    else
        for (; n > 0; n--, from += 64)
            block_add(h->state, from);
}

void sha256_init_slow(struct sha256 *h)
{
    *h = (struct sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}
    };
}

void sha256_init(struct sha256 *h)
{
    sha256_init_slow(h);
    h->fast = has_instructions();
}

void sha256_add(struct sha256 *h, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    size_t held = (size_t)(h->bytes % 64);
    h->bytes += n;
    if (held > 0) {
        size_t take = n < 64 - held ? n : 64 - held;
        memcpy(h->block + held, from, take);
        if (held + take < 64)
            return;
        blocks_add(h, h->block, 1);
        from += take;
        n -= take;
    }
    blocks_add(h, from, n / 64);
    if (n % 64 > 0)
        memcpy(h->block, from + n / 64 * 64, n % 64);
}

void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE])
{
    static const unsigned char padding[64] = {0x80};
    uint64_t bits = h->bytes * 8;
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    size_t held = (size_t)(h->bytes % 64);
    sha256_add(h, padding, held < 56 ? 56 - held : 120 - held);
    sha256_add(h, length, sizeof length);
    for (int i = 0; i < 32; i++)
        digest[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_text(const unsigned char digest[SHA256_SIZE], char text[SHA256_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < SHA256_SIZE; i++) {
        text[2 * i] = hex[digest[i] >> 4];
        text[2 * i + 1] = hex[digest[i] & 15];
    }
    text[2 * SHA256_SIZE] = '\0';
}

void sha256_end_text(struct sha256 *h, char text[SHA256_TEXT])
{
    unsigned char digest[SHA256_SIZE];
    sha256_end(h, digest);
    sha256_text(digest, text);
}
