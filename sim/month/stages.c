/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stages - seed, startup, growth, expansion, maturity follow from product, sales, staff, age and profit; no transition
 * probability stands here, or finance could not matter for stage (mechanisms M1).  Looked at each quarter of a year of age. */
#include <liandong/month.h>

static bool reaches(const struct rows *t, uint32_t i, int32_t stage, double ease)
{
    const struct stages_params *s = NAMED(t->r, stages, stage);
    return (double)t->e->sales[i] >= ease * money_to_yuan(s->sales_min) &&
           (double)t->e->staff[i] >= ease * s->staff_min && age_of(t, i) >= s->age_min &&
           (!s->profit || t->e->profit_last[i] > 0.0f || ease < 1.0);
}

/* The highest stage it reaches; one it already has is kept down to a share of its threshold. */
static uint8_t stage_of(const struct rows *t, uint32_t i)
{
    if ((t->e->flags[i] & HAS_PRODUCT) == 0)
        return SEED;
    uint8_t stage = STARTUP;
    for (int32_t s = GROWTH; s < N_STAGES; s++)
        if (reaches(t, i, s, s <= t->e->stage[i] ? P(t->r, enterprise)->stage_hold : 1.0))
            stage = (uint8_t)s;
        else
            break;
    return stage;
}

/* Marks the living whose age in months is a multiple of the months between reviews, and forgets who moved last month.  An age
 * is divided in single precision, where a quotient of numbers so small is whole only if it is. */
static void mark_reviewed(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo;
    const int32_t *founded = t->e->founded + t->lo, month = t->w->month;
    uint8_t *flags = t->e->flags + t->lo, *mark = t->s->mark;
    uint32_t n = t->hi - t->lo;
    float review = (float)P(t->r, enterprise)->stage_review;
    for (uint32_t k = 0; k < n; k++) {
        float reviews = (float)(month - founded[k]) / review;
        mark[k] = (status[k] == ACTIVE) & ((float)(int32_t)reviews == reviews);
    }
    for (uint32_t k = 0; k < n; k++)
        flags[k] &= (uint8_t)~JUST_MOVED;
}

void firms_stage(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    mark_reviewed(t);
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        uint8_t stage = stage_of(t, i);
        if (stage == t->e->stage[i])
            continue;
        bool up = stage > t->e->stage[i];
        t->e->stage[i] = stage;
        t->e->flags[i] |= JUST_MOVED;
        count(t->t, cell_of(t->e, i), up ? ITEM_MOVED : ITEM_MOVED_DOWN, 1);
    }
}
