/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error_tolerance (容错免责、长周期考核): how all public funds are judged: a larger chance of a loss, later, on many projects as
 * one.  Instrument 17.  It acts on what their officers dare to pay, and which sub-funds guide funds dare to join
 * (appraising.c, guiding.c); a share of losses that is not blamed leaves 1 - share of the chance.  Banks whose managers are
 * appraised over more years count more of what a warrant may bring (mechanisms M11), as under 31. */
#include <liandong/instrument.h>

static void appraise(const struct region *r, int32_t k, struct appraisal *a)
{
    const struct error_tolerance_params *q = POLICY(r, k, error_tolerance);
    a->tolerance = (a->tolerance + q->tolerance) / (1.0 - q->exempt);
    if (a->horizon > 0.0) /* else they are judged at the end */
        a->horizon += q->horizon / 12.0;
    if (q->together > a->together)
        a->together = q->together;
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    (void)a; /* whoever borrows */
    f->counts += POLICY(r, k, error_tolerance)->upside;
}

const struct instrument error_tolerance = {
    .name = "error_tolerance",
    .number = 17,
    .group = GROUP_error_tolerance,
    .who_en = "government, public funds and their managers, banks",
    .who_zh = "政府、国有投资基金及其管理团队、银行",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .appraise = appraise,
    .favour = favour,
};
