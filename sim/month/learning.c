/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning - banks learn from their own loans, take deposits, pay for funds and officers, keep their capital; instruments
 * look back (mechanisms M4, M5). */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>

double bank_trend(const struct world *w, const struct banks_params *p)
{
    return ld_pow(1.0 + p->deposit_growth, (w->month - w->setup->world.start) / 12.0);
}

static void learn_cells(struct belief *cell, const int32_t (*seen)[2], int32_t n, double keep)
{
    for (int32_t k = 0; k < n; k++)
        cell[k] = (struct belief){keep * cell[k].defaults + seen[k][0], keep * cell[k].months + seen[k][1]};
}

static void add_seen(struct belief parent[N_SCORES], const int32_t (*seen)[2])
{
    for (int32_t k = 0; k < N_SCORES; k++) {
        parent[k].defaults += seen[k][0];
        parent[k].months += seen[k][1];
    }
}

/* Gamma-Poisson with forgetting; a cell never lent to stays at what its parent says. */
static void learn_defaults(struct region *r, int32_t bank)
{
    double keep = P(r, credit)->forgetting;
    struct belief *cell = r->belief + (size_t)bank * (N_BELIEFS + N_PARENTS), *parent = cell + N_BELIEFS;
    int32_t(*seen)[2] = r->total.belief + (size_t)bank * N_BELIEFS;
    for (int32_t k = 0; k < N_PARENTS; k++)
        parent[k] = (struct belief){keep * parent[k].defaults, keep * parent[k].months};
    int32_t sectors = r->layout->count[GROUP_sectors]; /* only those that exist */
    for (int32_t stage = 0; stage < N_STAGES; stage++) {
        int32_t first = belief_cell(stage, 0, 0);
        learn_cells(cell + first, (const int32_t(*)[2])seen + first, sectors * N_SCORES, keep);
        for (int32_t s = 0; s < sectors; s++)
            add_seen(parent + stage * N_SCORES, (const int32_t(*)[2])seen + first + s * N_SCORES);
    }
}

/* Where log default falls by theta a sd of what was expected, x, borrowers who default have a mean of x lower by theta times
 * its variance than those who do not; shrunk to what lenders believe from the outset by a number of defaults. */
static void learn_loading(const struct region *r, struct bank *b, const int64_t *seen)
{
    const struct credit_params *c = P(r, credit);
    double keep = c->forgetting;
    b->seen.months = keep * b->seen.months + (double)seen[BANK_ITEM_MONTHS];
    b->seen.quality = keep * b->seen.quality + 1e-6 * (double)seen[BANK_ITEM_QUALITY];
    b->seen.square = keep * b->seen.square + 1e-6 * (double)seen[BANK_ITEM_SQUARE];
    b->seen.defaults = keep * b->seen.defaults + (double)seen[BANK_ITEM_DEFAULTS];
    b->seen.defaults_quality = keep * b->seen.defaults_quality + 1e-6 * (double)seen[BANK_ITEM_DEFAULTS_QUALITY];
    b->loading = c->quality_loading;
    if (b->seen.months < 1.0)
        return;
    double mean = b->seen.quality / b->seen.months, variance = b->seen.square / b->seen.months - mean * mean;
    double lower = b->seen.defaults * mean - b->seen.defaults_quality; /* summed over those that defaulted */
    double known = b->seen.defaults * variance;                        /* what can be told from so few and so alike */
    double learnt = (c->loading_weight * c->quality_loading + lower) / (c->loading_weight + known);
    b->loading = learnt > 0.0 ? (learnt < 3.0 ? learnt : 3.0) : 0.0;
}

static double memory_of(const struct region *r)
{
    return 1.0 - 1.0 / P(r, credit)->experience_months;
}

static void learn_lgd(struct region *r, struct bank *b, const int64_t *seen)
{
    double keep = memory_of(r), prior = money_to_yuan(P(r, credit)->lgd_weight);
    b->lost = money_add(money_scale(b->lost, keep), FEN(seen[BANK_ITEM_LOST]));
    b->lost_base = money_add(money_scale(b->lost_base, keep), FEN(seen[BANK_ITEM_LOST_OF]));
    b->lgd = (P(r, credit)->lgd_prior * prior + money_to_yuan(b->lost)) / (prior + money_to_yuan(b->lost_base));
}

/* -- money ------------------------------------------------------------------------------------------------------------- */
static money capital_of(const struct bank *b)
{
    return money_sub(money_add(money_add(b->cash, b->book), b->claims_due),
                     money_add(money_add(b->deposits, b->placed), money_add(b->relent, b->turnover)));
}

static void raise_deposits(struct region *r, struct bank *b, money amount)
{
    market_flow(r, FLOW_DEPOSITS_TAKEN, amount);
    market_flow(r, FLOW_DEPOSITS_OWED, amount);
    b->deposits = money_add(b->deposits, amount);
    b->cash = money_add(b->cash, amount);
}

static void repay_deposits(struct region *r, struct bank *b, money amount)
{
    amount = money_min(amount, b->deposits);
    market_flow(r, FLOW_DEPOSITS_REPAID, amount);
    market_flow(r, FLOW_DEPOSITS_ENDED, amount);
    b->deposits = money_sub(b->deposits, amount);
    b->cash = money_sub(b->cash, amount);
}

static double hours_used(const struct region *r, const struct bank *b)
{
    double used = 0.0;
    for (int32_t k = 0; k < b->n_branches; k++)
        used += r->branch[b->first_branch + k].given - r->branch[b->first_branch + k].hours;
    return used > 0.0 ? used : 0.0;
}

static void pay_costs(struct region *r, struct bank *b)
{
    const struct banks_params *p = NAMED(r, banks, b->kind);
    /* the marginal cost is paid on what the stretch brought, the base cost on the rest */
    double cost = 0.5 * (p->funding_cost + b->funding);
    money funds = money_scale(b->deposits, cost / 12.0);
    double work = hours_used(r, b) * money_to_yuan(P(r, credit)->hour_cost);
    money officers = money_add(money_scale(b->book, p->operating_cost / 12.0), from_yuan(work));
    bank_pays(r, b, funds);
    market_flow(r, FLOW_FUNDING, funds);
    bank_pays(r, b, officers);
    market_flow(r, FLOW_OFFICERS, officers);
}

/* Head office keeps the capital set aside for such lending at its plan: tops up in January, takes what is above. */
static void keep_capital(const struct world *w, struct region *r, struct bank *b)
{
    const struct banks_params *p = NAMED(r, banks, b->kind);
    if (w->month % 12 != 0 && w->month != w->first_month)
        return;
    money plan = money_scale(p->capital, r->scale * bank_trend(w, p)), has = capital_of(b);
    if (has.fen < plan.fen) {
        money more = money_sub(plan, has);
        market_flow(r, FLOW_BANK_CAPITAL, more);
        b->cash = money_add(b->cash, more);
    } else {
        money out = money_sub(has, plan);
        bank_pays(r, b, out);
        market_flow(r, FLOW_BANK_DIVIDEND, out);
    }
}

/* Funds beyond what the base cost brings are dearer: one percentage point for each `elasticity` of growth over deposits. */
static double funding_of(const struct banks_params *p, double stretch)
{
    double over = stretch > 1.0 ? stretch - 1.0 : 0.0;
    if (over == 0.0)
        return p->funding_cost;
    if (p->elasticity <= 0.0)
        return p->funding_cost + 1.0;
    double more = 0.01 * over / p->elasticity;
    return p->funding_cost + (more < 1.0 ? more : 1.0);
}

/* Non-performing principal of last month, this month's, and what turned bad: how fast it comes and how fast it goes. */
static void learn_flux(const struct region *r, struct bank *b, const int64_t *seen)
{
    double keep = memory_of(r), turned = 0.01 * (double)seen[BANK_ITEM_NEW_BAD];
    double bad = money_to_yuan(b->bad), left = bad + turned - 0.01 * (double)seen[BANK_ITEM_BAD];
    b->flux.good = keep * b->flux.good + money_to_yuan(b->book) - bad;
    b->flux.turned = keep * b->flux.turned + turned;
    b->flux.ill = keep * b->flux.ill + bad;
    b->flux.left = keep * b->flux.left + (left > 0.0 ? left : 0.0);
}

/* Share of the book that is forecast to be non-performing: with a month's hazards f in and g out, the present share nears
 * f / (f + g) by exp(-(f + g)) a month. */
static double forecast_npl(const struct region *r, const struct bank *b)
{
    double book = money_to_yuan(b->book), now = book > 0.0 ? money_to_yuan(b->bad) / book : 0.0;
    if (b->flux.good <= 0.0 || b->flux.ill <= 0.0)
        return now;
    double in = b->flux.turned / b->flux.good, out = b->flux.left / b->flux.ill, pace = in + out;
    if (pace <= 0.0)
        return now;
    double stays = ld_exp(-pace * P(r, credit)->forecast_months);
    return in / pace + (now - in / pace) * stays;
}

/* Room: capital over its ratio, and deposits stretched as far as the dearest that it pays for (M5). */
static void set_limits(const struct world *w, struct region *r, struct bank *b)
{
    const struct banks_params *p = NAMED(r, banks, b->kind);
    const struct credit_params *c = P(r, credit);
    money deposits = money_add(money_scale(p->deposits, r->scale * bank_trend(w, p)), b->placed);
    double base = money_to_yuan(deposits) + 1.0, book = money_to_yuan(b->book);
    double lent = money_to_yuan(money_add(b->relent, b->turnover)); /* to it, for what it has lent */
    b->funding = funding_of(p, (book - lent) / base);
    double weight = c->risk_weight * c->capital_ratio, drawn = book + c->undrawn_weight * money_to_yuan(b->undrawn);
    double by_capital = weight > 0.0 ? money_to_yuan(capital_of(b)) / weight - drawn : 1e12;
    double by_funds = base * (1.0 + 100.0 * p->stretch_max * p->elasticity) + lent - drawn;
    double room = by_capital < by_funds ? by_capital : by_funds;
    b->room = from_yuan(room > 0.0 ? (room < 1e12 ? room : 1e12) : 0.0);
    b->capital_room = from_yuan(ld_min(ld_max(by_capital, 0.0), 1e12));
    b->standby = FEN(0);
}

/* Hours and authority of the branches, tolerance: head office's rules, then what instruments change of them. */
static void set_rules(const struct world *w, struct region *r, int32_t bank)
{
    struct bank *b = &r->bank[bank];
    const struct banks_params *p = NAMED(r, banks, b->kind);
    double hours = p->officers * p->branches * r->scale * bank_trend(w, p) / (b->n_branches > 0 ? b->n_branches : 1);
    for (int32_t k = 0; k < b->n_branches; k++) {
        r->branch[b->first_branch + k].hours = hours;
        r->branch[b->first_branch + k].authority = p->authority;
    }
    b->tolerance = p->tolerance;
    EACH_HOOKED(r, HOOK_STEER, k)
    instrument_of(r, k)->steer(r, k, bank);
    for (int32_t k = 0; k < b->n_branches; k++)
        r->branch[b->first_branch + k].given = r->branch[b->first_branch + k].hours;
    double over = forecast_npl(r, b) - b->tolerance;
    b->penalty = over > 0.0 && b->tolerance > 0.0 ? P(r, credit)->tolerance_price * over / b->tolerance : 0.0;
}

static void learn_bank(const struct world *w, struct region *r, int32_t bank)
{
    struct bank *b = &r->bank[bank];
    const int64_t *seen = r->total.bank[bank];
    learn_flux(r, b, seen);
    b->book = FEN(seen[BANK_ITEM_BOOK]);
    b->bad = FEN(seen[BANK_ITEM_BAD]);
    b->undrawn = FEN(seen[BANK_ITEM_UNDRAWN]);
    b->taught *= 1.0 - NAMED(r, banks, b->kind)->turnover / 12.0;
    learn_defaults(r, bank);
    learn_lgd(r, b, seen);
    learn_loading(r, b, seen);
    pay_costs(r, b);
    keep_capital(w, r, b);
    money reserve = money_scale(b->book, NAMED(r, banks, b->kind)->liquidity);
    if (b->cash.fen < reserve.fen)
        raise_deposits(r, b, money_sub(reserve, b->cash));
    else if (b->cash.fen > 2 * reserve.fen)
        repay_deposits(r, b, money_sub(b->cash, reserve));
    set_limits(w, r, b);
    set_rules(w, r, bank);
}

/* -- covers --------------------------------------------------------------------------------------------------------------- */
static void learn_covers(const struct world *w, struct region *r)
{
    double keep = memory_of(r);
    for (int32_t p = 0; p < r->n_bearers; p++) {
        struct bearer *bearer = &r->bearer[p];
        bearer->enrolled = bearer->liable = FEN(0);
        bearer->recent[r->month % 12] = bearer->compensated;
        money lost = money_sub(bearer->compensated, bearer->shared);
        bearer->loss_year = r->month % 12 == 0 ? lost : money_add(bearer->loss_year, lost);
        if (w->month < w->setup->world.start)
            bearer->granted = bearer->lent = FEN(0);
        bearer->fees_seen = keep * bearer->fees_seen + money_to_yuan(bearer->fees);
        bearer->paid_seen = keep * bearer->paid_seen + money_to_yuan(lost);
    }
    for (int32_t b = 0; b < r->n_banks; b++)
        for (uint32_t bits = r->covering; bits != 0; bits &= bits - 1) {
            int32_t p = __builtin_ctz(bits);
            size_t pair = (size_t)b * (size_t)r->n_bearers + (size_t)p;
            struct experience *x = experience_of(r, b, p);
            x->claimed = money_scale(x->claimed, keep);
            x->paid = money_scale(x->paid, keep);
            x->fees = money_scale(x->fees, keep);
            x->enrolled = FEN(r->total.cover[pair][COVER_ITEM_ENROLLED]);
            r->bearer[p].enrolled = money_add(r->bearer[p].enrolled, x->enrolled);
            r->bearer[p].liable = money_add(r->bearer[p].liable, FEN(r->total.cover[pair][COVER_ITEM_LIABLE]));
            if (w->month >= w->setup->world.start) {
                r->bearer[p].granted.fen += r->total.cover[pair][COVER_ITEM_GRANTED];
                r->bearer[p].lent.fen += r->total.cover[pair][COVER_ITEM_LENT];
            }
        }
    for (size_t s = 0; s < r->issues.n; s++) { /* bonds that they guarantee */
        const struct issue *q = &r->issues.row[s];
        if (q->state == ISSUE_SOLD && q->guarantor >= 0)
            r->bearer[q->guarantor].liable =
                money_add(r->bearer[q->guarantor].liable, money_scale(q->senior, q->guaranteed));
    }
    for (size_t k = 0; k < r->leases.n; k++) { /* leases */
        const struct lease *q = &r->leases.row[k];
        int32_t p = r->line[q->instance].bearer;
        r->bearer[p].liable = money_add(r->bearer[p].liable, money_scale(q->owed, q->guaranteed));
    }
    for (int32_t p = 0; p < r->n_bearers; p++) {
        struct bearer *bearer = &r->bearer[p];
        bool january = r->month % 12 == 0;
        bearer->fees_year = january ? bearer->fees : money_add(bearer->fees_year, bearer->fees);
        bearer->enrolled_year = january ? bearer->enrolled : money_add(bearer->enrolled_year, bearer->enrolled);
        bearer->borne[r->month % 12] = bearer->liable;
        bearer->exposure_seen = keep * bearer->exposure_seen + money_to_yuan(bearer->liable) / 12.0;
    }
}

enum status banks_learn(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        for (int32_t b = 0; b < r->n_banks; b++)
            learn_bank(w, r, b);
        learn_covers(w, r);
        if (w->month % 12 == 11)
            agreements_renew(r);
        lenders_choose(r);
        for (int32_t j = 0; j < r->n_instances; j++) {
            const struct instrument *in = instrument_of(r, j);
            if (in->after != NULL)
                in->after(r, j);
            r->line[j].members = r->total.members[j];
        }
    }
    return OK;
}
