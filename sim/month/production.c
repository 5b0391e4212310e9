/* SPDX-License-Identifier: GPL-3.0-or-later */
/* production - the enterprise's own month (mechanisms M1, M2): technology, growth by Laplace years, staff, products,
 * opportunities, collection, bills in the order wages, premises, purchases, research; what cannot be paid becomes overdue.
 *
 * Written as short loops over a tile, so that the long ones vectorise; sums of flows are taken once a tile. */
#include <liandong/mathx.h>
#include <liandong/month.h>

enum { U_SHOCK, U_PATENTS, U_CHANCE, LOG_GROWTH, LOG_NEED, SALES };
enum { BILLED, COLLECTED, VAT_PAID, WAGES, RENT, BOUGHT, RESEARCHED, LATE, CAUGHT_UP, GOODS, EARNED, FREE };

static bool active(const struct rows *t, uint32_t i)
{
    return t->e->status[i] == ACTIVE;
}

static void draw_tile(const struct rows *t)
{
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        struct words u = luck_block(t->w->luck, enterprise_identity(t->e, i), 0);
        t->s->real[U_SHOCK][k] = draw_from(&u, DRAW_SALES_SHOCK);
        t->s->real[U_PATENTS][k] = draw_from(&u, DRAW_PATENTS);
        t->s->real[U_CHANCE][k] = draw_from(&u, DRAW_OPPORTUNITY);
    }
}

/* K <- (1 - decay / 12) K + R; the log of its growth drives sales, the log over need drives product and patents. */
static void technology(const struct rows *t)
{
    double keep = 1.0 - P(t->r, enterprise)->technology_decay / 12.0;
    double *growth = t->s->real[LOG_GROWTH], *need = t->s->real[LOG_NEED];
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        double before = (double)t->e->technology[i], after = keep * before + (double)t->e->research[i];
        after = after < 1.0 ? 1.0 : after;
        growth[k] = after / before;
        need[k] = after / (double)t->e->needed[i];
        t->e->technology[i] = (float)after;
    }
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        growth[k] = ld_log(growth[k]);
        need[k] = ld_log(need[k]);
    }
}

/* d log S = drift + phi q / 12 + sigma v + epsilon d log K (M1); sales seen are what competition leaves of S. */
static void grow(const struct rows *t)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    const struct cells *c = &t->r->cells;
    double *shock = t->s->real[U_SHOCK], *sales = t->s->real[SALES], quality = p->quality_growth / 12.0;
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        shock[k] = ld_laplace_month(shock[k]);
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        double spread = (double)t->e->sigma[i] * (t->e->flags[i] & RISKY ? p->risk_spread : 1.0);
        double news = c->drift[t->e->stage[i]][t->e->sector[i]] + quality * (double)t->e->quality[i] + spread * shock[k] +
                      p->technology_elasticity * t->s->real[LOG_GROWTH][k];
        bool sells = (t->e->flags[i] & HAS_PRODUCT) != 0 && t->e->status[i] == ACTIVE;
        double log_sales = (double)t->e->log_sales[i] + (sells ? news : 0.0);
        log_sales = log_sales > 26.0 ? 26.0 : log_sales;
        t->e->log_sales[i] = (float)log_sales;
        sales[k] = sells ? log_sales - c->level[t->e->sector[i]] : -800.0;
    }
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        sales[k] = ld_exp(sales[k]);
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        sales[k] = sales[k] < 1.0 ? 0.0 : sales[k];
        t->e->sales[i] = (float)sales[k];
    }
}

/* The scale of the shock is held from one anniversary to the next, so that twelve months are exactly Laplace. */
static void hold_sigma(const struct rows *t, uint32_t i)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    double size = (double)t->e->log_sales[i] - ld_log(money_to_yuan(p->size_reference));
    t->e->sigma[i] = (float)(p->sigma * ld_exp(-p->sigma_size * size));
}

/* hazard = h0 (K / needed)^a exp(b q) a year, drawn by age so that delay does not change luck (M1). */
static void seek_product(const struct rows *t, uint32_t i)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    struct luck luck = t->w->luck;
    luck.month = age_of(t, i);
    struct words u = luck_block(luck, enterprise_identity(t->e, i), draw_block(DRAW_PRODUCT));
    double log_need = t->s->real[LOG_NEED][i - t->lo];
    double hazard = p->product_hazard * ld_exp(p->product_technology * log_need + p->product_quality * (double)t->e->quality[i]);
    if (draw_from(&u, DRAW_PRODUCT) >= 1.0 - ld_exp(-hazard / 12.0))
        return;
    t->e->flags[i] |= HAS_PRODUCT;
    double spread = p->product_spread * ld_normal_quantile(draw_from(&u, DRAW_PRODUCT_SIZE));
    t->e->log_sales[i] = (float)(ld_log(money_to_yuan(p->product_sales)) + spread);
    hold_sigma(t, i);
    count(t->t, cell_of(t->e, i), ITEM_PRODUCTS, 1);
}

static void seek_chance(const struct rows *t, uint32_t i)
{
    const struct stages_params *s = NAMED(t->r, stages, t->e->stage[i]);
    const struct enterprise_params *p = P(t->r, enterprise);
    if (t->s->real[U_CHANCE][i - t->lo] >= s->arrivals / 12.0)
        return;
    struct words u = luck_block(t->w->luck, enterprise_identity(t->e, i), draw_block(DRAW_OPPORTUNITY_SIZE));
    double cost = s->cost * (double)t->e->sales[i] *
                  ld_exp(p->opportunity_spread * ld_normal_quantile(draw_from(&u, DRAW_OPPORTUNITY_SIZE)));
    double gain = p->opportunity_turnover *
                  ld_exp(p->opportunity_spread * ld_normal_quantile(draw_from(&u, DRAW_OPPORTUNITY_GAIN)));
    t->e->chance_cost[i] = (float)cost;
    t->e->chance_sales[i] = (float)(gain * cost);
    t->e->chance_left[i] = (uint8_t)p->opportunity_life;
    count(t->t, cell_of(t->e, i), ITEM_CHANCES, 1);
}

/* Patents ~ Poisson(lambda (K / needed)^0.6 / 12): collateral and signal only, no second path to sales. */
static void patent(const struct rows *t)
{
    const struct region *r = t->r;
    double elasticity = P(r, enterprise)->patent_elasticity;
    double *mean = t->s->real[SALES + 1];
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        mean[k] = ld_exp(elasticity * t->s->real[LOG_NEED][k]);
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        double lambda = NAMED(r, sectors, t->e->sector[i])->patents / 12.0 * mean[k];
        if (!active(t, i) || t->s->real[U_PATENTS][k] < 1.0 - lambda)
            continue; /* exp(-x) >= 1 - x: certainly none */
        int32_t n = ld_poisson(lambda < 20.0 ? lambda : 20.0, t->s->real[U_PATENTS][k]);
        t->e->patents[i] = (uint16_t)(t->e->patents[i] + n < 60000 ? t->e->patents[i] + n : 60000);
        count(t->t, cell_of(t->e, i), ITEM_PATENTS, n);
    }
}

/* Staff follows sales, at most 8 % up or 10 % down a month, and at least one person. */
static void hire(const struct rows *t)
{
    double each = money_to_yuan(P(t->r, enterprise)->sales_per_head);
    int32_t start = P(t->r, enterprise)->staff_start;
    for (uint32_t i = t->lo; i < t->hi; i++) {
        int32_t staff = t->e->staff[i], need = (int32_t)((double)t->e->sales[i] / each) + 1;
        if ((t->e->flags[i] & HAS_PRODUCT) == 0)
            need = start;
        int32_t up = staff + 1 + staff * 8 / 100, down = staff - 1 - staff * 10 / 100;
        need = need > up ? up : need < down ? down : need;
        t->e->staff[i] = (uint16_t)(need < 1 ? 1 : need > 60000 ? 60000 : need);
    }
}

static void rare_events(const struct rows *t)
{
    for (uint32_t i = t->lo; i < t->hi; i++) {
        if (!active(t, i))
            continue;
        if ((t->e->flags[i] & HAS_PRODUCT) == 0)
            seek_product(t, i);
        else if (age_of(t, i) % 12 == 0)
            hold_sigma(t, i);
        if (t->e->chance_left[i] == 0 && t->e->sales[i] > 0.0f)
            seek_chance(t, i);
    }
}

/* -- bills ------------------------------------------------------------------------------------------------------------ */
struct prices {
    double wage, rent, purchases, vat, collect, deposit, rd_plan, rd_cut, rd_floor, rd_price, goods, goods_keep;
    bool limited, unlimited, closed;
};

static struct prices prices_of(const struct region *r)
{
    const struct enterprise_params *p = P(r, enterprise);
    return (struct prices){.wage = money_to_yuan(p->wage) / 12.0,
                           .rent = money_to_yuan(p->rent),
                           .purchases = p->purchases / 12.0,
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

/* What of a bill can be paid from money at hand; the rest is late. */
static int64_t settle(int64_t *cash, int64_t keep, int64_t bill, int64_t *late)
{
    int64_t can = *cash - keep, paid = bill < can ? bill : can;
    paid = paid > 0 ? paid : 0;
    *cash -= paid;
    *late += bill - paid;
    return paid;
}

/* Research wanted, in money of the month. */
static double research_wanted(const struct rows *t, uint32_t i, const struct prices *p)
{
    if ((t->e->flags[i] & HAS_PRODUCT) == 0)
        return p->rd_plan * t->e->staff[i] * p->wage * p->rd_price;
    return NAMED(t->r, sectors, t->e->sector[i])->rd_intensity * (double)t->e->sales[i] / 12.0 * p->rd_price;
}

/* Limited by cash above a floor, cut at most 10 % a month: what is committed and cannot be paid is late (M1). */
static int64_t do_research(const struct rows *t, uint32_t i, const struct prices *p, int64_t *cash, int64_t *late)
{
    double wanted = research_wanted(t, i, p), wages = t->e->staff[i] * p->wage;
    bool product = (t->e->flags[i] & HAS_PRODUCT) != 0;
    double par = product ? 0.0 : wages; /* before the product the whole team does research */
    if (!p->limited) {
        t->e->research[i] = (float)(wanted / p->rd_price + par);
        return 0;
    }
    double floor = p->rd_floor * t->e->staff[i] * (p->wage + p->rent) + (double)t->e->due[i];
    double free = (double)*cash / 100.0 - floor, last = ((double)t->e->research[i] - par) * p->rd_price;
    double committed = product && last > 0.0 ? p->rd_cut * last : 0.0;
    committed = committed < wanted ? committed : wanted;
    double does = free > wanted ? wanted : free > committed ? free : committed;
    int64_t paid = settle(cash, 0, from_yuan(does > 0.0 ? does : 0.0).fen, late);
    t->e->research[i] = (float)((double)paid / 100.0 / p->rd_price + par);
    return paid;
}

/* With money to spare overdue bills are paid, and fixed assets bought. */
static void spare_money(const struct rows *t, uint32_t i, const struct prices *p, int64_t *cash)
{
    uint32_t k = i - t->lo;
    double month = t->e->staff[i] * (p->wage + p->rent);
    int64_t keep = from_yuan((double)t->e->due[i] + month).fen;
    int64_t spare = *cash - keep > 0 ? *cash - keep : 0, late = t->e->overdue[i].fen;
    t->s->fen[CAUGHT_UP][k] = late < spare ? late : spare;
    *cash -= t->s->fen[CAUGHT_UP][k];
    spare -= t->s->fen[CAUGHT_UP][k];
    double assets = (double)t->e->assets[i] * p->goods_keep, gap = (p->goods * (double)t->e->sales[i] - assets) / 12.0;
    int64_t buys = from_yuan(gap > 0.0 ? gap : 0.0).fen;
    buys = buys < spare ? buys : spare;
    t->s->fen[GOODS][k] = buys;
    *cash -= buys;
    t->e->assets[i] = (float)(assets + (double)buys / 100.0);
}

static void bills_of(const struct rows *t, uint32_t i, const struct prices *p)
{
    uint32_t k = i - t->lo;
    int64_t *fen[FREE + 1], late = 0, cash = t->e->cash[i].fen;
    for (int f = 0; f <= FREE; f++)
        fen[f] = &t->s->fen[f][k];
    double sales = (double)t->e->sales[i];
    *fen[BILLED] = from_yuan(sales / 12.0).fen;
    *fen[COLLECTED] = money_scale(t->e->receivable[i], p->collect).fen;
    *fen[VAT_PAID] = money_scale(FEN(*fen[COLLECTED]), p->vat).fen;
    *fen[EARNED] = money_scale(FEN(cash), p->deposit).fen;
    cash += *fen[COLLECTED] - *fen[VAT_PAID] + *fen[EARNED];
    int64_t wages = from_yuan(t->e->staff[i] * p->wage).fen, rent = from_yuan(t->e->staff[i] * p->rent).fen;
    int64_t bought = from_yuan(sales * p->purchases).fen;
    *fen[FREE] = 0;
    if (p->unlimited) {
        double wish = cash_target(t->r, t->e, i) + (double)t->e->chance_cost[i] + research_wanted(t, i, p);
        int64_t top = from_yuan(wish).fen + wages + rent + bought;
        *fen[FREE] = top > cash ? top - cash : 0;
        cash += *fen[FREE];
    }
    *fen[WAGES] = settle(&cash, 0, wages, &late);
    *fen[RENT] = settle(&cash, 0, rent, &late);
    *fen[BOUGHT] = settle(&cash, from_yuan((double)t->e->due[i]).fen, bought, &late);
    *fen[RESEARCHED] = do_research(t, i, p, &cash, &late);
    spare_money(t, i, p, &cash);
    *fen[LATE] = late;
    t->e->cash[i] = FEN(cash);
    double cost = (double)(wages + rent + bought + *fen[RESEARCHED] + *fen[VAT_PAID]) / 100.0;
    t->e->profit_year[i] += (float)(sales / 12.0 - cost);
    t->e->sales_year[i] += (float)(sales / 12.0);
}

/* The dead do nothing but collect what they are owed. */
static void bills_of_dead(const struct rows *t, uint32_t i, const struct prices *p)
{
    for (int f = 0; f <= FREE; f++)
        t->s->fen[f][i - t->lo] = 0;
    if (t->e->status[i] != DEAD)
        return;
    money collected = money_scale(t->e->receivable[i], p->collect);
    t->s->fen[COLLECTED][i - t->lo] = collected.fen;
    t->e->cash[i] = money_add(t->e->cash[i], collected);
    t->e->research[i] = 0.0f;
}

static int64_t total(const int64_t *fen, size_t n)
{
    int64_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += fen[k];
    return sum;
}

static void post_bills(const struct rows *t)
{
    static const struct {
        int fen;
        enum flow flow[2];
    } posts[] = {
        {BILLED,     {FLOW_SALES_BILLED, N_FLOWS}         },
        {COLLECTED,  {FLOW_SALES_COLLECTED, FLOW_BILL_SETTLED}},
        {VAT_PAID,   {FLOW_VAT, N_FLOWS}                  },
        {WAGES,      {FLOW_WAGES, N_FLOWS}                },
        {RENT,       {FLOW_RENT, N_FLOWS}                 },
        {BOUGHT,     {FLOW_PURCHASES, N_FLOWS}            },
        {RESEARCHED, {FLOW_RESEARCH, N_FLOWS}             },
        {LATE,       {FLOW_BILLS_OVERDUE, N_FLOWS}        },
        {CAUGHT_UP,  {FLOW_OVERDUE_PAID, FLOW_OVERDUE_ENDED}},
        {GOODS,      {FLOW_CAPITAL_GOODS, N_FLOWS}        },
        {EARNED,     {FLOW_DEPOSIT_INTEREST, N_FLOWS}     },
        {FREE,       {FLOW_FREE_FINANCE, N_FLOWS}         },
    };
    for (size_t p = 0; p < sizeof posts / sizeof posts[0]; p++) {
        int64_t sum = total(t->s->fen[posts[p].fen], t->hi - t->lo);
        for (int f = 0; f < 2; f++)
            if (posts[p].flow[f] != N_FLOWS)
                t->t->flow[posts[p].flow[f]] += sum;
    }
    for (uint32_t i = t->lo, k = 0; i < t->hi; i++, k++) {
        t->e->receivable[i].fen += t->s->fen[BILLED][k] - t->s->fen[COLLECTED][k];
        t->e->overdue[i].fen += t->s->fen[LATE][k] - t->s->fen[CAUGHT_UP][k];
    }
}

/* With the loop cut, research is free: paid from the account of investors (M1, M12). */
static void post_free_research(const struct rows *t, const struct prices *p)
{
    int64_t sum = 0;
    for (uint32_t i = t->lo; i < t->hi; i++)
        if (active(t, i))
            sum += from_yuan(research_wanted(t, i, p)).fen;
    t->t->flow[FLOW_RESEARCH_FREE] += sum;
}

void firms_sell(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    draw_tile(t);
    technology(t);
    grow(t);
    hire(t);
    rare_events(t);
    patent(t);
    struct prices p = prices_of(t->r);
    for (uint32_t i = t->lo; i < t->hi; i++) {
        if (active(t, i))
            bills_of(t, i, &p);
        else
            bills_of_dead(t, i, &p);
    }
    post_bills(t);
    if (!p.limited)
        post_free_research(t, &p);
}

/* January: income tax on the last year's profit, dividends of what is above the cash target; the year's counters
 * begin anew. */
static void close_year(const struct rows *t, uint32_t i)
{
    double profit = (double)t->e->profit_year[i];
    t->e->profit_last[i] = (float)profit;
    t->e->profit_year[i] = 0.0f;
    t->e->sales_year[i] = 0.0f;
    if (profit <= 0.0)
        return;
    money tax = from_yuan(P(t->r, government)->income_tax * profit), cash = t->e->cash[i];
    money paid = money_min(tax, cash), late = money_sub(tax, paid);
    pay_out(t->t, FLOW_INCOME_TAX, &t->e->cash[i], paid);
    flow_add(t->t, FLOW_BILLS_OVERDUE, late);
    t->e->overdue[i] = money_add(t->e->overdue[i], late);
    double spare = money_to_yuan(t->e->cash[i]) - cash_target(t->r, t->e, i);
    double dividend = P(t->r, enterprise)->dividend * profit;
    dividend = dividend < spare ? dividend : spare;
    if (dividend > 0.0)
        pay_out(t->t, FLOW_DIVIDENDS, &t->e->cash[i], from_yuan(dividend));
}

void firms_tax(const struct rows *t)
{
    if (t->w->month % 12 != 0 || P(t->r, closed_form)->enabled)
        return;
    for (uint32_t i = t->lo; i < t->hi; i++)
        if (active(t, i))
            close_year(t, i);
}
