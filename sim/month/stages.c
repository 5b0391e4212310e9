/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stages - seed, startup, growth, expansion, maturity follow from product, sales, staff, age and profit; no transition
 * probability stands here, or finance could not matter for stage (mechanisms M1).  Looked at each quarter of a year of age. */
#include <liandong/mathx.h>
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
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month;
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

/* What is asked of who is there: at least so much, and a profit above. */
struct needs {
    double sales, staff;
    int32_t age;
    float above;
};
/* Who meets the first stays in his stage, who meets the second is lifted out of it. */
struct bounds {
    struct needs keeps, lifts;
};

/* Held to a share of the thresholds, in force beside what was asked before. */
static struct needs needs_of(const struct region *r, int32_t stage, double ease, struct needs before)
{
    const struct stages_params *s = NAMED(r, stages, stage);
    return (struct needs){.sales = ld_max(before.sales, ease * money_to_yuan(s->sales_min)),
                          .staff = ld_max(before.staff, ease * s->staff_min),
                          .age = s->age_min > before.age ? s->age_min : before.age,
                          .above = s->profit && ease >= 1.0 ? 0.0f : before.above};
}

static void lay_bounds(const struct region *r, struct bounds bounds[N_STAGES])
{
    const struct needs none = {.above = -__builtin_inff()}, never = {.above = __builtin_inff()};
    bounds[SEED] = (struct bounds){.keeps = never};
    bounds[STARTUP] = (struct bounds){.keeps = none};
    for (int32_t s = GROWTH; s < N_STAGES; s++)
        bounds[s].keeps = needs_of(r, s, P(r, enterprise)->stage_hold, bounds[s - 1].keeps);
    for (int32_t s = SEED; s < N_STAGES; s++)
        bounds[s].lifts = s == MATURITY ? never : needs_of(r, s + 1, 1.0, none);
}

/* Of those listed, who does not belong where he is: they stay in the list.  Without a branch, since who they are is hard to guess. */
static uint32_t list_moving(const struct rows *t, uint32_t n)
{
    struct bounds bounds[N_STAGES];
    uint32_t moving = 0;
    lay_bounds(t->r, bounds);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        const struct needs *keeps = &bounds[t->e->stage[i]].keeps, *lifts = &bounds[t->e->stage[i]].lifts;
        double sales = (double)t->e->sales[i], staff = (double)t->e->staff[i];
        float profit = t->e->profit_last[i];
        int32_t age = age_of(t, i);
        bool stays = (sales >= keeps->sales) & (staff >= keeps->staff) & (age >= keeps->age) & (profit > keeps->above);
        bool rises = (sales >= lifts->sales) & (staff >= lifts->staff) & (age >= lifts->age) & (profit > lifts->above);
        bool product = (t->e->flags[i] & HAS_PRODUCT) != 0, seed = t->e->stage[i] == SEED;
        t->s->list[moving] = t->s->list[j];
        moving += (product & (!stays | rises)) | (!product & !seed);
    }
    return moving;
}

void firms_stage(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    mark_reviewed(t);
    uint32_t n = list_moving(t, list_marked(t));
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
