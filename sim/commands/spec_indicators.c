/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec_indicators - what is measured: subsystems and their indicators, each with its direction, weight and bounds. */
#include "spec_reader.h"
#include <stdlib.h>
#include <string.h>

/* -- indicators ------------------------------------------------------------------------------------------------------- */
static struct ccd_indicator *now(struct spec_reader *r)
{
    return &r->spec->of[r->indicator];
}

static void read_sign(struct spec_reader *r, const struct node *node)
{
    static const char *const plus[] = {"+", "positive", "正", "正向", "1", "+1"}, *const minus[] = {
                                                                                      "-",  "negative",
                                                                                      "负", "负向",
                                                                                      "-1", "\xe2\x88\x92",
                                                                                      "－"};
    for (size_t k = 0; node->kind == NODE_SCALAR && k < sizeof plus / sizeof plus[0]; k++)
        if (strcmp(node->text, plus[k]) == 0) {
            now(r)->direction = CCD_POSITIVE;
            return;
        }
    for (size_t k = 0; node->kind == NODE_SCALAR && k < sizeof minus / sizeof minus[0]; k++)
        if (strcmp(node->text, minus[k]) == 0) {
            now(r)->direction = CCD_NEGATIVE;
            return;
        }
    r->status =
        diag_fail(r->diag, node->at, "%s: '%s' is no direction: write \"+\", \"-\", {centre: M} or {interval: [A, B]}",
                  spec_label(node), spec_shown(node));
}

static void read_centre(struct spec_reader *r, const struct node *node)
{
    now(r)->direction = CCD_CENTRED;
    now(r)->low = now(r)->high = spec_number_of(r, node);
}

static void read_interval(struct spec_reader *r, const struct node *node)
{
    now(r)->direction = CCD_INTERVAL;
    (void)spec_pair_of(r, node, false, &now(r)->low, &now(r)->high);
}

static void read_weight(struct spec_reader *r, const struct node *node)
{
    now(r)->weight = spec_number_within(r, node, 0.0, 1e6);
    r->spec->indicator[r->indicator].has_weight = true;
}

static void read_bounds(struct spec_reader *r, const struct node *node)
{
    r->spec->indicator[r->indicator].has_bounds =
        spec_pair_of(r, node, true, &now(r)->bounds.least, &now(r)->bounds.most);
}

static bool no_memory(struct spec_reader *r)
{
    r->status = diag_stop(r->diag, NO_MEMORY, "out of memory");
    return false;
}

static bool indicator_add(struct spec_reader *r, const char *column, struct place at)
{
    struct coupling_spec *s = r->spec;
    struct spec_indicator *indicator = realloc(s->indicator, (s->n_indicators + 1) * sizeof *indicator);
    if (indicator == NULL)
        return no_memory(r);
    s->indicator = indicator;
    struct ccd_indicator *of = realloc(s->of, (s->n_indicators + 1) * sizeof *of);
    if (of == NULL)
        return no_memory(r);
    s->of = of;
    for (size_t j = 0; j < s->n_indicators; j++)
        if (strcmp(indicator[j].column, column) == 0)
            r->status =
                diag_fail(r->diag, at, "'%s' is given twice; it stands in line %d, too", column, indicator[j].at.line);
    r->indicator = s->n_indicators++;
    indicator[r->indicator] = (struct spec_indicator){.column = column, .at = at};
    of[r->indicator] = (struct ccd_indicator){.subsystem = r->subsystem};
    return true;
}

static void read_indicator(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"sign",     read_sign    },
        {"centre",   read_centre  },
        {"center",   read_centre  },
        {"interval", read_interval},
        {"weight",   read_weight  },
        {"weights",  read_weight  },
        {"bounds",   read_bounds  }
    };
    if (!indicator_add(r, node->key, node->at))
        return;
    if (node->kind != NODE_MAP) {
        read_sign(r, node);
        return;
    }
    int directions = 0;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        directions += strcmp(child->key, "sign") == 0 || strcmp(child->key, "interval") == 0 ||
                      strncmp(child->key, "cent", 4) == 0;
    spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    if (directions != 1)
        r->status = diag_fail(r->diag, node->at, "'%s': one of sign, centre, interval is due", node->key);
}

/* -- subsystems ------------------------------------------------------------------------------------------------------- */
static void read_share(struct spec_reader *r, const struct node *node)
{
    struct spec_subsystem *s = &r->spec->subsystem[r->subsystem];
    s->weight = spec_number_within(r, node, 0.0, 1e6);
    s->has_weight = true;
}

/* A list of names is a list of positive indicators. */
static void read_indicators(struct spec_reader *r, const struct node *node)
{
    if (node->kind == NODE_LIST) {
        for (const struct node *child = node->child; child != NULL; child = child->next)
            if (spec_text_of(r, child) != NULL)
                (void)indicator_add(r, child->text, child->at);
        return;
    }
    if (!spec_is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        read_indicator(r, child);
}

static void read_index(struct spec_reader *r, const struct node *node)
{
    const char *column = spec_text_of(r, node);
    if (column == NULL || !indicator_add(r, column, node->at))
        return;
    now(r)->direction = CCD_INDEX;
    now(r)->weight = 1.0;
    r->spec->indicator[r->indicator].has_weight = true;
}

static void read_subsystem(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"weight",     read_share     },
        {"indicators", read_indicators},
        {"index",      read_index     }
    };
    struct coupling_spec *s = r->spec;
    if (!spec_is_map(r, node))
        return;
    if (s->n_subsystems == CCD_SUBSYSTEMS) {
        r->status = diag_fail(r->diag, node->at, "more than %d subsystems", CCD_SUBSYSTEMS);
        return;
    }
    r->subsystem = s->n_subsystems++;
    s->subsystem[r->subsystem] = (struct spec_subsystem){.name = node->key, .at = node->at};
    size_t before = s->n_indicators, indices = 0;
    spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    for (size_t j = before; j < s->n_indicators; j++)
        indices += s->of[j].direction == CCD_INDEX;
    if (s->n_indicators == before && r->status == OK)
        r->status = diag_fail(r->diag, node->at, "'%s' has no indicators", node->key);
    if (indices > 0 && s->n_indicators - before > 1)
        r->status = diag_fail(r->diag, node->at, "'%s': either indicators or an index", node->key);
}

void spec_read_subsystems(struct spec_reader *r, const struct node *node)
{
    if (!spec_is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        read_subsystem(r, child);
    if (r->spec->n_subsystems < 2)
        r->status = diag_fail(r->diag, node->at, "two subsystems at least are needed");
}

/* Bounds by column, for those who write them in one place; read after the indicators. */
void spec_read_bounds(struct spec_reader *r, const struct node *node)
{
    if (!spec_is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next) {
        size_t j = 0;
        while (j < r->spec->n_indicators && strcmp(r->spec->indicator[j].column, child->key) != 0)
            j++;
        r->indicator = j;
        if (j < r->spec->n_indicators)
            read_bounds(r, child);
        else
            r->status = diag_fail(r->diag, child->at, "unknown indicator '%s'", child->key);
    }
}
