/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planning - who needs money, and which channel it turns to (mechanisms M3).
 *
 * need = what is missing to the runway target, and the cost of an opportunity that cash and lines cannot pay.  Among the
 * channels it knows and may use, the enterprise takes the one with the largest surplus after all-in cost, or none.  Decided
 * only when something happens: cash is short, an opportunity is at hand, a line ends, the rest after the last try is over. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

enum { TARGET }; /* columns of scratch */

/* What a month costs and brings, per head and per yuan of sales. */
struct outlook {
    double a_head, margin, trusted, runway, least;
};

static struct outlook outlook_of(const struct region *r)
{
    const struct enterprise_params *p = P(r, enterprise);
    return (struct outlook){.a_head = money_to_yuan(p->wage) / 12.0 + money_to_yuan(p->rent),
                            .margin = 1.0 - p->purchases - P(r, government)->vat,
                            .trusted = 1.0 - p->prudence,
                            .runway = p->runway_target,
                            .least = p->runway_least};
}

static inline double target_of(struct outlook o, int32_t staff, double research, double sales)
{
    double out = staff * o.a_head + research, in = sales / 12.0 * o.margin * o.trusted;
    double burn = out - in, least = o.least * out;
    return o.runway * (burn > least ? burn : least);
}

double cash_target(const struct region *r, const struct enterprises *e, uint32_t i)
{
    return target_of(outlook_of(r), e->staff[i], (double)e->research[i], (double)e->sales[i]);
}

/* The same for all rows of a tile at once; nothing of it changes while they plan. */
static void set_targets(const struct rows *t)
{
    struct outlook o = outlook_of(t->r);
    const uint16_t *staff = t->e->staff + t->lo;
    const float *research = t->e->research + t->lo, *sales = t->e->sales + t->lo;
    double *target = t->s->real[TARGET];
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        target[k] = target_of(o, staff[k], (double)research[k], (double)sales[k]);
}

/* Years of margin; before the product, what a product may bring, by its odds within two years. */
double firm_value(const struct region *r, const struct enterprises *e, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    if (e->flags[i] & HAS_PRODUCT) {
        double margin = yearly_margin(r, e, i), potential = p->margin_potential * (double)e->sales[i];
        return (margin > potential ? margin : potential) * p->horizon;
    }
    double ready = (double)e->technology[i] / (double)e->needed[i];
    double odds = 1.0 - ld_exp(-p->product_sight * p->product_hazard * ready);
    double outside = money_to_yuan(P(r, founders)->outside_wage) * p->horizon;
    return odds * outside * ld_exp(r->cells.attraction[e->sector[i]]);
}

double knows_at(const struct world *w, struct identity who, int32_t product)
{
    struct luck luck = w->luck;
    luck.month = product; /* for life: the month's place in the counter names the product */
    return draw(luck, who, DRAW_KNOWS);
}

/* What membership in instruments that inform adds to a member's chance to know a product. */
static double awareness(const struct rows *t, uint32_t i)
{
    double ignorant = 1.0 - (double)t->e->literacy[i];
    for (int32_t k = 0; k < t->r->n_instances; k++)
        if (t->r->line[k].group == GROUP_platform && enterprise_member(t->e, i, k))
            ignorant *= 1.0 - POLICY(t->r, k, platform)->awareness;
    return 1.0 - ignorant;
}

bool enterprise_knows(const struct rows *t, uint32_t i, int32_t product)
{
    return knows_at(t->w, enterprise_identity(t->e, i), product) < awareness(t, i);
}

/* -- the need ------------------------------------------------------------------------------------------------------- */
struct need {
    double runway, chance, value; /* yuan missing; what meeting it is worth */
};

static struct need need_of(const struct rows *t, uint32_t i, double target)
{
    const struct enterprise_params *p = P(t->r, enterprise);
    struct enterprises *e = t->e;
    double have = money_to_yuan(e->cash[i]) + (double)e->line_room[i] - money_to_yuan(e->overdue[i]);
    double missing = target - have;
    struct need n = {.runway = missing > 0.0 ? missing : 0.0};
    if (e->chance_left[i] > 0) {
        double left = have - p->draw_target * target;
        double lacks = (double)e->chance_cost[i] - (left > 0.0 ? left : 0.0);
        n.chance = lacks > 0.0 ? lacks : 0.0;
        double margin = p->chance_margin * (1.0 - p->purchases - P(t->r, government)->vat);
        double gain = margin * (double)e->chance_sales[i] * p->horizon;
        if (n.chance > 0.0 && e->chance_cost[i] > 0.0f)
            n.value += gain * n.chance / (double)e->chance_cost[i];
    }
    double dry = target > 0.0 ? n.runway / target : 0.0;
    n.value += n.runway * (1.0 + p->liquidity_value * (dry < 1.0 ? dry : 1.0));
    return n;
}

/* An opportunity is taken at once where the money is there; it is indivisible and expires. */
static void chance_month(const struct rows *t, uint32_t i, double target)
{
    struct enterprises *e = t->e;
    if (e->chance_left[i] == 0)
        return;
    int32_t cell = cell_of(e, i);
    double keep = P(t->r, enterprise)->chance_keep * target, cost = (double)e->chance_cost[i];
    if (money_to_yuan(e->cash[i]) - keep >= cost) {
        pay_out(t->t, FLOW_INVESTMENT, &e->cash[i], from_yuan(cost));
        double sales = ld_exp((double)e->log_sales[i]);
        e->log_sales[i] = (float)ld_log(sales + (double)e->chance_sales[i]);
        e->chance_left[i] = 0;
        count(t->t, cell, ITEM_CHANCES_TAKEN, 1);
    } else if (--e->chance_left[i] == 0) {
        count(t->t, cell, ITEM_CHANCES_LOST, 1);
    }
    if (e->chance_left[i] == 0)
        e->chance_cost[i] = e->chance_sales[i] = 0.0f;
}

/* Cash it would like to have this month: what lines are drawn for. */
static void wish_cash(const struct rows *t, uint32_t i, double target)
{
    struct enterprises *e = t->e;
    double wish = P(t->r, enterprise)->draw_target * target + money_to_yuan(e->overdue[i]);
    if (e->chance_left[i] > 0)
        wish += (double)e->chance_cost[i];
    e->wish[i] = (float)wish;
}

/* -- channels --------------------------------------------------------------------------------------------------------- */
enum channel { CHANNEL_NONE, CHANNEL_OWN, CHANNEL_ANGEL, CHANNEL_BANK, N_CHANNELS };

static double share_granted(double prior, double granted, double asked)
{
    return (granted + 0.5 * prior) / (asked + prior);
}

/* What instruments give back of a rate, as members know it. */
static double relief_of(const struct rows *t, uint32_t i, double rate)
{
    double relief = 0.0;
    for (int32_t j = 0; j < t->r->n_relief; j++) {
        int32_t k = t->r->relief[j];
        if (enterprise_member(t->e, i, k))
            relief += instrument_of(t->r, k)->relief(t->r, k, rate);
    }
    return relief;
}

/* The rate an enterprise expects to pay in the end. */
static double net_rate(const struct rows *t, uint32_t i)
{
    const struct credit_params *c = P(t->r, credit);
    double rate = t->r->prices.rate > 0.0 ? t->r->prices.rate : c->base_rate + c->expected_spread;
    return t->r->n_relief > 0 ? rate - relief_of(t, i, rate) : rate;
}

/* Where a subsidised rate is below what a deposit earns, an enterprise borrows without need and parks the money (M3). */
static void park(const struct rows *t, uint32_t i, struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    double gain = c->deposit_rate - net_rate(t, i), room = c->limit_sales * (double)t->e->sales[i];
    room -= money_to_yuan(t->e->debt[i]);
    if (gain <= 0.0 || room < money_to_yuan(c->ticket_min))
        return;
    n->runway += room;
    n->value += room * (1.0 + gain * c->line_months / 12.0);
    t->e->wish[i] += (float)(money_to_yuan(t->e->cash[i]) + (double)t->e->line_room[i]);
    count(t->t, cell_of(t->e, i), ITEM_PARKED, 1);
}

/* Cost of debt over its life and the chance to get it, as own record and peers' record tell. */
static double bank_surplus(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    const struct market_prices *m = &t->r->prices;
    double ask = n->runway + n->chance, years = n->chance > n->runway ? c->term_months / 24.0 : c->line_months / 12.0;
    double rate = net_rate(t, i);
    double chance = share_granted(c->news_prior, m->granted[t->e->stage[i]], m->asked[t->e->stage[i]]);
    for (uint8_t k = 0; k < t->e->refusals[i] && k < 8; k++)
        chance *= c->refusal_memory;
    if (ask < money_to_yuan(c->ticket_min))
        ask = money_to_yuan(c->ticket_min);
    double surplus = n->value - (n->runway + n->chance) - ask * rate * years;
    double cost = money_to_yuan(c->application_cost);
    return chance * surplus - cost;
}

/* Equity costs the share given up at what the angel offers, and control. */
static double angel_surplus(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct angels_params *a = P(t->r, angels);
    double ask = n->runway + n->chance, value = firm_value(t->r, t->e, i), top = money_to_yuan(a->ticket);
    ask = ask < top ? ask : top;
    double offered = value / (1.0 + a->years * a->discount), share = ask / (offered + ask + 1.0);
    double lost = (value - offered) * share + a->control_cost * ask;
    double chance = share_granted(P(t->r, credit)->news_prior, t->r->prices.angel_granted, t->r->prices.angel_asked);
    return chance * (n->value / (n->runway + n->chance + 1.0) * ask - ask - lost + value * a->help * share);
}

static bool may_use(const struct rows *t, uint32_t i, enum channel c)
{
    const struct enterprises *e = t->e;
    switch (c) {
    case CHANNEL_OWN:
        return e->wealth[i] > 1000.0f;
    case CHANNEL_ANGEL:
        return e->stage[i] <= STARTUP && (double)e->founder_share[i] > P(t->r, angels)->founder_least &&
               enterprise_knows(t, i, KNOWS_ANGEL);
    case CHANNEL_BANK:
        return t->r->n_banks > 0 && e->worst[i] == 0 && enterprise_knows(t, i, KNOWS_BANK);
    default:
        return true;
    }
}

/* Tastes of the month, one lane each; written as a loop so that the logs of all four are taken together. */
static void draw_tastes(const struct rows *t, uint32_t i, const struct need *n, double taste[N_CHANNELS])
{
    static const enum draw purpose[N_CHANNELS] = {[CHANNEL_NONE] = DRAW_CHOICE_NONE,
                                                  [CHANNEL_OWN] = DRAW_CHOICE_OWN,
                                                  [CHANNEL_ANGEL] = DRAW_CHOICE_ANGEL,
                                                  [CHANNEL_BANK] = DRAW_CHOICE_BANK};
    struct words u = luck_block(t->w->luck, enterprise_identity(t->e, i), draw_block(DRAW_CHOICE_OWN));
    double noise = P(t->r, enterprise)->choice_noise * (n->runway + n->chance);
    for (int c = 0; c < N_CHANNELS; c++)
        taste[c] = draw_from(&u, purpose[c]);
    for (int c = 0; c < N_CHANNELS; c++)
        taste[c] = noise * ld_gumbel(taste[c]);
}

/* The channel with the largest surplus; *knew: whether any finance from others was known. */
static enum channel choose(const struct rows *t, uint32_t i, const struct need *n, bool *knew)
{
    double surplus[N_CHANNELS];
    draw_tastes(t, i, n, surplus);
    bool open[N_CHANNELS] = {[CHANNEL_NONE] = true};
    for (int c = CHANNEL_OWN; c < N_CHANNELS; c++)
        open[c] = may_use(t, i, (enum channel)c);
    *knew = open[CHANNEL_ANGEL] || open[CHANNEL_BANK];
    if (open[CHANNEL_OWN]) /* own money costs what it would earn at home */
        surplus[CHANNEL_OWN] += P(t->r, founders)->own_weight * (n->value - n->runway - n->chance);
    if (open[CHANNEL_ANGEL])
        surplus[CHANNEL_ANGEL] += angel_surplus(t, i, n);
    if (open[CHANNEL_BANK])
        surplus[CHANNEL_BANK] += bank_surplus(t, i, n);
    enum channel best = CHANNEL_NONE;
    for (int c = CHANNEL_OWN; c < N_CHANNELS; c++)
        if (open[c] && surplus[c] > surplus[best])
            best = (enum channel)c;
    return best;
}

/* -- proposals -------------------------------------------------------------------------------------------------------- */
/* Points of the hard information that every lender sees: leverage, profit, bills, cash, age. */
static int32_t score_of(const struct rows *t, uint32_t i)
{
    const struct enterprises *e = t->e;
    double sales = (double)e->sales[i], debt = money_to_yuan(e->debt[i]), burn = fixed_cost(t->r, e, i);
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

/* Statements tell more the longer the record: precision grows to its full with years of accounts, and with patents (M1, M4).
 * What they tell is that of the calendar year: asking again next month shows nothing new. */
static void see_statements(const struct rows *t, uint32_t i, struct application *a)
{
    const struct credit_params *c = P(t->r, credit);
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    struct words u = luck_block(luck, a->who, draw_block(DRAW_LOAN_SIGNAL));
    double record = (age_of(t, i) + c->patent_record * t->e->patents[i]) / c->record_months,
           precision = t->r->tau_credit * (record < 1.0 ? record : 1.0);
    double error = ld_normal_quantile(draw_from(&u, DRAW_LOAN_SIGNAL));
    struct signals s = {0};
    if (precision > 1e-9) {
        s.precision = precision;
        s.weighted = precision * a->quality + __builtin_sqrt(precision) * error;
    }
    for (int32_t k = 0; k < t->r->n_instances; k++) {
        const struct instrument *in = instrument_of(t->r, k);
        if (in->see != NULL && enterprise_member(t->e, i, k))
            in->see(t, i, k, &s);
    }
    signals_fold(&s);
    a->signal = s.weighted;
    a->precision = s.precision;
    a->effort[0] = ld_normal_quantile(draw_from(&u, DRAW_EFFORT_SIGNAL));
    a->effort[1] = ld_normal_quantile(draw_from(&u, DRAW_EFFORT_SIGNAL_2));
}

/* The rate above which it walks away: what the money is worth to it, and, with cash of its own, less (M5: the safe leave
 * first). */
static double reservation_rate(const struct rows *t, uint32_t i, const struct need *n)
{
    const struct credit_params *c = P(t->r, credit);
    double ask = n->runway + n->chance + 1.0, gain = (n->value - n->runway - n->chance) / ask;
    double years = n->chance > n->runway ? c->term_months / 24.0 : c->line_months / 12.0;
    double own = money_to_yuan(t->e->cash[i]) / ask, worth = c->deposit_rate + (gain > 0.0 ? gain : 0.0) / years;
    double patience = c->base_rate + c->walk_away + c->walk_away_dry / (1.0 + 2.0 * own);
    double relief = t->r->n_relief > 0 ? relief_of(t, i, patience) : 0.0;
    return (worth < patience ? worth : patience) + relief;
}

static uint16_t bank_of(const struct region *r, uint16_t branch)
{
    return (uint16_t)r->branch[branch].bank;
}

static void fill_application(const struct rows *t, uint32_t i, struct application *a, double ask, bool renewal)
{
    const struct enterprises *e = t->e;
    const struct credit_params *c = P(t->r, credit);
    *a = (struct application){.who = enterprise_identity(e, i), .row = i, .region = t->r->index, .month = t->w->month};
    a->branch = e->branch[i];
    a->bank = bank_of(t->r, a->branch);
    a->stage = e->stage[i];
    a->sector = e->sector[i];
    a->cell = (uint16_t)belief_cell(a->stage, a->sector, score_of(t, i));
    a->sales = (double)e->sales[i];
    a->quality = (double)e->quality[i];
    a->debt = e->debt[i];
    a->replaced = money_min(e->debt[i], from_yuan(renewal ? (double)e->ending[i] : 0.0));
    a->pledge = from_yuan(c->advance * (double)e->assets[i]);
    a->collateral = money_positive(money_sub(a->pledge, money_sub(a->debt, a->replaced)));
    a->asked = from_yuan(ask < money_to_yuan(c->ticket_max) ? ask : money_to_yuan(c->ticket_max));
    a->flags = (uint8_t)((e->flags[i] & HAS_BORROWED ? 0 : APPLY_FIRST) |
                         (a->collateral.fen >= a->asked.fen ? 0 : APPLY_UNSECURED));
    see_statements(t, i, a);
}

static void count_asked(const struct rows *t, const struct application *a)
{
    int32_t cell = a->stage * MAX_SECTORS + a->sector;
    bool line = a->product == PRODUCT_LINE;
    count(t->t, cell, line ? ITEM_LINE_ASKED : ITEM_TERM_ASKED, 1);
    count(t->t, cell, line ? ITEM_LINE_ASKED_FEN : ITEM_TERM_ASKED_FEN, a->asked.fen);
}

/* A facility from the home bank: a line for the runway, instalments for an opportunity. */
static void ask_bank(const struct rows *t, uint32_t i, const struct need *n, bool renewal)
{
    const struct credit_params *c = P(t->r, credit);
    struct application *a = outbox_push(&t->me->box[BOX_APPLICATION]);
    if (a == NULL) {
        t->me->status = NO_MEMORY;
        return;
    }
    bool term = !renewal && n->chance > n->runway;
    double ask = term ? n->chance + n->runway : c->line_headroom * (n->runway + n->chance);
    if (renewal)
        ask += (double)t->e->ending[i];
    double least = money_to_yuan(c->ticket_min);
    fill_application(t, i, a, ask > least ? ask : least, renewal);
    a->product = term ? PRODUCT_TERM : PRODUCT_LINE;
    a->flags |= (uint8_t)((renewal ? APPLY_RENEWAL : 0) | (n->chance > 0.0 ? APPLY_CHANCE : 0));
    a->reservation = reservation_rate(t, i, n);
    if (renewal) /* it must roll over what it owes, so it bears any rate below default */
        a->reservation = c->base_rate + c->spread_max;
    count_asked(t, a);
}

static void ask_angel(const struct rows *t, uint32_t i, const struct need *n)
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
    double mean = (tau * (double)t->e->quality[i] + __builtin_sqrt(tau) * error) / (1.0 + tau);
    double value = firm_value(t->r, t->e, i) * ld_exp(P(t->r, founders)->quality_weight * mean);
    *a = (struct angel_ask){enterprise_identity(t->e, i), i, t->r->index, from_yuan(ask), value};
    count(t->t, cell_of(t->e, i), ITEM_ANGEL_ASKED, 1);
    count(t->t, cell_of(t->e, i), ITEM_ANGEL_ASKED_FEN, a->asked.fen);
}

static void use_own(const struct rows *t, uint32_t i, const struct need *n)
{
    double ask = n->runway + n->chance, has = (double)t->e->wealth[i];
    money pays = from_yuan(ask < has ? ask : has);
    pay_in(t->t, FLOW_FOUNDING_MONEY, &t->e->cash[i], pays);
    double left = has - money_to_yuan(pays);
    t->e->wealth[i] = (float)(left > 0.0 ? left : 0.0);
    count(t->t, cell_of(t->e, i), ITEM_OWN_COUNT, 1);
    count(t->t, cell_of(t->e, i), ITEM_OWN_PAID, pays.fen);
}

static void seek_finance(const struct rows *t, uint32_t i, const struct need *n)
{
    bool knew;
    enum channel c = choose(t, i, n, &knew);
    int32_t cell = cell_of(t->e, i);
    count(t->t, cell, ITEM_IN_NEED, 1);
    if (c == CHANNEL_NONE)
        count(t->t, cell, knew ? ITEM_DISCOURAGED : ITEM_IGNORANT, 1);
    else if (c == CHANNEL_OWN)
        use_own(t, i, n);
    else if (c == CHANNEL_ANGEL)
        ask_angel(t, i, n);
    else
        ask_bank(t, i, n, false);
    t->e->rest[i] = (uint8_t)(c == CHANNEL_OWN ? 1 : P(t->r, enterprise)->rest);
}

static void plan(const struct rows *t, uint32_t i)
{
    struct enterprises *e = t->e;
    double target = t->s->real[TARGET][i - t->lo];
    chance_month(t, i, target);
    wish_cash(t, i, target);
    bool renews = e->renewal[i] == 2 && e->worst[i] == 0; /* once, before the line ends: a need of its own */
    if (e->waiting[i] > 0 && !renews)
        return;
    if (e->rest[i] > 0 && !renews) {
        e->rest[i]--;
        return;
    }
    struct need n = need_of(t, i, target);
    if (t->r->n_relief > 0)
        park(t, i, &n);
    if (renews) {
        ask_bank(t, i, &n, true);
        e->rest[i] = (uint8_t)P(t->r, enterprise)->rest;
    } else if (n.chance > 0.0 || n.runway > P(t->r, enterprise)->need_least * target) {
        seek_finance(t, i, &n);
    }
}

void firms_plan(const struct rows *t)
{
    set_targets(t);
    bool chances_only = P(t->r, closed_form)->enabled || P(t->r, enterprise)->unlimited_finance;
    for (uint32_t i = t->lo; i < t->hi; i++) {
        if (t->e->status[i] != ACTIVE)
            continue;
        if (chances_only)
            chance_month(t, i, t->s->real[TARGET][i - t->lo]);
        else if (age_of(t, i) >= t->e->registration[i])
            plan(t, i);
    }
}
