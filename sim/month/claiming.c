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
/* Of one line, in one box. */
struct claimed_sum {
    int64_t fen, claims;
};
struct at_once {
    struct world *w;
    struct claimed_sum *sum;  /* [member][region][instance]: claimed, */
    struct claimed_sum *paid; /* and of that paid at once */
    bool *all;                /* [region][instance]: the line settles all that is claimed, at once */
};

static size_t nth_line(const struct world *w, int32_t box, int32_t region, int32_t k)
{
    return ((size_t)box * (size_t)w->n_regions + (size_t)region) * MAX_LINES + (size_t)k;
}

static void sum_box(void *context, size_t nth, int32_t by)
{
    const struct at_once *a = context;
    const struct outbox *box = &a->w->team.member[nth].box[BOX_DUE];
    (void)by;
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        if (c->instance == NOT_DUE)
            continue;
        struct claimed_sum *sum = &a->sum[nth_line(a->w, (int32_t)nth, c->region, c->instance)];
        sum->fen += c->amount.fen;
        sum->claims++;
    }
}

static struct claimed_sum sum_of(const struct world *w, const struct claimed_sum *sum, const struct region *r,
                                 int32_t k)
{
    struct claimed_sum all = {0};
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct claimed_sum *one = &sum[nth_line(w, t, r->index, k)];
        all.fen += one->fen;
        all.claims += one->claims;
    }
    return all;
}

/* Due as it is filed, nobody waits before it, nobody else claims or is paid, nobody wants the list of payments. */
static bool pays_at_once(const struct world *w, const struct region *r, int32_t k)
{
    const struct instrument *in = instrument_of(r, k);
    bool others = in->claim_bank != NULL || in->claim_bearer != NULL || in->claim_fund != NULL || in->oversee != NULL;
    return in->claim != NULL && !others && !w->paid_kept && r->line[k].listed == 0 && line_lag(r, k) == 0;
}

/* The line deals what it has, or that reaches for all. */
static bool settles_at_once(const struct at_once *a, const struct region *r, int32_t k)
{
    struct claimed_sum all = sum_of(a->w, a->sum, r, k);
    bool reaches = instrument_of(r, k)->deals || all.fen <= r->line[k].cash.fen;
    return all.claims > 0 && reaches && pays_at_once(a->w, r, k);
}

/* Paid claims of a box, in one region, are picked for audits eight at a time. */
struct picking {
    const struct region *r;
    size_t n;
    struct claimed *claimed[BLOCKS];
};

static void pick(const struct at_once *a, struct picking *p)
{
    struct paid_claim paid[BLOCKS];
    uint8_t auditor[BLOCKS];
    for (size_t j = 0; j < p->n; j++)
        paid[j] = (struct paid_claim){p->claimed[j]->row, p->claimed[j]->instance};
    misuse_picked(a->w, p->r, paid, p->n, auditor);
    for (size_t j = 0; j < p->n; j++)
        p->claimed[j]->audit = auditor[j];
    p->n = 0;
}

static void pick_later(const struct at_once *a, struct picking *p, const struct region *r, struct claimed *c)
{
    if (r->hooked[HOOK_OVERSEE].n == 0)
        return;
    if (p->n == BLOCKS || (p->n > 0 && p->r != r))
        pick(a, p);
    p->r = r;
    p->claimed[p->n++] = c;
}

/* What of a claim is paid; *no: what of it is false, which becomes what has been taken. */
static money settle_claimed(const struct at_once *a, struct tally *t, const struct region *r, const struct claimed *c,
                            struct claimed *no)
{
    money pays = c->amount;
    if (instrument_of(r, c->instance)->deals)
        pays = money_part(r->line[c->instance].cash, c->amount, FEN(sum_of(a->w, a->sum, r, c->instance).fen));
    if (no == NULL || pays.fen <= 0)
        return pays;
    no->audit = no->amount.fen == c->amount.fen;
    no->amount = money_part(no->amount, pays, c->amount);
    count(t, cell_of(&r->enterprises, c->row), ITEM_MISUSE_PAID, no->amount.fen);
    return pays;
}

/* What each gets, and who is picked for an audit: before that money arrives, since what others owe is collected first. */
static void settle_box(void *context, size_t nth, int32_t by)
{
    const struct at_once *a = context;
    const struct outbox *box = &a->w->team.member[nth].box[BOX_DUE];
    struct tally *tally = a->w->team.hand[by].tally;
    struct picking picking = {0};
    for (size_t j = 0; j < box->n; j++) {
        struct claimed *c = OUTBOX(box, struct claimed, j), *next = j + 1 < box->n ? c + 1 : NULL;
        if (c->instance == NOT_DUE || !a->all[nth_line(a->w, 0, c->region, c->instance)])
            continue;
        const struct region *r = &a->w->region[c->region];
        bool false_too = next != NULL && next->instance == NOT_DUE;
        struct claimed_sum *paid = &a->paid[nth_line(a->w, (int32_t)nth, c->region, c->instance)];
        c->amount = settle_claimed(a, &tally[c->region], r, c, false_too ? next : NULL);
        if (c->amount.fen <= 0)
            continue;
        paid->fen += c->amount.fen;
        paid->claims++;
        pick_later(a, &picking, r, c);
    }
    if (picking.n > 0)
        pick(a, &picking);
}

/* What a line has paid at once. */
static void book_at_once(const struct at_once *a, struct region *r, int32_t k)
{
    struct claimed_sum paid = sum_of(a->w, a->paid, r, k);
    r->line[k].asked = money_add(r->line[k].asked, FEN(paid.fen));
    r->total.reached[k] += paid.claims;
    line_pays(r, k, instrument_of(r, k)->flow, FEN(paid.fen));
}

enum status dues_at_once(struct world *w, const bool **all)
{
    size_t lines = (size_t)w->n_regions * MAX_LINES, sums = lines * (size_t)team_members(&w->team);
    struct at_once a = {w, arena_take(&w->market, 2 * sums, sizeof *a.sum), NULL,
                        arena_take(&w->market, lines, sizeof *a.all)};
    int32_t threads = team_width(w->team.n, w->n_tiles);
    bool any = false;
    if (a.sum == NULL || a.all == NULL)
        return NO_MEMORY;
    a.paid = a.sum + sums;
    memset(a.sum, 0, 2 * sums * sizeof *a.sum);
    *all = a.all;
    team_run_loose(threads, (size_t)team_members(&w->team), sum_box, &a);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (int32_t j = 0; j < MAX_LINES; j++) {
            bool *at_once = &a.all[nth_line(w, 0, k, j)];
            *at_once = j < w->region[k].n_instances && settles_at_once(&a, &w->region[k], j);
            any = any || *at_once;
        }
    if (any)
        team_run_loose(threads, (size_t)team_members(&w->team), settle_box, &a);
    for (int32_t k = 0; k < w->n_regions; k++)
        for (int32_t j = 0; j < w->region[k].n_instances; j++)
            if (a.all[nth_line(w, 0, k, j)])
                book_at_once(&a, &w->region[k], j);
    return OK;
}

struct arrival {
    struct world *w;
    const bool *all;
};

/* The rows of the claims of a box are its own. */
static void arrive(void *context, size_t nth, int32_t by)
{
    const struct arrival *a = context;
    const struct outbox *box = &a->w->team.member[nth].box[BOX_DUE];
    (void)by;
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        if (c->instance == NOT_DUE || !a->all[nth_line(a->w, 0, c->region, c->instance)])
            continue;
        money *cash = &a->w->region[c->region].enterprises.cash[c->row];
        *cash = money_add(*cash, c->amount);
    }
}

void dues_arrive(struct world *w, const bool *all)
{
    size_t lines = (size_t)w->n_regions * MAX_LINES;
    if (memchr(all, 1, lines * sizeof *all) != NULL)
        team_run_loose(team_width(w->team.n, w->n_tiles), (size_t)team_members(&w->team), arrive,
                       &(struct arrival){w, all});
}

/* -- the list ----------------------------------------------------------------------------------------------------------- */
/* What is filed at a line in a month. */
struct filed_at {
    bool enters;  /* now: what is for the past year is filed in January */
    bool past;    /* for the past year, or for itself */
    bool at_once; /* it has been paid, and matters only if it is picked for an audit */
    int32_t month;
};
/* Of a box: for the past year, for itself; first how many there are, then where the next will stand. */
struct entering {
    size_t dues[2], files[2];
    int32_t listed[MAX_LINES];
};
struct taking {
    struct world *w;
    struct region *r;
    const struct filed_at *filing; /* [line] */
    struct entering *box;          /* [member] */
};

/* NULL: it does not enter the list. */
static const struct filed_at *filing_of(const struct taking *g, const struct claimed *c)
{
    const struct filed_at *f = c->region == g->r->index && c->instance != NOT_DUE ? &g->filing[c->instance] : NULL;
    return f != NULL && f->enters && !(f->at_once && c->audit == 0) ? f : NULL;
}

/* What of a claim is not due stands behind it. */
static bool is_false(const struct outbox *box, size_t j)
{
    return j + 1 < box->n && OUTBOX(box, struct claimed, j + 1)->instance == NOT_DUE;
}

static void count_entering(void *context, size_t nth, int32_t by)
{
    const struct taking *g = context;
    const struct outbox *box = &g->w->team.member[nth].box[BOX_DUE];
    struct entering *e = &g->box[nth];
    (void)by;
    *e = (struct entering){0};
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        const struct filed_at *f = filing_of(g, c);
        if (f == NULL)
            continue;
        e->dues[!f->past]++;
        e->files[!f->past] += is_false(box, j);
        e->listed[f->at_once ? c->audit - 1 : c->instance]++;
    }
}

/* Where each box begins: behind all that is listed, first what all file for the past year, then all else. */
static enum status lay_entering(const struct taking *g, int32_t boxes)
{
    struct region *r = g->r;
    size_t dues = r->dues.n, files = r->files.n;
    for (int32_t which = 0; which < 2; which++)
        for (int32_t t = 0; t < boxes; t++) {
            struct entering *e = &g->box[t];
            size_t more = e->dues[which], more_files = e->files[which];
            e->dues[which] = dues;
            e->files[which] = files;
            dues += more;
            files += more_files;
        }
    for (int32_t t = 0; t < boxes; t++)
        for (int32_t k = 0; k < r->n_instances; k++)
            r->line[k].listed += g->box[t].listed[k];
    TRY(LIST_RESERVE(&r->dues, dues));
    TRY(LIST_RESERVE(&r->files, files));
    r->dues.n = dues;
    r->files.n = files;
    return OK;
}

/* Where it will stand: what was just written in parts elsewhere could not be copied before all of it is there. */
static void write_due(const struct taking *g, struct due *d, const struct claimed *c, const struct filed_at *f)
{
    *d = (struct due){.row = c->row, .month = f->month, .instance = c->instance, .amount = c->amount};
    if (f->at_once) {
        d->paid = 1;
        misuse_await(g->w, g->r, d, c->audit - 1);
    }
}

/* no: what of a claim that is taken is not due. */
static struct due_file file_of(const struct claimed *c, const struct claimed *no, bool at_once)
{
    if (at_once)
        return (struct due_file){.taken = no->amount, .twice = no->audit};
    return (struct due_file){.overstated = no->amount, .twice = no->amount.fen == c->amount.fen};
}

static void enter_box(void *context, size_t nth, int32_t by)
{
    const struct taking *g = context;
    const struct outbox *box = &g->w->team.member[nth].box[BOX_DUE];
    struct entering *e = &g->box[nth];
    (void)by;
    for (size_t j = 0; j < box->n; j++) {
        const struct claimed *c = OUTBOX(box, struct claimed, j);
        const struct filed_at *f = filing_of(g, c);
        if (f == NULL)
            continue;
        struct due *d = &g->r->dues.row[e->dues[!f->past]++];
        write_due(g, d, c, f);
        if (is_false(box, j)) {
            g->r->files.row[e->files[!f->past]] = file_of(c, c + 1, f->at_once);
            d->file = (uint32_t)++e->files[!f->past];
        }
    }
}

static enum status take_claims(struct world *w, struct region *r, const bool *all)
{
    int32_t boxes = team_members(&w->team), threads = team_width(w->team.n, w->n_tiles);
    struct filed_at filing[MAX_LINES];
    struct taking g = {w, r, filing, arena_take(&w->market, (size_t)boxes, sizeof *g.box)};
    if (g.box == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < r->n_instances; k++) {
        bool past = instrument_of(r, k)->claim_past;
        filing[k] = (struct filed_at){.enters = !past || w->month % 12 == 0,
                                      .past = past,
                                      .at_once = all[nth_line(w, 0, r->index, k)],
                                      .month = w->month + line_lag(r, k)};
    }
    team_run_loose(threads, (size_t)boxes, count_entering, &g);
    TRY(lay_entering(&g, boxes));
    team_run_loose(threads, (size_t)boxes, enter_box, &g);
    return OK;
}

/* A tile files first the claims for the past year, then all others, so that where it ends would show in who is audited while
 * the money lasts. */
enum status dues_take(struct world *w, struct region *r, const bool *all)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        TRY(claim_of_agents(w, r, k, PAYEE_BANK));
        TRY(claim_of_agents(w, r, k, PAYEE_BEARER));
        TRY(claim_of_agents(w, r, k, PAYEE_FUND));
    }
    return take_claims(w, r, all);
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
