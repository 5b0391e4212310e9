/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equal_cost - see include/liandong/equal_cost.h. */
#include <liandong/equal_cost.h>
#include <math.h>
#include <stdbool.h>

enum { DOUBLINGS = 12, TRIES = 24 };
static const double near_enough = 0.01;

struct search {
    cost_fn cost;
    void *context;
    double target, below,
        above; /* below < 0 <= above: weights of false position, cost - target at low and high at first */
    struct equal_cost *found; /* its low and high hold the target between them once it is reached */
    struct equal_cost_try lowest, highest;
    struct diag *diag;
};

static enum status try_size(struct search *s, double size, struct equal_cost_try *here)
{
    *here = (struct equal_cost_try){.size = size};
    TRY(s->cost(s->context, size, &here->cost, s->diag));
    bool first = s->found->tries++ == 0;
    if (first || fabs(here->cost - s->target) < fabs(s->found->cost - s->target)) {
        s->found->size = size;
        s->found->cost = here->cost;
    }
    s->lowest = first || here->cost < s->lowest.cost ? *here : s->lowest;
    s->highest = first || here->cost > s->highest.cost ? *here : s->highest;
    return OK;
}

static bool is_within(const struct search *s, double share)
{
    return fabs(s->found->cost - s->target) <= share * s->target;
}

/* From `start` up, until the target is reached. */
static enum status bracket(struct search *s, double start, double most)
{
    double size = start < most ? start : most;
    for (int k = 0; k <= DOUBLINGS; k++) {
        TRY(try_size(s, size, &s->found->high));
        if (s->found->high.cost >= s->target)
            return OK;
        if (size >= most)
            break;
        s->found->low = s->found->high;
        size = 2.0 * size < most ? 2.0 * size : most;
    }
    s->found->low = s->lowest;
    double largest = fmax(fabs(s->lowest.cost), fabs(s->highest.cost));
    bool flat = s->highest.cost - s->lowest.cost <= EQUAL_COST_WITHIN * largest;
    s->found->high = flat ? s->found->high : s->highest; /* of a flat one the largest size tried tells more */
    s->found->verdict = flat ? EQUAL_COST_FLAT : EQUAL_COST_CHEAP;
    return VERDICT_BAD;
}

static enum status narrow(struct search *s)
{
    struct equal_cost_try *low = &s->found->low, *high = &s->found->high, here;
    int side = 0;
    s->below = low->cost - s->target;
    s->above = high->cost - s->target;
    while (!is_within(s, near_enough) && s->found->tries < TRIES && high->size - low->size > 1e-3 * high->size) {
        double size = (low->size * s->above - high->size * s->below) / (s->above - s->below);
        bool stalls = s->found->tries % 4 == 3 || !(size > low->size && size < high->size);
        TRY(try_size(s, stalls ? 0.5 * (low->size + high->size) : size, &here));
        if (here.cost < s->target) {
            *low = here;
            s->below = here.cost - s->target;
            s->above *= side < 0 ? 0.5 : 1.0;
            side = -1;
        } else {
            *high = here;
            s->above = here.cost - s->target;
            s->below *= side > 0 ? 0.5 : 1.0;
            side = 1;
        }
    }
    return OK;
}

/* What came near enough is taken, however the search ended. */
static enum status judge(struct search *s, enum status status, enum equal_cost_verdict verdict)
{
    if (status != OK && status != VERDICT_BAD)
        return status;
    bool good = is_within(s, EQUAL_COST_WITHIN);
    s->found->verdict = good ? EQUAL_COST_FOUND : verdict;
    return good ? OK : VERDICT_BAD;
}

enum status equal_cost_find(cost_fn cost, void *context, double target, double least, double start, double most,
                            struct equal_cost *found, struct diag *diag)
{
    struct search s = {.cost = cost, .context = context, .target = target, .found = found, .diag = diag};
    *found = (struct equal_cost){.tries = 0};
    TRY(try_size(&s, least, &found->low));
    if (found->low.cost >= target)
        return judge(&s, VERDICT_BAD, EQUAL_COST_DEAR);
    enum status status = bracket(&s, start > least ? start : 2.0 * least, most);
    if (status != OK)
        return judge(&s, status, found->verdict);
    return judge(&s, narrow(&s), EQUAL_COST_STEP);
}
