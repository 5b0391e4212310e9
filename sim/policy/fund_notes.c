/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fund_notes (创投基金类债券): managers of venture funds issue bonds for a part of the fund that they raise.  Instrument 26, second
 * form (with tech_notes, which enterprises issue).
 *
 * Who may issue one is a matter of own capital and of funds raised before; who sells credit protection with money of his own pays
 * `guaranteed` of what is missing for a fee.  Coupons and principal are owed by the manager: month/fund_notes.c. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct fund_notes_params *q = POLICY(r, k, fund_notes);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

/* What a fund asks for is smaller in a smaller world, and so is all that is measured by it. */
static void note(const struct region *r, int32_t k, struct note_terms *o)
{
    const struct fund_notes_params *q = POLICY(r, k, fund_notes);
    const double size = r->scale < 1.0 ? r->scale : 1.0;
    *o = (struct note_terms){.capital = money_scale(q->manager_capital, size),
                             .funds_before = q->funds_before,
                             .amount_min = money_scale(q->amount_min, size),
                             .amount_max = money_scale(q->amount_max, size),
                             .of_fund = q->of_fund,
                             .review = q->review,
                             .term = q->term,
                             .every = q->every,
                             .underwriting = q->underwriting,
                             .cost = money_scale(q->cost, size),
                             .pledged = q->pledged,
                             .guaranteed = r->line[k].body.planned.fen > 0 ? q->guaranteed : 0.0,
                             .guarantee_fee = q->guarantee_fee,
                             .leverage = q->leverage_max};
}

const struct instrument fund_notes = {
    .name = "fund_notes",
    .number = 26,
    .group = GROUP_fund_notes,
    .who_en = "managers of venture funds, underwriters, sellers of credit protection, investors",
    .who_zh = "基金管理人、承销商、信用风险缓释机构、投资人",
    .flow = FLOW_BOND_BODY_CAPITAL,
    .claim_every = 1,
    .begin = begin,
    .note = note,
};
