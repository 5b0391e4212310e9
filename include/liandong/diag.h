/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag - what is told to a user: errors with their place, all of them at once.
 *
 * Three kinds of failure and no fourth: bad input -> diag_fail and FAILED; a broken invariant of ours -> BUG (abort);
 * no memory or a failing disk -> diag_fail with its own status, passed up to the command, which exits as documented. */
#ifndef LIANDONG_DIAG_H
#define LIANDONG_DIAG_H
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Also the exit codes of the program (docs/interface). */
enum status { OK = 0, VERDICT_BAD = 1, FAILED = 2, NO_MEMORY = 3, IO_ERROR = 4, INTERRUPTED = 130 };

#if defined(__GNUC__)
#define MUST_CHECK          __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, of) __attribute__((format(printf, at, of)))
#define FORMAT_OF(at)       __attribute__((format_arg(at))) /* returns that format, or one alike */
#else
#define MUST_CHECK
#define PRINTF_LIKE(at, of)
#define FORMAT_OF(at)
#endif

#define TRY(step)                     \
    do {                              \
        enum status status_ = (step); \
        if (status_ != OK)            \
            return status_;           \
    } while (0)

#define BUG(...)                                               \
    do {                                                       \
        fprintf(stderr, "BUG at %s:%d: ", __FILE__, __LINE__); \
        fprintf(stderr, __VA_ARGS__);                          \
        fputc('\n', stderr);                                   \
        abort();                                               \
    } while (0)
#define BUG_ON(condition)          \
    do {                           \
        if (condition)             \
            BUG("%s", #condition); \
    } while (0)

/* A place in the user's input: "guangzhou.yml:12:5", "--set:3:1".  line 0: no place within the file. */
struct place {
    const char *file;
    int line, column;
};

/* A list of messages; the caller owns it.  Messages beyond DIAG_MOST are counted, not kept. */
enum { DIAG_MOST = 200 };
struct diag {
    size_t n, capacity, left_out;
    char **text; /* "file:line:column: error: ..." */
    int zh;      /* messages in Chinese, where messages.def has them */
};

void diag_init(struct diag *diag);
void diag_free(struct diag *diag);

/* Notes an error and returns FAILED, so that `return diag_fail(...)` reads well. */
enum status diag_fail(struct diag *diag, struct place at, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same with another status: NO_MEMORY, IO_ERROR, VERDICT_BAD. */
enum status diag_stop(struct diag *diag, enum status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* Notes a warning ("file:line:column: warning: ..."). */
void diag_warn(struct diag *diag, struct place at, const char *format, ...) PRINTF_LIKE(3, 4);

/* Notes what is right and yet hardly meant ("file:line:column: note: ..."). */
void diag_note(struct diag *diag, struct place at, const char *format, ...) PRINTF_LIKE(3, 4);

/* Appends the messages of `from`, which is empty then: threads note apart and are heard together. */
void diag_move(struct diag *to, struct diag *from);

/* Prints every message, one a line, in the order of noting. */
void diag_print(const struct diag *diag, FILE *to);

/* The Chinese of an English text (messages.def), or the English itself. */
const char *message_zh(const char *en);

/* What the system calls an error (errno), in the language of the messages; diag may be NULL. */
const char *diag_reason(const struct diag *diag, int error);

/* Pair i of messages.def, for tests; returns their number. */
size_t message_pair(size_t i, const char **en, const char **zh);

/* The name nearest to `wanted` by edit distance (a swap of neighbours counts one), or NULL if none is near. */
const char *nearest_name(const char *wanted, const char *const *names, size_t n);
#endif
