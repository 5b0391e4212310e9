/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drawing - what facilities owe this month, and how much enterprises draw on their lines. */
#include <liandong/serving.h>

/* What they are behind with: few are. */
static void list_behind(const struct loans *l, uint32_t k, uint32_t n, money *past_due, money *arrears)
{
    uint16_t list[AT_ONCE];
    uint32_t behind = loans_flagged(l, k, n, LOAN_BEHIND, list);
    memset(past_due, 0, n * sizeof *past_due);
    memset(arrears, 0, n * sizeof *arrears);
    for (uint32_t j = 0; j < behind; j++) {
        past_due[list[j]] = l->past_due[k + list[j]];
        arrears[list[j]] = l->arrears[k + list[j]];
    }
}

/* Chosen, not branched to, and column by column, so that several are worked out at a time: lines and loans in instalments lie
 * mixed. */
void loans_owe(const struct loans *l, uint32_t k, uint32_t n, struct owed *o)
{
    const money *balance = l->balance + k, *instalment = l->instalment + k;
    const float *rate = l->rate + k;
    const uint8_t *product = l->product + k, *months_left = l->months_left + k;
    int64_t line[AT_ONCE], last[AT_ONCE];
    money past_due[AT_ONCE];
    list_behind(l, k, n, past_due, o->arrears);
    for (uint32_t j = 0; j < n; j++) {
        line[j] = product[j] == PRODUCT_LINE ? -1 : 0;
        last[j] = months_left[j] <= 1 ? -1 : 0;
    }
    for (uint32_t j = 0; j < n; j++) {
        money all = balance[j], past = past_due[j],
              interest = money_round(money_whole(all) * ld_over((double)rate[j], 12.0));
        money part = money_positive(money_sub(instalment[j], interest)), some = money_min(all, money_add(part, past));
        int64_t due = (past.fen & line[j]) | (some.fen & ~line[j]);
        o->interest[j] = interest;
        o->principal[j] = FEN((all.fen & last[j]) | (due & ~last[j]));
    }
}

void loans_may_draw(const struct loans *l, uint32_t k, uint32_t n, uint8_t *may)
{
    const uint8_t *product = l->product + k, *overdue = l->overdue + k, *months_left = l->months_left + k;
    const uint16_t *flags = l->flags + k;
    for (uint32_t j = 0; j < n; j++)
        may[j] = (product[j] == PRODUCT_LINE) & (overdue[j] == 0) & (months_left[j] > 1);
    for (uint32_t j = 0; j < n; j++)
        may[j] &= (flags[j] & CLOSED_TO_DRAWS) == 0;
}

static void sum_owed(const struct rows *t, double *owes)
{
    const struct loans *l = t->l;
    struct owed o;
    EACH_LOANS(t, k, n)
    {
        double due[AT_ONCE];
        const uint16_t *flags = l->flags + k;
        const uint32_t *row = l->row + k;
        loans_owe(l, k, n, &o);
        for (uint32_t j = 0; j < n; j++) {
            double all = ld_over(money_whole(money_add(money_add(o.interest[j], o.arrears[j]), o.principal[j])), 100.0);
            due[j] = flags[j] & LOAN_ENDED ? 0.0 : all;
        }
        for (uint32_t j = 0; j < n; j++)
            owes[row[j] - t->lo] += due[j];
    }
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
        double lacks = (double)wish[k] + owes[k] - ld_over(money_whole(cash[k]), 100.0);
        wants[k] = ((status[k] == ACTIVE) & (lacks > 0.0)) ? lacks : 0.0;
    }
}

/* Those that might draw are listed first: which they are no processor guesses. */
static void draw_lines(const struct rows *t, uint32_t k, uint32_t n, double *wants)
{
    const money *limit = t->l->limit + k, *balance = t->l->balance + k;
    uint8_t may[AT_ONCE], room[AT_ONCE];
    uint16_t list[AT_ONCE];
    uint32_t drawers = 0;
    loans_may_draw(t->l, k, n, may);
    for (uint32_t j = 0; j < n; j++)
        room[j] = limit[j].fen > balance[j].fen;
    for (uint32_t j = 0; j < n; j++)
        may[j] &= room[j];
    uint32_t open = marks_list(may, n, list);
    for (uint32_t j = 0; j < open; j++) {
        list[drawers] = list[j];
        drawers += wants[t->l->row[k + list[j]] - t->lo] > 100.0;
    }
    for (uint32_t j = 0; j < drawers; j++)
        if (wants[t->l->row[k + list[j]] - t->lo] > 100.0) /* an older line may have paid it all */
            draw_line(t, k + list[j], wants);
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
    EACH_LOANS(t, k, n)
    draw_lines(t, k, n, wants);
}
