/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever is asked whether he would take part answers the same alone, in a list, and with all rows beside him. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <stdio.h>
#include <string.h>

struct answers {
    int64_t yes, no;
};

static void ask(const struct rows *t, int32_t k, size_t first, const uint16_t *row, uint32_t n, uint8_t *mark)
{
    struct asked a = {.t = t, .k = k, .n = n, .first = first, .row = row, .mark = mark};
    memset(mark, 0, ASKED_TOGETHER);
    memset(mark, 1, n);
    asked_begins(&a);
    instrument_of(t->r, k)->eligible(&a);
}

static void ask_instance(const struct rows *t, int32_t k, uint32_t first, uint32_t n, struct answers *s)
{
    uint8_t beside[ASKED_TOGETHER], listed[ASKED_TOGETHER], alone[ASKED_TOGETHER];
    uint16_t list[ASKED_TOGETHER], half = 0;
    for (uint16_t j = 1; j < n; j += 2)
        list[half++] = j;
    ask(t, k, first, NULL, n, beside);
    ask(t, k, first, list, half, listed);
    for (uint32_t j = 0; j < n; j++) {
        ask(t, k, first + j, NULL, 1, alone);
        cr_expect_eq(beside[j], alone[0], "%s, row %u", instrument_of(t->r, k)->name, first + j);
        if (j % 2 == 1)
            cr_expect_eq(listed[j / 2], alone[0], "%s, row %u", instrument_of(t->r, k)->name, first + j);
        s->yes += alone[0];
        s->no += !alone[0];
    }
}

static void ask_all(struct world *w, void *context)
{
    struct rows t = lab_rows(w);
    if (w->month % 12 != 5)
        return;
    for (int32_t k = 0; k < t.r->n_instances; k++)
        for (uint32_t from = 0; instrument_of(t.r, k)->eligible != NULL && from < t.e->n && from < TILE;
             from += ASKED_TOGETHER) {
            uint32_t n = (uint32_t)t.e->n - from;
            ask_instance(&t, k, from, n < ASKED_TOGETHER ? n : ASKED_TOGETHER, context);
        }
}

Test(asked, rows_that_are_asked_together_answer_as_each_does_alone)
{
    struct answers s = {0};
    struct lab lab;
    struct lab_run run;
    lab_young_town(&lab);
    lab_watch(&run, &lab, 24, ask_all, &s);
    cr_expect(s.yes > 1000 && s.no > 1000, "%lld, %lld", (long long)s.yes, (long long)s.no);
    lab_end(&run);
}

/* What a row that is asked among others knows is what it knows when planning asks it alone. */
static void ask_knowing(struct world *w, void *context)
{
    int64_t *known = context;
    struct rows t = lab_rows(w);
    for (uint32_t from = 0; from < t.e->n; from += ASKED_TOGETHER) {
        uint32_t n = t.e->n - from < ASKED_TOGETHER ? (uint32_t)t.e->n - from : ASKED_TOGETHER;
        for (int32_t product = 1; product < 40; product += 7) {
            uint8_t mark[ASKED_TOGETHER] = {0};
            struct asked a = {.t = &t, .n = n, .first = from, .mark = mark};
            for (uint32_t j = 0; j < n; j++)
                mark[j] = j % 3 != 0;
            asked_begins(&a);
            asked_knows(&a, product);
            for (uint32_t j = 0; j < n; j++) {
                t.s->asked_row = UINT32_MAX;
                t.s->at = NOT_LISTED;
                cr_expect_eq(mark[j], j % 3 != 0 && enterprise_knows(&t, from + j, product));
                known[mark[j]]++;
            }
        }
    }
}

Test(asked, rows_know_together_what_each_knows_alone)
{
    int64_t known[2] = {0};
    struct lab lab;
    struct lab_run run;
    lab_young_town(&lab);
    lab_watch(&run, &lab, 2, ask_knowing, known);
    cr_expect(known[0] > 1000 && known[1] > 1000, "%lld, %lld", (long long)known[0], (long long)known[1]);
    lab_end(&run);
}

/* What one instrument does for those who have just joined another. */
struct followed {
    enum group first, then;
    int64_t members;
};

static void follow(struct world *w, void *context)
{
    struct followed *s = context;
    struct rows t = lab_rows(w);
    int32_t first = lab_line(t.r, s->first), then = lab_line(t.r, s->then);
    for (uint32_t i = 0; i < t.e->n; i++) {
        if (t.e->status[i] != ACTIVE)
            continue;
        cr_expect_eq(enterprise_member(t.e, i, then), enterprise_member(t.e, i, first), "row %u", i);
        s->members += enterprise_member(t.e, i, then);
    }
}

static void check_followed(struct lab *lab, struct followed s)
{
    struct lab_run run;
    lab_watch(&run, lab, 16, follow, &s);
    cr_expect_gt(s.members, 1000);
    lab_end(&run);
}

Test(asked, who_joins_what_informs_him_knows_in_the_same_review)
{
    struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "founders.literacy", "0");
    lab_set(&lab, "founders.literacy_spread", "0");
    lab_set(&lab, "policies.interest_subsidy.enabled @ 2020-07", "true"); /* who is asked before */
    lab_set(&lab, "policies.platform.enabled @ 2020-07", "true");
    lab_set(&lab, "policies.platform.mandate", "true");
    lab_set(&lab, "policies.platform.awareness", "1");
    lab_set(&lab, "policies.pledges.enabled @ 2020-07", "true");
    check_followed(&lab, (struct followed){.first = GROUP_platform, .then = GROUP_pledges});
}

Test(asked, who_joins_the_register_takes_part_in_the_same_review_in_what_is_for_the_registered)
{
    struct lab lab;
    lab_town(&lab);
    lab_set(&lab, "policies.tech_register.enabled @ 2020-07", "true");
    lab_set(&lab, "policies.platform.enabled @ 2020-07", "true");
    lab_set(&lab, "policies.platform.mandate", "true");
    lab_set(&lab, "policies.platform.registered_only", "true");
    check_followed(&lab, (struct followed){.first = GROUP_tech_register, .then = GROUP_platform});
}

/* More instances with places than bits of a word of candidates: incubators, the k-th with k + 2 places. */
enum { PARKS = 20 };
static void count_places(struct world *w, void *context)
{
    int64_t *most = context;
    struct rows t = lab_rows(w);
    for (int32_t k = 0; k < t.r->n_instances; k++) {
        int64_t members = 0;
        for (uint32_t i = 0; t.r->line[k].group == GROUP_incubators && i < t.e->n; i++)
            members += t.e->status[i] == ACTIVE && enterprise_member(t.e, i, k);
        int64_t *here = &most[t.r->line[k].instance];
        if (t.r->line[k].group == GROUP_incubators)
            *here = members > *here ? members : *here;
    }
}

Test(places, are_dealt_by_each_of_many_instances_as_many_as_it_has)
{
    int64_t most[PARKS + 1] = {0};
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    for (int k = 0; k < PARKS; k++) {
        char key[64];
        snprintf(key, sizeof key, "policies.incubators.park_%02d.enabled", k);
        lab_set(&lab, key, "true");
        snprintf(key, sizeof key, "policies.incubators.park_%02d.capacity", k);
        lab_number(&lab, key, k + 2);
    }
    lab_watch(&run, &lab, 4, count_places, most);
    cr_assert_eq(run.world.region[0].layout->count[GROUP_incubators], PARKS);
    for (int k = 0; k < PARKS; k++)
        cr_expect_eq(most[k], k + 2, "%d: %lld", k, (long long)most[k]);
    lab_end(&run);
}
