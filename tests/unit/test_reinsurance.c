/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reinsurance of guarantors, to the fen: what passes between them, suspension, the grant for losses, the financing fund. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

/* A town with a cheap guarantor that every eligible loan goes to, and a reinsurer of 30 % behind it. */
static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"policies.guarantee.enabled",      "true"     },
        {"policies.guarantee.capital",      "1 亿"    },
        {"policies.guarantee.share",        "0.6"      },
        {"policies.guarantee.rate_ceiling", "0.06"     },
        {"policies.guarantee.enrolment",    "portfolio"},
        {"policies.guarantee.yield",        "0"        },
        {"policies.guarantee.erosion",      "10"       },
        {"policies.guarantee.payout_max",   "1"        },
        {"policies.reinsurance.enabled",    "true"     },
        {"policies.reinsurance.capital",    "5000 万" },
        {"policies.reinsurance.share",      "0.3"      },
        {"policies.reinsurance.fee_share",  "0.2"      },
        {"policies.reinsurance.yield",      "0"        },
        {"policies.reinsurance.payout_max", "1"        },
        {NULL,                              NULL       },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

static int32_t bearer_of(const struct region *r, enum group g)
{
    return r->line[lab_line(r, g)].bearer;
}

static void go(const struct lab_value values[], int32_t months, void (*hook)(struct world *w, void *context),
               void *context)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = months, .compact_every = -1, .hook = hook, .context = context});
    lab_end(&run);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* -- treaties ---------------------------------------------------------------------------------------------------------------- */
struct seen {
    struct bearer guarantor, reinsurer; /* at the end of last month */
    int64_t payouts, recoveries, fees, suspended, short_of;
    double left; /* of the guarantor's capital */
};

/* The reinsurer's money moves by what it pays, by its part of fees and recoveries, and by nothing else. */
static void check_month(struct seen *s, const struct bearer *g, const struct bearer *p, int32_t guarantor)
{
    bool stands = p->suspended == 0;
    int64_t owes = stands ? money_scale(g->compensated, 0.3).fen : 0, was = s->reinsurer.owed[guarantor].fen;
    int64_t has = s->reinsurer.balance.fen + p->paid_in.fen - s->reinsurer.paid_in.fen;
    int64_t pays = least(was + owes, has),
            back = least(money_scale(g->shared, 0.3).fen, s->reinsurer.advanced[guarantor].fen + pays);
    int64_t own = s->guarantor.balance.fen + g->paid_in.fen - s->guarantor.paid_in.fen + g->fees.fen + g->shared.fen -
                  g->compensated.fen + pays;
    back = least(back, own);
    int64_t fee = stands ? least(money_scale(g->fees, 0.2).fen, own - back) : 0;
    cr_expect_eq(p->decided.fen, owes);
    cr_expect_eq(p->owed[guarantor].fen, was + owes - pays);
    cr_expect_eq(g->reinsured.fen, pays);
    cr_expect_eq(p->balance.fen, has - pays + back + fee);
    cr_expect_eq(g->balance.fen, own - back - fee);
    s->payouts += pays;
    s->recoveries += back;
    s->fees += fee;
    s->suspended += !stands;
    s->short_of += pays < was + owes;
}

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    int32_t guarantor = bearer_of(r, GROUP_guarantee);
    const struct bearer *g = &r->bearer[guarantor], *p = &r->bearer[bearer_of(r, GROUP_reinsurance)];
    check_month(s, g, p, guarantor);
    s->guarantor = *g;
    s->reinsurer = *p;
    s->left = g->paid_in.fen > 0 ? (double)g->balance.fen / (double)g->paid_in.fen : 0.0;
}

Test(reinsurance, pays_its_share_of_payouts_for_its_share_of_fees_and_recoveries)
{
    static struct seen s;
    go(NULL, 36, watch, &s);
    cr_expect(s.payouts > 0 && s.recoveries > 0 && s.fees > 0 && s.suspended == 0);
}

Test(reinsurance, pays_while_its_money_lasts_and_owes_the_rest)
{
    static struct seen s;
    go(
        (const struct lab_value[]){
            {"policies.reinsurance.capital", "20 万"},
            {NULL,                           NULL    }
    },
        24, watch, &s);
    cr_expect(s.payouts > 0 && s.short_of > 6, "%lld months short", (long long)s.short_of);
}

Test(reinsurance, stands_aside_while_the_guarantor_pays_out_too_much)
{
    static struct seen s;
    go(
        (const struct lab_value[]){
            {"policies.reinsurance.payout_max",    "0.2" },
            {"policies.reinsurance.payout_resume", "0.15"},
            {NULL,                                 NULL  }
    },
        60, watch, &s);
    cr_expect(s.suspended > 6 && s.suspended < 150 && s.payouts > 0, "%lld of 180 months", (long long)s.suspended);
}

/* Nothing is reinsured: only the guarantor's money is looked at. */
static void watch_left(struct world *w, void *context)
{
    const struct bearer *g = &w->region->bearer[bearer_of(w->region, GROUP_guarantee)];
    *(double *)context = g->paid_in.fen > 0 ? (double)g->balance.fen / (double)g->paid_in.fen : 0.0;
}

Test(reinsurance, slows_the_loss_of_a_guarantor_whose_fee_is_too_low)
{
    static struct seen s;
    double alone;
    go(NULL, 60, watch, &s);
    go(
        (const struct lab_value[]){
            {"policies.reinsurance.enabled", "false"},
            {NULL,                           NULL   }
    },
        60, watch_left, &alone);
    cr_expect_lt(alone, 0.8);
    cr_expect_gt(s.left, alone + 0.05, "%g with it, %g alone", s.left, alone);
}

static void watch_borne(struct world *w, void *context)
{
    *(double *)context += money_to_yuan(w->region->bearer[bearer_of(w->region, GROUP_guarantee)].liable);
}

/* One who takes on only what loses half a percent of its money a year: of its payouts 60 % are the reinsurer's. */
Test(reinsurance, lets_a_wary_guarantor_take_on_more)
{
    double with = 0.0, alone = 0.0;
    go(
        (const struct lab_value[]){
            {"policies.guarantee.erosion", "0.005"},
            {"policies.reinsurance.share", "0.6"  },
            {NULL,                         NULL   }
    },
        60, watch_borne, &with);
    go(
        (const struct lab_value[]){
            {"policies.guarantee.erosion",   "0.005"},
            {"policies.reinsurance.enabled", "false"},
            {NULL,                           NULL   }
    },
        60, watch_borne, &alone);
    cr_expect_gt(with, 1.1 * alone, "%g with it, %g alone", with, alone);
}

/* -- the grant for what is lost in the end ---------------------------------------------------------------------------------- */
struct grant {
    int64_t loss, from_months; /* as the guarantor's claim has it; summed from its months here */
    int64_t paid;
};

static void watch_grant(struct world *w, void *context)
{
    struct grant *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_reinsurance)];
    const struct bearer *g = &r->bearer[bearer_of(r, GROUP_guarantee)],
                        *p = &r->bearer[bearer_of(r, GROUP_reinsurance)];
    int64_t due = s->from_months > 0 ? money_scale(FEN(s->from_months), 0.5).fen : 0;
    if (w->month % 12 == 0)
        cr_expect_eq(line->spent.fen, due);
    else
        cr_expect_eq(line->spent.fen, 0);
    if (w->month % 12 == 0)
        s->from_months = 0;
    s->from_months += g->compensated.fen - g->shared.fen - g->reinsured.fen + p->shared.fen;
    cr_expect_eq(g->loss_year.fen, s->from_months);
    s->paid += line->spent.fen;
}

Test(reinsurance, makes_good_half_of_what_the_guarantor_lost_last_year)
{
    struct grant s = {0};
    go(
        (const struct lab_value[]){
            {"policies.reinsurance.loss_grant", "0.5"  },
            {"policies.reinsurance.budget",     "1 亿"},
            {NULL,                              NULL   }
    },
        36, watch_grant, &s);
    cr_expect_gt(s.paid, 0);
}

/* -- the financing fund ------------------------------------------------------------------------------------------------------- */
struct deposited {
    int64_t balance, interest;
};

/* 10 m in four banks from 2020-01 to 2021-12, at 2.4 % less 1.2 %. */
static void watch_fund(struct world *w, void *context)
{
    struct deposited *s = context;
    const struct region *r = w->region;
    const struct bearer *p = &r->bearer[bearer_of(r, GROUP_reinsurance)];
    bool stands = w->month >= 2020 * 12 && w->month < 2022 * 12;
    cr_expect_eq(p->placed.fen, stands ? 1000000000 : 0);
    for (int32_t b = 0; b < r->n_banks; b++)
        cr_expect_eq(r->bank[b].placed.fen, p->placed.fen / 4);
    int64_t earned =
        w->month > 2020 * 12 && w->month <= 2022 * 12 ? 4 * 500000 - 1000000 : 0; /* a month after it was placed */
    cr_expect_eq(p->balance.fen, s->balance + earned);
    s->balance = p->balance.fen;
    s->interest += earned;
}

Test(reinsurance, deposits_a_financing_fund_in_the_banks_and_earns_the_spread)
{
    struct deposited s = {0};
    go(
        (const struct lab_value[]){
            {"policies.reinsurance.capital",     "0"       },
            {"policies.reinsurance.share",       "0"       },
            {"policies.reinsurance.fee_share",   "0"       },
            {"policies.reinsurance.enabled",     "false"   },
            {"policies.reinsurance.from",        "2020-01" },
            {"policies.reinsurance.until",       "2021-12" },
            {"policies.reinsurance.fund",        "1000 万"},
            {"policies.reinsurance.fund_rate",   "0.024"   },
            {"policies.reinsurance.fund_charge", "0.012"   },
            {NULL,                               NULL      }
    },
        36, watch_fund, &s);
    cr_expect_eq(s.interest, 24 * 1000000);
}
