/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bond_pricing - what investors believe of bonds, and what they ask for a tranche (docs/model/bonds.md).
 *
 * Of one bond they believe what a bank would that has seen the bonds of the region and nothing else: Gamma-Poisson on the hazard,
 * papers as a signal, the weight of quality as it was learnt.  Of an issue of n like bonds, d default together with
 *     P(d) = C(n, d) B(a + d, b + n - d) / B(a, b),   a = p (1 / rho - 1),  b = (1 - p) (1 / rho - 1)
 * (beta-binomial): rho, the correlation of defaults, is not a setting, but what yearly defaults of all bonds scattered so far beyond
 * what independent ones would.  Losses eat through other issuers, junior tranche, guarantor and repayment fund in that order. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>

/* -- one bond -------------------------------------------------------------------------------------------------------------------- */
double bonds_base_pd(const struct region *r)
{
    const struct credit_params *c = P(r, credit);
    const struct bond_record *m = &r->bond_record;
    return 12.0 * (c->belief_prior / 12.0 * c->belief_weight + m->defaults) / (c->belief_weight + m->months);
}

/* As a bank learns it from its loans (learning.c). */
static double loading(const struct region *r)
{
    const struct credit_params *c = P(r, credit);
    const struct bond_record *m = &r->bond_record;
    if (m->months < 1.0)
        return c->quality_loading;
    double mean = m->quality / m->months, variance = m->square / m->months - mean * mean;
    double lower = m->defaults * mean - m->defaults_quality, known = m->defaults * variance;
    double learnt = (c->loading_weight * c->quality_loading + lower) / (c->loading_weight + known);
    return ld_min(ld_max(learnt, 0.0), 3.0);
}

double bonds_lgd(const struct region *r)
{
    const struct credit_params *c = P(r, credit);
    double prior = money_to_yuan(c->lgd_weight);
    return (c->lgd_prior * prior + r->bond_record.lost) / (prior + r->bond_record.lost_of);
}

double bonds_correlation(const struct region *r)
{
    const struct bond_market_params *p = P(r, bond_market);
    const struct bond_record *m = &r->bond_record;
    double rho = (p->correlation_prior * p->correlation_weight + m->excess) / (p->correlation_weight + m->pairs);
    return ld_min(ld_max(rho, 0.0), 0.9);
}

/* What holds for all bonds. */
struct outlook {
    double pd, loading;
};
static struct outlook outlook_of(const struct region *r)
{
    return (struct outlook){.pd = bonds_base_pd(r), .loading = loading(r)};
}

static double believe(const struct outlook *all, struct bond *q)
{
    double expected, pd = posterior_pd(all->pd, all->loading, (double)q->weighted, (double)q->precision, &expected);
    q->expected = (float)expected;
    q->pd = (float)pd;
    return pd;
}

double bonds_believe(const struct region *r, struct bond *q)
{
    struct outlook all = outlook_of(r);
    return believe(&all, q);
}

/* -- learning ---------------------------------------------------------------------------------------------------------------------- */
void bonds_note_default(struct region *r, const struct bond *q)
{
    struct bond_record *m = &r->bond_record;
    m->bad++;
    m->defaults += 1.0;
    m->defaults_quality += (double)q->expected;
    m->year_defaults += 1.0;
}

/* (d - n p)^2 = n p (1 - p) + n (n - 1) p (1 - p) rho, in the mean, where n defaults correlate by rho. */
static void learn_correlation(struct bond_record *m, double keep)
{
    double n = m->year_bonds, p = n > 0.0 ? m->year_expected / n : 0.0, scatter = n * p * (1.0 - p);
    if (n > 1.0 && scatter > 0.0) {
        double off = m->year_defaults - m->year_expected;
        m->excess = keep * m->excess + off * off - scatter;
        m->pairs = keep * m->pairs + (n - 1.0) * scatter;
    }
    m->year_bonds = m->year_expected = m->year_defaults = 0.0;
}

void bonds_forget(struct region *r)
{
    struct bond_record *m = &r->bond_record;
    double keep = P(r, credit)->forgetting;
    m->asked *= keep;
    m->sold *= keep;
    m->months *= keep;
    m->defaults *= keep;
    m->quality *= keep;
    m->square *= keep;
    m->defaults_quality *= keep;
    m->lost *= keep;
    m->lost_of *= keep;
}

void bonds_look_back(struct region *r)
{
    if (r->month % 12 == 11)
        learn_correlation(&r->bond_record, ld_pow(P(r, credit)->forgetting, 12.0));
}

/* -- an issue -------------------------------------------------------------------------------------------------------------------------- */
struct issue_aid bonds_aid(const struct region *r, uint32_t i)
{
    struct issue_aid sum = {0};
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        if (!line_open(r, k, i))
            continue;
        instrument_of(r, k)->aid(r, k, &one);
        sum.precision += one.precision;
        sum.cost = money_add(sum.cost, one.cost);
        sum.penalty = ld_max(sum.penalty, one.penalty);
        sum.finds = ld_max(sum.finds, one.finds);
    }
    return sum;
}

double bonds_admitted(const struct bond_book *b, size_t s, int32_t k)
{
    money part = FEN(0), all = FEN(0);
    EACH_BOND(b, s, q)
    {
        if (q->asked.fen == 0)
            continue;
        all = money_add(all, q->asked);
        part = line_open(b->r, k, q->row) ? money_add(part, q->asked) : part;
    }
    return all.fen > 0 ? (double)part.fen / (double)all.fen : 0.0;
}

/* How a body has honoured calls on it, in the contract's favour until there are some: with the weight of what covers are judged by. */
double body_honoured(const struct region *r, int32_t k)
{
    const struct body *body = &r->line[k].body;
    double weight = money_to_yuan(P(r, credit)->cover_weight);
    return (weight + body->paid) / (weight + body->asked);
}

/* Of what is missing, what funds are expected to pay. */
static double fund_of(const struct bond_book *b, size_t s)
{
    const struct region *r = b->r;
    double left = 1.0;
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(r, k)->aid(r, k, &one);
        if (one.fund > 0.0)
            left *= 1.0 - one.fund * bonds_admitted(b, s, k) * body_honoured(r, k) * (r->line[k].body.cash.fen > 0);
    }
    return 1.0 - left;
}

/* What buyers of so much are paid for it, where the budget lines have the money. */
static double rewards(const struct bond_book *b, size_t s, money senior)
{
    const struct region *r = b->r;
    double sum = 0.0;
    EACH_HOOKED(r, HOOK_AID, k)
    {
        struct issue_aid one = {0};
        instrument_of(r, k)->aid(r, k, &one);
        if (one.reward <= 0.0)
            continue;
        one.reward *= bonds_admitted(b, s, k);
        sum += money_scale(senior, one.reward).fen <= r->line[k].cash.fen ? one.reward : 0.0;
    }
    return sum;
}

/* What a pool of n like bonds loses the senior tranche, of which so much, in a share: mean and standard deviation. */
struct layers {
    double lgd, cross, junior, guarded, fund;
};
static double senior_loss(const struct layers *c, double defaulted)
{
    double lost = defaulted * c->lgd, others = lost * (1.0 - c->cross * (1.0 - defaulted));
    double beyond = ld_max(others - c->junior, 0.0) / (1.0 - c->junior);
    return beyond * (1.0 - c->guarded) * (1.0 - c->fund);
}

static void expect_loss(const struct layers *c, double p, double rho, int32_t n, struct issue_price *price)
{
    double mean = 0.0, square = 0.0, chance = 1.0, more = 1.0 / ld_max(rho, 1e-6) - 1.0, a = p * more,
           b = (1.0 - p) * more;
    for (int32_t k = 0; k < n; k++)
        chance *= (b + k) / (a + b + k);
    for (int32_t d = 0; d <= n; d++) {
        double lost = senior_loss(c, (double)d / n);
        mean += chance * lost;
        square += chance * lost * lost;
        if (d < n)
            chance *= (double)(n - d) / (d + 1.0) * (a + d) / (b + n - d - 1.0);
    }
    price->loss = mean;
    price->spread = __builtin_sqrt(ld_max(square - mean * mean, 0.0));
}

/* As many like bonds as scatter alike: 1 / sum of squared shares. */
static int32_t alike(double sum, double squares)
{
    double n = squares > 0.0 ? sum * sum / squares : 1.0;
    return n < 1.5 ? 1 : n < 200.0 ? (int32_t)(n + 0.5) : 200;
}

struct issue_price bonds_price(const struct bond_book *b, size_t s, const struct issue_terms *o)
{
    const struct region *r = b->r;
    const struct bond_market_params *p = P(r, bond_market);
    const struct outlook all = outlook_of(r);
    double sum = 0.0, squares = 0.0, pd = 0.0, years = o->term / 12.0;
    EACH_BOND(b, s, q)
    {
        double amount = money_to_yuan(q->asked);
        sum += amount;
        squares += amount * amount;
        pd += amount * believe(&all, q);
    }
    struct issue_price price = {.pd = sum > 0.0 ? pd / sum : 0.0};
    struct layers c = {.lgd = bonds_lgd(r),
                       .cross = o->cross,
                       .junior = o->junior,
                       .guarded = o->guaranteed * body_honoured(r, o->backed_by),
                       .fund = fund_of(b, s)};
    double defaults = 1.0 - ld_exp(-price.pd * years),
           life = o->amortises ? 0.5 * years + 0.5 * o->every / 12.0 : years;
    expect_loss(&c, ld_max(defaults, 1e-9), bonds_correlation(r), alike(sum, squares), &price);
    price.loss /= life;
    price.spread /= life;
    price.yield = P(r, credit)->base_rate + p->spread + price.loss + p->risk_price * price.spread -
                  rewards(b, s, from_yuan((1.0 - o->junior) * sum)) / life;
    price.yield = ld_max(price.yield, 0.0);
    price.rate = (1.0 - o->junior) * price.yield + o->junior * o->junior_return;
    return price;
}
