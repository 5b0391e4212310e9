/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chamber that all belong to: dues by size, hours of advice, certificates, to the fen and the bit. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <string.h>

static const int32_t start = 2020 * 12;
enum { ROWS_MOST = 40000 };

static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"policies.chamber.enabled",   "true" },
        {"policies.chamber.dues_base", "500"  },
        {"policies.chamber.dues_rate", "0.001"},
        {"policies.chamber.auc",       "0.2"  },
        {NULL,                         NULL   },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

struct seen {
    size_t n;
    float literacy[ROWS_MOST];
    double hours;
    int64_t cash, learnt, certified, paid;
};

/* Each who was a member and older than two years owes his dues; who has no money pays less. */
static void check_dues(struct seen *s, struct world *w)
{
    struct region *r = w->region;
    struct rows rows = lab_rows(w);
    int32_t k = lab_line(r, GROUP_chamber);
    int64_t owed = 0;
    for (uint32_t i = 0; i < r->enterprises.n; i++) {
        const struct enterprises *e = &r->enterprises;
        int64_t dues =
            w->month - e->founded[i] <= 24 ? 0 : 50000 + money_round(0.001 * (double)e->sales[i] * 100.0).fen;
        cr_expect_eq(chamber.levy(&rows, i, k).fen, dues);
        owed += e->status[i] == ACTIVE ? dues : 0;
    }
    cr_expect_gt(lab_flow(r, FLOW_CHAMBER_DUES), owed / 2);
    s->paid += lab_flow(r, FLOW_CHAMBER_DUES);
}

/* What the hours of last year taught, booked in January. */
static void check_literacy(struct seen *s, const struct region *r)
{
    for (size_t i = 0; i < s->n; i++) {
        bool was_member = r->month - 1 - r->enterprises.founded[i] >= r->enterprises.registration[i];
        if (r->enterprises.status[i] != ACTIVE || !was_member)
            continue;
        double before = (double)s->literacy[i];
        float now = s->literacy[i] + (float)(s->hours * 0.004 * (1.0 - before));
        s->learnt += now > s->literacy[i];
        cr_expect_eq(r->enterprises.literacy[i], now);
    }
}

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    const struct line *line = &r->line[lab_line(r, GROUP_chamber)];
    if (w->month > start && w->month % 12 == 0) {
        check_dues(s, w);
        check_literacy(s, r);
        int64_t had = s->cash + lab_flow(r, FLOW_CHAMBER_DUES);
        cr_expect_eq(lab_flow(r, FLOW_CHAMBER_ADVICE), money_scale(FEN(had), 0.5).fen);
    }
    cr_expect_eq(line->dues.fen - s->cash, lab_flow(r, FLOW_CHAMBER_DUES) - lab_flow(r, FLOW_CHAMBER_ADVICE) -
                                               lab_flow(r, FLOW_CHAMBER_CERTIFICATES) - lab_flow(r, FLOW_CHAMBER_COST));
    cr_expect_eq(lab_flow(r, FLOW_CHAMBER_CERTIFICATES), 200000 * (int64_t)line->served);
    cr_expect_geq(line->dues.fen, 0);
    s->certified += line->served;
    s->cash = line->dues.fen;
    s->hours = line->kept;
    cr_assert_lt(r->enterprises.n, ROWS_MOST);
    s->n = r->enterprises.n;
    if (s->n > 0)
        memcpy(s->literacy, r->enterprises.literacy, s->n * sizeof *s->literacy);
}

Test(chamber, takes_dues_by_size_and_spends_them_on_advice_and_certificates)
{
    static struct seen s;
    struct lab lab;
    struct lab_run run;
    town(&lab, NULL);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = 0, .hook = watch, .context = &s});
    for (int32_t m = 0; m < 36; m++)
        cr_expect_eq(lab_int(&run, "members", m, -1), lab_int(&run, "enterprises", m, -1));
    cr_expect_gt(s.paid, 0);
    cr_expect_gt(s.learnt, 100, "%lld, %g hours", (long long)s.learnt, s.hours);
    cr_expect_gt(s.certified, 50);
    lab_end(&run);
}

/* A certificate: the precision of its AUC, the same all year, of who applies anew. */
static void watch_certificate(struct world *w, void *context)
{
    int64_t *n = context;
    struct region *r = w->region;
    int32_t k = lab_line(r, GROUP_chamber);
    for (uint32_t i = 0; w->month >= start && i < r->enterprises.n && i < 20; i++) {
        struct identity who[BLOCKS];
        double error[BLOCKS];
        for (int j = 0; j < BLOCKS; j++)
            who[j] = enterprise_identity(&r->enterprises, i);
        cr_expect_float_eq(chamber.look(w, r, k, who, error), precision_of_auc(0.7), 1e-12);
        n[0]++;
    }
}

Test(chamber, certificate_has_the_precision_of_its_auc)
{
    int64_t n = 0;
    struct lab lab;
    struct lab_run run;
    town(&lab, NULL);
    lab_watch(&run, &lab, 3, watch_certificate, &n);
    cr_expect_gt(n, 20);
    lab_end(&run);
}

static double mean_literacy(const struct region *r)
{
    double sum = 0.0, n = 0.0;
    for (size_t i = 0; i < r->enterprises.n; i++)
        if (r->enterprises.status[i] == ACTIVE) {
            sum += (double)r->enterprises.literacy[i];
            n += 1.0;
        }
    return sum / n;
}

/* Dues take cash from who has little, and kill; what they buy is knowledge, and only where it is bought. */
Test(chamber, dues_alone_kill_and_only_advice_teaches)
{
    int64_t failed[3];
    double knows[3];
    static const char *const rate[] = {"0", "0.01", "0.01"}, *const advice[] = {"0", "0", "1"};
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        const struct lab_value values[] = {
            {"policies.chamber.dues_base", "0"      },
            {"policies.chamber.dues_rate", rate[k]  },
            {"policies.chamber.advice",    advice[k]},
            {"policies.chamber.auc",       "0"      },
            {NULL,                         NULL     }
        };
        town(&lab, values);
        lab_go(&run, &lab, (struct lab_options){.months = 60, .compact_every = -1});
        failed[k] = lab_sum(&run, "failures", -1);
        knows[k] = mean_literacy(run.world.region);
        lab_end(&run);
    }
    cr_expect_gt(failed[1], failed[0], "%lld after %lld", (long long)failed[1], (long long)failed[0]);
    cr_expect_gt(knows[2], knows[1] + 0.01, "%g after %g", knows[2], knows[1]);
}
