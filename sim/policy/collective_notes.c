/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collective_notes (集合票据、集合债券): enterprises that know each other issue together.  Instrument 24; how issues gather, are
 * sold and pay: sim/month/bonds.c, bond_issuing.c, bond_paying.c.
 *
 * They answer for each other for `cross` of what is missing, and so leave out whom they know to be worse than his papers say.  A
 * policy body guarantees the whole, as far as its money goes, for a fee.  All holders rank alike. */
#include <liandong/bonds.h>

static void begin(struct region *r, int32_t k)
{
    const struct collective_notes_params *q = POLICY(r, k, collective_notes);
    body_fund(r, k, q->enabled, money_scale(q->capital, r->scale));
}

static void issue(const struct region *r, int32_t k, struct issue_terms *o)
{
    const struct collective_notes_params *q = POLICY(r, k, collective_notes);
    *o = (struct issue_terms){ISSUE_TERMS(q),
                              GATHERING_TERMS(q),
                              .guaranteed = q->guarantor || r->line[k].body.planned.fen > 0 ? q->guaranteed : 0.0,
                              .licensed = q->guarantor,
                              .guarantee_fee = q->guarantee_fee,
                              .leverage = q->leverage_max,
                              .cross = q->cross,
                              .peers = q->peers};
}

const struct instrument collective_notes = {
    .name = "collective_notes",
    .number = 24,
    .group = GROUP_collective_notes,
    .who_en = "enterprises, underwriters, guarantor, investors",
    .who_zh = "企业、承销商、担保机构、投资人",
    .flow = FLOW_BOND_BODY_CAPITAL,
    .claim_every = 1,
    .begin = begin,
    .issue = issue,
};
