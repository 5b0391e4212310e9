/* SPDX-License-Identifier: GPL-3.0-or-later */
/* team - the one file that knows OpenMP: deals tasks to threads in contiguous ranges. */
#include <liandong/team.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static void deal(int32_t threads, int32_t thread, size_t tasks, void (*task)(void *, size_t, int32_t), void *context)
{
    size_t from = tasks * (size_t)thread / (size_t)threads, to = tasks * ((size_t)thread + 1) / (size_t)threads;
    for (size_t k = from; k < to; k++)
        task(context, k, thread);
}

void team_run(int32_t threads, size_t tasks, void (*task)(void *context, size_t task, int32_t thread), void *context)
{
#ifdef _OPENMP
    if (threads > 1 && tasks > 1) {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
        for (int32_t thread = 0; thread < threads; thread++)
            deal(threads, thread, tasks, task, context);
        return;
    }
#endif
    for (int32_t thread = 0; thread < threads; thread++)
        deal(threads, thread, tasks, task, context);
}
