/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office - what a department sees of the enterprises that lived when a policy started, in its world, and, beside it, what is.
 *
 * Below, the start is the month from which the cohort of fates.h is followed.  It sees of the cohort those that were in its
 * register then, which they enter `lag` months after they are registered, and of each at a horizon of so many months
 *
 *     its last report   yearly sales and staff, of the last December that lies `lag` months back; who has died by then
 *                       reports nothing, and counts as 0
 *     the credit file   principal owed on facilities of at least `floor`
 *     the ledger        money paid to it by budget lines of the policy, facilities granted under its covers, membership where it
 *                       serves in kind: any of them makes it treated.  The policy: all instances whose values differ from the
 *                       base at some time, and that are enabled
 *     scores            sales and age in the month in which the policy first stood, and its first facility since: what the
 *                       thresholds of eligibility are compared with
 *
 * It sees neither quality, nor loans below the floor, nor what happened since the report, nor the world without the policy. */
#ifndef LIANDONG_OFFICE_H
#define LIANDONG_OFFICE_H
#include <liandong/fates.h>
#include <liandong/setup.h>

enum { OFFICE_THRESHOLDS = 8, OFFICE_NAME = 128 };
enum office_score { OFFICE_SALES, OFFICE_AGE, OFFICE_FACILITY };

/* Who is at most at `value` of a score is eligible.  Not one number for all regions: no discontinuity of all of them. */
struct office_threshold {
    char name[OFFICE_NAME]; /* "interest_subsidy.sales_max" */
    enum office_score score;
    double value; /* yuan a year, months, yuan */
    bool differs; /* among regions */
};
struct office_rule {
    int32_t lag; /* months */
    money floor;
    uint64_t concerned[MAX_LINES / 64];                   /* bit k: instance k belongs to the policy */
    bool any, in_base;                                    /* there is a policy; some of it stands in the base, too */
    struct office_threshold threshold[OFFICE_THRESHOLDS]; /* the first so many */
    size_t n_thresholds;
};
/* Policy and thresholds of a variant against a base from a month on; lag and floor are left as they are.  A parameter at the
 * end of its range is no threshold. */
enum status office_rule_of(struct office_rule *rule, const struct setup *base, const struct setup *variant,
                           int32_t from) MUST_CHECK;

/* At a horizon (0: at the start). */
struct office_state {
    bool reported, alive, treated, fresh; /* fresh: the report is younger than the start */
    uint16_t staff, true_staff;
    int32_t report;           /* its month */
    double sales, true_sales; /* yuan a year */
    int64_t loans, true_loans, received, covered;
};
struct office_one {
    bool listed; /* in the register at the start */
    bool member;
    int32_t registered;        /* month */
    int32_t scored, age;       /* month in which the policy first stood (0: not yet), and the age then */
    double sales;              /* then */
    int64_t facility;          /* the first since */
    int64_t received, covered; /* so far */
    struct office_state at[1 + FATE_HORIZONS];
};
/* Of one world; one[k] belongs to fate[k]. */
struct office {
    struct office_one *one;
    size_t n, capacity;
};
void office_free(struct office *o);

/* After fates_begin, and after fates_month of each month.  w->paid_kept must be set. */
enum status office_begin(struct office *o, const struct fates *f, const struct world *w,
                         const struct office_rule *rule) MUST_CHECK;
void office_month(struct office *o, const struct fates *f, const struct world *w, const struct office_rule *rule,
                  const int32_t horizon[FATE_HORIZONS]);

/* Rows of office_columns and, as many, of truth_columns: for each enterprise that the office lists, one for the start and one
 * for each horizon.  Enterprises that the base's cohort lacks are left out. */
struct office_world {
    const struct fates *fates;
    const struct office *office;
};
enum status office_rows(struct sample *seen, struct sample *truth, struct office_world base,
                        struct office_world variant, uint32_t run, uint32_t number,
                        const int32_t horizon[FATE_HORIZONS]) MUST_CHECK;
extern const struct sample_column office_columns[], truth_columns[];
enum { OFFICE_COLUMNS = 19, TRUTH_COLUMNS = 19 };
#endif
