/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prepare - between two months: dated changes, the macro and sector factors, constants folded by (stage, sector), room. */
#include <liandong/boards.h>
#include <liandong/demand.h>
#include <liandong/engine.h>
#include <liandong/funds.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>
#include <liandong/triggers.h>
#include <string.h>

static void apply_changes(struct world *w)
{
    const struct setup *s = w->setup;
    for (; w->next_change < s->n_changes && s->change[w->next_change].month <= w->month; w->next_change++) {
        const struct change *c = &s->change[w->next_change];
        memcpy(w->region[c->region].now + c->offset, s->bytes + c->value, c->size);
    }
}

/* What rules decided of the months before, above what is dated this month. */
static void apply_triggers(struct world *w)
{
    for (size_t k = 0; k < w->setup->n_triggers; k++) {
        const struct trigger *t = &w->setup->trigger[k];
        if (w->alert[k].due == w->month)
            trigger_apply(t, w->region[t->changed].now);
    }
}

/* -- factors: national draws, regional loadings ------------------------------------------------- */
static double nation_normal(const struct world *w, enum draw purpose, uint32_t index)
{
    return ld_normal_quantile(draw(w->luck, (struct identity){w->id_nation, index}, purpose));
}

static double next_factor(const struct world *w, double last, double persistence, double news)
{
    if (w->month == w->first_month)
        return news;
    return persistence * last + __builtin_sqrt(1.0 - persistence * persistence) * news;
}

static void draw_factors(struct world *w, struct region *r)
{
    const struct macro_params *p = P(r, macro);
    r->macro = next_factor(w, r->macro, p->persistence, nation_normal(w, DRAW_MACRO, 0));
    for (int32_t k = 0; k < r->layout->count[GROUP_sectors]; k++) {
        uint32_t name = (uint32_t)ld_hash(r->layout->name[GROUP_sectors][k]);
        r->sector_factor[k] = next_factor(w, r->sector_factor[k], p->persistence, nation_normal(w, DRAW_SECTOR, name));
    }
}

/* -- founders ---------------------------------------------------------------------------------------------------------- */
double potential_founders(const struct world *w, const struct region *r, int32_t month)
{
    const struct founders_params *p = P(r, founders);
    double years = (month - w->setup->world.start) / 12.0, scale = r->scale > 1.0 ? r->scale : 1.0;
    double trend = years < 0.0 && p->trend_before > -1.0 ? p->trend_before : p->trend;
    return p->per_month * scale * ld_pow(1.0 + trend, years);
}

void cohort_size(const struct world *w, const struct region *r, int32_t month, uint32_t *n, uint32_t *step)
{
    struct luck luck = w->luck;
    luck.month = month;
    double mean = potential_founders(w, r, month);
    double u = draw(luck, (struct identity){r->id, 0}, DRAW_FOUNDERS_COUNT);
    *n = mean <= 0.0 ? 0 : (uint32_t)(mean + u);
    *step = r->scale < 1.0 ? (uint32_t)(1.0 / r->scale + 0.5) : 1;
}

/* -- constants of the month ---------------------------------------------------------------------------------------------- */
static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static double sector_shares(const struct region *r)
{
    double sum = 0.0;
    for (int32_t k = 0; k < r->layout->count[GROUP_sectors]; k++)
        sum += NAMED(r, sectors, k)->share;
    return sum > 0.0 ? sum : 1.0;
}

/* What a product of median size earns over the years that owners count, yuan. */
static double product_value(const struct region *r, int32_t sector)
{
    const struct enterprise_params *e = P(r, enterprise);
    double staff = (money_to_yuan(e->wage) + 12.0 * money_to_yuan(e->rent)) / money_to_yuan(e->sales_per_head);
    double margin = 1.0 - e->purchases - P(r, government)->vat - staff;
    double sales = money_to_yuan(e->product_sales) *
                   ld_exp(e->horizon * NAMED(r, stages, STARTUP)->drift - r->cells.level[sector] +
                          P(r, macro)->loading * (r->macro + P(r, macro)->stress));
    return margin * sales * e->horizon;
}

/* Log of what a founder expects of a product over what employment pays: the regional part of the decision to found. */
static double attraction(const struct region *r, int32_t sector)
{
    const struct founders_params *f = P(r, founders);
    double needed = money_to_yuan(NAMED(r, sectors, sector)->needed) * r->cells.rd_price;
    double value = r->cells.product[sector] - needed;
    double outside = money_to_yuan(f->outside_wage) * P(r, enterprise)->horizon;
    return ld_log((value > 1.0 ? value : 1.0) / (outside > 1.0 ? outside : 1.0));
}

static void fold_sector(const struct world *w, struct region *r, int32_t sector, double share)
{
    const struct macro_params *m = P(r, macro);
    double factor = m->loading * NAMED(r, sectors, sector)->loading * (r->macro + m->stress) +
                    m->sector_loading * r->sector_factor[sector];
    bool compared;
    r->cells.level[sector] = demand_level(w, r, sector, share, &compared);
    double idle = compared ? P(r, market)->idle_given_up * r->cells.level[sector] : 0.0;
    for (int32_t stage = 0; stage < N_STAGES; stage++)
        r->cells.drift[stage][sector] = (NAMED(r, stages, stage)->drift + factor - idle) / 12.0;
    r->cells.nation[sector] = nation_level(w, r, sector, share);
    r->cells.product[sector] = product_value(r, sector);
    r->cells.attraction[sector] = attraction(r, sector);
    r->cells.attracts[sector] = ld_exp(r->cells.attraction[sector]);
}

/* By Newton's method from the entry before it; only guesses are made with it. */
static void fold_lambert(struct region *r)
{
    double w = ld_exp((double)LAMBERT_FROM);
    if (r->cells.lambert[0] > 0.0) /* a constant: once for a world */
        return;
    for (int j = 0; j < LAMBERTS; j++) {
        double s = LAMBERT_FROM + (double)j / LAMBERT_STEPS;
        for (int round = 0; round < 2; round++)
            w *= (1.0 + s - ld_log(w)) / (1.0 + w);
        r->cells.lambert[j] = w;
    }
}

/* What borrowers answer to the rates of the grid (pricing). */
static void fold_answers(struct region *r)
{
    const struct credit_params *p = P(r, credit);
    double step = p->spread_max / (PLACES - 1);
    for (int place = 0; place < PLACES; place++) {
        r->cells.riskier[place] = ld_exp(p->rate_selection * step * place);
        r->cells.leaving[place] = ld_exp(ld_min(p->rate_leaving * step * place, 700.0));
    }
    fold_lambert(r);
}

/* What customers hold back from the failed, the more the worse the times; what instruments bring to the market of patents is
 * set anew each month. */
static void fold_security(struct region *r)
{
    const struct security_params *p = P(r, security);
    double held = clamp(p->dilution * ld_exp(-p->cycle * (r->macro + P(r, macro)->stress)), 0.0, 1.0);
    r->cells.diluted[0] = held;
    r->cells.diluted[1] = held * (1.0 - p->confirmed);
    r->ip.more = FEN(0);
    r->ip.record = 0.0;
}

/* What accidents cost, as buyers of insurance see it (tech_insurance). */
static void fold_accidents(struct region *r)
{
    for (int32_t j = 0; j < ACCIDENT_SIZES; j++) {
        double z = -3.0 + 0.5 * j;
        r->cells.accident[j] = ld_exp(P(r, enterprise)->accident_spread * z);
        r->cells.likely[j] = ld_normal_pdf(z);
    }
}

static void fold_cells(const struct world *w, struct region *r)
{
    double thin = r->scale < 1.0 ? r->scale : 1.0, sum = sector_shares(r);
    double par = P(r, market)->rd_staff_per_founder * potential_founders(w, r, w->month) * thin;
    double crowd = par > 0.0 && r->last_rd_staff > 0 ? ld_log((double)r->last_rd_staff / par) : -1.0;
    r->cells.rd_price = ld_exp(P(r, market)->rd_wage_elasticity * clamp(crowd, -1.0, 2.0));
    double cycle = P(r, credit)->recovery_cycle * (r->macro + P(r, macro)->stress);
    r->cells.recovery = clamp(P(r, credit)->asset_recovery * ld_exp(cycle), 0.0, 1.0);
    r->cells.price_level = ld_exp(P(r, capital_market)->cycle * (r->macro + P(r, macro)->stress));
    fold_security(r);
    for (int32_t k = 0; k < r->layout->count[GROUP_sectors]; k++)
        fold_sector(w, r, k, NAMED(r, sectors, k)->share / sum);
    r->tau_credit = precision_of_auc(P(r, credit)->signal_auc);
    r->tau_effort = precision_of_auc(P(r, credit)->effort_auc);
    for (int32_t b = 0; b < r->n_banks; b++)
        r->bank[b].tau_effort =
            r->bank[b].taught > 0.0 ? precision_of_auc(P(r, credit)->effort_auc + r->bank[b].taught) : r->tau_effort;
    r->tau_angel = precision_of_auc(P(r, angels)->signal_auc);
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++)
        r->tau_inside[k] = precision_of_auc(NAMED(r, funds, k)->inside_auc);
    fold_answers(r);
    fold_accidents(r);
}

/* AUC of a signal x = q + e, q ~ N(0, 1), between the better and the worse half: Phi(d / sqrt 2), d the distance of the
 * halves' means, 2 sqrt(2 / pi), over the spread within a half, sqrt(1 - 2 / pi + 1 / precision).  Solved for precision. */
double precision_of_auc(double auc)
{
    double z = ld_normal_quantile(clamp(auc, 0.5, 0.96));
    if (z <= 1e-9)
        return 0.0;
    double distance = 1.5957691216057308, within = 0.36338022763241862;
    return 1.0 / (distance * distance / (2.0 * z * z) - within);
}

/* -- tiles and room -------------------------------------------------------------------------------------------------------- */
static size_t tiles_of(const struct region *r)
{
    return (r->enterprises.n + TILE - 1) / TILE;
}

enum status tiles_lay(struct world *w)
{
    size_t n = 0, k = 0;
    for (int32_t r = 0; r < w->n_regions; r++)
        n += tiles_of(&w->region[r]);
    if (n > w->tile_capacity) {
        struct tile *bigger = realloc(w->tile, (n + n / 4 + 16) * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        w->tile = bigger;
        w->tile_capacity = n + n / 4 + 16;
    }
    for (int32_t r = 0; r < w->n_regions; r++) {
        uint32_t rows = (uint32_t)w->region[r].enterprises.n;
        for (uint32_t lo = 0, nth = 0; lo < rows; lo += TILE, nth++)
            w->tile[k++] = (struct tile){r, lo, lo + TILE < rows ? lo + TILE : rows, nth};
    }
    w->n_tiles = n;
    return OK;
}

static void reset_tally(const struct region *r, struct tally *t)
{
    size_t pairs = (size_t)r->n_banks * (size_t)r->n_bearers;
    memset(t, 0, offsetof(struct tally, bank));
    memset(t->bank, 0, (size_t)r->n_banks * sizeof *t->bank);
    memset(t->cover, 0, pairs * sizeof *t->cover);
    memset(t->belief, 0, (size_t)r->n_banks * N_BELIEFS * sizeof *t->belief);
}

static void reset_bearer(struct bearer *p)
{
    memset(p->event, 0, sizeof p->event);
    p->decided = p->compensated = p->shared = p->interest = p->lost = p->fees = p->reinsured = p->ceded = FEN(0);
    p->filed = p->days = p->settled = 0;
}

/* A line's month begins; in January, what it has seen of the banks becomes last year's. */
static void turn_line(struct region *r, int32_t k)
{
    struct line *line = &r->line[k];
    line->spent = line->asked = line->short_of = FEN(0);
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct dealing *d = dealing_of(r, k, b);
        d->month = FEN(0);
        if (r->month % 12 == 0) {
            d->last_year = d->year;
            d->year = FEN(0);
        }
    }
}

/* What equity_market counts of a month stands at its end. */
static void reset_equity(struct equity_market *m)
{
    size_t from = offsetof(struct equity_market, multiples);
    memset((unsigned char *)m + from, 0, sizeof *m - from);
}

static void reset_month(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        reset_tally(r, &r->total);
        reset_equity(&r->equity);
        for (int32_t j = 0; j < r->n_instances; j++)
            turn_line(r, j);
        for (int32_t j = 0; j < r->n_bearers; j++)
            reset_bearer(&r->bearer[j]);
        for (int32_t j = 0; j < r->n_banks * r->n_bearers; j++)
            r->experience[j].decided = r->experience[j].compensated = FEN(0);
    }
    for (int32_t t = 0; t < w->team.n; t++)
        w->team.hand[t].scratch->agenda.region = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        struct outbox *box = w->team.member[t].box;
        for (int32_t b = 0; b < N_BOXES; b++)
            outbox_reset(&box[b]);
        outbox_hand_over(&box[BOX_APPLICATION], &box[BOX_DUE]);
    }
}

static bool compacts_now(const struct world *w)
{
    return w->compact_every > 0 && w->month % w->compact_every == 0;
}

static void stands_for(struct region *r, enum act act, int32_t k)
{
    member_word *word = &r->acts[act][k / MEMBER_BITS];
    *word = (member_word)(*word | 1u << (k % MEMBER_BITS));
    r->act_from[act] = r->act_to[act] == 0 ? (uint8_t)(k / MEMBER_BITS) : r->act_from[act]; /* they come in order */
    r->act_to[act] = (uint8_t)(k / MEMBER_BITS + 1);
}

static void list_hooks(struct region *r, int32_t k, const struct instrument *in)
{
    const bool has[N_HOOKS] = {
        [HOOK_ROUTE] = in->route != NULL,
        [HOOK_FAVOUR] = in->favour != NULL,
        [HOOK_TERMS] = in->terms != NULL,
        [HOOK_GRANTED] = in->granted != NULL,
        [HOOK_STEER] = in->steer != NULL,
        [HOOK_LOOK] = in->look != NULL,
        [HOOK_OVERSEE] = in->oversee != NULL,
        [HOOK_SPONSOR] = in->sponsor != NULL,
        [HOOK_ATTRACT] = in->attract != NULL,
        [HOOK_LISTING] = in->listing != NULL,
        [HOOK_OFFERS] = in->offers != NULL,
        [HOOK_REFUSED] = in->refused != NULL,
        [HOOK_ISSUE] = in->issue != NULL,
        [HOOK_AID] = in->aid != NULL,
        [HOOK_OPENED] = in->opened != NULL,
        [HOOK_INVESTED] = in->invested != NULL,
        [HOOK_SOLD] = in->sold != NULL,
        [HOOK_REWARD] = in->reward != NULL,
        [HOOK_BOUNTY] = in->bounty != NULL,
        [HOOK_TAXED] = in->taxed != NULL,
        [HOOK_TAX_BACK] = in->tax_back != NULL,
        [HOOK_AMEND] = in->amend != NULL,
        [HOOK_APPRAISE] = in->appraise != NULL,
        [HOOK_LINK] = in->link != NULL,
        [HOOK_WATCH] = in->watch != NULL,
        [HOOK_LEASE] = in->lease != NULL,
        [HOOK_COORDINATE] = in->coordinate != NULL,
        [HOOK_FACTOR] = in->factor != NULL,
        [HOOK_NOTE] = in->note != NULL,
        [HOOK_UNITE] = in->unite != NULL,
    };
    for (int h = 0; h < N_HOOKS; h++)
        if (has[h])
            r->hooked[h].nth[r->hooked[h].n++] = (uint8_t)k;
}

/* Chains are never changed, so who stands in one has promised something. */
static uint32_t covering(const struct region *r)
{
    uint32_t bits = 0;
    for (int32_t p = 0; p < r->n_bearers; p++)
        bits |= (uint32_t)(r->line[r->bearer[p].line].stood != 0) << p;
    for (int32_t k = 1; k < r->n_chains; k++)
        for (int32_t c = 0; c < r->chain[k].n; c++)
            bits |= 1u << r->chain[k].cover[c].bearer;
    return bits;
}

/* Which instances stand, what they do, and what follows from their values in force. */
static void fold_instruments(struct region *r)
{
    memset(r->acts, 0, sizeof r->acts);
    memset(r->act_from, 0, sizeof r->act_from);
    memset(r->act_to, 0, sizeof r->act_to);
    r->relief_most = 0.0;
    r->bridge_lender = -1;
    int32_t queues = 0;
    for (int h = 0; h < N_HOOKS; h++)
        r->hooked[h].n = 0;
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        struct line *line = &r->line[k];
        int32_t stands = LINE_COMMON(r, k)->enabled;
        line->changed = stands != line->stood;
        line->stood = stands;
        line->queue = in->places != NULL && (stands || line->changed) ? queues++ : -1;
        if (in->fold != NULL)
            in->fold(r, k, line->folded);
        if (stands)
            list_hooks(r, k, in);
        if (stands && in->registers)
            stands_for(r, ACT_REGISTER, k);
        if (stands && in->oversee != NULL)
            stands_for(r, ACT_BARRED, k);
        if (stands && in->relief != NULL) {
            stands_for(r, ACT_RELIEF, k);
            r->relief_most += in->relief(r, k, going_rate(r));
        }
        if (stands && in->fee_relief != NULL)
            stands_for(r, ACT_FEE_RELIEF, k);
        if (stands && in->pledge != NULL)
            stands_for(r, ACT_PLEDGE, k);
        if (stands && in->bridge != NULL && r->bridge_lender < 0)
            r->bridge_lender = k;
        if (stands && in->indemnify != NULL)
            stands_for(r, ACT_INDEMNIFY, k);
        if (stands && in->see != NULL)
            stands_for(r, ACT_SEE, k);
        if (stands && in->see != NULL && in->investors != NULL && in->investors(r, k))
            stands_for(r, ACT_SHOW, k);
        if (stands && in->matches != NULL && in->matches(r, k))
            stands_for(r, ACT_MATCH, k);
        if (stands && in->package != NULL)
            stands_for(r, ACT_PACKAGE, k);
        if (stands && in->inform != NULL)
            stands_for(r, ACT_INFORM, k);
        line->levies = in->levy != NULL;
        if (stands && in->levy != NULL)
            stands_for(r, ACT_LEVY, k);
        if (stands && in->deduct != NULL)
            stands_for(r, ACT_DEDUCT, k);
    }
    r->covering = covering(r);
}

/* A compaction needs room when nothing lies in the outboxes, and what they needed in January they do not need in other months. */
static void empty_boxes(struct world *w)
{
    for (int32_t t = 0; t < team_members(&w->team); t++)
        for (int32_t b = 0; b < N_BOXES; b++)
            outbox_empty(&w->team.member[t].box[b], w->month % 12 == 1, w->month % 12 == 0);
}

enum status month_prepare(struct world *w)
{
    apply_changes(w);
    apply_triggers(w);
    if (compacts_now(w) || w->month % 12 == 1)
        empty_boxes(w);
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        if (compacts_now(w))
            TRY(region_compact(w, r));
        r->month = w->month;
        r->luck = w->luck;
        r->alone = &w->alone;
        TRY(buyers_list(w, r));
        draw_factors(w, r);
        fold_cells(w, r);
        fold_instruments(r);
        TRY(funds_reserve(r));
        TRY(traded_list(r));
    }
    reset_month(w);
    return OK;
}

enum status world_step(struct world *w, struct diag *diag)
{
    w->month++;
    w->luck.month = w->month;
    if (month_prepare(w) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the next month");
    return month_walk(w, diag);
}
