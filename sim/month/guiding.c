/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guiding - guide funds: which funds they join, who waits for them, what they ask for, how they leave (mechanisms M10;
 * Instruments 12-17, 49).
 *
 * A guide fund decides after its delay, on what it has then; funds that closed before take its money in a later closing, as long
 * as they might still be raising.  Its terms reach other partners through their own cash alone
 * (waterfall.c).  A manager who waits compares what he expects here with what another city offers; what it means for leverage is
 * arithmetic: (1 - s)/s of its share s. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

/* -- money ---------------------------------------------------------------------------------------------------------------- */
void guide_pay_in(struct region *r, int32_t k, money amount)
{
    struct guide *g = &r->line[k].guide;
    g->cash = money_add(g->cash, amount);
    if (amount.fen > 0) {
        g->paid_in = money_add(g->paid_in, amount);
        market_flow(r, FLOW_GUIDE_CAPITAL, amount);
        return;
    }
    money back = money_sub(FEN(0), amount), all = money_add(g->paid_in, money_add(g->joint[0], g->joint[1]));
    money district = all.fen > 0 ? money_part(back, g->joint[0], all) : FEN(0);
    money university = all.fen > 0 ? money_part(back, g->joint[1], all) : FEN(0);
    g->returned = money_add(g->returned, back);
    market_flow(r, FLOW_GUIDE_TO_DISTRICT, district);
    market_flow(r, FLOW_GUIDE_TO_UNIVERSITY, university);
    market_flow(r, FLOW_GUIDE_RETURNED, money_sub(back, money_add(district, university)));
}

static void close_down(struct region *r, int32_t k)
{
    struct guide *g = &r->line[k].guide;
    money left = guide_free(g);
    if (left.fen > 0)
        guide_pay_in(r, k, money_sub(FEN(0), left));
}

void guide_join_in(struct region *r, int32_t k, money district, money university)
{
    struct guide *g = &r->line[k].guide;
    g->cash = money_add(g->cash, money_add(district, university));
    g->joint[0] = money_add(g->joint[0], district);
    g->joint[1] = money_add(g->joint[1], university);
    market_flow(r, FLOW_GUIDE_DISTRICT, district);
    market_flow(r, FLOW_GUIDE_UNIVERSITY, university);
}

void guide_keep(struct region *r, int32_t k, const struct guide_plan *p)
{
    struct guide *g = &r->line[k].guide;
    if (!p->stands) {
        close_down(r, k);
        return;
    }
    if (r->line[k].changed)
        g->paid_in = g->returned = g->back = g->joint[0] = g->joint[1] = FEN(0);
    money plan = money_scale(p->capital, r->scale), open = money_positive(money_sub(plan, g->paid_in));
    money part = money_min(open, p->years > 1 ? money_scale(plan, 1.0 / p->years) : open);
    if (part.fen > 0 && (r->month % 12 == 0 || r->line[k].changed))
        guide_pay_in(r, k, part);
    money returns = money_min(money_positive(money_sub(g->back, g->returned)), guide_free(g));
    if (!p->recycles && returns.fen > 0)
        guide_pay_in(r, k, money_sub(FEN(0), returns));
}

/* -- public funds that invest directly --------------------------------------------------------------------------------------- */
/* They invest no more; what they hold is sold as it can be. */
static void stop_direct(struct region *r, struct fund *f)
{
    money open = fund_uncalled(f);
    f->committed[PARTNER_PUBLIC] = f->called[PARTNER_PUBLIC];
    guide_of(r, f)->committed = money_sub(guide_of(r, f)->committed, open);
    f->state = FUND_HARVESTING;
}

void direct_keep(struct region *r, int32_t k, const struct direct_plan *p)
{
    for (size_t j = 0; j < r->funds.n; j++) {
        struct fund *f = &r->funds.row[j];
        if (f->line != k || f->manager >= 0)
            continue;
        if (!p->stands && f->state == FUND_INVESTING)
            stop_direct(r, f);
        f->rule.appraisal = p->rule[0].appraisal; /* how losses are judged is no contract */
    }
    if (!p->stands || (r->month % 12 != 0 && !r->line[k].changed))
        return;
    money free = guide_free(&r->line[k].guide);
    for (int j = 0; j < p->n; j++) {
        money part = money_scale(free, p->part[j]);
        if (part.fen >= 2 * p->rule[j].ticket_max.fen)
            fund_direct(r, k, &p->rule[j], part);
    }
}

/* -- joining a fund --------------------------------------------------------------------------------------------------------- */
double manager_owns(const struct region *r, const struct manager *m)
{
    const struct funds_params *p = NAMED(r, funds, m->kind);
    struct luck luck = r->luck;
    luck.month = 0;
    double z = ld_normal_quantile(draw(luck, manager_identity(r, m), DRAW_MANAGER_CAPITAL));
    return money_to_yuan(p->capital) * ld_exp(p->capital_spread * z);
}

/* A manager has to own enough, and to be able to pay the stake that is asked. */
static bool qualifies(const struct region *r, const struct fund *f, const struct sponsor *o)
{
    double owns = manager_owns(r, &r->manager[f->manager]) * (r->scale < 1.0 ? r->scale : 1.0);
    double least = money_to_yuan(o->capital) * (r->scale < 1.0 ? r->scale : 1.0);
    return owns >= least && (o->stake <= f->rule.stake || owns >= o->stake * money_to_yuan(f->target));
}

/* Loss of the whole fund is loss of the public part: where it bears the first of it no earlier, only more. */
static bool dares(const struct region *r, const struct fund *f, const struct sponsor *o)
{
    struct appraisal a = appraisal_now(r, &o->appraisal);
    double years = equity_years(r, f, f->rule.stage_from), fees = ld_min(f->rule.fee * f->rule.life / 12.0, 0.9);
    double expected = (1.0 - fees) * fund_multiple_expected(r, PARTNER_STATE, f);
    return !a.checked || expected >= appraisal_multiple(&a, P(r, equity)->spread, years);
}

/* Whether a fund's own rule stays within a mandate. */
static bool keeps_to(const struct fund_rule *rule, const struct mandate *m)
{
    return rule->stage_from >= m->from && rule->stage_to <= m->to && (m->sector == 0 || rule->sector == m->sector) &&
           (m->age_max == 0 || (rule->age_max > 0 && rule->age_max <= m->age_max));
}

/* What guide fund k would give this fund now, and on what terms: while it is raised its share of the target, as far as there is
 * room; of a fund that has closed as much as makes that share of the whole, in a later closing.  That one has its contract: it
 * narrows to no other stages. */
static money offered_by(const struct region *r, int32_t k, const struct fund *f, struct sponsor *o)
{
    *o = (struct sponsor){.share = 0.0};
    if (f->line >= 0 || f->manager < 0 || !instrument_of(r, k)->sponsor(r, k, f, o) || !qualifies(r, f, o) ||
        !manager_passes(r, f, o) || !dares(r, f, o))
        return FEN(0);
    EACH_HOOKED(r, HOOK_AMEND, j)
    instrument_of(r, j)->amend(r, j, o);
    money free = guide_free(&r->line[k].guide);
    if (f->state != FUND_RAISING) {
        if (f->proceeds.fen > 0) /* it shares out what others have paid for */
            return FEN(0);
        free = money_scale(free, 1.0 / fund_price_of_joining(f));
        double share = ld_min(o->share, 0.99);
        return o->narrows && !keeps_to(&f->rule, &o->mandate)
                   ? FEN(0)
                   : money_min(money_scale(fund_committed(f), share / (1.0 - share)), free);
    }
    money amount = money_min(money_scale(f->target, o->share), free);
    return money_min(amount, money_positive(money_sub(f->target, fund_committed(f))));
}

static void raise_stake(struct region *r, struct fund *f, double stake)
{
    money more = money_sub(money_scale(f->target, stake), fund_own_stake(r, f));
    if (more.fen > 0)
        fund_commit(r, f, PARTNER_MANAGER, more);
}

/* First investments of the fund keep to the mandate; where the two have nothing in common it was not joined. */
static void narrow(struct fund_rule *rule, const struct mandate *m)
{
    rule->stage_from = rule->stage_from > m->from ? rule->stage_from : m->from;
    rule->stage_to = rule->stage_to < m->to ? rule->stage_to : m->to;
    if (m->age_max > 0 && (rule->age_max == 0 || m->age_max < rule->age_max))
        rule->age_max = m->age_max;
    rule->sector = m->sector;
}

static void agree(const struct region *r, struct fund *f, const struct sponsor *o)
{
    struct fund_rule *rule = &f->rule;
    rule->certified = manager_certified(r, f, o);
    rule->ceded = o->ceded;
    rule->first_loss = o->first_loss;
    rule->window = o->window;
    rule->window_rate = o->window_rate;
    rule->mandate = o->mandate;
    if (o->narrows)
        narrow(rule, &o->mandate);
}

static void join(struct region *r, int32_t k, struct fund *f, const struct sponsor *o, money amount)
{
    struct guide *g = &r->line[k].guide;
    f->line = k;
    agree(r, f, o);
    if (f->state != FUND_RAISING) { /* the fund grows by it, and by what the manager adds */
        money grown = money_add(fund_committed(f), amount), own = fund_own_stake(r, f);
        money whole = money_scale(money_sub(grown, own), 1.0 / (1.0 - ld_min(o->stake, 0.99)));
        f->target = whole.fen > grown.fen ? whole : grown;
    }
    raise_stake(r, f, o->stake);
    amount = money_min(amount, money_positive(money_sub(f->target, fund_committed(f))));
    fund_commit(r, f, PARTNER_PUBLIC, amount);
    g->committed = money_add(g->committed, amount);
    if (f->state != FUND_RAISING)
        fund_equalise(r, f);
}

/* Whether the manager takes it on these terms. */
static bool takes(const struct world *w, const struct region *r, const struct fund *f, const struct sponsor *o,
                  money amount)
{
    struct fund joined = *f;
    agree(r, &joined, o);
    joined.committed[PARTNER_PUBLIC] = amount;
    return mandate_accepted(w, r, f, &joined);
}

static void decline(struct region *r, struct fund *f)
{
    r->equity.declined += !f->declined;
    f->declined = 1;
}

/* Of those who have decided, the manager takes the money of who gives most, if its mandate is worth it. */
void guides_decide(const struct world *w, struct region *r, struct fund *f)
{
    struct sponsor o, best = {.share = 0.0};
    money most = FEN(0);
    int32_t by = -1;
    EACH_HOOKED(r, HOOK_SPONSOR, k)
    {
        money amount = offered_by(r, k, f, &o);
        if (amount.fen <= most.fen || w->month < f->begun + coordinated(r, MATTER_FUNDS, f->begun, o.delay))
            continue;
        if (!takes(w, r, f, &o, amount)) {
            decline(r, f);
            continue;
        }
        most = amount;
        best = o;
        by = k;
    }
    if (by >= 0)
        join(r, by, f, &best, most);
}

/* -- waiting ---------------------------------------------------------------------------------------------------------------- */
/* What raising a fund is worth to its manager if it takes so many months: its fees, as he discounts, less what waiting costs. */
double fund_worth_of_raising(const struct region *r, const struct fund *f, double months)
{
    double month = f->rule.fee / 12.0 * money_to_yuan(f->target);
    double fees = month * f->rule.invest * ld_exp(-ld_log(1.0 + f->rule.required) * months / 12.0);
    return fees - P(r, equity)->waiting_cost * month * months;
}

/* What other partners commit a month, as he has seen it; at first what would do. */
double fund_pace(const struct world *w, const struct region *r, const struct fund *f)
{
    money others = money_sub(fund_committed(f), money_add(f->committed[PARTNER_PUBLIC], f->committed[PARTNER_MANAGER]));
    double target = money_to_yuan(money_sub(f->target, f->committed[PARTNER_MANAGER])), first = 3.0;
    double prior = target / NAMED(r, funds, f->kind)->close_months;
    return (money_to_yuan(others) + first * prior) / (w->month - f->begun + first);
}

/* The guide fund that he counts on, whose terms he would take, and until when it decides; 0: none. */
static double promised(const struct world *w, const struct region *r, const struct fund *f, double *wait)
{
    struct sponsor o;
    *wait = 0.0;
    EACH_HOOKED(r, HOOK_SPONSOR, k)
    {
        money amount = offered_by(r, k, f, &o);
        *wait = f->begun + coordinated(r, MATTER_FUNDS, f->begun, o.delay) - w->month;
        if (amount.fen > 0 && w->month + *wait < f->begun + NAMED(r, funds, f->kind)->close_months &&
            takes(w, r, f, &o, amount))
            return money_to_yuan(amount);
    }
    *wait = 0.0;
    return 0.0;
}

double worth_of_waiting(const struct world *w, const struct region *r, const struct fund *f, double noted,
                        double soonest)
{
    double wait, left = f->begun + NAMED(r, funds, f->kind)->close_months - w->month, comes = promised(w, r, f, &wait);
    double missing = money_to_yuan(money_sub(f->target, fund_committed(f))) - comes - noted;
    double months = ld_max(ld_max(wait, soonest), missing / ld_max(fund_pace(w, r, f), 1.0));
    return months < left ? fund_worth_of_raising(r, f, months) : 0.0;
}

/* From the beginning, with another city's guide fund and the same other partners, after settling there. */
static double worth_elsewhere(const struct world *w, const struct region *r, const struct fund *f)
{
    const struct equity_params *p = P(r, equity);
    struct luck luck = r->luck;
    luck.month = 0;
    double z = ld_normal_quantile(draw(luck, manager_identity(r, &r->manager[f->manager]), DRAW_SETTLING_ELSEWHERE));
    double cost = money_to_yuan(p->settle_cost) * ld_exp(p->settle_spread * z) * (r->scale < 1.0 ? r->scale : 1.0);
    double missing = money_to_yuan(f->target) * (1.0 - p->elsewhere_share - f->rule.stake);
    double months = ld_max(p->elsewhere_months, missing / ld_max(fund_pace(w, r, f), 1.0));
    return months < NAMED(r, funds, f->kind)->close_months ? fund_worth_of_raising(r, f, months) - cost : 0.0;
}

void guides_keep_waiting(const struct world *w, struct region *r, struct fund *f)
{
    if (f->manager < 0 || P(r, equity)->elsewhere_share <= 0.0)
        return;
    double there = worth_elsewhere(w, r, f);
    if (there <= 0.0 || there <= worth_of_waiting(w, r, f, 0.0, NO_NOTE))
        return;
    fund_dissolve(w, r, f, f->rule.invest); /* he is away as long as he invests there */
    r->manager[f->manager].state = MANAGER_AWAY;
    r->equity.moved++;
}

/* -- what became of it ------------------------------------------------------------------------------------------------------ */
/* Found by who sits with the fund, or not; the manager pays, and public profit is no longer ceded. */
void guides_look_back(struct region *r, struct fund *f)
{
    const struct mandate *m = &f->rule.mandate;
    struct guide *g = guide_of(r, f);
    if (f->manager < 0 || g == NULL)
        return;
    money must = money_scale(f->committed[PARTNER_PUBLIC], m->reinvest),
          missing = money_positive(money_sub(must, f->counted));
    r->equity.missing = money_add(r->equity.missing, missing);
    if (missing.fen == 0 || draw(r->luck, manager_identity(r, &r->manager[f->manager]), DRAW_DRIFT) >= m->found)
        return;
    money pays = money_scale(missing, m->breach);
    market_flow(r, FLOW_MANDATE_BREACH, pays);
    g->cash = money_add(g->cash, pays);
    g->back = money_add(g->back, pays);
    f->rule.ceded = 0.0;
    r->equity.breaches++;
}

/* -- the public part sold at cost ----------------------------------------------------------------------------------------------- */
/* What the fund would have to share out if all were sold at the price of the last round. */
static money worth_now(const struct region *r, uint32_t fund)
{
    const struct fund *f = &r->funds.row[fund];
    double yuan = money_to_yuan(money_add(f->cash, f->away));
    for (size_t k = 0; k < r->positions.held.n; k++)
        if (position_at(r, k)->fund == fund)
            yuan += position_at(r, k)->price * ld_min(position_share(r, position_at(r, k)), 1.0);
    return from_yuan(ld_min(yuan, 1e13));
}

/* The others take over capital, and what is not called yet, in proportion to theirs. */
static void take_over(struct region *r, struct fund *f, money price)
{
    struct guide *g = guide_of(r, f);
    money called = f->called[PARTNER_PUBLIC], open = money_sub(f->committed[PARTNER_PUBLIC], called);
    money others = money_sub(fund_committed(f), f->committed[PARTNER_PUBLIC]), left[3] = {price, called, open};
    int last = -1;
    for (int p = 0; p < N_PARTNERS; p++)
        last = p != PARTNER_PUBLIC && f->committed[p].fen > 0 ? p : last;
    for (int p = 0; p < N_PARTNERS; p++) {
        if (p == PARTNER_PUBLIC || f->committed[p].fen == 0)
            continue;
        const money all[3] = {price, called, open}, weight = f->committed[p];
        money part[3];
        for (int j = 0; j < 3; j++) {
            part[j] = p == last ? left[j] : money_part(all[j], weight, others);
            left[j] = money_sub(left[j], part[j]);
        }
        market_flow(r, (enum flow)partner_table[p].called, part[0]);
        r->equity.called[p] = money_add(r->equity.called[p], part[0]);
        f->called[p] = money_add(f->called[p], part[1]);
        f->committed[p] = money_add(f->committed[p], money_add(part[1], part[2]));
    }
    market_flow(r, FLOW_PAID_PUBLIC, price);
    r->equity.paid[PARTNER_PUBLIC] = money_add(r->equity.paid[PARTNER_PUBLIC], price);
    g->cash = money_add(g->cash, price);
    g->back = money_add(g->back, price);
    g->committed = money_sub(g->committed, open);
    f->committed[PARTNER_PUBLIC] = f->called[PARTNER_PUBLIC] = FEN(0);
    f->due[1] = money_add(f->due[1], f->due[0]); /* nobody bears the first loss any more */
    f->due[0] = FEN(0);
}

/* When the window ends, or before something is paid out, they buy if that is worth more than it costs. */
void guides_sell_part(const struct world *w, struct region *r, struct fund *f)
{
    struct fund_rule *q = &f->rule;
    int32_t end = f->opened + q->window;
    if (q->window <= 0 || f->manager < 0 || f->called[PARTNER_PUBLIC].fen <= 0 || w->month > end ||
        (w->month < end && f->cash.fen == 0))
        return;
    money open = money_positive(money_sub(f->called[PARTNER_PUBLIC], f->paid[PARTNER_PUBLIC]));
    money price = money_scale(open, ld_pow(1.0 + q->window_rate, (w->month - f->opened) / 12.0));
    struct split s;
    fund_split(f, worth_now(r, (uint32_t)(f - r->funds.row)), &s);
    if (s.to[PARTNER_PUBLIC].fen <= price.fen)
        return;
    take_over(r, f, price);
    q->ceded = q->first_loss = q->mandate.reinvest = 0.0;
    q->window = 0;
    r->equity.bought_out++;
    r->equity.bought = money_add(r->equity.bought, price);
}
