/* SPDX-License-Identifier: GPL-3.0-or-later */
/* investment_reward (创业投资奖励): public money for what venture funds pay in to local enterprises.  Instrument 18.
 *
 * By the rate: rate * what is paid in to an enterprise of stage_to at most, up to cap_year a fund and year.  By steps: for each
 * full step of all that a fund of size_min at least has invested here step_award, up to step_cap.  Either to funds of a legal form,
 * or of any.  Filed when a round is paid, due after the line's lag, paid to the fund, which shares it out with what exits bring.
 *
 * A fund counts on it in what it can offer (rounds): s (P + I) = I (1 - b), b what the line is expected to pay of I, as honoured
 * so far, at the return that the fund asks; partners in what they expect of a fund.  A cap that is used up brings no more. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

/* Public money itself gets none. */
static bool is_for(const struct region *r, const struct investment_reward_params *q, const struct fund *f)
{
    return f->manager >= 0 && fund_has_form(r, f, q->form);
}

static bool stepped(const struct region *r, const struct investment_reward_params *q, const struct fund *f)
{
    return q->step_award.fen > 0 && fund_committed(f).fen >= fund_scaled(r, q->size_min).fen;
}

/* What so much invested has earned by steps. */
static money by_steps(const struct region *r, const struct investment_reward_params *q, money invested)
{
    int64_t steps = invested.fen / money_max(fund_scaled(r, q->step), FEN(1)).fen;
    money cap = fund_scaled(r, q->step_cap), each = fund_scaled(r, q->step_award);
    return each.fen > 0 && steps >= cap.fen / each.fen ? cap : FEN(each.fen * steps);
}

static money by_rate(const struct region *r, int32_t k, const struct venture_round *d)
{
    const struct investment_reward_params *q = POLICY(r, k, investment_reward);
    if (d->stage > q->stage_to)
        return FEN(0);
    money left = fund_cap_left(r, fund_account_seen(r, k, d->fund), q->cap_year);
    return money_min(money_scale(d->paid, q->rate), left);
}

static enum status invested(struct region *r, int32_t k, const struct venture_round *d)
{
    const struct investment_reward_params *q = POLICY(r, k, investment_reward);
    const struct fund *f = &r->funds.row[d->fund];
    struct fund_account *a = fund_account_of(r, k, d->fund);
    if (a == NULL)
        return NO_MEMORY;
    if (!is_for(r, q, f))
        return OK;
    money due = by_rate(r, k, d), more = money_add(a->counted, d->paid);
    if (stepped(r, q, f))
        due = money_add(due, money_sub(by_steps(r, q, more), by_steps(r, q, a->counted)));
    a->counted = more;
    return fund_due(r, k, d->fund, PAYEE_FUND, due);
}

/* Of a step under way it counts the part that the round is of it. */
static double reward(const struct region *r, int32_t k, const struct venture_round *d)
{
    const struct investment_reward_params *q = POLICY(r, k, investment_reward);
    const struct fund *f = &r->funds.row[d->fund];
    const struct fund_account *a = fund_account_seen(r, k, d->fund);
    if (!is_for(r, q, f) || d->paid.fen <= 0)
        return 0.0;
    double part = (double)by_rate(r, k, d).fen / (double)d->paid.fen;
    money so_far = a != NULL ? a->counted : FEN(0);
    if (stepped(r, q, f) && by_steps(r, q, so_far).fen < fund_scaled(r, q->step_cap).fen)
        part += money_to_yuan(q->step_award) / money_to_yuan(q->step);
    double years = (line_lag(r, k) + 1) / 12.0;
    return part * r->line[k].honoured * ld_exp(-ld_log(1.0 + f->rule.required) * years);
}

static double bounty(const struct region *r, int32_t k, const struct fund *f)
{
    const struct investment_reward_params *q = POLICY(r, k, investment_reward);
    double all = fund_investable(f), years = ld_max(f->rule.invest / 12.0, 1.0);
    if (all <= 0.0 || !fund_has_form(r, f, q->form))
        return 0.0;
    double year = q->rate * placed_share(r, &f->rule, 0, q->stage_to) * all / years;
    double sum = years * ld_min(year, money_to_yuan(fund_scaled(r, q->cap_year)));
    if (q->step_award.fen > 0 && f->target.fen >= fund_scaled(r, q->size_min).fen)
        sum += money_to_yuan(by_steps(r, q, from_yuan(all)));
    return sum / all * r->line[k].honoured;
}

const struct instrument investment_reward = {
    .name = "investment_reward",
    .number = 18,
    .group = GROUP_investment_reward,
    .who_en = "government, venture funds",
    .who_zh = "政府、创业投资机构",
    .flow = FLOW_SUBSIDY_FUND,
    .invested = invested,
    .reward = reward,
    .bounty = bounty,
};
