/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assemble - see include/liandong/assemble.h. */
#include <inttypes.h>
#include <liandong/assemble.h>
#include <string.h>

const struct journal *shards_holder(const struct shards *shards, uint32_t run)
{
    for (size_t k = 0; k < shards->n; k++)
        if (journal_has(&shards->journal[k], run))
            return &shards->journal[k];
    return NULL;
}

enum status shards_are(const struct shards *shards, const struct journal_key *key, struct diag *diag)
{
    const struct journal *first = &shards->journal[0];
    if (strcmp(first->key.build, key->build) != 0)
        return diag_stop(diag, FAILED, "%s: was made by another build of the program (%s) than this one (%s)",
                         first->path, first->key.build, key->build);
    if (strcmp(first->key.scenario, key->scenario) != 0 || strcmp(first->key.settings, key->settings) != 0 ||
        first->key.record_bytes != key->record_bytes || first->key.seed != key->seed ||
        first->key.months != key->months || first->key.runs != key->runs)
        return diag_stop(diag, FAILED, "%s: is not what this program makes of its scenario", first->path);
    return OK;
}

/* What is most likely meant to be another comes first: a seed is part of the text of a scenario, too. */
static enum status compare(const struct journal *first, const struct journal *other, struct diag *diag)
{
    const struct journal_key *a = &first->key, *b = &other->key;
    if (a->seed != b->seed)
        return diag_stop(diag, FAILED, "%s: has seed %" PRId64 ", but %s has seed %" PRId64, other->path, b->seed,
                         first->path, a->seed);
    if (a->runs != b->runs || a->months != b->months)
        return diag_stop(diag, FAILED,
                         "%s: belongs to %" PRIu32 " runs of %" PRId32 " months, but %s to %" PRIu32 " of %" PRId32,
                         other->path, b->runs, b->months, first->path, a->runs, a->months);
    if (a->shards != b->shards)
        return diag_stop(diag, FAILED, "%s: is one of %" PRIu32 " shards, but %s one of %" PRIu32, other->path,
                         b->shards, first->path, a->shards);
    if (strcmp(a->settings, b->settings) != 0)
        return diag_stop(diag, FAILED, "%s: was made with other settings (%s) than %s (%s)", other->path, b->settings,
                         first->path, a->settings);
    if (strcmp(a->build, b->build) != 0)
        return diag_stop(diag, FAILED, "%s: was made by another build of the program (%s) than %s (%s)", other->path,
                         b->build, first->path, a->build);
    if (strcmp(a->scenario, b->scenario) != 0 || a->record_bytes != b->record_bytes)
        return diag_stop(diag, FAILED, "%s: was made from another scenario than %s", other->path, first->path);
    return OK;
}

/* Shard `shard` of the journals: there once, and with all its runs? */
static enum status check_shard(const struct shards *shards, uint32_t shard, struct diag *diag)
{
    const struct journal *found = NULL;
    enum status status = OK;
    for (size_t k = 0; k < shards->n; k++) {
        const struct journal *j = &shards->journal[k];
        if (j->key.shard == shard && found != NULL)
            status = diag_stop(diag, FAILED, "%s and %s are both shard %" PRIu32 "/%" PRIu32, found->path, j->path,
                               shard, j->key.shards);
        if (j->key.shard == shard)
            found = j;
    }
    uint32_t parts = shards->journal[0].key.shards;
    if (found == NULL)
        return diag_stop(diag, FAILED, "shard %" PRIu32 "/%" PRIu32 " is missing", shard, parts);
    if (found->finished < journal_size(found))
        return diag_stop(diag, FAILED,
                         "%s: shard %" PRIu32 "/%" PRIu32 " lacks %" PRIu32 " of its %" PRIu32
                         " runs, the first is run %" PRIu32 "; the command that began it goes on with them",
                         found->path, shard, parts, journal_size(found) - found->finished, journal_size(found),
                         journal_next(found, 0));
    return status;
}

enum status shards_check(const struct shards *shards, struct diag *diag)
{
    enum status status = OK;
    BUG_ON(shards->n == 0);
    for (size_t k = 1; k < shards->n; k++)
        if (compare(&shards->journal[0], &shards->journal[k], diag) != OK)
            status = FAILED;
    TRY(status);
    for (uint32_t shard = 1; shard <= shards->journal[0].key.shards; shard++)
        if (check_shard(shards, shard, diag) != OK)
            status = FAILED;
    return status;
}

static enum status not_a_record(const struct journal *j, uint32_t run, struct diag *diag)
{
    return diag_stop(diag, FAILED, "%s: what it holds of run %u is not what this program writes", j->path,
                     (unsigned)run);
}

/* Each record says first how long it is. */
enum status shards_record(const struct shards *shards, uint32_t run, size_t world, struct record_room *to,
                          struct diag *diag)
{
    const struct journal *j = shards_holder(shards, run);
    uint64_t at = 0, n = 0, all = j->entry[run].n[PART_RECORD];
    for (size_t k = 0; k <= world; k++) {
        at += n;
        if (all - at < sizeof n)
            return not_a_record(j, run, diag);
        TRY(journal_read(j, run, PART_RECORD, at, &n, sizeof n, diag));
        if (n < sizeof n || n > all - at)
            return not_a_record(j, run, diag);
    }
    if (record_reserve(to, n) != OK)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the record of a run", j->path);
    return journal_read(j, run, PART_RECORD, at, to->bytes, n, diag);
}

static enum status next_record(void *from, uint32_t run, struct record_room *to, struct diag *diag)
{
    return shards_record(from, run, 0, to, diag);
}

enum status assemble_result(const char *path, const struct result_about *about, const struct shards *shards,
                            int32_t threads, struct result_summary *summary, struct diag *diag)
{
    struct shards from = *shards;
    TRY(shards_check(shards, diag));
    BUG_ON(about->runs != from.journal[0].key.runs ||
           record_bytes(about->layout, about->setup->world.months) != from.journal[0].key.record_bytes);
    return result_write(path, about, next_record, &from, threads, summary, diag);
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
        const struct journal *j = shards_holder(shards, run);
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
        rows += shards_holder(shards, run)->entry[run].n[part] / row_bytes;
    enum status status = result_table_create(&table, path, about, column, n_columns, rows, diag);
    if (status == OK)
        status = copy_rows(table, shards, part, row_bytes, diag);
    if (status == OK)
        return result_table_finish(table, diag);
    result_table_abandon(table);
    return status;
}
