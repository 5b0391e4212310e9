/* SPDX-License-Identifier: GPL-3.0-or-later */
/* team - the one file that knows OpenMP: deals tasks to threads in contiguous ranges. */
#include <liandong/team.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static void deal(int32_t thread, size_t from, size_t to, team_task task, void *context)
{
    for (size_t k = from; k < to; k++)
        task(context, k, thread);
}

static size_t even(int32_t thread, int32_t threads, size_t tasks)
{
    return tasks * (size_t)thread / (size_t)threads;
}

void team_run(int32_t threads, size_t tasks, team_task task, void *context)
{
#ifdef _OPENMP
    if (threads > 1 && tasks > 1) {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
        for (int32_t thread = 0; thread < threads; thread++)
            deal(thread, even(thread, threads, tasks), even(thread + 1, threads, tasks), task, context);
        return;
    }
#endif
    for (int32_t thread = 0; thread < threads; thread++)
        deal(thread, even(thread, threads, tasks), even(thread + 1, threads, tasks), task, context);
}

static void run_share(const struct team *team, int32_t share, int32_t thread, team_task task, void *context)
{
    struct member *m = &team->member[share];
    m->hand = &team->hand[thread];
    deal(share, m->from, m->to, task, context);
}

/* A world with one thread waits for no team: worlds beside each other would each make one for every group of phases. */
static void run_shares(const struct team *team, int32_t threads, team_task task, void *context)
{
    int32_t members = team_members(team);
#ifdef _OPENMP
    if (threads > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
        for (int32_t k = 0; k < members; k++)
            run_share(team, k, omp_get_thread_num(), task, context);
        return;
    }
#endif
    (void)threads;
    for (int32_t k = 0; k < members; k++)
        run_share(team, k, 0, task, context);
}

void team_run_shares(const struct team *team, int32_t threads, team_task task, void *context)
{
    run_shares(team, threads, task, context);
    for (int32_t t = 0; t < team->n; t++)
        team->member[t].hand = &team->hand[t];
}

void team_run_loose(int32_t threads, size_t tasks, team_task task, void *context)
{
#ifdef _OPENMP
    if (threads > 1 && tasks > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
        for (size_t k = 0; k < tasks; k++)
            task(context, k, omp_get_thread_num());
        return;
    }
#endif
    (void)threads;
    deal(0, 0, tasks, task, context);
}
