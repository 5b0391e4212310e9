/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_spec - see include/liandong/coupling_spec.h.  A key is one line of a table; what may be chosen are the lists of
 * ccd.def, so that a name in a message is a name that works. */
#include <liandong/coupling_spec.h>
#include <liandong/sheet.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

const struct ccd_choice follow_ups[FOLLOW_UPS] = {
#define FOLLOW_UP(id, name, en, zh) {name, "", en, zh, true, 0.0},
#include <liandong/follow_ups.def>
};

struct reader {
    struct coupling_spec *spec;
    struct diag *diag;
    enum status status;
    size_t subsystem; /* being read */
    size_t indicator;
};
struct key {
    const char *name;
    void (*read)(struct reader *r, const struct node *node);
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

/* -- scalars ---------------------------------------------------------------------------------------------------------- */
static const char *shown(const struct node *node)
{
    return node->kind == NODE_SCALAR || node->kind == NODE_NULL ? node->text
           : node->kind == NODE_MAP                             ? "{...}"
                                                                : "[...]";
}

static const char *label(const struct node *node)
{
    return node->key != NULL ? node->key : "value";
}

static bool is_number(const struct node *node, double *number)
{
    char *end;
    if (node->kind != NODE_SCALAR)
        return false;
    *number = strtod(node->text, &end);
    return end != node->text && *end == '\0' && isfinite(*number);
}

static double number_of(struct reader *r, const struct node *node)
{
    double number;
    if (is_number(node, &number))
        return number;
    r->status = diag_fail(r->diag, node->at, "%s: '%s' is not a number", label(node), shown(node));
    return 0.0;
}

static double number_within(struct reader *r, const struct node *node, double least, double most)
{
    double number = number_of(r, node);
    if (number < least || number > most)
        r->status = diag_fail(r->diag, node->at, "%s: %s is outside [%g, %g]%s%s", label(node), shown(node), least,
                              most, "", "");
    return number;
}

static size_t count_within(struct reader *r, const struct node *node, size_t least, size_t most)
{
    double number = number_within(r, node, (double)least, (double)most);
    if (number != floor(number))
        r->status = diag_fail(r->diag, node->at, "%s: '%s' is not a whole number", label(node), shown(node));
    return number >= (double)least && number <= (double)most ? (size_t)number : least;
}

static bool flag_of(struct reader *r, const struct node *node)
{
    static const char *const yes[] = {"true", "yes", "on", "True", "TRUE"}, *const no[] = {"false", "no", "off",
                                                                                           "False", "FALSE"};
    for (size_t k = 0; node->kind == NODE_SCALAR && k < 5; k++) {
        if (strcmp(node->text, yes[k]) == 0)
            return true;
        if (strcmp(node->text, no[k]) == 0)
            return false;
    }
    r->status = diag_fail(r->diag, node->at, "%s: '%s' is neither true nor false", label(node), shown(node));
    return false;
}

static const char *text_of(struct reader *r, const struct node *node)
{
    if (node->kind == NODE_SCALAR && node->text[0] != '\0')
        return node->text;
    r->status = diag_fail(r->diag, node->at, "%s: a name is due here", label(node));
    return NULL;
}

/* The right ones of a list. */
static size_t names_of(const struct ccd_choice *choice, size_t n, const char **name, char *all, size_t size)
{
    size_t right = 0, used = 0;
    all[0] = '\0';
    for (size_t k = 0; k < n; k++)
        if (choice[k].right) {
            name[right++] = choice[k].name;
            int put = snprintf(all + used, size - used, "%s%s", used > 0 ? ", " : "", choice[k].name);
            used += put > 0 && (size_t)put < size - used ? (size_t)put : 0;
        }
    return right;
}

/* Which of a list a text names; n and an error if none. */
static size_t choose(struct reader *r, const struct node *node, const struct ccd_choice *choice, size_t n)
{
    const char *name[32];
    char all[512];
    BUG_ON(n > 32);
    for (size_t k = 0; node->kind == NODE_SCALAR && k < n; k++)
        if (strcmp(choice[k].name, node->text) == 0) {
            if (choice[k].right)
                return k;
            r->status = diag_fail(r->diag, node->at, "%s: '%s' is a known mistake (%s); --diagnose recognises it",
                                  label(node), node->text, choice[k].en);
            return n;
        }
    size_t right = names_of(choice, n, name, all, sizeof all);
    const char *near = node->kind == NODE_SCALAR ? nearest_name(node->text, name, right) : NULL;
    if (near != NULL)
        r->status =
            diag_fail(r->diag, node->at, "%s: there is no '%s'; did you mean '%s'?", label(node), shown(node), near);
    else
        r->status = diag_fail(r->diag, node->at, "%s: '%s' is not one of: %s", label(node), shown(node), all);
    return n;
}

/* -- maps and lists --------------------------------------------------------------------------------------------------- */
static void read_keys(struct reader *r, const struct node *map, const struct key *key, size_t n)
{
    const char *name[32];
    BUG_ON(n > 32);
    for (size_t k = 0; k < n; k++)
        name[k] = key[k].name;
    for (const struct node *child = map->child; child != NULL; child = child->next) {
        size_t k = 0;
        while (k < n && strcmp(name[k], child->key) != 0)
            k++;
        const char *near = k < n ? NULL : nearest_name(child->key, name, n);
        if (k < n)
            key[k].read(r, child);
        else if (near != NULL)
            r->status = diag_fail(r->diag, child->at, "unknown key '%s'; did you mean '%s'?", child->key, near);
        else
            r->status = diag_fail(r->diag, child->at, "unknown key '%s'", child->key);
    }
}

static bool is_map(struct reader *r, const struct node *node)
{
    if (node->kind == NODE_MAP)
        return true;
    r->status = diag_fail(r->diag, node->at, "%s: a map is due here, as in {key: value}", label(node));
    return false;
}

/* [a, b] with a <= b (a < b if apart). */
static bool pair_of(struct reader *r, const struct node *node, bool apart, double *a, double *b)
{
    if (node->kind != NODE_LIST || node->n != 2 || !is_number(node->child, a) || !is_number(node->child->next, b)) {
        r->status = diag_fail(r->diag, node->at, "%s: two numbers are due here, as in [0, 1]", label(node));
        return false;
    }
    if (*a < *b || (!apart && *a == *b))
        return true;
    r->status = diag_fail(r->diag, node->at, "%s: the first number must be below the second", label(node));
    return false;
}

/* -- indicators ------------------------------------------------------------------------------------------------------- */
static struct ccd_indicator *now(struct reader *r)
{
    return &r->spec->of[r->indicator];
}

static void read_sign(struct reader *r, const struct node *node)
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
                  label(node), shown(node));
}

static void read_centre(struct reader *r, const struct node *node)
{
    now(r)->direction = CCD_CENTRED;
    now(r)->low = now(r)->high = number_of(r, node);
}

static void read_interval(struct reader *r, const struct node *node)
{
    now(r)->direction = CCD_INTERVAL;
    (void)pair_of(r, node, false, &now(r)->low, &now(r)->high);
}

static void read_weight(struct reader *r, const struct node *node)
{
    now(r)->weight = number_within(r, node, 0.0, 1e6);
    r->spec->indicator[r->indicator].has_weight = true;
}

static void read_bounds(struct reader *r, const struct node *node)
{
    r->spec->indicator[r->indicator].has_bounds = pair_of(r, node, true, &now(r)->bounds.least, &now(r)->bounds.most);
}

static bool no_memory(struct reader *r)
{
    r->status = diag_stop(r->diag, NO_MEMORY, "out of memory");
    return false;
}

static bool indicator_add(struct reader *r, const char *column, struct place at)
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

static void read_indicator(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
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
    read_keys(r, node, key, sizeof key / sizeof key[0]);
    if (directions != 1)
        r->status = diag_fail(r->diag, node->at, "'%s': one of sign, centre, interval is due", node->key);
}

/* -- subsystems ------------------------------------------------------------------------------------------------------- */
static void read_share(struct reader *r, const struct node *node)
{
    struct spec_subsystem *s = &r->spec->subsystem[r->subsystem];
    s->weight = number_within(r, node, 0.0, 1e6);
    s->has_weight = true;
}

/* A list of names is a list of positive indicators. */
static void read_indicators(struct reader *r, const struct node *node)
{
    if (node->kind == NODE_LIST) {
        for (const struct node *child = node->child; child != NULL; child = child->next)
            if (text_of(r, child) != NULL)
                (void)indicator_add(r, child->text, child->at);
        return;
    }
    if (!is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        read_indicator(r, child);
}

static void read_index(struct reader *r, const struct node *node)
{
    const char *column = text_of(r, node);
    if (column == NULL || !indicator_add(r, column, node->at))
        return;
    now(r)->direction = CCD_INDEX;
    now(r)->weight = 1.0;
    r->spec->indicator[r->indicator].has_weight = true;
}

static void read_subsystem(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"weight",     read_share     },
        {"indicators", read_indicators},
        {"index",      read_index     }
    };
    struct coupling_spec *s = r->spec;
    if (!is_map(r, node))
        return;
    if (s->n_subsystems == CCD_SUBSYSTEMS) {
        r->status = diag_fail(r->diag, node->at, "more than %d subsystems", CCD_SUBSYSTEMS);
        return;
    }
    r->subsystem = s->n_subsystems++;
    s->subsystem[r->subsystem] = (struct spec_subsystem){.name = node->key, .at = node->at};
    size_t before = s->n_indicators, indices = 0;
    read_keys(r, node, key, sizeof key / sizeof key[0]);
    for (size_t j = before; j < s->n_indicators; j++)
        indices += s->of[j].direction == CCD_INDEX;
    if (s->n_indicators == before && r->status == OK)
        r->status = diag_fail(r->diag, node->at, "'%s' has no indicators", node->key);
    if (indices > 0 && s->n_indicators - before > 1)
        r->status = diag_fail(r->diag, node->at, "'%s': either indicators or an index", node->key);
}

static void read_subsystems(struct reader *r, const struct node *node)
{
    if (!is_map(r, node))
        return;
    for (const struct node *child = node->child; child != NULL; child = child->next)
        read_subsystem(r, child);
    if (r->spec->n_subsystems < 2)
        r->status = diag_fail(r->diag, node->at, "two subsystems at least are needed");
}

/* -- normalisation ---------------------------------------------------------------------------------------------------- */
static void read_scope(struct reader *r, const struct node *node)
{
    size_t k = choose(r, node, ccd_scopes, CCD_SCOPES);
    r->spec->options.scope = k < CCD_SCOPES ? (enum ccd_scope)k : CCD_SCOPE_POOLED;
}

static void read_range(struct reader *r, const struct node *node)
{
    struct ccd_range *range = &r->spec->options.range;
    if (pair_of(r, node, true, &range->low, &range->high) && (range->low < 0.0 || range->high > 1.0))
        r->status = diag_fail(r->diag, node->at, "%s: must lie within [0, 1]", label(node));
}

/* `zeros: shift`, or with an amount `zeros: {shift: 0.0001}` */
static void read_zeros(struct reader *r, const struct node *node)
{
    struct ccd_range *range = &r->spec->options.range;
    struct node name = *node;
    bool amount = node->kind == NODE_MAP && node->n == 1;
    if (amount) {
        name.kind = NODE_SCALAR;
        name.text = node->child->key;
    }
    size_t k = choose(r, &name, ccd_zeros, CCD_ZEROS);
    if (k == CCD_ZEROS)
        return;
    range->zeros = (enum ccd_zeros)k;
    range->amount = amount ? number_within(r, node->child, 0.0, 0.1) : ccd_zeros[k].amount;
    if (amount && !(ccd_zeros[k].amount > 0.0))
        r->status = diag_fail(r->diag, node->at, "%s: '%s' takes no amount", label(node), name.text);
}

/* true, false, or the range that the indices are mapped on */
static void read_rescale(struct reader *r, const struct node *node)
{
    struct ccd_options *o = &r->spec->options;
    if (node->kind != NODE_LIST) {
        o->rescale_index = flag_of(r, node);
        return;
    }
    o->rescale_index = pair_of(r, node, true, &o->rescale_to.least, &o->rescale_to.most);
    if (o->rescale_index && (o->rescale_to.least < 0.0 || o->rescale_to.most > 1.0))
        r->status = diag_fail(r->diag, node->at, "%s: must lie within [0, 1]", label(node));
}

/* Bounds by column, for those who write them in one place; read after the indicators. */
static void read_all_bounds(struct reader *r, const struct node *node)
{
    if (!is_map(r, node))
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

static void read_normalise(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"scope",         read_scope     },
        {"range",         read_range     },
        {"zeros",         read_zeros     },
        {"rescale_index", read_rescale   },
        {"bounds",        read_all_bounds}
    };
    if (node->kind == NODE_SCALAR)
        read_scope(r, node);
    else if (is_map(r, node))
        read_keys(r, node, key, sizeof key / sizeof key[0]);
}

/* -- weights, formulas, classes --------------------------------------------------------------------------------------- */
static void read_method(struct reader *r, const struct node *node)
{
    size_t k = choose(r, node, ccd_weightings, CCD_WEIGHTINGS);
    r->spec->options.weighting = k < CCD_WEIGHTINGS ? (enum ccd_weighting)k : CCD_WEIGHTS_ENTROPY;
}

static void read_alpha(struct reader *r, const struct node *node)
{
    r->spec->options.alpha = number_within(r, node, 0.0, 1.0);
}

static void read_per_year(struct reader *r, const struct node *node)
{
    r->spec->options.per_year = flag_of(r, node);
}

static void read_over_all(struct reader *r, const struct node *node)
{
    r->spec->options.over_all = flag_of(r, node);
}

static void read_weights(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"method",   read_method  },
        {"alpha",    read_alpha   },
        {"per_year", read_per_year},
        {"over_all", read_over_all}
    };
    if (node->kind == NODE_MAP)
        read_keys(r, node, key, sizeof key / sizeof key[0]);
    else
        read_method(r, node);
}

static void read_shares(struct reader *r, const struct node *node)
{
    size_t k = choose(r, node, ccd_shares, CCD_SHARES);
    r->spec->options.shares = k < CCD_SHARES ? (enum ccd_shares)k : CCD_SHARES_GIVEN;
    r->spec->has_shares = true;
}

static void read_power(struct reader *r, const struct node *node)
{
    r->spec->options.power = number_within(r, node, 0.1, 20.0);
}

static void read_formula(struct reader *r, const struct node *node)
{
    size_t k = choose(r, node, ccd_couplings, CCD_COUPLINGS);
    r->spec->options.coupling = k < CCD_COUPLINGS ? (enum ccd_coupling)k : CCD_STANDARD;
}

static void read_coupling(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"formula", read_formula},
        {"power",   read_power  }
    };
    if (node->kind == NODE_MAP)
        read_keys(r, node, key, sizeof key / sizeof key[0]);
    else
        read_formula(r, node);
}

static const struct ccd_class_table *table_of(struct reader *r, const struct node *node, char classes)
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
    size_t k = choose(r, node, choice, n);
    return k < n ? table[k] : table[0];
}

static void read_table(struct reader *r, const struct node *node)
{
    r->spec->options.classes = table_of(r, node, 'D');
}

static void read_stages(struct reader *r, const struct node *node)
{
    r->spec->stages = table_of(r, node, 'C');
}

static void read_relative(struct reader *r, const struct node *node)
{
    r->spec->relative = table_of(r, node, 'E');
}

static void read_edges(struct reader *r, const struct node *node)
{
    r->spec->options.closed_above = choose(r, node, edges, 2) == 1;
}

/* Cuts rise within (0, 1): one class more than cuts. */
static void read_cuts(struct reader *r, const struct node *node)
{
    static const char *const number[] = {"1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10", "11",
                                         "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
                                         "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"};
    struct coupling_spec *s = r->spec;
    if (node->kind != NODE_LIST || node->n == 0 || node->n >= SPEC_CLASSES) {
        r->status =
            diag_fail(r->diag, node->at, "%s: a list of numbers is due here, as in [0.4, 0.6, 0.8]", label(node));
        return;
    }
    s->own_table = (struct ccd_class_table){"own", "own classes", "自定等级", 'D', 1.0, 1, s->own};
    s->own[0].from = 0.0;
    for (const struct node *child = node->child; child != NULL; child = child->next) {
        double cut = number_of(r, child), last = s->own[s->own_table.n - 1].from;
        if (cut <= last || cut >= 1.0)
            r->status = diag_fail(r->diag, child->at, "cuts must rise from above 0 to below 1");
        s->own[s->own_table.n++].from = cut;
    }
    for (size_t k = 0; k < s->own_table.n; k++)
        if (s->own[k].en == NULL)
            s->own[k].en = s->own[k].zh = number[k];
    s->options.classes = &s->own_table;
}

static void name_classes(struct reader *r, const struct node *list, bool en, bool zh)
{
    size_t k = 0;
    if (list->kind != NODE_LIST || list->n > SPEC_CLASSES) {
        r->status = diag_fail(r->diag, list->at, "%s: a list of names is due here", label(list));
        return;
    }
    for (const struct node *child = list->child; child != NULL; child = child->next, k++) {
        const char *name = text_of(r, child);
        r->spec->own[k].en = en ? name : r->spec->own[k].en;
        r->spec->own[k].zh = zh ? name : r->spec->own[k].zh;
    }
}

/* One list for both languages, or {zh: [...], en: [...]}. */
static void read_names(struct reader *r, const struct node *node)
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

static const struct node *child_of(const struct node *map, const char *key)
{
    for (const struct node *child = map->child; child != NULL; child = child->next)
        if (child->key != NULL && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

/* A key that is read apart, in its own order. */
static void read_nothing(struct reader *r, const struct node *node)
{
    (void)r;
    (void)node;
}

static void read_classes(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"names", read_nothing},
        {"cuts",  read_nothing},
        {"table", read_table  },
        {"edges", read_edges  }
    };
    if (node->kind != NODE_MAP) {
        read_table(r, node);
        return;
    }
    const struct node *names = child_of(node, "names"), *cuts = child_of(node, "cuts");
    read_keys(r, node, key, sizeof key / sizeof key[0]);
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

static void read_obstacles(struct reader *r, const struct node *node)
{
    size_t k = choose(r, node, ccd_obstacles, CCD_OBSTACLES);
    r->spec->options.obstacle = k < CCD_OBSTACLES ? (enum ccd_obstacle)k : CCD_OBSTACLE_SHARES;
}

static void read_missing(struct reader *r, const struct node *node)
{
    r->spec->missing = (enum spec_missing)(choose(r, node, missings, 3) % 3);
}

static void read_constant(struct reader *r, const struct node *node)
{
    r->spec->constant = (enum spec_constant)(choose(r, node, constants, 2) % 2);
}

/* -- the panel and what follows --------------------------------------------------------------------------------------- */
static void read_unit(struct reader *r, const struct node *node)
{
    r->spec->unit = text_of(r, node);
}

static void read_year(struct reader *r, const struct node *node)
{
    r->spec->year = text_of(r, node);
}

static void read_reference(struct reader *r, const struct node *node)
{
    r->spec->reference = text_of(r, node) != NULL ? node : NULL;
}

static void read_groups(struct reader *r, const struct node *node)
{
    r->spec->groups = node;
    if (node->kind == NODE_MAP)
        for (const struct node *child = node->child; child != NULL; child = child->next)
            if (child->kind != NODE_LIST)
                r->status = diag_fail(r->diag, child->at, "%s: a list of units is due here", child->key);
    if (node->kind != NODE_MAP)
        (void)text_of(r, node);
}

static void read_neighbours(struct reader *r, const struct node *node)
{
    r->spec->spatial.kind = (enum spec_neighbours)(choose(r, node, neighbours, 5) % 5);
}

static void read_place_file(struct reader *r, const struct node *node)
{
    r->spec->spatial.file = text_of(r, node) != NULL ? node : NULL;
}

static void read_by(struct reader *r, const struct node *node)
{
    r->spec->spatial.by = text_of(r, node);
}

static void read_decay(struct reader *r, const struct node *node)
{
    r->spec->spatial.power = number_within(r, node, 0.1, 10.0);
}

static void read_row_sums(struct reader *r, const struct node *node)
{
    r->spec->spatial.as_given = !flag_of(r, node);
}

static void read_permutations(struct reader *r, const struct node *node)
{
    r->spec->spatial.permutations = count_within(r, node, 0, 99999);
}

static void read_spatial(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"weights",      read_neighbours  },
        {"places",       read_place_file  },
        {"pairs",        read_place_file  },
        {"matrix",       read_place_file  },
        {"by",           read_by          },
        {"power",        read_decay       },
        {"row_sums",     read_row_sums    },
        {"permutations", read_permutations}
    };
    if (!is_map(r, node))
        return;
    read_keys(r, node, key, sizeof key / sizeof key[0]);
    if (r->spec->spatial.kind == NEIGHBOURS_NONE)
        return;
    r->spec->follow[FOLLOW_SPATIAL] = true;
    if (r->spec->spatial.file == NULL)
        r->status = diag_fail(r->diag, node->at, "spatial: a file is due: places, pairs or matrix");
    if (r->spec->spatial.kind == NEIGHBOURS_ECONOMIC && r->spec->spatial.by == NULL)
        r->status = diag_fail(r->diag, node->at, "spatial: economic weights need `by: COLUMN` of the places");
}

static void read_follow_ups(struct reader *r, const struct node *node)
{
    bool all = node->kind == NODE_SCALAR && strcmp(node->text, "all") == 0;
    for (size_t k = 0; all && k < FOLLOW_UPS; k++)
        r->spec->follow[k] = r->spec->follow[k] || k != FOLLOW_SPATIAL;
    if (all)
        return;
    const struct node *child = node->kind == NODE_LIST ? node->child : node;
    for (; child != NULL; child = child == node ? NULL : child->next) {
        size_t k = choose(r, child, follow_ups, FOLLOW_UPS);
        if (k < FOLLOW_UPS)
            r->spec->follow[k] = true;
    }
}

static void read_markov_classes(struct reader *r, const struct node *node)
{
    r->spec->markov_classes = count_within(r, node, 2, 10);
}

/* {quantiles: 4}, or `table`: the classes of D */
static void read_markov(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"quantiles", read_markov_classes}
    };
    r->spec->follow[FOLLOW_MARKOV] = true;
    if (node->kind == NODE_SCALAR && strcmp(node->text, "table") == 0)
        r->spec->markov_classes = 0;
    else if (is_map(r, node))
        read_keys(r, node, key, 1);
}

static void read_steps(struct reader *r, const struct node *node)
{
    r->spec->steps = count_within(r, node, 1, 50);
}

static void read_forecast(struct reader *r, const struct node *node)
{
    static const struct key key[] = {
        {"steps", read_steps}
    };
    r->spec->follow[FOLLOW_FORECAST] = true;
    if (is_map(r, node))
        read_keys(r, node, key, 1);
}

/* -- what must fit together ------------------------------------------------------------------------------------------- */
static void check_shares(struct reader *r)
{
    struct coupling_spec *s = r->spec;
    size_t given = 0;
    double sum = 0.0;
    for (size_t k = 0; k < s->n_subsystems; k++) {
        given += s->subsystem[k].has_weight;
        sum += s->subsystem[k].weight;
    }
    if (!s->has_shares && given == 0)
        s->options.shares = CCD_SHARES_EQUAL;
    if (s->options.shares != CCD_SHARES_GIVEN)
        return;
    for (size_t k = 0; k < s->n_subsystems && given < s->n_subsystems; k++)
        if (!s->subsystem[k].has_weight)
            r->status = diag_fail(r->diag, s->subsystem[k].at, "'%s' has no weight", s->subsystem[k].name);
    if (given == s->n_subsystems && !(sum > 0.0))
        r->status = diag_fail(r->diag, s->subsystem[0].at, "the weights of the subsystems are all 0");
    for (size_t k = 0; k < s->n_subsystems && sum > 0.0; k++)
        s->share[k] = s->subsystem[k].weight / sum;
    if (given == s->n_subsystems && sum > 0.0 && fabs(sum - 1.0) > 1e-3)
        diag_warn(r->diag, s->subsystem[0].at, "the weights of the subsystems sum to %g; they are divided by it", sum);
}

static double weight_sum(const struct coupling_spec *s, size_t subsystem)
{
    double sum = 0.0;
    for (size_t j = 0; j < s->n_indicators; j++)
        sum += s->of[j].subsystem == subsystem ? s->of[j].weight : 0.0;
    return sum;
}

static void check_weights(struct reader *r)
{
    struct coupling_spec *s = r->spec;
    bool given = s->options.weighting == CCD_WEIGHTS_GIVEN;
    double all = 0.0;
    for (size_t j = 0; j < s->n_indicators; j++) {
        bool index = s->of[j].direction == CCD_INDEX;
        all += index ? 0.0 : s->of[j].weight;
        if (given && !s->indicator[j].has_weight)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s' has no weight", s->indicator[j].column);
        if (!given && !index && s->indicator[j].has_weight)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s': a weight is used with `weights: given` only",
                                  s->indicator[j].column);
    }
    for (size_t k = 0; given && r->status == OK && k < s->n_subsystems; k++) {
        double sum = weight_sum(s, k);
        if (!(sum > 0.0))
            r->status = diag_fail(r->diag, s->subsystem[k].at, "'%s': the weights are all 0", s->subsystem[k].name);
        else if (fabs(sum - 1.0) > 1e-3 && fabs(all - 1.0) > 1e-3)
            diag_warn(r->diag, s->subsystem[k].at, "'%s': the weights sum to %g; they are divided by it",
                      s->subsystem[k].name, sum);
    }
}

static void check_bounds(struct reader *r)
{
    struct coupling_spec *s = r->spec;
    bool fixed = s->options.scope == CCD_SCOPE_FIXED;
    for (size_t j = 0; j < s->n_indicators; j++) {
        bool index = s->of[j].direction == CCD_INDEX;
        if (fixed && !index && s->reference == NULL && !s->indicator[j].has_bounds)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s' has no bounds; scope fixed needs `bounds: [A, B]`",
                                  s->indicator[j].column);
        if (s->indicator[j].has_bounds && (!fixed || s->reference != NULL))
            r->status = diag_fail(r->diag, s->indicator[j].at,
                                  "'%s': bounds are used with scope fixed and without a reference only",
                                  s->indicator[j].column);
        else if (s->indicator[j].has_bounds && ccd_is_constant(&s->of[j], s->of[j].bounds))
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s': every value within the bounds is best",
                                  s->indicator[j].column);
    }
    if (s->reference != NULL && s->options.per_year)
        r->status = diag_fail(r->diag, s->reference->at, "reference: weights per year cannot be held fixed");
}

static void read_all(struct reader *r)
{
    static const struct key key[] = {
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
    const struct node *root = r->spec->tree.root;
    if (root == NULL || root->kind != NODE_MAP) {
        r->status =
            diag_fail(r->diag, (struct place){r->spec->file, 1, 1}, "a specification is a map of keys and values");
        return;
    }
    const struct node *subsystems = child_of(root, "subsystems");
    if (subsystems != NULL)
        read_subsystems(r, subsystems);
    else
        r->status = diag_fail(r->diag, (struct place){r->spec->file, 1, 1}, "the key 'subsystems' is missing");
    read_keys(r, root, key, sizeof key / sizeof key[0]);
    if (r->status != OK)
        return;
    check_shares(r);
    check_weights(r);
    check_bounds(r);
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
    struct reader r = {.spec = spec, .diag = diag};
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
