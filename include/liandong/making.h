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

/* Solves founders.per_month of the regions that state a stock instead. */
enum status making_founders(const struct making *m, struct setup *setup, struct diag *diag) MUST_CHECK;

/* Does a file of ours carry this title?  False where it cannot be read. */
bool making_has_title(const char *path, const char *title);

/* Says how many runs are there, and how the rest is dealt to threads. */
void making_say_how(const struct making *m, const struct ensemble *e);

/* Closes the journal that is a shard, which stays even if no run falls to it, and says what is to be done with it.  status: of
 * making its runs. */
enum status making_end_shard(const struct making *m, struct journal *shard, enum status status,
                             struct diag *diag) MUST_CHECK;
#endif
