/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claiming - claims on budget lines: filed by enterprises, banks, bearers of cover and funds, paid while there is money by the
 * line's rule (mechanisms M12). */
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
    struct claimed_sum *sum; /* [thread][region][instance] */
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

/* The rows of a thread's claims are its own. */
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
    for (int32_t t = 0; t < a->w->team.n; t++) {
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
    size_t lines = (size_t)w->n_regions * MAX_LINES, sums = lines * (size_t)w->team.n;
    struct at_once a = {w, arena_take(&w->market, sums, sizeof *a.sum), arena_take(&w->market, lines, sizeof *a.all)};
    int32_t threads = team_width(w->team.n, w->n_tiles);
    bool any = false;
    if (a.sum == NULL || a.all == NULL)
        return NO_MEMORY;
    memset(a.sum, 0, sums * sizeof *a.sum);
    memset(a.all, 0, lines * sizeof *a.all);
    *paid = a.all;
    team_run_loose(threads, (size_t)w->team.n, sum_box, &a);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (int32_t j = 0; j < w->region[k].n_instances; j++) {
            bool all = settle_at_once(&a, &w->region[k], j);
            a.all[nth_line(w, 0, k, j)] = all;
            any = any || all;
        }
    if (any)
        team_run_loose(threads, (size_t)w->team.n, pay_box, &a);
    return OK;
}

/* -- the list ----------------------------------------------------------------------------------------------------------- */
/* Claims of a month for the past year, or those for itself, that have not been paid at once. */
static enum status take_claims(const struct world *w, struct region *r, const bool *paid, bool past)
{
    const bool *here = paid + nth_line(w, 0, r->index, 0);
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_DUE];
        bool mine = false; /* whether the claim before was one of these: what is not due of it follows it */
        for (size_t j = 0; j < box->n; j++) {
            const struct claimed *c = OUTBOX(box, struct claimed, j);
            if (c->region != r->index)
                continue;
            if (c->instance == NOT_DUE && mine)
                TRY(misuse_file(r, c->amount));
            if (c->instance == NOT_DUE || here[c->instance])
                continue;
            mine = instrument_of(r, c->instance)->claim_past == past;
            if (!mine)
                continue;
            struct due d = {.row = c->row,
                            .month = w->month + line_lag(r, c->instance),
                            .instance = (uint8_t)c->instance,
                            .amount = c->amount};
            TRY(due_add(r, &d));
        }
    }
    return OK;
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
        TRY(take_claims(w, r, paid, true));
    return take_claims(w, r, paid, false);
}

enum { RULE_QUEUE, RULE_PRO_RATA, RULE_NEXT_YEAR };
/* What the claims of a month meet: money at hand, claims that fall due now, and whether an earlier claim waits for money. */
struct counter {
    money cash, due;
    money missed; /* by who only waits, not yet in the line */
    int32_t rule, listed;
    int32_t life, months, next; /* that a claim may wait, and waits at a time; month in which it is looked at again */
    bool deals, sums;           /* what falls due has to be summed, claims that wait included */
    bool blocked;
};

/* Only the living are reimbursed. */
static bool can_be_paid(const struct region *r, const struct due *d)
{
    return d->payee != PAYEE_ENTERPRISE || r->enterprises.status[d->row] == ACTIVE;
}

/* Whether what falls due anywhere has to be summed: seldom, and it is a second look at a long list. */
static bool open_counters(const struct world *w, const struct region *r, struct counter *counter)
{
    bool sums = false;
    for (int32_t k = 0; k < r->n_instances; k++) {
        struct counter *c = &counter[k];
        *c = (struct counter){.cash = r->line[k].cash,
                              .rule = LINE_COMMON(r, k)->budget_rule,
                              .life = LINE_COMMON(r, k)->claim_life,
                              .deals = instrument_of(r, k)->deals};
        c->sums = c->deals || c->rule == RULE_PRO_RATA;
        c->months = c->rule == RULE_NEXT_YEAR ? 12 - w->month % 12 : 1;
        c->next = w->month + (c->months > 1 ? c->months : 0);
        sums = sums || (c->sums && r->line[k].listed > 0);
    }
    return sums;
}

/* Ends bars, and sums what falls due where that has to be known before the first is paid. */
static void look_ahead(const struct world *w, struct region *r, struct counter *counter)
{
    for (size_t j = 0; j < r->dues.n; j++) {
        const struct due *d = &r->dues.row[j];
        struct counter *c = &counter[d->instance];
        if (d->payee >= PAYEE_AUDIT)
            misuse_release(w, r, d);
        else if (c->sums && d->month <= w->month && can_be_paid(r, d))
            c->due = money_add(c->due, d->amount);
    }
}

static void miss(struct region *r, int32_t k, money amount)
{
    r->line[k].short_of = money_add(r->line[k].short_of, amount);
}

/* Room for the month's payments, if anybody wants their list: no claim is paid twice in a month. */
static enum status begin_paid(const struct world *w, struct region *r)
{
    r->paid.n = 0;
    if (!w->paid_kept || r->dues.n <= r->paid.capacity)
        return OK;
    size_t rows = r->dues.n + r->dues.n / 4 + 64; /* so that it grows seldom */
    struct due *bigger = realloc(r->paid.row, rows * sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    r->paid.row = bigger;
    r->paid.capacity = rows;
    return OK;
}

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

static void pay_payee(struct region *r, struct due *d, money amount)
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

/* Its part of what the line holds: all of it is dealt, but for the residue of the split. */
static void deal(struct region *r, struct due *d, const struct counter *c)
{
    money pays = money_part(c->cash, d->amount, c->due);
    r->line[d->instance].asked = money_add(r->line[d->instance].asked, pays);
    pay_payee(r, d, pays);
}

/* What the line cannot meet waits, now or until the new year's money, and lapses in the end. */
static bool waits(struct region *r, struct due *d, const struct counter *c)
{
    miss(r, d->instance, d->amount);
    d->waited = (uint16_t)(d->waited + c->months);
    d->month = c->next;
    return d->waited <= c->life;
}

/* Pays one claim by the rule of its line; true: it waits, or what is left of it.  Nobody overtakes a claim that waits. */
static bool pay_due(struct region *r, struct due *d, struct counter *c)
{
    int32_t k = d->instance;
    if (d->waited == 0 && !c->deals) /* one that waits was counted when it fell due */
        r->line[k].asked = money_add(r->line[k].asked, d->amount);
    if (c->deals) {
        deal(r, d, c);
        return false;
    }
    if (c->rule == RULE_PRO_RATA) {
        money pays = c->due.fen > c->cash.fen ? money_part(d->amount, c->cash, c->due) : d->amount;
        miss(r, k, money_sub(d->amount, pays));
        pay_payee(r, d, pays);
        return false;
    }
    if (c->blocked)
        return waits(r, d, c);
    money pays = money_min(d->amount, r->line[k].cash);
    pay_payee(r, d, pays);
    d->amount = money_sub(d->amount, pays);
    c->blocked = d->amount.fen > 0;
    return c->blocked && waits(r, d, c);
}

/* So it is with the most: their line has no money, nobody overtakes, and they do not lapse yet. */
static bool only_waits(const struct due *d, const struct counter *c)
{
    return c->blocked && d->waited != 0 && d->waited + c->months <= c->life;
}

/* To place `kept` of the list, as one who waits on; moved first, since a copy of what was just written in parts is slow. */
static void wait_on(struct region *r, size_t kept, const struct due *d, struct counter *c)
{
    struct due *to = &r->dues.row[kept];
    uint16_t waited = (uint16_t)(d->waited + c->months);
    c->missed = money_add(c->missed, d->amount);
    if (to != d)
        *to = *d;
    to->waited = waited;
    to->month = c->next;
}

/* What becomes of one that is no claim, or falls due: true: it stays. */
static bool settle_due(const struct world *w, struct region *r, struct due *d, struct counter *c)
{
    if (d->payee >= PAYEE_AUDIT)
        return misuse_follow(w, r, d);
    return can_be_paid(r, d) && (pay_due(r, d, c) || misuse_picked(w, r, d));
}

static void close_counters(struct region *r, const struct counter *counter)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        miss(r, k, counter[k].missed);
        r->line[k].listed = counter[k].listed;
    }
}

enum status dues_pay(const struct world *w, struct region *r)
{
    TRY(begin_paid(w, r));
    struct counter counter[MAX_LINES];
    if (open_counters(w, r, counter) || r->files.n > 0) /* who is barred has a file */
        look_ahead(w, r, counter);
    size_t kept = 0, files = 0;
    for (size_t j = 0; j < r->dues.n; j++) {
        struct due *d = &r->dues.row[j];
        struct counter *c = &counter[d->instance];
        bool later = d->payee != PAYEE_CLAWBACK && d->month > w->month; /* needs no look at its row */
        if (!later && d->payee < PAYEE_AUDIT && only_waits(d, c)) {
            if (!can_be_paid(r, d))
                continue;
            wait_on(r, kept, d, c);
        } else if (!later && !settle_due(w, r, d, c)) {
            continue;
        } else if (kept != j) {
            r->dues.row[kept] = *d;
        }
        counter[r->dues.row[kept].instance].listed++;
        misuse_keep(r, &r->dues.row[kept++], &files);
    }
    close_counters(r, counter);
    r->dues.n = kept;
    r->files.n = files;
    dues_trim(&r->dues);
    return OK;
}
