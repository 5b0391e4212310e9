/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan - which variables a result file has.  See include/liandong/plan.h. */
#include <ctype.h>
#include <liandong/plan.h>
#include <string.h>

void name_lower(const char *name, char *text, size_t size)
{
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < size; i++)
        text[i] = (char)tolower((unsigned char)name[i]);
    text[i] = '\0';
}

int64_t month_first_day(int32_t month)
{
    static const int before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t year = month / 12, m = month % 12;
    /* leap days of the years before this one, and this one's if it lies behind us; year 0 was one */
    int64_t last = m >= 2 ? year : year - 1;
    int64_t leap = last < 0 ? 0 : last / 4 - last / 100 + last / 400 + 1;
    return 365 * year + leap + before[m];
}

/* An array that lives as long as the plan; NULL without memory. */
static void *own(struct plan *plan, size_t n, size_t size)
{
    BUG_ON(plan->n_owned == sizeof plan->owned / sizeof plan->owned[0]);
    void *array = calloc(n > 0 ? n : 1, size);
    if (array != NULL)
        plan->owned[plan->n_owned++] = array;
    return array;
}

/* A new variable, or NULL without memory.  Room was made by plan_make: pointers to it stay good. */
static struct variable *add(struct plan *plan, enum from from, enum hdf_type type, const char *name)
{
    BUG_ON(plan->n == plan->capacity);
    struct variable *v = &plan->variable[plan->n++];
    *v = (struct variable){
        .from = from, .hdf = {.name = name, .type = type, .unit = "1", .set = -1}
    };
    sha256_init(&v->hash);
    return v;
}

static void add_axis(struct plan *plan, struct variable *v, int axis)
{
    v->hdf.axis[v->hdf.rank++] = &plan->axis[axis];
}

static struct variable *add_memory(struct plan *plan, int axis, enum hdf_type type, const char *name,
                                   const void *values)
{
    struct variable *v = add(plan, FROM_MEMORY, type, name);
    v->values = values;
    add_axis(plan, v, axis);
    return v;
}

static void describe(struct variable *v, const char *unit, const char *en, const char *zh)
{
    v->hdf.unit = unit;
    v->hdf.en = en;
    v->hdf.zh = zh;
}

static bool add_runs(struct plan *plan)
{
    int64_t *run = own(plan, plan->runs, sizeof *run);
    if (run == NULL)
        return false;
    for (uint32_t i = 0; i < plan->runs; i++)
        run[i] = i;
    describe(add_memory(plan, AXIS_RUN, HDF_INT64, "run", run), "1", "run of the ensemble", "模拟序号");
    return true;
}

static bool add_months(struct plan *plan)
{
    int32_t start = plan->about->setup->world.start;
    int32_t *day = own(plan, (size_t)plan->months, sizeof *day), *index = own(plan, (size_t)plan->months, sizeof *day);
    if (day == NULL || index == NULL)
        return false;
    for (int32_t t = 0; t < plan->months; t++) {
        day[t] = (int32_t)(month_first_day(start + t) - month_first_day(start));
        index[t] = t;
    }
    snprintf(plan->since, sizeof plan->since, "days since %04d-%02d-01", start / 12, start % 12 + 1);
    struct variable *time = add_memory(plan, AXIS_TIME, HDF_INT32, "time", day);
    describe(time, plan->since, "first day of the month", "当月第一天");
    time->calendar = "proleptic_gregorian";
    describe(add_memory(plan, AXIS_TIME, HDF_INT32, "month_index", index), "1", "whole months after the first month",
             "距首月的月数");
    return true;
}

/* A scale of names of a fixed width, name[k] at text + k * width. */
static bool add_names(struct plan *plan, int axis, const char *name, const char *text, size_t width)
{
    const char **list = own(plan, plan->axis[axis].length, sizeof *list);
    if (list == NULL)
        return false;
    for (uint64_t k = 0; k < plan->axis[axis].length; k++)
        list[k] = text + k * width;
    add_memory(plan, axis, HDF_STRING, name, list);
    return true;
}

static const char *const axis_en[N_AXES] = {[DIM_STAGE] = "stage of development",
                                            [DIM_SECTOR] = "sector",
                                            [DIM_CHANNEL] = "channel of finance",
                                            [DIM_PRODUCT] = "financial product",
                                            [DIM_BANK] = "bank",
                                            [DIM_POOL] = "risk-compensation pool",
                                            [DIM_INSTRUMENT] = "policy instrument",
                                            [DIM_TIER] = "tier of loan size",
                                            [DIM_BEARER] = "who bears a loss",
                                            [DIM_AGE] = "class of age",
                                            [DIM_VINTAGE] = "year of grant",
                                            [DIM_COVER] = "pool, guarantor or insurer",
                                            [DIM_SECURED] = "security of a loan",
                                            [DIM_PARTNER] = "partner of venture funds",
                                            [DIM_EXIT] = "way out of an investment",
                                            [DIM_MULTIPLE] = "what a position brought over its cost",
                                            [DIM_BOARD] = "board where shares are listed",
                                            [AXIS_REGION] = "region"};
static const char *const axis_zh[N_AXES] = {
    [DIM_STAGE] = "发展阶段",      [DIM_SECTOR] = "行业",       [DIM_CHANNEL] = "融资渠道",
    [DIM_PRODUCT] = "金融产品",    [DIM_BANK] = "银行",         [DIM_POOL] = "风险补偿资金池",
    [DIM_INSTRUMENT] = "政策工具", [DIM_TIER] = "贷款额度分档", [DIM_BEARER] = "损失承担方",
    [DIM_AGE] = "年龄段",          [DIM_VINTAGE] = "授信年份",  [DIM_SECURED] = "担保方式",
    [DIM_PARTNER] = "出资人",      [DIM_EXIT] = "退出方式",     [DIM_MULTIPLE] = "退出倍数",
    [DIM_BOARD] = "上市板块",      [DIM_COVER] = "分担方",      [AXIS_REGION] = "区域"};

/* The scale of one dimension of the series and its Chinese labels; a dimension without members is left out. */
static bool add_dimension(struct plan *plan, enum dimension dim)
{
    const struct record_layout *layout = plan->about->layout;
    struct hdf_axis *axis = &plan->axis[dim];
    const char *en = axis_en[dim] == NULL ? axis->name : axis_en[dim];
    const char *zh = axis_zh[dim] == NULL ? axis->name : axis_zh[dim];
    if (axis->length == 0)
        return true;
    if (!add_names(plan, (int)dim, axis->name, layout->names[dim][0], sizeof layout->names[dim][0]))
        return false;
    describe(&plan->variable[plan->n - 1], "1", en, zh);
    if (layout->names_zh[dim] == NULL)
        return true;
    char name[HDF_NAME / 2]; /* a copy: the axis lies in the plan, too */
    snprintf(name, sizeof name, "%s", axis->name);
    snprintf(plan->label_name[dim], HDF_NAME, "%s_label_zh", name);
    snprintf(plan->label_en[dim], HDF_NAME, "%s, name in Chinese", en);
    snprintf(plan->label_zh[dim], HDF_NAME, "%s中文名称", zh);
    if (!add_names(plan, (int)dim, plan->label_name[dim], layout->names_zh[dim][0], sizeof layout->names_zh[dim][0]))
        return false;
    describe(&plan->variable[plan->n - 1], "1", plan->label_en[dim], plan->label_zh[dim]);
    return true;
}

/* Names and labels of the accounts, or with `flows` of the kinds of flow. */
static bool add_ledger(struct plan *plan, int axis, bool flows)
{
    size_t n = plan->axis[axis].length;
    char(*name)[NAME_SIZE] = own(plan, n, sizeof *name);
    const char **en = own(plan, n, sizeof *en), **zh = own(plan, n, sizeof *zh);
    if (name == NULL || en == NULL || zh == NULL)
        return false;
    for (size_t k = 0; k < n; k++) {
        name_lower(flows ? flow_table[k].name : account_table[k].name, name[k], sizeof name[k]);
        en[k] = flows ? flow_table[k].en : account_table[k].en;
        zh[k] = flows ? flow_table[k].zh : account_table[k].zh;
    }
    if (!add_names(plan, axis, flows ? "kind" : "account", name[0], sizeof name[0]))
        return false;
    describe(&plan->variable[plan->n - 1], "1", flows ? "kind of flow" : "account", flows ? "资金流类型" : "账户");
    describe(add_memory(plan, axis, HDF_STRING, flows ? "kind_label_en" : "account_label_en", en), "1",
             flows ? "kind of flow, described" : "account, described", flows ? "资金流英文说明" : "账户英文说明");
    describe(add_memory(plan, axis, HDF_STRING, flows ? "kind_label_zh" : "account_label_zh", zh), "1",
             flows ? "kind of flow, described in Chinese" : "account, described in Chinese",
             flows ? "资金流中文说明" : "账户中文说明");
    return true;
}

/* Which account a kind of flow leaves, and which it enters: with them the file can be audited alone. */
static bool add_ends(struct plan *plan)
{
    char(*name)[NAME_SIZE] = own(plan, N_ACCOUNTS, sizeof *name);
    const char **from = own(plan, N_FLOWS, sizeof *from), **to = own(plan, N_FLOWS, sizeof *to);
    if (name == NULL || from == NULL || to == NULL)
        return false;
    for (size_t a = 0; a < N_ACCOUNTS; a++)
        name_lower(account_table[a].name, name[a], sizeof name[a]);
    for (size_t k = 0; k < N_FLOWS; k++) {
        from[k] = name[flow_table[k].from];
        to[k] = name[flow_table[k].to];
    }
    describe(add_memory(plan, AXIS_KIND, HDF_STRING, "kind_from", from), "1", "account that the flow leaves",
             "流出账户");
    describe(add_memory(plan, AXIS_KIND, HDF_STRING, "kind_to", to), "1", "account that the flow enters", "流入账户");
    return true;
}

/* Chunks of 32 runs, and of so many months that a chunk stays below a megabyte or two. */
static void chunk(struct variable *v)
{
    enum { MOST = 2 << 20 };
    struct hdf_variable *h = &v->hdf;
    for (int a = 0; a < h->rank; a++)
        h->chunk[a] = h->axis[a]->length;
    h->chunk[0] = h->chunk[0] < CHUNK_RUNS ? h->chunk[0] : CHUNK_RUNS;
    uint64_t bytes = hdf_type_size[h->type] * h->chunk[0];
    for (int a = 2; a < h->rank; a++)
        bytes *= h->chunk[a];
    if (h->rank > 1 && bytes * h->chunk[1] > MOST)
        h->chunk[1] = MOST / bytes > 0 ? MOST / bytes : 1;
}

static struct variable *add_cells(struct plan *plan, const char *name, enum hdf_type type, int axis, size_t offset)
{
    struct variable *v = add(plan, FROM_CELLS, type, name);
    add_axis(plan, v, AXIS_RUN);
    add_axis(plan, v, AXIS_TIME);
    add_axis(plan, v, AXIS_REGION);
    if (axis != DIM_NONE)
        add_axis(plan, v, axis);
    v->offset = offset;
    v->width = (size_t)plan->regions * (axis == DIM_NONE ? 1 : plan->axis[axis].length);
    snprintf(v->coordinates, sizeof v->coordinates, "month_index%s%s", plan->label_name[axis][0] ? " " : "",
             plan->label_name[axis]);
    chunk(v);
    return v;
}

static void add_series(struct plan *plan)
{
    const struct result_about *about = plan->about;
    for (size_t s = 0; s < about->n_series; s++) {
        const struct series_desc *d = &about->series[s];
        if (plan->axis[d->dim].length == 0 || ((d->flags & SERIES_DETAIL) && !about->detail))
            continue;
        struct variable *v = add_cells(plan, d->name, d->type == SERIES_INT ? HDF_INT64 : HDF_FLOAT64, (int)d->dim,
                                       about->layout->series[s]);
        describe(v, d->unit, d->en, d->zh);
        v->reach = (d->flags & SERIES_REACH) != 0;
    }
}

static void add_accounts(struct plan *plan)
{
    struct variable *v = add_cells(plan, "flows", HDF_INT64, AXIS_KIND, plan->about->layout->flows);
    describe(v, "fen", "money that moved in the month, by kind", "当月资金流（按类型）");
    snprintf(v->coordinates, sizeof v->coordinates, "month_index kind_from kind_to kind_label_en kind_label_zh");
    v = add_cells(plan, "balances", HDF_INT64, AXIS_ACCOUNT, plan->about->layout->balances);
    describe(v, "fen", "what stands in each account at the end of the month", "月末账户余额");
    snprintf(v->coordinates, sizeof v->coordinates, "month_index account_label_en account_label_zh");
    v = add(plan, FROM_START, HDF_INT64, "balances_start");
    add_axis(plan, v, AXIS_RUN);
    add_axis(plan, v, AXIS_REGION);
    add_axis(plan, v, AXIS_ACCOUNT);
    describe(v, "fen", "what stood in each account before the first month", "首月之前的账户余额");
    snprintf(v->coordinates, sizeof v->coordinates, "account_label_en account_label_zh");
    chunk(v);
    v = add(plan, FROM_VERDICT, HDF_INT8, "balanced");
    add_axis(plan, v, AXIS_RUN);
    describe(v, "1", "the simulator's own audit of the run", "模拟自身的资金审计结论");
    v->n_flags = 2;
    v->flag_meanings = "a_month_did_not_balance every_month_balanced_to_the_fen";
    chunk(v);
}

static void measure_axes(struct plan *plan)
{
    static const char *const name[N_AXES] = {
#define X(dim, text) [DIM_##dim] = text,
        DIMENSIONS(X)
#undef X
            [AXIS_RUN] = "run",
        [AXIS_TIME] = "time", [AXIS_REGION] = "region", [AXIS_ACCOUNT] = "account", [AXIS_KIND] = "kind"};
    for (int a = 0; a < N_AXES; a++)
        snprintf(plan->axis[a].name, HDF_NAME, "%s", name[a]);
    for (int d = 0; d < N_DIMENSIONS; d++)
        plan->axis[d].length = plan->about->layout->length[d] > 0 ? (uint64_t)plan->about->layout->length[d] : 0;
    plan->axis[AXIS_RUN].length = plan->runs;
    plan->axis[AXIS_TIME].length = (uint64_t)plan->months;
    plan->axis[AXIS_REGION].length = (uint64_t)plan->regions;
    plan->axis[AXIS_ACCOUNT].length = N_ACCOUNTS;
    plan->axis[AXIS_KIND].length = N_FLOWS;
}

static bool add_all(struct plan *plan)
{
    const struct setup *setup = plan->about->setup;
    if (!add_runs(plan) || !add_months(plan) ||
        !add_names(plan, AXIS_REGION, "region", setup->region[0], sizeof setup->region[0]))
        return false;
    describe(&plan->variable[plan->n - 1], "1", axis_en[AXIS_REGION], axis_zh[AXIS_REGION]);
    for (int d = DIM_NONE + 1; d < N_DIMENSIONS; d++)
        if (!add_dimension(plan, (enum dimension)d))
            return false;
    if (!add_ledger(plan, AXIS_ACCOUNT, false) || !add_ledger(plan, AXIS_KIND, true) || !add_ends(plan))
        return false;
    add_series(plan);
    add_accounts(plan);
    return true;
}

enum status plan_make(struct plan *plan, const struct result_about *about, struct diag *diag)
{
    enum { COORDINATES = 3 * N_AXES + 8 };
    *plan = (struct plan){.about = about,
                          .runs = about->runs,
                          .months = about->setup->world.months,
                          .regions = about->setup->n_regions,
                          .capacity = about->n_series + COORDINATES};
    BUG_ON(plan->runs == 0 || plan->months <= 0 || plan->regions <= 0);
    measure_axes(plan);
    plan->variable = calloc(plan->capacity, sizeof *plan->variable);
    if (plan->variable != NULL && add_all(plan))
        return OK;
    plan_free(plan);
    return diag_stop(diag, NO_MEMORY, "no memory for the coordinates of %u runs", (unsigned)about->runs);
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_owned; i++)
        free(plan->owned[i]);
    free(plan->variable);
    *plan = (struct plan){.n = 0};
}
