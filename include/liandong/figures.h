/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures - those of a command line (--expr), read and checked before anything is run; for sim/commands only. */
#ifndef LIANDONG_FIGURES_H
#define LIANDONG_FIGURES_H
#include <liandong/command.h>
#include <liandong/expression.h>
#include <liandong/setup.h>

/* What is asked most, where nothing is asked for; swept: of a sweep, too. */
struct usual_figure {
    const char *text, *zh;
    bool swept;
};
enum { N_USUAL_FIGURES = 12 };
extern const struct usual_figure usual_figures[N_USUAL_FIGURES];

/* The name of a figure as readers are told it: of a usual one in their language, but for formats that programs read. */
const char *figure_shown(const struct expression *figure, enum format format);

/* Reads the k-th of --expr as the next figure.  FAILED: what is wrong, with its place; or one before has its name. */
enum status figure_read(struct expression *figure, size_t *n, const char *text, struct diag *diag) MUST_CHECK;

/* Their members and regions, which only a scenario knows. */
enum status figures_check(const struct expression *figure, size_t n, const struct setup *setup,
                          struct diag *diag) MUST_CHECK;
#endif
