/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who certainly stays in his stage, and whose founder certainly goes on, is passed over by bounds: nobody else may be. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <liandong/funds.h>
#include <liandong/mathx.h>

/* A town that funds have invested in, whose first tile is looked at in months that nobody lives through. */
struct town {
    struct lab_run run;
    struct region *r;
    struct enterprises *e;
    struct rows t;
    uint32_t x;
};

static void make_town(struct town *town)
{
    static struct lab lab;
    lab_town(&lab);
    lab_funds(&lab);
    lab_go(&town->run, &lab, (struct lab_options){.threads = 1, .compact_every = -1, .months = 6});
    struct world *w = &town->run.world;
    struct member *me = &w->team.member[0];
    town->r = &w->region[0];
    town->e = &town->r->enterprises;
    uint32_t hi = town->e->n < TILE ? (uint32_t)town->e->n : TILE;
    town->t = (struct rows){w, town->r, town->e, &town->r->loans, &me->hand->tally[0], me->hand->scratch, me, 0, hi, 0};
    town->x = 1;
}

/* Between 0 and 1. */
static double next(struct town *town)
{
    town->x = town->x * 1664525 + 1013904223;
    return (double)(town->x >> 8) / 16777216.0;
}

static bool reaches(const struct town *town, uint32_t i, int32_t stage, double ease)
{
    const struct stages_params *s = NAMED(town->r, stages, stage);
    const struct enterprises *e = town->e;
    return (double)e->sales[i] >= ease * money_to_yuan(s->sales_min) && (double)e->staff[i] >= ease * s->staff_min &&
           age_of(&town->t, i) >= s->age_min && (!s->profit || e->profit_last[i] > 0.0f || ease < 1.0);
}

static int32_t stage_of(const struct town *town, uint32_t i)
{
    const struct enterprises *e = town->e;
    double hold = P(town->r, enterprise)->stage_hold;
    int32_t s = GROWTH;
    if ((e->flags[i] & HAS_PRODUCT) == 0)
        return SEED;
    while (s < N_STAGES && reaches(town, i, s, s <= e->stage[i] ? hold : 1.0))
        s++;
    return s - 1;
}

/* On a threshold, below or above it. */
static void move_about(struct town *town, uint32_t i)
{
    const struct stages_params *s = NAMED(town->r, stages, GROWTH + (int32_t)(3.0 * next(town)));
    double near[] = {0.5, 0.6, 0.7, 1.0, 1.0, 1.5, 4.0}, hold = P(town->r, enterprise)->stage_hold;
    double of_sales = next(town) < 0.3 ? hold : near[(int)(7.0 * next(town))], of_staff = near[(int)(7.0 * next(town))];
    town->e->sales[i] = (float)(of_sales * money_to_yuan(s->sales_min));
    town->e->staff[i] = (uint16_t)(of_staff * s->staff_min + 0.5);
    town->e->profit_last[i] = next(town) < 0.3 ? -1.0f : next(town) < 0.5 ? 0.0f : 1.0f;
    town->e->stage[i] = (uint8_t)(town->e->flags[i] & HAS_PRODUCT ? STARTUP + (int32_t)(4.0 * next(town)) : SEED);
}

Test(bounds, of_stages_pass_over_nobody_who_moves)
{
    static struct town town;
    int32_t moved = 0, stayed = 0, expected[TILE];
    make_town(&town);
    for (int month = 0; month < 12; month++) {
        town.run.world.month++;
        for (uint32_t i = 0; i < town.t.hi; i++) {
            bool asked = town.e->status[i] == ACTIVE && age_of(&town.t, i) % P(town.r, enterprise)->stage_review == 0;
            move_about(&town, i);
            expected[i] = asked ? stage_of(&town, i) : town.e->stage[i];
            moved += expected[i] != town.e->stage[i];
            stayed += asked && expected[i] == town.e->stage[i];
        }
        firms_stage(&town.t);
        for (uint32_t i = 0; i < town.t.hi; i++)
            cr_expect_eq(town.e->stage[i], expected[i], "row %u", i);
    }
    cr_expect_gt(moved, 100);
    cr_expect_gt(stayed, 100);
    lab_end(&town.run);
}

/* What going on is worth to the founder, and what would be enough, yuan. */
static double left_to_him(const struct town *town, uint32_t i, double *enough)
{
    const struct enterprises *e = town->e;
    const struct founders_params *f = P(town->r, founders);
    double cost = 0.0, owed = money_to_yuan(money_add(e->debt[i], e->overdue[i]));
    double value = firm_value(town->r, e, i) + money_to_yuan(e->cash[i]) + money_to_yuan(e->receivable[i]) - owed;
    for (size_t k = 0; k < town->r->positions.held.n; k++)
        cost += position_at(town->r, k)->row == i ? money_to_yuan(position_at(town->r, k)->cost) : 0.0;
    *enough = f->patience * money_to_yuan(f->outside_wage);
    double his = value * (double)e->founder_share[i];
    return e->owned[i] & OWNED_BY_FUND ? ld_min(his, value - cost) : his;
}

Test(bounds, of_giving_up_pass_over_no_founder_who_does)
{
    static struct town town;
    int32_t quit = 0, near = 0, held = 0, thinking = 0;
    bool expected[TILE];
    make_town(&town);
    cr_assert_eq(town.r->bonds.n, 0);
    for (int month = 0; month < 3; month++) {
        town.run.world.month++;
        for (uint32_t i = 0; i < town.t.hi; i++) {
            struct enterprises *e = town.e;
            double enough, off = 4.0 * next(&town) - 2.0;
            e->overdue[i] = FEN(0);
            e->worst[i] = 0;
            double gap = left_to_him(&town, i, &enough) - enough;
            if (next(&town) < 0.8) /* debt that leaves him about what is enough, to the yuan */
                e->debt[i] = money_add(e->debt[i], from_yuan((gap + off) / (double)e->founder_share[i]));
            int32_t age = age_of(&town.t, i);
            bool thinks = e->status[i] == ACTIVE && age >= P(town.r, founders)->quit_age && age % 3 == 0 &&
                          (e->owned[i] & OWNED_BY_BUYER) == 0;
            gap = left_to_him(&town, i, &enough) - enough;
            expected[i] = e->status[i] != ACTIVE || (thinks && gap < 0.0);
            quit += thinks && gap < 0.0;
            thinking += thinks;
            held += thinks && (e->owned[i] & OWNED_BY_FUND) != 0;
            near += thinks && gap > -3.0 && gap < 3.0;
        }
        firms_fail(&town.t);
        for (uint32_t i = 0; i < town.t.hi; i++)
            cr_expect_eq(town.e->status[i] != ACTIVE, expected[i], "row %u", i);
    }
    cr_expect_gt(thinking - quit, 100);
    cr_expect_gt(quit, 100);
    cr_expect_gt(near, 100);
    cr_expect_gt(held, 0);
    lab_end(&town.run);
}
