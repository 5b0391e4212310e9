/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools, to the fen: claim by claim, what is held back, what has no room. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/instrument.h>
#include <string.h>

static void town_with_policies(struct lab *lab)
{
    lab_town(lab);
    lab_policy(lab, GROUP_risk_pool);
    lab_policy(lab, GROUP_interest_subsidy);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* -- pools: claim by claim --------------------------------------------------------------------------------------------------- */
/* Two pools, their shares up to 1 m and above; what is expected of a claim is worked out here, from these alone. */
struct rules {
    double small[2], large[2];
    int64_t cap_loan; /* fen, of each; 0: none */
    int base;         /* 1: npl_balance */
    double retained, breaker;
};
enum { CLAIMS_MOST = 20000, BANKS = 4 };
struct watch {
    const struct rules *rules;
    size_t n;
    const struct claims *claims;
    struct claim before[CLAIMS_MOST];
    struct claim_cover covers_before[MAX_COVERS * CLAIMS_MOST];
    bool tripped[BANKS][2];
    int64_t checked, stacked, kept_back, capped, refused, shared, beyond;
};

static int64_t part_of(int64_t fen, double share)
{
    return money_scale(FEN(fen), share).fen;
}

/* What each cover owes of a claim on which nothing has come back yet: each on what the other left. */
static void check_decision(struct watch *s, const struct claim *c)
{
    int64_t loss = c->principal.fen + c->arrears.fen, left = loss;
    int64_t most = loss - part_of(loss, s->rules->retained);
    for (int k = 0; k < c->n_covers; k++) {
        const struct claim_cover *d = &covers_of(s->claims, c)[k];
        double share = (c->loan.fen <= 100000000 ? s->rules->small : s->rules->large)[d->bearer];
        int64_t owes = part_of(least(s->rules->base ? loss : c->principal.fen, left), share);
        if (s->rules->cap_loan > 0 && owes > s->rules->cap_loan) {
            owes = s->rules->cap_loan;
            s->capped++;
        }
        s->kept_back += owes > most;
        owes = d->refused ? 0 : least(owes, most);
        cr_expect_eq(d->decided.fen, owes, "cover %d of a claim of %lld + %lld fen: %lld, not %lld", k,
                     (long long)c->principal.fen, (long long)c->arrears.fen, (long long)d->decided.fen,
                     (long long)owes);
        left -= owes;
        most -= owes;
        s->stacked += k == 1 && owes > 0;
        s->refused += d->refused;
    }
    s->checked++;
}

/* What came back this month is shared in proportion to what each bears; looked at where nothing came back before the covers
 * had paid. */
static void check_sharing(struct watch *s, const struct claim *c, const struct claim *old)
{
    int64_t got = c->recovered.fen - old->recovered.fen;
    double paid = 0.0, principal = (double)c->principal.fen;
    for (int k = 0; k < c->n_covers; k++)
        paid += (double)s->covers_before[old->covers + (uint32_t)k].paid.fen;
    double expected = (double)got * paid / principal, due = (double)old->recovered.fen * paid / principal;
    if (due - (double)old->shared.fen > 100.0)
        return;
    double shared = (double)(c->shared.fen - old->shared.fen);
    cr_expect(shared < expected + 110.0 && shared > expected - 4.0 * c->n_covers);
    s->shared += shared > 0.0;
}

static void check_claim(struct watch *s, const struct claim *c, const struct claim *old)
{
    int64_t loss = c->principal.fen + c->arrears.fen, paid = 0, decided = 0;
    bool all = true, all_before = old != NULL;
    const struct claim_cover *d = covers_of(s->claims, c);
    for (int k = 0; k < c->n_covers; k++, d++) {
        paid += d->paid.fen;
        decided += d->decided.fen;
        all = all && d->is_decided;
        all_before = all_before && s->covers_before[old->covers + (uint32_t)k].is_decided;
        cr_expect_leq(d->paid.fen, d->decided.fen);
        if (old == NULL)
            cr_expect_eq(d->refused, s->tripped[c->bank][d->bearer], "the breaker decides at filing");
    }
    s->beyond += paid + c->recovered.fen - c->shared.fen > loss;
    cr_expect_leq(decided, loss - part_of(loss, s->rules->retained));
    if (all && !all_before && c->recovered.fen == 0)
        check_decision(s, c);
    if (old != NULL && c->principal.fen > 0)
        check_sharing(s, c, old);
}

static void watch_claims(struct world *w, void *context)
{
    struct watch *s = context;
    const struct region *r = w->region;
    w->claims_kept = 1;
    cr_assert_lt(r->claims.n, CLAIMS_MOST);
    s->claims = &r->claims;
    for (size_t k = 0; k < r->claims.n; k++)
        check_claim(s, &r->claims.row[k], k < s->n ? &s->before[k] : NULL);
    if (r->claims.n > 0)
        memcpy(s->before, r->claims.row, r->claims.n * sizeof *s->before);
    if (r->claims.covers.n > 0)
        memcpy(s->covers_before, r->claims.covers.row, r->claims.covers.n * sizeof *s->covers_before);
    s->n = r->claims.n;
    for (int32_t b = 0; b < r->n_banks; b++)
        for (int32_t p = 0; p < 2; p++)
            s->tripped[b][p] = r->experience[b * r->n_bearers + p].tripped != 0;
}

static void watched(const struct rules *rules, const struct lab_value *rest, struct watch *s)
{
    static const char *const pools[] = {"risk_pool.city", "risk_pool.district"};
    struct lab lab;
    struct lab_run run;
    char text[64];
    *s = (struct watch){.rules = rules};
    lab_two_pools(&lab);
    lab_number(&lab, "credit.retained_min", rules->retained);
    for (int k = 0; k < 2; k++) {
        snprintf(text, sizeof text, "1 m: %g, 100 m: %g", rules->small[k], rules->large[k]);
        lab_set_of(&lab, pools[k], "tiers", text);
        lab_set_of(&lab, pools[k], "base", rules->base ? "npl_balance" : "principal");
        lab_set_of(&lab, pools[k], "enrolment", "portfolio");
        lab_set_of(&lab, pools[k], "leverage_max", "1000");
        snprintf(text, sizeof text, "%g", rules->breaker);
        lab_set_of(&lab, pools[k], "breaker", text);
        snprintf(text, sizeof text, "%lld", (long long)rules->cap_loan / 100);
        if (rules->cap_loan > 0)
            lab_set_of(&lab, pools[k], "cap_loan", text);
    }
    lab_values(&lab, NULL, rest);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1, .hook = watch_claims, .context = s});
    lab_end(&run);
    cr_expect_gt(s->checked, 30, "only %lld claims", (long long)s->checked);
    cr_expect_gt(s->shared, 5, "only %lld recoveries", (long long)s->shared);
}

Test(pools, stack_two_pools_each_on_what_the_other_left)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.3, 0.25},
              .large = {0.3, 0.25},
              .retained = 0.2, .breaker = 1
    },
        NULL, &s);
    cr_expect_gt(s.stacked, 30);
    cr_expect_eq(s.kept_back, 0);
}

Test(pools, leave_the_bank_its_least_share)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.6, 0.7},
              .large = {0.6, 0.7},
              .base = 1, .retained = 0.2, .breaker = 1
    },
        NULL, &s);
    cr_expect_gt(s.kept_back, 30);
}

Test(pools, cover_loans_by_tier_of_the_facility)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.5, 0.1},
              .large = {0.2, 0.3},
              .retained = 0.1, .breaker = 1
    },
        NULL, &s);
    cr_expect_gt(s.stacked, 30);
}

Test(pools, take_interest_into_the_base_where_it_is_the_npl_balance)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.5, 0.2},
              .large = {0.5, 0.2},
              .base = 1, .retained = 0, .breaker = 1
    },
        NULL, &s);
    cr_expect_gt(s.stacked, 30);
}

Test(pools, cap_what_one_loan_brings)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.5, 0.2},
              .large = {0.5, 0.2},
              .cap_loan = 10000000, .retained = 0.2, .breaker = 1
    },
        NULL, &s);
    cr_expect_gt(s.capped, 10);
}

Test(pools, refuse_claims_filed_after_the_breaker_tripped)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.4, 0.3},
              .large = {0.4, 0.3},
              .retained = 0.2, .breaker = 0.02
    },
        (const struct lab_value[]){{"credit.filing_patience", "0"}, {NULL, NULL}}, &s);
    cr_expect_gt(s.refused, 10);
    cr_expect_gt(s.checked, s.refused / 2);
}

Test(pools, pay_no_more_than_the_cap_of_the_year)
{
    struct lab lab;
    struct lab_run run;
    town_with_policies(&lab);
    lab_set(&lab, "policies.risk_pool.cap_year", "60 万");
    lab_set(&lab, "policies.risk_pool.leverage_max", "1000");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    int64_t held = 0;
    for (int32_t year = 0; year < 3; year++) {
        int64_t paid = 0;
        for (int32_t m = 12 * year; m < 12 * year + 12; m++) {
            paid += lab_int(&run, "pool_paid", m, -1);
            held += lab_int(&run, "pool_capped", m, -1);
        }
        cr_expect_gt(paid, 0);
        cr_expect_leq(paid, 60000000);
    }
    cr_expect_gt(held, 0, "the cap binds nowhere");
    cr_expect_gt(lab_int(&run, "pool_balance", 35, -1), 0);
    lab_end(&run);
}

Test(pools, never_bring_a_bank_more_than_its_loss)
{
    static struct watch s;
    watched(
        &(struct rules){
            .small = {0.4, 0.3},
              .large = {0.4, 0.3},
              .retained = 0.2, .breaker = 1
    },
        NULL, &s);
    cr_expect_eq(s.beyond, 0, "%lld claim-months", (long long)s.beyond);
}

/* -- what waits, what is held back, what has no room ------------------------------------------------------------------------ */
static void watch_waiting(struct world *w, void *context)
{
    int64_t *most = context;
    const struct dues *d = &w->region->dues;
    for (size_t k = 0; k < d->n; k++)
        if (w->region->line[d->row[k].instance].group == GROUP_interest_subsidy)
            *most = due_waited(&d->row[k], w->month) > *most ? due_waited(&d->row[k], w->month) : *most;
}

Test(pools, let_a_claim_lapse_that_waited_too_long)
{
    struct lab lab;
    struct lab_run run;
    int64_t most = 0;
    town_with_policies(&lab);
    lab_set_of(&lab, "interest_subsidy", "budget", "1003");
    lab_set_of(&lab, "interest_subsidy", "budget_rule", "queue");
    lab_set_of(&lab, "interest_subsidy", "claim_life", "5");
    lab_go(&run, &lab,
           (struct lab_options){.months = 36, .compact_every = -1, .hook = watch_waiting, .context = &most});
    lab_end(&run);
    cr_expect_eq(most, 5);
}

/* Claims that met an open breaker, of loans that were not wound up, by the month of filing. */
static int64_t refused_late(const char *patience)
{
    struct lab lab;
    struct lab_run run;
    town_with_policies(&lab);
    lab_set_of(&lab, "risk_pool", "breaker", "0.02");
    lab_set_of(&lab, "risk_pool", "enrolment", "portfolio");
    lab_set_of(&lab, "risk_pool", "leverage_max", "1000");
    lab_set_of(&lab, "risk_pool", "capital", "10 亿");
    lab_set(&lab, "credit.filing_patience", patience);
    lab_set(&lab, "regions.town.founders.per_month", "120");
    lab_go(&run, &lab, (struct lab_options){.months = 48, .compact_every = 0});
    run.world.claims_kept = 1;
    const struct claims *c = &run.world.region->claims;
    int64_t n = 0;
    for (size_t k = 0; k < c->n; k++)
        n += covers_of(c, &c->row[k])->refused && !c->row[k].ended && c->row[k].filed % 12 >= 9;
    lab_end(&run);
    return n;
}

Test(pools, make_banks_hold_back_what_an_open_breaker_would_refuse_until_january)
{
    cr_expect_gt(refused_late("0"), 5);
    cr_expect_eq(refused_late("3"), 0);
}

/* Loans under the second of two pools that would rather be taken together, when the first has no room. */
Test(pools, let_a_pool_with_room_cover_what_a_full_one_cannot)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    const char *pools[] = {"risk_pool", "risk_pool.wide"};
    for (int k = 0; k < 2; k++) {
        lab_set_of(&lab, pools[k], "enabled", "true");
        lab_set_of(&lab, pools[k], "share", "0.4");
        lab_set_of(&lab, pools[k], "enrolment", "portfolio");
        lab_set_of(&lab, pools[k], "capital", k == 0 ? "10 万" : "10 亿");
    }
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = -1});
    const struct region *r = run.world.region;
    int64_t only_wide = 0;
    for (size_t k = 0; k < r->loans.n; k++) {
        const struct cover_chain *c = &r->chain[r->loans.chain[k]];
        only_wide += c->n == 1 && r->bearer[c->cover[0].bearer].planned.fen > 10000000000;
    }
    cr_expect_gt(only_wide, 20, "%lld loans", (long long)only_wide);
    lab_end(&run);
}

/* What was granted under each pool in a month, and how often that was nearly all that it had room for. */
static void watch_room(struct world *w, void *context)
{
    int64_t *nearly_full = context;
    const struct region *r = w->region;
    for (int32_t p = 0; p < r->n_bearers; p++) {
        money granted = FEN(0),
              room = money_positive(r->bearer[p].room); /* loans in force may be more than it covers now */
        for (size_t k = 0; k < r->market.n; k++) {
            const struct ruling *q = &r->market.ruling[k];
            if (q->outcome == OUTCOME_GRANTED && (q->covers >> p & 1) != 0)
                granted = money_add(granted, q->granted);
        }
        cr_expect_leq(granted.fen, room.fen, "pool %d in month %d: %lld of %lld", (int)p, (int)w->month,
                      (long long)granted.fen, (long long)room.fen);
        nearly_full[p] += room.fen > 0 && granted.fen > money_scale(room, 0.9).fen;
    }
}

/* Who is offered again fills the second pool, which was not known when the others behind him were looked for. */
Test(pools, are_never_promised_beyond_their_room_by_offers_made_again)
{
    struct lab lab;
    struct lab_run run;
    int64_t nearly_full[2] = {0};
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300");
    const char *pools[] = {"risk_pool", "risk_pool.wide"};
    for (int k = 0; k < 2; k++) {
        lab_set_of(&lab, pools[k], "enabled", "true");
        lab_set_of(&lab, pools[k], "share", "0.4");
        lab_set_of(&lab, pools[k], "enrolment", "portfolio");
        lab_set_of(&lab, pools[k], "capital", k == 0 ? "100 万" : "200 万");
    }
    lab_go(&run, &lab,
           (struct lab_options){
               .months = 36, .compact_every = -1, .threads = 2, .hook = watch_room, .context = nearly_full});
    cr_expect(nearly_full[0] > 5 && nearly_full[1] > 5, "%lld, %lld months", (long long)nearly_full[0],
              (long long)nearly_full[1]);
    lab_end(&run);
}

/* -- agreements -------------------------------------------------------------------------------------------------------------- */
/* Whoever has no agreement enrols nothing; whoever it brings less than it costs leaves for a year and comes back. */
static void watch_agreements(struct world *w, void *context)
{
    int64_t *left = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->loans.n; k++)
        if (r->loans.granted[k] == w->month && r->loans.chain[k] != 0 && w->month % 12 != 11)
            cr_expect(r->loans.bank[k] < 2 && experience_of(r, r->loans.bank[k], 0)->out == 0, "bank %d in month %d",
                      (int)r->loans.bank[k], (int)w->month);
    for (int32_t b = 0; b < 2 && w->month % 12 == 0; b++) /* December has decided */
        *left += experience_of(r, b, 0)->out > 0;
}

Test(pools, banks_keep_agreements_that_bring_more_than_they_cost)
{
    static const char *const cost[] = {"0", "1000 万", "1"};
    int64_t left[3] = {0}, cheap = 0;
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        lab_town(&lab);
        lab_policy(&lab, GROUP_risk_pool);
        lab_set(&lab, "policies.risk_pool.partners", "2");
        lab_set(&lab, "policies.risk_pool.agreement", cost[k]);
        lab_go(&run, &lab,
               (struct lab_options){.months = 48, .compact_every = -1, .hook = watch_agreements, .context = &left[k]});
        cheap += k == 2 ? lab_int(&run, "cover_partners", 40, 0) : 0;
        lab_end(&run);
    }
    cr_expect_eq(left[0], 0, "an agreement that costs nothing was left");
    cr_expect_gt(left[1], 8, "ten millions a year for so few loans were borne");
    cr_expect_eq(cheap, 2);
}

/* Left in December 2020, signed again a year later, and not judged by the year without one, in which it still cost ten
 * millions. */
Test(pools, banks_that_left_an_agreement_come_back_after_a_year)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    lab_set(&lab, "policies.risk_pool.from", "2020-01");
    lab_set(&lab, "policies.risk_pool.partners", "2");
    lab_set(&lab, "policies.risk_pool.agreement", "1000 万");
    lab_set(&lab, "policies.risk_pool.agreement @ 2022-01", "0");
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    for (int32_t m = 0; m < 36; m++)
        cr_expect_eq(lab_int(&run, "cover_partners", m, 0), m < 11 || m >= 23 ? 2 : 0, "month %d", (int)m);
    cr_expect_gt(lab_int(&run, "cover_enrolled", 35, 0), lab_int(&run, "cover_enrolled", 22, 0),
                 "back, but lends nothing");
    lab_end(&run);
}

/* -- short cuts ----------------------------------------------------------------------------------------------------------------- */
/* Whatever is not closed is among those that are looked at, once and in order. */
static void look_at_all_claims(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct claims *c = &w->region[0].claims;
    size_t at = 0;
    for (size_t k = 0; k < c->n; k++) {
        if (c->row[k].state == CLAIM_CLOSED)
            continue;
        const struct claim *found = NULL;
        while (at < claims_at_most(c) && (found == NULL || found < &c->row[k]))
            found = claim_at(c, at++);
        cr_expect_eq(found, &c->row[k], "claim %zu of %zu", k, c->n);
        seen[0]++;
    }
    seen[1] += (int64_t)c->n;
}

Test(pools, have_every_open_claim_in_the_list_of_open_ones)
{
    for (int every = -1; every <= 5; every += 3) {
        struct lab lab;
        struct lab_run run;
        int64_t seen[2] = {0};
        town_with_policies(&lab);
        lab_go(&run, &lab,
               (struct lab_options){.months = 48, .compact_every = every, .hook = look_at_all_claims, .context = seen});
        lab_end(&run);
        cr_expect_gt(seen[0], 100);
        cr_expect_gt(seen[1], seen[0], "some are closed");
    }
}

/* Of a claim that rests nothing is to be decided before it wakes, no more is owed than the loss leaves, and who owes it has no
 * money. */
static void look_at_resting(struct world *w, void *context)
{
    struct region *r = &w->region[0];
    int64_t *seen = context;
    for (size_t j = 0; j < r->claims.open.n; j++) {
        const struct open_claim *o = &r->claims.open.row[j];
        const struct claim *c = &r->claims.row[o->place];
        const struct claim_cover *d = covers_of(&r->claims, c);
        int64_t decided = 0, owed = 0, kept = c->recovered.fen - c->shared.fen;
        int64_t loss = c->principal.fen + c->arrears.fen - kept;
        for (int32_t k = 0; o->until > 0 && k < c->n_covers; k++, d++) {
            int64_t open = d->decided.fen - d->paid.fen;
            decided += d->decided.fen;
            owed += open;
            cr_expect(d->is_decided || d->decide >= o->until);
            cr_expect(open == 0 || (o->owed_by >> d->bearer & 1));
            cr_expect(open == 0 || r->bearer[d->bearer].balance.fen == 0, "month %d", (int)w->month);
        }
        if (o->until == 0)
            continue;
        cr_expect(c->state == CLAIM_DECIDED || (c->state == CLAIM_FILED && o->until > r->month));
        seen[3] += c->state == CLAIM_FILED;
        cr_expect(owed == 0 || decided <= loss - money_scale(FEN(loss), P(r, credit)->retained_min).fen);
        seen[0] += owed == 0;
        seen[1] += owed > 0;
        seen[2] += owed > 0 && c->recovered.fen > 0;
    }
}

Test(pools, leave_claims_alone_of_which_there_is_nothing_to_settle)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[4] = {0};
    town_with_policies(&lab);
    lab_set(&lab, "policies.risk_pool.capital", "50 万");
    lab_set(&lab, "policies.risk_pool.refill", "yearly");
    lab_set(&lab, "policies.risk_pool.refill_amount", "50 万");
    lab_set(&lab, "policies.risk_pool.leverage_max", "1000");
    lab_go(&run, &lab,
           (struct lab_options){.months = 60, .compact_every = -1, .hook = look_at_resting, .context = seen});
    lab_end(&run);
    cr_expect_gt(seen[0], 10, "none waits for its borrower alone");
    cr_expect_gt(seen[1], 10, "none waits for the money of a pool");
    cr_expect_gt(seen[2], 10, "none of these had anything back");
    cr_expect_gt(seen[3], 10, "none waits for a decision");
}
