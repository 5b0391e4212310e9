/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - the same worlds under several policies: paired differences with intervals, for every series and for figures. */
#include <liandong/command.h>
#include <liandong/compare_task.h>
#include <liandong/comparison.h>
#include <liandong/coupling_worlds.h>
#include <math.h>
#include <string.h>

/* What is asked most, where nothing is asked for. */
static const char *const usual[] = {"enterprises = end(enterprises)",
                                    "foundings = total(foundings)",
                                    "failures = total(failures)",
                                    "loans_paid = total(loans_paid)",
                                    "npl_ratio = end(npl_ratio)",
                                    "patents = total(patents)",
                                    "tax = total(tax)",
                                    "spending = spending",
                                    "cost = cost",
                                    "cost_per_extra_enterprise = spending per end(enterprises)",
                                    "patents_per_yuan = total(patents) per spending",
                                    "tax_per_yuan = total(tax) per spending"};
enum { N_USUAL = sizeof usual / sizeof usual[0] };

/* -- options ----------------------------------------------------------------------------------------------------------- */
enum {
    KEY_RUNS = 0x200,
    KEY_SEED,
    KEY_MONTHS,
    KEY_RUNOFF,
    KEY_CONFIDENCE,
    KEY_BOOTSTRAP,
    KEY_RANK,
    KEY_NO_CACHE,
    KEY_EQUAL_COST,
    KEY_COST,
    KEY_PLACEBO,
    KEY_TABLE,
    KEY_ROWS,
    KEY_COUPLING,
    KEY_OFFICE,
    KEY_OFFICE_LAG,
    KEY_OFFICE_FLOOR
};

static const struct argp_option own_options[] = {
    {"output",                                                                  'o', "OUT.h5", 0, "the file of the comparison; each world has one beside it, OUT.WORLD.h5", 0},
    {"runs",                                                                 KEY_RUNS, "N", 0, "runs of each world; 20 by default", 0},
    {"seed", KEY_SEED, "S", 0, "seed, 0 to 4294967295, instead of the scenario's", 0},
    {"months",                                                                         KEY_MONTHS, "M", 0, "months from the start, instead of the scenario's", 0},
    {"runoff", KEY_RUNOFF, "M", 0, "months after them without policies' new business; 36 by default", 0},
    {"expr",                                                                        'e', "FIGURE", 0,
     "a figure to compare instead of the usual ones, such as 'x = total(tax) per spending'; may be repeated", 0},
    {"rank",                                                                        KEY_RANK, "NAME", 0, "the figure by which variants are ranked; by default the first", 0},
    {"equal-cost",                                                                    KEY_EQUAL_COST, "YUAN", 0,
     "solve the size of every variant so that it costs this more than the base", 0},
    {"size",                                                                      's', "KEY[@MONTH][=START]", 0,
     "the parameter by which variants are sized: one for all, or one for each in order", 0},
    {"cost",                       KEY_COST, "FIGURE", 0, "what is made equal: cost (net of the city's taxes, by default) or spending", 0},
    {"placebo",                                                                         KEY_PLACEBO, "KEY=VALUE", 0,
     "setting of the placebo world; by default the base rate a ten-thousandth higher; none: no placebo", 0},
    {"rows",KEY_ROWS, NULL, 0, "write a row for each enterprise of the start, run, variant and horizon to OUT.rows.h5",
     0},
    {"coupling",                                                                        KEY_COUPLING, NULL, 0,
     "print, too, what each variant changes in the degree of coupling coordination, and which indicators carry it", 0},
    {"office",                                                                        KEY_OFFICE, NULL, 0,
     "print, too, what an office could estimate from what it sees, and its bias; what it sees goes to OUT.office.h5", 0},
    {"office-lag",                                                                  KEY_OFFICE_LAG, "M", 0, "months until it sees a registration or a report; 6 by default", 0},
    {"office-floor",                                                                      KEY_OFFICE_FLOOR, "YUAN", 0, "facilities below this it does not see; 1000000 by default", 0},
    {"table",        KEY_TABLE, "WHICH", 0,
     "what is printed where --format is not text: figures (by default), fates or office", 0},
    {"confidence",                                                                         KEY_CONFIDENCE, "C", 0, "confidence of intervals, 0.95 by default", 0},
    {"bootstrap",KEY_BOOTSTRAP, "K", 0, "sets of ratios by K resamples of the runs instead of Fieller's", 0},
    {"threads",                                                                        't', "T", 0, "threads; they change no byte", 0},
    {"no-cache",                                                                        KEY_NO_CACHE, NULL, 0, "neither read nor keep seasoned worlds", 0},
    {0                                                                   }
};

static const char *take_text(struct compare_options *o, int key, const char *value)
{
    long number;
    if (key == 'o')
        o->out = value;
    else if (key == KEY_RANK)
        o->rank = value;
    else if (key == KEY_PLACEBO)
        o->placebo = value;
    else if (key == 'e' && o->n_figures == FIGURES_MOST)
        return tr("too many figures", "指标过多");
    else if (key == 'e')
        o->figure[o->n_figures++] = value;
    else if (key == 's' && o->n_sizes == COMPARE_MOST)
        return tr("too many sizes", "规模参数过多");
    else if (key == 's')
        o->size[o->n_sizes++] = value;
    else if (key == KEY_SEED)
        return command_number(o->seed = value, 0, 4294967295, &number);
    else if (key == KEY_MONTHS)
        return command_number(o->months = value, 1, 12000, &number);
    else
        o->no_cache = true;
    return value != NULL && *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

static const char *take_office(struct compare_options *o, int key, const char *value)
{
    char *end = NULL;
    o->office = o->office || key == KEY_OFFICE;
    if (key == KEY_OFFICE)
        return NULL;
    if (key == KEY_OFFICE_LAG)
        return command_number(value, 0, 120, &o->office_lag);
    o->office_floor = strtod(value, &end);
    return *end != '\0' || !(o->office_floor >= 0.0 && o->office_floor < 1e13)
               ? tr("an amount of yuan, 0 or more", "应为不小于0的金额（元）")
               : NULL;
}

static const char *take(void *to, int key, const char *value)
{
    struct compare_options *o = to;
    char *end = NULL;
    if (key >= KEY_OFFICE) /* they are the last */
        return take_office(o, key, value);
    switch (key) {
    case KEY_RUNS:
        return command_number(value, 1, 1000000, &o->runs);
    case 't':
        return command_number(value, 1, 1024, &o->threads);
    case KEY_RUNOFF:
        return command_number(value, 0, 1200, &o->runoff);
    case KEY_BOOTSTRAP:
        return command_number(value, 100, 1000000, &o->resamples);
    case KEY_EQUAL_COST:
        o->equal_cost = strtod(value, &end);
        return *end != '\0' || !(o->equal_cost > 0.0 && o->equal_cost < 1e15)
                   ? tr("an amount of yuan above 0", "应为大于0的金额（元）")
                   : NULL;
    case KEY_COUPLING:
        o->coupling = true;
        return NULL;
    case KEY_ROWS:
        o->rows = true;
        return NULL;
    case KEY_TABLE:
        o->fates_table = strcmp(value, "fates") == 0;
        o->office_table = strcmp(value, "office") == 0;
        return o->fates_table || o->office_table || strcmp(value, "figures") == 0
                   ? NULL
                   : tr("figures, fates or office", "应为figures、fates或office");
    case KEY_COST:
        o->cost_is_spending = strcmp(value, "spending") == 0;
        return o->cost_is_spending || strcmp(value, "cost") == 0 ? NULL : tr("cost or spending", "应为cost或spending");
    case KEY_CONFIDENCE:
        o->confidence = strtod(value, &end);
        return *end != '\0' || !(o->confidence > 0.5 && o->confidence < 1.0)
                   ? tr("a number between 0.5 and 1", "应为0.5与1之间的数")
                   : NULL;
    default:
        return take_text(o, key, value);
    }
}

/* -- worlds ------------------------------------------------------------------------------------------------------------ */
/* "policies/half.yml" -> "half" */
static void name_of(const char *word, char name[NAME_ROOM])
{
    const char *slash = strrchr(word, '/'), *from = slash == NULL ? word : slash + 1, *dot = strrchr(from, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
    snprintf(name, NAME_ROOM, "%.*s", yaml ? (int)(dot - from) : (int)strlen(from), from);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

/* Names of files of the comparison itself. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {"fates", "search", "rows", "office", "truth"};
    for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
        if (strcmp(name, taken[k]) == 0)
            return true;
    return false;
}

static enum status name_worlds(struct compare_task *t, const char *out, struct diag *diag)
{
    enum status status = OK;
    for (size_t k = 0; k < t->n_all; k++) {
        name_of(k == t->n_worlds ? "placebo" : t->c->word[k], t->name[k]);
        for (size_t j = 0; j < k; j++)
            if (strcmp(t->name[j], t->name[k]) == 0)
                status =
                    diag_stop(diag, FAILED, "two worlds are called '%s'; give one of them another name", t->name[k]);
        if (is_taken(t->name[k]))
            status = diag_stop(diag, FAILED, "no world can be called '%s': a file of the comparison is", t->name[k]);
        t->out[k] = path_beside(out, t->name[k]);
        if (t->out[k] == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    t->journal = path_with(out, ".journal");
    t->fates = path_beside(out, "fates");
    t->rows = path_beside(out, "rows");
    t->seen = path_beside(out, "office");
    t->truth = path_beside(out, "truth");
    bool named = t->journal != NULL && t->fates != NULL && t->rows != NULL && t->seen != NULL && t->truth != NULL;
    return named ? status : diag_stop(diag, NO_MEMORY, "out of memory");
}

static enum status read_figures(struct compare_task *t, struct diag *diag)
{
    const char **names = calloc(n_series + 1, sizeof *names);
    size_t n = t->o->n_figures > 0 ? t->o->n_figures : N_USUAL;
    enum status status = OK;
    if (names == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t s = 0; s < n_series; s++)
        names[s] = series_table[s].name;
    for (size_t k = 0; k < n; k++) {
        const char *text = t->o->n_figures > 0 ? t->o->figure[k] : usual[k];
        struct place at = {"--expr", (int)k + 1, 1};
        if (expression_read(&t->figure[t->n_figures++], text, at, names, n_series, diag) != OK)
            status = FAILED;
    }
    free(names);
    return status;
}

static bool has_name(const char *name, char (*const names)[2 * NAME_SIZE], int32_t n)
{
    bool found = name[0] == '\0';
    for (int32_t k = 0; k < n && !found; k++)
        found = strcmp(name, names[k]) == 0;
    return found;
}

/* Members and regions of a figure, which only a scenario knows. */
static enum status check_leaf(const struct expression_leaf *leaf, size_t figure, const struct setup *setup,
                              const struct record_layout *layout, struct diag *diag)
{
    struct place at = {"--expr", (int)figure + 1, 1};
    enum status status = OK;
    bool region = leaf->region[0] == '\0';
    for (int32_t g = 0; g < setup->n_regions && !region; g++)
        region = strcmp(setup->region[g], leaf->region) == 0;
    if (!region)
        status = diag_fail(diag, at, "there is no region '%s'", leaf->region);
    for (size_t s = 0; s < n_series; s++) {
        enum dimension dim = series_table[s].dim;
        if (strcmp(series_table[s].name, leaf->series) == 0 &&
            !has_name(leaf->member, layout->names[dim], dim == DIM_NONE ? 0 : layout->length[dim]))
            status = diag_fail(diag, at, "%s has no member '%s'", leaf->series, leaf->member);
    }
    return status;
}

static enum status check_members(const struct compare_task *t, struct diag *diag)
{
    struct record_layout layout;
    enum status status = OK;
    if (record_layout_init(&layout, &t->scenario[0].setup) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t f = 0; f < t->n_figures; f++)
        for (size_t k = 0; k < t->figure[f].n_leaves; k++)
            if (check_leaf(&t->figure[f].leaf[k], f, &t->scenario[0].setup, &layout, diag) != OK)
                status = FAILED;
    record_layout_free(&layout);
    return status;
}

/* 12, 36 and 60 months, as far as they are simulated; else all months there are. */
static void choose_horizons(struct compare_task *t)
{
    static const int32_t usual_horizon[FATE_HORIZONS] = {12, 36, 60};
    int n = 0;
    for (int h = 0; h < FATE_HORIZONS; h++)
        if (usual_horizon[h] <= t->months + (int32_t)t->o->runoff)
            t->horizon[n++] = usual_horizon[h];
    if (n == 0)
        t->horizon[0] = t->months + (int32_t)t->o->runoff;
}

/* Every error of scenarios, names and figures before anything is run. */
static enum status prepare(struct compare_task *t, const char *out, struct diag *diag)
{
    enum status status = name_worlds(t, out, diag);
    if (t->o->office_table && !t->o->office)
        status = diag_stop(diag, FAILED, "--table office: needs --office");
    enum status figures = read_figures(t, diag);
    for (size_t k = 0; k < (status == OK ? t->n_all : t->n_worlds);
         k++) { /* what is wrong with the base is said once */
        enum status one = task_read(t, k, &t->scenario[t->n_scenarios], diag);
        t->n_scenarios += one == OK;
        status = one > status ? one : status;
    }
    status = figures > status ? figures : status;
    choose_horizons(t);
    return status == OK ? check_members(t, diag) : status;
}

static enum status make_worlds(struct compare_task *t, const struct telling *telling, struct diag *diag)
{
    struct worlds_one world[COMPARE_MOST];
    for (size_t k = 0; k < t->n_all; k++)
        world[k] = (struct worlds_one){&t->scenario[k], t->name[k], t->out[k]};
    struct worlds_request request = task_request(t, world, t->n_all, t->journal);
    request.fates = t->fates;
    request.rows = t->o->rows ? t->rows : NULL;
    memcpy(request.horizon, t->horizon, sizeof request.horizon);
    request.listener = &telling->listener;
    TRY(task_office_rules(t, &request, diag));
    return worlds_pair(&request, diag);
}

/* -- figures ----------------------------------------------------------------------------------------------------------- */
/* The figure by which variants are ranked. */
static enum status find_rank(const struct compare_task *t, size_t *rank, struct diag *diag)
{
    const char *names[FIGURES_MOST];
    *rank = 0;
    for (size_t k = 0; k < t->n_figures; k++) {
        names[k] = t->figure[k].name;
        if (t->o->rank != NULL && strcmp(names[k], t->o->rank) == 0) {
            *rank = k;
            return OK;
        }
    }
    if (t->o->rank == NULL)
        return OK;
    const char *near = nearest_name(t->o->rank, names, t->n_figures);
    if (near != NULL)
        return diag_stop(diag, FAILED, "--rank: there is no figure '%s'; did you mean '%s'?", t->o->rank, near);
    return diag_stop(diag, FAILED, "--rank: there is no figure '%s'", t->o->rank);
}

static enum status compare_all(struct compare_task *t, size_t rank, struct diag *diag)
{
    size_t variants = t->n_worlds - 1;
    t->compared = calloc(t->n_figures * variants + 1, sizeof *t->compared);
    t->difference = calloc(variants * (size_t)t->o->runs + 1, sizeof *t->difference);
    if (t->compared == NULL || t->difference == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < t->n_worlds; k++) {
        TRY(result_open(&t->result[k], t->out[k], diag));
        t->n_results++;
    }
    for (size_t f = 0; f < t->n_figures; f++)
        TRY(compare_figure(&t->figure[f], t->result, t->n_worlds, t->months, t->o->confidence, (size_t)t->o->resamples,
                           t->compared + f * variants, f == rank ? t->difference : NULL, diag));
    return OK;
}

static enum status write_file(struct compare_task *t, const char *out, struct diag *diag)
{
    const struct setup *setup = &t->scenario[0].setup;
    const char *names[COMPARE_MOST];
    size_t size, left_out;
    char *text = scenario_text(&t->scenario[0], &size);
    if (text == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < t->n_worlds; k++)
        names[k] = t->name[k];
    struct result_about about = {.setup = setup, .scenario = text, .runs = (uint32_t)t->o->runs};
    struct comparison c = {.base = &about,
                           .result = t->result,
                           .name = names,
                           .n_worlds = t->n_worlds,
                           .confidence = t->o->confidence,
                           .start = setup->world.start,
                           .figure = t->figure,
                           .compared = t->compared,
                           .n_figures = t->n_figures};
    enum status status = task_office(t, &c.group, diag);
    if (status == OK)
        status = comparison_write(out, &c, &left_out, diag);
    if (status == OK && left_out > 0)
        command_say(t->c,
                    tr("note: %zu series have other members in other worlds and are left out of %s",
                       "提示：有 %zu 个序列在各情景中的成员不同，未列入 %s"),
                    left_out, out);
    free(text);
    return status;
}

/* -- tables ------------------------------------------------------------------------------------------------------------ */
static const char *number(double x, char text[NUMBER_ROOM])
{
    snprintf(text, NUMBER_ROOM, "%.5g", x);
    return isnan(x) ? NULL : text;
}

/* The set of a ratio in words, where it is no interval. */
static const char *set_text(const struct compared *c, char *text, size_t size)
{
    switch (c->ratio.set) {
    case RATIO_OUTSIDE:
        snprintf(text, size, tr("unbounded: up to %.5g, and from %.5g on", "无界：不大于%.5g或不小于%.5g"),
                 c->ratio.low, c->ratio.high);
        return text;
    case RATIO_ALL:
        return tr("unbounded: every number", "无界：任何数");
    default:
        return "";
    }
}

static void add_row(struct table *table, const struct compare_task *t, size_t figure, size_t variant)
{
    const struct compared *c = &t->compared[figure * (t->n_worlds - 1) + variant];
    bool ratio = t->figure[figure].split > 0, interval = !ratio || c->ratio.set == RATIO_INTERVAL;
    char text[8][NUMBER_ROOM], set[128];
    const char *cells[] = {
        t->figure[figure].name,
        t->name[variant + 1],
        ratio ? NULL : number(c->d.base, text[0]),
        ratio ? NULL : number(c->d.variant, text[1]),
        number(ratio ? c->ratio.value : c->d.difference, text[2]),
        interval ? number(ratio ? c->ratio.low : c->d.low, text[3]) : NULL,
        interval ? number(ratio ? c->ratio.high : c->d.high, text[4]) : NULL,
        ratio ? NULL : number(c->adjusted, text[5]),
        ratio || isinf(c->d.gain) ? NULL : number(c->d.gain, text[6]),
        set_text(c, set, sizeof set),
    };
    table_add(table, cells);
}

static enum status print_figures(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[] = {
        {"figure",     "figure",        "指标",       COLUMN_TEXT  },
        {"variant",    "variant",       "方案",       COLUMN_TEXT  },
        {"base",       "base",          "基准",       COLUMN_NUMBER},
        {"mean",       "mean",          "方案均值", COLUMN_NUMBER},
        {"difference", "difference",    "差值",       COLUMN_NUMBER},
        {"low",        "from",          "下限",       COLUMN_NUMBER},
        {"high",       "to",            "上限",       COLUMN_NUMBER},
        {"p",          "p",             "p值",         COLUMN_NUMBER},
        {"gain",       "variance gain", "方差缩减", COLUMN_NUMBER},
        {"set",        "",              "",             COLUMN_TEXT  }
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t f = 0; f < t->n_figures; f++)
        for (size_t v = 0; v + 1 < t->n_worlds; v++)
            add_row(&table, t, f, v);
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

static void print_head(const struct compare_task *t)
{
    printf(tr("%s against %zu variant%s, runs: %ld, months: %d and %ld of run-off, confidence %g\n",
              "基准 %s，方案 %zu 个%s，模拟 %ld 次，%d 个月加 %ld 个月收尾期，置信水平 %g\n"),
           t->name[0], t->n_worlds - 1, lang_zh || t->n_worlds == 2 ? "" : "s", t->o->runs, (int)t->months,
           t->o->runoff, t->o->confidence);
    for (size_t k = 1; k < t->n_worlds && t->o->equal_cost > 0.0; k++)
        printf(tr("%s: %s costs %.6g more than the base (%.6g asked)\n", "%s：%s，比基准多花 %.6g（目标 %.6g）\n"),
               t->name[k], t->size[k], t->solved_cost[k], t->o->equal_cost);
}

static void print_end(const struct compare_task *t, const char *out)
{
    printf(
        "%s",
        tr("Figures: yuan, or the unit of the series.  p: of no difference, over all variants (Holm).  Variance gain: so many\n"
           "times the runs would be needed for the same interval if the worlds did not share their luck.\n"
           "Not compared with the same money as lump-sum grants: there is no such instrument yet.\n",
           "指标单位为元或序列单位。p值：无差异假设，经Holm法对全部方案校正。方差缩减：若各情景不共用随机数，\n"
           "达到同样区间所需模拟次数的倍数。尚无一次性补助工具，故未与等额补助比较。\n"));
    printf(tr("file:    %s\n", "文件：%s\n"), out);
    printf(tr("fates:   %s\n", "分层：%s\n"), t->fates);
    for (size_t k = 0; k < t->n_all; k++)
        printf(tr("world:   %s\n", "情景：%s\n"), t->out[k]);
}

/* Variants from best to worst by one figure, each with those that it cannot be told apart from. */
static enum status print_rank(const struct compare_task *t, size_t rank, struct diag *diag)
{
    size_t n = t->n_worlds - 1, order[COMPARE_MOST];
    bool *apart = calloc(n * n + 1, sizeof *apart);
    const struct compared *c = t->compared + rank * n;
    if (apart == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    paired_told_apart(t->difference, n, (size_t)t->o->runs, t->o->confidence, apart);
    for (size_t k = 0; k < n; k++) {
        size_t at = k;
        for (; at > 0 && c[order[at - 1]].d.difference < c[k].d.difference; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    printf(tr("\nBy %s, largest first; intervals and pairs hold all at once (Bonferroni).\n",
              "\n按 %s 从大到小；各区间与两两比较同时成立（Bonferroni）。\n"),
           t->figure[rank].name);
    for (size_t k = 0; k < n; k++) {
        size_t v = order[k], near = 0;
        printf("  %zu  %s  %.5g [%.5g, %.5g]", k + 1, t->name[v + 1], c[v].d.difference, c[v].together_low,
               c[v].together_high);
        for (size_t other = 0; other < n; other++)
            if (other != v && !apart[v * n + other])
                printf("%s%s", near++ == 0 ? tr(", not told apart from ", "，无法区分：") : ", ", t->name[other + 1]);
        putchar('\n');
    }
    free(apart);
    return OK;
}

static enum status print_all(const struct compare_task *t, size_t rank, const char *out, struct diag *diag)
{
    bool text = t->c->format == FORMAT_TEXT;
    if (text)
        print_head(t);
    if (text || !(t->o->fates_table || t->o->office_table))
        TRY(print_figures(t, diag));
    if (text && t->n_worlds > 2)
        TRY(print_rank(t, rank, diag));
    if (text || t->o->fates_table)
        TRY(task_print_fates(t, diag));
    if (t->o->office && (text || t->o->office_table))
        TRY(task_print_office(t, diag));
    if (text)
        print_end(t, out);
    return OK;
}

/* Of each variant against the base, with bounds and weights of the base. */
static enum status print_coupling(const struct compare_task *t, struct diag *diag)
{
    static const char *const table[] = {"change_years", "carrier_years"};
    for (size_t v = 1; v < t->n_worlds; v++)
        for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
            struct worlds_options o = {
                .result = t->out[v], .reference = t->out[0], .against = t->out[0], .table = table[k], .digits = 4};
            if (t->c->format == FORMAT_TEXT)
                putchar('\n');
            TRY(worlds_command(t->c, &o, diag));
        }
    return OK;
}

/* -- in order ---------------------------------------------------------------------------------------------------------- */
static enum status compare(struct compare_task *t, const char *out, struct diag *diag)
{
    struct telling telling;
    size_t rank = 0;
    TRY(prepare(t, out, diag));
    TRY(find_rank(t, &rank, diag));
    TRY(file_may_be_written(out, diag));
    telling_begin(&telling, t->c);
    enum status status = t->o->equal_cost > 0.0 ? task_size(t, out, &telling, diag) : OK;
    if (status == OK)
        status = make_worlds(t, &telling, diag);
    telling_end(&telling, status);
    TRY(status);
    TRY(compare_all(t, rank, diag));
    TRY(write_file(t, out, diag));
    TRY(print_all(t, rank, out, diag));
    return t->o->coupling ? print_coupling(t, diag) : OK;
}

static void task_free(struct compare_task *t)
{
    for (size_t k = 0; k < t->n_results; k++)
        result_close(&t->result[k]);
    for (size_t k = 0; k < t->n_scenarios; k++)
        scenario_free(&t->scenario[k]);
    for (size_t k = 0; k < t->n_all; k++)
        free(t->out[k]);
    free(t->journal);
    free(t->fates);
    free(t->rows);
    free(t->seen);
    free(t->truth);
    task_free_office(t);
    free(t->compared);
    free(t->difference);
    free(t);
}

int command_compare(int argc, char **argv)
{
    struct compare_options o = {
        .out = "comparison.h5", .runs = 20, .runoff = 36, .confidence = 0.95, .office_lag = 6, .office_floor = 1e6};
    struct command_line line = {.words = "BASE VARIANT...",
                                .en = "The same worlds under each policy: paired differences with intervals.",
                                .zh = "在相同的随机世界中比较各方案：配对差及其区间。",
                                .least = 2,
                                .most = COMPARE_MOST - 1,
                                .sets = true,
                                .formats = true,
                                .own = own_options,
                                .take = take,
                                .to = &o};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    struct compare_task *t = calloc(1, sizeof *t);
    enum status status = t == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : OK;
    if (t != NULL) {
        t->c = &c;
        t->o = &o;
        t->n_worlds = t->n_all = c.n_words;
        t->n_all += o.placebo == NULL || strcmp(o.placebo, "none") != 0;
        status = compare(t, o.out, &diag);
        task_free(t);
    }
    return command_end(&c, &diag, status);
}
