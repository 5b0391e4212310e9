/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunks - what a block of runs holds of the variables of a result file: hashed and compressed, several variables at a time; for
 * sim/io only.  Which thread took which variable shows in no byte.
 *
 * The library would compress one chunk after another, and lets no second thread in; so it gets chunks as they lie in the file.
 * They are what its own filters (shuffle, gzip) give back, compressed as run lengths: of shuffled numbers that is all there is to
 * find, and takes less than half the time for one percent more bytes.  A chunk of zeros is not stored: it reads as zeros. */
#ifndef LIANDONG_CHUNKS_H
#define LIANDONG_CHUNKS_H
#include <liandong/plan.h>

struct chunk {
    unsigned char *bytes;
    size_t n; /* 0: zeros */
};

struct presser; /* what a thread works with */
struct chunks {
    struct plan *plan;
    int32_t threads;
    struct presser *presser; /* [threads] */
    size_t *first;           /* [plan->n + 1]: the chunks of each variable */
    struct chunk *chunk;
};

/* free also what init could not finish. */
enum status chunks_init(struct chunks *c, struct plan *plan, int32_t threads) MUST_CHECK;
void chunks_free(struct chunks *c);

/* The variables FROM_CELLS of the next n <= CHUNK_RUNS runs; their hashes go on.  NO_MEMORY. */
enum status chunks_press(struct chunks *c, const struct packed *run, uint32_t n) MUST_CHECK;
/* Writes those of the k-th variable; the first of the runs is `run`. */
bool chunks_write(struct chunks *c, size_t k, uint32_t run);
#endif
