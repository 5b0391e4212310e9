/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noting - see noting.h. */
#include "noting.h"

#include <liandong/notes.h>
#include <liandong/registry.h>
#include <string.h>

enum { NAME_ROOM = 256 };

/* "guangzhou:12" -> line 12 of the file of that layer; columns are not kept. */
static struct place place_of(const struct scenario *s, const char *origin)
{
    const char *colon = strrchr(origin, ':');
    for (size_t i = 0; colon != NULL && i < s->n_layers; i++)
        if (strlen(s->layer[i].name) == (size_t)(colon - origin) &&
            strncmp(s->layer[i].name, origin, (size_t)(colon - origin)) == 0)
            return (struct place){s->layer[i].path, (int)strtol(colon + 1, NULL, 10), 1};
    return (struct place){origin, 0, 0};
}

/* "share|tiers" as a list. */
static void list_names(const char *names, const char *between, char *text, size_t size)
{
    size_t used = 0;
    for (const char *at = names; *at != '\0' && used < size; at += strspn(at, "|")) {
        size_t n = strcspn(at, "|");
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", at == names ? "" : between, (int)n, at);
        at += n;
    }
}

/* The scenario itself, without what a command line sets. */
static const char *file_of(const struct scenario *s)
{
    size_t k = s->n_layers;
    while (k > 1 && strncmp(s->layer[k - 1].name, "--", 2) == 0)
        k--;
    return s->layer[k - 1].path;
}

static void tell_idle(int which, struct place at, const char *name, struct diag *diag)
{
    if (which == BY_WHOM)
        diag_note(diag, at, "'%s' acts on nothing: no single enterprise takes part in this instrument", name);
    else if (which == BY_BUDGET)
        diag_note(diag, at, "'%s' acts on nothing: this instrument spends no budget line", name);
    else
        diag_note(diag, at, "'%s' acts on nothing: this instrument has no claims that could wait", name);
}

static void tell(const struct scenario *s, const struct note *n, struct diag *diag)
{
    char name[NAME_ROOM], from[8], to[8], needs[NAME_ROOM] = "";
    setup_name(&s->setup, n->region, n->param, n->instance, name, sizeof name);
    month_text(s->setup.world.start, from);
    month_text(s->setup.world.start + s->setup.world.months - 1, to);
    struct place at = place_of(s, s->setup.origin[n->origin]);
    if (n->kind == NOTE_EMPTY) {
        snprintf(name, sizeof name, "regions.%s", s->setup.region[n->region]);
        diag_note(diag, (struct place){file_of(s), 0, 0},
                  "'%s' has no enterprises: enterprises.initial is 0, and founders.per_month too", name);
        return;
    }
    if (n->needs != NULL)
        list_names(n->needs, diag->zh ? "、" : ", ", needs, sizeof needs);
    if (n->kind == NOTE_ACTS_NOT) {
        tell_idle(registry_idle((size_t)n->param), at, name, diag);
        return;
    }
    if (n->kind != NOTE_OUTSIDE)
        *strrchr(name, '.') = '\0'; /* the instance */
    if (n->kind == NOTE_NEVER)
        diag_note(diag, at, "'%s' stands in no month of the run, %s to %s", name, from, to);
    else if (n->kind == NOTE_LACKS)
        diag_note(diag, at, "'%s' stands, but nothing comes of it: '%s' is 0", name, needs);
    else if (n->kind == NOTE_ALONE)
        diag_note(diag, at, "'%s' stands, but nothing comes of it without one of these: %s", name, needs);
    else if (n->kind == NOTE_ELSEWHERE)
        diag_note(diag, at, "'%s' stands, but nothing comes of it: it stands in no other region", name);
    else if (n->kind == NOTE_UNPAID)
        diag_note(diag, at, "'%s' stands, but pays nothing: '%s' is 0", name, needs);
    else
        diag_note(diag, at, "'%s' has no date within the run, %s to %s", name, from, to);
}

enum status scenario_note(const struct scenario *s, struct diag *diag)
{
    struct note *list;
    size_t n;
    if (setup_notes(&s->setup, &list, &n) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < n; k++)
        tell(s, &list[k], diag);
    free(list);
    return OK;
}
