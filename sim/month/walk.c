/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk - runs the schedule: consecutive LOCAL phases tile by tile, MARKET phases once; has what the threads tallied folded into the
 * regions (folding.c); audits.  It knows the accounts and nothing of the model.
 *
 * Audit: after each local phase the accounts that its rows hold, cash and what else the phase may write,
 * must have changed by the phase's flows, after the last of a group all that the group may write; at the start of each group
 * of local phases their sum over the region must be the region's balance (so a market that loses a fen is caught too), and in
 * the month's last group all accounts are looked at, whoever may write them; after every fold the agents' accounts must equal
 * their balance; of those that lie in long lists (funds, leases, bonds) those that have moved since, and all at the beginning and
 * the end of the month (of deeds, at the beginning, those that are listed as owing).  After the last group of a month every account
 * of a row lies within +-MONEY_LIMIT.  A phase that has nothing to do this month is neither run nor audited. */
#include <liandong/bearers.h>
#include <liandong/engine.h>
#include <liandong/month.h>
#include <string.h>

enum { IN_CASH, IN_RECEIVABLE, IN_OVERDUE, IN_DEBT, IN_BALANCE, IN_ARREARS, N_HELD };

static const struct {
    enum account account;
    int held;
    int64_t sign;
    uint32_t written;
} held_accounts[] = {
    {ACCOUNT_ENTERPRISES,  IN_CASH,       1,  WRITES_CASH      },
    {ACCOUNT_RECEIVABLES,  IN_RECEIVABLE, 1,  WRITES_RECEIVABLE},
    {ACCOUNT_OVERDUE,      IN_OVERDUE,    -1, WRITES_OVERDUE   },
    {ACCOUNT_DEBT,         IN_DEBT,       -1, WRITES_DEBT      },
    {ACCOUNT_LOANS,        IN_BALANCE,    1,  WRITES_LOANS     },
    {ACCOUNT_ARREARS,      IN_ARREARS,    -1, WRITES_LOANS     },
    {ACCOUNT_INTEREST_DUE, IN_ARREARS,    1,  WRITES_LOANS     },
};
enum { N_HELD_ACCOUNTS = sizeof held_accounts / sizeof held_accounts[0] };

static int64_t sum_of(const money *column, uint32_t n)
{
    int64_t sum = 0;
#pragma GCC unroll 4
    for (uint32_t k = 0; k < n; k++)
        sum += column[k].fen;
    return sum;
}

/* Sums of the loans of a tile. */
static void loan_stocks(const struct rows *t, int64_t held[N_HELD])
{
    held[IN_BALANCE] = held[IN_ARREARS] = 0;
    for (size_t b = 0; b < t->l->n_blocks; b++) {
        uint32_t from, to;
        loans_of_tile(t->l, b, t->nth, &from, &to);
        held[IN_BALANCE] += sum_of(t->l->balance + from, to - from);
        held[IN_ARREARS] += sum_of(t->l->arrears + from, to - from);
    }
}

/* Sums of the columns that hold money, those that may have changed. */
static void tile_stocks(const struct rows *t, uint32_t changed, int64_t held[N_HELD])
{
    uint32_t n = t->hi - t->lo;
    if (changed & WRITES_CASH)
        held[IN_CASH] = sum_of(t->e->cash + t->lo, n);
    if (changed & WRITES_RECEIVABLE)
        held[IN_RECEIVABLE] = sum_of(t->e->receivable + t->lo, n);
    if (changed & WRITES_OVERDUE)
        held[IN_OVERDUE] = sum_of(t->e->overdue + t->lo, n);
    if (changed & WRITES_DEBT)
        held[IN_DEBT] = sum_of(t->e->debt + t->lo, n);
    if (changed & WRITES_LOANS)
        loan_stocks(t, held);
}

/* Not 0 if a value of the column lies outside +-MONEY_LIMIT. */
static uint64_t beyond(const money *column, uint32_t n)
{
    uint64_t bits = 0;
    for (uint32_t k = 0; k < n; k++)
        bits |= (uint64_t)(column[k].fen + MONEY_LIMIT);
    return bits / (2 * (uint64_t)MONEY_LIMIT);
}

static bool within_limits(const struct rows *t)
{
    uint32_t n = t->hi - t->lo, from, to;
    uint64_t bits = beyond(t->e->cash + t->lo, n) | beyond(t->e->receivable + t->lo, n) |
                    beyond(t->e->overdue + t->lo, n) | beyond(t->e->debt + t->lo, n);
    for (size_t b = 0; b < t->l->n_blocks; b++) {
        loans_of_tile(t->l, b, t->nth, &from, &to);
        bits |= beyond(t->l->balance + from, to - from) | beyond(t->l->arrears + from, to - from);
    }
    return bits == 0;
}

static void note_lost(struct member *me, const struct rows *t, int32_t phase, int32_t account, int64_t fen)
{
    if (me->lost.fen != 0 || fen == 0)
        return;
    me->lost.fen = fen;
    me->lost.region = t->r->index;
    me->lost.tile = (int32_t)t->nth;
    me->lost.phase = phase;
    me->lost.account = account;
}

/* Compares what the rows hold with what the flows of the phase say, which become those before the next.  Most have not moved. */
static void tile_audit(const struct rows *t, int32_t phase, const int64_t before[N_HELD], const int64_t after[N_HELD],
                       int64_t *flow_before)
{
    enum { ROOM = (N_FLOWS + 63) / 64 * 64 };
    const int64_t *flow = t->t->flow;
    int64_t expected[N_ACCOUNTS] = {0};
    uint8_t moved[ROOM];
    uint16_t list[ROOM];
    for (int f = 0; f < N_FLOWS; f++)
        moved[f] = flow[f] != flow_before[f];
    uint32_t n = marks_list(moved, N_FLOWS, list);
    for (uint32_t j = 0; j < n; j++) {
        int f = list[j];
        expected[flow_table[f].from] -= flow[f] - flow_before[f];
        expected[flow_table[f].to] += flow[f] - flow_before[f];
        flow_before[f] = flow[f];
    }
    for (int k = 0; k < N_HELD_ACCOUNTS; k++) {
        int64_t changed = held_accounts[k].sign * (after[held_accounts[k].held] - before[held_accounts[k].held]);
        note_lost(t->me, t, phase, (int32_t)held_accounts[k].account, changed - expected[held_accounts[k].account]);
    }
}

/* The time, and what has passed since `begun` added to a phase (n_phases: to the audit, n_phases + 1: to folding), where somebody
 * asks (bench).  The first thread keeps the time for all. */
static double lap(const struct world *w, int32_t thread, size_t phase, double begun)
{
    if (w->phase_seconds == NULL || thread != 0)
        return 0.0;
    double time = w->clock();
    w->phase_seconds[phase] += begun > 0.0 ? time - begun : 0.0;
    return time;
}

/* -- local phases ------------------------------------------------------------------------------------------------------ */
struct local_run {
    struct world *w;
    size_t from, to; /* phases */
    uint32_t writes; /* what they may write between them; all in the last group */
    bool last;       /* of the month: what may have grown too large in it is looked for once */
};

static bool plant_fen(const struct rows *t, int32_t phase)
{
    const struct world *w = t->w;
    bool here = phase == w->plant.phase && t->r->index == w->plant.region && (int32_t)t->nth == w->plant.tile &&
                w->month == w->plant.month;
    if (here)
        t->e->cash[t->lo].fen++;
    return here;
}

/* A phase that is not run changes nothing, so there is nothing to audit, but after the last of a group. */
static bool run_phase(const struct rows *t, const struct local_run *g, size_t p)
{
    bool runs = schedule[p].runs == NULL || schedule[p].runs(t->r);
    if (runs)
        schedule[p].local(t);
    bool planted = plant_fen(t, (int32_t)p);
    return runs || planted || p + 1 == g->to;
}

static void local_group(void *context, size_t k, int32_t member)
{
    const struct local_run *g = context;
    struct member *me = &g->w->team.member[member];
    const struct tile *tile = &g->w->tile[k];
    struct region *r = &g->w->region[tile->region];
    struct rows t = {g->w, r,        &r->enterprises, &r->loans, &me->hand->tally[tile->region], me->hand->scratch,
                     me,   tile->lo, tile->hi,        tile->nth};
    int32_t thread = (int32_t)(me->hand - g->w->team.hand);
    int64_t held[2][N_HELD] = {{0}}, flow[N_FLOWS];
    double at = lap(g->w, thread, n_phases, 0.0);
    tile_stocks(&t, g->writes, held[0]);
    memcpy(held[1], held[0], sizeof held[1]);
    for (int a = 0; a < N_HELD_ACCOUNTS; a++)
        me->hand->start[tile->region][held_accounts[a].account] +=
            held_accounts[a].sign * held[0][held_accounts[a].held];
    memcpy(flow, t.t->flow, sizeof flow);
    for (size_t p = g->from; p < g->to; p++) {
        t.s->asked_row = UINT32_MAX;
        t.s->at = NOT_LISTED;
        t.s->reading.n = 0;
        at = lap(g->w, thread, n_phases, at);
        bool ran = run_phase(&t, g, p);
        at = lap(g->w, thread, p, at);
        if (!ran)
            continue;
        tile_stocks(&t, p + 1 == g->to ? g->writes : schedule[p].writes, held[1]);
        tile_audit(&t, (int32_t)p, held[0], held[1], flow);
        memcpy(held[0], held[1], sizeof held[0]);
    }
    if (g->last && !within_limits(&t))
        note_lost(me, &t, (int32_t)g->to - 1, ACCOUNT_ENTERPRISES, MONEY_LIMIT);
    lap(g->w, thread, n_phases, at);
}

/* -- agents' accounts ------------------------------------------------------------------------------------------------ */
static void agent_stocks(const struct region *r, int64_t stock[N_ACCOUNTS])
{
    memset(stock, 0, N_ACCOUNTS * sizeof *stock);
    for (int32_t b = 0; b < r->n_banks; b++) {
        stock[ACCOUNT_BANKS] += r->bank[b].cash.fen;
        stock[ACCOUNT_DEPOSITS] -= r->bank[b].deposits.fen;
        stock[ACCOUNT_RELENDING] -= r->bank[b].relent.fen;
        stock[ACCOUNT_CLAIMS_DUE] += r->bank[b].claims_due.fen;
        stock[ACCOUNT_PLACED_DEPOSITS] -= r->bank[b].placed.fen;
        stock[ACCOUNT_RESERVE_OWED] -= r->bank[b].turnover.fen;
    }
    for (int32_t p = 0; p < r->n_bearers; p++) {
        stock[bearer_table[r->bearer[p].kind].account] += r->bearer[p].balance.fen;
        stock[bearer_table[r->bearer[p].kind].owed] -= r->bearer[p].unpaid.fen;
        stock[ACCOUNT_FUND_DEPOSITS] += r->bearer[p].placed.fen;
        if (r->bearer[p].kind == BEARER_REINSURER)
            stock[ACCOUNT_REINSURANCE_DUE] += r->bearer[p].unpaid.fen;
    }
    for (int32_t k = 0; k < r->n_instances; k++) {
        stock[ACCOUNT_BUDGET] += r->line[k].cash.fen;
        stock[ACCOUNT_LENDERS] += r->line[k].lender.cash.fen;
        stock[ACCOUNT_GUIDE_FUNDS] += r->line[k].guide.cash.fen;
        stock[ACCOUNT_BOND_BODIES] += r->line[k].body.cash.fen;
        stock[ACCOUNT_BOND_TRUSTS] += r->line[k].escrow.fen;
        stock[ACCOUNT_CHAMBERS] += r->line[k].dues.fen;
        stock[ACCOUNT_FINANCE_COMPANIES] += r->line[k].company.cash.fen;
        stock[ACCOUNT_RESERVES] += r->line[k].reserve.cash.fen;
        stock[ACCOUNT_RESERVE_DEPOSITS] += r->line[k].reserve.placed.fen;
    }
    for (size_t k = 0; k < r->issues.n; k++)
        stock[ACCOUNT_BOND_TRUSTS] += r->issues.row[k].account.fen;
    for (size_t k = 0; k < r->fund_notes.n; k++) {
        stock[ACCOUNT_BOND_TRUSTS] += r->fund_notes.row[k].account.fen;
        stock[ACCOUNT_FUND_NOTES] += r->fund_notes.row[k].principal.fen;
        stock[ACCOUNT_FUND_NOTE_DEBT] -= r->fund_notes.row[k].principal.fen;
    }
}

/* A list holds what is owed as one account and what owes it as the other, or one of them alone.  True: it has to be summed; false:
 * the accounts have not moved since they were found to agree, and stock is what it was then. */
static bool has_moved(const struct region *r, bool all, enum account one, enum account other, int64_t stock[N_ACCOUNTS])
{
    if (all || r->balance[one] != r->audited[one] || r->balance[other] != r->audited[other])
        return true;
    stock[one] = r->audited[one];
    stock[other] = r->audited[other];
    return false;
}

static void list_stocks(const struct region *r, bool all, int64_t stock[N_ACCOUNTS])
{
    if (has_moved(r, all, ACCOUNT_FUNDS, ACCOUNT_FUNDS, stock))
        for (size_t k = 0; k < r->funds.n; k++)
            stock[ACCOUNT_FUNDS] += r->funds.row[k].cash.fen;
    if (has_moved(r, all, ACCOUNT_BRIDGES, ACCOUNT_BRIDGE_DEBT, stock))
        for (size_t k = 0; k < r->bridges.n; k++) {
            stock[ACCOUNT_BRIDGES] += r->bridges.row[k].principal.fen;
            stock[ACCOUNT_BRIDGE_DEBT] -= r->bridges.row[k].principal.fen;
        }
    if (has_moved(r, all, ACCOUNT_FACTORED, ACCOUNT_FACTORED, stock))
        for (size_t k = 0; k < r->bills.n; k++)
            stock[ACCOUNT_FACTORED] += r->bills.row[k].amount.fen;
    if (has_moved(r, all, ACCOUNT_LEASES, ACCOUNT_LEASE_DEBT, stock))
        for (size_t k = 0; k < r->leases.n; k++) {
            stock[ACCOUNT_LEASES] += r->leases.row[k].owed.fen;
            stock[ACCOUNT_LEASE_DEBT] -= r->leases.row[k].owed.fen;
        }
    if (has_moved(r, all, ACCOUNT_BONDS, ACCOUNT_BOND_DEBT, stock))
        for (size_t k = 0; k < r->bonds.n; k++) {
            stock[ACCOUNT_BONDS] += r->bonds.row[k].principal.fen;
            stock[ACCOUNT_BOND_DEBT] -= r->bonds.row[k].principal.fen;
        }
}

enum { DEEDS_A_TASK = 8192 };
struct list_run {
    struct world *w;
    int32_t region;
};

static void add_deeds(void *context, size_t task, int32_t thread)
{
    const struct list_run *g = context;
    const struct deeds *d = &g->w->region[g->region].deeds;
    size_t from = task * DEEDS_A_TASK, to = from + DEEDS_A_TASK < d->n ? from + DEEDS_A_TASK : d->n;
    int64_t sum = 0;
    for (size_t k = from; k < to; k++)
        sum += d->row[k].owed.fen;
    g->w->team.hand[thread].start[g->region][ACCOUNT_PUBLIC_LOANS] += sum;
}

/* Of all deeds, by all threads. */
static int64_t owed_by_all(struct world *w, int32_t region)
{
    struct list_run g = {w, region};
    size_t n = w->region[region].deeds.n;
    int64_t sum = 0;
    for (int32_t t = 0; t < w->team.n; t++)
        w->team.hand[t].start[region][ACCOUNT_PUBLIC_LOANS] = 0;
    team_run(team_width(w->team.n, n / TILE), (n + DEEDS_A_TASK - 1) / DEEDS_A_TASK, add_deeds, &g);
    for (int32_t t = 0; t < w->team.n; t++)
        sum += w->team.hand[t].start[region][ACCOUNT_PUBLIC_LOANS];
    return sum;
}

/* Of those that are listed as owing something: one in dozens. */
static int64_t owed_as_listed(const struct deeds *d)
{
    enum { AHEAD = 16 };
    const struct owing *o = &d->owing;
    int64_t sum = 0;
    for (size_t k = 0; k < o->n; k++) {
        __builtin_prefetch(&d->row[o->row[k + AHEAD < o->n ? k + AHEAD : k].place].owed);
        sum += d->row[o->row[k].place].owed.fen;
    }
    return sum;
}

static void deed_stocks(struct world *w, int32_t region, bool all, bool ends, int64_t stock[N_ACCOUNTS])
{
    const struct region *r = &w->region[region];
    if (!has_moved(r, all, ACCOUNT_PUBLIC_LOANS, ACCOUNT_PUBLIC_LOAN_DEBT, stock))
        return;
    stock[ACCOUNT_PUBLIC_LOANS] = ends ? owed_by_all(w, region) : owed_as_listed(&r->deeds);
    stock[ACCOUNT_PUBLIC_LOAN_DEBT] = -stock[ACCOUNT_PUBLIC_LOANS];
}

static enum status say_lost(const struct world *w, struct diag *diag, int32_t phase, int32_t region, int32_t tile,
                            int32_t account, int64_t fen)
{
    char month[8], where[32] = "";
    month_text(w->month, month);
    if (tile >= 0)
        snprintf(where, sizeof where, ", tile %d", (int)tile);
    return diag_stop(diag, VERDICT_BAD, "%s: the month does not balance: phase %s, region %s%s, account %s: %lld fen",
                     month, schedule[phase].name, w->region[region].name, where, account_table[account].name,
                     (long long)fen);
}

/* What one region has had of another's funds is what these have sent. */
static int64_t community_balance(const struct world *w)
{
    int64_t sum = 0;
    for (int32_t k = 0; k < w->n_regions; k++)
        sum += w->region[k].balance[ACCOUNT_COMMUNITY];
    return sum;
}

/* After phases from .. to - 1.  At the beginning and the end of the month those in lists are summed, too, that have not moved. */
static enum status audit_agents(struct world *w, size_t from, size_t to, struct diag *diag)
{
    bool ends = to == n_phases, all = from == 0 || ends;
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        int64_t stock[N_ACCOUNTS];
        agent_stocks(r, stock);
        list_stocks(r, all, stock);
        deed_stocks(w, k, all, ends, stock);
        for (int a = 0; a < N_ACCOUNTS; a++)
            if (account_table[a].holder == HOLDER_AGENT && stock[a] != r->balance[a])
                return say_lost(w, diag, (int32_t)to - 1, k, -1, a, stock[a] - r->balance[a]);
        memcpy(r->audited, r->balance, sizeof r->audited);
    }
    int64_t between = community_balance(w);
    return between == 0 ? OK : say_lost(w, diag, (int32_t)to - 1, 0, -1, ACCOUNT_COMMUNITY, between);
}

/* After a group of local phases: what each thread found, and whether the rows stood at the balance when it began. */
static enum status audit_tiles(struct world *w, const struct local_run *g, struct diag *diag)
{
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct member *m = &w->team.member[t];
        if (m->status != OK)
            return diag_stop(diag, NO_MEMORY, "no memory for the proposals of a month");
        if (m->lost.fen != 0)
            return say_lost(w, diag, m->lost.phase, m->lost.region, m->lost.tile, m->lost.account, m->lost.fen);
    }
    for (int32_t k = 0; k < w->n_regions; k++) {
        for (int a = 0; a < N_HELD_ACCOUNTS; a++) {
            enum account account = held_accounts[a].account;
            int64_t stock = 0;
            if ((held_accounts[a].written & g->writes) == 0)
                continue;
            for (int32_t t = 0; t < w->team.n; t++)
                stock += w->team.hand[t].start[k][account];
            if (stock != w->region[k].audit_start[account])
                return say_lost(w, diag, (int32_t)(g->from > 0 ? g->from - 1 : 0), k, -1, (int32_t)account,
                                stock - w->region[k].audit_start[account]);
        }
    }
    return OK;
}

/* What a group of phases costs in a tile. */
static uint64_t tile_load(const struct local_run *g, const struct tile *tile)
{
    const struct region *r = &g->w->region[tile->region];
    uint64_t row = 1, loan = 0, loans = 0; /* an audit costs something, too */
    for (size_t p = g->from; p < g->to; p++)
        if (schedule[p].runs == NULL || schedule[p].runs(r)) {
            row += schedule[p].row_cost;
            loan += schedule[p].loan_cost;
        }
    for (size_t b = 0; b < r->loans.n_blocks; b++) {
        uint32_t from, to;
        loans_of_tile(&r->loans, b, tile->nth, &from, &to);
        loans += to - from;
    }
    return row * (tile->hi - tile->lo) + loan * loans;
}

/* The load that stands before a member: of the first, large shares each thread takes one; the last are small, so that all are done
 * at about the same time. */
static uint64_t load_before(int32_t member, int32_t threads, uint64_t all)
{
    static const uint64_t share[SHARES_A_THREAD] = {40, 22, 14, 11, 8, 5}; /* of a hundred, among the threads */
    uint64_t before = 0;
    for (int32_t round = 0; round < member / threads; round++)
        before += share[round];
    uint64_t within = member / threads < SHARES_A_THREAD ? share[member / threads] * (uint64_t)(member % threads) : 0;
    return (all / 100) * before + (all / 100) * within / (uint64_t)threads;
}

/* Shares of the tiles that cost about what they should: the old have more loans than the young, and stand in front. */
static int32_t share_tiles(const struct local_run *g)
{
    struct world *w = g->w;
    struct member *m = w->team.member;
    int32_t threads = team_width(w->team.n, w->n_tiles), members = threads * SHARES_A_THREAD, at = 0;
    uint64_t all = 0, so_far = 0;
    for (size_t k = 0; k < w->n_tiles && threads > 1; k++)
        all += tile_load(g, &w->tile[k]);
    for (int32_t j = 0; j < team_members(&w->team); j++)
        m[j].from = m[j].to = w->n_tiles;
    m[0].from = 0;
    for (size_t k = 0; k < w->n_tiles && threads > 1; k++) {
        uint64_t load = tile_load(g, &w->tile[k]);
        while (at + 1 < members && so_far + load / 2 >= load_before(at + 1, threads, all)) {
            m[at].to = k;
            m[++at].from = k;
        }
        so_far += load;
    }
    m[at].to = w->n_tiles;
    return threads;
}

static enum status walk_local(struct world *w, size_t from, size_t to, struct diag *diag)
{
    struct local_run g = {w, from, to, WRITES_CASH, true};
    for (size_t p = to; p < n_phases; p++)
        g.last = g.last && schedule[p].kind != LOCAL_PHASE;
    for (size_t p = from; p < to; p++)
        g.writes |= g.last ? WRITES_ALL : schedule[p].writes;
    for (int32_t k = 0; k < w->n_regions; k++) {
        memcpy(w->region[k].audit_start, w->region[k].balance, sizeof w->region[k].audit_start);
        for (int32_t t = 0; t < w->team.n; t++)
            memset(w->team.hand[t].start[k], 0, sizeof w->team.hand[t].start[k]);
    }
    team_run_shares(&w->team, share_tiles(&g), local_group, &g);
    return audit_tiles(w, &g, diag);
}

enum status month_walk(struct world *w, struct diag *diag)
{
    for (size_t p = 0; p < n_phases;) {
        size_t to = p + 1;
        double at = lap(w, 0, n_phases, 0.0);
        if (schedule[p].kind == LOCAL_PHASE) {
            while (to < n_phases && schedule[to].kind == LOCAL_PHASE)
                to++;
            TRY(walk_local(w, p, to, diag));
        } else if (schedule[p].market(w) != OK) {
            return diag_stop(diag, NO_MEMORY, "no memory in phase %s", schedule[p].name);
        } else {
            arena_reset(&w->market);
        }
        at = lap(w, 0, p, schedule[p].kind == MARKET_PHASE ? at : 0.0);
        tally_fold(w, schedule[p].kind);
        at = lap(w, 0, n_phases + 1, at);
        TRY(audit_agents(w, p, to, diag));
        lap(w, 0, n_phases, at);
        p = to;
    }
    return OK;
}
