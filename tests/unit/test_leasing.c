/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Financial leasing and its guarantee: rents, price, what is taken back, who pays what is missing, to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <math.h>
#include <string.h>

enum { LEASES_MOST = 2000, TERM = 24 };

/* A town whose lessor never runs out of money, where all know of it and used equipment has one price. */
static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"founders.literacy",           "1"     },
        {"credit.recovery_cycle",       "0"     },
        {"policies.leasing.enabled",    "true"  },
        {"policies.leasing.capital",    "10 亿"},
        {"policies.leasing.guarantor",  "1 亿" },
        {"policies.leasing.down",       "0.1"   },
        {"policies.leasing.term",       "24"    },
        {"policies.leasing.payout_max", "1"     },
        {"policies.leasing.erosion",    "10"    },
        {"policies.leasing.dividend",   "0"     },
        {NULL,                          NULL    },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

static void go(struct lab_run *run, const struct lab_value values[], int32_t months,
               void (*hook)(struct world *w, void *context), void *context)
{
    struct lab lab;
    town(&lab, values);
    lab_go(run, &lab, (struct lab_options){.months = months, .compact_every = 0, .hook = hook, .context = context});
}

/* -- rents -------------------------------------------------------------------------------------------------------------- */
struct books {
    size_t n;
    struct lease before[LEASES_MOST];
    int64_t lessor, paid_in_full, ended, lost_sales;
    double log_sales[40000];
    int64_t taken_back, by_living, to_guarantor;
    int64_t fallen, right, less; /* sales had fallen since; left with what was to be left, within a tenth; with less */
};

static const struct lease *find(const struct leases *l, uint32_t row, int32_t begun)
{
    for (size_t k = 0; k < l->n; k++)
        if (l->row[k].row == row && l->row[k].begun == begun)
            return &l->row[k];
    return NULL;
}

/* Who is not late has paid age / term of the principal, to the fen; one that is over was never owed longer than its term. */
static void check_rents(struct books *s, const struct region *r)
{
    for (size_t k = 0; k < s->n; k++) {
        const struct lease *was = &s->before[k], *is = find(&r->leases, was->row, was->begun);
        int32_t age = r->month - was->begun;
        if (is == NULL) {
            s->ended++;
            continue;
        }
        cr_expect_leq(is->owed.fen, was->owed.fen);
        cr_expect(is->overdue == 0 || is->overdue == was->overdue + 1);
        if (is->overdue > 0)
            continue;
        cr_expect_eq(is->owed.fen, is->principal.fen - is->principal.fen * age / TERM);
        cr_expect_lt(age, TERM, "the last instalment is paid in the last month");
        s->paid_in_full++;
    }
}

static void check_lessor(struct books *s, const struct region *r)
{
    static const enum flow in[] = {FLOW_LEASE_INTEREST,   FLOW_LEASE_PRINCIPAL, FLOW_LEASE_SOLD,
                                   FLOW_LEASE_GUARANTEED, FLOW_LEASE_RECOVERED, FLOW_FINANCE_COMPANY_CAPITAL};
    static const enum flow out[] = {FLOW_LEASE_EQUIPMENT, FLOW_LEASE_SHARED, FLOW_FINANCE_COMPANY_COST,
                                    FLOW_FINANCE_COMPANY_DIVIDEND};
    int64_t change = 0, now = r->line[lab_line(r, GROUP_leasing)].company.cash.fen;
    for (size_t k = 0; k < sizeof in / sizeof in[0]; k++)
        change += lab_flow(r, in[k]);
    for (size_t k = 0; k < sizeof out / sizeof out[0]; k++)
        change -= lab_flow(r, out[k]);
    cr_expect_eq(now - s->lessor, change);
    s->lessor = now;
}

static void remember(struct books *s, const struct region *r)
{
    cr_assert_lt(r->leases.n, LEASES_MOST);
    s->n = r->leases.n;
    if (s->n > 0)
        memcpy(s->before, r->leases.row, s->n * sizeof *s->before);
}

static void watch_rents(struct world *w, void *context)
{
    struct books *s = context;
    check_rents(s, w->region);
    check_lessor(s, w->region);
    remember(s, w->region);
}

Test(leasing, takes_equal_parts_of_principal_until_the_last_month_of_the_term)
{
    static struct books s;
    struct lab_run run;
    go(&run, NULL, 24, watch_rents, &s);
    cr_expect_gt(s.paid_in_full, 500);
    cr_expect_gt(s.ended, 20);
    cr_expect_gt(lab_sum(&run, "leased", -1), 0);
    lab_end(&run);
}

/* -- the price ------------------------------------------------------------------------------------------------------------- */
/* What a yuan owed for a year loses, month by month: a default with hazard h leaves the equipment. */
static double loss_by_hand(double pd, double recovery)
{
    double h = pd / 12.0, lost = 0.0, owed = 0.0;
    for (int m = 0; m < TERM; m++) {
        double alive = ld_pow(1.0 - h, m), left = 1.0 - (double)m / TERM;
        double worth = ld_pow(1.0 - 0.12 / 12.0, m + 1) * recovery / 0.9;
        lost += alive * h * (left > worth ? left - worth : 0.0);
        owed += alive * left;
    }
    return 12.0 * lost / owed;
}

struct priced {
    double pd, asked, share, fee, rate_max, recovery;
    int64_t backed, alone;
};

/* Lessors of this town read nothing in statements: a contract of this month rests on what they have seen up to it. */
static void watch_price(struct world *w, void *context)
{
    struct priced *s = context;
    const struct region *r = w->region;
    const struct finance_company *m = &r->line[lab_line(r, GROUP_leasing)].company;
    cr_expect(m->offered == 0.0 ||
              (m->rates > s->asked * m->offered && m->rates <= (s->rate_max + s->fee) * m->offered));
    double lost = loss_by_hand(12.0 * (s->pd / 12.0 * 600.0 + m->defaults) / (600.0 + m->months), s->recovery);
    for (size_t k = 0; k < r->leases.n; k++) {
        const struct lease *q = &r->leases.row[k];
        if (q->begun != r->month)
            continue;
        if (q->guaranteed > 0.0) {
            cr_expect_float_eq(q->rate, s->asked + (1.0 - s->share) * lost, 1e-9);
            cr_expect(s->fee * s->share < s->share * lost || s->asked + lost > s->rate_max);
            s->backed++;
        } else {
            cr_expect_float_eq(q->rate, s->asked + lost, 1e-9);
            s->alone++;
        }
        cr_expect_leq(q->rate, s->rate_max);
    }
}

static void prices(struct priced *s, const char *fee, const char *rate_max)
{
    struct lab_run run;
    const struct lab_value values[] = {
        {"credit.belief_prior",       "0.08"  },
        {"credit.quality_loading",    "0"     },
        {"policies.leasing.fee",      fee     },
        {"policies.leasing.rate_max", rate_max},
        {"policies.leasing.share",    "0.8"   },
        {"credit.asset_recovery",     "0.4"   },
        {NULL,                        NULL    },
    };
    *s = (struct priced){.pd = 0.08, .asked = 0.055, .share = 0.8, .recovery = 0.4};
    sscanf(fee, "%lf", &s->fee);
    sscanf(rate_max, "%lf", &s->rate_max);
    go(&run, values, 24, watch_price, s);
    lab_end(&run);
}

/* Both sides of the choice: a guarantee is bought where it saves more of the rate than it costs, and not where it does not. */
Test(leasing, price_makes_good_the_expected_loss_and_a_guarantee_is_bought_where_it_saves_more_than_its_fee)
{
    static struct priced cheap, dear;
    double lost = loss_by_hand(0.08, 0.4);
    cr_assert(lost > 0.01 && lost < 0.2, "%g", lost);
    prices(&cheap, "0.005", "0.5");
    prices(&dear, "0.15", "0.5");
    cr_expect_gt(cheap.backed, 40, "%lld", (long long)cheap.backed);
    cr_expect_eq(dear.backed, 0);
    cr_expect_gt(dear.alone, 40, "%lld", (long long)dear.alone);
}

/* Where the ceiling binds the lessor signs only what is guaranteed; where it does not, he signs without. */
Test(leasing, guarantee_opens_what_the_ceiling_shuts)
{
    static struct priced tight, wide;
    prices(&tight, "0.02", "0.08");
    prices(&wide, "0.15", "0.5");
    cr_expect_gt(tight.backed, 40, "%lld", (long long)tight.backed);
    cr_expect_eq(tight.alone, 0);
    cr_expect_gt(wide.alone, 40);
    cr_expect_eq(wide.backed, 0);
}

/* -- taking back ------------------------------------------------------------------------------------------------------------- */
/* Months in which one lease alone ended before it was paid: sold, guaranteed, written off add up to what was owed. */
static void watch_back(struct world *w, void *context)
{
    struct books *s = context;
    const struct region *r = w->region;
    const struct lease *gone = NULL;
    int32_t many = 0;
    for (size_t k = 0; k < s->n; k++) {
        const struct lease *q = &s->before[k];
        bool over = r->month - q->begun >= TERM && r->enterprises.status[q->row] == ACTIVE && q->overdue == 0;
        if (find(&r->leases, q->row, q->begun) == NULL && !over) {
            gone = q;
            many++;
        }
    }
    if (many == 1 && r->enterprises.status[gone->row] != ACTIVE) {
        int64_t value =
            money_round(100.0 * gone->cost * r->cells.recovery * ld_pow(1.0 - 0.12 / 12.0, r->month - gone->begun)).fen;
        int64_t sold = value < gone->owed.fen ? value : gone->owed.fen, missing = gone->owed.fen - sold;
        int64_t covers = money_scale(FEN(missing), gone->guaranteed).fen;
        cr_expect_eq(lab_flow(r, FLOW_LEASE_SOLD), sold);
        cr_expect_eq(lab_flow(r, FLOW_LEASE_GUARANTEED), covers);
        int64_t own = lab_flow(r, FLOW_LEASE_RECOVERED) - lab_flow(r, FLOW_LEASE_SHARED);
        cr_expect_eq(lab_flow(r, FLOW_LEASE_LOST), missing - covers - own);
        cr_expect_leq(lab_flow(r, FLOW_LEASE_RECOVERED), missing);
        if (missing > 0)
            cr_expect_eq(lab_flow(r, FLOW_LEASE_SHARED), lab_flow(r, FLOW_LEASE_RECOVERED) * covers / missing);
        s->to_guarantor += lab_flow(r, FLOW_LEASE_SHARED);
        s->taken_back++;
    }
    remember(s, r);
}

Test(leasing, equipment_of_the_dead_is_sold_and_what_is_missing_is_shared_by_guarantor_and_estate)
{
    static struct books s;
    struct lab_run run;
    const struct lab_value values[] = {
        {"policies.leasing.share",    "0.5"},
        {"policies.leasing.fee",      "0"  },
        {"credit.asset_recovery",     "0.3"},
        {"policies.leasing.patience", "60" },
        {NULL,                        NULL },
    };
    go(&run, values, 36, watch_back, &s);
    cr_expect_gt(s.taken_back, 10);
    cr_expect_gt(s.to_guarantor, 0);
    lab_end(&run);
}

/* Who lives but does not pay for longer than is borne loses the sales that the equipment carries: what came with it, or that part
 * of what there is.  A month takes a tenth from few; who takes another opportunity has more. */
static void watch_living(struct world *w, void *context)
{
    struct books *s = context;
    const struct region *r = w->region;
    cr_assert_lt(r->enterprises.n, sizeof s->log_sales / sizeof s->log_sales[0]);
    for (size_t k = 0; k < r->leases.n; k++)
        cr_expect_leq(r->leases.row[k].overdue, 0, "nothing is borne here");
    for (size_t k = 0; k < s->n; k++) {
        const struct lease *q = &s->before[k];
        bool lives = r->enterprises.status[q->row] == ACTIVE;
        if (find(&r->leases, q->row, q->begun) != NULL || !lives || r->month - q->begun >= TERM)
            continue;
        double before = ld_exp(s->log_sales[q->row]), after = ld_exp((double)r->enterprises.log_sales[q->row]);
        double carried = before > q->with ? q->with - q->without : before * (1.0 - q->without / q->with);
        s->by_living++;
        s->lost_sales += after < before;
        s->fallen += before < q->with;
        s->right += before < q->with && fabs(ld_log(after / (before - carried))) < 0.1;
        s->less += before < q->with && ld_log(after / (before - carried)) <= -0.1;
    }
    for (size_t i = 0; i < r->enterprises.n; i++)
        s->log_sales[i] = (double)r->enterprises.log_sales[i];
    remember(s, r);
}

Test(leasing, who_does_not_pay_loses_the_equipment_and_its_sales)
{
    static struct books s;
    struct lab_run run;
    const struct lab_value values[] = {
        {"policies.leasing.patience", "0" },
        {"market.idle_given_up",      "0" },
        {NULL,                        NULL},
    };
    go(&run, values, 36, watch_living, &s);
    cr_expect_gt(s.by_living, 10);
    cr_expect_gt(10 * s.lost_sales, 8 * s.by_living, "%lld of %lld", (long long)s.lost_sales, (long long)s.by_living);
    cr_expect_gt(s.fallen, 40);
    cr_expect_gt(2 * s.right, s.fallen, "%lld of %lld", (long long)s.right, (long long)s.fallen);
    cr_expect_lt(10 * s.less, s.fallen, "%lld of %lld", (long long)s.less, (long long)s.fallen);
    lab_end(&run);
}

/* -- money that ends ------------------------------------------------------------------------------------------------------------ */
static void watch_room(struct world *w, void *context)
{
    int64_t *most = context;
    const struct region *r = w->region;
    const struct bearer *p = &r->bearer[r->line[lab_line(r, GROUP_leasing)].bearer];
    int64_t bound = 0, owed = 0;
    for (size_t k = 0; k < r->leases.n; k++) {
        bound += money_scale(r->leases.row[k].owed, r->leases.row[k].guaranteed).fen;
        owed += r->leases.row[k].owed.fen;
    }
    cr_expect_eq(p->liable.fen, bound);
    cr_expect_eq(r->balance[ACCOUNT_LEASES], owed);
    cr_expect_geq(r->line[lab_line(r, GROUP_leasing)].company.cash.fen, 0);
    *most = bound > *most ? bound : *most;
}

/* 200,000 yuan of a guarantor, of whom three times that may be asked; he grows by his fees and yield. */
Test(leasing, guarantor_is_bound_for_no_more_than_his_leverage_and_lessors_lend_no_more_than_they_have)
{
    int64_t most = 0;
    struct lab_run run;
    const struct lab_value values[] = {
        {"policies.leasing.capital",      "2000 万"},
        {"policies.leasing.guarantor",    "20 万"  },
        {"policies.leasing.leverage_max", "3"       },
        {"policies.leasing.client_share", "1"       },
        {"policies.leasing.fee",          "0.001"   },
        {"policies.leasing.least",        "5 万"   },
        {NULL,                            NULL      },
    };
    go(&run, values, 24, watch_room, &most);
    cr_expect_gt(most, 0);
    cr_expect_leq(most, 3 * 30000000);
    for (int32_t m = 0; m < 24; m++)
        cr_expect_leq(lab_int(&run, "leases_outstanding", m, -1), 2400000000, "with what it has earned");
    lab_end(&run);
}
