/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misuse - false claims on budget lines, audits after payment, clawback, fines, bars (instrument 57).
 *
 * Some enterprises have few scruples, for life (integrity.share).  Such a one overstates a claim A by g = overstatement A, or
 * files A a second time with another bureau (an instance of the same instrument that it does not take part in), when the gain g
 * (as far as the rule's cap lets it) exceeds the loss that it expects: with p the chance that an audit picks the claim and finds it,
 *     g > sum over audits of p ((1 + fine) g + A bar / months between claims),
 * as it pays back, is fined, and cannot claim while it is barred.  Nobody is drawn to be found: a paid claim is drawn for an
 * audit, the audit finds what is false or overlooks it.  What was found and cannot be paid is a debt to the treasury, collected
 * as cash comes in and lost when the enterprise dies: it ranks behind the banks, and its size is not worth a suit. */
#include <liandong/mathx.h>
#include <liandong/misuse.h>

/* -- the choice --------------------------------------------------------------------------------------------------------- */
bool misuse_has_scruples(const struct rows *t, uint32_t i)
{
    double share = P(t->r, integrity)->share;
    struct luck luck = t->w->luck;
    luck.month = 0; /* for life */
    return share <= 0.0 || draw(luck, enterprise_identity(t->e, i), DRAW_INTEGRITY) >= share;
}

unsigned misuse_scruples(const struct rows *t, const uint32_t *row, uint32_t n)
{
    const double share = P(t->r, integrity)->share;
    struct luck luck = t->w->luck;
    struct identity who[BLOCKS];
    uint32_t words[4][BLOCKS];
    unsigned scruples = share <= 0.0 ? (1u << BLOCKS) - 1 : 0;
    luck.month = 0; /* for life */
    if (n == 0 || share <= 0.0)
        return scruples;
    for (uint32_t j = 0; j < BLOCKS; j++) /* what follows the last one is not used */
        who[j] = enterprise_identity(t->e, row[j < n ? j : 0]);
    luck_blocks(luck, who, draw_block(DRAW_INTEGRITY), words);
    for (uint32_t j = 0; j < BLOCKS; j++)
        scruples |= (unsigned)(luck_uniform(words[DRAW_INTEGRITY % 4][j]) >= share) << j;
    return scruples;
}

static bool pays_off(const struct rows *t, int32_t k, money claim, money gain, bool twice)
{
    double expected = 0.0, every = instrument_of(t->r, k)->claim_every;
    EACH_HOOKED(t->r, HOOK_OVERSEE, j)
    {
        struct oversight o;
        instrument_of(t->r, j)->oversee(t->r, j, &o);
        double found = o.rate * (twice ? o.finds_twice : o.finds);
        expected += found * ((1.0 + o.fine) * money_to_yuan(gain) + money_to_yuan(claim) * o.bar / every);
    }
    return money_to_yuan(gain) > expected;
}

money misuse_overstated(const struct rows *t, int32_t k, money claim)
{
    money gain = money_scale(claim, P(t->r, integrity)->overstatement);
    const struct instrument *in = instrument_of(t->r, k);
    if (in->claim_most != NULL) /* a bureau sees at once that a claim is above what anybody may ask */
        gain = money_min(gain, money_positive(money_sub(in->claim_most(t->r, k), claim)));
    return gain.fen > 0 && pays_off(t, k, claim, gain, false) ? gain : FEN(0);
}

/* Bureaus look at the register and at their own caps, not at each other's files. */
int32_t misuse_twin(const struct rows *t, uint32_t i, int32_t k, money *claim)
{
    const struct instrument *in = instrument_of(t->r, k);
    const int32_t first = k - t->r->line[k].instance; /* instances of one instrument follow each other */
    for (int32_t j = first; j < first + t->r->layout->count[in->group]; j++) {
        if (j == k || !line_open(t->r, j, i) || enterprise_member(t->e, i, j))
            continue;
        money again = in->claim_most != NULL ? money_min(*claim, in->claim_most(t->r, j)) : *claim;
        if (!pays_off(t, k, *claim, again, true))
            return -1;
        *claim = again;
        return j;
    }
    return -1;
}

/* -- paid, and picked ------------------------------------------------------------------------------------------------------ */
static void tell(struct region *r, const struct due *d, enum item item, money amount)
{
    if (d->row != UINT32_MAX)
        count(&r->total, cell_of(&r->enterprises, d->row), item, amount.fen);
}

void misuse_note(struct region *r, struct due *d, money pays)
{
    if (d->payee != PAYEE_ENTERPRISE || pays.fen <= 0)
        return;
    d->paid = 1;
    struct due_file *f = due_file(r, d);
    if (f == NULL)
        return;
    money false_part = f->overstated.fen > 0 ? money_part(f->overstated, pays, d->amount) : FEN(0);
    f->overstated = money_sub(f->overstated, false_part);
    f->taken = money_add(f->taken, false_part);
    tell(r, d, ITEM_MISUSE_PAID, false_part);
}

/* By the names of what paid it and of who looks into it: places change with what else there is.  office: of the second. */
static struct identity file_of(const struct region *r, uint32_t row, int32_t instance, uint64_t office)
{
    struct identity who = enterprise_identity(&r->enterprises, row);
    who.origin = ld_mix(ld_mix(who.origin, r->line[instance].name), office);
    return who;
}

void misuse_picked(const struct world *w, const struct region *r, const struct paid_claim *paid, size_t n,
                   uint8_t *auditor)
{
    for (size_t j = 0; j < n; j++)
        auditor[j] = 0;
    EACH_HOOKED(r, HOOK_OVERSEE, k)
    {
        struct identity file[BLOCKS];
        uint32_t words[4][BLOCKS];
        struct oversight o;
        instrument_of(r, k)->oversee(r, k, &o);
        const uint64_t office = r->line[k].name;
        for (size_t j = 0; j < BLOCKS; j++)
            /* cppcheck-suppress uninitvar ; filled up to n */
            file[j] = j < n ? file_of(r, paid[j].row, paid[j].instance, office) : file[0];
        luck_blocks(w->luck, file, draw_block(DRAW_AUDIT), words);
        for (size_t j = 0; j < n; j++)
            if (auditor[j] == 0 && luck_uniform(words[DRAW_AUDIT % 4][j]) < o.rate)
                auditor[j] = (uint8_t)(k + 1);
    }
}

void misuse_await(const struct world *w, const struct region *r, struct due *d, int32_t auditor)
{
    struct oversight o;
    instrument_of(r, auditor)->oversee(r, auditor, &o);
    d->payee = PAYEE_AUDIT;
    d->instance = (uint8_t)auditor;
    d->month = w->month + o.delay;
    d->amount = FEN(0);
}

/* -- audited, collected ---------------------------------------------------------------------------------------------------- */
/* Pays as far as cash goes; what is left stays owed. */
static void collect_part(struct region *r, const struct due *d, enum flow flow, money *owed)
{
    money *cash = &r->enterprises.cash[d->row], pays = money_min(*owed, *cash);
    *cash = money_sub(*cash, pays);
    *owed = money_sub(*owed, pays);
    market_flow(r, flow, pays);
    market_flow(r, FLOW_CLAWBACK_ENDED, pays);
}

static bool alive(const struct region *r, const struct due *d)
{
    return d->row != UINT32_MAX && r->enterprises.status[d->row] == ACTIVE;
}

static bool collect(const struct world *w, struct region *r, struct due *d)
{
    struct due_file *f = due_file(r, d);
    if (!alive(r, d)) {
        market_flow(r, FLOW_CLAWBACK_ENDED, money_add(f->taken, d->amount));
        return false;
    }
    collect_part(r, d, FLOW_CLAWBACK, &f->taken);
    collect_part(r, d, FLOW_AUDIT_FINE, &d->amount);
    bool barred = w->month < f->until && LINE_COMMON(r, d->instance)->enabled;
    if (barred)
        enterprise_join(&r->enterprises, d->row, d->instance, true);
    return barred || f->taken.fen > 0 || d->amount.fen > 0;
}

static bool audit_file(const struct world *w, struct region *r, struct due *d)
{
    int32_t k = d->instance;
    if (!LINE_COMMON(r, k)->enabled || !alive(r, d))
        return false;
    struct oversight o;
    instrument_of(r, k)->oversee(r, k, &o);
    if (!line_spend(r, k, FLOW_AUDIT_COST, o.cost))
        return false; /* without money nobody looks */
    count(&r->total, cell_of(&r->enterprises, d->row), ITEM_AUDITS, 1);
    struct due_file *f = due_file(r, d);
    if (f == NULL || f->taken.fen <= 0)
        return false;
    double finds = f->twice ? o.finds_twice : o.finds;
    if (draw(w->luck, file_of(r, d->row, k, r->line[k].name), DRAW_AUDIT_FINDS) >= finds)
        return false;
    tell(r, d, ITEM_MISUSE_FOUND, f->taken);
    d->payee = PAYEE_CLAWBACK;
    d->amount = money_scale(f->taken, o.fine);
    f->until = w->month + o.bar;
    market_flow(r, FLOW_CLAWBACK_DUE, money_add(f->taken, d->amount));
    return collect(w, r, d);
}

void misuse_release(const struct world *w, struct region *r, const struct due *d)
{
    if (d->payee == PAYEE_CLAWBACK && due_file(r, d)->until <= w->month && alive(r, d))
        enterprise_join(&r->enterprises, d->row, d->instance, false);
}

bool misuse_follow(const struct world *w, struct region *r, struct due *d)
{
    if (d->payee == PAYEE_CLAWBACK)
        return collect(w, r, d);
    return d->month > w->month || audit_file(w, r, d);
}
