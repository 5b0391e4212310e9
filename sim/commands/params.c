/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params - the table of parameters: for reading, and as a JSON schema by which editors complete scenario files. */
#include <liandong/command.h>
#include <liandong/registry.h>
#include <liandong/setup.h>
#include <liandong/units.h>
#include <string.h>

static const struct {
    const char *en, *zh;
} kind_names[] = {
    [KIND_SWITCH] = {"switch", "开关"},
      [KIND_CHOICE] = {"choice", "选项"},
      [KIND_COUNT] = {"count",  "个数"},
    [KIND_MONTHS] = {"months", "月数"},
      [KIND_RATE] = {"rate",   "比率"},
      [KIND_SHARE] = {"share",  "份额"},
    [KIND_NUMBER] = {"number", "数值"},
      [KIND_MONEY] = {"money",  "金额"},
      [KIND_TIERS] = {"tiers",  "分档"},
};

static const char *kind_shown(enum kind kind, enum format format)
{
    return word_shown(kind_names[kind].en, kind_names[kind].zh, format);
}

static void default_text(const struct param_desc *d, char *text, size_t size)
{
    _Alignas(8) unsigned char value[sizeof(struct tiers)];
    param_default(d, value);
    value_text(d, value, text, size);
}

static bool has_range(enum kind kind)
{
    return kind != KIND_SWITCH && kind != KIND_CHOICE && kind != KIND_TIERS;
}

static void add_world(struct table *t, enum format format)
{
    for (int k = 0; k < N_WORLD_KEYS; k++) {
        const struct world_desc *d = &world_table[k];
        char low[NUMBER_SIZE], high[NUMBER_SIZE];
        bool range = has_range(d->kind);
        number_text(d->min, low);
        number_text(d->max, high);
        const char *cells[] = {d->name,
                               range ? kind_shown(d->kind, format) : word_shown("text", "文本", format),
                               unit_shown(d->unit, format),
                               d->def,
                               range ? low : NULL,
                               range ? high : NULL,
                               word_shown("world", "世界", format),
                               word_shown("no", "否", format),
                               "",
                               tr(d->en, d->zh)};
        table_add(t, cells);
    }
}

static void add_param(struct table *t, const struct param_desc *d, enum format format)
{
    const struct group_desc *g = &group_table[d->group];
    char name[256], def[256], low[NUMBER_SIZE], high[NUMBER_SIZE];
    snprintf(name, sizeof name, "%s%s.%s%s", g->scope == SCOPE_POLICY ? "policies." : "", g->name,
             g->scope == SCOPE_NAMED ? "NAME." : "", d->name);
    default_text(d, def, sizeof def);
    number_text(d->min, low);
    number_text(d->max, high);
    bool range = has_range(d->kind);
    const char *cells[] = {name,
                           kind_shown(d->kind, format),
                           unit_shown(d->unit, format),
                           def,
                           range ? low : NULL,
                           range ? high : NULL,
                           registry_idle((size_t)(d - param_table)) != 0
                               ? word_shown("nothing here", "在此不起作用", format)
                               : word_shown(acts_names_en[d->acts], acts_names_zh[d->acts], format),
                           d->flags & PARAM_AGENT ? word_shown("no", "否", format) : word_shown("yes", "是", format),
                           source_shown(d->source, format),
                           tr(d->en, d->zh)};
    table_add(t, cells);
}

static enum status print_table(enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"name",    "name",                  "参数",             COLUMN_TEXT  },
        {"kind",    "kind",                  "类型",             COLUMN_TEXT  },
        {"unit",    "unit",                  "单位",             COLUMN_TEXT  },
        {"default", "default",               "默认值",          COLUMN_NUMBER},
        {"min",     "min",                   "下限",             COLUMN_NUMBER},
        {"max",     "max",                   "上限",             COLUMN_NUMBER},
        {"acts_on", "acts on",               "作用于",          COLUMN_TEXT  },
        {"dated",   "may be dated",          "可随时间变化", COLUMN_TEXT  },
        {"source",  "source of the default", "默认值来源",    COLUMN_TEXT  },
        {"meaning", "meaning",               "含义",             COLUMN_TEXT  }
    };
    struct table t;
    table_init(&t, columns, sizeof columns / sizeof columns[0]);
    add_world(&t, format);
    for (size_t p = 0; p < n_params; p++)
        add_param(&t, &param_table[p], format);
    enum status status = table_print(&t, format, stdout, diag);
    table_free(&t);
    return status;
}

/* ---- the schema (draft 07, which editors know) */

static const char month_pattern[] = "^[0-9]{4}-[0-9]{2}$";

/* What one value may be, without dates. */
static void schema_value(const struct param_desc *d)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    const char *start;
    size_t length;
    switch (d->kind) {
    case KIND_SWITCH:
        printf("{\"enum\": [true, false, \"yes\", \"no\", \"on\", \"off\"]}");
        return;
    case KIND_TIERS:
        printf("{\"type\": [\"object\", \"string\"]}");
        return;
    case KIND_CHOICE:
        printf("{\"enum\": [");
        for (int32_t k = 0; (length = choice_name(d, k, &start)) > 0; k++)
            printf("%s\"%.*s\"", k > 0 ? ", " : "", (int)length, start);
        printf("]}");
        return;
    default:
        number_text(d->min, low);
        number_text(d->max, high);
        /* a string may hold a unit: "4 亿", "40 %", "1/3" */
        printf("{\"type\": [\"%s\", \"string\"], \"minimum\": %s, \"maximum\": %s}",
               d->kind == KIND_COUNT || d->kind == KIND_MONTHS ? "integer" : "number", low, high);
    }
}

static void schema_description(const char *unit, const char *meaning, const char *def)
{
    char text[1024];
    bool has_unit = *unit != '\0' && strchr(unit, '|') == NULL;
    snprintf(text, sizeof text, tr("%s%s%s%s; default %s", "%s%s%s%s；默认值 %s"), meaning, has_unit ? " [" : "",
             has_unit ? tr(unit, unit_zh(unit)) : "", has_unit ? "]" : "", def);
    printf("\"description\": ");
    json_string(stdout, text);
}

static void schema_param(const struct param_desc *d)
{
    char def[256];
    default_text(d, def, sizeof def);
    printf("\n    \"%s\": {", d->name);
    schema_description(d->unit, tr(d->en, d->zh), def);
    printf(", \"anyOf\": [");
    schema_value(d);
    if (!(d->flags & PARAM_AGENT)) {
        printf(", {\"type\": \"object\", \"additionalProperties\": false, \"patternProperties\": {\"%s\": ",
               month_pattern);
        schema_value(d);
        printf("}}");
    }
    printf(", {\"type\": \"null\"}]}");
}

static void schema_params(enum group group)
{
    const struct group_desc *g = &group_table[group];
    printf("\"properties\": {");
    for (size_t p = g->first; p < g->first + g->n; p++) {
        printf("%s", p > g->first ? "," : "");
        schema_param(&param_table[p]);
    }
    if (g->scope == SCOPE_POLICY) {
        printf(",\n    \"from\": {\"description\": ");
        json_string(stdout, tr("first month in force", "生效首月"));
        printf(", \"type\": [\"string\", \"null\"], \"pattern\": \"%s\"},\n    \"until\": {\"description\": ",
               month_pattern);
        json_string(stdout, tr("last month in force", "生效末月"));
        printf(", \"type\": [\"string\", \"null\"], \"pattern\": \"%s\"}", month_pattern);
    }
    printf("}");
}

/* A group; with instances also what one of them holds. */
static void schema_group(enum group group)
{
    const struct group_desc *g = &group_table[group];
    const char *label = tr(g->label_en, g->label_zh);
    if (g->scope != SCOPE_SINGLE) {
        printf(",\n  \"one_of_%s\": {\"type\": [\"object\", \"null\"], \"additionalProperties\": false, ", g->name);
        schema_params(group);
        printf("}");
    }
    printf(",\n  \"%s\": {\"description\": ", g->name);
    json_string(stdout, label);
    printf(", \"type\": [\"object\", \"null\"], ");
    if (g->scope != SCOPE_NAMED)
        schema_params(group);
    else
        printf("\"properties\": {}");
    if (g->scope == SCOPE_SINGLE)
        printf(", \"additionalProperties\": false}");
    else
        printf(
            ", \"patternProperties\": {\"[.]\": {}}, \"additionalProperties\": {\"$ref\": \"#/definitions/one_of_%s\"}}",
            g->name);
}

/* The groups that may stand at the top, in a region, or (policies) in `policies`. */
static void schema_references(bool policies)
{
    bool first = true;
    for (int g = 0; g < N_GROUPS; g++)
        if ((group_table[g].scope == SCOPE_POLICY) == policies) {
            printf("%s\n    \"%s\": {\"$ref\": \"#/definitions/%s\"}", first ? "" : ",", group_table[g].name,
                   group_table[g].name);
            first = false;
        }
    if (!policies)
        printf("%s\n    \"policies\": {\"$ref\": \"#/definitions/policies\"}", first ? "" : ",");
}

static void schema_world(void)
{
    for (int k = 0; k < N_WORLD_KEYS; k++) {
        const struct world_desc *d = &world_table[k];
        printf("\n    \"%s\": {", d->name);
        schema_description(d->unit, tr(d->en, d->zh), d->def);
        printf("},");
    }
    printf("\n    \"base\": {\"description\": ");
    json_string(stdout, tr("the place or file, or a list of them, over which this scenario lies",
                           "本情景所基于的地区或文件，可为列表"));
    printf(", \"type\": [\"string\", \"array\"]},");
    printf(
        "\n    \"triggers\": {\"type\": [\"array\", \"object\", \"null\"]},"
        "\n    \"regions\": {\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/definitions/region\"}},");
}

static void print_schema(void)
{
    printf("{\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n \"title\": \"liandong\",\n"
           " \"type\": \"object\",\n \"additionalProperties\": false,\n \"patternProperties\": {\"[.]\": {}},\n"
           " \"properties\": {");
    schema_world();
    schema_references(false);
    printf("},\n \"definitions\": {\n  \"region\": {\"type\": [\"object\", \"null\"], \"additionalProperties\": false, "
           "\"patternProperties\": {\"[.]\": {}}, \"properties\": {");
    schema_references(false);
    printf("}},\n  \"policies\": {\"type\": \"object\", \"additionalProperties\": false, "
           "\"patternProperties\": {\"[.]\": {}}, \"properties\": {");
    schema_references(true);
    printf("}}");
    for (int g = 0; g < N_GROUPS; g++)
        schema_group((enum group)g);
    printf("}}\n");
}

int command_params(int argc, char **argv)
{
    static const struct command_line line = {
        .en = "Print the table of parameters: unit, default, range, source, meaning.",
        .zh = "列出参数表：单位、默认值、范围、来源与含义。",
        .formats = true,
        .schema = true};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = OK;
    if (c.format == FORMAT_JSON_SCHEMA)
        print_schema();
    else
        status = print_table(c.format, &diag);
    return command_end(&c, &diag, status);
}
