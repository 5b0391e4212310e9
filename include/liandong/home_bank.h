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
    size_t width;             /* banks, and zeros up to a multiple of BLOCKS */
    double *weight;           /* [kind] its logarithm */
    uint8_t *kind;            /* [bank] */
    uint64_t *name;           /* [width] */
    uint64_t origin[HISTORY]; /* of those who had their idea so many months ago */
    uint64_t *mixed;          /* [HISTORY][width] of each with each name */
};

enum status home_banks_lay(struct home_banks *h, struct arena *arena, const struct region *r,
                           const uint64_t origin[HISTORY]) MUST_CHECK;
/* Number of the branch.  luck: of the month of the idea; as: the identity that the choice is drawn by. */
uint16_t home_branch(const struct home_banks *h, struct luck luck, struct identity as);
#endif
