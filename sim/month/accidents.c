/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accidents - research is lost, a product does harm, first-set equipment is damaged: what has to be paid to others at once.
 *
 * An accident comes at a hazard a year and costs  B m exp(s z),  B a year's sales and research, m and s of nature, z normal.
 * It is paid from cash; what cannot be paid becomes an overdue bill, and may kill (mechanisms M2).  Of who is insured the
 * insurers pay their part to the injured first. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

/* Nobody pays more than so many years of it: a bound that keeps numbers numbers. */
static const double MOST_YEARS = 10.0;

static double loss_of(const struct rows *t, uint32_t i, double u)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double size = p->accident_size * ld_exp(p->accident_spread * ld_normal_quantile(u));
    return accident_base(t->e, i) * (size < MOST_YEARS ? size : MOST_YEARS);
}

/* What a loss takes from the enterprise itself: `paid` from its account, the rest is late. */
static money paid_of(const struct enterprises *e, uint32_t i, money loss)
{
    money paid = money_min(loss, e->cash[i]);
    e->cash[i] = money_sub(e->cash[i], paid);
    e->overdue[i] = money_add(e->overdue[i], money_sub(loss, paid));
    e->profit_year[i] -= (float)money_to_yuan(loss);
    return paid;
}

/* The first of the instances that he is insured with, or -1. */
static int32_t insured_with(const struct rows *t, uint32_t i)
{
    EACH_ACTING(t, i, ACT_INDEMNIFY, k)
    return k;
    return -1;
}

static void suffer(const struct rows *t, uint32_t i, money loss)
{
    int32_t k = insured_with(t, i), cell = cell_of(t->e, i);
    count(t->t, cell, ITEM_ACCIDENTS, 1);
    count(t->t, cell, ITEM_ACCIDENT_LOSSES, loss.fen);
    if (k < 0) {
        money paid = paid_of(t->e, i, loss);
        flow_add(t->t, FLOW_DAMAGES, paid);
        flow_add(t->t, FLOW_BILLS_OVERDUE, money_sub(loss, paid));
        return;
    }
    struct accident *a = outbox_push(&t->me->box[BOX_ACCIDENT]);
    if (a == NULL)
        t->me->status = NO_MEMORY;
    else
        *a = (struct accident){i, (uint16_t)t->r->index, (uint16_t)k, loss};
}

bool accidents_happen(const struct region *r)
{
    return P(r, enterprise)->accident_hazard > 0.0 && !P(r, closed_form)->enabled;
}

/* Words w whose number (w + 1/2) / 2^32 is below the chance are those below this one. */
static uint32_t first_spared(double chance)
{
    double bound = chance * 0x1p32; /* exact, as w + 1/2 is; hazards have a maximum, so that it is below 2^32 */
    uint32_t first = (uint32_t)bound;
    return first + ((double)first + 0.5 < bound);
}

/* Marks the living who draw an accident; size[]: what they draw for its size. */
static void mark_struck(const struct rows *t, double chance, uint32_t size[TILE])
{
    enum { SOME = 128 }; /* words that are still at hand when they are compared */
    uint32_t rows = t->hi - t->lo, word[4][SOME] = {{0}}, *struck = word[DRAW_ACCIDENT % 4],
             spared = first_spared(chance);
    for (uint32_t k = 0; k < rows; k += SOME) {
        uint32_t i = t->lo + k, n = rows - k < SOME ? rows - k : SOME;
        uint8_t *mark = t->s->mark + k;
        const uint8_t *status = t->e->status + i;
        luck_rows(t->w->luck, t->e->origin, t->e->cohort + i, t->e->index + i, draw_block(DRAW_ACCIDENT), n, word[0],
                  SOME);
        for (uint32_t j = 0; j < n; j++)
            mark[j] = (struck[j] < spared) & (status[j] == ACTIVE);
        memcpy(size + k, word[DRAW_ACCIDENT_SIZE % 4], n * sizeof *size);
    }
}

void firms_suffer(const struct rows *t)
{
    uint32_t size[TILE];
    mark_struck(t, 1.0 - ld_exp(-P(t->r, enterprise)->accident_hazard / 12.0), size);
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t k = t->s->list[j], i = t->lo + k;
        money loss = from_yuan(loss_of(t, i, luck_uniform(size[k])));
        if (loss.fen > 0)
            suffer(t, i, loss);
    }
}

/* In order of rows, as the outboxes are: while the insurers' money lasts. */
enum status accidents_pay(struct world *w)
{
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->team.member[m].box[BOX_ACCIDENT];
        for (size_t j = 0; j < box->n; j++) {
            const struct accident *a = OUTBOX(box, struct accident, j);
            struct region *r = &w->region[a->region];
            money insured = instrument_of(r, a->instance)->indemnify(r, a->instance, a->loss);
            money rest = money_sub(a->loss, insured), paid = paid_of(&r->enterprises, a->row, rest);
            market_flow(r, FLOW_DAMAGES, paid);
            market_flow(r, FLOW_BILLS_OVERDUE, money_sub(rest, paid));
        }
    }
    return OK;
}
