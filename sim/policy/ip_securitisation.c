/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip_securitisation (知识产权证券化): licence fees of many enterprises are pooled and sold in tranches.  Instrument 23.
 *
 * Each issuer licenses its patents to the vehicle for a sum down, at most `on_patents` of their appraisal, licenses them back, and
 * pays for it in equal parts with the coupons: principal is repaid along the way.  The patents are pledged; when it fails they are
 * sold like those of other pledges (sim/month/security.c), for what they fetch and not for their appraisal.  The issuers hold the
 * junior tranche: so much is held back from each, and what is left of it at the end is theirs.  A body pays what is short. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct ip_securitisation_params *q = POLICY(r, k, ip_securitisation);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void issue(const struct region *r, int32_t k, struct issue_terms *o)
{
    const struct ip_securitisation_params *q = POLICY(r, k, ip_securitisation);
    *o = (struct issue_terms){ISSUE_TERMS(q),
                              GATHERING_TERMS(q),
                              .guaranteed = q->guarantor || r->line[k].body.planned.fen > 0 ? q->guaranteed : 0.0,
                              .licensed = q->guarantor,
                              .guarantee_fee = q->guarantee_fee,
                              .leverage = q->leverage_max,
                              .on_patents = q->on_patents,
                              .amortises = 1,
                              .junior = q->junior,
                              .holder = JUNIOR_ISSUERS};
}

const struct instrument ip_securitisation = {
    .name = "ip_securitisation",
    .number = 23,
    .group = GROUP_ip_securitisation,
    .who_en = "enterprises, special-purpose vehicle, guarantor, investors",
    .who_zh = "企业、特殊目的载体、差额支付承诺人、投资人",
    .flow = FLOW_BOND_BODY_CAPITAL,
    .claim_every = 1,
    .begin = begin,
    .issue = issue,
};
