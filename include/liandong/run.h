/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run - an ensemble, from a scenario to its files: journal, runs that are missing, assembly. */
#ifndef LIANDONG_RUN_H
#define LIANDONG_RUN_H
#include <liandong/diag.h>
#include <liandong/scenario.h>

struct run_request {
    const struct scenario *scenario; /* with seed, months and settings as its uppermost layers */
    const char *out;                 /* OUT.h5, or with shards > 1 the name of the shard's journal */
    uint32_t runs;
    int32_t threads;        /* 0: as many as there are processors */
    uint32_t shard, shards; /* 1, 1: all runs */
    double panel;           /* share of enterprises in OUT.panel.h5; 0: none */
    bool claims;            /* OUT.claims.h5 */
    bool detail;            /* series of detail, too */
    bool quiet;             /* no progress */
    bool anew;              /* even if a finished result of these runs stands there */
};

/* The files stand under their final names when this returns OK; a finished result of the same runs is left as it is.
 * INTERRUPTED: the journal stands, and the same request goes on from there. */
enum status run_file(const struct run_request *request, struct diag *diag) MUST_CHECK;
#endif
