/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tech_register (科技型中小企业入库): the national register of technology SMEs as a state with a rule.  No instrument of its
 * own: others may be open to the enterprises on it only (`registered_only`).
 *
 * An enterprise is on it from a review to the next (at registration, each January, on a move of stage) when it has heard of it,
 * is small enough and has marks enough (国科发政〔2017〕115号, articles 6 and 7; evaluation.c).  It is evaluated from its own
 * figures of the year; joining costs nothing.  A place may also ask for innovation points. */
#include <liandong/evaluation.h>

enum { FIRST_CLASS }; /* of `patents` */

static void eligible(struct asked *a)
{
    const struct tech_register_params *q = POLICY(a->t->r, a->k, tech_register);
    const uint16_t *staff = a->t->e->staff;
    const int32_t most = q->staff_max;
    const double assets = money_to_yuan(q->assets_max), marks_min = q->marks_min;
    double marks[ASKED_TOGETHER], points[ASKED_TOGETHER];
    ASKED_KEEP(a, j, i, staff[i] <= most);
    asked_sales_to(a, q->sales_max);
    asked_knows(a, tech_register.number);
    const struct asked_books *b = evaluation_asked(a);
    evaluation_register(b, a->n, q->patents == FIRST_CLASS, marks);
    ASKED_KEEP(a, j, i, (b->assets[j] <= assets) & (marks[j] >= marks_min));
    if (q->points_min <= 0.0)
        return;
    evaluation_best_points(a->t->r, b, a->n, points);
    ASKED_KEEP(a, j, i, points[j] >= q->points_min);
}

/* The budget line pays for running it. */
static void begin(struct region *r, int32_t k)
{
    line_upkeep(r, k, FLOW_PLATFORM_COST);
}

const struct instrument tech_register = {
    .name = "tech_register",
    .number = 0,
    .group = GROUP_tech_register,
    .who_en = "government, enterprises",
    .who_zh = "政府、企业",
    .flow = FLOW_PLATFORM_COST,
    .claim_every = 12,
    .registers = true,
    .begin = begin,
    .eligible = eligible,
};
