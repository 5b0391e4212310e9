/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario - files in YAML, in layers, to a setup.
 *
 * A scenario is its own text over the texts it names with `base:`, any number deep, over the defaults; settings of a command
 * line (--set) are one more layer each.  Every value keeps its layer, line and column. */
#ifndef LIANDONG_SCENARIO_H
#define LIANDONG_SCENARIO_H
#include <liandong/setup.h>

struct layer {
    char *name; /* "guangzhou"; "--set" for the settings of a command line, one a line */
    char *path; /* as messages print it */
    char *text;
    size_t size;
};
struct scenario {
    struct setup setup;
    size_t n_layers;
    struct layer *layer; /* lowest first */
};

/* name_or_path: a shipped place or overlay by name, or a file (a name that ends in .yml or .yaml or holds a slash).
 * sets: "key=value" texts.  FAILED: errors in the text, or nothing of that name; IO_ERROR: a file that cannot be read.
 * On errors the scenario is freed. */
enum status scenario_read(struct scenario *s, const char *name_or_path, const char *const *sets, size_t n_sets,
                          struct diag *diag) MUST_CHECK;

/* The same with the text of the uppermost file given; relative bases start from the current folder. */
enum status scenario_read_text(struct scenario *s, const char *path, const char *text, size_t size,
                               const char *const *sets, size_t n_sets, struct diag *diag) MUST_CHECK;

/* All layers in one text, each after a header line "# layer BYTES NAME"; the caller frees.  NULL: no memory. */
char *scenario_text(const struct scenario *s, size_t *size);

/* A scenario from such a text: no file is opened, `base:` is taken as resolved. */
enum status scenario_read_stored(struct scenario *s, const char *stored, size_t size, struct diag *diag) MUST_CHECK;

/* The same with further settings behind its own: what scenario_read makes of the file with all of them, byte for byte. */
enum status scenario_read_stored_with(struct scenario *s, const char *stored, size_t size, const char *const *sets,
                                      size_t n_sets, struct diag *diag) MUST_CHECK;

void scenario_free(struct scenario *s);

/* Shipped scenarios, for lists and completion: calls back for each name. */
typedef void (*scenario_name_fn)(void *to, const char *name, const char *path);
void scenario_names(scenario_name_fn take, void *to);

/* The file of a shipped scenario ("" if there is none). */
void scenario_find(const char *name, char *path, size_t size);
#endif
