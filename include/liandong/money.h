/* SPDX-License-Identifier: GPL-3.0-or-later */
/* money - an amount in fen (分, 1/100 yuan), a type that cannot be mixed with numbers.
 *
 * Any account of one enterprise lies within +-2^51 fen (checked over every tile each month), so that rounding by
 * adding 1.5 * 2^52 is exact and vectorises.  Totals are sums of such accounts in int64 and are exact in any order. */
#ifndef LIANDONG_MONEY_H
#define LIANDONG_MONEY_H
#include <stdint.h>

typedef struct {
    int64_t fen;
} money;

#define MONEY_LIMIT ((int64_t)1 << 51)
#define FEN(n)      ((money){(int64_t)(n)})
#define YUAN(n)     ((money){(int64_t)(n)*100})
#define WAN_YUAN(n) ((money){(int64_t)(n)*1000000})

static inline money money_add(money a, money b)
{
    return FEN(a.fen + b.fen);
}

static inline money money_sub(money a, money b)
{
    return FEN(a.fen - b.fen);
}

static inline money money_min(money a, money b)
{
    return a.fen < b.fen ? a : b;
}

static inline money money_max(money a, money b)
{
    return a.fen > b.fen ? a : b;
}

/* max(a, 0) */
static inline money money_positive(money a)
{
    return a.fen > 0 ? a : FEN(0);
}

/* The one rounding: a number of fen to a whole one, half to even; |fen| < 2^51. */
static inline money money_round(double fen)
{
    const double magic = 6755399441055744.0; /* 1.5 * 2^52 */
    union {
        double d;
        int64_t i;
    } low = {fen + magic}, zero = {magic};
    return FEN(low.i - zero.i);
}

/* a * factor, rounded half to even. */
static inline money money_scale(money a, double factor)
{
    return money_round((double)a.fen * factor);
}

/* yuan to money; the reader of scenario files never uses it (decimal text goes to fen directly). */
static inline money money_from_yuan(double yuan)
{
    return money_round(yuan * 100.0);
}

/* For output and for decisions that weigh amounts; never back into an account without rounding. */
static inline double money_to_yuan(money a)
{
    return (double)a.fen / 100.0;
}

/* a * numerator / denominator in whole fen, rounded down: for splitting a sum in given proportions, where the
 * caller posts the residue.  All arguments >= 0, numerator <= denominator. */
static inline money money_part(money a, money numerator, money denominator)
{
    if (denominator.fen <= 0)
        return FEN(0);
    __extension__ typedef __int128 wide; /* exact on every processor, as no floating type is */
    int64_t part = (int64_t)((wide)a.fen * numerator.fen / denominator.fen);
    return FEN(part > a.fen ? a.fen : part);
}
#endif
