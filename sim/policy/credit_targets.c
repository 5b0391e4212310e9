/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit_targets (年度信贷目标): each bank is to grant more than last year; what it stays short costs it.  Instrument 59.
 * While it is behind the year's plan, another yuan granted spares it that cost. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

static double target_of(const struct region *r, int32_t k, int32_t bank)
{
    return (1.0 + POLICY(r, k, credit_targets)->growth) * money_to_yuan(dealing_of(r, k, bank)->last_year);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct dealing *d = dealing_of(r, k, a->bank);
    double due = target_of(r, k, a->bank) * (r->month % 12 + 1) / 12.0;
    if (money_to_yuan(d->year) < due && a->granted.fen > 0) {
        double more = (double)application_more(a).fen / (double)a->granted.fen;
        f->bonus += POLICY(r, k, credit_targets)->cost * more / application_years(r, a);
    }
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    notice_count(t, k, a->bank, application_more(a));
}

/* At the turn of the year: nothing in the first, which has no year before it to grow from. */
static void after(struct region *r, int32_t k)
{
    const struct credit_targets_params *q = POLICY(r, k, credit_targets);
    for (int32_t b = 0; b < r->n_banks && q->enabled && r->month % 12 == 11; b++) {
        double missing = target_of(r, k, b) - money_to_yuan(dealing_of(r, k, b)->year);
        money cost = from_yuan(missing > 0.0 ? q->cost * missing : 0.0);
        bank_pays(r, &r->bank[b], cost);
        market_flow(r, FLOW_TARGET_MISSED, cost);
    }
}

const struct instrument credit_targets = {
    .name = "credit_targets",
    .number = 59,
    .group = GROUP_credit_targets,
    .who_en = "government, banks",
    .who_zh = "政府、银行",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .favour = favour,
    .granted = granted,
    .after = after,
};
