/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credit insurance, to the fen: premiums by experience, claims, the insurer's money, who is insured and who no more. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <math.h>

enum { MONTHS = 60 };

static void insured_town(struct lab *lab)
{
    lab_town(lab);
    lab_policy(lab, GROUP_double_insured);
    lab_set_of(lab, "double_insured", "from", "2018-01"); /* of a town that has grown up */
}

static struct bearer *insurer_of(struct region *r)
{
    return &r->bearer[r->line[lab_line(r, GROUP_double_insured)].bearer];
}

/* -- premium ------------------------------------------------------------------------------------------------------------------ */
/* The insurer's experience, added up here from its month's money alone. */
struct tariff {
    double paid, unpaid, exposure, first, weight, expenses, least;
    int32_t checked, moved;
};

static void watch_tariff(struct world *w, void *context)
{
    struct tariff *s = context;
    const struct bearer *p = insurer_of(w->region);
    if (w->month < w->first_month)
        return;
    const double keep = 1.0 - 1.0 / 60.0;
    if (w->month % 12 == 0 && s->exposure > 0.0) { /* it was rated at the beginning of this month */
        double prior = s->first * (1.0 - s->expenses) * s->weight;
        double premium = (s->paid + s->unpaid + prior) / (s->exposure + s->weight) / (1.0 - s->expenses);
        premium = premium > s->least ? premium : s->least;
        cr_expect_float_eq(p->premium, premium, 1e-12, "%g, not %g", p->premium, premium);
        s->checked++;
        s->moved += fabs(premium - s->first) > 1e-4;
    }
    s->paid = keep * s->paid + money_to_yuan(money_sub(p->compensated, p->shared));
    s->unpaid = money_to_yuan(p->unpaid);
    s->exposure = keep * s->exposure + money_to_yuan(p->enrolled) / 12.0;
}

Test(insurance, asks_a_premium_that_follows_what_claims_have_cost)
{
    struct lab lab;
    struct lab_run run;
    struct tariff s = {.first = 0.02, .weight = 3e8, .expenses = 0.2, .least = 0.005};
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "premium_max", "0.2");
    lab_go(&run, &lab,
           (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = watch_tariff, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.checked, 5);
    cr_expect_gt(s.moved, 3, "the premium stays where it was");
}

/* Contracts that were made keep their premium, new ones pay the new one. */
Test(insurance, charges_each_borrower_the_premium_of_his_contract)
{
    struct lab lab;
    struct lab_run run;
    insured_town(&lab);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    const struct region *r = run.world.region;
    double least = 1.0, most = 0.0;
    for (int32_t k = 1; k < r->n_chains; k++) {
        least = fmin(least, r->chain[k].fee);
        most = fmax(most, r->chain[k].fee);
    }
    cr_expect_gt(most, least + 1e-5);
    cr_expect_leq(most, 0.03, "above its ceiling it writes nothing");
    lab_end(&run);
}

/* -- the insurer's money -------------------------------------------------------------------------------------------------------- */
struct books {
    int64_t capital, fees, paid, shared, cost, dividends, last, owed; /* last, owed: end of last month */
};

static void keep_books(struct world *w, void *context)
{
    struct books *s = context;
    struct region *r = w->region;
    const struct bearer *p = insurer_of(r);
    if (w->month < w->first_month)
        return;
    const int64_t *flow = r->total.flow;
    s->capital += flow[FLOW_INSURER_CAPITAL];
    s->fees += flow[FLOW_PREMIUM];
    s->paid += flow[FLOW_INSURANCE_PAID];
    s->shared += flow[FLOW_RECOVERY_INSURER];
    s->cost += flow[FLOW_INSURER_COST];
    s->dividends += flow[FLOW_INSURER_DIVIDEND];
    cr_expect_eq(flow[FLOW_INSURER_COST], money_scale(p->fees, 0.2).fen);
    int64_t above = s->last + flow[FLOW_INSURER_CAPITAL] - s->owed - p->planned.fen;
    bool january = w->month % 12 == 0 && above > 0;
    cr_expect_eq(flow[FLOW_INSURER_DIVIDEND], january ? money_scale(FEN(above), 0.5).fen : 0);
    s->last = p->balance.fen;
    s->owed = p->unpaid.fen;
    cr_expect_eq(p->balance.fen, s->capital + s->fees - s->paid + s->shared - s->cost - s->dividends);
}

Test(insurance, lives_on_capital_and_premiums_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    struct books s = {0};
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "from", "2017-09"); /* premiums, and no claim yet in January */
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = keep_books, .context = &s});
    cr_expect_eq(lab_sum(&run, "insurance_premiums", -1), lab_sum(&run, "cover_fees", -1), "nobody else takes a fee");
    lab_end(&run);
    cr_expect_gt(s.dividends, 0);
    cr_expect_eq(s.capital, 5000000000);
    cr_expect_gt(s.fees, 0);
    cr_expect_gt(s.paid, 0);
    cr_expect_gt(s.shared, 0);
}

/* M8: a bearer whose price is below what it costs loses its capital, and can then cover less. */
static int64_t funds_at_a_premium(const char *premium)
{
    struct lab lab;
    struct lab_run run;
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "premium", premium);
    lab_set_of(&lab, "double_insured", "premium_min", "0");
    lab_set_of(&lab, "double_insured", "credibility", "10000 亿"); /* it learns nothing */
    lab_go(&run, &lab, (struct lab_options){.months = MONTHS, .compact_every = -1});
    int64_t fen = insurer_of(run.world.region)->balance.fen;
    lab_end(&run);
    return fen;
}

Test(insurance, that_costs_less_than_it_pays_eats_the_capital)
{
    cr_expect_lt(funds_at_a_premium("0.001"), 4800000000);
    cr_expect_gt(funds_at_a_premium("0.03"), funds_at_a_premium("0.001"));
}

/* -- claims --------------------------------------------------------------------------------------------------------------------- */
struct decided {
    int64_t n, whole, capped, none;
};

static void check_new_claims(struct world *w, void *context)
{
    struct decided *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->claims.n; k++) {
        const struct claim *c = &r->claims.row[k];
        const struct claim_cover *d = covers_of(&r->claims, c);
        if (c->filed + 1 != w->month || !d->is_decided || c->recovered.fen != 0)
            continue;
        int64_t loss = c->principal.fen + c->arrears.fen, counts = loss - 3000000;
        int64_t pays = money_scale(FEN(counts > 0 ? counts : 0), 0.7).fen;
        s->capped += pays > 35000000;
        pays = pays > 35000000 ? 35000000 : pays;
        cr_expect_eq(d->decided.fen, pays, "%lld of %lld", (long long)d->decided.fen, (long long)loss);
        s->n++;
        s->none += pays == 0;
    }
}

Test(insurance, pays_its_share_beyond_the_deductible_up_to_the_cap)
{
    struct lab lab;
    struct lab_run run;
    struct decided s = {0};
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "share", "0.7");
    lab_set(&lab, "regions.town.founders.per_month", "300");
    lab_set_of(&lab, "double_insured", "deductible", "3 万");
    lab_set_of(&lab, "double_insured", "cap_loan", "35 万");
    lab_set_of(&lab, "double_insured", "premium_max", "0.2");
    lab_go(&run, &lab,
           (struct lab_options){.months = MONTHS, .compact_every = -1, .hook = check_new_claims, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.n, 20);
    cr_expect_gt(s.capped, 3);
}

/* -- whom it takes ------------------------------------------------------------------------------------------------------------------ */
static void ruin_first_bank(struct world *w, void *context)
{
    (void)context;
    struct region *r = w->region;
    if (w->month == w->setup->world.start - 1)
        experience_of(r, 0, r->line[lab_line(r, GROUP_double_insured)].bearer)->paid = YUAN(1000000000);
}

static int64_t insured_since_start(const struct lab_run *run, bool first_bank)
{
    const struct region *r = run->world.region;
    int64_t n = 0;
    for (size_t k = 0; k < r->loans.n; k++)
        n += r->loans.granted[k] >= run->setup.world.start && r->loans.chain[k] != 0 &&
             (r->loans.bank[k] == 0) == first_bank;
    return n;
}

Test(insurance, takes_nobody_new_of_a_bank_that_cost_too_much_and_pays_what_is_insured)
{
    struct lab lab;
    struct lab_run run;
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "premium_max", "0.2");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = 0, .hook = ruin_first_bank});
    cr_expect_eq(insured_since_start(&run, true), 0);
    cr_expect_gt(insured_since_start(&run, false), 10);
    const struct claims *c = &run.world.region->claims;
    int64_t paid = 0;
    for (size_t k = 0; k < c->n; k++)
        paid +=
            c->row[k].bank == 0 && c->row[k].filed >= run.setup.world.start ? covers_of(c, &c->row[k])->paid.fen : 0;
    cr_expect_gt(paid, 0, "what was insured before is honoured");
    lab_end(&run);
}

Test(insurance, insures_no_more_than_its_own_funds_bear)
{
    struct lab lab;
    struct lab_run run;
    insured_town(&lab);
    lab_set_of(&lab, "double_insured", "capital", "300 万");
    lab_set_of(&lab, "double_insured", "premium_max", "0.2");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    int64_t insured = lab_int(&run, "cover_enrolled", 23, -1), alone = lab_int(&run, "loans_outstanding", 23, -1);
    cr_expect_gt(insured, 0);
    cr_expect_lt(insured, 4 * 600000000LL, "about 4 times 3 m over 0.8");
    cr_expect_gt(alone, 3 * insured);
    lab_end(&run);
}

/* Beside a bearer of another kind: loans under each alone and under both, and no bank gets more than its loss. */
Test(insurance, stands_beside_another_cover)
{
    struct lab lab;
    struct lab_run run;
    int64_t n[4] = {0};
    insured_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set_of(&lab, "double_insured", "paperwork", "0");
    lab_set_of(&lab, "double_insured", "share", "0.4");
    lab_set_of(&lab, "risk_pool", "rate_ceiling", "0.04");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    struct region *r = run.world.region;
    for (size_t k = 0; k < r->loans.n; k++) {
        const struct cover_chain *c = &r->chain[r->loans.chain[k]];
        bool insured = c->n > 0 && &r->bearer[c->cover[0].bearer] == insurer_of(r);
        n[c->n == 2 ? 3 : c->n == 0 ? 0 : insured ? 1 : 2]++;
        cr_expect(c->n < 2 || insured, "the insurer stands before the pool");
    }
    cr_expect_gt(n[1] + n[3], 0, "%lld insured", (long long)n[1]);
    cr_expect_gt(n[2] + n[3], 0, "%lld in the pool", (long long)n[2]);
    cr_expect_gt(n[3], 0, "none under both");
    const struct claims *c = &r->claims;
    for (size_t k = 0; k < c->n; k++) {
        int64_t paid = 0, loss = c->row[k].principal.fen + c->row[k].arrears.fen;
        for (int32_t j = 0; j < c->row[k].n_covers; j++)
            paid += covers_of(c, &c->row[k])[j].paid.fen;
        cr_expect_leq(paid, loss - money_scale(FEN(loss), 0.2).fen);
    }
    lab_end(&run);
}
