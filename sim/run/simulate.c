/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate - one run of a scenario; see simulate.h and docs (model: start). */
#include <liandong/simulate.h>
#include <string.h>

enum status run_output_init(struct run_output *out, const struct simulation *s, struct diag *diag)
{
    size_t months = (size_t)s->setup->world.months, start = (size_t)s->setup->n_regions * N_ACCOUNTS;
    *out = (struct run_output){.record.months = s->setup->world.months};
    out->record.cell = calloc(months * s->layout->n + 1, sizeof *out->record.cell);
    out->record.balances_start = calloc(start, sizeof *out->record.balances_start);
    if (out->record.cell != NULL && out->record.balances_start != NULL)
        return OK;
    run_output_free(out);
    return diag_stop(diag, NO_MEMORY, "no memory for the record of %d months", (int)s->setup->world.months);
}

void run_output_free(struct run_output *out)
{
    free(out->record.cell);
    free(out->record.balances_start);
    sample_free(&out->panel);
    sample_free(&out->claims);
    fates_free(&out->fates);
    office_free(&out->office);
    sample_free(&out->seen);
    sample_free(&out->truth);
    sample_free(&out->direct);
    *out = (struct run_output){0};
}

static bool stopped(const struct simulation *s)
{
    return s->stop != NULL && *s->stop != 0;
}

static void passed(const struct simulation *s, int32_t months)
{
    if (s->passed != NULL)
        s->passed(s->to, months);
}

static enum status begin(struct world *w, const struct simulation *s, uint32_t run, int32_t threads, struct diag *diag)
{
    return world_init(w, s->setup, (uint32_t)s->setup->world.seed, run, threads, diag);
}

static enum status live(struct world *w, const struct simulation *s, int32_t months, struct diag *diag)
{
    for (int32_t t = 0; t < months; t++) {
        if (stopped(s))
            return INTERRUPTED;
        TRY(world_step(w, diag));
        passed(s, 1);
    }
    return OK;
}

enum status simulate_season(struct world *w, const struct simulation *s, uint32_t run, int32_t threads,
                            struct diag *diag)
{
    int32_t months = s->setup->world.start - setup_first_month(s->setup);
    TRY(begin(w, s, run, threads, diag));
    enum cache_answer answer = CACHE_NONE;
    if (s->cache != NULL && months > 0)
        answer = cache_read(s->cache, w);
    if (answer == CACHE_BROKEN) { /* the world may be half filled */
        world_free(w);
        TRY(begin(w, s, run, threads, diag));
    }
    if (answer == CACHE_READ) {
        passed(s, months);
        return OK;
    }
    enum status status = live(w, s, months, diag);
    if (status != OK)
        world_free(w);
    else if (s->cache != NULL && months > 0)
        cache_write(s->cache, w);
    return status;
}

static enum status take_month(const struct simulation *s, const struct world *w, int32_t t, struct run_output *out,
                              struct diag *diag)
{
    memcpy(out->record.cell + (size_t)t * s->layout->n, w->record, s->layout->n * sizeof *w->record);
    if (s->panel > 0.0 && sample_panel(&out->panel, w, out->record.run, s->panel) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the panel of a run; a smaller --panel needs less");
    if (s->horizon != NULL && t >= s->cohort)
        fates_month(&out->fates, w, s->horizon);
    if (s->office != NULL && t >= s->cohort)
        office_month(&out->office, &out->fates, w, s->office, s->horizon);
    return OK;
}

static enum status begin_cohort(struct world *w, const struct simulation *s, struct run_output *out, struct diag *diag)
{
    out->fates.lines = s->lines;
    if (s->horizon != NULL && fates_begin(&out->fates, w) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the enterprises of a run");
    w->paid_kept = s->office != NULL;
    if (s->office != NULL && office_begin(&out->office, &out->fates, w, s->office) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the register of a run");
    return OK;
}

static enum status measure(struct world *w, const struct simulation *s, struct run_output *out, struct diag *diag)
{
    w->claims_kept = s->claims;
    TRY(world_measure(w, s->layout, diag));
    world_balances(w, out->record.balances_start);
    for (int32_t t = 0; t < out->record.months; t++) {
        if (t == s->cohort)
            TRY(begin_cohort(w, s, out, diag));
        TRY(live(w, s, 1, diag));
        TRY(take_month(s, w, t, out, diag));
    }
    if (s->claims && sample_claims(&out->claims, w, out->record.run) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the claims of a run");
    out->record.balanced = 1; /* a month that does not balance stops the run */
    return OK;
}

enum status simulate_run(const struct simulation *s, uint32_t run, int32_t threads, struct run_output *out,
                         struct diag *diag)
{
    struct world w;
    out->record.run = run;
    out->record.balanced = 0;
    out->panel.n = out->claims.n = out->seen.n = out->truth.n = out->direct.n = 0;
    TRY(simulate_season(&w, s, s->first + run * (s->step > 0 ? s->step : 1), threads, diag));
    enum status status = measure(&w, s, out, diag);
    world_free(&w);
    return status;
}
