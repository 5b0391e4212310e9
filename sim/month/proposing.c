/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proposing - what an enterprise puts before a bank or an angel, and what they see of it (mechanisms M3, M4).
 *
 * An application says what is asked, what is pledged, and the rate above which the enterprise walks away; what statements tell
 * of quality is that of the calendar year, whoever reads them. */
#include <liandong/bonds.h>
#include <liandong/fetch.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

/* Points of the hard information that every lender sees: leverage, profit, bills, cash, age. */
static int32_t score_of(const struct rows *t, uint32_t i)
{
    const struct enterprises *e = t->e;
    double sales = (double)e->sales[i], debt = money_to_yuan(money_add(e->debt[i], bonds_owed(t, i))),
           burn = fixed_cost(t->r, e, i);
    const struct credit_params *c = P(t->r, credit);
    int32_t points = 1;
    points += debt < c->score_debt_low * sales;
    points -= debt > c->score_debt_high * sales;
    points += e->profit_last[i] > 0.0f;
    points -= e->overdue[i].fen > 0;
    points += money_to_yuan(e->cash[i]) > c->score_cash * burn;
    points += age_of(t, i) > c->score_age;
    return points < 0 ? 0 : points >= N_SCORES ? N_SCORES - 1 : points;
}

/* The rate above which it walks away: what the money is worth to it, and, with cash of its own, less (M5: the safe leave
 * first). */
double reservation_rate(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    double ask = n->runway + n->chance + 1.0, gain = (n->value - n->runway - n->chance) / ask;
    double years = n->chance > n->runway ? c->term_months / 24.0 : c->line_months / 12.0;
    double own = money_to_yuan(t->e->cash[i]) / ask, worth = c->deposit_rate + (gain > 0.0 ? gain : 0.0) / years;
    double patience = c->base_rate + c->walk_away + c->walk_away_dry / (1.0 + 2.0 * own);
    return (worth < patience ? worth : patience) + rate_relief(t, i, patience);
}

static uint16_t bank_of(const struct region *r, uint16_t branch)
{
    return (uint16_t)r->branch[branch].bank;
}

/* What its assets carry: fixed ones, and what instruments make acceptable as security.  `worth`: of another yuan lent. */
static void pledge(const struct rows *t, uint32_t i, struct application *a, double worth)
{
    const struct credit_params *c = P(t->r, credit);
    struct security s = {.worth = worth};
    double sales = c->limit_sales * (double)t->e->sales[i], least = money_to_yuan(c->limit_unsecured);
    s.gap = money_to_yuan(money_add(a->asked, application_other_debt(a))) - (sales > least ? sales : least);
    if (t->e->refusals[i] > 0) /* who was refused offers all that helps */
        s.gap = ld_max(s.gap, money_to_yuan(a->asked));
    security_add(&s, SECURITY_ASSETS, money_to_yuan(from_yuan(c->advance * (double)t->e->assets[i])), 0.0);
    EACH_ACTING(t, i, ACT_PLEDGE, k)
    instrument_of(t->r, k)->pledge(t, i, k, &s);
    a->pledge = from_yuan(s.lends);
    a->by_assets = (float)(s.lends > 0.0 ? s.assets / s.lends : 0.0);
    a->saves = (float)(s.lends > 0.0 ? s.saves / s.lends : 0.0);
    a->most = (float)s.most;
    a->appraised = (float)s.appraised;
    a->security = s.kinds;
}

/* Share of fees for covers that it bears in the end. */
static double fee_borne(const struct rows *t, uint32_t i)
{
    double back = 0.0;
    EACH_ACTING(t, i, ACT_FEE_RELIEF, k)
    back += instrument_of(t->r, k)->fee_relief(t->r, k);
    return back < 1.0 ? 1.0 - back : 0.0;
}

/* All of it but what its bank sees of quality: that is read of many at once (statements). */
static void fill_application(const struct rows *t, uint32_t i, struct application *a, double ask, double worth,
                             bool renewal)
{
    const struct enterprises *e = t->e;
    const struct credit_params *c = P(t->r, credit);
    *a = (struct application){.row = i, .region = (uint16_t)t->r->index, .month = t->w->month};
    a->branch = e->branch[i];
    a->bank = bank_of(t->r, a->branch);
    a->stage = e->stage[i];
    a->sector = e->sector[i];
    a->cell = (uint16_t)belief_cell(a->stage, a->sector, score_of(t, i));
    a->sales = e->sales[i];
    a->cash = (float)money_to_yuan(e->cash[i]);
    a->debt = e->debt[i];
    a->replaced = money_min(e->debt[i], from_yuan(renewal ? (double)e->ending[i] : 0.0));
    a->fee_borne = (float)fee_borne(t, i);
    a->blocks = t->s->blocks[i - t->lo];
    a->first = t->s->first[i - t->lo];
    if (e->owned[i] & OWNED_BY_FUND) /* what funds have seen is read once all are written */
        fetch_backing(t->r, i);
    a->undeeded = !t->s->deeded[i - t->lo];
    a->asked = from_yuan(ask < money_to_yuan(c->ticket_max) ? ask : money_to_yuan(c->ticket_max));
    pledge(t, i, a, worth);
    a->flags = (uint8_t)((e->flags[i] & HAS_BORROWED ? 0 : APPLY_FIRST) |
                         (application_collateral(a).fen >= a->asked.fen ? 0 : APPLY_UNSECURED));
}

static void count_asked(const struct rows *t, const struct application *a)
{
    int32_t cell = a->stage * MAX_SECTORS + a->sector;
    bool line = a->product == PRODUCT_LINE;
    count(t->t, cell, line ? ITEM_LINE_ASKED : ITEM_TERM_ASKED, 1);
    count(t->t, cell, line ? ITEM_LINE_ASKED_FEN : ITEM_TERM_ASKED_FEN, a->asked.fen);
}

/* A facility from the home bank: a line for the runway, instalments for an opportunity. */
struct application *ask_bank(const struct rows *t, uint32_t i, const struct need *n, bool renewal)
{
    const struct credit_params *c = P(t->r, credit);
    struct application *a = outbox_push(&t->me->box[BOX_APPLICATION]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return NULL;
    }
    bool term = !renewal && n->chance > n->runway;
    double ask = term ? n->chance + n->runway : c->line_headroom * (n->runway + n->chance);
    if (renewal)
        ask += (double)t->e->ending[i];
    double least = money_to_yuan(c->ticket_min), needs = n->runway + n->chance,
           worth = (n->value - needs) / (needs + 1.0);
    if (renewal) /* what is not rolled over must be paid from cash */
        worth = ld_max(worth, P(t->r, enterprise)->liquidity_value);
    fill_application(t, i, a, ask > least ? ask : least, worth, renewal);
    a->product = term ? PRODUCT_TERM : PRODUCT_LINE;
    a->flags |= (uint8_t)((renewal ? APPLY_RENEWAL : 0) | (n->chance > 0.0 ? APPLY_CHANCE : 0));
    a->reservation = (float)reservation_rate(t, i, n);
    if (renewal) /* it must roll over what it owes, so it bears any rate below default */
        a->reservation = (float)(c->base_rate + c->spread_max);
    count_asked(t, a);
    return a;
}

/* Loan and round together, where the bank's grading lets it pass; what each gives is counted by the other when it decides. */
void ask_package(const struct rows *t, uint32_t i, const struct need *n, bool asks_fund, const struct package *p,
                 const struct sight *sight)
{
    struct need debt = *n, round = *n;
    if (p->lent > 0.0) {
        debt.runway *= p->lent;
        debt.chance *= p->lent;
        debt.value *= p->lent;
        round.part = 1.0 - p->lent;
        round.filed = p->spared;
    }
    struct application *a = ask_bank(t, i, &debt, false);
    double expected, pd = 1.0;
    if (a != NULL) {
        application_seen(a, sight);
        pd = posterior_pd(believed_pd(t->r, a->bank, a->cell), t->r->bank[a->bank].loading, (double)a->signal,
                          (double)a->precision, &expected);
    }
    bool passes = pd <= p->pd_max;
    if (passes || asks_fund)
        ask_equity(t, i, passes ? &round : n);
    if (a == NULL || !passes)
        return;
    a->package = (uint8_t)p->instance;
    count(t->t, cell_of(t->e, i), ITEM_PACKAGES, 1);
}

/* A line that was promised is asked for beforehand, at a rate that it would bear if it needed the money. */
static void ask_offered(const struct rows *t, uint32_t i, int32_t k, money offered)
{
    const struct credit_params *c = P(t->r, credit);
    struct application *a = outbox_push(&t->me->box[BOX_APPLICATION]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return;
    }
    double own = money_to_yuan(t->e->cash[i]) / (money_to_yuan(offered) + 1.0);
    double patience = c->base_rate + c->walk_away + c->walk_away_dry / (1.0 + 2.0 * own);
    fill_application(t, i, a, money_to_yuan(offered), 0.0, false);
    a->product = PRODUCT_LINE;
    a->offered = (uint8_t)(k + 1);
    a->reservation = (float)(patience + rate_relief(t, i, patience));
    count_asked(t, a);
}

/* The first instance whose promise stands, where he banks or where he may move to: what it offers, 0: nothing. */
money line_offered(const struct rows *t, uint32_t i, int32_t *by)
{
    int32_t home = bank_of(t->r, t->e->branch[i]);
    EACH_HOOKED(t->r, HOOK_OFFERS, k)
    {
        bool here = instrument_of(t->r, k)->promises(t->r, k, home);
        if (!line_open(t->r, k, i) || !(here || matching_free(t, i)))
            continue;
        money offered = instrument_of(t->r, k)->offers(t, i, k);
        *by = here ? k : -1 - k;
        if (offered.fen > 0)
            return offered;
    }
    return FEN(0);
}

bool takes_offer(const struct rows *t, uint32_t i)
{
    int32_t by = 0;
    money offered = line_offered(t, i, &by);
    if (offered.fen == 0 || (by < 0 && !matching_moves(t, i, -1 - by)))
        return false;
    ask_offered(t, i, by < 0 ? -1 - by : by, offered);
    return true;
}

void ask_angel(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct angels_params *p = P(t->r, angels);
    struct angel_ask *a = outbox_push(&t->me->box[BOX_ANGEL]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return;
    }
    double burn = fixed_cost(t->r, t->e, i) + (double)t->e->research[i], ask = p->months * burn;
    double top = money_to_yuan(p->ticket), least = n->runway + n->chance;
    ask = ask > least ? ask : least;
    ask = ask < top ? ask : top;
    struct words u = luck_block(t->w->luck, enterprise_identity(t->e, i), draw_block(DRAW_ANGEL_SIGNAL));
    double tau = t->r->tau_angel, error = ld_normal_quantile(draw_from(&u, DRAW_ANGEL_SIGNAL));
    struct signals s = {.weighted = tau * (double)t->e->quality[i] + __builtin_sqrt(tau) * error,
                        .precision = tau,
                        .by = SEEN_BY_ANGEL};
    EACH_ACTING(t, i, ACT_SHOW, k)
    instrument_of(t->r, k)->see(t, i, k, &s);
    signals_fold(&s);
    double mean = s.weighted / (1.0 + s.precision);
    double value = firm_value(t->r, t->e, i) * ld_exp(P(t->r, founders)->quality_weight * mean);
    *a = (struct angel_ask){enterprise_identity(t->e, i), i, t->r->index, from_yuan(ask), value};
    count(t->t, cell_of(t->e, i), ITEM_ANGEL_ASKED, 1);
    count(t->t, cell_of(t->e, i), ITEM_ANGEL_ASKED_FEN, a->asked.fen);
}
