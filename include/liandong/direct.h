/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct - what a policy does to one enterprise in a market without it (mechanisms, "Paired worlds": direct effect).
 *
 * The world is copied just before the start, for one enterprise at a time; there the instances looked at admit it and nobody
 * else, so that the market it meets is that of a world without them, but for itself. */
#ifndef LIANDONG_DIRECT_H
#define LIANDONG_DIRECT_H
#include <liandong/simulate.h>

struct direct_one {
    struct identity who;
    struct fate_state at[FATE_HORIZONS];
};

/* Lives run `run` of s (s->lines: the instances; s->horizon) once for each of the n enterprises, until the last horizon. */
enum status direct_run(const struct simulation *s, uint32_t run, struct direct_one *one, size_t n,
                       struct diag *diag) MUST_CHECK;
#endif
