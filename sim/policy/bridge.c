/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bridge (应急转贷、过桥): a policy small-loan company repays the line of who has been granted its renewal and is repaid out of
 * the renewed line.  Instrument 41; how it comes and goes: sim/month/bridging.c.
 *
 * It has capital from the treasury and no deposits.  A bridge is at most `limit`, and `share_max` of what the bank has agreed
 * to lend again; it costs rate x days, and late_rate a day beyond.  While too much of the capital is overdue it lends no more.
 * When the instrument ends its money goes back to the treasury as it comes in. */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct bridge_params *q = POLICY(r, k, bridge);
    lender_begins(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void bridge_terms(const struct region *r, int32_t k, money renewal, struct bridge_terms *o)
{
    const struct bridge_params *q = POLICY(r, k, bridge);
    const struct lender *lender = &r->line[k].lender;
    bool stops = money_to_yuan(lender->late) > q->overdue_max * money_to_yuan(lender->planned);
    o->most = stops ? FEN(0) : money_min(q->limit, money_scale(renewal, q->share_max));
    o->fee = q->rate * q->days;
    o->late_fee = q->late_rate * 30.0;
    o->patience = q->patience;
    o->bills_max = q->bills_max;
}

const struct instrument bridge = {
    .name = "bridge",
    .number = 41,
    .group = GROUP_bridge,
    .who_en = "policy small-loan company, banks, enterprises",
    .who_zh = "政策性小额贷款公司、银行、企业",
    .flow = FLOW_BRIDGE,
    .claim_every = 1,
    .begin = begin,
    .bridge = bridge_terms,
};
