/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results - OUT.h5, from the records of the runs: coordinates first, then 32 runs at a time, in order of runs.
 *
 * The digest is taken from the records and not from the file, so that `audit`, which takes it from the file, can tell
 * whether the file says what the runs said. */
#include <liandong/plan.h>
#include <string.h>
#include <unistd.h>

struct writer {
    struct plan plan;
    hid_t file;
    const char *path;
    char *temporary;
    struct run_record record[CHUNK_RUNS];
    union cell *gathered; /* one variable of CHUNK_RUNS runs */
    struct result_summary *summary;
};

static enum status fail(const struct writer *w, struct diag *diag)
{
    char reason[HDF_NAME];
    return diag_stop(diag, IO_ERROR, "%s: cannot write: %s", w->path, hdf_reason(reason, sizeof reason));
}

static enum status make_room(struct writer *w, struct diag *diag)
{
    const struct record_layout *layout = w->plan.about->layout;
    size_t months = (size_t)w->plan.months, start = (size_t)w->plan.regions * N_ACCOUNTS, widest = start;
    bool good = true;
    for (int i = 0; i < CHUNK_RUNS && (uint32_t)i < w->plan.runs; i++) {
        w->record[i].cell = calloc(months * layout->n, sizeof *w->record[i].cell);
        w->record[i].balances_start = calloc(start, sizeof *w->record[i].balances_start);
        good = good && w->record[i].cell != NULL && w->record[i].balances_start != NULL;
    }
    for (size_t v = 0; v < w->plan.n; v++)
        if (w->plan.variable[v].width * months > widest)
            widest = w->plan.variable[v].width * months;
    w->gathered = calloc(CHUNK_RUNS * widest, sizeof *w->gathered);
    w->temporary = path_with(w->path, ".tmp");
    if (!good || w->gathered == NULL || w->temporary == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for %d runs of %zu cells", w->path, CHUNK_RUNS,
                         months * layout->n);
    return OK;
}

static void free_room(struct writer *w)
{
    for (int i = 0; i < CHUNK_RUNS; i++) {
        free(w->record[i].cell);
        free(w->record[i].balances_start);
    }
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

/* Brings one variable of n runs together, run by run and month by month; returns the bytes gathered. */
static size_t gather(struct writer *w, const struct variable *v, uint32_t n)
{
    size_t months = (size_t)w->plan.months, stride = w->plan.about->layout->n,
           start = (size_t)w->plan.regions * N_ACCOUNTS;
    union cell *to = w->gathered;
    int8_t *verdict = (int8_t *)w->gathered;
    for (uint32_t i = 0; i < n; i++) {
        const struct run_record *record = &w->record[i];
        if (v->from == FROM_VERDICT) {
            verdict[i] = record->balanced != 0;
        } else if (v->from == FROM_START) {
            memcpy(to, record->balances_start, start * sizeof *to);
            to += start;
        } else {
            for (size_t t = 0; t < months; t++, to += v->width)
                memcpy(to, record->cell + t * stride + v->offset, v->width * sizeof *to);
        }
    }
    return v->from == FROM_VERDICT ? n : (size_t)(to - w->gathered) * sizeof *to;
}

static enum status write_block(struct writer *w, uint32_t first, uint32_t n, struct diag *diag)
{
    for (uint32_t i = 0; i < n; i++)
        w->summary->unbalanced += w->record[i].balanced == 0;
    for (size_t k = 0; k < w->plan.n; k++) {
        struct variable *v = &w->plan.variable[k];
        if (v->from == FROM_MEMORY)
            continue;
        sha256_add(&v->hash, w->gathered, gather(w, v, n));
        if (!hdf_write(&v->hdf, first, n, w->gathered))
            return fail(w, diag);
    }
    return OK;
}

static enum status write_runs(struct writer *w, record_fn record, void *from, struct diag *diag)
{
    for (uint32_t first = 0; first < w->plan.runs; first += CHUNK_RUNS) {
        uint32_t n = w->plan.runs - first < CHUNK_RUNS ? w->plan.runs - first : CHUNK_RUNS;
        for (uint32_t i = 0; i < n; i++) {
            w->record[i].run = first + i;
            TRY(record(from, first + i, &w->record[i], diag));
            BUG_ON(w->record[i].months != w->plan.months);
        }
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
                         struct result_summary *summary, struct diag *diag)
{
    struct writer w = {.path = path, .file = -1, .summary = summary};
    *summary = (struct result_summary){.unbalanced = 0};
    hdf_begin();
    TRY(file_may_be_written(path, diag));
    TRY(plan_make(&w.plan, about, diag));
    enum status status = make_room(&w, diag);
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
