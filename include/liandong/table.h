/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table - a column as data: for panels, copies, files; and lists that grow. */
#ifndef LIANDONG_TABLE_H
#define LIANDONG_TABLE_H
#include <liandong/diag.h>
#include <stdbool.h>
#include <stddef.h>

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
#endif
