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
    uint64_t *mixed;          /* [HISTORY][bank] of each with each name */
};

enum status home_banks_lay(struct home_banks *h, struct arena *arena, const struct region *r,
                           const uint64_t origin[HISTORY]) MUST_CHECK;
/* Numbers of the branches of eight.  as: the identities that their choices are drawn by; idea: the months that their luck is of. */
void home_branches(const struct home_banks *h, struct luck luck, const struct identity as[BLOCKS],
                   const int32_t idea[BLOCKS], uint16_t branch[BLOCKS]);
#endif
