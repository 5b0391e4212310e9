/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run - simulate a scenario, write the files, tell the outcome in a table. */
#include <errno.h>
#include <liandong/command.h>
#include <liandong/ranks.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <liandong/run.h>
#include <liandong/summary.h>
#include <liandong/telling.h>
#include <string.h>

enum { RUNS_MOST = 1000000, THREADS_MOST = 1024, MONTHS_MOST = 12000, NUMBER_ROOM = 64 };

struct options {
    const char *out, *seed, *months;
    long runs, threads, shard, shards;
    double panel;
    bool claims, detail, no_cache;
};

/* ---- options */

enum { KEY_RUNS = 0x200, KEY_SEED, KEY_MONTHS, KEY_PANEL, KEY_CLAIMS, KEY_DETAIL, KEY_NO_CACHE, KEY_SHARD };

static const struct argp_option own_options[] = {
    {"output",                                                          'o', "OUT.h5", 0, "the file to make; by default SCENARIO.h5 in the current folder", 0},
    {"runs",                                                         KEY_RUNS, "N", 0, "runs of the ensemble; 1 by default", 0},
    {"seed", KEY_SEED, "S", 0, "seed, 0 to 4294967295, instead of the scenario's", 0},
    {"months",                                                                 KEY_MONTHS, "M", 0, "months from the start, instead of the scenario's", 0},
    {"threads", 't', "T", 0, "threads; they change no byte", 0},
    {"panel",                                                                KEY_PANEL, "SHARE", 0, "sample this share of enterprises each month into OUT.panel.h5", 0},
    {"claims",                                                                KEY_CLAIMS, NULL, 0, "write every claim on a cover to OUT.claims.h5", 0},
    {"detail",                                                            KEY_DETAIL, NULL, 0, "write series of detail, too", 0},
    {"no-cache",                                                              KEY_NO_CACHE, NULL, 0, "neither read nor keep seasoned worlds", 0},
    {"shard",               KEY_SHARD, "I/N", 0, "make only every N-th run, from the I-th on, into a shard for `liandong merge`", 0},
    {0                                                                }
};

static const char *take_panel(struct options *o, const char *value)
{
    char *end = NULL;
    o->panel = strtod(value, &end);
    return end == value || *end != '\0' || !(o->panel >= 0.0 && o->panel <= 1.0)
               ? tr("a share from 0 to 1", "应为0至1的比例")
               : NULL;
}

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    long number;
    switch (key) {
    case 'o':
        o->out = value;
        return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
    case KEY_RUNS:
        return command_number(value, 1, RUNS_MOST, &o->runs);
    case 't':
        return command_number(value, 1, THREADS_MOST, &o->threads);
    case KEY_SEED:
        o->seed = value;
        return command_number(value, 0, 4294967295, &number);
    case KEY_MONTHS:
        o->months = value;
        return command_number(value, 1, MONTHS_MOST, &number);
    case KEY_PANEL:
        return take_panel(o, value);
    case KEY_CLAIMS:
        o->claims = true;
        return NULL;
    case KEY_DETAIL:
        o->detail = true;
        return NULL;
    case KEY_NO_CACHE:
        o->no_cache = true;
        return NULL;
    case KEY_SHARD:
        return command_shard(value, &o->shard, &o->shards);
    default:
        return tr("not available in this version", "当前版本尚不支持");
    }
}

/* ---- the table of the outcome */

/* 12345678.9 -> "12,345,678.9" */
static void grouped(double value, int decimals, char *text, size_t size)
{
    char plain[NUMBER_ROOM];
    int n = snprintf(plain, sizeof plain, "%.*f", decimals, value), used = 0;
    int point = decimals > 0 ? n - decimals - 1 : n, first = plain[0] == '-';
    if (n < 0 || n >= (int)sizeof plain || (size_t)n + (size_t)n / 3 + 2 > size) {
        snprintf(text, size, "%g", value);
        return;
    }
    for (int k = 0; k < n; k++) {
        if (k > first && k < point && (point - k) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[k];
    }
    text[used] = '\0';
}

static const char *shown(double value, int decimals, bool text, char *to, size_t size)
{
    if (text)
        grouped(value, decimals, to, size);
    else
        snprintf(to, size, "%.*f", decimals + 2, value);
    return to;
}

static void add_row(struct table *table, const struct summary_row *row, enum format format)
{
    char mean[NUMBER_ROOM], low[NUMBER_ROOM], high[NUMBER_ROOM], label[200];
    bool text = format == FORMAT_TEXT;
    if (row->head && !text)
        return;
    snprintf(label, sizeof label, "%s%s", !text || row->head ? "" : row->part ? "    " : "  ", row->label);
    const char *numbers[] = {shown(row->mean, row->decimals, text, mean, sizeof mean),
                             shown(row->low, row->decimals, text, low, sizeof low),
                             shown(row->high, row->decimals, text, high, sizeof high)};
    const char *cells[] = {
        row->name, label, row->head ? NULL : numbers[0], row->head ? NULL : numbers[1], row->head ? NULL : numbers[2],
        row->unit};
    const char *one[] = {cells[1], cells[2], cells[5]}, *several[] = {cells[1], cells[2], cells[3], cells[4], cells[5]};
    if (!text)
        table_add(table, cells);
    else
        table_add(table, table->n_columns == 3 ? one : several);
}

static const struct column all_columns[] = {
    {"name",  "name",   "名称", COLUMN_TEXT  },
    {"label", "figure", "指标", COLUMN_TEXT  },
    {"mean",  "mean",   "均值", COLUMN_NUMBER},
    {"low",   "5 %",    "5 %",    COLUMN_NUMBER},
    {"high",  "95 %",   "95 %",   COLUMN_NUMBER},
    {"unit",  "unit",   "单位", COLUMN_TEXT  }
};
static const struct column text_columns[] = {
    {"label", "",     "",       COLUMN_TEXT  },
    {"mean",  "mean", "均值", COLUMN_NUMBER},
    {"low",   "5 %",  "5 %",    COLUMN_NUMBER},
    {"high",  "95 %", "95 %",   COLUMN_NUMBER},
    {"unit",  "",     "",       COLUMN_TEXT  }
};
static const struct column run_columns[] = {
    {"label", "",      "",       COLUMN_TEXT  },
    {"mean",  "value", "数值", COLUMN_NUMBER},
    {"unit",  "",      "",       COLUMN_TEXT  }
};

static void print_title(const struct summary *s, const struct scenario *scenario)
{
    char first[8], last[8];
    const struct world_values *w = &scenario->setup.world;
    const char *title = lang_zh ? w->title_zh : w->title_en;
    month_text(s->start, first);
    month_text(s->start + s->months - 1, last);
    printf(tr("%s%s%s to %s, runs: %u, seed: %lld\n", "%s%s%s 至 %s，模拟 %u 次，种子 %lld\n"), title,
           *title == '\0' ? ""
           : lang_zh      ? "："
                          : ": ",
           first, last, s->runs, (long long)w->seed);
}

static void print_end(const struct summary *s, const char *out)
{
    bool balanced = strncmp(s->audit, "balanced", 8) == 0;
    printf(tr("audit:   %s\n", "核算：%s\n"), lang_zh && balanced ? "全部模拟的每个月均平衡到分" : s->audit);
    printf(tr("digest:  %s\n", "摘要：%s\n"), s->digest);
    printf(tr("file:    %s\n", "文件：%s\n"), out);
}

enum status command_tell_result(const struct common *c, const struct scenario *scenario, const char *out,
                                struct diag *diag)
{
    struct result r;
    struct summary s = {.n = 0};
    struct table table;
    bool text = c->format == FORMAT_TEXT;
    TRY(result_open(&r, out, diag));
    enum status status = summary_make(&s, &r, lang_zh != 0, diag);
    result_close(&r);
    TRY(status);
    if (!text)
        table_init(&table, all_columns, 6);
    else
        table_init(&table, s.runs > 1 ? text_columns : run_columns, s.runs > 1 ? 5 : 3);
    for (size_t k = 0; k < s.n; k++)
        add_row(&table, &s.row[k], c->format);
    if (text)
        print_title(&s, scenario);
    status = table_print(&table, c->format, stdout, diag);
    if (text && status == OK)
        print_end(&s, out);
    table_free(&table);
    summary_free(&s);
    return status;
}

/* ---- in order */

/* "places/guangzhou.yml" -> "guangzhou.h5"; the caller frees. */
static char *default_out(const char *scenario, const struct options *o)
{
    const char *slash = strrchr(scenario, '/'), *name = slash == NULL ? scenario : slash + 1, *dot = strrchr(name, '.');
    size_t length =
        dot != NULL && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0) ? (size_t)(dot - name) : strlen(name);
    char *text = malloc(length + 4);
    if (text != NULL)
        snprintf(text, length + 4, "%.*s.h5", (int)length, name);
    if (text == NULL || o->shards == 0)
        return text;
    char *shard = command_shard_name(text, o->shard, o->shards);
    free(text);
    return shard;
}

/* --seed and --months are settings like others. */
static enum status read_scenario(const struct common *c, const struct options *o, struct scenario *scenario,
                                 struct diag *diag)
{
    char seed[NUMBER_ROOM], months[NUMBER_ROOM];
    const char **sets = calloc(c->n_sets + 2, sizeof *sets);
    size_t n = 0;
    if (sets == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (; n < c->n_sets; n++)
        sets[n] = c->set[n];
    snprintf(seed, sizeof seed, "seed=%.40s", o->seed != NULL ? o->seed : "");
    snprintf(months, sizeof months, "months=%.40s", o->months != NULL ? o->months : "");
    if (o->seed != NULL)
        sets[n++] = seed;
    if (o->months != NULL)
        sets[n++] = months;
    enum status status = scenario_read(scenario, c->word[0], sets, n, diag);
    free(sets);
    return status;
}

static bool stays_empty(const struct setup *s)
{
    for (int32_t r = 0; r < s->n_regions; r++) {
        const unsigned char *block = s->initial + (size_t)r * s->layout.size;
        const struct founders_params *f = values_at(block, &s->layout, GROUP_founders, 0);
        const struct enterprises_params *e = values_at(block, &s->layout, GROUP_enterprises, 0);
        if (f->per_month > 0.0 || e->initial > 0)
            return false;
    }
    return true;
}

static enum status simulate(const struct common *c, const struct options *o, const struct scenario *scenario,
                            const char *out, struct diag *diag)
{
    struct telling telling;
    struct run_request request = {.scenario = scenario,
                                  .out = out,
                                  .runs = (uint32_t)o->runs,
                                  .threads = (int32_t)o->threads,
                                  .shard = (uint32_t)o->shard,
                                  .shards = (uint32_t)o->shards,
                                  .panel = o->panel,
                                  .claims = o->claims,
                                  .detail = o->detail,
                                  .quiet = c->quiet,
                                  .no_cache = o->no_cache,
                                  .stop = telling_stop(),
                                  .listener = &telling.listener};
    telling_begin(&telling, c);
    if (stays_empty(&scenario->setup))
        telling_say(&telling,
                    tr("warning: neither founders.per_month nor enterprises.initial is given; the world stays empty",
                       "警告：未给出 founders.per_month 或 enterprises.initial，区域中不会有企业"));
    enum status status = run_file(&request, diag);
    telling_end(&telling, status);
    return status;
}

int command_run(int argc, char **argv)
{
    struct options o = {.runs = 1};
    struct command_line line = {
        .words = "SCENARIO",
        .en =
            "Simulate a scenario, a shipped place or overlay by name or a file; write OUT.h5 and print what came out.",
        .zh = "模拟一个情景（自带地区、政策名称或文件），写出结果文件并打印结果概要。",
        .least = 1,
        .most = 1,
        .sets = true,
        .formats = true,
        .own = own_options,
        .take = take,
        .to = &o};
    struct common c;
    struct diag diag;
    struct scenario scenario = {.n_layers = 0};
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    char *out = o.out != NULL ? path_with(o.out, "") : default_out(c.word[0], &o);
    enum status status =
        out == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : read_scenario(&c, &o, &scenario, &diag);
    bool read = status == OK;
    status = ranks_agree(status, &diag);
    if (status == OK)
        status = simulate(&c, &o, &scenario, out, &diag);
    if (status == OK && o.shards == 0 && ranks_mine() == 0)
        status = command_tell_result(&c, &scenario, out, &diag);
    if (read)
        scenario_free(&scenario);
    free(out);
    return command_end(&c, &diag, status);
}
