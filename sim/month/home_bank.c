/* SPDX-License-Identifier: GPL-3.0-or-later */
/* home_bank - where an enterprise opens its account.
 *
 * A bank is called by its kind and its number within it, so that a further kind leaves everybody's luck as it was.  Founders of a
 * cohort have an origin in common, so what it makes with the names of the banks is worked out once a month; a crowd chooses at once. */
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
            h->mixed[b * HISTORY + ago] = ld_mix(origin[ago], h->name[b]);
    }
    return OK;
}

/* How long ago each had his idea; of those in `other` nobody else has the origin. */
struct sorted_out {
    uint32_t n_others;
    uint8_t ago[CROWD], other[CROWD];
};

static void sort_out(const struct home_banks *h, const struct crowd *as, struct sorted_out *o)
{
    o->n_others = 0;
    for (uint32_t j = 0; j < as->n; j++) {
        uint8_t ago = 0;
        while (ago < HISTORY && h->origin[ago] != as->origin[j])
            ago++;
        o->ago[j] = ago < HISTORY ? ago : 0;
        o->other[o->n_others] = (uint8_t)j;
        o->n_others += ago == HISTORY;
    }
}

/* Of a kind, which are banks that weigh the same, the luckiest for each: its word, and of several the first.  Who is luckier than
 * those before is what a processor guesses badly. */
struct luckiest {
    uint32_t word[CROWD];
    int32_t bank[CROWD];
};

static void draw_kind(const struct home_banks *h, struct luck luck, const struct crowd *as, const struct sorted_out *o,
                      int32_t kind, struct luckiest *of)
{
    struct crowd option = *as;
    uint32_t word[4][CROWD];
    for (uint32_t j = 0; j < as->n; j++) {
        of->word[j] = 0;
        of->bank[j] = h->first[kind];
    }
    for (int32_t b = h->first[kind]; b < h->first[kind + 1]; b++) {
        const uint64_t *mixed = h->mixed + b * HISTORY;
        for (uint32_t j = 0; j < as->n; j++)
            option.origin[j] = mixed[o->ago[j]];
        for (uint32_t j = 0; j < o->n_others; j++)
            option.origin[o->other[j]] = ld_mix(as->origin[o->other[j]], h->name[b]);
        luck_crowd(luck, &option, 64, word);
        for (uint32_t j = 0; j < as->n; j++) {
            of->bank[j] = word[0][j] > of->word[j] ? b : of->bank[j];
            of->word[j] = word[0][j] > of->word[j] ? word[0][j] : of->word[j];
        }
    }
}

static void choose_banks(const struct home_banks *h, struct luck luck, const struct crowd *as, int32_t bank[CROWD])
{
    struct sorted_out o;
    double top[CROWD];
    sort_out(h, as, &o);
    for (uint32_t j = 0; j < as->n; j++) {
        top[j] = -1e300;
        bank[j] = 0;
    }
    for (int32_t kind = 0; kind < h->kinds; kind++) {
        struct luckiest of;
        double value[CROWD];
        draw_kind(h, luck, as, &o, kind, &of);
        for (uint32_t j = 0; j < as->n; j++)
            value[j] = h->weight[kind] + ld_gumbel(luck_uniform(of.word[j]));
        for (uint32_t j = 0; j < as->n; j++) {
            bank[j] = value[j] > top[j] ? of.bank[j] : bank[j];
            top[j] = value[j] > top[j] ? value[j] : top[j];
        }
    }
}

void home_branches(const struct home_banks *h, struct luck luck, const struct crowd *as, uint16_t branch[CROWD])
{
    int32_t bank[CROWD];
    uint32_t word[4][CROWD];
    memset(branch, 0, CROWD * sizeof *branch);
    if (h->r->n_banks == 0)
        return;
    choose_banks(h, luck, as, bank);
    luck_crowd(luck, as, draw_block(DRAW_HOME_BANK), word);
    for (uint32_t j = 0; j < as->n; j++) {
        const struct bank *b = &h->r->bank[bank[j]];
        double u = luck_uniform(word[DRAW_HOME_BANK % 4][j]);
        branch[j] = (uint16_t)(b->first_branch + (int32_t)(u * b->n_branches));
    }
}
