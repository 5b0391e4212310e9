/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - the same worlds under several policies: paired differences with intervals, for every series and for figures. */
#include <liandong/cache.h>
#include <liandong/command.h>
#include <liandong/compare_task.h>
#include <liandong/comparison.h>
#include <liandong/figures.h>
#include <liandong/parting.h>
#include <liandong/ranks.h>
#include <string.h>

/* -- worlds ------------------------------------------------------------------------------------------------------------ */
/* "policies/half.yml" -> "half" */
static void name_of(const char *word, char name[NAME_ROOM])
{
    const char *slash = strrchr(word, '/'), *from = slash == NULL ? word : slash + 1, *dot = strrchr(from, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
    size_t n = yaml ? (size_t)(dot - from) : strlen(from), most = NAME_ROOM - COMPANION_ROOM;
    snprintf(name, NAME_ROOM, "%.*s", (int)(n < most ? n : most), from);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

/* Names of files of the comparison itself. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {"fates", "search", "rows", "companions", "direct", "office", "truth"};
    for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
        if (strcmp(name, taken[k]) == 0)
            return true;
    return false;
}

static enum status name_worlds(struct compare_task *t, const char *out, struct diag *diag)
{
    enum status status = OK;
    for (size_t k = 0; k < t->n_first; k++) {
        name_of(k == t->n_worlds ? "placebo" : t->c->word[k], t->name[k]);
        for (size_t j = 0; j < k; j++)
            if (strcmp(t->name[j], t->name[k]) == 0)
                status =
                    diag_stop(diag, FAILED, "two worlds are called '%s'; give one of them another name", t->name[k]);
        if (is_taken(t->name[k]))
            status = diag_stop(diag, FAILED, "no world can be called '%s': a file of the comparison is", t->name[k]);
        t->out[k] = path_beside(out, t->name[k]);
        if (t->out[k] == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    t->journal = t->o->shards > 0 ? path_with(out, "") : path_with(out, ".journal");
    bool apart = t->o->shards > 0 || t->recalled != NULL;
    t->head = apart ? recall_write("compare", t->c) : path_with("", "");
    t->second_head = apart ? recall_write("companions", t->c) : path_with("", "");
    t->fates = path_beside(out, "fates");
    t->rows = path_beside(out, "rows");
    t->companions = path_beside(out, "companions");
    t->direct = path_beside(out, "direct");
    t->companions_journal = t->companions == NULL ? NULL : path_with(t->companions, ".journal");
    t->seen = path_beside(out, "office");
    t->truth = path_beside(out, "truth");
    bool room = t->seen != NULL && t->truth != NULL && t->journal != NULL && t->head != NULL &&
                t->second_head != NULL && t->fates != NULL && t->rows != NULL && t->direct != NULL &&
                t->companions_journal != NULL;
    return room ? status : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status read_figures(struct compare_task *t, struct diag *diag)
{
    size_t n = t->o->n_figures > 0 ? t->o->n_figures : N_USUAL_FIGURES;
    enum status status = OK;
    for (size_t k = 0; k < n; k++)
        if (figure_read(t->figure, &t->n_figures, t->o->n_figures > 0 ? t->o->figure[k] : usual_figures[k].text,
                        diag) != OK)
            status = FAILED;
    return status;
}

/* Those are followed who live when the first policy starts, so that all worlds have the same; where a world parts from the base
 * before `start`, those of the start. */
static enum status choose_cohort(struct compare_task *t, struct diag *diag)
{
    const struct setup *base = &t->scenario[0].setup;
    int32_t first = INT32_MAX;
    for (size_t k = 1; k < t->n_worlds && k < t->n_scenarios; k++) {
        const struct setup *variant = &t->scenario[k].setup;
        int32_t month = base->world.start;
        if (variant->n_regions == base->n_regions && variant->world.start == base->world.start &&
            cache_same_life(base, variant) && setups_part(base, variant, &month) != OK)
            return diag_stop(diag, NO_MEMORY, "out of memory");
        first = month < first ? month : first;
    }
    t->cohort = first < base->world.start + t->months ? first - base->world.start : 0;
    return OK;
}

/* 12, 36 and 60 months since then, as far as they are simulated; else all months there are. */
static void choose_horizons(struct compare_task *t)
{
    static const int32_t usual_horizon[FATE_HORIZONS] = {12, 36, 60};
    int32_t most = t->months + (int32_t)t->o->runoff - t->cohort;
    int n = 0;
    memset(t->horizon, 0, sizeof t->horizon);
    for (int h = 0; h < FATE_HORIZONS; h++)
        if (usual_horizon[h] <= most)
            t->horizon[n++] = usual_horizon[h];
    if (n == 0)
        t->horizon[0] = most;
}

/* Every error of scenarios, names and figures before anything is run. */
static enum status prepare(struct compare_task *t, const char *out, struct diag *diag)
{
    enum status status = name_worlds(t, out, diag);
    enum status figures = read_figures(t, diag);
    for (size_t k = 0; k < (status == OK ? t->n_first : t->n_worlds); k++) {
        if (k == t->n_worlds) /* the placebo given begins when the policies do */
            TRY(choose_cohort(t, diag));
        enum status one = task_read(t, k, &t->scenario[t->n_scenarios], diag);
        t->n_scenarios += one == OK;
        status = one > status ? one : status;
    }
    status = figures > status ? figures : status;
    TRY(status);
    TRY(choose_cohort(t, diag));
    choose_horizons(t);
    TRY(figures_check(t->figure, t->n_figures, &t->scenario[0].setup, diag));
    return companions_check(t, diag);
}

static enum status make_worlds(struct compare_task *t, const struct telling *telling, struct diag *diag)
{
    struct worlds_one world[COMPARE_MOST];
    task_note_switched(t, 1);
    for (size_t k = 0; k < t->n_first; k++) {
        world[k] = task_world_of(t, k, t->out[k]);
        world[k].alone = k > 0 && k < t->n_worlds ? (uint32_t)t->o->direct : 0;
    }
    struct worlds_request request = task_request(t, world, t->n_first, t->journal);
    request.fates = t->fates;
    request.rows = t->o->rows ? t->rows : NULL;
    request.direct = t->o->direct > 0 ? t->direct : NULL;
    memcpy(request.horizon, t->horizon, sizeof request.horizon);
    request.listener = &telling->listener;
    request.shard = (uint32_t)t->o->shard;
    request.shards = (uint32_t)t->o->shards;
    request.head = t->head;
    request.gathered = t->recalled != NULL ? t->recalled->shards : NULL;
    TRY(task_office_rules(t, &request, diag));
    return worlds_pair(&request, diag);
}

/* -- figures ----------------------------------------------------------------------------------------------------------- */
/* The figure by which variants are ranked. */
static enum status find_rank(const struct compare_task *t, size_t *rank, struct diag *diag)
{
    const char *names[FIGURES_MOST];
    *rank = 0;
    for (size_t k = 0; k < t->n_figures; k++) {
        names[k] = t->figure[k].name;
        if (t->o->rank != NULL && strcmp(names[k], t->o->rank) == 0) {
            *rank = k;
            return OK;
        }
    }
    if (t->o->rank == NULL)
        return OK;
    char all[FIGURES_MOST * (EXPRESSION_NAME + 2)];
    const char *near = nearest_name(t->o->rank, names, t->n_figures);
    for (size_t k = 0, used = 0; k < t->n_figures; k++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", k > 0 ? ", " : "", names[k]);
    if (near != NULL)
        return diag_stop(diag, FAILED, "--rank: there is no figure '%s'; did you mean '%s'? There are: %s", t->o->rank,
                         near, all);
    return diag_stop(diag, FAILED, "--rank: there is no figure '%s'; there are: %s", t->o->rank, all);
}

static enum status compare_all(struct compare_task *t, size_t rank, struct diag *diag)
{
    size_t variants = t->n_worlds - 1;
    t->compared = calloc(t->n_figures * variants + 1, sizeof *t->compared);
    t->difference = calloc(variants * (size_t)t->o->runs + 1, sizeof *t->difference);
    if (t->compared == NULL || t->difference == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < t->n_worlds; k++)
        TRY(task_open(t, k, diag));
    for (size_t f = 0; f < t->n_figures; f++)
        TRY(compare_figure(&t->figure[f], t->result, t->n_worlds, t->months, t->o->confidence, (size_t)t->o->resamples,
                           t->compared + f * variants, f == rank ? t->difference : NULL, diag));
    return OK;
}

static enum status write_file(struct compare_task *t, const char *out, struct diag *diag)
{
    size_t which[COMPARE_MOST];
    struct comparison_group group = {.name = NULL};
    for (size_t k = 0; k < t->n_worlds; k++)
        which[k] = k;
    TRY(task_office(t, &group, diag));
    return task_write(t, out, which, t->n_worlds, t->compared, &group, diag);
}

/* -- in order ---------------------------------------------------------------------------------------------------------- */
static enum status check_apart(const struct compare_options *o, struct diag *diag)
{
    if (o->shards > 0 && o->equal_cost > 0.0)
        return diag_stop(diag, FAILED,
                         "--shard: sizes of --equal-cost are solved in all runs; solve them first, then give "
                         "them as values");
    return OK;
}

static enum status prepare_all(struct compare_task *t, const char *out, size_t *rank, struct diag *diag)
{
    TRY(check_apart(t->o, diag));
    TRY(prepare(t, out, diag));
    TRY(find_rank(t, rank, diag));
    return file_may_be_written(out, FILE_DATA, diag);
}

static enum status make_first(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    if (t->o->equal_cost > 0.0) {
        int32_t before = t->cohort;
        TRY(task_size(t, out, telling, diag));
        TRY(choose_cohort(t, diag));
        choose_horizons(t);
        if (t->cohort != before && t->n_first > t->n_worlds) { /* a size that holds from an earlier month on */
            scenario_free(&t->scenario[t->n_worlds]);
            t->scenario[t->n_worlds] = (struct scenario){.n_layers = 0};
            TRY(task_read(t, t->n_worlds, &t->scenario[t->n_worlds], diag));
        }
    }
    TRY(make_worlds(t, telling, diag));
    return t->o->shards == 0 ? companions_make(t, out, telling, diag) : OK;
}

static enum status make_all(struct compare_task *t, const char *out, struct diag *diag)
{
    struct telling telling;
    bool second = t->recalled != NULL && t->recalled->plan != NULL;
    telling_begin(&telling, t->c);
    enum status status = second ? companions_shard(t, out, &telling, diag) : make_first(t, out, &telling, diag);
    telling_end(&telling, status);
    return status;
}

/* Every table as text, or the one of --table. */
static enum status print_all(struct compare_task *t, size_t rank, const char *out, struct diag *diag)
{
    bool text = t->c->format == FORMAT_TEXT;
    enum task_table table = t->o->table;
    if (text || table == TABLE_FIGURES)
        TRY(task_print_figures(t, rank, diag));
    if (t->plan == NULL)
        TRY(task_lump_sum(t, out, diag));
    if (text || table == TABLE_FATES)
        TRY(task_print_fates(t, diag));
    if (text || table == TABLE_WHO)
        TRY(task_print_who(t, diag));
    if (t->plan == NULL && t->o->n_shares > 0 && (text || table == TABLE_SATURATION))
        TRY(task_print_saturation(t, diag));
    if (t->o->direct > 0 && (text || table == TABLE_DIRECT))
        TRY(task_print_direct(t, diag));
    if (t->o->office && (text || table == TABLE_OFFICE))
        TRY(task_print_office(t, diag));
    if (text)
        task_print_end(t, out);
    return t->o->coupling ? task_print_coupling(t, diag) : OK;
}

static enum status compare(struct compare_task *t, const char *out, struct diag *diag)
{
    size_t rank = 0;
    TRY(ranks_agree(prepare_all(t, out, &rank, diag), diag));
    TRY(make_all(t, out, diag));
    if (t->o->shards > 0 || ranks_mine() > 0)
        return OK;
    if (t->o->direct > 0)
        TRY(direct_read(t, diag));
    TRY(compare_all(t, rank, diag));
    if (t->o->equal_cost > 0.0)
        TRY(task_solved(t, diag));
    TRY(write_file(t, out, diag));
    if (t->o->equal_cost > 0.0)
        task_size_done(out);
    return print_all(t, rank, out, diag);
}

static void task_free(struct compare_task *t)
{
    for (size_t k = 0; k < t->n_scenarios; k++)
        scenario_free(&t->scenario[k]);
    for (size_t k = 0; k < COMPARE_MOST; k++) {
        if (t->is_open[k])
            result_close(&t->result[k]);
        settings_free(&t->of[k].more);
        free(t->out[k]);
    }
    free(t->sample);
    for (int k = 0; k < 2; k++)
        strata_free(&t->strata[k]);
    char *const paths[] = {t->journal, t->fates, t->rows,  t->head,        t->companions, t->companions_journal,
                           t->direct,  t->seen,  t->truth, t->second_head, t->plan};
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++)
        free(paths[k]);
    task_free_office(t);
    free(t->compared);
    free(t->difference);
    free(t);
}

/* The file to make; the caller frees. */
static char *out_name(const struct compare_options *o, const struct recall *recalled)
{
    const char *out = recalled != NULL ? recalled->out : o->out != NULL ? o->out : "comparison.h5";
    return o->shards > 0 && o->out == NULL && recalled == NULL ? command_shard_name(out, o->shard, o->shards)
                                                               : path_with(out, "");
}

static int compare_command(int argc, char **argv, const struct recall *recalled)
{
    struct compare_options o = {.runs = 20, .runoff = 36, .confidence = 0.95, .office_lag = 6, .office_floor = 1e6};
    struct command_line line = {.words = "BASE VARIANT...",
                                .en = "The same worlds under each policy: paired differences with intervals.",
                                .zh = "在相同的随机世界中比较各方案：配对差及其区间。",
                                .least = 2,
                                .most = COMPARE_MOST - 1,
                                .sets = true,
                                .formats = true,
                                .own = compare_own_options,
                                .take = compare_take,
                                .to = &o};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    if (recalled != NULL) {
        recall_take_over(recalled, &c);
        o.shard = recalled->shard;
        o.shards = recalled->shards_of;
        o.threads = recalled->threads;
        o.no_cache = recalled->no_cache;
    }
    diag_init(&diag);
    diag.zh = lang_zh;
    struct compare_task *t = calloc(1, sizeof *t);
    char *out = out_name(&o, recalled);
    enum status status = t == NULL || out == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : OK;
    if (status == OK && t != NULL) {
        t->c = &c;
        t->o = &o;
        t->n_worlds = t->n_first = c.n_words;
        if (o.placebo != NULL && strcmp(o.placebo, "none") != 0)
            t->of[t->n_first++].role = ROLE_GIVEN_PLACEBO;
        t->n_all = t->n_first;
        t->recalled = recalled;
        status = compare(t, out, &diag);
    }
    if (t != NULL)
        task_free(t);
    free(out);
    return command_end(&c, &diag, status);
}

int command_compare(int argc, char **argv)
{
    return compare_command(argc, argv, NULL);
}

int compare_recalled(const struct recall *r)
{
    return compare_command(r->argc, r->argv, r);
}
