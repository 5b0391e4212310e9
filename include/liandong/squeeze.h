/* SPDX-License-Identifier: GPL-3.0-or-later */
/* squeeze - a column closes the gaps of who leaves it; the order of who stays is kept. */
#ifndef LIANDONG_SQUEEZE_H
#define LIANDONG_SQUEEZE_H
#include <stddef.h>
#include <stdint.h>

/* Of n rows those that stay: bit k % 8 of stays[k / 8].  order[bits]: places of the bits that are set, lowest first, then
 * anything below eight. */
struct squeeze {
    const uint8_t *stays;
    size_t n;
    uint8_t order[256][8];
};
void squeeze_init(struct squeeze *s, const uint8_t *stays, size_t n);

/* Moves what stays of a column of n values of 1, 2, 4 or 8 bytes to its front; what lies behind may be anything.  Returns how many
 * stay. */
size_t squeeze_column(const struct squeeze *s, void *column, size_t size);
#endif
