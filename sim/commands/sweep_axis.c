/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters that a sweep varies, and their values at its points; see include/liandong/sweep_task.h. */
#include <liandong/assign.h>
#include <liandong/sizes.h>
#include <liandong/sweep_task.h>
#include <math.h>
#include <string.h>

enum { VALUE_ROOM = 256 }; /* bytes of a value of any kind */

/* "0.1:0.5:5", or without the number where it has none to give. */
static bool read_range(struct sweep_axis *a, const char *text, bool numbered)
{
    char *end = NULL;
    a->low = strtod(text, &end);
    if (end == text || *end != ':')
        return false;
    const char *high = end + 1;
    a->high = strtod(high, &end);
    a->range = end != high && a->low < a->high;
    if (!numbered)
        return a->range && *end == '\0';
    long levels = *end == ':' ? strtol(end + 1, &end, 10) : 0;
    a->levels = (size_t)levels;
    return a->range && *end == '\0' && levels >= 2 && levels <= POINTS_MOST;
}

static enum status read_list(struct sweep_axis *a, const char *from, struct place at, struct diag *diag)
{
    const char *whole = from;
    for (const char *next; *from != '\0'; from = next) {
        size_t n = strcspn(from, ",");
        next = from[n] == ',' ? from + n + 1 : from + n;
        if (n == 0 || n >= sizeof a->value[0] || a->levels == VALUES_MOST)
            return diag_fail(diag, at, "'%s' is no list of values", whole);
        snprintf(a->value[a->levels++], sizeof a->value[0], "%.*s", (int)n, from);
    }
    return a->levels > 0 ? OK : diag_fail(diag, at, "'%s' is no list of values", whole);
}

/* Of money whole fen, as a scenario takes no less. */
static void write_number(const struct sweep_axis *a, double x, char *text, size_t size)
{
    if (a->desc->kind != KIND_MONEY) {
        snprintf(text, size, "%.12g", x);
        return;
    }
    snprintf(text, size, "%.2f", x);
    size_t n = strlen(text);
    if (n > 3 && strcmp(text + n - 3, ".00") == 0)
        text[n - 3] = '\0';
}

/* The ends of a range and all values of a list must be values of the parameter. */
static enum status check_values(const struct sweep_axis *a, struct place at, struct diag *diag)
{
    char text[64];
    unsigned char room[VALUE_ROOM];
    enum status status = OK;
    BUG_ON(a->desc->size > sizeof room);
    for (size_t k = 0; k < (a->range ? 2 : a->levels); k++) {
        if (a->range)
            write_number(a, k == 0 ? a->low : a->high, text, sizeof text);
        else
            snprintf(text, sizeof text, "%s", a->value[k]);
        if (value_read(a->desc, text, room, at, a->name, diag) != OK)
            status = FAILED;
    }
    return status;
}

/* "policies.risk_pool.share@2020-07" */
static enum status read_key(struct sweep_axis *a, const char *text, size_t n, struct place at, struct diag *diag)
{
    int32_t month;
    snprintf(a->name, sizeof a->name, "%.*s", (int)n, text);
    snprintf(a->key, sizeof a->key, "%s", a->name);
    char *date = strchr(a->key, '@');
    if (date != NULL) {
        *date++ = '\0';
        if (strlen(date) != 7 || !month_read(date, &month))
            return diag_fail(diag, at, "%s: '%s' is not a month; write YYYY-MM", a->key, date);
        memcpy(a->from, date, sizeof a->from);
    }
    struct assignment like = {.key = a->key, .at = at};
    struct target target;
    a->desc = setup_param(a->key);
    if (a->desc == NULL && n > 0)
        TRY(target_find(&target, &like, diag)); /* says which is near */
    return a->desc != NULL ? OK : diag_fail(diag, at, "'%s' is not KEY=VALUES with a parameter for KEY", text);
}

enum status sweep_axis_read(struct sweep_axis *a, const char *text, enum sweep_design design, struct place at,
                            struct diag *diag)
{
    const char *equals = strchr(text, '='), *from = equals == NULL ? "" : equals + 1;
    TRY(read_key(a, text, equals == NULL ? 0 : (size_t)(equals - text), at, diag));
    a->whole = a->desc->kind == KIND_COUNT || a->desc->kind == KIND_MONTHS;
    if (strchr(from, ':') != NULL ? !read_range(a, from, design == GRID) : design != GRID)
        return diag_fail(diag, at, "'%s' is not %s", from, design == GRID ? "low:high:number" : "low:high");
    if (!a->range)
        TRY(read_list(a, from, at, diag));
    return check_values(a, at, diag);
}

/* Of whole numbers all are as likely; on a grid the nearest. */
static double between(const struct sweep_axis *a, double unit, bool grid)
{
    if (!a->whole)
        return a->low + unit * (a->high - a->low);
    if (grid)
        return floor(a->low + unit * (a->high - a->low) + 0.5);
    double value = floor(a->low + unit * (a->high - a->low + 1.0));
    return value < a->high ? value : a->high;
}

void sweep_value(const struct sweep *s, size_t point, size_t a, char *text, size_t size)
{
    const struct sweep_axis *axis = &s->axis[a];
    size_t at = point * s->o->n_axes + a;
    BUG_ON(s->level == NULL && s->unit == NULL);
    double unit = s->level == NULL ? s->unit[at]
                  : axis->range    ? (double)s->level[at] / (double)(axis->levels - 1)
                                   : 0.0;
    if (axis->range)
        write_number(axis, between(axis, unit, s->level != NULL), text, size);
    BUG_ON(!axis->range && s->level == NULL); /* lists are for grids */
    if (!axis->range)
        snprintf(text, size, "%s", axis->value[s->level[at]]);
}

void sweep_setting(const struct sweep *s, size_t point, size_t a, struct settings *to)
{
    char value[64];
    sweep_value(s, point, a, value, sizeof value);
    if (s->axis[a].from[0] != '\0')
        settings_add(to, "%s={%s: %s}", s->axis[a].key, s->axis[a].from, value);
    else
        settings_add(to, "%s=%s", s->axis[a].key, value);
}

double sweep_number(const struct sweep *s, size_t point, size_t a)
{
    const struct param_desc *d = s->axis[a].desc;
    struct place at = {"--vary", (int)a + 1, 1};
    struct diag unsaid;
    char text[64];
    union {
        double real;
        int64_t whole;
        unsigned char room[VALUE_ROOM];
    } value;
    if (d->kind == KIND_CHOICE || d->kind == KIND_TIERS)
        return (double)s->level[point * s->o->n_axes + a];
    sweep_value(s, point, a, text, sizeof text);
    diag_init(&unsaid);
    BUG_ON(value_read(d, text, value.room, at, d->name, &unsaid) != OK); /* they were checked */
    diag_free(&unsaid);
    return size_value(d, value.room);
}
