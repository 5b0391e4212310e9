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
    double target, low, below, high, above; /* below < 0 <= above: cost - target at low and high */
    struct equal_cost *found;
    struct diag *diag;
};

static enum status try_size(struct search *s, double size, double *off)
{
    double cost;
    TRY(s->cost(s->context, size, &cost, s->diag));
    *off = cost - s->target;
    if (s->found->tries++ == 0 || fabs(*off) < fabs(s->found->cost - s->target)) {
        s->found->size = size;
        s->found->cost = cost;
    }
    return OK;
}

static bool done(const struct search *s)
{
    return fabs(s->found->cost - s->target) <= near_enough * s->target;
}

static enum status bracket(struct search *s, double start, double most)
{
    s->high = start;
    for (int k = 0;; k++) {
        TRY(try_size(s, s->high, &s->above));
        if (s->above >= 0.0)
            return OK;
        if (s->high >= most || k == DOUBLINGS)
            return VERDICT_BAD;
        s->low = s->high;
        s->below = s->above;
        s->high = 2.0 * s->high < most ? 2.0 * s->high : most;
    }
}

static enum status narrow(struct search *s)
{
    int side = 0;
    while (!done(s) && s->found->tries < TRIES && s->high - s->low > 1e-3 * s->high) {
        double size = (s->low * s->above - s->high * s->below) / (s->above - s->below), off;
        bool stalls = s->found->tries % 4 == 3 || !(size > s->low && size < s->high);
        size = stalls ? 0.5 * (s->low + s->high) : size;
        TRY(try_size(s, size, &off));
        if (off < 0.0) {
            s->low = size;
            s->below = off;
            s->above *= side < 0 ? 0.5 : 1.0;
            side = -1;
        } else {
            s->high = size;
            s->above = off;
            s->below *= side > 0 ? 0.5 : 1.0;
            side = 1;
        }
    }
    return OK;
}

enum status equal_cost_find(cost_fn cost, void *context, double target, double start, double most,
                            struct equal_cost *found, struct diag *diag)
{
    struct search s = {
        .cost = cost, .context = context, .target = target, .below = -target, .found = found, .diag = diag};
    *found = (struct equal_cost){.tries = 0};
    TRY(bracket(&s, start, most));
    return narrow(&s);
}
