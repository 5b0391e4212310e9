/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buyers - who buys from whom: each enterprise has one main buyer among the larger ones of its region, which owes `main_buyer` of
 * its receivables; when that one fails they are lost a month later (mechanisms M6: receivables are diluted when the buyer fails).
 *
 * Buyers stand on a circle by a hash of their identity, and an enterprise sells to the first behind its own: nothing is stored of
 * a link, and one buyer more or less moves only those beside it.  What buyers pay passes through the accounts of customers and
 * suppliers, as all trade does here. */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>

static uint64_t place_of(struct identity who, uint64_t salt)
{
    return ld_mix(ld_mix(who.origin, who.index), salt) >> 32 << 32;
}
enum { AS_BUYER = 1, AS_SUPPLIER = 2 };

static bool buys(const struct region *r, size_t i)
{
    const struct enterprises *e = &r->enterprises;
    return e->status[i] == ACTIVE && e->stage[i] >= P(r, market)->buyer_stage && e->sales[i] > 0.0f;
}

/* Those that fell since the last list was made stay in it once. */
static size_t keep_fallen(struct region *r)
{
    struct buyers *b = &r->buyers;
    size_t kept = 0;
    for (size_t k = 0; k < b->n; k++) {
        uint32_t row = (uint32_t)b->row[k] & BUYER_LEFT;
        bool fell = row == BUYER_LEFT || r->enterprises.status[row] != ACTIVE;
        if (fell && ((uint32_t)b->row[k] & BUYER_FALLEN) == 0)
            b->row[kept++] = b->row[k] | BUYER_FALLEN;
    }
    return kept;
}

enum status buyers_list(struct region *r)
{
    struct buyers *b = &r->buyers;
    if (P(r, market)->main_buyer <= 0.0) {
        b->n = b->fallen = 0;
        return OK;
    }
    b->n = b->fallen = keep_fallen(r);
    for (size_t i = 0; i < r->enterprises.n; i++) {
        if (!buys(r, i))
            continue;
        TRY(LIST_RESERVE(b, b->n + 1));
        b->row[b->n++] = place_of(enterprise_identity(&r->enterprises, (uint32_t)i), AS_BUYER) | (uint64_t)i;
    }
    sort_keys(b->row, b->n);
    return OK;
}

uint32_t main_buyer_of(const struct region *r, uint32_t i, bool *fallen)
{
    const struct buyers *b = &r->buyers;
    uint64_t at = place_of(enterprise_identity(&r->enterprises, i), AS_SUPPLIER);
    size_t from = 0, to = b->n;
    *fallen = false;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (b->row[middle] < at)
            from = middle + 1;
        else
            to = middle;
    }
    for (size_t k = 0; k < b->n && k < 2; k++) { /* nobody buys from himself */
        uint64_t key = b->row[(from + k) % b->n];
        uint32_t row = (uint32_t)key & BUYER_LEFT;
        *fallen = ((uint32_t)key & BUYER_FALLEN) != 0;
        if (row != i)
            return row;
    }
    *fallen = false;
    return BUYER_LEFT;
}

bool buyers_fell(const struct region *r)
{
    return r->buyers.fallen > 0;
}

void buyers_fall(const struct rows *t)
{
    double share = P(t->r, market)->main_buyer;
    for (uint32_t i = t->lo; i < t->hi; i++) {
        bool fallen = false;
        if (t->e->status[i] != ACTIVE || t->e->receivable[i].fen <= 0)
            continue;
        main_buyer_of(t->r, i, &fallen);
        if (!fallen)
            continue;
        money lost = money_scale(t->e->receivable[i], share);
        t->e->receivable[i] = money_sub(t->e->receivable[i], lost);
        t->e->profit_year[i] -= (float)money_to_yuan(lost);
        flow_add(t->t, FLOW_BILL_UNPAID, lost);
    }
}
