/* SPDX-License-Identifier: GPL-3.0-or-later */
/* away - funds invest out of town, and in other stages than their guide fund asks for (mechanisms M10, mandate drift).
 *
 * Each month a fund is offered one deal out of town.  Its manager takes it where his carry on it is more than on what the money
 * would bring here, if it can be placed here in time, by more than what missing the mandate is expected to cost him. */
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <stdlib.h>

bool mandate_counts(const struct fund *f, int32_t stage, int32_t age)
{
    const struct mandate *m = &f->rule.mandate;
    return f->committed[PARTNER_PUBLIC].fen > 0 && stage >= m->from && stage <= m->to &&
           (m->age_max == 0 || age <= m->age_max);
}

/* What still has to be invested by the mandate. */
static money owed_to_mandate(const struct fund *f)
{
    money must = money_scale(f->committed[PARTNER_PUBLIC], f->rule.mandate.reinvest);
    return money_positive(money_sub(must, f->counted));
}

/* What will be missing because of an investment that does not count, beyond what is missing anyhow, if with this chance the money
 * would be placed so that it counts; its expected cost, yuan. */
static double breach_cost(const struct world *w, const struct fund *f, money amount, double placed)
{
    const struct mandate *m = &f->rule.mandate;
    money owed = owed_to_mandate(f), dry = fund_dry_powder(w, f, false);
    money before = money_positive(money_sub(owed, dry)),
          after = money_positive(money_sub(owed, money_sub(dry, amount)));
    return m->found * m->breach * placed * money_to_yuan(money_sub(after, before));
}

static double months_left(const struct world *w, const struct fund *f)
{
    return ld_max((double)(f->opened + f->rule.invest - w->month), 1.0);
}

/* Chance that a yuan of its dry powder is placed here in time, at its own pace so far; it begins with the pace that it needs. */
static double placed_here(const struct world *w, const struct fund *f)
{
    double since = w->month - f->opened, hoped = 12.0 * money_to_yuan(fund_committed(f)) / ld_max(f->rule.invest, 1.0);
    double pace = (money_to_yuan(f->invested) + hoped) / (since + 12.0);
    return ld_min(pace * months_left(w, f) / ld_max(money_to_yuan(fund_dry_powder(w, f, false)), 1.0), 1.0);
}

double fund_profit_at(const struct region *r, const struct fund *f, double rate)
{
    return ld_pow(1.0 + rate, equity_years(r, f, f->rule.stage_from)) - 1.0;
}

double fund_profit_here(const struct region *r, const struct fund *f, int32_t stage)
{
    double years = equity_years(r, f, stage), gain = equity_gain(r, f, stage), price = equity_price(r, f, stage, 1.0);
    return price > 0.0 && years > 0.0 ? ld_max(gain / price - 1.0, 0.0) : 0.0;
}

/* Whether the manager gains by an investment that does not count, whose profit is expected to be this per yuan, where the same
 * money kept would bring that here if it is placed. */
static bool worth_a_breach(const struct world *w, const struct fund *f, money amount, double profit, double here)
{
    double placed = placed_here(w, f);
    return f->rule.carry * (profit - here * placed) * money_to_yuan(amount) > breach_cost(w, f, amount, placed);
}

bool fund_sends(const struct world *w, const struct region *r, const struct fund *f, money amount, double profit,
                bool counts)
{
    double here = fund_profit_here(r, f, f->rule.stage_from);
    return counts ? profit > here * placed_here(w, f) : worth_a_breach(w, f, amount, profit, here);
}

/* An enterprise beyond the mandate that asks now, against one within it that may ask later. */
bool mandate_left_for(const struct world *w, const struct region *r, const struct fund *f, money amount)
{
    if (f->manager < 0 || owed_to_mandate(f).fen == 0)
        return true;
    double here = fund_profit_here(r, f, f->rule.stage_from);
    return worth_a_breach(w, f, amount, here, here);
}

/* -- out of town ----------------------------------------------------------------------------------------------------------- */
static struct words luck_away(const struct region *r, const struct fund *f, int32_t month)
{
    struct luck luck = r->luck;
    luck.month = month;
    return luck_block(luck, manager_identity(r, &r->manager[f->manager]), draw_block(DRAW_AWAY));
}

/* Return of the deal that is offered this month; 0: none. */
static double offered(const struct region *r, const struct fund *f)
{
    const struct funds_params *p = NAMED(r, funds, f->kind);
    struct words u = luck_away(r, f, r->month);
    double rate = p->away + p->away_spread * ld_normal_quantile(draw_from(&u, DRAW_AWAY));
    return p->away > 0.0 && rate > 0.0 ? rate : 0.0;
}

/* A fund spreads what it has over the time that is left: a deal a quarter. */
money fund_deal_size(const struct world *w, const struct fund *f)
{
    money dry = fund_dry_powder(w, f, false), part = money_scale(dry, ld_min(3.0 / months_left(w, f), 1.0));
    money size =
        money_min(money_min(dry, f->rule.ticket_max), part.fen > f->rule.ticket_min.fen ? part : f->rule.ticket_min);
    return size.fen >= f->rule.ticket_min.fen ? size : FEN(0);
}

static enum status away_add(struct region *r, const struct away_deal *d)
{
    TRY(LIST_RESERVE(&r->away, r->away.n + 1));
    r->away.row[r->away.n++] = *d;
    return OK;
}

static enum status invest_away(struct region *r, size_t fund, money amount, double rate)
{
    struct fund *f = &r->funds.row[fund];
    double years = equity_years(r, f, f->rule.stage_from);
    fund_call(r, f, amount);
    f->cash = money_sub(f->cash, amount);
    f->away = money_add(f->away, amount);
    r->equity.away = money_add(r->equity.away, amount);
    market_flow(r, FLOW_INVESTED_AWAY, amount);
    int32_t last = f->ends + f->rule.extends, due = r->month + (int32_t)(12.0 * years + 0.5);
    return away_add(r, &(struct away_deal){.fund = (uint32_t)fund,
                                           .month = r->month,
                                           .due = due < last ? due : last,
                                           .cost = amount,
                                           .expected = ld_pow(1.0 + rate, years)});
}

enum status away_invest(const struct world *w, struct region *r)
{
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->state != FUND_INVESTING || f->manager < 0 || NAMED(r, funds, f->kind)->away <= 0.0)
            continue;
        double rate = offered(r, f);
        money amount = rate > 0.0 ? fund_deal_size(w, f) : FEN(0);
        if (amount.fen > 0 &&
            worth_a_breach(w, f, amount, fund_profit_at(r, f, rate), fund_profit_here(r, f, f->rule.stage_from)))
            TRY(invest_away(r, k, amount, rate));
    }
    return OK;
}

/* What nature gives, as projects differ. */
static money brought(const struct region *r, const struct away_deal *d)
{
    double s = P(r, equity)->project_spread;
    struct words u = luck_away(r, &r->funds.row[d->fund], d->month);
    double z = ld_normal_quantile(draw_from(&u, DRAW_AWAY_RESULT));
    return money_scale(d->cost, ld_min(d->expected * ld_exp(s * (z - 0.5 * s)), 1e3));
}

void away_settle(const struct world *w, struct region *r)
{
    size_t n = 0;
    for (size_t k = 0; k < r->away.n; k++) {
        struct away_deal d = r->away.row[k];
        if (d.due > w->month) {
            r->away.row[n++] = d;
            continue;
        }
        struct fund *f = &r->funds.row[d.fund];
        money got = brought(r, &d);
        f->away = money_sub(f->away, d.cost);
        f->cash = money_add(f->cash, got);
        f->proceeds = money_add(f->proceeds, got);
        r->equity.away_back = money_add(r->equity.away_back, got);
        market_flow(r, FLOW_AWAY_BACK, got);
    }
    r->away.n = n;
}
