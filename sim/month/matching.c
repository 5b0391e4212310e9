/* SPDX-License-Identifier: GPL-3.0-or-later */
/* matching - an instrument that matches members with banks (instrument 34) introduces one whom his bank refused, and who
 * owes no bank anything, to another bank that joined: he banks there from now on.  Which one is a Gumbel choice among those
 * that joined, all alike to him, keyed by enterprise, bank and month.  Who owes his bank money cannot leave it so easily. */
#include <liandong/instrument.h>

/* Who has promised to stay with his bank. */
static bool is_bound(const struct rows *t, uint32_t i)
{
    size_t n;
    const struct deed *d = deeds_of(&t->r->deeds, i, &n);
    for (size_t k = 0; k < n; k++)
        if (instrument_of(t->r, d[k].instance)->commits && d[k].until >= t->w->month)
            return true;
    return false;
}

bool matching_free(const struct rows *t, uint32_t i)
{
    return t->e->debt[i].fen == 0 && t->e->line_room[i] <= 0.0f && !is_bound(t, i);
}

static bool takes_part(const struct region *r, int32_t bank, int32_t k)
{
    const struct instrument *in = instrument_of(r, k);
    return in->promises != NULL ? in->promises(r, k, bank) : bank_joined(r, bank, k);
}

/* The luckiest of up to eight banks, in their order, if luckier than `top`, which it then becomes. */
static void draw_banks(const struct rows *t, struct identity option[BLOCKS], const int32_t bank[BLOCKS], int n,
                       double *top, int32_t *best)
{
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    for (int j = n; j < BLOCKS; j++)
        option[j] = option[0];
    luck_blocks(t->w->luck, option, draw_block(DRAW_MATCH), word);
    luck_uniforms(word[DRAW_MATCH % 4], u);
    for (int j = 0; j < n; j++) {
        *best = u[j] > *top ? bank[j] : *best;
        *top = ld_max(u[j], *top);
    }
}

/* The luckiest bank other than his that takes part in an instance, -1: none. */
static int32_t other_bank(const struct rows *t, uint32_t i, int32_t k, struct identity who)
{
    int32_t best = -1, home = t->r->branch[t->e->branch[i]].bank, number = 0, bank[BLOCKS];
    struct identity option[BLOCKS];
    uint64_t kind = 0;
    double top = 0.0;
    int n = 0;
    for (int32_t b = 0; b < t->r->n_banks; b++) {
        number = b > 0 && t->r->bank[b].kind == t->r->bank[b - 1].kind ? number + 1 : 0;
        if (number == 0)
            kind = ld_hash(t->r->layout->name[GROUP_banks][t->r->bank[b].kind]);
        if (b == home || !takes_part(t->r, b, k))
            continue;
        bank[n] = b;
        option[n++] = (struct identity){ld_mix(who.origin, ld_mix(kind, (uint64_t)number)), who.index};
        if (n == BLOCKS)
            draw_banks(t, option, bank, n, &top, &best);
        n %= BLOCKS;
    }
    if (n > 0)
        draw_banks(t, option, bank, n, &top, &best);
    return best;
}

bool matching_moves(const struct rows *t, uint32_t i, int32_t k)
{
    struct identity who = enterprise_identity(t->e, i);
    int32_t bank = matching_free(t, i) ? other_bank(t, i, k, who) : -1;
    if (bank < 0)
        return false;
    const struct bank *b = &t->r->bank[bank];
    double u = draw(t->w->luck, who, DRAW_MATCH);
    t->e->branch[i] = (uint16_t)(b->first_branch + (int32_t)(u * b->n_branches));
    t->e->refusals[i] = 0; /* this bank has refused nothing yet */
    count(t->t, cell_of(t->e, i), ITEM_MATCHED, 1);
    return true;
}

void matching_introduce(const struct rows *t, uint32_t i)
{
    EACH_ACTING(t, i, ACT_MATCH, k)
    if (t->e->refusals[i] > 0)
        matching_moves(t, i, k);
}
