/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raising - an enterprise turns to venture funds: what it asks, what it expects to give up (mechanisms M3, M9). */
#include <liandong/boards.h>
#include <liandong/funds.h>
#include <liandong/planning.h>

bool equity_open(const struct rows *t, uint32_t i)
{
    const struct enterprises *e = t->e;
    return t->r->funds.n > 0 && (e->owned[i] & OWNED_BY_BUYER) == 0 && !enterprise_traded(t->r, i) &&
           equity_offered(t->r, i) && (double)e->founder_share[i] > P(t->r, equity)->founder_least;
}

/* What the enterprise is worth to owners who have the money to go on: before its product, the odds of one within their sight
 * when the team does the research that it plans, times what a product earns; what is spent until then is the round. */
double funded_value(const struct region *r, const struct enterprises *e, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    if (e->flags[i] & HAS_PRODUCT)
        return firm_value(r, e, i);
    double year = e->staff[i] * money_to_yuan(p->wage) * (1.0 + p->rd_plan);
    double mean = (double)e->technology[i] + 0.5 * p->product_sight * year, ready = mean / (double)e->needed[i];
    double odds = 1.0 - ld_exp(-p->product_sight * p->product_hazard * ready);
    return odds * ld_max(r->cells.product[e->sector[i]], 0.0);
}

/* The same of each; worth[]: firm_value. */
static void funded_values(const struct rows *t, const struct seekers *s, const double *restrict worth,
                          double *restrict value)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    const struct enterprises *e = t->e;
    const double wage = money_to_yuan(p->wage), planned = 1.0 + p->rd_plan, half = 0.5 * p->product_sight,
                 haste = -p->product_sight * p->product_hazard;
    double ready[SEEKERS] = {0.0}, earns[SEEKERS], product[SEEKERS];
    for (uint32_t j = 0; j < s->n; j++) {
        const uint32_t i = s->row[j];
        double year = e->staff[i] * wage * planned;
        product[j] = (e->flags[i] & HAS_PRODUCT) != 0 ? 1.0 : 0.0;
        ready[j] = ((double)e->technology[i] + half * year) / (double)e->needed[i];
        earns[j] = ld_max(t->r->cells.product[e->sector[i]], 0.0);
    }
    for (uint32_t j = 0; j < s->n; j++)
        value[j] = product[j] > 0.0 ? worth[j] : (1.0 - ld_exp(haste * ready[j])) * earns[j];
}

/* Months of burn, or the need where that is more. */
static double asked(const struct rows *t, uint32_t i, const struct need *n)
{
    double burn = fixed_cost(t->r, t->e, i) + (double)t->e->research[i], ask = P(t->r, equity)->months * burn;
    return ld_max(ask, n->runway + n->chance) * (n->part > 0.0 ? n->part : 1.0);
}

double equity_part(const struct rows *t, uint32_t i, const struct need *n, double lent)
{
    double ask = asked(t, i, n), least = t->r->equity.ticket[t->e->stage[i]];
    return least > 0.0 && least < ask ? ld_max(1.0 - lent, least / ask) : 0.0;
}

/* Price of the whole over its owners' value that it expects: that of late rounds in its stage, at first what funds would pay. */
static double going_multiple(const struct region *r, int32_t stage)
{
    if (r->equity.multiple[stage] > 0.0)
        return r->equity.multiple[stage];
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++) {
        const struct funds_params *p = NAMED(r, funds, k);
        if (stage >= p->stage_from && stage <= p->stage_to)
            return p->gain * ld_exp(-ld_log(1.0 + p->required) * p->years);
    }
    return 1.0;
}

/* What a yuan is worth to it now. */
static double worth_of(const struct need *n)
{
    return n->value / (n->runway + n->chance + 1.0);
}

void equity_surplus(const struct rows *t, const struct seekers *s, const double *worth, double *restrict surplus)
{
    const struct equity_market *m = &t->r->equity;
    const double control = P(t->r, equity)->control_cost, cost = money_to_yuan(P(t->r, credit)->application_cost),
                 months = P(t->r, equity)->months;
    double value[SEEKERS], chance[SEEKERS], multiple[SEEKERS], most[SEEKERS], of[N_STAGES];
    for (int32_t stage = 0; stage < N_STAGES; stage++)
        of[stage] = going_multiple(t->r, stage);
    for (uint32_t j = 0; j < s->n; j++) {
        const uint32_t i = s->row[j];
        multiple[j] = of[t->e->stage[i]];
        most[j] = months * (fixed_cost(t->r, t->e, i) + (double)t->e->research[i]);
    }
    funded_values(t, s, worth, value);
    seekers_granted(t, s, m->granted, m->asked, chance);
    for (uint32_t j = 0; j < s->n; j++) {
        double needs = s->runway[j] + s->chance[j], ask = ld_max(most[j], needs);
        /* cppcheck-suppress uninitvar ; filled up to n */
        double offered = value[j] * multiple[j], share = ask / (offered + ask + 1.0);
        double lost = (value[j] - offered) * share + control * ask, gain = s->value[j] / (needs + 1.0) - 1.0;
        surplus[j] += chance[j] * (gain * ld_min(needs, ask) - lost) - cost; /* beyond the need it is worth itself */
    }
}

/* All of it but what instruments show funds of quality: that is told of many at once (statements). */
void ask_equity(const struct rows *t, uint32_t i, const struct need *n)
{
    struct round_ask *a = outbox_push(&t->me->box[BOX_ROUND]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return;
    }
    double ask = asked(t, i, n), value = funded_value(t->r, t->e, i),
           gain = (worth_of(n) - 1.0) * (n->runway + n->chance);
    gain -= P(t->r, equity)->control_cost * ask;
    *a = (struct round_ask){.who = enterprise_identity(t->e, i),
                            .row = i,
                            .founded = t->e->founded[i],
                            .stage = t->e->stage[i],
                            .sector = t->e->sector[i],
                            .held = (t->e->owned[i] & OWNED_BY_FUND) != 0,
                            .region = t->r->index,
                            .asked = from_yuan(ask),
                            .value = value,
                            .spared = n->filed};
    /* a share s costs s of what the enterprise and the money are worth, and brings the money and what it makes possible */
    a->share_most = ld_min((ask + ld_max(gain, 0.0)) / (value + ask + 1.0), 1.0);
    count(t->t, cell_of(t->e, i), ITEM_EQUITY_ASKED, 1);
    count(t->t, cell_of(t->e, i), ITEM_EQUITY_ASKED_FEN, a->asked.fen);
}
