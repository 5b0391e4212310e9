/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run - an ensemble, from a scenario to its files: founders solved, journal, runs that are missing, assembly. */
#ifndef LIANDONG_RUN_H
#define LIANDONG_RUN_H
#include <liandong/diag.h>
#include <liandong/scenario.h>
#include <signal.h>

/* Who is told how it goes.  say: one line, without an end of line. */
struct run_listener {
    void (*say)(void *to, const char *text);
    void (*progress)(void *to, uint64_t done, uint64_t all);
    void *to;
};

struct run_request {
    const struct scenario *scenario; /* with seed, months and settings as its uppermost layers */
    const char *out;                 /* OUT.h5 */
    uint32_t runs;
    int32_t threads;               /* 0: as many as there are processors */
    uint32_t shard, shards;        /* 0, 0: all runs and their files; else `out` is the journal of this shard */
    const struct shards *gathered; /* NULL, or where all runs lie: nothing is simulated, the files are written anew */
    double panel;                  /* share of enterprises in OUT.panel.h5; 0: none */
    bool claims;                   /* OUT.claims.h5 */
    bool detail;                   /* series of detail, too */
    bool quiet;                    /* nobody listens */
    bool anew;                     /* even if a finished result of these runs stands there */
    bool no_cache;                 /* every world lives through its own burn-in */
    const volatile sig_atomic_t *stop;   /* NULL, or set by a signal: stop after this month */
    const struct run_listener *listener; /* NULL: nobody */
};

struct shards;

/* The files stand under their final names when this returns OK; a finished result of the same runs is left as it is.
 * INTERRUPTED: the journal (OUT.h5.journal) stands, and the same request goes on from there.
 * VERDICT_BAD: a month did not balance; there is no file. */
enum status run_file(const struct run_request *request, struct diag *diag) MUST_CHECK;
/* What of a request stands in the settings of its journal (panel, claims, detail), read back; false: another kind of journal. */
bool run_settings_read(const char *text, struct run_request *q);
#endif
