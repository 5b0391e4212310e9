/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results - OUT.h5, from the records of the runs: coordinates first, then 32 runs at a time, in order of runs.
 *
 * The digest is taken from the records and not from the file, so that `audit`, which takes it from the file, can tell
 * whether the file says what the runs said. */
#include <liandong/chunks.h>
#include <string.h>
#include <unistd.h>

struct writer {
    struct plan plan;
    struct chunks chunks;
    hid_t file;
    const char *path;
    char *temporary;
    struct record_room room[CHUNK_RUNS]; /* records of a block of runs */
    struct packed record[CHUNK_RUNS];
    int64_t *gathered; /* balances_start of CHUNK_RUNS runs */
    struct result_summary *summary;
};

static enum status fail(const struct writer *w, struct diag *diag)
{
    return hdf_failed(w->path, diag);
}

static enum status make_room(struct writer *w, int32_t threads, struct diag *diag)
{
    const struct record_layout *layout = w->plan.about->layout;
    bool good = true;
    for (int i = 0; i < CHUNK_RUNS; i++) {
        w->record[i] = (struct packed){.layout = layout, .months = w->plan.months};
        w->record[i].at = calloc(layout->n + 1, sizeof *w->record[i].at);
        good = good && w->record[i].at != NULL;
    }
    w->gathered = calloc((size_t)CHUNK_RUNS * (size_t)w->plan.regions * N_ACCOUNTS, sizeof *w->gathered);
    w->temporary = path_with(w->path, ".tmp");
    if (!good || w->gathered == NULL || w->temporary == NULL || chunks_init(&w->chunks, &w->plan, threads) != OK)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for %d runs of %zu cells a month", w->path, CHUNK_RUNS,
                         layout->n);
    return OK;
}

static void free_room(struct writer *w)
{
    for (int i = 0; i < CHUNK_RUNS; i++) {
        free(w->room[i].bytes);
        free(w->record[i].at);
    }
    chunks_free(&w->chunks);
    free(w->gathered);
    free(w->temporary);
    plan_free(&w->plan);
}

static void hash_memory(struct variable *v)
{
    size_t n = v->hdf.axis[0]->length;
    const char *const *text = v->values;
    if (v->hdf.type != HDF_STRING)
        sha256_add(&v->hash, v->values, n * hdf_type_size[v->hdf.type]);
    else
        for (size_t k = 0; k < n; k++)
            sha256_add(&v->hash, text[k], strlen(text[k]) + 1);
}

static bool create_variable(struct writer *w, struct variable *v)
{
    bool good = hdf_create_variable(w->file, &v->hdf);
    if (good && v->calendar != NULL)
        good = hdf_put_text(v->hdf.set, "calendar", v->calendar);
    if (good && v->coordinates[0] != '\0')
        good = hdf_put_text(v->hdf.set, "coordinates", v->coordinates);
    if (good && v->n_flags > 0)
        good = hdf_put_flags(v->hdf.set, v->n_flags, v->flag_meanings);
    if (good && v->reach)
        good = hdf_put_text(v->hdf.set, "digest", "left out: who is eligible may differ where outcomes are equal");
    if (!good || v->from != FROM_MEMORY)
        return good;
    hash_memory(v);
    return hdf_write(&v->hdf, 0, v->hdf.axis[0]->length, v->values);
}

static enum status begin(struct writer *w, struct diag *diag)
{
    const struct world_values *world = &w->plan.about->setup->world;
    w->file = hdf_create(w->temporary);
    if (w->file < 0 || !provenance_put(w->file, w->plan.about, world->title_en, world->title_zh))
        return fail(w, diag);
    for (size_t v = 0; v < w->plan.n; v++)
        if (!create_variable(w, &w->plan.variable[v]))
            return fail(w, diag);
    return OK;
}

/* Balances at the start, and verdicts, of n runs; returns the bytes gathered. */
static size_t gather(struct writer *w, enum from from, uint32_t n)
{
    size_t start = (size_t)w->plan.regions * N_ACCOUNTS;
    int8_t *verdict = (int8_t *)w->gathered;
    for (uint32_t i = 0; i < n; i++)
        if (from == FROM_START)
            packed_start(&w->record[i], w->gathered + i * start);
        else
            verdict[i] = packed_balanced(&w->record[i]);
    return n * (from == FROM_START ? start * sizeof *w->gathered : sizeof *verdict);
}

static bool write_variable(struct writer *w, size_t k, uint32_t first, uint32_t n)
{
    struct variable *v = &w->plan.variable[k];
    if (v->from == FROM_MEMORY)
        return true;
    if (v->from == FROM_CELLS)
        return chunks_write(&w->chunks, k, first);
    sha256_add(&v->hash, w->gathered, gather(w, v->from, n));
    return hdf_write(&v->hdf, first, n, w->gathered);
}

static enum status write_block(struct writer *w, uint32_t first, uint32_t n, struct diag *diag)
{
    for (uint32_t i = 0; i < n; i++)
        w->summary->unbalanced += !packed_balanced(&w->record[i]);
    if (chunks_press(&w->chunks, w->record, n) != OK)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for what %d runs are compressed to", w->path, CHUNK_RUNS);
    for (size_t k = 0; k < w->plan.n; k++)
        if (!write_variable(w, k, first, n))
            return fail(w, diag);
    return OK;
}

static enum status take_record(struct writer *w, uint32_t i, uint32_t run, record_fn record, void *from,
                               struct diag *diag)
{
    TRY(record(from, run, &w->room[i], diag));
    w->record[i].bytes = w->room[i].bytes;
    if (!packed_open(&w->record[i], w->room[i].n))
        return diag_stop(diag, FAILED, "%s: the record of run %u is damaged", w->path, (unsigned)run);
    return OK;
}

static enum status write_runs(struct writer *w, record_fn record, void *from, struct diag *diag)
{
    for (uint32_t first = 0; first < w->plan.runs; first += CHUNK_RUNS) {
        uint32_t n = w->plan.runs - first < CHUNK_RUNS ? w->plan.runs - first : CHUNK_RUNS;
        for (uint32_t i = 0; i < n; i++)
            TRY(take_record(w, i, first + i, record, from, diag));
        TRY(write_block(w, first, n, diag));
    }
    return OK;
}

static bool take_digest(struct writer *w)
{
    struct digest d = {.n = 0};
    for (size_t k = 0; k < w->plan.n; k++) {
        struct variable *v = &w->plan.variable[k];
        char axes[HDF_MOST_AXES * HDF_NAME];
        int n = 0;
        for (int a = 0; a < v->hdf.rank; a++)
            n += snprintf(axes + n, sizeof axes - (size_t)n, "%s%s=%llu", a > 0 ? "," : "", v->hdf.axis[a]->name,
                          (unsigned long long)v->hdf.axis[a]->length);
        if (!v->reach)
            digest_add(&d, v->hdf.name, hdf_type_name[v->hdf.type], axes, &v->hash);
    }
    return digest_end(&d, w->summary->digest);
}

static enum status finish(struct writer *w, struct diag *diag)
{
    char verdict[HDF_NAME];
    if (!take_digest(w))
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the digest", w->path);
    if (w->summary->unbalanced == 0)
        snprintf(verdict, sizeof verdict, "balanced: every month of every run, to the fen");
    else
        snprintf(verdict, sizeof verdict, "not balanced: %u of %u runs", w->summary->unbalanced, w->plan.runs);
    bool good = hdf_put_text(w->file, "audit", verdict) && hdf_put_text(w->file, "digest", w->summary->digest) &&
                parameters_put(w->file, w->plan.about->setup);
    for (size_t k = 0; k < w->plan.n && good; k++)
        good = hdf_close_variable(&w->plan.variable[k].hdf);
    if (!good || !hdf_close(w->file))
        return fail(w, diag);
    return OK;
}

enum status result_write(const char *path, const struct result_about *about, record_fn record, void *from,
                         int32_t threads, struct result_summary *summary, struct diag *diag)
{
    struct writer w = {.path = path, .file = -1, .summary = summary};
    *summary = (struct result_summary){.unbalanced = 0};
    hdf_begin();
    TRY(file_may_be_written(path, FILE_DATA, diag));
    TRY(plan_make(&w.plan, about, diag));
    enum status status = make_room(&w, threads, diag);
    if (status == OK)
        status = begin(&w, diag);
    if (status == OK)
        status = write_runs(&w, record, from, diag);
    if (status == OK)
        status = finish(&w, diag);
    if (status != OK && w.temporary != NULL)
        unlink(w.temporary);
    if (status == OK)
        status = file_publish(path, true, diag);
    free_room(&w);
    return status;
}
