/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_task - what `sweep` works on; for sim/commands/sweep*.c only. */
#ifndef LIANDONG_SWEEP_TASK_H
#define LIANDONG_SWEEP_TASK_H
#include <liandong/command.h>
#include <liandong/design.h>
#include <liandong/expression.h>
#include <liandong/journal.h>
#include <liandong/recall.h>
#include <liandong/results.h>
#include <liandong/scenario.h>
#include <liandong/settings.h>
#include <liandong/sha256.h>
#include <liandong/telling.h>

enum { FIGURES_MOST = 16, VALUES_MOST = 100, SWEEP_TEXT = 512, POINTS_MOST = 1000000, RUNS_MOST = 10000000 };
enum sweep_design { GRID, LATIN, SOBOL, SALTELLI, SALTELLI_PAIRS, N_SWEEP_DESIGNS };
extern const char *const sweep_designs[N_SWEEP_DESIGNS]; /* as --design has them */

struct sweep_axis {
    char name[256], key[256], from[8]; /* KEY@MONTH as it was given, and its parts; from "": all the time */
    const struct param_desc *desc;
    bool range; /* low ... high, in `levels` steps (of a grid) */
    bool whole; /* months, counts */
    double low, high;
    size_t levels;
    char value[VALUES_MOST][64];
};
struct sweep_options {
    const char *out, *seed, *months;
    const char *vary[DESIGN_AXES], *figure[FIGURES_MOST];
    size_t n_axes, n_figures;
    long runs, threads, points, shard, shards;
    enum sweep_design design;
    bool no_cache;
};
struct sweep {
    const struct common *c;
    const struct sweep_options *o;
    const struct recall *recalled; /* NULL, or shards that `merge` gathered */
    const char *out;
    struct sweep_axis axis[DESIGN_AXES];
    size_t points;
    size_t *level; /* of a grid */
    double *unit;  /* of the others */
    struct expression figure[FIGURES_MOST];
    size_t n_figures;
    struct scenario base;
    char *text;     /* of the base, then the design: what the file says of itself */
    char *key_text; /* what the journal belongs to: behind what a shard says before it */
    char *journal_path;
    char build[256], title[SWEEP_TEXT];
    struct journal journal; /* record run x points + point: the figures of one run at one point */
    struct shards shards;   /* where the records lie: that journal, or those given */
    double *value;          /* [figure][run] of the runs just made at a point */
};

/* Every error of parameters, figures and points before anything is run. */
enum status sweep_prepare(struct sweep *s, struct diag *diag) MUST_CHECK;
/* Opens the journal, at rank 0 its file. */
enum status sweep_open(struct sweep *s, struct diag *diag) MUST_CHECK;
/* The records are those of the shards that `merge` gathered. */
enum status sweep_gathered(struct sweep *s, struct diag *diag) MUST_CHECK;
/* Makes the runs that the journal lacks: the first few runs at all points, then the next few, so that when it is stopped every
 * point has about as many.  How few: as many as there are threads, and more where a point takes no time.  COLLECTIVE. */
enum status sweep_run(struct sweep *s, struct diag *diag) MUST_CHECK;
/* Runs that every point has, of those that are to be in this journal. */
uint32_t sweep_balanced(const struct sweep *s);
/* An option --vary; `at` is its place.  FAILED: no such parameter, or values that it does not take. */
enum status sweep_axis_read(struct sweep_axis *a, const char *text, enum sweep_design design, struct place at,
                            struct diag *diag) MUST_CHECK;
/* The value of a parameter at a point, as a scenario has it; as a number (money in yuan, switches 0 or 1, choices by their place in
 * the list); as a setting. */
void sweep_value(const struct sweep *s, size_t point, size_t axis, char *text, size_t size);
double sweep_number(const struct sweep *s, size_t point, size_t axis);
void sweep_setting(const struct sweep *s, size_t point, size_t axis, struct settings *to);
/* The figures of one run there. */
enum status sweep_figures(const struct sweep *s, size_t point, uint32_t run, double *figure,
                          struct diag *diag) MUST_CHECK;

/* A row for each point and run; means by point on stdout. */
enum status sweep_write(const struct sweep *s, struct diag *diag) MUST_CHECK;
enum status sweep_print(const struct sweep *s, struct diag *diag) MUST_CHECK;
#endif
