/* SPDX-License-Identifier: GPL-3.0-or-later */
/* angel_fund (市场估值、协议退出；让渡收益；尽职免责): a public angel fund that buys at market value, whose shares founders, or who
 * joins them, may buy at cost within a window, and which leaves them a part of its profit.  Instrument 16 (Hefei, Pingshan).
 * Both are worth something to founders, who give up more shares for the same money (fund_concedes in appraising.c); they buy when
 * that pays (exits.c).  Officers who kept to the rules are not blamed for a part of the losses. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static struct fund_rule rule(const struct angel_fund_params *q, double scale)
{
    struct fund_rule f = {DIRECT_RULE(q),           .ticket_max = q->ticket_max, .looks = looks_scaled(q->looks, scale),
                          .ceded = q->ceded,        .window = q->buy_back,       .window_rate = q->buy_back_rate,
                          .at_market = q->at_market};
    f.appraisal = OFFICERS(q, q->tolerance / (1.0 - q->exempt));
    return f;
}

static void begin(struct region *r, int32_t k)
{
    const struct angel_fund_params *q = POLICY(r, k, angel_fund);
    guide_keep(r, k, &(struct guide_plan){GUIDE_PLAN(q)});
    direct_keep(r, k, &(struct direct_plan){.stands = q->enabled, .n = 1, .rule = {rule(q, r->scale)}, .part = {1.0}});
}

const struct instrument angel_fund = {
    .name = "angel_fund",
    .number = 16,
    .group = GROUP_angel_fund,
    .who_en = "government fund, founders, other investors",
    .who_zh = "国有投资基金、创始人、合作投资人",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .begin = begin,
};
