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

/* About as many beginnings as buyers; each is marked whose suppliers may have lost theirs. */
static enum status index_buyers(struct buyers *b)
{
    int bits = 4;
    while (bits < 24 && (size_t)2 << bits <= b->n)
        bits++;
    b->shift = 64 - bits;
    b->start.n = (size_t)1 << bits;
    TRY(LIST_RESERVE(&b->start, b->start.n + 1));
    for (size_t k = 0, i = 0; k <= b->start.n; k++) {
        while (i < b->n && b->row[i] >> b->shift < k)
            i++;
        b->start.row[k] = (uint32_t)i;
    }
    for (size_t k = 0; b->n > 0 && b->fallen > 0 && k < b->start.n; k++) {
        size_t behind = (b->start.row[k + 1] & BUYER_LEFT) + 2;
        for (size_t i = b->start.row[k]; i < behind; i++)
            if ((uint32_t)b->row[i % b->n] & BUYER_FALLEN) {
                b->start.row[k] |= BUYER_FALLEN;
                break;
            }
    }
    return OK;
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
    return index_buyers(b);
}

uint32_t main_buyer_of(const struct region *r, uint32_t i, bool *fallen)
{
    const struct buyers *b = &r->buyers;
    uint64_t at = place_of(enterprise_identity(&r->enterprises, i), AS_SUPPLIER);
    size_t from = b->n > 0 ? b->start.row[at >> b->shift] & BUYER_LEFT : 0;
    *fallen = false;
    while (from < b->n && b->row[from] < at)
        from++;
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

/* Whether its buyer may be one that fell: what most ask is answered by the beginning of a hash. */
static bool may_have_lost(const struct buyers *b, struct identity who)
{
    return (b->start.row[place_of(who, AS_SUPPLIER) >> b->shift] & BUYER_FALLEN) != 0;
}

void buyers_fall(const struct rows *t)
{
    double share = P(t->r, market)->main_buyer;
    for (uint32_t i = t->lo; i < t->hi; i++) {
        bool fallen = false;
        if (t->e->status[i] != ACTIVE || t->e->receivable[i].fen <= 0 ||
            !may_have_lost(&t->r->buyers, enterprise_identity(t->e, i)))
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
