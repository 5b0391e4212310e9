/* SPDX-License-Identifier: GPL-3.0-or-later */
/* new - a scenario to fill in, every field with its meaning, unit and default, and a facts file beside it.
 *
 * With --like PLACE, what that place says is active; all else is commented out, so that the new scenario runs at once and
 * says only what differs from the defaults. */
#include <errno.h>
#include <liandong/command.h>
#include <liandong/scenario.h>
#include <liandong/units.h>
#include <string.h>

enum { KEY_LIKE = 1, TEXT_ROOM = 512, PATH_ROOM = 4096, ORIGIN_SHIPPED = 1 };

/* The columns of facts files (shared with `validate` and `calibrate`). */
static const char facts_header[] =
    "id,source,place,year,window_from,window_to,quantity,bound,value,unit,kind,derived_from,"
    "population,original_zh\n";

struct writing {
    FILE *to;
    const char *name;
    const struct setup *setup;
    int32_t region;
};

static const char *take(void *to, int key, const char *value)
{
    (void)key;
    const char **like = to;
    *like = value;
    return NULL;
}

/* Whether a layer gives a value (or dates it), and not the table. */
static bool given(const struct writing *w, int32_t param, int32_t instance)
{
    const struct setup *s = w->setup;
    if (s->initial_origin[(size_t)w->region * s->n_slots + setup_slot(s, param, instance)] > ORIGIN_SHIPPED)
        return true;
    for (size_t i = 0; i < s->n_changes; i++)
        if (s->change[i].region == w->region && s->change[i].param == param && s->change[i].instance == instance)
            return true;
    return false;
}

static bool instance_given(const struct writing *w, enum group g, int32_t instance)
{
    for (size_t p = group_table[g].first; p < group_table[g].first + group_table[g].n; p++)
        if (given(w, (int32_t)p, instance))
            return true;
    return false;
}

static bool group_given(const struct writing *w, enum group g)
{
    for (int32_t k = 0; k < w->setup->layout.count[g]; k++)
        if (instance_given(w, g, k))
            return true;
    return false;
}

static bool policies_given(const struct writing *w)
{
    for (int g = 0; g < N_GROUPS; g++)
        if (group_table[g].scope == SCOPE_POLICY && group_given(w, (enum group)g))
            return true;
    return false;
}

/* One value, tiers in braces. */
static void put_value(const struct writing *w, const struct param_desc *d, const void *value)
{
    char text[TEXT_ROOM];
    value_text(d, value, text, sizeof text);
    bool tiers = d->kind == KIND_TIERS;
    fprintf(w->to, "%s%s%s", tiers ? "{" : "", tiers && strcmp(text, "none") == 0 ? "" : text, tiers ? "}" : "");
}

/* The value in force at first, or all of them with their months. */
static void put_course(const struct writing *w, int32_t param, int32_t instance, const void *first)
{
    const struct setup *s = w->setup;
    const struct param_desc *d = &param_table[param];
    char month[8];
    bool dated = false;
    for (size_t i = 0; i < s->n_changes; i++) {
        const struct change *c = &s->change[i];
        if (c->region != w->region || c->param != param || c->instance != instance)
            continue;
        if (!dated) {
            month_text(setup_first_month(s), month);
            fprintf(w->to, "{%s: ", month);
            put_value(w, d, first);
        }
        dated = true;
        month_text(c->month, month);
        fprintf(w->to, ", %s: ", month);
        put_value(w, d, s->bytes + c->value);
    }
    if (dated)
        fputc('}', w->to);
    else
        put_value(w, d, first);
}

static void put_param(const struct writing *w, int32_t param, int32_t instance, int indent)
{
    const struct setup *s = w->setup;
    const struct param_desc *d = &param_table[param];
    const unsigned char *block = s->initial + (size_t)w->region * s->layout.size;
    const unsigned char *at = values_at(block, &s->layout, d->group, instance);
    _Alignas(8) unsigned char def[sizeof(struct tiers)];
    char text[TEXT_ROOM];
    param_default(d, def);
    value_text(d, def, text, sizeof text);
    fprintf(w->to, "%*s%s%s: ", indent, "", given(w, param, instance) ? "" : "# ", d->name);
    put_course(w, param, instance, at + d->offset);
    fprintf(w->to, "  # %s%s%s; %s %s\n", tr(d->unit, unit_zh(d->unit)), *d->unit != '\0' ? "; " : "", tr(d->en, d->zh),
            tr("default", "默认值"), text);
}

static void put_instance(const struct writing *w, enum group g, int32_t instance, int indent)
{
    const struct group_desc *group = &group_table[g];
    if (group->scope != SCOPE_SINGLE && strcmp(w->setup->layout.name[g][instance], group->name) != 0) {
        const char *mark = instance_given(w, g, instance) ? "" : "# ";
        fprintf(w->to, "%*s%s%s:\n", indent, "", mark, w->setup->layout.name[g][instance]);
        indent += 2;
    }
    for (size_t p = group->first; p < group->first + group->n; p++)
        put_param(w, (int32_t)p, instance, indent);
}

/* A group whose every line is a comment must be one, too: an empty section is an error. */
static void put_group(const struct writing *w, enum group g, int indent)
{
    const struct group_desc *group = &group_table[g];
    fprintf(w->to, "\n%*s%s%s:  # %s\n", indent, "", group_given(w, g) ? "" : "# ", group->name,
            tr(group->label_en, group->label_zh));
    for (int32_t k = 0; k < w->setup->layout.count[g]; k++)
        put_instance(w, g, k, indent + 2);
}

static bool region_given(const struct writing *w)
{
    for (int g = 0; g < N_GROUPS; g++)
        if (group_given(w, (enum group)g))
            return true;
    return false;
}

static void put_region(const struct writing *w, const char *name)
{
    fprintf(w->to, "  %s:%s\n", name, region_given(w) ? "" : " {}");
    for (int g = 0; g < N_GROUPS; g++)
        if (group_table[g].scope != SCOPE_POLICY)
            put_group(w, (enum group)g, 4);
    fprintf(w->to, "\n    %spolicies:\n", policies_given(w) ? "" : "# ");
    for (int g = 0; g < N_GROUPS; g++)
        if (group_table[g].scope == SCOPE_POLICY)
            put_group(w, (enum group)g, 6);
}

static void put_world(const struct writing *w)
{
    char text[TEXT_ROOM];
    fprintf(w->to, "title: {zh: ");
    json_string(w->to, w->name);
    fprintf(w->to, ", en: ");
    json_string(w->to, w->name);
    fprintf(w->to, "}\n");
    for (int k = 0; k < WORLD_TITLE; k++) {
        const struct world_desc *d = &world_table[k];
        world_text(&w->setup->world, (enum world_key)k, text, sizeof text);
        fprintf(w->to, "%s%s: %s  # %s%s%s; %s %s\n", w->setup->world_origin[k] > 0 ? "" : "# ", d->name, text,
                tr(d->unit, unit_zh(d->unit)), *d->unit != '\0' ? "; " : "", tr(d->en, d->zh), tr("default", "默认值"),
                d->def);
    }
}

static void put_scenario(struct writing *w, const char *like)
{
    fprintf(w->to, "# %s%s%s\n", w->name, like != NULL ? tr(" - made like ", " - 仿照 ") : "",
            like != NULL ? like : "");
    fprintf(
        w->to, "# %s\n",
        tr("Take away \"# \" before a line to set it.  Money in yuan (400 m, 4 亿, 150 万), rates a year, shares 0-1.",
           "去掉行首的“# ”即可设定该项。金额以元计（400 m、4 亿、150 万），利率为年率，比例为 0-1。"));
    put_world(w);
    fprintf(w->to, "regions:\n");
    for (w->region = 0; w->region < w->setup->n_regions; w->region++)
        put_region(w, w->setup->n_regions == 1 ? w->name : w->setup->region[w->region]);
}

/* A file that must not be there yet. */
static enum status file_begin(const char *path, FILE **file, struct diag *diag)
{
    *file = fopen(path, "wx");
    if (*file != NULL)
        return OK;
    if (errno == EEXIST)
        return diag_stop(diag, FAILED, "%s exists already; it is left as it is", path);
    return diag_stop(diag, IO_ERROR, "cannot write %s: %s", path, diag_reason(diag, errno));
}

static enum status file_end(const char *path, FILE *file, struct diag *diag)
{
    bool bad = ferror(file) != 0;
    if (fclose(file) == 0 && !bad)
        return OK;
    return diag_stop(diag, IO_ERROR, "cannot write %s: %s", path, diag_reason(diag, errno));
}

static enum status write_files(const char *name, const char *like, const struct setup *setup, struct diag *diag)
{
    char scenario[TEXT_ROOM], facts[TEXT_ROOM];
    snprintf(scenario, sizeof scenario, "%s.yml", name);
    snprintf(facts, sizeof facts, "%s-facts.csv", name);
    FILE *file;
    struct writing w = {.name = name, .setup = setup};
    TRY(file_begin(scenario, &w.to, diag));
    put_scenario(&w, like);
    TRY(file_end(scenario, w.to, diag));
    TRY(file_begin(facts, &file, diag));
    fputs(facts_header, file);
    return file_end(facts, file, diag);
}

/* The name becomes that of a region and of files. */
static enum status check_name(const char *name, struct diag *diag)
{
    size_t n = strlen(name);
    if (n == 0 || n >= NAME_SIZE || *name == '-' || strpbrk(name, " ./\\*:,#'\"{}[]&!|>%@`\t\n") != NULL)
        return diag_stop(diag, FAILED, "the name '%s' may hold letters, digits, '-' and '_' only", name);
    char shipped[PATH_ROOM];
    scenario_find(name, shipped, sizeof shipped);
    if (*shipped != '\0') /* `run NAME` would take that one, and not the file that is written here */
        return diag_stop(diag, FAILED, "'%s' is the name of a shipped scenario; take another", name);
    return OK;
}

int command_new(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"like",   KEY_LIKE, "PLACE", 0, "take over what this place or file says", 0},
        {0}
    };
    const char *like = NULL;
    const struct command_line line = {
        .words = "NAME",
        .en = "Write NAME.yml and NAME-facts.csv to fill in, every field with meaning, unit and default.",
        .zh = "生成待填写的 NAME.yml 与 NAME-facts.csv，每项注明含义、单位与默认值。",
        .least = 1,
        .most = 1,
        .own = own,
        .take = take,
        .to = &like};
    struct common c;
    struct diag diag;
    struct scenario scenario = {0};
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = check_name(c.word[0], &diag);
    if (status == OK)
        status = like != NULL ? scenario_read(&scenario, like, NULL, 0, &diag)
                              : scenario_read_text(&scenario, "new", "", 0, NULL, 0, &diag);
    if (status == OK) {
        status = write_files(c.word[0], like, &scenario.setup, &diag);
        scenario_free(&scenario);
    }
    if (status == OK)
        command_say(&c, tr("%s.yml and %s-facts.csv are written", "已生成 %s.yml 与 %s-facts.csv"), c.word[0],
                    c.word[0]);
    return command_end(&c, &diag, status);
}
