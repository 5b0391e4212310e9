/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ensemble - the runs that a journal lacks, several at a time or one after another with all threads. */
#ifndef LIANDONG_ENSEMBLE_H
#define LIANDONG_ENSEMBLE_H
#include <liandong/journal.h>
#include <liandong/simulate.h>

struct ensemble {
    struct simulation simulation; /* `passed` is the ensemble's own; see `progress` */
    struct journal *journal;
    int32_t threads;
    /* May be NULL.  Called with months of all runs: those done, those that were to be done; never by two threads at once. */
    void (*progress)(void *to, uint64_t done, uint64_t all);
    void *to;
};

/* Threads that this process may use. */
int32_t ensemble_processors(void);

/* How many of the runs that the journal lacks are made at a time; each then has one thread.  1: one, with all threads.
 * Whichever is done sooner: rounds of runs beside one another, or runs one by one, faster by nine tenths of a thread for
 * each that the tiles of the regions can feed. */
int32_t ensemble_at_a_time(const struct ensemble *e);

/* Memory does not grow with the number of runs: a finished one is in the journal.  The first run that fails stops the rest;
 * INTERRUPTED: told to stop. */
enum status ensemble_run(const struct ensemble *e, struct diag *diag) MUST_CHECK;
#endif
