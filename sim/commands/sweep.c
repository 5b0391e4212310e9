/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep - one scenario at many points of its parameters, with the same luck at all of them: figures by point and run. */
#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <liandong/command.h>
#include <liandong/design.h>
#include <liandong/expression.h>
#include <liandong/journal.h>
#include <liandong/making.h>
#include <liandong/ranks.h>
#include <liandong/recall.h>
#include <liandong/results.h>
#include <liandong/settings.h>
#include <liandong/telling.h>
#include <liandong/worlds.h>
#include <string.h>
#include <unistd.h>

enum { FIGURES_MOST = 16, VALUES_MOST = 100, TEXT_SIZE = 512, NUMBER_ROOM = 40, POINTS_MOST = 1000000 };
enum design { GRID, LATIN, SOBOL };

struct axis {
    char key[256];
    bool range; /* low ... high, in `levels` steps (of a grid) */
    double low, high;
    size_t levels;
    char value[VALUES_MOST][64];
};
struct options {
    const char *out, *seed, *months;
    const char *vary[DESIGN_AXES], *figure[FIGURES_MOST];
    size_t n_axes, n_figures;
    long runs, threads, points, shard, shards;
    enum design design;
    bool no_cache;
};
struct sweep {
    const struct common *c;
    const struct options *o;
    const struct recall *recalled; /* NULL, or shards that `merge` gathered */
    const char *out;
    struct axis axis[DESIGN_AXES];
    size_t points;
    size_t *level; /* of a grid */
    double *unit;  /* of the others */
    struct expression figure[FIGURES_MOST];
    size_t n_figures;
    struct scenario base;
    char *text;     /* of the base, then the design: what the file says of itself */
    char *key_text; /* what the journal belongs to: behind what a shard says before it */
    char *try, *side, *try_journal, *journal_path;
    char build[256], title[TEXT_SIZE];
    struct journal journal;
    struct shards shards; /* where the points lie: that journal, or those given */
    double *value;        /* [figure][run] of one point */
};

static const char *const usual[] = {"enterprises = end(enterprises)",
                                    "foundings = total(foundings)",
                                    "failures = total(failures)",
                                    "loans_paid = total(loans_paid)",
                                    "npl_ratio = end(npl_ratio)",
                                    "patents = total(patents)",
                                    "tax = total(tax)",
                                    "spending = spending"};
enum { N_USUAL = sizeof usual / sizeof usual[0] };

/* -- options ----------------------------------------------------------------------------------------------------------- */
enum { KEY_RUNS = 0x200, KEY_SEED, KEY_MONTHS, KEY_DESIGN, KEY_POINTS, KEY_NO_CACHE, KEY_SHARD };
static const struct argp_option own_options[] = {
    {"output",                                             'o', "OUT.h5", 0, "the file to make: a row for each point and run", 0},
    {"vary",                                            'v', "KEY=VALUES", 0,
     "a parameter and its values, a,b,c or low:high:number or, for other designs than a grid, low:high", 0},
    {"design",    KEY_DESIGN, "DESIGN", 0, "grid (by default), lhs (Latin hypercube) or sobol", 0},
    {"points",                                                    KEY_POINTS, "K", 0, "points of lhs and sobol", 0},
    {"expr",      'e', "FIGURE", 0, "a figure to take instead of the usual ones; may be repeated", 0},
    {"runs",                                                   KEY_RUNS, "N", 0, "runs of each world; 20 by default", 0},
    {"seed",                                                   KEY_SEED, "S", 0, "seed, 0 to 4294967295, instead of the scenario's", 0},
    {"months",                                             KEY_MONTHS, "M", 0, "months from the start, instead of the scenario's", 0},
    {"threads",                                            't', "T", 0, "threads; they change no byte", 0},
    {"shard", KEY_SHARD, "I/N", 0, "make only every N-th point, from the I-th on, into a shard for `liandong merge`",
     0},
    {"no-cache",                                                    KEY_NO_CACHE, NULL, 0, "neither read nor keep seasoned worlds", 0},
    {0}
};

static const char *take_design(struct options *o, const char *value)
{
    static const char *const names[] = {"grid", "lhs", "sobol"};
    for (int k = 0; k < 3; k++)
        if (strcmp(value, names[k]) == 0) {
            o->design = k == 0 ? GRID : k == 1 ? LATIN : SOBOL;
            return NULL;
        }
    return tr("grid, lhs or sobol", "应为grid、lhs或sobol");
}

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    long number;
    switch (key) {
    case 'o':
        o->out = value;
        return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
    case 'v':
        return o->n_axes == DESIGN_AXES ? tr("too many parameters", "参数过多") : (o->vary[o->n_axes++] = value, NULL);
    case 'e':
        return o->n_figures == FIGURES_MOST ? tr("too many figures", "指标过多")
                                            : (o->figure[o->n_figures++] = value, NULL);
    case KEY_DESIGN:
        return take_design(o, value);
    case KEY_POINTS:
        return command_number(value, 1, POINTS_MOST, &o->points);
    case KEY_RUNS:
        return command_number(value, 1, 1000000, &o->runs);
    case KEY_SEED:
        return command_number(o->seed = value, 0, 4294967295, &number);
    case KEY_MONTHS:
        return command_number(o->months = value, 1, 12000, &number);
    case 't':
        return command_number(value, 1, 1024, &o->threads);
    case KEY_SHARD:
        return command_shard(value, &o->shard, &o->shards);
    default:
        o->no_cache = true;
        return NULL;
    }
}

/* -- the design -------------------------------------------------------------------------------------------------------- */
/* "0.1:0.5:5", or without the number where it has none to give. */
static bool read_range(struct axis *a, const char *text, bool numbered)
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

static enum status read_axis(struct axis *a, const char *text, enum design design, struct place at, struct diag *diag)
{
    const char *equals = strchr(text, '='), *from = equals == NULL ? "" : equals + 1;
    snprintf(a->key, sizeof a->key, "%.*s", equals == NULL ? 0 : (int)(equals - text), text);
    if (equals == NULL || setup_param(a->key) == NULL)
        return diag_fail(diag, at, "'%s' is not KEY=VALUES with a parameter for KEY", text);
    if (strchr(from, ':') != NULL)
        return read_range(a, from, design == GRID)
                   ? OK
                   : diag_fail(diag, at, "'%s' is not %s", from, design == GRID ? "low:high:number" : "low:high");
    if (design != GRID)
        return diag_fail(diag, at, "'%s' is not %s", from, "low:high");
    for (const char *next; *from != '\0'; from = next) {
        size_t n = strcspn(from, ",");
        next = from[n] == ',' ? from + n + 1 : from + n;
        if (n == 0 || n >= sizeof a->value[0] || a->levels == VALUES_MOST)
            return diag_fail(diag, at, "'%s' is no list of values", equals + 1);
        snprintf(a->value[a->levels++], sizeof a->value[0], "%.*s", (int)n, from);
    }
    return a->levels > 0 ? OK : diag_fail(diag, at, "'%s' is no list of values", equals + 1);
}

static enum status make_design(struct sweep *s, struct diag *diag)
{
    size_t levels[DESIGN_AXES], axes = s->o->n_axes;
    for (size_t a = 0; a < axes; a++)
        levels[a] = s->axis[a].levels;
    s->points = s->o->design == GRID ? design_grid(levels, axes, NULL) : (size_t)s->o->points;
    if (s->points == 0 || s->points > POINTS_MOST)
        return diag_stop(diag, FAILED,
                         s->o->design == GRID ? "--vary: more than %d points" : "--points: say how many, at most %d",
                         POINTS_MOST);
    bool good = true;
    if (s->o->design == GRID) {
        s->level = calloc(s->points * axes + 1, sizeof *s->level);
        good = s->level != NULL && design_grid(levels, axes, s->level) > 0;
    } else {
        s->unit = calloc(s->points * axes + 1, sizeof *s->unit);
        good = s->unit != NULL &&
               (s->o->design == LATIN ? design_latin(s->points, axes, (unsigned long)s->base.setup.world.seed, s->unit)
                                      : design_sobol(s->points, axes, s->unit));
    }
    return good ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

/* The value of a parameter at a point, as a scenario has it. */
static void value_at(const struct sweep *s, size_t point, size_t a, char *text, size_t size)
{
    const struct axis *axis = &s->axis[a];
    size_t at = point * s->o->n_axes + a;
    BUG_ON(s->level == NULL && s->unit == NULL);
    double unit = s->level == NULL ? s->unit[at]
                  : axis->range    ? (double)s->level[at] / (double)(axis->levels - 1)
                                   : 0.0;
    if (axis->range)
        snprintf(text, size, "%.12g", axis->low + unit * (axis->high - axis->low));
    BUG_ON(!axis->range && s->level == NULL); /* lists are for grids */
    if (!axis->range)
        snprintf(text, size, "%s", axis->value[s->level[at]]);
}

static enum status read_point(const struct sweep *s, size_t point, bool plain, struct scenario *to, struct diag *diag)
{
    struct settings set;
    settings_init(&set, s->c->set, s->c->n_sets);
    if (s->o->seed != NULL)
        settings_add(&set, "seed=%s", s->o->seed);
    if (s->o->months != NULL)
        settings_add(&set, "months=%s", s->o->months);
    for (size_t a = 0; a < s->o->n_axes && !plain; a++) {
        char value[64];
        value_at(s, point, a, value, sizeof value);
        settings_add(&set, "%s=%s", s->axis[a].key, value);
    }
    enum status status = set.no_memory ? diag_stop(diag, NO_MEMORY, "out of memory")
                                       : scenario_read(to, s->c->word[0], set.text, set.n, diag);
    settings_free(&set);
    return status;
}

/* -- before anything is run -------------------------------------------------------------------------------------------- */
static enum status read_figures(struct sweep *s, struct diag *diag)
{
    const char **names = calloc(n_series + 1, sizeof *names);
    size_t n = s->o->n_figures > 0 ? s->o->n_figures : N_USUAL;
    enum status status = names == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    for (size_t k = 0; k < n_series && names != NULL; k++)
        names[k] = series_table[k].name;
    for (size_t k = 0; k < n && names != NULL; k++) {
        struct place at = {"--expr", (int)k + 1, 1};
        struct expression *e = &s->figure[s->n_figures++];
        if (expression_read(e, s->o->n_figures > 0 ? s->o->figure[k] : usual[k], at, names, n_series, diag) != OK)
            status = FAILED;
        else if (e->split > 0)
            status = diag_fail(diag, at, "`per` compares worlds; write / here");
    }
    free(names);
    return status;
}

/* Points at the ends of every axis are read; what lies between is of the same kind. */
static enum status check_points(const struct sweep *s, struct diag *diag)
{
    enum status status = OK;
    size_t step = s->points > 200 ? s->points / 100 : 1;
    for (size_t point = 0; point < s->points && status == OK; point += step) {
        struct scenario scenario;
        status = read_point(s, point, false, &scenario, diag);
        if (status == OK)
            scenario_free(&scenario);
    }
    return status;
}

/* What decides about every number: the scenario, the design, the figures. */
static enum status describe(struct sweep *s, struct diag *diag)
{
    size_t size, used;
    char *scenario = scenario_text(&s->base, &size), hash[SHA256_TEXT];
    struct sha256 h;
    size_t room = size + (DESIGN_AXES + FIGURES_MOST + 1) * TEXT_SIZE;
    s->text = scenario == NULL ? NULL : malloc(room);
    if (s->text == NULL) {
        free(scenario);
        return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    used =
        (size_t)snprintf(s->text, room, "%s\n# sweep: design %d, points %zu\n", scenario, (int)s->o->design, s->points);
    free(scenario);
    for (size_t a = 0; a < s->o->n_axes; a++)
        used += (size_t)snprintf(s->text + used, room - used, "# vary %.400s\n", s->o->vary[a]);
    for (size_t f = 0; f < s->n_figures; f++)
        used += (size_t)snprintf(s->text + used, room - used, "# figure %.400s\n", s->figure[f].text);
    sha256_init(&h);
    sha256_add(&h, s->text, used);
    sha256_end_text(&h, hash);
    snprintf(s->title, sizeof s->title, "sweep of %zu points, %s", s->points, hash);
    making_build_name(s->build, sizeof s->build);
    char *head = s->o->shards > 0 || s->recalled != NULL ? recall_write("sweep", s->c) : path_with("", "");
    s->key_text = head == NULL ? NULL : path_with(head, s->text);
    free(head);
    return s->key_text == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
}

/* The scenario without a point: from its file, or as the shards tell it. */
static enum status read_base(struct sweep *s, struct diag *diag)
{
    if (s->recalled == NULL)
        return read_point(s, 0, true, &s->base, diag);
    const char *text = s->recalled->rest;
    return scenario_read_stored(&s->base, text, worlds_scenario_size(text), diag);
}

static enum status prepare(struct sweep *s, struct diag *diag)
{
    enum status status = s->o->n_axes > 0 ? OK : diag_stop(diag, FAILED, "--vary: at least one is due");
    for (size_t a = 0; a < s->o->n_axes; a++) {
        struct place at = {"--vary", (int)a + 1, 1};
        if (read_axis(&s->axis[a], s->o->vary[a], s->o->design, at, diag) != OK)
            status = FAILED;
    }
    if (read_figures(s, diag) != OK)
        status = FAILED;
    TRY(status);
    TRY(read_base(s, diag));
    TRY(make_design(s, diag));
    if (s->recalled == NULL)
        TRY(check_points(s, diag));
    TRY(describe(s, diag));
    s->try = path_beside(s->out, "point");
    s->side = s->try == NULL ? NULL : path_with(s->try, ".sha256");
    s->try_journal = s->try == NULL ? NULL : path_with(s->try, ".journal");
    s->journal_path = path_with(s->out, s->o->shards > 0 ? "" : ".journal");
    s->value = calloc(s->n_figures * (size_t)s->o->runs + 1, sizeof *s->value);
    if (s->side == NULL || s->try_journal == NULL || s->journal_path == NULL || s->value == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    return file_may_be_written(s->out, diag);
}

/* -- points ------------------------------------------------------------------------------------------------------------ */
static enum status take_figures(const struct sweep *s, struct diag *diag)
{
    struct result r;
    enum status status = OK;
    TRY(result_open(&r, s->try, diag));
    for (size_t f = 0; f < s->n_figures && status == OK; f++)
        status = expression_values(&s->figure[f], &r, s->base.setup.world.months, s->value + f * (size_t)s->o->runs,
                                   NULL, diag);
    result_close(&r);
    return status;
}

static enum status run_point(struct sweep *s, size_t point, struct diag *diag)
{
    struct scenario scenario;
    TRY(ranks_agree(read_point(s, point, false, &scenario, diag), diag));
    struct worlds_one world = {.scenario = &scenario, .name = s->c->word[0], .out = s->try};
    struct worlds_request request = {.world = &world,
                                     .n = 1,
                                     .journal = s->try_journal,
                                     .runs = (uint32_t)s->o->runs,
                                     .threads = (int32_t)s->o->threads,
                                     .quiet = true,
                                     .no_cache = s->o->no_cache,
                                     .stop = telling_stop()};
    enum status status = worlds_pair(&request, diag);
    if (status == OK && ranks_mine() == 0)
        status = take_figures(s, diag);
    scenario_free(&scenario);
    if (status != OK || ranks_mine() > 0)
        return status;
    unlink(s->try);
    unlink(s->side);
    const struct journal_piece part[N_PARTS] = {
        [PART_RECORD] = {s->value, s->journal.key.record_bytes}
    };
    return journal_append(&s->journal, (uint32_t)point, part, diag);
}

static struct journal_key key_of(const struct sweep *s)
{
    return (struct journal_key){.scenario = s->key_text,
                                .build = s->build,
                                .settings = "sweep",
                                .seed = s->base.setup.world.seed,
                                .runs = (uint32_t)s->points,
                                .months = (int32_t)s->o->runs,
                                .record_bytes = s->n_figures * (uint64_t)s->o->runs * sizeof *s->value,
                                .shard = s->o->shards > 0 ? (uint32_t)s->o->shard : 1,
                                .shards = s->o->shards > 0 ? (uint32_t)s->o->shards : 1};
}

static enum status run_points(struct sweep *s, struct diag *diag)
{
    struct telling telling;
    enum status status = OK;
    uint64_t months = (uint64_t)s->o->runs * (uint64_t)s->base.setup.world.months, done = 0;
    uint64_t all = (journal_size(&s->journal) - s->journal.finished) * months;
    telling_begin(&telling, s->c);
    for (uint32_t point = 0; status == OK; point++) {
        point = journal_next(&s->journal, point);
        ranks_share(&point, sizeof point); /* only rank 0 knows which are there */
        if (point >= s->points)
            break;
        status = ranks_agree(run_point(s, point, diag), diag);
        if (!s->c->quiet)
            telling.listener.progress(telling.listener.to, done += months, all);
    }
    telling_end(&telling, status);
    return status;
}

/* -- the file and the table -------------------------------------------------------------------------------------------- */
enum { COLUMNS_MOST = 2 + DESIGN_AXES + FIGURES_MOST };

static void name_columns(const struct sweep *s, struct result_column *column)
{
    size_t n = 0;
    column[n++] = (struct result_column){"point", "1", RESULT_INT32, "point of the design", "设计点", NULL};
    column[n++] = (struct result_column){"run", "1", RESULT_INT32, "run of the ensemble", "模拟序号", NULL};
    for (size_t a = 0; a < s->o->n_axes; a++)
        column[n++] =
            (struct result_column){s->axis[a].key, "1", RESULT_REAL, "value of the parameter", "参数取值", NULL};
    for (size_t f = 0; f < s->n_figures; f++)
        column[n++] =
            (struct result_column){s->figure[f].name, "1", RESULT_REAL, s->figure[f].text, s->figure[f].text, NULL};
}

/* A number as it is; true and false as 1 and 0; other words by their place in the list. */
static double number_at(const struct sweep *s, size_t point, size_t a)
{
    char text[64], *end = NULL;
    value_at(s, point, a, text, sizeof text);
    double x = strtod(text, &end);
    if (end != text && *end == '\0')
        return x;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return strcmp(text, "true") == 0;
    BUG_ON(s->level == NULL);
    return (double)s->level[point * s->o->n_axes + a];
}

static enum status read_values(const struct sweep *s, size_t point, struct diag *diag)
{
    const struct journal *j = shards_holder(&s->shards, (uint32_t)point);
    return journal_read(j, (uint32_t)point, PART_RECORD, 0, s->value, j->key.record_bytes, diag);
}

static enum status put_point(struct sweep *s, struct result_table *table, size_t point, struct diag *diag)
{
    size_t runs = (size_t)s->o->runs, columns = 2 + s->o->n_axes + s->n_figures;
    TRY(read_values(s, point, diag));
    for (size_t run = 0; run < runs; run++) {
        union cell row[COLUMNS_MOST] = {{.i = (int64_t)point}, {.i = (int64_t)run}};
        for (size_t a = 0; a < s->o->n_axes; a++)
            row[2 + a].d = number_at(s, point, a);
        for (size_t f = 0; f < s->n_figures; f++)
            row[columns - s->n_figures + f].d = s->value[f * runs + run];
        TRY(result_table_append(table, row, 1, diag));
    }
    return OK;
}

static enum status write_file(struct sweep *s, struct diag *diag)
{
    struct result_column column[COLUMNS_MOST];
    struct result_table *table;
    struct result_about about = {.setup = &s->base.setup, .scenario = s->text, .runs = (uint32_t)s->o->runs};
    struct result_table_about all = {s->title, "参数扫描", &about};
    name_columns(s, column);
    enum status status = result_table_create(&table, s->out, &all, column, 2 + s->o->n_axes + s->n_figures,
                                             (uint64_t)s->points * (uint64_t)s->o->runs, diag);
    for (size_t point = 0; point < s->points && status == OK; point++)
        status = put_point(s, table, point, diag);
    if (status == OK)
        return result_table_finish(table, diag);
    result_table_abandon(table);
    return status;
}

static enum status print_points(struct sweep *s, struct diag *diag)
{
    struct column column[COLUMNS_MOST] = {
        {"point", "point", "设计点", COLUMN_NUMBER}
    };
    size_t n = 1, runs = (size_t)s->o->runs;
    struct table table;
    for (size_t a = 0; a < s->o->n_axes; a++)
        column[n++] = (struct column){s->axis[a].key, s->axis[a].key, s->axis[a].key, COLUMN_NUMBER};
    for (size_t f = 0; f < s->n_figures; f++)
        column[n++] = (struct column){s->figure[f].name, s->figure[f].name, s->figure[f].name, COLUMN_NUMBER};
    table_init(&table, column, n);
    enum status status = OK;
    for (size_t point = 0; point < s->points && status == OK; point++) {
        char text[COLUMNS_MOST][64];
        const char *cells[COLUMNS_MOST];
        size_t k = 0;
        status = read_values(s, point, diag);
        snprintf(text[k], sizeof text[k], "%zu", point);
        for (size_t a = 0; a < s->o->n_axes; a++)
            value_at(s, point, a, text[++k], sizeof text[0]);
        for (size_t f = 0; f < s->n_figures; f++)
            snprintf(text[++k], sizeof text[0], "%.10g", gsl_stats_mean(s->value + f * runs, 1, runs));
        for (size_t c = 0; c <= k; c++)
            cells[c] = text[c];
        table_add(&table, cells);
    }
    if (status == OK)
        status = table_print(&table, s->c->format, stdout, diag);
    table_free(&table);
    return status;
}

/* -- in order ---------------------------------------------------------------------------------------------------------- */
static enum status write_and_print(struct sweep *s, struct diag *diag)
{
    TRY(write_file(s, diag));
    return print_points(s, diag);
}

static enum status with_journal(struct sweep *s, const struct journal_key *key, struct diag *diag)
{
    TRY(making_journal(&s->journal, s->journal_path, key, diag));
    enum status status = run_points(s, diag);
    s->shards = (struct shards){&s->journal, 1};
    if (s->o->shards > 0) {
        struct making nobody = {.quiet = true};
        return making_end_shard(&nobody, &s->journal, status, diag);
    }
    if (status == OK && ranks_mine() == 0)
        status = write_and_print(s, diag);
    if (status == OK || s->journal.finished == 0)
        journal_remove(&s->journal);
    else if (journal_close(&s->journal, diag) != OK && status == INTERRUPTED)
        status = IO_ERROR;
    return status;
}

static enum status sweep(struct sweep *s, struct diag *diag)
{
    TRY(ranks_agree(prepare(s, diag), diag));
    struct journal_key key = key_of(s);
    if (s->recalled == NULL)
        return with_journal(s, &key, diag);
    s->shards = *s->recalled->shards;
    TRY(shards_are(&s->shards, &key, diag));
    return write_and_print(s, diag);
}

static void sweep_free(struct sweep *s)
{
    if (s->base.n_layers > 0)
        scenario_free(&s->base);
    free(s->level);
    free(s->unit);
    free(s->text);
    free(s->key_text);
    free(s->try);
    free(s->side);
    free(s->try_journal);
    free(s->journal_path);
    free(s->value);
    free(s);
}

static int sweep_command(int argc, char **argv, const struct recall *recalled)
{
    struct options o = {.runs = 20};
    struct command_line line = {.words = "SCENARIO",
                                .en = "A scenario at many points of its parameters, with the same luck at all of them.",
                                .zh = "在参数空间的多个点上以相同的随机数模拟一个情景。",
                                .least = 1,
                                .most = 1,
                                .sets = true,
                                .formats = true,
                                .own = own_options,
                                .take = take,
                                .to = &o};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    if (recalled != NULL)
        recall_take_over(recalled, &c);
    diag_init(&diag);
    diag.zh = lang_zh;
    struct sweep *s = calloc(1, sizeof *s);
    const char *whole = recalled != NULL ? recalled->out : o.out != NULL ? o.out : "sweep.h5";
    char *out = o.shards > 0 && o.out == NULL ? command_shard_name(whole, o.shard, o.shards) : path_with(whole, "");
    enum status status = s == NULL || out == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : OK;
    if (status == OK && s != NULL) {
        *s = (struct sweep){.c = &c, .o = &o, .recalled = recalled, .out = out};
        status = sweep(s, &diag);
    }
    if (s != NULL)
        sweep_free(s);
    free(out);
    return command_end(&c, &diag, status);
}

int command_sweep(int argc, char **argv)
{
    return sweep_command(argc, argv, NULL);
}

int sweep_recalled(const struct recall *r)
{
    return sweep_command(r->argc, r->argv, r);
}
