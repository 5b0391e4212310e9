/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tech_insurance (科技保险、保费补贴): enterprises insure losses of research, product liability and first-set equipment; the
 * government repays a part of the premium.  Instrument 10.
 *
 * Of a loss L (accidents.c) the insurer pays  min(share (L - deductible), limit)  to the injured, with co-insurers (11) each
 * his quota.  Premium: a rate on a year's sales and research, in twelve parts; who cannot pay one is no longer insured.  Each
 * January the rate follows experience as in double_insured, on the insurer's own part.
 *
 * An enterprise buys when the premium, net of the subsidy, is below what the cover saves it on average over sizes of loss:
 * the loss, what missing cash is worth to it, and, where the loss would kill it, all that it is worth - but never more than
 * that, as nobody can lose more: who has little to lose insures little. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

enum { POOL_LINE, POOL_QUOTA, POOL_PREMIUM }; /* folded */

/* The first co-insurance pool that stands, which is one with capital: its line, its part of losses and of premiums after commission. */
static void fold(const struct region *r, int32_t k, double folded[4])
{
    (void)k;
    folded[POOL_LINE] = -1.0;
    folded[POOL_QUOTA] = folded[POOL_PREMIUM] = 0.0;
    for (int32_t j = 0; j < r->n_instances && folded[POOL_LINE] < 0.0; j++) {
        if (r->line[j].group != GROUP_coinsurance || !LINE_COMMON(r, j)->enabled)
            continue;
        const struct coinsurance_params *q = POLICY(r, j, coinsurance);
        if (q->participants == 0 || q->quota <= 0.0 || q->capital.fen <= 0)
            continue;
        folded[POOL_LINE] = j;
        folded[POOL_QUOTA] = q->quota;
        folded[POOL_PREMIUM] = q->quota * (1.0 - q->commission);
    }
}

static struct bearer *pool_of(const struct region *r, int32_t k)
{
    double line = r->line[k].folded[POOL_LINE];
    return line < 0.0 ? NULL : &r->bearer[r->line[(int32_t)line].bearer];
}

/* What the leading insurer and the pool could each bear, where the whole is one and their parts are fixed. */
static double joint_funds(const struct region *r, int32_t k)
{
    const struct bearer *lead = &r->bearer[r->line[k].bearer], *pool = pool_of(r, k);
    double quota = r->line[k].folded[POOL_QUOTA];
    double by_lead = quota < 1.0 ? money_to_yuan(bearer_net_worth(lead)) / (1.0 - quota) : 1e300;
    double by_pool = pool != NULL ? money_to_yuan(bearer_net_worth(pool)) / quota : 1e300;
    return by_lead < by_pool ? by_lead : by_pool;
}

/* Most paid for one accident: no insurer bears more than its legal part of its own funds. */
static double policy_limit(const struct region *r, int32_t k)
{
    const struct tech_insurance_params *q = POLICY(r, k, tech_insurance);
    double law = q->single_risk * joint_funds(r, k), contract = money_to_yuan(q->limit);
    return law < contract ? law : contract;
}

static int64_t places(const struct region *r, int32_t k)
{
    double limit = policy_limit(r, k), most = POLICY(r, k, tech_insurance)->leverage_max * joint_funds(r, k);
    double n = limit > 0.0 ? most / limit : 0.0;
    return (int64_t)(n < 1e9 ? n : 1e9);
}

static inline double indemnity(const struct tech_insurance_params *q, double loss, double limit)
{
    double counts = loss - money_to_yuan(q->deductible), pays = q->share * (counts > 0.0 ? counts : 0.0);
    return pays < limit ? pays : limit;
}

/* -- who buys --------------------------------------------------------------------------------------------------------------- */
/* What enterprises stand to lose, their value with it where bills would kill them. */
struct owners {
    double cash[ASKED_TOGETHER], value[ASKED_TOGETHER], base[ASKED_TOGETHER];
    double bears[ASKED_TOGETHER]; /* overdue bills that creditors bear */
};

/* Of the n listed, rows each. */
static void look_at(const struct rows *t, const uint32_t *row, uint32_t n, struct owners *o)
{
    const double limit = P(t->r, enterprise)->overdue_limit;
    const money *cash = t->e->cash;
    for (uint32_t j = 0; j < n; j++)
        o->cash[j] = money_whole(cash[row[j]]) / 100.0;
    for (uint32_t j = 0; j < n; j++)
        o->base[j] = accident_base(t->e, row[j]);
    for (uint32_t j = 0; j < n; j++)
        o->bears[j] = limit * fixed_cost(t->r, t->e, row[j]);
    for (uint32_t j = 0; j < n; j++)
        o->value[j] = ld_max(firm_value(t->r, t->e, row[j]), 0.0);
}

/* `missing`: worth of a missing yuan. */
static inline double cost_of(double cash, double value, double bears, double missing, double loss)
{
    double lacks = loss > cash ? loss - cash : 0.0;
    return lacks > bears ? cash + value : loss + missing * lacks;
}

/* A year's worth of cover, beyond and above the losses paid.  Size by size, so that it vectorises over enterprises. */
static void worth_of_cover(const struct region *r, int32_t k, const struct owners *o, uint32_t n,
                           double worth[ASKED_TOGETHER])
{
    const struct tech_insurance_params q = *POLICY(r, k, tech_insurance);
    const double limit = policy_limit(r, k), size = P(r, enterprise)->accident_size,
                 hazard = P(r, enterprise)->accident_hazard, missing = P(r, enterprise)->liquidity_value;
    double weights = 0.0;
    memset(worth, 0, ASKED_TOGETHER * sizeof *worth);
    for (int32_t s = 0; s < ACCIDENT_SIZES; s++) {
        const double weight = r->cells.likely[s], over = r->cells.accident[s];
        for (uint32_t j = 0; j < n; j++) {
            double loss = o->base[j] * size * over, cash = o->cash[j], value = o->value[j], bears = o->bears[j];
            double own = loss - indemnity(&q, loss, limit);
            worth[j] +=
                weight * (cost_of(cash, value, bears, missing, loss) - cost_of(cash, value, bears, missing, own));
        }
        weights += weight;
    }
    for (uint32_t j = 0; j < n; j++)
        worth[j] = hazard * worth[j] / weights;
}

/* Half of the registered know of it: only they are reckoned, side by side. */
static void eligible(struct asked *a)
{
    const struct region *r = a->t->r;
    const struct tech_insurance_params *q = POLICY(r, a->k, tech_insurance);
    const double rate = r->bearer[r->line[a->k].bearer].premium, part = q->subsidy * r->line[a->k].honoured,
                 cap = money_to_yuan(q->cap_firm);
    struct owners o;
    double worth[ASKED_TOGETHER];
    uint16_t list[ASKED_TOGETHER];
    uint32_t row[ASKED_TOGETHER];
    asked_registered(a);
    asked_knows(a, tech_insurance.number);
    uint32_t n = marks_list(a->mark, a->n, list);
    for (uint32_t j = 0; j < n; j++)
        row[j] = (uint32_t)(a->first + (a->row != NULL ? a->row[list[j]] : list[j]));
    look_at(a->t, row, n, &o);
    worth_of_cover(r, a->k, &o, n, worth);
    for (uint32_t j = 0; j < n; j++) {
        double premium = rate * o.base[j];
        a->mark[list[j]] = premium - ld_min(part * premium, cap) < worth[j];
    }
}

/* -- premiums ------------------------------------------------------------------------------------------------------------------ */
/* Who cannot pay is no longer insured. */
static void serve(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n)
{
    const struct line *line = &t->r->line[k];
    const double rate = t->r->bearer[line->bearer].premium, joint = line->folded[POOL_PREMIUM];
    money due[TILE], *cash = t->e->cash + t->lo, paid = FEN(0), shared = FEN(0);
    uint32_t *insured = t->e->insured_year + t->lo;
    float *profit = t->e->profit_year + t->lo;
    for (uint32_t j = 0; j < n; j++)
        due[j] = from_yuan(rate * accident_base(t->e, t->lo + list[j]) / 12.0);
    for (uint32_t j = 0; j < n; j++) {
        const uint32_t i = list[j];
        if (due[j].fen > cash[i].fen) {
            enterprise_join(t->e, t->lo + i, k, false);
            continue;
        }
        cash[i] = money_sub(cash[i], due[j]);
        paid = money_add(paid, due[j]);
        shared = money_add(shared, money_scale(due[j], joint));
        int64_t year = (int64_t)insured[i] + due[j].fen;
        insured[i] = (uint32_t)(year < UINT32_MAX ? year : UINT32_MAX);
        profit[i] -= (float)money_to_yuan(due[j]);
    }
    flow_add(t->t, FLOW_TECH_PREMIUM, paid);
    t->t->purse[k] += paid.fen - shared.fen;
    if (shared.fen > 0)
        t->t->purse[(int32_t)line->folded[POOL_LINE]] += shared.fen;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    const struct tech_insurance_params *q = POLICY(t->r, k, tech_insurance);
    return money_min(money_scale(FEN((int64_t)t->e->insured_year[i]), q->subsidy), q->cap_firm);
}

/* -- the insurer ---------------------------------------------------------------------------------------------------------------- */
static double rated(const struct tech_insurance_params *q, const struct bearer *p)
{
    double weight = money_to_yuan(q->credibility), prior = q->premium * (1.0 - q->expenses);
    return (p->incurred + weight * prior) / (p->exposure + weight) / (1.0 - q->expenses);
}

static void begin(struct region *r, int32_t k)
{
    const struct tech_insurance_params *q = POLICY(r, k, tech_insurance);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    bearer_invest(r, p, q->enabled, money_scale(q->capital, r->scale), q->dividend);
    if (r->month % 12 == 0 || r->line[k].changed)
        p->premium = rated(q, p);
}

static money pay_part(struct region *r, struct bearer *p, money due)
{
    money pays = money_min(due, p->balance);
    p->balance = money_sub(p->balance, pays);
    p->decided = money_add(p->decided, due);
    p->compensated = money_add(p->compensated, pays);
    p->filed++;
    p->settled++;
    p->event[BEARER_UNPAID] += pays.fen < due.fen;
    market_flow(r, FLOW_DAMAGES_INSURED, pays);
    return pays;
}

static money indemnify(struct region *r, int32_t k, money loss)
{
    const struct tech_insurance_params *q = POLICY(r, k, tech_insurance);
    money due = from_yuan(indemnity(q, money_to_yuan(loss), policy_limit(r, k)));
    struct bearer *pool = pool_of(r, k);
    money shared = money_scale(due, r->line[k].folded[POOL_QUOTA]);
    money paid = pay_part(r, &r->bearer[r->line[k].bearer], money_sub(due, shared));
    return pool == NULL ? paid : money_add(paid, pay_part(r, pool, shared));
}

/* Its cost, and what it covered: premiums received tell for how much of sales and research. */
static void after(struct region *r, int32_t k)
{
    const struct tech_insurance_params *q = POLICY(r, k, tech_insurance);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    money cost = money_min(money_scale(p->fees, q->expenses), p->balance);
    market_flow(r, FLOW_INSURER_COST, cost);
    p->balance = money_sub(p->balance, cost);
    double keep = 1.0 - 1.0 / q->memory, part = 1.0 - r->line[k].folded[POOL_QUOTA];
    double rate = p->premium * (1.0 - r->line[k].folded[POOL_PREMIUM]); /* that it gets for its part */
    double covered = rate > 0.0 ? part * money_to_yuan(p->fees) / rate : 0.0;
    p->exposure = keep * p->exposure + covered;
    p->incurred = keep * p->incurred + money_to_yuan(p->compensated);
}

const struct instrument tech_insurance = {
    .name = "tech_insurance",
    .number = 10,
    .group = GROUP_tech_insurance,
    .who_en = "government, insurer, enterprises",
    .who_zh = "政府、保险公司、企业",
    .flow = FLOW_SUBSIDY_PREMIUM,
    .claim_every = 12,
    .claim_past = true,
    .fold = fold,
    .begin = begin,
    .eligible = eligible,
    .places = places,
    .serve = serve,
    .claim = claim,
    .indemnify = indemnify,
    .after = after,
};
