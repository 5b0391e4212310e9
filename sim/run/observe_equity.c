/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observe_equity - what is reported of venture funds, as the model has it: rounds, ways out, what came back, the funds that a
 * city's guide fund has joined, and issues of bonds. */
#include <liandong/instrument.h>
#include <liandong/observe.h>

void investments_watch(struct investments *v, const struct region *r)
{
    const struct equity_market *m = &r->equity;
    for (int k = 0; k < N_EXITS; k++)
        v->exits[k] += (double)m->exits[k];
    for (int k = 0; k < N_MULTIPLES; k++)
        v->ended[k] += (double)m->multiples[k];
    for (int p = 0; p < N_PARTNERS; p++)
        v->raised[p] += money_to_yuan(m->raised[p]);
    v->deals += (double)m->n_deals;
    v->invested += money_to_yuan(m->invested);
    v->held = (double)r->positions.held.n;
}

void investments_say(const struct investments *v, double *value)
{
    double ended = 0.0, raised = 0.0, out = 0.0;
    for (int k = 0; k < N_MULTIPLES; k++)
        ended += v->ended[k];
    for (int p = 0; p < N_PARTNERS; p++)
        raised += v->raised[p];
    for (int k = 0; k < N_EXITS; k++) /* what failures leave is no exit, as statistics count them */
        out += k == EXIT_LIQUIDATED ? 0.0 : v->exits[k];
    value[FACT_deal_size] = v->invested / 1e6 / v->deals;
    value[FACT_deals_below_1] = 100.0 * (v->ended[0] + v->ended[1]) / ended;
    value[FACT_deals_above_10] = 100.0 * v->ended[N_MULTIPLES - 1] / ended;
    value[FACT_exits_listed] = 100.0 * v->exits[EXIT_LISTED] / out;
    value[FACT_exits_sold] = 100.0 * (v->exits[EXIT_SALE] + v->exits[EXIT_SECONDARY]) / out;
    value[FACT_exits_bought_back] = 100.0 * v->exits[EXIT_BUYBACK] / out;
    value[FACT_exits_written_off] = 100.0 * v->exits[EXIT_LIQUIDATED] / (out + v->exits[EXIT_LIQUIDATED]);
    value[FACT_exited] = 100.0 * ended / (ended + v->held);
    value[FACT_state_money] =
        100.0 * (v->raised[PARTNER_PUBLIC] + v->raised[PARTNER_STATE] + v->raised[PARTNER_INSTITUTIONS]) / raised;
}

void sub_funds_say(const struct region *r, int32_t from, double *value)
{
    double n = 0.0, called = 0.0, public = 0.0, invested = 0.0, projects = 0.0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->opened < from || f->committed[PARTNER_PUBLIC].fen <= 0 || f->manager < 0)
            continue;
        n += 1.0;
        called += money_to_yuan(fund_called(f));
        public += money_to_yuan(f->called[PARTNER_PUBLIC]);
        invested += money_to_yuan(f->invested);
        projects += (double)f->backed;
    }
    if (n <= 0.0)
        return;
    value[FACT_sub_funds] = n;
    value[FACT_sub_fund_paid_in] = called / 1e6;
    value[FACT_mother_fund_paid_in] = public / 1e6;
    value[FACT_sub_fund_others] = (called - public) / 1e6;
    value[FACT_sub_fund_projects] = projects;
    value[FACT_sub_fund_invested] = invested / 1e6;
    value[FACT_sub_fund_ticket] = invested / 1e6 / projects;
    value[FACT_sub_fund_share] = 100.0 * invested / called;
    value[FACT_guide_leverage] = (called - public) / public;
}

void issues_watch(struct sold_issues *sold, const struct region *r, enum group instrument)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        sold->stood |= instrument_of(r, k)->group == instrument && LINE_COMMON(r, k)->enabled;
    for (size_t k = 0; k < r->issues.n; k++) {
        const struct issue *q = &r->issues.row[k];
        if (q->state != ISSUE_SOLD || q->sold != r->month || instrument_of(r, q->instance)->group != instrument)
            continue;
        sold->n += 1.0;
        sold->yuan += money_to_yuan(q->principal);
    }
}
