/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chances - an opportunity at hand is taken at once where the money is there; it is indivisible and expires (mechanisms M3).
 *
 * Who can pay for it no processor guesses: it is worked out for all rows of a tile without a branch, and those that take theirs or
 * lose it, who are few, are listed. */
#include <liandong/planning.h>
#include <string.h>

static void forget(struct enterprises *e, uint32_t i)
{
    e->chance_left[i] = 0;
    e->chance_cost[i] = e->chance_sales[i] = 0.0f;
}

/* Those of the list pay for theirs and grow, as a column. */
static void take(const struct rows *t, uint32_t n)
{
    double sales[TILE], more[TILE];
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        sales[j] = (double)t->e->log_sales[i];
        more[j] = (double)t->e->chance_sales[i];
    }
    for (uint32_t j = 0; j < n; j++)
        sales[j] = sales_grown(sales[j], more[j]);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        pay_out(t->t, FLOW_INVESTMENT, &t->e->cash[i], from_yuan((double)t->e->chance_cost[i]));
        t->e->log_sales[i] = (float)sales[j];
        forget(t->e, i);
        count(t->t, cell_of(t->e, i), ITEM_CHANCES_TAKEN, 1);
    }
}

void chances_take(const struct rows *t, const double *target)
{
    const money *cash = t->e->cash + t->lo;
    const float *cost = t->e->chance_cost + t->lo;
    double share = P(t->r, enterprise)->chance_keep;
    uint8_t *left = t->e->chance_left + t->lo, *mark = t->s->mark, can[TILE], lost[TILE] = {0};
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        can[k] = ld_over(money_whole(cash[k]), 100.0) - share * target[k] >= (double)cost[k];
    for (uint32_t k = 0; k < n; k++) {
        uint8_t here = (mark[k] != 0) & (left[k] > 0), waits = here & (can[k] == 0);
        left[k] = (uint8_t)(left[k] - waits);
        lost[k] = waits & (left[k] == 0);
        mark[k] = here & (can[k] != 0);
    }
    take(t, list_marked(t));
    memcpy(mark, lost, n);
    uint32_t losers = list_marked(t);
    for (uint32_t j = 0; j < losers; j++) {
        uint32_t i = t->lo + t->s->list[j];
        forget(t->e, i);
        count(t->t, cell_of(t->e, i), ITEM_CHANCES_LOST, 1);
    }
}
