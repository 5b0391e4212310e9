/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcbo (集合证券化，P-CBO): bonds of many enterprises in one pool, of which only the senior tranche is sold.  Instrument 25.
 *
 * The vehicle of a policy body keeps the junior tranche with its own capital and takes losses first (F061): what it has left to
 * buy another with is what limits issues.  It gets what the senior tranche leaves of the coupons. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct pcbo_params *q = POLICY(r, k, pcbo);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void issue(const struct region *r, int32_t k, struct issue_terms *o)
{
    const struct pcbo_params *q = POLICY(r, k, pcbo);
    *o = (struct issue_terms){ISSUE_TERMS(q), GATHERING_TERMS(q), .junior = q->junior,
                              .junior_return = q->junior_return, .holder = JUNIOR_BODY};
}

const struct instrument pcbo = {
    .name = "pcbo",
    .number = 25,
    .group = GROUP_pcbo,
    .who_en = "enterprises, special-purpose vehicle of a policy body, investors",
    .who_zh = "企业、政策性机构特殊目的实体、投资人",
    .flow = FLOW_BOND_BODY_CAPITAL,
    .claim_every = 1,
    .begin = begin,
    .issue = issue,
};
