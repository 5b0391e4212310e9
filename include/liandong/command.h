/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command - what all subcommands share: options, languages, messages, tables.
 *
 * A command is one file: parse (command_options), call, print (table_print), return command_end(...).  Only what a program
 * reads goes to stdout; messages go to stderr. */
#ifndef LIANDONG_COMMAND_H
#define LIANDONG_COMMAND_H
#include <argp.h>
#include <liandong/diag.h>
#include <stdbool.h>

int command_audit(int argc, char **argv);
int command_check(int argc, char **argv);
int command_companions(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_coupling(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_export(int argc, char **argv);
int command_flows(int argc, char **argv);
int command_sources(int argc, char **argv);
int command_instruments(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_moments(int argc, char **argv);
int command_new(int argc, char **argv);
int command_params(int argc, char **argv);
int command_rerun(int argc, char **argv);
int command_run(int argc, char **argv);
int command_schedule(int argc, char **argv);
int command_series(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_validate(int argc, char **argv);

/* 1: Chinese.  Set once, by main, from --lang or the environment. */
extern int lang_zh;
const char *tr(const char *en, const char *zh);

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_LATEX, FORMAT_HTML, FORMAT_MD, FORMAT_JSON_SCHEMA };
/* CSV and JSON: words in them are the same for every reader. */
bool format_for_programs(enum format format);
/* What readers are told: in their language, but for formats that programs read. */
const char *word_shown(const char *en, const char *zh, enum format format);
const char *unit_shown(const char *unit, enum format format);
const char *source_shown(const char *source, enum format format);

/* What every command line has. */
struct common {
    enum format format;
    bool quiet;
    FILE *log;         /* of --log, or NULL */
    const char **word; /* arguments that are no options */
    size_t n_words;
    const char **set; /* of --set and --trigger, in order */
    size_t n_sets;
    char **made; /* texts made of --trigger */
    size_t n_made;
    const char **given; /* "--runs=20": the command's own options, as they came; texts owned */
    size_t n_given;
};

/* What one command's line has beside. */
struct command_line {
    const char *words;             /* "SCENARIO [KEY...]" */
    const char *en, *zh;           /* what the command does */
    size_t least, most;            /* words */
    bool sets, formats, schema;    /* takes --set; --format; --format json-schema */
    const struct argp_option *own; /* ends with {0}; docs in English, their Chinese in messages.def; or NULL */
    /* An option of `own`: NULL, or what is wrong with its value (in the language chosen). */
    const char *(*take)(void *to, int key, const char *value);
    void *to;
};

/* Parses; a wrong line prints what is wrong and exits 2, --help exits 0. */
void command_options(struct common *c, const struct command_line *line, int argc, char **argv);

/* Prints messages to stderr and the log, frees both, and gives the exit code. */
int command_end(struct common *c, struct diag *diag, enum status status);

/* A whole number within bounds, in decimal digits: NULL, or what is wrong with the text. */
const char *command_number(const char *text, long low, long high, long *number);

/* "2/4": NULL, or what is wrong with the text. */
const char *command_shard(const char *text, long *shard, long *shards);

/* The journal of a shard whose whole would be `out`: "guangzhou.h5" -> "guangzhou.2of4.shard"; NULL without memory. */
char *command_shard_name(const char *out, long shard, long shards);

/* A line for the user, unless --quiet, and for the log. */
void command_say(const struct common *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* The table at the end of `run`, of the finished file `out`. */
struct scenario;
enum status command_tell_result(const struct common *c, const struct scenario *scenario, const char *out,
                                struct diag *diag) MUST_CHECK;

/* ---- tables: rows of texts under named columns */

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER };
struct column {
    const char *name, *en, *zh; /* name: in JSON */
    enum column_kind kind;
};
struct table {
    const struct column *column;
    size_t n_columns, n_rows, capacity;
    char **cell; /* [row][column]; NULL: no value */
    bool no_memory;
    const char *title;       /* above the table, or NULL; not in JSON and CSV */
    const char *const *note; /* how the figures were made: comments before them, not in JSON */
    size_t n_notes;
};
void table_init(struct table *t, const struct column *column, size_t n_columns);
void table_add(struct table *t, const char *const *cells);
enum status table_print(const struct table *t, enum format format, FILE *to, struct diag *diag) MUST_CHECK;
void table_free(struct table *t);

/* A text as a JSON string, in quotes. */
void json_string(FILE *to, const char *text);
#endif
