/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of parameters, and single values. */
#include <criterion/criterion.h>
#include <liandong/measure.h>
#include <liandong/observe.h>
#include <liandong/outcomes.h>
#include <liandong/references.h>
#include <liandong/setup.h>
#include <liandong/units.h>
#include <string.h>

static bool identifier(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && name[n] == '\0' && n < NAME_SIZE;
}

Test(params, lie_between_their_bounds)
{
    for (size_t p = 0; p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        cr_expect(d->min <= d->def && d->def <= d->max, "%s.%s", group_table[d->group].name, d->name);
    }
}

Test(params, have_names_units_sources_and_meanings_in_both_languages)
{
    for (size_t p = 0; p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        cr_expect(identifier(d->name) && d->source[0] && d->en[0] && d->zh[0], "%s.%s", group_table[d->group].name,
                  d->name);
        cr_expect(strcmp(d->name, "from") != 0 && strcmp(d->name, "until") != 0, "a name of the reader's own");
    }
}

Test(params, are_found_by_name_and_by_nothing_else)
{
    for (size_t p = 0; p < n_params; p++)
        cr_expect_eq((int)param_find(param_table[p].group, param_table[p].name), (int)p);
    cr_expect_eq((int)param_find((enum group)0, "no_such"), -1);
    cr_expect_eq((int)group_find("no_such"), (int)N_GROUPS);
}

Test(params, of_a_choice_name_as_many_entries_as_their_bounds_say)
{
    for (size_t p = 0; p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        const char *start;
        int n = 0;
        while (d->kind == KIND_CHOICE && choice_name(d, n, &start) > 0)
            n++;
        cr_expect(d->kind != KIND_CHOICE || (int)d->max == n - 1, "%s.%s", group_table[d->group].name, d->name);
    }
}

/* In the same order, so that the frame can read them of any instrument. */
static void check_common(enum group g, const char *name, size_t offset)
{
    int32_t k = param_find(g, name);
    cr_assert_geq(k, 0, "%s has no %s", group_table[g].name, name);
    cr_expect_eq(param_table[k].offset, offset, "%s.%s", group_table[g].name, name);
}

Test(params, of_policies_start_with_the_common_ones)
{
    for (int g = 0; g < N_GROUPS; g++)
        if (group_table[g].scope == SCOPE_POLICY) {
            check_common((enum group)g, "enabled", offsetof(struct policy_common, enabled));
            check_common((enum group)g, "registered_only", offsetof(struct policy_common, registered_only));
            check_common((enum group)g, "budget", offsetof(struct policy_common, budget));
            check_common((enum group)g, "claim_lag", offsetof(struct policy_common, claim_lag));
            check_common((enum group)g, "claim_life", offsetof(struct policy_common, claim_life));
        }
}

Test(params, that_reset_the_next_stand_before_tiers)
{
    for (size_t p = 0; p < n_params; p++)
        if (param_table[p].flags & PARAM_RESETS_NEXT)
            cr_expect(p + 1 < n_params && param_table[p + 1].kind == KIND_TIERS &&
                      param_table[p + 1].group == param_table[p].group);
}

Test(params, of_shipped_instances_exist_and_read)
{
    for (size_t i = 0; i < n_shipped_values; i++) {
        const struct shipped_value *v = &shipped_values[i];
        int32_t p = param_find(v->group, v->param);
        _Alignas(8) unsigned char value[sizeof(struct tiers)];
        struct diag diag;
        diag_init(&diag);
        cr_expect(p >= 0 && value_read(&param_table[p], v->text, value, (struct place){0}, v->param, &diag) == OK,
                  "%s.%s", v->instance, v->param);
        diag_free(&diag);
    }
}

Test(params, come_back_from_their_text)
{
    for (size_t p = 0; p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        _Alignas(8) unsigned char value[sizeof(struct tiers)], again[sizeof(struct tiers)];
        char text[256];
        struct diag diag;
        diag_init(&diag);
        param_default(d, value);
        value_text(d, value, text, sizeof text);
        cr_expect(value_read(d, text, again, (struct place){0}, d->name, &diag) == OK, "%s: %s", d->name, text);
        cr_expect(memcmp(value, again, d->size) == 0, "%s: %s", d->name, text);
        diag_free(&diag);
    }
}

static const struct param_desc money_desc = {
    .name = "m", .kind = KIND_MONEY, .unit = "yuan", .min = -1e12, .max = 1e15};
static const struct param_desc share_desc = {.name = "s", .kind = KIND_SHARE, .unit = "", .max = 1};
static const struct param_desc number_desc = {.name = "n", .kind = KIND_NUMBER, .unit = "", .min = -1e9, .max = 1e9};
static const struct param_desc rate_desc = {.name = "r", .kind = KIND_RATE, .unit = "1/year", .max = 0.5};
static const struct param_desc count_desc = {.name = "c", .kind = KIND_COUNT, .unit = "", .max = 1e6};
static const struct param_desc switch_desc = {.name = "w", .kind = KIND_SWITCH, .unit = "", .max = 1};
static const struct param_desc choice_desc = {.name = "f", .kind = KIND_CHOICE, .unit = "sunk|yearly", .max = 1};
static const struct param_desc tiers_desc = {.name = "t", .kind = KIND_TIERS, .unit = "", .max = 1};

/* The message for a text that must not be read. */
static const char *refused(const struct param_desc *d, const char *text)
{
    static char message[512];
    _Alignas(8) unsigned char value[sizeof(struct tiers)];
    struct diag diag;
    diag_init(&diag);
    enum status status = value_read(d, text, value, (struct place){"x.yml", 2, 3}, d->name, &diag);
    snprintf(message, sizeof message, "%s", status == FAILED && diag.n == 1 ? diag.text[0] : "read");
    diag_free(&diag);
    return message;
}

static int64_t fen(const char *text)
{
    money m = {-1};
    cr_assert(value_read(&money_desc, text, &m, (struct place){0}, "m", NULL) == OK, "%s", text);
    return m.fen;
}

Test(money, is_read_to_the_fen)
{
    static const struct {
        const char *text;
        int64_t fen;
    } cases[] = {
        {"4.0e8",              40000000000      },
        {"400 m",              40000000000      },
        {"400m",               40000000000      },
        {"4 亿",              40000000000      },
        {"4亿元",            40000000000      },
        {"150 万",            150000000        },
        {"1.5 bn",             150000000000     },
        {"200 k",              20000000         },
        {"1e7",                1000000000       },
        {"0.01",               1                },
        {"0.1",                10               },
        {"1.10",               110              },
        {"-3.25",              -325             },
        {"0",                  0                },
        {"0.00",               0                },
        {"1.000000",           100              },
        {"0.000001 m",         100              },
        {"1e-2",               1                },
        {"+7",                 700              },
        {"9007199254740.93",   900719925474093  },
        {"123456789012345.67", 12345678901234567},
        {"1 万亿",           100000000000000  },
        {"500 yuan",           50000            }
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(fen(cases[i].text), cases[i].fen, "%s", cases[i].text);
}

Test(money, with_a_third_decimal_is_an_error)
{
    cr_expect_str_eq(refused(&money_desc, "0.001"),
                     "x.yml:2:3: error: m: '0.001' has more than two decimals of a yuan");
    cr_expect_str_eq(refused(&money_desc, "1.00000000000000000000001"),
                     "x.yml:2:3: error: m: '1.00000000000000000000001' has more than two decimals of a yuan");
}

Test(money, of_another_shape_is_an_error)
{
    static const char *const texts[] = {"",    "m",   "1 x", "1,000", "1_000", "0x10",
                                        "nan", "inf", "--1", "1.2.3", "1e",    "1 m 2"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(strstr(refused(&money_desc, texts[i]), "is not an amount of money") != NULL, "%s", texts[i]);
}

Test(money, beyond_its_range_is_an_error_whatever_its_size)
{
    cr_expect_str_eq(refused(&money_desc, "1e16"), "x.yml:2:3: error: m: 1e16 is outside [-1e+12, 1e+15] yuan");
    cr_expect(strstr(refused(&money_desc, "1e99999999999"), "is outside") != NULL);
    cr_expect(strstr(refused(&money_desc, "99999999999999999999999"), "is outside") != NULL);
}

static double number(const struct param_desc *d, const char *text)
{
    double x = -1.0;
    cr_assert(value_read(d, text, &x, (struct place){0}, d->name, NULL) == OK, "%s", text);
    return x;
}

Test(number, is_the_nearest_double)
{
    cr_expect(number(&number_desc, "0.1") == 0.1);
    cr_expect(number(&number_desc, "3.141592653589793") == 3.141592653589793);
    cr_expect(number(&number_desc, "-1.5e-3") == -1.5e-3);
    cr_expect(number(&number_desc, "1/3") == 1.0 / 3.0);
    cr_expect(number(&share_desc, "40 %") == 0.4);
    cr_expect(number(&rate_desc, "3.45%") == 0.0345);
}

Test(number, out_of_range_says_range_and_unit)
{
    cr_expect_str_eq(refused(&rate_desc, "3.45"), "x.yml:2:3: error: r: 3.45 is outside [0, 0.5] 1/year");
    cr_expect_str_eq(refused(&share_desc, "-0.1"), "x.yml:2:3: error: s: -0.1 is outside [0, 1]");
}

Test(number, of_another_shape_is_an_error)
{
    static const char *const texts[] = {"", "abc", "1..2", "1/0", "nan", "infinity", "1 2", "0,5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(strstr(refused(&number_desc, texts[i]), "is not a number") != NULL, "%s", texts[i]);
    cr_expect_str_eq(refused(&count_desc, "1.5"), "x.yml:2:3: error: c: '1.5' is not a whole number");
}

Test(value, of_a_switch_is_true_or_false_in_six_words)
{
    int32_t on = -1;
    static const char *const yes[] = {"true", "yes", "on", "True", "YES"}, *const no[] = {"false", "no", "off"};
    for (size_t i = 0; i < 5; i++)
        cr_expect(value_read(&switch_desc, yes[i], &on, (struct place){0}, "w", NULL) == OK && on == 1);
    for (size_t i = 0; i < 3; i++)
        cr_expect(value_read(&switch_desc, no[i], &on, (struct place){0}, "w", NULL) == OK && on == 0);
    cr_expect_str_eq(refused(&switch_desc, "maybe"), "x.yml:2:3: error: w: 'maybe' is neither true nor false");
}

Test(value, of_a_choice_goes_by_its_name)
{
    int32_t k = -1;
    cr_expect(value_read(&choice_desc, "yearly", &k, (struct place){0}, "f", NULL) == OK && k == 1);
    cr_expect_str_eq(refused(&choice_desc, "year"), "x.yml:2:3: error: f: 'year' is not one of: sunk, yearly");
}

Test(value, of_tiers_rises)
{
    struct tiers t;
    cr_assert(value_read(&tiers_desc, "5 m: 0.4, 15 m: 30 %", &t, (struct place){0}, "t", NULL) == OK);
    cr_expect(t.n == 2 && t.to[0].fen == 500000000 && t.to[1].fen == 1500000000 && t.share[0] == 0.4 &&
              t.share[1] == 0.3);
    cr_expect_str_eq(refused(&tiers_desc, "15 m: 0.3, 5 m: 0.4"),
                     "x.yml:2:3: error: t: the bounds of tiers must rise from above 0");
    cr_expect_str_eq(refused(&tiers_desc, "1: 0, 2: 0, 3: 0, 4: 0, 5: 0"), "x.yml:2:3: error: t: more than 4 tiers");
    cr_expect_str_eq(refused(&tiers_desc, "5 m: 1.4"), "x.yml:2:3: error: t: 1.4 is outside [0, 1]");
}

Test(month, is_year_and_month)
{
    int32_t m;
    char text[8];
    cr_assert(month_read("2024-07", &m));
    cr_expect_eq((int)m, 2024 * 12 + 6);
    month_text(m, text);
    cr_expect_str_eq(text, "2024-07");
    cr_expect(!month_read("2024-13", &m) && !month_read("2024-00", &m) && !month_read("2024-7", &m));
    cr_expect(!month_read("2024-070", &m) && !month_read("", &m) && !month_read("seed-ab", &m));
}

/* -- units and sources, and what they are called --------------------------------------------------------------------------- */
static void expect_chinese(const char *unit, const char *of)
{
    bool symbol = strcmp(unit, "") == 0 || strcmp(unit, "1") == 0 || strcmp(unit, "AUC") == 0 || unit[0] == '%';
    cr_expect(symbol || strcmp(unit_zh(unit), unit) != 0, "unit '%s' of %s has no Chinese name (units.def)", unit, of);
}

Test(units, of_parameters_series_and_reported_figures_have_chinese_names)
{
    for (size_t p = 0; p < n_params; p++)
        if (param_table[p].kind != KIND_CHOICE)
            expect_chinese(param_table[p].unit, param_table[p].name);
    for (size_t s = 0; s < n_series; s++)
        expect_chinese(series_table[s].unit, series_table[s].name);
    for (int k = 0; k < N_FACTS; k++)
        expect_chinese(fact_table[k].unit, fact_table[k].en);
    for (size_t k = 0; k < n_outcomes; k++)
        expect_chinese(outcome_table[k].unit, outcome_table[k].name);
    cr_expect_str_eq(unit_zh("yuan/year"), "元/年");
    cr_expect_str_eq(unit_zh("parsec"), "parsec");
}

Test(units, of_the_list_are_those_of_something)
{
    static const char *const list[] = {
#define UNIT(unit, zh) unit,
#include <liandong/units.def>
#undef UNIT
    };
    for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
        bool used = false;
        for (size_t p = 0; p < n_params; p++)
            used = used || strcmp(param_table[p].unit, list[k]) == 0;
        for (size_t s = 0; s < n_series; s++)
            used = used || strcmp(series_table[s].unit, list[k]) == 0;
        for (int f = 0; f < N_FACTS; f++)
            used = used || strcmp(fact_table[f].unit, list[k]) == 0;
        for (size_t o = 0; o < n_outcomes; o++)
            used = used || strcmp(outcome_table[o].unit, list[k]) == 0;
        for (int k2 = 0; k2 < N_WORLD_KEYS; k2++)
            used = used || strcmp(world_table[k2].unit, list[k]) == 0;
        cr_expect(used, "nothing is measured in '%s'", list[k]);
    }
}

/* Length of the short name at the beginning of `text` ("F041", "E5.2", "M11", "003"); 0: there is none. */
static size_t short_name(const char *text)
{
    bool letter = strchr("FXEM", text[0]) != NULL && text[0] != '\0';
    size_t digits = strspn(text + letter, "0123456789");
    if (letter ? digits == 0 : digits != 3 || text[0] != '0')
        return 0;
    size_t n = letter + digits;
    if (text[0] == 'E' && text[n] == '.' && strspn(text + n + 1, "0123456789") > 0)
        n += 1 + strspn(text + n + 1, "0123456789");
    return n;
}

/* "E5" stands for all that begin with it. */
static bool is_listed(const char *name, size_t n)
{
    for (size_t k = 0; k < n_references; k++) {
        const char *key = reference_table[k].key;
        if (strncmp(key, name, n) == 0 && (key[n] == '\0' || key[n] == '.'))
            return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Each short name in it is listed; whether it says more than those. */
static bool in_words(const char *source, const char *of)
{
    bool words = false;
    for (const char *at = source; *at != '\0';) {
        bool thousands = at > source + 1 && at[-1] == ',' && at[-2] >= '0' && at[-2] <= '9';
        bool begins = !thousands && (at == source || strchr(" (,;:-=/", at[-1]) != NULL);
        size_t n = begins ? short_name(at) : 0;
        bool named = n > 0 && !is_letter(at[n]) && at[n] != '.' && (at[n] < '0' || at[n] > '9');
        cr_expect(!named || is_listed(at, n), "source '%s' of %s: '%.*s' is not in references.def", source, of, (int)n,
                  at);
        words = words || (!named && is_letter(*at));
        at += named ? n : 1;
    }
    return words;
}

static void expect_wording(const char *source, const char *of)
{
    cr_expect(!in_words(source, of) || strcmp(source_zh(source), source) != 0,
              "source '%s' of %s has no Chinese wording (sources.def)", source, of);
}

Test(sources, name_references_that_stand_and_have_a_chinese_wording)
{
    for (size_t p = 0; p < n_params; p++)
        expect_wording(param_table[p].source, param_table[p].name);
    for (int k = 0; k < N_FACTS; k++)
        expect_wording(fact_table[k].source, fact_table[k].en);
    cr_expect_str_eq(source_zh("assumed"), "假定");
    cr_expect_str_eq(source_zh("F041"), "F041");
}

Test(sources, of_the_list_are_those_of_some_default_or_reported_figure)
{
    static const char *const list[] = {
#define SOURCE(source, zh) source,
#include <liandong/sources.def>
#undef SOURCE
    };
    for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
        bool used = false;
        for (size_t p = 0; p < n_params && !used; p++)
            used = strcmp(param_table[p].source, list[k]) == 0;
        for (int f = 0; f < N_FACTS && !used; f++)
            used = strcmp(fact_table[f].source, list[k]) == 0;
        cr_expect(used, "nothing comes from '%s'", list[k]);
    }
}

Test(sources, that_name_another_name_one_that_stands)
{
    for (size_t k = 0; k < n_references; k++)
        (void)in_words(reference_table[k].from, reference_table[k].key);
}
