/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demand - what enterprises sell of what they could sell: demand in a region and sector is shared (mechanisms M1), and those
 * listed on an exchange share that of the nation.
 *
 *   level  = competition * ln(what all could sell / what the region buys)
 *   nation = competition * ln(others + what the world's listed could sell beyond their regions / what the nation buys)
 *
 * An enterprise sells what it could sell, S, times exp(-level).  Who is listed keeps at home what it could sell there when it
 * was listed, H, and sells what it has grown beyond that to the nation:  min(S, H) exp(-level) + max(S - H, 0) exp(-nation).
 * So nothing jumps on the day of a listing, and its growth takes nothing from those who sell in the region.
 *
 * What lies idle is given up and what is short is built: ln S moves towards ln(sales), `idle_given_up` of the way a year.  Without
 * that, those who are there would crowd the market ever more, and who comes with a product would find no buyers. */
#include <liandong/boards.h>
#include <liandong/demand.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>

static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* -- between two months ------------------------------------------------------------------------------------------------ */
double demand_level(const struct world *w, const struct region *r, int32_t sector, double share, bool *compared)
{
    double thin = r->scale < 1.0 ? r->scale : 1.0, could = (double)r->last_sales[sector];
    double demand = money_to_yuan(P(r, market)->demand_per_founder) * potential_founders(w, r, w->month) * share * thin;
    *compared = demand > 0.0;
    double gap = could <= 0.0 || demand <= 0.0 ? -1.0 : clamp(ld_log(could / demand), -1.0, 3.0);
    return P(r, market)->competition * gap;
}

/* The month from which the nation's demand is counted. */
enum { NATION_FROM = 2020 * 12 };

double nation_level(const struct world *w, const struct region *r, int32_t sector, double share)
{
    const struct market_params *m = P(r, market);
    double years = (w->month - NATION_FROM) / 12.0, could = 0.0;
    double demand = money_to_yuan(m->nation_demand) * ld_pow(1.0 + m->nation_growth, years) * share * r->scale;
    for (int32_t k = 0; k < w->n_regions; k++)
        could += (double)w->region[k].last_beyond[sector];
    double over = m->nation_others + (demand > 0.0 ? could / demand : 0.0);
    return m->competition * (over > 0.0 ? clamp(ld_log(over), -1.0, 3.0) : -1.0);
}

/* -- those listed ------------------------------------------------------------------------------------------------------ */
static bool sells_beyond(const struct region *r, const struct traded *s)
{
    const struct enterprises *e = &r->enterprises;
    return e->status[s->row] == ACTIVE && (e->flags[s->row] & HAS_PRODUCT) != 0;
}

/* The drift took it for one that sells all in the region (prepare.c). */
static void builds_for_the_nation(const struct rows *t, uint32_t row, double idle_here, double idle)
{
    double size = (double)t->e->log_sales[row] + P(t->r, market)->idle_given_up / 12.0 * (idle_here - idle);
    t->e->log_sales[row] = (float)clamp(size, LEAST_LOG_SALES, MOST_LOG_SALES);
}

/* What competition leaves of sales in each sector: in the region, or in the nation. */
static void lay_left(const struct region *r, const double level[MAX_SECTORS], double left[MAX_SECTORS])
{
    for (int32_t s = 0; s < r->layout->count[GROUP_sectors]; s++)
        left[s] = ld_exp(-level[s]);
}

void nation_sell(const struct rows *t, double *sales)
{
    const struct region *r = t->r;
    double at_home[MAX_SECTORS], abroad[MAX_SECTORS];
    lay_left(r, r->cells.level, at_home);
    lay_left(r, r->cells.nation, abroad);
    for (size_t k = LIST_FIRST(&r->traded, t->lo); k < r->traded.n && r->traded.row[k].row < t->hi; k++) {
        const struct traded *s = &r->traded.row[k];
        if (!sells_beyond(r, s))
            continue;
        int32_t sector = t->e->sector[s->row];
        double all = ld_exp((double)t->e->log_sales[s->row]), here = ld_min(all, s->home),
               *sold = &sales[s->row - t->lo];
        *sold = here * at_home[sector] + (all - here) * abroad[sector];
        if (*sold > 0.0)
            builds_for_the_nation(t, s->row, r->cells.level[sector], ld_log(all / *sold));
    }
}

/* -- the end of a month ------------------------------------------------------------------------------------------------ */
/* What the listed sell beyond the region, yuan a year; could: what they could. */
static void sold_beyond(const struct region *r, int64_t sold[MAX_SECTORS], int64_t could[MAX_SECTORS])
{
    double at_home[MAX_SECTORS], more[MAX_SECTORS];
    lay_left(r, r->cells.level, at_home);
    for (int32_t k = 0; k < r->layout->count[GROUP_sectors]; k++)
        more[k] = ld_exp(r->cells.nation[k]);
    for (size_t k = 0; k < r->traded.n; k++) {
        const struct traded *s = &r->traded.row[k];
        if (!sells_beyond(r, s))
            continue;
        int32_t sector = r->enterprises.sector[s->row];
        double here = s->home * at_home[sector], all = (double)r->enterprises.sales[s->row];
        double away = all > here ? all - here : 0.0;
        sold[sector] += (int64_t)away;
        could[sector] += (int64_t)(away * more[sector]);
    }
}

void demand_remember(struct region *r)
{
    int64_t sold[MAX_SECTORS] = {0}, could[MAX_SECTORS] = {0};
    sold_beyond(r, sold, could);
    r->nation_sales = 0;
    for (int32_t s = 0; s < MAX_SECTORS; s++) {
        int64_t all = 0;
        for (int32_t stage = 0; stage < N_STAGES; stage++)
            all += r->total.item[stage * MAX_SECTORS + s][ITEM_SALES];
        double here = (double)(all > sold[s] ? all - sold[s] : 0) * ld_exp(r->cells.level[s]);
        r->last_sales[s] = here < 9e15 ? ld_round_half_even(here < 2e15 ? here : 2e15) : 0;
        r->last_beyond[s] = could[s];
        r->nation_sales += sold[s];
    }
}
