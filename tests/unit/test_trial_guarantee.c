/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trial guarantee of new products: who pays it in, what it covers, how many, to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/security.h>

enum { BANKS = 4, LOANS_MOST = 200000 };

static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"founders.literacy",                     "1"     },
        {"policies.ip_pledge.enabled",            "true"  },
        {"policies.stage_products.enabled",       "true"  },
        {"policies.trial_guarantee.enabled",      "true"  },
        {"policies.trial_guarantee.capital",      "1 亿" },
        {"policies.trial_guarantee.contracts",    "100000"},
        {"policies.trial_guarantee.trials",       "100000"},
        {"policies.trial_guarantee.stage_max",    "growth"},
        {"policies.trial_guarantee.rate_ceiling", "0.06"  },
        {"policies.trial_guarantee.payout_max",   "1"     },
        {"policies.trial_guarantee.erosion",      "10"    },
        {NULL,                                    NULL    },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

struct seen {
    int32_t a_year, of_bank;
    int64_t covered, patents, staged, year, decided, at_limit, closed;
    double pd_covered, pd_other;
    int64_t selling, others;
    size_t n, claims;
    double made[BANKS]; /* at the end of last month */
};

static int32_t bearer_of(const struct region *r)
{
    return r->line[lab_line(r, GROUP_trial_guarantee)].bearer;
}

static bool covers(const struct region *r, size_t loan)
{
    const struct cover_chain *chain = &r->chain[r->loans.chain[loan]];
    for (int32_t c = 0; c < chain->n; c++)
        if (chain->cover[c].bearer == bearer_of(r))
            return true;
    return false;
}

/* In which it asked; that may be months ago. */
static int32_t stage_of(const struct region *r, size_t loan)
{
    return r->loans.cell[loan] / (MAX_SECTORS * N_SCORES);
}

/* New facilities stand behind the others, as nothing is compacted here. */
static void check_loans(struct seen *s, const struct region *r)
{
    int32_t k = lab_line(r, GROUP_trial_guarantee);
    s->year = r->month % 12 == 0 ? 0 : s->year;
    for (size_t j = s->n; j < r->loans.n; j++) {
        bool ip = (r->loans.security[j] & SECURITY_IP) != 0, cover = covers(r, j);
        int32_t bank = r->loans.bank[j];
        if (cover) {
            cr_expect_leq(stage_of(r, j), GROWTH);
            cr_expect_leq(r->loans.limit[j].fen, 500000000);
            cr_expect_lt(s->made[bank], s->of_bank, "the trial of this bank is over");
            s->covered++;
            s->year++;
            s->patents += ip;
        }
        bool eligible = ip && stage_of(r, j) <= GROWTH && r->loans.limit[j].fen <= 500000000;
        if (eligible && stage_of(r, j) > SEED && (r->loans.flags[j] & LOAN_RENEWAL) == 0) {
            s->selling += cover;
            s->pd_covered += cover ? (double)r->loans.pd[j] : 0.0;
            s->pd_other += cover ? 0.0 : (double)r->loans.pd[j];
            s->others += !cover;
        }
    }
    s->n = r->loans.n;
    cr_expect_leq(s->year, s->a_year);
    s->at_limit += s->year == s->a_year;
    for (int32_t b = 0; b < BANKS; b++) {
        s->made[b] = dealing_of(r, k, b)->mean;
        s->closed += s->made[b] >= s->of_bank;
    }
}

/* What the guarantor decides of a claim that it stands behind alone: its share of the principal. */
static void check_claims(struct seen *s, const struct region *r)
{
    for (size_t j = s->claims; j < r->claims.n; j++) {
        const struct claim *c = &r->claims.row[j];
        const struct claim_cover *d = covers_of(&r->claims, c);
        if (c->filed + 2 > r->month || c->n_covers != 1 || d->bearer != bearer_of(r) || c->recovered.fen > 0)
            continue;
        if (c->filed + 2 < r->month)
            continue;
        cr_expect_eq(d->decided.fen, money_scale(c->principal, 0.8).fen);
        s->decided++;
    }
}

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    w->claims_kept = 1;
    check_loans(s, w->region);
    check_claims(s, w->region);
}

static void go(struct seen *s, const struct lab_value values[])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch, .context = s});
    lab_end(&run);
}

Test(trial_guarantee, pays_its_share_of_what_is_lost_on_new_products_and_covers_nothing_else)
{
    struct seen s = {.a_year = 100000, .of_bank = 100000}, none = s;
    const struct lab_value values[] = {
        {"policies.trial_guarantee.patents", "false"},
        {"policies.trial_guarantee.staged",  "false"},
        {NULL,                               NULL   }
    };
    go(&s, NULL);
    cr_expect_gt(s.covered, 50);
    cr_expect_gt(s.patents, 20);
    cr_expect_gt(s.decided, 5);
    go(&none, values); /* and there are no linkage products in this town */
    cr_expect_eq(none.covered, 0);
}

Test(trial_guarantee, covers_patents_alone_where_stage_products_are_no_part_of_the_trial)
{
    struct seen s = {.a_year = 100000, .of_bank = 100000};
    const struct lab_value values[] = {
        {"policies.trial_guarantee.staged", "false"},
        {NULL,                              NULL   }
    };
    go(&s, values);
    cr_expect_gt(s.covered, 20);
    cr_expect_eq(s.patents, s.covered);
}

Test(trial_guarantee, keeps_to_its_number_of_loans_a_year)
{
    struct seen s = {.a_year = 12, .of_bank = 100000};
    const struct lab_value values[] = {
        {"policies.trial_guarantee.contracts", "12"},
        {NULL,                                 NULL}
    };
    go(&s, values);
    cr_expect_gt(s.at_limit, 5);
}

Test(trial_guarantee, ends_for_a_bank_that_has_made_its_trials)
{
    struct seen s = {.a_year = 100000, .of_bank = 10};
    const struct lab_value values[] = {
        {"policies.trial_guarantee.trials", "10"},
        {NULL,                              NULL}
    };
    go(&s, values);
    cr_expect_geq(s.closed, 12 * BANKS, "all of them are through at least in the second year");
    cr_expect_leq(s.covered, 40 + 40, "what is granted in the month in which the tenth is");
}

/* Half of the capital by banks in equal parts. */
static void watch_capital(struct world *w, void *context)
{
    int64_t *paid = context;
    paid[0] += w->region->total.flow[FLOW_GUARANTOR_CAPITAL];
    paid[1] += w->region->total.flow[FLOW_GUARANTOR_FROM_BANKS];
}

Test(trial_guarantee, capital_is_paid_by_the_treasury_and_by_banks)
{
    int64_t paid[2] = {0, 0};
    struct lab lab;
    struct lab_run run;
    const struct lab_value values[] = {
        {"policies.trial_guarantee.bank_share", "0.4"},
        {NULL,                                  NULL }
    };
    town(&lab, values);
    lab_watch(&run, &lab, 1, watch_capital, paid);
    cr_expect_eq(paid[0], 6000000000);
    cr_expect_eq(paid[1], 4000000000);
    lab_end(&run);
}

/* M7: banks have guaranteed what they think riskier.  Of those with sales: what enterprises in seed borrow is worth no more than
 * their patents, so that little is left to guarantee, however likely they fail.  A guarantor that never is short of room. */
Test(trial_guarantee, banks_have_the_riskier_loans_guaranteed)
{
    struct seen s = {.a_year = 100000, .of_bank = 100000};
    const struct lab_value values[] = {
        {"policies.trial_guarantee.staged",  "false"  },
        {"policies.trial_guarantee.fee",     "0.02"   },
        {"regions.town.founders.per_month",  "200"    },
        {"policies.trial_guarantee.capital", "100 亿"},
        {NULL,                               NULL     }
    };
    go(&s, values);
    cr_assert(s.selling > 10 && s.others > 10, "%lld, %lld", (long long)s.selling, (long long)s.others);
    cr_expect_gt(s.pd_covered / (double)s.selling, s.pd_other / (double)s.others);
}
