/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command - options, languages and messages of all subcommands; see command.h. */
#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <liandong/command.h>
#include <liandong/ranks.h>
#include <liandong/units.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

int lang_zh;

const char *tr(const char *en, const char *zh)
{
    return lang_zh ? zh : en;
}

bool format_for_programs(enum format format)
{
    return format == FORMAT_JSON || format == FORMAT_CSV;
}

const char *word_shown(const char *en, const char *zh, enum format format)
{
    return format_for_programs(format) ? en : tr(en, zh);
}

const char *unit_shown(const char *unit, enum format format)
{
    return word_shown(unit, unit_zh(unit), format);
}

const char *source_shown(const char *source, enum format format)
{
    return word_shown(source, source_zh(source), format);
}

enum { KEY_LANG = 0x1000, KEY_LOG, KEY_FORMAT, KEY_SET, KEY_TRIGGER, KEY_USAGE, OPTIONS_MOST = 64 };

static const char *const formats[] = {"text", "json", "csv", "latex", "html", "md", "json-schema"};

/* What the parser works on. */
struct parsing {
    struct common *c;
    const struct command_line *line;
    const struct argp_option *options;
    size_t n_options;
    const char *name; /* "liandong run" */
};

static void format_take(struct common *c, const struct command_line *line, const char *name)
{
    size_t n = line->schema ? 7 : 6;
    for (size_t i = 0; i < n; i++)
        if (strcmp(formats[i], name) == 0) {
            c->format = (enum format)i;
            return;
        }
    char what[256];
    snprintf(what, sizeof what, tr("--format: there is no format '%.80s'", "--format：没有格式“%.80s”"), name);
    usage_error(what, nearest_name(name, formats, n));
}

static void log_open(struct common *c, const char *path)
{
    c->log = fopen(path, "a");
    if (c->log != NULL)
        return;
    fprintf(stderr, tr("liandong: error: cannot write %s: %s\n", "liandong: error: 无法写入 %s：%s\n"), path,
            tr(strerror(errno), message_zh(strerror(errno))));
    exit(IO_ERROR);
}

/* Appends to a list that the command line bounds. */
static void list_add(const char ***list, size_t *n, const char *text)
{
    const char **grown = realloc(*list, (*n + 1) * sizeof *grown);
    if (grown == NULL) {
        fprintf(stderr, "liandong: error: %s\n", tr("out of memory", "内存不足"));
        exit(NO_MEMORY);
    }
    *list = grown;
    grown[(*n)++] = text;
}

/* --trigger RULE is the setting triggers.given_N="RULE". */
static void trigger_add(struct common *c, const char *rule)
{
    size_t size = strlen(rule) + 64;
    char *text = malloc(size);
    char **grown = realloc(c->made, (c->n_made + 1) * sizeof *grown);
    if (text == NULL || grown == NULL) {
        fprintf(stderr, "liandong: error: %s\n", tr("out of memory", "内存不足"));
        exit(NO_MEMORY);
    }
    if (strpbrk(rule, "\"\\\n") != NULL)
        usage_error(tr("--trigger: a rule holds no quotes", "--trigger：规则中不能有引号"), NULL);
    c->made = grown;
    c->made[c->n_made++] = text;
    snprintf(text, size, "triggers.given_%d=\"%s\"", (int)c->n_made, rule);
    list_add(&c->set, &c->n_sets, text);
}

/* Kept as it came, so that a shard can say what it is a shard of (recall.h). */
static void given_add(struct common *c, const char *name, const char *value)
{
    size_t size = strlen(name) + (value != NULL ? strlen(value) : 0) + 4;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "--%s%s%s", name, value != NULL ? "=" : "", value != NULL ? value : "");
    list_add(&c->given, &c->n_given, text);
}

static error_t own_take(struct parsing *p, int key, char *value)
{
    if (p->line->take == NULL || key >= KEY_LANG || p->line->own == NULL)
        return ARGP_ERR_UNKNOWN;
    for (const struct argp_option *o = p->line->own; o->name != NULL || o->key != 0; o++)
        if (o->key == key && o->name != NULL) {
            const char *wrong = p->line->take(p->line->to, key, value);
            char what[512];
            snprintf(what, sizeof what, "--%s: %s", o->name, wrong != NULL ? wrong : "");
            if (wrong != NULL)
                usage_error(what, NULL);
            given_add(p->c, o->name, value);
            return 0;
        }
    return ARGP_ERR_UNKNOWN;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct parsing *p = state->input;
    switch (key) {
    case KEY_LANG: /* main has read it */
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            usage_error(tr("--lang: zh or en", "--lang：应为 zh 或 en"), NULL);
        return 0;
    case KEY_LOG:
        log_open(p->c, value);
        return 0;
    case KEY_FORMAT:
        format_take(p->c, p->line, value);
        return 0;
    case KEY_SET:
        list_add(&p->c->set, &p->c->n_sets, value);
        return 0;
    case KEY_TRIGGER:
        trigger_add(p->c, value);
        return 0;
    case 'q':
        p->c->quiet = true;
        return 0;
    case '?':
        usage_help(p->options, p->n_options, p->line, p->name);
        exit(OK);
    case KEY_USAGE:
        usage_short(p->options, p->n_options, p->line, p->name);
        exit(OK);
    case ARGP_KEY_ARG:
        if (p->c->n_words == p->line->most)
            usage_error(tr("too many arguments", "参数过多"), NULL);
        list_add(&p->c->word, &p->c->n_words, value);
        return 0;
    case ARGP_KEY_END:
        if (p->c->n_words < p->line->least) {
            fprintf(stderr,
                    tr("liandong: error: too few arguments; due are: %s\n", "liandong: error: 参数不足，应为：%s\n"),
                    p->line->words);
            usage_hint(p->line, p->name, stderr);
            exit(FAILED);
        }
        return 0;
    default:
        return own_take(p, key, value);
    }
}

static size_t options_fill(struct argp_option *to, const struct command_line *line)
{
    static const struct argp_option set = {
        "set", KEY_SET, "KEY=VALUE", 0, "set a value of the scenario; may be repeated", 0};
    static const struct argp_option trigger = {
        "trigger", KEY_TRIGGER, "RULE", 0, "add a rule, 'SERIES > NUMBER for 6: PARAMETER -= NUMBER'; may be repeated",
        0};
    static const struct argp_option format = {"format", KEY_FORMAT, "FORMAT", 0, "text, json, csv, latex, html or md",
                                              0};
    static const struct argp_option schema = {
        "format", KEY_FORMAT, "FORMAT", 0, "text, json, csv, latex, html, md or json-schema (for editors)", 0};
    static const struct argp_option all[] = {
        {"lang",  KEY_LANG,  "LANG", 0, "zh or en; by default that of the environment", 2},
        {"quiet", 'q',       NULL,   0, "say nothing but errors",                       2},
        {"log",   KEY_LOG,   "FILE", 0, "append messages to FILE, as JSON lines",       2},
        {"help",  '?',       NULL,   0, "print this list",                              2},
        {"usage", KEY_USAGE, NULL,   0, "print all options in short",                   2}
    };
    size_t n = 0;
    for (const struct argp_option *o = line->own; o != NULL && (o->name != NULL || o->key != 0); o++) {
        BUG_ON(n >= OPTIONS_MOST - 9);
        to[n++] = *o;
    }
    if (line->sets) {
        to[n++] = set;
        to[n++] = trigger;
    }
    if (line->formats)
        to[n++] = line->schema ? schema : format;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        to[n++] = all[i];
    to[n] = (struct argp_option){0};
    return n;
}

/* What is wrong with a command line is wrong with it at all ranks: the first says it, once.  Gives what to unhush. */
static int hush(void)
{
    if (ranks_mine() == 0)
        return -1;
    int errors = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0)
        close(nowhere);
    return errors;
}

/* And so with all that follows, but for what no rank should ever say (BUG). */
static void unhush(int errors, struct common *c)
{
    if (ranks_mine() == 0)
        return;
    if (errors >= 0 && dup2(errors, STDERR_FILENO) >= 0)
        close(errors);
    c->quiet = true;
    if (c->log != NULL)
        fclose(c->log);
    c->log = NULL;
}

void command_options(struct common *c, const struct command_line *line, int argc, char **argv)
{
    struct argp_option options[OPTIONS_MOST];
    *c = (struct common){.format = FORMAT_TEXT};
    int errors = hush();
    size_t n = options_fill(options, line);
    char name[64];
    snprintf(name, sizeof name, "liandong %.40s", argv[0]);
    usage_check(options, n, argc, argv);
    struct parsing parsing = {c, line, options, n, name};
    struct argp argp = {.options = options, .parser = take};
    if (argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &parsing) != 0)
        exit(FAILED);
    unhush(errors, c);
}

const char *command_number(const char *text, long low, long high, long *number)
{
    static char wrong[128];
    char *end = NULL;
    errno = 0;
    *number = strtol(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number >= low && *number <= high)
        return NULL;
    snprintf(wrong, sizeof wrong, tr("a whole number from %ld to %ld", "应为%ld至%ld的整数"), low, high);
    return wrong;
}

const char *command_shard(const char *text, long *shard, long *shards)
{
    enum { SHARDS_MOST = 100000 };
    char *end = NULL;
    errno = 0;
    *shard = strtol(text, &end, 10);
    *shards = *end == '/' && end[1] >= '0' && end[1] <= '9' ? strtol(end + 1, &end, 10) : 0;
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *shard >= 1 && *shard <= *shards &&
        *shards <= SHARDS_MOST)
        return NULL;
    return tr("I/N with I from 1 to N, as in 2/4", "应为 I/N，I 取 1 至 N，如 2/4");
}

char *command_shard_name(const char *out, long shard, long shards)
{
    size_t stem = strlen(out), size = stem + 64;
    if (stem > 3 && strcmp(out + stem - 3, ".h5") == 0)
        stem -= 3;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "%.*s.%ldof%ld.shard", (int)stem, out, shard, shards);
    return text;
}

static void log_line(const struct common *c, const char *level, const char *text)
{
    if (c->log == NULL)
        return;
    fprintf(c->log, "{\"level\": \"%s\", \"message\": ", level);
    json_string(c->log, text);
    fputs("}\n", c->log);
}

void command_say(const struct common *c, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (!c->quiet)
        fprintf(stderr, "%s\n", text);
    log_line(c, "info", text);
}

int command_end(struct common *c, struct diag *diag, enum status status)
{
    /* what is still in the buffer may meet a full disk, too */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (status == OK)
            status = diag_stop(diag, IO_ERROR, "cannot write the output: %s", diag_reason(diag, errno));
    }
    if (ranks_mine() == 0)
        diag_print(diag, stderr);
    for (size_t i = 0; i < diag->n; i++)
        log_line(c,
                 strstr(diag->text[i], " error: ") != NULL  ? "error"
                 : strstr(diag->text[i], " note: ") != NULL ? "note"
                                                            : "warning",
                 diag->text[i]);
    if (c->log != NULL)
        fclose(c->log);
    for (size_t i = 0; i < c->n_given; i++)
        free((char *)(uintptr_t)c->given[i]);
    free(c->given);
    free(c->word);
    free(c->set);
    for (size_t k = 0; k < c->n_made; k++)
        free(c->made[k]);
    free(c->made);
    diag_free(diag);
    return (int)status;
}
