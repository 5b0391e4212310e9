/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Venture funds: who gets what by the waterfall, to the fen; rounds; exits; who comes, and why. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>

static void town_with_funds(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "150");
}

static void digest_of(const struct lab *lab, struct lab_options options, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, options);
    lab_digest(&run, 0, options.months, text);
    lab_end(&run);
}

Test(funds, invest_in_a_town_and_get_money_back)
{
    struct lab lab;
    struct lab_run run;
    town_with_funds(&lab);
    lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 60});
    const struct region *r = &run.world.region[0];
    int64_t deals = 0, back = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        deals += r->funds.row[k].deals;
        back += r->funds.row[k].proceeds.fen;
    }
    cr_assert_gt(deals, 20);
    cr_assert_gt(back, 0);
    lab_end(&run);
}

Test(funds, are_the_same_for_any_number_of_threads_and_compactions)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    town_with_funds(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300");
    digest_of(&lab, (struct lab_options){.threads = 1, .compact_every = 12, .months = 24}, one);
    for (int threads = 2; threads <= 4; threads++) {
        digest_of(&lab, (struct lab_options){.threads = threads, .compact_every = threads == 3 ? 0 : 5, .months = 24},
                  other);
        cr_assert_str_eq(one, other);
    }
}
