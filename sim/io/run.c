/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run - see include/liandong/run.h.  The order: is it there already, founders, journal, missing runs, files. */
#include <inttypes.h>
#include <liandong/assemble.h>
#include <liandong/making.h>
#include <liandong/reading.h>
#include <liandong/run.h>
#include <liandong/version.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_SIZE = 256 };

struct job {
    const struct run_request *request;
    struct setup setup; /* the scenario's, with founders solved */
    struct record_layout layout;
    struct result_about about;
    char *scenario; /* the text that repeats it */
    char *journal_path, *panel_path, *claims_path;
    char build[TEXT_SIZE], settings[TEXT_SIZE], panel_title[TEXT_SIZE];
    struct cache cache;
    struct making making;
    struct journal journal;
    struct shards shards; /* where the runs lie: that journal, or those given */
};

static enum status no_memory(const struct job *job, struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "%s: no memory to run it", job->request->out);
}

static void settings_text(const struct run_request *q, char *text, size_t size)
{
    snprintf(text, size, "panel %.17g, claims %d, detail %d", q->panel, q->claims, q->detail);
}

bool run_settings_read(const char *text, struct run_request *q)
{
    char again[TEXT_SIZE];
    int claims, detail;
    if (sscanf(text, "panel %lg, claims %d, detail %d", &q->panel, &claims, &detail) != 3)
        return false;
    q->claims = claims != 0;
    q->detail = detail != 0;
    settings_text(q, again, sizeof again);
    return strcmp(text, again) == 0;
}

static enum status prepare_names(struct job *job, struct diag *diag)
{
    const struct run_request *q = job->request;
    size_t size;
    job->scenario = scenario_text(q->scenario, &size);
    job->journal_path = path_with(q->out, q->shards > 0 ? "" : ".journal");
    job->panel_path = path_beside(q->out, "panel");
    job->claims_path = path_beside(q->out, "claims");
    if (job->scenario == NULL || job->journal_path == NULL || job->panel_path == NULL || job->claims_path == NULL ||
        setup_copy(&job->setup, &q->scenario->setup) != OK)
        return no_memory(job, diag);
    making_build_name(job->build, sizeof job->build);
    settings_text(q, job->settings, sizeof job->settings);
    snprintf(job->panel_title, sizeof job->panel_title, "panel of enterprises, share %.17g", q->panel);
    job->about = (struct result_about){.setup = &job->setup,
                                       .layout = &job->layout,
                                       .series = series_table,
                                       .n_series = n_series,
                                       .scenario = job->scenario,
                                       .runs = q->runs,
                                       .detail = q->detail};
    return OK;
}

/* -- is it there already ------------------------------------------------------------------------------------ */
/* A journal of these runs that a process killed at the very end left behind. */
static void remove_journal(const struct job *job, const struct journal_key *key)
{
    struct journal left;
    struct diag unsaid;
    diag_init(&unsaid);
    if (access(job->journal_path, F_OK) == 0 && journal_open(&left, job->journal_path, key, &unsaid) == OK)
        journal_remove(&left);
    diag_free(&unsaid);
}

/* A file whose checksum is missing while the journal is still there was published by a process killed between its two
 * renames: it is made again from the journal, so that the checksum comes, too. */
static bool published(const struct job *job, const char *path)
{
    char *side = path_with(path, ".sha256");
    bool whole = side != NULL && (access(side, F_OK) == 0 || access(job->journal_path, F_OK) != 0);
    free(side);
    return whole && result_is_of(path, &job->about);
}

static bool stands(const struct job *job)
{
    const struct run_request *q = job->request;
    return published(job, q->out) &&
           (!(q->panel > 0.0) ||
            (published(job, job->panel_path) && making_has_title(job->panel_path, job->panel_title))) &&
           (!q->claims || published(job, job->claims_path));
}

/* -- the runs ----------------------------------------------------------------------------------------------- */
static struct journal_key key_of(const struct job *job)
{
    return (struct journal_key){.scenario = job->scenario,
                                .build = job->build,
                                .settings = job->settings,
                                .seed = job->setup.world.seed,
                                .runs = job->request->runs,
                                .months = job->setup.world.months,
                                .record_bytes = record_bytes(&job->layout, job->setup.world.months),
                                .shard = job->request->shards > 0 ? job->request->shard : 1,
                                .shards = job->request->shards > 0 ? job->request->shards : 1};
}

static enum status make_runs(struct job *job, struct diag *diag)
{
    const struct run_request *q = job->request;
    struct ensemble e = {
        .simulation =
            {.setup = &job->setup, .layout = &job->layout, .panel = q->panel, .claims = q->claims, .stop = q->stop},
        .journal = &job->journal,
        .threads = job->making.threads
    };
    e.simulation.cache = job->making.cache;
    if (!q->quiet && q->listener != NULL) {
        e.progress = q->listener->progress;
        e.to = q->listener->to;
    }
    return making_runs(&job->making, &e, diag);
}

/* -- the files ---------------------------------------------------------------------------------------------- */
static int32_t members(const struct job *job, enum sample_names names)
{
    static const enum dimension dims[] = {[NAMES_STAGE] = DIM_STAGE,
                                          [NAMES_SECTOR] = DIM_SECTOR,
                                          [NAMES_BANK] = DIM_BANK,
                                          [NAMES_COVER] = DIM_COVER,
                                          [NAMES_PRODUCT] = DIM_PRODUCT};
    if (names == NAMES_NONE || names == NAMES_REASON)
        return 0;
    return names == NAMES_REGION ? job->setup.n_regions : job->layout.length[dims[names]];
}

static const char *member(const struct job *job, enum sample_names names, int32_t k)
{
    static const enum dimension dims[] = {[NAMES_STAGE] = DIM_STAGE,
                                          [NAMES_SECTOR] = DIM_SECTOR,
                                          [NAMES_BANK] = DIM_BANK,
                                          [NAMES_COVER] = DIM_COVER,
                                          [NAMES_PRODUCT] = DIM_PRODUCT};
    return names == NAMES_REGION ? job->setup.region[k] : job->layout.names[dims[names]][k];
}

/* Whether a code of one byte does. */
static bool is_coded(const struct job *job, enum sample_names names)
{
    enum { NAMES_MOST = 120 };
    int32_t n = members(job, names);
    return names == NAMES_REASON || (n > 0 && n <= NAMES_MOST);
}

/* The names of 0, 1, 2 ..., separated by blanks; NULL without memory. */
static char *meanings(const struct job *job, enum sample_names names)
{
    if (names == NAMES_REASON)
        return path_with("in_full cap_of_the_loan least_share_of_the_bank breaker cap_of_the_year no_money", "");
    int32_t n = members(job, names);
    size_t room = 1, used = 0;
    for (int32_t k = 0; k < n; k++)
        room += strlen(member(job, names, k)) + 1;
    char *text = malloc(room);
    for (int32_t k = 0; k < n && text != NULL; k++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", k > 0 ? " " : "", member(job, names, k));
    return text;
}

static bool make_columns(const struct job *job, const struct sample_column *from, size_t n, struct result_column *to,
                         char **text)
{
    static const enum result_column_type types[] = {[SAMPLE_CODE] = RESULT_CODE,
                                                    [SAMPLE_INT32] = RESULT_INT32,
                                                    [SAMPLE_INT64] = RESULT_INT64,
                                                    [SAMPLE_REAL] = RESULT_REAL};
    bool good = true;
    for (size_t k = 0; k < n; k++) {
        bool coded = is_coded(job, from[k].names);
        text[k] = coded ? meanings(job, from[k].names) : NULL;
        good = good && (!coded || text[k] != NULL);
        to[k] = (struct result_column){from[k].name, from[k].unit, text[k] != NULL ? RESULT_CODE : types[from[k].type],
                                       from[k].en,   from[k].zh,   text[k]};
    }
    return good;
}

static enum status write_rows(const struct job *job, const char *path, enum journal_part part,
                              const struct result_table_about *about, struct diag *diag)
{
    struct sample_column panel[PANEL_COLUMNS_MOST];
    struct result_column column[PANEL_COLUMNS_MOST];
    char *text[PANEL_COLUMNS_MOST] = {NULL};
    size_t n = part == PART_PANEL ? panel_columns(panel, PANEL_COLUMNS_MOST) : n_claim_columns;
    enum status status;
    if (make_columns(job, part == PART_PANEL ? panel : claim_columns, n, column, text))
        status = assemble_rows(path, about, column, n, part, &job->shards, diag);
    else
        status = diag_stop(diag, NO_MEMORY, "%s: no memory to write it", path);
    for (size_t k = 0; k < n; k++)
        free(text[k]);
    return status;
}

static enum status write_files(const struct job *job, struct diag *diag)
{
    struct result_summary summary;
    if (job->request->panel > 0.0) {
        struct result_table_about about = {job->panel_title, "企业面板", &job->about};
        TRY(write_rows(job, job->panel_path, PART_PANEL, &about, diag));
    }
    if (job->request->claims) {
        struct result_table_about about = {"claims on covers", "代偿申请", &job->about};
        TRY(write_rows(job, job->claims_path, PART_CLAIMS, &about, diag));
    }
    return assemble_result(job->request->out, &job->about, &job->shards, job->making.threads, &summary, diag);
}

/* -- in order ----------------------------------------------------------------------------------------------- */
static enum status may_be_written(const struct job *job, struct diag *diag)
{
    TRY(file_may_be_written(job->request->out, FILE_DATA, diag));
    if (job->request->panel > 0.0)
        TRY(file_may_be_written(job->panel_path, FILE_DATA, diag));
    if (job->request->claims)
        TRY(file_may_be_written(job->claims_path, FILE_DATA, diag));
    return file_may_be_written(job->journal_path, FILE_DATA, diag);
}

static enum status with_journal(struct job *job, struct diag *diag)
{
    struct journal_key key = key_of(job);
    TRY(making_journal(&job->journal, job->journal_path, &key, diag));
    enum status status = make_runs(job, diag);
    if (job->request->shards > 0)
        return making_end_shard(&job->making, &job->journal, status, diag);
    job->shards = (struct shards){&job->journal, 1};
    if (status == OK && ranks_mine() == 0)
        status = write_files(job, diag);
    if (status == OK) {
        journal_remove(&job->journal);
        return OK;
    }
    bool empty = job->journal.finished == 0;
    if (empty)
        journal_remove(&job->journal);
    else if (journal_close(&job->journal, diag) != OK && status == INTERRUPTED)
        status = IO_ERROR;
    return status;
}

/* The journals come from elsewhere: are they what these files are made of? */
static enum status write_gathered(struct job *job, struct diag *diag)
{
    struct journal_key key = key_of(job);
    job->shards = *job->request->gathered;
    TRY(shards_are(&job->shards, &key, diag));
    return write_files(job, diag);
}

static void say_stands(const struct job *job)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text,
             job->making.zh ? "%.200s：这些模拟已完成，文件保持不变"
                            : "%.200s: holds these runs already; left as it is",
             job->request->out);
    making_say(&job->making, text);
}

static enum status prepare(struct job *job, struct diag *diag)
{
    TRY(prepare_names(job, diag));
    TRY(may_be_written(job, diag));
    return record_layout_init(&job->layout, &job->setup) == OK ? OK : no_memory(job, diag);
}

static enum status make(struct job *job, struct diag *diag)
{
    const struct run_request *q = job->request;
    bool stand = ranks_mine() == 0 && !q->anew && q->shards == 0 && q->gathered == NULL && stands(job);
    ranks_share(&stand, sizeof stand);
    if (stand && ranks_mine() == 0) {
        struct journal_key key = key_of(job);
        remove_journal(job, &key);
        say_stands(job);
    }
    if (stand)
        return OK;
    if (!q->no_cache && cache_open(&job->cache, job->build))
        job->making.cache = &job->cache;
    TRY(making_founders(&job->making, &job->setup, diag));
    return q->gathered != NULL ? write_gathered(job, diag) : with_journal(job, diag);
}

enum status run_file(const struct run_request *request, struct diag *diag)
{
    struct job job = {.request = request};
    BUG_ON(request->shard > request->shards || request->runs == 0);
    job.making = (struct making){.listener = request->listener,
                                 .quiet = request->quiet,
                                 .zh = diag->zh != 0,
                                 .threads = request->threads > 0 ? request->threads : ensemble_processors(),
                                 .stop = request->stop};
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing, not a death */
    enum status status = ranks_agree(prepare(&job, diag), diag);
    if (status == OK)
        status = ranks_agree(make(&job, diag), diag);
    if (job.making.cache != NULL)
        cache_close(&job.cache);
    setup_free(&job.setup);
    record_layout_free(&job.layout);
    free(job.scenario);
    free(job.journal_path);
    free(job.panel_path);
    free(job.claims_path);
    return status;
}
