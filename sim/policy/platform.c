/* SPDX-License-Identifier: GPL-3.0-or-later */
/* platform (信息共享与综合服务平台): members share data that lenders see as a signal of its own precision, and are shown
 * products they did not know.  Instrument 34; mechanisms M4.
 *
 * Joining is the enterprise's choice: when what it expects to gain exceeds fee and effort, or by mandate.  It expects to gain
 * from being told apart only if its record is good; anybody gains from knowing more products.
 *
 * Joining is the bank's choice too: only banks that joined see the signal.  Per yuan lent to members a bank gains what knowing
 * more is worth (M5), and where who sees must share (`reciprocity`) it gives up rent: its borrowers can turn to the other
 * members at once, which takes away a part of what keeps them, `contest` times the share of rival banks that joined.  It joins
 * when gain - rent exceeds its fee over what members owe it, or by mandate.  Coverage is an outcome. */
#include <liandong/credit.h>
#include <liandong/evaluation.h>

enum {
    PRECISION,
    ROOT,
    MONTH_FEN,
    CONTEST
}; /* of the signal and its root; fee and effort of a month, whole fen; what
                                                 sharing takes from what keeps a borrower of a bank that joined */

/* Share of the other banks that joined. */
static double rivals(const struct region *r, int32_t others)
{
    return r->n_banks > 1 ? (double)others / (r->n_banks - 1) : 0.0;
}

static void fold(const struct region *r, int32_t k, double folded[4])
{
    const struct platform_params *q = POLICY(r, k, platform);
    int32_t joined = lenders_in(r, k);
    folded[PRECISION] = precision_of_auc(0.5 + q->auc);
    folded[ROOT] = __builtin_sqrt(folded[PRECISION]);
    folded[MONTH_FEN] = (double)from_yuan((money_to_yuan(q->fee) + money_to_yuan(q->effort)) / 12.0).fen;
    folded[CONTEST] = q->reciprocity && joined > 0 ? q->contest * rivals(r, joined - 1) : 0.0;
}

static void eligible(struct asked *a)
{
    const struct rows *t = a->t;
    const struct platform_params *q = POLICY(t->r, a->k, platform);
    const struct credit_params *c = P(t->r, credit);
    const float *profit = t->e->profit_last, *literacy = t->e->literacy;
    const money *overdue = t->e->overdue, *debt = t->e->debt;
    const double tau = t->r->line[a->k].folded[PRECISION], awareness = q->awareness,
                 spread = c->quality_loading * __builtin_sqrt(tau / (1.0 + tau)) * c->belief_prior * c->lgd_prior,
                 missing = P(t->r, enterprise)->liquidity_value, hope = P(t->r, enterprise)->product_hope,
                 cost = money_to_yuan(q->fee) + money_to_yuan(q->effort);
    double target[ASKED_TOGETHER], borrows[ASKED_TOGETHER];
    if (q->mandate)
        return;
    asked_targets(a, target);
    ASKED_ALL(a, j, i, borrows[j] = ld_max(money_whole(debt[i]) / 100.0, target[j]));
    ASKED_KEEP(a, j, i,
               (((profit[i] > 0.0f) & (overdue[i].fen == 0)) ? spread : 0.0) * borrows[j] +
                       awareness * (1.0 - (double)literacy[i]) * missing * hope * target[j] >
                   cost);
}

/* Last month's members over the enterprises of the region: the part of a bank's borrowers that shares its data, as far as the
 * bank can tell. */
static double members_share(const struct region *r, int32_t k)
{
    int64_t all = 0;
    for (int32_t cell = 0; cell < N_CELLS; cell++)
        all += r->total.item[cell][ITEM_REGISTERED];
    return all > 0 ? (double)r->total.members[k] / (double)all : 0.0;
}

static bool lender(const struct region *r, int32_t k, int32_t bank)
{
    const struct platform_params *q = POLICY(r, k, platform);
    double members = members_share(r, k), shared = money_to_yuan(r->bank[bank].book) * members;
    if (q->lender_mandate || members <= 0.0)
        return q->lender_mandate;
    double gain = lenders_worth(r, bank, r->tau_credit, r->tau_credit + r->line[k].folded[PRECISION]);
    int32_t others = lenders_in(r, k) - bank_joined(r, bank, k);
    double rent = q->reciprocity ? q->contest * rivals(r, others) * P(r, credit)->leaving_from : 0.0;
    return gain > rent && (gain - rent) * shared >= money_to_yuan(q->lender_fee);
}

/* Fee and effort are paid month by month, by who can. */
static money fee(const struct region *r, int32_t k)
{
    return FEN((int64_t)r->line[k].folded[MONTH_FEN]);
}

/* Built on government data. */
static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    const double *folded = t->r->line[k].folded;
    s->contested = folded[CONTEST] > s->contested ? folded[CONTEST] : s->contested;
    evaluation_signal(t, i, t->r->layout->name[GROUP_platform][t->r->line[k].instance], folded[ROOT],
                      POLICY(t->r, k, platform)->shared_error, DRAW_PLATFORM_SIGNAL, s);
}

static double inform(const struct region *r, int32_t k)
{
    return POLICY(r, k, platform)->awareness;
}

/* The budget line pays the platform's running cost; banks that joined pay their fee month by month. */
static void begin(struct region *r, int32_t k)
{
    const struct platform_params *q = POLICY(r, k, platform);
    money fee = money_scale(q->lender_fee, 1.0 / 12.0);
    line_upkeep(r, k, FLOW_PLATFORM_COST);
    for (int32_t b = 0; b < r->n_banks && q->enabled && fee.fen > 0; b++)
        if (bank_joined(r, b, k)) {
            bank_pays(r, &r->bank[b], fee);
            market_flow(r, FLOW_PLATFORM_BANK_FEE, fee);
        }
}

static bool investors(const struct region *r, int32_t k)
{
    return POLICY(r, k, platform)->investors != 0;
}

static bool matches(const struct region *r, int32_t k)
{
    return POLICY(r, k, platform)->matching != 0;
}

const struct instrument platform = {
    .name = "platform",
    .number = 34,
    .group = GROUP_platform,
    .who_en = "platform, enterprises, banks, government",
    .who_zh = "平台、企业、银行、政府",
    .flow = FLOW_PLATFORM_COST,
    .claim_every = 12,
    .fold = fold,
    .begin = begin,
    .eligible = eligible,
    .fee = fee,
    .fee_flow = FLOW_PLATFORM_FEE,
    .see = see,
    .matches = matches,
    .investors = investors,
    .lender = lender,
    .inform = inform,
};
