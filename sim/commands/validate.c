/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate - reported against simulated.  What was built in, put in, or looked at when defaults were chosen is marked, and only
 * what was predicted gets a verdict; that the others agree says nothing. */
#include "validate.h"
#include "noting.h"

#include <liandong/founders.h>
#include <liandong/mathx.h>
#include <liandong/scenario.h>
#include <string.h>

struct options {
    int32_t runs, threads;
    bool strict;
};

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    char *end = NULL;
    if (key == 's') {
        o->strict = true;
        return NULL;
    }
    long n = strtol(value, &end, 10);
    if (*end != '\0' || n < (key == 'n') || n > 1000000)
        return tr("a whole number is due", "应为整数");
    *(key == 'n' ? &o->runs : &o->threads) = (int32_t)n;
    return NULL;
}

/* -- runs ------------------------------------------------------------------------------------------------------------- */
static enum status observe_all(const struct setup *setup, int32_t runs, int32_t threads, struct observation *seen,
                               struct diag *diag)
{
    struct record_layout layout;
    TRY(record_layout_init(&layout, setup));
    struct simulation s = {.setup = setup, .layout = &layout};
    enum status status = OK;
    for (int32_t run = 0; run < runs && status == OK; run++)
        status = observe_run(&s, (uint32_t)run, threads, &seen[run], diag);
    record_layout_free(&layout);
    return status;
}

static double mean_of(const struct observation *seen, int32_t runs, enum fact fact)
{
    double sum = 0.0, n = 0.0;
    for (int32_t r = 0; r < runs; r++)
        if (!isnan(seen[r].value[fact])) {
            sum += seen[r].value[fact];
            n += 1.0;
        }
    return n > 0.0 ? sum / n : (double)NAN;
}

/* Variance over mean of the defaults of a year among worlds, averaged over the years. */
static double clustering(const struct observation *seen, int32_t runs)
{
    double sum = 0.0, n = 0.0;
    for (int32_t y = 0; y < seen[0].years && runs > 1; y++) {
        double mean = 0.0, square = 0.0;
        for (int32_t r = 0; r < runs; r++)
            mean += seen[r].defaults[y] / runs;
        for (int32_t r = 0; r < runs; r++)
            square += (seen[r].defaults[y] - mean) * (seen[r].defaults[y] - mean) / (runs - 1);
        sum += mean > 0.0 ? square / mean : 0.0;
        n += mean > 0.0;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

/* How many instances the group of a parameter, "group.name", has. */
static int32_t instances_of(const struct setup *s, const char *param)
{
    size_t n = strcspn(param, ".");
    for (int g = 0; g < N_GROUPS; g++)
        if (strlen(group_table[g].name) == n && strncmp(group_table[g].name, param, n) == 0)
            return s->layout.count[g];
    return 0;
}

/* The same worlds with one assumption of every region changed, of every kind where it has kinds. */
static enum status observe_changed(const struct setup *base, const char *param, double value, struct findings *f,
                                   int32_t threads, struct diag *diag)
{
    int32_t kinds = instances_of(base, param);
    struct setup setup;
    if (setup_copy(&setup, base) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (int32_t r = 0; r < setup.n_regions; r++)
        for (int32_t k = 0; k < kinds; k++)
            setup_set_number(&setup, r, param, k, value);
    if (strcmp(param, "macro.loading") == 0)
        for (int32_t r = 0; r < setup.n_regions; r++)
            setup_set_number(&setup, r, "macro.sector_loading", 0, 0.0);
    enum status status = observe_all(&setup, f->runs, threads, f->seen, diag);
    setup_free(&setup);
    return status;
}

static const void *group_of(const struct setup *s, enum group group)
{
    return s->initial + s->layout.offset[group];
}

/* How far the hump is the runway target's or the founders' money's own doing (decision: print it). */
static enum status elasticity(const struct setup *s, const char *param, double value, struct findings *f,
                              int32_t threads, double *result, struct diag *diag)
{
    static const double factor[] = {0.8, 1.2};
    double hump[2];
    for (int k = 0; k < 2; k++) {
        TRY(observe_changed(s, param, value * factor[k], f, threads, diag));
        hump[k] = log(mean_of(f->seen, f->runs, FACT_hump));
    }
    *result = (hump[1] - hump[0]) / log(factor[1] / factor[0]);
    return OK;
}

/* What is to be printed at both ends of an assumption, beside what is set (mechanisms M1, M5). */
static const struct {
    const char *param;
    double value;
    enum fact is[2], of[2];
    int n;
} ends[] = {
    {"market.competition", 0.0,    {FACT_output_alone, FACT_jobs_alone},     {FACT_output, FACT_jobs}, 2},
    {"market.competition", 1.0,    {FACT_output_crowded, FACT_jobs_crowded}, {FACT_output, FACT_jobs}, 2},
    {"banks.elasticity",   0.0,    {FACT_loans_fixed},                       {FACT_loans},             1},
    {"banks.elasticity",   1000.0, {FACT_loans_free},                        {FACT_loans},             1},
};

static enum status look_at_ends(const struct setup *s, const struct findings *f, struct findings *some, int32_t threads,
                                double *once, struct diag *diag)
{
    for (size_t k = 0; k < LD_COUNT(ends); k++) {
        TRY(observe_changed(s, ends[k].param, ends[k].value, some, threads, diag));
        for (int j = 0; j < ends[k].n; j++)
            once[ends[k].is[j]] =
                mean_of(some->seen, some->runs, ends[k].of[j]) / mean_of(f->seen, some->runs, ends[k].of[j]);
    }
    return OK;
}

/* `some` has room for as many runs as f; what takes several worlds is looked at in five. */
static enum status look_further(const struct setup *s, const struct findings *f, struct findings *some, int32_t threads,
                                double *once, struct diag *diag)
{
    const struct enterprise_params *e = group_of(s, GROUP_enterprise);
    const struct founders_params *p = group_of(s, GROUP_founders);
    once[FACT_clustering] = clustering(f->seen, f->runs);
    TRY(observe_changed(s, "macro.loading", 0.0, some, threads, diag));
    once[FACT_clustering_alone] = clustering(some->seen, some->runs);
    some->runs = some->runs < 5 ? some->runs : 5;
    TRY(elasticity(s, "enterprise.runway_target", e->runway_target, some, threads, &once[FACT_hump_to_runway], diag));
    TRY(elasticity(s, "founders.wealth", money_to_yuan(p->wealth), some, threads, &once[FACT_hump_to_wealth], diag));
    return look_at_ends(s, f, some, threads, once, diag);
}

static enum status find_once(const struct setup *s, struct findings *f, int32_t threads, struct diag *diag)
{
    struct findings some = {.runs = f->runs, .seen = calloc((size_t)f->runs, sizeof *some.seen)};
    if (some.seen == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    enum status status = look_further(s, f, &some, threads, f->once, diag);
    free(some.seen);
    return status;
}

static enum status find(const struct setup *s, const struct options *o, struct findings *f, struct diag *diag)
{
    *f = (struct findings){.runs = o->runs, .seen = calloc((size_t)o->runs, sizeof *f->seen)};
    for (int k = 0; k < N_FACTS; k++)
        f->once[k] = (double)NAN;
    if (f->seen == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    TRY(observe_all(s, o->runs, o->threads, f->seen, diag));
    TRY(joints_find(f, s, diag));
    return find_once(s, f, o->threads, diag);
}

/* -- the table -------------------------------------------------------------------------------------------------------- */
enum verdict { NO_VERDICT, MET, BELOW, ABOVE };

static bool is_point(const struct fact_desc *d)
{
    return d->low == d->high;
}

/* A single figure is met within a tenth of it. */
void fact_accepts(const struct fact_desc *d, double *low, double *high)
{
    double room = is_point(d) ? 0.1 * fabs(d->low) : 0.0;
    *low = d->low - room;
    *high = d->high + room;
}

static enum verdict judge(const struct fact_desc *d, double mean)
{
    double low, high;
    if ((d->kind != PREDICTED && d->kind != SIGN) || isnan(mean))
        return NO_VERDICT;
    fact_accepts(d, &low, &high);
    return mean < low ? BELOW : mean > high ? ABOVE : MET;
}

void fact_put_number(char *text, size_t size, double x)
{
    double most = fabs(x);
    snprintf(text, size, "%.*f", most >= 1000.0 ? 0 : most >= 100.0 ? 1 : 2, x);
}

void fact_put_reported(char *text, size_t size, const struct fact_desc *d)
{
    char low[32], high[32];
    snprintf(low, sizeof low, "%.10g", d->low);
    snprintf(high, sizeof high, "%.10g", d->high);
    if (isnan(d->low))
        snprintf(text, size, "-");
    else if (is_point(d))
        snprintf(text, size, "%s", low);
    else if (isinf(d->high))
        snprintf(text, size, "> %s", low);
    else
        snprintf(text, size, "%s-%s", low, high);
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 5th to 95th percentile, by the nearest rank inside. */
static void put_range(char *text, size_t size, const struct findings *f, enum fact fact, double *scratch)
{
    int32_t n = 0;
    char low[32], high[32];
    for (int32_t r = 0; r < f->runs; r++)
        if (!isnan(f->seen[r].value[fact]))
            scratch[n++] = f->seen[r].value[fact];
    qsort(scratch, (size_t)n, sizeof *scratch, rising);
    if (n < 2) {
        snprintf(text, size, "-");
        return;
    }
    fact_put_number(low, sizeof low, scratch[(int32_t)(0.05 * (n - 1) + 0.5)]);
    fact_put_number(high, sizeof high, scratch[(int32_t)(0.95 * (n - 1) + 0.5)]);
    snprintf(text, size, "%s-%s", low, high);
}

static double mean_found(const struct findings *f, enum fact fact)
{
    return isnan(f->once[fact]) ? mean_of(f->seen, f->runs, fact) : f->once[fact];
}

static const char *kind_name(enum fact_kind kind)
{
    switch (kind) {
    case BUILT_IN:
        return tr("built in", "内置");
    case ASSUMED:
        return tr("assumed input", "假定输入");
    case TUNED:
        return tr("tuned", "调参参照");
    case PREDICTED:
        return tr("predicted", "预测");
    case SIGN:
        return tr("predicted sign", "预测方向");
    case DERIVED:
        return tr("follows from others", "由他行推出");
    case DIAGNOSTIC:
        return tr("diagnostic", "诊断");
    }
    return "";
}

static const char *verdict_name(enum verdict verdict, const struct fact_desc *d)
{
    switch (verdict) {
    case MET:
        return d->kind == SIGN ? tr("as expected", "符合") : tr("met", "达到");
    case BELOW:
        return d->kind == SIGN ? tr("opposite", "相反") : tr("missed: too low", "未达：偏低");
    case ABOVE:
        return tr("missed: too high", "未达：偏高");
    default:
        return "-";
    }
}

/* What a world of this size would report. */
struct fact_desc fact_reported(enum fact fact, const struct setup *s)
{
    struct fact_desc d = fact_table[fact];
    if (fact == FACT_enterprises_start)
        d.low = d.high = ((const struct enterprises_params *)group_of(s, GROUP_enterprises))->initial;
    if (d.total || fact == FACT_enterprises_start) {
        d.low *= s->world.scale;
        d.high *= s->world.scale;
    }
    return d;
}

static void add_row(struct table *table, const struct findings *f, const struct setup *s, enum fact fact,
                    double *scratch, enum format format)
{
    const struct fact_desc of = fact_reported(fact, s), *d = &of;
    char reported[96], mean[48], range[96];
    double value = mean_found(f, fact);
    fact_put_reported(reported, sizeof reported, d);
    fact_put_number(mean, sizeof mean, value);
    put_range(range, sizeof range, f, fact, scratch);
    const char *cells[] = {tr(d->en, d->zh),
                           unit_shown(d->unit, format),
                           reported,
                           source_shown(d->source, format),
                           isnan(value) ? tr("not measured", "未测") : mean,
                           range,
                           kind_name(d->kind),
                           verdict_name(judge(d, value), d)};
    table_add(table, cells);
}

bool fact_applies(enum fact fact, const struct setup *s)
{
    const char *place = fact_table[fact].place;
    return *place == '\0' || strcmp(place, s->region[0]) == 0;
}

static enum status print_findings(const struct findings *f, const struct setup *s, enum format format,
                                  struct diag *diag)
{
    static const struct column columns[] = {
        {"fact",      "fact",      "事实",       COLUMN_TEXT  },
        {"unit",      "unit",      "单位",       COLUMN_TEXT  },
        {"reported",  "reported",  "报告值",    COLUMN_NUMBER},
        {"source",    "source",    "来源",       COLUMN_TEXT  },
        {"simulated", "simulated", "模拟均值", COLUMN_NUMBER},
        {"range",     "5-95 %",    "5—95%",      COLUMN_NUMBER},
        {"kind",      "kind",      "性质",       COLUMN_TEXT  },
        {"verdict",   "verdict",   "结论",       COLUMN_TEXT  }
    };
    struct table table;
    double *scratch = calloc((size_t)f->runs, sizeof *scratch);
    if (scratch == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (int k = 0; k < N_FACTS; k++)
        if (fact_applies((enum fact)k, s))
            add_row(&table, f, s, (enum fact)k, scratch, format);
    joints_tabulate(&table, f, s, format);
    enum status status = table_print(&table, format, stdout, diag);
    table_free(&table);
    free(scratch);
    return status;
}

/* The number of independent predictions comes first: a score without it means nothing. */
static int32_t print_score(const struct findings *f, const struct setup *s, FILE *to)
{
    int32_t n[2] = {0, 0}, met[2] = {0, 0};
    for (int k = 0; k < N_FACTS; k++) {
        const struct fact_desc of = fact_reported((enum fact)k, s), *d = &of;
        enum verdict verdict = fact_applies((enum fact)k, s) ? judge(d, mean_found(f, (enum fact)k)) : NO_VERDICT;
        n[d->kind == SIGN] += verdict != NO_VERDICT;
        met[d->kind == SIGN] += verdict == MET;
    }
    fprintf(to,
            tr("Figures predicted and not put in: %d; met: %d.  Directions predicted: %d; as expected: %d.  Runs: %d.\n"
               "Met: the mean lies in the reported range, for a single figure within a tenth of it.\n",
               "独立预测的数值 %d 项，达到 %d 项；预测方向 %d 项，符合 %d 项；模拟 %d 次。\n"
               "“达到”：均值落在报告区间内；单一数值以其上下一成为限。\n"),
            n[0], met[0], n[1], met[1], f->runs);
    if (s->world.scale != 1.0)
        fprintf(to,
                tr("Of counts and sums of the place %g of what is reported is held against this world of that size.\n",
                   "本世界规模为 %g，地区总量的报告值已按此折算。\n"),
                s->world.scale);
    int32_t apart = joints_score(f, s, to);
    fputc('\n', to);
    return n[0] + n[1] - met[0] - met[1] + apart;
}

static enum status solve_founders(struct setup *s, int32_t threads, struct diag *diag)
{
    struct founders_solved solved;
    for (int32_t r = 0; r < s->n_regions; r++)
        if (founders_wanted(s, r))
            TRY(founders_solve(s, r, NULL, threads, NULL, &solved, diag));
    return OK;
}

static enum status validate(struct scenario *scenario, const struct options *o, const struct common *c,
                            struct diag *diag)
{
    struct findings f = {.runs = 0};
    TRY(solve_founders(&scenario->setup, o->threads, diag));
    enum status status = find(&scenario->setup, o, &f, diag);
    int32_t missed = 0;
    if (status == OK) {
        missed = print_score(&f, &scenario->setup, c->format == FORMAT_TEXT ? stdout : stderr);
        status = print_findings(&f, &scenario->setup, c->format, diag);
    }
    free(f.seen);
    return status == OK && o->strict && missed > 0 ? VERDICT_BAD : status;
}

int command_validate(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"runs",                               'n', "N", 0, "runs of each world; 20 by default", 0},
        {"threads",                                 't', "T", 0, "threads; they change no figure", 0},
        {"strict", 's', 0, 0, "exit 1 if a predicted figure is missed", 0},
        {0                                   }
    };
    struct options o = {.runs = 20, .threads = 1};
    struct command_line line = {.words = "SCENARIO",
                                .en = "What is reported of the world against what is simulated.",
                                .zh = "对照报告值与模拟值。",
                                .least = 1,
                                .most = 1,
                                .sets = true,
                                .formats = true,
                                .own = own,
                                .take = take,
                                .to = &o};
    struct common c;
    struct diag diag;
    struct scenario scenario;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = scenario_read(&scenario, c.word[0], c.set, c.n_sets, &diag);
    if (status == OK) {
        status = scenario_note(&scenario, &diag);
        if (status == OK)
            status = validate(&scenario, &o, &c, &diag);
        scenario_free(&scenario);
    }
    return command_end(&c, &diag, status);
}
