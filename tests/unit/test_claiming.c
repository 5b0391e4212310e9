/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims on budget lines when money is short: by the rule of the line, to the fen, however long the list. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/claiming.h>
#include <string.h>

static const int32_t start = 2020 * 12;
static const char *const rule_names[] = {"queue", "pro_rata", "next_year"};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Claims of a January that fall due in February, as they stood before: what each rule makes of them. */
enum { DUES_MOST = 2000 };
struct seen {
    int rule;
    int32_t months_seen;
    size_t n;
    struct due due[DUES_MOST];
    bool alive[DUES_MOST];
};

static void remember_dues(const struct region *r, struct seen *s)
{
    cr_assert_gt(r->dues.n, 10);
    cr_assert_lt(r->dues.n, DUES_MOST);
    s->n = r->dues.n;
    for (size_t k = 0; k < s->n; k++) {
        s->due[k] = r->dues.row[k];
        s->alive[k] = r->enterprises.status[s->due[k].row] == ACTIVE;
        cr_assert_eq(s->due[k].month, start + 1);
    }
}

static int64_t owed_to_the_living(const struct seen *s)
{
    int64_t sum = 0;
    for (size_t k = 0; k < s->n; k++)
        sum += s->alive[k] ? s->due[k].amount.fen : 0;
    return sum;
}

/* Everybody gets the same part of what he asked; the residue stays in the line. */
static void check_pro_rata(const struct region *r, const struct line *line, const struct seen *s, int64_t cash)
{
    int64_t spent = 0, due = owed_to_the_living(s), n = 0;
    for (size_t k = 0; k < s->n; k++)
        if (s->alive[k]) {
            spent += s->due[k].amount.fen * cash / due;
            n++;
        }
    cr_expect_eq(line->spent.fen, spent);
    cr_expect_eq(line->short_of.fen, due - spent);
    cr_expect_eq(line->cash.fen, cash - spent);
    cr_expect_lt(line->cash.fen, n);
    cr_expect_eq(r->dues.n, 0);
    cr_expect_eq(r->total.reached[line - r->line], n);
}

/* In order while the money lasts; nobody overtakes who waits. */
static void check_queue(const struct region *r, const struct line *line, const struct seen *s, int64_t cash)
{
    int64_t spent = 0, n = 0, waits = 0;
    size_t kept = 0;
    for (size_t k = 0; k < s->n; k++) {
        if (!s->alive[k])
            continue;
        int64_t pays =
            least(s->due[k].amount.fen, cash - spent); /* what is left goes to the first who cannot be paid in full */
        spent += pays;
        n += pays > 0;
        if (pays == s->due[k].amount.fen)
            continue;
        while (kept < r->dues.n && r->dues.row[kept].payee == PAYEE_NOBODY) /* a gap */
            kept++;
        cr_assert_lt(kept, r->dues.n);
        const struct due *d = &r->dues.row[kept++];
        cr_expect(d->row == s->due[k].row && d->amount.fen == s->due[k].amount.fen - pays);
        cr_expect_eq(d->month, s->rule == 0 ? start + 1 : start + 12);
        waits += d->amount.fen;
    }
    cr_expect_gt(n, 0);
    cr_expect_gt(waits, 0);
    cr_expect_eq(r->dues.n, kept);
    cr_expect_eq(line->spent.fen, spent);
    cr_expect_eq(line->short_of.fen, waits);
    cr_expect_eq(line->cash.fen, cash - spent);
    cr_expect_eq(r->total.reached[line - r->line], n);
}

static void watch_rule(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_interest_subsidy)];
    if (w->month == start) {
        remember_dues(r, s);
    } else if (w->month == start + 1) {
        cr_expect_eq(line->asked.fen, owed_to_the_living(s));
        (s->rule == 1 ? check_pro_rata : check_queue)(r, line, s, 20000000);
        s->months_seen++;
    } else if (w->month > start + 1 && w->month < start + 12) {
        cr_expect_eq(line->asked.fen, 0, "who waits has asked once");
        cr_expect(s->rule != 0 || r->dues.n == 0 || line->short_of.fen > 0);
        s->months_seen++;
    } else if (w->month == start + 12 && s->rule != 1) { /* the new appropriation pays those first */
        cr_expect_gt(line->spent.fen, 0);
        s->months_seen++;
    }
}

/* What becomes of a whole list when each claim is looked at in full, one after the other. */
struct looked {
    size_t n;
    struct due due[DUES_MOST];
    int64_t cash, spent, asked, short_of;
};

static void look_at_each(const struct world *w, const struct region *r, const struct line *line, struct looked *o)
{
    const struct policy_common *p = LINE_COMMON(r, line - r->line);
    int32_t months = p->budget_rule == 2 ? 12 - w->month % 12 : 1;
    bool blocked = false;
    *o = (struct looked){
        .cash = line->cash.fen, .spent = line->spent.fen, .asked = line->asked.fen, .short_of = line->short_of.fen};
    for (size_t k = 0; k < r->dues.n; k++) {
        struct due d = r->dues.row[k];
        if (d.payee == PAYEE_NOBODY)
            continue;
        bool falls_due = d.month <= w->month, alive = r->enterprises.status[d.row] == ACTIVE;
        if (falls_due && !alive)
            continue;
        if (falls_due) {
            d.waited = d.rests ? due_waited(&d, w->month - 1) : d.waited;
            int64_t pays = blocked ? 0 : least(d.amount.fen, o->cash);
            o->asked += d.waited == 0 ? d.amount.fen : 0;
            o->cash -= pays;
            o->spent += pays;
            d.amount.fen -= pays;
            d.paid = d.paid || pays > 0;
            blocked = blocked || d.amount.fen > 0;
            o->short_of += d.amount.fen;
            d.waited = (uint16_t)(d.waited + months);
            d.month = w->month + (months > 1 ? months : 0);
            if (d.amount.fen == 0 || d.waited > p->claim_life)
                continue;
        }
        cr_assert_lt(o->n, DUES_MOST);
        o->due[o->n++] = d;
    }
}

/* The list as it stands after a month, with so much money in the next, by the engine and by the above. */
static void compare_list(const struct world *w, int64_t fen, int64_t seen[2])
{
    static struct looked o;
    struct world copy;
    struct diag diag;
    diag_init(&diag);
    cr_assert_eq(world_copy(&copy, w, &diag), OK);
    struct region *r = copy.region;
    struct line *line = &r->line[lab_line(r, GROUP_interest_subsidy)];
    line->cash = FEN(fen);
    /* who waits for the new year is looked at then */
    copy.month = r->month += LINE_COMMON(r, line - r->line)->budget_rule == 2 ? 12 - copy.month % 12 : 1;
    look_at_each(&copy, r, line, &o);
    seen[0] += o.n > 0 && o.due[0].waited > 1;
    seen[1] += o.spent > line->spent.fen && o.n > 0;
    cr_assert_eq(dues_pay(&copy, r), OK);
    cr_assert_eq(r->dues.n, o.n);
    for (size_t k = 0; k < o.n; k++) {
        const struct due *a = &r->dues.row[k], *b = &o.due[k];
        cr_expect(a->row == b->row && a->amount.fen == b->amount.fen && due_waited(a, copy.month) == b->waited);
        cr_expect_eq(a->rests ? copy.month : a->month, b->month);
    }
    cr_expect_eq(line->cash.fen, o.cash);
    cr_expect_eq(line->spent.fen, o.spent);
    cr_expect_eq(line->asked.fen, o.asked);
    cr_expect_eq(line->short_of.fen, o.short_of, "%lld, not %lld", (long long)line->short_of.fen,
                 (long long)o.short_of);
    cr_expect_eq(line->listed, (int32_t)o.n);
    world_free(&copy);
    diag_free(&diag);
}

static void compare_lists(struct world *w, void *context)
{
    if (w->region[0].dues.n == 0)
        return;
    compare_list(w, 0, context);
    compare_list(w, 1, context);
    compare_list(w, 3000000, context);
}

/* Most of a long list is passed over without a full look. */
Test(claims, pay_out_what_a_full_look_at_each_claim_would)
{
    for (int rule = 0; rule < 3; rule += 2) {
        struct lab lab;
        struct lab_run run;
        int64_t seen[2] = {0};
        lab_town(&lab);
        lab_set_of(&lab, "interest_subsidy", "enabled", "true");
        lab_set_of(&lab, "interest_subsidy", "share", "0.5");
        lab_set_of(&lab, "interest_subsidy", "budget", "10 万");
        lab_set_of(&lab, "interest_subsidy", "claim_lag", "2");
        lab_set_of(&lab, "interest_subsidy", "claim_life", "17");
        lab_set_of(&lab, "interest_subsidy", "budget_rule", rule_names[rule]);
        lab_go(&run, &lab,
               (struct lab_options){.months = 30, .compact_every = -1, .hook = compare_lists, .context = seen});
        lab_end(&run);
        cr_expect(seen[0] > 10 && seen[1] > 10, "%lld, %lld", (long long)seen[0], (long long)seen[1]);
    }
}

/* -- what is passed over ------------------------------------------------------------------------------------------------------ */
struct passed {
    bool forgets;
    int64_t asleep, gaps, audits, owed; /* pages and gaps of all months, audits to come, clawbacks */
};

static void forget_pages(struct world *w, void *context)
{
    struct passed *s = context;
    struct region *r = w->region;
    r->pages.known = r->pages.known && !s->forgets;
    for (size_t page = 0; page < r->pages.settled / 256; page++)
        s->asleep += r->pages.row[page].wakes > w->month + 1;
    s->gaps += (int64_t)r->pages.gaps;
    for (size_t k = 0; k < r->dues.n; k++) {
        s->audits += r->dues.row[k].payee == PAYEE_AUDIT;
        s->owed += r->dues.row[k].payee == PAYEE_CLAWBACK;
    }
}

static void pass_over(const struct lab *lab, int compact_every, bool forgets, struct lab_shown *shown, struct passed *s)
{
    struct lab_run run;
    *s = (struct passed){.forgets = forgets};
    lab_go(&run, lab,
           (struct lab_options){.months = 60, .compact_every = compact_every, .hook = forget_pages, .context = s});
    lab_look(&run, 0, shown);
    lab_end(&run);
}

/* Lines without money for most of the year, claims of enterprises and of those who bear risks, false ones, audits that their line
 * cannot all pay; a life that is changed while claims wait. */
Test(claims, that_are_passed_over_fare_as_if_each_were_looked_at)
{
    struct lab lab;
    lab_town(&lab);
    lab_policy(&lab, GROUP_incubators);
    lab_policy(&lab, GROUP_fee_subsidy);
    lab_policy(&lab, GROUP_audit);
    lab_set_of(&lab, "interest_subsidy", "budget", "20 万");
    lab_set_of(&lab, "interest_subsidy", "claim_lag", "3");
    lab_set_of(&lab, "interest_subsidy", "claim_life", "20");
    lab_set(&lab, "policies.interest_subsidy.claim_life @ 2022-05", "14");
    lab_set(&lab, "policies.interest_subsidy.budget_rule @ 2023-04", "next_year");
    lab_set_of(&lab, "incubators", "budget", "40 万");
    lab_set_of(&lab, "incubators", "capacity", "300");
    lab_set_of(&lab, "incubators", "claim_life", "11");
    lab_set_of(&lab, "fee_subsidy", "budget", "1 万");
    lab_set_of(&lab, "audit", "budget", "2 万");
    struct lab_shown each, passed, apart;
    struct passed seen[3];
    pass_over(&lab, -1, true, &each, &seen[0]);
    pass_over(&lab, -1, false, &passed, &seen[1]);
    pass_over(&lab, 1, false, &apart, &seen[2]);
    cr_expect(lab_same(&each, &passed));
    cr_expect(lab_same(&each, &apart), "a compaction shows");
    cr_expect(seen[1].asleep > 50 && seen[1].gaps > 100 && seen[1].audits > 10 && seen[1].owed > 10,
              "%lld pages asleep, %lld gaps, %lld audits, %lld clawbacks", (long long)seen[1].asleep,
              (long long)seen[1].gaps, (long long)seen[1].audits, (long long)seen[1].owed);
}

/* -- what is settled without a list --------------------------------------------------------------------------------------------- */
struct settled {
    bool listed;
    int64_t audits, false_ones, owed,
        dealt; /* claims that wait for an audit, false ones of them, clawbacks; what was dealt */
};

static void watch_settled(struct world *w, void *context)
{
    struct settled *s = context;
    const struct region *r = w->region;
    w->paid_kept = s->listed; /* what is paid at once is not listed */
    for (size_t k = 0; k < r->dues.n; k++) {
        s->audits += r->dues.row[k].payee == PAYEE_AUDIT;
        s->false_ones += r->dues.row[k].payee == PAYEE_AUDIT && r->dues.row[k].file > 0;
        s->owed += r->dues.row[k].payee == PAYEE_CLAWBACK;
    }
    s->dealt += r->total.flow[FLOW_LUMP_SUM];
}

/* Two lines that can pay all, one that deals what it has, one that runs out of money; audits that cannot all be paid. */
Test(claims, that_are_settled_at_once_are_paid_and_audited_as_if_each_were_listed)
{
    struct lab lab;
    struct lab_run run;
    struct lab_shown shown[2];
    struct settled seen[2] = {{.listed = true}, {.listed = false}};
    lab_town(&lab);
    lab_policy(&lab, GROUP_incubators);
    lab_policy(&lab, GROUP_audit);
    lab_set(&lab, "integrity.share", "0.6");
    lab_set(&lab, "integrity.overstatement", "0.5");
    lab_set_of(&lab, "interest_subsidy", "enabled", "true");
    lab_set_of(&lab, "interest_subsidy", "share", "0.5");
    lab_set_of(&lab, "interest_subsidy", "budget", "1 亿");
    lab_set(&lab, "policies.interest_subsidy.district.share", "0.5");
    lab_set(&lab, "policies.interest_subsidy.district.enabled", "true");
    lab_set(&lab, "policies.interest_subsidy.district.budget", "1 亿");
    lab_set_of(&lab, "lump_sum", "enabled", "true");
    lab_set_of(&lab, "lump_sum", "budget", "10 万");
    lab_set_of(&lab, "incubators", "budget", "200 万");
    lab_set_of(&lab, "incubators", "capacity", "300");
    lab_set_of(&lab, "audit", "rate", "0.05");
    lab_set_of(&lab, "audit", "detection", "0.9");
    lab_set_of(&lab, "audit", "fine", "10");
    lab_set_of(&lab, "audit", "cost", "1000");
    lab_set_of(&lab, "audit", "delay", "2");
    lab_set_of(&lab, "audit", "bar", "3");
    lab_set_of(&lab, "audit", "budget", "3 万");
    for (int k = 0; k < 2; k++) {
        lab_go(&run, &lab,
               (struct lab_options){.months = 60, .compact_every = -1, .hook = watch_settled, .context = &seen[k]});
        lab_look(&run, 0, &shown[k]);
        lab_end(&run);
    }
    cr_expect(lab_same(&shown[0], &shown[1]));
    cr_expect(seen[1].audits > 20 && seen[1].false_ones > 5 && seen[1].owed > 10 && seen[1].dealt > 0,
              "%lld audits, %lld of false claims, %lld clawbacks, %lld dealt", (long long)seen[1].audits,
              (long long)seen[1].false_ones, (long long)seen[1].owed, (long long)seen[1].dealt);
}

ParameterizedTestParameters(claims, share_out_short_money_by_the_rule_of_the_line)
{
    static int rule[3] = {0, 1, 2};
    return cr_make_param_array(int, rule, 3);
}

ParameterizedTest(int *rule, claims, share_out_short_money_by_the_rule_of_the_line)
{
    static struct seen seen;
    struct lab lab;
    struct lab_run run;
    seen = (struct seen){.rule = *rule};
    lab_town(&lab);
    lab_set(&lab, "policies.interest_subsidy.from", "2020-01");
    lab_set(&lab, "policies.interest_subsidy.share", "0.5");
    lab_set(&lab, "policies.interest_subsidy.budget", "20 万");
    lab_set(&lab, "policies.interest_subsidy.cap_firm", "2 万");
    lab_set(&lab, "policies.interest_subsidy.claim_lag", "1");
    lab_set(&lab, "policies.interest_subsidy.budget_rule", rule_names[*rule]);
    lab_go(&run, &lab, (struct lab_options){.months = 13, .compact_every = 0, .hook = watch_rule, .context = &seen});
    cr_expect_eq(seen.months_seen, *rule == 1 ? 11 : 12);
    lab_end(&run);
}
