/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout - the dimensions of a setup and where each series lies in the record of a month (measure.h). */
#include <liandong/measure.h>
#include <liandong/registry.h>
#include <liandong/tally.h>
#include <stdlib.h>
#include <string.h>

typedef char member_name[2 * NAME_SIZE];

static bool dim_reserve(struct record_layout *l, enum dimension dim, int32_t n)
{
    l->length[dim] = n;
    l->names[dim] = calloc((size_t)n + 1, sizeof(member_name));
    l->names_zh[dim] = calloc((size_t)n + 1, sizeof(member_name));
    return l->names[dim] != NULL && l->names_zh[dim] != NULL;
}

static void dim_name(struct record_layout *l, enum dimension dim, int32_t k, const char *en, const char *zh)
{
    snprintf(l->names[dim][k], sizeof(member_name), "%s", en);
    snprintf(l->names_zh[dim][k], sizeof(member_name), "%s", zh);
}

struct fixed_member {
    enum dimension dim;
    const char *en, *zh;
};
static const struct fixed_member fixed_members[] = {
    {DIM_NONE,     "all",             "全部"                     },
    {DIM_CHANNEL,  "own",             "自有资金"               },
    {DIM_CHANNEL,  "angel",           "天使投资"               },
    {DIM_CHANNEL,  "line",            "授信额度"               },
    {DIM_CHANNEL,  "instalments",     "分期贷款"               },
    {DIM_CHANNEL,  "equity",          "创投股权"               },
    {DIM_PARTNER,  "public",          "本级政府引导基金"   },
    {DIM_PARTNER,  "state",           "其他国资"               },
    {DIM_PARTNER,  "institutions",    "保险机构与国有企业"},
    {DIM_PARTNER,  "private",         "民间资本"               },
    {DIM_PARTNER,  "foreign",         "外资"                     },
    {DIM_PARTNER,  "manager",         "管理人跟投"            },
    {DIM_EXIT,     "sale",            "并购"                     },
    {DIM_EXIT,     "listed",          "上市减持"               },
    {DIM_EXIT,     "buyback",         "回购"                     },
    {DIM_EXIT,     "secondary",       "折价转让"               },
    {DIM_EXIT,     "liquidated",      "清算"                     },
    {DIM_MULTIPLE, "nothing",         "全部损失"               },
    {DIM_MULTIPLE, "below_1",         "不足1倍"                 },
    {DIM_MULTIPLE, "from_1",          "1—3倍"                   },
    {DIM_MULTIPLE, "from_3",          "3—10倍"                  },
    {DIM_MULTIPLE, "from_10",         "10倍及以上"             },
    {DIM_PRODUCT,  "line",            "授信额度"               },
    {DIM_PRODUCT,  "instalments",     "分期贷款"               },
    {DIM_TIER,     "to_1m",           "100万元及以下"         },
    {DIM_TIER,     "to_5m",           "100万—500万元"         },
    {DIM_TIER,     "to_15m",          "500万—1500万元"        },
    {DIM_TIER,     "to_30m",          "1500万—3000万元"       },
    {DIM_TIER,     "above_30m",       "3000万元以上"           },
    {DIM_BEARER,   "banks",           "银行"                     },
    {DIM_BEARER,   "pools",           "资金池"                  },
    {DIM_BEARER,   "guarantors",      "担保机构"               },
    {DIM_BEARER,   "insurers",        "保险公司"               },
    {DIM_BEARER,   "reinsurers",      "再担保机构"            },
    {DIM_BEARER,   "guarantee_funds", "政策性担保基金"      },
    {DIM_SECURED,  "unsecured",       "信用"                     },
    {DIM_SECURED,  "assets",          "固定资产"               },
    {DIM_SECURED,  "ip",              "知识产权"               },
    {DIM_SECURED,  "receivables",     "应收账款"               },
    {DIM_SECURED,  "other",           "其他权利"               },
};

static bool fixed_dims(struct record_layout *l)
{
    size_t n = sizeof fixed_members / sizeof fixed_members[0];
    for (int dim = 0; dim < N_DIMENSIONS; dim++) {
        int32_t length = 0, k = 0;
        for (size_t j = 0; j < n; j++)
            length += (int)fixed_members[j].dim == dim;
        if (length > 0 && !dim_reserve(l, (enum dimension)dim, length))
            return false;
        for (size_t j = 0; j < n; j++)
            if ((int)fixed_members[j].dim == dim)
                dim_name(l, (enum dimension)dim, k++, fixed_members[j].en, fixed_members[j].zh);
    }
    return true;
}

static const char *shipped_label_zh(enum group g, const char *name)
{
    for (size_t k = 0; k < n_shipped_instances; k++)
        if (shipped_instances[k].group == g && strcmp(shipped_instances[k].name, name) == 0)
            return shipped_instances[k].label_zh;
    return strcmp(group_table[g].name, name) == 0 ? group_table[g].label_zh : name;
}

const char *layout_label_zh(const char *member)
{
    for (size_t j = 0; j < sizeof fixed_members / sizeof fixed_members[0]; j++)
        if (strcmp(fixed_members[j].en, member) == 0)
            return fixed_members[j].zh;
    for (int g = 0; g < N_GROUPS; g++)
        if (strcmp(group_table[g].name, member) == 0)
            return group_table[g].label_zh;
    return NULL;
}

static bool group_dim(struct record_layout *l, const struct setup *s, enum dimension dim, enum group g)
{
    int32_t n = s->layout.count[g];
    if (!dim_reserve(l, dim, n))
        return false;
    for (int32_t k = 0; k < n; k++)
        dim_name(l, dim, k, s->layout.name[g][k], shipped_label_zh(g, s->layout.name[g][k]));
    return true;
}

/* "risk_pool", or "risk_pool.city" where the instance has a name of its own. */
static void instance_name(struct record_layout *l, const struct setup *s, enum dimension dim, int32_t n, enum group g,
                          int32_t k)
{
    const char *name = s->layout.name[g][k];
    member_name en, zh;
    bool own = strcmp(name, group_table[g].name) != 0;
    snprintf(en, sizeof en, own ? "%s.%s" : "%s", group_table[g].name, name);
    snprintf(zh, sizeof zh, own ? "%s·%s" : "%s", group_table[g].label_zh, name);
    dim_name(l, dim, n, en, zh);
}

/* All policy instances in the order of the instruments; or those of them that bear losses. */
static bool instances_dim(struct record_layout *l, const struct setup *s, enum dimension dim, bool bearers)
{
    int32_t n = 0;
    for (int32_t i = 0; i < N_INSTRUMENTS; i++)
        n += bearers && registry_bearers[i] == BEARER_NONE ? 0 : s->layout.count[registry_groups[i]];
    if (!dim_reserve(l, dim, n))
        return false;
    n = 0;
    for (int32_t i = 0; i < N_INSTRUMENTS; i++)
        for (int32_t k = 0; k < s->layout.count[registry_groups[i]]; k++)
            if (!bearers || registry_bearers[i] != BEARER_NONE)
                instance_name(l, s, dim, n++, registry_groups[i], k);
    return true;
}

static const struct banks_params *bank_kind(const struct setup *s, int32_t region, int32_t kind)
{
    return values_at(s->initial + (size_t)region * s->layout.size, &s->layout, GROUP_banks, kind);
}

/* The b-th bank of a region: its kind, and its number within the kind; false: the region has fewer. */
static bool bank_at(const struct setup *s, int32_t region, int32_t b, int32_t *kind, int32_t *number, int32_t *count)
{
    for (*kind = 0; *kind < s->layout.count[GROUP_banks]; (*kind)++) {
        *count = bank_kind(s, region, *kind)->count;
        if (b < *count) {
            *number = b + 1;
            return true;
        }
        b -= *count;
    }
    return false;
}

/* As many banks as the region with most has; a bank is called after the first region that has one at that place. */
static bool bank_dim(struct record_layout *l, const struct setup *s)
{
    int32_t most = 0, kind, number, count;
    for (int32_t r = 0; r < s->n_regions; r++) {
        int32_t n = 0;
        while (bank_at(s, r, n, &kind, &number, &count))
            n++;
        most = n > most ? n : most;
    }
    if (!dim_reserve(l, DIM_BANK, most))
        return false;
    for (int32_t b = 0; b < most; b++)
        for (int32_t r = 0; r < s->n_regions; r++)
            if (bank_at(s, r, b, &kind, &number, &count)) {
                member_name en;
                const char *name = s->layout.name[GROUP_banks][kind];
                snprintf(en, sizeof en, count > 1 ? "%s_%02d" : "%s", name, (int)number);
                dim_name(l, DIM_BANK, b, en, en);
                break;
            }
    return true;
}

static bool age_dim(struct record_layout *l)
{
    enum { N = N_AGES };
    if (!dim_reserve(l, DIM_AGE, N))
        return false;
    for (int32_t k = 0; k < N; k++) {
        member_name en, zh;
        snprintf(en, sizeof en, k + 1 < N ? "year_%d" : "year_%d_on", (int)k + 1);
        snprintf(zh, sizeof zh, k + 1 < N ? "第%d年" : "第%d年及以后", (int)k + 1);
        dim_name(l, DIM_AGE, k, en, zh);
    }
    return true;
}

/* Before the first measured month, then a calendar year each. */
static bool vintage_dim(struct record_layout *l, const struct setup *s)
{
    int32_t first = s->world.start / 12, last = (s->world.start + s->world.months - 1) / 12, n = last - first + 2;
    n = n < MAX_VINTAGES ? n : MAX_VINTAGES;
    if (!dim_reserve(l, DIM_VINTAGE, n))
        return false;
    dim_name(l, DIM_VINTAGE, 0, "before", "此前");
    for (int32_t k = 1; k < n; k++) {
        member_name en;
        snprintf(en, sizeof en, "%d", (int)(first + k - 1));
        dim_name(l, DIM_VINTAGE, k, en, en);
    }
    return true;
}

static bool all_dims(struct record_layout *l, const struct setup *s)
{
    return fixed_dims(l) && group_dim(l, s, DIM_STAGE, GROUP_stages) && group_dim(l, s, DIM_SECTOR, GROUP_sectors) &&
           group_dim(l, s, DIM_POOL, GROUP_risk_pool) && group_dim(l, s, DIM_BOARD, GROUP_boards) &&
           instances_dim(l, s, DIM_INSTRUMENT, false) && instances_dim(l, s, DIM_COVER, true) && bank_dim(l, s) &&
           age_dim(l) && vintage_dim(l, s);
}

enum status record_layout_init(struct record_layout *l, const struct setup *setup)
{
    *l = (struct record_layout){.n_regions = setup->n_regions};
    l->series = calloc(n_series + 1, sizeof *l->series);
    if (l->series == NULL || !all_dims(l, setup)) {
        record_layout_free(l);
        return NO_MEMORY;
    }
    for (size_t s = 0; s < n_series; s++) {
        l->series[s] = l->n;
        l->n += (size_t)l->n_regions * (size_t)l->length[series_table[s].dim];
    }
    l->flows = l->n;
    l->balances = l->flows + (size_t)l->n_regions * N_FLOWS;
    l->n = l->balances + (size_t)l->n_regions * N_ACCOUNTS;
    return OK;
}

void record_layout_free(struct record_layout *l)
{
    for (int dim = 0; dim < N_DIMENSIONS; dim++) {
        free(l->names[dim]);
        free(l->names_zh[dim]);
    }
    free(l->series);
    *l = (struct record_layout){0};
}
