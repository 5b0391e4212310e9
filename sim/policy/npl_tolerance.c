/* SPDX-License-Identifier: GPL-3.0-or-later */
/* npl_tolerance (差异化不良容忍、尽职免责): a bank may have more bad loans before it prices them, and those who kept to the rules
 * are not blamed for some of them; what gains in later years count (M11).  Instrument 31; mechanisms M5: only the price of
 * another bad loan changes, and what a warrant is worth to who decides. */
#include <liandong/instrument.h>

static void steer(struct region *r, int32_t k, int32_t bank)
{
    r->bank[bank].tolerance += POLICY(r, k, npl_tolerance)->extra;
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct npl_tolerance_params *q = POLICY(r, k, npl_tolerance);
    if ((double)a->sales > money_to_yuan(q->sales_max))
        return;
    f->tolerated += q->exempt * (1.0 - f->tolerated);
    f->counts += q->upside;
}

const struct instrument npl_tolerance = {
    .name = "npl_tolerance",
    .number = 31,
    .group = GROUP_npl_tolerance,
    .who_en = "regulator, banks",
    .who_zh = "监管部门、银行",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .favour = favour,
    .steer = steer,
};
