/* SPDX-License-Identifier: GPL-3.0-or-later */
/* directs - direct effects in all runs of a scenario: several runs at a time, founders solved, seasons out of the cache. */
#ifndef LIANDONG_DIRECTS_H
#define LIANDONG_DIRECTS_H
#include <liandong/direct.h>
#include <liandong/run.h>

struct direct_request {
    const struct scenario *scenario;
    const uint64_t *lines;  /* the instances that admit one enterprise alone */
    const int32_t *horizon; /* [FATE_HORIZONS] */
    struct direct_one *one; /* those of run r: one[start[r]] ... one[start[r + 1] - 1] */
    const size_t *start;    /* [runs + 1] */
    uint32_t runs;
    int32_t threads; /* 0: as many as there are processors */
    bool quiet, no_cache;
    const volatile sig_atomic_t *stop;
    const struct run_listener *listener;
};
/* Fills one[].at.  Interrupted, it begins anew. */
enum status direct_all(const struct direct_request *request, struct diag *diag) MUST_CHECK;
#endif
