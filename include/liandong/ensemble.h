/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ensemble - the runs that a journal lacks, several at a time or one after another with all threads.
 *
 * A comparison has several worlds of the same luck: then a run is lived through in each of them, one after another by the same
 * threads, and is finished when all are.  An ensemble stopped at any moment has every world as often as the others.
 *
 * Where there are ranks (ranks.h), all of them call ensemble_run: rank 0 with the journal, the others with a blank one. */
#ifndef LIANDONG_ENSEMBLE_H
#define LIANDONG_ENSEMBLE_H
#include <liandong/journal.h>
#include <liandong/ranks.h>
#include <liandong/simulate.h>

struct ensemble {
    struct simulation simulation;     /* `passed` is the ensemble's own; see `progress` */
    const struct simulation *variant; /* [n_variants]: further worlds; their records follow that of `simulation` */
    size_t n_variants;
    struct journal *journal; /* its record_bytes are those of all worlds */
    int32_t threads;
    uint32_t *away; /* NULL, or gets the number of runs that other ranks handed in */
    /* May be NULL.  Called with months of all runs: those done, those that were to be done; never by two threads at once. */
    void (*progress)(void *to, uint64_t done, uint64_t all);
    void *to;
};

/* Threads that this process may use. */
int32_t ensemble_processors(void);

/* How many of the runs that the journal lacks (of this rank's share of them) are made at a time; each then has one thread.  1: one, with all threads.
 * Whichever is done sooner: rounds of runs beside one another, or runs one by one, faster by nine tenths of a thread for
 * each that the tiles of the regions can feed. */
int32_t ensemble_at_a_time(const struct ensemble *e);

/* Memory does not grow with the number of runs: a finished one is in the journal.  The first run that fails stops the rest;
 * INTERRUPTED: told to stop.  All ranks get the same status, rank 0 the messages. */
enum status ensemble_run(const struct ensemble *e, struct diag *diag) MUST_CHECK;
#endif
