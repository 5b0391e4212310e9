/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guide_fund (政府引导基金): the city's money joins funds that market managers raise.  Instrument 12; mechanisms M10; how it
 * decides, waits, finds and leaves: sim/month/guiding.c; what its terms are worth to others: waterfall.c.
 *
 * It takes `share` of the target of every fund whose stages meet the mandate, whose manager owns enough and puts in enough,
 * while it has money; it decides `delay` months after the manager's first visit.  (1 - s)/s is arithmetic, not an effect. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct guide_fund_params *q = POLICY(r, k, guide_fund);
    guide_keep(r, k, &(struct guide_plan){GUIDE_PLAN(q)});
}

static bool sponsor(const struct region *r, int32_t k, const struct fund *f, struct sponsor *o)
{
    const struct guide_fund_params *q = POLICY(r, k, guide_fund);
    *o = (struct sponsor){.share = q->share,
                          .delay = q->delay,
                          .ceded = q->ceded,
                          .first_loss = q->first_loss,
                          .window = q->buy_back,
                          .window_rate = q->buy_back_rate,
                          .stake = q->stake_min,
                          .capital = q->manager_capital,
                          .examination = q->examination,
                          .passes = q->passes};
    o->mandate = (struct mandate){.from = q->stage_from,
                                  .to = q->stage_to,
                                  .age_max = q->age_max,
                                  .reinvest = q->reinvest,
                                  .found = q->seat == 0 ? q->found_observer : q->found_vote,
                                  .breach = q->breach};
    o->appraisal = (struct appraisal){
        .checked = q->tolerance < 1.0, .tolerance = q->tolerance, .horizon = q->horizon / 12.0, .together = 1.0};
    return f->rule.stage_from <= q->stage_to && f->rule.stage_to >= q->stage_from;
}

const struct instrument guide_fund = {
    .name = "guide_fund",
    .number = 12,
    .group = GROUP_guide_fund,
    .who_en = "government, fund managers, other partners, enterprises",
    .who_zh = "政府、基金管理人、社会出资人、企业",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .begin = begin,
    .sponsor = sponsor,
};
