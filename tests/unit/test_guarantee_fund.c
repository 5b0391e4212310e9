/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policy guarantee fund, to the fen: the difference that others leave, partner banks, the limit of a bank's year. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

enum { BANKS = 4, GUARANTEE_FUNDS = 5 }; /* place in the dimension of who bears losses */

/* A town with a guarantor of 40 % and a fund up to 70 %, both for every eligible loan. */
static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"policies.guarantee.enabled",           "true"     },
        {"policies.guarantee.capital",           "2000 万" },
        {"policies.guarantee.share",             "0.4"      },
        {"policies.guarantee.rate_ceiling",      "0.06"     },
        {"policies.guarantee.enrolment",         "portfolio"},
        {"policies.guarantee.counter_security",  "0"        },
        {"policies.guarantee.erosion",           "10"       },
        {"policies.guarantee.payout_max",        "1"        },
        {"policies.guarantee_fund.enabled",      "true"     },
        {"policies.guarantee_fund.capital",      "1 亿"    },
        {"policies.guarantee_fund.share",        "0.7"      },
        {"policies.guarantee_fund.rate_ceiling", "0.06"     },
        {"policies.guarantee_fund.breaker",      "1"        },
        {NULL,                                   NULL       },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

static void go(struct lab_run *run, const struct lab_value values[], void (*hook)(struct world *w, void *context),
               void *context)
{
    struct lab lab;
    town(&lab, values);
    lab_go(run, &lab, (struct lab_options){.months = 36, .compact_every = 0, .hook = hook, .context = context});
}

struct watch {
    int64_t cap; /* fen, of the guarantor on one loan */
    size_t n;
    int64_t both, alone, filled, refused;
};

static bool is_fund(const struct region *r, int32_t bearer)
{
    return r->bearer[bearer].kind == BEARER_GUARANTEE_FUND;
}

/* Looked at where nothing came back before the decision. */
static void check_claim(struct watch *s, const struct region *r, const struct claim *c)
{
    const struct claim_cover *first = covers_of(&r->claims, c), *last = first + c->n_covers - 1;
    if (!is_fund(r, last->bearer) || !last->is_decided || c->recovered.fen > 0)
        return;
    int64_t before = 0, up_to = money_scale(c->principal, 0.7).fen;
    if (c->n_covers == 2) {
        before = money_scale(c->principal, 0.4).fen;
        s->filled += before > s->cap;
        before = before < s->cap ? before : s->cap;
        cr_expect_eq(first->decided.fen, before);
        s->both++;
    } else {
        s->alone++;
    }
    s->refused += last->refused != 0;
    cr_expect_eq(last->decided.fen, last->refused ? 0 : up_to - before);
}

static void watch_claims(struct world *w, void *context)
{
    struct watch *s = context;
    const struct region *r = w->region;
    w->claims_kept = 1;
    for (size_t k = s->n; k < r->claims.n; k++)
        if (r->claims.row[k].filed < w->month - 2) /* decided by now */
            check_claim(s, r, &r->claims.row[s->n++]);
        else
            break;
}

Test(guarantee_fund, pays_what_a_guarantor_leaves_short_of_its_share)
{
    struct watch s = {.cap = INT64_MAX};
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee_fund.alone", "false"},
           {"credit.retained_min",           "0"    },
           {NULL,                            NULL   }
    },
       watch_claims, &s);
    lab_end(&run);
    cr_expect(s.both > 30 && s.refused == 0, "%lld with a guarantor, %lld alone", (long long)s.both,
              (long long)s.alone);
}

Test(guarantee_fund, fills_the_gap_that_the_cap_of_a_guarantor_leaves)
{
    struct watch s = {.cap = 5000000};
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee_fund.alone", "false"},
           {"policies.guarantee.cap_loan",   "5 万"},
           {NULL,                            NULL   }
    },
       watch_claims, &s);
    lab_end(&run);
    cr_expect_gt(s.filled, 20);
}

Test(guarantee_fund, pays_all_of_its_share_where_nobody_else_stands)
{
    struct watch s = {0};
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee.enabled", "false"},
           {NULL,                         NULL   }
    },
       watch_claims, &s);
    lab_end(&run);
    cr_expect(s.alone > 30 && s.both == 0, "%lld alone, %lld with another", (long long)s.alone, (long long)s.both);
}

Test(guarantee_fund, pays_a_bank_nothing_beyond_the_limit_of_its_year)
{
    struct watch s = {.cap = INT64_MAX};
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee_fund.breaker", "0.03"},
           {"credit.filing_patience",          "0"   },
           {NULL,                              NULL  }
    },
       watch_claims, &s);
    lab_end(&run);
    cr_expect_gt(s.refused, 5);
}

static void watch_partners(struct world *w, void *context)
{
    int64_t *covered = context;
    const struct region *r = w->region;
    memset(covered, 0, BANKS * sizeof *covered);
    for (size_t k = 0; k < r->loans.n; k++) {
        const struct cover_chain *chain = &r->chain[r->loans.chain[k]];
        covered[r->loans.bank[k]] += chain->n > 0 && is_fund(r, chain->cover[chain->n - 1].bearer);
    }
}

Test(guarantee_fund, serves_partner_banks_only)
{
    int64_t covered[BANKS];
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee_fund.partners", "2" },
           {NULL,                               NULL}
    },
       watch_partners, covered);
    lab_end(&run);
    cr_expect(covered[0] > 20 && covered[1] > 20 && covered[2] == 0 && covered[3] == 0);
}

Test(guarantee_fund, shows_its_losses_apart_from_those_of_guarantors)
{
    struct lab_run run;
    go(&run,
       (const struct lab_value[]){
           {"policies.guarantee_fund.alone", "false"},
           {NULL,                            NULL   }
    },
       NULL, NULL);
    int64_t paid[2] = {0}, lost[2] = {0};
    for (int32_t m = 0; m < 36; m++)
        for (int32_t k = 0; k < run.world.region->n_bearers; k++) {
            int64_t net = lab_int(&run, "cover_paid", m, k) - lab_int(&run, "cover_recovered", m, k);
            paid[is_fund(run.world.region, k)] += net;
        }
    lost[0] = lab_sum(&run, "losses", 2);
    lost[1] = lab_sum(&run, "losses", GUARANTEE_FUNDS);
    cr_expect(lost[0] == paid[0] && lost[1] == paid[1] && lost[0] != 0 && lost[1] != 0);
    lab_end(&run);
}

/* 30 % are left of the 70 %, for half a percent; of the guarantor's 40 %, for one. */
Test(guarantee_fund, takes_its_fee_on_the_difference)
{
    struct cover_chain chain = {.n = 2};
    chain.cover[0] = (struct cover){.share = 0.4, .fee = 0.01, .fee_on_covered = 1};
    chain.cover[1] = (struct cover){.share = 0.7, .fee = 0.005, .fee_on_covered = 1, .difference = 1};
    cr_expect_float_eq(cover_fee(&chain, 0, WAN_YUAN(100)), 0.004, 1e-15);
    cr_expect_float_eq(cover_fee(&chain, 1, WAN_YUAN(100)), 0.0015, 1e-15);
    chain.cover[0].share = 0.8;
    cr_expect_float_eq(cover_fee(&chain, 1, WAN_YUAN(100)), 0.0, 1e-15);
}
