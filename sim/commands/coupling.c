/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling - degree of coupling coordination of a panel by a specification: reads, calculates, writes the tables. */
#include <gsl/gsl_errno.h>
#include <liandong/coupling_output.h>
#include <liandong/coupling_worlds.h>
#include <liandong/results.h>
#include <string.h>

struct options {
    const char *spec, *out, *diagnose, *table;
    int digits;
    bool methods;
    struct worlds_options worlds;
};

/* Where the text of an option goes. */
static const char **text_of(struct options *o, int key)
{
    switch (key) {
    case 's':
        return &o->spec;
    case 'o':
        return &o->out;
    case 'd':
        return &o->diagnose;
    case 't':
        return &o->table;
    case 'r':
        return &o->worlds.reference;
    case 'c':
        return &o->worlds.cut;
    case 'a':
        return &o->worlds.against;
    default:
        return &o->worlds.weights;
    }
}

static const char *take_digits(struct options *o, const char *value)
{
    char *end;
    long digits = strtol(value, &end, 10);
    o->digits = (int)digits;
    return *end != '\0' || digits < 1 || digits > 15 ? tr("a number from 1 to 15 is due", "应为 1 至 15 的整数") : NULL;
}

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    if (key == 'n')
        return take_digits(o, value);
    if (key == 'm' || key == 'p') {
        o->methods = o->methods || key == 'm';
        o->worlds.spending = o->worlds.spending || key == 'p';
        return NULL;
    }
    *text_of(o, key) = value;
    return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

/* -- the lists that a specification chooses from ---------------------------------------------------------------------- */
static void add_methods(struct table *t, const char *key, const struct ccd_choice *choice, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const char *wrong = tr("wrong; recognised only", "错误公式，仅供识别");
        const char *cells[] = {key, choice[k].name, choice[k].formula, tr(choice[k].en, choice[k].zh),
                               choice[k].right ? "" : wrong};
        table_add(t, cells);
    }
}

static void add_classes(struct table *t)
{
    for (size_t k = 0; k < n_ccd_class_tables; k++) {
        const struct ccd_class_table *of = &ccd_class_tables[k];
        for (size_t c = 0; c < of->n; c++) {
            char key[64], from[64];
            snprintf(key, sizeof key, "classes: %s", of->name);
            if (c + 1 < of->n)
                snprintf(from, sizeof from, "%g - %g", of->of[c].from, of->of[c + 1].from);
            else
                snprintf(from, sizeof from, "from %g", of->of[c].from);
            const char *cells[] = {key, tr(of->of[c].en, of->of[c].zh), from, tr(of->en, of->zh), ""};
            table_add(t, cells);
        }
    }
}

static enum status print_methods(enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"key",     "key",     "键",    COLUMN_TEXT},
        {"name",    "name",    "名称", COLUMN_TEXT},
        {"formula", "formula", "公式", COLUMN_TEXT},
        {"meaning", "meaning", "含义", COLUMN_TEXT},
        {"verdict", "",        "",       COLUMN_TEXT}
    };
    struct table t;
    table_init(&t, columns, 5);
    add_methods(&t, "indicator", ccd_directions, CCD_DIRECTIONS);
    add_methods(&t, "normalise.scope", ccd_scopes, CCD_SCOPES);
    add_methods(&t, "normalise.zeros", ccd_zeros, CCD_ZEROS);
    add_methods(&t, "weights", ccd_weightings, CCD_WEIGHTINGS);
    add_methods(&t, "subsystem_weights", ccd_shares, CCD_SHARES);
    add_methods(&t, "coupling", ccd_couplings, CCD_COUPLINGS);
    add_methods(&t, "T", ccd_combinations, CCD_COMBINATIONS);
    add_methods(&t, "D", ccd_degrees, CCD_DEGREES);
    add_methods(&t, "obstacles", ccd_obstacles, CCD_OBSTACLES);
    add_methods(&t, "follow_ups", follow_ups, FOLLOW_UPS);
    add_classes(&t);
    enum status status = table_print(&t, format, stdout, diag);
    table_free(&t);
    return status;
}

/* -- tables to stdout and files --------------------------------------------------------------------------------------- */
static enum status table_made(const struct coupling_table_desc *d, const struct coupling_case *of,
                              struct coupling_table *t, struct diag *diag)
{
    coupling_table_init(t, of, strcmp(d->name, "degrees") == 0 ? "" : d->name, tr(d->en, d->zh));
    TRY(d->fill(t, of, diag));
    coupling_table_close(t);
    if (t->no_memory)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    t->table.note = (const char *const *)t->note;
    t->table.n_notes = t->n_notes;
    return OK;
}

static enum status print_one(const struct coupling_table_desc *d, const struct coupling_case *of, FILE *to,
                             struct diag *diag)
{
    struct coupling_table t;
    enum status status = table_made(d, of, &t, diag);
    if (status == OK)
        status = table_print(&t.table, of->format, to, diag);
    coupling_table_free(&t);
    return status;
}

struct one {
    const struct coupling_table_desc *d;
    const struct coupling_case *of;
};

static enum status print_it(const void *what, FILE *to, struct diag *diag)
{
    const struct one *one = what;
    return print_one(one->d, one->of, to, diag);
}

static enum status write_one(const char *path, const struct coupling_table_desc *d, const struct coupling_case *of,
                             struct diag *diag)
{
    struct one one = {d, of};
    if (file_is_same(path, of->panel_file) || file_is_same(path, of->spec.file))
        return diag_fail(diag, (struct place){0}, "%s is read here; it is left as it is", path);
    return output_write(path, print_it, &one, diag);
}

static bool is_asked(const struct coupling_table_desc *d, const struct coupling_case *of)
{
    return d->follow_up == TABLE_OF_DIAGNOSIS ? of->diagnose != NULL
                                              : d->follow_up < 0 || of->spec.follow[d->follow_up];
}

static enum status write_all(const char *out, const struct coupling_case *of, const struct common *c, struct diag *diag)
{
    bool file = output_ends_in(out, ".h5");
    if (file)
        TRY(coupling_file_write(out, of, diag));
    for (size_t k = 0; k < n_coupling_tables; k++) {
        const struct coupling_table_desc *d = &coupling_tables[k];
        if (!is_asked(d, of) || (file && d->follow_up == TABLE_ALWAYS))
            continue;
        char *path = output_beside(out, d->name);
        if (path == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
        enum status status = write_one(path, d, of, diag);
        if (status == OK)
            command_say(c, "%s: %s", path, tr(d->en, d->zh));
        free(path);
        TRY(status);
    }
    return OK;
}

static const struct coupling_table_desc *table_named(const char *name, struct diag *diag)
{
    const char *names[32];
    for (size_t k = 0; k < n_coupling_tables; k++) {
        names[k] = coupling_tables[k].name;
        if (strcmp(names[k], name) == 0)
            return &coupling_tables[k];
    }
    const char *near = nearest_name(name, names, n_coupling_tables);
    if (near != NULL)
        (void)diag_fail(diag, (struct place){0}, "there is no table '%s'; did you mean '%s'?", name, near);
    else
        (void)diag_fail(diag, (struct place){0}, "there is no table '%s'", name);
    return NULL;
}

static enum status print_named(const char *name, const struct coupling_case *of, struct diag *diag)
{
    const struct coupling_table_desc *d = table_named(name, diag);
    if (d != NULL && !is_asked(d, of))
        return diag_fail(diag, (struct place){of->spec.file, 0, 0},
                         "the table '%s' is not asked for in the specification", name);
    return d == NULL ? FAILED : print_one(d, of, stdout, diag);
}

/* -- the calculation -------------------------------------------------------------------------------------------------- */
static enum status explain(const struct coupling_case *of, struct ccd_trouble trouble, struct diag *diag)
{
    const struct coupling_spec *s = &of->spec;
    const char *all = tr("all indicators together", "全部指标");
    const char *name = trouble.where < s->n_subsystems ? s->subsystem[trouble.where].name : all;
    struct place at = {s->file, 0, 0};
    char year[32] = "";
    if (s->options.per_year)
        snprintf(year, sizeof year, " (%d)", of->panel.year[trouble.group]);
    switch (trouble.fault) {
    case CCD_NO_WEIGHTS:
        return diag_fail(diag, at, "%s%s: the data give no weights by '%s': nothing varies, or all moves together",
                         name, year, ccd_weightings[s->options.weighting].name);
    case CCD_NO_SHARES:
        return diag_fail(diag, at, "the indices give no weights of subsystems: they do not vary%s", year);
    case CCD_CONSTANT:
        return diag_fail(diag, s->indicator[trouble.where].at,
                         "'%s' does not vary%s%s; `constant: drop` would leave it out",
                         s->indicator[trouble.where].column, "", "");
    default:
        return diag_stop(diag, NO_MEMORY, "out of memory");
    }
}

static enum status evaluate(struct coupling_case *of, struct diag *diag)
{
    struct ccd_system system = {of->spec.n_subsystems, of->spec.n_indicators, of->spec.of, of->spec.share};
    struct ccd_trouble trouble = ccd_evaluate(&system, &of->panel.of, &of->spec.options, &of->result);
    return trouble.fault == CCD_GOOD ? OK : explain(of, trouble, diag);
}

/* Bounds, weights and shares of the reference panel take the place of those of the panel. */
static enum status take_reference(struct coupling_case *of, struct diag *diag)
{
    struct coupling_case reference = {.spec = of->spec};
    char *path = spec_path(&of->spec, of->spec.reference->text);
    if (path == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    struct ccd_options *o = &reference.spec.options;
    o->scope = CCD_SCOPE_POOLED;
    enum status status = panel_read(&reference.panel, path, &reference.spec, diag);
    if (status == OK)
        status = panel_check_constant(&reference.panel, &reference.spec, diag);
    if (status == OK)
        status = evaluate(&reference, diag);
    if (status == OK) {
        ccd_fix(&reference.panel.of, &reference.result, of->spec.of, of->spec.share);
        of->spec.options.scope = CCD_SCOPE_FIXED;
        of->spec.options.weighting = CCD_WEIGHTS_GIVEN;
        of->spec.options.over_all = false;
        of->spec.options.shares = CCD_SHARES_GIVEN;
    }
    ccd_result_free(&reference.result);
    panel_free(&reference.panel);
    free(path);
    return status;
}

/* Errors of the specification and of the panel's own form come together. */
static enum status read_both(struct coupling_case *of, const struct options *o, struct diag *diag)
{
    enum status status = spec_read(&of->spec, o->spec, diag);
    if (status == FAILED) {
        struct sheet sheet;
        if (sheet_read(&sheet, of->panel_file, diag) == OK)
            sheet_free(&sheet);
    }
    TRY(status);
    status = panel_read(&of->panel, of->panel_file, &of->spec, diag);
    bool by_groups = of->spec.options.scope == CCD_SCOPE_YEAR || of->spec.options.scope == CCD_SCOPE_UNIT;
    if (status == FAILED && of->panel.of.n > 0 && !by_groups && of->spec.reference == NULL)
        (void)(panel_check_constant(&of->panel, &of->spec, diag) ==
               OK); /* within groups it may only follow from the rest */
    TRY(status);
    if (of->spec.reference != NULL)
        return take_reference(of, diag);
    return panel_check_constant(&of->panel, &of->spec, diag);
}

/* What is said of the units beside the panel. */
static enum status read_places(struct coupling_case *of, struct diag *diag)
{
    enum status groups = OK, neighbours = OK;
    if (of->spec.groups != NULL)
        groups = groups_read(&of->groups, &of->spec, &of->panel, diag);
    if (of->spec.spatial.kind != NEIGHBOURS_NONE)
        neighbours = neighbours_read(&of->spec, &of->panel, &of->neighbours, diag);
    else if (of->spec.follow[FOLLOW_SPATIAL])
        neighbours =
            diag_fail(diag, (struct place){of->spec.file, 0, 0}, "spatial: the weights of neighbours are missing");
    return groups != OK ? groups : neighbours;
}

static void warn_of(const struct coupling_case *of, struct diag *diag)
{
    struct place at = {of->panel_file, 0, 0};
    if (of->panel.dropped > 0)
        diag_warn(diag, at, "%zu rows with empty cells were left out", of->panel.dropped);
    if (of->panel.interpolated > 0)
        diag_warn(diag, at, "%zu empty values were interpolated in time within their unit", of->panel.interpolated);
    if (of->result.outside > 0)
        diag_warn(diag, at, "%zu values lay outside the fixed bounds and count as the bound", of->result.outside);
}

static enum status couple_worlds(const struct common *c, const struct options *o, struct diag *diag)
{
    struct worlds_options w = o->worlds;
    if (o->spec != NULL || o->diagnose != NULL)
        return diag_fail(diag, (struct place){0}, "--spec and --diagnose are for PANEL.csv");
    w.result = c->word[0];
    w.out = o->out;
    w.table = o->table;
    w.digits = o->digits;
    return worlds_command(c, &w, diag);
}

static enum status couple(const struct common *c, const struct options *o, struct diag *diag)
{
    struct coupling_case of = {.diagnose = o->diagnose, .panel_file = c->word[0]};
    if (output_ends_in(c->word[0], ".h5"))
        return couple_worlds(c, o, diag);
    if (o->worlds.cut != NULL || o->worlds.against != NULL || o->worlds.reference != NULL || o->worlds.spending ||
        o->worlds.weights != NULL)
        return diag_fail(diag, (struct place){0},
                         "--reference, --cut, --against, --weights and --spending are for RESULT.h5");
    if (o->spec == NULL)
        return diag_fail(diag, (struct place){0}, "--spec SPEC.yaml is needed: which columns make which subsystem");
    of.format = output_format(o->out, c->format);
    of.digits = o->digits;
    enum status status = read_both(&of, o, diag);
    if (status == OK)
        status = read_places(&of, diag);
    if (status == OK)
        status = evaluate(&of, diag);
    if (status == OK) {
        warn_of(&of, diag);
        const char *other = o->diagnose != NULL ? "diagnose" : o->out == NULL ? "degrees" : NULL;
        const char *shown = o->table != NULL ? o->table : other;
        status = shown != NULL ? print_named(shown, &of, diag) : OK;
    }
    if (status == OK && o->out != NULL)
        status = write_all(o->out, &of, c, diag);
    ccd_result_free(&of.result);
    groups_free(&of.groups);
    free(of.neighbours);
    panel_free(&of.panel);
    spec_free(&of.spec);
    return status;
}

int command_coupling(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"spec",                                                    's', "SPEC.yaml", 0, "subsystems, indicators and methods", 0},
        {"output",                                              'o', "OUT", 0, "write OUT.csv (.tex, .html, .json, .md, .h5) and files beside it", 0},
        {"diagnose",                     'd', "COLUMN", 0, "which formula made the published C or D in this column", 0},
        {"table",                                                         't', "NAME", 0, "print this table instead of the degrees", 0},
        {"digits",         'n', "N", 0, "decimals in text, LaTeX, HTML and Markdown; 4 by default", 0},
        {"reference",                                                        'r', "REF.h5", 0, "of RESULT.h5: bounds and weights are those of this result; by default its own",
         0},
        {"cut",                                                        'c', "CUT.h5", 0, "the same worlds with enterprise.finance_limits_rd off: causal coupling", 0},
        {"against",                                                'a', "BASE.h5", 0, "the same worlds under another policy: what changes D", 0},
        {"weights",                                                 'w', "METHOD", 0, "entropy (default), critic, entropy+critic, cv or equal, on the reference", 0},
        {"spending", 'p', NULL, 0, "spending, commitments and compensation as a third subsystem", 0},
        {"methods",                                                         'm', NULL, 0, "print what a specification may choose from", 0},
        {0}
    };
    struct options o = {.digits = 4};
    struct command_line line = {
        .words = "PANEL.csv|RESULT.h5",
        .en = "Degree of coupling coordination of subsystems, from a panel of indicators or from simulated worlds.",
        .zh = "由指标面板或模拟结果计算各子系统的耦合协调度。",
        .least = 0,
        .most = 1,
        .formats = true,
        .own = own,
        .take = take,
        .to = &o};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    gsl_set_error_handler_off(); /* what fails says so by its value */
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = OK;
    if (o.methods)
        status = print_methods(c.format, &diag);
    else if (c.n_words == 0)
        status = diag_fail(&diag, (struct place){0}, "PANEL.csv or RESULT.h5 is needed");
    else
        status = couple(&c, &o, &diag);
    return command_end(&c, &diag, status);
}
