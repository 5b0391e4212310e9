/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing_support (上市培育): a base of enterprises in reserve that are helped on their way to a board.  Instrument 45;
 * mechanisms M9: it acts on preparation time, cost and the quality of files, and on nothing that reviewers decide.
 *
 * Members are counselled at the line's cost, which spares months of preparation and makes their files tell more; a green channel
 * spares months when reviewers ask; rewards are due when half of the preparation for an exchange is done, when the application is
 * accepted and at the listing, less for a board that is no exchange.  Who is traded leaves the base. */
#include <liandong/boards.h>

static void eligible(struct asked *a)
{
    const struct listing_support_params *q = POLICY(a->t->r, a->k, listing_support);
    const float *profit = a->t->e->profit_last;
    asked_sales_from(a, q->sales_min);
    if (q->profit)
        ASKED_KEEP(a, j, i, profit[i] > 0.0f);
    ASKED_KEEP_EACH(a, i, !enterprise_traded(a->t->r, i));
    asked_knows(a, listing_support.number);
}

static int64_t places(const struct region *r, int32_t k)
{
    return (int64_t)(POLICY(r, k, listing_support)->places * r->scale + 0.5);
}

/* Counselling of last month's members. */
static void begin(struct region *r, int32_t k)
{
    const struct listing_support_params *q = POLICY(r, k, listing_support);
    money cost = money_scale(q->counselling, (double)r->line[k].members / 12.0);
    r->line[k].served = q->enabled && (cost.fen == 0 || line_spend(r, k, FLOW_COUNSELLING, cost));
}

static void listing(const struct region *r, int32_t k, int32_t board, struct listing_terms *o)
{
    const struct listing_support_params *q = POLICY(r, k, listing_support);
    if (NAMED(r, boards, board)->exchange) {
        o->reward[REWARD_COUNSELLED] = money_add(o->reward[REWARD_COUNSELLED], q->counselled);
        o->reward[REWARD_ACCEPTED] = money_add(o->reward[REWARD_ACCEPTED], q->accepted);
        o->reward[REWARD_LISTED] = money_add(o->reward[REWARD_LISTED], q->listed);
    } else {
        o->reward[REWARD_LISTED] = money_add(o->reward[REWARD_LISTED], q->stepped);
    }
    o->rework += q->green;
    if (!r->line[k].served)
        return;
    o->months += q->months;
    o->precision += q->precision;
}

const struct instrument listing_support = {
    .name = "listing_support",
    .number = 45,
    .group = GROUP_listing_support,
    .who_en = "enterprises, sponsors, exchanges, government",
    .who_zh = "企业、保荐机构、交易所、政府",
    .flow = FLOW_LISTING_REWARD,
    .claim_every = 12,
    .begin = begin,
    .eligible = eligible,
    .places = places,
    .listing = listing,
};
