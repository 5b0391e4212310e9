/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_worlds - `liandong coupling RESULT.h5`: coupling coordination of the outcomes of simulated worlds, with bounds and
 * weights of one reference ensemble, and paired with the same worlds under other settings. */
#ifndef LIANDONG_COUPLING_WORLDS_H
#define LIANDONG_COUPLING_WORLDS_H
#include <liandong/ccd_worlds.h>
#include <liandong/coupling_tables.h>
#include <liandong/outcomes.h>

struct worlds_options {
    const char *result, *reference, *cut, *against; /* files; all but the first may be NULL */
    const char *out, *table;
    const char *then;    /* NULL, or a table that is printed, too, below the other */
    const char *weights; /* a name of ccd_weightings but given; NULL: entropy */
    int digits;
    bool spending;
};

/* One result.  Rows are (run, region, year), the year running fastest. */
struct world_set {
    const char *path;
    char *digest;
    int64_t seed;
    struct outcomes of;
    struct ccd_result result; /* with bounds and weights of the reference */
    size_t *below, *above;    /* [m] values outside of the bounds */
};
enum world_role { WORLD_RESULT, WORLD_REFERENCE, WORLD_CUT, WORLD_AGAINST, WORLD_ROLES };
enum worlds_state { INDICATOR_USED, INDICATOR_LACKING, INDICATOR_CONSTANT };

struct worlds {
    struct coupling_case look; /* format and digits of tables; nothing else of it is used */
    struct world_set set[WORLD_ROLES];
    bool has[WORLD_ROLES];
    const struct world_set *reference; /* set[WORLD_REFERENCE], or the result itself */
    size_t runs, regions, years, rows; /* of the result */
    size_t s, m;                       /* subsystems and indicators: the first m of outcome_table */
    enum worlds_state *state;          /* [m] */
    struct ccd_indicator *indicator;   /* [m] with the bounds and weights of the reference */
    double share[OUTCOME_SUBSYSTEMS];
    struct ccd_options options;
    enum ccd_weighting weighting;     /* by which the reference gave the weights */
    double *permuted;                 /* [rows] C of permuted indices */
    double *causal;                   /* [rows] D - D of CUT */
    double *change, *from_t, *from_c; /* [rows] against AGAINST */
    double *carried;                  /* [rows][m] Shapley values of the change */
    double *scratch;                  /* [runs] */
};
const char *worlds_subsystem(size_t s);
const char *worlds_subsystem_zh(size_t s);
/* The file without its folders. */
const char *worlds_name(const char *path);

enum status worlds_make(struct worlds *w, const struct worlds_options *o, struct diag *diag) MUST_CHECK;
void worlds_free(struct worlds *w);
/* Over the runs: column k of value[rows][width], of one region, or of the mean of all for region = w->regions. */
struct ccd_spread worlds_spread(const struct worlds *w, const double *value, size_t width, size_t k, size_t region,
                                size_t year);

typedef void (*worlds_fill_fn)(struct coupling_table *t, const struct worlds *w);
struct worlds_table {
    const char *name, *en, *zh;
    worlds_fill_fn fill;
    enum world_role needs; /* WORLD_RESULT: nothing else */
    bool in_file;          /* what it says stands in OUT.h5, too */
};
extern const struct worlds_table worlds_tables[];
extern const size_t n_worlds_tables;
void worlds_notes(struct coupling_table *t, const struct worlds *w);
enum status worlds_file_write(const char *path, const struct worlds *w, struct diag *diag) MUST_CHECK;

/* The whole command. */
enum status worlds_command(const struct common *c, const struct worlds_options *o, struct diag *diag) MUST_CHECK;
#endif
