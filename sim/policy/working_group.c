/* SPDX-License-Identifier: GPL-3.0-or-later */
/* working_group (部门联动工作小组、多级联动): departments decide together what otherwise passes from one to the next.
 * Instrument 55.
 *
 * A matter filed in month m, which the departments take up one after the other in d months, is decided at the first joint meeting
 * from m on and carried out some months later; where that takes longer than d it goes the old way.  Which matters come before it
 * are switches.  Its office is paid month by month from the budget line; without it there is no meeting to wait for.  It brings no
 * money and changes no rule: only when what is due is paid, and when a guide fund answers. */
#include <liandong/instrument.h>

/* `kept`: whether the office is paid this month. */
static void begin(struct region *r, int32_t k)
{
    const struct working_group_params *q = POLICY(r, k, working_group);
    money month = money_scale(q->cost, r->scale);
    bool paid = q->enabled && month.fen <= r->line[k].cash.fen && line_spend(r, k, FLOW_COORDINATION, month);
    r->line[k].kept = paid ? 1.0 : 0.0;
}

static bool decides(const struct working_group_params *q, enum matter matter)
{
    switch (matter) {
    case MATTER_CLAIMS:
        return q->claims;
    case MATTER_COVERS:
        return q->covers;
    case MATTER_CAPITAL:
        return q->capital;
    case MATTER_LEVELS:
        return q->levels;
    case MATTER_FUNDS:
        return q->funds;
    }
    return false;
}

static int32_t coordinate(const struct region *r, int32_t k, enum matter matter, int32_t filed, int32_t months)
{
    const struct working_group_params *q = POLICY(r, k, working_group);
    if (r->line[k].kept <= 0.0 || !decides(q, matter))
        return months;
    int32_t since = filed % q->meets, wait = since > 0 ? q->meets - since : 0;
    return wait + q->carries_out;
}

const struct instrument working_group = {
    .name = "working_group",
    .number = 55,
    .group = GROUP_working_group,
    .who_en = "departments and levels of government",
    .who_zh = "政府各部门与各级政府",
    .flow = FLOW_COORDINATION,
    .claim_every = 1,
    .begin = begin,
    .coordinate = coordinate,
};
