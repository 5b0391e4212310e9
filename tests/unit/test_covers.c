/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of covers beside that of claims: each claim keeps its own, whichever come with it and whichever leave. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/engine.h>
#include <liandong/month.h>
#include <string.h>

enum { NUMBERS = 20000, MONTHS = 48 };
struct watch {
    int64_t mark[NUMBERS]; /* by number of the claim: what its covers were when it was filed */
    int64_t seen, longer, shorter, left;
    bool copies;
};

/* A second pool comes in the middle: chains of two covers among claims of one, and no two covers decide alike. */
static void town_with_a_pool_that_comes_later(struct lab *lab)
{
    lab_two_pools(lab);
    lab_set_of(lab, "risk_pool.city", "delay", "3");
    lab_set_of(lab, "risk_pool.district", "delay", "7");
    lab_set_of(lab, "risk_pool.district", "from", "2021-06");
    lab_set(lab, "regions.town.founders.per_month", "120");
}

/* Bearers and months of decision: fixed when a claim is filed. */
static int64_t mark_of(const struct claims *c, const struct claim *row)
{
    int64_t mark = 1;
    for (int32_t k = 0; k < row->n_covers; k++)
        mark = 100000 * mark + 10 * covers_of(c, row)[k].decide + covers_of(c, row)[k].bearer;
    return mark;
}

static void look_at_covers(struct world *w, void *context)
{
    struct watch *s = context;
    if (s->copies && w->month % 5 == 0)
        lab_go_on_in_a_copy(w);
    const struct region *r = w->region;
    const struct claims *c = &r->claims;
    size_t covers = 0;
    for (size_t k = 0; k < c->n; k++) {
        const struct claim *row = &c->row[k];
        cr_assert_lt(row->number, NUMBERS);
        cr_assert_eq(row->covers, covers, "claim %zu of %zu in month %d", k, c->n, (int)w->month);
        covers += row->n_covers;
        for (int32_t j = 0; j < row->n_covers; j++)
            cr_expect_eq(covers_of(c, row)[j].bearer, r->chain[row->chain].cover[j].bearer);
        int64_t *mark = &s->mark[row->number];
        *mark = *mark == 0 ? mark_of(c, row) : *mark;
        cr_expect_eq(*mark, mark_of(c, row), "covers of claim %u", (unsigned)row->number);
        s->longer += row->n_covers == 2;
        s->shorter += row->n_covers == 1;
        s->seen++;
    }
    cr_assert_eq(c->covers.n, covers);
    s->left = (int64_t)c->next_number - (int64_t)c->n;
}

Test(covers, stay_with_their_claim_when_others_leave_longer_chains_come_and_a_copy_goes_on)
{
    static struct watch s[3];
    static const int compact_every[3] = {0, 1, 5};
    char digest[3][SHA256_TEXT];
    for (int k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        s[k].copies = k == 2;
        town_with_a_pool_that_comes_later(&lab);
        lab_go(&run, &lab,
               (struct lab_options){
                   .months = MONTHS, .compact_every = compact_every[k], .hook = look_at_covers, .context = &s[k]});
        lab_digest(&run, 0, MONTHS, digest[k]);
        lab_end(&run);
        cr_expect(s[k].longer > 100 && s[k].shorter > 100, "%lld of two covers, %lld of one", (long long)s[k].longer,
                  (long long)s[k].shorter);
        cr_expect_str_eq(digest[k], digest[0]);
    }
    cr_expect_eq(s[0].left, 0);
    cr_expect_gt(s[1].left, 20, "only %lld claims left", (long long)s[1].left);
}

/* -- what instruments look at in the month in which it is closed ------------------------------------------------------------- */
struct closing {
    bool closed[NUMBERS], shown[NUMBERS]; /* by number: a month ago; now, to who looks at claims */
    int64_t seen;
};

static void look_at_what_closes(struct world *w, void *context)
{
    struct closing *s = context;
    const struct claims *c = &w->region[0].claims;
    memset(s->shown, 0, sizeof s->shown);
    for (size_t j = 0; j < claims_at_most(c); j++) {
        const struct claim *row = claim_at(c, j);
        if (row != NULL)
            s->shown[row->number] = true;
    }
    for (size_t k = 0; k < c->n; k++) {
        const struct claim *row = &c->row[k];
        bool closed = row->state == CLAIM_CLOSED;
        cr_assert_lt(row->number, NUMBERS);
        if (!closed || !s->closed[row->number])
            cr_expect(s->shown[row->number], "claim %u in month %d", (unsigned)row->number, (int)w->month);
        s->seen += closed && !s->closed[row->number];
        s->closed[row->number] = closed;
    }
}

Test(claims, are_shown_to_instruments_while_they_are_open_and_in_the_month_in_which_they_close)
{
    static struct closing s;
    struct lab lab;
    struct lab_run run;
    town_with_a_pool_that_comes_later(&lab);
    lab_go(&run, &lab,
           (struct lab_options){.months = MONTHS, .compact_every = 6, .hook = look_at_what_closes, .context = &s});
    lab_end(&run);
    cr_expect_gt(s.seen, 20, "only %lld claims were closed", (long long)s.seen);
}
