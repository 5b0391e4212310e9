/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office_estimates - see include/liandong/office_estimates.h.  One run of one variant is in memory at a time. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <liandong/estimators.h>
#include <liandong/office_estimates.h>
#include <liandong/paired.h>
#include <math.h>
#include <string.h>

const char estimates_outcomes[] = "sales staff survival loans";
const char estimates_designs[] = "means changes discontinuity discontinuity_half discontinuity_double";
const char estimates_states[] =
    "estimated no_policy no_report no_treated no_comparison no_threshold many_thresholds few_near";

/* Columns of both files; those of the truth are the last. */
enum column {
    RUN,
    VARIANT,
    ENTERPRISE,
    HORIZON,
    REPORT,
    REPORTED,
    SALES,
    STAFF,
    LOANS,
    TREATED,
    SALES_SCORE,
    AGE_SCORE,
    FACILITY,
    TRUTH_RUN,
    TRUTH_VARIANT,
    TRUTH_ENTERPRISE,
    TRUTH_HORIZON,
    ALIVE_0,
    ALIVE_1,
    SALES_0,
    SALES_1,
    STAFF_0,
    STAFF_1,
    LOANS_0,
    LOANS_1,
    BASE_REPORTED,
    BASE_SALES,
    BASE_STAFF,
    BASE_LOANS,
    N_COLUMNS
};
static const char *const names[N_COLUMNS] = {"run",
                                             "variant",
                                             "enterprise",
                                             "horizon",
                                             "report",
                                             "reported",
                                             "sales",
                                             "staff",
                                             "loans",
                                             "treated",
                                             "score_sales",
                                             "score_age",
                                             "facility",
                                             "run",
                                             "variant",
                                             "enterprise",
                                             "horizon",
                                             "alive_base",
                                             "alive_variant",
                                             "sales_base",
                                             "sales_variant",
                                             "staff_base",
                                             "staff_variant",
                                             "loans_base",
                                             "loans_variant",
                                             "reported_base",
                                             "sales_reported_base",
                                             "staff_reported_base",
                                             "loans_reported_base"};

/* Of each outcome: reported in the variant, reported in the base, true in the variant, true in the base; and its unit. */
static const enum column outcome_columns[N_ESTIMATES_OUTCOMES][4] = {
    {SALES,    BASE_SALES,    SALES_1, SALES_0},
    {STAFF,    BASE_STAFF,    STAFF_1, STAFF_0},
    {REPORTED, BASE_REPORTED, ALIVE_1, ALIVE_0},
    {LOANS,    BASE_LOANS,    LOANS_1, LOANS_0},
};
static const double outcome_unit[N_ESTIMATES_OUTCOMES] = {1.0, 1.0, 1.0, 0.01};

enum value {
    ESTIMATE,
    SE,
    TRUTH,
    INCOMPARABLE,
    SPILLOVER,
    MEASUREMENT,
    COVERS,
    PLUS,
    MINUS,
    JUMP,
    BANDWIDTH,
    N_VALUES
};

struct work {
    const struct estimates_asked *asked;
    const struct result *seen, *truth;
    const struct result_variable *v[N_COLUMNS];
    uint64_t rows;
    int64_t *run, *variant;  /* [rows] */
    double *cell[N_COLUMNS]; /* [rows of a block] */
    size_t block;            /* room */
    size_t per;              /* rows of an enterprise: the start, then the horizons */
    size_t n;                /* enterprises of the block */
    double *with, *without, *effect, *score, *is_treated;
    bool *treated;
    struct contrast contrast;
    struct estimates *e;
    double *value;      /* [row][run][N_VALUES] */
    uint8_t *estimated; /* [row][run] */
};

static enum status damaged(const struct work *w, struct diag *diag)
{
    return diag_stop(diag, IO_ERROR, "%s: does not belong to %s", w->seen->path, w->truth->path);
}

/* -- reading ----------------------------------------------------------------------------------------------------------- */
static enum status find_columns(struct work *w, struct diag *diag)
{
    for (int k = 0; k < N_COLUMNS; k++) {
        const struct result *r = k < TRUTH_RUN ? w->seen : w->truth;
        TRY(result_need(r, names[k], &w->v[k], diag));
        if (w->v[k]->text || w->v[k]->rank != 1 || w->v[k]->length[0] != w->v[0]->length[0])
            return damaged(w, diag);
    }
    w->rows = w->v[0]->length[0];
    return OK;
}

static enum status read_whole(const struct work *w, enum column c, int64_t *to, struct diag *diag)
{
    enum { PIECE = 4096 };
    union cell cell[PIECE];
    for (uint64_t at = 0; at < w->rows; at += PIECE) {
        uint64_t n = w->rows - at < PIECE ? w->rows - at : PIECE;
        TRY(result_read(w->seen, w->v[c], at, n, cell, diag));
        for (uint64_t i = 0; i < n; i++)
            to[at + i] = cell[i].i;
    }
    return OK;
}

/* Rows from `at` on that are of the same run and variant. */
static uint64_t block_of(const struct work *w, uint64_t at)
{
    uint64_t n = 1;
    while (at + n < w->rows && w->run[at + n] == w->run[at] && w->variant[at + n] == w->variant[at])
        n++;
    return n;
}

static enum status make_room(struct work *w, struct diag *diag)
{
    w->run = calloc(w->rows + 1, sizeof *w->run);
    w->variant = calloc(w->rows + 1, sizeof *w->variant);
    if (w->run == NULL || w->variant == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    TRY(read_whole(w, RUN, w->run, diag));
    TRY(read_whole(w, VARIANT, w->variant, diag));
    for (uint64_t at = 0, n; at < w->rows; at += n) {
        n = block_of(w, at);
        w->block = n > w->block ? n : w->block;
    }
    bool good = true;
    for (int k = 0; k < N_COLUMNS; k++)
        good = (w->cell[k] = calloc(w->block + 1, sizeof *w->cell[k])) != NULL && good;
    size_t n = w->block / w->per + 1;
    w->with = calloc(n, sizeof *w->with);
    w->without = calloc(n, sizeof *w->without);
    w->effect = calloc(n, sizeof *w->effect);
    w->score = calloc(n, sizeof *w->score);
    w->is_treated = calloc(n, sizeof *w->is_treated);
    w->treated = calloc(n, sizeof *w->treated);
    good = good && w->with != NULL && w->without != NULL && w->effect != NULL && w->score != NULL &&
           w->is_treated != NULL && w->treated != NULL && contrast_init(&w->contrast, n);
    return good ? OK : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status read_block(struct work *w, uint64_t at, uint64_t n, struct diag *diag)
{
    union cell *cell = calloc(n + 1, sizeof *cell);
    enum status status = OK;
    if (cell == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (int k = 0; k < N_COLUMNS && status == OK; k++) {
        status = result_read(k < TRUTH_RUN ? w->seen : w->truth, w->v[k], at, n, cell, diag);
        for (uint64_t i = 0; i < n && status == OK; i++)
            w->cell[k][i] = w->v[k]->real ? cell[i].d : (double)cell[i].i;
    }
    free(cell);
    TRY(status);
    if (n % w->per != 0)
        return damaged(w, diag);
    for (uint64_t i = 0; i < n; i++) {
        size_t h = i % w->per;
        double months = h == 0 ? 0.0 : (double)w->asked->horizon[h - 1];
        for (int k = 0; k <= HORIZON - RUN; k++)
            if ((int64_t)w->cell[RUN + k][i] != (int64_t)w->cell[TRUTH_RUN + k][i])
                return damaged(w, diag);
        if ((int64_t)w->cell[HORIZON][i] != (int64_t)months)
            return damaged(w, diag);
    }
    w->n = n / w->per;
    return OK;
}

/* -- one run of one variant ---------------------------------------------------------------------------------------------- */
static double at(const struct work *w, enum column c, size_t enterprise, size_t h)
{
    return w->cell[c][enterprise * w->per + h];
}

/* Outcomes at horizon h (1 ...), less those of the start for changes. */
static void take_outcomes(struct work *w, enum estimates_outcome outcome, size_t h, bool changes)
{
    const enum column *c = outcome_columns[outcome];
    double unit = outcome_unit[outcome];
    for (size_t i = 0; i < w->n; i++) {
        w->with[i] = unit * (at(w, c[0], i, h) - (changes ? at(w, c[0], i, 0) : 0.0));
        w->without[i] = unit * (at(w, c[1], i, h) - (changes ? at(w, c[1], i, 0) : 0.0));
        w->effect[i] = unit * (at(w, c[2], i, h) - at(w, c[3], i, h));
    }
}

static void take_treated(struct work *w, size_t h)
{
    for (size_t i = 0; i < w->n; i++) {
        w->treated[i] = at(w, TREATED, i, h) > 0.0;
        w->is_treated[i] = w->treated[i] ? 1.0 : 0.0;
    }
}

static void take_scores(struct work *w, const struct estimates_threshold *t)
{
    static const enum column of[] = {[SCORE_SALES] = SALES_SCORE, [SCORE_AGE] = AGE_SCORE, [SCORE_FACILITY] = FACILITY};
    double unit = t->score == SCORE_FACILITY ? 0.01 : 1.0;
    for (size_t i = 0; i < w->n; i++) {
        double x = unit * at(w, of[t->score], i, w->per - 1);
        if (t->score == SCORE_AGE)
            w->score[i] = x >= 0.0 ? x - t->value : (double)NAN;
        else
            w->score[i] = x > 0.0 ? log(x / t->value) : (double)NAN;
    }
}

/* Has anybody reported since the start? */
static bool has_report(const struct work *w, size_t h)
{
    for (size_t i = 0; i < w->n; i++)
        if (at(w, REPORT, i, h) > at(w, REPORT, i, 0))
            return true;
    return false;
}

static double width(int design, double bandwidth)
{
    static const double factor[ESTIMATES_WIDTHS] = {1.0, 0.5, 2.0};
    return factor[design - 2] * bandwidth;
}

static enum estimates_state make_contrast(struct work *w, const struct estimates_row *row,
                                          const struct estimates_variant *v)
{
    static const enum estimates_state none[] = {[CONTRAST_FOUND] = ESTIMATED,
                                                [CONTRAST_NO_PLUS] = NO_TREATED,
                                                [CONTRAST_NO_MINUS] = NO_COMPARISON,
                                                [CONTRAST_FEW] = FEW_NEAR};
    take_treated(w, row->horizon + 1);
    if (row->outcome != ESTIMATES_LOANS && !has_report(w, row->horizon + 1))
        return NO_REPORT;
    if (row->design < 2) {
        contrast_means(&w->contrast, w->treated, w->n);
        return none[w->contrast.status];
    }
    if (v->n_thresholds == 0)
        return NO_THRESHOLD;
    if (v->threshold[row->threshold].differs)
        return MANY_THRESHOLDS;
    take_scores(w, &v->threshold[row->threshold]);
    contrast_threshold(&w->contrast, w->score, w->n, width(row->design, contrast_bandwidth(w->score, w->n)),
                       LEAST_NEAR);
    return none[w->contrast.status];
}

static void estimate(struct work *w, const struct estimates_row *row, double *value)
{
    double quantile = gsl_cdf_ugaussian_Pinv(0.5 + w->asked->confidence / 2.0);
    take_outcomes(w, row->outcome, row->horizon + 1, row->design == 1);
    struct contrast_bias b = contrast_bias(&w->contrast, w->without, w->with, w->effect);
    value[ESTIMATE] = b.estimate;
    value[SE] = contrast_se(&w->contrast, w->with);
    value[TRUTH] = b.truth;
    value[INCOMPARABLE] = b.incomparable;
    value[SPILLOVER] = b.spillover;
    value[MEASUREMENT] = b.measurement;
    value[COVERS] = fabs(b.estimate - b.truth) <= quantile * value[SE] ? 1.0 : 0.0;
    value[PLUS] = (double)w->contrast.n_plus;
    value[MINUS] = (double)w->contrast.n_minus;
    value[JUMP] = contrast_value(&w->contrast, w->is_treated);
    value[BANDWIDTH] = row->design < 2 ? (double)NAN : w->contrast.bandwidth;
}

static void estimate_block(struct work *w, size_t run, size_t variant)
{
    for (size_t k = 0; k < w->e->n; k++) {
        struct estimates_row *row = &w->e->row[k];
        if (row->variant != variant)
            continue;
        enum estimates_state state = make_contrast(w, row, &w->asked->variant[variant]);
        size_t place = k * w->asked->runs + run;
        if (state == ESTIMATED)
            estimate(w, row, w->value + place * N_VALUES);
        else if (row->state != ESTIMATED) /* once there is an estimate in a run, the others are left out */
            row->state = state;
        w->estimated[place] = state == ESTIMATED;
        row->state = state == ESTIMATED ? ESTIMATED : row->state;
    }
}

/* -- over runs --------------------------------------------------------------------------------------------------------- */
static double mean_of(const double *value, const uint8_t *estimated, size_t runs, size_t n, enum value what)
{
    double sum = 0.0;
    for (size_t r = 0; r < runs; r++)
        sum += estimated[r] != 0 ? value[r * N_VALUES + what] : 0.0;
    return n == 0 ? (double)NAN : sum / (double)n;
}

static void summarise(const struct work *w, size_t k, double *truth, double *found)
{
    struct estimates_row *row = &w->e->row[k];
    const double *value = w->value + k * w->asked->runs * N_VALUES;
    const uint8_t *estimated = w->estimated + k * w->asked->runs;
    double mean[N_VALUES];
    for (size_t r = 0; r < w->asked->runs; r++)
        if (estimated[r] != 0) {
            truth[row->runs] = value[r * N_VALUES + TRUTH];
            found[row->runs++] = value[r * N_VALUES + ESTIMATE];
        }
    for (int what = 0; what < N_VALUES; what++)
        mean[what] = mean_of(value, estimated, w->asked->runs, row->runs, (enum value)what);
    struct paired bias = {.low = (double)NAN, .high = (double)NAN, .difference = (double)NAN};
    if (row->runs > 0)
        bias = paired_of(truth, found, row->runs, w->asked->confidence);
    row->estimate = mean[ESTIMATE];
    row->se = mean[SE];
    row->truth = mean[TRUTH];
    row->bias = bias.difference;
    row->low = bias.low;
    row->high = bias.high;
    row->incomparable = mean[INCOMPARABLE];
    row->spillover = mean[SPILLOVER];
    row->measurement = mean[MEASUREMENT];
    row->covers = mean[COVERS];
    row->plus = mean[PLUS];
    row->minus = mean[MINUS];
    row->jump = mean[JUMP];
    row->bandwidth = mean[BANDWIDTH];
}

/* Without a threshold one line says so. */
static void list_rows(struct estimates *e, const struct estimates_asked *asked, bool count)
{
    e->n = 0;
    for (size_t v = 0; v < asked->variants; v++)
        for (size_t h = 0; h < asked->horizons; h++)
            for (int o = 0; o < N_ESTIMATES_OUTCOMES; o++) {
                size_t thresholds = asked->variant[v].n_thresholds;
                size_t designs = 2 + (thresholds == 0 ? 1 : thresholds * ESTIMATES_WIDTHS);
                for (size_t d = 0; d < designs; d++, e->n++)
                    if (!count)
                        e->row[e->n] =
                            (struct estimates_row){.variant = v,
                                                   .horizon = h,
                                                   .threshold = d < 2 ? 0 : (d - 2) / ESTIMATES_WIDTHS,
                                                   .outcome = (enum estimates_outcome)o,
                                                   .design = (int)(d < 2 ? d : 2 + (d - 2) % ESTIMATES_WIDTHS),
                                                   .state = asked->variant[v].policy ? NO_TREATED : NO_POLICY};
            }
}

static enum status make(struct work *w, struct diag *diag)
{
    const struct estimates_asked *asked = w->asked;
    TRY(find_columns(w, diag));
    TRY(make_room(w, diag));
    list_rows(w->e, asked, true);
    w->e->row = calloc(w->e->n + 1, sizeof *w->e->row);
    w->value = calloc(w->e->n * asked->runs * N_VALUES + 1, sizeof *w->value);
    w->estimated = calloc(w->e->n * asked->runs + 1, sizeof *w->estimated);
    double *pair = calloc(2 * asked->runs + 2, sizeof *pair);
    if (w->e->row == NULL || w->value == NULL || w->estimated == NULL || pair == NULL) {
        free(pair);
        return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    list_rows(w->e, asked, false);
    enum status status = OK;
    for (uint64_t first = 0, n; first < w->rows && status == OK; first += n) {
        n = block_of(w, first);
        int64_t run = w->run[first], variant = w->variant[first];
        bool known = run >= 0 && run < (int64_t)asked->runs && variant >= 0 && variant < (int64_t)asked->variants;
        status = known ? read_block(w, first, n, diag) : damaged(w, diag);
        if (status == OK)
            estimate_block(w, (size_t)run, (size_t)variant);
    }
    for (size_t k = 0; k < w->e->n && status == OK; k++)
        summarise(w, k, pair, pair + asked->runs + 1);
    free(pair);
    return status;
}

void estimates_free(struct estimates *e)
{
    free(e->row);
    *e = (struct estimates){.n = 0};
}

enum status estimates_make(struct estimates *e, const struct result *seen, const struct result *truth,
                           const struct estimates_asked *asked, struct diag *diag)
{
    struct work w = {.asked = asked, .seen = seen, .truth = truth, .per = 1 + asked->horizons, .e = e};
    *e = (struct estimates){.n = 0};
    enum status status = make(&w, diag);
    if (status != OK)
        estimates_free(e);
    for (int k = 0; k < N_COLUMNS; k++)
        free(w.cell[k]);
    free(w.run);
    free(w.variant);
    free(w.with);
    free(w.without);
    free(w.effect);
    free(w.score);
    free(w.is_treated);
    free(w.treated);
    free(w.value);
    free(w.estimated);
    contrast_free(&w.contrast);
    return status;
}
