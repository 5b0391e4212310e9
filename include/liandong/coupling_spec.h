/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_spec - the specification of `liandong coupling`: a YAML text to subsystems, indicators and options, every error with
 * its place.  Format: docs/coupling.md. */
#ifndef LIANDONG_COUPLING_SPEC_H
#define LIANDONG_COUPLING_SPEC_H
#include <liandong/ccd.h>
#include <liandong/yaml_tree.h>

enum follow_up {
#define FOLLOW_UP(id, name, en, zh) FOLLOW_##id,
#include <liandong/follow_ups.def>
    FOLLOW_UPS
};
extern const struct ccd_choice follow_ups[FOLLOW_UPS];

enum spec_missing { MISSING_ERROR, MISSING_DROP, MISSING_INTERPOLATE };
enum spec_constant { CONSTANT_ERROR, CONSTANT_DROP };
enum spec_neighbours {
    NEIGHBOURS_NONE,
    NEIGHBOURS_CONTIGUITY,
    NEIGHBOURS_DISTANCE,
    NEIGHBOURS_ECONOMIC,
    NEIGHBOURS_MATRIX
};

struct spec_subsystem {
    const char *name;
    struct place at;
    double weight;
    bool has_weight;
};
struct spec_indicator {
    const char *column;
    struct place at;
    bool has_weight, has_bounds;
};
struct spec_group {
    const char *name;
    const struct node *members; /* a list of units */
};
enum { SPEC_CLASSES = 32 };

struct coupling_spec {
    const char *file;
    char *text;
    struct yaml_tree tree;
    size_t n_subsystems, n_indicators;
    struct spec_subsystem subsystem[CCD_SUBSYSTEMS];
    struct spec_indicator *indicator; /* [n_indicators] */
    struct ccd_indicator *of;         /* [n_indicators] */
    double share[CCD_SUBSYSTEMS];
    bool has_shares; /* subsystem_weights was written */
    struct ccd_options options;
    enum spec_missing missing;
    enum spec_constant constant;
    struct ccd_class own[SPEC_CLASSES];
    struct ccd_class_table own_table;
    const struct ccd_class_table *stages, *relative; /* of C, of E = Ui / Uj */
    const char *unit, *year;                         /* names of the columns, or NULL */
    const struct node *reference;                    /* a panel whose bounds and weights hold, or NULL */
    bool follow[FOLLOW_UPS];
    const struct node *groups; /* a map of lists, or the name of a column, or NULL */
    struct {
        enum spec_neighbours kind;
        const struct node *file; /* of places, pairs or the matrix */
        const char *by;          /* ECONOMIC: column */
        double power;
        bool as_given; /* rows are not divided by their sums */
        size_t permutations;
    } spatial;
    size_t markov_classes; /* by quantiles; 0: own or shipped cuts */
    size_t steps;          /* of the forecast */
};

/* FAILED: errors in the text; all are noted.  The caller frees the spec in any case. */
enum status spec_read(struct coupling_spec *spec, const char *file, struct diag *diag) MUST_CHECK;
void spec_free(struct coupling_spec *spec);
/* A file named in the spec: beside the spec, else from the current folder; freed by the caller, NULL without memory. */
char *spec_path(const struct coupling_spec *spec, const char *name);
#endif
