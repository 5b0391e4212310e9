/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result_fixture.h"
#include <string.h>

static const struct series_desc fake_series[] = {
    {"enterprises",       DIM_STAGE, SERIES_INT,  "enterprises", 0,             "registered enterprises",          "登记企业数"      },
    {"npl_ratio",         DIM_NONE,  SERIES_REAL, "1",           0,             "non-performing share of loans",   "不良贷款率"      },
    {"loans_outstanding", DIM_BANK,  SERIES_INT,  "fen",         0,             "principal owed to banks",         "贷款余额"         },
    {"eligible",          DIM_NONE,  SERIES_INT,  "enterprises", SERIES_REACH,  "enterprises that may apply",      "符合条件企业数"},
    {"officer_hours",     DIM_BANK,  SERIES_REAL, "hours",       SERIES_DETAIL, "hours worked",                    "工时"               },
    {"pool_paid",         DIM_POOL,  SERIES_INT,  "fen",         0,             "paid by pools that do not exist", "拨付"               },
};
enum { N_FAKE = sizeof fake_series / sizeof fake_series[0] };

static char stage_name[FAKE_STAGES][2 * NAME_SIZE] = {"seed", "startup", "growth"};
static char stage_zh[FAKE_STAGES][2 * NAME_SIZE] = {"种子期", "初创期", "成长期"};
static char bank_name[FAKE_BANKS][2 * NAME_SIZE] = {"bank_1", "bank_2"};
static char bank_zh[FAKE_BANKS][2 * NAME_SIZE] = {"银行1", "银行2"};

static void make_layout(struct fake *fake)
{
    struct record_layout *l = &fake->layout;
    *l = (struct record_layout){.n_regions = FAKE_REGIONS, .series = fake->offset};
    l->length[DIM_NONE] = 1;
    l->length[DIM_STAGE] = FAKE_STAGES;
    l->length[DIM_BANK] = FAKE_BANKS;
    l->names[DIM_STAGE] = stage_name;
    l->names_zh[DIM_STAGE] = stage_zh;
    l->names[DIM_BANK] = bank_name;
    l->names_zh[DIM_BANK] = bank_zh;
    for (size_t s = 0; s < N_FAKE; s++) {
        l->series[s] = l->n;
        l->n += FAKE_REGIONS * (size_t)l->length[fake_series[s].dim];
    }
    l->flows = l->n;
    l->balances = l->flows + FAKE_REGIONS * N_FLOWS;
    l->n = l->balances + FAKE_REGIONS * N_ACCOUNTS;
}

void fake_init(struct fake *fake, uint32_t runs)
{
    const struct place at = {"fake.yml", 1, 1};
    const struct assignment given[] = {
        {"start",                                      "2023-11", NO_DATE,       0, at, NULL},
        {"months",                                     "5",       NO_DATE,       0, at, NULL},
        {"seed",                                       "7",       NO_DATE,       0, at, NULL},
        {"regions.guangzhou.enterprises.initial",      "100",     NO_DATE,       0, at, NULL},
        {"regions.foshan.enterprises.initial",         "50",      NO_DATE,       0, at, NULL},
        {"regions.guangzhou.policies.risk_pool.share", "0.4",     NO_DATE,       0, at, NULL},
        {"regions.guangzhou.policies.risk_pool.share", "0.5",     2024 * 12 + 1, 0, at, NULL},
    };
    *fake = (struct fake){.bad_run = UINT32_MAX, .fail_at = UINT32_MAX};
    diag_init(&fake->diag);
    if (setup_build(&fake->setup, given, sizeof given / sizeof given[0], &fake->diag) != OK) {
        diag_print(&fake->diag, stderr);
        abort();
    }
    make_layout(fake);
    fake->about = (struct result_about){.setup = &fake->setup,
                                        .layout = &fake->layout,
                                        .series = fake_series,
                                        .n_series = N_FAKE,
                                        .scenario = "start: 2023-11\n# 情景\n",
                                        .runs = runs};
}

void fake_free(struct fake *fake)
{
    setup_free(&fake->setup);
    diag_free(&fake->diag);
}

/* Any number that depends on all of its arguments. */
static int64_t number(uint32_t run, int32_t month, size_t cell)
{
    uint64_t x = (uint64_t)run * 1000003 + (uint64_t)month * 7919 + cell * 104729 + 12345;
    x = x * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(x >> 40);
}

static void fill_series(const struct fake *fake, uint32_t run, int32_t month, union cell *row)
{
    for (size_t s = 0; s < N_FAKE; s++) {
        size_t n = FAKE_REGIONS * (size_t)fake->layout.length[fake_series[s].dim];
        for (size_t k = fake->offset[s]; k < fake->offset[s] + n; k++) {
            if (fake_series[s].type == SERIES_REAL)
                row[k].d = (double)number(run, month, k) / 16777216.0;
            else
                row[k].i = fake->no_loans && fake_series[s].dim == DIM_BANK ? 0 : number(run, month, k);
        }
    }
}

static void fill_accounts(const struct fake *fake, uint32_t run, int32_t month, int64_t *balance, union cell *row)
{
    const struct record_layout *l = &fake->layout;
    for (int32_t r = 0; r < FAKE_REGIONS; r++) {
        int64_t *b = balance + r * N_ACCOUNTS;
        for (size_t k = 0; k < N_FLOWS; k++) {
            int64_t fen = number(run, month, (size_t)r * N_FLOWS + k + 5000);
            row[l->flows + (size_t)r * N_FLOWS + k].i = fen;
            b[flow_table[k].from] -= fen;
            b[flow_table[k].to] += fen;
        }
        if (run == fake->bad_run && month == fake->bad_month && r == fake->bad_region)
            b[fake->bad_account] -= fake->fen;
        for (size_t a = 0; a < N_ACCOUNTS; a++)
            row[l->balances + (size_t)r * N_ACCOUNTS + a].i = b[a];
    }
}

void fake_run(const struct fake *fake, uint32_t run, struct run_record *record)
{
    int64_t balance[FAKE_REGIONS * N_ACCOUNTS];
    record->run = run;
    record->months = FAKE_MONTHS;
    record->balanced = 1;
    for (size_t a = 0; a < FAKE_REGIONS * N_ACCOUNTS; a++)
        record->balances_start[a] = balance[a] = number(run, -1, a + 9000);
    for (int32_t t = 0; t < FAKE_MONTHS; t++) {
        union cell *row = record->cell + (size_t)t * fake->layout.n;
        fill_series(fake, run, t, row);
        fill_accounts(fake, run, t, balance, row);
    }
}

enum status fake_record(void *from, uint32_t run, struct record_room *to, struct diag *diag)
{
    const struct fake *fake = from;
    if (run == fake->fail_at)
        return diag_stop(diag, IO_ERROR, "run %u cannot be had", run);
    struct run_record record = {.cell = calloc(FAKE_MONTHS * fake->layout.n, sizeof *record.cell),
                                .balances_start = calloc(FAKE_REGIONS * N_ACCOUNTS, sizeof(int64_t))};
    if (record.cell == NULL || record.balances_start == NULL ||
        record_reserve(to, record_bytes(&fake->layout, FAKE_MONTHS)) != OK)
        abort();
    fake_run(fake, run, &record);
    to->n = record_pack(&record, &fake->layout, to->bytes);
    free(record.cell);
    free(record.balances_start);
    return OK;
}
