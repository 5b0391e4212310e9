/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The depletion of a risk-compensation pool through the whole engine - grants, defaults, claims, decisions, payments - against
 * exact dynamic programmes.
 *
 * Source: reference/credit/pool-ruin/expected.csv, cases A_iid and B_static_factor_rho0.12, p_deplete_by_month.  1,000 loans
 * of 100 units (a unit is 10,000 yuan), a defaulted loan is replaced, the pool pays 50 units a default, 100 units flow in each
 * month before the payouts, PD 0.25 % a month; depleted: a payout above the balance, for good. */
#include "../theory/verdict.h"
#include "../unit/lab.h"
#include <criterion/criterion.h>

static const int64_t UNIT = 1000000; /* fen */
enum { N_CAPITALS = 4, N_HORIZONS = 3, MONTHS = 36 };
static const int horizon[N_HORIZONS] = {12, 24, 36};
static const int capital[N_CAPITALS] = {500, 1000, 1500, 2000}; /* units */
static const double iid[N_CAPITALS][N_HORIZONS] = {
    {0.23510183673922241,    0.6394605444520071,    0.8434777490130196  },
    {0.006960946451412989,   0.15757286764811738,   0.43768025775350583 },
    {2.847746003361169e-05,  0.01220858457606402,   0.10945186989933801 },
    {2.1105015732753397e-08, 0.0003055293501406351, 0.012263225661818684},
};
static const double factor[N_CAPITALS][N_HORIZONS] = {
    {0.27305644690839875, 0.32501870577699277, 0.34558122329706287},
    {0.19994884111491496, 0.27205969146734205, 0.3040848932713497 },
    {0.15155205138172043, 0.23207394558185657, 0.27158933602378277},
    {0.11742126696142069, 0.19995543910058383, 0.24418493913391073},
};

static void pool(struct lab *lab, int units, double rho)
{
    static const struct lab_value values[] = {
        {"initial",                                       "empty"  },
        {"regions.town.enterprises.initial",              "1000"   },
        {"regions.town.founders.per_month",               "0"      },
        {"regions.town.banks.city.count",                 "3"      },
        {"regions.town.government.coordination_delay",    "0"      },
        {"regions.town.closed_form.enabled",              "true"   },
        {"regions.town.closed_form.loan",                 "100 万"},
        {"regions.town.closed_form.default_pd",           "0.0025" },
        {"regions.town.policies.risk_pool.enabled",       "true"   },
        {"regions.town.policies.risk_pool.funding",       "sunk"   },
        {"regions.town.policies.risk_pool.interest",      "0"      },
        {"regions.town.policies.risk_pool.refill",        "monthly"},
        {"regions.town.policies.risk_pool.refill_amount", "100 万"},
        {"regions.town.policies.risk_pool.share",         "0.5"    },
        {"regions.town.policies.risk_pool.trigger",       "0"      },
        {"regions.town.policies.risk_pool.delay",         "0"      },
        {"regions.town.policies.risk_pool.leverage_max",  "1000"   },
        {NULL,                                            NULL     },
    };
    lab_begin(lab);
    lab_values(lab, NULL, values);
    lab_number(lab, "regions.town.closed_form.rho", rho);
    lab_number(lab, "regions.town.policies.risk_pool.capital", units * 1e4);
}

/* The month, from 0, in which a claim is first not met; MONTHS if never.  Up to then the balance is known to the fen. */
static int32_t depletion(const struct lab *lab, uint32_t run, int units)
{
    struct lab_run r;
    int32_t m = 0;
    lab_start(&r, lab, (struct lab_options){.run = run, .compact_every = -1, .months = 1});
    for (int64_t balance = units * UNIT; m < MONTHS; m++) {
        lab_month(&r, 0);
        int64_t defaults = lab_int(&r, "defaults", 0, -1);
        balance += 100 * UNIT - defaults * 50 * UNIT;
        cr_assert(lab_int(&r, "pool_filed", 0, -1) == defaults);
        cr_assert((lab_int(&r, "pool_unmet", 0, -1) > 0) == (balance < 0), "run %u, month %d", (unsigned)run, (int)m);
        if (balance < 0)
            break;
        cr_assert(lab_int(&r, "pool_balance", 0, -1) == balance, "run %u, month %d", (unsigned)run, (int)m);
    }
    lab_end(&r);
    return m;
}

static void compare(const char *name, double rho, unsigned runs, const double expected[N_CAPITALS][N_HORIZONS])
{
    for (uint32_t c = 0; c < N_CAPITALS; c++) {
        struct lab lab;
        unsigned hits[N_HORIZONS] = {0};
        pool(&lab, capital[c], rho);
        for (uint32_t r = 0; r < runs; r++) {
            int32_t m = depletion(&lab, c * runs + r, capital[c]);
            for (int k = 0; k < N_HORIZONS; k++)
                hits[k] += m < horizon[k];
        }
        for (int k = 0; k < N_HORIZONS; k++) {
            char what[96];
            snprintf(what, sizeof what, "%s, capital %d, depleted by month %d", name, capital[c], horizon[k]);
            verdict_share(what, hits[k], runs, expected[c][k]);
        }
    }
}

Test(pool_ruin, a_pool_of_independent_loans_runs_dry_as_the_dynamic_programme_says)
{
    compare("A", 0.0, 1500, iid);
}

Test(pool_ruin, a_pool_under_one_factor_runs_dry_as_the_mixture_of_programmes_says)
{
    compare("B", 0.12, 1500, factor);
}
