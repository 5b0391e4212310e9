/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving - lines are drawn and paid down, interest and instalments paid, what is missed becomes arrears, ends of lines are
 * met, extended or missed (mechanisms M5).  A payment goes to old interest, interest, principal. */
#include <liandong/ahead.h>
#include <liandong/bearers.h>
#include <liandong/bonds.h>
#include <liandong/mathx.h>
#include <liandong/security.h>
#include <liandong/serving.h>
#include <string.h>

/* -- paying ------------------------------------------------------------------------------------------------------------- */
static money take(const struct rows *t, uint32_t k, money due, enum flow flow)
{
    uint32_t i = t->l->row[k];
    money paid = money_min(due, t->e->cash[i]);
    pay_out(t->t, flow, &t->e->cash[i], paid);
    t->t->bank[t->l->bank[k]][BANK_ITEM_CASH] += paid.fen;
    return paid;
}

static void pay_interest(const struct rows *t, uint32_t k, money interest)
{
    uint32_t i = t->l->row[k];
    money late = take(t, k, t->l->arrears[k], FLOW_ARREARS_PAID);
    flow_add(t->t, FLOW_ARREARS_ENDED, late);
    t->l->arrears[k] = money_sub(t->l->arrears[k], late);
    money paid = take(t, k, interest, FLOW_INTEREST), missed = money_sub(interest, paid);
    flow_add(t->t, FLOW_INTEREST_MISSED, missed);
    t->l->arrears[k] = money_add(t->l->arrears[k], missed);
    t->e->debt_year[i] += (float)(money_to_yuan(t->l->balance[k]) / 12.0);
    t->e->interest_year[i] += (float)money_to_yuan(money_add(paid, late));
    t->e->profit_year[i] -= (float)money_to_yuan(interest);
}

/* Fees and premiums of a month to those who cover the loan, as far as there is money for them: they are paid with the
 * interest, and what cannot be paid is not chased. */
static void pay_fees(const struct rows *t, uint32_t k)
{
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    uint32_t i = t->l->row[k];
    if (chain->fee == 0.0)
        return;
    for (int32_t c = 0; c < chain->n && t->l->claim[k] == NO_CLAIM; c++) {
        int32_t bearer = chain->cover[c].bearer;
        money fee = money_scale(t->l->balance[k], cover_fee(chain, c, t->l->limit[k]) / 12.0),
              paid = money_min(fee, t->e->cash[i]);
        size_t pair = (size_t)t->l->bank[k] * (size_t)t->r->n_bearers + (size_t)bearer;
        pay_out(t->t, bearer_table[t->r->bearer[bearer].kind].fee, &t->e->cash[i], paid);
        t->t->cover[pair][COVER_ITEM_FEES] += paid.fen;
        t->e->fee_year[i] += (float)money_to_yuan(paid);
        t->e->profit_year[i] -= (float)money_to_yuan(paid);
    }
}

static void note_recovery(const struct rows *t, uint32_t k, money amount, bool last)
{
    struct recovery *got = outbox_push(&t->me->box[BOX_RECOVERY]);
    if (got == NULL)
        t->me->status = NO_MEMORY;
    else
        *got = (struct recovery){t->r->index, t->l->claim[k], amount, last};
}

static money pay_principal(const struct rows *t, uint32_t k, money due)
{
    uint32_t i = t->l->row[k];
    money paid = take(t, k, due, FLOW_REPAYMENT);
    flow_add(t->t, FLOW_LOAN_REPAID, paid);
    t->l->balance[k] = money_sub(t->l->balance[k], paid);
    t->e->debt[i] = money_sub(t->e->debt[i], paid);
    if (t->l->claim[k] != NO_CLAIM && paid.fen > 0) {
        note_recovery(t, k, paid, false);
        t->t->vintage[vintage_of(t->w, t->l->granted[k])][VINTAGE_ITEM_RECOVERED] += paid.fen;
    }
    return paid;
}

/* An enterprise with much more cash than it wants pays its line down. */
#define LEAST_SPARE 1000.0 /* yuan */
static inline double spare_of(const struct rows *t, uint32_t i)
{
    return money_to_yuan(t->e->cash[i]) - P(t->r, enterprise)->pay_down * (double)t->e->wish[i] - (double)t->e->due[i];
}

static void pay_down(const struct rows *t, uint32_t k)
{
    if (t->l->product[k] != PRODUCT_LINE || t->l->balance[k].fen == 0)
        return;
    double spare = spare_of(t, t->l->row[k]);
    if (spare > LEAST_SPARE)
        pay_principal(t, k, money_min(t->l->balance[k], from_yuan(spare)));
}

/* Would this loan, lost, trip the breaker of one of its covers? */
static bool breaker_near(const struct rows *t, uint32_t k)
{
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    for (int32_t c = 0; c < chain->n; c++) {
        int32_t bearer = chain->cover[c].bearer;
        const struct experience *x = experience_of(t->r, t->l->bank[k], bearer);
        double limit = t->r->bearer[bearer].breaker * money_to_yuan(x->enrolled_base);
        double lost = money_to_yuan(x->lost_year) + money_to_yuan(t->l->balance[k]);
        if (!x->tripped && limit > 0.0 && lost > limit)
            return true;
    }
    return false;
}

/* At the end of a line that cannot be repaid: extend rather than show another bad loan, when the bank is near what it may
 * bear and the enterprise is worth more alive (M5, evergreening). */
static bool extends(const struct rows *t, uint32_t k)
{
    const struct bank *b = &t->r->bank[t->l->bank[k]];
    uint32_t i = t->l->row[k];
    if (t->l->flags[k] & LOAN_EXTENDED || t->e->status[i] != ACTIVE || P(t->r, credit)->extension_months == 0)
        return false;
    double bad = money_to_yuan(b->bad) + money_to_yuan(t->l->balance[k]), book = money_to_yuan(b->book) + 1.0;
    bool near = bad / book > b->tolerance || breaker_near(t, k);
    double recovers = t->r->cells.recovery * (double)t->e->assets[i] + money_to_yuan(t->e->cash[i]);
    recovers += ip_recovery_believed(t->r) * (double)t->l->appraised[k];
    return near && firm_value(t->r, t->e, i) > recovers;
}

static void end_facility(const struct rows *t, uint32_t k)
{
    int32_t cell = cell_of(t->e, t->l->row[k]);
    t->l->flags[k] |= LOAN_ENDED;
    count(t->t, cell, ITEM_LOANS_FINISHED, 1);
    count(t->t, cell, ITEM_LOAN_MONTHS_ENDED, t->w->month - t->l->granted[k]);
    if (t->l->claim[k] != NO_CLAIM)
        note_recovery(t, k, FEN(0), true);
}

/* -- what lenders learn from ------------------------------------------------------------------------------------------- */
static int64_t millionths(double x)
{
    return ld_round_half_even(1e6 * x);
}

static void learn_good(const struct rows *t, uint32_t k)
{
    int64_t *bank = t->t->bank[t->l->bank[k]];
    double q = (double)t->l->expected[k];
    t->t->belief[(size_t)t->l->bank[k] * N_BELIEFS + t->l->cell[k]][1]++;
    bank[BANK_ITEM_MONTHS]++;
    bank[BANK_ITEM_QUALITY] += millionths(q);
    bank[BANK_ITEM_SQUARE] += millionths(q * q);
}

static void learn_bad(const struct rows *t, uint32_t k)
{
    int64_t *bank = t->t->bank[t->l->bank[k]];
    t->t->belief[(size_t)t->l->bank[k] * N_BELIEFS + t->l->cell[k]][0]++;
    bank[BANK_ITEM_DEFAULTS]++;
    bank[BANK_ITEM_DEFAULTS_QUALITY] += millionths((double)t->l->expected[k]);
}

/* -- overdue ------------------------------------------------------------------------------------------------------------ */
static void becomes_bad(const struct rows *t, uint32_t k)
{
    struct loans *l = t->l;
    int32_t cell = cell_of(t->e, l->row[k]);
    l->flags[k] |= LOAN_NPL;
    t->t->bank[l->bank[k]][BANK_ITEM_NEW_BAD] += l->balance[k].fen;
    if (l->flags[k] & LOAN_DEFAULTED)
        return;
    l->flags[k] |= LOAN_DEFAULTED;
    count(t->t, cell, ITEM_DEFAULTS, 1);
    count(t->t, cell, ITEM_PACKAGE_DEFAULTS, (l->flags[k] & LOAN_PACKAGE) != 0);
    count(t->t, cell, ITEM_DEFAULTS_FEN, l->balance[k].fen);
    t->t->vintage[vintage_of(t->w, l->granted[k])][VINTAGE_ITEM_DEFAULTED] += l->balance[k].fen;
    count(t->t, cell, l->chain[k] != 0 ? ITEM_BAD_ENROLLED : ITEM_BAD_ALONE, 1);
    learn_bad(t, k);
}

/* A claim that meets an open breaker is worth nothing now and something in the new year's account: towards its end the bank
 * holds it back (M8). */
static bool holds_back(const struct rows *t, uint32_t k)
{
    if (12 - t->w->month % 12 > P(t->r, credit)->filing_patience)
        return false;
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    for (int32_t c = 0; c < chain->n; c++)
        if (experience_of(t->r, t->l->bank[k], chain->cover[c].bearer)->tripped)
            return true;
    return false;
}

static void maybe_claim(const struct rows *t, uint32_t k)
{
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    if (chain->n == 0 || t->l->claim[k] != NO_CLAIM || t->l->balance[k].fen == 0 || t->l->overdue[k] == 0)
        return;
    int32_t first = chain->cover[0].trigger;
    for (int32_t c = 1; c < chain->n; c++)
        first = chain->cover[c].trigger < first ? chain->cover[c].trigger : first;
    if (t->l->overdue[k] < first || holds_back(t, k))
        return;
    struct filing *f = outbox_push(&t->me->box[BOX_FILING]);
    if (f == NULL)
        t->me->status = NO_MEMORY;
    else
        *f = (struct filing){t->r->index, k, FEN(0)};
}

static void stand(const struct rows *t, uint32_t k, bool missed)
{
    struct loans *l = t->l;
    l->overdue[k] = (uint8_t)(missed ? (l->overdue[k] < 250 ? l->overdue[k] + 1 : 250) : 0);
    if (l->overdue[k] >= P(t->r, credit)->npl_months && (l->flags[k] & LOAN_NPL) == 0)
        becomes_bad(t, k);
    else if (l->overdue[k] == 0)
        l->flags[k] &= (uint16_t)~LOAN_NPL;
    maybe_claim(t, k);
}

/* -- one facility --------------------------------------------------------------------------------------------------------- */
/* The rest of its month, once it was paid what there was; `short_of`: of the principal that was due. */
static void end_month(const struct rows *t, uint32_t k, money short_of)
{
    struct loans *l = t->l;
    if (l->months_left[k] > 0)
        l->months_left[k]--;
    if (l->months_left[k] == 0 && l->balance[k].fen > 0 && extends(t, k)) {
        l->flags[k] |= LOAN_EXTENDED;
        l->months_left[k] = (uint8_t)P(t->r, credit)->extension_months;
        count(t->t, cell_of(t->e, l->row[k]), ITEM_EXTENDED, 1);
        short_of = FEN(0);
    }
    l->past_due[k] = short_of;
    bool missed = short_of.fen > 0 || l->arrears[k].fen > 0;
    stand(t, k, missed);
    bool paid_off = l->balance[k].fen == 0 && l->arrears[k].fen == 0;
    if (paid_off && (l->months_left[k] == 0 || l->product[k] == PRODUCT_TERM))
        end_facility(t, k);
    if (l->balance[k].fen > 0 && (l->flags[k] & LOAN_NPL) == 0)
        learn_good(t, k);
}

static void serve_living(const struct rows *t, uint32_t k, money interest, money due)
{
    pay_interest(t, k, interest);
    if (t->r->chain[t->l->chain[k]].fee > 0.0)
        pay_fees(t, k);
    money short_of = money_sub(due, pay_principal(t, k, due));
    pay_down(t, k);
    end_month(t, k, short_of);
}

/* -- many facilities ------------------------------------------------------------------------------------------------------ */
/* What quiet facilities paid in all. */
struct paid {
    money interest, principal;
};

/* Facilities that are served together.  A quiet one is that of a living enterprise, with nothing late, claimed or bad, and not at its
 * end: its month is that it pays what is due, if there is money, and nothing at all if nothing is owed on it. */
struct together {
    struct owed o;
    money fee[AT_ONCE];                     /* for its cover */
    float lent[AT_ONCE], interest[AT_ONCE]; /* yuan: principal over twelve */
    uint8_t quiet[AT_ONCE], mark[AT_ONCE];
    uint16_t list[AT_ONCE], covered[AT_ONCE]; /* those for which there is something to do; quiet ones that pay a fee */
    uint32_t listed, n_covered;
};

static void find_quiet(const struct rows *t, uint32_t k, uint32_t n, struct together *x)
{
    const struct loans *l = t->l;
    const uint16_t *flags = l->flags + k;
    const uint8_t *overdue = l->overdue + k, *months_left = l->months_left + k, *product = l->product + k;
    const uint32_t *claim = l->claim + k, *row = l->row + k;
    const money *arrears = l->arrears + k, *past_due = l->past_due + k, *balance = l->balance + k,
                *due = x->o.principal;
    uint8_t *quiet = x->quiet, ends[AT_ONCE];
    for (uint32_t j = 0; j < n; j++)
        ends[j] = due[j].fen == balance[j].fen;
    for (uint32_t j = 0; j < n; j++)
        quiet[j] = (arrears[j].fen | past_due[j].fen) == 0;
    for (uint32_t j = 0; j < n; j++)
        quiet[j] &= claim[j] == NO_CLAIM;
    for (uint32_t j = 0; j < n; j++)
        quiet[j] &= (flags[j] & (LOAN_ENDED | LOAN_NPL)) == 0;
    for (uint32_t j = 0; j < n; j++)
        quiet[j] &= (overdue[j] == 0) & (months_left[j] > 1) & ((product[j] == PRODUCT_LINE) | (ends[j] == 0));
    for (uint32_t j = 0; j < n; j++)
        quiet[j] &= t->e->status[row[j]] == ACTIVE;
}

/* Lists what has not ended and is not quiet without a debt; the first payment is a month after the grant. */
static void list_served(const struct rows *t, uint32_t k, uint32_t n, struct together *x)
{
    const struct loans *l = t->l;
    const uint16_t *flags = l->flags + k, *granted = l->granted + k, month = (uint16_t)t->w->month;
    const money *balance = l->balance + k;
    for (uint32_t j = 0; j < n; j++)
        x->mark[j] = balance[j].fen != 0;
    for (uint32_t j = 0; j < n; j++)
        x->mark[j] |= x->quiet[j] ^ 1;
    for (uint32_t j = 0; j < n; j++) {
        uint8_t served = ((flags[j] & LOAN_ENDED) == 0) & (granted[j] != month);
        x->mark[j] &= served;
        x->quiet[j] &= served;
    }
    x->listed = list_marks(x->mark, n, x->list);
}

/* What it pays for its cover is known beforehand where there is one only, on the same terms for large and small loans; those with
 * others are not served as quiet ones. */
static void ask_fees(const struct rows *t, uint32_t k, uint32_t n, struct together *x)
{
    const struct loans *l = t->l;
    const uint16_t *chains = l->chain + k;
    for (uint32_t j = 0; j < n; j++)
        x->mark[j] &= x->quiet[j] & (chains[j] != 0);
    memset(x->fee, 0, n * sizeof x->fee[0]);
    x->n_covered = list_marks(x->mark, n, x->covered);
    for (uint32_t j = 0; j < x->n_covered; j++) {
        uint32_t at = x->covered[j];
        const struct cover_chain *chain = &t->r->chain[chains[at]];
        x->fee[at] = money_scale(l->balance[k + at], chain->charge[0] / 12.0);
        x->quiet[at] = (chain->fee == 0.0) | ((chain->n == 1) & (chain->plain != 0));
    }
}

/* Pays what is due, as serve_living does where there is money for all of it; false: there is not, and nothing was done. */
static inline bool serve_quiet(const struct rows *t, uint32_t k, uint32_t j, const struct together *x, struct paid *sum)
{
    struct loans *l = t->l;
    struct enterprises *e = t->e;
    uint32_t at = k + j, i = l->row[at];
    money interest = x->o.interest[j], due = x->o.principal[j],
          cash = money_sub(e->cash[i], money_add(money_add(interest, due), x->fee[j]));
    float fee = (float)money_to_yuan(x->fee[j]);
    if (cash.fen < 0)
        return false;
    e->cash[i] = cash;
    e->debt_year[i] += x->lent[j];
    e->interest_year[i] += x->interest[j];
    e->profit_year[i] = (e->profit_year[i] - x->interest[j]) - fee;
    e->fee_year[i] += fee;
    e->debt[i] = money_sub(e->debt[i], due);
    l->balance[at] = money_sub(l->balance[at], due);
    t->t->bank[l->bank[at]][BANK_ITEM_CASH] += interest.fen + due.fen;
    *sum = (struct paid){money_add(sum->interest, interest), money_add(sum->principal, due)};
    if ((l->product[at] == PRODUCT_LINE) & (spare_of(t, i) > LEAST_SPARE))
        pay_down(t, at);
    if (l->balance[at].fen > 0)
        learn_good(t, at);
    return true;
}

/* Fees of those who were served as quiet ones. */
static void book_fees(const struct rows *t, uint32_t k, const struct together *x)
{
    for (uint32_t j = 0; j < x->n_covered; j++) {
        uint32_t at = k + x->covered[j];
        money paid = x->fee[x->covered[j]];
        const struct cover_chain *chain = &t->r->chain[t->l->chain[at]];
        if (x->quiet[x->covered[j]] == 0 || chain->fee == 0.0)
            continue;
        size_t bearer = (size_t)chain->cover[0].bearer,
               pair = (size_t)t->l->bank[at] * (size_t)t->r->n_bearers + bearer;
        flow_add(t->t, bearer_table[t->r->bearer[bearer].kind].fee, paid);
        t->t->cover[pair][COVER_ITEM_FEES] += paid.fen;
    }
}

/* n facilities from k on, with what they owe. */
static void serve_some(const struct rows *t, uint32_t k, uint32_t n, struct paid *sum, struct ahead *next,
                       uint32_t lines)
{
    struct together x;
    const money *balance = t->l->balance + k;
    uint8_t *months_left = t->l->months_left + k;
    loans_owe(t->l, k, n, &x.o);
    find_quiet(t, k, n, &x);
    list_served(t, k, n, &x);
    ask_fees(t, k, n, &x);
    for (uint32_t j = 0; j < n; j++) {
        x.lent[j] = (float)ld_over(ld_over(money_whole(balance[j]), 100.0), 12.0);
        x.interest[j] = (float)ld_over(money_whole(x.o.interest[j]), 100.0);
    }
    for (uint32_t j = 0; j < x.listed; j++) {
        uint32_t at = x.list[j];
        ahead_fetch(next, lines);
        if (x.quiet[at] != 0 && serve_quiet(t, k, at, &x, sum))
            continue;
        x.quiet[at] = 0;
        if (t->e->status[t->l->row[k + at]] != ACTIVE)
            stand(t, k + at, true);
        else
            serve_living(t, k + at, x.o.interest[at], x.o.principal[at]);
    }
    for (uint32_t j = 0; j < n; j++)
        months_left[j] = (uint8_t)(months_left[j] - x.quiet[j]);
    book_fees(t, k, &x);
}

void loans_serve(const struct rows *t)
{
    struct paid sum = {FEN(0), FEN(0)};
    if (P(t->r, closed_form)->enabled)
        return;
    bool held = false;
    t->t->learned = true;
    struct ahead next;
    ahead_of(&next, t, BY_SERVING);
    uint32_t loans = 0;
    EACH_LOANS(t, k, n)
    loans += n;
    uint32_t lines = ahead_a_step(&next, 2 * loans);
    outlook_begins(t);
    EACH_LOANS(t, k, n)
    {
        serve_some(t, k, n, &sum, &next, lines);
        held |= outlook_add(t, k, n, &next, lines);
    }
    flow_add(t->t, FLOW_INTEREST, sum.interest);
    flow_add(t->t, FLOW_REPAYMENT, sum.principal);
    flow_add(t->t, FLOW_LOAN_REPAID, sum.principal);
    outlook_ends(t, held);
    bonds_mark(t);
}
