/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct - see include/liandong/direct.h. */
#include <liandong/direct.h>
#include <string.h>

static int32_t last_horizon(const int32_t horizon[FATE_HORIZONS])
{
    int32_t last = 0;
    for (int h = 0; h < FATE_HORIZONS; h++)
        last = horizon[h] > last ? horizon[h] : last;
    return last;
}

static enum status follow(struct world *w, const struct simulation *s, struct fates *f, struct diag *diag)
{
    for (int32_t t = last_horizon(s->horizon); t > 0; t--) {
        if (s->stop != NULL && *s->stop != 0)
            return INTERRUPTED;
        TRY(world_step(w, diag));
        fates_month(f, w, s->horizon);
    }
    if (s->passed != NULL)
        s->passed(s->to, last_horizon(s->horizon));
    return OK;
}

static enum status live_alone(const struct world *season, const struct simulation *s, struct fates *f,
                              struct direct_one *one, struct diag *diag)
{
    struct world w;
    TRY(world_copy(&w, season, diag));
    w.alone.on = true;
    w.alone.who = one->who;
    memcpy(w.alone.lines, s->lines, sizeof w.alone.lines);
    f->lines = s->lines;
    enum status status = fates_begin_one(f, &w, one->who) == OK
                             ? follow(&w, s, f, diag)
                             : diag_stop(diag, NO_MEMORY, "no memory for the enterprises of a run");
    memset(one->at, 0, sizeof one->at);
    if (status == OK && f->n == 1)
        memcpy(one->at, f->fate[0].at, sizeof one->at);
    world_free(&w);
    return status;
}

enum status direct_run(const struct simulation *s, uint32_t run, struct direct_one *one, size_t n, struct diag *diag)
{
    struct world season;
    struct fates fates = {.n = 0};
    if (n == 0)
        return OK;
    TRY(simulate_season(&season, s, run, 1, diag));
    enum status status = OK;
    for (size_t k = 0; k < n && status == OK; k++)
        status = live_alone(&season, s, &fates, &one[k], diag);
    fates_free(&fates);
    world_free(&season);
    return status;
}
