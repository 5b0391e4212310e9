/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression - a figure of one run, as a user writes it, taken from a result file.
 *
 *     cost_per_survivor = spending per end(enterprises)
 *
 *     figure  = [NAME "="] sum ["per" sum]
 *     sum     = product {("+" | "-") product}        product = part {("*" | "/") part}
 *     part    = NUMBER | "-" part | "(" sum ")" | "cost" | "spending" | HOW "(" SERIES ["." MEMBER] ["@" REGION] ")"
 *
 *     total   all months, those of the run-off too, added up        mean    of all months but those of the run-off
 *     end     the last month before the run-off                     last    the last month of all
 *
 * Integer series are added over regions and members, others averaged; money is in yuan.
 *     spending   what the public side (treasury, districts, budget lines, pools and guarantors with what they owe) is poorer by at the end,
 *                its share of taxes left out, in yuan
 *     cost       the same, its share of taxes counted: net fiscal cost
 *
 * A figure is compared run by run.  `A per B` is different: the difference that a policy makes to A over that to B. */
#ifndef LIANDONG_EXPRESSION_H
#define LIANDONG_EXPRESSION_H
#include <liandong/reading.h>

enum { EXPRESSION_NAME = 64, EXPRESSION_STEPS = 128, EXPRESSION_LEAVES = 16, EXPRESSION_DEPTH = 32 };

struct expression_leaf {
    enum { LEAF_TOTAL, LEAF_MEAN, LEAF_END, LEAF_LAST, LEAF_COST, LEAF_SPENDING } how;
    char series[EXPRESSION_NAME], member[EXPRESSION_NAME], region[EXPRESSION_NAME]; /* "": all */
};
struct expression {
    char name[EXPRESSION_NAME], text[READING_TEXT];
    struct expression_step {
        enum { STEP_NUMBER, STEP_LEAF, STEP_ADD, STEP_TAKE, STEP_TIMES, STEP_OVER, STEP_MINUS } what;
        double number;
        size_t leaf;
    } step[EXPRESSION_STEPS]; /* in postfix order */
    size_t n_steps, split;    /* split: steps of A in `A per B`; 0: no `per` */
    struct expression_leaf leaf[EXPRESSION_LEAVES];
    size_t n_leaves;
};

/* FAILED: the place is that in the text ("--expr:2:7"), unknown series with the nearest of `series`. */
enum status expression_read(struct expression *e, const char *text, struct place at, const char *const *series,
                            size_t n, struct diag *diag) MUST_CHECK;

/* value[run], and of `A per B` below[run] = B.  months: those before the run-off. */
enum status expression_values(const struct expression *e, const struct result *r, int32_t months, double *value,
                              double *below, struct diag *diag) MUST_CHECK;
#endif
