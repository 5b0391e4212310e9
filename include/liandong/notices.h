/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notices - what instruments make of grants and refusals.  Threads tell them, each of the applications of rows of its own, in the order
 * of rows.  Such a hook writes to the row alone; what is shared it counts or notes, and that is settled once all have been told. */
#ifndef LIANDONG_NOTICES_H
#define LIANDONG_NOTICES_H
#include <liandong/world.h>

struct notices {
    struct region *r;
    struct outbox *box; /* notes: struct told */
    money *year;        /* [instance][bank]: what counts as lent in the year */
    bool full;          /* there was no memory for a note */
};

/* Adds to what the bank's dealing with instance k has seen in the year. */
void notice_count(struct notices *t, int32_t k, int32_t bank, money more);
/* Has note.settle called in the order of rows, of several notes of a row in that in which they were made. */
void notice_later(struct notices *t, struct told note);

/* Room for what threads note, one each; tells of one application whose row has been reached; settles all. */
enum status notices_open(struct world *w, struct region *r, struct notices *t, int32_t threads) MUST_CHECK;
void notice_give(struct notices *t, const struct application *a);
enum status notices_settle(struct region *r, const struct notices *t, int32_t threads) MUST_CHECK;
#endif
