/* SPDX-License-Identifier: GPL-3.0-or-later */
/* investment_protection (投资保障、创业投资风险补偿): public money for what venture funds lose on early enterprises.
 * Instrument 19.  The documents leave its terms open: these are those of Shanghai's rules of 2015.
 *
 * A position is filed when the fund first invests, by the stage of that month.  When it ends below cost (or only when it brings
 * nothing) within the window, share * (cost - what it brought) is due, up to cap_deal and, of a fund and year, cap_year; after
 * the line's lag it is paid to the fund, which shares it out.
 *
 * A fund counts on it in what it can offer, b yuan per yuan paid in: what investors have seen to be lost in the stage, times
 * what of it would be paid, as honoured so far, worth now what it brings when positions usually end.  Partners count it all. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

static double share_of(const struct investment_protection_params *q, int32_t stage)
{
    return stage == SEED      ? q->share_seed
           : stage == STARTUP ? q->share_startup
           : stage == GROWTH  ? q->share_growth
                              : 0.0;
}

static enum status sold(struct region *r, int32_t k, const struct position *p)
{
    const struct investment_protection_params *q = POLICY(r, k, investment_protection);
    money lost = money_positive(money_sub(p->cost, p->brought));
    if (r->month > p->month + q->window || (q->trigger == 1 && p->brought.fen > 0) ||
        r->funds.row[p->fund].manager < 0) /* public money bears its own losses */
        return OK;
    money due = money_min(money_scale(lost, share_of(q, p->stage)), fund_scaled(r, q->cap_deal));
    due = money_min(due, fund_cap_left(r, fund_account_seen(r, k, (int32_t)p->fund), q->cap_year));
    return fund_due(r, k, (int32_t)p->fund, PAYEE_FUND, due);
}

/* What of a yuan paid in is expected to be paid back in the end, before a year's cap. */
static double expected(const struct region *r, const struct investment_protection_params *q, int32_t stage, double paid)
{
    double loss = equity_loss(r, stage, q->trigger == 1), most = money_to_yuan(fund_scaled(r, q->cap_deal));
    return paid > 0.0 ? loss * ld_min(share_of(q, stage), most / paid) : 0.0;
}

/* The same of a fund as a whole, over all stages in which it invests; and what a year's cap leaves of it. */
static double of_fund(const struct region *r, const struct investment_protection_params *q, const struct fund *f,
                      double *capped)
{
    double all = fund_investable(f), years = ld_max(f->rule.invest / 12.0, 1.0), sum = 0.0;
    double usual = money_to_yuan(money_add(f->rule.ticket_min, f->rule.ticket_max)) / 2.0;
    for (int32_t s = f->rule.stage_from; s <= f->rule.stage_to; s++)
        sum += placed_share(r, &f->rule, s, s) * expected(r, q, s, usual);
    double year = sum * all / years, most = money_to_yuan(fund_scaled(r, q->cap_year));
    *capped = year > most ? most / year : 1.0;
    return sum;
}

static double reward(const struct region *r, int32_t k, const struct venture_round *d)
{
    const struct investment_protection_params *q = POLICY(r, k, investment_protection);
    const struct fund *f = &r->funds.row[d->fund];
    double capped, years = equity_years(r, f, d->stage) + line_lag(r, k) / 12.0;
    if (f->manager < 0 || d->follow_on || q->window < 12.0 * equity_years(r, f, d->stage))
        return 0.0;
    of_fund(r, q, f, &capped);
    double worth = ld_exp(-ld_log(1.0 + f->rule.required) * years) * r->line[k].honoured;
    return expected(r, q, d->stage, money_to_yuan(d->paid)) * capped * worth;
}

static double bounty(const struct region *r, int32_t k, const struct fund *f)
{
    double capped, sum = of_fund(r, POLICY(r, k, investment_protection), f, &capped);
    return sum * capped * r->line[k].honoured;
}

const struct instrument investment_protection = {
    .name = "investment_protection",
    .number = 19,
    .group = GROUP_investment_protection,
    .who_en = "government, venture funds",
    .who_zh = "政府、创业投资机构",
    .flow = FLOW_SUBSIDY_FUND,
    .sold = sold,
    .reward = reward,
    .bounty = bounty,
};
