/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waterfall - how what a fund gets is shared out, and what a partner may expect of it (mechanisms M9, M10).
 *
 * European, over the whole fund: first capital called and the hurdle on it, in two ranks where a public partner bears first
 * loss; then the manager catches up; then carry.  The public part of the profit beyond the hurdle may be ceded to the other
 * partners.  Residues of every split stay with the last of those who share. */
#include <liandong/funds.h>

const struct partner_desc partner_table[N_PARTNERS] = {
#define PARTNER(name, called, paid, en, zh) {en, zh, FLOW_##called, FLOW_##paid},
#include <liandong/partners.def>
#undef PARTNER
};

enum { JUNIOR, SENIOR };

/* Deals an amount in proportion to weights; the residue goes to the last who has one. */
static void deal(money amount, const money weight[N_PARTNERS], money to[N_PARTNERS])
{
    money all = FEN(0), left = amount;
    int last = -1;
    for (int p = 0; p < N_PARTNERS; p++) {
        all = money_add(all, weight[p]);
        last = weight[p].fen > 0 ? p : last;
    }
    for (int p = 0; p < N_PARTNERS && last >= 0; p++) {
        money part = p == last ? left : money_part(amount, weight[p], all);
        to[p] = money_add(to[p], part);
        left = money_sub(left, part);
        if (p == last)
            return;
    }
}

/* Of the public partner's capital, the part that is paid back last. */
static money junior_capital(const struct fund *f)
{
    return money_scale(f->called[PARTNER_PUBLIC], f->rule.first_loss);
}

static void pay_due(const struct fund *f, int rank, money amount, struct split *s)
{
    money weight[N_PARTNERS] = {{0}}, junior = junior_capital(f);
    for (int p = 0; p < N_PARTNERS; p++)
        weight[p] = rank == SENIOR ? f->called[p] : FEN(0);
    weight[PARTNER_PUBLIC] = rank == JUNIOR ? junior : money_sub(f->called[PARTNER_PUBLIC], junior);
    deal(amount, weight, s->to);
    s->due[rank] = amount;
}

/* What the manager gets before profit is shared, until his carry is its share of all profit so far. */
static money catch_up(const struct fund *f, const struct split *s, money left)
{
    money paid = f->carried, capital = fund_called(f);
    for (int p = 0; p < N_PARTNERS; p++)
        paid = money_add(paid, money_add(f->paid[p], s->to[p]));
    money profit = money_positive(money_sub(paid, capital));
    double carry = f->rule.carry, speed = f->rule.catch_up;
    double lacks = carry * (double)profit.fen - (double)f->carried.fen;
    if (lacks <= 0.0 || speed <= carry)
        return FEN(0);
    return money_min(left, money_round(lacks / (speed - carry)));
}

/* Profit by what each has paid in, the ceded part of the public one to the others. */
static void share_profit(const struct fund *f, money amount, struct split *s)
{
    money to[N_PARTNERS] = {{0}}, weight[N_PARTNERS];
    deal(amount, f->called, to);
    money ceded = money_scale(to[PARTNER_PUBLIC], f->rule.ceded), others = FEN(0);
    for (int p = 0; p < N_PARTNERS; p++) {
        weight[p] = p == PARTNER_PUBLIC ? FEN(0) : f->called[p];
        others = money_add(others, weight[p]);
    }
    if (others.fen > 0) {
        to[PARTNER_PUBLIC] = money_sub(to[PARTNER_PUBLIC], ceded);
        deal(ceded, weight, to);
    }
    for (int p = 0; p < N_PARTNERS; p++)
        s->to[p] = money_add(s->to[p], to[p]);
}

void fund_split(const struct fund *f, money amount, struct split *s)
{
    *s = (struct split){.carry = FEN(0)};
    for (int rank = SENIOR; rank >= JUNIOR; rank--) {
        money pays = money_min(amount, f->due[rank]);
        pay_due(f, rank, pays, s);
        amount = money_sub(amount, pays);
    }
    money caught = catch_up(f, s, amount), to_manager = money_scale(caught, f->rule.catch_up);
    share_profit(f, money_sub(caught, to_manager), s);
    money left = money_sub(amount, caught), carry = money_scale(left, f->rule.carry);
    share_profit(f, money_sub(left, carry), s);
    s->carry = money_add(to_manager, carry);
}

/* -- what a partner may expect ---------------------------------------------------------------------------------------- */
/* All called at once, and what it brings shared out at once. */
struct prospect {
    struct fund whole;
    money capital;
    double gross, spread, years, kept; /* kept: what fees leave */
};

/* Equally likely outcomes of a lognormal gross multiple, by the middles of their quantiles. */
static double outcome(int k)
{
    return ld_normal_quantile((k + 0.5) / FUND_OUTCOMES);
}

static void share_out(const struct prospect *q, double z, struct split *s)
{
    double multiple = q->gross * ld_exp(q->spread * (z - 0.5 * q->spread));
    fund_split(&q->whole, money_scale(q->capital, q->kept * (ld_min(multiple, 100.0) + q->whole.counts.bounty)), s);
}

/* What is left of it after tax on what it is more than his capital. */
static double after_tax(const struct prospect *q, enum partner p, money back)
{
    double paid_in = (double)q->whole.called[p].fen;
    return (double)back.fen - q->whole.counts.tax * ld_max((double)back.fen - paid_in, 0.0);
}

/* What partner p gets on average. */
static double plain_mean(const struct prospect *q, enum partner p)
{
    double mean = 0.0;
    for (int k = 0; k < FUND_OUTCOMES; k++) {
        struct split s;
        share_out(q, outcome(k), &s);
        mean += after_tax(q, p, s.to[p]) / FUND_OUTCOMES;
    }
    return mean;
}

/* The same where the others may buy the public part: when the window ends a part of the time, and of the shock, has passed; they
 * buy where they then expect it to bring more than its price, grown at the hurdle until the end. */
static double mean_with_window(const struct prospect *q, enum partner p)
{
    const struct fund_rule *rule = &q->whole.rule;
    double window = rule->window / 12.0, known = ld_min(window / q->years, 1.0), mean = 0.0;
    double public = (double)q->whole.called[PARTNER_PUBLIC].fen, others = (double)q->capital.fen - public;
    double price =
        public * ld_pow(1.0 + rule->window_rate, window) * ld_pow(1.0 + rule->hurdle, (1.0 - known) * q->years);
    for (int j = 0; j < FUND_OUTCOMES; j++) {
        double own = 0.0, part = 0.0;
        for (int k = 0; k < FUND_OUTCOMES; k++) {
            struct split s;
            share_out(q, __builtin_sqrt(known) * outcome(j) + __builtin_sqrt(1.0 - known) * outcome(k), &s);
            own += after_tax(q, p, s.to[p]) / FUND_OUTCOMES;
            part += (double)s.to[PARTNER_PUBLIC].fen / FUND_OUTCOMES;
        }
        double gain = ld_max(part - price, 0.0) * (double)q->whole.called[p].fen / ld_max(others, 1.0);
        mean += (own + (1.0 - q->whole.counts.tax) * gain) / FUND_OUTCOMES;
    }
    return mean;
}

static struct prospect prospect_of(const struct fund *f, double gross, double spread, double years)
{
    struct prospect q = {.whole = *f, .gross = gross, .spread = spread, .years = years};
    q.kept = 1.0 - ld_min(f->rule.fee * f->rule.life / 12.0, 0.9);
    for (int k = 0; k < N_PARTNERS; k++) {
        q.whole.called[k] = f->committed[k];
        q.whole.paid[k] = FEN(0);
    }
    q.capital = fund_called(&q.whole);
    q.whole.carried = FEN(0);
    double grown = ld_pow(1.0 + f->rule.hurdle, years);
    q.whole.due[JUNIOR] = money_scale(junior_capital(&q.whole), grown);
    q.whole.due[SENIOR] = money_scale(money_sub(q.capital, junior_capital(&q.whole)), grown);
    return q;
}

double fund_expected_return(const struct fund *f, enum partner p, double gross, double spread, double years)
{
    if (f->committed[p].fen <= 0 || years <= 0.0)
        return 0.0;
    struct prospect q = prospect_of(f, gross, spread, years);
    bool window = f->rule.window > 0 && p != PARTNER_PUBLIC && q.whole.called[PARTNER_PUBLIC].fen > 0;
    double mean = (window ? mean_with_window(&q, p) : plain_mean(&q, p)) / (double)q.whole.called[p].fen;
    return mean > 1e-6 ? ld_pow(mean, 1.0 / years) - 1.0 : -1.0;
}

void fund_outcomes(const struct fund *f, double gross, double spread, double years,
                   struct fund_outcome of[FUND_OUTCOMES])
{
    const struct prospect q = prospect_of(f, gross, spread, years);
    for (int k = 0; k < FUND_OUTCOMES; k++) {
        struct split s;
        share_out(&q, outcome(k), &s);
        of[k] = (struct fund_outcome){after_tax(&q, PARTNER_MANAGER, s.to[PARTNER_MANAGER]), (double)s.carry.fen};
    }
}

double fund_expected_carry(const struct fund *f, double gross, double spread, double years)
{
    struct fund_outcome of[FUND_OUTCOMES];
    double mean = 0.0;
    fund_outcomes(f, gross, spread, years, of);
    for (int k = 0; k < FUND_OUTCOMES; k++)
        mean += of[k].carry / FUND_OUTCOMES;
    return mean / 100.0; /* fen */
}
