/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate - one run: a season, unmeasured, then the measured months, to a record. */
#ifndef LIANDONG_SIMULATE_H
#define LIANDONG_SIMULATE_H
#include <liandong/cache.h>
#include <liandong/engine.h>
#include <liandong/fates.h>
#include <liandong/office.h>
#include <liandong/sample.h>
#include <signal.h>

/* What all runs of an ensemble share.  Nothing in it decides about the bytes of a record but the setup and its seed. */
struct simulation {
    const struct setup *setup;
    const struct record_layout *layout;
    uint32_t first, step; /* run r of the ensemble has the luck of run first + r * step (0: 1) */
    struct cache *cache;  /* NULL: every run lives through its own burn-in */
    double panel;         /* share of enterprises sampled each month; 0: none */
    bool claims;
    const int32_t *horizon; /* [FATE_HORIZONS]: what happens to each enterprise is noted until then; NULL: it is not */
    int32_t cohort;         /* months after the start in which those are taken who are followed */
    bool fate_rows;         /* and a row for each, too */
    const uint64_t *lines;  /* whose support is noted: fates.h */
    uint32_t alone; /* so many enterprises that this world reaches are admitted alone: direct.h.  Only with a horizon */
    const struct office_rule *office;  /* and what an office sees of them; NULL: there is none.  Only with a horizon */
    const volatile sig_atomic_t *stop; /* not NULL and not 0: stop after this month */
    void (*passed)(void *to, int32_t months); /* months that a run has behind it; may be NULL; called by any thread */
    void *to;
};

/* What one run leaves. */
struct run_output {
    struct run_record record;
    struct sample panel, claims;
    struct fates fates;
    struct office office;
    struct sample seen, truth; /* rows of the office */
    struct sample direct;      /* of those admitted alone */
};
enum status run_output_init(struct run_output *out, const struct simulation *s, struct diag *diag) MUST_CHECK;
void run_output_free(struct run_output *out);

/* A world just before `start`: out of the cache, or lived through (and then put into the cache).  INTERRUPTED: told to stop.
 * On anything but OK the world is freed. */
enum status simulate_season(struct world *w, const struct simulation *s, uint32_t run, int32_t threads,
                            struct diag *diag) MUST_CHECK;

/* A whole run.  VERDICT_BAD: a month did not balance; the message names phase, region and tile. */
enum status simulate_run(const struct simulation *s, uint32_t run, int32_t threads, struct run_output *out,
                         struct diag *diag) MUST_CHECK;
#endif
