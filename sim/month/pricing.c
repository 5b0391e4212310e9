/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pricing - beliefs, the price of a loan, the value of cover (mechanisms M4, M5, M7).
 *
 *   pi(r) = (1 - PD(r)) r - f - oc - capital charge - PD(r) LGD (1 - kappa) - penalty PD(r)
 * with PD(r) rising in r, as those who stay are riskier, and a chance to lose the borrower that rises as r passes what a
 * rival who knows as much would ask without cover (the fair rate): the best rate is inside, and where it brings nothing the
 * bank refuses at any rate (Stiglitz and Weiss 1981).  kappa is cover as experienced. */
#include <liandong/credit.h>
#include <liandong/mathx.h>

double believed_pd(const struct region *r, int32_t bank, int32_t cell)
{
    const struct credit_params *c = P(r, credit);
    const struct belief *own = r->belief + (size_t)bank * (N_BELIEFS + N_PARENTS);
    int32_t stage = cell / (MAX_SECTORS * N_SCORES), score = cell % N_SCORES;
    const struct belief *parent = own + N_BELIEFS + stage * N_SCORES + score, *child = own + cell;
    double weight = c->belief_weight, prior = c->belief_prior / 12.0;
    double above = (prior * weight + parent->defaults) / (weight + parent->months);
    return 12.0 * (above * weight + child->defaults) / (weight + child->months);
}

double posterior_pd(const struct region *r, double cell_pd, double weighted, double precision)
{
    double theta = P(r, credit)->quality_loading, variance = 1.0 / (1.0 + precision), mean = weighted * variance;
    double pd = cell_pd * ld_exp(-theta * mean - 0.5 * theta * theta * (1.0 - variance));
    return pd < 0.9 ? pd : 0.9;
}

/* y = a q + sqrt(rho) c + sqrt(1 - rho) e: the inverse of the errors' covariance (1 - rho) I + rho 11' is
 * (I - rho / (1 - rho + n rho) 11') / (1 - rho). */
void signals_fold(struct signals *s)
{
    if (s->n < 1.0)
        return;
    double rho = s->rho < 0.999 ? s->rho : 0.999, common = rho / (1.0 - rho + s->n * rho);
    s->precision += (s->aa - common * s->a * s->a) / (1.0 - rho);
    s->weighted += (s->ay - common * s->a * s->y) / (1.0 - rho);
}

/* -- one rate ------------------------------------------------------------------------------------------------------- */
struct costs {
    double fixed;           /* funding, running, capital: per yuan a year */
    double loss;            /* per unit of PD: LGD after cover, penalty */
    double selection, leaving, from, fair, base;
};

static struct costs costs_of(const struct region *r, const struct application *a, double pd, const struct lending *o)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[a->bank];
    double amount = money_to_yuan(a->granted) + 1.0, secured = money_to_yuan(a->collateral) / amount;
    double lgd = b->lgd * (1.0 - c->secured_lgd * (secured < 1.0 ? secured : 1.0));
    double work = (a->hours + o->paperwork) * money_to_yuan(c->hour_cost) / amount;
    double capital = c->risk_weight * c->capital_ratio * c->capital_cost;
    double running = b->funding + NAMED(r, banks, b->kind)->operating_cost + capital;
    return (struct costs){.fixed = running + work,
                          .loss = lgd * (1.0 - o->cover) + b->penalty,
                          .selection = c->rate_selection,
                          .leaving = c->rate_leaving,
                          .from = c->leaving_from,
                          .fair = (running + pd * lgd) / (1.0 - pd),
                          .base = c->base_rate};
}

static double profit_at(const struct costs *c, double pd, double rate)
{
    double riskier = pd * ld_exp(c->selection * (rate - c->fair));
    riskier = riskier < 1.0 ? riskier : 1.0;
    return (1.0 - riskier) * rate - c->fixed - riskier * c->loss;
}

static double stays_at(const struct costs *c, double rate)
{
    return 1.0 / (1.0 + ld_exp(c->leaving * (rate - c->fair - c->from)));
}

/* The same quotes are tried whatever the ceiling, so that an option without cover can never win by where its quotes lie;
 * then around the best one in halved steps. */
enum { QUOTES = 13, HALVINGS = 4 };

/* Tries one rate. */
static void quote(const struct costs *c, double pd, double rate, struct offer *best)
{
    double profit = profit_at(c, pd, rate), value = profit > 0.0 ? profit * stays_at(c, rate) : profit;
    if (value > best->value) {
        best->value = value;
        best->rate = rate;
        best->margin = profit;
    }
}

static struct offer price_option(const struct region *r, const struct application *a, double pd, const struct lending *o)
{
    struct costs c = costs_of(r, a, pd, o);
    double most = P(r, credit)->spread_max, step = most / (QUOTES - 1), top = most < o->rate_max ? most : o->rate_max;
    struct offer offer = {.pools = o->pools, .hours = o->paperwork, .value = -1e300};
    for (int k = 0; k < QUOTES && step * k <= top; k++)
        quote(&c, pd, c.base + step * k, &offer);
    for (int k = 0; k < HALVINGS; k++) {
        double from = offer.rate;
        step *= 0.5;
        if (from - step >= c.base)
            quote(&c, pd, from - step, &offer);
        if (from + step <= c.base + top)
            quote(&c, pd, from + step, &offer);
    }
    return offer;
}

/* Enrolment: value of cover, less the rate given up under the ceiling and the paperwork; ties go to no cover. */
struct offer best_offer(const struct region *r, const struct application *a, double pd, const struct lending *option, int32_t n)
{
    struct offer best = price_option(r, a, pd, &option[0]);
    for (int32_t k = 1; k < n; k++) {
        struct offer o = price_option(r, a, pd, &option[k]);
        if (o.value > best.value || (option[k].compulsory && best.pools == 0))
            best = o;
    }
    return best;
}

struct offer offer_alone(const struct region *r, const struct application *a, double pd)
{
    struct lending alone = {.rate_max = 1.0};
    return price_option(r, a, pd, &alone);
}

/* -- options ------------------------------------------------------------------------------------------------------------ */
static void add_joint_option(const struct region *r, struct lending *option, int32_t *n)
{
    struct lending joint = {.rate_max = 1.0};
    double open = 1.0;
    for (int32_t k = 1; k < *n; k++) {
        joint.pools |= option[k].pools;
        open *= 1.0 - option[k].cover;
        joint.rate_max = option[k].rate_max < joint.rate_max ? option[k].rate_max : joint.rate_max;
        joint.paperwork += option[k].paperwork;
        joint.compulsory = joint.compulsory || option[k].compulsory;
    }
    double most = 1.0 - P(r, credit)->retained_min;
    joint.cover = 1.0 - open < most ? 1.0 - open : most;
    option[(*n)++] = joint;
}

int32_t list_options(const struct region *r, const struct application *a, struct lending option[MAX_OPTIONS])
{
    int32_t n = 1;
    option[0] = (struct lending){.rate_max = 1.0};
    for (int32_t k = 0; k < r->n_instances && n <= MAX_COVERS; k++) {
        const struct instrument *in = instrument_of(r, k);
        if (in->terms != NULL && LINE_COMMON(r, k)->enabled && in->terms(r, k, a, &option[n]))
            n++;
    }
    if (n > 2)
        add_joint_option(r, option, &n);
    return n;
}

/* -- sorting -------------------------------------------------------------------------------------------------------------- */
void sort_keys(uint64_t *key, size_t n)
{
    static const size_t gaps[] = {3938502, 1750444, 777975, 345766, 153673, 68299, 30355, 13491, 5996, 2665,
                                  1184,    526,     233,    103,    46,     20,    9,     4,     1}; /* Tokuda 1992 */
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (size_t i = gaps[g]; i < n; i++) {
            uint64_t x = key[i];
            size_t j = i;
            for (; j >= gaps[g] && key[j - gaps[g]] > x; j -= gaps[g])
                key[j] = key[j - gaps[g]];
            key[j] = x;
        }
}
