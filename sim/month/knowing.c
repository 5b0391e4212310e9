/* SPDX-License-Identifier: GPL-3.0-or-later */
/* knowing - which products an enterprise knows of: by its literacy, and by what it has joined (mechanisms M3). */
#include <liandong/planning.h>
#include <string.h>

/* What membership in instruments that inform adds to a member's chance to know a product. */
static double awareness(const struct rows *t, uint32_t i)
{
    double ignorant = 1.0 - (double)t->e->literacy[i];
    EACH_ACTING(t, i, ACT_INFORM, k)
    ignorant *= 1.0 - instrument_of(t->r, k)->inform(t->r, k);
    return 1.0 - ignorant;
}

/* Who is asked of a product stands in a list of rows that are asked of the same: eight of them are drawn at once. */
static void draw_beside(const struct rows *t, int32_t four)
{
    struct scratch *s = t->s;
    uint32_t first = s->at / BLOCKS * BLOCKS;
    if (s->together[four] != first) {
        struct identity who[BLOCKS];
        struct luck luck = t->w->luck;
        luck.month = four;
        for (uint32_t j = 0; j < BLOCKS; j++) /* what follows the last one is not used */
            who[j] = enterprise_identity(t->e, t->lo + s->list[first + j < s->listed ? first + j : first]);
        luck_blocks(luck, who, draw_block(DRAW_KNOWS), s->beside[four]);
        s->together[four] = first;
    }
    for (int lane = 0; lane < 4; lane++)
        s->known[four][lane] = s->beside[four][lane][s->at - first];
    s->drawn |= 1u << four;
}

enum { FEW = 20 }; /* instances from which drawing eight at once is the faster; no result depends on it */
/* The draws of four products: for life, so the month's place in the counter names the products.  Where many
 * instruments stand, who is asked of one is asked of others, too: those of eight fours are drawn at once. */
static const uint32_t *draws_of_four(const struct rows *t, uint32_t i, int32_t four)
{
    struct scratch *s = t->s;
    BUG_ON(four >= INSTRUMENT_FOURS);
    if ((s->drawn >> four & 1) != 0)
        return s->known[four];
    if (s->at != NOT_LISTED && t->lo + s->list[s->at] == i) {
        draw_beside(t, four);
        return s->known[four];
    }
    struct luck luck = t->w->luck;
    struct identity who = enterprise_identity(t->e, i);
    luck.month = four;
    if (t->r->n_instances < FEW) {
        struct words u = luck_block(luck, who, draw_block(DRAW_KNOWS));
        memcpy(s->known[four], u.w, sizeof u.w);
        s->drawn |= 1u << four;
        return s->known[four];
    }
    struct identity same[BLOCKS] = {who, who, who, who, who, who, who, who};
    int32_t fours[BLOCKS], first = four / BLOCKS * BLOCKS;
    uint32_t word[4][BLOCKS];
    for (int32_t j = 0; j < BLOCKS; j++)
        fours[j] = first + j;
    luck_blocks_at(luck, same, fours, draw_block(DRAW_KNOWS), word);
    for (int32_t j = 0; j < BLOCKS; j++)
        for (int lane = 0; lane < 4; lane++)
            s->known[first + j][lane] = word[lane][j];
    s->drawn |= 255u << first;
    return s->known[four];
}

/* A review asks of many products, one after the other. */
static void look_at(const struct rows *t, uint32_t i)
{
    struct scratch *s = t->s;
    if (s->asked_row != i) {
        s->asked_row = i;
        s->drawn = 0;
        s->aware = -1.0;
    }
    if (s->aware < 0.0)
        s->aware = awareness(t, i);
}

void knowing_begins(const struct rows *t, uint32_t listed)
{
    t->s->listed = listed;
    for (int four = 0; four < INSTRUMENT_FOURS; four++)
        t->s->together[four] = NOT_LISTED;
}

bool enterprise_knows(const struct rows *t, uint32_t i, int32_t product)
{
    look_at(t, i);
    return luck_uniform(draws_of_four(t, i, product / 4)[product % 4]) < t->s->aware;
}

void channels_known(const struct rows *t, uint32_t n, uint8_t known[TILE])
{
    enum { FOUR = KNOWS_BANK / 4 };
    struct luck luck = t->w->luck;
    luck.month = FOUR;
    for (uint32_t from = 0; from < n; from += BLOCKS) {
        struct identity who[BLOCKS];
        uint32_t word[4][BLOCKS];
        double chance[BLOCKS];
        for (uint32_t j = 0; j < BLOCKS; j++) { /* what follows the last one is not used */
            uint32_t i = t->lo + t->s->list[from + j < n ? from + j : from];
            who[j] = enterprise_identity(t->e, i);
            chance[j] = awareness(t, i) * 0x1p32; /* (w + 1/2) / 2^32 < aware: both sides are exact */
        }
        luck_blocks(luck, who, draw_block(DRAW_KNOWS), word);
        for (uint32_t j = 0; j < BLOCKS; j++) {
            known[from + j] = 0;
            for (unsigned lane = 0; lane < 4; lane++)
                known[from + j] |= (uint8_t)((unsigned)((double)word[lane][j] + 0.5 < chance[j]) << lane);
        }
    }
}

/* -- many at once ----------------------------------------------------------------------------------------------------------- */
void asked_begins(const struct asked *all)
{
    struct knowing_list *g = &all->t->s->knowing;
    asked_lay(all);
    all->t->s->books_read = false;
    g->begun = g->aware = false;
    g->n = all->n;
    uint32_t *row = g->row;
    ASKED_ALL(all, j, i, row[j] = (uint32_t)i);
}

static void begin_knowing(const struct rows *t, struct knowing_list *g)
{
    for (uint32_t j = 0; j < g->n; j++) {
        g->cohort[j] = t->e->cohort[g->row[j]];
        g->index[j] = t->e->index[g->row[j]];
    }
    g->drawn = 0;
    g->begun = true;
}

/* As awareness of each. */
static void work_out_chances(const struct rows *t, struct knowing_list *g)
{
    double ignorant[ASKED_TOGETHER];
    for (uint32_t j = 0; j < g->n; j++)
        ignorant[j] = 1.0 - (double)t->e->literacy[g->row[j]];
    for (size_t word = t->r->act_from[ACT_INFORM]; word < t->r->act_to[ACT_INFORM]; word++) {
        const member_word *member = t->e->member + word * t->e->capacity;
        member_word joined[ASKED_TOGETHER];
        for (uint32_t j = 0; j < g->n; j++)
            joined[j] = member[g->row[j]];
        for (unsigned bits = t->r->acts[ACT_INFORM][word]; bits != 0; bits &= bits - 1) {
            const int bit = __builtin_ctz(bits);
            const int32_t k = (int32_t)word * MEMBER_BITS + bit;
            const double missed = 1.0 - instrument_of(t->r, k)->inform(t->r, k);
            for (uint32_t j = 0; j < g->n; j++)
                /* cppcheck-suppress uninitvar ; filled up to n */
                ignorant[j] *= (joined[j] >> bit & 1) != 0 ? missed : 1.0;
        }
    }
    for (uint32_t j = 0; j < g->n; j++)
        g->chance[j] = 1.0 - ignorant[j];
    g->aware = true;
}

void asked_informed(const struct rows *t)
{
    t->s->knowing.aware = false;
}

/* Of all of them, though not all may be asked: others of the four products are asked of them, too. */
static void draw_rows(const struct rows *t, struct knowing_list *g, int32_t four)
{
    struct luck luck = t->w->luck;
    luck.month = four;
    luck_rows(luck, t->e->origin, g->cohort, g->index, draw_block(DRAW_KNOWS), g->n, g->word[four][0], ASKED_TOGETHER);
    g->drawn |= 1u << four;
}

void asked_knows(struct asked *a, int32_t product)
{
    struct knowing_list *g = &a->t->s->knowing;
    const int32_t four = product / 4;
    uint8_t knows[ASKED_TOGETHER], any = 0;
    BUG_ON(four >= INSTRUMENT_FOURS);
    for (uint32_t j = 0; j < a->n; j++)
        any |= a->mark[j];
    if (any == 0)
        return;
    if (!g->begun)
        begin_knowing(a->t, g);
    if (!g->aware)
        work_out_chances(a->t, g);
    if ((g->drawn >> four & 1) == 0)
        draw_rows(a->t, g, four);
    const uint32_t *word = g->word[four][product % 4];
    for (uint32_t j = 0; j < a->n; j++)
        knows[j] = luck_uniform(word[j]) < g->chance[j];
    for (uint32_t j = 0; j < a->n; j++)
        a->mark[j] = (uint8_t)(a->mark[j] & knows[j]);
}
