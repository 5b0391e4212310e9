/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct - what a policy does to one enterprise in a market without it (mechanisms, "Paired worlds": direct effect).
 *
 * The world is copied when the cohort is taken, for one enterprise at a time; there the instances looked at admit it and nobody
 * else, so that the market it meets is that of a world without them, but for itself. */
#ifndef LIANDONG_DIRECT_H
#define LIANDONG_DIRECT_H
#include <liandong/simulate.h>

struct direct_one {
    struct identity who;
    struct fate_state at[FATE_HORIZONS];
};

/* Lives run `run` of s (s->lines: the instances; s->horizon) once for each of the n enterprises, until the last horizon. */
enum status direct_run(const struct simulation *s, uint32_t run, int32_t threads, struct direct_one *one, size_t n,
                       struct diag *diag) MUST_CHECK;

/* Draws s->alone of the enterprises that the variant s reaches and of the cohort of both worlds, by a key of their
 * identity, so that a smaller sample is part of a larger one; admits each alone, and appends a row of direct_columns for it and
 * each horizon, in order of keys.  number: the variant's, from 0 on. */
enum status direct_rows(struct sample *to, const struct simulation *s, const struct fates *base,
                        const struct fates *variant, uint32_t run, uint32_t number, int32_t threads,
                        struct diag *diag) MUST_CHECK;

/* Months that such a sample is followed for, at most. */
uint64_t direct_months(const struct simulation *s);

extern const struct sample_column direct_columns[];
enum { DIRECT_COLUMNS = 17 };
#endif
