/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guarantors, to the fen: capital, fees, claims, counter-security, limits, suspension; and what theory signs. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <string.h>

enum { LOANS_MOST = 60000, ROWS_MOST = 40000, CLAIMS_MOST = 20000 };

/* A town with one guarantor that every eligible loan goes to. */
static void town(struct lab *lab, const struct lab_value values[])
{
    lab_town(lab);
    lab_set_of(lab, "guarantee", "enabled", "true");
    lab_set_of(lab, "guarantee", "capital", "1 亿");
    lab_set_of(lab, "guarantee", "share", "0.6");
    lab_set_of(lab, "guarantee", "rate_ceiling", "0.06");
    lab_set_of(lab, "guarantee", "enrolment", "portfolio");
    lab_values(lab, "guarantee", values);
}

static const struct bearer *guarantor_of(const struct region *r)
{
    return &r->bearer[r->line[lab_line(r, GROUP_guarantee)].bearer];
}

static void go(const struct lab_value values[], int32_t months, void (*hook)(struct world *w, void *context),
               void *context)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = months, .compact_every = 0, .hook = hook, .context = context});
    lab_end(&run);
}

static money part_of(money amount, double share)
{
    return money_scale(amount, share);
}

/* -- capital ----------------------------------------------------------------------------------------------------------------- */
struct capital {
    double rate;
    int64_t balance, paid_in, payouts, fees, recoveries, yield;
};

/* K' = K + paid in + fees + yield + recoveries - payouts. */
static void watch_capital(struct world *w, void *context)
{
    struct capital *s = context;
    const struct bearer *p = guarantor_of(w->region);
    int64_t in = p->paid_in.fen - s->paid_in + p->fees.fen + p->interest.fen + p->shared.fen;
    cr_expect_eq(p->balance.fen, s->balance + in - p->compensated.fen);
    cr_expect_eq(p->interest.fen, part_of(FEN(s->balance), s->rate / 12.0).fen, "yield on last month's money");
    s->payouts += p->compensated.fen;
    s->fees += p->fees.fen;
    s->recoveries += p->shared.fen;
    s->yield += p->interest.fen;
    s->balance = p->balance.fen;
    s->paid_in = p->paid_in.fen;
}

Test(guarantees, change_a_guarantors_capital_by_fees_yield_recoveries_and_payouts)
{
    struct capital s = {.rate = 0.02};
    go(NULL, 36, watch_capital, &s);
    cr_expect_eq(s.paid_in, 10000000000);
    cr_expect(s.payouts > 0 && s.fees > 0 && s.recoveries > 0 && s.yield > 0);
}

/* A quarter of the capital comes from four banks.  What payouts ate is promised, at most 2 m a month, and there three months
 * later. */
enum { PLAN = 1000000000, REFILL = 200000000 };
struct refills {
    int64_t worth, promised[3]; /* month % 3: promised three months before it */
    int64_t arrived;
};

static void watch_refill(struct world *w, void *context)
{
    struct refills *s = context;
    const struct region *r = w->region;
    const struct bearer *p = guarantor_of(r);
    bool first = w->month == w->first_month;
    if (w->month < w->first_month)
        return;
    int64_t came = s->promised[w->month % 3], on_way = s->promised[0] + s->promised[1] + s->promised[2] - came;
    cr_expect_eq(r->total.flow[FLOW_GUARANTOR_CAPITAL], first ? PLAN / 4 * 3 : came);
    cr_expect_eq(r->total.flow[FLOW_GUARANTOR_FROM_BANKS], first ? PLAN / 4 : 0);
    int64_t worth = s->worth + p->interest.fen + came, lacks = first ? 0 : PLAN - (worth > 0 ? worth : 0) - on_way;
    s->promised[w->month % 3] = lacks < 0 ? 0 : lacks < REFILL ? lacks : REFILL;
    s->worth = p->balance.fen - p->unpaid.fen;
    s->arrived += came;
}

Test(guarantees, are_paid_in_by_banks_too_and_refilled_after_the_coordination_delay)
{
    struct refills s = {0};
    go(
        (const struct lab_value[]){
            {"capital",       "1000 万"},
            {"bank_share",    "0.25"    },
            {"refill",        "top_up"  },
            {"refill_amount", "200 万" },
            {"payout_max",    "1"       },
            {"erosion",       "10"      },
            {NULL,            NULL      }
    },
        36, watch_refill, &s);
    cr_expect_gt(s.arrived, REFILL);
}

/* What a guarantor has after five years, of 1 yuan paid in. */
static double left_of_capital(const char *fee, const char *erosion)
{
    struct capital s = {0};
    go(
        (const struct lab_value[]){
            {"yield",      "0"    },
            {"fee",        fee    },
            {"payout_max", "1"    },
            {"erosion",    erosion},
            {NULL,         NULL   }
    },
        60, watch_capital, &s);
    return (double)s.balance / (double)s.paid_in;
}

/* The town loses about 4 % a year of what is borne. */
Test(guarantees, eat_up_capital_below_the_expected_loss_and_build_it_above)
{
    double cheap = left_of_capital("0.01", "10"), dear = left_of_capital("0.06", "10");
    cr_expect_lt(cheap, 0.9, "%g left at a fee of 1 %%", cheap);
    cr_expect_gt(dear, 1.1, "%g left at a fee of 6 %%", dear);
}

/* -- appetite, suspension -------------------------------------------------------------------------------------------------- */
struct business_seen {
    int64_t borne;
    int32_t suspended, resumed, last;
    size_t loans;
};

static void watch_business(struct world *w, void *context)
{
    struct business_seen *s = context;
    const struct region *r = w->region;
    const struct bearer *p = guarantor_of(r);
    int64_t taken = 0;
    for (size_t k = s->loans; k < r->loans.n; k++)
        taken += r->chain[r->loans.chain[k]].n;
    if (p->suspended)
        cr_expect_eq(taken, 0, "%lld new loans while suspended", (long long)taken);
    s->suspended += p->suspended != 0;
    s->resumed += s->last && !p->suspended;
    s->last = p->suspended != 0;
    s->borne += w->month >= 2020 * 12 ? p->liable.fen : 0;
    s->loans = r->loans.n;
}

Test(guarantees, shrink_with_the_capital_that_a_low_fee_eats)
{
    struct business_seen bold = {0}, wary = {0};
    go(
        (const struct lab_value[]){
            {"yield",      "0" },
            {"payout_max", "1" },
            {"erosion",    "10"},
            {NULL,         NULL}
    },
        60, watch_business, &bold);
    go(
        (const struct lab_value[]){
            {"yield",      "0" },
            {"payout_max", "1" },
            {"erosion",    "0" },
            {NULL,         NULL}
    },
        60, watch_business, &wary);
    cr_expect_lt((double)wary.borne, 0.8 * (double)bold.borne, "%g of %g", (double)wary.borne, (double)bold.borne);
    cr_expect_gt(left_of_capital("0.01", "0"), left_of_capital("0.01", "10"));
}

Test(guarantees, stop_new_loans_above_one_payout_rate_and_resume_below_another)
{
    struct business_seen s = {0};
    go(
        (const struct lab_value[]){
            {"payout_max",    "0.06"},
            {"payout_resume", "0.03"},
            {NULL,            NULL  }
    },
        60, watch_business, &s);
    cr_expect_gt(s.suspended, 6);
    cr_expect_gt(s.resumed, 0);
}

/* -- limits ------------------------------------------------------------------------------------------------------------------- */
struct limits {
    int64_t worth, liable; /* at the end of last month */
    size_t loans;
    int64_t checked, full, refused;
};

static money borne_of(const struct region *r, size_t k)
{
    const struct loans *l = &r->loans;
    bool line = l->product[k] == PRODUCT_LINE && l->months_left[k] > 0;
    return r->chain[l->chain[k]].n == 0 ? FEN(0) : part_of(line ? l->limit[k] : l->balance[k], 0.6);
}

/* The borrower's other loans under the guarantor, but the line that the new one replaces. */
static int64_t borne_for(const struct region *r, size_t one)
{
    const struct loans *l = &r->loans;
    int64_t sum = 0;
    for (size_t k = 0; k < l->n; k++) {
        bool replaced = l->flags[one] & LOAN_RENEWAL && l->product[k] == PRODUCT_LINE && l->months_left[k] <= 2;
        if (k != one && l->row[k] == l->row[one] && (l->flags[k] & LOAN_ENDED) == 0 && !replaced)
            sum += borne_of(r, k).fen;
    }
    return sum + part_of(l->limit[one], 0.6).fen;
}

static void watch_limits(struct world *w, void *context)
{
    struct limits *s = context;
    const struct region *r = w->region;
    const struct bearer *p = guarantor_of(r);
    int64_t taken = 0, worth = p->paid_in.fen == 0 ? 0 : s->worth + p->interest.fen;
    if (s->worth == 0)
        worth = p->paid_in.fen;
    for (size_t k = s->loans; k < r->loans.n; k++) {
        const struct cover_chain *chain = &r->chain[r->loans.chain[k]];
        s->refused += chain->n == 0;
        if (chain->n == 0)
            continue;
        taken += part_of(r->loans.limit[k], 0.6).fen;
        cr_expect_leq(borne_for(r, k), worth / 20 + 2, "one client: 5 %% of %lld", (long long)worth);
        s->checked++;
    }
    if (taken > 0)
        cr_expect_leq(s->liable + taken, worth / 2 + 100 * (int64_t)(r->loans.n - s->loans));
    s->full += taken > 0 && s->liable + taken > worth / 2 - 60000000;
    s->worth = bearer_net_worth(p).fen;
    s->liable = p->liable.fen;
    s->loans = r->loans.n;
}

Test(guarantees, keep_to_leverage_and_the_limit_of_one_client)
{
    struct limits s = {0};
    go(
        (const struct lab_value[]){
            {"capital",           "2000 万"},
            {"leverage_max",      "0.5"     },
            {"client_share",      "0.05"    },
            {"erosion",           "10"      },
            {"payout_max",        "1"       },
            {"credit.npl_months", "3"       },
            {NULL,                NULL      }
    },
        36, watch_limits, &s);
    cr_expect(s.checked > 100 && s.refused > 100 && s.full > 3, "%lld taken, %lld not, %lld months at the limit",
              (long long)s.checked, (long long)s.refused, (long long)s.full);
}

/* -- claims ------------------------------------------------------------------------------------------------------------------- */
struct watch {
    size_t n;
    struct claim before[CLAIMS_MOST];
    struct claim_cover covers_before[MAX_COVERS * CLAIMS_MOST];
    int64_t decided, first, pro_rata, late;
};

/* 60 % of the principal, two months after it was filed or more. */
static void check_decision(struct watch *s, const struct world *w, const struct claim *c, const struct claim_cover *d)
{
    cr_expect_eq(d->decided.fen, part_of(c->principal, 0.6).fen);
    cr_expect_geq(w->month, c->filed + 2);
    s->decided++;
}

/* Of what came back 30 % go to the guarantor until it has all; of the rest what it still misses over what is missing. */
static void check_recovery(struct watch *s, const struct claim *c, const struct claim *old, const struct claim_cover *d)
{
    money paid_before = s->covers_before[old->covers].paid;
    money got = money_sub(c->recovered, old->recovered), open = money_sub(paid_before, old->shared);
    money first = money_min(part_of(got, 0.3), open), rest = money_sub(got, first);
    open = money_sub(open, first);
    money missing = money_sub(money_sub(c->principal, old->recovered), first);
    money part = money_part(rest, open, money_max(missing, open));
    cr_expect_eq(c->shared.fen - old->shared.fen, money_add(first, part).fen);
    cr_expect_leq(c->shared.fen, d->paid.fen);
    s->first += first.fen > 0;
    s->pro_rata += part.fen > 0;
}

static void watch_claims(struct world *w, void *context)
{
    struct watch *s = context;
    const struct region *r = w->region;
    w->claims_kept = 1;
    cr_assert_lt(r->claims.n, CLAIMS_MOST);
    for (size_t k = 0; k < r->claims.n; k++) {
        const struct claim *c = &r->claims.row[k], *old = k < s->n ? &s->before[k] : NULL;
        const struct claim_cover *d = covers_of(&r->claims, c);
        if (d->is_decided && c->recovered.fen == 0 && (old == NULL || !s->covers_before[old->covers].is_decided))
            check_decision(s, w, c, d);
        if (old != NULL && c->recovered.fen > old->recovered.fen)
            check_recovery(s, c, old, d);
    }
    if (r->claims.n > 0) {
        memcpy(s->before, r->claims.row, r->claims.n * sizeof *s->before);
        memcpy(s->covers_before, r->claims.covers.row, r->claims.covers.n * sizeof *s->covers_before);
    }
    s->n = r->claims.n;
}

Test(guarantees, pay_their_share_and_take_back_what_is_pledged_to_them_first)
{
    static struct watch s;
    go(
        (const struct lab_value[]){
            {"counter_security", "0.3"},
            {"payout_max",       "1"  },
            {NULL,               NULL }
    },
        36, watch_claims, &s);
    cr_expect(s.decided > 30 && s.first > 20 && s.pro_rata > 20, "%lld decided, %lld, %lld", (long long)s.decided,
              (long long)s.first, (long long)s.pro_rata);
}

/* -- together -------------------------------------------------------------------------------------------------------------- */
struct together {
    int64_t claims, options;
};

static void watch_together(struct world *w, void *context)
{
    struct together *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->claims.n; k++) {
        const struct claim *c = &r->claims.row[k];
        if (c->n_covers != 2 || c->state != CLAIM_DECIDED || c->recovered.fen > 0)
            continue;
        money first = part_of(c->principal, 0.5), left = money_sub(money_add(c->principal, c->arrears), first);
        money second = part_of(money_min(c->principal, left), 0.4);
        const struct claim_cover *d = covers_of(&r->claims, c);
        cr_expect(d[0].decided.fen == first.fen && d[1].decided.fen == second.fen);
        s->claims++;
    }
    if (w->month < 2020 * 12)
        return;
    /* a new application of 1 m: what its borrower is told that both cost is what he will pay */
    struct application a = {.asked = WAN_YUAN(100), .granted = WAN_YUAN(100), .sales = 1e6f, .flags = APPLY_FIRST};
    struct lending option[MAX_OPTIONS];
    int32_t n = list_options(r, &a, option);
    if (n != 4)
        return;
    cr_expect_float_eq(option[3].fee, 0.01 * 0.5 + (1.0 - option[1].cover) * 0.02 * 0.4, 1e-12);
    s->options++;
}

Test(guarantees, may_stand_together_each_on_what_the_other_leaves)
{
    struct together s = {0};
    go(
        (const struct lab_value[]){
            {"share",                                      "0.5"      },
            {"counter_security",                           "0"        },
            {"policies.guarantee.second.enabled",          "true"     },
            {"policies.guarantee.second.capital",          "1 亿"    },
            {"policies.guarantee.second.share",            "0.4"      },
            {"policies.guarantee.second.fee",              "0.02"     },
            {"policies.guarantee.second.counter_security", "0"        },
            {"policies.guarantee.second.rate_ceiling",     "0.06"     },
            {"policies.guarantee.second.enrolment",        "portfolio"},
            {"payout_max",                                 "1"        }, /* neither stops taking loans */
            {"erosion",                                    "10"       },
            {"policies.guarantee.second.payout_max",       "1"        },
            {"policies.guarantee.second.erosion",          "10"       },
            {NULL,                                         NULL       }
    },
        36, watch_together, &s);
    cr_expect(s.claims > 20 && s.options > 3, "%lld claims, %lld months", (long long)s.claims, (long long)s.options);
}

/* -- fees ---------------------------------------------------------------------------------------------------------------------- */
struct fees {
    size_t n, rows;
    money balance[LOANS_MOST];
    float year[ROWS_MOST];
    int64_t checked, missed;
};

static int32_t facilities_of(const struct loans *l, uint32_t row)
{
    int32_t n = 0;
    for (size_t k = 0; k < l->n; k++)
        n += l->row[k] == row;
    return n;
}

/* 1 % a year on the 60 % that are covered, on the balance at the beginning of the month; of borrowers of one loan. */
static void watch_fees(struct world *w, void *context)
{
    struct fees *s = context;
    const struct region *r = w->region;
    const struct loans *l = &r->loans;
    cr_assert(l->n < LOANS_MOST && r->enterprises.n < ROWS_MOST);
    for (size_t k = 0; k < s->n && w->month >= 2020 * 12 && w->month % 12 != 0; k++) {
        uint32_t i = l->row[k];
        bool plain = l->product[k] == PRODUCT_TERM && r->chain[l->chain[k]].n == 1 && l->claim[k] == NO_CLAIM;
        if (!plain || (l->flags[k] & LOAN_ENDED) || r->enterprises.status[i] != ACTIVE || facilities_of(l, i) != 1)
            continue;
        double paid = (double)r->enterprises.fee_year[i] - (i < s->rows ? (double)s->year[i] : 0.0);
        double due = money_to_yuan(part_of(s->balance[k], 0.01 * 0.6 / 12.0));
        bool right = paid > due - 0.02 && paid < due + 0.02;
        cr_expect(right || r->enterprises.cash[i].fen < 100, "%g yuan instead of %g", paid, due);
        s->checked += right && due > 0.0;
        s->missed += !right;
    }
    s->n = l->n;
    s->rows = r->enterprises.n;
    if (l->n == 0)
        return;
    memcpy(s->balance, l->balance, l->n * sizeof *s->balance);
    memcpy(s->year, r->enterprises.fee_year, r->enterprises.n * sizeof *s->year);
}

Test(guarantees, cost_the_borrower_one_percent_a_year_of_what_is_covered)
{
    static struct fees s;
    const struct lab_value large[] = {
        {"regions.town.founders.per_month", "150"},
        {NULL,                              NULL }
    };
    go(large, 12, watch_fees, &s);
    cr_expect_gt(s.checked, 30, "%lld", (long long)s.checked);
}

/* -- selection ------------------------------------------------------------------------------------------------------------------ */
/* Loans of one size: what the banks have guaranteed defaults more often than what they keep (M7). */
Test(guarantees, are_taken_for_riskier_loans_where_all_loans_are_of_one_size)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, (const struct lab_value[]){
                   {"enrolment",                       "per_loan"},
                   {"credit.ticket_min",               "50 万"  },
                   {"credit.ticket_max",               "50 万"  },
                   {"regions.town.founders.per_month", "200"     },
                   {"erosion",                         "10"      },
                   {"payout_max",                      "1"       },
                   {NULL,                              NULL      }
    });
    lab_go(&run, &lab, (struct lab_options){.months = 60, .compact_every = -1});
    double covered = (double)lab_sum(&run, "defaults_enrolled", -1) / (double)lab_sum(&run, "performing_enrolled", -1);
    double alone = (double)lab_sum(&run, "defaults_alone", -1) / (double)lab_sum(&run, "performing_alone", -1);
    cr_expect_gt(covered, 1.2 * alone, "%g against %g a month", covered, alone);
    lab_end(&run);
}

/* What stands in force is share of the principal of each loan, summed; a risk pool beside it, which is no guarantor, adds nothing. */
Test(guarantees, in_force_are_what_guarantors_would_bear)
{
    const struct lab_value pool[] = {
        {"policies.risk_pool.enabled",      "true" },
        {"policies.risk_pool.capital",      "1 亿"},
        {"policies.risk_pool.rate_ceiling", "0.06" },
        {NULL,                              NULL   }
    };
    struct lab lab;
    struct lab_run run;
    town(&lab, pool);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0});
    int64_t in_force = lab_sum(&run, "guarantees_outstanding", -1), all = lab_sum(&run, "cover_liable", -1);
    int64_t guaranteed =
        lab_sum(&run, "cover_liable", run.world.region->line[lab_line(run.world.region, GROUP_guarantee)].bearer);
    cr_expect_gt(in_force, 0);
    cr_expect_eq(in_force, guaranteed);
    cr_expect_gt(all, guaranteed, "the pool bears something, too");
    cr_expect_eq(lab_sum(&run, "insurance_premiums", -1), 0);
    lab_end(&run);
}
