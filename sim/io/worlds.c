/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worlds - see include/liandong/worlds.h.  A record of the journal is one run in all worlds. */
#include <inttypes.h>
#include <liandong/assemble.h>
#include <liandong/direct.h>
#include <liandong/making.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <liandong/unwritten.h>
#include <liandong/worlds.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_SIZE = 256 };

struct world_made {
    struct setup setup; /* the scenario's, with founders solved */
    struct record_layout layout;
    char *scenario;
    struct result_about about;
    uint64_t bytes; /* most that its record takes */
};
struct job {
    const struct worlds_request *request;
    struct making making;
    struct cache cache;
    struct world_made *made; /* [n] */
    struct simulation *simulation;
    char *scenarios; /* all texts */
    char *head;      /* and what stands before them in a shard */
    char build[TEXT_SIZE], fates_title[TEXT_SIZE];
    struct journal journal;
    struct shards shards; /* where the runs lie: that journal, or those given */
};

static enum status no_memory(struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "out of memory");
}

/* What must agree for a pair to be one world twice. */
static enum status check_alike(const struct worlds_one *base, const struct worlds_one *other, struct diag *diag)
{
    const struct setup *a = &base->scenario->setup, *b = &other->scenario->setup;
    bool same_regions = a->n_regions == b->n_regions;
    for (int32_t r = 0; r < a->n_regions && same_regions; r++)
        same_regions = strcmp(a->region[r], b->region[r]) == 0;
    static const char *const keys[] = {"start", "months", "seed", "scale", "regions"};
    const bool same[] = {a->world.start == b->world.start, a->world.months == b->world.months,
                         a->world.seed == b->world.seed,
                         !(a->world.scale < b->world.scale) && !(a->world.scale > b->world.scale), same_regions};
    const char *what = NULL;
    for (size_t k = sizeof keys / sizeof keys[0]; k-- > 0;)
        what = same[k] ? what : keys[k];
    if (what == NULL)
        return OK;
    return diag_stop(diag, FAILED, "%s and %s cannot be compared: they differ in: %s", base->name, other->name, what);
}

static enum status prepare_world(struct job *job, size_t k, struct diag *diag)
{
    const struct worlds_request *q = job->request;
    struct world_made *w = &job->made[k];
    size_t size;
    if (k > 0)
        TRY(check_alike(&q->world[0], &q->world[k], diag));
    w->scenario = scenario_text(q->world[k].scenario, &size);
    if (w->scenario == NULL || setup_copy(&w->setup, &q->world[k].scenario->setup) != OK ||
        record_layout_init(&w->layout, &w->setup) != OK)
        return no_memory(diag);
    w->about = (struct result_about){.setup = &w->setup,
                                     .layout = &w->layout,
                                     .series = series_table,
                                     .n_series = n_series,
                                     .scenario = w->scenario,
                                     .runs = q->runs};
    w->bytes = record_bytes(&w->layout, w->setup.world.months);
    return q->world[k].out == NULL ? OK : file_may_be_written(q->world[k].out, FILE_DATA, diag);
}

/* The file of enterprises names all worlds it was made from by the hash of their texts. */
static void name_fates(struct job *job)
{
    char hash[SHA256_TEXT];
    struct sha256 h;
    const int32_t *horizon = job->request->horizon;
    const struct office_rule *rule = job->request->office;
    char office[64] = "", alone[64] = "", month[8];
    if (rule != NULL)
        snprintf(office, sizeof office, "office %d %lld, ", (int)rule->lag, (long long)rule->floor.fen);
    if (job->request->direct != NULL) /* the same number of each policy */
        snprintf(alone, sizeof alone, "alone %" PRIu32 ", ", job->request->world[1].alone);
    month_text(job->made[0].setup.world.start + job->request->cohort, month);
    sha256_init(&h);
    sha256_add(&h, job->scenarios, strlen(job->scenarios));
    sha256_end_text(&h, hash);
    snprintf(job->fates_title, sizeof job->fates_title,
             "what happened to each enterprise of %s: horizons %d %d %d, rows %d, %s%sworlds %s", month,
             (int)horizon[0], (int)horizon[1], (int)horizon[2], job->request->rows != NULL, office, alone, hash);
}

/* The texts of all worlds as one, so that a change in any of them refuses to go on. */
static enum status join_scenarios(struct job *job, struct diag *diag)
{
    size_t room = 1, used = 0;
    for (size_t k = 0; k < job->request->n; k++)
        room += strlen(job->made[k].scenario) + 32;
    job->scenarios = malloc(room);
    if (job->scenarios == NULL)
        return no_memory(diag);
    for (size_t k = 0; k < job->request->n; k++)
        used += (size_t)snprintf(job->scenarios + used, room - used, "# world %zu\n%s", k, job->made[k].scenario);
    job->head = path_with(job->request->head != NULL ? job->request->head : "", job->scenarios);
    return job->head == NULL ? no_memory(diag) : OK;
}

size_t worlds_scenario_size(const char *text)
{
    const char *at = text, *line;
    size_t bytes;
    while (sscanf(at, "# layer %zu ", &bytes) == 1 && (line = strchr(at, '\n')) != NULL && strlen(line) >= bytes + 2)
        at = line + 1 + bytes + 1;
    return (size_t)(at - text);
}

const char *worlds_scenario(const char *text, size_t k, size_t *size)
{
    char head[32];
    for (size_t world = 0; world <= k; world++) {
        int n = snprintf(head, sizeof head, "# world %zu\n", world);
        if (strncmp(text, head, (size_t)n) != 0)
            return NULL;
        text += n;
        *size = worlds_scenario_size(text);
        text += world < k ? *size : 0;
    }
    return text;
}

static enum status prepare(struct job *job, struct diag *diag)
{
    size_t n = job->request->n;
    job->made = calloc(n, sizeof *job->made);
    job->simulation = calloc(n, sizeof *job->simulation);
    if (job->made == NULL || job->simulation == NULL)
        return no_memory(diag);
    for (size_t k = 0; k < n; k++)
        TRY(prepare_world(job, k, diag));
    making_build_name(job->build, sizeof job->build);
    TRY(join_scenarios(job, diag));
    name_fates(job);
    if (job->request->fates != NULL)
        TRY(file_may_be_written(job->request->fates, FILE_DATA, diag));
    const char *table[] = {job->request->rows, job->request->seen, job->request->truth, job->request->direct};
    for (int k = 0; k < 4; k++)
        if (table[k] != NULL)
            TRY(file_may_be_written(table[k], FILE_DATA, diag));
    return job->request->journal == NULL ? OK : file_may_be_written(job->request->journal, FILE_DATA, diag);
}

/* See `published` in sim/io/run.c: a file without its checksum beside a journal is made again. */
static bool stands(const struct job *job, const char *out, const struct result_about *about)
{
    bool journal = access(job->request->journal, F_OK) == 0;
    char *side = path_with(out, ".sha256");
    bool stand = side != NULL && (!journal || access(side, F_OK) == 0) && result_is_of(out, about);
    free(side);
    return stand;
}

static bool all_stand(const struct job *job)
{
    const struct worlds_request *q = job->request;
    if (q->take != NULL)
        return false;
    for (size_t k = 0; k < q->n; k++)
        if (q->world[k].out != NULL && !stands(job, q->world[k].out, &job->made[k].about))
            return false;
    const char *table[] = {q->fates, q->rows, q->seen, q->truth, q->direct};
    for (int k = 0; k < 5; k++)
        if (table[k] != NULL &&
            !(stands(job, table[k], &job->made[0].about) && making_has_title(table[k], job->fates_title)))
            return false;
    return true;
}

static struct journal_key key_of(const struct job *job)
{
    uint64_t bytes = 0;
    for (size_t k = 0; k < job->request->n; k++)
        bytes += job->made[k].bytes;
    return (struct journal_key){.scenario = job->head,
                                .build = job->build,
                                .settings = job->request->fates == NULL ? "worlds" : job->fates_title,
                                .seed = job->made[0].setup.world.seed,
                                .runs = job->request->runs,
                                .months = job->made[0].setup.world.months,
                                .record_bytes = bytes,
                                .shard = job->request->shards > 0 ? job->request->shard : 1,
                                .shards = job->request->shards > 0 ? job->request->shards : 1};
}

static enum status make_runs(struct job *job, struct diag *diag)
{
    const struct worlds_request *q = job->request;
    for (size_t k = 0; k < q->n; k++)
        job->simulation[k] = (struct simulation){.setup = &job->made[k].setup,
                                                 .first = q->first,
                                                 .step = q->step,
                                                 .layout = &job->made[k].layout,
                                                 .cache = job->making.cache,
                                                 .horizon = q->fates == NULL ? NULL : q->horizon,
                                                 .cohort = q->cohort,
                                                 .fate_rows = q->rows != NULL,
                                                 .lines = q->world[k].lines,
                                                 .alone = q->world[k].alone,
                                                 .office = q->office == NULL ? NULL : &q->office[k],
                                                 .stop = q->stop};
    struct ensemble e = {.simulation = job->simulation[0],
                         .variant = job->simulation + 1,
                         .n_variants = q->n - 1,
                         .journal = &job->journal,
                         .threads = job->making.threads};
    if (!q->quiet && q->listener != NULL) {
        e.progress = q->listener->progress;
        e.to = q->listener->to;
    }
    return making_runs(&job->making, &e, diag);
}

struct source {
    const struct shards *shards;
    size_t world;
};

static enum status next_record(void *from, uint32_t run, struct record_room *to, struct diag *diag)
{
    const struct source *s = from;
    return shards_record(s->shards, run, s->world, to, diag);
}

static enum status write_files(struct job *job, struct diag *diag)
{
    for (size_t k = 0; k < job->request->n; k++) {
        struct result_summary summary;
        struct source source = {&job->shards, k};
        if (job->request->world[k].out != NULL)
            TRY(result_write(job->request->world[k].out, &job->made[k].about, next_record, &source, job->making.threads,
                             &summary, diag));
    }
    return OK;
}

/* "half more": the names of the variants. */
static char *variant_names(const struct worlds_request *q)
{
    size_t room = 1, used = 0;
    for (size_t k = 1; k < q->n; k++)
        room += strlen(q->world[k].name) + 1;
    char *text = calloc(room, 1);
    for (size_t k = 1; k < q->n && text != NULL; k++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", k > 1 ? " " : "", q->world[k].name);
    return text;
}

static enum status write_table(const struct job *job, const char *path, const struct sample_column *from, size_t n,
                               const char *const *meanings, enum journal_part part, struct diag *diag)
{
    static const enum result_column_type types[] = {[SAMPLE_CODE] = RESULT_CODE,
                                                    [SAMPLE_INT32] = RESULT_INT32,
                                                    [SAMPLE_INT64] = RESULT_INT64,
                                                    [SAMPLE_REAL] = RESULT_REAL};
    struct result_column column[FATE_ROW_COLUMNS];
    struct result_table_about about = {job->fates_title, "队列企业的结果", &job->made[0].about};
    BUG_ON(n > FATE_ROW_COLUMNS);
    for (size_t k = 0; k < n; k++)
        column[k] = (struct result_column){from[k].name, from[k].unit, types[from[k].type],
                                           from[k].en,   from[k].zh,   meanings[k]};
    return assemble_rows(path, &about, column, n, part, &job->shards, diag);
}

static enum status write_fates(const struct job *job, struct diag *diag)
{
    const struct worlds_request *q = job->request;
    char *variants = variant_names(q);
    const char *counts[FATE_COLUMNS] = {[1] = variants, [3] = fate_outcomes, [4] = fate_strata, [5] = fate_stages};
    const char *rows[FATE_ROW_COLUMNS] = {[1] = variants, [7] = fate_stages, [9] = fate_strata};
    const char *others[FATE_ROW_COLUMNS] = {[1] = variants};
    if (variants == NULL)
        return no_memory(diag);
    enum status status = write_table(job, q->fates, fate_columns, FATE_COLUMNS, counts, PART_PANEL, diag);
    if (status == OK && q->rows != NULL)
        status = write_table(job, q->rows, fate_row_columns, FATE_ROW_COLUMNS, rows, PART_CLAIMS, diag);
    if (status == OK && q->office != NULL)
        status = write_table(job, q->seen, office_columns, OFFICE_COLUMNS, others, PART_OFFICE, diag);
    if (status == OK && q->office != NULL)
        status = write_table(job, q->truth, truth_columns, TRUTH_COLUMNS, others, PART_TRUTH, diag);
    if (status == OK && q->direct != NULL)
        status = write_table(job, q->direct, direct_columns, DIRECT_COLUMNS, others, PART_DIRECT, diag);
    free(variants);
    return status;
}

static enum status hand_over(struct job *job, struct diag *diag)
{
    const struct worlds_request *q = job->request;
    enum status status = OK;
    for (size_t k = 0; k < q->n && status == OK; k++) {
        struct source source = {&job->shards, k};
        struct result r;
        status = result_of_records(&r, &job->made[k].about, next_record, &source, diag);
        if (status == OK)
            status = q->take(q->to, k, &r, diag);
        result_close(&r);
    }
    return status;
}

static enum status write_all(struct job *job, struct diag *diag)
{
    if (job->request->take != NULL)
        return hand_over(job, diag);
    TRY(write_files(job, diag));
    return job->request->fates != NULL ? write_fates(job, diag) : OK;
}

static enum status with_journal(struct job *job, struct diag *diag)
{
    struct journal_key key = key_of(job);
    TRY(making_journal(&job->journal, job->request->journal, &key, diag));
    enum status status = make_runs(job, diag);
    job->shards = (struct shards){&job->journal, 1};
    if (job->request->shards > 0)
        return making_end_shard(&job->making, &job->journal, status, diag);
    if (status == OK && ranks_mine() == 0)
        status = write_all(job, diag);
    if (status == OK || job->journal.finished == 0)
        journal_remove(&job->journal);
    else if (journal_close(&job->journal, diag) != OK && status == INTERRUPTED)
        status = IO_ERROR;
    return status;
}

/* A journal that a process killed at the very end left behind. */
static void remove_journal(struct job *job)
{
    struct diag unsaid;
    struct journal_key key = key_of(job);
    diag_init(&unsaid);
    if (access(job->request->journal, F_OK) == 0 &&
        journal_open(&job->journal, job->request->journal, &key, &unsaid) == OK)
        journal_remove(&job->journal);
    diag_free(&unsaid);
}

/* Worlds that part before the start have cohorts of their own. */
static void say_if_apart(const struct job *job, size_t k)
{
    char text[2 * TEXT_SIZE];
    if (cache_same_life(&job->made[0].setup, &job->made[k].setup))
        return;
    snprintf(text, sizeof text,
             job->making.zh
                 ? "提示：%.100s 与 %.100s 在起始月之前已不同；分层只含两者起始时都存续的企业"
                 : "note: %.100s and %.100s differ before the start already; only enterprises that live then in "
                   "both are followed.  Date what differs (KEY: {YYYY-MM: VALUE}) to compare one world twice",
             job->request->world[0].name, job->request->world[k].name);
    making_say(&job->making, text);
}

static enum status make(struct job *job, struct diag *diag)
{
    const struct worlds_request *q = job->request;
    struct journal_key key;
    bool stand = ranks_mine() == 0 && q->shards == 0 && q->gathered == NULL && all_stand(job);
    ranks_share(&stand, sizeof stand);
    if (stand && ranks_mine() == 0)
        remove_journal(job);
    if (stand)
        return OK;
    if (!job->request->no_cache && cache_open(&job->cache, job->build))
        job->making.cache = &job->cache;
    for (size_t k = 0; k < job->request->n; k++)
        TRY(making_founders(&job->making, &job->made[k].setup, diag));
    for (size_t k = 1; k < job->request->n; k++)
        say_if_apart(job, k);
    if (q->gathered == NULL)
        return with_journal(job, diag);
    key = key_of(job);
    job->shards = *q->gathered;
    TRY(shards_are(&job->shards, &key, diag));
    return write_all(job, diag);
}

enum status worlds_pair(const struct worlds_request *request, struct diag *diag)
{
    struct job job = {
        .request = request,
        .making = {.listener = request->listener,
                   .quiet = request->quiet,
                   .zh = diag->zh != 0,
                   .threads = request->threads > 0 ? request->threads : ensemble_processors(),
                   .stop = request->stop}
    };
    BUG_ON(request->n == 0 || request->runs == 0 || request->shard > request->shards);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing, not a death */
    enum status status = ranks_agree(prepare(&job, diag), diag);
    if (status == OK)
        status = ranks_agree(make(&job, diag), diag);
    if (job.making.cache != NULL)
        cache_close(&job.cache);
    for (size_t k = 0; k < request->n && job.made != NULL; k++) {
        setup_free(&job.made[k].setup);
        record_layout_free(&job.made[k].layout);
        free(job.made[k].scenario);
    }
    free(job.made);
    free(job.simulation);
    free(job.scenarios);
    free(job.head);
    return status;
}
