/* SPDX-License-Identifier: GPL-3.0-or-later */
/* appraising - how losses of public money are judged, and what that makes its officers pay; what a public fund concedes to the
 * founders (mechanisms M10; instruments 15-17).
 *
 * What a project brings is lognormal with mean m and spread s.  Its chance of a loss is N(s/2 - log(m)/s).  Officers dare to take
 * a stake where that chance is at most what is tolerated: they pay no more than at what m is large enough.  Judged together, n
 * projects have the same mean and a spread s_n, s_n^2 = log(1 + (exp(s^2) - 1)/n).  Judged before the end, after a part h of the
 * time, log growth has had a part h of its mean and of its variance, so that the chance of showing a loss is
 * N(sqrt(h) (s/2 - log(m)/s)). */
#include <liandong/funds.h>
#include <liandong/instrument.h>

double appraisal_multiple(const struct appraisal *a, double spread, double years)
{
    double n = ld_max(a->together, 1.0), s = spread;
    if (n > 1.0)
        s = __builtin_sqrt(ld_log(1.0 + (ld_exp(spread * spread) - 1.0) / n));
    if (a->tolerance <= 1e-9)
        return 1e12;
    double passed = a->horizon > 0.0 && a->horizon < years ? a->horizon / years : 1.0;
    double z = ld_normal_quantile(ld_min(a->tolerance, 1.0 - 1e-9)) / __builtin_sqrt(passed);
    return ld_exp(ld_min(0.5 * s * s - s * z, 27.0));
}

struct appraisal appraisal_now(const struct region *r, const struct appraisal *own)
{
    struct appraisal a = *own;
    EACH_HOOKED(r, HOOK_APPRAISE, k)
    instrument_of(r, k)->appraise(r, k, &a);
    return a;
}

double price_dared(const struct region *r, const struct fund *f, int32_t stage, double value)
{
    struct appraisal a = appraisal_now(r, &f->rule.appraisal);
    double needed = appraisal_multiple(&a, P(r, equity)->project_spread, equity_years(r, f, stage));
    return value * equity_gain(r, f, stage) / needed;
}

/* -- what is conceded ----------------------------------------------------------------------------------------------------- */
enum { NODES = 15 }; /* middles of equally likely outcomes */

/* A lognormal shock of mean 1, as far as so many nodes know it. */
static void shocks(double spread, double shock[NODES])
{
    double sum = 0.0;
    for (int k = 0; k < NODES; k++) {
        shock[k] = ld_exp(spread * ld_normal_quantile((k + 0.5) / NODES));
        sum += shock[k];
    }
    for (int k = 0; k < NODES; k++)
        shock[k] *= NODES / sum;
}

/* The profit over a cost of 1 that is expected in the end, where `mean` is expected. */
static double profit_of(double mean, const double shock[NODES])
{
    double sum = 0.0;
    for (int k = 0; k < NODES; k++)
        sum += ld_max(mean * shock[k] - 1.0, 0.0) / NODES;
    return sum;
}

/* The shares cost 1 and are expected to bring `multiple`.  At the end of the window the founders know a part of the shock; they
 * buy at cost and interest where the shares are worth more; where they do not, a part of the profit is theirs in the end. */
double fund_concedes(const struct region *r, const struct fund *f, int32_t stage, double multiple)
{
    const struct fund_rule *q = &f->rule;
    double spread = P(r, equity)->project_spread, years = equity_years(r, f, stage), window = q->window / 12.0;
    double early[NODES], late[NODES], sum = 0.0;
    if ((q->window <= 0 && q->ceded <= 0.0) || multiple <= 0.0 || f->manager >= 0)
        return 0.0;
    double known = ld_min(window / years, 1.0);
    shocks(spread * __builtin_sqrt(known), early);
    shocks(spread * __builtin_sqrt(1.0 - known), late);
    double later = ld_pow(1.0 + q->required, years - known * years), price = ld_pow(1.0 + q->window_rate, window);
    for (int k = 0; k < NODES; k++) {
        double mean = multiple * early[k], bought = mean - price * later;
        sum += (q->window > 0 && bought > 0.0 ? bought : q->ceded * profit_of(mean, late)) / NODES;
    }
    return ld_min(sum / multiple, 1.0);
}
