/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Funds of two regions that share them: money to the fen in both, bounds, where it goes, dates. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <string.h>

static const int32_t start = 2020 * 12;
enum { MONTHS = 60 };

/* Beside the town, whose funds have money, a port where few would put theirs into one. */
static void two_regions(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.port.founders.per_month", "60");
    lab_set(lab, "regions.port.banks.city.count", "4");
    lab_set(lab, "regions.port.banks.city.branches", "3");
    lab_set(lab, "regions.port.banks.city.capital", "2 亿");
    lab_set(lab, "regions.port.banks.city.deposits", "20 亿");
    lab_set(lab, "regions.port.partners.state.capacity", "50 万");
    lab_set(lab, "regions.port.partners.private.capacity", "50 万");
    lab_set(lab, "regions.port.funds.seed.count", "2");
    lab_set(lab, "policies.community.from", "2020-01");
}

static const struct fund *home_of(const struct world *w, const struct vehicle *v)
{
    return &w->region[v->region].funds.row[v->of];
}

/* -- money ------------------------------------------------------------------------------------------------------------------ */
static int64_t between(const struct world *w)
{
    int64_t sum = 0;
    for (int32_t k = 0; k < w->n_regions; k++)
        sum += w->region[k].balance[ACCOUNT_COMMUNITY];
    return sum;
}

struct seen {
    int64_t vehicles, called, held, back;
};

/* A fund and its one vehicle. */
static void check_vehicle(const struct world *w, const struct region *r, const struct vehicle *v, struct seen *s)
{
    const struct fund *f = &r->funds.row[v->fund], *of = home_of(w, v);
    const struct community_params *q = POLICY(r, v->line, community);
    int64_t called = f->called[PARTNER_MANAGER].fen;
    cr_expect_eq(fund_called(f).fen, called, "all of its money is its fund's");
    cr_expect_eq(of->sent.fen, called);
    cr_expect_eq(of->away.fen, v->cost.fen);
    cr_expect_eq(of->counted.fen, 0, "no guide fund has joined it");
    cr_expect_leq(money_to_yuan(of->sent), q->share * fund_investable(of) + 0.01);
    cr_expect(of->away.fen == 0 || of->state != FUND_CLOSED, "it waits for what it holds there");
    s->vehicles++;
    s->called += called;
    s->held += f->held;
    s->back += v->proceeds.fen;
}

static void check_month(struct world *w, void *context)
{
    struct seen *s = context;
    *s = (struct seen){0};
    cr_expect_eq(between(w), 0);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < w->region[k].vehicles.n; j++)
            check_vehicle(w, &w->region[k], &w->region[k].vehicles.row[j], s);
}

Test(community, funds_send_no_more_than_their_share_and_all_of_it_is_found_again)
{
    struct lab lab;
    struct lab_run run;
    struct seen seen;
    two_regions(&lab);
    lab_watch(&run, &lab, MONTHS, check_month, &seen);
    cr_expect(seen.vehicles > 5 && seen.held > 5 && seen.back > 0, "%lld vehicles hold %lld", (long long)seen.vehicles,
              (long long)seen.held);
    cr_expect_gt(seen.called, 1000000000); /* ten million yuan */
    lab_end(&run);
}

/* The first vehicle whose fund has money left, and this fund. */
static struct region *ready_vehicle(struct world *w, struct vehicle **v)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < w->region[k].vehicles.n; j++) {
            *v = &w->region[k].vehicles.row[j];
            if (fund_uncalled(home_of(w, *v)).fen > 10000000)
                return &w->region[k];
        }
    cr_assert(false, "no vehicle's fund has money left");
    return NULL;
}

Test(community, what_a_vehicle_calls_partners_pay_and_what_it_gets_they_are_owed_to_the_fen)
{
    struct lab lab;
    struct lab_run run;
    struct vehicle *v;
    two_regions(&lab);
    lab_watch(&run, &lab, 24, NULL, NULL);
    struct world *w = &run.world;
    struct region *r = ready_vehicle(w, &v), *home = &w->region[v->region];
    struct fund *f = &r->funds.row[v->fund], *of = &home->funds.row[v->of];
    vehicles_settle(w); /* what exits of the month have brought */
    struct fund before = *of;
    int64_t to = home->total.flow[FLOW_TO_MEMBERS], in = r->total.flow[FLOW_VEHICLE_CALLED];
    f->committed[PARTNER_MANAGER] = money_add(f->called[PARTNER_MANAGER], FEN(7000001));
    cr_expect_eq(fund_call(r, f, FEN(9000000)).fen, 7000001, "no more than was set aside");
    f->cash = money_sub(f->cash, FEN(7000001)); /* a round of so much, which has brought this by now */
    f->cost = money_add(f->cost, FEN(7000001));
    vehicles_settle(w);
    cr_expect_eq(fund_called(of).fen, fund_called(&before).fen + 7000001);
    cr_expect_eq(of->cash.fen, before.cash.fen);
    cr_expect_eq(of->sent.fen, before.sent.fen + 7000001);
    cr_expect_eq(of->away.fen, before.away.fen + 7000001);
    cr_expect_eq(home->total.flow[FLOW_TO_MEMBERS] - to, 7000001);
    cr_expect_eq(r->total.flow[FLOW_VEHICLE_CALLED] - in, 7000001);
    f->proceeds = money_add(f->proceeds, FEN(20000003));
    f->cash = FEN(20000003);
    f->cost = money_sub(f->cost, FEN(7000001));
    vehicles_settle(w);
    cr_expect_eq(f->cash.fen, 0);
    cr_expect_eq(of->cash.fen, before.cash.fen + 20000003);
    cr_expect_eq(of->proceeds.fen, before.proceeds.fen + 20000003);
    cr_expect_eq(of->away.fen, before.away.fen);
    lab_end(&run);
}

/* -- where it goes ---------------------------------------------------------------------------------------------------------- */
struct sums {
    int64_t rounds[2], to, back;
};
static void add_flows(struct world *w, void *context)
{
    struct sums *s = context;
    if (w->month < start)
        return;
    for (int k = 0; k < 2; k++)
        s->rounds[k] += lab_flow(&w->region[k], FLOW_VENTURE_ROUND);
    s->to += lab_flow(&w->region[0], FLOW_TO_MEMBERS);
    s->back += lab_flow(&w->region[1], FLOW_TO_MEMBERS);
}

static struct sums sums_of(const struct lab *lab)
{
    struct lab_run run;
    struct sums s = {{0}, 0, 0};
    lab_watch(&run, lab, MONTHS, add_flows, &s);
    lab_end(&run);
    return s;
}

/* As many ask in both; who has ten times the money pays more for what it buys, and sends some where less is paid. */
Test(community, money_goes_where_there_is_less_of_it_for_those_who_ask)
{
    struct lab lab, alone;
    two_regions(&lab);
    alone = lab;
    lab_set_of(&alone, "community", "enabled", "false");
    struct sums shared = sums_of(&lab), apart = sums_of(&alone);
    cr_expect_eq(apart.to + apart.back, 0);
    cr_expect_gt(shared.to, 5 * shared.back, "%lld, %lld", (long long)shared.to, (long long)shared.back);
    cr_expect_gt(4 * shared.rounds[1], 5 * apart.rounds[1], "%lld, %lld", (long long)shared.rounds[1],
                 (long long)apart.rounds[1]);
}

/* A manager whose look takes the whole month of his people looks at home. */
Test(community, nobody_travels_where_it_takes_all_his_time)
{
    struct lab lab;
    two_regions(&lab);
    lab_set_of(&lab, "community", "distance", "100");
    lab_set_of(&lab, "community", "distance_spread", "0");
    struct sums far = sums_of(&lab);
    cr_expect_eq(far.to + far.back, 0);
}

Test(community, of_one_region_alone_is_none)
{
    struct lab lab, off;
    struct lab_shown a, b;
    lab_town(&lab);
    lab_funds(&lab);
    off = lab;
    lab_set_of(&lab, "community", "enabled", "true");
    lab_show(&lab, 24, 12, 1, &a);
    lab_show(&off, 24, 12, 1, &b);
    cr_expect(lab_same(&a, &b));
}

/* -- mandates and files ------------------------------------------------------------------------------------------------------- */
Test(community, what_is_invested_there_counts_for_a_mandate_where_members_recognise_it)
{
    struct lab lab;
    struct lab_run run;
    struct vehicle *v;
    two_regions(&lab);
    lab_watch(&run, &lab, 12, NULL, NULL);
    struct world *w = &run.world;
    struct region *r = ready_vehicle(w, &v), *home = &w->region[v->region];
    struct fund *f = &r->funds.row[v->fund], *of = &home->funds.row[v->of];
    uint8_t stage = r->enterprises.stage[0];
    cr_expect(!vehicle_counts(w, r, f, 0), "nobody asks for it");
    of->line = lab_line(home, GROUP_guide_fund);
    of->committed[PARTNER_PUBLIC] = FEN(100);
    of->rule.mandate = (struct mandate){.from = stage, .to = stage};
    cr_expect(vehicle_counts(w, r, f, 0));
    of->rule.mandate.from = of->rule.mandate.to = stage == 0 ? 1 : 0;
    cr_expect(!vehicle_counts(w, r, f, 0), "another stage");
    of->rule.mandate = (struct mandate){.from = stage, .to = stage};
    v->counts = false;
    cr_expect(!vehicle_counts(w, r, f, 0));
    lab_end(&run);
}

/* -- dates and threads ---------------------------------------------------------------------------------------------------------- */
static void expect_quiet_after_its_end(struct world *w, void *context)
{
    int64_t *held = context;
    if (w->month < start + 24)
        return;
    cr_expect_eq(lab_flow(&w->region[0], FLOW_TO_MEMBERS) + lab_flow(&w->region[1], FLOW_TO_MEMBERS), 0);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (size_t j = 0; j < w->region[k].vehicles.n; j++) {
            const struct vehicle *v = &w->region[k].vehicles.row[j];
            held[w->month == start + 24 ? 0 : 1] += w->region[k].funds.row[v->fund].held;
            cr_expect_eq(home_of(w, v)->set_aside.fen, 0);
            cr_expect_eq(fund_uncalled(&w->region[k].funds.row[v->fund]).fen, 0);
        }
}

Test(community, that_has_ended_sends_no_money_and_sells_what_it_holds)
{
    struct lab lab;
    struct lab_run run;
    int64_t held[2] = {0, 0};
    two_regions(&lab);
    lab_set_of(&lab, "community", "until", "2021-12");
    lab_watch(&run, &lab, 96, expect_quiet_after_its_end, held);
    cr_expect_gt(held[0], 0);
    cr_expect_lt(held[1], 71 * held[0], "nothing was sold");
    lab_end(&run);
}

static void go_on_in_a_copy(struct world *w, void *context)
{
    (void)context;
    if (w->month == start + 20)
        lab_go_on_in_a_copy(w);
}

Test(community, does_not_depend_on_threads_compaction_or_copies)
{
    struct lab lab;
    struct lab_run run;
    char first[SHA256_TEXT], text[SHA256_TEXT];
    const struct lab_options options[] = {
        {.threads = 1,        .compact_every = 0,    .months = MONTHS},
        {            .threads = 2, .compact_every = 1,      .months = MONTHS                },
        { .threads = 3,   .compact_every = 5, .months = MONTHS,                 .hook = go_on_in_a_copy},
    };
    two_regions(&lab);
    for (int k = 0; k < 3; k++) {
        lab_go(&run, &lab, options[k]);
        lab_digest(&run, 0, MONTHS, text);
        lab_end(&run);
        if (k == 0)
            memcpy(first, text, sizeof first);
        cr_expect_str_eq(text, first);
    }
}
