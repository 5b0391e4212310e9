/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom an enterprise that asks for a round turns to, and whom funds have time for: what is drawn once, or sorted apart, is what each
 * pair by itself, and one order of all, would give. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/rounds.h>

enum { FUNDS = 90, LINES = 3, ASKS = 400, LOOKS = 4 };

static void town(struct lab_run *run)
{
    struct lab lab;
    lab_town(&lab);
    lab_set_of(&lab, "direct_seed_fund", "enabled", "true");
    lab_watch(run, &lab, 12, NULL, NULL);
}

/* Public funds of a few lines in turn, more of one than a word has bits; what each can pay repeats. */
static void found_funds(struct region *r, money *dry)
{
    r->funds.n = 0;
    cr_assert_eq(LIST_RESERVE(&r->funds, FUNDS), OK);
    for (int32_t k = 0; k < FUNDS; k++) {
        struct fund f = {.kind = -1, .manager = -1, .line = k < 70 ? 0 : k % LINES, .state = FUND_INVESTING};
        f.rule.stage_from = k % 4;
        f.rule.stage_to = k % 4 + 2;
        f.rule.age_max = k % 5 == 0 ? 60 : 0;
        f.rule.looks = LOOKS;
        dry[k] = YUAN(1000000 + 1000000 * (k % 7));
        fund_add(r, &f);
    }
}

static void ask(const struct region *r, struct round_ask *a, struct offer_made *made)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t k = 0; k < ASKS; k++) {
        a[k] = (struct round_ask){.who = enterprise_identity(e, k),
                                  .row = k,
                                  .asked = YUAN(100000),
                                  .founded = e->founded[k],
                                  .stage = (uint8_t)(k % 5),
                                  .spared = k % 17 == 0};
        made[k] = (struct offer_made){.ask = &a[k]};
    }
}

/* The best of all funds that suit, each asked by itself; of equals the first. */
static int32_t best_of(const struct world *w, const struct region *r, const struct round_ask *a, const money *dry)
{
    int32_t best = -1;
    double top = -1e300;
    for (int32_t k = 0; k < FUNDS; k++) {
        const struct fund *f = &r->funds.row[k];
        if (!fund_takes(f, a->stage, w->month - a->founded) || !fund_open_to(r, f->line, a->row))
            continue;
        struct identity option = matching_identity(r, a->who);
        option.origin = ld_mix(option.origin, ld_mix(r->id, (uint64_t)f->line));
        double u = luck_uniform(luck_block(w->luck, option, 65).w[0]);
        double value = ld_gumbel(u) + ld_log(money_to_yuan(dry[k]));
        best = value > top ? k : best;
        top = value > top ? value : top;
    }
    return best;
}

Test(choosing, is_what_each_fund_by_itself_would_give)
{
    static struct round_ask a[ASKS];
    static struct offer_made made[ASKS];
    struct lab_run run;
    money dry[FUNDS];
    uint64_t key[ASKS];
    size_t n = ASKS;
    town(&run);
    struct world *w = &run.world;
    struct region *r = w->region;
    found_funds(r, dry);
    ask(r, a, made);
    cr_assert_gt(r->n_instances, LINES);
    cr_assert_eq(rounds_choose(w, r, dry, made, &n, key), OK);
    for (size_t k = 0; k < ASKS; k++)
        cr_expect_eq(made[k].fund, best_of(w, r, &a[k], dry), "ask %zu: fund %d", k, (int)made[k].fund);
    lab_end(&run);
}

/* Of those who ask one fund: who comes first by the lot of the month. */
static bool has_time(const struct world *w, const struct region *r, const struct offer_made *made, size_t k)
{
    int before = 0;
    uint32_t lot = 0, own = 0;
    for (size_t step = 0; step <= ASKS; step++) { /* its own first */
        size_t j = step == 0 ? k : step - 1;
        struct words u = luck_block(w->luck, matching_identity(r, made[j].ask->who), draw_block(DRAW_DILIGENCE));
        lot = u.w[(uint32_t)DRAW_DILIGENCE % 4];
        own = step == 0 ? lot : own;
        before += step > 0 && made[j].fund == made[k].fund && !made[j].spared && (lot < own || (lot == own && j < k));
    }
    return made[k].fund >= 0 && (made[k].spared || before < LOOKS);
}

Test(choosing, gives_time_to_the_first_by_lot_of_those_who_ask_one_fund)
{
    static struct round_ask a[ASKS];
    static struct offer_made made[ASKS];
    struct lab_run run;
    money dry[FUNDS];
    uint64_t key[ASKS];
    bool looked_at[ASKS] = {false};
    size_t n = ASKS;
    town(&run);
    struct region *r = run.world.region;
    found_funds(r, dry);
    ask(r, a, made);
    cr_assert_eq(rounds_choose(&run.world, r, dry, made, &n, key), OK);
    for (size_t k = 0; k < n; k++)
        looked_at[key[k]] = true;
    cr_expect(n > ASKS / 17 && n < ASKS);
    for (size_t k = 0; k < ASKS; k++)
        cr_expect_eq(looked_at[k], has_time(&run.world, r, made, k), "ask %zu", k);
    lab_end(&run);
}
