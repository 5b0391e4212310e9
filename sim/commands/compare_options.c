/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_options - what `liandong compare` is told. */
#include <liandong/command.h>
#include <liandong/compare_task.h>
#include <string.h>

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
    KEY_SHARD,
    KEY_NO_LUMP_SUM,
    KEY_SATURATION,
    KEY_INSTRUMENT,
    KEY_DIRECT,
    KEY_OFFICE,
    KEY_OFFICE_LAG,
    KEY_OFFICE_FLOOR
};

/* clang-format off: it would align what has nothing in common */
const struct argp_option compare_own_options[] = {
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
    {"cost",                       KEY_COST, "FIGURE", 0,
     "what is made equal: paid (by what the variant switches, by default), spending, or cost (net of the city's taxes)", 0},
    {"placebo",                                                                         KEY_PLACEBO, "KEY=VALUE", 0,
     "setting of one placebo world instead of those that re-key matching luck; nudge: the base rate a ten-thousandth higher; "
     "none: no placebo", 0},
    {"no-lump-sum",KEY_NO_LUMP_SUM, NULL, 0, "do not compare each variant with the same money as lump-sum grants", 0},
    {"saturation",                                                                        KEY_SATURATION, "SHARES", 0,
     "make each variant, too, with only these shares of enterprises admitted, such as 0,0.25,0.5,0.75,1", 0},
    {"instrument",                                                                        KEY_INSTRUMENT, "NAME", 0,
     "the instrument that --saturation is about; by default all that a variant switches", 0},
    {"direct",                                                                  KEY_DIRECT, "N", 0,
     "admit one enterprise alone, for N of each run that the variant reaches, and say what it does to it", 0},
    {"rows",                                                                      KEY_ROWS, NULL, 0, "write a row for each enterprise followed, run, variant and horizon to OUT.rows.h5", 0},
    {"coupling",        KEY_COUPLING, NULL, 0,
     "print, too, what each variant changes in the degree of coupling coordination, and which indicators carry it", 0},
    {"office",                                                                         KEY_OFFICE, NULL, 0,
     "print, too, what an office could estimate from what it sees, and its bias; what it sees goes to OUT.office.h5", 0},
    {"office-lag",KEY_OFFICE_LAG, "M", 0, "months until it sees a registration or a report; 6 by default", 0},
    {"office-floor",                                                                        KEY_OFFICE_FLOOR, "YUAN", 0, "facilities below this it does not see; 1000000 by default", 0},
    {"table",                                                                        KEY_TABLE, "WHICH", 0,
     "what is printed where --format is not text: figures (by default), fates, who, lump-sum, saturation, direct or office",
     0},
    {"confidence",                                                                    KEY_CONFIDENCE, "C", 0, "confidence of intervals, 0.95 by default", 0},
    {"bootstrap",                                                                   KEY_BOOTSTRAP, "K", 0, "sets of ratios by K resamples of the runs instead of Fieller's", 0},
    {"shard",          KEY_SHARD, "I/N", 0, "make only every N-th run, from the I-th on, into a shard for `liandong merge`", 0},
    {"threads",                                                                         't', "T", 0, "threads; they change no byte", 0},
    {"no-cache",KEY_NO_CACHE, NULL, 0, "neither read nor keep seasoned worlds", 0},
    {0                                                                       }
};
/* clang-format on */

/* "0,0.25,1": rising, within 0 ... 1. */
static const char *take_shares(struct compare_options *o, const char *value)
{
    char *end = NULL;
    o->n_shares = 0;
    for (const char *at = value;; at = end + 1) {
        double share = strtod(at, &end), last = o->n_shares > 0 ? o->share[o->n_shares - 1] : -1.0;
        if (end == at || !(share >= 0.0 && share <= 1.0 && share > last) || o->n_shares == SHARES_MOST ||
            (*end != ',' && *end != '\0'))
            return tr("rising shares between 0 and 1, as in 0,0.5,1; 16 at most",
                      "应为0与1之间递增的比例，如0,0.5,1，至多16个");
        o->share[o->n_shares++] = share;
        if (*end == '\0')
            return NULL;
    }
}

static const char *take_table(struct compare_options *o, const char *value)
{
    static const char *const names[N_TASK_TABLES] = {"figures",    "fates",  "who",   "lump-sum",
                                                     "saturation", "direct", "office"};
    for (int k = 0; k < N_TASK_TABLES; k++)
        if (strcmp(names[k], value) == 0) {
            o->table = (enum task_table)k;
            return NULL;
        }
    return tr("figures, fates, who, lump-sum, saturation, direct or office",
              "应为figures、fates、who、lump-sum、saturation、direct或office");
}

static const char *take_cost(struct compare_options *o, const char *value)
{
    static const char *const names[N_TASK_COSTS] = {
        [COST_UNSAID] = "", [COST_PAID] = "paid", [COST_SPENDING] = "spending", [COST_NET] = "cost"};
    for (int k = COST_PAID; k < N_TASK_COSTS; k++)
        if (strcmp(names[k], value) == 0) {
            o->cost = (enum task_cost)k;
            return NULL;
        }
    return tr("paid, spending or cost", "应为paid、spending或cost");
}

/* Whether it is one that has no value. */
static bool take_flag(struct compare_options *o, int key)
{
    o->coupling = o->coupling || key == KEY_COUPLING;
    o->rows = o->rows || key == KEY_ROWS;
    o->no_cache = o->no_cache || key == KEY_NO_CACHE;
    o->no_lump_sum = o->no_lump_sum || key == KEY_NO_LUMP_SUM;
    return key == KEY_COUPLING || key == KEY_ROWS || key == KEY_NO_CACHE || key == KEY_NO_LUMP_SUM;
}

static const char *take_text(struct compare_options *o, int key, const char *value)
{
    long number;
    if (take_flag(o, key))
        return NULL;
    if (key == KEY_INSTRUMENT)
        o->instrument = value;
    else if (key == 'o')
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
    else
        return command_number(o->months = value, 1, 12000, &number);
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

const char *compare_take(void *to, int key, const char *value)
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
    case KEY_SHARD:
        return command_shard(value, &o->shard, &o->shards);
    case KEY_SATURATION:
        return take_shares(o, value);
    case KEY_DIRECT:
        return command_number(value, 1, 100000, &o->direct);
    case KEY_TABLE:
        return take_table(o, value);
    case KEY_COST:
        return take_cost(o, value);
    case KEY_CONFIDENCE:
        o->confidence = strtod(value, &end);
        return *end != '\0' || !(o->confidence > 0.5 && o->confidence < 1.0)
                   ? tr("a number between 0.5 and 1", "应为0.5与1之间的数")
                   : NULL;
    default:
        return take_text(o, key, value);
    }
}
