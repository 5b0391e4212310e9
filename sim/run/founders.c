/* SPDX-License-Identifier: GPL-3.0-or-later */
/* founders - see include/liandong/founders.h.
 *
 * The stock grows with the number of founders, nearly in proportion, since demand, angels' money and wages scale with it.
 * So the search is a secant on logarithms, held inside the narrowest bracket known. */
#include <liandong/founders.h>
#include <liandong/mathx.h>
#include <string.h>

enum { SEARCH_SEED = 20160101, TARGET_ROWS = 12000, MOST_TRIES = 24 };
static const double good_enough = 0.003, tolerance = 0.01; /* log of stock over target */
static const char parameter[] = "founders.per_month";

static int32_t wanted_stock(const struct setup *s, int32_t region)
{
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    const struct enterprises_params *p = values_at(block, &s->layout, GROUP_enterprises, 0);
    return p->initial;
}

bool founders_wanted(const struct setup *s, int32_t region)
{
    return !s->founders_given && !s->world.initial_empty && wanted_stock(s, region) > 0;
}

/* -- the stock of the fixed worlds -------------------------------------------------------------------------- */
struct trial {
    struct simulation simulation;
    int32_t region;
    int64_t stock[FOUNDERS_WORLDS];
    enum status status[FOUNDERS_WORLDS];
    struct diag diag[FOUNDERS_WORLDS];
};

static int64_t registered(const struct world *w, int32_t region)
{
    const struct enterprises *e = &w->region[region].enterprises;
    int64_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        n += e->status[i] == ACTIVE && w->month - e->founded[i] >= e->registration[i];
    return n;
}

static void one_world(void *context, size_t task, int32_t thread)
{
    struct trial *t = context;
    struct world w;
    (void)thread;
    t->status[task] = simulate_season(&w, &t->simulation, (uint32_t)task, 1, &t->diag[task]);
    if (t->status[task] != OK)
        return;
    t->stock[task] = registered(&w, t->region);
    world_free(&w);
}

/* At the scale of the search. */
static enum status mean_stock(const struct setup *s, int32_t region, int32_t threads, const volatile sig_atomic_t *stop,
                              double *stock, struct diag *diag)
{
    struct trial t = {
        .simulation = {.setup = s, .stop = stop},
          .region = region
    };
    enum status status = OK;
    for (int k = 0; k < FOUNDERS_WORLDS; k++)
        diag_init(&t.diag[k]);
    team_run(threads < FOUNDERS_WORLDS ? threads : FOUNDERS_WORLDS, FOUNDERS_WORLDS, one_world, &t);
    int64_t sum = 0;
    for (int k = 0; k < FOUNDERS_WORLDS; k++) {
        sum += t.stock[k];
        status = status == OK ? t.status[k] : status;
        diag_move(diag, &t.diag[k]);
    }
    *stock = (double)sum / FOUNDERS_WORLDS;
    return status;
}

/* A copy for the search: its own seed, and a scale at which a large world has some thousands of enterprises. */
static enum status search_copy(struct setup *to, const struct setup *s, int32_t region, double *target,
                               struct diag *diag)
{
    int32_t stock = wanted_stock(s, region), thin = stock / TARGET_ROWS;
    if (setup_copy(to, s) != OK)
        return diag_stop(diag, NO_MEMORY, "no memory for the search of founders");
    thin = thin < 1 ? 1 : thin;
    to->world.seed = SEARCH_SEED;
    to->world.scale = 1.0 / thin;
    *target = (double)stock / thin;
    return OK;
}

enum status founders_stock(const struct setup *s, int32_t region, int32_t threads, const volatile sig_atomic_t *stop,
                           double *ratio, struct diag *diag)
{
    struct setup copy;
    double target = 1.0, stock = 0.0;
    TRY(search_copy(&copy, s, region, &target, diag));
    enum status status = mean_stock(&copy, region, threads, stop, &stock, diag);
    setup_free(&copy);
    *ratio = stock / target;
    return status;
}

/* -- the search --------------------------------------------------------------------------------------------- */
struct search {
    struct setup *setup;
    double target;
    double x, y; /* last try: log founders, log of stock over target */
    double x_old, y_old;
    double low, high; /* logs with a stock below, above the target */
    double best_x, best_y;
    int tries;
};

/* Five digits are enough, and read well in a file. */
static double five_digits(double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.4e", number);
    return strtod(text, NULL);
}

static double next_x(const struct search *q)
{
    double slope = q->tries > 1 && q->x != q->x_old ? (q->y - q->y_old) / (q->x - q->x_old) : 1.0;
    slope = slope < 0.3 ? 0.3 : slope > 3.0 ? 3.0 : slope;
    double step = -q->y / slope, x;
    step = step > 3.0 ? 3.0 : step < -3.0 ? -3.0 : step;
    x = q->x + step;
    if (x > q->low && x < q->high)
        return x;
    if (q->low > -1e9 && q->high < 1e9)
        return 0.5 * (q->low + q->high);
    return q->low > -1e9 ? q->low + 1.0 : q->high - 1.0;
}

static enum status try_x(struct search *q, int32_t region, int32_t threads, const volatile sig_atomic_t *stop, double x,
                         struct diag *diag)
{
    double stock, founders = five_digits(ld_exp(x));
    setup_set_number(q->setup, region, parameter, 0, founders);
    TRY(mean_stock(q->setup, region, threads, stop, &stock, diag));
    q->x_old = q->x;
    q->y_old = q->y;
    q->x = ld_log(founders);
    q->y = stock > 0.0 ? ld_log(stock / q->target) : -5.0;
    q->tries++;
    if (q->y < 0.0 && q->x > q->low)
        q->low = q->x;
    if (q->y > 0.0 && q->x < q->high)
        q->high = q->x;
    if (__builtin_fabs(q->y) < __builtin_fabs(q->best_y)) {
        q->best_x = q->x;
        q->best_y = q->y;
    }
    return OK;
}

static enum status search(struct search *q, int32_t region, int32_t threads, const volatile sig_atomic_t *stop,
                          struct diag *diag)
{
    double x = ld_log(q->target / q->setup->world.scale / 60.0); /* some five years' worth */
    while (q->tries < MOST_TRIES && __builtin_fabs(q->best_y) > good_enough) {
        TRY(try_x(q, region, threads, stop, x, diag));
        x = next_x(q);
        if (q->high - q->low < 1e-5) /* between neighbouring numbers */
            break;
    }
    if (__builtin_fabs(q->best_y) <= tolerance)
        return OK;
    return diag_stop(diag, FAILED, "%s: no founders.per_month gives %d enterprises at the start; %g gives %.0f",
                     q->setup->region[region], (int)wanted_stock(q->setup, region), ld_exp(q->best_x),
                     wanted_stock(q->setup, region) * ld_exp(q->best_y));
}

/* The name under which the answer is kept: that of the season it belongs to, without the number itself. */
static void answer_name(struct setup *copy, const struct cache *cache, int32_t region, char name[SHA256_TEXT])
{
    setup_set_number(copy, region, parameter, 0, 0.0);
    cache_key(copy, cache->build, SEARCH_SEED, (uint32_t)region, name);
}

enum status founders_solve(struct setup *s, int32_t region, struct cache *cache, int32_t threads,
                           const volatile sig_atomic_t *stop, struct founders_solved *solved, struct diag *diag)
{
    struct setup copy;
    char name[SHA256_TEXT];
    struct search q = {.low = -1e10, .high = 1e10, .best_y = 1e10};
    *solved = (struct founders_solved){.region = region};
    TRY(search_copy(&copy, s, region, &q.target, diag));
    q.setup = &copy;
    enum status status = OK;
    if (cache != NULL)
        answer_name(&copy, cache, region, name);
    solved->known = cache != NULL && cache_number(cache, name, &solved->per_month) && solved->per_month > 0.0;
    if (!solved->known) {
        status = search(&q, region, threads, stop, diag);
        solved->per_month = five_digits(ld_exp(q.best_x));
        solved->stock = ld_exp(q.best_y);
        if (status == OK && cache != NULL)
            cache_keep_number(cache, name, solved->per_month);
    }
    if (status == OK)
        setup_set_number(s, region, parameter, 0, solved->per_month);
    setup_free(&copy);
    return status;
}
