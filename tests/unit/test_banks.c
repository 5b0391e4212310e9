/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruments that work through banks, to the fen: units with authority, tolerance, lists, refinancing, subsidies, targets. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/screening.h>

static const int32_t start = 2020 * 12;

static void watched(enum group g, const char *const rest[][2], int32_t months, void (*hook)(struct world *, void *),
                    void *context)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_policy(&lab, g);
    for (int k = 0; rest != NULL && rest[k][0] != NULL; k++)
        lab_set(&lab, rest[k][0], rest[k][1]);
    lab_go(&run, &lab, (struct lab_options){.months = months, .compact_every = -1, .hook = hook, .context = context});
    lab_end(&run);
}

/* -- specialised units ------------------------------------------------------------------------------------------------------ */
struct units {
    int64_t small, sent_up, authority, handled_elsewhere;
};

static void watch_units(struct world *w, void *context)
{
    struct units *s = context;
    const struct region *r = w->region;
    if (w->month <= start) /* the first month is settled under the rules of the last one without units */
        return;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        money limit = r->branch[a->branch].authority;
        s->authority = ld_max((double)s->authority, (double)limit.fen) > 0 ? limit.fen : 0;
        s->handled_elsewhere += a->branch != r->enterprises.branch[a->row];
        s->small += a->granted.fen <= 1000000000 && (a->flags & APPLY_HEAD_OFFICE) == 0;
        s->sent_up += a->outcome == OUTCOME_SENT_UP;
        cr_expect(a->outcome != OUTCOME_SENT_UP || a->granted.fen > limit.fen);
    }
}

Test(banks, units_decide_themselves_what_branches_send_up)
{
    struct units with = {0}, without = {0};
    static const char *const none[][2] = {
        {"banks.bank.authority",         "50 万"},
        {"policies.tech_branches.units", "0"     },
        {NULL,                           NULL    }
    };
    static const char *const four[][2] = {
        {"banks.bank.authority",             "50 万"  },
        {"policies.tech_branches.authority", "1000 万"},
        {NULL,                               NULL      }
    };
    watched(GROUP_tech_branches, none, 24, watch_units, &without);
    watched(GROUP_tech_branches, four, 24, watch_units, &with);
    cr_expect_gt(without.sent_up, 50);
    cr_expect_eq(without.handled_elsewhere, 0);
    cr_expect_lt(with.sent_up, without.sent_up / 3, "%lld of %lld", (long long)with.sent_up,
                 (long long)without.sent_up);
    cr_expect_gt(with.handled_elsewhere, with.small / 2, "customers of all branches are served by the units");
    cr_expect_eq(with.authority, 1000000000);
}

/* -- hours ------------------------------------------------------------------------------------------------------------------ */
enum { BRANCHES = 64 };
struct worked {
    double hours[BRANCHES]; /* of each branch this month, as the last one left them */
    int64_t rationed, effort[3];
};

static void watch_hours(struct world *w, void *context)
{
    struct worked *s = context;
    const struct region *r = w->region;
    double used[BRANCHES] = {0};
    cr_assert_leq(r->n_branches, BRANCHES);
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        cr_expect_eq(a->outcome, r->market.ruling[k].outcome);
        s->rationed += a->outcome == OUTCOME_RATIONED;
        if (a->outcome != OUTCOME_GRANTED && a->outcome != OUTCOME_DECLINED)
            continue;
        used[a->branch] += (double)a->hours;
        s->effort[a->effort_made]++;
        cr_expect_float_eq((double)a->hours, 20.0 + 40.0 * a->effort_made, 1e-4);
        struct application alone = *a, *row = &alone;
        double pd;
        screening_beliefs(r, &row, &a->effort_made, 1, &pd);
        cr_expect_eq(a->expected, alone.expected, "what was found with another effort, or of somebody else");
    }
    for (int32_t b = 0; b < r->n_branches; b++) {
        cr_expect_leq(used[b], s->hours[b] + 1e-6, "branch %d worked %g of %g hours", b, used[b], s->hours[b]);
        s->hours[b] = r->branch[b].hours;
    }
}

/* Officers who would look closer than their hours allow look less close, or handle what they can and turn others away. */
Test(banks, officers_work_no_longer_than_they_have_hours)
{
    struct worked s = {.rationed = 0};
    static const char *const few[][2] = {
        {"policies.tech_branches.units",     "0"  },
        {"credit.base_hours",                "20" },
        {"credit.effort_hours",              "40" },
        {"regions.town.banks.city.officers", "120"},
        {NULL,                               NULL }
    };
    for (int b = 0; b < BRANCHES; b++)
        s.hours[b] = 1e9; /* of the first month it is not known */
    watched(GROUP_tech_branches, few, 24, watch_hours, &s);
    cr_expect_gt(s.rationed, 50);
    cr_expect_gt(s.effort[0], 50);
    cr_expect_gt(s.effort[1] + s.effort[2], 50);
}

/* -- tolerance -------------------------------------------------------------------------------------------------------------- */
/* From the price of the bank that is strict follows its forecast, and from that the price of the tolerant one. */
static void keep_penalties(struct world *w, void *context)
{
    double *penalty = context;
    if (w->month == start - 1)
        for (int32_t b = 0; b < w->region->n_banks; b++)
            penalty[b] = w->region->bank[b].penalty;
}

Test(banks, more_tolerance_prices_the_same_forecast_lower)
{
    double strict[8] = {0}, lenient[8] = {0};
    static const char *const off[][2] = {
        {"policies.npl_tolerance.extra", "0"      },
        {"policies.npl_tolerance.from",  "2019-12"},
        {NULL,                           NULL     }
    };
    static const char *const on[][2] = {
        {"policies.npl_tolerance.extra",  "0.03"   },
        {"policies.npl_tolerance.from",   "2019-12"},
        {"policies.npl_tolerance.exempt", "0"      },
        {NULL,                            NULL     }
    };
    watched(GROUP_npl_tolerance, off, 1, keep_penalties, strict);
    watched(GROUP_npl_tolerance, on, 1, keep_penalties, lenient);
    int n = 0;
    for (int b = 0; b < 4; b++) {
        if (strict[b] <= 0.0)
            continue;
        double forecast = 0.03 * (1.0 + strict[b]), over = (forecast - 0.06) / 0.06; /* tolerance_price is 1 */
        cr_expect_float_eq(lenient[b], over > 0.0 ? over : 0.0, 0.02 * strict[b], "bank %d: %g, not %g", b, lenient[b],
                           over);
        n++;
    }
    cr_expect_gt(n, 0, "no bank is above its tolerance here");
}

/* -- lists ------------------------------------------------------------------------------------------------------------------- */
struct lists {
    int64_t promised, losing, ordinary_losing;
};

static void watch_lists(struct world *w, void *context)
{
    struct lists *s = context;
    const struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_cluster_loan);
    for (size_t j = 0; j < r->market.n && w->month >= start; j++) {
        const struct application *a = r->market.row[j];
        bool loses = a->outcome == OUTCOME_GRANTED && a->margin < 0.0f && a->replaced.fen == 0;
        if (a->flags & APPLY_PROMISED) {
            cr_expect(applicant_member(r, k, a) || r->enterprises.status[a->row] != ACTIVE);
            cr_expect(a->outcome != OUTCOME_REFUSED || a->granted.fen < 20000000, "a promise was broken");
            s->promised++;
            s->losing += loses;
        } else {
            s->ordinary_losing += loses;
        }
    }
}

Test(banks, that_took_a_list_refuse_nobody_on_it)
{
    struct lists s = {0};
    watched(GROUP_cluster_loan, NULL, 36, watch_lists, &s);
    cr_expect_gt(s.promised, 50);
    cr_expect_gt(s.losing, 0, "nobody on the list was a loss");
    cr_expect_eq(s.ordinary_losing, 0);
}

/* -- relending ---------------------------------------------------------------------------------------------------------------- */
struct refinanced {
    double share, quota;
    int64_t owed_last, months;
};

static void watch_relending(struct world *w, void *context)
{
    struct refinanced *s = context;
    const struct region *r = w->region;
    int64_t loans[8] = {0}, all = 0, owed = 0;
    if (w->month < start)
        s->owed_last = -r->balance[ACCOUNT_RELENDING];
    if (w->month < start)
        return;
    for (size_t k = 0; k < r->loans.n; k++)
        if ((r->loans.flags[k] & LOAN_REFINANCED) && (r->loans.flags[k] & (LOAN_ENDED | LOAN_NPL)) == 0)
            loans[r->loans.bank[k]] += r->loans.balance[k].fen;
    for (int32_t b = 0; b < r->n_banks; b++)
        all += loans[b];
    double met = s->share * (double)all > s->quota * 100.0 ? s->quota * 100.0 / (s->share * (double)all) : 1.0;
    for (int32_t b = 0; b < r->n_banks; b++) {
        cr_expect_float_eq((double)r->bank[b].relent.fen, s->share * met * (double)loans[b], 2.0);
        owed += r->bank[b].relent.fen;
    }
    cr_expect_eq(r->balance[ACCOUNT_RELENDING], -owed);
    cr_expect_float_eq((double)r->total.flow[FLOW_RELENDING_INTEREST], (double)s->owed_last * 0.005 / 12.0, 4.0);
    s->owed_last = owed;
    s->months += owed > 0;
}

Test(banks, owe_the_central_bank_its_share_of_what_they_refinance)
{
    struct refinanced s = {0.6, 1e13, 0, 0}, tight = {0.6, 300000.0, 0, 0};
    static const char *const quota[][2] = {
        {"policies.relending.quota", "300000"},
        {NULL,                       NULL    }
    };
    watched(GROUP_relending, NULL, 24, watch_relending, &s);
    watched(GROUP_relending, quota, 24, watch_relending, &tight);
    cr_expect_gt(s.months, 20);
    cr_expect_gt(tight.months, 20);
    cr_expect_leq(tight.owed_last, 30000004);
    cr_expect_gt(s.owed_last, 2 * tight.owed_last);
}

/* -- volume subsidy and targets ------------------------------------------------------------------------------------------------ */
struct volumes {
    enum group group;
    int64_t lent[8], last[8], checked;
};

/* New lending as the market leaves it, month by month. */
static void add_lending(const struct region *r, struct volumes *s)
{
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->outcome == OUTCOME_GRANTED)
            s->lent[a->bank] += application_more(a).fen;
    }
}

static void watch_volumes(struct world *w, void *context)
{
    struct volumes *s = context;
    const struct region *r = w->region;
    int32_t line = lab_line(r, s->group);
    if (w->month < start)
        return;
    int64_t due = 0;
    if (w->month % 12 == 0) { /* claims are made before the month's lending */
        for (int32_t b = 0; b < r->n_banks; b++) {
            s->last[b] = s->lent[b];
            s->lent[b] = 0;
            due += money_scale(FEN(s->last[b]), 0.01).fen;
        }
        if (s->group == GROUP_volume_subsidy && w->month > start) {
            cr_expect_eq(r->line[line].asked.fen, due);
            cr_expect_gt(due, 0);
            s->checked++;
        }
    }
    add_lending(r, s);
    if (s->group == GROUP_credit_targets && w->month % 12 == 11 && w->month > start + 12) {
        for (int32_t b = 0; b < r->n_banks; b++) {
            double missing = 1.2 * (double)s->last[b] - (double)s->lent[b];
            due += missing > 0.0 ? (int64_t)(0.02 * missing + 0.5) : 0;
        }
        cr_expect_float_eq((double)r->total.flow[FLOW_TARGET_MISSED], (double)due, 4.0);
        s->checked++;
    }
}

Test(banks, are_paid_a_hundredth_of_what_they_newly_granted_the_year_before)
{
    struct volumes s = {.group = GROUP_volume_subsidy};
    static const char *const rich[][2] = {
        {"policies.volume_subsidy.budget", "1 亿"  },
        {"policies.volume_subsidy.from",   "2020-01"},
        {NULL,                             NULL     }
    };
    watched(GROUP_volume_subsidy, rich, 37, watch_volumes, &s);
    cr_expect_eq(s.checked, 3);
}

Test(banks, pay_for_what_they_stay_short_of_their_target)
{
    struct volumes s = {.group = GROUP_credit_targets};
    static const char *const from[][2] = {
        {"policies.credit_targets.from", "2020-01"},
        {NULL,                           NULL     }
    };
    watched(GROUP_credit_targets, from, 36, watch_volumes, &s);
    cr_expect_eq(s.checked, 2);
}
