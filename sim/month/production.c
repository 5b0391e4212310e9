/* SPDX-License-Identifier: GPL-3.0-or-later */
/* production - the enterprise's own month (mechanisms M1, M2): technology, growth by Laplace years, staff, what
 * innovation.c brings, collection, bills in the order wages, premises, purchases, research; what cannot be paid becomes overdue.
 *
 * Written as short loops over a tile, without branches where every row takes part, so that they vectorise.  Amounts within
 * such a loop are whole fen in doubles, exact below 2^53; the walker checks that accounts stay below 2^51.  The dead run
 * along with staff, sales and LIVE at 0. */
#include <liandong/bonds.h>
#include <liandong/demand.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/production.h>

enum { CASH = SHOCK, LATE = GAIN, COST = DRIFT, WANTED = LEVEL }; /* once those have been used */

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
    products_come(t);
    chances_come(t);
    patents_come(t);
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
