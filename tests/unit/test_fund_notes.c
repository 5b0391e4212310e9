/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of managers of venture funds: two lives by hand, to the fen; prices by enumeration; who issues one, and when. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/bonds.h>
#include <liandong/funds.h>
#include <math.h>

static const int32_t start = 2020 * 12;

/* Few managers, whose partners bring less than their funds lack; notes that suit them, with a body of so much. */
static void town_with_notes(struct lab *lab, const char *partners, const char *capital)
{
    static const struct lab_value notes[] = {
        {"funds_before", "0"     },
        {"amount_min",   "10 万"},
        {"cost",         "1 万" },
        {NULL,           NULL    }
    };
    lab_managers(lab, partners, "5000 万");
    lab_set(lab, "policies.fund_notes.from", "2020-01");
    lab_set_of(lab, "fund_notes", "capital", capital);
    lab_values(lab, "fund_notes", notes);
}

/* -- lives by hand ---------------------------------------------------------------------------------------------------------- */
/* A fund of 120 m, 2 % a year, 36 months of first investments, hurdle 8 %, a fifth of carry after full catch-up; a quarter of it,
 * 30 m, is paid by a note at 2 % with a fee of half a per cent, paid yearly, for which up to 60 % of fees are taken. */
struct life {
    struct lab_run run;
    struct region *r;
    int32_t begun;
};
static void begins(struct life *l, double guaranteed, int64_t body)
{
    struct lab lab;
    town_with_notes(&lab, "120 万", "0");
    lab_set(&lab, "credit.deposit_rate", "0");
    lab_set(&lab, "government.fund_fee_tax", "0");
    lab_set(&lab, "government.carry_tax", "0");
    lab_watch(&l->run, &lab, 1, NULL, NULL);
    struct region *r = l->r = &l->run.world.region[0];
    l->begun = r->month;
    r->n_managers = 0;
    cr_assert(LIST_RESERVE(&r->funds, 1) == OK && LIST_RESERVE(&r->fund_notes, 1) == OK);
    struct fund *f = &r->funds.row[0];
    *f = lab_fund_of_120m(l->begun);
    f->note = 1;
    f->committed[PARTNER_PRIVATE] = YUAN(88800000);
    f->committed[PARTNER_MANAGER] = YUAN(31200000);
    const struct fund_note note = {.fund = 0,
                                   .instance = lab_line(r, GROUP_fund_notes),
                                   .sold = l->begun,
                                   .matures = l->begun + 120,
                                   .every = 12,
                                   .asked = YUAN(30000000),
                                   .committed = YUAN(30000000),
                                   .principal = YUAN(30000000),
                                   .account = YUAN(30000000),
                                   .rate = 0.02,
                                   .guaranteed = guaranteed,
                                   .guarantee_fee = 0.005,
                                   .pledged = 0.6};
    r->fund_notes.row[0] = note;
    r->funds.n = r->fund_notes.n = 1;
    r->line[note.instance].body.cash = YUAN(body);
    r->line[note.instance].body.bound = money_scale(note.asked, guaranteed);
    memset(r->total.flow, 0, sizeof r->total.flow);
}

/* A month of it; A and B cost 30 m each and C 24 m, B fails: what A and C bring. */
static void lives(struct life *l, int32_t month, int64_t a, int64_t c)
{
    struct fund *f = &l->r->funds.row[0];
    l->run.world.month++;
    l->r->month++;
    cr_assert(funds_run(&l->run.world, l->r) == OK);
    if (month == 3 || month == 15)
        lab_invests(l->r, f, 30000000);
    if (month == 27)
        lab_invests(l->r, f, 24000000);
    if (month == 40)
        lab_ends(f, 30000000, 0);
    if (month == 48)
        lab_ends(f, 30000000, a);
    if (month == 66)
        lab_ends(f, 24000000, c);
}

static int64_t flowed(const struct life *l, enum flow f)
{
    return l->r->total.flow[f];
}

/* By hand, yuan.  Each year 600,000 of coupons and 150,000 of fees for the guarantee; of management fees 60 % are 120,000 a month,
 * 84,000 from month 37, 54,000 from 41, which reaches; 24,000 in month 49, when A brings 90 m, a quarter of which, 22.5 m, is the
 * note's.  C brings 126 m: 101.44 m to partners, 25.36 m of it to the note.  The fund ends in month 67, seven months after the
 * last coupon; called were 93.2 m, a quarter from the note, so 6.7 m lie there still.
 *   in  30 m, fees 3.024 m, 22.5 m, 25.36 m
 *   out calls 23.3 m; coupons 5 x 0.6 + 0.35 m, principal 30 m; guarantee 5 x 0.15 + 0.0875 m; the rest, 23.3965 m, his */
Test(fund_notes, are_paid_from_fees_and_from_what_their_leg_brings_by_hand)
{
    struct life l;
    begins(&l, 1.0, 0);
    for (int32_t month = 1; month <= 67; month++) {
        lives(&l, month, 90000000, 126000000);
        if (month == 36) { /* 84 m for rounds and 7.2 m of fees by then, a quarter from the note */
            cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_DRAWN), 2280000000);
            cr_expect_eq(l.r->fund_notes.row[0].account.fen, 720000000, "what is not called yet");
            cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_PAID), 180000000);
            cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_GUARANTEE_FEE), 45000000);
        }
    }
    cr_expect_eq(l.r->fund_notes.n, 0);
    cr_expect_eq(l.r->funds.row[0].note, 0);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_DRAWN), 2330000000);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_FEES), 302400000);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_PAID), 3335000000);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_ENDED), 3000000000);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_GUARANTEE_FEE), 83750000);
    cr_expect_leq(llabs(flowed(&l, FLOW_FUND_NOTE_LEFT) - 2339650000), 3, "but for residues of splits");
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_GUARANTEED) + flowed(&l, FLOW_FUND_NOTE_LOST) + l.r->equity.notes_bad, 0);
    cr_expect_eq(l.r->line[lab_line(l.r, GROUP_fund_notes)].body.bound.fen, 0);
    lab_end(&l.run);
}

/* The same where A fails, too, and C brings 36 m; half is guaranteed by a body that owns 5 m, or 8 m.  From month 49 fees bring 24,000
 * a month, 288,000 of the 600,000 that are due in month 60: of 312,000 the body pays half, holders wait for the rest, of which 144,000
 * come from fees by month 66.  In month 67 there are 6.7 m that were not called, and 9 m from C; due are 12,000, 350,000 and 30 m:
 * missing are 14.65 m beside the 12,000 that it was asked for before.  Half of that, 7.325 m, are more than the 5.444 m that the body
 * has left, or less than 8.444 m. */
static void cannot_be_paid(int64_t owns, int64_t pays)
{
    struct life l;
    begins(&l, 0.5, owns);
    struct body *body = &l.r->line[lab_line(l.r, GROUP_fund_notes)].body;
    for (int32_t month = 1; month <= 66; month++)
        lives(&l, month, 0, 36000000);
    const struct fund_note *n = &l.r->fund_notes.row[0];
    const int64_t before = 15600000, left = 100 * owns + 44400000, lost = INT64_C(3036200000) - 1570000000 - pays;
    cr_expect_eq(n->defaulted, l.begun + 60);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_GUARANTEED), before);
    cr_expect_eq(n->coupon.fen, 1200000);
    cr_expect_eq(n->waits.fen, 1200000);
    cr_expect_eq(n->by_body.fen, before);
    cr_expect_eq(body->cash.fen, left);
    lives(&l, 67, 0, 0);
    cr_expect_eq(l.r->fund_notes.n, 0);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_GUARANTEED), before + pays);
    cr_expect_eq(body->cash.fen, left - pays);
    cr_expect_eq(body->bound.fen, 0);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_PAID), 240000000 + 44400000 + 14400000 + INT64_C(1570000000) + pays);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_LOST), lost);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_ENDED), INT64_C(3000000000) - lost);
    cr_expect_eq(l.r->equity.notes_lost.fen, lost);
    cr_expect_eq(flowed(&l, FLOW_FUND_NOTE_LEFT), 0);
    cr_expect_eq(l.r->equity.notes_bad, 1, "once");
    lab_end(&l.run);
}

Test(fund_notes, that_cannot_be_paid_are_borne_by_the_body_and_holders_by_hand)
{
    cannot_be_paid(5000000, 544400000);
    cannot_be_paid(8000000, 732500000);
}

/* Of 31.2 m he owns 1.2 m; who joins with 40 m later pays a quarter of what was called, and the note gets its part back. */
Test(fund_notes, are_called_again_for_what_a_later_closing_gives_back)
{
    struct life l;
    begins(&l, 0.0, 0);
    struct fund *f = &l.r->funds.row[0];
    f->rule.hurdle = f->rule.fee = 0.0;
    cr_expect_eq(fund_own_stake(l.r, f).fen, 120000000);
    lab_invests(l.r, f, 60000000);
    cr_expect_eq(l.r->fund_notes.row[0].called.fen, 1500000000);
    f->committed[PARTNER_STATE] = YUAN(40000000);
    fund_equalise(l.r, f);
    cr_expect_eq(f->called[PARTNER_MANAGER].fen, 1170000000);
    cr_expect_eq(l.r->fund_notes.row[0].called.fen, 1125000000);
    cr_expect_eq(l.r->fund_notes.row[0].account.fen, 1875000000);
    lab_end(&l.run);
}

/* -- prices --------------------------------------------------------------------------------------------------------------------- */
/* A fund of 100 m that a manager of the town raises, without a partner yet. */
static struct note_deal deal_at(struct lab_run *run, double multiple, double guaranteed, struct note_terms *o)
{
    struct region *r = &run->world.region[0];
    for (int p = 0; p < N_PARTNERS; p++) {
        r->equity.partner[p].matured = 1e15;
        r->equity.partner[p].back = multiple * 1e15;
    }
    r->manager[0].matured = r->manager[0].back = 0.0;
    struct fund f = {
        .rule = fund_rule_of(r, 0), .manager = 0, .line = -1, .begun = r->month, .target = YUAN(100000000)};
    f.committed[PARTNER_MANAGER] = YUAN(1000000);
    *o = (struct note_terms){.of_fund = 0.3,
                             .amount_max = YUAN(1000000000),
                             .term = 120,
                             .every = 12,
                             .guaranteed = guaranteed,
                             .guarantee_fee = 0.01,
                             .pledged = 0.5};
    return note_deal_of(&run->world, r, &f, lab_line(r, GROUP_fund_notes), o);
}

Test(fund_notes, cost_what_a_sure_loan_costs_where_nothing_can_be_missing)
{
    struct lab lab;
    struct lab_run run;
    struct note_terms o;
    town_with_notes(&lab, "120 万", "5 亿");
    lab_watch(&run, &lab, 1, NULL, NULL);
    const struct region *r = &run.world.region[0];
    double sure = P(r, credit)->base_rate + P(r, bond_market)->spread;
    struct note_deal full = deal_at(&run, 2.0, 1.0, &o), rich = deal_at(&run, 90.0, 0.0, &o);
    cr_expect_eq(full.pays.fen, 3000000000);
    cr_expect_eq(full.amount.fen, 3000000001, "costs none: a fen for rounding");
    cr_expect_float_eq(full.rate, sure, 1e-12);
    cr_expect_float_eq(rich.rate, sure, 1e-12);
    cr_expect_float_eq(full.loss + rich.loss, 0.0, 1e-12);
    lab_end(&run);
}

/* The same written once more: a fund whose gross multiple is 1.8 in the mean, half of what is missing guaranteed. */
static double rate_by_enumeration(const struct region *r, const struct note_deal *d)
{
    const struct fund_rule rule = fund_rule_of(r, 0);
    const double years = rule.life / 12.0,
                 hurdle = ld_pow(1.0 + rule.hurdle, equity_years(r, &(struct fund){.rule = rule}, 0));
    double fees =
        0.5 * (1.0 - P(r, government)->fund_fee_tax) * rule.fee * 100e6 * 0.5 * (rule.invest + rule.life) / 12.0;
    double idle = 30e6 * P(r, credit)->deposit_rate * 0.5 * rule.invest / 12.0, mean = 0.0, square = 0.0;
    struct fund f = {.rule = rule};
    f.called[PARTNER_MANAGER] = YUAN(31000000);
    f.called[PARTNER_PRIVATE] = YUAN(69000000);
    f.due[1] = money_scale(YUAN(100000000), hurdle);
    for (int k = 0; k < 9; k++) {
        struct split s;
        double sd = P(r, equity)->spread, z = ld_normal_quantile((k + 0.5) / 9.0);
        double brings = 1.8 * exp(sd * z - 0.5 * sd * sd) * (1.0 - rule.fee * years);
        fund_split(&f, money_scale(YUAN(100000000), brings), &s);
        double mine = money_to_yuan(s.to[PARTNER_MANAGER]);
        mine -= P(r, government)->carry_tax * fmax(mine - 31e6, 0.0);
        double costs = 30e6 * (d->rate + 0.5 * 0.01) * years;
        double missing = fmax(30e6 * (1.0 + d->rate * years) - mine * 30.0 / 31.0 - idle - fmin(fees, costs), 0.0);
        mean += 0.5 * missing / 30e6 / 9.0;
        square += pow(0.5 * missing / 30e6, 2.0) / 9.0;
    }
    cr_expect_float_eq(d->loss, mean / years, 1e-7);
    double risk = P(r, bond_market)->risk_price * sqrt(square - mean * mean);
    return P(r, credit)->base_rate + P(r, bond_market)->spread + (mean + risk) / years;
}

Test(fund_notes, cost_what_an_enumeration_of_outcomes_says)
{
    struct lab lab;
    struct lab_run run;
    struct note_terms o;
    town_with_notes(&lab, "120 万", "5 亿");
    lab_watch(&run, &lab, 1, NULL, NULL);
    struct note_deal d = deal_at(&run, 1.8, 0.5, &o);
    cr_expect_gt(d.loss, 0.001);
    double by_hand = rate_by_enumeration(&run.world.region[0], &d);
    cr_expect_float_eq(d.rate, by_hand, 1e-7, "%.9f, %.9f", d.rate, by_hand);
    lab_end(&run);
}

/* What is missing is what the leg does not bring: less of it the better the guarantee, and the better partners' experience. */
Test(fund_notes, cost_more_the_less_is_guaranteed_and_the_worse_funds_have_been)
{
    struct lab lab;
    struct lab_run run;
    struct note_terms o;
    town_with_notes(&lab, "120 万", "5 亿");
    lab_watch(&run, &lab, 1, NULL, NULL);
    double rate = 0.0, loss = -1.0;
    for (int k = 0; k <= 4; k++) {
        struct note_deal d = deal_at(&run, 2.0, 1.0 - 0.25 * k, &o);
        cr_expect(d.rate > rate && d.loss > loss, "%d: %g, %g", k, d.rate, d.loss);
        rate = d.rate;
        loss = d.loss;
    }
    cr_expect_gt(loss, P(&run.world.region[0], bond_market)->loss_max, "nobody buys it without a guarantee: %g", loss);
    cr_expect_gt(deal_at(&run, 1.5, 0.5, &o).rate, deal_at(&run, 2.0, 0.5, &o).rate);
    lab_end(&run);
}

/* -- in a town -------------------------------------------------------------------------------------------------------------------- */
static void watch(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = w->region;
    int32_t line = lab_line(r, GROUP_fund_notes);
    money bound = FEN(0);
    for (size_t k = 0; k < r->fund_notes.n; k++) {
        const struct fund_note *n = &r->fund_notes.row[k];
        const struct fund *f = &r->funds.row[n->fund];
        cr_expect_eq(f->note, (int32_t)k + 1);
        cr_expect_leq(n->committed.fen, (int64_t)(0.3 * (double)f->target.fen) + 1);
        cr_expect_geq(n->account.fen, n->committed.fen - n->called.fen, "what is to be called lies there");
        cr_expect_leq(n->called.fen, f->called[PARTNER_MANAGER].fen);
        bound = money_add(bound, money_scale(n->asked, n->guaranteed));
        if (n->sold == w->month) {
            cr_expect_leq(n->asked.fen, r->line[line].body.cash.fen * 10);
            cr_expect_geq(w->month, f->begun + 3, "papers are reviewed");
            cr_expect_eq(f->opened, w->month, "it completes the fund");
            seen[0]++;
        }
    }
    cr_expect_eq(bound.fen, r->line[line].body.bound.fen);
}

Test(fund_notes, complete_funds_whose_partners_bring_too_little)
{
    int64_t closed[2], dissolved[2], seen = 0;
    for (int on = 0; on < 2; on++) {
        struct lab lab;
        struct lab_run run;
        town_with_notes(&lab, "40 万", "5 亿");
        if (!on)
            lab_set_of(&lab, "fund_notes", "of_fund", "0");
        lab_watch(&run, &lab, 72, watch, &seen);
        closed[on] = lab_sum(&run, "fund_closings", -1);
        dissolved[on] = lab_sum(&run, "fund_dissolved", -1);
        cr_expect_eq(lab_sum(&run, "fund_notes_sold", -1), on ? seen : 0);
        lab_end(&run);
    }
    cr_expect_gt(seen, 2);
    cr_expect(closed[1] > closed[0] && dissolved[1] < dissolved[0], "%lld, %lld closed; %lld, %lld not",
              (long long)closed[0], (long long)closed[1], (long long)dissolved[0], (long long)dissolved[1]);
}

/* Notes that are sold in four years under one rule more. */
static int64_t sold_with(const char *key, const char *text)
{
    struct lab lab;
    struct lab_run run;
    town_with_notes(&lab, "80 万", "5 亿");
    if (key != NULL)
        lab_set(&lab, key, text);
    lab_watch(&run, &lab, 48, NULL, NULL);
    int64_t n = lab_sum(&run, "fund_notes_sold", -1);
    lab_end(&run);
    return n;
}

Test(fund_notes, need_a_manager_of_means_and_record_a_guarantor_a_window_and_time)
{
    static const char *const without[][2] = {
        {"policies.fund_notes.manager_capital", "1000 亿"},
        {"policies.fund_notes.funds_before",    "100"     },
        {"policies.fund_notes.capital",         "1 万"   },
        {"policies.fund_notes.amount_min",      "100 亿" },
        {"policies.fund_notes.review",          "60"      },
        {"policies.fund_notes.term",            "60"      },
        {"macro.stress @ 2020-01",              "-10"     }
    };
    cr_expect_gt(sold_with(NULL, NULL), 2);
    for (size_t k = 0; k < sizeof without / sizeof *without; k++)
        cr_expect_eq(sold_with(without[k][0], without[k][1]), 0, "%s", without[k][0]);
}

Test(fund_notes, show_no_trace_of_threads_or_compaction_or_of_a_copy_of_the_world)
{
    char one[SHA256_TEXT], other[SHA256_TEXT];
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        town_with_notes(&lab, "80 万", "5 亿");
        lab_start(&run, &lab, (struct lab_options){.threads = k + 1, .compact_every = k == 1 ? 0 : 5, .months = 48});
        for (int32_t month = 0; month < 48; month++) {
            if (k == 2 && month == 30)
                lab_go_on_in_a_copy(&run.world);
            lab_month(&run, month);
        }
        lab_digest(&run, 0, 48, k == 0 ? one : other);
        cr_expect_gt(lab_sum(&run, "fund_notes_outstanding", -1), 0);
        if (k > 0)
            cr_expect_str_eq(one, other);
        lab_end(&run);
    }
}

/* From 2022 on none is sold before; when it ends, those that stand are paid as they were sold, and no other is sold. */
Test(fund_notes, are_sold_between_their_dates_and_live_on)
{
    struct lab lab;
    struct lab_run run;
    town_with_notes(&lab, "80 万", "5 亿");
    lab_set(&lab, "policies.fund_notes.from", "2021-06");
    lab_set(&lab, "policies.fund_notes.until", "2024-01");
    lab_watch(&run, &lab, 72, NULL, NULL);
    int64_t sold = 0, outside = 0;
    for (int32_t m = 0; m < 72; m++) {
        bool stands = start + m >= 2021 * 12 + 5 && start + m < 2024 * 12 + 1;
        *(stands ? &sold : &outside) += lab_int(&run, "fund_notes_sold", m, -1);
    }
    cr_expect(sold > 0 && outside == 0, "%lld, %lld outside", (long long)sold, (long long)outside);
    cr_expect_gt(lab_int(&run, "fund_notes_outstanding", 71, -1), 0);
    lab_end(&run);
}

static void watch_stakes(struct world *w, void *context)
{
    int64_t *seen = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < r->fund_notes.n; k++) {
        const struct fund *f = &r->funds.row[r->fund_notes.row[k].fund];
        if (f->committed[PARTNER_PUBLIC].fen == 0)
            continue;
        cr_expect_geq(fund_own_stake(r, f).fen, (int64_t)(0.05 * (double)f->target.fen) - 2);
        seen[0]++;
    }
}

Test(fund_notes, are_not_the_stake_that_a_guide_fund_asks_of_a_manager)
{
    int64_t seen = 0;
    struct lab lab;
    struct lab_run run;
    town_with_notes(&lab, "80 万", "5 亿");
    lab_guide(&lab, "20 亿", "0.25", "6");
    lab_set_of(&lab, "guide_fund", "stake_min", "0.05");
    lab_watch(&run, &lab, 48, watch_stakes, &seen);
    cr_expect_gt(seen, 20);
    lab_end(&run);
}
