/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recall - what a shard of `compare` or `sweep` says of the command that made it, so that `merge` can end that command.
 *
 *     # shard of compare
 *     # argument 9 guangzhou                 (bytes, then the text)
 *     # argument 9 --runs=20
 *     # end
 *
 * What changes no byte of the result (--output, --shard, --threads, --no-cache) is left out, and so is --set: it stands in the
 * scenarios, which follow.  A shard of `run` says nothing: its scenario and its settings are enough.
 *
 * A comparison has a second job, its companions, which follow from what all runs of the first found.  `merge` of the first job's
 * shards leaves a plan (plan.h), and shards of the second job, which `companions` makes of it, say "shard of companions" and then
 * the arguments of the comparison. */
#ifndef LIANDONG_RECALL_H
#define LIANDONG_RECALL_H
#include <liandong/assemble.h>
#include <liandong/command.h>

/* The caller frees; NULL: no memory. */
char *recall_write(const char *command, const struct common *c);

/* What `merge` hands to the command that it ends, and `companions` to the one that it goes on with. */
struct recall {
    char command[32];                /* "run" where nothing is said */
    int argc;                        /* of a command line, the command's name first */
    char **argv;                     /* owned, ends with NULL */
    const char *rest;                /* behind the head: scenarios */
    const char *path;                /* where all this was read */
    const char *out;                 /* of the own command line */
    const struct common *mine;       /* the own: format, quiet, log */
    const struct shards *shards;     /* NULL for `companions` */
    const struct shards *companions; /* NULL: those shards are still to be made */
    const char *plan;                /* NULL for `merge` */
    long shard, shards_of, threads;  /* of `companions` */
    bool no_cache;
};

/* The text that a shard or a plan begins with; path in messages.  FAILED: the head is damaged. */
enum status recall_read(struct recall *r, const char *text, const char *path, struct diag *diag) MUST_CHECK;
void recall_free(struct recall *r);

/* Takes over what merge's own line says, once the recalled one is parsed; the log is closed by whoever ends first. */
void recall_take_over(const struct recall *r, struct common *c);

/* The ends of these commands; they give the exit code. */
int compare_recalled(const struct recall *r);
int sweep_recalled(const struct recall *r);
#endif
