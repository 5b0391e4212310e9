/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strata - see include/liandong/strata.h. */
#include <gsl/gsl_statistics_double.h>
#include <liandong/paired.h>
#include <liandong/strata.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 4096, N_KEYS = 7, N_READ = N_KEYS + STRATA_SUMS };
static const char *const columns[N_READ] = {"run",         "variant",        "horizon",   "outcome",
                                            "stratum",     "excluded",       "stage",     "heads",
                                            "amount_base", "amount_variant", "supported", "supported_base"};

struct reader {
    const struct result *r;
    const struct result_variable *v[N_READ];
    union cell cell[N_READ][BLOCK];
};

/* Which stratum of which outcome, horizon and variant a row belongs to; SIZE_MAX: to none. */
static size_t place_of(const struct strata *s, const int64_t *at)
{
    size_t h = 0;
    while (h < s->horizons && s->horizon[h] != at[2])
        h++;
    bool known = h < s->horizons && at[0] >= 0 && at[0] < (int64_t)s->runs && at[1] >= 0 &&
                 at[1] < (int64_t)s->variants && at[3] >= 0 && at[3] < STRATA_OUTCOMES && at[4] >= 0 &&
                 at[4] < STRATA_STRATA && at[5] >= 0 && at[5] <= 1 && at[6] >= 0 && at[6] < STRATA_STAGES;
    return known ? (((size_t)at[1] * s->horizons + h) * STRATA_OUTCOMES + (size_t)at[3]) * STRATA_STRATA + (size_t)at[4]
                 : SIZE_MAX;
}

/* Sums of one run, over all or over one group. */
static double *slot(const struct strata *s, const int64_t *at, int what, enum strata_group group)
{
    size_t place = place_of(s, at);
    return place == SIZE_MAX
               ? NULL
               : &s->value[((place * STRATA_SUMS + (size_t)what) * N_STRATA_GROUPS + (size_t)group) * s->runs +
                           (size_t)at[0]];
}

static enum status add_rows(const struct strata *s, struct reader *reader, uint64_t n, struct diag *diag)
{
    for (uint64_t i = 0; i < n; i++) {
        int64_t at[N_KEYS];
        for (int k = 0; k < N_KEYS; k++)
            at[k] = reader->cell[k][i].i;
        for (int what = 0; what < STRATA_SUMS; what++) {
            double *to = slot(s, at, what, STRATA_ALL), here = (double)reader->cell[N_KEYS + what][i].i;
            if (to == NULL)
                return diag_stop(diag, IO_ERROR, "%s: is damaged: a row belongs nowhere", reader->r->path);
            *to += here;
            *slot(s, at, what, at[5] ? STRATA_EXCLUDED : STRATA_ADMITTED) += here;
        }
        s->stage[place_of(s, at) * STRATA_STAGES + (size_t)at[6]] += (double)reader->cell[N_KEYS + STRATA_HEADS][i].i;
    }
    return OK;
}

enum status strata_read(struct strata *s, const struct result *r, size_t runs, size_t variants, const int32_t *horizon,
                        size_t horizons, struct diag *diag)
{
    struct reader *reader = calloc(1, sizeof *reader);
    *s = (struct strata){.runs = runs, .variants = variants, .horizons = horizons};
    memcpy(s->horizon, horizon, horizons * sizeof *horizon);
    s->value = calloc(variants * horizons * STRATA_OUTCOMES * STRATA_STRATA * STRATA_SUMS * N_STRATA_GROUPS * runs + 1,
                      sizeof *s->value);
    s->stage = calloc(variants * horizons * STRATA_OUTCOMES * STRATA_STRATA * STRATA_STAGES + 1, sizeof *s->stage);
    if (reader == NULL || s->value == NULL || s->stage == NULL) {
        free(reader);
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, "strata");
    }
    enum status status = OK;
    uint64_t rows = 0;
    for (int k = 0; k < N_READ && status == OK; k++) {
        status = result_need(r, columns[k], &reader->v[k], diag);
        if (status == OK && (reader->v[k]->text || reader->v[k]->rank != 1 ||
                             (k > 0 && reader->v[k]->length[0] != reader->v[0]->length[0])))
            status = diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path, columns[k]);
        rows = status == OK ? reader->v[k]->length[0] : 0;
    }
    for (uint64_t first = 0; first < rows && status == OK; first += BLOCK) {
        uint64_t n = rows - first < BLOCK ? rows - first : BLOCK;
        reader->r = r;
        for (int k = 0; k < N_READ && status == OK; k++)
            status = result_read(r, reader->v[k], first, n, reader->cell[k], diag);
        if (status == OK)
            status = add_rows(s, reader, n, diag);
    }
    free(reader);
    return status;
}

void strata_free(struct strata *s)
{
    free(s->value);
    free(s->stage);
    *s = (struct strata){.runs = 0};
}

const double *strata_values(const struct strata *s, size_t variant, size_t horizon, int outcome, int stratum, int what)
{
    const int64_t at[N_KEYS] = {0, (int64_t)variant, s->horizon[horizon], outcome, stratum};
    return slot(s, at, what, STRATA_ALL);
}

double strata_stage(const struct strata *s, size_t variant, size_t horizon, int outcome, int stratum, int stage)
{
    const int64_t at[N_KEYS] = {0, (int64_t)variant, s->horizon[horizon], outcome, stratum};
    return s->stage[place_of(s, at) * STRATA_STAGES + (size_t)stage] / (double)s->runs;
}

void strata_sum(const struct strata *s, size_t variant, size_t horizon, int outcome, int what, enum strata_group group,
                double *sum)
{
    for (size_t run = 0; run < s->runs; run++)
        sum[run] = 0.0;
    for (int stratum = 0; stratum < STRATA_STRATA; stratum++) {
        const int64_t at[N_KEYS] = {0, (int64_t)variant, s->horizon[horizon], outcome, stratum};
        const double *part = slot(s, at, what, group);
        for (size_t run = 0; run < s->runs; run++)
            sum[run] += part[run];
    }
}

double strata_reach(const struct strata *s, size_t variant, bool in_variant, bool in_base)
{
    double sum[3] = {0.0, 0.0, 0.0}; /* heads, reached in the variant, in the base */
    static const int which[3] = {STRATA_HEADS, STRATA_SUPPORTED, STRATA_SUPPORTED_BASE};
    for (int k = 0; k < 3; k++)
        for (int stratum = 0; stratum < STRATA_STRATA; stratum++)
            for (size_t run = 0; run < s->runs; run++)
                sum[k] += strata_values(s, variant, s->horizons - 1, 0, stratum, which[k])[run];
    double there = in_variant ? sum[1] : 0.0, here = in_base ? sum[2] : 0.0, most = there > here ? there : here;
    return sum[0] > 0.0 ? most / sum[0] : 0.0;
}

/* Adds what amounts of a stratum change, run by run. */
static void add_change(const struct strata *s, size_t variant, size_t horizon, int outcome, int stratum, double *to)
{
    const double *base = strata_values(s, variant, horizon, outcome, stratum, STRATA_BASE);
    const double *other = strata_values(s, variant, horizon, outcome, stratum, STRATA_VARIANT);
    for (size_t run = 0; run < s->runs; run++)
        to[run] += other[run] - base[run];
}

static void take_change(struct stratum_found *found, const double *floor, const double *change, size_t runs,
                        double confidence)
{
    struct paired d = paired_of(floor, change, runs, confidence);
    found->change = d.difference;
    found->change_low = d.low;
    found->change_high = d.high;
}

bool strata_is_noise(const struct stratum_found *found, bool stays)
{
    return stays ? found->heads >= found->floor : found->floor >= found->heads;
}

/* heads[run]: additional less displaced; change[run]: what the amounts of both change. */
static void add_balance(const struct strata *s, size_t variant, size_t horizon, int outcome, struct strata_pair pair,
                        double *heads, double *change)
{
    const double *more = strata_values(s, variant, horizon, outcome, pair.additional, STRATA_HEADS);
    const double *less = strata_values(s, variant, horizon, outcome, pair.displaced, STRATA_HEADS);
    for (size_t run = 0; run < s->runs; run++)
        heads[run] = more[run] - less[run];
    add_change(s, variant, horizon, outcome, pair.additional, change);
    add_change(s, variant, horizon, outcome, pair.displaced, change);
}

struct stratum_found strata_balance(const struct strata *s, size_t variant, const struct strata *placebo, size_t floor,
                                    size_t horizon, int outcome, struct strata_pair pair, double confidence)
{
    const double none = (double)NAN;
    struct stratum_found found = {none, none, none, none, none, none, none, none, none, none};
    double *room = calloc(4 * s->runs + 1, sizeof *room);
    if (room == NULL)
        return found;
    double *heads = room + s->runs, *floor_change = heads + s->runs, *change = floor_change + s->runs;
    add_balance(s, variant, horizon, outcome, pair, heads, change);
    if (placebo != NULL)
        add_balance(placebo, floor, horizon, outcome, pair, room, floor_change);
    struct paired net = paired_of(room, heads, s->runs, confidence);
    found.heads = net.variant;
    found.floor = placebo != NULL ? net.base : none;
    found.net = net.difference;
    found.low = net.low;
    found.high = net.high;
    take_change(&found, floor_change, change, s->runs, confidence);
    free(room);
    return found;
}

struct stratum_found stratum_of(const struct strata *s, size_t variant, const struct strata *placebo, size_t floor,
                                size_t horizon, int outcome, int stratum, double confidence)
{
    const double none = (double)NAN;
    struct stratum_found found = {none, none, none, none, none, none, none, none, none, none};
    const double *heads = strata_values(s, variant, horizon, outcome, stratum, STRATA_HEADS);
    found.heads = gsl_stats_mean(heads, 1, s->runs);
    found.base = gsl_stats_mean(strata_values(s, variant, horizon, outcome, stratum, STRATA_BASE), 1, s->runs);
    found.variant = gsl_stats_mean(strata_values(s, variant, horizon, outcome, stratum, STRATA_VARIANT), 1, s->runs);
    if (placebo == NULL)
        return found;
    struct paired net =
        paired_of(strata_values(placebo, floor, horizon, outcome, stratum, STRATA_HEADS), heads, s->runs, confidence);
    found.floor = net.base;
    found.net = net.difference;
    found.low = net.low;
    found.high = net.high;
    double *room = calloc(2 * s->runs + 1, sizeof *room);
    if (room == NULL)
        return found;
    double *change = room + s->runs;
    add_change(placebo, floor, horizon, outcome, stratum, room);
    add_change(s, variant, horizon, outcome, stratum, change);
    take_change(&found, room, change, s->runs, confidence);
    free(room);
    return found;
}
