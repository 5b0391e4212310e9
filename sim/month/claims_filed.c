/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims_filed - a loan with cover that went bad becomes a claim: what is lost, and when each cover will decide (mechanisms M7). */
#include <liandong/cover.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <string.h>

static uint8_t size_tier(const struct cover *c, money loan)
{
    uint8_t k = 0;
    while (k < c->tiers.n && loan.fen > c->tiers.to[k].fen)
        k++;
    return k;
}

/* Public pools and guarantee funds ask several departments. */
static int32_t decided_after(const struct region *r, const struct cover *c, int32_t month)
{
    int32_t kind = r->bearer[c->bearer].kind;
    bool public = kind == BEARER_POOL || kind == BEARER_GUARANTEE_FUND;
    return public ? coordinated(r, MATTER_COVERS, month, c->delay) : c->delay;
}

/* Each cover decides after its own delay, counted from its own trigger; a loan that was wound up is due at once. */
static void file_covers(const struct world *w, struct region *r, struct claim *row, uint8_t overdue)
{
    const struct cover_chain *chain = &r->chain[row->chain];
    struct claim_cover *d = covers_of(&r->claims, row);
    for (int32_t k = 0; k < chain->n; k++) {
        const struct cover *c = &chain->cover[k];
        struct experience *x = experience_of(r, row->bank, c->bearer);
        int32_t later = row->ended || c->trigger <= overdue ? 0 : c->trigger - overdue;
        d[k].bearer = (uint16_t)c->bearer;
        d[k].decide = w->month + later + decided_after(r, c, w->month + later);
        d[k].refused = x->tripped != 0;
        x->lost_year = money_add(x->lost_year, row->principal);
        r->bearer[c->bearer].filed++;
        r->bearer[c->bearer].lost = money_add(r->bearer[c->bearer].lost, row->principal);
    }
}

static enum status file_claim(struct world *w, struct region *r, const struct filing *f)
{
    uint32_t loan = f->loan;
    struct claims *c = &r->claims;
    struct loans *l = &r->loans;
    const struct cover_chain *chain = &r->chain[l->chain[loan]];
    size_t n_covers = (size_t)chain->n;
    TRY(LIST_RESERVE(c, c->n + 1));
    TRY(LIST_RESERVE(&c->covers, c->covers.n + n_covers));
    struct claim *row = &c->row[c->n++];
    memset(row, 0, sizeof *row); /* padding too: it is written to the cache */
    *row = (struct claim){.who = enterprise_identity(&r->enterprises, l->row[loan]), .number = c->next_number++};
    row->covers = (uint32_t)c->covers.n;
    row->n_covers = (uint8_t)n_covers;
    memset(covers_of(c, row), 0, n_covers * sizeof *c->covers.row);
    c->covers.n += n_covers;
    row->granted = l->granted[loan];
    row->filed = w->month;
    row->bank = l->bank[loan];
    row->chain = l->chain[loan];
    row->product = l->product[loan];
    row->security = l->security[loan];
    row->tier = size_tier(&chain->cover[0], l->limit[loan]);
    row->loan = l->limit[loan];
    row->ended = f->lost.fen > 0;
    row->principal = row->ended ? f->lost : l->balance[loan];
    row->arrears = l->arrears[loan];
    l->claim[loan] = (uint32_t)(row - c->row);
    l->flags[loan] |= LOAN_CLAIMED;
    file_covers(w, r, row, l->overdue[loan]);
    return OK;
}

static size_t filings_of(const struct world *w, const struct region *r, uint64_t *key, const struct filing **filing)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_FILING];
        for (size_t k = 0; k < box->n; k++) {
            const struct filing *f = OUTBOX(box, struct filing, k);
            if (f->region != r->index)
                continue;
            if (key != NULL) {
                key[n] = (uint64_t)r->loans.row[f->loan] << 32 | n;
                filing[n] = f;
            }
            n++;
        }
    }
    return n;
}

/* In order of rows, then of age: tiles and blocks of loans, which a compaction moves, must not decide who is paid first. */
enum status claims_file(struct world *w, struct region *r)
{
    size_t n = filings_of(w, r, NULL, NULL);
    if (n == 0)
        return OK;
    uint64_t *key = arena_take(&w->market, n, sizeof *key);
    const struct filing **filing = arena_take(&w->market, n, sizeof(const struct filing *));
    if (key == NULL || filing == NULL)
        return NO_MEMORY;
    filings_of(w, r, key, filing);
    sort_keys(key, n);
    for (size_t k = 0; k < n; k++)
        TRY(file_claim(w, r, filing[key[k] & UINT32_MAX]));
    return OK;
}
