/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd - degree of coupling coordination of n subsystems (耦合协调度): indicators to x', weights, indices U, coupling degree C,
 * development T, degree of coordination D = sqrt(C T), its class, who leads, what obstructs.
 *
 * Functions of arrays: no files, nothing that can change.  Arrays are row-major; a row is one unit in one year, n rows; a
 * column is an indicator, m columns; S subsystems.  Formulas: ccd.def (each is printed with what it made); sources and
 * traps: docs/coupling.md.  What cannot be calculated is NAN. */
#ifndef LIANDONG_CCD_H
#define LIANDONG_CCD_H
#include <liandong/diag.h>
#include <stdbool.h>

enum { CCD_SUBSYSTEMS = 16 }; /* at most */

enum ccd_direction {
#define DIRECTION(id, name, formula, en, zh) CCD_##id,
#include <liandong/ccd.def>
    CCD_DIRECTIONS
};
enum ccd_scope {
#define SCOPE(id, name, formula, en, zh) CCD_SCOPE_##id,
#include <liandong/ccd.def>
    CCD_SCOPES
};
enum ccd_zeros {
#define ZEROS(id, name, amount, formula, en, zh) CCD_ZEROS_##id,
#include <liandong/ccd.def>
    CCD_ZEROS
};
enum ccd_weighting {
#define WEIGHTING(id, name, formula, en, zh) CCD_WEIGHTS_##id,
#include <liandong/ccd.def>
    CCD_WEIGHTINGS
};
enum ccd_shares {
#define SHARES(id, name, formula, en, zh) CCD_SHARES_##id,
#include <liandong/ccd.def>
    CCD_SHARES
};
enum ccd_coupling {
#define COUPLING(id, name, right, least, formula, en, zh) CCD_##id,
#include <liandong/ccd.def>
    CCD_COUPLINGS
};
enum ccd_combination {
#define COMBINATION(id, name, right, formula, en, zh) CCD_T_##id,
#include <liandong/ccd.def>
    CCD_COMBINATIONS
};
enum ccd_degree {
#define DEGREE(id, name, right, formula, en, zh) CCD_D_##id,
#include <liandong/ccd.def>
    CCD_DEGREES
};
enum ccd_obstacle {
#define OBSTACLE(id, name, formula, en, zh) CCD_OBSTACLE_##id,
#include <liandong/ccd.def>
    CCD_OBSTACLES
};

/* One line of a list. */
struct ccd_choice {
    const char *name, *formula, *en, *zh;
    bool right;    /* false: known to be wrong, only recognised */
    double amount; /* of zeros: the default amount; of couplings: the least n */
};
extern const struct ccd_choice ccd_directions[CCD_DIRECTIONS], ccd_scopes[CCD_SCOPES], ccd_zeros[CCD_ZEROS],
    ccd_weightings[CCD_WEIGHTINGS], ccd_shares[CCD_SHARES], ccd_couplings[CCD_COUPLINGS],
    ccd_combinations[CCD_COMBINATIONS], ccd_degrees[CCD_DEGREES], ccd_obstacles[CCD_OBSTACLES];

/* ---- normalisation -------------------------------------------------------------------------------------------------- */
struct ccd_bounds {
    double least, most;
};
struct ccd_indicator {
    size_t subsystem;
    enum ccd_direction direction;
    double low, high;         /* CENTRED: both m; INTERVAL: a and b */
    double weight;            /* of GIVEN weights; 0: dropped, whatever the weights */
    struct ccd_bounds bounds; /* of CCD_SCOPE_FIXED */
    bool dropped;             /* not used: weight 0 and no obstacle */
};

/* Rows in groups: all (one group), years, or units. */
struct ccd_rows {
    size_t n, m;
    const double *value; /* [n][m] */
    const size_t *group; /* [n], below n_groups; NULL: one group */
    size_t n_groups;
};

/* Least and greatest value of each indicator in each group: bounds[n_groups][m]. */
void ccd_bounds_find(const struct ccd_rows *rows, struct ccd_bounds *bounds);

/* Whether x' is the same for all values within the bounds, so that it says nothing (min-max: 0 / 0). */
bool ccd_is_constant(const struct ccd_indicator *indicator, struct ccd_bounds bounds);

struct ccd_range {
    double low, high; /* what x' = 0 and x' = 1 are mapped on; [0, 1] */
    enum ccd_zeros zeros;
    double amount; /* of ZEROS */
};
/* x' of one value, by ccd.def.  Outside the bounds it is cut off at their ends and *outside counts one more. */
double ccd_normal(const struct ccd_indicator *indicator, struct ccd_bounds bounds, const struct ccd_range *range,
                  double x, size_t *outside);

/* ---- weights ---------------------------------------------------------------------------------------------------------
 * Of the columns of `rows` (all one group; x' >= 0), into w[m], sum 1.  One column alone weighs 1.  False: they do not exist
 * (fewer than 2 rows; no column varies; CRITIC of columns that all move together). */

/* Entropy e of one column, in [0, 1]; floor: share that stands for 0, or 0 for 0 ln 0 = 0. */
double ccd_entropy(const struct ccd_rows *rows, size_t column, double floor);
bool ccd_weights_entropy(const struct ccd_rows *rows, double floor, double *w);
bool ccd_weights_critic(const struct ccd_rows *rows, double *w);
bool ccd_weights_cv(const struct ccd_rows *rows, double *w);
struct ccd_weigher {
    enum ccd_weighting method; /* not GIVEN */
    double alpha;              /* of ENTROPY_CRITIC: part of entropy */
    double floor;
};
bool ccd_weights_find(const struct ccd_rows *rows, const struct ccd_weigher *how, double *w);

/* ---- coupling, development, coordination: of one row of n >= 2 indices in [0, 1] ------------------------------------- */

/* C.  All indices 0: 0, by convention (most formulas are 0 / 0 there).  power: k of LIAO; others do not look at it. */
double ccd_couple(enum ccd_coupling formula, const double *u, size_t n, double power);
/* T; share[n] of T_SHARED only. */
double ccd_combine(enum ccd_combination how, const double *u, const double *share, size_t n);
/* D of C and T. */
double ccd_degree_of(enum ccd_degree how, double c, double t);
/* Which index is the greatest; n if the greatest two are equal. */
size_t ccd_leader(const double *u, size_t n);
/* Maps a column on [low, high] by its least and greatest value within each group; a constant column stays as it is. */
void ccd_rescale(double *u, size_t n, size_t stride, const size_t *group, struct ccd_bounds to);

/* ---- classes --------------------------------------------------------------------------------------------------------- */
struct ccd_class {
    double from;
    const char *en, *zh;
};
struct ccd_class_table {
    const char *name, *en, *zh;
    char classes; /* what: 'D', 'C', or 'E' = Ui / Uj */
    double most;
    size_t n;
    const struct ccd_class *of; /* [n], rising; of[0].from is the least value */
};
extern const struct ccd_class_table ccd_class_tables[];
extern const size_t n_ccd_class_tables;
const struct ccd_class_table *ccd_class_table_find(const char *name);

/* Index of the class of x.  closed_above false: classes are [a, b), the last [a, most]; true: (a, b], the first [0, b].  What is
 * within 1e-12 of an end is at that end, so that rounding does not decide.  Beyond both ends: the outer class; NAN: table->n. */
size_t ccd_classify(const struct ccd_class_table *table, bool closed_above, double x);

/* ---- the whole ------------------------------------------------------------------------------------------------------- */
struct ccd_system {
    size_t n_subsystems, n_indicators;
    const struct ccd_indicator *indicator; /* [n_indicators]; an INDEX indicator is alone in its subsystem */
    const double *share;                   /* [n_subsystems], sum 1; of CCD_SHARES_GIVEN */
};
struct ccd_panel {
    size_t n, n_units, n_years;
    const size_t *unit, *year; /* [n] */
    const double *x;           /* [n][n_indicators], finite */
};
struct ccd_options {
    enum ccd_scope scope;
    struct ccd_range range;
    bool rescale_index;
    struct ccd_bounds rescale_to; /* [0, 1] */
    enum ccd_weighting weighting;
    double alpha;
    bool per_year; /* weights of each year instead of those of the panel */
    bool over_all; /* weights over all indicators together, then divided by the sum of the subsystem's */
    enum ccd_shares shares;
    enum ccd_coupling coupling;
    double power;
    const struct ccd_class_table *classes;
    bool closed_above;
    enum ccd_obstacle obstacle;
};
/* Options as most papers have them: pooled min-max on [0, 1], pooled entropy weights within subsystems, equal shares, the
 * standard coupling degree, ten classes [a, b). */
struct ccd_options ccd_usual(void);

struct ccd_result {
    size_t n, m, s, n_weights; /* n_weights: 1, or n_years with per_year */
    double *normal;            /* [n][m] x' */
    double *weight;            /* [n_weights][m], sum 1 within each subsystem */
    double *share;             /* [n_weights][s] */
    double *u;                 /* [n][s] */
    double *c, *t, *d;         /* [n] */
    size_t *class_of, *leader; /* [n]; leader s: none */
    double *obstacle;          /* [n][m] */
    size_t outside;            /* values beyond fixed bounds, cut off at them */
};
/* Why there is no result. */
enum ccd_fault { CCD_GOOD, CCD_NO_MEMORY, CCD_CONSTANT, CCD_NO_WEIGHTS, CCD_NO_SHARES };
struct ccd_trouble {
    enum ccd_fault fault;
    size_t where; /* indicator (CONSTANT), subsystem or n_subsystems for all together (NO_WEIGHTS) */
    size_t group; /* of the scope (CONSTANT), year (NO_WEIGHTS) */
};
/* The caller frees the result in any case. */
struct ccd_trouble ccd_evaluate(const struct ccd_system *system, const struct ccd_panel *panel,
                                const struct ccd_options *options, struct ccd_result *result);
void ccd_result_free(struct ccd_result *result);

/* Holds the bounds, weights and shares of a reference panel fixed for others: fills bounds and weight of each indicator, and
 * share[S].  `result` is that of the reference, with one set of weights.  Use with scope FIXED, weights GIVEN, shares GIVEN. */
void ccd_fix(const struct ccd_panel *reference, const struct ccd_result *result, struct ccd_indicator *indicator,
             double *share);

/* Obstacle degree of each indicator of one row: o[m].  f[m] = weight of the indicator x weight of its subsystem.  Shares of a
 * row where every x' = 1 are NAN. */
void ccd_obstruct(enum ccd_obstacle how, const double *normal, const double *f, size_t m, double *o);
#endif
