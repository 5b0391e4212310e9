/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain - each value in force and where it comes from: a default with its source, a file and line, --set. */
#include <liandong/command.h>
#include <liandong/scenario.h>
#include <liandong/triggers.h>
#include <string.h>

enum { NAME_ROOM = 256, TEXT_ROOM = 512 };

struct explaining {
    const struct scenario *scenario;
    const struct common *c;
    struct table table;
    bool *used; /* keys asked for that name something */
};

/* "guangzhou:12" -> "scenarios/places/guangzhou.yml:12" */
static void origin_text(const struct explaining *x, int32_t number, const char *source, char *text, size_t size)
{
    const struct scenario *s = x->scenario;
    const char *origin = s->setup.origin[number];
    const char *colon = strrchr(origin, ':');
    bool def = strcmp(origin, "default") == 0, shipped = strcmp(origin, "shipped") == 0; /* of instances.def */
    if (def || shipped) {
        bool zh = lang_zh && !format_for_programs(x->c->format);
        snprintf(text, size, "%s%s%s", zh ? def ? "默认值" : "随程序提供" : origin,
                 *source == '\0' ? ""
                 : zh            ? "："
                                 : ": ",
                 source_shown(source, x->c->format));
        return;
    }
    for (size_t i = 0; colon != NULL && i < s->n_layers; i++)
        if (strlen(s->layer[i].name) == (size_t)(colon - origin) &&
            strncmp(s->layer[i].name, origin, (size_t)(colon - origin)) == 0) {
            snprintf(text, size, "%s%s", s->layer[i].path, colon);
            return;
        }
    snprintf(text, size, "%s", origin);
}

/* Whether `key` is the name, or a beginning of it up to a dot. */
static bool begins(const char *name, const char *key)
{
    size_t n = strlen(key);
    return strncmp(name, key, n) == 0 && (name[n] == '\0' || name[n] == '.');
}

/* An instrument that is asked for by a further name (aliases.def), by that of its group. */
static void own_name(const char *key, char *own, size_t size)
{
    static const char head[] = "policies.";
    const char *at = strstr(key, head);
    char name[NAME_SIZE];
    snprintf(own, size, "%s", key);
    if (at == NULL)
        return;
    at += sizeof head - 1;
    size_t n = strcspn(at, ".");
    snprintf(name, sizeof name, "%.*s", (int)n, at);
    enum group g = group_find(name);
    if (n < sizeof name && g != N_GROUPS)
        snprintf(own, size, "%.*s%s%s", (int)(at - key), key, group_table[g].name, at + n);
}

/* A full name is asked for as it is, or without its region, or with '*' for it. */
static bool asked(struct explaining *x, const char *name)
{
    const char *rest = name;
    if (strncmp(name, "regions.", 8) == 0)
        rest = strchr(name + 8, '.') + 1;
    bool hit = x->c->n_words == 1;
    for (size_t i = 1; i < x->c->n_words; i++) { /* several keys may mean it: `policies policies.risk_pool` */
        char key[TEXT_ROOM];
        own_name(x->c->word[i], key, sizeof key);
        if (begins(name, key) || begins(rest, key) || (strncmp(key, "regions.*.", 10) == 0 && begins(rest, key + 10)))
            x->used[i] = hit = true;
    }
    return hit;
}

static void add(struct explaining *x, const char *name, const char *month, const char *value, const char *unit,
                const char *origin)
{
    const char *cells[] = {name, month, value, unit_shown(unit, x->c->format), origin};
    table_add(&x->table, cells);
}

static void explain_world(struct explaining *x)
{
    const struct setup *s = &x->scenario->setup;
    for (int k = 0; k < N_WORLD_KEYS; k++) {
        char value[TEXT_ROOM], origin[TEXT_ROOM];
        if (k == WORLD_TITLE || !asked(x, world_table[k].name))
            continue;
        world_text(&s->world, (enum world_key)k, value, sizeof value);
        origin_text(x, s->world_origin[k > WORLD_TITLE ? WORLD_TITLE : k], "", origin, sizeof origin);
        add(x, world_table[k].name, NULL, value, world_table[k].unit, origin);
    }
}

/* A rule of monitoring is one value, though it stands in several regions. */
static void explain_triggers(struct explaining *x)
{
    const struct setup *s = &x->scenario->setup;
    for (size_t k = 0; k < s->n_triggers; k++) {
        const struct trigger *t = &s->trigger[k];
        char name[NAME_ROOM], origin[TEXT_ROOM];
        snprintf(name, sizeof name, "triggers.%s", t->name);
        if ((k > 0 && strcmp(s->trigger[k - 1].name, t->name) == 0) || !asked(x, name))
            continue;
        origin_text(x, t->origin, "", origin, sizeof origin);
        add(x, name, NULL, t->text, "", origin);
    }
}

static void explain_changes(struct explaining *x, int32_t region, int32_t param, int32_t instance, const char *name)
{
    const struct setup *s = &x->scenario->setup;
    const struct param_desc *d = &param_table[param];
    for (size_t i = 0; i < s->n_changes; i++) {
        const struct change *change = &s->change[i];
        char month[8], value[TEXT_ROOM], origin[TEXT_ROOM];
        if (change->region != region || change->param != param || change->instance != instance)
            continue;
        month_text(change->month, month);
        value_text(d, s->bytes + change->value, value, sizeof value);
        origin_text(x, change->origin, d->source, origin, sizeof origin);
        add(x, name, month, value, d->kind == KIND_CHOICE ? "" : d->unit, origin);
    }
}

static void explain_param(struct explaining *x, int32_t region, int32_t param, int32_t instance)
{
    const struct setup *s = &x->scenario->setup;
    const struct param_desc *d = &param_table[param];
    char name[NAME_ROOM], value[TEXT_ROOM], origin[TEXT_ROOM];
    setup_name(s, region, param, instance, name, sizeof name);
    if (!asked(x, name))
        return;
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    const unsigned char *at = values_at(block, &s->layout, d->group, instance);
    value_text(d, at + d->offset, value, sizeof value);
    int32_t number = s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, param, instance)];
    origin_text(x, number, d->source, origin, sizeof origin);
    add(x, name, NULL, value, d->kind == KIND_CHOICE ? "" : d->unit, origin);
    explain_changes(x, region, param, instance, name);
}

static void explain_region(struct explaining *x, int32_t region)
{
    const struct setup *s = &x->scenario->setup;
    for (int g = 0; g < N_GROUPS; g++)
        for (int32_t k = 0; k < s->layout.count[g]; k++)
            for (size_t p = group_table[g].first; p < group_table[g].first + group_table[g].n; p++)
                explain_param(x, region, (int32_t)p, k);
}

/* A key that named nothing: an error, with the nearest parameter where one is near. */
static enum status unknown_key(const struct setup *s, const char *key, struct diag *diag)
{
    size_t most = n_params + N_GROUPS + s->n_triggers;
    char(*names)[NAME_ROOM] = calloc(most, sizeof *names);
    const char **list = calloc(most + N_WORLD_KEYS, sizeof *list);
    size_t n = 0;
    for (size_t p = 0; names != NULL && list != NULL && p < n_params; p++, n++) {
        const struct group_desc *g = &group_table[param_table[p].group];
        snprintf(names[n], NAME_ROOM, "%s%s.%s%s", g->scope == SCOPE_POLICY ? "policies." : "", g->name,
                 g->scope == SCOPE_NAMED ? "NAME." : "", param_table[p].name);
        list[n] = names[n];
    }
    for (int g = 0; names != NULL && list != NULL && g < N_GROUPS; g++, n++) {
        snprintf(names[n], NAME_ROOM, "%s%s", group_table[g].scope == SCOPE_POLICY ? "policies." : "",
                 group_table[g].name);
        list[n] = names[n];
    }
    for (size_t k = 0; names != NULL && list != NULL && k < s->n_triggers; k++, n++) {
        snprintf(names[n], NAME_ROOM, "triggers.%s", s->trigger[k].name);
        list[n] = names[n];
    }
    for (int k = 0; list != NULL && k < N_WORLD_KEYS; k++)
        list[n++] = world_table[k].name;
    const char *near = list == NULL ? NULL : nearest_name(key, list, n);
    if (near != NULL)
        (void)diag_fail(diag, (struct place){0}, "unknown parameter '%s'; did you mean '%s'?", key, near);
    else
        (void)diag_fail(diag, (struct place){0}, "unknown parameter '%s'", key);
    free(names);
    free(list);
    return FAILED;
}

static enum status explain(struct explaining *x, struct diag *diag)
{
    static const struct column columns[] = {
        {"key",    "key",                 "参数",       COLUMN_TEXT  },
        {"from",   "from",                "生效月份", COLUMN_TEXT  },
        {"value",  "value",               "取值",       COLUMN_NUMBER},
        {"unit",   "unit",                "单位",       COLUMN_TEXT  },
        {"origin", "where it comes from", "来源",       COLUMN_TEXT  }
    };
    table_init(&x->table, columns, 5);
    explain_world(x);
    explain_triggers(x);
    for (int32_t r = 0; r < x->scenario->setup.n_regions; r++)
        explain_region(x, r);
    enum status status = OK;
    for (size_t i = 1; i < x->c->n_words; i++)
        if (!x->used[i])
            status = unknown_key(&x->scenario->setup, x->c->word[i], diag);
    if (status == OK)
        status = table_print(&x->table, x->c->format, stdout, diag);
    table_free(&x->table);
    return status;
}

int command_explain(int argc, char **argv)
{
    static const struct command_line line = {.words = "SCENARIO [KEY...]",
                                             .en = "Print each value in force, and where it comes from.",
                                             .zh = "列出生效的每个取值及其来源。",
                                             .least = 1,
                                             .most = SIZE_MAX,
                                             .sets = true,
                                             .formats = true};
    struct common c;
    struct diag diag;
    struct scenario scenario;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = scenario_read(&scenario, c.word[0], c.set, c.n_sets, &diag);
    if (status == OK) {
        struct explaining x = {.scenario = &scenario, .c = &c, .used = calloc(c.n_words, sizeof(bool))};
        status = x.used == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : explain(&x, &diag);
        free(x.used);
        scenario_free(&scenario);
    }
    return command_end(&c, &diag, status);
}
