/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assignments to a setup: names, layers, dates, instances. */
#include <criterion/criterion.h>
#include <liandong/setup.h>
#include <string.h>

static struct diag diag;
static struct setup setup;
static struct assignment list[64];
static size_t n;

static void begin(void)
{
    diag_init(&diag);
    setup = (struct setup){0};
    n = 0;
}

static void end(void)
{
    setup_free(&setup);
    diag_free(&diag);
}

TestSuite(setup, .init = begin, .fini = end);

static void say_at(int32_t layer, const char *key, const char *value, int32_t date)
{
    struct place at = {"x.yml", (int)n + 1, 3};
    list[n++] = (struct assignment){key, value, date, layer, at, layer == 0 ? "low" : "high"};
}

static void say(int32_t layer, const char *key, const char *value)
{
    say_at(layer, key, value, NO_DATE);
}

static enum status made(void)
{
    return setup_build(&setup, list, n, &diag);
}

/* The one message of a setup that fails. */
static const char *message(void)
{
    cr_assert_eq(made(), FAILED);
    cr_assert_eq(diag.n, 1);
    return diag.text[0];
}

static int32_t region_of(const char *name)
{
    for (int32_t r = 0; r < setup.n_regions; r++)
        if (strcmp(setup.region[r], name) == 0)
            return r;
    cr_assert_fail("no region %s", name);
    return -1;
}

static int32_t instance_of(enum group g, const char *name)
{
    for (int32_t k = 0; k < setup.layout.count[g]; k++)
        if (strcmp(setup.layout.name[g][k], name) == 0)
            return k;
    return -1;
}

/* The text of a value now in force: group, instance ("" in a single group), parameter. */
static const char *value(const char *region, const char *group, const char *instance, const char *param)
{
    static char text[128];
    enum group g = group_find(group);
    int32_t p = param_find(g, param), k = *instance == '\0' ? 0 : instance_of(g, instance);
    cr_assert(p >= 0 && k >= 0, "%s.%s.%s", group, instance, param);
    const unsigned char *block = setup.initial + (size_t)region_of(region) * setup.layout.size;
    const unsigned char *at = values_at(block, &setup.layout, g, k);
    value_text(&param_table[p], at + param_table[p].offset, text, sizeof text);
    return text;
}

static const char *pool(const char *param)
{
    return value("region", "risk_pool", "risk_pool", param);
}

/* "2024-07 risk_pool.share=0.5; ..." */
static const char *changes(void)
{
    static char text[1024];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < setup.n_changes; i++) {
        const struct change *c = &setup.change[i];
        char month[8], shown[128];
        month_text(c->month, month);
        value_text(&param_table[c->param], setup.bytes + c->value, shown, sizeof shown);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s=%s", i > 0 ? "; " : "", month,
                                 param_table[c->param].name, shown);
    }
    return text;
}

static int32_t month(const char *text)
{
    int32_t m = 0;
    cr_assert(month_read(text, &m));
    return m;
}

Test(setup, of_nothing_is_one_region_of_defaults)
{
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.n_regions, 1);
    cr_expect_str_eq(setup.region[0], "region");
    cr_expect_eq(setup.world.months, 120);
    cr_expect_eq(setup.layout.count[GROUP_stages], N_STAGES);
    cr_expect_str_eq(setup.layout.name[GROUP_stages][4], "maturity");
    cr_expect_str_eq(setup.layout.name[GROUP_risk_pool][0], "risk_pool");
    cr_expect_str_eq(value("region", "banks", "bank", "count"), "10");
    cr_expect_str_eq(value("region", "sectors", "software", "needed"), "900000");
    cr_expect_eq(setup.n_changes, 0);
}

Test(setup, takes_an_instrument_by_a_further_name)
{
    say(0, "policies.bridge_loan.enabled", "true");
    say(1, "policies.bridge.saturation", "0.5");
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.layout.count[GROUP_bridge], 1);
    cr_expect_str_eq(setup.layout.name[GROUP_bridge][0], "bridge");
    cr_expect_str_eq(value("region", "bridge", "bridge", "enabled"), "true");
    cr_expect_str_eq(value("region", "bridge_loan", "bridge", "saturation"), "0.5");
}

Test(setup, says_one_value_under_two_names_is_given_twice)
{
    say(0, "policies.audit.rate", "0.1");
    say(0, "policies.audit_clawback.rate", "0.2");
    cr_expect_str_eq(message(),
                     "x.yml:2:3: error: 'policies.audit_clawback.rate' is given twice; it stands in line 1, too");
}

Test(setup, names_the_nearest_of_an_unknown_parameter)
{
    say(0, "credit.base_rat", "1");
    cr_expect_str_eq(message(),
                     "x.yml:1:3: error: unknown parameter 'credit.base_rat'; did you mean 'credit.base_rate'?");
}

Test(setup, keeps_the_rest_of_the_name_in_what_it_proposes)
{
    say(0, "regions.gz.polices.risk_pool.share", "1");
    cr_expect_str_eq(message(),
                     "x.yml:1:3: error: unknown parameter 'regions.gz.polices.risk_pool.share'; did you mean "
                     "'regions.gz.policies.risk_pool.share'?");
}

Test(setup, sends_a_policy_into_its_house)
{
    say(0, "risk_pool.share", "1");
    cr_expect_str_eq(message(),
                     "x.yml:1:3: error: unknown parameter 'risk_pool.share'; did you mean 'policies.risk_pool.share'?");
}

Test(setup, names_the_nearest_key_of_the_world)
{
    say(0, "monts", "12");
    cr_expect_str_eq(message(), "x.yml:1:3: error: unknown parameter 'monts'; did you mean 'months'?");
}

Test(setup, reports_all_errors_at_once)
{
    say(0, "credit.base_rat", "1");
    say(0, "credit.base_rate", "3.45");
    say(0, "seed", "-1");
    cr_assert_eq(made(), FAILED);
    cr_assert_eq(diag.n, 3);
    cr_expect_str_eq(diag.text[1], "x.yml:2:3: error: credit.base_rate: 3.45 is outside [0, 0.5] 1/year");
    cr_expect_str_eq(diag.text[2], "x.yml:3:3: error: seed: -1 is outside [0, 4.29497e+09]");
}

Test(setup, lets_a_later_layer_win)
{
    say(1, "credit.base_rate", "0.05");
    say(0, "credit.base_rate", "0.04");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(value("region", "credit", "", "base_rate"), "0.05");
    int32_t p = param_find(GROUP_credit, "base_rate");
    cr_expect_str_eq(setup.origin[setup.initial_origin[setup_slot(&setup, p, 0)]], "high:1");
}

Test(setup, lets_a_name_beat_all_within_a_layer_only)
{
    say(0, "regions.gz.credit.base_rate", "0.05");
    say(0, "regions.*.credit.base_rate", "0.04");
    say(0, "regions.sz.credit.line_months", "24");
    say(1, "regions.*.credit.line_months", "36");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(value("gz", "credit", "", "base_rate"), "0.05");
    cr_expect_str_eq(value("sz", "credit", "", "base_rate"), "0.04");
    cr_expect_str_eq(value("sz", "credit", "", "line_months"), "36");
}

Test(setup, refuses_one_name_twice_in_a_layer_however_it_is_spelt)
{
    say(0, "credit.base_rate", "0.05");
    say(0, "regions.*.credit.base_rate", "0.04");
    cr_expect_str_eq(message(),
                     "x.yml:2:3: error: 'regions.*.credit.base_rate' is given twice; it stands in line 1, too");
}

Test(setup, puts_the_default_back_for_null)
{
    say(0, "policies.risk_pool.share", "0.7");
    say(1, "policies.risk_pool.share", NULL);
    say(0, "sectors.software.share", "0.5");
    say(1, "sectors.software.share", NULL);
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("share"), "0.4");
    cr_expect_str_eq(value("region", "sectors", "software", "share"), "0.24");
}

Test(setup, dates_a_value)
{
    say(0, "start", "2024-01");
    say(0, "policies.risk_pool.share", "0.3");
    say_at(0, "policies.risk_pool.share", "0.5", month("2025-07"));
    say_at(0, "policies.risk_pool.share", "0.4", month("2024-06"));
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("share"), "0.3");
    cr_expect_str_eq(changes(), "2024-06 share=0.4; 2025-07 share=0.5");
}

Test(setup, folds_what_is_dated_before_the_world_into_its_first_values)
{
    say(0, "start", "2024-01");
    say(0, "burn_in", "12");
    say_at(0, "credit.line_months", "24", month("2020-01"));
    say_at(0, "credit.line_months", "36", month("2023-01"));
    say_at(0, "credit.line_months", "48", month("2023-02"));
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(value("region", "credit", "", "line_months"), "36");
    cr_expect_str_eq(changes(), "2023-02 line_months=48");
}

Test(setup, lets_an_undated_value_of_a_later_layer_replace_dated_ones)
{
    say_at(0, "credit.line_months", "24", month("2025-01"));
    say(1, "credit.line_months", "36");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "");
    cr_expect_str_eq(value("region", "credit", "", "line_months"), "36");
}

Test(setup, joins_dated_values_of_layers_and_the_later_wins_a_month)
{
    say_at(0, "credit.line_months", "24", month("2025-01"));
    say_at(0, "credit.line_months", "30", month("2026-01"));
    say_at(1, "credit.line_months", "36", month("2025-01"));
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "2025-01 line_months=36; 2026-01 line_months=30");
}

Test(setup, refuses_a_date_for_what_is_fixed_when_the_world_is_made)
{
    say_at(0, "banks.bank.count", "3", month("2025-01"));
    cr_expect_str_eq(message(), "x.yml:1:3: error: banks.bank.count: cannot change in time");
}

Test(setup, takes_from_and_until_as_dates_of_enabled)
{
    say(0, "policies.risk_pool.enabled", "true");
    say(0, "policies.risk_pool.from", "2024-07");
    say(0, "policies.risk_pool.until", "2026-12");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("enabled"), "false");
    cr_expect_str_eq(changes(), "2024-07 enabled=true; 2027-01 enabled=false");
}

Test(setup, enables_a_policy_that_has_only_from)
{
    say(0, "policies.risk_pool.from", "2024-07");
    say(1, "policies.risk_pool.until", "2025-06");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "2024-07 enabled=true; 2025-07 enabled=false");
}

Test(setup, moves_the_beginning_of_a_policy_in_a_later_layer)
{
    say(0, "policies.risk_pool.enabled", "true");
    say(0, "policies.risk_pool.from", "2024-07");
    say(1, "policies.risk_pool.from", "2025-01");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "2025-01 enabled=true");
}

Test(setup, switches_a_dated_policy_off_for_good)
{
    say(0, "policies.risk_pool.from", "2024-07");
    say(1, "policies.risk_pool.enabled", "false");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "");
    cr_expect_str_eq(pool("enabled"), "false");
}

Test(setup, keeps_a_disabled_policy_off_whatever_its_from)
{
    say(0, "policies.risk_pool.enabled", "false");
    say(0, "policies.risk_pool.from", "2024-07");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(changes(), "2024-07 enabled=false");
}

Test(setup, folds_a_from_before_the_world)
{
    say(0, "policies.risk_pool.from", "1990-01");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("enabled"), "true");
    cr_expect_str_eq(changes(), "");
}

Test(setup, refuses_an_until_before_its_from)
{
    say(0, "policies.risk_pool.from", "2025-07");
    say(0, "policies.risk_pool.until", "2025-06");
    cr_expect_str_eq(message(), "x.yml:2:3: error: 'policies.risk_pool.until': `until` lies before `from`");
}

Test(setup, empties_tiers_where_the_share_is_set_above_them)
{
    say(0, "policies.risk_pool.tiers", "5 m: 0.4, 15 m: 0.3");
    say(1, "policies.risk_pool.share", "0");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("tiers"), "none");
    cr_expect_str_eq(pool("share"), "0");
}

Test(setup, keeps_tiers_of_the_same_layer_as_the_share)
{
    say(0, "policies.risk_pool.tiers", "5 m: 0.4, 15 m: 0.3");
    say(0, "policies.risk_pool.share", "0.2");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("tiers"), "5000000: 0.4, 15000000: 0.3");
}

Test(setup, empties_tiers_from_the_month_in_which_the_share_is_set)
{
    say(0, "policies.risk_pool.tiers", "5 m: 0.4");
    say_at(0, "policies.risk_pool.share", "0.5", month("2025-07"));
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(pool("tiers"), "5000000: 0.4");
    cr_expect_str_eq(changes(), "2025-07 share=0.5; 2025-07 tiers=none");
}

Test(setup, names_instances_by_layer_then_alphabet)
{
    say(1, "policies.risk_pool.alpha.capital", "1");
    say(0, "policies.risk_pool.district.capital", "1");
    say(0, "policies.risk_pool.city.capital", "1");
    cr_assert_eq(made(), OK);
    cr_assert_eq(setup.layout.count[GROUP_risk_pool], 3);
    cr_expect_str_eq(setup.layout.name[GROUP_risk_pool][0], "city");
    cr_expect_str_eq(setup.layout.name[GROUP_risk_pool][1], "district");
    cr_expect_str_eq(setup.layout.name[GROUP_risk_pool][2], "alpha");
    char name[128];
    setup_name(&setup, 0, param_find(GROUP_risk_pool, "share"), 0, name, sizeof name);
    cr_expect_str_eq(name, "regions.region.policies.risk_pool.city.share");
}

Test(setup, leaves_the_name_of_a_lone_instance_out)
{
    char name[128];
    say(0, "regions.gz.policies.risk_pool.share", "0.5");
    cr_assert_eq(made(), OK);
    setup_name(&setup, 0, param_find(GROUP_risk_pool, "share"), 0, name, sizeof name);
    cr_expect_str_eq(name, "regions.gz.policies.risk_pool.share");
    setup_name(&setup, 0, param_find(GROUP_banks, "count"), 0, name, sizeof name);
    cr_expect_str_eq(name, "regions.gz.banks.bank.count");
}

Test(setup, gives_an_instance_of_one_region_the_defaults_in_others)
{
    say(0, "regions.gz.banks.city.count", "4");
    say(0, "regions.sz.credit.line_months", "24");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(value("gz", "banks", "city", "count"), "4");
    cr_expect_str_eq(value("gz", "banks", "bank", "count"), "0", "the shipped kind stands aside");
    cr_expect_str_eq(value("sz", "banks", "city", "count"), "0");
    cr_expect_str_eq(value("sz", "banks", "bank", "count"), "10");
}

Test(setup, keeps_the_shipped_bank_where_it_is_asked_for)
{
    say(0, "banks.city.count", "4");
    say(0, "banks.bank.count", "2");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(value("region", "banks", "bank", "count"), "2");
}

Test(setup, removes_an_instance)
{
    say(0, "sectors.robots.share", "0.1");
    say(1, "sectors.robots", NULL);
    say(1, "sectors.other", NULL);
    say(0, "banks.city.count", "4");
    say(0, "banks.bank", NULL);
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.layout.count[GROUP_sectors], 7);
    cr_expect_eq(instance_of(GROUP_sectors, "robots"), -1);
    cr_expect_eq(instance_of(GROUP_sectors, "other"), -1);
    cr_expect_eq(setup.layout.count[GROUP_banks], 1);
}

Test(setup, removes_an_instance_of_one_region_only)
{
    say(0, "regions.gz.sectors.other", NULL);
    say(0, "regions.sz.credit.line_months", "24");
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.layout.count[GROUP_sectors], 8);
    cr_expect_str_eq(value("gz", "sectors", "other", "share"), "0");
    cr_expect_str_eq(value("sz", "sectors", "other", "share"), "0.08");
}

Test(setup, removes_all_instances_of_a_policy)
{
    say(0, "policies.risk_pool.city.capital", "1");
    say(0, "policies.risk_pool.city.enabled", "true");
    say(1, "policies.risk_pool", NULL);
    cr_assert_eq(made(), OK);
    cr_assert_eq(setup.layout.count[GROUP_risk_pool], 1);
    cr_expect_str_eq(pool("enabled"), "false");
}

Test(setup, removes_a_region)
{
    say(0, "regions.gz.credit.line_months", "24");
    say(0, "regions.sz.credit.line_months", "24");
    say(1, "regions.gz", NULL);
    cr_assert_eq(made(), OK);
    cr_assert_eq(setup.n_regions, 1);
    cr_expect_str_eq(setup.region[0], "sz");
}

Test(setup, has_exactly_the_five_stages)
{
    say(0, "stages.sed.cost", "0.2");
    cr_expect_str_eq(message(), "x.yml:1:3: error: unknown stage 'sed'; did you mean 'seed'?");
}

Test(setup, keeps_every_stage)
{
    say(0, "stages.seed", NULL);
    cr_expect_str_eq(message(), "x.yml:1:3: error: 'stages.seed': the five stages are fixed; none can be removed");
}

Test(setup, has_a_limit_of_sectors)
{
    static const char *const keys[] = {"sectors.a.share", "sectors.b.share", "sectors.c.share",
                                       "sectors.d.share", "sectors.e.share", "sectors.f.share",
                                       "sectors.g.share", "sectors.h.share", "sectors.i.share"};
    for (size_t i = 0; i < 9; i++)
        say(0, keys[i], "0.1");
    cr_expect_str_eq(message(), "x.yml:9:3: error: sectors: 17 are named, 16 at most are possible");
}

Test(setup, asks_of_which_instance)
{
    say(0, "banks.count", "3");
    cr_expect_str_eq(message(), "x.yml:1:3: error: 'banks.count': say of which one, as in banks.NAME.count");
}

Test(setup, refuses_a_value_where_names_are_due)
{
    say(0, "credit", "3");
    cr_expect_str_eq(message(), "x.yml:1:3: error: 'credit' holds further names: a map is due here, not a value");
}

Test(setup, refuses_names_that_could_be_taken_for_something_else)
{
    say(0, "regions.a b.credit.line_months", "3");
    cr_expect_str_eq(message(), "x.yml:1:3: error: the name 'a b' may hold letters, digits, '-' and '_' only");
}

Test(setup, allows_closed_forms_in_an_empty_world_only)
{
    say(0, "closed_form.enabled", "true");
    cr_expect_str_eq(message(), "x.yml:1:3: error: closed_form.enabled: closed forms need 'initial: empty'");
}

Test(setup, starts_an_empty_world_at_start)
{
    say(0, "closed_form.enabled", "true");
    say(0, "initial", "empty");
    say(0, "start", "2020-03");
    say(0, "scale", "1/100");
    say(0, "seed", "4294967295");
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup_first_month(&setup), 2020 * 12 + 2);
    cr_expect(setup.world.scale >= 0.01 && setup.world.scale <= 0.01);
    cr_expect_eq(setup.world.seed, INT64_C(4294967295));
}

Test(setup, ends_a_world_before_its_months_need_more_than_two_bytes)
{
    say(0, "start", "4990-01");
    say(0, "months", "119");
    cr_assert_eq(made(), OK);
    cr_assert_leq(setup.world.start + setup.world.months, UINT16_MAX);
    setup_free(&setup);
    list[1].value = "120";
    cr_expect_str_eq(message(), "liandong: error: start and months: the world ends after the year 4999");
}

Test(setup, has_titles_in_both_languages)
{
    say(0, "title", "both");
    say(1, "title.zh", "中文");
    cr_assert_eq(made(), OK);
    cr_expect_str_eq(setup.world.title_en, "both");
    cr_expect_str_eq(setup.world.title_zh, "中文");
}

Test(setup, knows_whether_founders_are_given_with_the_stock)
{
    say(0, "enterprises.initial", "1000");
    say(0, "founders.per_month", "20");
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.founders_given, 1);
    setup_free(&setup);
    say(1, "enterprises.initial", "2000");
    cr_assert_eq(made(), OK);
    cr_expect_eq(setup.founders_given, 0);
}

static bool same(const struct setup *a, const struct setup *b)
{
    return a->n_regions == b->n_regions && a->layout.size == b->layout.size && a->n_changes == b->n_changes &&
           a->n_bytes == b->n_bytes && memcmp(a->region, b->region, (size_t)a->n_regions * NAME_SIZE) == 0 &&
           memcmp(a->initial, b->initial, (size_t)a->n_regions * a->layout.size) == 0 &&
           (a->n_bytes == 0 || memcmp(a->bytes, b->bytes, a->n_bytes) == 0);
}

Test(setup, does_not_depend_on_the_order_of_assignments)
{
    say(0, "regions.sz.policies.risk_pool.city.share", "0.5");
    say(0, "policies.risk_pool.district.from", "2025-01");
    say(0, "regions.gz.credit.line_months", "24");
    say(1, "regions.*.credit.line_months", "30");
    say_at(1, "regions.gz.credit.line_months", "36", month("2025-01"));
    say_at(0, "credit.base_rate", "0.05", month("2025-01"));
    say(0, "banks.zeta.count", "3");
    say(0, "banks.alpha.count", "3");
    say(0, "policies.risk_pool.city.tiers", "5 m: 0.4");
    cr_assert_eq(made(), OK);
    for (size_t turn = 1; turn < n; turn++) {
        struct assignment first = list[0];
        memmove(&list[0], &list[1], (n - 1) * sizeof first);
        list[n - 1] = first;
        struct setup other;
        cr_assert_eq(setup_build(&other, list, n, &diag), OK);
        cr_expect(same(&setup, &other), "turned by %zu", turn);
        setup_free(&other);
    }
}

Test(setup, is_copied_whole)
{
    say(0, "policies.risk_pool.from", "2025-01");
    cr_assert_eq(made(), OK);
    struct setup copy;
    cr_assert_eq(setup_copy(&copy, &setup), OK);
    cr_expect(same(&setup, &copy));
    setup_set_number(&copy, 0, "founders.per_month", 0, 12.5);
    setup_set_number(&copy, 0, "banks.capital", 0, 1.5e9);
    cr_expect(!same(&setup, &copy));
    setup_free(&copy);
    cr_expect_str_eq(pool("enabled"), "false");
}
