/* SPDX-License-Identifier: GPL-3.0-or-later */
/* funds - partners commit to funds that managers raise (managers.c) and are called, fees are paid, what comes back is paid out
 * (mechanisms M9, M10).
 *
 * For a year partners decide, month by month, what of their capacity they commit: those whose outside option brings less than they
 * expect, net, on the terms of this fund.  What does not reach its target by then is dissolved. */
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>

/* -- making ------------------------------------------------------------------------------------------------------------- */
struct fund_rule fund_rule_of(const struct region *r, int32_t kind)
{
    const struct funds_params *p = NAMED(r, funds, kind);
    return (struct fund_rule){.stage_from = p->stage_from,
                              .stage_to = p->stage_to,
                              .invest = p->invest_months,
                              .life = p->life,
                              .extends = p->extension,
                              .last_deals = p->last_deals,
                              .looks = looks_scaled(p->looks, r->scale < 1.0 ? r->scale : 1.0),
                              .ticket_min = p->ticket_min,
                              .ticket_max = p->ticket_max,
                              .share_max = p->share_max,
                              .required = p->required,
                              .reserves = p->reserves,
                              .fee = p->fee,
                              .carry = p->carry,
                              .hurdle = p->hurdle,
                              .catch_up = p->catch_up,
                              .stake = p->stake};
}

static int32_t kind_of(const struct region *r, const struct fund *f)
{
    int32_t k = 0, n = r->layout->count[GROUP_funds], stage = f->rule.stage_from;
    if (f->kind >= 0)
        return f->kind;
    while (k < n && (stage < NAMED(r, funds, k)->stage_from || stage > NAMED(r, funds, k)->stage_to))
        k++;
    return k < n ? k : 0;
}

const struct funds_params *fund_kind(const struct region *r, const struct fund *f)
{
    return NAMED(r, funds, kind_of(r, f));
}

double fund_sees_inside(const struct region *r, const struct fund *f)
{
    double lost = f->rule.auc_lost;
    return lost > 0.0 ? precision_of_auc(fund_kind(r, f)->inside_auc - lost) : r->tau_inside[kind_of(r, f)];
}

enum status funds_reserve(struct region *r)
{
    size_t direct = 0;
    for (int32_t k = 0; k < r->n_instances; k++)
        direct += r->line[k].stood ? MAX_RULES : 0;
    return LIST_RESERVE(&r->funds, r->funds.n + (size_t)r->manager_room + direct);
}

int32_t fund_add(struct region *r, const struct fund *f)
{
    BUG_ON(r->funds.n == r->funds.capacity);
    r->funds.row[r->funds.n] = *f;
    return (int32_t)r->funds.n++;
}

int32_t fund_direct(struct region *r, int32_t k, const struct fund_rule *rule, money capital)
{
    struct guide *g = &r->line[k].guide;
    struct fund f = {.rule = *rule,
                     .kind = -1,
                     .manager = -1,
                     .line = k,
                     .state = FUND_INVESTING,
                     .begun = r->month,
                     .opened = r->month,
                     .ends = r->month + rule->life};
    f.target = f.committed[PARTNER_PUBLIC] = money_min(capital, money_sub(g->cash, g->committed));
    g->committed = money_add(g->committed, f.target);
    return fund_add(r, &f);
}

/* -- money ---------------------------------------------------------------------------------------------------------------- */
/* Where a partner's money lies: that of the public one with the guide fund behind the fund; all others are outside. */
struct guide *guide_of(struct region *r, const struct fund *f)
{
    return f->line >= 0 ? &r->line[f->line].guide : NULL;
}

static void call_from(struct region *r, struct fund *f, enum partner p, money amount)
{
    struct guide *g = p == PARTNER_PUBLIC ? guide_of(r, f) : NULL;
    if (amount.fen <= 0)
        return;
    f->called[p] = money_add(f->called[p], amount);
    f->cash = money_add(f->cash, amount);
    r->equity.called[p] = money_add(r->equity.called[p], amount);
    market_flow(r, (enum flow)partner_table[p].called, amount);
    if (g != NULL) {
        g->cash = money_sub(g->cash, amount);
        g->committed = money_sub(g->committed, amount);
        g->called = money_add(g->called, amount);
    }
}

money fund_uncalled(const struct fund *f)
{
    return money_sub(fund_committed(f), fund_called(f));
}

/* From all partners by what they have committed; the last bears the residue. */
money fund_call(struct region *r, struct fund *f, money amount)
{
    if (f->vehicle > 0)
        return vehicle_call(r, f, amount);
    money all = fund_uncalled(f), left = money_min(amount, all), total = left;
    money junior = money_scale(f->called[PARTNER_PUBLIC], f->rule.first_loss);
    for (int p = 0; p < N_PARTNERS; p++) {
        money open = money_sub(f->committed[p], f->called[p]), part = money_part(total, open, all);
        part = money_min(part, left);
        call_from(r, f, (enum partner)p, part);
        left = money_sub(left, part);
    }
    for (int p = 0; p < N_PARTNERS && left.fen > 0; p++) {
        money part = money_min(left, money_sub(f->committed[p], f->called[p]));
        call_from(r, f, (enum partner)p, part);
        left = money_sub(left, part);
    }
    money low = money_sub(money_scale(f->called[PARTNER_PUBLIC], f->rule.first_loss), junior); /* bears first loss */
    f->due[0] = money_add(f->due[0], low);
    f->due[1] = money_add(f->due[1], money_sub(total, low));
    note_follows(r, f);
    return total;
}

/* earned: what of it comes from exits, and so tells of what funds bring; the rest are awards. */
static enum status pay_partner(struct region *r, struct fund *f, enum partner p, money amount, double earned)
{
    struct guide *g = p == PARTNER_PUBLIC ? guide_of(r, f) : NULL;
    if (amount.fen <= 0)
        return OK;
    f->paid[p] = money_add(f->paid[p], amount);
    f->cash = money_sub(f->cash, amount);
    r->equity.paid[p] = money_add(r->equity.paid[p], amount);
    r->equity.partner[p].back += earned * money_to_yuan(amount);
    TRY(fund_withhold(r, f, p, &amount));
    market_flow(r, (enum flow)partner_table[p].paid, amount);
    if (p == PARTNER_MANAGER)
        note_keeps(r, f, amount);
    if (g != NULL) {
        g->cash = money_add(g->cash, amount);
        g->back = money_add(g->back, amount);
    }
    return OK;
}

/* What exits brought goes out at once. */
static enum status distribute(struct region *r, struct fund *f)
{
    struct split s;
    if (f->cash.fen <= 0)
        return OK;
    fund_split(f, f->cash, &s);
    for (int rank = 0; rank < 2; rank++)
        f->due[rank] = money_sub(f->due[rank], s.due[rank]);
    double earned = 1.0 - (double)money_min(f->awarded, f->cash).fen / (double)f->cash.fen;
    f->awarded = FEN(0);
    if (f->manager >= 0)
        r->manager[f->manager].back += earned * money_to_yuan(f->cash);
    for (int p = 0; p < N_PARTNERS; p++)
        TRY(pay_partner(r, f, (enum partner)p, s.to[p], earned));
    f->cash = money_sub(f->cash, s.carry);
    f->carried = money_add(f->carried, s.carry);
    r->equity.carry = money_add(r->equity.carry, s.carry);
    market_flow(r, FLOW_FUND_CARRY, s.carry);
    return manager_taxed(r, f, s.carry, P(r, government)->carry_tax);
}

/* On commitments while it invests, then on the cost of what it holds. */
static enum status pay_fee(const struct world *w, struct region *r, struct fund *f)
{
    money base = f->state == FUND_INVESTING ? fund_committed(f) : money_add(f->cost, f->away);
    money fee = fund_call(r, f, money_scale(base, f->rule.fee / 12.0));
    f->cash = money_sub(f->cash, fee);
    f->fees = money_add(f->fees, fee);
    r->equity.fees = money_add(r->equity.fees, fee);
    market_flow(r, FLOW_FUND_FEE, fee);
    double tax = P(r, government)->fund_fee_tax;
    note_takes_fee(w, r, f, money_sub(fee, money_scale(fee, tax)));
    return manager_taxed(r, f, fee, tax);
}

/* Fees still to come, as the fund reckons: on commitments for its first years, on half of them thereafter. */
static money fees_to_come(const struct world *w, const struct fund *f)
{
    double first = f->opened + f->rule.invest - w->month, later = f->rule.life - f->rule.invest;
    double months = (first > 0.0 ? first : 0.0) + 0.5 * (later > 0.0 ? later : 0.0);
    return money_scale(fund_committed(f), f->rule.fee / 12.0 * months);
}

money fund_dry_powder(const struct world *w, const struct fund *f, bool follow_on)
{
    money open = money_positive(money_sub(fund_uncalled(f), money_add(fees_to_come(w, f), f->set_aside)));
    if (follow_on)
        return open;
    money whole = money_sub(fund_committed(f), money_add(fees_to_come(w, f), f->fees));
    return money_positive(money_sub(open, money_scale(whole, f->rule.reserves)));
}

/* -- what partners expect --------------------------------------------------------------------------------------------------- */
/* Gross multiple that this kind of partner expects: what its money has brought, shrunk to what it hoped. */
double fund_multiple_expected(const struct region *r, enum partner p, const struct fund *f)
{
    const struct limited_partner *l = &r->equity.partner[p];
    double hope = p > PARTNER_PUBLIC && p < PARTNER_MANAGER ? NAMED(r, partners, p - 1)->hope : 0.0;
    double prior = P(r, equity)->partner_prior * money_to_yuan(f->target);
    double region = (1.0 + f->rule.certified) * (prior * hope + l->back) / (prior + l->matured);
    if (f->manager < 0)
        return region;
    const struct manager *m = &r->manager[f->manager]; /* his record, shrunk to what others brought */
    double own = money_to_yuan(f->target);
    return (own * region + m->back) / (own + m->matured);
}

/* Share of a kind of partner that would rather put its money into this fund than elsewhere. */
double partner_willing(const struct region *r, enum partner p, const struct fund *f)
{
    const struct partners_params *q = NAMED(r, partners, p - 1);
    struct fund as_if = *f;
    if (as_if.committed[p].fen <= 0) /* one more who joins those that are there */
        as_if.committed[p] = money_scale(f->target, 0.1);
    double years = equity_years(r, f, f->rule.stage_from);
    as_if.counts.bounty = fund_bounty(r, f);
    as_if.counts.tax = q->tax * tax_kept(r, f, false);
    double expected = fund_expected_return(&as_if, p, fund_multiple_expected(r, p, f), P(r, equity)->spread, years);
    double x = (expected - q->outside) / q->outside_spread;
    return 1.0 / (1.0 + ld_exp(-(x < 40.0 ? x > -40.0 ? x : -40.0 : 40.0)));
}

double partners_willing(const struct region *r, const struct fund *f)
{
    double all = 0.0, come = 0.0;
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN; p++) {
        double year = money_to_yuan(NAMED(r, partners, p - 1)->capacity);
        all += year;
        come += year > 0.0 ? year * partner_willing(r, (enum partner)p, f) : 0.0;
    }
    return all > 0.0 ? come / all : 0.0;
}

/* What partners may still commit. */
static money open_to_partners(const struct fund *f)
{
    return money_positive(money_sub(money_sub(f->target, f->reserved), fund_committed(f)));
}

void fund_commit(struct region *r, struct fund *f, enum partner p, money amount)
{
    amount = money_min(amount, open_to_partners(f));
    f->committed[p] = money_add(f->committed[p], amount);
    r->equity.raised[p] = money_add(r->equity.raised[p], amount);
    if (p > PARTNER_PUBLIC && p < PARTNER_MANAGER)
        r->equity.partner[p].purse = money_sub(r->equity.partner[p].purse, amount);
}

/* Funds being raised, that which lacks the least of its target first; returns how many. */
static size_t nearest_first(const struct region *r, uint64_t *key)
{
    size_t n = 0;
    for (size_t k = 0; k < r->funds.n; k++) {
        const struct fund *f = &r->funds.row[k];
        if (f->state != FUND_RAISING)
            continue;
        money missing = open_to_partners(f);
        key[n++] = (uint64_t)((double)missing.fen / (double)f->target.fen * 4294967295.0) << 32 | k;
    }
    sort_keys(key, n);
    return n;
}

/* All kinds subscribe at once, each what its willing members have; where that is more than the fund lacks, each gets its part:
 * in the order of a list the first kind would take all that there is to take. */
static void partners_subscribe(struct region *r, struct fund *f)
{
    money would[N_PARTNERS] = {{0}}, all = FEN(0), missing = open_to_partners(f);
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN; p++) {
        money purse = r->equity.partner[p].purse;
        if (purse.fen > 0)
            would[p] = money_scale(purse, partner_willing(r, (enum partner)p, f));
        all = money_add(all, would[p]);
    }
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN; p++)
        if (would[p].fen > 0)
            fund_commit(r, f, (enum partner)p, all.fen > missing.fen ? money_part(missing, would[p], all) : would[p]);
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN && all.fen >= missing.fen; p++) /* a fen that rounding has left */
        if (would[p].fen > 0)
            fund_commit(r, f, (enum partner)p, money_min(FEN(1), r->equity.partner[p].purse));
}

/* Money goes first where it makes a fund come about: spread over all it would tie itself up in funds none of which closes.
 * The nearest is offered what there is, the next what is left. */
static enum status partners_commit(struct world *w, struct region *r)
{
    uint64_t *key = arena_take(&w->market, r->funds.n + 1, sizeof *key);
    if (key == NULL)
        return NO_MEMORY;
    size_t n = nearest_first(r, key);
    for (size_t j = 0; j < n; j++) {
        struct fund *f = &r->funds.row[key[j] & UINT32_MAX];
        if (open_to_partners(f).fen > 0)
            partners_subscribe(r, f);
    }
    return OK;
}

/* -- raising, and the years after ---------------------------------------------------------------------------------------------- */
/* Commitments to what does not come about are free again. */
void fund_dissolve(const struct world *w, struct region *r, struct fund *f, int32_t again)
{
    struct guide *g = guide_of(r, f);
    if (g != NULL)
        g->committed = money_sub(g->committed, f->committed[PARTNER_PUBLIC]);
    for (int p = 0; p < N_PARTNERS; p++) {
        if (p > PARTNER_PUBLIC && p < PARTNER_MANAGER)
            r->equity.partner[p].purse = money_add(r->equity.partner[p].purse, f->committed[p]);
        r->equity.raised[p] = money_sub(r->equity.raised[p], f->committed[p]);
        f->committed[p] = FEN(0);
    }
    f->state = FUND_CLOSED;
    r->equity.dissolved++;
    if (f->manager >= 0) {
        struct manager *m = &r->manager[f->manager];
        m->fund = -1;
        m->standing--;
        m->failed++;
        m->again = w->month + again;
    }
}

static enum status open_fund(const struct world *w, struct region *r, struct fund *f)
{
    f->state = FUND_INVESTING;
    f->opened = w->month;
    f->ends = w->month + f->rule.life;
    r->equity.closings++;
    r->equity.closed += 1.0;
    if (f->manager >= 0)
        manager_learns(&r->manager[f->manager], true);
    return fund_opened(r, (int32_t)(f - r->funds.row));
}

/* The hurdle grows on what partners have not got back; their experience ages with the fund. */
static void grow(struct region *r, struct fund *f)
{
    double month = ld_pow(1.0 + f->rule.hurdle, 1.0 / 12.0) - 1.0;
    for (int rank = 0; rank < 2; rank++)
        f->due[rank] = money_add(f->due[rank], money_scale(f->due[rank], month));
    double part = 1.0 / ld_max(f->rule.life, 1.0);
    for (int p = 0; p < N_PARTNERS; p++)
        r->equity.partner[p].matured += part * money_to_yuan(f->called[p]);
    if (f->manager >= 0)
        r->manager[f->manager].matured += part * money_to_yuan(fund_called(f));
}

static enum status run_raising(const struct world *w, struct region *r, struct fund *f)
{
    if (fund_committed(f).fen >= f->target.fen)
        return open_fund(w, r, f);
    if (w->month >= f->begun + NAMED(r, funds, f->kind)->close_months) {
        fund_dissolve(w, r, f, NAMED(r, funds, f->kind)->retry);
        if (f->manager >= 0)
            manager_fails(w, r, f);
    } else
        guides_keep_waiting(w, r, f);
    return OK;
}

static void end_investing(struct region *r, struct fund *f)
{
    f->state = FUND_HARVESTING;
    guides_look_back(r, f);
    if (f->manager >= 0)
        r->manager[f->manager].fund = -1;
}

static void end_fund(struct region *r, struct fund *f)
{
    f->state = FUND_CLOSED;
    if (f->manager >= 0)
        r->manager[f->manager].standing--;
}

static enum status run_fund(const struct world *w, struct region *r, struct fund *f)
{
    if (f->vehicle > 0)
        return OK;
    if (f->state == FUND_RAISING)
        return run_raising(w, r, f);
    if (f->state == FUND_CLOSED)
        return distribute(r, f); /* what public budgets still paid */
    grow(r, f);
    if (f->state == FUND_INVESTING && w->month > f->opened + f->rule.invest)
        end_investing(r, f);
    TRY(pay_fee(w, r, f));
    guides_sell_part(w, r, f);
    TRY(distribute(r, f));
    if (f->state == FUND_HARVESTING && f->cost.fen == 0 && f->away.fen == 0 && w->month >= f->ends - f->rule.last_deals)
        end_fund(r, f);
    return OK;
}

static void forget(struct region *r)
{
    struct equity_market *m = &r->equity;
    double keep = P(r, equity)->memory;
    for (int p = 0; p < N_PARTNERS; p++) {
        m->partner[p].matured *= keep;
        m->partner[p].back *= keep;
    }
    m->tried *= keep;
    m->closed *= keep;
    for (int32_t k = 0; k < r->n_managers; k++) {
        r->manager[k].tried *= keep;
        r->manager[k].closed *= keep;
    }
}

/* A year's capacity comes month by month; what finds no fund within a year goes elsewhere. */
static void fill_purses(const struct world *w, struct region *r)
{
    double founders = potential_founders(w, r, w->month) * (r->scale < 1.0 ? r->scale : 1.0);
    for (int p = PARTNER_STATE; p <= PARTNER_FOREIGN; p++) {
        money year = money_scale(NAMED(r, partners, p - 1)->capacity, founders), *purse = &r->equity.partner[p].purse;
        *purse = money_min(money_add(*purse, money_scale(year, 1.0 / 12.0)), year);
    }
}

/* Whether a partner may still join: while it is raised, and as long as it might be. */
static bool still_open(const struct world *w, const struct region *r, const struct fund *f)
{
    return f->state == FUND_RAISING ||
           (f->state == FUND_INVESTING && f->kind >= 0 && w->month < f->begun + NAMED(r, funds, f->kind)->close_months);
}

enum status funds_run(struct world *w, struct region *r)
{
    if (r->n_managers == 0 && r->funds.n == 0)
        return OK;
    forget(r);
    fill_purses(w, r);
    managers_run(w, r);
    for (size_t k = 0; k < r->funds.n; k++)
        if (still_open(w, r, &r->funds.row[k]))
            guides_decide(w, r, &r->funds.row[k]);
    notes_plan(w, r);
    TRY(partners_commit(w, r));
    TRY(notes_sell(w, r));
    away_settle(w, r);
    for (size_t k = 0; k < r->funds.n; k++)
        TRY(run_fund(w, r, &r->funds.row[k]));
    notes_serve(w, r);
    return away_invest(w, r);
}
