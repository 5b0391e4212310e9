/* SPDX-License-Identifier: GPL-3.0-or-later */
/* home_bank - the bank and branch where an enterprise opens its account, and which it keeps for life: a Gumbel choice among the
 * banks of the region by their weights, by draws of the month of its idea. */
#ifndef LIANDONG_HOME_BANK_H
#define LIANDONG_HOME_BANK_H
#include <liandong/world.h>

/* What all founders of a region have in common this month. */
struct home_banks {
    const struct region *r;
    int32_t kinds;            /* that have banks, in order */
    double *weight;           /* [kind] its logarithm */
    int32_t *first;           /* [kind + 1] its banks follow each other */
    uint64_t *name;           /* [bank] */
    uint64_t origin[HISTORY]; /* of those who had their idea so many months ago */
    uint64_t *mixed;          /* [bank][HISTORY] of each with each name */
};

enum status home_banks_lay(struct home_banks *h, struct arena *arena, const struct region *r,
                           const uint64_t origin[HISTORY]) MUST_CHECK;
/* Numbers of the branches of those whose choices are drawn by these identities, in the months of their ideas. */
void home_branches(const struct home_banks *h, struct luck luck, const struct crowd *as, uint16_t branch[CROWD]);
#endif
