/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_spec - see include/liandong/coupling_spec.h.  A key is one line of a table; what may be chosen are the lists of
 * ccd.def, so that a name in a message is a name that works. */
#include "spec_reader.h"
#include <liandong/sheet.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

const struct ccd_choice follow_ups[FOLLOW_UPS] = {
#define FOLLOW_UP(id, name, en, zh) {name, "", en, zh, true, 0.0},
#include <liandong/follow_ups.def>
};

static const struct ccd_choice edges[] =
    {
        {.name = "left",  .right = true},
        {.name = "right", .right = true}
},
                               missings[] = {{.name = "error", .right = true},
                                             {.name = "drop", .right = true},
                                             {.name = "interpolate", .right = true}},
                               constants[] = {{.name = "error", .right = true}, {.name = "drop", .right = true}},
                               neighbours[] = {{.name = "none", .right = true},
                                               {.name = "contiguity", .right = true},
                                               {.name = "inverse_distance", .right = true},
                                               {.name = "economic", .right = true},
                                               {.name = "matrix", .right = true}};

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

static void read_subsystems(struct spec_reader *r, const struct node *node)
{
    if (!spec_is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        read_subsystem(r, child);
    if (r->spec->n_subsystems < 2)
        r->status = diag_fail(r->diag, node->at, "two subsystems at least are needed");
}

/* -- normalisation ---------------------------------------------------------------------------------------------------- */
static void read_scope(struct spec_reader *r, const struct node *node)
{
    size_t k = spec_choose(r, node, ccd_scopes, CCD_SCOPES);
    r->spec->options.scope = k < CCD_SCOPES ? (enum ccd_scope)k : CCD_SCOPE_POOLED;
}

static void read_range(struct spec_reader *r, const struct node *node)
{
    struct ccd_range *range = &r->spec->options.range;
    if (spec_pair_of(r, node, true, &range->low, &range->high) && (range->low < 0.0 || range->high > 1.0))
        r->status = diag_fail(r->diag, node->at, "%s: must lie within [0, 1]", spec_label(node));
}

/* `zeros: shift`, or with an amount `zeros: {shift: 0.0001}` */
static void read_zeros(struct spec_reader *r, const struct node *node)
{
    struct ccd_range *range = &r->spec->options.range;
    struct node name = *node;
    bool amount = node->kind == NODE_MAP && node->n == 1;
    if (amount) {
        name.kind = NODE_SCALAR;
        name.text = node->child->key;
    }
    size_t k = spec_choose(r, &name, ccd_zeros, CCD_ZEROS);
    if (k == CCD_ZEROS)
        return;
    range->zeros = (enum ccd_zeros)k;
    range->amount = amount ? spec_number_within(r, node->child, 0.0, 0.1) : ccd_zeros[k].amount;
    if (amount && !(ccd_zeros[k].amount > 0.0))
        r->status = diag_fail(r->diag, node->at, "%s: '%s' takes no amount", spec_label(node), name.text);
}

/* true, false, or the range that the indices are mapped on */
static void read_rescale(struct spec_reader *r, const struct node *node)
{
    struct ccd_options *o = &r->spec->options;
    if (node->kind != NODE_LIST) {
        o->rescale_index = spec_flag_of(r, node);
        return;
    }
    o->rescale_index = spec_pair_of(r, node, true, &o->rescale_to.least, &o->rescale_to.most);
    if (o->rescale_index && (o->rescale_to.least < 0.0 || o->rescale_to.most > 1.0))
        r->status = diag_fail(r->diag, node->at, "%s: must lie within [0, 1]", spec_label(node));
}

/* Bounds by column, for those who write them in one place; read after the indicators. */
static void read_all_bounds(struct spec_reader *r, const struct node *node)
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

static void read_normalise(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"scope",         read_scope     },
        {"range",         read_range     },
        {"zeros",         read_zeros     },
        {"rescale_index", read_rescale   },
        {"bounds",        read_all_bounds}
    };
    if (node->kind == NODE_SCALAR)
        read_scope(r, node);
    else if (spec_is_map(r, node))
        spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
}

/* -- weights, formulas, classes --------------------------------------------------------------------------------------- */
static void read_method(struct spec_reader *r, const struct node *node)
{
    size_t k = spec_choose(r, node, ccd_weightings, CCD_WEIGHTINGS);
    r->spec->options.weighting = k < CCD_WEIGHTINGS ? (enum ccd_weighting)k : CCD_WEIGHTS_ENTROPY;
}

static void read_alpha(struct spec_reader *r, const struct node *node)
{
    r->spec->options.alpha = spec_number_within(r, node, 0.0, 1.0);
}

static void read_per_year(struct spec_reader *r, const struct node *node)
{
    r->spec->options.per_year = spec_flag_of(r, node);
}

static void read_over_all(struct spec_reader *r, const struct node *node)
{
    r->spec->options.over_all = spec_flag_of(r, node);
}

static void read_weights(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"method",   read_method  },
        {"alpha",    read_alpha   },
        {"per_year", read_per_year},
        {"over_all", read_over_all}
    };
    if (node->kind == NODE_MAP)
        spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    else
        read_method(r, node);
}

static void read_shares(struct spec_reader *r, const struct node *node)
{
    size_t k = spec_choose(r, node, ccd_shares, CCD_SHARES);
    r->spec->options.shares = k < CCD_SHARES ? (enum ccd_shares)k : CCD_SHARES_GIVEN;
    r->spec->has_shares = true;
}

static void read_power(struct spec_reader *r, const struct node *node)
{
    r->spec->options.power = spec_number_within(r, node, 0.1, 20.0);
}

static void read_formula(struct spec_reader *r, const struct node *node)
{
    size_t k = spec_choose(r, node, ccd_couplings, CCD_COUPLINGS);
    r->spec->options.coupling = k < CCD_COUPLINGS ? (enum ccd_coupling)k : CCD_STANDARD;
}

static void read_coupling(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"formula", read_formula},
        {"power",   read_power  }
    };
    if (node->kind == NODE_MAP)
        spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    else
        read_formula(r, node);
}

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

static void read_stages(struct spec_reader *r, const struct node *node)
{
    r->spec->stages = table_of(r, node, 'C');
}

static void read_relative(struct spec_reader *r, const struct node *node)
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

/* A key that is read apart, in its own order. */
static void read_nothing(struct spec_reader *r, const struct node *node)
{
    (void)r;
    (void)node;
}

static void read_classes(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"names", read_nothing},
        {"cuts",  read_nothing},
        {"table", read_table  },
        {"edges", read_edges  }
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

static void read_obstacles(struct spec_reader *r, const struct node *node)
{
    size_t k = spec_choose(r, node, ccd_obstacles, CCD_OBSTACLES);
    r->spec->options.obstacle = k < CCD_OBSTACLES ? (enum ccd_obstacle)k : CCD_OBSTACLE_SHARES;
}

static void read_missing(struct spec_reader *r, const struct node *node)
{
    r->spec->missing = (enum spec_missing)(spec_choose(r, node, missings, 3) % 3);
}

static void read_constant(struct spec_reader *r, const struct node *node)
{
    r->spec->constant = (enum spec_constant)(spec_choose(r, node, constants, 2) % 2);
}

/* -- the panel and what follows --------------------------------------------------------------------------------------- */
static void read_unit(struct spec_reader *r, const struct node *node)
{
    r->spec->unit = spec_text_of(r, node);
}

static void read_year(struct spec_reader *r, const struct node *node)
{
    r->spec->year = spec_text_of(r, node);
}

static void read_reference(struct spec_reader *r, const struct node *node)
{
    r->spec->reference = spec_text_of(r, node) != NULL ? node : NULL;
}

static void read_groups(struct spec_reader *r, const struct node *node)
{
    r->spec->groups = node;
    if (node->kind == NODE_MAP)
        for (const struct node *child = node->child; child != NULL; child = child->next)
            if (child->kind != NODE_LIST)
                r->status = diag_fail(r->diag, child->at, "%s: a list of units is due here", child->key);
    if (node->kind != NODE_MAP)
        (void)spec_text_of(r, node);
}

static void read_neighbours(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.kind = (enum spec_neighbours)(spec_choose(r, node, neighbours, 5) % 5);
}

static void read_place_file(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.file = spec_text_of(r, node) != NULL ? node : NULL;
}

static void read_by(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.by = spec_text_of(r, node);
}

static void read_decay(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.power = spec_number_within(r, node, 0.1, 10.0);
}

static void read_row_sums(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.as_given = !spec_flag_of(r, node);
}

static void read_permutations(struct spec_reader *r, const struct node *node)
{
    r->spec->spatial.permutations = spec_count_within(r, node, 0, 99999);
}

static void read_spatial(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"weights",      read_neighbours  },
        {"places",       read_place_file  },
        {"pairs",        read_place_file  },
        {"matrix",       read_place_file  },
        {"by",           read_by          },
        {"power",        read_decay       },
        {"row_sums",     read_row_sums    },
        {"permutations", read_permutations}
    };
    if (!spec_is_map(r, node))
        return;
    spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
    if (r->spec->spatial.kind == NEIGHBOURS_NONE)
        return;
    r->spec->follow[FOLLOW_SPATIAL] = true;
    if (r->spec->spatial.file == NULL)
        r->status = diag_fail(r->diag, node->at, "spatial: a file is due: places, pairs or matrix");
    if (r->spec->spatial.kind == NEIGHBOURS_ECONOMIC && r->spec->spatial.by == NULL)
        r->status = diag_fail(r->diag, node->at, "spatial: economic weights need `by: COLUMN` of the places");
}

static void read_follow_ups(struct spec_reader *r, const struct node *node)
{
    bool all = node->kind == NODE_SCALAR && strcmp(node->text, "all") == 0;
    for (size_t k = 0; all && k < FOLLOW_UPS; k++)
        r->spec->follow[k] = r->spec->follow[k] || k != FOLLOW_SPATIAL;
    if (all)
        return;
    const struct node *child = node->kind == NODE_LIST ? node->child : node;
    for (; child != NULL; child = child == node ? NULL : child->next) {
        size_t k = spec_choose(r, child, follow_ups, FOLLOW_UPS);
        if (k < FOLLOW_UPS)
            r->spec->follow[k] = true;
    }
}

static void read_markov_classes(struct spec_reader *r, const struct node *node)
{
    r->spec->markov_classes = spec_count_within(r, node, 2, 10);
}

/* {quantiles: 4}, or `table`: the classes of D */
static void read_markov(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"quantiles", read_markov_classes}
    };
    r->spec->follow[FOLLOW_MARKOV] = true;
    if (node->kind == NODE_SCALAR && strcmp(node->text, "table") == 0)
        r->spec->markov_classes = 0;
    else if (spec_is_map(r, node))
        spec_read_keys(r, node, key, 1);
}

static void read_steps(struct spec_reader *r, const struct node *node)
{
    r->spec->steps = spec_count_within(r, node, 1, 50);
}

static void read_forecast(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"steps", read_steps}
    };
    r->spec->follow[FOLLOW_FORECAST] = true;
    if (spec_is_map(r, node))
        spec_read_keys(r, node, key, 1);
}

static const struct spec_key keys[] = {
    {"subsystems",        read_nothing   },
    {"normalise",         read_normalise },
    {"normalize",         read_normalise },
    {"weights",           read_weights   },
    {"per_year",          read_per_year  },
    {"subsystem_weights", read_shares    },
    {"coupling",          read_coupling  },
    {"power",             read_power     },
    {"classes",           read_classes   },
    {"coupling_classes",  read_stages    },
    {"relative_classes",  read_relative  },
    {"obstacles",         read_obstacles },
    {"missing",           read_missing   },
    {"constant",          read_constant  },
    {"reference",         read_reference },
    {"unit",              read_unit      },
    {"year",              read_year      },
    {"groups",            read_groups    },
    {"spatial",           read_spatial   },
    {"follow_ups",        read_follow_ups},
    {"markov",            read_markov    },
    {"forecast",          read_forecast  }
};

static void read_all(struct spec_reader *r)
{
    const struct node *root = r->spec->tree.root;
    if (root == NULL || root->kind != NODE_MAP) {
        r->status =
            diag_fail(r->diag, (struct place){r->spec->file, 1, 1}, "a specification is a map of keys and values");
        return;
    }
    const struct node *subsystems = spec_child_of(root, "subsystems");
    if (subsystems != NULL)
        read_subsystems(r, subsystems);
    else
        r->status = diag_fail(r->diag, (struct place){r->spec->file, 1, 1}, "the key 'subsystems' is missing");
    spec_read_keys(r, root, keys, sizeof keys / sizeof keys[0]);
    if (r->status == OK)
        spec_check(r);
}

enum status spec_read(struct coupling_spec *spec, const char *file, struct diag *diag)
{
    size_t size;
    *spec = (struct coupling_spec){.file = file,
                                   .options = ccd_usual(),
                                   .stages = ccd_class_table_find("stages"),
                                   .relative = ccd_class_table_find("relative"),
                                   .markov_classes = 4,
                                   .steps = 3};
    spec->spatial.power = 1.0;
    spec->spatial.permutations = 999;
    struct spec_reader r = {.spec = spec, .diag = diag};
    TRY(sheet_file_read(file, YAML_SIZE_MOST, &spec->text, &size, diag));
    TRY(tree_read(&spec->tree, file, spec->text, size, diag));
    read_all(&r);
    return r.status;
}

void spec_free(struct coupling_spec *spec)
{
    tree_free(&spec->tree);
    free(spec->text);
    free(spec->indicator);
    free(spec->of);
    *spec = (struct coupling_spec){.file = NULL};
}

char *spec_path(const struct coupling_spec *spec, const char *name)
{
    const char *slash = strrchr(spec->file, '/');
    size_t folder = slash == NULL || name[0] == '/' ? 0 : (size_t)(slash - spec->file) + 1,
           size = folder + strlen(name) + 1;
    char *path = malloc(size);
    if (path == NULL)
        return NULL;
    snprintf(path, size, "%.*s%s", (int)folder, spec->file, name);
    if (access(path, F_OK) != 0 && access(name, F_OK) == 0)
        snprintf(path, size, "%s", name);
    return path;
}
