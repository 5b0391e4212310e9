/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyed draws: the published answers of Philox, every part of the key and counter counts, and
 * the usual statistics. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <liandong/rng.h>
#include <math.h>
#include <string.h>

enum { ENTERPRISES = 60000 };

static const enum draw purposes[] = {
#define DRAW(name, block, lane, en, zh) DRAW_##name,
#include <liandong/draws.def>
#undef DRAW
};

/* Random123, tests/kat_vectors: philox4x32 with 10 rounds. */
static const struct {
    uint32_t counter[4], key[2], answer[4];
} known[] = {
    {.answer = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    { .counter = {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     .key = {0xffffffff, 0xffffffff},
     .answer = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    { .counter = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     .key = {0xa4093822, 0x299f31d0},
     .answer = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

Test(rng, philox_gives_the_published_answers)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const uint32_t *c = known[i].counter, *key = known[i].key;
        struct luck luck = {key[0], key[1], (int32_t)(c[3] >> 16)};
        struct identity who = {(uint64_t)c[1] << 32 | c[0], c[2]};
        struct words got = luck_block(luck, who, c[3] & 0xffff);
        cr_assert(memcmp(got.w, known[i].answer, sizeof got.w) == 0, "vector %zu", i);
    }
}

Test(rng, eight_blocks_at_once_are_those_one_by_one)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        struct luck luck = {trial * 2654435761u, ~trial, (int32_t)(trial * 97)};
        struct identity who[BLOCKS];
        uint32_t block = trial * 131 % 65536, word[4][BLOCKS];
        for (uint32_t j = 0; j < BLOCKS; j++)
            who[j] = (struct identity){0x9e3779b97f4a7c15u * (trial * BLOCKS + j + 1), 0xffffffffu - trial * j};
        int32_t month[BLOCKS];
        for (uint32_t j = 0; j < BLOCKS; j++)
            month[j] = (int32_t)(trial * j) - 7;
        for (int at = 0; at < 2; at++) {
            if (at)
                luck_blocks_at(luck, who, month, block, word);
            else
                luck_blocks(luck, who, block, word);
            for (uint32_t j = 0; j < BLOCKS; j++) {
                struct luck then = {luck.seed, luck.run, at ? month[j] : luck.month};
                struct words one = luck_block(then, who[j], block);
                for (uint32_t w = 0; w < 4; w++)
                    cr_assert(word[w][j] == one.w[w], "trial %u, word %u of %u", trial, w, j);
            }
        }
    }
}

Test(rng, draws_of_a_column_are_those_one_by_one)
{
    enum { MOST = 29, STRIDE = 32, ORIGINS = 5 };
    uint64_t origin[ORIGINS];
    uint16_t cohort[MOST];
    uint32_t index[MOST];
    for (uint32_t k = 0; k < ORIGINS; k++)
        origin[k] = 0x9e3779b97f4a7c15u * (k + 1);
    for (uint32_t k = 0; k < MOST; k++) {
        cohort[k] = (uint16_t)(k * 7 % ORIGINS);
        index[k] = 0xffffffffu - k * k;
    }
    for (uint32_t n = 0; n <= MOST; n++)
        for (int one_origin = 0; one_origin < 2; one_origin++) {
            struct luck luck = {n * 2654435761u, ~n, (int32_t)n * 97 - 40};
            uint32_t word[4][STRIDE];
            luck_rows(luck, origin, one_origin ? NULL : cohort, index, n * 131, n, word[0], STRIDE);
            for (uint32_t k = 0; k < n; k++) {
                struct identity who = {origin[one_origin ? 0 : cohort[k]], index[k]};
                struct words one = luck_block(luck, who, n * 131);
                for (uint32_t w = 0; w < 4; w++)
                    cr_assert(word[w][k] == one.w[w], "%u of %u, word %u", k, n, w);
            }
        }
}

Test(rng, draws_of_a_crowd_are_those_one_by_one)
{
    struct crowd who;
    for (uint32_t k = 0; k < CROWD; k++) {
        who.origin[k] = 0x9e3779b97f4a7c15u * (k + 1);
        who.index[k] = 0xffffffffu - k * k;
        who.month[k] = (int32_t)(k * 1000) - 7;
    }
    for (who.n = 0; who.n <= CROWD; who.n += 2 * BLOCKS) {
        struct luck luck = {who.n * 2654435761u, ~who.n, 3};
        uint32_t word[4][CROWD];
        luck_crowd(luck, &who, who.n * 131, word);
        for (uint32_t k = 0; k < who.n; k++) {
            struct luck then = {luck.seed, luck.run, who.month[k]};
            struct words one = luck_block(then, (struct identity){who.origin[k], who.index[k]}, who.n * 131);
            for (uint32_t w = 0; w < 4; w++)
                cr_assert(word[w][k] == one.w[w], "%u of %u, word %u", k, who.n, w);
        }
    }
}

Test(rng, every_part_of_key_and_counter_changes_the_draw)
{
    const struct luck luck = {7, 1, 24};
    const struct identity who = {UINT64_C(0x123456789abcdef0), 3};
    struct words other[] = {
        luck_block((struct luck){8, 1, 24}, who, 0),
        luck_block((struct luck){7, 2, 24}, who, 0),
        luck_block((struct luck){7, 1, 25}, who, 0),
        luck_block((struct luck){7, 1, -24}, who, 0),
        luck_block(luck, (struct identity){who.origin + 1, 3}, 0),
        luck_block(luck, (struct identity){who.origin + (UINT64_C(1) << 32), 3}, 0),
        luck_block(luck, (struct identity){who.origin, 4}, 0),
        luck_block(luck, who, 1),
        luck_block(luck, who, 0),
    };
    enum { N = sizeof other / sizeof other[0] };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            cr_assert(memcmp(&other[i], &other[j], sizeof other[i]) != 0, "%d and %d", i, j);
    struct words again = luck_block(luck, who, 0);
    cr_assert(memcmp(&again, &other[N - 1], sizeof again) == 0);
}

Test(rng, uniforms_are_exact_and_strictly_inside)
{
    cr_assert(luck_uniform(0) == 0x1p-33 && luck_uniform(UINT32_MAX) == 1 - 0x1p-33);
    cr_assert(luck_uniform(0x80000000) == 0.5 + 0x1p-33);
    cr_assert(luck_uniform2(0, 0) == 0x1p-53 && luck_uniform2(UINT32_MAX, UINT32_MAX) == 1 - 0x1p-53);
    cr_assert(luck_uniform2(0, 1U << 12) == 3 * 0x1p-53 && luck_uniform2(0x80000000, 0) == 0.5 + 0x1p-53);
    cr_assert(luck_uniform2(0, 1U << 31) - luck_uniform2(0, 0) == 0x1p-33);
}

Test(rng, uniforms_eight_at_once_are_those_one_by_one)
{
    const uint32_t word[BLOCKS] = {0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, UINT32_MAX - 1, UINT32_MAX};
    double u[BLOCKS];
    luck_uniforms(word, u);
    for (int j = 0; j < BLOCKS; j++)
        cr_expect(u[j] == luck_uniform(word[j]), "word %d", j);
}

Test(rng, no_two_purposes_share_a_lane)
{
    cr_assert(sizeof purposes / sizeof purposes[0] == N_DRAWS);
    for (int i = 0; i < N_DRAWS; i++) {
        cr_assert_not_null(draw_name(purposes[i]));
        for (int j = 0; j < i; j++)
            cr_assert(purposes[i] != purposes[j], "%s and %s", draw_name(purposes[i]), draw_name(purposes[j]));
    }
    cr_assert_str_eq(draw_name(DRAW_FOUNDER_SECTOR), "FOUNDER_SECTOR");
    cr_assert(DRAW_FOUNDER_SECTOR == 2 * 4 + 3 && draw_block(DRAW_FOUNDER_SECTOR) == 2);
}

Test(rng, a_purpose_is_its_lane_of_its_block)
{
    const struct luck luck = {11, 2, 5};
    const struct identity who = {99, 8};
    for (int i = 0; i < N_DRAWS; i++) {
        struct words words = luck_block(luck, who, (uint32_t)purposes[i] / 4);
        double wanted = luck_uniform(words.w[purposes[i] % 4]);
        cr_assert(draw(luck, who, purposes[i]) == wanted && draw_from(&words, purposes[i]) == wanted);
    }
}

/* Chi-square over 256 cells of the high and of the low byte, for each purpose; red below 1e-6
 * of all of them. */
Test(rng, each_purpose_is_uniform)
{
    for (int k = 0; k < N_DRAWS; k++) {
        int high[256] = {0}, low[256] = {0};
        double chi2[2] = {0, 0}, expected = ENTERPRISES / 256.0;
        for (uint32_t i = 0; i < ENTERPRISES; i++) {
            double u = draw((struct luck){1, 0, (int32_t)(i % 240)}, (struct identity){17, i}, purposes[k]);
            uint32_t word = (uint32_t)(u * 0x1p32);
            high[word >> 24]++;
            low[word & 255]++;
        }
        for (int c = 0; c < 256; c++) {
            chi2[0] += (high[c] - expected) * (high[c] - expected) / expected;
            chi2[1] += (low[c] - expected) * (low[c] - expected) / expected;
        }
        cr_assert(gsl_cdf_chisq_Q(chi2[0], 255) > 1e-6 / (2 * N_DRAWS), "%s: %g", draw_name(purposes[k]), chi2[0]);
        cr_assert(gsl_cdf_chisq_Q(chi2[1], 255) > 1e-6 / (2 * N_DRAWS), "%s: %g", draw_name(purposes[k]), chi2[1]);
    }
}

/* Correlation of two columns of uniforms; their variance is 1/12. */
static double correlation(const double *x, const double *y)
{
    double sum = 0;
    for (int i = 0; i < ENTERPRISES; i++)
        sum += (x[i] - 0.5) * (y[i] - 0.5);
    return 12 * sum / ENTERPRISES;
}

Test(rng, purposes_are_pairwise_uncorrelated)
{
    static double u[N_DRAWS][ENTERPRISES];
    for (int k = 0; k < N_DRAWS; k++)
        for (uint32_t i = 0; i < ENTERPRISES; i++)
            u[k][i] = draw((struct luck){3, 0, 12}, (struct identity){23, i}, purposes[k]);
    for (int k = 0; k < N_DRAWS; k++)
        for (int j = 0; j < k; j++)
            cr_assert(fabs(correlation(u[k], u[j])) < 4.5 / sqrt(ENTERPRISES), "%s and %s", draw_name(purposes[k]),
                      draw_name(purposes[j]));
}

/* The next enterprise, month, run, seed and origin are as good as strangers. */
Test(rng, neighbours_are_uncorrelated)
{
    static double u[6][ENTERPRISES];
    for (uint32_t i = 0; i < ENTERPRISES; i++) {
        const struct luck luck = {3, 0, 12};
        const struct identity who = {23, i};
        u[0][i] = draw(luck, who, DRAW_SALES_SHOCK);
        u[1][i] = draw(luck, (struct identity){23, i + 1}, DRAW_SALES_SHOCK);
        u[2][i] = draw((struct luck){3, 0, 13}, who, DRAW_SALES_SHOCK);
        u[3][i] = draw((struct luck){3, 1, 12}, who, DRAW_SALES_SHOCK);
        u[4][i] = draw((struct luck){4, 0, 12}, who, DRAW_SALES_SHOCK);
        u[5][i] = draw(luck, (struct identity){24, i}, DRAW_SALES_SHOCK);
    }
    for (int k = 0; k < 6; k++)
        for (int j = 0; j < k; j++)
            cr_assert(fabs(correlation(u[k], u[j])) < 4.5 / sqrt(ENTERPRISES), "%d and %d", k, j);
}
