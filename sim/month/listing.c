/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing - what investors pay for shares, what boards ask for, and who begins to prepare (mechanisms M9).
 *
 *   price      = price/earnings of the board * exp(cycle * macro factor) * earnings of twelve months after tax, at least what
 *                owners expect in the long run of such sales
 *   surplus    = d (price - value as it stands - fees - control given up) - preparation - disclosure + rewards,
 *                d = (1 + discount)^-(years until owners may sell)
 * In January, with the results of the year, and on a move of stage an enterprise takes the board with the largest surplus among
 * those whose thresholds it expects to meet; where that board is reached through the one below it, that one comes first. */
#include <liandong/boards.h>
#include <liandong/mathx.h>

/* -- prices --------------------------------------------------------------------------------------------------------------------- */
struct outsight outsight_of(const struct region *r)
{
    return (struct outsight){.left = (12 - r->month % 12) / 12.0,
                             .kept = 1.0 - P(r, government)->income_tax,
                             .usual = P(r, enterprise)->margin_potential};
}

/* Price of the whole over its earnings. */
static double price_ratio(const struct region *r, int32_t board)
{
    return NAMED(r, boards, board)->price_earnings * r->cells.price_level;
}

double issue_price(const struct region *r, uint32_t i, int32_t board)
{
    struct outsight o = outsight_of(r);
    return price_ratio(r, board) * seen_earnings(&o, &r->enterprises, i, seen_profit(&o, &r->enterprises, i));
}

struct quotes quotes_of(const struct region *r)
{
    struct quotes q = {.outsight = outsight_of(r)};
    for (int32_t b = 0; b < r->layout->count[GROUP_boards]; b++) {
        q.ratio[b] = price_ratio(r, b);
        q.disclosure[b] = money_scale(NAMED(r, boards, b)->disclosure, 1.0 / 12.0);
    }
    return q;
}

double enterprise_price(const struct region *r, uint32_t i)
{
    int32_t board = r->enterprises.board[i];
    return board == 0 ? 0.0 : issue_price(r, i, board - 1);
}

bool enterprise_traded(const struct region *r, uint32_t i)
{
    int32_t board = r->enterprises.board[i];
    return board > 0 && NAMED(r, boards, board - 1)->exchange;
}

void shares_dilute(struct region *r, uint32_t i, double kept)
{
    r->enterprises.founder_share[i] *= (float)kept;
}

bool shares_free(const struct region *r, uint32_t i)
{
    const struct issuer *s = enterprise_traded(r, i) ? issuer_of(r, i) : NULL;
    return s != NULL && r->month - s->listed >= P(r, capital_market)->lock_up;
}

const struct issuer *issuer_of(const struct region *r, uint32_t row)
{
    size_t at = LIST_FIRST(&r->issuers, row);
    return at < r->issuers.n && r->issuers.row[at].row == row ? &r->issuers.row[at] : NULL;
}

/* -- rules of a board ------------------------------------------------------------------------------------------------------------- */
enum { NO_LIMIT = 1000000 };

static double over(double least, double value, money threshold)
{
    double yuan = money_to_yuan(threshold);
    return yuan > 0.0 ? ld_min(least, value / yuan) : least;
}

/* By profit; and by growth, where the board has such a set. */
static double by_profit(const struct boards_params *b, const struct performance *s)
{
    double least = over(over(NO_LIMIT, s->value, b->value_min), s->profit, b->profit_min);
    if (b->profit_min.fen > 0 && s->least <= 0.0)
        return 0.0;
    return over(least, s->last, b->profit_last);
}

static double by_growth(const struct boards_params *b, const struct performance *s)
{
    double least = over(over(NO_LIMIT, s->value, b->growth_value), s->sales, b->growth_sales);
    if (b->growth_profit && s->last <= 0.0)
        return 0.0;
    double research = b->growth_research * s->sales;
    return research > 0.0 ? ld_min(least, s->research / research) : least;
}

static double headroom(const struct boards_params *b, const struct performance *s)
{
    return ld_max(by_profit(b, s), by_growth(b, s));
}

double board_headroom(const struct region *r, int32_t board, const struct performance *s)
{
    return headroom(NAMED(r, boards, board), s);
}

bool board_open(const struct region *r, int32_t board)
{
    return r->month >= (int32_t)(NAMED(r, boards, board)->opens * 12.0 + 0.5);
}

bool window_open(const struct region *r, int32_t board)
{
    return !NAMED(r, boards, board)->exchange || r->macro + P(r, macro)->stress >= P(r, capital_market)->window;
}

/* -- who begins to prepare ---------------------------------------------------------------------------------------------------------- */
void listing_terms_of(const struct region *r, uint32_t i, int32_t board, struct listing_terms *o)
{
    EACH_HOOKED(r, HOOK_LISTING, k)
    if (enterprise_member(&r->enterprises, i, k))
        instrument_of(r, k)->listing(r, k, board, o);
}

struct performance issuer_performance(const struct region *r, const struct issuer *s, int32_t board)
{
    const struct enterprises *e = &r->enterprises;
    const struct issuer_file *f = file_of(r, s);
    int32_t years = NAMED(r, boards, board)->years, known = f->years < years ? f->years : years;
    struct outsight seen = outsight_of(r);
    double interim = seen_profit(&seen, e, s->row);
    struct performance o = {.last = ld_min(money_to_yuan(f->profit[0]), interim), .least = interim};
    for (int32_t k = 0; k < known; k++) {
        o.profit += money_to_yuan(f->profit[k]);
        o.least = ld_min(o.least, money_to_yuan(f->profit[k]));
    }
    o.sales = (double)e->sales[s->row];
    o.research = 12.0 * (double)e->research[s->row];
    o.value = price_ratio(r, board) * seen_earnings(&seen, e, s->row, interim);
    return o;
}

/* What all who consider a board find the same in a month. */
struct board_now {
    const struct boards_params *params;
    double ratio;   /* price of the whole over its earnings */
    double floated; /* what is raised over that price */
    double running; /* cost of disclosure as long as owners look ahead, yuan */
    /* bounds, from above and below: worth now of a yuan gained on the day; of what the way to it costs, yuan */
    double later, cost;
    bool open;
};

/* An enterprise as boards and investors look at it. */
struct considering {
    double year, earns;     /* profit of the last twelve months; what it earns in the eyes of investors, yuan a year */
    double sales, research; /* yearly */
};

/* Bounds are for who is not rewarded, on the shortest way: from the board below. */
static struct board_now board_now(const struct region *r, int32_t board)
{
    const struct boards_params *b = NAMED(r, boards, board);
    const struct capital_market_params *m = P(r, capital_market);
    double months = m->lock_up + (ld_max(b->prepare - b->fast, 1.0) + b->review);
    return (struct board_now){.params = b,
                              .ratio = price_ratio(r, board),
                              .floated = b->floated / (1.0 - b->floated),
                              .running = money_to_yuan(b->disclosure) * P(r, enterprise)->horizon,
                              .later = ld_pow(1.0 + m->discount, -months / 12.0) * (1.0 + 1e-12),
                              .cost = money_to_yuan(b->prepare_cost),
                              .open = board_open(r, board)};
}

static struct considering considering_of(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    struct outsight o = outsight_of(r);
    double year = seen_profit(&o, e, i);
    return (struct considering){.year = year,
                                .earns = seen_earnings(&o, e, i, year),
                                .sales = (double)e->sales[i],
                                .research = 12.0 * (double)e->research[i]};
}

/* As if each of the years that count were like the last twelve months. */
static bool expects_to_meet(const struct region *r, const struct board_now *b, const struct considering *c)
{
    struct performance s = {.profit = c->year * b->params->years,
                            .last = c->year,
                            .least = c->year,
                            .sales = c->sales,
                            .research = c->research,
                            .value = b->ratio * c->earns};
    return b->open && headroom(b->params, &s) >= P(r, capital_market)->reach;
}

/* What preparing for a step costs beside, and how long it takes, to the month of the listing. */
static double step_cost(const struct rows *t, uint32_t i, int32_t board, bool from_below, double *months)
{
    const struct boards_params *b = NAMED(t->r, boards, board);
    struct listing_terms terms = {0};
    listing_terms_of(t->r, i, board, &terms);
    double needs = b->prepare - terms.months - (from_below ? b->fast : 0), rewards = 0.0;
    *months += ld_max(needs, 1.0) + b->review;
    for (int k = 0; k < N_REWARDS; k++)
        rewards += money_to_yuan(terms.reward[k]);
    return money_to_yuan(b->prepare_cost) - rewards;
}

/* What owners gain on the day of a listing, over what it is worth to them now. */
static double gain_of(const struct region *r, const struct board_now *b, double earns, double now)
{
    double price = b->ratio * earns, raised = b->floated * price;
    double fees = b->params->fee * raised + money_to_yuan(b->params->fee_fixed);
    double given = fees + P(r, capital_market)->control_cost * raised;
    return price - now - given - b->running;
}

/* What the way to it costs, too; `step`: the board that comes first. */
static double surplus(const struct rows *t, uint32_t i, int32_t board, int32_t step, double gain)
{
    const struct capital_market_params *m = P(t->r, capital_market);
    const struct boards_params *b = NAMED(t->r, boards, board);
    bool over = step != board, from_below = over || (board > 0 && t->e->board[i] == board);
    double months = m->lock_up, cost = step_cost(t, i, board, from_below, &months);
    if (over) {
        cost += step_cost(t, i, step, false, &months) + money_to_yuan(NAMED(t->r, boards, step)->fee_fixed);
        months += b->ladder;
    }
    double later = ld_pow(1.0 + m->discount, -months / 12.0);
    return later * gain - cost;
}

static void ask(const struct rows *t, uint32_t i, int32_t step)
{
    struct issuer_ask *a = outbox_push(&t->me->box[BOX_ISSUER]);
    if (a == NULL)
        t->me->status = NO_MEMORY;
    else
        *a = (struct issuer_ask){i, (uint16_t)t->r->index, (uint16_t)step};
}

/* The way to a board leads over the one below it, if it asks for months there. */
static int32_t step_to(const struct rows *t, uint32_t i, int32_t board)
{
    bool below = NAMED(t->r, boards, board)->ladder > 0 && board > 0 && t->e->board[i] != board;
    return below ? board - 1 : board;
}

/* The board to prepare for, -1: none.  worth: to its owners, if it is listed nowhere.  Where no instrument rewards it, nobody goes
 * for what brings nothing on the day itself: most do not. */
static int32_t best_step(const struct rows *t, const struct board_now *now, uint32_t i, double worth)
{
    struct considering c = considering_of(t->r, i);
    int32_t best = -1, at = t->e->board[i], boards = t->r->layout->count[GROUP_boards];
    double most = 0.0, price = at == 0 ? 0.0 : now[at - 1].ratio * c.earns;
    worth = ld_max(worth, price);
    bool rewarded = t->r->hooked[HOOK_LISTING].n > 0;
    for (int32_t b = at; b < boards; b++) {
        int32_t step = step_to(t, i, b);
        double day = gain_of(t->r, &now[b], c.earns, worth);
        if ((day <= 0.0 && !rewarded) || !expects_to_meet(t->r, &now[b], &c) ||
            (step != b && !expects_to_meet(t->r, &now[step], &c)))
            continue;
        double gain = surplus(t, i, b, step, day);
        if (gain > most) {
            most = gain;
            best = step;
        }
    }
    return best;
}

/* In January all that have a product, else those that have just moved to another stage. */
static void mark_considering(const struct rows *t)
{
    uint32_t n = t->hi - t->lo, moved = t->w->month % 12 == 0 ? HAS_PRODUCT : HAS_PRODUCT | JUST_MOVED;
    const uint8_t *status = t->e->status + t->lo, *flags = t->e->flags + t->lo, *owned = t->e->owned + t->lo;
    uint8_t *mark = t->s->mark;
    for (uint32_t k = 0; k < n; k++)
        mark[k] = (status[k] == ACTIVE) & ((owned[k] & OWNED_BY_BUYER) == 0) & ((flags[k] & moved) == moved);
}

static bool may_be_rewarded(const struct rows *t, uint32_t i)
{
    EACH_HOOKED(t->r, HOOK_LISTING, k)
    if (enterprise_member(t->e, i, k))
        return true;
    return false;
}

/* Columns of scratch: what those listed earn in the eyes of investors, and are worth to their owners; the most that a board brings. */
enum { EARNS, WORTH, MOST };
static void look_at_listed(const struct rows *t, uint32_t n)
{
    const struct outsight o = outsight_of(t->r);
    const struct margins m = margins_of(t->r);
    const struct enterprise_params p = *P(t->r, enterprise);
    const struct enterprises *e = t->e;
    double *earns = t->s->real[EARNS], *worth = t->s->real[WORTH];
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        double sales = (double)e->sales[i];
        earns[j] = seen_earnings(&o, e, i, seen_profit(&o, e, i));
        worth[j] = value_of_sales(&p, margin_of(&m, sales, (double)e->quality[i], e->staff[i]), sales);
    }
}

/* Of those listed, who might gain by some board on the shortest way to it.  The others cannot.  Leaves them in the list, with what
 * they are worth, and returns how many there are. */
static uint32_t list_gaining(const struct rows *t, const struct board_now *now, uint32_t n)
{
    double *earns = t->s->real[EARNS], *worth = t->s->real[WORTH], *most = t->s->real[MOST];
    uint32_t *above = t->s->first; /* number of the first board that is none below where it is listed */
    bool rewards = t->r->hooked[HOOK_LISTING].n > 0;
    uint32_t kept = 0;
    look_at_listed(t, n);
    for (uint32_t j = 0; j < n; j++) {
        most[j] = 0.0;
        above[j] = t->e->board[t->lo + t->s->list[j]];
    }
    for (int32_t b = 0; b < t->r->layout->count[GROUP_boards]; b++)
        for (uint32_t j = 0; now[b].open && j < n; j++) {
            double gain = now[b].later * gain_of(t->r, &now[b], earns[j], worth[j]) - now[b].cost;
            most[j] = ld_max((uint32_t)b >= above[j] ? gain : 0.0, most[j]);
        }
    for (uint32_t j = 0; j < n; j++) {
        t->s->list[kept] = t->s->list[j];
        worth[kept] = worth[j];
        kept += most[j] > 0.0 || (rewards && may_be_rewarded(t, t->lo + t->s->list[j]));
    }
    return kept;
}

/* Whether it is on its way to a board already.  at: where to look on in the list, rows rise; SIZE_MAX: nowhere yet.  In most months
 * few ask, and are not worth a search: boards_settle hears only who does not prepare yet. */
static bool prepares(const struct rows *t, size_t *at, uint32_t i)
{
    const struct issuers *list = &t->r->issuers;
    if (t->w->month % 12 != 0)
        return false;
    if (*at == SIZE_MAX)
        *at = LIST_FIRST(list, i);
    while (*at < list->n && list->row[*at].row < i)
        ++*at;
    return *at < list->n && list->row[*at].row == i && list->row[*at].target != 0;
}

void listing_consider(const struct rows *t)
{
    struct board_now now[MAX_BOARDS];
    size_t at = SIZE_MAX;
    uint32_t n;
    if (!P(t->r, capital_market)->enabled || P(t->r, closed_form)->enabled)
        return;
    mark_considering(t);
    if ((n = list_marked(t)) == 0)
        return;
    for (int32_t b = 0; b < t->r->layout->count[GROUP_boards]; b++)
        now[b] = board_now(t->r, b);
    n = list_gaining(t, now, n);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        int32_t board = t->e->board[i];
        if ((board > 0 && now[board - 1].params->exchange) || prepares(t, &at, i))
            continue;
        int32_t best = best_step(t, now, i, t->s->real[WORTH][j]);
        if (best >= 0)
            ask(t, i, best);
    }
}
