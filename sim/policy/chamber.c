/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chamber (工商会，德国模式): all registered enterprises belong to it and pay by size; it advises them and certifies to banks what it
 * knows of them.  Instrument 52; F067.
 *
 * Each January a member older than `exempt` months pays dues_base + dues_rate x yearly sales, as far as it has money.  Of what the
 * chamber then has, `advice` buys hours, the same for each member; what they teach counts at the end of the year.  The rest pays
 * certificates, so many a month that it lasts for the year: of its members' first applications some, by a key of identity and
 * month, come to the bank with what the chamber knows, a signal of its own precision.  No public money. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

enum { PRECISION }; /* of a certificate */

static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[PRECISION] = precision_of_auc(0.5 + POLICY(r, k, chamber)->auc);
}

static void eligible(struct asked *a)
{
    asked_registered(a);
}

static money levy(const struct rows *t, uint32_t i, int32_t k)
{
    const struct chamber_params *q = POLICY(t->r, k, chamber);
    if (age_of(t, i) <= q->exempt)
        return FEN(0);
    return money_add(q->dues_base, from_yuan(q->dues_rate * (double)t->e->sales[i]));
}

/* `kept`: hours that each member has had. */
static void served(const struct rows *t, uint32_t i, int32_t k)
{
    learn_finance(t->e, i, t->r->line[k].kept, POLICY(t->r, k, chamber)->literacy_hour);
}

static void spend(struct region *r, int32_t k, enum flow flow, money amount)
{
    r->line[k].dues = money_sub(r->line[k].dues, amount);
    market_flow(r, flow, amount);
}

static void begin(struct region *r, int32_t k)
{
    const struct chamber_params *q = POLICY(r, k, chamber);
    struct line *line = &r->line[k];
    if (!q->enabled) {
        spend(r, k, FLOW_CHAMBER_COST, line->dues); /* wound up */
        line->kept = 0.0;
    } else if (r->month % 12 == 0) {
        money advice = line->members > 0 ? money_scale(line->dues, q->advice) : FEN(0);
        line->kept =
            line->members > 0 ? money_to_yuan(advice) / money_to_yuan(q->hour_fee) / (double)line->members : 0.0;
        spend(r, k, FLOW_CHAMBER_ADVICE, advice);
    }
}

static int64_t looks(const struct region *r, int32_t k)
{
    int64_t month = r->line[k].dues.fen / (12 - r->month % 12);
    return month / POLICY(r, k, chamber)->certificate.fen;
}

static double look(const struct world *w, const struct region *r, int32_t k, const struct identity who[BLOCKS],
                   double error[BLOCKS])
{
    struct luck luck = w->luck;
    luck.month = w->month / 12;
    luck_normals(luck, who, DRAW_CERTIFICATE, error);
    return r->line[k].folded[PRECISION];
}

static void after(struct region *r, int32_t k)
{
    const struct chamber_params *q = POLICY(r, k, chamber);
    if (q->enabled)
        spend(r, k, FLOW_CHAMBER_CERTIFICATES, FEN(q->certificate.fen * r->line[k].served));
}

const struct instrument chamber = {
    .name = "chamber",
    .number = 52,
    .group = GROUP_chamber,
    .who_en = "all registered enterprises, chamber, banks",
    .who_zh = "全部登记企业、工商会、银行",
    .flow = FLOW_CHAMBER_DUES,
    .claim_every = 12,
    .fold = fold,
    .begin = begin,
    .eligible = eligible,
    .levy = levy,
    .served = served,
    .looks = looks,
    .look = look,
    .after = after,
};
