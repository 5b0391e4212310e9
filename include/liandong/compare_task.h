/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_task - what `compare` works on; for sim/commands/compare*.c only.
 *
 * The worlds of the command line are made first, with the placebo of --placebo KEY=VALUE behind them.  Companions follow from what
 * those found, and are made against the base in a second job (of shards: once all of the first are together, by a plan;
 * companion_plan.h): for each variant the same money as lump-sum grants, a placebo
 * that re-keys the matching luck of as many enterprises as the variant reaches, and the variant at each share of --saturation. */
#ifndef LIANDONG_COMPARE_TASK_H
#define LIANDONG_COMPARE_TASK_H
#include <liandong/command.h>
#include <liandong/compare.h>
#include <liandong/comparison.h>
#include <liandong/fates.h>
#include <liandong/recall.h>
#include <liandong/scenario.h>
#include <liandong/settings.h>
#include <liandong/spending.h>
#include <liandong/strata.h>
#include <liandong/switched.h>
#include <liandong/telling.h>
#include <liandong/worlds.h>

enum { FIGURES_MOST = 16, NUMBER_ROOM = 40, NAME_ROOM = 128, COMPANION_ROOM = 32, SIZE_ROOM = 320, SHARES_MOST = 16 };
enum task_table {
    TABLE_FIGURES,
    TABLE_FATES,
    TABLE_WHO,
    TABLE_LUMP_SUM,
    TABLE_SATURATION,
    TABLE_DIRECT,
    TABLE_OFFICE,
    N_TASK_TABLES
};

/* What --equal-cost makes equal. */
enum task_cost { COST_UNSAID, COST_PAID, COST_SPENDING, COST_NET, N_TASK_COSTS };

struct compare_options {
    const char *out, *seed, *months, *rank;
    const char *figure[FIGURES_MOST], *size[COMPARE_MOST];
    size_t n_figures, n_sizes;
    double equal_cost; /* 0: sizes are left as they are */
    enum task_cost cost;
    long runs, threads, runoff, resamples, shard, shards;
    double confidence;
    bool no_cache, rows, coupling, no_lump_sum;
    enum task_table table;
    bool office;         /* --office */
    long office_lag;     /* months */
    double office_floor; /* yuan */
    const char *placebo; /* a setting, "nudge", "none", or NULL: one that re-keys, for each variant */
    double share[SHARES_MOST];
    size_t n_shares;        /* of --saturation */
    const char *instrument; /* whose saturation; NULL: all that the variant switches */
    long direct;            /* enterprises a run looked at alone; 0: none */
};
/* The options, for argp, and how one of them is taken (sim/commands/compare_options.c); NULL, or what would be right. */
extern const struct argp_option compare_own_options[];
const char *compare_take(void *to, int key, const char *value);

/* Why a world is made. */
enum task_role { ROLE_POLICY, ROLE_GIVEN_PLACEBO, ROLE_LUMP_SUM, ROLE_PLACEBO, ROLE_SATURATION };
struct task_world {
    enum task_role role;
    size_t variant;       /* whose companion it is; 0: nobody's */
    double share;         /* of enterprises: re-keyed, or admitted */
    struct settings more; /* what it has beside its scenario */
    bool switches, ends;  /* policies: stand here and not so in the base; stand there only */
    uint64_t lines[MAX_LINES /
                   64]; /* instances that it switches; of the base, those that any world ends or sets otherwise */
};

/* What the instruments that a variant switches pay and are owed net, beyond the base; or why `spending` stands in for it. */
enum money_basis { MONEY_OWN, MONEY_NO_POLICY, MONEY_NO_LINE, MONEY_PURSE };
struct task_money {
    bool known;
    enum money_basis basis;
    const char *purse; /* of MONEY_PURSE: an instrument whose money results do not hold by instance */
    struct paired d;   /* by the last month, in yuan */
};

/* One enterprise that a variant reaches, in three worlds: the base, the variant, and one in which it alone is admitted. */
enum { IN_BASE, IN_VARIANT, IN_ALONE, N_DIRECT_WORLDS };
struct direct_sample {
    size_t variant;
    uint32_t run;
    struct identity who;
    struct fate_state in[N_DIRECT_WORLDS][FATE_HORIZONS];
};

/* What is compared, in the order of the command line. */
struct compare_task {
    const struct common *c;
    const struct compare_options *o;
    const struct recall *recalled;          /* NULL, or shards that `merge` gathered, with the scenarios */
    size_t n_worlds, n_first, n_all;        /* of the command line; with the given placebo; with the companions */
    struct scenario scenario[COMPARE_MOST]; /* n_all */
    size_t n_scenarios;                     /* read so far */
    struct task_world of[COMPARE_MOST];
    struct task_money money[COMPARE_MOST]; /* of variants, where the same money is granted or sizes are solved */
    char name[COMPARE_MOST][NAME_ROOM];
    char *out[COMPARE_MOST], *journal, *fates, *rows, *head;
    char *second_head; /* of shards of the second job */
    char *plan;        /* NULL, or the file that says which companions are still to be made */
    char *companions, *companions_journal, *direct; /* files */
    struct strata strata[2];                        /* of the first job and of the second */
    struct direct_sample *sample;                   /* by run, then variant */
    size_t n_sample;
    int32_t cohort;                     /* months after the start in which the first variant parts from the base */
    int32_t horizon[FATE_HORIZONS];     /* months since; 0: no more */
    char size[COMPARE_MOST][SIZE_ROOM]; /* "policies.risk_pool.capital=2e8", solved; "": as the scenario has it */
    struct paired solved[COMPARE_MOST]; /* what they cost, in the files of the worlds */
    int32_t months;                     /* before the run-off */
    struct expression figure[FIGURES_MOST];
    size_t n_figures;
    struct result result[COMPARE_MOST];
    bool is_open[COMPARE_MOST];
    struct compared *compared;     /* [figure][variant] */
    char *seen, *truth;            /* files of the office */
    struct compare_office *office; /* NULL unless --office; compare_office.c */
    double *difference;            /* [variant][run] of the figure by which variants are ranked */
};

/* World k as it is now set: with --set, --seed, --months, its size where one is solved, and the run-off. */
enum status task_read(struct compare_task *t, size_t k, struct scenario *to, struct diag *diag) MUST_CHECK;

/* Notes what worlds first ... n_all - 1 switch against the base, and the base against them. */
void task_note_switched(struct compare_task *t, size_t first);

/* One world of a request; out NULL: its file is not wanted. */
struct worlds_one task_world_of(const struct compare_task *t, size_t k, const char *out);

/* Runs of these worlds; nobody listens. */
struct worlds_request task_request(const struct compare_task *t, const struct worlds_one *world, size_t n,
                                   const char *journal);

/* --office: whose policies there are, for the request; what an office concludes, for the comparison's file (`group` is left as it
 * is without --office); and the table of it, all horizons or as text the longest. */
enum status task_office_rules(struct compare_task *t, struct worlds_request *request, struct diag *diag) MUST_CHECK;
enum status task_office(struct compare_task *t, struct comparison_group *group, struct diag *diag) MUST_CHECK;
enum status task_print_office(const struct compare_task *t, struct diag *diag) MUST_CHECK;
void task_free_office(struct compare_task *t);

/* --equal-cost: solves t->size of every variant and reads the variants again. */
enum status task_size(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag) MUST_CHECK;
/* What the search left of its tries is needed no more: the comparison stands. */
void task_size_done(const char *out);

/* Companions: what could not be made is refused before anything is (check); then, when the first worlds stand, planned, and made
 * or taken from shards.  Both jobs' counts of enterprises are then in t->strata.  Where the first job's shards were merged and
 * those of the second are still to be made, a plan of them is left instead, and t->plan names it.  COLLECTIVE (ranks.h). */
enum status companions_check(const struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status companions_make(struct compare_task *t, const char *out, struct telling *telling,
                            struct diag *diag) MUST_CHECK;
/* A shard of the second job, by the plan that t->recalled names. */
enum status companions_shard(struct compare_task *t, const char *out, struct telling *telling,
                             struct diag *diag) MUST_CHECK;
/* One more companion, behind the others; it gets its name. */
struct task_world *companion_add(struct compare_task *t, enum task_role role, size_t variant, double share);
/* An instrument that the variant switches and that acts on banks, too, whomever it admits; NULL: none. */
const char *task_steers(const struct compare_task *t, size_t variant, enum group group);

/* The companion of a variant; 0: it has none. */
size_t companion_of(const struct compare_task *t, enum task_role role, size_t variant);

enum status task_open(struct compare_task *t, size_t k, struct diag *diag) MUST_CHECK;

/* compare_money.c: what the variant's instruments pay, base and variant, noted in t->money (both freed by the caller in any case);
 * is it told from 0; a line about it. */
enum status task_money(struct compare_task *t, size_t variant, struct spent spent[2], struct diag *diag) MUST_CHECK;
bool task_money_told(const struct paired *d);
void task_money_print(const struct compare_task *t, size_t variant);
/* Of solved sizes: what each variant costs, to t->solved; a line about it; can all be told from 0, so that they cost the same? */
enum status task_solved(struct compare_task *t, struct diag *diag) MUST_CHECK;
void task_solved_print(const struct compare_task *t, size_t variant);
bool task_solved_told(const struct compare_task *t);
/* What a world costs as --cost reckons it for a variant, value[runs]; what that is of, as texts. */
enum status task_cost_values(const struct compare_task *t, size_t variant, const struct result *r, double *value,
                             struct diag *diag) MUST_CHECK;
enum status task_cost_key(const struct compare_task *t, size_t variant, struct settings *key,
                          struct diag *diag) MUST_CHECK;

/* What is printed, and OUT.VARIANT-against-lump-sum.h5. */
const char *task_number(double x, char text[NUMBER_ROOM]); /* NULL: none */
enum status task_print_figures(const struct compare_task *t, size_t rank, struct diag *diag) MUST_CHECK;
enum status task_print_coupling(const struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status task_print_fates(const struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status task_print_who(const struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status task_lump_sum(struct compare_task *t, const char *out, struct diag *diag) MUST_CHECK;
/* --direct: refused where a variant does more than switch policies on; takes in OUT.direct.h5, which the first job made; prints. */
enum status direct_check(const struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status direct_read(struct compare_task *t, struct diag *diag) MUST_CHECK;
enum status task_print_direct(const struct compare_task *t, struct diag *diag) MUST_CHECK;

enum status task_print_saturation(const struct compare_task *t, struct diag *diag) MUST_CHECK;
void task_print_end(const struct compare_task *t, const char *out);

/* "VARIANT-against-lump-sum" */
void task_against_name(const struct compare_task *t, size_t variant, char name[NAME_ROOM + COMPANION_ROOM]);

/* Writes the table of some worlds against the first of them, with a further one unless group is NULL. */
enum status task_write(const struct compare_task *t, const char *path, const size_t *which, size_t n,
                       const struct compared *compared, const struct comparison_group *group,
                       struct diag *diag) MUST_CHECK;
#endif
