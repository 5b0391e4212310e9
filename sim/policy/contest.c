/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contest (以赛代评): a jury ranks the entrants of a yearly contest, the rank sets a grant, and lenders and investors are shown how
 * the jury ranked the winners.  Instrument 21; mechanisms M4, M12.
 *
 * Each January, and when it begins, those who know of it enter; if there are more than the jury has time for, or the budget line
 * can pay it for, a key of identity and month decides who is heard.  Of each the jury has
 *     score = q + e / sqrt(tau),   e ~ N(0, 1), drawn for the year.
 * The `winners_first` best get the first prize, the next `winners_second` the second, the next `winners_third` the third.  Prizes are claims on the
 * budget line, paid with its lag and by its rule, to who is still alive.  For `shown` months lenders see the score of a winner:
 * juries publish winners and say nothing of who lost.  Each prize is a deed, so that others know who won how much (20). */
#include <liandong/credit.h>
#include <liandong/evaluation.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/places.h>

enum { PRECISION };
enum { REMEMBERED = 60 }; /* months */

static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[PRECISION] = precision_of_auc(0.5 + POLICY(r, k, contest)->auc);
}

/* Who has entered stays an entrant of the year, whatever becomes of him. */
static void eligible(struct asked *a)
{
    asked_registered(a);
    asked_stage_to(a, POLICY(a->t->r, a->k, contest)->stage_max);
    asked_knows(a, contest.number);
}

static int64_t places(const struct region *r, int32_t k)
{
    return places_paid(r, k, POLICY(r, k, contest)->entrants, POLICY(r, k, contest)->fee);
}

static const char *name_of(const struct region *r, int32_t k)
{
    /* cppcheck-suppress CastIntegerToAddressAtReturn ; it is a name */
    return r->layout->name[GROUP_contest][r->line[k].instance];
}

/* By whom the error of the jury about a row is drawn. */
static struct identity entrant(const struct region *r, uint32_t i, uint64_t name)
{
    struct identity who = enterprise_identity(&r->enterprises, i);
    who.origin = ld_mix(who.origin, name);
    return who;
}

/* What it had of the row, in standard deviations of quality; a jury that sees nothing draws lots. */
static double score(const struct region *r, int32_t k, uint32_t i, double error)
{
    double tau = r->line[k].folded[PRECISION];
    return tau > 0.0 ? (double)r->enterprises.quality[i] + error / __builtin_sqrt(tau) : error;
}

/* The best first, in steps finer than it matters, then in the order of rows. */
static uint64_t rank_key(double score, uint32_t row)
{
    double q = (16.0 - score) * 0x1p27;
    uint64_t high = q <= 0.0 ? 0 : q >= 4294967295.0 ? UINT32_MAX : (uint64_t)q;
    return high << 32 | row;
}

static int64_t prizes(const struct region *r, double count)
{
    return (int64_t)(count * r->scale + 0.5);
}

/* By place from 0. */
static money prize_of(const struct region *r, const struct contest_params *q, int64_t place)
{
    int64_t first = prizes(r, q->winners_first), second = first + prizes(r, q->winners_second);
    return place < first ? q->prize_first : place < second ? q->prize_second : q->prize_third;
}

static enum status award(struct region *r, int32_t k, uint32_t row, money prize)
{
    struct due d = {.row = row, .instance = (uint8_t)k};
    d.month = r->month + line_lag(r, k);
    d.amount = prize;
    if (prize.fen > 0)
        TRY(due_add(r, &d));
    return deeds_add(&r->deeds, (struct deed){.row = row,
                                              .month = (uint16_t)r->month,
                                              .until = (uint16_t)(r->month + REMEMBERED),
                                              .instance = (uint16_t)k,
                                              .amount = prize});
}

/* The rows in the low halves of so many keys, eight at most, become keys by rank. */
static void rank_some(const struct world *w, const struct region *r, int32_t k, uint64_t *key, size_t n)
{
    const uint64_t name = ld_hash(name_of(r, k));
    struct identity who[BLOCKS];
    double error[BLOCKS];
    for (size_t j = 0; j < BLOCKS; j++) /* what follows the last one is not used */
        who[j] = entrant(r, (uint32_t)(key[j < n ? j : 0] & UINT32_MAX), name);
    luck_normals(w->luck, who, DRAW_CONTEST, error);
    for (size_t j = 0; j < n; j++) {
        uint32_t row = (uint32_t)(key[j] & UINT32_MAX);
        key[j] = rank_key(score(r, k, row, error[j]), row);
    }
}

/* The jury is paid and ranks; prizes are written down in the order of rows. */
static enum status dealt(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n)
{
    const struct contest_params *q = POLICY(r, k, contest);
    line_spend(r, k, FLOW_EXPERT_FEES, FEN(q->fee.fen * (int64_t)n));
    places_rank(w, r, k, key, n, rank_some);
    size_t all = (size_t)(prizes(r, q->winners_first) + prizes(r, q->winners_second) + prizes(r, q->winners_third)),
           winners = n < all ? n : all;
    sort_least(key, n, winners);
    for (size_t j = 0; j < winners; j++)
        key[j] = key[j] << 32 | j; /* the row, then the place */
    sort_keys(key, winners);
    for (size_t j = 0; j < winners; j++)
        TRY(award(r, k, (uint32_t)(key[j] >> 32), prize_of(r, q, (int64_t)(key[j] & UINT32_MAX))));
    return deeds_merge(&r->deeds);
}

static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    const struct deed *won = deeds_last(&t->r->deeds, i, k);
    double tau = t->r->line[k].folded[PRECISION];
    if (won == NULL || tau <= 0.0 || t->w->month - won->month >= POLICY(t->r, k, contest)->shown)
        return;
    double error = evaluation_error(t, i, name_of(t->r, k), DRAW_CONTEST, won->month); /* as in that contest */
    s->weighted += tau * score(t->r, k, i, error);
    s->precision += tau;
}

static bool investors(const struct region *r, int32_t k)
{
    return POLICY(r, k, contest)->investors != 0;
}

const struct instrument contest = {
    .name = "contest",
    .number = 21,
    .group = GROUP_contest,
    .who_en = "government, enterprises, banks, investors",
    .who_zh = "政府、企业、银行、投资人",
    .flow = FLOW_CONTEST_AWARD,
    .claim_every = 12,
    .yearly = true,
    .keeps = true,
    .grants = true,
    .fold = fold,
    .eligible = eligible,
    .places = places,
    .dealt = dealt,
    .see = see,
    .investors = investors,
};
