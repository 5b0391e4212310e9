/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direct - see include/liandong/direct.h. */
#include <liandong/direct.h>
#include <liandong/mathx.h>
#include <string.h>

const struct sample_column direct_columns[DIRECT_COLUMNS] = {
    COLUMN_RUN,
    COLUMN_VARIANT,
    COLUMN_HORIZON,
    COLUMN_ORIGIN,
    COLUMN_INDEX,
    COLUMN_ALIVE(base),
    COLUMN_ALIVE(variant),
    COLUMN_ALIVE(alone),
    COLUMN_CREDIT(base),
    COLUMN_CREDIT(variant),
    COLUMN_CREDIT(alone),
    COLUMN_PATENTS(base),
    COLUMN_PATENTS(variant),
    COLUMN_PATENTS(alone),
    COLUMN_BOARD(base),
    COLUMN_BOARD(variant),
    COLUMN_BOARD(alone),
};

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

/* Until the cohort is taken: so long the variant is the base. */
static enum status live_until(struct world *w, const struct simulation *s, struct diag *diag)
{
    for (int32_t t = 0; t < s->cohort; t++) {
        if (s->stop != NULL && *s->stop != 0)
            return INTERRUPTED;
        TRY(world_step(w, diag));
    }
    return OK;
}

enum status direct_run(const struct simulation *s, uint32_t run, int32_t threads, struct direct_one *one, size_t n,
                       struct diag *diag)
{
    struct world season;
    struct fates fates = {.n = 0};
    struct simulation before = *s;
    if (n == 0)
        return OK;
    before.passed = NULL; /* the season is nobody's months: a run has passed it already */
    TRY(simulate_season(&season, &before, s->first + run * (s->step > 0 ? s->step : 1), threads, diag));
    enum status status = live_until(&season, s, diag);
    for (size_t k = 0; k < n && status == OK; k++)
        status = live_alone(&season, s, &fates, &one[k], diag);
    fates_free(&fates);
    world_free(&season);
    return status;
}

/* -- the sample -------------------------------------------------------------------------------------------------------------- */
/* An enterprise that the variant reaches. */
struct reached {
    uint64_t key; /* by which it is drawn */
    const struct fate *base, *variant;
};

static int by_key(const void *a, const void *b)
{
    const struct reached *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->base->who.origin != y->base->who.origin)
        return x->base->who.origin < y->base->who.origin ? -1 : 1;
    return x->base->who.index < y->base->who.index ? -1 : 1;
}

/* All that are reached, in the order in which they are drawn. */
static size_t reached_of(const struct fates *base, const struct fates *variant, struct reached *list)
{
    size_t n = 0;
    for (size_t k = 0; k < base->n; k++) {
        struct identity who = base->fate[k].who;
        size_t other = fates_find(variant, who);
        if (other < variant->n && variant->fate[other].supported)
            list[n++] = (struct reached){ld_mix(ld_mix(who.origin, who.index), ld_hash("direct")), &base->fate[k],
                                         &variant->fate[other]};
    }
    qsort(list, n, sizeof *list, by_key);
    return n;
}

static void put_rows(struct sample *to, const struct simulation *s, const struct reached *who,
                     const struct direct_one *one, uint32_t run, uint32_t number)
{
    for (int h = 0; h < FATE_HORIZONS && s->horizon[h] != 0; h++) {
        const struct fate_state *in[] = {&who->base->at[h], &who->variant->at[h], &one->at[h]};
        const int64_t head[] = {run, number, s->horizon[h], (int64_t)one->who.origin, one->who.index};
        for (size_t k = 0; k < sizeof head / sizeof head[0]; k++)
            sample_add(to, head[k]);
        for (int w = 0; w < 3; w++)
            sample_add(to, in[w]->alive);
        for (int w = 0; w < 3; w++)
            sample_add(to, in[w]->credit);
        for (int w = 0; w < 3; w++)
            sample_add(to, in[w]->patents);
        for (int w = 0; w < 3; w++)
            sample_add(to, in[w]->board);
    }
}

uint64_t direct_months(const struct simulation *s)
{
    return s->alone == 0 ? 0 : (uint64_t)s->alone * (uint64_t)last_horizon(s->horizon);
}

enum status direct_rows(struct sample *to, const struct simulation *s, const struct fates *base,
                        const struct fates *variant, uint32_t run, uint32_t number, int32_t threads, struct diag *diag)
{
    struct reached *list = calloc(base->n + 1, sizeof *list);
    struct direct_one *one = calloc((size_t)s->alone + 1, sizeof *one);
    if (list == NULL || one == NULL) {
        free(list);
        free(one);
        return diag_stop(diag, NO_MEMORY, "no memory for the enterprises of a run");
    }
    size_t n = reached_of(base, variant, list);
    n = n < s->alone ? n : s->alone;
    for (size_t k = 0; k < n; k++)
        one[k].who = list[k].base->who;
    enum status status = direct_run(s, run, threads, one, n, diag);
    for (size_t k = 0; k < n && status == OK; k++)
        put_rows(to, s, &list[k], &one[k], run, number);
    if (status == OK && s->passed != NULL && n < s->alone) /* fewer are reached than were asked for */
        s->passed(s->to, (int32_t)(s->alone - n) * last_horizon(s->horizon));
    if (status == OK && to->no_memory)
        status = diag_stop(diag, NO_MEMORY, "no memory for the enterprises of a run");
    free(list);
    free(one);
    return status;
}
