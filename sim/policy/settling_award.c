/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settling_award (基金管理人落户奖励): a manager whose fund closes here is paid an award by its size.  Instrument 48.
 *
 * A part on settling, the rest once invested_share of the commitments has been invested here by the deadline; and per_deal for
 * each enterprise that the fund backs.  One instance is one tier of size, [size_min, size_max), for funds of a legal form, or of any.
 * Filed with the event, due
 * after the line's lag, paid to the manager.  He counts on it, as honoured so far, when he weighs whether to settle and raise
 * a first fund here, against what that costs him (funds). */
#include <liandong/funds.h>
#include <liandong/instrument.h>

enum { SETTLED = 1, INVESTED = 2 };

static bool of_size(const struct region *r, const struct settling_award_params *q, money size)
{
    return size.fen >= fund_scaled(r, q->size_min).fen && size.fen < fund_scaled(r, q->size_max).fen;
}

/* Whether a fund that invests evenly has invested so much by the deadline. */
static bool in_time(const struct settling_award_params *q, const struct fund_rule *rule)
{
    double first = 1.0 - rule->reserves, net = 1.0 - rule->fee * rule->life / 12.0;
    double months = q->deadline < rule->invest ? q->deadline : rule->invest;
    return first * net * months / ld_max(rule->invest, 1.0) >= q->invested_share;
}

static money attract(const struct region *r, int32_t k, const struct fund *f, bool first)
{
    const struct settling_award_params *q = POLICY(r, k, settling_award);
    const struct fund_rule *rule = &f->rule;
    if (!of_size(r, q, f->target) || (q->first_only && !first) || !fund_has_form(r, f, q->form))
        return FEN(0);
    double part = in_time(q, rule) ? 1.0 : q->first, deals = fund_investable(f) * (1.0 - rule->reserves);
    deals /= money_to_yuan(money_add(rule->ticket_min, rule->ticket_max)) / 2.0;
    money sum = money_add(money_scale(q->award, part), money_scale(q->per_deal, ld_min(deals, q->deals_max)));
    return money_scale(fund_scaled(r, sum), r->line[k].honoured);
}

static enum status opened(struct region *r, int32_t k, int32_t fund)
{
    const struct settling_award_params *q = POLICY(r, k, settling_award);
    const struct fund *f = &r->funds.row[fund];
    if (f->manager < 0 || !of_size(r, q, fund_committed(f)) || !fund_has_form(r, f, q->form) ||
        (q->first_only && r->manager[f->manager].raised > 1))
        return OK;
    struct fund_account *a = fund_account_of(r, k, fund);
    if (a == NULL)
        return NO_MEMORY;
    a->done |= SETTLED;
    return fund_due(r, k, fund, PAYEE_MANAGER, money_scale(fund_scaled(r, q->award), q->first));
}

static enum status invested(struct region *r, int32_t k, const struct venture_round *d)
{
    const struct settling_award_params *q = POLICY(r, k, settling_award);
    const struct fund *f = &r->funds.row[d->fund];
    const struct fund_account *seen = fund_account_seen(r, k, d->fund);
    if (seen == NULL || (seen->done & SETTLED) == 0)
        return OK;
    struct fund_account *a = fund_account_of(r, k, d->fund);
    money due = FEN(0), award = fund_scaled(r, q->award), needed = money_scale(fund_committed(f), q->invested_share);
    a->counted = money_add(a->counted, d->paid);
    if ((a->done & INVESTED) == 0 && a->counted.fen >= needed.fen && r->month <= f->opened + q->deadline) {
        due = money_sub(award, money_scale(award, q->first));
        a->done |= INVESTED;
    }
    if (!d->follow_on && a->deals++ < q->deals_max)
        due = money_add(due, fund_scaled(r, q->per_deal));
    return fund_due(r, k, d->fund, PAYEE_MANAGER, due);
}

const struct instrument settling_award = {
    .name = "settling_award",
    .number = 48,
    .group = GROUP_settling_award,
    .who_en = "government, fund managers",
    .who_zh = "政府、基金管理人",
    .flow = FLOW_SUBSIDY_MANAGER,
    .attract = attract,
    .opened = opened,
    .invested = invested,
};
