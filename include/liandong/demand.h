/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demand - how demand is shared: that of a region among those who sell there, that of the nation among those listed (M1). */
#ifndef LIANDONG_DEMAND_H
#define LIANDONG_DEMAND_H
#include <liandong/month.h>

/* Log of what sales give way this month, all of a sector together: in the region, in the nation.  share: of the sector in
 * demand.  From what was remembered last month; compared: whether anybody buys, so that capacity may follow. */
double demand_level(const struct world *w, const struct region *r, int32_t sector, double share, bool *compared);
double nation_level(const struct world *w, const struct region *r, int32_t sector, double share);

/* Sales of this tile's listed, yuan a year, in place of what they would be in the region alone. */
void nation_sell(const struct rows *t, double *sales);

/* What all could sell, in the region and beyond it, as the month ends. */
void demand_remember(struct region *r);
#endif
