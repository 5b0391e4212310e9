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

static const struct ccd_choice missings[] = {
    {.name = "error",       .right = true},
    {.name = "drop",        .right = true},
    {.name = "interpolate", .right = true}
};
static const struct ccd_choice constants[] = {
    {.name = "error", .right = true},
    {.name = "drop",  .right = true}
};
static const struct ccd_choice neighbours[] = {
    {.name = "none",             .right = true},
    {.name = "contiguity",       .right = true},
    {.name = "inverse_distance", .right = true},
    {.name = "economic",         .right = true},
    {.name = "matrix",           .right = true}
};

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

static void read_normalise(struct spec_reader *r, const struct node *node)
{
    static const struct spec_key key[] = {
        {"scope",         read_scope      },
        {"range",         read_range      },
        {"zeros",         read_zeros      },
        {"rescale_index", read_rescale    },
        {"bounds",        spec_read_bounds}
    };
    if (node->kind == NODE_SCALAR)
        read_scope(r, node);
    else if (spec_is_map(r, node))
        spec_read_keys(r, node, key, sizeof key / sizeof key[0]);
}

/* -- weights, formulas ------------------------------------------------------------------------------------------------ */
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
    {"subsystems",        spec_read_nothing },
    {"normalise",         read_normalise    },
    {"normalize",         read_normalise    },
    {"weights",           read_weights      },
    {"per_year",          read_per_year     },
    {"subsystem_weights", read_shares       },
    {"coupling",          read_coupling     },
    {"power",             read_power        },
    {"classes",           spec_read_classes },
    {"coupling_classes",  spec_read_stages  },
    {"relative_classes",  spec_read_relative},
    {"obstacles",         read_obstacles    },
    {"missing",           read_missing      },
    {"constant",          read_constant     },
    {"reference",         read_reference    },
    {"unit",              read_unit         },
    {"year",              read_year         },
    {"groups",            read_groups       },
    {"spatial",           read_spatial      },
    {"follow_ups",        read_follow_ups   },
    {"markov",            read_markov       },
    {"forecast",          read_forecast     }
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
        spec_read_subsystems(r, subsystems);
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
