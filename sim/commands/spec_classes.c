/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec_classes - into which classes D, C and E fall: a named table, or cuts and names of one's own. */
#include "spec_reader.h"
#include <string.h>

static const struct ccd_choice edges[] = {
    {.name = "left",  .right = true},
    {.name = "right", .right = true}
};

static const struct ccd_class_table *table_of(struct spec_reader *r, const struct node *node, char classes)
{
    struct ccd_choice choice[16] = {{.name = NULL}};
    const struct ccd_class_table *table[16] = {NULL};
    size_t n = 0;
    BUG_ON(n_ccd_class_tables > 16);
    for (size_t k = 0; k < n_ccd_class_tables; k++)
        if (ccd_class_tables[k].classes == classes) {
            choice[n] = (struct ccd_choice){.name = ccd_class_tables[k].name, .right = true};
            table[n++] = &ccd_class_tables[k];
        }
    size_t k = spec_choose(r, node, choice, n);
    return k < n ? table[k] : table[0];
}

static void read_table(struct spec_reader *r, const struct node *node)
{
    r->spec->options.classes = table_of(r, node, 'D');
}

void spec_read_stages(struct spec_reader *r, const struct node *node)
{
    r->spec->stages = table_of(r, node, 'C');
}

void spec_read_relative(struct spec_reader *r, const struct node *node)
{
    r->spec->relative = table_of(r, node, 'E');
}

static void read_edges(struct spec_reader *r, const struct node *node)
{
    r->spec->options.closed_above = spec_choose(r, node, edges, 2) == 1;
}

/* Cuts rise within (0, 1): one class more than cuts. */
static void read_cuts(struct spec_reader *r, const struct node *node)
{
    static const char *const number[] = {"1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10", "11",
                                         "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
                                         "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"};
    struct coupling_spec *s = r->spec;
    if (node->kind != NODE_LIST || node->n == 0 || node->n >= SPEC_CLASSES) {
        r->status =
            diag_fail(r->diag, node->at, "%s: a list of numbers is due here, as in [0.4, 0.6, 0.8]", spec_label(node));
        return;
    }
    s->own_table = (struct ccd_class_table){"own", "own classes", "自定等级", 'D', 1.0, 1, s->own};
    s->own[0].from = 0.0;
    for (const struct node *child = node->child; child != NULL; child = child->next) {
        double cut = spec_number_of(r, child), last = s->own[s->own_table.n - 1].from;
        if (cut <= last || cut >= 1.0)
            r->status = diag_fail(r->diag, child->at, "cuts must rise from above 0 to below 1");
        s->own[s->own_table.n++].from = cut;
    }
    for (size_t k = 0; k < s->own_table.n; k++)
        if (s->own[k].en == NULL)
            s->own[k].en = s->own[k].zh = number[k];
    s->options.classes = &s->own_table;
}

static void name_classes(struct spec_reader *r, const struct node *list, bool en, bool zh)
{
    size_t k = 0;
    if (list->kind != NODE_LIST || list->n > SPEC_CLASSES) {
        r->status = diag_fail(r->diag, list->at, "%s: a list of names is due here", spec_label(list));
        return;
    }
    for (const struct node *child = list->child; child != NULL; child = child->next, k++) {
        const char *name = spec_text_of(r, child);
        r->spec->own[k].en = en ? name : r->spec->own[k].en;
        r->spec->own[k].zh = zh ? name : r->spec->own[k].zh;
    }
}

/* One list for both languages, or {zh: [...], en: [...]}. */
static void read_names(struct spec_reader *r, const struct node *node)
{
    const struct node *child = node->kind == NODE_MAP ? node->child : NULL;
    if (node->kind != NODE_MAP)
        name_classes(r, node, true, true);
    for (bool only = node->n == 1; child != NULL; child = child->next) {
        bool en = strcmp(child->key, "en") == 0, zh = strcmp(child->key, "zh") == 0;
        if (en || zh)
            name_classes(r, child, en || only, zh || only);
        else
            r->status = diag_fail(r->diag, child->at, "unknown key '%s'", child->key);
    }
}

void spec_read_classes(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"names", spec_read_nothing},
        {"cuts",  spec_read_nothing},
        {"table", read_table       },
        {"edges", read_edges       }
    };
    if (node->kind != NODE_MAP) {
        read_table(r, node);
        return;
    }
    const struct node *names = spec_child_of(node, "names"), *cuts = spec_child_of(node, "cuts");
    spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    if (names != NULL)
        read_names(r, names);
    if (cuts != NULL)
        read_cuts(r, cuts); /* names what was not named, and overrules a table */
    if (names != NULL && cuts == NULL)
        r->status = diag_fail(r->diag, names->at, "names need cuts");
    const struct node *list = names != NULL && names->kind == NODE_MAP ? names->child : names;
    for (; list != NULL && cuts != NULL; list = list == names ? NULL : list->next)
        if (list->kind == NODE_LIST && list->n != cuts->n + 1)
            r->status = diag_fail(r->diag, list->at, "%d cuts make %d classes, not %d", (int)cuts->n, (int)cuts->n + 1,
                                  (int)list->n);
}
