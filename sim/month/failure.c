/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failure - enterprises die of unpaid bills, of a bank that sues, or give up for a wage; then what they own is sold and shared
 * out (mechanisms M2, M7).  There is no hazard of death here: it follows from money. */
#include <liandong/bonds.h>
#include <liandong/fetch.h>
#include <liandong/funds.h>
#include <liandong/linking.h>
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <liandong/serving.h>
#include <string.h>

/* Customers of an enterprise that has failed hold back a part: less where they have acknowledged that what they owe is
 * pledged. */
static void dilute(const struct rows *t, uint32_t i)
{
    double share = t->r->cells.diluted[(t->e->flags[i] & PLEDGED_BILLS) != 0];
    if (share <= 0.0)
        return;
    money lost = money_scale(t->e->receivable[i], share);
    flow_add(t->t, FLOW_BILL_LOST, lost);
    t->e->receivable[i] = money_sub(t->e->receivable[i], lost);
}

static void die(const struct rows *t, uint32_t i, enum item how)
{
    int32_t age = age_of(t, i) / 12;
    count(t->t, cell_of(t->e, i), how, 1);
    if (how != ITEM_QUIT) {
        t->t->deaths_by_age[age < N_AGES ? age : N_AGES - 1]++;
        dilute(t, i);
    }
    t->e->status[i] = DEAD;
    t->e->winding[i] = (uint8_t)P(t->r, enterprise)->liquidation;
    if ((t->e->flags[i] & PLEDGED_IP) != 0 && t->e->winding[i] == 1) /* a sale of patents takes a month at least */
        t->e->winding[i] = 2;
    t->e->chance_left[i] = t->e->waiting[i] = 0;
    t->e->line_room[i] = t->e->due[i] = t->e->sales[i] = 0.0f;
    for (size_t word = 0; word < t->e->words; word++)
        if (t->e->member[word * t->e->capacity + i] != 0) /* memory that nobody ever wrote to is not taken now */
            t->e->member[word * t->e->capacity + i] = 0;
}

/* What funds have paid for their shares, yuan. */
static double preferred(const struct region *r, uint32_t i)
{
    size_t first, last;
    double cost = 0.0;
    positions_of(r, i, &first, &last);
    for (size_t k = first; k < last; k++)
        cost += money_to_yuan(position_at(r, k)->cost);
    return cost;
}

/* The value of going on, to the founder, below so many years of an outside wage. */
static bool gives_up(const struct rows *t, uint32_t i)
{
    const struct founders_params *f = P(t->r, founders);
    if (age_of(t, i) < f->quit_age || age_of(t, i) % 3 != 0 || (t->e->owned[i] & OWNED_BY_BUYER) != 0)
        return false;
    double owed = money_to_yuan(money_add(money_add(t->e->debt[i], bonds_owed(t, i)), t->e->overdue[i]));
    double cash = money_to_yuan(t->e->cash[i]), bills = money_to_yuan(t->e->receivable[i]);
    double share = (double)t->e->founder_share[i], enough = f->patience * money_to_yuan(f->outside_wage);
    double value = firm_value(t->r, t->e, i) + cash + bills - owed;
    double his = value * share;
    if (t->e->owned[i] & OWNED_BY_FUND) /* funds have their cost back before him, in a sale and in the end */
        his = ld_min(his, value - preferred(t->r, i));
    return his < enough;
}

/* Marks who might give up.  Whose founder has enough even at what firm_value never falls below does not, and so it is with most;
 * the yuan beside is more than what rounding does to sums of accounts.  Bonds and funds are looked at one by one. */
static void mark_doubting(const struct rows *t, uint8_t *doubts)
{
    const struct founders_params *f = P(t->r, founders);
    const struct enterprise_params *p = P(t->r, enterprise);
    const uint8_t *flags = t->e->flags + t->lo, *owned = t->e->owned + t->lo;
    const money *cash = t->e->cash + t->lo, *bills = t->e->receivable + t->lo, *debt = t->e->debt + t->lo,
                *overdue = t->e->overdue + t->lo;
    const float *sales = t->e->sales + t->lo, *share = t->e->founder_share + t->lo;
    const uint32_t *bond = t->s->bond;
    double potential = p->margin_potential * p->horizon, *worth = t->s->real[0],
           enough = f->patience * money_to_yuan(f->outside_wage) + 1.0;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        worth[k] = flags[k] & HAS_PRODUCT ? potential * (double)sales[k] : 0.0;
    for (uint32_t k = 0; k < n; k++) {
        double has = money_whole(cash[k]) + money_whole(bills[k]),
               owes = money_whole(debt[k]) + money_whole(overdue[k]);
        worth[k] = (worth[k] + (has - owes) * 0.01) * (double)share[k];
    }
    for (uint32_t k = 0; k < n; k++)
        doubts[k] = worth[k] < enough;
    for (uint32_t k = 0; k < n; k++)
        doubts[k] = (bond[k] != UINT32_MAX) | ((doubts[k] | (owned[k] & OWNED_BY_FUND)) != 0);
}

/* Marks the living of whom one of what firms_fail asks may be so: bills overdue, a bank that sues, a quarter in which the
 * founder thinks it over. */
static void mark_endangered(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo, *worst = t->e->worst + t->lo, *owned = t->e->owned + t->lo;
    const money *overdue = t->e->overdue + t->lo;
    const uint16_t *founded = t->e->founded + t->lo;
    const int32_t month = t->w->month, quit_age = P(t->r, founders)->quit_age, call = P(t->r, credit)->call_months;
    uint8_t *mark = t->s->mark, doubts[TILE];
    uint32_t n = t->hi - t->lo;
    mark_doubting(t, doubts);
    for (uint32_t k = 0; k < n; k++) {
        int32_t age = month - founded[k];
        bool thinks = (age >= quit_age) & (age % 3 == 0) & ((owned[k] & OWNED_BY_BUYER) == 0) & (doubts[k] != 0);
        mark[k] = (status[k] == ACTIVE) & (thinks | (worst[k] >= call) | (overdue[k].fen > 0));
    }
}

/* What funds have paid lies all over: that of who is listed so many places on is asked for now. */
enum { LATER = 6 };
FETCHES void fetch_costs(const struct rows *t, uint32_t j, uint32_t n, size_t *nth)
{
    const struct holdings *held = &t->r->positions.held;
    uint32_t i = j < n ? t->lo + t->s->list[j] : 0;
    while (*nth < held->n && held->row[*nth].row < i)
        ++*nth;
    for (; j < n && *nth < held->n && held->row[*nth].row == i; ++*nth)
        __builtin_prefetch(&position_at(t->r, *nth)->cost);
}

void firms_fail(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    size_t nth = LIST_FIND(&t->r->positions.held, t->lo);
    double limit = P(t->r, enterprise)->overdue_limit;
    bonds_note(t);
    mark_endangered(t);
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < LATER; j++)
        fetch_costs(t, j, n, &nth);
    for (uint32_t j = 0; j < n; j++) {
        fetch_costs(t, j + LATER, n, &nth);
        uint32_t i = t->lo + t->s->list[j];
        double overdue = money_to_yuan(t->e->overdue[i]);
        if (overdue > 0.0 && overdue > limit * fixed_cost(t->r, t->e, i) && t->e->waiting[i] == 0)
            die(t, i, ITEM_FAILED_BILLS);
        else if (t->e->worst[i] >= P(t->r, credit)->call_months)
            die(t, i, ITEM_FAILED_CREDITOR);
        else if (gives_up(t, i))
            die(t, i, ITEM_QUIT);
    }
}

/* -- winding up ------------------------------------------------------------------------------------------------------- */
static void sell_assets(const struct rows *t, uint32_t i)
{
    money got = from_yuan((double)t->e->assets[i] * t->r->cells.recovery);
    pay_in(t->t, FLOW_ASSETS_SOLD, &t->e->cash[i], got);
    t->e->assets[i] = 0.0f;
}

/* Share of what it recovers that the bank keeps: counter-security and the rest go to the covers that paid. */
static double share_kept(const struct region *r, uint32_t claim)
{
    const struct claim *c = claim == NO_CLAIM ? NULL : &r->claims.row[claim];
    if (c == NULL || c->principal.fen <= 0)
        return 1.0;
    double open = -money_to_yuan(c->shared), missing = money_to_yuan(money_sub(c->principal, c->recovered)),
           pledged = 0.0;
    for (int32_t k = 0; k < c->n_covers; k++) {
        const struct claim_cover *d = &covers_of(&r->claims, c)[k];
        open += money_to_yuan(d->paid);
        pledged += d->paid.fen > d->returned.fen ? r->chain[c->chain].cover[k].counter : 0.0;
    }
    double free = pledged < 1.0 ? 1.0 - pledged : 0.0;
    return open < missing ? free * (1.0 - open / missing) : 0.0;
}

/* Collecting x costs c A x and brings A (1 - exp(-x)): the keeper of a share s stops at exp(-x) = c / s. */
static double collected_share(const struct rows *t, uint32_t k, double *cost)
{
    double c = P(t->r, credit)->collection_cost, kept = share_kept(t->r, t->l->claim[k]);
    if ((t->l->flags[k] & LOAN_LINKED) != 0 && anybody_watches(t->r))
        c *= watch_of(t->r, t->l->row[k], t->l->bank[k]).collection;
    *cost = 0.0;
    if (c <= 0.0)
        return 1.0;
    if (kept <= c)
        return 0.0;
    *cost = c * ld_log(kept / c);
    return 1.0 - c / kept;
}

static void recover(const struct rows *t, uint32_t k)
{
    struct loans *l = t->l;
    if (P(t->r, closed_form)->enabled) /* its claims are closed when they are paid */
        l->claim[k] = NO_CLAIM;
    uint32_t i = l->row[k];
    int64_t *bank = t->t->bank[l->bank[k]], *vintage = t->t->vintage[vintage_of(t->w, l->granted[k])];
    double cost, share = collected_share(t, k, &cost);
    money there = money_min(t->e->cash[i], l->balance[k]), got = money_scale(there, share);
    money spent = money_scale(there, cost), lost = money_sub(l->balance[k], got);
    pay_out(t->t, FLOW_RECOVERY, &t->e->cash[i], got);
    flow_add(t->t, FLOW_LOAN_REPAID, got);
    flow_add(t->t, FLOW_COLLECTION_COST, spent);
    flow_add(t->t, FLOW_WRITE_OFF, lost);
    flow_add(t->t, FLOW_ARREARS_ENDED, l->arrears[k]);
    bank[BANK_ITEM_CASH] += got.fen - spent.fen;
    vintage[VINTAGE_ITEM_LOST] += lost.fen;
    vintage[VINTAGE_ITEM_RECOVERED] += got.fen;
    bank[BANK_ITEM_LOST] += lost.fen;
    bank[BANK_ITEM_LOST_OF] += l->balance[k].fen;
    count(t->t, cell_of(t->e, i), ITEM_WRITTEN_OFF, lost.fen);
    count(t->t, cell_of(t->e, i), ITEM_RECOVERED, got.fen);
    count(t->t, cell_of(t->e, i), ITEM_LOANS_FINISHED, 1);
    count(t->t, cell_of(t->e, i), ITEM_LOAN_MONTHS_ENDED, t->w->month - l->granted[k]);
    t->e->debt[i] = money_sub(t->e->debt[i], l->balance[k]);
    l->balance[k] = l->arrears[k] = FEN(0);
    l->flags[k] |= LOAN_ENDED;
    if (l->claim[k] == NO_CLAIM && l->chain[k] != 0 && lost.fen > 0) {
        struct filing *f = outbox_push(&t->me->box[BOX_FILING]);
        if (f == NULL)
            t->me->status = NO_MEMORY;
        else
            *f = (struct filing){t->r->index, k, lost};
    } else if (l->claim[k] != NO_CLAIM) {
        struct recovery *r = outbox_push(&t->me->box[BOX_RECOVERY]);
        if (r == NULL)
            t->me->status = NO_MEMORY;
        else
            *r = (struct recovery){t->r->index, l->claim[k], got, true};
    }
}

/* Registers learn late: after the winding up, each month one in `deregistration` leaves them (a geometric time, drawn once). */
static uint8_t months_on_register(const struct rows *t, uint32_t i)
{
    double mean = P(t->r, enterprise)->deregistration, stays = mean / (mean + 1.0);
    double u = draw(t->w->luck, enterprise_identity(t->e, i), DRAW_DEREGISTRATION);
    if (t->e->flags[i] & DEREGISTERED)
        return 0;
    if (stays <= 0.0)
        return 1;
    double months = 1.0 + ld_log(1.0 - u) / ld_log(stays);
    return (uint8_t)(months < REGISTER_MONTHS - 6 ? months : REGISTER_MONTHS - 6);
}

/* After banks and bonds: other creditors, then owners; what customers still owe is lost. */
static void close_books(const struct rows *t, uint32_t i)
{
    money late = money_min(t->e->overdue[i], t->e->cash[i]);
    pay_out(t->t, FLOW_OVERDUE_PAID, &t->e->cash[i], late);
    flow_add(t->t, FLOW_OVERDUE_ENDED, t->e->overdue[i]);
    flow_add(t->t, FLOW_BILL_LOST, t->e->receivable[i]);
    t->e->overdue[i] = t->e->receivable[i] = FEN(0);
    if (t->e->owned[i] & OWNED_BY_BUYER)
        pay_out(t->t, FLOW_LIQUIDATED_BUYER, &t->e->cash[i], t->e->cash[i]);
    else if ((t->e->owned[i] & OWNED_BY_FUND) == 0) /* funds come before founders: exits */
        pay_out(t->t, FLOW_LIQUIDATED, &t->e->cash[i], t->e->cash[i]);
    t->e->status[i] = GONE;
    t->e->winding[i] = months_on_register(t, i);
    t->e->technology[i] = 1.0f;
}

static void deregister(const struct rows *t, uint32_t i)
{
    t->e->flags[i] |= DEREGISTERED;
    count(t->t, cell_of(t->e, i), ITEM_DEREGISTERED, 1);
}

/* Of n loans from k on those of whom has just been sold up, listed first: which they are no processor guesses. */
static void recover_some(const struct rows *t, uint32_t k, uint32_t n, const uint8_t *sold)
{
    uint32_t list[AT_ONCE], open = 0;
    for (uint32_t j = k; j < k + n; j++) {
        list[open] = j;
        open += sold[t->l->row[j] - t->lo] & ((t->l->flags[j] & LOAN_ENDED) == 0);
    }
    for (uint32_t j = 0; j < open; j++)
        recover(t, list[j]);
}

void firms_wind_up(const struct rows *t)
{
    bool any = false;
    const uint8_t *status = t->e->status + t->lo;
    uint32_t rows = t->hi - t->lo;
    uint8_t sold[TILE];
    for (uint32_t k = 0; k < rows; k++)
        t->s->mark[k] = status[k] != ACTIVE;
    uint32_t n = list_marked(t);
    memset(sold, 0, rows);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        if (t->e->winding[i] == 0 || --t->e->winding[i] > 0)
            continue;
        if (t->e->status[i] == GONE) {
            deregister(t, i);
        } else {
            sell_assets(t, i);
            bonds_take_share(t, i);
            sold[i - t->lo] = 1;
            any = true;
        }
    }
    if (!any)
        return;
    EACH_LOANS(t, k, loans)
    recover_some(t, k, loans, sold);
    for (uint32_t j = 0; j < n; j++)
        if (sold[t->s->list[j]])
            close_books(t, t->lo + t->s->list[j]);
}
