/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table - a column as data: for panels, copies, files. */
#ifndef LIANDONG_TABLE_H
#define LIANDONG_TABLE_H
#include <stddef.h>

struct column_desc {
    const char *name, *type, *unit, *en, *zh;
    size_t size, pointer; /* bytes of one value; offset of the column's pointer in its table */
};
#endif
