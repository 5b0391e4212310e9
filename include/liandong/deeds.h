/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deeds - what instruments remember of single enterprises that no column has: an award, an agreement, a public loan.
 *
 * They are few, so a list and not a column: in the order of rows, of a row by instance and month.  Who leaves the table at a
 * compaction takes his deeds along; what is still owed then must have been ended before. */
#ifndef LIANDONG_DEEDS_H
#define LIANDONG_DEEDS_H
#include <liandong/diag.h>
#include <liandong/money.h>
#include <liandong/table.h>
#include <stddef.h>
#include <stdint.h>

struct deed {
    uint32_t row;
    uint16_t month;    /* in which it was made */
    uint16_t until;    /* last month in which it may matter; then it is forgotten, unless something is owed */
    uint16_t noted;    /* a month, or months, that its instrument writes down; 0: none */
    uint16_t instance; /* whose it is */
    uint16_t bank;     /* that it concerns */
    uint16_t lent;     /* 1: the amount has been lent, to be repaid */
    money amount, owed;
};
LIST_OF_ROWS(deed);
_Static_assert(sizeof(struct deed) == 32, "no padding");
/* The deeds of which something is owed: few of all. */
struct owing {
    size_t n, capacity;
    struct owing_deed {
        uint32_t place, instance; /* of the deed in the list; whose it is */
    } * row;
};
/* A deed of which nothing had been lent or noted: grants that may still bring an offer are among these. */
struct open_deed {
    uint32_t row;
    uint16_t month, instance;
};
LIST_OF_ROWS(open_deed);
struct open_deeds {
    size_t n, capacity;
    struct open_deed *row;
};
struct deeds {
    size_t n, capacity;
    struct deed *row;
    size_t fresh; /* behind the n: made in this phase, and not yet in order */
    /* no state, but kept with each change of the list: where rows begin, what is owed, and what is open; one that has been repaid, lent
     * or noted since may still be listed */
    struct starts starts;
    struct owing owing;
    struct open_deeds open;
};

/* Adds a deed behind the others; deeds_merge puts all that were added into order, before their phase ends. */
enum status deeds_add(struct deeds *d, struct deed deed) MUST_CHECK;
enum status deeds_merge(struct deeds *d) MUST_CHECK;
/* Forgets those whose time is over and of which nothing is owed. */
enum status deeds_forget(struct deeds *d, int32_t month) MUST_CHECK;

/* Lists where rows begin and who owes; after a change of the list other than by these functions. */
enum status deeds_list(struct deeds *d) MUST_CHECK;
void deeds_free(struct deeds *d);

/* The deeds of a row stand at first .. first + *n - 1 of the list. */
static inline const struct deed *deeds_of(const struct deeds *d, uint32_t row, size_t *n)
{
    size_t first = LIST_FIND(d, row), k = first;
    while (LIST_IS_OF(d, k, row))
        k++;
    *n = k - first;
    return d->n > 0 ? d->row + first : NULL;
}
/* The last that an instance made of a row in this phase, the row being that of the last deeds made; be it before, too; NULL: none. */
struct deed *deeds_newest(const struct deeds *d, uint32_t row, int32_t instance);
struct deed *deeds_last(const struct deeds *d, uint32_t row, int32_t instance);
#endif
