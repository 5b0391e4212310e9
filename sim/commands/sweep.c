/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep - one scenario at many points of its parameters, with the same luck at all of them: figures by point and run. */
#include <liandong/making.h>
#include <liandong/ranks.h>
#include <liandong/sweep_task.h>
#include <string.h>

/* -- options ----------------------------------------------------------------------------------------------------------- */
enum { KEY_RUNS = 0x200, KEY_SEED, KEY_MONTHS, KEY_DESIGN, KEY_POINTS, KEY_NO_CACHE, KEY_SHARD };
static const struct argp_option own_options[] = {
    {"output",                                                                                                                'o', "OUT.h5", 0, "the file to make: a row for each point and run", 0},
    {"vary",                                                                                                               'v', "KEY=VALUES", 0,
     "a parameter (KEY@MONTH: from that month on) and its values, a,b,c or low:high:number or, for other designs than a grid, low:high",
     0},
    {"design",                                                                       KEY_DESIGN, "DESIGN", 0,
     "grid (by default), lhs (Latin hypercube), sobol, saltelli (for Sobol indices) or saltelli-pairs (with those of pairs)",
     0},
    {"points",                                                                                                                       KEY_POINTS, "K", 0,
     "points of lhs and sobol; of saltelli, which makes K (k + 2) of k parameters, and saltelli-pairs, K (2 k + 2)", 0},
    {"expr",      'e', "FIGURE", 0, "a figure to take instead of the usual ones; may be repeated", 0},
    {"runs",                                                                                                                      KEY_RUNS, "N", 0, "runs of each world; 20 by default", 0},
    {"seed",                                                                                                                       KEY_SEED, "S", 0, "seed, 0 to 4294967295, instead of the scenario's", 0},
    {"months",                                                                                                                KEY_MONTHS, "M", 0, "months from the start, instead of the scenario's", 0},
    {"threads",                                                                                                               't', "T", 0, "threads; they change no byte", 0},
    {"shard", KEY_SHARD, "I/N", 0,
     "make only every N-th run, from the I-th on, counted through all points, into a shard for `liandong merge`", 0},
    {"no-cache",                                                                                                                       KEY_NO_CACHE, NULL, 0, "neither read nor keep seasoned worlds", 0},
    {0}
};

static const char *take_design(struct sweep_options *o, const char *value)
{
    for (int k = 0; k < N_SWEEP_DESIGNS; k++)
        if (strcmp(value, sweep_designs[k]) == 0) {
            o->design = (enum sweep_design)k;
            return NULL;
        }
    return tr("grid, lhs, sobol, saltelli or saltelli-pairs", "应为grid、lhs、sobol、saltelli或saltelli-pairs");
}

static const char *take(void *to, int key, const char *value)
{
    struct sweep_options *o = to;
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

/* -- in order ---------------------------------------------------------------------------------------------------------- */
/* What a journal that stays behind holds of every point. */
static void say_stopped(const struct sweep *s)
{
    command_say(s->c,
                tr("every point has %u of its %ld runs; the same command goes on",
                   "每个设计点已有%u次（共%ld次）；同一命令可继续"),
                (unsigned)sweep_balanced(s), s->o->runs);
}

static enum status write_and_print(struct sweep *s, struct diag *diag)
{
    TRY(sweep_write(s, diag));
    return sweep_print(s, diag);
}

static enum status with_journal(struct sweep *s, struct diag *diag)
{
    TRY(sweep_open(s, diag));
    enum status status = sweep_run(s, diag);
    if (status == INTERRUPTED && s->journal.finished > 0 && ranks_mine() == 0)
        say_stopped(s);
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
    TRY(ranks_agree(sweep_prepare(s, diag), diag));
    if (s->recalled == NULL)
        return with_journal(s, diag);
    TRY(sweep_gathered(s, diag));
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
    free(s->journal_path);
    free(s->value);
    free(s);
}

static int sweep_command(int argc, char **argv, const struct recall *recalled)
{
    struct sweep_options o = {.runs = 20};
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
