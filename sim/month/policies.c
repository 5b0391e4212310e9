/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies - the frame of all instruments: places, claims on budget lines and their payment.
 *
 * Budget line (mechanisms M12): appropriated in January (or when the instrument first stands), claims ex post with a lag, paid
 * while there is money by the line's rule; what is unspent in December goes back unless it is carried over. */
#include <liandong/claiming.h>
#include <liandong/credit.h>
#include <liandong/envelope.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/places.h>
#include <string.h>

const struct instrument *const instruments[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer, common) &name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

/* -- budget lines ---------------------------------------------------------------------------------------------------------- */
/* What falls due to a line this month. */
static money appropriation_due(const struct region *r, int32_t k, bool january)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    return p->enabled && (january || r->line[k].changed) ? money_scale(p->budget, r->scale) : FEN(0);
}

static void appropriate(struct region *r, int32_t k, bool january, struct envelope *envelope)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    struct line *line = &r->line[k];
    if (january) {
        line->spent_year = FEN(0);
        if (!p->budget_carry || !p->enabled) {
            market_flow(r, FLOW_LAPSED, line->cash);
            line->cash = FEN(0);
        }
    }
    money due = appropriation_due(r, k, january);
    if (due.fen > 0) {
        money budget = envelope_give(r, envelope, due);
        market_flow(r, FLOW_APPROPRIATION, budget);
        line->cash = money_add(line->cash, budget);
    }
}

static void begin_lines(const struct world *w, struct region *r)
{
    bool january = w->month % 12 == 0;
    money asked = FEN(0);
    for (int32_t k = 0; january && k < r->n_instances; k++)
        asked = money_add(asked, appropriation_due(r, k, january));
    struct envelope envelope = envelope_open(r, january, asked);
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        appropriate(r, k, january, &envelope);
        if (in->begin != NULL)
            in->begin(r, k);
    }
}

/* What leaves a budget line; the caller has checked that the money is there. */
void line_pays(struct region *r, int32_t k, enum flow flow, money amount)
{
    struct line *line = &r->line[k];
    line->cash = money_sub(line->cash, amount);
    line->spent = money_add(line->spent, amount);
    line->spent_year = money_add(line->spent_year, amount);
    market_flow(r, flow, amount);
}

bool line_spend(struct region *r, int32_t k, enum flow flow, money amount)
{
    r->line[k].asked = money_add(r->line[k].asked, amount);
    if (amount.fen > r->line[k].cash.fen) {
        r->line[k].short_of = money_add(r->line[k].short_of, amount);
        return false;
    }
    line_pays(r, k, flow, amount);
    return true;
}

void line_upkeep(struct region *r, int32_t k, enum flow flow)
{
    money month = money_min(money_scale(LINE_COMMON(r, k)->budget, r->scale / 12.0), r->line[k].cash);
    if (LINE_COMMON(r, k)->enabled && month.fen > 0)
        line_spend(r, k, flow, month);
}

/* -- the month's budget --------------------------------------------------------------------------------------------- */
/* What of the claims on a line was paid, half of it remembered at each settlement. */
static void learn_honour(struct region *r)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        struct line *line = &r->line[k];
        double asked = money_to_yuan(line->asked), missing = money_to_yuan(line->short_of);
        if (asked > 0.0)
            line->honoured = 0.5 * line->honoured + 0.5 * (missing < asked ? 1.0 - missing / asked : 0.0);
    }
}

static void share_tax(struct region *r)
{
    money tax = FEN(r->total.flow[FLOW_VAT] + r->total.flow[FLOW_INCOME_TAX]);
    market_flow(r, FLOW_TAX_SHARED, money_scale(tax, P(r, government)->city_share));
}

enum status budget_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        share_tax(r);
        if (w->month % 12 == 0)
            TRY(deeds_forget(&r->deeds, w->month));
        begin_lines(w, r);
        TRY(places_deal(w, r));
    }
    const bool *at_once;
    TRY(dues_at_once(w, &at_once));
    for (int32_t k = 0; k < w->n_regions; k++) {
        TRY(dues_take(w, &w->region[k], at_once));
        TRY(dues_pay(w, &w->region[k]));
        learn_honour(&w->region[k]);
    }
    dues_arrive(w, at_once);
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        struct outbox *box =
            w->team.member[t].box; /* both are full in January, and idle while applications are written */
        outbox_hand_over(&box[BOX_DUE], &box[BOX_APPLICATION]);
        outbox_hand_over(&box[BOX_CANDIDATE], &box[BOX_APPLICATION]);
    }
    return OK;
}
