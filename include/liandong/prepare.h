/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prepare - what happens between two months: dated changes, factors, the month's constants, room for what may come. */
#ifndef LIANDONG_PREPARE_H
#define LIANDONG_PREPARE_H
#include <liandong/month.h>

/* Potential founders of a month of a region, before thinning (the trend passes through `per_month` at `start`). */
double potential_founders(const struct world *w, const struct region *r, int32_t month);

/* How many of them are simulated, and the step between their indices (scale 1/k keeps every k-th identity). */
void cohort_size(const struct world *w, const struct region *r, int32_t month, uint32_t *n, uint32_t *step);

/* Before a month begins: the dead leave the table and loans that ended the book; the order of the living stays. */
enum status region_compact(const struct world *w, struct region *r);

/* The tiles of all regions. */
enum status tiles_lay(struct world *w);

/* Growth of deposits and of bank capital from `start` to the present month. */
double bank_trend(const struct world *w, const struct banks_params *p);
#endif
