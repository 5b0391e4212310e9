/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge - shards of one ensemble, comparison or sweep to the files that one process makes of it, byte for byte. */
#include <liandong/assemble.h>
#include <liandong/command.h>
#include <liandong/recall.h>
#include <liandong/run.h>
#include <liandong/scenario.h>
#include <liandong/telling.h>
#include <string.h>

enum { MERGE_MOST = 100000 };

struct options {
    const char *out;
    long threads;
};

/* Shards that were opened, and what they say of the command they come from. */
struct merge {
    struct common c;
    struct options o;
    struct journal *journal; /* [n]: those of the first job, then those of the second */
    size_t n;
    struct shards shards, companions;
    struct recall recall;
};

/* Opens all of them, and says everything that is wrong with any. */
static enum status open_shards(struct merge *m, struct diag *diag)
{
    enum status status = OK;
    m->journal = calloc(m->c.n_words, sizeof *m->journal);
    if (m->journal == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < m->c.n_words; k++) {
        enum status one = journal_load(&m->journal[m->n], m->c.word[k], diag);
        m->n += one == OK;
        status = one > status ? one : status;
        if (file_is_same(m->c.word[k], m->o.out))
            status = diag_stop(diag, FAILED, "-o: is one of the shards, %s", m->c.word[k]);
    }
    return status;
}

static bool holds_companions(const struct journal *j)
{
    static const char head[] = "# shard of companions\n";
    return strncmp(j->key.scenario, head, strlen(head)) == 0;
}

/* Shards of a comparison's second job behind those of its first. */
static enum status part(struct merge *m, struct diag *diag)
{
    struct journal *parted = calloc(m->n + 1, sizeof *parted);
    size_t n = 0;
    if (parted == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (int second = 0; second < 2; second++) {
        for (size_t k = 0; k < m->n; k++)
            if (holds_companions(&m->journal[k]) == (second == 1))
                parted[n++] = m->journal[k];
        m->shards.n = second == 0 ? n : m->shards.n;
    }
    free(m->journal);
    m->journal = parted;
    m->shards.journal = parted;
    m->companions = (struct shards){parted + m->shards.n, n - m->shards.n};
    if (m->shards.n == 0)
        return diag_stop(
            diag, FAILED,
            "%s: holds companions of a comparison; the shards of its first worlds have to be merged with it",
            parted[0].path);
    return OK;
}

/* What the shards of each job are, and whether all are there. */
static enum status check_shards(struct merge *m, struct diag *diag)
{
    TRY(part(m, diag));
    enum status first = shards_check(&m->shards, diag), second = OK;
    if (m->companions.n > 0)
        second = shards_check(&m->companions, diag);
    TRY(first > second ? first : second);
    TRY(recall_read(&m->recall, m->journal[0].key.scenario, m->journal[0].path, diag));
    if (m->companions.n > 0 && strcmp(m->recall.command, "compare") != 0)
        return diag_stop(diag, FAILED, "%s: holds companions of a comparison, but %s is a shard of none",
                         m->companions.journal[0].path, m->journal[0].path);
    return OK;
}

/* The files of `run`: scenario and settings stand in each shard. */
static enum status merge_run(const struct merge *m, struct diag *diag)
{
    const struct journal *first = &m->journal[0];
    struct telling telling;
    struct scenario scenario;
    struct run_request request = {.scenario = &scenario,
                                  .out = m->o.out,
                                  .runs = first->key.runs,
                                  .threads = (int32_t)m->o.threads,
                                  .gathered = &m->shards,
                                  .quiet = m->c.quiet,
                                  .stop = telling_stop(),
                                  .listener = &telling.listener};
    if (!run_settings_read(first->key.settings, &request))
        return diag_stop(diag, FAILED, "%s: is the journal of a comparison or a sweep, but no shard of one",
                         first->path);
    TRY(scenario_read_stored(&scenario, first->key.scenario, strlen(first->key.scenario), diag));
    telling_begin(&telling, &m->c);
    enum status status = run_file(&request, diag);
    telling_end(&telling, status);
    if (status == OK)
        status = command_tell_result(&m->c, &scenario, m->o.out, diag);
    scenario_free(&scenario);
    return status;
}

static int end(struct merge *m, struct diag *diag, enum status status)
{
    recall_free(&m->recall);
    for (size_t k = 0; k < m->n; k++)
        if (journal_close(&m->journal[k], diag) != OK)
            status = IO_ERROR;
    free(m->journal);
    return command_end(&m->c, diag, status);
}

/* What is left to do is the other command's own; it says all there is to say. */
static int end_other(struct merge *m, struct diag *diag)
{
    bool comparison = strcmp(m->recall.command, "compare") == 0;
    m->recall.out = m->o.out;
    m->recall.mine = &m->c;
    m->recall.shards = &m->shards;
    m->recall.companions = m->companions.n > 0 ? &m->companions : NULL;
    int code = comparison ? compare_recalled(&m->recall) : sweep_recalled(&m->recall);
    m->c.log = NULL;
    return end(m, diag, (enum status)code);
}

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    if (key == 't')
        return command_number(value, 1, 1024, &o->threads);
    o->out = value;
    return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

int command_merge(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"output",                                'o', "OUT.h5", 0, "the file to make; it has to be given", 0},
        {"threads",                               't', "T", 0, "threads; they change no byte", 0},
        {0}
    };
    struct merge m = {.shards = {.n = 0}};
    struct command_line line = {.words = "SHARD...",
                                .en =
                                    "Put all shards of a run, comparison or sweep together: the files of one process.",
                                .zh = "把一次模拟、比较或扫描的全部分片合并成单进程所得的文件。",
                                .least = 1,
                                .most = MERGE_MOST,
                                .formats = true,
                                .own = own,
                                .take = take,
                                .to = &m.o};
    struct diag diag;
    command_options(&m.c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status =
        m.o.out != NULL ? OK : diag_stop(&diag, FAILED, "-o: say which file is to be made, as in -o OUT.h5");
    if (m.o.out != NULL)
        status = open_shards(&m, &diag);
    if (status == OK)
        status = check_shards(&m, &diag);
    if (status == OK && strcmp(m.recall.command, "run") != 0)
        return end_other(&m, &diag);
    return end(&m, &diag, status == OK ? merge_run(&m, &diag) : status);
}
