/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evaluation - what bureaus make of an enterprise's books: marks for the register of technology SMEs, innovation points, and
 * signals of quality built on such data. */
#ifndef LIANDONG_EVALUATION_H
#define LIANDONG_EVALUATION_H
#include <liandong/instrument.h>

/* What the tax, labour and patent offices know of these rows. */
void evaluation_books(const struct asked *a, struct asked_books *b);
/* The same of those who are asked together (asked_begins), once for all who want to know. */
const struct asked_books *evaluation_asked(const struct asked *a);

/* Marks out of 100 for the register: technical staff 20, research 50, intellectual property 30; 0 without technical staff.
 * A patent of the first class gives full marks for property, of the second six each up to four. */
void evaluation_register(const struct asked_books *b, uint32_t n, bool first_class, double marks[ASKED_TOGETHER]);

/* Innovation points out of the sum of the weights, as a `innovation_points` instance sets them. */
void evaluation_points(const struct innovation_points_params *q, const struct asked_books *b, uint32_t n,
                       double points[ASKED_TOGETHER]);
/* The most that any `innovation_points` instance of the region that stands gives each; 0: none stands. */
void evaluation_best_points(const struct region *r, const struct asked_books *b, uint32_t n,
                            double best[ASKED_TOGETHER]);

/* A signal of precision root^2 whose error is partly common to all that are built on government data (M4): the common part is
 * the enterprise's, the other that of the source of this name; both are drawn once a calendar year. */
void evaluation_signal(const struct rows *t, uint32_t i, const char *name, double root, double rho, enum draw own,
                       struct signals *s);
/* The error of the source of this name about an enterprise whose books are read, in a month or year. */
double evaluation_error(const struct rows *t, uint32_t i, const char *name, enum draw own, int32_t month);
#endif
