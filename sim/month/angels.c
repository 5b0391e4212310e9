/* SPDX-License-Identifier: GPL-3.0-or-later */
/* angels - until funds stand, angels pay from the account of investors, by the same path as every other lender: proposals
 * ranked by value for money, priced, paid while the purse lasts (mechanisms M2, M9). */
#include <liandong/credit.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>

static size_t asks_of(const struct world *w, const struct region *r, uint64_t *key, const struct angel_ask **ask)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_ANGEL];
        for (size_t k = 0; k < box->n; k++) {
            const struct angel_ask *a = OUTBOX(box, struct angel_ask, k);
            if (a->region != r->index)
                continue;
            if (key != NULL) {
                double worth = a->value / (money_to_yuan(a->asked) + 1.0);
                double q = 4294967295.0 - worth * 1e6;
                key[n] = (uint64_t)(q > 0.0 ? q : 0.0) << 32 | n;
                ask[n] = a;
            }
            n++;
        }
    }
    return n;
}

/* Share given up at the price an angel offers: value discounted at the return he asks until the next price. */
static double share_asked(const struct region *r, const struct angel_ask *a)
{
    double offered = a->value / (1.0 + P(r, angels)->years * P(r, angels)->discount), asked = money_to_yuan(a->asked);
    return asked / (offered + asked + 1.0);
}

static void invest(struct region *r, const struct angel_ask *a, double share)
{
    struct enterprises *e = &r->enterprises;
    int32_t cell = cell_of(e, a->row);
    market_flow(r, FLOW_ANGEL, a->asked);
    e->cash[a->row] = money_add(e->cash[a->row], a->asked);
    e->founder_share[a->row] *= (float)(1.0 - share);
    r->prices.angel_purse = money_sub(r->prices.angel_purse, a->asked);
    r->prices.angel_granted += 1.0;
    count(&r->total, cell, ITEM_ANGEL_DEALS, 1);
    count(&r->total, cell, ITEM_ANGEL_PAID, a->asked.fen);
}

/* The purse grows with the region and is kept for some months. */
static void fill_purse(const struct world *w, struct region *r)
{
    double thin = r->scale < 1.0 ? r->scale : 1.0;
    money month = money_scale(P(r, angels)->budget, potential_founders(w, r, w->month) * thin);
    money most = money_scale(month, P(r, angels)->purse_months), purse = money_add(r->prices.angel_purse, month);
    r->prices.angel_purse = money_min(purse, most);
    r->prices.angel_granted *= P(r, credit)->news_memory;
    r->prices.angel_asked *= P(r, credit)->news_memory;
}

static enum status settle(struct world *w, struct region *r)
{
    fill_purse(w, r);
    size_t n = asks_of(w, r, NULL, NULL);
    if (n == 0)
        return OK;
    uint64_t *key = arena_take(&w->market, n, sizeof *key);
    const struct angel_ask **ask = arena_take(&w->market, n, sizeof(const struct angel_ask *));
    if (key == NULL || ask == NULL)
        return NO_MEMORY;
    asks_of(w, r, key, ask);
    sort_keys(key, n);
    for (size_t k = 0; k < n; k++) {
        const struct angel_ask *a = ask[key[k] & UINT32_MAX];
        double share = share_asked(r, a);
        r->prices.angel_asked += 1.0;
        if (share < P(r, angels)->share_max && a->asked.fen <= r->prices.angel_purse.fen)
            invest(r, a, share);
        else if (r->enterprises.refusals[a->row] < 250)
            r->enterprises.refusals[a->row]++;
    }
    return OK;
}

enum status angels_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(settle(w, &w->region[k]));
    return OK;
}
