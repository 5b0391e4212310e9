/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cover - who pays what after a loan went bad (mechanisms M7, M8).
 *
 * A filing becomes a claim; after its delay each cover of the chain decides in order, on what those before it left; what is
 * decided is owed by its bearer, and paid by date and number while his money lasts.  The sum never exceeds the loss and the
 * bank keeps its statutory minimum.  Money recovered from the borrower goes back to those who paid, in proportion. */
#include <liandong/cover.h>
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/instrument.h>
#include <string.h>

/* -- deciding ----------------------------------------------------------------------------------------------------------- */
/* What one cover owes of what the covers before it left, or, by difference, what they decided short of its share of the whole;
 * *reason: why less. */
static money cover_amount(const struct claim *c, const struct cover *cover, money left, money before, uint8_t *reason)
{
    double share = tiered_share(&cover->tiers, cover->share, c->loan);
    money base = cover->base == 0 ? c->principal : money_add(c->principal, c->arrears);
    money counts = money_positive(money_sub(money_min(base, left), cover->deductible));
    money amount = money_min(money_scale(counts, share), left);
    if (cover->difference)
        amount = money_min(money_positive(money_sub(money_scale(base, share), before)), left);
    *reason = REASON_FULL;
    if (amount.fen > cover->cap_loan.fen) {
        amount = cover->cap_loan;
        *reason = REASON_CAP_LOAN;
    }
    return amount;
}

/* What is still lost: principal and interest at filing, less what came back and was kept. */
static money loss_of(const struct claim *c)
{
    money kept = money_sub(c->recovered, c->shared);
    return money_positive(money_sub(money_add(c->principal, c->arrears), kept));
}

/* The most that all covers together may pay of a loss: the bank keeps its statutory minimum. */
static money most_covered(const struct region *r, money loss)
{
    if (P(r, closed_form)->enabled)
        return loss;
    return money_sub(loss, money_scale(loss, P(r, credit)->retained_min));
}

/* One cover decides, on what those before it left. */
static void decide_cover(struct region *r, struct claim *c, int32_t k)
{
    const struct cover *cover = &r->chain[c->chain].cover[k];
    struct claim_cover *covers = covers_of(&r->claims, c), *d = &covers[k];
    money loss = loss_of(c), before = FEN(0);
    for (int32_t j = 0; j < c->n_covers; j++)
        before = money_add(before, covers[j].decided);
    money amount = cover_amount(c, cover, money_positive(money_sub(loss, before)), before, &d->reason);
    money room = money_positive(money_sub(most_covered(r, loss), before));
    if (amount.fen > room.fen) {
        amount = room;
        d->reason = REASON_RETAINED;
    }
    struct bearer *p = &r->bearer[d->bearer];
    struct experience *x = experience_of(r, c->bank, d->bearer);
    x->claimed = money_add(x->claimed, amount);
    if (d->refused) {
        p->event[BEARER_BREAKER] += amount.fen > 0;
        amount = FEN(0);
        d->reason = REASON_BREAKER;
    }
    d->decided = amount;
    d->is_decided = 1;
    p->unpaid = money_add(p->unpaid, amount);
    p->decided = money_add(p->decided, amount);
    x->decided = money_add(x->decided, amount);
    r->total.covered[size_class(c->loan)][c->product][CLASS_ITEM_CLAIMED] += amount.fen;
    market_flow(r, bearer_table[p->kind].decided, amount);
    r->bank[c->bank].claims_due = money_add(r->bank[c->bank].claims_due, amount);
}

static void decide(const struct world *w, struct region *r, struct claim *c)
{
    const struct claim_cover *d = covers_of(&r->claims, c);
    bool all = true;
    for (int32_t k = 0; k < c->n_covers; k++) {
        if (all && !d[k].is_decided && d[k].decide <= w->month)
            decide_cover(r, c, k);
        all = all && d[k].is_decided;
    }
    if (all)
        c->state = CLAIM_DECIDED;
}

/* What a bearer decided and no longer owes. */
static void cancel(struct region *r, struct claim *c, struct claim_cover *d, money amount)
{
    if (amount.fen <= 0)
        return;
    r->bearer[d->bearer].unpaid = money_sub(r->bearer[d->bearer].unpaid, amount);
    r->bank[c->bank].claims_due = money_sub(r->bank[c->bank].claims_due, amount);
    d->decided = money_sub(d->decided, amount);
    market_flow(r, bearer_table[r->bearer[d->bearer].kind].ended, amount);
}

/* Money that came back after the decision lowers what is still to be paid: never more than the loss (M7). */
static void trim(struct region *r, struct claim *c)
{
    struct claim_cover *d = covers_of(&r->claims, c);
    money room = most_covered(r, loss_of(c));
    for (int32_t k = 0; k < c->n_covers; k++)
        room = money_sub(room, d[k].paid);
    for (int32_t k = 0; k < c->n_covers; k++, d++) {
        money open = money_sub(d->decided, d->paid), keep = money_min(open, money_positive(room));
        cancel(r, c, d, money_sub(open, keep));
        room = money_sub(room, keep);
    }
}

/* -- paying --------------------------------------------------------------------------------------------------------------- */
static money may_pay(struct bearer *p, money owed, struct claim_cover *d)
{
    money pays = money_min(owed, p->balance);
    money year = money_positive(money_sub(p->cap_year, p->paid_year));
    if (pays.fen < owed.fen) {
        d->reason = REASON_NO_MONEY;
        p->event[BEARER_UNPAID] += !d->noted;
        d->noted = 1;
    }
    if (pays.fen > year.fen) {
        pays = year;
        d->reason = REASON_CAP_YEAR;
        p->event[BEARER_CAP]++;
    }
    return pays;
}

static void pay_cover(const struct world *w, struct region *r, struct claim *c, struct claim_cover *d)
{
    struct bearer *p = &r->bearer[d->bearer];
    struct bank *b = &r->bank[c->bank];
    money owed = money_sub(d->decided, d->paid);
    if (owed.fen <= 0)
        return;
    money pays = may_pay(p, owed, d);
    double wait = (w->month - c->filed) / 12.0, worth = 1.0 / (1.0 + b->funding * wait);
    struct experience *x = experience_of(r, c->bank, d->bearer);
    p->balance = money_sub(p->balance, pays);
    p->unpaid = money_sub(p->unpaid, pays);
    p->paid_year = money_add(p->paid_year, pays);
    b->cash = money_add(b->cash, pays);
    b->claims_due = money_sub(b->claims_due, pays);
    d->paid = money_add(d->paid, pays);
    x->paid = money_add(x->paid, money_scale(pays, worth));
    x->compensated = money_add(x->compensated, pays);
    r->total.covered[size_class(c->loan)][c->product][CLASS_ITEM_PAID] += pays.fen;
    r->total.vintage[vintage_of(w, c->granted)][VINTAGE_ITEM_PAID] += pays.fen;
    p->compensated = money_add(p->compensated, pays);
    if (d->paid.fen == d->decided.fen) {
        p->settled++;
        p->days += 30 * (w->month - c->filed);
    }
    market_flow(r, bearer_table[p->kind].pays, pays);
    market_flow(r, bearer_table[p->kind].ended, pays);
    if (pays.fen > 0)
        c->paid_month = w->month;
}

/* Whether anything is to be decided or paid: most claims only wait for what the borrower may still bring. */
static bool is_open(const struct claim *c, const struct claim_cover *d)
{
    bool open = c->state == CLAIM_FILED;
    for (int32_t k = 0; k < c->n_covers; k++)
        open = open || d[k].paid.fen != d[k].decided.fen;
    return open;
}

/* Claims lie far apart: one is asked for some time before it is read, and its covers when it is there. */
FETCHES void fetch_claim(const struct claims *c, size_t place)
{
    fetch_lines(&c->row[place], sizeof *c->row);
}

FETCHES void fetch_covers(const struct claims *c, size_t place)
{
    const struct claim *row = &c->row[place];
    fetch_lines(covers_of(c, row), row->n_covers * sizeof *c->covers.row);
}

/* Those that were not closed when they were filed, or last looked at, are listed, so that nobody passes over the others. */
static enum status list_filed(struct claims *c)
{
    while (c->first_open < c->n && c->row[c->first_open].state == CLAIM_CLOSED)
        c->first_open++;
    size_t from = c->listed < c->first_open ? c->first_open : c->listed;
    TRY(LIST_RESERVE(&c->open, c->open.n + c->n - from));
    for (size_t k = from; k < c->n; k++)
        if (c->row[k].state != CLAIM_CLOSED)
            c->open.row[c->open.n++] = (struct open_claim){.place = (uint32_t)k};
    c->listed = c->n;
    return OK;
}

/* A claim rests until the next of its covers is decided on, where who still owes something of it had no money for that. */
static struct open_claim open_claim_of(const struct claims *all, uint32_t place)
{
    const struct claim *c = &all->row[place];
    const struct claim_cover *covers = covers_of(all, c);
    struct open_claim o = {.place = place, .until = c->state == CLAIM_CLOSED ? 0 : INT32_MAX, .paid = c->paid_month};
    for (int32_t k = c->n_covers - 1; k >= 0; k--)
        if (!covers[k].is_decided)
            o.until = covers[k].decide;
    for (int32_t k = 0; k < c->n_covers; k++) {
        const struct claim_cover *d = &covers[k];
        if (d->paid.fen == d->decided.fen)
            continue;
        o.owed_by |= 1u << d->bearer;
        if (!d->noted || d->reason != REASON_NO_MONEY || d->paid.fen > d->decided.fen)
            o.until = 0;
    }
    return o;
}

/* A month's settlement of claims. */
struct settlement {
    struct world *w;
    struct region *r;
    uint64_t *woken; /* bits of claims for which money came back: there is something to settle */
    uint32_t liquid; /* bits of bearers that have money */
    bool alike;      /* what may be paid of a loss is what it was when claims were settled last */
};

static void note_liquid(struct settlement *s, int32_t bearer)
{
    uint32_t bit = 1u << bearer;
    s->liquid = s->r->bearer[bearer].balance.fen != 0 ? s->liquid | bit : s->liquid & ~bit;
}

static bool rests(const struct settlement *s, const struct open_claim *o)
{
    return s->alike && o->until > s->w->month && (o->owed_by & s->liquid) == 0 &&
           (s->woken[o->place / 64] >> (o->place % 64) & 1) == 0;
}

FETCHES void fetch_open(const struct settlement *s, size_t j)
{
    enum { AHEAD = 16, SOON = AHEAD / 2 };
    const struct claims *c = &s->r->claims;
    const struct open_claim *o = c->open.row + j;
    if (j + AHEAD < c->open.n && !rests(s, &o[AHEAD]))
        fetch_claim(c, o[AHEAD].place);
    if (j + SOON < c->open.n && !rests(s, &o[SOON]))
        fetch_covers(c, o[SOON].place);
}

static void settle_claim(const struct world *w, struct region *r, struct claim *c)
{
    struct claim_cover *d = covers_of(&r->claims, c);
    if (is_open(c, d)) {
        if (c->state == CLAIM_FILED)
            decide(w, r, c);
        trim(r, c);
        for (int32_t k = 0; k < c->n_covers; k++)
            pay_cover(w, r, c, &d[k]);
    }
    if (!is_open(c, d) && (c->ended || P(r, closed_form)->enabled)) /* nothing is ever recovered in closed form */
        c->state = CLAIM_CLOSED;
}

static enum status settle_claims(struct settlement *s)
{
    struct claims *c = &s->r->claims;
    double retained = P(s->r, credit)->retained_min;
    size_t kept = 0;
    TRY(list_filed(c));
    s->alike = retained == c->retained;
    c->retained = retained;
    for (int32_t p = 0; p < s->r->n_bearers; p++)
        note_liquid(s, p);
    for (size_t j = 0; j < c->open.n; j++) {
        struct open_claim o = c->open.row[j];
        fetch_open(s, j);
        if (!rests(s, &o)) {
            struct claim *row = &c->row[o.place];
            if (row->state == CLAIM_CLOSED) /* last month: so long claim_at shows it */
                continue;
            settle_claim(s->w, s->r, row);
            o = open_claim_of(c, o.place);
            for (int32_t k = 0; k < row->n_covers; k++)
                note_liquid(s, covers_of(c, row)[k].bearer);
        }
        c->open.row[kept++] = o;
    }
    c->open.n = kept;
    return OK;
}

/* -- recoveries ------------------------------------------------------------------------------------------------------------- */
/* What the covers get of what came back: their payments not yet returned, over those and what the bank still misses of the
 * principal; among them in proportion to what each paid.  `recovered` already holds what came back now. */
static money due_to_covers(const struct claim *c, money got, money paid)
{
    money open = money_sub(paid, c->shared), missing = money_add(money_sub(c->principal, c->recovered), got);
    return money_part(got, open, money_max(missing, open));
}

static void give_back(struct region *r, struct claim *c, struct claim_cover *d, money part)
{
    struct bearer *p = &r->bearer[d->bearer];
    if (part.fen <= 0)
        return;
    bank_pays(r, &r->bank[c->bank], part);
    p->balance = money_add(p->balance, part);
    p->shared = money_add(p->shared, part);
    c->shared = money_add(c->shared, part);
    d->returned = money_add(d->returned, part);
    market_flow(r, bearer_table[p->kind].shared, part);
}

/* Counter-security (反担保): of what the borrower leaves, the share pledged to who paid for him is his until he has it all
 * back.  Returns what went that way; *pledged: whether there is any such security. */
static money realise_counter_security(struct region *r, struct claim *c, money got, bool *pledged)
{
    struct claim_cover *d = covers_of(&r->claims, c);
    money taken = FEN(0);
    *pledged = false;
    for (int32_t k = 0; k < c->n_covers; k++, d++) {
        double counter = r->chain[c->chain].cover[k].counter;
        money part = money_min(money_scale(got, counter), money_sub(got, taken));
        part = money_min(part, money_positive(money_sub(d->paid, d->returned)));
        *pledged = *pledged || counter > 0.0;
        taken = money_add(taken, part);
        give_back(r, c, d, part);
    }
    return taken;
}

/* The rest in proportion to what each paid; where there was counter-security, to what each still misses of it. */
static void share_back(struct region *r, struct claim *c, money got)
{
    struct claim_cover *d = covers_of(&r->claims, c);
    bool pledged;
    money taken = realise_counter_security(r, c, got, &pledged), paid = FEN(0), given = FEN(0),
          weight[MAX_COVERS] = {FEN(0)};
    for (int32_t k = 0; k < c->n_covers; k++)
        paid = money_add(paid, d[k].paid);
    money back = due_to_covers(c, money_sub(got, taken), paid), all = FEN(0);
    for (int32_t k = 0; k < c->n_covers; k++) {
        weight[k] = pledged ? money_positive(money_sub(d[k].paid, d[k].returned)) : d[k].paid;
        all = money_add(all, weight[k]);
    }
    for (int32_t k = 0; k < c->n_covers; k++) {
        bool rest = !pledged && k + 1 == c->n_covers;
        money part = rest ? money_sub(back, given) : money_part(back, weight[k], all);
        given = money_add(given, part);
        give_back(r, c, &d[k], part);
    }
}

FETCHES void fetch_recovery(const struct region *r, const struct outbox *box, size_t k)
{
    enum { AHEAD = 16, SOON = AHEAD / 2 };
    const struct recovery *later = k + AHEAD < box->n ? OUTBOX(box, struct recovery, k + AHEAD) : NULL,
                          *soon = k + SOON < box->n ? OUTBOX(box, struct recovery, k + SOON) : NULL;
    if (later != NULL && later->region == r->index)
        fetch_claim(&r->claims, later->claim);
    if (soon != NULL && soon->region == r->index)
        fetch_covers(&r->claims, soon->claim);
}

static enum status take_recoveries(struct settlement *s)
{
    struct world *w = s->w;
    struct region *r = s->r;
    size_t words = r->claims.n / 64 + 1;
    s->woken = arena_take(&w->market, words, sizeof *s->woken);
    if (s->woken == NULL)
        return NO_MEMORY;
    memset(s->woken, 0, words * sizeof *s->woken);
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_RECOVERY];
        for (size_t k = 0; k < box->n; k++) {
            const struct recovery *g = OUTBOX(box, struct recovery, k);
            if (g->region != r->index)
                continue;
            struct claim *c = &r->claims.row[g->claim];
            s->woken[g->claim / 64] |= 1ull << (g->claim % 64);
            fetch_recovery(r, box, k);
            money got = money_min(g->amount, money_positive(money_sub(c->principal, c->recovered)));
            c->recovered = money_add(c->recovered, got);
            share_back(r, c, got);
            c->ended = c->ended || g->last;
        }
    }
    return OK;
}

enum status claims_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        struct settlement s = {.w = w, .r = r};
        TRY(take_recoveries(&s));
        TRY(claims_file(w, r));
        TRY(settle_claims(&s));
        for (int32_t p = 0; p < r->n_bearers; p++)
            if (r->bearer[p].paid_in.fen > 0 && r->bearer[p].balance.fen == 0)
                r->bearer[p].event[BEARER_ZERO]++;
    }
    return OK;
}
