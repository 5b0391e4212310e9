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

double equity_surplus(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct equity_market *m = &t->r->equity;
    int32_t stage = t->e->stage[i];
    double ask = asked(t, i, n), value = funded_value(t->r, t->e, i);
    double offered = value * going_multiple(t->r, stage), share = ask / (offered + ask + 1.0);
    double lost = (value - offered) * share + P(t->r, equity)->control_cost * ask;
    double chance = share_granted(P(t->r, credit)->news_prior, m->granted[stage], m->asked[stage]);
    for (uint8_t k = 0; k < t->e->refusals[i] && k < 8; k++)
        chance *= P(t->r, credit)->refusal_memory;
    double needs = ld_min(n->runway + n->chance, ask); /* money beyond the need is worth itself */
    return chance * ((worth_of(n) - 1.0) * needs - lost) - money_to_yuan(P(t->r, credit)->application_cost);
}

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
    struct signals s = {.by = SEEN_BY_FUND};
    read_beside(t, i);
    EACH_ACTING(t, i, ACT_SHOW, k)
    instrument_of(t->r, k)->see(t, i, k, &s);
    signals_fold(&s);
    *a = (struct round_ask){.who = enterprise_identity(t->e, i),
                            .row = i,
                            .founded = t->e->founded[i],
                            .stage = t->e->stage[i],
                            .sector = t->e->sector[i],
                            .held = (t->e->owned[i] & OWNED_BY_FUND) != 0,
                            .region = t->r->index,
                            .asked = from_yuan(ask),
                            .value = value,
                            .weighted = s.weighted,
                            .precision = s.precision,
                            .root = s.root,
                            .statement = s.statement,
                            .spared = s.spared || n->filed};
    /* a share s costs s of what the enterprise and the money are worth, and brings the money and what it makes possible */
    a->share_most = ld_min((ask + ld_max(gain, 0.0)) / (value + ask + 1.0), 1.0);
    count(t->t, cell_of(t->e, i), ITEM_EQUITY_ASKED, 1);
    count(t->t, cell_of(t->e, i), ITEM_EQUITY_ASKED_FEN, a->asked.fen);
}
