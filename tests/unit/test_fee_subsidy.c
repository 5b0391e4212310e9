/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subsidy of guarantee fees, to the fen: to who paid them, or to who got them. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

enum { ROWS_MOST = 40000 };

static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"policies.guarantee.enabled",      "true"     },
        {"policies.guarantee.capital",      "1 亿"    },
        {"policies.guarantee.share",        "0.7"      },
        {"policies.guarantee.fee",          "0.02"     },
        {"policies.guarantee.rate_ceiling", "0.06"     },
        {"policies.guarantee.enrolment",    "portfolio"},
        {"policies.guarantee.erosion",      "10"       },
        {"policies.guarantee.payout_max",   "1"        },
        {"policies.fee_subsidy.enabled",    "true"     },
        {"policies.fee_subsidy.share",      "0.5"      },
        {"policies.fee_subsidy.budget",     "1 亿"    },
        {NULL,                              NULL       },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

struct seen {
    size_t n;
    float fees[ROWS_MOST];
    int64_t fees_got, principal; /* of the guarantor, in the months of this year */
    int64_t claims, capped, paid;
};

static void go(const struct lab_value values[], void (*hook)(struct world *w, void *context), struct seen *s)
{
    struct lab lab;
    struct lab_run run;
    memset(s, 0, sizeof *s);
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = 0, .hook = hook, .context = s});
    lab_end(&run);
}

/* Half of the fees of last year, at most 2000 yuan, three months after January. */
static void watch_enterprises(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_fee_subsidy)];
    for (size_t k = 0; w->month % 12 == 0 && k < r->dues.n; k++) {
        const struct due *d = &r->dues.row[k];
        int64_t half = money_round(0.5 * (double)s->fees[d->row] * 100.0).fen;
        cr_expect_eq(d->amount.fen, half < 200000 ? half : 200000);
        cr_expect(d->payee == PAYEE_ENTERPRISE && d->month == w->month + 3);
        s->claims++;
        s->capped += half > 200000;
    }
    s->paid += w->month % 12 == 3 ? line->spent.fen : 0;
    cr_expect(w->month % 12 == 3 || line->spent.fen == 0);
    cr_assert_lt(r->enterprises.n, ROWS_MOST);
    s->n = r->enterprises.n;
    if (s->n > 0)
        memcpy(s->fees, r->enterprises.fee_year, s->n * sizeof *s->fees);
}

Test(fee_subsidy, refunds_half_of_last_years_fees_to_the_enterprise)
{
    static struct seen s;
    go(
        (const struct lab_value[]){
            {"policies.fee_subsidy.cap_firm",  "2000"},
            {"policies.fee_subsidy.claim_lag", "3"   },
            {NULL,                             NULL  }
    },
        watch_enterprises, &s);
    cr_expect(s.claims > 100 && s.capped > 10 && s.capped < s.claims && s.paid > 0, "%lld claims, %lld at the cap",
              (long long)s.claims, (long long)s.capped);
}

/* Half of the fees that the guarantor got, at most 0.5 % of the mean principal under its cover, in January. */
static void watch_guarantor(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_fee_subsidy)];
    const struct bearer *p = &r->bearer[r->line[lab_line(r, GROUP_guarantee)].bearer];
    int64_t half = money_scale(FEN(s->fees_got), 0.5).fen, most = money_scale(FEN(s->principal), 0.005 / 12.0).fen;
    cr_expect_eq(line->spent.fen, w->month % 12 != 0 ? 0 : half < most ? half : most);
    cr_expect_eq(line->members, 0);
    s->claims += line->spent.fen > 0;
    s->capped += line->spent.fen > 0 && most < half;
    if (w->month % 12 == 0)
        s->fees_got = s->principal = 0;
    s->fees_got += p->fees.fen;
    s->principal += p->enrolled.fen;
}

Test(fee_subsidy, pays_the_guarantor_up_to_a_part_of_what_is_lent)
{
    static struct seen s;
    go(
        (const struct lab_value[]){
            {"policies.fee_subsidy.payee",      "bearer"},
            {"policies.fee_subsidy.loan_share", "0.005" },
            {NULL,                              NULL    }
    },
        watch_guarantor, &s);
    cr_expect(s.claims >= 10 && s.capped > 0, "%lld claims, %lld at the cap", (long long)s.claims, (long long)s.capped);
}

/* Borrowers bear a dear fee where they count with a refund; *counted: what share of it they count with at the end. */
static double granted_under_cover(const char *share, const char *budget, double *counted)
{
    struct lab lab;
    struct lab_run run;
    town(&lab, (const struct lab_value[]){
                   {"policies.guarantee.fee",      "0.05"},
                   {"policies.fee_subsidy.share",  share },
                   {"policies.fee_subsidy.budget", budget},
                   {NULL,                          NULL  }
    });
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    double loans = 0.0;
    const struct region *r = run.world.region;
    for (int32_t m = 0; m < 36; m++)
        loans += (double)lab_int(&run, "cover_enrolled", m, r->line[lab_line(r, GROUP_guarantee)].bearer);
    *counted = instrument_of(r, lab_line(r, GROUP_fee_subsidy))->fee_relief(r, lab_line(r, GROUP_fee_subsidy));
    lab_end(&run);
    return loans;
}

Test(fee_subsidy, is_counted_with_when_an_offer_is_weighed)
{
    double paid, none, with = granted_under_cover("0.9", "100 亿", &paid),
                       without = granted_under_cover("0", "0", &none);
    cr_expect_gt(with, 1.02 * without, "%g with, %g without", with, without);
    cr_expect_eq(paid, 0.9);
    cr_expect_eq(none, 0.0);
}

Test(fee_subsidy, that_is_not_paid_is_counted_with_ever_less)
{
    double never;
    (void)granted_under_cover("0.9", "0", &never);
    cr_expect_lt(never, 0.3, "%g of the fees are counted with after three years without a refund", never);
}
