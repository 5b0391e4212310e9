/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip_market (技术产权交易市场): a market place brings buyers with money of their own to the sale of pledged patents, and keeps a
 * record of sales that appraisers read.  Instrument 46; mechanisms M6.
 *
 * There is no parameter of liquidity: prices follow from buyers' money over what is on sale.  The record is a signal of its own,
 * without the bias of an appraiser whom the borrower pays; of n sales in it, each kept for `memory` months on average, its
 * precision is record * n / (n + half): the first sales tell the most, and no number of sales of like patents tells all of this
 * one.  A market that has sold nothing tells nothing.  line->kept is n. */
#include <liandong/instrument.h>

/* Open in the months that its budget line pays for. */
static void begin(struct region *r, int32_t k)
{
    const struct ip_market_params *q = POLICY(r, k, ip_market);
    money month = money_scale(q->cost, r->scale / 12.0);
    double n = r->line[k].kept;
    r->line[k].served = 0;
    if (!q->enabled || (month.fen > 0 && !line_spend(r, k, FLOW_IP_MARKET_COST, month)))
        return;
    r->ip.more = money_add(r->ip.more, money_scale(q->buyers, r->scale));
    r->ip.record += q->record_half > 0.0 ? q->record * n / (n + q->record_half) : q->record;
    r->line[k].served = 1;
}

/* What was sold while it was open enters its record. */
static void after(struct region *r, int32_t k)
{
    struct line *line = &r->line[k];
    line->kept *= 1.0 - 1.0 / POLICY(r, k, ip_market)->memory;
    line->kept += line->served ? (double)r->ip.sold : 0.0;
}

const struct instrument ip_market = {
    .name = "ip_market",
    .number = 46,
    .group = GROUP_ip_market,
    .who_en = "market place, buyers of patents, appraisers, government",
    .who_zh = "交易市场、专利买方、评估机构、政府",
    .flow = FLOW_IP_MARKET_COST,
    .claim_every = 12,
    .begin = begin,
    .after = after,
};
