/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The best way to lend: what pricing finds with few quotes is what trying all places of all ways finds, to the bit. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/screening.h>

enum { CASES = 40000 };

/* A number in 0 .. 1 from a sequence of its own. */
static double next(uint64_t *state)
{
    *state = ld_mix(*state, 1);
    return (double)(*state >> 11) * 0x1p-53;
}

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * next(state);
}

static struct application any_application(uint64_t *s)
{
    struct application a = {.granted = FEN((int64_t)(1e6 * ld_exp(between(s, 0.0, 8.0))))};
    a.hours = (float)between(s, 0.0, 30.0);
    a.contested = (float)(next(s) < 0.3 ? next(s) : 0.0);
    a.tolerated = (float)(next(s) < 0.3 ? next(s) : 0.0);
    a.cheaper = (float)(next(s) < 0.3 ? between(s, 0.0, 0.02) : 0.0);
    a.upside = (float)(next(s) < 0.1 ? between(s, 0.0, 0.05) : 0.0);
    a.fee_borne = (float)(next(s) < 0.5 ? 1.0 : next(s));
    a.refinanced = (float)(next(s) < 0.5 ? between(s, 0.0, 0.02) : 0.0);
    a.ceiling = (float)between(s, 0.0, 0.07);
    a.replaced = FEN(next(s) < 0.2 ? 100 : 0);
    return a;
}

static int32_t any_options(uint64_t *s, struct lending *option)
{
    int32_t n = 1 + (int32_t)(next(s) * 6.0);
    option[0] = (struct lending){.rate_max = next(s) < 0.9 ? 1.0 : between(s, -0.01, 0.06)};
    for (int32_t k = 1; k < n; k++) {
        option[k] = (struct lending){.covers = 1u << k,
                                     .cover = between(s, 0.0, 0.9),
                                     .rate_max = next(s) < 0.3 ? 1.0 : between(s, 0.0, 0.07),
                                     .paperwork = between(s, 0.0, 10.0),
                                     .fee = next(s) < 0.5 ? 0.0 : between(s, 0.0, 0.03),
                                     .compulsory = next(s) < 0.1};
        if (k > 1 && next(s) < 0.2) { /* on the same terms as the one before */
            option[k] = option[k - 1];
            option[k].covers = 1u << k;
        }
    }
    return n;
}

/* All places of one way, one by one. */
static struct offer try_way(const struct region *r, const struct application *a, double pd, const struct lending *o,
                            bool refinanced)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[a->bank];
    double amount = money_to_yuan(a->granted) + 1.0, capital = c->risk_weight * c->capital_ratio * c->capital_cost;
    double running =
        b->funding + NAMED(r, banks, b->kind)->operating_cost + capital - (double)a->cheaper - (double)a->upside;
    double penalty = b->penalty * (1.0 - (double)a->tolerated), fair = (running + pd * b->lgd) / (1.0 - pd),
           under = c->base_rate - fair, fee = o->fee * (double)a->fee_borne;
    double riskier = pd * ld_exp(c->rate_selection * under) * ld_exp(c->rate_selection * fee);
    double leaves = ld_exp(c->rate_leaving * (under - c->leaving_from * (1.0 - (double)a->contested)));
    leaves = ld_min(leaves * ld_exp(c->rate_leaving * fee), 1e300);
    double fixed = running - (refinanced ? (double)a->refinanced : 0.0) +
                   ((double)a->hours + o->paperwork) * money_to_yuan(c->hour_cost) / amount;
    double loss = b->lgd * (1.0 - o->cover) + penalty, step = c->spread_max / (PLACES - 1);
    double most = refinanced ? ld_min(o->rate_max, (double)a->ceiling) : o->rate_max;
    struct offer best = {.value = -1e300, .covers = o->covers, .refinanced = refinanced};
    int last = most >= c->spread_max ? PLACES - 1 : (int)(most / step * (1.0 + 1e-12));
    for (int p = 0; p <= last; p++) {
        double rate = c->base_rate + step * p, defaults = ld_min(riskier * r->cells.riskier[p], 1.0);
        double profit = (1.0 - defaults) * rate - fixed - defaults * loss;
        double kept = profit / (1.0 + ld_min(leaves * r->cells.leaving[p], 1e300));
        double value = profit > 0.0 ? kept : profit;
        if (value > best.value) {
            best.value = value;
            best.rate = rate;
            best.margin = profit;
        }
    }
    return best;
}

static struct offer try_option(const struct region *r, const struct application *a, double pd, const struct lending *o)
{
    struct offer plain = try_way(r, a, pd, o, false);
    struct offer refinanced = a->refinanced > 0.0f ? try_way(r, a, pd, o, true) : plain;
    return refinanced.value > plain.value ? refinanced : plain;
}

static struct offer try_all(const struct region *r, const struct application *a, double pd,
                            const struct lending *option, int32_t n)
{
    struct offer best = try_option(r, a, pd, &option[0]);
    double alone = best.value;
    for (int32_t k = 1; k < n; k++) {
        struct offer o = try_option(r, a, pd, &option[k]);
        if (o.value > best.value || (option[k].compulsory && best.covers == 0))
            best = o;
    }
    best.gain = best.value - (alone < 0.0 && a->replaced.fen == 0 ? 0.0 : alone);
    return best;
}

static bool same(const struct offer *a, const struct offer *b)
{
    return a->value == b->value && a->rate == b->rate && a->margin == b->margin && a->covers == b->covers &&
           a->refinanced == b->refinanced && a->gain == b->gain;
}

/* V = m Phi(m / s) + s phi(m / s), which is m or nothing where looking shows nothing. */
Test(pricing, values_many_looks_as_one)
{
    uint64_t s = 11;
    for (size_t n = 1; n <= LOOKED_AT; n++) {
        double margin[LOOKED_AT], spread[LOOKED_AT], value[LOOKED_AT];
        for (size_t j = 0; j < n; j++) {
            spread[j] = next(&s) < 0.2 ? 0.0 : ld_exp(between(&s, -5.0, 15.0));
            margin[j] = ld_max(spread[j], 1.0) * between(&s, -6.0, 6.0);
        }
        screening_values(value, margin, spread, n);
        for (size_t j = 0; j < n; j++) {
            double z = spread[j] > 0.0 ? margin[j] / spread[j] : 0.0;
            double looked = margin[j] * ld_normal_cdf(z) + spread[j] * ld_normal_pdf(z);
            cr_assert_eq(value[j], spread[j] > 0.0 ? looked : ld_max(margin[j], 0.0));
        }
    }
}

Test(pricing, finds_with_few_quotes_what_trying_all_finds)
{
    struct lab lab;
    struct lab_run run;
    uint64_t s = 7;
    lab_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    struct region *r = &run.world.region[0];
    int64_t covered = 0, losing = 0, refinanced = 0, inside = 0;
    for (int n = 0; n < CASES; n++) {
        struct application a = any_application(&s);
        struct lending option[MAX_OPTIONS];
        int32_t options = any_options(&s, option);
        double pd = ld_min(0.002 * ld_exp(between(&s, 0.0, 6.2)), 0.9);
        r->bank[0].penalty = next(&s) < 0.5 ? 0.0 : between(&s, 0.0, 2.0);
        struct offer all = try_all(r, &a, pd, option, options), found = best_offer(r, &a, pd, option, options);
        cr_assert(same(&all, &found),
                  "case %d: %.17g (%.17g) at %.17g under %x, %d, not %.17g (%.17g) at %.17g under %x, %d", n,
                  found.value, found.gain, found.rate, found.covers, found.refinanced, all.value, all.gain, all.rate,
                  all.covers, all.refinanced);
        covered += found.covers != 0;
        losing += found.value < 0.0;
        refinanced += found.refinanced;
        inside +=
            found.rate > P(r, credit)->base_rate && found.rate < P(r, credit)->base_rate + P(r, credit)->spread_max;
    }
    cr_expect(covered > CASES / 10 && losing > CASES / 10 && refinanced > CASES / 10 && inside > CASES / 10,
              "%lld covered, %lld losing, %lld refinanced, %lld inside", (long long)covered, (long long)losing,
              (long long)refinanced, (long long)inside);
    lab_end(&run);
}

Test(pricing, is_the_same_whoever_is_priced_together)
{
    enum { MANY = 100 };
    struct lab lab;
    struct lab_run run;
    struct application a[MANY];
    struct lending option[MANY][MAX_OPTIONS];
    struct quest quest[MANY];
    struct offer together[MANY];
    uint64_t s = 13;
    lab_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 1, .compact_every = -1});
    const struct region *r = &run.world.region[0];
    for (int j = 0; j < MANY; j++) {
        a[j] = any_application(&s);
        quest[j] = (struct quest){&a[j], 0.002 * ld_exp(between(&s, 0.0, 6.0)), option[j], any_options(&s, option[j])};
    }
    best_offers(r, quest, MANY, together);
    for (int j = 0; j < MANY; j++) {
        struct offer alone = best_offer(r, &a[j], quest[j].pd, option[j], quest[j].n);
        cr_assert(same(&alone, &together[j]), "application %d", j);
    }
    lab_end(&run);
}
