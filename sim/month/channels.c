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

/* The same relief of each, at a rate that is the same for all. */
static void reliefs(const struct rows *t, const struct seekers *s, double rate, double *restrict relief)
{
    member_word joined[SEEKERS];
    for (uint32_t j = 0; j < s->n; j++)
        relief[j] = 0.0;
    for (size_t word = t->r->act_from[ACT_RELIEF]; word < t->r->act_to[ACT_RELIEF]; word++) {
        const member_word *member = t->e->member + word * t->e->capacity;
        for (uint32_t j = 0; j < s->n; j++)
            joined[j] = member[s->row[j]];
        for (unsigned bits = t->r->acts[ACT_RELIEF][word]; bits != 0; bits &= bits - 1) {
            const int bit = __builtin_ctz(bits);
            const int32_t k = (int32_t)word * MEMBER_BITS + bit;
            const double gives = instrument_of(t->r, k)->relief(t->r, k, rate);
            for (uint32_t j = 0; j < s->n; j++)
                relief[j] += (joined[j] >> bit & 1) != 0 ? gives : 0.0;
        }
    }
}

/* Own money costs what it would earn at home. */
static void own_surplus(const struct rows *t, const struct seekers *s, double *restrict surplus)
{
    const double weight = P(t->r, founders)->own_weight;
    for (uint32_t j = 0; j < s->n; j++)
        surplus[j] += weight * (s->value[j] - s->runway[j] - s->chance[j]);
}

/* Cost of debt over its life and the chance to get it, as own record and peers' record tell. */
static void bank_surplus(const struct rows *t, const struct seekers *s, double *restrict surplus)
{
    const struct credit_params *c = P(t->r, credit);
    const double least = money_to_yuan(c->ticket_min), cost = money_to_yuan(c->application_cost),
                 going = going_rate(t->r), by_parts = c->term_months / 24.0, at_once = c->line_months / 12.0;
    double relief[SEEKERS], chance[SEEKERS];
    reliefs(t, s, going, relief);
    seekers_granted(t, s, t->r->prices.granted, t->r->prices.asked, chance);
    for (uint32_t j = 0; j < s->n; j++) {
        double needs = s->runway[j] + s->chance[j], years = s->chance[j] > s->runway[j] ? by_parts : at_once;
        double ask = needs < least ? least : needs;
        double gain = s->value[j] - needs - ask * (going - relief[j]) * years;
        surplus[j] += chance[j] * gain - cost;
    }
}

/* Equity costs the share given up at what the angel offers, and control. */
static void angel_surplus(const struct rows *t, const struct seekers *s, const double *restrict worth,
                          double *restrict surplus)
{
    const struct angels_params *a = P(t->r, angels);
    const double top = money_to_yuan(a->ticket), discount = 1.0 + a->years * a->discount, control = a->control_cost,
                 help = a->help,
                 chance =
                     share_granted(P(t->r, credit)->news_prior, t->r->prices.angel_granted, t->r->prices.angel_asked);
    for (uint32_t j = 0; j < s->n; j++) {
        double needs = s->runway[j] + s->chance[j], ask = needs < top ? needs : top;
        double offered = worth[j] / discount, share = ask / (offered + ask + 1.0);
        double lost = (worth[j] - offered) * share + control * ask;
        surplus[j] += chance * (s->value[j] / (needs + 1.0) * ask - ask - lost + worth[j] * help * share);
    }
}

/* Channels that it knows and may use.  Who is recommended for loan and round together is introduced to both. */
static unsigned open_to(const struct rows *t, uint32_t i, unsigned known, bool introduced)
{
    const struct enterprises *e = t->e;
    bool banks = t->r->n_banks > 0 && e->worst[i] == 0;
    bool sold = (e->owned[i] & OWNED_BY_BUYER) != 0, funds = equity_open(t, i);
    bool angels = e->stage[i] <= STARTUP && !sold && e->board[i] == 0 &&
                  (double)e->founder_share[i] > P(t->r, angels)->founder_least;
    if ((banks || funds) && introduced)
        known |= 1u << KNOWS_BANK % 4 | 1u << KNOWS_FUND % 4;
    bool own = e->wealth[i] > 1000.0f && !sold;
    return 1u << CHANNEL_NONE | (unsigned)own << CHANNEL_OWN |
           (unsigned)(angels && (known >> (KNOWS_ANGEL % 4) & 1)) << CHANNEL_ANGEL |
           (unsigned)(banks && (known >> (KNOWS_BANK % 4) & 1)) << CHANNEL_BANK |
           (unsigned)(funds && (known >> (KNOWS_FUND % 4) & 1)) << CHANNEL_EQUITY;
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

/* Whether an issue of bonds is worth more to it than `top`, which it then becomes, with its taste of the month for them. */
static bool prefers_bond(const struct rows *t, const struct seekers *s, uint32_t j, double taste, double *top,
                         int32_t *issuer)
{
    const struct credit_params *c = P(t->r, credit);
    bool for_chance = s->chance[j] > s->runway[j];
    struct bond_need need = {.needs = s->runway[j] + s->chance[j],
                             .value = s->value[j],
                             .years = for_chance ? c->term_months / 24.0 : c->line_months / 12.0,
                             .expires = for_chance ? t->e->chance_left[s->row[j]] : 0};
    double surplus = bonds_most(t->r, &need);
    if (surplus + taste <= *top)
        return false;
    *issuer = bonds_choose(t, s->row[j], &need, &surplus);
    if (*issuer < 0 || surplus + taste <= *top)
        return false;
    *top = surplus + taste;
    return true;
}

/* The same of a lease of the equipment for its opportunity; *lessor: who offers one, -1: nobody. */
static bool prefers_lease(const struct rows *t, const struct seekers *s, uint32_t j, double noise, double top,
                          int32_t *lessor)
{
    uint32_t i = s->row[j];
    double surplus = 0.0;
    *lessor = leases_choose(t, i, s->chance[j], &surplus);
    if (*lessor < 0)
        return false;
    struct identity who = matching_identity(t->r, enterprise_identity(t->e, i));
    return surplus + noise * ld_gumbel(draw(t->w->luck, who, DRAW_CHOICE_LEASE)) > top;
}

/* What each channel but bonds and leases is worth to each, with its taste of the month; of those that are not open, nothing is. */
static void weigh(const struct rows *t, uint32_t place, const struct seekers *s, double surplus[N_CHANNELS][SEEKERS])
{
    const double noise = P(t->r, enterprise)->choice_noise;
    double worth[SEEKERS];
    for (int c = 0; c < N_CHANNELS; c++) {
        const double *taste = t->s->real[TASTE + c] + place;
        for (uint32_t j = 0; j < s->n; j++)
            surplus[c][j] =
                c < CHANNEL_EQUITY || t->r->funds.n > 0 ? noise * (s->runway[j] + s->chance[j]) * taste[j] : 0.0;
    }
    seekers_value(t, s, worth);
    own_surplus(t, s, surplus[CHANNEL_OWN]);
    angel_surplus(t, s, worth, surplus[CHANNEL_ANGEL]);
    bank_surplus(t, s, surplus[CHANNEL_BANK]);
    equity_surplus(t, s, worth, surplus[CHANNEL_EQUITY]);
}

/* Of those that are open the first with the largest surplus; top[]: that. */
static void take_best(struct seekers *s, double surplus[N_CHANNELS][SEEKERS], double *restrict top)
{
    const uint32_t n = s->n;
    double best[SEEKERS], open[SEEKERS];
    for (uint32_t j = 0; j < n; j++)
        top[j] = surplus[CHANNEL_NONE][j];
    for (uint32_t j = 0; j < n; j++)
        best[j] = CHANNEL_NONE;
    for (int c = CHANNEL_OWN; c < N_CHANNELS; c++) {
        const double *of = surplus[c], nth = c;
        for (uint32_t j = 0; j < n; j++)
            open[j] = s->open[j] >> c & 1;
        for (uint32_t j = 0; j < n; j++) {
            bool better = (open[j] > 0.0) & (of[j] > top[j]);
            best[j] = better ? nth : best[j];
            top[j] = better ? of[j] : top[j];
        }
    }
    for (uint32_t j = 0; j < n; j++)
        s->channel[j] = (uint8_t)best[j];
}

/* Of the j-th, once the best of the others is known. */
static void consider_others(const struct rows *t, struct seekers *s, uint32_t j, uint32_t place, double top)
{
    const double noise = P(t->r, enterprise)->choice_noise * (s->runway[j] + s->chance[j]);
    int32_t lessor = -1;
    if (issues_stand(t->r) &&
        seeker_open(s, j, CHANNEL_BANK) && /* banks underwrite: who knows of none hears of no issue */
        prefers_bond(t, s, j, noise * t->s->real[TASTE + CHANNEL_BOND][place], &top, &s->issuer[j]))
        s->channel[j] = CHANNEL_BOND;
    bool may_lease = leases_stand(t->r) && s->chance[j] > 0.0 && t->s->real[LEASED][s->row[j] - t->lo] <= 0.0;
    if (may_lease && prefers_lease(t, s, j, noise, top, &lessor)) {
        s->channel[j] = CHANNEL_LEASE;
        s->issuer[j] = lessor;
    }
    s->knew[j] = s->knew[j] || lessor >= 0;
}

void channels_choose(const struct rows *t, uint32_t place, const uint8_t *known, struct seekers *s)
{
    enum { OTHERS = 1 << CHANNEL_ANGEL | 1 << CHANNEL_BANK | 1 << CHANNEL_EQUITY };
    double surplus[N_CHANNELS][SEEKERS], top[SEEKERS];
    for (uint32_t j = 0; j < s->n; j++) {
        s->packs[j] = package_of(t, s->row[j], &s->package[j]);
        s->open[j] = (uint8_t)open_to(t, s->row[j], known[j], s->packs[j] && s->package[j].whoever);
        s->knew[j] = (s->open[j] & OTHERS) != 0;
    }
    weigh(t, place, s, surplus);
    take_best(s, surplus, top);
    for (uint32_t j = 0; j < s->n; j++) {
        t->s->at = place + j;
        consider_others(t, s, j, place + j, top[j]);
    }
}
