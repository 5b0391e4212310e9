/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate - what was found in the worlds of `liandong validate`, and how it is shown; validate_joint.c judges several figures
 * together. */
#ifndef LIANDONG_COMMANDS_VALIDATE_H
#define LIANDONG_COMMANDS_VALIDATE_H
#include <liandong/command.h>
#include <liandong/joint.h>
#include <liandong/observe.h>

/* Figures of all runs, then what only several worlds together say. */
struct findings {
    int32_t runs;
    struct observation *seen;
    double once[N_FACTS]; /* NAN: it has a figure for each run */
    struct joint joint[N_JOINTS];
};

/* What a world of this size would report; whether this place is told of; the figures that count as met. */
struct fact_desc fact_reported(enum fact fact, const struct setup *s);
bool fact_applies(enum fact fact, const struct setup *s);
void fact_accepts(const struct fact_desc *d, double *low, double *high);
void fact_put_reported(char *text, size_t size, const struct fact_desc *d);
void fact_put_number(char *text, size_t size, double x);

enum status joints_find(struct findings *f, const struct setup *s, struct diag *diag) MUST_CHECK;
void joints_tabulate(struct table *table, const struct findings *f, const struct setup *s, enum format format);
/* Says how it went; how many groups were missed. */
int32_t joints_score(const struct findings *f, const struct setup *s, FILE *to);
#endif
