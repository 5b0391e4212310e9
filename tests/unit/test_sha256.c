/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256: the published answers, and that the pieces a message comes in do not matter. */
#include <criterion/criterion.h>
#include <liandong/sha256.h>
#include <stdlib.h>
#include <string.h>

static void hash(const char *bytes, size_t n, size_t piece, char text[SHA256_TEXT])
{
    struct sha256 h;
    sha256_init(&h);
    for (size_t i = 0; i < n; i += piece)
        sha256_add(&h, bytes + i, n - i < piece ? n - i : piece);
    sha256_end_text(&h, text);
}

/* NIST, Cryptographic Standards and Guidelines, example values of SHA-256, and the empty message */
Test(sha256, gives_the_published_answers)
{
    static const char *const known[][2] = {
        {"",                                                         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",                                                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                            },
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
         "mnopqrstnopqrstu",                                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    char text[SHA256_TEXT];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        hash(known[i][0], strlen(known[i][0]), 1000, text);
        cr_assert_str_eq(text, known[i][1]);
    }
}

Test(sha256, of_a_million_letters_is_the_published_one_in_pieces_of_any_size)
{
    enum { N = 1000000 };
    static const size_t piece[] = {1, 63, 64, 65, 1000, N};
    char *letters = malloc(N), text[SHA256_TEXT];
    cr_assert_not_null(letters);
    memset(letters, 'a', N);
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
        hash(letters, N, piece[i], text);
        cr_assert_str_eq(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    free(letters);
}

/* Lengths around the places where the padding takes another block. */
Test(sha256, of_neighbouring_lengths_differ_and_do_not_depend_on_pieces)
{
    char zeros[200] = {0}, last[SHA256_TEXT] = "", whole[SHA256_TEXT], pieces[SHA256_TEXT];
    for (size_t n = 0; n <= sizeof zeros; n++) {
        hash(zeros, n, sizeof zeros, whole);
        hash(zeros, n, 7, pieces);
        cr_assert_str_eq(whole, pieces, "length %zu", n);
        cr_assert_str_neq(whole, last, "length %zu", n);
        memcpy(last, whole, sizeof last);
    }
}

/* What the processor has instructions for is the same sum: over lengths around blocks, from any place in memory. */
Test(sha256, is_the_same_with_and_without_the_instructions_of_the_processor)
{
    unsigned char bytes[700];
    char fast[SHA256_TEXT], slow[SHA256_TEXT];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i * 31 + i / 7);
    for (size_t n = 0; n + 8 <= sizeof bytes; n += 1 + n / 50) {
        struct sha256 h;
        sha256_init(&h);
        sha256_add(&h, bytes + n % 8, n);
        sha256_end_text(&h, fast);
        sha256_init_slow(&h);
        sha256_add(&h, bytes + n % 8, n);
        sha256_end_text(&h, slow);
        cr_assert_str_eq(fast, slow, "%zu bytes", n);
    }
}
