/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disclosure (信息披露追责): whoever misstates in the papers of a bond pays.  Instrument 60.
 *
 * Sponsors and underwriters who are liable look for themselves: papers tell more of quality (`auc`), and cost more.  When an issuer
 * has defaulted its papers are looked into; where a misstatement is found they pay holders `penalty` of the loss.  An issuer without
 * scruples (integrity.share) misstates when what it saves is more than what it must expect to pay them for it. */
#include <liandong/bonds.h>

enum { PRECISION }; /* of what papers tell more */

static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[PRECISION] = precision_of_auc(0.5 + POLICY(r, k, disclosure)->auc);
}

static void aid(const struct region *r, int32_t k, struct issue_aid *o)
{
    const struct disclosure_params *q = POLICY(r, k, disclosure);
    o->precision = r->line[k].folded[PRECISION];
    o->cost = q->cost;
    o->penalty = q->penalty;
    o->finds = q->finds;
}

const struct instrument disclosure = {
    .name = "disclosure",
    .number = 60,
    .group = GROUP_disclosure,
    .who_en = "issuers, sponsors, underwriters, investors",
    .who_zh = "发行人、保荐人、承销商、投资人",
    .flow = FLOW_BOND_PENALTY,
    .claim_every = 1,
    .fold = fold,
    .aid = aid,
};
