/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buyers - the main buyers of enterprises, and bills on them that factors have bought (instrument 51). */
#ifndef LIANDONG_BUYERS_H
#define LIANDONG_BUYERS_H
#include <liandong/money.h>
#include <liandong/table.h>
#include <stddef.h>
#include <stdint.h>

/* Enterprises that others sell to, in the order of a hash of their identity: hash << 32 | fallen << 31 | row.  Those that fell in
 * the last month stand there for this one. */
struct buyers {
    size_t n, capacity;
    uint64_t *row;
    size_t fallen;
    /* Of this month: where hashes that begin with k start in that order; and a bit for each beginning of a hash whose suppliers may
     * sell to one that fell. */
    struct {
        size_t n, capacity;
        uint32_t *row;
    } start, fell;
    int shift, fell_shift; /* to the first bits of a hash */
};
#define BUYER_FALLEN 0x80000000u
#define BUYER_LEFT   0x7fffffffu /* row of one that has left the table */

/* A part of what its main buyer owes a supplier, sold to a factor.  In order of rows, one at a time. */
struct bill {
    uint32_t row, buyer;
    int32_t bought, due; /* months */
    uint16_t instance, recourse;
    uint32_t unused;
    money amount, advanced;
    double rate;
};
LIST_OF_ROWS(bill);
struct bills {
    size_t n, capacity;
    struct bill *row;
    size_t fresh; /* behind the n: bought in this phase, and not yet in order */
};

struct bill_ask {
    uint32_t row;
    uint16_t region;
};
#endif
