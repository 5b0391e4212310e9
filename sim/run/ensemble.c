/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ensemble - see include/liandong/ensemble.h.  Which thread of which rank makes a run, and when, shows in no byte of it. */
#include <liandong/direct.h>
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
    return journal_size(j) - j->finished;
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
    uint32_t ranks = (uint32_t)ranks_count(), missing = (missing_runs(e->journal) + ranks - 1) / ranks,
             threads = (uint32_t)e->threads;
    uint32_t rounds = (missing + threads - 1) / threads;
    double beside = (double)rounds, inside = (double)missing / speed_inside(e);
    if (missing < 2 || threads < 2)
        return 1;
    return beside <= inside ? (missing < threads ? (int32_t)missing : e->threads) : 1;
}

/* What the workers share; `lock` guards all but the constant parts. */
struct work {
    const struct ensemble *e;
    struct simulation *world; /* [n_worlds] */
    size_t n_worlds;
    bool away; /* a rank that takes runs from rank 0 */
    int32_t threads_a_run;
    mtx_t lock;
    uint32_t next;
    uint64_t done, all, months_a_run; /* months, in all worlds */
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

/* The next run that is missing, or false; at rank 0. */
static bool deal(struct work *w, uint32_t *run)
{
    *run = journal_next(w->e->journal, w->next);
    bool found = w->status == OK && *run < w->e->journal->key.runs;
    w->next = found ? *run + 1 : w->next;
    return found;
}

static bool next_run(struct work *w, uint32_t *run)
{
    lock(w);
    bool found = w->status == OK && (w->away ? ranks_ask(run) : deal(w, run));
    unlock(w);
    return found;
}

/* What the office of each variant sees, and what is. */
static enum status join_offices(const struct work *w, struct run_output *out, struct diag *diag)
{
    const struct office_world base = {&out->fates, &out->office};
    for (size_t k = 1; k < w->n_worlds; k++) {
        const struct office_world variant = {&out[k].fates, &out[k].office};
        if (w->world[k].office != NULL && w->world[k].office->any &&
            office_rows(&out->seen, &out->truth, base, variant, out->record.run, (uint32_t)k - 1,
                        w->world[k].horizon) != OK)
            return diag_stop(diag, NO_MEMORY, "no memory for the register of a run");
    }
    return OK;
}

/* What happened to each enterprise in the variants, as rows of the first world's panel, and one by one as its claims; a comparison has neither. */
static enum status join(const struct work *w, struct run_output *out, struct diag *diag)
{
    const int32_t *horizon = w->world[0].horizon;
    for (size_t k = 1; k < w->n_worlds && horizon != NULL; k++)
        if (fates_join(&out->panel, &out->fates, &out[k].fates, out->record.run, (uint32_t)k - 1, horizon) != OK ||
            (w->world[0].fate_rows &&
             fates_rows(&out->claims, &out->fates, &out[k].fates, out->record.run, (uint32_t)k - 1, horizon) != OK))
            return diag_stop(diag, NO_MEMORY, "no memory for the enterprises of a run");
    return join_offices(w, out, diag);
}

/* Those that a variant reaches, some of them admitted alone. */
static enum status admit_alone(const struct work *w, struct run_output *out, struct diag *diag)
{
    for (size_t k = 1; k < w->n_worlds; k++)
        if (w->world[k].alone > 0)
            TRY(direct_rows(&out->direct, &w->world[k], &out->fates, &out[k].fates, out->record.run, (uint32_t)k - 1,
                            w->threads_a_run, diag));
    return OK;
}

/* The records of all worlds, one behind the other; rows of panel and claims are those of the first. */
static enum status keep(struct work *w, const struct run_output *out, char *bytes, struct diag *diag)
{
    uint64_t n = 0;
    for (size_t k = 0; k < w->n_worlds; k++)
        n += record_pack(&out[k].record, w->world[k].layout, bytes + n);
    const struct journal_piece part[N_PARTS] = {
        [PART_RECORD] = {bytes,            n                                                 },
        [PART_PANEL] = {out->panel.cell,  (uint64_t)out->panel.n * sizeof *out->panel.cell  },
        [PART_CLAIMS] = {out->claims.cell, (uint64_t)out->claims.n * sizeof *out->claims.cell},
        [PART_OFFICE] = {out->seen.cell,   (uint64_t)out->seen.n * sizeof *out->seen.cell    },
        [PART_TRUTH] = {out->truth.cell,  (uint64_t)out->truth.n * sizeof *out->truth.cell  },
        [PART_DIRECT] = {out->direct.cell, (uint64_t)out->direct.n * sizeof *out->direct.cell},
    };
    enum status status = OK;
    lock(w);
    if (w->away)
        ranks_hand_in(out->record.run, part);
    else
        status = journal_append(w->e->journal, out->record.run, part, diag);
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

static enum status make_runs(struct work *w, struct run_output *out, char *bytes, struct diag *diag)
{
    uint32_t run;
    for (size_t k = 0; k < w->n_worlds; k++)
        TRY(run_output_init(&out[k], &w->world[k], diag));
    while (next_run(w, &run)) {
        for (size_t k = 0; k < w->n_worlds; k++)
            TRY(simulate_run(&w->world[k], run, w->threads_a_run, &out[k], diag));
        TRY(join(w, out, diag));
        TRY(admit_alone(w, out, diag));
        TRY(keep(w, out, bytes, diag));
    }
    return OK;
}

/* Makes runs until there are no more. */
static void work_on(void *context, size_t task, int32_t thread)
{
    struct work *w = context;
    struct diag diag;
    (void)task;
    (void)thread;
    diag_init(&diag);
    diag.zh = w->diag->zh;
    char *bytes = malloc(w->e->journal->key.record_bytes);
    struct run_output *out = calloc(w->n_worlds, sizeof *out);
    enum status status = bytes != NULL && out != NULL
                             ? make_runs(w, out, bytes, &diag)
                             : diag_stop(&diag, NO_MEMORY, "no memory for the record of a run");
    if (status != OK)
        fail(w, status, &diag);
    diag_free(&diag);
    for (size_t k = 0; out != NULL && k < w->n_worlds; k++)
        run_output_free(&out[k]);
    free(out);
    free(bytes);
}

/* -- what rank 0 does for the others, in a thread of its own ----------------------------------------------------------- */
static bool deal_away(void *to, uint32_t *run)
{
    struct work *w = to;
    lock(w);
    bool found = deal(w, run);
    unlock(w);
    return found;
}

static void take_run(void *to, uint32_t run, const struct journal_piece part[N_PARTS])
{
    struct work *w = to;
    struct diag diag;
    diag_init(&diag);
    diag.zh = w->diag->zh;
    lock(w);
    enum status status = journal_append(w->e->journal, run, part, &diag);
    w->done += w->months_a_run;
    if (w->e->away != NULL)
        ++*w->e->away;
    if (w->e->progress != NULL)
        w->e->progress(w->e->to, w->done, w->all);
    unlock(w);
    if (status != OK)
        fail(w, status, &diag);
}

static void fail_away(void *to, enum status status, struct diag *diag)
{
    fail(to, status, diag);
}

static int serve(void *to)
{
    struct ranks_desk desk = {deal_away, take_run, fail_away, to};
    ranks_serve(&desk);
    return 0;
}

static void work_with_ranks(struct work *w, int32_t at_a_time)
{
    thrd_t server;
    struct diag none;
    bool served = !w->away && ranks_count() > 1;
    diag_init(&none);
    BUG_ON(served && thrd_create(&server, serve, w) != thrd_success);
    team_run(at_a_time, (size_t)at_a_time, work_on, w);
    if (served)
        thrd_join(server, NULL);
    if (w->away)
        ranks_leave(w->status, w->diag);
    w->status = ranks_agree(w->status, &none);
    diag_free(&none);
}

static int32_t months_of(const struct setup *s)
{
    return s->world.start - setup_first_month(s) + s->world.months;
}

enum status ensemble_run(const struct ensemble *e, struct diag *diag)
{
    int32_t at_a_time = ensemble_at_a_time(e);
    struct work w = {.e = e, .n_worlds = 1 + e->n_variants, .away = ranks_mine() > 0, .diag = diag};
    w.world = calloc(w.n_worlds, sizeof *w.world);
    if (w.world == NULL)
        return diag_stop(diag, NO_MEMORY, "no memory for %zu worlds", w.n_worlds);
    w.threads_a_run = at_a_time > 1 ? 1 : e->threads;
    for (size_t k = 0; k < w.n_worlds; k++) {
        w.world[k] = k == 0 ? e->simulation : e->variant[k - 1];
        w.world[k].to = &w;
        w.world[k].passed = e->progress == NULL ? NULL : take_months;
        w.months_a_run += (uint64_t)months_of(w.world[k].setup) + direct_months(&w.world[k]);
    }
    w.all = missing_runs(e->journal) * w.months_a_run;
    BUG_ON(mtx_init(&w.lock, mtx_plain) != thrd_success);
    work_with_ranks(&w, at_a_time);
    mtx_destroy(&w.lock);
    free(w.world);
    return w.status;
}
