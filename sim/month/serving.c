/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving - lines are drawn and paid down, interest and instalments paid, what is missed becomes arrears, ends of lines are
 * met, extended or missed (model.md 3, step 9; mechanisms M5).  A payment goes to old interest, interest, principal. */
#include <liandong/bearers.h>
#include <liandong/bonds.h>
#include <liandong/mathx.h>
#include <liandong/security.h>
#include <string.h>

enum { OWES, WANTS, ROOM, ENDS_SOON, NEXT, UNPAID };

static money interest_of(const struct loans *l, uint32_t k)
{
    return money_scale(l->balance[k], (double)l->rate[k] / 12.0);
}

/* Principal due this month: the instalment and what was missed; all of it in the last month.  Chosen, not branched to: lines
 * and loans in instalments lie mixed. */
static money principal_due(const struct loans *l, uint32_t k, money interest)
{
    money part = money_positive(money_sub(l->instalment[k], interest)), past = l->past_due[k], all = l->balance[k];
    money due = l->product[k] == PRODUCT_LINE ? past : money_min(all, money_add(part, past));
    return l->months_left[k] <= 1 ? all : due;
}

/* -- drawing ---------------------------------------------------------------------------------------------------------- */
static void sum_owed(const struct rows *t, double *owes)
{
    EACH_LOAN(t, k)
    {
        if (t->l->flags[k] & LOAN_ENDED)
            continue;
        money interest = interest_of(t->l, k);
        money due = money_add(money_add(interest, t->l->arrears[k]), principal_due(t->l, k, interest));
        owes[t->l->row[k] - t->lo] += money_to_yuan(due);
    }
}

static bool may_draw(const struct loans *l, uint32_t k)
{
    return l->product[k] == PRODUCT_LINE && (l->flags[k] & (LOAN_ENDED | LOAN_NPL | LOAN_EXTENDED | LOAN_HELD)) == 0 &&
           l->overdue[k] == 0 && l->months_left[k] > 1 && l->claim[k] == NO_CLAIM;
}

/* Paid out under covers. */
static void count_lent(const struct rows *t, uint32_t k, money draws)
{
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    for (int32_t c = 0; c < chain->n; c++) {
        size_t pair = (size_t)t->l->bank[k] * (size_t)t->r->n_bearers + (size_t)chain->cover[c].bearer;
        t->t->cover[pair][COVER_ITEM_LENT] += draws.fen;
    }
}

static void draw_line(const struct rows *t, uint32_t k, double *wants)
{
    uint32_t i = t->l->row[k];
    money room = money_sub(t->l->limit[k], t->l->balance[k]), want = from_yuan(wants[i - t->lo]);
    money draws = money_min(room, want);
    if (draws.fen <= 0)
        return;
    pay_in(t->t, FLOW_LOAN, &t->e->cash[i], draws);
    flow_add(t->t, FLOW_LOAN_OWED, draws);
    t->e->debt[i] = money_add(t->e->debt[i], draws);
    t->l->balance[k] = money_add(t->l->balance[k], draws);
    t->t->bank[t->l->bank[k]][BANK_ITEM_CASH] -= draws.fen;
    count_lent(t, k, draws);
    count(t->t, cell_of(t->e, i), ITEM_LINE_PAID, draws.fen);
    wants[i - t->lo] -= money_to_yuan(draws);
}

/* What cash lacks of what it wants to have and of what is due. */
static void lack(const struct rows *t, const double *owes, double *wants)
{
    const uint8_t *status = t->e->status + t->lo;
    const float *wish = t->e->wish + t->lo;
    const money *cash = t->e->cash + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double lacks = (double)wish[k] + owes[k] - money_whole(cash[k]) / 100.0;
        wants[k] = ((status[k] == ACTIVE) & (lacks > 0.0)) ? lacks : 0.0;
    }
}

void loans_draw(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    double *owes = t->s->real[OWES], *wants = t->s->real[WANTS];
    for (uint32_t k = 0; k < t->hi - t->lo; k++)
        owes[k] = 0.0;
    sum_owed(t, owes);
    lack(t, owes, wants);
    EACH_LOAN(t, k)
    if (wants[t->l->row[k] - t->lo] > 100.0 && may_draw(t->l, k))
        draw_line(t, k, wants);
}

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
static void pay_down(const struct rows *t, uint32_t k)
{
    uint32_t i = t->l->row[k];
    if (t->l->product[k] != PRODUCT_LINE || t->l->balance[k].fen == 0)
        return;
    double spare =
        money_to_yuan(t->e->cash[i]) - P(t->r, enterprise)->pay_down * (double)t->e->wish[i] - (double)t->e->due[i];
    if (spare > 1000.0)
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
static void serve_living(const struct rows *t, uint32_t k)
{
    struct loans *l = t->l;
    money interest = interest_of(l, k), due = principal_due(l, k, interest);
    pay_interest(t, k, interest);
    if (t->r->chain[l->chain[k]].fee > 0.0)
        pay_fees(t, k);
    money short_of = money_sub(due, pay_principal(t, k, due));
    pay_down(t, k);
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

static double yearly_fees(const struct rows *t, uint32_t k)
{
    const struct cover_chain *chain = &t->r->chain[t->l->chain[k]];
    double fees = 0.0;
    for (int32_t c = 0; chain->fee > 0.0 && c < chain->n; c++)
        fees += cover_fee(chain, c, t->l->limit[k]);
    return fees;
}

/* What comes due next month, lines that end soon, rooms: the enterprise plans with these. */
static void look_ahead(const struct rows *t, uint32_t k)
{
    const struct loans *l = t->l;
    uint32_t i = l->row[k], j = i - t->lo;
    if (l->flags[k] & LOAN_ENDED)
        return;
    money interest = interest_of(l, k),
          due = money_add(principal_due(l, k, interest), money_add(interest, l->arrears[k]));
    t->s->real[NEXT][j] += money_to_yuan(due) + yearly_fees(t, k) / 12.0 * money_to_yuan(l->balance[k]);
    if (may_draw(l, k) && l->months_left[k] > 2)
        t->s->real[ROOM][j] += money_to_yuan(money_sub(l->limit[k], l->balance[k]));
    if (l->product[k] == PRODUCT_LINE && l->months_left[k] == 2)
        t->e->ending[i] += (float)money_to_yuan(l->balance[k]);
    if (l->product[k] == PRODUCT_LINE && l->months_left[k] > 0) {
        uint8_t *renewal = &t->e->renewal[i];
        *renewal = *renewal == 0 || l->months_left[k] < *renewal ? l->months_left[k] : *renewal;
    }
    bool ends = l->months_left[k] <= 1 || (l->flags[k] & LOAN_EXTENDED) != 0;
    if (l->product[k] == PRODUCT_LINE && ends && l->balance[k].fen > 0)
        t->s->real[UNPAID][j] = 1.0;
    t->e->worst[i] = l->overdue[k] > t->e->worst[i] ? l->overdue[k] : t->e->worst[i];
    t->e->flags[i] |= l->balance[k].fen > 0 ? HAS_LOAN : 0;
    t->e->flags[i] |= l->security[k] & SECURITY_IP ? PLEDGED_IP : 0;
    t->e->flags[i] |= l->security[k] & SECURITY_RECEIVABLES ? PLEDGED_BILLS : 0;
}

static void reset_rows(const struct rows *t)
{
    size_t n = t->hi - t->lo;
    uint8_t *flags = t->e->flags + t->lo;
    memset(t->e->renewal + t->lo, 0, n * sizeof *t->e->renewal);
    memset(t->e->worst + t->lo, 0, n * sizeof *t->e->worst);
    memset(t->e->ending + t->lo, 0, n * sizeof *t->e->ending);
    memset(t->s->real[ROOM], 0, n * sizeof t->s->real[ROOM][0]);
    memset(t->s->real[NEXT], 0, n * sizeof t->s->real[NEXT][0]);
    memset(t->s->real[UNPAID], 0, n * sizeof t->s->real[UNPAID][0]);
    for (size_t k = 0; k < n; k++)
        flags[k] &= (uint8_t) ~(HAS_LOAN | PLEDGED_IP | PLEDGED_BILLS);
}

/* Renewals that waited for it are paid out once the lines that have come to their end are repaid: if nothing else is overdue,
 * and the bank, that has its money back, has room to lend it again. */
static void release_renewals(const struct rows *t)
{
    EACH_LOAN(t, k)
    {
        struct loans *l = t->l;
        uint32_t i = l->row[k], j = i - t->lo;
        if ((l->flags[k] & LOAN_HELD) == 0 || (l->flags[k] & LOAN_ENDED) != 0 || t->e->status[i] != ACTIVE ||
            t->s->real[UNPAID][j] > 0.0 || t->e->worst[i] > 0 || t->r->bank[l->bank[k]].room.fen < l->limit[k].fen)
            continue;
        l->flags[k] &= (uint16_t)~LOAN_HELD;
        if (may_draw(l, k) && l->months_left[k] > 2)
            t->s->real[ROOM][j] += money_to_yuan(l->limit[k]);
    }
}

/* What is due next month beyond what lines will pay. */
static void close_rows(const struct rows *t)
{
    const double *room = t->s->real[ROOM], *next = t->s->real[NEXT];
    float *due = t->e->due + t->lo, *line_room = t->e->line_room + t->lo;
    for (uint32_t k = 0; k < t->hi - t->lo; k++) {
        double lacks = next[k] - room[k];
        due[k] = (float)(lacks > 0.0 ? lacks : 0.0);
        line_room[k] = (float)room[k];
    }
}

void loans_serve(const struct rows *t)
{
    if (P(t->r, closed_form)->enabled)
        return;
    bool held = false;
    reset_rows(t);
    EACH_LOAN(t, k)
    {
        if (t->l->flags[k] & LOAN_ENDED)
            continue;
        held = held || (t->l->flags[k] & LOAN_HELD) != 0;
        if (t->l->granted[k] == t->w->month)
            ; /* the first payment is a month after the grant */
        else if (t->e->status[t->l->row[k]] == ACTIVE)
            serve_living(t, k);
        else
            stand(t, k, true);
        look_ahead(t, k);
    }
    if (held)
        release_renewals(t);
    close_rows(t);
    bonds_mark(t);
}
