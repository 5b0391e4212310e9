/* SPDX-License-Identifier: GPL-3.0-or-later */
/* companion_plan - what companions of a comparison are made of, as a text; for sim/commands only.
 *
 *     liandong companions SHA-256        of what follows this line
 *     # build BUILD                      that made the plan
 *     # shard of companions ... # end    the comparison's arguments (recall.h)
 *     # world 0 ...                      scenarios of its first job (worlds.h)
 *     # companions
 *     # companion ROLE VARIANT SHARE N   and then N settings, one a line, to the base (lump-sum, placebo) or the variant
 *
 * Companions follow from what all runs of the first job found.  Where runs are made apart from each other, that is known only
 * when they are put together: `merge` of the first job's shards leaves this text as OUT.plan, `companions` makes shards of the
 * second job of it; ranks of MPI are told its last part by the first. */
#ifndef LIANDONG_COMPANION_PLAN_H
#define LIANDONG_COMPANION_PLAN_H
#include <liandong/compare_task.h>

/* "# companions" and what follows; the caller frees.  NULL: no memory. */
char *companions_text(const struct compare_task *t);

/* Adds the companions of such a text to the task; path in messages.  FAILED: it is damaged. */
enum status companions_take(struct compare_task *t, const char *text, const char *path, struct diag *diag) MUST_CHECK;

/* Writes t->plan. */
enum status plan_write(const struct compare_task *t, struct diag *diag) MUST_CHECK;

/* Reads a plan; *from: its part that recall_read takes.  The caller frees *text.  FAILED: it is none, is damaged, or was left by
 * another build. */
enum status plan_read(const char *path, char **text, const char **from, struct diag *diag) MUST_CHECK;
#endif
