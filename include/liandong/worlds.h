/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worlds - several scenarios lived through with the same luck: a result file for each, out of one journal.
 *
 * Run r of one world and run r of another share every draw that both of them make, because draws are keyed by seed, run,
 * identity, month and purpose.  Their files are those that `run` makes of each scenario alone, byte for byte. */
#ifndef LIANDONG_WORLDS_H
#define LIANDONG_WORLDS_H
#include <liandong/assemble.h>
#include <liandong/reading.h>
#include <liandong/run.h>

struct worlds_one {
    const struct scenario *scenario;
    const char *name;      /* in messages */
    const char *out;       /* its result file; NULL: it is not wanted */
    const uint64_t *lines; /* instances whose support of enterprises is noted; NULL: all */
    uint32_t alone;        /* so many enterprises that it reaches are admitted alone in each run (direct.h) */
};
struct worlds_request {
    const struct worlds_one *world; /* [n]; the first is what the others are compared with */
    size_t n;
    const char *journal; /* where finished runs are kept until all files stand; NULL: in memory, for `take` */
    const char *fates;   /* NULL, or the file of what happened to each enterprise (fates.h) */
    const char *rows;    /* NULL, or the file with a row for each enterprise and horizon */
    /* NULL, or one for each world (office.h): what an office sees goes to `seen`, what is to `truth`.  Only with `fates`. */
    const struct office_rule *office;
    const char *seen, *truth;
    const char *direct;         /* NULL, or the file of those admitted alone.  Only with `fates` */
    int32_t cohort;             /* months after the start in which those are taken whom it is about */
    int32_t horizon[3];         /* months since for it, rising; 0: no more */
    uint32_t first, step, runs; /* runs first, first + step (0: 1) ... of the ensemble; in their files 0 ... runs - 1 */
    uint32_t shard, shards;     /* 0, 0: all runs; else `journal` is that shard, and no other file is made */
    const char *head;           /* NULL, or what a shard says before the scenarios */
    const struct shards *gathered; /* NULL, or where all runs lie: nothing is simulated, the files are written anew */
    int32_t threads;               /* 0: as many as there are processors */
    bool quiet, no_cache;
    const volatile sig_atomic_t *stop;   /* NULL, or set by a signal: stop after this month */
    const struct run_listener *listener; /* NULL: nobody */
    /* NULL, or who is handed the result of each world, at rank 0, in place of files: nothing is written, and nothing is left of a
     * request that is stopped.  For worlds of which only some numbers are wanted. */
    enum status (*take)(void *to, size_t world, const struct result *r, struct diag *diag);
    void *to;
};

/* All files stand when this returns OK; if they stood already, nothing is done.  FAILED: the worlds do not begin in the same
 * month, last as long, have the same regions and the same seed; INTERRUPTED: the journal stands, and holds every world as
 * often as the others. */
enum status worlds_pair(const struct worlds_request *request, struct diag *diag) MUST_CHECK;

/* Scenario k of the text of such a journal (behind its head): a part of `text`; NULL: there is none. */
const char *worlds_scenario(const char *text, size_t k, size_t *size);

/* Bytes of the scenario_text with which this text begins. */
size_t worlds_scenario_size(const char *text);
#endif
