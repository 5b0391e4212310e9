/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope - what the budget lines of a region are appropriated where public money is limited as a whole (mechanisms M12).
 *
 *   extra           each line its `budget`
 *   fixed_envelope  all of a calendar year together at most `envelope`: January's lines are cut alike, who begins later in
 *                   the year gets at most what is left
 *   reallocated     what others get is taken from the appropriation of lump_sum, the reference use of public money: together
 *                   no more than it has; who begins within a year gets nothing before January, when it is dealt
 * The residue of a cut stays in the treasury. */
#ifndef LIANDONG_ENVELOPE_H
#define LIANDONG_ENVELOPE_H
#include <liandong/world.h>

/* given[k]: what line k is appropriated this month, in fen; counts what the year has had. */
void budget_appropriate(struct region *r, money given[MAX_LINES]);
#endif
