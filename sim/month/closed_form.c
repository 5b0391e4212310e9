/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closed_form - constant hazards, stage moves and default probabilities, for tests of the machinery against theory.  Allowed
 * with `initial: empty` only; everything else stands still then, but loans, covers and pools are the real ones. */
#include <liandong/credit.h>
#include <liandong/mathx.h>

static double move_probability(const struct closed_form_params *p, uint8_t stage)
{
    const double move[N_STAGES] = {p->move_seed, p->move_startup, p->move_growth, p->move_expansion, 0.0};
    return move[stage];
}

static void live(const struct rows *t, uint32_t i, const struct closed_form_params *p)
{
    struct words u = luck_block(t->w->luck, enterprise_identity(t->e, i), draw_block(DRAW_CLOSED_FORM));
    double lot = draw_from(&u, DRAW_CLOSED_FORM_MOVE);
    if (draw_from(&u, DRAW_CLOSED_FORM) < p->hazard) {
        t->e->status[i] = DEAD;
        t->e->winding[i] = 1; /* wound up this very month */
        t->e->flags[i] |= DEREGISTERED;
        count(t->t, cell_of(t->e, i), ITEM_ENDED, 1);
    } else if (lot < move_probability(p, t->e->stage[i])) {
        t->e->stage[i]++;
        count(t->t, cell_of(t->e, i), ITEM_MOVED, 1);
    }
}

/* One Gaussian factor, drawn once and held (Vasicek): PD(z) = Phi((Phi^-1(pd) - sqrt(rho) z) / sqrt(1 - rho)). */
static double conditional_pd(const struct world *w, const struct closed_form_params *p)
{
    if (p->rho <= 0.0 || p->default_pd <= 0.0 || p->default_pd >= 1.0)
        return p->default_pd;
    struct luck luck = w->luck;
    luck.month = w->first_month;
    double z = ld_normal_quantile(draw(luck, (struct identity){w->id_nation, 0}, DRAW_CLOSED_FORM_FACTOR));
    double x = (ld_normal_quantile(p->default_pd) - __builtin_sqrt(p->rho) * z) / __builtin_sqrt(1.0 - p->rho);
    return ld_normal_cdf(x);
}

/* A loan defaults and is replaced by one like it: the covers see a claim, the book stays. */
static void default_loan(const struct rows *t, uint32_t k, double pd)
{
    uint32_t i = t->l->row[k];
    double u = draw(t->w->luck, enterprise_identity(t->e, i), DRAW_CLOSED_FORM_LOAN);
    if ((t->l->flags[k] & LOAN_ENDED) != 0 || t->e->status[i] != ACTIVE || u >= pd)
        return;
    count(t->t, cell_of(t->e, i), ITEM_DEFAULTS, 1);
    count(t->t, cell_of(t->e, i), ITEM_DEFAULTS_FEN, t->l->balance[k].fen);
    struct filing *f = outbox_push(&t->me->box[BOX_FILING]);
    if (f == NULL)
        t->me->status = NO_MEMORY;
    else if (t->l->chain[k] != 0)
        *f = (struct filing){t->r->index, k, FEN(0)};
    else
        t->me->box[BOX_FILING].n--;
}

bool closed_form_enabled(const struct region *r)
{
    return P(r, closed_form)->enabled != 0;
}

void closed_form_local(const struct rows *t)
{
    const struct closed_form_params *p = P(t->r, closed_form);
    for (uint32_t i = t->lo; i < t->hi; i++)
        if (t->e->status[i] == ACTIVE)
            live(t, i, p);
    double pd = conditional_pd(t->w, p);
    EACH_LOAN(t, k)
    default_loan(t, k, pd);
}

/* The first month gives every enterprise its loan, under every pool that stands. */
enum status closed_form_loans(struct world *w, struct region *r)
{
    const struct closed_form_params *p = P(r, closed_form);
    if (!p->enabled || p->loan.fen == 0 || w->month != w->first_month || r->n_banks == 0)
        return OK;
    TRY(applications_reserve(&r->returned, r->enterprises.n));
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        struct application *a = &r->returned.row[i];
        r->market.row[r->market.n++] = a;
        *a = (struct application){.row = i, .region = (uint16_t)r->index, .blocks = UINT32_MAX, .first = NO_LOAN};
        a->asked = a->granted = p->loan;
        a->bank = (uint16_t)r->branch[r->enterprises.branch[i]].bank;
        a->product = PRODUCT_TERM;
        a->outcome = OUTCOME_GRANTED;
        a->rate = (float)P(r, credit)->base_rate;
        a->margin = a->reservation = 1.0f;
        a->fee_borne = 1.0f;
        for (int32_t k = 0; k < r->n_bearers; k++)
            if (r->bearer[k].kind == BEARER_POOL && LINE_COMMON(r, r->bearer[k].line)->enabled)
                a->covers |= 1u << k;
    }
    return OK;
}
