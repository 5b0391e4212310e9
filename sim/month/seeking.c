/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seeking - what those of a tile who look for finance need, and what they are worth (mechanisms M3).
 *
 * need = what is missing to the runway target, and the cost of an opportunity that cash and lines cannot pay.  They are some in a
 * hundred of the rows: what is read of them is laid side by side first, so that nobody waits for one after the other. */
#include <liandong/mathx.h>
#include <liandong/planning.h>

/* What is known of each before its need. */
struct means {
    double have[SEEKERS], reserve[SEEKERS];
    double cost[SEEKERS], sales[SEEKERS], quality[SEEKERS]; /* of the opportunity; its owner's */
};

static void lay_means(const struct rows *t, const uint16_t *list, struct seekers *s, struct means *m)
{
    const struct enterprises *e = t->e;
    const money *cash = e->cash + t->lo, *overdue = e->overdue + t->lo;
    const float *room = e->line_room + t->lo, *cost = e->chance_cost + t->lo, *sales = e->chance_sales + t->lo,
                *quality = e->quality + t->lo;
    const uint8_t *left = e->chance_left + t->lo;
    const uint16_t *branch = e->branch + t->lo;
    const double *target = t->s->real[TARGET], *reserve = t->s->real[RESERVE];
    const uint32_t n = s->n;
    for (uint32_t j = 0; j < n; j++) {
        const uint16_t k = list[j];
        __builtin_prefetch(&t->r->branch[branch[k]]);  /* where an application would go */
        __builtin_prefetch(&e->receivable[t->lo + k]); /* what it may pledge */
        s->row[j] = t->lo + k;
        s->target[j] = target[k];
        m->reserve[j] = reserve[k];
        m->have[j] = money_to_yuan(cash[k]) + (double)room[k] - money_to_yuan(overdue[k]);
        m->cost[j] = left[k] > 0 ? (double)cost[k] : 0.0;
        m->sales[j] = (double)sales[k];
        m->quality[j] = (double)quality[k];
    }
}

/* What is missing for the opportunity at hand, and what it is worth (chance_gain). */
static void need_for_chance(const struct rows *t, const struct means *m, struct seekers *s)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    const double keep = p->draw_target, earns = p->chance_margin, mean = p->purchases, saved = p->quality_cost,
                 vat = P(t->r, government)->vat, horizon = p->horizon;
    for (uint32_t j = 0; j < s->n; j++) {
        double left = m->have[j] - keep * s->target[j], lacks = m->cost[j] - (left > 0.0 ? left : 0.0);
        double margin = earns * (1.0 - purchases_of(mean, saved, m->quality[j]) - vat);
        double gain = margin * m->sales[j] * horizon;
        bool here = (m->cost[j] > 0.0) & (lacks > 0.0);
        s->chance[j] = here ? lacks : 0.0;
        s->value[j] = here ? gain * lacks / m->cost[j] : 0.0;
    }
}

/* A bond that is not repaid may cost all. */
static void need_for_bonds(const struct rows *t, const struct means *m, struct seekers *s)
{
    for (uint32_t j = 0; j < s->n; j++) {
        s->matures[j] = ((m->reserve[j] > 0.0) & (s->runway[j] > 0.0)) ? 1.0 : 0.0;
        if (s->matures[j] > 0.0)
            s->value[j] += firm_value(t->r, t->e, s->row[j]);
    }
}

/* Where a subsidised rate is below what a deposit earns, an enterprise borrows without need and parks the money (M3). */
static void park(const struct rows *t, struct seekers *s, uint32_t j)
{
    const struct credit_params *c = P(t->r, credit);
    uint32_t i = s->row[j];
    double gain = c->deposit_rate - net_rate(t, i), room = c->limit_sales * (double)t->e->sales[i];
    room -= money_to_yuan(t->e->debt[i]);
    if (gain <= 0.0 || room < money_to_yuan(c->ticket_min))
        return;
    s->runway[j] += room;
    s->value[j] += room * (1.0 + gain * c->line_months / 12.0);
    t->e->wish[i] += (float)(money_to_yuan(t->e->cash[i]) + (double)t->e->line_room[i]);
    count(t->t, cell_of(t->e, i), ITEM_PARKED, 1);
}

bool anybody_parks(const struct region *r)
{
    return going_rate(r) - r->relief_most < P(r, credit)->deposit_rate;
}

void seekers_need(const struct rows *t, const uint16_t *list, struct seekers *s)
{
    const double liquidity = P(t->r, enterprise)->liquidity_value;
    struct means m;
    lay_means(t, list, s, &m);
    for (uint32_t j = 0; j < s->n; j++) {
        double missing = s->target[j] - m.have[j];
        s->runway[j] = missing > 0.0 ? missing : 0.0;
    }
    need_for_chance(t, &m, s);
    need_for_bonds(t, &m, s);
    for (uint32_t j = 0; j < s->n; j++) {
        double dry = s->target[j] > 0.0 ? s->runway[j] / s->target[j] : 0.0;
        dry = s->matures[j] > 0.0 ? 1.0 : dry;
        s->value[j] += s->runway[j] * (1.0 + liquidity * (dry < 1.0 ? dry : 1.0));
    }
    for (uint32_t j = 0; anybody_parks(t->r) && j < s->n; j++)
        park(t, s, j);
}

void seekers_value(const struct rows *t, const struct seekers *s, double *restrict value)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    const struct enterprises *e = t->e;
    const struct margins m = margins_of(t->r);
    const double potential = p->margin_potential, horizon = p->horizon, haste = -p->product_sight * p->product_hazard,
                 outside = money_to_yuan(P(t->r, founders)->outside_wage) * horizon;
    double margin[SEEKERS] = {0.0}, sold[SEEKERS], ready[SEEKERS] = {0.0}, attracts[SEEKERS], product[SEEKERS];
    const uint32_t n = s->n;
    for (uint32_t j = 0; j < n; j++) {
        const uint32_t i = s->row[j];
        sold[j] = (double)e->sales[i];
        margin[j] = margin_of(&m, sold[j], (double)e->quality[i], e->staff[i]);
        product[j] = (e->flags[i] & HAS_PRODUCT) != 0 ? 1.0 : 0.0;
        ready[j] = (double)e->technology[i] / (double)e->needed[i];
        attracts[j] = t->r->cells.attracts[e->sector[i]];
    }
    for (uint32_t j = 0; j < n; j++) {
        double least = potential * sold[j], years = (margin[j] > least ? margin[j] : least) * horizon;
        double odds = 1.0 - ld_exp(haste * ready[j]);
        value[j] = product[j] > 0.0 ? years : odds * outside * attracts[j];
    }
}

void seekers_granted(const struct rows *t, const struct seekers *s, const double granted[N_STAGES],
                     const double asked[N_STAGES], double *chance)
{
    enum { REFUSALS = 8 }; /* more make no difference */
    const struct credit_params *c = P(t->r, credit);
    const struct enterprises *e = t->e;
    double after[N_STAGES][REFUSALS + 1];
    for (int32_t stage = 0; stage < N_STAGES; stage++) {
        after[stage][0] = share_granted(c->news_prior, granted[stage], asked[stage]);
        for (int32_t k = 0; k < REFUSALS; k++)
            after[stage][k + 1] = after[stage][k] * c->refusal_memory;
    }
    for (uint32_t j = 0; j < s->n; j++) {
        uint8_t refusals = e->refusals[s->row[j]];
        chance[j] = after[e->stage[s->row[j]]][refusals < REFUSALS ? refusals : REFUSALS];
    }
}
