/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What public money pays investors: each rule to the fen, what funds, partners and managers make of it, taxes, services. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <string.h>

/* A town with funds and one instrument, after its burn-in and a January; the last fund is ours: 300 m, all committed by private
 * partners and called so far as said. */
struct stage_set {
    struct lab lab;
    struct lab_run run;
    struct region *r;
    int32_t k, fund;
};

static void set_up(struct stage_set *s, enum group g, const struct lab_value *values, const char *companies)
{
    lab_town(&s->lab);
    lab_funds(&s->lab);
    lab_set(&s->lab, "regions.town.funds.seed.company", companies);
    lab_set(&s->lab, "regions.town.funds.venture.company", companies);
    lab_set(&s->lab, "regions.town.funds.growth.company", companies);
    lab_set_of(&s->lab, group_table[g].name, "enabled", "true");
    lab_set_of(&s->lab, group_table[g].name, "budget", "1 亿");
    lab_values(&s->lab, group_table[g].name, values);
    lab_watch(&s->run, &s->lab, 1, NULL, NULL);
    s->r = &s->run.world.region[0];
    s->k = lab_line(s->r, g);
    s->r->dues.n = 0;
    struct fund f = {.rule = fund_rule_of(s->r, 1),
                     .kind = 1,
                     .line = -1,
                     .state = FUND_INVESTING,
                     .opened = s->r->month,
                     .target = YUAN(300000000)};
    f.committed[PARTNER_PRIVATE] = f.target;
    s->fund = fund_add(s->r, &f);
    cr_assert(s->fund >= 0);
}
#define SET_UP(s, g, ...) SET_UP_AS("0.05", s, g, __VA_ARGS__)
#define SET_UP_AS(companies, s, g, ...)                            \
    do {                                                           \
        static const struct lab_value values_[16] = {__VA_ARGS__}; \
        cr_assert_null(values_[15].key);                           \
        set_up(s, GROUP_##g, values_, companies);                  \
    } while (0)

/* What is due now that was not before: the only new claim, 0: none. */
static money fresh_due(struct stage_set *s, enum payee payee)
{
    size_t n = s->r->dues.n;
    s->r->dues.n = 0;
    if (n == 0)
        return FEN(0);
    const struct due *d = &s->r->dues.row[0];
    cr_expect_eq(n, 1);
    cr_expect(d->payee == payee && d->row == (uint32_t)s->fund && d->instance == s->k);
    cr_expect_eq(d->month, s->r->month + LINE_COMMON(s->r, s->k)->claim_lag);
    return d->amount;
}

static money invest_in(struct stage_set *s, int32_t stage, money paid, enum payee payee)
{
    struct venture_round q = {.fund = s->fund, .stage = stage, .paid = paid};
    cr_assert(instrument_of(s->r, s->k)->invested(s->r, s->k, &q) == OK);
    return fresh_due(s, payee);
}

#define EXPECT_FEN(amount, yuan) cr_expect_eq((amount).fen, (int64_t)(yuan)*100, "%lld", (long long)(amount).fen)

/* -- 18 ------------------------------------------------------------------------------------------------------------------- */
Test(investment_reward, pays_its_rate_on_seed_and_startup_rounds_up_to_the_cap_of_a_year)
{
    struct stage_set s;
    SET_UP(&s, investment_reward, {"claim_lag", "9"});
    EXPECT_FEN(invest_in(&s, SEED, YUAN(10000000), PAYEE_FUND), 1500000);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(10000000), PAYEE_FUND), 0);
    EXPECT_FEN(invest_in(&s, STARTUP, YUAN(30000000), PAYEE_FUND), 3500000);
    EXPECT_FEN(invest_in(&s, SEED, YUAN(1000000), PAYEE_FUND), 0);
    s.r->month += 12;
    EXPECT_FEN(invest_in(&s, SEED, YUAN(1000000), PAYEE_FUND), 150000);
    s.r->funds.row[s.fund].manager = -1;
    EXPECT_FEN(invest_in(&s, SEED, YUAN(1000000), PAYEE_FUND), 0);
    lab_end(&s.run);
}

Test(investment_reward, pays_three_million_for_each_fifty_million_up_to_twenty)
{
    struct stage_set s;
    SET_UP(&s, investment_reward, {"rate", "0"}, {"step_award", "300 万"});
    EXPECT_FEN(invest_in(&s, EXPANSION, YUAN(49999999), PAYEE_FUND), 0);
    EXPECT_FEN(invest_in(&s, SEED, YUAN(1), PAYEE_FUND), 3000000);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(110000000), PAYEE_FUND), 6000000);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(400000000), PAYEE_FUND), 11000000);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(400000000), PAYEE_FUND), 0);
    s.r->funds.row[s.fund].committed[PARTNER_PRIVATE] = YUAN(199999999); /* too small */
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(400000000), PAYEE_FUND), 0);
    lab_end(&s.run);
}

static double steps_expected(struct stage_set *s)
{
    struct venture_round q = {.fund = s->fund, .stage = GROWTH, .paid = YUAN(10000000)};
    s->r->line[s->k].honoured = 1.0;
    return round_rewards(s->r, &q) + fund_bounty(s->r, &s->r->funds.row[s->fund]);
}

Test(investment_reward, by_steps_is_for_partnerships_where_the_rule_says_so)
{
    struct stage_set s;
    SET_UP_AS("0", &s, investment_reward, {"rate", "0"}, {"step_award", "300 万"}, {"form", "partnership"});
    cr_expect_gt(steps_expected(&s), 0.0);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(50000000), PAYEE_FUND), 3000000);
    lab_end(&s.run);
    SET_UP_AS("1", &s, investment_reward, {"rate", "0"}, {"step_award", "300 万"}, {"form", "partnership"});
    cr_expect_eq(steps_expected(&s), 0.0);
    EXPECT_FEN(invest_in(&s, GROWTH, YUAN(50000000), PAYEE_FUND), 0);
    lab_end(&s.run);
}

Test(legal_form, is_one_of_two_for_each_manager_whatever_he_raises)
{
    struct stage_set s;
    int companies = 0;
    SET_UP_AS("0.5", &s, investment_reward, {"rate", "0"});
    for (int32_t m = 0; m < s.r->n_managers; m++) {
        struct fund one = {.manager = m, .target = YUAN(1)}, next = {.manager = m, .begun = s.r->month + 48};
        bool company = fund_has_form(s.r, &one, FORM_COMPANY);
        companies += company;
        cr_expect(fund_has_form(s.r, &one, FORM_ANY) && fund_has_form(s.r, &one, FORM_PARTNERSHIP) != company);
        s.r->month += 100;
        s.r->luck.month += 100;
        cr_expect_eq(fund_has_form(s.r, &next, FORM_COMPANY), company);
    }
    cr_expect(companies > 0 && companies < s.r->n_managers);
    struct fund public = {.manager = -1};
    cr_expect(!fund_has_form(s.r, &public, FORM_COMPANY) && !fund_has_form(s.r, &public, FORM_PARTNERSHIP));
    lab_end(&s.run);
}

Test(investment_reward, counts_in_an_offer_as_far_as_it_was_honoured_and_the_cap_leaves_it)
{
    struct stage_set s;
    SET_UP(&s, investment_reward, {"claim_lag", "11"});
    struct venture_round q = {.fund = s.fund, .stage = SEED, .paid = YUAN(10000000)};
    s.r->line[s.k].honoured = 1.0;
    double full = 0.15 / 1.25;
    cr_expect_float_eq(round_rewards(s.r, &q), full, 1e-9);
    s.r->line[s.k].honoured = 0.5;
    cr_expect_float_eq(round_rewards(s.r, &q), full / 2.0, 1e-9);
    s.r->line[s.k].honoured = 1.0;
    EXPECT_FEN(invest_in(&s, SEED, YUAN(30000000), PAYEE_FUND), 4500000);
    cr_expect_float_eq(round_rewards(s.r, &q), full / 3.0, 1e-9); /* 0.5 of 1.5 m is left */
    q.stage = GROWTH;
    cr_expect_float_eq(round_rewards(s.r, &q), 0.0, 1e-12);
    lab_end(&s.run);
}

/* Quality of who got a first round, and the price over value, since the beginning. */
struct accepted {
    double n, quality, share;
};
static void see_accepted(struct world *w, void *context)
{
    struct accepted *a = context;
    const struct region *r = &w->region[0];
    for (size_t k = 0; k < r->positions.held.n; k++) {
        const struct position *p = position_at(r, k);
        if (p->month != w->month || p->cost.fen == 0)
            continue;
        a->n += 1.0;
        a->quality += (double)r->enterprises.quality[p->row];
        a->share += money_to_yuan(p->cost) / p->price;
    }
}

static struct accepted accepted_with(const char *instrument, const struct lab_value *values)
{
    static struct lab lab;
    struct lab_run run;
    struct accepted a = {0};
    lab_town(&lab);
    lab_funds(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300");
    lab_set(&lab, "regions.town.partners.private.capacity", "3000 万");
    lab_set(&lab, "regions.town.funds.seed.count", "30");
    lab_set(&lab, "regions.town.funds.venture.count", "20");
    lab_values(&lab, instrument, values);
    lab_watch(&run, &lab, 36, see_accepted, &a);
    lab_end(&run);
    a.quality /= a.n;
    a.share /= a.n;
    return a;
}

Test(investment_protection, makes_funds_take_riskier_first_rounds)
{
    static const struct lab_value values[] = {
        {"enabled",       "true"  },
        {"budget",        "10 亿"},
        {"share_seed",    "1"     },
        {"share_startup", "1"     },
        {"share_growth",  "1"     },
        {"cap_deal",      "1 亿" },
        {"cap_year",      "10 亿"},
        {NULL,            NULL    }
    };
    struct accepted none = accepted_with("investment_protection", NULL);
    struct accepted with = accepted_with("investment_protection", values);
    cr_expect_gt(none.n, 300.0);
    cr_expect_lt(with.quality, none.quality);
    cr_expect_lt(with.share, none.share); /* cheaper for the enterprise */
}

Test(investment_reward, lets_funds_ask_less_of_an_enterprise_for_their_money)
{
    static const struct lab_value values[] = {
        {"enabled",  "true"  },
        {"budget",   "10 亿"},
        {"rate",     "0.5"   },
        {"cap_year", "10 亿"},
        {NULL,       NULL    }
    };
    struct accepted none = accepted_with("investment_reward", NULL);
    struct accepted with = accepted_with("investment_reward", values);
    cr_expect_lt(with.share, none.share);
    cr_expect_lt(with.quality, none.quality);
}

/* A promise that the budget does not keep. */
Test(investment_reward, that_is_not_paid_loses_its_pull)
{
    struct stage_set s;
    SET_UP(&s, investment_reward, {"budget", "100"}, {"rate", "0.4"}, {"cap_year", "1 亿"});
    struct venture_round q = {.fund = s.fund, .stage = SEED, .paid = YUAN(10000000)};
    cr_expect_lt(s.r->line[s.k].honoured, 0.05);
    cr_expect_lt(round_rewards(s.r, &q), 0.4 * 0.05);
    cr_expect_lt(fund_bounty(s.r, &s.r->funds.row[s.fund]), 0.4 * 0.05);
    lab_end(&s.run);
}

/* -- 19 ------------------------------------------------------------------------------------------------------------------- */
static money lose(struct stage_set *s, int32_t stage, int32_t months, money cost, money brought)
{
    struct position p = {
        .fund = (uint32_t)s->fund, .month = s->r->month - months, .stage = stage, .cost = cost, .brought = brought};
    p.filed[s->k / 64] = (uint64_t)1 << (s->k % 64);
    cr_assert(position_sold(s->r, &p) == OK);
    return fresh_due(s, PAYEE_FUND);
}

Test(investment_protection, pays_its_share_of_a_loss_up_to_the_caps_of_a_deal_and_a_year)
{
    struct stage_set s;
    SET_UP(&s, investment_protection, {"claim_lag", "3"}, {"window", "60"});
    EXPECT_FEN(lose(&s, SEED, 60, YUAN(1000000), YUAN(400000)), 360000);
    EXPECT_FEN(lose(&s, STARTUP, 12, YUAN(1000000), FEN(0)), 300000);
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(1000000), YUAN(1000001)), 0); /* a gain */
    EXPECT_FEN(lose(&s, SEED, 61, YUAN(1000000), FEN(0)), 0);        /* too late */
    EXPECT_FEN(lose(&s, GROWTH, 12, YUAN(1000000), FEN(0)), 0);
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(9000000), FEN(0)), 3000000);
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(9000000), FEN(0)), 2340000); /* what the year's cap of 6 m leaves */
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(9000000), FEN(0)), 0);
    s.r->month += 12;
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(100), FEN(0)), 60);
    lab_end(&s.run);
}

Test(rewards, that_are_paid_after_the_end_of_a_fund_go_to_its_partners)
{
    struct stage_set s;
    struct diag diag;
    diag_init(&diag);
    SET_UP(&s, investment_protection, {"equity.settle_cost", "100 亿"});
    struct fund *f = &s.r->funds.row[s.fund];
    f->state = FUND_CLOSED;
    f->called[PARTNER_PRIVATE] = f->due[1] = YUAN(1000000);
    struct due d = {.row = (uint32_t)s.fund, .instance = (uint8_t)s.k, .month = s.r->month, .amount = YUAN(600000)};
    d.payee = PAYEE_FUND;
    cr_assert(due_add(s.r, &d) == OK);
    cr_assert(world_step(&s.run.world, &diag) == OK);
    EXPECT_FEN(s.r->funds.row[s.fund].paid[PARTNER_PRIVATE], 600000);
    EXPECT_FEN(s.r->funds.row[s.fund].due[1], 400000);
    EXPECT_FEN(s.r->line[s.k].spent, 600000);
    cr_expect_eq(s.r->total.flow[FLOW_SUBSIDY_FUND], 60000000);
    diag_free(&diag);
    lab_end(&s.run);
}

Test(investment_protection, may_count_only_what_is_written_off_and_only_what_was_filed)
{
    struct stage_set s;
    SET_UP(&s, investment_protection, {"trigger", "write_off"});
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(1000000), YUAN(1)), 0);
    EXPECT_FEN(lose(&s, SEED, 12, YUAN(1000000), FEN(0)), 600000);
    struct position p = {.fund = (uint32_t)s.fund, .month = s.r->month, .stage = SEED, .cost = YUAN(1000000)};
    cr_assert(position_sold(s.r, &p) == OK); /* backed before the instrument stood */
    EXPECT_FEN(fresh_due(&s, PAYEE_FUND), 0);
    lab_end(&s.run);
}

/* -- 48 ------------------------------------------------------------------------------------------------------------------- */
Test(settling_award, is_paid_in_two_parts_the_second_when_enough_is_invested_here)
{
    struct stage_set s;
    SET_UP(&s, settling_award, {"award", "500 万"}, {"first", "0.4"}, {"per_deal", "10 万"}, {"deals_max", "2"},
           {"first_only", "false"});
    cr_assert(fund_opened(s.r, s.fund) == OK);
    EXPECT_FEN(fresh_due(&s, PAYEE_MANAGER), 2000000);
    EXPECT_FEN(invest_in(&s, SEED, YUAN(89999999), PAYEE_MANAGER), 100000);
    EXPECT_FEN(invest_in(&s, SEED, YUAN(1), PAYEE_MANAGER), 3000000 + 100000); /* 30 % of 300 m */
    EXPECT_FEN(invest_in(&s, SEED, YUAN(90000000), PAYEE_MANAGER), 0);
    lab_end(&s.run);
}

Test(settling_award, has_tiers_of_size_and_a_deadline)
{
    struct stage_set s;
    SET_UP(&s, settling_award, {"size_max", "3 亿"}, {"first_only", "false"});
    cr_assert(fund_opened(s.r, s.fund) == OK);
    EXPECT_FEN(fresh_due(&s, PAYEE_MANAGER), 0); /* 300 m is the next tier's */
    s.r->funds.row[s.fund].committed[PARTNER_PRIVATE] = YUAN(299999999);
    lab_end(&s.run);
    struct stage_set late;
    SET_UP(&late, settling_award, {"first_only", "false"}, {"deadline", "36"});
    cr_assert(fund_opened(late.r, late.fund) == OK);
    EXPECT_FEN(fresh_due(&late, PAYEE_MANAGER), 1500000);
    late.r->month += 37;
    EXPECT_FEN(invest_in(&late, SEED, YUAN(200000000), PAYEE_MANAGER), 0);
    lab_end(&late.run);
}

Test(settling_award, for_companies_promises_and_pays_partnerships_nothing)
{
    struct stage_set s;
    for (int companies = 0; companies < 2; companies++) {
        SET_UP_AS(companies ? "1" : "0", &s, settling_award, {"form", "company"}, {"first_only", "false"},
                  {"first", "1"});
        const struct fund *f = &s.r->funds.row[s.fund];
        s.r->line[s.k].honoured = 1.0;
        EXPECT_FEN(instrument_of(s.r, s.k)->attract(s.r, s.k, f, true), companies * 3000000);
        cr_assert(fund_opened(s.r, s.fund) == OK);
        EXPECT_FEN(fresh_due(&s, PAYEE_MANAGER), companies * 3000000);
        lab_end(&s.run);
    }
}

/* Managers whose cost of settling exceeds their fees come for an award that is paid, and stay away where it is not. */
static int64_t closings_with(const char *award, const char *budget)
{
    static struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_funds(&lab);
    lab_set(&lab, "equity.settle_cost", "5000 万");
    lab_set(&lab, "regions.town.partners.private.capacity", "3000 万");
    lab_set_of(&lab, "settling_award", "enabled", "true");
    lab_set_of(&lab, "settling_award", "size_min", "0");
    lab_set_of(&lab, "settling_award", "award", award);
    lab_set_of(&lab, "settling_award", "first", "1");
    lab_set_of(&lab, "settling_award", "budget", budget);
    lab_watch(&run, &lab, 24, NULL, NULL);
    int64_t came = 0;
    for (size_t k = 0; k < run.world.region[0].funds.n; k++)
        came += run.world.region[0].funds.row[k].deals > 0;
    lab_end(&run);
    return came;
}

Test(settling_award, brings_managers_who_else_would_not_come_as_long_as_it_is_paid)
{
    int64_t none = closings_with("0", "10 亿"), paid = closings_with("5000 万", "10 亿"),
            unpaid = closings_with("5000 万", "1");
    cr_expect_gt(paid, none);
    cr_expect_lt(unpaid, paid);
}

/* -- 61 ------------------------------------------------------------------------------------------------------------------- */
Test(fund_taxes, are_withheld_once_from_what_is_profit)
{
    struct stage_set s;
    SET_UP(&s, tax_relief, {"fund_share", "0.5"}, {"manager_share", "0.8"}, {"claim_lag", "2"});
    struct fund *f = &s.r->funds.row[s.fund];
    const int64_t shared = s.r->total.flow[FLOW_TAX_SHARED], before = s.r->total.flow[FLOW_FUND_TAX];
    money pays = YUAN(60000);
    f->called[PARTNER_PRIVATE] = YUAN(100000);
    f->paid[PARTNER_PRIVATE] = YUAN(60000);
    cr_assert(fund_withhold(s.r, f, PARTNER_PRIVATE, &pays) == OK);
    EXPECT_FEN(pays, 60000); /* capital */
    f->paid[PARTNER_PRIVATE] = YUAN(150000);
    pays = YUAN(90000);
    cr_assert(fund_withhold(s.r, f, PARTNER_PRIVATE, &pays) == OK);
    EXPECT_FEN(pays, 80000);                     /* less 20 % of 50,000 */
    EXPECT_FEN(fresh_due(&s, PAYEE_FUND), 1500); /* of which the city has 3,000, and gives half back */
    f->paid[PARTNER_PRIVATE] = YUAN(250000);
    pays = YUAN(100000);
    cr_assert(fund_withhold(s.r, f, PARTNER_PRIVATE, &pays) == OK);
    EXPECT_FEN(pays, 80000);
    cr_expect_eq(s.r->total.flow[FLOW_FUND_TAX] - before, 3000000);
    cr_expect_eq(s.r->total.flow[FLOW_TAX_SHARED] - shared, 900000);
    s.r->dues.n = 0;
    f->manager = 0;
    cr_assert(manager_taxed(s.r, f, YUAN(10000), 0.25) == OK);
    EXPECT_FEN(fresh_due(&s, PAYEE_MANAGER), 600); /* 2,500 of tax, 750 the city's, 80 % of it */
    s.r->month += 60;
    cr_assert(manager_taxed(s.r, f, YUAN(10000), 0.25) == OK);
    EXPECT_FEN(fresh_due(&s, PAYEE_MANAGER), 0);
    lab_end(&s.run);
}

Test(fund_taxes, lower_what_partners_expect_and_what_is_given_back_raises_it)
{
    struct stage_set s;
    SET_UP(&s, tax_relief, {"fund_share", "1"}, {"months", "66"});
    struct fund f = s.r->funds.row[s.fund];
    double free = fund_expected_return(&f, PARTNER_PRIVATE, 2.5, 0.9, 5.0);
    f.counts.tax = 0.2;
    double taxed = fund_expected_return(&f, PARTNER_PRIVATE, 2.5, 0.9, 5.0);
    f.counts.tax = 0.2 * tax_kept(s.r, &f, false);
    cr_expect_float_eq(f.counts.tax, 0.2 * (1.0 - 0.3 * 0.5), 1e-12); /* for half of the years in which profits come */
    double relieved = fund_expected_return(&f, PARTNER_PRIVATE, 2.5, 0.9, 5.0);
    f.counts.bounty = 0.1;
    double awarded = fund_expected_return(&f, PARTNER_PRIVATE, 2.5, 0.9, 5.0);
    cr_expect(taxed < relieved && relieved < free && awarded > relieved);
    lab_end(&s.run);
}

/* Tax that row i pays in January on so much profit, at so much research a month. */
static money tax_of(struct stage_set *s, uint32_t i, float profit, float research)
{
    struct enterprises *e = &s->r->enterprises;
    static struct tally tally;
    struct rows t = lab_rows(&s->run.world);
    t.lo = i;
    t.hi = i + 1;
    t.t = &tally;
    e->cash[i] = YUAN(10000000);
    e->staff[i] = 1;
    e->profit_year[i] = profit;
    e->research[i] = research;
    e->owned[i] |= OWNED_BY_FUND; /* no dividend */
    firms_tax(&t);
    return money_sub(YUAN(10000000), e->cash[i]);
}

Test(tax_relief, counts_research_once_more_in_the_base_of_the_income_tax)
{
    struct stage_set s;
    SET_UP(&s, tax_relief, {"research_extra", "1"});
    const struct enterprises *e = &s.r->enterprises;
    uint32_t i = 0;
    while (e->status[i] != ACTIVE || s.r->month - e->founded[i] < 24 || !enterprise_member(e, i, s.k))
        i++;
    EXPECT_FEN(tax_of(&s, i, 1000000.0f, 20000.0f), 150000 - 36000); /* 15 % of 1,000,000 - 12 * 20,000 */
    EXPECT_FEN(tax_of(&s, i, 100000.0f, 20000.0f), 0);
    enterprise_join(&s.r->enterprises, i, s.k, false);
    EXPECT_FEN(tax_of(&s, i, 1000000.0f, 20000.0f), 150000);
    lab_end(&s.run);
}

/* -- 62 ------------------------------------------------------------------------------------------------------------------- */
static uint32_t any_seller(const struct enterprises *e)
{
    uint32_t i = 0;
    while (e->status[i] != ACTIVE || (e->flags[i] & HAS_PRODUCT) == 0)
        i++;
    return i;
}

Test(services, do_nothing_by_default)
{
    struct stage_set s;
    SET_UP(&s, post_investment, {"hours", "0"});
    struct enterprises *e = &s.r->enterprises;
    uint32_t i = any_seller(e);
    float technology = e->technology[i], sales = e->log_sales[i], literacy = e->literacy[i];
    investor_serves(s.r, &s.r->total, e, i, 100.0);
    cr_expect(e->technology[i] == technology && e->log_sales[i] == sales && e->literacy[i] == literacy);
    lab_end(&s.run);
}

Test(services, build_technology_whose_growth_drives_sales_and_tell_of_finance)
{
    struct stage_set s;
    SET_UP(&s, post_investment, {"equity.service_technology", "1000"}, {"equity.service_literacy", "0.005"});
    struct enterprises *e = &s.r->enterprises;
    uint32_t i = any_seller(e);
    float technology = e->technology[i], sales = e->log_sales[i], literacy = e->literacy[i];
    investor_serves(s.r, &s.r->total, e, i, 100.0);
    double more = 100.0 * 1000.0 / s.r->cells.rd_price, gain = ld_log(1.0 + more / (double)technology);
    cr_expect_float_eq((double)e->technology[i], (double)technology + more, 1.0);
    cr_expect_float_eq((double)e->log_sales[i] - (double)sales, P(s.r, enterprise)->technology_elasticity * gain, 1e-5);
    cr_expect_float_eq((double)e->literacy[i], (1.0 + (double)literacy) / 2.0, 1e-6);
    lab_end(&s.run);
}

Test(services, cost_a_fund_the_time_to_examine_others)
{
    struct stage_set s;
    SET_UP(&s, post_investment, {"regions.town.funds.venture.service_hours", "20"});
    struct fund *f = &s.r->funds.row[s.fund];
    cr_expect_eq(fund_looks(s.r, f), f->rule.looks);
    f->held = 10; /* 200 hours, an examination takes 80 */
    cr_expect_eq(fund_looks(s.r, f), f->rule.looks - 3);
    f->held = 100;
    cr_expect_eq(fund_looks(s.r, f), 0);
    lab_end(&s.run);
}

Test(services, are_paid_by_the_hour_for_those_that_funds_hold)
{
    struct stage_set s;
    SET_UP(&s, post_investment, {"hours", "10"}, {"fee", "200"}, {"stage_to", "maturity"});
    int64_t members = s.r->line[s.k].members;
    struct diag diag;
    diag_init(&diag);
    cr_assert(world_step(&s.run.world, &diag) == OK);
    cr_expect_gt(members, 3);
    cr_expect_eq(s.r->line[s.k].spent.fen, members * 10 * 20000);
    cr_expect_eq(s.r->total.flow[FLOW_SUBSIDY_MANAGER], members * 10 * 20000);
    diag_free(&diag);
    lab_end(&s.run);
}

/* As many hours as the line can pay; what it cannot is asked of it, too, and counted as missing. */
Test(services, are_as_many_as_the_line_can_pay)
{
    struct stage_set s;
    SET_UP(&s, post_investment, {"hours", "10"}, {"fee", "200"}, {"stage_to", "maturity"});
    struct line *line = &s.r->line[s.k];
    int64_t cost = line->members * 10 * 20000;
    struct diag diag;
    diag_init(&diag);
    s.r->balance[ACCOUNT_BUDGET] -= line->cash.fen - cost / 4;
    line->cash = FEN(cost / 4);
    cr_assert(world_step(&s.run.world, &diag) == OK, "the month");
    cr_expect_eq(line->spent.fen, cost / 4);
    cr_expect_eq(line->asked.fen, cost);
    cr_expect_eq(line->short_of.fen, cost - cost / 4);
    cr_expect_float_eq(line->kept, 0.25, 1e-12);
    diag_free(&diag);
    lab_end(&s.run);
}
