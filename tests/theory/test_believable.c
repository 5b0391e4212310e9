/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs that theory gives for a stated state of the world, in paired tiny worlds (mechanisms M2, M4, M5, M7). */
#include "../unit/lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <math.h>
#include <string.h>

/* -- the hump of the death rate (M2) ----------------------------------------------------------------------------------------- */
enum { AGES = 10, HUMP_MONTHS = 120 };
struct deaths {
    double failed[AGES], alive[AGES];
};

static double rate_at(const struct deaths *d, int age)
{
    return d->alive[age] > 0.0 ? d->failed[age] / d->alive[age] : 0.0;
}

static void count_deaths(const struct lab *lab, struct deaths *d)
{
    *d = (struct deaths){0};
    for (uint32_t k = 0; k < 3; k++) {
        struct lab_run run;
        lab_go(&run, lab, (struct lab_options){.run = k, .months = HUMP_MONTHS, .compact_every = -1});
        for (int32_t age = 0; age < AGES; age++) {
            d->failed[age] += (double)lab_sum(&run, "deaths_by_age", age);
            d->alive[age] += (double)lab_sum(&run, "alive_by_age", age) / 12.0;
        }
        lab_end(&run);
    }
}

/* Highest yearly death rate of years 2-5 (*height) over the larger of year 1 and the mean of years 8-10. */
static double hump_of(const struct deaths *d, double *height)
{
    *height = 0.0;
    for (int age = 1; age < 5; age++)
        *height = fmax(*height, rate_at(d, age));
    double late = (d->failed[7] + d->failed[8] + d->failed[9]) / (d->alive[7] + d->alive[8] + d->alive[9]);
    double before = fmax(rate_at(d, 0), late);
    return before > 0.0 ? *height / before : *height > 0.0 ? 1e9 : 0.0;
}

static void without_finance(struct lab *lab)
{
    lab_set(lab, "angels.budget", "0");
    lab_set(lab, "credit.limit_sales", "0");
    lab_set(lab, "credit.limit_unsecured", "0");
    lab_set(lab, "credit.advance", "0");
}

/* Where the death rate of years 2-5 lies, in years of age. */
static double centre_of(const struct deaths *d)
{
    double sum = 0.0, weighted = 0.0;
    for (int age = 1; age < 5; age++) {
        sum += rate_at(d, age);
        weighted += rate_at(d, age) * (age + 1);
    }
    return weighted / sum;
}

Test(believable, the_hump_of_the_death_rate_comes_from_want_of_money)
{
    struct lab base, none, all;
    struct deaths with, without, unlimited;
    lab_town(&base);
    none = all = base;
    without_finance(&none);
    lab_set(&all, "enterprise.unlimited_finance", "true");
    count_deaths(&base, &with);
    count_deaths(&none, &without);
    count_deaths(&all, &unlimited);
    double hump, height, higher;
    hump = hump_of(&with, &height);
    cr_expect_gt(hump, 1.5, "no hump in the base: %g", hump);
    hump = hump_of(&unlimited, &higher);
    cr_expect_leq(hump, 1.1, "a hump of %g with unlimited finance", hump);
    cr_expect_gt(unlimited.alive[8], 100.0);
    hump_of(&without, &higher);
    cr_expect_gt(higher, height, "%g a year without finance, %g with it", higher, height);
    cr_expect_lt(centre_of(&without), centre_of(&with) - 0.1, "in year %g without finance, %g with it",
                 centre_of(&without), centre_of(&with));
}

/* -- screening under cover (M5) ----------------------------------------------------------------------------------------------- */
static void town_with_pool(struct lab *lab, double share)
{
    lab_town(lab);
    lab_set(lab, "policies.risk_pool.enabled", "true");
    lab_set(lab, "policies.risk_pool.capital", "100 亿");
    lab_set(lab, "policies.risk_pool.leverage_max", "1000");
    lab_set(lab, "policies.risk_pool.rate_ceiling", "0.5");
    lab_set(lab, "policies.risk_pool.delay", "0");
    lab_number(lab, "policies.risk_pool.share", share);
}

struct effort {
    int64_t n, blocks;
};
static void watch_effort(struct world *w, void *context)
{
    struct effort *s = context;
    const struct region *r = w->region;
    if (w->month < 2020 * 12)
        return;
    for (size_t k = 0; k < r->market.n; k++) {
        const struct application *a = r->market.row[k];
        if (a->flags & APPLY_HEAD_OFFICE || a->outcome == OUTCOME_SENT_UP || a->outcome == OUTCOME_RATIONED)
            continue;
        s->n++;
        s->blocks += a->effort_made;
    }
}

/* Where more bad loans are not punished beyond their loss: the price of passing the tolerance grows with the NPL that cover
 * brings, and would make screening worth more again. */
static double mean_effort(double share)
{
    struct effort s = {0, 0};
    for (uint32_t k = 0; k < 3; k++) {
        struct lab lab;
        struct lab_run run;
        town_with_pool(&lab, share);
        lab_set(&lab, "credit.tolerance_price", "0");
        lab_go(&run, &lab,
               (struct lab_options){.run = k, .months = 24, .compact_every = -1, .hook = watch_effort, .context = &s});
        lab_end(&run);
    }
    cr_assert_gt(s.n, 1000);
    return (double)s.blocks / (double)s.n;
}

Test(believable, screening_is_worth_little_at_high_cover)
{
    double none = mean_effort(0.0), high = mean_effort(0.8);
    cr_expect_gt(none, 0.2, "nobody screens anyway: %g blocks", none);
    cr_expect_lt(high, 0.1 * none, "%g blocks an application with cover, %g without", high, none);
}

/* -- enrolled loans (M7) --------------------------------------------------------------------------------------------------------- */
/* Hours of paperwork at which cover pays for some borrowers and not for others.  They cost the same for a small loan and for
 * a large one, so that large ones, whose borrowers are safer, would be enrolled first: all loans are of one size here. */
#define PAPERWORK "20"
#define LOAN      "500000"

Test(believable, enrolled_loans_are_riskier_where_the_ceiling_does_not_bind)
{
    double months[2] = {0, 0}, bad[2] = {0, 0};
    for (uint32_t k = 0; k < 8; k++) {
        struct lab lab;
        struct lab_run run;
        town_with_pool(&lab, 0.4);
        lab_set(&lab, "policies.risk_pool.paperwork", PAPERWORK);
        lab_set(&lab, "credit.ticket_min", LOAN);
        lab_set(&lab, "credit.ticket_max", LOAN);
        lab_go(&run, &lab, (struct lab_options){.run = k, .months = 60, .compact_every = -1});
        months[0] += (double)lab_sum(&run, "performing_enrolled", -1);
        months[1] += (double)lab_sum(&run, "performing_alone", -1);
        bad[0] += (double)lab_sum(&run, "defaults_enrolled", -1);
        bad[1] += (double)lab_sum(&run, "defaults_alone", -1);
        lab_end(&run);
    }
    /* log of the ratio of two Poisson rates, its sd sqrt(1 / a + 1 / b) */
    double z = log(bad[0] / months[0] / (bad[1] / months[1])) / sqrt(1.0 / bad[0] + 1.0 / bad[1]);
    cr_expect_gt(z, 3.09, "%g defaults in %g loan-months enrolled, %g in %g others", bad[0], months[0], bad[1],
                 months[1]);
}

/* -- delay (M3, M5) ----------------------------------------------------------------------------------------------------------------- */
static double share_lost(const char *delay, uint32_t k)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "regions.town.banks.city.authority", "100000");
    lab_set(&lab, "credit.head_office_delay", delay);
    lab_go(&run, &lab, (struct lab_options){.run = k, .months = 60, .compact_every = -1});
    double lost = (double)lab_sum(&run, "opportunities_lost", -1),
           taken = (double)lab_sum(&run, "opportunities_taken", -1);
    lab_end(&run);
    return lost / (lost + taken);
}

Test(believable, delay_kills_opportunities)
{
    double sum = 0.0, squares = 0.0;
    enum { PAIRS = 48 };
    for (uint32_t k = 0; k < PAIRS; k++) {
        double more = share_lost("8", k) - share_lost("0", k);
        sum += more;
        squares += more * more;
    }
    double mean = sum / PAIRS, sd = sqrt((squares / PAIRS - mean * mean) / (PAIRS - 1));
    cr_expect_gt(mean, 3.0 * sd, "%g more of the opportunities are lost, sd %g", mean, sd);
}

/* -- a temporary pool leaves what it taught (M4) ------------------------------------------------------------------------------------ */
enum { AFTER = 24, CELLS_MOST = 8 * N_BELIEFS };
struct learnt {
    int32_t n;
    double months[CELLS_MOST], believed[CELLS_MOST];
};

/* Banks that fear several times what they would see; a pool of the last three years before `start`, or never. */
static int64_t learn(const char *enabled, uint32_t k, int32_t after, struct learnt *s)
{
    struct lab lab;
    struct lab_run run;
    town_with_pool(&lab, 0.8);
    lab_set(&lab, "credit.belief_prior", "0.4");
    lab_set(&lab, "policies.risk_pool.from", "2017-01");
    lab_set(&lab, "policies.risk_pool.until", "2019-12");
    if (strcmp(enabled, "never") == 0)
        lab_set(&lab, "policies.risk_pool.enabled", "false");
    lab_go(&run, &lab, (struct lab_options){.run = k, .months = after, .compact_every = -1});
    const struct region *r = run.world.region;
    s->n = 0;
    for (int32_t b = 0; b < r->n_banks; b++)
        for (int32_t cell = 0; cell < N_BELIEFS; cell++) {
            cr_assert_lt(s->n, CELLS_MOST);
            s->months[s->n] = r->belief[(size_t)b * (N_BELIEFS + N_PARENTS) + (size_t)cell].months;
            s->believed[s->n++] = believed_pd(r, b, cell);
        }
    int64_t lent = lab_sum(&run, "facilities_started", -1);
    lab_end(&run);
    return lent;
}

Test(believable, a_temporary_pool_teaches_what_is_not_forgotten_at_once)
{
    static struct learnt never, once;
    double lower = 0.0, cells = 0.0, lent[2] = {0.0, 0.0};
    for (uint32_t k = 0; k < 8; k++) {
        lent[0] += (double)learn("never", k, AFTER, &never);
        lent[1] += (double)learn("once", k, AFTER, &once);
        for (int32_t c = 0; c < once.n; c++)
            if (never.months[c] < 1.0 && once.months[c] > 20.0) {
                cells++;
                lower += never.believed[c] - once.believed[c];
            }
    }
    cr_expect_gt(cells, 20.0, "only %g cells were lent to only under the pool", cells);
    cr_expect_gt(lower / cells, 0.02, "believed default there is lower by %g", lower / cells);
    cr_expect_gt(lent[1], 1.05 * lent[0], "%g facilities after the pool, %g without it", lent[1], lent[0]);
}

/* The trap that the pool opens: without it the same cells are as unknown, and as feared, five years later. */
Test(believable, what_is_never_lent_to_is_never_learnt_and_stays_shut)
{
    static struct learnt early, late;
    double shut = 0.0, still = 0.0, feared = 0.0, before = 0.0;
    for (uint32_t k = 0; k < 4; k++) {
        (void)learn("never", k, AFTER, &early);
        (void)learn("never", k, AFTER + 60, &late);
        for (int32_t c = 0; c < early.n; c++) {
            shut += early.months[c] == 0.0;
            still += early.months[c] == 0.0 && late.months[c] < 1.0;
            feared += early.months[c] == 0.0 ? late.believed[c] : 0.0;
            before += early.months[c] == 0.0 ? early.believed[c] : 0.0;
        }
    }
    cr_expect_gt(shut, 100.0, "only %g cells were never lent to", shut);
    cr_expect_gt(still, 0.9 * shut, "%g of %g cells are lent to five years later", shut - still, shut);
    cr_expect_gt(feared, 0.9 * before, "believed default there falls from %g to %g without a loan", before / shut,
                 feared / shut);
}

/* -- information (M4) -------------------------------------------------------------------------------------------------------------- */
/* Believed default of new loans, in hundredths of a percent, by whether they were bad within a year. */
enum { BINS = 10000 };
struct forecasts {
    double n[2], bin[2][BINS];
};

static void watch_forecasts(struct world *w, void *context)
{
    struct forecasts *s = context;
    const struct loans *l = &w->region[0].loans;
    for (size_t k = 0; w->month >= 2021 * 12 && k < l->n; k++)
        if (w->month - l->granted[k] == 11 && (l->flags[k] & LOAN_RENEWAL) == 0) {
            int bad = (l->flags[k] & LOAN_DEFAULTED) != 0;
            s->n[bad]++;
            s->bin[bad][(int)((double)l->pd[k] * BINS)]++;
        }
}

/* Chance that of a good and a bad loan the bad one was believed to be riskier. */
static double area_under_curve(const struct forecasts *s)
{
    double below = 0.0, area = 0.0;
    for (int k = 0; k < BINS; k++) {
        area += s->bin[1][k] * (below + 0.5 * s->bin[0][k]);
        below += s->bin[0][k];
    }
    return area / (s->n[0] * s->n[1]);
}

static double rank_of_beliefs(const char *auc, double *bad)
{
    static struct forecasts s;
    memset(&s, 0, sizeof s);
    for (uint32_t k = 0; k < 24; k++) {
        struct lab lab;
        struct lab_run run;
        lab_town(&lab);
        lab_set(&lab, "policies.platform.enabled", "true");
        lab_set(&lab, "policies.platform.mandate", "true");
        lab_set(&lab, "policies.platform.lender_mandate", "true");
        lab_set(&lab, "policies.platform.awareness", "0");
        lab_set(&lab, "policies.platform.auc", auc);
        lab_go(
            &run, &lab,
            (struct lab_options){.run = k, .months = 60, .compact_every = 0, .hook = watch_forecasts, .context = &s});
        lab_end(&run);
    }
    *bad = s.n[1];
    return area_under_curve(&s);
}

Test(believable, precise_information_makes_better_beliefs)
{
    double bad[2], without = rank_of_beliefs("0", &bad[0]), with = rank_of_beliefs("0.45", &bad[1]);
    /* sd of an area near a half: about sqrt(1 / (12 bad)), the good being many more */
    double sd = sqrt((1.0 / bad[0] + 1.0 / bad[1]) / 12.0);
    cr_expect_gt(without, 0.5);
    cr_expect_gt(with, without + 3.0 * sd, "area %g with the platform, %g without, sd %g", with, without, sd);
}
