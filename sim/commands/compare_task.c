/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_task - see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/comparison.h>
#include <string.h>

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
        settings_nudge(s, plain, plain->world.start + t->cohort);
    else if (t->of[k].role == ROLE_GIVEN_PLACEBO)
        settings_add(s, "%s", t->o->placebo);
    if (t->o->runoff > 0)
        settings_runoff(s, plain, (int32_t)t->o->runoff);
    for (size_t j = 0; j < t->of[k].more.n; j++)
        settings_add(s, "%s", t->of[k].more.text[j]);
    s->no_memory = s->no_memory || t->of[k].more.no_memory;
}

/* World k as shards or a plan tell it, run-off and placebo included; a companion by what it is made of. */
static enum status read_recalled(struct compare_task *t, size_t k, struct scenario *to, struct diag *diag)
{
    size_t size = 0, from = k < t->n_first ? k : t->of[k].role == ROLE_SATURATION ? t->of[k].variant : 0;
    const char *text = worlds_scenario(t->recalled->rest, from, &size);
    if (text == NULL)
        return diag_stop(diag, FAILED, "%s: the header of the journal is damaged", t->recalled->path);
    TRY(scenario_read_stored_with(to, text, size, t->of[k].more.text, t->of[k].more.n, diag));
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
    return (struct worlds_one){.scenario = &t->scenario[k], .name = t->name[k], .out = out, .lines = t->of[k].lines};
}

struct worlds_request task_request(const struct compare_task *t, const struct worlds_one *world, size_t n,
                                   const char *journal)
{
    return (struct worlds_request){.world = world,
                                   .n = n,
                                   .journal = journal,
                                   .runs = (uint32_t)t->o->runs,
                                   .threads = (int32_t)t->o->threads,
                                   .cohort = t->cohort,
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
