/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assemble - see include/liandong/assemble.h. */
#include <inttypes.h>
#include <liandong/assemble.h>
#include <string.h>

/* The journal that has a run, or NULL. */
static const struct journal *holder(const struct shards *shards, uint32_t run)
{
    for (size_t k = 0; k < shards->n; k++)
        if (journal_has(&shards->journal[k], run))
            return &shards->journal[k];
    return NULL;
}

static enum status compare(const struct journal *a, const struct journal *b, struct diag *diag)
{
    const char *what = NULL;
    if (strcmp(a->key.scenario, b->key.scenario) != 0)
        what = "scenarios";
    else if (a->key.seed != b->key.seed)
        what = "seeds";
    else if (a->key.runs != b->key.runs || a->key.months != b->key.months || a->key.shards != b->key.shards)
        what = "numbers of runs, months or shards";
    else if (strcmp(a->key.settings, b->key.settings) != 0)
        what = "settings";
    else if (strcmp(a->key.build, b->key.build) != 0 || a->key.record_bytes != b->key.record_bytes)
        what = "builds of the program";
    if (what == NULL)
        return OK;
    return diag_stop(diag, FAILED, "%s: holds runs of other %s than %s", b->path, what, a->path);
}

enum status shards_check(const struct shards *shards, struct diag *diag)
{
    uint32_t missing = 0, first = 0;
    BUG_ON(shards->n == 0);
    for (size_t k = 1; k < shards->n; k++)
        TRY(compare(&shards->journal[0], &shards->journal[k], diag));
    uint32_t runs = shards->journal[0].key.runs, parts = shards->journal[0].key.shards;
    for (uint32_t run = runs; run-- > 0;)
        if (holder(shards, run) == NULL) {
            first = run;
            missing++;
        }
    if (missing == 0)
        return OK;
    return diag_stop(diag, FAILED,
                     "%s: %" PRIu32 " of %" PRIu32 " runs are missing, the first is run %" PRIu32 " of shard %" PRIu32
                     "/%" PRIu32,
                     shards->journal[0].path, missing, runs, first, first % parts + 1, parts);
}

struct source {
    const struct shards *shards;
    const struct record_layout *layout;
    int32_t months;
    char *bytes;
    uint64_t n;
};

static enum status next_record(void *from, uint32_t run, struct run_record *record, struct diag *diag)
{
    const struct source *s = from;
    TRY(journal_read(holder(s->shards, run), run, PART_RECORD, 0, s->bytes, s->n, diag));
    record_unpack(s->bytes, s->layout, s->months, record);
    return OK;
}

enum status assemble_result(const char *path, const struct result_about *about, const struct shards *shards,
                            struct result_summary *summary, struct diag *diag)
{
    int32_t months = about->setup->world.months;
    struct source s = {shards, about->layout, months, NULL, record_bytes(about->layout, months)};
    TRY(shards_check(shards, diag));
    BUG_ON(about->runs != shards->journal[0].key.runs || s.n != shards->journal[0].key.record_bytes);
    s.bytes = malloc(s.n);
    if (s.bytes == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the record of a run", path);
    enum status status = result_write(path, about, next_record, &s, summary, diag);
    free(s.bytes);
    return status;
}

static enum status copy_rows(struct result_table *table, const struct shards *shards, enum journal_part part,
                             uint64_t row_bytes, struct diag *diag)
{
    enum { ROWS = 4096 };
    union cell *cells = malloc(ROWS * row_bytes);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "no memory for %d rows", ROWS);
    for (uint32_t run = 0; run < shards->journal[0].key.runs && status == OK; run++) {
        const struct journal *j = holder(shards, run);
        uint64_t rows = j->entry[run].n[part] / row_bytes, n;
        for (uint64_t at = 0; at < rows && status == OK; at += n) {
            n = rows - at < ROWS ? rows - at : ROWS;
            status = journal_read(j, run, part, at * row_bytes, cells, n * row_bytes, diag);
            if (status == OK)
                status = result_table_append(table, cells, n, diag);
        }
    }
    free(cells);
    return status;
}

enum status assemble_rows(const char *path, const struct result_table_about *about, const struct result_column *column,
                          size_t n_columns, enum journal_part part, const struct shards *shards, struct diag *diag)
{
    struct result_table *table;
    uint64_t rows = 0, row_bytes = n_columns * sizeof(union cell);
    TRY(shards_check(shards, diag));
    for (uint32_t run = 0; run < shards->journal[0].key.runs; run++)
        rows += holder(shards, run)->entry[run].n[part] / row_bytes;
    enum status status = result_table_create(&table, path, about, column, n_columns, rows, diag);
    if (status == OK)
        status = copy_rows(table, shards, part, row_bytes, diag);
    if (status == OK)
        return result_table_finish(table, diag);
    result_table_abandon(table);
    return status;
}
