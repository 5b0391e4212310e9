/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_kernel - the least that an enterprise's own month can be: one Philox block, one Laplace shock, revenue, cost, interest,
 * cash, stage, in int64 and float columns.  What the whole month is compared with, in the same run on the same machine. */
#include "bench.h"
#include <liandong/mathx.h>
#include <liandong/month.h>
#include <string.h>
#include <time.h>

enum { MONTHS = 6, GOES = 5 };

struct kernel {
    uint32_t n;
    int32_t month;
    uint64_t *origin;
    money *cash, *debt;
    float *log_sales, *sigma;
    uint8_t *stage;
};

double bench_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* One tile. */
static void kernel_month(void *context, size_t task, int32_t thread)
{
    const struct kernel *k = context;
    uint32_t lo = (uint32_t)task * TILE, n = k->n - lo < TILE ? k->n - lo : TILE;
    double shock[TILE], sales[TILE];
    struct luck luck = {.seed = 1, .month = k->month};
    (void)thread;
    for (uint32_t j = 0; j < n; j++) {
        struct words u = luck_block(luck, (struct identity){k->origin[lo + j], lo + j}, 0);
        shock[j] = draw_from(&u, DRAW_SALES_SHOCK);
    }
    for (uint32_t j = 0; j < n; j++)
        shock[j] = ld_laplace_month(shock[j]);
    for (uint32_t j = 0; j < n; j++) {
        double size = (double)k->log_sales[lo + j] + (double)k->sigma[lo + j] * shock[j];
        k->log_sales[lo + j] = (float)(size < 26.0 ? size : 26.0);
        sales[j] = ld_exp((double)k->log_sales[lo + j]);
    }
    for (uint32_t j = 0; j < n; j++) {
        int64_t revenue = from_yuan(sales[j] / 12.0).fen, cost = from_yuan(sales[j] * 0.07).fen;
        int64_t interest = money_scale(k->debt[lo + j], 0.05 / 12.0).fen;
        k->cash[lo + j].fen += revenue - cost - interest;
        k->stage[lo + j] = (uint8_t)((sales[j] > 5e5) + (sales[j] > 3e6) + (sales[j] > 2e7));
    }
}

static void kernel_free(struct kernel *k)
{
    free(k->origin);
    free(k->cash);
    free(k->debt);
    free(k->log_sales);
    free(k->sigma);
    free(k->stage);
}

static bool kernel_init(struct kernel *k, uint32_t n)
{
    *k = (struct kernel){.n = n,
                         .origin = calloc(n, sizeof *k->origin),
                         .cash = calloc(n, sizeof *k->cash),
                         .debt = calloc(n, sizeof *k->debt),
                         .log_sales = calloc(n, sizeof *k->log_sales),
                         .sigma = calloc(n, sizeof *k->sigma),
                         .stage = calloc(n, sizeof *k->stage)};
    if (k->origin == NULL || k->cash == NULL || k->debt == NULL || k->log_sales == NULL || k->sigma == NULL ||
        k->stage == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        k->origin[i] = ld_mix(7, i / 500);
        k->debt[i] = YUAN(100000 + i % 1000);
        k->log_sales[i] = 14.0f;
        k->sigma[i] = 0.3f;
    }
    return true;
}

double kernel_time(uint32_t n, int32_t threads)
{
    struct kernel k;
    double best = 1e300;
    bool made = kernel_init(&k, n);
    for (int go = 0; made && go < GOES; go++) {
        double begun = bench_clock();
        for (int m = 0; m < MONTHS; m++, k.month++)
            team_run(threads, (n + TILE - 1) / TILE, kernel_month, &k);
        double each = (bench_clock() - begun) / MONTHS / n * 1e9;
        best = each < best ? each : best;
    }
    kernel_free(&k);
    return made ? best : -1.0;
}
