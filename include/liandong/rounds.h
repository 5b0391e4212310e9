/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rounds - what the files of the market for rounds share (mechanisms M9): choosing.c finds each ask a fund, rounds.c examines,
 * prices and invests. */
#ifndef LIANDONG_ROUNDS_H
#define LIANDONG_ROUNDS_H
#include <liandong/funds.h>

struct offer_made { /* an ask, as its fund sees it */
    const struct round_ask *ask;
    int32_t fund; /* -1: it found none */
    uint8_t stage;
    bool spared;   /* as it says */
    size_t inside; /* place of its position, SIZE_MAX: none */
    double price, seen, tau;
    double expected; /* yuan in the end per yuan, at this price */
    double concedes; /* part of that which the founders may get back */
};

/* Whether a fund makes first investments in enterprises of this stage and age (months). */
static inline bool fund_takes(const struct fund *f, int32_t stage, int32_t age)
{
    return f->state == FUND_INVESTING && stage >= f->rule.stage_from && stage <= f->rule.stage_to &&
           (f->rule.age_max == 0 || age <= f->rule.age_max);
}

/* Whether instance k is open to an enterprise: a public fund that invests directly asks, and who counts for a mandate. */
bool fund_open_to(const struct region *r, int32_t k, uint32_t row);

/* In a world of so many times its size managers are dealt into as many circles, and an enterprise meets for life those of one:
 * as many as in a world of scale 1.  Public funds that invest directly are known in all. */
int32_t fund_circles(const struct region *r);

/* Finds each of n asks its fund: an insider who can still pay, if there is one; else one of the funds for its stage, by their dry
 * powder (`dry`, by fund) and its taste.  key: places of those that are examined, as far as investors' people have time; n: how many
 * these are.  Errors: NO_MEMORY. */
enum status rounds_choose(struct world *w, const struct region *r, const money *dry, struct offer_made *made, size_t *n,
                          uint64_t *key) MUST_CHECK;
#endif
