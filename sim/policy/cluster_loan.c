/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster_loan (产业创新集群贷): the government lists enterprises of an industry; a bank that takes the list lends to all listed
 * enterprises with a need, and saves work.  Instrument 36.
 *
 * A bank takes the list to try it, and gives it back when its loans to the listed would on average bring a loss as it reckons
 * them; after as long again it tries anew.  The list puts many loans into one sector, whose factor they share. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

static void eligible(struct asked *a)
{
    const struct cluster_loan_params *q = POLICY(a->t->r, a->k, cluster_loan);
    asked_sector(a, q->sector);
    asked_product(a);
    asked_sales_from(a, q->sales_min);
}

static int64_t places(const struct region *r, int32_t k)
{
    return (int64_t)(POLICY(r, k, cluster_loan)->places * r->scale + 0.5);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    if (!applicant_member(r, k, a) || !promise_stands(r, a->bank, k))
        return;
    f->must_lend = true;
    f->hours += POLICY(r, k, cluster_loan)->hours;
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    if ((a->flags & APPLY_PROMISED) != 0 && applicant_member(t->r, k, a))
        promise_note(t, k, a);
}

static void after(struct region *r, int32_t k)
{
    promises_review(r, k, POLICY(r, k, cluster_loan)->patience);
}

const struct instrument cluster_loan = {
    .name = "cluster_loan",
    .number = 36,
    .group = GROUP_cluster_loan,
    .who_en = "government, banks, enterprises",
    .who_zh = "政府、银行、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .eligible = eligible,
    .places = places,
    .favour = favour,
    .granted = granted,
    .after = after,
};
