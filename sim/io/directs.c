/* SPDX-License-Identifier: GPL-3.0-or-later */
/* directs - see include/liandong/directs.h. */
#include <liandong/directs.h>
#include <liandong/making.h>
#include <liandong/team.h>
#include <string.h>

/* What the workers share; `lock` guards all but the constant parts. */
struct work {
    const struct direct_request *q;
    struct simulation simulation;
    mtx_t lock;
    uint32_t next;
    uint64_t done, all; /* months */
    enum status status;
    struct diag *diag;
};

static void lock(struct work *w)
{
    BUG_ON(mtx_lock(&w->lock) != thrd_success);
}

static void unlock(struct work *w)
{
    BUG_ON(mtx_unlock(&w->lock) != thrd_success);
}

static bool next_run(struct work *w, uint32_t *run)
{
    lock(w);
    bool found = w->status == OK && w->next < w->q->runs;
    *run = found ? w->next++ : 0;
    unlock(w);
    return found;
}

static void take_months(void *to, int32_t months)
{
    struct work *w = to;
    lock(w);
    w->done += (uint64_t)months;
    if (w->done <= w->all) /* a season that was not in the cache is lived through beside */
        w->q->listener->progress(w->q->listener->to, w->done, w->all);
    unlock(w);
}

static void work_on(void *context, size_t task, int32_t thread)
{
    struct work *w = context;
    struct diag diag;
    uint32_t run;
    (void)task;
    (void)thread;
    diag_init(&diag);
    diag.zh = w->diag->zh;
    while (next_run(w, &run)) {
        const size_t *start = w->q->start + run;
        enum status status = direct_run(&w->simulation, run, w->q->one + start[0], start[1] - start[0], &diag);
        lock(w);
        if (status != OK && w->status == OK) { /* what others say after it would only repeat it */
            w->status = status;
            diag_move(w->diag, &diag);
        }
        unlock(w);
    }
    diag_free(&diag);
}

static enum status run_all(const struct making *m, const struct direct_request *q, const struct setup *setup,
                           struct diag *diag)
{
    struct work w = {.q = q, .diag = diag};
    w.simulation = (struct simulation){
        .setup = setup, .cache = m->cache, .horizon = q->horizon, .lines = q->lines, .stop = q->stop, .to = &w};
    if (!q->quiet && q->listener != NULL && q->listener->progress != NULL)
        w.simulation.passed = take_months;
    for (int h = 0; h < FATE_HORIZONS && q->horizon[h] != 0; h++)
        w.all = (uint64_t)q->horizon[h] * q->start[q->runs];
    BUG_ON(mtx_init(&w.lock, mtx_plain) != thrd_success);
    team_run(m->threads, (size_t)m->threads, work_on, &w);
    mtx_destroy(&w.lock);
    return w.status;
}

enum status direct_all(const struct direct_request *q, struct diag *diag)
{
    struct making m = {.listener = q->listener,
                       .quiet = q->quiet,
                       .zh = diag->zh != 0,
                       .threads = q->threads > 0 ? q->threads : ensemble_processors(),
                       .stop = q->stop};
    struct cache cache;
    struct setup setup;
    char build[256];
    if (setup_copy(&setup, &q->scenario->setup) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    making_build_name(build, sizeof build);
    if (!q->no_cache && cache_open(&cache, build))
        m.cache = &cache;
    enum status status = making_founders(&m, &setup, diag);
    if (status == OK)
        status = run_all(&m, q, &setup, diag);
    if (m.cache != NULL)
        cache_close(&cache);
    setup_free(&setup);
    return status;
}
