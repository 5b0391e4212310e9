/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filing - a month of an issuer on its way to a board: it prepares, files, and its file is read, or withdrawn (mechanisms M9).
 *
 *   preparing   months are done as they are paid; each January adds the accounts of a year.  With the months, the accounts and
 *               the results that the board asks for, it files.
 *   filed       after `review` months reviewers read results h over the thresholds as h exp(e / sqrt(precision)); below 1 the
 *               file comes back, and is answered, which adds as much precision again.
 * Whose results fall below the thresholds on the way withdraws.  An issuer's month touches nobody else: threads share them. */
#include <liandong/boards.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>

static const struct boards_params *target_of(const struct region *r, const struct issuer *s)
{
    return NAMED(r, boards, s->target - 1);
}

static struct board_month *target_month(const struct tending *t, const struct issuer *s)
{
    return &t->books->board[s->target - 1];
}

static void note(struct tending *t, const struct issuer *s, enum reward event)
{
    if (t->event != NULL)
        t->event[t->n_events++] = (struct listing_event){s->row, (uint8_t)(s->target - 1), (uint8_t)event};
}

/* -- preparing -------------------------------------------------------------------------------------------------------------------- */
/* There is room for it. */
static uint32_t take_place(struct region *r)
{
    return r->free_files.n > 0 ? r->free_files.row[--r->free_files.n] : (uint32_t)r->issuer_files.n++;
}

void issuer_begins(const struct world *w, struct region *r, struct issuer *s, int32_t target)
{
    s->target = (uint8_t)target;
    s->state = ISSUER_PREPARING;
    s->since = w->month;
    s->file = take_place(r) + 1;
    *file_of(r, s) = (struct issuer_file){.precision = (float)P(r, capital_market)->precision};
    issuer_accounts(r, s);
}

static void give_up(struct issuer *s)
{
    s->target = 0;
}

static void withdraw(const struct tending *t, struct issuer *s)
{
    target_month(t, s)->withdrawn++;
    give_up(s);
}

static bool meets(const struct region *r, const struct issuer *s)
{
    const struct boards_params *b = target_of(r, s);
    if (b->value_min.fen <= 0 && b->profit_min.fen <= 0 && b->profit_last.fen <= 0) /* asks for nothing */
        return true;
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
static bool pay_month(const struct tending *t, const struct issuer *s, double needed)
{
    struct region *r = t->r;
    money part = money_scale(target_of(r, s)->prepare_cost, 1.0 / needed);
    if (r->enterprises.cash[s->row].fen < part.fen)
        return false;
    issuer_pays(r, t->books, s->row, FLOW_LISTING_PREPARED, part);
    return true;
}

static bool may_file(const struct world *w, const struct region *r, const struct issuer *s)
{
    const struct boards_params *b = target_of(r, s);
    int32_t age = w->month - r->enterprises.founded[s->row];
    bool ladder = b->ladder == 0 || (from_below(s) && w->month - s->listed >= b->ladder);
    return file_of(r, s)->years >= b->years && age >= b->age_min && ladder && board_open(r, s->target - 1) &&
           meets(r, s);
}

static void file(struct tending *t, struct issuer *s, const struct listing_terms *terms)
{
    struct issuer_file *f = file_of(t->r, s);
    s->state = ISSUER_FILED;
    s->since = f->filed = t->w->month;
    f->ready = t->w->month + target_of(t->r, s)->review;
    f->precision += (float)terms->precision;
    target_month(t, s)->applied++;
    note(t, s, REWARD_ACCEPTED);
}

static void prepare(struct tending *t, struct issuer *s)
{
    struct listing_terms terms = {0};
    listing_terms_of(t->r, s->row, s->target - 1, &terms);
    struct issuer_file *f = file_of(t->r, s);
    double needed = months_needed(t->r, s, &terms), before = (double)f->progress;
    if (before < needed && pay_month(t, s, needed)) {
        f->progress++;
        if (before < needed / 2.0 && before + 1.0 >= needed / 2.0)
            note(t, s, REWARD_COUNSELLED);
    }
    if ((double)f->progress >= needed && may_file(t->w, t->r, s))
        file(t, s, &terms);
    else if (t->w->month - s->since > P(t->r, capital_market)->patience)
        give_up(s);
}

/* -- under review ------------------------------------------------------------------------------------------------------------------- */
static bool convinces(const struct world *w, const struct region *r, const struct issuer *s)
{
    const struct issuer_file *f = file_of(r, s);
    struct performance results = issuer_performance(r, s, s->target - 1);
    double over = board_headroom(r, s->target - 1, &results), precision = (double)f->precision;
    if (precision <= 0.0)
        return false;
    struct luck luck = w->luck;
    luck.month = f->filed + f->rounds;
    double u = draw(luck, enterprise_identity(&r->enterprises, s->row), DRAW_REVIEW);
    return over * ld_exp(ld_normal_quantile(u) / __builtin_sqrt(precision)) >= 1.0;
}

static void send_back(const struct tending *t, struct issuer *s)
{
    const struct capital_market_params *m = P(t->r, capital_market);
    struct issuer_file *f = file_of(t->r, s);
    struct listing_terms terms = {0};
    target_month(t, s)->returned++;
    if (f->rounds >= m->rounds) {
        withdraw(t, s);
        return;
    }
    listing_terms_of(t->r, s->row, s->target - 1, &terms);
    int32_t months = m->rework - terms.rework;
    f->rounds++;
    f->ready = t->w->month + (months > 1 ? months : 1);
    f->precision += (float)m->precision;
}

static void review(const struct tending *t, struct issuer *s)
{
    const struct issuer_file *f = file_of(t->r, s);
    if (!meets(t->r, s) || t->w->month - f->filed > P(t->r, capital_market)->patience) {
        withdraw(t, s);
    } else if (s->state == ISSUER_FILED && t->w->month >= f->ready) {
        if (convinces(t->w, t->r, s))
            s->state = ISSUER_PASSED;
        else
            send_back(t, s);
    }
}

void issuer_tended(struct tending *t, struct issuer *s)
{
    if (t->w->month % 12 == 0 && s->target != 0)
        issuer_accounts(t->r, s);
    if (s->board != 0)
        issuer_stays(t, s);
    if (s->target == 0 || !P(t->r, capital_market)->enabled)
        return;
    if (s->state == ISSUER_PREPARING)
        prepare(t, s);
    else
        review(t, s);
}
