/* SPDX-License-Identifier: GPL-3.0-or-later */
/* certifying - managers differ in the offers to buy that they bring; what a guide fund sees of it, and what its joining tells
 * others (mechanisms M10: certification, if the public pick carries information).
 *
 * log offers of a manager over those of others = s z - s^2/2, z normal, for life.  The guide fund sees x = z + e/sqrt(t) and joins
 * the best by it.  Who knows that a manager has passed, and how precisely he was examined, expects of him what is expected of
 * those who pass: a position is sold to a buyer within its years, for more than it is worth, or left to other investors at a
 * discount. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static double drawn_for(const struct region *r, const struct fund *f, int32_t month, enum draw purpose)
{
    struct luck luck = r->luck;
    luck.month = month;
    return ld_normal_quantile(draw(luck, manager_identity(r, &r->manager[f->manager]), purpose));
}

static double offers_over(double spread, double z)
{
    return ld_exp(spread * (z - 0.5 * spread));
}

double fund_buyers(const struct region *r, const struct fund *f)
{
    double spread = fund_kind(r, f)->network_spread;
    return spread > 0.0 && f->manager >= 0 ? offers_over(spread, drawn_for(r, f, 0, DRAW_MANAGER_NETWORK)) : 1.0;
}

/* What is to be seen, over the precision; the least of it that passes. */
static double least_seen(const struct sponsor *o)
{
    return ld_normal_quantile(ld_max(1.0 - o->passes, 1e-9)) * __builtin_sqrt(1.0 + 1.0 / o->examination);
}

bool manager_passes(const struct region *r, const struct fund *f, const struct sponsor *o)
{
    if (o->examination <= 0.0)
        return true;
    double error = drawn_for(r, f, f->begun, DRAW_EXAMINATION) / __builtin_sqrt(o->examination);
    return drawn_for(r, f, 0, DRAW_MANAGER_NETWORK) + error >= least_seen(o);
}

/* -- what others make of it ------------------------------------------------------------------------------------------------ */
/* Offers are lognormal over what an enterprise is worth to its owners, who take those that are more. */
struct offers {
    double taken, brings; /* share of them; what these bring on average, over that worth */
};

static struct offers offers_taken(const struct region *r)
{
    double mean = P(r, exits)->synergy, spread = ld_max(P(r, exits)->synergy_spread, 1e-6);
    double taken = ld_max(ld_normal_cdf(mean / spread), 1e-9);
    double brings = ld_exp(mean + 0.5 * spread * spread) * ld_normal_cdf(mean / spread + spread) / taken;
    return (struct offers){.taken = taken, .brings = brings};
}

/* Sales a year of an enterprise that funds hold, as all have seen them. */
static double sales_seen(const struct region *r, const struct fund *f, const struct offers *o)
{
    double prior = P(r, equity)->prior_ended * fund_kind(r, f)->years;
    return (prior * P(r, exits)->buyers * o->taken + r->equity.sold) / (prior + r->equity.watched);
}

/* What positions bring; those that nobody buys in their years go at a discount. */
static double brought(const struct region *r, const struct offers *o, double sales)
{
    double unsold = ld_exp(-sales);
    return (1.0 - unsold) * o->brings + unsold * (1.0 - P(r, exits)->discount);
}

enum { NODES = 15 }; /* middles of equally likely managers */

double manager_certified(const struct region *r, const struct fund *f, const struct sponsor *o)
{
    double spread = fund_kind(r, f)->network_spread, years = f->rule.life / 12.0 - f->rule.invest / 24.0;
    struct offers offers = offers_taken(r);
    double all = 0.0, passed = 0.0, n = 0.0, sales = sales_seen(r, f, &offers) * ld_max(years, 0.0);
    if (spread <= 0.0 || o->examination <= 0.0)
        return 0.0;
    for (int k = 0; k < NODES; k++) {
        double z = ld_normal_quantile((k + 0.5) / NODES);
        double bring = brought(r, &offers, sales * offers_over(spread, z)) / NODES;
        double passes = ld_normal_cdf((z - least_seen(o)) * __builtin_sqrt(o->examination));
        all += bring;
        passed += passes * bring;
        n += passes / NODES;
    }
    return n > 0.0 ? passed / (n * all) - 1.0 : 0.0;
}
