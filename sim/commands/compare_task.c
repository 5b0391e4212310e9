/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_task - see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/comparison.h>
#include <liandong/equal_cost.h>
#include <liandong/ranks.h>
#include <liandong/results.h>
#include <liandong/sizes.h>
#include <string.h>
#include <unistd.h>

static void add_given(const struct compare_task *t, size_t k, struct settings *s)
{
    settings_init(s, t->c->set, t->c->n_sets);
    if (t->o->seed != NULL)
        settings_add(s, "seed=%s", t->o->seed);
    if (t->o->months != NULL)
        settings_add(s, "months=%s", t->o->months);
    size_t sized = t->of[k].role == ROLE_SATURATION ? t->of[k].variant : k;
    if (t->size[sized][0] != '\0')
        settings_add(s, "%s", t->size[sized]);
}

/* What the world has beside its scenario: a placebo's setting, the run-off, what makes it a companion. */
static void add_own(const struct compare_task *t, size_t k, struct settings *s, const struct setup *plain)
{
    if (t->of[k].role == ROLE_GIVEN_PLACEBO && strcmp(t->o->placebo, "nudge") == 0)
        settings_nudge(s, plain);
    else if (t->of[k].role == ROLE_GIVEN_PLACEBO)
        settings_add(s, "%s", t->o->placebo);
    if (t->o->runoff > 0)
        settings_runoff(s, plain, (int32_t)t->o->runoff);
    for (size_t j = 0; j < t->of[k].more.n; j++)
        settings_add(s, "%s", t->of[k].more.text[j]);
    s->no_memory = s->no_memory || t->of[k].more.no_memory;
}

/* World k as its shards tell it, run-off and placebo included. */
static enum status read_recalled(struct compare_task *t, size_t k, struct scenario *to, struct diag *diag)
{
    size_t size = 0;
    const char *text = worlds_scenario(t->recalled->rest, k, &size);
    if (text == NULL)
        return diag_stop(diag, FAILED, "%s: the header of the journal is damaged",
                         t->recalled->shards->journal[0].path);
    TRY(scenario_read_stored(to, text, size, diag));
    t->months = to->setup.world.months - (int32_t)t->o->runoff;
    return OK;
}

enum status task_read(struct compare_task *t, size_t k, struct scenario *to, struct diag *diag)
{
    if (t->recalled != NULL)
        return read_recalled(t, k, to, diag);
    const char *word = t->c->word[t->of[k].role == ROLE_POLICY       ? k
                                  : t->of[k].role == ROLE_SATURATION ? t->of[k].variant
                                                                     : 0];
    struct settings s;
    struct scenario plain;
    add_given(t, k, &s);
    enum status status = scenario_read(&plain, word, s.text, s.n, diag);
    if (status == OK) {
        size_t before = s.n;
        t->months = plain.setup.world.months;
        add_own(t, k, &s, &plain.setup);
        if (s.no_memory)
            status = diag_stop(diag, NO_MEMORY, "out of memory");
        else if (s.n > before)
            status = scenario_read(to, word, s.text, s.n, diag);
        else
            *to = plain;
        if (s.n > before || status != OK)
            scenario_free(&plain);
    }
    settings_free(&s);
    return status;
}

enum status task_open(struct compare_task *t, size_t k, struct diag *diag)
{
    if (!t->is_open[k])
        TRY(result_open(&t->result[k], t->out[k], diag));
    t->is_open[k] = true;
    return OK;
}

/* Notes what world k switches against another; true: something of it does not stand there at all. */
static bool note(struct compare_task *t, size_t k, size_t against)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    const struct setup *s = &t->scenario[k].setup;
    size_t n = switched_list(&t->scenario[against].setup, s, N_GROUPS, list);
    bool lacking = false;
    for (size_t j = 0; j < n; j++) {
        int32_t line = switched_line(s, &list[j]);
        t->of[k].lines[line / 64] |= (uint64_t)1 << (line % 64);
        t->of[k].switches = true;
        lacking = lacking || !list[j].in_base;
    }
    return lacking;
}

void task_note_switched(struct compare_task *t, size_t first)
{
    for (size_t k = first; k < t->n_all; k++) {
        note(t, k, 0);
        t->of[k].ends = note(t, 0, k);
    }
}

struct worlds_one task_world_of(const struct compare_task *t, size_t k, const char *out)
{
    return (struct worlds_one){&t->scenario[k], t->name[k], out, t->of[k].lines};
}

struct worlds_request task_request(const struct compare_task *t, const struct worlds_one *world, size_t n,
                                   const char *journal)
{
    return (struct worlds_request){.world = world,
                                   .n = n,
                                   .journal = journal,
                                   .runs = (uint32_t)t->o->runs,
                                   .threads = (int32_t)t->o->threads,
                                   .quiet = t->c->quiet,
                                   .no_cache = t->o->no_cache,
                                   .stop = telling_stop()};
}

enum status task_write(const struct compare_task *t, const char *path, const size_t *which, size_t n,
                       const struct compared *compared, const struct comparison_group *group, struct diag *diag)
{
    const struct scenario *base = &t->scenario[which[0]];
    const char *names[COMPARE_MOST];
    struct result result[COMPARE_MOST];
    size_t size, left_out;
    char *text = scenario_text(base, &size);
    if (text == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < n; k++) {
        names[k] = t->name[which[k]];
        result[k] = t->result[which[k]];
    }
    struct result_about about = {.setup = &base->setup, .scenario = text, .runs = (uint32_t)t->o->runs};
    static const struct comparison_group none = {.name = NULL};
    struct comparison c = {.base = &about,
                           .result = result,
                           .name = names,
                           .n_worlds = n,
                           .confidence = t->o->confidence,
                           .start = base->setup.world.start,
                           .figure = t->figure,
                           .compared = compared,
                           .n_figures = t->n_figures,
                           .group = group == NULL ? none : *group};
    enum status status = comparison_write(path, &c, &left_out, diag);
    if (status == OK && left_out > 0)
        command_say(t->c,
                    tr("note: %zu series have other members in other worlds and are left out of %s",
                       "提示：有 %zu 个序列在各情景中的成员不同，未列入 %s"),
                    left_out, path);
    free(text);
    return status;
}

/* -- equal cost -------------------------------------------------------------------------------------------------------- */
/* One variant whose size is searched for. */
struct sizing {
    struct compare_task *t;
    size_t world;
    struct size_key size;
    struct expression cost;
    double base;
    char *file, *journal, *side; /* of a try */
    struct telling *telling;
};

static enum status mean_cost(const struct sizing *z, double *mean, struct diag *diag)
{
    struct result r;
    double *value = calloc((size_t)z->t->o->runs + 1, sizeof *value);
    if (value == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    enum status status = result_open(&r, z->file, diag);
    if (status == OK) {
        status = expression_values(&z->cost, &r, z->t->months, value, NULL, diag);
        result_close(&r);
    }
    *mean = 0.0;
    for (long run = 0; run < z->t->o->runs && status == OK; run++)
        *mean += value[run] / (double)z->t->o->runs;
    free(value);
    return status;
}

/* The mean cost of a world as it is now set, in all runs. */
static enum status cost_of_world(const struct sizing *z, double *mean, struct diag *diag)
{
    struct scenario scenario;
    TRY(ranks_agree(task_read(z->t, z->world, &scenario, diag), diag));
    struct worlds_one world = {.scenario = &scenario, .name = z->t->name[z->world], .out = z->file};
    struct worlds_request request = task_request(z->t, &world, 1, z->journal);
    enum status status = worlds_pair(&request, diag);
    if (status == OK && ranks_mine() == 0)
        status = mean_cost(z, mean, diag);
    status = ranks_agree(status, diag);
    ranks_share(mean, sizeof *mean);
    scenario_free(&scenario);
    if (status == OK && ranks_mine() == 0) {
        unlink(z->file);
        unlink(z->side);
    }
    return status;
}

static enum status try_size(void *context, double size, double *cost, struct diag *diag)
{
    struct sizing *z = context;
    char text[512];
    size_text(&z->size, size, z->t->size[z->world], SIZE_ROOM);
    TRY(cost_of_world(z, cost, diag));
    *cost -= z->base;
    snprintf(text, sizeof text, tr("%s: %s costs %.6g", "%s：%s 的成本为 %.6g"), z->t->name[z->world],
             z->t->size[z->world], *cost);
    telling_say(z->telling, text);
    return OK;
}

static enum status solve_size(struct sizing *z, struct diag *diag)
{
    struct compare_task *t = z->t;
    struct equal_cost found;
    enum status status = equal_cost_find(try_size, z, t->o->equal_cost, z->size.start, z->size.most, &found, diag);
    size_text(&z->size, found.size, t->size[z->world], SIZE_ROOM);
    t->solved_cost[z->world] = found.cost;
    if (status == VERDICT_BAD)
        return diag_stop(diag, FAILED, "%s: costs %.6g more than the base at most, with %s; %.6g is not reached",
                         t->name[z->world], found.cost, t->size[z->world], t->o->equal_cost);
    TRY(status);
    scenario_free(&t->scenario[z->world]);
    t->scenario[z->world] = (struct scenario){.n_layers = 0};
    return task_read(t, z->world, &t->scenario[z->world], diag);
}

/* The parameters are checked before anything is run. */
static enum status check_sizes(const struct compare_task *t, struct size_key size[COMPARE_MOST], struct diag *diag)
{
    enum status status = OK;
    if (t->o->n_sizes != 1 && t->o->n_sizes != t->n_worlds - 1)
        return diag_stop(diag, FAILED, "--equal-cost: --size is due once, or once for each variant");
    for (size_t k = 1; k < t->n_worlds; k++) {
        size_t which = t->o->n_sizes == 1 ? 0 : k - 1;
        struct place at = {"--size", (int)which + 1, 1};
        if (size_read(&size[k], t->o->size[which], &t->scenario[k].setup, at, diag) != OK)
            status = FAILED;
    }
    return status;
}

enum status task_size(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    struct size_key size[COMPARE_MOST];
    struct sizing z = {.t = t, .telling = telling, .file = path_beside(out, "search")};
    const char *cost[] = {"tax_city"};
    TRY(check_sizes(t, size, diag));
    TRY(expression_read(&z.cost, t->o->cost_is_spending ? "spending" : "cost", (struct place){"--cost", 1, 1}, cost, 1,
                        diag));
    z.journal = z.file == NULL ? NULL : path_with(z.file, ".journal");
    z.side = z.file == NULL ? NULL : path_with(z.file, ".sha256");
    if (z.journal != NULL && ranks_mine() == 0)
        unlink(z.journal); /* of a try at which a search was killed: it begins anew */
    enum status status = z.journal == NULL || z.side == NULL ? diag_stop(diag, NO_MEMORY, "out of memory")
                                                             : cost_of_world(&z, &z.base, diag);
    for (z.world = 1; z.world < t->n_worlds && status == OK; z.world++) {
        z.size = size[z.world];
        status = solve_size(&z, diag);
    }
    free(z.file);
    free(z.journal);
    free(z.side);
    return status;
}
