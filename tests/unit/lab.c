/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/funds.h>
#include <liandong/registry.h>
#include <string.h>

void lab_begin(struct lab *lab)
{
    lab->n = 0;
    lab_set(lab, "start", "2020-01");
    lab_set(lab, "months", "24");
}

void lab_set(struct lab *lab, const char *key, const char *text)
{
    cr_assert(lab->n < LAB_VALUES);
    snprintf(lab->key[lab->n], sizeof lab->key[0], "%s", key);
    snprintf(lab->text[lab->n++], sizeof lab->text[0], "%s", text);
}

static const char removed[] = "null";

void lab_remove(struct lab *lab, const char *key)
{
    lab_set(lab, key, removed);
}

void lab_number(struct lab *lab, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.12g", value);
    lab_set(lab, key, text);
}

void lab_set_of(struct lab *lab, const char *instance, const char *name, const char *text)
{
    char key[160];
    snprintf(key, sizeof key, "policies.%s.%s", instance, name);
    lab_set(lab, key, text);
}

void lab_values(struct lab *lab, const char *instance, const struct lab_value *value)
{
    for (; value != NULL && value->key != NULL; value++)
        if (instance == NULL || strchr(value->key, '.') != NULL)
            lab_set(lab, value->key, value->text);
        else
            lab_set_of(lab, instance, value->key, value->text);
}

void lab_town(struct lab *lab)
{
    lab_begin(lab);
    lab_set(lab, "burn_in", "120");
    lab_set(lab, "regions.town.founders.per_month", "60");
    lab_set(lab, "regions.town.banks.city.count", "4");
    lab_set(lab, "regions.town.banks.city.branches", "3");
    lab_set(lab, "regions.town.banks.city.capital", "2 亿");
    lab_set(lab, "regions.town.banks.city.deposits", "20 亿");
}

void lab_funds(struct lab *lab)
{
    lab_set(lab, "regions.town.partners.state.capacity", "400 万");
    lab_set(lab, "regions.town.partners.institutions.capacity", "400 万");
    lab_set(lab, "regions.town.partners.private.capacity", "800 万");
    lab_set(lab, "regions.town.funds.seed.count", "4");
    lab_set(lab, "regions.town.funds.venture.count", "6");
    lab_set(lab, "regions.town.funds.growth.count", "3");
    lab_set(lab, "regions.town.funds.growth.size", "2 亿");
    lab_set(lab, "equity.settle_cost", "10 万");
}

void lab_managers(struct lab *lab, const char *private, const char *venture_size)
{
    lab_town(lab);
    lab_set(lab, "regions.town.partners.state.capacity", "50 万");
    lab_set(lab, "regions.town.partners.private.capacity", private);
    lab_set(lab, "regions.town.funds.seed.count", "4");
    lab_set(lab, "regions.town.funds.venture.count", "6");
    lab_set(lab, "regions.town.funds.venture.size", venture_size);
    lab_set(lab, "equity.settle_cost", "10 万");
    lab_set(lab, "equity.elsewhere_share", "0");
}

void lab_same_managers(struct lab *lab)
{
    lab_set(lab, "regions.town.funds.seed.arrivals", "0");
    lab_set(lab, "regions.town.funds.venture.arrivals", "0");
    lab_set(lab, "regions.town.funds.growth.arrivals", "0");
    lab_set(lab, "equity.waiting_cost", "0");
    lab_set(lab, "equity.first_fund", "0");
}

void lab_guide(struct lab *lab, const char *capital, const char *share, const char *delay)
{
    lab_set(lab, "policies.guide_fund.from", "2020-01");
    lab_set_of(lab, "guide_fund", "capital", capital);
    lab_set_of(lab, "guide_fund", "share", share);
    lab_set_of(lab, "guide_fund", "delay", delay);
    lab_set_of(lab, "guide_fund", "pay_years", "1");
}

void lab_board(struct lab *lab, const char *capacity)
{
    static const char *const closed[] = {"regional", "neeq", "beijing", "star", "main"};
    static const char *const values[][2] = {
        {"opens",        "0"     },
        {"age_min",      "0"     },
        {"years",        "1"     },
        {"profit_min",   "20 万"},
        {"prepare",      "6"     },
        {"prepare_cost", "6 万" },
        {"review",       "2"     },
        {"fee_fixed",    "1 万" },
        {"disclosure",   "1 万" },
        {"keep_sales",   "0"     },
        {"keep_value",   "0"     }
    };
    char key[64];
    lab_set(lab, "capital_market.enabled", "true");
    lab_set(lab, "capital_market.outside", "0");
    lab_set(lab, "capital_market.window", "-20");
    lab_set(lab, "capital_market.reach", "0.5");
    for (size_t k = 0; k < sizeof closed / sizeof closed[0]; k++) {
        snprintf(key, sizeof key, "boards.%s.opens", closed[k]);
        lab_set(lab, key, "3000");
    }
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        snprintf(key, sizeof key, "boards.chinext.%s", values[k][0]);
        lab_set(lab, key, values[k][1]);
    }
    lab_set(lab, "boards.chinext.capacity", capacity);
}

void lab_listing(struct lab *lab, const char *capacity)
{
    lab_town(lab);
    lab_board(lab, capacity);
}

void lab_two_pools(struct lab *lab)
{
    static const char *const pools[] = {"risk_pool.city", "risk_pool.district"};
    lab_town(lab);
    for (int k = 0; k < 2; k++) {
        lab_set_of(lab, pools[k], "enabled", "true");
        lab_set_of(lab, pools[k], "capital", "3000 万");
        lab_set_of(lab, pools[k], "rate_ceiling", "0.06");
        lab_set_of(lab, pools[k], "share", "0.4");
    }
}

void lab_notes(struct lab *lab, const char *name)
{
    static const struct lab_value values[] = {
        {"enabled",    "true"   },
        {"ticket_min", "20 万" },
        {"amount_min", "100 万"},
        {"stage",      "startup"},
        {"review",     "1"      },
        {"cost",       "2 万"  },
        {NULL,         NULL     },
    };
    lab_town(lab);
    lab_set(lab, "founders.literacy", "1");
    lab_set(lab, "bond_market.loss_max", "1");
    lab_values(lab, name, values);
}

static const struct {
    enum group group;
    bool alone;
    const char *key, *text;
} policy_values[] = {
#define VALUE(instrument, key, text) {GROUP_##instrument, false, key, text},
#define ALONE(instrument, key, text) {GROUP_##instrument, true, key, text},
#include "policies.def"
#undef ALONE
#undef VALUE
};
enum { N_POLICY_VALUES = sizeof policy_values / sizeof policy_values[0] };

static void stand(struct lab *lab, enum group g, bool alone)
{
    lab_set_of(lab, group_table[g].name, "enabled", "true");
    for (size_t k = 0; k < N_POLICY_VALUES; k++) {
        const struct lab_value value[] = {
            {policy_values[k].key, policy_values[k].text},
            {NULL,                 NULL                 }
        };
        if (policy_values[k].group == g && (alone || !policy_values[k].alone))
            lab_values(lab, group_table[g].name, value);
    }
}

void lab_policy(struct lab *lab, enum group g)
{
    stand(lab, g, true);
}

bool lab_spends(enum group g)
{
    for (size_t k = 0; k < N_POLICY_VALUES; k++)
        if (policy_values[k].group == g && strcmp(policy_values[k].key, "budget") == 0)
            return true;
    return false;
}

void lab_policies(struct lab *lab)
{
    for (int32_t k = 0; k < N_INSTRUMENTS; k++)
        stand(lab, registry_groups[k], false);
}

void lab_young_town(struct lab *lab)
{
    lab_town(lab);
    lab_set(lab, "burn_in", "60");
    lab_policies(lab);
    lab_set_of(lab, "lump_sum", "enabled", "false");
}

/* Each value is a layer of its own, so later ones win. */
static enum status build(struct setup *setup, const struct lab *lab, struct diag *diag)
{
    static struct assignment assignment[LAB_VALUES];
    static char key[LAB_VALUES][160];
    for (size_t k = 0; k < lab->n; k++) {
        snprintf(key[k], sizeof key[k], "%s", lab->key[k]);
        assignment[k] = (struct assignment){
            .key = key[k],
            .value = strcmp(lab->text[k], removed) == 0 ? NULL : lab->text[k],
            .date = NO_DATE,
            .layer = (int32_t)k + 1,
            .at = {"lab", (int)k + 1, 1}
        };
        char *at = strstr(key[k], " @ ");
        if (at != NULL) {
            cr_assert(month_read(at + 3, &assignment[k].date), "%s", key[k]);
            *at = '\0';
        }
    }
    return setup_build(setup, assignment, lab->n, diag);
}

void lab_setup(struct setup *setup, const struct lab *lab)
{
    struct diag diag;
    diag_init(&diag);
    if (build(setup, lab, &diag) != OK) {
        diag_print(&diag, stderr);
        cr_assert_fail("the setup of a test is wrong");
    }
    diag_free(&diag);
}

bool lab_try(struct setup *setup, const struct lab *lab)
{
    struct diag diag;
    diag_init(&diag);
    enum status status = build(setup, lab, &diag);
    diag_free(&diag);
    return status == OK;
}

static void step(struct world *w, const struct lab_options *options)
{
    struct diag diag;
    diag_init(&diag);
    if (world_step(w, &diag) != OK) {
        diag_print(&diag, stderr);
        cr_assert_fail("a month failed");
    }
    diag_free(&diag);
    if (options->hook != NULL)
        options->hook(w, options->context);
}

void lab_start(struct lab_run *run, const struct lab *lab, struct lab_options options)
{
    struct diag diag;
    diag_init(&diag);
    *run = (struct lab_run){.months = options.months, .options = options};
    lab_setup(&run->setup, lab);
    cr_assert(record_layout_init(&run->layout, &run->setup) == OK);
    cr_assert(world_init(&run->world, &run->setup, 1, options.run, options.threads < 1 ? 1 : options.threads, &diag) ==
              OK);
    if (options.compact_every >= 0)
        run->world.compact_every = options.compact_every;
    run->cell = calloc((size_t)options.months + 1, run->layout.n * sizeof *run->cell);
    cr_assert(run->cell != NULL);
    if (options.hook != NULL)
        options.hook(&run->world, options.context);
    while (run->world.month + 1 < run->setup.world.start)
        step(&run->world, &options);
    cr_assert(world_measure(&run->world, &run->layout, &diag) == OK);
    diag_free(&diag);
}

void lab_month(struct lab_run *run, int32_t month)
{
    step(&run->world, &run->options);
    memcpy(run->cell + (size_t)month * run->layout.n, run->world.record, run->layout.n * sizeof *run->cell);
}

void lab_go(struct lab_run *run, const struct lab *lab, struct lab_options options)
{
    lab_start(run, lab, options);
    for (int32_t m = 0; m < options.months; m++)
        lab_month(run, m);
}

void lab_watch(struct lab_run *run, const struct lab *lab, int32_t months, void (*hook)(struct world *w, void *context),
               void *context)
{
    lab_go(run, lab, (struct lab_options){.months = months, .compact_every = -1, .hook = hook, .context = context});
}

void lab_end(struct lab_run *run)
{
    world_free(&run->world);
    record_layout_free(&run->layout);
    setup_free(&run->setup);
    free(run->cell);
}

static size_t series_number(const char *name)
{
    for (size_t s = 0; s < n_series; s++)
        if (strcmp(series_table[s].name, name) == 0)
            return s;
    cr_assert_fail("no series %s", name);
    return 0;
}

static const union cell *cells_of(const struct lab_run *run, const char *series, int32_t month, int32_t *length)
{
    size_t s = series_number(series);
    *length = run->layout.length[series_table[s].dim];
    return run->cell + (size_t)month * run->layout.n + run->layout.series[s];
}

int64_t lab_int(const struct lab_run *run, const char *series, int32_t month, int32_t member)
{
    int32_t length;
    int64_t sum = 0;
    const union cell *cell = cells_of(run, series, month, &length);
    for (int32_t k = 0; k < length; k++)
        sum += member < 0 || member == k ? cell[k].i : 0;
    return sum;
}

double lab_real(const struct lab_run *run, const char *series, int32_t month, int32_t member)
{
    int32_t length;
    return cells_of(run, series, month, &length)[member < 0 ? 0 : member].d;
}

int32_t lab_line(const struct region *r, enum group g)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (r->line[k].group == (int32_t)g)
            return k;
    cr_assert_fail("no line of %s", group_table[g].name);
    return -1;
}

int64_t lab_flow(const struct region *r, enum flow f)
{
    return r->total.flow[f];
}

struct rows lab_rows(struct world *w)
{
    return (struct rows){.w = w, .r = &w->region[0], .e = &w->region[0].enterprises, .s = w->team.hand[0].scratch};
}

int64_t lab_sum(const struct lab_run *run, const char *series, int32_t member)
{
    int64_t sum = 0;
    for (int32_t m = 0; m < run->months; m++)
        sum += lab_int(run, series, m, member);
    return sum;
}

void lab_digest(const struct lab_run *run, int32_t from, int32_t to, char text[SHA256_TEXT])
{
    struct sha256 sha;
    sha256_init(&sha);
    for (int32_t m = from; m < to; m++) {
        const union cell *month = run->cell + (size_t)m * run->layout.n;
        for (size_t s = 0; s < n_series; s++) {
            size_t n = (size_t)run->layout.n_regions * (size_t)run->layout.length[series_table[s].dim];
            if ((series_table[s].flags & SERIES_REACH) == 0)
                sha256_add(&sha, month + run->layout.series[s], n * sizeof *month);
        }
        sha256_add(&sha, month + run->layout.flows, (run->layout.n - run->layout.flows) * sizeof *month);
    }
    sha256_end_text(&sha, text);
}

void lab_look(const struct lab_run *run, int32_t month, struct lab_shown *shown)
{
    lab_digest(run, 0, month, shown->before);
    lab_digest(run, month, run->months, shown->after);
    lab_lives(run, shown->lives);
}

void lab_show(const struct lab *lab, int32_t months, int32_t month, int threads, struct lab_shown *shown)
{
    struct lab_run run;
    lab_go(&run, lab, (struct lab_options){.months = months, .compact_every = -1, .threads = threads});
    lab_look(&run, month, shown);
    lab_end(&run);
}

/* Money of a policy's own lies somewhere even if it does nothing. */
static bool of_policies(const struct series_desc *d)
{
    static const char *const names[] = {"guide_money",       "bridge_balance",          "turnover_left",
                                        "bond_body_balance", "finance_company_balance", "guarantees_outstanding"};
    bool own = d->dim == DIM_POOL || d->dim == DIM_INSTRUMENT || d->dim == DIM_COVER || (d->flags & SERIES_REACH) != 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        own = own || strcmp(d->name, names[i]) == 0;
    return own;
}

void lab_lives(const struct lab_run *run, char text[SHA256_TEXT])
{
    struct sha256 sha;
    sha256_init(&sha);
    for (size_t s = 0; s < n_series; s++)
        for (int32_t m = 0; m < run->months && !of_policies(&series_table[s]); m++)
            sha256_add(&sha, run->cell + (size_t)m * run->layout.n + run->layout.series[s],
                       (size_t)run->layout.n_regions * (size_t)run->layout.length[series_table[s].dim] *
                           sizeof *run->cell);
    sha256_end_text(&sha, text);
}

bool lab_same(const struct lab_shown *a, const struct lab_shown *b)
{
    return strcmp(a->before, b->before) == 0 && strcmp(a->after, b->after) == 0;
}

void lab_go_on_in_a_copy(struct world *w)
{
    struct world copy;
    struct diag diag;
    diag_init(&diag);
    cr_assert_eq(world_copy(&copy, w, &diag), OK);
    if (w->record != NULL) /* of the month that is over */
        memcpy(copy.record, w->record, w->layout->n * sizeof *copy.record);
    world_free(w);
    *w = copy;
    diag_free(&diag);
}

struct fund lab_fund_of_120m(int32_t month)
{
    struct fund f = {
        .state = FUND_INVESTING, .line = -1, .manager = -1, .kind = -1, .opened = month, .ends = month + 84};
    f.rule = (struct fund_rule){
        .invest = 36, .life = 84, .last_deals = 24, .fee = 0.02, .carry = 0.2, .hurdle = 0.08, .catch_up = 1.0};
    f.target = YUAN(120000000);
    f.committed[PARTNER_PRIVATE] = YUAN(118800000);
    f.committed[PARTNER_MANAGER] = YUAN(1200000);
    return f;
}

void lab_invests(struct region *r, struct fund *f, int64_t yuan)
{
    cr_assert_eq(fund_call(r, f, YUAN(yuan)).fen, 100 * yuan);
    f->cash = money_sub(f->cash, YUAN(yuan));
    f->cost = money_add(f->cost, YUAN(yuan));
}

void lab_ends(struct fund *f, int64_t cost, int64_t brings)
{
    f->cost = money_sub(f->cost, YUAN(cost));
    f->cash = money_add(f->cash, YUAN(brings));
    f->proceeds = money_add(f->proceeds, YUAN(brings));
}
