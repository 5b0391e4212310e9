/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels - to whom an enterprise turns that needs money (mechanisms M3): among the channels that it knows and may use it takes the
 * one with the largest surplus after all-in cost, or none. */
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

double rate_relief(const struct rows *t, uint32_t i, double rate)
{
    double relief = 0.0;
    EACH_ACTING(t, i, ACT_RELIEF, k)
    relief += instrument_of(t->r, k)->relief(t->r, k, rate);
    return relief;
}

double net_rate(const struct rows *t, uint32_t i)
{
    double rate = going_rate(t->r);
    return rate - rate_relief(t, i, rate);
}

/* Cost of debt over its life and the chance to get it, as own record and peers' record tell. */
static double bank_surplus(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    const struct market_prices *m = &t->r->prices;
    double ask = n->runway + n->chance, years = n->chance > n->runway ? c->term_months / 24.0 : c->line_months / 12.0;
    double rate = net_rate(t, i);
    double chance = share_granted(c->news_prior, m->granted[t->e->stage[i]], m->asked[t->e->stage[i]]);
    for (uint8_t k = 0; k < t->e->refusals[i] && k < 8; k++)
        chance *= c->refusal_memory;
    if (ask < money_to_yuan(c->ticket_min))
        ask = money_to_yuan(c->ticket_min);
    double surplus = n->value - (n->runway + n->chance) - ask * rate * years;
    double cost = money_to_yuan(c->application_cost);
    return chance * surplus - cost;
}

/* Equity costs the share given up at what the angel offers, and control. */
static double angel_surplus(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct angels_params *a = P(t->r, angels);
    double ask = n->runway + n->chance, value = firm_value(t->r, t->e, i), top = money_to_yuan(a->ticket);
    ask = ask < top ? ask : top;
    double offered = value / (1.0 + a->years * a->discount), share = ask / (offered + ask + 1.0);
    double lost = (value - offered) * share + a->control_cost * ask;
    double chance = share_granted(P(t->r, credit)->news_prior, t->r->prices.angel_granted, t->r->prices.angel_asked);
    return chance * (n->value / (n->runway + n->chance + 1.0) * ask - ask - lost + value * a->help * share);
}

/* Who is recommended for loan and round together is introduced to both. */
static bool introduced(const struct rows *t, uint32_t i)
{
    struct package p;
    return package_of(t, i, &p) && p.whoever;
}

void channels_open(const struct rows *t, uint32_t i, unsigned known, bool open[N_CHANNELS])
{
    const struct enterprises *e = t->e;
    bool banks = t->r->n_banks > 0 && e->worst[i] == 0;
    __builtin_prefetch(&t->r->branch[e->branch[i]]); /* where an application would go */
    bool sold = (e->owned[i] & OWNED_BY_BUYER) != 0, funds = equity_open(t, i);
    bool angels = e->stage[i] <= STARTUP && !sold && e->board[i] == 0 &&
                  (double)e->founder_share[i] > P(t->r, angels)->founder_least;
    if ((banks || funds) && introduced(t, i))
        known |= 1u << KNOWS_BANK % 4 | 1u << KNOWS_FUND % 4;
    open[CHANNEL_NONE] = true;
    open[CHANNEL_OWN] = e->wealth[i] > 1000.0f && !sold;
    open[CHANNEL_ANGEL] = angels && (known >> (KNOWS_ANGEL % 4) & 1);
    open[CHANNEL_BANK] = banks && (known >> (KNOWS_BANK % 4) & 1);
    open[CHANNEL_EQUITY] = funds && (known >> (KNOWS_FUND % 4) & 1);
}

/* Whether an issue of bonds may be thought of. */
static bool issues_stand(const struct region *r)
{
    return r->hooked[HOOK_ISSUE].n > 0;
}

bool leases_stand(const struct region *r)
{
    return r->hooked[HOOK_LEASE].n > 0;
}

void channels_draw_tastes(const struct rows *t, uint32_t n)
{
    static const enum draw purpose[CHANNEL_LEASE] = {
        [CHANNEL_NONE] = DRAW_CHOICE_NONE, [CHANNEL_OWN] = DRAW_CHOICE_OWN,       [CHANNEL_ANGEL] = DRAW_CHOICE_ANGEL,
        [CHANNEL_BANK] = DRAW_CHOICE_BANK, [CHANNEL_EQUITY] = DRAW_CHOICE_EQUITY, [CHANNEL_BOND] = DRAW_CHOICE_BOND};
    double(*taste)[TILE] = t->s->real + TASTE;
    const bool drawn[CHANNEL_LEASE] = {[CHANNEL_NONE] = true,
                                       [CHANNEL_OWN] = true,
                                       [CHANNEL_ANGEL] = true,
                                       [CHANNEL_BANK] = true,
                                       [CHANNEL_EQUITY] = t->r->funds.n > 0,
                                       [CHANNEL_BOND] = issues_stand(t->r)};
    for (uint32_t from = 0; from < n; from += BLOCKS) {
        struct identity who[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (uint32_t j = 0; j < BLOCKS; j++) { /* what follows the last one is not used */
            uint32_t k = t->s->list[from + j < n ? from + j : from];
            who[j] = matching_identity(t->r, enterprise_identity(t->e, t->lo + k));
        }
        for (int c = 0; c < CHANNEL_LEASE; c++) {
            if (!drawn[c])
                continue;
            if (c == 0 || draw_block(purpose[c]) != draw_block(purpose[c - 1]))
                luck_blocks(t->w->luck, who, draw_block(purpose[c]), word);
            luck_uniforms(word[purpose[c] % 4], taste[c] + from);
        }
    }
    for (int c = 0; c < CHANNEL_LEASE; c++)
        for (uint32_t j = 0; j < (drawn[c] ? n : 0); j++)
            taste[c][j] = ld_gumbel(taste[c][j]);
}

/* Whether an issue of bonds is worth more to it than `top`, which it then becomes, with its taste of the month for them; *issuer:
 * whose. */
static bool prefers_bond(const struct rows *t, uint32_t i, const struct need *n, double taste, double *top,
                         int32_t *issuer)
{
    const struct credit_params *c = P(t->r, credit);
    bool for_chance = n->chance > n->runway;
    struct bond_need need = {.needs = n->runway + n->chance,
                             .value = n->value,
                             .years = for_chance ? c->term_months / 24.0 : c->line_months / 12.0,
                             .expires = for_chance ? t->e->chance_left[i] : 0};
    double surplus = bonds_most(t->r, &need);
    if (surplus + taste <= *top)
        return false;
    *issuer = bonds_choose(t, i, &need, &surplus);
    if (*issuer < 0 || surplus + taste <= *top)
        return false;
    *top = surplus + taste;
    return true;
}

/* What a lease of the equipment for its opportunity would be worth to it, in the same way; *lessor: whose. */
static double lease_surplus(const struct rows *t, uint32_t i, const struct need *n, double noise, int32_t *lessor)
{
    double surplus = 0.0;
    *lessor = leases_choose(t, i, n->chance, &surplus);
    if (*lessor < 0)
        return 0.0;
    struct identity who = matching_identity(t->r, enterprise_identity(t->e, i));
    return surplus + noise * ld_gumbel(draw(t->w->luck, who, DRAW_CHOICE_LEASE));
}

enum channel channels_choose(const struct rows *t, uint32_t i, const struct need *n, const bool open[N_CHANNELS],
                             bool *knew, int32_t *issuer)
{
    double surplus[N_CHANNELS], noise = P(t->r, enterprise)->choice_noise * (n->runway + n->chance);
    for (int c = 0; c < N_CHANNELS; c++)
        surplus[c] = c < CHANNEL_EQUITY || t->r->funds.n > 0 ? noise * t->s->real[TASTE + c][n->place] : 0.0;
    *knew = open[CHANNEL_ANGEL] || open[CHANNEL_BANK] || open[CHANNEL_EQUITY];
    if (open[CHANNEL_OWN]) /* own money costs what it would earn at home */
        surplus[CHANNEL_OWN] += P(t->r, founders)->own_weight * (n->value - n->runway - n->chance);
    if (open[CHANNEL_ANGEL])
        surplus[CHANNEL_ANGEL] += angel_surplus(t, i, n);
    if (open[CHANNEL_BANK])
        surplus[CHANNEL_BANK] += bank_surplus(t, i, n);
    if (open[CHANNEL_EQUITY])
        surplus[CHANNEL_EQUITY] += equity_surplus(t, i, n);
    enum channel best = CHANNEL_NONE;
    for (int c = CHANNEL_OWN; c < N_CHANNELS; c++)
        if (open[c] && surplus[c] > surplus[best])
            best = (enum channel)c;
    double top = surplus[best];
    if (issues_stand(t->r) && open[CHANNEL_BANK] && /* banks underwrite: who knows of none hears of no issue */
        prefers_bond(t, i, n, noise * t->s->real[TASTE + CHANNEL_BOND][n->place], &top, issuer))
        best = CHANNEL_BOND;
    int32_t lessor = -1;
    bool may_lease = leases_stand(t->r) && n->chance > 0.0 && t->s->real[LEASED][i - t->lo] <= 0.0;
    double lease = may_lease ? lease_surplus(t, i, n, noise, &lessor) : 0.0;
    *knew = *knew || lessor >= 0;
    if (lessor < 0 || lease <= top)
        return best;
    *issuer = lessor;
    return CHANNEL_LEASE;
}
