/* SPDX-License-Identifier: GPL-3.0-or-later */
/* home_bank - where an enterprise opens its account.
 *
 * A bank is called by its kind and its number within it, so that a further kind leaves everybody's luck as it was.  Founders of a
 * cohort have an origin in common, so what it makes with the names of the banks is worked out once a month. */
#include <liandong/home_bank.h>
#include <liandong/mathx.h>

enum { KINDS_AT_ONCE = 4 }; /* of which Gumbel draws are made; those beyond the last are not used */
_Static_assert(MAX_BANK_KINDS % KINDS_AT_ONCE == 0, "the last of them lie within the list");

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
            h->weight[h->kinds++] = weight > 0.0 ? ld_log(weight) : -1e9;
        }
        h->kind[b] = (uint8_t)(h->kinds - 1);
    }
    for (size_t b = (size_t)r->n_banks; b < h->width; b++)
        h->name[b] = 0;
}

enum status home_banks_lay(struct home_banks *h, struct arena *arena, const struct region *r,
                           const uint64_t origin[HISTORY])
{
    size_t width = ((size_t)r->n_banks + BLOCKS - 1) / BLOCKS * BLOCKS;
    *h = (struct home_banks){.r = r,
                             .width = width,
                             .weight = arena_take(arena, MAX_BANK_KINDS, sizeof *h->weight),
                             .kind = arena_take(arena, width, sizeof *h->kind),
                             .name = arena_take(arena, width, sizeof *h->name),
                             .mixed = arena_take(arena, HISTORY * width, sizeof *h->mixed)};
    if (h->weight == NULL || h->kind == NULL || h->name == NULL || h->mixed == NULL)
        return NO_MEMORY;
    lay_names(h);
    for (size_t ago = 0; ago < HISTORY; ago++) {
        h->origin[ago] = origin[ago];
        for (size_t b = 0; b < width; b++)
            h->mixed[ago * width + b] = ld_mix(origin[ago], h->name[b]);
    }
    return OK;
}

/* NULL: nobody else has this origin. */
static const uint64_t *mixed_with(const struct home_banks *h, uint64_t origin)
{
    for (size_t ago = 0; ago < HISTORY; ago++)
        if (h->origin[ago] == origin)
            return h->mixed + ago * h->width;
    return NULL;
}

/* Of each kind, which are banks that weigh the same, the luckiest: its word, and below it how many come after it, so that of
 * several the first is taken.  Who is luckier than those before is what a processor guesses badly. */
static void draw_kinds(const struct home_banks *h, struct luck luck, struct identity as, uint64_t best[MAX_BANK_KINDS])
{
    const uint64_t *mixed = mixed_with(h, as.origin);
    for (uint32_t from = 0; from < h->width; from += BLOCKS) {
        struct identity option[BLOCKS];
        uint32_t word[4][BLOCKS], n = (uint32_t)h->r->n_banks - from;
        for (uint32_t j = 0; j < BLOCKS; j++)
            option[j] =
                (struct identity){mixed != NULL ? mixed[from + j] : ld_mix(as.origin, h->name[from + j]), as.index};
        luck_blocks(luck, option, 64, word);
        for (uint32_t j = 0; j < BLOCKS && j < n; j++) {
            uint64_t *of = &best[h->kind[from + j]], lucky = (uint64_t)word[0][j] << 32 | (UINT32_MAX - (from + j));
            *of = lucky > *of ? lucky : *of;
        }
    }
}

static int32_t choose_bank(const struct home_banks *h, struct luck luck, struct identity as)
{
    uint64_t best[MAX_BANK_KINDS] = {0};
    int32_t bank = 0;
    double top = -1e300;
    draw_kinds(h, luck, as, best);
    for (int32_t kind = 0; kind < h->kinds; kind += KINDS_AT_ONCE) {
        double value[KINDS_AT_ONCE];
        for (int32_t k = 0; k < KINDS_AT_ONCE; k++)
            value[k] = ld_gumbel(luck_uniform((uint32_t)(best[kind + k] >> 32)));
        for (int32_t k = 0; k < KINDS_AT_ONCE && kind + k < h->kinds; k++)
            if (h->weight[kind + k] + value[k] > top) {
                top = h->weight[kind + k] + value[k];
                bank = (int32_t)(UINT32_MAX - (uint32_t)best[kind + k]);
            }
    }
    return bank;
}

uint16_t home_branch(const struct home_banks *h, struct luck luck, struct identity as)
{
    if (h->r->n_banks == 0)
        return 0;
    const struct bank *bank = &h->r->bank[choose_bank(h, luck, as)];
    double u = draw(luck, as, DRAW_HOME_BANK);
    return (uint16_t)(bank->first_branch + (int32_t)(u * bank->n_branches));
}
