/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parting - from which measured month on two scenarios are no longer the same: there a policy starts. */
#ifndef LIANDONG_PARTING_H
#define LIANDONG_PARTING_H
#include <liandong/setup.h>

/* The first month, `start` at the earliest, in which a value in force differs, or a policy's where the policy stands or has stood
 * in one of them; INT32_MAX: there is none.  Rules of monitoring that differ: `start`.  Both begin in the same month and have the
 * same regions. */
enum status setups_part(const struct setup *a, const struct setup *b, int32_t *month) MUST_CHECK;
#endif
