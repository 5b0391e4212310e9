/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record - what one run leaves, in few bytes.
 *
 *     int64 bytes of it all, int64 balanced, the balances at the start, a kind for each cell of a month, values
 *
 * Column by column, a column being one cell through all months: most are zero, since most instruments stand in no scenario, and most
 * others small numbers.  A kind is the bytes that a value takes (1, 2, 4, 8; 0: zero all the time) and COLUMN_STEADY where one
 * value is that of all months.  Numbers are little-endian and keep their sign; a double is its bits. */
#ifndef LIANDONG_RECORD_H
#define LIANDONG_RECORD_H
#include <liandong/measure.h>
#include <stdbool.h>

enum { COLUMN_STEADY = 16 };

/* The most that the record of a run takes. */
uint64_t record_bytes(const struct record_layout *layout, int32_t months);
/* Returns what it takes; `bytes` has room for the most. */
uint64_t record_pack(const struct run_record *record, const struct record_layout *layout, void *bytes);

/* Room that grows for a packed record; whoever has it frees `bytes`. */
struct record_room {
    unsigned char *bytes;
    uint64_t n, room;
};
/* Room for n bytes, which hold nothing yet. */
enum status record_reserve(struct record_room *r, uint64_t n) MUST_CHECK;

/* A packed record that is read; bytes and `at` belong to whoever reads it. */
struct packed {
    const unsigned char *bytes;
    const struct record_layout *layout;
    int32_t months;
    uint64_t *at; /* [layout->n]: where the values of each column lie */
};

/* Finds the columns of what lies in p->bytes; false: these n bytes are no record of this layout and so many months. */
bool packed_open(struct packed *p, uint64_t n);
bool packed_balanced(const struct packed *p);
/* To [region][account]. */
void packed_start(const struct packed *p, int64_t *balances);
/* Cells `cell` ... cell + width - 1 of months `first` ... first + months - 1, to [months][width]; false: all are zero. */
bool packed_cells(const struct packed *p, size_t cell, size_t width, int32_t first, int32_t months, union cell *to);
#endif
