/* SPDX-License-Identifier: GPL-3.0-or-later */
/* admission - whom policies admit, and whose matching luck a placebo re-keys: both by draws for life, so that a larger share
 * holds whom a smaller one holds, and the months before a share is in force do not know of it (mechanisms, "Paired worlds"). */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

static double draw_for_life(const struct region *r, struct identity who, enum draw purpose)
{
    struct luck luck = r->luck;
    luck.month = 0;
    return draw(luck, who, purpose);
}

bool policy_admits(const struct region *r, int32_t k, struct identity who)
{
    const struct alone *a = r->alone;
    double share = LINE_COMMON(r, k)->saturation;
    if (a->on && (a->lines[k / 64] >> (k % 64) & 1))
        return who.origin == a->who.origin && who.index == a->who.index;
    return share >= 1.0 || draw_for_life(r, who, DRAW_SATURATION) < share;
}

double policy_reach(const struct region *r, int32_t k)
{
    bool alone = r->alone->on && (r->alone->lines[k / 64] >> (k % 64) & 1) != 0;
    return alone ? 0.0 : LINE_COMMON(r, k)->saturation;
}

struct identity matching_identity(const struct region *r, struct identity who)
{
    const struct placebo_params *p = P(r, placebo);
    if (p->share <= 0.0 || draw_for_life(r, who, DRAW_PLACEBO) >= p->share)
        return who;
    return (struct identity){ld_mix(who.origin, ld_mix(ld_hash("placebo"), (uint64_t)p->salt)), who.index};
}
