/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures: what is understood, where an error stands, and values against the same sums by hand. */
#include "result_fixture.h"
#include <criterion/criterion.h>
#include <liandong/expression.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 5, WINDOW = 3 };
static const char *const series[] = {"enterprises", "npl_ratio", "loans_outstanding"};
static char path[64], side[80];
static struct fake fake;
static struct diag diag;
static struct result r;
static struct expression e;
static union cell *enterprises, *loans, *ratio; /* [run][month][region][member] */

static union cell *all(const char *name)
{
    const struct result_variable *v = result_find(&r, name);
    union cell *cells = calloc(RUNS * v->width, sizeof *cells);
    cr_assert_eq(result_read(&r, v, 0, RUNS, cells, &diag), OK);
    return cells;
}

static void setup(void)
{
    struct result_summary summary;
    snprintf(path, sizeof path, "/tmp/liandong-expression-%d.h5", (int)getpid());
    snprintf(side, sizeof side, "%s.sha256", path);
    diag_init(&diag);
    fake_init(&fake, RUNS);
    cr_assert_eq(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &diag), OK);
    cr_assert_eq(result_open(&r, path, &diag), OK);
    enterprises = all("enterprises");
    loans = all("loans_outstanding");
    ratio = all("npl_ratio");
}

static void teardown(void)
{
    free(enterprises);
    free(loans);
    free(ratio);
    result_close(&r);
    unlink(path);
    unlink(side);
    fake_free(&fake);
    diag_free(&diag);
}
TestSuite(expression, .init = setup, .fini = teardown);

static enum status read_it(const char *text)
{
    return expression_read(&e, text, (struct place){"--expr", 1, 1}, series, 3, &diag);
}

static void expect(const char *text, uint32_t run, double want)
{
    double value[RUNS], below[RUNS];
    cr_assert_eq(read_it(text), OK, "%s", text);
    cr_assert_eq(expression_values(&e, &r, WINDOW, value, below, &diag), OK, "%s", text);
    cr_assert_float_eq(value[run], want, 1e-9 * fabs(want) + 1e-12, "%s: %.17g, not %.17g", text, value[run], want);
}

static double sum(const union cell *cells, uint32_t run, int32_t from, int32_t to, int32_t members, int32_t member)
{
    double total = 0.0;
    for (int32_t t = from; t < to; t++)
        for (int32_t g = 0; g < FAKE_REGIONS; g++)
            for (int32_t k = 0; k < members; k++)
                if (member < 0 || member == k)
                    total +=
                        (double)
                            cells[((run * FAKE_MONTHS + (uint32_t)t) * FAKE_REGIONS + (uint32_t)g) * (uint32_t)members +
                                  (uint32_t)k]
                                .i;
    return total;
}

Test(expression, takes_sums_ends_and_means_of_a_series_by_run)
{
    for (uint32_t run = 0; run < RUNS; run++) {
        expect("x = total(enterprises)", run, sum(enterprises, run, 0, FAKE_MONTHS, FAKE_STAGES, -1));
        expect("last(enterprises)", run, sum(enterprises, run, FAKE_MONTHS - 1, FAKE_MONTHS, FAKE_STAGES, -1));
        expect("end(enterprises)", run, sum(enterprises, run, WINDOW - 1, WINDOW, FAKE_STAGES, -1));
        expect("mean(enterprises.startup)", run, sum(enterprises, run, 0, WINDOW, FAKE_STAGES, 1) / WINDOW);
        expect("total(loans_outstanding)", run, 0.01 * sum(loans, run, 0, FAKE_MONTHS, FAKE_BANKS, -1));
    }
    double shares = 0.0;
    for (int k = 0; k < FAKE_REGIONS; k++)
        shares += ratio[(2 * FAKE_MONTHS + WINDOW - 1) * FAKE_REGIONS + k].d / FAKE_REGIONS;
    expect("end(npl_ratio)", 2, shares);
}

Test(expression, reckons_as_one_does_on_paper)
{
    expect("2 + 3 * 4 - 6 / 3", 0, 12.0);
    expect("-(2 + 3) * -2", 1, 10.0);
    expect("10 - 4 - 3", 2, 3.0);
    expect("1e3 * 0.5", 3, 500.0);
    cr_assert_str_eq(e.name, "1e3_*_0.5");
}

static int is_public(int account)
{
    static const int public[] = {ACCOUNT_TREASURY,         ACCOUNT_DISTRICTS,
                                 ACCOUNT_BUDGET,           ACCOUNT_POOLS,
                                 ACCOUNT_POOL_CLAIMS,      ACCOUNT_GUARANTORS,
                                 ACCOUNT_GUARANTOR_CLAIMS, ACCOUNT_REINSURANCE_DUE,
                                 ACCOUNT_GUARANTEE_FUNDS,  ACCOUNT_GUARANTEE_FUND_CLAIMS,
                                 ACCOUNT_LENDERS,          ACCOUNT_BRIDGES,
                                 ACCOUNT_PUBLIC_LOANS,     ACCOUNT_BOND_BODIES,
                                 ACCOUNT_GUIDE_FUNDS};
    for (size_t k = 0; k < sizeof public / sizeof public[0]; k++)
        if (public[k] == account)
            return 1;
    return 0;
}

/* What leaves the treasury for pools stays public; what pools pay to banks does not. */
Test(expression, counts_what_the_public_side_lost)
{
    double value[RUNS], below[RUNS], want = 0.0;
    union cell *flow = all("flows");
    for (uint32_t row = 0; row < FAKE_MONTHS * FAKE_REGIONS; row++)
        for (int k = 0; k < N_FLOWS; k++) {
            int from = (int)flow_table[k].from, to = (int)flow_table[k].to;
            int out = is_public(from), in = is_public(to);
            want +=
                0.01 * (double)(out - in) * (double)flow[(FAKE_MONTHS * FAKE_REGIONS + row) * N_FLOWS + (uint32_t)k].i;
        }
    cr_assert_eq(read_it("cost per end(enterprises)"), OK);
    cr_assert(e.split > 0);
    cr_assert_eq(expression_values(&e, &r, WINDOW, value, below, &diag), OK);
    cr_assert_float_eq(value[1], want, 1e-6);
    cr_assert_eq(below[3], sum(enterprises, 3, WINDOW - 1, WINDOW, FAKE_STAGES, -1));
    free(flow);
}

static void expect_error(const char *text, const char *want)
{
    size_t before = diag.n;
    cr_assert_eq(read_it(text), FAILED, "%s", text);
    cr_assert_eq(diag.n, before + 1, "%s", text);
    cr_assert_str_eq(diag.text[before], want);
}

Test(expression, says_where_it_is_wrong_and_what_is_near)
{
    expect_error("x = total(enterprise)",
                 "--expr:1:11: error: unknown series 'enterprise'; did you mean 'enterprises'?");
    expect_error("totl(enterprises)",
                 "--expr:1:1: error: 'totl' is not one of: total mean end last cost spending; did you mean 'total'?");
    expect_error("total enterprises", "--expr:1:7: error: '(' is due here");
    expect_error("total(enterprises", "--expr:1:18: error: ')' is due here");
    expect_error("1 +", "--expr:1:4: error: a number, a series or '(' is due here");
    expect_error("1 2", "--expr:1:3: error: '2' is not understood here");
    expect_error("1 per 2 per 3", "--expr:1:9: error: 'per 3' is not understood here");
    expect_error("((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))",
                 "--expr:1:33: error: nested deeper than 32");
}

Test(expression, says_which_member_a_series_does_not_have)
{
    double value[RUNS];
    cr_assert_eq(read_it("end(enterprises.sed)"), OK);
    cr_assert_eq(expression_values(&e, &r, WINDOW, value, value, &diag), FAILED);
    cr_assert_not_null(strstr(diag.text[0], "stage has no 'sed'; did you mean 'seed'?"));
}
