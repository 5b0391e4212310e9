/* SPDX-License-Identifier: GPL-3.0-or-later */
/* making - what `run` and comparisons do alike before and between their runs.  Internal to sim/io. */
#ifndef LIANDONG_MAKING_H
#define LIANDONG_MAKING_H
#include <liandong/ensemble.h>
#include <liandong/run.h>

/* Who is told, in which language; listener NULL or quiet: nobody. */
struct making {
    const struct run_listener *listener;
    bool quiet, zh;
    int32_t threads;
    struct cache *cache; /* NULL: none */
    const volatile sig_atomic_t *stop;
};

void making_say(const struct making *m, const char *text);

/* What names this build; files changed since the revision have no name but their own bytes. */
void making_build_name(char *text, size_t size);

/* Opens the journal: at rank 0 its file, elsewhere a blank one.  FAILED: the ranks do not agree about what is to be made. */
enum status making_journal(struct journal *journal, const char *path, const struct journal_key *key,
                           struct diag *diag) MUST_CHECK;

/* Solves founders.per_month of the regions that state a stock instead.  COLLECTIVE, as all that makes runs. */
enum status making_founders(const struct making *m, struct setup *setup, struct diag *diag) MUST_CHECK;

/* Does a file of ours carry this title?  False where it cannot be read. */
bool making_has_title(const char *path, const char *title);

/* Makes the runs that are missing; says how many are there, and how the rest is dealt to ranks and threads. */
enum status making_runs(const struct making *m, const struct ensemble *e, struct diag *diag) MUST_CHECK;

/* Closes the journal that is a shard, which stays even if no run falls to it, and says what is to be done with it.  status: of
 * making its runs. */
enum status making_end_shard(const struct making *m, struct journal *shard, enum status status,
                             struct diag *diag) MUST_CHECK;
#endif
