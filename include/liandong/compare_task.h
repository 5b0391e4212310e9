/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_task - what `compare` works on; for sim/commands/compare.c and task.c only. */
#ifndef LIANDONG_COMPARE_TASK_H
#define LIANDONG_COMPARE_TASK_H
#include <liandong/command.h>
#include <liandong/compare.h>
#include <liandong/comparison.h>
#include <liandong/fates.h>
#include <liandong/scenario.h>
#include <liandong/telling.h>
#include <liandong/worlds.h>

enum { FIGURES_MOST = 16, NUMBER_ROOM = 40, NAME_ROOM = 96, SIZE_ROOM = 320 };

struct compare_options {
    const char *out, *seed, *months, *rank;
    const char *figure[FIGURES_MOST], *size[COMPARE_MOST];
    size_t n_figures, n_sizes;
    double equal_cost; /* 0: sizes are left as they are */
    bool cost_is_spending;
    long runs, threads, runoff, resamples;
    double confidence;
    bool no_cache, fates_table, rows, coupling;
    bool office, office_table; /* --office; --table office */
    long office_lag;           /* months */
    double office_floor;       /* yuan */
    const char *placebo;       /* a setting, "none", or NULL: a nudge */
};

/* What is compared, in the order of the command line. */
struct compare_task {
    const struct common *c;
    const struct compare_options *o;
    size_t n_worlds, n_all;                 /* the placebo stands behind the worlds that are compared */
    struct scenario scenario[COMPARE_MOST]; /* n_all */
    size_t n_scenarios;                     /* read so far */
    char name[COMPARE_MOST][NAME_ROOM];
    char *out[COMPARE_MOST], *journal, *fates, *rows;
    int32_t horizon[FATE_HORIZONS];     /* 0: no more */
    char size[COMPARE_MOST][SIZE_ROOM]; /* "policies.risk_pool.capital=2e8", solved; "": as the scenario has it */
    double solved_cost[COMPARE_MOST];
    int32_t months; /* before the run-off */
    struct expression figure[FIGURES_MOST];
    size_t n_figures;
    struct result result[COMPARE_MOST];
    size_t n_results;
    struct compared *compared;     /* [figure][variant] */
    char *seen, *truth;            /* files of the office */
    struct compare_office *office; /* NULL unless --office; compare_office.c */
    double *difference;            /* [variant][run] of the figure by which variants are ranked */
};

/* World k as it is now set: with --set, --seed, --months, its size where one is solved, and the run-off. */
enum status task_read(struct compare_task *t, size_t k, struct scenario *to, struct diag *diag) MUST_CHECK;

/* Runs of these worlds; nobody listens. */
struct worlds_request task_request(const struct compare_task *t, const struct worlds_one *world, size_t n,
                                   const char *journal);

/* What happened to each enterprise: a table of all variants and horizons, or the longest horizon as text. */
enum status task_print_fates(const struct compare_task *t, struct diag *diag) MUST_CHECK;

/* --office: whose policies there are, for the request; what an office concludes, for the comparison's file (`group` is left as it
 * is without --office); and the table of it, all horizons or as text the longest. */
enum status task_office_rules(struct compare_task *t, struct worlds_request *request, struct diag *diag) MUST_CHECK;
enum status task_office(struct compare_task *t, struct comparison_group *group, struct diag *diag) MUST_CHECK;
enum status task_print_office(const struct compare_task *t, struct diag *diag) MUST_CHECK;
void task_free_office(struct compare_task *t);

/* --equal-cost: solves t->size of every variant and reads the variants again. */
enum status task_size(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag) MUST_CHECK;
#endif
