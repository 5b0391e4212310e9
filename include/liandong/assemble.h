/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assemble - from journals to files: the end of `run`, and all of `merge`.
 *
 * The runs of an ensemble lie in one journal or in several (shards: run r lies in shard r mod n + 1); the files are the
 * same, byte for byte. */
#ifndef LIANDONG_ASSEMBLE_H
#define LIANDONG_ASSEMBLE_H
#include <liandong/journal.h>
#include <liandong/results.h>

struct shards {
    const struct journal *journal;
    size_t n;
};

/* Does this run belong to shard `shard` (1 ... shards)? */
static inline bool shard_holds(uint32_t run, uint32_t shard, uint32_t shards)
{
    return run % shards == shard - 1;
}

/* FAILED: they do not belong together (says which and why), or runs are missing (says which). */
enum status shards_check(const struct shards *shards, struct diag *diag) MUST_CHECK;

/* OUT.h5.  about->runs is that of the journals. */
enum status assemble_result(const char *path, const struct result_about *about, const struct shards *shards,
                            struct result_summary *summary, struct diag *diag) MUST_CHECK;

/* OUT.panel.h5 or OUT.claims.h5 from the rows of a part, in order of runs.  Cells as they were appended. */
enum status assemble_rows(const char *path, const struct result_table_about *about, const struct result_column *column,
                          size_t n_columns, enum journal_part part, const struct shards *shards,
                          struct diag *diag) MUST_CHECK;
#endif
