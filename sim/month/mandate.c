/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mandate - what a guide fund's money is worth to a manager, and when he declines it (mechanisms M10; instruments 12, 13).
 *
 * It lets him close sooner, draws other partners by what it concedes, and makes a fund that has closed larger: fees and carry.
 * For it he invests by its mandate.  He reckons yuan by yuan: each goes where it is expected to bring more, here if it can be
 * placed here, or into the deal out of town that is offered, drawn as they are.  Money that the mandate does not need is free;
 * once what is left is owed to it, he keeps to it, or breaks it, whichever is expected to cost less. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

/* Deals here in some stages, as late months had them. */
struct supply {
    double asked, profit, placed; /* rounds a month; profit of a yuan; chance that a yuan is placed */
};

static struct supply supply_in(const struct region *r, const struct fund *f, int32_t from, int32_t to)
{
    const struct equity_market *m = &r->equity;
    double usual = 0.5 * money_to_yuan(money_add(f->rule.ticket_min, f->rule.ticket_max));
    double yuan = 0.0, sum = 0.0, profit = 0.0, n = ld_max(to - from + 1.0, 1.0);
    struct supply s = {.placed = 1.0};
    for (int32_t stage = from; stage <= to; stage++) {
        double here = fund_profit_here(r, f, stage);
        s.asked += m->deals[stage];
        yuan += m->money[stage];
        sum += m->deals[stage] * here;
        profit += here / n;
    }
    s.profit = s.asked > 0.0 ? sum / s.asked : profit;
    if (from > to || yuan > s.asked * usual)
        s.placed = from > to ? 0.0 : s.asked * usual / yuan;
    return s;
}

/* A yuan: the profit that is expected of it, and the part of it that will not have been invested by the mandate. */
struct placing {
    double profit, missing;
};

enum { OFFERS = 9 }; /* middles of equally likely ones */

/* Here, of what is placed, the part `fits` counts; out of town only for a profit that outweighs this. */
static struct placing placing_of(const struct region *r, const struct fund *f, const struct supply *s, double fits,
                                 double outweighs)
{
    const struct funds_params *p = fund_kind(r, f);
    double here = s->profit * s->placed;
    struct placing sum = {.profit = 0.0};
    for (int k = 0; k < OFFERS; k++) {
        double rate = p->away + p->away_spread * ld_normal_quantile((k + 0.5) / OFFERS);
        double there = p->away > 0.0 && rate > 0.0 ? fund_profit_at(r, f, rate) : 0.0;
        bool leaves = there - here > outweighs;
        sum.profit += (leaves ? there : here) / OFFERS;
        sum.missing += (leaves ? 1.0 : 1.0 - fits * s->placed) / OFFERS;
    }
    return sum;
}

/* Of a yuan placed now: carry when it has taken its years, what a breach costs when the investment period has ended. */
static double discounted(const struct fund *f, double years)
{
    return ld_exp(-ld_log(1.0 + f->rule.required) * years);
}

double mandate_worth(const struct region *r, const struct fund *f, double investable)
{
    const struct fund_rule *q = &f->rule;
    const struct mandate *m = &q->mandate;
    double carry = q->carry * discounted(f, equity_years(r, f, q->stage_from));
    double breach = m->found * m->breach * discounted(f, q->invest / 12.0);
    double owes = m->reinvest * money_to_yuan(f->committed[PARTNER_PUBLIC]) - money_to_yuan(f->counted);
    int32_t from = q->stage_from > m->from ? q->stage_from : m->from, to = q->stage_to < m->to ? q->stage_to : m->to;
    struct supply own = supply_in(r, f, q->stage_from, q->stage_to), within = supply_in(r, f, from, to);
    double fits = own.asked > 0.0 ? within.asked / own.asked : from <= to;
    struct placing free = placing_of(r, f, &own, fits, 0.0);
    if (owes <= 0.0 || breach <= 0.0)
        return carry * investable * free.profit;
    struct placing bound =
        placing_of(r, f, &within, 1.0, m->found * m->breach * within.placed / ld_max(q->carry, 1e-9));
    double slack = ld_max(investable - owes, 0.0), at_will = investable;
    if (slack < free.missing * investable)
        at_will = slack / free.missing;
    double breaks = carry * free.profit - breach * free.missing, keeps = carry * bound.profit - breach * bound.missing;
    return carry * at_will * free.profit + (investable - at_will) * ld_max(keeps, breaks) -
           breach * ld_max(owes - investable, 0.0);
}

/* -- with it and without ------------------------------------------------------------------------------------------------- */
/* What can be invested first of a fund of this kind, of so much committed. */
static double first_deals(const struct fund *f, double yuan)
{
    return ld_max(1.0 - f->rule.fee * f->rule.life / 12.0, 0.1) * (1.0 - f->rule.reserves) * yuan;
}

/* A fund without a guide fund owes nothing. */
static struct fund unguided(const struct fund *f)
{
    struct fund as_if = *f;
    as_if.rule.mandate.reinvest = 0.0;
    return as_if;
}

/* Of a fund that is raised: what closing in so many months is worth; nothing, where that is too late. */
static double worth_of_closing(const struct world *w, const struct region *r, const struct fund *f, double months)
{
    double left = f->begun + NAMED(r, funds, f->kind)->close_months - w->month;
    if (months >= left)
        return 0.0;
    double carry = mandate_worth(r, f, first_deals(f, money_to_yuan(f->target)));
    return fund_worth_of_raising(r, f, months) + discounted(f, months / 12.0) * carry;
}

/* How much faster others commit on these terms. */
static double drawn_over(const struct region *r, const struct fund *joined, const struct fund *f)
{
    double with = 0.0, without = 0.0;
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN; p++) {
        double purse = money_to_yuan(r->equity.partner[p].purse);
        with += purse * partner_willing(r, (enum partner)p, joined);
        without += purse * partner_willing(r, (enum partner)p, f);
    }
    return without > 0.0 ? with / without : 1.0;
}

static bool raises_with(const struct world *w, const struct region *r, const struct fund *f, const struct fund *joined)
{
    double pace = ld_max(fund_pace(w, r, f), 1.0);
    double missing = money_to_yuan(money_sub(f->target, fund_committed(f)));
    double still = ld_max(missing - money_to_yuan(joined->committed[PARTNER_PUBLIC]), 0.0);
    struct fund alone = unguided(f);
    double with = worth_of_closing(w, r, joined, still / (pace * ld_max(drawn_over(r, joined, f), 1e-9)));
    return with >= worth_of_closing(w, r, &alone, missing / pace);
}

/* Of a fund that has closed: fees on what it grows by, and that to invest, against the mandate on all that is not invested yet. */
static bool grows_with(const struct world *w, const struct region *r, const struct fund *f, const struct fund *joined)
{
    double more = money_to_yuan(joined->committed[PARTNER_PUBLIC]), dry = money_to_yuan(fund_dry_powder(w, f, false));
    double fees = f->rule.fee / 12.0 * ld_max(f->opened + f->rule.invest - w->month, 0.0) * more;
    struct fund alone = unguided(f);
    return fees + mandate_worth(r, joined, dry + first_deals(f, more)) >= mandate_worth(r, &alone, dry);
}

bool mandate_accepted(const struct world *w, const struct region *r, const struct fund *f, const struct fund *joined)
{
    double deals = first_deals(f, money_to_yuan(f->target));
    struct fund alone = unguided(f);
    if (mandate_worth(r, joined, deals) >= mandate_worth(r, &alone, deals)) /* it costs nothing */
        return true;
    return f->state == FUND_RAISING ? raises_with(w, r, f, joined) : grows_with(w, r, f, joined);
}
