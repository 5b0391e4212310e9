/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit - what a bank believes of an application and what it would lend it for (mechanisms M4, M5, M7). */
#ifndef LIANDONG_CREDIT_H
#define LIANDONG_CREDIT_H
#include <liandong/instrument.h>
#include <liandong/mathx.h>

/* Believed yearly default rate of a cell: own accepted loans, shrunk to the bank's parent cell (stage x score),
 * that to all loans of the bank, those to the prior. */
double believed_pd(const struct region *r, int32_t bank, int32_t cell);
/* What the bank has seen of it, and of the parent cell. */
static inline const struct belief *belief_of(const struct region *r, int32_t bank, int32_t cell)
{
    return r->belief + (size_t)bank * (N_BELIEFS + N_PARENTS) + cell;
}
static inline const struct belief *belief_above(const struct region *r, int32_t bank, int32_t cell)
{
    int32_t stage = cell / (MAX_SECTORS * N_SCORES), score = cell % N_SCORES;
    return belief_of(r, bank, N_BELIEFS + stage * N_SCORES + score);
}
/* A month's rate, shrunk to another of this weight; and a year's. */
static inline double shrunk_pd(double to, double weight, double defaults, double months)
{
    return (to * weight + defaults) / (weight + months);
}
static inline double shrunk_pd_year(double to, double weight, double defaults, double months)
{
    return 12.0 * (to * weight + defaults) / (weight + months);
}

/* The same given what is known of quality: cell * exp(-theta m - theta^2 (1 - v) / 2), m and v the mean and variance after
 * signals of summed precision `precision`, theta the loading that the bank has learnt; its mean over what the signals may say
 * is the cell's.  *expected: m. */
static inline double posterior_pd(double cell_pd, double theta, double weighted, double precision, double *expected)
{
    double variance = 1.0 / (1.0 + precision), mean = weighted * variance;
    double pd = cell_pd * ld_exp(-theta * mean - 0.5 * theta * theta * (1.0 - variance));
    *expected = mean;
    return pd < 0.9 ? pd : 0.9;
}

struct offer {
    double rate, margin; /* margin: expected profit per yuan a year at that rate */
    double value;        /* the same, times the chance that the borrower stays: what is maximised */
    uint32_t covers;
    double cover, paperwork, fee; /* of the option taken */
    bool refinanced;              /* by the central bank, under its ceiling */
    double gain;                  /* value over that of the best way without cover */
};

/* The best way to lend: rate on a grid, with and without cover.  option[0] must be the one without. */
struct offer best_offer(const struct region *r, const struct application *a, double pd, const struct lending *option,
                        int32_t n);

/* All ways to lend to an application: alone, under each cover that takes it, under all of them together. */
int32_t list_options(const struct region *r, const struct application *a, struct lending option[MAX_OPTIONS]);

/* The chain of these covers under the terms in force; made when it does not exist.  0: none; -1: no memory. */
int32_t chain_of(struct region *r, uint32_t covers);

/* Money that leaves a bank in a market phase: deposits are raised where its own does not reach. */
void bank_pays(struct region *r, struct bank *b, money amount);

/* What it is worth to a bank, per yuan lent to its average borrower a year, to see signals of summed precision `after` instead
 * of `before`. */
double lenders_worth(const struct region *r, int32_t bank, double before, double after);
/* How many banks take part in an instance; all of them choose anew. */
int32_t lenders_in(const struct region *r, int32_t k);
void lenders_choose(struct region *r);

/* Banks' agreements with those who cover, at the end of a calendar year; how many stand, or lost by theirs in the last. */
void agreements_renew(struct region *r);
/* Folds what banks expect of covers (cover_as_experienced): nothing of it changes while they settle. */
void covers_see(struct region *r);
int64_t agreements_count(const struct region *r, int32_t bearer, bool losing);

/* Whether a guarantor takes loans. */
bool anybody_guarantees(const struct region *r);
/* Notes for the rows of a tile, before they apply, whether there are deeds of them, and in which blocks of the book they have
 * facilities: where guarantors will look for what they bear of an applicant already.  And what they will look at of his first
 * one is fetched some time before. */
void clients_note(const struct rows *t);
void client_fetch(const struct region *r, const struct application *a);

/* Gathers the applications of a month; lists those that are to be screened bank by bank: key and number in `order`, from bank_start.
 * Room for so many of them; notes what became of one. */
enum status docket_gather(struct world *w, struct region *r) MUST_CHECK;
void docket_sort(struct region *r);
enum status docket_reserve(struct region *r, size_t n) MUST_CHECK;
void docket_rule(struct region *r, uint64_t k);

/* Lets instruments with limited capacity look at the month's applications. */
enum status looks_deal(struct world *w, struct region *r) MUST_CHECK;

/* Sorts by key, ascending, in place and without memory of its own. */
void sort_keys(uint64_t *key, size_t n);
/* The same as far as the `least` lowest; what follows them is in no order. */
void sort_least(uint64_t *key, size_t n, size_t least);
#endif
