/* SPDX-License-Identifier: GPL-3.0-or-later */
/* innovation - products, opportunities and patents (mechanism M1), by columns of a tile while its enterprises have their month. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/production.h>

/* The scale of the shock is held from one anniversary to the next, so that twelve months are exactly Laplace. */
static double sigma_at(const struct enterprise_params *p, double log_sales, double log_reference)
{
    return ld_min(p->sigma * ld_exp(-p->sigma_size * (log_sales - log_reference)), WIDEST);
}

static void hold_sigmas(const struct rows *t, uint32_t n, double log_reference)
{
    struct enterprise_params here = *P(t->r, enterprise); /* what the loop writes cannot be these */
    double *sigma = t->s->real[GAIN];                     /* of no use any more */
    const uint16_t *list = t->s->list;
    for (uint32_t j = 0; j < n; j++)
        sigma[j] = (double)t->e->log_sales[t->lo + list[j]];
    for (uint32_t j = 0; j < n; j++)
        sigma[j] = sigma_at(&here, sigma[j], log_reference);
    for (uint32_t j = 0; j < n; j++)
        t->e->sigma[t->lo + list[j]] = (float)sigma[j];
}

/* At least e^x and x^y, at little cost: whoever draws above a chance computed with them needs no exact one.
 * 2^n (1 + f) >= 2^(n + f): n + f as an integer is a double's exponent and fraction.  Bernoulli: x^y <= 1 + y (x - 1) for
 * y <= 1; beyond, no bound. */
static double exp_above(double x)
{
    double bounded = x > -700.0 ? ld_min(x, 700.0) : -700.0,
           power = bounded * 0x1.71547652b82fep0 + 1023.0; /* 1 / ln 2 */
    return ld_from_bits((uint64_t)(int64_t)(power * 0x1p52)) * (1.0 + 1e-9);
}

static double power_above(double x, double y)
{
    return y <= 1.0 ? (1.0 + y * (x - 1.0)) * (1.0 + 1e-9) : 1e300;
}

/* Draws of those of the list who have no product, by age so that delay does not change luck, and what their chances hang on. */
enum {
    COMES = SHOCK,
    COMES_AT = GAIN,
    READY = DRIFT,
    QUALITY = LEVEL,
    ABOVE = SPREAD
}; /* which are of no use any more */
static void draw_products(const struct rows *t, uint32_t n)
{
    double(*x)[TILE] = t->s->real;
    const uint16_t *list = t->s->list;
    for (uint32_t j = 0; j < n; j += BLOCKS) {
        struct identity who[BLOCKS];
        int32_t age[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (uint32_t k = 0; k < BLOCKS; k++) {
            uint32_t i = t->lo + list[j + k < n ? j + k : j];
            who[k] = enterprise_identity(t->e, i);
            age[k] = age_of(t, i);
        }
        luck_blocks_at(t->w->luck, who, age, draw_block(DRAW_PRODUCT), word);
        luck_uniforms(word[DRAW_PRODUCT % 4], x[COMES] + j);
        luck_uniforms(word[DRAW_PRODUCT_SIZE % 4], x[COMES_AT] + j);
    }
    for (uint32_t j = 0; j < n; j++) {
        x[READY][j] = x[NEED][list[j]];
        x[QUALITY][j] = (double)t->e->quality[t->lo + list[j]];
    }
}

/* Those of n of the list whom a bound of their chance does not rule out, since 1 - exp(-x) <= x; with their draws. */
static uint32_t list_ready(const struct rows *t, uint32_t n)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double hazard = p->product_hazard, by_quality = p->product_quality, by_technology = p->product_technology;
    double(*x)[TILE] = t->s->real;
    uint16_t *list = t->s->list;
    uint32_t ready = 0;
    for (uint32_t j = 0; j < n; j++)
        x[ABOVE][j] = hazard * power_above(x[READY][j], by_technology) * exp_above(by_quality * x[QUALITY][j]) / 12.0;
    for (uint32_t j = 0; j < n; j++) { /* whoever is ruled out is written over by the next */
        list[ready] = list[j];
        x[COMES][ready] = x[COMES][j];
        x[COMES_AT][ready] = x[COMES_AT][j];
        ready += x[COMES][j] < x[ABOVE][j];
    }
    return ready;
}

/* hazard = h0 (K / needed)^a exp(b q) a year (M1). */
static bool product_comes(const struct rows *t, uint32_t i, double u)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double by_quality = p->product_quality * (double)t->e->quality[i], need = t->s->real[NEED][i - t->lo];
    double hazard = p->product_hazard * ld_exp(p->product_technology * ld_log(need) + by_quality);
    return u < 1.0 - ld_exp(-hazard / 12.0);
}

static void seek_products(const struct rows *t, uint32_t n, double log_reference)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double(*x)[TILE] = t->s->real, usual = ld_log(money_to_yuan(p->product_sales));
    draw_products(t, n);
    n = list_ready(t, n);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t k = t->s->list[j], i = t->lo + k;
        if (!product_comes(t, i, x[COMES][j]))
            continue;
        t->e->flags[i] |= HAS_PRODUCT;
        x[PRODUCT][k] = 1.0;
        t->e->log_sales[i] = (float)(usual + p->product_spread * ld_normal_quantile(x[COMES_AT][j]));
        t->e->sigma[i] = (float)sigma_at(p, (double)t->e->log_sales[i], log_reference);
        count(t->t, cell_of(t->e, i), ITEM_PRODUCTS, 1);
    }
}

/* Sizes of the opportunities of n of the list, eight at a time, then what they cost and bring. */
enum { SIZE = DRIFT, BRINGS = LEVEL }; /* of no use any more */
static void find_chances(const struct rows *t, uint32_t n)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double(*x)[TILE] = t->s->real, spread = p->opportunity_spread;
    for (uint32_t j = 0; j < n; j += BLOCKS) {
        struct identity who[BLOCKS];
        uint32_t word[4][BLOCKS];
        for (uint32_t k = 0; k < BLOCKS; k++)
            who[k] = enterprise_identity(t->e, t->lo + t->s->list[j + k < n ? j + k : j]);
        luck_blocks(t->w->luck, who, draw_block(DRAW_OPPORTUNITY_SIZE), word);
        luck_uniforms(word[DRAW_OPPORTUNITY_SIZE % 4], x[SIZE] + j);
        luck_uniforms(word[DRAW_OPPORTUNITY_GAIN % 4], x[BRINGS] + j);
    }
    for (uint32_t j = 0; j < n; j++)
        x[SIZE][j] = ld_exp(spread * ld_normal_quantile(x[SIZE][j]));
    for (uint32_t j = 0; j < n; j++)
        x[BRINGS][j] = ld_exp(spread * ld_normal_quantile(x[BRINGS][j]));
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        double cost = NAMED(t->r, stages, t->e->stage[i])->cost * (double)t->e->sales[i] * x[SIZE][j];
        t->e->chance_cost[i] = (float)cost;
        t->e->chance_sales[i] = (float)(p->opportunity_turnover * x[BRINGS][j] * cost);
        t->e->chance_left[i] = (uint8_t)p->opportunity_life;
        count(t->t, cell_of(t->e, i), ITEM_CHANCES, 1);
    }
}

/* Those without a product may get one; the shocks of the others are looked at on anniversaries. */
void products_come(const struct rows *t)
{
    const uint16_t *founded = t->e->founded + t->lo;
    double(*x)[TILE] = t->s->real;
    double log_reference = ld_log(money_to_yuan(P(t->r, enterprise)->size_reference));
    uint32_t rows = t->hi - t->lo;
    int32_t month = t->w->month;
    uint8_t *mark = t->s->mark;
    for (uint32_t k = 0; k < rows; k++)
        mark[k] = (x[SELLS][k] > 0.0) & ((month - founded[k]) % 12 == 0);
    hold_sigmas(t, list_marked(t), log_reference);
    for (uint32_t k = 0; k < rows; k++)
        mark[k] = x[LIVE][k] > x[PRODUCT][k];
    seek_products(t, list_marked(t), log_reference);
}

/* One opportunity at a time, for those who sell. */
void chances_come(const struct rows *t)
{
    const uint8_t *stage = t->e->stage + t->lo, *left = t->e->chance_left + t->lo;
    const float *sales = t->e->sales + t->lo;
    const double *u = t->s->real[U_CHANCE];
    double arrive[N_STAGES], most = 0.0;
    uint8_t *mark = t->s->mark;
    uint32_t rows = t->hi - t->lo;
    for (int32_t s = 0; s < N_STAGES; s++) {
        arrive[s] = NAMED(t->r, stages, s)->arrivals / 12.0;
        most = ld_max(most, arrive[s]);
    }
    for (uint32_t k = 0; k < rows; k++)
        mark[k] = (left[k] == 0) & (sales[k] > 0.0f) & (u[k] < most);
    uint32_t n = list_marked(t), found = 0;
    for (uint32_t j = 0; j < n; j++) { /* whom none reaches is written over by the next */
        uint32_t k = t->s->list[j];
        t->s->list[found] = (uint16_t)k;
        found += u[k] < arrive[stage[k]];
    }
    find_chances(t, found);
}

/* Those who may have a patent, by a bound of the rate: their place, rate and draw, one after the other. */
enum { RATE = GAIN, U = U_PATENTS, NONE = NEED };
static uint32_t list_inventors(const struct rows *t, double elasticity)
{
    double rate[MAX_SECTORS] = {0}, most = 0.0, (*x)[TILE] = t->s->real;
    const uint8_t *status = t->e->status + t->lo, *sector = t->e->sector + t->lo;
    uint8_t *mark = t->s->mark;
    uint32_t rows = t->hi - t->lo;
    for (int32_t s = 0; s < t->r->layout->count[GROUP_sectors]; s++) {
        rate[s] = NAMED(t->r, sectors, s)->patents / 12.0;
        most = ld_max(most, rate[s]);
    }
    for (uint32_t k = 0; k < rows; k++) /* exp(-x) >= 1 - x: the others certainly have none */
        mark[k] = (x[U][k] >= 1.0 - most * power_above(x[NEED][k], elasticity)) & (status[k] == ACTIVE);
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) { /* its place is not before j */
        uint32_t k = t->s->list[j];
        x[RATE][j] = rate[sector[k]];
        x[NEED][j] = x[NEED][k];
        x[U][j] = x[U][k];
    }
    return n;
}

/* Patents ~ Poisson(lambda (K / needed)^0.6 / 12): collateral and signal only, no second path to sales. */
void patents_come(const struct rows *t)
{
    double elasticity = P(t->r, enterprise)->patent_elasticity, (*x)[TILE] = t->s->real;
    uint32_t n = list_inventors(t, elasticity);
    for (uint32_t j = 0; j < n; j++)
        x[RATE][j] = ld_min(x[RATE][j] * ld_exp(elasticity * ld_log(x[NEED][j])), 20.0);
    for (uint32_t j = 0; j < n; j++)
        x[NONE][j] = ld_exp(-x[RATE][j]);
    for (uint32_t j = 0; j < n; j++) {
        double u = x[U][j];
        if (u < x[NONE][j])
            continue;
        uint32_t i = t->lo + t->s->list[j];
        int32_t many = ld_poisson_from(x[RATE][j], x[NONE][j], u);
        t->e->patents[i] = (uint16_t)(t->e->patents[i] + many < 60000 ? t->e->patents[i] + many : 60000);
        count(t->t, cell_of(t->e, i), ITEM_PATENTS, many);
    }
}
