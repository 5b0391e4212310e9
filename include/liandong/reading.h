/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading - a result file as arrays, for whoever analyses results.
 *
 * A file that came from elsewhere is untrusted: the library crashes on damaged ones.  So before it opens a file the bytes
 * are checked against the .sha256 beside it; without one a child process with limits reads the whole file first. */
#ifndef LIANDONG_READING_H
#define LIANDONG_READING_H
#include <liandong/diag.h>
#include <liandong/measure.h>
#include <liandong/sha256.h>
#include <stdbool.h>

enum { READING_AXES = 5, READING_NAME = 128, READING_TEXT = 512 };

struct result_variable {
    char name[READING_NAME], unit[READING_NAME], en[READING_TEXT], zh[READING_TEXT];
    bool text, real; /* neither: integers */
    bool reach;      /* not in the digest */
    int bytes;       /* of a value in the file */
    int rank;
    char axis[READING_AXES][READING_NAME];
    uint64_t length[READING_AXES];
    uint64_t width; /* values of one entry of the first axis */
};

struct result {
    int64_t file; /* the library's handle */
    char *path;
    size_t n;
    struct result_variable *variable; /* in the order of the file */
    struct unwritten *unwritten;      /* NULL, or the records it is read from instead of a file (unwritten.h) */
};

/* IO_ERROR: not there, unreadable or damaged.  FAILED: no result of this program. */
enum status result_open(struct result *r, const char *path, struct diag *diag) MUST_CHECK;
void result_close(struct result *r);

/* NULL if there is none. */
const struct result_variable *result_find(const struct result *r, const char *name);
/* The same, with an error that names the nearest. */
enum status result_need(const struct result *r, const char *name, const struct result_variable **v,
                        struct diag *diag) MUST_CHECK;

/* Entries first ... first + n - 1 of the first axis, all of the others: n * width cells, .i of integers, .d of reals. */
enum status result_read(const struct result *r, const struct result_variable *v, uint64_t first, uint64_t n,
                        union cell *cells, struct diag *diag) MUST_CHECK;

/* A variable of texts along one axis; freed by texts_free. */
enum status result_texts(const struct result *r, const char *name, char ***text, size_t *n,
                         struct diag *diag) MUST_CHECK;
void texts_free(char **text, size_t n);

/* An attribute of the file as a whole, or of a variable (NULL: the file); *text is freed by the caller. */
enum status result_text(const struct result *r, const char *variable, const char *name, char **text,
                        struct diag *diag) MUST_CHECK;
enum status result_integer(const struct result *r, const char *name, int64_t *value, struct diag *diag) MUST_CHECK;

/* The digest of what the file says, taken from its values. */
enum status result_digest(const struct result *r, char text[SHA256_TEXT], struct diag *diag) MUST_CHECK;

/* One number of a result by run, month and region; month -1 is what stood at the start. */
struct result_shape {
    uint32_t runs, regions;
    int32_t months;
    int32_t start; /* months since 0000-01 */
};
enum status result_shape(const struct result *r, struct result_shape *shape, struct diag *diag) MUST_CHECK;

/* Without any check, for the child process, and for tests. */
enum status result_open_unchecked(struct result *r, const char *path, struct diag *diag) MUST_CHECK;
/* Checks the bytes; OK: the library may open the file. */
enum status result_check_file(const char *path, struct diag *diag) MUST_CHECK;
#endif
