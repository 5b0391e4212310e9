/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world - making, freeing, copying a world, and its state as bytes. */
#include <liandong/engine.h>
#include <liandong/heap.h>
#include <liandong/mathx.h>
#include <liandong/registry.h>
#include <string.h>

static const size_t box_sizes[N_BOXES] = {
    [BOX_BRIDGE] = sizeof(struct bridge_ask),   [BOX_ISSUER] = sizeof(struct issuer_ask),
    [BOX_ACCIDENT] = sizeof(struct accident),   [BOX_APPLICATION] = sizeof(struct application),
    [BOX_ANGEL] = sizeof(struct angel_ask),     [BOX_FOUNDER] = sizeof(struct founder),
    [BOX_FILING] = sizeof(struct filing),       [BOX_RECOVERY] = sizeof(struct recovery),
    [BOX_CANDIDATE] = sizeof(struct candidate), [BOX_DUE] = sizeof(struct claimed),
    [BOX_SALE] = sizeof(struct sale),           [BOX_ROUND] = sizeof(struct round_ask),
    [BOX_LEASE] = sizeof(struct lease_ask),     [BOX_BILL] = sizeof(struct bill_ask),
    [BOX_BOND] = sizeof(struct bond_ask),       [BOX_BOND_SHARE] = sizeof(struct bond_share),
    [BOX_TOLD] = sizeof(struct told),
};

/* -- team ----------------------------------------------------------------------------------------------------------- */
static enum status tally_init(struct tally *t, const struct region *r)
{
    *t = (struct tally){0};
    size_t pairs = (size_t)r->n_banks * (size_t)(r->n_bearers > 0 ? r->n_bearers : 1);
    t->bank = calloc((size_t)r->n_banks + 1, sizeof *t->bank);
    t->cover = calloc(pairs + 1, sizeof *t->cover);
    t->belief = calloc((size_t)r->n_banks * N_BELIEFS + 1, sizeof *t->belief);
    return t->bank != NULL && t->cover != NULL && t->belief != NULL ? OK : NO_MEMORY;
}

static void tally_free(struct tally *t)
{
    free(t->bank);
    free(t->cover);
    free(t->belief);
}

static enum status hand_init(struct hand *h, const struct world *w)
{
    h->tally = calloc((size_t)w->n_regions, sizeof *h->tally);
    h->scratch = calloc(1, sizeof *h->scratch);
    h->start = calloc((size_t)w->n_regions, sizeof *h->start);
    if (h->tally == NULL || h->scratch == NULL || h->start == NULL)
        return NO_MEMORY;
    h->scratch->at = NOT_LISTED;
    for (int32_t r = 0; r < w->n_regions; r++)
        TRY(tally_init(&h->tally[r], &w->region[r]));
    return OK;
}

static enum status team_init(struct world *w, int threads)
{
    struct team *team = &w->team;
    team->n = threads < 1 ? 1 : threads;
    team->hand = calloc((size_t)team->n, sizeof *team->hand);
    team->member = calloc((size_t)team_members(team), sizeof *team->member);
    if (team->hand == NULL || team->member == NULL)
        return NO_MEMORY;
    for (int32_t t = 0; t < team->n; t++)
        TRY(hand_init(&team->hand[t], w));
    for (int32_t m = 0; m < team_members(team); m++) {
        team->member[m].hand = &team->hand[m % team->n];
        for (int32_t b = 0; b < N_BOXES; b++)
            team->member[m].box[b].size = box_sizes[b];
    }
    return OK;
}

static void hand_free(struct hand *h, const struct world *w)
{
    for (int32_t r = 0; h->tally != NULL && r < w->n_regions; r++)
        tally_free(&h->tally[r]);
    free(h->tally);
    free(h->scratch);
    free(h->start);
}

static void team_free(struct world *w)
{
    struct team *team = &w->team;
    for (int32_t m = 0; team->member != NULL && m < team_members(team); m++)
        for (int32_t b = 0; b < N_BOXES; b++)
            free(team->member[m].box[b].bytes);
    for (int32_t t = 0; team->hand != NULL && t < team->n; t++)
        hand_free(&team->hand[t], w);
    free(team->member);
    free(team->hand);
}

/* -- agents of a region ------------------------------------------------------------------------------------------------ */
static int32_t scaled_count(int32_t count, double scale)
{
    double n = count * scale;
    return count <= 0 ? 0 : n < 1.0 ? 1 : (int32_t)(n + 0.5);
}

/* Branches of each bank of a kind; an enterprise keeps the number of its own in 16 bits. */
static int32_t branches_of(const struct region *r, int32_t kind)
{
    int32_t each = scaled_count(NAMED(r, banks, kind)->branches, r->scale), most = UINT16_MAX / (r->n_banks + 1);
    return each < most ? each : most;
}

/* Banks keep their number at any scale; branches, money and hours are scaled. */
static void make_banks(struct region *r)
{
    int32_t bank = 0, branch = 0;
    for (int32_t kind = 0; kind < r->layout->count[GROUP_banks]; kind++) {
        const struct banks_params *p = NAMED(r, banks, kind);
        for (int32_t k = 0; k < p->count; k++, bank++) {
            struct bank *b = &r->bank[bank];
            b->kind = kind;
            b->tolerance = p->tolerance;
            b->first_branch = branch;
            b->n_branches = branches_of(r, kind);
            for (int32_t j = 0; j < b->n_branches; j++)
                r->branch[branch++] = (struct branch){.bank = bank, .nth = j, .authority = p->authority};
        }
    }
    r->n_branches = branch;
}

static void count_agents(struct region *r, size_t *branches)
{
    *branches = 0;
    r->n_banks = 0;
    for (int32_t kind = 0; kind < r->layout->count[GROUP_banks]; kind++)
        r->n_banks += NAMED(r, banks, kind)->count;
    for (int32_t kind = 0; kind < r->layout->count[GROUP_banks]; kind++)
        *branches += (size_t)NAMED(r, banks, kind)->count * (size_t)branches_of(r, kind);
    r->n_instances = r->n_bearers = 0;
    for (int32_t k = 0; k < N_INSTRUMENTS; k++) {
        int32_t n = r->layout->count[registry_groups[k]];
        r->n_instances += n;
        r->n_bearers += registry_bearers[k] != BEARER_NONE ? n : 0;
    }
    r->n_words = (r->n_instances + MEMBER_BITS - 1) / MEMBER_BITS;
}

/* In a larger world as many more funds are raised; in a smaller one the same are smaller. */
int32_t managers_at_start(const struct region *r, int32_t kind)
{
    return scaled_count(NAMED(r, funds, kind)->count, r->scale > 1.0 ? r->scale : 1.0);
}

int32_t managers_to_come(const struct region *r, int32_t kind, int32_t months)
{
    return (int32_t)(NAMED(r, funds, kind)->arrivals * managers_at_start(r, kind) * (months / 12.0));
}

/* Of them as many as can come up until the world's end. */
static enum status make_managers(struct region *r, int32_t months)
{
    r->manager_room = 0;
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++)
        r->manager_room += managers_at_start(r, k) + managers_to_come(r, k, months);
    r->manager = calloc((size_t)r->manager_room + 1, sizeof *r->manager);
    if (r->manager == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++)
        for (int32_t j = 0; j < managers_at_start(r, k); j++)
            r->manager[r->n_managers++] = (struct manager){.kind = k, .nth = j, .fund = -1};
    return OK;
}

static uint64_t name_of_line(const struct region *r, enum group group, int32_t instance)
{
    bool named = r->layout->name[group] != NULL;
    return ld_mix(ld_hash(group_table[group].name), named ? ld_hash(r->layout->name[group][instance]) : 0);
}

static void make_lines(struct region *r)
{
    int32_t k = 0, bearer = 0;
    for (int32_t n = 0; n < N_INSTRUMENTS; n++)
        for (int32_t j = 0; j < r->layout->count[registry_groups[n]]; j++, k++) {
            r->line[k] = (struct line){.kind = n,
                                       .group = (int32_t)registry_groups[n],
                                       .instance = j,
                                       .name = name_of_line(r, registry_groups[n], j),
                                       .bearer = -1,
                                       .honoured = 1.0};
            if (registry_bearers[n] == BEARER_NONE)
                continue;
            r->bearer[bearer].kind = (int32_t)registry_bearers[n];
            r->bearer[bearer].line = k;
            r->line[k].bearer = bearer++;
        }
}

static enum status make_agents(struct region *r)
{
    size_t branches;
    count_agents(r, &branches);
    size_t banks = (size_t)r->n_banks + 1, pools = (size_t)r->n_bearers + 1;
    r->bank = calloc(banks, sizeof *r->bank);
    r->branch = calloc(branches + 1, sizeof *r->branch);
    r->belief = calloc(banks * (N_BELIEFS + N_PARENTS), sizeof *r->belief);
    r->experience = calloc(banks * pools, sizeof *r->experience);
    r->cover_seen = calloc(banks * pools, sizeof *r->cover_seen);
    r->bearer = calloc(pools, sizeof *r->bearer);
    r->line = calloc((size_t)r->n_instances + 1, sizeof *r->line);
    r->dealing = calloc(((size_t)r->n_instances + 1) * banks, sizeof *r->dealing);
    r->bank_start = calloc(banks + 2, sizeof *r->bank_start);
    r->chain_capacity = 64;
    r->chain = calloc((size_t)r->chain_capacity, sizeof *r->chain);
    if (r->bank == NULL || r->branch == NULL || r->belief == NULL || r->experience == NULL || r->cover_seen == NULL ||
        r->bearer == NULL || r->line == NULL || r->dealing == NULL || r->chain == NULL || r->bank_start == NULL)
        return NO_MEMORY;
    r->n_chains = 1; /* chain 0: no cover */
    make_banks(r);
    make_lines(r);
    r->enterprises.words = (size_t)r->n_words;
    /* tables without rows have their columns, too: a place in none would be no address */
    TRY(enterprises_reserve(&r->enterprises, 1));
    TRY(loans_reserve(&r->loans, 1));
    return tally_init(&r->total, r);
}

static enum status region_init(struct world *w, int32_t index)
{
    struct region *r = &w->region[index];
    const struct setup *s = w->setup;
    memcpy(r->name, s->region[index], NAME_SIZE);
    r->id = ld_hash(r->name);
    r->index = index;
    r->layout = &s->layout;
    r->scale = s->world.scale;
    r->now = malloc(s->layout.size);
    if (r->now == NULL)
        return NO_MEMORY;
    memcpy(r->now, s->initial + (size_t)index * s->layout.size, s->layout.size);
    for (int32_t k = 0; k < MAX_SECTORS; k++)
        for (int32_t h = 0; h < HISTORY; h++)
            r->history[k][h] = -1e9;
    TRY(make_managers(r, s->world.burn_in + s->world.months));
    return make_agents(r);
}

static void region_free(struct region *r)
{
    enterprises_free(&r->enterprises);
    loans_free(&r->loans);
    tally_free(&r->total);
    free(r->now);
    free(r->claims.row);
    free(r->claims.covers.row);
    free(r->claims.open.row);
    free(r->dues.row);
    free(r->pages.row);
    free(r->resters.row);
    free(r->files.row);
    free(r->bridges.row);
    free(r->leases.row);
    free(r->buyers.row);
    free(r->buyers.start.row);
    free(r->buyers.fell.row);
    free(r->bills.row);
    free(r->manager);
    free(r->funds.row);
    free(r->positions.row);
    free(r->positions.held.row);
    tables_free_starts(&r->positions.held.starts);
    free(r->accounts.row);
    free(r->vehicles.row);
    free(r->warrants.row);
    tables_free_starts(&r->warrants.starts);
    free(r->issuers.row);
    free(r->issuer_files.row);
    free(r->free_files.row);
    free(r->traded.row);
    deeds_free(&r->deeds);
    free(r->bonds.row);
    free(r->issues.row);
    free(r->issue_places.row);
    free(r->bond_places.row);
    free(r->bond_places.dates.row);
    tables_free_starts(&r->bond_places.starts);
    free(r->away.row);
    free(r->fund_notes.row);
    free(r->paid.row);
    free(r->waiting.row);
    free(r->returned.row);
    free(r->market.row);
    free(r->market.ruling);
    free(r->order);
    free(r->bank_start);
    free(r->bank);
    free(r->branch);
    free(r->belief);
    free(r->experience);
    free(r->cover_seen);
    free(r->bearer);
    free(r->line);
    free(r->dealing);
    free(r->chain);
}

enum status region_list_starts(struct region *r)
{
    TRY(LIST_STARTS(&r->positions.held));
    TRY(deeds_list(&r->deeds));
    TRY(bonds_list_places(r));
    return tables_list_starts(&r->warrants.starts, r->warrants.row, r->warrants.sorted, sizeof *r->warrants.row);
}

/* Bytes of one at scale 1, of some thirty thousand enterprises. */
#define A_PLACE (24.0 * (1 << 20))

/* -- the world ---------------------------------------------------------------------------------------------------------- */
static enum status init(struct world *w, int threads)
{
    w->region = calloc((size_t)w->n_regions, sizeof *w->region);
    w->alert = calloc(w->setup->n_triggers + 1, sizeof *w->alert);
    if (w->region == NULL || w->alert == NULL)
        return NO_MEMORY;
    for (int32_t r = 0; r < w->n_regions; r++)
        TRY(region_init(w, r));
    return team_init(w, threads);
}

enum status world_init(struct world *w, const struct setup *setup, uint32_t seed, uint32_t run, int threads,
                       struct diag *diag)
{
    *w = (struct world){.setup = setup, .compact_every = 4};
    w->n_regions = setup->n_regions;
    w->first_month = setup->world.start - (setup->world.initial_empty ? 0 : setup->world.burn_in);
    w->month = w->first_month - 1;
    w->luck = (struct luck){.seed = seed, .run = run, .month = w->month};
    w->id_nation = ld_hash("nation");
    w->plant.phase = -1;
    heap_fit((size_t)(A_PLACE * setup->world.scale) * (size_t)setup->n_regions);
    if (init(w, threads) == OK)
        return OK;
    world_free(w);
    return diag_stop(diag, NO_MEMORY, "no memory for a world of %d regions", (int)setup->n_regions);
}

void world_free(struct world *w)
{
    team_free(w);
    for (int32_t r = 0; w->region != NULL && r < w->n_regions; r++)
        region_free(&w->region[r]);
    free(w->region);
    free(w->alert);
    free(w->tile);
    free(w->record);
    arena_free(&w->market);
    *w = (struct world){0};
}

enum status world_measure(struct world *w, const struct record_layout *layout, struct diag *diag)
{
    free(w->record);
    w->record = calloc(layout->n + 1, sizeof *w->record);
    w->layout = layout;
    return w->record != NULL ? OK : diag_stop(diag, NO_MEMORY, "no memory for the record of a month");
}

void world_balances(const struct world *w, int64_t *balances)
{
    for (int32_t r = 0; r < w->n_regions; r++)
        memcpy(balances + (size_t)r * N_ACCOUNTS, w->region[r].balance, sizeof w->region[r].balance);
}

int64_t world_alive(const struct world *w, int32_t region)
{
    const struct enterprises *e = &w->region[region].enterprises;
    int64_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        n += e->status[i] == ACTIVE;
    return n;
}

void world_panel(const struct world *w, double share, panel_fn put, void *to)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        for (uint32_t i = 0; i < r->enterprises.n; i++) {
            struct identity who = enterprise_identity(&r->enterprises, i);
            uint64_t hash = ld_mix(who.origin, who.index);
            if (r->enterprises.status[i] == ACTIVE && (double)(hash >> 11) * 0x1p-53 < share)
                put(to, w, r, i);
        }
    }
}
