/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_linkage (贷投批量联动): the government recommends enterprises in batches, the bank grades each, and bank and fund
 * finance those that pass together.  Instrument 3.
 *
 * Each quarter a list is drawn up of enterprises of the right kind that lack cash.  A bank sees to a whole list at once, which
 * saves work, and its head office decides on the list once: from then to the end of the quarter one that is on it asks bank and
 * fund together, each for its part.  The bank lends to all that its grading lets pass, if the fund has paid; if not, the
 * package falls.  Many loans of one kind at a time share their sector's fate: how much comes out (package_correlation). */
#include <liandong/linking.h>

static void eligible(struct asked *a)
{
    const struct batch_linkage_params *q = POLICY(a->t->r, a->k, batch_linkage);
    const money *cash = a->t->e->cash;
    const float *room = a->t->e->line_room;
    double target[ASKED_TOGETHER];
    asked_sector(a, q->sector);
    asked_patents_from(a, q->patents_min);
    asked_sales_to(a, q->sales_max);
    asked_product(a);
    asked_targets(a, target);
    ASKED_KEEP(a, j, i, money_whole(cash[i]) / 100.0 + (double)room[i] < target[j]);
}

static int64_t places(const struct region *r, int32_t k)
{
    return (int64_t)(POLICY(r, k, batch_linkage)->places * r->scale + 0.5);
}

/* Months from the list to the decision of the head office: within the quarter. */
static int32_t decided_after(const struct region *r, const struct batch_linkage_params *q)
{
    int32_t delay = P(r, credit)->head_office_delay;
    return !q->head_office ? 0 : delay < 2 ? delay : 2;
}

/* In the month of the decision those on the list are called upon to apply. */
static void serve(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n)
{
    if (t->w->month % 3 == decided_after(t->r, POLICY(t->r, k, batch_linkage)))
        for (uint32_t j = 0; j < n; j++)
            t->e->rest[t->lo + list[j]] = 0;
}

static bool package(const struct rows *t, uint32_t i, int32_t k, struct package *o)
{
    const struct batch_linkage_params *q = POLICY(t->r, k, batch_linkage);
    if (t->w->month % 3 < decided_after(t->r, q) || t->r->branch[t->e->branch[i]].bank >= q->partners)
        return false;
    o->lent = q->lent;
    o->pd_max = q->pd_max;
    o->spared = q->shared_file;
    o->whoever = true;
    o->instance = k + 1;
    return true;
}

static double paid_with(const struct region *r, const struct application *a)
{
    return backing_paid(r, a->row, a->month);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    if (a->package != k + 1)
        return;
    f->hours += POLICY(r, k, batch_linkage)->hours;
    f->must_lend = f->must_lend || paid_with(r, a) > 0.0;
    f->falls = f->falls || paid_with(r, a) <= 0.0;
}

/* What the bank puts beside the fund's money. */
static bool link(const struct region *r, int32_t k, const struct application *a, struct link *o)
{
    const struct batch_linkage_params *q = POLICY(r, k, batch_linkage);
    double paid = a->package == k + 1 ? paid_with(r, a) : 0.0;
    o->counted = paid;
    o->lends = paid * q->lent / (1.0 - q->lent);
    return paid > 0.0;
}

const struct instrument batch_linkage = {
    .name = "batch_linkage",
    .number = 3,
    .group = GROUP_batch_linkage,
    .who_en = "government, banks, venture funds, enterprises",
    .who_zh = "政府、银行、创投基金、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .quarterly = true,
    .eligible = eligible,
    .places = places,
    .serve = serve,
    .favour = favour,
    .link = link,
    .package = package,
};
