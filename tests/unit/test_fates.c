/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to each enterprise: strata by hand, and a world against itself. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/fates.h>
#include <string.h>

static const int32_t horizon[FATE_HORIZONS] = {6, 12, 0};
static struct fates a, b;
static struct sample rows;

static void init(void)
{
    a = b = (struct fates){0};
    rows = (struct sample){0};
}

static void end(void)
{
    fates_free(&a);
    fates_free(&b);
    sample_free(&rows);
}
TestSuite(fates, .init = init, .fini = end);

/* Sum of one column over the rows of a horizon, outcome and stratum (stratum < 0: all). */
static int64_t sum(int column, int32_t months, int outcome, int stratum)
{
    int64_t total = 0;
    for (size_t k = 0; k < rows.n; k += FATE_COLUMNS) {
        const union cell *row = rows.cell + k;
        if (row[2].i == months && row[3].i == outcome && (stratum < 0 || row[4].i == stratum))
            total += row[column].i;
    }
    return total;
}

struct watching {
    struct fates *fates;
    int32_t start;
};

static void watch(struct world *w, void *context)
{
    const struct watching *x = context;
    if (w->month + 1 == x->start)
        cr_assert_eq(fates_begin(x->fates, w), OK);
    else if (w->month + 1 > x->start)
        fates_month(x->fates, w, horizon);
}

static void live(struct fates *f, double share, int compact_every)
{
    struct lab lab;
    struct lab_run run;
    struct watching watching = {f, 2020 * 12};
    lab_town(&lab);
    lab_policy(&lab, GROUP_risk_pool);
    char text[32];
    snprintf(text, sizeof text, "%g", share);
    lab_set(&lab, "regions.town.policies.risk_pool.share @ 2020-01", text);
    lab_go(&run, &lab,
           (struct lab_options){.months = 12, .compact_every = compact_every, .hook = watch, .context = &watching});
    lab_end(&run);
}

Test(fates, in_a_world_against_itself_nobody_is_additional_or_displaced)
{
    live(&a, 0.5, 12);
    live(&b, 0.5, 1); /* no compaction shows */
    cr_assert_eq(fates_join(&rows, &a, &b, 3, 0, horizon), OK);
    for (int h = 0; h < 2; h++)
        for (int o = 0; o < N_FATE_OUTCOMES; o++) {
            int64_t same = sum(6, horizon[h], o, FATE_NEVER) + sum(6, horizon[h], o, FATE_DEADWEIGHT);
            cr_assert_eq(same, sum(6, horizon[h], o, -1));
            cr_assert(same == (int64_t)a.n || (o == FATE_PATENTS && same < (int64_t)a.n));
            cr_assert_eq(sum(7, horizon[h], o, -1), sum(8, horizon[h], o, -1));
        }
    cr_assert(a.n > 300 && sum(6, 12, FATE_CREDIT, FATE_DEADWEIGHT) > 20 && sum(6, 12, FATE_SURVIVAL, FATE_NEVER) > 10);
    cr_assert(sum(9, 12, FATE_CREDIT, -1) > 0);
    cr_assert_eq(rows.cell[0].i, 3);
}

Test(fates, of_another_policy_fill_every_stratum_and_nobody_is_lost)
{
    live(&a, 0.0, 12);
    live(&b, 0.8, 12);
    cr_assert_eq(a.n, b.n);
    cr_assert_eq(fates_join(&rows, &a, &b, 0, 0, horizon), OK);
    int64_t alive[2] = {0, 0};
    for (size_t k = 0; k < a.n; k++) {
        alive[0] += a.fate[k].at[1].alive;
        alive[1] += b.fate[k].at[1].alive;
    }
    cr_assert_eq(sum(6, 12, FATE_CREDIT, -1), (int64_t)a.n);
    cr_assert_eq(sum(6, 12, FATE_SURVIVAL, -1), (int64_t)a.n);
    cr_assert_eq(sum(6, 12, FATE_SURVIVAL, FATE_ADDITIONAL) - sum(6, 12, FATE_SURVIVAL, FATE_DISPLACED),
                 alive[1] - alive[0]);
    cr_assert_eq(sum(6, 12, FATE_PATENTS, -1), sum(6, 12, FATE_SURVIVAL, FATE_DEADWEIGHT));
    cr_assert(sum(6, 12, FATE_CREDIT, FATE_ADDITIONAL) + sum(6, 12, FATE_CREDIT, FATE_DISPLACED) > 0);
}

/* The first enterprise of both worlds, set by hand; the rest are as at the start. */
static void expect(struct fate base, struct fate variant, enum fate_stratum want)
{
    a.fate[0].first = base.first;
    a.fate[0].bank = base.bank;
    a.fate[0].at[0].credit = base.credit;
    b.fate[0].first = variant.first;
    b.fate[0].bank = variant.bank;
    b.fate[0].at[0].credit = variant.credit;
    rows.n = 0;
    cr_assert_eq(fates_join(&rows, &a, &b, 0, 0, horizon), OK);
    for (int s = FATE_ADDITIONAL; s < N_FATE_STRATA; s++)
        cr_assert_eq(sum(6, 6, FATE_CREDIT, s), s == (int)want, "stratum %d, not %d", s, (int)want);
    cr_assert_eq(sum(8, 6, FATE_CREDIT, (int)want), variant.credit);
}

Test(fates, are_told_apart_by_who_got_credit_when_from_whom_and_how_much)
{
    live(&a, 0.5, 12);
    live(&b, 0.5, 12);
    for (size_t k = 0; k < a.n; k++)
        a.fate[k].at[0] = b.fate[k].at[0] = (struct fate_state){.alive = true};
    const struct fate none = {.credit = 0}, plain = {.first = 24240, .bank = 2, .credit = 1000};
    struct fate other = plain;
    expect(none, none, FATE_NEVER);
    expect(none, plain, FATE_ADDITIONAL);
    expect(plain, none, FATE_DISPLACED);
    expect(plain, plain, FATE_DEADWEIGHT);
    other.credit = 1010;
    expect(plain, other, FATE_DEADWEIGHT);
    other.credit = 1011;
    expect(plain, other, FATE_MORE);
    other.credit = 989;
    expect(plain, other, FATE_LESS);
    other.bank = 3;
    expect(plain, other, FATE_SWITCHED);
    other.first = 24239;
    expect(plain, other, FATE_SOONER);
    expect(other, plain, FATE_LATER);
}

/* The first enterprise of both worlds, by the highest board it has been on and the month in which it came on the first. */
static void expect_listed(uint8_t base, int32_t in_base, uint8_t variant, int32_t in_variant, enum fate_stratum want)
{
    a.fate[0].at[0].board = base;
    a.fate[0].listed = in_base;
    b.fate[0].at[0].board = variant;
    b.fate[0].listed = in_variant;
    rows.n = 0;
    cr_assert_eq(fates_join(&rows, &a, &b, 0, 0, horizon), OK);
    for (int s = FATE_ADDITIONAL; s < N_FATE_STRATA; s++)
        cr_expect_eq(sum(6, 6, FATE_LISTING, s), s == (int)want, "stratum %d, not %d", s, (int)want);
    cr_expect_eq(sum(6, 6, FATE_LISTING, FATE_NEVER), (int64_t)a.n - (want != FATE_NEVER));
    cr_expect_eq(sum(7, 6, FATE_LISTING, -1), base > 0);
    cr_expect_eq(sum(8, 6, FATE_LISTING, -1), variant > 0);
}

Test(fates, of_listing_are_told_apart_by_the_first_month_and_the_highest_board)
{
    live(&a, 0.5, 12);
    live(&b, 0.5, 12);
    expect_listed(0, 0, 0, 0, FATE_NEVER);
    expect_listed(0, 24243, 3, 24242, FATE_ADDITIONAL); /* in the base, too, but behind the horizon */
    expect_listed(2, 24242, 0, 0, FATE_DISPLACED);
    expect_listed(2, 24242, 2, 24242, FATE_DEADWEIGHT);
    expect_listed(2, 24242, 3, 24242, FATE_MORE);
    expect_listed(3, 24242, 2, 24242, FATE_LESS);
    expect_listed(2, 24242, 3, 24241, FATE_SOONER);
    expect_listed(2, 24242, 3, 24243, FATE_LATER);
}
