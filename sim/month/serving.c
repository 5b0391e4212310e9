/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving - lines are drawn and paid down, interest and instalments paid, what is missed becomes arrears, ends of lines are
 * met, extended or missed (mechanisms M5).  A payment goes to old interest, interest, principal. */
#include <liandong/ahead.h>
#include <liandong/bearers.h>
#include <liandong/bonds.h>
#include <liandong/linking.h>
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

/* What ordinary facilities paid in all. */
struct paid {
    money interest, missed, principal;
};

/* The same, written out, of one with no arrears and no claim, whose month ends as it began unless something was missed or it
 * ends: all but rare ones.  Sums of whole fen, which are the same in any order, are posted once.  It takes a fifth off the
 * phase; what changes in serve_living or in what it calls changes here. */
static void serve_ordinary(const struct rows *t, uint32_t k, money interest, money due, struct paid *sum)
{
    struct loans *l = t->l;
    struct enterprises *e = t->e;
    uint32_t i = l->row[k];
    money cash = e->cash[i], balance = l->balance[k], paid = money_min(interest, cash),
          missed = money_sub(interest, paid);
    e->debt_year[i] += (float)(money_to_yuan(balance) / 12.0);
    e->interest_year[i] += (float)money_to_yuan(paid);
    e->profit_year[i] -= (float)money_to_yuan(interest);
    cash = money_sub(cash, paid);
    if (t->r->chain[l->chain[k]].fee > 0.0) {
        e->cash[i] = cash;
        pay_fees(t, k);
        cash = e->cash[i];
    }
    money principal = money_min(due, cash), short_of = money_sub(due, principal);
    cash = money_sub(cash, principal);
    double spare = money_to_yuan(cash) - P(t->r, enterprise)->pay_down * (double)e->wish[i] - (double)e->due[i];
    bool down = (l->product[k] == PRODUCT_LINE) & (spare > 1000.0);
    money left = money_sub(balance, principal), free = money_min(from_yuan(spare), cash);
    money more = FEN(money_min(left, free).fen & -(int64_t)down);
    principal = money_add(principal, more);
    left = money_sub(left, more);
    e->cash[i] = money_sub(cash, more);
    e->debt[i] = money_sub(e->debt[i], principal);
    l->balance[k] = left;
    l->arrears[k] = missed;
    t->t->bank[l->bank[k]][BANK_ITEM_CASH] += paid.fen + principal.fen;
    *sum = (struct paid){money_add(sum->interest, paid), money_add(sum->missed, missed),
                         money_add(sum->principal, principal)};
    bool ends = (l->months_left[k] <= 1) | ((l->product[k] == PRODUCT_TERM) & (left.fen == 0));
    if (ends | (short_of.fen > 0) | (missed.fen > 0) | (l->overdue[k] > 0) | ((l->flags[k] & LOAN_NPL) != 0)) {
        end_month(t, k, short_of);
        return;
    }
    l->months_left[k]--;
    l->past_due[k] = FEN(0);
    if (left.fen > 0)
        learn_good(t, k);
}

/* Which of n facilities from k on have not ended; how many they are. */
static uint32_t list_open(const struct loans *l, uint32_t k, uint32_t n, uint8_t list[AT_ONCE])
{
    uint32_t open = 0;
    for (uint32_t j = 0; j < n; j++) {
        list[open] = (uint8_t)j;
        open += (l->flags[k + j] & LOAN_ENDED) == 0;
    }
    return open;
}

/* What banks learn of good months lies all over their cells. */
FETCHES void fetch_learned(const struct rows *t, uint32_t k, uint32_t n)
{
    const struct loans *l = t->l;
    for (uint32_t j = k; j < k + n; j++)
        __builtin_prefetch(&t->t->belief[(size_t)l->bank[j] * N_BELIEFS + l->cell[j]], 1);
}

/* n facilities from k on, with what they owe.  Returns whether one of them is held. */
static bool serve_some(const struct rows *t, uint32_t k, uint32_t n, struct paid *sum, struct ahead *next,
                       uint32_t lines)
{
    struct loans *l = t->l;
    struct owed o;
    unsigned any = 0;
    uint8_t list[AT_ONCE];
    uint32_t open = list_open(l, k, n, list);
    fetch_learned(t, k, n);
    loans_owe(l, k, n, &o);
    for (uint32_t j = 0; j < open; j++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): so many were listed */
        uint32_t at = k + list[j];
        any |= l->flags[at];
        ahead_fetch(next, lines);
        if (l->granted[at] == t->w->month) /* the first payment is a month after the grant */
            continue;
        if (t->e->status[l->row[at]] != ACTIVE)
            stand(t, at, true);
        else if ((l->arrears[at].fen == 0) & (l->claim[at] == NO_CLAIM))
            serve_ordinary(t, at, o.interest[list[j]], o.principal[list[j]], sum);
        else
            serve_living(t, at, o.interest[list[j]], o.principal[list[j]]);
    }
    return (any & LOAN_HELD) != 0;
}

/* Insiders see trouble before a payment is missed: the line is frozen while it lasts, and called earlier.  Returns for how long
 * the loan counts as overdue. */
static uint8_t watch_loan(const struct rows *t, uint32_t k)
{
    struct loans *l = t->l;
    uint8_t overdue = l->overdue[k];
    if ((l->flags[k] & LOAN_LINKED) == 0 || !anybody_watches(t->r) || t->e->status[l->row[k]] != ACTIVE)
        return overdue;
    struct insider_watch o = watch_of(t->r, l->row[k], l->bank[k]);
    bool was = (l->flags[k] & LOAN_FROZEN) != 0;
    count(t->t, cell_of(t->e, l->row[k]), ITEM_LOANS_FROZEN, o.freezes && !was && l->product[k] == PRODUCT_LINE);
    l->flags[k] = (uint16_t)((l->flags[k] & ~LOAN_FROZEN) | (o.freezes ? LOAN_FROZEN : 0));
    return overdue == 0 || overdue + o.earlier > 250 ? overdue : (uint8_t)(overdue + o.earlier);
}

/* What comes due next month, lines that end soon, rooms: the enterprise plans with these.  Nothing is added where it is not so:
 * ended ones lie among the others. */
static void look_ahead(const struct rows *t, uint32_t k, double due)
{
    const struct loans *l = t->l;
    struct enterprises *e = t->e;
    uint32_t i = l->row[k], j = i - t->lo;
    uint8_t overdue = watch_loan(t, k); /* as its bank acts on it */
    double balance = money_whole(l->balance[k]) / 100.0;
    const struct cover_chain *chain = &t->r->chain[l->chain[k]];
    if (chain->fee > 0.0)
        due += cover_fees(chain, l->limit[k]) / 12.0 * balance;
    bool line = l->product[k] == PRODUCT_LINE, used = l->balance[k].fen > 0;
    unsigned left = l->months_left[k], until = left * line;
    bool open = may_draw(l, k) & (left > 2), ends = (left <= 1) | ((l->flags[k] & LOAN_EXTENDED) != 0);
    money room = FEN(money_sub(l->limit[k], l->balance[k]).fen & -(int64_t)open),
          ending = FEN(l->balance[k].fen & -(int64_t)(line & (left == 2)));
    double *unpaid = &t->s->real[UNPAID][j];
    t->s->real[NEXT][j] += due;
    t->s->real[ROOM][j] += money_whole(room) / 100.0;
    *unpaid = ld_max(*unpaid, (double)(line & ends & used));
    e->ending[i] += (float)(money_whole(ending) / 100.0);
    uint8_t before = (uint8_t)(e->renewal[i] - 1), now = (uint8_t)(until - 1); /* none: 255 */
    e->renewal[i] = (uint8_t)((before < now ? before : now) + 1);
    e->worst[i] = overdue > e->worst[i] ? overdue : e->worst[i];
    e->flags[i] |= (uint8_t)(HAS_LOAN * used | PLEDGED_IP * ((l->security[k] & SECURITY_IP) != 0) |
                             PLEDGED_BILLS * ((l->security[k] & SECURITY_RECEIVABLES) != 0));
}

static void look_at_some(const struct rows *t, uint32_t k, uint32_t n, struct ahead *next, uint32_t lines)
{
    const struct loans *l = t->l;
    struct owed o;
    double due[AT_ONCE];
    uint8_t list[AT_ONCE];
    uint32_t open = list_open(l, k, n, list);
    loans_owe(l, k, n, &o);
    for (uint32_t j = 0; j < n; j++)
        due[j] = ld_over(money_whole(money_add(o.principal[j], money_add(o.interest[j], l->arrears[k + j]))), 100.0);
    for (uint32_t j = 0; j < open; j++) {
        ahead_fetch(next, lines);
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): so many were listed */
        look_ahead(t, k + list[j], due[list[j]]);
    }
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
    struct paid sum = {FEN(0), FEN(0), FEN(0)};
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
    reset_rows(t);
    EACH_LOANS(t, k, n)
    {
        held |= serve_some(t, k, n, &sum, &next, lines);
        look_at_some(t, k, n, &next, lines);
    }
    flow_add(t->t, FLOW_INTEREST, sum.interest);
    flow_add(t->t, FLOW_INTEREST_MISSED, sum.missed);
    flow_add(t->t, FLOW_REPAYMENT, sum.principal);
    flow_add(t->t, FLOW_LOAN_REPAID, sum.principal);
    if (held)
        release_renewals(t);
    close_rows(t);
    bonds_mark(t);
}
