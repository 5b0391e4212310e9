/* SPDX-License-Identifier: GPL-3.0-or-later */
/* production - the enterprise's own month (mechanisms M1, M2): technology, growth by Laplace years, staff, products,
 * opportunities, collection, bills in the order wages, premises, purchases, research; what cannot be paid becomes overdue.
 *
 * Written as short loops over a tile, without branches where every row takes part, so that they vectorise.  Amounts within
 * such a loop are whole fen in doubles, exact below 2^53; the walker checks that accounts stay below 2^51.  The dead run
 * along with staff, sales and LIVE at 0. */
#include <liandong/bonds.h>
#include <liandong/demand.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/month.h>

/* Columns of scratch; SELLS: has a product and lives. */
enum { SHOCK, U_PATENTS, U_CHANCE, GAIN, NEED, SALES, STAFF, LIVE, PRODUCT, SELLS, DRIFT, LEVEL, SPREAD, INTENSITY };
enum { CASH = SHOCK, LATE = GAIN, COST = DRIFT, WANTED = LEVEL }; /* once those have been used */

/* A shock's scale lies below 1, where the mean of a Laplace year is finite. */
static const double WIDEST = 0.95;

static bool active(const struct rows *t, uint32_t i)
{
    return t->e->status[i] == ACTIVE;
}

static double positive(double a)
{
    return a > 0.0 ? a : 0.0;
}

static void draw_tile(const struct rows *t)
{
    enum { SOME = 128 }; /* words that are still at hand when they become numbers */
    double(*x)[TILE] = t->s->real;
    uint32_t rows = t->hi - t->lo, word[4][SOME] = {{0}}; /* what follows the last row is not used */
    for (uint32_t k = 0; k < rows; k += SOME) {
        uint32_t i = t->lo + k, n = rows - k < SOME ? rows - k : SOME;
        luck_rows(t->w->luck, t->e->origin, t->e->cohort + i, t->e->index + i, 0, n, word[0], SOME);
        for (uint32_t j = 0; j < n; j += BLOCKS) {
            luck_uniforms(word[DRAW_SALES_SHOCK % 4] + j, x[SHOCK] + k + j);
            luck_uniforms(word[DRAW_PATENTS % 4] + j, x[U_PATENTS] + k + j);
            luck_uniforms(word[DRAW_OPPORTUNITY % 4] + j, x[U_CHANCE] + k + j);
        }
    }
}

/* The riskier project has the same mean and a wider spread (M5).  A Laplace year of scale s multiplies sales by 1 / (1 - s^2)
 * on average, so the drift gives back what the wider one would add.  Those who take it are n of the list. */
static void take_risk(const struct rows *t, uint32_t n, double wider)
{
    double(*x)[TILE] = t->s->real, *sigma = x[GAIN], *back = x[NEED]; /* not used yet */
    const uint16_t *list = t->s->list;
    for (uint32_t j = 0; j < n; j++)
        sigma[j] = (double)t->e->sigma[t->lo + list[j]];
    for (uint32_t j = 0; j < n; j++) {
        double scale = ld_min(sigma[j] * wider, WIDEST), safe = ld_min(sigma[j], WIDEST);
        back[j] = ld_log((1.0 - scale * scale) / (1.0 - safe * safe)) / 12.0;
        sigma[j] = sigma[j] > 0.0 ? scale / sigma[j] : 1.0;
    }
    for (uint32_t j = 0; j < n; j++) {
        x[SPREAD][list[j]] = sigma[j];
        x[DRIFT][list[j]] += back[j];
    }
}

/* What stage, sector and flags of a row mean this month. */
static void look_up(const struct rows *t)
{
    const struct cells *c = &t->r->cells;
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo, *stage = t->e->stage + t->lo,
                  *sector = t->e->sector + t->lo;
    double(*x)[TILE] = t->s->real, intensity[MAX_SECTORS] = {0};
    uint32_t n = t->hi - t->lo;
    uint8_t *mark = t->s->mark;
    for (int32_t s = 0; s < t->r->layout->count[GROUP_sectors]; s++)
        intensity[s] = NAMED(t->r, sectors, s)->rd_intensity;
    for (uint32_t k = 0; k < n; k++) {
        x[LIVE][k] = status[k] == ACTIVE ? 1.0 : 0.0;
        x[PRODUCT][k] = flags[k] & HAS_PRODUCT ? 1.0 : 0.0;
        x[SELLS][k] = x[LIVE][k] * x[PRODUCT][k];
        x[SPREAD][k] = 1.0;
    }
    for (uint32_t k = 0; k < n; k++) {
        x[DRIFT][k] = c->drift[stage[k]][sector[k]];
        x[LEVEL][k] = c->level[sector[k]];
        x[INTENSITY][k] = intensity[sector[k]];
    }
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (flags[k] & RISKY) != 0;
    take_risk(t, list_marked(t), P(t->r, enterprise)->risk_spread);
}

/* K <- (1 - decay / 12) K + R; the log of its growth drives sales, what there is over need drives product and patents. */
static void technology(const struct rows *t)
{
    double keep = 1.0 - P(t->r, enterprise)->technology_decay / 12.0, (*x)[TILE] = t->s->real;
    const float *research = t->e->research + t->lo, *needed = t->e->needed + t->lo;
    float *stock = t->e->technology + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double before = (double)stock[k], after = keep * before + (double)research[k];
        after = after < 1.0 ? 1.0 : after;
        x[GAIN][k] = after / before;
        x[NEED][k] = after / (double)needed[k];
        stock[k] = (float)after;
    }
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        x[GAIN][k] = ld_log(x[GAIN][k]);
}

/* d log S = drift + phi q / 12 + sigma v + epsilon d log K (M1); sales seen are what competition leaves of S. */
static void grow(const struct rows *t)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    const float *sigma = t->e->sigma + t->lo, *quality = t->e->quality + t->lo;
    float *log_sales = t->e->log_sales + t->lo, *sales = t->e->sales + t->lo;
    double(*x)[TILE] = t->s->real, by_quality = p->quality_growth / 12.0, elasticity = p->technology_elasticity;
    double *shock = x[SALES]; /* not used yet */
    uint32_t n = t->hi - t->lo;
    ld_laplace_month_each(shock, x[SHOCK], n);
    for (uint32_t k = 0; k < n; k++) {
        double spread = (double)sigma[k] * x[SPREAD][k];
        double news = x[DRIFT][k] + by_quality * (double)quality[k] + spread * shock[k] + elasticity * x[GAIN][k];
        double size =
            ld_max(ld_min((double)log_sales[k] + x[SELLS][k] * news, MOST_LOG_SALES), x[SELLS][k] * LEAST_LOG_SALES);
        log_sales[k] = (float)size;
        x[SALES][k] = size - x[LEVEL][k];
    }
    for (uint32_t k = 0; k < n; k++)
        x[SALES][k] = x[SELLS][k] * ld_exp(x[SALES][k]);
    nation_sell(t, x[SALES]);
    for (uint32_t k = 0; k < n; k++) {
        sales[k] = (float)(x[SALES][k] < 1.0 ? 0.0 : x[SALES][k]);
        x[SALES][k] = (double)sales[k];
    }
}

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
static void products(const struct rows *t)
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
static void chances(const struct rows *t)
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
static void patent(const struct rows *t)
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

/* Staff follows sales, so much up or down a month at most, and at least one person; before the product a team is kept to what
 * money in the bank and at home pays for some months. */
static void hire(const struct rows *t)
{
    double each = money_to_yuan(P(t->r, enterprise)->sales_per_head), (*x)[TILE] = t->s->real;
    const struct enterprise_params *p = P(t->r, enterprise);
    double lean = p->lean_months * (money_to_yuan(p->wage) / 12.0 + money_to_yuan(p->rent)) + 1e-9;
    double start = p->staff_start, more = p->hire_max, less = p->fire_max;
    const money *cash = t->e->cash + t->lo;
    const float *wealth = t->e->wealth + t->lo;
    uint16_t *staff = t->e->staff + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double follows = ld_over(x[SALES][k], each);
        double lives = ld_over(ld_over(money_whole(cash[k]), 100.0) + (double)wealth[k], lean),
               team = lives < start ? lives : start;
        double wants = x[PRODUCT][k] > 0.0 ? follows + 1.0 : team;
        int32_t now = staff[k], need = (int32_t)(wants < 1e6 ? wants : 1e6);
        int32_t up = now + 1 + (int32_t)(now * more), down = now - 1 - (int32_t)(now * less);
        need = need > up ? up : need < down ? down : need;
        need = need < 1 ? 1 : need > 60000 ? 60000 : need;
        staff[k] = (uint16_t)need;
        x[STAFF][k] = x[LIVE][k] * (double)need;
    }
}

/* -- bills ------------------------------------------------------------------------------------------------------------ */
struct prices {
    double wage, rent, purchases, saved, vat, collect, deposit, rd_plan, rd_cut, rd_floor, rd_price, goods, goods_keep;
    bool limited, unlimited;
};

static struct prices prices_of(const struct region *r)
{
    const struct enterprise_params *p = P(r, enterprise);
    return (struct prices){.wage = money_to_yuan(p->wage) / 12.0,
                           .rent = money_to_yuan(p->rent),
                           .purchases = p->purchases,
                           .saved = p->quality_cost,
                           .vat = P(r, government)->vat,
                           .collect = 1.0 / p->collection_months,
                           .deposit = P(r, credit)->deposit_rate / 12.0,
                           .rd_plan = p->rd_plan,
                           .rd_cut = 1.0 - p->rd_cut,
                           .rd_floor = p->rd_floor,
                           .rd_price = r->cells.rd_price,
                           .goods = p->assets_share,
                           .goods_keep = 1.0 - p->assets_decay / 12.0,
                           .limited = p->finance_limits_rd != 0,
                           .unlimited = p->unlimited_finance != 0};
}

/* Fen rounded half to even, as money_round does. */
static double rounded(double fen)
{
    return (fen + LD_ROUNDER) - LD_ROUNDER;
}

/* Purchases of a month for sales of so much a year, fen. */
static inline double goods_of(const struct prices *p, double sales, double quality)
{
    return sales * ld_over(purchases_of(p->purchases, p->saved, quality), 12.0) * 100.0;
}

/* What of a bill can be paid from money at hand. */
static double payable(double cash, double bill)
{
    return positive(ld_min(bill, cash));
}

/* Customers pay, VAT is due on it, the account bears interest; new sales are billed. */
static void collect(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    money *receivable = t->e->receivable + t->lo;
    const money *cash = t->e->cash + t->lo;
    int64_t billed = 0, collected = 0, taxed = 0, earned = 0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double bill = rounded(ld_over(x[SALES][k], 12.0) * 100.0),
               got = rounded(money_whole(receivable[k]) * p->collect);
        double vat = x[LIVE][k] * rounded(got * p->vat),
               interest = x[LIVE][k] * rounded(money_whole(cash[k]) * p->deposit);
        x[CASH][k] = money_whole(cash[k]) + (got - vat + interest);
        x[COST][k] = vat;
        receivable[k].fen += ld_round_half_even(bill - got);
        billed += ld_round_half_even(bill);
        collected += ld_round_half_even(got);
        taxed += ld_round_half_even(vat);
        earned += ld_round_half_even(interest);
    }
    flow_add(t->t, FLOW_SALES_BILLED, FEN(billed));
    flow_add(t->t, FLOW_SALES_COLLECTED, FEN(collected));
    flow_add(t->t, FLOW_BILL_SETTLED, FEN(collected));
    flow_add(t->t, FLOW_VAT, FEN(taxed));
    flow_add(t->t, FLOW_DEPOSIT_INTEREST, FEN(earned));
}

/* Research wanted, in yuan of the month. */
static void want_research(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double before = p->rd_plan * x[STAFF][k] * p->wage * p->rd_price;
        double after = ld_over(x[INTENSITY][k] * x[SALES][k], 12.0) * p->rd_price;
        x[WANTED][k] = x[PRODUCT][k] > 0.0 ? after : before;
    }
}

/* Test of M12: whatever is wished for is there. */
static void finance_freely(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    int64_t sum = 0;
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        if (!active(t, i))
            continue;
        double wish = cash_target(t->r, t->e, i) + (double)t->e->chance_cost[i] + x[WANTED][k];
        double bills = rounded(x[STAFF][k] * p->wage * 100.0) + rounded(x[STAFF][k] * p->rent * 100.0) +
                       rounded(goods_of(p, x[SALES][k], (double)t->e->quality[i]));
        double lacks = positive(rounded(wish * 100.0) + bills - x[CASH][k]);
        x[CASH][k] += lacks;
        sum += ld_round_half_even(lacks);
    }
    flow_add(t->t, FLOW_FREE_FINANCE, FEN(sum));
}

/* Wages, premises, purchases, in this order; for purchases what falls due at the bank is left. */
static void pay_bills(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    const float *due = t->e->due + t->lo;
    const float *quality = t->e->quality + t->lo;
    int64_t wages = 0, rent = 0, bought = 0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double for_staff = rounded(x[STAFF][k] * p->wage * 100.0), for_rooms = rounded(x[STAFF][k] * p->rent * 100.0);
        double for_goods = rounded(goods_of(p, x[SALES][k], (double)quality[k])), cash = x[CASH][k];
        double staff = payable(cash, for_staff);
        double rooms = payable(cash - staff, for_rooms);
        double goods = payable(cash - staff - rooms - rounded((double)due[k] * 100.0), for_goods);
        double all = for_staff + for_rooms + for_goods, paid = staff + rooms + goods;
        x[CASH][k] = cash - paid;
        x[LATE][k] = all - paid;
        x[COST][k] += all;
        wages += ld_round_half_even(staff);
        rent += ld_round_half_even(rooms);
        bought += ld_round_half_even(goods);
    }
    flow_add(t->t, FLOW_WAGES, FEN(wages));
    flow_add(t->t, FLOW_RENT, FEN(rent));
    flow_add(t->t, FLOW_PURCHASES, FEN(bought));
}

/* Limited by cash above a floor, cut at most 10 % a month: what is committed and cannot be paid is late (M1).  Before the
 * product the whole team does research beside. */
static void do_research(const struct rows *t, const struct prices *prices)
{
    struct prices here = *prices, *p = &here; /* what the loop writes cannot be these */
    double(*x)[TILE] = t->s->real;
    const float *due = t->e->due + t->lo;
    float *research = t->e->research + t->lo;
    int64_t sum = 0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double wanted = x[WANTED][k], cash = x[CASH][k], wages = x[STAFF][k] * p->wage;
        double product = x[PRODUCT][k], team = (1.0 - product) * wages;
        double floor = p->rd_floor * x[STAFF][k] * (p->wage + p->rent) + (double)due[k];
        double free = ld_over(cash, 100.0) - floor,
               kept = p->rd_cut * positive(((double)research[k] - team) * p->rd_price);
        double committed = ld_min(product * kept, wanted);
        double does = ld_min(free > committed ? free : committed, wanted);
        double bill = rounded(does * 100.0), paid = payable(cash, bill);
        x[CASH][k] = cash - paid;
        x[LATE][k] += bill - paid;
        x[COST][k] += paid;
        research[k] = (float)(ld_over(ld_over(paid, 100.0), p->rd_price) + team);
        sum += ld_round_half_even(paid);
    }
    flow_add(t->t, FLOW_RESEARCH, FEN(sum));
}

/* No research is paid of what is wanted for bonds that mature. */
static void research_beside_bonds(const struct rows *t, const struct prices *p)
{
    double locked[TILE], *cash = t->s->real[CASH];
    if (t->r->bonds.n == 0) {
        do_research(t, p);
        return;
    }
    bonds_lock(t, cash, locked);
    do_research(t, p);
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        cash[k] += locked[k];
}

/* With the loop cut, research is free: paid from the account of investors (M1, M12). */
static void research_freely(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    float *research = t->e->research + t->lo;
    int64_t sum = 0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double team = x[PRODUCT][k] > 0.0 ? 0.0 : x[STAFF][k] * p->wage;
        research[k] = (float)(x[WANTED][k] / p->rd_price + team);
        sum += ld_round_half_even(x[WANTED][k] * 100.0);
    }
    flow_add(t->t, FLOW_RESEARCH_FREE, FEN(sum));
}

/* With money to spare overdue bills are paid, and fixed assets bought. */
static void spare_money(const struct rows *t, const struct prices *p)
{
    double(*x)[TILE] = t->s->real;
    const float *due = t->e->due + t->lo;
    float *assets = t->e->assets + t->lo;
    money *overdue = t->e->overdue + t->lo;
    int64_t late = 0, caught = 0, goods = 0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double month = x[STAFF][k] * (p->wage + p->rent), keep = rounded(((double)due[k] + month) * 100.0);
        double spare = x[LIVE][k] * positive(x[CASH][k] - keep), pays = ld_min(money_whole(overdue[k]), spare);
        double old = (double)assets[k], worn = old * p->goods_keep, gap = ld_over(p->goods * x[SALES][k] - worn, 12.0);
        double buys = ld_min(rounded(positive(gap) * 100.0), spare - pays);
        x[CASH][k] -= pays + buys;
        assets[k] = (float)(x[LIVE][k] > 0.0 ? worn + ld_over(buys, 100.0) : old);
        overdue[k].fen += ld_round_half_even(x[LATE][k] - pays);
        late += ld_round_half_even(x[LATE][k]);
        caught += ld_round_half_even(pays);
        goods += ld_round_half_even(buys);
    }
    flow_add(t->t, FLOW_BILLS_OVERDUE, FEN(late));
    flow_add(t->t, FLOW_OVERDUE_PAID, FEN(caught));
    flow_add(t->t, FLOW_OVERDUE_ENDED, FEN(caught));
    flow_add(t->t, FLOW_CAPITAL_GOODS, FEN(goods));
}

static void close_books(const struct rows *t)
{
    double(*x)[TILE] = t->s->real;
    money *cash = t->e->cash + t->lo;
    float *profit = t->e->profit_year + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        cash[k].fen = ld_round_half_even(x[CASH][k]);
        profit[k] += (float)(ld_over(x[SALES][k], 12.0) - ld_over(x[COST][k], 100.0));
    }
}

void firms_sell(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    draw_tile(t);
    look_up(t);
    technology(t);
    grow(t);
    hire(t);
    products(t);
    chances(t);
    patent(t);
    struct prices p = prices_of(t->r);
    collect(t, &p);
    want_research(t, &p);
    if (p.unlimited)
        finance_freely(t, &p);
    pay_bills(t, &p);
    if (p.limited)
        research_beside_bonds(t, &p);
    else
        research_freely(t, &p);
    spare_money(t, &p);
    close_books(t);
}
