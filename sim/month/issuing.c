/* SPDX-License-Identifier: GPL-3.0-or-later */
/* issuing - shares are sold: at the listing, and later where an enterprise has a use for money; who is listed bears the cost of
 * disclosure, and leaves the board after years below its continuing criteria (mechanisms M9).
 *
 * New shares s of all after the issue, at a price p for the old ones, raise  s / (1 - s) p  from investors; what everybody held
 * is 1 - s of what it was.  Owners who would sell at the price anyway lose nothing by it: control and fees are what it costs. */
#include <liandong/boards.h>
#include <liandong/mathx.h>

struct issuer *issuer_at(struct region *r, uint32_t row)
{
    const struct issuer *s = issuer_of(r, row);
    return s == NULL ? NULL : &r->issuers.row[s - r->issuers.row];
}

void issuer_accounts(const struct region *r, const struct issuer *s)
{
    struct issuer_file *f = file_of(r, s);
    double profit = (double)r->enterprises.profit_last[s->row];
    profit *= profit > 0.0 ? 1.0 - P(r, government)->income_tax : 1.0;
    for (int32_t k = MAX_ACCOUNTS - 1; k > 0; k--)
        f->profit[k] = f->profit[k - 1];
    f->profit[0] = from_yuan(profit);
    if (f->years < MAX_ACCOUNTS)
        f->years++;
}

money issuer_pays(struct region *r, struct issuer_books *b, uint32_t i, enum flow flow, money amount)
{
    money paid = money_min(amount, r->enterprises.cash[i]);
    r->enterprises.cash[i] = money_sub(r->enterprises.cash[i], paid);
    r->enterprises.profit_year[i] -= (float)money_to_yuan(paid);
    books_flow(b, flow, paid);
    return paid;
}

/* -- selling shares ------------------------------------------------------------------------------------------------------------------- */
static void sell_shares(struct region *r, struct issuer_books *b, uint32_t i, enum flow flow, money raised,
                        double price)
{
    double yuan = money_to_yuan(raised);
    r->enterprises.cash[i] = money_add(r->enterprises.cash[i], raised);
    books_flow(b, flow, raised);
    if (yuan > 0.0)
        shares_dilute(r, i, price / (price + yuan));
}

static void owe_late(struct region *r, struct issuer_books *b, uint32_t i, money late)
{
    r->enterprises.overdue[i] = money_add(r->enterprises.overdue[i], late);
    books_flow(b, FLOW_BILLS_OVERDUE, late);
}

/* Fees come out of what is raised, and are no cost of the year. */
static void pay_fees(struct region *r, struct issuer_books *b, uint32_t i, money fees)
{
    money paid = money_min(fees, r->enterprises.cash[i]);
    r->enterprises.cash[i] = money_sub(r->enterprises.cash[i], paid);
    books_flow(b, FLOW_LISTING_COST, paid);
    owe_late(r, b, i, money_sub(fees, paid));
}

void issuer_lists(const struct world *w, struct region *r, struct issuer_books *b, struct issuer *s)
{
    const struct boards_params *p = NAMED(r, boards, s->target - 1);
    struct board_month *month = &b->board[s->target - 1];
    double price = issue_price(r, s->row, s->target - 1);
    money raised = from_yuan(p->floated / (1.0 - p->floated) * price);
    sell_shares(r, b, s->row, FLOW_IPO_PROCEEDS, raised, price);
    pay_fees(r, b, s->row, money_add(money_scale(raised, p->fee), p->fee_fixed));
    s->board = s->target;
    s->target = s->below = 0;
    s->since = s->listed = w->month;
    s->could_sell = r->enterprises.log_sales[s->row];
    s->asked = 0;
    r->enterprises.board[s->row] = s->board;
    month->listings++;
    month->raised += raised.fen;
}

/* -- follow-on issues ------------------------------------------------------------------------------------------------------------------ */
/* What an opportunity at hand costs beyond the cash that may be spent on it. */
static double lacks(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    if (e->chance_left[i] == 0)
        return 0.0;
    double keep = P(r, enterprise)->chance_keep * cash_target(r, e, i);
    return ld_max((double)e->chance_cost[i] + keep - money_to_yuan(e->cash[i]), 0.0);
}

/* Whether what it would bring is worth the money, the fees and the shares: owners give s of the value as they see it. */
static bool worth_it(const struct region *r, uint32_t i, double raised, double price)
{
    const struct enterprise_params *p = P(r, enterprise);
    const struct enterprises *e = &r->enterprises;
    double margin = p->chance_margin * (1.0 - purchases_share(r, e, i) - P(r, government)->vat);
    double gain = margin * (double)e->chance_sales[i] * p->horizon - (double)e->chance_cost[i];
    double share = raised / (price + raised), given = share * (firm_value(r, e, i) + raised + gain) - raised;
    return gain > given + P(r, capital_market)->follow_fee * raised;
}

static void follow_on(const struct tending *t, struct issuer *s)
{
    const struct world *w = t->w;
    struct region *r = t->r;
    const struct capital_market_params *m = P(r, capital_market);
    double price = enterprise_price(r, s->row), fee = ld_min(m->follow_fee, 0.5), want = lacks(r, s->row) / (1.0 - fee);
    double raises = ld_min(want, m->follow_most * price);
    if (s->asked == 0) {
        if (raises > 0.0 && w->month - s->since >= m->follow_gap && worth_it(r, s->row, raises, price))
            s->asked = w->month;
        return;
    }
    if (w->month - s->asked < m->follow_review)
        return;
    s->asked = 0;
    if (raises <= 0.0 || !window_open(r, s->board - 1))
        return;
    money raised = from_yuan(raises);
    sell_shares(r, t->books, s->row, FLOW_FOLLOW_ON, raised, price);
    pay_fees(r, t->books, s->row, money_scale(raised, fee));
    s->since = w->month;
    t->books->board[s->board - 1].follow_ons++;
    t->books->board[s->board - 1].follow_raised += raised.fen;
}

/* -- staying on a board ----------------------------------------------------------------------------------------------------------------- */
/* What cannot be paid becomes an overdue bill. */
static void disclose(const struct tending *t, const struct issuer *s)
{
    money due = t->quotes.disclosure[s->board - 1];
    money late = money_sub(due, issuer_pays(t->r, t->books, s->row, FLOW_DISCLOSURE, due));
    if (late.fen == 0)
        return;
    t->r->enterprises.profit_year[s->row] -= (float)money_to_yuan(late);
    owe_late(t->r, t->books, s->row, late);
}

static bool below_criteria(const struct region *r, const struct issuer *s)
{
    const struct boards_params *b = NAMED(r, boards, s->board - 1);
    bool loss = (double)r->enterprises.profit_last[s->row] <= 0.0;
    return (loss && (double)r->enterprises.sales[s->row] < money_to_yuan(b->keep_sales)) ||
           enterprise_price(r, s->row) < money_to_yuan(b->keep_value);
}

void issuer_stays(const struct tending *t, struct issuer *s)
{
    const struct region *r = t->r;
    disclose(t, s);
    if (t->w->month % 12 == 0)
        s->below = (uint8_t)(below_criteria(r, s) ? s->below + 1 : 0);
    if (s->below >= P(r, capital_market)->keep_years) {
        t->books->board[s->board - 1].delisted++;
        s->board = s->target = 0;
        r->enterprises.board[s->row] = 0;
    } else if (P(r, capital_market)->enabled && NAMED(r, boards, s->board - 1)->exchange) {
        follow_on(t, s);
    }
}

/* -- the books of a month ---------------------------------------------------------------------------------------------------------------- */
void issuer_counted(const struct region *r, const struct quotes *q, struct issuer_books *b, const struct issuer *s,
                    int64_t sign)
{
    if (s->board != 0) {
        const struct enterprises *e = &r->enterprises;
        double price =
            q->ratio[s->board - 1] * seen_earnings(&q->outsight, e, s->row, seen_profit(&q->outsight, e, s->row));
        b->board[s->board - 1].listed += sign;
        b->board[s->board - 1].value += sign * (int64_t)price;
    }
    if (s->target != 0 && s->state == ISSUER_PREPARING)
        b->board[s->target - 1].preparing += sign;
    else if (s->target != 0)
        b->board[s->target - 1].queue += sign;
}

void books_close(struct region *r, const struct issuer_books *b)
{
    for (int f = 0; f < N_FLOWS; f++)
        if (b->flow[f] != 0)
            market_flow(r, (enum flow)f, FEN(b->flow[f]));
    for (int k = 0; k < MAX_BOARDS; k++) {
        const struct board_month *from = &b->board[k];
        struct board_month *to = &r->board[k];
        to->preparing += from->preparing;
        to->queue += from->queue;
        to->listed += from->listed;
        to->applied += from->applied;
        to->returned += from->returned;
        to->withdrawn += from->withdrawn;
        to->listings += from->listings;
        to->delisted += from->delisted;
        to->follow_ons += from->follow_ons;
        to->raised += from->raised;
        to->follow_raised += from->follow_raised;
        to->value += from->value;
    }
}
