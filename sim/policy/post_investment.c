/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post_investment (投后增值服务): the public pays for hours that funds give to enterprises they hold.  Instrument 62.
 *
 * Each month `hours` for each backed enterprise in stages up to stage_to, at `fee` an hour, paid by the budget line to managers,
 * who hire for it, so that no time for new enterprises is lost; as many hours as the line can pay.  What an hour does is
 * the same as of hours that funds give on their own account (equity.service_*, funds.service_hours): it builds technology and
 * tells of finance, and by default nothing.  It never enters a hazard or a drift. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    const struct post_investment_params *q = POLICY(a->t->r, a->k, post_investment);
    if (q->hours <= 0.0)
        asked_none(a);
    asked_held(a);
    asked_stage_to(a, q->stage_to);
}

/* For those that were members at the end of last month. */
static void begin(struct region *r, int32_t k)
{
    const struct post_investment_params *q = POLICY(r, k, post_investment);
    money cost = money_scale(q->fee, q->hours * (double)r->line[k].members);
    struct line *line = &r->line[k];
    money pays = q->enabled ? money_min(cost, line->cash) : FEN(0), lacks = q->enabled ? money_sub(cost, pays) : FEN(0);
    line->kept = cost.fen > 0 ? (double)pays.fen / (double)cost.fen : 1.0; /* of the hours, the part that is paid */
    line->asked = money_add(line->asked, lacks);
    line->short_of = money_add(line->short_of, lacks);
    line->served = pays.fen > 0 && line_spend(r, k, FLOW_SUBSIDY_MANAGER, pays);
}

static void serve(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n)
{
    const double hours = t->r->line[k].kept * POLICY(t->r, k, post_investment)->hours;
    if (investor_hours_tell(t->r))
        for (uint32_t j = 0; j < n; j++)
            investor_serves(t->r, t->t, t->e, t->lo + list[j], hours);
}

const struct instrument post_investment = {
    .name = "post_investment",
    .number = 62,
    .group = GROUP_post_investment,
    .who_en = "government, fund managers, enterprises",
    .who_zh = "政府、基金管理人、企业",
    .flow = FLOW_SUBSIDY_MANAGER,
    .begin = begin,
    .eligible = eligible,
    .serve = serve,
};
