/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folding - what threads counted in local phases, and what flowed, becomes the regions'. */
#include <liandong/month.h>
#include <string.h>

static bool any_of(const int64_t *from, size_t n)
{
    int64_t any = 0;
    for (size_t k = 0; k < n; k++)
        any |= from[k];
    return any != 0;
}

/* Of most things none happened in a group of phases. */
static void add(int64_t *to, int64_t *from, size_t all)
{
    enum { SOME = 32 }; /* as many as are looked at by vectors */
    for (size_t done = 0, n; done < all; done += n, to += n, from += n) {
        n = all - done < SOME ? all - done : SOME;
        if (!(n == SOME ? any_of(from, SOME) : any_of(from, n)))
            continue;
        for (size_t k = 0; k < n; k++)
            to[k] += from[k];
        memset(from, 0, n * sizeof *from);
    }
}

/* What has flowed since `before`: in most folds, of most flows, nothing. */
static void fold_flows(struct region *r, const int64_t before[N_FLOWS])
{
    for (int f = 0; f < N_FLOWS; f++) {
        int64_t moved = r->total.flow[f] - before[f];
        if (moved == 0)
            continue;
        r->balance[flow_table[f].from] -= moved;
        r->balance[flow_table[f].to] += moved;
    }
}

/* Banks' money that local phases moved arrives here; what is missing is raised as deposits first, so that cash is never
 * negative. */
static void fold_banks(struct region *r, struct tally *t)
{
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct bank *bank = &r->bank[b];
        int64_t cash = bank->cash.fen + t->bank[b][BANK_ITEM_CASH];
        if (cash < 0) {
            t->flow[FLOW_DEPOSITS_TAKEN] += -cash;
            t->flow[FLOW_DEPOSITS_OWED] += -cash;
            bank->deposits.fen += -cash;
            cash = 0;
        }
        bank->cash.fen = cash;
        t->bank[b][BANK_ITEM_CASH] = 0;
    }
}

/* Fees that borrowers paid to those who cover their loans. */
static void fold_fees(struct region *r, struct tally *t)
{
    for (int32_t b = 0; b < r->n_banks; b++)
        for (uint32_t bits = r->covering; bits != 0; bits &= bits - 1) {
            int32_t p = __builtin_ctz(bits);
            int64_t *item = t->cover[(size_t)b * (size_t)r->n_bearers + (size_t)p];
            if (item[COVER_ITEM_FEES] == 0)
                continue;
            r->bearer[p].balance.fen += item[COVER_ITEM_FEES];
            r->bearer[p].fees.fen += item[COVER_ITEM_FEES];
            experience_of(r, b, p)->fees.fen += item[COVER_ITEM_FEES];
            item[COVER_ITEM_FEES] = 0;
        }
}

/* What local phases paid to the agents behind instances; few lines are reached, since each lies far from the next. */
static void fold_purses(struct region *r, struct tally *t)
{
    for (int32_t k = 0; k < r->n_instances; k++) {
        if (t->purse[k] == 0)
            continue;
        if (r->line[k].bearer >= 0) {
            struct bearer *p = &r->bearer[r->line[k].bearer];
            p->balance.fen += t->purse[k];
            p->fees.fen += t->purse[k];
        } else if (r->line[k].levies) {
            r->line[k].dues.fen += t->purse[k];
        } else {
            r->line[k].escrow.fen += t->purse[k];
        }
        t->purse[k] = 0;
    }
}

static void add_beliefs(int32_t (*to)[2], int32_t (*from)[2], size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (int j = 0; j < 2; j++)
            to[k][j] += from[k][j];
    memset(from, 0, n * sizeof *from);
}

/* Only the sectors that exist: a small region must not pay for those that might. */
static void fold_sectors(const struct region *r, struct tally *to, struct tally *from)
{
    size_t sectors = (size_t)r->layout->count[GROUP_sectors];
    for (size_t stage = 0; stage < N_STAGES; stage++) {
        add(to->item[stage * MAX_SECTORS], from->item[stage * MAX_SECTORS], sectors * N_ITEMS);
        for (size_t b = 0; from->learned && b < (size_t)r->n_banks; b++) {
            size_t first = b * N_BELIEFS + stage * MAX_SECTORS * N_SCORES;
            add_beliefs(to->belief + first, from->belief + first, sectors * N_SCORES);
        }
    }
    from->learned = false;
}

static void fold_tally(struct region *r, struct tally *from)
{
    struct tally *to = &r->total;
    size_t pairs = (size_t)r->n_banks * (size_t)r->n_bearers;
    add(to->flow, from->flow, N_FLOWS);
    fold_sectors(r, to, from);
    add(to->deaths_by_age, from->deaths_by_age, N_AGES);
    add(to->alive_by_age, from->alive_by_age, N_AGES);
    add(&to->covered[0][0][0], &from->covered[0][0][0], (size_t)N_TIERS * MAX_PRODUCTS * N_CLASS_ITEMS);
    add(&to->vintage[0][0], &from->vintage[0][0], (size_t)MAX_VINTAGES * N_VINTAGE_ITEMS);
    add(to->members, from->members, MAX_LINES);
    add(to->reached, from->reached, MAX_LINES);
    add(to->purse, from->purse, MAX_LINES);
    add(&to->bank[0][0], &from->bank[0][0], (size_t)r->n_banks * N_BANK_ITEMS);
    add(&to->cover[0][0], &from->cover[0][0], pairs * N_COVER_ITEMS);
}

void tally_fold(struct world *w, enum phase_kind kind)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        int64_t before[N_FLOWS];
        memcpy(before, r->total.flow, sizeof before);
        for (int32_t t = 0; kind == LOCAL_PHASE && t < w->team.n; t++)
            fold_tally(r, &w->team.hand[t].tally[k]);
        fold_banks(r, &r->total);
        fold_fees(r, &r->total);
        fold_purses(r, &r->total);
        fold_flows(r, before);
    }
}
