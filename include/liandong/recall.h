/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recall - what a shard of `compare` or `sweep` says of the command that made it, so that `merge` can end that command.
 *
 *     # shard of compare
 *     # argument 9 guangzhou                 (bytes, then the text)
 *     # argument 9 --runs=20
 *     # end
 *
 * What changes no byte of the result (--output, --shard, --threads, --no-cache) is left out, and so is --set: it stands in the
 * scenarios, which follow.  A shard of `run` says nothing: its scenario and its settings are enough. */
#ifndef LIANDONG_RECALL_H
#define LIANDONG_RECALL_H
#include <liandong/assemble.h>
#include <liandong/command.h>

/* The caller frees; NULL: no memory. */
char *recall_write(const char *command, const struct common *c);

/* What `merge` hands to the command that it ends. */
struct recall {
    char command[32];          /* "run" where nothing is said */
    int argc;                  /* of a command line, the command's name first */
    char **argv;               /* owned, ends with NULL */
    const char *rest;          /* behind the head: scenarios */
    const char *out;           /* of merge's own command line */
    const struct common *mine; /* merge's own: format, quiet, log */
    const struct shards *shards;
};

/* FAILED: the head is damaged. */
enum status recall_read(struct recall *r, const struct journal *from, struct diag *diag) MUST_CHECK;
void recall_free(struct recall *r);

/* Takes over what merge's own line says, once the recalled one is parsed; the log is closed by whoever ends first. */
void recall_take_over(const struct recall *r, struct common *c);

/* The ends of these commands; they give the exit code. */
int compare_recalled(const struct recall *r);
int sweep_recalled(const struct recall *r);
#endif
