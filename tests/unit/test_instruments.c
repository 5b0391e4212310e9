/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruments: size zero is none, dates bound them, budgets hold, each does its sums to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <liandong/instrument.h>
#include <string.h>

/* -- none ------------------------------------------------------------------------------------------------------------------ */
static const int32_t start = 2020 * 12;
enum { MONTHS = 30, FEBRUARY = 13 }; /* of the second year, when some begin or have ended */

static void town_with(struct lab *lab, enum group g)
{
    lab_town(lab);
    lab_policy(lab, g);
}

static void size_zero(struct lab *lab, enum group g, const char *instance)
{
    const struct group_desc *group = &group_table[g];
    for (size_t k = group->first; k < group->first + group->n; k++)
        if (param_table[k].flags & PARAM_SIZE)
            lab_set_of(lab, instance, param_table[k].name, param_table[k].kind == KIND_TIERS ? "5 m: 0" : "0");
}

/* Enabled at size zero against disabled, whatever else the lab holds; *on, *off: with and without it. */
static void expect_none_at_zero(const struct lab *lab, enum group g, const char *instance, struct lab_shown *on,
                                struct lab_shown *off)
{
    struct lab small = *lab, without = *lab;
    struct lab_shown zero;
    size_zero(&small, g, instance);
    lab_set_of(&small, instance, "enabled", "true");
    lab_set_of(&without, instance, "enabled", "false");
    lab_show(&small, MONTHS, FEBRUARY, 1, &zero);
    lab_show(&without, MONTHS, FEBRUARY, 1, off);
    cr_expect(lab_same(&zero, off), "%s of size zero is not none", instance);
    lab_show(lab, MONTHS, FEBRUARY, 1, on);
    cr_expect_str_neq(on->lives, off->lives, "%s changes nobody's life here", instance);
}

/* Begun in that February: as never before it, and something from then on. */
static void expect_none_before_its_date(const struct lab *lab, const char *name, const struct lab_shown *never)
{
    struct lab later = *lab;
    struct lab_shown shown;
    lab_set_of(&later, name, "from", "2021-02");
    lab_show(&later, MONTHS, FEBRUARY, 1, &shown);
    cr_expect_str_eq(shown.before, never->before, "%s is felt before it begins", name);
    cr_expect_str_neq(shown.after, never->after, "%s does nothing from its date", name);
}

/* Loans granted from a month on under the cover of a bearer; all where from is 0. */
static int64_t enrolled_since(const struct region *r, int32_t bearer, int32_t month)
{
    int64_t n = 0;
    for (size_t k = 0; k < r->loans.n; k++) {
        const struct cover_chain *chain = &r->chain[r->loans.chain[k]];
        for (int32_t c = 0; c < chain->n; c++)
            n += r->loans.granted[k] >= month && chain->cover[c].bearer == bearer;
    }
    return n;
}

/* `until` is the last month: as ever before it, no member, no appropriation and no new cover after it. */
static void expect_none_after_its_date(const struct lab *lab, const char *name, enum group g,
                                       const struct lab_shown *forever)
{
    struct lab ended = *lab;
    struct lab_run run;
    struct lab_shown shown;
    lab_set_of(&ended, name, "until", "2021-01");
    lab_go(&run, &ended, (struct lab_options){.months = MONTHS, .compact_every = -1});
    lab_look(&run, FEBRUARY, &shown);
    cr_expect_str_eq(shown.before, forever->before, "the end of %s is felt before it", name);
    const struct region *r = run.world.region;
    int32_t line = lab_line(r, g);
    if (r->line[line].bearer >= 0)
        cr_expect_eq(enrolled_since(r, r->line[line].bearer, start + FEBRUARY), 0);
    if (instrument_of(r, line)->eligible != NULL)
        cr_expect_gt(lab_int(&run, "members", FEBRUARY - 1, line), 0, "%s", name);
    for (int32_t m = FEBRUARY; m < MONTHS; m++)
        cr_expect_eq(lab_int(&run, "members", m, line), 0, "%s has members after its end", name);
    for (int32_t m = 24; m < MONTHS; m++)
        cr_expect_eq(lab_int(&run, "budget_left", m, line), 0, "%s has money after its end", name);
    lab_end(&run);
}

ParameterizedTestParameters(instruments, are_none_of_size_zero_before_they_begin_and_after_they_end)
{
    static int which[N_INSTRUMENTS]; /* in the order of their list */
    for (int k = 0; k < N_INSTRUMENTS; k++)
        which[k] = k;
    return cr_make_param_array(int, which, N_INSTRUMENTS);
}

/* Five worlds of each, which the three questions share. */
ParameterizedTest(int *k, instruments, are_none_of_size_zero_before_they_begin_and_after_they_end)
{
    enum group g = registry_groups[*k];
    const char *name = group_table[g].name;
    struct lab lab;
    struct lab_shown on, off;
    town_with(&lab, g);
    expect_none_at_zero(&lab, g, name, &on, &off);
    expect_none_before_its_date(&lab, name, &off);
    expect_none_after_its_date(&lab, name, g, &on);
}

/* The lab's values of an instrument given to an instance called like it, so that another may stand beside. */
static void name_instance(struct lab *named, const struct lab *lab, const char *name)
{
    char head[NAME_SIZE + 16], key[160];
    snprintf(head, sizeof head, "policies.%s.", name);
    for (size_t k = 0; k < lab->n; k++) {
        bool own = strncmp(lab->key[k], head, strlen(head)) == 0 && strchr(lab->key[k] + strlen(head), '.') == NULL;
        snprintf(key, sizeof key, "%s%s.%s", own ? head : "", own ? name : "", lab->key[k] + (own ? strlen(head) : 0));
        lab_set(named, own ? key : lab->key[k], lab->text[k]);
    }
}

/* Whoever comes first in the list is asked first: one that has nothing must not stand in the way. */
ParameterizedTestParameters(instruments, of_size_zero_before_or_behind_one_are_none)
{
    static int which[N_INSTRUMENTS];
    size_t n = 0;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        if (registry_groups[k] != GROUP_relending) /* of which there can be but one */
            which[n++] = k;
    return cr_make_param_array(int, which, n);
}

ParameterizedTest(int *k, instruments, of_size_zero_before_or_behind_one_are_none)
{
    enum group g = registry_groups[*k];
    char instance[2 * NAME_SIZE];
    static struct lab lab, two, off;
    struct lab_shown zero, none;
    town_with(&lab, g);
    for (int behind = 0; behind < 2; behind++) {
        snprintf(instance, sizeof instance, "%s.%s", group_table[g].name, behind ? "behind" : "before");
        lab_begin(&two);
        if (!behind) /* the order of instances is that in which they are named */
            lab_set_of(&two, instance, "enabled", "false");
        name_instance(&two, &lab, group_table[g].name);
        size_zero(&two, g, instance);
        off = two;
        lab_set_of(&two, instance, "enabled", "true");
        lab_set_of(&off, instance, "enabled", "false");
        lab_show(&two, MONTHS, FEBRUARY, 1, &zero);
        lab_show(&off, MONTHS, FEBRUARY, 1, &none);
        cr_expect(lab_same(&zero, &none), "%s of size zero is not none", instance);
    }
}

/* A pool beside others: what it does not cover must not stand in the way of what they do. */
Test(instruments, a_pool_of_size_zero_beside_one_is_none)
{
    struct lab lab;
    struct lab_shown on, off;
    lab_two_pools(&lab);
    lab_set_of(&lab, "risk_pool.district", "paperwork", "0"); /* ties go to no cover */
    expect_none_at_zero(&lab, GROUP_risk_pool, "risk_pool.district", &on, &off);
}

Test(instruments, a_pool_of_size_zero_beside_two_is_none)
{
    struct lab lab;
    struct lab_shown on, off;
    lab_two_pools(&lab);
    lab_set_of(&lab, "risk_pool.park", "enabled", "true");
    lab_set_of(&lab, "risk_pool.park", "capital", "3000 万");
    lab_set_of(&lab, "risk_pool.park", "tiers", "5 m: 0.3, 15 m: 0.2");
    expect_none_at_zero(&lab, GROUP_risk_pool, "risk_pool.park", &on, &off);
}

/* -- budget lines ----------------------------------------------------------------------------------------------------------- */
struct short_line {
    enum group group;
    int rule;
};
static const char *const rule_names[] = {"queue", "pro_rata", "next_year"};

ParameterizedTestParameters(instruments, spend_no_more_than_their_budget_a_year)
{
    static struct short_line list[3 * N_INSTRUMENTS];
    size_t n = 0;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        for (int rule = 0; lab_spends(registry_groups[k]) && rule < 3; rule++)
            list[n++] = (struct short_line){registry_groups[k], rule};
    return cr_make_param_array(struct short_line, list, n);
}

ParameterizedTest(struct short_line *q, instruments, spend_no_more_than_their_budget_a_year)
{
    enum group g = q->group;
    struct lab lab;
    struct lab_run run;
    town_with(&lab, g);
    lab_set_of(&lab, group_table[g].name, "budget", "200003");
    lab_set_of(&lab, "interest_subsidy", "cap_firm", "2 万");
    lab_set_of(&lab, group_table[g].name, "budget_rule", rule_names[q->rule]);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    int32_t line = lab_line(run.world.region, g);
    for (int32_t year = 0; year < 3; year++) {
        int64_t spent = 0, asked = 0;
        for (int32_t m = 12 * year; m < 12 * year + 12; m++) {
            spent += lab_int(&run, "budget_spent", m, line);
            asked += lab_int(&run, "budget_asked", m, line);
            cr_expect_geq(lab_int(&run, "budget_left", m, line), 0);
            cr_expect_eq(lab_int(&run, "budget_left", m, line), 20000300 - spent);
        }
        cr_expect_gt(spent, 0, "%s spends nothing in a year", group_table[g].name);
        cr_expect_leq(spent, 20000300);
        cr_expect_geq(asked, spent);
        const struct instrument *in = instrument_of(run.world.region, line);
        cr_expect(asked > spent || in->claim == NULL || in->deals, "%s: money is not short here", in->name);
    }
    lab_end(&run);
}

/* -- interest subsidy, incubators, platform ---------------------------------------------------------------------------------- */
enum { ROWS_MOST = 40000, LAG = 4 };
struct ledger {
    float interest[ROWS_MOST], debt[ROWS_MOST], literacy[ROWS_MOST];
    size_t n;
    int64_t checked, capped, at_cap, expected;
};

static void remember_rows(struct ledger *s, const struct enterprises *e)
{
    cr_assert_lt(e->n, ROWS_MOST);
    s->n = e->n;
    if (e->n == 0)
        return;
    memcpy(s->interest, e->interest_year, e->n * sizeof *s->interest);
    memcpy(s->debt, e->debt_year, e->n * sizeof *s->debt);
    memcpy(s->literacy, e->literacy, e->n * sizeof *s->literacy);
}

/* Half of the interest of last year, counted up to 1 % over the benchmark of 3.45 %, at most 8000 yuan. */
static int64_t subsidy_of(struct ledger *s, uint32_t row)
{
    double paid = (double)s->interest[row], most = (0.0345 + 0.01) * (double)s->debt[row];
    s->capped += most < paid;
    int64_t fen = money_round(0.5 * (paid < most ? paid : most) * 100.0).fen;
    s->at_cap += fen > 800000;
    return fen < 800000 ? fen : 800000;
}

static void watch_subsidy(struct world *w, void *context)
{
    struct ledger *s = context;
    const struct region *r = w->region;
    int32_t line = lab_line(r, GROUP_interest_subsidy);
    if (w->month % 12 == 0 && w->month >= start) {
        s->expected = 0;
        for (size_t k = 0; k < r->dues.n; k++) {
            const struct due *d = &r->dues.row[k];
            cr_expect_eq(d->amount.fen, subsidy_of(s, d->row));
            cr_expect_eq(d->month, w->month + LAG);
            s->checked++;
        }
    }
    if (w->month >= start && w->month % 12 == LAG - 1)
        for (size_t k = 0; k < r->dues.n; k++) /* who has died by then is not paid */
            s->expected += r->enterprises.status[r->dues.row[k].row] == ACTIVE ? r->dues.row[k].amount.fen : 0;
    if (w->month >= start)
        cr_expect_eq(r->line[line].spent.fen, w->month % 12 == LAG ? s->expected : 0);
    remember_rows(s, &r->enterprises);
}

Test(instruments, refund_interest_to_the_fen_to_the_living)
{
    static struct ledger s;
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.interest_subsidy.from", "2020-01");
    lab_set(&lab, "policies.interest_subsidy.share", "0.5");
    lab_set(&lab, "policies.interest_subsidy.rate_cap", "0.01");
    lab_set(&lab, "policies.interest_subsidy.cap_firm", "8000");
    lab_set(&lab, "policies.interest_subsidy.budget", "1 亿");
    lab_number(&lab, "policies.interest_subsidy.claim_lag", LAG);
    lab_go(&run, &lab, (struct lab_options){.months = 30, .compact_every = 0, .hook = watch_subsidy, .context = &s});
    cr_expect(s.checked > 100 && s.capped > 10 && s.at_cap > 10, "%lld claims, %lld at the rate cap, %lld at the cap",
              (long long)s.checked, (long long)s.capped, (long long)s.at_cap);
    cr_expect_gt(s.expected, 0);
    lab_end(&run);
}

static void watch_incubators(struct world *w, void *context)
{
    struct ledger *s = context;
    const struct region *r = w->region;
    for (size_t k = 0; k < s->n; k++)
        cr_expect_geq(r->enterprises.literacy[k], s->literacy[k]);
    for (size_t k = 0; k < r->dues.n; k++) {
        const struct due *d = &r->dues.row[k];
        if (d->month != w->month + 1) /* staff has not changed since the review */
            continue;
        cr_expect_eq(d->amount.fen, money_round(0.6 * r->enterprises.staff[d->row] * 1800.0 * 100.0).fen);
        s->checked++;
    }
    remember_rows(s, &r->enterprises);
}

static void list_payments(struct world *w, void *context)
{
    int64_t *listed = context;
    w->paid_kept = true;
    *listed += (int64_t)w->region[0].paid.n;
}

/* What a line pays is listed where somebody looks into it; all else is paid by the threads in whose boxes it lies. */
Test(instruments, pay_the_same_at_once_as_from_a_list)
{
    struct lab lab;
    struct lab_run listed, at_once;
    int64_t payments = 0;
    char by_list[SHA256_TEXT], without[SHA256_TEXT];
    lab_town(&lab);
    lab_policy(&lab, GROUP_interest_subsidy);
    lab_policy(&lab, GROUP_incubators);
    lab_set(&lab, "policies.interest_subsidy.claim_lag", "0");
    lab_watch(&listed, &lab, 26, list_payments, &payments);
    lab_watch(&at_once, &lab, 26, NULL, NULL);
    lab_digest(&listed, 0, 26, by_list);
    lab_digest(&at_once, 0, 26, without);
    cr_assert_gt(payments, 100);
    cr_assert_eq(at_once.world.region[0].paid.n, 0, "not listed");
    cr_assert_gt(lab_sum(&at_once, "beneficiaries", -1), 1000);
    cr_assert_str_eq(by_list, without);
    lab_end(&listed);
    lab_end(&at_once);
}

Test(instruments, give_tenants_places_rent_and_literacy)
{
    static struct ledger s;
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "policies.incubators.enabled", "true");
    lab_set(&lab, "policies.incubators.capacity", "50");
    lab_set(&lab, "policies.incubators.budget", "1 亿");
    lab_set(&lab, "policies.incubators.claim_lag", "1");
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch_incubators, .context = &s});
    int32_t line = lab_line(run.world.region, GROUP_incubators);
    int64_t highest = 0;
    for (int32_t m = 0; m < 24; m++) {
        int64_t members = lab_int(&run, "members", m, line);
        highest = members > highest ? members : highest;
        cr_expect_leq(members, 50);
    }
    cr_expect_gt(highest, 45);
    cr_expect_gt(s.checked, 500);
    lab_end(&run);
}

static void town_with_platform(struct lab *lab, const char *auc, const char *mandate)
{
    lab_town(lab);
    lab_set(lab, "policies.platform.enabled", "true");
    lab_set(lab, "policies.platform.auc", auc);
    lab_set(lab, "policies.platform.fee", "0");
    lab_set(lab, "policies.platform.effort", "0");
    lab_set(lab, "policies.platform.mandate", mandate);
}

Test(instruments, platform_that_tells_nothing_has_no_member)
{
    struct lab lab;
    struct lab_run run;
    town_with_platform(&lab, "0", "false");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1});
    cr_expect_eq(lab_sum(&run, "members", -1), 0);
    lab_end(&run);
}

Test(instruments, mandate_makes_every_registered_enterprise_join)
{
    struct lab lab;
    struct lab_run run;
    town_with_platform(&lab, "0", "true");
    lab_go(&run, &lab, (struct lab_options){.months = 12, .compact_every = -1});
    cr_expect_gt(lab_int(&run, "enterprises", 0, -1), 100);
    for (int32_t m = 0; m < 12; m++)
        cr_expect_eq(lab_int(&run, "members", m, -1), lab_int(&run, "enterprises", m, -1));
    lab_end(&run);
}

/* A fee is taken of members, by a flow of enterprises' money. */
Test(instruments, that_take_a_fee_have_members_and_say_by_which_flow)
{
    int fees = 0;
    for (int n = 0; n < N_INSTRUMENTS; n++) {
        const struct instrument *in = instruments[n];
        if (in->fee == NULL)
            continue;
        cr_expect_not_null(in->eligible, "%s", in->name);
        cr_expect_eq((int)flow_table[in->fee_flow].from, (int)ACCOUNT_ENTERPRISES, "%s", in->name);
        fees++;
    }
    cr_expect_gt(fees, 0);
}

/* -- nobody to decide -------------------------------------------------------------------------------------------------------- */
static void digest_without_banks(const struct lab *lab, int threads, char text[SHA256_TEXT])
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = MONTHS, .compact_every = -1, .threads = threads});
    lab_digest(&run, 0, MONTHS, text);
    lab_end(&run);
}

/* In a town without banks instruments may still bring offers and ask: nothing is read that nobody decided. */
Test(instruments, stand_in_a_town_without_banks)
{
    static struct lab lab;
    char one[SHA256_TEXT], two[SHA256_TEXT];
    lab_town(&lab);
    lab_policies(&lab);
    lab_set_of(&lab, "grant_credit", "ratio", "5");
    lab_set(&lab, "regions.town.banks.bank.count", "0");
    digest_without_banks(&lab, 1, one);
    digest_without_banks(&lab, 2, two);
    cr_expect_str_eq(one, two);
}
