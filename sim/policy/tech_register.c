/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tech_register (科技型中小企业入库): the national register of technology SMEs as a state with a rule.  No instrument of its
 * own: others may be open to the enterprises on it only (`registered_only`).
 *
 * An enterprise is on it from a review to the next (at registration, each January, on a move of stage) when it has heard of it,
 * is small enough and has marks enough (国科发政〔2017〕115号, articles 6 and 7; evaluation.c).  It is evaluated from its own
 * figures of the year; joining costs nothing.  A place may also ask for innovation points. */
#include <liandong/evaluation.h>

enum { FIRST_CLASS }; /* of `patents` */

static bool eligible(const struct rows *t, uint32_t i, int32_t k)
{
    const struct tech_register_params *q = POLICY(t->r, k, tech_register);
    if (t->e->staff[i] > q->staff_max || (double)t->e->sales[i] > money_to_yuan(q->sales_max) ||
        !enterprise_knows(t, i, tech_register.number))
        return false;
    struct books b = evaluation_books(t, i);
    return b.assets <= money_to_yuan(q->assets_max) &&
           evaluation_register(&b, q->patents == FIRST_CLASS) >= q->marks_min &&
           (q->points_min <= 0.0 || evaluation_best_points(t, i) >= q->points_min);
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
