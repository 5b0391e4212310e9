/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files: layers, places of errors, and all that a text can be that is no scenario. */
#include <criterion/criterion.h>
#include <liandong/scenario.h>
#include <liandong/triggers.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct diag diag;
static struct scenario scenario;
static char folder[64];

static void begin(void)
{
    diag_init(&diag);
    scenario = (struct scenario){0};
    snprintf(folder, sizeof folder, "/tmp/liandong-scenario-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(setenv("LIANDONG_SCENARIOS", "shipped", 1), 0);
}

static void end(void)
{
    char command[128];
    scenario_free(&scenario);
    diag_free(&diag);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(scenario, .init = begin, .fini = end);

static void file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f != NULL);
    cr_assert(fputs(text, f) >= 0);
    fclose(f);
}

static enum status read_text(const char *text)
{
    return scenario_read_text(&scenario, "s.yml", text, strlen(text), NULL, 0, &diag);
}

static enum status read_sets(const char *const *sets, size_t n)
{
    return scenario_read_text(&scenario, "s.yml", "", 0, sets, n, &diag);
}

/* The message of a text that has one error. */
static const char *message(const char *text)
{
    cr_assert_eq(read_text(text), FAILED);
    cr_assert_eq(diag.n, 1, "%zu messages, first %s", diag.n, diag.text[0]);
    return diag.text[0];
}

static const char *value(const struct scenario *s, enum group g, int32_t k, const char *param)
{
    static char text[128];
    int32_t p = param_find(g, param);
    cr_assert(p >= 0);
    const unsigned char *at = values_at(s->setup.initial, &s->setup.layout, g, k);
    value_text(&param_table[p], at + param_table[p].offset, text, sizeof text);
    return text;
}

static const char *rate(void)
{
    return value(&scenario, GROUP_credit, 0, "base_rate");
}

static const char *origin(enum group g, const char *param)
{
    const struct setup *s = &scenario.setup;
    return s->origin[s->initial_origin[setup_slot(s, param_find(g, param), 0)]];
}

Test(scenario, names_the_line_and_the_nearest_key_of_a_typo)
{
    cr_expect_str_eq(message("credit:\n  line_months: 24\n  base_rat: 0.05\n"),
                     "s.yml:3:3: error: unknown parameter 'credit.base_rat'; did you mean 'credit.base_rate'?");
}

Test(scenario, names_range_and_unit_of_a_value_outside)
{
    cr_expect_str_eq(message("credit:\n  base_rate: 3.45\n"),
                     "s.yml:2:3: error: credit.base_rate: 3.45 is outside [0, 0.5] 1/year");
}

Test(scenario, reports_all_errors_at_once)
{
    cr_assert_eq(read_text("credit:\n  base_rat: 1\n  base_rate: [1]\nmonths: x\ntriggers: x\n"), FAILED);
    cr_assert_eq(diag.n, 4);
}

Test(scenario, names_the_setting_of_a_command_line)
{
    const char *const sets[] = {"months=12", "credit.base_rate=0.04", "credit.line_moths=24"};
    cr_assert_eq(read_sets(sets, 3), FAILED);
    cr_expect_str_eq(diag.text[0],
                     "--set:3:1: error: unknown parameter 'credit.line_moths'; did you mean 'credit.line_months'?");
}

Test(scenario, lets_the_last_setting_of_a_command_line_win)
{
    const char *const sets[] = {"credit.base_rate=0.04",
                                "credit.base_rate=0.05",
                                "policies.risk_pool.tiers={5 m: 0.4}",
                                "credit.line_months={2030-01: 24}",
                                "title='a: b'",
                                "start=2024-05"};
    cr_assert_eq(read_sets(sets, 6), OK);
    cr_expect_str_eq(rate(), "0.05");
    cr_expect_str_eq(origin(GROUP_credit, "base_rate"), "--set:2");
    cr_expect_str_eq(value(&scenario, GROUP_risk_pool, 0, "tiers"), "5000000: 0.4");
    cr_expect_eq(scenario.setup.n_changes, 1);
    cr_expect_str_eq(scenario.setup.world.title_en, "a: b");
}

Test(scenario, refuses_a_setting_without_a_value)
{
    const char *const sets[] = {"months", "=3", "months=[1"};
    cr_assert_eq(read_sets(sets, 3), FAILED);
    cr_assert_eq(diag.n, 3);
    cr_expect_str_eq(diag.text[0], "--set:1:1: error: 'months' is not key=value");
    cr_expect_str_eq(diag.text[2], "--set:3:8: error: not valid YAML: did not find expected ',' or ']' (while parsing "
                                   "a flow sequence)");
}

Test(scenario, of_an_empty_file_is_all_defaults)
{
    cr_assert_eq(read_text(""), OK);
    scenario_free(&scenario);
    cr_assert_eq(read_text("# nothing\n\n"), OK);
    scenario_free(&scenario);
    cr_assert_eq(read_text("---\n"), OK);
    cr_expect_str_eq(origin(GROUP_credit, "base_rate"), "default");
}

static bool same(const struct scenario *a, const struct scenario *b)
{
    const struct setup *x = &a->setup, *y = &b->setup;
    return x->layout.size == y->layout.size && x->n_regions == y->n_regions && x->n_changes == y->n_changes &&
           memcmp(x->region, y->region, (size_t)x->n_regions * NAME_SIZE) == 0 && x->n_bytes == y->n_bytes &&
           memcmp(x->initial, y->initial, (size_t)x->n_regions * x->layout.size) == 0 &&
           (x->n_bytes == 0 || memcmp(x->bytes, y->bytes, x->n_bytes) == 0) &&
           memcmp(&x->world, &y->world, sizeof x->world) == 0;
}

static const char one_way[] = "title: {zh: 补偿比例提高, en: higher}\n"
                              "start: 2024-01\n"
                              "regions:\n"
                              "  guangzhou:\n"
                              "    enterprises: {initial: 21334}\n"
                              "    policies:\n"
                              "      risk_pool: {enabled: true, capital: 4.0e8, share: 0.5, from: 2024-07}\n"
                              "  foshan:\n"
                              "    banks: {big: {count: 3}, small: {count: 20}}\n"
                              "credit: {base_rate: {2024-03: 0.04, 2025-01: 0.03}}\n";

Test(scenario, does_not_depend_on_the_order_of_keys)
{
    struct scenario other;
    static const char another[] =
        "credit.base_rate: {2025-01: 3 %, 2024-03: 4 %}\n"
        "regions.foshan.banks.small.count: 20\n"
        "regions:\n"
        "  foshan: {banks: {big: {count: '3'}}}\n"
        "  guangzhou:\n"
        "    policies.risk_pool: {from: 2024-07, share: \"0.5\", capital: 4 亿, enabled: yes}\n"
        "    enterprises.initial: 21334\n"
        "start: 2024-01\n"
        "title.en: higher\n"
        "title.zh: 补偿比例提高\n";
    cr_assert_eq(read_text(one_way), OK, "%s", diag.n > 0 ? diag.text[0] : "");
    cr_assert_eq(scenario_read_text(&other, "t.yml", another, strlen(another), NULL, 0, &diag), OK, "%s",
                 diag.n > 0 ? diag.text[0] : "");
    cr_expect(same(&scenario, &other));
    scenario_free(&other);
}

Test(scenario, does_not_depend_on_line_ends_mark_and_comments)
{
    struct scenario other;
    char text[4096] = "\xef\xbb\xbf# a comment\r\n";
    size_t used = strlen(text);
    for (const char *c = one_way; *c != '\0'; c++) {
        if (*c == '\n')
            used += (size_t)snprintf(text + used, sizeof text - used, "   # why\r");
        text[used++] = *c;
    }
    cr_assert_eq(read_text(one_way), OK);
    cr_assert_eq(scenario_read_text(&other, "t.yml", text, used, NULL, 0, &diag), OK, "%s",
                 diag.n > 0 ? diag.text[0] : "");
    cr_expect(same(&scenario, &other));
    scenario_free(&other);
}

Test(scenario, counts_columns_in_characters_and_lines_after_crlf)
{
    cr_expect_str_eq(message("\xef\xbb\xbftitle: {zh: 广州, colour: x}\r\n"),
                     "s.yml:1:17: error: unknown parameter 'title.colour'");
}

Test(scenario, reads_tiers_as_a_map_and_dates_them)
{
    cr_assert_eq(read_text("start: 2024-01\npolicies:\n  risk_pool:\n    tiers: {2024-02: {5 m: 0.4, 15 m: 0.3}, "
                           "2020-01: {5 m: 0.2}}\n    share: 0.1\n"),
                 OK);
    cr_expect_eq(scenario.setup.n_changes, 1 + (setup_first_month(&scenario.setup) < 2020 * 12));
}

/* ---- layers */

Test(scenario, lies_over_its_bases)
{
    cr_assert_eq(mkdir("shipped", 0700) | mkdir("shipped/places", 0700) | mkdir("own", 0700), 0);
    file("shipped/places/city.yml", "credit: {base_rate: 0.01, line_months: 24, deposit_rate: 0.001}\n");
    file("own/a.yml", "base: city\ncredit.base_rate: 0.02\n");
    file("own/b.yml", "base: [city, a.yml]\ncredit:\n  deposit_rate: 0.002\n");
    cr_assert_eq(scenario_read(&scenario, "own/b.yml", NULL, 0, &diag), OK, "%s", diag.n > 0 ? diag.text[0] : "");
    cr_assert_eq(scenario.n_layers, 3);
    cr_expect_str_eq(rate(), "0.02");
    cr_expect_str_eq(origin(GROUP_credit, "base_rate"), "a:2");
    cr_expect_str_eq(origin(GROUP_credit, "line_months"), "city:1");
    cr_expect_str_eq(origin(GROUP_credit, "deposit_rate"), "b:3");
    cr_expect_str_eq(scenario.layer[1].path, "own/a.yml");
}

Test(scenario, comes_back_from_its_stored_text)
{
    const char *const sets[] = {"credit.base_rate=0.04", "months=24"};
    struct scenario again;
    size_t size;
    file("low.yml", "credit: {base_rate: 0.01, line_months: 24}");
    file("high.yml", "base: low.yml\nseed: 7\n");
    cr_assert_eq(scenario_read(&scenario, "high.yml", sets, 2, &diag), OK);
    char *text = scenario_text(&scenario, &size);
    cr_assert(text != NULL);
    cr_assert_eq(unlink("low.yml"), 0);
    cr_assert_eq(scenario_read_stored(&again, text, size, &diag), OK, "%s", diag.n > 0 ? diag.text[0] : "");
    cr_expect(same(&scenario, &again));
    cr_assert_eq(again.setup.n_origins, scenario.setup.n_origins);
    for (size_t i = 0; i < again.setup.n_origins; i++)
        cr_expect_str_eq(again.setup.origin[i], scenario.setup.origin[i]);
    free(text);
    scenario_free(&again);
}

Test(scenario, refuses_a_damaged_stored_text)
{
    static const char *const texts[] = {"x", "# layer ", "# layer 9 a\nb\n", "# layer 99999999999999999999 a\n\n"};
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(scenario_read_stored(&scenario, texts[i], strlen(texts[i]), &diag), FAILED, "%s", texts[i]);
}

Test(scenario, names_the_nearest_place_of_one_that_does_not_exist)
{
    cr_assert_eq(mkdir("shipped", 0700) | mkdir("shipped/places", 0700), 0);
    file("shipped/places/guangzhou.yml", "");
    cr_expect_str_eq(message("base: guangzou\n"),
                     "s.yml:1:1: error: no scenario or place is called 'guangzou'; did you mean 'guangzhou'?");
}

Test(scenario, that_does_not_exist_is_an_error_of_the_user)
{
    cr_expect_eq(scenario_read(&scenario, "nowhere.yml", NULL, 0, &diag), FAILED);
    cr_expect_str_eq(diag.text[0], "liandong: error: there is no file 'nowhere.yml'");
}

Test(scenario, that_cannot_be_read_is_an_error_of_the_disk)
{
    cr_assert_eq(mkdir("folder.yml", 0700), 0);
    cr_expect_eq(scenario_read(&scenario, "folder.yml", NULL, 0, &diag), IO_ERROR);
    cr_expect_str_eq(diag.text[0], "liandong: error: cannot read folder.yml: Is a directory");
}

Test(scenario, finds_a_loop_of_bases)
{
    file("a.yml", "base: b.yml\n");
    file("b.yml", "base: ./a.yml\n");
    cr_expect_eq(scenario_read(&scenario, "a.yml", NULL, 0, &diag), FAILED);
    cr_expect_str_eq(diag.text[0], "b.yml:1:1: error: base: './a.yml' leads back to itself (b.yml <- a.yml)");
}

Test(scenario, has_a_name_or_a_list_of_names_as_base)
{
    cr_expect_str_eq(message("base: {a: b}\n"),
                     "s.yml:1:1: error: base: the name of a place or file is due here, or a list of them");
}

/* ---- what is no scenario */

Test(scenario, refuses_anchors_aliases_and_tags)
{
    cr_assert_eq(read_text("credit: &c {base_rate: 0.1}\nmarket: *c\nmonths: !!int 3\n"), FAILED);
    cr_assert_geq(diag.n, 3);
    cr_expect_str_eq(diag.text[0], "s.yml:1:9: error: anchors (&) are not used in scenarios");
    cr_expect_str_eq(diag.text[1], "s.yml:2:9: error: aliases (*) are not used in scenarios");
    cr_expect_str_eq(diag.text[2], "s.yml:3:9: error: tags (!) are not used in scenarios");
}

Test(scenario, asks_for_quotes_around_a_star)
{
    cr_expect_str_eq(message("regions:\n  *:\n    credit: {base_rate: 0.1}\n"),
                     "s.yml:2:3: error: write '*' in quotes: aliases are not used in scenarios");
    scenario_free(&scenario);
    cr_expect_eq(read_text("regions:\n  '*':\n    credit: {base_rate: 0.1}\n"), OK);
}

Test(scenario, refuses_a_key_that_stands_twice)
{
    cr_expect_str_eq(message("credit:\n  base_rate: 0.1\n  line_months: 3\n  base_rate: 0.1\n"),
                     "s.yml:4:3: error: the key 'base_rate' stands twice; first in line 2");
}

Test(scenario, refuses_a_list)
{
    cr_expect_str_eq(message("credit:\n  base_rate: [0.1]\n"),
                     "s.yml:2:3: error: credit.base_rate: a list is not possible here");
}

Test(scenario, refuses_a_map_where_a_value_is_due)
{
    cr_expect_str_eq(message("credit:\n  base_rate: {a: 0.1}\n"),
                     "s.yml:2:3: error: credit.base_rate: a single value is due here, not a map");
}

Test(scenario, refuses_a_value_where_a_map_is_due)
{
    cr_expect_str_eq(message("credit: 3\n"),
                     "s.yml:1:1: error: 'credit' holds further names: a map is due here, not a value");
}

Test(scenario, refuses_an_empty_section)
{
    cr_expect_str_eq(message("policies:\n"), "s.yml:1:1: error: 'policies' is empty: leave the line out (null removes "
                                             "a parameter, an instance or a region)");
}

Test(scenario, refuses_a_top_that_is_no_map)
{
    cr_expect_str_eq(message("- a\n- b\n"), "s.yml:1:1: error: a scenario is a map of keys and values");
}

Test(scenario, refuses_tabs)
{
    cr_expect_str_eq(message("credit:\n\tbase_rate: 0.1\n"), "s.yml:2:1: error: a tab in the indentation; use spaces");
}

Test(scenario, recognises_chinese_in_another_encoding)
{
    cr_expect_str_eq(message("title: \xb9\xe3\xd6\xdd\n"),
                     "s.yml:1:8: error: is not UTF-8; it looks like GBK/GB18030 - save it as UTF-8");
}

Test(scenario, refuses_other_bytes_that_are_not_utf_8)
{
    cr_expect_str_eq(message("title: \xff\n"), "s.yml:1:8: error: is not UTF-8 - save it as UTF-8");
}

Test(scenario, refuses_a_second_document)
{
    cr_expect_str_eq(message("months: 3\n---\nmonths: 4\n"),
                     "s.yml:2:1: error: a second document begins here; a scenario is one");
}

Test(scenario, says_where_yaml_ends_to_be_yaml)
{
    cr_assert_eq(read_text("credit: {base_rate: 0.1\nmonths: 3\n"), FAILED);
    cr_expect_str_eq(diag.text[0], "s.yml:2:7: error: not valid YAML: did not find expected ',' or '}' (while parsing "
                                   "a flow mapping)");
}

Test(scenario, says_so_in_chinese_too)
{
    static const char *const wrong[][2] = {
        {"credit: {base_rate: 0.1\nmonths: 3\n", "s.yml:2:7: error: 不是有效的 YAML：缺少“,”或“}”（读取 {…} 时）"                 },
        {"title: \"x\n",                         "s.yml:1:8: error: 不是有效的 YAML：文件在此意外结束（读取引号中的文本时）"     },
        {"months: 3: 4\n",                       "s.yml:1:10: error: 不是有效的 YAML：此处不能出现“键: 值”"                             },
        {"{",                                    "s.yml:2:1: error: 不是有效的 YAML：此处应有取值（读取 {…} 或 […] 中的取值时）"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        diag_free(&diag);
        diag.zh = 1;
        cr_expect_eq(read_text(wrong[k][0]), FAILED);
        cr_expect_str_eq(diag.text[0], wrong[k][1]);
    }
}

Test(scenario, shows_a_colon_of_a_chinese_keyboard)
{
    cr_expect_str_eq(message("base：guangzhou\nmonths: 12\n"),
                     "s.yml:1:5: error: a full-width colon (：); write ': ' behind a key");
    diag_free(&diag);
    cr_expect_str_eq(message("title: {zh: 说明：好}\ncredit:\n  base_rate：0.1\n  term_months: 3\n"),
                     "s.yml:3:12: error: a full-width colon (：); write ': ' behind a key");
    diag_free(&diag);
    cr_expect_eq(read_text("title: {zh: 说明：好, en: x}\n# 键：值\nmonths: 12\n"), OK);
}

Test(scenario, refuses_deep_nesting)
{
    char text[128];
    memset(text, '[', 100);
    text[100] = '\0';
    cr_expect_str_eq(message(text), "s.yml:1:33: error: nested deeper than 32");
}

Test(scenario, refuses_a_huge_file)
{
    size_t size = (4u << 20) + 1;
    char *text = malloc(size);
    cr_assert(text != NULL);
    memset(text, '#', size);
    cr_expect_eq(scenario_read_text(&scenario, "s.yml", text, size, NULL, 0, &diag), FAILED);
    cr_expect_str_eq(diag.text[0], "s.yml: error: larger than 4 MiB; a scenario says only what differs");
    free(text);
}

Test(scenario, takes_rules_as_a_list_or_by_name)
{
    const char *rule = "npl_ratio > 0.03 for 6: policies.risk_pool.share -= 0.1\n";
    char text[512];
    snprintf(text, sizeof text, "triggers:\n  - %s", rule);
    cr_assert_eq(read_text(text), OK);
    cr_expect_eq(scenario.setup.n_triggers, 1);
    scenario_free(&scenario);
    snprintf(text, sizeof text, "triggers:\n  warning: \"%.55s\"\n", rule);
    cr_assert_eq(read_text(text), OK);
    cr_expect_str_eq(scenario.setup.trigger[0].name, "warning");
    scenario_free(&scenario);
    cr_expect_str_eq(message("triggers:\n  - a\n"),
                     "s.yml:2:5: error: triggers.1: unknown series 'a'; `liandong series` lists them");
}

Test(scenario, refuses_control_characters)
{
    cr_expect_str_eq(message("months: 3\ntitle: a\x01\n"),
                     "s.yml:2:9: error: a control character, which no text file should hold");
}
