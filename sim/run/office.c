/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office - see include/liandong/office.h.  What it follows is the cohort of fates.h. */
#include <liandong/instrument.h>
#include <liandong/office.h>
#include <string.h>

void office_free(struct office *o)
{
    free(o->one);
    *o = (struct office){0};
}

static bool concerns(const struct office_rule *rule, int32_t k)
{
    return (rule->concerned[k / 64] >> (k % 64) & 1) != 0;
}

static struct office_one *one_of(struct office *o, const struct fates *f, const struct region *r, uint32_t row)
{
    size_t k = fates_find(f, enterprise_identity(&r->enterprises, row));
    return k < o->n ? &o->one[k] : NULL;
}

/* The last December that lies `lag` months before the end of this one, or December before the start. */
static int32_t report_month(const struct fates *f, int32_t month, int32_t lag)
{
    int32_t seen = month - lag, december = seen - (seen + 1) % 12;
    return december > f->month ? december : f->month;
}

/* -- at a moment ------------------------------------------------------------------------------------------------------- */
static void take_report(struct office_one *one, int h, const struct enterprises *e, uint32_t i, int32_t month,
                        bool fresh)
{
    struct office_state *at = &one->at[h];
    at->fresh = fresh;
    at->report = month;
    at->reported = e->status[i] == ACTIVE;
    at->sales = at->reported ? (double)e->sales[i] : 0.0;
    at->staff = at->reported ? e->staff[i] : 0;
}

static void take_truth(struct office_one *one, int h, const struct enterprises *e, uint32_t i)
{
    struct office_state *at = &one->at[h];
    at->alive = e->status[i] == ACTIVE;
    at->true_sales = at->alive ? (double)e->sales[i] : 0.0;
    at->true_staff = at->alive ? e->staff[i] : 0;
    at->true_loans = at->alive ? e->debt[i].fen : 0;
}

static void take_reports(struct office *o, const struct fates *f, const struct region *r, int h)
{
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        struct office_one *one = one_of(o, f, r, i);
        if (one != NULL)
            take_report(one, h, &r->enterprises, i, r->month, r->month > f->month);
    }
}

/* What the ledger says; and no report since the start means that the last one stands, or that it is missing. */
static void take_ledger(struct office_one *one, int h, int32_t due, int32_t start)
{
    struct office_state *at = &one->at[h];
    const struct office_state *first = &one->at[0];
    if (at->report == 0 && due == start) {
        at->report = first->report;
        at->reported = first->reported;
        at->sales = first->sales;
        at->staff = first->staff;
    } else if (at->report == 0) {
        at->report = due;
        at->fresh = true;
    }
    at->received = one->received;
    at->covered = one->covered;
    at->treated = one->received > 0 || one->covered > 0 || one->member;
}

/* The credit file and what is true are of the month itself. */
static void take_moment(struct office *o, const struct fates *f, const struct region *r, const struct office_rule *rule,
                        int h)
{
    const struct loans *l = &r->loans;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        struct office_one *one = one_of(o, f, r, i);
        if (one != NULL)
            take_truth(one, h, &r->enterprises, i);
    }
    for (size_t k = 0; k < l->n; k++) {
        struct office_one *one =
            l->limit[k].fen >= rule->floor.fen && l->balance[k].fen > 0 ? one_of(o, f, r, l->row[k]) : NULL;
        if (one != NULL && one->at[h].alive)
            one->at[h].loans += l->balance[k].fen;
    }
    for (size_t k = 0; k < o->n; k++)
        if (f->fate[k].region == r->index)
            take_ledger(&o->one[k], h, report_month(f, r->month, rule->lag), f->month);
}

static enum status reserve(struct office *o, size_t n)
{
    if (n > o->capacity || o->one == NULL) {
        struct office_one *grown = realloc(o->one, n * sizeof *grown);
        if (grown == NULL)
            return NO_MEMORY;
        o->one = grown;
        o->capacity = n;
    }
    memset(o->one, 0, n * sizeof *o->one);
    o->n = n;
    return OK;
}

enum status office_begin(struct office *o, const struct fates *f, const struct world *w, const struct office_rule *rule)
{
    TRY(reserve(o, f->n + 1));
    o->n = f->n;
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        const struct enterprises *e = &r->enterprises;
        for (uint32_t i = 0; i < e->n; i++) {
            struct office_one *one = one_of(o, f, r, i);
            if (one == NULL)
                continue;
            one->registered = e->founded[i] + e->registration[i];
            one->listed = one->registered + rule->lag <= w->month && (e->flags[i] & DEREGISTERED) == 0;
        }
        take_reports(o, f, r, 0);
        take_moment(o, f, r, rule, 0);
    }
    return OK;
}

/* -- month by month ---------------------------------------------------------------------------------------------------- */
static bool chain_concerns(const struct office_rule *rule, const struct region *r, uint16_t chain)
{
    const struct cover_chain *c = &r->chain[chain];
    for (int32_t k = 0; chain != 0 && k < c->n; k++)
        if (concerns(rule, r->bearer[c->cover[k].bearer].line))
            return true;
    return false;
}

/* stood: the policy does, or did.  A borrower may fail in the very month of its loan. */
static void take_loans(struct office *o, const struct fates *f, const struct region *r, const struct office_rule *rule,
                       bool stood)
{
    const struct loans *l = &r->loans;
    for (size_t k = 0; k < l->n; k++) {
        struct office_one *one = l->granted[k] == r->month ? one_of(o, f, r, l->row[k]) : NULL;
        if (one == NULL)
            continue;
        if (one->facility == 0 && stood)
            one->facility = l->limit[k].fen;
        if (chain_concerns(rule, r, l->chain[k]))
            one->covered += l->limit[k].fen;
    }
}

static void take_payments(struct office *o, const struct fates *f, const struct region *r,
                          const struct office_rule *rule)
{
    for (size_t k = 0; k < r->paid.n; k++) {
        const struct due *d = &r->paid.row[k];
        struct office_one *one = concerns(rule, d->instance) ? one_of(o, f, r, d->row) : NULL;
        if (one != NULL)
            one->received += d->amount.fen;
    }
}

/* Membership treats where nothing is paid and nothing covered. */
static void take_members(struct office *o, const struct fates *f, const struct region *r,
                         const struct office_rule *rule)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct instrument *in = instrument_of(r, k);
        if (!concerns(rule, k) || in->claim != NULL || in->cover != NULL || !LINE_COMMON(r, k)->enabled)
            continue;
        for (uint32_t i = 0; i < r->enterprises.n; i++) {
            struct office_one *one = enterprise_member(&r->enterprises, i, k) ? one_of(o, f, r, i) : NULL;
            if (one != NULL)
                one->member = true;
        }
    }
}

static bool stands(const struct region *r, const struct office_rule *rule)
{
    for (int32_t k = 0; k < r->n_instances; k++)
        if (concerns(rule, k) && LINE_COMMON(r, k)->enabled)
            return true;
    return false;
}

static void take_scores(struct office *o, const struct fates *f, const struct region *r)
{
    const struct enterprises *e = &r->enterprises;
    for (uint32_t i = 0; i < e->n; i++) {
        struct office_one *one = one_of(o, f, r, i);
        if (one == NULL || one->scored != 0 || e->status[i] != ACTIVE)
            continue;
        one->scored = r->month;
        one->age = r->month - e->founded[i];
        one->sales = (double)e->sales[i];
    }
}

static bool scored_already(const struct office *o, const struct fates *f, const struct region *r)
{
    for (size_t k = 0; k < o->n; k++)
        if (f->fate[k].region == r->index && o->one[k].scored != 0)
            return true;
    return false;
}

void office_month(struct office *o, const struct fates *f, const struct world *w, const struct office_rule *rule,
                  const int32_t horizon[FATE_HORIZONS])
{
    BUG_ON(o->one == NULL);
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        if (stands(r, rule) && !scored_already(o, f, r))
            take_scores(o, f, r);
        take_loans(o, f, r, rule, scored_already(o, f, r));
        take_payments(o, f, r, rule);
        take_members(o, f, r, rule);
        for (int h = 0; h < FATE_HORIZONS && horizon[h] != 0; h++) {
            if (report_month(f, f->month + horizon[h], rule->lag) == w->month)
                take_reports(o, f, r, h + 1);
            if (f->month + horizon[h] == w->month)
                take_moment(o, f, r, rule, h + 1);
        }
    }
}
