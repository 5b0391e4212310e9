/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results - the files that come out: OUT.h5, OUT.panel.h5, OUT.claims.h5, each with its .sha256 beside it.
 *
 * A file is written under NAME.tmp, closed, synced and renamed; under its final name it is whole or not there.  Equal runs
 * are equal files: nothing in them depends on threads, host, path, time or order of work. */
#ifndef LIANDONG_RESULTS_H
#define LIANDONG_RESULTS_H
#include <liandong/diag.h>
#include <liandong/record.h>
#include <liandong/setup.h>
#include <liandong/sha256.h>
#include <stdbool.h>

enum { RESULT_SCHEMA = 1 };

/* What a file is made from and what it says about itself. */
struct result_about {
    const struct setup *setup;
    const struct record_layout *layout;
    const struct series_desc *series; /* series_table, or that of a test */
    size_t n_series;
    const char *scenario; /* the text that repeats the runs, with what --set added */
    uint32_t runs;
    bool detail; /* write SERIES_DETAIL too */
};

/* Puts the packed record of one run into `to`.  Called in order of runs. */
typedef enum status (*record_fn)(void *from, uint32_t run, struct record_room *to, struct diag *diag);

struct result_summary {
    char digest[SHA256_TEXT];
    uint32_t unbalanced; /* runs */
};

/* IO_ERROR with one line that names the file; whatever stood under the final name before then still stands. */
enum status result_write(const char *path, const struct result_about *about, record_fn record, void *from,
                         int32_t threads, struct result_summary *summary, struct diag *diag) MUST_CHECK;

/* Is the file at `path` a finished one of these very runs, by this build?  (Then `run` leaves it as it is.)  A file that is not
 * there, or cannot be read, is not. */
bool result_is_of(const char *path, const struct result_about *about);

/* ---- tables: one row an enterprise and month, or a claim; the columns lie along the dimension `row` ---- */
enum result_column_type { RESULT_CODE, RESULT_INT32, RESULT_INT64, RESULT_REAL };
struct result_column {
    const char *name, *unit;
    enum result_column_type type;
    const char *en, *zh;
    const char *meanings; /* of a CODE: the names of 0, 1, 2 ..., separated by blanks */
};
/* What the file as a whole says: title in both languages, and the runs it belongs to. */
struct result_table_about {
    const char *title_en, *title_zh;
    const struct result_about *result;
};
struct result_table;

/* rows: how many will come.  result_table_append takes any number of rows of n_columns cells each; result_table_finish
 * publishes the file; result_table_abandon removes what was written (after an error of create or append; NULL is fine).
 * Finish and abandon free the table. */
enum status result_table_create(struct result_table **table, const char *path, const struct result_table_about *about,
                                const struct result_column *column, size_t n_columns, uint64_t rows,
                                struct diag *diag) MUST_CHECK;
enum status result_table_append(struct result_table *table, const union cell *cells, uint64_t rows,
                                struct diag *diag) MUST_CHECK;
/* A whole table in a group of the same file, along a `row` of its own; before finish. */
enum status result_table_group(struct result_table *table, const char *name, const struct result_column *column,
                               size_t n_columns, const union cell *cells, uint64_t rows, struct diag *diag) MUST_CHECK;
enum status result_table_finish(struct result_table *table, struct diag *diag) MUST_CHECK;
void result_table_abandon(struct result_table *table);

/* ---- names and files ---- */
/* Lower-case copy of a name of accounts.def or flows.def, as files have it. */
void name_lower(const char *name, char *text, size_t size);
/* path and ending in one allocated text, e.g. "OUT.h5" and ".tmp"; NULL without memory */
char *path_with(const char *path, const char *ending);
/* "OUT.h5" and "panel" -> "OUT.panel.h5"; NULL without memory */
char *path_beside(const char *path, const char *word);

/* SHA-256 of a file's bytes. */
enum status file_hash(const char *path, char text[SHA256_TEXT], struct diag *diag) MUST_CHECK;
/* What is written takes the place of what it could be, another result or another text, and of nothing else: of no scenario that
 * somebody wrote, of no result by a table. */
enum file_kind { FILE_DATA, FILE_TEXT };
/* IO_ERROR if something stands under this name that is no ordinary file (/dev/full, a folder); FAILED if it is a file of the
 * other kind.  FILE_DATA are HDF5 files and journals. */
enum status file_may_be_written(const char *path, enum file_kind kind, struct diag *diag) MUST_CHECK;
/* Whether both names lead to one file that is there; NULL leads to none. */
bool file_is_same(const char *a, const char *b);
/* Syncs the finished file path.tmp, writes its sidecar, renames both to their final names, syncs the folder.  On failure
 * the .tmp files are removed and what stood there before stands. */
enum status file_publish(const char *path, bool sidecar, struct diag *diag) MUST_CHECK;

/* ---- the digest: SHA-256 over one line a variable, "name type axis=length,... sha256-of-its-values", in order of lines ---- */
struct digest {
    size_t n, capacity;
    char **line;
    bool no_memory;
};
/* axes: "run=10,time=96,region=1" */
void digest_add(struct digest *d, const char *name, const char *type, const char *axes, struct sha256 *values);
/* Ends and frees; false: no memory. */
bool digest_end(struct digest *d, char text[SHA256_TEXT]);
#endif
