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

/* FAILED: they do not belong together (says which and why), one is there twice, or shards or runs are missing; everything
 * that is wrong is said. */
enum status shards_check(const struct shards *shards, struct diag *diag) MUST_CHECK;

/* Are their runs those of this key, which this program made of their own scenario?  (Which shard it names does not matter.) */
enum status shards_are(const struct shards *shards, const struct journal_key *key, struct diag *diag) MUST_CHECK;

/* The journal that has a run, or NULL. */
const struct journal *shards_holder(const struct shards *shards, uint32_t run);

/* The packed record of the k-th world of a run.  FAILED: the journal holds something else. */
enum status shards_record(const struct shards *shards, uint32_t run, size_t world, struct record_room *to,
                          struct diag *diag) MUST_CHECK;

/* OUT.h5.  about->runs is that of the journals. */
enum status assemble_result(const char *path, const struct result_about *about, const struct shards *shards,
                            int32_t threads, struct result_summary *summary, struct diag *diag) MUST_CHECK;

/* OUT.panel.h5 or OUT.claims.h5 from the rows of a part, in order of runs.  Cells as they were appended. */
enum status assemble_rows(const char *path, const struct result_table_about *about, const struct result_column *column,
                          size_t n_columns, enum journal_part part, const struct shards *shards,
                          struct diag *diag) MUST_CHECK;
#endif
