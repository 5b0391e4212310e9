/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renewals that wait for the repayment of the old line, and bridges over that time: to the fen, repaid and lost. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

static const int32_t start = 2020 * 12;

static void strict_town(struct lab *lab, bool bridged)
{
    lab_town(lab);
    lab_set(lab, "banks.bank.renewal_repay", "true");
    lab_set(lab, "regions.town.banks.city.renewal_repay", "true");
    lab_set(lab, "founders.literacy", "1"); /* everybody knows of it */
    if (!bridged)
        return;
    lab_set_of(lab, "bridge", "enabled", "true");
    lab_set_of(lab, "bridge", "capital", "1 亿");
    lab_set_of(lab, "bridge", "bills_max", "60");
}

static const struct lender *lender_of(const struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (r->line[k].group == GROUP_bridge)
            return &r->line[k].lender;
    cr_assert_fail("no lender");
    return NULL;
}

/* -- renewals --------------------------------------------------------------------------------------------------------------------- */
enum { LOANS_MOST = 200000 };
struct holds {
    size_t n;
    uint16_t flags[LOANS_MOST]; /* as of last month */
    int64_t held, released, lapsed;
};

static bool owes_an_ended_line(const struct loans *l, uint32_t row)
{
    for (size_t k = 0; k < l->n; k++)
        if (l->row[k] == row && (l->flags[k] & LOAN_ENDED) == 0 && l->product[k] == PRODUCT_LINE &&
            l->balance[k].fen > 0 && (l->months_left[k] <= 1 || (l->flags[k] & LOAN_EXTENDED) != 0))
            return true;
    return false;
}

static void watch_holds(struct world *w, void *context)
{
    struct holds *s = context;
    const struct loans *l = &w->region->loans;
    cr_assert_lt(l->n, LOANS_MOST);
    for (size_t k = 0; k < l->n; k++) {
        bool was = k < s->n && (s->flags[k] & LOAN_HELD) != 0, is = (l->flags[k] & LOAN_HELD) != 0;
        if (is) {
            cr_expect_eq(l->balance[k].fen, 0, "nothing is paid out before");
            s->held++;
            s->lapsed += (l->flags[k] & LOAN_ENDED) != 0;
        }
        if (was && !is) {
            cr_expect(!owes_an_ended_line(l, l->row[k]));
            s->released++;
        }
    }
    if (l->n > 0)
        memcpy(s->flags, l->flags, l->n * sizeof *l->flags);
    s->n = l->n;
}

Test(renewals, are_paid_out_only_when_the_old_line_is_repaid)
{
    static struct holds s;
    struct lab lab;
    struct lab_run run;
    strict_town(&lab, false);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_holds, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.held, 100);
    cr_expect_gt(s.released, 20);
    cr_expect_gt(s.lapsed, 0, "who cannot repay does not get it");
}

/* Loans that roll over, and failures and defaults, over some runs. */
static void lived_through(bool strict, bool bridged, int64_t *bad)
{
    *bad = 0;
    for (uint32_t run_number = 0; run_number < 4; run_number++) {
        struct lab lab;
        struct lab_run run;
        strict_town(&lab, bridged);
        lab_set(&lab, "banks.bank.renewal_repay @ 2020-01", strict ? "true" : "false");
        lab_set(&lab, "banks.bank.renewal_repay", "false");
        lab_set(&lab, "regions.town.banks.city.renewal_repay", "false");
        lab_set(&lab, "regions.town.banks.city.renewal_repay @ 2020-01", strict ? "true" : "false");
        if (bridged)
            lab_set_of(&lab, "bridge", "from", "2020-01");
        lab_go(&run, &lab, (struct lab_options){.run = run_number, .months = 18, .compact_every = -1});
        for (int32_t m = 0; m < 18; m++)
            *bad += lab_int(&run, "defaults", m, -1);
        lab_end(&run);
    }
}

Test(renewals, that_ask_for_repayment_first_make_defaults_and_bridges_fewer_of_them)
{
    int64_t rolled, strict, bridged;
    lived_through(false, false, &rolled);
    lived_through(true, false, &strict);
    lived_through(true, true, &bridged);
    cr_expect_gt(strict, rolled, "%lld after %lld", (long long)strict, (long long)rolled);
    cr_expect_lt(bridged, strict, "%lld after %lld", (long long)bridged, (long long)strict);
}

/* -- bridges ----------------------------------------------------------------------------------------------------------------------- */
enum { BRIDGES_MOST = 2000 };
struct books {
    bool dry; /* from 2021 on banks have no room, so that no renewal comes */
    size_t n;
    struct bridge before[BRIDGES_MOST];
    int64_t lent, repaid, fees, lost, in_time, dead, late_months;
    int64_t dry_lent, dry_lost; /* in the months from the first in which none might come */
};

static int64_t sum_of(const struct bridge *b, size_t n)
{
    int64_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += b[k].principal.fen;
    return sum;
}

/* What each bridge of last month brings now: the fee of its days, all of it, when the renewal came in time. */
static void check_fees(const struct world *w, const struct books *s, const struct bridges *now, int64_t fees)
{
    int64_t expected = 0;
    for (size_t k = 0; k < s->n; k++)
        if (s->before[k].granted != w->month - 1)
            return; /* late ones are mixed in */
        else
            expected += money_scale(s->before[k].principal, 0.0002 * 10).fen;
    for (size_t k = 0; k < now->n; k++)
        if (now->row[k].granted < w->month)
            return;
    cr_expect_eq(fees, expected, "%lld, not %lld", (long long)fees, (long long)expected);
}

static void keep_books(struct world *w, void *context)
{
    struct books *s = context;
    struct region *r = w->region;
    const struct lender *lender = lender_of(r);
    const struct bridges *b = &r->bridges;
    if (w->month < w->first_month)
        return;
    const int64_t *flow = r->total.flow;
    cr_assert_lt(b->n, BRIDGES_MOST);
    s->lent += flow[FLOW_BRIDGE];
    s->repaid += flow[FLOW_BRIDGE_REPAID];
    s->fees += flow[FLOW_BRIDGE_FEE];
    s->lost += flow[FLOW_BRIDGE_LOST];
    s->dry_lent += w->month >= start + 11 ? flow[FLOW_BRIDGE] : 0;
    s->dry_lost += w->month >= start + 11 ? flow[FLOW_BRIDGE_LOST] : 0;
    if (flow[FLOW_BRIDGE_LOST] == 0 && s->n > 0)
        check_fees(w, s, b, flow[FLOW_BRIDGE_FEE]);
    s->in_time += flow[FLOW_BRIDGE_REPAID] > 0 && b->n == 0;
    int64_t out = sum_of(b->row, b->n);
    cr_expect_eq(out, lender->out.fen);
    cr_expect_eq(out, s->lent - s->repaid - s->lost);
    cr_expect_eq(lender->cash.fen, lender->planned.fen - s->lent + s->repaid + s->fees);
    for (size_t k = 0; k < b->n; k++)
        s->late_months += b->row[k].granted < w->month;
    if (b->n > 0)
        memcpy(s->before, b->row, b->n * sizeof *b->row);
    s->n = b->n;
    for (int32_t k = 0; s->dry && w->month >= start + 11 && k < r->n_banks; k++)
        r->bank[k].room = FEN(0);
}

Test(bridges, are_repaid_out_of_the_renewed_line_to_the_fen)
{
    static struct books s;
    struct lab lab;
    struct lab_run run;
    strict_town(&lab, true);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1, .hook = keep_books, .context = &s});
    cr_expect_eq(lender_of(run.world.region)->planned.fen, 10000000000);
    lab_end(&run);
    cr_expect_gt(s.lent, 0);
    cr_expect_gt(s.repaid, s.lent / 2);
    cr_expect_gt(s.fees, 0);
    cr_expect_gt(s.in_time, 10);
}

Test(bridges, are_lost_where_the_renewal_does_not_come)
{
    static struct books s = {.dry = true}, usual;
    struct lab lab;
    struct lab_run run;
    strict_town(&lab, true);
    lab_set_of(&lab, "bridge", "patience", "4");
    lab_set_of(&lab, "bridge", "overdue_max", "1");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = keep_books, .context = &usual});
    lab_end(&run);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = keep_books, .context = &s});
    int64_t cash = lender_of(run.world.region)->cash.fen, out = lender_of(run.world.region)->out.fen;
    lab_end(&run);
    double lost = (double)s.dry_lost / (double)s.dry_lent, usually = (double)usual.dry_lost / (double)usual.dry_lent;
    cr_expect_gt(lost, 1.2 * usually, "of what was lent %g, %g where renewals come", lost, usually);
    cr_expect_gt(s.late_months, usual.late_months);
    cr_expect_eq(cash + out, 10000000000 + s.fees - s.lost);
}

/* While too much is overdue nothing is lent; when the instrument ends the money goes back. */
Test(bridges, end_with_the_money_back_in_the_treasury)
{
    struct lab lab;
    struct lab_run run;
    strict_town(&lab, true);
    lab_set_of(&lab, "bridge", "until", "2020-12");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    cr_expect_eq(lab_int(&run, "bridge_balance", 35, -1), 0);
    cr_expect_eq(lab_int(&run, "bridge_outstanding", 35, -1), 0);
    int64_t lent = 0;
    for (int32_t m = 12; m < 36; m++)
        lent += lab_int(&run, "bridge_lent", m, -1);
    cr_expect_eq(lent, 0);
    const int64_t *balance = run.world.region->balance;
    cr_expect_eq(balance[ACCOUNT_LENDERS], 0);
    cr_expect_eq(balance[ACCOUNT_BRIDGES], 0);
    lab_end(&run);
}

/* -- several lenders ------------------------------------------------------------------------------------------------------------ */
/* What each of two companies had ever lent, with these values beside those of the strict town. */
struct lent_by {
    int64_t first, second;
};

static void watch_lenders(struct world *w, void *context)
{
    struct lent_by *by = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->bridges.n; k++)
        if (r->bridges.row[k].granted == w->month) {
            bool second =
                strcmp(r->layout->name[GROUP_bridge][r->line[r->bridges.row[k].instance].instance], "district") == 0;
            *(second ? &by->second : &by->first) += r->bridges.row[k].principal.fen;
        }
}

static struct lent_by lent_by(const char *key, const char *text)
{
    struct lab lab;
    struct lab_run run;
    struct lent_by by = {0};
    strict_town(&lab, true);
    lab_set_of(&lab, "bridge.district", "enabled", "true");
    lab_set_of(&lab, "bridge.district", "capital", "1 亿");
    lab_set_of(&lab, "bridge.district", "bills_max", "60");
    lab_set(&lab, key, text);
    lab_watch(&run, &lab, 24, watch_lenders, &by);
    lab_end(&run);
    return by;
}

Test(bridges, come_from_the_next_company_where_the_first_has_nothing_or_does_not_admit_one)
{
    struct lent_by both = lent_by("seed", "1"), poor = lent_by("policies.bridge.bridge.capital", "0"),
                   picky = lent_by("policies.bridge.bridge.registered_only", "true"),
                   half = lent_by("policies.bridge.bridge.saturation", "0.5");
    cr_expect(both.first > 0 && both.second == 0);
    cr_expect(poor.first == 0 && poor.second == both.first, "%lld", (long long)poor.second);
    cr_expect(picky.first == 0 && picky.second == both.first); /* nobody is on a register here */
    cr_expect(half.first > 0 && half.second > 0);
}
