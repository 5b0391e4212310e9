/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many might found: before and after the start. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/prepare.h>

static const int32_t start = 2020 * 12;

static void founders_of(const char *before, const int32_t *months, size_t n, double *founders)
{
    struct lab lab;
    struct lab_run run;
    lab_town(&lab);
    lab_set(&lab, "regions.town.founders.per_month", "100");
    lab_set(&lab, "regions.town.founders.trend", "0.1");
    if (before != NULL)
        lab_set(&lab, "regions.town.founders.trend_before", before);
    lab_watch(&run, &lab, 1, NULL, NULL);
    for (size_t k = 0; k < n; k++)
        founders[k] = potential_founders(&run.world, &run.world.region[0], start + months[k]);
    lab_end(&run);
}

static const int32_t months[] = {-24, -12, 0, 12, 24};
enum { N = 5 };

Test(founders, of_a_place_grow_by_one_trend_where_no_other_is_given)
{
    static const double expected[N] = {100.0 / 1.21, 100.0 / 1.1, 100.0, 110.0, 121.0};
    double given[N], minus_one[N];
    founders_of(NULL, months, N, given);
    founders_of("-1", months, N, minus_one);
    for (int k = 0; k < N; k++) {
        cr_expect_float_eq(given[k], expected[k], 1e-9);
        cr_expect_eq(given[k], minus_one[k]);
    }
}

/* A place that has come from fast years into slow ones: its past is that of the fast. */
Test(founders, of_the_past_grew_by_the_trend_before_the_start)
{
    static const double expected[N] = {100.0 / 1.69, 100.0 / 1.3, 100.0, 110.0, 121.0};
    double given[N];
    founders_of("0.3", months, N, given);
    for (int k = 0; k < N; k++)
        cr_expect_float_eq(given[k], expected[k], 1e-9);
}

/* -- who founds, by asking each of them one by one ---------------------------------------------------------------------- */
struct census {
    double history[MAX_SECTORS][HISTORY]; /* as the month began */
    int64_t founded, late;                /* looked at; of them, of ideas of earlier months */
};

static uint8_t sector_of(const struct region *r, double u)
{
    int32_t n = r->layout->count[GROUP_sectors];
    double sum = 0.0, upto = 0.0;
    for (int32_t s = 0; s < n; s++)
        sum += NAMED(r, sectors, s)->share;
    for (int32_t s = 0; s < n; s++) {
        upto += NAMED(r, sectors, s)->share;
        if (u * sum < upto)
            return (uint8_t)s;
    }
    return (uint8_t)(n - 1);
}

/* The luckiest bank of each kind, then the best of the kinds by weight and Gumbel draw, then a branch of it. */
static uint16_t branch_of(const struct region *r, struct luck luck, struct identity who)
{
    double top = -1e300;
    int32_t best = 0;
    for (int32_t b = 0; b < r->n_banks;) {
        int32_t kind = r->bank[b].kind, luckiest = b;
        uint32_t most = 0;
        for (int32_t number = 0; b < r->n_banks && r->bank[b].kind == kind; b++, number++) {
            uint64_t name = ld_mix(ld_hash(r->layout->name[GROUP_banks][kind]), (uint64_t)number);
            uint32_t word = luck_block(luck, (struct identity){ld_mix(who.origin, name), who.index}, 64).w[0];
            if (word > most) {
                most = word;
                luckiest = b;
            }
        }
        double value = ld_log(NAMED(r, banks, kind)->weight) + ld_gumbel(luck_uniform(most));
        if (value > top) {
            top = value;
            best = luckiest;
        }
    }
    return (uint16_t)(r->bank[best].first_branch +
                      (int32_t)(draw(luck, who, DRAW_HOME_BANK) * r->bank[best].n_branches));
}

/* Whether potential founder `index` of this cohort founds now, and in which sector. */
static bool founds(const struct world *w, const struct census *c, int32_t ago, struct identity who, uint8_t *sector)
{
    const struct region *r = &w->region[0];
    const struct founders_params *p = P(r, founders);
    struct luck luck = w->luck;
    luck.month = w->month - ago;
    struct words u = luck_block(luck, who, draw_block(DRAW_FOUNDER_QUALITY));
    double quality = ld_normal_quantile(draw_from(&u, DRAW_FOUNDER_QUALITY));
    double asks = p->threshold + p->threshold_spread * ld_normal_quantile(draw_from(&u, DRAW_FOUNDER_THRESHOLD)) -
                  p->quality_weight * quality;
    *sector = sector_of(r, draw_from(&u, DRAW_FOUNDER_SECTOR));
    return asks <= r->cells.attraction[*sector] && (ago == 0 || asks > c->history[*sector][ago - 1]);
}

static void look_at_founders(struct world *w, void *context)
{
    struct census *c = context;
    struct region *r = &w->region[0];
    const struct enterprises *e = &r->enterprises;
    uint32_t row = 0;
    while (row < e->n && e->founded[row] < w->month)
        row++;
    for (int32_t ago = HISTORY - 1; ago >= 0 && e->n_origins > HISTORY; ago--) {
        uint16_t cohort = (uint16_t)(w->month - ago - w->first_month + 1);
        struct luck luck = w->luck;
        uint32_t n, step;
        luck.month = w->month - ago;
        cohort_size(w, r, w->month - ago, &n, &step);
        for (uint32_t index = 0; index < n; index += step) {
            struct identity who = {e->origin[cohort], index};
            uint8_t sector;
            if (!founds(w, c, ago, who, &sector))
                continue;
            cr_assert(row < e->n && e->cohort[row] == cohort && e->index[row] == index && e->sector[row] == sector,
                      "month %d, founder %d of cohort %d", (int)w->month, (int)index, (int)cohort);
            cr_assert_eq(e->branch[row], branch_of(r, luck, who));
            c->founded++;
            c->late += ago > 0;
            row++;
        }
    }
    cr_assert(e->n_origins <= HISTORY || row == e->n, "month %d: somebody else founded", (int)w->month);
    memcpy(c->history, r->history, sizeof c->history);
}

Test(founders, who_found_are_those_whom_asking_each_of_them_finds)
{
    struct lab lab;
    struct lab_run run;
    struct census c = {.founded = 0};
    lab_town(&lab);
    lab_set(&lab, "burn_in", "24");
    lab_set(&lab, "regions.town.founders.per_month", "1500");
    lab_set(&lab, "regions.town.banks.state.count", "11");
    lab_set(&lab, "regions.town.banks.state.weight", "3");
    lab_set(&lab, "regions.town.banks.rural.count", "1");
    lab_watch(&run, &lab, 6, look_at_founders, &c);
    cr_expect_gt(c.founded, 500);
    cr_expect_gt(c.late, 20);
    lab_end(&run);
}
