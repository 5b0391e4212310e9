/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ensemble - see include/liandong/ensemble.h.  Which thread makes a run, and when, shows in no byte of it. */
#include <liandong/ensemble.h>
#include <liandong/team.h>
#include <sched.h>
#include <unistd.h>

int32_t ensemble_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n;
}

static uint32_t missing_runs(const struct journal *j)
{
    return j->key.runs - j->finished;
}

/* What many threads make of one run.  Below 1 for a small region: threads that are not worth waking are not woken. */
static double speed_inside(const struct ensemble *e)
{
    const struct setup *s = e->simulation.setup;
    double rows = 0.0;
    for (int32_t r = 0; r < s->n_regions; r++) {
        const unsigned char *block = s->initial + (size_t)r * s->layout.size;
        const struct enterprises_params *p = values_at(block, &s->layout, GROUP_enterprises, 0);
        rows += (double)p->initial * s->world.scale;
    }
    return 0.1 + 0.9 * (double)team_width(e->threads, (size_t)(rows / TILE));
}

int32_t ensemble_at_a_time(const struct ensemble *e)
{
    uint32_t missing = missing_runs(e->journal), threads = (uint32_t)e->threads;
    double beside = (double)((missing + threads - 1) / threads), inside = (double)missing / speed_inside(e);
    if (missing < 2 || threads < 2)
        return 1;
    return beside <= inside ? (missing < threads ? (int32_t)missing : e->threads) : 1;
}

/* What the workers share; `lock` guards all but the constant parts. */
struct work {
    const struct ensemble *e;
    struct simulation simulation;
    int32_t threads_a_run;
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

static void take_months(void *to, int32_t months)
{
    struct work *w = to;
    lock(w);
    w->done += (uint64_t)months;
    w->e->progress(w->e->to, w->done, w->all);
    unlock(w);
}

/* The next run that is missing, or false. */
static bool next_run(struct work *w, uint32_t *run)
{
    bool found = false;
    lock(w);
    for (; !found && w->status == OK && w->next < w->e->journal->key.runs; w->next++)
        if (!journal_has(w->e->journal, w->next)) {
            *run = w->next;
            found = true;
        }
    unlock(w);
    return found;
}

static enum status keep(struct work *w, const struct run_output *out, void *bytes, struct diag *diag)
{
    const struct journal_piece part[N_PARTS] = {
        [PART_RECORD] = {bytes,            w->e->journal->key.record_bytes                   },
        [PART_PANEL] = {out->panel.cell,  (uint64_t)out->panel.n * sizeof *out->panel.cell  },
        [PART_CLAIMS] = {out->claims.cell, (uint64_t)out->claims.n * sizeof *out->claims.cell},
    };
    record_pack(&out->record, w->simulation.layout, bytes);
    lock(w);
    enum status status = journal_append(w->e->journal, out->record.run, part, diag);
    unlock(w);
    return status;
}

static void fail(struct work *w, enum status status, struct diag *diag)
{
    lock(w);
    if (w->status == OK) { /* what others say after it would only repeat it */
        w->status = status;
        diag_move(w->diag, diag);
    }
    unlock(w);
    diag_free(diag);
}

/* Makes runs until there are no more. */
static void work_on(void *context, size_t task, int32_t thread)
{
    struct work *w = context;
    struct run_output out;
    struct diag diag;
    uint32_t run;
    (void)task;
    (void)thread;
    diag_init(&diag);
    diag.zh = w->diag->zh;
    void *bytes = malloc(w->e->journal->key.record_bytes);
    enum status status = run_output_init(&out, &w->simulation, &diag);
    if (bytes == NULL && status == OK)
        status = diag_stop(&diag, NO_MEMORY, "no memory for the record of a run");
    while (status == OK && next_run(w, &run)) {
        status = simulate_run(&w->simulation, run, w->threads_a_run, &out, &diag);
        if (status == OK)
            status = keep(w, &out, bytes, &diag);
    }
    if (status != OK)
        fail(w, status, &diag);
    diag_free(&diag);
    run_output_free(&out);
    free(bytes);
}

enum status ensemble_run(const struct ensemble *e, struct diag *diag)
{
    int32_t at_a_time = ensemble_at_a_time(e);
    const struct setup *s = e->simulation.setup;
    int32_t months = s->world.start - setup_first_month(s) + s->world.months;
    struct work w = {.e = e, .simulation = e->simulation, .diag = diag};
    w.threads_a_run = at_a_time > 1 ? 1 : e->threads;
    w.all = (uint64_t)missing_runs(e->journal) * (uint64_t)months;
    w.simulation.to = &w;
    w.simulation.passed = e->progress == NULL ? NULL : take_months;
    BUG_ON(mtx_init(&w.lock, mtx_plain) != thrd_success);
    team_run(at_a_time, (size_t)at_a_time, work_on, &w);
    mtx_destroy(&w.lock);
    return w.status;
}
