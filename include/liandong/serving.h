/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving - what a facility owes this month, for drawing on lines and for serving loans. */
#ifndef LIANDONG_SERVING_H
#define LIANDONG_SERVING_H
#include <liandong/month.h>

/* Columns of scratch that the two phases use (scratch.real), by row of the tile: yuan, but the last. */
enum { OWES, WANTS, ROOM, NEXT, UNPAID };

/* Whether more may be drawn on facility k: a line, open, of more than a month, with nothing overdue or claimed. */
enum { CLOSED_TO_DRAWS = LOAN_ENDED | LOAN_NPL | LOAN_EXTENDED | LOAN_HELD | LOAN_FROZEN | LOAN_CLAIMED };
static inline bool may_draw(const struct loans *l, uint32_t k)
{
    return (l->product[k] == PRODUCT_LINE) & ((l->flags[k] & CLOSED_TO_DRAWS) == 0) & (l->overdue[k] == 0) &
           (l->months_left[k] > 1);
}

/* Facilities of a tile are looked at so many at a time: EACH_LOANS (t, k, n) body, n of them from k on. */
enum { AT_ONCE = LOANS_AT_ONCE };
#define EACH_LOANS(t, k, n)                                                          \
    for (size_t block_ = 0; block_ < (t)->l->n_blocks; block_++)                     \
        for (uint32_t k = first_loan((t), block_), end_ = last_loan((t), block_), n; \
             k < end_ && ((n = end_ - k < AT_ONCE ? end_ - k : AT_ONCE), true); k += n)
struct owed {
    money interest[AT_ONCE];  /* of the month, fen */
    money principal[AT_ONCE]; /* the instalment and what was missed; all of it in the last month */
    money arrears[AT_ONCE];
};
/* Of the n <= AT_ONCE facilities from k on, as they stand now, ended ones too. */
void loans_owe(const struct loans *l, uint32_t k, uint32_t n, struct owed *o);
/* may_draw of each of them. */
void loans_may_draw(const struct loans *l, uint32_t k, uint32_t n, uint8_t *may);
#endif
