/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boards - the way of a file: prepared, filed, read by reviewers, listed as the nation's capacity and the window allow, or
 * withdrawn; and what follows for those listed: follow-on issues, delisting (mechanisms M9).
 *
 *   preparing   months are done as they are paid; each January adds the accounts of a year.  With the months, the accounts and
 *               the results that the board asks for, it files.
 *   filed       after `review` months reviewers read results h over the thresholds as h exp(e / sqrt(precision)); below 1 the
 *               file comes back, and is answered, which adds as much precision again.
 *   passed      all regions together, and those outside, are listed in the order of filing, then of precision, then by identity,
 *               as many as the board takes in a month of the nation.
 * Whose results fall below the thresholds on the way withdraws. */
#include <liandong/boards.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

static const struct boards_params *target_of(const struct region *r, const struct issuer *s)
{
    return NAMED(r, boards, s->target - 1);
}

static struct board_month *target_month(struct region *r, const struct issuer *s)
{
    return &r->board[s->target - 1];
}

/* -- rewards ---------------------------------------------------------------------------------------------------------------------- */
static enum status reward(const struct world *w, struct region *r, const struct issuer *s, int32_t board,
                          enum reward event)
{
    EACH_HOOKED(r, HOOK_LISTING, k)
    {
        struct listing_terms terms = {0};
        if (!enterprise_member(&r->enterprises, s->row, k))
            continue;
        instrument_of(r, k)->listing(r, k, board, &terms);
        struct due d = {
            .row = s->row, .instance = (uint8_t)k, .month = w->month + line_lag(r, k), .amount = terms.reward[event]};
        if (d.amount.fen > 0)
            TRY(due_add(r, &d));
    }
    return OK;
}

/* -- preparing -------------------------------------------------------------------------------------------------------------------- */
static void begin(const struct world *w, const struct region *r, struct issuer *s, int32_t target)
{
    s->target = (uint8_t)target;
    s->state = ISSUER_PREPARING;
    s->since = w->month;
    s->progress = 0.0f;
    s->rounds = 0;
    s->precision = (float)P(r, capital_market)->precision;
    s->years = 0;
    issuer_accounts(r, s);
}

static void give_up(struct issuer *s)
{
    s->target = 0;
}

static void withdraw(struct region *r, struct issuer *s)
{
    target_month(r, s)->withdrawn++;
    give_up(s);
}

static bool meets(const struct region *r, const struct issuer *s)
{
    struct performance results = issuer_performance(r, s, s->target - 1);
    return board_headroom(r, s->target - 1, &results) >= 1.0;
}

static bool from_below(const struct issuer *s)
{
    return s->board != 0 && s->board == s->target - 1;
}

/* Months of preparation that it needs, with what counselling and a fast channel spare. */
static double months_needed(const struct region *r, const struct issuer *s, const struct listing_terms *terms)
{
    const struct boards_params *b = target_of(r, s);
    int32_t months = b->prepare - terms->months - (from_below(s) ? b->fast : 0);
    return months > 1 ? months : 1.0;
}

/* A month's part of the cost; who cannot pay it does not get on. */
static bool pay_month(struct region *r, const struct issuer *s, double needed)
{
    money part = money_scale(target_of(r, s)->prepare_cost, 1.0 / needed);
    if (r->enterprises.cash[s->row].fen < part.fen)
        return false;
    issuer_pays(r, s->row, FLOW_LISTING_PREPARED, part);
    return true;
}

static bool may_file(const struct world *w, const struct region *r, const struct issuer *s)
{
    const struct boards_params *b = target_of(r, s);
    int32_t age = w->month - r->enterprises.founded[s->row];
    bool ladder = b->ladder == 0 || (from_below(s) && w->month - s->listed >= b->ladder);
    return s->years >= b->years && age >= b->age_min && ladder && board_open(r, s->target - 1) && meets(r, s);
}

static enum status file(const struct world *w, struct region *r, struct issuer *s, const struct listing_terms *terms)
{
    s->state = ISSUER_FILED;
    s->since = s->filed = w->month;
    s->ready = w->month + target_of(r, s)->review;
    s->precision += (float)terms->precision;
    target_month(r, s)->applied++;
    return reward(w, r, s, s->target - 1, REWARD_ACCEPTED);
}

static enum status prepare(const struct world *w, struct region *r, struct issuer *s)
{
    struct listing_terms terms = {0};
    listing_terms_of(r, s->row, s->target - 1, &terms);
    double needed = months_needed(r, s, &terms), before = (double)s->progress;
    if (before < needed && pay_month(r, s, needed)) {
        s->progress += 1.0f;
        if (before < needed / 2.0 && before + 1.0 >= needed / 2.0)
            TRY(reward(w, r, s, s->target - 1, REWARD_COUNSELLED));
    }
    if ((double)s->progress >= needed && may_file(w, r, s))
        return file(w, r, s, &terms);
    if (w->month - s->since > P(r, capital_market)->patience)
        give_up(s);
    return OK;
}

/* -- under review ------------------------------------------------------------------------------------------------------------------- */
static bool convinces(const struct world *w, const struct region *r, const struct issuer *s)
{
    struct performance results = issuer_performance(r, s, s->target - 1);
    double over = board_headroom(r, s->target - 1, &results), precision = (double)s->precision;
    if (precision <= 0.0)
        return false;
    struct luck luck = w->luck;
    luck.month = s->filed + s->rounds;
    double u = draw(luck, enterprise_identity(&r->enterprises, s->row), DRAW_REVIEW);
    return over * ld_exp(ld_normal_quantile(u) / __builtin_sqrt(precision)) >= 1.0;
}

static void send_back(const struct world *w, struct region *r, struct issuer *s)
{
    const struct capital_market_params *m = P(r, capital_market);
    struct listing_terms terms = {0};
    target_month(r, s)->returned++;
    if (s->rounds >= m->rounds) {
        withdraw(r, s);
        return;
    }
    listing_terms_of(r, s->row, s->target - 1, &terms);
    int32_t months = m->rework - terms.rework;
    s->rounds++;
    s->ready = w->month + (months > 1 ? months : 1);
    s->precision += (float)m->precision;
}

static void review(const struct world *w, struct region *r, struct issuer *s)
{
    if (!meets(r, s) || w->month - s->filed > P(r, capital_market)->patience) {
        withdraw(r, s);
    } else if (s->state == ISSUER_FILED && w->month >= s->ready) {
        if (convinces(w, r, s))
            s->state = ISSUER_PASSED;
        else
            send_back(w, r, s);
    }
}

/* -- a region's month --------------------------------------------------------------------------------------------------------------- */
static enum status tend(const struct world *w, struct region *r, struct issuer *s)
{
    if (w->month % 12 == 0 && s->target != 0)
        issuer_accounts(r, s);
    if (s->board != 0)
        issuer_stays(w, r, s);
    if (s->target == 0 || !P(r, capital_market)->enabled)
        return OK;
    if (s->state == ISSUER_PREPARING)
        return prepare(w, r, s);
    review(w, r, s);
    return OK;
}

static enum status tend_all(const struct world *w, struct region *r)
{
    size_t kept = 0;
    enum status status = OK;
    for (size_t k = 0; k < r->issuers.n; k++) {
        struct issuer s = r->issuers.row[k];
        if (r->enterprises.status[s.row] != ACTIVE) {
            r->enterprises.board[s.row] = 0;
            continue;
        }
        if (status == OK)
            status = tend(w, r, &s);
        r->enterprises.board[s.row] = s.board;
        if (s.board != 0 || s.target != 0)
            r->issuers.row[kept++] = s;
    }
    r->issuers.n = kept;
    return status;
}

static size_t asks_of(const struct world *w, const struct region *r, const struct issuer_ask **list)
{
    size_t n = 0;
    for (int32_t t = 0; t < w->team.n; t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_ISSUER];
        for (size_t k = 0; k < box->n; k++) {
            const struct issuer_ask *a = OUTBOX(box, struct issuer_ask, k);
            if (a->region != r->index)
                continue;
            if (list != NULL)
                list[n] = a;
            n++;
        }
    }
    return n;
}

/* Those who begin to prepare, merged from the back: both lists are in order of rows. */
static enum status take_asks(struct world *w, struct region *r)
{
    size_t n = asks_of(w, r, NULL), have = r->issuers.n, fresh = 0;
    const struct issuer_ask **list = arena_take(&w->market, n, sizeof(const struct issuer_ask *));
    if (n == 0)
        return OK;
    if (list == NULL || LIST_RESERVE(&r->issuers, have + n) != OK)
        return NO_MEMORY;
    asks_of(w, r, list);
    for (size_t k = 0; k < n; k++) {
        struct issuer *s = issuer_at(r, list[k]->row);
        if (s == NULL)
            list[fresh++] = list[k];
        else if (s->target == 0)
            begin(w, r, s, list[k]->board + 1);
    }
    r->issuers.n = have + fresh;
    for (size_t to = have + fresh; fresh > 0; to--) {
        if (have > 0 && r->issuers.row[have - 1].row > list[fresh - 1]->row) {
            r->issuers.row[to - 1] = r->issuers.row[--have];
            continue;
        }
        struct issuer s = {.row = list[--fresh]->row};
        begin(w, r, &s, list[fresh]->board + 1);
        r->issuers.row[to - 1] = s;
    }
    return OK;
}

/* -- the nation ----------------------------------------------------------------------------------------------------------------------- */
struct passed {
    int32_t region;
    uint32_t nth; /* of its issuers */
};

/* Order of filing, then the better file, then identity. */
static uint64_t queue_key(const struct world *w, const struct region *r, const struct issuer *s, size_t place)
{
    int32_t waited = w->month - s->filed;
    double told = 4.0 * (double)s->precision;
    uint64_t quality = told < 1023.0 ? (uint64_t)told : 1023;
    struct identity who = enterprise_identity(&r->enterprises, s->row);
    uint64_t name = ld_mix(who.origin, who.index) >> 38;
    BUG_ON(waited < 0 || waited >= QUEUE_MONTHS || place >> 22 != 0);
    return (uint64_t)(QUEUE_MONTHS - 1 - waited) << 58 | (1023 - quality) << 48 | name << 22 | place;
}

/* All that passed and wait, of whatever board: those of a region in order of rows. */
struct waiting {
    struct passed *row;
    size_t n;
};

static enum status passed_of(struct world *w, struct waiting *all)
{
    size_t most = 0;
    for (int32_t k = 0; k < w->n_regions; k++)
        most += w->region[k].issuers.n;
    *all = (struct waiting){.row = arena_take(&w->market, most, sizeof *all->row)};
    if (all->row == NULL)
        return NO_MEMORY;
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        for (size_t j = 0; j < r->issuers.n && P(r, capital_market)->enabled; j++)
            if (r->issuers.row[j].target != 0 && r->issuers.row[j].state == ISSUER_PASSED)
                all->row[all->n++] = (struct passed){k, (uint32_t)j};
    }
    return OK;
}

static size_t passed_for(const struct world *w, int32_t board, const struct waiting *all, struct passed *list,
                         uint64_t *key)
{
    size_t n = 0;
    for (size_t j = 0; j < all->n; j++) {
        const struct region *r = &w->region[all->row[j].region];
        const struct issuer *s = &r->issuers.row[all->row[j].nth];
        if (s->target != board + 1 || !window_open(r, board))
            continue;
        list[n] = all->row[j];
        key[n] = queue_key(w, r, s, n);
        n++;
    }
    return n;
}

/* Whole numbers a month that come to so many in the long run. */
static int64_t of_month(int32_t month, double many)
{
    return (int64_t)(many * (month + 1)) - (int64_t)(many * month);
}

/* Files from outside arrive, and leave when their patience ends. */
static void outside_files(struct world *w, const struct region *lead, int32_t board, double capacity)
{
    const struct capital_market_params *m = P(lead, capital_market);
    int32_t *ring = w->outside[board];
    bool open = capacity > 0.0 && board_open(lead, board);
    ring[w->month % QUEUE_MONTHS] = open ? (int32_t)of_month(w->month, m->outside * capacity) : 0;
    for (int32_t age = m->patience + 1; age < QUEUE_MONTHS; age++)
        ring[(w->month - age) % QUEUE_MONTHS] = 0;
}

static enum status list_passed(struct world *w, const struct passed *p)
{
    struct region *r = &w->region[p->region];
    struct issuer *s = &r->issuers.row[p->nth];
    int32_t board = s->target - 1;
    issuer_lists(w, r, s);
    return reward(w, r, s, board, REWARD_LISTED);
}

/* Files of one month, those from outside evenly among the others. */
static enum status list_month(struct world *w, const struct passed *list, const uint64_t *key, size_t n,
                              int32_t *outside, int64_t *room)
{
    int64_t inside = (int64_t)n, j = 0, k = 0;
    for (; *room > 0 && (j < inside || k < *outside); (*room)--) {
        if (k == *outside || (j < inside && (2 * j + 1) * *outside <= (2 * k + 1) * inside))
            TRY(list_passed(w, &list[key[j++] & ((1u << 22) - 1)]));
        else
            k++;
    }
    *outside -= (int32_t)k;
    return OK;
}

static enum status settle_board(struct world *w, const struct region *lead, int32_t board, const struct waiting *all)
{
    const struct boards_params *b = NAMED(lead, boards, board);
    bool limited = b->capacity < 1e6, open = window_open(lead, board);
    double capacity = b->capacity * lead->scale;
    if (limited)
        outside_files(w, lead, board, capacity);
    struct passed *list = arena_take(&w->market, all->n, sizeof *list);
    uint64_t *key = arena_take(&w->market, all->n, sizeof *key);
    if (list == NULL || key == NULL)
        return NO_MEMORY;
    size_t n = passed_for(w, board, all, list, key), at = 0, past;
    sort_keys(key, n);
    int64_t room = limited ? of_month(w->month, capacity) : (int64_t)n;
    for (int32_t age = QUEUE_MONTHS - 1; age >= 0; age--) {
        int32_t none = 0, *outside = &w->outside[board][(w->month - age) % QUEUE_MONTHS];
        for (past = at; past < n && (int32_t)(key[past] >> 58) == QUEUE_MONTHS - 1 - age; past++)
            ;
        TRY(list_month(w, list, key + at, past - at, limited && open && age >= b->review ? outside : &none, &room));
        at = past;
    }
    return OK;
}

static void count_issuers(struct region *r)
{
    for (size_t k = 0; k < r->issuers.n; k++) {
        const struct issuer *s = &r->issuers.row[k];
        if (s->board != 0) {
            r->board[s->board - 1].listed++;
            r->board[s->board - 1].value += (int64_t)enterprise_price(r, s->row);
        }
        if (s->target != 0 && s->state == ISSUER_PREPARING)
            target_month(r, s)->preparing++;
        else if (s->target != 0)
            target_month(r, s)->queue++;
    }
}

/* What holds for the nation is read in the first region that has a capital market, of those where the board is open if there are
 * any. */
static const struct region *lead_of(const struct world *w, int32_t board)
{
    const struct region *lead = NULL;
    for (int32_t k = w->n_regions - 1; k >= 0; k--) {
        const struct region *r = &w->region[k];
        if (P(r, capital_market)->enabled && (lead == NULL || board_open(r, board) || !board_open(lead, board)))
            lead = r;
    }
    return lead;
}

enum status boards_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        struct region *r = &w->region[k];
        memset(r->board, 0, sizeof r->board);
        TRY(tend_all(w, r));
        TRY(take_asks(w, r));
    }
    struct waiting all;
    TRY(passed_of(w, &all));
    for (int32_t b = 0; b < w->region[0].layout->count[GROUP_boards]; b++) {
        const struct region *lead = lead_of(w, b);
        if (lead != NULL)
            TRY(settle_board(w, lead, b, &all));
    }
    for (int32_t k = 0; k < w->n_regions; k++)
        count_issuers(&w->region[k]);
    return OK;
}
