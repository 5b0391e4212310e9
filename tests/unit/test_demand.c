/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand: that of a region is shared by who sells there; what the listed grow beyond it they sell to the nation. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/boards.h>
#include <liandong/mathx.h>
#include <math.h>

static const int32_t start = 2020 * 12;
enum { NEEQ = 1, CHINEXT = 3 };

static void board(struct lab *lab, const char *name)
{
    static const char *const values[][2] = {
        {"opens",        "0"      },
        {"age_min",      "0"      },
        {"years",        "1"      },
        {"profit_min",   "20 万" },
        {"prepare",      "2"      },
        {"prepare_cost", "1 万"  },
        {"review",       "1"      },
        {"fee_fixed",    "0"      },
        {"disclosure",   "0"      },
        {"keep_sales",   "0"      },
        {"keep_value",   "0"      },
        {"capacity",     "1000000"}
    };
    char key[64];
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        snprintf(key, sizeof key, "boards.%s.%s", name, values[k][0]);
        lab_set(lab, key, values[k][1]);
    }
}

/* Only this board is open, and easily reached. */
static void town(struct lab *lab, const char *name)
{
    static const char *const all[] = {"regional", "neeq", "beijing", "chinext", "star", "main"};
    char key[64];
    lab_town(lab);
    lab_set(lab, "capital_market.enabled", "true");
    lab_set(lab, "capital_market.outside", "0");
    lab_set(lab, "capital_market.window", "-20");
    lab_set(lab, "capital_market.reach", "0.5");
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        snprintf(key, sizeof key, "boards.%s.opens", all[k]);
        lab_set(lab, key, "3000");
    }
    board(lab, name);
}

/* -- what is sold where -------------------------------------------------------------------------------------------------- */
struct seen {
    double most; /* largest part of sales beyond the region */
    int64_t listed;
};

static void all_sales_are_here_or_beyond(struct world *w, void *context)
{
    struct seen *seen = context;
    const struct region *r = w->region;
    double all[MAX_SECTORS] = {0}, away = 0.0, sum = 0.0;
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        if (r->enterprises.status[i] == ACTIVE)
            all[r->enterprises.sector[i]] += (double)r->enterprises.sales[i];
    for (int32_t s = 0; s < r->layout->count[GROUP_sectors]; s++) {
        double here = (double)r->last_sales[s] * ld_exp(-r->cells.level[s]);
        double beyond = (double)r->last_beyond[s] * ld_exp(-r->cells.nation[s]);
        cr_expect_lt(fabs(here + beyond - all[s]), 1e-6 * all[s] + 2000.0, "sector %d: %g + %g of %g", s, here, beyond,
                     all[s]);
        away += beyond;
        sum += all[s];
    }
    cr_expect_lt(fabs(away - (double)r->nation_sales), 1e-6 * away + 2000.0);
    seen->most = away > seen->most * sum ? away / sum : seen->most;
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->board == 0)
            continue;
        seen->listed++;
        cr_expect_gt(issuer_home(s), 0.0);
        if (s->listed == w->month) /* nothing jumps on the day */
            cr_expect_float_eq(ld_log(issuer_home(s)), (double)r->enterprises.log_sales[s->row], 1e-6);
    }
}

Test(demand, is_met_here_or_in_the_nation)
{
    struct lab lab;
    struct lab_run run;
    struct seen seen = {0};
    town(&lab, "chinext");
    lab_go(
        &run, &lab,
        (struct lab_options){.months = 36, .compact_every = 6, .hook = all_sales_are_here_or_beyond, .context = &seen});
    cr_expect_gt(seen.listed, 100);
    cr_expect_gt(seen.most, 0.05);
    lab_end(&run);
}

/* -- crowding ------------------------------------------------------------------------------------------------------------- */
struct grown {
    double times; /* over what they sold when they were listed */
    double level, nation, listed;
    double could, shared,
        away; /* of sector 0 a month after: what counts in the region's demand, by rows and by the world */
};

static void what_counts(const struct region *r, struct grown *g)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t i = 0; i < e->n; i++)
        if (e->sector[i] == 0 && !enterprise_traded(r, i))
            g->could += (double)e->sales[i] * ld_exp(r->cells.level[0]);
    for (size_t k = 0; k < r->issuers.n; k++) {
        uint32_t i = r->issuers.row[k].row;
        if (e->sector[i] != 0 || e->status[i] != ACTIVE || !enterprise_traded(r, i))
            continue;
        double all = ld_exp((double)e->log_sales[i]);
        g->could += ld_min(all, issuer_home(&r->issuers.row[k]));
        g->away += all - ld_min(all, issuer_home(&r->issuers.row[k]));
    }
    g->shared = (double)r->last_sales[0];
}

static void the_listed_grow(struct world *w, void *context)
{
    struct grown *g = context;
    struct region *r = w->region;
    if (w->month == start + 24)
        for (size_t k = 0; k < r->issuers.n; k++)
            if (enterprise_traded(r, r->issuers.row[k].row))
                r->enterprises.log_sales[r->issuers.row[k].row] =
                    (float)ld_log(g->times * issuer_home(&r->issuers.row[k]));
    if (w->month == start + 25)
        what_counts(r, g);
    if (w->month != start + 26)
        return;
    g->level = r->cells.level[0];
    g->nation = r->cells.nation[0];
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        g->listed += enterprise_traded(r, i) ? (double)r->enterprises.sales[i] : 0.0;
}

static void grow(struct grown *g, const char *nation_demand)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, "chinext");
    lab_set(&lab, "market.nation_demand", nation_demand);
    lab_set(&lab, "regions.town.market.demand_per_founder", "1 亿"); /* level within its bounds */
    lab_set(&lab, "regions.town.market.idle_given_up", "0"); /* what they could sell stays, from the sale to the look */
    lab_go(&run, &lab, (struct lab_options){.months = 27, .compact_every = -1, .hook = the_listed_grow, .context = g});
    lab_end(&run);
}

/* However large the listed are: what their region's demand is shared by is what they could sell there on the day of listing.
 * (Two worlds in which they differ cannot be compared: who grows or shrinks so much in a month may fail by it.) */
Test(demand, of_a_region_is_not_taken_by_what_its_listed_sell_to_the_nation)
{
    struct grown much = {.times = 20.0};
    grow(&much, "100000 亿");
    cr_assert_gt(much.away, 5.0 * much.could);
    cr_expect_float_eq(much.shared / much.could, 1.0, 1e-5, "%.9g of %.9g", much.shared, much.could);
    cr_assert_lt(fabs(much.level), 0.4, "not at a bound: %g", much.level);
}

Test(demand, of_the_nation_is_shared_too)
{
    struct grown wide = {.times = 20.0}, narrow = {.times = 20.0};
    grow(&wide, "100000 亿");
    grow(&narrow, "1 亿");
    cr_expect_lt(wide.nation, 0.02);
    cr_expect_gt(narrow.nation, 0.2);
    cr_expect_lt(narrow.listed, 0.8 * wide.listed);
}

/* -- what lies idle --------------------------------------------------------------------------------------------------------- */
enum { ROWS = 4000 };
struct sizes {
    double size[ROWS], idle[ROWS], sold[ROWS];
    bool traded[ROWS];
    uint32_t n;
};

/* Log of what it could sell when it sold, over what it sold. */
static double idle(const struct region *r, uint32_t i, double home)
{
    double here = ld_exp(-r->cells.level[r->enterprises.sector[i]]),
           there = ld_exp(-r->cells.nation[r->enterprises.sector[i]]);
    double sold = (double)r->enterprises.sales[i];
    double could = home <= 0.0 || sold <= home * here ? sold / here : home + (sold - home * here) / there;
    return ld_log(could / sold);
}

static void the_sizes(struct world *w, void *context)
{
    struct sizes *s = context;
    const struct region *r = w->region;
    const struct enterprises *e = &r->enterprises;
    if (w->month != start + 24)
        return;
    s->n = (uint32_t)ld_min((double)e->n, ROWS);
    for (uint32_t i = 0; i < s->n; i++) {
        bool sells = e->status[i] == ACTIVE && e->sales[i] > 0.0f;
        s->size[i] = sells ? (double)e->log_sales[i] : 0.0;
        s->idle[i] = sells ? idle(r, i, 0.0) : 0.0;
        s->sold[i] = sells ? ld_log((double)e->sales[i]) : 0.0;
    }
    for (size_t k = 0; k < r->issuers.n; k++) {
        uint32_t i = r->issuers.row[k].row;
        s->traded[i] = enterprise_traded(r, i) && r->issuers.row[k].listed < w->month;
        if (s->traded[i] && s->size[i] != 0.0)
            s->idle[i] = idle(r, i, issuer_home(&r->issuers.row[k]));
    }
}

static void sizes_with(struct sizes *s, const char *given_up)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, "chinext");
    lab_set(&lab, "regions.town.market.demand_per_founder", "3000 万");
    lab_set(&lab, "regions.town.market.idle_given_up", "0");
    lab_set(&lab, "regions.town.market.idle_given_up @ 2022-01", given_up);
    lab_go(&run, &lab, (struct lab_options){.months = 25, .compact_every = -1, .hook = the_sizes, .context = s});
    lab_end(&run);
}

/* One month at 1.2 a year: a tenth of what lies idle, in logs; of the listed, what lies idle here and in the nation together. */
Test(demand, that_leaves_capacity_idle_makes_enterprises_give_it_up)
{
    static struct sizes kept, gave;
    int here = 0, listed = 0;
    sizes_with(&kept, "0");
    sizes_with(&gave, "1.2");
    cr_assert_eq(kept.n, gave.n);
    for (uint32_t i = 0; i < kept.n; i++) {
        double sold =
            kept.size[i] == 0.0 ? 0.0 : kept.size[i] - kept.idle[i]; /* what an opportunity added came later */
        if (sold == 0.0 || fabs(sold - kept.sold[i]) > 1e-4)
            continue;
        double gone = kept.size[i] - gave.size[i];
        cr_expect_float_eq(gone, 0.1 * gave.idle[i], 1e-5, "row %u: %g of %g", i, gone, gave.idle[i]);
        *(kept.traded[i] ? &listed : &here) += kept.idle[i] > 0.05;
    }
    cr_expect_gt(here, 30);
    cr_expect_gt(listed, 3);
}

/* Nobody buys: sales are what the bound of the gap leaves, and nothing is built for it. */
Test(demand, of_nothing_builds_nothing)
{
    struct lab lab;
    struct lab_run run;
    float drift[2];
    for (int k = 0; k < 2; k++) {
        town(&lab, "chinext");
        lab_set(&lab, "regions.town.market.demand_per_founder", "0");
        lab_set(&lab, "regions.town.market.idle_given_up", k == 0 ? "0" : "2");
        lab_watch(&run, &lab, 3, NULL, NULL);
        drift[k] = (float)run.world.region[0].cells.drift[GROWTH][0];
        cr_expect_float_eq(run.world.region[0].cells.level[0], -0.5, 1e-12);
        lab_end(&run);
    }
    cr_expect_eq(drift[0], drift[1]);
}

/* -- nobody listed --------------------------------------------------------------------------------------------------------- */
static void digest_with(const char *open, const char *others, char text[SHA256_TEXT])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, open);
    lab_set(&lab, "market.nation_others", others);
    lab_set(&lab, "market.nation_demand", "1 万");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    lab_digest(&run, 0, 24, text);
    lab_end(&run);
}

Test(demand, of_the_nation_is_felt_by_those_on_an_exchange_only)
{
    char few[SHA256_TEXT], many[SHA256_TEXT];
    digest_with("neeq", "1", few);
    digest_with("neeq", "20", many);
    cr_expect_str_eq(few, many);
    digest_with("chinext", "1", few);
    digest_with("chinext", "20", many);
    cr_expect_str_neq(few, many);
}
