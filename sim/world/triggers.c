/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triggers - see include/liandong/triggers.h: the text of a rule, and what it does to a value. */
#include <liandong/assign.h>
#include <liandong/triggers.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MOST = 255 };

/* A rule being read: `at` is what is left of it. */
struct rule {
    const struct setup *s;
    const struct record_layout *layout;
    const struct assignment *a;
    struct diag *diag;
    const char *at;
    char watched[NAME_SIZE], changed[NAME_SIZE]; /* regions, "" where none is named */
    char key[WORD_MOST + 1];                     /* of the parameter, within its region */
    struct trigger t;
    int32_t instance;
};

static const char *blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Cuts the next word: up to a blank or one of `ends`. */
static enum status word(struct rule *r, const char *ends, const char *what, char text[WORD_MOST + 1])
{
    r->at = blanks(r->at);
    size_t n = strcspn(r->at, " \t");
    size_t stop = strcspn(r->at, ends);
    n = stop < n ? stop : n;
    if (n == 0 || n > WORD_MOST)
        return diag_fail(r->diag, r->a->at, "%s: %s is missing before '%.20s'", r->a->key,
                         r->diag != NULL && r->diag->zh ? message_zh(what) : what, r->at);
    memcpy(text, r->at, n);
    text[n] = '\0';
    r->at = blanks(r->at + n);
    return OK;
}

/* "regions.NAME.rest" -> NAME and rest; else the whole is the rest. */
static enum status cut_region(struct rule *r, const char *text, char region[NAME_SIZE], const char **rest)
{
    static const char head[] = "regions.";
    *rest = text;
    region[0] = '\0';
    if (strncmp(text, head, sizeof head - 1) != 0)
        return OK;
    const char *name = text + sizeof head - 1, *dot = strchr(name, '.');
    const char *names[MAX_REGIONS];
    size_t n = dot == NULL ? strlen(name) : (size_t)(dot - name);
    snprintf(region, NAME_SIZE, "%.*s", (int)n, name);
    *rest = dot == NULL ? "" : dot + 1;
    for (int32_t k = 0; k < r->s->n_regions; k++) {
        names[k] = r->s->region[k];
        if (strcmp(names[k], region) == 0)
            return OK;
    }
    const char *near = nearest_name(region, names, (size_t)r->s->n_regions);
    return near != NULL
               ? diag_fail(r->diag, r->a->at, "%s: unknown region '%s'; did you mean '%s'?", r->a->key, region, near)
               : diag_fail(r->diag, r->a->at, "%s: unknown region '%s'", r->a->key, region);
}

static enum status find_series(struct rule *r, const char *name)
{
    const char *names[512];
    size_t n = n_series < 512 ? n_series : 512;
    for (size_t k = 0; k < n; k++) {
        names[k] = series_table[k].name;
        if (strcmp(names[k], name) == 0) {
            r->t.series = k;
            return OK;
        }
    }
    const char *near = nearest_name(name, names, n);
    return near != NULL
               ? diag_fail(r->diag, r->a->at, "%s: unknown series '%s'; did you mean '%s'?", r->a->key, name, near)
               : diag_fail(r->diag, r->a->at, "%s: unknown series '%s'; `liandong series` lists them", r->a->key, name);
}

/* A member of the series' dimension, by name. */
static enum status find_member(struct rule *r, const char *name)
{
    const struct series_desc *d = &series_table[r->t.series];
    r->t.members = r->layout->length[d->dim];
    r->t.member = -1;
    if (name == NULL && d->type == SERIES_REAL && d->dim != DIM_NONE)
        return diag_fail(r->diag, r->a->at, "%s: of which member? '%s' has several and no sum", r->a->key, d->name);
    if (name == NULL)
        return OK;
    const char *names[512];
    size_t n = 0;
    for (int32_t k = 0; k < r->t.members && n < 512; k++) {
        names[n++] = r->layout->names[d->dim][k];
        if (strcmp(names[k], name) == 0)
            r->t.member = k;
    }
    if (r->t.member >= 0)
        return OK;
    const char *near = nearest_name(name, names, n);
    return near != NULL ? diag_fail(r->diag, r->a->at, "%s: '%s' has no member '%s'; did you mean '%s'?", r->a->key,
                                    d->name, name, near)
                        : diag_fail(r->diag, r->a->at, "%s: '%s' has no member '%s'", r->a->key, d->name, name);
}

static enum status read_watched(struct rule *r)
{
    char text[WORD_MOST + 1];
    const char *rest;
    TRY(word(r, "<>", "a series", text));
    TRY(cut_region(r, text, r->watched, &rest));
    char *dot = strchr(rest, '.');
    if (dot != NULL)
        *dot = '\0';
    TRY(find_series(r, rest));
    return find_member(r, dot == NULL ? NULL : dot + 1);
}

/* A number, a share or rate ("3 %"), or an amount of money in yuan: as values of a scenario are read. */
static enum status read_number(struct rule *r, enum kind kind, const char *text, double *value)
{
    bool as_it_is = kind == KIND_MONEY || kind == KIND_SHARE || kind == KIND_RATE;
    struct param_desc number = {.kind = as_it_is ? kind : KIND_NUMBER, .min = -1e15, .max = 1e15};
    money amount;
    if (kind == KIND_MONEY) {
        number.max = 9e13;
        number.min = -number.max;
        TRY(value_read(&number, text, &amount, r->a->at, r->a->key, r->diag));
        *value = money_to_yuan(amount);
        return OK;
    }
    return value_read(&number, text, value, r->a->at, r->a->key, r->diag);
}

static enum status read_test(struct rule *r)
{
    char text[WORD_MOST + 1];
    bool equal = r->at[0] != '\0' && r->at[1] == '=';
    if (*r->at != '<' && *r->at != '>')
        return diag_fail(r->diag, r->a->at, "%s: one of < <= > >= is due before '%.20s'", r->a->key, r->at);
    r->t.test = *r->at == '<' ? (equal ? TRIGGER_AT_MOST : TRIGGER_BELOW) : (equal ? TRIGGER_AT_LEAST : TRIGGER_ABOVE);
    r->at += equal ? 2 : 1;
    /* up to "for", "after" or the colon: an amount may have a blank in it */
    r->at = blanks(r->at);
    size_t n = strcspn(r->at, ":");
    for (const char *p = r->at; p < r->at + n; p++)
        if (strncmp(p, " for ", 5) == 0 || strncmp(p, " after ", 7) == 0)
            n = (size_t)(p - r->at);
    snprintf(text, sizeof text, "%.*s", (int)(n < WORD_MOST ? n : WORD_MOST), r->at);
    r->at = blanks(r->at + n);
    const char *unit = series_table[r->t.series].unit;
    bool fen = strcmp(unit, "fen") == 0, ratio = strcmp(unit, "1") == 0 || strcmp(unit, "1/year") == 0;
    TRY(read_number(r, fen ? KIND_MONEY : ratio ? KIND_SHARE : KIND_NUMBER, text, &r->t.bound));
    r->t.bound *= fen ? 100.0 : 1.0;
    return OK;
}

/* "for 6", "after 2" */
static enum status read_months(struct rule *r, const char *name, int32_t least, int32_t *months)
{
    size_t n = strlen(name);
    *months = least;
    if (strncmp(r->at, name, n) != 0 || r->at[n] != ' ')
        return OK;
    char *end;
    long value = strtol(r->at + n, &end, 10);
    if (end == r->at + n || value < least || value > 600)
        return diag_fail(r->diag, r->a->at, "%s: '%s' is followed by months from %d to 600", r->a->key, name,
                         (int)least);
    *months = (int32_t)value;
    r->at = blanks(end);
    return OK;
}

static int32_t instance_number(const struct setup *s, const struct target *t)
{
    if (group_table[t->group].scope == SCOPE_SINGLE)
        return 0;
    for (int32_t k = 0; k < s->layout.count[t->group]; k++)
        if (strcmp(s->layout.name[t->group][k], t->instance) == 0)
            return k;
    return -1;
}

/* The parameter, as the rest of a scenario names it. */
static enum status find_changed(struct rule *r, const char *rest)
{
    struct assignment as = *r->a;
    struct target t;
    const char *last = strrchr(rest, '.');
    int32_t month;
    if (last != NULL && month_read(last + 1, &month))
        return diag_fail(r->diag, r->a->at, "%s: a rule changes it when the test holds; write '%.*s' without a date",
                         r->a->key, (int)(last - rest), rest);
    as.key = rest;
    as.value = "0"; /* a value: what is no parameter is a misspelt one */
    as.date = NO_DATE;
    TRY(target_find(&t, &as, r->diag));
    if (t.kind != TARGET_PARAM)
        return diag_fail(r->diag, r->a->at, "%s: '%s' is not a parameter", r->a->key, rest);
    const struct param_desc *d = &param_table[t.param];
    if (d->flags & PARAM_AGENT)
        return diag_fail(r->diag, r->a->at, "%s: '%s' cannot change in time", r->a->key, rest);
    if (d->kind == KIND_TIERS)
        return diag_fail(r->diag, r->a->at, "%s: '%s' is a list; a rule changes single values", r->a->key, rest);
    int32_t instance = instance_number(r->s, &t);
    if (instance < 0)
        return diag_fail(r->diag, r->a->at, "%s: there is no '%s' of %s in this world", r->a->key, t.instance,
                         group_table[t.group].name);
    r->t.param = t.param;
    r->t.offset = r->s->layout.offset[d->group] + (size_t)instance * group_table[d->group].size + d->offset;
    return OK;
}

static enum status read_changed(struct rule *r)
{
    char text[WORD_MOST + 1];
    const char *rest;
    if (*r->at != ':')
        return diag_fail(r->diag, r->a->at, "%s: a colon and the change are due before '%.20s'", r->a->key, r->at);
    r->at++;
    TRY(word(r, "=", "a parameter", text));
    size_t n = strlen(text);
    if (n > 0 && strchr("+-*", text[n - 1]) != NULL && *r->at == '=') { /* written without a blank */
        text[n - 1] = '\0';
        r->at--;
    }
    TRY(cut_region(r, text, r->changed, &rest));
    return find_changed(r, rest);
}

static enum status read_change(struct rule *r)
{
    static const char ops[] = "=+-*";
    const struct param_desc *d = &param_table[r->t.param];
    const char *op = *r->at != '\0' ? strchr(ops, *r->at) : NULL;
    size_t length = op == ops ? 1 : 2;
    if (op == NULL || (length == 2 && r->at[1] != '='))
        return diag_fail(r->diag, r->a->at, "%s: one of = += -= *= is due before '%.20s'", r->a->key, r->at);
    r->t.op = (int32_t)(op - ops);
    r->at = blanks(r->at + length);
    if (d->kind == KIND_SWITCH || d->kind == KIND_CHOICE) {
        int32_t whole = 0;
        if (r->t.op != TRIGGER_SET)
            return diag_fail(r->diag, r->a->at, "%s: '%s' can only be set", r->a->key, d->name);
        TRY(value_read(d, r->at, &whole, r->a->at, r->a->key, r->diag));
        r->t.value = whole;
        return OK;
    }
    return read_number(r, r->t.op == TRIGGER_MULTIPLY ? KIND_NUMBER : d->kind, r->at, &r->t.value);
}

static enum status read_rule(struct rule *r)
{
    if (strlen(r->a->value) > TRIGGER_TEXT_MOST)
        return diag_fail(r->diag, r->a->at, "%s: a rule is at most %d bytes long", r->a->key, TRIGGER_TEXT_MOST);
    TRY(read_watched(r));
    TRY(read_test(r));
    TRY(read_months(r, "for", 1, &r->t.months));
    TRY(read_months(r, "after", 1, &r->t.delay));
    TRY(read_changed(r));
    TRY(read_change(r));
    if ((r->watched[0] == '\0') != (r->changed[0] == '\0') && r->s->n_regions > 1)
        return diag_fail(r->diag, r->a->at, "%s: name the region on both sides, or on none", r->a->key);
    return OK;
}

enum status trigger_read(const struct setup *s, const struct record_layout *layout, const struct assignment *a,
                         struct trigger *to, size_t *n, struct diag *diag)
{
    struct rule r = {.s = s, .layout = layout, .a = a, .diag = diag, .at = a->value};
    TRY(read_rule(&r));
    snprintf(r.t.name, sizeof r.t.name, "%.*s", NAME_SIZE - 1,
             strchr(a->key, '.') != NULL ? strchr(a->key, '.') + 1 : a->key);
    snprintf(r.t.text, sizeof r.t.text, "%s", a->value);
    for (int32_t w = 0; w < s->n_regions; w++)
        for (int32_t c = 0; c < s->n_regions; c++) {
            bool here = r.watched[0] == '\0' || strcmp(r.watched, s->region[w]) == 0;
            bool there = r.changed[0] == '\0' ? c == w : strcmp(r.changed, s->region[c]) == 0;
            if (!here || !there)
                continue;
            to[*n] = r.t;
            to[*n].watched = w;
            to[(*n)++].changed = c;
        }
    return OK;
}

/* -- at work ------------------------------------------------------------------------------------------------------------ */
bool trigger_holds(const struct trigger *t, double value)
{
    switch ((enum trigger_test)t->test) {
    case TRIGGER_BELOW:
        return value < t->bound;
    case TRIGGER_AT_MOST:
        return value <= t->bound;
    case TRIGGER_ABOVE:
        return value > t->bound;
    default:
        return value >= t->bound;
    }
}

static double value_in(const struct param_desc *d, const unsigned char *at)
{
    int32_t whole;
    double number;
    money amount;
    if (d->kind == KIND_MONEY) {
        memcpy(&amount, at, sizeof amount);
        return money_to_yuan(amount);
    }
    if (d->size == sizeof whole) {
        memcpy(&whole, at, sizeof whole);
        return whole;
    }
    memcpy(&number, at, sizeof number);
    return number;
}

void trigger_apply(const struct trigger *t, unsigned char *block)
{
    const struct param_desc *d = &param_table[t->param];
    struct param_desc as = *d;
    double now = value_in(d, block + t->offset);
    double next = t->op == TRIGGER_SET        ? t->value
                  : t->op == TRIGGER_ADD      ? now + t->value
                  : t->op == TRIGGER_SUBTRACT ? now - t->value
                                              : now * t->value;
    as.def = next < d->min ? d->min : next > d->max ? d->max : next;
    param_default(&as, block + t->offset);
    if (d->flags & PARAM_RESETS_NEXT) {
        const struct param_desc *reset = &param_table[t->param + 1];
        param_default(reset, block + t->offset - d->offset + reset->offset);
    }
}
