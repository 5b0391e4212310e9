/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments over runs: a hand-worked example, and the same figures however little room there is. */
#include "result_fixture.h"
#include <criterion/criterion.h>
#include <liandong/moments.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 71 };

/* 1 2 3 4 10: mean 4, squares 9 4 1 0 36 over 4; the 5 % point lies 0.2 of the way from 1 to 2, the 95 % one 0.8 from 4 to 10. */
Test(moments, of_five_numbers_are_those_worked_by_hand)
{
    double value[] = {10.0, 1.0, 4.0, 2.0, 3.0};
    struct moments m = moments_of(value, 5);
    cr_assert_float_eq(m.mean, 4.0, 1e-15);
    cr_assert_float_eq(m.sd, sqrt(12.5), 1e-15);
    const double want[MOMENTS_QUANTILES] = {1.2, 2.0, 3.0, 4.0, 8.8};
    for (int q = 0; q < MOMENTS_QUANTILES; q++)
        cr_assert_float_eq(m.quantile[q], want[q], 1e-14, "%g", m.quantile[q]);
}

Test(moments, of_one_run_have_no_spread)
{
    double value[] = {7.0};
    struct moments m = moments_of(value, 1);
    cr_assert_eq(m.mean, 7.0);
    cr_assert(isnan(m.sd));
    cr_assert_eq(m.quantile[0], 7.0);
}

struct kept {
    uint64_t next;
    struct moments m[4096];
};

static void keep(void *to, uint64_t cell, const struct moments *m)
{
    struct kept *k = to;
    cr_assert_eq(cell, k->next);
    cr_assert(cell < 4096);
    k->m[k->next++] = *m;
}

Test(moments, are_the_same_read_at_once_and_cell_by_cell)
{
    static struct kept whole, piece;
    struct fake fake;
    struct result_summary summary;
    struct result r;
    struct diag diag;
    char path[64], side[80];
    const size_t room[] = {MOMENTS_ROOM, 0, RUNS * sizeof(double) * 7};
    diag_init(&diag);
    snprintf(path, sizeof path, "/tmp/liandong-moments-%d.h5", (int)getpid());
    snprintf(side, sizeof side, "%s.sha256", path);
    fake_init(&fake, RUNS);
    cr_assert_eq(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &diag), OK);
    cr_assert_eq(result_open(&r, path, &diag), OK);
    for (int k = 0; k < 3; k++) {
        struct kept *to = k == 0 ? &whole : &piece;
        to->next = 0;
        const struct result_variable *v = result_find(&r, "loans_outstanding");
        cr_assert_not_null(v);
        cr_assert_eq(moments_read(&r, v, room[k], keep, to, &diag), OK);
        cr_assert_eq(to->next, v->width);
        cr_assert_eq(memcmp(to->m, whole.m, v->width * sizeof whole.m[0]), 0);
    }
    cr_assert(whole.m[3].sd > 0.0);
    result_close(&r);
    unlink(path);
    unlink(side);
    fake_free(&fake);
    diag_free(&diag);
}
