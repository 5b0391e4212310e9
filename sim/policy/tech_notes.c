/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tech_notes (科创票据): larger enterprises issue alone, after a fast review.  Instrument 26.
 *
 * An issue of one issuer: no pool to hide in, and no cost to share.  Where somebody sells credit protection with money of his own
 * (a state guarantor, a credit-protection tool), he pays `guaranteed` of what is missing for a fee. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct tech_notes_params *q = POLICY(r, k, tech_notes);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void issue(const struct region *r, int32_t k, struct issue_terms *o)
{
    const struct tech_notes_params *q = POLICY(r, k, tech_notes);
    *o = (struct issue_terms){ISSUE_TERMS(q),
                              .members_min = 1,
                              .members_max = 1,
                              .gathering = 1,
                              .guaranteed = r->line[k].body.planned.fen > 0 ? q->guaranteed : 0.0,
                              .guarantee_fee = q->guarantee_fee,
                              .leverage = q->leverage_max};
}

const struct instrument tech_notes = {
    .name = "tech_notes",
    .number = 26,
    .group = GROUP_tech_notes,
    .who_en = "enterprises, underwriters, sellers of credit protection, investors",
    .who_zh = "企业、承销商、信用风险缓释机构、投资人",
    .flow = FLOW_BOND_BODY_CAPITAL,
    .claim_every = 1,
    .begin = begin,
    .issue = issue,
};
