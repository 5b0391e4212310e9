/* SPDX-License-Identifier: GPL-3.0-or-later */
/* provenance - what a file says about how it was made: enough to make it again, and nothing that depends on where. */
#include <liandong/plan.h>
#include <liandong/version.h>
#include <string.h>

enum { VALUE_TEXT = 1024 };

static bool put_scenario(hid_t file, const char *scenario)
{
    char hash[SHA256_TEXT];
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, scenario, strlen(scenario));
    sha256_end_text(&h, hash);
    return hdf_put_text(file, "scenario_sha256", hash) && hdf_put_text(file, "scenario", scenario);
}

bool provenance_put(hid_t file, const struct result_about *about, const char *title_en, const char *title_zh)
{
    const struct world_values *world = &about->setup->world;
    char start[8];
    month_text(world->start, start);
    return hdf_put_text(file, "Conventions", "CF-1.8") && hdf_put_text(file, "title", title_en) &&
           hdf_put_text(file, "title_zh", title_zh) && hdf_put_text(file, "program", "liandong") &&
           hdf_put_text(file, "version", version_number) && hdf_put_text(file, "revision", version_revision) &&
           hdf_put_text(file, "compiler", version_compiler) && hdf_put_text(file, "flags", version_flags) &&
           hdf_put_integer(file, "schema", RESULT_SCHEMA) && hdf_put_integer(file, "seed", world->seed) &&
           hdf_put_integer(file, "runs", about->runs) && hdf_put_integer(file, "months", world->months) &&
           hdf_put_text(file, "start", start) && hdf_put_integer(file, "detail", about->detail) &&
           put_scenario(file, about->scenario);
}

/* One value in force: "0.4 | of the base | guangzhou:12" */
static bool put_value(hid_t group, const char *name, const char *value, const char *unit, const char *origin)
{
    char text[2 * VALUE_TEXT], plain[256];
    snprintf(plain, sizeof plain, "%s", unit[0] == '\0' ? "1" : unit);
    for (char *c = plain; *c != '\0'; c++)
        *c = *c == '|' ? '/' : *c; /* of a choice: the names */
    snprintf(text, sizeof text, "%s | %s | %s", value, plain, origin);
    /* two changes of one value in one month: the later one holds */
    if (H5Aexists(group, name) > 0 && H5Adelete(group, name) < 0)
        return false;
    return hdf_put_text(group, name, text);
}

static const char *origin_of(const struct setup *setup, int32_t origin)
{
    return origin < 0 || (size_t)origin >= setup->n_origins ? "default" : setup->origin[origin];
}

/* The titles share one origin. */
static bool put_world(hid_t group, const struct setup *s)
{
    enum { ORIGINS = sizeof s->world_origin / sizeof s->world_origin[0] };
    char text[VALUE_TEXT];
    for (int key = 0; key < N_WORLD_KEYS; key++) {
        int32_t origin = s->world_origin[key < ORIGINS ? key : ORIGINS - 1];
        world_text(&s->world, (enum world_key)key, text, sizeof text);
        if (!put_value(group, world_table[key].name, text, world_table[key].unit, origin_of(s, origin)))
            return false;
    }
    return true;
}

static bool put_initial(hid_t group, const struct setup *s, int32_t region, int32_t param, int32_t instance)
{
    const struct param_desc *d = &param_table[param];
    char name[512], value[VALUE_TEXT];
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    const char *at = values_at(block, &s->layout, d->group, instance);
    int32_t origin = s->initial_origin[(size_t)region * s->n_slots + setup_slot(s, param, instance)];
    setup_name(s, region, param, instance, name, sizeof name);
    value_text(d, at + d->offset, value, sizeof value);
    return put_value(group, name, value, d->unit, origin_of(s, origin));
}

/* Further values of a dated parameter: "regions.gz.policies.risk_pool.share @ 2025-07" */
static bool put_change(hid_t group, const struct setup *s, const struct change *change)
{
    const struct param_desc *d = &param_table[change->param];
    char name[512], full[512 + 16], value[VALUE_TEXT], month[8];
    setup_name(s, change->region, change->param, change->instance, name, sizeof name);
    month_text(change->month, month);
    snprintf(full, sizeof full, "%s @ %s", name, month);
    value_text(d, s->bytes + change->value, value, sizeof value);
    return put_value(group, full, value, d->unit, origin_of(s, change->origin));
}

bool parameters_put(hid_t file, const struct setup *s)
{
    hid_t group = hdf_create_group(file, "parameters");
    bool good = group >= 0 && put_world(group, s);
    for (int32_t region = 0; region < s->n_regions && good; region++)
        for (int32_t p = 0; (size_t)p < n_params && good; p++)
            for (int32_t k = 0; k < s->layout.count[param_table[p].group] && good; k++)
                good = put_initial(group, s, region, p, k);
    for (size_t c = 0; c < s->n_changes && good; c++)
        good = put_change(group, s, &s->change[c]);
    return good && H5Gclose(group) >= 0;
}
