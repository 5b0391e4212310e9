/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who puts how much into which fund: partners of all kinds at once, the fund nearest its target first. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <stdlib.h>

/* Everybody is willing; no manager comes of himself. */
static struct region *town_of_willing_partners(struct lab *lab, struct lab_run *run)
{
    static const char *const kinds[] = {"state", "institutions", "private"};
    char key[96];
    lab_town(lab);
    lab_funds(lab);
    lab_same_managers(lab);
    for (size_t k = 0; k < LD_COUNT(kinds); k++) {
        snprintf(key, sizeof key, "regions.town.partners.%s.outside", kinds[k]);
        lab_set(lab, key, "-1");
    }
    lab_set(lab, "regions.town.partners.foreign.capacity", "0");
    lab_watch(run, lab, 1, NULL, NULL);
    struct region *r = &run->world.region[0];
    cr_assert_gt(r->n_managers, 0);
    r->n_managers = 0;
    cr_assert(LIST_RESERVE(&r->funds, 2) == OK);
    r->funds.n = 2;
    for (size_t k = 0; k < 2; k++)
        r->funds.row[k] = (struct fund){.state = FUND_RAISING,
                                        .manager = -1,
                                        .line = -1,
                                        .kind = 0,
                                        .begun = run->world.month + 1,
                                        .rule = fund_rule_of(r, 0)};
    run->world.month++;
    r->month++;
    return r;
}

static const enum partner kinds[] = {PARTNER_STATE, PARTNER_INSTITUTIONS, PARTNER_PRIVATE};

/* 4 m, 4 m and 8 m a year are what the three kinds have: a fund that lacks 9,999,999.97 yuan takes a quarter of each of the
 * first two and half from the third, to the fen; the fund behind it gets all that is left. */
Test(partners, of_all_kinds_subscribe_at_once_and_are_scaled_down_alike)
{
    struct lab lab;
    struct lab_run run;
    struct region *r = town_of_willing_partners(&lab, &run);
    struct fund *near = &r->funds.row[1], *far = &r->funds.row[0];
    near->target.fen = 999999997;
    far->target = YUAN(100000000000);
    far->committed[PARTNER_MANAGER] = YUAN(1);
    near->committed[PARTNER_MANAGER] = YUAN(1000000);
    int64_t had[N_PARTNERS] = {0}, missing = near->target.fen - 100000000;
    cr_assert(funds_run(&run.world, r) == OK);
    cr_assert_eq(fund_committed(near).fen, near->target.fen, "no fen is missing");
    cr_assert_eq(near->state, FUND_INVESTING);
    for (size_t k = 0; k < LD_COUNT(kinds); k++) {
        enum partner p = kinds[k];
        had[p] = r->equity.partner[p].purse.fen + near->committed[p].fen + far->committed[p].fen;
        cr_expect_leq(llabs(near->committed[p].fen - missing / (p == PARTNER_PRIVATE ? 2 : 4)), 3);
        cr_expect_leq(r->equity.partner[p].purse.fen, 1, "all that is left goes to the next: %lld",
                      (long long)r->equity.partner[p].purse.fen);
        cr_expect_gt(far->committed[p].fen, 0);
    }
    cr_expect_leq(llabs(had[PARTNER_PRIVATE] - 2 * had[PARTNER_STATE]), 2);
    cr_expect_eq(far->state, FUND_RAISING);
    lab_end(&run);
}

/* Where the first fund takes all there is, the second waits. */
Test(partners, fill_one_fund_before_they_begin_another)
{
    struct lab lab;
    struct lab_run run;
    struct region *r = town_of_willing_partners(&lab, &run);
    struct fund *near = &r->funds.row[1], *far = &r->funds.row[0];
    near->target = YUAN(100000000000);
    near->committed[PARTNER_MANAGER] = YUAN(100);
    far->target = YUAN(100000000000);
    cr_assert(funds_run(&run.world, r) == OK);
    cr_expect_gt(fund_committed(near).fen, 10000);
    cr_expect_eq(fund_committed(far).fen, 0);
    lab_end(&run);
}
