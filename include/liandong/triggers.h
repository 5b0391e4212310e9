/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triggers - monitoring and early warning (融资监测、风险预警; instrument 54): rules that a scenario writes and that change a
 * parameter when a series has stood beyond a bound for some months.
 *
 *     triggers:
 *       warning: "regions.guangzhou.npl_ratio > 0.03 for 6 after 2: regions.guangzhou.policies.risk_pool.share -= 0.1"
 *
 *     WATCHED  [regions.NAME.]SERIES[.MEMBER]; without MEMBER the sum over all members
 *     < <= > >= NUMBER; of series in fen an amount in yuan ("400 m", "4 亿")
 *     for N    months in a row that it must hold (1)
 *     after N  months from then until the change is in force (1: the next month)
 *     CHANGED  [regions.NAME.]parameter, as in the rest of a scenario; then = += -= *= and a value
 *
 * Without `regions.NAME` on both sides the rule stands in every region for itself.  The result stays within the parameter's
 * range; a rule that still holds acts again after as many months; a dated change that comes later stands above it.  What is
 * watched is what is measured: nothing is known before the month's end, and nothing before `start`. */
#ifndef LIANDONG_TRIGGERS_H
#define LIANDONG_TRIGGERS_H
#include <liandong/measure.h>
#include <liandong/setup.h>

enum trigger_op { TRIGGER_SET, TRIGGER_ADD, TRIGGER_SUBTRACT, TRIGGER_MULTIPLY };
enum trigger_test { TRIGGER_BELOW, TRIGGER_AT_MOST, TRIGGER_ABOVE, TRIGGER_AT_LEAST };

enum { TRIGGER_TEXT_MOST = 511 };

struct trigger {
    char name[NAME_SIZE];
    char text[TRIGGER_TEXT_MOST + 1]; /* as the scenario has it */
    int32_t origin;                   /* index into setup.origin */
    int32_t watched, changed;         /* regions */
    size_t series;
    int32_t member, members; /* -1: all of so many */
    int32_t test, months, delay;
    double bound; /* in the unit of the series */
    int32_t param, op;
    size_t offset; /* of the value in the region's block */
    double value;  /* money in yuan */
};

/* Reads the text of a rule; appends one trigger for each region in which it stands (at most s->n_regions) at to[*n]. */
enum status trigger_read(const struct setup *s, const struct record_layout *layout, const struct assignment *a,
                         struct trigger *to, size_t *n, struct diag *diag) MUST_CHECK;

/* Whether the test holds for a value; and the change made to a block of values. */
bool trigger_holds(const struct trigger *t, double value);
void trigger_apply(const struct trigger *t, unsigned char *block);
#endif
