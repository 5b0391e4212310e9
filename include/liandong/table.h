/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table - a column as data: for panels, copies, files; and lists that grow. */
#ifndef LIANDONG_TABLE_H
#define LIANDONG_TABLE_H
#include <liandong/diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct column_desc {
    const char *name, *type, *unit, *en, *zh;
    size_t size, pointer; /* bytes of one value; offset of the column's pointer in its table */
};

/* Whether so many bytes are all 0; and setting them to 0, without a write where they are: a column that nobody ever wrote to, as of
 * what no instrument of a world uses, takes no memory. */
bool tables_all_zero(const void *bytes, size_t n);
void tables_clear(void *bytes, size_t n);

/* Room for n rows of a list {n, capacity, row}.  A list grows by a quarter and some more, so that a month seldom does. */
enum status tables_list_reserve(void **row, size_t *capacity, size_t n, size_t size) MUST_CHECK;
#define LIST_RESERVE(list, many) \
    tables_list_reserve((void **)(void *)&(list)->row, &(list)->capacity, (many), sizeof *(list)->row)

/* Puts `fresh` things behind the n of a list in order of rows into their places; they are in that order among themselves.  One
 * by one each would move all that stand behind it. */
enum status tables_list_merge(void **row, size_t *capacity, size_t *n, size_t *fresh, size_t size) MUST_CHECK;
#define LIST_MERGE(list) \
    tables_list_merge((void **)(void *)&(list)->row, &(list)->capacity, &(list)->n, &(list)->fresh, sizeof *(list)->row)

/* The place of the first of n things in order of rows that is of this row or of one behind it; n: there is none.  A thing is
 * `size` bytes long and begins with its row (LIST_OF_ROWS).  Halves without a branch: a processor would guess each of them
 * wrong half the time. */
static inline size_t tables_first(const void *list, size_t n, size_t size, uint32_t row)
{
    const unsigned char *at = list, *begin = list;
    if (n == 0) /* then the list may be NULL */
        return 0;
    for (; n > 1; n -= n / 2) {
        const unsigned char *half = at + n / 2 * size;
        const void *before = half - size;
        at = *(const uint32_t *)before < row ? half : at;
    }
    const void *last = at;
    return (size_t)(at - begin) / size + (*(const uint32_t *)last < row);
}
/* Of a list {n, capacity, row}. */
#define LIST_FIRST(list, of_row) tables_first((list)->row, (list)->n, sizeof *(list)->row, (of_row))

/* An index of such a list: the place of the first thing of each 16 rows, and the rows of all things one behind the other, since the
 * things themselves lie too far apart to look at them.  It is no state: who changes the list, or reads it from a file, lists its
 * starts anew. */
struct starts {
    size_t n, capacity, things, room; /* things: that the list had then; room: for their rows */
    uint32_t *row, *of;
};
enum { ROWS_A_START = 16 };
enum status tables_list_starts(struct starts *s, const void *list, size_t n, size_t size) MUST_CHECK;
/* The same by whoever passes over the things anyway: room for n of them, the last of which is of this row; then their rows are in
 * s->of. */
enum status tables_reserve_starts(struct starts *s, size_t n, uint32_t last) MUST_CHECK;
void tables_lay_starts(struct starts *s, size_t n);
void tables_free_starts(struct starts *s);
/* The same as tables_first, of a list of n things, without a search: each of its steps waits for memory. */
static inline size_t tables_find(const struct starts *s, size_t n, uint32_t row)
{
    size_t nth = row / ROWS_A_START;
    BUG_ON(s->things != n);
    if (nth + 1 >= s->n)
        return n;
    size_t k = s->row[nth], end = s->row[nth + 1];
    while (k < end && s->of[k] < row)
        k++;
    return k;
}
/* Whether thing k is there and of this row. */
static inline bool tables_is_of(const struct starts *s, size_t k, uint32_t row)
{
    return k < s->things && s->of[k] == row;
}
/* Such a list, for those who change it where it lies and keep its starts up to date: nobody then reads all things for their rows. */
struct indexed {
    void **row;
    size_t *capacity, *n, size;
    struct starts *starts;
};
/* Puts copies of so many fresh things into their places, behind those of their row.  key: row (above 32 bits) and place in
 * `fresh`, in order; it is used up. */
enum status tables_list_join(const struct indexed *l, const void *fresh, uint64_t *key, size_t many) MUST_CHECK;
/* The same of things whose places are known, behind whatever order they have within a row: room for so many, the last of which is of
 * this row; then one after the other, from the last, puts each in front of what stood at a place.  After the first of them the list
 * is whole. */
struct list_join {
    struct indexed list;
    size_t many, left, old, end; /* end: of the starts that still have to move */
};
enum status tables_join_begin(struct list_join *j, const struct indexed *l, size_t many, uint32_t last) MUST_CHECK;
void tables_join_next(struct list_join *j, size_t at, const void *thing);
/* Those at these places, in order, leave. */
void tables_list_drop(const struct indexed *l, const uint32_t *place, size_t many);
#define LIST_INDEXED(list)                                                                                 \
    &(struct indexed)                                                                                      \
    {                                                                                                      \
        (void **)(void *)&(list)->row, &(list)->capacity, &(list)->n, sizeof *(list)->row, &(list)->starts \
    }
#define LIST_STARTS(list)           tables_list_starts(&(list)->starts, (list)->row, (list)->n, sizeof *(list)->row)
#define LIST_FIND(list, of_row)     tables_find(&(list)->starts, (list)->n, (of_row))
#define LIST_IS_OF(list, k, of_row) tables_is_of(&(list)->starts, (k), (of_row))
/* Beside a struct: that lists of it can be searched so. */
#define LIST_OF_ROWS(thing) \
    _Static_assert(offsetof(struct thing, row) == 0 && sizeof(((struct thing *)0)->row) == 4, "a list in order of rows")
#endif
