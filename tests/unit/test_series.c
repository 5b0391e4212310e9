/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series that tell the same in two ways must agree to the fen, month by month. */
#include "lab.h"
#include <criterion/criterion.h>

enum { MONTHS = 60 };

static const char *const pairs[][2] = {
    {"covered_tier",        "covered_principal" },
    {"covered_tier",        "pool_enrolled"     },
    {"covered_loans_tier",  "covered_loans"     },
    {"covered_loans_tier",  "pool_loans"        },
    {"covered_limits_tier", "pool_limits"       },
    {"covered_npl_tier",    "covered_npl"       },
    {"covered_npl",         "pool_npl"          },
    {"covered_first_time",  "pool_first_time"   },
    {"covered_unsecured",   "pool_unsecured"    },
    {"covered_claims_tier", "covered_claims"    },
    {"covered_claims",      "pool_claims"       },
    {"covered_paid_tier",   "covered_paid"      },
    {"covered_paid",        "pool_paid"         },
    {"vintage_granted",     "loans_granted"     },
    {"vintage_defaulted",   "defaults_amount"   },
    {"vintage_lost",        "written_off"       },
    {"vintage_paid",        "pool_paid"         },
    {"cover_enrolled",      "pool_enrolled"     },
    {"cover_paid",          "pool_paid"         },
    {"npl",                 "bank_npl"          },
    {"enterprises",         "enterprises_sector"},
};

Test(series, that_tell_the_same_agree_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        int64_t all = 0;
        for (int32_t m = 0; m < MONTHS; m++) {
            int64_t a = lab_int(&run, pairs[k][0], m, -1), b = lab_int(&run, pairs[k][1], m, -1);
            cr_expect_eq(a, b, "%s and %s differ in month %d: %lld, %lld", pairs[k][0], pairs[k][1], (int)m,
                         (long long)a, (long long)b);
            all += a;
        }
        cr_expect_gt(all, 0, "%s is always zero here", pairs[k][0]);
    }
    lab_end(&run);
}

/* Also where all rows of a tile are older than the last class. */
Test(series, ages_are_those_of_all_who_live)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "burn_in", "300");
    lab_set(&lab, "regions.town.founders.per_month", "400");
    lab_go(&run, &lab, (struct lab_options){.months = 2, .compact_every = -1});
    const struct region *r = &run.world.region[0];
    cr_assert(r->enterprises.n > TILE && run.world.month - r->enterprises.founded[TILE - 1] > 12 * N_AGES);
    cr_expect_eq(lab_int(&run, "alive_by_age", 1, -1), (int64_t)world_alive(&run.world, 0));
    lab_end(&run);
}

/* What was ever paid out over what was ever paid in, and who paid it in. */
Test(series, count_the_turns_of_a_pool_by_each_denominator)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set(&lab, "policies.risk_pool.funding", "tiered");
    lab_set(&lab, "policies.risk_pool.from", "2020-02");
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    int64_t lent = lab_sum(&run, "pool_lent", -1), granted = lab_sum(&run, "pool_granted", -1);
    int64_t paid_in = lab_int(&run, "pool_paid_in", MONTHS - 1, -1);
    cr_assert(lent > 0 && granted > lent && paid_in > 0);
    cr_expect_float_eq(lab_real(&run, "pool_turns", MONTHS - 1, -1), (double)lent / (double)paid_in, 1e-12);
    cr_expect_float_eq(lab_real(&run, "pool_granted_turns", MONTHS - 1, -1), (double)granted / (double)paid_in, 1e-12);
    cr_expect_eq(lab_int(&run, "pool_city", MONTHS - 1, -1) + lab_int(&run, "pool_districts", MONTHS - 1, -1), paid_in);
    cr_expect_eq(lab_int(&run, "pool_districts", MONTHS - 1, -1), paid_in / 10 * 4);
    lab_end(&run);
}
