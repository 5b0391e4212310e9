/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an office sees and what is, as rows; see include/liandong/office.h. */
#include <liandong/office.h>

const struct sample_column office_columns[OFFICE_COLUMNS] = {
    COLUMN_RUN,
    {"variant",     "1",         SAMPLE_CODE,  NAMES_NONE,   "the world that the office lives in",                          "方案"                         },
    {"enterprise",  "1",         SAMPLE_INT32, NAMES_NONE,   "number in the register of the run",                           "登记册序号"                },
    {"horizon",     "months",    SAMPLE_INT32, NAMES_NONE,   "months since the cohort was taken; 0: just before",
      "队列确定后月数（0为之前）"                                                                                                                 },
    {"region",      "1",         SAMPLE_INT32, NAMES_REGION, "region",                                                      "区域"                         },
    {"sector",      "1",         SAMPLE_INT32, NAMES_SECTOR, "sector",                                                      "行业"                         },
    {"registered",  "YYYYMM",    SAMPLE_INT32, NAMES_NONE,   "month of registration",                                       "登记月份"                   },
    {"report",      "YYYYMM",    SAMPLE_INT32, NAMES_NONE,   "month of the last report that is in",                         "最近报表月份"             },
    {"reported",    "1",         SAMPLE_INT32, NAMES_NONE,   "it reported; who did not counts as 0",                        "是否报送"                   },
    {"sales",       "yuan/year", SAMPLE_REAL,  NAMES_NONE,   "sales in the report",                                         "报表销售额"                },
    {"staff",       "persons",   SAMPLE_INT32, NAMES_NONE,   "staff in the report",                                         "报表员工数"                },
    {"loans",       "fen",       SAMPLE_INT64, NAMES_NONE,   "principal owed on facilities of the reporting floor or more",
      "达到报送门槛的贷款余额"                                                                                                                     },
    {"received",    "fen",       SAMPLE_INT64, NAMES_NONE,   "ledger: paid to it by the policy so far",                     "台账：累计拨付"          },
    {"covered",     "fen",       SAMPLE_INT64, NAMES_NONE,   "ledger: facilities granted under the policy's covers so far",
      "台账：累计入池授信"                                                                                                                           },
    {"treated",     "1",         SAMPLE_INT32, NAMES_NONE,   "ledger: money, cover or membership so far",                   "台账：是否受益"          },
    {"score_sales", "yuan/year", SAMPLE_REAL,  NAMES_NONE,   "sales in the month in which the policy first stood",
      "政策开始月销售额"                                                                                                                              },
    {"score_age",   "months",    SAMPLE_INT32, NAMES_NONE,   "age in that month; -1: it was no more",
      "政策开始月企业年龄（-1为已退出）"                                                                                                       },
    {"score_month", "YYYYMM",    SAMPLE_INT32, NAMES_NONE,   "that month; 0: none",                                         "政策开始月份（0为无）"},
    {"facility",    "fen",       SAMPLE_INT64, NAMES_NONE,   "first facility granted since that month; 0: none yet",
      "其后首笔授信（0为无）"                                                                                                                       },
};

const struct sample_column truth_columns[TRUTH_COLUMNS] = {
    COLUMN_RUN,
    COLUMN_VARIANT,
    {"enterprise",          "1",         SAMPLE_INT32, NAMES_NONE, "number in the register of the run",                     "登记册序号"      },
    {"horizon",             "months",    SAMPLE_INT32, NAMES_NONE, "months since the cohort was taken; 0: just before",
      "队列确定后月数（0为之前）"                                                                                                       },
    COLUMN_ORIGIN,
    COLUMN_INDEX,
    {"quality",             "sd",        SAMPLE_REAL,  NAMES_NONE, "latent quality; nobody in the world sees it",           "潜在质量"         },
    COLUMN_ALIVE(base),
    COLUMN_ALIVE(variant),
    {"sales_base",          "yuan/year", SAMPLE_REAL,  NAMES_NONE, "sales at the horizon in the base",                      "基准销售额"      },
    {"sales_variant",       "yuan/year", SAMPLE_REAL,  NAMES_NONE, "sales at the horizon in the variant",                   "方案销售额"      },
    {"staff_base",          "persons",   SAMPLE_INT32, NAMES_NONE, "staff at the horizon in the base",                      "基准员工数"      },
    {"staff_variant",       "persons",   SAMPLE_INT32, NAMES_NONE, "staff at the horizon in the variant",                   "方案员工数"      },
    {"loans_base",          "fen",       SAMPLE_INT64, NAMES_NONE, "principal owed at the horizon in the base",             "基准贷款余额"   },
    {"loans_variant",       "fen",       SAMPLE_INT64, NAMES_NONE, "principal owed at the horizon in the variant",          "方案贷款余额"   },
    {"reported_base",       "1",         SAMPLE_INT32, NAMES_NONE, "it would have reported in the base",                    "基准中是否报送"},
    {"sales_reported_base", "yuan/year", SAMPLE_REAL,  NAMES_NONE, "sales that it would have reported in the base",
      "基准报表销售额"                                                                                                                       },
    {"staff_reported_base", "persons",   SAMPLE_INT32, NAMES_NONE, "staff that it would have reported in the base",
      "基准报表员工数"                                                                                                                       },
    {"loans_reported_base", "fen",       SAMPLE_INT64, NAMES_NONE, "principal that the credit file would show in the base",
      "基准达到门槛的贷款余额"                                                                                                           },
};

static int64_t number_of(int32_t month)
{
    return month == 0 ? 0 : (int64_t)(month / 12) * 100 + month % 12 + 1;
}

static int64_t real(double value)
{
    union cell cell = {.d = value};
    return cell.i;
}

/* Which row it is of: run, variant, enterprise, months. */
struct key {
    int64_t run, variant, enterprise, months;
};

static void put_seen(struct sample *to, const struct key *key, const struct fate *f, const struct office_one *o, int h)
{
    const struct office_state *at = &o->at[h];
    const int64_t row[OFFICE_COLUMNS] = {key->run,
                                         key->variant,
                                         key->enterprise,
                                         key->months,
                                         f->region,
                                         f->sector,
                                         number_of(o->registered),
                                         number_of(at->report),
                                         at->reported,
                                         real(at->sales),
                                         at->staff,
                                         at->loans,
                                         at->received,
                                         at->covered,
                                         at->treated,
                                         real(o->sales),
                                         o->scored == 0 ? -1 : o->age,
                                         number_of(o->scored),
                                         o->facility};
    for (int k = 0; k < OFFICE_COLUMNS; k++)
        sample_add(to, row[k]);
}

static void put_truth(struct sample *to, const struct key *key, const struct fate *f, const struct office_state *base,
                      const struct office_state *variant)
{
    const int64_t row[TRUTH_COLUMNS] = {key->run,
                                        key->variant,
                                        key->enterprise,
                                        key->months,
                                        (int64_t)f->who.origin,
                                        f->who.index,
                                        real((double)f->quality),
                                        base->alive,
                                        variant->alive,
                                        real(base->true_sales),
                                        real(variant->true_sales),
                                        base->true_staff,
                                        variant->true_staff,
                                        base->true_loans,
                                        variant->true_loans,
                                        base->reported,
                                        real(base->sales),
                                        base->staff,
                                        base->loans};
    for (int k = 0; k < TRUTH_COLUMNS; k++)
        sample_add(to, row[k]);
}

enum status office_rows(struct sample *seen, struct sample *truth, struct office_world base,
                        struct office_world variant, uint32_t run, uint32_t number,
                        const int32_t horizon[FATE_HORIZONS])
{
    struct key key = {.run = run, .variant = number};
    for (size_t k = 0; k < variant.office->n; k++) {
        const struct fate *f = &variant.fates->fate[k];
        const struct office_one *o = &variant.office->one[k];
        size_t other = fates_find(base.fates, f->who);
        if (!o->listed || other >= base.office->n)
            continue;
        for (int h = 0; h <= FATE_HORIZONS && (h == 0 || horizon[h - 1] != 0); h++) {
            key.months = h == 0 ? 0 : horizon[h - 1];
            put_seen(seen, &key, f, o, h);
            put_truth(truth, &key, f, &base.office->one[other].at[h], &o->at[h]);
        }
        key.enterprise++;
    }
    return seen->no_memory || truth->no_memory ? NO_MEMORY : OK;
}
