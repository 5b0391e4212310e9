/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sizes - see include/liandong/sizes.h. */
#include <liandong/sizes.h>
#include <string.h>

/* "regions.gz.credit.base_rate" is also called "credit.base_rate". */
static bool is_called(const char *full, const char *key)
{
    const char *dot = strncmp(full, "regions.", 8) == 0 ? strchr(full + 8, '.') : NULL;
    return strcmp(full, key) == 0 || (dot != NULL && strcmp(dot + 1, key) == 0);
}

double size_value(const struct param_desc *d, const void *at)
{
    int32_t whole;
    double real;
    money amount;
    switch (d->kind) {
    case KIND_MONEY:
        memcpy(&amount, at, sizeof amount);
        return money_to_yuan(amount);
    case KIND_RATE:
    case KIND_SHARE:
    case KIND_NUMBER:
        memcpy(&real, at, sizeof real);
        return real;
    default:
        memcpy(&whole, at, sizeof whole);
        return whole;
    }
}

/* The first value of this name; false: the setup has none. */
static bool find_value(const struct setup *s, const char *key, const struct param_desc *d, double *value)
{
    char name[512];
    int32_t param = (int32_t)(d - param_table);
    for (int32_t r = 0; r < s->n_regions; r++)
        for (int32_t k = 0; k < s->layout.count[d->group]; k++) {
            const unsigned char *block = s->initial + (size_t)r * s->layout.size;
            setup_name(s, r, param, k, name, sizeof name);
            if (!is_called(name, key))
                continue;
            *value = size_value(d, (const char *)values_at(block, &s->layout, d->group, k) + d->offset);
            return true;
        }
    return false;
}

static bool is_number(const struct param_desc *d)
{
    return d->kind == KIND_MONEY || d->kind == KIND_RATE || d->kind == KIND_SHARE || d->kind == KIND_NUMBER ||
           d->kind == KIND_COUNT || d->kind == KIND_MONTHS;
}

enum status size_read(struct size_key *size, const char *text, const struct setup *setup, struct place place,
                      struct diag *diag)
{
    const char *equals = strchr(text, '=');
    char *end = NULL;
    *size = (struct size_key){.start = 0.0};
    snprintf(size->key, sizeof size->key, "%.*s", equals == NULL ? (int)strlen(text) : (int)(equals - text), text);
    char *at = strchr(size->key, '@');
    int32_t month;
    if (at != NULL) {
        snprintf(size->from, sizeof size->from, "%.7s", at + 1);
        *at = '\0';
        if (!month_read(size->from, &month) || strlen(at + 1) != 7)
            return diag_fail(diag, place, "%s: '%s' is not a month; write YYYY-MM", size->key, at + 1);
    }
    size->desc = setup_param(size->key);
    if (size->desc == NULL || !is_number(size->desc) || !find_value(setup, size->key, size->desc, &size->start))
        return diag_fail(diag, place, "'%s' is not a parameter with a number in every variant", size->key);
    if (equals != NULL)
        size->start = strtod(equals + 1, &end);
    if ((equals != NULL && (end == equals + 1 || *end != '\0')) || !(size->start > 0.0) ||
        size->start > size->desc->max)
        return diag_fail(diag, place, "%s: the search needs a value above 0 to begin with, as in %s=1000000", size->key,
                         size->key);
    size->least = size->desc->min > 0.0 ? size->desc->min : 0.0;
    size->most = size->desc->max;
    return OK;
}

void size_text(const struct size_key *size, double value, char *text, size_t room)
{
    char number[64];
    bool whole = size->desc->kind == KIND_COUNT || size->desc->kind == KIND_MONTHS;
    snprintf(number, sizeof number, size->desc->kind == KIND_MONEY ? "%.2f" : whole ? "%.0f" : "%.12g", value);
    if (size->from[0] != '\0')
        snprintf(text, room, "%s={%s: %s}", size->key, size->from, number);
    else
        snprintf(text, room, "%s=%s", size->key, number);
}
