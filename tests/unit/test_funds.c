/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Venture funds: who gets what by the waterfall, to the fen; rounds; exits; who comes, and why. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <math.h>
#include <stdlib.h>

static void town_with_funds(struct lab *lab)
{
    lab_town(lab);
    lab_funds(lab);
    lab_set(lab, "regions.town.founders.per_month", "150");
}

static void digest_of(const struct lab *lab, struct lab_options options, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, options);
    lab_digest(&run, 0, options.months, text);
    lab_end(&run);
}

Test(funds, invest_in_a_town_and_get_money_back)
{
    struct lab lab;
    struct lab_run run;
    town_with_funds(&lab);
    lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 60});
    const struct region *r = &run.world.region[0];
    int64_t deals = 0, back = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        deals += r->funds.row[k].deals;
        back += r->funds.row[k].proceeds.fen;
    }
    cr_assert_gt(deals, 20);
    cr_assert_gt(back, 0);
    lab_end(&run);
}

/* Who holds shares, how many of each, and in which order: after rounds have joined, exits left and rows moved. */
static void positions_stand_in_order(struct world *w, void *context)
{
    const struct region *r = w->region;
    int64_t *seen = context, held[4096] = {0};
    for (size_t k = 0; k < r->positions.held.n; k++) {
        const struct position *p = position_at(r, k), *before = position_at(r, k > 0 ? k - 1 : 0);
        cr_assert(k == 0 || before->row < p->row || (before->row == p->row && before->month <= p->month));
        cr_assert_eq(p->row, r->positions.held.row[k].row);
        cr_assert(p->row < r->enterprises.n && (r->enterprises.owned[p->row] & OWNED_BY_FUND) != 0);
        held[p->fund]++;
        seen[0]++;
    }
    for (size_t k = 0; k < r->funds.n; k++)
        cr_assert_eq(held[k], r->funds.row[k].held, "fund %zu in month %d", k, (int)w->month);
}

Test(funds, keep_what_they_hold_in_the_order_of_rows)
{
    struct lab lab;
    struct lab_run run;
    int64_t seen[1] = {0};
    town_with_funds(&lab);
    lab_go(&run, &lab,
           (struct lab_options){.compact_every = 5, .months = 60, .hook = positions_stand_in_order, .context = seen});
    cr_expect_gt(seen[0], 500);
    cr_expect_gt(lab_sum(&run, "exits", -1), 10);
    lab_end(&run);
}

Test(funds, are_the_same_for_any_number_of_threads_and_compactions)
{
    struct lab lab;
    char one[SHA256_TEXT], other[SHA256_TEXT];
    town_with_funds(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "300");
    digest_of(&lab, (struct lab_options){.threads = 1, .compact_every = 12, .months = 24}, one);
    for (int threads = 2; threads <= 4; threads++) {
        digest_of(&lab, (struct lab_options){.threads = threads, .compact_every = threads == 3 ? 0 : 5, .months = 24},
                  other);
        cr_assert_str_eq(one, other);
    }
}

/* -- the waterfall ---------------------------------------------------------------------------------------------------------- */
/* 100 of capital, 40 of it public; every amount in fen is a hundredth of a yuan's hundredth, so that splits show. */
static struct fund fund_of_100(void)
{
    struct fund f = {.state = FUND_HARVESTING, .line = -1, .manager = -1};
    f.rule = (struct fund_rule){.carry = 0.2, .hurdle = 0.08, .catch_up = 1.0};
    f.committed[PARTNER_PUBLIC] = f.called[PARTNER_PUBLIC] = YUAN(40);
    f.committed[PARTNER_PRIVATE] = f.called[PARTNER_PRIVATE] = YUAN(59);
    f.committed[PARTNER_MANAGER] = f.called[PARTNER_MANAGER] = YUAN(1);
    f.due[1] = YUAN(108);
    return f;
}

static int64_t total(const struct split *s)
{
    int64_t sum = s->carry.fen;
    for (int p = 0; p < N_PARTNERS; p++)
        sum += s->to[p].fen;
    return sum;
}

Test(funds, pay_capital_and_hurdle_before_any_carry)
{
    struct fund f = fund_of_100();
    struct split s;
    fund_split(&f, YUAN(50), &s);
    cr_assert_eq(s.carry.fen, 0);
    cr_assert_eq(s.to[PARTNER_PUBLIC].fen, 2000);
    cr_assert_eq(s.to[PARTNER_PRIVATE].fen, 2950);
    cr_assert_eq(s.to[PARTNER_MANAGER].fen, 50);
    cr_assert_eq(s.due[1].fen, 5000);
}

/* 200 come back on 100: 108 to partners; then 2 to the manager, who has a fifth of the profit of 10 again; of the 90 that are
 * left a fifth.  In all he has 20 of a profit of 100. */
Test(funds, give_the_manager_a_fifth_of_all_profit_when_he_catches_up_in_full)
{
    struct fund f = fund_of_100();
    struct split s;
    fund_split(&f, YUAN(200), &s);
    cr_assert_eq(s.carry.fen, 2000);
    cr_assert_eq(s.to[PARTNER_PUBLIC].fen, 4320 + 2880);
    cr_assert_eq(total(&s), 20000);
}

/* Without catch-up: a fifth of what lies beyond the hurdle, 92. */
Test(funds, give_him_a_fifth_of_what_is_beyond_the_hurdle_without_catch_up)
{
    struct fund f = fund_of_100();
    struct split s;
    f.rule.catch_up = 0.0;
    fund_split(&f, YUAN(200), &s);
    cr_assert_eq(s.carry.fen, 1840);
    cr_assert_eq(total(&s), 20000);
}

/* Of the public 40 half stand back: the other 80 and their hurdle first. */
Test(funds, pay_the_public_part_that_bears_first_loss_last)
{
    struct fund f = fund_of_100();
    struct split s;
    f.rule.first_loss = 0.5;
    f.due[0] = YUAN(20);
    f.due[1] = YUAN(80);
    fund_split(&f, YUAN(60), &s);
    cr_assert_eq(s.to[PARTNER_PUBLIC].fen, 1500, "a quarter of what comes first");
    cr_assert_eq(s.to[PARTNER_PRIVATE].fen, 4425);
    cr_assert_eq(s.due[0].fen, 0);
    fund_split(&f, YUAN(90), &s);
    cr_assert_eq(s.to[PARTNER_PUBLIC].fen, 2000 + 1000);
    cr_assert_eq(total(&s), 9000);
}

/* Half of the public profit beyond the hurdle goes to the others: 28.80 becomes 14.40. */
Test(funds, let_others_have_the_profit_that_the_public_partner_cedes)
{
    struct fund f = fund_of_100();
    struct split s;
    f.rule.ceded = 0.5;
    fund_split(&f, YUAN(200), &s);
    cr_assert_eq(s.to[PARTNER_PUBLIC].fen, 4320 + 1440);
    cr_assert_eq(s.carry.fen, 2000);
    cr_assert_eq(total(&s), 20000);
}

Test(funds, lose_no_fen_however_a_distribution_is_cut)
{
    for (int64_t fen = 1; fen < 40000; fen += 37) {
        struct fund f = fund_of_100();
        struct split s;
        f.rule.ceded = 0.3;
        f.rule.first_loss = 0.25;
        f.due[0] = YUAN(10);
        f.due[1] = YUAN(97);
        fund_split(&f, FEN(fen), &s);
        cr_assert_eq(total(&s), fen);
        for (int p = 0; p < N_PARTNERS; p++)
            cr_assert_geq(s.to[p].fen, 0);
    }
}

/* One certain outcome: 2 yuan per yuan after 5 years without fees.  Partners get 1.8, the manager's own money too. */
Test(funds, are_expected_to_bring_what_the_waterfall_pays)
{
    struct fund f = fund_of_100();
    double expected = fund_expected_return(&f, PARTNER_PRIVATE, 2.0, 0.0, 5.0);
    cr_assert_float_eq(expected, ld_pow(1.8, 0.2) - 1.0, 1e-4);
    f.rule.ceded = 1.0; /* public profit beyond the hurdle, at 8 % for five years, to the others */
    cr_assert_gt(fund_expected_return(&f, PARTNER_PRIVATE, 2.0, 0.0, 5.0), expected + 0.01);
    f.rule.ceded = 0.0;
    f.rule.first_loss = 1.0; /* what a loss costs the others when public money stands back */
    double alone = fund_expected_return(&f, PARTNER_PRIVATE, 0.7, 0.0, 5.0);
    f.rule.first_loss = 0.0;
    cr_assert_gt(alone, fund_expected_return(&f, PARTNER_PRIVATE, 0.7, 0.0, 5.0) + 0.02);
}

/* -- the whole life of a fund ------------------------------------------------------------------------------------------------ */
/* A month after its closing: A and B take 30 m each, C 24 m; B fails, A brings three times what it cost, C more than five. */
static void happens(struct region *r, struct fund *f, int32_t month)
{
    if (month == 3 || month == 15)
        lab_invests(r, f, 30000000);
    if (month == 27)
        lab_invests(r, f, 24000000);
    if (month == 40)
        lab_ends(f, 30000000, 0);
    if (month == 48)
        lab_ends(f, 30000000, 90000000);
    if (month == 66)
        lab_ends(f, 24000000, 126000000);
}

static int64_t paid_to_partners(const struct fund *f)
{
    int64_t fen = 0;
    for (int p = 0; p < N_PARTNERS; p++)
        fen += f->paid[p].fen;
    return fen;
}

/* By hand, yuan.  Fees: 36 months of 200,000 on 120 m; then on cost: four of 140,000 on 84 m, eight of 90,000 on 54 m, 18 of 40,000
 * on 24 m.  What partners have in cash at the end of each year:
 *   1  -2.4 m of fees, -30 m of rounds          -32.40 m
 *   2  the same                                 -64.80 m
 *   3  -2.4 m, -24 m                            -91.20 m
 *   4  -0.56 m, -0.72 m                         -92.48 m, the lowest
 *   5  -0.48 m, +90 m of A, all theirs           -2.96 m
 *   6  -0.24 m; in all 216 m have come back on 93.2 m: of the profit of 122.8 m a fifth, 24.56 m, is carry, so that partners
 *      have 191.44 m                            +98.24 m
 *   7  nothing is left to happen                +98.24 m */
Test(funds, have_the_j_curve_of_an_example_by_hand)
{
    static const int64_t curve[] = {-3240000000, -6480000000, -9120000000, -9248000000,
                                    -296000000,  9824000000,  9824000000};
    struct lab lab;
    struct lab_run run;
    town_with_funds(&lab);
    lab_same_managers(&lab);
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct world *w = &run.world;
    struct region *r = &w->region[0];
    r->n_managers = 0;
    cr_assert(LIST_RESERVE(&r->funds, 1) == OK);
    r->funds.n = 1;
    struct fund *f = &r->funds.row[0];
    *f = lab_fund_of_120m(w->month);
    for (int32_t month = 1; month <= 84; month++) {
        w->month++;
        r->month++;
        cr_assert(funds_run(w, r) == OK);
        happens(r, f, month);
        if (month % 12 == 0)
            cr_expect_eq(paid_to_partners(f) - fund_called(f).fen, curve[month / 12 - 1], "year %d: %lld fen",
                         month / 12, (long long)(paid_to_partners(f) - fund_called(f).fen));
    }
    cr_expect_eq(f->fees.fen, 920000000);
    cr_expect_eq(f->carried.fen, 2456000000);
    cr_expect_eq(f->cash.fen, 0);
    cr_expect_eq(f->state, FUND_CLOSED);
    cr_expect_leq(llabs(f->paid[PARTNER_MANAGER].fen - 191440000), 3, "his own hundredth, but for residues: %lld",
                  (long long)f->paid[PARTNER_MANAGER].fen);
    lab_end(&run);
}

/* -- a later closing ---------------------------------------------------------------------------------------------------------- */
/* 60 m, of which 12 m were called in two halves, 12 and 6 months ago, at a hurdle of 8 % a year.  A partner joins with 20 m: of
 * what was called a quarter is his, 3 m, and of the hurdle on it, 6 m (1.08 - 1) + 6 m (1.08^(1/2) - 1) = 715,382.91 yuan, a
 * quarter, 178,845.73. */
Test(funds, let_who_joins_later_pay_his_part_of_what_was_called_and_the_hurdle_on_it)
{
    struct lab lab;
    struct lab_run run;
    town_with_funds(&lab);
    lab_same_managers(&lab);
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct world *w = &run.world;
    struct region *r = &w->region[0];
    r->n_managers = 0;
    cr_assert(LIST_RESERVE(&r->funds, 1) == OK);
    r->funds.n = 1;
    struct fund *f = &r->funds.row[0];
    *f = lab_fund_of_120m(w->month);
    f->rule.fee = 0.0;
    f->committed[PARTNER_PRIVATE] = YUAN(59000000);
    f->committed[PARTNER_MANAGER] = YUAN(1000000);
    for (int32_t month = 0; month < 12; month++) {
        if (month % 6 == 0)
            lab_invests(r, f, 6000000);
        w->month++;
        r->month++;
        cr_assert(funds_run(w, r) == OK);
    }
    cr_expect_lt(fabs(fund_price_of_joining(f) - (1.0 + 715382.9072 / 60e6)), 1e-9);
    int64_t came = r->equity.called[PARTNER_STATE].fen, back = r->equity.paid[PARTNER_PRIVATE].fen,
            his = r->equity.paid[PARTNER_MANAGER].fen, due = money_add(f->due[0], f->due[1]).fen;
    f->committed[PARTNER_STATE] = YUAN(20000000);
    fund_equalise(r, f);
    cr_expect_lt(llabs(r->equity.called[PARTNER_STATE].fen - came - 317884573), 10);
    cr_expect_lt(llabs(r->equity.paid[PARTNER_PRIVATE].fen - back - (int64_t)(317884573 * 59.0 / 60.0)), 10);
    cr_expect_eq(r->equity.called[PARTNER_STATE].fen - came,
                 r->equity.paid[PARTNER_PRIVATE].fen - back + r->equity.paid[PARTNER_MANAGER].fen - his);
    cr_expect_eq(f->called[PARTNER_STATE].fen, 300000000);
    cr_expect_eq(fund_called(f).fen, 1200000000, "what was called stays");
    cr_expect_eq(f->called[PARTNER_PRIVATE].fen, 885000000, "and can be called again");
    cr_expect_eq(money_add(f->due[0], f->due[1]).fen, due);
    lab_end(&run);
}

/* -- rounds and exits ------------------------------------------------------------------------------------------------------- */
/* Where no round is large enough, partners pay the fee of the investment period, month by month, and get nothing. */
Test(funds, cost_partners_their_fee_where_they_find_no_deal)
{
    struct lab lab;
    struct lab_run run;
    town_with_funds(&lab);
    lab_set(&lab, "regions.town.funds.seed.count", "0");
    lab_set(&lab, "regions.town.funds.growth.count", "0");
    lab_set(&lab, "regions.town.funds.venture.ticket_min", "100 亿");
    lab_set(&lab, "regions.town.funds.venture.ticket_max", "100 亿");
    lab_set(&lab, "regions.town.partners.private.outside", "-0.9"); /* whatever it brings */
    lab_watch(&run, &lab, 48, NULL, NULL);
    const struct region *r = &run.world.region[0];
    size_t closed = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->state != FUND_CLOSED || f->opened == 0)
            continue;
        money month = money_scale(fund_committed(f), f->rule.fee / 12.0);
        cr_expect_eq(fund_called(f).fen, f->rule.invest * month.fen);
        cr_expect_eq(f->fees.fen, fund_called(f).fen);
        cr_expect_eq(f->proceeds.fen, 0);
        closed++;
    }
    cr_assert_gt(closed, 3);
    lab_end(&run);
}

/* Of enterprises that funds hold, and that are worth something, a buyer takes one in ten a month, since every offer is better
 * than waiting: a time that is geometric. */
struct sales {
    int64_t exposed, sold, before;
};

static double owners_value(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    double owed = money_to_yuan(money_add(e->debt[i], e->overdue[i]));
    return firm_value(r, e, i) + money_to_yuan(e->cash[i]) + money_to_yuan(e->receivable[i]) - owed;
}

static void watch_sales(struct world *w, void *context)
{
    struct sales *s = context;
    const struct region *r = &w->region[0];
    int64_t sold = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        bool bought = (r->enterprises.owned[i] & OWNED_BY_BUYER) != 0;
        sold += bought;
        if ((r->enterprises.owned[i] & OWNED_BY_FUND) != 0 && r->enterprises.status[i] == ACTIVE)
            s->exposed += owners_value(r, i) > 0.0;
    }
    s->exposed += s->before > 0 ? sold - s->before : 0; /* those were exposed, too */
    s->sold += s->before > 0 ? sold - s->before : 0;
    s->before = sold > 0 ? sold : 1;
}

Test(funds, sell_after_a_geometric_time_where_every_offer_is_taken)
{
    struct lab lab;
    struct lab_run run;
    struct sales s = {0};
    town_with_funds(&lab);
    lab_set(&lab, "exits.buyers", "1.2");
    lab_set(&lab, "exits.window", "0");
    lab_set(&lab, "exits.synergy", "3");
    lab_set(&lab, "equity.prior_ended", "1000000"); /* or sellers would learn to wait for such prices */
    lab_set(&lab, "exits.synergy_spread", "0");
    lab_set(&lab, "exits.buyback_after", "600");
    lab_go(&run, &lab, (struct lab_options){.compact_every = 0, .months = 48, .hook = watch_sales, .context = &s});
    double n = (double)s.exposed, share = (double)s.sold / n;
    cr_assert_gt(s.sold, 60);
    cr_expect_lt(share, 0.1 + 5.0 * __builtin_sqrt(0.09 / n)); /* p < 1e-6 */
    cr_expect_gt(share, 0.1 - 5.0 * __builtin_sqrt(0.09 / n));
    lab_end(&run);
}

/* By sector: sold in the first, and in no other. */
struct sector_sales {
    int64_t first, others, held;
};

static void watch_sectors(struct world *w, void *context)
{
    struct sector_sales *s = context;
    const struct enterprises *e = &w->region[0].enterprises;
    for (uint32_t i = 0; i < e->n; i++) {
        bool bought = (e->owned[i] & OWNED_BY_BUYER) != 0;
        s->first += bought && e->sector[i] == 0;
        s->others += bought && e->sector[i] != 0;
        s->held += (e->owned[i] & OWNED_BY_FUND) != 0 && e->sector[i] != 0;
    }
}

Test(funds, are_offered_a_sale_more_often_in_some_sectors)
{
    static const char *const others[] = {"electronics", "biotech", "equipment", "materials",
                                         "energy",      "digital", "other"};
    struct lab lab;
    struct lab_run run;
    struct sector_sales s = {0};
    char key[64];
    town_with_funds(&lab);
    lab_set(&lab, "exits.buyers", "1.2");
    lab_set(&lab, "exits.synergy", "3");
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        snprintf(key, sizeof key, "sectors.%s.buyers", others[k]);
        lab_set(&lab, key, "0");
    }
    lab_go(&run, &lab, (struct lab_options){.compact_every = -1, .months = 48, .hook = watch_sectors, .context = &s});
    cr_expect_gt(s.first, 20);
    cr_expect_gt(s.held, 100);
    cr_expect_eq(s.others, 0);
    lab_end(&run);
}

/* What a fund has told when it refused its own enterprise is worse than what was seen of those that it financed further. */
struct news {
    double told, refused, quality, others;
};

static void add_news(const struct region *r, struct news *n)
{
    for (size_t k = 0; k < r->positions.held.n; k++) {
        const struct position *p = position_at(r, k);
        if (p->refused > 0) {
            n->told += (double)p->told;
            n->refused += 1.0;
        } else {
            n->quality += (double)r->enterprises.quality[p->row];
            n->others += 1.0;
        }
    }
}

Test(funds, give_bad_news_when_they_refuse_a_follow_on)
{
    struct lab lab;
    struct lab_run run;
    struct news n = {.told = 0.0};
    town_with_funds(&lab);
    for (uint32_t k = 0; k < 4; k++) {
        lab_go(&run, &lab, (struct lab_options){.run = k, .compact_every = -1, .months = 60});
        add_news(&run.world.region[0], &n);
        lab_end(&run);
    }
    cr_assert(n.refused > 20.0 && n.others > 80.0);
    cr_assert_lt(n.told / n.refused, n.quality / n.others);
}

/* -- buy-backs -------------------------------------------------------------------------------------------------------------- */
struct buying_back {
    float wealth, profit; /* that all have every month, yuan */
    int64_t by_founders, by_enterprises, not_in_january;
    double paid, own; /* yuan: what founders pay funds, or into their enterprises; what they have less */
};

static void give_means(struct world *w, void *context)
{
    struct buying_back *b = context;
    struct region *r = &w->region[0];
    bool given = w->month > 2020 * 12; /* what they had before is not asked */
    b->by_founders += given ? r->total.flow[FLOW_SHARES_REPURCHASED] : 0;
    b->paid +=
        given ? 0.01 * (double)(r->total.flow[FLOW_SHARES_REPURCHASED] + r->total.flow[FLOW_FOUNDING_MONEY]) : 0.0;
    b->by_enterprises += given ? r->total.flow[FLOW_EXIT_BUYBACK] : 0;
    b->not_in_january += given && w->month % 12 != 0 ? r->total.flow[FLOW_EXIT_BUYBACK] : 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        if (given && r->enterprises.founded[i] < w->month)
            b->own += (double)b->wealth - (double)r->enterprises.wealth[i];
        if (given && r->enterprises.founded[i] == w->month) /* with what they founded it */
            b->paid -= 0.01 * (double)r->enterprises.cash[i].fen;
        r->enterprises.wealth[i] = b->wealth;
        r->enterprises.profit_year[i] = b->profit;
    }
}

static struct buying_back buy_backs(float wealth, float profit)
{
    struct lab lab;
    struct lab_run run;
    struct buying_back b = {.wealth = wealth, .profit = profit};
    town_with_funds(&lab);
    lab_set(&lab, "exits.buyers", "0");
    lab_set(&lab, "exits.buyback_after", "12");
    lab_set(&lab, "government.income_tax", "0"); /* or it would be due on profit that is not there */
    lab_set(&lab, "enterprise.dividend", "0");
    lab_go(&run, &lab, (struct lab_options){.compact_every = 0, .months = 60, .hook = give_means, .context = &b});
    lab_end(&run);
    return b;
}

Test(funds, are_bought_back_by_founders_or_from_profit_never_with_their_own_money)
{
    struct buying_back poor = buy_backs(0.0f, -1e10f), rich = buy_backs(1e9f, -1e10f), earning = buy_backs(0.0f, 1e9f);
    cr_expect_eq(poor.by_founders + poor.by_enterprises, 0);
    cr_expect_gt(rich.by_founders, 0);
    double to_funds = 0.01 * (double)rich.by_founders;
    cr_expect_geq(rich.own, rich.paid - 0.3 * to_funds, "founders pay out of their own: %g of %g, %g of it to funds",
                  rich.own, rich.paid, to_funds);
    cr_expect_eq(rich.by_enterprises, 0);
    cr_expect_gt(earning.by_enterprises, 0);
    cr_expect_eq(earning.by_founders + earning.not_in_january, 0);
}

/* -- founders of what has lost its value ------------------------------------------------------------------------------------ */
struct quitters {
    int64_t eligible, left;
};

/* In one month all that funds have paid is made more than any enterprise is worth. */
static void cost_rises(struct world *w, void *context)
{
    struct quitters *q = context;
    struct region *r = &w->region[0];
    const struct enterprises *e = &r->enterprises;
    bool first = q->eligible == 0;
    for (size_t k = 0; k < r->positions.held.n; k++) {
        struct position *p = position_at(r, k);
        if (w->month != 2020 * 12 + 30 || e->status[p->row] != ACTIVE || (e->owned[p->row] & OWNED_BY_BUYER) != 0 ||
            (w->month + 1 - e->founded[p->row]) % 3 != 0)
            continue;
        p->cost = money_add(p->cost, FEN((int64_t)1e13));
        q->eligible++;
    }
    if (first || q->left > 0)
        return;
    for (size_t k = 0; k < r->positions.held.n; k++)
        if (position_at(r, k)->cost.fen >= (int64_t)1e13)
            q->left += e->status[position_at(r, k)->row] != ACTIVE;
}

Test(funds, have_founders_who_give_up_when_what_funds_paid_comes_before_them)
{
    struct lab lab;
    struct lab_run run;
    struct quitters q = {0};
    town_with_funds(&lab);
    lab_set(&lab, "exits.buyers", "0");
    lab_go(&run, &lab, (struct lab_options){.compact_every = 0, .months = 32, .hook = cost_rises, .context = &q});
    cr_assert_gt(q.eligible, 5);
    cr_expect_geq(q.left, q.eligible - 1, "%lld of %lld", (long long)q.left, (long long)q.eligible);
    lab_end(&run);
}

/* Begun this month, and what funds have backed ever: last month, now. */
struct backed {
    int64_t before, begun, sold;
};
static void see_backed(struct world *w, void *context)
{
    struct backed *b = context;
    const struct region *r = &w->region[0];
    int64_t ever = 0, held = 0, begun = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        ever += r->funds.row[k].backed;
        held += r->funds.row[k].held;
    }
    for (size_t k = 0; k < r->positions.n; k++) /* those that have ended already, too */
        begun += r->positions.row[k].month == w->month;
    if (b->before >= 0)
        cr_expect_eq(ever - b->before, begun);
    b->before = ever;
    b->begun += begun;
    b->sold = ever - held;
}

Test(funds, remember_every_enterprise_that_they_have_backed)
{
    static struct lab lab;
    struct lab_run run;
    struct backed b = {.before = -1};
    lab_town(&lab);
    lab_funds(&lab);
    lab_watch(&run, &lab, 48, see_backed, &b);
    cr_expect(b.begun > 20 && b.sold > 0);
    lab_end(&run);
}
