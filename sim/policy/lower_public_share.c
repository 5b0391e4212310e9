/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_public_share (降低母基金认缴比例): guide funds take a smaller part of each sub-fund, so that the same public money reaches
 * more of them, each of which has more to raise from others.  Instrument 49.  Whether they close is not said here. */
#include <liandong/instrument.h>

static void amend(const struct region *r, int32_t k, struct sponsor *o)
{
    o->share *= 1.0 - POLICY(r, k, lower_public_share)->cut;
}

const struct instrument lower_public_share = {
    .name = "lower_public_share",
    .number = 49,
    .group = GROUP_lower_public_share,
    .who_en = "government, guide funds, fund managers, other partners",
    .who_zh = "政府、引导基金、基金管理人、社会出资人",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .amend = amend,
};
