/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope - how much of what is due to instruments' budget lines a government appropriates (mechanisms M12, budget.mode).
 *
 *     extra            all of it
 *     reallocated      no more a year than in the last year that had any: what one line gets anew, the others lose
 *     fixed_envelope   no more a year than `budget.envelope`
 *
 * In January all lines ask at once, and what there is is dealt in proportion; who begins amid a year gets what is left.  Capital
 * of pools, funds, guarantors and the like is paid in beside budget lines, and is not part of it. */
#ifndef LIANDONG_ENVELOPE_H
#define LIANDONG_ENVELOPE_H
#include <liandong/world.h>

/* As budget.mode has them. */
enum budget_mode { BUDGET_EXTRA, BUDGET_REALLOCATED, BUDGET_FIXED_ENVELOPE };

/* What is dealt this month. */
struct envelope {
    bool bound;         /* by `most` */
    money most, asked;  /* for all who ask this month; asked: in all, of January only */
    money dealt, given; /* of what was asked; of the envelope */
};

/* asked: what falls due to all lines, in January; 0 in other months. */
struct envelope envelope_open(struct region *r, bool january, money asked);
/* What of `due` the next line gets. */
money envelope_give(struct region *r, struct envelope *e, money due);
#endif
