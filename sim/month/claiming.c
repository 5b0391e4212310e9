/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claiming - claims on budget lines: filed by enterprises, banks, bearers of cover and funds, paid at once where the line's money
 * reaches for all (mechanisms M12); all others enter the list (dues.c). */
#include <liandong/claiming.h>
#include <liandong/misuse.h>
#include <string.h>

enum status due_add(struct region *r, const struct due *d)
{
    TRY(LIST_RESERVE(&r->dues, r->dues.n + 1));
    r->dues.row[r->dues.n++] = *d;
    r->line[d->instance].listed++;
    return OK;
}

int32_t coordinated(const struct region *r, enum matter matter, int32_t filed, int32_t months)
{
    EACH_HOOKED(r, HOOK_COORDINATE, k)
    {
        int32_t together = instrument_of(r, k)->coordinate(r, k, matter, filed, months);
        months = together < months ? together : months;
    }
    return months;
}

int32_t line_lag(const struct region *r, int32_t k)
{
    return coordinated(r, MATTER_CLAIMS, r->month, LINE_COMMON(r, k)->claim_lag);
}

/* How many there are of those who are no enterprise, and what an instrument owes one of them; NULL: nothing. */
typedef money (*claim_fn)(const struct region *r, int32_t k, int32_t agent);
static claim_fn claim_by(const struct region *r, const struct instrument *in, enum payee payee, int32_t *n)
{
    *n = payee == PAYEE_BANK ? r->n_banks : payee == PAYEE_BEARER ? r->n_bearers : (int32_t)r->funds.n;
    return payee == PAYEE_BANK ? in->claim_bank : payee == PAYEE_BEARER ? in->claim_bearer : in->claim_fund;
}

/* What banks, bearers of cover and funds claim, one by one. */
static enum status claim_of_agents(const struct world *w, struct region *r, int32_t k, enum payee payee)
{
    const struct instrument *in = instrument_of(r, k);
    int32_t n;
    claim_fn claim = claim_by(r, in, payee, &n);
    if (claim == NULL || !LINE_COMMON(r, k)->enabled || w->month % in->claim_every != 0)
        return OK;
    for (int32_t j = 0; j < n; j++) {
        struct due d = {.row = (uint32_t)j, .instance = (uint8_t)k};
        d.payee = payee & 15;
        d.month = w->month + line_lag(r, k);
        d.amount = claim(r, k, j);
        if (d.amount.fen > 0)
            TRY(due_add(r, &d));
    }
    return OK;
}

/* -- claims that are paid where they lie ------------------------------------------------------------------------------ */
/* Of one line, in the box of one thread. */
struct claimed_sum {
    int64_t fen, claims;
};
struct at_once {
    struct world *w;
    struct claimed_sum *sum; /* [member][region][instance] */
    bool *all;               /* [region][instance]: the line pays all that is claimed, at once */
};

static size_t nth_line(const struct world *w, int32_t thread, int32_t region, int32_t k)
{
    return ((size_t)thread * (size_t)w->n_regions + (size_t)region) * MAX_LINES + (size_t)k;
}

static void sum_box(void *context, size_t thread, int32_t by)
{
    const struct at_once *a = context;
    const struct outbox *box = &a->w->team.member[thread].box[BOX_DUE];
    (void)by;
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        if (c->instance == NOT_DUE)
            continue;
        struct claimed_sum *sum = &a->sum[nth_line(a->w, (int32_t)thread, c->region, c->instance)];
        sum->fen += c->amount.fen;
        sum->claims++;
    }
}

/* The rows of the claims of a box are its own. */
static void pay_box(void *context, size_t thread, int32_t by)
{
    const struct at_once *a = context;
    const struct outbox *box = &a->w->team.member[thread].box[BOX_DUE];
    (void)by;
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        if (c->instance == NOT_DUE || !a->all[nth_line(a->w, 0, c->region, c->instance)])
            continue;
        money *cash = &a->w->region[c->region].enterprises.cash[c->row];
        *cash = money_add(*cash, c->amount);
    }
}

/* Due as it is filed, nobody waits before it, nobody else claims, nobody looks into what is claimed. */
static bool pays_at_once(const struct world *w, const struct region *r, int32_t k)
{
    const struct instrument *in = instrument_of(r, k);
    bool watched = w->paid_kept || r->files.n > 0 || r->hooked[HOOK_OVERSEE].n > 0 || P(r, integrity)->share > 0.0;
    bool others = in->claim_bank != NULL || in->claim_bearer != NULL || in->claim_fund != NULL;
    return in->claim != NULL && !in->deals && !others && !watched && r->line[k].listed == 0 && line_lag(r, k) == 0;
}

/* Whether the line's money reaches; then it has paid. */
static bool settle_at_once(const struct at_once *a, struct region *r, int32_t k)
{
    struct claimed_sum all = {0};
    for (int32_t t = 0; t < team_members(&a->w->team); t++) {
        const struct claimed_sum *sum = &a->sum[nth_line(a->w, t, r->index, k)];
        all.fen += sum->fen;
        all.claims += sum->claims;
    }
    if (all.claims == 0 || all.fen > r->line[k].cash.fen || !pays_at_once(a->w, r, k))
        return false;
    r->line[k].asked = money_add(r->line[k].asked, FEN(all.fen));
    r->total.reached[k] += all.claims;
    line_pays(r, k, instrument_of(r, k)->flow, FEN(all.fen));
    return true;
}

enum status dues_at_once(struct world *w, const bool **paid)
{
    size_t lines = (size_t)w->n_regions * MAX_LINES, sums = lines * (size_t)team_members(&w->team);
    struct at_once a = {w, arena_take(&w->market, sums, sizeof *a.sum), arena_take(&w->market, lines, sizeof *a.all)};
    int32_t threads = team_width(w->team.n, w->n_tiles);
    bool any = false;
    if (a.sum == NULL || a.all == NULL)
        return NO_MEMORY;
    memset(a.sum, 0, sums * sizeof *a.sum);
    memset(a.all, 0, lines * sizeof *a.all);
    *paid = a.all;
    team_run_loose(threads, (size_t)team_members(&w->team), sum_box, &a);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (int32_t j = 0; j < w->region[k].n_instances; j++) {
            bool all = settle_at_once(&a, &w->region[k], j);
            a.all[nth_line(w, 0, k, j)] = all;
            any = any || all;
        }
    if (any)
        team_run_loose(threads, (size_t)team_members(&w->team), pay_box, &a);
    return OK;
}

/* -- the list ----------------------------------------------------------------------------------------------------------- */
/* What is filed at a line in a month. */
struct filed_at {
    bool listed; /* it has not been paid at once */
    int32_t month;
};

/* Claims of a month for the past year, or those for itself. */
static enum status take_claims(const struct world *w, struct region *r, const struct filed_at *filing)
{
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_DUE];
        bool mine = false; /* whether the claim before was one of these: what is not due of it follows it */
        for (size_t j = 0; j < box->n; j++) {
            const struct claimed *c = OUTBOX(box, struct claimed, j);
            if (c->region != r->index)
                continue;
            if (c->instance == NOT_DUE) {
                if (mine)
                    TRY(misuse_file(r, c->amount));
                continue;
            }
            mine = filing[c->instance].listed;
            if (!mine)
                continue;
            struct due d = {.row = c->row,
                            .month = filing[c->instance].month,
                            .instance = (uint8_t)c->instance,
                            .amount = c->amount};
            TRY(due_add(r, &d));
        }
    }
    return OK;
}

/* Of all lines, what is for the past year, or what is not. */
static enum status take_filings(const struct world *w, struct region *r, const bool *paid, bool past)
{
    struct filed_at filing[MAX_LINES];
    for (int32_t k = 0; k < r->n_instances; k++)
        filing[k] =
            (struct filed_at){.listed = instrument_of(r, k)->claim_past == past && !paid[nth_line(w, 0, r->index, k)],
                              .month = w->month + line_lag(r, k)};
    return take_claims(w, r, filing);
}

/* A tile files first the claims for the past year, then all others, so that where it ends would show in who is audited while
 * the money lasts. */
enum status dues_take(const struct world *w, struct region *r, const bool *paid)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        TRY(claim_of_agents(w, r, k, PAYEE_BANK));
        TRY(claim_of_agents(w, r, k, PAYEE_BEARER));
        TRY(claim_of_agents(w, r, k, PAYEE_FUND));
    }
    if (w->month % 12 == 0)
        TRY(take_filings(w, r, paid, true));
    return take_filings(w, r, paid, false);
}

/* -- payment -------------------------------------------------------------------------------------------------------------- */
static void pay_enterprise(struct region *r, const struct due *d, money amount)
{
    if (r->paid.n < r->paid.capacity) {
        r->paid.row[r->paid.n] = *d;
        r->paid.row[r->paid.n++].amount = amount;
    }
    line_pays(r, d->instance, instrument_of(r, d->instance)->flow, amount);
    r->enterprises.cash[d->row] = money_add(r->enterprises.cash[d->row], amount);
}

/* A fund pays it out to its partners with what exits bring, and after its end; what is due to its manager is his own. */
static void pay_fund(struct region *r, const struct due *d, money amount)
{
    struct fund *f = &r->funds.row[d->row];
    bool own = instrument_of(r, d->instance)->to_manager || d->payee == PAYEE_MANAGER;
    line_pays(r, d->instance, own ? FLOW_SUBSIDY_MANAGER : FLOW_SUBSIDY_FUND, amount);
    f->cash = own ? f->cash : money_add(f->cash, amount);
    f->awarded = own ? f->awarded : money_add(f->awarded, amount);
}

void due_pays(struct region *r, struct due *d, money amount)
{
    if (amount.fen <= 0)
        return;
    misuse_note(r, d, amount);
    if (d->payee == PAYEE_BANK) {
        struct bank *b = &r->bank[d->row];
        line_pays(r, d->instance, FLOW_SUBSIDY_BANK, amount);
        b->cash = money_add(b->cash, amount);
    } else if (d->payee == PAYEE_BEARER) {
        struct bearer *p = &r->bearer[d->row];
        line_pays(r, d->instance, bearer_table[p->kind].subsidy, amount);
        p->balance = money_add(p->balance, amount);
        p->fees_seen += money_to_yuan(amount); /* it counts on it when it looks at what its business brings */
    } else if (d->payee == PAYEE_FUND || d->payee == PAYEE_MANAGER) {
        pay_fund(r, d, amount);
    } else {
        pay_enterprise(r, d, amount);
    }
    r->total.reached[d->instance]++;
}
