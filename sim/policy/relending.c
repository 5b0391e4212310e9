/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relending (科技创新再贷款): the central bank lends banks a share of what they have lent to eligible enterprises, at a low rate.
 * Instrument 39.  At the end of each month what a bank owes the central bank is brought to share * performing principal of
 * the loans that it may refinance, within the quota, which is shared in proportion; funds so had need no deposits. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    const struct relending_params *q = POLICY(a->t->r, a->k, relending);
    asked_sales_to(a, q->sales_max);
    asked_patents_from(a, q->patents_min);
}

/* What of the present wish the quota met at the end of last month. */
enum { MET };

static void fold(const struct region *r, int32_t k, double folded[4])
{
    const struct relending_params *q = POLICY(r, k, relending);
    double wish = 0.0, quota = money_to_yuan(q->quota) * r->scale;
    for (int32_t b = 0; b < r->n_banks; b++)
        wish += q->share * money_to_yuan(dealing_of(r, k, b)->month);
    folded[MET] = wish > quota ? quota / wish : 1.0;
}

/* A loan that is refinanced keeps to the ceiling; where it cannot, it is an ordinary one. */
static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct relending_params *q = POLICY(r, k, relending);
    double cheaper = r->bank[a->bank].funding - q->rate;
    double gain = q->share * r->line[k].folded[MET] * cheaper;
    if (gain > f->refinanced && a->bank < q->banks && applicant_member(r, k, a)) {
        f->refinanced = gain;
        f->ceiling = q->rate_ceiling;
    }
}

static void lend(struct region *r, struct bank *b, money more)
{
    market_flow(r, FLOW_RELENDING, more);
    market_flow(r, FLOW_RELENDING_OWED, more);
    b->relent = money_add(b->relent, more);
    b->cash = money_add(b->cash, more);
}

static void repay(struct region *r, struct bank *b, money less)
{
    bank_pays(r, b, less);
    market_flow(r, FLOW_RELENDING_REPAID, less);
    market_flow(r, FLOW_RELENDING_ENDED, less);
    b->relent = money_sub(b->relent, less);
}

/* dealing.month holds the principal that each bank may refinance until the next month is folded. */
static void after(struct region *r, int32_t k)
{
    const struct relending_params *q = POLICY(r, k, relending);
    double met;
    for (int32_t b = 0; b < r->n_banks; b++)
        dealing_of(r, k, b)->month = FEN(r->total.bank[b][BANK_ITEM_REFINANCED]);
    double folded[4] = {0};
    fold(r, k, folded);
    met = q->enabled ? folded[MET] : 0.0;
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct bank *bank = &r->bank[b];
        money interest = money_scale(bank->relent, q->rate / 12.0);
        bank_pays(r, bank, interest);
        market_flow(r, FLOW_RELENDING_INTEREST, interest);
        money want = money_scale(dealing_of(r, k, b)->month, q->share * met);
        if (want.fen > bank->relent.fen)
            lend(r, bank, money_sub(want, bank->relent));
        else if (want.fen < bank->relent.fen)
            repay(r, bank, money_sub(bank->relent, want));
    }
}

const struct instrument relending = {
    .name = "relending",
    .number = 39,
    .group = GROUP_relending,
    .who_en = "central bank, banks, enterprises",
    .who_zh = "中国人民银行、银行、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .fold = fold,
    .eligible = eligible,
    .favour = favour,
    .after = after,
};
