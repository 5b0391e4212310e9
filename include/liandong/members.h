/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members - what is to be done about the members of instruments in a month: who is reviewed (reviewing), who is served, what is
 * claimed (members). */
#ifndef LIANDONG_MEMBERS_H
#define LIANDONG_MEMBERS_H
#include <liandong/instrument.h>

/* Of this month; the same for all tiles of a region. */
const struct agenda *agenda_of(const struct rows *t);
/* All rows of a tile that are to be reviewed. */
void agenda_review(const struct rows *t, const struct agenda *a);
#endif
