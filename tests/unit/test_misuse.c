/* SPDX-License-Identifier: GPL-3.0-or-later */
/* False claims on budget lines: made where they pay, found by audits, clawed back to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

enum { START = 2020 * 12 };

static int32_t line_named(const struct region *r, enum group g, int32_t instance)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (r->line[k].group == (int32_t)g && r->line[k].instance == instance)
            return k;
    cr_assert_fail("no line of %s", group_table[g].name);
    return -1;
}

/* Interest refunded each February for the year before; three of five enterprises have no scruples. */
static void town(struct lab *lab, const char *rate, const char *detection)
{
    lab_town(lab);
    lab_set(lab, "integrity.share", "0.6");
    lab_set(lab, "integrity.overstatement", "0.5");
    lab_set(lab, "policies.interest_subsidy.city.from", "2020-01");
    lab_set(lab, "policies.interest_subsidy.city.share", "0.5");
    lab_set(lab, "policies.interest_subsidy.city.budget", "1 亿");
    lab_set(lab, "policies.interest_subsidy.city.claim_lag", "1");
    lab_set(lab, "policies.audit.enabled", "true");
    lab_set(lab, "policies.audit.rate", rate);
    lab_set(lab, "policies.audit.detection", detection);
    lab_set(lab, "policies.audit.delay", "2");
    lab_set(lab, "policies.audit.cost", "1000");
    lab_set(lab, "policies.audit.budget", "1000 万");
}

struct totals {
    int64_t paid, found, back, fined, audits;
};

static struct totals run_town(const struct lab *lab, int32_t months, void (*hook)(struct world *, void *),
                              void *context)
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = months, .compact_every = -1, .hook = hook, .context = context});
    struct totals s = {.paid = lab_sum(&run, "misuse_paid", -1),
                       .found = lab_sum(&run, "misuse_found", -1),
                       .back = lab_sum(&run, "clawed_back", -1),
                       .audits = lab_sum(&run, "audits", -1)};
    lab_end(&run);
    return s;
}

/* g = A / 2; a fine of 30 % and three years without claims: p (1.3 / 2 + 3) A against A / 2, so from p = 0.137 on. */
Test(misuse, is_deterred_where_what_it_may_lose_exceeds_what_it_gains)
{
    struct lab lax, strict, blind;
    town(&lax, "0.13", "1");
    town(&strict, "0.14", "1");
    town(&blind, "0.14", "0.9");
    cr_expect_gt(run_town(&lax, 30, NULL, NULL).paid, 0);
    cr_expect_eq(run_town(&strict, 30, NULL, NULL).paid, 0);
    cr_expect_gt(run_town(&blind, 30, NULL, NULL).paid, 0);
}

Test(misuse, goes_unfound_without_audits_and_away_without_the_unscrupulous)
{
    struct lab lab;
    town(&lab, "0.13", "1");
    lab_set(&lab, "policies.audit.enabled", "false");
    struct totals s = run_town(&lab, 30, NULL, NULL);
    cr_expect(s.paid > 0 && s.found == 0 && s.back == 0 && s.audits == 0);
    lab_set(&lab, "integrity.share", "0");
    cr_expect_eq(run_town(&lab, 30, NULL, NULL).paid, 0);
}

/* -- to the fen ------------------------------------------------------------------------------------------------------------ */
struct watch {
    int64_t owed, overstated, claims, barred, debts, lost, capped;
};

/* Each January: a false claim is half as large again as the true one; who is barred makes none. */
static void check_claims(const struct region *r, int32_t bars, struct watch *s)
{
    for (size_t k = 0; k < r->dues.n; k++) {
        const struct due *d = &r->dues.row[k];
        if (d->payee != PAYEE_ENTERPRISE)
            continue;
        int64_t overstated = due_file(r, d) != NULL ? due_file(r, d)->overstated.fen : 0;
        int64_t honest = d->amount.fen - overstated;
        int64_t half = money_scale(FEN(honest), 0.5).fen, most = 2000000 - honest;
        cr_expect(overstated == 0 || overstated == (half < most ? half : most));
        s->capped += overstated > 0 && half > most;
        cr_expect(!enterprise_member(&r->enterprises, d->row, bars), "a claim of one who is barred");
        s->overstated += overstated > 0;
        s->claims++;
    }
}

static int64_t owed_by_records(const struct region *r, struct watch *s)
{
    int64_t owed = 0;
    for (size_t k = 0; k < r->dues.n; k++)
        if (r->dues.row[k].payee == PAYEE_CLAWBACK) {
            money taken = due_file(r, &r->dues.row[k])->taken;
            owed += taken.fen + r->dues.row[k].amount.fen;
            s->debts += taken.fen > 0;
        }
    return owed;
}

static void watch_debts(struct world *w, void *context)
{
    struct watch *s = context;
    const struct region *r = w->region;
    int32_t bars = line_named(r, GROUP_audit, 0);
    const int64_t *flow = r->total.flow;
    if (w->month < START)
        return;
    if (w->month % 12 == 0)
        check_claims(r, bars, s);
    int64_t found = 0, audits = 0, owed = owed_by_records(r, s);
    for (int cell = 0; cell < N_CELLS; cell++) {
        found += r->total.item[cell][ITEM_MISUSE_FOUND];
        audits += r->total.item[cell][ITEM_AUDITS];
    }
    cr_expect_eq(r->line[bars].spent.fen, audits * 100000);
    cr_expect(llabs(flow[FLOW_CLAWBACK_DUE] - found - found / 4) <= 2 * audits, "found and a fine of a quarter");
    cr_expect_eq(owed, s->owed + flow[FLOW_CLAWBACK_DUE] - flow[FLOW_CLAWBACK_ENDED]);
    cr_expect_eq(owed, r->balance[ACCOUNT_CLAWBACK_CLAIMS]);
    cr_expect_eq(owed, -r->balance[ACCOUNT_CLAWBACK_DEBT]);
    s->lost += flow[FLOW_CLAWBACK_ENDED] - flow[FLOW_CLAWBACK] - flow[FLOW_AUDIT_FINE];
    s->owed = owed;
    for (uint32_t i = 0; i < r->enterprises.n; i++)
        s->barred += enterprise_member(&r->enterprises, i, bars);
}

Test(misuse, is_clawed_back_to_the_fen_and_its_authors_barred)
{
    struct watch s = {0};
    struct lab lab;
    town(&lab, "0.09", "0.9");
    lab_set(&lab, "policies.audit.fine", "0.25");
    lab_set(&lab, "policies.audit.bar", "30");
    lab_set(&lab, "policies.interest_subsidy.city.cap_firm", "2 万");
    struct totals all = run_town(&lab, 60, watch_debts, &s);
    cr_expect(s.claims > 100 && s.overstated > 30 && s.capped > 0, "%lld claims, %lld of them false",
              (long long)s.claims, (long long)s.overstated);
    cr_expect(s.barred > 30 && all.found > 0 && all.back > 0, "%lld months barred, %lld found, %lld back",
              (long long)s.barred, (long long)all.found, (long long)all.back);
    cr_expect_geq(s.lost, 0);
    cr_expect_leq(all.back, all.found);
    cr_expect_leq(all.found, all.paid);
}

/* Nothing to fear but paying back: nearly all is audited and found. */
/* Pools that do not stand come before the subsidy in the list of instances. */
Test(misuse, is_looked_into_with_the_same_luck_whatever_else_there_is)
{
    struct lab lab;
    town(&lab, "0.13", "1");
    struct totals alone = run_town(&lab, 30, NULL, NULL);
    lab_set(&lab, "policies.risk_pool.spare.enabled", "false");
    lab_set(&lab, "policies.risk_pool.other.enabled", "false");
    struct totals beside = run_town(&lab, 30, NULL, NULL);
    cr_expect(alone.audits > 10 && alone.found > 0);
    cr_expect(memcmp(&alone, &beside, sizeof alone) == 0, "%lld audits, %lld", (long long)alone.audits,
              (long long)beside.audits);
}

Test(misuse, that_audits_always_find_comes_back_as_far_as_there_is_cash)
{
    struct lab lab;
    town(&lab, "0.99", "1");
    lab_set(&lab, "policies.audit.fine", "0");
    lab_set(&lab, "policies.audit.bar", "0");
    struct totals all = run_town(&lab, 48, NULL, NULL);
    cr_expect((double)all.found > 0.9 * (double)all.paid && (double)all.back > 0.8 * (double)all.found,
              "%lld paid, %lld found, %lld back", (long long)all.paid, (long long)all.found, (long long)all.back);
}

/* -- claimed twice --------------------------------------------------------------------------------------------------------- */
static void town_of_two_bureaus(struct lab *lab, const char *sharing)
{
    town(lab, "0.1", "0");
    lab_set(lab, "integrity.overstatement", "0");
    lab_set(lab, "policies.audit.sharing", sharing);
    lab_set(lab, "policies.interest_subsidy.district.from", "2020-01");
    lab_set(lab, "policies.interest_subsidy.district.age_max", "0"); /* open to nobody by its rule */
    lab_set(lab, "policies.interest_subsidy.district.share", "0.5");
    lab_set(lab, "policies.interest_subsidy.district.budget", "1 亿");
    lab_set(lab, "policies.interest_subsidy.district.claim_lag", "1");
}

static void watch_twins(struct world *w, void *context)
{
    int64_t *twins = context;
    const struct region *r = w->region;
    if (w->month < START || w->month % 12 != 0)
        return;
    int32_t city = line_named(r, GROUP_interest_subsidy, 0), district = line_named(r, GROUP_interest_subsidy, 1);
    for (size_t k = 1; k < r->dues.n; k++) {
        const struct due *d = &r->dues.row[k], *first = d - 1;
        if (d->payee != PAYEE_ENTERPRISE || d->instance != district)
            continue;
        cr_expect(first->instance == city && first->row == d->row && first->amount.fen == d->amount.fen);
        const struct due_file *f = due_file(r, d);
        cr_expect(f != NULL && f->twice && f->overstated.fen == d->amount.fen && first->file == 0);
        twins[0]++;
    }
}

Test(misuse, a_claim_filed_with_two_bureaus_is_found_where_they_share_their_files)
{
    int64_t twins = 0;
    struct lab apart, together;
    town_of_two_bureaus(&apart, "0");
    town_of_two_bureaus(&together, "0.9");
    struct totals a = run_town(&apart, 36, watch_twins, &twins), b = run_town(&together, 36, NULL, NULL);
    cr_expect(twins > 20 && a.paid > 0, "%lld filed twice", (long long)twins);
    cr_expect_eq(a.found, 0);
    cr_expect(b.found > 0 && b.paid > 0);
}
