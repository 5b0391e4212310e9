/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings - see include/liandong/settings.h. */
#include <liandong/settings.h>
#include <stdarg.h>
#include <string.h>

enum { TEXT_SIZE = SETTING_MOST + 1 };

static void put(struct settings *s, const char *text)
{
    if (s->n == s->capacity) {
        size_t capacity = 2 * s->capacity + 16;
        const char **grown = realloc(s->text, capacity * sizeof *grown);
        if (grown == NULL) {
            s->no_memory = true;
            return;
        }
        s->text = grown;
        s->capacity = capacity;
    }
    s->text[s->n++] = text;
}

void settings_init(struct settings *s, const char *const *given, size_t n)
{
    *s = (struct settings){.n = 0};
    for (size_t k = 0; k < n; k++)
        put(s, given[k]);
    s->borrowed = s->n;
}

void settings_add(struct settings *s, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    BUG_ON(n < 0 || n >= TEXT_SIZE);
    char *copy = strdup(text);
    s->no_memory = s->no_memory || copy == NULL;
    size_t before = s->n;
    if (copy != NULL)
        put(s, copy);
    if (s->n == before)
        free(copy);
}

void settings_free(struct settings *s)
{
    for (size_t k = s->borrowed; k < s->n; k++)
        free((char *)(uintptr_t)s->text[k]);
    free(s->text);
    *s = (struct settings){.n = 0};
}

static bool ever_enabled(const struct setup *s, int32_t region, int32_t param, int32_t instance)
{
    const struct param_desc *d = &param_table[param];
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    const char *at = values_at(block, &s->layout, d->group, instance);
    int32_t value;
    memcpy(&value, at + d->offset, sizeof value);
    bool enabled = value != 0;
    for (size_t c = 0; c < s->n_changes && !enabled; c++) {
        const struct change *change = &s->change[c];
        if (change->region != region || change->param != param || change->instance != instance)
            continue;
        memcpy(&value, s->bytes + change->value, sizeof value);
        enabled = value != 0;
    }
    return enabled;
}

/* The base rate of a region in force in `from`, and what it becomes later. */
static void nudge_region(struct settings *s, const struct setup *setup, int32_t region, int32_t from)
{
    const unsigned char *block = setup->initial + (size_t)region * setup->layout.size;
    const struct credit_params *credit = values_at(block, &setup->layout, GROUP_credit, 0);
    int32_t param = param_find(GROUP_credit, "base_rate"), at = from;
    double rate = credit->base_rate;
    char month[8];
    for (size_t k = 0; k <= setup->n_changes; k++) {
        const struct change *c = k < setup->n_changes ? &setup->change[k] : NULL;
        if (c != NULL && (c->region != region || c->param != param))
            continue;
        if (c == NULL || c->month > at) { /* what was in force until here */
            month_text(at, month);
            settings_add(s, "regions.%s.credit.base_rate={%s: %.12g}", setup->region[region], month, rate * 1.0001);
            at = c != NULL ? c->month : at;
        }
        if (c != NULL)
            memcpy(&rate, setup->bytes + c->value, sizeof rate);
    }
}

void settings_nudge(struct settings *s, const struct setup *setup, int32_t from)
{
    for (int32_t r = 0; r < setup->n_regions; r++)
        nudge_region(s, setup, r, from);
}

void settings_runoff(struct settings *s, const struct setup *setup, int32_t months)
{
    char name[TEXT_SIZE / 2], month[8];
    month_text(setup->world.start + setup->world.months, month);
    settings_add(s, "months=%d", (int)(setup->world.months + months));
    for (int32_t p = 0; (size_t)p < n_params; p++) {
        const struct param_desc *d = &param_table[p];
        if (group_table[d->group].scope != SCOPE_POLICY || strcmp(d->name, "enabled") != 0)
            continue;
        for (int32_t r = 0; r < setup->n_regions; r++)
            for (int32_t k = 0; k < setup->layout.count[d->group]; k++) {
                if (!ever_enabled(setup, r, p, k))
                    continue;
                setup_name(setup, r, p, k, name, sizeof name);
                settings_add(s, "%s={%s: false}", name, month);
            }
    }
}
