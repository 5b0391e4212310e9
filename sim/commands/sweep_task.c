/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_task - the points of a sweep, and the runs at them; see include/liandong/sweep_task.h. */
#include <inttypes.h>
#include <liandong/figures.h>
#include <liandong/making.h>
#include <liandong/ranks.h>
#include <liandong/settings.h>
#include <liandong/sweep_task.h>
#include <liandong/worlds.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *const sweep_designs[N_SWEEP_DESIGNS] = {"grid", "lhs", "sobol", "saltelli", "saltelli-pairs"};

/* -- the design -------------------------------------------------------------------------------------------------------- */
/* How many points there are; 0: too many. */
static size_t count_points(const struct sweep *s, const size_t *levels)
{
    size_t axes = s->o->n_axes, base = (size_t)s->o->points, n;
    if (s->o->design == GRID)
        n = design_grid(levels, axes, NULL);
    else
        n = s->o->design < SALTELLI ? base : design_saltelli(base, axes, s->o->design == SALTELLI_PAIRS, 0, NULL);
    return n > POINTS_MOST ? 0 : n;
}

static bool fill_design(struct sweep *s, const size_t *levels)
{
    size_t axes = s->o->n_axes, base = (size_t)s->o->points;
    if (s->o->design == GRID) {
        s->level = calloc(s->points * axes + 1, sizeof *s->level);
        return s->level != NULL && design_grid(levels, axes, s->level) > 0;
    }
    s->unit = calloc(s->points * axes + 1, sizeof *s->unit);
    if (s->unit == NULL)
        return false;
    unsigned long seed = (unsigned long)s->base.setup.world.seed;
    if (s->o->design == LATIN)
        return design_latin(base, axes, seed, s->unit);
    if (s->o->design == SOBOL)
        return design_sobol(base, axes, s->unit);
    return design_saltelli(base, axes, s->o->design == SALTELLI_PAIRS, seed, s->unit) > 0;
}

static enum status make_design(struct sweep *s, struct diag *diag)
{
    size_t levels[DESIGN_AXES];
    for (size_t a = 0; a < s->o->n_axes; a++)
        levels[a] = s->axis[a].levels;
    s->points = count_points(s, levels);
    if (s->points == 0)
        return diag_stop(diag, FAILED,
                         s->o->design == GRID ? "--vary: more than %d points" : "--points: say how many, at most %d",
                         POINTS_MOST);
    if (s->points > RUNS_MOST / (size_t)s->o->runs)
        return diag_stop(diag, FAILED, "%zu points of %ld runs each are more than %d runs", s->points, s->o->runs,
                         RUNS_MOST);
    return fill_design(s, levels) ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status read_point(const struct sweep *s, size_t point, bool plain, struct scenario *to, struct diag *diag)
{
    struct settings set;
    settings_init(&set, s->c->set, s->c->n_sets);
    if (s->o->seed != NULL)
        settings_add(&set, "seed=%s", s->o->seed);
    if (s->o->months != NULL)
        settings_add(&set, "months=%s", s->o->months);
    for (size_t a = 0; a < s->o->n_axes && !plain; a++)
        sweep_setting(s, point, a, &set);
    enum status status = set.no_memory ? diag_stop(diag, NO_MEMORY, "out of memory")
                                       : scenario_read(to, s->c->word[0], set.text, set.n, diag);
    settings_free(&set);
    return status;
}

/* -- before anything is run -------------------------------------------------------------------------------------------- */
/* A figure names a variable of the file, beside those of the design. */
static enum status check_name(const struct sweep *s, size_t k, struct diag *diag)
{
    const struct expression *e = &s->figure[k];
    struct place at = {"--expr", (int)k + 1, 1};
    bool taken = strcmp(e->name, "point") == 0 || strcmp(e->name, "run") == 0 || strcmp(e->name, "row") == 0;
    for (size_t a = 0; a < s->o->n_axes; a++)
        taken = taken || strcmp(e->name, s->axis[a].name) == 0;
    if (taken)
        return diag_fail(diag, at, "no figure can be called '%s': another variable of the file is", e->name);
    if (e->split > 0)
        return diag_fail(diag, at, "`per` compares worlds; write / here");
    if (strchr(e->name, '/') != NULL) /* where / parts groups */
        return diag_fail(diag, at, "a figure with / needs a name, as in 'x = %s'", e->text);
    return OK;
}

static enum status read_figures(struct sweep *s, struct diag *diag)
{
    bool own = s->o->n_figures > 0;
    size_t n = own ? s->o->n_figures : N_USUAL_FIGURES;
    enum status status = OK;
    for (size_t k = 0; k < n; k++)
        if ((own || usual_figures[k].swept) &&
            (figure_read(s->figure, &s->n_figures, own ? s->o->figure[k] : usual_figures[k].text, diag) != OK ||
             check_name(s, k, diag) != OK))
            status = FAILED;
    return status;
}

static enum status read_axes(struct sweep *s, struct diag *diag)
{
    enum status status = OK;
    for (size_t a = 0; a < s->o->n_axes; a++) {
        struct place at = {"--vary", (int)a + 1, 1};
        if (sweep_axis_read(&s->axis[a], s->o->vary[a], s->o->design, at, diag) != OK)
            status = FAILED;
        for (size_t other = 0; other < a; other++)
            if (strcmp(s->axis[a].name, s->axis[other].name) == 0)
                status = diag_fail(diag, at, "%s is varied already", s->axis[a].name);
    }
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
    size_t room = size + (DESIGN_AXES + FIGURES_MOST + 1) * SWEEP_TEXT;
    s->text = scenario == NULL ? NULL : malloc(room);
    if (s->text == NULL) {
        free(scenario);
        return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    used = (size_t)snprintf(s->text, room, "%s\n# sweep: design %s, points %zu\n", scenario,
                            sweep_designs[s->o->design], s->points);
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

enum status sweep_prepare(struct sweep *s, struct diag *diag)
{
    enum status status = s->o->n_axes > 0 ? OK : diag_stop(diag, FAILED, "--vary: at least one is due");
    if (read_axes(s, diag) != OK)
        status = FAILED;
    if (read_figures(s, diag) != OK)
        status = FAILED;
    TRY(status);
    TRY(read_base(s, diag));
    TRY(figures_check(s->figure, s->n_figures, &s->base.setup, diag));
    TRY(make_design(s, diag));
    if (s->recalled == NULL)
        TRY(check_points(s, diag));
    TRY(describe(s, diag));
    s->journal_path = path_with(s->out, s->o->shards > 0 ? "" : ".journal");
    s->value = calloc(s->n_figures * (size_t)s->o->runs + 1, sizeof *s->value);
    if (s->journal_path == NULL || s->value == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    return file_may_be_written(s->out, FILE_DATA, diag);
}

/* -- points ------------------------------------------------------------------------------------------------------------ */
static uint32_t place_of(const struct sweep *s, size_t point, uint32_t run)
{
    return run * (uint32_t)s->points + (uint32_t)point;
}

/* The figures of the runs just made, out of their records: a file of each point would cost more than its worlds. */
static enum status take_figures(void *to, size_t world, const struct result *r, struct diag *diag)
{
    const struct sweep *s = to;
    (void)world; /* there is one */
    for (size_t f = 0; f < s->n_figures; f++)
        TRY(expression_values(&s->figure[f], r, s->base.setup.world.months, s->value + f * (size_t)s->o->runs, NULL,
                              diag));
    return OK;
}

/* Runs first, first + step ... at one point. */
struct batch {
    uint32_t first, step, n;
};

static enum status keep(struct sweep *s, size_t point, const struct batch *b, struct diag *diag)
{
    for (uint32_t k = 0; k < b->n; k++) {
        double figure[FIGURES_MOST];
        uint32_t place = place_of(s, point, b->first + k * b->step);
        for (size_t f = 0; f < s->n_figures; f++)
            figure[f] = s->value[f * (size_t)s->o->runs + k];
        const struct journal_piece part[N_PARTS] = {
            [PART_RECORD] = {figure, s->journal.key.record_bytes}
        };
        if (!journal_has(&s->journal, place))
            TRY(journal_append(&s->journal, place, part, diag));
    }
    return OK;
}

/* Rank 0 has the records. */
static enum status run_point(struct sweep *s, size_t point, const struct batch *b, struct diag *diag)
{
    struct scenario scenario;
    TRY(ranks_agree(read_point(s, point, false, &scenario, diag), diag));
    struct worlds_one world = {.scenario = &scenario, .name = s->c->word[0]};
    struct worlds_request request = {.world = &world,
                                     .n = 1,
                                     .first = b->first,
                                     .step = b->step,
                                     .runs = b->n,
                                     .threads = (int32_t)s->o->threads,
                                     .quiet = true,
                                     .no_cache = s->o->no_cache,
                                     .stop = telling_stop(),
                                     .take = take_figures,
                                     .to = s};
    enum status status = worlds_pair(&request, diag);
    scenario_free(&scenario);
    return status == OK && ranks_mine() == 0 ? keep(s, point, b, diag) : status;
}

static struct journal_key key_of(const struct sweep *s)
{
    return (struct journal_key){.scenario = s->key_text,
                                .build = s->build,
                                .settings = "sweep",
                                .seed = s->base.setup.world.seed,
                                .runs = (uint32_t)s->points * (uint32_t)s->o->runs,
                                .months = (int32_t)s->o->runs,
                                .record_bytes = s->n_figures * sizeof *s->value,
                                .shard = s->o->shards > 0 ? (uint32_t)s->o->shard : 1,
                                .shards = s->o->shards > 0 ? (uint32_t)s->o->shards : 1};
}

static bool is_ours(const struct sweep *s, size_t point, uint32_t run)
{
    return shard_holds(place_of(s, point, run), s->journal.key.shard, s->journal.key.shards);
}

/* Records are dealt to shards like cards, run by run through all points: of one point every so manieth run is ours, or none. */
static uint32_t step_of(const struct sweep *s)
{
    size_t a = s->points, b = s->journal.key.shards;
    while (b != 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return (uint32_t)(s->journal.key.shards / a);
}

/* Of runs from ... to - 1 at one point those that are ours; none, if the journal has them all. */
static struct batch batch_of(const struct sweep *s, size_t point, uint32_t from, uint32_t to)
{
    struct batch b = {.first = from, .step = step_of(s)};
    bool lacks = false;
    while (b.first < to && !is_ours(s, point, b.first))
        b.first++;
    for (uint64_t run = b.first; run < to; run += b.step, b.n++)
        lacks = lacks || !journal_has(&s->journal, place_of(s, point, (uint32_t)run));
    b.n = lacks ? b.n : 0;
    return b;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is told while runs are made. */
struct progress {
    struct telling telling;
    uint64_t done, all; /* months */
};

/* Runs from ... to - 1 at all points that lack one of them: only rank 0 knows which are there. */
static enum status run_round(struct sweep *s, uint32_t from, uint32_t to, struct progress *p, struct diag *diag)
{
    enum status status = OK;
    for (size_t point = 0; point < s->points && status == OK; point++) {
        struct batch b = batch_of(s, point, from, to);
        ranks_share(&b, sizeof b);
        if (b.n == 0)
            continue;
        status = ranks_agree(run_point(s, point, &b, diag), diag);
        p->done += b.n * (uint64_t)s->base.setup.world.months;
        if (!s->c->quiet)
            p->telling.listener.progress(p->telling.listener.to, p->done, p->all);
    }
    return status;
}

/* What a point costs beside its runs, the reading of its scenario above all, is not worth paying for less than half a second of them; which runs are
 * made together shows in no byte. */
enum status sweep_run(struct sweep *s, struct diag *diag)
{
    struct progress p = {.done = 0};
    enum status status = OK;
    uint32_t runs = (uint32_t)s->o->runs, to;
    uint64_t n = (uint64_t)(s->o->threads > 0 ? s->o->threads : ensemble_processors()) * (uint64_t)ranks_count();
    p.all = (journal_size(&s->journal) - s->journal.finished) * (uint64_t)s->base.setup.world.months;
    telling_begin(&p.telling, s->c);
    for (uint32_t from = 0; from < runs && status == OK; from = to) {
        double begun = now();
        to = n * step_of(s) < runs - from ? from + (uint32_t)(n * step_of(s)) : runs;
        ranks_share(&to, sizeof to);
        status = run_round(s, from, to, &p, diag);
        if (now() - begun < 0.5 * (double)s->points && n < runs)
            n *= 2;
    }
    telling_end(&p.telling, status);
    return status;
}

enum status sweep_open(struct sweep *s, struct diag *diag)
{
    struct journal_key key = key_of(s);
    TRY(making_journal(&s->journal, s->journal_path, &key, diag));
    s->shards = (struct shards){&s->journal, 1};
    return OK;
}

enum status sweep_gathered(struct sweep *s, struct diag *diag)
{
    struct journal_key key = key_of(s);
    s->shards = *s->recalled->shards;
    return shards_are(&s->shards, &key, diag);
}

uint32_t sweep_balanced(const struct sweep *s)
{
    for (uint32_t run = 0; run < (uint32_t)s->o->runs; run++)
        for (size_t point = 0; point < s->points; point++)
            if (is_ours(s, point, run) && !journal_has(&s->journal, place_of(s, point, run)))
                return run;
    return (uint32_t)s->o->runs;
}

enum status sweep_figures(const struct sweep *s, size_t point, uint32_t run, double *figure, struct diag *diag)
{
    uint32_t place = place_of(s, point, run);
    const struct journal *j = shards_holder(&s->shards, place);
    if (j->entry[place].n[PART_RECORD] != j->key.record_bytes)
        return diag_stop(diag, FAILED, "%s: what it holds of run %u is not what this program writes", j->path,
                         (unsigned)run);
    return journal_read(j, place, PART_RECORD, 0, figure, j->key.record_bytes, diag);
}
