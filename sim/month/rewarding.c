/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewarding - what instruments remember of venture funds, and what funds and their partners expect of them (mechanisms M9,
 * M10). */
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <stdlib.h>

const struct fund_account *fund_account_seen(const struct region *r, int32_t k, int32_t fund)
{
    for (int32_t a = r->funds.row[fund].account; a > 0; a = r->accounts.row[a - 1].next)
        if (r->accounts.row[a - 1].instance == k)
            return &r->accounts.row[a - 1];
    return NULL;
}

struct fund_account *fund_account_of(struct region *r, int32_t k, int32_t fund)
{
    struct fund_accounts *l = &r->accounts;
    const struct fund_account *old = fund_account_seen(r, k, fund);
    if (old != NULL)
        return &l->row[old - l->row];
    if (LIST_RESERVE(l, l->n + 1) != OK)
        return NULL;
    struct fund *f = &r->funds.row[fund];
    l->row[l->n] = (struct fund_account){.instance = k, .next = f->account};
    f->account = (int32_t)++l->n;
    return &l->row[l->n - 1];
}

bool fund_has_form(const struct region *r, const struct fund *f, int32_t wanted)
{
    if (wanted == FORM_ANY || f->manager < 0)
        return wanted == FORM_ANY;
    const struct manager *m = &r->manager[f->manager];
    struct luck luck = r->luck;
    luck.month = 0;
    bool company = draw(luck, manager_identity(r, m), DRAW_FUND_FORM) < NAMED(r, funds, m->kind)->company;
    return company == (wanted == FORM_COMPANY);
}

money fund_cap_left(const struct region *r, const struct fund_account *a, money cap_year)
{
    money used = a != NULL && a->year == r->month / 12 ? a->due_year : FEN(0);
    return money_positive(money_sub(fund_scaled(r, cap_year), used));
}

enum status fund_due(struct region *r, int32_t k, int32_t fund, enum payee payee, money amount)
{
    struct fund_account *a = fund_account_of(r, k, fund);
    if (a == NULL)
        return NO_MEMORY;
    if (amount.fen <= 0)
        return OK;
    a->due_year = money_add(a->year == r->month / 12 ? a->due_year : FEN(0), amount);
    a->year = r->month / 12;
    a->due = money_add(a->due, amount);
    /* filed after the month's payments: at the earliest it is due next month, where the line can pay it */
    struct due d = {.row = (uint32_t)fund, .instance = (uint8_t)k, .month = r->month + line_lag(r, k)};
    d.payee = payee & 15;
    d.amount = amount;
    return due_add(r, &d);
}

double placed_share(const struct region *r, const struct fund_rule *rule, int32_t from, int32_t to)
{
    double in = 0.0, all = 0.0;
    for (int32_t s = rule->stage_from; s <= rule->stage_to; s++) { /* before any was seen, in even parts */
        double yuan = r->equity.placed[s] + 1.0;
        all += yuan;
        in += s >= from && s <= to ? yuan : 0.0;
    }
    return all > 0.0 ? in / all : 0.0;
}

double equity_loss(const struct region *r, int32_t stage, bool all)
{
    const struct equity_market *m = &r->equity;
    double mean = m->ended[stage] > 0.0 ? m->staked[stage] / m->ended[stage] : 0.0;
    double weight = P(r, equity)->prior_ended * (mean > 0.0 ? mean : 1.0);
    return (weight * P(r, equity)->prior_loss + (all ? m->voided : m->lost)[stage]) / (weight + m->staked[stage]);
}

double round_rewards(const struct region *r, const struct venture_round *q)
{
    double sum = 0.0;
    EACH_HOOKED(r, HOOK_REWARD, k)
    if (line_open(r, k, q->row))
        sum += instrument_of(r, k)->reward(r, k, q);
    return sum < 0.9 ? sum : 0.9;
}

double fund_investable(const struct fund *f)
{
    return ld_max(1.0 - f->rule.fee * f->rule.life / 12.0, 0.1) * money_to_yuan(f->target);
}

double fund_bounty(const struct region *r, const struct fund *f)
{
    double sum = 0.0;
    EACH_HOOKED(r, HOOK_BOUNTY, k)
    sum += policy_reach(r, k) * instrument_of(r, k)->bounty(r, k, f);
    return sum;
}

double tax_kept(const struct region *r, const struct fund *f, bool manager)
{
    double back = 0.0;
    EACH_HOOKED(r, HOOK_TAX_BACK, k)
    back += instrument_of(r, k)->tax_back(r, k, f, manager);
    return 1.0 - P(r, government)->city_share * (back < 1.0 ? back : 1.0);
}

enum status round_paid(struct region *r, const struct venture_round *q)
{
    r->equity.placed[q->stage] += money_to_yuan(q->paid);
    EACH_HOOKED(r, HOOK_INVESTED, k)
    if (line_open(r, k, q->row))
        TRY(instrument_of(r, k)->invested(r, k, q));
    return OK;
}

void position_file(const struct region *r, struct position *p)
{
    EACH_HOOKED(r, HOOK_SOLD, k)
    p->filed[k / 64] |= (uint64_t)line_open(r, k, p->row) << (k % 64);
}

enum status position_sold(struct region *r, const struct position *p)
{
    r->equity.staked[p->stage] += money_to_yuan(p->cost);
    r->equity.voided[p->stage] += p->brought.fen == 0 ? money_to_yuan(p->cost) : 0.0;
    r->equity.lost[p->stage] += money_to_yuan(money_positive(money_sub(p->cost, p->brought)));
    EACH_HOOKED(r, HOOK_SOLD, k)
    if (p->filed[k / 64] >> (k % 64) & 1)
        TRY(instrument_of(r, k)->sold(r, k, p));
    return OK;
}

enum status fund_opened(struct region *r, int32_t fund)
{
    EACH_HOOKED(r, HOOK_OPENED, k)
    TRY(instrument_of(r, k)->opened(r, k, fund));
    return OK;
}

/* -- taxes ------------------------------------------------------------------------------------------------------------------ */
/* The city keeps its share at once. */
static void tax_flow(struct region *r, enum flow flow, money tax)
{
    market_flow(r, flow, tax);
    market_flow(r, FLOW_TAX_SHARED, money_scale(tax, P(r, government)->city_share));
}

static enum status tell_taxed(struct region *r, const struct fund *f, money partners, money manager)
{
    EACH_HOOKED(r, HOOK_TAXED, k)
    TRY(instrument_of(r, k)->taxed(r, k, (int32_t)(f - r->funds.row), partners, manager));
    return OK;
}

/* Profit is what a partner was paid beyond all that was called from him; what was taxed once is not taxed again. */
enum status fund_withhold(struct region *r, struct fund *f, enum partner p, money *amount)
{
    double rate = p == PARTNER_PUBLIC    ? 0.0
                  : p == PARTNER_MANAGER ? P(r, government)->carry_tax
                                         : NAMED(r, partners, p - 1)->tax;
    money profit = money_positive(money_sub(money_sub(f->paid[p], f->called[p]), f->taxed[p]));
    money tax = money_min(money_scale(profit, rate), *amount);
    if (tax.fen <= 0)
        return OK;
    f->taxed[p] = money_add(f->taxed[p], profit);
    *amount = money_sub(*amount, tax);
    r->equity.tax_partners = money_add(r->equity.tax_partners, tax);
    tax_flow(r, FLOW_FUND_TAX, tax);
    return tell_taxed(r, f, tax, FEN(0));
}

enum status manager_taxed(struct region *r, struct fund *f, money earned, double rate)
{
    money tax = money_scale(earned, rate);
    if (f->manager < 0 || tax.fen <= 0)
        return OK;
    r->equity.tax_managers = money_add(r->equity.tax_managers, tax);
    tax_flow(r, FLOW_MANAGER_TAX, tax);
    return tell_taxed(r, f, FEN(0), tax);
}
