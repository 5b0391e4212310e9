/* SPDX-License-Identifier: GPL-3.0-or-later */
/* home_bank - where an enterprise opens its account.
 *
 * A bank is called by its kind and its number within it, so that a further kind leaves everybody's luck as it was.  Founders of a
 * cohort have an origin in common, so what it makes with the names of the banks is worked out once a month; eight choose at once. */
#include <liandong/home_bank.h>
#include <liandong/mathx.h>
#include <string.h>

static void lay_names(struct home_banks *h)
{
    const struct region *r = h->r;
    for (int32_t b = 0, number = 0; b < r->n_banks; b++) {
        int32_t kind = r->bank[b].kind;
        bool follows = b > 0 && kind == r->bank[b - 1].kind;
        number = follows ? number + 1 : 0;
        h->name[b] = ld_mix(ld_hash(r->layout->name[GROUP_banks][kind]), (uint64_t)number);
        if (!follows) {
            BUG_ON(h->kinds == MAX_BANK_KINDS);
            double weight = NAMED(r, banks, kind)->weight;
            h->first[h->kinds] = b;
            h->weight[h->kinds++] = weight > 0.0 ? ld_log(weight) : -1e9;
        }
    }
    h->first[h->kinds] = r->n_banks;
}

enum status home_banks_lay(struct home_banks *h, struct arena *arena, const struct region *r,
                           const uint64_t origin[HISTORY])
{
    size_t banks = (size_t)r->n_banks;
    *h = (struct home_banks){.r = r,
                             .weight = arena_take(arena, MAX_BANK_KINDS, sizeof *h->weight),
                             .first = arena_take(arena, MAX_BANK_KINDS + 1, sizeof *h->first),
                             .name = arena_take(arena, banks, sizeof *h->name),
                             .mixed = arena_take(arena, HISTORY * banks, sizeof *h->mixed)};
    if (h->weight == NULL || h->first == NULL || h->name == NULL || h->mixed == NULL)
        return NO_MEMORY;
    lay_names(h);
    for (size_t ago = 0; ago < HISTORY; ago++) {
        h->origin[ago] = origin[ago];
        for (size_t b = 0; b < banks; b++)
            h->mixed[ago * banks + b] = ld_mix(origin[ago], h->name[b]);
    }
    return OK;
}

/* NULL: nobody else has this origin. */
static const uint64_t *mixed_with(const struct home_banks *h, uint64_t origin)
{
    for (size_t ago = 0; ago < HISTORY; ago++)
        if (h->origin[ago] == origin)
            return h->mixed + ago * (size_t)h->r->n_banks;
    return NULL;
}

/* Of a kind, which are banks that weigh the same, the luckiest for each of eight: its word, and of several the first.  Who is
 * luckier than those before is what a processor guesses badly. */
struct luckiest {
    uint32_t word[BLOCKS];
    int32_t bank[BLOCKS];
};

static void draw_kind(const struct home_banks *h, struct luck luck, const struct identity as[BLOCKS],
                      const int32_t idea[BLOCKS], const uint64_t *const mixed[BLOCKS], int32_t kind,
                      struct luckiest *of)
{
    for (int j = 0; j < BLOCKS; j++) {
        of->word[j] = 0;
        of->bank[j] = h->first[kind];
    }
    for (int32_t b = h->first[kind]; b < h->first[kind + 1]; b++) {
        struct identity option[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (int j = 0; j < BLOCKS; j++)
            option[j] =
                (struct identity){mixed[j] != NULL ? mixed[j][b] : ld_mix(as[j].origin, h->name[b]), as[j].index};
        luck_blocks_at(luck, option, idea, 64, word);
        for (int j = 0; j < BLOCKS; j++) {
            of->bank[j] = word[0][j] > of->word[j] ? b : of->bank[j];
            of->word[j] = word[0][j] > of->word[j] ? word[0][j] : of->word[j];
        }
    }
}

static void choose_banks(const struct home_banks *h, struct luck luck, const struct identity as[BLOCKS],
                         const int32_t idea[BLOCKS], int32_t bank[BLOCKS])
{
    const uint64_t *mixed[BLOCKS];
    double top[BLOCKS];
    for (int j = 0; j < BLOCKS; j++) {
        mixed[j] = mixed_with(h, as[j].origin);
        top[j] = -1e300;
        bank[j] = 0;
    }
    for (int32_t kind = 0; kind < h->kinds; kind++) {
        struct luckiest of;
        double value[BLOCKS];
        draw_kind(h, luck, as, idea, mixed, kind, &of);
        luck_uniforms(of.word, value);
        for (int j = 0; j < BLOCKS; j++)
            value[j] = h->weight[kind] + ld_gumbel(value[j]);
        for (int j = 0; j < BLOCKS; j++) {
            bank[j] = value[j] > top[j] ? of.bank[j] : bank[j];
            top[j] = value[j] > top[j] ? value[j] : top[j];
        }
    }
}

void home_branches(const struct home_banks *h, struct luck luck, const struct identity as[BLOCKS],
                   const int32_t idea[BLOCKS], uint16_t branch[BLOCKS])
{
    int32_t bank[BLOCKS];
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    memset(branch, 0, BLOCKS * sizeof *branch);
    if (h->r->n_banks == 0)
        return;
    choose_banks(h, luck, as, idea, bank);
    luck_blocks_at(luck, as, idea, draw_block(DRAW_HOME_BANK), word);
    luck_uniforms(word[DRAW_HOME_BANK % 4], u);
    for (int j = 0; j < BLOCKS; j++) {
        const struct bank *b = &h->r->bank[bank[j]];
        branch[j] = (uint16_t)(b->first_branch + (int32_t)(u[j] * b->n_branches));
    }
}
