/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bonds: what each pattern of defaults pays to whom, to the fen; what is believed and asked.  Issues in a town: test_issues. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/bonds.h>
#include <liandong/mathx.h>
#include <string.h>

enum { N_MEMBERS = 4 };

/* -- a pool by hand ------------------------------------------------------------------------------------------------------------ */
static const int64_t amounts[N_MEMBERS] = {1000003, 2000001, 3000007, 4000009}; /* yuan */

struct pool {
    struct lab_run run;
    struct region *r;
    int32_t notes, fund;
    uint32_t row[N_MEMBERS];
};

/* A town in which nobody applies, with a body that guarantees and a repayment fund. */
static void make_pool(struct pool *p)
{
    struct lab lab;
    lab_notes(&lab, "collective_notes");
    lab_set_of(&lab, "collective_notes", "ticket_min", "1000 亿");
    lab_set_of(&lab, "collective_notes", "ticket_max", "1000 亿");
    lab_set_of(&lab, "collective_notes", "capital", "1 亿");
    lab_set_of(&lab, "repayment_fund", "enabled", "true");
    lab_set_of(&lab, "repayment_fund", "capital", "1 亿");
    lab_set_of(&lab, "repayment_fund", "share", "0.3");
    lab_go(&p->run, &lab, (struct lab_options){.months = 1, .compact_every = 0});
    p->r = p->run.world.region;
    p->notes = lab_line(p->r, GROUP_collective_notes);
    p->fund = lab_line(p->r, GROUP_repayment_fund);
    cr_assert_eq(p->r->bonds.n, 0);
    int n = 0;
    for (uint32_t i = 0; i < p->r->enterprises.n && n < N_MEMBERS; i++)
        if (p->r->enterprises.status[i] == ACTIVE)
            p->row[n++] = i;
    cr_assert_eq(n, N_MEMBERS);
}

static struct issue *issue_at_maturity(struct pool *p, double junior, double cross, double guaranteed,
                                       enum junior_holder holder)
{
    struct region *r = p->r;
    int32_t month = p->run.world.month;
    static struct issue issue;
    static struct bond bond[N_MEMBERS];
    money all = FEN(0);
    for (int k = 0; k < N_MEMBERS; k++)
        all = money_add(all, YUAN(amounts[k]));
    issue = (struct issue){.number = 7,
                           .instance = (uint16_t)p->notes,
                           .state = ISSUE_SOLD,
                           .holder = (uint8_t)holder,
                           .sold = month - 12,
                           .matures = month,
                           .members = N_MEMBERS,
                           .every = 12,
                           .principal = all,
                           .rate = 0.05,
                           .yield = 0.05,
                           .cross = cross,
                           .guaranteed = guaranteed,
                           .guarantor = -1,
                           .funded = 1.0};
    issue.junior = money_scale(all, junior);
    issue.senior = money_sub(all, issue.junior);
    for (int k = 0; k < N_MEMBERS; k++)
        bond[k] = (struct bond){.row = p->row[k],
                                .issue = 7,
                                .instance = (uint16_t)p->notes,
                                .sold = 1,
                                .asked = YUAN(amounts[k]),
                                .principal = YUAN(amounts[k])};
    free(r->issues.row);
    free(r->bonds.row);
    r->issues = (struct issues){1, 1, malloc(sizeof issue), 8};
    r->bonds = (struct bonds){N_MEMBERS, N_MEMBERS, malloc(sizeof bond)};
    memcpy(r->issues.row, &issue, sizeof issue);
    memcpy(r->bonds.row, bond, sizeof bond);
    cr_assert_eq(bonds_list_places(r), OK);
    r->line[p->notes].body = (struct body){.cash = YUAN(100000000), .planned = YUAN(100000000)};
    r->line[p->fund].body = (struct body){.cash = YUAN(100000000), .planned = YUAN(100000000)};
    return r->issues.row;
}

struct paid {
    int64_t senior, cross, guarantor, fund, collected;
};

/* What a pattern of defaults (bit k: member k has nothing) pays, written down once more. */
static struct paid expected(unsigned pattern, double junior, double cross, double guaranteed, double fund,
                            int64_t body_cash)
{
    struct paid e = {0};
    int64_t all = 0, standing = 0;
    for (int k = 0; k < N_MEMBERS; k++) {
        int64_t principal = amounts[k] * 100;
        all += principal;
        if (pattern >> k & 1)
            continue;
        standing += principal;
        e.collected += principal + ld_round_half_even((double)principal * 0.05);
    }
    int64_t senior = all - ld_round_half_even((double)all * junior),
            due = senior + ld_round_half_even((double)senior * 0.05);
    int64_t missing = due > e.collected ? due - e.collected : 0, share = ld_round_half_even((double)missing * cross);
    for (int k = 0; k < N_MEMBERS; k++)
        if ((pattern >> k & 1) == 0)
            e.cross += (int64_t)((long double)share * (long double)(amounts[k] * 100) / (long double)standing);
    missing -= e.cross;
    int64_t calls = ld_round_half_even((double)missing * guaranteed);
    e.guarantor = calls < body_cash ? calls : body_cash;
    missing -= e.guarantor;
    e.fund = ld_round_half_even((double)missing * fund);
    int64_t has = e.collected + e.cross + e.guarantor + e.fund;
    e.senior = has < due ? has : due;
    return e;
}

static struct paid paid_so_far(const struct region *r)
{
    const int64_t *f = r->total.flow;
    return (struct paid){.senior = f[FLOW_BOND_SENIOR],
                         .cross = f[FLOW_BOND_CROSS],
                         .guarantor = f[FLOW_BOND_GUARANTEED],
                         .fund = f[FLOW_BOND_FUND_PAID],
                         .collected = f[FLOW_BOND_COUPON] + f[FLOW_BOND_REPAID]};
}

static void set_cash(struct pool *p, unsigned pattern)
{
    for (int k = 0; k < N_MEMBERS; k++) {
        p->r->enterprises.status[p->row[k]] = ACTIVE;
        p->r->enterprises.cash[p->row[k]] = pattern >> k & 1 ? FEN(0) : YUAN(900000000);
    }
}

static void settle(struct pool *p)
{
    cr_assert_eq(bonds_settle(&p->run.world), OK);
    arena_reset(&p->run.world.market);
}

static void settle_next_month(struct pool *p)
{
    p->run.world.month++;
    p->r->month++;
    settle(p);
}

static void expect_paid(struct pool *p, unsigned pattern, double junior, double cross, double guaranteed,
                        int64_t body_cash)
{
    struct issue *s = issue_at_maturity(p, junior, cross, guaranteed, JUNIOR_BODY);
    p->r->line[p->notes].body.cash = FEN(body_cash);
    set_cash(p, pattern);
    struct paid before = paid_so_far(p->r), e = expected(pattern, junior, cross, guaranteed, 0.3, body_cash);
    settle(p);
    struct paid after = paid_so_far(p->r);
    cr_expect_eq(after.collected - before.collected, e.collected, "pattern %x", pattern);
    cr_expect_eq(after.cross - before.cross, e.cross, "pattern %x: %lld, not %lld", pattern,
                 (long long)(after.cross - before.cross), (long long)e.cross);
    cr_expect_eq(after.guarantor - before.guarantor, e.guarantor, "pattern %x: %lld, not %lld", pattern,
                 (long long)(after.guarantor - before.guarantor), (long long)e.guarantor);
    cr_expect_eq(after.fund - before.fund, e.fund, "pattern %x", pattern);
    cr_expect_eq(after.senior - before.senior, e.senior, "pattern %x", pattern);
    if (pattern != 0) /* it goes on while somebody owes */
        cr_expect_eq(s->account.fen, e.collected + e.cross + e.guarantor + e.fund - e.senior);
    else
        cr_expect_eq(p->r->issues.n, 0, "nobody owes any more");
}

Test(tranches, pay_every_pattern_of_defaults_to_the_fen)
{
    static struct pool p;
    make_pool(&p);
    for (unsigned pattern = 0; pattern < 1u << N_MEMBERS; pattern++) {
        expect_paid(&p, pattern, 0.1, 0.2, 0.5, 10000000000);
        expect_paid(&p, pattern, 0.0, 0.0, 1.0, 10000000000);
        expect_paid(&p, pattern, 0.3, 0.0, 0.0, 10000000000);
        expect_paid(&p, pattern, 0.05, 0.1, 0.8, 12345678); /* a body without enough */
    }
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Two of four die without a fen: what the others paid goes to senior holders, what they leave to the junior tranche. */
Test(tranches, leave_losses_to_the_junior_holder_first_and_end_when_nobody_owes)
{
    static struct pool p;
    make_pool(&p);
    struct issue *s = issue_at_maturity(&p, 0.2, 0.0, 0.0, JUNIOR_BODY);
    int64_t junior = s->junior.fen, senior = s->senior.fen;
    set_cash(&p, 1); /* the smallest, 10 % of all */
    settle(&p);
    cr_expect_eq(s->senior.fen, 0);
    int64_t left = s->account.fen, body = p.r->line[p.notes].body.cash.fen;
    cr_expect_gt(left, 0);
    cr_expect_lt(left, junior + junior / 20);
    p.r->enterprises.status[p.row[0]] = GONE;
    settle_next_month(&p);
    cr_expect_eq(p.r->issues.n, 0);
    cr_expect_eq(p.r->line[p.notes].body.cash.fen, body + left, "the rest is the junior holder's");
    cr_expect_eq(p.r->bond_record.senior_lost.fen, 0);
    cr_expect_eq(p.r->bond_record.junior_lost.fen, junior - left);
    s = issue_at_maturity(&p, 0.2, 0.0, 0.0, JUNIOR_BODY);
    p.r->line[p.fund].body = (struct body){0};
    set_cash(&p, 8); /* the largest, 40 % of all: beyond the junior tranche */
    settle(&p);
    cr_expect_gt(s->senior.fen, 0);
    cr_expect_eq(s->account.fen, 0);
    p.r->enterprises.status[p.row[3]] = GONE;
    int64_t owed = s->senior.fen + s->coupon.fen;
    settle_next_month(&p);
    cr_expect_eq(p.r->bond_record.senior_lost.fen, owed);
    cr_expect_eq(p.r->bond_record.junior_lost.fen, junior);
    cr_expect_lt(owed, senior);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

Test(tranches, held_by_issuers_go_back_to_those_who_paid)
{
    static struct pool p;
    make_pool(&p);
    issue_at_maturity(&p, 0.2, 0.0, 0.0, JUNIOR_ISSUERS);
    set_cash(&p, 1);
    settle(&p);
    int64_t left = p.r->issues.row[0].account.fen, before[N_MEMBERS], sum = 0;
    for (int k = 0; k < N_MEMBERS; k++)
        before[k] = p.r->enterprises.cash[p.row[k]].fen;
    p.r->enterprises.status[p.row[0]] = GONE;
    settle_next_month(&p);
    for (int k = 1; k < N_MEMBERS; k++) {
        int64_t gets = p.r->enterprises.cash[p.row[k]].fen - before[k];
        cr_expect_eq(gets, (int64_t)((long double)left * (long double)amounts[k] /
                                     (long double)(amounts[1] + amounts[2] + amounts[3])));
        sum += gets;
    }
    cr_expect_leq(sum, left);
    cr_expect_gt(sum, left - N_MEMBERS);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Cash that rows want to have for what falls due. */
static void wish_anew(struct pool *p)
{
    for (uint32_t lo = 0; lo < p->r->enterprises.n; lo += TILE) {
        struct rows t = lab_rows(&p->run.world);
        t.lo = lo;
        t.hi = lo + TILE < t.e->n ? lo + TILE : (uint32_t)t.e->n;
        memset(t.e->wish + lo, 0, (t.hi - lo) * sizeof *t.e->wish);
        bonds_wish(&t);
    }
}

/* Bonds are read in months only in which an issue may ask something, or where they are late. */
Test(bonds, are_asked_on_each_date_and_on_no_other_day)
{
    enum { LATE = 3, AGE = 7, LEFT = 2 };
    static struct pool p;
    make_pool(&p);
    struct issue *s = issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    int32_t now = p.run.world.month;
    s->sold = now - AGE;
    s->matures = now + LEFT;
    p.r->bonds.row[LATE].late = now - 1;
    p.r->bonds.row[LATE].coupon = YUAN(5);
    for (s->every = 1; s->every <= 12; s->every++)
        for (s->amortises = 0; s->amortises < 2; s->amortises++) {
            cr_assert_eq(bonds_list_places(p.r), OK);
            for (int32_t ahead = 0; ahead <= LEFT; ahead++) {
                p.run.world.month = now + ahead;
                wish_anew(&p);
                bool date = ahead == LEFT || (AGE + ahead) % s->every == 0;
                for (int k = 0; k < N_MEMBERS; k++)
                    cr_expect_eq(p.r->enterprises.wish[p.row[k]] > 0.0f, date || k == LATE, "every %d, %d, bond %d",
                                 s->every, ahead, k);
            }
        }
    p.run.world.month = now;
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* What a dead issuer's patents fetched, less what loans took of it, pays its bond. */
Test(tranches, take_what_pledged_patents_fetch)
{
    static struct pool p;
    make_pool(&p);
    struct issue *s = issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    p.r->bonds.row[1].appraised = 5e6f;
    p.r->enterprises.cash[p.row[1]] = YUAN(300000);
    p.r->enterprises.cash[p.row[2]] = YUAN(300000);
    money left = YUAN(200000), other = YUAN(200000);
    bonds_take_pledge(p.r, p.row[1], &left);
    bonds_take_pledge(p.r, p.row[2], &other);
    cr_expect_eq(left.fen, 0);
    cr_expect_eq(other.fen, 20000000, "not pledged");
    cr_expect_eq(s->account.fen, 20000000);
    cr_expect_eq(p.r->bonds.row[1].principal.fen, amounts[1] * 100 - 20000000);
    cr_expect_eq(p.r->enterprises.cash[p.row[1]].fen, 10000000);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Of what a dead row has, banks and bonds get parts like what they are owed. */
Test(tranches, share_what_the_dead_leave_with_banks)
{
    static struct pool p;
    make_pool(&p);
    struct issue *s = issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    struct enterprises *e = &p.r->enterprises;
    struct member *me = &p.run.world.team.member[0];
    uint32_t i = p.row[2];
    for (int b = 0; b < N_BOXES; b++)
        me->box[b].n = 0;
    struct rows t = {&p.run.world, p.r, e, &p.r->loans, &me->hand->tally[0], me->hand->scratch, me, i, i + 1, i / TILE};
    e->cash[i] = YUAN(1000000);
    e->debt[i] = YUAN(1000000);
    bonds_take_share(&t, i);
    int64_t part =
        (int64_t)(100000000.0L * (long double)(amounts[2] * 100) / (long double)(amounts[2] * 100 + 100000000));
    cr_expect_eq(e->cash[i].fen, 100000000 - part);
    p.r->line[p.notes].escrow.fen += me->hand->tally[0].purse[p.notes];
    settle(&p);
    cr_expect_geq(p.r->total.flow[FLOW_BOND_ENDED], part);
    cr_expect_eq(p.r->line[p.notes].escrow.fen, 0);
    cr_expect_eq(p.r->bonds.row[2].row, i);
    cr_expect_geq(s->principal.fen, part);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* His younger bond stands first in the list, and he has the money for one: all others have paid where they lie before. */
Test(tranches, of_who_owes_two_bonds_are_paid_issue_by_issue)
{
    static struct pool p;
    make_pool(&p);
    struct issue *first = issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    struct issue *two = malloc(2 * sizeof *two);
    two[0] = two[1] = *first;
    two[1].number = 8;
    free(first);
    p.r->issues = (struct issues){2, 2, two, 9};
    struct bond *q = p.r->bonds.row;
    q[2].row = q[1].row;
    q[2].principal = q[2].asked = q[1].principal;
    q[1].issue = 8;
    cr_assert_eq(bonds_list_places(p.r), OK);
    money *cash = p.r->enterprises.cash;
    for (int k = 0; k < N_MEMBERS; k++)
        cash[q[k].row] = money_scale(q[k].principal, 1.05);
    settle(&p);
    cr_expect_eq(cash[p.row[1]].fen, 0);
    int found = 0;
    for (size_t k = 0; k < p.r->bonds.n; k++) {
        bool late = p.r->bonds.row[k].issue == 8;
        found += late;
        cr_expect_eq(p.r->bonds.row[k].late != 0, late);
        cr_expect_eq(p.r->bonds.row[k].principal.fen != 0, late);
    }
    cr_expect_eq(found, 1);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Bonds that are noted of a tile are those that a search finds, of rows with several as of rows without. */
Test(tranches, are_noted_of_the_rows_of_a_tile)
{
    static struct pool p;
    make_pool(&p);
    (void)issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    p.r->bonds.row[2].row = p.r->bonds.row[1].row; /* one that has issued twice */
    cr_assert_eq(bonds_list_places(p.r), OK);
    static struct scratch scratch;
    size_t noted = 0;
    for (uint32_t lo = 0; lo < p.r->enterprises.n; lo += TILE) {
        struct rows t = lab_rows(&p.run.world);
        t.s = &scratch;
        t.lo = lo;
        t.hi = lo + TILE < t.e->n ? lo + TILE : (uint32_t)t.e->n;
        bonds_note(&t);
        for (uint32_t i = t.lo; i < t.hi; i++) {
            size_t k = LIST_FIRST(&p.r->bonds, i);
            int64_t owed = 0;
            EACH_BOND_OF(p.r, i, j)
            owed += p.r->bonds.row[j].principal.fen;
            EACH_BOND_NOTED(&t, i, j)
            {
                cr_expect_eq(j, k++);
                noted++;
            }
            cr_expect_eq(bonds_owed(&t, i).fen, owed);
        }
    }
    cr_expect_eq(noted, p.r->bonds.n);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Papers that said too much, and an issuer without a fen: whoever is liable pays half of the loss that is expected. */
Test(tranches, get_what_the_liable_pay_for_papers_that_misstated)
{
    static struct pool p;
    make_pool(&p);
    struct issue *s = issue_at_maturity(&p, 0.0, 0.0, 0.0, JUNIOR_ISSUERS);
    s->penalty = 0.5;
    s->finds = 1.0;
    p.r->bonds.row[0].overstated = p.r->bonds.row[1].overstated = 1;
    p.r->bonds.row[1].liable = p.r->bonds.row[2].liable = 1;
    set_cash(&p, 7); /* 0 misstated, 2 was liable, 1 both */
    int64_t before = p.r->total.flow[FLOW_BOND_PENALTY];
    settle(&p);
    double lgd = bonds_lgd(p.r);
    settle_next_month(&p);
    cr_expect_eq(p.r->total.flow[FLOW_BOND_PENALTY] - before,
                 ld_round_half_even((double)(amounts[1] * 100) * (0.5 * lgd)));
    cr_expect_gt(p.r->total.flow[FLOW_BOND_PENALTY], before);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* -- price ------------------------------------------------------------------------------------------------------------------------ */
static struct issue_price price_at(struct pool *p, double junior, double cross)
{
    static uint32_t first[2], bond[N_MEMBERS];
    first[0] = 0;
    first[1] = N_MEMBERS;
    for (uint32_t k = 0; k < N_MEMBERS; k++)
        bond[k] = k;
    struct bond_book b = {.w = &p->run.world, .r = p->r, .start = first, .bond = bond};
    struct issue_terms o = {.backed_by = p->notes, .term = 36, .every = 12, .junior = junior, .cross = cross};
    return bonds_price(&b, 0, &o);
}

static void even_pool(struct pool *p, double correlation)
{
    issue_at_maturity(p, 0.0, 0.0, 0.0, JUNIOR_BODY);
    for (int k = 0; k < N_MEMBERS; k++)
        p->r->bonds.row[k].asked = YUAN(1000000);
    p->r->bond_record =
        (struct bond_record){.excess = 1e9 * correlation, .pairs = 1e9, .months = 1e9, .defaults = 1e9 * 0.02};
    p->r->line[p->fund].body = (struct body){0};
}

Test(price, of_independent_bonds_is_that_of_an_enumeration)
{
    static struct pool p;
    make_pool(&p);
    even_pool(&p, 0.0);
    double lgd = bonds_lgd(p.r), one = 1.0 - ld_exp(-3.0 * bonds_base_pd(p.r)), junior = 0.15, sum = 0.0;
    for (unsigned pattern = 0; pattern < 1u << N_MEMBERS; pattern++) {
        int d = __builtin_popcount(pattern);
        double chance = 1.0, lost = d * lgd / N_MEMBERS;
        for (int k = 0; k < N_MEMBERS; k++)
            chance *= pattern >> k & 1 ? one : 1.0 - one;
        sum += chance * (lost > junior ? (lost - junior) / (1.0 - junior) : 0.0);
    }
    double asked = price_at(&p, junior, 0.0).loss * 3.0;
    cr_expect(asked > 0.01 && __builtin_fabs(asked / sum - 1.0) < 1e-4, "%g, not %g", asked, sum);
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

Test(price, falls_with_the_junior_tranche_and_cross_liability_and_rises_with_correlation_beyond_it)
{
    static struct pool p;
    make_pool(&p);
    even_pool(&p, 0.1);
    cr_expect_lt(price_at(&p, 0.2, 0.0).yield, price_at(&p, 0.1, 0.0).yield);
    cr_expect_lt(price_at(&p, 0.1, 0.0).yield, price_at(&p, 0.0, 0.0).yield);
    cr_expect_lt(price_at(&p, 0.0, 0.3).yield, price_at(&p, 0.0, 0.0).yield);
    double apart = price_at(&p, 0.3, 0.0).loss, mean = price_at(&p, 0.0, 0.0).loss;
    even_pool(&p, 0.5);
    cr_expect_gt(price_at(&p, 0.3, 0.0).loss, apart);
    cr_expect_float_eq(price_at(&p, 0.0, 0.0).loss, mean, 1e-9, "the mean does not know of it");
    p.r->bonds.n = p.r->issues.n = 0;
    lab_end(&p.run);
}

/* Years in which n = 100 bonds default each with 5 %: apart from each other, or half of all years 10 % and the other half none. */
Test(price, learns_the_correlation_of_defaults_from_how_far_years_scatter)
{
    static struct pool p;
    make_pool(&p);
    struct bond_record *m = &p.r->bond_record;
    for (int together = 0; together < 2; together++) {
        *m = (struct bond_record){0};
        for (int year = 0; year < 60; year++) {
            double apart = 5.0 + 2.1794 * (year % 2 == 0 ? 1.0 : -1.0); /* the standard deviation of a binomial */
            m->year_bonds = 100.0;
            m->year_expected = 5.0;
            m->year_defaults = together ? 10.0 * (year % 2) : apart;
            p.r->month = year * 12 + 11;
            bonds_look_back(p.r);
        }
        double rho = bonds_correlation(p.r); /* 25 = 4.75 (1 + 99 rho) */
        cr_expect(together ? rho > 0.035 && rho < 0.05 : rho < 0.005, "%g", rho);
    }
    p.r->month = p.run.world.month;
    lab_end(&p.run);
}
