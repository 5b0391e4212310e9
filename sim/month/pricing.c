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

/* The same quotes are tried whatever the ceiling, so that an option without cover can never win by where its quotes lie;
 * then around the best one in halved steps. */
enum { QUOTES = 13, HALVINGS = 4 };

/* Profit at each of n rates, and that times the chance that the borrower stays.  Loops without a branch, so that the
 * exponentials of two rates are taken at once; n is a constant where it is called. */
static inline void value_rates(const struct costs *c, double pd, int n, const double *rate, double *profit, double *value)
{
    double riskier[QUOTES], leaves[QUOTES];
    for (int k = 0; k < n; k++) {
        riskier[k] = pd * ld_exp(c->selection * (rate[k] - c->fair));
        leaves[k] = ld_exp(c->leaving * (rate[k] - c->fair - 0.005));
    }
    for (int k = 0; k < n; k++) {
        double defaults = riskier[k] < 1.0 ? riskier[k] : 1.0;
        profit[k] = (1.0 - defaults) * rate[k] - c->fixed - defaults * c->loss;
        value[k] = profit[k] * (1.0 / (1.0 + leaves[k]));
    }
}

/* What is tried; a loss is a loss, whether or not the borrower stays. */
static void quote(struct offer *best, double rate, double profit, double value)
{
    double counts = profit > 0.0 ? value : profit;
    if (counts > best->value) {
        best->value = counts;
        best->rate = rate;
        best->margin = profit;
    }
}

static void refine(const struct costs *c, double pd, double step, double top, struct offer *best)
{
    double from = best->rate, rate[2] = {from - step, from + step}, profit[2], value[2];
    value_rates(c, pd, 2, rate, profit, value);
    if (rate[0] >= c->base)
        quote(best, rate[0], profit[0], value[0]);
    if (rate[1] <= c->base + top)
        quote(best, rate[1], profit[1], value[1]);
}

static struct offer price_option(const struct region *r, const struct application *a, double pd, const struct lending *o)
{
    struct costs c = costs_of(r, a, pd, o);
    double most = P(r, credit)->spread_max, step = most / (QUOTES - 1), top = most < o->rate_max ? most : o->rate_max;
    double rate[QUOTES], profit[QUOTES], value[QUOTES];
    for (int k = 0; k < QUOTES; k++)
        rate[k] = c.base + step * k;
    value_rates(&c, pd, QUOTES, rate, profit, value);
    struct offer offer = {.pools = o->pools, .hours = o->paperwork, .value = -1e300};
    for (int k = 0; k < QUOTES && step * k <= top; k++)
        quote(&offer, rate[k], profit[k], value[k]);
    for (int k = 0; k < HALVINGS; k++) {
        step *= 0.5;
        refine(&c, pd, step, top, &offer);
    }
    return offer;
}

/* Enrolment: value of cover, less the rate given up under the ceiling and the paperwork; ties go to no cover. */
struct offers best_offers(const struct region *r, const struct application *a, double pd, const struct lending *option,
                          int32_t n)
{
    struct offer alone = price_option(r, a, pd, &option[0]), best = alone;
    for (int32_t k = 1; k < n; k++) {
        struct offer o = price_option(r, a, pd, &option[k]);
        if (o.value > best.value || (option[k].compulsory && best.pools == 0))
            best = o;
    }
    return (struct offers){best, alone};
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
/* A few keys, or many that are nearly in order. */
static void insert_keys(uint64_t *key, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t x = key[i];
        size_t j = i;
        for (; j > 0 && key[j - 1] > x; j--)
            key[j] = key[j - 1];
        key[j] = x;
    }
}

/* Exchanges keys so that those without `bit` come first; returns how many they are. */
static size_t split_keys(uint64_t *key, size_t n, uint64_t bit)
{
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++) { /* without a branch: which way a key goes is a toss */
        uint64_t x = key[i];
        key[i] = key[zeros];
        key[zeros] = x;
        zeros += (x & bit) == 0;
    }
    return zeros;
}

/* Radix exchange from the highest bit in which keys differ: in place, the same order whatever it was before. */
void sort_keys(uint64_t *key, size_t n)
{
    while (n > 24) {
        uint64_t all = key[0], any = key[0], falls = 0;
        for (size_t i = 1; i < n; i++) {
            all &= key[i];
            any |= key[i];
            falls |= key[i] < key[i - 1];
        }
        if (!falls)
            return;
        uint64_t bit = (uint64_t)1 << (63 - __builtin_clzll(all ^ any));
        size_t zeros = split_keys(key, n, bit);
        sort_keys(key, zeros);
        key += zeros;
        n -= zeros;
    }
    insert_keys(key, n);
}
