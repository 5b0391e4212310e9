/* SPDX-License-Identifier: GPL-3.0-or-later */
/* community (川渝科技金融共同体): regions in which it stands share their venture funds.  Instrument 56.
 *
 * A fund of one member may invest a share of its money in enterprises of the others, by a vehicle there (vehicles.c).  A look there
 * takes more of its people's time and tells them less.  It brings no money: it lets money go where more is asked for it.  Where
 * it stands in one region alone nothing comes of it. */
#include <liandong/instrument.h>

static void unite(const struct region *r, int32_t k, struct community_terms *o)
{
    const struct community_params *q = POLICY(r, k, community);
    *o = (struct community_terms){.share = q->share,
                                  .distance = q->distance,
                                  .spread = q->distance_spread,
                                  .auc_lost = q->auc_lost,
                                  .linked = q->linked,
                                  .counts = q->counts};
}

const struct instrument community = {
    .name = "community",
    .number = 56,
    .group = GROUP_community,
    .who_en = "regions, fund managers, enterprises",
    .who_zh = "各地政府、基金管理人、企业",
    .claim_every = 1,
    .unite = unite,
};
