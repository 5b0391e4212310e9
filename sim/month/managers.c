/* SPDX-License-Identifier: GPL-3.0-or-later */
/* managers - who raises venture funds: who comes up, who begins, who gives the trade up (mechanisms M9).
 *
 * Potential managers come up over time; which of them comes in which month is fixed, whether he settles is not: he does if fees
 * that he can hope for exceed what it costs him.  Who has no fund left pays his team himself until he has closed the next.  He
 * gives up, for good, once that costs more than trying again is worth to him, or his registration lapses. */
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <liandong/prepare.h>

/* Raisings that a first belief weighs, half of them closed. */
static const double tries_believed = 2.0;

/* -- what a fund is worth to who raises it --------------------------------------------------------------------------------------- */
static double odds_of_closing(const struct region *r)
{
    return (0.5 * tries_believed + r->equity.closed) / (tries_believed + r->equity.tried);
}

/* What his team and his own time cost him a month, as long as he is in the trade. */
static double month_in_trade(const struct region *r, const struct fund *f)
{
    return P(r, equity)->waiting_cost * f->rule.fee / 12.0 * money_to_yuan(f->target);
}

/* What a manager expects of a fund here that closes: his fees after tax, less what he spends while it invests. */
static double fees_expected(const struct region *r, const struct fund *f)
{
    double kept = 1.0 - P(r, government)->fund_fee_tax * tax_kept(r, f, true);
    double fees = kept * f->rule.fee * f->rule.invest / 12.0 * money_to_yuan(f->target);
    return fees - month_in_trade(r, f) * f->rule.invest;
}

static double settling_cost(const struct region *r, const struct manager *m)
{
    struct luck luck = r->luck;
    luck.month = 0;
    double z = ld_normal_quantile(draw(luck, manager_identity(r, m), DRAW_SETTLING));
    return money_to_yuan(P(r, equity)->settle_cost) * ld_exp(P(r, equity)->settle_spread * z) *
           (r->scale < 1.0 ? r->scale : 1.0);
}

/* Awards of instruments to who raises this fund here. */
static double awards(const struct region *r, const struct fund *f)
{
    bool first = r->manager[f->manager].raised == 0;
    double sum = 0.0;
    EACH_HOOKED(r, HOOK_ATTRACT, k)
    sum += money_to_yuan(instrument_of(r, k)->attract(r, k, f, first));
    return sum;
}

/* The fund that he would raise now. */
static struct fund next_fund(const struct world *w, const struct region *r, int32_t m)
{
    const struct manager *who = &r->manager[m];
    const struct funds_params *p = NAMED(r, funds, who->kind);
    double grown = potential_founders(w, r, w->month) / ld_max(potential_founders(w, r, w->setup->world.start), 1e-9);
    struct fund f = {.rule = fund_rule_of(r, who->kind),
                     .kind = who->kind,
                     .manager = m,
                     .line = -1,
                     .state = FUND_RAISING,
                     .begun = w->month,
                     .target = money_scale(p->size, grown * (r->scale < 1.0 ? r->scale : 1.0))};
    f.committed[PARTNER_MANAGER] = money_scale(f.target, f.rule.stake);
    return f;
}

/* -- beginning --------------------------------------------------------------------------------------------------------------- */
static void begin_fund(const struct world *w, struct region *r, int32_t m)
{
    struct manager *who = &r->manager[m];
    struct fund f = next_fund(w, r, m);
    double expects = odds_of_closing(r) * (fees_expected(r, &f) + awards(r, &f));
    if (f.target.fen <= 0 || (who->raised == 0 && expects < settling_cost(r, who)))
        return;
    r->equity.raised[PARTNER_MANAGER] = money_add(r->equity.raised[PARTNER_MANAGER], f.committed[PARTNER_MANAGER]);
    r->equity.tried += 1.0;
    who->fund = fund_add(r, &f);
    who->standing++;
    r->equity.managers += who->state == MANAGER_OUT;
    r->equity.managers_entered += who->state == MANAGER_OUT;
    who->state = MANAGER_IN;
}

/* Who come up this month decide now; those who do not settle do something else. */
static void newcomers(const struct world *w, struct region *r, int32_t kind)
{
    int32_t lived = w->month - w->first_month, j = managers_to_come(r, kind, lived);
    for (; j < managers_to_come(r, kind, lived + 1) && r->n_managers < r->manager_room; j++) {
        int32_t m = r->n_managers++;
        r->manager[m] = (struct manager){.kind = kind, .nth = managers_at_start(r, kind) + j, .fund = -1};
        begin_fund(w, r, m);
        r->n_managers -= r->manager[m].state == MANAGER_OUT;
    }
}

/* -- giving up --------------------------------------------------------------------------------------------------------------- */
/* The odds that he closes: those of all, times partners who would join him over those who would join one of whom nothing is known, and
 * then his own raisings. */
static double own_odds(const struct region *r, const struct manager *m, const struct fund *f)
{
    struct fund unknown = *f;
    unknown.manager = -1;
    double others = partners_willing(r, &unknown), lead = others > 0.0 ? partners_willing(r, f) / others : 1.0;
    double odds = ld_min(odds_of_closing(r) * lead, 1.0);
    return (tries_believed * odds + m->closed) / (tries_believed + m->tried);
}

/* Carry after tax that he hopes for, at what he asks of money that comes so late. */
static double carry_expected(const struct region *r, const struct fund *f)
{
    struct fund full = *f;
    double years = equity_years(r, f, f->rule.stage_from),
           kept = 1.0 - P(r, government)->carry_tax * tax_kept(r, f, true);
    full.committed[PARTNER_PRIVATE] = money_sub(f->target, f->committed[PARTNER_MANAGER]);
    full.counts.bounty = fund_bounty(r, f);
    double carry =
        fund_expected_carry(&full, fund_multiple_expected(r, PARTNER_PRIVATE, f), P(r, equity)->spread, years);
    return kept * carry * ld_exp(-ld_log(1.0 + f->rule.required) * years);
}

/* Months until he can begin the next: his month of the year, once he may. */
static int32_t months_until(const struct world *w, const struct region *r, int32_t m)
{
    int32_t from = r->manager[m].again > w->month ? r->manager[m].again : w->month;
    return from - w->month + (manager_season(r, m) - from % 12 + 12) % 12;
}

/* Who raises closes after half the time on average, or fails at its end.  He need not try: the least that it is worth is nothing. */
static bool gives_up(const struct world *w, const struct region *r, int32_t m)
{
    const struct manager *who = &r->manager[m];
    if (who->state != MANAGER_IN || who->standing > 0 || P(r, equity)->waiting_cost <= 0.0)
        return false;
    struct fund f = next_fund(w, r, m);
    double odds = own_odds(r, who, &f);
    double months = months_until(w, r, m) + NAMED(r, funds, f.kind)->close_months * (1.0 - 0.5 * odds);
    double later = ld_exp(-ld_log(1.0 + f.rule.required) * months / 12.0);
    double gets = odds * later * (fees_expected(r, &f) + awards(r, &f) + carry_expected(r, &f));
    double gains = gets - (who->raised == 0 ? settling_cost(r, who) : 0.0);
    return ld_max(gains, 0.0) < month_in_trade(r, &f) * months;
}

static void leave(struct region *r, struct manager *who)
{
    who->state = MANAGER_LEFT;
    r->equity.managers--;
    r->equity.managers_left++;
}

/* Who is to file a fund by a deadline and has failed to raise his first is struck off the register. */
void manager_fails(const struct world *w, struct region *r, const struct fund *f)
{
    struct manager *who = &r->manager[f->manager];
    int32_t deadline = P(r, equity)->first_fund;
    manager_learns(who, false);
    if (who->raised == 0 && deadline > 0 && w->month >= f->begun + deadline)
        leave(r, who);
}

void managers_run(const struct world *w, struct region *r)
{
    for (int32_t m = 0; m < r->n_managers; m++) {
        struct manager *who = &r->manager[m];
        if (who->state == MANAGER_AWAY && w->month >= who->again)
            who->state = MANAGER_IN;
        if (who->fund >= 0 || who->state == MANAGER_LEFT)
            continue;
        if (gives_up(w, r, m))
            leave(r, who);
        else if (w->month >= who->again && w->month % 12 == manager_season(r, m))
            begin_fund(w, r, m);
    }
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++)
        newcomers(w, r, k);
}
