/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docket - a month's applications, bank by bank: what head offices decide now, then what arrives from the enterprises (mechanisms
 * M5).  What is read of all of them one after the other is kept apart, since they themselves lie scattered. */
#include <liandong/credit.h>
#include <string.h>

static size_t count_applications(const struct world *w, const struct region *r)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_APPLICATION];
        for (size_t k = 0; k < box->n && w->n_regions > 1; k++)
            n += OUTBOX(box, struct application, k)->region == r->index;
        n += w->n_regions > 1 ? 0 : box->n;
    }
    return n;
}

enum status docket_reserve(struct region *r, size_t n)
{
    if (n > r->market.capacity) {
        struct application **bigger = realloc(r->market.row, (n + n / 8) * sizeof(struct application *));
        if (bigger == NULL)
            return NO_MEMORY;
        r->market.row = bigger;
        struct ruling *more = realloc(r->market.ruling, (n + n / 8) * sizeof *more);
        if (more == NULL)
            return NO_MEMORY;
        r->market.ruling = more;
        r->market.capacity = n + n / 8;
    }
    if (n >= r->order_capacity) { /* never none: a bank's place in it is reckoned also where nobody applied */
        uint64_t *bigger = realloc(r->order, (n + n / 8 + 1) * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        r->order = bigger;
        r->order_capacity = n + n / 8 + 1;
    }
    return OK;
}

/* What head offices decide this month comes first, then what arrived now. */
static enum status take_waiting(const struct world *w, struct region *r)
{
    size_t kept = 0;
    TRY(applications_reserve(&r->returned, r->waiting.n));
    r->returned.n = 0;
    for (size_t k = 0; k < r->waiting.n; k++) {
        const struct application *a = &r->waiting.row[k];
        if (a->month > w->month)
            r->waiting.row[kept++] = *a;
        else if (r->enterprises.status[a->row] == ACTIVE)
            r->returned.row[r->returned.n++] = *a;
    }
    r->waiting.n = kept;
    for (size_t k = 0; k < r->returned.n; k++)
        r->market.row[r->market.n++] = &r->returned.row[k];
    return OK;
}

enum status docket_gather(struct world *w, struct region *r)
{
    TRY(docket_reserve(r, count_applications(w, r) + r->waiting.n));
    r->market.n = 0;
    TRY(take_waiting(w, r));
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        struct outbox *box = &w->team.member[t].box[BOX_APPLICATION];
        for (size_t k = 0; k < box->n; k++) {
            struct application *a = OUTBOX(box, struct application, k);
            if (w->n_regions == 1 || a->region == r->index)
                r->market.row[r->market.n++] = a;
        }
    }
    return OK;
}

void docket_sort(struct region *r)
{
    memset(r->bank_start, 0, ((size_t)r->n_banks + 2) * sizeof *r->bank_start);
    for (size_t k = 0; k < r->market.n; k++)
        r->bank_start[r->market.ruling[k].bank + 2] += r->market.ruling[k].outcome == OUTCOME_PENDING;
    for (int32_t b = 0; b < r->n_banks; b++)
        r->bank_start[b + 2] += r->bank_start[b + 1];
    for (size_t k = 0; k < r->market.n; k++) {
        const struct ruling *q = &r->market.ruling[k];
        if (q->outcome == OUTCOME_PENDING)
            r->order[r->bank_start[q->bank + 1]++] = (uint64_t)q->key << 32 | k;
    }
}

void docket_rule(struct region *r, uint64_t k)
{
    const struct application *a = r->market.row[k];
    r->market.ruling[k] = (struct ruling){.granted = a->granted,
                                          .row = a->row,
                                          .covers = a->covers,
                                          .key = a->key,
                                          .all_in = application_all_in(a),
                                          .gain = a->gain,
                                          .hours = a->hours,
                                          .paperwork = a->paperwork,
                                          .bank = a->bank,
                                          .branch = a->branch,
                                          .outcome = a->outcome,
                                          .stage = a->stage,
                                          .product = a->product,
                                          .shares = a->replaced.fen > 0 || a->link != 0 || a->package != 0};
}
