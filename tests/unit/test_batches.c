/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch linkage: packages of loan and round that stand or fall together. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/linking.h>
#include <math.h>
#include <string.h>

static void town_with_batches(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "120");
    lab_set_of(lab, "batch_linkage", "enabled", "true");
    lab_set_of(lab, "batch_linkage", "places", "200");
    lab_set_of(lab, "batch_linkage", "pd_max", "0.2");
    lab_set_of(lab, "batch_linkage", "lent", "0.3");
    lab_set(lab, "regions.town.funds.venture.ticket_min", "50 万");
}

/* Taken over in the very month: what its fund paid is paid back, and no longer held. */
static bool sold_at_once(const struct region *r, const struct application *a)
{
    return (r->enterprises.owned[a->row] & OWNED_BY_BUYER) != 0;
}

static void look_at_batch(struct world *w, void *context)
{
    const struct region *r = w->region;
    int64_t *seen = context;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->package == 0 || sold_at_once(r, a))
            continue;
        double paid = backing_paid(r, a->row, w->month);
        bool granted = a->outcome == OUTCOME_GRANTED;
        seen[0]++;
        seen[1] += granted;
        cr_expect(w->month % 3 == 2, "two months to the head office, once for all of a quarter");
        cr_expect(!granted || paid > 0.0, "the package falls where the fund does not pay");
        cr_expect_eq(a->outcome == OUTCOME_FALLEN, paid <= 0.0, "and only there");
        cr_expect(a->outcome != OUTCOME_FALLEN || r->enterprises.rest[a->row] == 0, "it may ask alone at once");
        cr_expect(a->outcome != OUTCOME_SENT_UP &&
                  (paid <= 0.0 || a->outcome != OUTCOME_REFUSED || a->granted.fen < 20000000));
    }
}

Test(batch, finances_together_who_passes_the_grading_or_not_at_all)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[2] = {0};
    town_with_batches(&lab);
    lab_watch(&run, &lab, 36, look_at_batch, seen);
    cr_expect_gt(seen[0], 20, "%lld", (long long)seen[0]);
    cr_expect_gt(seen[1], 5, "%lld", (long long)seen[1]);
    lab_end(&run);
}

/* Where the bank lends beside it, it counts of a package what its fund paid; each file took so many hours less. */
static void look_at_files(struct world *w, void *context)
{
    const struct region *r = w->region;
    int64_t *seen = context;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->package == 0 || a->outcome != OUTCOME_GRANTED || sold_at_once(r, a))
            continue;
        cr_expect(a->link == 0 || a->counted == (float)backing_paid(r, a->row, w->month));
        cr_expect_eq(a->spared, 1.5f);
        seen[0]++;
        seen[1] += a->link != 0;
    }
}

Test(batch, spares_hours_of_each_and_lets_the_bank_count_what_the_fund_pays)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[2] = {0};
    town_with_batches(&lab);
    lab_set_of(&lab, "batch_linkage", "hours", "1.5");
    lab_watch(&run, &lab, 36, look_at_files, seen);
    cr_expect_gt(seen[0], 5);
    cr_expect_gt(seen[1], 5);
    lab_end(&run);
}

Test(batch, lets_nobody_pass_whose_default_is_believed_likelier_than_it_grades)
{
    struct lab lab;
    struct lab_run run;
    town_with_batches(&lab);
    lab_set_of(&lab, "batch_linkage", "pd_max", "0");
    lab_watch(&run, &lab, 36, NULL, NULL);
    cr_expect_eq(lab_sum(&run, "packages", -1), 0);
    lab_end(&run);
}

static int64_t closed_with(const struct lab *lab)
{
    struct lab_run run;
    lab_watch(&run, lab, 36, NULL, NULL);
    int64_t closed = lab_sum(&run, "packages_closed", -1);
    cr_expect_leq(closed, lab_sum(&run, "packages", -1));
    lab_end(&run);
    return closed;
}

Test(batch, is_examined_by_the_bank_for_the_fund_too)
{
    static const char *const looks[] = {"seed", "venture", "growth"};
    struct lab lab;
    char key[64];
    town_with_batches(&lab);
    for (int k = 0; k < 3; k++) {
        snprintf(key, sizeof key, "regions.town.funds.%s.looks", looks[k]);
        lab_set(&lab, key, "0"); /* nobody else is looked at */
    }
    cr_expect_gt(closed_with(&lab), 5);
    lab_set_of(&lab, "batch_linkage", "shared_file", "false");
    cr_expect_eq(closed_with(&lab), 0);
}

Test(batch, introduces_whom_it_recommends_to_bank_and_fund)
{
    struct lab lab;
    town_with_batches(&lab);
    lab_set(&lab, "founders.literacy", "0");
    lab_set(&lab, "founders.literacy_spread", "0");
    cr_expect_gt(closed_with(&lab), 5);
    lab_set_of(&lab, "batch_linkage", "enabled", "false");
    struct lab_run run;
    lab_watch(&run, &lab, 36, NULL, NULL);
    cr_expect_eq(lab_sum(&run, "first_rounds", -1), 0);
    lab_end(&run);
}

/* No round is asked for that no fund would pay for its size alone: of those whose need is too small there is no package. */
static void look_at_tickets(struct world *w, void *context)
{
    const struct region *r = w->region;
    int64_t *seen = context;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->package == 0 || a->outcome != OUTCOME_GRANTED)
            continue;
        size_t first, last;
        positions_of(r, a->row, &first, &last);
        for (size_t p = first; p < last; p++)
            if (position_at(r, p)->last == w->month) {
                cr_expect_geq(position_at(r, p)->last_paid.fen,
                              r->funds.row[position_at(r, p)->fund].rule.ticket_min.fen);
                seen[0]++;
            }
    }
}

Test(batch, splits_a_need_so_that_the_part_of_the_fund_is_a_round_to_it)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[1] = {0};
    town_with_batches(&lab);
    lab_set_of(&lab, "batch_linkage", "lent", "0.9"); /* a tenth would be no round */
    lab_set(&lab, "regions.town.funds.venture.ticket_min", "200 万");
    lab_watch(&run, &lab, 36, look_at_tickets, seen);
    cr_expect_gt(seen[0], 5, "%lld", (long long)seen[0]);
    lab_end(&run);
}

/* What comes out is reckoned anew from the two series that it is made of. */
Test(batch, correlation_of_defaults_comes_out)
{
    struct lab lab;
    struct lab_run run;
    double n = 0.0, bad = 0.0, pairs = 0.0, both = 0.0;
    town_with_batches(&lab);
    lab_set(&lab, "burn_in", "0");
    lab_watch(&run, &lab, 96, NULL, NULL);
    for (int32_t m = 0; m < 96; m++) {
        double d = (double)lab_int(&run, "package_defaults", m, -1),
               all = d + (double)lab_int(&run, "package_loans", m, -1);
        n += all;
        bad += d;
        pairs += all * (all - 1.0);
        both += d * (d - 1.0);
    }
    cr_assert_gt(bad, 0.0);
    double p = bad / n;
    cr_expect_float_eq(lab_real(&run, "package_correlation", 95, -1), (both / pairs - p * p) / (p - p * p), 1e-12);
    lab_end(&run);
}

/* -- the list of a quarter ------------------------------------------------------------------------------------------------- */
struct listed {
    int64_t lists, on, newcomers; /* rows on them; those who were not on the list before */
    bool *was;
};

static void look_at_list(struct world *w, void *context)
{
    struct region *r = w->region;
    struct listed *seen = context;
    int32_t k = lab_line(r, GROUP_batch_linkage);
    if (w->month % 3 != 0)
        return;
    seen->lists++;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        bool on = r->enterprises.status[i] == ACTIVE && enterprise_member(&r->enterprises, i, k);
        seen->on += on;
        seen->newcomers += on && !seen->was[i];
        seen->was[i] = on;
    }
}

Test(batch, draws_its_list_anew_each_quarter_full_or_not)
{
    struct lab lab;
    struct lab_run run;
    struct listed seen = {.was = calloc(1 << 16, sizeof(bool))};
    town_with_batches(&lab);
    lab_set_of(&lab, "batch_linkage", "places",
               "1"); /* taken to the end of the quarter, as the bank lets nobody pass */
    lab_set_of(&lab, "batch_linkage", "pd_max", "0");
    lab_watch(&run, &lab, 36, look_at_list, &seen);
    cr_expect_geq(seen.on, seen.lists - 4, "%lld on %lld lists of one, of which the first found nobody",
                  (long long)seen.on, (long long)seen.lists);
    cr_expect_gt(seen.newcomers, seen.lists / 2, "only %lld of %lld are new", (long long)seen.newcomers,
                 (long long)seen.lists);
    lab_end(&run);
    free(seen.was);
}
